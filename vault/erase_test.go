package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

func (w *world) eraseBy(g *Gate, p *wallet.Identity) (*Erased, error) {
	e, sig := p.Erase(w.domain, testOrigin)
	return g.Erase(w.t.Context(), e, sig)
}

func (w *world) checkReceipt(t *testing.T, r *Erased) {
	t.Helper()
	public, ok := w.keyring.JournalSigner().Public().(ed25519.PublicKey)
	if !ok || !ed25519.Verify(public, consent.ErasureMessage(r.Encoded), r.Signature[:]) {
		t.Error("the receipt is not signed by the journal's key")
	}
	receipt, err := consent.ParseErasureReceipt(r.Encoded)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Identity != w.person.ID() || receipt.Origin != testOrigin || receipt.Index != r.Proof.Promise.Index ||
		receipt.LeafHash != r.Proof.Promise.LeafHash || !slices.Equal(receipt.Remains, consent.Remainders()) || receipt.CachedSeconds != 60 {
		t.Errorf("receipt %+v", receipt)
	}
}

// Another replica, or the sweep, may be at the same erasure.
func TestErasureBesideASweep(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	other := w.newGate()
	w.before("get", roomRecorded, func() {
		if ended, err := other.EndErasures(t.Context()); err != nil || ended != 1 {
			t.Errorf("the sweep ended %d: %v", ended, err)
		}
	})
	r, err := w.eraseBy(w.gate, w.person)
	if err != nil {
		t.Fatal(err)
	}
	w.checkReceipt(t, r)
	w.nothingOf(t, w.gate, s)
}

// nothingOf wants no record, no trace in an index, and no way in.
func (w *world) nothingOf(t *testing.T, g *Gate, s SignedGrant) {
	t.Helper()
	for _, room := range []string{roomRecord, roomStream} {
		if left := w.records.names(room); len(left) != 0 {
			t.Errorf("%d objects of room %s are left", len(left), room)
		}
	}
	for _, room := range []string{roomRecorded, roomStreamed, roomOwn} {
		if left := w.heads.names(room); len(left) != 0 {
			t.Errorf("%d entries of index %s are left", len(left), room)
		}
	}
	if _, err := g.SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("session: %v", err)
	}
	if _, err := g.History(t.Context(), w.person.ID(), 0, 10); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("history: %v", err)
	}
	if _, _, err := g.GrantsOf(t.Context(), w.person.ID(), "", 10); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("permissions: %v", err)
	}
	if err := g.Enrol(t.Context(), w.enrolCall(w.person)); !errors.Is(err, ErrErased) {
		t.Errorf("enrol: %v", err)
	}
	if _, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("release: %v", err)
	}
	if _, err := g.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("write: %v", err)
	}
}

