package vault

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

var testPassphrase = crypto.Secret("of this test")

func quickKMS(secret crypto.Secret) crypto.KMS {
	return crypto.NewPassphrase(secret, crypto.Argon2{MemoryKiB: 8 << 10, Passes: 1, Lanes: 1})
}

// newWorldOfItsOwn has a keyring that the test may do anything to.
func newWorldOfItsOwn(t *testing.T) (*world, string) {
	t.Helper()
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "keyring.json")
	var err error
	if w.keyring, err = crypto.CreateKeyring(t.Context(), path, quickKMS(testPassphrase), []string{"KE", "JO"}); err != nil {
		t.Fatal(err)
	}
	w.gate = w.newGate()
	return w, path
}

func (w *world) reopenKeyring(path string) {
	w.t.Helper()
	var err error
	if w.keyring, err = crypto.OpenKeyring(w.t.Context(), path, quickKMS(testPassphrase)); err != nil {
		w.t.Fatal(err)
	}
	w.gate = w.newGate()
}

func (w *world) epochOf(id consent.IdentityID) uint32 {
	w.t.Helper()
	s, _, err := w.newGate().subject(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return s.head.Epoch
}

// toMonth moves the clock to the second day of the n-th month from now.
func (w *world) toMonth(n int) uint32 {
	now := w.time().UTC()
	w.pass(time.Date(now.Year(), now.Month()+time.Month(n), 2, 0, 0, 0, 0, time.UTC).Sub(now))
	return monthOf(uint64(w.time().UnixMilli()))
}

func TestHeadIsUnderItsMonth(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	first := monthOf(uint64(w.time().UnixMilli()))
	s := w.filled(func(r *consent.Request) { r.Expires = w.unix()/consent.Day*consent.Day + 90*consent.Day })
	other := newPerson()
	w.enrol(other)
	if got := w.epochOf(w.person.ID()); got != first {
		t.Fatalf("epoch %d, want %d", got, first)
	}
	second := w.toMonth(1)
	w.ledger.change(w.hospital.ID, func(*consent.Institution) {})
	if got := w.epochOf(w.person.ID()); got != first {
		t.Errorf("a look at it renewed the head: epoch %d", got)
	}
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); err != nil {
		t.Fatal(err)
	}
	if got := w.epochOf(w.person.ID()); got != second {
		t.Errorf("after a commit: epoch %d, want %d", got, second)
	}
	if got := w.epochOf(other.ID()); got != first {
		t.Errorf("of somebody else: epoch %d, want %d", got, first)
	}
	r, err := w.gate.RenewHeads(t.Context(), nil)
	if err != nil || r != (Renewal{Heads: 2, Renewed: 1}) {
		t.Errorf("sweep: %+v, %v", r, err)
	}
	if got := w.epochOf(other.ID()); got != second {
		t.Errorf("after the sweep: epoch %d, want %d", got, second)
	}
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r != (Renewal{Heads: 2}) {
		t.Errorf("second sweep: %+v, %v", r, err)
	}
	// With a clock set back, what is under a later month stays there.
	w.pass(-60 * 24 * time.Hour)
	w.reopenKeyring(path)
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Renewed != 0 {
		t.Errorf("with a clock set back: %+v, %v", r, err)
	}
	w.heads.drop(w.heads.only(t, roomClock)) // from here on nothing tells that it was later
	w.gate = w.newGate()
	person, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	next := person.head.clone()
	if err := w.gate.renew(t.Context(), next); err != nil || next.Epoch != second || !bytes.Equal(next.SubjectKEK, person.head.SubjectKEK) {
		t.Errorf("by a commit with no clock: epoch %d, %v", next.Epoch, err)
	}
	w.pass(60 * 24 * time.Hour)
	if _, err := w.release(s); err != nil {
		t.Errorf("release after all of it: %v", err)
	}
}

