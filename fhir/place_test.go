package fhir

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

const (
	snomed = "http://snomed.info/sct"
	icd    = "http://hl7.org/fhir/sid/icd-10"
)

// fewCodes is the default catalog's fields with code lists that a reader of the tests
// can keep in mind.
func fewCodes() *consent.Catalog {
	return &consent.Catalog{Fields: standard().Fields, CodeLists: []consent.CodeList{
		{Matter: "hiv", System: snomed, Codes: []string{"86406008"}},
		{Matter: "hiv", System: icd, Codes: []string{"Z21"}, Prefixes: []string{"B20"}},
		{Matter: "hiv", System: "http://loinc.org", Codes: []string{"5222-5"}},
		{Matter: "mental_health", System: snomed, Codes: []string{"35489007", "86406008001"}},
		{Matter: "mental_health", System: icd, Prefixes: []string{"F"}},
		{Matter: "violence", System: snomed, Codes: []string{"706893006"}},
		{Matter: "genetics", System: icd, Codes: []string{"Z31.5"}},
	}}
}

func coded(codings ...string) string { return `{"coding":[` + strings.Join(codings, ",") + `]}` }

func coding(system, code string) string {
	return fmt.Sprintf(`{"system":%q,"code":%q}`, system, code)
}

var (
	hivCode   = coding(snomed, "86406008")
	mindCode  = coding(snomed, "35489007")
	abuseCode = coding(snomed, "706893006")
	plainCode = coding(snomed, "38341003")
)

// kin is a kept resource of the one patient; extra begins with a comma.
func kin(typ, id, extra string) string {
	return fmt.Sprintf(`{"resourceType":%q,"id":%q,%q:{"reference":"Patient/p"}%s}`, typ, id, subjects[typ], extra)
}

func entryOf(resource string) string { return `{"resource":` + resource + `}` }

func category(codes ...string) string {
	var list []string
	for _, c := range codes {
		list = append(list, coded(coding("http://terminology.hl7.org/CodeSystem/observation-category", c)))
	}
	return `,"category":[` + strings.Join(list, ",") + `]`
}

