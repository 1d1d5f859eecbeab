package api

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Who gets through the handshake, and who is then known.
func TestWhoConnects(t *testing.T) {
	s := newStage(t).listen()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	ok(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	ok(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	ok(t, err)
	at := func(from, to time.Duration) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = noon.Add(from), noon.Add(to) }
	}
	const refused = 0 // by the handshake
	for _, c := range []struct {
		name        string
		certificate *tls.Certificate
		config      func(*tls.Config)
		status      int
	}{
		{"clinic", certified(s, "clinic"), nil, http.StatusOK},
		{"suspended school", certified(s, "school"), nil, http.StatusOK},

		{"unknown key", made(s, noChange, p256()), nil, http.StatusForbidden},
		{"no certificate", nil, nil, refused},
		{"expired", made(s, at(-time.Hour, -time.Second), p256()), nil, refused},
		{"not yet valid", made(s, at(time.Second, time.Hour), p256()), nil, refused},
		{"RSA", made(s, noChange, rsaKey), nil, refused},
		{"Ed25519", made(s, noChange, edKey), nil, refused},
		{"P-384", made(s, noChange, p384), nil, refused},
		{"not for signatures", made(s, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, p256()), nil, refused},
		{"TLS 1.2", certified(s, "clinic"), func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, refused},
		{"another's certificate, own key", stolen(s), nil, refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := s.client("", func(config *tls.Config) {
				if c.certificate != nil {
					config.Certificates = []tls.Certificate{*c.certificate}
				}
				if c.config != nil {
					c.config(config)
				}
			})
			response, err := client.Get(s.mtls + "/v1/me")
			if c.status == refused {
				if err == nil {
					t.Fatalf("answered %s", response.Status)
				}
				return
			}
			ok(t, err)
			defer func() { _ = response.Body.Close() }()
			body, _ := io.ReadAll(response.Body)
			status(t, c.status, response.StatusCode, body)
		})
	}
	if text := s.logged.text(); strings.Contains(text, "127.0.0.1") {
		t.Errorf("an address in the log: %s", text)
	}
}

// A resumed connection would not prove the key again.
func TestConnectionsAreNeverResumed(t *testing.T) {
	s := newStage(t)
	lasting := s.certificate(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Unix(0, 0), noon.AddDate(100, 0, 0) }, p256())
	on, err := tls.Listen("tcp", "127.0.0.1:0", InstitutionTLS(lasting, time.Now))
	ok(t, err)
	defer func() { _ = on.Close() }()
	go func() {
		for {
			c, err := on.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("x"))
			_ = c.Close()
		}
	}()
	client := &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{lasting}, ClientSessionCache: tls.NewLRUClientSessionCache(4), ServerName: "vault"} //nolint:gosec // the server's certificate is not the subject
	for range 2 {
		c, err := tls.Dial("tcp", on.Addr().String(), client)
		ok(t, err)
		_, err = io.ReadAll(c)
		ok(t, err)
		if c.ConnectionState().DidResume {
			t.Error("resumed")
		}
		_ = c.Close()
	}
}

func certified(s *stage, name string) *tls.Certificate { c := s.certificates[name]; return &c }

func made(s *stage, change func(*x509.Certificate), key any) *tls.Certificate {
	c := s.certificate(change, key)
	return &c
}

func stolen(s *stage) *tls.Certificate {
	c := s.certificates["clinic"]
	c.PrivateKey, c.Leaf = p256(), nil
	return &c
}

// asInstitution asks the institutions' handler without a network.
func (s *stage) asInstitution(as, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	header := http.Header{}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Add(name, value)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(s.signed(as, path, header.Get("Content-Type"), body)))
	r.Header = header
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.TLS = &tls.ConnectionState{}
	if c, known := s.certificates[as]; known {
		r.TLS.PeerCertificates = []*x509.Certificate{c.Leaf}
	}
	w := httptest.NewRecorder()
	s.api.InstitutionHandler().ServeHTTP(w, r)
	return w
}

