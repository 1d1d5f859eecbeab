package vault

import (
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// Whoever cannot sign for an identity or a grant does not learn whether it is here,
// was erased, or is frozen: one answer, on the grid of time, whatever else is wrong.
func TestSignaturesTellNothing(t *testing.T) {
	w := newWorld(t)
	given := w.grant()
	open := w.request(w.hospital)
	erased, frozen, elsewhere, unknown := newWorld(t), newPerson(), newPerson(), newPerson()
	old := erased.grant()
	erased.erase()
	w.enrol(frozen)
	w.ledger.roots[elsewhere.ID()] = elsewhere.Seed.Root().Address()
	identities := map[string]struct {
		w  *world
		id consent.IdentityID
	}{
		"enrolled":                   {w, w.person.ID()},
		"erased":                     {erased, erased.person.ID()},
		"frozen":                     {w, frozen.ID()},
		"on the ledger and not here": {w, elsewhere.ID()},
		"unknown":                    {w, unknown.ID()},
	}
	yes := w.answer(open, wallet.Choice{})
	asked := map[*world]consent.RequestID{w: open.ID(), erased: erased.request(erased.hospital).ID()}
	answers := map[*world]SignedGrant{w: yes, erased: func() SignedGrant {
		r, _, err := erased.gate.Request(t.Context(), asked[erased])
		if err != nil {
			t.Fatal(err)
		}
		return erased.answer(r, wallet.Choice{})
	}()}
	for _, state := range []string{"", "frozen", "stale view", "silent ledger"} {
		want := map[string]error{"": consent.ErrSignature, "frozen": consent.ErrSignature,
			"stale view": consent.ErrStaleView, "silent ledger": consent.ErrUnavailable}[state]
		for name, who := range identities {
			l := who.w.ledger
			l.frozen, l.age, l.errRoot = state == "frozen", 0, nil
			if state == "stale view" {
				l.age = time.Hour
			}
			if state == "silent ledger" {
				l.errRoot = errBroken
			}
			for junk, sig := range map[string]consent.Signature{"junk": {1}, "zero": {}, "another's": given.BindingSignature} {
				begun := time.Now()
				facts := who.w.gate.StateFacts(t.Context(), consent.PolicyFactsStatement{Identity: who.id, Time: w.unix()}, sig)
				if !errors.Is(facts, want) || errors.Is(want, consent.ErrSignature) && facts.Error() != want.Error() {
					t.Errorf("%s, %s, %s: facts: %v, want %v", state, name, junk, facts, want)
				}
				if errors.Is(want, consent.ErrSignature) && time.Since(begun) < strangerGrid {
					t.Errorf("%s, %s, %s: answered before the grid", state, name, junk)
				}
				refusal := who.w.gate.Refuse(t.Context(), consent.Refusal{Request: asked[who.w], Identity: who.id, Time: w.unix()}, sig)
				if !errors.Is(refusal, want) || errors.Is(want, consent.ErrSignature) && refusal.Error() != want.Error() {
					t.Errorf("%s, %s, %s: refusal: %v, want %v", state, name, junk, refusal, want)
				}
				if state == "stale view" {
					continue // of a grant the signatures come first
				}
				s := answers[who.w]
				s.Binding.Identity, s.BindingSignature = who.id, sig
				if _, err := who.w.gate.Grant(t.Context(), s); !errors.Is(err, want) || errors.Is(want, consent.ErrSignature) && err.Error() != want.Error() {
					t.Errorf("%s, %s, %s: grant: %v, want %v", state, name, junk, err, want)
				}
			}
			l.frozen, l.age, l.errRoot = false, 0, nil
		}
	}
	for name, stop := range map[string]struct {
		g  *Gate
		id consent.GrantID
	}{"given": {w.gate, given.Act.ID}, "erased": {erased.gate, old.Act.ID}, "absent": {w.gate, consent.GrantID{1}}} {
		for junk, sig := range map[string]consent.Signature{"junk": {1}, "zero": {}, "another's": yes.BindingSignature} {
			begun := time.Now()
			if _, err := stop.g.Withdraw(t.Context(), stop.id, sig); !errors.Is(err, consent.ErrSignature) || err.Error() != consent.ErrSignature.Error() {
				t.Errorf("%s, %s: withdrawal: %v", name, junk, err)
			}
			if time.Since(begun) < strangerGrid {
				t.Errorf("%s, %s: withdrawal answered before the grid", name, junk)
			}
		}
	}
}

// Whoever has the key is told: of an identity that is not here, or frozen.
func TestSignersAreTold(t *testing.T) {
	w := newWorld(t)
	elsewhere := newPerson()
	w.ledger.roots[elsewhere.ID()] = elsewhere.Seed.Root().Address()
	st, sig, err := elsewhere.StateFacts(w.domain, testOrigin, consent.PolicyFacts{}, w.time())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.gate.StateFacts(t.Context(), st, sig); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("not here: %v", err)
	}
	w.enrol(elsewhere)
	w.ledger.frozen = true
	if err := w.gate.StateFacts(t.Context(), st, sig); !errors.Is(err, consent.ErrFrozen) {
		t.Errorf("frozen: %v", err)
	}
	no, sig := elsewhere.Refuse(w.domain, w.request(w.hospital).ID(), w.time())
	if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, consent.ErrFrozen) {
		t.Errorf("refusal while frozen: %v", err)
	}
}

