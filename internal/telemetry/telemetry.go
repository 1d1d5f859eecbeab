package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/trace"
)

// Config says what is measured, and where traces go.
type Config struct {
	Version, Revision string // of this program
	Ledger, Store     string // their kinds
	Trace             Trace
	Log               *slog.Logger // nil: silent
}

// Telemetry measures one vault. It has a registry and a tracer of its own: nothing that a
// library registers for the whole process gets in. A nil one measures nothing: what it
// is to watch it gives back as it is. Safe for concurrent use.
type Telemetry struct {
	metrics
	registry *prometheus.Registry
	tracer   trace.Tracer // nil: no traces
	close    func(context.Context) error
}

// New starts measuring. Close it.
func New(c Config) (*Telemetry, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	t := &Telemetry{registry: prometheus.NewRegistry(), metrics: newMetrics(), close: func(context.Context) error { return nil }}
	about := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "wrappy_build_info", Help: "1; the labels say which program runs, and on what.",
		ConstLabels: prometheus.Labels{"version": c.Version, "revision": c.Revision, "go": runtime.Version(), "ledger": c.Ledger, "store": c.Store},
	})
	about.Set(1)
	var errs []error
	for _, one := range append(t.all(), about, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})) {
		errs = append(errs, t.registry.Register(one))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, t.openTraces(c.Trace, c.Log)
}

const closeWait = 5 * time.Second

// Close sends the traces that wait, for some seconds at most.
func (t *Telemetry) Close() error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	_ = t.close(ctx) // a collector that is away holds up no end
	return nil
}
