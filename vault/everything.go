package vault

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
)

// spreadOver is the time over which the ledger learns of withdrawals that were made at
// once: seen there together, they would show which grants are one person's.
const spreadOver = 24 * time.Hour

// stopsAtOnce bounds how many tombstones of one call are made at the same time.
const stopsAtOnce = 16

// WithdrawAll stops everything that a person has given here, by the current root key.
// All tombstones are durable before the answer; one that cannot be made keeps no other
// from being made, and the call may be sent again. Of stops, the grant keys' Withdraw by
// grant, those that verify go to the ledger, each at a time of its own within a day. One receipt for
// each grant that has not expired. consent.ErrSignature as Withdraw, consent.ErrGrant for a time that is not
// now's, or consent.ErrUnavailable, after which each may or may not count.
func (g *Gate) WithdrawAll(ctx context.Context, all consent.WithdrawAll, sig consent.Signature, stops map[consent.GrantID]consent.Signature) ([]WithdrawReceipt, error) {
	begun := time.Now()
	all.Vault = g.vault
	if _, _, err := g.speaker(ctx, begun, all.Identity, all.StructHash(), sig); err != nil {
		return nil, err
	}
	return g.stopEverything(ctx, all, sig, signerAll, stops)
}

// stopEverything is WithdrawAll once it is known whose signature it is.
func (g *Gate) stopEverything(ctx context.Context, all consent.WithdrawAll, sig consent.Signature, signer uint8, stops map[consent.GrantID]consent.Signature) ([]WithdrawReceipt, error) {
	at := g.nowAnyway(ctx)
	if err := ofNow(all.Time, at.seconds()); err != nil {
		return nil, err
	}
	t := tombstone{Version: objectVersion, Kind: tombWithdrawn, Time: at.seconds(), Signature: sig[:], Signer: signer, Said: all.Time}
	var receipts []WithdrawReceipt
	var failed []error
	for cursor := ""; ; {
		ids, next, errList := g.list(ctx, roomOwn, all.Identity, cursor, maxPage)
		page, err := g.stopAll(ctx, at, all.Identity, t, ids, stops)
		receipts, failed = append(receipts, page...), append(failed, errList, err)
		if cursor = next; cursor == "" {
			return receipts, errors.Join(failed...)
		}
	}
}

// stopAll makes the tombstones of a page, then writes the entries, then tells the ledger.
func (g *Gate) stopAll(ctx context.Context, at moment, identity consent.IdentityID, t tombstone, ids [][32]byte, stops map[consent.GrantID]consent.Signature) ([]WithdrawReceipt, error) {
	var mu sync.Mutex
	var stopped []*stoppedGrant
	var failed []error
	var group errgroup.Group
	group.SetLimit(stopsAtOnce)
	for _, id := range ids {
		group.Go(func() error {
			s, err := g.stopOne(ctx, at, identity, t, id)
			mu.Lock()
			defer mu.Unlock()
			if failed = append(failed, err); s != nil {
				stopped = append(stopped, s)
			}
			return nil
		})
	}
	_ = group.Wait()
	var receipts []WithdrawReceipt
	for _, s := range stopped {
		r := WithdrawReceipt{ID: s.l.id, Status: s.tomb.status(), Time: s.tomb.Time}
		if s.first {
			r.Proof = g.noteWithdrawn(ctx, s.l, at, consent.Institution{ID: s.l.Grant.Institution})
		}
		r.Relayed = g.tellLater(ctx, s.l, stops[s.l.id])
		receipts = append(receipts, r)
	}
	return receipts, errors.Join(failed...)
}

type stoppedGrant struct {
	l     *loadedGrant
	tomb  *tombstone
	first bool
}

// stopOne makes one tombstone; nil for a grant that has expired, and for one that cannot be
// opened now: its document may be put back, and finds that it has ended.
func (g *Gate) stopOne(ctx context.Context, at moment, identity consent.IdentityID, t tombstone, id consent.GrantID) (*stoppedGrant, error) {
	l, errLoad := g.loadGrant(ctx, id)
	if errLoad == nil && l.Identity != identity {
		return nil, unavailable("index", errDamaged)
	}
	if errLoad == nil && at.seconds() >= l.Grant.Expires {
		return nil, nil
	}
	tomb, first, err := g.entomb(ctx, id, t)
	if err != nil {
		return nil, err
	}
	if errors.Is(errLoad, consent.ErrNotFound) {
		return nil, nil
	}
	if errLoad != nil {
		return nil, errLoad
	}
	return &stoppedGrant{l, tomb, first}, nil
}

// tellLater hands the grant key's withdrawal to the relayer, for a time that nobody
// can foresee.
func (g *Gate) tellLater(ctx context.Context, l *loadedGrant, sig consent.Signature) bool {
	if sig == (consent.Signature{}) || g.signed(consent.WithdrawHash(l.id), sig, l.Grant.GrantKey) != nil {
		return false
	}
	act := consent.Act{Kind: consent.ActWithdraw, Key: l.Grant.GrantKey, Grant: l.id, Signature: sig}
	act.After = uint64(max(g.wall().Unix(), 0)) + 1 + randomSecond(spreadOver)
	return g.relayer.Submit(ctx, act) == nil
}

// randomSecond is one of those of a span.
func randomSecond(span time.Duration) uint64 {
	var random [8]byte
	_, _ = rand.Read(random[:])
	return binary.BigEndian.Uint64(random[:]) % uint64(span/time.Second) //nolint:gosec // a span is positive
}

// ofNow wants what was signed to be of now.
func ofNow(time, now uint64) error {
	if time > now+enrolSkew || time+enrolSkew < now {
		return termError("time: more than ten minutes from the vault's clock")
	}
	return nil
}

// speaker is the subject whose current root key has signed something that can only take
// permission away, and whether the key is known to be the current one: a ledger that is
// silent must not hold it up, and at worst a key that was replaced stops something.
// consent.ErrSignature on the grid of time, also for an identity that is not here.
func (g *Gate) speaker(ctx context.Context, begun time.Time, identity consent.IdentityID, structHash [32]byte, sig consent.Signature) (s *subject, certain bool, err error) {
	s, err = g.stopper(ctx, identity)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		evenly(ctx, begun)
		return nil, false, consent.ErrSignature
	}
	if err != nil {
		return nil, false, err
	}
	rootKey, err := g.rootKey(ctx, s, 0)
	certain = err == nil
	if !certain {
		rootKey = s.head.RootKey
	}
	if err := g.signed(structHash, sig, rootKey); err != nil {
		evenly(ctx, begun)
		return nil, false, err
	}
	return s, certain, nil
}