func TestErase(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	for range 3 { // earlier versions, which no manifest names any more
		if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); err != nil {
			t.Fatal(err)
		}
	}
	large := `[{"resourceType":"AllergyIntolerance","id":"a1","note":[{"text":"` + strings.Repeat("x", 100<<10) + `"}]}]`
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, raw{"health.allergy": json.RawMessage(large)})); err != nil {
		t.Fatal(err)
	}
	if len(w.records.names(roomStream)) == 0 {
		t.Fatal("no stream")
	}
	if _, err := w.release(s); err != nil {
		t.Fatal(err)
	}
	first := uint64(w.time().UnixMilli())
	w.pass(time.Hour)
	if _, err := w.release(s); err != nil {
		t.Fatal(err)
	}
	unused := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), unused); err != nil {
		t.Fatal(err)
	}
	other := newPerson()
	w.enrol(other)
	replica := w.newGate()
	if _, err := replica.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil { // its caches are warm
		t.Fatal(err)
	}

	r, err := w.eraseBy(w.gate, w.person)
	if err != nil {
		t.Fatal(err)
	}
	w.checkReceipt(t, r)
	want := []consent.HeldCopy{{Institution: w.hospital.ID, First: first, Last: uint64(w.time().UnixMilli()), RetentionDays: 30}}
	if !slices.Equal(r.Receipt.Copies, want) || r.Receipt.Ended != 2 || r.Receipt.Time != uint64(w.time().UnixMilli()) {
		t.Errorf("receipt %+v", r.Receipt)
	}
	now := w.time().UTC()
	ends := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 90)
	if r.Receipt.BackupsUntil != uint64(ends.Unix()) {
		t.Errorf("backups until %d, want %d", r.Receipt.BackupsUntil, ends.Unix())
	}
	for _, g := range []*Gate{w.gate, replica, w.newGate()} {
		w.nothingOf(t, g, s)
	}
	if _, err := w.gate.SessionKey(t.Context(), other.ID()); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	// The institution learns that it ended; the grant key still answers for its grant.
	if h, err := w.gate.Held(t.Context(), w.clinic, unused.Act.ID); err != nil || h.Status != consent.StatusWithdrawn {
		t.Errorf("held by the institution: %v, %v", h.Status, err)
	}
	if receipt, err := w.gate.Withdraw(t.Context(), s.Act.ID, w.person.Withdraw(w.domain, &s.Grant)); err != nil || receipt.Status != consent.StatusWithdrawn {
		t.Errorf("withdraw by the grant key: %v", err)
	}
	if n := w.journal.count(consent.EntryErased); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := w.journal.count(consent.EntryWithdrawn); n != 2 {
		t.Errorf("%d entries of withdrawals", n)
	}
	// Nothing personal is in the entry's shared and evidence parts.
	for _, e := range w.journal.entries {
		if e.Shared.Kind == consent.EntryErased && (e.Shared.Institution != consent.InstitutionID{} || e.Shared.Grant != consent.GrantID{}) {
			t.Error("the entry names a grant or an institution")
		}
	}
	// Sent again, anywhere and later: the same receipt.
	w.pass(time.Hour)
	for _, g := range []*Gate{w.gate, w.newGate()} {
		again, err := w.eraseBy(g, w.person)
		if err != nil || !bytes.Equal(again.Encoded, r.Encoded) || again.Signature != r.Signature || again.Proof.Promise.Index != r.Proof.Promise.Index {
			t.Errorf("again: %v", err)
		}
	}
	if n := w.journal.count(consent.EntryErased); n != 1 {
		t.Errorf("%d entries after it was sent again", n)
	}
	// The receipt is not to be had from what the vault keeps.
	e, _, err := getObject[erasure](t.Context(), w.gate, roomErasure, w.heads.only(t, roomErasure))
	if err != nil || e.State != erasureDone || bytes.Contains(e.Sealed, w.hospital.ID[:]) {
		t.Fatalf("what is kept: %v", err)
	}
	if _, err := openReceipt(e, consent.Signature{1}); err == nil {
		t.Error("the receipt opens without the erasure's signature")
	}
}

// noHistory is a journal that cannot be read.
type noHistory struct{ *fakeJournal }

func (noHistory) History(context.Context, SubjectLog, uint64, int) ([]HistoryItem, error) {
	return nil, errBroken
}

// failClock has the clock kept at each look at it, and the n-th time it cannot be.
func (w *world) failClock(n int64) {
	c := w.config()
	c.Now = func() time.Time {
		w.pass(2 * time.Minute)
		return w.time()
	}
	w.gate = w.gateOf(c)
	w.failNth(n, "put", roomClock)
}

