package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// Keys are all TLS keys that an institution has ever added.
func (r *Registry) Keys(ctx context.Context, id consent.InstitutionID) ([]openapi.TLSKey, error) {
	return pages(func(cursor *string) ([]openapi.TLSKey, *string, error) {
		answer, err := r.api.ListKeysWithResponse(ctx, text(id), &openapi.ListKeysParams{Cursor: cursor, Limit: most()})
		if err == nil {
			err = check(answer, http.StatusOK)
		}
		if err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Keys, answer.JSON200.Next, nil
	})
}

// Attestations are all that an accreditor has given, or those that end before a time;
// the zero time is no bound.
func (r *Registry) Attestations(ctx context.Context, accreditor consent.InstitutionID, endsBefore time.Time) ([]openapi.Attestation, error) {
	params := openapi.ListAttestationsParams{Limit: most()}
	if !endsBefore.IsZero() {
		end := uint64(endsBefore.Unix()) //nolint:gosec // after 1970
		params.EndsBefore = &end
	}
	return pages(func(cursor *string) ([]openapi.Attestation, *string, error) {
		params.Cursor = cursor
		answer, err := r.api.ListAttestationsWithResponse(ctx, text(accreditor), &params)
		if err == nil {
			err = check(answer, http.StatusOK)
		}
		if err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Attestations, answer.JSON200.Next, nil
	})
}

func most() *int32 {
	limit := int32(200)
	return &limit
}

// pages walks a list to its end.
func pages[T any](page func(cursor *string) (items []T, next *string, err error)) (all []T, err error) {
	for cursor := (*string)(nil); ; {
		items, next, err := page(cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if cursor = next; cursor == nil {
			return all, nil
		}
	}
}

// RotateTLS brings the staged key to the ledger and puts it into use in the folder. The
// old one counts for the overlap, unless the ledger has ended it already. A rotation that
// was cut short goes on where it was.
func (r *Registry) RotateTLS(ctx context.Context, keys *InstitutionKeys, staged *StagedTLS, overlap time.Duration) error {
	if keys.Cold == nil {
		return errCold
	}
	known, err := r.Keys(ctx, keys.ID)
	if err != nil {
		return err
	}
	old, err := ledgerref.KeyHash(keys.Signer().Public())
	if err != nil {
		return err
	}
	act := ledgerref.TLSKey{Institution: keys.ID, Deadline: actDeadline()}
	for _, k := range known {
		switch k.KeyHash {
		case text(staged.Hash):
			if !k.Valid {
				return errors.Join(errRemovedKey, keys.DropStaged())
			}
			return keys.SwitchTLS(staged)
		case text(consent.Digest(old)):
			if k.Valid {
				act.Replaces, act.ReplacedUntil = old, uint64(time.Now().Add(overlap).Unix()) //nolint:gosec // after 1970
			}
		}
	}
	if act.Nonce, err = r.nonce(ctx, keys.ID, keys.ID); err != nil {
		return err
	}
	if err := r.sendKey(ctx, keys, staged.signer(), act); err != nil {
		return err
	}
	return keys.SwitchTLS(staged)
}

// RemoveTLS removes a key at once and for ever.
func (r *Registry) RemoveTLS(ctx context.Context, keys *InstitutionKeys, hash consent.Digest) error {
	if keys.Cold == nil {
		return errCold
	}
	nonce, err := r.nonce(ctx, keys.ID, keys.ID)
	if err != nil {
		return err
	}
	act := ledgerref.SignTLSKeyRemoval(r.addresses, keys.Cold, ledgerref.TLSKeyRemoval{Institution: keys.ID, KeyHash: hash, Nonce: nonce, Deadline: actDeadline()})
	answer, err := r.api.RemoveKeyWithResponse(ctx, text(keys.ID), openapi.TLSKeyRemovalAct{
		KeyHash: text(act.KeyHash), Nonce: act.Nonce, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}

// WithdrawAttestation ends an attestation at once.
func (r *Registry) WithdrawAttestation(ctx context.Context, accreditor *InstitutionKeys, id consent.InstitutionID) error {
	if accreditor.Cold == nil {
		return errCold
	}
	nonce, err := r.nonce(ctx, accreditor.ID, id)
	if err != nil {
		return err
	}
	act := ledgerref.SignAttestationWithdrawal(r.addresses, accreditor.Cold, ledgerref.AttestationWithdrawal{
		Accreditor: accreditor.ID, Institution: id, Nonce: nonce, Deadline: actDeadline(),
	})
	answer, err := r.api.WithdrawAttestationWithResponse(ctx, text(id), openapi.AttestationWithdrawalAct{
		Accreditor: text(act.Accreditor), Nonce: act.Nonce, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}

// ColdKeys are an institution's cold and recovery key, and what is to become of them.
func (r *Registry) ColdKeys(ctx context.Context, id consent.InstitutionID) (*openapi.ColdKeys, error) {
	answer, err := r.api.GetColdKeyWithResponse(ctx, text(id))
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// ChangeKeys sends one step of a change of cold or recovery key, signed by key; nil for
// the steps that nobody signs.
func (r *Registry) ChangeKeys(ctx context.Context, key *wallet.Key, act ledgerref.KeyChange) error {
	act.Deadline = actDeadline()
	if key != nil {
		var err error
		if act.Change == ledgerref.ChangeRecover {
			var now *openapi.ColdKeys
			if now, err = r.ColdKeys(ctx, act.Institution); err == nil {
				act.Nonce = now.RecoveryNonce
			}
		} else {
			act.Nonce, err = r.nonce(ctx, act.Institution, act.Institution)
		}
		if err != nil {
			return err
		}
		if act, err = ledgerref.SignKeyChange(r.addresses, key, act); err != nil {
			return err
		}
	}
	answer, err := r.api.ChangeColdKeyWithResponse(ctx, text(act.Institution), openapi.KeyChangeAct{
		Change: openapi.KeyChangeActChange(act.Change), ColdKey: text(act.ColdKey), RecoveryKey: text(act.RecoveryKey),
		Nonce: act.Nonce, Deadline: act.Deadline, Signature: text(act.Signature),
	})
	if err != nil {
		return err
	}
	return check(answer, http.StatusOK)
}
