package api

import (
	"context"
	"errors"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
)

// unknownAsAbsent: who does not exist has no lists.
func unknownAsAbsent(err error) error {
	if errors.Is(err, consent.ErrUnknownInstitution) {
		return consent.ErrNotFound
	}
	return err
}

func (a answers) ListKeys(ctx context.Context, call openapi.ListKeysRequestObject) (openapi.ListKeysResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(call.Params.Limit)
	if err != nil {
		return nil, err
	}
	l := ofInstitution(listKeys, id, "")
	after, err := a.parseID(l, call.Params.Cursor)
	if err != nil {
		return nil, err
	}
	keys, more, err := a.cfg.Directory.TLSKeys(ctx, id, after, limit)
	if err != nil {
		return nil, unknownAsAbsent(err)
	}
	answer := openapi.ListKeys200JSONResponse{Keys: make([]openapi.TLSKey, len(keys))}
	for i, k := range keys {
		answer.Keys[i] = openapi.TLSKey{KeyHash: k.Hash.String(), Added: k.Added, Valid: k.Valid, Removed: k.Removed}
		if k.Removed {
			answer.Keys[i].RemovedAt = &k.RemovedAt
		}
		if k.ValidUntil != 0 {
			answer.Keys[i].ValidUntil = &k.ValidUntil
		}
	}
	if more {
		last := keys[len(keys)-1].Hash
		answer.Next = a.formatCursor(l, string(last[:]))
	}
	return answer, nil
}

func (a answers) ListAttestations(ctx context.Context, call openapi.ListAttestationsRequestObject) (openapi.ListAttestationsResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	limit, err := parseLimit(call.Params.Limit)
	if err != nil {
		return nil, err
	}
	var endsBefore uint64
	if call.Params.EndsBefore != nil {
		endsBefore = *call.Params.EndsBefore
	}
	l := ofInstitution(listAttestations, id, strconv.FormatUint(endsBefore, 10))
	after, err := a.parseID(l, call.Params.Cursor)
	if err != nil {
		return nil, err
	}
	given, next, more, err := a.cfg.Directory.Attestations(ctx, id, after, endsBefore, limit)
	if err != nil {
		return nil, unknownAsAbsent(err)
	}
	answer := openapi.ListAttestations200JSONResponse{Attestations: make([]openapi.Attestation, len(given))}
	for i, g := range given {
		answer.Attestations[i] = openapi.Attestation{Institution: wireInstitution(g.Institution), Until: g.Until}
	}
	if more {
		answer.Next = a.formatCursor(l, string(next[:]))
	}
	return answer, nil
}

func (a answers) RemoveKey(ctx context.Context, call openapi.RemoveKeyRequestObject) (openapi.RemoveKeyResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.TLSKeyRemoval{Institution: id, Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.id(&act.KeyHash, w.KeyHash, "/key_hash")
	r.id(&act.Signature, w.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.RemoveTLSKey(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.RemoveKey200JSONResponse{Institution: id.String(), Block: block}, nil
}

func (a answers) WithdrawAttestation(ctx context.Context, call openapi.WithdrawAttestationRequestObject) (openapi.WithdrawAttestationResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.AttestationWithdrawal{Institution: id, Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.id(&act.Accreditor, w.Accreditor, "/accreditor")
	r.id(&act.Signature, w.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.WithdrawAttestation(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.WithdrawAttestation200JSONResponse{Institution: id.String(), Block: block}, nil
}

func (a answers) GetColdKey(ctx context.Context, call openapi.GetColdKeyRequestObject) (openapi.GetColdKeyResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	keys, err := a.cfg.Registry.ColdKeys(ctx, id)
	if err != nil {
		return nil, unknownAsAbsent(err)
	}
	pending := func(key consent.Address, at uint64) *openapi.PendingKey {
		if at == 0 {
			return nil
		}
		return &openapi.PendingKey{Key: key.String(), ReadyAt: at}
	}
	return openapi.GetColdKey200JSONResponse{
		ColdKey: keys.Cold.String(), RecoveryKey: keys.Recovery.String(), RecoveryNonce: keys.RecoveryNonce,
		NextColdKey: pending(keys.Next, keys.NextReadyAt), NextRecoveryKey: pending(keys.NextRecovery, keys.NextRecoveryReadyAt),
		RecoveredColdKey: pending(keys.Recovered, keys.RecoveryReadyAt),
	}, nil
}

func (a answers) ChangeColdKey(ctx context.Context, call openapi.ChangeColdKeyRequestObject) (openapi.ChangeColdKeyResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.KeyChange{Institution: id, Change: ledgerref.ChangeKind(w.Change), Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.oneOf(w.Change.Valid(), "/change")
	r.id(&act.ColdKey, w.ColdKey, "/cold_key")
	r.id(&act.RecoveryKey, w.RecoveryKey, "/recovery_key")
	r.id(&act.Signature, w.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.ChangeKeys(ctx, act)
	if err != nil {
		return nil, unknownAsAbsent(refusedByLedger(err))
	}
	return openapi.ChangeColdKey200JSONResponse{Institution: id.String(), Block: block}, nil
}
