package vault

import (
	"bytes"
	"context"
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
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

func TestGrant(t *testing.T) {
	w := newWorld(t)
	w.relayer.confirm = false
	w.enrol(w.person)
	r := w.request(w.hospital)
	s := w.answer(r, wallet.Choice{})
	receipt, err := w.gate.Grant(t.Context(), s)
	if err != nil || receipt.ID != s.Act.ID || receipt.Status != consent.StatusRequested {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if got := w.relayer.kinds(); !slices.Equal(got, []consent.ActKind{consent.ActRegister, consent.ActGrant}) {
		t.Errorf("relayed %v", got)
	}
	entries := len(w.journal.kinds())
	again, err := w.newGate().Grant(t.Context(), s)
	if err != nil || again.Proof.Promise != receipt.Proof.Promise || len(w.journal.kinds()) != entries {
		t.Errorf("the same grant again: %v", err)
	}
	w.ledger.set(s.Act.ID, func(g *consent.GrantState) {
		*g = consent.GrantState{Status: consent.StatusGiven, Expires: s.Act.Expiry, Block: 12}
	})
	own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
	if err != nil || len(own) != 1 || own[0].Status != consent.StatusGiven || own[0].Given != w.unix() {
		t.Errorf("own grants %v, %v", own, err)
	}
	held, _, err := w.gate.GrantsHeld(t.Context(), w.hospital, "", 10)
	if err != nil || len(held) != 1 || held[0].ID != s.Act.ID {
		t.Errorf("held grants %v, %v", held, err)
	}
	if held, _, err := w.gate.GrantsHeld(t.Context(), w.clinic, "", 10); err != nil || len(held) != 0 {
		t.Errorf("another institution holds %v, %v", held, err)
	}
	asked, err := w.gate.RequestOf(t.Context(), w.hospital, s.Grant.Request)
	if err != nil || asked.Status != consent.StatusGiven || asked.Grant != s.Act.ID {
		t.Errorf("request %v, %v", asked.RequestStatus, err)
	}
}

// A person sees what there is to withdraw, whatever becomes of the ledger.
func TestGrantsWithoutLedger(t *testing.T) {
	for name, change := range map[string]func(l *fakeLedger){
		"stale":       func(l *fakeLedger) { l.age = time.Hour },
		"no view":     func(l *fakeLedger) { l.errView = errBroken },
		"no state":    func(l *fakeLedger) { l.errState = errBroken },
		"no root key": func(l *fakeLedger) { l.errRoot = errBroken },
		"nothing there": func(l *fakeLedger) {
			l.errView, l.errState, l.errRoot, l.errInstitution = errBroken, errBroken, errBroken, errBroken
		},
	} {
		w := newWorld(t)
		s, gone := w.grant(), w.grant()
		w.withdraw(gone)
		change(w.ledger)
		own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
		if err != nil || len(own) != 2 {
			t.Fatalf("%s: %v", name, err)
		}
		for _, o := range own {
			if want := map[consent.GrantID]consent.Status{s.Act.ID: consent.StatusUnknown, gone.Act.ID: consent.StatusWithdrawn}[o.ID]; o.Status != want {
				t.Errorf("%s: status %v, want %v", name, o.Status, want)
			}
		}
		if held, _, err := w.gate.GrantsHeld(t.Context(), w.hospital, "", 10); err != nil || len(held) != 2 {
			t.Errorf("%s: held: %v", name, err)
		}
	}
}

// An index that points at somebody else's grant shows it to nobody.
func TestIndexOfOthersGrants(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	other := newPerson()
	w.enrol(other)
	for room, prefix := range map[string][32]byte{roomHeld: w.clinic.ID, roomOwn: other.ID()} {
		if err := w.gate.index(t.Context(), room, prefix, s.Act.ID); err != nil {
			t.Fatal(err)
		}
	}
	if page, _, err := w.gate.GrantsHeld(t.Context(), w.clinic, "", 10); page != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("held: %v", err)
	}
	if page, _, err := w.gate.GrantsOf(t.Context(), other.ID(), "", 10); page != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("own: %v", err)
	}
}

