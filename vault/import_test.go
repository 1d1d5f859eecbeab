package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// luggage is what a vault has exported, to be tampered with.
type luggage struct {
	grants []KeptGrant
	values []ImportItem
	of     consent.IdentityID
	ledger consent.Domain
	digest consent.Digest
	read   int
	breaks error // in place of its end
}

func (l *luggage) Next() (ImportItem, error) {
	n := l.read
	l.read++
	if n < len(l.grants) {
		return ImportItem{Grant: &l.grants[n]}, nil
	}
	if n -= len(l.grants); n < len(l.values) {
		v := *l.values[n].Value
		v.Value, v.Signatures = bytes.Clone(v.Value), slices.Clone(v.Signatures)
		return ImportItem{Field: l.values[n].Field, Value: &v}, nil
	}
	if l.breaks != nil {
		return ImportItem{}, l.breaks
	}
	return ImportItem{}, io.EOF
}

func (l *luggage) Digest() consent.Digest { return l.digest }

// pack takes everything from the world's vault.
func (w *world) pack() *luggage {
	w.t.Helper()
	e, all := w.takeAll()
	l := &luggage{grants: e.Grants, of: e.Identity, ledger: w.domain, digest: consent.Digest{1}}
	for _, field := range slices.Sorted(func(yield func(consent.FieldName) bool) {
		for f := range all {
			if !yield(f) {
				return
			}
		}
	}) {
		for i := range all[field] {
			l.values = append(l.values, ImportItem{Field: field, Value: &all[field][i]})
		}
	}
	return l
}

// value finds one of the values, as a pointer that can be changed.
func (l *luggage) value(field consent.FieldName, writer consent.InstitutionID) *Sourced {
	for _, item := range l.values {
		if item.Field == field && item.Value.Writer == writer {
			return item.Value
		}
	}
	return nil
}

// elsewhere is another vault on the same ledger, with a log of its own, where the same person is enrolled.
func (w *world) elsewhere() *world {
	w.t.Helper()
	other := newWorld(w.t)
	other.ledger, other.person, other.hospital, other.clinic, other.now = w.ledger, w.person, w.hospital, w.clinic, w.time()
	other.relayer, other.origin = &fakeRelayer{ledger: w.ledger, confirm: true}, "next."+w.origin
	other.gate = other.newGate()
	other.enrol(w.person)
	return other
}

func (w *world) importCall(l *luggage, partial bool) ImportCall {
	o, sig := w.person.Import(w.domain, w.origin, l.digest, partial, w.time())
	l.read = 0
	return ImportCall{Order: o, Signature: sig, Of: l.of, Ledger: l.ledger, Source: l}
}

func (w *world) bring(l *luggage, partial bool) (*Imported, error) {
	return w.gate.Import(w.t.Context(), w.importCall(l, partial))
}

func outcomes(list []ImportedValue) (n map[Outcome]int) {
	n = map[Outcome]int{}
	for _, v := range list {
		n[v.Outcome]++
	}
	return n
}

// moved is a world with values of an institution and of the person, and what it exports.
func moved(t *testing.T) (*world, *luggage) {
	t.Helper()
	w := newWorld(t)
	s := w.filled()
	w.pass(time.Second)
	if _, err := w.write(s, raw{"health.allergy": []byte(`[{"resourceType":"AllergyIntolerance","id":"b2","code":{"text":"second"}}]`)}); err != nil {
		t.Fatal(err)
	}
	if err := w.correct(maiden, `"Akinyi"`); err != nil {
		t.Fatal(err)
	}
	return w, w.pack()
}

