package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// Person is one person's device at one vault. Grants and History share a session
// and must not be called at the same time; everything else is safe for concurrent use.
type Person struct {
	Identity   *wallet.Identity
	Deployment *Deployment

	api    *openapi.ClientWithResponses
	base   string
	origin string
	// certificate is the PEM file that the server's must chain to
	certificate string
	log         func() (*LogReader, error)
	session     string
	proof       *wallet.ProofKey
	until       time.Time
}

// NewPerson connects a device to the vault at base (https://host:port).
func NewPerson(ctx context.Context, base, serverCertificate string, identity *wallet.Identity) (*Person, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("vault: want an address such as https://vault.example:8443")
	}
	api, err := Connect(base, serverCertificate, nil)
	if err != nil {
		return nil, err
	}
	deployment, err := ReadDeployment(ctx, api)
	if err != nil {
		return nil, err
	}
	return &Person{Identity: identity, Deployment: deployment, api: api, base: base, certificate: serverCertificate, origin: "https://" + u.Host, log: func() (*LogReader, error) {
		return NewLogReader(base, serverCertificate, nil, deployment.Log())
	}}, nil
}

// Enrol opens the person's place at the vault and registers the identity.
func (p *Person) Enrol(ctx context.Context, jurisdiction string) error {
	now := time.Now()
	e, signature := p.Identity.Enrol(p.Deployment.ConsentLedger, p.Deployment.Origin, jurisdiction, now)
	deadline := consent.ActDeadline(e.Time)
	call := openapi.EnrolCall{
		Identity: text(e.Identity), RootKey: text(p.Identity.Seed.Root().Address()), RecoveryHash: text(p.Identity.RecoveryHash),
		Salt: text(p.Identity.Salt), SessionKey: text(e.SessionKey), Jurisdiction: e.Jurisdiction, Time: e.Time, Signature: text(signature),
	}
	call.Registration.Deadline = deadline
	call.Registration.Signature = text(p.Identity.Register(p.Deployment.KeyRegistry, deadline))
	answer, err := p.api.EnrolWithResponse(ctx, call)
	if err != nil {
		return err
	}
	return check(answer, http.StatusCreated)
}

// Asked is a request as the person's device may show it.
type Asked struct {
	ID          consent.RequestID
	Request     *consent.Request
	Institution openapi.Institution
	Status      string
}

// ErrOtherRequest: what the vault showed is not what the id stands for.
var ErrOtherRequest = errors.New("the vault showed another request than the one asked for: do not answer it")

// Read fetches a request and checks that its content is what its id says.
func (p *Person) Read(ctx context.Context, id consent.RequestID) (*Asked, error) {
	answer, err := p.api.GetAskedWithResponse(ctx, text(id))
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	request, err := requestDocument(answer.JSON200.Document)
	if err != nil {
		return nil, err
	}
	if request.ID() != id || answer.JSON200.Institution.Id != text(request.Institution) {
		return nil, ErrOtherRequest
	}
	return &Asked{ID: id, Request: request, Institution: answer.JSON200.Institution, Status: string(answer.JSON200.Status)}, nil
}

// Give answers a request with consent and returns what the person keeps.
func (p *Person) Give(ctx context.Context, asked *Asked, choice wallet.Choice) (*wallet.SignedGrant, error) {
	signed, err := p.Identity.Answer(p.Deployment.ConsentLedger, asked.Request, choice, time.Now())
	if err != nil {
		return nil, err
	}
	return signed, p.give(ctx, signed)
}

// give sends a grant; after an error that is no *Problem it may have arrived, and its receipt
// is worth keeping.
func (p *Person) give(ctx context.Context, signed *wallet.SignedGrant) error {
	answer, err := p.api.GiveWithResponse(ctx, signedGrant(signed))
	if err != nil {
		return err
	}
	return check(answer, http.StatusCreated)
}

// Show gives a code for a screen: it works as soon as the ledger has confirmed its grant, once,
// for five minutes by the vault's clock.
func (p *Person) Show(ctx context.Context, choice wallet.ShowChoice) (*wallet.ShownCode, error) {
	now, err := p.vaultTime(ctx)
	if err != nil {
		return nil, err
	}
	code, err := p.Identity.Show(p.Deployment.ConsentLedger, choice, now)
	if err != nil {
		return nil, err
	}
	return code, p.give(ctx, code.SignedGrant)
}

// vaultTime is the time by the vault's view of the ledger: a device's clock may be minutes off.
func (p *Person) vaultTime(ctx context.Context) (time.Time, error) {
	answer, err := p.api.GetLedgerWithResponse(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return time.Time{}, err
	}
	head := answer.JSON200.Head
	return time.Unix(int64(min(head.Time, 1<<40)), 0).Add(time.Duration(min(head.AgeMs, 1<<40)) * time.Millisecond), nil //nolint:gosec // bounded
}

