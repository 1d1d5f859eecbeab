package vault

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

func TestEnrol(t *testing.T) {
	w := newWorld(t)
	call := w.enrolCall(w.person)
	for range 2 {
		if err := w.gate.Enrol(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.journal.count(consent.EntryEnrolled); n != 1 {
		t.Errorf("%d entries", n)
	}
	if got := w.relayer.kinds(); !slices.Equal(got, []consent.ActKind{consent.ActRegister}) {
		t.Errorf("relayed %v", got)
	}
	key, err := w.newGate().SessionKey(t.Context(), w.person.ID())
	if err != nil || key != w.person.Seed.Session().Address() {
		t.Errorf("session key: %v", err)
	}
	// Another session key needs a later time.
	other := newPerson().Seed.Session().Address()
	replace := func(at time.Time) error {
		e := consent.Enrolment{Identity: w.person.ID(), Vault: testOrigin, SessionKey: other, Jurisdiction: "KE", Time: uint64(at.Unix())}
		c := call
		c.Enrolment, c.Signature = e, w.person.Seed.Root().Sign(w.domain.Digest(e.StructHash()))
		return w.gate.Enrol(t.Context(), c)
	}
	if err := replace(w.time()); !errors.Is(err, consent.ErrConflict) || w.journal.count(consent.EntryEnrolled) != 1 {
		t.Errorf("same time: %v", err)
	}
	w.pass(time.Second)
	w.ledger.age = time.Hour
	if err := replace(w.time()); !errors.Is(err, consent.ErrStaleView) {
		t.Errorf("view too old: %v", err)
	}
	w.ledger.age = 0
	moved := consent.Enrolment{Identity: w.person.ID(), Vault: testOrigin, SessionKey: other, Jurisdiction: "JO", Time: w.unix()}
	move := call
	move.Enrolment, move.Signature = moved, w.person.Seed.Root().Sign(w.domain.Digest(moved.StructHash()))
	if err := w.gate.Enrol(t.Context(), move); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("another region: %v", err)
	}
	w.journal.set(errBroken, false)
	if err := replace(w.time()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("what cannot be written down: %v", err)
	}
	w.journal.set(nil, false)
	if key, err := w.gate.SessionKey(t.Context(), w.person.ID()); err != nil || key == other {
		t.Errorf("replaced all the same: %v", err)
	}
	earlier := w.time()
	w.pass(time.Second)
	w.meanwhile(consent.EntryEnrolled, func() {
		if err := replace(w.time()); err != nil {
			t.Error(err)
		}
	})
	if err := replace(earlier); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("replaced by a later one meanwhile: %v", err)
	}
	if key, err := w.gate.SessionKey(t.Context(), w.person.ID()); err != nil || key != other {
		t.Errorf("session key was not replaced: %v", err)
	}
	if err := w.gate.Enrol(t.Context(), call); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("the first one again: %v", err)
	}
}

