package vault

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// several grants of the world's person, the last one by a clinic.
func (w *world) several(n int) (given []SignedGrant) {
	w.t.Helper()
	for range n - 1 {
		given = append(given, w.filled())
	}
	s := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(w.t.Context(), s); err != nil {
		w.t.Fatal(err)
	}
	return append(given, s)
}

func (w *world) stops(given []SignedGrant) map[consent.GrantID]consent.Signature {
	stops := map[consent.GrantID]consent.Signature{}
	for _, s := range given {
		stops[s.Act.ID] = w.person.Withdraw(w.domain, &s.Grant)
	}
	return stops
}

func (w *world) withdrawAll(g *Gate, p *wallet.Identity, stops map[consent.GrantID]consent.Signature) ([]WithdrawReceipt, error) {
	all, sig := p.WithdrawAll(w.domain, testOrigin, w.time())
	return g.WithdrawAll(w.t.Context(), all, sig, stops)
}

// askBoth releases under every grant, by who it names, at several gates: all must be
// denied as withdrawn.
func (w *world) allDenied(given []SignedGrant, reason consent.Reason, gates ...*Gate) {
	w.t.Helper()
	for _, g := range gates {
		for _, s := range given {
			who := w.ledger.institutions[s.Grant.Institution]
			if _, err := g.Release(w.t.Context(), who, ReleaseCall{Grant: s.Act.ID}); !denied(err, reason) {
				w.t.Errorf("release: %v, want %s", err, reason)
			}
		}
	}
}

func TestWithdrawAll(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(w *world)
		relayed int
		proofs  int
	}{
		"as it should be": {nil, 4, 4},
		"without a ledger": {func(w *world) {
			w.ledger.errView, w.ledger.errState, w.ledger.errRoot = errBroken, errBroken, errBroken
		}, 4, 4},
		"stale view":        {func(w *world) { w.ledger.age = time.Hour }, 4, 4},
		"without a relayer": {func(w *world) { w.relayer.err = errBroken }, 0, 4},
		"without a journal": {func(w *world) { w.journal.set(errBroken, false) }, 4, 0},
		"recovery pending":  {func(w *world) { w.ledger.frozen = true }, 4, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			given := w.several(4)
			elsewhere := newPerson()
			own := w.person
			w.person = elsewhere
			other := w.filled()
			w.person = own
			if test.change != nil {
				test.change(w)
			}
			receipts, err := w.withdrawAll(w.gate, w.person, w.stops(given))
			if err != nil || len(receipts) != len(given) {
				t.Fatalf("%d receipts, %v", len(receipts), err)
			}
			relayed, proofs := 0, 0
			for _, r := range receipts {
				if r.Status != consent.StatusWithdrawn || !slices.ContainsFunc(given, func(s SignedGrant) bool { return s.Act.ID == r.ID }) {
					t.Errorf("%+v", r)
				}
				if r.Relayed {
					relayed++
				}
				if r.Proof != nil {
					proofs++
				}
			}
			if relayed != test.relayed || proofs != test.proofs {
				t.Errorf("%d relayed, %d proofs", relayed, proofs)
			}
			w.gate.Close()
			w.journal.set(nil, false)
			w.ledger.errView, w.ledger.errState, w.ledger.errRoot, w.ledger.age, w.ledger.frozen = nil, nil, nil, 0, false
			w.relayer.err = nil
			w.allDenied(given, consent.ReasonWithdrawn, w.gate, w.newGate())
			if _, err := w.release(other); err != nil {
				t.Errorf("somebody else's grant: %v", err)
			}
			w.pass(time.Second)
			later := w.filled()
			if _, err := w.release(later); err != nil {
				t.Errorf("a grant that is given afterwards: %v", err)
			}
			again, err := w.withdrawAll(w.newGate(), w.person, nil)
			if err != nil || len(again) != len(given)+1 {
				t.Errorf("again: %d receipts, %v", len(again), err)
			}
		})
	}
}

// The ledger learns of each at a time of its own, so that what was stopped at once is
// not seen to belong together.
func TestWithdrawAllIsSpread(t *testing.T) {
	w := newWorld(t)
	given := w.several(40)
	w.relayer.acts = nil
	if _, err := w.withdrawAll(w.gate, w.person, w.stops(given)); err != nil {
		t.Fatal(err)
	}
	var times []uint64
	quarters := map[uint64]bool{}
	for _, act := range w.relayer.acts {
		if act.Kind != consent.ActWithdraw || act.After <= w.unix() || act.After > w.unix()+consent.Day {
			t.Errorf("%s after %d s", act.Kind, act.After-w.unix())
		}
		times = append(times, act.After)
		quarters[(act.After-w.unix())/(consent.Day/4)] = true
	}
	slices.Sort(times)
	if n := len(slices.Compact(times)); len(w.relayer.acts) != 40 || n < 35 || len(quarters) < 4 {
		t.Errorf("%d acts at %d times in %d quarters of a day", len(w.relayer.acts), n, len(quarters))
	}
}

