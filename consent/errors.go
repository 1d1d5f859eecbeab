package consent

import "errors"

// Sentinel errors that cross the seams between rooms. Wrapped with %w; none
// carries a value from a record, a request body or a key.
var (
	// ErrUnavailable: something that a decision needs cannot be reached or trusted now.
	ErrUnavailable = errors.New("unavailable")
	// ErrBudget: what the relayer may spend today for whom the act is is spent. Nothing was
	// taken; tomorrow it can be. Never for a withdrawal.
	ErrBudget = errors.New("today's relaying budget is spent")
	// ErrStaleView: the ledger view is older than the bound.
	ErrStaleView = errors.New("ledger view is too old")
	// ErrUnknownInstitution: no institution on the ledger has this key.
	ErrUnknownInstitution = errors.New("institution not known to the ledger")
	// ErrUnknownIdentity: the identity is not on the ledger, or has no head here.
	ErrUnknownIdentity = errors.New("identity not known")
	// ErrFrozen: a recovery of the identity is pending. Until it is over the root key
	// gives nothing new: it may be a thief's.
	ErrFrozen = errors.New("a recovery of this identity is pending")
	// ErrNotFound: absent, foreign and malformed alike.
	ErrNotFound = errors.New("not found")
	// ErrConflict: somebody else was first; reading again and retrying may help.
	ErrConflict = errors.New("conflict")
)