func TestEnrolDenies(t *testing.T) {
	resign := func(w *world, c *EnrolCall) {
		c.Signature = w.person.Seed.Root().Sign(w.domain.Digest(c.Enrolment.StructHash()))
	}
	tests := []struct {
		name   string
		change func(w *world, c *EnrolCall)
		want   error
	}{
		{"somebody else's identity", func(w *world, c *EnrolCall) { c.Enrolment.Identity = newPerson().ID(); resign(w, c) }, consent.ErrGrant},
		{"another root key", func(w *world, c *EnrolCall) { c.RootKey = newPerson().Seed.Root().Address() }, consent.ErrGrant},
		{"another salt", func(w *world, c *EnrolCall) { c.Salt[0] ^= 1 }, consent.ErrGrant},
		{"another recovery hash", func(w *world, c *EnrolCall) { c.RecoveryHash[0] ^= 1 }, consent.ErrGrant},
		{"for another vault", func(w *world, c *EnrolCall) { c.Enrolment.Vault = "elsewhere.test/log"; resign(w, c) }, consent.ErrSignature},
		{"no session key", func(w *world, c *EnrolCall) { c.Enrolment.SessionKey = consent.Address{}; resign(w, c) }, consent.ErrGrant},
		{"signed by the session key", func(w *world, c *EnrolCall) {
			c.Signature = w.person.Seed.Session().Sign(w.domain.Digest(c.Enrolment.StructHash()))
		}, consent.ErrSignature},
		{"changed after signing", func(w *world, c *EnrolCall) { c.Enrolment.SessionKey[0] ^= 1 }, consent.ErrSignature},
		{"the register signature", func(w *world, c *EnrolCall) { c.Signature = c.RegisterSignature }, consent.ErrSignature},
		{"the enrol signature to register", func(w *world, c *EnrolCall) { c.RegisterSignature = c.Signature }, consent.ErrSignature},
		{"registration for another contract", func(w *world, c *EnrolCall) {
			c.RegisterSignature = w.person.Register(w.domain, c.RegisterDeadline)
		}, consent.ErrSignature},
		{"registration too late", func(w *world, c *EnrolCall) {
			c.RegisterDeadline = w.unix()
			c.RegisterSignature = w.person.Register(w.registry, c.RegisterDeadline)
		}, consent.ErrGrant},
		{"registration with the moment in its deadline", func(w *world, c *EnrolCall) {
			c.RegisterDeadline++
			c.RegisterSignature = w.person.Register(w.registry, c.RegisterDeadline)
		}, consent.ErrGrant},
		{"too old", func(w *world, c *EnrolCall) { w.pass(11 * time.Minute) }, consent.ErrGrant},
		{"from the future", func(w *world, c *EnrolCall) { c.Enrolment.Time += 11 * 60; resign(w, c) }, consent.ErrGrant},
		{"no such region", func(w *world, c *EnrolCall) { c.Enrolment.Jurisdiction = "SE"; resign(w, c) }, ErrRegion},
		{"malformed region", func(w *world, c *EnrolCall) { c.Enrolment.Jurisdiction = "ke"; resign(w, c) }, consent.ErrGrant},
		{"root key rotated", func(w *world, c *EnrolCall) { w.ledger.roots[w.person.ID()] = consent.Address{9} }, consent.ErrSignature},
		{"ledger out of reach", func(w *world, c *EnrolCall) { w.ledger.errRoot = errBroken }, consent.ErrUnavailable},
		{"no view of the ledger", func(w *world, c *EnrolCall) { w.ledger.errView = errBroken }, consent.ErrUnavailable},
		{"journal fails", func(w *world, c *EnrolCall) { w.journal.set(errBroken, false) }, consent.ErrUnavailable},
		{"store fails", func(w *world, c *EnrolCall) { w.failOn("put", roomHead) }, consent.ErrUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.enrolCall(w.person)
			test.change(w, &c)
			err := w.gate.Enrol(t.Context(), c)
			if !errors.Is(err, test.want) || errors.Is(err, consent.ErrUnavailable) != errors.Is(test.want, consent.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if len(w.heads.names(roomHead)) != 0 || len(w.relayer.acts) != 0 {
				t.Error("a head was made, or an act relayed")
			}
		})
	}
}

func TestEnrolErased(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	w.erase()
	for _, g := range []*Gate{w.gate, w.newGate()} {
		if err := g.Enrol(t.Context(), w.enrolCall(w.person)); !errors.Is(err, ErrErased) {
			t.Errorf("enrol: %v", err)
		}
		if _, err := g.SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
			t.Errorf("session key: %v", err)
		}
		if _, err := g.History(t.Context(), w.person.ID(), 0, 10); !errors.Is(err, consent.ErrUnknownIdentity) {
			t.Errorf("history: %v", err)
		}
	}
}

func TestEnrolRelayerFails(t *testing.T) {
	w := newWorld(t)
	w.relayer.err = errBroken
	call := w.enrolCall(w.person)
	if err := w.gate.Enrol(t.Context(), call); !errors.Is(err, consent.ErrUnavailable) {
		t.Fatal(err)
	}
	w.relayer.err = nil
	if err := w.gate.Enrol(t.Context(), call); err != nil || len(w.relayer.acts) != 1 {
		t.Errorf("again: %v", err)
	}
}

