package vault

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// helped is a person with an assist key, an open session for one request, and a grant made
// in it with the clinic's help.
type helped struct {
	*world
	device  *wallet.Assistant
	request *consent.Request
	nonce   [32]byte
	grant   SignedGrant
}

func newHelped(t testing.TB) *helped {
	t.Helper()
	h := &helped{world: newWorld(t)}
	h.enrol(h.person)
	h.device = h.assistKey()
	h.request = h.world.request(h.hospital)
	h.nonce = h.opened(h.request.ID())
	h.grant = h.made(h.request, h.nonce, h.clinic)
	return h
}

func (w *world) assistKey() *wallet.Assistant {
	w.t.Helper()
	st, sig := w.person.AssistKey(w.domain, testOrigin, w.time())
	if err := w.gate.StateAssistKey(w.t.Context(), st, sig); err != nil {
		w.t.Fatal("assist key:", err)
	}
	return &wallet.Assistant{Identity: w.person.ID(), Key: w.person.Seed.Assist(st.Time)}
}

var nonces byte

func (h *helped) open(request consent.RequestID) (nonce [32]byte, err error) {
	nonces++
	nonce[0] = nonces
	st, sig := h.device.OpenSession(h.domain, testOrigin, "https://vault.test", request, nonce, consent.Digest{1}, h.time().Add(10*time.Minute))
	return nonce, h.gate.OpenAssist(h.t.Context(), st, sig)
}

func (h *helped) opened(request consent.RequestID) [32]byte {
	h.t.Helper()
	nonce, err := h.open(request)
	if err != nil {
		h.t.Fatal("assist session:", err)
	}
	return nonce
}

// made is what the device sends: bound by the assist key, with the helper's word.
func (h *helped) made(r *consent.Request, nonce [32]byte, helper consent.Institution) SignedGrant {
	h.t.Helper()
	s, err := h.device.Answer(h.domain, r, wallet.Choice{Language: "en"}, h.time())
	if err != nil {
		h.t.Fatal("answer:", err)
	}
	signed := SignedGrant{Grant: s.Grant, Act: s.Act, ActSignature: s.ActSignature, Binding: s.Binding, BindingSignature: s.BindingSignature}
	signed.Help = h.word(helper, &s.Grant, nonce, func(*consent.Help) {})
	return signed
}

func (h *helped) word(helper consent.Institution, g *consent.Grant, nonce [32]byte, change func(*consent.Help)) *Help {
	h.t.Helper()
	said := consent.Help{
		Registry: h.institutions, Vault: testOrigin, Institution: helper.ID, Grant: g.ID(), Request: g.Request, NotBefore: h.unix(), Until: h.unix() + 600,
	}
	change(&said)
	sig, err := said.Sign(keyOf(h.t, helper.ID))
	if err != nil {
		h.t.Fatal(err)
	}
	return &Help{Session: nonce, Institution: helper.ID, Key: publicOf(h.t, helper.ID), NotBefore: said.NotBefore, Until: said.Until, Signature: sig}
}

func (h *helped) give() error {
	_, err := h.gate.Grant(h.t.Context(), h.grant)
	return err
}

func TestGrantWithHelp(t *testing.T) {
	h := newHelped(t)
	receipt, err := h.gate.Grant(t.Context(), h.grant)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.newGate().Grant(t.Context(), h.grant)
	if err != nil || again.Proof.Promise != receipt.Proof.Promise {
		t.Errorf("the same again: %v", err)
	}
	if n := h.journal.count(consent.EntryAssisted); n != 1 {
		t.Errorf("%d entries say that it was assisted", n)
	}
	for _, e := range h.journal.entries {
		if e.Shared.Kind == consent.EntryAssisted && (e.Shared.Institution != h.clinic.ID || e.Shared.Grant != receipt.ID || e.Evidence.Assistance != consent.AssistanceAssisted || e.Personal.Identity != h.person.ID()) {
			t.Errorf("the entry: %+v", e.Shared)
		}
	}
	for name, gate := range map[string]*Gate{"this gate": h.gate, "after a restart": h.newGate()} {
		h.gate = gate
		out, err := h.release(h.grant)
		if err != nil && !deniedAs(err, consent.ReasonNoValue) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && out.Grant.Assistance != consent.AssistanceAssisted {
			t.Errorf("%s: the terms do not say that it was assisted", name)
		}
	}
	// What ends later leaves it standing.
	st, sig := h.person.EndAssistKey(h.domain, testOrigin, h.time().Add(time.Second))
	if err := h.gate.StateAssistKey(t.Context(), st, sig); err != nil {
		t.Fatal(err)
	}
	h.ledger.change(h.clinic.ID, func(i *consent.Institution) { i.Suspended = true })
	if own, _, err := h.newGate().GrantsOf(t.Context(), h.person.ID(), "", 10); err != nil || own[0].Status != consent.StatusGiven {
		t.Errorf("after key and helper have ended: %v, %v", own, err)
	}
}

