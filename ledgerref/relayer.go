package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

const (
	// retryAfter a send that failed, or while a transaction is not mined.
	retryAfter = time.Second
	// doubtAfter a transaction that is not mined its nonce is looked at.
	doubtAfter = 30 * time.Second
)

// order of kinds within a pass: nothing waits longer than it must to stop a
// permission, and a grant counts only if its identity is registered in its block or before.
var order = []consent.ActKind{consent.ActWithdraw, consent.ActRegister, consent.ActGrant}

// RelayerConfig says where the relayer keeps acts.
type RelayerConfig struct {
	Dir    string       // the outbox's own Pebble
	Sealer Sealer       // encrypts it
	Log    *slog.Logger // nil: silent

	doubt time.Duration // zero: doubtAfter
}

// Relayer submits signed acts to the chain and pays for them. Safe for concurrent use.
type Relayer struct {
	view       *View
	transactor *Transactor
	outbox     *outbox
	log        *slog.Logger
	doubt      time.Duration

	wake    chan struct{}
	cancel  context.CancelFunc
	running sync.WaitGroup

	// the worker's own
	limits map[consent.ActKind]int
	sent   []*batch
}

// batch is one transaction on its way.
type batch struct {
	kind  consent.ActKind
	items []queued
	tx    *types.Transaction
	sent  time.Time
	mined bool // in a block, which may not be confirmed yet
}

// NewRelayer opens the outbox and goes on with what waits there.
func NewRelayer(view *View, transactor *Transactor, config RelayerConfig) (*Relayer, error) {
	if config.Sealer == nil {
		return nil, errors.New("outbox: no sealer")
	}
	if config.doubt == 0 {
		config.doubt = doubtAfter
	}
	outbox, err := openOutbox(config.Dir, config.Sealer)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Relayer{
		view: view, transactor: transactor, outbox: outbox, log: loggerOr(config.Log), doubt: config.doubt,
		wake: make(chan struct{}, 1), cancel: cancel, limits: map[consent.ActKind]int{},
	}
	for kind, limit := range batchLimits {
		r.limits[kind] = limit
	}
	r.running.Add(1)
	go r.work(ctx)
	return r, nil
}

// Submit takes an act: durable on return, sent soon after, again until the chain
// shows it. An act that the chain shows already is done. consent.ErrSignature: the
// contract would refuse it. consent.ErrUnavailable: it was not taken.
func (r *Relayer) Submit(_ context.Context, act consent.Act) error {
	if err := checkSignature(r.view.chain.addresses, act); err != nil {
		return err
	}
	if done, err := r.done(act); err == nil && done {
		return nil
	}
	if err := r.outbox.add(act); err != nil {
		return err
	}
	r.nudge()
	return nil
}

// Pending is how many acts wait for the chain.
func (r *Relayer) Pending() int { return r.outbox.size() }

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
	for ctx.Err() == nil {
		changed := r.view.Changed() // before the pass, so that no block is missed
		if r.view.Err() != nil {
			return // acts stay in the outbox; nobody can tell any longer what is done
		}
		r.settle(ctx)
		var again <-chan time.Time
		if err := r.pass(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("acts cannot be sent now", "error", err)
			again = time.After(retryAfter)
		} else if slices.ContainsFunc(r.sent, func(b *batch) bool { return !b.mined }) {
			again = time.After(retryAfter) // its receipt can come after the block's wake-up
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-changed:
		case <-again:
		}
	}
}

// pass sends one batch of each kind of which none is waiting to be mined: while
// one waits, the next grows.
func (r *Relayer) pass(ctx context.Context) error {
	for _, kind := range order {
		if r.unmined(kind) {
			continue
		}
		before := ^uint64(0)
		if kind == consent.ActGrant {
			before = r.oldestRegistration()
		}
		items := r.fresh(r.outbox.take(kind, r.limits[kind], before))
		if len(items) == 0 {
			continue
		}
		shuffle(items)
		err := r.send(ctx, kind, items)
		switch {
		case errors.Is(err, ErrReverted) && len(items) == 1:
			r.drop(items[0], "Reverted") // it would stop all that come after it
		case err != nil:
			r.outbox.putBack(items)
			return err
		}
	}
	return nil
}

