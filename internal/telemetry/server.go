package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/pprof" //nolint:gosec // what it registers on the default mux is served by nobody
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ErrAddress says where the internal listener may be.
var ErrAddress = errors.New("want ip:port with a loopback or private address: it asks nobody who they are")

var shared = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598, which some clusters use

// CheckAddress refuses an address that others than the operator's own could reach: a
// public one, a name, every interface.
func CheckAddress(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrAddress
	}
	if ip := at.Addr().Unmap(); ip.Zone() == "" && (ip.IsLoopback() || ip.IsPrivate() || shared.Contains(ip)) {
		return nil
	}
	return ErrAddress
}

// Check is one thing that a release needs, and whether it is there: ok, or a word from a
// closed set that says what is wrong.
type Check struct{ Name, State string }

// StateOK is the state of a check that holds.
const StateOK = "ok"

// Internal is the server of the internal listener, for the operator alone: metrics,
// health, and on a loopback address profiles. checks are made at every /readyz.
func (t *Telemetry) Internal(on net.Addr, checks func(context.Context) []Check) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"status": StateOK})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, checks(r.Context())) })
	if at, ok := on.(*net.TCPAddr); ok && at.IP.IsLoopback() {
		profiles(mux)
	}
	return &http.Server{
		Handler: byAddress(mux), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 90 * time.Second, // the longest profile
		IdleTimeout:  120 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // it holds addresses, and stacks with arguments
	}
}

func ready(w http.ResponseWriter, checks []Check) {
	status, whole, each := http.StatusOK, StateOK, map[string]string{}
	for _, c := range checks {
		if each[c.Name] = c.State; c.State != StateOK {
			status, whole = http.StatusServiceUnavailable, "unavailable"
		}
	}
	writeJSON(w, status, map[string]any{"status": whole, "checks": each})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the connection is gone: nobody to tell
}

// byAddress answers only who calls the listener by its address: a web page whose name
// was made to lead here must not read it with the operator's browser.
func byAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil && host != "localhost" {
			http.Error(w, "call this listener by its address", http.StatusMisdirectedRequest)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// profileNames are those of Go's own; "profile" is of the processor's time, "trace" of
// the scheduler.
var profileNames = []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"}

const profilePath = "/debug/pprof/"

// profiles serves profiles without what they could say of a person: stacks name
// functions. The form debug=2, which prints their arguments, and with them ids, is not to
// be had, nor are profiles that a library has added.
func profiles(mux *http.ServeMux) {
	for _, name := range profileNames {
		mux.Handle("GET "+profilePath+name, withoutArguments(pprof.Handler(name)))
	}
	mux.Handle("GET "+profilePath+"profile", withoutArguments(http.HandlerFunc(pprof.Profile)))
	mux.Handle("GET "+profilePath+"trace", withoutArguments(http.HandlerFunc(pprof.Trace)))
	mux.Handle("GET "+profilePath+"symbol", withoutArguments(http.HandlerFunc(pprof.Symbol)))
	mux.HandleFunc("GET "+profilePath+"{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, name := range slices.Sorted(slices.Values(append([]string{"profile?seconds=10", "trace?seconds=1"}, profileNames...))) {
			_, _ = fmt.Fprintln(w, name) // the connection is gone: nobody to tell
		}
	})
}

func withoutArguments(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, value := range r.URL.Query()["debug"] {
			if level, err := strconv.Atoi(value); err != nil || level > 1 {
				http.Error(w, "debug: want 0 or 1: above it, arguments of functions are shown, and with them ids of people", http.StatusForbidden)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
