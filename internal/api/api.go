package api

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// Config is everything that answers rest on. No member may be nil or zero except
// those that say so.
type Config struct {
	Gate       Gate
	Directory  Directory
	Registry   Registry
	Policy     Policy
	Deployment Deployment

	// Origins are the page origins whose sessions are taken ("https://vault.example");
	// none means that no session opens. Cross-origin reads are allowed to them.
	Origins []string
	// Reviewed says of which languages of people's page a reader of the operator's has checked
	// the words, by their digest.
	Reviewed map[string]consent.Digest
	// Tiles serves the journal's public files, without a prefix; nil: they are not served.
	Tiles http.Handler
	// Anchors proves what the ledger holds of the log; nil: it is not served.
	Anchors Anchors
	// Page is the file of the pages that are served (proof.PageFile), nil while they are not
	// written down; nil itself: it is not served.
	Page func() []byte
	// Ready says whether requests can be answered now; nil means always.
	Ready func(context.Context) error
	// Watch is told of every request; nil: nobody is.
	Watch Watch
	// PublicRate bounds what one address may send to people's listener, and of acts
	// for the ledger; zero means 2 a second, 20 at once.
	PublicRate Rate
	// InstitutionRate bounds what one institution in good standing may send; zero
	// means 5000 a second, 10000 at once.
	InstitutionRate Rate
	// CursorKey authenticates lists' cursors, 32 bytes; nil makes one, and cursors end with
	// the process.
	CursorKey []byte
	Log       *slog.Logger     // nil discards
	Now       func() time.Time // the wall clock; nil = time.Now
}

// Deployment says what signatures and proofs of this vault are bound to.
type Deployment struct {
	ChainID             uint64
	ConsentLedger       consent.Address
	InstitutionRegistry consent.Address
	KeyRegistry         consent.Address
	LogOrigin           string
	LogKey              ed25519.PublicKey
	Jurisdiction        string // whose data is kept
}

// Gate is the vault; *vault.Gate documents each call and its errors. Safe for
// concurrent use.
type Gate interface {
	releasing
	keeping
	listing
	asking
	giving
	assisting
	showing
	person
	erasing
	carding
}

type releasing interface {
	Release(ctx context.Context, who consent.Institution, call vault.ReleaseCall) (*vault.Release, error)
	Write(ctx context.Context, who consent.Institution, call vault.WriteCall) (*vault.Written, error)
	Held(ctx context.Context, who consent.Institution, id consent.GrantID) (vault.HeldGrant, error)
	NoGrant(ctx context.Context, who consent.Institution) error
}

// keeping is what an institution owes for what it has received, and what it is told.
type keeping interface {
	AttestDeletion(ctx context.Context, who consent.Institution, call vault.DeletionCall) (*vault.Deletion, error)
	DeletionOf(ctx context.Context, who consent.Institution, id consent.GrantID) (*vault.Deletion, error)
	Deletions(ctx context.Context, who consent.Institution, overdue bool, cursor string, limit int) ([]vault.Deletion, string, error)
	ChangeNotices(ctx context.Context, who consent.Institution, after uint64, limit int, wait time.Duration) ([]consent.ChangeNotice, error)
}

type listing interface {
	RequestsOf(ctx context.Context, who consent.Institution, cursor string, limit int) ([]vault.AskedRequest, string, error)
	GrantsHeld(ctx context.Context, who consent.Institution, cursor string, limit int) ([]vault.HeldGrant, string, error)
	GrantsOf(ctx context.Context, id consent.IdentityID, cursor string, limit int) ([]vault.OwnGrant, string, error)
	History(ctx context.Context, id consent.IdentityID, after uint64, limit int) ([]vault.HistoryItem, error)
	Complete(ctx context.Context, id consent.IdentityID) (consent.Completeness, error)
}

type asking interface {
	CreateRequest(ctx context.Context, who consent.Institution, r consent.Request, idempotencyKey string) (consent.RequestID, error)
	Request(ctx context.Context, id consent.RequestID) (*consent.Request, vault.RequestStatus, error)
	RequestOf(ctx context.Context, who consent.Institution, id consent.RequestID) (vault.AskedRequest, error)
}