// Values keep who wrote them and their signatures; permissions do not come along; the next
// vault can hand everything on.
func TestImport(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	done, err := b.bring(l, false)
	if err != nil || outcomes(done.Values)[OutcomeTaken] != 3 || len(done.Stored) != 2 || done.Proof == nil {
		t.Fatalf("%+v %v", done, err)
	}
	entry := b.journal.last(t)
	if entry.Shared.Kind != consent.EntryImported || !slices.Equal(entry.Shared.Fields, done.Stored) || entry.Personal.Identity != w.person.ID() {
		t.Errorf("entry %+v", entry.Shared)
	}
	old := l.grants[0].ID
	if _, err := b.gate.Release(t.Context(), b.hospital, ReleaseCall{Grant: old}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("under the old permission: %v", err)
	}
	if own, _, err := b.gate.GrantsOf(t.Context(), w.person.ID(), "", 10); err != nil || len(own) != 0 {
		t.Errorf("%d permissions came along, %v", len(own), err)
	}
	s := b.answer(b.request(b.clinic), wallet.Choice{})
	if _, err := b.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r, err := b.gate.Release(t.Context(), b.clinic, ReleaseCall{Grant: s.Act.ID})
	if err != nil {
		t.Fatal(err)
	}
	v := r.Released["health.allergy"]
	if len(v) != 1 || v[0].Writer != w.hospital.ID || len(v[0].Signatures) != 2 || v[0].Grant != (consent.GrantID{}) || v[0].Signatures[0].Commitment == (consent.Digest{}) {
		t.Errorf("%d values", len(v))
	}
	if v := r.Released[maiden]; len(v) != 2 || string(v[0].Value) != `"Akinyi"` || v[1].Writer != w.hospital.ID {
		t.Errorf("%d values of the name", len(v))
	}
	// once more, and on to a third
	again, err := b.bring(l, false)
	if err != nil || outcomes(again.Values)[OutcomeHere] != 3 || len(again.Stored) != 0 || again.Proof != nil {
		t.Errorf("the same again: %+v %v", again, err)
	}
	onward := b.pack()
	if len(onward.grants) != 2 || !slices.ContainsFunc(onward.grants, func(g KeptGrant) bool { return g.ID == old && g.Elsewhere && g.Status == "" }) {
		t.Errorf("%d grants go on", len(onward.grants))
	}
	c := b.elsewhere()
	if done, err := c.bring(onward, false); err != nil || outcomes(done.Values)[OutcomeTaken] != 3 {
		t.Errorf("at a third vault: %+v %v", done, err)
	}
}

