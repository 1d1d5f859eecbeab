package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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
	j := mustOpen(t, configIn(tempDir(t)))
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
	t.Logf("the last entries were published after %v", awaitPublishedSize(t, j, j.Size()))
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
	j := mustOpen(t, configIn(tempDir(t)))
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
	config := configIn(tempDir(t))
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

// One folder has one writer: of the intake, and of the tree where that is elsewhere.
func TestOneWriter(t *testing.T) {
	config := configIn(tempDir(t))
	mustOpen(t, config)
	if j, err := Open(config); err == nil {
		t.Error("opened twice")
		_ = j.Close()
	}
	config.TreeDir = filepath.Join(config.Dir, "tree")
	config.Dir = tempDir(t)
	if j, err := Open(config); err == nil {
		t.Error("one tree for two journals")
		_ = j.Close()
	}
}

// Whatever Tessera says is the root: what the intake does not lead to is not signed.
func TestSignsOnlyTheIntakesRoot(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
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