// What cannot be read is left out of no list, and nothing else is said of it.
func TestListsTellWhatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.grant(limited(3))
	for name, list := range map[string]func() (consent.Status, error){
		"own": func() (consent.Status, error) {
			page, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
			if len(page) == 0 {
				return "", err
			}
			return page[0].Status, err
		},
		"held": func() (consent.Status, error) {
			page, _, err := w.gate.GrantsHeld(t.Context(), w.hospital, "", 10)
			if len(page) == 0 {
				return "", err
			}
			return page[0].Status, err
		},
	} {
		for _, room := range []string{roomHead, roomGrant, roomAnswer, roomCounter} {
			w.failEach(inRoom(room), func() error {
				status, err := list()
				if err == nil && status == consent.StatusUnknown {
					return consent.ErrUnavailable // said of this one
				}
				if err == nil && status != consent.StatusGiven {
					t.Errorf("%s without %s: status %q", name, room, status)
				}
				return err
			})
		}
	}
}

func TestGrantDenies(t *testing.T) {
	// resign signs what was changed, so that only the change itself is refused.
	resign := func(w *world, s *SignedGrant) {
		id := s.Grant.ID()
		s.Act.ID, s.Act.Expiry, s.Binding.Grant = id, s.Grant.Expires, id
		s.ActSignature = w.person.Seed.Grant(s.Grant.Salt).Sign(w.domain.Digest(s.Act.StructHash()))
		s.BindingSignature = w.person.Seed.Root().Sign(w.domain.Digest(s.Binding.StructHash()))
	}
	tests := []struct {
		name   string
		change func(w *world, s *SignedGrant)
		resign bool
		want   error
	}{
		{"field not asked", func(w *world, s *SignedGrant) { s.Grant.Fields = []consent.FieldName{"identity.name"} }, true, consent.ErrGrant},
		{"longer than asked", func(w *world, s *SignedGrant) { s.Grant.Expires += consent.Day }, true, consent.ErrGrant},
		{"earlier than asked", func(w *world, s *SignedGrant) { s.Grant.NotBefore-- }, true, consent.ErrGrant},
		{"another purpose", func(w *world, s *SignedGrant) { s.Grant.Purpose = "dpv:Marketing" }, true, consent.ErrGrant},
		{"another basis", func(w *world, s *SignedGrant) { s.Grant.LegalBasis = consent.BasisContract }, true, consent.ErrGrant},
		{"another country", func(w *world, s *SignedGrant) { s.Grant.Jurisdiction = "JO" }, true, consent.ErrGrant},
		{"another institution", func(w *world, s *SignedGrant) { s.Grant.Institution = w.clinic.ID }, true, consent.ErrGrant},
		{"a notice not shown", func(w *world, s *SignedGrant) { s.Grant.NoticeDigest[0] ^= 1 }, true, consent.ErrGrant},
		{"longer retention", func(w *world, s *SignedGrant) { s.Grant.RetentionDays++ }, true, consent.ErrGrant},
		{"an end within a day", func(w *world, s *SignedGrant) { s.Grant.Expires -= 3600 }, true, consent.ErrGrant},
		{"over a year", func(w *world, s *SignedGrant) { s.Grant.Expires += 400 * consent.Day }, true, consent.ErrGrant},
		{"bearer", func(w *world, s *SignedGrant) { s.Grant.Audience = consent.AudienceBearer }, true, consent.ErrGrant},
		{"unknown version", func(w *world, s *SignedGrant) { s.Grant.Version = 2 }, true, consent.ErrGrant},
		{"request that is not here", func(w *world, s *SignedGrant) { s.Grant.Request[0] ^= 1 }, true, consent.ErrNotFound},
		{"deadline passed", func(w *world, s *SignedGrant) { s.Act.Deadline = w.unix() }, true, consent.ErrGrant},
		{"the moment in its deadline", func(w *world, s *SignedGrant) { s.Act.Deadline-- }, true, consent.ErrGrant},
		{"ended before it came", func(w *world, s *SignedGrant) {
			r := w.request(w.hospital, func(r *consent.Request) { r.AnswerBy += 10 * consent.Day })
			*s = w.answer(r, wallet.Choice{Expires: w.unix() + consent.Day})
			w.pass(24 * time.Hour)
			s.Act.Deadline = w.unix() + consent.Day
		}, true, consent.ErrGrant},
		{"binding from the future", func(w *world, s *SignedGrant) { s.Binding.Time = w.unix() + 3600 }, true, consent.ErrGrant},
		{"answered too late", func(w *world, s *SignedGrant) { w.pass(25 * time.Hour) }, true, consent.ErrGrant},
		{"not enrolled", func(w *world, s *SignedGrant) {
			p := newPerson()
			s.Binding.Identity = p.ID()
			s.BindingSignature = p.Seed.Root().Sign(w.domain.Digest(s.Binding.StructHash()))
		}, false, consent.ErrSignature},
		{"bound to somebody else", func(w *world, s *SignedGrant) {
			p := newPerson()
			w.enrol(p)
			s.Binding.Identity = p.ID()
		}, true, consent.ErrSignature},
		{"binding for another grant", func(w *world, s *SignedGrant) { s.Binding.Grant[0] ^= 1 }, false, consent.ErrGrant},
		{"act for another grant", func(w *world, s *SignedGrant) { s.Act.ID[0] ^= 1 }, false, consent.ErrGrant},
		{"act with another end", func(w *world, s *SignedGrant) { s.Act.Expiry += consent.Day }, false, consent.ErrGrant},
		{"binding signed by the session key", func(w *world, s *SignedGrant) {
			s.BindingSignature = w.person.Seed.Session().Sign(w.domain.Digest(s.Binding.StructHash()))
		}, false, consent.ErrSignature},
		{"act signed by the root key", func(w *world, s *SignedGrant) {
			s.ActSignature = w.person.Seed.Root().Sign(w.domain.Digest(s.Act.StructHash()))
		}, false, consent.ErrSignature},
		{"signatures swapped", func(w *world, s *SignedGrant) {
			s.ActSignature, s.BindingSignature = s.BindingSignature, s.ActSignature
		}, false, consent.ErrSignature},
		{"another chain", func(w *world, s *SignedGrant) {
			d := w.domain
			d.ChainID++
			s.ActSignature = w.person.Seed.Grant(s.Grant.Salt).Sign(d.Digest(s.Act.StructHash()))
		}, false, consent.ErrSignature},
		{"another contract", func(w *world, s *SignedGrant) {
			s.BindingSignature = w.person.Seed.Root().Sign(w.registry.Digest(s.Binding.StructHash()))
		}, false, consent.ErrSignature},
		{"rotated root key", func(w *world, s *SignedGrant) {
			w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address()
		}, false, consent.ErrSignature},
		{"suspended institution", func(w *world, s *SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, false, &Denial{}},
		{"field left the catalog", func(w *world, s *SignedGrant) {
			c := testCatalog()
			delete(c.Fields, "health.allergy")
			w.decider.catalog = c
		}, false, &Denial{}},
		{"purpose left the bundle", func(w *world, s *SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonUnknownPurpose}}, nil
			}
		}, false, &Denial{}},
		{"protected country", func(w *world, s *SignedGrant) { w.facts("KE") }, false, &Denial{}},
		{"policy fails", func(w *world, s *SignedGrant) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{}, errBroken }
		}, false, consent.ErrUnavailable},
		{"journal fails", func(w *world, s *SignedGrant) { w.journal.set(errBroken, false) }, false, consent.ErrUnavailable},
		{"not entered among the watched", func(w *world, s *SignedGrant) { w.failOn("put", roomWatched) }, false, consent.ErrUnavailable},
		{"relayer fails", func(w *world, s *SignedGrant) { w.relayer.err = errBroken }, false, consent.ErrUnavailable},
		{"root key out of reach", func(w *world, s *SignedGrant) { w.ledger.errRoot = errBroken }, false, consent.ErrUnavailable},
		{"view too old", func(w *world, s *SignedGrant) { w.ledger.age = time.Hour }, false, consent.ErrStaleView},
		{"erased", func(w *world, s *SignedGrant) { w.erase() }, false, consent.ErrUnknownIdentity},
		{"answered by another grant", func(w *world, s *SignedGrant) {
			r, _, err := w.gate.Request(w.t.Context(), s.Grant.Request)
			if err != nil {
				w.t.Fatal(err)
			}
			if _, err := w.gate.Grant(w.t.Context(), w.answer(r, wallet.Choice{})); err != nil {
				w.t.Fatal(err)
			}
		}, false, ErrAnswered},
		{"refused before", func(w *world, s *SignedGrant) {
			r, sig := w.person.Refuse(w.domain, s.Grant.Request, w.time())
			if err := w.gate.Refuse(w.t.Context(), r, sig); err != nil {
				w.t.Fatal(err)
			}
		}, false, ErrAnswered},
		{"salt used before", func(w *world, s *SignedGrant) {
			earlier := w.grant()
			s.Grant.Salt, s.Binding.Opening = earlier.Grant.Salt, earlier.Binding.Opening
			w.rekey(s)
		}, true, consent.ErrConflict},
		{"salt of another opening", func(w *world, s *SignedGrant) { s.Binding.Opening[0]++ }, true, consent.ErrGrant},
		{"salt without an opening", func(w *world, s *SignedGrant) { s.Grant.Salt = consent.Salt{1}; w.rekey(s) }, true, consent.ErrGrant},
		{"made for another identity", func(w *world, s *SignedGrant) {
			s.Grant.Salt = consent.GrantSalt(newPerson().ID(), s.Binding.Opening)
			w.rekey(s)
		}, true, consent.ErrGrant},
		{"grant key used before", func(w *world, s *SignedGrant) {
			earlier := w.grant().Grant
			s.Grant.GrantKey = earlier.GrantKey
			resign(w, s)
			s.ActSignature = w.person.Seed.Grant(earlier.Salt).Sign(w.domain.Digest(s.Act.StructHash()))
		}, false, consent.ErrConflict},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol(w.person)
			s := w.answer(w.request(w.hospital), wallet.Choice{})
			test.change(w, &s)
			if test.resign {
				identity := s.Binding.Identity
				resign(w, &s)
				s.Binding.Identity = identity
			}
			accepted := w.journal.count(consent.EntryGranted)
			grants := len(w.heads.names(roomGrant))
			_, err := w.gate.Grant(t.Context(), s)
			if isDenial(test.want) && !isDenial(err) || !isDenial(test.want) && !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			w.gate.Close()
			if n := w.journal.count(consent.EntryGranted) - accepted; n != 0 && w.journal.count(consent.EntryAborted) != n {
				t.Error("journalled as granted and not as aborted")
			}
			if len(w.heads.names(roomGrant)) > grants && !errors.Is(err, consent.ErrUnavailable) {
				t.Error("a grant was stored")
			}
			if errors.Is(err, ErrAnswered) {
				return
			}
			if a, err := w.gate.answer(t.Context(), s.Grant.Request); !errors.Is(err, ErrAbsent) {
				t.Errorf("the request has the answer %v", a)
			}
		})
	}
}

