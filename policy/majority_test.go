package policy_test

import (
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// TestMajority: each country's age, another country's, and none without the data.
func TestMajority(t *testing.T) {
	load := func(changes map[string][]byte) (*consent.Catalog, error) {
		draft, err := policy.ReadSource(sources(t, changes))
		if err != nil {
			return nil, err
		}
		return draft.Catalog(), nil
	}
	catalog, err := load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for country, want := range map[string]uint32{"KE": 18, "EG": 21, "KR": 19, "TH": 20} {
		if years, known := catalog.Majority(country); !known || years != want {
			t.Errorf("%s: %d, %t; want %d", country, years, known, want)
		}
	}
	catalog, err = load(map[string][]byte{"majority/data.json": nil})
	if err != nil {
		t.Fatal(err)
	}
	if years, known := catalog.Majority("KE"); known {
		t.Errorf("without the data: %d", years)
	}
	for name, bad := range map[string]string{
		"no country": `{"Kenya":{"years":18,"law":"x","effective":"2026-01-01"}}`, "for life": `{"any":{"years":120,"law":"x","effective":"2026-01-01"}}`,
		"no age": `{"any":{"law":"x","effective":"2026-01-01"}}`, "no law": `{"any":{"years":18,"effective":"2026-01-01"}}`,
		"no day": `{"any":{"years":18,"law":"x"}}`, "something else": `{"any":{"years":18,"law":"x","effective":"2026-01-01","sex":"f"}}`,
	} {
		_, err := load(map[string][]byte{"majority/data.json": []byte(bad)})
		if err == nil || !strings.Contains(err.Error(), "majority") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
