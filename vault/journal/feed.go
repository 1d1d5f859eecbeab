package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera"

	"github.com/wrapious/wrappy/consent"
)

// closeWait bounds how long Close waits for the last entries' checkpoint, and Open for
// that of the entries it found.
const closeWait = promised

// catchUp feeds the tree what it lacks of the intake. What the published checkpoint
// lacks was promised before now: until it is there, nothing is appended.
func (j *Journal) catchUp() error {
	t := &j.tree
	if j.Size() > j.Published() {
		t.lag.grown(j.Size(), time.Time{})
	}
	told := time.Now()
	for t.fed() < j.Size() {
		if err := j.feedOnce(); err != nil {
			return err
		}
		if now := time.Now(); now.Sub(told) >= time.Second {
			told = now
			j.progress(t.fed(), j.Size())
		}
	}
	j.awaitPublished()
	return j.Err()
}

// awaitPublished waits for the checkpoint of all that is fed, for closeWait at most.
func (j *Journal) awaitPublished() {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.Now().Add(closeWait)
	for j.tree.fed() > j.Published() || j.tree.published.Load() == nil {
		if err := j.readCheckpoint(); err != nil {
			j.fail(err)
		}
		select {
		case <-j.stopped:
			return
		case now := <-ticker.C:
			if now.After(deadline) {
				return
			}
		}
	}
}

// feedTree is the one goroutine that gives entries to Tessera. It ends when the
// committer has and everything is fed, or with the first contradiction.
func (j *Journal) feedTree() {
	t := &j.tree
	defer t.cancel()
	defer close(t.ended)
	for ending := false; ; {
		begun := time.Now()
		if t.fed() == j.Size() {
			if ending {
				j.awaitPublished()
				return
			}
			select {
			case <-j.grown:
			case <-j.committed:
				ending = true
			case <-j.stopped:
				return
			}
			continue
		}
		err := j.feedOnce()
		if errors.Is(err, ErrDamaged) || errors.Is(err, ErrLost) {
			j.fail(err)
		}
		if err != nil {
			j.complain("the tree could not be fed", "error", err)
			if ending {
				return // the next Open feeds the rest
			}
		}
		if err == nil && (ending || j.Size()-t.fed() >= maxFed) {
			continue
		}
		select {
		case <-time.After(time.Until(begun.Add(feedEvery))):
		case <-j.committed:
			ending = true
		case <-j.stopped:
			return
		}
	}
}

// feedOnce gives Tessera the next entries and waits until they are in its tree.
// ErrDamaged and ErrLost are final; after another error it may be called again.
func (j *Journal) feedOnce() error {
	t := &j.tree
	if err := t.writable(); err != nil {
		return err
	}
	from := t.fed()
	leaves, err := j.leaves(from, min(j.Size(), from+maxFed))
	if err != nil {
		return err
	}
	entries := make([]*tessera.Entry, len(leaves))
	hashes := make([]consent.Digest, len(leaves))
	for i, leaf := range leaves {
		entries[i], hashes[i] = tessera.NewEntry(leaf.data), leaf.hash
	}
	t.mu.Lock()
	t.pending = hashes
	t.mu.Unlock()
	err = t.add(from, entries)
	size, errSize := t.reader.IntegratedSize(t.ctx)
	if errSize != nil || errors.Is(err, ErrDamaged) {
		return errors.Join(err, errSize)
	}
	err = errors.Join(err, t.advance(size))
	select {
	case t.took <- struct{}{}:
	default:
	}
	return err
}

func (t *tree) add(from uint64, entries []*tessera.Entry) error {
	futures := make([]tessera.IndexFuture, len(entries))
	for i, entry := range entries {
		futures[i] = t.appender.Add(t.ctx, entry)
	}
	var errs error
	for i, future := range futures {
		index, err := future()
		if err == nil && index.Index != from+uint64(i) { //nolint:gosec // not negative
			return fmt.Errorf("%w: an entry's place in the tree is not its place in the intake", ErrDamaged)
		}
		if err != nil && errs == nil {
			errs = err // the others say the same
		}
	}
	return errs
}

// advance takes over what Tessera says that it has: all that was pending, or less after an error.
func (t *tree) advance(size uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if size < t.base.End() || size-t.base.End() > uint64(len(t.pending)) {
		return fmt.Errorf("%w: the tree has another size than it was fed", ErrDamaged)
	}
	base, err := extended(t.base, t.pending[:size-t.base.End()])
	if err != nil {
		return err
	}
	t.base, t.pending = base, nil
	return nil
}

// writable looks first, since Tessera panics where it cannot take its lock: a directory
// that goes within the few milliseconds of a batch ends the process, not the journal.
func (t *tree) writable() error {
	file, err := os.OpenFile(filepath.Join(t.dir, ".state", "treeState.lock"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the tree's directory is gone", ErrLost)
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// complain tells the operator, at most once in ten seconds. Nothing personal is in what Tessera and stores say.
func (j *Journal) complain(message string, args ...any) {
	j.complaints.mu.Lock()
	defer j.complaints.mu.Unlock()
	if now := time.Now(); now.Sub(j.complaints.last) >= 10*time.Second {
		j.complaints.last = now
		j.config.Log.Warn("journal: "+message, args...)
	}
}

func (j *Journal) progress(done, total uint64) {
	if j.config.Progress != nil {
		j.config.Progress(done, total)
	}
}
