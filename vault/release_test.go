package vault

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

func TestRelease(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	r, err := w.release(s)
	if err != nil {
		t.Fatal(err)
	}
	got := r.Released["identity.mother_maiden_name"]
	if len(r.Released) != 2 || len(got) != 1 || string(got[0].Value) != `"`+secretValue+`"` || got[0].Writer != w.hospital.ID {
		t.Fatalf("released %d fields, %v", len(r.Released), got)
	}
	want := []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNoValue}}
	if !slices.Equal(r.Withheld, want) {
		t.Errorf("withheld %v, want %v", r.Withheld, want)
	}
	e := w.journal.last(t)
	if e.Shared.Kind != consent.EntryAuthorised || len(e.Shared.Fields) != 2 || e.Shared.Grant != s.Act.ID {
		t.Errorf("entry %v", e.Shared)
	}
	if e.Personal.Identity != w.person.ID() || e.Subject == nil || e.Evidence.Purpose != s.Grant.Purpose {
		t.Error("entry: personal or evidence part is incomplete")
	}
	if !slices.Equal(e.Shared.Withheld, want) || len(r.Proof.Shared.Plaintext) == 0 || r.Versions["health.allergy"] != 1 {
		t.Error("entry, proof or versions do not fit the answer")
	}
	if r.Grant.RetentionDays != 30 || r.Grant.Expires != s.Grant.Expires {
		t.Errorf("terms %v", r.Grant)
	}
	r.Done(t.Context(), true)
	r.Done(t.Context(), false)
	w.gate.Close()
	if w.journal.count(consent.EntryDelivered) != 1 || w.journal.count(consent.EntryAborted) != 0 {
		t.Errorf("after the answer: %v", w.journal.kinds())
	}
}

// damage changes what a store holds, as whoever can write to the bucket could.
func damage(data []byte) []byte {
	data = slices.Clone(data)
	data[len(data)/2] ^= 1
	return data
}

