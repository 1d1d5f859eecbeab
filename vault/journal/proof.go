package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"github.com/wrapious/wrappy/consent"
)

// Inclusion proves that the intake's leaf at an index is in the tree of a size:
// RFC 6962, from the leaf upwards. consent.ErrNotFound for an index that is not below
// the size, or a size above Published. ErrDamaged where the files do not prove it.
func (j *Journal) Inclusion(ctx context.Context, index, size uint64) ([]consent.Digest, error) {
	return reading(ctx, j, func() ([]consent.Digest, error) { return j.inclusion(ctx, index, size) })
}

func (j *Journal) inclusion(ctx context.Context, index, size uint64) ([]consent.Digest, error) {
	known := j.tree.published.Load()
	if known == nil || size > known.size || index >= size {
		return nil, consent.ErrNotFound
	}
	root, err := j.tree.provenRoot(ctx, size, known)
	if err != nil {
		return nil, err
	}
	leaf, _, err := j.readLeaf(index)
	if err != nil {
		return nil, err
	}
	if err := j.compareEntry(ctx, index, known.size, leaf); err != nil {
		return nil, err
	}
	builder, err := client.NewProofBuilder(ctx, size, j.tree.tiles(known.size))
	if err != nil {
		return nil, err
	}
	path, err := builder.InclusionProof(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	hash := consent.LeafHash(leaf)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, hash[:], path, root[:]); err != nil {
		return nil, fmt.Errorf("%w: the tree does not hold the intake's leaf", ErrDamaged)
	}
	return digests(path)
}

// Consistency proves that the tree of one size begins with that of another; empty for
// equal sizes and from 0. consent.ErrNotFound unless from ≤ to ≤ Published.
func (j *Journal) Consistency(ctx context.Context, from, to uint64) ([]consent.Digest, error) {
	if err := j.acquire(ctx); err != nil {
		return nil, err
	}
	defer j.reading.RUnlock()
	known := j.tree.published.Load()
	if known == nil || from > to || to > known.size {
		return nil, consent.ErrNotFound
	}
	if from == 0 || from == to {
		return nil, nil
	}
	root, err := j.tree.provenRoot(ctx, to, known)
	if err != nil {
		return nil, err
	}
	_, path, err := j.tree.consistent(ctx, from, to, known.size, root)
	if err != nil {
		return nil, err
	}
	return digests(path)
}

// Root is the tree's root at a size up to Published, proven consistent with the
// published checkpoint; consent.ErrNotFound for larger ones.
func (j *Journal) Root(ctx context.Context, size uint64) (consent.Digest, error) {
	if err := j.acquire(ctx); err != nil {
		return consent.Digest{}, err
	}
	defer j.reading.RUnlock()
	known := j.tree.published.Load()
	if known == nil || size > known.size {
		return consent.Digest{}, consent.ErrNotFound
	}
	return j.tree.provenRoot(ctx, size, known)
}

func (t *tree) provenRoot(ctx context.Context, size uint64, known *checkpoint) (consent.Digest, error) {
	if size == known.size {
		return known.root, nil
	}
	if size == 0 {
		return emptyRoot, nil
	}
	root, _, err := t.consistent(ctx, size, known.size, known.size, known.root)
	return root, err
}

