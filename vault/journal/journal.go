// Package journal is the log of every decision: three-part entries in the order
// in which they were made, durable before anything leaves.
package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

// MaxDelay is how long after its promise an entry may be missing from the tree, in milliseconds.
const MaxDelay uint32 = 2000

// Errors of the journal. All but ErrEntry are consent.ErrUnavailable too: no entry, no release.
var (
	// ErrStopped: closed, or something could not be written. Nothing is appended or read until a restart.
	ErrStopped = fmt.Errorf("%w: the journal has stopped", consent.ErrUnavailable)
	// ErrLost: the log is gone or shorter than this deployment knows it to have been.
	ErrLost = fmt.Errorf("%w: the journal is missing entries that it had", consent.ErrUnavailable)
	// ErrDamaged: what is stored contradicts itself, or cannot be opened with the key at hand.
	ErrDamaged = fmt.Errorf("%w: the journal is damaged", consent.ErrUnavailable)
	// ErrForeign: the directory holds the log of another origin or key.
	ErrForeign = fmt.Errorf("%w: the journal is of another origin or key", consent.ErrUnavailable)
	// ErrEntry: the entry is not well-formed and was not written.
	ErrEntry = errors.New("not a well-formed entry")
)

// Config is what a journal needs; every member but MinSize is required. It prints
// redacted, as it holds keys.
type Config struct {
	crypto.Redacted
	Dir      string // of this log alone; made when absent
	Origin   string // the log's name in promises and checkpoints, 1 to 255 bytes
	Shared   crypto.Secret
	Evidence crypto.Secret
	Locator  crypto.Secret
	Security crypto.Secret
	Signer   ed25519.PrivateKey
	// MinSize is the number of entries that the log is known to have had, from an
	// anchor or a checkpoint. Open refuses a shorter log. 0: it may be new.
	MinSize uint64

	fs vfs.FS // nil: the operating system's
}

// Journal implements vault.Journal. Safe for concurrent use.
//
// Keys in Pebble, integers big-endian:
//
//	e index(8)                        the leaf
//	s HMAC of the handle(16) seq(8)   index(8)
//	c size(8)                         chain value(32) at that size, every 1024 entries
//	p slot(8)                         a sealed probe
//	m head                            size(8), chain value(32); m origin, m probes, m rebuilding
//
// The chain value after a leaf is SHA-256 over a label, the one before and the
// leaf's hash. Beside Pebble, the file "size" holds a number of entries that were
// durable a second ago: with it a write-ahead log that was removed is noticed.
type Journal struct {
	config   Config
	db       *pebble.DB
	indexKey crypto.Secret // of the index keys' HMAC
	monthKey crypto.Secret // of the month pseudonyms' HMAC
	persons  *persons
	limits   *limiter

	reading sync.RWMutex // held shared by all that touch db; Close takes it whole
	closed  bool

	queue    queue
	durable  atomic.Uint64 // entries that are synced; reads go no further
	size     uint64        // entries committed; the committer's own
	chain    consent.Digest
	probes   uint64                 // written so far; the committer's own
	wal      atomic.Pointer[string] // path of the write-ahead log in use
	room     chan struct{}          // one token per request under way
	stopped  chan struct{}          // closed by fail
	failure  atomic.Pointer[error]
	finished chan struct{} // closed when the committer has ended
	watched  chan struct{} // closed when the watcher has ended
	closing  chan struct{}
}

var _ vault.Journal = (*Journal)(nil)

// Open opens or creates the log. ErrLost, ErrDamaged and ErrForeign mean that it
// must not be used: a person has to look, and nothing may be released meanwhile.
func Open(config Config) (*Journal, error) {
	j, err := open(config)
	if err != nil {
		return nil, err
	}
	go j.commit()
	go j.watch(time.Second)
	return j, nil
}

