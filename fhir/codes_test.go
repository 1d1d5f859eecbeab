package fhir

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wrapious/wrappy/consent"
)

const (
	raceURL      = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
	ethnicityURL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity"
)

func race(url, coding string) string {
	return `{"url":"` + url + `","extension":[{"url":"ombCategory","valueCoding":` + coding + `},{"url":"text","valueString":"White"}]}`
}

func TestAPatientWithASensitiveCodeIsRefused(t *testing.T) {
	const white = `{"system":"http://loinc.org","code":"2106-3"}` // as LOINC: a pregnancy test
	tests := []struct{ name, element, path string }{
		{"a contained resource", `"contained":[{"resourceType":"Organization","id":"o"},{"resourceType":"Condition","id":"c","code":` + coded(hivCode) + `}]`, ".contained[1].code.coding[0]"},
		{"an extension's coding", `"extension":[{"url":"u","valueCoding":` + hivCode + `}]`, ".extension[0].valueCoding"},
		{"an extension's concept", `"extension":[{"url":"u","extension":[{"url":"v","valueCodeableConcept":` + coded(plainCode, mindCode) + `}]}]`, ".extension[0].extension[0].valueCodeableConcept.coding[1]"},
		{"a tag", `"meta":{"tag":[` + hivCode + `]}`, ".meta.tag[0]"},
		{"a label", `"meta":{"security":[` + abuseCode + `]}`, ".meta.security[0]"},
		{"the marital status", `"maritalStatus":` + coded(hivCode), ".maritalStatus.coding[0]"},
		{"a language", `"communication":[{"language":` + coded(mindCode) + `}]`, ".communication[0].language.coding[0]"},
		{"a contact's relationship", `"contact":[{"relationship":[` + coded(hivCode) + `]}]`, ".contact[0].relationship[0].coding[0]"},
		{"an identifier's type", `"identifier":[{"type":` + coded(hivCode) + `,"value":"1"}]`, ".identifier[0].type.coding[0]"},
		{"an identifier that is a code", `"identifier":[{"system":"urn:oid:2.16.840.1.113883.6.96","value":"86406008"}]`, ".identifier[0]"},
		{"an extension of a name", `"name":[{"extension":[{"url":"u","valueCoding":` + hivCode + `}]}]`, ".name[0].extension[0].valueCoding"},
		{"beside a primitive", `"_birthDate":{"extension":[{"url":"u","valueCoding":` + hivCode + `}]}`, "._birthDate.extension[0].valueCoding"},
		{"where nobody would look", `"x":[[{"y":` + hivCode + `}]]`, ".x[0][0].y"},
		{"under a key that is no name", `"secret value":` + hivCode, ".?"},
		{"among races", `"extension":[` + race(raceURL, hivCode) + `]`, ".extension[0].extension[0].valueCoding"},
		{"a race's code of the other system", `"extension":[` + race(raceURL, white) + `]`, ".extension[0].extension[0].valueCoding"},
		{"a race's code, no race", `"extension":[` + race("u", `{"code":"2106-3"}`) + `]`, ".extension[0].extension[0].valueCoding"},
		{"no system", `"contained":[{"code":` + coded(`{"code":"86406008"}`) + `}]`, ".contained[0].code.coding[0]"},
		{"no system, a prefix", `"contained":[{"code":` + coded(`{"code":"B20.1"}`) + `}]`, ".contained[0].code.coding[0]"},
		{"characters that nobody sees", `"meta":{"tag":[` + coding(snomed, "8640\u200b6008") + `]}`, ".meta.tag[0]"},
	}
	catalog := fewCodes()
	catalog.CodeLists = append(catalog.CodeLists, consent.CodeList{Matter: "reproductive_health", System: "http://loinc.org", Codes: []string{"2106-3"}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			patient := `{"resourceType":"Patient","id":"p",` + tt.element + `}`
			for prefix, in := range map[string]string{"Patient": patient,
				"Bundle.entry[1].resource": bundleOf(entryOf(kin("Condition", "c", "")), entryOf(patient))} {
				p, err := Fields([]byte(in), catalog)
				var e *Error
				if p != nil || !errors.As(err, &e) || e.Element != prefix+tt.path || !strings.Contains(e.Problem, "send it as a resource of its own") {
					t.Errorf("have %v, want %s", err, prefix+tt.path)
				}
				if err != nil && strings.Contains(err.Error(), "86406008") {
					t.Error("the error echoes the code")
				}
			}
			ordinary := &consent.Catalog{Fields: standard().Fields}
			if _, err := Fields([]byte(patient), ordinary); err != nil {
				t.Errorf("refused for something else: %v", err)
			}
		})
	}
}

