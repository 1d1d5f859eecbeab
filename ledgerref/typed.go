package ledgerref

import (
	"encoding/binary"

	"github.com/wrapious/wrappy/consent"
)

// Typed data of InstitutionRegistry, signed under Addresses.InstitutionsDomain.
const (
	registerInstitutionType = "RegisterInstitution(bytes32 id,address recoveryKey,uint8 kind,bytes2 jurisdiction,bytes32 sealingKey,string name,uint64 deadline)"
	addTLSKeyType           = "AddTlsKey(bytes32 institution,bytes32 keyHash,bytes32 replaces,uint64 replacedUntil,uint64 nonce,uint64 deadline)"
	removeTLSKeyType        = "RemoveTlsKey(bytes32 institution,bytes32 keyHash,uint64 nonce,uint64 deadline)"
	rotateColdKeyType       = "RotateColdKey(bytes32 institution,address newColdKey,uint64 nonce,uint64 deadline)"
	changeRecoveryKeyType   = "ChangeRecoveryKey(bytes32 institution,address newRecoveryKey,uint64 nonce,uint64 deadline)"
	cancelChangesType       = "CancelChanges(bytes32 institution,uint64 nonce,uint64 deadline)"
	recoverColdKeyType      = "RecoverColdKey(bytes32 institution,address newColdKey,address newRecoveryKey,uint64 nonce,uint64 deadline)"
	withdrawAttestationType = "WithdrawAttestation(bytes32 accreditor,bytes32 institution,uint64 nonce,uint64 deadline)"
	attestType              = "Attest(bytes32 accreditor,bytes32 institution,uint64 expires,uint64 nonce,uint64 deadline)"
	suspendType             = "Suspend(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)"
	liftType                = "LiftSuspension(bytes32 by,bytes32 institution,uint64 nonce,uint64 deadline)"
)

var (
	institutionDomain = consent.Keccak256([]byte("wrappy institution v1"))
	possessionDomain  = consent.Keccak256([]byte("wrappy tls possession v1"))
)

// structHash is the EIP-712 hash of a struct: its type and one word per member.
func structHash(typ string, members ...[32]byte) [32]byte {
	t := consent.Keccak256([]byte(typ))
	return hashWords(append([][32]byte{t}, members...)...)
}

func hashWords(words ...[32]byte) [32]byte { return consent.Keccak256(joinWords(words...)) }

func joinWords(words ...[32]byte) []byte {
	b := make([]byte, 0, 32*len(words))
	for _, w := range words {
		b = append(b, w[:]...)
	}
	return b
}

func wordOf(n uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], n)
	return w
}

func wordOfAddress(a consent.Address) (w [32]byte) {
	copy(w[12:], a[:])
	return w
}

func wordOfText(s string) [32]byte { return consent.Keccak256([]byte(s)) }

// wordOfBytes is a bytesN, which stands at the left of its word.
func wordOfBytes(b []byte) (w [32]byte) {
	copy(w[:], b)
	return w
}

// InstitutionID is the id of an institution with this first cold key and salt.
func InstitutionID(coldKey consent.Address, salt consent.Salt) consent.InstitutionID {
	return hashWords(institutionDomain, wordOfAddress(coldKey), salt)
}