// Confirmed waits until the ledger has confirmed a grant, or ctx ends.
func (p *Person) Confirmed(ctx context.Context, id consent.GrantID) error {
	for {
		own, err := p.Grants(ctx)
		if err != nil {
			return err
		}
		for _, g := range own {
			if g.Id == id.String() && g.Status != openapi.Status(consent.StatusRequested) && g.Status != openapi.Status(consent.StatusUnknown) {
				return nil
			}
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func signedGrant(s *wallet.SignedGrant) openapi.SignedGrant {
	return openapi.SignedGrant{
		Grant: grantDocument(&s.Grant), Deadline: s.Act.Deadline, Signature: text(s.ActSignature),
		Binding: openapi.Binding{Identity: text(s.Binding.Identity), Opening: text(s.Binding.Opening), Time: s.Binding.Time, Signature: text(s.BindingSignature)},
	}
}

// Refuse says no to a request.
func (p *Person) Refuse(ctx context.Context, id consent.RequestID) error {
	refusal, signature := p.Identity.Refuse(p.Deployment.ConsentLedger, id, time.Now())
	answer, err := p.api.RefuseWithResponse(ctx, openapi.RefuseCall{
		Request: text(refusal.Request), Identity: text(refusal.Identity), Time: refusal.Time, Signature: text(signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusNoContent)
}

// Withdraw stops a permission. The signature is the grant key's, now or pre-signed,
// or the root key's.
func (p *Person) Withdraw(ctx context.Context, id consent.GrantID, signature consent.Signature) (*openapi.Withdrawn, error) {
	answer, err := p.api.WithdrawWithResponse(ctx, openapi.WithdrawCall{Grant: text(id), Signature: text(signature)})
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Grants lists everything the person has given at this vault.
func (p *Person) Grants(ctx context.Context) ([]openapi.OwnGrant, error) {
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	return pages(func(cursor *string) ([]openapi.OwnGrant, *string, error) {
		answer, err := p.api.ListOwnGrantsWithResponse(ctx, &openapi.ListOwnGrantsParams{Cursor: cursor, WrappySession: p.session}, prove)
		if err != nil {
			return nil, nil, err
		}
		if err := check(answer, http.StatusOK); err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Grants, answer.JSON200.Next, nil
	})
}

// inSession opens a session where none is open and returns what proves each request.
func (p *Person) inSession(ctx context.Context) (openapi.RequestEditorFn, error) {
	if time.Now().After(p.until) {
		if err := p.openSession(ctx); err != nil {
			return nil, err
		}
	}
	return func(_ context.Context, r *http.Request) error {
		proof, err := p.proof.Prove(r.Method, r.URL.RequestURI(), p.session, time.Now())
		if err != nil {
			return err
		}
		r.Header.Set(wallet.SessionHeader, p.session)
		r.Header.Set(wallet.ProofHeader, proof)
		return nil
	}, nil
}

// fresh is what a session is opened with.
func (p *Person) fresh(ctx context.Context) (nonce consent.Digest, key *wallet.ProofKey, err error) {
	answer, err := p.api.NewNonceWithResponse(ctx)
	if err != nil {
		return nonce, nil, err
	}
	if err := check(answer, http.StatusCreated); err != nil {
		return nonce, nil, err
	}
	var r reader
	if r.into(&nonce, answer.JSON201.Nonce); r.err != nil {
		return nonce, nil, r.err
	}
	key, err = wallet.NewProofKey()
	return nonce, key, err
}

func (p *Person) openSession(ctx context.Context) error {
	nonce, key, err := p.fresh(ctx)
	if err != nil {
		return err
	}
	expires := time.Now().Add(10 * time.Minute)
	s, signature := p.Identity.OpenSession(p.Deployment.ConsentLedger, p.Deployment.Origin, p.origin, nonce, key.Digest(), expires)
	answer, err := p.api.OpenSessionWithResponse(ctx, openapi.SessionCall{
		Identity: text(s.Identity), Origin: s.Origin, Nonce: text(nonce), ProofKey: key.Public(), Expires: s.Expires, Signature: text(signature),
	})
	if err != nil {
		return err
	}
	if err := check(answer, http.StatusCreated); err != nil {
		return err
	}
	p.session, p.proof, p.until = answer.JSON201.Session, key, expires.Add(-time.Minute)
	return nil
}

// StateFacts replaces what rules may know of the person. after is when the facts in force
// were stated, 0 where that is not known: of one second only the first statement counts.
func (p *Person) StateFacts(ctx context.Context, facts consent.PolicyFacts, after uint64) error {
	at := time.Now()
	if latest := time.Unix(int64(min(after, 1<<40)), 0); !at.After(latest.Add(time.Second)) { //nolint:gosec // bounded
		at = latest.Add(time.Second)
	}
	s, signature, err := p.Identity.StateFacts(p.Deployment.ConsentLedger, p.Deployment.Origin, facts, at)
	if err != nil {
		return err
	}
	answer, err := p.api.StateFactsWithResponse(ctx, openapi.FactsCall{
		Identity: text(s.Identity), Minor: s.Facts.Minor, Representative: s.Facts.Representative,
		NeverCountries: append([]string{}, s.Facts.NeverCountries...), Time: s.Time, Signature: text(signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusNoContent)
}
