package journal

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/transparency-dev/tessera"

	"github.com/wrapious/wrappy/consent"
)

// A tree that is not the intake's is refused when the journal is opened.
func TestOpenRefusesATree(t *testing.T) {
	in := func(path string, change func(data []byte) []byte) func(t *testing.T, c *Config) {
		return func(t *testing.T, c *Config) {
			path := filepath.Join(c.Dir, "tree", path)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(data), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte { data[(at+len(data))%len(data)] ^= 1; return data }
	}
	state := func(change func(state map[string]any)) func([]byte) []byte {
		return func(data []byte) []byte {
			var s map[string]any
			_ = json.Unmarshal(data, &s)
			change(s)
			data, _ = json.Marshal(s)
			return data
		}
	}
	root := func(t *testing.T, c *Config, size uint64) consent.Digest {
		j := mustOpen(t, *c)
		defer mustClose(t, j)
		root, err := j.Root(t.Context(), size)
		if err != nil {
			t.Fatal(err)
		}
		return root
	}
	// The intake of another journal, with as many entries of the same people.
	anotherIntake := func(entries int) func(t *testing.T, c *Config) {
		return func(t *testing.T, c *Config) {
			other := configIn(tempDir(t))
			j := mustOpen(t, other)
			for range entries {
				mustAppend(t, j, entryOf(1))
			}
			mustClose(t, j)
			if err := errors.Join(os.RemoveAll(filepath.Join(c.Dir, "log")), os.Rename(filepath.Join(other.Dir, "log"), filepath.Join(c.Dir, "log"))); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, test := range map[string]struct {
		change func(t *testing.T, c *Config)
		want   error
	}{
		"checkpoint's signature":  {in("checkpoint", flip(-5)), ErrDamaged},
		"checkpoint's root":       {in("checkpoint", flip(len("vault.example/log/1\n300\nabc"))), ErrDamaged},
		"checkpoint is not one":   {in("checkpoint", func([]byte) []byte { return []byte("x") }), ErrDamaged},
		"checkpoint is endless":   {in("checkpoint", func(data []byte) []byte { return append(data, make([]byte, maxCheckpoint)...) }), ErrDamaged},
		"last tile":               {in("tile/0/001.p/44", flip(-1)), ErrDamaged},
		"last tile short":         {in("tile/0/001.p/44", func(data []byte) []byte { return data[:32] }), ErrDamaged},
		"upper tile":              {in("tile/1/000.p/1", flip(0)), ErrDamaged},
		"last bundle":             {in("tile/entries/001.p/44", flip(-1)), ErrDamaged},
		"last bundle short":       {in("tile/entries/001.p/44", func(data []byte) []byte { return data[:len(data)/2] }), ErrDamaged},
		"state ahead":             {in(".state/treeState", state(func(s map[string]any) { s["size"] = 301 })), ErrLost},
		"state behind":            {in(".state/treeState", state(func(s map[string]any) { s["size"] = 299 })), ErrDamaged},
		"state is not one":        {in(".state/treeState", func([]byte) []byte { return []byte("x") }), nil},
		"state gone":              {func(_ *testing.T, c *Config) { _ = os.RemoveAll(filepath.Join(c.Dir, "tree", ".state")) }, ErrDamaged},
		"another intake":          {anotherIntake(300), ErrDamaged},
		"another, longer intake":  {anotherIntake(310), ErrDamaged},
		"another, shorter intake": {anotherIntake(290), ErrLost},
		"another intake, and no checkpoint": {func(t *testing.T, c *Config) {
			anotherIntake(300)(t, c)
			_ = os.Remove(filepath.Join(c.Dir, "tree", "checkpoint"))
		}, ErrDamaged},
		"anchored beyond":          {func(_ *testing.T, c *Config) { c.Anchored = Anchor{301, consent.Digest{}} }, ErrLost},
		"anchored otherwise":       {func(_ *testing.T, c *Config) { c.Anchored = Anchor{300, consent.Digest{1}} }, ErrDamaged},
		"anchored otherwise, once": {func(t *testing.T, c *Config) { c.Anchored = Anchor{257, root(t, c, 256)} }, ErrDamaged},
		"no policy":                {func(_ *testing.T, c *Config) { c.Witnesses.Policy = "witness" }, nil},
		"quorum of nobody":         {func(_ *testing.T, c *Config) { c.Witnesses.Policy = "quorum somebody" }, nil},
		"origin with a space":      {func(_ *testing.T, c *Config) { c.Origin = "vault example" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configIn(tempDir(t))
			fill(t, config, 300)
			test.change(t, &config)
			j, err := Open(config)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if j != nil {
				t.Error("a journal comes with the error")
				_ = j.Close()
			}
		})
	}
	t.Run("anchored as it is", func(t *testing.T) {
		config := configIn(tempDir(t))
		fill(t, config, 300)
		for _, size := range []uint64{1, 255, 256, 257, 300} {
			config.Anchored = Anchor{size, root(t, &config, size)}
			mustClose(t, mustOpen(t, config))
		}
	})
}

// Without a checkpoint that vouches for it, the whole intake is held against the tree.
func TestOpenReadsTheWholeIntakeWithoutACheckpoint(t *testing.T) {
	config := configIn(tempDir(t))
	fill(t, config, chainEvery+100)
	db, err := pebble.Open(filepath.Join(config.Dir, "log"), &pebble.Options{FormatMajorVersion: pebble.FormatNewest})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := valueOf(db, entryKey(6))
	if err = errors.Join(err, db.Set(entryKey(5), leaf, pebble.Sync), db.Close(), os.Remove(filepath.Join(config.Dir, "tree", "checkpoint"))); err != nil {
		t.Fatal(err)
	}
	if j, err := Open(config); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
		_ = j.Close()
	}
}

// An entry that is in Tessera's tree and not in the intake stops the journal.
func TestFedWrong(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	mustAppend(t, j, entryOf(1))
	awaitPublishedSize(t, j, 1)
	if _, err := j.tree.appender.Add(t.Context(), tessera.NewEntry([]byte("x")))(); err != nil {
		t.Fatal(err)
	}
	_, _ = j.Append(t.Context(), entryOf(1))
	for begun := time.Now(); j.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("goes on")
		}
	}
	// whichever looks first: who feeds the tree, or who signs what it has become
	if err := j.Err(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "its place in the intake") && !strings.Contains(err.Error(), "the tree's root is not that of the intake") {
		t.Errorf("got %v", err)
	}
	nothingSucceeds(t, j)
}