// What a grant costs to relay counts against the institution that asked. A spent budget
// refuses the grant for today, and never a withdrawal.
func TestBudget(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	earlier := w.filled()
	s := w.answer(w.request(w.clinic), wallet.Choice{})
	w.relayer.err = fmt.Errorf("today: %w", consent.ErrBudget)
	written := len(w.journal.entries)
	if _, err := w.gate.Grant(t.Context(), s); !errors.Is(err, consent.ErrBudget) || errors.Is(err, consent.ErrUnavailable) {
		t.Fatal(err)
	}
	if err := w.gate.Enrol(t.Context(), w.enrolCall(newPerson())); !errors.Is(err, consent.ErrBudget) {
		t.Error("enrolment:", err)
	}
	if now := len(w.journal.entries); now != written {
		t.Errorf("%d entries for what was not taken", now-written)
	}
	if r, err := w.gate.Release(t.Context(), w.clinic, ReleaseCall{Grant: s.Act.ID}); r != nil || err == nil {
		t.Error("a grant that was refused lets something out")
	}
	if r, err := w.gate.Withdraw(t.Context(), earlier.Act.ID, w.person.Withdraw(w.domain, &earlier.Grant)); err != nil || r.Relayed {
		t.Errorf("withdrawal: %+v, %v", r, err)
	}
	w.relayer.err = nil
	w.pass(time.Hour)
	if _, err := w.gate.Grant(t.Context(), s); err != nil {
		t.Fatal("the same grant later:", err)
	}
	for _, act := range w.relayer.acts {
		want := consent.InstitutionID{}
		if act.Kind == consent.ActGrant {
			want = w.hospital.ID
			if act.Grant == s.Act.ID {
				want = w.clinic.ID
			}
		}
		if act.For != want {
			t.Errorf("%s for %x", act.Kind, act.For[:1])
		}
	}
	if last := w.relayer.acts[len(w.relayer.acts)-1]; last.Grant != s.Act.ID {
		t.Error("not relayed")
	}
}

