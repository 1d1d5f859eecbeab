package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"

	"github.com/wrapious/wrappy/consent"
)

var (
	keyHead       = []byte("mhead")
	keyOrigin     = []byte("morigin")
	keyProbes     = []byte("mprobes")
	keyRebuilding = []byte("mrebuilding")
)

// openStore opens Pebble and refuses a log that is gone, shorter than it was, of
// somebody else, or in contradiction to itself.
func (j *Journal) openStore() error {
	c := &j.config
	if err := errors.Join(c.fs.MkdirAll(c.Dir, 0o700), c.fs.MkdirAll(j.storeDir(), 0o700)); err != nil {
		return err
	}
	known, err := j.readSize()
	if err != nil {
		return err
	}
	known = max(known, c.MinSize)
	exists, err := j.storeExists()
	if err != nil {
		return err
	}
	if !exists && known > 0 {
		return ErrLost
	}
	if j.db, err = pebble.Open(j.storeDir(), j.options()); err != nil {
		return err
	}
	if err := j.load(known, exists); err != nil {
		return errors.Join(err, j.db.Close())
	}
	return nil
}

// storeExists looks before Pebble does, which would make a new database where the
// old one's manifest is gone and its data is left.
func (j *Journal) storeExists() (bool, error) {
	found, err := pebble.Peek(j.storeDir(), j.config.fs)
	if err != nil {
		return false, err
	}
	names, err := j.config.fs.List(j.storeDir())
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if ext := filepath.Ext(name); !found.Exists && (ext == ".log" || ext == ".sst") {
			return false, ErrLost
		}
	}
	return found.Exists, nil
}

func (j *Journal) load(known uint64, exists bool) error {
	identity := append([]byte(j.config.Origin+"\x00"), j.PublicKey()...)
	switch stored, err := j.get(keyOrigin); {
	case errors.Is(err, pebble.ErrNotFound) && known == 0:
		// A crash while the log was made may have left a database without entries.
		if entries, errLast := j.lastEntry(); errLast != nil || entries != 0 {
			return errors.Join(ErrDamaged, errLast)
		}
		return j.db.Set(keyOrigin, identity, pebble.Sync)
	case errors.Is(err, pebble.ErrNotFound):
		return ErrLost
	case err != nil:
		return err
	case !bytes.Equal(stored, identity):
		return ErrForeign
	}
	if err := j.loadHead(known); err != nil {
		return err
	}
	switch probes, err := j.get(keyProbes); {
	case err == nil && len(probes) == 8:
		j.probes = binary.BigEndian.Uint64(probes)
	case !errors.Is(err, pebble.ErrNotFound):
		return errors.Join(ErrDamaged, err)
	}
	if _, err := j.get(keyRebuilding); !errors.Is(err, pebble.ErrNotFound) {
		if err != nil {
			return err
		}
		return j.rebuild()
	}
	return nil
}

// loadHead checks the head against the entries: the last one is where it should
// be, and the leaves since the last chain value kept lead to the head's.
func (j *Journal) loadHead(known uint64) error {
	entries, err := j.lastEntry()
	if err != nil {
		return err
	}
	var size uint64
	var chain consent.Digest
	switch head, err := j.get(keyHead); {
	case err == nil && len(head) == 40:
		size = binary.BigEndian.Uint64(head)
		chain = consent.Digest(head[8:])
	case !errors.Is(err, pebble.ErrNotFound):
		return errors.Join(ErrDamaged, err)
	}
	if size < known {
		return ErrLost
	}
	if entries != size {
		return ErrDamaged
	}
	from := size / chainEvery * chainEvery
	var value consent.Digest
	if from > 0 {
		kept, err := j.get(chainKey(from))
		if err != nil || len(kept) != len(value) {
			return errors.Join(ErrDamaged, err)
		}
		value = consent.Digest(kept)
	}
	err = j.scan(from, size, func(_ uint64, leaf []byte) error {
		value = chainNext(value, consent.LeafHash(leaf))
		return nil
	})
	if err != nil {
		return err
	}
	if value != chain {
		return ErrDamaged
	}
	j.size, j.chain, j.queue.next = size, chain, size
	j.durable.Store(size)
	return nil
}

// lastEntry is the number of entries by the last one's key.
func (j *Journal) lastEntry() (uint64, error) {
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

// watch keeps the file "size" behind the log until the journal closes or stops.
func (j *Journal) watch(every time.Duration) {
	defer close(j.watched)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for written := uint64(0); ; {
		select {
		case <-j.closing:
			return
		case <-j.stopped:
			return
		case <-ticker.C:
		}
		if size := j.Size(); size != written {
			if err := j.writeSize(); err != nil {
				j.fail(fmt.Errorf("%w: %w", ErrStopped, err))
				return
			}
			written = size
		}
	}
}

func (j *Journal) sizePath() string { return filepath.Join(j.config.Dir, "size") }

// writeSize never runs ahead of the log: it writes what is durable already.
func (j *Journal) writeSize() error {
	fs, temporary := j.config.fs, j.sizePath()+".new"
	file, err := fs.Create(temporary)
	if err != nil {
		return err
	}
	_, err = file.Write(strconv.AppendUint(nil, j.Size(), 10))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := fs.Rename(temporary, j.sizePath()); err != nil {
		return err
	}
	dir, err := fs.OpenDir(j.config.Dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (j *Journal) readSize() (uint64, error) {
	file, err := j.config.fs.Open(j.sizePath(), vfs.SequentialReadsOption)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0, err
	}
	size, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, ErrDamaged
	}
	return size, nil
}
