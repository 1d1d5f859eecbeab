package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
)

// KeySize is the length of every raw key here, in bytes.
const KeySize = 32

const sealOverhead = 12 + 16

// Sealer encrypts and authenticates small objects under a key that it holds.
// Safe for concurrent use. Open returns ErrDecrypt and nothing else.
type Sealer interface {
	Seal(plaintext, aad []byte) ([]byte, error)
	Open(ciphertext, aad []byte) ([]byte, error)
}

var errKeySize = errors.New("key: want 32 bytes")

func newGCM(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, errKeySize
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errKeySize
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal is AES-256-GCM under a raw 32-byte key: 12-byte random nonce, ciphertext, tag.
// One key must not seal more than 2³² messages.
func Seal(key Secret, plaintext, aad []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(nil, nil, plaintext, aad), nil //nolint:gosec // the nonce is random, made inside
}

// Open reverses Seal; ErrDecrypt on any failure.
func Open(key Secret, ciphertext, aad []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil || len(ciphertext) < sealOverhead {
		return nil, ErrDecrypt
	}
	plaintext, err := gcm.Open(nil, nil, ciphertext, aad)
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}