func TestEraseDenies(t *testing.T) {
	for name, test := range map[string]struct {
		change func(w *world, e *consent.Erasure, sig *consent.Signature)
		want   error
	}{
		"somebody else's signature": {func(w *world, _ *consent.Erasure, sig *consent.Signature) {
			e, _ := w.person.Erase(w.domain, testOrigin)
			*sig = newPerson().Seed.Root().Sign(w.domain.Digest(e.StructHash()))
		}, consent.ErrSignature},
		"the session key's": {func(w *world, _ *consent.Erasure, sig *consent.Signature) {
			e, _ := w.person.Erase(w.domain, testOrigin)
			*sig = w.person.Seed.Session().Sign(w.domain.Digest(e.StructHash()))
		}, consent.ErrSignature},
		"for another vault": {func(w *world, _ *consent.Erasure, sig *consent.Signature) {
			_, *sig = w.person.Erase(w.domain, "elsewhere.test/log")
		}, consent.ErrSignature},
		"on another ledger": {func(w *world, _ *consent.Erasure, sig *consent.Signature) {
			_, *sig = w.person.Erase(w.registry, testOrigin)
		}, consent.ErrSignature},
		"a withdrawal of everything": {func(w *world, _ *consent.Erasure, sig *consent.Signature) {
			_, *sig = w.person.WithdrawAll(w.domain, testOrigin, w.time())
		}, consent.ErrSignature},
		"no signature":      {func(_ *world, _ *consent.Erasure, sig *consent.Signature) { *sig = consent.Signature{} }, consent.ErrSignature},
		"an unknown person": {func(_ *world, e *consent.Erasure, sig *consent.Signature) { e.Identity = newPerson().ID() }, consent.ErrSignature},
		"a key of before": {func(w *world, _ *consent.Erasure, _ *consent.Signature) {
			w.ledger.roots[w.person.ID()] = consent.Address{9}
		}, consent.ErrSignature},
		"a pending recovery":        {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.ledger.frozen = true }, consent.ErrFrozen},
		"a view too old":            {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.ledger.age = time.Hour }, consent.ErrStaleView},
		"no ledger":                 {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.ledger.errRoot = errBroken }, consent.ErrUnavailable},
		"no journal":                {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.journal.set(errBroken, false) }, consent.ErrUnavailable},
		"no place for its receipt":  {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.failOn("put", roomErasure) }, consent.ErrUnavailable},
		"no tombstones":             {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.failOn("put", roomTombstone) }, consent.ErrUnavailable},
		"a head that cannot be put": {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.failOn("put", roomHead) }, consent.ErrUnavailable},
		"an index that cannot be read": {func(w *world, _ *consent.Erasure, _ *consent.Signature) {
			w.heads.plant(w.heads.names(roomOwn)[0], []byte("damaged"))
		}, consent.ErrUnavailable},
		"no ledger once the signature was checked": {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.ledger.rootAnswers = 1 }, consent.ErrUnavailable},
		"no clock once the signature was checked":  {func(w *world, _ *consent.Erasure, _ *consent.Signature) { w.failClock(2) }, consent.ErrUnavailable},
		"no history": {func(w *world, _ *consent.Erasure, _ *consent.Signature) {
			c := w.config()
			c.Journal = noHistory{w.journal}
			w.gate = w.gateOf(c)
		}, consent.ErrUnavailable},
		"no journal for its entry": {func(w *world, _ *consent.Erasure, _ *consent.Signature) {
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryErased {
					w.journal.set(errBroken, false)
				}
			}
		}, consent.ErrUnavailable},
		"a log that no receipt can name": {func(w *world, e *consent.Erasure, sig *consent.Signature) {
			w.origin = strings.Repeat("v", consent.MaxOrigin+1)
			w.gate = w.newGate()
			*e, *sig = w.person.Erase(w.domain, w.origin)
		}, consent.ErrPart},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			e, sig := w.person.Erase(w.domain, testOrigin)
			test.change(w, &e, &sig)
			r, err := w.gate.Erase(t.Context(), e, sig)
			if !errors.Is(err, test.want) || r != nil {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			w.heads.setFault(nil)
			if h, _, err := w.gate.storedSubject(t.Context(), w.person.ID()); err != nil || h.head.State != stateLive {
				t.Errorf("the head: %v", err)
			}
			if len(w.records.names(roomRecord)) == 0 {
				t.Error("records were deleted")
			}
			if errors.Is(test.want, consent.ErrSignature) {
				w.ledger.roots[w.person.ID()] = w.person.Seed.Root().Address()
				if _, err := w.release(s); err != nil {
					t.Errorf("a permission ended: %v", err)
				}
			}
		})
	}
}

