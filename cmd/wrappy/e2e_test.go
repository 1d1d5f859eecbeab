package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestPromise asks the program's own assembly, over its own listeners, whether the
// promise holds. One vault serves all parts; those that take something away from
// it come last and give it back.
func TestPromise(t *testing.T) {
	v := launch(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *running)
	}{
		{"institutions are refused", refuseInstitutions},
		{"people are refused", refusePeople},
		{"strangers learn nothing", refuseStrangers},
		{"a suspension holds on an open connection", refuseSuspended},
		{"a stolen key is refused on an open connection", refuseStolenKey},
		{"two institutions cannot join their handles", releaseUnlinkably},
		{"answers leave without the value behind them", releaseDerived},
		{"no release begins after a withdrawal", withdrawUnderLoad},
		{"ledger out of sight", loseLedger},
		{"stores out of reach", loseStores},
		{"a store from before a stop", restoreStore},
		{"journal out of reach", loseJournal},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, v.in(t)) })
	}
	if err := v.shut(); err != nil {
		t.Errorf("the vault does not end well: %v", err)
	}
	for _, word := range []string{canary, echoed, "127.0.0.1:", "127.1."} {
		if at := strings.Index(v.logs.String(), word); at >= 0 {
			line, _, _ := strings.Cut(v.logs.String()[strings.LastIndex(v.logs.String()[:at], "\n")+1:], "\n")
			t.Errorf("%q in the log: %s", word, line)
		}
	}
}

// holds checks that a grant still releases what it did.
func holds(t *testing.T, got answer) {
	t.Helper()
	if got.status != http.StatusOK || !bytes.Contains(got.body, []byte(canary)) {
		t.Errorf("a standing grant is not served: %d %s", got.status, got.body)
	}
}
