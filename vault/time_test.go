package vault

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

// A clock set back extends nothing, neither at once nor after a restart.
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.pass(31 * 24 * time.Hour)
	if _, err := w.release(s); !denied(err, consent.ReasonExpired) {
		t.Fatal(err)
	}
	w.pass(-20 * 24 * time.Hour)
	for _, g := range []*Gate{w.gate, w.newGate()} {
		if _, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !errors.Is(err, consent.ErrStaleView) {
			t.Errorf("error %v", err)
		}
		at, err := g.now(t.Context())
		if err != nil || at.seconds() < uint64(begin.Unix())+31*consent.Day {
			t.Errorf("time went back: %v", err)
		}
	}
}

// A view that lies about the future is believed as long as it lasts, and not kept.
func TestViewFromTheFutureIsNotKept(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.ledger.ahead = 400 * consent.Day
	if _, err := w.release(s); !denied(err, consent.ReasonExpired) {
		t.Fatal(err)
	}
	w.ledger.ahead = 0
	for _, g := range []*Gate{w.gate, w.newGate()} {
		if _, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil {
			t.Errorf("error %v", err)
		}
	}
}

func TestClockIsPersistedCoarsely(t *testing.T) {
	w := newWorld(t)
	puts := 0
	w.heads.setFault(func(op, name string) (bool, bool) {
		if op == "put" {
			puts++
		}
		return false, false
	})
	for range 180 {
		if _, err := w.gate.now(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
	}
	if puts != 3 {
		t.Errorf("%d writes in three minutes, want 3", puts)
	}
	other := w.newGate()
	w.pass(10 * time.Minute)
	if _, err := other.now(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.now(t.Context()); err != nil {
		t.Fatalf("another replica was first: %v", err)
	}
	name := w.heads.only(t, roomClock)
	w.heads.plant(name, damage(w.heads.take(name)))
	if _, err := w.newGate().now(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("damaged: %v", err)
	}
}

// A clock that cannot be read or kept gives no time, and a store that fails is not asked again
// and again for it.
func TestClockOutOfReach(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(op string, puts int) error
		puts  int
		want  error
	}{
		"that cannot be written":    {func(op string, _ int) error { return map[string]error{faults.Put: errStore}[op] }, 1, errStore},
		"that cannot be read again": {func(op string, puts int) error { return map[bool]error{true: errStore}[op == faults.Get && puts > 0] }, 1, errStore},
		"that others keep writing": {func(op string, puts int) error {
			return map[bool]error{true: ErrChanged}[op == faults.Put && puts <= 4*maxAttempts]
		}, maxAttempts, consent.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if _, err := w.gate.now(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.pass(time.Hour)
			puts := 0
			w.heads.Plan(func(op, _ string) faults.Fault {
				if op == faults.Put {
					puts++
				}
				return faults.Fault{Before: c.fault(op, puts)}
			})
			if _, err := w.gate.now(t.Context()); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if puts != c.puts {
				t.Errorf("written %d times, want %d", puts, c.puts)
			}
		})
	}
	t.Run("at the start of a machine without a clock", func(t *testing.T) {
		w := newWorld(t)
		if _, err := w.gate.now(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.now = time.Unix(30, 0)
		w.failOn("get", roomClock)
		g := w.newGate()
		if at, err := g.now(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("it is %d, %v", at.seconds(), err)
		}
		if kept, err := g.Persisted(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("kept %d, %v", kept, err)
		}
	})
}

func TestRecent(t *testing.T) {
	r := newRecent[int, int](2, 0)
	r.put(1, 1)
	r.put(2, 2)
	if _, found := r.get(1); !found {
		t.Error("forgot within bounds")
	}
	r.put(3, 3)
	if _, found := r.get(2); found || len(r.entries) != 2 {
		t.Error("kept more than its bound, or not the latest")
	}
	if v, found := r.get(1); !found || v != 1 {
		t.Error("forgot the one used before the last")
	}
	order := []int{}
	for e := r.ring.next; e != &r.ring; e = e.next {
		order = append(order, e.key)
	}
	if !slices.Equal(order, []int{1, 3}) {
		t.Errorf("order %v", order)
	}
	if raise(newRecent[int, uint64](1, 0), 1, 5) != 5 {
		t.Error("raise of nothing")
	}
	short := newRecent[int, int](2, time.Nanosecond)
	short.put(1, 1)
	for begun := time.Now(); time.Since(begun) < time.Microsecond; {
	}
	if _, found := short.get(1); found {
		t.Error("outlived its time")
	}
}

// What nobody asks for again is gone when its time is over, and what was put anew is not.
func TestRecentEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecent[int, int](3, time.Minute)
		r.put(1, 1)
		r.put(2, 2)
		time.Sleep(30 * time.Second)
		r.put(2, 3)
		r.put(3, 3)
		r.get(1) // used last, and no longer there for it
		there := func(keys ...int) {
			t.Helper()
			synctest.Wait()
			r.mu.Lock()
			defer r.mu.Unlock()
			if got := slices.Sorted(maps.Keys(r.entries)); !slices.Equal(got, keys) || r.weight != len(keys) {
				t.Errorf("%v of weight %d, want %v", got, r.weight, keys)
			}
		}
		time.Sleep(30*time.Second - 1)
		there(1, 2, 3)
		time.Sleep(time.Nanosecond)
		there(2, 3)
		r.forget(3)
		r.put(3, 4)
		time.Sleep(30 * time.Second)
		there(3)
		time.Sleep(30 * time.Second)
		there()
	})
}

// The receipt says how long an opened head may be remembered: also the one before the last
// write, which erasure does not know of.
func TestOpenedHeadsEndByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.filled()
		w.writeField(s, "identity.birth_date", `"1990"`)
		if _, err := w.eraseBy(w.gate, w.person); err != nil {
			t.Fatal(err)
		}
		remembered := func() int {
			synctest.Wait()
			w.gate.subjects.mu.Lock()
			defer w.gate.subjects.mu.Unlock()
			return len(w.gate.subjects.entries)
		}
		if remembered() == 0 {
			t.Fatal("nothing to forget")
		}
		time.Sleep(cacheLife)
		if n := remembered(); n != 0 {
			t.Errorf("%d opened heads remembered a minute later", n)
		}
	})
}
