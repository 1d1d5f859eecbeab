package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

const bornIn1990 = `"1990-04-02"`

// derivedWorld has three derived fields in its catalog: of one input, of two in one record,
// of two in two records. What computes them notes what it was given.
func derivedWorld(t *testing.T) (w *world, given *[]string) {
	w, given = newWorld(t), new([]string)
	for _, f := range []consent.CatalogField{
		{Name: "identity.over_18", Type: consent.TypeBoolean, Derived: &consent.Derivation{Inputs: []consent.FieldName{"identity.birth_date"}}},
		{Name: "identity.two", Type: consent.TypeBoolean, Derived: &consent.Derivation{Inputs: []consent.FieldName{"identity.birth_date", "identity.gender"}}},
		{Name: "identity.decade", Type: consent.TypeCode, Codes: []string{"1980", "1990"}, Derived: &consent.Derivation{Inputs: []consent.FieldName{"health.allergy", "identity.birth_date"}}},
	} {
		w.decider.catalog.Fields[f.Name] = f
	}
	w.decider.derive = func(field consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error) {
		*given = append(*given, fmt.Sprintf("%s of %d inputs on %s", field, len(inputs), time.Unix(int64(as), 0).UTC().Format(time.DateOnly)))
		born := string(inputs["identity.birth_date"])
		switch field {
		case "identity.over_18":
			return []byte(fmt.Sprint(born < `"2008`)), nil
		case "identity.two":
			return []byte(fmt.Sprint(born < `"2008` && string(inputs["identity.gender"]) == `"female"`)), nil
		case "identity.decade":
			return []byte(`"` + born[1:4] + `0"`), nil
		}
		return nil, nil
	}
	return w, given
}

// give is a grant to an institution, all the way.
func (w *world) give(who consent.Institution, actions consent.Actions, fields ...consent.FieldName) SignedGrant {
	w.t.Helper()
	if _, err := w.gate.SessionKey(w.t.Context(), w.person.ID()); err != nil {
		w.enrol(w.person)
	}
	slices.Sort(fields)
	s := w.answer(w.request(who, func(r *consent.Request) { r.Fields, r.Actions = fields, actions }), wallet.Choice{})
	if _, err := w.gate.Grant(w.t.Context(), s); err != nil {
		w.t.Fatal("grant:", err)
	}
	return s
}

// wrote is a record by an institution, under a grant of its own.
func (w *world) wrote(who consent.Institution, values raw) SignedGrant {
	w.t.Helper()
	var fields []consent.FieldName
	for f := range values {
		fields = append(fields, f)
	}
	s := w.give(who, consent.Write, fields...)
	if _, err := w.gate.Write(w.t.Context(), who, w.call(who, s.Act.ID, values)); err != nil {
		w.t.Fatal("write:", err)
	}
	return s
}

func (w *world) ask(who consent.Institution, s SignedGrant, key string, fields ...consent.FieldName) (*Release, error) {
	return w.gate.Release(w.t.Context(), who, ReleaseCall{Grant: s.Act.ID, Fields: fields, IdempotencyKey: key})
}

