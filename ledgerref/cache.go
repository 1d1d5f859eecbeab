package ledgerref

import (
	"sync"

	"github.com/ethereum/go-ethereum/common/lru"
)

const (
	cacheShards = 64      // so that many who ask do not wait for each other
	cacheRoom   = 1 << 10 // values in each: some 20 MB of grants in all
	cachePlaces = 1 << 16
)

// cache holds what was asked for last. Ids and places are hashes: their first bytes spread
// them. A value is known by an id and rests on the record at a place; when that changes, the
// value is not found any more, nor are the few others at places that begin alike. What a
// record does not say is never held.
//
// get and put need View.mu held for reading, changed for writing: what was read before a
// change can then not be put after it.
type cache[V any] struct {
	shards  [cacheShards]cacheShard[V]
	changes [cachePlaces]uint32 // how often a place has changed
}

type cacheShard[V any] struct {
	mu     sync.Mutex
	values lru.BasicLRU[[32]byte, cacheValue[V]]
}

type cacheValue[V any] struct {
	place  uint16
	change uint32
	value  V
}

func newCache[V any]() *cache[V] {
	c := new(cache[V])
	for i := range c.shards {
		c.shards[i].values = lru.NewBasicLRU[[32]byte, cacheValue[V]](cacheRoom)
	}
	return c
}

func (c *cache[V]) get(id [32]byte) (value V, found bool) {
	shard := &c.shards[id[0]%cacheShards]
	shard.mu.Lock()
	held, found := shard.values.Get(id)
	shard.mu.Unlock()
	if !found || held.change != c.changes[held.place] {
		return value, false
	}
	return held.value, true
}

func (c *cache[V]) put(id, at [32]byte, value V) {
	place := placeOf(at)
	shard := &c.shards[id[0]%cacheShards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.values.Add(id, cacheValue[V]{place, c.changes[place], value})
}

func (c *cache[V]) changed(at [32]byte) { c.changes[placeOf(at)]++ }

func placeOf(hash [32]byte) uint16 { return uint16(hash[0])<<8 | uint16(hash[1]) }
