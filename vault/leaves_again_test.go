package vault

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
)

func pseudonyms(key crypto.Secret, granted []consent.FieldName, values map[consent.FieldName][]Sourced) error {
	raw := map[consent.FieldName][]json.RawMessage{}
	for f, list := range values {
		for _, v := range list {
			raw[f] = append(raw[f], v.Value)
		}
	}
	if err := fhir.Pseudonymise(key, granted, raw); err != nil {
		return err
	}
	for f, list := range values {
		for i := range list {
			list[i].Value = raw[f][i]
		}
	}
	return nil
}

// allergies is one resource with so many JSON values in all.
func allergies(id string, nodes int) json.RawMessage {
	const rest = 5 // the list, the resource, its type, its id, x
	return json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"` + id + `","x":[` + strings.Repeat("1,", nodes-rest-1) + `1]}]`)
}

// What a writer can store can leave again: a value that no release could carry
// would shut everybody out of the field and use their releases up.
func TestStoredValuesLeaveAgain(t *testing.T) {
	const field = "health.allergy"
	for name, value := range map[string]json.RawMessage{
		"one value too many":       allergies("a1", maxNodes+1),
		"as many as the size lets": allergies("a1", (maxValue-300)/2),
		"empty lists":              json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","x":[` + strings.Repeat("[],", maxNodes) + `[]]}]`),
		"members":                  members(maxNodes),
		"half a surrogate pair":    json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","note":"\ud800"}]`),
		"half in a name":           json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","\udc00":1}]`),
		"not UTF-8":                json.RawMessage("[{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"note\":\"\xff\"}]"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.shape = pseudonyms
			s := w.filled(func(r *consent.Request) { r.MaxReleases = 2 })
			got, err := w.write(s, raw{field: value, "identity.birth_date": json.RawMessage(`"1990"`)})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(got.Withheld, consent.Withheld{Field: field, Reason: consent.ReasonBadValue}) || len(got.Stored) != 1 {
				t.Errorf("stored %v, withheld %v", got.Stored, got.Withheld)
			}
			if r, err := w.release(s); err != nil || len(r.Released[field]) != 1 {
				t.Errorf("release: %v", err)
			}
		})
	}
	w := newWorld(t)
	w.shape = pseudonyms
	s := w.grant()
	if got, err := w.write(s, raw{field: allergies("a1", maxNodes-3)}); err != nil || len(got.Stored) != 1 {
		t.Fatalf("the most that may be stored: %+v, %v", got, err)
	}
	if r, err := w.release(s); err != nil || len(r.Released[field]) != 1 {
		t.Errorf("release of the most that may be stored: %v", err)
	}
	// Merged with what is there it would be more.
	if _, err := w.write(s, raw{field: allergies("b2", 10)}); err == nil {
		t.Error("merged past the bound")
	}
	if got, err := w.write(s, raw{field: json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"b2"}]`)}); err != nil || len(got.Stored) != 1 {
		t.Errorf("merged up to the bound: %v", err)
	}
	if r, err := w.release(s); err != nil || len(r.Released[field]) != 1 {
		t.Errorf("release of what was merged: %v", err)
	}
}

func members(n int) json.RawMessage {
	var b strings.Builder
	b.WriteString(`[{"resourceType":"AllergyIntolerance","id":"a1"`)
	for i := range n {
		fmt.Fprintf(&b, `,"%x":1`, i)
	}
	return json.RawMessage(b.String() + "}]")
}
