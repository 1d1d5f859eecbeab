package dirstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"
)

// stripes is the number of locks that all names share.
const stripes = 256

const everyone = 1 << 30

// stripe is one lock. The semaphore comes first, so that at most one goroutine
// of this process asks for the flock of the one file description it holds open.
type stripe struct {
	within *semaphore.Weighted
	file   *os.File // opened once; guarded by exclusive holding
}

func (l *stripe) init() { l.within = semaphore.NewWeighted(everyone) }

func (l *stripe) shared(ctx context.Context) error { return l.within.Acquire(ctx, 1) }
func (l *stripe) releaseShared()                   { l.within.Release(1) }

func (l *stripe) exclusive(ctx context.Context, path string) error {
	if err := l.within.Acquire(ctx, everyone); err != nil {
		return err
	}
	if err := l.flock(ctx, path); err != nil {
		l.within.Release(everyone)
		return err
	}
	return nil
}

func (l *stripe) releaseExclusive() {
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	l.within.Release(everyone)
}

func (l *stripe) flock(ctx context.Context, path string) error {
	if l.file == nil {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return bare(err)
		}
		l.file = file
	}
	// Polled: a blocked flock could not be cancelled, and its holder may be a stopped process.
	for wait := 100 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (l *stripe) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

func (s *Store) lockOf(name string) *stripe { return &s.locks[stripeOf(name)] }

func (s *Store) lockPath(name string) string {
	return filepath.Join(s.dir, ".lock", fmt.Sprintf("%02x", stripeOf(name)))
}

// stripeOf takes the lock from the last two digits, which are an HMAC's: even use.
func stripeOf(name string) byte {
	var b [1]byte
	_, _ = hex.Decode(b[:], []byte(name[len(name)-2:])) // enter has checked the name
	return b[0]
}

// probe tries on the directory's file system what the store's promises rest on:
// a second link under a name must fail, and a second description must not get a lock.
func (s *Store) probe() error {
	first, err := s.writeTemporary(nil)
	if err != nil {
		return fmt.Errorf("dirstore: %w", bare(err))
	}
	defer func() { _ = os.Remove(first) }()
	second := s.temporary()
	defer func() { _ = os.Remove(second) }()
	if err := os.Link(first, second); err != nil {
		return fmt.Errorf("dirstore: the file system has no hard links: %w", bare(err))
	}
	if err := os.Link(first, second); !errors.Is(err, fs.ErrExist) {
		return errors.New("dirstore: the file system links over an existing name")
	}
	var holder, other stripe
	defer func() { _, _ = holder.close(), other.close() }()
	holder.init()
	other.init()
	if err := holder.exclusive(context.Background(), first); err != nil {
		return fmt.Errorf("dirstore: the file system has no locks: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := other.exclusive(ctx, first); err == nil {
		return errors.New("dirstore: the file system grants one lock twice")
	}
	return nil
}
