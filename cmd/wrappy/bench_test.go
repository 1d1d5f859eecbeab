package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/wallet"
)

// bench is one run of `make bench`: what is measured, how long, and what came of it.
type bench struct {
	t                    *testing.T
	only                 []string // parts; none: all
	rounds               int
	seconds              float64 // of a round
	people               int
	many                 int   // people of the part with very many
	clients              []int // of a warm release
	attacks              []attack
	program              string
	profile              string // folder for profiles of the server; "": none
	out                  string // bench.json
	serverCore, loadCore int    // -1: any

	warm    *benched
	kept    int // promises that were found in the journals
	lost    int // and that were not
	results map[string]any
}

// parts are what can be measured alone: make bench ONLY=write,release_fhir.
var parts = []struct {
	name    string
	measure func(*bench)
}{
	{"release_warm", (*bench).releaseWarm},
	{"release_limited", (*bench).releaseLimited},
	{"release_fhir", (*bench).releaseFHIR},
	{"write", (*bench).write},
	{"release_cold_dir", (*bench).releaseColdDir},
	{"withdrawal", (*bench).withdraw},
	{"release_cold_s3", (*bench).releaseColdS3},
	{"release_many", (*bench).releaseMany},
	{"small", (*bench).small},
	{"floods", (*bench).floods}, // at the end: it lowers this process's priority
}

// TestBench measures by BENCH=1, which `make bench` sets. Without it, it goes the same way
// with few people and short rounds, on any core: what is measured with cannot rot.
func TestBench(t *testing.T) {
	b := &bench{
		t: t, only: []string{"release_warm", "release_limited", "release_fhir", "write", "release_cold_dir", "withdrawal", "floods"},
		rounds: 1, seconds: .3, people: 50, clients: []int{1, 16}, attacks: attacks[1:2], program: "wrappy", out: filepath.Join(t.TempDir(), "bench.json"),
		serverCore: -1, loadCore: -1, results: map[string]any{},
	}
	switch os.Getenv("BENCH") {
	case "":
		b.paged()
	case "page":
		b.configure()
		b.page()
		return
	default:
		b.configure()
	}
	for _, part := range parts {
		if b.wants(part.name) {
			part.measure(b)
			b.save()
		}
	}
	if b.warm != nil {
		b.lookUp(b.warm)
	}
	if b.kept > 0 {
		b.results["promises"] = figures{"kept": float64(b.kept), "lost": float64(b.lost)}
		b.save()
	}
	b.readable()
	if os.Getenv("BENCH") != "" {
		fmt.Println(b.table())
	}
}

// configure reads what `make bench` was told.
func (b *bench) configure() {
	b.only, b.rounds, b.seconds, b.people, b.clients, b.attacks = nil, 5, 10, 5000, []int{1, 16, 64, 128}, attacks
	b.serverCore, b.loadCore = runtime.NumCPU()-1, 0
	if runtime.NumCPU() < 2 {
		b.t.Log("one core alone: server and load generator share it, and nothing can be said of what is reached")
	}
	number := func(name string, into *int) {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			must(b.t, err)
			*into = n
		}
	}
	number("BENCH_ROUNDS", &b.rounds)
	number("BENCH_PEOPLE", &b.people)
	b.many = 1_000_000
	number("BENCH_MANY", &b.many)
	seconds := int(b.seconds)
	number("BENCH_SECONDS", &seconds)
	b.seconds = float64(seconds)
	if text := os.Getenv("BENCH_ONLY"); text != "" {
		b.only = strings.Split(text, ",")
	}
	if text := os.Getenv("BENCH_CLIENTS"); text != "" {
		b.clients = nil
		for one := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(one)
			must(b.t, err)
			b.clients = append(b.clients, n)
		}
	}
	if text := os.Getenv("BENCH_ATTACKS"); text != "" {
		b.attacks = slices.DeleteFunc(slices.Clone(attacks), func(a attack) bool { return !strings.Contains(a.name, text) })
	}
	b.program, b.out, b.profile = os.Getenv("BENCH_PROGRAM"), os.Getenv("BENCH_OUT"), os.Getenv("BENCH_PROFILE")
	data, err := os.ReadFile(b.out)
	if err == nil { // other parts' figures of before stay
		must(b.t, json.Unmarshal(data, &b.results))
	} else if !errors.Is(err, fs.ErrNotExist) {
		b.t.Fatal(err)
	}
}

func (b *bench) save() {
	for _, name := range []string{"failures", "put_off"} {
		delete(b.results, name)
		b.results[name] = sum(b.results, name)
	}
	data, err := json.MarshalIndent(b.results, "", "  ")
	must(b.t, err)
	must(b.t, os.WriteFile(b.out, append(data, '\n'), 0o644)) //nolint:gosec // nothing secret
}