// The answer leaves, what it was computed from does not, though neither grant nor
// question names it.
func TestDerivedLeavesAlone(t *testing.T) {
	w, given := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990)})
	s := w.give(w.clinic, consent.Read, "identity.over_18")
	var asked []consent.FieldName
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		asked = q.Fields
		return consent.Decision{Permitted: q.Fields}, nil
	}
	w.pass(3 * time.Hour)
	r, err := w.ask(w.clinic, s, "")
	if err != nil || len(r.Released) != 1 || len(r.Withheld) != 0 || len(r.Versions) != 1 || r.Versions["identity.over_18"] != w.unix()/consent.Day {
		t.Fatalf("%v, %d released, withheld %v, versions %v", err, len(r.Released), r.Withheld, r.Versions)
	}
	day := w.unix() / consent.Day * consent.Day
	v := r.Released["identity.over_18"]
	if len(v) != 1 || string(v[0].Value) != "true" || v[0].Writer != w.hospital.ID || v[0].Written != day*1000 || v[0].Grant != (consent.GrantID{}) {
		t.Fatalf("answer of %d", len(v))
	}
	if d := v[0].Derived; d == nil || d.AsOf != day || d.Salt == (consent.Salt{}) || d.Signature == [64]byte{} {
		t.Error("the answer is not stated")
	}
	stated := w.journal.stated
	if len(stated) != 1 || stated[0].Entry != r.Proof.Promise.LeafHash || stated[0].Field != "identity.over_18" || stated[0].Writer != w.hospital.ID ||
		stated[0].Commitment != consent.AnswerCommitment(v[0].Derived.Salt, []byte("true")) {
		t.Errorf("stated %+v", stated)
	}
	if !slices.Equal(asked, []consent.FieldName{"identity.over_18"}) || len(*given) != 1 {
		t.Errorf("policy was asked of %v, computed %v", asked, *given)
	}
	if e := w.journal.last(t); len(e.Shared.Fields) != 1 || e.Shared.Fields[0] != (consent.FieldVersion{Field: "identity.over_18", Version: w.unix() / consent.Day}) ||
		slices.Contains(e.Evidence.Permitted, "identity.birth_date") || slices.Contains(e.Evidence.Asked, "identity.birth_date") {
		t.Errorf("entry %v", e.Shared)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("released", "release", r, "values", v)
	everything := fmt.Sprintf("%v %+v %#v %s", r, v, w.journal.stated, log.String())
	if all, _ := json.Marshal(r.Released["identity.over_18"]); bytes.Contains(all, []byte("1990")) || strings.Contains(everything, "1990") {
		t.Error("the date left with the answer")
	}
}

// What a derived field is computed from stays shut under a grant of that field, however it is asked for.
func TestDerivedOpensNothingElse(t *testing.T) {
	w, given := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990), "identity.gender": json.RawMessage(`"female"`)})
	s := w.give(w.clinic, consent.Read, "identity.over_18")
	r, err := w.ask(w.clinic, s, "", "identity.birth_date", "identity.gender", "identity.over_18", "identity.two")
	if err != nil || len(r.Released) != 1 || len(*given) != 1 {
		t.Fatalf("%v, %d released, computed %v", err, len(r.Released), *given)
	}
	for _, held := range r.Withheld {
		if held.Reason != consent.ReasonNotInGrant {
			t.Errorf("%s: %s", held.Field, held.Reason)
		}
	}
	// And the other way: the date's grant gives no answer that was not granted.
	date := w.give(w.clinic, consent.Read, "identity.birth_date")
	for _, field := range []consent.FieldName{"identity.over_18", "identity.two", "identity.decade"} {
		if _, err := w.ask(w.clinic, date, "", field); err == nil {
			t.Errorf("%s under a grant of the date", field)
		}
	}
	if len(*given) != 1 {
		t.Errorf("computed %v", *given)
	}
}

