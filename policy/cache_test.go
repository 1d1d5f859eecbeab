package policy

import (
	"encoding/binary"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	var key [32]byte
	for i := range uint32(shards * shardEntries * 3) {
		binary.BigEndian.PutUint32(key[1:], i)
		key[0] = byte(i % shards)
		c.put(key, 100, 200, consent.Decision{})
	}
	entries := 0
	for i := range c.shards {
		entries += len(c.shards[i].young) + len(c.shards[i].old)
	}
	if most := shards * shardEntries * 2; entries > most {
		t.Errorf("%d entries, more than %d", entries, most)
	}
	if _, ok := c.get(key, 100); !ok {
		t.Error("the newest was dropped")
	}
}
