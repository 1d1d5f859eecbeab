package vault

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// Kinds of tombstones and who signed them.
const (
	tombWithdrawn uint8 = 1
	tombRevoked   uint8 = 2

	signerGrantKey uint8 = 1
	signerRootKey  uint8 = 2
	// signerLedger: seen on the confirmed chain, whose contract has verified the act.
	// A view that lies about it can stop a grant and never start one.
	signerLedger uint8 = 3
	// signerJournal: the store had lost it, and the journal's entry brought it back.
	signerJournal uint8 = 4
	// signerAll: the root key's WithdrawAll, of everything at once.
	signerAll uint8 = 5
	// signerErasure: the person erased everything. The signature is not kept: with it the
	// erasure's receipt could be opened.
	signerErasure uint8 = 6
	// signerAssist, signerAssistAll: an assist key's AssistWithdraw, and its AssistWithdrawAll.
	signerAssist    uint8 = 7
	signerAssistAll uint8 = 8
)

// tombstone is the permanent fact that a grant ended. Created once, never deleted;
// sealed under the tombstones' keyset, associated data "wrappy tombstone v1" ‖ grant id.
type tombstone struct {
	_         struct{} `cbor:",toarray"`
	Version   uint16
	Kind      uint8
	Time      uint64
	Signature []byte // 65 bytes; empty from the ledger
	Signer    uint8
	Said      uint64 // the time in what was signed, where it has one; otherwise 0
}

func (t *tombstone) check() error {
	timed := t.Signer == signerAll || t.Signer == signerAssist || t.Signer == signerAssistAll
	signed := timed || t.Signer == signerGrantKey || t.Signer == signerRootKey
	switch {
	case t.Version != objectVersion,
		t.Kind != tombWithdrawn && t.Kind != tombRevoked,
		!signed && t.Signer != signerLedger && t.Signer != signerJournal && t.Signer != signerErasure,
		t.Signer == signerErasure && t.Kind != tombWithdrawn,
		timed != (t.Said != 0),
		signed && (len(t.Signature) != 65 || t.Kind != tombWithdrawn),
		!signed && len(t.Signature) != 0:
		return errDamaged
	}
	return nil
}

func (t *tombstone) status() consent.Status {
	if t.Kind == tombRevoked {
		return consent.StatusRevoked
	}
	return consent.StatusWithdrawn
}

func (t *tombstone) reason() consent.Reason {
	if t.Kind == tombRevoked {
		return consent.ReasonRevoked
	}
	return consent.ReasonWithdrawn
}

// tombstone looks for one; nil where there is none. One that a store put back from
// before has lost comes back from the journal.
func (g *Gate) tombstone(ctx context.Context, id consent.GrantID) (*tombstone, error) {
	t, err := g.entombed(ctx, id)
	if t != nil || err != nil {
		return t, err
	}
	return g.restoreTombstone(ctx, id)
}

// entombed looks in the store, every time: absence is never remembered. One that was
// seen stays, whatever becomes of the store.
func (g *Gate) entombed(ctx context.Context, id consent.GrantID) (*tombstone, error) {
	if t, found := g.stopped.get(id); found {
		return t, nil
	}
	data, _, err := g.heads.Get(ctx, g.name(roomTombstone, id[:]))
	if errors.Is(err, ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("store", err)
	}
	t, err := g.openTombstone(id, data)
	if err != nil {
		return nil, unavailable("tombstone", err)
	}
	g.stopped.put(id, t)
	return t, nil
}

func (g *Gate) restoreTombstone(ctx context.Context, id consent.GrantID) (*tombstone, error) {
	ended, err := g.journal.Ended(ctx, id)
	if err != nil {
		return nil, unavailable("journal", err)
	}
	if !ended {
		return nil, nil
	}
	t, _, err := g.entomb(ctx, id, tombstone{Version: objectVersion, Kind: tombWithdrawn, Time: g.nowAnyway(ctx).seconds(), Signer: signerJournal})
	return t, err
}

func (g *Gate) openTombstone(id consent.GrantID, data []byte) (*tombstone, error) {
	t, err := open[tombstone](g.tombstoneSealer, grantAAD("wrappy tombstone v1", id), data)
	if err != nil {
		return nil, err
	}
	return t, t.check()
}

// entomb makes a tombstone durable and returns the one that counts: this or an
// earlier one, and whether it was this.
func (g *Gate) entomb(ctx context.Context, id consent.GrantID, t tombstone) (standing *tombstone, first bool, err error) {
	data, err := seal(g.tombstoneSealer, grantAAD("wrappy tombstone v1", id), t)
	if err != nil {
		return nil, false, err
	}
	err = put(ctx, g.heads, g.name(roomTombstone, id[:]), data, "")
	if errors.Is(err, ErrExists) {
		standing, err := g.tombstone(ctx, id)
		if err == nil && standing == nil {
			err = unavailable("tombstone", errDamaged)
		}
		return standing, false, err
	}
	if err != nil {
		return nil, false, err
	}
	g.stopped.put(id, &t)
	g.handOver(id)
	return &t, true, nil
}
