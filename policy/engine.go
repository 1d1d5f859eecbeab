package policy

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/wrapious/wrappy/consent"
)

// EvaluationLimit is how long one decision's rules may run; then it is denied. It
// stops a rule without an end, and stays far above the stalls of a busy machine
// (half a second and more were seen), which must not deny what takes 60 µs.
const EvaluationLimit = 2 * time.Second

// Engine decides by the bundle in force. The zero value has none and denies
// everything. It is safe for concurrent use.
type Engine struct {
	change  sync.Mutex
	inForce atomic.Pointer[state]
	refused atomic.Uint64
	last    atomic.Pointer[refusal] // nil after a success

	hits, misses atomic.Uint64 // of the cache
}

type refusal struct {
	offered consent.Digest
	err     error
}

type state struct {
	*Loaded
	cache *cache
}

// Use puts a bundle into force. It returns ErrRevision, and keeps the one in
// force, for an older bundle or another of the same revision.
func (e *Engine) Use(l *Loaded) error {
	if l == nil || l.rules == nil {
		return fmt.Errorf("%w: none", ErrBundle)
	}
	e.change.Lock()
	defer e.change.Unlock()
	if now := e.inForce.Load(); now != nil {
		if l.Revision() < now.Revision() || (l.Revision() == now.Revision() && l.digest != now.digest) {
			return ErrRevision
		}
		if l.within != nil && l.digest != now.digest && l.within.digest != now.digest {
			return fmt.Errorf("%w: it narrows another bundle than the one in force", ErrApproval)
		}
	}
	e.inForce.Store(&state{Loaded: l, cache: newCache()})
	return nil
}

// Load is the function Load, a trial, and then Use, with a revision not below the
// one in force. On an error the last good bundle stays, and Health tells.
func (e *Engine) Load(bundle []byte, approvals []Approval, reviewers []ed25519.PublicKey, minRevision uint64, now time.Time) error {
	return e.LoadOffer(Offer{bundle, approvals}, Terms{Reviewers: reviewers, MinRevision: minRevision, Now: now})
}

// LoadOffer is the function LoadOffer, likewise. What is in force here counts, not what
// the caller says of it.
func (e *Engine) LoadOffer(o Offer, t Terms) error {
	if l := e.current(); l.rules != nil {
		t.MinRevision = max(t.MinRevision, l.Revision())
		t.InForce = l.digest
	}
	l, err := LoadOffer(o, t)
	if err == nil {
		err = l.trial(t.Now)
	}
	if err == nil {
		err = e.Use(l)
	}
	if err != nil {
		e.refused.Add(1)
		e.last.Store(&refusal{sha256.Sum256(o.Bundle), err})
		return err
	}
	e.last.Store(nil)
	return nil
}

// Health is what an operator wants to know of the policy.
type Health struct {
	Digest   consent.Digest // of the bundle in force; zero without one
	Revision uint64
	Expires  uint64         // Unix seconds
	Narrows  consent.Digest // the bundle that this one narrows by one approval: review it; zero where two have approved
	Refused  uint64         // bundles refused by Load since the start
	Last     error          // why the last one was; nil if it came into force
	Offered  consent.Digest // of that one
}

// Health of the engine now.
func (e *Engine) Health() Health {
	l := e.current()
	h := Health{Digest: l.digest, Revision: l.Revision(), Expires: l.Expires(), Refused: e.refused.Load()}
	h.Narrows, _ = l.Narrows()
	if last := e.last.Load(); last != nil {
		h.Last, h.Offered = last.err, last.offered
	}
	return h
}

// CacheUse says how many decisions were made before, and how many anew, since the start.
func (e *Engine) CacheUse() (hits, misses uint64) { return e.hits.Load(), e.misses.Load() }

// current is the bundle in force, or an empty one.
func (e *Engine) current() *Loaded {
	if s := e.inForce.Load(); s != nil {
		return s.Loaded
	}
	return new(Loaded)
}

// Catalog of the bundle in force, not to be changed; nil without one.
func (e *Engine) Catalog() *consent.Catalog { return e.current().catalog }

// Purposes of the bundle in force, not to be changed; nil without one.
func (e *Engine) Purposes() map[consent.Purpose]Purpose { return e.current().purposes }

// Digest of the bundle in force; zero without one.
func (e *Engine) Digest() consent.Digest { return e.current().digest }

// Revision of the bundle in force; 0 without one. The caller keeps it across
// restarts and hands it to Load.
func (e *Engine) Revision() uint64 { return e.current().Revision() }

// ErrQuestion is returned for a question that no decision can be made on: no
// grant, no or too many fields, not one single action.
var ErrQuestion = errors.New("not a question that policy can decide")

// Bounds of a question; the ledger gives an institution eight accreditors at most.
const (
	maxFields      = 200
	maxNever       = 300
	maxAccreditors = 16
)