func TestDerivedDenies(t *testing.T) {
	answers := func(answer string, err error) func(*world, SignedGrant) {
		return func(w *world, _ SignedGrant) {
			w.decider.derive = func(consent.FieldName, map[consent.FieldName][]byte, uint64) ([]byte, error) {
				return []byte(answer), err
			}
		}
	}
	tests := []struct {
		name   string
		change func(w *world, s SignedGrant)
		want   consent.Reason // "503": nothing can be said
	}{
		{"no answer", answers("", nil), consent.ReasonNoValue},
		{"the value itself", answers(bornIn1990, nil), consent.ReasonNoValue},
		{"a number", answers("18", nil), consent.ReasonNoValue},
		{"null", answers("null", nil), consent.ReasonNoValue},
		{"an object", answers(`{"born":"1990-04-02"}`, nil), consent.ReasonNoValue},
		{"true and more", answers("true\n\"1990\"", nil), consent.ReasonNoValue},
		{"true in quotes", answers(`"true"`, nil), consent.ReasonNoValue},
		{"a type with room for the value", func(w *world, s SignedGrant) {
			answers(bornIn1990, nil)(w, s)
			f := w.decider.catalog.Fields["identity.over_18"]
			f.Type = consent.TypeDate
			w.decider.catalog.Fields[f.Name] = f
		}, consent.ReasonNoValue},
		{"policy says no", func(w *world, _ SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Withheld: []consent.Withheld{{Field: "identity.over_18", Reason: consent.ReasonFieldKind}}}, nil
			}
		}, consent.ReasonFieldKind},
		{"policy permits what it is computed from alone", func(w *world, _ SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Permitted: []consent.FieldName{"identity.birth_date"}}, nil
			}
		}, consent.ReasonPolicy},
		{"the field left the catalog", func(w *world, _ SignedGrant) { delete(w.decider.catalog.Fields, "identity.over_18") }, consent.ReasonUnknownField},
		{"withdrawn", func(w *world, s SignedGrant) { w.withdraw(s) }, consent.ReasonWithdrawn},
		{"erased", func(w *world, _ SignedGrant) { w.erase() }, consent.ReasonWithdrawn},
		{"computing fails", answers("", errBroken), "503"},
		{"another bundle is in force", answers("true", fmt.Errorf("%w: bundle", consent.ErrUnavailable)), "503"},
		{"the answer cannot be stated", func(w *world, _ SignedGrant) { w.journal.errAnswer = errBroken }, "503"},
		{"the entry cannot be written", func(w *world, _ SignedGrant) { w.journal.set(errBroken, false) }, "503"},
		{"the input is damaged", func(w *world, _ SignedGrant) {
			for _, name := range w.records.names(roomRecord) {
				w.records.plant(name, damage(w.records.take(name)))
			}
		}, "503"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, _ := derivedWorld(t)
			w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990)})
			s := w.give(w.clinic, consent.Read, "identity.over_18")
			tt.change(w, s)
			r, err := w.ask(w.clinic, s, "")
			var d *Denial
			switch {
			case tt.want == "503":
				if !errors.Is(err, consent.ErrUnavailable) {
					t.Errorf("%v", err)
				}
			case err == nil:
				if len(r.Released) != 0 || len(r.Versions) != 0 || !slices.Equal(r.Withheld, []consent.Withheld{{Field: "identity.over_18", Reason: tt.want}}) {
					t.Errorf("%d released, withheld %v", len(r.Released), r.Withheld)
				}
			case !errors.As(err, &d) || !slices.Contains(d.Reasons, tt.want) && !slices.ContainsFunc(d.Withheld, func(h consent.Withheld) bool { return h.Reason == tt.want }):
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), "1990") {
				t.Errorf("the error tells the value: %v", err)
			}
		})
	}
}

// Where an input is missing nothing is opened at all.
func TestDerivedNeedsAllInputs(t *testing.T) {
	w, given := derivedWorld(t)
	s := w.give(w.clinic, consent.Read, "identity.over_18", "identity.two", "identity.decade")
	r, err := w.ask(w.clinic, s, "")
	if err != nil || len(r.Released) != 0 || len(r.Withheld) != 3 {
		t.Fatalf("of nothing: %v", err)
	}
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990)})
	r, err = w.ask(w.clinic, s, "", "identity.two", "identity.decade")
	if err != nil || len(r.Released) != 0 || len(r.Withheld) != 2 || len(*given) != 0 {
		t.Fatalf("of one input: %v, computed %v", err, *given)
	}
	if e := w.journal.last(t); len(e.Shared.Fields) != 0 || len(e.Shared.Withheld) != 2 {
		t.Errorf("entry %v", e.Shared)
	}
	// The second input by another writer: neither stands behind an answer of both.
	w.wrote(w.clinic, raw{"identity.gender": json.RawMessage(`"female"`), "health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a"}]`)})
	r, err = w.ask(w.clinic, s, "", "identity.two", "identity.decade")
	if err != nil || len(r.Released) != 0 || len(r.Withheld) != 2 || len(*given) != 0 {
		t.Fatalf("of two writers: %v, computed %v", err, *given)
	}
	w.wrote(w.hospital, raw{"identity.gender": json.RawMessage(`"female"`), "health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"b"}]`)})
	r, err = w.ask(w.clinic, s, "")
	if err != nil || len(r.Released) != 3 || len(r.Released["identity.two"]) != 1 || r.Released["identity.two"][0].Writer != w.hospital.ID {
		t.Fatalf("of one writer: %v, %d released", err, len(r.Released))
	}
	if string(r.Released["identity.decade"][0].Value) != `"1990"` || string(r.Released["identity.two"][0].Value) != "true" {
		t.Error("answers")
	}
}

