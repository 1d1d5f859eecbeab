package api

import (
	"bytes"
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
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
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
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
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
		{"FHIR without what we keep", "clinic", "POST fields", `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation"}}]}`, []string{key, "Content-Type: application/fhir+json"}, nil, "fhir"},
		{"not FHIR", "clinic", "POST fields", `{"a":1}`, []string{key, "Content-Type: application/fhir+json"}, nil, "fhir"},
		{"FHIR with a member twice", "clinic", "POST fields", `{"resourceType":"Bundle","resourceType":"Bundle"}`, []string{key, "Content-Type: application/fhir+json"}, nil, "json-duplicate"},
		{"unknown action", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["read"]`, `["delete"]`, 1), []string{key}, nil, "invalid-value"},
		{"action twice", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["read"]`, `["read","read"]`, 1), []string{key}, nil, "invalid-value"},
		{"unsorted fields", "clinic", "POST /v1/requests", strings.Replace(newAsk, `["health.allergy","identity.name"]`, `["identity.name","health.allergy"]`, 1), []string{key}, nil, "invalid-value"},
		{"no notice", "clinic", "POST /v1/requests", newAsk[:strings.Index(newAsk, `"notices"`)] + `"notices":[]}`, []string{key}, nil, "invalid-value"},
		{"limit of 0", "clinic", "GET /v1/grants?limit=0", "", nil, nil, "parameter"},
		{"limit of words", "clinic", "GET /v1/grants?limit=all", "", nil, nil, "parameter"},
		{"unknown status", "clinic", "GET /v1/grants?status=open", "", nil, nil, "parameter"},
		{"cursor of another list", "clinic", "GET /v1/grants?cursor=" + *formatCursor(listRequests, "x"), "", nil, nil, "cursor"},
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

// counting counts what is read of it.
type counting struct {
	io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// A body is refused by what it announces, unread; one that announces nothing, as
// soon as it passes the bound.
func TestLargeBodies(t *testing.T) {
	for _, c := range []struct {
		name, path, kind string
		size             int
		announced        bool
		most             int // bytes read
		status           int
	}{
		{"FHIR of 15 MiB", "fields", fhirType, 15 * mebibyte, true, 16 * mebibyte, http.StatusBadRequest},
		{"FHIR too large", "fields", fhirType, 16*mebibyte + 1, true, 0, http.StatusRequestEntityTooLarge},
		{"FHIR too large, unannounced", "fields", fhirType, 20 * mebibyte, false, 16*mebibyte + 1<<16, http.StatusRequestEntityTooLarge},
		{"JSON too large", "fields", jsonType, mebibyte + 1, true, 0, http.StatusRequestEntityTooLarge},
		{"JSON too large, unannounced", "fields", jsonType, 2 * mebibyte, false, mebibyte + 1<<16, http.StatusRequestEntityTooLarge},
		{"release too large", "release", jsonType, smallBody + 1, true, 0, http.StatusRequestEntityTooLarge},
		{"GET with a body", "", "", 1, true, 0, http.StatusRequestEntityTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			body := &counting{Reader: bytes.NewReader(bytes.Repeat([]byte(" "), c.size))}
			method := http.MethodPost
			if c.kind == "" {
				method = http.MethodGet
			}
			r := httptest.NewRequest(method, strings.TrimSuffix("/v1/grants/"+hash+"/"+c.path, "/"), body)
			r.ContentLength = -1
			if c.announced {
				r.ContentLength = int64(c.size)
			}
			r.Header.Set("Content-Type", c.kind)
			r.Header.Set("Idempotency-Key", "12345678")
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{s.certificates["clinic"].Leaf}}
			w := httptest.NewRecorder()
			s.api.InstitutionHandler().ServeHTTP(w, r)
			if w.Code != c.status || body.read > c.most {
				t.Errorf("%d after %d bytes: %s", w.Code, body.read, w.Body)
			}
		})
	}
}

