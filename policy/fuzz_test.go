package policy

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

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
			"fields/data.json": {Data: fields}, "purposes/data.json": {Data: purposes}, "accreditors/data.json": {Data: files["accreditors/data.json"]},
			"retention/data.json": {Data: files["retention/data.json"]}}
		content, err := readFiles(source)
		if err != nil {
			return // larger than a file may be
		}
		s, err := parse(content)
		if err == nil {
			err = s.prepare(new(Loaded))
		}
		if err != nil && !errors.Is(err, ErrBundle) {
			t.Fatal(err)
		}
	})
}

// Accreditors that are taken have an id or are anybody, and kinds and countries that can be asked for.
func FuzzAccreditors(f *testing.F) {
	for _, seed := range []string{`{"any": {"name": "n", "kinds": {"bank": true}, "countries": {"any": true}}}`,
		`{"0x0800000000000000000000000000000000000000000000000000000000000000": {"name": "n", "kinds": {"bank": true}, "countries": {"KE": true}}}`,
		`{"any": {"kinds": {"bank": false}, "countries": {"KE": true, "any": true}}}`, `{"any": null}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		data, err := readData(map[string][]byte{"accreditors/data.json": content})
		if err != nil {
			return
		}
		list, err := readAccreditors(data)
		if err != nil {
			if !errors.Is(err, ErrBundle) {
				t.Fatal(err)
			}
			return
		}
		for id, a := range list {
			if id != AnyAccreditor && len(id) != 66 || a.Name == "" || len(a.Kinds) == 0 || len(a.Countries) == 0 {
				t.Fatalf("taken: %q", content)
			}
		}
	})
}

// A rule about overdue deletions that is taken says whether, from when and why.
func FuzzRetention(f *testing.F) {
	for _, seed := range []string{`{"overdue": {"block": true, "grace_days": 30, "law": "l"}}`, `{"overdue": {"block": false, "grace_days": 0, "law": "l"}}`,
		`{"overdue": {"block": null}}`, `{"overdue": null}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		data, err := readData(map[string][]byte{"retention/data.json": content})
		if err != nil {
			return
		}
		rule, err := readRetention(data)
		if err != nil && !errors.Is(err, ErrBundle) || err == nil && (rule.Block == nil || rule.GraceDays == nil || *rule.GraceDays > maxGrace || rule.Law == "") {
			t.Fatalf("%v: %q", err, content)
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

// Whatever stands in a record, a default expression answers with true, false, one of its
// codes, or not at all, and soon.
func FuzzDerive(f *testing.F) {
	files, err := readFiles(Default())
	if err != nil {
		f.Fatal(err)
	}
	s, err := parse(files)
	if err != nil {
		f.Fatal(err)
	}
	l := new(Loaded)
	err = s.prepare(l)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`"1990-04-02"`, `"2008"`, `null`, `[]`, `{}`, `[{"status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"03"}]}}]`,
		`[{"country":"KE","period":{"start":"2019"}},{"country":"SO","use":"old"}]`, `{"period":{"start":"2026-09-01","end":"2027"}}`, `[{"status":{"a":[1e308,-0]}}]`,
	} {
		f.Add([]byte(seed), uint64(1790000000))
	}
	f.Fuzz(func(t *testing.T, value []byte, at uint64) {
		for name, d := range l.answers.derived {
			inputs := map[consent.FieldName][]byte{}
			for _, input := range d.inputs {
				inputs[input] = value
			}
			begun := time.Now()
			answer := l.answers.derive(t.Context(), name, inputs, at)
			if took := time.Since(begun); took > 5*EvaluationLimit {
				t.Fatalf("%s took %s", name, took)
			}
			text := string(answer)
			if text == "" || len(d.codes) == 0 && (text == "true" || text == "false") {
				continue
			}
			if code, err := strconv.Unquote(text); err != nil || !slices.Contains(d.codes, code) {
				t.Fatalf("%s answers %q", name, answer)
			}
		}
	})
}

// A date that is answered for at all is a date, and older people are never younger.
func FuzzDates(f *testing.F) {
	for _, seed := range []string{"1990-04-02", "2008-02-29", "2008-02", "2008", "2008-02-30", "2008-02-29T12:00:00Z", "", "-001"} {
		f.Add(seed, "2026-11-28", int64(18))
	}
	f.Fuzz(func(t *testing.T, born, on string, years int64) {
		yes, certain := reached(born, years, on)
		if yes && !certain {
			t.Fatal("yes, and not certain")
		}
		if yes && years > 0 {
			if younger, sure := reached(born, years-1, on); !younger || !sure {
				t.Fatalf("%d years, and not %d", years, years-1)
			}
		}
		if yes, certain := covers(born, on, on); yes && !certain {
			t.Fatal("covered, and not certain")
		}
	})
}
