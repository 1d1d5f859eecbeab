package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// Facts are what rules may see of the person; stated is zero where nothing was stated.
func (p *Person) Facts(ctx context.Context) (facts consent.PolicyFacts, stated uint64, err error) {
	prove, err := p.inSession(ctx)
	if err != nil {
		return facts, 0, err
	}
	answer, err := p.api.GetFactsWithResponse(ctx, &openapi.GetFactsParams{WrappySession: p.session}, prove)
	if err != nil {
		return facts, 0, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return facts, 0, err
	}
	w := answer.JSON200
	if w.StatedAt != nil {
		stated = *w.StatedAt
	}
	return consent.PolicyFacts{Minor: w.Minor, Representative: w.Representative, NeverCountries: w.NeverCountries}, stated, nil
}

// Correct sets the person's own value of a field, or takes it back where value is nil.
func (p *Person) Correct(ctx context.Context, field consent.FieldName, value []byte) (*openapi.Corrected, error) {
	if value != nil {
		// The one form in which encoding/json sends it: what is signed must be what arrives.
		sent, err := json.Marshal(json.RawMessage(value))
		if err != nil {
			return nil, errors.New("value: not JSON")
		}
		value = sent
	}
	done, err := p.correct(ctx, field, value)
	var refused *Problem
	if errors.As(err, &refused) && refused.HTTPStatus == http.StatusConflict {
		// Of one second only the first act on a field counts.
		select {
		case <-time.After(1100 * time.Millisecond):
			return p.correct(ctx, field, value)
		case <-ctx.Done():
		}
	}
	return done, err
}

func (p *Person) correct(ctx context.Context, field consent.FieldName, value []byte) (*openapi.Corrected, error) {
	signed, err := p.Identity.Correct(p.Deployment.ConsentLedger, p.Deployment.Origin, field, value, time.Now())
	if err != nil {
		return nil, err
	}
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	call := openapi.CorrectionCall{
		Identity: text(signed.Correction.Identity), Field: string(field), Time: signed.Correction.Time, Signature: text(signed.Signature),
	}
	if signed.Value != nil {
		salt := text(signed.Salt)
		call.Value, call.Salt = &signed.Value, &salt
	}
	answer, err := p.api.CorrectWithResponse(ctx, &openapi.CorrectParams{WrappySession: p.session}, call, prove)
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}
