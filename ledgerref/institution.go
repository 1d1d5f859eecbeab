package ledgerref

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/wrapious/wrappy/consent"
)

// Signer is a cold key: a wallet key, an Account, a device.
type Signer interface {
	Address() consent.Address
	Sign(digest consent.Digest) consent.Signature
}

// The acts below are signed where the cold key is and can be carried as JSON to
// wherever somebody submits them. Deadlines are the last block time, in Unix seconds,
// at which the contract accepts the act; nonces come from Chain.Nonce.

// Profile is what an institution says of itself. It never changes.
type Profile struct {
	Name         string          `json:"name"` // 1 to 128 bytes; only an attestation vouches for it
	Kind         consent.Kind    `json:"kind"`
	Jurisdiction string          `json:"jurisdiction"` // ISO 3166-1 alpha-2
	SealingKey   [32]byte        `json:"sealing_key"`  // X25519, zero for none
	RecoveryKey  consent.Address `json:"recovery_key"` // zero for no recovery
	Salt         consent.Salt    `json:"salt"`
}

// Registration registers an institution.
type Registration struct {
	Profile
	ColdKey   consent.Address   `json:"cold_key"`
	Deadline  uint64            `json:"deadline"`
	Signature consent.Signature `json:"signature"`
}

// ID is the id that the institution will have.
func (r Registration) ID() consent.InstitutionID { return InstitutionID(r.ColdKey, r.Salt) }

// SignRegistration signs a registration with the new institution's cold key.
func SignRegistration(a Addresses, cold Signer, profile Profile, deadline uint64) (Registration, error) {
	if len(profile.Name) == 0 || len(profile.Name) > 128 || profile.Kind == consent.KindUnknown || profile.Kind > consent.KindAccreditor {
		return Registration{}, errors.New("institution: want a name of 1 to 128 bytes and a kind")
	}
	if err := consent.ValidateJurisdiction(profile.Jurisdiction); err != nil {
		return Registration{}, fmt.Errorf("institution: %w", err)
	}
	r := Registration{Profile: profile, ColdKey: cold.Address(), Deadline: deadline}
	r.Signature = cold.Sign(r.digest(a))
	return r, nil
}

func (r Registration) digest(a Addresses) consent.Digest {
	return a.InstitutionsDomain().Digest(structHash(registerInstitutionType, r.ID(), wordOfAddress(r.RecoveryKey), wordOf(uint64(r.Kind)),
		wordOfBytes([]byte(r.Jurisdiction)), r.SealingKey, wordOfText(r.Name), wordOf(r.Deadline)))
}

// TLSKey adds a P-256 key by which the institution's TLS clients are known.
type TLSKey struct {
	Institution   consent.InstitutionID `json:"institution"`
	X             consent.Digest        `json:"x"`
	Y             consent.Digest        `json:"y"`
	Replaces      consent.Digest        `json:"replaces"`       // hash of the key that this one follows, or zero
	ReplacedUntil uint64                `json:"replaced_until"` // from when the replaced key no longer counts
	Nonce         uint64                `json:"nonce"`
	Deadline      uint64                `json:"deadline"`
	Signature     consent.Signature     `json:"signature"` // the cold key's
	ProofR        consent.Digest        `json:"proof_r"`   // the TLS key's own, over chain, contract, institution and key
	ProofS        consent.Digest        `json:"proof_s"`
}

// ErrTLSKey: only P-256 keys can be shown to the contract.
var ErrTLSKey = errors.New("TLS key: want ECDSA on P-256")

// KeyHash is by which a TLS key is known: SHA-256 of the DER SubjectPublicKeyInfo
// (RawSubjectPublicKeyInfo of a certificate).
func KeyHash(key crypto.PublicKey) ([32]byte, error) {
	_, hash, err := pointAndHash(key)
	return hash, err
}

// pointAndHash is 4 ‖ x ‖ y and the hash.
func pointAndHash(key crypto.PublicKey) (point []byte, hash [32]byte, err error) {
	public, ok := key.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, hash, ErrTLSKey
	}
	point, err = public.Bytes()
	if err != nil {
		return nil, hash, ErrTLSKey
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, hash, ErrTLSKey
	}
	return point, sha256.Sum256(der), nil
}

