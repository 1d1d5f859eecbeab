package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault/storetest"
	"github.com/wrapious/wrappy/wallet"
)

// usual is how many clients the parts have that are measured with one number of them.
const usual = 16

// releaseCold lets every release be of a person of whom the process has read nothing: it is
// started anew for each round. What the operating system keeps of files stays.
func (b *bench) releaseCold(part string, h *benched) {
	calls := h.readCalls()
	var colds, bares []round
	for range b.rounds {
		s, _ := b.serve(h)
		bare, _ := b.bare(h, calls[0])
		bares = append(bares, b.run(h, bare.pinned, h.plan(bare.address, usual, b.seconds, calls)))
		plan := h.plan(hostPort(s.at.Institutions), usual, 0, calls[1:])
		plan.Kept = h.kept
		colds = append(colds, b.run(h, s.pinned, plan))
		bare.end(nil)
		s.end(syscall.SIGTERM)
	}
	own, _ := b.compared(h, part, usual, colds, bares, nil)
	b.results[part] = map[string]any{strconv.Itoa(usual): own}
}

func (b *bench) releaseColdDir() { b.releaseCold("release_cold_dir", b.house()) }

func (b *bench) releaseColdS3() {
	server := storetest.S3Server(b.t)
	h := b.newBenched(min(b.people, 1000), nil, onS3(b.t, server))
	b.releaseCold("release_cold_s3", h)
	b.lookUp(h)
}

// releaseAs is warm releases of one form, with the usual number of clients.
func (b *bench) releaseAs(part string, calls []loadCall) {
	h := b.house()
	s, _ := b.serve(h)
	bare, size := b.bare(h, calls[0])
	b.run(h, s.pinned, h.plan(hostPort(s.at.Institutions), usual, 0, calls))
	own, _ := b.beside(h, s, bare, part, usual, calls)
	own["bytes"] = float64(size)
	b.results[part] = map[string]any{strconv.Itoa(usual): own}
	bare.end(nil)
	s.end(syscall.SIGTERM)
}

func (b *bench) releaseLimited() { b.releaseAs("release_limited", readCalls(b.house().limited)) }

// releaseFHIR is all that the hospital may read of a synthetic patient, as a FHIR R4 Bundle.
func (b *bench) releaseFHIR() {
	calls := make([]loadCall, len(b.house().charts))
	for i, g := range b.house().charts {
		calls[i] = loadCall{Path: callPath(g, "release"), Header: "Content-Type: application/json\r\nAccept: application/fhir+json", Body: `{}`}
	}
	b.releaseAs("release_fhir", calls)
}

// limit gives the hospital grants that count, of which no run comes to the end.
func (h *benched) limit(people int) {
	ask := h.recordRequest()
	ask.Actions, ask.MaxReleases = consent.Read, 1_000_000_000
	h.limited = h.given(h.people[:people], ask)
}

var (
	chartFields  = []consent.FieldName{"health.allergy", "health.care_plan", "health.condition", "health.diagnostic_report", "health.encounter", "health.immunization", "health.medication", "health.observation.laboratory", "health.observation.vital_signs", "health.procedure"}
	patientFiles = filepath.Join("..", "..", "internal", "demo", "patients", "*.json")
)

// chart records a synthetic patient as each of some people, and gives grants to read it all.
func (h *benched) chart(people int) {
	files, err := filepath.Glob(patientFiles)
	must(h.t, err)
	if len(files) == 0 {
		h.t.Fatal("no sample patients")
	}
	ask := h.recordRequest()
	ask.Purpose, ask.Fields = policy.PurposeTreatment, chartFields
	h.charts = h.given(h.people[:people], ask)
	h.each(people, func(ctx context.Context, i int) error {
		bundle, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			return err
		}
		// As the transaction that it is, all or nothing of it would be stored.
		bundle = bytes.Replace(bundle, []byte(`"type": "transaction"`), []byte(`"type": "batch"`), 1)
		signed, err := h.signer(h.hospital.keys).SignBundle(h.charts[i].Grant.ID(), bundle, h.engine.Catalog())
		if err != nil {
			return err
		}
		return h.store(ctx, h.charts[i], string(signed), fhirHeader, 1)
	})
}

// write is a write of all ten fields, signed beforehand: the signing is the institution's.
func (b *bench) write() {
	h := b.house()
	calls := make([]loadCall, min(len(h.grants), 1000))
	h.each(len(calls), func(_ context.Context, i int) (err error) {
		calls[i].Path = callPath(h.grants[i], "fields")
		calls[i].Body, err = h.writeBody(h.grants[i], record)
		return err
	})
	s, _ := b.serve(h)
	var rounds []round
	for range b.rounds {
		plan := h.plan(hostPort(s.at.Institutions), usual, b.seconds, calls)
		plan.Kept = h.kept
		profiled := b.profiling(s, "write")
		rounds = append(rounds, b.run(h, s.pinned, plan))
		profiled()
	}
	own := summary(rounds)
	b.t.Logf("write, %d clients: %s", usual, own)
	b.results["write"] = map[string]any{strconv.Itoa(usual): own}
	s.end(syscall.SIGTERM)
}

