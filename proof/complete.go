package proof

import (
	"crypto/ed25519"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// HistoryState is how far a person's history at one log has been checked. The
// zero value is its beginning; keep the last one, so that a later answer cannot
// leave out or change what an earlier one showed.
type HistoryState struct {
	_        struct{} `cbor:",toarray"`
	Sequence uint64
	Last     consent.Digest // SHA-256 of the last personal part's plaintext
}

// VerifyStatement checks that the log signed how many entries a person has below a size.
func (l Log) VerifyStatement(c *consent.Completeness) error {
	message, err := c.Message()
	if err != nil || len(l.Key) != ed25519.PublicKeySize || c.Origin != l.Origin || !ed25519.Verify(l.Key, message, c.Signature[:]) {
		return fmt.Errorf("%w: statement of completeness: not signed by the log's key", ErrProof)
	}
	return nil
}

// LoggedItem is one entry of a person's history with its place in the log.
type LoggedItem struct {
	HistoryItem
	Index uint64
	Path  []consent.Digest // of its inclusion in the checkpoint
}

// VerifyComplete checks that the items are all that a person has among the log's first
// Size entries, as the log states and signed: numbered from 1 to Sequence without a gap,
// each continuing the one before, the last one the statement's, every one in the tree, in
// its order and below Size. The tree may be larger than the statement's.
func (l Log) VerifyComplete(statement *consent.Completeness, tree Tree, items []LoggedItem) ([]HistoryEntry, error) {
	if err := l.VerifyStatement(statement); err != nil {
		return nil, err
	}
	if statement.Size > tree.Size {
		return nil, fmt.Errorf("%w: statement of completeness: %w", ErrProof, ErrNotCovered)
	}
	bare := make([]HistoryItem, len(items))
	next := uint64(0) // the least index that may follow
	for i, item := range items {
		if item.Index >= statement.Size || item.Index < next {
			return nil, fmt.Errorf("history[%d]: %w: out of the log's order", i, ErrProof)
		}
		if err := tree.Includes(consent.LeafHash(item.Leaf), item.Index, item.Path); err != nil {
			return nil, fmt.Errorf("history[%d]: %w", i, err)
		}
		bare[i], next = item.HistoryItem, item.Index+1
	}
	state, entries, err := VerifyHistory(statement.Identity, HistoryState{}, bare)
	if err != nil {
		return nil, err
	}
	if state.Sequence != statement.Sequence {
		return nil, fmt.Errorf("%w: the log states %d entries, here are %d", ErrProof, statement.Sequence, state.Sequence)
	}
	if state.Last != statement.Last {
		return nil, fmt.Errorf("%w: the last entry is not the one that the log states", ErrProof)
	}
	return entries, nil
}
