package consent

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Domains of what a writer signs, each followed by a zero byte.
const (
	valueDomain      = "wrappy value v1\x00"
	valueGrantDomain = "wrappy value grant v1\x00"
)

type (
	// WriterKey is an institution's TLS key on P-256: x ‖ y, big-endian.
	WriterKey [64]byte
	// WriterSignature is ECDSA on P-256: r ‖ s, of the two forms of s the lower.
	WriterSignature [64]byte
)

var (
	// ErrWriterKey: not a key that a writer can sign with.
	ErrWriterKey = errors.New("writer's key: want ECDSA on P-256")
	// ErrValueSignature: malformed, of the higher s, or not by the key over the statement.
	ErrValueSignature = errors.New("value signature is not by the named key over this statement")
)

// ValueStatement is what an institution says by its signature of one item of a value: that
// it wrote this, under that grant, on that day. An item is a whole value, or in a list of
// FHIR resources each of them. docs/protocol/value.md.
type ValueStatement struct {
	Registry Domain // InstitutionRegistry, where the writer's keys stand
	Writer   InstitutionID
	Grant    Digest // CommitGrant: opens for the person and for a vault that holds the salt
	Field    FieldName
	Item     Digest // SHA-256 of the item's canonical form
	Day      uint64 // Unix day of the signature
}

// CommitGrant hides the grant under which something was written: a grant's id is a handle,
// and two recipients of one writer's values must not hold the same.
func CommitGrant(salt Salt, grant GrantID) Digest {
	h := sha256.New()
	h.Write([]byte(valueGrantDomain))
	h.Write(salt[:])
	h.Write(grant[:])
	return Digest(h.Sum(nil))
}

// Message is what is signed: the domain, chain id (8 bytes, big-endian like all numbers
// here), registry (20), writer (32), grant commitment (32), item (32), day (8), and the
// field's name, which alone has no fixed length and comes last.
func (s *ValueStatement) Message() []byte {
	m := make([]byte, 0, len(valueDomain)+132+len(s.Field))
	m = append(m, valueDomain...)
	m = binary.BigEndian.AppendUint64(m, s.Registry.ChainID)
	m = append(m, s.Registry.Contract[:]...)
	m = append(m, s.Writer[:]...)
	m = append(m, s.Grant[:]...)
	m = append(m, s.Item[:]...)
	m = binary.BigEndian.AppendUint64(m, s.Day)
	return append(m, s.Field...)
}

// Verify returns ErrValueSignature unless the key signed the statement. Whose the key was
// on that day is the ledger's to say.
func (s *ValueStatement) Verify(key WriterKey, sig WriterSignature) error {
	if !signedP256(key, s.Message(), sig) {
		return ErrValueSignature
	}
	return nil
}

// SignValue signs a statement with the institution's TLS key.
func SignValue(key crypto.Signer, s *ValueStatement) (sig WriterSignature, err error) {
	return signP256(key, s.Message())
}

// signP256 is ECDSA on P-256 over the SHA-256 of a message; ErrWriterKey for another kind of key.
func signP256(key crypto.Signer, message []byte) (sig WriterSignature, err error) {
	if _, err := WriterKeyOf(key.Public()); err != nil {
		return sig, err
	}
	digest := sha256.Sum256(message)
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return sig, err
	}
	return LowS(der)
}

// signedP256 reports whether key made the signature of the message, in the one form that is taken.
func signedP256(key WriterKey, message []byte, sig WriterSignature) bool {
	public, err := key.Public()
	if err != nil {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	digest := sha256.Sum256(message)
	return s.Cmp(halfOrder) <= 0 && ecdsa.Verify(public, digest[:], r, s)
}

// WriterKeyOf is a public key as values carry it; ErrWriterKey.
func WriterKeyOf(key crypto.PublicKey) (k WriterKey, err error) {
	public, ok := key.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return k, ErrWriterKey
	}
	point, err := public.Bytes()
	if err != nil {
		return k, ErrWriterKey
	}
	copy(k[:], point[1:])
	return k, nil
}

// Public is the key; ErrWriterKey for what is no point of the curve.
func (k WriterKey) Public() (*ecdsa.PublicKey, error) {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, k[:]...))
	if err != nil {
		return nil, ErrWriterKey
	}
	return public, nil
}

// Hash is by which InstitutionRegistry knows the key: SHA-256 of the DER
// SubjectPublicKeyInfo. ErrWriterKey.
func (k WriterKey) Hash() (Digest, error) {
	public, err := k.Public()
	if err != nil {
		return Digest{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return Digest{}, ErrWriterKey
	}
	return sha256.Sum256(der), nil
}

var halfOrder = new(big.Int).Rsh(elliptic.P256().Params().N, 1)

// LowS reads an ASN.1 ECDSA signature on P-256 and takes the lower form of s, so that no
// signature has a second valid spelling.
func LowS(der []byte) (sig WriterSignature, err error) {
	var inner cryptobyte.String
	r, s := new(big.Int), new(big.Int)
	input := cryptobyte.String(der)
	if !input.ReadASN1(&inner, asn1.SEQUENCE) || !input.Empty() || !inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() {
		return sig, ErrValueSignature
	}
	order := elliptic.P256().Params().N
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(order) >= 0 || s.Cmp(order) >= 0 {
		return sig, ErrValueSignature
	}
	if s.Cmp(halfOrder) > 0 {
		s.Sub(order, s)
	}
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return sig, nil
}

// KeyPeriod is a TLS key of an institution and when it counted, as InstitutionRegistry has
// it: block times, in Unix seconds.
type KeyPeriod struct {
	Hash       Digest `json:"key_hash"` // WriterKey.Hash
	Added      uint64 `json:"added"`
	ValidUntil uint64 `json:"valid_until,omitempty"` // 0: no end is set
	RemovedAt  uint64 `json:"removed_at,omitempty"`  // 0: it was not removed; removal may mean that it was stolen
}

// HeldOn reports whether the key counted at any time of a Unix day: what was signed with
// it then is its institution's, also after it has ended or was removed.
func (k KeyPeriod) HeldOn(day uint64) bool {
	if k.Added == 0 || day >= 1<<40 { // no day; below it nothing overflows
		return false
	}
	begin := day * Day
	return k.Added < begin+Day && (k.ValidUntil == 0 || k.ValidUntil > begin) && (k.RemovedAt == 0 || k.RemovedAt >= begin)
}
