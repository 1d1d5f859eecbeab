package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

func readerOf(dir string) EvidenceConfig {
	c := configIn(dir)
	j := &Journal{config: c}
	return EvidenceConfig{Dir: dir, Origin: c.Origin, PublicKey: j.PublicKey(), Evidence: c.Evidence}
}

func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The evidence of a running and of a stopped journal, by the evidence key alone: the
// reader of a stopped one is given no other, and changes nothing.
func TestEvidenceByItsKeyAlone(t *testing.T) {
	dir := tempDir(t)
	j := mustOpen(t, configIn(dir))
	for n := range byte(7) {
		mustAppend(t, j, entryOf(n%3))
	}
	var running []EvidenceItem
	for {
		page, err := j.EvidencePage(t.Context(), uint64(len(running)), 3)
		if err != nil || len(page) > 3 {
			t.Fatal(len(page), err)
		}
		if len(page) == 0 {
			break
		}
		running = append(running, page...)
	}
	mustClose(t, j)
	before := contentsOf(t, dir)
	for from := range uint64(8) {
		var stopped []EvidenceItem
		err := ReadEvidence(t.Context(), readerOf(dir), from, func(item EvidenceItem) error { stopped = append(stopped, item); return nil })
		if err != nil || len(stopped) != 7-int(from) || len(running) != 7 {
			t.Fatalf("from %d: %d entries, %d while it ran: %v", from, len(stopped), len(running), err)
		}
		for i, item := range stopped {
			if same := running[int(from)+i]; item.Index != from+uint64(i) || item.Index != same.Index || item.Salt != same.Salt || !bytes.Equal(item.Part, same.Part) {
				t.Errorf("entry %d is another while the journal runs", item.Index)
			}
			part, err := consent.ParseEvidence(item.Part)
			if err != nil || part.Kind != entryOf(0).Evidence.Kind {
				t.Error(err)
			}
		}
	}
	after := contentsOf(t, dir)
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s was changed by reading", filepath.Base(name))
		}
	}
	again := mustOpen(t, configIn(dir))
	leaf, err := again.Leaf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := consent.ParseLeaf(leaf)
	if err != nil || crypto.CheckOpening(consent.PartEvidence, opened.Commitments[consent.PartEvidence-1], running[0].Salt, running[0].Part) != nil {
		t.Errorf("the evidence does not open the leaf's commitment: %v", err)
	}
}

func TestReadEvidenceRefuses(t *testing.T) {
	dir := tempDir(t)
	j := mustOpen(t, configIn(dir))
	mustAppend(t, j, entryOf(1))
	read := func(change func(*EvidenceConfig)) error {
		c := readerOf(dir)
		change(&c)
		return ReadEvidence(t.Context(), c, 0, func(EvidenceItem) error { return nil })
	}
	if err := read(func(*EvidenceConfig) {}); err == nil {
		t.Error("read while the journal is open elsewhere")
	}
	mustClose(t, j)
	stop := errors.New("enough")
	if err := ReadEvidence(t.Context(), readerOf(dir), 0, func(EvidenceItem) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("visit's error: %v", err)
	}
	for _, tt := range []struct {
		name   string
		change func(*EvidenceConfig)
		want   error
	}{
		{"another key", func(c *EvidenceConfig) { c.Evidence = key(1) }, ErrDamaged},
		{"a short key", func(c *EvidenceConfig) { c.Evidence = key(2)[:31] }, nil},
		{"no key", func(c *EvidenceConfig) { c.Evidence = nil }, nil},
		{"another origin", func(c *EvidenceConfig) { c.Origin = "vault.example/log/2" }, ErrForeign},
		{"another log's key", func(c *EvidenceConfig) { c.PublicKey = bytes.Repeat([]byte{1}, 32) }, ErrForeign},
		{"no folder", func(c *EvidenceConfig) { c.Dir = filepath.Join(dir, "nothing") }, ErrLost},
	} {
		if err := read(tt.change); err == nil || (tt.want != nil && !errors.Is(err, tt.want)) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := read(func(*EvidenceConfig) {}); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
}