// Whoever may not erase is told the same of those who are here, were here, and never were.
func TestEraseTellsStrangersNothing(t *testing.T) {
	w := newWorld(t)
	w.filled()
	erased := w.person
	if _, err := w.eraseBy(w.gate, erased); err != nil {
		t.Fatal(err)
	}
	here := newPerson()
	w.enrol(here)
	_, wrong := newPerson().Erase(w.domain, testOrigin)
	for name, id := range map[string]consent.IdentityID{"here": here.ID(), "erased": erased.ID(), "never": newPerson().ID()} {
		if r, err := w.gate.Erase(t.Context(), consent.Erasure{Identity: id}, wrong); !errors.Is(err, consent.ErrSignature) || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An erased person whose root key was replaced: erased, and no receipt.
	next := newPerson()
	w.ledger.roots[erased.ID()] = next.Seed.Root().Address()
	e := consent.Erasure{Identity: erased.ID(), Vault: testOrigin}
	if _, err := w.gate.Erase(t.Context(), e, next.Seed.Root().Sign(w.domain.Digest(e.StructHash()))); !errors.Is(err, ErrErased) {
		t.Errorf("by the key of after: %v", err)
	}
	// One that the ledger never knew gets its receipt by the key that ordered it.
	delete(w.ledger.roots, erased.ID())
	if _, err := w.eraseBy(w.newGate(), erased); err != nil {
		t.Errorf("unknown to the ledger: %v", err)
	}
}

// At every call of a store that breaks, an answer means that it is done; no answer, that
// permissions ended or not; and sent again it comes to its end. Nothing comes back.
func TestCrashErase(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled()
		if _, err := w.release(s); err != nil {
			w.t.Fatal(err)
		}
		return s
	}, func(w *world, _ SignedGrant) error {
		_, err := w.eraseBy(w.gate, w.person)
		return err
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		if err == nil {
			w.nothingOf(t, w.gate, s)
		}
		ended, errEnd := w.gate.EndErasures(t.Context())
		_, _, errHead := w.newGate().storedSubject(t.Context(), w.person.ID())
		if errEnd != nil || err == nil && ended != 0 {
			t.Errorf("%d ended by the next start, %v", ended, errEnd)
		}
		if errors.Is(errHead, ErrErased) {
			w.nothingOf(t, w.gate, s)
		}
		r, errAgain := w.eraseBy(w.gate, w.person)
		if errAgain != nil {
			t.Fatal("sent again:", errAgain)
		}
		w.checkReceipt(t, r)
		if len(r.Receipt.Copies) != 1 {
			t.Errorf("receipt names %d institutions", len(r.Receipt.Copies))
		}
		w.nothingOf(t, w.newGate(), s)
	})
}

// A store put back from before an erasure: the journal knows, nothing opens, and the sweep
// of the next start erases again.
func TestStoreFromBeforeAnErasure(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	heads, records := w.heads.snapshot(), w.records.snapshot()
	r, err := w.eraseBy(w.gate, w.person)
	if err != nil {
		t.Fatal(err)
	}
	restore := func() *Gate {
		w.heads.restore(heads)
		w.records.restore(records)
		return w.newGate()
	}
	g := restore()
	if _, err := g.SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("session: %v", err)
	}
	if _, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("release: %v", err)
	}
	w.journal.errEnded = errBroken
	if _, err := w.newGate().SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a journal that cannot be asked: %v", err)
	}
	w.journal.errEnded = nil
	w.failOn("put", roomHead)
	if sweep, err := g.RenewHeads(t.Context(), nil); err != nil || sweep != (Renewal{Failed: 1}) || len(w.records.names(roomRecord)) == 0 {
		t.Errorf("sweep over a store that takes no head: %+v, %v", sweep, err)
	}
	w.heads.setFault(nil)
	for range 2 {
		if sweep, err := g.RenewHeads(t.Context(), nil); err != nil || sweep != (Renewal{Erased: 1}) {
			t.Errorf("sweep: %+v, %v", sweep, err)
		}
	}
	w.nothingOf(t, w.newGate(), s)
	// What the store had of the receipt was not in the backup.
	if r, err := w.eraseBy(w.newGate(), w.person); r != nil || !errors.Is(err, ErrErased) {
		t.Errorf("sent again after the sweep: %v", err)
	}
	// Sent again over a restored store it has a receipt, of now.
	w.pass(time.Minute)
	again, err := w.eraseBy(restore(), w.person)
	if err != nil || again.Receipt.Time == r.Receipt.Time {
		t.Errorf("sent again: %v", err)
	}
	w.nothingOf(t, w.newGate(), s)
}

