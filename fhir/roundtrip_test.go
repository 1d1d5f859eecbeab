package fhir

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

var update = flag.Bool("update", false, "write the golden files anew")

// folders hold the sample patients: those of the demo, and the rest.
var folders = []string{"../internal/demo/patients/*.json", "testdata/patients/*.json.gz"}

// bundles are the seven sample patients by file name, without endings.
func bundles(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, folder := range folders {
		files, err := filepath.Glob(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name, _, _ := strings.Cut(filepath.Base(f), ".")
			all[name] = unpacked(t, f)
		}
	}
	if len(all) != 7 {
		t.Fatalf("want 7 samples, have %d", len(all))
	}
	return all
}

func unpacked(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(file, ".gz") {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	data, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data := bundles(t)[name]
	if data == nil {
		t.Fatal("no such sample")
	}
	return data
}

// standard is the catalog of the default policy bundle.
var standard = sync.OnceValue(func() *consent.Catalog {
	c := &consent.Catalog{}
	read := func(file string, into any) {
		data, err := os.ReadFile(filepath.Join("../policy/bundle", file, "data.json"))
		if err != nil {
			panic(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			panic(err)
		}
	}
	read("fields", &c.Fields)
	var matters map[string][]struct {
		System          string
		Codes, Prefixes map[string]string
	}
	read("codes", &matters)
	for matter, lists := range matters {
		for _, l := range lists {
			c.CodeLists = append(c.CodeLists, consent.CodeList{Matter: matter, System: l.System,
				Codes: slices.Collect(maps.Keys(l.Codes)), Prefixes: slices.Collect(maps.Keys(l.Prefixes))})
		}
	}
	return c
})

func mustFields(t testing.TB, data []byte) *Parsed {
	t.Helper()
	p, err := Fields(data, standard())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sources is values as one source's.
func sources(values map[consent.FieldName]json.RawMessage) map[consent.FieldName][]json.RawMessage {
	out := map[consent.FieldName][]json.RawMessage{}
	for f, v := range values {
		out[f] = []json.RawMessage{slices.Clone(v)}
	}
	return out
}

// canonical is the text with sorted keys and every number as it was written.
func canonical(t testing.TB, raw []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// resourcesOf are the resources of the types that are kept, in order, by type.
func resourcesOf(t testing.TB, bundle []byte) map[string][]string {
	t.Helper()
	var b struct {
		Entry []struct {
			FullURL  string `json:"fullUrl"`
			Resource json.RawMessage
		}
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, e := range b.Entry {
		var r struct{ ResourceType, ID string }
		if err := json.Unmarshal(e.Resource, &r); err != nil {
			t.Fatal(err)
		}
		if r.ResourceType != "Patient" && !kept(r.ResourceType) {
			continue
		}
		if e.FullURL != "urn:uuid:"+r.ID {
			t.Errorf("fullUrl of %s is not that of its id", r.ResourceType)
		}
		out[r.ResourceType] = append(out[r.ResourceType], canonical(t, e.Resource))
	}
	return out
}

// sameResources compares by type. What one type has in several fields comes back by
// field, so the order of the whole is not that of the parts.
func sameResources(t testing.TB, name string, want, have map[string][]string) (count int) {
	t.Helper()
	for typ, list := range want {
		count += len(list)
		if !slices.Equal(slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(have[typ]))) {
			t.Errorf("%s: %s differs", name, typ)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%s: other types came back", name)
	}
	return count
}

func TestRoundTrip(t *testing.T) {
	types := map[string]int{}
	for name, data := range bundles(t) {
		parsed := mustFields(t, data)
		back, err := Bundle(sources(parsed.Values))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := resourcesOf(t, data)
		count := sameResources(t, name, want, resourcesOf(t, back))
		for typ, list := range want {
			types[typ] += len(list)
		}
		left := 0
		for _, l := range parsed.Left {
			if l.Reason == LeftNoField {
				left += l.Count
				if !slices.Contains([]string{"Claim", "ExplanationOfBenefit", "Organization", "Practitioner"}, l.ResourceType) {
					t.Errorf("%s: left %s", name, l.ResourceType)
				}
			}
		}
		var b struct{ Entry []json.RawMessage }
		if err := json.Unmarshal(data, &b); err != nil || len(b.Entry) != count+left {
			t.Errorf("%s: %d entries, %d taken and %d left", name, len(b.Entry), count, left)
		}
		if again, err := Bundle(sources(parsed.Values)); err != nil || !bytes.Equal(back, again) {
			t.Errorf("%s: not deterministic (%v)", name, err)
		}
		for f, v := range mustFields(t, back).Values {
			if !bytes.Equal(v, parsed.Values[f]) {
				t.Errorf("%s: %s differs on the second reading", name, f)
			}
		}
		inOrder(t, name, data, parsed)
		t.Logf("%s: %d resources equal, %d of other types left", name, count, left)
	}
	want := map[string]int{"Patient": 7, "AllergyIntolerance": 9, "CarePlan": 19, "Condition": 46, "DiagnosticReport": 25, "Encounter": 121,
		"Goal": 5, "ImagingStudy": 2, "Immunization": 82, "MedicationRequest": 30, "Observation": 520, "Procedure": 66}
	if !maps.Equal(types, want) {
		t.Errorf("have %v", types)
	}
}

// inOrder holds each field's resources, byte for byte, against their order in the Bundle.
func inOrder(t *testing.T, name string, bundle []byte, parsed *Parsed) {
	t.Helper()
	var compact bytes.Buffer
	if err := json.Compact(&compact, bundle); err != nil {
		t.Fatal(err)
	}
	for f, v := range parsed.Values {
		if f.Category() != consent.CategoryHealth {
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(v, &list); err != nil {
			t.Fatal(err)
		}
		rest := compact.Bytes()
		for _, r := range list {
			at := bytes.Index(rest, r)
			if at < 0 {
				t.Fatalf("%s: %s: changed or out of order", name, f)
			}
			rest = rest[at+len(r):]
		}
	}
}

// TestGolden: of the health fields it keeps which resources they hold.
func TestGolden(t *testing.T) {
	const file = "testdata/tony-douglas.golden.json"
	parsed := mustFields(t, sample(t, "tony-douglas"))
	for f, v := range parsed.Values {
		if f.Category() != consent.CategoryHealth {
			continue
		}
		var list []struct{ ResourceType, ID string }
		if err := json.Unmarshal(v, &list); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range list {
			names = append(names, r.ResourceType+"/"+r.ID)
		}
		parsed.Values[f], _ = json.Marshal(names)
	}
	have, err := json.MarshalIndent(parsed, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, append(have, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(want), have) {
		t.Error("fields differ from the golden file; read the difference, then run with -update")
	}
}

func TestPartOfAPatient(t *testing.T) {
	all := mustFields(t, sample(t, "tony-douglas")).Values
	values := sources(map[consent.FieldName]json.RawMessage{"identity.name": all["identity.name"], "health.allergy": all["health.allergy"]})
	back, err := Bundle(values)
	if err != nil {
		t.Fatal(err)
	}
	have := resourcesOf(t, back)
	if len(have["Patient"]) != 1 || len(have["AllergyIntolerance"]) != 7 || len(have) != 2 {
		t.Fatal("want the Patient and 7 allergies")
	}
	var patient map[string]any
	if err := json.Unmarshal([]byte(have["Patient"][0]), &patient); err != nil || len(patient) != 3 {
		t.Errorf("want resourceType, the id that the allergies refer to, and name; have %d elements", len(patient))
	}
	if _, err := Fields(back, standard()); err != nil {
		t.Error(err)
	}
}

func TestNothingOfThePatientIsLost(t *testing.T) {
	const patient = `{"resourceType":"Patient","id":"p","implicitRules":"http://example.org/r","contained":[{"resourceType":"Organization","id":"o"}],
		"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","id":"x","valueCode":"F"},
			{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"},
			{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"},
			{"url":"http://example.org/own","valueDecimal":31.0}],
		"active":true,"telecom":[{"system":"fax","value":"1"},{"system":"email","value":"2"},{"system":"sms","value":"3"},{"value":"4"}],
		"birthDate":"1980","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1980-01-01T10:00:00Z"}]},
		"deceasedBoolean":false,"_deceasedBoolean":{"id":"d"},"multipleBirthInteger":2,"photo":[{"title":"f"}],"contact":[{"name":{"text":"m"}}],
		"generalPractitioner":[{"reference":"#o"}],"managingOrganization":{"display":"c"},"link":[{"other":{"reference":"Patient/old"},"type":"replaces"}],
		"unknownElement":[1.50]}`
	parsed := mustFields(t, []byte(patient))
	want := map[consent.FieldName]string{
		"identity.birth_date":     `"1980"`,
		"identity.birth_sex":      `"F"`,
		"identity.deceased":       `{"deceasedBoolean":false,"_deceasedBoolean":{"id":"d"}}`,
		"identity.multiple_birth": `{"multipleBirthInteger":2}`,
		"identity.photo":          `[{"title":"f"}]`,
		"contact.phone":           `[{"system":"sms","value":"3"}]`,
		"contact.email":           `[{"system":"email","value":"2"}]`,
		"contact.other":           `[{"system":"fax","value":"1"},{"value":"4"}]`,
		"identity.race":           `{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"}`,
	}
	for f, v := range want {
		if string(parsed.Values[f]) != v {
			t.Errorf("%s: have %s", f, parsed.Values[f])
		}
	}
	if len(parsed.Values) != len(want)+2 {
		t.Error("want identity.other and identity.extension besides")
	}
	back, err := Bundle(sources(parsed.Values))
	if err != nil {
		t.Fatal(err)
	}
	again := mustFields(t, back)
	for f, v := range parsed.Values {
		if string(again.Values[f]) != string(v) {
			t.Errorf("%s: came back as %s", f, again.Values[f])
		}
	}
}
