package vault

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// CorrectCall sets the person's own value of a field, or takes it back.
type CorrectCall struct {
	crypto.Redacted
	Correction consent.Correction
	Value      []byte // JSON; nil takes the correction back
	Salt       consent.Salt
	Signature  consent.Signature // by the root key
	Turn       Turn              // nil: none is needed
}

// Corrected says what has become of a field.
type Corrected struct {
	Version uint64 // of the field; 0 where there was nothing to take back
	Proof   *consent.Proof
}

// Correct sets the person's own value beside the institutions', never over them, or takes
// it back. It is checked as a write is, and released with the others under the grants that
// cover the field. The same act again answers as the first, without a Proof. It returns
// consent.ErrGrant for a malformed act, consent.ErrSignature, consent.ErrFrozen,
// consent.ErrConflict for an act that is not later than the one in force, a *Denial
// without an entry for a value that could not be stored for anybody, ErrFieldTooLarge, or what
// could not be established.
func (g *Gate) Correct(ctx context.Context, call CorrectCall) (*Corrected, error) {
	c := &call.Correction
	c.Vault = g.vault
	if c.Field.Validate() != nil {
		return nil, termError("field: want category.name")
	}
	if len(call.Value) > maxValue {
		return nil, ErrFieldTooLarge
	}
	if call.Value != nil && consent.CorrectionDigest(call.Salt, c.Field, call.Value) != c.Value || call.Value == nil && c.Value != (consent.Digest{}) {
		return nil, consent.ErrSignature // what was signed is another value
	}
	person, at, err := g.signedNow(ctx, c.Identity, c.StructHash(), call.Signature)
	if err != nil {
		return nil, err
	}
	tag := person.kek.FieldTag(string(c.Field))
	if own := person.head.own(tag); own.Act == c.StructHash() {
		return &Corrected{Version: own.Version}, nil
	}
	if c.Time > at.seconds()+enrolSkew || c.Time+enrolSkew < at.seconds() {
		return nil, termError("time: more than ten minutes from the vault's clock")
	}
	a := g.ownAttempt(at, person, call.Turn)
	if a.catalog = g.decider.Catalog(); a.catalog == nil {
		return nil, unavailable("policy", errors.New("no bundle is in force"))
	}
	if call.Value != nil {
		err = a.acceptable(c.Field, call.Value)
	} else {
		err = a.known(c.Field, tag)
	}
	if err != nil {
		return nil, err
	}
	return a.correct(ctx, &call)
}

// ownAttempt is an act of a person on their own values: no grant and no institution.
func (g *Gate) ownAttempt(at moment, person *subject, turn Turn) *attempt {
	grant := &loadedGrant{storedGrant: &storedGrant{Identity: person.head.Identity}}
	return &attempt{gate: g, at: at, subject: person, grant: grant, call: underGrant{turn: turn}}
}

// known refuses to take back what was never said, in a field that there is not: each act
// stays in the head, and whoever makes names up could make it too large to be read.
func (a *attempt) known(field consent.FieldName, tag [16]byte) error {
	_, named := a.catalog.Field(field)
	if _, said := a.subject.head.findOwn(tag); !named && !said {
		return &Denial{Withheld: []consent.Withheld{{Field: field, Reason: consent.ReasonUnknownField}}}
	}
	return nil
}

// acceptable holds a value against what a write is held against: the catalog's type, its
// place, and that it can leave again.
func (a *attempt) acceptable(field consent.FieldName, value []byte) error {
	entry, known := a.catalog.Field(field)
	if !known {
		return &Denial{Withheld: []consent.Withheld{{Field: field, Reason: consent.ReasonUnknownField}}}
	}
	compact, err := checkValue(entry, value)
	shapes := err == nil
	if shapes {
		_, shapes = a.shapes(field, compact)
	}
	if !shapes || len(compact) != len(value) ||
		len(a.misplaced(WriteCall{Values: map[consent.FieldName]json.RawMessage{field: compact}})) > 0 {
		return &Denial{Withheld: []consent.Withheld{{Field: field, Reason: consent.ReasonBadValue}}}
	}
	return nil
}

// correct makes the next record, writes the entry, and commits.
func (a *attempt) correct(ctx context.Context, call *CorrectCall) (*Corrected, error) {
	g, c := a.gate, &call.Correction
	unlock, err := g.subjectLocks.lock(ctx, string(c.Identity[:]))
	if err != nil {
		return nil, err
	}
	defer unlock()
	a.asked = []consent.FieldName{c.Field}
	a.stated = c.Time
	for range maxAttempts {
		s, tag, err := g.subject(ctx, c.Identity)
		if errors.Is(err, ErrErased) {
			return nil, g.overtaken(ctx, c.Identity)
		}
		if err != nil {
			return nil, err
		}
		own := s.head.own(s.kek.FieldTag(string(c.Field)))
		if own.Act == c.StructHash() {
			return &Corrected{Version: own.Version}, nil
		}
		if c.Time <= own.Time {
			return nil, consent.ErrConflict
		}
		next := s.head.clone()
		next.Revision++
		stored, err := a.restate(ctx, s, next, call)
		if err != nil {
			return nil, a.damaged(ctx, err)
		}
		own.Time, own.Act, own.Version = c.Time, c.StructHash(), 0
		if len(stored) > 0 {
			own.Version = stored[0].Version
		}
		next.setOwn(own)
		proof, err := a.append(ctx, consent.EntryCorrected, stored, nil)
		if err != nil {
			return nil, err
		}
		err = g.putHead(ctx, next, tag)
		if err == nil {
			return &Corrected{Version: own.Version, Proof: &proof}, nil
		}
		a.late(ctx, consent.EntryAborted, stored)
		if !errors.Is(err, ErrChanged) {
			return nil, err
		}
	}
	return nil, consent.ErrConflict
}

// restate makes the record in which the person's own value is the call's; none where
// there is nothing to take back.
func (a *attempt) restate(ctx context.Context, s *subject, next *head, call *CorrectCall) ([]consent.FieldVersion, error) {
	field := call.Correction.Field
	if call.Value == nil {
		there, err := a.hasOwn(ctx, s, field)
		if err != nil || !there {
			return nil, err
		}
	}
	stored, _, err := a.records(ctx, s, next, map[consent.FieldName]incoming{field: {value: call.Value}})
	return stored, err
}

func (a *attempt) hasOwn(ctx context.Context, s *subject, field consent.FieldName) (bool, error) {
	m := s.head.entry(field.Category())
	if m == nil {
		return false, nil
	}
	r, err := a.gate.readRecord(ctx, s.head.Identity, *m)
	if err != nil {
		return false, err
	}
	values, err := a.stored(ctx, s, r, field)
	return slices.ContainsFunc(values, func(v Sourced) bool { return v.Writer == (consent.InstitutionID{}) }), err
}
