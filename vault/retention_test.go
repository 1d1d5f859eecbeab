package vault

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

var tlsKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })

// attestation is what the hospital signs at the world's time.
func (w *world) attestation(s SignedGrant, change ...func(*consent.Deletion)) DeletionCall {
	w.t.Helper()
	key, err := tlsKey()
	if err != nil {
		w.t.Fatal(err)
	}
	d := consent.Deletion{Origin: testOrigin, Institution: w.hospital.ID, Grant: s.Act.ID, Through: uint64(w.time().UnixMilli())}
	call := DeletionCall{Grant: s.Act.ID, Through: d.Through}
	for _, c := range change {
		c(&d)
	}
	if call.Key, err = consent.WriterKeyOf(key.Public()); err != nil {
		w.t.Fatal(err)
	}
	if call.Signature, err = consent.SignDeletion(key, &d); err != nil {
		w.t.Fatal(err)
	}
	return call
}

func (w *world) attest(g *Gate, s SignedGrant) (*Deletion, error) {
	return g.AttestDeletion(w.t.Context(), w.hospital, w.attestation(s))
}

func (w *world) deletion(s SignedGrant) *Deletion {
	w.t.Helper()
	d, err := w.newGate().DeletionOf(w.t.Context(), w.hospital, s.Act.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) mustRelease(s SignedGrant, tags ...FieldTag) *Release {
	w.t.Helper()
	r, err := w.unless(s, "", tags...)
	if err != nil {
		w.t.Fatal("release:", err)
	}
	return r
}

const day = consent.Day

// When what was received must be gone, by what has happened since.
func TestWhenDeletionIsDue(t *testing.T) {
	now := uint64(begin.Unix()) // a day's first second
	var first *Release
	contract := func(r *consent.Request) { r.LegalBasis = consent.BasisContract }
	for _, tt := range []struct {
		name   string
		change func(*consent.Request)
		then   func(*world, SignedGrant)
		want   uint64 // 0: nothing
	}{
		{"nothing released", nil, func(*world, SignedGrant) {}, 0},
		{"only written", nil, func(w *world, s SignedGrant) { w.writeField(s, "identity.birth_date", `"1990"`) }, 0},
		{"released", nil, func(w *world, s SignedGrant) { w.mustRelease(s) }, now + 31*day},
		{"withdrawn, and nothing released", nil, func(w *world, s SignedGrant) { w.withdraw(s) }, 0},
		{"no retention at all", func(r *consent.Request) { r.RetentionDays = 0 }, func(w *world, s SignedGrant) { w.mustRelease(s) }, now + day},
		{"released again", nil, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(5 * 24 * time.Hour)
			w.mustRelease(s)
		}, now + 36*day},
		{"asked again, and unchanged", nil, func(w *world, s SignedGrant) {
			first = w.mustRelease(s)
			w.pass(5 * 24 * time.Hour)
			w.mustRelease(s, first.Tags...)
		}, now + 31*day},
		{"withdrawn", nil, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(2 * 24 * time.Hour)
			w.withdraw(s)
		}, now + 3*day},
		{"withdrawn on its last day", nil, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(29 * 24 * time.Hour)
			w.withdraw(s)
		}, now + 30*day},
		{"withdrawn, and not consent is the basis", contract, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.withdraw(s)
		}, now + 31*day},
		{"revoked", nil, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
		}, now + day},
		{"expired", nil, func(w *world, s SignedGrant) {
			w.pass(10 * 24 * time.Hour)
			w.mustRelease(s)
			w.pass(21 * 24 * time.Hour)
		}, now + 41*day},
		{"expired, then withdrawn", nil, func(w *world, s SignedGrant) {
			w.pass(10 * 24 * time.Hour)
			w.mustRelease(s)
			w.pass(21 * 24 * time.Hour)
			if err := w.look(w.gate); err != nil {
				w.t.Fatal(err)
			}
			if err := w.stopByRoot(s); err != nil {
				w.t.Fatal(err)
			}
		}, now + 32*day},
		{"erased", nil, func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(24 * time.Hour)
			if _, err := w.eraseBy(w.gate, w.person); err != nil {
				w.t.Fatal(err)
			}
		}, now + 2*day},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			change := tt.change
			if change == nil {
				change = func(*consent.Request) {}
			}
			s := w.filled(change)
			tt.then(w, s)
			for range 2 {
				if err := w.look(w.newGate()); err != nil {
					t.Fatal(err)
				}
			}
			d := w.deletion(s)
			if tt.want == 0 {
				if d != nil {
					t.Errorf("due %+v", d)
				}
				return
			}
			if d == nil || d.Due != tt.want {
				t.Fatalf("due in %d days, want %d", (d.Due-now)/day, (tt.want-now)/day)
			}
			page, next, err := w.gate.Deletions(t.Context(), w.hospital, false, "", 10)
			if err != nil || next != "" || len(page) != 1 || page[0].Grant != s.Act.ID || page[0].Due != tt.want {
				t.Errorf("listed %v, %v", page, err)
			}
		})
	}
}

