package client

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// Deployment is what a vault says of its ledger and its log. A device pins it at its
// first visit (Keep) and refuses another later: signatures are bound to it, and a vault
// that named another one's ledger could use there what was signed here.
type Deployment struct {
	ConsentLedger       consent.Domain
	KeyRegistry         consent.Domain
	InstitutionRegistry consent.Domain
	Origin              string
	LogKey              ed25519.PublicKey
	Page                string // where people answer, as the vault names it; "" where it does not. Pinned by nothing
}

// Log is the vault's log as it names it, with no witness asked for.
func (d *Deployment) Log() proof.Log { return proof.Log{Origin: d.Origin, Key: d.LogKey} }

// Trust is what a reader who believes the vault's own word would check its proofs by.
func (d *Deployment) Trust() *proof.TrustFile {
	return &proof.TrustFile{Format: proof.FormatTrust, Log: d.Log().VerifierKey(), ChainID: d.ConsentLedger.ChainID, Contract: d.ConsentLedger.Contract}
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
	if l.Page != nil {
		d.Page = *l.Page
	}
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

// ErrOtherDeployment: the vault names another ledger or log than at the first visit.
var ErrOtherDeployment = errors.New("this vault names another ledger or log than when you first used it: sign nothing, and ask whoever runs it")

// Keep pins the deployment at the first visit, and later compares.
func (d *Deployment) Keep(v *wallet.Vault) error {
	digest := d.digest()
	if v.Pin == (consent.Digest{}) {
		v.Pin = digest
	}
	if v.Pin != digest {
		return ErrOtherDeployment
	}
	return nil
}

func (d *Deployment) digest() consent.Digest {
	h := sha256.New()
	_, _ = h.Write([]byte("wrappy deployment v1\x00"))
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, d.ConsentLedger.ChainID))
	for _, domain := range []consent.Domain{d.ConsentLedger, d.KeyRegistry, d.InstitutionRegistry} {
		_, _ = h.Write(domain.Contract[:])
	}
	_, _ = h.Write(d.LogKey)
	_, _ = h.Write([]byte(d.Origin))
	return consent.Digest(h.Sum(nil))
}