// Of one writer the newer counts, whichever way it came.
func TestImportKeepsTheNewer(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	if _, err := b.bring(l, false); err != nil {
		t.Fatal(err)
	}
	// at the new vault the hospital and the person go on
	w.pass(25 * time.Hour)
	b.pass(25 * time.Hour)
	s := b.answer(b.request(b.hospital), wallet.Choice{})
	if _, err := b.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := b.write(s, raw{maiden: []byte(`"newer"`), "health.allergy": []byte(`[{"resourceType":"AllergyIntolerance","id":"b2","code":{"text":"newer"}}]`)}); err != nil {
		t.Fatal(err)
	}
	if err := b.correct(maiden, ""); err != nil {
		t.Fatal(err)
	}
	done, err := b.bring(l, false)
	if err != nil || len(done.Stored) != 0 {
		t.Errorf("the old file has changed %v, %v", done, err)
	}
	v := b.value(s, maiden)
	if len(v) != 1 || string(v[0].Value) != `"newer"` {
		t.Errorf("%d values: what was taken back or replaced has come again", len(v))
	}
	// and back: only what is newer there counts at the old one
	back := b.pack()
	if done, err = w.bring(back, false); err != nil || len(done.Stored) != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	old := w.answer(w.request(w.hospital), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	got := w.value(old, "health.allergy")
	if len(got) != 1 || bytes.Count(got[0].Value, []byte("resourceType")) != 2 || !bytes.Contains(got[0].Value, []byte("newer")) || len(got[0].Signatures) != 2 {
		t.Errorf("%d values of the allergy", len(got))
	}
	if v := w.value(old, maiden); len(v) != 2 || string(v[0].Value) != `"Akinyi"` || string(v[1].Value) != `"newer"` {
		t.Errorf("%d values of the name", len(v)) // the old vault does not know that the person took it back at the new one
	}
}

// Nothing of the other vault is believed: each change of what it says is found.
func TestImportRefuses(t *testing.T) {
	const allergy consent.FieldName = "health.allergy"
	for _, c := range []struct {
		name   string
		change func(w *world, l *luggage)
		field  consent.FieldName
		reason Unproven
	}{
		{"another value", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Value = []byte(`"forged"`) }, maiden, UnprovenSignature},
		{"one resource changed", func(w *world, l *luggage) {
			v := l.value(allergy, w.hospital.ID)
			v.Value = bytes.Replace(v.Value, []byte("second"), []byte("third"), 1)
		}, allergy, UnprovenSignature},
		{"a resource left out", func(w *world, l *luggage) {
			v := l.value(allergy, w.hospital.ID)
			v.Value = []byte(`[{"resourceType":"AllergyIntolerance","id":"b2","code":{"text":"second"}}]`)
		}, allergy, UnprovenSignature},
		{"signatures exchanged", func(w *world, l *luggage) { slices.Reverse(l.value(allergy, w.hospital.ID).Signatures) }, allergy, UnprovenSignature},
		{"no signatures", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Signatures = nil }, maiden, UnprovenSignature},
		{"an empty signature", func(w *world, l *luggage) {
			l.value(maiden, w.hospital.ID).Signatures[0].Signature = consent.WriterSignature{}
		}, maiden, UnprovenSignature},
		{"the other form of s", func(w *world, l *luggage) { highS(&l.value(maiden, w.hospital.ID).Signatures[0]) }, maiden, UnprovenSignature},
		{"another salt", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Signatures[0].Salt[0]++ }, maiden, UnprovenSignature},
		{"another day", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Signatures[0].Day-- }, maiden, UnprovenSignature},
		{"written on another day", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Written -= 3 * consent.Day * 1000 }, maiden, UnprovenTime},
		{"written days after it was signed", func(w *world, l *luggage) {
			w.pass(5 * 24 * time.Hour)
			l.value(maiden, w.hospital.ID).Written += 3 * consent.Day * 1000
		}, maiden, UnprovenTime},
		{"written in the future", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Written += consent.Day * 1000 }, maiden, UnprovenTime},
		{"under another field", func(w *world, l *luggage) {
			for i := range l.values {
				if l.values[i].Field == maiden && l.values[i].Value.Writer == w.hospital.ID {
					l.values[i].Field = "contact.note"
				}
			}
			for _, world := range []*world{w} {
				world.decider.catalog.Fields["contact.note"] = consent.CatalogField{Name: "contact.note", Type: consent.TypeText}
			}
			slices.SortFunc(l.values, func(a, b ImportItem) int { return bytes.Compare([]byte(a.Field), []byte(b.Field)) })
		}, "contact.note", UnprovenField},
		{"said to be another institution's", func(w *world, l *luggage) {
			v := l.value(maiden, w.hospital.ID)
			v.Writer = w.clinic.ID
		}, maiden, UnprovenTerms},
		{"an unknown institution's", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Writer = consent.InstitutionID{0xff} }, maiden, UnprovenTerms},
		{"another key", func(w *world, l *luggage) {
			l.value(maiden, w.hospital.ID).Signatures[0].Key = publicOf(w.t, w.clinic.ID)
		}, maiden, UnprovenSignature},
		{"no point of the curve", func(w *world, l *luggage) {
			l.value(maiden, w.hospital.ID).Signatures[0].Key = consent.WriterKey{1}
		}, maiden, UnprovenSignature},
		{"the grant is not in the file", func(_ *world, l *luggage) { l.grants = nil }, maiden, UnprovenGrant},
		{"the grant's document changed", func(_ *world, l *luggage) { l.grants[0].Grant.RetentionDays++ }, maiden, UnprovenGrant},
		{"the grant's id changed", func(w *world, l *luggage) {
			l.grants[0].ID[0]++
			l.value(maiden, w.hospital.ID).Signatures[0].Grant = l.grants[0].ID
		}, maiden, UnprovenGrant},
		{"the grant is not on the ledger", func(w *world, l *luggage) {
			w.ledger.set(l.grants[0].ID, func(s *consent.GrantState) { *s = consent.GrantState{Status: consent.StatusUnknown} })
		}, maiden, UnprovenGrant},
		{"the grant was withdrawn before it was given", func(w *world, l *luggage) {
			w.ledger.set(l.grants[0].ID, func(s *consent.GrantState) { *s = consent.GrantState{Status: consent.StatusWithdrawn} })
		}, maiden, UnprovenGrant},
		{"bound by another signature", func(_ *world, l *luggage) { l.grants[0].BindingSignature[3]++ }, maiden, UnprovenPerson},
		{"bound with another opening", func(_ *world, l *luggage) { l.grants[0].BindingOpening[0]++ }, maiden, UnprovenPerson},
		{"bound at another time", func(_ *world, l *luggage) { l.grants[0].BindingTime++ }, maiden, UnprovenPerson},
		{"the value names another grant", func(w *world, l *luggage) { l.value(maiden, w.hospital.ID).Grant = consent.GrantID{7} }, maiden, UnprovenGrant},
		{"the person's own under a grant", func(_ *world, l *luggage) { l.value(maiden, consent.InstitutionID{}).Grant = l.grants[0].ID }, maiden, UnprovenGrant},
		{"the person's own with a signature", func(w *world, l *luggage) {
			l.value(maiden, consent.InstitutionID{}).Signatures = slices.Clone(l.value(maiden, w.hospital.ID).Signatures)
		}, maiden, UnprovenSignature},
		{"the person's own in the future", func(_ *world, l *luggage) { l.value(maiden, consent.InstitutionID{}).Written += consent.Day * 1000 }, maiden, UnprovenTime},
		{"the person's own of another type", func(_ *world, l *luggage) { l.value(maiden, consent.InstitutionID{}).Value = []byte(`7`) }, maiden, UnprovenValue},
		{"the person's own of nothing", func(_ *world, l *luggage) { l.value(maiden, consent.InstitutionID{}).Value = []byte{} }, maiden, UnprovenValue},
		{"with space", func(_ *world, l *luggage) { l.value(maiden, consent.InstitutionID{}).Value = []byte(` "Akinyi"`) }, maiden, UnprovenValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, l := moved(t)
			c.change(w, l)
			b := w.elsewhere()
			_, err := b.bring(l, false)
			var kept *ImportRefusal
			if !errors.As(err, &kept) || !slices.ContainsFunc(kept.Values, func(v ImportedValue) bool { return v.Field == c.field && v.Reason == c.reason }) {
				t.Fatalf("%+v %v", kept, err)
			}
			if b.journal.count(consent.EntryImported) != 0 {
				t.Error("written down as imported")
			}
			if _, all := b.takeAll(); len(all) != 0 {
				t.Errorf("%d fields came in all the same", len(all))
			}
			// a partial one takes the rest and nothing of this
			done, err := b.bring(l, true)
			if err != nil {
				t.Fatal(err)
			}
			refused := slices.DeleteFunc(slices.Clone(done.Values), func(v ImportedValue) bool { return v.Outcome != OutcomeRefused })
			if !slices.Equal(refused, kept.Values) {
				t.Errorf("refused %v, and in part %v", kept.Values, refused)
			}
			_, all := b.takeAll()
			for _, v := range refused {
				if slices.ContainsFunc(all[v.Field], func(s Sourced) bool { return s.Writer == v.Writer }) {
					t.Errorf("%s came in", v.Field)
				}
			}
		})
	}
}

