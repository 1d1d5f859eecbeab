package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func FuzzFields(f *testing.F) {
	f.Add([]byte(bundleOf(patientA, conditionA, condition(`,"n":31.0`))))
	f.Add([]byte(`{"resourceType":"Patient","name":[{"text":"\ud83d\ude00"}],"identifier":[{}],"telecom":[{}],"extension":[{}],"deceasedBoolean":true}`))
	f.Add([]byte(`{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"https://h/Condition/c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"https://h/Patient/p"}}}]}`))
	f.Add([]byte(bundleOf(patientA, condition(`,"code":`+coded(hivCode)), `{"resource":{"resourceType":"DiagnosticReport","id":"d","subject":{"reference":"Patient/0a000000-0000-4000-8000-000000000001"},"result":[{"reference":"Condition/c2"}]}}`)))
	f.Add([]byte(kin("Observation", "o", category("survey", "laboratory")+`,"encounter":{"reference":"Encounter?identifier=s|1"}`)))
	f.Add([]byte(bundleOf(`{"resource":{"resourceType":"Claim","id":"x","code":`+coded(hivCode)+`}}`, `{"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"basedOn":{"reference":"Claim/x"}}}`)))
	f.Add([]byte(`{"resourceType":"Condition","id":"c","subject":{"reference":"urn:oid:1.2.3"}}`))
	f.Add([]byte(`{"resourceType":"Condition","id":"0a000000-0000-4000-8000-000000000001","subject":{"reference":"urn:uuid:0a000000-0000-4000-8000-000000000001"}}`))
	const uuid, patient = "0a000000-0000-4000-8000-000000000001", `{"reference":"urn:uuid:0a000000-0000-4000-8000-000000000002"}`
	f.Add([]byte(bundleOf(`{"resource":{"resourceType":"Condition","id":"`+uuid+`","subject":`+patient+`}}`, `{"resource":{"resourceType":"Procedure","id":"`+uuid+`","subject":`+patient+`}}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Fields(data, standard())
		if err != nil {
			var e *Error
			if p != nil || !errors.As(err, &e) {
				t.Fatal("a refusal without an element, or with fields")
			}
			return
		}
		for field, v := range p.Values {
			if !json.Valid(v) || !Holds(field) || field.Validate() != nil {
				t.Fatalf("%s: %s", field, v)
			}
		}
		if bad := Placed(standard(), bytesOf(p.Values)); len(bad) != 0 {
			t.Fatalf("placed, and refused there: %v", bad)
		}
		back, err := Bundle(sources(p.Values))
		if err != nil {
			t.Fatalf("does not go back: %v", err)
		}
		again, err := Fields(back, standard())
		if err != nil {
			t.Fatalf("is not read again: %v\n%s", err, back)
		}
		if slices.ContainsFunc(p.Left, func(l Left) bool { return l.Reason == LeftNoField }) || patientForms(t, p) > 1 {
			return // what was left may have made others sensitive, and the patient is called in one way afterwards
		}
		for field, v := range p.Values {
			if have := string(again.Values[field]); have != string(v) && field != fieldOther {
				t.Fatalf("%s: %s, then %s", field, v, have)
			}
		}
	})
}

// patientForms is in how many ways the resources call the patient.
func patientForms(t *testing.T, p *Parsed) int {
	forms := map[string]bool{}
	for field, v := range p.Values {
		if field.Category() != consent.CategoryHealth {
			continue
		}
		list, err := parse(v)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list.list {
			resource := &list.list[i].node
			forms[sameForm(resource.get(subjects[resource.get("resourceType").text()]).get("reference").text())] = true
		}
	}
	return len(forms)
}

// shape is the text with every string emptied, and UUIDs in keys: what a second
// rewriting must not change.
func shape(t *testing.T, raw []byte) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || !json.Valid(raw) {
		t.Fatalf("not JSON: %s", raw)
	}
	out, err := json.Marshal(hollow(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func hollow(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if uuidAt(k) >= 0 {
				k = "uuid"
			}
			out[k] = hollow(item)
		}
		return out
	case []any:
		for i := range v {
			v[i] = hollow(v[i])
		}
	case string:
		return ""
	}
	return v
}

func FuzzPseudonymise(f *testing.F) {
	fields := []consent.FieldName{"identity.name", "identity.extension", "identity.other", "identity.identifier.passport", "contact.other", "education.enrolment", "health.condition"}
	for i := range fields {
		f.Add(uint8(i), []byte(`[{"id":"abc-123","identifier":[{"value":"x"}],"note":[{"text":"abc-123 0c000000-0000-4000-8000-00000000000a"}]}]`))
		f.Add(uint8(i), []byte(`{"meta":{"tag":[],"lastUpdated":"2020-01-01T00:00:00Z"},"text":{"div":"<p/>"},"url":"#x","_id":{},"valueOid":"urn:oid:1","contained":[{"resourceType":"Patient"}]}`))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		field := fields[int(which)%len(fields)]
		rewrite := func(raw []byte) ([]byte, error) {
			v := values(string(field), string(raw))
			err := Pseudonymise(keyA, fields, v)
			return v[field][0], err
		}
		once, err := rewrite(data)
		if err != nil {
			return
		}
		twice, err := rewrite(once)
		if err != nil {
			t.Fatalf("cannot be rewritten again: %v\n%s", err, once)
		}
		if shape(t, once) != shape(t, twice) {
			t.Fatalf("another shape the second time:\n%s\n%s", once, twice)
		}
		if !scopeOf(field).untouched(data) {
			return
		}
		// What the quick look lets pass must be what the rules would leave as it is.
		n, err := parse(data)
		if err != nil {
			return // a key twice: no rule touches it, and the catalog's check has refused it
		}
		before := string(n.bytes())
		(&pseudonymiser{scope: scopeOf(field)}).value(&n, scopeOf(field).root)
		if after := string(n.bytes()); after != before {
			t.Fatalf("let pass: %s, rewritten %s", before, after)
		}
	})
}

func FuzzPlaced(f *testing.F) {
	names := slices.Sorted(maps.Keys(standard().Fields))
	f.Add(uint8(0), []byte("["+kin("Condition", "c", `,"code":`+coded(hivCode, mindCode))+"]"))
	f.Add(uint8(0), []byte("["+kin("Observation", "o", category("survey"))+"]"))
	f.Add(uint8(0), []byte(`[{"resourceType":"Claim","id":"secretvalue"},1]`))
	for i := range names {
		f.Add(uint8(i), []byte(`{"contained":[{"x":`+hivCode+`}]}`))
		f.Add(uint8(i), []byte(`[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","valueCoding":`+hivCode+`}]`))
	}
	f.Fuzz(func(t *testing.T, which uint8, value []byte) {
		field := names[int(which)%len(names)]
		bad := Placed(fewCodes(), map[consent.FieldName][]byte{field: value})
		var e *Error
		if err := bad[field]; err != nil && !errors.As(err, &e) {
			t.Fatal("a refusal without an element")
		}
		if bad[field] == nil && standard().Fields[field].Matter == "" && holdsHIV(value) {
			t.Fatalf("%s took %s", field, value)
		}
	})
}

// holdsHIV looks in its own way for the code that no field but those of a matter takes.
func holdsHIV(value []byte) bool {
	var v any
	if json.Unmarshal(value, &v) != nil {
		return false
	}
	var look func(any) bool
	look = func(v any) bool {
		switch v := v.(type) {
		case map[string]any:
			return v["system"] == snomed && v["code"] == "86406008" || slices.ContainsFunc(slices.Collect(maps.Values(v)), look)
		case []any:
			return slices.ContainsFunc(v, look)
		}
		return false
	}
	return look(v)
}
