package consent

import (
	"encoding/binary"
	"slices"

	"golang.org/x/crypto/sha3"
)

// Domain separates signatures by deployment: the EIP-712 domain with the name
// "Wrappy Vault", version "1", the chain's id and the contract that checks (for
// what only a vault checks: ConsentLedger).
type Domain struct {
	ChainID  uint64
	Contract Address
}

const (
	domainType      = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	grantType       = "Grant(uint16 version,uint8 audience,bytes32 institution,bytes32 request,string purpose,string legalBasis,string jurisdiction,string[] fields,uint8 actions,uint64 notBefore,uint64 expires,uint32 maxReleases,uint32 retentionDays,bytes32 noticeDigest,string noticeLanguage,uint8 representation,uint8 assistance,address grantKey,bytes32 salt)"
	requestType     = "Request(uint16 version,bytes32 institution,string purpose,string legalBasis,string jurisdiction,string[] fields,uint8 actions,uint64 notBefore,uint64 expires,uint32 maxReleases,uint32 retentionDays,bytes32[] notices,uint64 answerBy,bytes32 salt)"
	bindingType     = "Binding(bytes32 grant,bytes32 identity,bytes32 opening,uint64 time)"
	grantActType    = "Grant(bytes32 id,uint64 expiry,uint64 deadline)"
	withdrawType    = "Withdraw(bytes32 id)"
	rootStopType    = "WithdrawAsIdentity(bytes32 id,bytes32 identity)"
	refuseType      = "Refuse(bytes32 request,bytes32 identity,uint64 time)"
	enrolType       = "Enrol(bytes32 identity,string vault,address sessionKey,string jurisdiction,uint64 time)"
	sessionType     = "Session(bytes32 identity,string vault,string origin,bytes32 nonce,bytes32 proofKey,uint64 expires)"
	factsType       = "PolicyFacts(bytes32 identity,string vault,bool minor,bool representative,string[] neverCountries,uint64 time)"
	withdrawAllType = "WithdrawAll(bytes32 identity,string vault,uint64 time)"
	disputeType     = "Dispute(bytes32 identity,string vault,uint64 since,uint64 time)"
	eraseType       = "Erase(bytes32 identity,string vault)"
	registerType    = "Register(bytes32 id,uint64 deadline)"
)

