package devchain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/core"
)

// sealPending seals while the pool is not empty, until the chain is closed.
func (c *Chain) sealPending(ctx context.Context, arrived <-chan struct{}) {
	defer c.done.Done()
	retry := time.NewTimer(0)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-arrived:
		case <-retry.C:
		}
		for c.pending() > 0 {
			included, err := c.seal(ctx)
			if err != nil || included == 0 {
				break
			}
		}
		if c.pending() > 0 {
			retry.Reset(retryAfter)
		}
	}
}

// watchPool turns the pool's events into a wake-up. It never waits for the
// sealer: the pool sends from the very routine that sealing waits for.
func (c *Chain) watchPool(ctx context.Context, arrived chan<- struct{}) {
	defer c.done.Done()
	events := make(chan core.NewTxsEvent, 64)
	subscription := c.eth.TxPool().SubscribeTransactions(events, true)
	defer subscription.Unsubscribe()
	for {
		select {
		case <-ctx.Done():
			return
		case <-subscription.Err(): //nolint:errcheck // closed when the pool ends; it carries no error
			return
		case <-events:
			select {
			case arrived <- struct{}{}:
			default:
			}
		}
	}
}

func (c *Chain) pending() int {
	executable, _ := c.eth.TxPool().Stats()
	return executable
}

// seal makes one block with the wall clock's time and returns the number of its
// transactions when it is durable. Sealing within the head's second would push
// the chain's clock ahead of the wall, and with it every expiry.
func (c *Chain) seal(ctx context.Context) (included int, err error) {
	select {
	case c.sealing <- struct{}{}:
		defer func() { <-c.sealing }()
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-c.quit:
		return 0, ErrClosed
	}
	if err := c.failure(); err != nil {
		return 0, err
	}
	before := c.head()
	if err := c.waitPast(ctx, before.Time); err != nil {
		return 0, err
	}
	hash := c.beacon.Commit()
	head := c.head()
	if head.Hash() != hash || head.Number.Uint64() != before.Number.Uint64()+1 {
		return 0, errors.New("embedded chain: no block was sealed")
	}
	if err := c.eth.ChainDb().SyncKeyValue(); err != nil {
		// what the chain shows and what it would show after a crash may now differ
		err = fmt.Errorf("%w: sync: %w", ErrClosed, err)
		c.fail(err)
		return 0, err
	}
	c.publish(head.Number.Uint64())
	block := c.eth.BlockChain().GetBlock(hash, head.Number.Uint64())
	if block == nil {
		return 0, errors.New("embedded chain: sealed block is missing")
	}
	return len(block.Transactions()), nil
}

func (c *Chain) waitPast(ctx context.Context, second uint64) error {
	for {
		wait := time.Until(time.Unix(int64(second)+1, 0)) //nolint:gosec // a time that we sealed
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-c.quit:
			timer.Stop()
			return ErrClosed
		}
	}
}

func (c *Chain) publish(block uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.committed.Store(block)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Chain) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return
	}
	c.failed = err
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Chain) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}
