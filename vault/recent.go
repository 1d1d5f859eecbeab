package vault

import (
	"sync"
	"time"
)

// recent remembers the entries used last, for at most a fixed time by the
// monotonic clock, which nobody can set back. Each goes by itself when its time is
// over: nobody may ever ask for it again. Safe for concurrent use.
type recent[K comparable, V any] struct {
	mu      sync.Mutex
	limit   int           // of the entries' weights together
	weigh   func(V) int   // nil: each weighs 1
	weight  int           // of all there are
	life    time.Duration // 0 = as long as there is room
	entries map[K]*recentEntry[K, V]
	ring    recentEntry[K, V] // its next was used last, its previous first
	used    CacheUse
}

type recentEntry[K comparable, V any] struct {
	key            K
	value          V
	until          time.Time
	end            *time.Timer // nil: stays as long as there is room
	previous, next *recentEntry[K, V]
}

func newRecent[K comparable, V any](limit int, life time.Duration) *recent[K, V] {
	r := &recent[K, V]{limit: limit, life: life, entries: map[K]*recentEntry[K, V]{}}
	r.ring.previous, r.ring.next = &r.ring, &r.ring
	return r
}

func (r *recent[K, V]) get(key K) (value V, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire(key)
	entry, found := r.entries[key]
	if !found {
		r.used.Misses++
		return value, false
	}
	r.used.Hits++
	entry.unlink()
	r.front(entry)
	return entry.value, true
}

func (r *recent[K, V]) forget(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if entry, found := r.entries[key]; found {
		r.remove(entry)
	}
}

func (r *recent[K, V]) use() CacheUse {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.used
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
	if entry, found := r.entries[key]; found {
		value = max(value, entry.value)
	}
	r.store(key, value)
	return value
}

func (r *recent[K, V]) store(key K, value V) {
	if entry, found := r.entries[key]; found {
		r.remove(entry)
	}
	entry := &recentEntry[K, V]{key: key, value: value}
	if r.life != 0 {
		entry.until = time.Now().Add(r.life)
		entry.end = time.AfterFunc(r.life, func() { // without the entry: a stopped timer may be kept for a while
			r.mu.Lock()
			defer r.mu.Unlock()
			r.expire(key)
		})
	}
	r.entries[key] = entry
	r.front(entry)
	for r.weight += r.weightOf(value); r.weight > r.limit; {
		r.remove(r.ring.previous)
	}
}

// expire removes what is there under a key once its time is over, and not what is newer.
func (r *recent[K, V]) expire(key K) {
	if entry, found := r.entries[key]; found && entry.end != nil && !time.Now().Before(entry.until) {
		r.remove(entry)
	}
}

func (r *recent[K, V]) weightOf(value V) int {
	if r.weigh == nil {
		return 1
	}
	return r.weigh(value)
}

func (r *recent[K, V]) front(e *recentEntry[K, V]) {
	e.previous, e.next = &r.ring, r.ring.next
	e.previous.next, e.next.previous = e, e
}

func (r *recent[K, V]) remove(e *recentEntry[K, V]) {
	e.unlink()
	delete(r.entries, e.key)
	r.weight -= r.weightOf(e.value)
	if e.end != nil {
		e.end.Stop()
	}
}

func (e *recentEntry[K, V]) unlink() {
	e.previous.next, e.next.previous = e.next, e.previous
}