func TestExpireEpochs(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	first := monthOf(uint64(w.time().UnixMilli()))
	s := w.filled(func(r *consent.Request) { r.Expires = w.unix()/consent.Day*consent.Day + 300*consent.Day })
	backup := w.heads.snapshot()
	broken := damage(w.heads.take(w.heads.only(t, roomHead)))
	stray := w.gate.name(roomHead, []byte("stray"))
	w.heads.plant(stray, broken)
	if destroyed, r, err := w.gate.ExpireEpochs(t.Context(), nil); err != nil || destroyed != nil || r.Failed != 1 {
		t.Errorf("with a damaged head and nothing due: %v, %+v, %v", destroyed, r, err)
	}
	w.heads.drop(stray)
	for _, n := range []int{1, 1, 1} { // up to three months on, and 90 days have not passed since the first ended
		w.toMonth(n)
		if destroyed, _, err := w.gate.ExpireEpochs(t.Context(), nil); err != nil || len(destroyed) != 0 {
			t.Fatalf("destroyed %v, %v", destroyed, err)
		}
	}
	if ends := w.gate.expiry(first); ends <= w.unix() || ends > w.unix()+31*consent.Day {
		t.Fatalf("the window ends at %d, it is %d", ends, w.unix())
	}
	w.toMonth(1)

	// A head that cannot be read: perhaps it is under the month.
	w.heads.plant(stray, broken)
	if destroyed, r, err := w.gate.ExpireEpochs(t.Context(), nil); !errors.Is(err, ErrStillNeeded) || destroyed != nil || r.Failed != 1 {
		t.Errorf("with a damaged head: %v, %+v, %v", destroyed, r, err)
	}
	w.heads.drop(stray)
	// One that cannot be renewed.
	w.failOn("put", roomHead)
	w.toMonth(1)
	if destroyed, _, err := w.gate.ExpireEpochs(t.Context(), nil); !errors.Is(err, ErrStillNeeded) || destroyed != nil {
		t.Errorf("with a store that takes nothing: %v, %v", destroyed, err)
	}
	w.heads.setFault(func(op, _ string) (bool, bool) { return op == "list", false })
	if destroyed, _, err := w.gate.ExpireEpochs(t.Context(), nil); !errors.Is(err, consent.ErrUnavailable) || destroyed != nil {
		t.Errorf("with a store that lists nothing: %v, %v", destroyed, err)
	}
	w.pass(time.Hour)
	w.failNth(1, "put", roomClock)
	if destroyed, _, err := w.gate.ExpireEpochs(t.Context(), nil); !errors.Is(err, consent.ErrUnavailable) || destroyed != nil {
		t.Errorf("with a clock that cannot be kept: %v, %v", destroyed, err)
	}
	w.heads.setFault(nil)
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	withoutMonths(t, path, func() {
		if destroyed, _, err := w.gate.ExpireEpochs(t.Context(), nil); err == nil || destroyed != nil {
			t.Errorf("with a keyring that cannot be changed: %v, %v", destroyed, err)
		}
	})
	if _, err := w.keyring.Epoch(first); err != nil {
		t.Fatalf("after refusals: %v", err)
	}
	destroyed, r, err := w.gate.ExpireEpochs(t.Context(), nil)
	if err != nil || !slices.Contains(destroyed, first) || r.Failed != 0 {
		t.Fatalf("destroyed %v, %+v, %v", destroyed, r, err)
	}
	for _, reopen := range []bool{false, true} {
		if reopen {
			w.reopenKeyring(path)
		}
		if _, err := w.release(s); err != nil {
			t.Errorf("a live head after its old month is gone: %v", err)
		}
	}
	// The backup of then, put back: no key opens its heads.
	w.heads.restore(backup)
	w.reopenKeyring(path)
	_, err = w.release(s)
	if !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, crypto.ErrUnknownEpoch) || !strings.Contains(err.Error(), "key of this month") {
		t.Errorf("a head of a month that is gone: %v", err)
	}
	if _, err := w.gate.SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("its session: %v", err)
	}
}