// SignTLSKey signs the addition with the cold key and proves possession with the
// TLS key. Replaces may be zero.
func SignTLSKey(a Addresses, cold Signer, tls crypto.Signer, act TLSKey) (TLSKey, error) {
	point, hash, err := pointAndHash(tls.Public())
	if err != nil {
		return TLSKey{}, err
	}
	act.X, act.Y = consent.Digest(point[1:33]), consent.Digest(point[33:65])
	message := sha256.Sum256(joinWords(possessionDomain, wordOf(a.ChainID), wordOfAddress(a.Institutions), act.Institution, hash))
	proof, err := tls.Sign(rand.Reader, message[:], crypto.SHA256)
	if err != nil {
		return TLSKey{}, fmt.Errorf("TLS key: prove possession: %w", err)
	}
	if act.ProofR, act.ProofS, err = lowS(proof); err != nil {
		return TLSKey{}, err
	}
	act.Signature = cold.Sign(a.InstitutionsDomain().Digest(structHash(addTLSKeyType, act.Institution, hash, act.Replaces,
		wordOf(act.ReplacedUntil), wordOf(act.Nonce), wordOf(act.Deadline))))
	return act, nil
}

// lowS reads an ASN.1 ECDSA signature; of the two forms of s the contract takes the lower.
func lowS(der []byte) (r, s consent.Digest, err error) {
	var inner cryptobyte.String
	rn, sn := new(big.Int), new(big.Int)
	input := cryptobyte.String(der)
	if !input.ReadASN1(&inner, asn1.SEQUENCE) || !input.Empty() || !inner.ReadASN1Integer(rn) || !inner.ReadASN1Integer(sn) || !inner.Empty() {
		return r, s, ErrTLSKey
	}
	order := elliptic.P256().Params().N
	if sn.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		sn.Sub(order, sn)
	}
	if rn.Sign() <= 0 || sn.Sign() <= 0 || rn.BitLen() > 256 || sn.BitLen() > 256 {
		return r, s, ErrTLSKey
	}
	rn.FillBytes(r[:])
	sn.FillBytes(s[:])
	return r, s, nil
}

// TLSKeyRemoval removes a TLS key at once and for ever.
type TLSKeyRemoval struct {
	Institution consent.InstitutionID `json:"institution"`
	KeyHash     consent.Digest        `json:"key_hash"`
	Nonce       uint64                `json:"nonce"`
	Deadline    uint64                `json:"deadline"`
	Signature   consent.Signature     `json:"signature"`
}

// SignTLSKeyRemoval signs with the institution's cold key.
func SignTLSKeyRemoval(a Addresses, cold Signer, act TLSKeyRemoval) TLSKeyRemoval {
	hash := structHash(removeTLSKeyType, act.Institution, act.KeyHash, wordOf(act.Nonce), wordOf(act.Deadline))
	act.Signature = cold.Sign(a.InstitutionsDomain().Digest(hash))
	return act
}

// Attestation is an accreditor's word for an institution until a second in the future.
type Attestation struct {
	Accreditor  consent.InstitutionID `json:"accreditor"`
	Institution consent.InstitutionID `json:"institution"`
	Expires     uint64                `json:"expires"`
	Nonce       uint64                `json:"nonce"`
	Deadline    uint64                `json:"deadline"`
	Signature   consent.Signature     `json:"signature"`
}

// SignAttestation signs with the accreditor's cold key.
func SignAttestation(a Addresses, cold Signer, act Attestation) Attestation {
	hash := structHash(attestType, act.Accreditor, act.Institution, wordOf(act.Expires), wordOf(act.Nonce), wordOf(act.Deadline))
	act.Signature = cold.Sign(a.InstitutionsDomain().Digest(hash))
	return act
}

// AttestationWithdrawal ends an attestation at once.
type AttestationWithdrawal struct {
	Accreditor  consent.InstitutionID `json:"accreditor"`
	Institution consent.InstitutionID `json:"institution"`
	Nonce       uint64                `json:"nonce"`
	Deadline    uint64                `json:"deadline"`
	Signature   consent.Signature     `json:"signature"`
}

// SignAttestationWithdrawal signs with the accreditor's cold key.
func SignAttestationWithdrawal(a Addresses, cold Signer, act AttestationWithdrawal) AttestationWithdrawal {
	hash := structHash(withdrawAttestationType, act.Accreditor, act.Institution, wordOf(act.Nonce), wordOf(act.Deadline))
	act.Signature = cold.Sign(a.InstitutionsDomain().Digest(hash))
	return act
}

// Suspension suspends an institution: itself, or one that By, an accreditor, has
// attested. With Lift it ends the suspension that By set.
type Suspension struct {
	By          consent.InstitutionID `json:"by"`
	Institution consent.InstitutionID `json:"institution"`
	Lift        bool                  `json:"lift"`
	Nonce       uint64                `json:"nonce"`
	Deadline    uint64                `json:"deadline"`
	Signature   consent.Signature     `json:"signature"`
}

// SignSuspension signs with the cold key of By.
func SignSuspension(a Addresses, cold Signer, act Suspension) Suspension {
	typ := suspendType
	if act.Lift {
		typ = liftType
	}
	hash := structHash(typ, act.By, act.Institution, wordOf(act.Nonce), wordOf(act.Deadline))
	act.Signature = cold.Sign(a.InstitutionsDomain().Digest(hash))
	return act
}
