package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
)

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
		{"JSON of 15 MiB", "fields", jsonType, 15 * mebibyte, true, 16 * mebibyte, http.StatusBadRequest},
		{"JSON too large", "fields", jsonType, 16*mebibyte + 1, true, 0, http.StatusRequestEntityTooLarge},
		{"JSON too large, unannounced", "fields", jsonType, 20 * mebibyte, false, 16*mebibyte + 1<<16, http.StatusRequestEntityTooLarge},
		{"request too large", "requests", jsonType, mebibyte + 1, true, 0, http.StatusRequestEntityTooLarge},
		{"request too large, unannounced", "requests", jsonType, 2 * mebibyte, false, mebibyte + 1<<16, http.StatusRequestEntityTooLarge},
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
			path := strings.TrimSuffix("/v1/grants/"+hash+"/"+c.path, "/")
			if c.path == "requests" {
				path = "/v1/requests"
			}
			r := httptest.NewRequest(method, path, body)
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
	s.api.limiter = newLimiter[netip.Prefix](Rate{PerSecond: 1, Burst: 2})
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
	l := newLimiter[netip.Prefix](defaultPublicRate)
	for i := range maxSenders + 10 {
		l.allow(origin(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)), noon)
	}
	if len(l.buckets) != maxSenders {
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

// A page of another origin may read what it is listed for, send what the page sends, and nothing
// else: by a preflight's answer, method by method and header by header.
func TestCrossOriginAllowList(t *testing.T) {
	preflight := func(s *stage, from, method, headers string) http.Header {
		return s.handle(http.MethodOptions, "/v1/person/grants", "", http.Header{
			"Origin": {from}, "Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {headers},
		}).Header()
	}
	listed := func(h http.Header, name string) (all []string) {
		for one := range strings.SplitSeq(h.Get(name), ",") {
			if one = strings.ToLower(strings.TrimSpace(one)); one != "" {
				all = append(all, one)
			}
		}
		slices.Sort(all)
		return all
	}
	const second = "https://desk.example:8443"
	s := newStage(t)
	s.api.cfg.Origins = []string{pageOrigin, second}
	for _, from := range []string{pageOrigin, second} {
		h := preflight(s, from, http.MethodDelete, "x-anything, cookie, authorization")
		if got := h.Get("Access-Control-Allow-Origin"); got != from {
			t.Errorf("%s: %q", from, got)
		}
		if got := listed(h, "Access-Control-Allow-Methods"); !slices.Equal(got, []string{"get", "post"}) {
			t.Errorf("methods: %v", got)
		}
		if got := listed(h, "Access-Control-Allow-Headers"); !slices.Equal(got, []string{"content-type", "idempotency-key", "if-none-match", "wrappy-proof", "wrappy-session"}) {
			t.Errorf("headers: %v", got)
		}
		if h.Get("Access-Control-Allow-Credentials") != "" || h.Get("Access-Control-Allow-Private-Network") != "" || !slices.Contains(h.Values("Vary"), "Origin") {
			t.Errorf("%v", h)
		}
		read := s.handle(http.MethodGet, "/v1/ledger", "", http.Header{"Origin": {from}}).Header()
		if got := listed(read, "Access-Control-Expose-Headers"); !slices.Equal(got, []string{"etag", "retry-after", "x-request-id"}) {
			t.Errorf("exposed: %v", got)
		}
	}
	for _, from := range []string{"", "null", "*", "https://evil.example", pageOrigin + "/", pageOrigin + ":443", pageOrigin + ".evil.example", strings.Replace(pageOrigin, "https", "http", 1),
		strings.ToUpper(pageOrigin), "https://evil." + strings.TrimPrefix(pageOrigin, "https://"), "https://desk.example", second + "0", pageOrigin + " " + second, pageOrigin + "," + second} {
		for _, h := range []http.Header{preflight(s, from, http.MethodPost, "content-type"), s.handle(http.MethodGet, "/v1/ledger", "", http.Header{"Origin": {from}}).Header()} {
			for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials"} {
				if got := h.Get(name); got != "" && (from != "" || name == "Access-Control-Allow-Origin") {
					t.Errorf("%q: %s: %s", from, name, got)
				}
			}
		}
	}
	s.api.cfg.Origins = nil
	for name := range preflight(s, pageOrigin, http.MethodPost, "content-type") {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("nobody is listed: %s", name)
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
	if w := s.handle(http.MethodGet, "/v1/catalog", "", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without a bundle: %d", w.Code)
	}
}

func TestConfigIsChecked(t *testing.T) {
	whole := newStage(t).api.cfg
	for name, change := range map[string]func(*Config){
		"gate": func(c *Config) { c.Gate = nil }, "directory": func(c *Config) { c.Directory = nil }, "policy": func(c *Config) { c.Policy = nil }, "registry": func(c *Config) { c.Registry = nil },
		"chain id": func(c *Config) { c.Deployment.ChainID = 0 }, "contract": func(c *Config) { c.Deployment.ConsentLedger = consent.Address{} },
		"log key": func(c *Config) { c.Deployment.LogKey = nil }, "any origin": func(c *Config) { c.Origins = []string{"*"} },
		"cursor key":         func(c *Config) { c.CursorKey = []byte("short") },
		"origin with a path": func(c *Config) { c.Origins = []string{"https://vault.example/"} },
	} {
		cfg := whole
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// cursorOf is a good cursor under the stage's key.
func cursorOf(l pagesOf) string {
	return *(&API{cursorKey: make([]byte, 32)}).formatCursor(l, "place")
}

func FuzzCursor(f *testing.F) {
	a := &API{cursorKey: make([]byte, 32)}
	own, foreign := ofInstitution(listGrants, clinic.ID, "given"), ofInstitution(listGrants, school.ID, "given")
	f.Add(cursorOf(own))
	f.Add(*a.formatNumber(own, 7))
	f.Add(cursorOf(foreign))
	f.Add("AQI")
	f.Add("AQ\nJ4")
	f.Fuzz(func(t *testing.T, text string) {
		place, err := a.parseCursor(own, &text)
		if err != nil {
			return
		}
		if len(place) > maxPlace || *a.formatCursor(own, place) != text {
			t.Fatalf("two spellings of one cursor: %q", text)
		}
		for _, other := range []pagesOf{foreign, ofInstitution(listRequests, clinic.ID, "given"), ofInstitution(listGrants, clinic.ID, "")} {
			if _, err := a.parseCursor(other, &text); err == nil {
				t.Fatal("taken by another list")
			}
		}
		if _, err := (&API{cursorKey: bytes.Repeat([]byte{1}, 32)}).parseCursor(own, &text); err == nil {
			t.Fatal("taken under another key")
		}
	})
}

// Every byte of a cursor is under its MAC.
func TestCursorsCannotBeForged(t *testing.T) {
	a := &API{cursorKey: make([]byte, 32)}
	l := ofInstitution(listGrants, clinic.ID, "")
	raw, err := base64.RawURLEncoding.DecodeString(cursorOf(l))
	ok(t, err)
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		text := base64.RawURLEncoding.EncodeToString(changed)
		if _, err := a.parseCursor(l, &text); err == nil {
			t.Errorf("byte %d changed: taken", i)
		}
	}
	// what is between filter and place does not move
	here, there := ofInstitution(listGrants, clinic.ID, "a"), ofInstitution(listGrants, clinic.ID, "ab")
	if bytes.Equal(a.cursorMAC(here, "bc"), a.cursorMAC(there, "c")) {
		t.Error("filter and place run together")
	}
}

// cut is a connection that breaks when the answer is written.
type cut struct{ http.ResponseWriter }

func (cut) Write([]byte) (int, error) { return 0, errors.New("broken") }

// late breaks when what was written is sent.
type late struct{ http.ResponseWriter }

func (late) FlushError() error { return errors.New("broken") }

// The gate learns whether its release was written to the connection.
func TestDeliveryIsNoted(t *testing.T) {
	for _, c := range []struct {
		kind       string
		connection http.ResponseWriter
	}{
		{"delivered", httptest.NewRecorder()},
		{"aborted", cut{httptest.NewRecorder()}},
		{"aborted", late{httptest.NewRecorder()}},
		{"aborted", echo.NewResponse(late{httptest.NewRecorder()}, nil)},
	} {
		w := newWorld(t)
		released, person := w.release()
		parts, err := releasedJSON(released)
		ok(t, err)
		err = delivery{jsonType, "", parts, released, t.Context()}.VisitReleaseResponse(c.connection)
		if (err == nil) != (c.kind == "delivered") {
			t.Errorf("%s: %v", c.kind, err)
		}
		w.vault.Close()
		var last consent.EntryKind
		for range 500 { // it goes with the next entries, or soon
			items, err := w.vault.History(t.Context(), person.ID(), 0, 50)
			ok(t, err)
			if last = items[len(items)-1].Shared.Kind; string(last) == c.kind {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if string(last) != c.kind {
			t.Errorf("noted as %s, want %s", last, c.kind)
		}
	}
}

// A request under way is finished before the server is gone.
func TestServeEndsGracefully(t *testing.T) {
	s := newStage(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	server := s.api.Public(s.certificates["clinic"])
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-leave
		_, _ = io.WriteString(w, "done")
	})
	on, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- Serve(ctx, server, on, time.Minute) }()
	client := s.client("")
	go func() {
		response, err := client.Get("https://" + on.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-inside
	stop()
	close(leave)
	if got := <-answered; got != "done" {
		t.Error(got)
	}
	client.CloseIdleConnections()
	ok(t, <-served)
}