// What could not leave this vault as its writer signed it does not come in, nor what stands in the wrong place. The
// person's own is signed by nobody, and may leave in other words.
func TestImportOfWhatCannotLeave(t *testing.T) {
	const allergy consent.FieldName = "health.allergy"
	rewrite := func(of consent.InstitutionID) Shape {
		return func(_ crypto.Secret, _ []consent.FieldName, values map[consent.FieldName][]Sourced) error {
			for i, v := range values[maiden] {
				if v.Writer == of {
					values[maiden][i].Value = []byte(`"in other words"`)
				}
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		change  func(b *world, l *luggage)
		field   consent.FieldName
		own     bool
		outcome Outcome
	}{
		"of a sensitive matter among the ordinary": {func(b *world, l *luggage) {
			b.decider.catalog.Fields["health.sensitive.hiv"] = consent.CatalogField{Name: "health.sensitive.hiv", Type: consent.TypeFHIR, Matter: "hiv"}
			b.decider.catalog.CodeLists = []consent.CodeList{{Matter: "hiv", System: "http://snomed.info/sct", Codes: []string{"86406008"}}}
			l.values = slices.Insert(l.values, 0, ImportItem{Field: allergy, Value: &Sourced{Written: b.unix() * 1000, Value: []byte(
				`[{"resourceType":"AllergyIntolerance","id":"a","extension":[{"valueCoding":{"system":"http://snomed.info/sct","code":"86406008"}}]}]`)}})
		}, allergy, true, OutcomeRefused},
		"not to be shaped": {func(b *world, _ *luggage) {
			b.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return errBroken }
		}, maiden, false, OutcomeRefused},
		"the person's own, not to be shaped": {func(b *world, _ *luggage) {
			b.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return errBroken }
		}, maiden, true, OutcomeRefused},
		"signed in other words":             {func(b *world, _ *luggage) { b.shape = rewrite(b.hospital.ID) }, maiden, false, OutcomeRefused},
		"the person's own in other words":   {func(b *world, _ *luggage) { b.shape = rewrite(consent.InstitutionID{}) }, maiden, true, OutcomeTaken},
		"the person's own as it is":         {func(*world, *luggage) {}, maiden, true, OutcomeTaken},
		"an institution's as it was signed": {func(*world, *luggage) {}, maiden, false, OutcomeTaken},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := moved(t)
			b := w.elsewhere()
			c.change(b, l)
			done, err := b.bring(l, true)
			if err != nil {
				t.Fatal(err)
			}
			writer, reason := w.hospital.ID, Unproven("")
			if c.own {
				writer = consent.InstitutionID{}
			}
			if c.outcome == OutcomeRefused {
				reason = UnprovenValue
			}
			if !slices.Contains(done.Values, ImportedValue{Field: c.field, Writer: writer, Outcome: c.outcome, Reason: reason}) {
				t.Errorf("%+v", done.Values)
			}
		})
	}
}

