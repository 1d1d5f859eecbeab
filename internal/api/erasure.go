package api

import (
	"context"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) Erase(ctx context.Context, call openapi.EraseRequestObject) (openapi.EraseResponseObject, error) {
	var r reading
	var erasure consent.Erasure
	var sig consent.Signature
	r.id(&erasure.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	erased, err := a.cfg.Gate.Erase(ctx, erasure, sig)
	if err != nil {
		return nil, nobodys(err)
	}
	return openapi.Erase200JSONResponse(wireErased(erased)), nil
}

func wireErased(e *vault.Erased) openapi.Erased {
	r := &e.Receipt
	w := openapi.Erased{
		Identity: hexOf(r.Identity[:]), Time: r.Time / 1000, Ended: r.Ended, More: r.More,
		Remains: make([]openapi.Remainder, len(r.Remains)), Copies: make([]openapi.HeldCopy, len(r.Copies)),
		BackupsUntil: r.BackupsUntil, CachedSeconds: r.CachedSeconds,
		Receipt: e.Encoded, Signature: e.Signature[:], Proof: wireProof(e.Proof),
	}
	for i, what := range r.Remains {
		w.Remains[i] = openapi.Remainder(what)
	}
	for i, c := range r.Copies {
		w.Copies[i] = openapi.HeldCopy{Institution: c.Institution.String(), First: c.First / 1000, Last: c.Last / 1000, RetentionDays: c.RetentionDays}
	}
	return w
}

func (a answers) GetErasure(ctx context.Context, _ openapi.GetErasureRequestObject) (openapi.GetErasureResponseObject, error) {
	w, err := a.cfg.Gate.Window(ctx)
	if err != nil {
		return nil, err
	}
	return openapi.GetErasure200JSONResponse{BackupDays: w.BackupDays, CachedSeconds: uint32(w.Cached / time.Second), Ends: w.Ends}, nil //nolint:gosec // seconds of a minute
}
