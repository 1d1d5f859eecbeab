package api

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) Give(ctx context.Context, call openapi.GiveRequestObject) (openapi.GiveResponseObject, error) {
	signed, err := signedGrant(call.Body)
	if err != nil {
		return nil, err
	}
	receipt, err := a.cfg.Gate.Grant(ctx, signed)
	if err != nil {
		return nil, refusedBy(err, "/grant", placesInGrant)
	}
	return openapi.Give201JSONResponse(wireGiven(&receipt)), nil
}

func wireGiven(r *vault.GrantReceipt) openapi.Given {
	return openapi.Given{Grant: r.ID.String(), Status: openapi.Status(r.Status), Expires: r.Expires, Proof: wireProof(r.Proof)}
}

func (a answers) Refuse(ctx context.Context, call openapi.RefuseRequestObject) (openapi.RefuseResponseObject, error) {
	var r reading
	var sig consent.Signature
	refusal := consent.Refusal{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&refusal.Request, call.Body.Request, "/request")
	r.id(&refusal.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.Refuse204Response{}, nobodys(a.cfg.Gate.Refuse(ctx, refusal, sig))
}

func (a answers) Withdraw(ctx context.Context, call openapi.WithdrawRequestObject) (openapi.WithdrawResponseObject, error) {
	var r reading
	var id consent.GrantID
	var sig consent.Signature
	r.id(&id, call.Body.Grant, "/grant")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	receipt, err := a.cfg.Gate.Withdraw(ctx, id, sig)
	if err != nil {
		return nil, nobodys(err)
	}
	return openapi.Withdraw200JSONResponse(wireWithdrawn(&receipt)), nil
}

func (a answers) StateFacts(ctx context.Context, call openapi.StateFactsRequestObject) (openapi.StateFactsResponseObject, error) {
	statement, sig, err := statedFacts(call.Body)
	if err != nil {
		return nil, err
	}
	return openapi.StateFacts204Response{}, nobodys(a.cfg.Gate.StateFacts(ctx, statement, sig))
}

// nobodys makes one answer of a wrong signature and of nothing to sign for: anybody
// may send these acts, and is not to learn who has data here.
func nobodys(err error) error {
	if errors.Is(err, consent.ErrNotFound) || nobodyHere(err) {
		return consent.ErrSignature
	}
	return err
}

func (a answers) ListOwnGrants(ctx context.Context, call openapi.ListOwnGrantsRequestObject) (openapi.ListOwnGrantsResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	l := pagesOf{list: listOwnGrants, owner: identity}
	place, limit, err := a.page(l, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	own, next, err := a.cfg.Gate.GrantsOf(ctx, identity, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := make([]openapi.OwnGrant, len(own))
	for i := range own {
		if list[i], err = a.ownGrant(ctx, &own[i]); err != nil {
			return nil, err
		}
	}
	return openapi.ListOwnGrants200JSONResponse{Grants: list, Next: a.formatCursor(l, next)}, nil
}

func (a answers) ownGrant(ctx context.Context, own *vault.OwnGrant) (openapi.OwnGrant, error) {
	w := openapi.OwnGrant{Id: own.ID.String(), Status: openapi.Status(own.Status), Document: wireGrant(&own.Grant), Used: own.Used, GivenAt: own.Given}
	if own.Deletion != nil {
		deleted := wireDeletion(own.Deletion)
		deleted.Proof = nil // the person has the entry in the history
		w.Deletion = &deleted
	}
	institution, err := a.cfg.Directory.Institution(ctx, own.Grant.Institution)
	if errors.Is(err, consent.ErrUnknownInstitution) {
		return w, nil
	}
	if err == nil {
		facts := wireInstitution(institution)
		w.Institution = &facts
	}
	return w, err
}

func (a answers) ListHistory(ctx context.Context, call openapi.ListHistoryRequestObject) (openapi.ListHistoryResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(call.Params.Limit)
	if err != nil {
		return nil, err
	}
	l := pagesOf{list: listHistory, owner: identity}
	after, err := a.parseNumber(l, call.Params.Cursor)
	if err != nil {
		return nil, err
	}
	// before the entries, so that all it counts are among them
	statement, err := a.cfg.Gate.Complete(ctx, identity)
	if err != nil {
		return nil, err
	}
	items, err := a.cfg.Gate.History(ctx, identity, after, limit)
	if err != nil {
		return nil, err
	}
	answer := openapi.ListHistory200JSONResponse{Entries: make([]openapi.HistoryItem, len(items)), Statement: wireStatement(statement)}
	for i, item := range items {
		answer.Entries[i] = wireHistory(item)
	}
	if len(items) == limit {
		answer.Next = a.formatNumber(l, items[limit-1].Personal.Sequence)
	}
	return answer, nil
}
