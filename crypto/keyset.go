package crypto

import (
	"bytes"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keysetKEK is a Tink AES256-GCM keyset with the binary form it is stored in. Tink's
// own encrypted form is not used: it leaves key ids and status unauthenticated.
type keysetKEK struct {
	Redacted
	serialised Secret
	aead       tink.AEAD
	primary    Secret // raw AES key, for derivations
}

const maxKeyset = 8 << 10

func newKeyset() (*keysetKEK, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	var serialised bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&serialised)); err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	return parseKeyset(serialised.Bytes())
}

// parseKeyset takes keysets of AES256-GCM keys only, so that no stored keyset can
// bring in another algorithm.
func parseKeyset(serialised Secret) (*keysetKEK, error) {
	if len(serialised) > maxKeyset {
		return nil, ErrDecrypt
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(serialised)))
	if err != nil {
		return nil, ErrDecrypt
	}
	k := &keysetKEK{serialised: serialised}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, ErrDecrypt
		}
		key, ok := entry.Key().(*aesgcm.Key)
		if !ok || key.KeyBytes().Len() != KeySize {
			return nil, ErrDecrypt
		}
		if entry.IsPrimary() {
			k.primary = key.KeyBytes().Data(insecuresecretdataaccess.Token{})
		}
	}
	if k.aead, err = aead.New(handle); err != nil || k.primary == nil {
		return nil, ErrDecrypt
	}
	return k, nil
}

func (k *keysetKEK) Seal(plaintext, aad []byte) ([]byte, error) {
	return k.aead.Encrypt(plaintext, aad)
}

func (k *keysetKEK) Open(ciphertext, aad []byte) ([]byte, error) {
	plaintext, err := k.aead.Decrypt(ciphertext, aad)
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// RegionKEK wraps the keys of the subjects of one jurisdiction. Safe for concurrent use.
type RegionKEK struct {
	Redacted
	keys *keysetKEK
	id   string // of the perishable key that it takes
}

// Wrap seals a small key under the region's.
func (r *RegionKEK) Wrap(plaintext, aad []byte) ([]byte, error) { return r.keys.Seal(plaintext, aad) }

// Unwrap reverses Wrap; ErrDecrypt on any failure.
func (r *RegionKEK) Unwrap(ciphertext, aad []byte) ([]byte, error) {
	return r.keys.Open(ciphertext, aad)
}

func subjectAAD(purpose string, identity [32]byte) []byte {
	return append(append([]byte(purpose), 0), identity[:]...)
}

// WrapSubject wraps a subject's KEK, bound to the identity: associated data
// "wrappy subject KEK v1" ‖ 0x00 ‖ identity.
func (r *RegionKEK) WrapSubject(s *SubjectKEK, identity [32]byte) ([]byte, error) {
	return r.Wrap(s.keys.serialised, subjectAAD("wrappy subject KEK v1", identity))
}

// UnwrapSubject reverses WrapSubject; ErrDecrypt on any failure.
func (r *RegionKEK) UnwrapSubject(wrapped []byte, identity [32]byte) (*SubjectKEK, error) {
	serialised, err := r.Unwrap(wrapped, subjectAAD("wrappy subject KEK v1", identity))
	if err != nil {
		return nil, err
	}
	keys, err := parseKeyset(serialised)
	if err != nil {
		return nil, err
	}
	return newSubject(keys)
}
