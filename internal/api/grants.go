package api

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) GetGrant(ctx context.Context, call openapi.GetGrantRequestObject) (openapi.GetGrantResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	held, err := a.cfg.Gate.Held(ctx, who, id)
	return openapi.GetGrant200JSONResponse(wireHeld(held)), err
}

func (a answers) ListGrants(ctx context.Context, call openapi.ListGrantsRequestObject) (openapi.ListGrantsResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	place, limit, err := page(listGrants, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	if call.Params.Status != nil && !call.Params.Status.Valid() {
		p := problemParameter
		p.detail = "status: not one of the values listed"
		return nil, p
	}
	held, next, err := a.cfg.Gate.GrantsHeld(ctx, who, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := []openapi.HeldGrant{}
	for _, h := range held {
		if call.Params.Status == nil || string(*call.Params.Status) == string(h.Status) {
			list = append(list, wireHeld(h))
		}
	}
	return openapi.ListGrants200JSONResponse{Grants: list, Next: formatCursor(listGrants, next)}, nil
}

// strangeCursor: bounds were checked before, so the gate's refusal is of the place.
func strangeCursor(err error) error {
	if errors.Is(err, vault.ErrCall) {
		return problemCursor
	}
	return err
}

func page(l list, cursor *string, wanted *int32) (place string, limit int, err error) {
	if limit, err = parseLimit(wanted); err != nil {
		return "", 0, err
	}
	place, err = parseCursor(l, cursor)
	return place, limit, err
}
