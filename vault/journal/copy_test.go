package journal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
)

func storeIn(t testing.TB, dir string) vault.Store {
	t.Helper()
	store, err := dirstore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func awaitCopied(t testing.TB, j *Journal, size uint64) {
	t.Helper()
	begun := time.Now()
	for {
		if copied, behind := j.Copied(); copied >= size && behind == 0 {
			return
		}
		if time.Since(begun) > 20*time.Second || j.Err() != nil {
			copied, behind := j.Copied()
			t.Fatalf("%d of %d copied, %v behind: %v", copied, size, behind, j.Err())
		}
		time.Sleep(time.Millisecond)
	}
}

// faulty is a real store whose ways can be blocked.
type faulty struct {
	vault.Store
	down  atomic.Bool // nothing works
	deaf  atomic.Bool // writes take effect and the answer is lost
	after atomic.Int64
	mu    sync.Mutex
	puts  map[string]int
}

var errDown = errors.New("down")

func (f *faulty) Get(ctx context.Context, name string) ([]byte, string, error) {
	if f.down.Load() {
		return nil, "", errDown
	}
	return f.Store.Get(ctx, name)
}

func (f *faulty) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	if f.down.Load() || f.after.Add(-1) == 0 {
		return "", errDown
	}
	tag, err := f.Store.Put(ctx, name, data, expect)
	if err == nil {
		f.mu.Lock()
		f.puts[name]++
		f.mu.Unlock()
	}
	if err == nil && f.deaf.Load() {
		return "", errDown
	}
	return tag, err
}

func (f *faulty) Delete(ctx context.Context, name string) error {
	if f.down.Load() {
		return errDown
	}
	return f.Store.Delete(ctx, name)
}

func (f *faulty) writes(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.puts[name]
}

func faultyIn(t testing.TB) *faulty {
	return &faulty{Store: storeIn(t, tempDir(t)), puts: map[string]int{}}
}

func namesIn(t *testing.T, store vault.Store) []string {
	t.Helper()
	names, err := store.List(t.Context(), "log/", "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The copy follows while entries are written, two seconds behind where the machine is not busy (it logs how much), holds each object once and nothing superseded.
func TestCopyFollows(t *testing.T) {
	store := faultyIn(t)
	config := configIn(tempDir(t))
	config.Copy = store
	j := mustOpen(t, config)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, err := j.Append(t.Context(), entryOf(byte(w))); err != nil && !errors.Is(err, consent.ErrUnavailable) { // which a busy disk answers, and nothing is promised
					t.Error(err)
				}
			}
		})
	}
	var longest time.Duration
	for ctx.Err() == nil {
		_, behind := j.Copied()
		longest = max(longest, behind)
		time.Sleep(5 * time.Millisecond)
	}
	all.Wait()
	t.Logf("%d entries, at most %v behind", j.Size(), longest)
	if longest == 0 || longest > 20*time.Second {
		t.Errorf("%v behind", longest)
	}
	awaitCopied(t, j, j.Size())
	mustClose(t, j)
	want := map[string]bool{j.objectName("checkpoint"): true}
	for r := range resources(0, j.Size()) {
		want[j.objectName(r.path())] = true
	}
	names := namesIn(t, store)
	for _, name := range names {
		if !want[name] {
			t.Errorf("%s is superseded, or something else", name)
		}
		room, hash, _ := strings.Cut(name, "/")
		if digits, err := hex.DecodeString(hash); room != "log" || err != nil || len(digits) != 32 {
			t.Errorf("name %q", name)
		}
	}
	if len(names) != len(want) {
		t.Errorf("%d objects, want %d", len(names), len(want))
	}
	for name, n := range store.puts {
		if n != 1 && name != j.objectName("checkpoint") {
			t.Errorf("an object was written %d times", n)
		}
	}
}

