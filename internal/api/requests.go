package api

import (
	"context"

	"github.com/wrapious/wrappy/openapi"
)

func (a answers) CreateRequest(ctx context.Context, call openapi.CreateRequestRequestObject) (openapi.CreateRequestResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	request, err := newRequest(call.Body, who.ID)
	if err != nil {
		return nil, err
	}
	id, err := a.cfg.Gate.CreateRequest(ctx, who, request, call.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	asked, err := a.cfg.Gate.RequestOf(ctx, who, id)
	return openapi.CreateRequest201JSONResponse{Body: wireAsked(&asked), Headers: openapi.CreateRequest201ResponseHeaders{Location: "/v1/requests/" + id.String()}}, err
}

func (a answers) GetRequest(ctx context.Context, call openapi.GetRequestRequestObject) (openapi.GetRequestResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	id, err := requestIDOf(call.Id)
	if err != nil {
		return nil, err
	}
	asked, err := a.cfg.Gate.RequestOf(ctx, who, id)
	return openapi.GetRequest200JSONResponse(wireAsked(&asked)), err
}

func (a answers) ListRequests(ctx context.Context, call openapi.ListRequestsRequestObject) (openapi.ListRequestsResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	place, limit, err := page(listRequests, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	asked, next, err := a.cfg.Gate.RequestsOf(ctx, who, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := make([]openapi.Request, len(asked))
	for i := range asked {
		list[i] = wireAsked(&asked[i])
	}
	return openapi.ListRequests200JSONResponse{Requests: list, Next: formatCursor(listRequests, next)}, nil
}

// GetAsked answers a person's device. Whoever holds the id may read what is asked,
// but not which grant answered it.
func (a answers) GetAsked(ctx context.Context, call openapi.GetAskedRequestObject) (openapi.GetAskedResponseObject, error) {
	id, err := requestIDOf(call.Id)
	if err != nil {
		return nil, err
	}
	request, status, err := a.cfg.Gate.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	institution, err := a.cfg.Directory.Institution(ctx, request.Institution)
	if err != nil {
		return nil, err
	}
	return openapi.GetAsked200JSONResponse{
		Id: id.String(), Status: openapi.Status(status.Status), Document: wireRequest(request), Institution: wireInstitution(institution),
	}, nil
}
