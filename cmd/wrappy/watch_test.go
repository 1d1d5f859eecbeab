package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// TestWatched tells a whole story to a vault that measures everything, wrong and made-up
// calls included, and looks at what an operator then sees.
func TestWatched(t *testing.T) {
	collector := startCollector(t)
	v := launch(t, measuredBy(collector))
	p := v.person()
	g := v.recorded(p)
	v.adverse(g)
	story(v, p, g)
	v.settle()
	t.Run("metrics are bounded", func(t *testing.T) { v.in(t).metricsBounded(t, g) })
	t.Run("metrics tell what happened", func(t *testing.T) { v.in(t).metricsTell(t) })
	t.Run("alerts speak of metrics that there are", func(t *testing.T) { v.in(t).alertsFit(t) })
	t.Run("a release's trace", func(t *testing.T) { v.in(t).releaseTraced(t, collector, p) })
	t.Run("traces are bounded", func(t *testing.T) { tracesBounded(t, collector) })
	t.Run("profiles on the internal listener alone", func(t *testing.T) { v.in(t).profilesInside(t) })
	t.Run("ready, check by check", func(t *testing.T) { v.in(t).readyByCheck(t) })
	must(t, v.shut())
}

// story is releases, denials, a withdrawal, a no, a session's reading.
func story(v *running, p *person, g *wallet.SignedGrant) {
	v.t.Helper()
	again := "Idempotency-Key: " + made()
	v.hospital.release(g, fiveFields, again)
	v.hospital.release(g, fiveFields, again)
	v.hospital.release(g, `{"fields":["health.allergy"]}`)
	limited := v.hospital.agree(p, object{"actions": []string{"read"}, "max_releases": 1})
	v.hospital.release(limited, "{}")
	v.hospital.release(limited, "{}")
	v.school.release(g, "{}")
	v.post("/v1/person/withdrawals", withdrawal(limited)).into(v.t, http.StatusOK, &openapi.Withdrawn{})
	v.hospital.release(limited, "{}")
}

