package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Config is everything a gate needs. No member may be nil or zero except those
// that say so.
type Config struct {
	Heads         Store // heads, grants, tombstones, requests, counters: replicated, never versioned
	Records       Store // record objects: may be versioned and backed up
	Ledger        Ledger
	Relayer       Relayer
	Decider       Decider
	Journal       Journal
	Shape         Shape
	Keyring       *crypto.Keyring
	ConsentLedger consent.Domain // of grants, withdrawals, and of all that only a vault checks
	KeyRegistry   consent.Domain // of registrations

	ViewMaxAge time.Duration    // beyond it nothing leaves; 0 = 60 s
	Now        func() time.Time // the wall clock; nil = time.Now
}

// Gate decides, writes down, and only then opens. Safe for concurrent use.
type Gate struct {
	crypto.Redacted
	cfg Config
}

// New checks a configuration and returns its gate.
func New(cfg Config) (*Gate, error) { return nil, errors.New("not built yet") }

// Close waits for the entries that are written after an answer.
func (g *Gate) Close() {}

// Release lets the permitted fields out: the way of a release in docs/architecture.md.
// It returns a *Denial, consent.ErrNotFound to whom the grant does not name,
// consent.ErrUnavailable or consent.ErrStaleView when something cannot be
// established, ErrIdempotencyReuse, or ErrCall.
func (g *Gate) Release(ctx context.Context, who consent.Institution, call ReleaseCall) (*Release, error) {
	return nil, nil
}

// Done notes, as best it can, whether the answer was sent. It never blocks; only
// the first call counts.
func (r *Release) Done(ctx context.Context, delivered bool) {}

// Write stores what the grant covers and the catalog's types allow. Errors as Release.
func (g *Gate) Write(ctx context.Context, who consent.Institution, call WriteCall) (*Written, error) {
	return nil, nil
}

// CreateRequest stores what an institution asks and returns its id. A zero
// Institution, Version and Salt are filled in.
func (g *Gate) CreateRequest(ctx context.Context, who consent.Institution, r consent.Request, idempotencyKey string) (consent.RequestID, error) {
	return consent.RequestID{}, nil
}

// Request returns a request by its unguessable id.
func (g *Gate) Request(ctx context.Context, id consent.RequestID) (*consent.Request, RequestStatus, error) {
	return nil, RequestStatus{}, nil
}

// RequestsOf lists an institution's own requests in no particular order.
func (g *Gate) RequestsOf(ctx context.Context, who consent.Institution, cursor string, limit int) (page []AskedRequest, next string, err error) {
	return nil, "", nil
}

// Grant takes a person's yes.
func (g *Gate) Grant(ctx context.Context, s SignedGrant) (GrantReceipt, error) {
	return GrantReceipt{}, nil
}

// Refuse takes a person's no.
func (g *Gate) Refuse(ctx context.Context, r consent.Refusal, sig consent.Signature) error {
	return nil
}

// Withdraw stops a grant for ever.
func (g *Gate) Withdraw(ctx context.Context, id consent.GrantID, sig consent.Signature) (WithdrawReceipt, error) {
	return WithdrawReceipt{}, nil
}

// GrantsHeld lists the grants that name the institution, in no particular order.
func (g *Gate) GrantsHeld(ctx context.Context, who consent.Institution, cursor string, limit int) (page []HeldGrant, next string, err error) {
	return nil, "", nil
}

// GrantsOf lists a person's grants, in no particular order.
func (g *Gate) GrantsOf(ctx context.Context, id consent.IdentityID, cursor string, limit int) (page []OwnGrant, next string, err error) {
	return nil, "", nil
}

// History returns a person's entries after a sequence number, oldest first.
func (g *Gate) History(ctx context.Context, id consent.IdentityID, after uint64, limit int) ([]HistoryItem, error) {
	return nil, nil
}

// Enrol opens a subject here.
func (g *Gate) Enrol(ctx context.Context, call EnrolCall) error { return nil }

// SessionKey returns the key that opens an identity's sessions; consent.ErrUnknownIdentity.
func (g *Gate) SessionKey(ctx context.Context, id consent.IdentityID) (consent.Address, error) {
	return consent.Address{}, nil
}

// StateFacts replaces a person's policy facts.
func (g *Gate) StateFacts(ctx context.Context, s consent.PolicyFactsStatement, sig consent.Signature) error {
	return nil
}
