package vault

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// recent remembers the entries used last, for at most a fixed time by the
// monotonic clock, which nobody can set back. Safe for concurrent use.
type recent[K comparable, V any] struct {
	mu      sync.Mutex
	limit   int
	life    time.Duration // 0 = as long as there is room
	entries map[K]*list.Element
	order   *list.List // newest in front
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
	until time.Time
}

func newRecent[K comparable, V any](limit int, life time.Duration) *recent[K, V] {
	return &recent[K, V]{limit: limit, life: life, entries: map[K]*list.Element{}, order: list.New()}
}

func (r *recent[K, V]) get(key K) (value V, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	element, found := r.entries[key]
	if !found {
		return value, false
	}
	entry := element.Value.(*recentEntry[K, V])
	if r.life != 0 && time.Now().After(entry.until) {
		r.remove(element)
		return value, false
	}
	r.order.MoveToFront(element)
	return entry.value, true
}

func (r *recent[K, V]) put(key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store(key, value)
}

// raise keeps the greater of what is there and value, and returns it.
func raise[K comparable](r *recent[K, uint64], key K, value uint64) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if element, found := r.entries[key]; found {
		value = max(value, element.Value.(*recentEntry[K, uint64]).value)
	}
	r.store(key, value)
	return value
}

func (r *recent[K, V]) store(key K, value V) {
	if element, found := r.entries[key]; found {
		r.remove(element)
	}
	r.entries[key] = r.order.PushFront(&recentEntry[K, V]{key: key, value: value, until: time.Now().Add(r.life)})
	for r.order.Len() > r.limit {
		r.remove(r.order.Back())
	}
}

func (r *recent[K, V]) remove(element *list.Element) {
	r.order.Remove(element)
	delete(r.entries, element.Value.(*recentEntry[K, V]).key)
}

// stripes are locks by key; two keys may share one, so nobody takes two of a set.
type stripes [256]chan struct{}

func newStripes() *stripes {
	s := new(stripes)
	for i := range s {
		s[i] = make(chan struct{}, 1)
	}
	return s
}

// lock waits for the key's lock as long as the context allows.
func (s *stripes) lock(ctx context.Context, key byte) (unlock func(), err error) {
	select {
	case s[key] <- struct{}{}:
		return func() { <-s[key] }, nil
	case <-ctx.Done():
		return nil, unavailable("lock", ctx.Err())
	}
}
