package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

const (
	copyEvery   = 400 * time.Millisecond
	copyRetry   = time.Second
	copyTimeout = 10 * time.Second // of one object
	copyAtOnce  = 8                // objects on their way
	maxUncopied = 16               // sizes whose partial objects may be in the store
)

var keyCopy = []byte("mcopy")

// copier keeps the tree's files in an object store, from which Restore makes the journal
// anew. Tiles and bundles are created once; the checkpoint object is replaced last, by
// compare-and-swap, and never goes back.
type copier struct {
	lag   lag
	size  atomic.Uint64 // of the checkpoint in the store
	known bool          // what follows has been read from the store
	tag   string        // of the checkpoint object; "" while there is none
	raw   []byte        // its content
	full  uint64        // below it all full tiles and bundles are in the store
	clean bool          // nothing superseded is left there
}

// Copied is the size of the checkpoint in Config.Copy, and how long the oldest entry
// that it lacks has been waiting.
func (j *Journal) Copied() (size uint64, behind time.Duration) {
	return j.copy.size.Load(), j.copy.lag.age(time.Now())
}

// openCopy holds the copy against the journal before anything is appended. A store that
// cannot be reached now is asked again later.
func (j *Journal) openCopy() error {
	if j.config.Copy == nil {
		return nil
	}
	if j.Size() > 0 {
		j.copy.lag.grown(j.Size(), time.Now())
	}
	err := j.readCopy(context.Background())
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrLost) {
		return fmt.Errorf("copy: %w", err)
	}
	if err != nil {
		j.complain("the log's copy could not be read", "error", err)
	}
	return nil
}

// copyTree is the one goroutine that copies.
func (j *Journal) copyTree() {
	if j.config.Copy == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ended := false; !ended; {
		select {
		case <-timer.C:
		case <-j.tree.grew:
		case <-j.tree.ended:
			ended = true
			defer time.AfterFunc(closeWait, cancel).Stop()
		case <-j.stopped:
			return
		}
		begun := time.Now()
		err := j.copyOnce(ctx)
		if errors.Is(err, ErrDamaged) || errors.Is(err, ErrLost) {
			j.fail(err)
			return
		}
		if err != nil {
			j.complain("the log could not be copied to the object store", "error", err)
			timer.Reset(copyRetry)
		}
		select {
		case <-time.After(time.Until(begun.Add(copyEvery))):
		case <-j.tree.ended:
		case <-j.stopped:
			return
		}
	}
}

