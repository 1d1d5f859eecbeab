package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Refuse takes a person's no, signed by the current root key. The same person's
// second refusal answers as the first; errors as Grant, without a *Denial.
func (g *Gate) Refuse(ctx context.Context, r consent.Refusal, sig consent.Signature) error {
	person, at, err := g.signedNow(ctx, r.Identity, r.StructHash(), sig)
	if err != nil {
		return err
	}
	stored, err := g.request(ctx, r.Request)
	if err != nil {
		return err
	}
	unlock, err := g.keyLocks.lock(ctx, string(r.Request[:]))
	if err != nil {
		return err
	}
	defer unlock()
	who := personOf(r.Identity, r.Request)
	if earlier, err := g.answer(ctx, r.Request); err == nil {
		return refusedBefore(earlier, who)
	} else if !errors.Is(err, ErrAbsent) {
		return err
	}
	if now := at.seconds(); now > stored.Request.AnswerBy || r.Time > now+enrolSkew || r.Time+enrolSkew < stored.Created {
		return termError("time: too late, or not of this time")
	}
	a := &attempt{gate: g, at: at, who: consent.Institution{ID: stored.Request.Institution}, subject: person, grant: &loadedGrant{storedGrant: &storedGrant{}}}
	proof, err := a.append(ctx, consent.EntryRefused, nil, nil)
	if err != nil {
		return err
	}
	no := &answer{Version: objectVersion, Kind: answerRefused, Person: who, Time: at.seconds(), Proof: keepProof(proof)}
	err = g.putObject(ctx, roomAnswer, g.name(roomAnswer, r.Request[:]), no, "")
	if errors.Is(err, ErrExists) {
		earlier, err := g.answer(ctx, r.Request)
		if err != nil {
			return unavailable("answer", err)
		}
		return refusedBefore(earlier, who)
	}
	return err
}

func refusedBefore(a *answer, who consent.Digest) error {
	if a.Kind == answerRefused && a.Person == who {
		return nil
	}
	return ErrAnswered
}

// person is the subject behind an act that a person has signed.
func (g *Gate) person(ctx context.Context, identity consent.IdentityID) (*subject, error) {
	s, _, err := g.subject(ctx, identity)
	if errors.Is(err, ErrErased) || errors.Is(err, ErrLeft) {
		err = consent.ErrUnknownIdentity
	}
	return s, err
}

// stopper is person for what can only take permission away: a journal that is silent must
// not hold it up.
func (g *Gate) stopper(ctx context.Context, identity consent.IdentityID) (*subject, error) {
	s, _, err := g.storedSubject(ctx, identity)
	if errors.Is(err, ErrErased) || errors.Is(err, ErrLeft) || err == nil && s.gone {
		err = consent.ErrUnknownIdentity
	}
	return s, err
}

// signedNow is signer, and the time. A view that is too old cannot say which key is
// current.
func (g *Gate) signedNow(ctx context.Context, identity consent.IdentityID, structHash [32]byte, sig consent.Signature) (*subject, moment, error) {
	begun := time.Now()
	at, err := g.fresh(ctx)
	if err != nil {
		return nil, moment{}, err
	}
	s, err := g.signer(ctx, begun, identity, structHash, sig)
	return s, at, err
}

// signer is the subject whose current root key has signed something new. Whoever
// shows no such signature learns nothing of the identity, neither that it is here nor
// that a recovery of it is pending: consent.ErrSignature, on the grid of time. With
// one: consent.ErrUnknownIdentity where no such subject is here (any more),
// consent.ErrFrozen while a recovery is pending.
func (g *Gate) signer(ctx context.Context, begun time.Time, identity consent.IdentityID, structHash [32]byte, sig consent.Signature) (*subject, error) {
	s, errHere := g.person(ctx, identity)
	if errHere != nil && !errors.Is(errHere, consent.ErrUnknownIdentity) {
		return nil, errHere
	}
	key, frozen, err := g.ledger.RootKey(ctx, identity, 0)
	switch {
	case errors.Is(err, consent.ErrUnknownIdentity) && s != nil:
		key, frozen = s.head.RootKey, false // head.check has derived the identity from it
	case errors.Is(err, consent.ErrUnknownIdentity):
		key = consent.Address{} // nobody's
	case err != nil:
		return nil, unavailable("ledger", err)
	}
	if err := g.signed(structHash, sig, key); err != nil || key == (consent.Address{}) {
		evenly(ctx, begun)
		return nil, consent.ErrSignature
	}
	if errHere != nil {
		return nil, errHere
	}
	if frozen {
		return nil, consent.ErrFrozen
	}
	return s, nil
}
