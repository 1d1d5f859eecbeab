package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestLogs: all that the process writes, at every level, is JSON lines of its own: neither
// Tessera nor the chain, OpenTelemetry nor Go's own servers add to it. A request's line
// has members from closed sets and nothing else.
func TestLogs(t *testing.T) {
	// what a library would complain about, value and all
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "not a header, "+canary+"=%zz")
	t.Setenv("WRAPPY_LOG_LEVEL", "debug")
	collector := startCollector(t)
	k := &killed{running: launch(t, measuredBy(collector))}
	must(t, k.shut())
	k.start(t)
	p := k.person()
	g := k.recorded(p)
	k.adverse(g)
	story(k.running, p, g)
	k.brokenConnections(t)
	must(t, k.process.Process.Signal(syscall.SIGTERM))
	if err := k.process.Wait(); err != nil {
		t.Error(err)
	}
	requests := checkLog(t, k.output.String())
	for _, outcome := range []string{"ok", "denied", "not-found", "json-syntax", "method"} {
		if requests[outcome] == 0 {
			t.Errorf("no request ended as %q: %v", outcome, requests)
		}
	}
	if spans, _ := collector.have(t); len(spans) < 100 {
		t.Errorf("%d spans", len(spans))
	}
}

// brokenConnections makes Go's servers complain.
func (v *running) brokenConnections(t *testing.T) {
	t.Helper()
	for _, url := range []string{v.publicURL, v.institutionsURL} {
		if _, err := send(v.dial(nil, 1), "GET", "http://"+strings.TrimPrefix(url, "https://")+"/"+echoed, nil); err != nil {
			t.Log(err)
		}
	}
	stranger := v.dial(nil, 1) // without a certificate
	_, _ = send(stranger, "GET", v.institutionsURL+"/v1/me", nil)
}

// checkLog looks at every line and counts how requests ended.
func checkLog(t *testing.T, log string) map[string]int {
	t.Helper()
	ended := map[string]int{}
	for line := range strings.Lines(log) {
		var members map[string]any
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Errorf("not JSON: %.200q", line)
			continue
		}
		text := func(name string) string { s, _ := members[name].(string); return s }
		if text("level") == "" || text("time") == "" || text("msg") == "" {
			t.Errorf("not a line of ours: %.200s", line)
		}
		for _, word := range []string{canary, echoed, `made`, "127.1."} {
			if strings.Contains(line, word) {
				t.Errorf("a line holds %q: %.200s", word, line)
			}
		}
		if text("msg") != "request" {
			continue
		}
		ended[text("outcome")]++
		if !labels["listener"](text("listener")) || !labels["method"](text("method")) || !labels["route"](text("route")) || !labels["outcome"](text("outcome")) || len(text("request")) != 16 {
			t.Errorf("a request's line: %.200s", line)
		}
		delete(members, "trace")
		if keys := slices.Sorted(maps.Keys(members)); !slices.Equal(keys, []string{"level", "listener", "method", "msg", "outcome", "request", "route", "status", "time", "took_ms"}) {
			t.Errorf("a request's line has %v", keys)
		}
	}
	return ended
}
