package vault

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// factsOf states facts of the world's person.
func (w *world) factsOf(f consent.PolicyFacts) {
	w.t.Helper()
	w.pass(time.Second)
	st, sig, err := w.person.StateFacts(w.domain, testOrigin, f, w.time())
	if err == nil {
		err = w.gate.StateFacts(w.t.Context(), st, sig)
	}
	if err != nil {
		w.t.Fatal("facts:", err)
	}
}

// byPolicy is a Decider that knows a rule about minors and, where it is told so, the
// one about countries; extra is what it also holds against the whole.
func byPolicy(countries bool, extra ...consent.Reason) func(consent.Question) (consent.Decision, error) {
	return func(q consent.Question) (consent.Decision, error) {
		d := consent.Decision{PolicyDigest: consent.Digest{7}, Reasons: slices.Clone(extra)}
		if countries && len(q.Facts.NeverCountries) > 0 {
			d.Reasons = append([]consent.Reason{consent.ReasonCountry}, d.Reasons...) // in front: the place must not tell
		}
		if q.Facts.Minor {
			d.Reasons = append(d.Reasons, consent.ReasonPolicy)
		}
		if len(d.Reasons) == 0 {
			d.Permitted = q.Fields
		}
		for _, f := range q.Fields {
			if f == "health.allergy" {
				d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: consent.ReasonFieldKind})
			} else if len(d.Reasons) > 0 {
				d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: slices.Concat(extra, d.Reasons)[0]})
			}
		}
		return d, nil
	}
}

// AlikeDenials makes, for each fact about a person, the entry of a denial that rests on it
// alone, under one grant, and checks that the institution sees the same.
func AlikeDenials(t *testing.T) (entries [][]Entry) {
	asked := []consent.FieldName{"contact.phone", "health.allergy", "identity.birth_date", "identity.mother_maiden_name"}
	for name, decide := range map[string]func(consent.Question) (consent.Decision, error){
		"rule in the bundle":      byPolicy(true),
		"no rule in the bundle":   byPolicy(false),
		"another reason":          byPolicy(true, consent.ReasonBasis, consent.ReasonRetention),
		"another reason, no rule": byPolicy(false, consent.ReasonBasis),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			w.decider.decide = decide
			var seen []*Denial
			var made []Entry
			for _, f := range []consent.PolicyFacts{
				{Minor: true}, {NeverCountries: []string{"KE"}}, {NeverCountries: []string{"AF", "KE"}}, {Minor: true, NeverCountries: []string{"KE"}},
			} {
				w.factsOf(f)
				consulted := w.decider.asked
				_, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: asked})
				var d *Denial
				if !errors.As(err, &d) {
					t.Fatal(err)
				}
				if w.decider.asked != consulted+1 {
					t.Errorf("%v: policy was asked %d times, want once: the time tells", f, w.decider.asked-consulted)
				}
				e := w.journal.last(t)
				if cause := slices.Contains(e.Evidence.Reasons, consent.ReasonCountry); cause != (f.NeverCountries != nil) {
					t.Errorf("%v: the evidence has the reasons %v", f, e.Evidence.Reasons)
				}
				seen, made = append(seen, d), append(made, e)
			}
			if made[0].Shared.PolicyDigest != (consent.Digest{7}) || len(seen[0].Withheld) != len(asked) {
				t.Errorf("digest %v, withheld %v", made[0].Shared.PolicyDigest, seen[0].Withheld)
			}
			for i := range made {
				if !slices.Equal(seen[i].Reasons, seen[0].Reasons) || !slices.Equal(seen[i].Withheld, seen[0].Withheld) {
					t.Errorf("told %v %v and %v %v", seen[0].Reasons, seen[0].Withheld, seen[i].Reasons, seen[i].Withheld)
				}
				if !bytes.Equal(sharedWithoutTime(t, made[i]), sharedWithoutTime(t, made[0])) {
					t.Errorf("the shared parts tell the facts apart: %v, %v", made[0].Shared, made[i].Shared)
				}
			}
			entries = append(entries, made)
		})
	}
	return entries
}

func sharedWithoutTime(t *testing.T, e Entry) []byte {
	t.Helper()
	e.Shared.Time = 0
	data, err := e.Shared.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
