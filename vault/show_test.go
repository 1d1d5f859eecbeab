package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

var shownFields = []consent.FieldName{"identity.birth_date", "identity.mother_maiden_name"}

const scannersKey = "scanner-0123456789-0123456789-abcdef"

// code gives a code for fields of a person of whom one is recorded.
func (w *world) code(change ...func(*wallet.ShowChoice)) *wallet.ShownCode {
	w.t.Helper()
	w.filled()
	c := w.newCode(change...)
	if _, err := w.gate.Grant(w.t.Context(), ofCode(c)); err != nil {
		w.t.Fatal("code:", err)
	}
	return c
}

func (w *world) newCode(change ...func(*wallet.ShowChoice)) *wallet.ShownCode {
	w.t.Helper()
	choice := wallet.ShowChoice{Fields: shownFields, Jurisdiction: "KE", Notice: consent.Notice{Language: "en", Text: "Once."}}
	for _, f := range change {
		f(&choice)
	}
	c, err := w.person.Show(w.domain, choice, w.time())
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func ofCode(c *wallet.ShownCode) SignedGrant {
	return SignedGrant{Grant: c.Grant, Act: c.Act, ActSignature: c.ActSignature, Binding: c.Binding, BindingSignature: c.BindingSignature}
}

// resigned is the code's grant after a change, signed by its keys.
func (w *world) resigned(c *wallet.ShownCode, change func(*consent.Grant)) SignedGrant {
	s := ofCode(c)
	change(&s.Grant)
	id := s.Grant.ID()
	s.Act = consent.GrantAct{ID: id, Expiry: s.Grant.ActExpiry(), Deadline: s.Grant.ActExpiry()}
	s.Binding.Grant = id
	s.ActSignature = w.person.Seed.Grant(s.Grant.Salt).Sign(w.domain.Digest(s.Act.StructHash()))
	s.BindingSignature = w.person.Seed.Root().Sign(w.domain.Digest(s.Binding.StructHash()))
	return s
}

func (w *world) scan(c *wallet.ShownCode, key string) (*Shown, error) {
	return w.gate.Show(w.t.Context(), ShowCall{Secret: c.Secret, IdempotencyKey: key})
}

func TestShow(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	r, err := w.scan(c, scannersKey)
	if err != nil {
		t.Fatal(err)
	}
	var s consent.ShownStatement
	if err := json.Unmarshal(r.Statement, &s); err != nil {
		t.Fatal(err)
	}
	values := s.Shown["identity.mother_maiden_name"]
	if len(s.Shown) != 1 || len(values) != 1 || string(values[0].Value) != `"`+secretValue+`"` || values[0].Writer != w.hospital.ID ||
		len(values[0].Signatures) != 1 || values[0].WrittenAt%consent.Day != 0 {
		t.Errorf("shown %d fields, %d values", len(s.Shown), len(values))
	}
	if s.Format != consent.FormatShown || s.Vault != r.Proof.Promise.Origin || s.Entry != r.Proof.Promise.LeafHash || s.At != w.unix() || s.Salt == (consent.Salt{}) {
		t.Errorf("statement of %s, at %d", s.Vault, s.At)
	}
	if got := r.Released["identity.mother_maiden_name"][0]; got.Grant != (consent.GrantID{}) || got.Signatures[0].Grant != (consent.GrantID{}) {
		t.Error("the grant under which it was written is shown")
	}
	if !slices.Equal(r.Withheld, []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNoValue}}) || r.Grant.Used != 1 {
		t.Errorf("withheld %v, used %d", r.Withheld, r.Grant.Used)
	}
	e := w.journal.last(t)
	if e.Shared.Kind != consent.EntryAuthorised || e.Shared.Institution != (consent.InstitutionID{}) || e.Shared.Grant != c.Act.ID ||
		e.Evidence.Audience != consent.AudienceBearer || e.Personal.Identity != w.person.ID() || e.Subject == nil {
		t.Errorf("entry %+v", e.Shared)
	}
	r.Done(t.Context(), true)
	w.gate.Close()
	if w.journal.count(consent.EntryDelivered) != 1 {
		t.Errorf("after the answer: %v", w.journal.kinds())
	}
	w.gate = w.newGate()
	if own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10); err != nil || !slices.ContainsFunc(own, func(o OwnGrant) bool {
		return o.ID == c.Act.ID && o.Used == 1 && o.Grant.Audience == consent.AudienceBearer
	}) {
		t.Errorf("the person sees %v, %v", own, err)
	}
	for _, who := range []consent.Institution{w.hospital, {}} {
		if held, _, err := w.gate.GrantsHeld(t.Context(), who, "", 10); err != nil || slices.ContainsFunc(held, func(h HeldGrant) bool { return h.ID == c.Act.ID }) {
			t.Errorf("an institution holds it: %v", err)
		}
		if owed, _, err := w.gate.Deletions(t.Context(), who, false, "", 10); err != nil || slices.ContainsFunc(owed, func(d Deletion) bool { return d.Grant == c.Act.ID }) {
			t.Errorf("a deletion is owed: %v", err)
		}
	}
	if slices.Contains(w.heads.names(roomWatched), w.gate.name(roomWatched, c.Act.ID[:])) {
		t.Error("it is watched for institutions")
	}
}