func TestReleaseDenies(t *testing.T) {
	const unavailableNow = consent.Reason("503")
	tests := []struct {
		name   string
		change func(w *world, s SignedGrant)
		want   consent.Reason
		err    error // where want is unavailableNow
	}{
		{"ledger has not confirmed", func(w *world, s SignedGrant) { delete(w.ledger.states, s.Act.ID) }, consent.ReasonUnconfirmed, nil},
		{"ledger says a word it has not", func(w *world, s SignedGrant) {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = "granted" })
		}, consent.ReasonUnconfirmed, nil},
		{"expired", func(w *world, s SignedGrant) { w.pass(30 * 24 * time.Hour) }, consent.ReasonExpired, nil},
		{"expired on the ledger", func(w *world, s SignedGrant) {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Expires = w.unix() })
		}, consent.ReasonExpired, nil},
		{"expired by the head's time", func(w *world, s SignedGrant) { w.ledger.ahead = 30 * consent.Day }, consent.ReasonExpired, nil},
		{"withdrawn on the ledger alone", func(w *world, s SignedGrant) {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusWithdrawn })
		}, consent.ReasonWithdrawn, nil},
		{"revoked on the ledger", func(w *world, s SignedGrant) {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
		}, consent.ReasonRevoked, nil},
		{"withdrawn", func(w *world, s SignedGrant) { w.withdraw(s) }, consent.ReasonWithdrawn, nil},
		{"withdrawn, and the view is stale", func(w *world, s SignedGrant) { w.withdraw(s); w.ledger.age = time.Hour }, consent.ReasonWithdrawn, nil},
		{"binding by another root key", func(w *world, s SignedGrant) {
			w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address()
			w.gate = w.newGate()
		}, consent.ReasonInvalid, nil},
		{"binding by another root key, after a good verdict", func(w *world, s SignedGrant) {
			w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address()
		}, consent.ReasonInvalid, nil},
		{"suspended", func(w *world, s SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, consent.ReasonSuspended, nil},
		{"not attested", func(w *world, s SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Attested = false })
		}, consent.ReasonNotAttested, nil},
		{"attestation ended", func(w *world, s SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.AttestedTo = w.unix() })
		}, consent.ReasonNotAttested, nil},
		{"institution's country", func(w *world, s SignedGrant) {
			w.facts("SY")
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Jurisdiction = "SY" })
		}, consent.ReasonPolicy, nil},
		{"grant's country", func(w *world, s SignedGrant) { w.facts("KE", "SY") }, consent.ReasonPolicy, nil},
		{"policy says no", func(w *world, s SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonPurposeKind}}, nil
			}
		}, consent.ReasonPurposeKind, nil},
		{"policy is silent", func(w *world, s SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{}, nil }
		}, "", nil},
		{"fields left the catalog", func(w *world, s SignedGrant) { w.decider.catalog = &consent.Catalog{} }, "", nil},
		{"erased", func(w *world, s SignedGrant) { w.erase() }, consent.ReasonWithdrawn, nil},
		{"tombstone arrives after the entry", func(w *world, s SignedGrant) {
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryAuthorised {
					w.withdraw(s)
				}
			}
		}, consent.ReasonWithdrawn, nil},

		{"policy fails", func(w *world, s SignedGrant) {
			w.decider.decide = func(q consent.Question) (consent.Decision, error) {
				return consent.Decision{Permitted: q.Fields}, errBroken
			}
		}, unavailableNow, consent.ErrUnavailable},
		{"no bundle", func(w *world, s SignedGrant) { w.decider.catalog = nil }, unavailableNow, consent.ErrUnavailable},
		{"view fails", func(w *world, s SignedGrant) { w.ledger.errView = errBroken }, unavailableNow, consent.ErrUnavailable},
		{"view too old", func(w *world, s SignedGrant) { w.ledger.age = 61 * time.Second }, unavailableNow, consent.ErrStaleView},
		{"view from the future", func(w *world, s SignedGrant) { w.ledger.age = -61 * time.Second }, unavailableNow, consent.ErrStaleView},
		{"wall clock set back", func(w *world, s SignedGrant) { w.pass(-2 * time.Minute) }, unavailableNow, consent.ErrStaleView},
		{"state fails", func(w *world, s SignedGrant) { w.ledger.errState = errBroken }, unavailableNow, consent.ErrUnavailable},
		{"root key fails", func(w *world, s SignedGrant) { w.ledger.errRoot = errBroken }, unavailableNow, consent.ErrUnavailable},
		{"institution fails", func(w *world, s SignedGrant) { w.ledger.errInstitution = errBroken }, unavailableNow, consent.ErrUnavailable},
		{"journal fails", func(w *world, s SignedGrant) { w.journal.set(errBroken, false) }, unavailableNow, consent.ErrUnavailable},
		{"journal fails after its effect", func(w *world, s SignedGrant) { w.journal.set(errBroken, true) }, unavailableNow, consent.ErrUnavailable},
		{"a denial that cannot be written", func(w *world, s SignedGrant) { w.withdraw(s); w.journal.set(errBroken, false) }, unavailableNow, consent.ErrUnavailable},
		{"shape fails", func(w *world, s SignedGrant) {
			w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return errBroken }
		}, unavailableNow, consent.ErrUnavailable},
		{"shape adds a field", func(w *world, s SignedGrant) {
			w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
				v["identity.name"] = []Sourced{{Value: []byte("[]")}}
				return nil
			}
		}, unavailableNow, consent.ErrUnavailable},
		{"tombstones out of reach", func(w *world, s SignedGrant) { w.failOn("get", roomTombstone) }, unavailableNow, consent.ErrUnavailable},
		{"tombstones out of reach after the entry", func(w *world, s SignedGrant) {
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryAuthorised {
					w.failOn("get", roomTombstone)
				}
			}
		}, unavailableNow, consent.ErrUnavailable},
		{"facts damaged", func(w *world, s SignedGrant) {
			w.facts("KE")
			person, tag, err := w.gate.subject(w.t.Context(), w.person.ID())
			if err != nil {
				w.t.Fatal(err)
			}
			next := person.head.clone()
			next.Facts = damage(next.Facts)
			next.Revision++
			if err := w.gate.putHead(w.t.Context(), next, tag); err != nil {
				w.t.Fatal(err)
			}
		}, unavailableNow, consent.ErrUnavailable},
		{"tombstone damaged", func(w *world, s SignedGrant) {
			w.heads.plant(w.gate.name(roomTombstone, s.Act.ID[:]), []byte("not one"))
		}, unavailableNow, consent.ErrUnavailable},
		{"head out of reach", func(w *world, s SignedGrant) { w.failOn("get", roomHead) }, unavailableNow, consent.ErrUnavailable},
		{"head gone", func(w *world, s SignedGrant) { w.heads.drop(w.heads.only(w.t, roomHead)) }, unavailableNow, consent.ErrUnavailable},
		{"head gone, after a restart", func(w *world, s SignedGrant) {
			w.heads.drop(w.heads.only(w.t, roomHead))
			w.gate = w.newGate()
		}, unavailableNow, consent.ErrUnavailable},
		{"head damaged", func(w *world, s SignedGrant) {
			name := w.heads.only(w.t, roomHead)
			w.heads.plant(name, damage(w.heads.take(name)))
		}, unavailableNow, consent.ErrUnavailable},
		{"head of somebody else", func(w *world, s SignedGrant) {
			name := w.heads.only(w.t, roomHead)
			other := newPerson()
			w.enrol(other)
			id := other.ID()
			w.heads.plant(name, w.heads.take(w.gate.name(roomHead, id[:])))
		}, unavailableNow, consent.ErrUnavailable},
		{"head rolled back", func(w *world, s SignedGrant) {
			name := w.heads.only(w.t, roomHead)
			old := w.heads.take(name)
			w.facts("SY")
			w.heads.plant(name, old)
		}, unavailableNow, consent.ErrUnavailable},
		{"record gone", func(w *world, s SignedGrant) { w.records.drop(w.records.names(roomRecord)[0]) }, unavailableNow, consent.ErrUnavailable},
		{"record out of reach", func(w *world, s SignedGrant) {
			w.records.setFault(func(string, string) (bool, bool) { return true, false })
		}, unavailableNow, consent.ErrUnavailable},
		{"record damaged", func(w *world, s SignedGrant) {
			name := w.records.names(roomRecord)[0]
			w.records.plant(name, damage(w.records.take(name)))
		}, unavailableNow, consent.ErrUnavailable},
		{"records swapped", func(w *world, s SignedGrant) {
			names := w.records.names(roomRecord)
			a, b := w.records.take(names[0]), w.records.take(names[1])
			w.records.plant(names[0], b)
			w.records.plant(names[1], a)
		}, unavailableNow, consent.ErrUnavailable},
		{"clock object out of reach", func(w *world, s SignedGrant) { w.pass(2 * time.Minute); w.failOn("put", roomClock) }, unavailableNow, consent.ErrUnavailable},
		{"head store out of reach", func(w *world, s SignedGrant) {
			w.heads.setFault(func(string, string) (bool, bool) { return true, false })
		}, unavailableNow, consent.ErrUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			before := w.journal.count(consent.EntryDenied)
			test.change(w, s)
			r, err := w.release(s)
			if r != nil || err == nil {
				t.Fatal("released")
			}
			if test.want == unavailableNow {
				if !errors.Is(err, test.err) {
					t.Fatalf("error %v, want %v", err, test.err)
				}
				return
			}
			var denial *Denial
			if !errors.As(err, &denial) {
				t.Fatalf("error %v, want a denial", err)
			}
			want := []consent.Reason{test.want}
			if test.want == "" {
				want = nil
			}
			if !slices.Equal(denial.Reasons, want) {
				t.Errorf("reasons %v, want %v", denial.Reasons, want)
			}
			w.gate.Close()
			if w.journal.count(consent.EntryDenied) != before+1 || len(denial.Proof.Shared.Plaintext) == 0 {
				t.Error("the denial is not journalled")
			}
		})
	}
}

