package api

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) StateAssistKey(ctx context.Context, call openapi.StateAssistKeyRequestObject) (openapi.StateAssistKeyResponseObject, error) {
	var r reading
	var sig consent.Signature
	st := consent.AssistKey{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&st.Identity, call.Body.Identity, "/identity")
	r.id(&st.Key, call.Body.Key, "/key")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.StateAssistKey204Response{}, nobodys(a.cfg.Gate.StateAssistKey(ctx, st, sig))
}

func (a answers) Represent(ctx context.Context, call openapi.RepresentRequestObject) (openapi.RepresentResponseObject, error) {
	var r reading
	var sig consent.Signature
	st := consent.Represent{Until: call.Body.Until, Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.time("/until", call.Body.Until)
	r.id(&st.Identity, call.Body.Identity, "/identity")
	r.id(&st.Representative, call.Body.Representative, "/representative")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.Represent204Response{}, nobodys(a.cfg.Gate.Represent(ctx, st, sig))
}

func (a answers) OpenAssistSession(ctx context.Context, call openapi.OpenAssistSessionRequestObject) (openapi.OpenAssistSessionResponseObject, error) {
	var r reading
	var nonce consent.Digest
	var sig consent.Signature
	stated := consent.AssistSession{Origin: call.Body.Origin, Expires: call.Body.Expires}
	r.time("/expires", call.Body.Expires)
	r.id(&stated.Identity, call.Body.Identity, "/identity")
	r.id(&stated.Request, call.Body.Request, "/request")
	r.id(&nonce, call.Body.Nonce, "/nonce")
	r.id(&sig, call.Body.Signature, "/signature")
	stated.Nonce = nonce
	if r.err != nil {
		return nil, r.err
	}
	id, err := a.sessions.assist(ctx, a.cfg.Gate, stated, call.Body.ProofKey, sig)
	if err != nil {
		return nil, err
	}
	return openapi.OpenAssistSession201JSONResponse{Session: id, Expires: stated.Expires}, nil
}

func (a answers) ListStanding(ctx context.Context, call openapi.ListStandingRequestObject) (openapi.ListStandingResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	l := pagesOf{list: listStanding, owner: identity}
	place, limit, err := a.page(l, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	standing, next, err := a.cfg.Gate.Standing(ctx, identity, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := make([]openapi.StandingGrant, len(standing))
	for i, s := range standing {
		who, err := a.cfg.Directory.Institution(ctx, s.Institution)
		if err != nil && !errors.Is(err, consent.ErrUnknownInstitution) {
			return nil, err
		}
		list[i] = openapi.StandingGrant{Id: s.ID.String(), Institution: s.Institution.String(), Name: who.Name, Expires: s.Expires}
	}
	return openapi.ListStanding200JSONResponse{Grants: list, Next: a.formatCursor(l, next)}, nil
}

func (a answers) GiveAssisted(ctx context.Context, call openapi.GiveAssistedRequestObject) (openapi.GiveAssistedResponseObject, error) {
	w := call.Body
	signed, err := signedGrant(&openapi.SignedGrant{Grant: w.Grant, Deadline: w.Deadline, Signature: w.Signature, Binding: w.Binding})
	if err == nil {
		err = inOwnSession(ctx, signed.Binding.Identity)
	}
	if err == nil {
		signed.Help, err = a.help(ctx, &w.Help)
	}
	if err != nil {
		return nil, err
	}
	receipt, err := a.cfg.Gate.Grant(ctx, signed)
	if err != nil {
		return nil, refusedBy(err, "/grant", placesInGrant)
	}
	return openapi.GiveAssisted201JSONResponse(wireGiven(&receipt)), nil
}

// help reads the helping institution's word. Whose key it is now is looked up as for a
// connection: one that was removed an hour ago signs for nobody any more.
func (a answers) help(ctx context.Context, w *openapi.Help) (*vault.Help, error) {
	var r reading
	h := &vault.Help{NotBefore: w.NotBefore, Until: w.Until}
	r.time("/help/not_before", w.NotBefore)
	r.time("/help/until", w.Until)
	r.id(&h.Institution, w.Institution, "/help/institution")
	r.oneOf(copy(h.Key[:], w.Key) == len(h.Key) && len(w.Key) == len(h.Key), "/help/key")
	r.oneOf(copy(h.Signature[:], w.Signature) == len(h.Signature) && len(w.Signature) == len(h.Signature), "/help/signature")
	if r.err != nil {
		return nil, r.err
	}
	h.Session = assistNonce(ctx)
	hash, err := h.Key.Hash()
	if err != nil {
		return nil, consent.ErrSignature
	}
	who, err := a.cfg.Directory.InstitutionByKeyHash(ctx, hash)
	if errors.Is(err, consent.ErrUnknownInstitution) || err == nil && who.ID != h.Institution {
		return nil, consent.ErrSignature
	}
	return h, err
}

func (a answers) WithdrawAssisted(ctx context.Context, call openapi.WithdrawAssistedRequestObject) (openapi.WithdrawAssistedResponseObject, error) {
	var r reading
	var sig consent.Signature
	w := consent.AssistWithdraw{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&w.ID, call.Body.Grant, "/grant")
	r.id(&w.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	receipt, err := a.cfg.Gate.WithdrawAssisted(ctx, w, sig)
	if err != nil {
		return nil, nobodys(err)
	}
	return openapi.WithdrawAssisted200JSONResponse(wireWithdrawn(&receipt)), nil
}

func (a answers) WithdrawAllAssisted(ctx context.Context, call openapi.WithdrawAllAssistedRequestObject) (openapi.WithdrawAllAssistedResponseObject, error) {
	var r reading
	var sig consent.Signature
	all := consent.WithdrawAll{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&all.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	receipts, err := a.cfg.Gate.WithdrawAllAssisted(ctx, all, sig)
	if err != nil {
		return nil, nobodys(err)
	}
	return openapi.WithdrawAllAssisted200JSONResponse{Withdrawn: wireAllWithdrawn(receipts)}, nil
}
