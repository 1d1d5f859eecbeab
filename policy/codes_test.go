package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

const (
	codes                         = "codes/data.json"
	fields, purposes, accreditors = "fields/data.json", "purposes/data.json", "accreditors/data.json"
	retention                     = "retention/data.json"
	sct                           = "http://snomed.info/sct"
	icd10                         = "http://hl7.org/fhir/sid/icd-10"
	icdCM                         = "http://hl7.org/fhir/sid/icd-10-cm"
	loinc                         = "http://loinc.org"
	rx                            = "http://www.nlm.nih.gov/research/umls/rxnorm"
)

// matters that some list of the catalog gives to a code.
func mattersOf(c *consent.Catalog, system, code string) (found []string) {
	for _, l := range c.CodeLists {
		hit := false
		for _, listed := range l.Codes {
			hit = hit || listed == code
		}
		for _, prefix := range l.Prefixes {
			hit = hit || strings.HasPrefix(code, prefix)
		}
		if l.System == system && hit {
			found = append(found, l.Matter)
		}
	}
	return found
}

// The codes of the seven sample patients that tell of a sensitive matter, one of
// each kind that coding systems know besides, and their neighbours that must not.
func TestCodesOfTheDefaultBundle(t *testing.T) {
	catalog := engine(t, nil).Catalog()
	tests := []struct{ system, code, want string }{
		{sct, "31676001", "hiv"}, {sct, "86406008", "hiv"}, {sct, "62479008", "hiv"}, {icd10, "B24", "hiv"}, {icd10, "B20.6", "hiv"},
		{icdCM, "Z21", "hiv"}, {icdCM, "B20", "hiv"}, {loinc, "25836-8", "hiv"}, {loinc, "7917-8", "hiv"}, {rx, "1999667", "hiv"},
		{sct, "171207006", "mental_health"}, {sct, "47505003", "mental_health"}, {sct, "58214004", "mental_health"}, {icd10, "F32.1", "mental_health"},
		{icdCM, "T14.91XA", "mental_health"}, {loinc, "55758-7", "mental_health"}, {loinc, "89204-2", "mental_health"}, {loinc, "70274-6", "mental_health"}, {rx, "315952", "mental_health"},
		{sct, "72892002", "reproductive_health"}, {sct, "424441002", "reproductive_health"}, {sct, "424619006", "reproductive_health"}, {sct, "252160004", "reproductive_health"},
		{sct, "169230002", "reproductive_health"}, {sct, "134435003", "reproductive_health"}, {sct, "135892000", "reproductive_health"}, {sct, "312404004", "reproductive_health"},
		{sct, "713076009", "reproductive_health"}, {sct, "169690007", "reproductive_health"}, {sct, "274804006", "reproductive_health"}, {sct, "225158009", "reproductive_health"},
		{sct, "310861008", "reproductive_health"}, {sct, "165829005", "reproductive_health"}, {sct, "269828009", "reproductive_health"}, {sct, "90226004", "reproductive_health"},
		{sct, "19169002", "reproductive_health"}, {sct, "37849005", "reproductive_health"}, {sct, "65200003", "reproductive_health"}, {sct, "68254000", "reproductive_health"},
		{rx, "748856", "reproductive_health"}, {rx, "748879", "reproductive_health"}, {rx, "751905", "reproductive_health"}, {rx, "807283", "reproductive_health"},
		{icd10, "O04", "reproductive_health"}, {icdCM, "Z30.011", "reproductive_health"}, {icdCM, "O9A.21", "reproductive_health"}, {loinc, "2106-3", "reproductive_health"},
		{sct, "443529005", "genetics reproductive_health"}, {icdCM, "Z14.1", "genetics"}, {icdCM, "Z15.01", "genetics"}, {icd10, "Z31.5", "genetics reproductive_health"}, {loinc, "21636-6", "genetics"},
		{sct, "5602001", "substance_use"}, {sct, "15167005", "substance_use"}, {icd10, "F10.2", "substance_use"}, {icdCM, "F11.20", "substance_use"}, {loinc, "75626-2", "substance_use"}, {loinc, "82667-7", "substance_use"}, {rx, "351267", "substance_use"},
		{sct, "706893006", "violence"}, {sct, "866148006", "violence"}, {icdCM, "T74.11XA", "violence"}, {icdCM, "T76.12", "violence"}, {icdCM, "Z69.11", "violence"}, {icd10, "Y07.0", "violence"}, {loinc, "76504-0", "violence"}, {loinc, "76501-6", "violence"},
		{icd10, "F02.4", "hiv mental_health"},

		{sct, "44054006", ""}, {sct, "38341003", ""}, {sct, "10509002", ""}, {sct, "226138001", ""}, {sct, "710081004", ""}, {sct, "449868002", ""}, {sct, "44608003", ""},
		{sct, "5880005", ""}, {sct, "185349003", ""}, {loinc, "72166-2", ""}, {loinc, "8480-6", ""}, {loinc, "2339-0", ""}, {rx, "563026", ""}, {rx, "313782", ""},
		{icd10, "B25", ""}, {icd10, "Z20.1", ""}, {icdCM, "J45", ""}, {icdCM, "T73", ""}, {"http://hl7.org/fhir/sid/cvx", "62", ""},
		{"urn:oid:2.16.840.1.113883.6.96", "86406008", ""}, {sct, "8640600", ""}, {sct, "864060080", ""}, {"", "B24", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(mattersOf(catalog, tt.system, tt.code), " "); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.system, tt.code, got, tt.want)
		}
	}
	for _, l := range catalog.CodeLists {
		if l.Source == "" || len(l.Codes)+len(l.Prefixes) == 0 {
			t.Errorf("%s %s: no source or no codes", l.Matter, l.System)
		}
	}
}

