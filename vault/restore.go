package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// What somebody does who holds a card. Nobody has signed anything yet: the card's id is all
// that they show, and whoever shows another learns nothing.

// Evaluated is the answer to a try.
type Evaluated struct {
	crypto.Redacted
	Element []byte
	Left    uint32 // tries before the wait
	Blob    []byte // of the kind assist
}

// Evaluate answers a blinded element under a card's key, for one kind. The try is counted, and written into
// the person's history, before the answer. ErrCall for what is no element,
// consent.ErrNotFound on the grid of time for a card that is not in force or has no such kind, a *Wait that is ErrTries,
// or what could not be established, after which the try may have been counted.
func (g *Gate) Evaluate(ctx context.Context, card consent.CardID, kind consent.CardKind, blinded []byte) (*Evaluated, error) {
	begun := time.Now()
	if crypto.CheckOPRFElement(blinded) != nil {
		return nil, errCall("blinded: want a ristretto255 element")
	}
	s, found, err := g.heldCard(ctx, begun, card)
	if err != nil {
		return nil, err
	}
	keys, err := g.openCard(s, found)
	if err != nil {
		return nil, err
	}
	part := keys.of(kind)
	if len(part.Key) == 0 {
		evenly(ctx, begun)
		return nil, consent.ErrNotFound
	}
	answer := &Evaluated{}
	err = g.changeCard(ctx, s.head.Identity, func(c *cardObject) error {
		if c.Act != found.Act { // replaced meanwhile: these keys are no card's
			return consent.ErrNotFound
		}
		now, err := g.seconds(ctx)
		if err != nil {
			return err
		}
		t := c.tries(kind)
		if left, wait := t.left(now); left == 0 {
			return &Wait{Err: ErrTries, Seconds: wait}
		}
		t.Count, t.Last = t.Count+1, now
		if kind == consent.CardRestore {
			c.Evaluated = now
		}
		answer.Left, _ = t.left(now)
		return nil
	})
	if errors.Is(err, consent.ErrNotFound) {
		evenly(ctx, begun)
	}
	if err != nil {
		return nil, err
	}
	if err := g.note(ctx, g.nowAnyway(ctx), s, consent.EntryCardTried); err != nil {
		return nil, err
	}
	if kind == consent.CardAssist {
		answer.Blob = part.Blob
	}
	if answer.Element, err = crypto.OPRFEvaluate(part.Key, blinded); err != nil {
		return nil, unavailable("card", errDamaged)
	}
	return answer, nil
}

// seconds is the clock that tries and delays go by: the latest reading of the wall clock. A
// view that lies about the future must not shorten a wait, nor lengthen it.
func (g *Gate) seconds(ctx context.Context) (uint64, error) {
	latest, err := g.latest(ctx)
	return latest / 1000, err
}

// heldCard finds a card that is in force, and whose it is; consent.ErrNotFound on the grid of time.
func (g *Gate) heldCard(ctx context.Context, begun time.Time, card consent.CardID) (s *subject, c *cardObject, err error) {
	identity, err := g.cardHolder(ctx, card)
	if err == nil {
		if s, err = g.person(ctx, identity); errors.Is(err, consent.ErrUnknownIdentity) {
			err = consent.ErrNotFound
		}
	}
	if err == nil {
		c, _, err = g.cardOf(ctx, identity)
	}
	if errors.Is(err, ErrAbsent) || err == nil && c.Card != card {
		err = consent.ErrNotFound
	}
	if errors.Is(err, consent.ErrNotFound) {
		evenly(ctx, begun)
	}
	if err != nil {
		return nil, nil, err
	}
	return s, c, nil
}

// AskRestore announces a restore, by the key that only card and PIN give. It returns when the blob
// can be fetched (Unix seconds); the same ask again has the same answer. A later one takes the place of an
// earlier one. consent.ErrNotFound as Evaluate, consent.ErrSignature on the grid of time for a wrong PIN,
// consent.ErrGrant for a time that is not now's, ErrNotTried, or consent.ErrConflict for an ask that was cancelled.
func (g *Gate) AskRestore(ctx context.Context, a consent.AskRestore, sig consent.Signature) (ready uint64, err error) {
	begun := time.Now()
	a.Vault = g.vault
	s, c, err := g.heldCard(ctx, begun, a.Card)
	if err != nil {
		return 0, err
	}
	if err := g.signed(a.StructHash(), sig, c.AskKey); err != nil {
		evenly(ctx, begun)
		return 0, err
	}
	if c.Asked.State != restoreNone && c.Asked.Pickup == a.Pickup {
		return c.Asked.Ready, c.Asked.again()
	}
	now, err := g.seconds(ctx)
	if err != nil {
		return 0, err
	}
	if err := ofNow(a.Time, now); err != nil {
		return 0, err
	}
	if !c.tried(now) {
		return 0, ErrNotTried
	}
	if err := g.note(ctx, g.nowAnyway(ctx), s, consent.EntryRestoreAsked); err != nil {
		return 0, err
	}
	ready = now + uint64(max(g.restoreDelay, 0)/time.Second)
	return ready, g.changeCard(ctx, s.head.Identity, func(next *cardObject) error {
		if next.Act != c.Act || !next.tried(now) {
			return ErrNotTried
		}
		next.Evaluated = 0
		next.Asked = askedRestore{State: restorePending, Pickup: a.Pickup, Asked: now, Ready: ready}
		return nil
	})
}

