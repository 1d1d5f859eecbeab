package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// ErrNotEmpty: Restore makes a journal only where there is none.
var ErrNotEmpty = errors.New("journal: there is something in the journal's directory")

// Restore makes a lost journal anew from its copy in a store, every leaf checked against
// the copied checkpoint, and returns its size: what was appended beyond it is lost. The
// indexes are rebuilt; the next Open makes the tree. Security probes are not copied.
//
// ErrLost: no copy, or one that is shorter than MinSize or Anchored. ErrDamaged: the copy
// contradicts its checkpoint, or that the anchor. After an error, or when it is
// interrupted, the directory must be emptied before another attempt; Open refuses it.
func Restore(ctx context.Context, config Config, store vault.Store) (uint64, error) {
	treeDir := config.TreeDir
	if treeDir == "" {
		treeDir = filepath.Join(config.Dir, "tree")
	}
	for _, dir := range []string{config.Dir, treeDir} {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return 0, ErrNotEmpty
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("journal: %w", err)
		}
	}
	known := config.MinSize
	config.MinSize, config.Copy = 0, store
	j, err := prepared(config)
	if err != nil {
		return 0, err
	}
	last, err := j.restorable(ctx, known)
	if err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	if err := j.guarded(j.openStore); err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	// From here on Open refuses the directory until it holds all that the copy has.
	err = j.kept.Move(strconv.FormatUint(last.size, 10))
	if err == nil {
		err = j.guarded(func() error { return j.restore(ctx, last) })
	}
	if err = errors.Join(err, j.closeStore()); err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	return last.size, nil
}

// restorable reads the copied checkpoint before anything is made.
func (j *Journal) restorable(ctx context.Context, known uint64) (*checkpoint, error) {
	raw, _, err := j.getObject(ctx, layout.CheckpointPath)
	if errors.Is(err, vault.ErrAbsent) {
		return nil, fmt.Errorf("%w: there is no copy", ErrLost)
	}
	if err != nil {
		return nil, err
	}
	last, err := parseCheckpoint(raw, j.tree.verifier)
	if err == nil && last.size < max(known, j.config.Anchored.Size) {
		err = fmt.Errorf("%w: the copy is shorter than the log was", ErrLost)
	}
	return last, err
}

func (j *Journal) restore(ctx context.Context, last *checkpoint) error {
	r := ranges.NewEmptyRange(0)
	var h head
	told := time.Now()
	for number := uint64(0); h.size < last.size; number++ {
		leaves, err := j.copiedBundle(ctx, number, last.size)
		if err != nil {
			return err
		}
		batch := j.db.NewBatch()
		for _, leaf := range leaves {
			if err := j.restoreLeaf(batch, &h, r, leaf); err != nil {
				return errors.Join(err, batch.Close())
			}
		}
		if err := errors.Join(batch.Commit(pebble.NoSync), batch.Close()); err != nil {
			return err
		}
		if now := time.Now(); now.Sub(told) >= time.Second {
			told = now
			j.progress(h.size, last.size)
		}
	}
	root, err := rootOf(r)
	if err != nil {
		return err
	}
	if root != last.root {
		return fmt.Errorf("%w: the copied entries are not those of the copied checkpoint", ErrDamaged)
	}
	batch := j.db.NewBatch()
	err = errors.Join(batch.Set(keyHead, j.encodeHead(h), nil), batch.Set(keyRebuilding, nil, nil), batch.Commit(pebble.Sync))
	if err != nil {
		return err
	}
	j.head = h
	j.durable.Store(h.size)
	return j.rebuild()
}

func (j *Journal) restoreLeaf(batch *pebble.Batch, h *head, r *compact.Range, leaf []byte) error {
	if _, err := parseLeaf(leaf); err != nil {
		return err
	}
	hash := consent.LeafHash(leaf)
	if err := errors.Join(r.Append(hash[:], nil), batch.Set(entryKey(h.size), leaf, nil)); err != nil {
		return err
	}
	h.size++
	if h.chain = chainNext(h.chain, hash); h.size%chainEvery == 0 {
		if err := batch.Set(chainKey(h.size), h.chain[:], nil); err != nil {
			return err
		}
	}
	if h.size != j.config.Anchored.Size {
		return nil
	}
	if root, err := rootOf(r); err != nil || root != j.config.Anchored.Root {
		return fmt.Errorf("%w: the ledger anchors another root", ErrDamaged)
	}
	return nil
}

func (j *Journal) copiedBundle(ctx context.Context, number, size uint64) ([][]byte, error) {
	width := layout.PartialTileSize(0, number, size)
	data, _, err := j.getObject(ctx, layout.EntriesPath(number, width))
	if errors.Is(err, vault.ErrAbsent) {
		return nil, fmt.Errorf("%w: an object of the copy is gone", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	return parseBundle(data, width)
}

// parseBundle wants exactly as many leaves as a bundle of a width has; 0 is a full one.
func parseBundle(data []byte, width uint8) ([][]byte, error) {
	want := int(width)
	if want == 0 {
		want = layout.EntryBundleWidth
	}
	if len(data) > want*(2+maxTreeLeaf) {
		return nil, fmt.Errorf("%w: an entry bundle is too long", ErrDamaged)
	}
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(data); err != nil || len(bundle.Entries) != want {
		return nil, fmt.Errorf("%w: an entry bundle is not one", ErrDamaged)
	}
	return bundle.Entries, nil
}
