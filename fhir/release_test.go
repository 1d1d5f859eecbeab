package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// What becomes of the elements of clinical resources. @x@ stands for the pseudonym of x,
// ~x~ for it as an OID.
func TestRewritesOfClinicalResources(t *testing.T) {
	const mask = `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
	tests := []struct{ name, in, want string }{
		{"who took part", `"participant":[{"individual":{"reference":"Practitioner/1","display":"Dr N"}}]`, `"participant":[{"individual":{"reference":"Practitioner/@1@","display":"withheld"}}]`},
		{"by a search", `"participant":[{"individual":{"reference":"Practitioner?identifier=npi|9","display":"Dr N"}}]`, `"participant":[{"individual":{"reference":"Practitioner/@Practitioner?identifier=npi|9@","display":"withheld"}}]`},
		{"where", `"serviceProvider":{"reference":"Organization/2","display":"St. N"},"location":[{"location":{"display":"Ward 3"}}]`, `"serviceProvider":{"reference":"Organization/@2@","display":"withheld"},"location":[{"location":{"display":"withheld"}}]`},
		{"the visit", `"encounter":{"reference":"Encounter/3","display":"HIV clinic"}`, `"encounter":{"reference":"Encounter/@3@","display":"withheld"}`},
		{"a visit that leaves too", `"partOf":{"reference":"Encounter/e0","display":"HIV clinic"}`, `"partOf":{"reference":"Encounter/@e0@","display":"withheld"}`},
		{"those who care", `"careTeam":[{"reference":"CareTeam/4","display":"Team of N"}],"author":{"display":"N"}`, `"careTeam":[{"reference":"CareTeam/@4@","display":"withheld"}],"author":{"display":"withheld"}`},
		{"what does not leave is not shown", `"result":[{"reference":"Observation/5","display":"HIV RNA"}]`, `"result":[{"reference":"Observation/@5@","display":"withheld"}]`},
		{"nor by identifier", `"reasonReference":[{"identifier":{"value":"1"},"display":"HIV"}]`, `"reasonReference":[{"identifier":{"value":"@1@"},"display":"withheld"}]`},
		{"nor by nothing", `"reasonReference":[{"display":"HIV"}]`, `"reasonReference":[{"display":"withheld"}]`},
		{"nor by the id of another type", `"result":[{"reference":"Observation/x1","display":"HIV RNA"}]`, `"result":[{"reference":"Observation/@x1@","display":"withheld"}]`},
		{"nor as a person", `"asserter":{"type":"Practitioner","reference":"Practitioner/x1","display":"Dr N"}`, `"asserter":{"type":"Practitioner","reference":"Practitioner/@x1@","display":"withheld"}`},
		{"what leaves is shown", `"addresses":[{"reference":"Condition/x1","display":"Asthma"}]`, `"addresses":[{"reference":"Condition/@x1@","display":"Asthma"}]`},
		{"and by another base", `"addresses":[{"reference":"https://h/Condition/x1","display":"Asthma"}]`, `"addresses":[{"reference":"Condition/@x1@","display":"Asthma"}]`},
		{"and by UUID", `"addresses":[{"reference":"urn:uuid:0F000000-0000-4000-8000-00000000000F","display":"Asthma"}]`, `"addresses":[{"reference":"urn:uuid:@0f000000-0000-4000-8000-00000000000f@","display":"Asthma"}]`},
		{"a medicine is shown", `"medicationReference":{"reference":"#m","display":"Insulin"}`, `"medicationReference":{"reference":"#@m@","display":"Insulin"}`},
		{"a practitioner as a medicine is not", `"medicationReference":{"reference":"Practitioner/1","display":"Dr N"}`, `"medicationReference":{"reference":"Practitioner/@1@","display":"withheld"}`},
		{"a DICOM study", `"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.840.99.1"}],"series":[{"uid":"1.2.840.99.1","instance":[{"uid":"1.2.840.99.1.1","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.1"}}]}]`,
			`"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:~1.2.840.99.1~"}],"series":[{"uid":"~1.2.840.99.1~","instance":[{"uid":"~1.2.840.99.1.1~","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.1"}}]}]`},
		{"an image server", `"endpoint":[{"reference":"https://pacs.example/Endpoint/1","display":"PACS of N"}]`, `"endpoint":[{"reference":"Endpoint/@1@","display":"withheld"}]`},
		{"an accession number", `"basedOn":[{"type":"ServiceRequest","identifier":{"value":"ACC-1"}}]`, `"basedOn":[{"type":"ServiceRequest","identifier":{"value":"@ACC-1@"}}]`},
		{"a report as a file", `"presentedForm":[{"contentType":"application/pdf","data":"QW5u","_data":{"id":"d"},"hash":"aGFzaA==","title":"Report","url":"https://h/Binary/7"}]`,
			`"presentedForm":[{"contentType":"application/pdf","_data":` + mask + `,"title":"Report","url":"Binary/@7@"}]`},
		{"a file without its type", `"content":{"data":"QW5u"}`, `"content":{"_data":` + mask + `}`},
		{"bytes in an extension", `"extension":[{"url":"u","valueBase64Binary":"QW5u"}]`, `"extension":[{"url":"u","_valueBase64Binary":` + mask + `}]`},
		{"a signature", `"extension":[{"url":"u","valueSignature":{"when":"2020-01-01T00:00:00Z","data":"QW5u"}}]`, `"extension":[{"url":"u","valueSignature":{"when":"2020-01-01T00:00:00Z","_data":` + mask + `}}]`},
		{"samples of a measurement stay", `"valueSampledData":{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 3 E"}`, `"valueSampledData":{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 3 E"}`},
		{"parts of a second", `"issued":"2013-06-24T20:22:36.180+02:00","effectiveInstant":"2013-06-24T20:22:36.1Z","period":{"start":"2013-06-24T20:22:36+02:00"}`,
			`"issued":"2013-06-24T20:22:36+02:00","effectiveInstant":"2013-06-24T20:22:36Z","period":{"start":"2013-06-24T20:22:36+02:00"}`},
		{"parts of a second in words", `"note":[{"text":"at 2013-06-24T20:22:36.123456 and 1.5 ml."}]`, `"note":[{"text":"at 2013-06-24T20:22:36 and 1.5 ml."}]`},
		{"an implant", `"contained":[{"resourceType":"Device","id":"d","serialNumber":"SN1","lotNumber":"L1","udiCarrier":[{"deviceIdentifier":"DI1","carrierHRF":"(01)1","carrierAIDC":"QQ=="}],"type":{"text":"Pacemaker"}}]`,
			`"contained":[{"resourceType":"Device","id":"@d@","serialNumber":"@SN1@","lotNumber":"L1","udiCarrier":[{"deviceIdentifier":"@DI1@","carrierHRF":"@(01)1@","carrierAIDC":"@QQ==@"}],"type":{"text":"Pacemaker"}}]`},
		{"numbers and codes", `"valueQuantity":{"value":132.3437750297677,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}`, `"valueQuantity":{"value":132.3437750297677,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const field = consent.FieldName("health.sensitive.hiv")
			const others = `,{"resourceType":"Condition","id":"x1"},{"resourceType":"Condition","id":"0f000000-0000-4000-8000-00000000000f"},{"resourceType":"Encounter","id":"e0"}]`
			v := values(string(field), `[{"resourceType":"Procedure","id":"r",`+tt.in+`}`+others)
			if err := Pseudonymise(keyA, []consent.FieldName{field}, v); err != nil {
				t.Fatal(err)
			}
			var list []json.RawMessage
			if err := json.Unmarshal(v[field][0], &list); err != nil {
				t.Fatal(err)
			}
			want := `{"resourceType":"Procedure","id":"@r@",` + tt.want + `}`
			for _, mark := range []string{"@", "~"} {
				parts := strings.Split(want, mark)
				for i := 1; i < len(parts); i += 2 {
					if parts[i] = pseudonymOf(keyA, parts[i]); mark == "~" {
						parts[i] = oidOfUUID(pseudonymOf(keyA, strings.Split(want, mark)[i]))
					}
				}
				want = strings.Join(parts, "")
			}
			if string(list[0]) != want {
				t.Errorf("have %s\nwant %s", list[0], want)
			}
		})
	}
}