func open(config Config) (*Journal, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.fs == nil {
		config.fs = vfs.Default
	}
	j := &Journal{
		config: config, persons: newPersons(maxIdlePersons), limits: newLimiter(),
		room: make(chan struct{}, maxUnderWay), stopped: make(chan struct{}),
		finished: make(chan struct{}), watched: make(chan struct{}), closing: make(chan struct{}),
	}
	j.queue.wake = make(chan struct{}, 1)
	var errs [2]error
	j.indexKey, errs[0] = derive(config.Locator, "wrappy journal index key v1")
	j.monthKey, errs[1] = derive(config.Evidence, "wrappy month pseudonym key v1")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if err := j.guarded(j.openStore); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

func (c *Config) check() error {
	for _, key := range []crypto.Secret{c.Shared, c.Evidence, c.Locator, c.Security} {
		if len(key) != crypto.KeySize {
			return errors.New("journal: keys: want 32 bytes each")
		}
	}
	if c.Dir == "" || len(c.Signer) != ed25519.PrivateKeySize {
		return errors.New("journal: directory and signing key are required")
	}
	if c.Origin == "" || len(c.Origin) > 255 {
		return fmt.Errorf("journal: %w", consent.ErrOrigin)
	}
	return nil
}

func derive(key crypto.Secret, label string) (crypto.Secret, error) {
	return hkdf.Key(sha256.New, key, nil, label, crypto.KeySize)
}

// PublicKey verifies the log's promises.
func (j *Journal) PublicKey() ed25519.PublicKey {
	public, _ := j.config.Signer.Public().(ed25519.PublicKey)
	return public
}

// Origin is the log's name in promises.
func (j *Journal) Origin() string { return j.config.Origin }

// Size is the number of durable entries.
func (j *Journal) Size() uint64 { return j.durable.Load() }

// Err says why the journal has stopped, for the operator's eyes; nil while it works.
func (j *Journal) Err() error {
	if cause := j.failure.Load(); cause != nil {
		return *cause
	}
	return nil
}

// Close waits for what is under way. After a failure it leaves Pebble alone, whose
// locks may be held for ever, and returns the failure.
func (j *Journal) Close() error {
	j.queue.close()
	j.reading.Lock()
	defer j.reading.Unlock()
	if j.closed {
		return j.Err()
	}
	j.closed = true
	close(j.closing)
	select {
	case <-j.finished:
		<-j.watched
	case <-j.stopped:
	}
	if err := j.Err(); err != nil {
		return err
	}
	return errors.Join(j.writeSize(), j.guarded(j.db.Close))
}

// fail stops the journal for good. The first cause stands.
func (j *Journal) fail(cause error) {
	if j.failure.CompareAndSwap(nil, &cause) {
		close(j.stopped)
	}
}

// acquire must succeed before db is touched; release follows.
func (j *Journal) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.reading.RLock()
	if j.closed || j.failure.Load() != nil {
		j.reading.RUnlock()
		return ErrStopped
	}
	return nil
}

func (j *Journal) release() { j.reading.RUnlock() }

// guarded runs a call into Pebble that writes. Pebble panics or wants the process
// to end where it cannot write: either way the journal stops instead, and its
// goroutine ends with whatever locks Pebble held.
func (j *Journal) guarded(call func() error) error {
	ended := make(chan error, 1)
	go func() {
		result := error(ErrStopped) // stands when the goroutine is ended by Fatalf
		defer func() {
			if p := recover(); p != nil {
				result = fmt.Errorf("%w: %v", ErrStopped, p)
				j.fail(result)
			}
			ended <- result
		}()
		result = call()
	}()
	return <-ended
}

// pebbleLog is Pebble's logger. Fatalf must not return: Pebble's state is broken.
type pebbleLog struct{ j *Journal }

func (pebbleLog) Infof(string, ...any) {}
func (l pebbleLog) Fatalf(format string, args ...any) {
	l.j.fail(fmt.Errorf("%w: %s", ErrStopped, fmt.Sprintf(format, args...)))
	runtime.Goexit()
}

func (j *Journal) storeDir() string { return filepath.Join(j.config.Dir, "log") }

func (j *Journal) options() *pebble.Options {
	options := &pebble.Options{
		FS: j.config.fs, Logger: pebbleLog{j}, FormatMajorVersion: pebble.FormatNewest, MemTableSize: 16 << 20,
		EventListener: &pebble.EventListener{
			// A full disk shows here first when a flush meets it.
			BackgroundError: func(err error) { j.fail(fmt.Errorf("%w: %w", ErrStopped, err)) },
			WALCreated:      func(info pebble.WALCreateInfo) { j.wal.Store(&info.Path) },
		},
		Levels: make([]pebble.LevelOptions, 7),
	}
	for i := range options.Levels {
		options.Levels[i].Compression = pebble.NoCompression // ciphertext
	}
	return options
}