// Every failure of the store, before and after its effect, is made up for.
func TestCopySurvivesTheStore(t *testing.T) {
	store := faultyIn(t)
	config := configIn(tempDir(t))
	config.Copy = store
	j := mustOpen(t, config)
	for round := range 4 {
		before := store.writes(j.objectName("checkpoint"))
		for range 10 {
			mustAppend(t, j, entryOf(1))
		}
		switch round {
		case 0:
			store.down.Store(true)
			awaitPublishedSize(t, j, j.Size())
			if size, _ := j.Copied(); size >= j.Size() {
				t.Error("a copy without a store")
			}
			mustAppend(t, j, entryOf(1)) // nothing stops
			store.down.Store(false)
		case 1, 3: // the effect is there and nobody knows: while it runs, and before a restart
			store.deaf.Store(true)
			awaitPublishedSize(t, j, j.Size())
			for store.writes(j.objectName("checkpoint")) == before {
				time.Sleep(time.Millisecond)
			}
			if round == 3 {
				store.deaf.Store(false)
				break
			}
			mustClose(t, j)
			store.deaf.Store(false)
			j = mustOpen(t, config)
		case 2:
			store.after.Store(int64(2))
		}
		awaitCopied(t, j, j.Size())
	}
	mustClose(t, j)
	if n := len(namesIn(t, store)); n != 3 {
		t.Errorf("%d objects, want a checkpoint, a tile and a bundle", n)
	}
	config.Dir = tempDir(t)
	if size, err := Restore(t.Context(), config, store); err != nil || size != j.Size() {
		t.Errorf("%d of %d restored: %v", size, j.Size(), err)
	}
}

// With a bound, a copy that stays away stops the journal until it is back.
func TestCopyMaxLag(t *testing.T) {
	store := faultyIn(t)
	config := configIn(tempDir(t))
	config.Copy, config.CopyMaxLag = store, 500*time.Millisecond
	j := mustOpen(t, config)
	mustAppend(t, j, entryOf(1))
	awaitCopied(t, j, 1)
	store.down.Store(true)
	mustAppend(t, j, entryOf(1))
	refused := awaitRefusal(t, j)
	if !errors.Is(refused, ErrLag) || !errors.Is(refused, consent.ErrUnavailable) {
		t.Errorf("got %v, want ErrLag", refused)
	}
	store.down.Store(false)
	awaitCopied(t, j, j.Size())
	mustAppend(t, j, entryOf(1))
}

// awaitRefusal appends until it is refused.
func awaitRefusal(t testing.TB, j *Journal) error {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		if _, err := j.Append(t.Context(), entryOf(1)); err != nil {
			return err
		}
	}
	t.Fatal("never refused")
	return nil
}

// A journal that is not the one in the copy does not open, and does not write there.
func TestOpenRefusesACopy(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, c *Config, store *faulty)
		want   error
	}{
		"an older folder": {func(t *testing.T, c *Config, _ *faulty) {
			older := configIn(tempDir(t))
			older.Copy = c.Copy
			fillAndCopyFolder(t, c, older.Dir)
			c.Dir = older.Dir
		}, ErrLost},
		"an empty folder":       {func(t *testing.T, c *Config, _ *faulty) { c.Dir = tempDir(t) }, ErrLost},
		"another's folder":      {func(t *testing.T, c *Config, _ *faulty) { c.Dir = tempDir(t); withoutCopy(t, *c, 50) }, ErrDamaged},
		"checkpoint is not one": {func(t *testing.T, _ *Config, s *faulty) { overwriteObject(t, s, "checkpoint", []byte("x")) }, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := faultyIn(t)
			config := configIn(tempDir(t))
			config.Copy = store
			fill(t, config, 30)
			test.change(t, &config, store)
			before := objects(t, store)
			j, err := Open(config)
			if !errors.Is(err, test.want) || j != nil {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if after := objects(t, store); len(after) != len(before) {
				t.Error("the copy was changed")
			}
		})
	}
	t.Run("store away at first", func(t *testing.T) {
		store := faultyIn(t)
		config := configIn(tempDir(t))
		config.Copy = store
		fill(t, config, 30)
		config.Dir = tempDir(t)
		withoutCopy(t, config, 40)
		store.down.Store(true)
		j := mustOpen(t, config)
		store.down.Store(false)
		for begun := time.Now(); j.Err() == nil; time.Sleep(time.Millisecond) {
			if time.Since(begun) > 20*time.Second {
				t.Fatal("goes on beside the copy of another log")
			}
		}
		if !errors.Is(j.Err(), ErrDamaged) {
			t.Error(j.Err())
		}
	})
}

func withoutCopy(t *testing.T, c Config, entries int) {
	c.Copy = nil
	fill(t, c, entries)
}

// fillAndCopyFolder keeps the folder as it is now and lets the log go on.
func fillAndCopyFolder(t *testing.T, c *Config, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	fill(t, *c, 30)
}

