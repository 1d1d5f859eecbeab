package client

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
)

// Registry brings institutions' signed acts to the ledger through a vault. Safe
// for concurrent use by different institutions.
type Registry struct {
	api       *openapi.ClientWithResponses
	addresses ledgerref.Addresses
}

// NewRegistry connects to the vault's public listener at base.
func NewRegistry(ctx context.Context, base, serverCertificate string) (*Registry, error) {
	api, err := Connect(base, serverCertificate, nil)
	if err != nil {
		return nil, err
	}
	d, err := ReadDeployment(ctx, api)
	if err != nil {
		return nil, err
	}
	return &Registry{api: api, addresses: ledgerref.Addresses{
		Consent: d.ConsentLedger.Contract, Keys: d.KeyRegistry.Contract, Institutions: d.InstitutionRegistry.Contract, ChainID: d.ConsentLedger.ChainID,
	}}, nil
}

// An act that is not on the ledger after this time is never taken.
const actLife = time.Hour

func actDeadline() uint64 { return uint64(time.Now().Add(actLife).Unix()) } //nolint:gosec // after 1970

var (
	errCold       = errors.New("the cold key is closed: its passphrase is needed")
	errRemovedKey = errors.New("the ledger will never have this key again: rotate to another")
)

// Register registers an institution and its TLS key.
func (r *Registry) Register(ctx context.Context, keys *InstitutionKeys) error {
	if keys.Cold == nil {
		return errCold
	}
	act, err := ledgerref.SignRegistration(r.addresses, keys.Cold, keys.Profile, actDeadline())
	if err != nil {
		return err
	}
	answer, err := r.api.RegisterInstitutionWithResponse(ctx, openapi.InstitutionRegistration{
		ColdKey: text(act.ColdKey), Salt: text(act.Salt), RecoveryKey: text(act.RecoveryKey), Kind: openapi.InstitutionRegistrationKind(act.Kind.String()),
		Jurisdiction: act.Jurisdiction, SealingKey: text(consent.Digest(act.SealingKey)), Name: act.Name, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return err
	}
	return r.addKey(ctx, keys)
}

func (r *Registry) addKey(ctx context.Context, keys *InstitutionKeys) error {
	nonce, err := r.nonce(ctx, keys.ID, keys.ID)
	if err != nil {
		return err
	}
	return r.sendKey(ctx, keys, keys.Signer(), ledgerref.TLSKey{Institution: keys.ID, Nonce: nonce, Deadline: actDeadline()})
}

func (r *Registry) sendKey(ctx context.Context, keys *InstitutionKeys, signer *ecdsa.PrivateKey, act ledgerref.TLSKey) error {
	act, err := ledgerref.SignTLSKey(r.addresses, keys.Cold, signer, act)
	if err != nil {
		return err
	}
	answer, err := r.api.AddKeyWithResponse(ctx, text(keys.ID), openapi.TLSKeyAct{
		X: text(act.X), Y: text(act.Y), Replaces: text(act.Replaces), ReplacedUntil: act.ReplacedUntil, Nonce: act.Nonce, Deadline: act.Deadline,
		Signature: text(act.Signature), ProofR: text(act.ProofR), ProofS: text(act.ProofS),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}

func (r *Registry) nonce(ctx context.Context, actor, target consent.InstitutionID) (uint64, error) {
	answer, err := r.api.GetNonceWithResponse(ctx, text(target), &openapi.GetNonceParams{Actor: text(actor)})
	if err != nil {
		return 0, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return 0, err
	}
	return answer.JSON200.Nonce, nil
}

// Institution is an institution as the ledger has it.
func (r *Registry) Institution(ctx context.Context, id consent.InstitutionID) (*openapi.Institution, error) {
	answer, err := r.api.GetInstitutionWithResponse(ctx, text(id))
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Attest vouches, as an accreditor, for an institution.
func (r *Registry) Attest(ctx context.Context, accreditor *InstitutionKeys, id consent.InstitutionID, until time.Time) error {
	if accreditor.Cold == nil {
		return errCold
	}
	nonce, err := r.nonce(ctx, accreditor.ID, id)
	if err != nil {
		return err
	}
	act := ledgerref.SignAttestation(r.addresses, accreditor.Cold, ledgerref.Attestation{
		Accreditor: accreditor.ID, Institution: id, Expires: uint64(until.Unix()), Nonce: nonce, Deadline: actDeadline(), //nolint:gosec // after 1970
	})
	answer, err := r.api.AttestWithResponse(ctx, text(id), openapi.AttestationAct{
		Accreditor: text(act.Accreditor), Expires: act.Expires, Nonce: act.Nonce, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}

// Suspend suspends an institution in the name of by, or lifts that suspension.
func (r *Registry) Suspend(ctx context.Context, by *InstitutionKeys, id consent.InstitutionID, lift bool) error {
	if by.Cold == nil {
		return errCold
	}
	nonce, err := r.nonce(ctx, by.ID, id)
	if err != nil {
		return err
	}
	act := ledgerref.SignSuspension(r.addresses, by.Cold, ledgerref.Suspension{By: by.ID, Institution: id, Lift: lift, Nonce: nonce, Deadline: actDeadline()})
	answer, err := r.api.SuspendWithResponse(ctx, text(id), openapi.SuspensionAct{
		By: text(act.By), Lift: act.Lift, Nonce: act.Nonce, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}
