package client

import (
	"context"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// WithdrawAll stops everything that the person has given at this vault. The receipts give
// the ledger what it needs to follow, at its own time.
func (p *Person) WithdrawAll(ctx context.Context, receipts []wallet.Receipt) ([]openapi.Withdrawn, error) {
	all, signature := p.Identity.WithdrawAll(p.Deployment.ConsentLedger, p.Deployment.Origin, time.Now())
	stops := []openapi.WithdrawCall{}
	for _, r := range receipts {
		if r.Withdrawn == 0 && r.Grant.Expires > all.Time {
			stops = append(stops, openapi.WithdrawCall{Grant: text(r.Grant.ID()), Signature: text(r.Withdrawal)})
		}
	}
	answer, err := p.api.WithdrawAllWithResponse(ctx, openapi.WithdrawAllCall{
		Identity: text(all.Identity), Time: all.Time, Signature: text(signature), Stops: &stops,
	})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	return answer.JSON200.Withdrawn, nil
}

// Dispute says that since then somebody else may have had the person's seed; the zero
// time takes back what was said before.
func (p *Person) Dispute(ctx context.Context, since time.Time) (consent.Dispute, error) {
	d, signature := p.Identity.Dispute(p.Deployment.ConsentLedger, p.Deployment.Origin, since, time.Now())
	answer, err := p.api.DisputeWithResponse(ctx, openapi.DisputeCall{
		Identity: text(d.Identity), Since: d.Since, Time: d.Time, Signature: text(signature),
	})
	if err != nil {
		return d, err
	}
	return d, check(answer, http.StatusNoContent)
}