// Two writers, two answers, each with its writer; the person's own value is one of them.
func TestDerivedByWriter(t *testing.T) {
	w, _ := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990)})
	w.wrote(w.clinic, raw{"identity.birth_date": json.RawMessage(`"2015-01-01"`)})
	s := w.give(w.clinic, consent.Read, "identity.birth_date", "identity.over_18")
	r, err := w.ask(w.clinic, s, "")
	if err != nil {
		t.Fatal(err)
	}
	list := r.Released["identity.over_18"]
	if len(list) != 2 || list[0].Writer != w.hospital.ID || string(list[0].Value) != "true" || list[1].Writer != w.clinic.ID || string(list[1].Value) != "false" {
		t.Fatalf("%d answers", len(list))
	}
	if dates := r.Released["identity.birth_date"]; len(dates) != 2 || string(dates[0].Value) != bornIn1990 || dates[0].Derived != nil {
		t.Error("the date that is granted as well")
	}
}

// The version is the day's, and does not count what is written; a retry is of the first day and the first versions.
func TestDerivedVersionsAndRetries(t *testing.T) {
	w, given := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990), "health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a"}]`)})
	s := w.answer(w.request(w.clinic, limited(1), func(r *consent.Request) { r.Fields, r.Actions = []consent.FieldName{"identity.decade"}, consent.Read }), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	first, err := w.ask(w.clinic, s, "once")
	day := w.unix() / consent.Day
	if err != nil || first.Versions["identity.decade"] != day {
		t.Fatalf("%v, versions %v", err, first.Versions)
	}
	w.pass(49 * time.Hour)
	for _, values := range []raw{{"identity.birth_date": json.RawMessage(`"1985"`)}, {"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"b"}]`)}, {"identity.birth_date": json.RawMessage(`"1986"`)}} {
		w.wrote(w.hospital, values)
		r, err := w.ask(w.clinic, w.give(w.clinic, consent.Read, "identity.decade"), "")
		if err != nil || r.Versions["identity.decade"] != day+2 || string(r.Released["identity.decade"][0].Value) != `"1980"` && values["identity.birth_date"] != nil {
			t.Fatalf("%v, version %d", err, r.Versions["identity.decade"])
		}
	}
	*given = nil
	again, err := w.ask(w.clinic, s, "once")
	if err != nil || !again.Redelivered || again.Versions["identity.decade"] != day || string(again.Released["identity.decade"][0].Value) != `"1990"` {
		t.Fatalf("%v", err)
	}
	if want := "identity.decade of 2 inputs on " + begin.UTC().Format(time.DateOnly); len(*given) != 1 || (*given)[0] != want {
		t.Errorf("computed %v, want %s", *given, want)
	}
	if again.Released["identity.decade"][0].Derived.AsOf != first.Released["identity.decade"][0].Derived.AsOf {
		t.Error("a retry answers for another day: a limited grant could be asked for ever when somebody comes of age")
	}
	if _, err := w.ask(w.clinic, s, "twice"); !denied(err, consent.ReasonLimit) {
		t.Errorf("beyond the limit: %v", err)
	}
}

