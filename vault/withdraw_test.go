package vault

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func TestWithdraw(t *testing.T) {
	for name, test := range map[string]struct {
		sign    func(w *world, s SignedGrant) consent.Signature
		change  func(w *world)
		relayed bool
		entry   bool
	}{
		"grant key": {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, nil, true, true},
		"root key": {func(w *world, s SignedGrant) consent.Signature {
			return w.person.WithdrawAsIdentity(w.domain, s.Act.ID)
		}, nil, false, true},
		"before the ledger has it": {func(w *world, s SignedGrant) consent.Signature {
			delete(w.ledger.states, s.Act.ID)
			return w.person.Withdraw(w.domain, &s.Grant)
		}, nil, true, true},
		"without a ledger": {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) {
			w.ledger.errView, w.ledger.errState, w.ledger.errRoot = errBroken, errBroken, errBroken
		}, true, true},
		"root key without a ledger": {func(w *world, s SignedGrant) consent.Signature {
			return w.person.WithdrawAsIdentity(w.domain, s.Act.ID)
		}, func(w *world) {
			w.ledger.errView, w.ledger.errState, w.ledger.errRoot = errBroken, errBroken, errBroken
		}, false, true},
		"stale view":        {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.ledger.age = time.Hour }, true, true},
		"without a relayer": {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.relayer.err = errBroken }, false, true},
		"without a journal": {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.journal.set(errBroken, false) }, true, false},
		"without a head":    {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.failOn("get", roomHead) }, true, true},
		"after its end":     {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.pass(60 * 24 * time.Hour) }, true, true},
		"after erasure":     {func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }, func(w *world) { w.erase() }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			sig := test.sign(w, s)
			if test.change != nil {
				test.change(w)
			}
			first, err := w.gate.Withdraw(t.Context(), s.Act.ID, sig)
			if err != nil || first.Status != consent.StatusWithdrawn || first.Relayed != test.relayed || (first.Proof != nil) != test.entry {
				t.Fatalf("%+v, %v", first, err)
			}
			w.pass(time.Hour)
			again, err := w.newGate().Withdraw(t.Context(), s.Act.ID, sig)
			if err != nil || again.Time != first.Time || again.Status != first.Status {
				t.Errorf("second: %+v, %v", again, err)
			}
			w.gate.Close()
			w.journal.set(nil, false)
			w.heads.setFault(nil)
			w.ledger.errView, w.ledger.errState, w.ledger.errRoot, w.ledger.age = nil, nil, nil, 0
			for _, g := range []*Gate{w.gate, w.newGate()} {
				_, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
				if !denied(err, consent.ReasonWithdrawn) {
					t.Errorf("release: %v", err)
				}
			}
		})
	}
}

