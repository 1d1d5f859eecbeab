package fhir

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

const (
	patientA   = `{"fullUrl":"urn:uuid:0a000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"0a000000-0000-4000-8000-000000000001"}}`
	conditionA = `{"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:0A000000-0000-4000-8000-000000000001"}}}`
)

func bundleOf(entries ...string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

func condition(extra string) string {
	return `{"resource":{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/0a000000-0000-4000-8000-000000000001"}` + extra + `}}`
}

func TestFieldsRefuses(t *testing.T) {
	const secret = "secretvalue"
	tests := []struct{ name, in, element string }{
		{"nothing", "", "Resource"},
		{"a number", "1", "Resource"},
		{"a list", "[]", "Resource"},
		{"no JSON", `{"resourceType":"Bundle","type":secretvalue}`, "Resource"},
		{"more than one value", `{"resourceType":"Patient"}{}`, "Resource"},
		{"the value ends early", `{"resourceType":"Patient"`, "Resource"},
		{"invalid UTF-8", "{\"resourceType\":\"Patient\",\"x\":\"secretvalue\xff\"}", "Resource"},
		{"overlong UTF-8", "{\"resourceType\":\"Patient\",\"x\":\"\xc0\xaf\"}", "Resource"},
		{"half a surrogate", `{"resourceType":"Patient","x":"\ud800secretvalue"}`, "Resource"},
		{"low half first", `{"resourceType":"Patient","x":"\udc00\ud800"}`, "Resource"},
		{"two high halves", `{"resourceType":"Patient","x":"\ud800\ud800"}`, "Resource"},
		{"a key twice", `{"resourceType":"Patient","birthDate":"secretvalue","birthDate":"1980"}`, "Patient.birthDate"},
		{"a key twice by escape", `{"resourceType":"Patient","gender":"secretvalue","\u0067ender":"x"}`, "Patient.gender"},
		{"a key twice among many", `{"resourceType":"Patient",` + manyKeys(40) + `,"k7":1}`, "Patient.k7"},
		{"a key that is no name, twice", `{"resourceType":"Patient","secretvalue!":1,"secretvalue!":1}`, "Patient.?"},
		{"a key twice, deep", bundleOf(patientA, condition(`,"code":{"coding":[{"code":"secretvalue","code":"secretvalue"}]}`)), "Bundle.entry[1].resource.code.coding[0].code"},
		{"too deep", `{"resourceType":"Patient","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "Patient.x" + strings.Repeat("[0]", 63)},
		{"too many values", `{"resourceType":"Patient","x":[` + strings.Repeat("0,", maxValues) + `0]}`, "Patient.x[" + strconv.Itoa(maxValues-3) + "]"},
		{"no type", `{"id":"secretvalue"}`, "Resource.resourceType"},
		{"a type that is none", `{"resourceType":"secret value"}`, "Resource.resourceType"},
		{"a document", `{"resourceType":"Bundle","type":"document"}`, "Bundle.type"},
		{"a history", `{"resourceType":"Bundle","type":"history"}`, "Bundle.type"},
		{"a message", `{"resourceType":"Bundle","type":"message"}`, "Bundle.type"},
		{"no type of Bundle", `{"resourceType":"Bundle","entry":[]}`, "Bundle.type"},
		{"entry is no list", `{"resourceType":"Bundle","type":"batch","entry":{}}`, "Bundle.entry"},
		{"an entry is no object", bundleOf(patientA, `"secretvalue"`), "Bundle.entry[1]"},
		{"too many entries", bundleOf(strings.Repeat("{},", maxEntries) + "{}"), "Bundle.entry"},
		{"a resource without type", bundleOf(`{"resource":{"id":"secretvalue"}}`), "Bundle.entry[0].resource.resourceType"},
		{"a resource that is a list", bundleOf(`{"resource":[]}`), "Bundle.entry[0].resource"},
		{"an id that is no string", `{"resourceType":"Patient","id":true}`, "Patient.id"},
		{"an id that is none", `{"resourceType":"Patient","id":"secret value"}`, "Patient.id"},
		{"two patients", bundleOf(patientA, `{"resource":{"resourceType":"Patient","id":"secretvalue"}}`), "Bundle.entry[1].resource"},
		{"another subject", bundleOf(patientA, conditionA, `{"resource":{"resourceType":"Immunization","id":"i","patient":{"reference":"Patient/secretvalue"}}}`), "Bundle.entry[2].resource.patient"},
		{"another subject, by UUID", bundleOf(patientA, `{"resource":{"resourceType":"Condition","id":"i","subject":{"reference":"urn:uuid:0b000000-0000-4000-8000-000000000001"}}}`), "Bundle.entry[1].resource.subject"},
		{"the id on another server", bundleOf(patientA, `{"resource":{"resourceType":"Condition","id":"i","subject":{"reference":"https://secretvalue/Patient/0a000000-0000-4000-8000-000000000001"}}}`), "Bundle.entry[1].resource.subject"},
		{"two subjects and no Patient", bundleOf(conditionA, condition("")), "Bundle.entry[1].resource.subject"},
		{"no subject", bundleOf(patientA, `{"resource":{"resourceType":"Condition","id":"i"}}`), "Bundle.entry[1].resource.subject"},
		{"a subject by identifier alone", bundleOf(patientA, `{"resource":{"resourceType":"Condition","id":"i","subject":{"identifier":{"value":"secretvalue"}}}}`), "Bundle.entry[1].resource.subject"},
		{"a subject by search", `{"resourceType":"Condition","id":"i","subject":{"reference":"Patient?identifier=secretvalue"}}`, "Condition.subject"},
		{"a subject inside", `{"resourceType":"Condition","id":"i","subject":{"reference":"#secretvalue"}}`, "Condition.subject"},
		{"a group", bundleOf(patientA, `{"resource":{"resourceType":"Condition","id":"i","subject":{"reference":"Group/secretvalue"}}}`), "Bundle.entry[1].resource.subject"},
		{"a Patient inside a resource", bundleOf(patientA, condition(`,"contained":[{"resourceType":"Patient","id":"secretvalue"}]`)), "Bundle.entry[1].resource.contained[0]"},
		{"another patient as asserter", bundleOf(patientA, condition(`,"asserter":{"reference":"Patient/secretvalue"}`)), "Bundle.entry[1].resource.asserter.reference"},
		{"another patient, told by type", bundleOf(patientA, condition(`,"asserter":{"type":"Patient","reference":"urn:uuid:secretvalue"}`)), "Bundle.entry[1].resource.asserter.reference"},
		{"another patient in an extension", bundleOf(patientA, condition(`,"extension":[{"url":"u","valueReference":{"reference":"Patient/secretvalue"}}]`)), "Bundle.entry[1].resource.extension[0].valueReference.reference"},
		{"another patient in what is left", bundleOf(patientA, `{"resource":{"resourceType":"Claim","patient":{"reference":"Patient/secretvalue"}}}`), "Bundle.entry[1].resource.patient.reference"},
		{"no id", bundleOf(patientA, `{"resource":{"resourceType":"Condition","subject":{"reference":"Patient/x"}}}`), "Bundle.entry[1].resource.id"},
		{"an id that is none", bundleOf(`{"resource":{"resourceType":"Condition","id":"secretvalue/"}}`), "Bundle.entry[0].resource.id"},
		{"an id that is a number", bundleOf(`{"resource":{"resourceType":"Patient","id":5}}`), "Bundle.entry[0].resource.id"},
		{"an id twice", bundleOf(patientA, condition(""), condition("")), "Bundle.entry[2].resource.id"},
		{"fullUrl of another id", bundleOf(`{"fullUrl":"urn:uuid:secretvalue","resource":{"resourceType":"Patient","id":"p"}}`), "Bundle.entry[0].fullUrl"},
		{"fullUrl of another type", bundleOf(`{"fullUrl":"https://h/Person/p","resource":{"resourceType":"Patient","id":"p"}}`), "Bundle.entry[0].fullUrl"},
		{"fullUrl is no URI", bundleOf(`{"fullUrl":"secretvalue","resource":{"resourceType":"Patient","id":"p"}}`), "Bundle.entry[0].fullUrl"},
		{"fullUrl is a number", bundleOf(`{"fullUrl":5,"resource":{"resourceType":"Patient","id":"p"}}`), "Bundle.entry[0].fullUrl"},
		{"fullUrl twice", bundleOf(patientA, `{"fullUrl":"urn:uuid:0A000000-0000-4000-8000-000000000001","resource":{"resourceType":"Organization"}}`), "Bundle.entry[1].fullUrl"},
		{"name is no list", `{"resourceType":"Patient","name":"secretvalue"}`, "Patient.name"},
		{"name of strings", `{"resourceType":"Patient","name":["secretvalue"]}`, "Patient.name[0]"},
		{"an empty list", `{"resourceType":"Patient","name":[]}`, "Patient.name"},
		{"null", `{"resourceType":"Patient","gender":null}`, "Patient.gender"},
		{"birthDate is a number", `{"resourceType":"Patient","birthDate":1980}`, "Patient.birthDate"},
		{"an identifier is a string", bundleOf(`{"resource":{"resourceType":"Patient","identifier":[{},"secretvalue"]}}`), "Bundle.entry[0].resource.identifier[1]"},
		{"telecom is an object", `{"resourceType":"Patient","telecom":{}}`, "Patient.telecom"},
		{"extension is empty", `{"resourceType":"Patient","extension":[]}`, "Patient.extension"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Fields([]byte(tt.in), standard())
			var e *Error
			if !errors.As(err, &e) || p != nil {
				t.Fatalf("want a refusal, have %v", err)
			}
			if e.Element != tt.element {
				t.Errorf("names %s, want %s", e.Element, tt.element)
			}
			if strings.Contains(err.Error(), secret) || len(e.Problem) < 8 {
				t.Errorf("error echoes or says nothing: %v", err)
			}
		})
	}
	if _, err := Fields(make([]byte, MaxSize+1), standard()); err == nil || !strings.Contains(err.Error(), "16 MiB") {
		t.Errorf("too large: %v", err)
	}
}

func manyKeys(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = `"k` + strconv.Itoa(i) + `":1`
	}
	return strings.Join(keys, ",")
}

func TestFieldsTakes(t *testing.T) {
	tests := []struct {
		name, in string
		fields   int
		left     []Left
	}{
		{"an empty Bundle", `{"resourceType":"Bundle","type":"searchset","total":0,"link":[]}`, 0, []Left{{"Bundle", LeftEnvelope, 2}}},
		{"a Patient that links to its own older record", `{"resourceType":"Patient","id":"p","link":[{"other":{"reference":"Patient/q"}}]}`, 1, nil},
		{"one resource", `{"resourceType":"Condition","id":"i","subject":{"reference":"Patient/p"}}`, 1, nil},
		{"another type", `{"resourceType":"Claim"}`, 0, []Left{{"Claim", LeftNoField, 1}}},
		{"no Patient, one subject", bundleOf(condition(""), `{"resource":{"resourceType":"Immunization","id":"c2","patient":{"reference":"Patient/0a000000-0000-4000-8000-000000000001/_history/3"}}}`), 2, nil},
		{"a deletion is not carried out", bundleOf(`{"request":{"method":"DELETE","url":"Condition/c"}}`), 0, []Left{{"Bundle", LeftEnvelope, 1}, {"Bundle", LeftNoResource, 1}}},
		{"urn, Type/id and upper case are one patient", bundleOf(patientA, conditionA, condition("")), 2, nil},
		{"by URL", bundleOf(`{"fullUrl":"https://h/fhir/Patient/p","resource":{"resourceType":"Patient","id":"p"}}`,
			`{"fullUrl":"https://h/fhir/Condition/c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"https://h/fhir/Patient/p"}}}`), 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Fields([]byte(tt.in), standard())
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Values) != tt.fields || len(p.Left) != len(tt.left) {
				t.Fatalf("have %d fields, left %v", len(p.Values), p.Left)
			}
			for i := range tt.left {
				if p.Left[i] != tt.left[i] {
					t.Errorf("left %v", p.Left)
				}
			}
		})
	}
}