func TestStateFacts(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	state := func(f consent.PolicyFacts, at time.Time) error {
		st, sig, err := w.person.StateFacts(w.domain, testOrigin, f, at)
		if err != nil {
			t.Fatal(err)
		}
		return w.gate.StateFacts(t.Context(), st, sig)
	}
	sy := consent.PolicyFacts{Minor: true, NeverCountries: []string{"SY"}}
	for range 2 {
		if err := state(sy, w.time()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.journal.count(consent.EntryFacts); n != 1 {
		t.Errorf("%d entries", n)
	}
	s, _, err := w.newGate().subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	if f, err := s.facts(); err != nil || !f.Minor || !slices.Equal(f.NeverCountries, []string{"SY"}) {
		t.Errorf("facts: %v", err)
	}
	unsorted := consent.PolicyFactsStatement{Identity: w.person.ID(), Vault: testOrigin, Facts: consent.PolicyFacts{NeverCountries: []string{"SY", "AF"}}, Time: w.unix() + 1}
	nobody := newPerson()
	theirs, theirSig, _ := nobody.StateFacts(w.domain, testOrigin, sy, w.time())
	borrowed := consent.PolicyFactsStatement{Identity: w.person.ID(), Vault: testOrigin, Time: w.unix() + 1}
	elsewhere := consent.PolicyFactsStatement{Identity: w.person.ID(), Vault: "elsewhere.test/log", Time: w.unix() + 1}
	sign := func(st consent.PolicyFactsStatement) consent.Signature {
		return w.person.Seed.Root().Sign(w.domain.Digest(st.StructHash()))
	}
	for name, test := range map[string]struct{ err, want error }{
		"other facts, same time": {state(consent.PolicyFacts{}, w.time()), consent.ErrConflict},
		"earlier":                {state(consent.PolicyFacts{}, w.time().Add(-time.Minute)), consent.ErrConflict},
		"too old":                {state(consent.PolicyFacts{}, w.time().Add(-time.Hour)), consent.ErrGrant},
		"from the future":        {state(consent.PolicyFacts{}, w.time().Add(time.Hour)), consent.ErrGrant},
		"for another vault":      {w.gate.StateFacts(t.Context(), elsewhere, sign(elsewhere)), consent.ErrSignature},
		"not sorted":             {w.gate.StateFacts(t.Context(), unsorted, sign(unsorted)), consent.ErrGrant},
		"not enrolled":           {w.gate.StateFacts(t.Context(), theirs, theirSig), consent.ErrSignature},
		"another's signature":    {w.gate.StateFacts(t.Context(), borrowed, theirSig), consent.ErrSignature},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: error %v, want %v", name, test.err, test.want)
		}
	}
	if n := w.journal.count(consent.EntryFacts); n != 1 {
		t.Errorf("%d entries after refusals", n)
	}
	w.journal.set(errBroken, false)
	if err := state(consent.PolicyFacts{}, w.time().Add(time.Second)); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("journal fails: %v", err)
	}
	w.journal.set(nil, false)
	w.ledger.age = time.Hour
	if err := state(consent.PolicyFacts{}, w.time().Add(time.Second)); !errors.Is(err, consent.ErrStaleView) {
		t.Errorf("view too old: %v", err)
	}
}

// Facts that cannot be read are not taken for none: nothing is decided without them.
func TestFactsThatCannotBeRead(t *testing.T) {
	for name, spoil := range map[string]func(s *subject) ([]byte, error){
		"damaged":  func(s *subject) ([]byte, error) { return damage(s.head.Facts), nil },
		"no facts": func(s *subject) ([]byte, error) { return s.kek.SealFacts([]byte{0xff}, s.head.Identity) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			st, sig, err := w.person.StateFacts(w.domain, testOrigin, consent.PolicyFacts{NeverCountries: []string{"KE"}}, w.time())
			if err != nil {
				t.Fatal(err)
			}
			if err := w.gate.StateFacts(t.Context(), st, sig); err != nil {
				t.Fatal(err)
			}
			answer := w.answer(w.request(w.hospital), wallet.Choice{})
			err = w.gate.commit(t.Context(), w.person.ID(), func(s *subject, next *head) (err error) {
				next.Facts, err = spoil(s)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for what, call := range map[string]func() error{
				"release":            func() error { _, err := w.release(s); return err },
				"grant":              func() error { _, err := w.gate.Grant(t.Context(), answer); return err },
				"facts":              func() error { _, _, err := w.gate.FactsOf(t.Context(), w.person.ID()); return err },
				"the same statement": func() error { return w.gate.StateFacts(t.Context(), st, sig) },
			} {
				if err := call(); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, errDamaged) {
					t.Errorf("%s: error %v", what, err)
				}
			}
			if n := w.journal.count(consent.EntryGranted); n != 1 {
				t.Errorf("%d entries of grants", n)
			}
		})
	}
}

