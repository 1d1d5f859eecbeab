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
