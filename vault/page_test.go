package vault

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestNotePage(t *testing.T) {
	w := newWorld(t)
	if _, err := w.gate.NotePage(t.Context(), consent.Digest{5}); err != nil {
		t.Fatal(err)
	}
	if e := w.journal.last(t); e.Shared.Kind != consent.EntryPage || e.Shared.PolicyDigest != (consent.Digest{5}) || e.Subject != nil {
		t.Errorf("entry %+v", e.Shared)
	}
	w.journal.set(errBroken, false)
	if _, err := w.gate.NotePage(t.Context(), consent.Digest{6}); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("without a journal: %v", err)
	}
}
