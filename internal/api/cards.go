package api

import (
	"context"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) MakeCard(ctx context.Context, call openapi.MakeCardRequestObject) (openapi.MakeCardResponseObject, error) {
	made, err := cardCall(call.Body)
	if err != nil {
		return nil, err
	}
	return openapi.MakeCard204Response{}, nobodys(a.cfg.Gate.MakeCard(ctx, made))
}

func cardCall(w *openapi.CardCall) (c vault.CardCall, err error) {
	var r reading
	r.time("/time", w.Time)
	c.Card.Time = w.Time
	r.id(&c.Card.Identity, w.Identity, "/identity")
	r.id(&c.Card.Card, w.Card, "/card")
	r.id(&c.Card.AskKey, w.AskKey, "/ask_key")
	r.id(&c.Signature, w.Signature, "/signature")
	c.Restore.Key, c.Restore.Blob = w.Restore.OprfKey, w.Restore.Blob
	if w.Assist != nil {
		c.Assist.Key, c.Assist.Blob = w.Assist.OprfKey, w.Assist.Blob
		r.oneOf(len(c.Assist.Key) > 0, "/assist/oprf_key")
	}
	return c, r.err
}

func (a answers) GetCard(ctx context.Context, _ openapi.GetCardRequestObject) (openapi.GetCardResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	card, err := a.cfg.Gate.CardOf(ctx, identity)
	if err != nil {
		return nil, err
	}
	w := openapi.GetCard200JSONResponse{Made: card.Made, RestoreLeft: card.Restore}
	if card.HasAssist {
		w.AssistLeft = &card.Assist
	}
	if card.State != "" {
		w.Restore = &openapi.OwnRestore{Pickup: card.Pickup.String(), Asked: card.Asked, Ready: card.Ready, State: openapi.OwnRestoreState(card.State)}
	}
	return w, nil
}

func (a answers) ResetCard(ctx context.Context, call openapi.ResetCardRequestObject) (openapi.ResetCardResponseObject, error) {
	var r reading
	var sig consent.Signature
	reset := consent.ResetCard{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&reset.Identity, call.Body.Identity, "/identity")
	r.id(&reset.Card, call.Body.Card, "/card")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.ResetCard204Response{}, nobodys(a.cfg.Gate.ResetCard(ctx, reset, sig))
}

func (a answers) CancelRestore(ctx context.Context, call openapi.CancelRestoreRequestObject) (openapi.CancelRestoreResponseObject, error) {
	var r reading
	var sig consent.Signature
	var cancel consent.CancelRestore
	r.id(&cancel.Identity, call.Body.Identity, "/identity")
	r.id(&cancel.Pickup, call.Body.Pickup, "/pickup")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.CancelRestore204Response{}, nobodys(a.cfg.Gate.CancelRestore(ctx, cancel, sig))
}

// heldCard reads the id that a card's holder shows: a malformed one is a card that is not there.
func heldCard(text string) (id consent.CardID, err error) {
	if id.UnmarshalText([]byte(text)) != nil {
		err = consent.ErrNotFound
	}
	return id, err
}

func (a answers) EvaluateCard(ctx context.Context, call openapi.EvaluateCardRequestObject) (openapi.EvaluateCardResponseObject, error) {
	kind := consent.CardKind(call.Body.Kind)
	if kind != consent.CardRestore && kind != consent.CardAssist {
		return nil, invalid("/kind", "not one of the values listed")
	}
	card, err := heldCard(call.Body.Card)
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Gate.Evaluate(ctx, card, kind, call.Body.Blinded)
	if err != nil {
		return nil, err
	}
	w := openapi.EvaluateCard200JSONResponse{Evaluated: e.Element, Left: e.Left}
	if e.Blob != nil {
		w.Blob = &e.Blob
	}
	return w, nil
}

func (a answers) AskRestore(ctx context.Context, call openapi.AskRestoreRequestObject) (openapi.AskRestoreResponseObject, error) {
	card, err := heldCard(call.Body.Card)
	if err != nil {
		return nil, err
	}
	var r reading
	var sig consent.Signature
	ask := consent.AskRestore{Card: card, Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&ask.Pickup, call.Body.Pickup, "/pickup")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	ready, err := a.cfg.Gate.AskRestore(ctx, ask, sig)
	if err != nil {
		return nil, err
	}
	return openapi.AskRestore200JSONResponse{Ready: ready}, nil
}

func (a answers) PickUpRestore(ctx context.Context, call openapi.PickUpRestoreRequestObject) (openapi.PickUpRestoreResponseObject, error) {
	card, err := heldCard(call.Body.Card)
	if err != nil {
		return nil, err
	}
	var r reading
	var secret consent.Digest
	r.id(&secret, call.Body.Secret, "/secret")
	if r.err != nil {
		return nil, r.err
	}
	blob, err := a.cfg.Gate.PickUp(ctx, card, secret)
	if err != nil {
		return nil, err
	}
	return openapi.PickUpRestore200JSONResponse{Blob: blob}, nil
}