// Whether a request was answered has to be known before anything is done about an answer.
func TestGrantWhileTheAnswerCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	r := w.request(w.hospital)
	if _, err := w.gate.Grant(t.Context(), w.answer(r, wallet.Choice{})); err != nil {
		t.Fatal(err)
	}
	entries, acts := len(w.journal.kinds()), len(w.relayer.kinds())
	w.failOn("get", roomAnswer)
	if _, err := w.gate.Grant(t.Context(), w.answer(r, wallet.Choice{})); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	if len(w.journal.kinds()) != entries || len(w.relayer.kinds()) != acts {
		t.Errorf("%d entries and %d acts of it", len(w.journal.kinds())-entries, len(w.relayer.kinds())-acts)
	}
}

// Whoever gives up while another answers the same request leaves nothing.
func TestGrantGivesUpWaiting(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	s := w.answer(w.request(w.hospital), wallet.Choice{})
	unlock, err := w.gate.keyLocks.lock(t.Context(), string(s.Grant.Request[:]))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	w.heads.setFault(func(_, name string) (bool, bool) {
		if strings.HasPrefix(name, roomHead+"/") { // the last that is read before
			cancel()
		}
		return false, false
	})
	if _, err := w.gate.Grant(ctx, s); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := w.journal.count(consent.EntryGranted); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// A grant's object takes the place of one that the same person has left under its id, and of
// nothing else.
func TestStoreGrant(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world, name string, s *storedGrant)
		want   error
	}{
		"signed again":                 {func(_ *world, _ string, s *storedGrant) { s.BindingTime++ }, nil},
		"of a region that is not here": {func(_ *world, _ string, s *storedGrant) { s.Region = "SY" }, crypto.ErrUnknownRegion},
		"over somebody else's":         {func(_ *world, _ string, s *storedGrant) { s.Identity[0]++ }, ErrReused},
		"over a damaged one":           {func(w *world, name string, _ *storedGrant) { w.heads.plant(name, damage(w.heads.take(name))) }, ErrReused},
		"over one that cannot be read": {func(w *world, name string, _ *storedGrant) {
			read := 0
			w.heads.setFault(func(op, of string) (bool, bool) {
				if op == faults.Get && of == name {
					read++
				}
				return read == 2, false // not what the store is asked after a create that failed
			})
		}, errStore},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.grant().Act.ID
			l, err := w.gate.loadGrant(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			stored, object := *l.storedGrant, w.gate.name(roomGrant, id[:])
			c.change(w, object, &stored)
			before := w.heads.take(object)
			err = w.gate.storeGrant(t.Context(), id, &stored)
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if changed := !bytes.Equal(w.heads.take(object), before); changed != (c.want == nil) {
				t.Errorf("written over = %t", changed)
			}
		})
	}
}