// again is what the same ask once more is answered.
func (a *askedRestore) again() error {
	if a.State == restoreCancelled {
		return consent.ErrConflict
	}
	return nil
}

func (c *cardObject) tried(now uint64) bool { return c.Evaluated != 0 && now <= c.Evaluated+askWithin }

// CancelRestore stops a restore for ever, by the current root key. Again is no error. consent.ErrSignature
// as WithdrawAll, ErrNoRestore, ErrRestored, or
// consent.ErrUnavailable, after which it may or may not count.
func (g *Gate) CancelRestore(ctx context.Context, c consent.CancelRestore, sig consent.Signature) error {
	c.Vault = g.vault
	s, _, err := g.speaker(ctx, time.Now(), c.Identity, c.StructHash(), sig)
	if err != nil {
		return err
	}
	again := false
	err = g.changeCard(ctx, c.Identity, func(o *cardObject) error {
		if o.Asked.State == restoreNone || o.Asked.Pickup != c.Pickup {
			return ErrNoRestore
		}
		if o.Asked.State == restoreGiven {
			return ErrRestored
		}
		again = o.Asked.State == restoreCancelled
		o.Asked.State = restoreCancelled
		return nil
	})
	if err != nil || again {
		return err
	}
	// It counts, whether or not it can be written down: the journal must not hold it up.
	return g.note(ctx, g.nowAnyway(ctx), s, consent.EntryRestoreCancelled)
}

// PickUp gives out the restore blob to whoever has the secret of the ask, from its delay on, for a
// week; again too, where an answer was lost. consent.ErrNotFound as Evaluate, also for another secret, for what was
// cancelled and for what is past; a *Wait that is ErrRestoreWaits.
func (g *Gate) PickUp(ctx context.Context, card consent.CardID, secret [32]byte) ([]byte, error) {
	begun := time.Now()
	s, c, err := g.heldCard(ctx, begun, card)
	if err != nil {
		return nil, err
	}
	now, err := g.seconds(ctx)
	if err != nil {
		return nil, err
	}
	a, pickup := c.Asked, consent.PickupDigest(secret)
	if err := a.open(pickup, now); err != nil {
		if errors.Is(err, consent.ErrNotFound) {
			evenly(ctx, begun)
		}
		return nil, err
	}
	keys, err := g.openCard(s, c)
	if err != nil {
		return nil, err
	}
	if a.State == restoreGiven {
		return keys.Restore.Blob, nil
	}
	if err := g.note(ctx, g.nowAnyway(ctx), s, consent.EntryRestored); err != nil {
		return nil, err
	}
	err = g.changeCard(ctx, s.head.Identity, func(next *cardObject) error {
		if next.Act != c.Act {
			return consent.ErrNotFound
		}
		if err := next.Asked.open(pickup, now); err != nil { // stopped meanwhile
			return err
		}
		next.Asked.State = restoreGiven
		return nil
	})
	if err != nil {
		return nil, err
	}
	return keys.Restore.Blob, nil
}

// open says whether whoever has the secret of this digest may have the blob now.
func (a *askedRestore) open(pickup consent.Digest, now uint64) error {
	if a.State != restorePending && a.State != restoreGiven || a.Pickup != pickup || now >= a.Ready+pickUpWithin {
		return consent.ErrNotFound
	}
	if now < a.Ready {
		return &Wait{Err: ErrRestoreWaits, Seconds: a.Ready - now}
	}
	return nil
}

// OwnCard is a person's card as they see it in a session.
type OwnCard struct {
	Made         uint64 // Unix seconds, as signed
	Restore      uint32 // tries left before the wait, of each kind
	Assist       uint32
	HasAssist    bool
	Pickup       consent.Digest // names the restore that was asked for last; zero = none
	Asked, Ready uint64         // Unix seconds
	State        RestoreState
}

// RestoreState says what has become of a restore.
type RestoreState string

// The states. Past: it was not fetched within a week.
const (
	RestorePending   RestoreState = "pending"
	RestoreCancelled RestoreState = "cancelled"
	RestoreGiven     RestoreState = "given_out"
	RestorePast      RestoreState = "past"
)

// CardOf shows a person their card; consent.ErrNotFound where they have none.
func (g *Gate) CardOf(ctx context.Context, identity consent.IdentityID) (*OwnCard, error) {
	s, err := g.person(ctx, identity)
	if err != nil {
		return nil, err
	}
	c, _, err := g.cardOf(ctx, identity)
	if errors.Is(err, ErrAbsent) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	keys, err := g.openCard(s, c)
	if err != nil {
		return nil, err
	}
	now, err := g.seconds(ctx)
	if err != nil {
		return nil, err
	}
	o := &OwnCard{Made: c.Made, HasAssist: len(keys.Assist.Key) > 0, Pickup: c.Asked.Pickup, Asked: c.Asked.Asked, Ready: c.Asked.Ready}
	o.Restore, _ = c.Restore.left(now)
	o.Assist, _ = c.Assist.left(now)
	o.State = map[uint8]RestoreState{restorePending: RestorePending, restoreCancelled: RestoreCancelled, restoreGiven: RestoreGiven}[c.Asked.State]
	if o.State == RestorePending && now >= c.Asked.Ready+pickUpWithin {
		o.State = RestorePast
	}
	return o, nil
}
