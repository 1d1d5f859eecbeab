package vault_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
)

// together is how many histories are played at once: most of their time they wait for the disk.
const together = 32

// shared are two replicas over the same stores in directories.
func shared(t *testing.T) [2]vault.Replica {
	t.Helper()
	open := func() vault.Store {
		s, err := dirstore.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one := vault.Replica{Heads: open(), Records: open()}
	return [2]vault.Replica{one, one}
}

// What concurrent callers of two replicas are told has an order that docs/protocol explains.
func TestHistoriesAreLinearizable(t *testing.T) {
	directories, first := shared(t), faults.Seed(t)
	var group errgroup.Group
	group.SetLimit(together)
	var mu sync.Mutex
	told := map[string]int{}
	for n := range faults.Count(t, 200, 20_000) {
		group.Go(func() error {
			seed := first + uint64(n)
			replicas := directories
			if n%4 != 0 {
				replicas = vault.InMemory()
			}
			h := vault.PlayHistory(t, seed, replicas)
			if err := h.Check(); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for what, count := range h.Told() {
				told[what] += count
			}
			return nil
		})
	}
	_ = group.Wait()
	for _, what := range slices.Sorted(maps.Keys(told)) {
		t.Logf("%s: %d", what, told[what])
	}
}
