package vault

import (
	"errors"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// Whatever a Decider returns, or does to its question, nothing leaves that the grant
// does not name, that was not asked, or that policy itself withheld.
func TestHostileDecider(t *testing.T) {
	everything := []consent.FieldName{"contact.phone", "health.allergy", "health.condition", "identity.birth_date",
		"identity.gender", "identity.mother_maiden_name", "identity.name"}
	only := []consent.FieldName{"health.allergy"}
	tests := []struct {
		name   string
		asked  []consent.FieldName
		decide func(q consent.Question) consent.Decision
		give   []consent.FieldName
	}{
		{"permits the catalog", only, func(consent.Question) consent.Decision { return consent.Decision{Permitted: everything} }, only},
		{"permits what was not asked", only, func(consent.Question) consent.Decision {
			return consent.Decision{Permitted: []consent.FieldName{"identity.mother_maiden_name"}}
		}, nil},
		{"permits what no grant names", nil, func(consent.Question) consent.Decision {
			return consent.Decision{Permitted: []consent.FieldName{"identity.name", "contact.phone"}}
		}, nil},
		{"permits a field twice", only, func(consent.Question) consent.Decision {
			return consent.Decision{Permitted: []consent.FieldName{"health.allergy", "health.allergy"}}
		}, only},
		{"permits names that are none", nil, func(consent.Question) consent.Decision {
			return consent.Decision{Permitted: []consent.FieldName{"", "*", "health.*", "health", "../head", "HEALTH.ALLERGY"}}
		}, nil},
		{"permits and withholds", only, func(q consent.Question) consent.Decision {
			return consent.Decision{Permitted: only, Withheld: []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonFieldKind}}}
		}, nil},
		{"permits with a reason about the whole", only, func(consent.Question) consent.Decision {
			return consent.Decision{Permitted: only, Reasons: []consent.Reason{consent.ReasonPurposeKind}}
		}, nil},
		{"gives a reason of its own making", only, func(consent.Question) consent.Decision {
			return consent.Decision{Reasons: []consent.Reason{"Grace is a minor"}}
		}, nil},
		{"widens the grant that it was given", everything, func(q consent.Question) consent.Decision {
			q.Grant.Fields = everything
			q.Grant.Actions, q.Grant.Expires, q.Grant.MaxReleases = 3, 1<<50, 0
			return consent.Decision{Permitted: everything}
		}, []consent.FieldName{"health.allergy", "identity.mother_maiden_name"}},
		{"overwrites the lists that it was given", only, func(q consent.Question) consent.Decision {
			for i := range q.Fields {
				q.Fields[i] = "identity.mother_maiden_name"
			}
			for i := range q.Grant.Fields {
				q.Grant.Fields[i] = "identity.name"
			}
			return consent.Decision{Permitted: q.Fields}
		}, nil},
		{"permits nothing", nil, func(consent.Question) consent.Decision { return consent.Decision{} }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			w.decider.decide = func(q consent.Question) (consent.Decision, error) { return test.decide(q), nil }
			for range 2 { // the second call finds what the first one left in caches
				r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: test.asked})
				if test.give == nil {
					var denial *Denial
					if !errors.As(err, &denial) {
						t.Fatalf("error %v, want a denial", err)
					}
					for _, reason := range denial.Reasons {
						if !reasonsOf[reason] {
							t.Errorf("reason %q reached the institution", reason)
						}
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				var got []consent.FieldName
				for f := range r.Released {
					got = append(got, f)
				}
				slices.Sort(got)
				if !slices.Equal(got, test.give) {
					t.Errorf("released %v, want %v", got, test.give)
				}
			}
			if l, err := w.gate.loadGrant(t.Context(), s.Act.ID); err != nil || l.Grant.ID() != s.Act.ID {
				t.Error("the Decider has changed the grant")
			}
		})
	}
}

// A decision cannot carry a release past what Go rules bar. Of the institution they
// speak before policy; of a country beside it, TestFactsLookAlike.
func TestBarsComeBeforePolicy(t *testing.T) {
	for name, test := range map[string]struct {
		change func(w *world)
		asked  int // by a release and a write
	}{
		"suspended": {func(w *world) { w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true }) }, 0},
		"not attested": {func(w *world) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Attested = false })
		}, 0},
		"never country":  {func(w *world) { w.facts("KE") }, 2},
		"both countries": {func(w *world) { w.facts("AF", "KE", "SY") }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			test.change(w)
			asked := w.decider.asked
			if r, err := w.release(s); r != nil || err == nil {
				t.Fatal("released")
			}
			_, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values()))
			var denial *Denial
			if !errors.As(err, &denial) || w.decider.asked != asked+test.asked {
				t.Errorf("write: %v; policy was asked %d times", err, w.decider.asked-asked)
			}
		})
	}
}