// inPatient sends a resource inside the Patient, and writes it to the field where it would stand.
func inPatient(t *testing.T, resource string, sensitive bool) {
	t.Helper()
	_, err := Fields([]byte(`{"resourceType":"Patient","id":"p","contained":[`+resource+`]}`), fewCodes())
	bad := Placed(fewCodes(), map[consent.FieldName][]byte{"identity.other": []byte(`{"contained":[` + resource + `]}`)})
	if (err != nil) != sensitive || len(bad) != 0 != sensitive {
		t.Errorf("in the Patient: %v, %v", err, bad)
	}
}

func TestPlainValuesWithASensitiveCode(t *testing.T) {
	const cdc = "urn:oid:2.16.840.1.113883.6.238"
	tests := []struct{ field, value, path string }{ // path "-": taken
		{"identity.other", `{"name":[{"text":"x"}]}`, ".name"},
		{"identity.other", `{"id":true}`, ".id"},
		{"identity.other", `{"contained":[{"code":` + coded(hivCode) + `}]}`, ".contained[0].code.coding[0]"},
		{"identity.other", `{"meta":{"tag":[` + hivCode + `]}}`, ".meta.tag[0]"},
		{"identity.extension", `[{"url":"u"},{"url":"u","valueCoding":` + mindCode + `}]`, "[1].valueCoding"},
		{"identity.marital_status", coded(hivCode), ".coding[0]"},
		{"identity.identifier.other", `[{"system":"` + snomed + `","value":"86406008"}]`, "[0]"},
		{"identity.race", race(raceURL, hivCode), ".extension[0].valueCoding"},
		{"identity.race", coding("http://loinc.org", "2106-3"), ""},
		{"identity.name", `[{"text":"x","code":"86406008"}]`, "[0]"},
		{"aid.registration", `{"needs":[{"code":{"system":"` + snomed + `","code":"706893006"}}]}`, ".needs[0].code"},
		{"aid.registration", coding(icd, "F32.1"), ""},
		{"aid.registration", coding(icd, "Z21\u200b"), ""},
		{"aid.registration", coding("our own", "86406008"), ""},
		{"aid.registration", `{"code":86406008}`, ""},
		{"aid.registration", `{"k":1,"k":` + hivCode + `}`, ".k"},
		{"aid.registration", `{"k":`, ""},
		{"aid.assistance", `[{"reason":` + hivCode + `}]`, "[0].reason"},
		{"education.enrolment", `{"support":{"coding":[` + mindCode + `]}}`, ".support.coding[0]"},
		{"education.qualification", `[{"x":` + hivCode + `}]`, "[0].x"},
		{"work.employer", `{"absence":[[` + mindCode + `]]}`, ".absence[0][0]"},
		{"work.qualification", `[{"restriction":` + coding(icd, "F10") + `}]`, "[0].restriction"},
		{"civil.birth_registration", `{"mother":{"condition":` + hivCode + `}}`, ".mother.condition"},
		{"civil.nationality", `[` + hivCode + `]`, "[0]"},
		{"contact.other", `[{"extension":[{"url":"u","valueCoding":` + hivCode + `}]}]`, "[0].extension[0].valueCoding"},
		{"civil.badge", coding(snomed, "86406008"), ""},
		{"civil.badge", `{"system":"` + snomed + `","value":"86406008"}`, ""},

		{"civil.badge", `{"system":"https://h/badges","value":"86406008"}`, "-"},
		{"identity.race", race(raceURL, coding(cdc, "2106-3")), "-"},
		{"identity.race", race(raceURL, `{"code":"2106-3"}`), "-"},
		{"identity.race", `{"code":"2106-3","text":"White"}`, "-"},
		{"identity.race", coding("http://terminology.hl7.org/CodeSystem/CDCREC", "2106-3"), "-"},
		{"identity.race", coding("http://hl7.org/fhir/v3/Race", "2106-3"), "-"},
		{"identity.ethnicity", race(ethnicityURL, coding(cdc, "2135-2")), "-"},
		{"identity.ethnicity", `{"code":"2106-3"}`, "-"},
		{"identity.extension", `[` + race(raceURL, `{"code":"2106-3"}`) + `]`, "-"},
		{"identity.marital_status", coded(coding("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M")), "-"},
		{"identity.language", `[{"language":` + coded(coding("urn:ietf:bcp:47", "fr"), `{"code":"F"}`) + `}]`, "-"},
		{"identity.identifier.other", `[{"system":"https://h/mrn","value":"86406008"}]`, "-"},
		{"contact.phone", `[{"system":"phone","value":"86406008"}]`, "-"},
		{"education.qualification", `[{"title":"Nursing","code":"F321"},{"code":"B20"},{"system":"https://s/courses","code":"Z21.0"}]`, "-"},
		{"work.qualification", `[{"code":"RN","level":{"system":"https://ec.europa.eu/esco","code":"2221"}}]`, "-"},
		{"identity.mother_maiden_name", `"86406008"`, "-"},
		{"identity.birth_date", `"1980"`, "-"},
	}
	catalog := fewCodes()
	catalog.CodeLists = append(catalog.CodeLists, consent.CodeList{Matter: "reproductive_health", System: "http://loinc.org", Codes: []string{"2106-3"}})
	catalog.Fields = map[consent.FieldName]consent.CatalogField{"civil.badge": {Type: consent.TypeIdentifier}}
	for f, c := range standard().Fields {
		catalog.Fields[f] = c
	}
	for _, tt := range tests {
		t.Run(tt.field+tt.value, func(t *testing.T) {
			f := consent.FieldName(tt.field)
			err := Placed(catalog, map[consent.FieldName][]byte{f: []byte(tt.value)})[f]
			if tt.path == "-" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Element != tt.field+tt.path {
				t.Fatalf("have %v", err)
			}
			if strings.Contains(err.Error(), "86406008") {
				t.Error("the error echoes the code")
			}
		})
	}
}

