package consent

// EntryKind says what a journal entry records.
type EntryKind string

// The kinds of entries. "Authorised" is never to be read as "received".
const (
	EntryAuthorised EntryKind = "authorised" // fields were allowed to leave
	EntryRedelivery EntryKind = "redelivery" // the same versions again under one Idempotency-Key
	EntryDelivered  EntryKind = "delivered"  // best effort: the answer was written to the connection
	EntryAborted    EntryKind = "aborted"    // best effort: nothing, or not all, was sent
	EntryDenied     EntryKind = "denied"
	EntryWritten    EntryKind = "written"
	EntryGranted    EntryKind = "granted"
	EntryRefused    EntryKind = "refused"
	EntryWithdrawn  EntryKind = "withdrawn"
	EntryEnrolled   EntryKind = "enrolled"
	EntryFacts      EntryKind = "facts"
	EntryCorrected  EntryKind = "corrected" // the person set a value of their own beside the institutions'
	EntryExported   EntryKind = "exported"  // the person took everything
	EntryImported   EntryKind = "imported"  // the person brought everything from another vault
	EntryErased     EntryKind = "erased"    // the person's keys and records here are gone
	EntryDisputed   EntryKind = "disputed"  // the person says since when their seed may be somebody else's
	EntryLeft       EntryKind = "left"      // a country's key was destroyed: its jurisdiction is in the evidence
	EntryDeleted    EntryKind = "deleted"   // an institution attests that it has deleted what it received
	EntryPage       EntryKind = "page"      // other pages are served from now on: where others have the policy's digest, their manifest's

	EntryCardMade         EntryKind = "card_made"
	EntryCardReplaced     EntryKind = "card_replaced" // the earlier card opens nothing any more
	EntryCardTried        EntryKind = "card_tried"    // somebody who has the card tried a PIN, whichever
	EntryRestoreAsked     EntryKind = "restore_asked" // somebody who has card and PIN asked for the seed
	EntryRestoreCancelled EntryKind = "restore_cancelled"
	EntryRestored         EntryKind = "restored" // the seed's blob was given out

	EntryAssistKey    EntryKind = "assist_key"    // the person said by which key helpers' devices may act, or by none
	EntryAssistOpened EntryKind = "assist_opened" // a helper's device opened a session
	EntryAssisted     EntryKind = "assisted"      // a grant is about to be given with the help of the institution named
	EntryRepresented  EntryKind = "represented"   // it was said who gives for the person, or that nobody does
)

// EntryKinds are all of them.
func EntryKinds() []EntryKind {
	return []EntryKind{
		EntryAuthorised, EntryRedelivery, EntryDelivered, EntryAborted, EntryDenied, EntryWritten, EntryGranted,
		EntryRefused, EntryWithdrawn, EntryEnrolled, EntryFacts, EntryCorrected, EntryExported, EntryImported,
		EntryErased, EntryDisputed, EntryLeft, EntryDeleted, EntryPage,
		EntryCardMade, EntryCardReplaced, EntryCardTried, EntryRestoreAsked, EntryRestoreCancelled, EntryRestored,
		EntryAssistKey, EntryAssistOpened, EntryAssisted, EntryRepresented,
	}
}

// FieldVersion names the version of a field that was released or written.
type FieldVersion struct {
	_       struct{} `cbor:",toarray"`
	Field   FieldName
	Version uint64
}

// SharedPart is what the institution may know of an entry; its opening goes with
// the answer. Stored as a CBOR array in this order.
type SharedPart struct {
	_            struct{} `cbor:",toarray"`
	Version      uint16
	Kind         EntryKind
	Institution  InstitutionID // zero where no institution takes part
	Grant        GrantID       // zero where no grant takes part
	Action       Actions
	Fields       []FieldVersion
	Withheld     []Withheld
	Reasons      []Reason
	PolicyDigest Digest
	Block        uint64
	ViewAgeMilli uint64 // milliseconds
	Time         uint64 // Unix milliseconds
}

// EvidencePart is what replay and auditors read: everything the decision saw and
// said, without person and without values. No institution ever sees it.
type EvidencePart struct {
	_                 struct{} `cbor:",toarray"`
	Version           uint16
	Kind              EntryKind
	Institution       InstitutionID
	InstitutionKind   Kind
	InstitutionStands bool // attested and not suspended
	AttestedTo        uint64
	Country           string // where the institution sits
	Jurisdiction      string // where the grant says the data is used
	Audience          Audience
	Representation    Representation
	Assistance        Assistance
	Purpose           Purpose
	LegalBasis        LegalBasis
	Action            Actions
	Asked             []FieldName
	GrantFields       []FieldName
	GrantActions      Actions
	NotBefore         uint64
	Expires           uint64
	MaxReleases       uint32
	RetentionDays     uint32
	Facts             PolicyFacts     // as used: of the countries, those of this question alone
	Accreditors       []InstitutionID // that stood behind the institution, sorted
	OverdueSince      uint64          // when the earliest deletion was due that the institution has not attested; 0 = none
	Permitted         []FieldName
	Withheld          []Withheld
	Reasons           []Reason
	PolicyDigest      Digest
	Block             uint64
	ViewAgeMilli      uint64
	Time              uint64   // Unix milliseconds
	MonthPseudonym    [16]byte // counts distinct people within a calendar month, no longer
}

// PersonalPart ties an entry to the person, under the subject's journal key. The
// journal fills Sequence and Previous: per person and log, from 1 and a zero digest.
type PersonalPart struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	Kind     EntryKind
	Identity IdentityID
	Grant    GrantID
	Sequence uint64
	Previous Digest // SHA-256 of the previous personal part's plaintext
	Time     uint64 // Unix milliseconds
}

// Promise is the vault's signature that an entry will be in the log's tree: Ed25519
// over "wrappy promise v1", a zero byte, the length of the origin as one byte, the
// origin, the index (8 bytes), the leaf hash and the maximum delay (4 bytes, milliseconds).
type Promise struct {
	Origin    string
	Index     uint64
	LeafHash  Digest // RFC 6962: SHA-256 of 0x00 and the leaf
	MaxDelay  uint32 // milliseconds
	Signature [64]byte
}

// Opening opens one commitment of a leaf.
type Opening struct {
	Salt      Salt
	Plaintext []byte
}

// Proof is what an answer carries: the promise, the leaf it speaks of, the opening of
// the leaf's shared part, and the newest checkpoint of the log.
type Proof struct {
	Promise    Promise
	Leaf       []byte
	Shared     Opening
	Checkpoint []byte // C2SP signed note; empty before the first
}
