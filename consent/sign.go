package consent

import (
	"errors"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Signature is r, s and v (27 or 28), as the EVM's ecrecover takes it.
type Signature [65]byte

func (v Signature) MarshalText() ([]byte, error)     { return []byte(formatHex(v[:])), nil }
func (v *Signature) UnmarshalText(text []byte) error { return parseHex(v[:], text) }

// ErrSignature is returned when a signature is malformed, has a high s, or is
// not by the key that it should be by.
var ErrSignature = errors.New("signature is not by the expected key")

// Recover returns the address whose key made the signature over digest. A high s
// is refused, so that no signature has a second valid form.
func Recover(digest Digest, sig Signature) (Address, error) {
	var s secp256k1.ModNScalar
	if overflow := s.SetByteSlice(sig[32:64]); overflow || s.IsOverHalfOrder() {
		return Address{}, ErrSignature
	}
	if sig[64] != 27 && sig[64] != 28 {
		return Address{}, ErrSignature
	}
	compact := make([]byte, 65)
	compact[0] = sig[64]
	copy(compact[1:], sig[:64])
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return Address{}, ErrSignature
	}
	return AddressOf(key), nil
}

// Verify returns ErrSignature unless the key of address signed digest.
func Verify(digest Digest, sig Signature, address Address) error {
	signer, err := Recover(digest, sig)
	if err != nil {
		return err
	}
	if signer != address {
		return ErrSignature
	}
	return nil
}

// AddressOf is the EVM account of a public key.
func AddressOf(key *secp256k1.PublicKey) (a Address) {
	hash := Keccak256(key.SerializeUncompressed()[1:])
	copy(a[:], hash[12:])
	return a
}
