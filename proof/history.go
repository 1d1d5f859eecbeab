package proof

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// HistoryItem is one entry as a vault shows it to the person.
type HistoryItem struct {
	Leaf     []byte
	Personal consent.Opening
	Shared   consent.Opening
}

// HistoryEntry is what an entry says, both parts checked against its leaf.
type HistoryEntry struct {
	Personal consent.PersonalPart
	Shared   consent.SharedPart
}

// VerifyHistory checks the entries that follow state, in order: both parts of every
// one open its leaf's commitments and speak of the same, it is this identity's, and
// continues number and digest without a gap. On an error the state given stays in force.
func VerifyHistory(identity consent.IdentityID, state HistoryState, items []HistoryItem) (HistoryState, []HistoryEntry, error) {
	before, entries := state, make([]HistoryEntry, 0, len(items))
	for i, item := range items {
		entry, err := item.open()
		if err != nil {
			return before, nil, fmt.Errorf("history[%d]: %w", i, err)
		}
		part := &entry.Personal
		if part.Identity != identity || part.Sequence != state.Sequence+1 || part.Previous != state.Last {
			return before, nil, fmt.Errorf("history[%d]: %w: out of sequence", i, ErrProof)
		}
		state = HistoryState{Sequence: part.Sequence, Last: sha256.Sum256(item.Personal.Plaintext)}
		entries = append(entries, *entry)
	}
	return state, entries, nil
}

// open checks both openings against the leaf and each part against the other.
func (item HistoryItem) open() (*HistoryEntry, error) {
	if err := checkOpening(item.Leaf, consent.PartPersonal, item.Personal); err != nil {
		return nil, err
	}
	if err := checkOpening(item.Leaf, consent.PartShared, item.Shared); err != nil {
		return nil, err
	}
	personal, errPersonal := consent.ParsePersonal(item.Personal.Plaintext)
	shared, errShared := consent.ParseShared(item.Shared.Plaintext)
	if err := errors.Join(errPersonal, errShared); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProof, err)
	}
	if personal.Kind != shared.Kind || personal.Grant != shared.Grant || personal.Time != shared.Time {
		return nil, fmt.Errorf("%w: parts of different entries", ErrProof)
	}
	return &HistoryEntry{Personal: *personal, Shared: *shared}, nil
}
