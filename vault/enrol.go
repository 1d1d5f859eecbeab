package vault

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// Enrol opens a subject here, or replaces its session key, docs/protocol/identity.md.
// The same enrolment again answers as the first. It returns consent.ErrGrant for a
// document that does not hold, consent.ErrSignature, ErrRegion, ErrErased,
// consent.ErrConflict for a session key not later than the one in force, or what
// could not be established.
func (g *Gate) Enrol(ctx context.Context, call EnrolCall) error {
	e := &call.Enrolment
	e.Vault = g.vault
	if consent.DeriveIdentity(call.RootKey, call.RecoveryHash, call.Salt) != e.Identity {
		return termError("identity: does not derive from what came with it")
	}
	if e.SessionKey == (consent.Address{}) || consent.ValidateJurisdiction(e.Jurisdiction) != nil {
		return termError("sessionKey, jurisdiction: missing or malformed")
	}
	at, err := g.now(ctx)
	if err != nil {
		return err
	}
	now := at.seconds()
	if err := ofNow(e.Time, now); err != nil {
		return err
	}
	registered, err := g.verifyEnrolment(ctx, &call)
	if err != nil {
		return err
	}
	if err := checkDeadline(call.RegisterDeadline, now); err != nil && !registered {
		return err
	}
	if registered {
		return g.enter(ctx, at, &call)
	}
	act := consent.Act{
		Kind: consent.ActRegister, Key: call.RootKey, Deadline: call.RegisterDeadline,
		RecoveryHash: call.RecoveryHash, Salt: call.Salt, Signature: call.RegisterSignature,
	}
	if err := g.affords(ctx, act); err != nil {
		return err
	}
	if err := g.enter(ctx, at, &call); err != nil {
		return err
	}
	return g.relay(ctx, act)
}

// verifyEnrolment checks the signatures: by the current root key, which is the one
// that the identity derives from until the ledger knows another.
func (g *Gate) verifyEnrolment(ctx context.Context, call *EnrolCall) (registered bool, err error) {
	rootKey, frozen, err := g.ledger.RootKey(ctx, call.Enrolment.Identity, 0)
	registered = err == nil
	if frozen {
		return registered, consent.ErrFrozen
	}
	if errors.Is(err, consent.ErrUnknownIdentity) {
		rootKey = call.RootKey
		register := g.registry.Digest(consent.RegisterHash(call.Enrolment.Identity, call.RegisterDeadline))
		err = consent.Verify(register, call.RegisterSignature, call.RootKey)
		if err != nil {
			return false, err
		}
	}
	if err != nil {
		return false, unavailable("ledger", err)
	}
	return registered, g.signed(call.Enrolment.StructHash(), call.Signature, rootKey)
}

// enter makes the head, or changes the session key of the one that is there.
func (g *Gate) enter(ctx context.Context, at moment, call *EnrolCall) error {
	e := &call.Enrolment
	for range maxAttempts {
		s, _, err := g.subject(ctx, e.Identity)
		if err == nil {
			return g.reopen(ctx, at, s, e)
		}
		if !errors.Is(err, consent.ErrUnknownIdentity) {
			return err
		}
		if s, err = g.newSubject(call); err != nil {
			return err
		}
		if err := g.note(ctx, at, s, consent.EntryEnrolled); err != nil {
			return err
		}
		if err := g.putHead(ctx, s.head, ""); !errors.Is(err, ErrExists) {
			return err
		}
	}
	return consent.ErrConflict
}

func (g *Gate) reopen(ctx context.Context, at moment, s *subject, e *consent.Enrolment) error {
	if e.Jurisdiction != s.head.Region {
		return consent.ErrConflict
	}
	if e.SessionKey == s.head.SessionKey {
		return nil
	}
	if at.stale { // the current root key cannot be told
		return consent.ErrStaleView
	}
	if e.Time <= s.head.Enrolled {
		return consent.ErrConflict
	}
	if err := g.note(ctx, at, s, consent.EntryEnrolled); err != nil {
		return err
	}
	return g.commit(ctx, e.Identity, func(_ *subject, next *head) error {
		if e.Time <= next.Enrolled {
			return consent.ErrConflict
		}
		next.SessionKey, next.Enrolled = e.SessionKey, e.Time
		return nil
	})
}

// note writes an entry in which no grant and no institution takes part.
func (g *Gate) note(ctx context.Context, at moment, s *subject, kind consent.EntryKind) error {
	a := &attempt{gate: g, at: at, subject: s, grant: &loadedGrant{storedGrant: &storedGrant{}}}
	_, err := a.append(ctx, kind, nil, nil)
	return err
}

// SessionKey returns the key that opens an identity's sessions; consent.ErrUnknownIdentity.
func (g *Gate) SessionKey(ctx context.Context, id consent.IdentityID) (consent.Address, error) {
	s, err := g.person(ctx, id)
	if err != nil {
		return consent.Address{}, err
	}
	return s.head.SessionKey, nil
}
