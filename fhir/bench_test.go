package fhir

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func benchmarkPseudonymise(b *testing.B, fields ...consent.FieldName) {
	all := mustFields(b, sample(b, "dominga-von")).Values
	v := map[consent.FieldName][]json.RawMessage{}
	size := 0
	for f, raw := range all {
		if len(fields) == 0 {
			v[f] = []json.RawMessage{raw}
		}
	}
	for _, f := range fields {
		v[f] = []json.RawMessage{all[f]}
	}
	granted := make([]consent.FieldName, 0, len(v))
	for f := range v {
		granted = append(granted, f)
		size += len(v[f][0])
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		work := maps.Clone(v)
		for f := range work {
			work[f] = []json.RawMessage{v[f][0]}
		}
		if err := Pseudonymise(keyA, granted, work); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPseudonymiseFiveFields(b *testing.B) {
	benchmarkPseudonymise(b, "identity.name", "identity.birth_date", "identity.gender", "contact.phone", "identity.identifier.passport")
}

func BenchmarkPseudonymiseOneWithAddress(b *testing.B) {
	benchmarkPseudonymise(b, "contact.address")
}

func BenchmarkPseudonymisePatient(b *testing.B) { benchmarkPseudonymise(b) }

// The largest of the samples by resources that are kept and sensitive.
func BenchmarkFields(b *testing.B) {
	data := sample(b, "dominga-von")
	catalog := standard()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Fields(data, catalog); err != nil {
			b.Fatal(err)
		}
	}
}

// What a writer signs of a whole patient.
func BenchmarkSignable(b *testing.B) {
	v := bytesOf(mustFields(b, sample(b, "dominga-von")).Values)
	items := 0
	b.ReportAllocs()
	for b.Loop() {
		items = 0
		for field, value := range v {
			list, err := Signable(field, value)
			if err != nil {
				b.Fatal(err)
			}
			items += len(list)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(items), "µs/item")
}

func BenchmarkPlaced(b *testing.B) {
	v := bytesOf(mustFields(b, sample(b, "dominga-von")).Values)
	catalog := standard()
	b.ReportAllocs()
	for b.Loop() {
		if bad := Placed(catalog, v); len(bad) != 0 {
			b.Fatal(bad)
		}
	}
}

func BenchmarkPlacedOneResource(b *testing.B) {
	v := map[consent.FieldName][]byte{"health.condition": []byte("[" + kin("Condition", "c", `,"code":`+coded(plainCode)) + "]")}
	catalog := standard()
	b.ReportAllocs()
	for b.Loop() {
		if bad := Placed(catalog, v); len(bad) != 0 {
			b.Fatal(bad)
		}
	}
}