func TestWithdrawDenies(t *testing.T) {
	w := newWorld(t)
	s, other := w.filled(), w.filled()
	stranger := newPerson()
	w.enrol(stranger)
	domain := w.domain
	domain.ChainID++
	for name, test := range map[string]struct {
		id   consent.GrantID
		sig  consent.Signature
		want error
	}{
		"another grant's":            {s.Act.ID, w.person.Withdraw(w.domain, &other.Grant), consent.ErrSignature},
		"another chain's":            {s.Act.ID, w.person.Withdraw(domain, &s.Grant), consent.ErrSignature},
		"another person's":           {s.Act.ID, stranger.WithdrawAsIdentity(w.domain, s.Act.ID), consent.ErrSignature},
		"root key for another grant": {s.Act.ID, w.person.WithdrawAsIdentity(w.domain, other.Act.ID), consent.ErrSignature},
		"the grant's own act":        {s.Act.ID, s.ActSignature, consent.ErrSignature},
		"the binding":                {s.Act.ID, s.BindingSignature, consent.ErrSignature},
		"nothing":                    {s.Act.ID, consent.Signature{}, consent.ErrSignature},
		"no such grant":              {consent.GrantID{1}, w.person.Withdraw(w.domain, &s.Grant), consent.ErrSignature},
		"session key": {s.Act.ID, w.person.Seed.Session().Sign(w.domain.Digest(consent.WithdrawHash(s.Act.ID))),
			consent.ErrSignature},
	} {
		if _, err := w.gate.Withdraw(t.Context(), test.id, test.sig); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
	}
	// whoever holds keys and bucket has put another grant in its place, whose key would stop it
	loaded, err := w.gate.loadGrant(t.Context(), other.Act.ID)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := w.gate.sealGrant(s.Act.ID, loaded.storedGrant)
	if err != nil {
		t.Fatal(err)
	}
	name := w.gate.name(roomGrant, s.Act.ID[:])
	good := w.heads.take(name)
	w.heads.plant(name, forged)
	sig := w.person.Seed.Grant(other.Grant.Salt).Sign(w.domain.Digest(consent.WithdrawHash(s.Act.ID)))
	if _, err := w.gate.Withdraw(t.Context(), s.Act.ID, sig); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("the key of a grant in its place: %v", err)
	}
	w.heads.plant(name, good)
	w.ledger.roots[w.person.ID()] = stranger.Seed.Root().Address()
	if _, err := w.gate.Withdraw(t.Context(), s.Act.ID, w.person.WithdrawAsIdentity(w.domain, s.Act.ID)); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("an earlier root key: %v", err)
	}
	if n := len(w.heads.names(roomTombstone)); n != 0 {
		t.Errorf("%d tombstones", n)
	}
}

// What the ledger alone has seen becomes a tombstone: no later chain brings it back.
func TestWithdrawnOnTheLedgerStays(t *testing.T) {
	for status, reason := range map[consent.Status]consent.Reason{
		consent.StatusWithdrawn: consent.ReasonWithdrawn, consent.StatusRevoked: consent.ReasonRevoked,
	} {
		w := newWorld(t)
		s := w.filled()
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = status })
		if _, err := w.release(s); !denied(err, reason) {
			t.Fatal(err)
		}
		if w.journal.count(consent.EntryWithdrawn) != 1 {
			t.Error("the person's history does not show it")
		}
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusGiven })
		for _, g := range []*Gate{w.gate, w.newGate()} {
			if _, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !denied(err, reason) {
				t.Errorf("after the chain went back: %v", err)
			}
		}
	}
}

