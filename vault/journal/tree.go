package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"

	"github.com/wrapious/wrappy/consent"
)

// maxTreeLeaf is what an entry bundle has room for; a longer leaf is refused by Append.
const maxTreeLeaf = tessera.DefaultEntrySizeLimit

// tree is the Merkle tree over the intake: Tessera's files in a directory of their own,
// and what the journal itself knows of them. The files are made anew from the intake
// when they are gone; the intake is never made from them.
type tree struct {
	dir         string
	lock        io.Closer
	files       *os.Root // of dir, for what is served
	verifier    note.Verifier
	verifierKey string
	witnesses   tessera.WitnessGroup
	optional    bool // of the witnesses' quorum

	ctx      context.Context // of Tessera's goroutines
	cancel   context.CancelFunc
	appender *tessera.Appender
	reader   tessera.LogReader
	ended    chan struct{} // closed when nothing more is fed

	mu      sync.Mutex
	base    *compact.Range   // over the leaves that Tessera has; nil until Open has verified them
	pending []consent.Digest // leaf hashes that Tessera is being fed on top

	lag       lag
	looking   sync.Mutex // while the checkpoint's file is read and taken over
	published atomic.Pointer[checkpoint]
	took      chan struct{} // a batch is in Tessera's tree
	grew      chan struct{} // a checkpoint was published
}

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// quiet: Tessera logs what it does to the whole process's standard error. What matters
// of it shows here: in errors returned, and in the lag.
var quiet = sync.OnceFunc(func() { klog.SetSlogLogger(slog.New(slog.DiscardHandler)) })

// openTree verifies the tree against the intake, feeds it what it lacks and waits for
// a checkpoint of the whole, as long as one may take.
func (j *Journal) openTree() (err error) {
	t := &j.tree
	if t.dir = j.config.TreeDir; t.dir == "" {
		t.dir = filepath.Join(j.config.Dir, "tree")
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("tree: %w", err), t.close())
		}
	}()
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return err
	}
	if t.lock, err = vfs.Default.Lock(filepath.Join(t.dir, ".lock")); err != nil {
		return err
	}
	if t.files, err = os.OpenRoot(t.dir); err != nil {
		return err
	}
	if err := j.startTessera(); err != nil {
		return err
	}
	if err := j.verifyTree(); err != nil {
		return err
	}
	if err := j.catchUp(); err != nil {
		return err
	}
	return j.checkAnchor()
}

const (
	checkpointInterval = 100 * time.Millisecond // Tessera's least
	feedEvery          = 200 * time.Millisecond // fewer, larger batches: each costs a dozen syncs beside the intake's
	maxFed             = 2048                   // entries in one batch
	// batchAge must be longer than handing over one batch takes: split in two, the second
	// half could be sequenced where the first one failed.
	batchAge = 20 * time.Millisecond
)

func (j *Journal) startTessera() error {
	quiet()
	t := &j.tree
	driver, err := posix.New(t.ctx, posix.Config{Path: t.dir, HTTPClient: j.witnessClient()})
	if err != nil {
		return err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer{j}).
		WithBatching(maxFed, batchAge).
		WithCheckpointInterval(checkpointInterval).
		WithCheckpointRepublishInterval(0)
	if len(t.witnesses.Endpoints()) > 0 {
		options.WithWitnesses(t.witnesses, &tessera.WitnessOptions{Timeout: witnessTimeout, FailOpen: t.optional})
		options.WithCheckpointRepublishInterval(republishRequired)
		if t.optional {
			options.WithCheckpointRepublishInterval(republishOptional)
		}
	}
	// A new directory gets a checkpoint of size 0 before anything else, which the signer
	// refuses: nothing is verified yet. The state is made before that, and the second
	// attempt goes on from there.
	for range 2 {
		if t.appender, _, t.reader, err = tessera.NewAppender(t.ctx, driver, options); err == nil {
			return nil
		}
	}
	return err
}