func objects(t *testing.T, store vault.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range namesIn(t, store) {
		_, tag, err := store.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = tag
	}
	return all
}

func overwriteObject(t *testing.T, store vault.Store, path string, data []byte) {
	t.Helper()
	j, err := prepared(configIn(tempDir(t)))
	if err != nil {
		t.Fatal(err)
	}
	name := j.objectName(path)
	_, tag, err := store.Get(t.Context(), name)
	if err == nil {
		_, err = store.Put(t.Context(), name, data, tag)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func objectOf(t *testing.T, store vault.Store, path string) []byte {
	t.Helper()
	j, err := prepared(configIn(tempDir(t)))
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := store.Get(t.Context(), j.objectName(path))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(data)
}

func TestRestoreRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, c *Config, store *faulty)
		want   error
	}{
		"no copy":        {func(t *testing.T, _ *Config, s *faulty) { s.Store = storeIn(t, tempDir(t)) }, ErrLost},
		"store down":     {func(_ *testing.T, _ *Config, s *faulty) { s.down.Store(true) }, errDown},
		"another origin": {func(_ *testing.T, c *Config, _ *faulty) { c.Origin = "vault.example/log/2" }, ErrLost},
		"another key": {func(_ *testing.T, c *Config, _ *faulty) {
			c.Signer = append(c.Signer[:0:0], c.Signer...)
			c.Signer[40] ^= 1
		}, ErrDamaged},
		"shorter than known":    {func(_ *testing.T, c *Config, _ *faulty) { c.MinSize = 301 }, ErrLost},
		"shorter than anchored": {func(_ *testing.T, c *Config, _ *faulty) { c.Anchored = Anchor{301, consent.Digest{}} }, ErrLost},
		"anchored otherwise":    {func(_ *testing.T, c *Config, _ *faulty) { c.Anchored = Anchor{200, consent.Digest{1}} }, ErrDamaged},
		"journal is there":      {func(t *testing.T, c *Config, _ *faulty) { withoutCopy(t, *c, 10) }, ErrNotEmpty},
		"tree is there": {func(t *testing.T, c *Config, _ *faulty) {
			c.TreeDir = tempDir(t)
			_ = os.WriteFile(filepath.Join(c.TreeDir, "x"), nil, 0o600)
		}, ErrNotEmpty},
		"a leaf changed": {func(t *testing.T, _ *Config, s *faulty) {
			d := objectOf(t, s, "tile/entries/000")
			d[900] ^= 1
			overwriteObject(t, s, "tile/entries/000", d)
		}, ErrDamaged},
		"a leaf less": {func(t *testing.T, _ *Config, s *faulty) {
			overwriteObject(t, s, "tile/entries/001.p/44", objectOf(t, s, "tile/entries/001.p/44")[:100])
		}, ErrDamaged},
		"bundles exchanged": {func(t *testing.T, _ *Config, s *faulty) {
			overwriteObject(t, s, "tile/entries/001.p/44", objectOf(t, s, "tile/entries/000"))
		}, ErrDamaged},
		"a bundle of nothing": {func(t *testing.T, _ *Config, s *faulty) { overwriteObject(t, s, "tile/entries/000", make([]byte, 512)) }, ErrDamaged},
		"checkpoint of another log": {func(t *testing.T, _ *Config, s *faulty) {
			o := configIn(tempDir(t))
			j := mustOpen(t, o)
			mustAppend(t, j, entryOf(1))
			awaitPublishedSize(t, j, 1)
			overwriteObject(t, s, "checkpoint", j.Checkpoint())
		}, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := faultyIn(t)
			config := configIn(tempDir(t))
			config.Copy = store
			fill(t, config, 300)
			config.Copy, config.Dir = nil, filepath.Join(tempDir(t), "journal")
			test.change(t, &config, store)
			if size, err := Restore(t.Context(), config, store); !errors.Is(err, test.want) || size != 0 {
				t.Fatalf("got %d, %v, want %v", size, err, test.want)
			}
			if errors.Is(test.want, ErrNotEmpty) {
				return
			}
			if _, err := os.Stat(filepath.Join(config.Dir, "log")); err == nil { // interrupted in the middle
				if j, err := Open(config); err == nil {
					t.Error("half a journal opens")
					_ = j.Close()
				}
			}
		})
	}
}
