package main

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traceCollector is an OpenTelemetry collector: it takes OTLP over HTTP and keeps it all.
type traceCollector struct {
	url string

	mu    sync.Mutex
	raw   []byte // of every message, and of the headers that it came with
	spans []*trace.Span
	fail  error
}

func startCollector(t testing.TB) *traceCollector {
	c := &traceCollector{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *traceCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	message, err := readExport(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail = errors.Join(c.fail, err); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	data, err := proto.Marshal(message)
	c.fail, c.raw = errors.Join(c.fail, err), append(c.raw, data...)
	for name, values := range r.Header {
		c.raw = append(c.raw, "\n"+name+": "+strings.Join(values, ", ")+"\n"...)
	}
	for _, resource := range message.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func readExport(r *http.Request) (*collected.ExportTraceServiceRequest, error) {
	var body io.Reader = r.Body
	if r.URL.Path != "/v1/traces" || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return nil, errors.New("not OTLP over HTTP")
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var message collected.ExportTraceServiceRequest
	return &message, proto.Unmarshal(data, &message)
}

// have is what has come so far.
func (c *traceCollector) have(t testing.TB) ([]*trace.Span, []byte) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	must(t, c.fail)
	return append([]*trace.Span(nil), c.spans...), append([]byte(nil), c.raw...)
}

// measuredBy has a vault measure everything, for the collector and an internal listener.
func measuredBy(c *traceCollector) func(*founding) {
	return func(f *founding) { f.internal, f.trace = "127.0.0.1:0", traceFounding{c.url, 1} }
}
