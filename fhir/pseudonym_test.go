package fhir

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

var keyA, keyB = bytes.Repeat([]byte{0xA}, KeySize), bytes.Repeat([]byte{0xB}, KeySize)

func pseudonymOf(key []byte, original string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("wrappy pseudonym v1\x00" + original))
	return formatUUID(mac.Sum(nil))
}

func TestPseudonymVector(t *testing.T) {
	sum, _ := hex.DecodeString("00112233445566778899aabbccddeeff")
	if u := formatUUID(sum); u != "00112233-4455-8677-8899-aabbccddeeff" {
		t.Errorf("have %s", u)
	}
	if p := pseudonymOf(keyA, "patient-1"); p != "51254619-edc6-84a1-8111-899dbac9bdd3" {
		t.Errorf("have %s", p)
	}
}

// rewritten is the value of field after Pseudonymise; @x@ in want stands for the pseudonym of x.
func TestRewrites(t *testing.T) {
	const u = "0c000000-0000-4000-8000-00000000000a"
	const mask = `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
	tests := []struct{ name, field, in, want string }{
		{"id", "health.condition", `[{"id":"a"}]`, `[{"id":"@a@"}]`},
		{"id of an element", "health.condition", `[{"note":[{"id":"a"}]}]`, `[{"note":[{"id":"@a@"}]}]`},
		{"id behind an escape", "health.condition", `[{"\u0069d":"\u0061"}]`, `[{"id":"@a@"}]`},
		{"sibling of an id", "health.condition", `[{"id":"a","_id":{"extension":[{"url":"u","valueString":"a"}]}}]`, `[{"id":"@a@","_id":` + mask + `}]`},
		{"id as a number", "education.enrolment", `{"id":4711}`, `{"id":"@4711@"}`},
		{"urn:uuid", "health.condition", `[{"subject":{"reference":"urn:uuid:` + strings.ToUpper(u) + `"}}]`, `[{"subject":{"reference":"urn:uuid:@` + u + `@"}}]`},
		{"urn:oid", "health.condition", `[{"subject":{"reference":"urn:oid:1.2.3"}}]`, `[{"subject":{"reference":"urn:uuid:@1.2.3@"}}]`},
		{"Type/id", "health.condition", `[{"encounter":{"reference":"Encounter/7"}}]`, `[{"encounter":{"reference":"Encounter/@7@"}}]`},
		{"a version", "health.condition", `[{"encounter":{"reference":"Encounter/7/_history/2"}}]`, `[{"encounter":{"reference":"Encounter/@7@/_history/@2@"}}]`},
		{"a URL", "health.condition", `[{"encounter":{"reference":"https://h/tenants/x/Encounter/7"}}]`, `[{"encounter":{"reference":"Encounter/@7@"}}]`},
		{"a URL of no known form", "health.condition", `[{"encounter":{"reference":"https://h/x"}}]`, `[{"encounter":{"reference":"urn:uuid:@https://h/x@"}}]`},
		{"a search", "health.condition", `[{"asserter":{"reference":"Practitioner?identifier=npi|9"}}]`, `[{"asserter":{"reference":"Practitioner/@Practitioner?identifier=npi|9@"}}]`},
		{"what is inside", "health.medication", `[{"contained":[{"resourceType":"Medication","id":"m"}],"medicationReference":{"reference":"#m"}}]`, `[{"contained":[{"resourceType":"Medication","id":"@m@"}],"medicationReference":{"reference":"#@m@"}}]`},
		{"the resource itself", "health.medication", `[{"basedOn":{"reference":"#"}}]`, `[{"basedOn":{"reference":"#"}}]`},
		{"people inside are reduced", "health.condition", `[{"contained":[{"resourceType":"Practitioner","id":"p","name":[{"text":"N"}],"identifier":[{"value":"1"}]}]}]`, `[{"contained":[{"resourceType":"Practitioner","id":"@p@"}]}]`},
		{"no free-standing reference", "health.condition", `[{"subject":{"reference":5}}]`, `[{"subject":{"reference":"urn:uuid:@5@"}}]`},
		{"identifiers of a resource", "health.condition", `[{"identifier":[{"use":"usual","system":"http://h","value":"1"}]}]`, `[{"identifier":[{"use":"usual","system":"http://h","value":"@1@"}]}]`},
		{"identifier as urn:uuid", "health.condition", `[{"identifier":[{"value":"urn:uuid:` + u + `"}]}]`, `[{"identifier":[{"value":"urn:uuid:@` + u + `@"}]}]`},
		{"identifier in a reference", "health.condition", `[{"subject":{"identifier":{"value":"1","assigner":{"reference":"Organization/o","display":"O"}}}}]`, `[{"subject":{"identifier":{"value":"@1@","assigner":{"reference":"Organization/@o@","display":"withheld"}}}}]`},
		{"identifier said again by an extension", "health.condition", `[{"identifier":[{"extension":[{"url":"u","valueString":"1"}],"_value":{"id":"x"},"value":"1"}]}]`, `[{"identifier":[{"extension":` + mask[len(`{"extension":`):len(mask)-1] + `,"_value":` + mask + `,"value":"@1@"}]}]`},
		{"a group of prescriptions", "health.medication", `[{"groupIdentifier":{"value":"g"}}]`, `[{"groupIdentifier":{"value":"@g@"}}]`},
		{"identifier in an extension", "identity.extension", `[{"url":"http://x","valueIdentifier":{"value":"1"}}]`, `[{"url":"http://x","valueIdentifier":{"value":"@1@"}}]`},
		{"identifier that is text", "education.enrolment", `{"identifier":"1","studentIdentifier":["2"]}`, `{"identifier":"@1@","studentIdentifier":["@2@"]}`},
		{"reference in an extension", "identity.extension", `[{"url":"http://x/Y/1","valueReference":{"reference":"Patient/1"}}]`, `[{"url":"http://x/Y/1","valueReference":{"reference":"Patient/@1@"}}]`},
		{"values that are ids", "identity.extension", `[{"url":"u","valueId":"1"},{"url":"u","valueUuid":"urn:uuid:` + u + `"},{"url":"u","valueUri":"http://h/Patient/1"}]`, `[{"url":"u","valueId":"@1@"},{"url":"u","valueUuid":"urn:uuid:@` + u + `@"},{"url":"u","valueUri":"Patient/@1@"}]`},
		{"definitions stay", "identity.extension", `[{"url":"http://h/StructureDefinition/1","valueUri":"http://h/ValueSet/1"}]`, `[{"url":"http://h/StructureDefinition/1","valueUri":"http://h/ValueSet/1"}]`},
		{"a photo's address", "identity.photo", `[{"url":"https://h/Binary/1","title":"t"}]`, `[{"url":"Binary/@1@","title":"t"}]`},
		{"a photo's address, free", "identity.photo", `[{"url":"https://h/1?k=2"}]`, `[{"url":"urn:uuid:@https://h/1?k=2@"}]`},
		{"meta", "health.condition", `[{"meta":{"versionId":"1","lastUpdated":"2020-02-03T04:05:06.789Z","source":"https://h#1","profile":["http://p/1"],"security":[{"code":"R","display":"d"}],"tag":[{"code":"x"}]}}]`,
			`[{"meta":{"versionId":"@1@","lastUpdated":"2020-02-03T00:00:00Z","source":"urn:uuid:@https://h#1@","profile":["http://p/1"],"security":[{"code":"R","display":"d"}]}}]`},
		{"meta of tags only", "health.condition", `[{"meta":{"tag":[{"code":"x"}]},"a":1}]`, `[{"a":1}]`},
		{"narrative", "identity.other", `{"text":{"status":"generated","div":"<div>Ann</div>"}}`, `{"text":{"status":"empty","div":` + withheldNarrative + `}}`},
		{"narrative with more", "health.condition", `[{"text":{"status":"additional","div":"x","id":"y"}}]`, `[{"text":{"status":"additional","div":` + withheldNarrative + `}}]`},
		{"display of a person", "health.condition", `[{"asserter":{"display":"Dr N"}}]`, `[{"asserter":{"display":"withheld"}}]`},
		{"display of the subject", "health.condition", `[{"subject":{"reference":"Patient/1","display":"Ann"}}]`, `[{"subject":{"reference":"Patient/@1@","display":"withheld"}}]`},
		{"display beside a code", "health.condition", `[{"asserter":{"reference":"Practitioner/1","code":"x","display":"Dr N"}}]`, `[{"asserter":{"reference":"Practitioner/@1@","code":"x","display":"withheld"}}]`},
		{"display of an unknown type", "health.condition", `[{"encounter":{"reference":"urn:uuid:` + u + `","display":"N"}}]`, `[{"encounter":{"reference":"urn:uuid:@` + u + `@","display":"withheld"}}]`},
		{"display of a medicine stays", "health.medication", `[{"medicationReference":{"reference":"Medication/1","display":"Penicillin"}}]`, `[{"medicationReference":{"reference":"Medication/@1@","display":"Penicillin"}}]`},
		{"display of a maker stays", "health.immunization", `[{"manufacturer":{"display":"Maker"}}]`, `[{"manufacturer":{"display":"Maker"}}]`},
		{"a translated display", "health.condition", `[{"asserter":{"display":"Dr N","_display":{"extension":[{"valueString":"N"}]}}}]`, `[{"asserter":{"display":"withheld","_display":` + mask + `}}]`},
		{"an author by name", "health.condition", `[{"note":[{"authorString":"N","text":"t"}]}]`, `[{"note":[{"authorString":"withheld","text":"t"}]}]`},
		{"a leaflet stays", "health.immunization", `[{"education":[{"reference":"https://h/flu.pdf"}]}]`, `[{"education":[{"reference":"https://h/flu.pdf"}]}]`},
		{"a UUID in prose", "health.condition", `[{"note":[{"text":"see ` + strings.ToUpper(u) + `."}]}]`, `[{"note":[{"text":"see @` + u + `@."}]}]`},
		{"a UUID in prose behind an escape", "health.condition", `[{"note":[{"text":"\u0030` + u[1:] + `"}]}]`, `[{"note":[{"text":"@` + u + `@"}]}]`},
		{"a UUID as a key", "identity.other", `{"` + u + `":1}`, `{"@` + u + `@":1}`},
		{"an id in prose", "health.condition", `[{"id":"visit-00417","note":[{"text":"visit-00417, not visit-004177"}],"code":{"text":"visit-00417","coding":[{"code":"visit-00417"}]}}]`, `[{"id":"@visit-00417@","note":[{"text":"@visit-00417@, not visit-004177"}],"code":{"text":"@visit-00417@","coding":[{"code":"visit-00417"}]}}]`},
		{"codes and numbers stay", "health.condition", `[{"id":"1","code":{"coding":[{"system":"urn:oid:1.2","code":"` + u + `","display":"d"}]},"n":31.0,"m":-1.50e+2}]`, `[{"id":"@1@","code":{"coding":[{"system":"urn:oid:1.2","code":"` + u + `","display":"d"}]},"n":31.0,"m":-1.50e+2}]`},
		{"a passport that was granted", "identity.identifier.passport", `[{"id":"i","system":"s","value":"X1","assigner":{"reference":"Organization/o","display":"KE"}}]`, `[{"id":"@i@","system":"s","value":"X1","assigner":{"reference":"Organization/@o@","display":"KE"}}]`},
		{"a number that was granted elsewhere", "aid.registration", `{"system":"urn:x","value":"` + u + `"}`, `{"system":"urn:x","value":"` + u + `"}`},
		{"a web page that was granted", "contact.other", `[{"system":"url","value":"https://h/` + u + `"}]`, `[{"system":"url","value":"https://h/` + u + `"}]`},
		{"text", "work.employer", `"the ` + u + ` café"`, `"the ` + u + ` café"`},
		{"a name", "identity.name", `[ {"family":"O'Neil <b>"} ]`, `[ {"family":"O'Neil <b>"} ]`},
		{"an id and nothing else", "health.condition", `[{"extension":[{"valueId":"1"}]}]`, `[{"extension":[{"valueId":"@1@"}]}]`},
		{"a uri and nothing else", "health.condition", `[{"extension":[{"valueUri":"Patient/1"},{"uri":"x"}]}]`, `[{"extension":[{"valueUri":"Patient/@1@"},{"uri":"urn:uuid:@x@"}]}]`},
		{"people inside and nothing else", "health.condition", `[{"contained":[{"resourceType":"Practitioner","name":[{"text":"N"}]}]}]`, `[{"contained":[{"resourceType":"Practitioner"}]}]`},
		{"null in a list", "identity.name", `[{"id":null,"given":[null,"A"]}]`, `[{"id":null,"given":[null,"A"]}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := values(tt.field, tt.in)
			if err := Pseudonymise(keyA, []consent.FieldName{consent.FieldName(tt.field)}, v); err != nil {
				t.Fatal(err)
			}
			parts := strings.Split(tt.want, "@")
			for i := 1; i < len(parts); i += 2 {
				parts[i] = pseudonymOf(keyA, parts[i])
			}
			want := strings.Join(parts, "")
			if have := string(v[consent.FieldName(tt.field)][0]); have != want {
				t.Errorf("have %s\nwant %s", have, want)
			}
		})
	}
}