// A person whose head a crash has spared, or a store put back, is erased once more by their own word alone.
func TestEraseSparedDenies(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world, sig *consent.Signature)
		want   error
	}{
		"somebody else's signature": {func(w *world, sig *consent.Signature) {
			e, _ := w.person.Erase(w.domain, testOrigin)
			*sig = newPerson().Seed.Root().Sign(w.domain.Digest(e.StructHash()))
		}, consent.ErrSignature},
		"a key of before":                          {func(w *world, _ *consent.Signature) { w.ledger.roots[w.person.ID()] = consent.Address{9} }, consent.ErrSignature},
		"no ledger once the signature was checked": {func(w *world, _ *consent.Signature) { w.ledger.rootAnswers = 1 }, consent.ErrUnavailable},
		"no clock once the signature was checked":  {func(w *world, _ *consent.Signature) { w.failClock(2) }, consent.ErrUnavailable},
		// A journal from before does not know of the erasure: by an earlier key it is as though there were none.
		"a key of before, a journal of before": {func(w *world, _ *consent.Signature) {
			w.journal.entries = nil
			w.ledger.roots[w.person.ID()] = consent.Address{9}
			w.gate = w.newGate()
		}, consent.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.filled()
			e, sig := w.person.Erase(w.domain, testOrigin)
			w.failOn("put", roomHead)
			if _, err := w.gate.Erase(t.Context(), e, sig); !errors.Is(err, consent.ErrUnavailable) {
				t.Fatal(err)
			}
			w.heads.setFault(nil)
			w.gate = w.newGate()
			c.change(w, &sig)
			if r, err := w.gate.Erase(t.Context(), e, sig); r != nil || !errors.Is(err, c.want) || errors.Is(err, consent.ErrUnknownIdentity) {
				t.Errorf("erased: %v", err)
			}
			w.heads.setFault(nil)
			if h, _, err := w.gate.storedSubject(t.Context(), w.person.ID()); err != nil || h.head.State != stateLive {
				t.Errorf("the head: %v", err)
			}
		})
	}
}

// Two replicas erase at once: both answer, and nothing is left.
func TestEraseBesideAnother(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	other := w.newGate()
	w.before("put", roomErasure, func() {
		if _, err := w.eraseBy(other, w.person); err != nil {
			t.Errorf("the other: %v", err)
		}
	})
	r, err := w.eraseBy(w.gate, w.person)
	if err != nil {
		t.Fatal(err)
	}
	w.checkReceipt(t, r)
	w.nothingOf(t, w.gate, s)
	if ended, err := w.gate.EndErasures(t.Context()); err != nil || ended != 0 {
		t.Errorf("%d were left, %v", ended, err)
	}
}

// Whoever has waited in vain for another act of the person has erased nothing.
func TestEraseWaits(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	id := w.person.ID()
	e, sig := w.person.Erase(w.domain, testOrigin)
	person, at, err := w.gate.signedNow(t.Context(), id, e.StructHash(), sig)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := w.gate.subjectLocks.lock(t.Context(), string(id[:]))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := w.gate.erase(ctx, at, person, sig); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("erased: %v", err)
	}
	unlock()
	if _, err := w.release(s); err != nil {
		t.Errorf("a permission ended: %v", err)
	}
}

// A permission that cannot be opened any more holds up no erasure: nothing leaves under it.
func TestEraseOverADamagedPermission(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.heads.plant(w.gate.name(roomGrant, s.Act.ID[:]), []byte("damaged"))
	if _, err := w.eraseBy(w.gate, w.person); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.newGate().storedSubject(t.Context(), w.person.ID()); !errors.Is(err, ErrErased) || len(w.records.names(roomRecord)) != 0 {
		t.Errorf("the head: %v", err)
	}
}