// What was given with help is not given before it is written down with whose.
func TestHelpIsWrittenDownFirst(t *testing.T) {
	h := newHelped(t)
	h.journal.hook = func(e Entry) {
		h.journal.set(map[bool]error{true: errBroken}[e.Shared.Kind == consent.EntryAssisted], false)
	}
	if err := h.give(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	if n := h.journal.count(consent.EntryGranted); n != 0 {
		t.Errorf("%d entries of grants", n)
	}
	h.journal.hook = nil
	h.journal.set(nil, false)
	if err := h.give(); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

// deniedAs reports that nothing but this keeps each field back, or the whole.
func deniedAs(err error, reason consent.Reason) bool {
	var d *Denial
	if !errors.As(err, &d) {
		return false
	}
	for _, w := range d.Withheld {
		if w.Reason != reason {
			return false
		}
	}
	return len(d.Withheld) > 0 || slices.Equal(d.Reasons, []consent.Reason{reason})
}

// TestHelpDenies: each part of a grant with help is missing, wrong, late, or somebody
// else's. Nothing is given, and the request stays open.
func TestHelpDenies(t *testing.T) {
	denial := func(reason consent.Reason) func(error) bool {
		return func(err error) bool { return deniedAs(err, reason) }
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	signature, document, over := is(consent.ErrSignature), is(consent.ErrGrant), is(ErrAssistOver)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, h *helped)
		want  func(error) bool
	}{
		"a helper alone: bound by the institution's device itself": {func(t *testing.T, h *helped) {
			h.device = &wallet.Assistant{Identity: h.person.ID(), Key: h.person.Seed.Assist(1)}
			h.grant = h.made(h.request, h.nonce, h.clinic)
		}, signature},
		"an assist key alone: no help": {func(_ *testing.T, h *helped) { h.grant.Help = nil }, signature},
		"help that nobody signed":      {func(_ *testing.T, h *helped) { h.grant.Help.Signature = consent.WriterSignature{} }, signature},
		"another's help": {func(t *testing.T, h *helped) {
			h.grant.Help.Key = publicOf(t, h.hospital.ID)
		}, signature},
		"help in another institution's name": {func(_ *testing.T, h *helped) { h.grant.Help.Institution = h.hospital.ID }, signature},
		"an institution that nobody knows": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(consent.Institution{ID: consent.InstitutionID{0xee}}, &h.grant.Grant, h.nonce, func(*consent.Help) {})
		}, denial(consent.ReasonHelper)},
		"a key that is not its own": {func(_ *testing.T, h *helped) {
			h.gate.keyHeld = func(_ context.Context, _ consent.InstitutionID, _ consent.Digest, _ uint64) (bool, error) {
				return false, nil
			}
		}, signature},
		"nobody can say whose key it is": {func(_ *testing.T, h *helped) { h.errKey = errBroken }, is(consent.ErrUnavailable)},
		"the ledger is silent on the helper": {func(_ *testing.T, h *helped) {
			h.decider.decide = func(q consent.Question) (consent.Decision, error) { // the recipient is known by then
				h.ledger.mu.Lock()
				defer h.ledger.mu.Unlock()
				h.ledger.errInstitution = errBroken
				return consent.Decision{Permitted: q.Fields}, nil
			}
		}, is(consent.ErrUnavailable)},
		"the ledger tells of another than the helper": {func(_ *testing.T, h *helped) { h.ledger.institutions[h.clinic.ID] = h.hospital }, denial(consent.ReasonHelper)},
		"a suspended helper": {func(_ *testing.T, h *helped) {
			h.ledger.change(h.clinic.ID, func(i *consent.Institution) { i.Suspended = true })
		}, denial(consent.ReasonHelper)},
		"a helper that nobody vouches for": {func(_ *testing.T, h *helped) {
			h.ledger.change(h.clinic.ID, func(i *consent.Institution) { i.Attested = false })
		}, denial(consent.ReasonHelper)},
		"a helper whose attestation has ended": {func(_ *testing.T, h *helped) {
			h.ledger.change(h.clinic.ID, func(i *consent.Institution) { i.AttestedTo = h.unix() })
		}, denial(consent.ReasonHelper)},
		"help for another grant": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.Grant[0]++ })
		}, signature},
		"help replayed from another grant of the request": {func(t *testing.T, h *helped) {
			first := h.grant.Help
			h.grant = h.made(h.request, h.nonce, h.clinic)
			h.grant.Help = first
		}, signature},
		"help for another request": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.Request[0]++ })
		}, signature},
		"help for another vault": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.Vault = "other.test/log" })
		}, signature},
		"help on another registry": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.Registry.ChainID++ })
		}, signature},
		"help not yet in its time": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.NotBefore, said.Until = h.unix()+1, h.unix()+2 })
		}, document},
		"help past its time": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.NotBefore, said.Until = h.unix()-600, h.unix() })
		}, document},
		"help for an hour": {func(t *testing.T, h *helped) {
			h.grant.Help = h.word(h.clinic, &h.grant.Grant, h.nonce, func(said *consent.Help) { said.Until = h.unix() + 3600 })
		}, signature},
		"no session":      {func(_ *testing.T, h *helped) { h.grant.Help.Session = [32]byte{} }, over},
		"another session": {func(_ *testing.T, h *helped) { h.grant.Help.Session[1]++ }, over},
		"ten minutes later": {func(t *testing.T, h *helped) {
			h.pass(10 * time.Minute)
			h.grant = h.made(h.request, h.nonce, h.clinic)
		}, over},
		"eleven minutes later": {func(t *testing.T, h *helped) {
			h.pass(11 * time.Minute)
			h.grant = h.made(h.request, h.nonce, h.clinic)
		}, over},
		"a clock set back after eleven minutes": {func(t *testing.T, h *helped) {
			h.pass(11 * time.Minute)
			_, _ = h.gate.AssistOpen(t.Context(), h.person.ID(), h.nonce)
			h.pass(-11 * time.Minute)
			h.ledger.ahead = 0
		}, func(err error) bool { return errors.Is(err, ErrAssistOver) || errors.Is(err, consent.ErrStaleView) }},
		"another request than the one shown": {func(t *testing.T, h *helped) {
			h.grant = h.made(h.world.request(h.hospital, func(r *consent.Request) { r.RetentionDays = 7 }), h.nonce, h.clinic)
		}, document},
		"a session for no request": {func(t *testing.T, h *helped) {
			h.pass(16 * time.Minute)
			h.nonce = h.opened(consent.RequestID{})
			h.grant = h.made(h.request, h.nonce, h.clinic)
		}, document},
		"the key was ended": {func(t *testing.T, h *helped) {
			st, sig := h.person.EndAssistKey(h.domain, testOrigin, h.time().Add(time.Second))
			if err := h.gate.StateAssistKey(t.Context(), st, sig); err != nil {
				t.Fatal(err)
			}
		}, signature},
		"the key was replaced": {func(t *testing.T, h *helped) {
			h.pass(time.Second)
			h.assistKey()
		}, signature},
		"the session is not carried over to a new key": {func(t *testing.T, h *helped) {
			h.pass(time.Second)
			h.device = h.assistKey()
			h.grant = h.made(h.request, h.nonce, h.clinic)
		}, over},
		"the root key was replaced": {func(_ *testing.T, h *helped) {
			h.ledger.roots[h.person.ID()] = newPerson().Seed.Root().Address()
		}, signature},
		"a recovery is pending": {func(_ *testing.T, h *helped) { h.ledger.frozen = true }, is(consent.ErrFrozen)},
		"a stale view":          {func(_ *testing.T, h *helped) { h.ledger.age = time.Hour }, is(consent.ErrStaleView)},
		"no view":               {func(_ *testing.T, h *helped) { h.ledger.errView = errBroken }, is(consent.ErrUnavailable)},
		"the root key's binding in place of the assist key's": {func(_ *testing.T, h *helped) {
			h.grant.BindingSignature = h.person.Seed.Root().Sign(h.domain.Digest(h.grant.Binding.StructHash()))
		}, signature},
		"the assist key's signature of the root key's binding": {func(_ *testing.T, h *helped) {
			h.grant.BindingSignature = h.device.Key.Sign(h.domain.Digest(h.grant.Binding.StructHash()))
		}, signature},
		"the assist key's binding without help": {func(_ *testing.T, h *helped) {
			h.grant.BindingSignature = h.device.Key.Sign(h.domain.Digest(h.grant.Binding.StructHash()))
			h.grant.Help = nil
		}, signature},
		"a grant that hides the help": {func(t *testing.T, h *helped) {
			h.grant.Grant.Assistance = consent.AssistanceNone
			h.rebind(&h.grant)
		}, document},
		"a grant with help under representation": {func(t *testing.T, h *helped) {
			h.grant.Grant.Representation, h.grant.Representative = consent.RepresentationRepresentative, consent.IdentityID{1}
			h.rebind(&h.grant)
		}, document},
		"policy denies": {func(_ *testing.T, h *helped) {
			h.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonPurposeKind}}, nil
			}
		}, func(err error) bool {
			var d *Denial
			return errors.As(err, &d) && slices.Contains(d.Reasons, consent.ReasonPurposeKind)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHelped(t)
			c.spoil(t, h)
			if err := h.give(); err == nil || !c.want(err) {
				t.Errorf("%v", err)
			}
			if _, status, err := h.gate.Request(t.Context(), h.request.ID()); err == nil && status.Status != consent.StatusRequested {
				t.Errorf("the request is %s", status.Status)
			}
			if slices.Contains(h.relayer.kinds(), consent.ActGrant) || h.journal.count(consent.EntryGranted)+h.journal.count(consent.EntryAssisted) != 0 {
				t.Error("something of it was relayed or written down as given")
			}
		})
	}
}

