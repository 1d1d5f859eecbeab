package vault

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// Where anything of an all-or-nothing write cannot be stored, nothing is, the refusal is
// written down, and it names all that is in the way.
func TestAllOrNothing(t *testing.T) {
	good := map[consent.FieldName]json.RawMessage{
		"identity.birth_date": json.RawMessage(`"1990-04-02"`),
		"health.allergy":      json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1"}]`),
	}
	for name, tt := range map[string]struct {
		field consent.FieldName
		value string
		spoil func(*world)
		want  consent.Reason
	}{
		"a field that is not granted": {"identity.gender", `"female"`, nil, consent.ReasonNotInGrant},
		"a field that nobody knows":   {"work.shoe_size", `"40"`, nil, consent.ReasonNotInGrant},
		"a value of another type":     {"identity.mother_maiden_name", `7`, nil, consent.ReasonBadValue},
		"a resource of another type":  {"health.allergy", `[{"resourceType":"Condition","id":"c1"}]`, nil, consent.ReasonBadValue},
		"a field that policy keeps back": {"identity.mother_maiden_name", `"x"`, func(w *world) {
			w.decider.decide = func(q consent.Question) (consent.Decision, error) {
				return consent.Decision{Permitted: []consent.FieldName{"health.allergy", "identity.birth_date"}}, nil
			}
		}, consent.ReasonPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.grant()
			if tt.spoil != nil {
				tt.spoil(w)
			}
			values := map[consent.FieldName]json.RawMessage{}
			for f, v := range good {
				values[f] = v
			}
			values[tt.field] = json.RawMessage(tt.value)
			heads, records := w.heads.snapshot(), w.records.names(roomRecord)
			_, err := w.gate.Write(t.Context(), w.hospital, wholly(w.call(w.hospital, s.Act.ID, values), true))
			var d *Denial
			if !errors.As(err, &d) || len(d.Reasons) != 0 || !slices.Equal(d.Withheld, []consent.Withheld{{Field: tt.field, Reason: tt.want}}) {
				t.Fatalf("%v, %+v", err, d)
			}
			if e := w.journal.last(t); e.Shared.Kind != consent.EntryDenied || len(e.Shared.Fields) != 0 || w.journal.count(consent.EntryWritten) != 0 {
				t.Errorf("the entry: %v", e.Shared)
			}
			if name := w.heads.only(t, roomHead); string(w.heads.take(name)) != string(heads[name]) || len(w.records.names(roomRecord)) != len(records) {
				t.Error("something was stored")
			}
			if w.decider.decide = nil; tt.want == consent.ReasonPolicy {
				return
			}
			written, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, values))
			if tt.field != "health.allergy" && (err != nil || len(written.Stored) != 2) {
				t.Errorf("in part: %v", err)
			}
		})
	}
	w := newWorld(t)
	s := w.grant()
	call := wholly(w.call(w.hospital, s.Act.ID, good, "k"), true)
	for _, again := range []bool{false, true} {
		written, err := w.gate.Write(t.Context(), w.hospital, call)
		if err != nil || len(written.Stored) != 2 || len(written.Withheld) != 0 || written.Redelivered != again {
			t.Fatalf("%v, %+v", err, written)
		}
	}
	call.All = false
	if _, err := w.gate.Write(t.Context(), w.hospital, call); !errors.Is(err, ErrIdempotencyReuse) {
		t.Errorf("the same key in part: %v", err)
	}
}