// Overdue from the first second after the day: it is listed, the question says since when,
// and the entry does too. An attestation ends it.
func TestOverdue(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	due := uint64(begin.Unix()) + 31*day
	other := w.grant(func(r *consent.Request) {
		r.Expires += 60 * day
		r.Fields = []consent.FieldName{"identity.mother_maiden_name"}
	})
	w.pass(time.Duration(31*day)*time.Second - time.Second)
	var since []uint64
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		since = append(since, q.OverdueSince)
		return consent.Decision{Permitted: q.Fields}, nil
	}
	ask := func() (*Release, error) {
		return w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: other.Act.ID, Fields: []consent.FieldName{"identity.birth_date", "identity.mother_maiden_name"}})
	}
	for range 2 {
		if _, err := ask(); err != nil {
			t.Fatal(err)
		}
		overdue, _, err := w.gate.Deletions(t.Context(), w.hospital, true, "", 10)
		if err != nil || len(overdue) != map[bool]int{true: 1, false: 0}[w.unix() >= due] {
			t.Errorf("overdue: %v, %v", overdue, err)
		}
		w.pass(time.Second)
	}
	if !slices.Equal(since, []uint64{0, due}) {
		t.Errorf("asked with %v", since)
	}
	if e := w.journal.last(t); e.Evidence.OverdueSince != due || e.Shared.Kind != consent.EntryAuthorised {
		t.Errorf("the evidence says %d", e.Evidence.OverdueSince)
	}
	if _, err := w.attest(w.newGate(), s); err != nil {
		t.Fatal(err)
	}
	since = nil
	if _, err := ask(); err != nil || since[0] != 0 {
		t.Errorf("after the attestation: %v, %v", since, err)
	}
	if list, _, err := w.gate.Deletions(t.Context(), w.hospital, true, "", 10); err != nil || len(list) != 0 {
		t.Errorf("still overdue: %v, %v", list, err)
	}
	if list, _, err := w.gate.Deletions(t.Context(), w.clinic, false, "", 10); err != nil || len(list) != 0 {
		t.Errorf("somebody else's: %v, %v", list, err)
	}
}

// What cannot be read denies: nobody knows whether anything is overdue.
func TestOverdueThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	for name, fault := range map[string]func(op, name string) (bool, bool){
		"the list":  func(op, name string) (bool, bool) { return op == "list" && strings.HasPrefix(name, roomDue), false },
		"an entry":  func(op, name string) (bool, bool) { return op == "get" && strings.HasPrefix(name, roomDue), false },
		"the grant": func(op, name string) (bool, bool) { return op == "get" && strings.HasPrefix(name, roomReceived), false },
	} {
		w.gate = w.newGate()
		w.heads.setFault(fault)
		asked := w.decider.asked
		if _, err := w.release(s); !errors.Is(err, consent.ErrUnavailable) || w.decider.asked != asked {
			t.Errorf("%s: %v", name, err)
		}
		w.heads.setFault(nil)
	}
	w.gate = w.newGate()
	w.heads.plant(w.heads.names(roomDue)[0], []byte("x"))
	if _, err := w.release(s); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a damaged entry: %v", err)
	}
}

