package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
)

const (
	maxUnderWay    = 4096            // requests between intake and answer; more wait
	maxGroup       = 1024            // entries in one synced batch
	maxGroupBytes  = 4 << 20         // well below what Pebble takes another path for
	chainEvery     = 1024            // entries between two chain values kept
	maxIdlePersons = 50_000          // last values kept in memory, about 250 bytes each
	appendTimeout  = 5 * time.Second // a log that is stuck for longer answers with an error
)

// request is one leaf, or one probe, on its way into the log.
type request struct {
	index    uint64 // of the leaf, given with its place in the queue
	leaf     []byte // nil for a probe
	leafHash consent.Digest
	subject  []byte // index key; nil for nobody
	probe    []byte
	person   *person
	done     chan error // takes one value without a reader
}

// queue gives indexes in the order in which the committer takes the requests, so
// that an index never lacks its predecessor: either a whole prefix is committed,
// or the journal stops.
type queue struct {
	mu      sync.Mutex
	next    uint64
	waiting []*request
	closed  bool
	wake    chan struct{} // one token: there is something to take
}

func (q *queue) put(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrStopped
	}
	if r.leaf != nil {
		r.index = q.next
		q.next++
	}
	q.waiting = append(q.waiting, r)
	q.signal()
	return nil
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the next group; empty when nothing waits.
func (q *queue) take() (group []*request, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, bytes := 0, 0
	for n < len(q.waiting) && n < maxGroup && bytes < maxGroupBytes {
		bytes += len(q.waiting[n].leaf)
		n++
	}
	if n == len(q.waiting) {
		group, q.waiting = q.waiting, nil
	} else {
		group, q.waiting = q.waiting[:n:n], q.waiting[n:]
	}
	return group, q.closed
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// commit is the committer: the one goroutine that writes. It ends when the queue
// is closed and empty, or with the first failure.
func (j *Journal) commit() {
	defer close(j.finished)
	var group []*request
	ended := false
	defer func() {
		if p := recover(); p != nil {
			j.fail(fmt.Errorf("%w: %v", ErrStopped, p))
		} else if !ended {
			j.fail(ErrStopped) // ended by Fatalf, which has given the cause
		}
		j.queue.close()
		for len(group) > 0 {
			j.answer(group, ErrStopped)
			group, _ = j.queue.take()
		}
	}()
	for closed := false; !closed; {
		<-j.queue.wake
		for {
			if group, closed = j.queue.take(); len(group) == 0 {
				break
			}
			if err := j.write(group); err != nil {
				j.fail(fmt.Errorf("%w: %w", ErrStopped, err))
				return
			}
			j.answer(group, nil)
			group = nil
		}
	}
	ended = true
}

// write makes a group durable in one batch.
func (j *Journal) write(group []*request) error {
	if err := j.Err(); err != nil {
		return err
	}
	batch := j.db.NewBatch()
	defer func() { _ = batch.Close() }()
	var errs []error
	set := func(key, value []byte) { errs = append(errs, batch.Set(key, value, nil)) }
	size, chain, probes := j.size, j.chain, j.probes
	for _, r := range group {
		if r.leaf == nil {
			set(probeKey(probes), r.probe)
			probes++
			continue
		}
		if r.index != size {
			return ErrDamaged
		}
		set(entryKey(r.index), r.leaf)
		if r.subject != nil {
			set(r.subject, binary.BigEndian.AppendUint64(nil, r.index))
		}
		size++
		if chain = chainNext(chain, r.leafHash); size%chainEvery == 0 {
			set(chainKey(size), chain[:])
		}
	}
	set(keyHead, append(binary.BigEndian.AppendUint64(nil, size), chain[:]...))
	if probes != j.probes {
		set(keyProbes, binary.BigEndian.AppendUint64(nil, probes))
	}
	if err := errors.Join(append(errs, batch.Commit(pebble.Sync))...); err != nil {
		return err
	}
	// A file that was deleted is still written to without an error: nobody would
	// ever read the entry. Pebble itself never removes the log in use.
	if _, err := j.config.fs.Stat(*j.wal.Load()); err != nil {
		return fmt.Errorf("the log's file is gone: %w", err)
	}
	j.size, j.chain, j.probes = size, chain, probes
	j.durable.Store(size)
	return nil
}

// answer ends a group. Whoever stopped waiting has left a buffered channel.
func (j *Journal) answer(group []*request, err error) {
	for _, r := range group {
		if r.person != nil {
			j.persons.release(r.person)
		}
		<-j.room
		r.done <- err
	}
}

// enter waits for room; leave must follow unless the request reaches the queue.
func (j *Journal) enter(ctx context.Context) error {
	select {
	case j.room <- struct{}{}:
		return nil
	case <-j.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *Journal) leave() { <-j.room }

// wait returns when the request is durable. An error leaves it open whether the
// entry is in the log: it is then an entry of a decision that had no effect.
func (j *Journal) wait(ctx context.Context, r *request) error {
	select {
	case err := <-r.done:
		return err
	case <-j.stopped:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", consent.ErrUnavailable, ctx.Err())
	}
}

func entryKey(index uint64) []byte { return binary.BigEndian.AppendUint64([]byte("e"), index) }
func chainKey(size uint64) []byte  { return binary.BigEndian.AppendUint64([]byte("c"), size) }

const chainLabel = "wrappy journal chain v1\x00"

func chainNext(value, leafHash consent.Digest) consent.Digest {
	var buffer [len(chainLabel) + 64]byte
	n := copy(buffer[:], chainLabel)
	n += copy(buffer[n:], value[:])
	copy(buffer[n:], leafHash[:])
	return sha256.Sum256(buffer[:])
}