// highS gives a signature its second valid form of ECDSA, which is none here.
func highS(s *ItemSignature) {
	order := [...]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51}
	borrow := 0
	for i := 31; i >= 0; i-- {
		d := int(order[i]) - int(s.Signature[32+i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		s.Signature[32+i] = byte(d)
	}
}

// Another person's values do not become this one's, by whatever grant they were written.
func TestImportOfAnother(t *testing.T) {
	w, _ := moved(t)
	mallory := newPerson()
	w.person, mallory = mallory, w.person
	s := w.filled() // the other person's, at the same vault
	theirs := w.pack()
	w.person = mallory
	b := w.elsewhere()
	if _, err := b.bring(theirs, true); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("somebody else's export: %v", err)
	}
	theirs.of = mallory.ID() // says that it is this one's
	done, err := b.bring(theirs, true)
	if err != nil || outcomes(done.Values)[OutcomeRefused] != 2 || done.Values[0].Reason != UnprovenPerson {
		t.Errorf("%+v %v", done, err)
	}
	// bound anew by this person's own root key, with the other's consent or without: the grant's
	// salt says for whom it was made
	for _, opening := range []consent.Salt{theirs.grants[0].BindingOpening, {}, {1}} {
		binding := consent.Binding{Grant: s.Act.ID, Identity: mallory.ID(), Opening: opening, Time: w.unix()}
		theirs.grants[0].BindingTime, theirs.grants[0].BindingOpening = binding.Time, opening
		theirs.grants[0].BindingSignature = mallory.Seed.Root().Sign(w.domain.Digest(binding.StructHash()))
		done, err = b.bring(theirs, true)
		if err != nil || outcomes(done.Values)[OutcomeRefused] != 2 || done.Values[0].Reason != UnprovenPerson {
			t.Errorf("%+v %v", done, err)
		}
	}
}

