package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// The seams of the gate, watched. What a method returns is returned untouched, and what
// none of these looks at passes by.

// measured runs one call inside a span of its own and times it.
func measured[T any](ctx context.Context, t *Telemetry, span string, call func(context.Context) (T, error), ended func(seconds float64, outcome string)) (T, error) {
	begun := time.Now()
	ctx, end := t.span(ctx, span)
	value, err := call(ctx)
	how := outcome(err)
	end(how)
	ended(time.Since(begun).Seconds(), how)
	return value, err
}

// timed observes into a histogram whose last label is the outcome.
func timed(h *prometheus.HistogramVec, labels ...string) func(float64, string) {
	return func(seconds float64, outcome string) { h.WithLabelValues(append(labels, outcome)...).Observe(seconds) }
}

type store struct {
	vault.Store
	t    *Telemetry
	name string
}

// Store watches an object store; name is heads or records.
func (t *Telemetry) Store(s vault.Store, name string) vault.Store {
	if t == nil {
		return s
	}
	return &store{s, t, name}
}

func (s *store) Get(ctx context.Context, name string) (data []byte, tag string, err error) {
	data, err = measured(ctx, s.t, s.name+" get", func(ctx context.Context) (d []byte, err error) {
		d, tag, err = s.Store.Get(ctx, name)
		return d, err
	}, timed(s.t.storeTime, s.name, "get"))
	return data, tag, err
}

func (s *store) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	return measured(ctx, s.t, s.name+" put", func(ctx context.Context) (string, error) { return s.Store.Put(ctx, name, data, expect) }, timed(s.t.storeTime, s.name, "put"))
}

func (s *store) Delete(ctx context.Context, name string) error {
	_, err := measured(ctx, s.t, s.name+" delete", func(ctx context.Context) (struct{}, error) { return struct{}{}, s.Store.Delete(ctx, name) }, timed(s.t.storeTime, s.name, "delete"))
	return err
}

func (s *store) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	return measured(ctx, s.t, s.name+" list", func(ctx context.Context) ([]string, error) { return s.Store.List(ctx, prefix, after, limit) }, timed(s.t.storeTime, s.name, "list"))
}

type ledger struct {
	vault.Ledger
	t *Telemetry
}

// Ledger watches what is asked of the followed chain.
func (t *Telemetry) Ledger(l vault.Ledger) vault.Ledger {
	if t == nil {
		return l
	}
	return &ledger{l, t}
}

func (l *ledger) GrantState(ctx context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error) {
	return measured(ctx, l.t, "ledger grant", func(ctx context.Context) (consent.GrantState, error) { return l.Ledger.GrantState(ctx, key, id) }, timed(l.t.ledgerTime, "grant"))
}

func (l *ledger) RootKey(ctx context.Context, id consent.IdentityID, block uint64) (key consent.Address, frozen bool, err error) {
	key, err = measured(ctx, l.t, "ledger root key", func(ctx context.Context) (k consent.Address, err error) {
		k, frozen, err = l.Ledger.RootKey(ctx, id, block)
		return k, err
	}, timed(l.t.ledgerTime, "root_key"))
	return key, frozen, err
}

func (l *ledger) Institution(ctx context.Context, id consent.InstitutionID) (consent.Institution, error) {
	return measured(ctx, l.t, "ledger institution", func(ctx context.Context) (consent.Institution, error) { return l.Ledger.Institution(ctx, id) }, timed(l.t.ledgerTime, "institution"))
}

func (l *ledger) View(ctx context.Context) (consent.View, error) {
	return measured(ctx, l.t, "ledger view", l.Ledger.View, timed(l.t.ledgerTime, "view"))
}

type relayer struct {
	vault.Relayer
	t *Telemetry
}

// Relayer watches what is given to be sent.
func (t *Telemetry) Relayer(r vault.Relayer) vault.Relayer {
	if t == nil {
		return r
	}
	return &relayer{r, t}
}

func (r *relayer) Submit(ctx context.Context, act consent.Act) error {
	_, err := measured(ctx, r.t, "relayer submit", func(ctx context.Context) (struct{}, error) { return struct{}{}, r.Relayer.Submit(ctx, act) },
		func(_ float64, outcome string) { r.t.acts.WithLabelValues(in(actKinds, act.Kind), outcome).Inc() })
	return err
}