// Keccak256 is the EVM's hash, over the concatenation of parts.
func Keccak256(parts ...[]byte) (out [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	h.Sum(out[:0])
	return out
}

// encoder builds the ABI encoding of one struct: a 32-byte word per member.
type encoder struct{ words []byte }

func encodeType(typ string) *encoder {
	e := &encoder{words: make([]byte, 0, 24*32)}
	e.hash(Keccak256([]byte(typ)))
	return e
}

func (e *encoder) hash(v [32]byte) *encoder { e.words = append(e.words, v[:]...); return e }
func (e *encoder) text(s string) *encoder   { return e.hash(Keccak256([]byte(s))) }
func (e *encoder) address(a Address) *encoder {
	e.words = append(append(e.words, make([]byte, 12)...), a[:]...)
	return e
}

func (e *encoder) uint(v uint64) *encoder {
	e.words = binary.BigEndian.AppendUint64(append(e.words, make([]byte, 24)...), v)
	return e
}

func (e *encoder) bool(v bool) *encoder {
	if v {
		return e.uint(1)
	}
	return e.uint(0)
}
func (e *encoder) sum() [32]byte { return Keccak256(e.words) }

func hashStrings[T ~string](list []T) [32]byte {
	words := make([]byte, 0, 32*len(list))
	for _, s := range list {
		h := Keccak256([]byte(s))
		words = append(words, h[:]...)
	}
	return Keccak256(words)
}

var (
	domainName    = Keccak256([]byte("Wrappy Vault"))
	domainVersion = Keccak256([]byte("1"))
)

// Separator is the EIP-712 domain separator.
func (d Domain) Separator() [32]byte {
	return encodeType(domainType).hash(domainName).hash(domainVersion).uint(d.ChainID).address(d.Contract).sum()
}

// Digest is what a key signs: Keccak-256 of 0x1901, the separator and the struct hash.
func (d Domain) Digest(structHash [32]byte) Digest {
	separator := d.Separator()
	return Keccak256([]byte{0x19, 0x01}, separator[:], structHash[:])
}

// ID is the grant's EIP-712 struct hash.
func (g *Grant) ID() GrantID {
	return encodeType(grantType).uint(uint64(g.Version)).uint(uint64(g.Audience)).hash(g.Institution).hash(g.Request).
		text(string(g.Purpose)).text(string(g.LegalBasis)).text(g.Jurisdiction).hash(hashStrings(g.Fields)).
		uint(uint64(g.Actions)).uint(g.NotBefore).uint(g.Expires).uint(uint64(g.MaxReleases)).uint(uint64(g.RetentionDays)).
		hash(g.NoticeDigest).text(g.NoticeLanguage).uint(uint64(g.Representation)).uint(uint64(g.Assistance)).
		address(g.GrantKey).hash(g.Salt).sum()
}

// ID is the request's EIP-712 struct hash; notices enter by their digests, sorted.
func (r *Request) ID() RequestID {
	digests := make([]string, len(r.Notices))
	for i, n := range r.Notices {
		d := n.Digest()
		digests[i] = string(d[:])
	}
	slices.Sort(digests)
	notices := sha3.NewLegacyKeccak256()
	for _, d := range digests {
		_, _ = notices.Write([]byte(d))
	}
	return encodeType(requestType).uint(uint64(r.Version)).hash(r.Institution).text(string(r.Purpose)).text(string(r.LegalBasis)).
		text(r.Jurisdiction).hash(hashStrings(r.Fields)).uint(uint64(r.Actions)).uint(r.NotBefore).uint(r.Expires).
		uint(uint64(r.MaxReleases)).uint(uint64(r.RetentionDays)).hash([32]byte(notices.Sum(nil))).uint(r.AnswerBy).hash(r.Salt).sum()
}

// StructHash is what the root key (or, later, an assist key) signs for a binding.
func (b Binding) StructHash() [32]byte {
	return encodeType(bindingType).hash(b.Grant).hash(b.Identity).hash(b.Opening).uint(b.Time).sum()
}

// GrantAct is signed by the grant key for ConsentLedger. Expiry is a whole day.
type GrantAct struct {
	ID       GrantID
	Expiry   uint64
	Deadline uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (a GrantAct) StructHash() [32]byte {
	return encodeType(grantActType).hash(a.ID).uint(a.Expiry).uint(a.Deadline).sum()
}

// WithdrawHash is the struct hash that the grant key signs to withdraw. It has no
// deadline: the person keeps it pre-signed.
func WithdrawHash(id GrantID) [32]byte { return encodeType(withdrawType).hash(id).sum() }

// WithdrawAsIdentityHash is the struct hash by which an identity's current root
// key withdraws any grant of that identity at the vault.
func WithdrawAsIdentityHash(id GrantID, identity IdentityID) [32]byte {
	return encodeType(rootStopType).hash(id).hash(identity).sum()
}

// Refusal is the person's no to a request, signed by the root key.
type Refusal struct {
	Request  RequestID
	Identity IdentityID
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the refusal.
func (r Refusal) StructHash() [32]byte {
	return encodeType(refuseType).hash(r.Request).hash(r.Identity).uint(r.Time).sum()
}

// Enrolment opens a subject at this vault, signed by the root key.
type Enrolment struct {
	Identity     IdentityID
	Vault        string // the origin of the vault's log: no other vault takes it
	SessionKey   Address
	Jurisdiction string // whose region key protects the subject's data
	Time         uint64
}

// StructHash is the EIP-712 struct hash of the enrolment.
func (e Enrolment) StructHash() [32]byte {
	return encodeType(enrolType).hash(e.Identity).text(e.Vault).address(e.SessionKey).text(e.Jurisdiction).uint(e.Time).sum()
}

// Session lets one page read for minutes, signed by the session key. ProofKey is
// SHA-256 of the SubjectPublicKeyInfo of the P-256 key that signs each request.
type Session struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log
	Origin   string // of the page
	Nonce    [32]byte
	ProofKey Digest
	Expires  uint64
}

// StructHash is the EIP-712 struct hash of the session.
func (s Session) StructHash() [32]byte {
	return encodeType(sessionType).hash(s.Identity).text(s.Vault).text(s.Origin).hash(s.Nonce).hash(s.ProofKey).uint(s.Expires).sum()
}

// RegisterHash is the struct hash that the root key signs for KeyRegistry.
func RegisterHash(id IdentityID, deadline uint64) [32]byte {
	return encodeType(registerType).hash(id).uint(deadline).sum()
}

var identityDomain = Keccak256([]byte("wrappy identity v1"))

// DeriveIdentity is Keccak-256 of the domain, the root key's address, the recovery
// hash and the salt, each as a 32-byte word: nobody can squat it.
func DeriveIdentity(rootKey Address, recoveryHash Digest, salt Salt) IdentityID {
	e := &encoder{}
	return e.hash(identityDomain).address(rootKey).hash(recoveryHash).hash(salt).sum()
}