func TestAttestDeletion(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	w.pass(time.Minute)
	d, err := w.attest(w.gate, s)
	if err != nil || d.Due != 0 || d.Overdue || d.Attested == nil || len(d.Attested.Proof.Shared.Plaintext) == 0 {
		t.Fatalf("%v, %+v", err, d)
	}
	if err := consent.VerifyDeletion(&d.Attested.Statement, d.Attested.Key, d.Attested.Signature); err != nil {
		t.Error(err)
	}
	if left := w.heads.names(roomDue); len(left) != 0 {
		t.Errorf("%d entries in the index", len(left))
	}
	e := w.journal.last(t)
	if e.Shared.Kind != consent.EntryDeleted || e.Shared.Grant != s.Act.ID || e.Personal.Identity != w.person.ID() || e.Subject == nil {
		t.Errorf("the entry: %v", e.Shared)
	}
	for _, g := range []*Gate{w.gate, w.newGate()} { // the same again, and a later one that says no more
		w.pass(time.Second)
		again, err := w.attest(g, s)
		if err != nil || again.Attested.Statement != d.Attested.Statement || again.Attested.Signature != d.Attested.Signature || w.journal.count(consent.EntryDeleted) != 1 {
			t.Errorf("again: %v, %+v", err, again)
		}
	}
	own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
	if err != nil || len(own) != 1 || own[0].Deletion == nil || own[0].Deletion.Attested == nil || own[0].Deletion.Attested.Signature != d.Attested.Signature {
		t.Errorf("the person does not see it: %v", err)
	}
	w.mustRelease(s)
	if d := w.deletion(s); d.Due == 0 || d.Attested == nil {
		t.Errorf("a release after it: %+v", d)
	}
	if d, err := w.gate.DeletionOf(t.Context(), w.clinic, s.Act.ID); d != nil || !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("another institution is told: %+v, %v", d, err)
	}
}

// What happens between an attestation's entry and its object.
func TestAttestMeanwhile(t *testing.T) {
	start := func() (*world, SignedGrant) {
		w := newWorld(t)
		s := w.filled()
		w.mustRelease(s)
		w.pass(time.Minute)
		return w, s
	}
	w, s := start()
	w.meanwhile(consent.EntryDeleted, func() {
		w.pass(time.Minute)
		if _, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.attest(w.gate, s); !errors.Is(err, ErrDeletedTooEarly) {
		t.Errorf("a release: %v", err)
	}
	if d := w.deletion(s); d.Due == 0 || d.Attested != nil {
		t.Errorf("a release: %+v", d)
	}
	w, s = start()
	var first *Deletion
	w.meanwhile(consent.EntryDeleted, func() {
		w.pass(time.Second)
		var err error
		if first, err = w.attest(w.newGate(), s); err != nil {
			t.Error(err)
		}
	})
	second, err := w.attest(w.gate, s)
	if err != nil || second.Attested.Statement != first.Attested.Statement || w.deletion(s).Attested.Statement != first.Attested.Statement {
		t.Errorf("another replica's: %v", err)
	}
	w, s = start()
	w.meanwhile(consent.EntryDeleted, func() { w.heads.drop(w.heads.only(t, roomReceived)) })
	if _, err := w.attest(w.gate, s); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("what was received is gone: %v", err)
	}
}

// What cannot be read is not taken for nothing, whoever asks.
func TestReceivedThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	w.pass(time.Minute)
	ask := func(when string) {
		t.Helper()
		g := w.newGate()
		_, errAttest := w.attest(g, s)
		_, errOf := g.DeletionOf(t.Context(), w.hospital, s.Act.ID)
		_, _, errOwn := g.GrantsOf(t.Context(), w.person.ID(), "", 10)
		for who, err := range map[string]error{"an attestation": errAttest, "the institution": errOf, "the person": errOwn} {
			if !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("%s: %s: %v", when, who, err)
			}
		}
		if w.journal.count(consent.EntryDeleted) != 0 {
			t.Errorf("%s: an entry says that it was deleted", when)
		}
	}
	w.failOn("get", roomReceived)
	ask("no answer")
	w.heads.setFault(nil)
	name := w.heads.only(t, roomReceived)
	data, err := seal(w.gate.headSealer, label(roomReceived, name), received{Version: objectVersion, Through: 1, Due: 7}) // no whole day
	if err != nil {
		t.Fatal(err)
	}
	w.heads.plant(name, data)
	ask("damaged")
}

