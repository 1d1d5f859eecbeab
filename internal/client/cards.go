package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// MakeCard makes the person's card at this vault, in the place of one made before (Unix
// seconds; 0: none). assist is what helpers' devices get by it; nil: nothing.
func (p *Person) MakeCard(ctx context.Context, card wallet.Card, pin crypto.Secret, assist *wallet.Assistant, before uint64) error {
	at := time.Now()
	if latest := time.Unix(int64(min(before, 1<<40)), 0); !at.After(latest.Add(time.Second)) { //nolint:gosec // bounded
		at = latest.Add(time.Second)
	}
	var narrow []byte
	if assist != nil {
		narrow = assist.Bytes()
	}
	s, err := p.Identity.MakeCard(p.Deployment.ConsentLedger, p.Deployment.Origin, card, pin, narrow, at)
	if err != nil {
		return err
	}
	call := openapi.CardCall{
		Identity: text(s.Card.Identity), Card: text(s.Card.Card), AskKey: text(s.Card.AskKey), Time: s.Card.Time,
		Restore: openapi.CardPart{OprfKey: s.Restore.Key, Blob: s.Restore.Blob}, Signature: text(s.Signature),
	}
	if assist != nil {
		call.Assist = &openapi.CardPart{OprfKey: s.Assist.Key, Blob: s.Assist.Blob}
	}
	answer, err := p.api.MakeCardWithResponse(ctx, call)
	if err != nil {
		return err
	}
	return check(answer, http.StatusNoContent)
}

// Card shows the person's card; nil where there is none.
func (p *Person) Card(ctx context.Context) (*openapi.OwnCard, error) {
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := p.api.GetCardWithResponse(ctx, &openapi.GetCardParams{WrappySession: p.session}, prove)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode() == http.StatusNotFound {
		return nil, nil
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// CancelRestore stops a restore that Card shows as pending.
func (p *Person) CancelRestore(ctx context.Context, restore *openapi.OwnRestore) error {
	var pickup consent.Digest
	var r reader
	if r.into(&pickup, restore.Pickup); r.err != nil {
		return r.err
	}
	c, signature := p.Identity.CancelRestore(p.Deployment.ConsentLedger, p.Deployment.Origin, pickup)
	answer, err := p.api.CancelRestoreWithResponse(ctx, openapi.RestoreCancellation{Identity: text(c.Identity), Pickup: text(c.Pickup), Signature: text(signature)})
	if err != nil {
		return err
	}
	return check(answer, http.StatusNoContent)
}

// ResetCard forgives the tries of a card, by the identity that it has restored.
func (p *Person) ResetCard(ctx context.Context, card consent.CardID) error {
	r, signature := p.Identity.ResetCard(p.Deployment.ConsentLedger, p.Deployment.Origin, card, time.Now())
	answer, err := p.api.ResetCardWithResponse(ctx, openapi.CardResetCall{Identity: text(r.Identity), Card: text(r.Card), Time: r.Time, Signature: text(signature)})
	if err != nil {
		return err
	}
	return check(answer, http.StatusNoContent)
}

// try spends a try of a card for one of its kinds. Whether the PIN was right shows at what opens with it.
func (p *Person) try(ctx context.Context, card wallet.Card, pin crypto.Secret, kind consent.CardKind) (*openapi.CardEvaluation, *wallet.OpenedCard, error) {
	q, element, err := card.Try(pin)
	if err != nil {
		return nil, nil, err
	}
	tried, err := p.api.EvaluateCardWithResponse(ctx, openapi.CardTry{Card: text(card.ID()), Kind: openapi.CardTryKind(kind), Blinded: element})
	if err != nil {
		return nil, nil, err
	}
	if err := check(tried, http.StatusOK); err != nil {
		return nil, nil, err
	}
	opened, err := q.Answer(kind, tried.JSON200.Evaluated)
	return tried.JSON200, opened, err
}

func wrongPIN(err error, tried *openapi.CardEvaluation) error {
	return fmt.Errorf("%w; %d tries are left, then one a day", err, tried.Left)
}

// AskRestore spends a try of the card, and asks for what it restores. No identity is needed.
// wallet.ErrWrongPIN says how many tries are left.
func (p *Person) AskRestore(ctx context.Context, card wallet.Card, pin crypto.Secret) (*wallet.PendingRestore, error) {
	tried, opened, err := p.try(ctx, card, pin, consent.CardRestore)
	if err != nil {
		return nil, err
	}
	pending := &wallet.PendingRestore{Vault: wallet.Vault{URL: p.base}, Opened: opened}
	_, _ = rand.Read(pending.Secret[:]) // never fails
	a, signature := opened.AskRestore(p.Deployment.ConsentLedger, p.Deployment.Origin, consent.PickupDigest(pending.Secret), time.Now())
	asked, err := p.api.AskRestoreWithResponse(ctx, openapi.RestoreAsk{Card: text(a.Card), Pickup: text(a.Pickup), Time: a.Time, Signature: text(signature)})
	if err != nil {
		return nil, err
	}
	err = check(asked, http.StatusOK)
	if IsAnswer(err, http.StatusForbidden) {
		return nil, wrongPIN(wallet.ErrWrongPIN, tried)
	}
	if err != nil {
		return nil, err
	}
	pending.Ready = asked.JSON200.Ready
	return pending, nil
}

// FetchRestore gives back the identity, once it is ready.
func (p *Person) FetchRestore(ctx context.Context, pending *wallet.PendingRestore) (*wallet.Identity, error) {
	answer, err := p.api.PickUpRestoreWithResponse(ctx, openapi.RestorePickUp{Card: text(pending.Opened.Card), Secret: text(consent.Digest(pending.Secret))})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	return pending.Opened.Restore(answer.JSON200.Blob)
}
