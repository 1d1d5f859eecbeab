package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// pageReader is a person's page: a session and the key that proves each request.
type pageReader struct {
	s      *stage
	key    *wallet.ProofKey
	id     string
	answer *openapi.Session
}

func (s *stage) domain() consent.Domain {
	return consent.Domain{ChainID: s.api.cfg.Deployment.ChainID, Contract: s.api.cfg.Deployment.ConsentLedger}
}

func (s *stage) nonce() consent.Digest {
	s.Helper()
	answer := s.handle(http.MethodPost, "/v1/sessions/nonce", "", nil)
	var n openapi.Nonce
	ok(s.T, json.Unmarshal(answer.Body.Bytes(), &n))
	var nonce consent.Digest
	ok(s.T, nonce.UnmarshalText([]byte(n.Nonce)))
	return nonce
}

// handle asks the public handler without a network.
func (s *stage) handle(method, path, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.api.PublicHandler().ServeHTTP(w, r)
	return w
}

func sessionBody(stated consent.Session, key []byte, sig consent.Signature) string {
	return string(mustJSON(openapi.SessionCall{
		Identity: hexOf(stated.Identity[:]), Origin: stated.Origin, Nonce: hexOf(stated.Nonce[:]), ProofKey: key, Expires: stated.Expires, Signature: hexOf(sig[:]),
	}))
}

func (s *stage) session(person *wallet.Identity) *pageReader {
	s.Helper()
	key, err := wallet.NewProofKey()
	ok(s.T, err)
	stated, sig := person.OpenSession(s.domain(), "vault.example/log", pageOrigin, s.nonce(), key.Digest(), s.now.Add(10*time.Minute))
	answer := s.handle(http.MethodPost, "/v1/sessions", sessionBody(stated, key.Public(), sig), nil)
	status(s.T, http.StatusCreated, answer.Code, answer.Body.Bytes())
	r := &pageReader{s: s, key: key, answer: &openapi.Session{}}
	ok(s.T, json.Unmarshal(answer.Body.Bytes(), r.answer))
	r.id = r.answer.Session
	return r
}

func (r *pageReader) headers(method, path string) http.Header {
	proof, err := r.key.Prove(method, path, r.id, r.s.now)
	ok(r.s.T, err)
	return http.Header{"Wrappy-Session": {r.id}, "Wrappy-Proof": {proof}}
}

func get[T any](t *testing.T, r *pageReader, path string) (page T) {
	t.Helper()
	answer := r.s.handle(http.MethodGet, path, "", r.headers(http.MethodGet, path))
	status(t, http.StatusOK, answer.Code, answer.Body.Bytes())
	ok(t, json.Unmarshal(answer.Body.Bytes(), &page))
	return page
}

func enrolledPerson(s *stage) *wallet.Identity {
	person := wallet.NewIdentity()
	s.gate.keys[person.ID()] = person.Seed.Session().Address()
	return person
}