// What the chain is told tells neither the minute nor that a code was shown.
func TestShownGrantOnTheChain(t *testing.T) {
	w := newWorld(t)
	w.code()
	act := w.relayer.acts[len(w.relayer.acts)-1]
	if act.Kind != consent.ActGrant || act.Expiry%consent.Day != 0 || act.Deadline%consent.Day != 0 || act.For != (consent.InstitutionID{}) {
		t.Errorf("%+v", act)
	}
}

func TestShowDenies(t *testing.T) {
	const gone, unavailable = consent.Reason("404"), consent.Reason("503")
	minutes := func(n int) func(*world, *wallet.ShownCode) {
		return func(w *world, _ *wallet.ShownCode) { w.pass(time.Duration(n) * time.Minute) }
	}
	use := func(w *world, c *wallet.ShownCode) {
		w.t.Helper()
		if _, err := w.scan(c, scannersKey+"-first"); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		change func(w *world, c *wallet.ShownCode)
		want   consent.Reason
	}{
		{"used before", use, consent.ReasonLimit},
		{"used before, by a replica", func(w *world, c *wallet.ShownCode) { use(w, c); w.gate = w.newGate() }, consent.ReasonLimit},
		{"five minutes later", minutes(5), consent.ReasonExpired},
		{"six minutes later", minutes(6), consent.ReasonExpired},
		{"used, and six minutes later", func(w *world, c *wallet.ShownCode) { use(w, c); minutes(6)(w, c) }, consent.ReasonExpired},
		{"an hour and five minutes later", minutes(65), gone},
		{"next year", minutes(60 * 24 * 365), gone},
		{"six minutes later by the head's time", func(w *world, _ *wallet.ShownCode) { w.ledger.ahead = 360 }, consent.ReasonExpired},
		{"after five minutes, the clock set back", func(w *world, _ *wallet.ShownCode) {
			w.pass(5*time.Minute + 10*time.Second)
			if _, err := w.gate.now(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			w.pass(-30 * time.Second)
		}, consent.ReasonExpired},
		{"six minutes later, the clock set back by five", func(w *world, _ *wallet.ShownCode) {
			w.pass(6 * time.Minute)
			if _, err := w.gate.now(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			w.pass(-5 * time.Minute)
		}, unavailable},
		{"not confirmed", func(w *world, c *wallet.ShownCode) { delete(w.ledger.states, c.Act.ID) }, consent.ReasonUnconfirmed},
		{"stopped by its key", func(w *world, c *wallet.ShownCode) {
			if _, err := w.gate.Withdraw(w.t.Context(), c.Act.ID, c.Withdrawal); err != nil {
				w.t.Fatal(err)
			}
		}, consent.ReasonWithdrawn},
		{"stopped with everything", func(w *world, _ *wallet.ShownCode) {
			if _, err := w.withdrawAll(w.gate, w.person, nil); err != nil {
				w.t.Fatal(err)
			}
		}, consent.ReasonWithdrawn},
		{"stopped while the entry is written", func(w *world, c *wallet.ShownCode) {
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryAuthorised {
					if _, err := w.gate.Withdraw(w.t.Context(), c.Act.ID, c.Withdrawal); err != nil {
						w.t.Error(err)
					}
				}
			}
		}, consent.ReasonWithdrawn},
		{"stopped on the ledger", func(w *world, c *wallet.ShownCode) {
			w.ledger.set(c.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusWithdrawn })
		}, consent.ReasonWithdrawn},
		{"revoked", func(w *world, c *wallet.ShownCode) {
			w.ledger.set(c.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
		}, consent.ReasonRevoked},
		{"erased person", func(w *world, _ *wallet.ShownCode) { w.erase() }, consent.ReasonWithdrawn},
		{"disputed", func(w *world, _ *wallet.ShownCode) {
			if err := w.dispute(w.person, w.time().Add(-time.Minute)); err != nil {
				w.t.Fatal(err)
			}
		}, consent.ReasonDisputed},
		{"root key replaced before its block", func(w *world, _ *wallet.ShownCode) {
			w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address()
		}, consent.ReasonInvalid},
		{"policy denies", func(w *world, _ *wallet.ShownCode) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonPurposeKind}}, nil
			}
		}, consent.ReasonPurposeKind},
		{"the country is one of the person's", func(w *world, _ *wallet.ShownCode) { w.facts("KE") }, consent.ReasonPolicy},
		{"fields left the catalog", func(w *world, _ *wallet.ShownCode) { w.decider.catalog = &consent.Catalog{} }, ""},
		{"another secret", func(_ *world, c *wallet.ShownCode) { c.Secret[31] ^= 1 }, gone},
		{"no secret", func(_ *world, c *wallet.ShownCode) { c.Secret = consent.ShowSecret{} }, gone},
		{"what the grant says instead of the secret", func(_ *world, c *wallet.ShownCode) { c.Secret = consent.ShowSecret(c.Grant.Request) }, gone},
		{"the grant's object is damaged", func(w *world, c *wallet.ShownCode) {
			name := w.gate.name(roomGrant, c.Act.ID[:])
			w.heads.plant(name, damage(w.heads.take(name)))
		}, gone},
		{"the answer's object is gone", func(w *world, c *wallet.ShownCode) { w.heads.drop(w.gate.name(roomAnswer, c.Grant.Request[:])) }, gone},
		{"the answer's object is damaged", func(w *world, c *wallet.ShownCode) {
			name := w.gate.name(roomAnswer, c.Grant.Request[:])
			w.heads.plant(name, damage(w.heads.take(name)))
		}, unavailable},
		{"ledger stale", func(w *world, _ *wallet.ShownCode) { w.ledger.age = time.Hour }, unavailable},
		{"the time cannot be told", func(w *world, _ *wallet.ShownCode) { w.ledger.errView = errBroken }, unavailable},
		{"ledger away", func(w *world, _ *wallet.ShownCode) { w.ledger.errState = errBroken }, unavailable},
		{"no policy", func(w *world, _ *wallet.ShownCode) { w.decider.catalog = nil }, unavailable},
		{"journal fails", func(w *world, _ *wallet.ShownCode) { w.journal.set(errBroken, false) }, unavailable},
		{"journal does not sign", func(w *world, _ *wallet.ShownCode) { w.journal.errAnswer = errBroken }, unavailable},
		{"tombstones out of reach", func(w *world, _ *wallet.ShownCode) { w.failOn("get", roomTombstone) }, unavailable},
		{"counters out of reach", func(w *world, _ *wallet.ShownCode) { w.failOn("put", roomCounter) }, unavailable},
		{"head damaged", func(w *world, _ *wallet.ShownCode) {
			name := w.heads.only(w.t, roomHead)
			w.heads.plant(name, damage(w.heads.take(name)))
		}, unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.code()
			test.change(w, c)
			entries, begun := len(w.journal.kinds()), time.Now()
			r, err := w.scan(c, scannersKey)
			if r != nil {
				t.Fatal("it is shown")
			}
			var denial *Denial
			switch test.want {
			case gone:
				if !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() || len(w.journal.kinds()) != entries {
					t.Errorf("%v, and %d entries", err, len(w.journal.kinds())-entries)
				}
				if time.Since(begun) < strangerGrid {
					t.Error("answered before the grid")
				}
			case unavailable:
				if !errors.Is(err, consent.ErrUnavailable) && !errors.Is(err, consent.ErrStaleView) {
					t.Errorf("%v", err)
				}
			default:
				if !errors.As(err, &denial) || test.want != "" && !slices.Equal(denial.Reasons, []consent.Reason{test.want}) {
					t.Fatalf("%v, want %s", err, test.want)
				}
				if e := w.journal.last(t, consent.EntryDenied); e.Shared.Grant != c.Act.ID {
					t.Errorf("entry %+v", e.Shared)
				}
			}
		})
	}
}