// The table of operations says what openapi.yaml says, and a listener has no route
// of the other's.
func TestRoutes(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	ok(t, err)
	ok(t, document.Validate(t.Context()))
	on := map[string][]listener{"institutions": forInstitutions, "people": forPeople, "public": forBoth}
	described := 0
	for path, item := range document.Paths.Map() {
		for method, o := range item.Operations() {
			described++
			i := slices.IndexFunc(operations, func(have operation) bool { return have.id == o.OperationID })
			if i < 0 {
				t.Errorf("%s: not in the table", o.OperationID)
				continue
			}
			have := operations[i]
			if have.method != method || strings.NewReplacer(":id", "{id}", ":grant", "{grant}").Replace(have.path) != path || !slices.Equal(have.on, on[o.Tags[0]]) {
				t.Errorf("%s: %+v", o.OperationID, have)
			}
			types := []string{}
			if o.RequestBody != nil {
				for name := range o.RequestBody.Value.Content {
					types = append(types, name)
				}
			}
			if len(types) != len(have.body) || slices.ContainsFunc(types, func(n string) bool { return have.body[n] == 0 }) {
				t.Errorf("%s: takes %v, described %v", o.OperationID, have.body, types)
			}
			asks := func(name string) bool { return o.Parameters.GetByInAndName("header", name) != nil }
			if asks("Wrappy-Session") != have.session || asks("Wrappy-Proof") != have.session {
				t.Errorf("%s: session", o.OperationID)
			}
			if asks("Idempotency-Key") != (method == http.MethodPost && slices.Equal(have.on, forInstitutions)) {
				t.Errorf("%s: idempotency key", o.OperationID)
			}
		}
	}
	if described != len(operations) {
		t.Errorf("%d described, %d in the table", described, len(operations))
	}
	s := newStage(t)
	for _, o := range operations {
		path := strings.NewReplacer(":id", hash, ":grant", hash).Replace(o.path)
		if !o.answersOn(people) {
			if w := s.handle(o.method, path, "{}", nil); w.Code != http.StatusNotFound {
				t.Errorf("%s on the public listener: %d", o.id, w.Code)
			}
		}
		if !o.answersOn(institutions) {
			if w := s.asInstitution("clinic", o.method, path, "{}", key); w.Code != http.StatusNotFound {
				t.Errorf("%s on the institutions' listener: %d", o.id, w.Code)
			}
		}
	}
	if len(s.gate.calls) != 0 {
		t.Errorf("gate was called: %v", s.gate.calls)
	}
}

// Nothing of what is sent, and nothing of an error or panic that may hold it, gets
// into an answer or a log beyond its type.
func TestLogsHoldNothingPersonal(t *testing.T) {
	s := newStage(t)
	secrets := []string{"Achieng", "1990-04-02", s.gate.grant.ID.String(), hash, signature, "8e03978e", "192.0.2.1", "query-secret", "header-secret", "MADEUP"}
	s.asInstitution("clinic", "POST", "/v1/grants/"+s.gate.grant.ID.String()+"/fields?x=query-secret", `{"values":{"identity.birth_date":"1990-04-02"}}`, key, "User-Agent: header-secret")
	s.handle("POST", "/v1/person/withdrawals", stop, nil)
	s.handle("POST", "/v1/person/Achieng", `{}`, nil)
	s.handle("MADEUP", "/v1/ledger", ``, nil)
	s.handle("GET", "/v1/asked/Achieng", ``, nil)
	s.gate.panics = "Achieng " + hash
	w := s.asInstitution("clinic", "GET", "/v1/grants/"+hash, "")
	status(t, http.StatusInternalServerError, w.Code, w.Body.Bytes())
	text := s.logged.text()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s in the log:\n%s", secret, text)
		}
	}
	for _, want := range []string{"route=/v1/grants/:grant/fields", "status=200", "type=string", "msg=panic", "method=other", "Held"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the log:\n%s", want, text)
		}
	}
}

