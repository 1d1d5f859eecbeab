package consent

import "time"

// Status of a grant. Only StatusGiven permits anything.
type Status string

// W3C DPV ConsentStatus terms, in lower case.
const (
	StatusUnknown     Status = "unknown"
	StatusRequested   Status = "requested"
	StatusGiven       Status = "given"
	StatusRefused     Status = "refused"
	StatusExpired     Status = "expired"
	StatusWithdrawn   Status = "withdrawn"
	StatusRevoked     Status = "revoked"
	StatusInvalidated Status = "invalidated"
)

// GrantState is what the confirmed chain says of (grant key, id). Status is one
// of unknown, given, withdrawn, revoked; expiry is not applied here.
type GrantState struct {
	Status    Status
	GrantedAt uint64 // block time of the grant
	Block     uint64 // block in which it was granted
	Expires   uint64 // as the chain has it, a whole day
	// Withdrawal is the grant key's signature of a withdrawal seen in a transaction of any
	// block, confirmed or not, even one that a reorganisation has taken out since; zero where none was seen.
	Withdrawal Signature
}

// Kind of institution.
type Kind uint8

// The kinds, in the order of InstitutionRegistry.
const (
	KindUnknown Kind = iota
	KindHospital
	KindClinic
	KindSchool
	KindRegistrar
	KindAgency
	KindBorder
	KindBank
	KindEmployer
	KindAccreditor
)

var kindNames = [...]string{"unknown", "hospital", "clinic", "school", "registrar", "agency", "border", "bank", "employer", "accreditor"}

// String is the kind's lower-case name.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[0]
	}
	return kindNames[k]
}

// ParseKind is the reverse of String; KindUnknown for anything else.
func ParseKind(name string) Kind {
	for i, n := range kindNames {
		if n == name {
			return Kind(i)
		}
	}
	return KindUnknown
}

// Institution is an organisation as the ledger's view has it.
type Institution struct {
	ID           InstitutionID
	Name         string
	Kind         Kind
	Jurisdiction string
	SealingKey   [32]byte // X25519, zero where there is none
	Suspended    bool
	Attested     bool   // by an accreditor that itself stands, at the view's time
	AttestedTo   uint64 // end of the attestation, or of the accreditor's own standing
	Accreditor   InstitutionID
	Accreditors  []InstitutionID // all that stand behind it now, sorted; Accreditor is one of them
}

// View says how far the ledger has been followed.
type View struct {
	Block uint64
	Hash  Digest
	Time  uint64        // the newest agreed head's timestamp
	Age   time.Duration // wall clock − Time; on a network without regular blocks, since the last good poll
}

// ActKind names what the relayer submits.
type ActKind string

// The acts that the vault relays for people.
const (
	ActGrant    ActKind = "grant"
	ActWithdraw ActKind = "withdraw"
	ActRegister ActKind = "register"
)

// ActKinds are all of them.
func ActKinds() []ActKind {
	return []ActKind{
		ActGrant, ActWithdraw, ActRegister,
	}
}

// Act is one signed act for the chain, submitted by the relayer for the signer.
// Which members are used follows from Kind; all but For and After go to the chain.
type Act struct {
	Kind         ActKind
	Key          Address // grant key, or the root key to be registered
	Grant        GrantID
	Expiry       uint64 // grant
	Deadline     uint64 // grant, register
	RecoveryHash Digest // register
	Salt         Salt   // register
	Signature    Signature
	// For is the institution whose request or invitation the act answers: what it costs
	// counts against that institution's budget. Zero where nobody invited. Never on the chain.
	For InstitutionID
	// After is the earliest second at which it is sent; 0: now. Never on the chain.
	After uint64
}

// GrantRef is a grant's name on the chain: keccak256(abi.encode(key, id)).
func GrantRef(key Address, id GrantID) [32]byte {
	var words [64]byte
	copy(words[12:], key[:])
	copy(words[32:], id[:])
	return Keccak256(words[:])
}