// oneList is data.codes with one list of HIV, and the fields that it needs.
func oneList(list string) map[string][]byte {
	return map[string][]byte{codes: []byte(`{"hiv": [` + list + `]}`), fields: []byte(withMatters(fieldsWithoutMatters(), "hiv"))}
}

// fieldsWithoutMatters is the bundle's fields but for those of a matter.
func fieldsWithoutMatters() map[string]json.RawMessage {
	raw, err := policy.Default().Open(fields)
	if err != nil {
		panic(err)
	}
	defer raw.Close() //nolint:errcheck // embedded
	var all map[string]json.RawMessage
	if err := json.NewDecoder(raw).Decode(&all); err != nil {
		panic(err)
	}
	for name, f := range all {
		var in struct{ Matter string }
		if err := json.Unmarshal(f, &in); err != nil {
			panic(err)
		}
		if in.Matter != "" {
			delete(all, name)
		}
	}
	return all
}

func withMatters(all map[string]json.RawMessage, matters ...string) string {
	for _, matter := range matters {
		name := "health." + matter
		all[name] = json.RawMessage(fmt.Sprintf(`{"name": %q, "type": "fhir", "matter": %q, "sensitive": ["special_category"],
			"label": {"en": "x"}, "picture": "x", "read": {"hospital": true}, "write": {"hospital": true}}`, name, matter))
	}
	out, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// list is one list of data.codes with other members.
func codeList(changes map[string]any) string {
	l := map[string]any{"system": sct, "source": "a book", "codes": map[string]string{"86406008": "HIV"}}
	for name, value := range changes {
		if l[name] = value; value == nil {
			delete(l, name)
		}
	}
	out, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func many(n int) map[string]string {
	out := map[string]string{}
	for i := range n {
		out[fmt.Sprintf("%06d", i)] = "name"
	}
	return out
}

func TestCodesRefused(t *testing.T) {
	prefixes := func(system string, of ...string) map[string]any {
		set := map[string]string{}
		for _, p := range of {
			set[p] = "name"
		}
		return map[string]any{"system": system, "codes": nil, "prefixes": set}
	}
	tests := []struct {
		name, list, message string
	}{
		{"no system", codeList(map[string]any{"system": nil}), "system"},
		{"a name for a system", codeList(map[string]any{"system": "SNOMED"}), "system"},
		{"a scheme alone", codeList(map[string]any{"system": "http:"}), "system"},
		{"a path for a system", codeList(map[string]any{"system": "/sct"}), "system"},
		{"a version behind a bar", codeList(map[string]any{"system": "http://loinc.org|2.77"}), "system"},
		{"a fragment", codeList(map[string]any{"system": sct + "#x"}), "system"},
		{"a space", codeList(map[string]any{"system": sct + " "}), "system"},
		{"a long system", codeList(map[string]any{"system": "urn:" + strings.Repeat("x", 400)}), "system"},
		{"no source", codeList(map[string]any{"source": nil}), "source"},
		{"an empty source", codeList(map[string]any{"source": " "}), "source"},
		{"a book for a source", codeList(map[string]any{"source": strings.Repeat("x", 700)}), "source"},
		{"no codes", codeList(map[string]any{"codes": nil}), "want one at least"},
		{"empty codes", codeList(map[string]any{"codes": map[string]string{}}), "want one at least"},
		{"a list for codes", codeList(map[string]any{"codes": []string{"86406008"}}), "data.codes"},
		{"too many codes", codeList(map[string]any{"codes": many(2001)}), "more than 2000"},
		{"too many prefixes", codeList(map[string]any{"system": icd10, "prefixes": many(2001)}), "more than 2000"},
		{"an empty code", codeList(map[string]any{"codes": map[string]string{"": "x"}}), "letters, digits"},
		{"a code with a space", codeList(map[string]any{"codes": map[string]string{"86406008 ": "x"}}), "letters, digits"},
		{"a wildcard", codeList(map[string]any{"codes": map[string]string{"B2*": "x"}}), "letters, digits"},
		{"a long code", codeList(map[string]any{"codes": map[string]string{strings.Repeat("1", 61): "x"}}), "letters, digits"},
		{"a code without a name", codeList(map[string]any{"codes": map[string]string{"86406008": ""}}), "want a name"},
		{"a code with a long name", codeList(map[string]any{"codes": map[string]string{"86406008": strings.Repeat("x", 301)}}), "want a name"},
		{"a member nobody knows", codeList(map[string]any{"excludes": []string{"1"}}), "data.codes"},
		{"a prefix of everything", codeList(prefixes(icd10, "")), "letters, digits"},
		{"a prefix of a chapter", codeList(prefixes(icd10, "B")), "letters, digits"},
		{"a prefix of a prefix", codeList(prefixes(icd10, "B20", "B20.1")), "has it already"},
		{"a code of a prefix", codeList(map[string]any{"system": icd10, "codes": map[string]string{"B20": "x"}, "prefixes": map[string]string{"B20": "x"}}), "has it already"},
		{"a prefix in SNOMED CT", codeList(prefixes(sct, "8640")), "no beginnings"},
		{"a prefix in LOINC", codeList(prefixes(loinc, "258")), "no beginnings"},
		{"a system twice", codeList(nil) + "," + codeList(map[string]any{"codes": map[string]string{"1": "x"}}), "a list already"},
		{"too many lists", strings.TrimSuffix(strings.Repeat(codeList(nil)+",", 17), ","), "more than 16 lists"},
		{"a code twice", `{"system": "` + sct + `", "source": "x", "codes": {"1": "x", "1": "y"}}`, "stands twice"},
		{"no list", "", "no list for matter"},
	}
	if _, err := policy.Check(t.Context(), sources(t, onlyCodes(oneList(codeList(nil))))); err != nil {
		t.Fatalf("the list that the others are made of: %v", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := policy.Check(t.Context(), sources(t, onlyCodes(oneList(tt.list))))
			if !errors.Is(err, policy.ErrBundle) || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("%v\nwant %q", err, tt.message)
			}
		})
	}
}

