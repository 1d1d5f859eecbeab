package policy

import (
	"slices"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// A decision is kept until the rules' own valid_until, the grant's end or the
// bundle's, and 5 seconds at most. The 5 seconds are counted on the question's
// clock and on the machine's: the first can stand still after a clock was set
// back. Status, tombstones and expiry are the gate's, looked at before.
const (
	cacheSeconds = 5
	shards       = 16
	shardEntries = 2048 // times two generations
)

type cache struct{ shards [shards]shard }

// shard holds two generations: when the young one is full it becomes the old one,
// which bounds the size without keeping an order.
type shard struct {
	mu         sync.RWMutex
	young, old map[[32]byte]kept
}

type kept struct {
	decision    consent.Decision
	from, until uint64 // on the question's clock
	stored      time.Time
}

func newCache() *cache { return &cache{} }

func (c *cache) get(key [32]byte, now uint64) (consent.Decision, bool) {
	s := &c.shards[key[0]%shards]
	s.mu.RLock()
	k, ok := s.young[key]
	if !ok {
		k, ok = s.old[key]
	}
	s.mu.RUnlock()
	if !ok || now < k.from || now >= k.until || time.Since(k.stored) >= cacheSeconds*time.Second {
		return consent.Decision{}, false
	}
	return clone(k.decision), true
}

func (c *cache) put(key [32]byte, now, until uint64, d consent.Decision) {
	if until = min(until, now+cacheSeconds); until <= now {
		return
	}
	s := &c.shards[key[0]%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= shardEntries {
		s.young, s.old = map[[32]byte]kept{}, s.young
	}
	s.young[key] = kept{decision: clone(d), from: now, until: until, stored: time.Now()}
}

// clone keeps what a caller does to its decision out of the cache.
func clone(d consent.Decision) consent.Decision {
	d.Permitted, d.Withheld, d.Reasons = slices.Clone(d.Permitted), slices.Clone(d.Withheld), slices.Clone(d.Reasons)
	return d
}
