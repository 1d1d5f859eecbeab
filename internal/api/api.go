package api

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
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
	// Tiles serves the journal's public files, without a prefix; nil: they are not served.
	Tiles http.Handler
	// Anchors proves what the ledger holds of the log; nil: it is not served.
	Anchors Anchors
	// Ready says whether requests can be answered now; nil means always.
	Ready func(context.Context) error
	// PublicRate bounds what one address may send to people's listener, and of acts
	// for the ledger; zero means 2 a second, 20 at once.
	PublicRate Rate
	// InstitutionRate bounds what one institution in good standing may send; zero
	// means 5000 a second, 10000 at once.
	InstitutionRate Rate
	Log             *slog.Logger     // nil discards
	Now             func() time.Time // the wall clock; nil = time.Now
}

// Deployment says what signatures and proofs of this vault are bound to.
type Deployment struct {
	ChainID             uint64
	ConsentLedger       consent.Address
	InstitutionRegistry consent.Address
	KeyRegistry         consent.Address
	LogOrigin           string
	LogKey              ed25519.PublicKey
}

// Gate is the vault; *vault.Gate documents each call and its errors. Safe for
// concurrent use.
type Gate interface {
	releasing
	listing
	asking
	giving
	person
}

type releasing interface {
	Release(ctx context.Context, who consent.Institution, call vault.ReleaseCall) (*vault.Release, error)
	Write(ctx context.Context, who consent.Institution, call vault.WriteCall) (*vault.Written, error)
	Held(ctx context.Context, who consent.Institution, id consent.GrantID) (vault.HeldGrant, error)
	NoGrant(ctx context.Context, who consent.Institution) error
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
	StateFacts(ctx context.Context, s consent.PolicyFactsStatement, sig consent.Signature) error
}

type person interface {
	Enrol(ctx context.Context, call vault.EnrolCall) error
	SessionKey(ctx context.Context, id consent.IdentityID) (consent.Address, error)
}

// Directory is what the followed ledger says of institutions. Safe for concurrent use.
type Directory interface {
	// InstitutionByKeyHash finds whose TLS key this is (KeyHash); consent.ErrUnknownInstitution.
	InstitutionByKeyHash(ctx context.Context, hash [32]byte) (consent.Institution, error)
	Institution(ctx context.Context, id consent.InstitutionID) (consent.Institution, error)
	View(ctx context.Context) (consent.View, error)
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
	now      func() time.Time
	sessions *sessions
	limiter  *limiter[netip.Prefix]
	files    *limiter[netip.Prefix]
	standing *limiter[consent.InstitutionID] // attested and not suspended
	others   *limiter[consent.InstitutionID]
	large    *largeBodies
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
		cfg: cfg, log: cfg.Log, now: cfg.Now, large: newLargeBodies(),
		limiter:  newLimiter[netip.Prefix](cfg.PublicRate.or(defaultPublicRate)),
		files:    newLimiter[netip.Prefix](fileRate),
		standing: newLimiter[consent.InstitutionID](cfg.InstitutionRate.or(defaultInstitutionRate)),
		others:   newLimiter[consent.InstitutionID](otherRate),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	domain := consent.Domain{ChainID: cfg.Deployment.ChainID, Contract: cfg.Deployment.ConsentLedger}
	var err error
	a.sessions, err = newSessions(cfg.Gate.SessionKey, domain, cfg.Deployment.LogOrigin, cfg.Origins, a.now)
	return a, err
}

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
	e.Use(a.observe(l), a.recovered, headers)
	if l == people {
		e.Use(a.crossOrigin())
		e.GET(referencePath, referenceHandler)
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
