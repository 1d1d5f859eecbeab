package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/vault"
)

func noteNamed(name string) *vault.Note {
	return &vault.Note{Name: sha256.Sum256([]byte(name)), Sealed: []byte("sealed " + name)}
}

// noted is an entry with a note, days after the others.
func noted(name string, days int) vault.Entry {
	e := entryOf(1)
	e.Note = noteNamed(name)
	e.Shared.Time += uint64(time.Duration(days) * 24 * time.Hour / time.Millisecond)
	return e
}

func mustNote(t testing.TB, j *Journal, name string) {
	t.Helper()
	n := noteNamed(name)
	if got, err := j.Note(t.Context(), n.Name); err != nil || string(got) != string(n.Sealed) {
		t.Errorf("note %q: %q, %v", name, got, err)
	}
}

func mustLackNote(t testing.TB, j *Journal, name string) {
	t.Helper()
	if got, err := j.Note(t.Context(), noteNamed(name).Name); !errors.Is(err, vault.ErrAbsent) {
		t.Errorf("note %q: %q, %v; want ErrAbsent", name, got, err)
	}
}

func TestNote(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	mustAppend(t, j, entryOf(1))
	mustLackNote(t, j, "a")
	mustAppend(t, j, noted("a", 0))
	mustNote(t, j, "a")
	mustLackNote(t, j, "b")

	tooLong, malformed := noted("b", 0), noted("b", 0)
	tooLong.Note = &vault.Note{Name: tooLong.Note.Name, Sealed: make([]byte, maxNote+1)}
	malformed.Evidence.Country = strings.Repeat("x", maxTreeLeaf)
	for name, refused := range map[string]struct {
		entry vault.Entry
		want  error
	}{
		"a name once more":             {noted("a", 0), vault.ErrExists},
		"a name once more, days after": {noted("a", 2), vault.ErrExists},
		"a note that is too long":      {tooLong, ErrEntry},
		"an entry that is too long":    {malformed, ErrEntry},
	} {
		if _, err := j.Append(t.Context(), refused.entry); !errors.Is(err, refused.want) {
			t.Errorf("%s: got %v, want %v", name, err, refused.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ended, noted("b", 0)); err == nil {
		t.Error("appended for nobody")
	}
	mustNote(t, j, "a")
	mustLackNote(t, j, "b")
	if j.Size() != 2 {
		t.Errorf("%d entries: a refused one was written", j.Size())
	}
	mustAppend(t, j, noted("b", 0)) // the name was free again
	mustClose(t, j)
	j = mustOpen(t, config)
	mustNote(t, j, "a")
	mustNote(t, j, "b")
	if _, err := j.Append(t.Context(), noted("b", 0)); !errors.Is(err, vault.ErrExists) {
		t.Errorf("the name of before the restart: %v", err)
	}
	if n := len(historyOf(t, j, 1)); n != 3 {
		t.Errorf("%d entries in the history, want 3", n)
	}
}

// Of appends with one name one is written, and whoever hears of it can read the note.
func TestNoteOnce(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	const names, each = 20, 16
	var written, refused atomic.Int32
	var all sync.WaitGroup
	for i := range names * each {
		all.Go(func() {
			name := fmt.Sprint(i % names)
			e := noted(name, 0)
			e.Subject = subjectOf(byte(i % 3))
			switch _, err := j.Append(t.Context(), e); {
			case err == nil:
				written.Add(1)
			case errors.Is(err, vault.ErrExists):
				refused.Add(1)
			default:
				t.Error(err)
			}
			mustNote(t, j, name)
		})
	}
	all.Wait()
	if written.Load() != names || refused.Load() != names*(each-1) || j.Size() != names {
		t.Errorf("%d written, %d refused, %d entries", written.Load(), refused.Load(), j.Size())
	}
}

// The days are the entries'; a clock that goes back ends nothing and extends nothing.
func TestNotesAreDropped(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	for day := range 3 {
		mustAppend(t, j, noted(fmt.Sprint("day ", day), day))
	}
	mustAppend(t, j, noted("clock set back", 0))
	for _, name := range []string{"day 0", "day 1", "day 2", "clock set back"} {
		mustNote(t, j, name)
	}
	later := noted("", 3)
	later.Note = nil
	mustAppend(t, j, later)
	mustLackNote(t, j, "day 0")
	for _, name := range []string{"day 1", "day 2", "clock set back"} {
		mustNote(t, j, name)
	}
	deadline := time.Now().Add(20 * time.Second)
	for strings.Count(dump(t, j, "n"), "\n") != 3 {
		if time.Now().After(deadline) {
			t.Fatal("the note is still stored")
		}
		time.Sleep(10 * time.Millisecond)
	}
	mustClose(t, j)
	j = mustOpen(t, config)
	mustLackNote(t, j, "day 0")
	mustNote(t, j, "day 1")
	mustAppend(t, j, noted("day 0", 9)) // a name that has ended is free
	for _, name := range []string{"day 1", "day 2", "clock set back"} {
		mustLackNote(t, j, name)
	}
	mustNote(t, j, "day 0")
}

// mustPair wants one note for each entry, as where every entry brings one.
func mustPair(t *testing.T, j *Journal) {
	t.Helper()
	it, err := j.db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{}
	for more := it.SeekGE([]byte("n")); more && it.Key()[0] == 'n'; more = it.Next() {
		index := binary.BigEndian.Uint64(it.Value())
		if seen[index] || index >= j.Size() {
			t.Errorf("a note of entry %d, of %d", index, j.Size())
		}
		seen[index] = true
	}
	if err := it.Close(); err != nil || uint64(len(seen)) != j.Size() {
		t.Errorf("%d notes of %d entries (%v)", len(seen), j.Size(), err)
	}
}
