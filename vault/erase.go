package vault

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// States of an erasure's object.
const (
	erasureBegun uint8 = 1 // the head is erased, or about to be; objects may be left
	erasureDone  uint8 = 2
)

// erasure is what an erasure leaves, to be ended after a crash and answered again. What
// it says of the person only the erasure's own signature opens, which the vault does not keep.
type erasure struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	State    uint8
	Identity consent.IdentityID
	Signer   consent.Address // the root key that ordered it
	Sealed   []byte          // storedReceipt, padded, under a key from the signature
}

// Erased is the vault's word that a person's keys and records are gone.
type Erased struct {
	Receipt   consent.ErasureReceipt
	Encoded   []byte // what is signed
	Signature [64]byte
	Proof     consent.Proof // of the journal's entry
}

// Erase destroys a person's keys here, for ever, and with them all that they open; then
// it deletes the records. Every permission ends first. It is sent again where an answer was lost:
// each step can be repeated, and the same signature has the same receipt.
//
// consent.ErrSignature as StateFacts, consent.ErrFrozen, consent.ErrStaleView, ErrErased for an erasure that another
// key has ordered before, or consent.ErrUnavailable, after which it may or may not have taken place.
func (g *Gate) Erase(ctx context.Context, e consent.Erasure, sig consent.Signature) (*Erased, error) {
	begun := time.Now()
	e.Vault = g.vault
	s, at, err := g.signedNow(ctx, e.Identity, e.StructHash(), sig)
	if errors.Is(err, consent.ErrSignature) || errors.Is(err, consent.ErrUnknownIdentity) {
		return g.erasedBefore(ctx, begun, e, sig, err)
	}
	if err != nil {
		return nil, err
	}
	return g.erase(ctx, at, s, sig)
}

func (g *Gate) erase(ctx context.Context, at moment, s *subject, sig consent.Signature) (*Erased, error) {
	identity := s.head.Identity
	unlock, err := g.subjectLocks.lock(ctx, string(identity[:]))
	if err != nil {
		return nil, err
	}
	defer unlock()
	documents, ended, err := g.endAll(ctx, at, identity)
	if err != nil {
		return nil, err
	}
	r, err := g.draftReceipt(ctx, at, s, documents, ended)
	if err != nil {
		return nil, err
	}
	if err := g.writeErasure(ctx, s, r, sig); err != nil {
		return nil, err
	}
	if err := g.eraseHead(ctx, identity); err != nil {
		return nil, err
	}
	return r, g.endErasure(ctx, identity)
}

// eraseAgain erases a head that was put back from before, or that a crash has spared.
func (g *Gate) eraseAgain(ctx context.Context, identity consent.IdentityID) error {
	if err := g.eraseHead(ctx, identity); err != nil {
		return err
	}
	return g.endErasure(ctx, identity)
}

// eraseHead swaps the head for the mark that never goes: from then on no key opens
// anything. One that is there already is no error.
func (g *Gate) eraseHead(ctx context.Context, identity consent.IdentityID) error {
	for range maxAttempts {
		s, tag, err := g.storedSubject(ctx, identity)
		if errors.Is(err, ErrErased) {
			return nil
		}
		if err != nil {
			return err
		}
		mark := &head{Version: objectVersion, State: stateErased, Identity: identity, Revision: s.head.Revision + 1}
		err = g.putHead(ctx, mark, tag)
		if err == nil {
			g.subjects.forget(s.digest)
		}
		if !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return consent.ErrConflict
}

// endAll makes a tombstone for every permission. It returns their documents, and how many
// had not ended before.
func (g *Gate) endAll(ctx context.Context, at moment, identity consent.IdentityID) (documents map[consent.GrantID]*loadedGrant, ended uint32, err error) {
	documents = map[consent.GrantID]*loadedGrant{}
	for cursor := ""; ; {
		ids, next, err := g.list(ctx, roomOwn, identity, cursor, maxPage)
		if err != nil {
			return nil, 0, err
		}
		for _, id := range ids {
			l, err := g.loadGrant(ctx, id)
			if errors.Is(err, consent.ErrNotFound) { // nothing leaves under what cannot be opened
				continue
			}
			if err == nil && l.Identity != identity {
				err = unavailable("index", errDamaged)
			}
			if err != nil {
				return nil, 0, err
			}
			documents[id] = l
			_, first, err := g.entomb(ctx, id, tombstone{Version: objectVersion, Kind: tombWithdrawn, Time: at.seconds(), Signer: signerErasure})
			if err != nil {
				return nil, 0, err
			}
			if first {
				g.noteWithdrawn(ctx, l, at, consent.Institution{ID: l.Grant.Institution})
				if at.seconds() < l.Grant.Expires {
					ended++
				}
			}
		}
		if cursor = next; cursor == "" {
			return documents, ended, nil
		}
	}
}

// writeErasure keeps the receipt before the keys go. An earlier attempt that did not come
// so far is written over: what was released meanwhile belongs into it.
func (g *Gate) writeErasure(ctx context.Context, s *subject, r *Erased, sig consent.Signature) error {
	signer, err := g.rootKey(ctx, s, 0)
	if err != nil {
		return err
	}
	key, err := receiptKey(sig)
	if err != nil {
		return err
	}
	plaintext, err := encoding.Marshal(storedReceipt{Version: objectVersion, Receipt: r.Encoded, Proof: keepProof(r.Proof)})
	if err != nil {
		return err
	}
	identity := s.head.Identity
	sealed, err := crypto.Seal(key, crypto.Pad(plaintext, leastObject), grantAAD("wrappy erasure receipt v1", consent.GrantID(identity)))
	if err != nil {
		return err
	}
	e := erasure{Version: objectVersion, State: erasureBegun, Identity: identity, Signer: signer, Sealed: sealed}
	return g.putErasure(ctx, identity, func(*erasure) *erasure { return &e })
}

// putErasure changes an identity's erasure by compare-and-swap; change gets nil where
// there is none, and returns nil for no change.
func (g *Gate) putErasure(ctx context.Context, identity consent.IdentityID, change func(*erasure) *erasure) error {
	name := g.name(roomErasure, identity[:])
	for range maxAttempts {
		stored, tag, err := getObject[erasure](ctx, g, roomErasure, name)
		if err != nil && !errors.Is(err, ErrAbsent) {
			return err
		}
		next := change(stored)
		if next == nil {
			return nil
		}
		err = g.putObject(ctx, roomErasure, name, next, tag)
		if !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) {
			return err
		}
	}
	return consent.ErrConflict
}

