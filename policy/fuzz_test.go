package policy

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/wrapious/wrappy/consent"
)

// Whatever unpacks is byte for byte what pack writes of it.
func FuzzUnpack(f *testing.F) {
	small, err := pack(map[string][]byte{"a/data.json": []byte("{}"), "b.rego": []byte("package wrappy.b\n")}, Manifest{Revision: 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{small, small[:1024], append(bytes.Clone(small), 0), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bundle []byte) {
		files, m, err := unpack(bundle)
		if err != nil {
			if !errors.Is(err, ErrBundle) || files != nil {
				t.Fatalf("%v with %d files", err, len(files))
			}
			return
		}
		again, err := pack(files, m)
		if err != nil || !bytes.Equal(again, bundle) {
			t.Fatalf("two forms of one bundle: %v", err)
		}
		for name := range files {
			if err := checkEntry(name, 1); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Content that two reviewers signed is refused or can be used, and never panics.
func FuzzContent(f *testing.F) {
	files, err := readFiles(Default())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("package wrappy.release\npermitted := {f | some f in input.fields}\nvalid_until := 1\nattested if true"),
		[]byte(`{"contact.phone": {"name": "contact.phone", "type": "list", "label": {"en": "Phone"}, "picture": "phone", "sensitive": [], "read": {"clinic": true}, "write": {}}}`),
		[]byte(`{"dpv:A": {"iri": "https://w3id.org/dpv#A", "label": {"en": "A"}, "source": "s", "law": "l", "effective": "1970-01-01", "from": 0,
"kinds": {"clinic": true}, "bases": {"consent": true}, "retention_days": 1, "read": {"contact.phone": true}, "write": {}}}`))
	f.Add([]byte("package wrappy.release\npermitted := {f | some f in input.fields}\n"), []byte(`{"contact.phone": {}}`), []byte("[]"))
	f.Add([]byte("package wrappy"), []byte(`{"a": 1, "a": 2}`), []byte(`{"a": [{}, null, -1e9]}`))
	f.Fuzz(func(t *testing.T, rules, fields, purposes []byte) {
		source := fstest.MapFS{"release.rego": {Data: rules}, "reasons.rego": {Data: files["reasons.rego"]},
			"fields/data.json": {Data: fields}, "purposes/data.json": {Data: purposes}}
		content, err := readFiles(source)
		if err != nil {
			return // larger than a file may be
		}
		s, err := parse(content)
		if err == nil {
			_, err = s.prepare()
		}
		if err != nil && !errors.Is(err, ErrBundle) {
			t.Fatal(err)
		}
	})
}

// Code lists that are taken have a system, a source, a matter with a field, and
// codes that can be codes, in order and within the bounds.
func FuzzCodes(f *testing.F) {
	for _, seed := range []string{`{"hiv": [{"system": "http://loinc.org", "source": "s", "codes": {"25836-8": "n"}}]}`,
		`{"hiv": [{"system": "http://hl7.org/fhir/sid/icd-10", "source": "s", "codes": {"R75": "n"}, "prefixes": {"B20": "n"}}], "violence": []}`,
		`{"hiv": [{"system": "urn:oid:1.2", "source": "s", "codes": {"1": "a", "1": "b"}}]}`, `{"hiv": null}`, `[]`} {
		f.Add([]byte(seed))
	}
	hiv := map[string]field{"health.hiv": {CatalogField: consent.CatalogField{Matter: "hiv"}}}
	f.Fuzz(func(t *testing.T, content []byte) {
		data, err := readData(map[string][]byte{"codes/data.json": content})
		if err == nil {
			var lists []consent.CodeList
			lists, err = readCodes(data, hiv)
			if err == nil && len(lists) == 0 {
				t.Fatal("a matter without codes")
			}
			for _, l := range lists {
				if l.Matter != "hiv" || l.Source == "" || l.System == "" || len(l.Codes)+len(l.Prefixes) == 0 || !slices.IsSorted(l.Codes) || !slices.IsSorted(l.Prefixes) {
					t.Fatalf("%+v", l)
				}
				for _, code := range append(slices.Clone(l.Codes), l.Prefixes...) {
					if !codeForm.MatchString(code) {
						t.Fatalf("%q", code)
					}
				}
			}
		}
		if err != nil && !errors.Is(err, ErrBundle) {
			t.Fatal(err)
		}
	})
}
