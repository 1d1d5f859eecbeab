package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wrapious/wrappy/consent"
)

const (
	// retryAfter a send that failed, or while a transaction is not mined; doubled while
	// nothing gets better, up to retryMost.
	retryAfter = time.Second
	retryMost  = 15 * time.Second
	// turnLimit is how long a network may keep the relayer waiting in one turn.
	turnLimit = 30 * time.Second
	// parkFor is how long an act that reverts alone is left aside.
	parkFor = time.Minute
	// maxUnmined full batches of a kind are on their way at once.
	maxUnmined = 4
	// finalDepth below the view's block counts as final where the network does not say.
	finalDepth = 64
)

// order of kinds within a pass: nothing waits longer than it must to stop a
// permission, and a grant counts only if its identity is registered in its block or before.
var order = []consent.ActKind{consent.ActWithdraw, consent.ActRegister, consent.ActGrant}

// RelayerConfig says where the relayer keeps acts and what it may spend.
type RelayerConfig struct {
	Dir        string        // the outbox's own Pebble
	Sealer     Sealer        // encrypts it
	MaxFee     *big.Int      // most wei per gas, tip included: above it everything waits; 500 gwei if nil
	Budgets    Budgets       // per day
	StuckAfter time.Duration // an unmined transaction is priced higher; a minute if zero
	Log        *slog.Logger  // nil: silent

	doubt time.Duration // zero: doubtAfter
	park  time.Duration // zero: parkFor
}

// Relayer submits signed acts to the chain and pays for them. Safe for concurrent use.
type Relayer struct {
	view       *View
	transactor *Transactor
	outbox     *outbox
	log        *slog.Logger
	budgets    Budgets
	park       time.Duration

	wake    chan struct{}
	cancel  context.CancelFunc
	running sync.WaitGroup

	state relayerState

	// the worker's own
	limits map[consent.ActKind]int
	sent   []*flight // those that carry acts
}

