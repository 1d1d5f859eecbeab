package consent

import (
	"crypto"
	"encoding/binary"
	"errors"
)

// What is signed where a helper's device stands in for a phone, docs/protocol/assist.md. An
// assist key signs types of its own: nothing that it signs is taken for the root key's, nor
// the reverse.
const (
	assistKeyType       = "AssistKey(bytes32 identity,string vault,address key,uint64 time)"
	assistSessionType   = "AssistSession(bytes32 identity,string vault,string origin,bytes32 request,bytes32 nonce,bytes32 proofKey,uint64 expires)"
	assistedBindingType = "AssistedBinding(bytes32 grant,bytes32 identity,bytes32 opening,uint64 time)"
	assistStopType      = "AssistWithdraw(bytes32 id,bytes32 identity,string vault,uint64 time)"
	assistStopAllType   = "AssistWithdrawAll(bytes32 identity,string vault,uint64 time)"
)

// AssistPeriod is how long, in seconds, an assist session and a helping institution's word last.
const AssistPeriod uint64 = 600

// AssistKey says by which key a helper's device may act at one vault, signed by the root key.
// A later statement takes the place of an earlier one.
type AssistKey struct {
	Identity IdentityID
	Vault    string  // the origin of the vault's log: no other vault takes it
	Key      Address // zero: none any more
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the statement.
func (a AssistKey) StructHash() [32]byte {
	return encodeType(assistKeyType).hash(a.Identity).text(a.Vault).address(a.Key).uint(a.Time).sum()
}

// AssistSession opens a helper's device's session, signed by the assist key. The one
// request that it names is the only one that can be answered in it.
type AssistSession struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log
	Origin   string // of the page
	Request  RequestID
	Nonce    [32]byte
	ProofKey Digest // as in Session
	Expires  uint64 // at most AssistPeriod ahead
}

// StructHash is the EIP-712 struct hash of the session.
func (s AssistSession) StructHash() [32]byte {
	return encodeType(assistSessionType).hash(s.Identity).text(s.Vault).text(s.Origin).hash(s.Request).hash(s.Nonce).hash(s.ProofKey).uint(s.Expires).sum()
}

// AssistedHash is the struct hash that the assist key signs in place of StructHash.
func (b Binding) AssistedHash() [32]byte {
	return encodeType(assistedBindingType).hash(b.Grant).hash(b.Identity).hash(b.Opening).uint(b.Time).sum()
}

// AssistWithdraw ends one grant of the identity at the vault, signed by the assist key.
type AssistWithdraw struct {
	ID       GrantID
	Identity IdentityID
	Vault    string
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (w AssistWithdraw) StructHash() [32]byte {
	return encodeType(assistStopType).hash(w.ID).hash(w.Identity).text(w.Vault).uint(w.Time).sum()
}

// AssistedHash is the struct hash by which the assist key ends everything, in place of StructHash.
func (w WithdrawAll) AssistedHash() [32]byte {
	return encodeType(assistStopAllType).hash(w.Identity).text(w.Vault).uint(w.Time).sum()
}

// Help is a helping institution's word, by one of its TLS keys, that a device of its own was
// used for one grant within a window of time.
type Help struct {
	Registry    Domain // InstitutionRegistry, where the institution's keys stand
	Vault       string // the origin of the vault's log
	Institution InstitutionID
	Grant       GrantID
	Request     RequestID
	NotBefore   uint64 // Unix seconds
	Until       uint64 // at most AssistPeriod after NotBefore
}

// ErrHelp: malformed, of the higher s, a window that is none, or not by the key over this.
var ErrHelp = errors.New("help is not signed by the helping institution's key")

// Message is what is signed: "wrappy help v1", a zero byte, chain id (8 bytes, big-endian
// like all numbers here), registry (20), institution (32), grant (32), request (32), not
// before (8), until (8), and the log's origin, which alone has no fixed length.
func (h *Help) Message() []byte {
	m := append(make([]byte, 0, 155+len(h.Vault)), "wrappy help v1\x00"...)
	m = binary.BigEndian.AppendUint64(m, h.Registry.ChainID)
	m = append(m, h.Registry.Contract[:]...)
	m = append(m, h.Institution[:]...)
	m = append(m, h.Grant[:]...)
	m = append(m, h.Request[:]...)
	m = binary.BigEndian.AppendUint64(m, h.NotBefore)
	m = binary.BigEndian.AppendUint64(m, h.Until)
	return append(m, h.Vault...)
}

// Sign signs with the institution's TLS key.
func (h *Help) Sign(key crypto.Signer) (WriterSignature, error) { return signP256(key, h.Message()) }

// Verify returns ErrHelp unless the key signed it and the window is one. Whose the key was
// then is the ledger's to say.
func (h *Help) Verify(key WriterKey, sig WriterSignature) error {
	if h.Until <= h.NotBefore || h.Until-h.NotBefore > AssistPeriod || !signedP256(key, h.Message(), sig) {
		return ErrHelp
	}
	return nil
}
