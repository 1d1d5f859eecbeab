package vault

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

func (w *world) unless(s SignedGrant, key string, tags ...FieldTag) (*Release, error) {
	return w.gate.Release(w.t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: key, Unless: tags})
}

func (w *world) writeField(s SignedGrant, field consent.FieldName, value string) {
	w.t.Helper()
	call := w.call(w.hospital, s.Act.ID, map[consent.FieldName]json.RawMessage{field: json.RawMessage(value)})
	if _, err := w.gate.Write(w.t.Context(), w.hospital, call); err != nil {
		w.t.Fatal("write:", err)
	}
}

func withheldAs(r *Release, reason consent.Reason) (fields []consent.FieldName) {
	for _, held := range r.Withheld {
		if held.Reason == reason {
			fields = append(fields, held.Field)
		}
	}
	return fields
}

// What has not changed is not sent, is told, and is written down as not sent.
func TestUnchangedFieldsStay(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	first, err := w.release(s)
	if err != nil || len(first.Released) != 2 || len(first.Tags) != 2 {
		t.Fatalf("%v, %d tags", err, len(first.Tags))
	}
	again, err := w.unless(s, "", first.Tags...)
	if err != nil || len(again.Released) != 0 || len(withheldAs(again, consent.ReasonUnchanged)) != 2 || !slices.Equal(again.Tags, first.Tags) {
		t.Fatalf("%v, %d released, withheld %v", err, len(again.Released), again.Withheld)
	}
	if e := w.journal.last(t); e.Shared.Kind != consent.EntryAuthorised || len(e.Shared.Fields) != 0 || !slices.Equal(e.Shared.Withheld, again.Withheld) {
		t.Errorf("the entry says that something left: %v", e.Shared)
	}
	w.writeField(s, "identity.birth_date", `"1990-04-02"`) // of the same record as the maiden name
	next, err := w.unless(s, "", first.Tags...)
	if err != nil || len(next.Released) != 1 || next.Released["identity.birth_date"] == nil || len(next.Tags) != 3 {
		t.Fatalf("after a write: %v, %d released", err, len(next.Released))
	}
	w.writeField(s, "health.allergy", `[{"resourceType":"AllergyIntolerance","id":"a2"}]`)
	last, err := w.unless(s, "", next.Tags...)
	if err != nil || len(last.Released) != 1 || last.Released["health.allergy"] == nil {
		t.Fatalf("after another: %v, %d released", err, len(last.Released))
	}
}

// A shape that puts a field beside what is sent, which the recipient has, ends the release.
func TestUnchangedIsNotPutBack(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	first, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: []consent.FieldName{"health.allergy"}})
	if err != nil {
		t.Fatal(err)
	}
	w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
		v["health.allergy"] = []Sourced{{Value: []byte("[]")}}
		return nil
	}
	if r, err := w.unless(s, "", first.Tags...); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// A tag that is not of this field as it is now under this grant spares nobody the sending.
func TestTagsThatSpareNothing(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	first, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	other := w.grant()
	foreign, err := w.release(other)
	if err != nil || len(foreign.Tags) != 2 {
		t.Fatal(err, len(foreign.Tags))
	}
	flipped := first.Tags[0]
	flipped[8] ^= 1
	for name, tags := range map[string][]FieldTag{
		"none": nil, "zero": {{}}, "another grant's": foreign.Tags, "one bit off": {flipped},
	} {
		r, err := w.unless(s, "", tags...)
		if err != nil || len(r.Released) != 2 {
			t.Errorf("%s: %v, %d released", name, err, len(r.Released))
		}
	}
	before := w.heads.snapshot()
	w.writeField(s, "health.allergy", `[{"resourceType":"AllergyIntolerance","id":"one"}]`)
	then, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	w.heads.restore(before)
	w.gate = w.newGate()
	w.writeField(s, "health.allergy", `[{"resourceType":"AllergyIntolerance","id":"two"}]`)
	r, err := w.unless(s, "", then.Tags...)
	if err != nil || r.Versions["health.allergy"] != then.Versions["health.allergy"] || r.Released["health.allergy"] == nil {
		t.Errorf("a version given out twice counts as unchanged: %v, released %d", err, len(r.Released))
	}
	if _, err := w.unless(s, "", make([]FieldTag, maxTags+1)...); !errors.Is(err, ErrCall) {
		t.Errorf("too many tags: %v", err)
	}
}

