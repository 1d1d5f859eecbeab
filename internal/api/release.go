package api

import (
	"context"
	"net/http"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) Release(ctx context.Context, call openapi.ReleaseRequestObject) (openapi.ReleaseResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := askedFields(call.Body.Fields)
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	released, err := a.cfg.Gate.Release(ctx, who, vault.ReleaseCall{Grant: id, Fields: fields, IdempotencyKey: call.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return delivery{openapi.Release200JSONResponse(wireReleased(released)), released, ctx}, nil
}

func askedFields(list *[]openapi.FieldName) ([]consent.FieldName, error) {
	if list == nil {
		return nil, nil
	}
	fields := fieldNames(*list)
	if len(fields) == 0 || len(fields) > 200 {
		return nil, invalid("/fields", "want 1 to 200, or leave the member out for all of the grant")
	}
	for i, f := range fields {
		if f.Validate() != nil {
			return nil, invalid(pointerTo("/fields", i), consent.ErrFieldName.Error())
		}
	}
	return fields, nil
}

// delivery tells the gate whether its release was written to the connection.
type delivery struct {
	openapi.Release200JSONResponse
	released *vault.Release
	ctx      context.Context // the answer is written where no other is at hand
}

func (d delivery) VisitReleaseResponse(w http.ResponseWriter) (err error) {
	sent := false
	defer func() { d.released.Done(d.ctx, sent) }()
	if err := d.Release200JSONResponse.VisitReleaseResponse(w); err != nil {
		return err
	}
	if wrapped, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		w = wrapped.Unwrap() // Echo's own Flush swallows the error
	}
	err = http.NewResponseController(w).Flush()
	sent = err == nil
	return err
}
