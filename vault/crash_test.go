package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// failing breaks the n-th call (from 0) of both stores together.
type failing struct {
	name  string
	fault func(call, n int64) (before, after bool)
}

var failings = []failing{
	{"before the effect", func(call, n int64) (bool, bool) { return call == n, false }},
	{"after the effect", func(call, n int64) (bool, bool) { return false, call == n }},
	{"from then on", func(call, n int64) (bool, bool) { return call >= n, false }},
	{"after the effect and from then on", func(call, n int64) (bool, bool) { return call > n, call == n }},
}

// crash runs step with a store that breaks at every n-th call in turn, until it gets
// through untouched. After each run the stores heal, the program restarts, and check
// looks at everything anew; it is told what step returned.
func crash(t *testing.T, setup func(w *world) SignedGrant, step func(w *world, s SignedGrant) error, check func(t *testing.T, w *world, s SignedGrant, err error)) {
	for _, f := range failings {
		for n := int64(0); ; n++ {
			w := newWorld(t)
			s := setup(w)
			w.gate = w.newGate()
			var calls atomic.Int64
			var broke atomic.Bool
			fault := func(string, string) (bool, bool) {
				before, after := f.fault(calls.Add(1)-1, n)
				if before || after {
					broke.Store(true)
				}
				return before, after
			}
			w.heads.setFault(fault)
			w.records.setFault(fault)
			err := step(w, s)
			w.gate.Close()
			w.heads.setFault(nil)
			w.records.setFault(nil)
			w.gate = w.newGate()
			t.Run(fmt.Sprintf("%s/%d", f.name, n), func(t *testing.T) {
				w.t = t
				check(t, w, s, err)
			})
			if !broke.Load() {
				if err != nil {
					t.Errorf("untouched: %v", err)
				}
				break
			}
			if n > 200 {
				t.Fatal("does not end")
			}
		}
	}
}

// A store that cannot say what became of a call, or whose client tried twice and
// met its own first try.
func TestPutFindsOut(t *testing.T) {
	s := newMemStore()
	fault := func(op, _ string) (bool, bool) { return false, op == "put" }
	s.setFault(fault)
	if err := put(t.Context(), s, "a", []byte("one"), ""); err != nil {
		t.Errorf("failed after its effect: %v", err)
	}
	s.setFault(nil)
	if err := put(t.Context(), s, "a", []byte("one"), ""); err != nil {
		t.Errorf("its own first try: %v", err)
	}
	if err := put(t.Context(), s, "a", []byte("two"), ""); !errors.Is(err, ErrExists) || errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := put(t.Context(), s, "a", []byte("two"), "no such tag"); !errors.Is(err, ErrChanged) || errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("changed: %v", err)
	}
	s.setFault(func(op, _ string) (bool, bool) { return op == "get", false })
	if err := put(t.Context(), s, "a", []byte("one"), ""); !errors.Is(err, consent.ErrUnavailable) || errors.Is(err, ErrExists) {
		t.Errorf("its own first try or somebody else's: %v", err)
	}
	s.setFault(func(op, _ string) (bool, bool) { return op == "put", false })
	if err := put(t.Context(), s, "b", []byte("one"), ""); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("failed before its effect: %v", err)
	}
	s.setFault(func(op, _ string) (bool, bool) { return op == "get", op == "put" })
	if err := put(t.Context(), s, "c", []byte("one"), ""); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("nobody can say: %v", err)
	}
}

func TestCrashWrite(t *testing.T) { crashWrite(t, false) }

func TestCrashAllOrNothing(t *testing.T) { crashWrite(t, true) }