// An answer that came first and cannot be read is not known; the one that came now does not count.
func TestCommitAnswerOverAnother(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	first, err := w.gate.answer(t.Context(), s.Grant.Request)
	if err != nil {
		t.Fatal(err)
	}
	other := *first
	other.Grant[0]++
	if _, err := w.gate.commitAnswer(t.Context(), s.Grant.Request, other.Grant, &other); !errors.Is(err, ErrAnswered) {
		t.Errorf("error %v", err)
	}
	read := 0
	w.heads.setFault(func(op, _ string) (bool, bool) {
		if op == faults.Get {
			read++
		}
		return read == 2, false
	})
	if receipt, err := w.gate.commitAnswer(t.Context(), s.Grant.Request, s.Act.ID, first); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("%+v, %v", receipt, err)
	}
}

// A grant whose person's head cannot be read now is not told as withdrawn: whoever believed it
// would delete what they may keep.
func TestStatusWithoutTheHead(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.failOn("get", roomHead)
	if held, _, err := w.gate.GrantsHeld(t.Context(), w.hospital, "", 10); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("%v, %v", held, err)
	}
}

func (w *world) rekey(s *SignedGrant) { s.Grant.GrantKey = w.person.Seed.Grant(s.Grant.Salt).Address() }

func TestGrantAnsweredOnceUnderRace(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	r := w.request(w.hospital)
	gates := []*Gate{w.gate, w.newGate()}
	var given atomic.Int32
	var wait sync.WaitGroup
	for i := range 12 {
		s := w.answer(r, wallet.Choice{})
		wait.Go(func() {
			_, err := gates[i%2].Grant(t.Context(), s)
			if err == nil {
				given.Add(1)
			} else if !errors.Is(err, ErrAnswered) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	own, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 50)
	if given.Load() != 1 || err != nil || len(own) != 1 {
		t.Errorf("%d accepted, %d listed, %v", given.Load(), len(own), err)
	}
}

func TestRefuse(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	r := w.request(w.hospital)
	no, sig := w.person.Refuse(w.domain, r.ID(), w.time())
	other := newPerson()
	w.enrol(other)
	theirs, theirSig := other.Refuse(w.domain, r.ID(), w.time())
	late, lateSig := w.person.Refuse(w.domain, r.ID(), w.time().Add(time.Hour))
	early, earlySig := w.person.Refuse(w.domain, r.ID(), w.time().Add(-time.Hour))
	absent, absentSig := w.person.Refuse(w.domain, consent.RequestID{1}, w.time())
	for name, test := range map[string]struct {
		r    consent.Refusal
		sig  consent.Signature
		want error
	}{
		"another's signature": {no, theirSig, consent.ErrSignature},
		"from the future":     {late, lateSig, consent.ErrGrant},
		"before it was asked": {early, earlySig, consent.ErrGrant},
		"no such request":     {absent, absentSig, consent.ErrNotFound},
		"not enrolled":        {consent.Refusal{Request: r.ID(), Identity: newPerson().ID()}, sig, consent.ErrSignature},
	} {
		if err := w.gate.Refuse(t.Context(), test.r, test.sig); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
	}
	w.journal.set(errBroken, false)
	if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("journal fails: %v", err)
	}
	w.journal.set(nil, false)
	for range 2 {
		if err := w.gate.Refuse(t.Context(), no, sig); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.journal.count(consent.EntryRefused); n != 1 {
		t.Errorf("%d entries", n)
	}
	if err := w.gate.Refuse(t.Context(), theirs, theirSig); !errors.Is(err, ErrAnswered) {
		t.Errorf("somebody else's refusal: %v", err)
	}
	_, status, err := w.gate.Request(t.Context(), r.ID())
	if err != nil || status.Status != consent.StatusRefused || status.Grant != (consent.GrantID{}) {
		t.Errorf("status %v, %v", status, err)
	}
}

// What cannot be told is not taken for a no that is the first, and one that comes late is none.
func TestRefuseUnavailable(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	r := w.request(w.hospital)
	no, sig := w.person.Refuse(w.domain, r.ID(), w.time())
	w.failOn("get", roomAnswer)
	if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("whether there is an answer: %v", err)
	}
	unlock, err := w.gate.keyLocks.lock(t.Context(), string(no.Request[:]))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.heads.setFault(func(op, name string) (bool, bool) {
		if strings.HasPrefix(name, roomRequest+"/") {
			cancel()
		}
		return false, false
	})
	if err := w.gate.Refuse(ctx, no, sig); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("beside another answer: %v", err)
	}
	unlock()
	// The ledger does not have the identity yet, the vault does.
	delete(w.ledger.roots, w.person.ID())
	w.failOn("get", roomHead)
	if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("whose the signature is: %v", err)
	}
	w.heads.setFault(nil)
	w.pass(25 * time.Hour)
	no, sig = w.person.Refuse(w.domain, r.ID(), w.time())
	if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("late: %v", err)
	}
	if n := w.journal.count(consent.EntryRefused); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// Of two answers at once, over two gates, one is the request's.
