package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Withdraw stops a grant for ever. The signature is the grant key's Withdraw, now or
// pre-signed, or the current root key's WithdrawAsIdentity. The tombstone is durable
// before the answer; neither ledger nor journal can hold it up. A second withdrawal
// answers as the first. consent.ErrSignature, for a grant that is not here too: who
// cannot stop it does not learn that it exists; or consent.ErrUnavailable, after which
// it may or may not count.
func (g *Gate) Withdraw(ctx context.Context, id consent.GrantID, sig consent.Signature) (WithdrawReceipt, error) {
	begun := time.Now()
	l, signer, err := g.withdrawer(ctx, id, sig)
	if errors.Is(err, consent.ErrSignature) {
		evenly(ctx, begun)
	}
	if err != nil {
		return WithdrawReceipt{}, err
	}
	at := g.nowAnyway(ctx)
	receipt, err := g.stop(ctx, at, l, tombstone{
		Version: objectVersion, Kind: tombWithdrawn, Time: at.seconds(), Signature: sig[:], Signer: signer,
	})
	if err != nil {
		return WithdrawReceipt{}, err
	}
	if signer == signerGrantKey {
		act := consent.Act{Kind: consent.ActWithdraw, Key: l.Grant.GrantKey, Grant: id, Signature: sig}
		receipt.Relayed = g.relayer.Submit(ctx, act) == nil
	}
	return receipt, nil
}

// stop makes the tombstone durable, then writes the entry.
func (g *Gate) stop(ctx context.Context, at moment, l *loadedGrant, t tombstone) (WithdrawReceipt, error) {
	tomb, first, err := g.entomb(ctx, l.id, t)
	if err != nil {
		return WithdrawReceipt{}, err
	}
	receipt := WithdrawReceipt{ID: l.id, Status: tomb.status(), Time: tomb.Time}
	if first {
		receipt.Proof = g.noteWithdrawn(ctx, l, at, consent.Institution{ID: l.Grant.Institution})
	}
	return receipt, nil
}

// withdrawer finds the grant and says whose signature it is.
func (g *Gate) withdrawer(ctx context.Context, id consent.GrantID, sig consent.Signature) (l *loadedGrant, signer uint8, err error) {
	l, err = g.loadGrant(ctx, id)
	if errors.Is(err, consent.ErrNotFound) || err == nil && l.Grant.ID() != id {
		return nil, 0, consent.ErrSignature
	}
	if err != nil {
		return nil, 0, err
	}
	if g.signed(consent.WithdrawHash(id), sig, l.Grant.GrantKey) == nil {
		return l, signerGrantKey, nil
	}
	s, err := g.stopper(ctx, l.Identity)
	if errors.Is(err, consent.ErrUnknownIdentity) { // erased: the grant key alone still stops it
		return nil, 0, consent.ErrSignature
	}
	if err != nil {
		return nil, 0, err
	}
	rootKey, err := g.rootKey(ctx, s, 0)
	if err != nil {
		rootKey = s.head.RootKey // the ledger is silent; at worst a key that was replaced stops something
	}
	if err := g.signed(consent.WithdrawAsIdentityHash(id, l.Identity), sig, rootKey); err != nil {
		return nil, 0, err
	}
	return l, signerRootKey, nil
}

// noteWithdrawn writes the entry of a withdrawal that counts already; nil where the
// journal cannot be written now, which must not undo it.
func (g *Gate) noteWithdrawn(ctx context.Context, l *loadedGrant, at moment, who consent.Institution) *consent.Proof {
	a := &attempt{gate: g, at: at, who: who, id: l.id, grant: l}
	a.subject, _, _ = g.subject(ctx, l.Identity) // erased or out of reach: the entry names nobody
	proof, err := a.append(ctx, consent.EntryWithdrawn, nil, nil)
	if err != nil {
		a.late(ctx, consent.EntryWithdrawn, nil)
		return nil
	}
	return &proof
}

// follow takes over what the ledger says of a grant's end, "" where it says nothing, so
// that no later chain can bring the grant back. A withdrawal that the grant key has
// signed counts as one made here, whatever has become of its block. An end that the
// confirmed chain shows without a signature (all revocations) rests on the view's word,
// which can stop a grant and never start one. With a forged signature it is a view to
// believe nothing of: it denies, for as long as it says so.
func (g *Gate) follow(ctx context.Context, a *attempt, state consent.GrantState) (consent.Reason, error) {
	tomb := tombstone{Version: objectVersion, Kind: tombWithdrawn, Time: a.at.seconds(), Signer: signerLedger}
	ended := state.Status == consent.StatusWithdrawn || state.Status == consent.StatusRevoked
	if state.Status == consent.StatusRevoked {
		tomb.Kind = tombRevoked
	}
	if sig := state.Withdrawal; sig != (consent.Signature{}) {
		if g.signed(consent.WithdrawHash(a.id), sig, a.grant.Grant.GrantKey) == nil {
			tomb.Kind, tomb.Signer, tomb.Signature = tombWithdrawn, signerGrantKey, sig[:]
			ended = true
		} else if ended {
			return tomb.reason(), nil
		}
	}
	if !ended {
		return "", nil
	}
	standing, first, err := g.entomb(ctx, a.id, tomb)
	if err != nil {
		return "", err
	}
	if first {
		g.noteWithdrawn(ctx, a.grant, a.at, consent.Institution{ID: a.grant.Grant.Institution})
	}
	return standing.reason(), nil
}
