package vault

import (
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

func (w *world) dispute(p *wallet.Identity, since time.Time) error {
	d, sig := p.Dispute(w.domain, testOrigin, since, w.time())
	return w.gate.Dispute(w.t.Context(), d, sig)
}

// What was given since then until now is suspended; what was given before and
// what is given afterwards stands.
func TestDispute(t *testing.T) {
	w := newWorld(t)
	before := w.filled()
	w.pass(time.Hour)
	since := w.time()
	w.pass(time.Hour)
	during := w.filled()
	w.pass(time.Hour)
	if _, err := w.release(during); err != nil {
		t.Fatal(err)
	}
	if err := w.dispute(w.person, since); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	after := w.filled()
	for _, g := range []*Gate{w.gate, w.newGate()} {
		w.gate = g
		for name, test := range map[string]struct {
			s    SignedGrant
			want consent.Status
		}{"before": {before, consent.StatusGiven}, "during": {during, consent.StatusInvalidated}, "after": {after, consent.StatusGiven}} {
			_, err := w.release(test.s)
			if disputed := denied(err, consent.ReasonDisputed); disputed != (name == "during") || !disputed && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := g.Write(t.Context(), w.hospital, w.call(w.hospital, test.s.Act.ID, w.values())); denied(err, consent.ReasonDisputed) != (name == "during") {
				t.Errorf("write, %s: %v", name, err)
			}
			held, err := g.Held(t.Context(), w.hospital, test.s.Act.ID)
			if err != nil || held.Status != test.want {
				t.Errorf("%s: %s, %v", name, held.Status, err)
			}
		}
	}
	if n := w.journal.count(consent.EntryDisputed); n != 1 {
		t.Errorf("%d entries", n)
	}
	last := w.journal.last(t)
	if last.Personal.Identity != w.person.ID() {
		t.Error("not in the person's history")
	}
}

func TestDisputeTimes(t *testing.T) {
	const since, until = 1000, 2000
	for name, test := range map[string]struct {
		granted, bound uint64
		want           bool
	}{
		"well before":                        {500, 500, false},
		"the second before":                  {999, 999, false},
		"at the first second":                {1000, 1000, true},
		"bound before, on the ledger after":  {1000, 900, true},
		"bound after, on the ledger before":  {900, 1000, true},
		"within":                             {1500, 1500, true},
		"at the last second":                 {2000, 2000, true},
		"within, on the ledger afterwards":   {2001, 1999, true},
		"within, bound as though afterwards": {1999, 2600, true},
		"bound as though long before":        {1500, 1, true},
		"afterwards":                         {2001, 2001, false},
	} {
		h := head{DisputedSince: since, DisputedUntil: until}
		if got := h.disputes(test.granted, test.bound); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if none := (&head{}); none.disputes(test.granted, test.bound) {
			t.Errorf("%s: disputed without a statement", name)
		}
	}
}

func TestDisputeDenies(t *testing.T) {
	rotated := newPerson()
	long := 100 * time.Hour
	for name, test := range map[string]struct {
		change func(w *world) // after a first statement, 50 hours ago
		signer func(w *world) *wallet.Identity
		since  time.Duration // ago; 0: taken back
		ago    time.Duration // when it was signed
		want   error
	}{
		"earlier since":                   {nil, nil, long, 0, nil},
		"taken back":                      {nil, nil, 0, 0, nil},
		"later since":                     {nil, nil, time.Hour, 0, nil},
		"earlier since, stale view":       {func(w *world) { w.ledger.age = time.Hour }, nil, long, 0, nil},
		"earlier since, no ledger":        {func(w *world) { w.ledger.errRoot = errBroken }, nil, long, 0, nil},
		"earlier since, recovery pending": {func(w *world) { w.ledger.frozen = true }, nil, long, 0, nil},
		"taken back, stale view":          {func(w *world) { w.ledger.age = time.Hour }, nil, 0, 0, consent.ErrStaleView},
		"taken back, no view":             {func(w *world) { w.ledger.errView = errBroken }, nil, 0, 0, consent.ErrStaleView},
		"taken back, no ledger":           {func(w *world) { w.ledger.errRoot = errBroken }, nil, 0, 0, consent.ErrStaleView},
		"taken back, recovery pending, and the ledger falls silent meanwhile": {func(w *world) { w.ledger.frozen, w.ledger.rootAnswers = true, 1 }, nil, 0, 0, consent.ErrStaleView},
		"taken back, and the ledger answers only afterwards": {func(w *world) {
			w.ledger.errRoot = errBroken
			w.meanwhile(consent.EntryDisputed, func() { w.ledger.errRoot = nil })
		}, nil, 0, 0, consent.ErrStaleView},
		"taken back, recovery pending":          {func(w *world) { w.ledger.frozen = true }, nil, 0, 0, consent.ErrFrozen},
		"later since, recovery pending":         {func(w *world) { w.ledger.frozen = true }, nil, time.Hour, 0, consent.ErrFrozen},
		"in the future":                         {nil, nil, -time.Minute, 0, consent.ErrGrant},
		"signed long ago":                       {nil, nil, long, 11 * time.Minute, consent.ErrGrant},
		"signed in the future":                  {nil, nil, long, -11 * time.Minute, consent.ErrGrant},
		"no journal":                            {func(w *world) { w.journal.set(errBroken, false) }, nil, long, 0, consent.ErrUnavailable},
		"no store":                              {func(w *world) { w.failOn("put", roomHead) }, nil, long, 0, consent.ErrUnavailable},
		"by a stranger":                         {nil, func(*world) *wallet.Identity { return rotated }, long, 0, consent.ErrSignature},
		"by the old key, after it was replaced": {func(w *world) { w.ledger.roots[w.person.ID()] = rotated.Seed.Root().Address() }, nil, long, 0, consent.ErrSignature},
		"taken back by the old key":             {func(w *world) { w.ledger.roots[w.person.ID()] = rotated.Seed.Root().Address() }, nil, 0, 0, consent.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol(w.person)
			w.pass(200 * time.Hour)
			if err := w.dispute(w.person, w.time().Add(-50*time.Hour)); err != nil {
				t.Fatal(err)
			}
			w.pass(20 * time.Minute)
			if test.change != nil {
				test.change(w)
			}
			signer := w.person
			if test.signer != nil {
				signer = test.signer(w)
			}
			var since time.Time
			if test.since != 0 {
				since = w.time().Add(-test.since)
			}
			d, _ := w.person.Dispute(w.domain, testOrigin, since, w.time().Add(-test.ago))
			sig := signer.Seed.Root().Sign(w.domain.Digest(d.StructHash()))
			if err := w.gate.Dispute(t.Context(), d, sig); !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			w.heads.setFault(nil)
			s, _, err := w.gate.subject(t.Context(), w.person.ID())
			if err != nil {
				t.Fatal(err)
			}
			if changed := s.head.DisputeSaid == d.Time && s.head.DisputedSince == d.Since; changed != (test.want == nil) {
				t.Errorf("head: %d to %d, said %d", s.head.DisputedSince, s.head.DisputedUntil, s.head.DisputeSaid)
			}
		})
	}
}