// NewRelayer opens the outbox and goes on with what waits there and with what was on
// its way. The transactor is the relayer's from here on: what it sends outlives the
// process, and what institutions have it send counts against their budgets.
func NewRelayer(view *View, transactor *Transactor, config RelayerConfig) (*Relayer, error) {
	r, err := newRelayer(view, transactor, config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	r.running.Add(1)
	go r.work(ctx)
	return r, nil
}

func newRelayer(view *View, transactor *Transactor, config RelayerConfig) (*Relayer, error) {
	if config.Sealer == nil {
		return nil, errors.New("outbox: no sealer")
	}
	box, flights, err := openOutbox(config.Dir, config.Sealer, config.Budgets, func() uint64 { return view.latest() / consent.Day })
	if err != nil {
		return nil, err
	}
	r := &Relayer{
		view: view, transactor: transactor, outbox: box, log: loggerOr(config.Log), budgets: config.Budgets, park: config.park,
		wake: make(chan struct{}, 1), limits: map[consent.ActKind]int{},
	}
	if r.park == 0 {
		r.park = parkFor
	}
	for kind, limit := range batchLimits {
		r.limits[kind] = limit
	}
	if config.MaxFee != nil {
		transactor.LimitFee(config.MaxFee)
	}
	if config.StuckAfter != 0 {
		transactor.stuck = config.StuckAfter
	}
	if config.doubt != 0 {
		transactor.doubt = config.doubt
	}
	transactor.outbox, transactor.allow = box, r.allow
	if err := r.adopt(flights); err != nil {
		return nil, errors.Join(fmt.Errorf("outbox: %w", err), box.close())
	}
	return r, nil
}

// adopt takes over what was on its way when the process ended.
func (r *Relayer) adopt(flights map[*flight]flightRecord) error {
	for f, record := range flights {
		err := r.transactor.adopt(f, record)
		switch {
		case errors.Is(err, errLost):
			r.log.Warn("a transaction on its way was not this account's and these contracts'", "acts", len(f.items))
			r.outbox.putBack(f.items)
			if err := r.outbox.forget(f, nil); err != nil {
				return err
			}
		case err != nil:
			return err
		case f.kind != "":
			r.sent = append(r.sent, f)
		}
	}
	return nil
}

// Submit takes an act: durable on return, sent soon after, again until the chain
// shows it. An act that the chain shows already is done. consent.ErrSignature: the
// contract would refuse it. consent.ErrBudget: what may be relayed today for whom it is
// is used up; never for a withdrawal. consent.ErrUnavailable: it was not taken.
func (r *Relayer) Submit(_ context.Context, act consent.Act) error {
	if err := checkSignature(r.view.chain.addresses, act); err != nil {
		return err
	}
	if done, err := r.done(act); err == nil && done {
		return nil
	}
	if err := r.outbox.add(act, r.view.latest()); err != nil {
		return err
	}
	r.nudge()
	return nil
}

// Affords says whether Submit would take the act as far as budgets go, without taking
// it: consent.ErrBudget, before anything is promised to anybody.
func (r *Relayer) Affords(_ context.Context, act consent.Act) error {
	if !r.outbox.affords(act) {
		return consent.ErrBudget
	}
	return nil
}

// Close stops sending. What waits is sent after the next start.
func (r *Relayer) Close() error {
	r.cancel()
	r.running.Wait()
	return r.outbox.close()
}

func (r *Relayer) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Relayer) work(ctx context.Context) {
	defer r.running.Done()
	var changed <-chan struct{}
	look, pause := true, retryAfter
	for ctx.Err() == nil {
		if look {
			changed = r.view.Changed() // before the turn, so that no block is missed
		}
		if r.view.Err() != nil {
			r.state.waits(r.log, WaitingView) // nobody can tell any longer what is done
			return
		}
		var again <-chan time.Time
		wake := r.wake
		if err := r.turn(ctx, look); err != nil {
			again, pause = time.After(pause), min(2*pause, retryMost)
			if !errors.Is(err, consent.ErrBudget) { // which lets withdrawals through
				wake = nil // new acts change nothing
			}
		} else {
			pause = retryAfter
			if rest := r.rest(time.Now()); rest > 0 {
				again = time.After(rest)
			}
		}
		look = false
		select {
		case <-ctx.Done():
		case <-wake:
		case <-changed:
			look = true
		case <-again:
			look = true
		}
	}
}

// turn looks after what is on its way, unless only new acts have come, and sends.
func (r *Relayer) turn(ctx context.Context, look bool) error {
	limited, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	var failed error
	if look {
		failed = r.settle(limited)
	}
	err := errors.Join(failed, r.pass(limited))
	if ctx.Err() == nil {
		r.state.waits(r.log, waitingFor(err))
	}
	return err
}

// pass sends what waits, in batches. One kind's trouble is not the others'.
func (r *Relayer) pass(ctx context.Context) error {
	r.state.unpark(r.outbox)
	r.outbox.due(uint64(max(time.Now().Unix(), 0)))
	var errs []error
	for _, kind := range order {
		if err := r.passKind(ctx, kind); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", kind, err))
		}
	}
	return errors.Join(errs...)
}

// passKind sends batches of a kind. While one that is not full waits to be mined, the
// next grows.
func (r *Relayer) passKind(ctx context.Context, kind consent.ActKind) error {
	for {
		unmined := r.unmined(kind)
		if unmined >= maxUnmined || unmined > 0 && r.outbox.waiting(kind) < r.limits[kind] {
			return nil
		}
		before := ^uint64(0)
		if kind == consent.ActGrant {
			before = r.oldestRegistration()
		}
		items := r.fresh(r.outbox.take(kind, r.limits[kind], before))
		if len(items) == 0 {
			return nil
		}
		Shuffle(items)
		if err := r.send(ctx, kind, items); err != nil {
			return err
		}
	}
}