func TestPublicRate(t *testing.T) {
	s := newStage(t)
	s.api.limiter = newLimiter(Rate{PerSecond: 1, Burst: 2})
	post := func(from string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/v1/sessions/nonce", nil)
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "198.51.100.7") // believed by nobody
		w := httptest.NewRecorder()
		s.api.PublicHandler().ServeHTTP(w, r)
		return w
	}
	for i, c := range []struct {
		from   string
		status int
	}{
		{"192.0.2.1:1", http.StatusCreated},
		{"192.0.2.1:2", http.StatusCreated},
		{"192.0.2.1:3", http.StatusTooManyRequests},
		{"[::ffff:192.0.2.1]:4", http.StatusTooManyRequests},
		{"192.0.2.2:1", http.StatusCreated},
		{"[2001:db8::1]:1", http.StatusCreated},
		{"[2001:db8::2]:1", http.StatusCreated},
		{"[2001:db8::3]:1", http.StatusTooManyRequests},
		{"[2001:db8:0:1::1]:1", http.StatusCreated},
		{"odd", http.StatusCreated},
	} {
		w := post(c.from)
		if w.Code != c.status || c.status == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Errorf("%d from %s: %d", i, c.from, w.Code)
		}
		if i == 2 {
			compare(t, "problem_rate_limited", indented(w.Body.Bytes()))
		}
	}
	s.now = s.now.Add(time.Second)
	if w := post("192.0.2.1:5"); w.Code != http.StatusCreated {
		t.Errorf("after a second: %d", w.Code)
	}
}

func TestLimiterStaysBounded(t *testing.T) {
	l := newLimiter(Rate{})
	for i := range maxAddresses + 10 {
		l.allow(origin(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)), noon)
	}
	if len(l.buckets) != maxAddresses {
		t.Errorf("%d buckets", len(l.buckets))
	}
	l.allow(origin("192.0.2.1:1"), noon.Add(time.Minute))
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets after all have refilled", len(l.buckets))
	}
}

func TestCrossOrigin(t *testing.T) {
	s := newStage(t)
	for from, allowed := range map[string]string{pageOrigin: pageOrigin, "https://evil.example": "", "null": ""} {
		w := s.handle(http.MethodGet, "/v1/ledger", "", http.Header{"Origin": {from}})
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != allowed {
			t.Errorf("%s: %q", from, got)
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are never allowed")
		}
	}
}

func TestEntityTags(t *testing.T) {
	s := newStage(t)
	for _, path := range []string{"/v1/catalog", "/v1/openapi.yaml"} {
		first := s.handle(http.MethodGet, path, "", nil)
		status(t, http.StatusOK, first.Code, nil)
		tag := first.Header().Get("ETag")
		for sent, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "": 200} {
			if again := s.handle(http.MethodGet, path, "", http.Header{"If-None-Match": {sent}}); again.Code != want {
				t.Errorf("%s with %s: %d", path, sent, again.Code)
			}
		}
	}
	s.policy.catalog = nil
	if w := s.handle(http.MethodGet, "/v1/catalog", "", nil); w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable {
		t.Errorf("without a bundle: %d", w.Code)
	}
}

func TestConfigIsChecked(t *testing.T) {
	whole := newStage(t).api.cfg
	for name, change := range map[string]func(*Config){
		"gate": func(c *Config) { c.Gate = nil }, "directory": func(c *Config) { c.Directory = nil }, "policy": func(c *Config) { c.Policy = nil },
		"chain id": func(c *Config) { c.Deployment.ChainID = 0 }, "contract": func(c *Config) { c.Deployment.ConsentLedger = consent.Address{} },
		"log key": func(c *Config) { c.Deployment.LogKey = nil }, "any origin": func(c *Config) { c.Origins = []string{"*"} },
		"origin with a path": func(c *Config) { c.Origins = []string{"https://vault.example/"} },
	} {
		cfg := whole
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(*formatCursor(listGrants, "place"))
	f.Add(*formatNumber(listHistory, 7))
	f.Add("AQI")
	f.Add("AQ\nJ4")
	f.Fuzz(func(t *testing.T, text string) {
		place, err := parseCursor(listGrants, &text)
		if err != nil {
			return
		}
		if len(place) > maxPlace || *formatCursor(listGrants, place) != text {
			t.Fatalf("two spellings of one cursor: %q", text)
		}
		if _, err := parseCursor(listHistory, &text); err == nil {
			t.Fatal("taken by another list")
		}
	})
}