// What cannot be shown is not even taken.
func TestGrantOfACodeDenies(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(w *world, g *consent.Grant)
		err    error
	}{
		{"as it is", func(*world, *consent.Grant) {}, nil},
		{"in half an hour", func(_ *world, g *consent.Grant) { g.NotBefore += 1800; g.Expires += 1800 }, nil},
		{"begun a minute ago", func(_ *world, g *consent.Grant) { g.NotBefore -= 60; g.Expires -= 60 }, nil},
		{"in two hours", func(_ *world, g *consent.Grant) { g.NotBefore += 7200; g.Expires += 7200 }, consent.ErrGrant},
		{"over", func(_ *world, g *consent.Grant) { g.NotBefore -= 300; g.Expires -= 300 }, consent.ErrGrant},
		{"six minutes", func(_ *world, g *consent.Grant) { g.Expires += 60 }, consent.ErrGrant},
		{"twice", func(_ *world, g *consent.Grant) { g.MaxReleases = 2 }, consent.ErrGrant},
		{"without a limit", func(_ *world, g *consent.Grant) { g.MaxReleases = 0 }, consent.ErrGrant},
		{"health", func(_ *world, g *consent.Grant) { g.Fields = []consent.FieldName{"health.allergy"} }, consent.ErrGrant},
		{"phone too", func(_ *world, g *consent.Grant) {
			g.Fields = []consent.FieldName{"contact.phone", "identity.birth_date"}
		}, consent.ErrGrant},
		{"to write", func(_ *world, g *consent.Grant) { g.Actions = consent.Read | consent.Write }, consent.ErrGrant},
		{"for an institution", func(w *world, g *consent.Grant) { g.Institution = w.hospital.ID }, consent.ErrGrant},
		{"for an institution that asked, without its request", func(w *world, g *consent.Grant) {
			g.Audience, g.Institution, g.Expires = consent.AudienceInstitution, w.hospital.ID, g.ActExpiry()
		}, consent.ErrNotFound},
		{"in place of an institution's request", func(w *world, g *consent.Grant) { g.Request = w.request(w.hospital).ID() }, consent.ErrGrant},
		{"a field of no catalog", func(_ *world, g *consent.Grant) { g.Fields = []consent.FieldName{"identity.shoe_size"} }, &Denial{}},
		{"policy denies", func(w *world, _ *consent.Grant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{}, nil }
		}, &Denial{}},
		{"budget spent", func(w *world, _ *consent.Grant) { w.relayer.err = consent.ErrBudget }, consent.ErrBudget},
		{"ledger stale", func(w *world, _ *consent.Grant) { w.ledger.age = time.Hour }, consent.ErrStaleView},
		{"somebody else's grant key", func(_ *world, g *consent.Grant) { g.GrantKey[0] ^= 1 }, consent.ErrSignature},
		{"not made for this identity", func(_ *world, g *consent.Grant) { g.Salt[0] ^= 1 }, consent.ErrGrant},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.filled()
			s := w.resigned(w.newCode(), func(g *consent.Grant) { test.change(w, g) })
			_, err := w.gate.Grant(t.Context(), s)
			var denial *Denial
			if errors.As(test.err, &denial) {
				if !errors.As(err, &denial) {
					t.Errorf("%v, want a denial", err)
				}
			} else if !errors.Is(err, test.err) {
				t.Errorf("%v, want %v", err, test.err)
			}
			if test.err != nil && len(w.heads.names(roomAnswer)) != 1 {
				t.Error("it left an answer")
			}
		})
	}
}