// What is remembered of a head opens no longer than the key of its month is there.
func TestDestroyedMonthIsNotRemembered(t *testing.T) {
	w, _ := newWorldOfItsOwn(t)
	w.enrol(w.person)
	s, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.keyring.DestroyEpochs(s.head.Epoch); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.gate.subject(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, crypto.ErrUnknownEpoch) {
		t.Errorf("error %v", err)
	}
}

// A sweep that stops at any call of the store leaves every head readable, and another ends it.
func TestCrashRenewHeads(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled(func(r *consent.Request) { r.Expires = w.unix()/consent.Day*consent.Day + 90*consent.Day })
		w.toMonth(1)
		return s
	}, func(w *world, _ SignedGrant) error {
		r, err := w.gate.RenewHeads(w.t.Context(), nil)
		if err == nil && r.Failed > 0 {
			err = errBroken
		}
		return err
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		if _, errRelease := w.release(s); errRelease != nil {
			t.Error("release after the crash:", errRelease)
		}
		month := monthOf(uint64(w.time().UnixMilli()))
		if err == nil && w.epochOf(w.person.ID()) != month {
			t.Error("reported as renewed and is not")
		}
		if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 || w.epochOf(w.person.ID()) != month {
			t.Errorf("again: %+v, %v", r, err)
		}
	})
}

// Two replicas with keyrings of their own over the same files, one of which writes first
// in a new month.
func TestEpochOfAnotherReplica(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	s := w.filled(func(r *consent.Request) { r.Expires = w.unix()/consent.Day*consent.Day + 90*consent.Day })
	here := w.gate
	w.reopenKeyring(path)
	w.toMonth(1)
	if _, err := w.gate.RenewHeads(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	withoutMonths(t, path, func() { // whoever is told that a month's key is gone does not look for the file
		_, err := here.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
		if !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, fs.ErrNotExist) || errors.Is(err, crypto.ErrUnknownEpoch) {
			t.Errorf("with the file out of reach: %v", err)
		}
	})
	if _, err := here.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil {
		t.Errorf("under a key that the other replica has made: %v", err)
	}
}

// withoutMonths does something while the file of months' keys is away.
func withoutMonths(t *testing.T, keyring string, do func()) {
	t.Helper()
	path := crypto.PerishablePath(keyring)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	do()
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
}

// A vault that runs has its months' keys in memory; a head goes under no month whose key is not in the file.
func TestMonthsFileOutOfReach(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	s := w.filled(func(r *consent.Request) { r.Expires = w.unix()/consent.Day*consent.Day + 90*consent.Day })
	w.gate = w.newGate()
	withoutMonths(t, path, func() {
		if _, err := w.release(s); err != nil {
			t.Errorf("release: %v", err)
		}
		w.toMonth(1)
		name := w.heads.only(t, roomHead)
		before := w.heads.take(name)
		if _, err := w.write(s, w.values()); !errors.Is(err, consent.ErrUnavailable) || !bytes.Equal(w.heads.take(name), before) {
			t.Errorf("write: %v", err)
		}
	})
}

// Of a new head whose month cannot be told none is guessed.
func TestMonthThatCannotBeTold(t *testing.T) {
	w, _ := newWorldOfItsOwn(t)
	call := w.enrolCall(w.person)
	person, err := w.gate.newSubject(&call)
	if err != nil {
		t.Fatal(err)
	}
	w.failOn("put", roomClock)
	if err := w.gate.renew(t.Context(), person.head); !errors.Is(err, consent.ErrUnavailable) || person.head.Epoch != 0 || len(w.keyring.Epochs()) != 0 {
		t.Errorf("epoch %d, %v", person.head.Epoch, err)
	}
}