// A withdrawal that the ledger's view has read out of a transaction stops the grant for
// ever once its signature verifies; a forged one never makes a tombstone.
func TestWithdrawalSeenOnTheLedger(t *testing.T) {
	forged := func(w *world, s SignedGrant) consent.Signature {
		return newPerson().Seed.Grant(s.Grant.Salt).Sign(w.domain.Digest(consent.WithdrawHash(s.Act.ID)))
	}
	byKey := func(w *world, s SignedGrant) consent.Signature { return w.person.Withdraw(w.domain, &s.Grant) }
	for name, test := range map[string]struct {
		status consent.Status
		sign   func(w *world, s SignedGrant) consent.Signature
		while  consent.Reason // while the ledger says so; "" = released
		after  consent.Reason // once it says "given" again
		signer uint8          // of the tombstone; 0 = there must be none
	}{
		"signed, confirmed":               {consent.StatusWithdrawn, byKey, consent.ReasonWithdrawn, consent.ReasonWithdrawn, signerGrantKey},
		"signed, not confirmed yet":       {consent.StatusGiven, byKey, consent.ReasonWithdrawn, consent.ReasonWithdrawn, signerGrantKey},
		"signed, before the grant itself": {consent.StatusUnknown, byKey, consent.ReasonWithdrawn, consent.ReasonWithdrawn, signerGrantKey},
		"signed, and revoked":             {consent.StatusRevoked, byKey, consent.ReasonWithdrawn, consent.ReasonWithdrawn, signerGrantKey},
		"none, confirmed":                 {consent.StatusWithdrawn, nil, consent.ReasonWithdrawn, consent.ReasonWithdrawn, signerLedger},
		"none, revoked":                   {consent.StatusRevoked, nil, consent.ReasonRevoked, consent.ReasonRevoked, signerLedger},
		"forged, confirmed":               {consent.StatusWithdrawn, forged, consent.ReasonWithdrawn, "", 0},
		"forged, revoked":                 {consent.StatusRevoked, forged, consent.ReasonRevoked, "", 0},
		"forged, not confirmed":           {consent.StatusGiven, forged, "", "", 0},
		"the root key's": {consent.StatusWithdrawn, func(w *world, s SignedGrant) consent.Signature {
			return w.person.WithdrawAsIdentity(w.domain, s.Act.ID)
		}, consent.ReasonWithdrawn, "", 0},
		"the grant's own act": {consent.StatusWithdrawn, func(_ *world, s SignedGrant) consent.Signature { return s.ActSignature }, consent.ReasonWithdrawn, "", 0},
		"another grant's":     {consent.StatusGiven, func(w *world, _ SignedGrant) consent.Signature { s := w.filled(); return byKey(w, s) }, "", "", 0},
		"another contract's": {consent.StatusWithdrawn, func(w *world, s SignedGrant) consent.Signature {
			return w.person.Withdraw(w.registry, &s.Grant)
		}, consent.ReasonWithdrawn, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			var sig consent.Signature
			if test.sign != nil {
				sig = test.sign(w, s)
			}
			check := func(g *Gate, reason consent.Reason) {
				t.Helper()
				r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
				if reason == "" && err != nil || reason != "" && (r != nil || !denied(err, reason)) {
					t.Errorf("%v, want %q", err, reason)
				}
			}
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status, g.Withdrawal = test.status, sig })
			check(w.gate, test.while)
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status, g.Withdrawal = consent.StatusGiven, consent.Signature{} })
			check(w.gate, test.after)
			check(w.newGate(), test.after)
			if names := w.heads.names(roomTombstone); len(names) != 0 != (test.signer != 0) {
				t.Fatalf("%d tombstones", len(names))
			}
			if test.signer == 0 {
				return
			}
			tomb, err := w.newGate().tombstone(t.Context(), s.Act.ID)
			if err != nil || tomb.Signer != test.signer || (tomb.Signer == signerGrantKey) != slices.Equal(tomb.Signature, sig[:]) {
				t.Errorf("%+v, %v", tomb, err)
			}
			if e := w.journal.last(t); w.journal.count(consent.EntryWithdrawn) != 1 || e.Shared.Institution != w.hospital.ID {
				t.Errorf("%d entries of the end, of institution %x", w.journal.count(consent.EntryWithdrawn), e.Shared.Institution[:1])
			}
		})
	}
}

// What the ledger shows of an end, and the store does not take, lets nothing out meanwhile.
func TestWithdrawnOnTheLedgerAndNotKept(t *testing.T) {
	for status, reason := range map[consent.Status]consent.Reason{
		consent.StatusGiven: consent.ReasonWithdrawn, consent.StatusWithdrawn: consent.ReasonWithdrawn, consent.StatusRevoked: consent.ReasonRevoked,
	} {
		w := newWorld(t)
		s := w.filled()
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) {
			if g.Status = status; status == consent.StatusGiven { // its block is not confirmed yet
				g.Withdrawal = w.person.Withdraw(w.domain, &s.Grant)
			}
		})
		w.failOn("put", roomTombstone)
		if r, err := w.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: error %v", status, err)
		}
		w.heads.setFault(nil)
		if _, err := w.release(s); !denied(err, reason) {
			t.Errorf("%s, and kept: %v", status, err)
		}
	}
}

// A tombstone that was seen stays for this process, even when the bucket loses it.
func TestTombstoneDeleted(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.withdraw(s)
	replica := w.newGate()
	seen := func() {
		if _, err := replica.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !denied(err, consent.ReasonWithdrawn) {
			t.Errorf("another replica: %v", err)
		}
	}
	seen()
	w.heads.drop(w.heads.only(t, roomTombstone))
	w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusGiven })
	seen()
	if _, err := w.release(s); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("release: %v", err)
	}
	w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusWithdrawn })
	// After a restart the ledger, which has followed, still says so.
	if _, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("after a restart: %v", err)
	}
}

