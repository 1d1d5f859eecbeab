package api

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
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
	asked, err := a.cfg.Gate.RequestOf(ctx, who, requestIDOf(call.Id))
	return openapi.GetRequest200JSONResponse(wireAsked(&asked)), err
}

func (a answers) ListRequests(ctx context.Context, call openapi.ListRequestsRequestObject) (openapi.ListRequestsResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := wantedStatus(call.Params.Status)
	if err != nil {
		return nil, err
	}
	l := ofInstitution(listRequests, who.ID, wanted)
	place, limit, err := a.page(l, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	asked, next, err := a.cfg.Gate.RequestsOf(ctx, who, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := []openapi.Request{}
	for i := range asked {
		if wanted == "" || wanted == string(asked[i].Status) {
			list = append(list, wireAsked(&asked[i]))
		}
	}
	return openapi.ListRequests200JSONResponse{Requests: list, Next: a.formatCursor(l, next)}, nil
}

// GetAsked answers a person's device. Whoever holds the id may read what is asked,
// but not which grant answered it.
func (a answers) GetAsked(ctx context.Context, call openapi.GetAskedRequestObject) (openapi.GetAskedResponseObject, error) {
	id := requestIDOf(call.Id)
	request, status, err := a.cfg.Gate.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	institution, err := a.cfg.Directory.Institution(ctx, request.Institution)
	if err != nil {
		return nil, err
	}
	accreditors, err := a.accreditors(ctx, &institution)
	if err != nil {
		return nil, err
	}
	fields := a.labels(request.Fields)
	answer := openapi.GetAsked200JSONResponse{
		Id: id.String(), Status: openapi.Status(status.Status), Document: wireRequest(request), Institution: wireInstitution(institution),
		Accreditors: &accreditors, Fields: &fields,
	}
	if foreseen, err := a.cfg.Gate.Foreseen(ctx, request); err == nil { // without it the device warns
		answer.Now = &openapi.Foreseen{Reasons: wireReasons(foreseen.Reasons), Withheld: wireWithheld(foreseen.Withheld)}
	}
	return answer, nil
}

// accreditors are those that vouch for an institution now, by their names.
func (a answers) accreditors(ctx context.Context, i *consent.Institution) ([]openapi.NamedInstitution, error) {
	list := []openapi.NamedInstitution{}
	if !i.Attested {
		return list, nil
	}
	for _, id := range i.Accreditors {
		one, err := a.cfg.Directory.Institution(ctx, id)
		if errors.Is(err, consent.ErrUnknownInstitution) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, openapi.NamedInstitution{Id: id.String(), Name: one.Name})
	}
	return list, nil
}
