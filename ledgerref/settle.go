package ledgerref

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

// settle looks after what is on its way. Acts are forgotten once their block is final.
func (r *Relayer) settle(ctx context.Context) error {
	t := r.transactor
	t.tending.Lock()
	defer t.tending.Unlock()
	err := t.tend(ctx)
	block, final, viewErr := r.heights()
	if viewErr != nil {
		return errors.Join(err, viewErr)
	}
	t.mu.Lock()
	var over []*flight
	for _, f := range t.flights {
		if f.receipt == nil {
			continue
		}
		number := f.receipt.BlockNumber.Uint64()
		f.shown = number <= block
		if number <= final || f.shown && f.receipt.Status != types.ReceiptStatusSuccessful {
			over = append(over, f)
		}
	}
	t.mu.Unlock()
	for _, f := range over {
		r.conclude(f)
	}
	r.sent = slices.DeleteFunc(r.sent, func(f *flight) bool {
		if f.lost {
			r.log.Warn("a batch was lost", "kind", f.kind, "acts", len(f.items))
			r.outbox.putBack(f.items)
		}
		return f.lost || slices.Contains(over, f)
	})
	return err
}

// heights are the view's block and the last that is final.
func (r *Relayer) heights() (block, final uint64, err error) {
	r.view.mu.RLock()
	defer r.view.mu.RUnlock()
	block, final = r.view.cursor.Number, r.view.cursor.Final
	if r.view.config.Local != nil {
		final = block
	} else if block > finalDepth {
		final = max(final, block-finalDepth)
	}
	return block, final, r.view.stopped
}

// conclude forgets a transaction whose block is final, with its acts; what it was
// meant to bring about and did not is queued again.
func (r *Relayer) conclude(f *flight) {
	refused := refusals(f.receipt, *f.to)
	var over, again []queued
	for i, item := range f.items {
		done, err := r.done(item.act)
		reason, bad := refused[uint64(i)] //nolint:gosec // an index
		switch {
		case err == nil && done:
			over = append(over, item)
		case bad:
			over = append(over, item)
			r.report(reason.String(), []queued{item})
		default:
			again = append(again, item)
		}
	}
	if err := r.outbox.forget(f, over); err != nil {
		r.log.Error("outbox", "error", err) // it comes back after a restart, and is found mined then
	}
	r.transactor.mu.Lock()
	delete(r.transactor.flights, f.nonce)
	r.transactor.mu.Unlock()
	if f.receipt.Status != types.ReceiptStatusSuccessful && f.kind != "" {
		r.log.Warn("a batch reverted", "kind", f.kind, "acts", len(f.items))
		r.split(f.kind, again)
		return
	}
	r.outbox.putBack(again)
}

// allow holds a transaction's cost against the day's budget: what was spent, and what
// is on its way at its dearest. Needs the transactor's lock held.
func (r *Relayer) allow(f *flight, cost *big.Int) error {
	if f.stops || r.budgets.Wei == nil {
		return nil
	}
	total := r.outbox.spentToday()
	for _, other := range r.transactor.flights {
		if other != f && !other.charged {
			total.Add(total, other.cost())
		}
	}
	if total.Add(total, cost).Cmp(r.budgets.Wei) > 0 {
		return consent.ErrBudget
	}
	return nil
}

// rest is how long nothing has to be done although nothing happens; 0: for ever.
func (r *Relayer) rest(now time.Time) time.Duration {
	if r.restless() {
		return retryAfter
	}
	if next := r.outbox.nextDue(); next != 0 {
		return max(time.Unix(int64(next), 0).Sub(now), retryAfter) //nolint:gosec // a second of this century
	}
	return 0
}

// restless: a transaction is not mined or an act is left aside.
func (r *Relayer) restless() bool {
	r.transactor.mu.Lock()
	defer r.transactor.mu.Unlock()
	for _, f := range r.transactor.flights {
		if f.receipt == nil {
			return true
		}
	}
	return r.state.parking()
}
