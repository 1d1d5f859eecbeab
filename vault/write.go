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
	values, err := a.typed(ctx, call)
	if err != nil {
		return nil, err
	}
	if len(values) == 0 || call.All && len(a.withheld) > 0 {
		return nil, a.deny(ctx)
	}
	w, err := a.write(ctx, values)
	if err != nil {
		return nil, err
	}
	// Without the memo a retry is known by its signatures: what is stored must not be
	// reported as failed.
	_ = g.remember(ctx, a.memo, &memo{Call: digest, Time: a.at.milli, Fields: w.Stored})
	w.Grant, w.Withheld = a.terms(0), toldWithheld(a.withheld)
	return w, nil
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
	if c.All {
		body = append(body, true)
	}
	for _, field := range asked {
		body = append(body, field, sha256.Sum256(c.Values[field]))
	}
	digest, err = callDigest(body)
	return asked, digest, err
}

// incoming is a value that is to be stored; the person's own has no signatures.
type incoming struct {
	value      []byte
	signatures []ItemSignature
}

// typed keeps the permitted values that are of the catalog's type, in their place,
// signed, and can leave again.
func (a *attempt) typed(ctx context.Context, call WriteCall) (map[consent.FieldName]incoming, error) {
	values := map[consent.FieldName]incoming{}
	misplaced := a.misplaced(call)
	for _, name := range a.permitted {
		field, _ := a.catalog.Field(name)
		value, err := checkValue(field, call.Values[name])
		if err != nil || slices.Contains(misplaced, name) {
			a.withhold(consent.Withheld{Field: name, Reason: consent.ReasonBadValue})
			continue
		}
		trial, shapes := a.shapes(name, value)
		if !shapes {
			a.withhold(consent.Withheld{Field: name, Reason: consent.ReasonBadValue})
			continue
		}
		signatures, reason, err := a.signs(ctx, &call, name, value, trial)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			a.withhold(consent.Withheld{Field: name, Reason: reason})
			continue
		}
		values[name] = incoming{value, signatures}
	}
	a.permitted = slices.DeleteFunc(a.permitted, func(f consent.FieldName) bool { return values[f].value == nil })
	return values, nil
}

// shapes tries what a release will do. A value that cannot be shaped would keep
// every release of its field from leaving, whoever wrote the rest of it.
func (a *attempt) shapes(name consent.FieldName, value []byte) (shaped []byte, ok bool) {
	trial := map[consent.FieldName][]Sourced{name: {{Writer: a.who.ID, Value: bytes.Clone(value)}}}
	if a.gate.shape(crypto.PseudonymKey(a.gate.pseudonyms, a.id), []consent.FieldName{name}, trial) != nil || len(trial[name]) != 1 {
		return nil, false
	}
	return trial[name][0].Value, true
}

// write makes new records, writes the entry, looks once more, and commits by
// compare-and-swap on the head: only then does anything of it count. Where all of it is
// there already, under the very same signatures, it is a redelivery.
func (a *attempt) write(ctx context.Context, values map[consent.FieldName]incoming) (*Written, error) {
	g := a.gate
	unlock, err := g.subjectLocks.lock(ctx, string(a.grant.Identity[:]))
	if err != nil {
		return nil, err
	}
	defer unlock()
	for range maxAttempts {
		s, tag, err := g.subject(ctx, a.grant.Identity)
		if errors.Is(err, ErrErased) {
			_ = g.deleteRecords(ctx, a.grant.Identity) // what an attempt before has left; if this fails it is noise
			return nil, a.deny(ctx, consent.ReasonWithdrawn)
		}
		if err != nil {
			return nil, a.damaged(ctx, err)
		}
		next := s.head.clone()
		next.Revision++
		stored, changed, err := a.records(ctx, s, next, values)
		if err != nil {
			return nil, a.damaged(ctx, err)
		}
		if !changed {
			proof, err := a.append(ctx, consent.EntryRedelivery, stored, nil)
			return &Written{Stored: stored, Proof: proof, Redelivered: true}, err
		}
		proof, err := a.append(ctx, consent.EntryWritten, stored, nil)
		if err != nil {
			return nil, err
		}
		if err := a.lookAgain(ctx, stored); err != nil {
			return nil, err
		}
		err = g.putHead(ctx, next, tag)
		if err == nil {
			return &Written{Stored: stored, Proof: proof}, nil
		}
		a.late(ctx, consent.EntryAborted, stored)
		if !errors.Is(err, ErrChanged) {
			return nil, err
		}
	}
	return nil, consent.ErrConflict
}