// sum of the figures of one name, of all parts.
func sum(results map[string]any, name string) (total float64) {
	for at, v := range results {
		switch v := v.(type) {
		case map[string]any:
			total += sum(v, name)
		case figures:
			total += v[name]
		case float64:
			if at == name {
				total += v
			}
		}
	}
	return total
}

// readable: whoever reads the file finds figures, of every part that ran, and no failure.
func (b *bench) readable() {
	b.t.Helper()
	data, err := os.ReadFile(b.out)
	must(b.t, err)
	var all map[string]any
	must(b.t, json.Unmarshal(data, &all))
	for _, part := range b.only {
		if all[part] == nil && part != "small" {
			b.t.Errorf("nothing of %s", part)
		}
	}
	if failures, found := all["failures"].(float64); !found || failures != 0 {
		b.t.Errorf("%v calls failed", all["failures"])
	}
}

// house is the vault of most parts, made when the first needs it.
func (b *bench) house() *benched {
	if b.warm == nil {
		begun := time.Now()
		b.warm = b.newBenched(b.people, func(h *benched) {
			if b.wants("release_limited") {
				h.limit(min(b.people/2, 500))
			}
			if b.wants("release_fhir") {
				h.chart(min(b.people/25, 20))
			}
			if b.wants("withdrawal") {
				h.ending = h.given(h.people[:min(b.people/5, 200)], h.recordRequest())
			}
		})
		b.t.Logf("%d people in %s", b.people, time.Since(begun).Round(time.Second))
	}
	return b.warm
}

func (b *bench) wants(part string) bool { return len(b.only) == 0 || slices.Contains(b.only, part) }

func (h *benched) readCalls() []loadCall { return readCalls(h.grants) }

// readCalls is a release of five fields under each grant.
func readCalls(grants []*wallet.SignedGrant) []loadCall {
	calls := make([]loadCall, len(grants))
	for i, g := range grants {
		calls[i] = loadCall{Path: callPath(g, "release"), Body: fiveFields}
	}
	return calls
}

func (b *bench) releaseWarm() {
	h := b.house()
	s, _ := b.serve(h)
	calls := h.readCalls()
	bare, size := b.bare(h, calls[0])
	b.run(h, s.pinned, h.plan(hostPort(s.at.Institutions), 16, 0, calls)) // each once
	own, least := map[string]any{}, map[string]any{}
	for _, clients := range b.clients {
		own[strconv.Itoa(clients)], least[strconv.Itoa(clients)] = b.beside(h, s, bare, "release_warm", clients, calls)
	}
	own["bytes"] = float64(size)
	own["resident_mib"] = s.resident()
	b.results["release_warm"], b.results["bare"] = own, least
	bare.end(nil)
	s.end(syscall.SIGTERM)
}

// bare starts the bare handler, which answers as the vault did to a call.
func (b *bench) bare(h *benched, call loadCall) (bare *bareServer, size int) {
	h.t.Helper()
	header := call.Header
	if header == "" {
		header = "Content-Type: application/json"
	}
	headers := append(strings.Split(header, "\r\n"), "Idempotency-Key: "+made())
	var sample answer
	eventually(h.t, "the sample", func() bool {
		var err error
		sample, err = send(h.hospital.http, "POST", h.institutionsURL+call.Path, strings.NewReader(call.Body), headers...)
		must(h.t, err)
		return sample.status != http.StatusServiceUnavailable
	})
	if sample.status != http.StatusOK {
		h.t.Fatalf("the sample: %d %s", sample.status, sample.body)
	}
	for _, own := range []string{"Date", "Content-Length", "Transfer-Encoding"} {
		sample.header.Del(own)
	}
	bare = &bareServer{pinned: pin(h.t, b.serverCore, nil, "bench-bare")}
	bare.tell(barePlan{Certificate: h.config.path(h.config.TLS.Certificate), Key: h.config.path(h.config.TLS.Key), Header: sample.header, Body: sample.body})
	bare.address = bare.line()
	return bare, len(sample.body)
}

type bareServer struct {
	*pinned
	address string
}

// round is one load, with what it cost.
type round struct {
	loadResult
	rate    float64 // answers a second
	cpu     float64 // of the server for one answer, microseconds
	load    float64 // how much of a core the generator used
	foreign float64 // part of the machine that others used
}