// An earlier statement does not come back, and the same again is no error.
func TestDisputeReplay(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	w.pass(48 * time.Hour)
	first, firstSig := w.person.Dispute(w.domain, testOrigin, w.time().Add(-time.Hour), w.time())
	if err := w.gate.Dispute(t.Context(), first, firstSig); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	second, secondSig := w.person.Dispute(w.domain, testOrigin, w.time().Add(-2*time.Hour), w.time())
	for range 2 {
		if err := w.gate.Dispute(t.Context(), second, secondSig); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.gate.Dispute(t.Context(), first, firstSig); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("an earlier one: %v", err)
	}
	if n := w.journal.count(consent.EntryDisputed); n != 2 {
		t.Errorf("%d entries", n)
	}
	// Of two at once the later one stands.
	w.pass(time.Minute)
	earlier, earlierSig := w.person.Dispute(w.domain, testOrigin, begin, w.time())
	w.pass(time.Minute)
	w.meanwhile(consent.EntryDisputed, func() {
		if err := w.dispute(w.person, w.time().Add(-10*time.Hour)); err != nil {
			t.Error(err)
		}
	})
	if err := w.gate.Dispute(t.Context(), earlier, earlierSig); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("another was stated meanwhile: %v", err)
	}
	if s, _, err := w.gate.subject(t.Context(), w.person.ID()); err != nil || s.head.DisputeSaid != w.unix() {
		t.Errorf("the earlier one stands: %v", err)
	}
}

// A first statement makes nothing less: neither ledger nor recovery holds it up.
func TestFirstDisputeWaitsForNobody(t *testing.T) {
	for name, silent := range map[string]func(l *fakeLedger){
		"no ledger":        func(l *fakeLedger) { l.errRoot, l.errView = errBroken, errBroken },
		"stale view":       func(l *fakeLedger) { l.age = time.Hour },
		"pending recovery": func(l *fakeLedger) { l.frozen = true },
	} {
		w := newWorld(t)
		s := w.filled()
		w.pass(time.Minute)
		silent(w.ledger)
		if err := w.dispute(w.person, begin); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.ledger.errRoot, w.ledger.errView, w.ledger.age, w.ledger.frozen = nil, nil, 0, false
		if _, err := w.release(s); !denied(err, consent.ReasonDisputed) {
			t.Errorf("%s: release: %v", name, err)
		}
	}
}

func TestDisputeCrash(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled()
		w.pass(time.Minute)
		return s
	}, func(w *world, _ SignedGrant) error {
		return w.dispute(w.person, begin)
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		if err != nil {
			if err := w.dispute(w.person, begin); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.release(s); !denied(err, consent.ReasonDisputed) {
			t.Errorf("release: %v", err)
		}
	})
}
