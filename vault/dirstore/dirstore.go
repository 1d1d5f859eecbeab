// Package dirstore keeps a vault's objects as files in one directory.
//
// It relies on link, rename, fsync and flock of a local POSIX file system; Open
// tries link and flock and refuses a directory that lacks them.
//
// On disk (modes 0700 and 0600):
//
//	<room>/<first 2 digits>/<64 hex>                an object <room>/<64 hex>
//	<room>/<first 2 digits>/<64 hex>.d/<64 hex>     an object of the index <room>/<64 hex>/
//	.tmp/put-<16 hex>                               being written
//	.lock/<2 hex>                                   locks, empty
package dirstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wrapious/wrappy/vault"
)

// MaxObject is the largest object, in bytes, that is read or written.
const MaxObject = 64 << 20

var (
	// ErrName is returned for a name that is not <room>/<64 hex digits>, with up to two more elements.
	ErrName = errors.New("not an object name")
	// ErrTooLarge is returned for an object above MaxObject, before anything is allocated for it.
	ErrTooLarge = errors.New("object is too large")
	// ErrUnsettled is returned by every call after a directory could not be synced:
	// what is visible may not be durable, and a reader could act on it. Only opening
	// the store again, after somebody has looked at the disk, ends it.
	ErrUnsettled = errors.New("store stopped: a directory could not be synced")
	// ErrGone is returned while the directory that was opened is not there, or
	// another one is in its place: after a lost mount nothing is "absent".
	ErrGone = errors.New("store is not where it was opened")
)

// leftoverAge is how old a temporary file must be to be taken for a crash's
// leftover and not for another process's write, which takes milliseconds.
const leftoverAge = time.Hour

// Store is a vault.Store on a directory. Several processes may use the same one.
//
// Create-only is link(2), which one of many wins. Compare-and-swap and delete hold
// the name's lock: flock between processes, a semaphore between goroutines, since
// one process's lock files share a description. A write holds it until the
// directory is synced, so that within a process nobody reads, or is told of, what
// a power cut could still undo; a reader in another process may, for a millisecond.
type Store struct {
	dir       string
	root      fs.FileInfo // of dir when it was opened
	locks     [stripes]stripe
	synced    sync.Map // directories whose entry in their parent is known to be durable
	dirs      atomic.Int64
	unsettled atomic.Bool
}

// Open opens or creates the store in dir, tries what it relies on, and removes
// what a crash left behind.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	for i := range s.locks {
		s.locks[i].init()
	}
	for _, d := range []string{dir, s.temporaries(), filepath.Join(dir, ".lock")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("dirstore: %w", bare(err))
		}
	}
	if err := errors.Join(syncDir(dir), syncDir(filepath.Dir(filepath.Clean(dir)))); err != nil {
		return nil, fmt.Errorf("dirstore: %w", bare(err))
	}
	root, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("dirstore: %w", bare(err))
	}
	s.root = root
	if err := s.probe(); err != nil {
		return nil, err
	}
	if err := s.sweep(time.Now().Add(-leftoverAge)); err != nil {
		return nil, fmt.Errorf("dirstore: %w", bare(err))
	}
	return s, nil
}

// Close releases the lock files. No call may be under way or follow.
func (s *Store) Close() error {
	var errs []error
	for i := range s.locks {
		errs = append(errs, s.locks[i].close())
	}
	return errors.Join(errs...)
}

// Get returns an object and its tag, the SHA-256 of its content; vault.ErrAbsent.
func (s *Store) Get(ctx context.Context, name string) ([]byte, string, error) {
	path, err := s.enter(ctx, name)
	if err != nil {
		return nil, "", err
	}
	lock := s.lockOf(name)
	if err := lock.shared(ctx); err != nil {
		return nil, "", err
	}
	defer lock.releaseShared()
	return s.read(path)
}

// Put creates or replaces an object; vault.ErrExists, vault.ErrChanged. After any
// other error it may or may not have taken effect.
func (s *Store) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	path, err := s.enter(ctx, name)
	if err != nil {
		return "", err
	}
	if len(data) > MaxObject {
		return "", ErrTooLarge
	}
	// Look before the write: losers of a race need not sync a file.
	if err := s.look(ctx, name, path, expect); err != nil {
		return "", err
	}
	if err := s.present(); err != nil {
		return "", err
	}
	if err := s.makeDir(filepath.Dir(path)); err != nil {
		return "", s.failed(err)
	}
	temporary, err := s.writeTemporary(data)
	if err != nil {
		return "", bare(err)
	}
	renamed := false
	defer func() {
		if !renamed {
			_ = os.Remove(temporary)
		}
	}()

	lock := s.lockOf(name)
	if err := lock.exclusive(ctx, s.lockPath(name)); err != nil {
		return "", err
	}
	defer lock.releaseExclusive()
	if s.unsettled.Load() {
		return "", ErrUnsettled
	}
	if expect == "" {
		err = os.Link(temporary, path)
		if errors.Is(err, fs.ErrExist) {
			return "", vault.ErrExists
		}
	} else {
		if err := s.matches(path, expect); err != nil {
			return "", err
		}
		err = os.Rename(temporary, path)
		renamed = err == nil
	}
	if err != nil {
		return "", bare(err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return "", s.failed(err)
	}
	return tagOf(data), nil
}