// The institution hears "policy"; the evidence keeps the true reason.
func TestReasonsAboutThePerson(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		return consent.Decision{Permitted: []consent.FieldName{"identity.mother_maiden_name"},
			Withheld: []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonCountry}}}, nil
	}
	r, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, held := range r.Withheld {
		if held.Reason == consent.ReasonCountry {
			t.Error("the answer tells a fact about the person")
		}
	}
	e := w.journal.last(t)
	if slices.ContainsFunc(e.Shared.Withheld, func(h consent.Withheld) bool { return h.Reason == consent.ReasonCountry }) {
		t.Error("the shared part tells a fact about the person")
	}
	if !slices.Contains(e.Evidence.Withheld, consent.Withheld{Field: "health.allergy", Reason: consent.ReasonCountry}) {
		t.Error("the evidence lost the true reason")
	}
	w.facts("AF", "KE", "SY")
	if _, err := w.release(s); err == nil {
		t.Fatal("released to a protected country")
	}
	e = w.journal.last(t)
	if !slices.Equal(e.Evidence.Facts.NeverCountries, []string{"KE"}) {
		t.Errorf("the evidence shows the countries %v", e.Evidence.Facts.NeverCountries)
	}
	if !slices.Equal(e.Shared.Reasons, []consent.Reason{consent.ReasonPolicy}) || !slices.Equal(e.Evidence.Reasons, []consent.Reason{consent.ReasonCountry}) {
		t.Errorf("shared %v, evidence %v", e.Shared.Reasons, e.Evidence.Reasons)
	}
}

func TestBars(t *testing.T) {
	good := func() *consent.Question {
		return &consent.Question{
			Action: consent.Read, Time: 100, Grant: &consent.Grant{Institution: consent.InstitutionID{1}, Actions: consent.Read, Jurisdiction: "KE"},
			Institution: consent.Institution{ID: consent.InstitutionID{1}, Attested: true, AttestedTo: 101, Jurisdiction: "JO"},
			Facts:       consent.PolicyFacts{NeverCountries: []string{"SY"}},
		}
	}
	if got := bars(good()); got != nil {
		t.Fatalf("barred for %v", got)
	}
	for want, spoil := range map[consent.Reason][]func(q *consent.Question){
		consent.ReasonInvalid: {
			func(q *consent.Question) { q.Grant.Audience = consent.AudienceBearer },
			func(q *consent.Question) { q.Grant.Audience = 7 },
			func(q *consent.Question) { q.Grant.Institution = consent.InstitutionID{} },
			func(q *consent.Question) { q.Institution.ID = consent.InstitutionID{2} },
		},
		consent.ReasonSuspended: {func(q *consent.Question) { q.Institution.Suspended = true }},
		consent.ReasonNotAttested: {
			func(q *consent.Question) { q.Institution.Attested = false },
			func(q *consent.Question) { q.Institution.AttestedTo = 100 },
			func(q *consent.Question) { q.Institution.AttestedTo = 0 },
		},
		consent.ReasonAction: {
			func(q *consent.Question) { q.Action = consent.Write },
			func(q *consent.Question) { q.Action = 0 },
			func(q *consent.Question) { q.Action = consent.Read | consent.Write },
			func(q *consent.Question) { q.Grant.Actions = 0 },
		},
	} {
		for i, f := range spoil {
			q := good()
			f(q)
			if got := bars(q); !slices.Equal(got, []consent.Reason{want}) {
				t.Errorf("%s %d: %v", want, i, got)
			}
		}
	}
}

// A code is shown to nobody in particular, and only as what a code may be.
func TestBarsBearer(t *testing.T) {
	good := func() *consent.Question {
		return &consent.Question{Action: consent.Read, Time: 100, Grant: &newWorld(t).newCode().Grant}
	}
	if got := bars(good()); got != nil {
		t.Fatalf("barred for %v", got)
	}
	for name, c := range map[string]struct {
		spoil func(q *consent.Question)
		want  consent.Reason
	}{
		"by an institution": {func(q *consent.Question) { q.Institution.ID = consent.InstitutionID{1} }, consent.ReasonInvalid},
		"more than once":    {func(q *consent.Question) { q.Grant.MaxReleases = 2 }, consent.ReasonInvalid},
		"for days":          {func(q *consent.Question) { q.Grant.Expires += 3 * consent.Day }, consent.ReasonInvalid},
		"of another room":   {func(q *consent.Question) { q.Grant.Fields = []consent.FieldName{"health.allergy"} }, consent.ReasonInvalid},
		"to be written":     {func(q *consent.Question) { q.Action = consent.Write }, consent.ReasonAction},
	} {
		q := good()
		c.spoil(q)
		if got := bars(q); !slices.Equal(got, []consent.Reason{c.want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A country denies the whole, keeps what policy said beside it, and leaves the
// Decider's own lists as they are.
func TestBarCountry(t *testing.T) {
	kept := make([]consent.Reason, 1, 2)
	kept[0] = consent.ReasonBasis
	d := consent.Decision{Permitted: []consent.FieldName{"health.allergy"}, Reasons: kept, PolicyDigest: consent.Digest{7}}
	ask := func(institution, use string) consent.Decision {
		return barCountry(&consent.Question{
			Grant: &consent.Grant{Jurisdiction: use}, Institution: consent.Institution{Jurisdiction: institution},
			Facts: consent.PolicyFacts{NeverCountries: []string{"ER", "SY"}},
		}, d)
	}
	if got := ask("JO", "KE"); len(got.Permitted) != 1 || !slices.Equal(got.Reasons, kept) {
		t.Errorf("another country: %v", got)
	}
	for _, country := range []string{"ER", "SY"} {
		for _, got := range []consent.Decision{ask(country, "KE"), ask("KE", country), ask(country, country)} {
			if got.Permitted != nil || !slices.Equal(got.Reasons, []consent.Reason{consent.ReasonBasis, consent.ReasonCountry}) || got.PolicyDigest != d.PolicyDigest {
				t.Errorf("%s: %v", country, got)
			}
			if kept[:2][1] != "" || len(d.Permitted) != 1 {
				t.Error("what the Decider keeps has changed")
			}
		}
	}
}