func made() string {
	var random [16]byte
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

// adverse sends what nobody has sent before, in every place where a label could come from.
func (v *running) adverse(g *wallet.SignedGrant) {
	v.t.Helper()
	one := "made" + made()
	for _, base := range []string{v.publicURL, v.institutionsURL} {
		c := v.hospital.http
		if base == v.publicURL {
			c = v.dial(nil, 2)
		}
		for _, path := range []string{"/" + one, "/v1/" + one, "/v1/grants/" + one, "/v1/grants/" + one + "/release", "/v1/grants/0x" + strings.Repeat("7", 64) + "/" + one, "/v1/me?" + one + "=" + one,
			"/v1/institutions/" + one, "/log/" + one, "/log/tile/0/" + one, "/debug/pprof/" + one, "/metrics", "/v1/person/history?after=" + one, "/%2e%2e/" + one, "/v1/asked/" + one} {
			for _, method := range []string{"GET", "POST", strings.ToUpper(one[:20]), "DELETE", "HEAD", "OPTIONS"} {
				got, err := send(c, method, base+path, strings.NewReader(`{"`+one+`":"`+one+`"}`), "User-Agent: "+one, "Accept: "+one+"/"+one, "Content-Type: application/"+one,
					"Idempotency-Key: "+one, "Traceparent: 00-"+one[4:36]+"-"+one[4:20]+"-01", "Tracestate: a="+one, "Baggage: a="+one, "X-Request-ID: "+one, "Wrappy-Session: "+one, "Wrappy-Proof: "+one, "Origin: https://"+one+".example")
				must(v.t, err)
				if got.header.Get("X-Request-ID") == one {
					v.t.Error("a request's id is the caller's")
				}
			}
		}
	}
	for _, body := range []string{`{"fields":["identity.` + one + `"]}`, `{"` + one + `":1}`, `{"fields":["` + one + `"]}`, one} {
		v.hospital.release(g, body)
		v.hospital.write(g, `{"values":{"identity.`+one+`":"`+one+`"}}`)
		v.hospital.write(g, body)
	}
	v.hospital.call("POST", "/v1/requests", asking(object{"purpose": one, "legal_basis": one}))
	v.hospital.call("POST", "/v1/requests", asking(object{"fields": []string{"identity." + one}}))
	v.school.release(g, `{}`)
}

// inside asks the internal listener.
func (v *running) inside(path string) answer {
	v.t.Helper()
	got, err := send(http.DefaultClient, "GET", v.internalURL()+path, nil)
	must(v.t, err)
	return got
}

// series are the metrics now, by name and labels.
func (v *running) series() map[string]float64 {
	v.t.Helper()
	got := v.inside("/metrics")
	if got.status != http.StatusOK {
		v.t.Fatalf("metrics: %d", got.status)
	}
	all := map[string]float64{}
	lines := bufio.NewScanner(strings.NewReader(string(got.body)))
	for lines.Scan() {
		if line := lines.Text(); !strings.HasPrefix(line, "#") {
			name, value, _ := cutLast(line, " ")
			number, err := strconv.ParseFloat(value, 64)
			must(v.t, err)
			all[name] = number
		}
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

var (
	labelled  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
	templated = regexp.MustCompile(`^(/[a-z0-9.*]*|/:[a-z]+)+$`)
	words     = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
)

// labels are, for each label, what its values must be: of a set, or of a form that holds
// nothing from outside.
var labels = map[string]func(string) bool{
	"listener": among("people", "institutions"),
	"method":   among("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "other"),
	"class":    among("1xx", "2xx", "3xx", "4xx", "5xx", "none", "grants", "invited", "uninvited", "institution"),
	"route":    func(s string) bool { return s == "none" || templated.MatchString(s) },
	"outcome": listedOr("docs/api.md", "ok", "denied", "redelivered", "no_entry", "permitted", "partly", "sent", "lost", "canceled", "timeout", "absent", "exists", "changed", "stale_view", "budget",
		"unavailable", "not_found", "unknown_institution", "unknown_identity", "signature", "frozen", "erased", "region", "idempotency_reuse", "conflict", "too_large", "malformed", "other"),
	"operation": among("release", "write", "request", "grant", "refuse", "withdraw", "facts", "enrol", "history", "withdraw_all", "dispute", "correct", "erase", "show", // of the gate
		"get", "put", "delete", "list", // of stores
		"root_key", "institution", "view", // of the ledger
		"complete", "ended", "erased"), // of the journal
	"reason": listedOr("docs/protocol/reasons.md"),
	"step":   among("admit", "find", "look", "open"),
	"kind": func(s string) bool {
		return slices.Contains(consent.EntryKinds(), consent.EntryKind(s)) || slices.Contains(consent.ActKinds(), consent.ActKind(s))
	},
	"store":  among("heads", "records", "directory", "s3"),
	"where":  among("intake", "tree", "copy", "ledger"),
	"state":  among("pending", "aside", "sent", "mined"),
	"for":    among("fee", "budget", "balance", "network", "chain", "view"),
	"cache":  among("heads", "grants", "signatures", "tombstones", "decisions"),
	"result": among("hit", "miss"),
	"ledger": among("embedded", "network"),
	"le":     regexp.MustCompile(`^(\+Inf|[0-9.e-]+)$`).MatchString,
	// of Go's own
	"quantile": regexp.MustCompile(`^[0-9.]+$`).MatchString,
	// of the program
	"version": regexp.MustCompile(`^(v[0-9].*|\(devel\)|go[0-9.]+)$`).MatchString, "revision": regexp.MustCompile(`^([0-9a-f]{40}|unknown)$`).MatchString, "go": regexp.MustCompile(`^(go|devel)[^ ]*$`).MatchString,
}

func among(values ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(values, s) }
}

// listedOr takes what a page of the documentation names as code, and the values besides.
func listedOr(page string, values ...string) func(string) bool {
	listed := sync.OnceValue(func() string {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			panic(err)
		}
		return string(text)
	})
	return func(s string) bool {
		return slices.Contains(values, s) || words.MatchString(s) && strings.Contains(listed(), "`"+s+"`")
	}
}

func (v *running) metricsBounded(t *testing.T, g *wallet.SignedGrant) {
	before := v.series()
	for name := range before {
		for _, l := range labelled.FindAllStringSubmatch(name, -1) {
			if fits := labels[l[1]]; fits == nil || !fits(l[2]) {
				t.Errorf("label %s=%q of %s", l[1], l[2], name)
			}
		}
	}
	for range 3 { // other made-up words, nothing new to see
		v.adverse(g)
	}
	after := v.series()
	for name := range after {
		if _, was := before[name]; !was {
			t.Errorf("a new series for new words: %s", name)
		}
	}
	if len(before) < 300 || len(after) > 2500 {
		t.Errorf("%d series, then %d", len(before), len(after))
	}
	t.Logf("%d series", len(after))
}

func (v *running) metricsTell(t *testing.T) {
	all := v.series()
	for name, least := range map[string]float64{
		`wrappy_gate_calls_total{operation="release",outcome="ok"}`:                                                       2,
		`wrappy_gate_calls_total{operation="release",outcome="redelivered"}`:                                              1,
		`wrappy_gate_calls_total{operation="release",outcome="denied"}`:                                                   3,
		`wrappy_gate_calls_total{operation="release",outcome="not_found"}`:                                                1,
		`wrappy_gate_calls_total{operation="withdraw",outcome="ok"}`:                                                      1,
		`wrappy_gate_denials_total{operation="release",reason="limit_reached"}`:                                           1,
		`wrappy_gate_denials_total{operation="release",reason="withdrawn"}`:                                               1,
		`wrappy_gate_denials_total{operation="release",reason="not_in_grant"}`:                                            1,
		`wrappy_security_probes_total{outcome="ok"}`:                                                                      1,
		`wrappy_journal_entries_total{kind="authorised"}`:                                                                 2,
		`wrappy_journal_entries_total{kind="denied"}`:                                                                     3,
		`wrappy_journal_append_seconds_count{outcome="ok"}`:                                                               10,
		`wrappy_policy_decision_seconds_count{outcome="permitted"}`:                                                       2,
		`wrappy_store_seconds_count{operation="get",outcome="ok",store="heads"}`:                                          10,
		`wrappy_store_seconds_count{operation="get",outcome="absent",store="heads"}`:                                      1,
		`wrappy_store_seconds_count{operation="put",outcome="ok",store="records"}`:                                        1,
		`wrappy_ledger_seconds_count{operation="grant",outcome="ok"}`:                                                     5,
		`wrappy_gate_step_seconds_count{step="open"}`:                                                                     2,
		`wrappy_http_requests_total{class="2xx",listener="institutions",method="POST",route="/v1/grants/:grant/release"}`: 2,
		`wrappy_http_requests_total{class="4xx",listener="people",method="GET",route="none"}`:                             1,
		`wrappy_http_outcomes_total{listener="institutions",outcome="denied"}`:                                            3,
		`wrappy_journal_size_entries{where="intake"}`:                                                                     10,
		`wrappy_policy_revision`:                                     1,
		`wrappy_policy_expires_timestamp_seconds`:                    float64(time.Now().Unix()),
		`wrappy_certificate_expires_timestamp_seconds`:               float64(time.Now().Unix()),
		`wrappy_relayer_acts_total{kind="withdraw",outcome="ok"}`:    1,
		`wrappy_relayer_budget_used_acts{class="grants"}`:            2,
		`wrappy_relayer_budget_limit_acts{class="grants"}`:           10_000,
		`wrappy_ledger_follows`:                                      1,
		`wrappy_ledger_view_block`:                                   1,
		`wrappy_journal_works`:                                       1,
		`wrappy_cache_lookups_total{cache="grants",result="hit"}`:    1,
		`wrappy_cache_lookups_total{cache="decisions",result="hit"}`: 1,
		`go_goroutines`: 10,
	} {
		if all[name] < least {
			t.Errorf("%s is %v, want %v at least", name, all[name], least)
		}
	}
	for _, name := range []string{`wrappy_http_in_flight{listener="people"}`, `wrappy_relayer_waits{for="network"}`} {
		if value, there := all[name]; !there || value != 0 {
			t.Errorf("%s is %v", name, value)
		}
	}
}

var metricName = regexp.MustCompile(`\bwrappy_[a-z_]+\b`)

// alertsFit: every metric that an alert asks for is one that the vault shows.
func (v *running) alertsFit(t *testing.T) {
	data, err := os.ReadFile("../../docs/alerts.yaml")
	must(t, err)
	there := string(v.inside("/metrics").body)
	asked := metricName.FindAllString(string(data), -1)
	if len(asked) < 15 {
		t.Errorf("only %d metrics in the alerts", len(asked))
	}
	for _, name := range asked {
		if !strings.Contains(there, "\n"+name+"{") && !strings.Contains(there, "\n"+name+" ") {
			t.Errorf("the vault shows no %s", name)
		}
	}
}

// releaseTraced makes one release and looks for its spans, each below the right one.
func (v *running) releaseTraced(t *testing.T, c *traceCollector, p *person) {
	g := v.recorded(p) // a record that was never read yet
	const theirTrace, theirSpan = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	v.hospital.release(g, "{}", "Traceparent: 00-"+theirTrace+"-"+theirSpan+"-01").into(t, http.StatusOK, &openapi.Released{})
	var spans []*trace.Span
	var root *trace.Span
	eventually(t, "the release's spans", func() bool {
		spans, _ = c.have(t)
		for _, s := range spans {
			for _, link := range s.Links {
				if hex.EncodeToString(link.TraceId) == theirTrace && hex.EncodeToString(link.SpanId) == theirSpan {
					root = s
				}
			}
		}
		return root != nil && named(spans, root, "journal append") >= 2 // authorised, delivered
	})
	if hex.EncodeToString(root.TraceId) == theirTrace || len(root.ParentSpanId) > 0 {
		t.Error("the caller's trace was joined")
	}
	below := map[string]string{} // span → its parent
	ids := map[string]string{string(root.SpanId): "POST /v1/grants/:grant/release"}
	for _, s := range spans {
		if string(s.TraceId) == string(root.TraceId) {
			ids[string(s.SpanId)] = s.Name
		}
	}
	for _, s := range spans {
		if string(s.TraceId) == string(root.TraceId) && s != root {
			below[s.Name+" < "+ids[string(s.ParentSpanId)]] = s.Name
		}
	}
	for _, want := range []string{
		"gate release < POST /v1/grants/:grant/release", "admit < gate release", "ledger view < admit", "heads get < admit", "ledger grant < admit", "decide < admit",
		"find < gate release", "records get < find", "journal append < gate release", "look < gate release", "open < gate release",
	} {
		if below[want] == "" {
			t.Errorf("missing %q in %v", want, slices.Sorted(maps.Keys(below)))
		}
	}
	if root.Kind != trace.Span_SPAN_KIND_SERVER || root.Name != "POST /v1/grants/:grant/release" {
		t.Errorf("the request's span is %s %q", root.Kind, root.Name)
	}
}

func named(spans []*trace.Span, in *trace.Span, name string) (n int) {
	for _, s := range spans {
		if s.Name == name && string(s.TraceId) == string(in.TraceId) {
			n++
		}
	}
	return n
}

// tracesBounded: names and attributes are from closed sets, and there is nothing else.
func tracesBounded(t *testing.T, c *traceCollector) {
	spans, raw := c.have(t)
	names := regexp.MustCompile(`^(GET|POST|HEAD|OPTIONS|DELETE|PUT|PATCH|other) (none|(/[a-z0-9.*]*|/:[a-z]+)+)$|^gate [a-z_]+$|^(heads|records) (get|put|delete|list)$|^ledger (view|grant|institution|root key)$|^journal (append|probe|history|complete|ended|erased)$|^(admit|find|look|open|decide|derive|relayer submit)$`)
	values := map[string]func(string) bool{"listener": labels["listener"], "http.request.method": labels["method"], "http.route": labels["route"], "outcome": words.MatchString}
	for _, s := range spans {
		if !names.MatchString(s.Name) {
			t.Errorf("a span is called %q", s.Name)
		}
		for _, a := range s.Attributes {
			fits := values[a.Key]
			if a.Key != "http.response.status_code" && (fits == nil || !fits(a.Value.GetStringValue())) {
				t.Errorf("%s: %s=%v", s.Name, a.Key, a.Value)
			}
		}
		if len(s.Events) > 0 || s.TraceState != "" || s.Status.GetMessage() != "" && !words.MatchString(s.Status.GetMessage()) {
			t.Errorf("%s: events %v, state %q, status %v", s.Name, s.Events, s.TraceState, s.Status)
		}
		for _, l := range s.Links {
			if l.TraceState != "" || len(l.Attributes) > 0 {
				t.Errorf("%s: linked to %v", s.Name, l)
			}
		}
	}
	if strings.Contains(string(raw), "made") || len(spans) < 200 {
		t.Errorf("%d spans, or what was sent is in them", len(spans))
	}
}

func (v *running) profilesInside(t *testing.T) {
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile?seconds=1", "/debug/pprof/goroutine?debug=1", "/metrics", "/debug/vars"} {
		for _, base := range []string{v.publicURL, v.institutionsURL} {
			got, err := send(v.hospital.http, "GET", base+path, nil)
			must(t, err)
			if got.status != http.StatusNotFound {
				t.Errorf("%s%s: %d", base, path, got.status)
			}
		}
	}
	for _, path := range []string{"/debug/pprof/heap", "/debug/pprof/goroutine?debug=1", "/debug/pprof/allocs", "/debug/pprof/profile?seconds=1"} {
		if got := v.inside(path); got.status != http.StatusOK || len(got.body) < 100 {
			t.Errorf("%s: %d, %d bytes", path, got.status, len(got.body))
		}
	}
}

func (v *running) readyByCheck(t *testing.T) {
	read := func() (status int, checks map[string]string) {
		var body struct{ Checks map[string]string }
		got := v.inside("/readyz")
		must(t, json.Unmarshal(got.body, &body))
		return got.status, body.Checks
	}
	all := map[string]string{"ledger": "ok", "policy": "ok", "journal": "ok", "heads": "ok", "records": "ok"}
	if status, checks := read(); status != http.StatusOK || !maps.Equal(checks, all) {
		t.Errorf("%d %v", status, checks)
	}
	back := v.away(t, v.config.headsDir())
	status, checks := read()
	back()
	if status != http.StatusServiceUnavailable || checks["heads"] == "ok" || checks["records"] != "ok" || !words.MatchString(checks["heads"]) {
		t.Errorf("without heads: %d %v", status, checks)
	}
}

// TestInternalAddress: a vault that would show itself to others does not start.
func TestInternalAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:9464", ":9464", "8.8.8.8:9464", "localhost:9464", "[::]:9464"} {
		_, err := loadConfig(writeConfig(t, fmt.Sprintf("jurisdiction: KE\nlisten: {internal: %q}", address)), nil)
		if err == nil || !strings.Contains(err.Error(), "listen.internal: want ip:port with a loopback or private address") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
