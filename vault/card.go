package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// A card, docs/protocol/card.md: the vault answers a few tries of a PIN, and keeps blobs
// that it cannot open.

const (
	freeTries  = 10
	triesEvery = consent.Day // seconds, after the free ones
	// askWithin is how long after a try a restore can be asked for, pickUpWithin how long
	// after its delay it can be fetched; seconds.
	askWithin    = 60 * 60
	pickUpWithin = 7 * consent.Day
	leastCard    = 1024 // bytes, so that a card without help does not show

	// As long as a recovery on the ledger.
	defaultRestoreDelay = 48 * time.Hour
)

// Errors of cards, which wrap consent.ErrConflict.
var (
	// ErrNoRestore: what is to be stopped is not the restore that was asked for last.
	ErrNoRestore = fmt.Errorf("%w: no such restore is asked for", consent.ErrConflict)
	// ErrNotTried: a restore is asked for without a try of its own.
	ErrNotTried = fmt.Errorf("%w: a restore needs a try of its own, at most an hour before", consent.ErrConflict)
	// ErrRestored: the blob was given out before the restore was stopped.
	ErrRestored = fmt.Errorf("%w: given out already", consent.ErrConflict)
)

// ErrTries and ErrRestoreWaits are what a *Wait is.
var (
	ErrTries        = errors.New("too many tries of this card")
	ErrRestoreWaits = errors.New("the restore can still be stopped")
)

// Wait says no for now.
type Wait struct {
	Err     error
	Seconds uint64
}

func (w *Wait) Error() string { return w.Err.Error() }
func (w *Wait) Unwrap() error { return w.Err }

// cardObject is a person's one card. A CBOR array in this order, sealed under the heads'
// keyset and bound to its name; docs/protocol/card.md.
type cardObject struct {
	_         struct{} `cbor:",toarray"`
	Version   uint16
	Identity  consent.IdentityID
	Card      consent.CardID
	Before    consent.CardID // that this one replaced; zero = none
	Revision  uint64         // one more at each commit, from 1
	Act       [32]byte       // struct hash of the act that made it
	Made      uint64         // its time
	AskKey    consent.Address
	Epoch     uint32 // yyyymm of the key that wraps the next over the subject KEK
	Sealed    []byte // cardKeys, padded, under the subject KEK, and that under the month's key
	Restore   tries
	Assist    tries
	Reset     uint64 // time of the latest reset
	Evaluated uint64 // when the latest restore try was, that no ask has used; 0 = none
	Asked     askedRestore
}

// tries since the last reset. What a right PIN took counts too: the vault cannot tell.
type tries struct {
	_     struct{} `cbor:",toarray"`
	Count uint32
	Last  uint64 // Unix seconds
}

// States of a restore.
const (
	restoreNone      uint8 = 0
	restorePending   uint8 = 1
	restoreCancelled uint8 = 2
	restoreGiven     uint8 = 3
)

type askedRestore struct {
	_     struct{} `cbor:",toarray"`
	State uint8
	// Pickup is the digest of the secret that fetches the blob, and the restore's name.
	Pickup       consent.Digest
	Asked, Ready uint64 // Unix seconds
}

// cardEntry leads from a card's id to whose it is.
type cardEntry struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	Identity consent.IdentityID
}

func (c *cardObject) check(identity consent.IdentityID) error {
	if c.Version != objectVersion || c.Identity != identity || c.Revision == 0 || c.Epoch == 0 || c.Asked.State > restoreGiven ||
		(c.Asked.State == restoreNone) != (c.Asked == askedRestore{}) || c.Asked.Ready < c.Asked.Asked {
		return errDamaged
	}
	return nil
}

func (c *cardObject) tries(kind consent.CardKind) *tries {
	if kind == consent.CardAssist {
		return &c.Assist
	}
	return &c.Restore
}

