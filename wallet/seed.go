// Package wallet is the person's half: seed, keys, signatures, receipts, and the
// checks of what a vault answers.
package wallet

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Info strings of the derivations, docs/protocol/identity.md.
const (
	rootInfo    = "wrappy root key v1"
	sessionInfo = "wrappy session key v1"
	grantInfo   = "wrappy grant key v1\x00" // and the grant's salt
	pageInfo    = "wrappy page key v1"

	// of a child, and its index, 4 bytes
	childSeedInfo = "wrappy child seed v1\x00"
	childSaltInfo = "wrappy child salt v1\x00"
)

// Seed is 32 random bytes, made on the person's device; every key comes from it.
// It prints redacted. The zero value is no seed: its methods panic.
type Seed struct {
	crypto.Redacted
	ikm *[32]byte
}

// NewSeed makes a fresh seed.
func NewSeed() Seed {
	s := Seed{ikm: new([32]byte)}
	_, _ = rand.Read(s.ikm[:]) // never fails: the program ends where there is no randomness
	return s
}

// ErrSeed is returned for bytes that cannot be a seed or a private key.
var ErrSeed = errors.New("not a seed or key: want 32 bytes in range")

// SeedFromBytes takes a seed from where it was kept.
func SeedFromBytes(b []byte) (Seed, error) {
	if len(b) != 32 {
		return Seed{}, ErrSeed
	}
	return Seed{ikm: (*[32]byte)(append([]byte(nil), b...))}, nil
}

// Bytes is the seed itself, for keeping it.
func (s Seed) Bytes() crypto.Secret { return append(crypto.Secret(nil), s.ikm[:]...) }

// Root is the identity's key.
func (s Seed) Root() *Key { return s.key(rootInfo) }

// Session is the key that opens sessions, which only read.
func (s Seed) Session() *Key { return s.key(sessionInfo) }

// Grant is the one-time key of the grant with this salt.
func (s Seed) Grant(salt consent.Salt) *Key { return s.key(grantInfo + string(salt[:])) }

// PageKey is a 32-byte AES-256-GCM key for local state.
func (s Seed) PageKey() crypto.Secret { return s.derive(pageInfo, crypto.KeySize) }

func (s Seed) derive(info string, length int) []byte { return derive(s.ikm[:], info, length) }

func derive(ikm []byte, info string, length int) []byte {
	out, err := hkdf.Key(sha256.New, ikm, nil, info, length)
	if err != nil {
		panic(err) // lengths are constants within HKDF's bounds
	}
	return out
}

func (s Seed) key(info string) *Key { return keyFrom(s.derive(info, 48)) }

// keyFrom reads 48 bytes as an integer modulo (n − 1), plus 1: never zero, and with a
// bias below 2⁻¹²⁸.
func keyFrom(derived []byte) *Key {
	order := secp256k1.Params().N
	d := new(big.Int).SetBytes(derived)
	d.Mod(d, new(big.Int).Sub(order, big.NewInt(1)))
	d.Add(d, big.NewInt(1))
	var private [32]byte
	d.FillBytes(private[:])
	return &Key{private: secp256k1.PrivKeyFromBytes(private[:])}
}

// Key is a secp256k1 signing key. It prints redacted. Safe for concurrent use.
type Key struct {
	crypto.Redacted
	private *secp256k1.PrivateKey
}

// NewKey makes a random key, for what no seed stands behind: an institution's cold key.
func NewKey() (*Key, error) {
	private, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		return nil, err
	}
	return &Key{private: private}, nil
}

// KeyFromBytes takes a private key from where it was kept; ErrSeed where it is not in range.
func KeyFromBytes(b []byte) (*Key, error) {
	var scalar secp256k1.ModNScalar
	if len(b) != 32 || scalar.SetByteSlice(b) || scalar.IsZero() {
		return nil, ErrSeed
	}
	return &Key{private: secp256k1.NewPrivateKey(&scalar)}, nil
}

// Bytes is the private key itself, 32 bytes, for keeping it.
func (k *Key) Bytes() crypto.Secret { return k.private.Serialize() }

// Address is the EVM account of the key.
func (k *Key) Address() consent.Address { return consent.AddressOf(k.private.PubKey()) }

// Sign signs a digest: RFC 6979 nonce, s in the lower half, v 27 or 28.
func (k *Key) Sign(digest consent.Digest) (sig consent.Signature) {
	compact := ecdsa.SignCompact(k.private, digest[:], false)
	copy(sig[:], compact[1:])
	sig[64] = compact[0]
	return sig
}