func TestPseudonymiseRefuses(t *testing.T) {
	name := []consent.FieldName{"identity.name"}
	tests := []struct {
		name    string
		key     []byte
		granted []consent.FieldName
		values  map[consent.FieldName][]json.RawMessage
	}{
		{"no key", nil, name, values("identity.name", `[]`)},
		{"a short key", keyA[1:], name, values("identity.name", `[]`)},
		{"a long key", append(slices.Clone(keyA), 1), name, values("identity.name", `[]`)},
		{"nothing granted", keyA, nil, values("identity.name", `[]`)},
		{"another field granted", keyA, []consent.FieldName{"identity.names"}, values("identity.name", `[]`)},
		{"not JSON", keyA, name, values("identity.name", `secretvalue`)},
		{"not JSON, with ids", keyA, name, values("identity.name", `[{"id":secretvalue}]`)},
		{"the second source is not JSON", keyA, name, values("identity.name", `[{"id":"a"}]`, `[{"id":"a"]`)},
		{"a key twice", keyA, name, values("identity.name", `[{"id":"secretvalue","id":"b"}]`)},
		{"invalid UTF-8", keyA, name, values("identity.name", "[{\"id\":\"\xff\"}]")},
		{"too deep", keyA, name, values("identity.name", strings.Repeat(`{"id":`, 65)+"1"+strings.Repeat("}", 65))},
		{"nothing", keyA, name, values("identity.name", ``)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := maps.Clone(tt.values)
			for f := range before {
				before[f] = slices.Clone(before[f])
			}
			err := Pseudonymise(tt.key, tt.granted, tt.values)
			if err == nil || strings.Contains(err.Error(), "secretvalue") {
				t.Fatalf("have %v", err)
			}
			for f := range before {
				for i := range before[f] {
					if !bytes.Equal(before[f][i], tt.values[f][i]) {
						t.Error("values changed")
					}
				}
			}
		})
	}
}