// rebind signs a changed grant anew, with the device's keys and the helper's word.
func (h *helped) rebind(s *SignedGrant) {
	id := s.Grant.ID()
	s.Act.ID, s.Binding.Grant = id, id
	s.BindingSignature = h.device.Key.Sign(h.domain.Digest(s.Binding.AssistedHash()))
	s.Help = h.word(h.clinic, &s.Grant, h.nonce, func(*consent.Help) {})
}

// TestStoredHelpDenies: what lies in the bucket is believed only with all that proves it.
func TestStoredHelpDenies(t *testing.T) {
	other := newPerson()
	for name, spoil := range map[string]func(h *helped, s *storedGrant){
		"no help":                       func(_ *helped, s *storedGrant) { s.help = nil },
		"another's statement":           func(h *helped, s *storedGrant) { _, s.help.Statement = other.AssistKey(h.domain, testOrigin, h.time()) },
		"a statement for another vault": func(h *helped, s *storedGrant) { _, s.help.Statement = h.person.AssistKey(h.domain, "other", h.time()) },
		"another time":                  func(_ *helped, s *storedGrant) { s.help.Stated++ },
		"another assist key":            func(_ *helped, s *storedGrant) { s.help.AssistKey = other.Seed.Root().Address() },
		"no assist key":                 func(_ *helped, s *storedGrant) { s.help.AssistKey = consent.Address{} },
		"another helper":                func(h *helped, s *storedGrant) { s.help.Institution = h.hospital.ID },
		"another helper's key":          func(h *helped, s *storedGrant) { s.help.Key = publicOf(h.t, h.hospital.ID) },
		"another window":                func(_ *helped, s *storedGrant) { s.help.Until-- },
		"no signature of the helper":    func(_ *helped, s *storedGrant) { s.help.Signature = consent.WriterSignature{} },
		"a binding of another time":     func(_ *helped, s *storedGrant) { s.BindingTime++ },
		"the assist key as root key": func(h *helped, s *storedGrant) {
			s.help, s.BindingSignature = nil, h.device.Key.Sign(h.domain.Digest(s.binding(h.grant.Act.ID).StructHash()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHelped(t)
			if err := h.give(); err != nil {
				t.Fatal(err)
			}
			id := h.grant.Act.ID
			l, err := h.gate.loadGrant(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			changed := *l.storedGrant
			if changed.help != nil {
				help := *changed.help
				changed.help = &help
			}
			spoil(h, &changed)
			h.replaceGrant(id, &changed)
			if _, err := h.release(h.grant); !deniedAs(err, consent.ReasonInvalid) {
				t.Errorf("released: %v", err)
			}
		})
	}
}

func (w *world) replaceGrant(id consent.GrantID, s *storedGrant) {
	w.t.Helper()
	name := w.gate.name(roomGrant, id[:])
	data, err := w.gate.sealGrant(id, s)
	if err != nil {
		w.t.Fatal(err)
	}
	_, tag, err := w.heads.Get(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.heads.Put(w.t.Context(), name, data, tag); err != nil {
		w.t.Fatal(err)
	}
}

// TestAssistSession: one at a time, ten minutes, five of pause, by the vault's clock.
func TestAssistSession(t *testing.T) {
	h := newHelped(t)
	open := func() error { _, err := h.gate.AssistOpen(t.Context(), h.person.ID(), h.nonce); return err }
	if err := open(); err != nil {
		t.Fatal(err)
	}
	if n := h.journal.count(consent.EntryAssistOpened); n != 1 {
		t.Errorf("%d entries of a session", n)
	}
	if _, err := h.open(h.request.ID()); !errors.Is(err, ErrAssistPause) {
		t.Errorf("a second one beside it: %v", err)
	}
	if n := h.journal.count(consent.EntryAssistOpened); n != 1 {
		t.Errorf("%d entries, one of a session that was refused", n)
	}
	h.pass(10*time.Minute - time.Second)
	if err := open(); err != nil {
		t.Errorf("in the tenth minute: %v", err)
	}
	h.pass(time.Second)
	if err := open(); !errors.Is(err, ErrAssistOver) {
		t.Errorf("after ten minutes: %v", err)
	}
	h.pass(5*time.Minute - time.Second)
	if _, err := h.open(h.request.ID()); !errors.Is(err, ErrAssistPause) {
		t.Errorf("within the pause: %v", err)
	}
	h.pass(time.Second)
	if _, err := h.open(h.request.ID()); err != nil {
		t.Errorf("after the pause: %v", err)
	}
	if err := open(); !errors.Is(err, ErrAssistOver) {
		t.Errorf("the one before: %v", err)
	}
	// What cannot be established is not said to be over.
	for name, spoil := range map[string]func(){
		"no ledger": func() { h.ledger.errView = errBroken }, "no head": func() { h.failOn("get", roomHead) }, "no deputies": func() { h.failOn("get", roomAssist) },
	} {
		h.gate = h.newGate()
		spoil()
		if err := open(); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		h.heads.setFault(nil)
		h.ledger.errView = nil
	}
}

func TestAssistSessionDenies(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *helped, s *consent.AssistSession)
		key    func(h *helped) *wallet.Key
		want   error
	}{
		"the root key":                  {nil, func(h *helped) *wallet.Key { return h.person.Seed.Root() }, consent.ErrSignature},
		"the session key":               {nil, func(h *helped) *wallet.Key { return h.person.Seed.Session() }, consent.ErrSignature},
		"a stranger's":                  {nil, func(*helped) *wallet.Key { return newPerson().Seed.Root() }, consent.ErrSignature},
		"somebody who is not here":      {func(_ *helped, s *consent.AssistSession) { s.Identity = newPerson().ID() }, nil, consent.ErrSignature},
		"eleven minutes":                {func(h *helped, s *consent.AssistSession) { s.Expires = h.unix() + 601 }, nil, consent.ErrGrant},
		"over already":                  {func(h *helped, s *consent.AssistSession) { s.Expires = h.unix() }, nil, consent.ErrGrant},
		"the end of numbers":            {func(_ *helped, s *consent.AssistSession) { s.Expires = ^uint64(0) }, nil, consent.ErrGrant},
		"a request that is not here":    {func(_ *helped, s *consent.AssistSession) { s.Request[0]++ }, nil, consent.ErrGrant},
		"a recovery is pending":         {func(h *helped, _ *consent.AssistSession) { h.ledger.frozen = true }, nil, consent.ErrFrozen},
		"a stale view":                  {func(h *helped, _ *consent.AssistSession) { h.ledger.age = time.Hour }, nil, consent.ErrStaleView},
		"no journal":                    {func(h *helped, _ *consent.AssistSession) { h.journal.set(errBroken, false) }, nil, consent.ErrUnavailable},
		"no view":                       {func(h *helped, _ *consent.AssistSession) { h.ledger.errView = errBroken }, nil, consent.ErrUnavailable},
		"no place for it":               {func(h *helped, _ *consent.AssistSession) { h.failOn("put", roomAssist) }, nil, consent.ErrUnavailable},
		"a request that cannot be read": {func(h *helped, _ *consent.AssistSession) { h.failOn("get", roomRequest) }, nil, consent.ErrUnavailable},
		"deputies that cannot be read":  {func(h *helped, _ *consent.AssistSession) { h.gate = h.newGate(); h.failNth(1, "get", roomAssist) }, nil, consent.ErrUnavailable},
		"nor a second time":             {func(h *helped, _ *consent.AssistSession) { h.failNth(2, "get", roomAssist) }, nil, consent.ErrUnavailable},
		"nor when it is committed":      {func(h *helped, _ *consent.AssistSession) { h.failNth(3, "get", roomAssist) }, nil, consent.ErrUnavailable},
		"a key that is replaced meanwhile": {func(h *helped, _ *consent.AssistSession) {
			h.meanwhile(consent.EntryAssistOpened, func() { h.assistKey() })
		}, nil, consent.ErrSignature},
		"another that is opened meanwhile": {func(h *helped, _ *consent.AssistSession) {
			h.meanwhile(consent.EntryAssistOpened, func() { h.opened(h.request.ID()) })
		}, nil, ErrAssistPause},
		"a root key that was replaced": {func(h *helped, _ *consent.AssistSession) {
			h.ledger.roots[h.person.ID()] = newPerson().Seed.Root().Address()
		}, nil, consent.ErrSignature},
		"a key that was ended": {func(h *helped, _ *consent.AssistSession) {
			st, sig := h.person.EndAssistKey(h.domain, testOrigin, h.time())
			if err := h.gate.StateAssistKey(h.t.Context(), st, sig); err != nil {
				h.t.Fatal(err)
			}
		}, nil, consent.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHelped(t)
			h.pass(16 * time.Minute)
			s := consent.AssistSession{Identity: h.person.ID(), Vault: testOrigin, Request: h.request.ID(), Nonce: [32]byte{1: 9}, Expires: h.unix() + 600}
			if c.change != nil {
				c.change(h, &s)
			}
			key := h.device.Key
			if c.key != nil {
				key = c.key(h)
			}
			if err := h.gate.OpenAssist(t.Context(), s, key.Sign(h.domain.Digest(s.StructHash()))); !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
			h.heads.setFault(nil)
			h.ledger.errView = nil
			if _, err := h.gate.AssistOpen(t.Context(), h.person.ID(), s.Nonce); err == nil {
				t.Error("it is open")
			}
		})
	}
}