// A stored code that whoever holds keys and bucket has widened does not stand.
func TestShowOfForgedGrants(t *testing.T) {
	for name, forge := range map[string]func(*storedGrant){
		"a health field":  func(s *storedGrant) { s.Grant.Fields = []consent.FieldName{"health.allergy"} },
		"a day":           func(s *storedGrant) { s.Grant.Expires = s.Grant.ActExpiry() },
		"twice":           func(s *storedGrant) { s.Grant.MaxReleases = 2 },
		"another field":   func(s *storedGrant) { s.Grant.Fields = append(s.Grant.Fields, "identity.name") },
		"begun later":     func(s *storedGrant) { s.Grant.NotBefore++; s.Grant.Expires++ },
		"the chain's end": func(s *storedGrant) { s.Deadline++ },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.code()
			l, err := w.gate.loadGrant(t.Context(), c.Act.ID)
			if err != nil {
				t.Fatal(err)
			}
			forged := *l.storedGrant
			forged.Grant.Fields = slices.Clone(forged.Grant.Fields)
			forge(&forged)
			data, err := w.gate.sealGrant(c.Act.ID, &forged)
			if err != nil {
				t.Fatal(err)
			}
			w.heads.plant(w.gate.name(roomGrant, c.Act.ID[:]), data)
			if _, err := w.scan(c, scannersKey); !denied(err, consent.ReasonInvalid) {
				t.Errorf("%v, want invalid", err)
			}
		})
	}
}

