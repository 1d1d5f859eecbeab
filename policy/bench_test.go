package policy_test

import (
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// A decision on five fields, each time on another question.
func BenchmarkDecide(b *testing.B) {
	e, q := engine(b, nil), question()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Grant.MaxReleases = uint32(i) //nolint:gosec // any number will do
		if d, err := e.Decide(b.Context(), q); err != nil || len(d.Permitted) != 5 {
			b.Fatal(err)
		}
	}
}

// One of five fields withheld: the second query is asked too.
func BenchmarkDecideWithReasons(b *testing.B) {
	e, q := engine(b, nil), question()
	q.Fields = append([]consent.FieldName{"identity.race"}, q.Fields[1:]...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Grant.MaxReleases = uint32(i) //nolint:gosec // any number will do
		if d, err := e.Decide(b.Context(), q); err != nil || len(d.Permitted) != 4 {
			b.Fatal(err)
		}
	}
}

// The same question again.
func BenchmarkDecideFromCache(b *testing.B) {
	e, q := engine(b, nil), question()
	b.ReportAllocs()
	for b.Loop() {
		if d, err := e.Decide(b.Context(), q); err != nil || len(d.Permitted) != 5 {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	e := engine(b, nil)
	bundle := build(b, sources(b, nil), 1)
	approvals := approve(b, bundle, anna, bela)
	for b.Loop() {
		if err := e.Load(bundle, approvals, reviewers, 0, clock); err != nil {
			b.Fatal(err)
		}
	}
}

// An age, and a look for one vaccine among sixty.
func BenchmarkDerive(b *testing.B) {
	e := engine(b, nil)
	shots := make([]string, 60)
	for i := range shots {
		shots[i] = shot("completed", cvx, "08")
	}
	for name, inputs := range map[consent.FieldName]map[consent.FieldName][]byte{
		"identity.over_18":          {"identity.birth_date": []byte(`"1990-04-02"`)},
		"health.vaccinated.measles": {"health.immunization": []byte(immunizations(append(shots, shot("completed", cvx, "03"))...))},
	} {
		b.Run(string(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got, err := e.Derive(b.Context(), e.Catalog(), name, inputs, a28); err != nil || string(got) != "true" {
					b.Fatal(string(got), err)
				}
			}
		})
	}
}