// left says how many tries there are before the wait, and how long it is now; seconds.
func (t tries) left(now uint64) (tries uint32, wait uint64) {
	if t.Count < freeTries {
		return freeTries - t.Count, 0
	}
	if next := t.Last + triesEvery; now < next {
		return 0, next - now
	}
	return 1, 0
}

// cardOf reads a person's card; ErrAbsent.
func (g *Gate) cardOf(ctx context.Context, identity consent.IdentityID) (c *cardObject, tag string, err error) {
	name := g.name(roomCard, identity[:])
	err = g.notOlder("card", name, func(seen bool) (uint64, error) {
		c, tag, err = getObject[cardObject](ctx, g, roomCard, name)
		switch {
		case errors.Is(err, ErrAbsent) && !seen:
			return 0, ErrAbsent
		case errors.Is(err, ErrAbsent), err == nil && c.check(identity) != nil:
			return 0, unavailable("card", errDamaged)
		case err != nil:
			return 0, err
		}
		return c.Revision, nil
	})
	if err != nil {
		return nil, "", err
	}
	return c, tag, nil
}

// changeCard changes a person's card by compare-and-swap. change gets the card as stored,
// an empty one where there is none; its error ends it.
func (g *Gate) changeCard(ctx context.Context, identity consent.IdentityID, change func(*cardObject) error) error {
	name := g.name(roomCard, identity[:])
	unlock, err := g.subjectLocks.lock(ctx, string(identity[:]))
	if err != nil {
		return err
	}
	defer unlock()
	for range maxAttempts {
		c, tag, err := g.cardOf(ctx, identity)
		if errors.Is(err, ErrAbsent) {
			c, err = &cardObject{Version: objectVersion, Identity: identity}, nil
		}
		if err != nil {
			return err
		}
		if err := change(c); err != nil {
			return err
		}
		if err := g.renewKeys(ctx, c); err != nil {
			return err
		}
		c.Revision++
		err = g.putObject(ctx, roomCard, name, c, tag)
		if err == nil {
			raise(g.revisions, name, c.Revision)
			return nil
		}
		if !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) {
			return err
		}
	}
	return consent.ErrConflict
}

// CardCall makes a card, or replaces the one there is. Card.Content is computed from the parts.
type CardCall struct {
	Card            consent.Card
	Restore, Assist consent.CardPart
	Signature       consent.Signature // by the root key
}

func (c *CardCall) check() error {
	for _, part := range []consent.CardPart{c.Restore, c.Assist} {
		if len(part.Key) == 0 && len(part.Blob) == 0 {
			continue
		}
		if crypto.CheckOPRFKey(part.Key) != nil || len(part.Blob) == 0 || len(part.Blob) > consent.MaxCardBlob {
			return errCall("restore, assist: want an OPRF key and a blob of at most 4096 bytes")
		}
	}
	if c.Card.Card == (consent.CardID{}) || len(c.Restore.Key) == 0 || c.Card.AskKey == (consent.Address{}) {
		return errCall("card, restore, ask_key: missing")
	}
	return nil
}