// An institution's grant has no secret: nobody can release it as a bearer, nor a code as an institution.
func TestBearerAndInstitutionAreApart(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	if _, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: c.Act.ID}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("an institution releases a code: %v", err)
	}
	if _, err := w.gate.Release(t.Context(), consent.Institution{}, ReleaseCall{Grant: c.Act.ID}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("no institution releases a code: %v", err)
	}
	s := w.grant()
	for _, action := range []consent.Actions{consent.Read, consent.Write} {
		_, _, err := w.gate.begin(t.Context(), consent.InstitutionID{}, underGrant{operation: opShow, grant: s.Act.ID, action: action, key: scannersKey, bearer: true})
		if !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("taken as a bearer's: %v", err)
		}
	}
	if _, _, err := w.gate.begin(t.Context(), w.hospital.ID, underGrant{operation: opShow, grant: c.Act.ID, action: consent.Write, key: scannersKey, bearer: true}); !denied(err, consent.ReasonAction) {
		t.Errorf("a bearer writes: %v", err)
	}
	for name, q := range map[string]consent.Question{
		"an institution's":  {Action: consent.Read, Grant: &c.Grant, Institution: w.hospital},
		"a write":           {Action: consent.Write, Grant: &c.Grant},
		"a grant of health": {Action: consent.Read, Grant: &consent.Grant{Audience: consent.AudienceBearer, Fields: []consent.FieldName{"health.allergy"}}},
	} {
		if bars(&q) == nil {
			t.Errorf("%s: not barred", name)
		}
	}
	if reasons := bars(&consent.Question{Action: consent.Read, Grant: &c.Grant}); reasons != nil {
		t.Errorf("barred for %v", reasons)
	}
}

// Whatever a bundle permits, no more leaves than the code names.
func TestShowConfinesPolicy(t *testing.T) {
	w := newWorld(t)
	c := w.code(func(c *wallet.ShowChoice) { c.Fields = shownFields[1:] })
	w.decider.decide = func(q consent.Question) (consent.Decision, error) {
		q.Grant.Fields = append(q.Grant.Fields, "health.allergy")
		return consent.Decision{Permitted: []consent.FieldName{"health.allergy", "identity.birth_date", "identity.mother_maiden_name"}}, nil
	}
	r, err := w.scan(c, scannersKey)
	if err != nil || len(r.Released) != 1 || bytes.Contains(r.Statement, []byte("allergy")) {
		t.Errorf("%v", err)
	}
}

// The country is left while the code is being read: it is nobody's any more.
func TestLeaveWhileACodeIsShown(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	c := w.code()
	left := false
	w.before("get", roomHead, func() {
		left = true
		leaves(t, path, "KE", w.time())
		if err := w.keyring.Refresh(); err != nil {
			t.Error(err)
		}
	})
	entries := len(w.journal.kinds())
	r, err := w.scan(c, scannersKey)
	if !left || r != nil || !errors.Is(err, consent.ErrNotFound) || len(w.journal.kinds()) != entries {
		t.Errorf("left %v, error %v, %d entries more", left, err, len(w.journal.kinds())-entries)
	}
}

// What cannot be put into the vault's statement is not shown without one, and noted as not shown.
func TestShowWhatCannotBeStated(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
		for f := range v {
			v[f][0].Value = []byte(`{`)
		}
		return nil
	}
	if r, err := w.scan(c, scannersKey); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	w.gate.Close()
	if w.journal.count(consent.EntryAborted) != 1 || w.journal.count(consent.EntryDelivered) != 0 {
		t.Errorf("after the answer: %v", w.journal.kinds())
	}
}

func TestShowTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	gates := []*Gate{w.gate, w.newGate()}
	var shown atomic.Int32
	var wait sync.WaitGroup
	for i := range 24 {
		wait.Go(func() {
			r, err := gates[i%2].Show(t.Context(), ShowCall{Secret: c.Secret, IdempotencyKey: fmt.Sprint(scannersKey, i)})
			if err == nil && len(r.Released) > 0 {
				shown.Add(1)
			} else if !denied(err, consent.ReasonLimit) && !errors.Is(err, consent.ErrConflict) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if shown.Load() != 1 {
		t.Errorf("shown %d times", shown.Load())
	}
}

// Whoever lost the answer gets it again, nobody else does, and not after the five minutes.
func TestShowAgain(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	first, err := w.scan(c, scannersKey)
	if err != nil || first.Redelivered {
		t.Fatal(err)
	}
	for _, g := range []*Gate{w.gate, w.newGate()} {
		w.gate = g
		again, err := w.scan(c, scannersKey)
		if err != nil || !again.Redelivered || again.Grant.Used != 1 || len(again.Released) != 1 {
			t.Fatalf("%v", err)
		}
		if e := w.journal.last(t); e.Shared.Kind != consent.EntryRedelivery {
			t.Errorf("entry %v", e.Shared.Kind)
		}
		if _, err := w.scan(c, scannersKey+"x"); !denied(err, consent.ReasonLimit) {
			t.Errorf("another scanner: %v", err)
		}
	}
	other := w.newCode()
	if _, err := w.gate.Grant(t.Context(), ofCode(other)); err != nil {
		t.Fatal(err)
	}
	if r, err := w.scan(other, scannersKey); err != nil || r.Redelivered {
		t.Errorf("another code under the same key: %v", err)
	}
	for _, key := range []string{"", "short", scannersKey[:31], strings.Repeat("k", 256), scannersKey + "\n"} {
		if _, err := w.scan(c, key); !errors.Is(err, ErrCall) {
			t.Errorf("key %q: %v", key, err)
		}
	}
	w.pass(5 * time.Minute)
	if _, err := w.scan(c, scannersKey); !denied(err, consent.ReasonExpired) {
		t.Errorf("after five minutes: %v", err)
	}
}

// Anybody who has seen a code can ask for it again and again: that fills nobody's history.
func TestShowDenialsAreBounded(t *testing.T) {
	w := newWorld(t)
	c := w.code()
	if _, err := w.scan(c, scannersKey); err != nil {
		t.Fatal(err)
	}
	for i := range showDenials {
		if _, err := w.scan(c, fmt.Sprint(scannersKey, i)); !denied(err, consent.ReasonLimit) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	entries := len(w.journal.kinds())
	if _, err := w.scan(c, scannersKey+"-more"); !errors.Is(err, consent.ErrNotFound) || len(w.journal.kinds()) != entries {
		t.Errorf("%v, %d more entries", err, len(w.journal.kinds())-entries)
	}
}

// A store that breaks at any call: never shown to two, never without an entry, and what was
// counted is used up.
func TestCrashShow(t *testing.T) {
	var c *wallet.ShownCode
	shown := 0
	crash(t, func(w *world) SignedGrant { shown, c = 0, w.code(); return ofCode(c) },
		func(w *world, _ SignedGrant) error {
			r, err := w.gate.Show(context.WithoutCancel(w.t.Context()), ShowCall{Secret: c.Secret, IdempotencyKey: scannersKey})
			if r != nil {
				shown++
			}
			return err
		},
		func(t *testing.T, w *world, _ SignedGrant, err error) {
			if (shown == 1) != (err == nil) {
				t.Error("an error with values")
			}
			used, _, errUsed := w.gate.used(t.Context(), c.Act.ID)
			if errUsed != nil {
				t.Fatal(errUsed)
			}
			others := 0
			for i := range 3 {
				r, err := w.scan(c, fmt.Sprint(scannersKey, "-other", i))
				if err == nil && len(r.Released) > 0 {
					others++
				} else if !denied(err, consent.ReasonLimit) {
					t.Error(err)
				}
			}
			if others != 1-int(used) || shown+others > 1 {
				t.Errorf("shown %d times, then %d, with %d counted", shown, others, used)
			}
			if w.journal.count(consent.EntryAuthorised) < shown+others {
				t.Error("shown without an entry")
			}
		})
}
