package proof

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

var (
	// ErrProof is wrapped where something does not prove what it should.
	ErrProof = errors.New("proof does not hold")
	// ErrNotCovered: the log's tree, as shown, ends before the entry.
	ErrNotCovered = errors.New("not in the log's tree yet")
	// ErrBroken is wrapped where two things that the log signed contradict each other:
	// evidence against whoever runs the vault, that anyone can check.
	ErrBroken = errors.New("the vault broke its word, and this proves it")
)

// VerifyPromise checks that the log with this key promised the entry.
func VerifyPromise(promise *consent.Promise, log ed25519.PublicKey) error {
	message, err := promise.Message()
	if err != nil || len(log) != ed25519.PublicKeySize || !ed25519.Verify(log, message, promise.Signature[:]) {
		return fmt.Errorf("%w: promise: not signed by the log's key", ErrProof)
	}
	return nil
}

// VerifyProof checks that the log with this key promised the entry and that the
// shared part is the entry's: signature, leaf hash, commitment and opening.
// Whether the log kept the promise is a question for a later checkpoint.
func VerifyProof(proof consent.Proof, log ed25519.PublicKey) (*consent.SharedPart, error) {
	if err := VerifyPromise(&proof.Promise, log); err != nil {
		return nil, err
	}
	return verifyEntry(&proof)
}

// verifyEntry checks that the opening is the leaf's and the leaf the promise's.
func verifyEntry(proof *consent.Proof) (*consent.SharedPart, error) {
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