func TestAssistKey(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	ctx := t.Context()
	state := func(st consent.AssistKey, sig consent.Signature) error { return w.gate.StateAssistKey(ctx, st, sig) }
	st, sig := w.person.AssistKey(w.domain, testOrigin, w.time())
	if err := errors.Join(state(st, sig), state(st, sig)); err != nil {
		t.Fatal(err)
	}
	if n := w.journal.count(consent.EntryAssistKey); n != 1 {
		t.Errorf("%d entries", n)
	}
	signed := func(by *wallet.Key, change func(*consent.AssistKey)) error {
		other := st
		other.Time++
		change(&other)
		return state(other, by.Sign(w.domain.Digest(other.StructHash())))
	}
	root, none := w.person.Seed.Root(), func(*consent.AssistKey) {}
	for name, c := range map[string]struct{ got, want error }{
		"by the assist key itself": {signed(w.person.Seed.Assist(st.Time), none), consent.ErrSignature},
		"by the session key":       {signed(w.person.Seed.Session(), none), consent.ErrSignature},
		"for another vault":        {signed(root, func(a *consent.AssistKey) { a.Vault = "other" }), consent.ErrSignature},
		"for somebody else":        {signed(root, func(a *consent.AssistKey) { a.Identity = newPerson().ID() }), consent.ErrSignature},
		"from before":              {signed(root, func(a *consent.AssistKey) { a.Time = st.Time - 1 }), consent.ErrConflict},
		"another of the same time": {signed(root, func(a *consent.AssistKey) { a.Time, a.Key = st.Time, consent.Address{1} }), consent.ErrConflict},
		"from tomorrow":            {signed(root, func(a *consent.AssistKey) { a.Time += 86400 }), consent.ErrGrant},
		"ended by a stranger":      {signed(newPerson().Seed.Root(), func(a *consent.AssistKey) { a.Key = consent.Address{} }), consent.ErrSignature},
		"ended before":             {signed(root, func(a *consent.AssistKey) { a.Time, a.Key = st.Time-1, consent.Address{} }), consent.ErrConflict},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v; want %v", name, c.got, c.want)
		}
	}
	if n := w.journal.count(consent.EntryAssistKey); n != 1 {
		t.Errorf("%d entries after refusals", n)
	}
	w.pass(time.Second)
	for name, c := range map[string]struct {
		spoil func()
		ends  bool
		want  error
	}{
		"a recovery is pending":           {func() { w.ledger.frozen = true }, false, consent.ErrFrozen},
		"a stale view":                    {func() { w.ledger.age = time.Hour }, false, consent.ErrStaleView},
		"no ledger":                       {func() { w.ledger.errRoot = errBroken }, false, consent.ErrUnavailable},
		"no journal":                      {func() { w.journal.set(errBroken, false) }, false, consent.ErrUnavailable},
		"no place for it":                 {func() { w.failOn("put", roomAssist) }, false, consent.ErrUnavailable},
		"no place for the end":            {func() { w.failOn("put", roomAssist) }, true, consent.ErrUnavailable},
		"the one in force cannot be read": {func() { w.failOn("get", roomAssist) }, false, consent.ErrUnavailable},
		"nor when it is ended":            {func() { w.failOn("get", roomAssist) }, true, consent.ErrUnavailable},
	} {
		c.spoil()
		next, sig := w.person.AssistKey(w.domain, testOrigin, w.time())
		if c.ends {
			next, sig = w.person.EndAssistKey(w.domain, testOrigin, w.time())
		}
		if err := state(next, sig); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
		w.heads.setFault(nil)
		w.journal.set(nil, false)
		w.ledger.frozen, w.ledger.age, w.ledger.errRoot = false, 0, nil
		if _, d, err := w.gate.assisted(ctx, w.person.ID()); err != nil || d.AssistKey != st.Key {
			t.Errorf("%s: in force is another key, %v", name, err)
		}
	}
	// Of two at once the later one stands.
	w.pass(time.Minute)
	w.meanwhile(consent.EntryAssistKey, func() {
		later, sig := w.person.AssistKey(w.domain, testOrigin, w.time())
		if err := w.newGate().StateAssistKey(ctx, later, sig); err != nil {
			t.Error(err)
		}
	})
	if err := state(w.person.AssistKey(w.domain, testOrigin, w.time().Add(-time.Second))); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("another was stated meanwhile: %v", err)
	}
	// Ending waits for neither ledger nor journal; a new key for both.
	w.ledger.errView, w.ledger.errRoot = errBroken, errBroken
	w.journal.set(errBroken, false)
	w.pass(time.Second)
	if err := state(w.person.AssistKey(w.domain, testOrigin, w.time())); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a new key without ledger and journal: %v", err)
	}
	if err := state(w.person.EndAssistKey(w.domain, testOrigin, w.time())); err != nil {
		t.Errorf("ending: %v", err)
	}
	w.ledger.errView, w.ledger.errRoot = nil, nil
	w.journal.set(nil, false)
	if _, d, err := w.gate.assisted(ctx, w.person.ID()); err != nil || d.AssistKey != (consent.Address{}) {
		t.Errorf("ended: %v", err)
	}
}

