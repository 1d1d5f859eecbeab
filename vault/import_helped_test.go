package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// packedWithHelp is a person of whom the hospital has written, under what was given with the clinic's help, and what their vault exports.
func packedWithHelp(t *testing.T) (*helped, *luggage) {
	t.Helper()
	h := newHelped(t)
	if err := h.give(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.gate.Write(t.Context(), h.hospital, h.call(h.hospital, h.grant.Act.ID, h.values())); err != nil {
		t.Fatal(err)
	}
	return h, h.pack()
}

// What was written under a permission given with help goes along, to the next vault and on from there, though the key
// has ended and the helper is suspended since.
func TestImportWithHelp(t *testing.T) {
	h, l := packedWithHelp(t)
	if len(l.grants) != 1 || l.grants[0].Help == nil || l.grants[0].Help.Vault != testOrigin || len(l.values) == 0 {
		t.Fatalf("packed: %+v", l.grants)
	}
	st, sig := h.person.EndAssistKey(h.domain, testOrigin, h.time().Add(time.Second))
	if err := h.gate.StateAssistKey(t.Context(), st, sig); err != nil {
		t.Fatal(err)
	}
	h.ledger.change(h.clinic.ID, func(i *consent.Institution) { i.Suspended = true })
	from := h.world
	for hop := range 2 {
		b := from.elsewhere()
		done, err := b.bring(l, false)
		if err != nil || outcomes(done.Values)[OutcomeTaken] != len(l.values) {
			t.Fatalf("hop %d: %+v %v", hop, done, err)
		}
		if _, err := b.gate.Release(t.Context(), b.hospital, ReleaseCall{Grant: l.grants[0].ID}); !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("hop %d: under the old permission: %v", hop, err)
		}
		got := b.pack()
		if len(got.grants) != 1 || !got.grants[0].Elsewhere || got.grants[0].Stands != nil || *got.grants[0].Help != *l.grants[0].Help || len(got.values) != len(l.values) {
			t.Fatalf("hop %d: it goes on with %+v", hop, got.grants)
		}
		from, l = b, got
	}
}

// carried is a grant with help that is to be spoiled, and what signs it anew.
type carried struct {
	*helped
	there *world // the other vault
	k     *KeptGrant
}

// state signs the statement anew.
func (s *carried) state(change func(a *consent.AssistKey)) {
	p := s.k.Help
	a := consent.AssistKey{Identity: s.person.ID(), Vault: p.Vault, Key: p.AssistKey, Time: p.Stated}
	change(&a)
	p.AssistKey, p.Stated = a.Key, a.Time
	p.Statement = s.person.Seed.Root().Sign(s.domain.Digest(a.StructHash()))
}

// say has an institution give its word anew, on what change makes of it; what is exported names what was said, except for what cannot be named.
func (s *carried) say(by consent.Institution, change func(said *consent.Help)) {
	p := s.k.Help
	word := s.word(by, &s.k.Grant, s.nonce, func(said *consent.Help) {
		said.Vault, said.NotBefore, said.Until = p.Vault, p.NotBefore, p.Until
		change(said)
	})
	p.Institution, p.Key, p.NotBefore, p.Until, p.Signature = word.Institution, word.Key, word.NotBefore, word.Until, word.Signature
}

func (s *carried) binding() *consent.Binding {
	return &consent.Binding{Grant: s.k.ID, Identity: s.person.ID(), Opening: s.k.BindingOpening, Time: s.k.BindingTime}
}

// remake changes the grant itself: another one, on the ledger too, bound by the assist key and with the clinic's word.
func (s *carried) remake(change func(g *consent.Grant)) {
	state := s.ledger.states[s.k.ID]
	change(&s.k.Grant)
	s.k.ID = s.k.Grant.ID()
	s.ledger.set(s.k.ID, func(there *consent.GrantState) { *there = state })
	s.k.BindingSignature = s.device.Key.Sign(s.domain.Digest(s.binding().AssistedHash()))
	s.say(s.clinic, func(*consent.Help) {})
}

// judged is what the other vault says of the grant.
func (s *carried) judged() (Unproven, error) {
	s.t.Helper()
	person, err := s.there.gate.person(s.t.Context(), s.person.ID())
	if err != nil {
		s.t.Fatal(err)
	}
	m := &importing{attempt: &attempt{gate: s.there.gate, subject: person}, proven: map[consent.GrantID]Unproven{}, grants: map[consent.GrantID]*KeptGrant{s.k.ID: s.k}}
	return m.proveGrant(s.t.Context(), s.k.ID)
}

