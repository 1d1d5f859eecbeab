package vault

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func limited(n uint32) func(*consent.Request) {
	return func(r *consent.Request) { r.MaxReleases = n }
}

func denied(err error, reason consent.Reason) bool {
	var d *Denial
	return errors.As(err, &d) && slices.Equal(d.Reasons, []consent.Reason{reason})
}

func TestLimit(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(2))
	for i := uint32(1); i <= 2; i++ {
		r, err := w.release(s)
		if err != nil || r.Grant.Used != i {
			t.Fatalf("release %d: %v", i, err)
		}
	}
	if _, err := w.release(s); !denied(err, consent.ReasonLimit) {
		t.Fatalf("third: %v", err)
	}
	w.gate = w.newGate()
	if _, err := w.release(s); !denied(err, consent.ReasonLimit) {
		t.Fatalf("after a restart: %v", err)
	}
	held, err := w.gate.Held(t.Context(), w.hospital, s.Act.ID)
	if err != nil || held.Used != 2 || held.Status != consent.StatusGiven {
		t.Errorf("held %+v, %v", held.Used, err)
	}
}

// The count is taken before the entry is written: a crash between has consumed it.
func TestLimitCountsBeforeTheEntry(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(1))
	w.journal.set(errBroken, false)
	if _, err := w.release(s); !errors.Is(err, consent.ErrUnavailable) {
		t.Fatal(err)
	}
	w.journal.set(nil, false)
	if _, err := w.release(s); !denied(err, consent.ReasonLimit) {
		t.Fatalf("after the crash: %v", err)
	}
}

func TestLimitIsNotTakenForNothing(t *testing.T) {
	w := newWorld(t)
	s := w.grant(limited(1)) // nothing recorded yet
	r, err := w.release(s)
	if err != nil || len(r.Released) != 0 {
		t.Fatal(err)
	}
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); err != nil {
		t.Fatal(err)
	}
	if r, err := w.release(s); err != nil || len(r.Released) != 2 {
		t.Fatal(err)
	}
}