// oldestRegistration is the sequence from which on a grant has to wait, because it
// may be of an identity that is not registered yet: granted in an earlier block, it
// would never count. On the embedded chain, which drops nothing, the order of nonces is enough.
func (r *Relayer) oldestRegistration() uint64 {
	oldest := r.outbox.oldest(consent.ActRegister)
	for _, b := range r.sent {
		if b.kind != consent.ActRegister || b.mined || r.view.config.Local != nil {
			continue
		}
		for _, item := range b.items {
			oldest = min(oldest, item.sequence)
		}
	}
	return oldest
}

func (r *Relayer) unmined(kind consent.ActKind) bool {
	return slices.ContainsFunc(r.sent, func(b *batch) bool { return b.kind == kind && !b.mined })
}

// fresh drops what need not or cannot be sent any more.
func (r *Relayer) fresh(items []queued) (left []queued) {
	for _, item := range items {
		done, err := r.done(item.act)
		switch {
		case err == nil && done:
			r.drop(item, "")
		case item.act.Kind != consent.ActWithdraw && item.act.Deadline < r.view.head.Load():
			r.drop(item, "DeadlinePassed")
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

// drop forgets an act, with the reason unless it is done. The log names nobody's act.
func (r *Relayer) drop(item queued, reason string) {
	if reason != "" {
		r.log.Warn("act dropped", "kind", item.act.Kind, "reason", reason)
	}
	if err := r.outbox.remove(item); err != nil {
		r.log.Error("outbox", "error", err) // it comes back after a restart, and is dropped then
	}
}

func (r *Relayer) send(ctx context.Context, kind consent.ActKind, items []queued) error {
	to, data := pack(r.view.chain.addresses, kind, items)
	tx, err := r.transactor.send(ctx, &to, data)
	if err != nil {
		if len(items) > 1 {
			r.limits[kind] = (len(items) + 1) / 2 // too much gas or data, perhaps
		}
		return fmt.Errorf("%s: %w", kind, err)
	}
	r.limits[kind] = min(2*r.limits[kind], batchLimits[kind])
	r.sent = append(r.sent, &batch{kind: kind, items: items, tx: tx, sent: time.Now()})
	return nil
}

// settle looks after what is on its way.
func (r *Relayer) settle(ctx context.Context) {
	var left []*batch
	for _, b := range r.sent {
		if !r.settled(ctx, b) {
			left = append(left, b)
		}
	}
	r.sent = left
}

// settled reports that a batch needs no more care: its acts are dropped or queued again.
func (r *Relayer) settled(ctx context.Context, b *batch) bool {
	receipt, err := r.transactor.client.TransactionReceipt(ctx, b.tx.Hash())
	if errors.Is(err, ethereum.NotFound) {
		b.mined = false
		return r.lost(ctx, b)
	}
	if err != nil {
		return false
	}
	b.mined = true
	if view, err := r.view.current(); err != nil || view.Block < receipt.BlockNumber.Uint64() {
		return false
	}
	refused := refusals(receipt, *b.tx.To())
	if receipt.Status != types.ReceiptStatusSuccessful {
		r.log.Warn("a batch reverted", "kind", b.kind, "acts", len(b.items))
		r.limits[b.kind] = max(len(b.items)/2, 1)
	}
	var again []queued
	for i, item := range b.items {
		done, err := r.done(item.act)
		reason, bad := refused[uint64(i)]
		switch {
		case err == nil && done:
			r.drop(item, "")
		case bad:
			r.drop(item, reason.String())
		default:
			again = append(again, item)
		}
	}
	r.outbox.putBack(again)
	return true
}

// lost reports that a transaction will not be mined as things are: a nonce before
// it is missing, or it was forgotten, or another took its nonce.
func (r *Relayer) lost(ctx context.Context, b *batch) bool {
	if time.Since(b.sent) < r.doubt {
		return false
	}
	b.sent = time.Now()
	next, err := r.transactor.client.PendingNonceAt(ctx, r.transactor.account.address())
	if err != nil {
		return false
	}
	_, _, err = r.transactor.client.TransactionByHash(ctx, b.tx.Hash())
	if err != nil && !errors.Is(err, ethereum.NotFound) {
		return false
	}
	if err == nil && next > b.tx.Nonce() {
		return false // in order, waiting for a block
	}
	r.log.Warn("a batch was lost", "kind", b.kind, "acts", len(b.items))
	r.transactor.resynchronise()
	r.outbox.putBack(b.items)
	return true
}