func TestRefuseBesideAnother(t *testing.T) {
	for name, c := range map[string]struct {
		by   func(w *world) *wallet.Identity
		fail bool // what the other has answered cannot be read
		want error
	}{
		"the same person":           {func(w *world) *wallet.Identity { return w.person }, false, nil},
		"somebody else":             {(*world).enrolled, false, ErrAnswered},
		"nobody can say any more":   {(*world).enrolled, true, consent.ErrUnavailable},
		"nobody can say it is ours": {func(w *world) *wallet.Identity { return w.person }, true, consent.ErrUnavailable},
	} {
		w := newWorld(t)
		w.enrol(w.person)
		r := w.request(w.hospital)
		by, other := c.by(w), w.newGate()
		w.journal.hook = func(Entry) {
			w.journal.mu.Lock()
			w.journal.hook = nil
			w.journal.mu.Unlock()
			first, sig := by.Refuse(w.domain, r.ID(), w.time())
			if err := other.Refuse(t.Context(), first, sig); err != nil {
				t.Error(err)
			}
			reads := 0
			w.heads.setFault(func(op, name string) (bool, bool) {
				if op == "get" && strings.HasPrefix(name, roomAnswer+"/") {
					reads++ // the first tells whose the object is that is there
				}
				return c.fail && reads == 2, false
			})
		}
		no, sig := w.person.Refuse(w.domain, r.ID(), w.time())
		if err := w.gate.Refuse(t.Context(), no, sig); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