// What the sweep meets on its way, and how it counts: what it cannot renew stays as it is.
func TestSweepMeets(t *testing.T) {
	planted := func(t *testing.T, w *world, name string, change func(h *head)) {
		t.Helper()
		s, _, err := w.gate.subject(t.Context(), w.person.ID())
		if err != nil {
			t.Fatal(err)
		}
		h := s.head.clone()
		change(h)
		data, err := seal(w.gate.headSealer, label(roomHead, name), h)
		if err != nil {
			t.Fatal(err)
		}
		w.heads.plant(name, data)
	}
	for name, c := range map[string]struct {
		meet func(t *testing.T, w *world, name string)
		want Renewal
	}{
		"a head": {func(*testing.T, *world, string) {}, Renewal{Heads: 1, Renewed: 1}},
		"one that goes meanwhile": {func(_ *testing.T, w *world, name string) {
			w.heads.setFault(func(op, of string) (bool, bool) {
				if op == "get" && of == name {
					w.heads.drop(name)
				}
				return false, false
			})
		}, Renewal{}},
		"a subject key that does not come out from under its month": {func(t *testing.T, w *world, name string) {
			planted(t, w, name, func(h *head) { h.SubjectKEK = damage(h.SubjectKEK) })
		}, Renewal{Failed: 1}},
		"a journal key that does not": {func(t *testing.T, w *world, name string) {
			planted(t, w, name, func(h *head) { h.JournalKey = damage(h.JournalKey) })
		}, Renewal{Failed: 1}},
		"one under another's name": {func(t *testing.T, w *world, _ string) {
			if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Renewed != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			planted(t, w, w.gate.name(roomHead, []byte("another")), func(*head) {})
		}, Renewal{Heads: 1, Failed: 1}},
		"a journal that cannot say who was erased": {func(_ *testing.T, w *world, _ string) { w.journal.errEnded = errBroken }, Renewal{Failed: 1}},
		"a card that cannot be renewed":            {func(_ *testing.T, w *world, _ string) { w.failOn("put", roomCard) }, Renewal{Failed: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.carded(w.person)
			w.toMonth(1)
			name := w.heads.only(t, roomHead)
			c.meet(t, w, name)
			before := w.heads.take(name)
			w.gate = w.newGate()
			if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r != c.want {
				t.Errorf("%+v, %v", r, err)
			}
			if after := w.heads.take(name); c.want.Failed > 0 && !bytes.Equal(after, before) {
				t.Error("the head was changed")
			}
		})
	}
}

// A rolled back head is not committed over by the sweep.
func TestSweepSeesRollback(t *testing.T) {
	w, _ := newWorldOfItsOwn(t)
	s := w.filled()
	old := w.heads.snapshot()
	if _, err := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); err != nil {
		t.Fatal(err)
	}
	w.heads.restore(old)
	w.toMonth(1)
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 1 || r.Renewed != 0 {
		t.Errorf("sweep over a rolled back head: %+v, %v", r, err)
	}
	if _, err := w.gate.SessionKey(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("the rollback shows no more: %v", err)
	}
}

// The master rotates without one call to a store, and everything opens as before.
func TestRotateMasterUnderAGate(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	s := w.filled()
	calls := 0
	count := func(string, string) (bool, bool) { calls++; return false, false }
	w.heads.setFault(count)
	w.records.setFault(count)
	next := crypto.Secret("another passphrase")
	if err := crypto.RotateMaster(t.Context(), path, quickKMS(testPassphrase), quickKMS(next)); err != nil {
		t.Fatal(err)
	}
	if calls != 0 {
		t.Errorf("%d calls of the stores", calls)
	}
	w.heads.setFault(nil)
	w.records.setFault(nil)
	if _, err := w.release(s); err != nil {
		t.Errorf("the gate that was open: %v", err)
	}
	keyring, err := crypto.OpenKeyring(t.Context(), path, quickKMS(next))
	if err != nil {
		t.Fatal(err)
	}
	w.keyring = keyring
	w.gate = w.newGate()
	if r, err := w.release(s); err != nil || len(r.Released) != 2 {
		t.Errorf("after a restart: %v", err)
	}
}

func mustReadFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // of the test
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustWriteFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