func TestWithdrawAllDenies(t *testing.T) {
	w := newWorld(t)
	given := w.several(2)
	stranger, nobody := newPerson(), newPerson()
	w.enrol(stranger)
	domain := w.domain
	domain.ChainID++
	all := func(p *wallet.Identity, domain consent.Domain, vault string, at time.Time) func() (consent.WithdrawAll, consent.Signature) {
		return func() (consent.WithdrawAll, consent.Signature) { return p.WithdrawAll(domain, vault, at) }
	}
	for name, test := range map[string]struct {
		sign func() (consent.WithdrawAll, consent.Signature)
		want error
	}{
		"another chain's":      {all(w.person, domain, testOrigin, w.time()), consent.ErrSignature},
		"another vault's":      {all(w.person, w.domain, "elsewhere", w.time()), consent.ErrSignature},
		"nobody's":             {all(nobody, w.domain, testOrigin, w.time()), consent.ErrSignature},
		"eleven minutes old":   {all(w.person, w.domain, testOrigin, w.time().Add(-11*time.Minute)), consent.ErrGrant},
		"eleven minutes early": {all(w.person, w.domain, testOrigin, w.time().Add(11*time.Minute)), consent.ErrGrant},
		"another person's": {func() (consent.WithdrawAll, consent.Signature) {
			a, sig := stranger.WithdrawAll(w.domain, testOrigin, w.time())
			a.Identity = w.person.ID()
			return a, sig
		}, consent.ErrSignature},
		"session key's": {func() (consent.WithdrawAll, consent.Signature) {
			a, _ := w.person.WithdrawAll(w.domain, testOrigin, w.time())
			return a, w.person.Seed.Session().Sign(w.domain.Digest(a.StructHash()))
		}, consent.ErrSignature},
		"a dispute": {func() (consent.WithdrawAll, consent.Signature) {
			a, _ := w.person.WithdrawAll(w.domain, testOrigin, w.time())
			_, sig := w.person.Dispute(w.domain, testOrigin, w.time(), w.time())
			return a, sig
		}, consent.ErrSignature},
		"nothing": {func() (consent.WithdrawAll, consent.Signature) {
			a, _ := w.person.WithdrawAll(w.domain, testOrigin, w.time())
			return a, consent.Signature{}
		}, consent.ErrSignature},
	} {
		a, sig := test.sign()
		if receipts, err := w.gate.WithdrawAll(t.Context(), a, sig, w.stops(given)); receipts != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: %d receipts, %v, want %v", name, len(receipts), err, test.want)
		}
	}
	w.ledger.roots[w.person.ID()] = stranger.Seed.Root().Address()
	if _, err := w.withdrawAll(w.gate, w.person, nil); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("an earlier root key: %v", err)
	}
	if n := len(w.heads.names(roomTombstone)); n != 0 {
		t.Errorf("%d tombstones", n)
	}
}

// Signatures that do not belong to a grant do not reach the relayer, and keep nothing
// from being stopped.
func TestWithdrawAllForeignStops(t *testing.T) {
	w := newWorld(t)
	given := w.several(3)
	stops := map[consent.GrantID]consent.Signature{
		given[0].Act.ID: w.person.Withdraw(w.domain, &given[1].Grant), // another grant's
		given[1].Act.ID: w.person.WithdrawAsIdentity(w.domain, given[1].Act.ID),
		{0xee}:          w.person.Withdraw(w.domain, &given[2].Grant), // no grant of theirs
	}
	w.relayer.acts = nil
	receipts, err := w.withdrawAll(w.gate, w.person, stops)
	if err != nil || len(receipts) != 3 || len(w.relayer.acts) != 0 {
		t.Errorf("%d receipts, %d acts, %v", len(receipts), len(w.relayer.acts), err)
	}
	w.allDenied(given, consent.ReasonWithdrawn, w.gate)
}

// Whatever breaks on the way: an answer without an error means that nothing leaves any
// more, and a second call ends what the first began.
func TestWithdrawAllCrash(t *testing.T) {
	var given []SignedGrant
	crash(t, func(w *world) SignedGrant {
		given = w.several(2)
		return given[0]
	}, func(w *world, _ SignedGrant) error {
		_, err := w.withdrawAll(w.gate, w.person, w.stops(given))
		return err
	}, func(t *testing.T, w *world, _ SignedGrant, err error) {
		if err == nil {
			w.allDenied(given, consent.ReasonWithdrawn, w.gate)
			return
		}
		if receipts, err := w.withdrawAll(w.gate, w.person, w.stops(given)); err != nil || len(receipts) != 2 {
			t.Errorf("again: %d receipts, %v", len(receipts), err)
		}
		w.allDenied(given, consent.ReasonWithdrawn, w.gate)
	})
}

