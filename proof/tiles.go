package proof

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

const (
	tileHeight = 8 // C2SP tlog-tiles: 256 hashes a tile
	// MaxTile is the size of a full tile, in bytes.
	MaxTile = tlog.HashSize << tileHeight
)

// ErrNoTile: the log has no such tile, or no longer.
var ErrNoTile = errors.New("no such tile")

// Tiles makes proofs from a log's public tiles (C2SP tlog-tiles), so that the vault is
// never asked about one entry. What is fetched is checked against the tree's root before
// it is used. Not safe for concurrent use; tiles are kept for the next proof.
type Tiles struct {
	// Fetch reads a file below the log's prefix: "tile/0/x001/067.p/8". ErrNoTile; more than MaxTile
	// bytes need not be returned.
	Fetch func(ctx context.Context, path string) ([]byte, error)
	// Newest is the size of the newest checkpoint known: tiles of smaller ones may be gone.
	Newest uint64

	kept map[tlog.Tile][]byte
}

// Inclusion is the path by which a tree includes the leaf at index, and that leaf's hash.
func (t *Tiles) Inclusion(ctx context.Context, tree Tree, index uint64) (leaf consent.Digest, path Path, err error) {
	if index >= tree.Size {
		return leaf, nil, ErrNotCovered
	}
	reader, err := t.reader(ctx, tree)
	if err != nil {
		return leaf, nil, err
	}
	read, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))}) //nolint:gosec // below the size
	if err != nil {
		return leaf, nil, tileError(err)
	}
	hashes, err := tlog.ProveRecord(int64(tree.Size), int64(index), reader) //nolint:gosec // checked by reader
	if err != nil {
		return leaf, nil, tileError(err)
	}
	return consent.Digest(read[0]), pathOf(hashes), nil
}

// Consistency is the path by which newer begins with all of older.
func (t *Tiles) Consistency(ctx context.Context, older, newer Tree) (Path, error) {
	if older.Size == 0 || older.Size >= newer.Size {
		return Path{}, nil // nothing to show; Extends says whether the two agree
	}
	reader, err := t.reader(ctx, newer)
	if err != nil {
		return nil, err
	}
	hashes, err := tlog.ProveTree(int64(newer.Size), int64(older.Size), reader) //nolint:gosec // checked by reader
	if err != nil {
		return nil, tileError(err)
	}
	return pathOf(hashes), nil
}

func pathOf[T ~[]tlog.Hash](hashes T) Path {
	path := make(Path, len(hashes))
	for i := range hashes {
		path[i] = consent.Digest(hashes[i])
	}
	return path
}

func (t *Tiles) reader(ctx context.Context, tree Tree) (tlog.HashReader, error) {
	if tree.Size == 0 || tree.Size > t.Newest || t.Newest > math.MaxInt64/2 {
		return nil, fmt.Errorf("%w: tree beyond the newest checkpoint", ErrNotCovered)
	}
	if t.kept == nil {
		t.kept = map[tlog.Tile][]byte{}
	}
	return tlog.TileHashReader(tlog.Tree{N: int64(tree.Size), Hash: tlog.Hash(tree.Root)}, tileReader{ctx, t}), nil //nolint:gosec // bounded above
}

// fetchError is of a tile that could not be had.
type fetchError struct{ error }

func (e fetchError) Unwrap() error { return e.error }

// tileError tells what could not be had from what was had and is of another tree: ErrProof.
func tileError(err error) error {
	if errors.As(err, new(fetchError)) {
		return fmt.Errorf("tiles: %w", err)
	}
	return fmt.Errorf("%w: tiles of another tree: %w", ErrProof, err)
}

// tileReader is Tiles during one proof.
type tileReader struct {
	ctx   context.Context
	tiles *Tiles
}

func (r tileReader) Height() int { return tileHeight }

// SaveTiles gets only tiles that were checked against the root.
func (r tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		r.tiles.kept[tile] = data[i]
	}
}

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		if kept, ok := r.tiles.kept[tile]; ok {
			out[i] = kept
			continue
		}
		data, err := r.read(tile)
		if err != nil {
			return nil, fetchError{err}
		}
		out[i] = data
	}
	return out, nil
}

// read fetches the widest the newest tree has of a tile, and the full one where the log
// has meanwhile dropped that; what was asked for is its beginning.
func (r tileReader) read(tile tlog.Tile) ([]byte, error) {
	wide := tile
	wide.W = int(min(1<<tileHeight, r.tiles.Newest>>(tileHeight*tile.L)-uint64(tile.N)<<tileHeight)) //nolint:gosec // the tile is in the tree
	data, err := r.tiles.Fetch(r.ctx, tilePath(wide))
	if errors.Is(err, ErrNoTile) && wide.W < 1<<tileHeight {
		wide.W = 1 << tileHeight
		data, err = r.tiles.Fetch(r.ctx, tilePath(wide))
	}
	if err != nil {
		return nil, err
	}
	if len(data) != wide.W*tlog.HashSize || len(data) < tile.W*tlog.HashSize {
		return nil, fmt.Errorf("%w: tile of a wrong size", ErrProof)
	}
	return data[:tile.W*tlog.HashSize], nil
}

// tilePath is the tile's path in C2SP tlog-tiles, which leaves out the height.
func tilePath(t tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}