func TestWhereAResourceGoes(t *testing.T) {
	const hiv, mind, several = "health.sensitive.hiv", "health.sensitive.mental_health", "health.sensitive.several"
	code := func(c ...string) string { return `,"code":` + coded(c...) }
	tests := []struct{ name, typ, extra, field string }{
		{"a condition", "Condition", code(plainCode), "health.condition"},
		{"a plan", "CarePlan", "", "health.care_plan"},
		{"a goal", "Goal", "", "health.goal"},
		{"a report", "DiagnosticReport", category("laboratory"), "health.diagnostic_report"},
		{"a visit", "Encounter", "", "health.encounter"},
		{"a study", "ImagingStudy", "", "health.imaging_study"},
		{"a procedure", "Procedure", category("imaging"), "health.procedure"},
		{"vital signs", "Observation", category("vital-signs"), "health.observation.vital_signs"},
		{"laboratory", "Observation", category("laboratory"), "health.observation.laboratory"},
		{"social history", "Observation", category("social-history"), "health.observation.social_history"},
		{"survey", "Observation", category("survey"), "health.observation.survey"},
		{"imaging", "Observation", category("imaging"), "health.observation.imaging"},
		{"procedure", "Observation", category("procedure"), "health.observation.procedure"},
		{"exam", "Observation", category("exam"), "health.observation.exam"},
		{"therapy", "Observation", category("therapy"), "health.observation.therapy"},
		{"activity", "Observation", category("activity"), "health.observation.activity"},
		{"no category", "Observation", "", "health.observation.other"},
		{"an unknown category", "Observation", category("astrology"), "health.observation.other"},
		{"a category in words", "Observation", `,"category":[{"text":"Laboratory"}]`, "health.observation.other"},
		{"a category that is no list", "Observation", `,"category":"laboratory"`, "health.observation.other"},
		{"an unknown category beside a known one", "Observation", category("astrology", "laboratory"), "health.observation.laboratory"},
		{"in capitals", "Observation", category("Laboratory"), "health.observation.laboratory"},
		{"of two the one that says more", "Observation", category("vital-signs", "social-history"), "health.observation.social_history"},
		{"in any order", "Observation", category("social-history", "vital-signs"), "health.observation.social_history"},
		{"of many", "Observation", category("vital-signs", "activity", "exam", "laboratory", "survey"), "health.observation.survey"},
		{"two in one concept", "Observation", `,"category":[{"coding":[{"code":"vital-signs"},{"code":"survey"}]}]`, "health.observation.survey"},

		{"a code", "Condition", code(hivCode), hiv},
		{"the second code", "Condition", code(plainCode, hivCode), hiv},
		{"another type", "AllergyIntolerance", code(hivCode), hiv},
		{"a category does not matter", "Observation", category("laboratory") + code(hivCode), hiv},
		{"a reason", "Encounter", `,"reasonCode":[` + coded(mindCode) + `]`, mind},
		{"the type of a visit", "Encounter", `,"type":[` + coded(mindCode) + `]`, mind},
		{"a component", "Observation", `,"component":[{"code":` + coded(plainCode) + `},{"code":` + coded(hivCode) + `}]`, hiv},
		{"a value", "Observation", `,"valueCodeableConcept":` + coded(hivCode), hiv},
		{"an activity of a plan", "CarePlan", `,"activity":[{"detail":{"code":` + coded(mindCode) + `}}]`, mind},
		{"what is inside", "MedicationRequest", `,"contained":[{"resourceType":"Medication","id":"m","code":` + coded(hivCode) + `}]`, hiv},
		{"an extension", "Procedure", `,"extension":[{"url":"u","extension":[{"url":"v","valueCoding":` + hivCode + `}]}]`, hiv},
		{"a label", "Condition", `,"meta":{"security":[` + hivCode + `]}`, hiv},
		{"a tag", "Condition", `,"meta":{"tag":[` + hivCode + `]}`, hiv},
		{"where nobody would look", "Immunization", `,"x":[[{"y":` + hivCode + `}]]`, hiv},
		{"a target of a goal", "Goal", `,"target":[{"detailCodeableConcept":` + coded(mindCode) + `}]`, mind},
		{"two matters", "Condition", code(hivCode, mindCode), several},
		{"two matters apart", "CarePlan", `,"category":[` + coded(hivCode) + `],"activity":[{"detail":{"code":` + coded(abuseCode) + `}}]`, several},
		{"a prefix", "Condition", code(coding(icd, "B20.6")), hiv},
		{"a prefix without its dot", "Condition", code(coding(icd, "B206")), hiv},
		{"a code without its dot", "Condition", code(coding(icd, "Z315")), "health.sensitive.genetics"},
		{"in small letters", "Condition", code(coding(icd, "b20")), hiv},
		{"with blanks", "Condition", code(coding(icd, " Z21 ")), hiv},
		{"a short prefix", "Condition", code(coding(icd, "F32.1")), mind},
		{"a neighbour of a prefix", "Condition", code(coding(icd, "B21")), "health.condition"},
		{"the code in another system", "Condition", code(coding("http://loinc.org", "86406008")), "health.condition"},
		{"a longer code", "Condition", code(coding(snomed, "864060080")), "health.condition"},
		{"a shorter code", "Condition", code(coding(snomed, "8640600")), "health.condition"},
		{"a prefix is none of whole codes", "Condition", code(coding(icd, "Z21.3")), "health.condition"},
		{"by OID", "Condition", code(coding("urn:oid:2.16.840.1.113883.6.96", "86406008")), hiv},
		{"by an edition", "Condition", code(coding("http://snomed.info/sct/731000124108/version/20200901", "86406008")), hiv},
		{"by https", "Condition", code(coding("https://snomed.info/sct/", "86406008")), hiv},
		{"with a version", "Condition", code(coding("HTTP://SNOMED.INFO/sct|2020", "86406008")), hiv},
		{"an expression", "Condition", code(coding(snomed, "417163006:363698007=86406008|HIV|")), hiv},
		{"no system", "Condition", `,"code":` + coded(`{"code":"86406008"}`), hiv},
		{"no system, a prefix", "Condition", `,"code":` + coded(`{"code":"B20.1"}`), hiv},
		{"no system, a short prefix", "Condition", `,"code":` + coded(`{"code":"f321"}`), mind},
		{"no system, a letter", "Condition", `,"code":` + coded(`{"code":"F"}`, `{"code":"FIN"}`, `{"code":"F1"}`), "health.condition"},
		{"a national edition", "Condition", code(coding("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "B20.6")), hiv},
		{"a system by a name of the sender's", "Condition", code(coding("SNOMED-CT", "86406008")), hiv},
		{"a system with a query", "Condition", code(coding(snomed+"?fhir_vs", "86406008")), hiv},
		{"a system with a number", "Condition", code(coding("urn:oid:2.16.840.1.113883.6.96.1", "86406008")), hiv},
		{"a beginning in a system that is not ICD", "Condition", code(coding("http://example.org/rooms", "F32.1")), "health.condition"},
		{"a race with a code of another system's form", "Observation", `,"valueCodeableConcept":` + coded(coding("urn:oid:2.16.840.1.113883.6.238", "86406008")), "health.observation.other"},
		{"a procedure of ICD", "Procedure", code(coding("http://www.cms.gov/Medicare/Coding/ICD10", "B20YZZZ")), "health.procedure"},
		{"a number", "Condition", `,"code":` + coded(`{"system":"`+snomed+`","code":86406008}`), hiv},
		{"by an escape", "Condition", `,"code":` + coded(`{"system":"`+snomed+`","\u0063ode":"8640\u0036008"}`), hiv},
		{"a zero-width space behind it", "Condition", code(coding(snomed, "86406008\u200b")), hiv},
		{"a joiner, a soft hyphen and a byte order mark in it", "Condition", code(coding(snomed, "8\u200d640\u00ad600\ufeff8")), hiv},
		{"a direction mark before it", "Condition", code(coding(snomed, "\u200f86406008")), hiv},
		{"full-width digits", "Condition", code(coding(snomed, "８６４０６００８")), hiv},
		{"Arabic digits", "Condition", code(coding(snomed, "٨٦٤٠٦٠٠٨")), hiv},
		{"Devanagari digits", "Condition", code(coding(snomed, "८६४०६००८")), hiv},
		{"mathematical digits", "Condition", code(coding(snomed, "𝟖𝟔𝟒𝟎𝟔𝟎𝟎𝟖")), hiv},
		{"full-width letters, a prefix", "Condition", code(coding(icd, "Ｂ２０．６")), hiv},
		{"a no-break space in it", "Condition", code(coding(icd, "Z\u00a021")), hiv},
		{"a dagger", "Condition", code(coding(icd, "Z21†")), hiv},
		{"a full-width prefix without system", "Condition", `,"code":` + coded(`{"code":"ｆ３２"}`), mind},
		{"a long dash", "Observation", code(coding("http://loinc.org", "5222–5")), hiv},
		{"a non-breaking hyphen", "Observation", code(coding("http://loinc.org", "5222\u20115")), hiv},
		{"a minus", "Observation", code(coding("http://loinc.org", "5222−5")), hiv},
		{"an expression in full width", "Condition", code(coding(snomed, "417163006：363698007＝86406008｜HIV｜")), hiv},
		{"a zero-width space in an expression", "Condition", code(coding(snomed, "417163006:\u200b363698007=864060\u200b08")), hiv},
		{"a system with a zero-width space", "Condition", code(coding(snomed+"\u200b", "86406008")), hiv},
		{"an identifier that is a code", "Condition", `,"identifier":[{"system":"` + snomed + `","value":"86406008"}]`, hiv},
		{"an identifier of another system", "Condition", `,"identifier":[{"system":"https://h/mrn","value":"86406008"}]`, "health.condition"},
		{"an identifier without system", "Condition", `,"identifier":[{"value":"86406008"}]`, "health.condition"},
		{"no digit but those of another code", "Condition", code(coding(snomed, "٨٦٤٠٦٠٠٩")), "health.condition"},
		{"without its dash", "Observation", code(coding("http://loinc.org", "52225")), "health.observation.other"},
		{"nothing but what nobody sees", "Condition", code(coding(snomed, "\u200b")), "health.condition"},
		{"no system, words that begin like a code", "Condition", `,"code":` + coded(`{"code":"F1 score"}`, `{"code":"F1/2"}`, `{"code":"f_1_2"}`), "health.condition"},
		{"no system, a code and more", "Condition", `,"code":` + coded(`{"code":"F32.1/G"}`), mind},
		{"a code with a mark", "Condition", code(coding(icd, "Z21*")), hiv},
		{"words alone", "Condition", `,"code":{"text":"HIV"}`, "health.condition"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resource := kin(tt.typ, "r", tt.extra)
			p, err := Fields([]byte(resource), fewCodes())
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Values) != 1 || len(p.Left) != 0 || p.Values[consent.FieldName(tt.field)] == nil {
				t.Fatalf("want %s, have %v", tt.field, slices.Collect(maps.Keys(p.Values)))
			}
			sensitive := strings.Contains(tt.field, ".sensitive.")
			inPatient(t, resource, sensitive)
			for f, field := range standard().Fields {
				if field.Type != consent.TypeFHIR {
					continue
				}
				bad := Placed(fewCodes(), map[consent.FieldName][]byte{f: []byte("[" + resource + "]")})
				ordinary := !sensitive && field.Matter != ""
				if allowed := string(f) == tt.field || ordinary || string(f) == several; (bad[f] == nil) != allowed {
					t.Errorf("%s: %v", f, bad[f])
				}
			}
		})
	}
}

func TestACatalogWithoutThePlace(t *testing.T) {
	without := func(fields ...consent.FieldName) *consent.Catalog {
		c := fewCodes()
		c.Fields = maps.Clone(c.Fields)
		for _, f := range fields {
			delete(c.Fields, f)
		}
		return c
	}
	hiv, both := `,"code":`+coded(hivCode), `,"code":`+coded(hivCode, mindCode)
	tests := []struct {
		name     string
		catalog  *consent.Catalog
		resource string
		field    consent.FieldName // "" left
	}{
		{"no field of the type", without("health.goal"), kin("Goal", "r", ""), ""},
		{"no field of the matter", without("health.sensitive.hiv"), kin("Condition", "r", hiv), ""},
		{"no field of several", without("health.sensitive.several"), kin("Condition", "r", both), ""},
		{"no field at all", &consent.Catalog{}, kin("Condition", "r", ""), ""},
		{"no field of the category, and no other", without("health.observation.exam", "health.observation.other"), kin("Observation", "r", category("exam")), ""},
		{"a lesser category does not stand in", without("health.observation.survey", "health.observation.other"), kin("Observation", "r", category("vital-signs", "survey")), ""},
		{"no field of the category", without("health.observation.exam"), kin("Observation", "r", category("exam")), "health.observation.other"},
		{"a type that no code keeps", &consent.Catalog{Fields: map[consent.FieldName]consent.CatalogField{
			"health.claim": {Type: consent.TypeFHIR, Resource: "Claim"}}}, `{"resourceType":"Claim","id":"c"}`, ""},
		{"a category of the catalog's own first", &consent.Catalog{Fields: map[consent.FieldName]consent.CatalogField{
			"health.home": {Type: consent.TypeFHIR, Resource: "Observation", Category: "sdoh"}, "health.survey": {Type: consent.TypeFHIR, Resource: "Observation", Category: "survey"}}},
			kin("Observation", "r", category("survey", "sdoh")), "health.home"},
		{"of two fields for one place the first", &consent.Catalog{Fields: map[consent.FieldName]consent.CatalogField{
			"health.b": {Type: consent.TypeFHIR, Resource: "Goal"}, "health.a": {Type: consent.TypeFHIR, Resource: "Goal"}}}, kin("Goal", "r", ""), "health.a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Fields([]byte(tt.resource), tt.catalog)
			if err != nil {
				t.Fatal(err)
			}
			if tt.field == "" && (len(p.Values) != 0 || len(p.Left) != 1 || p.Left[0].Reason != LeftNoField) || tt.field != "" && p.Values[tt.field] == nil {
				t.Errorf("have %v, left %v", slices.Collect(maps.Keys(p.Values)), p.Left)
			}
		})
	}
	if p, err := Fields([]byte(kin("Goal", "r", "")), nil); err == nil || p != nil {
		t.Error("without a catalog nothing is placed")
	}
	many := &consent.Catalog{}
	for i := range 65 {
		many.CodeLists = append(many.CodeLists, consent.CodeList{Matter: fmt.Sprint("m", i), System: snomed, Codes: []string{"1"}})
	}
	if p, err := Fields([]byte(kin("Goal", "r", "")), many); err == nil || p != nil {
		t.Error("more matters than can be told apart")
	}
}

