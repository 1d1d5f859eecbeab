package journal

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wrapious/wrappy/vault"
)

// Names that nobody left are told without a look at the disk, unless others resemble them, or the
// day had notes before the journal was opened. No note is ever told to be absent.
func TestNoteFilter(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	asked := func(name [32]byte) int { return len(j.notes.mayHave(name)) }
	if asked(noteNamed("first").Name) != 0 {
		t.Error("an empty journal is looked into")
	}
	for day := range 4 {
		for i := range 50 {
			mustAppend(t, j, noted(fmt.Sprint(day, " ", i), day))
		}
	}
	looked := 0
	for i := range 1000 {
		looked += asked(noteNamed(fmt.Sprint("absent ", i)).Name)
	}
	if looked > 10 {
		t.Errorf("%d looks for 1000 names that nobody left", looked)
	}
	alike := noteNamed("3 7").Name
	alike[31]++
	if _, err := j.Note(t.Context(), alike); asked(alike) != 1 || !errors.Is(err, vault.ErrAbsent) {
		t.Errorf("a name that resembles another: asked of %d days, %v", asked(alike), err)
	}
	there := func() {
		t.Helper()
		for day := range 4 {
			for i := range 50 {
				if name := fmt.Sprint(day, " ", i); day == 0 {
					mustLackNote(t, j, name) // it has ended
				} else {
					mustNote(t, j, name)
				}
			}
		}
	}
	there()
	mustClose(t, j)
	if _, err := j.Note(t.Context(), noteNamed("absent").Name); err == nil || errors.Is(err, vault.ErrAbsent) {
		t.Errorf("a closed journal says: %v", err)
	}
	j = mustOpen(t, config)
	there()
	mustAppend(t, j, noted("again", 3))
	there()
	mustNote(t, j, "again")
	if n := asked(noteNamed("absent").Name); n == 0 {
		t.Error("days of before the start are not looked into")
	}
	mustAppend(t, j, noted("the next day", 4))
	mustNote(t, j, "the next day")
	mustNote(t, j, "again")
}
