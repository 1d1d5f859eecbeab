package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

const (
	// maxSpan is how many final blocks one range asks for; refused ranges are halved.
	maxSpan = 5000
	// rangeFrom is how far behind the final block a range pays.
	rangeFrom = 16
)

// open reads the cursor, or makes one before the first deployment, and catches up. Where a
// network that was followed before cannot be followed now, the view is stale, and no error.
func (v *View) open(ctx context.Context) error {
	raw, err := get(v.db, []byte{cursorPrefix})
	if err != nil {
		return fmt.Errorf("ledger view: %w", err)
	}
	if raw == nil {
		if err := v.begin(ctx); err != nil {
			return err
		}
	} else if err := v.load(raw); err != nil {
		return err
	}
	err = v.step(ctx)
	for _, w := range v.watchers() {
		if watchErr := w.pass(ctx); watchErr != nil {
			v.log.Warn("withdrawals cannot be looked for now", "error", watchErr)
		}
	}
	followed := raw != nil && v.config.Local == nil
	if err == nil || ctx.Err() != nil || forGood(err) || (!followed && !errors.Is(err, errDisagree)) {
		return err
	}
	// The view is stale, and what rests on it is refused. Whoever wants to withdraw must
	// not be refused as well.
	v.log.Warn(cannotFollow, "error", err)
	return nil
}

const cannotFollow = "the ledger cannot be followed now"

// forGood reports an error that no waiting ends.
func forGood(err error) bool { return errors.Is(err, ErrRolledBack) || errors.Is(err, errDamaged) }

func (v *View) begin(ctx context.Context) error {
	header, err := v.header(ctx, max(v.chain.addresses.Block, 1)-1)
	if err != nil {
		return fmt.Errorf("%w: read first block: %w", consent.ErrUnavailable, plain(err))
	}
	v.cursor = cursorRecord{Addresses: v.chain.addresses, Number: header.Number.Uint64(), Hash: header.Hash(), Time: header.Time}
	batch := v.db.NewBatch()
	defer func() { _ = batch.Close() }()
	first := blockRecord{Hash: v.cursor.Hash, Time: v.cursor.Time}
	return errors.Join(batch.Set(blockKey(v.cursor.Number), encode(first), nil),
		batch.Set([]byte{cursorPrefix}, encode(v.cursor), nil), batch.Commit(pebble.Sync))
}

func (v *View) load(raw []byte) error {
	if err := cbor.Unmarshal(raw, &v.cursor); err != nil {
		return fmt.Errorf("ledger view: %w", errDamaged)
	}
	if v.cursor.Addresses != v.chain.addresses {
		return fmt.Errorf("ledger view: %w", ErrForeignChain)
	}
	return errors.Join(v.loadAll(institutionPrefix), v.loadAll(tlsKeyPrefix))
}

// loadAll remembers the records of one kind. Those of people are not looked at: a start
// takes no longer for more of them.
func (v *View) loadAll(prefix byte) error {
	iterator, err := v.db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefix}, UpperBound: []byte{prefix + 1}})
	if err != nil {
		return fmt.Errorf("ledger view: %w", err)
	}
	for valid := iterator.First(); valid && err == nil; valid = iterator.Next() {
		err = v.remember(iterator.Key(), iterator.Value())
	}
	return errors.Join(err, iterator.Error(), iterator.Close())
}

// remember keeps in memory the few records that much is made of, and lets what others have
// become be read anew. Needs v.mu held once the view is shared.
func (v *View) remember(key, value []byte) error {
	if len(key) != 33 {
		return nil
	}
	id := [32]byte(key[1:])
	switch key[0] {
	case grantPrefix:
		v.grants.changed(id)
		if state, err := decodeGrant(value); err == nil && state.Status != consent.StatusGiven {
			v.end(id)
		}
		return nil
	case identityPrefix:
		v.identities.changed(id)
		return nil
	case institutionPrefix:
		v.rewritten++
	case tlsKeyPrefix:
	default:
		return nil
	}
	switch {
	case value == nil && key[0] == institutionPrefix:
		v.turn(id, v.institutions[id], nil)
		delete(v.institutions, id)
	case value == nil:
		of := v.tlsKeys[id].Institution
		v.keysOf[of] = without(v.keysOf[of], id)
		delete(v.tlsKeys, id)
	case key[0] == institutionPrefix:
		record := new(institutionRecord)
		if err := cbor.Unmarshal(value, record); err != nil {
			return errDamaged
		}
		v.turn(id, v.institutions[id], record)
		v.institutions[id] = record
	default:
		var record tlsKeyRecord
		if err := cbor.Unmarshal(value, &record); err != nil {
			return errDamaged
		}
		v.tlsKeys[id] = record
		v.keysOf[record.Institution] = with(v.keysOf[record.Institution], id)
	}
	return nil
}