// A retry that delivers again is received again.
func TestRedeliveryIsReceived(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if _, err := w.unless(s, "key"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	if _, err := w.attest(w.gate, s); err != nil {
		t.Fatal(err)
	}
	r, err := w.unless(s, "key")
	if err != nil || !r.Redelivered || w.deletion(s).Due == 0 {
		t.Errorf("%v, %+v", err, w.deletion(s))
	}
}

func TestAttestationsThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	w.pass(time.Minute)
	early := uint64(begin.UnixMilli()) // before the release's reserve ends
	for name, tt := range map[string]struct {
		call func() (consent.Institution, DeletionCall)
		want error
	}{
		"of another institution": {func() (consent.Institution, DeletionCall) { return w.clinic, w.attestation(s) }, consent.ErrNotFound},
		"under no such grant": {func() (consent.Institution, DeletionCall) {
			c := w.attestation(s)
			c.Grant[0] ^= 1
			return w.hospital, c
		}, consent.ErrNotFound},
		"for another vault": {func() (consent.Institution, DeletionCall) {
			return w.hospital, w.attestation(s, func(d *consent.Deletion) { d.Origin = "other.test/log" })
		}, consent.ErrDeletionSignature},
		"in another's name": {func() (consent.Institution, DeletionCall) {
			return w.hospital, w.attestation(s, func(d *consent.Deletion) { d.Institution = w.clinic.ID })
		}, consent.ErrDeletionSignature},
		"of another grant": {func() (consent.Institution, DeletionCall) {
			return w.hospital, w.attestation(s, func(d *consent.Deletion) { d.Grant[1] ^= 1 })
		}, consent.ErrDeletionSignature},
		"of another time": {func() (consent.Institution, DeletionCall) {
			return w.hospital, w.attestation(s, func(d *consent.Deletion) { d.Through++ })
		}, consent.ErrDeletionSignature},
		"by another key": {func() (consent.Institution, DeletionCall) {
			c := w.attestation(s)
			key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			c.Key, _ = consent.WriterKeyOf(key.Public())
			return w.hospital, c
		}, consent.ErrDeletionSignature},
		"by no key": {func() (consent.Institution, DeletionCall) {
			c := w.attestation(s)
			c.Key = consent.WriterKey{}
			return w.hospital, c
		}, consent.ErrDeletionSignature},
		"unsigned": {func() (consent.Institution, DeletionCall) {
			c := w.attestation(s)
			c.Signature = consent.WriterSignature{}
			return w.hospital, c
		}, consent.ErrDeletionSignature},
		"from the future": {func() (consent.Institution, DeletionCall) {
			later := w.attestation(s, func(d *consent.Deletion) { d.Through += 3600_000 })
			later.Through += 3600_000
			return w.hospital, later
		}, ErrCall},
		"before the last release": {func() (consent.Institution, DeletionCall) {
			c := w.attestation(s, func(d *consent.Deletion) { d.Through = early })
			c.Through = early
			return w.hospital, c
		}, ErrDeletedTooEarly},
		"before the last release's reserve is over": {func() (consent.Institution, DeletionCall) {
			s := w.filled()
			w.mustRelease(s)
			c := w.attestation(s, func(d *consent.Deletion) { d.Through += 5000 })
			c.Through += 5000
			return w.hospital, c
		}, ErrDeletedTooEarly},
		"of what was never received": {func() (consent.Institution, DeletionCall) { return w.hospital, w.attestation(w.grant()) }, ErrNothingReceived},
	} {
		t.Run(name, func(t *testing.T) {
			who, call := tt.call()
			if _, err := w.gate.AttestDeletion(t.Context(), who, call); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if w.journal.count(consent.EntryDeleted) != 0 || w.deletion(s).Due == 0 {
				t.Error("it was taken")
			}
		})
	}
	w.journal.set(errBroken, false)
	if _, err := w.attest(w.gate, s); !errors.Is(err, consent.ErrUnavailable) || w.deletion(s).Due == 0 {
		t.Errorf("what cannot be written down: %v", err)
	}
}

