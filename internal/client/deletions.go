package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// Deletions are what the institution has yet to delete and attest, the earliest due first;
// overdue alone where that is asked.
func (i *Institution) Deletions(ctx context.Context, overdue bool) ([]openapi.Deletion, error) {
	return pages(func(cursor *string) ([]openapi.Deletion, *string, error) {
		answer, err := i.api.ListDeletionsWithResponse(ctx, &openapi.ListDeletionsParams{Overdue: &overdue, Cursor: cursor})
		if err != nil {
			return nil, nil, err
		}
		if err := check(answer, http.StatusOK); err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Deletions, answer.JSON200.Next, nil
	})
}

// AttestDeletion says, signed by the connection's TLS key, that everything received under
// the grant until now is deleted. The caller has deleted it. It checks the vault's promise.
func (i *Institution) AttestDeletion(ctx context.Context, grant string) (*openapi.Deletion, error) {
	found, err := i.api.GetDeletionWithResponse(ctx, grant)
	if err != nil {
		return nil, err
	}
	if err := check(found, http.StatusOK); err != nil {
		return nil, err
	}
	statement := consent.Deletion{
		Origin: i.Deployment.Origin, Institution: i.keys.ID,
		Through: max(found.JSON200.ReceivedMs, uint64(max(time.Now().UnixMilli(), 0))), // the vault's clock may be ahead
	}
	var r reader
	r.into(&statement.Grant, grant)
	if r.err != nil {
		return nil, r.err
	}
	sig, err := consent.SignDeletion(i.keys.Signer(), &statement)
	if err != nil {
		return nil, err
	}
	answer, err := i.api.AttestDeletionWithResponse(ctx, grant, &openapi.AttestDeletionParams{IdempotencyKey: NewIdempotencyKey()},
		openapi.AttestDeletionCall{ThroughMs: statement.Through, Signature: sig[:]})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	return answer.JSON200, i.attested(answer.JSON200)
}

// attested checks that the vault has promised to keep the attestation.
func (i *Institution) attested(d *openapi.Deletion) error {
	if d.Due != nil || d.Attested == nil || d.Proof == nil {
		return errAnswer
	}
	shared, err := i.verify(*d.Proof)
	if err == nil && (shared.Kind != consent.EntryDeleted || text(shared.Grant) != d.Grant) {
		err = errAnswer
	}
	return err
}

// Notices are the change notices after a number; where there is none yet the vault waits
// for one, whole seconds and at most 30.
func (i *Institution) Notices(ctx context.Context, after uint64, wait time.Duration) ([]openapi.ChangeNotice, error) {
	limit, seconds := int32(200), int32(min(wait, 30*time.Second)/time.Second) //nolint:gosec // at most 30
	answer, err := i.api.ListNoticesWithResponse(ctx, &openapi.ListNoticesParams{After: &after, Limit: &limit, Wait: &seconds})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	for n, one := range answer.JSON200.Notices {
		if one.Number != after+uint64(n)+1 { //nolint:gosec // at most 200
			return nil, errors.Join(errAnswer, errors.New("a change notice is missing"))
		}
	}
	return answer.JSON200.Notices, nil
}

// CheckDeletion says whether an attestation that a person is shown is signed as it says, for
// this vault and grant. Whether the key is the institution's, the ledger says.
func (d *Deployment) CheckDeletion(own *openapi.OwnGrant) error {
	if own.Deletion == nil || own.Deletion.Attested == nil {
		return nil
	}
	attested := own.Deletion.Attested
	statement := consent.Deletion{Origin: d.Origin, Through: attested.ThroughMs}
	var key consent.WriterKey
	var sig consent.WriterSignature
	if len(attested.PublicKey) != len(key) || len(attested.Signature) != len(sig) {
		return errAnswer
	}
	copy(key[:], attested.PublicKey)
	copy(sig[:], attested.Signature)
	var r reader
	r.into(&statement.Grant, own.Id)
	r.into(&statement.Institution, own.Document.Institution)
	if r.err != nil {
		return r.err
	}
	return consent.VerifyDeletion(&statement, key, sig)
}
