package vault

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
)

// withMatter is a world whose catalog has a field of a sensitive matter, and a grant for it.
func withMatter(t *testing.T) (*world, SignedGrant) {
	t.Helper()
	w := newWorld(t)
	c := w.decider.catalog
	c.Fields["health.sensitive.hiv"] = consent.CatalogField{Name: "health.sensitive.hiv", Type: consent.TypeFHIR, Matter: "hiv"}
	c.Fields["aid.registration"] = consent.CatalogField{Name: "aid.registration", Type: consent.TypeObject}
	c.Fields["identity.extension"] = consent.CatalogField{Name: "identity.extension", Type: consent.TypeList}
	c.Fields["civil.badge"] = consent.CatalogField{Name: "civil.badge", Type: consent.TypeIdentifier}
	c.CodeLists = []consent.CodeList{{Matter: "hiv", System: "http://snomed.info/sct", Codes: []string{"86406008"}}}
	return w, w.grant(func(r *consent.Request) {
		r.Fields = []consent.FieldName{"aid.registration", "civil.badge", "health.allergy", "health.condition", "health.sensitive.hiv",
			"identity.extension", "identity.mother_maiden_name"}
	})
}

func TestMisplacedIsNotStored(t *testing.T) {
	const (
		hiv   = `{"resourceType":"Condition","id":"` + secretValue + `","code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008"}]}}`
		plain = `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"}}`
	)
	tests := []struct {
		name, field, value string
		stored             bool
	}{
		{"HIV among the ordinary", "health.condition", "[" + plain + "," + hiv + "]", false},
		{"HIV alone", "health.condition", "[" + hiv + "]", false},
		{"HIV in an allergy", "health.allergy", `[{"resourceType":"AllergyIntolerance","id":"a","extension":[{"valueCoding":{"system":"http://snomed.info/sct","code":"86406008"}}]}]`, false},
		{"a type that is not kept", "health.sensitive.hiv", `[{"resourceType":"Claim","id":"c"}]`, false},
		{"no type", "health.sensitive.hiv", `[{"id":"c"}]`, false},
		{"no id", "health.sensitive.hiv", `[{"resourceType":"Condition"}]`, false},
		{"one id twice", "health.sensitive.hiv", "[" + hiv + "," + hiv + "]", false},
		{"of a group", "health.condition", `[{"resourceType":"Condition","id":"c","subject":{"reference":"Group/g"}}]`, false},
		{"HIV in an object", "aid.registration", `{"need":{"system":"http://snomed.info/sct","code":"86406008","display":"` + secretValue + `"}}`, false},
		{"HIV in a list", "identity.extension", `[{"url":"u","valueCoding":{"system":"http://snomed.info/sct","code":"86406008"}}]`, false},
		{"HIV as an identifier", "civil.badge", `{"system":"http://snomed.info/sct","value":"86406008"}`, false},
		{"an ordinary object", "aid.registration", `{"need":{"system":"http://snomed.info/sct","code":"38341003"}}`, true},
		{"an ordinary list", "identity.extension", `[{"url":"u","valueCoding":{"code":"M"}}]`, true},
		{"an ordinary identifier", "civil.badge", `{"system":"https://h/badges","value":"86406008"}`, true},
		{"words", "identity.mother_maiden_name", `"86406008"`, true},
		{"in its place", "health.condition", "[" + plain + "]", true},
		{"HIV in its place", "health.sensitive.hiv", "[" + hiv + "]", true},
		{"two types of one id", "health.sensitive.hiv", "[" + hiv + "," + strings.Replace(hiv, "Condition", "Observation", 1) + "]", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, s := withMatter(t)
			f := consent.FieldName(tt.field)
			got, err := w.write(s, raw{f: json.RawMessage(tt.value)})
			if tt.stored {
				if err != nil || len(got.Stored) != 1 || string(w.value(s, f)[0].Value) != tt.value {
					t.Errorf("not stored: %v", err)
				}
				return
			}
			var denial *Denial
			if !errors.As(err, &denial) || strings.Contains(err.Error(), secretValue) {
				t.Fatalf("have %v", err)
			}
			if !slices.Equal(denial.Withheld, []consent.Withheld{{Field: f, Reason: consent.ReasonBadValue}}) {
				t.Errorf("withheld %v", denial.Withheld)
			}
			if n := len(w.records.snapshot()); n != 0 {
				t.Errorf("%d records made", n)
			}
		})
	}
}

