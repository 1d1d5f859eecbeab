package telemetry

import (
	"context"
	"errors"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// metrics are counted where things happen. Every label is from a closed set: no
// institution, permission, person, address, path or field has a series of its own.
type metrics struct {
	requests      *prometheus.CounterVec   // listener, method, route, class
	outcomes      *prometheus.CounterVec   // listener, outcome
	requestTime   *prometheus.HistogramVec // listener, route
	inFlight      *prometheus.GaugeVec     // listener
	calls         *prometheus.CounterVec   // operation, outcome
	callTime      *prometheus.HistogramVec // operation
	denials       *prometheus.CounterVec   // operation, reason
	stepTime      *prometheus.HistogramVec // step
	decisionTime  *prometheus.HistogramVec // outcome
	deriveTime    *prometheus.HistogramVec // outcome
	appendTime    *prometheus.HistogramVec // outcome
	entries       *prometheus.CounterVec   // kind
	journalTime   *prometheus.HistogramVec // operation, outcome
	probes        *prometheus.CounterVec   // outcome
	storeTime     *prometheus.HistogramVec // store, operation, outcome
	ledgerTime    *prometheus.HistogramVec // operation, outcome
	acts          *prometheus.CounterVec   // kind, outcome
	spansExported *prometheus.CounterVec   // outcome
}

var (
	// fast is for what takes microseconds to milliseconds, in seconds.
	fast = []float64{0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2}
	// slow is for what waits for disks and networks.
	slow = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}
)

func newMetrics() metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wrappy_" + name, Help: help}, labels)
	}
	histogram := func(buckets []float64, name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wrappy_" + name, Help: help, Buckets: buckets}, labels)
	}
	return metrics{
		requests:      counter("http_requests_total", "Requests that were answered, by the template of their route.", "listener", "method", "route", "class"),
		outcomes:      counter("http_outcomes_total", "Requests that were answered, by the type of their problem; ok where there was none.", "listener", "outcome"),
		requestTime:   histogram(slow, "http_request_seconds", "Time from the header to the end of the answer.", "listener", "route"),
		inFlight:      prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wrappy_http_in_flight", Help: "Requests under way."}, []string{"listener"}),
		calls:         counter("gate_calls_total", "Calls of the vault's gate and how they ended: releases, writes, grants, withdrawals.", "operation", "outcome"),
		callTime:      histogram(slow, "gate_seconds", "Time that a call of the gate took.", "operation"),
		denials:       counter("gate_denials_total", "Reasons of denials, as the institution was told them; a denial can have several.", "operation", "reason"),
		stepTime:      histogram(fast, "gate_step_seconds", "Time of the steps of a call under a grant.", "step"),
		decisionTime:  histogram(fast, "policy_decision_seconds", "Time of a policy decision.", "outcome"),
		deriveTime:    histogram(fast, "policy_derivation_seconds", "Time of computing an answer from fields that stay.", "outcome"),
		appendTime:    histogram(slow, "journal_append_seconds", "Time until an entry was durable.", "outcome"),
		entries:       counter("journal_entries_total", "Entries written, by kind.", "kind"),
		journalTime:   histogram(slow, "journal_read_seconds", "Time of reading in the journal.", "operation", "outcome"),
		probes:        counter("security_probes_total", "Institutions asked for what does not name them; those beyond the bound of what is noted count too.", "outcome"),
		storeTime:     histogram(slow, "store_seconds", "Time of an operation of an object store.", "store", "operation", "outcome"),
		ledgerTime:    histogram(fast, "ledger_seconds", "Time of a look into the followed ledger.", "operation", "outcome"),
		acts:          counter("relayer_acts_total", "Signed acts given to the relayer.", "kind", "outcome"),
		spansExported: counter("trace_spans_total", "Spans sent to the collector, or lost because it did not take them.", "outcome"),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.requests, m.outcomes, m.requestTime, m.inFlight, m.calls, m.callTime, m.denials, m.stepTime, m.decisionTime, m.deriveTime,
		m.appendTime, m.entries, m.journalTime, m.probes, m.storeTime, m.ledgerTime, m.acts, m.spansExported,
	}
}

const other = "other" // what a closed set does not have

// failures name errors. The first that fits counts: what was cut off by the caller is
// not the vault's failure.
var failures = []struct {
	err  error
	name string
}{
	{context.Canceled, "canceled"},
	{context.DeadlineExceeded, "timeout"},
	{vault.ErrAbsent, "absent"},
	{vault.ErrExists, "exists"},
	{vault.ErrChanged, "changed"},
	{consent.ErrStaleView, "stale_view"},
	{consent.ErrBudget, "budget"},
	{consent.ErrUnavailable, "unavailable"},
	{consent.ErrNotFound, "not_found"},
	{consent.ErrUnknownInstitution, "unknown_institution"},
	{consent.ErrUnknownIdentity, "unknown_identity"},
	{consent.ErrSignature, "signature"},
	{consent.ErrFrozen, "frozen"},
	{vault.ErrErased, "erased"},
	{vault.ErrRegion, "region"},
	{vault.ErrIdempotencyReuse, "idempotency_reuse"},
	{consent.ErrConflict, "conflict"},
	{vault.ErrReleaseTooLarge, "too_large"},
	{vault.ErrFieldTooLarge, "too_large"},
	{vault.ErrCall, "malformed"},
	{consent.ErrGrant, "malformed"},
}

const (
	outcomeOK     = "ok"
	outcomeDenied = "denied"
)

// outcome names how a call ended: ok, denied, one of failures, or other.
func outcome(err error) string {
	if err == nil {
		return outcomeOK
	}
	if denial := (*vault.Denial)(nil); errors.As(err, &denial) {
		return outcomeDenied
	}
	for _, row := range failures {
		if errors.Is(err, row.err) {
			return row.name
		}
	}
	return other
}

var (
	// reasons are those that a denial can be told to have: not that the person is protected
	// against a country, which rests on a fact about the person.
	reasons  = set(slices.DeleteFunc(consent.Reasons(), func(r consent.Reason) bool { return r == consent.ReasonCountry })...)
	kinds    = set(consent.EntryKinds()...)
	actKinds = set(consent.ActKinds()...)
)

func set[T ~string](members ...T) map[T]bool {
	all := make(map[T]bool, len(members))
	for _, m := range members {
		all[m] = true
	}
	return all
}

// in keeps what is not in a closed set out of a label.
func in[T ~string](closed map[T]bool, value T) string {
	if closed[value] {
		return string(value)
	}
	return other
}
