package wallet

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// ErrProof is wrapped where a vault's answer does not prove what it should.
var ErrProof = errors.New("proof does not hold")

// VerifyProof checks that the log with this key promised the entry and that the
// shared part is the entry's: signature, leaf hash, commitment and opening.
// Whether the log kept the promise is a question for a later checkpoint.
func VerifyProof(proof consent.Proof, log ed25519.PublicKey) (*consent.SharedPart, error) {
	message, err := proof.Promise.Message()
	if err != nil || len(log) != ed25519.PublicKeySize || !ed25519.Verify(log, message, proof.Promise.Signature[:]) {
		return nil, fmt.Errorf("%w: promise", ErrProof)
	}
	if consent.LeafHash(proof.Leaf) != proof.Promise.LeafHash {
		return nil, fmt.Errorf("%w: leaf", ErrProof)
	}
	if err := checkOpening(proof.Leaf, consent.PartShared, proof.Shared); err != nil {
		return nil, err
	}
	shared, err := consent.ParseShared(proof.Shared.Plaintext)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return shared, nil
}

func checkOpening(data []byte, part uint8, opening consent.Opening) error {
	leaf, err := consent.ParseLeaf(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	if err := crypto.CheckOpening(part, leaf.Commitments[part-1], opening.Salt, opening.Plaintext); err != nil {
		return fmt.Errorf("%w: opening", ErrProof)
	}
	return nil
}

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

// HistoryState is how far a person's history at one log has been checked. The
// zero value is its beginning; keep the last one, so that a later answer cannot
// leave out or change what an earlier one showed.
type HistoryState struct {
	_        struct{} `cbor:",toarray"`
	Sequence uint64
	Last     consent.Digest // SHA-256 of the last personal part's plaintext
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
