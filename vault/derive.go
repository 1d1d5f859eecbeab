package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// A derived field is computed from fields that are stored, in openAll, and leaves without
// them. Grant and policy speak of the derived field alone: what it is computed from need be
// in neither.

// derived says how a field is computed; nil for one that is stored.
func (a *attempt) derived(field consent.FieldName) *consent.Derivation {
	entry, _ := a.catalog.Field(field)
	return entry.Derived
}

// dayOf is a derived field's version: the Unix day that it answers for, never 0.
func dayOf(as uint64) uint64 { return max(as/consent.Day, 1) }

// sources are the fields that are read for a field: itself, or what it is computed from.
func (a *attempt) sources(field consent.FieldName) []consent.FieldName {
	if d := a.derived(field); d != nil {
		return d.Inputs
	}
	return []consent.FieldName{field}
}

// derive computes the derived fields of a release. A field without any answer is left out.
func (a *attempt) derive(ctx context.Context, f *found, opened map[consent.FieldName][]Sourced) (map[consent.FieldName][]Sourced, error) {
	answers := map[consent.FieldName][]Sourced{}
	for _, v := range f.fields {
		d := a.derived(v.Field)
		if d == nil {
			continue
		}
		list, err := a.deriveOne(ctx, v.Field, d.Inputs, opened, f.as)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			answers[v.Field] = list
		}
	}
	return answers, nil
}

// forget overwrites the values that were opened to be computed from and do not leave.
func (f *found) forget(opened map[consent.FieldName][]Sourced) {
	for _, v := range f.stored {
		if slices.ContainsFunc(f.fields, func(leaves consent.FieldVersion) bool { return leaves.Field == v.Field }) {
			continue
		}
		for _, value := range opened[v.Field] {
			clear(value.Value)
		}
		delete(opened, v.Field)
	}
}

// deriveOne gives an answer for each writer that has all inputs. Nothing is put together
// from what two wrote: neither of them would stand behind it.
func (a *attempt) deriveOne(ctx context.Context, field consent.FieldName, inputs []consent.FieldName, opened map[consent.FieldName][]Sourced, as uint64) ([]Sourced, error) {
	var list []Sourced
	for _, one := range opened[inputs[0]] {
		values, written := map[consent.FieldName][]byte{}, uint64(0)
		for _, input := range inputs {
			i, found := slices.BinarySearchFunc(opened[input], one.Writer, func(v Sourced, id consent.InstitutionID) int {
				return bytes.Compare(v.Writer[:], id[:])
			})
			if !found {
				break
			}
			values[input], written = opened[input][i].Value, max(written, opened[input][i].Written)
		}
		if len(values) < len(inputs) {
			continue
		}
		answer, err := a.gate.decider.Derive(ctx, a.catalog, field, values, as)
		if err != nil {
			return nil, unavailable("derive", err)
		}
		if a.answers(field, answer) {
			// Neither a signature nor a grant of the inputs goes with it: either could be
			// held against guesses of the value.
			list = append(list, Sourced{Writer: one.Writer, Written: toDay(written), Value: answer, Derived: &Stated{AsOf: as - as%consent.Day}})
		}
	}
	return list, nil
}

// answers is a rule that no bundle can override: whatever an expression gives, only true,
// false or one of the field's codes leaves. There is no room in it for the value behind.
func (a *attempt) answers(field consent.FieldName, answer []byte) bool {
	entry, _ := a.catalog.Field(field)
	if len(answer) == 0 || entry.Type != consent.TypeBoolean && entry.Type != consent.TypeCode {
		return false
	}
	return ofType(entry, answer)
}

// state signs what was derived, tied to the entry of this release: a recipient can show
// that the vault said so.
func (a *attempt) state(values map[consent.FieldName][]Sourced, entry consent.Digest) error {
	for field, list := range values {
		for _, v := range list {
			if v.Derived == nil {
				continue
			}
			_, _ = rand.Read(v.Derived.Salt[:])
			answer := consent.DerivedAnswer{
				Entry: entry, Field: field, Writer: v.Writer, AsOf: v.Derived.AsOf, Commitment: consent.AnswerCommitment(v.Derived.Salt, v.Value),
			}
			if err := a.gate.journal.SignAnswer(&answer); err != nil {
				return unavailable("journal", err)
			}
			v.Derived.Signature = answer.Signature
		}
	}
	return nil
}

// answered are the fields that have a value; the derived ones of which nothing can be said
// are withheld, though the entry names them as authorised: it was written before anything
// was opened.
func (a *attempt) answered(fields []consent.FieldVersion, values map[consent.FieldName][]Sourced) []consent.FieldVersion {
	some := make([]consent.FieldVersion, 0, len(fields))
	for _, v := range fields {
		if len(values[v.Field]) > 0 {
			some = append(some, v)
		} else {
			a.withhold(consent.Withheld{Field: v.Field, Reason: consent.ReasonNoValue})
		}
	}
	return some
}
