package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Errors of the gate beside those of consent. None carries anything of a caller's input.
var (
	// ErrCall: a call that is malformed whatever the vault holds (a bound, a spelling).
	ErrCall = errors.New("malformed call")
	// ErrIdempotencyReuse: the Idempotency-Key came before with another body.
	ErrIdempotencyReuse = errors.New("idempotency key was used with another body")
	// ErrAnswered: the request has its answer already. Wraps consent.ErrConflict.
	ErrAnswered = fmt.Errorf("%w: the request is answered already", consent.ErrConflict)
	// ErrErased: the subject was erased; no head is made under this identity again.
	ErrErased = errors.New("erased")
	// ErrRegion: this vault has no key for the jurisdiction.
	ErrRegion = errors.New("jurisdiction is not served here")
	// ErrLeft: the key of the subject's region was destroyed. Wraps ErrRegion.
	ErrLeft = fmt.Errorf("%w any more: its key was destroyed", ErrRegion)
)

// Denial is the gate's no to somebody who may know why: the institution that a
// grant names, or the person. Reasons that rest on a policy fact about the person
// read consent.ReasonPolicy. Proof is of the journal's entry; zero where a request was
// refused to an institution that is suspended or not attested, which makes no entry.
type Denial struct {
	Reasons  []consent.Reason
	Withheld []consent.Withheld
	Proof    consent.Proof
}

// Error gives the reasons, which are codes from a closed set.
func (d *Denial) Error() string { return fmt.Sprintf("denied: %v", d.Reasons) }

// ReleaseCall asks for fields under a grant.
type ReleaseCall struct {
	Grant          consent.GrantID
	Fields         []consent.FieldName // none: all that the grant names
	IdempotencyKey string              // 1 to 255 printable ASCII characters; "" = none
	Turn           Turn                // nil: none is needed
	// Holds reports whether the form of the answer has a place for a field; the others
	// are withheld as no_place. nil: it has one for every field.
	Holds func(consent.FieldName) bool
	// Unless names what the recipient has, by the Tags of earlier answers: fields that are
	// still the same are withheld as unchanged. At most 200.
	Unless []FieldTag
}

// Release is what leaves. The caller sends it and then calls Done.
type Release struct {
	crypto.Redacted
	Grant       Terms
	Released    map[consent.FieldName][]Sourced
	Versions    map[consent.FieldName]uint64
	Withheld    []consent.Withheld
	Tags        []FieldTag // of what was sent and of what is unchanged: for the next call's Unless
	Proof       consent.Proof
	Redelivered bool // a retry under one Idempotency-Key: the same versions, nothing consumed

	done func(ctx context.Context, delivered bool)
}

// Terms repeat to the recipient what it is bound to.
type Terms struct {
	ID            consent.GrantID
	Purpose       consent.Purpose
	LegalBasis    consent.LegalBasis
	Expires       uint64 // the earlier of document and ledger
	RetentionDays uint32
	MaxReleases   uint32 // 0 = no limit
	Used          uint32 // releases taken so far, this one included; 0 where there is no limit

	Representation consent.Representation
	Assistance     consent.Assistance
}

// WriteCall gives values to be stored under a grant with the action write.
type WriteCall struct {
	Grant          consent.GrantID
	Values         map[consent.FieldName]json.RawMessage
	Signatures     map[consent.FieldName][]ItemSignature // day, salt and signature of each item; the gate sets the rest
	Key            consent.WriterKey                     // of the connection that the call came over
	IdempotencyKey string
	Turn           Turn // nil: none is needed
	// All: where anything of it cannot be stored nothing is, and the *Denial names what.
	All bool
}

// Written says what was stored; fields that were not are withheld with a reason.
type Written struct {
	Grant       Terms
	Stored      []consent.FieldVersion
	Withheld    []consent.Withheld
	Proof       consent.Proof
	Redelivered bool
}

// RequestStatus is what has become of a request: requested, given, refused,
// expired, withdrawn or revoked. Grant is set once it was given; show it to the
// institution that asked and to nobody else.
type RequestStatus struct {
	Status   consent.Status
	Grant    consent.GrantID
	Answered uint64 // Unix seconds; 0 = not yet
}

// AskedRequest is one of an institution's own requests.
type AskedRequest struct {
	ID      consent.RequestID
	Request consent.Request
	RequestStatus
}

// SignedGrant is a person's yes, as the vault receives it.
type SignedGrant struct {
	Grant            consent.Grant
	Act              consent.GrantAct
	ActSignature     consent.Signature // by the grant key
	Binding          consent.Binding
	BindingSignature consent.Signature  // by the root key; with Help of the assist key, for a representative of theirs
	Help             *Help              // nil: without
	Representative   consent.IdentityID // zero: the person
}

// ErrReused: a grant key, a salt or a grant id that was taken before would link two
// grants of a person on the ledger.
var ErrReused = fmt.Errorf("%w: grant key or salt was used before", consent.ErrConflict)

// GrantReceipt answers a grant. Status is requested until the ledger has confirmed
// it. The same grant again has the first one's Proof.
type GrantReceipt struct {
	ID      consent.GrantID
	Status  consent.Status
	Expires uint64
	Proof   consent.Proof
}

// WithdrawReceipt answers a withdrawal; a second one has the first one's Time.
type WithdrawReceipt struct {
	ID      consent.GrantID
	Status  consent.Status // withdrawn, or revoked where that came first
	Time    uint64         // Unix seconds of the tombstone
	Relayed bool           // the ledger will follow, within a day where everything was withdrawn at once; false for a root key's withdrawal, where the tombstone alone counts
	Proof   *consent.Proof // nil when it had been withdrawn before, or the journal could not be written: it counts all the same
}

// HeldGrant is a grant as the institution that it names sees it.
type HeldGrant struct {
	ID     consent.GrantID
	Grant  consent.Grant
	Status consent.Status
	Used   uint32 // releases taken of a limited grant
}

// OwnGrant is a grant as the person who gave it sees it.
type OwnGrant struct {
	ID     consent.GrantID
	Grant  consent.Grant
	Status consent.Status
	Used   uint32
	Given  uint64 // the binding's time
	// Deletion of what was released under it; nil: nothing was.
	Deletion *Deletion
}

// EnrolCall opens a subject at this vault, or replaces its session key.
type EnrolCall struct {
	Enrolment    consent.Enrolment
	Signature    consent.Signature // by the root key
	RootKey      consent.Address   // with RecoveryHash and Salt: what the identity derives from
	RecoveryHash consent.Digest
	Salt         consent.Salt

	RegisterDeadline  uint64 // KeyRegistry's Register(id, deadline), relayed unless the ledger knows the identity
	RegisterSignature consent.Signature
}

// String is redacted: a value is somebody's personal data.
func (s Sourced) String() string { return "sourced value(redacted)" }

// Format keeps every verb redacted.
func (s Sourced) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue keeps the value out of logs.
func (s Sourced) LogValue() slog.Value { return slog.StringValue(s.String()) }