// Decide rules on a question. Every field of the question is either permitted or
// withheld with a reason, once for each time it was named. Errors wrap
// consent.ErrUnavailable (no bundle in force, an expired one, a rule that fails,
// runs too long or says what it may not say) or ErrQuestion; each denies.
//
// The reason "country" is for the vault and its journal: an institution is told "policy".
func (e *Engine) Decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	s := e.inForce.Load()
	if s == nil {
		return consent.Decision{}, fmt.Errorf("%w: no policy bundle is in force", consent.ErrUnavailable)
	}
	if q.Grant == nil || (q.Action != consent.Read && q.Action != consent.Write) || len(q.Fields) == 0 || len(q.Fields) > maxFields || len(q.Facts.NeverCountries) > maxNever ||
		len(q.Institution.Accreditors) > maxAccreditors {
		return consent.Decision{}, ErrQuestion
	}
	if q.Time >= s.Expires() {
		return consent.Decision{}, fmt.Errorf("%w: %w", consent.ErrUnavailable, ErrExpired)
	}
	if err := ctx.Err(); err != nil {
		return consent.Decision{}, fmt.Errorf("%w: %w", consent.ErrUnavailable, err)
	}
	key := s.cacheKey(q)
	if d, ok := s.cache.get(key, q.Time); ok {
		e.hits.Add(1)
		return d, nil
	}
	e.misses.Add(1)
	d, err := s.decide(ctx, q)
	if err != nil {
		return consent.Decision{}, fmt.Errorf("%w: policy: %w", consent.ErrUnavailable, err)
	}
	d.PolicyDigest, d.Revision = s.digest, s.Revision()
	s.cache.put(key, q.Time, min(d.ValidUntil, q.Grant.Expires, s.Expires()), d)
	return d, nil
}

// decide by this bundle and, while one reviewer alone has approved it, by what it
// narrows too: whatever its rules make of less data, it permits no more than that.
func (l *Loaded) decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	d, err := l.rules.decide(ctx, q)
	if err != nil || l.within == nil {
		return d, err
	}
	outer, err := l.within.decide(ctx, q)
	if err != nil {
		return consent.Decision{}, err
	}
	return confined(d, outer), nil
}

// confined takes from a decision what another does not permit.
func confined(d, outer consent.Decision) consent.Decision {
	var permitted []consent.FieldName
	for _, f := range d.Permitted {
		if slices.Contains(outer.Permitted, f) {
			permitted = append(permitted, f)
		} else {
			d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: consent.ReasonPolicy})
		}
	}
	d.Permitted, d.ValidUntil = permitted, min(d.ValidUntil, outer.ValidUntil)
	for _, r := range outer.Reasons {
		if !slices.Contains(d.Reasons, r) {
			d.Reasons = append(d.Reasons, r)
		}
	}
	return d
}

// rules are the two queries, ready to run.
type rules struct {
	permit, deny rego.PreparedEvalQuery
	read         storage.Transaction // the store is never written: one for all
	data         baseData
	parts        *parts
	fields       map[consent.FieldName]*ast.Term
	reads        reads // of the input
	seen         *seen // the same, for keys
}

// decide asks what is permitted and, only if that is not all, why not.
func (r *rules) decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	input := r.asked(q)
	cancel := topdown.NewCancel()
	limit := time.AfterFunc(EvaluationLimit, cancel.Cancel)
	defer limit.Stop()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	d, err := r.permits(ctx, q, input, cancel)
	if err != nil || len(d.Permitted) == len(q.Fields) {
		return d, err
	}
	return r.denies(ctx, q, input, cancel, d)
}

// leaving is decide for whoever wants to know what leaves and not why the rest does not.
func (r *rules) leaving(ctx context.Context, q consent.Question, input ast.Value) (consent.Decision, error) {
	cancel := topdown.NewCancel()
	limit := time.AfterFunc(EvaluationLimit, cancel.Cancel)
	defer limit.Stop()
	d, err := r.permits(ctx, q, input, cancel)
	if err != nil || len(d.Permitted) == len(q.Fields) || len(d.Permitted) == 0 {
		return d, err
	}
	return r.denies(ctx, q, input, cancel, d)
}

func (r *rules) permits(ctx context.Context, q consent.Question, input ast.Value, cancel topdown.Cancel) (d consent.Decision, err error) {
	answer, err := r.ask(ctx, r.permit, input, cancel)
	if err != nil {
		return consent.Decision{}, err
	}
	if d.ValidUntil, err = readUntil(answer["until"]); err != nil {
		return consent.Decision{}, err
	}
	if d.ValidUntil <= q.Time {
		d.ValidUntil = 0
	}
	d.Permitted, err = readPermitted(answer["permitted"], q.Fields)
	return d, err
}

func (r *rules) denies(ctx context.Context, q consent.Question, input ast.Value, cancel topdown.Cancel, d consent.Decision) (consent.Decision, error) {
	answer, err := r.ask(ctx, r.deny, input, cancel)
	if err != nil {
		return consent.Decision{}, err
	}
	return readReasons(d, answer, q.Fields)
}

// ask runs one query. What OPA says of a failure may hold values of the input;
// only its code and place are passed on.
func (r *rules) ask(ctx context.Context, query rego.PreparedEvalQuery, input ast.Value, cancel topdown.Cancel, more ...rego.EvalOption) (answer rego.Vars, err error) {
	defer func() {
		if recover() != nil {
			answer, err = nil, errors.New("a rule cannot be evaluated")
		}
	}()
	kept := newRuleCache()
	options := append([]rego.EvalOption{rego.EvalParsedInput(input), rego.EvalExternalCancel(cancel), rego.EvalMetrics(metrics.NoOp()), rego.EvalTransaction(r.read), rego.EvalBaseCache(r.data), rego.EvalVirtualCache(kept)}, more...)
	set, err := query.Eval(ctx, options...)
	kept.release()
	var failure *topdown.Error
	switch {
	case errors.As(err, &failure) && failure.Code == topdown.CancelErr:
		return nil, errStopped
	case errors.As(err, &failure) && failure.Location != nil:
		return nil, fmt.Errorf("%s:%d: %s", failure.Location.File, failure.Location.Row, failure.Code)
	case err != nil:
		return nil, errors.New("a rule cannot be evaluated")
	case len(set) != 1:
		return nil, errors.New("the rules leave the decision undefined")
	}
	return set[0].Bindings, nil
}

// errStopped is what becomes of rules that run until they are stopped.
var errStopped = errors.New("a rule was stopped before its end")