// endErasure deletes what the keys that are gone would have opened, and the index of the
// person's permissions, and notes that nothing is left to do.
func (g *Gate) endErasure(ctx context.Context, identity consent.IdentityID) error {
	if err := g.deleteRecords(ctx, identity); err != nil {
		return err
	}
	if err := g.deleteMoved(ctx, identity); err != nil {
		return err
	}
	if err := g.deleteCard(ctx, identity); err != nil {
		return err
	}
	if err := g.heads.Delete(ctx, g.name(roomAssist, identity[:])); err != nil {
		return unavailable("store", err)
	}
	if err := g.eachEntry(ctx, roomOwn, identity, func([32]byte) error { return nil }); err != nil {
		return err
	}
	return g.putErasure(ctx, identity, func(e *erasure) *erasure {
		if e == nil || e.State == erasureDone {
			return nil
		}
		done := *e
		done.State = erasureDone
		return &done
	})
}

// erasedBefore answers an erasure whose head is gone already: it is ended where a crash
// has left something, and has its receipt. To whoever shows no such signature it is as though
// nothing were here.
func (g *Gate) erasedBefore(ctx context.Context, begun time.Time, e consent.Erasure, sig consent.Signature, found error) (*Erased, error) {
	stored, _, err := getObject[erasure](ctx, g, roomErasure, g.name(roomErasure, e.Identity[:]))
	if err != nil && !errors.Is(err, ErrAbsent) {
		return nil, err
	}
	if s, _, errHead := g.storedSubject(ctx, e.Identity); errHead == nil && s.gone {
		return g.eraseSpared(ctx, begun, s, e, sig)
	}
	known := errors.Is(found, consent.ErrUnknownIdentity) // by its present key on the ledger
	if !known && (err != nil || stored.Identity != e.Identity || g.signed(e.StructHash(), sig, stored.Signer) != nil) {
		evenly(ctx, begun)
		return nil, consent.ErrSignature
	}
	if _, errHead := g.person(ctx, e.Identity); !errors.Is(errHead, consent.ErrUnknownIdentity) {
		return nil, cmp.Or(errHead, found)
	} else if _, _, errHead = g.subject(ctx, e.Identity); !errors.Is(errHead, ErrErased) {
		return nil, consent.ErrUnknownIdentity
	}
	if err != nil {
		return nil, ErrErased
	}
	r, err := openReceipt(stored, sig)
	if err != nil {
		return nil, ErrErased
	}
	if err := g.signReceipt(r); err != nil {
		return nil, err
	}
	return r, g.endErasure(ctx, e.Identity)
}

// eraseSpared erases once more what the journal knows as erased.
func (g *Gate) eraseSpared(ctx context.Context, begun time.Time, s *subject, e consent.Erasure, sig consent.Signature) (*Erased, error) {
	key, err := g.rootKey(ctx, s, 0)
	if err != nil {
		return nil, err
	}
	if err := g.signed(e.StructHash(), sig, key); err != nil {
		evenly(ctx, begun)
		return nil, err
	}
	at, err := g.now(ctx)
	if err != nil {
		return nil, err
	}
	return g.erase(ctx, at, s, sig)
}

// EndErasures ends what a crash has left of erasures whose head is gone: objects that no
// key opens any more. One whose head still lives was never answered, and waits for its person.
func (g *Gate) EndErasures(ctx context.Context) (ended int, err error) {
	var failed []error
	for after := ""; ; {
		names, err := g.heads.List(ctx, roomErasure+"/", after, sweepPage)
		if err != nil {
			return ended, unavailable("store", err)
		}
		for _, name := range names {
			e, _, err := getObject[erasure](ctx, g, roomErasure, name)
			if err == nil && e.State == erasureBegun {
				if _, _, errHead := g.subject(ctx, e.Identity); errors.Is(errHead, ErrErased) {
					if err = g.endErasure(ctx, e.Identity); err == nil {
						ended++
					}
				}
			}
			failed = append(failed, err)
		}
		if len(names) < sweepPage {
			return ended, errors.Join(failed...)
		}
		after = names[len(names)-1]
	}
}