func TestIDFromFullURL(t *testing.T) {
	const in = `{"fullUrl":"urn:uuid:0b000000-0000-4000-8000-000000000001","resource":{"resourceType":"Condition","subject":{"reference":"Patient/p"}}}`
	p := mustFields(t, []byte(bundleOf(in)))
	if want := `[{"resourceType":"Condition","subject":{"reference":"Patient/p"},"id":"0b000000-0000-4000-8000-000000000001"}]`; string(p.Values["health.condition"]) != want {
		t.Errorf("have %s", p.Values["health.condition"])
	}
}

func TestIdentifierFields(t *testing.T) {
	const v2 = `"type":{"coding":[{"code":"ZZ"},{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"`
	tests := []struct{ identifier, field string }{
		{`{` + v2 + `MR"}]}}`, "medical_record"},
		{`{` + v2 + `SS"}]}}`, "social_security"},
		{`{` + v2 + `DL"}]}}`, "driving_licence"},
		{`{` + v2 + `PPN"}]}}`, "passport"},
		{`{` + v2 + `NI"}]}}`, "other"},
		{`{"system":"http://hl7.org/fhir/sid/us-ssn"}`, "social_security"},
		{`{"system":"http://hl7.org/fhir/sid/passport-KEN"}`, "passport"},
		{`{"system":"http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber"}`, "passport"},
		{`{"type":{"coding":[{"system":"http://example.org","code":"PPN"}]}}`, "other"},
		{`{"type":{"text":"passport"}}`, "other"},
		{`{"type":"PPN","system":5}`, "other"},
		{`{"value":"1"}`, "other"},
	}
	for _, tt := range tests {
		p := mustFields(t, []byte(`{"resourceType":"Patient","identifier":[`+tt.identifier+`]}`))
		if len(p.Values) != 1 {
			t.Errorf("%s: %d fields", tt.identifier, len(p.Values))
		}
		for f := range p.Values {
			if string(f) != "identity.identifier."+tt.field {
				t.Errorf("%s: %s", tt.identifier, f)
			}
		}
	}
}
