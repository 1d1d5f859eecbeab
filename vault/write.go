package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Write stores what the grant covers and the catalog's types allow, all of it or
// nothing; the rest is named as withheld. A writer's value replaces its own earlier
// one (FHIR resources are merged by id); what others wrote stays. Errors as
// Release, and ErrFieldTooLarge.
func (g *Gate) Write(ctx context.Context, who consent.Institution, call WriteCall) (*Written, error) {
	asked, digest, err := call.check()
	if err != nil {
		return nil, err
	}
	a, end, err := g.begin(ctx, who.ID, underGrant{
		operation: opWrite, grant: call.Grant, action: consent.Write, asked: asked, key: call.IdempotencyKey, digest: digest, turn: call.Turn,
	})
	if err != nil {
		return nil, err
	}
	defer end()
	if a.earlier != nil {
		proof, err := a.append(ctx, consent.EntryRedelivery, a.earlier.Fields, nil)
		if err != nil {
			return nil, err
		}
		return &Written{Grant: a.terms(0), Stored: a.earlier.Fields, Withheld: toldWithheld(a.withheld), Proof: proof, Redelivered: true}, nil
	}
	values := a.typed(call)
	if len(values) == 0 {
		return nil, a.deny(ctx)
	}
	stored, proof, err := a.write(ctx, values)
	if err != nil {
		return nil, err
	}
	// Without the memo a retry writes the same values once more, which does no harm:
	// what is stored must not be reported as failed.
	_ = g.remember(ctx, a.memo, &memo{Call: digest, Time: a.at.milli, Fields: stored})
	return &Written{Grant: a.terms(0), Stored: stored, Withheld: toldWithheld(a.withheld), Proof: proof}, nil
}

// check bounds a call and digests it.
func (c *WriteCall) check() (asked []consent.FieldName, digest [32]byte, err error) {
	asked, err = checkFields(slices.Collect(maps.Keys(c.Values)))
	if err == nil && len(asked) == 0 {
		err = errCall("values: want 1 to 200")
	}
	if err != nil {
		return nil, digest, err
	}
	body := []any{opWrite, c.Grant}
	for _, field := range asked {
		body = append(body, field, sha256.Sum256(c.Values[field]))
	}
	digest, err = callDigest(body)
	return asked, digest, err
}

// typed keeps the permitted values that are of the catalog's type, in their place,
// and can leave again.
func (a *attempt) typed(call WriteCall) map[consent.FieldName][]byte {
	values := map[consent.FieldName][]byte{}
	for _, name := range a.permitted {
		field, _ := a.catalog.Field(name)
		value, err := checkValue(field, call.Values[name])
		if err != nil || !a.shapes(name, value) {
			a.withhold(consent.Withheld{Field: name, Reason: consent.ReasonBadValue})
			continue
		}
		values[name] = value
	}
	for _, name := range a.misplaced(call) {
		if values[name] != nil {
			a.withhold(consent.Withheld{Field: name, Reason: consent.ReasonBadValue})
			delete(values, name)
		}
	}
	a.permitted = slices.DeleteFunc(a.permitted, func(f consent.FieldName) bool { return values[f] == nil })
	return values
}

// shapes tries what a release will do. A value that cannot be shaped would keep
// every release of its field from leaving, whoever wrote the rest of it.
func (a *attempt) shapes(name consent.FieldName, value []byte) bool {
	trial := map[consent.FieldName][]Sourced{name: {{Writer: a.who.ID, Value: bytes.Clone(value)}}}
	return a.gate.shape(crypto.PseudonymKey(a.gate.pseudonyms, a.id), []consent.FieldName{name}, trial) == nil
}

