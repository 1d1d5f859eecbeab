package telemetry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Trace says where traces go.
type Trace struct {
	// Endpoint is the URL of an OpenTelemetry collector that takes OTLP over HTTP:
	// https, or http on loopback. "": no traces.
	Endpoint string
	// Ratio of requests that are traced, 0 to 1.
	Ratio float64
	// CA are the authorities of the collector's certificate; nil: the system's.
	CA *x509.CertPool
}

// ErrEndpoint says what a collector's URL has to be.
var ErrEndpoint = errors.New("want https://host, or http:// and a loopback address")

// Check refuses what New could not use. A collector learns when requests came and how long
// each step took: not in clear over a network.
func (c Trace) Check() error {
	if !(c.Ratio >= 0 && c.Ratio <= 1) {
		return errors.New("ratio: want 0 to 1")
	}
	if c.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return ErrEndpoint
	}
	switch u.Scheme {
	case "https":
		return nil
	case "http":
		if address, err := netip.ParseAddr(u.Hostname()); err == nil && address.IsLoopback() || u.Hostname() == "localhost" {
			return nil
		}
	}
	return ErrEndpoint
}

const tracesPath = "/v1/traces" // of OTLP over HTTP

const exportTimeout = 10 * time.Second

// quiet: OpenTelemetry tells the whole process's standard error what it thinks of a
// collector's answers and of environment variables, values included. What matters of it
// shows here: as a metric, and once a minute in the log.
var quiet = sync.OnceFunc(func() {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	otel.SetLogger(logr.Discard())
})

func (t *Telemetry) openTraces(c Trace, log *slog.Logger) error {
	if c.Endpoint == "" {
		return nil
	}
	if err := c.Check(); err != nil {
		return err
	}
	quiet()
	at, err := url.Parse(c.Endpoint)
	if err != nil {
		return ErrEndpoint
	}
	if at.Path == "" || at.Path == "/" {
		at.Path = tracesPath
	}
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(at.String()), otlptracehttp.WithTimeout(exportTimeout)}
	if at.Scheme == "https" {
		options = append(options, otlptracehttp.WithTLSClientConfig(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.CA}))
	}
	sends, err := otlptracehttp.New(context.Background(), options...)
	if err != nil {
		return errors.New("the exporter of traces cannot be made") // the rest may quote headers of the environment
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&exporter{SpanExporter: sends, t: t, log: log}, sdktrace.WithExportTimeout(exportTimeout)),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(c.Ratio))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "wrappy"))),
	)
	t.tracer, t.close = provider.Tracer("github.com/wrapious/wrappy"), provider.Shutdown
	return nil
}

// exporter counts what could not be sent and keeps its errors, which hold URLs and what
// the collector answered, to itself.
type exporter struct {
	sdktrace.SpanExporter
	t   *Telemetry
	log *slog.Logger

	mu   sync.Mutex
	told time.Time
}

func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	how := "sent"
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		how = "lost"
		e.complain()
	}
	e.t.spansExported.WithLabelValues(how).Add(float64(len(spans)))
	return nil
}

func (e *exporter) complain() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); now.Sub(e.told) >= time.Minute {
		e.told = now
		e.log.Warn("traces cannot be sent to the collector")
	}
}

// span begins a span below the context's; end takes how it ended, from a closed set. No
// span is made outside of a request's: the vault's own work is seen in metrics.
func (t *Telemetry) span(ctx context.Context, name string) (context.Context, func(outcome string)) {
	if t.tracer == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, func(string) {}
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(outcome string) {
		span.SetAttributes(attribute.String("outcome", outcome))
		if outcome == "unavailable" || outcome == other || outcome == "timeout" {
			span.SetStatus(codes.Error, outcome)
		}
		span.End()
	}
}

// parseTraceparent reads a W3C trace context; what is not one gives an invalid one.
func parseTraceparent(text string) trace.SpanContext {
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": text})
	return trace.SpanContextFromContext(ctx)
}

// Logs adds to each line that is written within a traced request the id of its trace,
// which is the vault's own and random.
func (t *Telemetry) Logs(log *slog.Logger) *slog.Logger {
	if t == nil || t.tracer == nil {
		return log
	}
	return slog.New(traced{log.Handler()})
}

type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if at := trace.SpanContextFromContext(ctx); at.IsSampled() {
		r.AddAttrs(slog.String("trace", at.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }
func (h traced) WithGroup(name string) slog.Handler       { return traced{h.Handler.WithGroup(name)} }