// A resource that refers to one that was not released keeps a pseudonym, and does not
// say what it is.
func TestReferencesAcrossFields(t *testing.T) {
	all := map[consent.FieldName]json.RawMessage{
		"health.encounter": json.RawMessage(`[{"resourceType":"Encounter","id":"e","diagnosis":[{"condition":{"reference":"Condition/x","display":"Asthma"}}]}]`),
		"health.condition": json.RawMessage(`[{"resourceType":"Condition","id":"x","encounter":{"reference":"Encounter/e"}}]`),
	}
	x := "Condition/" + pseudonymOf(keyA, "x")
	for _, tt := range []struct {
		granted []consent.FieldName
		want    string
	}{
		{[]consent.FieldName{"health.encounter"}, `{"reference":"` + x + `","display":"withheld"}`},
		{[]consent.FieldName{"health.condition", "health.encounter"}, `{"reference":"` + x + `","display":"Asthma"}`},
	} {
		if out := release(t, keyA, tt.granted, all); !bytes.Contains(out, []byte(tt.want)) {
			t.Errorf("%v: have %s", tt.granted, out)
		}
	}
}

// The whole way of the seven patients: into fields, as released, as a FHIR Bundle. Every
// resource is there, in its order, and equal but for what docs/fhir.md says.
func TestSamplesLeaveEqualButForPseudonyms(t *testing.T) {
	for name, data := range bundles(t) {
		all := mustFields(t, data).Values
		granted := slices.Collect(maps.Keys(all))
		out := sources(all)
		if err := Pseudonymise(keyA, granted, out); err != nil {
			t.Fatal(err)
		}
		for f, before := range all {
			var a, b any
			decode(t, before, &a)
			decode(t, out[f][0], &b)
			if !strings.HasPrefix(string(f), "identity.identifier.") {
				alike(t, name+" "+string(f), "", a, b)
			}
		}
		back, err := Bundle(out)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string][]string{}
		for f, v := range out {
			var list []json.RawMessage
			if f.Category() == consent.CategoryHealth && json.Unmarshal(v[0], &list) == nil {
				for _, r := range list {
					var typ struct{ ResourceType string }
					decode(t, r, &typ)
					have[typ.ResourceType] = append(have[typ.ResourceType], canonical(t, r))
				}
			}
		}
		in := resourcesOf(t, back)
		if len(in["Patient"]) != 1 {
			t.Errorf("%s: %d Patients", name, len(in["Patient"]))
		}
		delete(in, "Patient")
		if sameResources(t, name, have, in) < 90 {
			t.Errorf("%s: too few resources", name)
		}
	}
}

