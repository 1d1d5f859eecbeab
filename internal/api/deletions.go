package api

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) AttestDeletion(ctx context.Context, call openapi.AttestDeletionRequestObject) (openapi.AttestDeletionResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	ask := vault.DeletionCall{Through: call.Body.ThroughMs, Key: keyOf(ctx)}
	if copy(ask.Signature[:], call.Body.Signature) != len(call.Body.Signature) || len(call.Body.Signature) != len(ask.Signature) {
		return nil, invalid("/signature", "want 64 bytes, r and s")
	}
	if ask.Grant, err = a.grantID(ctx, who, call.Grant); err != nil {
		return nil, err
	}
	done, err := a.cfg.Gate.AttestDeletion(ctx, who, ask)
	if errors.Is(err, vault.ErrCall) {
		return nil, invalid("/through_ms", "want a time that is not in the future")
	}
	if err != nil {
		return nil, err
	}
	return openapi.AttestDeletion200JSONResponse(wireDeletion(done)), nil
}

func (a answers) GetDeletion(ctx context.Context, call openapi.GetDeletionRequestObject) (openapi.GetDeletionResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	found, err := a.cfg.Gate.DeletionOf(ctx, who, id)
	if err == nil && found == nil {
		err = consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return openapi.GetDeletion200JSONResponse(wireDeletion(found)), nil
}

func (a answers) ListDeletions(ctx context.Context, call openapi.ListDeletionsRequestObject) (openapi.ListDeletionsResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	overdue := call.Params.Overdue != nil && *call.Params.Overdue
	l := ofInstitution(listDeletions, who.ID, strconv.FormatBool(overdue))
	place, limit, err := a.page(l, call.Params.Cursor, call.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := a.cfg.Gate.Deletions(ctx, who, overdue, place, limit)
	if err != nil {
		return nil, strangeCursor(err)
	}
	list := make([]openapi.Deletion, len(found))
	for i := range found {
		list[i] = wireDeletion(&found[i])
	}
	return openapi.ListDeletions200JSONResponse{Deletions: list, Next: a.formatCursor(l, next)}, nil
}

func (a answers) ListNotices(ctx context.Context, call openapi.ListNoticesRequestObject) (openapi.ListNoticesResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(call.Params.Limit)
	if err != nil {
		return nil, err
	}
	var after uint64
	if call.Params.After != nil {
		after = *call.Params.After
	}
	var wait time.Duration
	if call.Params.Wait != nil {
		wait = time.Duration(*call.Params.Wait) * time.Second
	}
	if wait < 0 || wait > 30*time.Second {
		p := problemParameter
		p.detail = "wait: want 0 to 30 seconds"
		return nil, p
	}
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.stopping, cancel)()
	found, err := a.cfg.Gate.ChangeNotices(waiting, who, after, limit, wait)
	if err != nil && a.stopping.Err() != nil && ctx.Err() == nil {
		found, err = nil, nil // nobody waits for a program that ends
	}
	if err != nil {
		return nil, err
	}
	list := make([]openapi.ChangeNotice, len(found))
	for i, n := range found {
		list[i] = openapi.ChangeNotice{Number: n.Number, Kind: openapi.ChangeNoticeKind(n.Kind), Grant: n.Grant.String(), Day: n.Day}
	}
	return openapi.ListNotices200JSONResponse{Notices: list}, nil
}

// wireDeletion has the proof beside the attestation.
func wireDeletion(d *vault.Deletion) openapi.Deletion {
	w := openapi.Deletion{Grant: d.Grant.String(), ReceivedMs: d.Received, Overdue: d.Overdue}
	if d.Due != 0 {
		w.Due = &d.Due
	}
	if d.Attested != nil {
		w.Attested = &openapi.AttestedDeletion{ThroughMs: d.Attested.Statement.Through, PublicKey: d.Attested.Key[:], Signature: d.Attested.Signature[:]}
		if len(d.Attested.Proof.Leaf) > 0 {
			proof := wireProof(d.Attested.Proof)
			w.Proof = &proof
		}
	}
	return w
}
