package wallet

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/proof"
)

const (
	fileAAD     = "wrappy wallet file v1"
	maxFile     = 16 << 20
	maxReceipts = 10_000
)

// ErrChanged: the file on disk is not the one that was loaded.
var ErrChanged = errors.New("wallet file was changed by another program; load it again")

// Receipt is what the person keeps of a consent. With the pre-signed withdrawal
// even a lost seed cannot keep it alive.
type Receipt struct {
	_          struct{} `cbor:",toarray"`
	Vault      string   // base URL
	ChainID    uint64   // of the domain
	Contract   consent.Address
	Grant      consent.Grant
	Given      uint64 // Unix seconds
	Withdrawal consent.Signature
	Withdrawn  uint64 // Unix seconds; 0 while it stands
}

// Receipt of a consent given at a vault.
func (s *SignedGrant) Receipt(vault string, domain consent.Domain) Receipt {
	return Receipt{Vault: vault, ChainID: domain.ChainID, Contract: domain.Contract, Grant: s.Grant, Given: s.Binding.Time, Withdrawal: s.Withdrawal}
}

// Vault is one vault the identity is enrolled at, with what is remembered of its log.
type Vault struct {
	_       struct{} `cbor:",toarray"`
	URL     string
	Pin     consent.Digest // of the deployment that the vault named at the first visit; zero before
	History proof.HistoryState
}

// File is a terminal wallet: everything of one identity, in one file under a passphrase.
type File struct {
	Identity Identity
	Vaults   []Vault
	Receipts []Receipt

	path  string
	saved []byte // the file as last loaded or saved
}

// fileWire is the plaintext of the file: a CBOR array in this order, sealed by
// crypto.SealWithPassphrase with associated data "wrappy wallet file v1".
type fileWire struct {
	_            struct{} `cbor:",toarray"`
	Format       uint64   // 1
	Seed         []byte
	RecoveryHash consent.Digest
	Salt         consent.Salt
	Vaults       []Vault
	Receipts     []Receipt
}

var fileEncoding, fileDecoding = cborModes()

func cborModes() (cbor.EncMode, cbor.DecMode) {
	enc, errEnc := cbor.CoreDetEncOptions().EncMode()
	dec, errDec := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd: cbor.TagsForbidden, MaxNestedLevels: 8, MaxArrayElements: maxReceipts}.DecMode()
	if err := errors.Join(errEnc, errDec); err != nil {
		panic(err) // the options are constants
	}
	return enc, dec
}

// Save writes the file whole, mode 0600. A file that was loaded or saved before is
// replaced, unless it changed meanwhile (ErrChanged); any other that exists stays
// as it is (fs.ErrExist): it may be somebody's only copy of an identity.
func (f *File) Save(ctx context.Context, path string, passphrase crypto.Secret) error {
	replace := f.saved != nil && f.path == path
	if replace {
		onDisk, err := crypto.ReadFile(path, maxFile)
		if err != nil {
			return fmt.Errorf("wallet: %w", err)
		}
		if !bytes.Equal(onDisk, f.saved) {
			return ErrChanged
		}
	}
	plaintext, err := fileEncoding.Marshal(&fileWire{Format: 1, Seed: f.Identity.Seed.Bytes(), RecoveryHash: f.Identity.RecoveryHash,
		Salt: f.Identity.Salt, Vaults: f.Vaults, Receipts: f.Receipts})
	if err != nil {
		return fmt.Errorf("wallet: %w", err)
	}
	sealed, err := crypto.SealWithPassphrase(ctx, passphrase, plaintext, []byte(fileAAD))
	if err != nil {
		return fmt.Errorf("wallet: %w", err)
	}
	if len(sealed) > maxFile || len(f.Receipts) > maxReceipts {
		return errors.New("wallet: more than a wallet file holds")
	}
	if err := crypto.WriteFile(path, sealed, replace); err != nil {
		return fmt.Errorf("wallet: %w", err)
	}
	f.path, f.saved = path, sealed
	return nil
}

// Load opens a wallet file. crypto.ErrPassphrase for a wrong passphrase,
// crypto.ErrDecrypt (which it wraps) for a damaged or oversized file.
func Load(ctx context.Context, path string, passphrase crypto.Secret) (*File, error) {
	sealed, err := crypto.ReadFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("wallet: %w", err)
	}
	plaintext, err := crypto.OpenWithPassphrase(ctx, passphrase, sealed, []byte(fileAAD))
	if err != nil {
		return nil, fmt.Errorf("wallet: %w", err)
	}
	var wire fileWire
	if err := fileDecoding.Unmarshal(plaintext, &wire); err != nil || wire.Format != 1 {
		return nil, fmt.Errorf("wallet: %w", crypto.ErrDecrypt)
	}
	seed, err := SeedFromBytes(wire.Seed)
	if err != nil {
		return nil, fmt.Errorf("wallet: %w", crypto.ErrDecrypt)
	}
	return &File{Identity: Identity{Seed: seed, RecoveryHash: wire.RecoveryHash, Salt: wire.Salt},
		Vaults: wire.Vaults, Receipts: wire.Receipts, path: path, saved: sealed}, nil
}
