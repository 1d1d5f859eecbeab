package client

import (
	"context"
	"net/http"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// ErasureWindow says what an erasure made now would come to.
func (p *Person) ErasureWindow(ctx context.Context) (*openapi.ErasureWindow, error) {
	answer, err := p.api.GetErasureWithResponse(ctx)
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Erase destroys all that the vault keeps of the person. Where an answer was lost it is
// called again. What comes back is checked: the receipt is of this identity and signed by the
// log that the wallet knows. The file has no checkpoint yet.
func (p *Person) Erase(ctx context.Context) (*consent.ErasureReceipt, *proof.ErasureFile, error) {
	e, signature := p.Identity.Erase(p.Deployment.ConsentLedger, p.Deployment.Origin)
	answer, err := p.api.EraseWithResponse(ctx, openapi.EraseCall{Identity: text(e.Identity), Signature: text(signature)})
	if err != nil {
		return nil, nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, nil, err
	}
	entry, err := readProof(answer.JSON200.Proof)
	if err != nil {
		return nil, nil, err
	}
	log := p.Deployment.Log()
	f := proof.NewErasureFile(answer.JSON200.Receipt, answer.JSON200.Signature, proof.NewEntryFile(log, &entry))
	receipt, _, err := f.Verify(log)
	if err != nil {
		return nil, nil, err
	}
	if receipt.Identity != e.Identity {
		return nil, nil, errAnswer
	}
	return receipt, f, nil
}

// PlaceErasure adds the checkpoint that covers the erasure's entry, once there is one.
func (p *Person) PlaceErasure(ctx context.Context, f *proof.ErasureFile) (*proof.ErasureFile, error) {
	entry, err := f.Entry.Proof()
	if err != nil {
		return nil, err
	}
	log, err := p.log()
	if err != nil {
		return nil, err
	}
	placed, err := log.EntryFile(ctx, entry, nil)
	if err != nil {
		return nil, err
	}
	return proof.NewErasureFile(f.Receipt, f.Signature, placed), nil
}
