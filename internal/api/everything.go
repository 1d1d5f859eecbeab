package api

import (
	"context"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// maxStops of one call, as openapi.yaml has it.
const maxStops = 4000

func (a answers) WithdrawAll(ctx context.Context, call openapi.WithdrawAllRequestObject) (openapi.WithdrawAllResponseObject, error) {
	var r reading
	var sig consent.Signature
	all := consent.WithdrawAll{Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.id(&all.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	stops := map[consent.GrantID]consent.Signature{}
	if call.Body.Stops != nil {
		if len(*call.Body.Stops) > maxStops {
			return nil, invalid("/stops", "want at most 4000; send the others one by one")
		}
		for _, s := range *call.Body.Stops {
			var id consent.GrantID
			var stop consent.Signature
			r.id(&id, s.Grant, "/stops/grant")
			r.id(&stop, s.Signature, "/stops/signature")
			stops[id] = stop
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	receipts, err := a.cfg.Gate.WithdrawAll(ctx, all, sig, stops)
	if err != nil {
		return nil, nobodys(err)
	}
	return openapi.WithdrawAll200JSONResponse{Withdrawn: wireAllWithdrawn(receipts)}, nil
}

func wireAllWithdrawn(receipts []vault.WithdrawReceipt) []openapi.Withdrawn {
	list := make([]openapi.Withdrawn, len(receipts))
	for i := range receipts {
		list[i] = wireWithdrawn(&receipts[i])
	}
	return list
}

func wireWithdrawn(r *vault.WithdrawReceipt) openapi.Withdrawn {
	return openapi.Withdrawn{Grant: r.ID.String(), Status: openapi.Status(r.Status), Time: r.Time, Relayed: r.Relayed, Proof: wireProofIf(r.Proof)}
}

func (a answers) Dispute(ctx context.Context, call openapi.DisputeRequestObject) (openapi.DisputeResponseObject, error) {
	var r reading
	var sig consent.Signature
	d := consent.Dispute{Since: call.Body.Since, Time: call.Body.Time}
	r.time("/time", call.Body.Time)
	r.time("/since", call.Body.Since)
	r.id(&d.Identity, call.Body.Identity, "/identity")
	r.id(&sig, call.Body.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	return openapi.Dispute204Response{}, nobodys(a.cfg.Gate.Dispute(ctx, d, sig))
}
