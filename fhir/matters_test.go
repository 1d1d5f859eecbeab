package fhir

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// The samples under random code lists: whatever is called sensitive, nothing in an
// ordinary field has its code or refers to what has, and nothing is lost or twice.
func TestNothingOrdinaryTellsOfTheSensitive(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, data := range bundles(t) {
		var codes []string
		root, err := parse(data)
		if err != nil {
			t.Fatal(err)
		}
		root.objects(func(o *node) {
			if o.get("system").text() == snomed && o.get("code").text() != "428191000124101" {
				codes = append(codes, o.get("code").text())
			}
		})
		for range 8 {
			catalog := &consent.Catalog{Fields: standard().Fields}
			for _, matter := range []string{"hiv", "violence", "genetics"} {
				catalog.CodeLists = append(catalog.CodeLists, consent.CodeList{Matter: matter, System: snomed,
					Codes: []string{codes[random.IntN(len(codes))], codes[random.IntN(len(codes))]}})
			}
			tellsNothing(t, name, data, catalog)
		}
		tellsNothing(t, name, data, standard())
	}
}

func tellsNothing(t *testing.T, name string, data []byte, catalog *consent.Catalog) {
	t.Helper()
	p, err := Fields(data, catalog)
	if err != nil {
		t.Fatal(err)
	}
	if bad := Placed(catalog, bytesOf(p.Values)); len(bad) != 0 {
		t.Errorf("%s: what Fields placed is refused: %v", name, bad)
	}
	sensitive, all := map[string]bool{}, map[string]bool{}
	for f, ids := range held(t, p.Values) {
		for _, id := range ids {
			if all[id] {
				t.Errorf("%s: %s is in two fields", name, id)
			}
			all[id] = true
			_, bare, _ := strings.Cut(id, "/")
			sensitive[bare] = sensitive[bare] || catalog.Fields[f].Matter != ""
		}
	}
	for f, v := range p.Values {
		if catalog.Fields[f].Matter != "" {
			continue
		}
		for _, l := range catalog.CodeLists {
			for _, code := range l.Codes {
				if strings.Contains(string(v), coding(l.System, code)[:len(coding(l.System, code))-1]) {
					t.Errorf("%s: %s holds a code of %s", name, f, l.Matter)
				}
			}
		}
		n, err := parse(v)
		if err != nil {
			t.Fatal(err)
		}
		_ = n.references(func(_, ref *node) error {
			if target, _ := splitReference(ref.text()); sensitive[target.id] {
				t.Errorf("%s: %s refers to a sensitive resource", name, f)
			}
			return nil
		})
	}
}

func TestMattersOfTheSamples(t *testing.T) {
	want := map[string]map[consent.FieldName]int{
		"dominga-von":     {"health.sensitive.reproductive_health": 34, "health.sensitive.several": 3},
		"nohemi-mertz":    {"health.sensitive.reproductive_health": 2},
		"tamatha-witting": {"health.sensitive.reproductive_health": 2},
	}
	for name, data := range bundles(t) {
		have := map[consent.FieldName]int{}
		for f, ids := range held(t, mustFields(t, data).Values) {
			if standard().Fields[f].Matter != "" {
				have[f] = len(ids)
			}
		}
		if !maps.Equal(have, want[name]) {
			t.Errorf("%s: have %v", name, have)
		}
	}
}

func TestCodesWithoutMatterCostLittle(t *testing.T) {
	// Many of one name and many who use it: a product would not end.
	var entries []string
	for i := range maxEntries - 1 {
		entries = append(entries, entryOf(kin("Condition", fmt.Sprint("c", i), `,"identifier":[{"value":"same"}],"asserter":{"identifier":{"value":"same"}}`)))
	}
	entries = append(entries, entryOf(kin("Condition", "hiv", `,"identifier":[{"value":"same"}],"code":`+coded(hivCode))))
	p, err := Fields([]byte(bundleOf(entries...)), fewCodes())
	if err != nil || len(p.Values) != 1 || p.Values["health.sensitive.hiv"] == nil {
		t.Errorf("have %d fields, %v", len(p.Values), err)
	}
}