// What an institution's call is refused for before the gate is asked; each row
// gives the problem, and that the gate was never called.
func TestRefusedBeforeTheGate(t *testing.T) {
	long := strings.Repeat("a", 129)
	for _, c := range []struct {
		name    string
		as      string
		line    string
		body    string
		headers []string
		change  func(*stage)
		problem string // "" = the gate is asked
	}{
		{"release", "clinic", "POST release", `{}`, []string{key}, nil, ""},
		{"suspended: the gate denies", "school", "POST release", `{}`, []string{key}, nil, ""},

		{"no certificate", "", "POST release", `{}`, []string{key}, nil, "unknown-institution"},
		{"certificate expired since the handshake", "clinic", "POST release", `{}`, []string{key}, func(s *stage) { s.now = s.now.Add(2 * time.Hour) }, "unknown-institution"},
		{"key dropped since the handshake", "clinic", "POST release", `{}`, []string{key}, func(s *stage) { clear(s.register.byKey) }, "unknown-institution"},
		{"an institution without an id", "clinic", "POST release", `{}`, []string{key}, func(s *stage) {
			for hash := range s.register.byKey {
				s.register.byKey[hash] = consent.Institution{}
			}
		}, "unknown-institution"},
		{"ledger cannot be read", "clinic", "POST release", `{}`, []string{key}, func(s *stage) { s.register.fail = consent.ErrUnavailable }, "unavailable"},
		{"ledger is broken", "clinic", "POST release", `{}`, []string{key}, func(s *stage) { s.register.fail = errors.New("pebble: boom") }, "internal"},
		{"no idempotency key", "clinic", "POST release", `{}`, nil, nil, "idempotency-key"},
		{"two idempotency keys", "clinic", "POST release", `{}`, []string{key, key}, nil, "idempotency-key"},
		{"short idempotency key", "clinic", "POST release", `{}`, []string{"Idempotency-Key: 1234567"}, nil, "idempotency-key"},
		{"long idempotency key", "clinic", "POST release", `{}`, []string{"Idempotency-Key: " + long}, nil, "idempotency-key"},
		{"idempotency key with a space", "clinic", "POST release", `{}`, []string{"Idempotency-Key: 1234 5678"}, nil, "idempotency-key"},
		{"no body", "clinic", "POST release", ``, []string{key}, nil, "media-type"},
		{"form", "clinic", "POST release", `fields=x`, []string{key, "Content-Type: application/x-www-form-urlencoded"}, nil, "media-type"},
		{"FHIR where none is taken", "clinic", "POST release", `{}`, []string{key, "Content-Type: application/fhir+json"}, nil, "media-type"},
		{"two content types", "clinic", "POST release", `{}`, []string{key, "Content-Type: application/json", "Content-Type: application/json"}, nil, "media-type"},
		{"compressed", "clinic", "POST release", `{}`, []string{key, "Content-Encoding: gzip"}, nil, "media-type"},
		{"unknown member", "clinic", "POST release", `{"field":["identity.name"]}`, []string{key}, nil, "json-unknown"},
		{"no field", "clinic", "POST release", `{"fields":[]}`, []string{key}, nil, "invalid-value"},
		{"pattern for a field", "clinic", "POST release", `{"fields":["identity.*"]}`, []string{key}, nil, "invalid-value"},
		{"too many fields", "clinic", "POST release", `{"fields":["a"` + strings.Repeat(`,"a"`, 200) + `]}`, []string{key}, nil, "invalid-value"},
		{"nothing to write", "clinic", "POST fields", `{"values":{}}`, []string{key}, nil, "invalid-value"},
		{"write to no field", "clinic", "POST fields", `{"values":{"name":1}}`, []string{key}, nil, "invalid-value"},
		{"FHIR without what we keep", "clinic", "POST fields", `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Claim"}}]}`, []string{key, "Content-Type: application/fhir+json"}, nil, "fhir"},
		{"not FHIR", "clinic", "POST fields", `{"a":1}`, []string{key, "Content-Type: application/fhir+json"}, nil, "fhir"},
		{"FHIR with a member twice", "clinic", "POST fields", `{"resourceType":"Bundle","resourceType":"Bundle"}`, []string{key, "Content-Type: application/fhir+json"}, nil, "json-duplicate"},
		{"unknown action", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["read"]`, `["delete"]`, 1), []string{key}, nil, "invalid-value"},
		{"action twice", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["read"]`, `["read","read"]`, 1), []string{key}, nil, "invalid-value"},
		{"unsorted fields", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["health.allergy","identity.name"]`, `["identity.name","health.allergy"]`, 1), []string{key}, nil, "invalid-value"},
		{"no notice", "clinic", "POST /v1/requests", newAsk[:strings.Index(newAsk, `"notices"`)] + `"notices":[]}`, []string{key}, nil, "invalid-value"},
		{"limit of 0", "clinic", "GET /v1/grants?limit=0", "", nil, nil, "parameter"},
		{"limit of words", "clinic", "GET /v1/grants?limit=all", "", nil, nil, "parameter"},
		{"unknown status", "clinic", "GET /v1/grants?status=open", "", nil, nil, "parameter"},
		{"unknown status of requests", "clinic", "GET /v1/requests?status=open", "", nil, nil, "parameter"},
		{"cursor of another list", "clinic", "GET /v1/grants?cursor=" + cursorOf(ofInstitution(listRequests, clinic.ID, "")), "", nil, nil, "cursor"},
		{"cursor of another institution", "clinic", "GET /v1/grants?cursor=" + cursorOf(ofInstitution(listGrants, school.ID, "")), "", nil, nil, "cursor"},
		{"cursor of another filter", "clinic", "GET /v1/grants?status=given&cursor=" + cursorOf(ofInstitution(listGrants, clinic.ID, "expired")), "", nil, nil, "cursor"},
		{"cursor without its filter", "clinic", "GET /v1/requests?cursor=" + cursorOf(ofInstitution(listRequests, clinic.ID, "given")), "", nil, nil, "cursor"},
		{"keys by the cursor of grants", "clinic", "GET /v1/institutions/" + clinic.ID.String() + "/keys?cursor=" + cursorOf(ofInstitution(listGrants, clinic.ID, "")), "", nil, nil, "cursor"},
		{"keys by a place that is no key", "clinic", "GET /v1/institutions/" + clinic.ID.String() + "/keys?cursor=" + cursorOf(ofInstitution(listKeys, clinic.ID, "")), "", nil, nil, "cursor"},
		{"attestations by another end", "clinic", "GET /v1/institutions/" + clinic.Accreditor.String() + "/attestations?ends_before=2&cursor=" + cursorOf(ofInstitution(listAttestations, clinic.Accreditor, "1")), "", nil, nil, "cursor"},
		{"attestations of nobody", "clinic", "GET /v1/institutions/" + hash + "/attestations", "", nil, nil, "not-found"},
		{"attestations ending in words", "clinic", "GET /v1/institutions/" + clinic.Accreditor.String() + "/attestations?ends_before=soon", "", nil, nil, "parameter"},
		{"keys of nobody", "clinic", "GET /v1/institutions/" + hash + "/keys", "", nil, nil, "not-found"},
		{"keys of what is no id", "clinic", "GET /v1/institutions/clinic/keys", "", nil, nil, "not-found"},
		{"cold key of nobody", "clinic", "GET /v1/institutions/" + hash + "/cold-key", "", nil, nil, "not-found"},
		{"unknown change of keys", "clinic", "POST /v1/institutions/" + clinic.ID.String() + "/cold-key", strings.Replace(rotating, "rotate_cold_key", "erase", 1), nil, nil, "invalid-value"},
		{"removal of what is no key", "clinic", "POST /v1/institutions/" + clinic.ID.String() + "/keys/removals", strings.Replace(removing, hash, "0x12", 1), nil, nil, "invalid-value"},
		{"withdrawal by nobody", "clinic", "POST /v1/institutions/" + clinic.ID.String() + "/attestations/withdrawals", strings.Replace(unvouching, hash, "", 1), nil, nil, "invalid-value"},
		{"long cursor", "clinic", "GET /v1/grants?cursor=" + strings.Repeat("A", 2000), "", nil, nil, "cursor"},
		{"people's route", "clinic", "POST /v1/person/withdrawals", stop, []string{key}, nil, "not-found"},
		{"no route", "clinic", "GET /v1/admin", "", nil, nil, "not-found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			s.gate.fail = consent.ErrUnavailable // what the gate says is not the subject
			if c.change != nil {
				c.change(s)
			}
			method, path, _ := strings.Cut(c.line, " ")
			if !strings.HasPrefix(path, "/") {
				path = "/v1/grants/" + s.gate.grant.ID.String() + "/" + path
			}
			answer := s.asInstitution(c.as, method, path, c.body, c.headers...)
			if c.problem == "" {
				if len(s.gate.calls) != 1 {
					t.Errorf("gate not asked: %s", answer.Body)
				}
				return
			}
			if !strings.Contains(answer.Body.String(), typePrefix+c.problem+`"`) || len(s.gate.calls) != 0 {
				t.Errorf("want %s, got %d %s, calls %v", c.problem, answer.Code, answer.Body, s.gate.calls)
			}
		})
	}
}