// One call's values are judged together: the report would tell of the result.
func TestMisplacedByWhatItRefersTo(t *testing.T) {
	w, s := withMatter(t)
	values := raw{
		"health.sensitive.hiv": json.RawMessage(`[{"resourceType":"Observation","id":"o","code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008"}]}}]`),
		"health.condition":     json.RawMessage(`[{"resourceType":"Condition","id":"c","evidence":[{"detail":[{"reference":"Observation/o"}]}]}]`),
		"health.allergy":       json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a"}]`),
	}
	got, err := w.write(s, values)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Stored) != 2 || !slices.Equal(got.Withheld, []consent.Withheld{{Field: "health.condition", Reason: consent.ReasonBadValue}}) {
		t.Errorf("stored %v, withheld %v", got.Stored, got.Withheld)
	}
}

// What the grant does not cover is not stored, and counts all the same.
func TestMisplacedByWhatIsNotCovered(t *testing.T) {
	w, _ := withMatter(t)
	s := w.grant(func(r *consent.Request) { r.Fields = []consent.FieldName{"health.allergy", "health.condition"} })
	got, err := w.write(s, raw{
		"health.sensitive.hiv": json.RawMessage(`[{"resourceType":"Observation","id":"o","code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008"}]}}]`),
		"health.condition":     json.RawMessage(`[{"resourceType":"Condition","id":"c","evidence":[{"detail":[{"reference":"Observation/o"}]}]}]`),
		"health.allergy":       json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a"}]`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []consent.Withheld{{Field: "health.condition", Reason: consent.ReasonBadValue}, {Field: "health.sensitive.hiv", Reason: consent.ReasonNotInGrant}}
	if len(got.Stored) != 1 || !slices.Equal(got.Withheld, want) {
		t.Errorf("stored %v, withheld %v", got.Stored, got.Withheld)
	}
}

func TestResourcesOfManyTypesMerge(t *testing.T) {
	w, s := withMatter(t)
	write := func(value string) {
		t.Helper()
		if _, err := w.write(s, raw{"health.sensitive.hiv": json.RawMessage(value)}); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"resourceType":"Condition","id":"x","n":1},{"resourceType":"Observation","id":"x","n":1}]`)
	write(`[{"resourceType":"Observation","id":"x","n":2},{"resourceType":"Procedure","id":"x","n":2}]`)
	want := `[{"resourceType":"Condition","id":"x","n":1},{"resourceType":"Observation","id":"x","n":2},{"resourceType":"Procedure","id":"x","n":2}]`
	if v := w.value(s, "health.sensitive.hiv"); len(v) != 1 || string(v[0].Value) != want {
		t.Error("merged by id without the type")
	}
}

// A catalog that says neither type nor matter says nothing: such a field takes nothing.
func TestFieldOfNoTypeTakesNothing(t *testing.T) {
	if _, ok := asResources(consent.CatalogField{Type: consent.TypeFHIR}, []byte(`[{"resourceType":"Condition","id":"c"}]`)); ok {
		t.Error("taken")
	}
}

func TestNoGateWithoutPlace(t *testing.T) {
	w := newWorld(t)
	_, err := New(Config{Heads: w.heads, Records: w.records, Ledger: w.ledger, Relayer: w.relayer, Decider: w.decider, Journal: w.journal,
		Shape: w.shape, Signable: fhir.Signable, KeyHeld: w.keyHeld, Name: testOrigin, Keyring: w.keyring, ConsentLedger: w.domain, KeyRegistry: w.registry})
	if err == nil || !strings.Contains(err.Error(), "Place") {
		t.Errorf("have %v", err)
	}
}
