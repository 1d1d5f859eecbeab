package journal

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
)

// childDir in the environment makes the test binary a writer that is there to be killed.
const childDir = "WRAPPY_JOURNAL_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := write(dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	code := m.Run()
	if witnessTools != "" {
		_ = os.RemoveAll(witnessTools)
	}
	os.Exit(code)
}

// handed is what the writer has promised somebody.
type handed struct {
	Index      uint64
	LeafHash   string
	Checkpoint []byte
}

// write appends for ever and says what it has promised.
func write(dir string, out io.Writer) error {
	config, store, err := killConfig(dir)
	if err != nil {
		return err
	}
	config.Copy = store
	j, err := Open(config)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	encoder := json.NewEncoder(out)
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for {
				proof, err := j.Append(context.Background(), entryOf(byte(w)))
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				_ = encoder.Encode(handed{proof.Promise.Index, hex.EncodeToString(proof.Promise.LeafHash[:]), proof.Checkpoint})
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return nil
}

func killConfig(dir string) (Config, vault.Store, error) {
	store, err := dirstore.Open(filepath.Join(dir, "store"))
	return configIn(filepath.Join(dir, "journal")), store, err
}

// killWriter starts a writer, kills it after a while, and returns what it has promised.
func killWriter(t *testing.T, dir string, after time.Duration) (promised []handed) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childDir+"="+dir)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var killer *time.Timer
	for lines.Scan() {
		if killer == nil { // from the first promise on
			killer = time.AfterFunc(after, func() { _ = command.Process.Kill() })
		}
		var h handed
		if err := json.Unmarshal(lines.Bytes(), &h); err == nil { // the last line may be torn
			promised = append(promised, h)
		}
	}
	_ = command.Wait()
	if killer == nil {
		t.Fatal("the writer ended by itself")
	}
	return promised
}

// Killed at any moment: every promise that was handed out is kept by the tree that comes
// later, once, and all checkpoints are of one log.
func TestKilledWriter(t *testing.T) {
	const kills = 12
	dir := tempDir(t)
	promised := map[uint64]string{}
	checkpoints := map[string]bool{}
	for range kills {
		for _, h := range killWriter(t, dir, time.Duration(rand.IntN(1500))*time.Millisecond) {
			if before, ok := promised[h.Index]; ok {
				t.Fatalf("index %d was promised twice: %s and %s", h.Index, before, h.LeafHash)
			}
			promised[h.Index] = h.LeafHash
			checkpoints[string(h.Checkpoint)] = true
		}
		if t.Failed() {
			return
		}
	}
	config, store, err := killConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	config.Copy = store
	j := mustOpen(t, config)
	awaitPublishedSize(t, j, j.Size())
	t.Logf("%d kills, %d promises, %d entries, %d checkpoints", kills, len(promised), j.Size(), len(checkpoints))
	checkPromises(t, j, promised, j.Size())
	for raw := range checkpoints {
		if raw != "" {
			mustLead(t, j, []byte(raw))
		}
	}
	total := 0
	for w := range 4 {
		total += len(historyOf(t, j, byte(w)))
	}
	if uint64(total) != j.Size() {
		t.Errorf("%d entries in histories, %d in the log", total, j.Size())
	}
}

// checkPromises proves a sample of the promises below a size, and compares all.
func checkPromises(t *testing.T, j *Journal, promised map[uint64]string, below uint64) {
	t.Helper()
	n := 0
	for index, want := range promised {
		if index >= below {
			continue
		}
		leaf, err := j.Leaf(t.Context(), index)
		if err != nil {
			t.Fatalf("promised entry %d: %v", index, err)
		}
		hash := consent.LeafHash(leaf)
		if hex.EncodeToString(hash[:]) != want {
			t.Fatalf("entry %d is not the one that was promised", index)
		}
		if n++; n <= 500 {
			mustInclude(t, j, consent.Promise{Index: index, LeafHash: hash}, leaf)
		}
	}
}

// The folder is lost right after a kill: the copy gives the journal back as far as it
// goes, promises up to there are kept, and histories go on.
func TestLostFolderIsRestored(t *testing.T) {
	dir := tempDir(t)
	promised := map[uint64]string{}
	for _, h := range killWriter(t, dir, 2500*time.Millisecond) {
		promised[h.Index] = h.LeafHash
	}
	if err := os.RemoveAll(filepath.Join(dir, "journal")); err != nil {
		t.Fatal(err)
	}
	config, store, err := killConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	size, err := Restore(t.Context(), config, store)
	if err != nil || size == 0 {
		t.Fatalf("%d entries: %v", size, err)
	}
	config.Copy = store
	j := mustOpen(t, config)
	if j.Size() != size {
		t.Fatalf("%d entries of %d", j.Size(), size)
	}
	awaitPublishedSize(t, j, size)
	t.Logf("%d promises, %d entries restored", len(promised), size)
	checkPromises(t, j, promised, size)
	for w := range byte(4) {
		before := len(historyOf(t, j, w))
		mustAppend(t, j, entryOf(w))
		if after := len(historyOf(t, j, w)); after != before+1 {
			t.Errorf("a history of %d goes on with %d", before, after)
		}
	}
	awaitCopied(t, j, j.Size())
}
