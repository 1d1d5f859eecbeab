package proof

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// A log that states that a person has no entry is not believed beside entries that do not hold.
func TestNoEntryBesideBrokenOnes(t *testing.T) {
	w := newWorld(t)
	w.story()
	tree := w.tree(w.size)
	none := w.state(&consent.Completeness{Origin: worldOrigin, Size: w.size, Identity: w.me})
	if entries, err := w.trust.VerifyComplete(none, tree, nil); err != nil || len(entries) != 0 {
		t.Errorf("no entry, and none stated: %v", err)
	}
	items := w.logged(tree)
	items[0].Personal.Salt[0]++
	if _, err := w.trust.VerifyComplete(none, tree, items); !errors.Is(err, ErrProof) {
		t.Errorf("an entry that does not open, and none stated: %v", err)
	}
	ofNothing := consent.Promise{LeafHash: w.proofs[0].Promise.LeafHash}
	ofNothing.Signature = [64]byte(ed25519.Sign(w.key, nil))
	if err := VerifyPromise(&ofNothing, w.public()); !errors.Is(err, ErrProof) {
		t.Errorf("a promise of no log, by a signature of nothing: %v", err)
	}
}

// Whoever keeps evidence that a log has lied is told to keep it; who lacks a proof, to get it.
func TestWhatToDoWithWhatFails(t *testing.T) {
	w := newWorld(t)
	w.story()
	do := func(err error) string {
		var f *Failure
		if !errors.As(err, &f) {
			return ""
		}
		return f.Do
	}
	anchor := Anchor{Origin: worldOrigin, Key: w.public(), Tree: w.tree(w.size)}
	lied := anchor
	lied.Root[0]++
	if _, err := w.entryFile(w.size, 0).VerifyAnchored(w.trust, lied); !errors.Is(err, ErrBroken) || do(err) != doKeep {
		t.Errorf("another root of this size is anchored: %v: %s", err, do(err))
	}
	older := anchor
	older.Tree = w.tree(w.size - 1)
	if _, err := w.entryFile(w.size, 0).VerifyAnchored(w.trust, older); !errors.Is(err, ErrNotCovered) || !strings.Contains(do(err), "export it again") {
		t.Errorf("no proof for the anchored tree: %v: %s", err, do(err))
	}
	two := w.consistencyFile()
	two.Old, two.Path = string(w.checkpoint(lied.Tree, true)), Path{}
	if _, _, _, err := two.Verify(w.trust); !errors.Is(err, ErrBroken) || do(err) != doKeep {
		t.Errorf("two roots of one size are signed: %v: %s", err, do(err))
	}
}

// A log that cannot be reached is not one that lies.
func TestTilesOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.story()
	tiles := w.tiles()
	tiles.Fetch = func(context.Context, string) ([]byte, error) { return nil, os.ErrDeadlineExceeded }
	if _, _, err := tiles.Inclusion(t.Context(), w.tree(w.size), 3); !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, ErrProof) {
		t.Errorf("a path: %v", err)
	}
	if _, err := tiles.Consistency(t.Context(), w.tree(3), w.tree(w.size)); !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, ErrProof) {
		t.Errorf("a path between two: %v", err)
	}
}

// What follows an export's end is read after that end alone, and not written in part.
func TestExportMoreInItsPlace(t *testing.T) {
	_, data := sampleExport(t)
	more := &ExportMore{History: &HistoryFile{Format: FormatHistory, Items: []Logged{}}, Receipts: []*ReceiptFile{
		NewReceiptFile(consent.Domain{ChainID: 1, Contract: consent.Address{1}}, &consent.Grant{Fields: []consent.FieldName{"identity.name"}})}}
	var out bytes.Buffer
	out.Write(data[:bytes.IndexByte(data, '\n')+1])
	if err := WriteExportMore(&out, more); err != nil {
		t.Fatal(err)
	}
	r, err := NewExportReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.More(); got != nil || !errors.Is(err, ErrFile) {
		t.Errorf("behind the head of an export without an end: %v", err)
	}
	if err := WriteExportMore(&firstRefusing{}, more); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("without the history: %v", err)
	}
}

// firstRefusing takes all but what comes first.
type firstRefusing struct{ written bool }

func (w *firstRefusing) Write(p []byte) (int, error) {
	if !w.written {
		w.written = true
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// What a leaf commits to is to be a part of an entry: words are none.
func TestHistoryOfWords(t *testing.T) {
	w := newWorld(t)
	data, openings := w.addParts(sharedPart(t, 1), []byte("not a part"))
	item := HistoryItem{Leaf: data, Personal: openings[2], Shared: openings[0]}
	if _, entries, err := VerifyHistory(w.me, HistoryState{}, []HistoryItem{item}); len(entries) != 0 || !errors.Is(err, ErrProof) {
		t.Errorf("a personal part of words: %v", err)
	}
	w.add(consent.EntryEnrolled, w.me)
	_, openings = w.addParts([]byte("not a part"), w.items[0].Personal.Plaintext)
	item = HistoryItem{Leaf: w.proofs[len(w.proofs)-1].Leaf, Personal: openings[2], Shared: openings[0]}
	if _, entries, err := VerifyHistory(w.me, HistoryState{}, []HistoryItem{item}); len(entries) != 0 || !errors.Is(err, ErrProof) {
		t.Errorf("a shared part of words: %v", err)
	}
}