func (w *world) failOn(op, room string) {
	w.heads.setFault(func(o, name string) (bool, bool) { return o == op && strings.HasPrefix(name, room+"/"), false })
}

// failNth fails one call of a kind, counted from 1.
func (w *world) failNth(nth int64, op, room string) {
	var calls atomic.Int64
	w.heads.setFault(func(o, name string) (bool, bool) {
		return o == op && strings.HasPrefix(name, room+"/") && calls.Add(1) == nth, false
	})
}

// before does something once before a call of a kind takes effect.
func (w *world) before(op, room string, do func()) {
	w.heads.setFault(func(o, name string) (bool, bool) {
		if o == op && strings.HasPrefix(name, room+"/") {
			w.heads.setFault(nil)
			do()
		}
		return false, false
	})
}

// meanwhile does something once while an entry of this kind is written: another replica's, as a rule.
func (w *world) meanwhile(kind consent.EntryKind, do func()) {
	var done atomic.Bool
	w.journal.hook = func(e Entry) {
		if e.Shared.Kind == kind && !done.Swap(true) {
			do()
		}
	}
}

func (w *world) withdraw(s SignedGrant) {
	w.t.Helper()
	if _, err := w.gate.Withdraw(w.t.Context(), s.Act.ID, w.person.Withdraw(w.domain, &s.Grant)); err != nil {
		w.t.Error("withdraw:", err)
	}
}