func TestImportDenies(t *testing.T) {
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for _, c := range []struct {
		name   string
		change func(b *world, l *luggage, call *ImportCall)
		want   func(error) bool
	}{
		{"signed by the session key", func(b *world, _ *luggage, call *ImportCall) {
			call.Signature = b.person.Seed.Session().Sign(b.domain.Digest(call.Order.StructHash()))
		}, is(consent.ErrSignature)},
		{"signed for the whole, asked for a part", func(_ *world, _ *luggage, call *ImportCall) { call.Order.Partial = true }, is(consent.ErrSignature)},
		{"another file than signed", func(_ *world, l *luggage, _ *ImportCall) { l.digest[0]++ }, is(consent.ErrSignature)},
		{"for another vault", func(b *world, l *luggage, call *ImportCall) {
			call.Order, call.Signature = b.person.Import(b.domain, "other.test/log", l.digest, false, b.time())
		}, is(consent.ErrSignature)},
		{"of another ledger", func(_ *world, _ *luggage, call *ImportCall) { call.Ledger.ChainID++ }, is(consent.ErrGrant)},
		{"of another contract", func(_ *world, _ *luggage, call *ImportCall) { call.Ledger.Contract[0]++ }, is(consent.ErrGrant)},
		{"of somebody else", func(_ *world, _ *luggage, call *ImportCall) { call.Of[0]++ }, is(consent.ErrGrant)},
		{"not enrolled here", func(b *world, l *luggage, call *ImportCall) {
			b.person = newPerson()
			*call = b.importCall(l, false)
		}, is(consent.ErrSignature)},
		{"a value of no field", func(_ *world, l *luggage, _ *ImportCall) { l.values[0].Field = "name" }, is(consent.ErrGrant)},
		{"of an hour ago", func(b *world, _ *luggage, _ *ImportCall) { b.pass(time.Hour) }, is(consent.ErrGrant)},
		{"cut short", func(_ *world, l *luggage, _ *ImportCall) { l.breaks = errBroken }, is(errBroken)},
		{"no turn", func(_ *world, _ *luggage, call *ImportCall) {
			call.Turn = func(context.Context) error { return errBroken }
		}, is(errBroken)},
		{"recovery pending", func(b *world, _ *luggage, _ *ImportCall) { b.ledger.frozen = true }, is(consent.ErrFrozen)},
		{"old view", func(b *world, _ *luggage, _ *ImportCall) { b.ledger.age = time.Hour }, is(consent.ErrStaleView)},
		{"the ledger is silent on grants", func(b *world, _ *luggage, _ *ImportCall) { b.ledger.errState = errBroken }, is(consent.ErrUnavailable)},
		{"the ledger is silent on keys", func(b *world, _ *luggage, _ *ImportCall) { b.errKey = errBroken }, is(consent.ErrUnavailable)},
		{"the ledger is silent on whose the grant was", func(b *world, _ *luggage, _ *ImportCall) { b.ledger.rootAnswers = 1 }, is(consent.ErrUnavailable)},
		{"no bundle", func(b *world, _ *luggage, _ *ImportCall) { b.decider.catalog = nil }, is(consent.ErrUnavailable)},
		{"no journal", func(b *world, _ *luggage, _ *ImportCall) { b.journal.set(errBroken, false) }, is(consent.ErrUnavailable)},
		{"written to meanwhile", func(b *world, _ *luggage, _ *ImportCall) {
			var once bool
			b.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryImported && !once {
					once = true
					if err := b.correct("identity.birth_date", `"1990"`); err != nil {
						b.t.Error(err)
					}
				}
			}
		}, is(consent.ErrConflict)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, l := moved(t)
			b := w.elsewhere()
			call := b.importCall(l, false)
			c.change(b, l, &call)
			if done, err := b.gate.Import(t.Context(), call); !c.want(err) || err == nil {
				t.Fatalf("%+v %v", done, err)
			}
			head, _, err := b.gate.subject(t.Context(), w.person.ID())
			if err != nil {
				t.Fatal(err)
			}
			if m := head.head.entry("health"); m != nil {
				t.Error("something came in")
			}
		})
	}
}

// Each call of the stores that fails is told of, and nothing has come in then.
func TestImportWithoutStores(t *testing.T) {
	const few = 66 << 10 // bytes: with an object of its own
	w := newWorld(t)
	s := w.grant()
	write := func(values raw) {
		t.Helper()
		if _, err := w.write(s, values); err != nil {
			t.Fatal(err)
		}
	}
	write(raw{"health.allergy": largeAllergies("old", few), maiden: []byte(`"old"`)})
	old := w.pack()
	w.pass(time.Second)
	s = w.grant()
	write(raw{"health.allergy": []byte(`[{"resourceType":"AllergyIntolerance","id":"newer"}]`), maiden: []byte(`"newer"`)})
	l := w.pack()
	b := w.elsewhere()
	if _, err := b.bring(old, false); err != nil {
		t.Fatal(err)
	}
	heads, records := b.heads.snapshot(), b.records.snapshot()
	name := b.heads.only(t, roomHead)
	b.failEach(func(string, string) bool { return true }, func() error {
		b.heads.restore(heads)
		b.records.restore(records)
		b.gate = b.newGate()
		done, err := b.bring(l, false)
		if err == nil && len(done.Stored) != 2 {
			t.Errorf("stored %v", done.Stored)
		}
		if (err == nil) == bytes.Equal(b.heads.take(name), heads[name]) {
			t.Errorf("%v, and something else has happened", err)
		}
		return err
	})
	if got := b.pack(); len(got.grants) != 2 || len(got.values) != 2 {
		t.Errorf("%d grants, %d values", len(got.grants), len(got.values))
	}
}

// Several fields of a category come in together.
func TestImportOfACategory(t *testing.T) {
	w := newWorld(t)
	w.filled()
	if err := w.correct("identity.birth_date", `"1990"`); err != nil {
		t.Fatal(err)
	}
	b := w.elsewhere()
	if _, err := b.bring(w.pack(), false); err != nil {
		t.Fatal(err)
	}
	if _, all := b.takeAll(); len(all) != 3 {
		t.Errorf("%d fields", len(all))
	}
}

