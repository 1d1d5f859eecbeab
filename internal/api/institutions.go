package api

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
)

// Registry relays institutions' signed acts to the ledger. Each call returns the
// block that holds the act once this vault follows it; *ledgerref.Refused where the
// contract did not take it. Safe for concurrent use.
type Registry interface {
	RegisterInstitution(ctx context.Context, act ledgerref.Registration) (block uint64, err error)
	AddTLSKey(ctx context.Context, act ledgerref.TLSKey) (block uint64, err error)
	Attest(ctx context.Context, act ledgerref.Attestation) (block uint64, err error)
	Suspend(ctx context.Context, act ledgerref.Suspension) (block uint64, err error)
	RemoveTLSKey(ctx context.Context, act ledgerref.TLSKeyRemoval) (block uint64, err error)
	WithdrawAttestation(ctx context.Context, act ledgerref.AttestationWithdrawal) (block uint64, err error)
	ChangeKeys(ctx context.Context, act ledgerref.KeyChange) (block uint64, err error)
	// ColdKeys asks the chain; consent.ErrUnknownInstitution.
	ColdKeys(ctx context.Context, id consent.InstitutionID) (ledgerref.ColdKeys, error)
	Nonce(ctx context.Context, actor, target consent.InstitutionID) (uint64, error)
}

// refusedByLedger tells which rule of the contract an act broke.
func refusedByLedger(err error) error {
	var refused *ledgerref.Refused
	if !errors.As(err, &refused) {
		return err
	}
	p := problemLedger
	p.detail = "the contract's reason: " + refused.Reason
	return p
}

func (a answers) RegisterInstitution(ctx context.Context, call openapi.RegisterInstitutionRequestObject) (openapi.RegisterInstitutionResponseObject, error) {
	act, err := registration(call.Body)
	if err != nil {
		return nil, err
	}
	block, err := a.cfg.Registry.RegisterInstitution(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.RegisterInstitution200JSONResponse{Institution: act.ID().String(), Block: block}, nil
}

func registration(w *openapi.InstitutionRegistration) (act ledgerref.Registration, err error) {
	var r reading
	r.time("/deadline", w.Deadline)
	act.Name, act.Kind, act.Jurisdiction, act.Deadline = w.Name, consent.ParseKind(string(w.Kind)), w.Jurisdiction, w.Deadline
	r.id(&act.ColdKey, w.ColdKey, "/cold_key")
	r.id(&act.Salt, w.Salt, "/salt")
	r.id(&act.RecoveryKey, w.RecoveryKey, "/recovery_key")
	r.id((*consent.Digest)(&act.SealingKey), w.SealingKey, "/sealing_key")
	r.id(&act.Signature, w.Signature, "/signature")
	r.oneOf(act.Kind != consent.KindUnknown, "/kind")
	if err := consent.ValidateJurisdiction(w.Jurisdiction); err != nil && r.err == nil {
		r.err = invalid("/jurisdiction", err.Error())
	}
	if n := len(w.Name); (n == 0 || n > 128) && r.err == nil {
		r.err = invalid("/name", "want 1 to 128 bytes")
	}
	return act, r.err
}

func institutionPath(text string) (id consent.InstitutionID, err error) {
	if id.UnmarshalText([]byte(text)) != nil {
		return id, consent.ErrNotFound
	}
	return id, nil
}

func (a answers) GetInstitution(ctx context.Context, call openapi.GetInstitutionRequestObject) (openapi.GetInstitutionResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	found, err := a.cfg.Directory.Institution(ctx, id)
	if errors.Is(err, consent.ErrUnknownInstitution) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return openapi.GetInstitution200JSONResponse(wireInstitution(found)), nil
}

func (a answers) GetNonce(ctx context.Context, call openapi.GetNonceRequestObject) (openapi.GetNonceResponseObject, error) {
	target, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	actor, err := institutionPath(call.Params.Actor)
	if err != nil {
		return nil, err
	}
	nonce, err := a.cfg.Registry.Nonce(ctx, actor, target)
	if errors.Is(err, consent.ErrUnknownInstitution) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return openapi.GetNonce200JSONResponse{Nonce: nonce}, nil
}

func (a answers) AddKey(ctx context.Context, call openapi.AddKeyRequestObject) (openapi.AddKeyResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.TLSKey{Institution: id, ReplacedUntil: w.ReplacedUntil, Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.time("/replaced_until", w.ReplacedUntil)
	r.id(&act.X, w.X, "/x")
	r.id(&act.Y, w.Y, "/y")
	r.id(&act.Replaces, w.Replaces, "/replaces")
	r.id(&act.Signature, w.Signature, "/signature")
	r.id(&act.ProofR, w.ProofR, "/proof_r")
	r.id(&act.ProofS, w.ProofS, "/proof_s")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.AddTLSKey(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.AddKey200JSONResponse{Institution: id.String(), Block: block}, nil
}

func (a answers) Attest(ctx context.Context, call openapi.AttestRequestObject) (openapi.AttestResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.Attestation{Institution: id, Expires: w.Expires, Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.time("/expires", w.Expires)
	r.id(&act.Accreditor, w.Accreditor, "/accreditor")
	r.id(&act.Signature, w.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.Attest(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.Attest200JSONResponse{Institution: id.String(), Block: block}, nil
}

func (a answers) Suspend(ctx context.Context, call openapi.SuspendRequestObject) (openapi.SuspendResponseObject, error) {
	id, err := institutionPath(call.Institution)
	if err != nil {
		return nil, err
	}
	w := call.Body
	act := ledgerref.Suspension{Institution: id, Lift: w.Lift, Nonce: w.Nonce, Deadline: w.Deadline}
	var r reading
	r.time("/deadline", w.Deadline)
	r.id(&act.By, w.By, "/by")
	r.id(&act.Signature, w.Signature, "/signature")
	if r.err != nil {
		return nil, r.err
	}
	block, err := a.cfg.Registry.Suspend(ctx, act)
	if err != nil {
		return nil, refusedByLedger(err)
	}
	return openapi.Suspend200JSONResponse{Institution: id.String(), Block: block}, nil
}