func TestTombstoneCheck(t *testing.T) {
	signed := make([]byte, 65)
	for _, good := range []tombstone{
		{Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerGrantKey},
		{Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerRootKey},
		{Version: 1, Kind: tombWithdrawn, Signer: signerLedger},
		{Version: 1, Kind: tombRevoked, Signer: signerLedger},
		{Version: 1, Kind: tombWithdrawn, Signer: signerJournal},
		{Version: 1, Kind: tombWithdrawn, Signer: signerErasure},
		{Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerAll, Said: 1},
		{Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerAssist, Said: 1},
	} {
		if err := good.check(); err != nil {
			t.Errorf("%+v refused", good)
		}
	}
	w := newWorld(t)
	for name, wrong := range map[string]tombstone{
		"version":            {Version: 2, Kind: tombWithdrawn, Signer: signerLedger},
		"no kind":            {Version: 1, Signer: signerLedger},
		"unknown kind":       {Version: 1, Kind: 3, Signer: signerLedger},
		"no signer":          {Version: 1, Kind: tombWithdrawn},
		"unknown signer":     {Version: 1, Kind: tombWithdrawn, Signer: 9},
		"no signature":       {Version: 1, Kind: tombWithdrawn, Signer: signerGrantKey},
		"short signature":    {Version: 1, Kind: tombWithdrawn, Signature: signed[1:], Signer: signerRootKey},
		"revoked by a key":   {Version: 1, Kind: tombRevoked, Signature: signed, Signer: signerGrantKey},
		"revoked by erasure": {Version: 1, Kind: tombRevoked, Signer: signerErasure},
		"signed by a ledger": {Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerLedger},
		"all, at no time":    {Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerAll},
		"a key, at a time":   {Version: 1, Kind: tombWithdrawn, Signature: signed, Signer: signerGrantKey, Said: 1},
	} {
		if err := wrong.check(); !errors.Is(err, errDamaged) {
			t.Errorf("%s: by itself: %v", name, err)
		}
		s := w.grant()
		data, err := seal(w.gate.tombstoneSealer, grantAAD("wrappy tombstone v1", s.Act.ID), wrong)
		if err != nil {
			t.Fatal(err)
		}
		w.heads.plant(w.gate.name(roomTombstone, s.Act.ID[:]), data)
		if r, err := w.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTombstoneOfAnotherGrant(t *testing.T) {
	w := newWorld(t)
	s, other := w.filled(), w.filled()
	w.withdraw(other)
	w.heads.plant(w.gate.name(roomTombstone, s.Act.ID[:]), w.heads.take(w.heads.only(t, roomTombstone)))
	if r, err := w.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// No release whose call began after a withdrawal's answer.
func TestReleaseRacesWithdraw(t *testing.T) {
	const readers = 64
	for round := range 5 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			w := newWorld(t)
			w.relayer.confirm = true
			s := w.filled()
			replica := w.newGate()
			var answered atomic.Bool
			var start, wait sync.WaitGroup
			start.Add(readers)
			for i := range readers {
				g := w.gate
				if i%2 == 1 {
					g = replica
				}
				wait.Go(func() {
					start.Done()
					for range 8 {
						after := answered.Load()
						r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
						if after && (r != nil || !denied(err, consent.ReasonWithdrawn)) {
							t.Errorf("after the answer: %v", err)
						}
					}
				})
			}
			wait.Go(func() {
				start.Wait()
				w.withdraw(s)
				answered.Store(true)
			})
			wait.Wait()
			w.gate.Close()
			replica.Close()
			w.journal.mu.Lock()
			defer w.journal.mu.Unlock()
			if !slices.ContainsFunc(w.journal.entries, func(e Entry) bool { return e.Shared.Kind == consent.EntryWithdrawn }) {
				t.Error("no entry of the withdrawal")
			}
		})
	}
}
