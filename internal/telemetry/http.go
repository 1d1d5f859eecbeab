package telemetry

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/wrapious/wrappy/internal/api"
)

// Requests is an api.Watch, or nil where nothing is measured.
func (t *Telemetry) Requests() api.Watch {
	if t == nil {
		return nil
	}
	return t.request
}

func (t *Telemetry) request(r *http.Request, begun api.Seen) (context.Context, func(api.Seen)) {
	t.inFlight.WithLabelValues(begun.Listener).Inc()
	ctx, span := t.requestSpan(r, begun)
	return ctx, func(ended api.Seen) {
		t.inFlight.WithLabelValues(ended.Listener).Dec()
		t.requests.WithLabelValues(ended.Listener, ended.Method, ended.Route, class(ended.Status)).Inc()
		t.outcomes.WithLabelValues(ended.Listener, ended.Outcome).Inc()
		t.requestTime.WithLabelValues(ended.Listener, ended.Route).Observe(ended.Took.Seconds())
		if span == nil {
			return
		}
		span.SetAttributes(attribute.Int("http.response.status_code", ended.Status), attribute.String("outcome", ended.Outcome))
		if ended.Status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, ended.Outcome)
		}
		span.End()
	}
}

// requestSpan begins a trace of the vault's own. A caller's trace would let it choose what
// is recorded, and tie together what must not be; an institution's is linked to, so that
// its operators and ours can find each other's, and a person's is not looked at.
func (t *Telemetry) requestSpan(r *http.Request, seen api.Seen) (context.Context, trace.Span) {
	if t.tracer == nil {
		return r.Context(), nil
	}
	options := []trace.SpanStartOption{
		trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("listener", seen.Listener), attribute.String("http.request.method", seen.Method), attribute.String("http.route", seen.Route)),
	}
	if seen.Listener == api.InstitutionListener {
		if link, ok := linked(r.Header); ok {
			options = append(options, trace.WithLinks(link))
		}
	}
	return t.tracer.Start(r.Context(), seen.Method+" "+seen.Route, options...)
}

// linked is the caller's place in its own trace: two ids and nothing else of what it sent.
func linked(header http.Header) (trace.Link, bool) {
	values := header.Values("Traceparent")
	if len(values) != 1 {
		return trace.Link{}, false
	}
	theirs := parseTraceparent(values[0])
	if !theirs.IsValid() {
		return trace.Link{}, false
	}
	return trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: theirs.TraceID(), SpanID: theirs.SpanID(), Remote: true})}, true
}

// class of a status: 1xx to 5xx, none where nothing was answered.
func class(status int) string {
	switch status / 100 {
	case 1:
		return "1xx"
	case 2:
		return "2xx"
	case 3:
		return "3xx"
	case 4:
		return "4xx"
	case 5:
		return "5xx"
	}
	return "none"
}