// A condition changes nothing of what is checked, and is told only to whom the field may go.
func TestConditionsPassNoCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*world, SignedGrant)
		want  consent.Reason
	}{
		"withdrawn": {func(w *world, s SignedGrant) {
			if _, err := w.gate.Withdraw(w.t.Context(), s.Act.ID, w.person.WithdrawAsIdentity(w.domain, s.Act.ID)); err != nil {
				w.t.Fatal(err)
			}
		}, consent.ReasonWithdrawn},
		"suspended": {func(w *world, _ SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, consent.ReasonSuspended},
		"policy": {func(w *world, _ SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonPolicy}}, nil
			}
		}, consent.ReasonPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			first, err := w.release(s)
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(w, s)
			_, err = w.unless(s, "", first.Tags...)
			var d *Denial
			if !errors.As(err, &d) || !slices.Contains(d.Reasons, tt.want) {
				t.Fatalf("%v", err)
			}
			for _, held := range d.Withheld {
				if held.Reason == consent.ReasonUnchanged {
					t.Error("a refusal tells that a field is unchanged")
				}
			}
		})
	}
	w := newWorld(t)
	s := w.filled()
	first, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		return consent.Decision{Permitted: []consent.FieldName{"health.allergy"}}, nil
	}
	r, err := w.unless(s, "", first.Tags...)
	if err != nil || !slices.Equal(withheldAs(r, consent.ReasonUnchanged), []consent.FieldName{"health.allergy"}) || len(r.Tags) != 1 {
		t.Errorf("of a field that policy keeps back is told that it is unchanged: %v, %v", err, r)
	}
}

// Asking whether anything has changed takes one of the releases of a limited grant.
func TestConditionalReleasesCount(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(2))
	first, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := w.unless(s, "", first.Tags...); err != nil || r.Grant.Used != 2 || len(r.Released) != 0 {
		t.Fatal(err)
	}
	if _, err := w.unless(s, "", first.Tags...); !denied(err, consent.ReasonLimit) {
		t.Errorf("the third: %v", err)
	}
}

// A retry says what the first answer said, though the record has changed since.
func TestConditionalRetry(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(2))
	first, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	w.writeField(s, "identity.birth_date", `"1990-04-02"`)
	one, err := w.unless(s, "key", first.Tags...)
	if err != nil || len(one.Released) != 1 {
		t.Fatal(err)
	}
	w.writeField(s, "health.allergy", `[{"resourceType":"AllergyIntolerance","id":"a2"}]`)
	two, err := w.unless(s, "key", first.Tags...)
	if err != nil || !two.Redelivered || len(two.Released) != 1 || two.Grant.Used != 2 || !slices.Equal(two.Withheld, one.Withheld) || !slices.Equal(two.Tags, one.Tags) {
		t.Errorf("the retry: %v, %v", err, two)
	}
	if _, err := w.unless(s, "key"); !errors.Is(err, ErrIdempotencyReuse) {
		t.Errorf("the key without the condition: %v", err)
	}
	if _, err := w.unless(s, "key", first.Tags[0]); !errors.Is(err, ErrIdempotencyReuse) {
		t.Errorf("the key with another condition: %v", err)
	}
}

// What is sent has the pseudonyms that it would have if all were sent.
func TestUnchangedCountAsGrantedForPseudonyms(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	first, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	w.writeField(s, "identity.birth_date", `"1990-04-02"`)
	var granted []consent.FieldName
	w.shape = func(_ crypto.Secret, fields []consent.FieldName, values map[consent.FieldName][]Sourced) error {
		granted = slices.Clone(fields)
		if len(values) != 1 {
			t.Errorf("%d fields were opened, want the changed one alone", len(values))
		}
		return nil
	}
	if _, err := w.unless(s, "", first.Tags...); err != nil {
		t.Fatal(err)
	}
	if len(granted) != 3 {
		t.Errorf("granted %v", granted)
	}
}
