package crypto

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// KMS protects the master KEK. Passphrase implements it, and a cloud KMS fits.
// Safe for concurrent use. Unwrap returns ErrDecrypt, or an error that wraps it,
// for what does not open; any other error means that the KMS cannot be reached.
type KMS interface {
	Wrap(ctx context.Context, plaintext, aad []byte) ([]byte, error)
	Unwrap(ctx context.Context, ciphertext, aad []byte) ([]byte, error)
}

type passphraseError struct{}

func (passphraseError) Error() string { return "passphrase does not open the keyring" }
func (passphraseError) Unwrap() error { return ErrDecrypt }

// ErrPassphrase says that a passphrase does not open what it was tried on. It
// wraps ErrDecrypt: a damaged file and a wrong passphrase look alike.
var ErrPassphrase error = passphraseError{}

// Argon2 holds the parameters of Argon2id (RFC 9106). Zero values are the defaults:
// 64 MiB, 3 passes, 1 lane.
type Argon2 struct {
	MemoryKiB uint32 // 8 MiB to 256 MiB
	Passes    uint32 // 1 to 10
	Lanes     uint8  // 1 to 4
}

var errArgon2 = errors.New("argon2id parameters: out of bounds")

func (a Argon2) withDefaults() Argon2 {
	if a.MemoryKiB == 0 {
		a.MemoryKiB = 64 << 10
	}
	if a.Passes == 0 {
		a.Passes = 3
	}
	if a.Lanes == 0 {
		a.Lanes = 1
	}
	return a
}

// check bounds the work that a file can ask for before anything in it is authenticated.
func (a Argon2) check() error {
	if a.MemoryKiB < 8<<10 || a.MemoryKiB > 256<<10 || a.Passes < 1 || a.Passes > 10 || a.Lanes < 1 || a.Lanes > 4 {
		return errArgon2
	}
	return nil
}

// Stretch is Argon2id over a secret and a salt of at least 8 bytes: a key of 32 bytes.
func (a Argon2) Stretch(secret Secret, salt []byte) Secret {
	a = a.withDefaults()
	return argon2.IDKey(secret, salt, a.Passes, a.MemoryKiB, a.Lanes, KeySize)
}

// Passphrase is a KMS that derives its key from a passphrase. Wrapped bytes carry
// what opening needs besides it:
//
//	format 1 (1 byte) ‖ memory in KiB (4) ‖ passes (4) ‖ lanes (1) ‖ salt (16) ‖
//	nonce (12) ‖ AES-256-GCM ciphertext and tag
//
// numbers big-endian, key = Argon2id over passphrase and salt, 32 bytes; associated
// data = "wrappy passphrase v1" ‖ 0x00 ‖ the first 26 bytes ‖ the caller's.
type Passphrase struct {
	Redacted
	secret *Secret
	params Argon2
}

const passphraseHeader = 1 + 4 + 4 + 1 + 16

// NewPassphrase returns a KMS under a passphrase. Parameters matter for wrapping
// only; unwrapping takes those it finds, within bounds.
func NewPassphrase(secret Secret, params Argon2) *Passphrase {
	return &Passphrase{secret: &secret, params: params.withDefaults()}
}

func (p *Passphrase) derive(header []byte) Secret {
	memory, passes := binary.BigEndian.Uint32(header[1:]), binary.BigEndian.Uint32(header[5:])
	return argon2.IDKey(*p.secret, header[10:passphraseHeader], passes, memory, header[9], KeySize)
}

func passphraseAAD(header, aad []byte) []byte {
	return append(append([]byte("wrappy passphrase v1\x00"), header...), aad...)
}

// Wrap seals plaintext under the passphrase. It takes as long as Argon2id takes.
func (p *Passphrase) Wrap(ctx context.Context, plaintext, aad []byte) ([]byte, error) {
	if len(*p.secret) == 0 {
		return nil, errors.New("passphrase: empty")
	}
	if err := errors.Join(ctx.Err(), p.params.check()); err != nil {
		return nil, err
	}
	header := make([]byte, passphraseHeader, passphraseHeader+sealOverhead+len(plaintext))
	header[0] = 1
	binary.BigEndian.PutUint32(header[1:], p.params.MemoryKiB)
	binary.BigEndian.PutUint32(header[5:], p.params.Passes)
	header[9] = p.params.Lanes
	_, _ = rand.Read(header[10:])
	sealed, err := Seal(p.derive(header), plaintext, passphraseAAD(header, aad))
	if err != nil {
		return nil, err
	}
	return append(header, sealed...), nil
}

// Unwrap opens what Wrap made; ErrPassphrase where it does not open, ErrDecrypt
// for bytes that Wrap cannot have made.
func (p *Passphrase) Unwrap(ctx context.Context, ciphertext, aad []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(ciphertext) < passphraseHeader+sealOverhead || ciphertext[0] != 1 {
		return nil, ErrDecrypt
	}
	header := ciphertext[:passphraseHeader]
	params := Argon2{MemoryKiB: binary.BigEndian.Uint32(header[1:]), Passes: binary.BigEndian.Uint32(header[5:]), Lanes: header[9]}
	if err := params.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, err)
	}
	plaintext, err := Open(p.derive(header), ciphertext[passphraseHeader:], passphraseAAD(header, aad))
	if err != nil {
		return nil, ErrPassphrase
	}
	return plaintext, nil
}

// SealWithPassphrase is Passphrase.Wrap with the default parameters.
func SealWithPassphrase(ctx context.Context, secret Secret, plaintext, aad []byte) ([]byte, error) {
	return NewPassphrase(secret, Argon2{}).Wrap(ctx, plaintext, aad)
}

// OpenWithPassphrase reverses SealWithPassphrase.
func OpenWithPassphrase(ctx context.Context, secret Secret, ciphertext, aad []byte) ([]byte, error) {
	return NewPassphrase(secret, Argon2{}).Unwrap(ctx, ciphertext, aad)
}