// What ends a grant, or an institution's standing, does not end its duty to say so.
func TestAttestAfterTheEnd(t *testing.T) {
	for name, spoil := range map[string]func(*world, SignedGrant){
		"withdrawn": func(w *world, s SignedGrant) { w.withdraw(s) },
		"expired":   func(w *world, _ SignedGrant) { w.pass(40 * 24 * time.Hour) },
		"suspended": func(w *world, _ SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		},
		"erased": func(w *world, _ SignedGrant) {
			if _, err := w.eraseBy(w.gate, w.person); err != nil {
				w.t.Fatal(err)
			}
		},
		"without a policy": func(w *world, _ SignedGrant) { w.decider.catalog = nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			w.mustRelease(s)
			w.pass(time.Minute)
			spoil(w, s)
			if d, err := w.attest(w.gate, s); err != nil || d.Due != 0 {
				t.Errorf("%v, %+v", err, d)
			}
			if err := w.look(w.newGate()); err != nil || w.deletion(s).Due != 0 {
				t.Errorf("it came back: %v, %+v", err, w.deletion(s))
			}
		})
	}
}

// A crash anywhere in an attestation leaves it undone or done, and never what is due without
// an entry in the index; sent again it is done, and stored once.
func TestCrashAttestDeletion(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled()
		w.mustRelease(s)
		w.pass(time.Minute)
		return s
	}, func(w *world, s SignedGrant) error {
		_, err := w.attest(w.gate, s)
		return err
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		listed, _, errList := w.gate.Deletions(t.Context(), w.hospital, false, "", 10)
		if d := w.deletion(s); errList != nil || (d.Due != 0) != (len(listed) == 1) || err == nil && d.Due != 0 {
			t.Errorf("%v: due %d, %d listed, %v", err, d.Due, len(listed), errList)
		}
		if d, err := w.attest(w.gate, s); err != nil || d.Due != 0 || d.Attested == nil {
			t.Errorf("sent again: %v", err)
		}
	})
}

// A release that fails leaves at most a deletion to attest for nothing, or an entry of what was
// called off; one that has left is never without.
func TestCrashReceive(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled()
		w.mustRelease(s)
		w.pass(time.Minute)
		if _, err := w.attest(w.gate, s); err != nil {
			w.t.Fatal(err)
		}
		return s
	}, func(w *world, s SignedGrant) error {
		_, err := w.release(s)
		return err
	}, func(t *testing.T, w *world, s SignedGrant, err error) {
		listed, _, errList := w.gate.Deletions(t.Context(), w.hospital, false, "", 10)
		d := w.deletion(s)
		if errList != nil || (d.Due != 0) != (len(listed) == 1) || err == nil && d.Due == 0 {
			t.Errorf("%v: due %d, %d listed, %v", err, d.Due, len(listed), errList)
		}
		if w.journal.count(consent.EntryAuthorised) > 1 && d.Due == 0 && w.journal.count(consent.EntryAborted) == 0 {
			t.Error("authorised, nothing to delete, and not a word that nothing left")
		}
	})
}

// Replicas that release and take attestations together lose nothing that is due.
func TestReleasesAndAttestationsRace(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	var wait sync.WaitGroup
	gates := []*Gate{w.gate, w.newGate()}
	for i := range 40 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			w.pass(100 * time.Millisecond)
			if i%2 == 0 {
				_, _ = w.attest(gates[i/2%2], s)
			} else {
				_, _ = gates[i/2%2].Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
			}
		}()
	}
	wait.Wait()
	var last uint64
	for _, e := range w.journal.entries {
		if e.Shared.Kind == consent.EntryAuthorised {
			last = max(last, e.Shared.Time)
		}
	}
	d := w.deletion(s)
	listed, _, err := w.newGate().Deletions(t.Context(), w.hospital, false, "", 10)
	if err != nil || d.Due != 0 && len(listed) != 1 || d.Due == 0 && d.Attested.Statement.Through < last {
		t.Errorf("%+v, %d listed, the last release at %d, %v", d, len(listed), last, err)
	}
}

