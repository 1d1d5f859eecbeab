package consent

// Reason says why something was withheld or denied. The set is closed; clients
// may switch on it. docs/protocol/reasons.md gives each in a sentence.
type Reason string

// Reasons. The institution that a grant names learns them; a reason that rests on
// a policy fact about the person is given as ReasonPolicy and no more.
const (
	ReasonUnconfirmed    Reason = "unconfirmed"      // not yet granted on the confirmed chain
	ReasonNotYet         Reason = "not_yet"          // before the grant's beginning
	ReasonExpired        Reason = "expired"          // after its end
	ReasonWithdrawn      Reason = "withdrawn"        // by the person
	ReasonRevoked        Reason = "revoked"          // by anyone else
	ReasonInvalid        Reason = "invalid"          // the stored documents do not verify
	ReasonLimit          Reason = "limit_reached"    // number of releases
	ReasonAction         Reason = "action"           // the grant does not allow this action
	ReasonNotInGrant     Reason = "not_in_grant"     // field not in the grant
	ReasonNoValue        Reason = "no_value"         // granted, but nothing is recorded
	ReasonUnknownField   Reason = "unknown_field"    // not in the catalog in force
	ReasonUnknownPurpose Reason = "unknown_purpose"  // purpose not in the bundle in force
	ReasonSuspended      Reason = "suspended"        // the institution is suspended
	ReasonNotAttested    Reason = "not_attested"     // no accreditor stands behind the institution
	ReasonPurposeKind    Reason = "purpose_kind"     // purpose not open to this kind of institution
	ReasonFieldPurpose   Reason = "field_purpose"    // field not needed for this purpose
	ReasonFieldKind      Reason = "field_kind"       // field not open to this kind of institution
	ReasonBasis          Reason = "legal_basis"      // legal basis not accepted for this purpose
	ReasonRetention      Reason = "retention"        // retention longer than the purpose allows
	ReasonCountry        Reason = "country"          // country protected against; given to institutions as policy
	ReasonPolicy         Reason = "policy"           // policy, no more is said
	ReasonBadValue       Reason = "bad_value"        // on writing: not of the catalog's type
	ReasonBadSignature   Reason = "bad_signature"    // on writing: not signed by the writer, item by item
	ReasonNoPlace        Reason = "no_place"         // the answer's form (FHIR) has no place for the field
	ReasonUnchanged      Reason = "unchanged"        // the recipient has this version already and asked not to be sent it again
	ReasonAccreditor     Reason = "accreditor"       // no accreditor that policy counts for this kind and country stands behind the institution
	ReasonOverdue        Reason = "deletion_overdue" // the institution has not attested a deletion that was due
	ReasonHelper         Reason = "helper"           // the helping institution is suspended, or no accreditor stands behind it
	ReasonHelperLimit    Reason = "helper_limit"     // the helping institution has helped as often as it may today
	ReasonDisputed       Reason = "disputed"         // the person says that their seed may have been somebody else's when this was given
)

// Reasons are all of them.
func Reasons() []Reason {
	return []Reason{
		ReasonUnconfirmed, ReasonNotYet, ReasonExpired, ReasonWithdrawn, ReasonRevoked, ReasonInvalid, ReasonLimit,
		ReasonAction, ReasonNotInGrant, ReasonNoValue, ReasonUnknownField, ReasonUnknownPurpose, ReasonSuspended,
		ReasonNotAttested, ReasonPurposeKind, ReasonFieldPurpose, ReasonFieldKind, ReasonBasis, ReasonRetention,
		ReasonCountry, ReasonPolicy, ReasonBadValue, ReasonBadSignature, ReasonNoPlace, ReasonUnchanged,
		ReasonAccreditor, ReasonOverdue, ReasonDisputed, ReasonHelper, ReasonHelperLimit,
	}
}

// Withheld is one field that does not leave (or, on writing, was not stored), and why.
type Withheld struct {
	_      struct{}  `cbor:",toarray"`
	Field  FieldName `json:"field"`
	Reason Reason    `json:"reason"`
}

// PolicyFacts are the few coarse facts about a person that rules may see. They
// are opened for the decision only and never released.
type PolicyFacts struct {
	_              struct{} `cbor:",toarray"`
	Minor          bool
	Representative bool     // somebody represents the person
	NeverCountries []string // ISO 3166-1 alpha-2, sorted: never release to them
}

// PolicyFactsStatement is signed by the root key to set the facts.
type PolicyFactsStatement struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log: no other vault takes it
	Facts    PolicyFacts
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the statement.
func (s PolicyFactsStatement) StructHash() [32]byte {
	return encodeType(factsType).hash(s.Identity).text(s.Vault).bool(s.Facts.Minor).bool(s.Facts.Representative).
		hash(hashStrings(s.Facts.NeverCountries)).uint(s.Time).sum()
}

// Question is everything a policy decision may see.
type Question struct {
	Action      Actions // Read or Write, one of them
	Fields      []FieldName
	GrantID     GrantID
	Grant       *Grant
	Institution Institution
	Facts       PolicyFacts
	Time        uint64
	// OverdueSince is when the earliest deletion was due that the institution has not
	// attested, in Unix seconds, at most Time; 0 for none.
	OverdueSince uint64
}

// Decision is permit or deny with its reasons. A decision that permits no field
// denies. Reasons speak of the whole; Withheld of single fields.
type Decision struct {
	Permitted    []FieldName
	Withheld     []Withheld
	Reasons      []Reason
	PolicyDigest Digest // SHA-256 of the bundle in force
	Revision     uint64
	ValidUntil   uint64 // rules that read time say until when they hold; 0 = the question's time only
}
