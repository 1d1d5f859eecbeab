package policy_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

func TestDefaultBundleRules(t *testing.T) {
	report, err := policy.Check(t.Context(), policy.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, failed := range report.Failed {
		t.Error(failed)
	}
	denies := 0
	for _, name := range report.Passed {
		if strings.Contains(name, "deny") {
			denies++
		}
	}
	t.Logf("%d rule tests, %d of them denials, %.1f %% of the rules' lines", len(report.Passed), denies, report.Coverage)
	if len(report.Passed) < 60 || 2*denies <= len(report.Passed) || report.Coverage <= 95 {
		t.Errorf("want at least 60 tests, most of them denials, and more than 95 %% of the lines")
	}
}

// People see these names: none may be missing in a language that their page offers.
func TestDefaultBundleLabels(t *testing.T) {
	e := engine(t, nil)
	languages := pageLanguages(t)
	check := func(name string, label map[string]string) {
		for _, language := range languages {
			if strings.TrimSpace(label[language]) == "" {
				t.Errorf("%s lacks %s", name, language)
			}
		}
		for language := range label {
			if !slices.Contains(languages, language) {
				t.Errorf("%s has %s, which the page does not offer", name, language)
			}
		}
	}
	for name, f := range e.Catalog().Fields {
		check(string(name), f.Label)
		if f.Sensitive == nil || f.Name.Validate() != nil {
			t.Errorf("%s: sensitive or name", name)
		}
		if f.Name.Category() == consent.CategoryHealth && !slices.Contains(f.Sensitive, "special_category") {
			t.Errorf("%s is not marked as of a special category (GDPR Art. 9)", name)
		}
	}
	for name, p := range e.Purposes() {
		check(string(name), p.Label)
	}
}

// Two fields of one name in one language could not be told apart by whoever gives them.
func TestDefaultBundleLabelsDiffer(t *testing.T) {
	for _, language := range pageLanguages(t) {
		seen := map[string]consent.FieldName{}
		for name, f := range engine(t, nil).Catalog().Fields {
			if other, taken := seen[f.Label[language]]; taken {
				t.Errorf("%s: %s and %s are both %q", language, name, other, f.Label[language])
			}
			seen[f.Label[language]] = name
		}
	}
}

// pageLanguages are those that people's page offers.
func pageLanguages(t *testing.T) (codes []string) {
	t.Helper()
	source, err := os.ReadFile("../web/me/src/lang/languages.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`code: "([a-z]+)"`).FindAllStringSubmatch(string(source), -1) {
		codes = append(codes, found[1])
	}
	if len(codes) < 7 || !slices.Contains(codes, "en") {
		t.Fatalf("languages.ts was read as %q", codes)
	}
	return codes
}

func TestDefaultBundleHasThePurposes(t *testing.T) {
	known := []consent.Purpose{
		policy.PurposeTreatment, policy.PurposePatientRegistration, policy.PurposeVaccination, policy.PurposeSchoolEnrolment,
		policy.PurposeAidRegistration, policy.PurposeAidAssistance, policy.PurposeCivilRegistration, policy.PurposeBorderEntry,
		policy.PurposeBankIdentification, policy.PurposeEmployment, policy.PurposeAccreditation, policy.PurposeIdentityCheck,
	}
	purposes := engine(t, nil).Purposes()
	for _, p := range known {
		if _, ok := purposes[p]; !ok {
			t.Errorf("%s is not in the bundle", p)
		}
	}
	if len(purposes) != len(known) {
		t.Errorf("%d purposes, %d constants", len(purposes), len(known))
	}
}

// The table in docs/policy.md is written from the bundle.
func TestDocumentedTable(t *testing.T) {
	page, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	purposes := engine(t, nil).Purposes()
	for _, name := range slices.Sorted(maps.Keys(purposes)) {
		if row := tableRow(name, purposes[name]); !strings.Contains(string(page), row) {
			t.Errorf("docs/policy.md lacks this row:\n%s", row)
		}
	}
}

func tableRow(name consent.Purpose, p policy.Purpose) string {
	return fmt.Sprintf("| %s `%s` | %s | %s | %d | %s | %s |\n", p.Label["en"], name, joined(p.Kinds), joined(p.Bases), p.RetentionDays, fieldList(p.Read), fieldList(p.Write))
}

func joined[K ~string](set map[K]bool) string {
	var names []string
	for name := range set {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// fieldList groups names by category: "contact: address, phone".
func fieldList(set map[consent.FieldName]bool) string {
	if len(set) == 0 {
		return "nothing"
	}
	groups := map[string][]string{}
	for name := range set {
		category, rest, _ := strings.Cut(string(name), ".")
		groups[category] = append(groups[category], rest)
	}
	var out []string
	for _, category := range slices.Sorted(maps.Keys(groups)) {
		slices.Sort(groups[category])
		out = append(out, "**"+category+"** "+strings.Join(groups[category], ", "))
	}
	return strings.Join(out, "; ")
}

// What reviewers read about the code lists is what the bundle has.
func TestDocumentedCodeLists(t *testing.T) {
	page, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range engine(t, nil).Catalog().CodeLists {
		row := fmt.Sprintf("| %s | `%s` | %d | %s |\n", l.Matter, l.System, len(l.Codes), cmp.Or(strings.Join(l.Prefixes, " "), "–"))
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/policy.md lacks this row:\n%s", row)
		}
	}
}
