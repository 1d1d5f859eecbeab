package policy_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type coding struct{ System, Code string }

// sampleCodings are all codings of the seven sample patients, with their names.
func sampleCodings(t *testing.T) map[coding]string {
	t.Helper()
	plain, err := filepath.Glob("../internal/demo/patients/*.json")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := filepath.Glob("../fhir/testdata/patients/*.json.gz")
	if err != nil || len(plain)+len(packed) != 7 {
		t.Fatalf("%d sample patients: %v", len(plain)+len(packed), err)
	}
	found := map[coding]string{}
	for _, name := range append(plain, packed...) {
		file, err := os.Open(name) //nolint:gosec // a file of this repository
		if err != nil {
			t.Fatal(err)
		}
		var content io.Reader = file
		if strings.HasSuffix(name, ".gz") {
			if content, err = gzip.NewReader(file); err != nil {
				t.Fatal(err)
			}
		}
		var bundle any
		if err := json.NewDecoder(content).Decode(&bundle); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = file.Close()
		walkCodings(bundle, found)
	}
	return found
}

func walkCodings(v any, found map[coding]string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walkCodings(item, found)
		}
	case map[string]any:
		system, isSystem := v["system"].(string)
		if code, isCode := v["code"].(string); isSystem && isCode {
			display, _ := v["display"].(string)
			c := coding{system, code}
			found[c] = strings.TrimPrefix(found[c]+" / "+display, " / ")
		}
		for _, item := range v {
			walkCodings(item, found)
		}
	}
}

// told are words in names that tell of a sensitive matter.
var told = regexp.MustCompile(`(?i)pregnan|natal|fetal|fetus|miscarr|contracept|intrauterine|uterine|abort|genital|chlamydia|gonorr|syphil|rubella|mother|` +
	`28 day pack|hiv|immunodefic|depress|anxi|suicid|psych|schizo|bipolar|alcohol|opioid|addict|abuse|violen|victim|genetic|chromosom|sexual`)

// What the lists take out of the seven sample patients, by matter: no more and no less.
func TestCodesOfTheSamplePatients(t *testing.T) {
	catalog := engine(t, nil).Catalog()
	want := map[string]string{
		"hiv":           "31676001",
		"mental_health": "171207006",
		"genetics":      "443529005",
		"reproductive_health": "134435003 135892000 165829005 169230002 169690007 19169002 225158009 252160004 269828009 274804006 310861008 312404004 " +
			"37849005 424441002 424619006 443529005 65200003 68254000 713076009 72892002 748856 748879 751905 807283 90226004",
	}
	// Names that sound sensitive and codes that are not: docs/policy.md says why.
	spared := map[string]bool{"226138001": true, "5880005": true}
	got, found := map[string][]string{}, sampleCodings(t)
	if len(found) < 200 {
		t.Fatalf("%d codings in the sample patients", len(found))
	}
	for c, display := range found {
		matters := mattersOf(catalog, c.System, c.Code)
		for _, matter := range matters {
			got[matter] = append(got[matter], c.Code)
		}
		if told.MatchString(display) && len(matters) == 0 && !spared[c.Code] {
			t.Errorf("%s %s, %s, is on no list", c.System, c.Code, display)
		}
	}
	for _, matter := range slices.Sorted(maps.Keys(got)) {
		slices.Sort(got[matter])
		if list := strings.Join(got[matter], " "); list != want[matter] {
			t.Errorf("%s: %s\nwant %s", matter, list, want[matter])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d matters, want %d", len(got), len(want))
	}
}
