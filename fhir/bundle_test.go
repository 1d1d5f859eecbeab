package fhir

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func values(field string, sources ...string) map[consent.FieldName][]json.RawMessage {
	out := map[consent.FieldName][]json.RawMessage{}
	for _, s := range sources {
		out[consent.FieldName(field)] = append(out[consent.FieldName(field)], json.RawMessage(s))
	}
	return out
}

func TestBundleRefuses(t *testing.T) {
	tests := []struct{ name, field, value, element string }{
		{"no place in FHIR", "education.enrolment", `"secretvalue"`, "education.enrolment"},
		{"no field name", "secretvalue", `1`, "?"},
		{"not JSON", "identity.name", `secretvalue`, "identity.name"},
		{"nothing", "identity.name", ``, "identity.name"},
		{"a key twice", "identity.other", `{"a":1,"a":2}`, "identity.other.a"},
		{"name is no list", "identity.name", `{"text":"secretvalue"}`, "identity.name"},
		{"name of strings", "identity.name", `["secretvalue"]`, "identity.name[0]"},
		{"gender is an object", "identity.gender", `{}`, "identity.gender"},
		{"null", "identity.birth_date", `null`, "identity.birth_date"},
		{"birth place is text", "identity.birth_place", `"secretvalue"`, "identity.birth_place"},
		{"other holds a name", "identity.other", `{"name":"secretvalue"}`, "identity.other.name"},
		{"other holds a type", "identity.other", `{"resourceType":"secretvalue"}`, "identity.other.resourceType"},
		{"other holds identifiers", "identity.other", `{"identifier":[]}`, "identity.other.identifier"},
		{"other holds a death", "identity.other", `{"deceasedBoolean":true}`, "identity.other.deceasedBoolean"},
		{"deceased holds another element", "identity.deceased", `{"active":true}`, "identity.deceased.active"},
		{"a type that is not kept", "health.allergy", `[{"resourceType":"Organization","id":"secretvalue"}]`, "health.allergy[0]"},
		{"no type", "health.sensitive.hiv", `[{"id":"secretvalue"}]`, "health.sensitive.hiv[0]"},
		{"no id", "health.allergy", `[{"resourceType":"AllergyIntolerance"}]`, "health.allergy[0]"},
		{"a resource is text", "health.condition", `["secretvalue"]`, "health.condition[0]"},
		{"a subject that is a group", "health.condition", `[{"resourceType":"Condition","id":"c","subject":{"reference":"Group/secretvalue"}}]`, "health.condition[0].subject"},
		{"a subject by search", "health.condition", `[{"resourceType":"Condition","id":"c","subject":{"reference":"Patient?x=secretvalue"}}]`, "health.condition[0].subject"},
		{"a subject inside", "health.condition", `[{"resourceType":"Condition","id":"c","subject":{"reference":"#secretvalue"}}]`, "health.condition[0].subject"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Bundle(values(tt.field, tt.value))
			var e *Error
			if !errors.As(err, &e) || out != nil {
				t.Fatalf("want a refusal, have %v", err)
			}
			if e.Element != tt.element || strings.Contains(err.Error(), "secretvalue") {
				t.Errorf("have %v, want it to name %s", err, tt.element)
			}
		})
	}
}

func TestBundleJoins(t *testing.T) {
	const uuid = "0c000000-0000-4000-8000-000000000001"
	tests := []struct {
		name string
		in   map[consent.FieldName][]json.RawMessage
		want string
	}{
		{"nothing", nil, `{"resourceType":"Bundle","type":"collection"}`},
		{"an empty list", values("health.allergy", `[]`), `{"resourceType":"Bundle","type":"collection"}`},
		{"a list of two sources, each said once", values("contact.phone", `[{"value":"1"},{"value":"1"}]`, `[{"value":"1"},{"value":"2"}]`),
			`{"resourceType":"Patient","telecom":[{"value":"1"},{"value":"1"},{"value":"2"}]}`},
		{"one value of two sources", values("identity.gender", `"male"`, `"female"`, `"male"`),
			`{"resourceType":"Patient","gender":"male","extension":[{"url":"` + otherSource + `","extension":[{"url":"field","valueString":"identity.gender"},{"url":"json","valueString":"\"female\""}]}]}`},
		{"the second source's id does not matter", values("identity.other", `{"id":"`+uuid+`"}`, `{"id":"x","text":{},"meta":{}}`),
			`{"fullUrl":"urn:uuid:` + uuid + `","resource":{"resourceType":"Patient","id":"` + uuid + `"}}`},
		{"two sources call the patient differently",
			values("health.condition", `[{"resourceType":"Condition","id":"a","subject":{"reference":"Patient/p"}}]`, `[{"resourceType":"Condition","id":"b","subject":{"reference":"urn:uuid:`+uuid+`"},"asserter":{"reference":"urn:uuid:`+uuid+`"}}]`),
			`{"fullUrl":"` + baseURL + `Patient/p","resource":{"resourceType":"Patient","id":"p"}},{"fullUrl":"` + baseURL + `Condition/a","resource":{"resourceType":"Condition","id":"a","subject":{"reference":"Patient/p"}}},` +
				`{"fullUrl":"` + baseURL + `Condition/b","resource":{"resourceType":"Condition","id":"b","subject":{"reference":"Patient/p"},"asserter":{"reference":"Patient/p"}}}`},
		{"by URL", values("health.condition", `[{"resourceType":"Condition","id":"a","subject":{"reference":"https://h/f/Patient/p"}}]`),
			`{"fullUrl":"https://h/f/Patient/p","resource":{"resourceType":"Patient","id":"p"}},{"fullUrl":"https://h/f/Condition/a","resource":{"resourceType":"Condition","id":"a","subject":{"reference":"https://h/f/Patient/p"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Bundle(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(out) || !strings.Contains(string(out), tt.want) {
				t.Errorf("have %s", out)
			}
			if _, err := Fields(out, standard()); err != nil {
				t.Errorf("not read again: %v", err)
			}
		})
	}
}

func TestTwoVersionsOfAResourceBothStay(t *testing.T) {
	out, err := Bundle(values("health.condition",
		`[{"resourceType":"Condition","id":"a","recordedDate":"2020"}]`, `[{"resourceType":"Condition","id":"a","recordedDate":"2021"}]`))
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		Entry []struct{ FullURL string }
	}
	if err := json.Unmarshal(out, &b); err != nil || len(b.Entry) != 3 || b.Entry[1].FullURL == b.Entry[2].FullURL {
		t.Errorf("have %s", out)
	}
}