// A condition spares nobody a derived answer, which changes with the day alone; what it is
// computed from may be spared beside it.
func TestDerivedIsNeverUnchanged(t *testing.T) {
	w, given := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990)})
	s := w.give(w.clinic, consent.Read, "identity.birth_date", "identity.over_18")
	first, err := w.ask(w.clinic, s, "")
	if err != nil || len(first.Tags) != 1 || len(first.Released) != 2 {
		t.Fatalf("%v, %d tags", err, len(first.Tags))
	}
	again, err := w.gate.Release(t.Context(), w.clinic, ReleaseCall{Grant: s.Act.ID, Unless: append(first.Tags, FieldTag{})})
	if err != nil || len(again.Released) != 1 || len(again.Released["identity.over_18"]) != 1 || len(*given) != 2 ||
		!slices.Equal(again.Withheld, []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonUnchanged}}) {
		t.Fatalf("%v, %d released, withheld %v", err, len(again.Released), again.Withheld)
	}
	only := w.answer(w.request(w.clinic, limited(1), func(r *consent.Request) { r.Fields, r.Actions = []consent.FieldName{"identity.over_18"}, consent.Read }), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), only); err != nil {
		t.Fatal(err)
	}
	if r, err := w.ask(w.clinic, only, ""); err != nil || len(r.Tags) != 0 || r.Grant.Used != 1 {
		t.Fatalf("%v", err)
	}
	if _, err := w.ask(w.clinic, only, ""); !denied(err, consent.ReasonLimit) {
		t.Errorf("answers alone are not counted: %v", err)
	}
}

// Whatever policy says, nobody writes what is computed: not an institution, not the person.
// What shape puts beside a derived answer ends the release, also where the vault has opened it.
func TestInputIsNotPutBesideItsAnswer(t *testing.T) {
	w, _ := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990), "identity.gender": json.RawMessage(`"female"`)})
	s := w.give(w.clinic, consent.Read, "identity.gender", "identity.over_18")
	w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
		v["identity.birth_date"] = []Sourced{{Writer: w.hospital.ID, Value: []byte(bornIn1990)}}
		return nil
	}
	if r, err := w.ask(w.clinic, s, ""); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestDerivedIsNotWritten(t *testing.T) {
	w, _ := derivedWorld(t)
	var d *Denial
	w.enrol(w.person)
	_, err := w.gate.CreateRequest(t.Context(), w.hospital, w.draft(func(r *consent.Request) { r.Fields = []consent.FieldName{"identity.over_18"} }), "")
	if !errors.As(err, &d) || !slices.Equal(d.Withheld, []consent.Withheld{{Field: "identity.over_18", Reason: consent.ReasonBadValue}}) {
		t.Fatalf("a request to write it: %v", err)
	}
	// A field that was stored when it was granted is derived in the next bundle.
	s := w.give(w.hospital, consent.Write, "identity.mother_maiden_name", "identity.gender")
	w.decider.catalog.Fields["identity.mother_maiden_name"] = w.decider.catalog.Fields["identity.over_18"]
	held := []consent.Withheld{{Field: "identity.mother_maiden_name", Reason: consent.ReasonBadValue}}
	if _, err := w.write(s, raw{"identity.mother_maiden_name": json.RawMessage(`true`)}); !errors.As(err, &d) || !slices.Equal(d.Withheld, held) {
		t.Fatalf("%v", err)
	}
	wr, err := w.write(s, raw{"identity.mother_maiden_name": json.RawMessage(`true`), "identity.gender": json.RawMessage(`"female"`)})
	if err != nil || len(wr.Stored) != 1 || !slices.Equal(wr.Withheld, held) {
		t.Fatalf("%v", err)
	}
	if err := w.correct("identity.over_18", "true"); !errors.As(err, &d) || d.Withheld[0].Reason != consent.ReasonBadValue {
		t.Errorf("the person's own: %v", err)
	}
}

// A large input is checked whole, takes a turn, and is not released.
func TestDerivedFromALargeValue(t *testing.T) {
	w, _ := derivedWorld(t)
	w.wrote(w.hospital, raw{"identity.birth_date": json.RawMessage(bornIn1990), "health.allergy": largeAllergies(secretValue, large)})
	s := w.give(w.clinic, consent.Read, "identity.decade")
	turns := 0
	r, err := w.gate.Release(t.Context(), w.clinic, ReleaseCall{Grant: s.Act.ID, Turn: func(context.Context) error { turns++; return nil }})
	if err != nil || len(r.Released) != 1 || turns != 1 {
		t.Fatalf("%v, %d turns", err, turns)
	}
	for _, name := range w.records.names(roomStream) {
		w.records.plant(name, damage(w.records.take(name)))
	}
	if _, err := w.ask(w.clinic, s, ""); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("of a damaged object: %v", err)
	}
}