// strings of v that name something: under id, reference, fullUrl and in identifiers.
func handles(v any, key string, out map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if k == "value" && !isIdentifier(key) {
				k = ""
			}
			handles(item, k, out)
		}
	case []any:
		for _, item := range v {
			handles(item, key, out)
		}
	case string:
		switch key {
		case "id", "reference", "fullUrl", "value":
			out[v] = true
			if t, ok := splitReference(v); ok {
				out[t.id] = true
			}
		}
	}
}

func handlesOf(t *testing.T, raw []byte) map[string]bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	handles(v, "", out)
	return out
}

// release is what an institution gets of the fields, as a FHIR Bundle.
func release(t *testing.T, key []byte, granted []consent.FieldName, all map[consent.FieldName]json.RawMessage) []byte {
	t.Helper()
	v := sources(all)
	maps.DeleteFunc(v, func(f consent.FieldName, _ []json.RawMessage) bool { return !slices.Contains(granted, f) })
	if err := Pseudonymise(key, granted, v); err != nil {
		t.Fatal(err)
	}
	out, err := Bundle(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTwoInstitutionsCannotJoin(t *testing.T) {
	for name, data := range bundles(t) {
		all := mustFields(t, data).Values
		var withPassport, without []consent.FieldName
		for f := range all {
			if !strings.HasPrefix(string(f), "identity.identifier.") {
				without = append(without, f)
				withPassport = append(withPassport, f)
			} else if f == "identity.identifier.passport" {
				withPassport = append(withPassport, f)
			}
		}
		a, b := release(t, keyA, withPassport, all), release(t, keyB, without, all)
		originals, inA, inB := handlesOf(t, data), handlesOf(t, a), handlesOf(t, b)
		if len(inA) < 20 || len(inB) < 20 {
			t.Fatalf("%s: too little to compare", name)
		}
		var passport []struct{ Value string }
		if raw := all["identity.identifier.passport"]; raw != nil {
			if err := json.Unmarshal(raw, &passport); err != nil || !inA[passport[0].Value] {
				t.Errorf("%s: the passport was granted", name)
			}
			delete(originals, passport[0].Value)
		}
		for h := range originals {
			if len(h) < 8 { // "30", the number of a claim that is left: any date holds it
				continue
			}
			if bytes.Contains(a, []byte(h)) || bytes.Contains(b, []byte(h)) {
				t.Errorf("%s: an original id or identifier left", name)
			}
		}
		for h := range inA {
			if bytes.Contains(b, []byte(h)) {
				t.Errorf("%s: both hold one id", name)
			}
		}
		if bytes.Contains(a, []byte("seed")) {
			t.Errorf("%s: narrative left", name)
		}
		if again := release(t, keyA, withPassport, all); !bytes.Equal(a, again) {
			t.Errorf("%s: not stable within the grant", name)
		}
		linked(t, name, data, a)
	}
}

// linked checks that what referred to a resource of the Bundle still does.
func linked(t *testing.T, name string, before, after []byte) {
	t.Helper()
	count := func(bundle []byte) (links int) {
		var b struct {
			Entry []struct {
				FullURL  string `json:"fullUrl"`
				Resource json.RawMessage
			}
		}
		if err := json.Unmarshal(bundle, &b); err != nil {
			t.Fatal(err)
		}
		inside := map[string]bool{}
		for _, e := range b.Entry {
			var r struct{ ResourceType string }
			if err := json.Unmarshal(e.Resource, &r); err != nil {
				t.Fatal(err)
			}
			inside[e.FullURL] = r.ResourceType == "Patient" || kept(r.ResourceType)
		}
		for _, e := range b.Entry {
			n, err := parse(e.Resource)
			if err != nil {
				t.Fatal(err)
			}
			if inside[e.FullURL] {
				_ = n.references(func(_, ref *node) error {
					if inside[ref.text()] {
						links++
					}
					return nil
				})
			}
		}
		return links
	}
	if b, a := count(before), count(after); a != b || a == 0 {
		t.Errorf("%s: %d links before, %d after", name, b, a)
	}
}

func TestOnePseudonymForAllFields(t *testing.T) {
	v := map[consent.FieldName][]json.RawMessage{
		"identity.other":   {json.RawMessage(`{"id":"person-0001"}`)},
		"health.condition": {json.RawMessage(`[{"subject":{"reference":"Patient/person-0001"}}]`)},
		"health.allergy":   {json.RawMessage(`[{"note":[{"text":"of person-0001"}]}]`)},
	}
	if err := Pseudonymise(keyA, []consent.FieldName{"health.allergy", "health.condition", "identity.other"}, v); err != nil {
		t.Fatal(err)
	}
	for f := range v {
		if !bytes.Contains(v[f][0], []byte(pseudonymOf(keyA, "person-0001"))) {
			t.Errorf("%s: have %s", f, v[f][0])
		}
	}
}

func TestInputIsNotWrittenTo(t *testing.T) {
	raw := json.RawMessage(`[{"id":"a"}]`)
	v := map[consent.FieldName][]json.RawMessage{"health.allergy": {raw}}
	if err := Pseudonymise(keyA, []consent.FieldName{"health.allergy"}, v); err != nil || string(raw) != `[{"id":"a"}]` {
		t.Errorf("the caller's bytes changed (%v): they may be a cache's", err)
	}
}

func TestANoteRepeatsAUUIDAndAnIdentifier(t *testing.T) {
	const visit = "7d1a3c5e-0000-4000-8000-00000000ffff"
	v := map[consent.FieldName][]json.RawMessage{
		"health.allergy": {json.RawMessage(`[{"id":"a-000001","identifier":[{"value":"ALG-77-8812"}],"note":[{"text":"see ` + visit + ` and ALG-77-8812."}]}]`)},
	}
	if err := Pseudonymise(keyA, []consent.FieldName{"health.allergy"}, v); err != nil {
		t.Fatal(err)
	}
	want := "see " + pseudonymOf(keyA, visit) + " and " + pseudonymOf(keyA, "ALG-77-8812") + "."
	if !bytes.Contains(v["health.allergy"][0], []byte(want)) {
		t.Errorf("want %s, have %s", want, v["health.allergy"][0])
	}
}