// follow steps at every wake-up until ctx ends or the view stops.
func (v *View) follow(ctx context.Context) {
	v.repeat(ctx, v.source, cannotFollow, v.step)
}

// repeat does something at every wake-up until ctx ends or it stops the view.
func (v *View) repeat(ctx context.Context, from source, failing string, do func(context.Context) error) {
	defer v.running.Done()
	heads := make(chan *types.Header, 16)
	if v.config.Local == nil {
		// only a wake-up: it may never come, and what it says is not believed
		if subscription, err := from.SubscribeNewHead(ctx, heads); err == nil {
			defer subscription.Unsubscribe()
		}
	}
	tick := time.NewTicker(v.config.Poll)
	defer tick.Stop()
	for {
		var committed <-chan struct{}
		if v.config.Local != nil {
			_, committed = v.config.Local.Committed() // before the step, so that none is missed
		}
		err := do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case forGood(err):
			v.log.Error("the ledger view has stopped", "error", err)
			v.stop(err)
			return
		case err != nil:
			v.log.Warn(failing, "error", err)
		}
		if err != nil {
			committed = nil // a closed channel would spin: wait for the tick
		}
		select {
		case <-ctx.Done():
			return
		case <-committed:
		case <-heads:
		case <-tick.C:
		}
	}
}

// target is how far to follow.
type target struct {
	limit uint64 // the confirmed block
	final uint64 // never undone; ranges are safe up to here
	head  *types.Header
}

func (v *View) target(ctx context.Context) (t target, err error) {
	if v.config.Local != nil {
		t.limit, _ = v.config.Local.Committed()
		t.final = t.limit
		t.head, err = v.header(ctx, t.limit)
		return t, err
	}
	if t.head, err = v.agreedHead(ctx); err != nil {
		return t, err
	}
	final, err := v.tagged(ctx, rpc.FinalizedBlockNumber)
	if err == nil {
		t.final = final
	} else if v.config.Confirm == ConfirmFinalized {
		return t, fmt.Errorf("finalized block: %w", plain(err))
	}
	t.limit = t.head.Number.Uint64()
	switch v.config.Confirm {
	case ConfirmSafe:
		safe, err := v.tagged(ctx, rpc.SafeBlockNumber)
		if err != nil {
			return t, fmt.Errorf("safe block: %w", plain(err))
		}
		t.limit = min(t.limit, safe)
	case ConfirmFinalized:
		t.limit = min(t.limit, t.final)
	}
	t.final = min(t.final, t.limit)
	return t, nil
}

// step follows as far as the chain now goes.
func (v *View) step(ctx context.Context) error {
	t, err := v.target(ctx)
	if err != nil {
		return fmt.Errorf("read head: %w", plain(err))
	}
	for {
		if err := v.reconcile(ctx, t); err != nil {
			return err
		}
		if v.cursor.Number >= t.limit {
			break
		}
		if t.final >= v.cursor.Number+rangeFrom {
			err = v.takeRange(ctx, t.final)
		} else {
			err = v.takeBlock(ctx, v.cursor.Number+1, t.final)
		}
		if err != nil {
			return err
		}
	}
	v.polled.Store(v.now().UnixNano())
	if v.head.Load() != t.head.Time {
		v.mu.Lock()
		v.head.Store(t.head.Time)
		v.wake()
		v.mu.Unlock()
	}
	return nil
}