// oldestRegistration is the sequence from which on a grant has to wait, because it
// may be of an identity that is not registered yet: granted in an earlier block, it
// would never count. On the embedded chain, which drops nothing, the order of nonces is enough.
func (r *Relayer) oldestRegistration() uint64 {
	oldest := min(r.outbox.oldest(consent.ActRegister), r.state.oldestParked(consent.ActRegister))
	for _, f := range r.sent {
		if f.kind != consent.ActRegister || r.view.config.Local != nil || r.mined(f) {
			continue
		}
		for _, item := range f.items {
			oldest = min(oldest, item.sequence)
		}
	}
	return oldest
}

func (r *Relayer) unmined(kind consent.ActKind) (n int) {
	for _, f := range r.sent {
		if f.kind == kind && !r.mined(f) {
			n++
		}
	}
	return n
}

func (r *Relayer) mined(f *flight) bool {
	r.transactor.mu.Lock()
	defer r.transactor.mu.Unlock()
	return f.receipt != nil
}

// fresh drops what need not or cannot be sent any more.
func (r *Relayer) fresh(items []queued) (left []queued) {
	for _, item := range items {
		done, err := r.done(item.act)
		switch {
		case err == nil && done:
			r.drop("", item)
		case item.act.Kind != consent.ActWithdraw && item.act.Deadline < r.view.head.Load():
			r.drop("DeadlinePassed", item)
		default:
			left = append(left, item)
		}
	}
	return left
}

func (r *Relayer) done(act consent.Act) (bool, error) {
	r.view.mu.RLock()
	defer r.view.mu.RUnlock()
	return r.view.shows(act)
}

// drop forgets acts, with the reason unless they are done. The log names nobody's act.
func (r *Relayer) drop(reason string, items ...queued) {
	if err := r.outbox.drop(items...); err != nil {
		r.log.Error("outbox", "error", err) // they come back after a restart, and are dropped then
	}
	r.report(reason, items)
}

func (r *Relayer) report(reason string, items []queued) {
	if reason == "" {
		return
	}
	for _, item := range items {
		r.log.Warn("act dropped", "kind", item.act.Kind, "reason", reason)
	}
	r.state.dropped.Add(uint64(len(items)))
}

// send puts a batch on its way, or its acts back into the queue.
func (r *Relayer) send(ctx context.Context, kind consent.ActKind, items []queued) error {
	to, data := pack(r.view.chain.addresses, kind, items)
	gas, err := r.gas(ctx, kind, len(items), &to, data)
	if err == nil {
		f := &flight{kind: kind, items: items, to: &to, data: data, gas: gas, stops: kind == consent.ActWithdraw}
		if err = r.transactor.launch(ctx, f); err == nil {
			r.limits[kind] = min(2*r.limits[kind], batchLimits[kind])
			r.sent = append(r.sent, f)
			return nil
		}
	}
	if errors.Is(err, ErrReverted) || errors.Is(err, errNode) {
		r.split(kind, items)
		return nil // the others go on
	}
	r.outbox.putBack(items)
	return err
}

// gas is what a batch may need. The embedded chain prices as this program does, and one item
// that fails fails alone there: asking it would run each batch three times more.
func (r *Relayer) gas(ctx context.Context, kind consent.ActKind, items int, to *common.Address, data []byte) (uint64, error) {
	if kind == consent.ActGrant && r.view.config.Local != nil {
		return min(batchGas+uint64(items)*grantGas, maxGas), nil //nolint:gosec // a few hundred
	}
	return r.transactor.estimate(ctx, to, data)
}

// split returns the acts of a batch that cannot go as it is, and halves the next: too
// much gas or data, perhaps. One that cannot go alone is left aside for a while, or it
// would stop all that come after it; it is never given up.
func (r *Relayer) split(kind consent.ActKind, items []queued) {
	r.limits[kind] = max((len(items)+1)/2, 1)
	if len(items) == 1 {
		r.log.Warn("an act reverts and is left aside", "kind", kind)
		r.state.park(items[0], time.Now().Add(r.park))
		return
	}
	r.outbox.putBack(items)
}