// records creates the next record of each category and enters it in the manifest of
// next; what is there already stays as it is, and changed is whether anything is not. Records that no head ever names stay as noise: deleting one after a
// doubtful commit could destroy what counts.
func (a *attempt) records(ctx context.Context, s *subject, next *head, values map[consent.FieldName]incoming) (stored []consent.FieldVersion, changed bool, err error) {
	fields := slices.Sorted(maps.Keys(values))
	for len(fields) > 0 {
		category := fields[0].Category()
		n := slices.IndexFunc(fields, func(f consent.FieldName) bool { return f.Category() != category })
		if n < 0 {
			n = len(fields)
		}
		old := &record{Format: objectVersion}
		if m := s.head.entry(category); m != nil {
			if old, err = a.gate.readRecord(ctx, a.grant.Identity, *m); err != nil {
				return nil, false, err
			}
		}
		envelopes := map[[16]byte][]byte{}
		for _, field := range fields[:n] {
			tag := s.kek.FieldTag(string(field))
			envelope, same, err := a.replace(ctx, s, old, field, values[field])
			if err != nil {
				return nil, false, err
			}
			version := old.Version + 1
			if same {
				version, _ = old.find(tag)
			} else {
				envelopes[tag] = envelope
			}
			stored = append(stored, consent.FieldVersion{Field: field, Version: version})
		}
		fields = fields[n:]
		if len(envelopes) == 0 {
			continue
		}
		changed = true
		r, err := old.next(envelopes)
		if err != nil {
			return nil, false, err
		}
		m, err := a.gate.storeRecord(ctx, a.grant.Identity, category, r)
		if err != nil {
			return nil, false, err
		}
		next.set(m)
	}
	return stored, changed, nil
}

// replace puts the writer's value in place of its earlier one and seals the field. The
// person's own stands as it was signed, never merged; nil takes it away, and there is no
// envelope where no value is left. same: it is what stands there already, under the
// signatures that it came with, which no two writes share; there is no envelope then.
func (a *attempt) replace(ctx context.Context, s *subject, old *record, name consent.FieldName, in incoming) (envelope []byte, same bool, err error) {
	value := in.value
	values, err := a.stored(ctx, s, old, name)
	if err != nil {
		return nil, false, err
	}
	i, found := slices.BinarySearchFunc(values, a.who.ID, func(v Sourced, id consent.InstitutionID) int {
		return bytes.Compare(v.Writer[:], id[:])
	})
	own := Sourced{Writer: a.who.ID, Written: a.at.milli, Grant: a.id, Value: value, Signatures: in.signatures}
	byPerson := a.who.ID == (consent.InstitutionID{})
	if byPerson {
		own.Written = a.stated * 1000
	}
	switch {
	case byPerson && value == nil && found:
		values = slices.Delete(values, i, i+1)
	case byPerson && value == nil:
	case byPerson && found:
		values[i] = own
	case found:
		field, _ := a.catalog.Field(name)
		before := values[i]
		if values[i], err = mergeValue(field, before, own); err != nil {
			return nil, false, ErrFieldTooLarge
		}
		if values[i].repeats(&before) {
			return nil, true, nil
		}
	default:
		values = slices.Insert(values, i, own)
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	envelope, err = a.gate.sealField(ctx, s, name, old.Version+1, values)
	return envelope, false, err
}

// repeats reports whether this is the very statement that is stored: the same value under
// the same grant and the same signatures.
func (v *Sourced) repeats(stored *Sourced) bool {
	return len(v.Signatures) > 0 && v.Grant == stored.Grant && bytes.Equal(v.Value, stored.Value) &&
		slices.EqualFunc(v.Signatures, stored.Signatures, func(x, y ItemSignature) bool { return x.Salt == y.Salt && x.Signature == y.Signature })
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
