package api

import (
	"context"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// What people do with values of their own. A session says whose body may be large; the act
// inside carries the root key's signature.

func (a answers) GetFacts(ctx context.Context, _ openapi.GetFactsRequestObject) (openapi.GetFactsResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	facts, at, err := a.cfg.Gate.FactsOf(ctx, identity)
	if err != nil {
		return nil, err
	}
	w := openapi.GetFacts200JSONResponse{Minor: facts.Minor, Representative: facts.Representative, NeverCountries: append([]string{}, facts.NeverCountries...)}
	if at != 0 {
		w.StatedAt = &at
	}
	return w, nil
}

func (a answers) GetRepresentative(ctx context.Context, _ openapi.GetRepresentativeRequestObject) (openapi.GetRepresentativeResponseObject, error) {
	identity, err := whose(ctx)
	if err != nil {
		return nil, err
	}
	stated, err := a.cfg.Gate.RepresentativeOf(ctx, identity)
	if err != nil {
		return nil, err
	}
	w := openapi.GetRepresentative200JSONResponse{}
	if stated.Representative != (consent.IdentityID{}) {
		by := hexOf(stated.Representative[:])
		w.Representative, w.Until, w.StatedAt = &by, &stated.Until, &stated.Time
	}
	return w, nil
}

func (a answers) Correct(ctx context.Context, call openapi.CorrectRequestObject) (openapi.CorrectResponseObject, error) {
	act, err := correction(ctx, call.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.cfg.Gate.Correct(ctx, act)
	if err != nil {
		return nil, nobodys(err)
	}
	w := openapi.Correct200JSONResponse{Field: string(act.Correction.Field), Proof: wireProofIf(done.Proof)}
	if done.Version != 0 {
		w.Version = &done.Version
	}
	return w, nil
}

func correction(ctx context.Context, w *openapi.CorrectionCall) (c vault.CorrectCall, err error) {
	var r reading
	c.Turn = turnOf(ctx)
	r.time("/time", w.Time)
	c.Correction.Field, c.Correction.Time = consent.FieldName(w.Field), w.Time
	r.id(&c.Correction.Identity, w.Identity, "/identity")
	r.id(&c.Signature, w.Signature, "/signature")
	if c.Correction.Field.Validate() != nil && r.err == nil {
		r.err = invalid("/field", consent.ErrFieldName.Error())
	}
	if (w.Value == nil) != (w.Salt == nil) && r.err == nil {
		r.err = invalid("/salt", "want value and salt, or neither")
	}
	if r.err == nil && w.Value != nil {
		r.id(&c.Salt, *w.Salt, "/salt")
		c.Value = *w.Value
		c.Correction.Value = consent.CorrectionDigest(c.Salt, c.Correction.Field, c.Value)
	}
	if r.err == nil {
		r.err = inOwnSession(ctx, c.Correction.Identity)
	}
	return c, r.err
}

// inOwnSession refuses an act of somebody else than the one whose session it comes in.
func inOwnSession(ctx context.Context, identity consent.IdentityID) error {
	who, err := whose(ctx)
	if err == nil && who != identity {
		err = consent.ErrSignature
	}
	return err
}
