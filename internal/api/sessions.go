package api

import (
	"context"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

func (a answers) NewNonce(context.Context, openapi.NewNonceRequestObject) (openapi.NewNonceResponseObject, error) {
	nonce, expires := a.sessions.nonce()
	return openapi.NewNonce201JSONResponse{Nonce: hexOf(nonce[:]), Expires: uint64(expires.Unix())}, nil //nolint:gosec // after 1970
}

func (a answers) OpenSession(ctx context.Context, call openapi.OpenSessionRequestObject) (openapi.OpenSessionResponseObject, error) {
	var r reading
	var nonce consent.Digest
	var sig consent.Signature
	stated := consent.Session{Origin: call.Body.Origin, Expires: call.Body.Expires}
	r.id(&stated.Identity, call.Body.Identity, "/identity")
	r.id(&nonce, call.Body.Nonce, "/nonce")
	r.id(&sig, call.Body.Signature, "/signature")
	stated.Nonce = nonce
	if r.err != nil {
		return nil, r.err
	}
	id, err := a.sessions.start(ctx, stated, call.Body.ProofKey, sig)
	if err != nil {
		return nil, err
	}
	return openapi.OpenSession201JSONResponse{Session: id, Expires: stated.Expires}, nil
}