// withdraw stops grants one by one while others are released from, and while each is asked
// for by two who do not stop: no release that begins after the answer may be given.
func (b *bench) withdraw() {
	h := b.house()
	s, _ := b.serve(h, ample...)
	plan := h.plan(hostPort(s.at.Institutions), usual, b.seconds*float64(b.rounds), h.readCalls())
	plan.Kept = h.kept
	loaded := make(chan round, 1)
	go func() {
		defer close(loaded)
		loaded <- b.run(h, s.pinned, plan)
	}()
	people := h.dial(nil, 2)
	var took []float64
	before, after, denied := 0, 0, 0
	for _, g := range h.ending {
		w := &withdrawing{url: s.at.Institutions + callPath(g, "release")}
		stop := w.ask(h)
		begun := time.Now()
		got, err := send(people, "POST", s.at.Public+"/v1/person/withdrawals", strings.NewReader(withdrawal(g)))
		acknowledged := time.Now()
		must(b.t, err)
		got.into(b.t, http.StatusOK, &openapi.Withdrawn{})
		took = append(took, float64(acknowledged.Sub(begun).Microseconds())/1000)
		stop()
		for _, one := range w.asked {
			switch {
			case one.err != nil:
				b.t.Error(one.err)
			case one.begun.Before(acknowledged):
				before++
			case one.status == http.StatusOK:
				after++
			case one.status == http.StatusForbidden:
				denied++
			}
		}
	}
	if after > 0 || denied < len(h.ending) {
		b.t.Errorf("%d releases began after their withdrawal was acknowledged and were given, %d were denied", after, denied)
	}
	under := <-loaded
	b.results["withdrawal"] = figures{"p50_ms": median(took), "withdrawn": float64(len(took)), "begun_before": float64(before), "denied_after": float64(denied), "released_after": float64(after), "failures": float64(under.Failed), "put_off": float64(under.PutOff)}
	b.t.Logf("withdrawals: %v", b.results["withdrawal"])
	s.end(syscall.SIGTERM)
}

// withdrawing is who asks for one grant again and again.
type withdrawing struct {
	url   string
	mu    sync.Mutex
	asked []struct {
		begun  time.Time
		status int
		err    error
	}
}

// ask begins, and returns once each has had an answer; stop ends it when each has had another.
func (w *withdrawing) ask(h *benched) (stop func()) {
	var running, answered sync.WaitGroup
	ending := make(chan struct{})
	for range 2 {
		answered.Add(1)
		running.Go(func() {
			for n, last := 0, false; !last; n++ {
				select {
				case <-ending:
					last = true
				default:
				}
				begun := time.Now()
				got, err := send(h.hospital.http, "POST", w.url, strings.NewReader(fiveFields), "Idempotency-Key: "+made())
				w.mu.Lock()
				w.asked = append(w.asked, struct {
					begun  time.Time
					status int
					err    error
				}{begun, got.status, err})
				w.mu.Unlock()
				if n == 0 {
					answered.Done()
				}
			}
		})
	}
	answered.Wait()
	return func() {
		close(ending)
		running.Wait()
	}
}

// small are the measures that are Go benchmarks: of one package, on one core where the
// chain's own processes are not part of it.
var small = []struct {
	pkg, match, time, unit, figure string
	scale                          float64
	pinned                         bool
}{
	{"policy", "BenchmarkDecide$", "1s", "ns/op", "decision_engine_us", 1e-3, true},
	{"policy", "BenchmarkDecideFromCache$", "1s", "ns/op", "decision_cached_us", 1e-3, true},
	{"crypto", "BenchmarkOpenField/100B$", "1s", "ns/op", "open_field_us", 1e-3, true},
	{"crypto", "BenchmarkOpenField/100B$", "1s", "allocs/op", "open_field_allocs", 1, true},
	{"ledgerref", "BenchmarkRelayedGrants/8000$", "1x", "grants/s", "grants_per_s", 1, false},
	{"ledgerref", "BenchmarkGrantAlone$", "10x", "p50-ms", "grant_alone_p50_ms", 1, false},
	{"ledgerref", "BenchmarkReplay$", "3x", "logs/s", "replay_per_s", 1, false},
}

func (b *bench) small() {
	binaries := map[string]compiled{}
	for _, m := range small {
		binary, made := binaries[m.pkg]
		if !made {
			binary = b.compiled(m.pkg)
			binaries[m.pkg] = binary
		}
		core := -1
		if m.pinned {
			core = b.serverCore
		}
		output, err := binary.run(core, []string{fmt.Sprintf("GOGC=%d", gcPercent)}, "-test.bench", m.match, "-test.benchtime", m.time, "-test.count", "3")
		if err != nil {
			b.t.Fatalf("%s: %v\n%s", m.match, err, output)
		}
		var all []float64
		for _, found := range regexp.MustCompile(`([0-9.e+]+) `+regexp.QuoteMeta(m.unit)+`\b`).FindAllStringSubmatch(output, -1) {
			v, err := strconv.ParseFloat(found[1], 64)
			must(b.t, err)
			all = append(all, v*m.scale)
		}
		if len(all) != 3 {
			b.t.Fatalf("%s: no %s in\n%s", m.match, m.unit, output)
		}
		b.results[m.figure] = median(all)
		b.t.Logf("%s: %.4g", m.figure, median(all))
	}
}

// store sends a write as the hospital's system does; at least so many fields are to be stored.
func (h *benched) store(ctx context.Context, g *wallet.SignedGrant, body, header string, least int) error {
	for { // a vault that cannot keep its promises now says so, and is asked again
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.institutionsURL+callPath(g, "fields"), strings.NewReader(body))
		if err != nil {
			return err
		}
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
		r.Header.Set("Idempotency-Key", made())
		answer, err := h.hospital.http.Do(r)
		if err != nil {
			return err
		}
		var written struct{ Stored []json.RawMessage }
		_ = json.NewDecoder(answer.Body).Decode(&written) // what it is not shows in its length
		_ = answer.Body.Close()
		if len(written.Stored) >= least {
			return nil
		}
		if answer.StatusCode != http.StatusServiceUnavailable {
			return fmt.Errorf("status %d, stored %d fields", answer.StatusCode, len(written.Stored))
		}
		<-time.After(time.Second)
	}
}