// consistent computes the root at from and proves it against the root at to, with the
// tiles of a tree of size has.
func (t *tree) consistent(ctx context.Context, from, to, has uint64, root consent.Digest) (consent.Digest, [][]byte, error) {
	none := consent.Digest{}
	nodes, err := t.rangeNodes(ctx, from, has)
	if err != nil {
		return none, nil, err
	}
	r, err := ranges.NewRange(0, from, nodes)
	if err != nil {
		return none, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	earlier, err := rootOf(r)
	if err != nil {
		return none, nil, err
	}
	builder, err := client.NewProofBuilder(ctx, to, t.tiles(has))
	if err != nil {
		return none, nil, err
	}
	path, err := builder.ConsistencyProof(ctx, from, to)
	if err != nil {
		return none, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, from, to, path, earlier[:], root[:]); err != nil {
		return none, nil, fmt.Errorf("%w: the tree's files contradict its checkpoint", ErrDamaged)
	}
	return earlier, path, nil
}

// tiles reads the tiles of a tree of size has, cut to the width asked for: that of a
// smaller size may have no file of its own.
func (t *tree) tiles(has uint64) client.TileFetcherFunc {
	return func(ctx context.Context, level, index uint64, width uint8) ([]byte, error) {
		data, err := t.reader.ReadTile(ctx, level, index, layout.PartialTileSize(level, index, has))
		if err != nil {
			return nil, err
		}
		want := int(width) * rfc6962.DefaultHasher.Size()
		if want == 0 {
			want = layout.TileWidth * rfc6962.DefaultHasher.Size()
		}
		if len(data) < want {
			return nil, fmt.Errorf("%w: a tile is short", ErrDamaged)
		}
		return data[:want], nil
	}
}

// rangeNodes are the tree's nodes that a size is made of.
func (t *tree) rangeNodes(ctx context.Context, size, has uint64) ([][]byte, error) {
	nodes, err := client.FetchRangeNodes(ctx, size, t.tiles(has))
	if err == nil && len(nodes) != compact.RangeSize(0, size) {
		err = errors.New("nodes are missing")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nodes, nil
}

// bundle reads an entry bundle of a tree of size has.
func (t *tree) bundle(ctx context.Context, number, has uint64) ([][]byte, error) {
	parsed, err := client.GetEntryBundle(ctx, t.reader.ReadEntryBundle, number, has)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return parsed.Entries, nil
}

// compareEntry checks that the bundle that everybody may read holds the intake's leaf.
func (j *Journal) compareEntry(ctx context.Context, index, has uint64, leaf []byte) error {
	entries, err := j.tree.bundle(ctx, index/layout.EntryBundleWidth, has)
	if err != nil {
		return err
	}
	at := index % layout.EntryBundleWidth
	if at >= uint64(len(entries)) || !bytes.Equal(entries[at], leaf) {
		return fmt.Errorf("%w: an entry bundle is not the intake's", ErrDamaged)
	}
	return nil
}

// compareBundle checks a bundle and the tile of its hashes against the intake.
func (j *Journal) compareBundle(ctx context.Context, number, size uint64) error {
	entries, err := j.tree.bundle(ctx, number, size)
	if err != nil {
		return err
	}
	first := number * layout.EntryBundleWidth
	end := min(size, first+layout.EntryBundleWidth)
	tile, err := j.tree.tiles(size)(ctx, 0, number, layout.PartialTileSize(0, number, size))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var hashes api.HashTile
	if err := hashes.UnmarshalText(tile); err != nil || uint64(len(hashes.Nodes)) < end-first || uint64(len(entries)) < end-first {
		return fmt.Errorf("%w: the last bundle is short", ErrDamaged)
	}
	return j.scan(first, end, func(index uint64, leaf []byte) error {
		hash := consent.LeafHash(leaf)
		if !bytes.Equal(entries[index-first], leaf) || !bytes.Equal(hashes.Nodes[index-first], hash[:]) {
			return fmt.Errorf("%w: the last bundle is not the intake's", ErrDamaged)
		}
		return nil
	})
}

// Anchor is what the ledger says of the log: its root at a size.
type Anchor struct {
	Size uint64 // entries; 0: nothing is anchored
	Root consent.Digest
}

func (j *Journal) checkAnchor() error {
	anchor, t := j.config.Anchored, &j.tree
	if anchor.Size == 0 {
		return nil
	}
	t.mu.Lock()
	root, err := rootOf(t.base)
	size := t.base.End()
	t.mu.Unlock()
	if err == nil && anchor.Size > size {
		err = fmt.Errorf("%w: the ledger anchors a larger size", ErrLost)
	}
	if err != nil {
		return err
	}
	if root, err = t.provenRoot(t.ctx, anchor.Size, &checkpoint{size: size, root: root}); err != nil {
		return err
	}
	if root != anchor.Root {
		return fmt.Errorf("%w: the ledger anchors another root", ErrDamaged)
	}
	return nil
}

func digests(hashes [][]byte) ([]consent.Digest, error) {
	out := make([]consent.Digest, len(hashes))
	for i, hash := range hashes {
		if len(hash) != len(out[i]) {
			return nil, ErrDamaged
		}
		out[i] = consent.Digest(hash)
	}
	return out, nil
}
