package journal

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// What ended is known by the log alone: after a restart, and after the index was made anew.
func TestEnded(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	stopped, standing := entryOf(1), entryOf(2)
	stopped.Shared.Kind, stopped.Evidence.Kind, stopped.Personal.Kind = consent.EntryWithdrawn, consent.EntryWithdrawn, consent.EntryWithdrawn
	mustAppend(t, j, standing)
	mustAppend(t, j, stopped)
	check := func(j *Journal, when string) {
		t.Helper()
		for id, want := range map[consent.GrantID]bool{grantOf(1): true, grantOf(2): false, grantOf(3): false, {}: false} {
			if got, err := j.Ended(t.Context(), id); err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", when, got, err, want)
			}
		}
	}
	check(j, "at once")
	mustClose(t, j)
	if _, err := j.Ended(t.Context(), grantOf(1)); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("closed: %v", err)
	}
	j = mustOpen(t, config)
	check(j, "after a restart")
	if err := j.db.DeleteRange([]byte("w"), []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	if ended, err := j.Ended(t.Context(), grantOf(1)); err != nil || ended {
		t.Fatalf("the index is gone: %v, %v", ended, err)
	}
	mustClose(t, j)
	if err := RebuildIndex(config); err != nil {
		t.Fatal(err)
	}
	check(mustOpen(t, config), "after a rebuild")
}

// Who was erased is known by the log alone.
func TestErased(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	gone, here := entryOf(1), entryOf(2)
	gone.Shared.Kind, gone.Evidence.Kind, gone.Personal.Kind = consent.EntryErased, consent.EntryErased, consent.EntryErased
	mustAppend(t, j, here)
	mustAppend(t, j, gone)
	check := func(j *Journal, when string) {
		t.Helper()
		for handle, want := range map[[16]byte]bool{subjectOf(1).Handle: true, subjectOf(2).Handle: false, {}: false} {
			if got, err := j.Erased(t.Context(), handle); err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", when, got, err, want)
			}
		}
	}
	check(j, "at once")
	mustClose(t, j)
	if _, err := j.Erased(t.Context(), subjectOf(1).Handle); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("closed: %v", err)
	}
	if err := RebuildIndex(config); err != nil {
		t.Fatal(err)
	}
	check(mustOpen(t, config), "after a rebuild")
}
