package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api"
	"github.com/wrapious/wrappy/vault"
)

type gate struct {
	api.Gate
	t *Telemetry
}

// Gate watches the calls of the vault's gate that decide or change something; the others
// pass by.
func (t *Telemetry) Gate(g api.Gate) api.Gate {
	if t == nil {
		return g
	}
	return &gate{g, t}
}

// called is one call of the gate. how may tell more of a call that went well.
func called[T any](ctx context.Context, g *gate, operation string, call func(context.Context) (T, error), how func(T) string) (T, error) {
	begun := time.Now()
	ctx, end := g.t.span(ctx, "gate "+operation)
	value, err := call(ctx)
	ended := outcome(err)
	if err == nil && how != nil {
		ended = how(value)
	}
	end(ended)
	g.t.calls.WithLabelValues(operation, ended).Inc()
	g.t.callTime.WithLabelValues(operation).Observe(time.Since(begun).Seconds())
	g.denied(operation, err)
	return value, err
}

// denied counts each reason of a denial once.
func (g *gate) denied(operation string, err error) {
	var denial *vault.Denial
	if !errors.As(err, &denial) {
		return
	}
	seen := map[string]bool{}
	for _, reason := range denial.Reasons {
		seen[in(reasons, reason)] = true
	}
	for _, withheld := range denial.Withheld {
		seen[in(reasons, withheld.Reason)] = true
	}
	for reason := range seen {
		g.t.denials.WithLabelValues(operation, reason).Inc()
	}
}

const redelivered = "redelivered"

func (g *gate) Release(ctx context.Context, who consent.Institution, call vault.ReleaseCall) (*vault.Release, error) {
	return called(ctx, g, "release", func(ctx context.Context) (*vault.Release, error) { return g.Gate.Release(ctx, who, call) },
		func(r *vault.Release) string {
			if r.Redelivered {
				return redelivered
			}
			return outcomeOK
		})
}

func (g *gate) Show(ctx context.Context, call vault.ShowCall) (*vault.Shown, error) {
	return called(ctx, g, "show", func(ctx context.Context) (*vault.Shown, error) { return g.Gate.Show(ctx, call) },
		func(s *vault.Shown) string {
			if s.Redelivered {
				return redelivered
			}
			return outcomeOK
		})
}

func (g *gate) Write(ctx context.Context, who consent.Institution, call vault.WriteCall) (*vault.Written, error) {
	return called(ctx, g, "write", func(ctx context.Context) (*vault.Written, error) { return g.Gate.Write(ctx, who, call) },
		func(w *vault.Written) string {
			if w.Redelivered {
				return redelivered
			}
			return outcomeOK
		})
}

func (g *gate) CreateRequest(ctx context.Context, who consent.Institution, r consent.Request, idempotencyKey string) (consent.RequestID, error) {
	return called(ctx, g, "request", func(ctx context.Context) (consent.RequestID, error) {
		return g.Gate.CreateRequest(ctx, who, r, idempotencyKey)
	}, nil)
}

func (g *gate) Grant(ctx context.Context, s vault.SignedGrant) (vault.GrantReceipt, error) {
	return called(ctx, g, "grant", func(ctx context.Context) (vault.GrantReceipt, error) { return g.Gate.Grant(ctx, s) }, nil)
}

func (g *gate) Refuse(ctx context.Context, r consent.Refusal, sig consent.Signature) error {
	return g.plain(ctx, "refuse", func(ctx context.Context) error { return g.Gate.Refuse(ctx, r, sig) })
}

func (g *gate) Withdraw(ctx context.Context, id consent.GrantID, sig consent.Signature) (vault.WithdrawReceipt, error) {
	return called(ctx, g, "withdraw", func(ctx context.Context) (vault.WithdrawReceipt, error) { return g.Gate.Withdraw(ctx, id, sig) },
		func(r vault.WithdrawReceipt) string {
			if r.Proof == nil { // withdrawn before, or not written down: it counts all the same
				return "no_entry"
			}
			return outcomeOK
		})
}

func (g *gate) WithdrawAssisted(ctx context.Context, w consent.AssistWithdraw, sig consent.Signature) (vault.WithdrawReceipt, error) {
	return called(ctx, g, "withdraw", func(ctx context.Context) (vault.WithdrawReceipt, error) {
		return g.Gate.WithdrawAssisted(ctx, w, sig)
	}, nil)
}

func (g *gate) WithdrawAllAssisted(ctx context.Context, all consent.WithdrawAll, sig consent.Signature) ([]vault.WithdrawReceipt, error) {
	return called(ctx, g, "withdraw_all", func(ctx context.Context) ([]vault.WithdrawReceipt, error) {
		return g.Gate.WithdrawAllAssisted(ctx, all, sig)
	}, nil)
}

func (g *gate) StateAssistKey(ctx context.Context, st consent.AssistKey, sig consent.Signature) error {
	return g.plain(ctx, "assist_key", func(ctx context.Context) error { return g.Gate.StateAssistKey(ctx, st, sig) })
}

func (g *gate) OpenAssist(ctx context.Context, st consent.AssistSession, sig consent.Signature) error {
	return g.plain(ctx, "assist_session", func(ctx context.Context) error { return g.Gate.OpenAssist(ctx, st, sig) })
}

func (g *gate) Represent(ctx context.Context, r consent.Represent, sig consent.Signature) error {
	return g.plain(ctx, "represent", func(ctx context.Context) error { return g.Gate.Represent(ctx, r, sig) })
}

func (g *gate) StateFacts(ctx context.Context, s consent.PolicyFactsStatement, sig consent.Signature) error {
	return g.plain(ctx, "facts", func(ctx context.Context) error { return g.Gate.StateFacts(ctx, s, sig) })
}

func (g *gate) Enrol(ctx context.Context, call vault.EnrolCall) error {
	return g.plain(ctx, "enrol", func(ctx context.Context) error { return g.Gate.Enrol(ctx, call) })
}

func (g *gate) History(ctx context.Context, id consent.IdentityID, after uint64, limit int) ([]vault.HistoryItem, error) {
	return called(ctx, g, "history", func(ctx context.Context) ([]vault.HistoryItem, error) {
		return g.Gate.History(ctx, id, after, limit)
	}, nil)
}

func (g *gate) plain(ctx context.Context, operation string, call func(context.Context) error) error {
	_, err := called(ctx, g, operation, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) }, nil)
	return err
}

func (g *gate) WithdrawAll(ctx context.Context, all consent.WithdrawAll, sig consent.Signature, stops map[consent.GrantID]consent.Signature) ([]vault.WithdrawReceipt, error) {
	return called(ctx, g, "withdraw_all", func(ctx context.Context) ([]vault.WithdrawReceipt, error) {
		return g.Gate.WithdrawAll(ctx, all, sig, stops)
	}, nil)
}

func (g *gate) Dispute(ctx context.Context, d consent.Dispute, sig consent.Signature) error {
	return g.plain(ctx, "dispute", func(ctx context.Context) error { return g.Gate.Dispute(ctx, d, sig) })
}

func (g *gate) Correct(ctx context.Context, call vault.CorrectCall) (*vault.Corrected, error) {
	return called(ctx, g, "correct", func(ctx context.Context) (*vault.Corrected, error) { return g.Gate.Correct(ctx, call) }, nil)
}

func (g *gate) Erase(ctx context.Context, e consent.Erasure, sig consent.Signature) (*vault.Erased, error) {
	return called(ctx, g, "erase", func(ctx context.Context) (*vault.Erased, error) { return g.Gate.Erase(ctx, e, sig) }, nil)
}