// verifyTree establishes that Tessera's tree is that of the intake's first leaves: the
// signed checkpoint vouches for those below it, the intake's leaves for those above,
// and the last bundle is compared leaf by leaf.
func (j *Journal) verifyTree() error {
	t, ctx := &j.tree, j.tree.ctx
	size, err := t.reader.IntegratedSize(ctx)
	if err != nil {
		return err
	}
	if size > j.Size() {
		return fmt.Errorf("%w: the tree has more entries than the intake", ErrLost)
	}
	last, err := j.lastCheckpoint(size)
	if err != nil {
		return err
	}
	base := ranges.NewEmptyRange(0)
	if last.size > 0 {
		nodes, err := t.rangeNodes(ctx, last.size, size)
		if err != nil {
			return err
		}
		if base, err = ranges.NewRange(0, last.size, nodes); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if root, err := rootOf(base); err != nil || root != last.root {
			return fmt.Errorf("%w: the tree's files do not lead to its checkpoint", ErrDamaged)
		}
	}
	err = j.scan(last.size, size, func(_ uint64, leaf []byte) error {
		hash := consent.LeafHash(leaf)
		return base.Append(hash[:], nil)
	})
	if err != nil {
		return err
	}
	nodes, err := t.rangeNodes(ctx, size, size)
	if err != nil {
		return err
	}
	for i, node := range base.Hashes() {
		if !bytes.Equal(node, nodes[i]) {
			return fmt.Errorf("%w: the tree is not that of the intake", ErrDamaged)
		}
	}
	if size > 0 {
		if err := j.compareBundle(ctx, (size-1)/layout.EntryBundleWidth, size); err != nil {
			return err
		}
	}
	t.mu.Lock()
	t.base = base
	t.mu.Unlock()
	return nil
}

// lastCheckpoint reads the published one and takes it over; of size 0 when there is none
// that counts: then the whole intake is read. One that lacks cosignatures that are asked
// for now is removed, so that Tessera publishes it anew.
func (j *Journal) lastCheckpoint(size uint64) (*checkpoint, error) {
	t := &j.tree
	raw, err := t.reader.ReadCheckpoint(t.ctx)
	if err == nil && len(raw) == 0 { // a witness's failure at the wrong moment
		err = errors.Join(fs.ErrNotExist, t.files.Remove(layout.CheckpointPath))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &checkpoint{root: emptyRoot}, nil
	}
	if err != nil {
		return nil, err
	}
	last, err := parseCheckpoint(raw, t.verifier)
	switch {
	case err != nil:
		return nil, err
	case last.size > j.Size():
		return nil, fmt.Errorf("%w: a published checkpoint has more entries than the intake", ErrLost)
	case last.size > size:
		return nil, fmt.Errorf("%w: a published checkpoint has more entries than the tree; without its directory it is made anew from the intake", ErrDamaged)
	case last.size == 0 && last.root != emptyRoot:
		return nil, fmt.Errorf("%w: checkpoint of an empty log", ErrDamaged)
	case !t.witnessed(raw):
		return last, t.files.Remove(layout.CheckpointPath)
	}
	t.published.Store(last)
	return last, nil
}

// rootToSign is the intake's root at a size that Tessera may publish now.
func (t *tree) rootToSign(size uint64) (consent.Digest, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.base == nil || size < t.base.End() || size-t.base.End() > uint64(len(t.pending)) {
		return consent.Digest{}, errNotNow
	}
	if size == 0 {
		return emptyRoot, nil
	}
	r, err := extended(t.base, t.pending[:size-t.base.End()])
	if err != nil {
		return consent.Digest{}, err
	}
	return rootOf(r)
}

// extended is a range of its own: base stays as it is.
func extended(base *compact.Range, hashes []consent.Digest) (*compact.Range, error) {
	r, err := ranges.NewRange(0, base.End(), append([][]byte(nil), base.Hashes()...))
	for i := range hashes {
		if err == nil {
			err = r.Append(hashes[i][:], nil)
		}
	}
	return r, err
}

func rootOf(r *compact.Range) (consent.Digest, error) {
	if r.End() == 0 {
		return emptyRoot, nil
	}
	root, err := r.GetRootHash(nil)
	if err != nil {
		return consent.Digest{}, err
	}
	return consent.Digest(root), nil
}

// fed is how many entries Tessera has.
func (t *tree) fed() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.base.End()
}

// close ends Tessera's goroutines and lets go of the directory.
func (t *tree) close() (err error) {
	t.cancel()
	if t.files != nil {
		err = t.files.Close()
	}
	if t.lock != nil {
		err = errors.Join(err, t.lock.Close())
	}
	return err
}