func decode(t *testing.T, raw []byte, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}

// alike fails where b is not a with ids, references and identifiers replaced, tags left
// out, displays and narrative withheld, times without parts of a second.
func alike(t *testing.T, path, key string, a, b any) {
	t.Helper()
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			t.Fatalf("%s: not an object", path)
		}
		if key == "text" && a["div"] != nil {
			if b["div"] != `<div xmlns="http://www.w3.org/1999/xhtml">withheld</div>` {
				t.Errorf("%s: narrative", path)
			}
			return
		}
		for k, item := range a {
			if meta, _ := item.(map[string]any); k == "tag" && key == "meta" || k == "meta" && len(meta) == 1 && meta["tag"] != nil {
				if b[k] != nil {
					t.Errorf("%s.%s: a tag left", path, k)
				}
				continue
			}
			if b[k] == nil {
				t.Errorf("%s.%s: lost", path, k)
				continue
			}
			if k == "value" && isIdentifier(key) {
				k = "identifier.value"
				item, b[k] = a["value"], b["value"]
			}
			alike(t, path+"."+k, k, item, b[k])
		}
		if len(b) > len(a)+1 {
			t.Errorf("%s: more than before", path)
		}
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			t.Fatalf("%s: another length", path)
		}
		for i := range a {
			alike(t, fmt.Sprintf("%s[%d]", path, i), key, a[i], b[i])
		}
	case string:
		b, ok := b.(string)
		switch key {
		case "id", "reference", "identifier.value", "uid":
			if !ok || a == b || uuidAt(b) < 0 && !strings.Contains(b, "2.25.") {
				t.Errorf("%s: no pseudonym", path)
			}
		default:
			if b != wholeSecond(a) && (key != "display" || b != "withheld") {
				t.Errorf("%s: changed", path)
			}
		}
	default:
		if a != b {
			t.Errorf("%s: changed", path)
		}
	}
}

// idLike are the words of 16 characters and more with a digit, wherever they stand but
// under what names a concept or a vocabulary.
func idLike(t *testing.T, raw []byte) map[string]bool {
	t.Helper()
	n, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	var walk func(n *node, key string)
	walk = func(n *node, key string) {
		for i := range n.list {
			k := n.list[i].key
			if n.kind == '[' {
				k = key
			}
			walk(&n.list[i].node, k)
		}
		if n.kind != '"' || definition(key) {
			return
		}
		for _, w := range strings.FieldsFunc(n.text(), func(r rune) bool { return !strings.ContainsRune(idChars, r) }) {
			if len(w) >= 16 && strings.ContainsAny(w, "0123456789") {
				words[strings.ToLower(w)] = true
			}
		}
	}
	walk(&n, "")
	return words
}