func (w *world) facts(countries ...string) {
	w.t.Helper()
	w.pass(time.Second)
	st, sig, err := w.person.StateFacts(w.domain, testOrigin, consent.PolicyFacts{NeverCountries: countries}, w.time())
	if err == nil {
		err = w.gate.StateFacts(w.t.Context(), st, sig)
	}
	if err != nil {
		w.t.Fatal("facts:", err)
	}
}

// erase swaps the head for an erased one and does nothing else.
func (w *world) erase() {
	w.t.Helper()
	s, tag, err := w.gate.subject(w.t.Context(), w.person.ID())
	if err != nil {
		w.t.Fatal(err)
	}
	h := &head{Version: objectVersion, State: stateErased, Identity: s.head.Identity, Revision: s.head.Revision + 1}
	if err := w.gate.putHead(w.t.Context(), h, tag); err != nil {
		w.t.Fatal(err)
	}
}

func TestReleaseNotYet(t *testing.T) {
	w := newWorld(t)
	s := w.grant(func(r *consent.Request) { r.NotBefore += consent.Day })
	_, err := w.release(s)
	var denial *Denial
	if !errors.As(err, &denial) || !slices.Equal(denial.Reasons, []consent.Reason{consent.ReasonNotYet}) {
		t.Fatalf("error %v", err)
	}
}

func TestReleaseOfActions(t *testing.T) {
	for _, test := range []struct {
		granted     consent.Actions
		read, write bool
	}{{consent.Read, true, false}, {consent.Write, false, true}, {consent.Read | consent.Write, true, true}} {
		w := newWorld(t)
		s := w.grant(func(r *consent.Request) { r.Actions = test.granted })
		_, errRead := w.release(s)
		_, errWrite := w.gate.Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values()))
		if (errRead == nil) != test.read || (errWrite == nil) != test.write {
			t.Errorf("%v: read %v, write %v", test.granted, errRead, errWrite)
		}
		for _, err := range []error{errRead, errWrite} {
			var denial *Denial
			if err != nil && (!errors.As(err, &denial) || !slices.Equal(denial.Reasons, []consent.Reason{consent.ReasonAction})) {
				t.Errorf("%v: error %v", test.granted, err)
			}
		}
	}
}