// TestDeputiesPutBack: a store that goes back to an ended key is refused.
func TestDeputiesPutBack(t *testing.T) {
	h := newHelped(t)
	id := h.person.ID()
	name := h.gate.name(roomAssist, id[:])
	old, _, err := h.heads.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	st, sig := h.person.EndAssistKey(h.domain, testOrigin, h.time().Add(time.Second))
	if err := h.gate.StateAssistKey(t.Context(), st, sig); err != nil {
		t.Fatal(err)
	}
	put := func(data []byte) {
		_, tag, err := h.heads.Get(t.Context(), name)
		if err == nil {
			_, err = h.heads.Put(t.Context(), name, data, tag)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(old)
	if err := h.give(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("put back: %v", err)
	}
	// Another person's in its place.
	other := newHelped(t)
	otherID := other.person.ID()
	foreign, _, err := other.heads.Get(t.Context(), other.gate.name(roomAssist, otherID[:]))
	if err != nil {
		t.Fatal(err)
	}
	put(foreign)
	if err := h.give(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("exchanged: %v", err)
	}
	if err := h.heads.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if err := h.give(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("taken away: %v", err)
	}
}

// TestDeputiesDamaged: whoever has the vault's own keys leaves what the vault cannot have written.
func TestDeputiesDamaged(t *testing.T) {
	h := newHelped(t)
	id := h.person.ID()
	s, _, err := h.gate.subject(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	sound, _, err := h.gate.deputies(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	name := h.gate.name(roomAssist, id[:])
	for what, c := range map[string]struct {
		change func(d *deputies, o *deputiesObject)
		cut    int // bytes that are left; 0: all
		want   error
	}{
		"sound":           {func(*deputies, *deputiesObject) {}, 0, nil},
		"another version": {func(d *deputies, _ *deputiesObject) { d.Version++ }, 0, consent.ErrUnavailable},
		"no revision":     {func(d *deputies, _ *deputiesObject) { d.Revision = 0 }, 0, consent.ErrUnavailable},
		"as another's":    {func(_ *deputies, o *deputiesObject) { o.Identity[0]++ }, 0, consent.ErrUnavailable},
		"cut short":       {func(*deputies, *deputiesObject) {}, 9, consent.ErrUnavailable},
	} {
		d, o := *sound, deputiesObject{Version: objectVersion, Identity: id}
		c.change(&d, &o)
		plaintext, err := encoding.Marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		if c.cut > 0 {
			plaintext = plaintext[:c.cut]
		}
		if o.Sealed, err = s.kek.SealField(deputiesAD(id), crypto.Pad(plaintext, leastObject)); err != nil {
			t.Fatal(err)
		}
		data, err := seal(h.gate.headSealer, label(roomAssist, name), o)
		if err != nil {
			t.Fatal(err)
		}
		h.heads.plant(name, data)
		if _, err := h.newGate().AssistOpen(t.Context(), id, h.nonce); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestHelpersLimit: whoever asks at once, no more than the limit are given in a day.
func TestHelpersLimit(t *testing.T) {
	const limit, people = 3, 7
	h := newHelped(t)
	c := h.config()
	c.AssistsPerDay = limit
	gates := []*Gate{h.gateOf(c), h.gateOf(c)}
	grants := make([]SignedGrant, people)
	for i := range grants {
		h.person = newPerson()
		h.enrol(h.person)
		h.device = h.assistKey()
		r := h.world.request(h.hospital)
		grants[i] = h.made(r, h.opened(r.ID()), h.clinic)
	}
	var group sync.WaitGroup
	results := make([]error, people)
	for i := range grants {
		group.Go(func() { _, results[i] = gates[i%2].Grant(t.Context(), grants[i]) })
	}
	group.Wait()
	given, denied := 0, 0
	for i, err := range results {
		switch {
		case err == nil:
			given++
		case deniedAs(err, consent.ReasonHelperLimit):
			denied++
		default:
			t.Errorf("%d: %v", i, err)
		}
	}
	if given != limit || denied != people-limit {
		t.Errorf("%d given, %d denied; want %d and %d", given, denied, limit, people-limit)
	}
	// Another institution has a limit of its own, and the next day begins anew.
	for i, err := range results {
		if err == nil {
			continue
		}
		g := grants[i]
		g.Help = h.word(h.hospital, &g.Grant, g.Help.Session, func(*consent.Help) {})
		if _, err := gates[0].Grant(t.Context(), g); err != nil {
			t.Errorf("with another's help: %v", err)
		}
		break
	}
	h.pass(24 * time.Hour)
	h.person = newPerson()
	h.enrol(h.person)
	h.device = h.assistKey()
	r := h.world.request(h.hospital)
	if _, err := gates[1].Grant(t.Context(), h.made(r, h.opened(r.ID()), h.clinic)); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestAssistedStops(t *testing.T) {
	h := newHelped(t)
	if err := h.give(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	own := h.world.grant() // by the person's own phone
	person := h.person
	h.person = newPerson()
	theirs := h.world.grant()
	h.person = person
	list := func() []StandingGrant {
		page, _, err := h.gate.Standing(ctx, h.person.ID(), "", 10)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	if got := list(); len(got) != 2 || got[0].Institution != h.hospital.ID || got[0].Expires != h.grant.Grant.Expires {
		t.Errorf("what stands: %+v", got)
	}
	stop := func(id consent.GrantID, at time.Time, by *wallet.Key) error {
		w, _ := h.device.Withdraw(h.domain, testOrigin, id, at)
		_, err := h.gate.WithdrawAssisted(ctx, w, by.Sign(h.domain.Digest(w.StructHash())))
		return err
	}
	stopAll := func(at time.Time, by *wallet.Key) error {
		w, _ := h.device.WithdrawAll(h.domain, testOrigin, at)
		_, err := h.gate.WithdrawAllAssisted(ctx, w, by.Sign(h.domain.Digest(w.AssistedHash())))
		return err
	}
	key := h.device.Key
	notHere := func() error {
		w := consent.AssistWithdraw{Identity: newPerson().ID(), Vault: testOrigin, ID: own.Act.ID, Time: h.unix()}
		_, err := h.gate.WithdrawAssisted(ctx, w, key.Sign(h.domain.Digest(w.StructHash())))
		return err
	}
	unread := func(room string) error {
		h.failOn("get", room)
		defer h.heads.setFault(nil)
		return stop(own.Act.ID, h.time(), key)
	}
	for name, c := range map[string]struct{ got, want error }{
		"by the root key":             {stop(own.Act.ID, h.time(), h.person.Seed.Root()), consent.ErrSignature},
		"all by the root key":         {stopAll(h.time(), h.person.Seed.Root()), consent.ErrSignature},
		"by a stranger":               {stop(own.Act.ID, h.time(), newPerson().Seed.Root()), consent.ErrSignature},
		"of a grant that is not here": {stop(consent.GrantID{1}, h.time(), key), consent.ErrSignature},
		"of somebody else's grant":    {stop(theirs.Act.ID, h.time(), key), consent.ErrSignature},
		"for who is not here":         {notHere(), consent.ErrSignature},
		"the head cannot be read":     {unread(roomHead), consent.ErrUnavailable},
		"the key cannot be read":      {unread(roomAssist), consent.ErrUnavailable},
		"the grant cannot be read":    {unread(roomGrant), consent.ErrUnavailable},
		"of eleven minutes ago":       {stop(own.Act.ID, h.time().Add(-11*time.Minute), key), consent.ErrGrant},
		"all of eleven minutes ago":   {stopAll(h.time().Add(-11*time.Minute), key), consent.ErrGrant},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v; want %v", name, c.got, c.want)
		}
	}
	if _, err := h.gate.Withdraw(ctx, own.Act.ID, key.Sign(h.domain.Digest(consent.WithdrawAsIdentityHash(own.Act.ID, h.person.ID())))); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("the assist key as the root key: %v", err)
	}
	if len(list()) != 2 {
		t.Fatal("something was stopped")
	}
	// Nothing holds a stop up: neither ledger, journal nor session.
	h.pass(9 * time.Hour)
	h.ledger.errView, h.ledger.errRoot, h.ledger.errState = errBroken, errBroken, errBroken
	h.journal.set(errBroken, false)
	if err := stop(own.Act.ID, h.time(), key); err != nil {
		t.Errorf("without ledger and journal: %v", err)
	}
	h.ledger.errView, h.ledger.errRoot, h.ledger.errState = nil, nil, nil
	h.journal.set(nil, false)
	if got := list(); len(got) != 1 || got[0].ID != h.grant.Act.ID {
		t.Errorf("after one stop: %+v", got)
	}
	// The key that was replaced: what it signed before counts, what it signs later does not.
	h.pass(time.Minute)
	h.assistKey()
	if err := stop(h.grant.Act.ID, h.time().Add(time.Second), key); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("by the key before, later: %v", err)
	}
	if err := stopAll(h.time().Add(-time.Minute), key); err != nil {
		t.Errorf("by the key before, earlier: %v", err)
	}
	if got := list(); len(got) != 0 {
		t.Errorf("after all were stopped: %+v", got)
	}
	if _, err := h.release(own); !deniedAs(err, consent.ReasonWithdrawn) {
		t.Errorf("released: %v", err)
	}
}

// TestErasureTakesDeputies: no key opens them, and the object goes.
func TestErasureTakesDeputies(t *testing.T) {
	h := newHelped(t)
	if err := h.give(); err != nil {
		t.Fatal(err)
	}
	id := h.person.ID()
	if _, err := h.eraseBy(h.gate, h.person); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.heads.Get(t.Context(), h.gate.name(roomAssist, id[:])); !errors.Is(err, ErrAbsent) {
		t.Errorf("the object: %v", err)
	}
	if _, err := h.open(h.request.ID()); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("a session: %v", err)
	}
	if _, err := h.gate.AssistOpen(t.Context(), id, h.nonce); !errors.Is(err, ErrAssistOver) {
		t.Errorf("the session: %v", err)
	}
}