// Of statements the latest counts, whichever comes first, and though it says what was said before.
func TestStateFactsInOrder(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	state := func(at time.Time, countries ...string) error {
		st, sig, err := w.person.StateFacts(w.domain, testOrigin, consent.PolicyFacts{NeverCountries: countries}, at)
		if err != nil {
			t.Fatal(err)
		}
		return w.gate.StateFacts(t.Context(), st, sig)
	}
	in := func(minutes int) time.Time { return begin.Add(time.Duration(minutes) * time.Minute) }
	stands := func(when time.Time, countries ...string) {
		t.Helper()
		f, at, err := w.gate.FactsOf(t.Context(), w.person.ID())
		if err != nil || at != uint64(when.Unix()) || !slices.Equal(f.NeverCountries, countries) {
			t.Errorf("%v of %d, %v", f.NeverCountries, at, err)
		}
	}
	if err := state(time.Unix(0, 0)); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("none, and never: %v", err)
	}
	for _, minutes := range []int{0, 2} {
		if err := state(in(minutes), "SY"); err != nil {
			t.Fatal(err)
		}
	}
	if err := state(in(1)); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("said between: %v", err)
	}
	stands(in(2), "SY")
	var meanwhile error
	w.journal.hook = func(Entry) {
		w.journal.hook = nil
		meanwhile = state(in(4), "ER")
	}
	if err := state(in(3)); !errors.Is(err, consent.ErrConflict) || meanwhile != nil {
		t.Errorf("overtaken: %v, by %v", err, meanwhile)
	}
	stands(in(4), "ER")
}

func TestHistory(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if _, err := w.release(s); err != nil {
		t.Fatal(err)
	}
	other := newPerson()
	w.enrol(other)
	items, err := w.gate.History(t.Context(), w.person.ID(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []consent.EntryKind
	for _, i := range items {
		kinds = append(kinds, i.Personal.Kind)
		if i.Personal.Identity != w.person.ID() {
			t.Error("somebody else's entry")
		}
	}
	want := []consent.EntryKind{consent.EntryEnrolled, consent.EntryGranted, consent.EntryWritten, consent.EntryAuthorised}
	if !slices.Equal(kinds, want) {
		t.Errorf("history %v, want %v", kinds, want)
	}
	for _, limit := range []int{0, -1, 201} {
		if _, err := w.gate.History(t.Context(), w.person.ID(), 0, limit); !errors.Is(err, ErrCall) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	if _, err := w.gate.History(t.Context(), newPerson().ID(), 0, 10); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("nobody: %v", err)
	}
	statement, err := w.gate.Complete(t.Context(), w.person.ID())
	if err != nil || statement.Sequence != 4 || statement.Identity != w.person.ID() || statement.Time != uint64(w.time().UnixMilli()) {
		t.Errorf("statement: %+v, %v", statement, err)
	}
	if statement, err := w.gate.Complete(t.Context(), other.ID()); err != nil || statement.Sequence != 1 {
		t.Errorf("statement of somebody else: %+v, %v", statement, err)
	}
	if _, err := w.gate.Complete(t.Context(), newPerson().ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("statement of nobody: %v", err)
	}
	w.journal.set(errors.New("disk full"), false)
	if _, err := w.gate.History(t.Context(), w.person.ID(), 0, 10); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("history without a journal: %v", err)
	}
	if _, err := w.gate.Complete(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("statement without a journal: %v", err)
	}
}