func TestWhatRefersToASensitiveResource(t *testing.T) {
	const u = "0d000000-0000-4000-8000-00000000000d"
	hivTest := kin("Observation", "o", category("laboratory")+`,"identifier":[{"system":"s","value":"ACC-1"}],"code":`+coded(hivCode))
	tests := []struct {
		name    string
		entries []string // resources; the first is asked for
		field   consent.FieldName
	}{
		{"a report of a result", []string{kin("DiagnosticReport", "d", `,"result":[{"reference":"Observation/o"}]`), hivTest}, "health.sensitive.hiv"},
		{"by URL", []string{kin("DiagnosticReport", "d", `,"result":[{"reference":"https://h/fhir/Observation/o/_history/2"}]`), hivTest}, "health.sensitive.hiv"},
		{"by identifier", []string{kin("DiagnosticReport", "d", `,"result":[{"type":"Observation","identifier":{"value":"acc-1"}}]`), hivTest}, "health.sensitive.hiv"},
		{"by a search", []string{kin("DiagnosticReport", "d", `,"result":[{"reference":"Observation?identifier=s%7CACC-1"}]`), hivTest}, "health.sensitive.hiv"},
		{"in an extension", []string{kin("DiagnosticReport", "d", `,"extension":[{"url":"u","valueUri":"Observation/o"}]`), hivTest}, "health.sensitive.hiv"},
		{"far away", []string{kin("CarePlan", "c", `,"goal":[{"reference":"Goal/g"}]`), kin("Goal", "g", `,"addresses":[{"reference":"Condition/x"}]`),
			kin("Condition", "x", `,"evidence":[{"detail":[{"reference":"Observation/o"}]}]`), hivTest}, "health.sensitive.hiv"},
		{"through what is left", []string{kin("Condition", "x", `,"evidence":[{"detail":[{"reference":"DocumentReference/n"}]}]`), `{"resourceType":"DocumentReference","id":"n","type":` + coded(hivCode) + `}`}, "health.sensitive.hiv"},
		{"in a circle", []string{kin("Condition", "a", `,"evidence":[{"detail":[{"reference":"Condition/b"}]}]`), kin("Condition", "b", `,"evidence":[{"detail":[{"reference":"Condition/a"}]}],"code":`+coded(mindCode))}, "health.sensitive.mental_health"},
		{"two of two matters", []string{kin("DiagnosticReport", "d", `,"result":[{"reference":"Observation/o"},{"reference":"Observation/m"}]`), hivTest, kin("Observation", "m", `,"code":`+coded(mindCode))}, "health.sensitive.several"},
		{"its own and another", []string{kin("DiagnosticReport", "d", `,"code":`+coded(abuseCode)+`,"result":[{"reference":"Observation/o"}]`), hivTest}, "health.sensitive.several"},
		{"a visit by its diagnosis", []string{kin("Encounter", "e", `,"diagnosis":[{"condition":{"reference":"Condition/x","display":"HIV"}}]`), kin("Condition", "x", `,"code":`+coded(hivCode))}, "health.sensitive.hiv"},
		{"what was done in a sensitive visit", []string{kin("Procedure", "r", `,"encounter":{"reference":"Encounter/e"}`), kin("Encounter", "e", `,"type":[`+coded(mindCode)+`]`)}, "health.sensitive.mental_health"},
		{"a prescription's reason, in an allergy", []string{kin("AllergyIntolerance", "a", `,"x":{"reference":"Encounter/e"}`), kin("Encounter", "e", `,"type":[`+coded(mindCode)+`]`)}, "health.sensitive.mental_health"},

		{"an allergy noted in a sensitive visit", []string{kin("AllergyIntolerance", "a", `,"encounter":{"reference":"Encounter/e"}`), kin("Encounter", "e", `,"type":[`+coded(mindCode)+`]`)}, "health.allergy"},
		{"a visit in which something sensitive was seen", []string{kin("Encounter", "e", ""), kin("Observation", "m", `,"encounter":{"reference":"Encounter/e"},"code":`+coded(hivCode))}, "health.encounter"},
		{"what was done in that visit besides", []string{kin("Procedure", "r", `,"encounter":{"reference":"Encounter/e"}`), kin("Encounter", "e", ""), kin("Observation", "m", `,"encounter":{"reference":"Encounter/e"},"code":`+coded(hivCode))}, "health.procedure"},
		{"another result of the report", []string{kin("Observation", "n", category("laboratory")), kin("DiagnosticReport", "d", `,"result":[{"reference":"Observation/o"},{"reference":"Observation/n"}]`), hivTest}, "health.observation.laboratory"},
		{"the id of another type", []string{kin("Condition", "x", `,"evidence":[{"detail":[{"reference":"Procedure/o"}]}]`), hivTest}, "health.condition"},
		{"an id inside", []string{kin("Condition", "x", `,"evidence":[{"detail":[{"reference":"#o"}]}]`), hivTest}, "health.condition"},
		{"the patient, who is no secret", []string{kin("Condition", "x", ""), `{"resourceType":"Patient","id":"p","maritalStatus":` + coded(plainCode) + `}`, hivTest}, "health.condition"},
		{"identifiers without a value", []string{kin("Condition", "x", `,"asserter":{"identifier":{"system":"s"}}`), kin("Condition", "y", `,"identifier":[{"system":"s"}],"code":`+coded(hivCode))}, "health.condition"},
	}
	for _, tt := range tests {
		for _, backwards := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, backwards), func(t *testing.T) {
				var entries []string
				for _, r := range tt.entries {
					entries = append(entries, entryOf(r))
				}
				if backwards {
					slices.Reverse(entries)
				}
				p, err := Fields([]byte(bundleOf(entries...)), fewCodes())
				if err != nil {
					t.Fatal(err)
				}
				var first struct{ ResourceType, ID string }
				_ = json.Unmarshal([]byte(tt.entries[0]), &first)
				for f, ids := range held(t, p.Values) {
					if has := slices.Contains(ids, first.ResourceType+"/"+first.ID); has != (f == tt.field) {
						t.Errorf("%s: %v, want %s", f, ids, tt.field)
					}
				}
				if bad := Placed(fewCodes(), bytesOf(p.Values)); len(bad) != 0 {
					t.Errorf("what Fields placed is refused: %v", bad)
				}
			})
		}
	}
	byUUID := bundleOf(entryOf(kin("DiagnosticReport", "d", `,"result":[{"reference":"urn:uuid:`+strings.ToUpper(u)+`"}]`)),
		`{"fullUrl":"urn:uuid:`+u+`","resource":`+kin("Observation", u, `,"code":`+coded(hivCode))+`}`)
	byID := strings.Replace(byUUID, `"fullUrl":"urn:uuid:`+u+`",`, "", 1)
	byURL := strings.Replace(byUUID, `"urn:uuid:`+u, `"https://h/fhir/Observation/`+u, 1)
	byOther := bundleOf(entryOf(kin("Condition", "c", `,"evidence":[{"detail":[{"reference":"https://h/notes/7?v=2"}]}]`)),
		`{"fullUrl":"https://h/Notes/7?v=2","resource":{"resourceType":"DocumentReference","type":`+coded(hivCode)+`}}`)
	for _, in := range []string{byUUID, byID, byURL, byOther} {
		if p, err := Fields([]byte(in), fewCodes()); err != nil || len(p.Values) != 1 {
			t.Errorf("by UUID: %v", err)
		}
	}
}

