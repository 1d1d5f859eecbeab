package vault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// Yesterday's heads, records, ledger and journal, each and together, put back under a vault that
// runs and under one that starts: what was stopped stays so, who was erased stays away, and what
// was counted stays counted. Heads or a journal from before are for the start to refuse, before
// there is a gate (TestPutBack of the program): a new gate is asked here where it can know.
func TestPutBackFromBefore(t *testing.T) {
	parts := []string{"heads", "records", "ledger", "journal"}
	for mask := 1; mask < 1<<len(parts); mask++ {
		back := map[string]bool{}
		var names []string
		for i, part := range parts {
			if back[part] = mask>>i&1 == 1; back[part] {
				names = append(names, part)
			}
		}
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, running %t", strings.Join(names, " and "), running), func(t *testing.T) {
				w := newWorld(t)
				erased := newPerson()
				as := func(p *wallet.Identity, do func() SignedGrant) SignedGrant {
					defer func(was *wallet.Identity) { w.person = was }(w.person)
					w.person = p
					return do()
				}
				counted, stopped, signed := w.filled(limited(2)), w.grant(), w.grant()
				left := as(erased, func() SignedGrant { return w.filled() })
				if _, err := w.release(counted); err != nil {
					t.Fatal(err)
				}
				heads, records, ledger, entries := w.heads.snapshot(), w.records.snapshot(), maps.Clone(w.ledger.states), slices.Clone(w.journal.entries)
				w.pass(time.Hour)
				if _, err := w.release(counted); err != nil {
					t.Fatal(err)
				}
				if err := w.stopByRoot(stopped); err != nil {
					t.Fatal(err)
				}
				w.withdraw(signed)
				if _, err := w.eraseBy(w.gate, erased); err != nil {
					t.Fatal(err)
				}
				if back["heads"] {
					w.heads.restore(heads)
				}
				if back["records"] {
					w.records.restore(records)
				}
				if back["ledger"] {
					w.ledger.states = ledger
				}
				if back["journal"] {
					w.journal.entries = entries
				}
				g := w.gate
				if !running {
					g = w.newGate()
				}
				for name, one := range map[string]struct {
					grant SignedGrant
					known bool // to a gate that has just started
				}{
					"stopped by the root key":  {stopped, !back["heads"] || !back["journal"]},
					"stopped by the grant key": {signed, !back["heads"] || !back["journal"] || !back["ledger"]},
					"erased":                   {left, !back["heads"] || !back["journal"]},
					"used up":                  {counted, !back["heads"]},
				} {
					if !running && !one.known {
						continue
					}
					r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: one.grant.Act.ID})
					if r != nil || !isDenial(err) && !isUnavailable(err) {
						t.Errorf("%s: %v", name, err)
					}
				}
				if _, err := g.SessionKey(t.Context(), erased.ID()); err == nil && (running || !back["heads"] || !back["journal"]) {
					t.Error("the erased person has come back")
				}
			})
		}
	}
}

// A clock that goes back while the vault runs is never written over: the next start would
// take the store for the newest.
func TestClockPutBack(t *testing.T) {
	for name, change := range map[string]func(w *world, clock string, before []byte){
		"older": func(w *world, clock string, before []byte) { w.heads.plant(clock, before) },
		"gone":  func(w *world, clock string, _ []byte) { w.heads.drop(clock) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			clock := w.heads.only(t, roomClock)
			before := w.heads.take(clock)
			w.pass(time.Second)
			if err := w.gate.KeepTime(t.Context()); err != nil {
				t.Fatal(err)
			}
			kept, err := w.newGate().Persisted(t.Context())
			if err != nil || kept != uint64(w.time().UnixMilli()) {
				t.Errorf("kept %d, %v", kept, err)
			}
			change(w, clock, before)
			there := w.heads.take(clock)
			w.pass(time.Hour)
			if _, err := w.release(s); !isUnavailable(err) {
				t.Errorf("release: %v", err)
			}
			if err := w.gate.KeepTime(t.Context()); !isUnavailable(err) {
				t.Errorf("kept: %v", err)
			}
			if !slices.Equal(w.heads.take(clock), there) {
				t.Error("written over")
			}
			w.withdraw(s) // which waits for no clock
		})
	}
}

// A store that is put back from before a stop has lost the tombstone; a root key's stop
// is on no chain. The journal's entry brings it back, for good.
func TestStoreFromBeforeAStop(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	warm := w.newGate() // knows that the person was not erased, and nothing of the stop
	if _, err := warm.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil {
		t.Fatal(err)
	}
	before := w.heads.snapshot()
	if _, err := w.gate.Withdraw(t.Context(), s.Act.ID, w.person.WithdrawAsIdentity(w.domain, s.Act.ID)); err != nil {
		t.Fatal(err)
	}
	w.heads.restore(before)
	w.journal.errEnded = errBroken
	for _, g := range []*Gate{w.newGate(), warm} {
		if r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); r != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Fatalf("a journal that cannot be asked: %v", err)
		}
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
