package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// pollCheckpoint is how often a checkpoint that is not there yet is asked for again.
const pollCheckpoint = 200 * time.Millisecond

// LogReader reads a vault's public log and makes proofs of it from tiles, so that the vault
// does not learn which of the 256 entries of a tile one is about. Safe for concurrent use.
type LogReader struct {
	Log proof.Log

	base string // of the log, with a slash at its end
	over *http.Client

	mu     sync.Mutex // of tiles
	tiles  proof.Tiles
	newest *proof.Checkpoint // nil before the first
}

// NewLogReader reads the log of the vault at base, below /log/. Checkpoints that do not
// satisfy log are refused. own is an institution's certificate, or nil.
func NewLogReader(base, serverCertificate string, own *tls.Certificate, log proof.Log) (*LogReader, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("vault: want an address such as https://vault.example:8443")
	}
	over, err := dialer(serverCertificate, own)
	if err != nil {
		return nil, err
	}
	return newLogReader(u.JoinPath("log").String()+"/", over, log)
}

func newLogReader(base string, over *http.Client, log proof.Log) (*LogReader, error) {
	if err := log.Check(); err != nil {
		return nil, err
	}
	r := &LogReader{Log: log, base: base, over: over}
	r.tiles.Fetch = func(ctx context.Context, path string) ([]byte, error) { return r.get(ctx, path, proof.MaxTile) }
	return r, nil
}

// get reads one file of at most so many bytes; proof.ErrNoTile where there is none.
func (r *LogReader) get(ctx context.Context, path string, most int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := r.over.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, proof.ErrNoTile
	default:
		p := &Problem{HTTPStatus: answer.StatusCode}
		p.Title = fmt.Sprintf("the vault's log answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
		return nil, p
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%w: more than %d bytes", errAnswer, most)
	}
	return data, nil
}

// ErrNoCheckpoint: the log has published none yet.
var ErrNoCheckpoint = errors.New("the vault's log has published no checkpoint yet")

// ErrLogBehind: the log shows an older tree than before, or one that does not begin with it.
var ErrLogBehind = errors.New("the vault's log has gone back, or is another than before")

// Checkpoint is the log's newest. It begins with all that earlier ones of this reader hold.
func (r *LogReader) Checkpoint(ctx context.Context) (*proof.Checkpoint, error) {
	signed, err := r.get(ctx, "checkpoint", proof.MaxCheckpoint)
	if errors.Is(err, proof.ErrNoTile) {
		return nil, ErrNoCheckpoint
	}
	if err != nil {
		return nil, err
	}
	fresh, err := r.Log.Checkpoint(signed)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.newest != nil {
		if err := r.follows(ctx, fresh); err != nil {
			return nil, err
		}
	}
	r.newest, r.tiles.Newest = fresh, fresh.Size
	return fresh, nil
}

// follows checks that a checkpoint begins with all of the newest. Needs r.mu held.
func (r *LogReader) follows(ctx context.Context, fresh *proof.Checkpoint) error {
	if fresh.Size < r.newest.Size {
		return ErrLogBehind
	}
	r.tiles.Newest = fresh.Size
	path, err := r.tiles.Consistency(ctx, r.newest.Tree, fresh.Tree)
	if err == nil {
		if err = fresh.Extends(r.newest.Tree, path); err == nil {
			return nil
		}
		err = fmt.Errorf("%w: %w", ErrLogBehind, err)
	}
	r.tiles.Newest = r.newest.Size
	return err
}