// held lists the resources of each health field as Type/id.
func held(t *testing.T, values map[consent.FieldName]json.RawMessage) map[consent.FieldName][]string {
	t.Helper()
	out := map[consent.FieldName][]string{}
	for f, v := range values {
		if f.Category() != consent.CategoryHealth {
			continue
		}
		var list []struct{ ResourceType, ID string }
		if err := json.Unmarshal(v, &list); err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			out[f] = append(out[f], r.ResourceType+"/"+r.ID)
		}
	}
	return out
}

func bytesOf(values map[consent.FieldName]json.RawMessage) map[consent.FieldName][]byte {
	out := map[consent.FieldName][]byte{}
	for f, v := range values {
		out[f] = v
	}
	return out
}

func TestPlacedRefuses(t *testing.T) {
	const secret = "secretvalue"
	hiv := kin("Condition", secret, `,"code":`+coded(hivCode)+`,"note":[{"text":"secretvalue"}]`)
	plain := kin("Condition", "c", "")
	tests := []struct{ name, field, value, element, problem string }{
		{"HIV among the ordinary", "health.condition", "[" + plain + "," + hiv + "]", "health.condition[1]", "health.sensitive.hiv"},
		{"HIV in another matter", "health.sensitive.mental_health", "[" + hiv + "]", "health.sensitive.mental_health[0]", "health.sensitive.hiv"},
		{"two matters in one", "health.sensitive.hiv", "[" + kin("Condition", "c", `,"code":`+coded(hivCode, mindCode)) + "]", "health.sensitive.hiv[0]", "health.sensitive.several"},
		{"another type", "health.goal", "[" + plain + "]", "health.goal[0]", "health.condition"},
		{"another category", "health.observation.vital_signs", "[" + kin("Observation", "o", category("laboratory")) + "]", "health.observation.vital_signs[0]", "health.observation.laboratory"},
		{"a second category that says more", "health.observation.vital_signs", "[" + kin("Observation", "o", category("vital-signs", "survey")) + "]", "health.observation.vital_signs[0]", "health.observation.survey"},
		{"a field of another kind", "identity.name", "[" + hiv + "]", "identity.name[0].code.coding[0]", "a code of a sensitive matter"},
		{"a field that the catalog lacks", "health.horoscope", "[" + plain + "]", "health.horoscope[0]", "health.condition"},
		{"no field name", "secretvalue!", "[" + plain + "]", "?[0]", "health.condition"},
		{"a type that is not kept", "health.sensitive.hiv", `[{"resourceType":"Claim","id":"secretvalue"}]`, "health.sensitive.hiv[0]", "a type that is kept"},
		{"no type", "health.sensitive.hiv", `[{"id":"secretvalue"}]`, "health.sensitive.hiv[0]", "a type that is kept"},
		{"no id", "health.condition", `[{"resourceType":"Condition"}]`, "health.condition[0]", "an id"},
		{"a group", "health.condition", `[{"resourceType":"Condition","id":"c","subject":{"reference":"Group/secretvalue"}}]`, "health.condition[0].subject", "Patient"},
		{"not JSON", "health.condition", `[secretvalue]`, "health.condition", "not JSON"},
		{"a key twice", "health.condition", `[{"id":"a","id":"secretvalue"}]`, "health.condition[0].id", "twice"},
		{"no list", "health.condition", hiv, "health.condition", "a list"},
		{"an empty list", "health.condition", "[]", "health.condition", "a list"},
		{"text in it", "health.condition", `["secretvalue"]`, "health.condition[0]", "object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := consent.FieldName(tt.field)
			bad := Placed(fewCodes(), map[consent.FieldName][]byte{f: []byte(tt.value), "health.allergy": []byte("[" + kin("AllergyIntolerance", "a", "") + "]")})
			var e *Error
			if len(bad) != 1 || !errors.As(bad[f], &e) {
				t.Fatalf("have %v", bad)
			}
			if e.Element != tt.element || !strings.Contains(e.Problem, tt.problem) || strings.Contains(e.Error(), secret) {
				t.Errorf("have %v", e)
			}
		})
	}
	if bad := Placed(nil, map[consent.FieldName][]byte{"health.condition": []byte("[" + plain + "]")}); bad["health.condition"] == nil {
		t.Error("without a catalog nothing is in its place")
	}
	report := map[consent.FieldName][]byte{
		"health.sensitive.hiv":     []byte("[" + kin("Observation", "o", `,"code":`+coded(hivCode)) + "]"),
		"health.diagnostic_report": []byte("[" + kin("DiagnosticReport", "d", `,"result":[{"reference":"Observation/o"}]`) + "]"),
	}
	if bad := Placed(fewCodes(), report); len(bad) != 1 || bad["health.diagnostic_report"] == nil {
		t.Errorf("what refers to a sensitive resource of the same call: %v", bad)
	}
}
