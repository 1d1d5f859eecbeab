package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Errors of a Store. Any other error from Put or Delete means that the effect may
// or may not have taken place.
var (
	ErrAbsent  = errors.New("object is absent")
	ErrExists  = errors.New("object exists already")
	ErrChanged = errors.New("object has changed")
)

// Store keeps objects. It is safe for concurrent use; a nil error means durable.
type Store interface {
	// Get returns an object and the tag of its present content, or ErrAbsent.
	Get(ctx context.Context, name string) (data []byte, tag string, err error)
	// Put creates an object when expect is "" (ErrExists if there is one) and
	// otherwise replaces the content whose tag is expect (ErrChanged if it is another, or none).
	Put(ctx context.Context, name string, data []byte, expect string) (tag string, err error)
	// Delete removes an object; an absent one is no error.
	Delete(ctx context.Context, name string) error
	// List returns names with the prefix, sorted, greater than after, at most limit.
	List(ctx context.Context, prefix, after string, limit int) (names []string, err error)
}

// Ledger is what the followed chain says. It is safe for concurrent use; an error
// other than those named means that nothing can be said, and the gate denies.
type Ledger interface {
	// GrantState of (grant key, id) on the confirmed chain; StatusUnknown, without an error, when absent.
	GrantState(ctx context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error)
	// RootKey is the identity's root key at a block, 0 for now, and whether a recovery
	// of the identity is pending now; consent.ErrUnknownIdentity.
	RootKey(ctx context.Context, id consent.IdentityID, block uint64) (key consent.Address, frozen bool, err error)
	// Institution returns consent.ErrUnknownInstitution when the ledger knows none.
	Institution(ctx context.Context, id consent.InstitutionID) (consent.Institution, error)
	// View says how far the chain has been followed; it may ask for a heartbeat block first.
	View(ctx context.Context) (consent.View, error)
}

// Relayer submits signed acts to the chain. A nil error means that the act is
// durably queued, not that the chain has it. consent.ErrBudget: it was not taken, because
// what may be spent today for whom it is is spent; never of a withdrawal.
type Relayer interface {
	Submit(ctx context.Context, act consent.Act) error
	// Affords says by consent.ErrBudget that Submit would not take the act now.
	Affords(ctx context.Context, act consent.Act) error
}

// Decider rules on a question by the policy in force. Any error denies.
type Decider interface {
	Decide(ctx context.Context, q consent.Question) (consent.Decision, error)
	// Catalog of the policy bundle in force; nil without one.
	Catalog() *consent.Catalog
	// Derive computes a derived field of the catalog from one writer's values of its inputs,
	// for the day of as (Unix seconds). It returns JSON, or nil where there is no answer. Any
	// error denies: above all where the catalog is no longer that of the policy in force.
	// Nothing of the inputs is kept, or in an error.
	Derive(ctx context.Context, catalog *consent.Catalog, field consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error)
}

// Journal is the log of every decision. It is safe for concurrent use; the gate
// denies whatever it cannot write down.
type Journal interface {
	// Append is durable on return (but see Entry.Late), the entry and its note in one. ErrExists: another entry
	// has left a note under the name, which Note returns; nothing was written.
	Append(ctx context.Context, e Entry) (consent.Proof, error)
	// Note returns what an entry left under the name within the last 48 hours, or ErrAbsent.
	Note(ctx context.Context, name [32]byte) ([]byte, error)
	// History returns the entries of a subject with a sequence greater than after, oldest first.
	History(ctx context.Context, subject SubjectLog, after uint64, limit int) ([]HistoryItem, error)
	// Complete states, signed, how many entries the subject's history has among those that
	// the newest published checkpoint covers.
	Complete(ctx context.Context, subject SubjectLog, identity consent.IdentityID, now time.Time) (consent.Completeness, error)
	// Ended reports whether an entry says that the grant was withdrawn or revoked.
	Ended(ctx context.Context, grant consent.GrantID) (bool, error)
	// Erased reports whether an entry says that the subject with this handle was erased.
	Erased(ctx context.Context, handle [16]byte) (bool, error)
	// SignAnswer states what a derived field was: it fills the answer's Origin and Signature.
	SignAnswer(answer *consent.DerivedAnswer) error
	// SignShown signs the text of a consent.ShownStatement.
	SignShown(text []byte) (signature [64]byte, err error)
	// Probe notes that an institution asked for a grant or request that does not name it
	// (its id in place of the grant's), or for a new request while it may not (a zero id).
	// Rate-limited inside.
	Probe(ctx context.Context, institution consent.InstitutionID, grant consent.GrantID) error
}

// Entry is one decision, to be written down. The journal fills the personal
// part's Sequence and Previous and the evidence part's MonthPseudonym.
type Entry struct {
	Shared   consent.SharedPart
	Evidence consent.EvidencePart
	Personal consent.PersonalPart
	Subject  *SubjectLog // nil: nobody
	Note     *Note       // nil: none
	// Late entries are written as best as they can be: Append returns before that, without
	// a proof, and no other entry waits for them.
	Late bool
}

// Note is what becomes durable together with an entry, and is kept for 48 hours after it.
// It is no part of the log: it is not in the tree, nor in its copy.
type Note struct {
	Name   [32]byte // unlike any other's; a MAC, as it is stored as it is
	Sealed []byte   // ciphertext, at most 64 KiB
}

// SubjectLog is what the journal needs to write for a person and to read back.
type SubjectLog struct {
	Handle [16]byte
	Key    crypto.Secret
}

// HistoryItem is one entry as the person sees it.
type HistoryItem struct {
	Index           uint64
	Shared          consent.SharedPart
	Personal        consent.PersonalPart
	Leaf            []byte
	PersonalOpening consent.Opening
	SharedOpening   consent.Opening
}

// Shape rewrites the values that are about to leave: every id, reference and
// identifier that was not itself granted becomes a pseudonym under key, which is
// the grant's own. An error denies; on writing it is tried with each value, and an
// error refuses the value.
type Shape func(key crypto.Secret, granted []consent.FieldName, values map[consent.FieldName][]Sourced) error

// Place reports the fields of one call whose FHIR values hold a resource that the
// catalog puts in another field, above all in that of a sensitive matter. What it
// reports is not stored.
type Place func(catalog *consent.Catalog, values map[consent.FieldName][]byte) map[consent.FieldName]error

// Sourced is one writer's value of a field.
type Sourced struct {
	Writer  consent.InstitutionID // zero: the person
	Written uint64                // Unix milliseconds
	Grant   consent.GrantID       // under which it was written; the latest of several that were merged
	Value   []byte                // JSON
	// Signatures are the writer's, one for each item of the value in its order; none of the person's own.
	Signatures []ItemSignature
	Derived    *Stated // nil: a stored value
}

// Stated is what the vault states, signed, of a derived value: consent.DerivedAnswer.
type Stated struct {
	AsOf      uint64 // Unix seconds, the beginning of the day that the value answers for
	Salt      consent.Salt
	Signature [64]byte
}