// takeRange follows up to span final blocks at once.
func (v *View) takeRange(ctx context.Context, final uint64) error {
	to := min(final, v.cursor.Number+v.span)
	header, err := v.header(ctx, to)
	if err != nil {
		return fmt.Errorf("read block: %w", plain(err))
	}
	logs, err := v.agreedLogs(ctx, ethereum.FilterQuery{FromBlock: blockNumber(v.cursor.Number + 1), ToBlock: header.Number}, header)
	if errors.Is(err, errDisagree) || errors.Is(err, errContradicts) {
		return fmt.Errorf("read logs: %w", err)
	}
	if err != nil {
		if v.span > 1 && ctx.Err() == nil {
			v.span = max(v.span/2, 1) // providers refuse ranges that are too wide or hold too much
			return nil                //nolint:nilerr // asked for again
		}
		return fmt.Errorf("read logs: %w", plain(err))
	}
	v.span = min(2*v.span, maxSpan)
	in := header
	for i := range logs {
		if logs[i].BlockTimestamp != 0 {
			continue
		}
		if n := logs[i].BlockNumber; in.Number.Uint64() != n {
			if in, err = v.header(ctx, n); err != nil {
				return fmt.Errorf("read block: %w", plain(err))
			}
		}
		if in.Hash() != logs[i].BlockHash {
			return fmt.Errorf("read logs: %w: a log of another block", errContradicts)
		}
		logs[i].BlockTimestamp = in.Time
	}
	return v.commit(header, logs, to, false)
}

// takeBlock follows one block, which must be the child of the one before.
func (v *View) takeBlock(ctx context.Context, number, final uint64) error {
	header, err := v.header(ctx, number)
	if err != nil {
		return fmt.Errorf("read block: %w", plain(err))
	}
	if header.ParentHash != common.Hash(v.cursor.Hash) {
		return fmt.Errorf("read block: %w: not a child of the block before", errContradicts)
	}
	logs, err := v.blockLogs(ctx, header)
	if err != nil {
		return fmt.Errorf("read logs: %w", plain(err))
	}
	for i := range logs {
		logs[i].BlockTimestamp = header.Time
	}
	return v.commit(header, logs, final, true)
}

// commit writes what the logs bring about, the ring and the cursor in one batch.
func (v *View) commit(header *types.Header, logs []types.Log, final uint64, undoable bool) error {
	c := newChanges(v.db)
	for i := range logs {
		if err := c.apply(v.handlers, &logs[i]); err != nil {
			return err
		}
	}
	block := blockRecord{Hash: header.Hash(), Time: header.Time}
	cursor := v.cursor
	cursor.Number, cursor.Hash, cursor.Time = header.Number.Uint64(), header.Hash(), header.Time
	cursor.Final = max(cursor.Final, min(final, cursor.Number))
	batch := v.db.NewBatch()
	defer func() { _ = batch.Close() }()
	var err error
	if undoable {
		block.Undo = c.undo
		if cursor.Number > ringLength {
			err = batch.Delete(blockKey(cursor.Number-ringLength), nil)
		}
	} else {
		err = batch.DeleteRange(blockKey(0), blockKey(cursor.Number), nil)
	}
	if err := errors.Join(err, batch.Set(blockKey(cursor.Number), encode(block), nil)); err != nil {
		return err
	}
	return v.write(batch, c.values, cursor)
}

// write commits and publishes. Without a sync: a lost tail is followed again.
func (v *View) write(batch *pebble.Batch, values map[string][]byte, cursor cursorRecord) error {
	var errs []error
	for key, value := range values {
		if value == nil {
			errs = append(errs, batch.Delete([]byte(key), nil))
		} else {
			errs = append(errs, batch.Set([]byte(key), value, nil))
		}
	}
	errs = append(errs, batch.Set([]byte{cursorPrefix}, encode(cursor), nil))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := batch.Commit(pebble.NoSync); err != nil {
		return err
	}
	for key, value := range values {
		if err := v.remember([]byte(key), value); err != nil {
			return err
		}
	}
	v.cursor = cursor
	v.head.Store(max(v.head.Load(), cursor.Time))
	v.wake()
	return nil
}

// wake needs v.mu held.
func (v *View) wake() {
	close(v.changed)
	v.changed = make(chan struct{})
}

// ring reads a block of the ring; ok is false where it is not kept.
func (v *View) ring(number uint64) (block blockRecord, ok bool, err error) {
	raw, err := get(v.db, blockKey(number))
	if err != nil || raw == nil {
		return block, false, err
	}
	if cbor.Unmarshal(raw, &block) != nil {
		return block, false, errDamaged
	}
	return block, true, nil
}