// run loads a server once.
func (b *bench) run(h *benched, server *pinned, plan loadPlan) (r round) {
	h.t.Helper()
	l := pin(h.t, b.loadCore, nil, "bench-load")
	l.tell(plan)
	if got := l.line(); got != "ready" {
		h.t.Fatalf("load: %s", got)
	}
	serverBefore, loadBefore, selfBefore := server.used(), l.used(), usedBy(h.t, os.Getpid())
	busyBefore, allBefore := machine(h.t)
	_, err := io.WriteString(l.in, "go\n")
	must(h.t, err)
	must(h.t, json.Unmarshal([]byte(l.line()), &r.loadResult))
	served, loaded, self := server.used()-serverBefore, l.used()-loadBefore, usedBy(h.t, os.Getpid())-selfBefore
	busy, all := machine(h.t)
	l.end(nil)
	if r.Failed > 0 || r.Answers == 0 {
		h.t.Errorf("%d of %d calls failed: %s", r.Failed, r.Failed+r.Answers, r.Failure)
	}
	r.rate, r.load = float64(r.Answers)/r.Seconds, loaded.Seconds()/r.Seconds
	r.cpu = float64(served.Microseconds()) / float64(max(r.Answers, 1))
	r.foreign = max(0, (busy-busyBefore-served-loaded-self).Seconds()) / max((all-allBefore).Seconds(), .01)
	return r
}

// beside loads the vault and the bare handler in turns, so that what else the machine does
// falls on both.
func (b *bench) beside(h *benched, s *served, bare *bareServer, part string, clients int, calls []loadCall) (own, least figures) {
	h.t.Helper()
	var vaults, bares []round
	var flushes []float64
	for range b.rounds {
		bares = append(bares, b.run(h, bare.pinned, h.plan(bare.address, clients, b.seconds, calls)))
		flushes = append(flushes, flushed(h.t, filepath.Join(h.dir, "flushed")))
		plan := h.plan(hostPort(s.at.Institutions), clients, b.seconds, calls)
		plan.Kept = h.kept
		profiled := b.profiling(s, fmt.Sprintf("%s-%d", part, clients))
		vaults = append(vaults, b.run(h, s.pinned, plan))
		profiled()
	}
	return b.compared(h, part, clients, vaults, bares, flushes)
}

// compared is rounds of the vault beside those of the bare handler.
func (b *bench) compared(h *benched, part string, clients int, vaults, bares []round, flushes []float64) (own, least figures) {
	own, least = summary(vaults), summary(bares)
	var ratios, cpus, over []float64
	for i := range vaults {
		ratios = append(ratios, vaults[i].rate/bares[i].rate)
		cpus = append(cpus, vaults[i].cpu/max(bares[i].cpu, 1))
		if flushes != nil {
			over = append(over, vaults[i].P50-flushes[i])
		}
	}
	own["ratio"], own["ratio_least"], own["ratio_most"], own["cpu_ratio"] = median(ratios), slices.Min(ratios), slices.Max(ratios), median(cpus)
	if flushes != nil {
		own["fsync_ms"], own["p50_over_fsync_ms"] = median(flushes), median(over)
	}
	h.t.Logf("%s, %d clients: %s; bare: %s", part, clients, own, least)
	return own, least
}

// figures by name, such as p50_ms.
type figures map[string]float64

func (f figures) String() string {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		text = append(text, fmt.Sprintf("%s %.3g", name, f[name]))
	}
	return strings.Join(text, ", ")
}

// summary is the medians of some rounds.
func summary(rounds []round) figures {
	of := func(get func(round) float64) float64 {
		var all []float64
		for _, r := range rounds {
			all = append(all, get(r))
		}
		return median(all)
	}
	failures, putOff := 0, 0
	for _, r := range rounds {
		failures, putOff = failures+r.Failed, putOff+r.PutOff
	}
	return figures{
		"per_s": of(func(r round) float64 { return r.rate }), "p50_ms": of(func(r round) float64 { return r.P50 }), "p99_ms": of(func(r round) float64 { return r.P99 }),
		"cpu_us": of(func(r round) float64 { return r.cpu }), "generator": of(func(r round) float64 { return r.load }), "foreign": of(func(r round) float64 { return r.foreign }),
		"failures": float64(failures), "put_off": float64(putOff),
	}
}

func median(all []float64) float64 {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// profiling takes a CPU profile of the server during a round, where one is wanted.
func (b *bench) profiling(s *served, name string) (taken func()) {
	if b.profile == "" {
		return func() {}
	}
	done := make(chan error, 1)
	go func() {
		got, err := send(http.DefaultClient, "GET", fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", s.at.Internal, max(1, int(b.seconds)-1)), nil)
		if err == nil {
			err = os.MkdirAll(b.profile, 0o750)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(b.profile, name+".pprof"), got.body, 0o600)
		}
		done <- err
	}()
	return func() { must(b.t, <-done) }
}
