package ledgerref

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
)

// errBehind: the source has fewer blocks than were followed, and the last of them
// is one of ours: a node that lags. Nothing is undone for it.
var errBehind = errors.New("the source is behind what was followed")

// reconcile unwinds until the cursor's block is on the chain.
func (v *View) reconcile(ctx context.Context, t target) error {
	for {
		header, err := v.header(ctx, v.cursor.Number)
		switch {
		case errors.Is(err, ethereum.NotFound):
			if v.second != nil && v.someHave(ctx, v.cursor.Number, v.cursor.Hash) {
				return errBehind
			}
			if err := v.missing(t); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("read block: %w", plain(err))
		case header.Hash() == common.Hash(v.cursor.Hash):
			return nil
		}
		if err := v.unwind(); err != nil {
			return err
		}
	}
}

// someHave reports that at least one source has the block.
func (v *View) someHave(ctx context.Context, number uint64, hash [32]byte) bool {
	has := func(from source) (bool, error) {
		header, err := headerFrom(ctx, from, blockNumber(number))
		return err == nil && header.Hash() == common.Hash(hash), nil
	}
	one, other, _ := both(v, has)
	return one || other
}

// missing decides about a chain that has no block at the cursor's number; nil
// means unwind. The embedded chain never loses a durable block: it is another, or
// an old copy.
func (v *View) missing(t target) error {
	number := t.head.Number.Uint64()
	if v.config.Local != nil {
		return fmt.Errorf("%w: head %d, followed to %d", ErrRolledBack, number, v.cursor.Number)
	}
	block, ok, err := v.ring(number)
	if err != nil {
		return err
	}
	if ok && number < v.cursor.Number && t.head.Hash() == common.Hash(block.Hash) {
		return errBehind
	}
	return nil
}

// unwind takes back the cursor's block.
func (v *View) unwind() error {
	undone, ok, err := v.ring(v.cursor.Number)
	if err != nil {
		return err
	}
	var before blockRecord
	if ok {
		before, ok, err = v.ring(v.cursor.Number - 1)
	}
	if err != nil {
		return err
	}
	if !ok || v.cursor.Number <= v.cursor.Final || v.cursor.Number < v.chain.addresses.Block {
		return fmt.Errorf("%w: block %d", ErrRolledBack, v.cursor.Number)
	}
	batch := v.db.NewBatch()
	defer func() { _ = batch.Close() }()
	if err := batch.Delete(blockKey(v.cursor.Number), nil); err != nil {
		return err
	}
	values := make(map[string][]byte, len(undone.Undo))
	for _, u := range undone.Undo {
		values[string(u.Key)] = u.Value // nil where there was nothing
	}
	cursor := v.cursor
	cursor.Number, cursor.Hash, cursor.Time = cursor.Number-1, before.Hash, before.Time
	v.log.Info("a block was taken back", "block", v.cursor.Number)
	return v.write(batch, values, cursor)
}
