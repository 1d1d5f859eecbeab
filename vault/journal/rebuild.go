package journal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// rebuildEvery bounds the counters in memory and the size of a batch, in entries.
const rebuildEvery = 2000

// RebuildIndex makes the indexes (persons, ended grants, erased subjects) of a closed journal anew from the leaves
// and the locator and shared keys, checking every leaf and the whole chain on the way. The
// sequence numbers follow from the order of the leaves: no person's key is
// needed. If it is interrupted, the next Open completes it.
func RebuildIndex(config Config) error {
	j, err := open(config)
	if err != nil {
		return err
	}
	return errors.Join(j.guarded(j.rebuild), j.closeStore())
}

func (j *Journal) rebuild() error {
	if err := j.db.Set(keyRebuilding, nil, pebble.Sync); err != nil {
		return err
	}
	for _, index := range []string{"s", "w", "g"} {
		if err := j.db.DeleteRange([]byte(index), []byte{index[0] + 1}, pebble.Sync); err != nil {
			return err
		}
	}
	batch := j.db.NewBatch()
	defer func() { _ = batch.Close() }()
	last := map[string]uint64{} // sequence by index prefix, as far as batch knows
	err := j.followChain(consent.Digest{}, 0, func(index uint64, data []byte) error {
		leaf, err := parseLeaf(data)
		if err != nil {
			return err
		}
		handle, err := j.handleOf(leaf)
		if err != nil {
			return err
		}
		if err := j.reindexEnd(batch, index, leaf, handle); err != nil || handle == [16]byte{} {
			return err
		}
		prefix := j.subjectPrefix(handle)
		sequence, known := last[string(prefix)]
		if !known {
			if sequence, _, err = j.lastOf(prefix); err != nil {
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
		err = batch.Commit(pebble.NoSync)
		batch.Reset()
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(batch.Delete(keyRebuilding, nil), batch.Commit(pebble.Sync))
}

// handleOf opens a leaf's locator; zero for nobody.
func (j *Journal) handleOf(leaf *consent.Leaf) ([16]byte, error) {
	opened, err := crypto.Open(j.locatorKey(leaf), leaf.Locator, []byte(locatorLabel))
	if err != nil || len(opened) != 16 {
		return [16]byte{}, fmt.Errorf("%w: locator", ErrDamaged)
	}
	return [16]byte(opened), nil
}

func (j *Journal) reindexEnd(batch *pebble.Batch, index uint64, leaf *consent.Leaf, handle [16]byte) error {
	shared, _, err := openPart(j.config.Shared, consent.PartShared, leaf, leaf.Shared, consent.ParseShared)
	if err != nil {
		return err
	}
	if key := j.endedBy(shared, handle); key != nil {
		return batch.Set(key, binary.BigEndian.AppendUint64(nil, index), nil)
	}
	return nil
}
