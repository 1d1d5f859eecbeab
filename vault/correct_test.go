package vault

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// correction is an act of the world's person, now.
func (w *world) correction(field consent.FieldName, value string) CorrectCall {
	w.t.Helper()
	var given []byte
	if value != "" {
		given = []byte(value)
	}
	s, err := w.person.Correct(w.domain, w.origin, field, given, w.time())
	if err != nil {
		w.t.Fatal(err)
	}
	return CorrectCall{Correction: s.Correction, Value: s.Value, Salt: s.Salt, Signature: s.Signature}
}

func (w *world) correct(field consent.FieldName, value string) error {
	w.t.Helper()
	_, err := w.gate.Correct(w.t.Context(), w.correction(field, value))
	return err
}

const maiden consent.FieldName = "identity.mother_maiden_name"

// What the person says stands beside what the institution wrote, never over it.
func TestCorrect(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	got, err := w.gate.Correct(t.Context(), w.correction(maiden, ` "Akinyi" `))
	if err != nil || got.Version != 2 || got.Proof == nil {
		t.Fatal(got, err)
	}
	e := w.journal.last(t)
	if e.Shared.Kind != consent.EntryCorrected || !slices.Equal(e.Shared.Fields, []consent.FieldVersion{{Field: maiden, Version: 2}}) ||
		e.Shared.Institution != (consent.InstitutionID{}) || e.Personal.Identity != w.person.ID() || e.Subject == nil {
		t.Errorf("entry %+v", e.Shared)
	}
	v := w.value(s, maiden)
	if len(v) != 2 || v[0].Writer != (consent.InstitutionID{}) || string(v[0].Value) != `"Akinyi"` || v[1].Writer != w.hospital.ID || string(v[1].Value) != `"`+secretValue+`"` {
		t.Fatalf("%d values", len(v))
	}
	// the institution's next write leaves it
	if _, err := w.write(s, raw{maiden: []byte(`"later"`)}); err != nil {
		t.Fatal(err)
	}
	if v := w.value(s, maiden); len(v) != 2 || string(v[0].Value) != `"Akinyi"` || string(v[1].Value) != `"later"` {
		t.Error("a write has changed what the person said")
	}
	// a second one replaces the first, and is not merged with it
	allergy := func(id string) string { return `[{"resourceType":"AllergyIntolerance","id":"` + id + `"}]` }
	for _, id := range []string{"mine", "other"} {
		w.pass(time.Second)
		if err := w.correct("health.allergy", allergy(id)); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.value(s, "health.allergy"); len(v) != 2 || string(v[0].Value) != allergy("other") {
		t.Errorf("%d values of the allergy", len(v))
	}
	// a field that nobody wrote
	if err := w.correct("identity.birth_date", `"1990"`); err != nil {
		t.Fatal(err)
	}
	if v := w.value(s, "identity.birth_date"); len(v) != 1 || v[0].Writer != (consent.InstitutionID{}) || v[0].Grant != (consent.GrantID{}) {
		t.Errorf("%d values of the date", len(v))
	}
	// taken back
	w.pass(time.Second)
	for _, field := range []consent.FieldName{maiden, "identity.birth_date"} {
		if err := w.correct(field, ""); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.value(s, maiden); len(v) != 1 || v[0].Writer != w.hospital.ID {
		t.Error("what the person took back is still there")
	}
	r, err := w.release(s)
	if err != nil || len(r.Released["identity.birth_date"]) != 0 || !slices.Contains(r.Withheld, consent.Withheld{Field: "identity.birth_date", Reason: consent.ReasonNoValue}) {
		t.Errorf("a field without values: %v, %v", r, err)
	}
}

// The same act again changes nothing, and no earlier one comes after a later.
func TestCorrectOnce(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	first := w.correction(maiden, `"first"`)
	w.pass(time.Second)
	second := w.correction(maiden, `"second"`)
	w.pass(time.Second)
	back := w.correction(maiden, "")
	correct := func(call CorrectCall) error { _, err := w.gate.Correct(t.Context(), call); return err }
	for range 2 {
		if err := correct(second); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.journal.count(consent.EntryCorrected); n != 1 {
		t.Errorf("%d entries of one act", n)
	}
	if err := correct(first); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("an earlier act: %v", err)
	}
	if err := correct(back); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]CorrectCall{"first": first, "second": second} {
		if err := correct(call); !errors.Is(err, consent.ErrConflict) {
			t.Errorf("the %s after it was taken back: %v", name, err)
		}
	}
	if v := w.value(s, maiden); len(v) != 1 {
		t.Error("what was taken back has come again")
	}
	// nothing to take back: said all the same, so that no late act comes after it
	w.pass(time.Second)
	late := w.correction("identity.birth_date", `"1990"`)
	w.pass(time.Second)
	if err := w.correct("identity.birth_date", ""); err != nil {
		t.Fatal(err)
	}
	if err := correct(late); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("late: %v", err)
	}
	w.pass(time.Hour)
	if err := correct(back); err != nil {
		t.Errorf("the one in force, an hour later: %v", err)
	}
	if err := w.correct("contact.phone", ""); err != nil {
		t.Errorf("nothing to take back, where nothing was recorded: %v", err)
	}
}