// onlyCodes leaves out the tests and purposes that need the bundle's own fields.
func onlyCodes(changes map[string][]byte) map[string][]byte {
	changes["release_test.rego"] = nil
	changes[purposes] = []byte(`{"dpv:PersonnelHiring": {"iri": "https://w3id.org/dpv#PersonnelHiring", "label": {"en": "Hiring"}, "source": "DPV", "law": "x",
		"effective": "2026-01-01", "from": 1767225600, "kinds": {"employer": true}, "bases": {"consent": true}, "retention_days": 1, "read": {}, "write": {}}}`)
	return changes
}

// Fields and lists must fit: what a matter takes out of one field has a place.
func TestMattersRefused(t *testing.T) {
	hiv := `"hiv": [` + codeList(nil) + `]`
	all := fieldsWithoutMatters
	tests := []struct {
		name, codes, fields, message string
	}{
		{"a field without codes", "{" + hiv + "}", withMatters(all(), "hiv", "violence", "several"), `"violence" of a field`},
		{"codes without a field", "{" + hiv + `, "violence": [` + codeList(nil) + `]}`, withMatters(all(), "hiv"), "no field has it"},
		{"codes of several", "{" + hiv + `, "several": [` + codeList(nil) + `]}`, withMatters(all(), "hiv"), "no field has it"},
		{"two matters without a place for both", "{" + hiv + `, "violence": [` + codeList(nil) + `]}`, withMatters(all(), "hiv", "violence"), `"several"`},
		{"a place for both without two", "{" + hiv + "}", withMatters(all(), "hiv", "several"), `"several"`},
		{"a place for both alone", "{" + hiv + "}", withMatters(all(), "several"), `"several"`},
		{"no field of a matter", "{" + hiv + "}", withMatters(all()), "no field has it"},
		{"no codes at all", "", withMatters(all(), "hiv"), "data.codes"},
		{"no matter", `{}`, withMatters(all(), "hiv"), "data.codes"},
		{"a matter with a space", `{"hi v": [` + codeList(nil) + `]}`, withMatters(all(), "hi v"), "field name"},
		{"an upper-case matter", `{"HIV": [` + codeList(nil) + "], " + hiv + "}", withMatters(all(), "hiv"), "lower-case"},
		{"a matter beside a resource", "{" + hiv + "}", strings.Replace(withMatters(all(), "hiv"), `"matter":"hiv"`, `"matter":"hiv","resource":"Condition"`, 1), "one of them wanted"},
		{"a category without a resource", "{" + hiv + "}", strings.Replace(withMatters(all(), "hiv"), `"matter":"hiv"`, `"matter":"hiv","category":"laboratory"`, 1), "category"},
		{"a matter of a text", "{" + hiv + "}", strings.Replace(withMatters(all(), "hiv"), `"type":"fhir","matter":"hiv"`, `"type":"text","matter":"hiv"`, 1), "one of them wanted"},
		{"two fields of a matter", "{" + hiv + "}", strings.Replace(withMatters(all(), "hiv", "hiw", "several"), `"matter":"hiw"`, `"matter":"hiv"`, 1), "another field has this"},
		{"two fields of a resource", "{" + hiv + "}", strings.Replace(withMatters(all(), "hiv"), `"AllergyIntolerance"`, `"Condition"`, 1), "another field has this"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes := onlyCodes(map[string][]byte{fields: []byte(tt.fields), codes: []byte(tt.codes)})
			if tt.codes == "" {
				changes[codes] = nil
			}
			_, err := policy.Check(t.Context(), sources(t, changes))
			if !errors.Is(err, policy.ErrBundle) || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("%v\nwant %q", err, tt.message)
			}
		})
	}
}
