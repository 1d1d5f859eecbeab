package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api"
	"github.com/wrapious/wrappy/vault"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func measuring(t *testing.T) *Telemetry {
	t.Helper()
	measure, err := New(Config{Version: "v0", Revision: "abc", Ledger: "embedded", Store: "directory"})
	must(t, err)
	return measure
}

func TestAddresses(t *testing.T) {
	for address, taken := range map[string]bool{
		"127.0.0.1:9464": true, "127.0.0.1:0": true, "127.8.8.8:9464": true, "[::1]:9464": true,
		"10.1.2.3:9464": true, "172.16.0.9:9464": true, "192.168.1.1:9464": true, "100.64.3.4:9464": true, "[fd00::1]:9464": true, "[::ffff:10.0.0.1]:9464": true,

		"": false, ":9464": false, "0.0.0.0:9464": false, "[::]:9464": false, "localhost:9464": false, "vault.internal:9464": false,
		"8.8.8.8:9464": false, "172.32.0.1:9464": false, "100.128.0.1:9464": false, "169.254.1.1:9464": false, "[2001:db8::1]:9464": false, "[fe80::1]:9464": false,
		"[fe80::1%eth0]:9464": false, "[fd00::1%eth0]:9464": false, "224.0.0.1:9464": false, "127.0.0.1": false, "127.0.0.1:": false, "127.0.0.1:http": false, "127.0.0.1:99999": false,
		"[::ffff:8.8.8.8]:9464": false, "unix:/run/x": false,
	} {
		if err := CheckAddress(address); (err == nil) != taken {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, taken := range map[string]bool{
		"": true, "https://collector.example": true, "https://collector.example:4318/v1/traces": true, "http://127.0.0.1:4318": true, "http://[::1]:4318": true, "http://localhost:4318": true,
		"http://collector.example:4318": false, "http://10.0.0.1:4318": false, "ftp://127.0.0.1": false, "collector:4318": false, "https://": false,
		"https://name:password@collector.example": false, "https://collector.example?key=secret": false, "https://collector.example#x": false, "http://localhost.example": false, "\x00": false,
	} {
		if err := (Trace{Endpoint: endpoint, Ratio: 0.5}).Check(); (err == nil) != taken {
			t.Errorf("%q: %v", endpoint, err)
		} else if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is repeated: %v", endpoint, err)
		}
	}
	for _, ratio := range []float64{-0.1, 1.1, nan()} {
		if (Trace{Ratio: ratio}).Check() == nil {
			t.Errorf("a ratio of %v was taken", ratio)
		}
	}
}

func nan() float64 { v, _ := strconv.ParseFloat("NaN", 64); return v }

// TestNothingMeasures: without telemetry nothing stands between the rooms.
func TestNothingMeasures(t *testing.T) {
	var none *Telemetry
	if none.Store(nil, "heads") != nil || none.Ledger(nil) != nil || none.Relayer(nil) != nil || none.Decider(nil) != nil || none.Journal(nil) != nil ||
		none.Gate(nil) != nil || none.Steps() != nil || none.Requests() != nil || none.Read(nil) != nil || none.Close() != nil {
		t.Error("a nil Telemetry is in the way")
	}
}

func TestClosedSets(t *testing.T) {
	if in(reasons, "Grace Achieng") != other || in(kinds, "Grace Achieng") != other || in(actKinds, "") != other {
		t.Error("what is in no set becomes a label")
	}
	if in(reasons, consent.ReasonCountry) != other {
		t.Error("a fact about the person becomes a label")
	}
	if in(reasons, consent.ReasonLimit) != "limit_reached" || in(kinds, consent.EntryDenied) != "denied" {
		t.Error("what is in a set becomes no label")
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "ok"},
		{&vault.Denial{}, "denied"},
		{fmt.Errorf("x: %w", &vault.Denial{}), "denied"},
		{fmt.Errorf("%w: journal: %w", consent.ErrUnavailable, errors.New("disk of Grace")), "unavailable"},
		{fmt.Errorf("%w: store: %w", consent.ErrUnavailable, context.Canceled), "canceled"},
		{consent.ErrStaleView, "stale_view"},
		{consent.ErrNotFound, "not_found"},
		{vault.ErrAnswered, "conflict"},
		{vault.ErrIdempotencyReuse, "idempotency_reuse"},
		{vault.ErrChanged, "changed"},
		{errors.New("Grace Achieng"), "other"},
	} {
		if got := outcome(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

// internal serves the internal handler as if it listened on an address.
func internal(t *testing.T, measure *Telemetry, on string, checks ...Check) string {
	t.Helper()
	address, err := net.ResolveTCPAddr("tcp", on)
	must(t, err)
	server := httptest.NewServer(measure.Internal(address, func(context.Context) []Check { return checks }).Handler)
	t.Cleanup(server.Close)
	return server.URL
}

func ask(t *testing.T, method, url string, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	if change != nil {
		change(r)
	}
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	body, err := io.ReadAll(response.Body)
	must(t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, string(body)
}

func TestInternal(t *testing.T) {
	measure := measuring(t)
	must(t, measure.Read(func() State { return State{} }))
	local, private := internal(t, measure, "127.0.0.1:1", Check{"ledger", "ok"}), internal(t, measure, "10.0.0.1:1", Check{"ledger", "ok"}, Check{"journal", "behind"})
	for _, c := range []struct {
		method, url string
		status      int
		holds       string
	}{
		{"GET", local + "/metrics", 200, "go_goroutines"},
		{"GET", private + "/metrics", 200, `wrappy_build_info{`},
		{"GET", local + "/healthz", 200, `{"status":"ok"}`},
		{"GET", local + "/readyz", 200, `{"checks":{"ledger":"ok"},"status":"ok"}`},
		{"GET", private + "/readyz", 503, `{"checks":{"journal":"behind","ledger":"ok"},"status":"unavailable"}`},
		{"GET", local + "/debug/pprof/", 200, "heap"},
		{"GET", local + "/debug/pprof/heap", 200, ""},
		{"GET", local + "/debug/pprof/goroutine?debug=1", 200, "goroutine profile"},

		{"GET", local + "/debug/pprof/goroutine?debug=2", 403, "arguments"},
		{"GET", local + "/debug/pprof/goroutine?debug=1&debug=2", 403, "arguments"},
		{"GET", local + "/debug/pprof/goroutine?debug=0x2", 403, "arguments"},
		{"GET", local + "/debug/pprof/goroutine?debug=99999999999999999999", 403, "arguments"},
		{"GET", local + "/debug/pprof/cmdline", 404, ""},
		{"GET", local + "/debug/pprof/added-by-a-library", 404, ""},
		{"GET", private + "/debug/pprof/", 404, ""},
		{"GET", private + "/debug/pprof/heap", 404, ""},
		{"GET", private + "/debug/pprof/profile?seconds=1", 404, ""},
		{"GET", local + "/", 404, ""},
		{"GET", local + "/v1/ledger", 404, ""},
		{"POST", local + "/metrics", 405, ""},
		{"POST", local + "/readyz", 405, ""},
		{"POST", local + "/debug/pprof/heap", 405, ""},
	} {
		if status, body := ask(t, c.method, c.url, nil); status != c.status || !strings.Contains(body, c.holds) {
			t.Errorf("%s %s: %d %.200s, want %d with %q", c.method, c.url, status, body, c.status, c.holds)
		}
	}
	for host, status := range map[string]int{"127.0.0.1:9464": 200, "[::1]:9464": 200, "10.0.0.1": 200, "localhost:9464": 200, "rebound.example": 421, "rebound.example:9464": 421, "localhost.example": 421, "": 200} {
		if got, _ := ask(t, "GET", local+"/healthz", func(r *http.Request) { r.Host = host }); got != status {
			t.Errorf("Host %q: %d, want %d", host, got, status)
		}
	}
}

// TestSeams: what passes a seam comes out as it went in, and is counted.
func TestSeams(t *testing.T) {
	measure := measuring(t)
	s := measure.Store(absent{}, "heads")
	_, _, err := s.Get(t.Context(), "name")
	if !errors.Is(err, vault.ErrAbsent) {
		t.Errorf("the error was changed: %v", err)
	}
	_, end := measure.request(httptest.NewRequest(http.MethodGet, "/", nil), api.Seen{Listener: "people", Method: "GET", Route: "/healthz"})
	end(api.Seen{Listener: "people", Method: "GET", Route: "/healthz", Status: 200, Outcome: "ok", Took: time.Millisecond})
	_, body := ask(t, "GET", internal(t, measure, "127.0.0.1:1")+"/metrics", nil)
	for _, line := range []string{
		`wrappy_store_seconds_count{operation="get",outcome="absent",store="heads"} 1`,
		`wrappy_http_requests_total{class="2xx",listener="people",method="GET",route="/healthz"} 1`,
		`wrappy_http_in_flight{listener="people"} 0`,
	} {
		if !slices.Contains(strings.Split(body, "\n"), line) {
			t.Errorf("missing: %s", line)
		}
	}
}

type absent struct{ vault.Store }

func (absent) Get(context.Context, string) ([]byte, string, error) { return nil, "", vault.ErrAbsent }