// flood is an export that goes on with one field: values of many writers, of some bytes each.
type flood struct {
	value []byte
	read  int
}

func (f *flood) Next() (ImportItem, error) {
	if f.read++; f.read > 2*maxWriters {
		return ImportItem{}, io.EOF
	}
	return ImportItem{Field: maiden, Value: &Sourced{Writer: consent.InstitutionID{byte(f.read)}, Value: f.value}}, nil
}

func (*flood) Digest() consent.Digest { return consent.Digest{1} }

// No more of a field is held than can be one.
func TestImportHoldsOneField(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	for _, c := range []struct{ size, read int }{{maxValue, 2*maxField/maxValue + 1}, {2, maxWriters + 1}} {
		f := &flood{value: make([]byte, c.size)}
		call := w.importCall(&luggage{of: w.person.ID(), ledger: w.domain, digest: f.Digest()}, true)
		call.Source = f
		if _, err := w.gate.Import(t.Context(), call); !errors.Is(err, ErrFieldTooLarge) || f.read != c.read {
			t.Errorf("%d values of %d bytes were read, want %d: %v", f.read, c.size, c.read, err)
		}
	}
}

// leaver is an export whose reader goes away.
type leaver struct {
	*luggage
	leave func()
}

func (l *leaver) Next() (ImportItem, error) {
	l.leave()
	return l.luggage.Next()
}

func TestImportThatNobodyWaitsFor(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	ctx, cancel := context.WithCancel(t.Context())
	call := b.importCall(l, false)
	call.Source = &leaver{l, cancel}
	if _, err := b.gate.Import(ctx, call); !errors.Is(err, context.Canceled) || l.read != 1 {
		t.Errorf("%d were read: %v", l.read, err)
	}
}

