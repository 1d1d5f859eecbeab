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
	}
	e.inForce.Store(&state{Loaded: l, cache: newCache()})
	return nil
}

// Load is the function Load, a trial, and then Use, with a revision not below the
// one in force. On an error the last good bundle stays, and Health tells.
func (e *Engine) Load(bundle []byte, approvals []Approval, reviewers []ed25519.PublicKey, minRevision uint64, now time.Time) error {
	l, err := Load(bundle, approvals, reviewers, max(minRevision, e.Revision()), now)
	if err == nil {
		err = l.trial(now)
	}
	if err == nil {
		err = e.Use(l)
	}
	if err != nil {
		e.refused.Add(1)
		e.last.Store(&refusal{sha256.Sum256(bundle), err})
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
	Refused  uint64         // bundles refused by Load since the start
	Last     error          // why the last one was; nil if it came into force
	Offered  consent.Digest // of that one
}

// Health of the engine now.
func (e *Engine) Health() Health {
	l := e.current()
	h := Health{Digest: l.digest, Revision: l.Revision(), Expires: l.Expires(), Refused: e.refused.Load()}
	if last := e.last.Load(); last != nil {
		h.Last, h.Offered = last.err, last.offered
	}
	return h
}

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

const maxFields = 200

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
	if q.Grant == nil || (q.Action != consent.Read && q.Action != consent.Write) || len(q.Fields) == 0 || len(q.Fields) > maxFields || len(q.Facts.NeverCountries) > 300 {
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
		return d, nil
	}
	d, err := s.rules.decide(ctx, q)
	if err != nil {
		return consent.Decision{}, fmt.Errorf("%w: policy: %w", consent.ErrUnavailable, err)
	}
	d.PolicyDigest, d.Revision = s.digest, s.Revision()
	s.cache.put(key, q.Time, min(d.ValidUntil, q.Grant.Expires, s.Expires()), d)
	return d, nil
}

// rules are the two queries, ready to run.
type rules struct {
	permit, deny rego.PreparedEvalQuery
	read         storage.Transaction // the store is never written: one for all
	fields       map[consent.FieldName]*ast.Term
}

// decide asks what is permitted and, only if that is not all, why not.
func (r *rules) decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	input := r.input(q)
	cancel := topdown.NewCancel()
	limit := time.AfterFunc(EvaluationLimit, cancel.Cancel)
	defer limit.Stop()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	answer, err := r.ask(ctx, r.permit, input, cancel)
	if err != nil {
		return consent.Decision{}, err
	}
	var d consent.Decision
	if d.ValidUntil, err = readUntil(answer["until"]); err != nil {
		return consent.Decision{}, err
	}
	if d.ValidUntil <= q.Time {
		d.ValidUntil = 0
	}
	permitted, err := readPermitted(answer["permitted"], q.Fields)
	if err != nil {
		return consent.Decision{}, err
	}
	if d.Permitted = permitted; len(permitted) == len(q.Fields) {
		return d, nil
	}
	if answer, err = r.ask(ctx, r.deny, input, cancel); err != nil {
		return consent.Decision{}, err
	}
	return readReasons(d, answer, q.Fields)
}

// ask runs one query. What OPA says of a failure may hold values of the input;
// only its code and place are passed on.
func (r *rules) ask(ctx context.Context, query rego.PreparedEvalQuery, input ast.Value, cancel topdown.Cancel) (answer rego.Vars, err error) {
	defer func() {
		if recover() != nil {
			answer, err = nil, errors.New("a rule cannot be evaluated")
		}
	}()
	set, err := query.Eval(ctx, rego.EvalParsedInput(input), rego.EvalExternalCancel(cancel), rego.EvalMetrics(metrics.NoOp()), rego.EvalTransaction(r.read))
	var failure *topdown.Error
	switch {
	case errors.As(err, &failure) && failure.Location != nil:
		return nil, fmt.Errorf("%s:%d: %s", failure.Location.File, failure.Location.Row, failure.Code)
	case err != nil:
		return nil, errors.New("a rule cannot be evaluated")
	case len(set) != 1:
		return nil, errors.New("the rules leave the decision undefined")
	}
	return set[0].Bindings, nil
}

