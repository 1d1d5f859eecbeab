package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// rebuildEvery bounds the counters in memory and the size of a batch, in entries.
const rebuildEvery = 20_000

// RebuildIndex makes the persons' index of a closed journal anew from the leaves
// and the locator key, checking every leaf on the way. Sequence numbers follow
// from the order of the leaves: no person's key is needed. If it is interrupted,
// the next Open completes it.
func RebuildIndex(config Config) error {
	j, err := open(config)
	if err != nil {
		return err
	}
	err = j.guarded(j.rebuild)
	return errors.Join(err, j.guarded(j.db.Close))
}

func (j *Journal) rebuild() error {
	if err := j.db.Set(keyRebuilding, nil, pebble.Sync); err != nil {
		return err
	}
	if err := j.db.DeleteRange([]byte("s"), []byte("t"), pebble.Sync); err != nil {
		return err
	}
	batch := j.db.NewBatch()
	defer func() { _ = batch.Close() }()
	last := map[string]uint64{} // by index prefix
	err := j.scan(0, j.size, func(index uint64, data []byte) error {
		handle, err := j.handleOf(data)
		if err != nil || handle == [16]byte{} {
			return err
		}
		prefix := j.subjectPrefix(handle)
		sequence, known := last[string(prefix)]
		if !known {
			if sequence, err = j.lastSequence(prefix); err != nil {
				return err
			}
		}
		last[string(prefix)] = sequence + 1
		if err := batch.Set(subjectKey(prefix, sequence+1), binary.BigEndian.AppendUint64(nil, index), nil); err != nil {
			return err
		}
		if batch.Count() < rebuildEvery {
			return nil
		}
		clear(last)
		if err := batch.Commit(pebble.NoSync); err != nil {
			return err
		}
		batch.Reset()
		return nil
	})
	if err != nil {
		return err
	}
	if err := batch.Delete(keyRebuilding, nil); err != nil {
		return err
	}
	return batch.Commit(pebble.Sync)
}

func (j *Journal) handleOf(data []byte) (handle [16]byte, err error) {
	leaf, err := parseLeaf(data)
	if err != nil {
		return handle, err
	}
	opened, err := crypto.Open(j.config.Locator, leaf.Locator, []byte(locatorLabel))
	if err != nil || len(opened) != len(handle) {
		return handle, fmt.Errorf("%w: locator", ErrDamaged)
	}
	copy(handle[:], opened)
	return handle, nil
}

func (j *Journal) lastSequence(prefix []byte) (uint64, error) {
	it, err := j.subjectKeys(prefix, 0)
	if err != nil {
		return 0, err
	}
	defer func() { _ = it.Close() }()
	if !it.Last() {
		return 0, it.Error()
	}
	sequence, _, err := parseSubjectKey(it)
	return sequence, err
}

// Verify reads the whole log: no entry is missing, every leaf is canonical, and
// their chain leads to the head's value. ErrDamaged otherwise.
func (j *Journal) Verify(ctx context.Context) error {
	if err := j.acquire(ctx); err != nil {
		return err
	}
	defer j.release()
	snapshot := j.db.NewSnapshot()
	head, closer, err := snapshot.Get(keyHead)
	if errors.Is(err, pebble.ErrNotFound) {
		return errors.Join(snapshot.Close())
	}
	if err != nil {
		return errors.Join(err, snapshot.Close())
	}
	var size uint64
	var want, value consent.Digest
	if len(head) == 40 {
		size = binary.BigEndian.Uint64(head)
		copy(want[:], head[8:])
	}
	if err := errors.Join(closer.Close(), snapshot.Close()); err != nil {
		return err
	}
	err = j.scan(0, size, func(_ uint64, data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := parseLeaf(data); err != nil {
			return err
		}
		value = chainNext(value, consent.LeafHash(data))
		return nil
	})
	if err == nil && value != want {
		err = fmt.Errorf("%w: the chain does not lead to the head", ErrDamaged)
	}
	return err
}