func newCarried(t *testing.T) *carried {
	t.Helper()
	h, l := packedWithHelp(t)
	return &carried{helped: h, there: h.elsewhere(), k: &l.grants[0]}
}

func TestImportWithHelpDenies(t *testing.T) {
	other := newPerson()
	keyOn := func(held func(who consent.InstitutionID, on, day uint64) bool) func(*carried) {
		return func(s *carried) {
			day := s.k.Help.NotBefore / consent.Day
			s.there.gate.keyHeld = func(_ context.Context, who consent.InstitutionID, _ consent.Digest, on uint64) (bool, error) {
				return held(who, on, day), nil
			}
		}
	}
	for name, spoil := range map[string]func(s *carried){
		"no help":                       func(s *carried) { s.k.Help = nil },
		"nothing in it":                 func(s *carried) { s.k.Help = &KeptHelp{} },
		"no statement":                  func(s *carried) { s.k.Help.Statement = consent.Signature{} },
		"another's statement":           func(s *carried) { _, s.k.Help.Statement = other.AssistKey(s.domain, testOrigin, s.time()) },
		"a statement for another vault": func(s *carried) { s.state(func(a *consent.AssistKey) { a.Vault = "vault.example/other" }) },
		"a statement for the vault that it is brought to": func(s *carried) { s.state(func(a *consent.AssistKey) { a.Vault = s.there.origin }) },
		"a statement of somebody else":                    func(s *carried) { s.state(func(a *consent.AssistKey) { a.Identity = other.ID() }) },
		"a statement of another key":                      func(s *carried) { s.state(func(a *consent.AssistKey) { a.Key = s.person.Seed.Assist(1).Address() }) },
		"a statement that ends the key":                   func(s *carried) { s.state(func(a *consent.AssistKey) { a.Key = consent.Address{} }) },
		"a statement by the assist key": func(s *carried) {
			a := consent.AssistKey{Identity: s.person.ID(), Vault: testOrigin, Key: s.k.Help.AssistKey, Time: s.k.Help.Stated}
			s.k.Help.Statement = s.device.Key.Sign(s.domain.Digest(a.StructHash()))
		},
		"a statement on another ledger": func(s *carried) {
			a := consent.AssistKey{Identity: s.person.ID(), Vault: testOrigin, Key: s.k.Help.AssistKey, Time: s.k.Help.Stated}
			s.k.Help.Statement = s.person.Seed.Root().Sign(s.registry.Digest(a.StructHash()))
		},
		"another time":       func(s *carried) { s.k.Help.Stated++ },
		"another assist key": func(s *carried) { s.k.Help.AssistKey = other.Seed.Root().Address() },
		"no assist key":      func(s *carried) { s.k.Help.AssistKey = consent.Address{} },

		"another vault":                           func(s *carried) { s.k.Help.Vault = "vault.example/other" },
		"the vault that it is brought to":         func(s *carried) { s.k.Help.Vault = s.there.origin },
		"help at another vault":                   func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Vault = "vault.example/other" }) },
		"help at the vault that it is brought to": func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Vault = s.there.origin }) },
		"an origin that no log has": func(s *carried) {
			s.k.Help.Vault = strings.Repeat("v", consent.MaxOrigin+1)
			s.state(func(*consent.AssistKey) {})
			s.say(s.clinic, func(*consent.Help) {})
		},

		"no signature of the helper":           func(s *carried) { s.k.Help.Signature = consent.WriterSignature{} },
		"no key of the helper":                 func(s *carried) { s.k.Help.Key = consent.WriterKey{} },
		"another helper":                       func(s *carried) { s.k.Help.Institution = s.hospital.ID },
		"another helper's key":                 func(s *carried) { s.k.Help.Key = publicOf(s.t, s.hospital.ID) },
		"help by another's key":                func(s *carried) { s.say(s.hospital, func(*consent.Help) {}); s.k.Help.Institution = s.clinic.ID },
		"help in another's name":               func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Institution = s.hospital.ID }) },
		"help for another grant":               func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Grant[0]++ }) },
		"help for another request":             func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Request[0]++ }) },
		"help on another registry":             func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Registry.ChainID++ }) },
		"another window":                       func(s *carried) { s.k.Help.Until-- },
		"a window that begins at another time": func(s *carried) { s.k.Help.NotBefore++ },
		"a window of eleven minutes":           func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Until = said.NotBefore + 660 }) },
		"a window of no time":                  func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Until = said.NotBefore }) },
		"a window that ends before it begins":  func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Until = said.NotBefore - 1 }) },
		"an institution that nobody knows": func(s *carried) {
			s.say(consent.Institution{ID: consent.InstitutionID{0xee}}, func(*consent.Help) {})
			keyOn(func(who consent.InstitutionID, _, _ uint64) bool { return who == s.clinic.ID })(s)
		},
		"never its key":                keyOn(func(consent.InstitutionID, uint64, uint64) bool { return false }),
		"its key only since":           keyOn(func(_ consent.InstitutionID, on, day uint64) bool { return on > day }),
		"its key until the day before": keyOn(func(_ consent.InstitutionID, on, day uint64) bool { return on < day }),

		"a binding of another time": func(s *carried) { s.k.BindingTime++ },
		"bound by the root key, as with help": func(s *carried) {
			s.k.BindingSignature = s.person.Seed.Root().Sign(s.domain.Digest(s.binding().AssistedHash()))
		},
		"bound by the root key, as alone": func(s *carried) {
			s.k.BindingSignature = s.person.Seed.Root().Sign(s.domain.Digest(s.binding().StructHash()))
		},
		"bound by the assist key, as alone": func(s *carried) {
			s.k.BindingSignature = s.device.Key.Sign(s.domain.Digest(s.binding().StructHash()))
		},
		"the assist key as root key": func(s *carried) {
			s.k.Help, s.k.BindingSignature = nil, s.device.Key.Sign(s.domain.Digest(s.binding().StructHash()))
		},
		"a grant that hides the help": func(s *carried) { s.remake(func(g *consent.Grant) { g.Assistance = consent.AssistanceNone }) },
		"a representative's with help": func(s *carried) {
			s.remake(func(g *consent.Grant) { g.Representation = consent.RepresentationRepresentative })
		},
		"somebody stands for the person too": func(s *carried) { s.k.Stands = s.stands(other.ID()) },
		"somebody stands for the person, bound by them": func(s *carried) {
			s.ledger.roots[other.ID()] = other.Seed.Root().Address()
			s.k.Stands, s.k.BindingSignature = s.stands(other.ID()), other.Seed.Root().Sign(s.domain.Digest(s.binding().RepresentedHash(other.ID())))
		},
		"the root key was another then": func(s *carried) { s.ledger.roots[s.person.ID()] = other.Seed.Root().Address() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newCarried(t)
			spoil(s)
			if reason, err := s.judged(); err != nil || reason != UnprovenPerson {
				t.Errorf("%q, %v", reason, err)
			}
		})
	}
}