// A day becomes due again while its entry is being removed: it is listed, whichever is first.
func TestDueAgainWhileItsEntryIsRemoved(t *testing.T) {
	for _, race := range []struct {
		name           string
		removes, again func(*world, SignedGrant) error
	}{
		{"attested, released", func(w *world, s SignedGrant) error {
			w.pass(time.Minute)
			_, err := w.attest(w.newGate(), s)
			return err
		}, func(w *world, s SignedGrant) error {
			w.pass(time.Minute)
			_, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
			return err
		}},
		{"released a day later, withdrawn", func(w *world, s SignedGrant) error {
			w.pass(24 * time.Hour)
			_, _ = w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}) // denied: withdrawn
			return nil
		}, func(w *world, s SignedGrant) error {
			w.withdraw(s)
			return w.look(w.newGate())
		}},
	} {
		for _, removed := range []string{"before the object", "after the object", "in doubt"} {
			t.Run(race.name+", "+removed, func(t *testing.T) {
				w := newWorld(t)
				s := w.filled(func(r *consent.Request) { r.RetentionDays = 1 })
				w.mustRelease(s)
				due, entry := w.deletion(s).Due, w.heads.only(t, roomDue)
				var once sync.Once
				removing, remove, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
				deleted := false
				w.heads.setFault(func(op, name string) (before, after bool) {
					switch {
					case op == "delete" && name == entry:
						close(removing)
						<-remove
						deleted = true
					case op == "get" && strings.HasPrefix(name, roomReceived+"/") && removed == "in doubt":
						select {
						case <-remove:
							return deleted, false
						default:
						}
					case op == "put" && strings.HasPrefix(name, roomReceived+"/") && removed == "before the object":
						select {
						case <-removing:
							once.Do(func() {
								close(remove)
								done <- <-done
							})
						default:
						}
					}
					return false, false
				})
				go func() { done <- race.removes(w, s) }()
				<-removing
				if err := race.again(w, s); err != nil {
					t.Fatal(err)
				}
				if removed != "before the object" {
					close(remove)
				}
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				w.heads.setFault(nil)
				page, _, err := w.newGate().Deletions(t.Context(), w.hospital, false, "", 10)
				if d := w.deletion(s); err != nil || d.Due != due || len(page) != 1 {
					t.Errorf("due on %d, want %d; %d listed, %v", d.Due/day, due/day, len(page), err)
				}
			})
		}
	}
}

