package ledgerref

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wrapious/wrappy/consent"
)

// ChangeKind names what is to become of an institution's cold and recovery key.
type ChangeKind string

// A new key waits InstitutionRegistry's DELAY, two days, and counts when anyone
// finalises the change. A recovery suspends the institution at once.
const (
	ChangeRotateCold       ChangeKind = "rotate_cold_key"     // signed by the cold key
	ChangeRecovery         ChangeKind = "change_recovery_key" // signed by the cold key
	ChangeCancel           ChangeKind = "cancel"              // signed by the cold key: drops both of the above
	ChangeRecover          ChangeKind = "recover"             // signed by the recovery key
	ChangeFinaliseCold     ChangeKind = "finalise_cold_key"   // the last three are nobody's to sign
	ChangeFinaliseRecovery ChangeKind = "finalise_recovery_key"
	ChangeFinaliseRecover  ChangeKind = "finalise_recovery"
)

// KeyChange is one step of such a change.
type KeyChange struct {
	Institution consent.InstitutionID `json:"institution"`
	Change      ChangeKind            `json:"change"`
	ColdKey     consent.Address       `json:"cold_key"`     // the new one: rotate_cold_key, recover
	RecoveryKey consent.Address       `json:"recovery_key"` // the new one: change_recovery_key, recover; zero for none
	Nonce       uint64                `json:"nonce"`        // of a recovery, ColdKeys.RecoveryNonce: no cold key can use it up
	Deadline    uint64                `json:"deadline"`
	Signature   consent.Signature     `json:"signature"`
}

// ErrChange: not a change that is known, or not one that anybody signs.
var ErrChange = errors.New("unknown change of keys")

// SignKeyChange signs with the cold key, or a recovery with the recovery key.
func SignKeyChange(a Addresses, key Signer, act KeyChange) (KeyChange, error) {
	var hash [32]byte
	switch nonce, deadline := wordOf(act.Nonce), wordOf(act.Deadline); act.Change {
	case ChangeRotateCold:
		hash = structHash(rotateColdKeyType, act.Institution, wordOfAddress(act.ColdKey), nonce, deadline)
	case ChangeRecovery:
		hash = structHash(changeRecoveryKeyType, act.Institution, wordOfAddress(act.RecoveryKey), nonce, deadline)
	case ChangeCancel:
		hash = structHash(cancelChangesType, act.Institution, nonce, deadline)
	case ChangeRecover:
		hash = structHash(recoverColdKeyType, act.Institution, wordOfAddress(act.ColdKey), wordOfAddress(act.RecoveryKey), nonce, deadline)
	default:
		return KeyChange{}, ErrChange
	}
	act.Signature = key.Sign(a.InstitutionsDomain().Digest(hash))
	return act, nil
}

// ChangeKeys carries one step of a change of cold or recovery key. Steps are at the
// institution's own expense, but for the two that stop somebody: a cancellation, which
// needs a change that was paid for, and a recovery where none is pending, since whoever
// has stolen the cold key may have used up the budget. That is one in two days.
func (t *Transactor) ChangeKeys(ctx context.Context, act KeyChange) (block uint64, err error) {
	data, err := packChange(act)
	if err != nil {
		return 0, err
	}
	c := ownAct(act.Institution)
	switch act.Change {
	case ChangeCancel:
		c = charge{}
	case ChangeRecover:
		keys, err := coldKeys(ctx, t.client, t.addresses, act.Institution)
		if err != nil {
			return 0, err
		}
		if keys.RecoveryReadyAt == 0 {
			c = charge{}
		}
	}
	return t.toInstitutions(ctx, c, data)
}

func packChange(act KeyChange) ([]byte, error) {
	id, signature := act.Institution, act.Signature[:]
	switch act.Change {
	case ChangeRotateCold:
		return institutionRegistry.PackRotateColdKey(id, common.Address(act.ColdKey), act.Nonce, act.Deadline, signature), nil
	case ChangeRecovery:
		return institutionRegistry.PackChangeRecoveryKey(id, common.Address(act.RecoveryKey), act.Nonce, act.Deadline, signature), nil
	case ChangeCancel:
		return institutionRegistry.PackCancelChanges(id, act.Nonce, act.Deadline, signature), nil
	case ChangeRecover:
		return institutionRegistry.PackRecoverColdKey(id, common.Address(act.ColdKey), common.Address(act.RecoveryKey), act.Nonce, act.Deadline, signature), nil
	case ChangeFinaliseCold:
		return institutionRegistry.PackFinaliseColdKey(id), nil
	case ChangeFinaliseRecovery:
		return institutionRegistry.PackFinaliseRecoveryKey(id), nil
	case ChangeFinaliseRecover:
		return institutionRegistry.PackFinaliseRecovery(id), nil
	}
	return nil, ErrChange
}

// ColdKeys are an institution's cold and recovery key on the chain now, and what is to
// become of them. Times are Unix seconds; zero: nothing is pending.
type ColdKeys struct {
	Cold, Recovery          consent.Address
	Next                    consent.Address // the cold key after ChangeFinaliseCold
	NextReadyAt             uint64
	NextRecovery            consent.Address // after ChangeFinaliseRecovery
	NextRecoveryReadyAt     uint64
	Recovered, RecoveredNew consent.Address // cold and recovery key after ChangeFinaliseRecover
	RecoveryReadyAt         uint64
	RecoveryNonce           uint64
}

// ColdKeys asks the chain; consent.ErrUnknownInstitution.
func (c *Chain) ColdKeys(ctx context.Context, id consent.InstitutionID) (ColdKeys, error) {
	return coldKeys(ctx, c.client, c.addresses, id)
}

func coldKeys(ctx context.Context, client *ethclient.Client, a Addresses, id consent.InstitutionID) (ColdKeys, error) {
	to := common.Address(a.Institutions)
	answer, err := client.CallContract(ctx, ethereum.CallMsg{To: &to, Data: institutionRegistry.PackInstitutionOf(id)}, nil)
	if err != nil {
		return ColdKeys{}, fmt.Errorf("%w: eth_call: %w", consent.ErrUnavailable, plain(err))
	}
	s, err := institutionRegistry.UnpackInstitutionOf(answer)
	if err != nil {
		return ColdKeys{}, fmt.Errorf("%w: eth_call: %w", consent.ErrUnavailable, err)
	}
	if s.ColdKey == (common.Address{}) {
		return ColdKeys{}, consent.ErrUnknownInstitution
	}
	return ColdKeys{
		Cold: consent.Address(s.ColdKey), Recovery: consent.Address(s.RecoveryKey),
		Next: consent.Address(s.NextColdKey), NextReadyAt: s.NextColdKeyReadyAt,
		NextRecovery: consent.Address(s.NextRecoveryKey), NextRecoveryReadyAt: s.NextRecoveryKeyReadyAt,
		Recovered: consent.Address(s.RecoveredColdKey), RecoveredNew: consent.Address(s.RecoveredRecoveryKey),
		RecoveryReadyAt: s.RecoveryReadyAt, RecoveryNonce: s.RecoveryNonce,
	}, nil
}
