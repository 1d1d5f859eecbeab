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

	api     *openapi.ClientWithResponses
	origin  string
	log     func() (*LogReader, error)
	session string
	proof   *wallet.ProofKey
	until   time.Time
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
	return &Person{Identity: identity, Deployment: deployment, api: api, origin: "https://" + u.Host, log: func() (*LogReader, error) {
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
	answer, err := p.api.GiveWithResponse(ctx, openapi.SignedGrant{
		Grant: grantDocument(&signed.Grant), Deadline: signed.Act.Deadline, Signature: text(signed.ActSignature),
		Binding: openapi.Binding{Identity: text(signed.Binding.Identity), Time: signed.Binding.Time, Signature: text(signed.BindingSignature)},
	})
	if err != nil {
		return signed, err // it may have arrived: the receipt is worth keeping
	}
	return signed, check(answer, http.StatusCreated)
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
	var all []openapi.OwnGrant
	for cursor := (*string)(nil); ; {
		answer, err := p.api.ListOwnGrantsWithResponse(ctx, &openapi.ListOwnGrantsParams{Cursor: cursor, WrappySession: p.session}, prove)
		if err != nil {
			return nil, err
		}
		if err := check(answer, http.StatusOK); err != nil {
			return nil, err
		}
		all = append(all, answer.JSON200.Grants...)
		if cursor = answer.JSON200.Next; cursor == nil {
			return all, nil
		}
	}
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

func (p *Person) openSession(ctx context.Context) error {
	fresh, err := p.api.NewNonceWithResponse(ctx)
	if err != nil {
		return err
	}
	if err := check(fresh, http.StatusCreated); err != nil {
		return err
	}
	var nonce consent.Digest
	var r reader
	if r.into(&nonce, fresh.JSON201.Nonce); r.err != nil {
		return r.err
	}
	key, err := wallet.NewProofKey()
	if err != nil {
		return err
	}
	expires := time.Now().Add(10 * time.Minute)
	s, signature := p.Identity.OpenSession(p.Deployment.ConsentLedger, p.Deployment.Origin, p.origin, nonce, key.Digest(), expires)
	answer, err := p.api.OpenSessionWithResponse(ctx, openapi.SessionCall{
		Identity: text(s.Identity), Origin: s.Origin, Nonce: fresh.JSON201.Nonce, ProofKey: key.Public(), Expires: s.Expires, Signature: text(signature),
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

// StateFacts replaces what rules may know of the person.
func (p *Person) StateFacts(ctx context.Context, facts consent.PolicyFacts) error {
	s, signature, err := p.Identity.StateFacts(p.Deployment.ConsentLedger, p.Deployment.Origin, facts, time.Now())
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