func TestSessionOpens(t *testing.T) {
	other, err := wallet.NewProofKey()
	ok(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	ok(t, err)
	wrongCurve, err := x509.MarshalPKIXPublicKey(p384.Public())
	ok(t, err)
	type opening struct {
		stated  consent.Session
		key     []byte
		sign    *wallet.Identity
		expires time.Duration
		domain  consent.Domain
	}
	for _, c := range []struct {
		name   string
		change func(*stage, *opening)
		allow  bool
	}{
		{"as it should be", func(*stage, *opening) {}, true},
		{"to the last second", func(_ *stage, o *opening) { o.expires = sessionLife }, true},

		{"too long", func(_ *stage, o *opening) { o.expires = sessionLife + time.Second }, false},
		{"over already", func(_ *stage, o *opening) { o.expires = 0 }, false},
		{"another origin", func(_ *stage, o *opening) { o.stated.Origin = "https://evil.example" }, false},
		{"origin of other case", func(_ *stage, o *opening) { o.stated.Origin = "https://VAULT.example" }, false},
		{"no origin", func(_ *stage, o *opening) { o.stated.Origin = "" }, false},
		{"own nonce", func(_ *stage, o *opening) { o.stated.Nonce = sha256.Sum256([]byte("mine")) }, false},
		{"changed nonce", func(_ *stage, o *opening) { o.stated.Nonce[9] ^= 1 }, false},
		{"nonce made to last", func(_ *stage, o *opening) { o.stated.Nonce[7] ^= 1 }, false},
		{"nonce of another vault", func(s *stage, o *opening) { o.stated.Nonce = newStage(s.T).nonce() }, false},
		{"old nonce", func(s *stage, o *opening) { s.now, o.expires = s.now.Add(nonceLife), nonceLife+time.Minute }, false},
		{"nonce in its last second", func(s *stage, o *opening) { s.now, o.expires = s.now.Add(nonceLife-time.Second), nonceLife+time.Minute }, true},
		{"another proof key", func(_ *stage, o *opening) { o.key = other.Public() }, false},
		{"proof key of another curve", func(_ *stage, o *opening) { o.key, o.stated.ProofKey = wrongCurve, sha256.Sum256(wrongCurve) }, false},
		{"proof key and more", func(_ *stage, o *opening) {
			o.key = append(o.key, 0)
			o.stated.ProofKey = sha256.Sum256(o.key)
		}, false},
		{"no proof key", func(_ *stage, o *opening) { o.key, o.stated.ProofKey = []byte{}, sha256.Sum256(nil) }, false},
		{"signed by somebody else", func(_ *stage, o *opening) { o.sign = wallet.NewIdentity() }, false},
		{"unknown identity", func(s *stage, _ *opening) { clear(s.gate.keys) }, false},
		{"another vault", func(_ *stage, o *opening) { o.stated.Vault = "other.example/log" }, false},
		{"another chain", func(_ *stage, o *opening) { o.domain.ChainID++ }, false},
		{"another contract", func(_ *stage, o *opening) { o.domain.Contract[0]++ }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			person := enrolledPerson(s)
			key, err := wallet.NewProofKey()
			ok(t, err)
			o := &opening{stated: consent.Session{Identity: person.ID(), Vault: "vault.example/log", Origin: pageOrigin, Nonce: s.nonce(), ProofKey: key.Digest()}, key: key.Public(), sign: person, expires: time.Minute, domain: s.domain()}
			began := s.now
			c.change(s, o)
			o.stated.Expires = uint64(began.Add(o.expires).Unix())
			sig := o.sign.Seed.Session().Sign(o.domain.Digest(o.stated.StructHash()))
			body := sessionBody(o.stated, o.key, sig)
			answer := s.handle(http.MethodPost, "/v1/sessions", body, nil)
			if c.allow {
				status(t, http.StatusCreated, answer.Code, answer.Body.Bytes())
				if twice := s.handle(http.MethodPost, "/v1/sessions", body, nil); twice.Code != http.StatusUnauthorized {
					t.Errorf("one nonce, two sessions: %d", twice.Code)
				}
				return
			}
			want := s.handle(http.MethodGet, "/v1/person/grants", "", nil) // one answer to all
			if answer.Code != http.StatusUnauthorized || answer.Body.String() != want.Body.String() {
				t.Errorf("%d %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestSessionReads(t *testing.T) {
	const path = "/v1/person/grants?limit=5"
	for _, c := range []struct {
		name   string
		change func(s *stage, r *pageReader, h http.Header)
		allow  bool
	}{
		{"as it should be", func(*stage, *pageReader, http.Header) {}, true},
		{"clock behind by less than a minute", func(s *stage, _ *pageReader, _ http.Header) { s.now = s.now.Add(proofSkew) }, true},

		{"stale", func(s *stage, _ *pageReader, _ http.Header) { s.now = s.now.Add(proofSkew + time.Second) }, false},
		{"from the future", func(s *stage, _ *pageReader, _ http.Header) { s.now = s.now.Add(-proofSkew - time.Second) }, false},
		{"no session", func(_ *stage, _ *pageReader, h http.Header) { h.Del("Wrappy-Session") }, false},
		{"no proof", func(_ *stage, _ *pageReader, h http.Header) { h.Del("Wrappy-Proof") }, false},
		{"two sessions", func(_ *stage, r *pageReader, h http.Header) { h["Wrappy-Session"] = []string{r.id, r.id} }, false},
		{"two proofs", func(_ *stage, _ *pageReader, h http.Header) {
			h["Wrappy-Proof"] = append(h["Wrappy-Proof"], h["Wrappy-Proof"][0])
		}, false},
		{"unknown session", func(_ *stage, _ *pageReader, h http.Header) { h.Set("Wrappy-Session", "x") }, false},
		{"another path", func(_ *stage, r *pageReader, h http.Header) {
			h["Wrappy-Proof"] = r.headers(http.MethodGet, "/v1/person/history")["Wrappy-Proof"]
		}, false},
		{"another query", func(_ *stage, r *pageReader, h http.Header) {
			h["Wrappy-Proof"] = r.headers(http.MethodGet, "/v1/person/grants?limit=6")["Wrappy-Proof"]
		}, false},
		{"no query", func(_ *stage, r *pageReader, h http.Header) {
			h["Wrappy-Proof"] = r.headers(http.MethodGet, "/v1/person/grants")["Wrappy-Proof"]
		}, false},
		{"another method", func(_ *stage, r *pageReader, h http.Header) {
			h["Wrappy-Proof"] = r.headers(http.MethodPost, path)["Wrappy-Proof"]
		}, false},
		{"another key", func(_ *stage, r *pageReader, h http.Header) {
			r.key, _ = wallet.NewProofKey()
			h["Wrappy-Proof"] = r.headers(http.MethodGet, path)["Wrappy-Proof"]
		}, false},
		{"another time than signed", func(s *stage, _ *pageReader, h http.Header) {
			_, signature, _ := strings.Cut(h.Get("Wrappy-Proof"), ".")
			h.Set("Wrappy-Proof", strconv.FormatInt(s.now.Unix()+1, 10)+"."+signature)
		}, false},
		{"replay", func(s *stage, _ *pageReader, h http.Header) {
			if first := s.handle(http.MethodGet, path, "", h); first.Code != http.StatusOK {
				s.Fatalf("first: %d", first.Code)
			}
		}, false},
		{"replay in its other form", func(s *stage, _ *pageReader, h http.Header) {
			if first := s.handle(http.MethodGet, path, "", h); first.Code != http.StatusOK {
				s.Fatalf("first: %d", first.Code)
			}
			at, sig, _ := strings.Cut(h.Get("Wrappy-Proof"), ".")
			raw, _ := base64.RawURLEncoding.DecodeString(sig)
			twin := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(raw[32:]))
			h.Set("Wrappy-Proof", at+"."+base64.RawURLEncoding.EncodeToString(append(raw[:32], twin.FillBytes(make([]byte, 32))...)))
		}, false},
		{"session over", func(s *stage, r *pageReader, h http.Header) {
			s.now = s.now.Add(10 * time.Minute)
			h["Wrappy-Proof"] = r.headers(http.MethodGet, path)["Wrappy-Proof"]
		}, false},
		{"session key replaced", func(s *stage, _ *pageReader, _ http.Header) {
			for id := range s.gate.keys {
				s.gate.keys[id] = consent.Address{1}
			}
		}, false},
		{"erased", func(s *stage, _ *pageReader, _ http.Header) { clear(s.gate.keys) }, false},
		{"padding", func(_ *stage, _ *pageReader, h http.Header) { h.Set("Wrappy-Proof", h.Get("Wrappy-Proof")+"==") }, false},
		{"leading zero", func(_ *stage, _ *pageReader, h http.Header) { h.Set("Wrappy-Proof", "0"+h.Get("Wrappy-Proof")) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			r := s.session(enrolledPerson(s))
			h := r.headers(http.MethodGet, path)
			c.change(s, r, h)
			s.gate.calls = nil
			answer := s.handle(http.MethodGet, path, "", h)
			if c.allow != (answer.Code == http.StatusOK) || !c.allow && (answer.Code != http.StatusUnauthorized || len(s.gate.calls) != 0) {
				t.Errorf("%d %s, calls %v", answer.Code, answer.Body, s.gate.calls)
			}
		})
	}
}

// A session reads: no act accepts one in place of a signature.
func TestSessionsStayBounded(t *testing.T) {
	s := newStage(t)
	person := enrolledPerson(s)
	first := s.session(person)
	for range maxPerPerson {
		s.now = s.now.Add(time.Second)
		s.session(person)
	}
	if n := len(s.api.sessions.open); n != maxPerPerson {
		t.Errorf("%d sessions of one person", n)
	}
	if answer := s.handle(http.MethodGet, "/v1/person/grants", "", first.headers(http.MethodGet, "/v1/person/grants")); answer.Code != http.StatusUnauthorized {
		t.Errorf("the oldest still opens: %d", answer.Code)
	}
	s.now = s.now.Add(sessionLife)
	s.session(person)
	if len(s.api.sessions.open) != 1 || len(s.api.sessions.spent) != 1 {
		t.Errorf("%d sessions, %d nonces after all have ended", len(s.api.sessions.open), len(s.api.sessions.spent))
	}
}

func TestOneSessionIsRateLimited(t *testing.T) {
	s := newStage(t)
	r := s.session(enrolledPerson(s))
	for i := range maxProofsSeen + 1 {
		answer := s.handle(http.MethodGet, "/v1/person/grants", "", r.headers(http.MethodGet, "/v1/person/grants"))
		if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[i < maxProofsSeen]; answer.Code != want {
			t.Fatalf("request %d: %d", i, answer.Code)
		}
	}
	s.now = s.now.Add(proofSkew + time.Second)
	get[openapi.OwnGrantPage](t, r, "/v1/person/grants")
}

func FuzzProofHeader(f *testing.F) {
	f.Add("1780315200." + strings.Repeat("A", 86))
	f.Add("0.")
	f.Add("-1." + strings.Repeat("_", 86))
	f.Fuzz(func(t *testing.T, text string) {
		at, signature, valid := parseProof(text)
		if valid && strconv.FormatInt(at.Unix(), 10)+"."+base64.RawURLEncoding.EncodeToString(signature) != text {
			t.Fatalf("two spellings of one proof: %q", text)
		}
	})
}
