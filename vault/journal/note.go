package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

const (
	noteDays = 3        // that notes are kept: the newest entry's and two before, so 48 h at least
	maxNote  = 64 << 10 // bytes of one
)

// notes are what appends leave under a name. The days are those of the entries' own time,
// UTC, and never go back: a note is under the newest day that any entry before it had.
type notes struct {
	newest   atomic.Uint32 // day of the newest durable entry
	oldest   atomic.Uint32 // below that day there are none
	dropped  uint32        // below it all were removed; the watcher's own
	mu       sync.Mutex
	filters  [noteDays]atomic.Pointer[noteFilter] // by day
	underway map[[32]byte]chan struct{}           // closed when the append with the name has ended
}

// Note returns what an append left under the name; vault.ErrAbsent.
func (j *Journal) Note(ctx context.Context, name [32]byte) ([]byte, error) {
	days := j.notes.mayHave(name)
	if len(days) == 0 {
		if err := j.acquire(ctx); err != nil {
			return nil, err
		}
		j.reading.RUnlock()
		return nil, vault.ErrAbsent
	}
	return shortly(ctx, j, func() ([]byte, error) {
		for _, day := range days {
			value, err := j.get(noteKey(day, name))
			if errors.Is(err, pebble.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, errors.Join(consent.ErrUnavailable, err)
			}
			if len(value) < 8 {
				return nil, fmt.Errorf("%w: note", ErrDamaged)
			}
			if binary.BigEndian.Uint64(value) >= j.Size() {
				return nil, vault.ErrAbsent // not durable yet
			}
			return value[8:], nil
		}
		return nil, vault.ErrAbsent
	})
}

// reserve keeps a name for one append. It waits for an append with the same name:
// vault.ErrExists means that the note can be read.
func (j *Journal) reserve(ctx context.Context, n *vault.Note) error {
	if n == nil {
		return nil
	}
	if len(n.Sealed) > maxNote {
		return fmt.Errorf("%w: note of more than %d bytes", ErrEntry, maxNote)
	}
	for {
		other := j.notes.take(n.Name)
		if other == nil {
			break
		}
		select {
		case <-other:
		case <-j.stopped:
			return ErrStopped
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", consent.ErrUnavailable, ctx.Err())
		}
	}
	_, err := j.Note(ctx, n.Name)
	if errors.Is(err, vault.ErrAbsent) {
		return nil
	}
	j.notes.free(n)
	if err == nil {
		return vault.ErrExists
	}
	return err
}

// take is nil where the name is the caller's now, and otherwise ends when it is free.
func (s *notes) take(name [32]byte) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, taken := s.underway[name]; taken {
		return other
	}
	if s.underway == nil {
		s.underway = map[[32]byte]chan struct{}{}
	}
	s.underway[name] = make(chan struct{})
	return nil
}

func (s *notes) free(n *vault.Note) {
	if n == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.underway[n.Name])
	delete(s.underway, n.Name)
}

// loadNotes finds the days that have notes.
func (j *Journal) loadNotes() error {
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: []byte("n"), UpperBound: []byte("o")})
	if err != nil {
		return err
	}
	defer func() { _ = it.Close() }()
	j.notes.oldest.Store(math.MaxUint32)
	for _, end := range []struct {
		seek func() bool
		day  *atomic.Uint32
	}{{it.First, &j.notes.oldest}, {it.Last, &j.notes.newest}} {
		if !end.seek() {
			return it.Error()
		}
		if len(it.Key()) != 1+4+32 {
			return ErrDamaged
		}
		end.day.Store(binary.BigEndian.Uint32(it.Key()[1:]))
	}
	return nil
}

// dropNotes removes the days that have passed. What a crash brings back is removed again.
func (j *Journal) dropNotes() error {
	newest := j.notes.newest.Load()
	if newest < noteDays || newest-noteDays+1 <= j.notes.dropped {
		return nil
	}
	j.notes.dropped = newest - noteDays + 1
	return j.guarded(func() error {
		return j.db.DeleteRange([]byte("n"), noteKey(j.notes.dropped, [32]byte{})[:5], pebble.NoSync)
	})
}

func noteKey(day uint32, name [32]byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte("n"), day), name[:]...)
}

// dayOf is the day of a time in Unix milliseconds, since 1970.
func dayOf(milli uint64) uint32 {
	return uint32(min(milli, 1<<47) / uint64(24*time.Hour/time.Millisecond)) //nolint:gosec // below 2^21
}
