package api

import (
	"crypto"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// assistant states an assist key for a person and hands it to a helper's device.
func (w *world) assistant(person *wallet.Identity) *wallet.Assistant {
	w.Helper()
	st, sig := person.AssistKey(w.ledger, "vault.example/log", w.now)
	ok(w.T, w.vault.StateAssistKey(w.Context(), st, sig))
	return &wallet.Assistant{Identity: person.ID(), Key: person.Seed.Assist(st.Time)}
}

// assistSession opens a helper's device's session for a request.
func (s *stage) assistSession(a *wallet.Assistant, request consent.RequestID) *pageReader {
	s.Helper()
	key, err := wallet.NewProofKey()
	ok(s.T, err)
	answer := s.openAssist(a, request, key, 10*time.Minute, s.nonce())
	status(s.T, http.StatusCreated, answer.code, answer.body)
	r := &pageReader{s: s, key: key, answer: &openapi.Session{}}
	ok(s.T, json.Unmarshal(answer.body, r.answer))
	r.id = r.answer.Session
	return r
}

type answered struct {
	code int
	body []byte
}

func (s *stage) openAssist(a *wallet.Assistant, request consent.RequestID, key *wallet.ProofKey, life time.Duration, nonce consent.Digest) answered {
	s.Helper()
	st, sig := a.OpenSession(s.domain(), "vault.example/log", pageOrigin, request, nonce, key.Digest(), s.now.Add(life))
	call := openapi.AssistSessionCall{Identity: hexOf(st.Identity[:]), Origin: st.Origin, Request: hexOf(st.Request[:]), Nonce: hexOf(st.Nonce[:]), ProofKey: key.Public(), Expires: st.Expires, Signature: hexOf(sig[:])}
	answer := s.handle(http.MethodPost, "/v1/assist/sessions", string(mustJSON(call)), nil)
	return answered{answer.Code, answer.Body.Bytes()}
}

// TestAssistSessionIsNoOther: a helper's device's session opens its own operations and no
// other, as a person's opens none of these; it is spent once, and over after ten minutes.
func TestAssistSessionIsNoOther(t *testing.T) {
	w := newWorld(t)
	person, signed := w.agreed(func(*consent.Request) {})
	w.chain.confirm()
	a := w.assistant(person)
	key, err := wallet.NewProofKey()
	ok(t, err)
	nonce := w.nonce()
	if got := w.openAssist(a, consent.RequestID{}, key, 10*time.Minute+time.Second, nonce); got.code != http.StatusUnauthorized {
		t.Errorf("for longer than ten minutes: %d", got.code)
	}
	st, _ := a.OpenSession(w.ledger, "vault.example/log", pageOrigin, consent.RequestID{}, nonce, key.Digest(), w.now.Add(time.Minute))
	own := person.Seed.Session().Sign(w.ledger.Digest(st.StructHash()))
	call := openapi.AssistSessionCall{Identity: hexOf(st.Identity[:]), Origin: st.Origin, Request: hexOf(st.Request[:]), Nonce: hexOf(st.Nonce[:]), ProofKey: key.Public(), Expires: st.Expires, Signature: hexOf(own[:])}
	if got := w.handle(http.MethodPost, "/v1/assist/sessions", string(mustJSON(call)), nil); got.Code != http.StatusUnauthorized {
		t.Errorf("by the session key: %d", got.Code)
	}
	r := w.assistSession(a, consent.RequestID{})
	if got := w.openAssist(a, consent.RequestID{}, key, time.Minute, w.nonce()); got.code != http.StatusConflict {
		t.Errorf("a second one: %d %s", got.code, got.body)
	}
	page := get[openapi.StandingPage](t, r, "/v1/assist/grants")
	if len(page.Grants) != 1 || page.Grants[0].Id != signed.Grant.ID().String() || page.Grants[0].Name != clinic.Name {
		t.Errorf("what stands: %+v", page)
	}
	for _, path := range []string{"/v1/person/grants", "/v1/person/history", "/v1/person/facts", "/v1/person/representative"} {
		if got := w.handle(http.MethodGet, path, "", r.headers(http.MethodGet, path)); got.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	const standing = "/v1/assist/grants"
	if got := w.handle(http.MethodGet, standing, "", w.session(person).headers(http.MethodGet, standing)); got.Code != http.StatusUnauthorized {
		t.Errorf("in a person's own session: %d", got.Code)
	}
	h := r.headers(http.MethodGet, standing)
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		if got := w.handle(http.MethodGet, standing, "", h); got.Code != want {
			t.Errorf("proof sent %d times: %d", i+1, got.Code)
		}
	}
	w.now = w.now.Add(10 * time.Minute)
	if got := w.handle(http.MethodGet, standing, "", r.headers(http.MethodGet, standing)); got.Code != http.StatusUnauthorized {
		t.Errorf("after ten minutes: %d", got.Code)
	}
}

// TestGiveAssisted goes the whole way over HTTP; a key that was removed from the ledger, and one
// of another institution, sign for nobody.
func TestGiveAssisted(t *testing.T) {
	w := newWorld(t)
	w.register.byKey[KeyHash(w.certificates["clinic"].Leaf)] = clinic
	person, _ := w.agreed(func(*consent.Request) {})
	ask := newActor().request
	ask.Salt = consent.Salt{}
	id, err := w.vault.CreateRequest(t.Context(), clinic, ask, "")
	ok(t, err)
	request, _, err := w.vault.Request(t.Context(), id)
	ok(t, err)
	a := w.assistant(person)
	r := w.assistSession(a, id)
	signed, err := a.Answer(w.ledger, request, wallet.Choice{Language: "en"}, w.now)
	ok(t, err)
	call := openapi.AssistedGrant{Grant: wireGrant(&signed.Grant), Deadline: signed.Act.Deadline, Signature: hexOf(signed.ActSignature[:]), Binding: grantBody(signed).Binding}
	help := func(by string) {
		said := consent.Help{
			Registry: consent.Domain{ChainID: w.ledger.ChainID, Contract: w.api.cfg.Deployment.InstitutionRegistry}, Vault: "vault.example/log", Institution: clinic.ID,
			Grant: signed.Grant.ID(), Request: id, NotBefore: uint64(w.now.Unix()), Until: uint64(w.now.Unix()) + 600,
		}
		private, isSigner := w.certificates[by].PrivateKey.(crypto.Signer)
		if !isSigner {
			t.Fatal("no key")
		}
		key, err := consent.WriterKeyOf(private.Public())
		ok(t, err)
		sig, err := said.Sign(private)
		ok(t, err)
		call.Help = openapi.Help{Institution: clinic.ID.String(), Key: key[:], NotBefore: said.NotBefore, Until: said.Until, Signature: sig[:]}
	}
	send := func() (int, string) {
		const path = "/v1/assist/grants"
		got := w.handle(http.MethodPost, path, string(mustJSON(call)), r.headers(http.MethodPost, path))
		return got.Code, got.Body.String()
	}
	help("school")
	if code, body := send(); code != http.StatusForbidden {
		t.Errorf("by another's key: %d %s", code, body)
	}
	help("clinic")
	hash := KeyHash(w.certificates["clinic"].Leaf)
	w.past = map[consent.Digest]consent.InstitutionID{hash: clinic.ID}
	delete(w.register.byKey, hash)
	if code, body := send(); code != http.StatusForbidden {
		t.Errorf("by a key that was removed: %d %s", code, body)
	}
	w.register.byKey[hash] = clinic
	if code, body := send(); code != http.StatusCreated {
		t.Fatalf("%d %s", code, body)
	}
	w.chain.confirm()
	released, err := w.vault.Held(t.Context(), clinic, signed.Grant.ID())
	if err != nil || released.Status != consent.StatusGiven || released.Grant.Assistance != consent.AssistanceAssisted {
		t.Errorf("%s, %v", released.Status, err)
	}
	history := get[openapi.HistoryPage](t, w.session(person), "/v1/person/history?limit=50")
	var kinds []string
	for _, e := range history.Entries {
		if kinds = append(kinds, e.Kind); e.Kind == string(consent.EntryAssisted) && (e.Institution == nil || *e.Institution != clinic.ID.String()) {
			t.Errorf("it does not say who helped: %+v", e)
		}
	}
	for _, want := range []consent.EntryKind{consent.EntryAssistKey, consent.EntryAssistOpened, consent.EntryAssisted, consent.EntryGranted} {
		found := false
		for _, k := range kinds {
			found = found || k == string(want)
		}
		if !found {
			t.Errorf("no %s among %v", want, kinds)
		}
	}
}
