package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// A new cold key waits beside the old one until the ledger has taken it.
const (
	nextColdKeyFile = "cold.next.key"
	recoveryKeyAAD  = "wrappy recovery key file v1"
)

func keepKey(ctx context.Context, path string, key *wallet.Key, passphrase crypto.Secret, aad string) error {
	sealed, err := crypto.SealWithPassphrase(ctx, passphrase, key.Bytes(), []byte(aad))
	if err != nil {
		return err
	}
	return crypto.WriteFile(path, sealed, false)
}

func openKey(ctx context.Context, path string, passphrase crypto.Secret, aad string) (*wallet.Key, error) {
	sealed, err := crypto.ReadFile(path, maxPEMBytes)
	if err != nil {
		return nil, fmt.Errorf("institution: %w", err)
	}
	secret, err := crypto.OpenWithPassphrase(ctx, passphrase, sealed, []byte(aad))
	if err != nil {
		return nil, fmt.Errorf("institution: %s: %w", filepath.Base(path), err)
	}
	return wallet.KeyFromBytes(secret)
}

// NewRecoveryKey makes a recovery key in a file of its own, which is to be kept apart
// from the folder: it is for the day when the cold key is lost or stolen.
func NewRecoveryKey(ctx context.Context, path string, passphrase crypto.Secret) (*wallet.Key, error) {
	key, err := wallet.NewKey()
	if err != nil {
		return nil, err
	}
	return key, keepKey(ctx, path, key, passphrase, recoveryKeyAAD)
}

// OpenRecoveryKey reads such a file.
func OpenRecoveryKey(ctx context.Context, path string, passphrase crypto.Secret) (*wallet.Key, error) {
	return openKey(ctx, path, passphrase, recoveryKeyAAD)
}

// StageCold makes the next cold key in the folder, or opens the one that waits there.
func (k *InstitutionKeys) StageCold(ctx context.Context, passphrase crypto.Secret) (*wallet.Key, error) {
	path := filepath.Join(k.dir, nextColdKeyFile)
	key, err := openKey(ctx, path, passphrase, coldKeyAAD)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = wallet.NewKey(); err != nil {
		return nil, err
	}
	return key, keepKey(ctx, path, key, passphrase, coldKeyAAD)
}

// DropCold deletes the next cold key, after its rotation was cancelled.
func (k *InstitutionKeys) DropCold() error {
	if err := os.Remove(filepath.Join(k.dir, nextColdKeyFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SwitchCold puts the next cold key in the old one's place, once the ledger has it.
func (k *InstitutionKeys) SwitchCold(ctx context.Context, passphrase crypto.Secret, onLedger consent.Address) error {
	path := filepath.Join(k.dir, nextColdKeyFile)
	key, err := openKey(ctx, path, passphrase, coldKeyAAD)
	if err != nil {
		return err
	}
	if key.Address() != onLedger {
		return errors.New("the ledger's cold key is not the one that waits in this folder")
	}
	if err := os.Rename(path, filepath.Join(k.dir, coldKeyFile)); err != nil {
		return err
	}
	k.Cold = key
	return nil
}
