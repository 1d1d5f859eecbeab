package client

import (
	"context"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// Grant is one grant that names the institution. Its status is given only once the
// vault has followed the ledger that far: from then on it counts.
func (i *Institution) Grant(ctx context.Context, id string) (*openapi.HeldGrant, error) {
	answer, err := i.api.GetGrantWithResponse(ctx, id)
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Grants are all that name the institution, or those of one status; "" for every one.
func (i *Institution) Grants(ctx context.Context, status openapi.Status) ([]openapi.HeldGrant, error) {
	params := openapi.ListGrantsParams{Limit: most(), Status: filter(status)}
	return pages(func(cursor *string) ([]openapi.HeldGrant, *string, error) {
		params.Cursor = cursor
		answer, err := i.api.ListGrantsWithResponse(ctx, &params)
		if err == nil {
			err = check(answer, http.StatusOK)
		}
		if err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Grants, answer.JSON200.Next, nil
	})
}

// Requests are all that the institution has made, or those of one status.
func (i *Institution) Requests(ctx context.Context, status openapi.Status) ([]openapi.Request, error) {
	params := openapi.ListRequestsParams{Limit: most(), Status: filter(status)}
	return pages(func(cursor *string) ([]openapi.Request, *string, error) {
		params.Cursor = cursor
		answer, err := i.api.ListRequestsWithResponse(ctx, &params)
		if err == nil {
			err = check(answer, http.StatusOK)
		}
		if err != nil {
			return nil, nil, err
		}
		return answer.JSON200.Requests, answer.JSON200.Next, nil
	})
}

func filter(status openapi.Status) *openapi.Status {
	if status == "" {
		return nil
	}
	return &status
}

// Outcome is a request with the status that counts: where a grant answered it, the
// grant's. Requested with a grant means that the ledger has not confirmed it yet.
func (i *Institution) Outcome(ctx context.Context, id consent.RequestID) (*openapi.Request, error) {
	request, err := i.Request(ctx, id)
	if err != nil || request.Grant == nil {
		return request, err
	}
	grant, err := i.Grant(ctx, *request.Grant)
	if err != nil {
		return nil, err
	}
	request.Status = grant.Status
	return request, nil
}

// AwaitOutcome asks again every so often until the request is answered and the
// answer counts, or ctx ends; then it returns what it heard last, with ctx's error.
func (i *Institution) AwaitOutcome(ctx context.Context, id consent.RequestID, every time.Duration) (last *openapi.Request, err error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		request, err := i.Outcome(ctx, id)
		switch {
		case ctx.Err() != nil && last != nil:
			return last, ctx.Err()
		case err != nil:
			return nil, err
		case request.Status != openapi.StatusRequested && request.Status != openapi.StatusUnknown:
			return request, nil
		}
		last = request
		select {
		case <-tick.C:
		case <-ctx.Done():
			return last, ctx.Err()
		}
	}
}