// Absent, foreign and malformed are one answer: bytes, status, headers and time.
func TestStrangersLearnNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		own := s.gate.grant.ID
		s.gate.delay = func(id consent.GrantID) time.Duration {
			return time.Duration(id[0]) * time.Millisecond / 20 // 0 to 12 ms of looking
		}
		for _, operation := range []string{"GET ", "POST /release", "POST /fields"} {
			method, rest, _ := strings.Cut(operation, " ")
			body := map[string]string{"/release": `{}`, "/fields": `{"values":{"identity.name":[]}}`}[rest]
			answers := map[string]string{}
			for name, id := range map[string]string{
				"absent": "0x" + strings.Repeat("ff", 32), "absent too": "0x" + strings.Repeat("01", 32), "short": own.String()[:64], "long": own.String() + "00",
				"upper case": strings.ToUpper(own.String()), "words": "grace-achieng", "number": "1", "escaped": "%30x" + own.String()[2:64] + "%2f", "dots": "...",
			} {
				answers[name] = timed(s, "clinic", method, "/v1/grants/"+id+rest, body)
			}
			answers["foreign"] = timed(s, "school", method, "/v1/grants/"+own.String()+rest, body)
			want := answers["foreign"]
			for name, got := range answers {
				if got != want || !strings.HasPrefix(got, "404 after 25ms") {
					t.Errorf("%s %s: %s\nforeign: %s", operation, name, got, want)
				}
			}
		}
	})
}

func timed(s *stage, as, method, path, body string) string {
	begun := time.Now()
	w := s.asInstitution(as, method, path, body, key)
	took := time.Since(begun)
	w.Header().Del("X-Request-Id")
	return fmt.Sprintf("%d after %v %v %s", w.Code, took, w.Header(), w.Body)
}

func TestUntilTick(t *testing.T) {
	for elapsed, want := range map[time.Duration]time.Duration{0: tick, 1: tick - 1, tick - 1: 1, tick: tick, 3*tick + 1: tick - 1} {
		if got := untilTick(elapsed); got != want {
			t.Errorf("%v: %v, want %v", elapsed, got, want)
		}
	}
}
