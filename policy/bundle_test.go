package policy_test

import (
	"strings"
	"testing"

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
	if len(report.Passed) < 50 || 2*denies <= len(report.Passed) || report.Coverage < 99 {
		t.Errorf("want at least 50 tests, most of them denials, and every line covered")
	}
}
