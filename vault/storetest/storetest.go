// Package storetest is the conformance suite that every vault.Store passes.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/vault"
)

// Open returns a new, empty store, and a function that opens the same objects
// again as a restarted process would; nil where the store does not outlive it.
type Open func(t *testing.T) (store vault.Store, reopen func() vault.Store)

const racers = 16

// Run checks what vault.Store promises. Names have the form that the vault uses.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, vault.Store)
	}{
		{"absent", absent},
		{"create only", createOnly},
		{"compare and swap", compareAndSwap},
		{"tags", tags},
		{"delete", remove},
		{"sizes", sizes},
		{"data is copied", copied},
		{"names", names},
		{"list", list},
		{"list of many", listOfMany},
		{"list while writing", listWhileWriting},
		{"cancelled", cancelled},
		{"create race", createRace},
		{"swap race", swapRace},
		{"outcomes of a create race", outcomesOfCreate},
		{"outcomes of a swap race", outcomesOfSwap},
		{"create after delete race", createDeleteRace},
		{"reads are never torn", neverTorn},
	} {
		t.Run(test.name, func(t *testing.T) {
			store, _ := open(t)
			test.run(t, store)
		})
	}
	t.Run("durable", func(t *testing.T) {
		store, reopen := open(t)
		if reopen == nil {
			return // a store in memory promises nothing here
		}
		durable(t, store, reopen)
	})
}

// Name gives the n-th name of a room, in the order of n.
func Name(room string, n int) string { return fmt.Sprintf("%s/%064x", room, n) }

func put(t *testing.T, s vault.Store, name, data, expect string) string {
	t.Helper()
	tag, err := s.Put(t.Context(), name, []byte(data), expect)
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	if tag == "" {
		t.Fatal("put: the tag is empty, which means create-only")
	}
	return tag
}

func holds(t *testing.T, s vault.Store, name, want, wantTag string) {
	t.Helper()
	data, tag, err := s.Get(t.Context(), name)
	if err != nil || string(data) != want || tag != wantTag {
		t.Fatalf("get: %d bytes, tag equal %v, %v; want %d bytes", len(data), tag == wantTag, err, len(want))
	}
}

func wantAbsent(t *testing.T, s vault.Store, name string) {
	t.Helper()
	if data, tag, err := s.Get(t.Context(), name); !errors.Is(err, vault.ErrAbsent) || data != nil || tag != "" {
		t.Fatalf("get: got %v, want ErrAbsent and nothing else", err)
	}
}

func absent(t *testing.T, s vault.Store) {
	wantAbsent(t, s, Name("head", 1))
	put(t, s, Name("head", 1), "a", "")
	for _, name := range []string{Name("head", 2), Name("heads", 1), Name("record", 1), Name("head", 1) + Name("", 1)} {
		wantAbsent(t, s, name)
	}
}

func createOnly(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	tag := put(t, s, name, "first", "")
	for _, data := range []string{"second", "first", ""} {
		if _, err := s.Put(t.Context(), name, []byte(data), ""); !errors.Is(err, vault.ErrExists) {
			t.Fatalf("create again: got %v, want ErrExists", err)
		}
	}
	holds(t, s, name, "first", tag)
}

func compareAndSwap(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	first := put(t, s, name, "first", "")
	second := put(t, s, name, "second", first)
	holds(t, s, name, "second", second)
	for what, expect := range map[string]string{"stale tag": first, "no tag": "x", "long tag": string(bytes.Repeat([]byte("f"), 4096))} {
		if _, err := s.Put(t.Context(), name, []byte("third"), expect); !errors.Is(err, vault.ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", what, err)
		}
	}
	if _, err := s.Put(t.Context(), Name("head", 2), []byte("x"), second); !errors.Is(err, vault.ErrChanged) {
		t.Errorf("swap of an absent object: got %v, want ErrChanged", err)
	}
	wantAbsent(t, s, Name("head", 2))
	holds(t, s, name, "second", second)
}

func tags(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	seen := map[string]bool{}
	tag := ""
	for i := range 20 {
		tag = put(t, s, name, strconv.Itoa(i), tag)
		if seen[tag] {
			t.Fatal("a tag came back with another content")
		}
		seen[tag] = true
		holds(t, s, name, strconv.Itoa(i), tag)
	}
}

func remove(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	if err := s.Delete(t.Context(), name); err != nil {
		t.Fatalf("delete absent: %v", err)
	}
	tag := put(t, s, name, "a", "")
	put(t, s, Name("head", 2), "b", "")
	for range 2 {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		wantAbsent(t, s, name)
	}
	if _, err := s.Put(t.Context(), name, []byte("c"), tag); !errors.Is(err, vault.ErrChanged) {
		t.Fatalf("swap after delete: got %v, want ErrChanged", err)
	}
	if _, _, err := s.Get(t.Context(), Name("head", 2)); err != nil {
		t.Fatalf("the neighbour is gone: %v", err)
	}
	put(t, s, name, "d", "")
}

func sizes(t *testing.T, s vault.Store) {
	for i, size := range []int{0, 1, 511, 512, 64 << 10, 1 << 20, 9 << 20} {
		name, want := Name("record", i), bytes.Repeat([]byte{byte(i + 1)}, size)
		tag := put(t, s, name, string(want), "")
		holds(t, s, name, string(want), tag)
	}
}

func copied(t *testing.T, s vault.Store) {
	name, data := Name("head", 1), []byte("mine")
	tag, err := s.Put(t.Context(), name, data, "")
	if err != nil {
		t.Fatal(err)
	}
	data[0] = 'X'
	got, _, err := s.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i] = 'Y'
	}
	holds(t, s, name, "mine", tag)
}