func TestLimitUnderRace(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(5))
	gates := []*Gate{w.gate, w.newGate()}
	var given atomic.Int32
	var wait sync.WaitGroup
	for i := range 24 {
		wait.Go(func() {
			r, err := gates[i%2].Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
			if err == nil && len(r.Released) > 0 {
				given.Add(1)
			} else if !denied(err, consent.ReasonLimit) && !errors.Is(err, consent.ErrConflict) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if given.Load() != 5 {
		t.Errorf("%d releases, want 5", given.Load())
	}
}

func TestLimitCounterRolledBack(t *testing.T) {
	for name, change := range map[string]func(w *world, name string, old []byte){
		"older":   func(w *world, name string, old []byte) { w.heads.plant(name, old) },
		"gone":    func(w *world, name string, _ []byte) { w.heads.drop(name) },
		"damaged": func(w *world, name string, old []byte) { w.heads.plant(name, damage(old)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled(limited(3))
			if _, err := w.release(s); err != nil {
				t.Fatal(err)
			}
			counter := w.heads.only(t, roomCounter)
			old := w.heads.take(counter)
			if _, err := w.release(s); err != nil {
				t.Fatal(err)
			}
			change(w, counter, old)
			if r, err := w.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestRedelivery(t *testing.T) {
	for name, limits := range map[string][]func(*consent.Request){"limited": {limited(1)}, "without limit": nil} {
		t.Run(name, func(t *testing.T) { redelivers(t, uint32(len(limits)), limits...) }) //nolint:gosec // one or none
	}
}

// redelivers releases under one key, with that many releases counted by the grant.
func redelivers(t *testing.T, counted uint32, limits ...func(*consent.Request)) {
	w := newWorld(t)
	s := w.filled(limits...)
	call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
	first, err := w.gate.Release(t.Context(), w.hospital, call)
	if err != nil || first.Redelivered {
		t.Fatal(err)
	}
	// The record moves on; the retry opens what the first one did.
	newer := map[consent.FieldName]json.RawMessage{"identity.mother_maiden_name": json.RawMessage(`"another"`), "identity.birth_date": json.RawMessage(`"1990"`)}
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, newer)); err != nil {
		t.Fatal(err)
	}
	for _, g := range []*Gate{w.gate, w.newGate()} {
		again, err := g.Release(t.Context(), w.hospital, call)
		if err != nil || !again.Redelivered || again.Grant.Used != counted {
			t.Fatal(err)
		}
		if len(again.Released) != 2 || string(again.Released["identity.mother_maiden_name"][0].Value) != `"`+secretValue+`"` {
			t.Error("the retry opened other versions")
		}
		if e := w.journal.last(t); e.Shared.Kind != consent.EntryRedelivery || len(e.Shared.Fields) != 2 {
			t.Errorf("entry %v", e.Shared)
		}
	}
	if _, err := w.release(s); counted != 0 && !denied(err, consent.ReasonLimit) {
		t.Errorf("without the key: %v", err)
	}
}

func TestRedeliveryDenies(t *testing.T) {
	tests := []struct {
		name   string
		change func(w *world, s SignedGrant, call *ReleaseCall)
		want   func(error) bool
	}{
		{"another body", func(w *world, s SignedGrant, call *ReleaseCall) {
			call.Fields = []consent.FieldName{"health.allergy"}
		}, func(err error) bool { return errors.Is(err, ErrIdempotencyReuse) }},
		{"another grant", func(w *world, s SignedGrant, call *ReleaseCall) { call.Grant = w.filled().Act.ID }, func(err error) bool {
			return errors.Is(err, ErrIdempotencyReuse)
		}},
		{"withdrawn meanwhile", func(w *world, s SignedGrant, _ *ReleaseCall) { w.withdraw(s) }, func(err error) bool { return denied(err, consent.ReasonWithdrawn) }},
		{"suspended meanwhile", func(w *world, s SignedGrant, _ *ReleaseCall) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, func(err error) bool { return denied(err, consent.ReasonSuspended) }},
		{"expired meanwhile", func(w *world, s SignedGrant, _ *ReleaseCall) { w.pass(31 * 24 * 3600 * 1e9) }, func(err error) bool { return denied(err, consent.ReasonExpired) }},
		{"policy changed", func(w *world, s SignedGrant, _ *ReleaseCall) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonBasis}}, nil
			}
		}, func(err error) bool { return denied(err, consent.ReasonBasis) }},
		{"journal fails", func(w *world, s SignedGrant, _ *ReleaseCall) { w.journal.set(errBroken, false) }, func(err error) bool {
			return errors.Is(err, consent.ErrUnavailable) && errors.Is(err, errBroken) && !errors.Is(err, errDamaged)
		}},
		{"memo damaged", func(w *world, s SignedGrant, _ *ReleaseCall) {
			note := w.journal.last(w.t).Note
			note.Sealed = damage(note.Sealed)
		}, func(err error) bool { return errors.Is(err, consent.ErrUnavailable) }},
		{"another's memo", func(w *world, _ SignedGrant, call *ReleaseCall) {
			note := w.journal.last(w.t).Note
			call.IdempotencyKey = "twice"
			note.Name = noteName(w.gate.idempotent(w.hospital.ID, opRelease, call.IdempotencyKey))
		}, func(err error) bool { return errors.Is(err, consent.ErrUnavailable) }},
		{"record of then damaged", func(w *world, s SignedGrant, _ *ReleaseCall) {
			for _, name := range w.records.names(roomRecord) {
				w.records.plant(name, damage(w.records.take(name)))
			}
			w.gate = w.newGate() // which has read nothing yet
		}, func(err error) bool { return errors.Is(err, consent.ErrUnavailable) }},
		{"key too long", func(w *world, s SignedGrant, call *ReleaseCall) { call.IdempotencyKey = string(make([]byte, 256)) }, func(err error) bool { return errors.Is(err, ErrCall) }},
		{"key not ASCII", func(w *world, s SignedGrant, call *ReleaseCall) { call.IdempotencyKey = "a\x7f" }, func(err error) bool { return errors.Is(err, ErrCall) }},
		{"key not printable", func(w *world, s SignedGrant, call *ReleaseCall) { call.IdempotencyKey = "a\nb" }, func(err error) bool { return errors.Is(err, ErrCall) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
			if _, err := w.gate.Release(t.Context(), w.hospital, call); err != nil {
				t.Fatal(err)
			}
			test.change(w, s, &call)
			if r, err := w.gate.Release(t.Context(), w.hospital, call); r != nil || !test.want(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Whoever finds that another replica has left the memo meanwhile has released nothing, and a retry
// opens what the other did.
func TestMemoOfAnotherReplica(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(3))
	call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
	other := w.newGate()
	w.heads.setFault(func(op, name string) (before, after bool) {
		if op == "put" && strings.HasPrefix(name, roomIdempotency+"/") {
			w.heads.setFault(nil)
			if r, err := other.Release(t.Context(), w.hospital, call); err != nil || r.Redelivered {
				t.Errorf("the other: %v", err)
			}
		}
		return false, false
	})
	if r, err := w.gate.Release(t.Context(), w.hospital, call); r != nil || !errors.Is(err, consent.ErrConflict) {
		t.Errorf("beside the other: %v", err)
	}
	if r, err := w.gate.Release(t.Context(), w.hospital, call); err != nil || !r.Redelivered || len(r.Released) != 2 {
		t.Errorf("again: %v", err)
	}
}

// A field that the first delivery did not hold does not come with a retry, and one
// that policy no longer permits stays back.
func TestRedeliveryIsNoWider(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(1))
	if _, err := w.write(s, raw{"identity.birth_date": json.RawMessage(`"1990"`)}); err != nil {
		t.Fatal(err)
	}
	permit := func(fields ...consent.FieldName) {
		w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{Permitted: fields}, nil }
	}
	call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
	permit("identity.birth_date")
	if r, err := w.gate.Release(t.Context(), w.hospital, call); err != nil || len(r.Released) != 1 {
		t.Fatal(err)
	}
	permit("health.allergy", "identity.birth_date", "identity.mother_maiden_name")
	if r, err := w.gate.Release(t.Context(), w.hospital, call); err != nil || len(r.Released) != 1 || r.Released["identity.birth_date"] == nil {
		t.Errorf("wider: %v", err)
	}
	permit("identity.mother_maiden_name")
	if r, err := w.gate.Release(t.Context(), w.hospital, call); err != nil || len(r.Released) != 0 {
		t.Errorf("other fields: %v", err)
	}
}

func TestRedeliveryUnderRace(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(1))
	var wait sync.WaitGroup
	var first atomic.Int32
	for range 16 {
		wait.Go(func() {
			r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"})
			if err != nil {
				t.Error(err)
			} else if !r.Redelivered {
				first.Add(1)
			}
		})
	}
	wait.Wait()
	if first.Load() != 1 || w.journal.count(consent.EntryAuthorised) != 1 || w.journal.count(consent.EntryRedelivery) != 15 {
		t.Errorf("%d first deliveries, entries %v", first.Load(), w.journal.kinds())
	}
}

// A retry that cannot wait for the first is refused. At another gate, which knows nothing of the
// first, the same call may get its entry before it: then the first is refused, and may be tried again.
func TestRetryDuringTheFirst(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
	other, begun := w.newGate(), false
	w.journal.hook = func(e Entry) {
		if begun || e.Shared.Kind != consent.EntryAuthorised {
			return
		}
		begun = true
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if r, err := w.gate.Release(ctx, w.hospital, call); r != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("a retry that cannot wait: %v", err)
		}
		if r, err := other.Release(t.Context(), w.hospital, call); err != nil || r.Redelivered {
			t.Errorf("at another gate: %v", err)
		}
	}
	if r, err := w.gate.Release(t.Context(), w.hospital, call); r != nil || !errors.Is(err, consent.ErrConflict) {
		t.Errorf("after the other gate's: %v", err)
	}
	if n := w.journal.count(consent.EntryAuthorised); n != 1 {
		t.Errorf("%d entries", n)
	}
	if r, err := w.gate.Release(t.Context(), w.hospital, call); err != nil || !r.Redelivered {
		t.Errorf("again: %v", err)
	}
}
