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
	"log/slog"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/bloom"
	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/atomicfs"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

// MaxDelay is how long after its promise an entry may be missing from the tree, in milliseconds.
const MaxDelay uint32 = 2000

// Errors of the journal. All but ErrEntry are consent.ErrUnavailable too: no entry, no release.
var (
	// ErrStopped: closed, or something could not be written. Nothing is appended or read until it is opened again.
	ErrStopped = fmt.Errorf("%w: the journal has stopped", consent.ErrUnavailable)
	// ErrLost: the log is gone or shorter than this deployment knows it to have been.
	ErrLost = fmt.Errorf("%w: the journal is missing entries that it had", consent.ErrUnavailable)
	// ErrDamaged: what is stored contradicts itself, or does not open with the key at hand.
	ErrDamaged = fmt.Errorf("%w: the journal is damaged", consent.ErrUnavailable)
	// ErrForeign: the directory holds the log of another origin or key.
	ErrForeign = fmt.Errorf("%w: the journal is of another origin or key", consent.ErrUnavailable)
	// ErrEntry: the entry is not well-formed and was not written.
	ErrEntry = errors.New("not a well-formed entry")
)

// Config is what a journal needs; the members up to Signer are required. It prints
// redacted, as it holds keys.
type Config struct {
	crypto.Redacted
	Dir      string // of this log alone; made when absent
	Origin   string // the log's name in promises and checkpoints, 1 to 255 bytes without spaces and "+"
	Shared   crypto.Secret
	Evidence crypto.Secret
	Locator  crypto.Secret
	Security crypto.Secret
	Signer   ed25519.PrivateKey
	// MinSize is the number of entries that the log is known to have had, from an
	// anchor or a checkpoint. Open refuses a shorter log. 0: it may be new.
	MinSize uint64
	// Anchored is what the ledger says of the log. Open refuses one that does not lead there.
	Anchored Anchor
	// TreeDir is the directory of the tree's public files; "": Dir/tree.
	TreeDir string
	// Witnesses cosign checkpoints before they are published.
	Witnesses Witnesses
	// Copy gets every published entry and tile, about a second behind; nil: no copy. Names
	// are HMACs, contents what everybody may read.
	Copy vault.Store
	// CopyMaxLag is how far behind the copy may be before nothing more is appended. 0: a
	// copy that cannot be made is reported and stops nothing.
	CopyMaxLag time.Duration
	// Log is told of what the operator should look at; nil: nobody is.
	Log *slog.Logger
	// Progress is called about once a second while Open or Restore work through many entries.
	Progress func(done, total uint64)

	fs    vfs.FS // of the intake; nil: the operating system's
	cache int64  // bytes of it kept in memory; 0: cacheBytes
}

// Journal implements vault.Journal. Safe for concurrent use.
//
// Keys in Pebble, integers big-endian:
//
//	e index(8)                        the leaf
//	s HMAC of the handle(16) seq(8)   index(8)
//	w HMAC of a grant's id(16)        index(8) of the entry that ends it
//	g HMAC of a handle(16)            index(8) of the entry that erases its subject
//	c size(8)                         the chain value(32) at that size, every 1024 entries
//	p slot(8)                         a sealed probe
//	n day(4) name(32)                 index(8) of the entry, and the note that it left
//	m head                            see head; m rebuilding: the keys s are not complete
//	m copy                            sizes of which partial objects may be in the copy
//
// The chain value after a leaf is SHA-256 over a label, the value before and the
// leaf's hash. Beside Pebble, a file's name holds the number of entries that were
// durable a second ago: with it a write-ahead log that was removed is noticed.
type Journal struct {
	config   Config
	db       *pebble.DB
	indexKey crypto.Secret // of the index keys' HMAC
	monthKey crypto.Secret // of the month pseudonyms' HMAC
	copyKey  crypto.Secret // of the copy's object names
	persons  persons
	probers  limiter
	notes    notes

	reading sync.RWMutex // held shared by all that read db; Close takes it whole
	closed  bool         // under reading

	queue    queue
	head     head                   // of what is committed; the committer's own
	durable  atomic.Uint64          // entries that are synced; reads go no further
	kept     *atomicfs.Marker       // of the file with the size
	wal      atomic.Pointer[string] // path of the write-ahead log in use
	failure  atomic.Pointer[error]
	stopped  chan struct{} // closed by fail
	closing  chan struct{} // closed by Close
	readers  readers
	finished sync.WaitGroup // committer, watcher, and those of tree and copy

	recent     recent
	tree       tree
	copy       copier
	grown      chan struct{} // entries became durable
	committed  chan struct{} // closed when the committer has ended
	complaints struct {
		mu   sync.Mutex
		last time.Time
	}
}