// What happens between the entry and the head.
func TestCorrectMeanwhile(t *testing.T) {
	start := func() (*world, CorrectCall) {
		w := newWorld(t)
		w.filled()
		return w, w.correction(maiden, `"mine"`)
	}
	w, call := start()
	var first *Corrected
	w.meanwhile(consent.EntryCorrected, func() {
		var err error
		if first, err = w.newGate().Correct(t.Context(), call); err != nil {
			t.Error(err)
		}
	})
	if again, err := w.gate.Correct(t.Context(), call); err != nil || again.Proof != nil || again.Version != first.Version {
		t.Errorf("the same act by another replica: %+v, %v", again, err)
	}
	w, call = start()
	w.before("put", roomRecorded, func() { // a record is about to be made
		if _, err := w.eraseBy(w.newGate(), w.person); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.gate.Correct(t.Context(), call); !errors.Is(err, consent.ErrUnknownIdentity) || len(w.records.names(roomRecord)) != 0 {
		t.Errorf("an erasure: %v, %d records left", err, len(w.records.names(roomRecord)))
	}
	w, call = start()
	w.failOn("put", roomHead)
	if _, err := w.gate.Correct(t.Context(), call); !errors.Is(err, consent.ErrUnavailable) || w.journal.count(consent.EntryCorrected) != 1 {
		t.Errorf("a head that cannot be put: %v, %d entries", err, w.journal.count(consent.EntryCorrected))
	}
}

// What cannot be read is not said to be taken back.
func TestCorrectTakesBackWhatIsThere(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if err := w.correct(maiden, `"mine"`); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	w.gate = w.newGate()
	w.records.setFault(func(op, _ string) (bool, bool) { return op == "get", false })
	if err := w.correct(maiden, ""); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("taken back: %v", err)
	}
	w.records.setFault(nil)
	if err := w.correct(maiden, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.value(s, maiden); len(v) != 1 || v[0].Writer != w.hospital.ID {
		t.Errorf("%d values", len(v))
	}
}

func TestCorrectDenies(t *testing.T) {
	badValue := func(err error) bool {
		var d *Denial
		return errors.As(err, &d) && len(d.Withheld) == 1 && d.Withheld[0].Reason == consent.ReasonBadValue
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	sign := func(w *world, call *CorrectCall) {
		call.Signature = w.person.Seed.Root().Sign(w.domain.Digest(call.Correction.StructHash()))
	}
	for _, c := range []struct {
		name   string
		field  consent.FieldName
		value  string
		change func(*world, *CorrectCall)
		want   func(error) bool
	}{
		{"another value than signed", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Value = []byte(`"b"`) }, is(consent.ErrSignature)},
		{"another salt", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Salt[0]++ }, is(consent.ErrSignature)},
		{"another field", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Correction.Field = "identity.birth_date" }, is(consent.ErrSignature)},
		{"no value for a signed one", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Value = nil }, is(consent.ErrSignature)},
		{"a value for none", maiden, "", func(_ *world, call *CorrectCall) { call.Value = []byte(`"a"`) }, is(consent.ErrSignature)},
		{"signed by the session key", maiden, `"a"`, func(w *world, call *CorrectCall) {
			call.Signature = w.person.Seed.Session().Sign(w.domain.Digest(call.Correction.StructHash()))
		}, is(consent.ErrSignature)},
		{"somebody else's", maiden, `"a"`, func(w *world, call *CorrectCall) { call.Correction.Identity = newPerson().ID() }, is(consent.ErrSignature)},
		{"for another vault", maiden, `"a"`, func(w *world, call *CorrectCall) {
			call.Correction.Vault = "other.test/log"
			sign(w, call)
		}, is(consent.ErrSignature)},
		{"a replaced root key", maiden, `"a"`, func(w *world, _ *CorrectCall) {
			w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address()
		}, is(consent.ErrSignature)},
		{"no field name", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Correction.Field = "x" }, is(consent.ErrGrant)},
		{"of an hour ago", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.pass(time.Hour) }, is(consent.ErrGrant)},
		{"of an hour from now", maiden, `"a"`, func(w *world, call *CorrectCall) { call.Correction.Time += 3600; sign(w, call) }, is(consent.ErrGrant)},
		{"too long", maiden, `"a"`, func(_ *world, call *CorrectCall) { call.Value = make([]byte, maxValue+1) }, is(ErrFieldTooLarge)},
		{"signed with spaces", maiden, `"a"`, func(w *world, call *CorrectCall) {
			call.Value = []byte(` "a"`)
			call.Correction.Value = consent.CorrectionDigest(call.Salt, maiden, call.Value)
			sign(w, call)
		}, badValue},
		{"a sensitive code in an ordinary place", "health.condition", `[{"resourceType":"Condition","id":"c","code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008"}]}}]`, func(w *world, _ *CorrectCall) {
			w.decider.catalog.Fields["health.sensitive.hiv"] = consent.CatalogField{Name: "health.sensitive.hiv", Type: consent.TypeFHIR, Matter: "hiv"}
			w.decider.catalog.CodeLists = []consent.CodeList{{Matter: "hiv", System: "http://snomed.info/sct", Codes: []string{"86406008"}}}
		}, badValue},
		{"a head that cannot be read again", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.failNth(2, "get", roomHead) }, is(consent.ErrUnavailable)},
		{"unknown field", "work.shoe_size", `40`, nil, func(err error) bool {
			var d *Denial
			return errors.As(err, &d) && d.Withheld[0].Reason == consent.ReasonUnknownField
		}},
		{"another type", "identity.birth_date", `7`, nil, badValue},
		{"no such day", "identity.birth_date", `"1990-02-31"`, nil, badValue},
		{"resource of another field", "health.allergy", `[{"resourceType":"Condition","id":"a"}]`, nil, badValue},
		{"cannot leave again", maiden, `"a"`, func(w *world, _ *CorrectCall) {
			w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return errBroken }
		}, badValue},
		{"recovery pending", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.ledger.frozen = true }, is(consent.ErrFrozen)},
		{"old view", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.ledger.age = time.Hour }, is(consent.ErrStaleView)},
		{"no bundle", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.decider.catalog = nil }, is(consent.ErrUnavailable)},
		{"no journal", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.journal.set(errBroken, false) }, is(consent.ErrUnavailable)},
		{"erased", maiden, `"a"`, func(w *world, _ *CorrectCall) { w.erase() }, is(consent.ErrUnknownIdentity)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			call := w.correction(c.field, c.value)
			catalog := w.decider.catalog
			if c.change != nil {
				c.change(w, &call)
			}
			if _, err := w.gate.Correct(t.Context(), call); !c.want(err) {
				t.Fatalf("%v", err)
			}
			if w.journal.count(consent.EntryCorrected) != 0 {
				t.Error("journalled as corrected")
			}
			w.journal.set(nil, false)
			w.heads.setFault(nil)
			w.decider.catalog, w.ledger.age, w.ledger.frozen = catalog, 0, false
			w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return nil }
			if c.name == "erased" || c.name == "a replaced root key" {
				return
			}
			for field, values := range mustRelease(t, w, s) {
				for _, v := range values {
					if v.Writer == (consent.InstitutionID{}) {
						t.Errorf("%s holds it", field)
					}
				}
			}
		})
	}
}

