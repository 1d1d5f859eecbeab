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
	"github.com/wrapious/wrappy/vault"
)

const (
	maxUnderWay   = 4096                   // requests between intake and answer; more wait
	maxGroup      = 1024                   // requests in one synced batch
	maxGroupBytes = 4 << 20                // of leaves: a batch above 8 MiB takes another path in Pebble
	chainEvery    = 1024                   // entries between two chain values kept
	lateDelay     = 20 * time.Millisecond  // that a late entry waits for another's sync
	appendTimeout = 900 * time.Millisecond // whoever waits for a log that is stuck is answered within a second
)

// request is one leaf, or one probe, on its way into the log.
type request struct {
	index    uint64 // of the leaf, given with its place in the queue
	leaf     []byte // nil for a probe
	leafHash consent.Digest
	subject  []byte // index key; nil for nobody
	ended    []byte // index key of a grant or subject that ends with this entry, or nil
	person   *person
	day      uint32      // of the entry's time
	note     *vault.Note // or nil; its name is free when the request is answered
	probe    []byte
	late     bool       // nobody waits for it
	done     chan error // takes one value without a reader
}

// size is what a request brings, in bytes.
func (r *request) size() int {
	if r.note == nil {
		return len(r.leaf)
	}
	return len(r.leaf) + len(r.note.Sealed)
}

// queue gives indexes in the order in which the committer takes the requests:
// no index ever lacks its predecessor, since only whole groups are committed, in
// order, and after the first that is not none is.
type queue struct {
	room    chan struct{} // a token for each request under way
	mu      sync.Mutex
	changed *sync.Cond // of due and closed
	next    uint64
	waiting []*request
	due     bool // not all that wait are late, or one that is has waited long enough
	closed  bool
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
	if !r.late {
		q.due = true
		q.changed.Signal()
	} else if len(q.waiting) == 1 {
		time.AfterFunc(lateDelay, q.hurry)
	}
	return nil
}

func (q *queue) hurry() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.due = len(q.waiting) > 0
	q.changed.Signal()
}

// take waits for the next group; none when the queue is closed and empty.
func (q *queue) take() (group []*request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.due && !q.closed {
		q.changed.Wait()
	}
	n, size := 0, 0
	for n < len(q.waiting) && n < maxGroup && size < maxGroupBytes {
		size += q.waiting[n].size()
		n++
	}
	group, q.waiting = q.waiting[:n:n], q.waiting[n:]
	q.due = len(q.waiting) > 0
	return group
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Signal()
}

// commit is the committer, the one goroutine that writes. It ends when the queue
// is closed and empty, or with the first failure.
func (j *Journal) commit() {
	var group []*request
	ended := false
	defer close(j.committed)
	defer func() {
		if p := recover(); p != nil {
			j.fail(fmt.Errorf("%v", p))
		} else if !ended {
			j.fail(errors.New("ended by Pebble")) // whose Fatalf has given the cause before
		}
		j.queue.close()
		for ; len(group) > 0; group = j.queue.take() {
			j.answer(group, ErrStopped)
		}
	}()
	for group = j.queue.take(); len(group) > 0; group = j.queue.take() {
		if err := j.write(group); err != nil {
			j.fail(err)
			break
		}
		j.answer(group, nil)
	}
	ended = true
}

// write makes a group durable in one batch.
func (j *Journal) write(group []*request) error {
	if err := j.Err(); err != nil {
		return err
	}
	size := 0
	for _, r := range group {
		size += 256 + r.size()
	}
	batch := j.db.NewBatchWithSize(size) // closed after success only: a failed Pebble may still hold it
	var errs []error
	set := func(key, value []byte) { errs = append(errs, batch.Set(key, value, nil)) }
	h, newest := j.head, j.notes.newest.Load()
	for _, r := range group {
		if r.leaf == nil {
			set(probeKey(h.probes), r.probe)
			h.probes++
			continue
		}
		if r.index != h.size {
			return ErrDamaged
		}
		set(entryKey(r.index), r.leaf)
		if r.subject != nil {
			set(r.subject, binary.BigEndian.AppendUint64(nil, r.index))
		}
		if r.ended != nil {
			set(r.ended, binary.BigEndian.AppendUint64(nil, r.index))
		}
		if r.day > newest {
			newest = r.day
			j.notes.begin(newest)
		}
		if r.note != nil {
			if f := j.notes.filter(newest); f != nil {
				f.add(r.note.Name)
			}
			set(noteKey(newest, r.note.Name), append(binary.BigEndian.AppendUint64(nil, r.index), r.note.Sealed...))
		}
		h.size++
		if h.chain = chainNext(h.chain, r.leafHash); h.size%chainEvery == 0 {
			set(chainKey(h.size), h.chain[:])
		}
	}
	set(keyHead, j.encodeHead(h))
	if err := errors.Join(append(errs, batch.Commit(pebble.Sync))...); err != nil {
		return err
	}
	// A file that was deleted is still written to without an error, and nobody
	// would ever read the entry. Pebble itself never removes the log in use.
	if _, err := j.config.fs.Stat(*j.wal.Load()); err != nil {
		return fmt.Errorf("the log's file is gone: %w", err)
	}
	entries, first := h.size > j.head.size, j.head.size
	j.head = h
	j.notes.oldest.Store(min(j.notes.oldest.Load(), newest))
	j.notes.newest.Store(newest)
	if entries {
		j.recent.keep(first, group, j.needed())
	}
	j.durable.Store(h.size)
	if entries {
		j.noteGrown(h.size)
	}
	return batch.Close()
}

// noteGrown begins the time within which entries must be in tree and copy.
func (j *Journal) noteGrown(size uint64) {
	now := time.Now()
	j.tree.lag.grown(size, now)
	if j.config.Copy != nil {
		j.copy.lag.grown(size, now)
	}
	select {
	case j.grown <- struct{}{}:
	default:
	}
}

// answer ends a group. Whoever stopped waiting has left a buffered channel.
func (j *Journal) answer(group []*request, err error) {
	for _, r := range group {
		if r.person != nil {
			j.persons.release(r.person)
		}
		j.notes.free(r.note)
		<-j.queue.room
		r.done <- err
	}
}

// enter waits for room; a token must be taken back unless a request is put.
func (j *Journal) enter(ctx context.Context) error {
	select {
	case j.queue.room <- struct{}{}:
		return nil
	case <-j.stopped:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", consent.ErrUnavailable, ctx.Err())
	}
}

// wait returns when the request is durable. After an error the entry may be in
// the log or not: if it is, then as one of a decision that had no effect.
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
	buffer := make([]byte, 0, len(chainLabel)+64)
	return sha256.Sum256(append(append(append(buffer, chainLabel...), value[:]...), leafHash[:]...))
}