// What was tampered with deeper inside is seen when it is to prove something.
func TestTamperedIsNotProven(t *testing.T) {
	for name, change := range map[string]func(j *Journal) error{
		"a tile":         func(j *Journal) error { return flipByte(j, "tile/0/000", 40) },
		"a tile is gone": func(j *Journal) error { return os.Remove(filepath.Join(j.tree.dir, "tile/0/000")) },
		"a tile is cut":  func(j *Journal) error { return os.Truncate(filepath.Join(j.tree.dir, "tile/0/000"), 100) },
		"a bundle":       func(j *Journal) error { return flipByte(j, "tile/entries/000", 40) },
		"the intake": func(j *Journal) error {
			leaf, err := j.get(entryKey(0))
			leaf[len(leaf)/2] ^= 1
			return errors.Join(err, j.db.Set(entryKey(0), leaf, pebble.Sync))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configIn(tempDir(t))
			fill(t, config, 600)
			j := mustOpen(t, config)
			if err := change(j); err != nil {
				t.Fatal(err)
			}
			if path, err := j.Inclusion(t.Context(), 0, 600); !errors.Is(err, ErrDamaged) || path != nil {
				t.Errorf("inclusion: %v, %v", path, err)
			}
			if name != "a bundle" && name != "the intake" {
				if root, err := j.Root(t.Context(), 100); !errors.Is(err, ErrDamaged) || root != (consent.Digest{}) {
					t.Errorf("root: %v", err)
				}
				if raw, err := j.CheckpointAt(t.Context(), 100); !errors.Is(err, ErrDamaged) || raw != nil {
					t.Errorf("a checkpoint was signed for a tampered tree: %v", err)
				}
				if path, err := j.Consistency(t.Context(), 100, 600); !errors.Is(err, ErrDamaged) || path != nil {
					t.Errorf("consistency: %v", err)
				}
			}
		})
	}
}

func flipByte(j *Journal, path string, at int) error {
	path = filepath.Join(j.tree.dir, path)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[at] ^= 1
	return os.WriteFile(path, data, 0o600)
}

// While the journal runs, a published checkpoint that goes back stops it.
func TestCheckpointGoesBack(t *testing.T) {
	for name, write := range map[string]func(earlier []byte) []byte{
		"an earlier one": func(earlier []byte) []byte { return earlier },
		"not one":        func([]byte) []byte { return []byte("x") },
	} {
		t.Run(name, func(t *testing.T) {
			j := mustOpen(t, configIn(tempDir(t)))
			mustAppend(t, j, entryOf(1))
			awaitPublishedSize(t, j, 1)
			earlier := j.Checkpoint()
			mustAppend(t, j, entryOf(1))
			awaitPublishedSize(t, j, 2)
			if err := os.WriteFile(filepath.Join(j.tree.dir, "checkpoint"), write(earlier), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := j.readCheckpoint(); !errors.Is(err, ErrDamaged) || j.Published() != 2 {
				t.Errorf("size %d, %v, want ErrDamaged", j.Published(), err)
			}
		})
	}
}