func TestReleaseOfSomeFields(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	for _, test := range []struct {
		fields []consent.FieldName
		give   int
		held   []consent.Withheld
		err    error
	}{
		{[]consent.FieldName{"health.allergy"}, 1, nil, nil},
		{[]consent.FieldName{"health.allergy", "health.allergy"}, 1, nil, nil},
		{[]consent.FieldName{"identity.name", "health.allergy"}, 1, []consent.Withheld{{Field: "identity.name", Reason: consent.ReasonNotInGrant}}, nil},
		{[]consent.FieldName{"identity.birth_date"}, 0, []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNoValue}}, nil},
		{[]consent.FieldName{"Identity.Name"}, 0, nil, ErrCall},
		{[]consent.FieldName{"health.*"}, 0, nil, ErrCall},
		{[]consent.FieldName{""}, 0, nil, ErrCall},
		{make([]consent.FieldName, 201), 0, nil, ErrCall},
	} {
		r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: test.fields})
		if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%v: error %v, want %v", test.fields, err, test.err)
			continue
		}
		if err == nil && (len(r.Released) != test.give || !slices.Equal(r.Withheld, test.held)) {
			t.Errorf("%v: released %d, withheld %v", test.fields, len(r.Released), r.Withheld)
		}
	}
	// What policy would say of no field at all is not asked.
	w.decider.decide = func(consent.Question) (consent.Decision, error) {
		return consent.Decision{Reasons: []consent.Reason{consent.ReasonPurposeKind}}, nil
	}
	_, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: []consent.FieldName{"contact.phone"}})
	var denial *Denial
	if !errors.As(err, &denial) || len(denial.Withheld) != 1 || denial.Withheld[0].Reason != consent.ReasonNotInGrant || len(denial.Reasons) != 0 {
		t.Errorf("nothing of the grant: error %v", err)
	}
}

// Absent, foreign, damaged and unknown are one answer, noted outside any history.
func TestReleaseToStrangers(t *testing.T) {
	nobody := consent.Institution{ID: consent.InstitutionID{0xee}, Attested: true, AttestedTo: 1 << 40}
	tests := []struct {
		name   string
		who    func(w *world) consent.Institution
		id     func(s SignedGrant) consent.GrantID
		change func(w *world, s SignedGrant)
	}{
		{"foreign", nil, nil, nil},
		{"absent", nil, func(SignedGrant) consent.GrantID { return consent.GrantID{1} }, nil},
		{"zero", nil, func(SignedGrant) consent.GrantID { return consent.GrantID{} }, nil},
		{"foreign and withdrawn", nil, nil, func(w *world, s SignedGrant) { w.withdraw(s) }},
		{"foreign and the view is stale", nil, nil, func(w *world, s SignedGrant) { w.ledger.age = time.Hour }},
		{"foreign and its state fails", nil, nil, func(w *world, s SignedGrant) { w.ledger.errState = errBroken }},
		{"foreign and the head is gone", nil, nil, func(w *world, s SignedGrant) { w.heads.drop(w.heads.only(w.t, roomHead)) }},
		{"unknown institution", func(*world) consent.Institution { return nobody }, nil, nil},
		{"claims to be another", func(w *world) consent.Institution { i := w.hospital; i.ID = w.clinic.ID; return i }, nil, nil},
		{"the ledger names another", func(w *world) consent.Institution { return w.hospital }, nil, func(w *world, s SignedGrant) {
			w.ledger.institutions[w.hospital.ID] = w.clinic
		}},
		{"damaged", func(w *world) consent.Institution { return w.hospital }, nil, func(w *world, s SignedGrant) {
			name := w.heads.only(w.t, roomGrant)
			w.heads.plant(name, damage(w.heads.take(name)))
		}},
		{"another grant's object in its place", func(w *world) consent.Institution { return w.hospital }, nil, func(w *world, s SignedGrant) {
			name := w.heads.only(w.t, roomGrant)
			other := w.grant()
			w.heads.plant(name, w.heads.take(w.gate.name(roomGrant, other.Act.ID[:])))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			if test.change != nil {
				test.change(w, s)
			}
			who, id := w.clinic, s.Act.ID
			if test.who != nil {
				who = test.who(w)
			}
			if test.id != nil {
				id = test.id(s)
			}
			entries := len(w.journal.kinds())
			begun := time.Now()
			r, err := w.gate.Release(t.Context(), who, ReleaseCall{Grant: id})
			if r != nil || !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() {
				t.Fatalf("error %v", err)
			}
			if time.Since(begun) < strangerGrid {
				t.Error("answered before the grid")
			}
			_, errWrite := w.gate.Write(t.Context(), who, w.call(w.hospital, id, w.values()))
			_, errHeld := w.gate.Held(t.Context(), who, id)
			if !errors.Is(errWrite, consent.ErrNotFound) || !errors.Is(errHeld, consent.ErrNotFound) {
				t.Errorf("write: %v, held: %v", errWrite, errHeld)
			}
			if len(w.journal.probes) != 3 || w.journal.probes[0] != id || len(w.journal.kinds()) != entries {
				t.Errorf("%d probes, want 3, and no entry", len(w.journal.probes))
			}
			w.journal.set(errBroken, false)
			if _, err := w.gate.Release(t.Context(), who, ReleaseCall{Grant: id}); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("a probe that cannot be noted: %v", err)
			}
		})
	}
	w := newWorld(t)
	if err := w.gate.NoGrant(t.Context(), w.hospital); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("malformed: %v", err)
	}
}