// Heads put back from before: the journal's entries bring the tombstones back.
func TestWithdrawAllOutlivesTheStore(t *testing.T) {
	w := newWorld(t)
	given := w.several(2)
	before := w.heads.snapshot()
	if _, err := w.withdrawAll(w.gate, w.person, nil); err != nil {
		t.Fatal(err)
	}
	w.heads.restore(before)
	w.allDenied(given, consent.ReasonWithdrawn, w.newGate())
}

// What cannot be read now keeps nothing else from being stopped, and is itself stopped
// before it can come back.
func TestWithdrawAllOverDamage(t *testing.T) {
	w := newWorld(t)
	given := w.several(4)
	good := w.heads.snapshot()
	entry := w.heads.names(roomOwn)[0]
	w.heads.plant(entry, []byte("damaged"))
	receipts, err := w.withdrawAll(w.gate, w.person, nil)
	if !errors.Is(err, consent.ErrUnavailable) || len(receipts) != 3 {
		t.Errorf("an entry of the index: %d receipts, %v", len(receipts), err)
	}
	if n := len(w.heads.names(roomTombstone)); n != 3 {
		t.Fatalf("%d tombstones", n)
	}

	w.heads.restore(good)
	w.journal.entries = nil
	w.gate = w.newGate()
	document := w.gate.name(roomGrant, given[0].Act.ID[:])
	w.heads.plant(document, []byte("damaged"))
	receipts, err = w.withdrawAll(w.gate, w.person, nil)
	if err != nil || len(receipts) != 3 {
		t.Errorf("a document: %d receipts, %v", len(receipts), err)
	}
	w.heads.plant(document, good[document])
	w.allDenied(given, consent.ReasonWithdrawn, w.gate, w.newGate())
}

// A journal that cannot be asked holds up no stop, also where nothing is remembered.
func TestStopsWithoutAJournal(t *testing.T) {
	w := newWorld(t)
	given := w.several(3)
	w.journal.set(errBroken, false)
	w.journal.errEnded = errBroken
	if _, err := w.newGate().Withdraw(t.Context(), given[0].Act.ID, w.person.WithdrawAsIdentity(w.domain, given[0].Act.ID)); err != nil {
		t.Errorf("by the root key: %v", err)
	}
	if receipts, err := w.withdrawAll(w.newGate(), w.person, nil); err != nil || len(receipts) != 3 {
		t.Errorf("everything: %d receipts, %v", len(receipts), err)
	}
	// It opens nothing.
	if _, err := w.newGate().SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("session: %v", err)
	}
	w.journal.set(nil, false)
	w.journal.errEnded = nil
	w.allDenied(given, consent.ReasonWithdrawn, w.newGate())
}

// An index that was made to name somebody else's permission stops nothing of theirs, and gives
// nothing of it away.
func TestIndexNamesAnothersPermission(t *testing.T) {
	w := newWorld(t)
	own := w.person
	w.person = newPerson()
	theirs := w.filled()
	w.person = own
	given := w.filled()
	if err := w.gate.index(t.Context(), roomOwn, own.ID(), theirs.Act.ID); err != nil {
		t.Fatal(err)
	}
	if e, err := w.gate.Export(t.Context(), w.exportCall()); e != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("export: %v", err)
	}
	if r, err := w.eraseBy(w.gate, own); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("erasure: %v", err)
	}
	receipts, err := w.withdrawAll(w.gate, own, nil)
	if len(receipts) != 1 || receipts[0].ID != given.Act.ID || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("%d receipts, %v", len(receipts), err)
	}
	if _, err := w.release(theirs); err != nil {
		t.Errorf("theirs: %v", err)
	}
	w.allDenied([]SignedGrant{given}, consent.ReasonWithdrawn, w.gate)
}

// What has expired is not stopped once more: it would have its time of now on the receipt.
func TestWithdrawAllOfWhatHasExpired(t *testing.T) {
	w := newWorld(t)
	w.filled()
	w.pass(31 * 24 * time.Hour)
	if receipts, err := w.withdrawAll(w.gate, w.person, nil); err != nil || len(receipts) != 0 || len(w.heads.names(roomTombstone)) != 0 {
		t.Errorf("%d receipts, %d tombstones, %v", len(receipts), len(w.heads.names(roomTombstone)), err)
	}
}
