package vault

import (
	"errors"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// A store that is put back from before a stop has lost the tombstone; a root key's stop
// is on no chain. The journal's entry brings it back, for good.
func TestStoreFromBeforeAStop(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	before := w.heads.snapshot()
	if _, err := w.gate.Withdraw(t.Context(), s.Act.ID, w.person.WithdrawAsIdentity(w.domain, s.Act.ID)); err != nil {
		t.Fatal(err)
	}
	w.heads.restore(before)
	w.journal.errEnded = errBroken
	if _, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !errors.Is(err, consent.ErrUnavailable) {
		t.Fatalf("a journal that cannot be asked: %v", err)
	}
	w.journal.errEnded = nil
	for range 2 {
		_, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
		var denial *Denial
		if !errors.As(err, &denial) || !slices.Contains(denial.Reasons, consent.ReasonWithdrawn) {
			t.Fatalf("after a restored store: %v", err)
		}
		w.journal.entries = slices.DeleteFunc(w.journal.entries, func(e Entry) bool { return e.Shared.Kind == consent.EntryWithdrawn })
	}
}
