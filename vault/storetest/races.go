package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/vault"
)

// together runs n functions from one starting line.
func together(n int, run func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	all.Wait()
}

// createRace: of many that create one object, exactly one wins, and its content stands.
func createRace(t *testing.T, s vault.Store) {
	for round := range 10 {
		name := Name("tombstone", round)
		var winners atomic.Int32
		var winner atomic.Value
		together(racers, func(i int) {
			content := strconv.Itoa(i)
			switch _, err := s.Put(t.Context(), name, []byte(content), ""); {
			case err == nil:
				winners.Add(1)
				winner.Store(content)
			case !errors.Is(err, vault.ErrExists):
				t.Errorf("loser: got %v, want ErrExists", err)
			}
			// Whatever the outcome was: from now on the object is there.
			if _, _, err := s.Get(t.Context(), name); err != nil {
				t.Errorf("get after the race: %v", err)
			}
		})
		if winners.Load() != 1 {
			t.Fatalf("%d of %d won", winners.Load(), racers)
		}
		data, _, err := s.Get(t.Context(), name)
		if err != nil || string(data) != winner.Load() {
			t.Fatalf("the winner's content does not stand: %v", err)
		}
	}
}

// Count adds 1 to a counter object by compare-and-swap until it succeeds.
func Count(t testing.TB, s vault.Store, name string) error {
	for {
		data, tag, err := s.Get(t.Context(), name)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(data))
		if err != nil {
			return err
		}
		_, err = s.Put(t.Context(), name, []byte(strconv.Itoa(n+1)), tag)
		if !errors.Is(err, vault.ErrChanged) {
			return err
		}
	}
}

// swapRace: a counter loses nothing.
func swapRace(t *testing.T, s vault.Store) {
	const each = 10
	name := Name("counter", 1)
	put(t, s, name, "0", "")
	together(racers, func(int) {
		for range each {
			if err := Count(t, s, name); err != nil {
				t.Errorf("count: %v", err)
				return
			}
		}
	})
	data, _, err := s.Get(t.Context(), name)
	if err != nil || string(data) != strconv.Itoa(racers*each) {
		t.Fatalf("counted %s (%v), want %d", data, err, racers*each)
	}
}

// createDeleteRace: a lock made of create and delete is held by one at a time.
func createDeleteRace(t *testing.T, s vault.Store) {
	name := Name("counter", 2)
	var holding atomic.Int32
	together(racers, func(int) {
		for range 3 {
			for {
				_, err := s.Put(t.Context(), name, []byte("held"), "")
				if err == nil {
					break
				}
				if !errors.Is(err, vault.ErrExists) {
					t.Errorf("create: %v", err)
					return
				}
			}
			if holding.Add(1) != 1 {
				t.Error("held twice")
			}
			holding.Add(-1)
			if err := s.Delete(t.Context(), name); err != nil {
				t.Errorf("delete: %v", err)
				return
			}
		}
	})
}

// neverTorn: under overwrite a reader sees one whole content, with its own tag.
func neverTorn(t *testing.T, s vault.Store) {
	const versions = 40
	name := Name("head", 1)
	content := func(i int) string {
		return string(bytes.Repeat(fmt.Appendf(nil, "%04d", i), 1000*(1+i%17)))
	}
	tag := put(t, s, name, content(0), "")
	var tagged sync.Map // tag → content
	tagged.Store(tag, content(0))
	var done atomic.Bool
	type read struct{ tag, data string }
	reads := make([][]read, 4)
	together(1+len(reads), func(i int) {
		if i == 0 {
			defer done.Store(true)
			for v := 1; v < versions; v++ {
				var err error
				if tag, err = s.Put(t.Context(), name, []byte(content(v)), tag); err != nil {
					t.Errorf("swap: %v", err)
					return
				}
				tagged.Store(tag, content(v))
			}
			return
		}
		for last := ""; !done.Load(); {
			data, tag, err := s.Get(t.Context(), name)
			if err != nil {
				t.Errorf("get: %v", err)
				return
			}
			if tag != last {
				reads[i-1] = append(reads[i-1], read{tag, string(data)})
				last = tag
			}
		}
	})
	for _, each := range reads {
		for _, r := range each {
			if want, known := tagged.Load(r.tag); !known || want != r.data {
				t.Fatal("a reader saw a content that nobody wrote, or another's tag")
			}
		}
	}
}

func durable(t *testing.T, s vault.Store, reopen func() vault.Store) {
	tag := put(t, s, Name("head", 1), "one", "")
	tag = put(t, s, Name("head", 1), "two", tag)
	put(t, s, Name("own", 1)+Name("", 2), "entry", "")
	put(t, s, Name("head", 2), "gone", "")
	if err := s.Delete(t.Context(), Name("head", 2)); err != nil {
		t.Fatal(err)
	}
	again := reopen()
	holds(t, again, Name("head", 1), "two", tag)
	wantAbsent(t, again, Name("head", 2))
	if got := listed(t, again, "", "", 10); len(got) != 2 {
		t.Fatalf("%d names after reopening, want 2", len(got))
	}
	if _, err := again.Put(t.Context(), Name("head", 1), nil, ""); !errors.Is(err, vault.ErrExists) {
		t.Errorf("create after reopening: got %v, want ErrExists", err)
	}
	put(t, again, Name("head", 1), "three", tag) // a tag outlives the process that gave it
}