type giving interface {
	Grant(ctx context.Context, s vault.SignedGrant) (vault.GrantReceipt, error)
	Refuse(ctx context.Context, r consent.Refusal, sig consent.Signature) error
	Withdraw(ctx context.Context, id consent.GrantID, sig consent.Signature) (vault.WithdrawReceipt, error)
	WithdrawAll(ctx context.Context, all consent.WithdrawAll, sig consent.Signature, stops map[consent.GrantID]consent.Signature) ([]vault.WithdrawReceipt, error)
	Dispute(ctx context.Context, d consent.Dispute, sig consent.Signature) error
	StateFacts(ctx context.Context, s consent.PolicyFactsStatement, sig consent.Signature) error
	Correct(ctx context.Context, call vault.CorrectCall) (*vault.Corrected, error)
	Export(ctx context.Context, call vault.ExportCall) (*vault.Exported, error)
	Import(ctx context.Context, call vault.ImportCall) (*vault.Imported, error)
}

// carding is what a card does, for whoever made it and for whoever holds it.
type carding interface {
	MakeCard(ctx context.Context, call vault.CardCall) error
	ResetCard(ctx context.Context, r consent.ResetCard, sig consent.Signature) error
	CardOf(ctx context.Context, id consent.IdentityID) (*vault.OwnCard, error)
	CancelRestore(ctx context.Context, c consent.CancelRestore, sig consent.Signature) error
	Evaluate(ctx context.Context, card consent.CardID, kind consent.CardKind, blinded []byte) (*vault.Evaluated, error)
	AskRestore(ctx context.Context, a consent.AskRestore, sig consent.Signature) (ready uint64, err error)
	PickUp(ctx context.Context, card consent.CardID, secret [32]byte) ([]byte, error)
}

type assisting interface {
	StateAssistKey(ctx context.Context, st consent.AssistKey, sig consent.Signature) error
	Represent(ctx context.Context, r consent.Represent, sig consent.Signature) error
	OpenAssist(ctx context.Context, st consent.AssistSession, sig consent.Signature) error
	AssistOpen(ctx context.Context, id consent.IdentityID, nonce [32]byte) (consent.Address, error)
	Standing(ctx context.Context, id consent.IdentityID, cursor string, limit int) ([]vault.StandingGrant, string, error)
	WithdrawAssisted(ctx context.Context, w consent.AssistWithdraw, sig consent.Signature) (vault.WithdrawReceipt, error)
	WithdrawAllAssisted(ctx context.Context, all consent.WithdrawAll, sig consent.Signature) ([]vault.WithdrawReceipt, error)
}

// showing is what whoever has a code, or a request's id, is told.
type showing interface {
	Show(ctx context.Context, call vault.ShowCall) (*vault.Shown, error)
	Foreseen(ctx context.Context, r *consent.Request) (vault.Foreseen, error)
}

type erasing interface {
	Erase(ctx context.Context, e consent.Erasure, sig consent.Signature) (*vault.Erased, error)
	Window(ctx context.Context) (vault.Window, error)
}

type person interface {
	Enrol(ctx context.Context, call vault.EnrolCall) error
	SessionKey(ctx context.Context, id consent.IdentityID) (consent.Address, error)
	FactsOf(ctx context.Context, id consent.IdentityID) (consent.PolicyFacts, uint64, error)
	RepresentativeOf(ctx context.Context, id consent.IdentityID) (consent.Represent, error)
}

// Directory is what the followed ledger says of institutions. Safe for concurrent use.
type Directory interface {
	// InstitutionByKeyHash finds whose TLS key this is (KeyHash); consent.ErrUnknownInstitution.
	InstitutionByKeyHash(ctx context.Context, hash [32]byte) (consent.Institution, error)
	Institution(ctx context.Context, id consent.InstitutionID) (consent.Institution, error)
	View(ctx context.Context) (consent.View, error)
	// Attestations and TLSKeys list what there is after a place; *ledgerref.View documents them.
	Attestations(ctx context.Context, accreditor, after consent.InstitutionID, endsBefore uint64, limit int) (given []ledgerref.Given, next consent.InstitutionID, more bool, err error)
	TLSKeys(ctx context.Context, id consent.InstitutionID, after consent.Digest, limit int) (keys []ledgerref.TLSKeyState, more bool, err error)
}