// A stored grant that whoever holds keys and bucket has changed does not stand.
func TestReleaseOfForgedGrants(t *testing.T) {
	other := newPerson()
	for name, forge := range map[string]func(w *world, s *storedGrant){
		"more fields":       func(w *world, s *storedGrant) { s.Grant.Fields = append(s.Grant.Fields, "identity.name") },
		"longer":            func(w *world, s *storedGrant) { s.Grant.Expires += consent.Day },
		"another person":    func(w *world, s *storedGrant) { s.Identity = other.ID() },
		"binding's time":    func(w *world, s *storedGrant) { s.BindingTime++ },
		"binding signature": func(w *world, s *storedGrant) { s.BindingSignature[3] ^= 1 },
		"act signature":     func(w *world, s *storedGrant) { s.ActSignature[3] ^= 1 },
		"act deadline":      func(w *world, s *storedGrant) { s.Deadline++ },
		"grant key's signature by the root key": func(w *world, s *storedGrant) {
			s.ActSignature = w.person.Seed.Root().Sign(w.domain.Digest(s.act(s.Grant.ID()).StructHash()))
		},
		"another domain": func(w *world, s *storedGrant) {
			d := w.domain
			d.ChainID++
			s.BindingSignature = w.person.Seed.Root().Sign(d.Digest(s.binding(s.Grant.ID()).StructHash()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol(other)
			s := w.filled()
			l, err := w.gate.loadGrant(t.Context(), s.Act.ID)
			if err != nil {
				t.Fatal(err)
			}
			forged := *l.storedGrant
			forged.Grant.Fields = slices.Clone(forged.Grant.Fields)
			forge(w, &forged)
			data, err := w.gate.sealGrant(s.Act.ID, &forged)
			if err != nil {
				t.Fatal(err)
			}
			w.heads.plant(w.gate.name(roomGrant, s.Act.ID[:]), data)
			_, err = w.release(s)
			var denial *Denial
			if !errors.As(err, &denial) || !slices.Equal(denial.Reasons, []consent.Reason{consent.ReasonInvalid}) {
				t.Errorf("error %v, want invalid", err)
			}
		})
	}
}

// A grant that its request's answer does not name was never accepted.
func TestReleaseWithoutAnswer(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.gate = w.newGate()
	w.heads.drop(w.heads.only(t, roomAnswer))
	_, err := w.release(s)
	var denial *Denial
	if !errors.As(err, &denial) || !slices.Equal(denial.Reasons, []consent.Reason{consent.ReasonInvalid}) {
		t.Errorf("error %v, want invalid", err)
	}
}

// What is opened is opened only after the entry: a shape that runs has one before it.
func TestReleaseWritesBeforeItOpens(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	shaped := false
	w.shape = func(key crypto.Secret, granted []consent.FieldName, values map[consent.FieldName][]Sourced) error {
		shaped = true
		if e := w.journal.last(t); e.Shared.Kind != consent.EntryAuthorised {
			t.Errorf("last entry %v", e.Shared.Kind)
		}
		if len(granted) != 2 || len(key) != crypto.KeySize {
			t.Errorf("shape was given %v", granted)
		}
		return nil
	}
	if _, err := w.release(s); err != nil || !shaped {
		t.Fatal(err)
	}
}

// Neither stores nor journal nor any printed form hold a value.
func TestNothingHoldsPlaintext(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
	if err != nil {
		t.Fatal(err)
	}
	identity := w.person.ID()
	for _, store := range []*testStore{w.heads, w.records} {
		for name, data := range store.snapshot() {
			if bytes.Contains(data, []byte(secretValue)) || bytes.Contains(data, identity[:]) || bytes.Contains(data, s.Act.ID[:]) {
				t.Errorf("%s is readable", name)
			}
		}
	}
	note := w.journal.last(t).Note.Sealed
	if bytes.Contains(note, identity[:]) || bytes.Contains(note, s.Act.ID[:]) {
		t.Error("the memo is readable")
	}
	name := w.gate.idempotent(w.hospital.ID, opRelease, "k")
	m, err := open[memo](w.gate.headSealer, label(roomIdempotency, name), note)
	if err != nil || strings.Contains(fmt.Sprintf("%+v", m), secretValue) {
		t.Errorf("memo: %v", err)
	}
	printed := fmt.Sprintf("%v %+v %#v %v", r, r.Released, r.Released, w.journal.entries)
	if strings.Contains(printed, secretValue) {
		t.Error("a value was printed")
	}
}

// Another institution's value comes without the grant that it was written under.
func TestReleaseHidesOtherHandles(t *testing.T) {
	w := newWorld(t)
	w.pass(time.Hour)
	first := w.filled()
	s := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r, err := w.gate.Release(t.Context(), w.clinic, ReleaseCall{Grant: s.Act.ID})
	if err != nil {
		t.Fatal(err)
	}
	for field, values := range r.Released {
		for _, v := range values {
			if v.Writer != w.hospital.ID || v.Grant != (consent.GrantID{}) || v.Grant == first.Act.ID {
				t.Errorf("%s shows grant %v", field, v.Grant)
			}
			if v.Written != uint64(begin.UnixMilli()) {
				t.Errorf("%s shows the moment of writing", field)
			}
		}
	}
}

// A field that the form of the answer has no place for is withheld before anything is
// opened, counted or written down as authorised.
func TestReleaseInAForm(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(2))
	call := func(holds ...consent.FieldName) ReleaseCall {
		return ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k", Holds: func(f consent.FieldName) bool { return slices.Contains(holds, f) }}
	}
	for _, fields := range [][]consent.FieldName{nil, {"identity.mother_maiden_name"}} {
		none := call()
		none.Fields, none.IdempotencyKey = fields, ""
		r, err := w.gate.Release(t.Context(), w.hospital, none)
		var denial *Denial
		if r != nil || !errors.As(err, &denial) || len(denial.Withheld) == 0 || denial.Withheld[0].Reason != consent.ReasonNoPlace || len(denial.Reasons) != 0 {
			t.Fatalf("a form without a place: %v", err)
		}
	}
	if w.decider.asked != 0 && w.journal.count(consent.EntryAuthorised) != 0 || len(w.heads.names(roomCounter)) != 0 || len(w.heads.names(roomIdempotency)) != 0 {
		t.Error("counted, remembered or authorised")
	}
	r, err := w.gate.Release(t.Context(), w.hospital, call("health.allergy", "identity.birth_date"))
	if err != nil || len(r.Released) != 1 || r.Released["health.allergy"] == nil || r.Grant.Used != 1 {
		t.Fatalf("%v", err)
	}
	want := []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNoValue}, {Field: "identity.mother_maiden_name", Reason: consent.ReasonNoPlace}}
	e := w.journal.last(t)
	if !slices.Equal(r.Withheld, want) || !slices.Equal(e.Shared.Withheld, want) || len(e.Shared.Fields) != 1 || !slices.Equal(e.Evidence.Permitted, []consent.FieldName{"health.allergy", "identity.birth_date"}) {
		t.Errorf("withheld %v, entry %+v", r.Withheld, e.Shared)
	}
	// The other form under the same key has what the first had, and no more.
	again := call()
	again.Holds = nil
	if r, err := w.newGate().Release(t.Context(), w.hospital, again); err != nil || !r.Redelivered || r.Grant.Used != 1 || len(r.Released) != 1 {
		t.Errorf("the other form: %v", err)
	}
}
