package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// StateAssistKey says by which key helpers' devices may act, or that there is none any more,
// and returns what such a device needs; nil for none.
func (p *Person) StateAssistKey(ctx context.Context, end bool) (*wallet.Assistant, error) {
	state := p.Identity.AssistKey
	if end {
		state = p.Identity.EndAssistKey
	}
	st, signature := state(p.Deployment.ConsentLedger, p.Deployment.Origin, time.Now())
	answer, err := p.api.StateAssistKeyWithResponse(ctx, openapi.AssistKeyCall{
		Identity: text(st.Identity), Key: text(st.Key), Time: st.Time, Signature: text(signature),
	})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusNoContent); err != nil || end {
		return nil, err
	}
	return &wallet.Assistant{Identity: st.Identity, Key: p.Identity.Seed.Assist(st.Time)}, nil
}

// Represent says who gives for the person until a day; the zero identity: nobody any more.
func (p *Person) Represent(ctx context.Context, representative consent.IdentityID, until time.Time) (consent.Represent, error) {
	st, signature := p.Identity.Represent(p.Deployment.ConsentLedger, p.Deployment.Origin, representative, until, time.Now())
	answer, err := p.api.RepresentWithResponse(ctx, openapi.RepresentCall{
		Identity: text(st.Identity), Representative: text(st.Representative), Until: st.Until, Time: st.Time, Signature: text(signature),
	})
	if err != nil {
		return st, err
	}
	return st, check(answer, http.StatusNoContent)
}

// GiveFor answers a request for an identity that this person represents until a day.
func (p *Person) GiveFor(ctx context.Context, represented consent.IdentityID, until uint64, asked *Asked, choice wallet.Choice) (*wallet.SignedGrant, error) {
	signed, err := p.Identity.AnswerFor(p.Deployment.ConsentLedger, represented, until, asked.Request, choice, time.Now())
	if err != nil {
		return nil, err
	}
	call, by := signedGrant(signed), text(p.Identity.ID())
	call.Binding.Representative = &by
	answer, err := p.api.GiveWithResponse(ctx, call)
	if err != nil {
		return signed, err // it may have arrived: the receipt is worth keeping
	}
	return signed, check(answer, http.StatusCreated)
}

// Device is a helper's device at one vault. What it has of a person is their assist key.
type Device struct {
	Person     *wallet.Assistant
	Deployment *Deployment
	at         *Person // who it is stays nil
}

// Read fetches a request, as Person.Read.
func (d *Device) Read(ctx context.Context, id consent.RequestID) (*Asked, error) {
	return d.at.Read(ctx, id)
}

// Open opens the session of ten minutes in which one request, zero for none, can be answered.
func (d *Device) Open(ctx context.Context, request consent.RequestID) error {
	nonce, key, err := d.at.fresh(ctx)
	if err != nil {
		return err
	}
	expires := time.Now().Add(time.Duration(consent.AssistPeriod)*time.Second - time.Minute) // a clock that is ahead opens one too
	s, signature := d.Person.OpenSession(d.Deployment.ConsentLedger, d.Deployment.Origin, d.at.origin, request, nonce, key.Digest(), expires)
	answer, err := d.at.api.OpenAssistSessionWithResponse(ctx, openapi.AssistSessionCall{
		Identity: text(s.Identity), Origin: s.Origin, Request: text(s.Request), Nonce: text(nonce), ProofKey: key.Public(), Expires: s.Expires, Signature: text(signature),
	})
	if err != nil {
		return err
	}
	if err := check(answer, http.StatusCreated); err != nil {
		return err
	}
	d.at.session, d.at.proof, d.at.until = answer.JSON201.Session, key, expires
	return nil
}

// Standing lists what can be stopped.
func (d *Device) Standing(ctx context.Context) ([]openapi.StandingGrant, error) {
	prove, err := d.at.inSession(ctx)
	if err != nil {
		return nil, err
	}
	return pages(func(cursor *string) ([]openapi.StandingGrant, *string, error) {
		answer, err := d.at.api.ListStandingWithResponse(ctx, &openapi.ListStandingParams{Cursor: cursor, WrappySession: d.at.session}, prove)
		if err != nil {
			return nil, nil, err
		}
		if err := check(answer, http.StatusOK); err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Grants, answer.JSON200.Next, nil
	})
}