// copyOnce brings the copy to the newest published checkpoint.
func (j *Journal) copyOnce(ctx context.Context) error {
	c := &j.copy
	if err := j.readCopy(ctx); err != nil {
		return err
	}
	target := j.tree.published.Load()
	if target == nil || target.size == 0 || c.clean && bytes.Equal(target.raw, c.raw) {
		return nil
	}
	if target.size < c.size.Load() {
		return errors.New("the copy's checkpoint is not published again yet")
	}
	sizes, err := j.noteCopying(ctx, target.size)
	if err != nil {
		return err
	}
	c.clean = false
	if bytes.Equal(target.raw, c.raw) {
		return j.removeSuperseded(ctx, sizes, target.size)
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(copyAtOnce)
	for r := range resources(c.full, target.size) {
		group.Go(func() error { return j.copyResource(within, r, target.size) })
	}
	if err := group.Wait(); err != nil {
		c.known = false
		return err
	}
	c.full = target.size / layout.TileWidth * layout.TileWidth
	tag, err := j.putObject(ctx, layout.CheckpointPath, target.raw, c.tag)
	if err != nil {
		c.known = false // it may have arrived, or be somebody else's
		return err
	}
	c.tag, c.raw = tag, target.raw
	c.size.Store(target.size)
	c.lag.arrived(target.size)
	return j.removeSuperseded(ctx, sizes, target.size)
}

// readCopy reads the checkpoint in the store. One that the intake does not lead to says
// that this journal is not the one that was copied, or an older state of it.
func (j *Journal) readCopy(ctx context.Context) error {
	c := &j.copy
	if c.known {
		return nil
	}
	raw, tag, err := j.getObject(ctx, layout.CheckpointPath)
	if errors.Is(err, vault.ErrAbsent) {
		c.known, c.tag, c.raw = true, "", nil
		return nil
	}
	if err != nil {
		return err
	}
	copied, err := parseCheckpoint(raw, j.tree.verifier)
	if err != nil {
		return err
	}
	if copied.size > j.Size() {
		return fmt.Errorf("%w: the copy has more", ErrLost)
	}
	j.tree.mu.Lock()
	base, size := j.tree.base, j.tree.base.End()
	j.tree.mu.Unlock()
	root, err := rootOf(base)
	if err != nil || copied.size > size {
		return errors.Join(err, errors.New("the tree is not as far as its copy yet"))
	}
	if root, err = j.tree.provenRoot(ctx, copied.size, &checkpoint{size: size, root: root}); err != nil {
		return err
	}
	if root != copied.root {
		return fmt.Errorf("%w: the copy is of another log", ErrDamaged)
	}
	c.known, c.tag, c.raw = true, tag, raw
	c.size.Store(copied.size)
	c.lag.arrived(copied.size)
	return nil
}

// resources are the tiles and bundles of a tree, without the full ones of a smaller tree.
func resources(from, to uint64) iter.Seq[resource] {
	return func(yield func(resource) bool) {
		for level := uint64(0); to>>(layout.TileHeight*level) > 0; level++ {
			shift := layout.TileHeight * level
			first, nodes := from>>shift/layout.TileWidth, to>>shift
			for index := first; index*layout.TileWidth < nodes; index++ {
				r := resource{level: level, index: index, width: layout.PartialTileSize(level, index, to)}
				if !yield(r) {
					return
				}
				if r.entries = true; level == 0 && !yield(r) {
					return
				}
			}
		}
	}
}

func (j *Journal) copyResource(ctx context.Context, r resource, size uint64) error {
	data, err := j.tree.tiles(size)(ctx, r.level, r.index, r.width)
	if err == nil && r.entries {
		data, err = j.encodeBundle(r, data)
	}
	if err != nil {
		return err
	}
	if _, err = j.putObject(ctx, r.path(), data, ""); !errors.Is(err, vault.ErrExists) {
		return err
	}
	found, tag, err := j.getObject(ctx, r.path())
	if err != nil || bytes.Equal(found, data) {
		return err
	}
	if r.within(j.copy.size.Load()) {
		return fmt.Errorf("%w: the copy is of another log", ErrDamaged)
	}
	return j.replaceLeftover(ctx, r, data, tag)
}

// replaceLeftover puts an object in the place of one that no checkpoint speaks of: the log was
// restored from a copy that the loss of its disk had cut short, and has other entries there.
func (j *Journal) replaceLeftover(ctx context.Context, r resource, data []byte, tag string) error {
	_, checkpoint, err := j.getObject(ctx, layout.CheckpointPath)
	if err != nil && !errors.Is(err, vault.ErrAbsent) {
		return err
	}
	if checkpoint != j.copy.tag {
		return errors.New("somebody else copies to the same place") // readCopy tells whose it is
	}
	_, err = j.putObject(ctx, r.path(), data, tag)
	return err
}

// encodeBundle takes the leaves from the intake and holds each against the tree's tile.
func (j *Journal) encodeBundle(r resource, tile []byte) (data []byte, err error) {
	var hashes api.HashTile
	if err := hashes.UnmarshalText(tile); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	first := r.index * layout.EntryBundleWidth
	leaves, err := j.leaves(first, first+uint64(len(hashes.Nodes)))
	if err != nil {
		return nil, err
	}
	size := 0
	for i, leaf := range leaves {
		if !bytes.Equal(hashes.Nodes[i], leaf.hash[:]) {
			return nil, fmt.Errorf("%w: the tree does not hold the intake's leaf", ErrDamaged)
		}
		size += 2 + len(leaf.data)
	}
	data = make([]byte, 0, size)
	for _, leaf := range leaves {
		data = binary.BigEndian.AppendUint16(data, uint16(len(leaf.data))) //nolint:gosec // Append refuses longer leaves
		data = append(data, leaf.data...)
	}
	return data, nil
}

// noteCopying keeps, over a crash, of which sizes partial objects may be in the store.
func (j *Journal) noteCopying(ctx context.Context, size uint64) ([]uint64, error) {
	data, err := j.get(keyCopy)
	if err != nil && !errors.Is(err, pebble.ErrNotFound) || len(data)%8 != 0 {
		return nil, errors.Join(err, fmt.Errorf("%w: what is being copied", ErrDamaged))
	}
	if len(data) >= 8*maxUncopied {
		if err := j.removeSuperseded(ctx, parseSizes(data), j.copy.size.Load()); err != nil {
			return nil, err
		}
		data = binary.BigEndian.AppendUint64(nil, j.copy.size.Load())
	}
	data = binary.BigEndian.AppendUint64(data, size)
	return parseSizes(data), j.db.Set(keyCopy, data, pebble.NoSync)
}

func parseSizes(data []byte) (sizes []uint64) {
	for ; len(data) >= 8; data = data[8:] {
		sizes = append(sizes, binary.BigEndian.Uint64(data))
	}
	return sizes
}

func (j *Journal) removeSuperseded(ctx context.Context, sizes []uint64, size uint64) error {
	current := map[resource]bool{}
	for r := range partials(size) {
		current[r] = true
	}
	for _, other := range sizes {
		for r := range partials(other) {
			if current[r] {
				continue
			}
			current[r] = true // once
			ctx, cancel := context.WithTimeout(ctx, copyTimeout)
			err := j.config.Copy.Delete(ctx, j.objectName(r.path()))
			cancel()
			if err != nil {
				return err
			}
		}
	}
	j.copy.clean = true
	return j.db.Set(keyCopy, binary.BigEndian.AppendUint64(nil, size), pebble.NoSync)
}

// partials are the tiles and the bundle at the right edge of a tree.
func partials(size uint64) iter.Seq[resource] {
	return func(yield func(resource) bool) {
		for r := range resources(size, size) {
			if r.width > 0 && !yield(r) {
				return
			}
		}
	}
}

// objectName is the name of a file of the tree in the copy; it can be computed by
// whoever has the locator key and says nothing to others.
func (j *Journal) objectName(path string) string {
	return crypto.ObjectName(j.copyKey, "log", []byte(j.config.Origin), []byte(path))
}

func (j *Journal) putObject(ctx context.Context, path string, data []byte, expect string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	return j.config.Copy.Put(ctx, j.objectName(path), data, expect)
}

func (j *Journal) getObject(ctx context.Context, path string) ([]byte, string, error) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	return j.config.Copy.Get(ctx, j.objectName(path))
}
