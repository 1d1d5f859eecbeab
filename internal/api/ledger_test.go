package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// The page is told until which age somebody gives for a child: that of the country whose data is kept, and no
// other's. Where the policy has none it is told none.
func TestLedgerMajority(t *testing.T) {
	for name, c := range map[string]struct {
		majorities   map[string]uint32
		jurisdiction string
		want         int // 0: none
	}{
		"the country's":           {map[string]uint32{consent.AnyJurisdiction: 18, "EG": 21}, "EG", 21},
		"everybody's":             {map[string]uint32{consent.AnyJurisdiction: 18, "EG": 21}, "KE", 18},
		"no country named":        {map[string]uint32{consent.AnyJurisdiction: 18, "EG": 21}, "", 18},
		"another country's alone": {map[string]uint32{"EG": 21}, "KE", 0},
		"no age":                  {nil, "KE", 0},
	} {
		s := newStage(t)
		s.policy.catalog.Majorities, s.api.cfg.Deployment.Jurisdiction = c.majorities, c.jurisdiction
		if got := s.majority(t); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
		s.policy.catalog = nil
		if got := s.majority(t); got != 0 {
			t.Errorf("%s: %d without a bundle in force", name, got)
		}
	}
}

func (s *stage) majority(t *testing.T) int {
	t.Helper()
	var ledger openapi.Ledger
	answer := s.handle(http.MethodGet, "/v1/ledger", "", nil)
	if err := json.Unmarshal(answer.Body.Bytes(), &ledger); err != nil || answer.Code != http.StatusOK {
		t.Fatal(answer.Code, err)
	}
	if ledger.Majority == nil {
		return 0
	}
	return *ledger.Majority
}