func mustRelease(t *testing.T, w *world, s SignedGrant) map[consent.FieldName][]Sourced {
	t.Helper()
	r, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	return r.Released
}

// Two devices, or a device and an institution, at the same time: each stands.
func TestCorrectBesideWrites(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	done := make(chan error, 8)
	for i := range 4 {
		go func() { _, err := w.write(s, raw{maiden: []byte(`"` + string(rune('a'+i)) + `"`)}); done <- err }()
		call := w.correction([]consent.FieldName{maiden, "identity.birth_date", "health.allergy", "identity.gender"}[i],
			[]string{`"mine"`, `"1990"`, `[{"resourceType":"AllergyIntolerance","id":"x"}]`, `"female"`}[i])
		go func() { _, err := w.gate.Correct(t.Context(), call); done <- err }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for field, n := range map[consent.FieldName]int{maiden: 2, "identity.birth_date": 1, "health.allergy": 2} {
		if v := w.value(s, field); len(v) != n {
			t.Errorf("%s: %d values", field, len(v))
		}
	}
}

func TestFactsOf(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	if f, at, err := w.gate.FactsOf(t.Context(), w.person.ID()); err != nil || at != 0 || f.Minor || len(f.NeverCountries) > 0 {
		t.Error(f, at, err)
	}
	want := consent.PolicyFacts{Minor: true, NeverCountries: []string{"ER"}}
	st, sig, err := w.person.StateFacts(w.domain, testOrigin, want, w.time())
	if err != nil || w.gate.StateFacts(t.Context(), st, sig) != nil {
		t.Fatal(err)
	}
	if f, at, err := w.gate.FactsOf(t.Context(), w.person.ID()); err != nil || at != st.Time || !f.Minor || f.Representative || !slices.Equal(f.NeverCountries, want.NeverCountries) {
		t.Error(f, at, err)
	}
	if _, _, err := w.gate.FactsOf(t.Context(), wallet.NewIdentity().ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Error(err)
	}
	w.erase()
	if _, _, err := w.gate.FactsOf(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Error(err)
	}
}

// What was never said is not taken back in fields that are made up: each act stays in the
// head, and one that has grown beyond what can be read keeps the keys of all months.
func TestCorrectMadeUpFields(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if err := w.correct(maiden, `"Akinyi"`); err != nil {
		t.Fatal(err)
	}
	before := w.journal.count(consent.EntryCorrected)
	head := func() *head {
		h, _, err := w.gate.subject(t.Context(), w.person.ID())
		if err != nil {
			t.Fatal(err)
		}
		return h.head
	}
	revision := head().Revision
	var d *Denial
	if err := w.correct("work.shoe_size", ""); !errors.As(err, &d) || d.Withheld[0].Reason != consent.ReasonUnknownField {
		t.Errorf("a made-up field is taken back: %v", err)
	}
	if h := head(); h.Revision != revision || len(h.Own) != 1 || w.journal.count(consent.EntryCorrected) != before {
		t.Errorf("it stays in the head: %d acts, revision %d", len(h.Own), h.Revision)
	}
	// What was said can be taken back, also when the catalog has it no more.
	delete(w.decider.catalog.Fields, maiden)
	w.pass(time.Second)
	if err := w.correct(maiden, ""); err != nil {
		t.Errorf("a field that the catalog has no more: %v", err)
	}
	w.decider.catalog = testCatalog()
	if v := w.value(s, maiden); len(v) != 1 || v[0].Writer != w.hospital.ID {
		t.Errorf("%d values", len(v))
	}
}

// A head that could not be read again is not stored: the one before it stays.
func TestHeadTooLarge(t *testing.T) {
	for name, grow := range map[string]func(h *head){
		"too many acts": func(h *head) {
			for i := range maxListed + 1 {
				h.setOwn(ownAct{Tag: [16]byte{byte(i >> 8), byte(i)}, Time: 1})
			}
		},
		"too many bytes": func(h *head) { h.Facts = make([]byte, maxObject) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			if err := w.gate.commit(t.Context(), w.person.ID(), func(_ *subject, next *head) error { grow(next); return nil }); err == nil {
				t.Error("stored")
			}
			w.gate = w.newGate()
			if _, err := w.release(s); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 {
				t.Errorf("sweep %+v, %v", r, err)
			}
		})
	}
}