func names(t *testing.T, s vault.Store) {
	hash := Name("", 7)
	want := map[string]string{}
	for i, name := range []string{"own" + hash, "own" + hash + hash, "own" + hash + hash + hash, "owner" + hash, "o" + hash} {
		want[name] = strconv.Itoa(i)
		put(t, s, name, want[name], "")
	}
	for name, content := range want {
		if data, _, err := s.Get(t.Context(), name); err != nil || string(data) != content {
			t.Errorf("get: %q, %v; want %q", data, err, content)
		}
	}
}

func listed(t *testing.T, s vault.Store, prefix, after string, limit int) []string {
	t.Helper()
	got, err := s.List(t.Context(), prefix, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func list(t *testing.T, s vault.Store) {
	if got := listed(t, s, "", "", 10); len(got) != 0 {
		t.Fatalf("a new store holds %d", len(got))
	}
	var all []string
	for i := range 40 {
		spread := uint64(i) * 0x9E3779B97F4A7C15 // beyond the first digits too
		all = append(all, fmt.Sprintf("own/%064x", spread), fmt.Sprintf("own/%016x%048x", spread, i), Name("head", i), Name("own", i%3)+Name("", i))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, name := range all {
		put(t, s, name, "x", "")
	}
	prefixes := []string{"", "o", "own", "own/", "own/0", "own/00", "own/000", Name("own", 1), Name("own", 1) + "/", Name("own", 2) + "/0000",
		"head/", "heads/", "head", "x", Name("own", 0)[:30], "../", "own//", "/", Name("own", 1) + "//"}
	for _, prefix := range prefixes {
		for _, after := range []string{"", "a", "head/", all[0], all[7], all[len(all)/2] + "/", all[len(all)-2], all[len(all)-1], "own", "zzz", "own/../", Name("own", 1) + "x", Name("own", 1) + "/x"} {
			var want []string
			for _, name := range all {
				if len(name) >= len(prefix) && name[:len(prefix)] == prefix && name > after {
					want = append(want, name)
				}
			}
			if got := listed(t, s, prefix, after, len(all)+1); !slices.Equal(got, want) {
				t.Errorf("prefix %q after %q: got %d names, want %d", prefix, after, len(got), len(want))
			}
		}
	}
	for _, limit := range []int{1, 2, 7, len(all)} {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			page := listed(t, s, "", after, limit)
			if len(page) > limit {
				t.Fatalf("limit %d: got %d", limit, len(page))
			}
			got = append(got, page...)
			if len(page) < limit {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("limit %d: pages give %d of %d names", limit, len(got), len(all))
		}
	}
	if err := s.Delete(t.Context(), all[3]); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(listed(t, s, "", "", len(all)), all[3]) {
		t.Error("a deleted object is listed")
	}
}

// listOfMany: more than an S3 store gives in one answer.
func listOfMany(t *testing.T, s vault.Store) {
	const many = 2100
	all := make([]string, many)
	together(racers, func(racer int) {
		for i := racer; i < many; i += racers {
			all[i] = Name("own", i*7)
			if _, err := s.Put(t.Context(), all[i], []byte{1}, ""); err != nil {
				t.Errorf("put: %v", err)
			}
		}
	})
	for _, c := range []struct{ after, limit int }{{-1, many}, {-1, many + 1}, {-1, 1001}, {999, 1000}, {1099, 1000}, {1000, many}, {many - 2, 5}} {
		after, want := "", all[c.after+1:]
		if c.after >= 0 {
			after = all[c.after]
		}
		if got := listed(t, s, "own/", after, c.limit); !slices.Equal(got, want[:min(c.limit, len(want))]) {
			t.Errorf("after number %d, limit %d: got %d names", c.after, c.limit, len(got))
		}
	}
}

// listWhileWriting: what was there before and after is listed, once, and only whole names.
func listWhileWriting(t *testing.T, s vault.Store) {
	var fixed []string
	for i := range 20 {
		fixed = append(fixed, Name("own", 2*i))
		put(t, s, Name("own", 2*i), "x", "")
	}
	var stop atomic.Bool
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; !stop.Load(); i++ {
			name := Name("own", 2*(i%20)+1)
			if _, err := s.Put(t.Context(), name, []byte("y"), ""); err != nil {
				t.Error(err)
				return
			}
			if err := s.Delete(t.Context(), name); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 20 {
		got := listed(t, s, "own/", "", 100)
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Error("names are not sorted, or come twice")
		}
		for _, name := range fixed {
			if !slices.Contains(got, name) {
				t.Error("a lasting object is not listed")
			}
		}
		for _, name := range got {
			if len(name) != len(fixed[0]) {
				t.Errorf("listed: %q", name)
			}
		}
	}
	stop.Store(true)
	writing.Wait()
}

func cancelled(t *testing.T, s vault.Store) {
	name := Name("head", 1)
	tag := put(t, s, name, "kept", "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, call := range map[string]func() error{
		"get":    func() error { _, _, err := s.Get(ctx, name); return err },
		"create": func() error { _, err := s.Put(ctx, Name("head", 2), []byte("x"), ""); return err },
		"swap":   func() error { _, err := s.Put(ctx, name, []byte("x"), tag); return err },
		"delete": func() error { return s.Delete(ctx, name) },
		"list":   func() error { _, err := s.List(ctx, "", "", 5); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", what, err)
		}
	}
	holds(t, s, name, "kept", tag)
	wantAbsent(t, s, Name("head", 2))
}
