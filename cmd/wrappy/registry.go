package main

import (
	"context"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
)

// registry relays institutions' acts by the relayer's account and answers once the
// view has them: who asks next is already known.
type registry struct {
	*ledgerref.Transactor
	chain *ledgerref.Chain
	view  *ledgerref.View
}

const actWait = 45 * time.Second

func (r registry) followed(ctx context.Context, act func(context.Context) (uint64, error)) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, actWait)
	defer cancel()
	block, err := act(ctx)
	if err != nil {
		return 0, err
	}
	return block, r.view.AwaitBlock(ctx, block)
}

func (r registry) RegisterInstitution(ctx context.Context, act ledgerref.Registration) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.RegisterInstitutions(ctx, act) })
}

func (r registry) AddTLSKey(ctx context.Context, act ledgerref.TLSKey) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.Transactor.AddTLSKey(ctx, act) })
}

func (r registry) Attest(ctx context.Context, act ledgerref.Attestation) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.AttestInstitutions(ctx, act) })
}

func (r registry) Suspend(ctx context.Context, act ledgerref.Suspension) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.Transactor.Suspend(ctx, act) })
}

func (r registry) RemoveTLSKey(ctx context.Context, act ledgerref.TLSKeyRemoval) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.Transactor.RemoveTLSKey(ctx, act) })
}

func (r registry) WithdrawAttestation(ctx context.Context, act ledgerref.AttestationWithdrawal) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.Transactor.WithdrawAttestation(ctx, act) })
}

func (r registry) ChangeKeys(ctx context.Context, act ledgerref.KeyChange) (uint64, error) {
	return r.followed(ctx, func(ctx context.Context) (uint64, error) { return r.Transactor.ChangeKeys(ctx, act) })
}

func (r registry) ColdKeys(ctx context.Context, id consent.InstitutionID) (ledgerref.ColdKeys, error) {
	return r.chain.ColdKeys(ctx, id)
}

func (r registry) Nonce(ctx context.Context, actor, target consent.InstitutionID) (uint64, error) {
	return r.chain.Nonce(ctx, actor, target)
}