// MakeCard makes a person's card; an earlier one opens nothing from then on, and a restore
// that it had asked for has ended. The same act again is answered as the first. ErrCall, the errors
// of StateFacts, consent.ErrGrant for a time that is not now's, or consent.ErrConflict for one that is not
// later than that of the card in force, or for a card that is somebody else's.
func (g *Gate) MakeCard(ctx context.Context, call CardCall) error {
	if err := call.check(); err != nil {
		return err
	}
	act := call.Card
	act.Vault, act.Content = g.vault, consent.CardContent(call.Restore, call.Assist)
	hash := act.StructHash()
	s, at, err := g.signedNow(ctx, act.Identity, hash, call.Signature)
	if err != nil {
		return err
	}
	old, _, err := g.cardOf(ctx, act.Identity)
	if err != nil && !errors.Is(err, ErrAbsent) {
		return err
	}
	if old != nil && old.Act == hash {
		return g.forgetCard(ctx, old.Before)
	}
	if err := ofNow(act.Time, at.seconds()); err != nil {
		return err
	}
	if old != nil && act.Time <= old.Made {
		return consent.ErrConflict
	}
	if err := g.enterCard(ctx, act.Card, act.Identity); err != nil {
		return err
	}
	sealed, err := s.sealCard(act.Card, cardKeys{Version: objectVersion, Restore: call.Restore, Assist: call.Assist})
	if err != nil {
		return err
	}
	kind := consent.EntryCardMade
	if old != nil {
		kind = consent.EntryCardReplaced
	}
	if err := g.note(ctx, at, s, kind); err != nil {
		return err
	}
	before := consent.CardID{}
	err = g.changeCard(ctx, act.Identity, func(c *cardObject) error {
		if act.Time <= c.Made {
			return consent.ErrConflict
		}
		if before = c.Card; before == act.Card {
			before = c.Before
		}
		*c = cardObject{Version: objectVersion, Identity: act.Identity, Card: act.Card, Before: before, Revision: c.Revision,
			Act: hash, Made: act.Time, AskKey: act.AskKey, Sealed: sealed}
		return nil
	})
	if err != nil {
		return err
	}
	return g.forgetCard(ctx, before)
}

// enterCard makes a card findable; consent.ErrConflict where it is somebody else's.
func (g *Gate) enterCard(ctx context.Context, card consent.CardID, identity consent.IdentityID) error {
	err := g.putObject(ctx, roomCarded, g.name(roomCarded, card[:]), cardEntry{Version: objectVersion, Identity: identity}, "")
	if !errors.Is(err, ErrExists) {
		return err
	}
	holder, err := g.cardHolder(ctx, card)
	if err == nil && holder != identity {
		err = consent.ErrConflict
	}
	return err
}

// forgetCard removes a replaced card's way in: it has led to nothing since.
func (g *Gate) forgetCard(ctx context.Context, card consent.CardID) error {
	if card == (consent.CardID{}) {
		return nil
	}
	if err := g.heads.Delete(ctx, g.name(roomCarded, card[:])); err != nil {
		return unavailable("store", err)
	}
	return nil
}

func (g *Gate) cardHolder(ctx context.Context, card consent.CardID) (consent.IdentityID, error) {
	entry, _, err := getObject[cardEntry](ctx, g, roomCarded, g.name(roomCarded, card[:]))
	if errors.Is(err, ErrAbsent) {
		return consent.IdentityID{}, consent.ErrNotFound
	}
	if err != nil {
		return consent.IdentityID{}, err
	}
	return entry.Identity, nil
}

// ResetCard forgives the tries of a card, of both kinds. The same act again forgives nothing more. The
// errors of MakeCard; consent.ErrConflict also for a card that is not in force.
func (g *Gate) ResetCard(ctx context.Context, r consent.ResetCard, sig consent.Signature) error {
	r.Vault = g.vault
	_, at, err := g.signedNow(ctx, r.Identity, r.StructHash(), sig)
	if err != nil {
		return err
	}
	if err := ofNow(r.Time, at.seconds()); err != nil {
		return err
	}
	return g.changeCard(ctx, r.Identity, func(c *cardObject) error {
		if c.Revision == 0 || c.Card != r.Card || r.Time < c.Reset {
			return consent.ErrConflict
		}
		if r.Time > c.Reset {
			c.Restore, c.Assist, c.Reset = tries{}, tries{}, r.Time
		}
		return nil
	})
}

// deleteCard removes what an erasure leaves of a card: no key opens it any more.
func (g *Gate) deleteCard(ctx context.Context, identity consent.IdentityID) error {
	name := g.name(roomCard, identity[:])
	c, _, err := getObject[cardObject](ctx, g, roomCard, name) // somebody else may have been at it
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	if err == nil {
		err = errors.Join(g.forgetCard(ctx, c.Card), g.forgetCard(ctx, c.Before))
	}
	if err != nil {
		return err
	}
	if err := g.heads.Delete(ctx, name); err != nil {
		return unavailable("store", err)
	}
	g.revisions.forget(name)
	return nil
}
