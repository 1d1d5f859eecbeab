package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
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
	"github.com/wrapious/wrappy/internal/api/strict"
)

// sends is a request of an institution with a body that has its length announced or not.
func (s *stage) sends(as, path, kind string, body io.Reader, length int64) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.ContentLength = length
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Idempotency-Key", "12345678")
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{s.certificates[as].Leaf}}
	w := httptest.NewRecorder()
	s.api.InstitutionHandler().ServeHTTP(w, r)
	return w
}

// join makes an institution that the ledger knows.
func (s *stage) join(name string, change func(*consent.Institution)) {
	s.certificates[name] = s.certificate(noChange, p256())
	who := clinic
	copy(who.ID[:], name)
	change(&who)
	s.register.byKey[KeyHash(s.certificates[name].Leaf)] = who
}

// Who is not in good standing has at most a small body read.
func TestOnlyGoodStandingSendsMuch(t *testing.T) {
	s := newStage(t)
	s.join("unattested", func(i *consent.Institution) { i.Attested = false })
	s.join("suspended", func(i *consent.Institution) { i.Suspended = true })
	for _, c := range []struct {
		as, path, kind string
		size           int64
		announced      bool
		most           int
		reason         consent.Reason // "" = read
	}{
		{"clinic", "fields", fhirType, 15 * mebibyte, true, 15 * mebibyte, ""},
		{"clinic", "fields", fhirType, 15 * mebibyte, false, 15 * mebibyte, ""},
		{"unattested", "fields", fhirType, smallBody, true, smallBody, ""},
		{"unattested", "fields", fhirType, smallBody - 1, false, smallBody, ""},

		{"unattested", "fields", fhirType, 15 * mebibyte, true, 0, consent.ReasonNotAttested},
		{"unattested", "fields", fhirType, 15 * mebibyte, false, smallBody, consent.ReasonNotAttested},
		{"unattested", "fields", jsonType, smallBody + 1, true, 0, consent.ReasonNotAttested},
		{"unattested", "", jsonType, mebibyte, false, smallBody, consent.ReasonNotAttested},
		{"suspended", "fields", fhirType, 15 * mebibyte, true, 0, consent.ReasonSuspended},
		{"suspended", "fields", jsonType, mebibyte, false, smallBody, consent.ReasonSuspended},
		{"suspended", "", jsonType, smallBody + 1, true, 0, consent.ReasonSuspended},
	} {
		t.Run(fmt.Sprint(c.as, c.path, c.kind, c.size, c.announced), func(t *testing.T) {
			body := &counting{Reader: strings.NewReader(strings.Repeat(" ", int(c.size)))}
			path, length := "/v1/requests", int64(-1)
			if c.path != "" {
				path = "/v1/grants/" + hash + "/" + c.path
			}
			if c.announced {
				length = c.size
			}
			w := s.sends(c.as, path, c.kind, body, length)
			if c.reason == "" && !strings.Contains(w.Body.String(), "json-syntax") || c.reason != "" && (w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"reasons":["`+string(c.reason)+`"]`)) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if body.read > c.most {
				t.Errorf("read %d bytes", body.read)
			}
			if len(s.gate.calls) != 0 || len(s.api.large.all) != 0 || len(s.api.large.each) != 0 {
				t.Errorf("calls %v, %d turns taken, %d waiting", s.gate.calls, len(s.api.large.all), len(s.api.large.each))
			}
		})
	}
}

func TestTooManyValues(t *testing.T) {
	s := newStage(t)
	for kind, body := range map[string]string{
		fhirType: `{"resourceType":"Bundle","x":[` + strings.Repeat("[],", strict.MaxValues) + `1]}`,
		jsonType: `{"values":{"identity.name":[` + strings.Repeat("1,", strict.MaxValues) + `1]}}`,
	} {
		w := s.sends("clinic", "/v1/grants/"+hash+"/fields", kind, strings.NewReader(body), int64(len(body)))
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "250000 JSON values") || len(s.gate.calls) != 0 {
			t.Errorf("%s: %d %s, calls %v", kind, w.Code, w.Body, s.gate.calls)
		}
	}
}

// stuck is a body that ends when it is told to.
type stuck struct{ end chan struct{} }

func (b stuck) Read([]byte) (int, error) { <-b.end; return 0, io.EOF }

// Large bodies are read four at once, one of an institution; the others wait a
// little and hear when to come back. What is small passes by.
func TestLargeBodiesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		path := "/v1/grants/" + hash + "/fields"
		names := []string{"a", "b", "c", "d", "e"}
		for _, n := range names {
			s.join(n, func(*consent.Institution) {})
		}
		end, codes := make(chan struct{}), make(chan int, 8)
		send := func(as string) { codes <- s.sends(as, path, fhirType, stuck{end}, 10*mebibyte).Code }
		for _, n := range names[:4] {
			go send(n)
		}
		synctest.Wait()
		if n := len(s.api.large.all); n != 4 || cap(s.api.large.all) != 4 {
			close(end)
			t.Fatalf("%d turns taken of %d", n, cap(s.api.large.all))
		}
		for _, n := range []string{"a", "e"} {
			begun := time.Now()
			w := s.sends(n, path, fhirType, stuck{end}, 10*mebibyte)
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || time.Since(begun) != largeWait {
				t.Errorf("%s: %d after %v: %s", n, w.Code, time.Since(begun), w.Body)
			}
		}
		if w := s.sends("a", path, fhirType, strings.NewReader("x"), 1); w.Code != http.StatusBadRequest {
			t.Errorf("a small one: %d", w.Code)
		}
		go send("e") // waits, and gets its turn
		synctest.Wait()
		if n := len(s.api.large.all); n != maxLarge {
			t.Fatalf("%d turns taken", n)
		}
		close(end)
		for range 5 {
			if code := <-codes; code != http.StatusBadRequest {
				t.Errorf("%d", code)
			}
		}
		if len(s.api.large.all) != 0 || len(s.api.large.each) != 0 {
			t.Errorf("%d turns kept, %d waiting", len(s.api.large.all), len(s.api.large.each))
		}
	})
}

// One institution has one turn, however many are free.
func TestOneTurnEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLargeBodies(maxLarge)
		release, err := l.take(t.Context(), consent.InstitutionID{1})
		ok(t, err)
		if _, err := l.take(t.Context(), consent.InstitutionID{1}); !errors.Is(err, problemUnavailable) {
			t.Errorf("a second turn: %v", err)
		}
		other, err := l.take(t.Context(), consent.InstitutionID{2})
		ok(t, err)
		other()
		release()
		again, err := l.take(t.Context(), consent.InstitutionID{1})
		ok(t, err)
		again()
	})
}

// Who goes away while waiting leaves nothing behind.
func TestWaitingEndsWithTheCaller(t *testing.T) {
	l := newLargeBodies(maxLarge)
	release, err := l.take(t.Context(), consent.InstitutionID{1})
	ok(t, err)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.take(gone, consent.InstitutionID{1}); !errors.Is(err, problemUnavailable) {
		t.Error(err)
	}
	release()
	if len(l.all) != 0 || len(l.each) != 0 {
		t.Errorf("%d turns kept, %d waiting", len(l.all), len(l.each))
	}
}

// The first frame says how many streams a connection may have.
func TestStreamsAreFew(t *testing.T) {
	s := newStage(t).listen()
	for as, base := range map[string]string{"clinic": s.mtls, "": s.public} {
		config := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}} //nolint:gosec // the server's certificate is not the subject
		if c, known := s.certificates[as]; known {
			config.Certificates = []tls.Certificate{c}
		}
		conn, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), config)
		ok(t, err)
		_, err = io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
		ok(t, err)
		head := make([]byte, 9)
		_, err = io.ReadFull(conn, head)
		ok(t, err)
		settings := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		_, err = io.ReadFull(conn, settings)
		ok(t, err)
		ok(t, conn.Close())
		streams := uint32(0)
		for ; head[3] == 4 && len(settings) >= 6; settings = settings[6:] {
			if binary.BigEndian.Uint16(settings) == 3 { // SETTINGS_MAX_CONCURRENT_STREAMS
				streams = binary.BigEndian.Uint32(settings[2:])
			}
		}
		if streams != 64 {
			t.Errorf("%q: %d streams", as, streams)
		}
	}
}

// A stop of everything is taken from whoever signs it, however much there is to stop.
func TestStopOfVeryMuch(t *testing.T) {
	for _, c := range []struct {
		stops     int
		announced bool
		status    int
	}{{maxStops, true, http.StatusOK}, {maxStops, false, http.StatusOK}, {maxStops + 1, true, http.StatusUnprocessableEntity}} {
		s := newStage(t)
		body := strings.Replace(stopAll, "["+stop+"]", "["+strings.Repeat(stop+",", c.stops-1)+stop+"]", 1)
		r := httptest.NewRequest(http.MethodPost, "/v1/person/withdrawals/all", strings.NewReader(body))
		r.Header.Set("Content-Type", jsonType)
		if !c.announced {
			r.ContentLength = -1
		}
		w := httptest.NewRecorder()
		s.api.PublicHandler().ServeHTTP(w, r)
		if w.Code != c.status || (len(s.gate.calls) == 1) != (c.status == http.StatusOK) {
			t.Errorf("%d stops in %d bytes: %d %s, calls %v", c.stops, len(body), w.Code, w.Body, s.gate.calls)
		}
	}
}