// write makes new records, writes the entry, looks once more, and commits by
// compare-and-swap on the head: only then does anything of it count.
func (a *attempt) write(ctx context.Context, values map[consent.FieldName][]byte) (stored []consent.FieldVersion, proof consent.Proof, err error) {
	g := a.gate
	unlock, err := g.subjectLocks.lock(ctx, a.grant.Identity[0])
	if err != nil {
		return nil, proof, err
	}
	defer unlock()
	for range maxAttempts {
		s, tag, err := g.subject(ctx, a.grant.Identity)
		if errors.Is(err, ErrErased) {
			return nil, proof, a.deny(ctx, consent.ReasonWithdrawn)
		}
		if err != nil {
			return nil, proof, err
		}
		next := s.head.clone()
		next.Revision++
		stored, err := a.records(ctx, s, next, values)
		if err != nil {
			return nil, proof, err
		}
		if proof, err = a.append(ctx, consent.EntryWritten, stored, nil); err != nil {
			return nil, proof, err
		}
		if err := a.lookAgain(ctx, stored); err != nil {
			return nil, proof, err
		}
		err = g.putHead(ctx, next, tag)
		if err == nil {
			return stored, proof, nil
		}
		a.late(ctx, consent.EntryAborted, stored)
		if !errors.Is(err, ErrChanged) {
			return nil, proof, err
		}
	}
	return nil, proof, consent.ErrConflict
}

// records creates the next record of each category and enters it in the manifest of
// next. Records that no head ever names stay as noise: deleting one after a doubtful
// commit could destroy what counts.
func (a *attempt) records(ctx context.Context, s *subject, next *head, values map[consent.FieldName][]byte) ([]consent.FieldVersion, error) {
	var stored []consent.FieldVersion
	fields := slices.Sorted(maps.Keys(values))
	for len(fields) > 0 {
		category := fields[0].Category()
		n := slices.IndexFunc(fields, func(f consent.FieldName) bool { return f.Category() != category })
		if n < 0 {
			n = len(fields)
		}
		old := &record{Format: objectVersion}
		if m := s.head.entry(category); m != nil {
			var err error
			if old, err = a.gate.readRecord(ctx, a.grant.Identity, *m); err != nil {
				return nil, err
			}
		}
		changed := map[[16]byte][]byte{}
		for _, field := range fields[:n] {
			envelope, err := a.replace(ctx, s, old, field, values[field])
			if err != nil {
				return nil, err
			}
			changed[s.kek.FieldTag(string(field))] = envelope
			stored = append(stored, consent.FieldVersion{Field: field, Version: old.Version + 1})
		}
		r, err := old.next(changed)
		if err != nil {
			return nil, err
		}
		m, err := a.gate.storeRecord(ctx, a.grant.Identity, category, r)
		if err != nil {
			return nil, err
		}
		next.set(m)
		fields = fields[n:]
	}
	return stored, nil
}

// replace puts the writer's value in place of its earlier one and seals the field.
func (a *attempt) replace(ctx context.Context, s *subject, old *record, name consent.FieldName, value []byte) ([]byte, error) {
	values, err := a.stored(ctx, s, old, name)
	if err != nil {
		return nil, err
	}
	i, found := slices.BinarySearchFunc(values, a.who.ID, func(v Sourced, id consent.InstitutionID) int {
		return bytes.Compare(v.Writer[:], id[:])
	})
	own := Sourced{Writer: a.who.ID, Written: a.at.milli, Grant: a.id, Value: value}
	if found {
		field, _ := a.catalog.Field(name)
		if own.Value, err = mergeValue(field, values[i].Value, value); err != nil {
			return nil, ErrFieldTooLarge
		}
		values[i] = own
	} else {
		values = slices.Insert(values, i, own)
	}
	return a.gate.sealField(ctx, s, name, old.Version+1, values)
}

// stored opens what a field holds so far.
func (a *attempt) stored(ctx context.Context, s *subject, old *record, name consent.FieldName) ([]Sourced, error) {
	version, envelope := old.find(s.kek.FieldTag(string(name)))
	if envelope == nil {
		return nil, nil
	}
	var object []byte
	if ref, ok := crypto.StreamOf(envelope); ok {
		if err := a.takeTurn(ctx); err != nil {
			return nil, err
		}
		var err error
		if object, err = a.gate.readStream(ctx, s.head.Identity, name, version, ref); err != nil {
			return nil, err
		}
	}
	return s.openField(name, version, envelope, object)
}
