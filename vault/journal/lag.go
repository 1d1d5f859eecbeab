package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// ErrLag: entries are not in a published checkpoint MaxDelay after they were promised to
// be, or not in the copy within Config.CopyMaxLag. Nothing is appended until they are.
var ErrLag = fmt.Errorf("%w: the log lags behind its promises", consent.ErrUnavailable)

const (
	markEvery = 20 * time.Millisecond
	maxMarks  = 1024
)

// lag knows since when the log's end has been waiting to arrive somewhere: in a
// published checkpoint, in the copy. It errs towards longer, by markEvery at most
// while there are fewer than maxMarks.
type lag struct {
	mu    sync.Mutex
	marks []mark // sizes ascend
}

type mark struct {
	size  uint64
	since time.Time // of the first entry below size and not below the previous mark's
}

func (l *lag) grown(size uint64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.marks); n > 0 && (n >= maxMarks || now.Sub(l.marks[n-1].since) < markEvery) {
		l.marks[n-1].size = size
		return
	}
	l.marks = append(l.marks, mark{size, now})
}

func (l *lag) arrived(size uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for n < len(l.marks) && l.marks[n].size <= size {
		n++
	}
	l.marks = append(l.marks[:0], l.marks[n:]...)
}

// age is how long the oldest entry has been waiting; 0 when none is.
func (l *lag) age(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.marks) == 0 {
		return 0
	}
	return now.Sub(l.marks[0].since)
}

// Behind is how long the oldest entry that no published checkpoint covers has been waiting.
func (j *Journal) Behind() time.Duration { return j.tree.lag.age(time.Now()) }

// keepsPromises refuses while promises already made are not kept.
func (j *Journal) keepsPromises() error {
	now := time.Now()
	if j.tree.lag.age(now) > promised {
		return fmt.Errorf("%w: tree", ErrLag)
	}
	if bound := j.config.CopyMaxLag; bound > 0 && j.copy.lag.age(now) > bound {
		return fmt.Errorf("%w: copy", ErrLag)
	}
	return nil
}

const promised = time.Duration(MaxDelay) * time.Millisecond

// keepPace lets no more in than the tree can take: the intake is the faster of the two.
func (j *Journal) keepPace(ctx context.Context) error {
	for {
		if j.Err() != nil {
			return ErrStopped
		}
		if err := j.keepsPromises(); err != nil {
			return err
		}
		if j.tree.lag.age(time.Now()) < promised/2 {
			return nil
		}
		select {
		case <-time.After(promised / 100):
		case <-j.stopped:
			return ErrStopped
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrLag, ctx.Err())
		}
	}
}