// stands is a statement of the person's own that somebody gives for them.
func (s *carried) stands(by consent.IdentityID) *KeptRepresentation {
	st, sig := s.person.Represent(s.domain, testOrigin, by, s.time().Add(300*24*time.Hour), s.time())
	return &KeptRepresentation{Representative: by, Vault: st.Vault, Until: st.Until, Stated: st.Time, Statement: sig}
}

// What the spoiled ones are made of holds where nothing is spoiled: each way of signing anew is taken.
func TestImportWithHelpAllows(t *testing.T) {
	for name, change := range map[string]func(s *carried){
		"as it is":             func(*carried) {},
		"stated anew":          func(s *carried) { s.state(func(*consent.AssistKey) {}) },
		"said anew":            func(s *carried) { s.say(s.clinic, func(*consent.Help) {}) },
		"by whoever asks":      func(s *carried) { s.say(s.hospital, func(*consent.Help) {}) },
		"a window of a second": func(s *carried) { s.say(s.clinic, func(said *consent.Help) { said.Until = said.NotBefore + 1 }) },
		"of another grant":     func(s *carried) { s.remake(func(g *consent.Grant) { g.RetentionDays = 7 }) },
		"the longest of origins": func(s *carried) {
			s.k.Help.Vault = strings.Repeat("v", consent.MaxOrigin)
			s.state(func(*consent.AssistKey) {})
			s.say(s.clinic, func(*consent.Help) {})
		},
		"its key on that day alone": func(s *carried) {
			s.there.gate.keyHeld = func(_ context.Context, who consent.InstitutionID, _ consent.Digest, on uint64) (bool, error) {
				return who == s.clinic.ID && on == s.k.Help.NotBefore/consent.Day, nil
			}
		},
	} {
		s := newCarried(t)
		change(s)
		if reason, err := s.judged(); err != nil || reason != "" {
			t.Errorf("%s: %q, %v", name, reason, err)
		}
	}
}