type decider struct {
	vault.Decider
	t *Telemetry
}

// Decider watches policy.
func (t *Telemetry) Decider(d vault.Decider) vault.Decider {
	if t == nil {
		return d
	}
	return &decider{d, t}
}

func (d *decider) Decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	begun := time.Now()
	ctx, end := d.t.span(ctx, "decide")
	decision, err := d.Decider.Decide(ctx, q)
	how := outcome(err)
	switch {
	case err != nil:
	case len(decision.Permitted) == 0:
		how = outcomeDenied
	case len(decision.Withheld) > 0:
		how = "partly"
	default:
		how = "permitted"
	}
	end(how)
	d.t.decisionTime.WithLabelValues(how).Observe(time.Since(begun).Seconds())
	return decision, err
}

// Derive is timed as a step of its own: what it computes from is in the clear, and none of
// it comes past here.
func (d *decider) Derive(ctx context.Context, catalog *consent.Catalog, field consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error) {
	return measured(ctx, d.t, "derive", func(ctx context.Context) ([]byte, error) {
		return d.Decider.Derive(ctx, catalog, field, inputs, as)
	}, timed(d.t.deriveTime))
}

type journal struct {
	vault.Journal
	t *Telemetry
}

// Journal watches what is written down.
func (t *Telemetry) Journal(j vault.Journal) vault.Journal {
	if t == nil {
		return j
	}
	return &journal{j, t}
}

func (j *journal) Append(ctx context.Context, e vault.Entry) (consent.Proof, error) {
	return measured(ctx, j.t, "journal append", func(ctx context.Context) (consent.Proof, error) { return j.Journal.Append(ctx, e) },
		func(seconds float64, outcome string) {
			j.t.appendTime.WithLabelValues(outcome).Observe(seconds)
			if outcome == outcomeOK {
				j.t.entries.WithLabelValues(in(kinds, e.Shared.Kind)).Inc()
			}
		})
}

func (j *journal) Probe(ctx context.Context, institution consent.InstitutionID, grant consent.GrantID) error {
	_, err := measured(ctx, j.t, "journal probe", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, j.Journal.Probe(ctx, institution, grant)
	}, func(_ float64, outcome string) { j.t.probes.WithLabelValues(outcome).Inc() })
	return err
}

func (j *journal) History(ctx context.Context, subject vault.SubjectLog, after uint64, limit int) ([]vault.HistoryItem, error) {
	return measured(ctx, j.t, "journal history", func(ctx context.Context) ([]vault.HistoryItem, error) {
		return j.Journal.History(ctx, subject, after, limit)
	}, timed(j.t.journalTime, "history"))
}

func (j *journal) Complete(ctx context.Context, subject vault.SubjectLog, identity consent.IdentityID, now time.Time) (consent.Completeness, error) {
	return measured(ctx, j.t, "journal complete", func(ctx context.Context) (consent.Completeness, error) {
		return j.Journal.Complete(ctx, subject, identity, now)
	}, timed(j.t.journalTime, "complete"))
}

func (j *journal) Erased(ctx context.Context, handle [16]byte) (bool, error) {
	return measured(ctx, j.t, "journal erased", func(ctx context.Context) (bool, error) { return j.Journal.Erased(ctx, handle) }, timed(j.t.journalTime, "erased"))
}

func (j *journal) Ended(ctx context.Context, grant consent.GrantID) (bool, error) {
	return measured(ctx, j.t, "journal ended", func(ctx context.Context) (bool, error) { return j.Journal.Ended(ctx, grant) }, timed(j.t.journalTime, "ended"))
}

// Step is a vault.Watch.
func (t *Telemetry) Step(ctx context.Context, step vault.Step) (context.Context, func()) {
	begun := time.Now()
	ctx, end := t.span(ctx, string(step))
	return ctx, func() {
		end(outcomeOK)
		t.stepTime.WithLabelValues(string(step)).Observe(time.Since(begun).Seconds())
	}
}

// Steps is Step, or nil where nothing is measured.
func (t *Telemetry) Steps() vault.Watch {
	if t == nil {
		return nil
	}
	return t.Step
}
