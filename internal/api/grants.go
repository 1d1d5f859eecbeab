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
	wanted, err := wantedStatus(call.Params.Status)
	if err != nil {
		return nil, err
	}
	l := ofInstitution(listGrants, who.ID, wanted)
	place, limit, err := a.page(l, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	held, next, err := a.cfg.Gate.GrantsHeld(ctx, who, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := []openapi.HeldGrant{}
	for _, h := range held {
		if wanted == "" || wanted == string(h.Status) {
			list = append(list, wireHeld(h))
		}
	}
	return openapi.ListGrants200JSONResponse{Grants: list, Next: a.formatCursor(l, next)}, nil
}

// strangeCursor: bounds were checked before, so the gate's refusal is of the place.
func strangeCursor(err error) error {
	if errors.Is(err, vault.ErrCall) {
		return problemCursor
	}
	return err
}

// wantedStatus is the status that a list is filtered by; "" for every one.
func wantedStatus(status *openapi.Status) (string, error) {
	if status == nil {
		return "", nil
	}
	if !status.Valid() {
		p := problemParameter
		p.detail = "status: not one of the values listed"
		return "", p
	}
	return string(*status), nil
}

func (a *API) page(l pagesOf, cursor *string, wanted *int32) (place string, limit int, err error) {
	if limit, err = parseLimit(wanted); err != nil {
		return "", 0, err
	}
	place, err = a.parseCursor(l, cursor)
	return place, limit, err
}