// What could not be deleted is not said to be, and the next start deletes it.
func TestErasureThatCannotEnd(t *testing.T) {
	for _, c := range []struct{ op, room string }{
		{"list", roomRecorded}, {"delete", roomRecorded}, {"list", roomMoved}, {"get", roomCard}, {"delete", roomCard}, {"delete", roomAssist}, {"delete", roomOwn},
	} {
		t.Run(c.op+" "+c.room, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			w.carded(w.person)
			w.failOn(c.op, c.room)
			if _, err := w.eraseBy(w.gate, w.person); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("erased: %v", err)
			}
			w.failOn("list", roomErasure)
			if _, err := w.newGate().EndErasures(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("a start that cannot look for it: %v", err)
			}
			w.heads.setFault(nil)
			if ended, err := w.newGate().EndErasures(t.Context()); err != nil || ended != 1 {
				t.Errorf("%d ended, %v", ended, err)
			}
			w.nothingOf(t, w.newGate(), s)
			if n := len(w.heads.names(roomCard)) + len(w.heads.names(roomAssist)); n != 0 {
				t.Errorf("%d objects of the card are left", n)
			}
		})
	}
}

// To have been answered with nothing is to hold no copy.
func TestWhoReceivedNothingHoldsNoCopy(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	if _, err := w.release(s); err != nil {
		t.Fatal(err)
	}
	r, err := w.eraseBy(w.gate, w.person)
	if err != nil || w.journal.count(consent.EntryAuthorised) != 1 || len(r.Receipt.Copies) != 0 {
		t.Errorf("receipt %+v, %v", r, err)
	}
}

// Institutions beyond those that a receipt can name are counted.
func TestReceiptOfVeryMany(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	s, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	const beyond = 3
	w.journal.entries = nil
	for i := range uint64(consent.MaxCopies + beyond) {
		e := Entry{Subject: &s.log, Shared: consent.SharedPart{Kind: consent.EntryAuthorised, Fields: []consent.FieldVersion{{Field: maiden, Version: 1}}, Time: i}}
		binary.BigEndian.PutUint64(e.Shared.Institution[:], i)
		e.Personal.Sequence = i + 1
		w.journal.entries = append(w.journal.entries, e)
	}
	copies, more, err := w.gate.heldCopies(t.Context(), s, nil)
	if err != nil || len(copies) != consent.MaxCopies || more != beyond {
		t.Errorf("%d copies, %d more, %v", len(copies), more, err)
	}
}

// What is kept of a receipt counts only whole, in this version, and of this person.
func TestOpenReceiptRefuses(t *testing.T) {
	identity, sig := consent.IdentityID{1}, consent.Signature{2}
	receipt := func(of consent.IdentityID) []byte {
		r := consent.ErasureReceipt{Version: consent.Version, Origin: testOrigin, Identity: of, Remains: consent.Remainders()}
		encoded, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	open := func(kept any) error {
		plaintext, err := encoding.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		key, err := receiptKey(sig)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := crypto.Seal(key, crypto.Pad(plaintext, leastObject), grantAAD("wrappy erasure receipt v1", consent.GrantID(identity)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = openReceipt(&erasure{Identity: identity, Sealed: sealed}, sig)
		return err
	}
	proof := keepProof(consent.Proof{})
	if err := open(storedReceipt{Version: objectVersion, Receipt: receipt(identity), Proof: proof}); err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]any{
		"no receipt":         []byte{1},
		"another version":    storedReceipt{Version: objectVersion + 1, Receipt: receipt(identity), Proof: proof},
		"none that is whole": storedReceipt{Version: objectVersion, Receipt: receipt(identity)[1:], Proof: proof},
		"somebody else's":    storedReceipt{Version: objectVersion, Receipt: receipt(consent.IdentityID{3}), Proof: proof},
	} {
		if err := open(kept); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A write that is under way while the person is erased leaves nothing.
func TestEraseDuringAWrite(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	other := w.newGate()
	done := false
	w.journal.hook = func(e Entry) {
		if e.Shared.Kind == consent.EntryWritten && !done {
			done = true
			if _, err := w.eraseBy(other, w.person); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("write: %v", err)
	}
	if !done {
		t.Fatal("no write was under way")
	}
	w.nothingOf(t, w.newGate(), s)
}

func FuzzErasure(f *testing.F) {
	fuzzDecode(f, none, erasure{Version: 1, State: erasureBegun, Identity: consent.IdentityID{1}, Sealed: []byte{1}})
}

func FuzzStoredReceipt(f *testing.F) {
	fuzzDecode(f, none, storedReceipt{Version: 1, Receipt: []byte{1}})
}
