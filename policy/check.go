package policy

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"
)

// Report is what a bundle's own tests say.
type Report struct {
	Passed   []string // names of the tests
	Failed   []string // file:line and name
	Coverage float64  // percent of the rules' lines, tests left out
}

// Check compiles a bundle's source strictly, checks its data and runs its tests.
// Errors wrap ErrBundle; a failing test is no error but in the report.
func Check(ctx context.Context, fsys fs.FS) (*Report, error) {
	d, err := ReadSource(fsys)
	if err != nil {
		return nil, err
	}
	return d.Check(ctx)
}

func (s *source) test(ctx context.Context) (*Report, error) {
	modules := maps.Clone(s.rules)
	maps.Copy(modules, s.tests)
	c, err := s.compile(modules)
	if err != nil {
		return nil, err
	}
	coverage := cover.New()
	var report Report
	err = storage.Txn(ctx, s.store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		results, err := tester.NewRunner().SetCompiler(c).SetStore(s.store).SetCoverageQueryTracer(coverage).SetModules(modules).RunTests(ctx, txn)
		if err != nil {
			return fmt.Errorf("%w: tests: %w", ErrBundle, err)
		}
		for r := range results {
			if r.Pass() {
				report.Passed = append(report.Passed, r.Name)
				continue
			}
			report.Failed = append(report.Failed, fmt.Sprintf("%s:%d: %s", r.Location.File, r.Location.Row, r.Name))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(report.Passed)
	report.Coverage = coverage.Report(s.rules).Coverage
	return &report, nil
}