// Await asks until a checkpoint covers so many entries, or ctx ends.
func (r *LogReader) Await(ctx context.Context, size uint64) (*proof.Checkpoint, error) {
	tick := time.NewTicker(pollCheckpoint)
	defer tick.Stop()
	for {
		c, err := r.Checkpoint(ctx)
		if err == nil && c.Size >= size {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %w", proof.ErrNotCovered, ctx.Err())
		}
		if err != nil && !errors.Is(err, ErrNoCheckpoint) {
			return nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// Inclusion is the path of an entry in a tree, and the hash of the leaf that stands there.
func (r *LogReader) Inclusion(ctx context.Context, tree proof.Tree, index uint64) (consent.Digest, proof.Path, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tiles.Inclusion(ctx, tree, index)
}

// EntryFile makes the file of an answer's proof: it waits for a checkpoint that covers the
// entry, and adds its place in the anchored tree where anchor, which may be nil, covers it too.
func (r *LogReader) EntryFile(ctx context.Context, p *consent.Proof, anchor *proof.Anchor) (*proof.EntryFile, error) {
	if _, err := proof.VerifyProof(*p, r.Log.Key); err != nil {
		return nil, err
	}
	at := p.Promise.Index
	least := at + 1
	if anchor != nil {
		least = max(least, anchor.Size)
	}
	c, err := r.Await(ctx, least)
	if err != nil {
		return nil, err
	}
	f := proof.NewEntryFile(r.Log, p)
	leaf, path, err := r.Inclusion(ctx, c.Tree, at)
	if err != nil {
		return nil, err
	}
	f.Checkpoint, f.Inclusion = string(c.Note), &proof.Inclusion{LeafHash: leaf, Path: path}
	if anchor != nil && at < anchor.Size {
		_, path, err := r.Inclusion(ctx, anchor.Tree, at)
		if err != nil {
			return nil, err
		}
		f.Anchored = &proof.AnchoredInclusion{Tree: anchor.Tree, Path: path}
	}
	return f, nil
}

// HistoryFile makes the file of a person's history: of the items those that the statement
// counts, with their places in the newest tree.
func (r *LogReader) HistoryFile(ctx context.Context, statement *consent.Completeness, items []proof.LoggedItem) (*proof.HistoryFile, error) {
	c, err := r.Await(ctx, max(statement.Size, 1))
	if err != nil {
		return nil, err
	}
	if statement.Sequence > uint64(len(items)) {
		return nil, fmt.Errorf("%w: fewer entries than the log states", proof.ErrProof)
	}
	counted := make([]proof.LoggedItem, statement.Sequence)
	for i := range counted {
		counted[i] = items[i]
		if _, counted[i].Path, err = r.Inclusion(ctx, c.Tree, items[i].Index); err != nil {
			return nil, err
		}
	}
	return proof.NewHistoryFile(r.Log, c, statement, counted), nil
}

// ConsistencyFile shows that the newest checkpoint begins with all of an older one.
func (r *LogReader) ConsistencyFile(ctx context.Context, older []byte) (*proof.ConsistencyFile, error) {
	from, err := r.Log.Checkpoint(older)
	if err != nil {
		return nil, err
	}
	to, err := r.Await(ctx, from.Size)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	path, err := r.tiles.Consistency(ctx, from.Tree, to.Tree)
	if err != nil {
		return nil, err
	}
	return &proof.ConsistencyFile{Format: proof.FormatConsistency, Log: r.Log.VerifierKey(), Old: string(older), New: string(to.Note), Path: path}, nil
}

// Anchor is the file of the log's anchor of this size on the ledger, or of its newest for 0,
// as the vault knows it, checked against that ledger.
func (r *LogReader) Anchor(ctx context.Context, ledger consent.Domain, size uint64) (*ledgerref.AnchorProof, *proof.Anchor, error) {
	path := "anchor"
	if size > 0 {
		path += "?size=" + strconv.FormatUint(size, 10)
	}
	data, err := r.get(ctx, path, ledgerref.MaxAnchorFile)
	if errors.Is(err, proof.ErrNoTile) {
		return nil, nil, ledgerref.ErrNoAnchor
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := ledgerref.ParseAnchorProof(data)
	if err != nil {
		return nil, nil, err
	}
	_, anchor, err := VerifyAnchor(&p, ledger)
	if err != nil {
		return nil, nil, err
	}
	if (proof.Log{Origin: anchor.Origin, Key: anchor.Key}).VerifierKey() != r.Log.VerifierKey() {
		return nil, nil, fmt.Errorf("%w: an anchor of another log", proof.ErrProof)
	}
	return &p, anchor, nil
}
