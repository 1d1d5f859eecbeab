package ledgerref

import (
	"errors"
	"log/slog"
	"math/big"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Waiting is why acts are not sent now.
type Waiting string

// The reasons. Whatever it is, acts stay in the outbox and go when it is over.
const (
	WaitingNone    Waiting = ""
	WaitingFee     Waiting = "fee"     // the network asks more than the ceiling
	WaitingBudget  Waiting = "budget"  // the day's wei are spent; withdrawals still go
	WaitingBalance Waiting = "balance" // the account cannot pay
	WaitingNetwork Waiting = "network" // no answer, or not one that helps
	WaitingChain   Waiting = "chain"   // the endpoint serves another chain
	WaitingView    Waiting = "view"    // the ledger's view has stopped, for good: it takes a restart
)

// Status is what a relayer is about, for operators.
type Status struct {
	Pending  int           // acts taken that the confirmed chain does not show yet
	Oldest   time.Duration // since the oldest of them was taken; zero without
	InFlight int           // transactions sent and not mined yet
	Unfinal  int           // transactions mined whose block may still be undone
	Parked   int           // acts left aside because they revert alone
	Dropped  uint64        // acts given up since the start: refused by the contract, or too late
	Raised   int           // transactions in flight that were priced higher
	Waiting  Waiting
	Spent    *big.Int // wei, today (UTC)
	Budgets  []BudgetUse
}

// BudgetUse is how much of one kind of budget is used today. Of budgets that each
// institution has for itself it is the one used most, and names nobody.
type BudgetUse struct {
	Class       string // grants, invited, uninvited, institution
	Used, Limit int    // acts; no limit is negative
}

// relayerState is what the worker tells others.
type relayerState struct {
	dropped atomic.Uint64

	mu      sync.Mutex
	waiting Waiting
	parked  []parkedAct
}

type parkedAct struct {
	item  queued
	until time.Time
}

func (s *relayerState) waits(log *slog.Logger, why Waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if why == s.waiting {
		return
	}
	if s.waiting = why; why == WaitingNone {
		log.Info("acts are sent again")
		return
	}
	log.Warn("acts cannot be sent now", "waiting", why)
}

func (s *relayerState) park(item queued, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked = append(s.parked, parkedAct{item, until})
}

// unpark queues again what was aside long enough.
func (s *relayerState) unpark(o *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []parkedAct
	for _, p := range s.parked {
		if time.Now().Before(p.until) {
			left = append(left, p)
			continue
		}
		o.putBack([]queued{p.item})
	}
	s.parked = left
}

// oldestParked is the lowest sequence aside of a kind; the highest number if none is.
func (s *relayerState) oldestParked(kind consent.ActKind) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := ^uint64(0)
	for _, p := range s.parked {
		if p.item.act.Kind == kind {
			oldest = min(oldest, p.item.sequence)
		}
	}
	return oldest
}

func (s *relayerState) parking() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.parked) > 0
}

// waitingFor names an error; of several the one that somebody can do something about.
func waitingFor(err error) Waiting {
	for _, row := range []struct {
		err error
		why Waiting
	}{
		{ErrForeignChain, WaitingChain},
		{ErrBalance, WaitingBalance},
		{ErrFeeCeiling, WaitingFee},
		{consent.ErrBudget, WaitingBudget},
		{err, WaitingNetwork},
	} {
		if err != nil && errors.Is(err, row.err) {
			return row.why
		}
	}
	return WaitingNone
}

// Status says what waits, and why.
func (r *Relayer) Status() Status {
	s := Status{Dropped: r.state.dropped.Load(), Spent: r.outbox.spentToday(), Budgets: r.outbox.budgetUse()}
	r.state.mu.Lock()
	s.Waiting, s.Parked = r.state.waiting, len(r.state.parked)
	r.state.mu.Unlock()
	shown := map[uint64]bool{}
	r.transactor.mu.Lock()
	for _, f := range r.transactor.flights {
		if f.receipt != nil {
			s.Unfinal++
		} else {
			s.InFlight++
			if len(f.attempts) > 1 {
				s.Raised++
			}
		}
		for _, item := range f.items {
			if f.shown {
				shown[item.sequence] = true
			}
		}
	}
	r.transactor.mu.Unlock()
	var oldest uint64
	s.Pending, oldest = r.outbox.pending(shown)
	if now := r.view.latest(); oldest != 0 && now > oldest {
		s.Oldest = time.Duration(now-oldest) * time.Second //nolint:gosec // seconds since an act was taken
	}
	return s
}

// Pending is how many acts the confirmed chain does not show yet.
func (r *Relayer) Pending() int { return r.Status().Pending }
