package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

// The checks here are those of golang.org/x/mod, which shares no code with what is tested.

// openNote reads a checkpoint as any client does.
func openNote(t testing.TB, vkey string, raw []byte) tlog.Tree {
	t.Helper()
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		t.Fatalf("checkpoint %q: %v", raw, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		t.Fatalf("not a checkpoint: %q", n.Text)
	}
	size, errSize := strconv.ParseInt(lines[1], 10, 64)
	hash, errHash := tlog.ParseHash(lines[2])
	if err := errors.Join(errSize, errHash); err != nil {
		t.Fatal(err)
	}
	return tlog.Tree{N: size, Hash: hash}
}

// awaitPublishedSize waits until a checkpoint has a size, and says how long it took.
func awaitPublishedSize(t testing.TB, j *Journal, size uint64) time.Duration {
	t.Helper()
	begun := time.Now()
	for j.Published() < size {
		if time.Since(begun) > 20*time.Second || j.Err() != nil {
			t.Fatalf("size %d of %d after %v: %v", j.Published(), size, time.Since(begun), j.Err())
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(begun)
}

// mustInclude checks a promise against the newest checkpoint.
func mustInclude(t testing.TB, j *Journal, promise consent.Promise, leaf []byte) {
	t.Helper()
	tree := openNote(t, j.VerifierKey(), j.Checkpoint())
	path, err := j.Inclusion(t.Context(), promise.Index, uint64(tree.N))
	if err != nil {
		t.Fatalf("entry %d in %d: %v", promise.Index, tree.N, err)
	}
	record := tlog.Hash(promise.LeafHash)
	if leaf != nil && tlog.RecordHash(leaf) != record {
		t.Fatalf("entry %d: the promise is of another leaf", promise.Index)
	}
	if err := tlog.CheckRecord(tlogProof(path), tree.N, tree.Hash, int64(promise.Index), record); err != nil {
		t.Fatalf("entry %d in %d: %v", promise.Index, tree.N, err)
	}
}

func tlogProof(path []consent.Digest) (p []tlog.Hash) {
	for _, d := range path {
		p = append(p, tlog.Hash(d))
	}
	return p
}

// mustLead checks that a journal's tree continues an earlier checkpoint.
func mustLead(t testing.TB, j *Journal, earlier []byte) {
	t.Helper()
	from, to := openNote(t, j.VerifierKey(), earlier), openNote(t, j.VerifierKey(), j.Checkpoint())
	if from.N == 0 {
		return
	}
	path, err := j.Consistency(t.Context(), uint64(from.N), uint64(to.N))
	if err != nil {
		t.Fatalf("from %d to %d: %v", from.N, to.N, err)
	}
	if err := tlog.CheckTree(tlogProof(path), to.N, to.Hash, from.N, from.Hash); err != nil {
		t.Fatalf("from %d to %d: %v", from.N, to.N, err)
	}
}

func TestTreeProvesEveryEntry(t *testing.T) {
	j := mustOpen(t, configIn(t.TempDir()))
	var mu sync.Mutex
	var proofs []consent.Proof
	checkpoints := map[string]bool{}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for range 80 {
				proof, err := j.Append(t.Context(), entryOf(byte(w)))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				proofs = append(proofs, proof)
				checkpoints[string(proof.Checkpoint)] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if took := awaitPublishedSize(t, j, j.Size()); took > time.Duration(MaxDelay)*time.Millisecond {
		t.Errorf("the last entries were published after %v", took)
	}
	for _, proof := range proofs {
		mustInclude(t, j, proof.Promise, proof.Leaf)
	}
	for raw := range checkpoints {
		mustLead(t, j, []byte(raw))
	}
	// Sizes that were never published are proven and signed alike.
	for _, size := range []uint64{1, 2, 255, 256, 257, 300, 511, 512, 639} {
		raw, err := j.CheckpointAt(t.Context(), size)
		if err != nil {
			t.Fatal(err)
		}
		tree := openNote(t, j.VerifierKey(), raw)
		root, err := j.Root(t.Context(), size)
		if err != nil || tlog.Hash(root) != tree.Hash || tree.N != int64(size) {
			t.Fatalf("size %d: %v", size, err)
		}
		mustLead(t, j, raw)
		path, err := j.Inclusion(t.Context(), size-1, size)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := j.Leaf(t.Context(), size-1)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(tlogProof(path), tree.N, tree.Hash, int64(size-1), tlog.RecordHash(leaf)); err != nil {
			t.Errorf("size %d: %v", size, err)
		}
	}
	before := j.Checkpoint()
	mustClose(t, j)
	again := mustOpen(t, j.config)
	mustLead(t, again, before)
}

func TestProofsDeny(t *testing.T) {
	j := mustOpen(t, configIn(t.TempDir()))
	for _, err := range []error{
		second(j.Inclusion(t.Context(), 0, 0)), second(j.Inclusion(t.Context(), 0, 1)), second(j.Consistency(t.Context(), 0, 1)), second(j.Root(t.Context(), 1)), second(j.CheckpointAt(t.Context(), 1)),
	} {
		if !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("empty log: got %v, want ErrNotFound", err)
		}
	}
	for range 5 {
		mustAppend(t, j, entryOf(1))
	}
	awaitPublishedSize(t, j, 5)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct{ got, want error }{
		"index at size":           {second(j.Inclusion(t.Context(), 5, 5)), consent.ErrNotFound},
		"index above size":        {second(j.Inclusion(t.Context(), 3, 2)), consent.ErrNotFound},
		"size above the tree":     {second(j.Inclusion(t.Context(), 0, 6)), consent.ErrNotFound},
		"size zero":               {second(j.Inclusion(t.Context(), 0, 0)), consent.ErrNotFound},
		"largest":                 {second(j.Inclusion(t.Context(), ^uint64(0), ^uint64(0))), consent.ErrNotFound},
		"consistency backwards":   {second(j.Consistency(t.Context(), 4, 3)), consent.ErrNotFound},
		"consistency beyond":      {second(j.Consistency(t.Context(), 4, 6)), consent.ErrNotFound},
		"consistency from beyond": {second(j.Consistency(t.Context(), 6, 6)), consent.ErrNotFound},
		"root beyond":             {second(j.Root(t.Context(), 6)), consent.ErrNotFound},
		"checkpoint beyond":       {second(j.CheckpointAt(t.Context(), 6)), consent.ErrNotFound},
		"cancelled":               {second(j.Inclusion(cancelled, 0, 5)), context.Canceled},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
	if path, err := j.Consistency(t.Context(), 0, 5); err != nil || path != nil {
		t.Errorf("from nothing: %v, %v", path, err)
	}
	if root, err := j.Root(t.Context(), 0); err != nil || root != sha256.Sum256(nil) {
		t.Errorf("root of nothing: %v", err)
	}
	mustClose(t, j)
	for _, err := range []error{
		second(j.Inclusion(t.Context(), 0, 5)), second(j.Consistency(t.Context(), 1, 5)), second(j.Root(t.Context(), 1)),
		second(j.Complete(t.Context(), *subjectOf(1), identityOf(1), time.Now())),
	} {
		if !errors.Is(err, ErrStopped) {
			t.Errorf("closed: got %v, want ErrStopped", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

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
			other := configIn(t.TempDir())
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
			config := configIn(t.TempDir())
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
		config := configIn(t.TempDir())
		fill(t, config, 300)
		for _, size := range []uint64{1, 255, 256, 257, 300} {
			config.Anchored = Anchor{size, root(t, &config, size)}
			mustClose(t, mustOpen(t, config))
		}
	})
}

// fill makes a journal of some entries, the way that is fastest.
func fill(t testing.TB, config Config, entries int) {
	t.Helper()
	j := mustOpen(t, config)
	var all sync.WaitGroup
	for w := range 10 {
		all.Go(func() {
			for range entries / 10 {
				if _, err := j.Append(t.Context(), entryOf(byte(w))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	mustClose(t, j)
}

// The public files can be made anew from the intake, to the byte.
func TestTreeIsMadeAnew(t *testing.T) {
	config := configIn(t.TempDir())
	fill(t, config, 600)
	j := mustOpen(t, config)
	before := j.Checkpoint()
	mustClose(t, j)
	for name, remove := range map[string]string{"all of it": "tree", "the checkpoint": "tree/checkpoint"} {
		if err := os.RemoveAll(filepath.Join(config.Dir, remove)); err != nil {
			t.Fatal(err)
		}
		var done uint64
		config.Progress = func(n, _ uint64) { done = n }
		j = mustOpen(t, config)
		if !bytes.Equal(j.Checkpoint(), before) || done > 600 {
			t.Errorf("%s removed: another checkpoint", name)
		}
		mustClose(t, j)
	}
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
			config := configIn(t.TempDir())
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

// One folder has one writer: of the intake, and of the tree where that is elsewhere.
func TestOneWriter(t *testing.T) {
	config := configIn(t.TempDir())
	mustOpen(t, config)
	if j, err := Open(config); err == nil {
		t.Error("opened twice")
		_ = j.Close()
	}
	config.TreeDir = filepath.Join(config.Dir, "tree")
	config.Dir = t.TempDir()
	if j, err := Open(config); err == nil {
		t.Error("one tree for two journals")
		_ = j.Close()
	}
}

// Whatever Tessera says is the root: what the intake does not lead to is not signed.
func TestSignsOnlyTheIntakesRoot(t *testing.T) {
	j := mustOpen(t, configIn(t.TempDir()))
	mustAppend(t, j, entryOf(1))
	awaitPublishedSize(t, j, 1)
	text := func(size string, root consent.Digest) []byte {
		return []byte("vault.example/log/1\n" + size + "\n" + tlog.Hash(root).String() + "\n")
	}
	root, err := j.Root(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (signer{j}).Sign(text("1", root)); err != nil {
		t.Error(err)
	}
	for name, note := range map[string][]byte{
		"larger": text("2", root), "smaller": text("0", sha256.Sum256(nil)), "no checkpoint": []byte("x"), "no number": text("x", root), "extended": append(text("1", root), "more\n"...),
	} {
		if signature, err := (signer{j}).Sign(note); err == nil || signature != nil || j.Err() != nil {
			t.Errorf("%s: signed, or stopped: %v", name, err)
		}
	}
	if _, err := (signer{j}).Sign(text("1", consent.Digest{1})); !errors.Is(err, ErrDamaged) || !errors.Is(j.Err(), ErrDamaged) {
		t.Errorf("another root: %v", err)
	}
}