// Of another's request an institution learns nothing, whatever has become of it.
func TestForeignRequest(t *testing.T) {
	for name, spoil := range map[string]func(w *world, s SignedGrant){
		"given":              func(*world, SignedGrant) {},
		"withdrawn":          func(w *world, s SignedGrant) { w.withdraw(s) },
		"answer unreadable":  func(w *world, _ SignedGrant) { w.failOn("get", roomAnswer) },
		"grant unreadable":   func(w *world, _ SignedGrant) { w.failOn("get", roomGrant) },
		"grant lost":         func(w *world, s SignedGrant) { w.heads.drop(w.gate.name(roomGrant, s.Act.ID[:])) },
		"tombstone unusable": func(w *world, s SignedGrant) { w.heads.plant(w.gate.name(roomTombstone, s.Act.ID[:]), []byte("x")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.grant()
			spoil(w, s)
			for i, id := range []consent.RequestID{s.Grant.Request, {1}} {
				begun := time.Now()
				r, err := w.gate.RequestOf(t.Context(), w.clinic, id)
				if !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() || r.Request.Version != 0 || r.Status != "" {
					t.Errorf("%+v, %v", r, err)
				}
				if time.Since(begun) < strangerGrid {
					t.Error("answered before the grid")
				}
				if len(w.journal.probes) != i+1 || w.journal.probes[i] != consent.GrantID(id) {
					t.Errorf("%d probes, want %d", len(w.journal.probes), i+1)
				}
			}
		})
	}
	w := newWorld(t)
	s := w.grant()
	w.heads.drop(w.gate.name(roomGrant, s.Act.ID[:]))
	if _, err := w.gate.RequestOf(t.Context(), w.hospital, s.Grant.Request); !errors.Is(err, consent.ErrUnavailable) || len(w.journal.probes) != 0 {
		t.Errorf("one's own, whose grant is lost: %v, %d probes", err, len(w.journal.probes))
	}
	w.journal.set(errBroken, false)
	if _, err := w.gate.RequestOf(t.Context(), w.clinic, s.Grant.Request); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a probe that cannot be noted: %v", err)
	}
}

// An institution that nobody vouches for is refused without an entry: registering is
// free, and the journal is for ever.
func TestUnfitInstitutionsFillNothing(t *testing.T) {
	for reason, change := range map[consent.Reason]func(i *consent.Institution){
		consent.ReasonSuspended:   func(i *consent.Institution) { i.Suspended = true },
		consent.ReasonNotAttested: func(i *consent.Institution) { i.Attested, i.AttestedTo = false, 0 },
	} {
		w := newWorld(t)
		w.ledger.change(w.hospital.ID, change)
		for range 30 {
			_, err := w.gate.CreateRequest(t.Context(), w.hospital, w.draft(), "")
			if !denied(err, reason) {
				t.Fatalf("%s: %v", reason, err)
			}
		}
		if n := len(w.journal.kinds()); n != 0 || len(w.journal.probes) != 30 || w.decider.asked != 0 {
			t.Errorf("%s: %d entries, %d probes, policy asked %d times", reason, n, len(w.journal.probes), w.decider.asked)
		}
		w.journal.set(errBroken, false)
		if _, err := w.gate.CreateRequest(t.Context(), w.hospital, w.draft(), ""); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s, a probe that cannot be noted: %v", reason, err)
		}
	}
	w := newWorld(t)
	w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.AttestedTo = w.unix() })
	if _, err := w.gate.CreateRequest(t.Context(), w.hospital, w.draft(), ""); !denied(err, consent.ReasonNotAttested) || len(w.journal.kinds()) != 0 {
		t.Errorf("attestation just ended: %v", err)
	}
}