// The samples, and the demo's three among them: under the lists in use nothing of a Patient is refused,
// neither on the way in as FHIR nor when what came of it is written again.
func TestTheSamplesPatientsAreOrdinary(t *testing.T) {
	for name, data := range bundles(t) {
		p := mustFields(t, data)
		if p.Values["identity.race"] == nil || p.Values["identity.ethnicity"] == nil || p.Values["identity.language"] == nil {
			t.Errorf("%s: not whole", name)
		}
		if bad := Placed(standard(), bytesOf(p.Values)); len(bad) != 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

func TestRacesByEveryName(t *testing.T) {
	const hl7 = "http://terminology.hl7.org/CodeSystem/"
	for _, system := range []string{"urn:oid:2.16.840.1.113883.6.238", hl7 + "CDCREC", hl7 + "v3-Race", hl7 + "v3-Ethnicity", hl7 + "v2-0005", hl7 + "v2-0189",
		"http://hl7.org/fhir/v3/Race", "http://hl7.org/fhir/v3/Ethnicity", "http://hl7.org/fhir/v2/0005", "http://hl7.org/fhir/v2/0189"} {
		mustFields(t, []byte(`{"resourceType":"Patient","extension":[`+race("https://h/own-race", coding(system, "2106-3"))+`]}`))
	}
}

func TestDigitsOfEveryScript(t *testing.T) {
	var digits strings.Builder
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) || norm.NFKC.String(string(r)) != string(r) {
			continue
		}
		digits.WriteString(codeName(string(r)))
	}
	all := digits.String()
	if len(all) < 300 || all != strings.Repeat("0123456789", len(all)/10) {
		t.Errorf("have %q", all)
	}
}