func readUntil(v any) (uint64, error) {
	if term, ok := v.(*ast.Term); ok {
		if number, ok := term.Value.(ast.Number); ok {
			if n, ok := number.Int64(); ok && n >= 0 {
				return uint64(n), nil
			}
		}
	}
	return 0, errors.New("valid_until: want Unix seconds")
}

// readPermitted keeps the question's order. A rule that permits what was not
// asked is broken, and a broken rule permits nothing.
func readPermitted(v any, asked []consent.FieldName) ([]consent.FieldName, error) {
	term, _ := v.(*ast.Term)
	if term == nil {
		return nil, errors.New("permitted: want a set of field names")
	}
	set, ok := term.Value.(ast.Set)
	if !ok {
		return nil, errors.New("permitted: want a set of field names")
	}
	found := 0
	permitted := make([]consent.FieldName, 0, len(asked))
	for i, f := range asked {
		if set.Contains(ast.StringTerm(string(f))) {
			permitted = append(permitted, f)
			if !slices.Contains(asked[:i], f) {
				found++
			}
		}
	}
	if found != set.Len() {
		return nil, errors.New("permitted: a field that was not asked for")
	}
	return permitted, nil
}

// reasons that a bundle may give, the weightiest first. The rest of the closed set
// belongs to the vault: a rule cannot say that a grant was withdrawn.
var (
	wholeReasons = []consent.Reason{consent.ReasonSuspended, consent.ReasonNotAttested, consent.ReasonUnknownPurpose, consent.ReasonPurposeKind,
		consent.ReasonBasis, consent.ReasonRetention, consent.ReasonPolicy, consent.ReasonCountry}
	fieldReasons = []consent.Reason{consent.ReasonUnknownField, consent.ReasonFieldKind, consent.ReasonFieldPurpose, consent.ReasonPolicy}
)

// readReasons fills Reasons and Withheld. A field without a reason of its own has
// the weightiest of the whole, or "policy".
func readReasons(d consent.Decision, answer rego.Vars, asked []consent.FieldName) (consent.Decision, error) {
	reasonTerm, _ := answer["reasons"].(*ast.Term)
	withheldTerm, _ := answer["withheld"].(*ast.Term)
	if reasonTerm == nil || withheldTerm == nil {
		return consent.Decision{}, errors.New("reasons, withheld: missing")
	}
	set, isSet := reasonTerm.Value.(ast.Set)
	object, isObject := withheldTerm.Value.(ast.Object)
	if !isSet || !isObject {
		return consent.Decision{}, errors.New("reasons, withheld: want a set and an object")
	}
	for _, reason := range wholeReasons {
		if set.Contains(ast.StringTerm(string(reason))) {
			d.Reasons = append(d.Reasons, reason)
		}
	}
	if len(d.Reasons) != set.Len() {
		return consent.Decision{}, errors.New("reasons: a reason that rules cannot give")
	}
	named := 0
	for i, f := range asked {
		reason := consent.ReasonPolicy
		if len(d.Reasons) > 0 {
			reason = d.Reasons[0]
		}
		if own := object.Get(ast.StringTerm(string(f))); own != nil {
			text, _ := own.Value.(ast.String)
			if reason = consent.Reason(text); !slices.Contains(fieldReasons, reason) {
				return consent.Decision{}, errors.New("withheld: a reason that rules cannot give")
			}
			if !slices.Contains(asked[:i], f) {
				named++
			}
		}
		if !slices.Contains(d.Permitted, f) {
			d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: reason})
		}
	}
	if named != object.Len() {
		return consent.Decision{}, errors.New("withheld: a field that was not asked for")
	}
	return d, nil
}
