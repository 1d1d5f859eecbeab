package journal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs/atomicfs"

	"github.com/wrapious/wrappy/consent"
)

// cacheBytes is what Pebble keeps of its files in memory.
const cacheBytes = 64 << 20

var (
	keyHead       = []byte("mhead")
	keyRebuilding = []byte("mrebuilding")
)

// head is what is known of the log as a whole, written with every batch:
// size(8), chain(32), probes(8), SHA-256 of origin and public key(32).
type head struct {
	size   uint64
	chain  consent.Digest // value after the last leaf
	probes uint64         // written so far
}

func (j *Journal) encodeHead(h head) []byte {
	identity := logIdentity(j.config.Origin, j.PublicKey())
	out := append(binary.BigEndian.AppendUint64(nil, h.size), h.chain[:]...)
	return append(binary.BigEndian.AppendUint64(out, h.probes), identity[:]...)
}

func (j *Journal) parseHead(data []byte) (head, error) {
	if len(data) != 80 {
		return head{}, ErrDamaged
	}
	h := head{size: binary.BigEndian.Uint64(data), chain: consent.Digest(data[8:]), probes: binary.BigEndian.Uint64(data[40:])}
	if !bytes.Equal(j.encodeHead(h), data) {
		return head{}, ErrForeign
	}
	return h, nil
}

// openStore opens Pebble and refuses a log that is gone, shorter than it was, of
// somebody else, or in contradiction to itself.
func (j *Journal) openStore() (err error) {
	dir := filepath.Clean(j.config.Dir)
	if err := errors.Join(j.config.fs.MkdirAll(dir, 0o700), j.config.fs.MkdirAll(j.storeDir(), 0o700)); err != nil {
		return err
	}
	if err := errors.Join(j.syncDir(dir), j.syncDir(filepath.Dir(dir))); err != nil {
		return err
	}
	var kept string
	if j.kept, kept, err = atomicfs.LocateMarker(j.config.fs, j.config.Dir, "size"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = j.kept.Close()
		}
	}()
	known, err := strconv.ParseUint("0"+kept, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: the size kept", ErrDamaged)
	}
	known = max(known, j.config.MinSize)
	if err := j.refuseLost(known); err != nil {
		return err
	}
	cache := pebble.NewCache(cmp.Or(j.config.cache, cacheBytes))
	defer cache.Unref()
	if j.db, err = pebble.Open(j.storeDir(), j.options(cache)); err != nil {
		return err
	}
	if err := j.load(known); err != nil {
		return errors.Join(err, j.db.Close())
	}
	return nil
}

// syncDir makes the entries of a directory durable; those below it Pebble syncs itself.
func (j *Journal) syncDir(path string) error {
	dir, err := j.config.fs.OpenDir(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// refuseLost looks before Pebble does, which would make a new database where the
// old one is gone, or its manifest is and its data is left.
func (j *Journal) refuseLost(known uint64) error {
	found, err := pebble.Peek(j.storeDir(), j.config.fs)
	if err != nil || found.Exists {
		return err
	}
	names, err := j.config.fs.List(j.storeDir())
	for _, name := range names {
		if ext := filepath.Ext(name); ext == ".log" || ext == ".sst" {
			return ErrLost
		}
	}
	if known > 0 {
		return ErrLost
	}
	return err
}

// load checks the head against the entries: the last one is where it should be,
// and the leaves since the last chain value kept lead to the head's.
func (j *Journal) load(known uint64) error {
	entries, err := j.countEntries()
	if err != nil {
		return err
	}
	data, err := j.get(keyHead)
	if errors.Is(err, pebble.ErrNotFound) && entries == 0 && known == 0 {
		data = j.encodeHead(head{})
		err = j.db.Set(keyHead, data, pebble.Sync)
	}
	if errors.Is(err, pebble.ErrNotFound) {
		return ErrLost
	}
	if err != nil {
		return err
	}
	h, err := j.parseHead(data)
	switch {
	case err != nil:
		return err
	case h.size < known:
		return ErrLost
	case h.size != entries:
		return ErrDamaged
	}
	var value consent.Digest
	from := h.size / chainEvery * chainEvery
	if from > 0 {
		kept, err := j.get(chainKey(from))
		if err != nil || len(kept) != len(value) {
			return errors.Join(ErrDamaged, err)
		}
		value = consent.Digest(kept)
	}
	j.head, j.queue.next = h, h.size
	j.durable.Store(h.size)
	if err := errors.Join(j.followChain(value, from, nil), j.loadNotes()); err != nil {
		return err
	}
	if _, err := j.get(keyRebuilding); !errors.Is(err, pebble.ErrNotFound) {
		return errors.Join(err, j.rebuild())
	}
	return nil
}

// followChain reads the leaves from an index to the end, from whose chain value
// they must lead to the head's.
func (j *Journal) followChain(value consent.Digest, from uint64, visit func(index uint64, leaf []byte) error) error {
	err := j.scan(from, j.head.size, func(index uint64, leaf []byte) error {
		value = chainNext(value, consent.LeafHash(leaf))
		if visit == nil {
			return nil
		}
		return visit(index, leaf)
	})
	if err == nil && value != j.head.chain {
		err = fmt.Errorf("%w: the leaves do not lead to the head", ErrDamaged)
	}
	return err
}

// countEntries goes by the last one's key.
func (j *Journal) countEntries() (uint64, error) {
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: []byte("e"), UpperBound: []byte("f")})
	if err != nil {
		return 0, err
	}
	defer func() { _ = it.Close() }()
	if !it.Last() {
		return 0, it.Error()
	}
	if len(it.Key()) != 9 {
		return 0, ErrDamaged
	}
	return binary.BigEndian.Uint64(it.Key()[1:]) + 1, nil
}

func (j *Journal) get(key []byte) ([]byte, error) {
	value, closer, err := j.db.Get(key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	return bytes.Clone(value), nil
}