func TestNothingLikeAnIDIsCommonToTwoReleases(t *testing.T) {
	for name, data := range bundles(t) {
		all := mustFields(t, data).Values
		granted := slices.DeleteFunc(slices.Collect(maps.Keys(all)), func(f consent.FieldName) bool {
			return strings.HasPrefix(string(f), "identity.identifier.")
		})
		before := idLike(t, data)
		a, b := idLike(t, release(t, keyA, granted, all)), idLike(t, release(t, keyB, granted, all))
		if len(before) < 100 || len(a) < 100 || len(b) < 100 {
			t.Fatalf("%s: too little to compare", name)
		}
		for w := range a {
			if before[w] || b[w] {
				t.Errorf("%s: an id left, or is common to both", name)
			}
		}
		for w := range b {
			if before[w] {
				t.Errorf("%s: an id left", name)
			}
		}
	}
}

// What a hospital may put where no sample has anything.
func TestNothingLikeAnIDIsCommonOfFullResources(t *testing.T) {
	const id = "MRN-000111222333-9"
	uuid := "0e000000-0000-4000-8000-00000000000e"
	resource := func(typ, more string) string {
		return entryOf(kin(typ, strings.ToLower(typ)+"-0000000001", `,"meta":{"source":"urn:x:`+id+`","versionId":"`+id+`"},"identifier":[{"value":"`+id+`"}],"implicitRules":"http://example.org/r",`+more))
	}
	data := []byte(bundleOf(
		resource("Encounter", `"participant":[{"individual":{"reference":"Practitioner/`+id+`","display":"Dr `+id+`"}}],"serviceProvider":{"identifier":{"value":"`+id+`"}},"hospitalization":{"preAdmissionIdentifier":{"value":"`+id+`"}},"account":[{"reference":"https://h/`+id+`/Account/`+id+`"}]`),
		resource("ImagingStudy", `"endpoint":[{"reference":"Endpoint/`+id+`"}],"series":[{"uid":"1.2.840.113619.2.5.1762583153","performer":[{"actor":{"display":"`+id+`"}}],"instance":[{"uid":"1.2.840.113619.2.5.1762583153.1","title":"see `+uuid+`"}]}]`),
		resource("DiagnosticReport", `"issued":"2020-01-02T03:04:05.678901234567890Z","presentedForm":[{"contentType":"text/plain","data":"TVJOMDAwMTExMjIyMzMz","hash":"TVJOMDAwMTExMjIyMzMz","url":"https://h/files/`+id+`"}],"media":[{"link":{"reference":"Media/`+id+`"}}],"conclusion":"`+id+` and `+uuid+`"`),
		resource("CarePlan", `"instantiatesUri":["https://h/`+uuid+`"],"careTeam":[{"reference":"CareTeam?identifier=`+id+`"}],"author":{"reference":"urn:oid:1.2.840.113619.2.5.1762583153"},"note":[{"authorString":"`+id+`","text":"`+strings.ToUpper(uuid)+`"}]`),
		resource("Goal", `"expressedBy":{"reference":"#`+id+`"},"contained":[{"resourceType":"Practitioner","id":"`+id+`","name":[{"text":"`+id+`"}]}],"extension":[{"url":"u","valueId":"`+id+`"},{"url":"u","valueUri":"https://h/Goal/`+id+`"},{"url":"u","valueOid":"urn:oid:1.2.840.113619.2.5.1762583153"}]`),
		resource("Observation", `"device":{"display":"`+id+`"},"contained":[{"resourceType":"Device","id":"d-00000000000001","serialNumber":"`+id+`","udiCarrier":[{"carrierHRF":"`+id+`"}]}],"extension":[{"url":"u","valueBase64Binary":"TVJOMDAwMTExMjIyMzMz"}],"text":{"status":"generated","div":"`+id+`"}`),
		resource("Procedure", `"performer":[{"actor":{"reference":"Practitioner/`+id+`","_reference":{"extension":[{"url":"u","valueString":"`+id+`"}]}}}],"usedReference":[{"display":"`+id+`"}],"partOf":[{"reference":"Procedure/procedure-0000000001"}]`)))
	all := mustFields(t, data).Values
	granted := slices.Collect(maps.Keys(all))
	before := idLike(t, data)
	a, b := idLike(t, release(t, keyA, granted, all)), idLike(t, release(t, keyB, granted, all))
	if len(all) != 7 || len(before) < 10 {
		t.Fatalf("too little to compare: %d fields, %d words", len(all), len(before))
	}
	for w := range a {
		if before[w] || b[w] {
			t.Errorf("%s left, or is common to both", w)
		}
	}
}