func crashWrite(t *testing.T, all bool) {
	newer := raw{
		"identity.mother_maiden_name": json.RawMessage(`"newer"`),
		"health.allergy":              json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"newer"}}]`),
	}
	crash(t, func(w *world) SignedGrant { return w.filled() },
		func(w *world, s SignedGrant) error {
			_, err := w.gate.Write(w.t.Context(), w.hospital, wholly(w.call(w.hospital, s.Act.ID, newer, "k"), all))
			return err
		},
		func(t *testing.T, w *world, s SignedGrant, err error) {
			count := func() (old, new int) {
				r, err := w.release(s)
				if err != nil || len(r.Released) != 2 {
					t.Fatal("release after the crash:", err)
				}
				for _, values := range r.Released {
					if len(values) != 1 {
						t.Error("a writer's value is there twice")
					}
					old += strings.Count(string(values[0].Value), secretValue)
					new += strings.Count(string(values[0].Value), "newer")
				}
				return old, new
			}
			old, new := count()
			if old+new != 2 || old == 1 {
				t.Errorf("half written: %d old, %d new", old, new)
			}
			if err == nil && new != 2 {
				t.Error("reported as stored and is not")
			}
			if new == 2 && w.journal.count(consent.EntryWritten) < 2 {
				t.Error("stored without an entry")
			}
			if _, err := w.gate.Write(t.Context(), w.hospital, wholly(w.call(w.hospital, s.Act.ID, newer, "k"), all)); err != nil {
				t.Fatal("retry:", err)
			}
			if old, new := count(); old != 0 || new != 2 {
				t.Error("the retry did not store")
			}
		})
}

func TestCrashRelease(t *testing.T) {
	released := 0
	crash(t, func(w *world) SignedGrant { released = 0; return w.filled(limited(2)) },
		func(w *world, s SignedGrant) error {
			r, err := w.gate.Release(w.t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
			if r != nil {
				released = 1
			}
			return err
		},
		func(t *testing.T, w *world, s SignedGrant, err error) {
			if (released == 1) != (err == nil) {
				t.Error("an error with values")
			}
			entries := func() int {
				return w.journal.count(consent.EntryAuthorised) + w.journal.count(consent.EntryRedelivery)
			}
			if entries() < released {
				t.Error("released without an entry")
			}
			// Without keys: the limit holds however often it crashed.
			for range 3 {
				if r, err := w.release(s); err == nil && len(r.Released) > 0 {
					released++
				} else if !denied(err, consent.ReasonLimit) {
					t.Error(err)
				}
			}
			if released > 2 || entries() < released {
				t.Errorf("%d releases of 2, %d entries", released, entries())
			}
		})
}

func TestCrashWithdraw(t *testing.T) {
	crash(t, func(w *world) SignedGrant { return w.filled() },
		func(w *world, s SignedGrant) error {
			w.relayer.confirm = false // the tombstone alone must hold
			_, err := w.gate.Withdraw(w.t.Context(), s.Act.ID, w.person.Withdraw(w.domain, &s.Grant))
			return err
		},
		func(t *testing.T, w *world, s SignedGrant, err error) {
			_, errRelease := w.release(s)
			if err == nil && !denied(errRelease, consent.ReasonWithdrawn) {
				t.Errorf("answered, then released: %v", errRelease)
			}
			if errRelease != nil && !denied(errRelease, consent.ReasonWithdrawn) {
				t.Error(errRelease)
			}
			w.withdraw(s)
			if _, err := w.release(s); !denied(err, consent.ReasonWithdrawn) {
				t.Errorf("after the retry: %v", err)
			}
		})
}

func TestCrashGrant(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		w.enrol(w.person)
		return w.answer(w.request(w.hospital), wallet.Choice{})
	}, func(w *world, s SignedGrant) error {
		_, err := w.gate.Grant(w.t.Context(), s)
		return err
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		_, status, errStatus := w.gate.Request(t.Context(), s.Grant.Request)
		_, errRelease := w.release(s)
		given := status.Status == consent.StatusGiven
		if errStatus != nil || given != (errRelease == nil) {
			t.Errorf("status %v, release %v", status.Status, errRelease)
		}
		if err == nil && !given {
			t.Error("accepted and does not count")
		}
		if given && w.journal.count(consent.EntryGranted) == 0 {
			t.Error("counts without an entry")
		}
		// The person tries again: with the same documents, or signed anew.
		if _, err := w.gate.Grant(t.Context(), s); err != nil {
			t.Fatal("retry:", err)
		}
		if _, err := w.release(s); err != nil {
			t.Error("after the retry:", err)
		}
		own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
		held, _, errHeld := w.gate.GrantsHeld(t.Context(), w.hospital, "", 10)
		if err != nil || errHeld != nil || len(own) != 1 || len(held) != 1 {
			t.Errorf("%d own, %d held grants", len(own), len(held))
		}
	})
}

// A person whose first try crashed may also sign a new grant, with another salt.
func TestCrashGrantThenAnother(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		w.enrol(w.person)
		return w.answer(w.request(w.hospital), wallet.Choice{})
	}, func(w *world, s SignedGrant) error {
		_, err := w.gate.Grant(w.t.Context(), s)
		return err
	}, func(t *testing.T, w *world, s SignedGrant, _ error) {
		r, status, errStatus := w.gate.Request(t.Context(), s.Grant.Request)
		if errStatus != nil {
			t.Fatal(errStatus)
		}
		_, errSecond := w.gate.Grant(t.Context(), w.answer(r, wallet.Choice{}))
		if (errSecond == nil) == (status.Status == consent.StatusGiven) {
			t.Errorf("status %v, second grant: %v", status.Status, errSecond)
		}
		own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
		if err != nil || len(own) != 1 {
			t.Errorf("%d grants, %v", len(own), err)
		}
		if errSecond == nil {
			if _, err := w.release(s); !denied(err, consent.ReasonInvalid) && !errors.Is(err, consent.ErrNotFound) {
				t.Errorf("the first one counts as well: %v", err)
			}
		}
	})
}

func TestCrashEnrol(t *testing.T) {
	crash(t, func(w *world) SignedGrant { return SignedGrant{} },
		func(w *world, _ SignedGrant) error { return w.gate.Enrol(w.t.Context(), w.enrolCall(w.person)) },
		func(t *testing.T, w *world, _ SignedGrant, err error) {
			_, errKey := w.gate.SessionKey(t.Context(), w.person.ID())
			if err == nil && errKey != nil {
				t.Error("answered without a head")
			}
			if err := w.gate.Enrol(t.Context(), w.enrolCall(w.person)); err != nil {
				t.Fatal("retry:", err)
			}
			w.filled()
		})
}