// Give answers the session's request with consent, once the helping institution has signed for it.
func (d *Device) Give(ctx context.Context, asked *Asked, choice wallet.Choice, help func(consent.GrantID, consent.RequestID) (*openapi.Help, error)) (*wallet.SignedGrant, error) {
	signed, err := d.Person.Answer(d.Deployment.ConsentLedger, asked.Request, choice, time.Now())
	if err != nil {
		return nil, err
	}
	word, err := help(signed.Grant.ID(), asked.ID)
	if err != nil {
		return nil, err
	}
	prove, err := d.at.inSession(ctx)
	if err != nil {
		return nil, err
	}
	call := signedGrant(signed)
	answer, err := d.at.api.GiveAssistedWithResponse(ctx, &openapi.GiveAssistedParams{WrappySession: d.at.session}, openapi.AssistedGrant{
		Grant: call.Grant, Deadline: call.Deadline, Signature: call.Signature, Binding: call.Binding, Help: *word,
	}, prove)
	if err != nil {
		return signed, err // it may have arrived: the receipt is worth keeping
	}
	return signed, check(answer, http.StatusCreated)
}

// Withdraw stops one permission.
func (d *Device) Withdraw(ctx context.Context, id consent.GrantID) (*openapi.Withdrawn, error) {
	w, signature := d.Person.Withdraw(d.Deployment.ConsentLedger, d.Deployment.Origin, id, time.Now())
	answer, err := d.at.api.WithdrawAssistedWithResponse(ctx, openapi.AssistWithdrawCall{
		Grant: text(w.ID), Identity: text(w.Identity), Time: w.Time, Signature: text(signature),
	})
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// WithdrawAll stops everything that the person has given at this vault.
func (d *Device) WithdrawAll(ctx context.Context) ([]openapi.Withdrawn, error) {
	w, signature := d.Person.WithdrawAll(d.Deployment.ConsentLedger, d.Deployment.Origin, time.Now())
	answer, err := d.at.api.WithdrawAllAssistedWithResponse(ctx, openapi.AssistWithdrawAllCall{
		Identity: text(w.Identity), Time: w.Time, Signature: text(signature),
	})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	return answer.JSON200.Withdrawn, nil
}

// Help signs for a grant that is made on a device of the institution's own, from now on for
// ten minutes.
func (k *InstitutionKeys) Help(d *Deployment, grant consent.GrantID, request consent.RequestID) (*openapi.Help, error) {
	now := uint64(max(time.Now().Unix(), 0))
	help := consent.Help{
		Registry: d.InstitutionRegistry, Vault: d.Origin, Institution: k.ID, Grant: grant, Request: request,
		NotBefore: now - 60, Until: now - 60 + consent.AssistPeriod, // the vault's clock may be behind
	}
	key, err := consent.WriterKeyOf(k.Signer().Public())
	if err != nil {
		return nil, err
	}
	signature, err := help.Sign(k.Signer())
	if err != nil {
		return nil, err
	}
	return &openapi.Help{Institution: text(k.ID), Key: key[:], NotBefore: help.NotBefore, Until: help.Until, Signature: signature[:]}, nil
}

// Help is InstitutionKeys.Help at this vault.
func (i *Institution) Help(grant consent.GrantID, request consent.RequestID) (*openapi.Help, error) {
	return i.keys.Help(i.Deployment, grant, request)
}

// OpenDevice connects a helper's device by a person's card and PIN, which spends a try of the
// PIN. wallet.ErrWrongPIN says how many are left.
func OpenDevice(ctx context.Context, base, serverCertificate string, link wallet.CardLink, pin crypto.Secret) (*Device, error) {
	at, err := NewPerson(ctx, base, serverCertificate, nil)
	if err != nil {
		return nil, err
	}
	card, err := link.Card(at.Deployment.Origin)
	if err != nil {
		return nil, err
	}
	tried, opened, err := at.try(ctx, card, pin, consent.CardAssist)
	if err != nil {
		return nil, err
	}
	if tried.Blob == nil {
		return nil, errors.New("the vault gave nothing for a helper's device")
	}
	narrow, err := opened.Open(*tried.Blob)
	if errors.Is(err, wallet.ErrWrongPIN) {
		return nil, wrongPIN(err, tried)
	}
	if err != nil {
		return nil, err
	}
	of, err := wallet.AssistantFromBytes(narrow)
	if err != nil {
		return nil, err
	}
	return &Device{Person: of, Deployment: at.Deployment, at: at}, nil
}
