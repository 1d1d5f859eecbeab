package wallet

import (
	"context"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const pendingAAD = "wrappy pending restore v1"

// PendingRestore is what a device keeps of a restore that it has asked for, until the blob
// can be fetched. It prints redacted.
type PendingRestore struct {
	crypto.Redacted
	Vault  Vault
	Opened *OpenedCard
	Secret [32]byte // that fetches the blob
	Ready  uint64   // Unix seconds
}

// pendingWire is the plaintext of its file: a CBOR array in this order, sealed by
// crypto.SealWithPassphrase with associated data "wrappy pending restore v1".
type pendingWire struct {
	_      struct{} `cbor:",toarray"`
	Format uint64   // 1
	Vault  Vault
	Card   consent.CardID
	Key    []byte // of the blob
	Secret [32]byte
	Ready  uint64
}

// Save writes the file, mode 0600; one that exists stays as it is (fs.ErrExist).
func (r *PendingRestore) Save(ctx context.Context, path string, passphrase crypto.Secret) error {
	plaintext, err := r.encode()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	sealed, err := crypto.SealWithPassphrase(ctx, passphrase, plaintext, []byte(pendingAAD))
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return crypto.WriteFile(path, sealed, false)
}

func (r *PendingRestore) encode() ([]byte, error) {
	return fileEncoding.Marshal(&pendingWire{Format: 1, Vault: r.Vault, Card: r.Opened.Card, Key: r.Opened.key, Secret: r.Secret, Ready: r.Ready})
}

// LoadPendingRestore reads what Save wrote; the errors of Load.
func LoadPendingRestore(ctx context.Context, path string, passphrase crypto.Secret) (*PendingRestore, error) {
	sealed, err := crypto.ReadFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	plaintext, err := crypto.OpenWithPassphrase(ctx, passphrase, sealed, []byte(pendingAAD))
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	return decodePending(plaintext)
}

func decodePending(plaintext []byte) (*PendingRestore, error) {
	var wire pendingWire
	if err := fileDecoding.Unmarshal(plaintext, &wire); err != nil || wire.Format != 1 || len(wire.Key) != crypto.KeySize {
		return nil, fmt.Errorf("restore: %w", crypto.ErrDecrypt)
	}
	return &PendingRestore{Vault: wire.Vault, Secret: wire.Secret, Ready: wire.Ready,
		Opened: &OpenedCard{Card: wire.Card, kind: consent.CardRestore, key: wire.Key}}, nil
}
