package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// persistent is one client with one connection, by HTTP/1.1 or HTTP/2.
type persistent struct {
	*stage
	http   *http.Client
	opened int
	spoken string
}

func (s *stage) persistent(as string, two bool) *persistent {
	p := &persistent{stage: s, http: s.client(as)}
	p.http.Transport.(*http.Transport).ForceAttemptHTTP2 = two
	return p
}

func (p *persistent) call(line string) (status int, body string) {
	p.Helper()
	method, path, _ := strings.Cut(line, " ")
	ctx := httptrace.WithClientTrace(p.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			p.opened++
		}
	}})
	r, err := http.NewRequestWithContext(ctx, method, p.mtls+path, nil)
	ok(p.T, err)
	answer, err := p.http.Do(r)
	ok(p.T, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	ok(p.T, err)
	p.spoken = answer.Proto
	return answer.StatusCode, string(text)
}

// Who asks is looked up on every request and never remembered with the connection.
func TestOpenConnectionsAreLookedUpAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *stage, hash consent.Digest)
		status int
		body   string
	}{
		{"key removed", func(s *stage, hash consent.Digest) { delete(s.register.byKey, hash) }, 403, "unknown-institution"},
		{"key taken by another", func(s *stage, hash consent.Digest) { s.register.byKey[hash] = school }, 200, school.ID.String()},
		{"ledger view stopped", func(s *stage, _ consent.Digest) { s.register.fail = consent.ErrUnavailable }, 503, "unavailable"},
		{"certificate over", func(s *stage, _ consent.Digest) { s.now = noon.Add(2 * time.Hour) }, 403, "unknown-institution"},
		{"suspended", func(s *stage, hash consent.Digest) {
			who := s.register.byKey[hash]
			who.Suspended = true
			s.register.byKey[hash] = who
		}, 200, `"suspended":true`},
	} {
		for name, two := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				s := newStage(t).listen()
				p := s.persistent("clinic", two)
				if status, body := p.call("GET /v1/me"); status != http.StatusOK || !strings.Contains(body, clinic.ID.String()) || strings.Contains(body, `"suspended":true`) {
					t.Fatalf("before: %d %s", status, body)
				}
				c.change(s, KeyHash(s.certificates["clinic"].Leaf))
				if status, body := p.call("GET /v1/me"); status != c.status || !strings.Contains(body, c.body) {
					t.Errorf("after: %d %s", status, body)
				}
				if p.opened != 1 || p.spoken != name {
					t.Errorf("%d connections by %s: the open one was to be asked again", p.opened, p.spoken)
				}
			})
		}
	}
}

// tickets counts the sessions that a client was given to resume.
type tickets struct {
	tls.ClientSessionCache
	put int
}

func (c *tickets) Put(key string, state *tls.ClientSessionState) {
	if state != nil {
		c.put++
	}
	c.ClientSessionCache.Put(key, state)
}

// Without session tickets every connection proves the key again. People's listener,
// where nobody is known by a key, gives them: the client here would take them.
func TestNoSessionIsResumed(t *testing.T) {
	s := newStage(t).listen()
	for _, c := range []struct {
		base, as string
		resumes  bool
	}{{s.mtls, "clinic", false}, {s.public, "clinic", true}} {
		cache := &tickets{ClientSessionCache: tls.NewLRUClientSessionCache(8)}
		config := &tls.Config{InsecureSkipVerify: true, ServerName: "localhost", Time: func() time.Time { return noon }, ClientSessionCache: cache, Certificates: []tls.Certificate{s.certificates[c.as]}} //nolint:gosec // the server's certificate is not the subject
		resumed := 0
		for range 3 {
			state := oneRequest(t, strings.TrimPrefix(c.base, "https://"), config)
			if state.DidResume {
				resumed++
			}
			if state.Version != tls.VersionTLS13 {
				t.Errorf("TLS %x", state.Version)
			}
		}
		if (cache.put > 0) != c.resumes || (resumed > 0) != c.resumes {
			t.Errorf("%s: %d tickets given, %d sessions resumed", c.base, cache.put, resumed)
		}
	}
}

// TestOnlyTLS13: an older version is refused at the handshake.
func TestOnlyTLS13(t *testing.T) {
	s := newStage(t).listen()
	for _, base := range []string{s.public, s.mtls} {
		config := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{s.certificates["clinic"]}} //nolint:gosec // what is refused
		if c, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), config); err == nil {
			_ = c.Close()
			t.Errorf("%s: TLS 1.2 was taken", base)
		}
	}
}

// oneRequest opens a connection, asks once and reads all that the server sends.
func oneRequest(t *testing.T, address string, config *tls.Config) tls.ConnectionState {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	ok(t, err)
	c := tls.Client(raw, config)
	defer func() { _ = c.Close() }()
	ok(t, c.HandshakeContext(ctx))
	_, err = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	ok(t, err)
	_, _ = io.Copy(io.Discard, c) // tickets come after the handshake
	return c.ConnectionState()
}

// lingers flushes only when whoever asked is gone, or clearly waits for more.
type lingers struct {
	http.ResponseWriter
	gone chan struct{}
}

func (l lingers) FlushError() error {
	select {
	case <-l.gone:
		time.Sleep(20 * time.Millisecond) // until the connection knows it
	case <-time.After(100 * time.Millisecond):
	}
	return http.NewResponseController(l.ResponseWriter).Flush()
}

// Whoever hangs up as soon as the last byte is there has received it: the person's history must not say otherwise. Between
// the last byte and the end of its own flush a connection cannot tell, so one of a few tries has to.
func TestDeliveryToWhoLeavesAtOnce(t *testing.T) {
	for name, two := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		for _, size := range []int{1, 2, 4095, 4096, 4097, 100_000} {
			var err error
			for range 5 {
				if err = deliveredToWhoLeaves(t, two, name, size); err == nil {
					break
				}
			}
			if err != nil {
				t.Errorf("%s: %d bytes were received, and it says: %v", name, size, err)
			}
		}
	}
}

func deliveredToWhoLeaves(t *testing.T, two bool, protocol string, size int) error {
	t.Helper()
	gone, sent := make(chan struct{}), make(chan error, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent <- delivery{jsonType, "", [][]byte{bytes.Repeat([]byte("x"), size)}, &vault.Release{}, r.Context()}.send(lingers{w, gone})
	}))
	server.EnableHTTP2 = two
	server.StartTLS()
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	call, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	ok(t, err)
	answer, err := server.Client().Do(call)
	ok(t, err)
	defer func() { _ = answer.Body.Close() }()
	got, err := io.ReadFull(answer.Body, make([]byte, size))
	leave()
	close(gone)
	if err != nil || answer.Proto != protocol {
		t.Errorf("%d bytes of %d by %s: %v", got, size, answer.Proto, err)
	}
	return <-sent
}