var _ vault.Journal = (*Journal)(nil)

// Open opens or creates the log and brings its tree up to it. ErrLost, ErrDamaged and
// ErrForeign mean that it must not be used: a person has to look, and nothing may be
// released meanwhile.
func Open(config Config) (*Journal, error) {
	j, err := open(config)
	if err != nil {
		return nil, err
	}
	if err := j.openTree(); err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %w", err), j.closeStore())
	}
	if err := j.openCopy(); err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %w", err), j.tree.close(), j.closeStore())
	}
	for _, work := range []func(){j.commit, j.watch, j.feedTree, j.followCheckpoint, j.copyTree} {
		j.finished.Go(work)
	}
	return j, nil
}

// open opens the intake alone.
func open(config Config) (*Journal, error) {
	j, err := prepared(config)
	if err != nil {
		return nil, err
	}
	if err := j.guarded(j.openStore); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

// prepared checks the configuration and derives keys, and opens nothing.
func prepared(config Config) (*Journal, error) {
	for _, key := range []crypto.Secret{config.Shared, config.Evidence, config.Locator, config.Security} {
		if len(key) != crypto.KeySize {
			return nil, errors.New("journal: keys: want 32 bytes each")
		}
	}
	if config.Dir == "" || len(config.Signer) != ed25519.PrivateKeySize {
		return nil, errors.New("journal: directory and signing key are required")
	}
	if config.Origin == "" || len(config.Origin) > consent.MaxOrigin {
		return nil, fmt.Errorf("journal: %w", consent.ErrOrigin)
	}
	if config.fs == nil {
		config.fs = vfs.Default
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	j := &Journal{config: config, stopped: make(chan struct{}), closing: make(chan struct{}), grown: make(chan struct{}, 1), committed: make(chan struct{})}
	j.readers.calls = make(chan guardedCall)
	j.queue.room, j.queue.changed = make(chan struct{}, maxUnderWay), sync.NewCond(&j.queue.mu)
	j.tree.ended, j.tree.took, j.tree.grew = make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 1)
	j.tree.ctx, j.tree.cancel = context.WithCancel(context.Background())
	var errOrigin, errWitnesses error
	j.tree.verifier, j.tree.verifierKey, errOrigin = noteVerifier(config.Origin, j.PublicKey())
	j.tree.witnesses, errWitnesses = config.Witnesses.group()
	j.tree.optional = config.Witnesses.Optional
	if err := errors.Join(errOrigin, errWitnesses); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var errIndex, errMonth, errCopy error
	j.indexKey, errIndex = hkdf.Key(sha256.New, config.Locator, nil, "wrappy journal index key v1", crypto.KeySize)
	j.monthKey, errMonth = hkdf.Key(sha256.New, config.Evidence, nil, "wrappy month pseudonym key v1", crypto.KeySize)
	j.copyKey, errCopy = hkdf.Key(sha256.New, config.Locator, nil, "wrappy journal copy key v1", crypto.KeySize)
	if err := errors.Join(errIndex, errMonth, errCopy); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
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

// Ready is nil where an entry could be written now: not stopped, and no promise waiting to
// be kept. ErrStopped, ErrLag.
func (j *Journal) Ready() error {
	if err := j.Err(); err != nil {
		return err
	}
	return j.keepsPromises()
}

// Err says why the journal has stopped, for the operator's eyes; nil while it works.
func (j *Journal) Err() error {
	if cause := j.failure.Load(); cause != nil {
		return *cause
	}
	return nil
}

// Close waits for what is under way: entries, and for a few seconds their checkpoint and
// their copy. After a failure it leaves Pebble alone, whose
// locks may be held for ever, and returns the failure.
func (j *Journal) Close() error {
	j.queue.close()
	j.reading.Lock()
	defer j.reading.Unlock()
	if j.Err() != nil {
		select { // what Tessera is at
		case <-j.tree.ended:
		case <-time.After(closeWait):
		}
	}
	if j.closed || j.Err() != nil {
		return j.Err()
	}
	j.closed = true
	close(j.closing)
	j.finished.Wait()
	if err := j.Err(); err != nil {
		return err
	}
	return errors.Join(j.keepSize(), j.tree.close(), j.closeStore())
}

func (j *Journal) closeStore() error { return errors.Join(j.kept.Close(), j.guarded(j.db.Close)) }

// fail stops the journal for good. The first cause stands.
func (j *Journal) fail(cause error) {
	cause = fmt.Errorf("%w: %w", ErrStopped, cause)
	if j.failure.CompareAndSwap(nil, &cause) {
		close(j.stopped)
	}
}

// acquire must succeed before db is read; j.reading.RUnlock follows.
func (j *Journal) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.reading.RLock()
	if j.closed || j.Err() != nil {
		j.reading.RUnlock()
		return ErrStopped
	}
	return nil
}

// reading runs what reads: not after the end, and guarded. It waits no longer than the context
// allows, nor for a journal that has stopped: a read that hangs goes on by itself, and the end
// waits for it.
func reading[T any](ctx context.Context, j *Journal, read func() (T, error)) (T, error) {
	var none T
	if err := j.acquire(ctx); err != nil {
		return none, err
	}
	found := new(T) // the read's own until it has ended
	err := j.readers.guarded(ctx, j, guardedCall{call: func() (err error) {
		*found, err = read()
		return err
	}, after: j.reading.RUnlock})
	if err != nil {
		return none, err
	}
	return *found, nil
}

// shortly is reading of what whoever wants to release waits for.
func shortly[T any](ctx context.Context, j *Journal, read func() (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	return reading(ctx, j, read)
}

// guarded runs a call into Pebble. Pebble panics, or wants the process
// to end, where it cannot write: either way the journal stops instead.
func (j *Journal) guarded(call func() error) error {
	g := guardedCall{call: call, ended: make(chan error, 1)}
	go j.run(g)
	return <-g.ended
}

type guardedCall struct {
	call  func() error
	after func()     // or nil: when the call has ended, however it did
	ended chan error // takes one value without a reader
}

func (j *Journal) run(g guardedCall) {
	result := ErrStopped // stands when Fatalf ends the goroutine
	defer func() {
		if p := recover(); p != nil {
			j.fail(fmt.Errorf("%v", p))
		}
		if g.after != nil {
			g.after()
		}
		g.ended <- result
	}()
	result = g.call()
}

// pebbleLog is Pebble's logger. Fatalf must not return, as Pebble's state is
// broken: it ends the goroutine, with whatever locks that holds.
type pebbleLog struct{ j *Journal }

func (pebbleLog) Infof(string, ...any) {}
func (l pebbleLog) Fatalf(format string, args ...any) {
	l.j.fail(fmt.Errorf(format, args...))
	runtime.Goexit()
}

func (j *Journal) storeDir() string { return filepath.Join(j.config.Dir, "log") }

// options: notes are looked for where there are none, before each release, and the filters
// answer that without a read as long as there is room for them.
func (j *Journal) options(cache *pebble.Cache) *pebble.Options {
	options := &pebble.Options{
		Cache: cache, FS: j.config.fs, Logger: pebbleLog{j}, FormatMajorVersion: pebble.FormatNewest, MemTableSize: 16 << 20,
		EventListener: &pebble.EventListener{
			BackgroundError: j.fail, // a flush may be the first to meet a full disk
			WALCreated:      func(info pebble.WALCreateInfo) { j.wal.Store(&info.Path) },
		},
		Levels: make([]pebble.LevelOptions, 7),
	}
	for i := range options.Levels {
		options.Levels[i].Compression = pebble.NoCompression // ciphertext
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	return options
}

// watch keeps the size, a second behind the log, and drops what is kept for a time only.
func (j *Journal) watch() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for last := uint64(0); ; {
		select {
		case <-j.closing:
			return
		case <-j.stopped:
			return
		case <-ticker.C:
		}
		if size := j.Size(); size != last {
			if err := errors.Join(j.keepSize(), j.dropNotes()); err != nil {
				j.fail(err)
			}
			last = size
		}
	}
}

// keepSize never runs ahead of the log: what it keeps is durable already.
func (j *Journal) keepSize() error { return j.kept.Move(strconv.FormatUint(j.Size(), 10)) }