// What does not fit beside what is here is refused; the rest comes in, and the field's category stays as it is.
func TestImportBesideMany(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	var tag [16]byte
	err := b.gate.commit(t.Context(), b.person.ID(), func(s *subject, next *head) error {
		values := make([]Sourced, maxWriters)
		for i := range values {
			values[i] = Sourced{Writer: consent.InstitutionID{0xc0, byte(i)}, Value: []byte(`"x"`)}
		}
		envelope, err := b.gate.sealField(t.Context(), s, maiden, 1, values)
		if err != nil {
			return err
		}
		tag = s.kek.FieldTag(string(maiden))
		r, err := (&record{Format: objectVersion}).next(map[[16]byte][]byte{tag: envelope})
		if err != nil {
			return err
		}
		m, err := b.gate.storeRecord(t.Context(), b.person.ID(), "identity", r)
		next.set(m)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, err := b.gate.headNow(t, b.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	done, err := b.bring(l, true)
	if err != nil || outcomes(done.Values)[OutcomeTaken] != 1 || outcomes(done.Values)[OutcomeRefused] != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	for _, v := range done.Values {
		if v.Field == maiden && v.Reason != UnprovenSize {
			t.Errorf("%s: %s", v.Field, v.Reason)
		}
	}
	after, err := b.gate.headNow(t, b.person.ID())
	if err != nil || *after.entry("identity") != *before.entry("identity") || after.own(tag).Time != 0 || after.entry("health") == nil {
		t.Errorf("the identity's record was written again, or another not: %v", err)
	}
}

// More fields than a record holds keep all of them out.
func TestImportOfManyFields(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	l := &luggage{of: w.person.ID(), ledger: w.domain}
	for i := range maxInRecord + 1 {
		field := consent.FieldName(fmt.Sprintf("identity.f%04d", i))
		w.decider.catalog.Fields[field] = consent.CatalogField{Name: field, Type: consent.TypeText}
		l.values = append(l.values, ImportItem{Field: field, Value: &Sourced{Written: uint64(w.time().UnixMilli()), Value: []byte(`"x"`)}})
	}
	if done, err := w.bring(l, false); err == nil {
		t.Errorf("%d stored", len(done.Stored))
	}
	if len(w.records.names(roomRecord)) != 0 || w.journal.count(consent.EntryImported) != 0 {
		t.Error("something came in")
	}
}

// A key that was not the writer's on that day proves nothing; one that was removed since does.
func TestImportAsksWhoseKeyItWas(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	day := l.value(maiden, w.hospital.ID).Signatures[0].Day
	for _, c := range []struct {
		name string
		held func(who consent.InstitutionID, on uint64) bool
		want Outcome
	}{
		{"never", func(consent.InstitutionID, uint64) bool { return false }, OutcomeRefused},
		{"only since", func(_ consent.InstitutionID, on uint64) bool { return on > day }, OutcomeRefused},
		{"until the day before", func(_ consent.InstitutionID, on uint64) bool { return on < day }, OutcomeRefused},
		{"of another institution", func(who consent.InstitutionID, _ uint64) bool { return who == w.clinic.ID }, OutcomeRefused},
		{"on that day alone", func(who consent.InstitutionID, on uint64) bool { return who == w.hospital.ID && on == day }, OutcomeTaken},
	} {
		b.gate.keyHeld = func(_ context.Context, who consent.InstitutionID, _ consent.Digest, on uint64) (bool, error) {
			return c.held(who, on), nil
		}
		done, err := b.bring(l, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range done.Values {
			if v.Writer == w.hospital.ID && (v.Outcome != c.want || v.Outcome == OutcomeRefused && v.Reason != UnprovenKey) {
				t.Errorf("%s: %s %s %s", c.name, v.Field, v.Outcome, v.Reason)
			}
		}
	}
}

// The root key of the grant's block counts, not that of now.
func TestImportAfterRotation(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	// the present key is another one; the ledger of the tests knows one key for all blocks
	next := newPerson()
	w.ledger.roots[w.person.ID()] = next.Seed.Root().Address()
	o := consent.ImportOrder{Identity: w.person.ID(), Vault: b.origin, File: l.digest, Partial: true, Time: w.unix()}
	l.read = 0
	done, err := b.gate.Import(t.Context(), ImportCall{
		Order: o, Signature: next.Seed.Root().Sign(w.domain.Digest(o.StructHash())), Of: l.of, Ledger: l.ledger, Source: l,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range done.Values {
		if v.Writer == w.hospital.ID && v.Reason != UnprovenPerson {
			t.Errorf("bound by a key that the ledger does not show for that block: %+v", v)
		}
	}
}

// Whoever is erased leaves no evidence of permissions elsewhere, nor does an import that is
// overtaken bring anything back.
func TestImportAndErasure(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	if _, err := b.bring(l, false); err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		identity := w.person.ID()
		names, err := b.heads.List(t.Context(), b.gate.name(roomMoved, identity[:])+"/", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		records, err := b.records.List(t.Context(), "", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(names) + len(records)
	}
	erase := func() error {
		e, sig := b.person.Erase(b.domain, b.origin)
		_, err := b.gate.Erase(t.Context(), e, sig)
		return err
	}
	if left() == 0 {
		t.Fatal("nothing was stored")
	}
	b.failEach(inRoom(roomMoved), erase) // sent again each time
	if left() != 0 {
		t.Errorf("%d objects are left", left())
	}
	b = w.elsewhere()
	b.journal.hook = func(e Entry) {
		if e.Shared.Kind == consent.EntryImported {
			b.journal.mu.Lock()
			b.journal.hook = nil
			b.journal.mu.Unlock()
			if err := erase(); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := b.bring(l, false); !errors.Is(err, consent.ErrUnknownIdentity) || left() != 0 {
		t.Errorf("%d objects are left, %v", left(), err)
	}
}

// Evidence that cannot be read keeps a person from taking a part for the whole; what was deleted meanwhile does not.
func TestExportWithoutEvidence(t *testing.T) {
	w, l := moved(t)
	b := w.elsewhere()
	if _, err := b.bring(l, false); err != nil {
		t.Fatal(err)
	}
	export := func() error {
		_, err := b.gate.Export(t.Context(), b.exportCall())
		return err
	}
	b.failEach(inRoom(roomMoved), export)
	name := b.heads.only(t, roomMoved)
	there := b.heads.take(name)
	b.heads.drop(name)
	if err := b.gate.putObject(t.Context(), roomMoved, name, movedObject{Version: objectVersion, ID: l.grants[0].ID, Sealed: []byte("not under this person's key")}, ""); err != nil {
		t.Fatal(err)
	}
	if err := export(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("under another key: %v", err)
	}
	b.heads.plant(name, there)
	b.heads.setFault(func(op, of string) (bool, bool) {
		if op == "get" && of == name {
			b.heads.drop(name)
		}
		return false, false
	})
	if e, err := b.gate.Export(t.Context(), b.exportCall()); err != nil || len(e.Grants) != 0 {
		t.Errorf("deleted meanwhile: %v", err)
	}
}