// Delete removes an object; an absent one is no error.
func (s *Store) Delete(ctx context.Context, name string) error {
	path, err := s.enter(ctx, name)
	if err != nil {
		return err
	}
	lock := s.lockOf(name)
	if err := lock.exclusive(ctx, s.lockPath(name)); err != nil {
		return err
	}
	defer lock.releaseExclusive()
	switch err := os.Remove(path); {
	case errors.Is(err, fs.ErrNotExist):
		return s.present()
	case err != nil:
		return bare(err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return s.failed(err)
	}
	return nil
}

// enter is the common beginning of every call on one object.
func (s *Store) enter(ctx context.Context, name string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if s.unsettled.Load() {
		return "", ErrUnsettled
	}
	return s.path(name)
}

func (s *Store) look(ctx context.Context, name, path, expect string) error {
	lock := s.lockOf(name)
	if err := lock.shared(ctx); err != nil {
		return err
	}
	defer lock.releaseShared()
	if expect != "" {
		return s.matches(path, expect)
	}
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return vault.ErrExists
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return bare(err)
}

// matches returns vault.ErrChanged unless the object's content has the tag.
func (s *Store) matches(path, tag string) error {
	_, present, err := s.read(path)
	if errors.Is(err, vault.ErrAbsent) || err == nil && present != tag {
		return vault.ErrChanged
	}
	return err
}

func (s *Store) read(path string) ([]byte, string, error) {
	if s.unsettled.Load() {
		return nil, "", ErrUnsettled
	}
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.present(); err != nil {
			return nil, "", err
		}
		return nil, "", vault.ErrAbsent
	}
	if err != nil {
		return nil, "", bare(err)
	}
	return data, tagOf(data), nil
}

// present tells an absent object from an absent store. A mount that was lost leaves
// no directory, or an empty one, and everything in it would read as never written:
// a stopped grant as unknown to the person who wants to stop it.
func (s *Store) present() error {
	if now, err := os.Stat(s.dir); err != nil || !os.SameFile(now, s.root) {
		return ErrGone
	}
	return nil
}

func tagOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (s *Store) temporaries() string { return filepath.Join(s.dir, ".tmp") }

// temporary returns a new path of the pattern that sweep knows.
func (s *Store) temporary() string {
	var random [8]byte
	_, _ = rand.Read(random[:])
	return filepath.Join(s.temporaries(), "put-"+hex.EncodeToString(random[:]))
}

// writeTemporary returns the path of a synced file with the data.
func (s *Store) writeTemporary(data []byte) (string, error) {
	path := s.temporary()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	if _, err = file.Write(data); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(path)
		return "", err
	}
	return path, nil
}

// sweep removes temporary files older than a time. One may be a second link to a
// live object (a crash between link and remove): removing it takes only the name.
func (s *Store) sweep(before time.Time) error {
	entries, err := os.ReadDir(s.temporaries())
	if err != nil {
		return err
	}
	for _, entry := range entries {
		digits, own := strings.CutPrefix(entry.Name(), "put-")
		if !own || !isHex(digits, 16) || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.ModTime().Before(before) {
			if err := os.Remove(filepath.Join(s.temporaries(), entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// makeDir makes a directory below the root, and each new entry durable. A
// directory that another process made is synced once here too: it may have
// crashed before its own sync.
func (s *Store) makeDir(path string) error {
	if path == s.dir {
		return nil
	}
	if _, known := s.synced.Load(path); known {
		return nil
	}
	parent := filepath.Dir(path)
	if err := s.makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncDir(parent); err != nil {
		return err
	}
	if s.dirs.Add(1) > maxKnown {
		s.synced.Clear()
		s.dirs.Store(1)
	}
	s.synced.Store(path, struct{}{})
	return nil
}

// maxKnown bounds the memory of known directories: one per index, about 200 bytes each.
const maxKnown = 100_000

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// failed stops the store: see ErrUnsettled.
func (s *Store) failed(err error) error {
	s.unsettled.Store(true)
	return fmt.Errorf("%w: %w", ErrUnsettled, bare(err))
}

// bare takes the path off an error of package os: names do not belong in logs.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
