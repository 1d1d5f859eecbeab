package telemetry

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/wrapious/wrappy/internal/api"
)

const theirs = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"

func recording(t *testing.T, ratio float64) (*Telemetry, *tracetest.SpanRecorder) {
	t.Helper()
	measure, spans := measuring(t), tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(ratio))))
	measure.tracer = provider.Tracer("test")
	return measure, spans
}

// TestTheirTraces: a caller's trace is never joined, nor does it decide what is recorded.
func TestTheirTraces(t *testing.T) {
	for _, c := range []struct {
		name, listener string
		header         http.Header
		links          int
	}{
		{"an institution's", api.InstitutionListener, http.Header{"Traceparent": {theirs}}, 1},
		{"with a state", api.InstitutionListener, http.Header{"Traceparent": {theirs}, "Tracestate": {"patient=Grace"}, "Baggage": {"patient=Grace"}}, 1},
		{"not sampled", api.InstitutionListener, http.Header{"Traceparent": {strings.TrimSuffix(theirs, "1") + "0"}}, 1},
		{"a person's", "people", http.Header{"Traceparent": {theirs}}, 0},
		{"none", api.InstitutionListener, nil, 0},
		{"two", api.InstitutionListener, http.Header{"Traceparent": {theirs, theirs}}, 0},
		{"zero", api.InstitutionListener, http.Header{"Traceparent": {"00-00000000000000000000000000000000-0000000000000000-01"}}, 0},
		{"too long", api.InstitutionListener, http.Header{"Traceparent": {theirs + "-" + strings.Repeat("a", 10_000)}}, 0},
		{"a name", api.InstitutionListener, http.Header{"Traceparent": {"Grace Achieng"}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			measure, spans := recording(t, 1)
			r := httptest.NewRequest(http.MethodPost, "/v1/grants/0x12/release", nil)
			r.Header = c.header
			_, end := measure.request(r, api.Seen{Listener: c.listener, Method: "POST", Route: "/v1/grants/:grant/release"})
			end(api.Seen{Listener: c.listener, Status: 200, Outcome: "ok"})
			span := spans.Ended()[0]
			if len(span.Links()) != c.links {
				t.Fatalf("%d links", len(span.Links()))
			}
			if span.Parent().IsValid() || strings.HasPrefix(theirs[3:], span.SpanContext().TraceID().String()) {
				t.Error("the caller's trace was joined")
			}
			for _, link := range span.Links() {
				if link.SpanContext.TraceState().Len() > 0 || link.SpanContext.IsSampled() || len(link.Attributes) > 0 || link.SpanContext.TraceID().String() != theirs[3:35] {
					t.Errorf("linked to more than two ids: %v", link)
				}
			}
		})
	}
	measure, spans := recording(t, 0)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Traceparent", theirs)
	ctx, end := measure.request(r, api.Seen{Listener: api.InstitutionListener})
	_, endInner := measure.span(ctx, "inner")
	endInner("ok")
	end(api.Seen{})
	if len(spans.Ended()) > 0 {
		t.Error("a caller has made the vault record")
	}
}

// TestNoSpanWithoutRequest: the vault's own work makes no traces.
func TestNoSpanWithoutRequest(t *testing.T) {
	measure, spans := recording(t, 1)
	_, end := measure.span(t.Context(), "heads get")
	end("ok")
	if len(spans.Ended()) > 0 {
		t.Error("a span of no request")
	}
}

// TestCollectorAway: what a collector answers reaches no log; what was lost is counted.
func TestCollectorAway(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, "the collector says: Grace Achieng", http.StatusBadRequest)
	}))
	defer server.Close()
	var text bytes.Buffer
	measure, err := New(Config{Trace: Trace{Endpoint: server.URL, Ratio: 1}, Log: slog.New(slog.NewJSONHandler(&text, nil))})
	must(t, err)
	for range 3 {
		_, end := measure.request(httptest.NewRequest(http.MethodGet, "/", nil), api.Seen{})
		end(api.Seen{})
	}
	must(t, measure.Close())
	if asked.Load() == 0 {
		t.Fatal("nothing was sent")
	}
	if got := text.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "traces cannot be sent") || strings.Contains(got, "Grace") || strings.Contains(got, "127.0.0.1") {
		t.Errorf("log: %q", got)
	}
	_, metrics := ask(t, "GET", internal(t, measure, "127.0.0.1:1")+"/metrics", nil)
	if !strings.Contains(metrics, `wrappy_trace_spans_total{outcome="lost"} 3`) {
		t.Error("what was lost is not counted")
	}
}

// TestTracedLogs: a line within a traced request names its trace, and no other does.
func TestTracedLogs(t *testing.T) {
	measure, spans := recording(t, 1)
	var text bytes.Buffer
	log := measure.Logs(slog.New(slog.NewJSONHandler(&text, nil))).With("a", "b")
	log.InfoContext(t.Context(), "outside")
	ctx, end := measure.request(httptest.NewRequest(http.MethodGet, "/", nil), api.Seen{})
	log.InfoContext(ctx, "inside")
	end(api.Seen{})
	lines := strings.Split(text.String(), "\n")
	if id := spans.Ended()[0].SpanContext().TraceID().String(); strings.Contains(lines[0], "trace") || !strings.Contains(lines[1], `"trace":"`+id+`"`) {
		t.Errorf("%s", text.String())
	}
}

// TestSpanAttributes: only what the vault says of itself.
func TestSpanAttributes(t *testing.T) {
	measure, spans := recording(t, 1)
	r := httptest.NewRequest(http.MethodPost, "/v1/grants/0xGrace?name=Grace", nil)
	r.Header.Set("User-Agent", "Grace")
	_, end := measure.request(r, api.Seen{Listener: "people", Method: "POST", Route: "/v1/grants/:grant"})
	end(api.Seen{Status: 503, Outcome: "unavailable"})
	keys := map[attribute.Key]bool{"listener": true, "http.request.method": true, "http.route": true, "http.response.status_code": true, "outcome": true}
	for _, one := range spans.Ended()[0].Attributes() {
		if !keys[one.Key] || strings.Contains(one.Value.String(), "Grace") {
			t.Errorf("%s=%s", one.Key, one.Value.String())
		}
	}
}
