package vault

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

var leaveDeployment = crypto.Deployment{Origin: testOrigin, ChainID: 77, Contract: [20]byte{1}}

// leaves destroys a region's key by two officers' order.
func leaves(t *testing.T, path, region string, now time.Time) {
	t.Helper()
	var officers []ed25519.PublicKey
	var orders []crypto.LeaveOrder
	for range 2 {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		order, err := crypto.SignLeave(path, leaveDeployment, region, private, now)
		if err != nil {
			t.Fatal(err)
		}
		officers, orders = append(officers, public), append(orders, order)
	}
	if err := crypto.LeaveRegion(path, leaveDeployment, region, officers, orders, now); err != nil {
		t.Fatal(err)
	}
}

// closed wants that nobody gets anything of the region, and is told what a stranger is.
func (w *world) closed(t *testing.T, g *Gate, s SignedGrant) {
	t.Helper()
	ctx, id := t.Context(), w.person.ID()
	_, errRelease := g.Release(ctx, w.hospital, ReleaseCall{Grant: s.Act.ID})
	_, errRedelivery := g.Release(ctx, w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
	_, errWrite := g.Write(ctx, w.hospital, w.call(w.hospital, s.Act.ID, w.values()))
	_, errHeld := g.Held(ctx, w.hospital, s.Act.ID)
	_, errSession := g.SessionKey(ctx, id)
	_, errHistory := g.History(ctx, id, 0, 10)
	_, errComplete := g.Complete(ctx, id)
	_, _, errGrants := g.GrantsOf(ctx, id, "", 10)
	_, errErase := w.eraseBy(g, w.person)
	_, errStranger := g.Release(ctx, w.clinic, ReleaseCall{Grant: s.Act.ID})
	for name, test := range map[string]struct{ got, want error }{
		"release": {errRelease, consent.ErrNotFound}, "redelivery": {errRedelivery, consent.ErrNotFound}, "write": {errWrite, consent.ErrNotFound},
		"held": {errHeld, consent.ErrNotFound}, "a stranger": {errStranger, consent.ErrNotFound},
		"session": {errSession, consent.ErrUnknownIdentity}, "history": {errHistory, consent.ErrUnknownIdentity},
		"statement": {errComplete, consent.ErrUnknownIdentity}, "permissions": {errGrants, consent.ErrUnknownIdentity},
		"erasure": {errErase, consent.ErrUnknownIdentity},
		"enrol":   {g.Enrol(ctx, w.enrolCall(w.person)), ErrRegion},
		"another": {g.Enrol(ctx, w.enrolCall(newPerson())), ErrRegion},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
	if held, _, err := g.GrantsHeld(ctx, w.hospital, "", 10); err != nil || len(held) != 0 {
		t.Errorf("the institution's list: %d, %v", len(held), err)
	}
}

func TestLeaveCountry(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	s := w.filled()
	if _, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"}); err != nil {
		t.Fatal(err)
	}
	elsewhere := newPerson() // enrolled under another region's key
	e := w.enrolCall(elsewhere)
	e.Enrolment.Jurisdiction = "JO"
	e.Signature = elsewhere.Seed.Root().Sign(w.domain.Digest(e.Enrolment.StructHash()))
	if err := w.gate.Enrol(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	heads, records := w.heads.snapshot(), w.records.snapshot()
	warm := w.gate // with everything in its caches

	leaves(t, path, "KE", w.time())
	if err := w.keyring.Refresh(); err != nil {
		t.Fatal(err)
	}
	w.closed(t, warm, s)
	w.reopenKeyring(path)
	w.closed(t, w.gate, s)
	// Copies of both stores, from before, put back.
	w.heads.restore(heads)
	w.records.restore(records)
	w.reopenKeyring(path)
	w.closed(t, w.gate, s)
	if _, err := w.gate.SessionKey(t.Context(), elsewhere.ID()); err != nil {
		t.Errorf("another country's people: %v", err)
	}
	// What reaches the operator says why.
	if _, _, err := w.gate.subject(t.Context(), w.person.ID()); !errors.Is(err, ErrLeft) {
		t.Errorf("the cause: %v", err)
	}
	// Its heads can still be moved to a new month, unopened, so that old months' keys go.
	w.toMonth(1)
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 || r.Renewed != 2 {
		t.Errorf("sweep: %+v, %v", r, err)
	}
}

// Left while the permission is being read: whoever asks is answered as a stranger.
func TestLeaveDuringACall(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	s := w.filled()
	left := false
	w.before("get", roomHead, func() {
		left = true
		leaves(t, path, "KE", w.time())
		if err := w.keyring.Refresh(); err != nil {
			t.Error(err)
		}
	})
	r, err := w.release(s)
	if !left || r != nil || !errors.Is(err, consent.ErrNotFound) || len(w.journal.probes) != 1 {
		t.Errorf("left %v, error %v, %d probes", left, err, len(w.journal.probes))
	}
}

func TestNoteLeft(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	before := mustReadFile(t, crypto.PerishablePath(path))
	keyring := mustReadFile(t, path)
	if err := w.gate.CheckLeft(t.Context()); err != nil {
		t.Fatal(err)
	}
	leaves(t, path, "KE", w.time())
	w.reopenKeyring(path)
	left := w.keyring.LeftRegions()[0]
	w.journal.set(errBroken, false)
	if noted, err := w.gate.NoteLeft(t.Context(), left); noted || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("without a journal: %v, %v", noted, err)
	}
	w.journal.set(nil, false)
	w.failOn("get", roomLeft)
	if noted, err := w.gate.NoteLeft(t.Context(), left); noted || !errors.Is(err, consent.ErrUnavailable) || w.journal.count(consent.EntryLeft) != 0 {
		t.Errorf("who cannot tell whether it was noted: %v, %v", noted, err)
	}
	w.heads.setFault(nil)
	for i := range 2 {
		if noted, err := w.gate.NoteLeft(t.Context(), left); noted != (i == 0) || err != nil {
			t.Errorf("%d: %v, %v", i, noted, err)
		}
	}
	if last := w.journal.last(t); w.journal.count(consent.EntryLeft) != 1 || last.Evidence.Jurisdiction != "KE" || last.Subject != nil {
		t.Errorf("entry %+v", last.Evidence)
	}
	if err := w.gate.CheckLeft(t.Context()); err != nil {
		t.Errorf("the country is left: %v", err)
	}
	// Somebody puts keys from an archive in place: this vault's stores know.
	mustWriteFile(t, path, keyring)
	mustWriteFile(t, crypto.PerishablePath(path), before)
	w.reopenKeyring(path)
	if err := w.gate.CheckLeft(t.Context()); !errors.Is(err, ErrLeftKey) {
		t.Errorf("an archived key: %v", err)
	}
	w.failOn("get", roomLeft)
	if err := w.gate.CheckLeft(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a store that cannot be asked: %v", err)
	}
	w.heads.setFault(nil)
}

func FuzzLeftMark(f *testing.F) {
	fuzzDecode(f, none, leftMark{Version: 1, Region: "KE", Time: 7})
}

// Of two replicas that note it at the same time one has done so, and neither fails.
func TestNoteLeftTogether(t *testing.T) {
	w := newWorld(t)
	left := crypto.LeftRegion{Region: "JO", ID: "of before", Time: w.unix()}
	w.journal.hook = func(Entry) {
		w.journal.mu.Lock()
		w.journal.hook = nil
		w.journal.mu.Unlock()
		if noted, err := w.newGate().NoteLeft(t.Context(), left); !noted || err != nil {
			t.Errorf("the other: %v, %v", noted, err)
		}
	}
	if noted, err := w.gate.NoteLeft(t.Context(), left); noted || err != nil {
		t.Errorf("%v, %v", noted, err)
	}
}