func TestDeletionPages(t *testing.T) {
	w := newWorld(t)
	var grants []consent.GrantID
	for i := range uint32(5) {
		s := w.filled(func(r *consent.Request) { r.RetentionDays = 10 * (i + 1) })
		w.mustRelease(s)
		grants = append(grants, s.Act.ID)
	}
	var seen []consent.GrantID
	for cursor := ""; ; {
		page, next, err := w.gate.Deletions(t.Context(), w.hospital, false, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > 2 {
			t.Errorf("a page of %d", len(page))
		}
		for _, d := range page {
			seen = append(seen, d.Grant)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if !slices.Equal(seen, grants) {
		t.Errorf("not the earliest first: %v, want %v", seen, grants)
	}
	w.pass(25 * 24 * time.Hour)
	page, next, err := w.gate.Deletions(t.Context(), w.hospital, true, "", 10)
	if err != nil || len(page) != 2 || next != "" || !page[0].Overdue {
		t.Errorf("overdue: %v, %q, %v", page, next, err)
	}
	for _, cursor := range []string{"x", strings.Repeat("0", 62), strings.Repeat("0", 63), strings.Repeat("0", 66), strings.Repeat("G", 64), strings.Repeat("A", 64), "../" + strings.Repeat("0", 61)} {
		if _, _, err := w.gate.Deletions(t.Context(), w.hospital, false, cursor, 2); !errors.Is(err, ErrCall) {
			t.Errorf("%s: %v", cursor, err)
		}
	}
	for _, limit := range []int{0, 201} {
		if _, _, err := w.gate.Deletions(t.Context(), w.hospital, false, "", limit); !errors.Is(err, ErrCall) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	// an entry behind which nothing stands is passed over, and removed long after
	stale := w.gate.dueName(w.hospital.ID, consent.GrantID{1}, uint64(begin.Unix())+5*day)
	if err := w.gate.putObject(t.Context(), roomDue, stale, indexEntry{Version: objectVersion, ID: consent.GrantID{1}}, ""); err != nil {
		t.Fatal(err)
	}
	if page, _, err := w.gate.Deletions(t.Context(), w.hospital, true, "", 10); err != nil || len(page) != 2 || w.heads.take(stale) != nil && len(w.heads.take(stale)) > 0 {
		t.Errorf("a stale entry: %d, %v", len(page), err)
	}
}

// An entry that goes while the list is read, as another replica removes it, hides no other.
func TestEntryGoesWhileItIsListed(t *testing.T) {
	w := newWorld(t)
	var last consent.GrantID
	for i := range uint32(2) {
		s := w.filled(func(r *consent.Request) { r.RetentionDays = 10 * (i + 1) })
		w.mustRelease(s)
		last = s.Act.ID
	}
	first := w.heads.names(roomDue)[0]
	w.heads.setFault(func(op, name string) (bool, bool) {
		if op == "get" && name == first {
			w.heads.drop(first)
		}
		return false, false
	})
	page, next, err := w.gate.Deletions(t.Context(), w.hospital, false, "", 10)
	if err != nil || next != "" || len(page) != 1 || page[0].Grant != last {
		t.Errorf("listed %v, %v", page, err)
	}
}

// What is listed under a name that the vault cannot have given makes the list unreadable: nobody
// knows what stood in its place.
func TestDueNamesThatAreNotOurs(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	start := w.gate.name(roomDue, w.hospital.ID[:]) + "/"
	for name, tail := range map[string]string{
		"short": "0", "long": strings.Repeat("0", 65), "of no day": strings.Repeat("-", 64),
	} {
		t.Run(name, func(t *testing.T) {
			defer w.heads.drop(start + tail)
			if err := w.gate.putObject(t.Context(), roomDue, start+tail, indexEntry{Version: objectVersion, ID: s.Act.ID}, ""); err != nil {
				t.Fatal(err)
			}
			if _, _, err := w.gate.Deletions(t.Context(), w.hospital, false, "", 10); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("listed: %v", err)
			}
			if r, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); r != nil || !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("released: %v", err)
			}
		})
	}
}

// Nor is what the vault cannot have noted taken for what is known of a grant.
func TestReceivedThatIsNotOurs(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	name := w.gate.name(roomReceived, s.Act.ID[:])
	for what, c := range map[string]struct {
		r    received
		ours bool
	}{
		"attested":           {received{Version: 1, Through: 7, Deletion: make([]deletion, 1)}, true},
		"due":                {received{Version: 1, Through: 7, Due: day}, true},
		"another version":    {received{Version: 2, Through: 7, Due: day}, false},
		"received never":     {received{Version: 1, Due: day}, false},
		"due within a day":   {received{Version: 1, Through: 7, Due: day + 1}, false},
		"attested two times": {received{Version: 1, Through: 7, Deletion: make([]deletion, 2)}, false},
	} {
		t.Run(what, func(t *testing.T) {
			if err := c.r.check(); (err == nil) != c.ours {
				t.Error(err)
			}
			defer w.heads.drop(name)
			if err := w.gate.putObject(t.Context(), roomReceived, name, &c.r, ""); err != nil {
				t.Fatal(err)
			}
			d, err := w.newGate().DeletionOf(t.Context(), w.hospital, s.Act.ID)
			if c.ours != (err == nil && d != nil) || !c.ours && !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
}

// What cannot be noted as received, or would not be listed, does not leave.
func TestReceivedThatCannotBeNoted(t *testing.T) {
	for name, tt := range map[string]struct {
		before       func(*world, SignedGrant)
		op, room     string
		entries, due int
	}{
		"what is known cannot be read": {func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(time.Minute)
		}, "get", roomReceived, 1, 1}, // found before there is another entry
		"what is due cannot be listed": {func(*world, SignedGrant) {}, "put", roomDue, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			tt.before(w, s)
			w.failOn(tt.op, tt.room)
			if r, err := w.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			w.heads.setFault(nil)
			if n := w.journal.count(consent.EntryAuthorised); n != tt.entries {
				t.Errorf("%d entries, want %d", n, tt.entries)
			}
			page, _, err := w.newGate().Deletions(t.Context(), w.hospital, false, "", 10)
			if err != nil || len(page) != tt.due || (w.deletion(s) != nil) != (tt.due == 1) {
				t.Errorf("%d listed, %v", len(page), err)
			}
		})
	}
}

// A replica that notes the same grant meanwhile holds up nobody.
func TestNotedByTwoReplicas(t *testing.T) {
	for name, before := range map[string]func(*world, SignedGrant){
		"for the first time": func(*world, SignedGrant) {},
		"again": func(w *world, s SignedGrant) {
			w.mustRelease(s)
			w.pass(5 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			before(w, s)
			other, met := w.newGate(), false
			w.heads.setFault(func(op, name string) (bool, bool) {
				if !met && op == "put" && strings.HasPrefix(name, roomReceived+"/") {
					met = true
					if _, err := other.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil {
						t.Error("the other:", err)
					}
				}
				return false, false
			})
			if _, err := w.release(s); err != nil || !met {
				t.Errorf("met %v, error %v", met, err)
			}
			if d := w.deletion(s); d == nil || d.Received < uint64(w.time().UnixMilli()) {
				t.Errorf("known: %+v", d)
			}
		})
	}
}

// An end is told again where something failed after it: the day on which it was told stays.
func TestEndBroughtForwardOnce(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	ended := func() uint64 {
		r, _, err := w.gate.receivedUnder(t.Context(), s.Act.ID)
		if err != nil || r == nil {
			t.Fatal(r, err)
		}
		return r.Ended
	}
	w.withdraw(s)
	w.failOn("delete", roomWatched)
	if err := w.look(w.newGate()); err == nil || ended() != w.unix() {
		t.Fatalf("%v, told at %d", err, ended())
	}
	was := ended()
	w.heads.setFault(nil)
	w.pass(3 * 24 * time.Hour)
	if err := w.look(w.newGate()); err != nil || len(w.heads.names(roomWatched)) != 0 || ended() != was {
		t.Errorf("%v, told at %d, want %d", err, ended(), was)
	}
}

func FuzzReceived(f *testing.F) {
	fuzzDecode(f, (*received).check, received{Version: 1, Through: 7, Due: day}, received{Version: 1, Through: 7, Deletion: []deletion{{Through: 7}}})
}

func FuzzWatched(f *testing.F) { fuzzDecode(f, none, watched{Version: 1, Expires: 7, Consent: true}) }

func FuzzChangeNotice(f *testing.F) { fuzzDecode(f, none, notice{Version: 1, Kind: 1, Day: day}) }

// To whom a deletion has been overdue for too long people give nothing new to read, if
// policy says so, and it may not ask for it: they hear why.
func TestOverdueInstitutionGetsNoNewPermission(t *testing.T) {
	w := newWorld(t)
	w.mustRelease(w.filled(func(r *consent.Request) { r.RetentionDays = 1 }))
	asked := map[consent.Actions]*consent.Request{}
	draft := func(action consent.Actions) func(*consent.Request) {
		return func(r *consent.Request) { r.Actions, r.AnswerBy = action, r.AnswerBy+10*day }
	}
	for _, action := range []consent.Actions{consent.Read, consent.Write} {
		asked[action] = w.request(w.hospital, draft(action))
	}
	w.pass(5 * 24 * time.Hour)
	w.gate = w.newGate()
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		if q.OverdueSince != 0 && q.Action == consent.Read {
			return consent.Decision{Reasons: []consent.Reason{consent.ReasonOverdue}}, nil
		}
		return consent.Decision{Permitted: q.Fields}, nil
	}
	for action, r := range asked {
		_, err := w.gate.Grant(t.Context(), w.answer(r, wallet.Choice{}))
		_, errAsk := w.gate.CreateRequest(t.Context(), w.hospital, w.draft(draft(action)), "")
		for what, err := range map[string]error{"given": err, "asked": errAsk} {
			if denied(err, consent.ReasonOverdue) != (action == consent.Read) || action == consent.Write && err != nil {
				t.Errorf("%s, action %d: %v", what, action, err)
			}
		}
	}
}
