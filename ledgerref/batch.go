package ledgerref

import (
	"crypto/rand"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

// Most acts of one transaction. Calldata is bounded by 128 KiB a transaction (320
// bytes a grant or registration, 256 a withdrawal) and gas by maxGas; a batch whose
// estimate is refused is halved.
var batchLimits = map[consent.ActKind]int{
	consent.ActWithdraw: 400,
	consent.ActRegister: 180,
	consent.ActGrant:    400,
}

// What a batch of grants uses at most on the embedded chain: for itself, and for each.
const (
	batchGas = 60_000
	grantGas = 40_000
)

// Shuffle hides in which order the acts of a batch arrived, from whoever can see
// many batches too.
func Shuffle[T any](items []T) {
	for i := len(items) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			panic(err) // crypto/rand never fails
		}
		items[i], items[j.Int64()] = items[j.Int64()], items[i]
	}
}

// pack is the contract and calldata for acts of one kind, in the order given.
func pack(a Addresses, kind consent.ActKind, items []queued) (to common.Address, data []byte) {
	switch kind {
	case consent.ActWithdraw:
		list := make([]contracts.WithdrawItem, len(items))
		for i, q := range items {
			list[i] = contracts.WithdrawItem{Key: common.Address(q.act.Key), Id: q.act.Grant, Signature: q.act.Signature[:]}
		}
		return common.Address(a.Consent), consentLedger.PackWithdrawBatch(list)
	case consent.ActGrant:
		list := make([]contracts.GrantItem, len(items))
		for i, q := range items {
			list[i] = contracts.GrantItem{
				Key: common.Address(q.act.Key), Id: q.act.Grant, Expiry: q.act.Expiry, Deadline: q.act.Deadline, Signature: q.act.Signature[:],
			}
		}
		return common.Address(a.Consent), consentLedger.PackGrantBatch(list)
	default:
		list := make([]contracts.IdentityItem, len(items))
		for i, q := range items {
			list[i] = contracts.IdentityItem{
				RootKey: common.Address(q.act.Key), RecoveryHash: q.act.RecoveryHash, Salt: q.act.Salt, Deadline: q.act.Deadline, Signature: q.act.Signature[:],
			}
		}
		return common.Address(a.Keys), keyRegistry.PackRegisterBatch(list)
	}
}

// refusals reads which items of a batch the contract skipped. Only the receipt of
// one's own transaction tells: anybody can have an item refused under any name.
func refusals(receipt *types.Receipt, contract common.Address) map[uint64]contracts.Refusal {
	refused := map[uint64]contracts.Refusal{}
	for _, log := range receipt.Logs {
		if log.Address != contract {
			continue
		}
		// ItemRefused is the same event in all three contracts
		if event, err := consentLedger.UnpackItemRefusedEvent(log); err == nil && event.Index.IsUint64() {
			refused[event.Index.Uint64()] = contracts.Refusal(event.Reason)
		}
	}
	return refused
}

// checkSignature refuses an act that the contract would refuse for its signature:
// nobody should have to pay for finding out.
func checkSignature(a Addresses, act consent.Act) error {
	var digest consent.Digest
	switch act.Kind {
	case consent.ActGrant:
		digest = a.ConsentDomain().Digest(consent.GrantAct{ID: act.Grant, Expiry: act.Expiry, Deadline: act.Deadline}.StructHash())
	case consent.ActWithdraw:
		digest = a.ConsentDomain().Digest(consent.WithdrawHash(act.Grant))
	case consent.ActRegister:
		id := consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt)
		digest = a.KeysDomain().Digest(consent.RegisterHash(id, act.Deadline))
	default:
		return errUnknownKind
	}
	return consent.Verify(digest, act.Signature, act.Key)
}
