package client

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// Deployment is what a vault says of its ledger and its log. A device keeps it
// from its first visit and refuses another later: signatures are bound to it.
type Deployment struct {
	ConsentLedger       consent.Domain
	KeyRegistry         consent.Domain
	InstitutionRegistry consent.Domain
	Origin              string
	LogKey              ed25519.PublicKey
}

// ReadDeployment asks the vault.
func ReadDeployment(ctx context.Context, api *openapi.ClientWithResponses) (*Deployment, error) {
	answer, err := api.GetLedgerWithResponse(ctx)
	if err != nil {
		return nil, err
	}
	if err := check(answer, 200); err != nil {
		return nil, err
	}
	l := answer.JSON200
	if l == nil || len(l.Log.PublicKey) != ed25519.PublicKeySize {
		return nil, errAnswer
	}
	chainID, err := strconv.ParseUint(l.ChainId, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: chain id", errAnswer)
	}
	d := &Deployment{Origin: l.Log.Origin, LogKey: l.Log.PublicKey}
	var r reader
	for _, one := range []struct {
		domain  *consent.Domain
		address string
	}{{&d.ConsentLedger, l.ConsentLedger}, {&d.KeyRegistry, l.KeyRegistry}, {&d.InstitutionRegistry, l.InstitutionRegistry}} {
		one.domain.ChainID = chainID
		r.into(&one.domain.Contract, one.address)
	}
	return d, r.err
}