// Policy says which bundle is in force. Safe for concurrent use.
type Policy interface {
	Catalog() *consent.Catalog // nil without a bundle
	Digest() consent.Digest
	Revision() uint64
}

// API answers on two listeners. Safe for concurrent use.
type API struct {
	cfg      Config
	log      *slog.Logger
	watch    Watch
	now      func() time.Time
	sessions *sessions
	limiter  *limiter[netip.Prefix]
	files    *limiter[netip.Prefix]
	standing *limiter[consent.InstitutionID] // attested and not suspended
	others   *limiter[consent.InstitutionID]
	large    *largeBodies
	// stopping ends when institutions' listener does, for those who wait for notices.
	stopping  context.Context //nolint:containedctx // of no call
	stop      context.CancelFunc
	own       *largeBodies // people's
	moving    *largeBodies // people's who take or bring everything
	shown     *largeBodies // of whoever has scanned a code
	cursorKey []byte
}

// New checks a configuration and returns its API.
func New(cfg Config) (*API, error) {
	switch {
	case cfg.Gate == nil, cfg.Directory == nil, cfg.Registry == nil, cfg.Policy == nil:
		return nil, errors.New("api: gate, directory, registry and policy: want all four")
	case cfg.Deployment.ChainID == 0, cfg.Deployment.ConsentLedger == consent.Address{}:
		return nil, errors.New("api: deployment: want a chain id and the address of ConsentLedger")
	case len(cfg.Deployment.LogKey) != ed25519.PublicKeySize:
		return nil, errors.New("api: deployment: want the log's public key")
	}
	for _, o := range cfg.Origins {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return nil, errors.New("api: origins: want scheme and host, such as https://vault.example")
		}
	}
	a := &API{
		cfg: cfg, log: cfg.Log, watch: cfg.Watch, now: cfg.Now, large: newLargeBodies(maxLarge), own: newLargeBodies(maxLargeOwn), moving: newLargeBodies(maxMoving), shown: newLargeBodies(maxShown),
		limiter:  newLimiter[netip.Prefix](cfg.PublicRate.or(defaultPublicRate)),
		files:    newLimiter[netip.Prefix](fileRate),
		standing: newLimiter[consent.InstitutionID](cfg.InstitutionRate.or(defaultInstitutionRate)),
		others:   newLimiter[consent.InstitutionID](otherRate),
	}
	a.stopping, a.stop = context.WithCancel(context.Background()) //nolint:gosec // called when the listener ends
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	switch a.cursorKey = cfg.CursorKey; len(a.cursorKey) {
	case 0:
		a.cursorKey = make([]byte, 32)
		_, _ = rand.Read(a.cursorKey) // never fails
	case 32:
	default:
		return nil, errors.New("api: cursor key: want 32 bytes")
	}
	if a.watch == nil {
		a.watch = unwatched
	}
	if a.now == nil {
		a.now = time.Now
	}
	domain := consent.Domain{ChainID: cfg.Deployment.ChainID, Contract: cfg.Deployment.ConsentLedger}
	var err error
	a.sessions, err = newSessions(cfg.Gate, domain, cfg.Deployment.LogOrigin, cfg.Origins, a.now)
	return a, err
}

// Sessions is how many people's sessions are open, or ended not long ago.
func (a *API) Sessions() int { return a.sessions.count() }

// PublicHandler answers people, and what is public.
func (a *API) PublicHandler() http.Handler { return a.handler(people) }

// InstitutionHandler answers institutions, and what is public. It needs the
// connection state of a listener with InstitutionTLS.
func (a *API) InstitutionHandler() http.Handler { return a.handler(institutions) }

func (a *API) handler(l listener) http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = a.fail
	e.Binder = binder{}
	e.Use(a.observe(e, l), a.recovered, headers)
	if l == people {
		e.Use(a.crossOrigin())
		e.GET(referencePath, referenceHandler)
		a.servePages(e)
	}
	a.serveLog(e)
	openapi.RegisterHandlersWithOptions(only{e, l}, openapi.NewStrictHandler(answers{a}, nil), openapi.RegisterHandlersOptions{
		OperationMiddlewares: a.perOperation(),
	})
	return e
}

// answers has a method per operation of openapi.yaml.
type answers struct{ *API }

var (
	_ openapi.StrictServerInterface = answers{}
	_ Gate                          = (*vault.Gate)(nil)
)