// A document that is no grant to an institution counts as none, whoever has signed it.
func TestImportOfNoGrant(t *testing.T) {
	for name, change := range map[string]func(g *consent.Grant){
		"nowhere":         func(g *consent.Grant) { g.Jurisdiction = "nowhere" },
		"without an end":  func(g *consent.Grant) { g.Expires = ^uint64(0) / consent.Day * consent.Day },
		"fields in chaos": func(g *consent.Grant) { slices.Reverse(g.Fields) },
	} {
		s := newCarried(t)
		s.remake(change)
		if reason, err := s.judged(); err != nil || reason != UnprovenGrant {
			t.Errorf("%s: %q, %v", name, reason, err)
		}
	}
	w := newWorld(t)
	code := w.code()
	bearer := &carried{helped: &helped{world: w}, there: w.elsewhere(), k: &KeptGrant{
		ID: code.Act.ID, Grant: code.Grant, BindingTime: code.Binding.Time, BindingOpening: code.Binding.Opening, BindingSignature: code.BindingSignature,
	}}
	if reason, err := bearer.judged(); err != nil || reason != UnprovenGrant {
		t.Errorf("a bearer's: %q, %v", reason, err)
	}
}

// Where nobody can say whose the key was, nothing is said of the grant: not that it is proven, and not that it is not.
func TestImportWithHelpUnavailable(t *testing.T) {
	s := newCarried(t)
	s.there.errKey = errBroken
	if reason, err := s.judged(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("%q, %v", reason, err)
	}
	s.there.errKey = nil
	if reason, err := s.judged(); err != nil || reason != "" {
		t.Errorf("afterwards: %q, %v", reason, err)
	}
}

// One that is not proven keeps all out, and leaves nothing.
func TestImportWithoutItsHelp(t *testing.T) {
	h, l := packedWithHelp(t)
	l.grants[0].Help = nil
	b := h.elsewhere()
	_, err := b.bring(l, false)
	var refused *ImportRefusal
	if !errors.As(err, &refused) || len(refused.Values) != len(l.values) || refused.Values[0].Reason != UnprovenPerson {
		t.Fatalf("%v", err)
	}
	if got := b.pack(); len(got.grants)+len(got.values) != 0 {
		t.Errorf("%d grants, %d values", len(got.grants), len(got.values))
	}
}

// A moved grant without help is stored as ever, one with it in one spelling only.
func TestMovedGrantStored(t *testing.T) {
	h, l := packedWithHelp(t)
	b := h.elsewhere()
	person, err := b.gate.person(t.Context(), b.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	k := &l.grants[0]
	m := movedGrant{Version: objectVersion, Grant: k.Grant, BindingTime: k.BindingTime, BindingSignature: k.BindingSignature, BindingOpening: k.BindingOpening}
	alone, err := encoding.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	m.help = k.Help
	whole, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	opened := func(plaintext []byte) (*KeptGrant, error) {
		sealed, err := person.kek.SealField(movedAD(b.person.ID(), k.ID), crypto.Pad(plaintext, leastObject))
		if err != nil {
			t.Fatal(err)
		}
		return person.openMoved(&movedObject{Version: objectVersion, ID: k.ID, Sealed: sealed})
	}
	if got, err := opened(alone); err != nil || got.Help != nil || got.Grant.ID() != k.ID {
		t.Errorf("without: %v", err)
	}
	if got, err := opened(whole); err != nil || *got.Help != *k.Help {
		t.Errorf("with: %v", err)
	}
	encoded := func(change func(*movedGrant)) []byte {
		other := m
		change(&other)
		plaintext, err := other.encode()
		if err != nil {
			t.Fatal(err)
		}
		return plaintext
	}
	for name, spoiled := range map[string][]byte{
		"another version": encoded(func(m *movedGrant) { m.Version++ }), "another grant": encoded(func(m *movedGrant) { m.Grant.RetentionDays++ }),
		"cut": whole[:len(whole)-1], "more": append(whole[:len(whole):len(whole)], 0), "twice": append(whole[:len(whole):len(whole)], whole[len(alone):]...),
		"no array": append(alone[:len(alone):len(alone)], 0xf6), "an empty one": append(alone[:len(alone):len(alone)], 0x80), "the help alone": whole[len(alone):], "nothing": nil,
	} {
		if _, err := opened(spoiled); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
