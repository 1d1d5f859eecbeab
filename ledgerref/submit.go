package ledgerref

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

// Each method below sends one transaction, waits until it is mined and returns its
// block: View.AwaitBlock tells when it counts. *Refused carries the contract's reason;
// consent.ErrBudget says that today's are used up, where a Relayer counts them.
// Only acts that would succeed as things stand are sent, except several together.

// RegisterInstitutions registers institutions. One alone, which may be anybody's, is
// refused before anything is paid; of several, the first that was skipped is
// reported and the others stand. One that is not signed stops them all.
func (t *Transactor) RegisterInstitutions(ctx context.Context, acts ...Registration) (block uint64, err error) {
	items := make([]contracts.InstitutionItem, len(acts))
	for i, r := range acts {
		if consent.Verify(r.digest(t.addresses), r.Signature, r.ColdKey) != nil {
			return 0, fmt.Errorf("item %d: %w", i, &Refused{contracts.RefusalBadSignature.String()})
		}
		items[i] = contracts.InstitutionItem{
			ColdKey: common.Address(r.ColdKey), Salt: r.Salt, RecoveryKey: common.Address(r.RecoveryKey), Kind: uint8(r.Kind),
			Jurisdiction: [2]byte([]byte(r.Jurisdiction + "  ")[:2]), SealingKey: r.SealingKey, Name: r.Name,
			Deadline: r.Deadline, Signature: r.Signature[:],
		}
	}
	if len(items) == 1 {
		return t.toInstitutions(ctx, charge{class: classUninvited}, institutionRegistry.PackRegister(items[0]))
	}
	return t.batch(ctx, charge{class: classUninvited}, institutionRegistry.PackRegisterBatch(items), len(acts))
}

// AttestInstitutions carries attestations. One alone, which may be anybody's, is
// refused before anything is paid. Several are paid for even where all are skipped,
// so they must be the caller's own: the first that was skipped is reported, the
// others stand.
func (t *Transactor) AttestInstitutions(ctx context.Context, acts ...Attestation) (block uint64, err error) {
	items := make([]contracts.AttestItem, len(acts))
	for i, a := range acts {
		items[i] = contracts.AttestItem{
			Accreditor: a.Accreditor, Institution: a.Institution, Expires: a.Expires, Nonce: a.Nonce, Deadline: a.Deadline, Signature: a.Signature[:],
		}
	}
	if len(items) == 1 {
		return t.toInstitutions(ctx, ownAct(acts[0].Accreditor), institutionRegistry.PackAttest(items[0]))
	}
	return t.batch(ctx, charge{class: classInstitution}, institutionRegistry.PackAttestBatch(items), len(acts))
}

func (t *Transactor) batch(ctx context.Context, c charge, data []byte, count int) (uint64, error) {
	to := common.Address(t.addresses.Institutions)
	receipt, err := t.doFor(ctx, c, &to, data)
	if err != nil {
		return 0, err
	}
	refused := refusals(receipt, to)
	for i := range count {
		if reason, bad := refused[uint64(i)]; bad {
			return receipt.BlockNumber.Uint64(), fmt.Errorf("item %d: %w", i, &Refused{reason.String()})
		}
	}
	return receipt.BlockNumber.Uint64(), nil
}

// AddTLSKey adds a key.
func (t *Transactor) AddTLSKey(ctx context.Context, act TLSKey) (block uint64, err error) {
	return t.toInstitutions(ctx, ownAct(act.Institution), institutionRegistry.PackAddTlsKey(contracts.TlsKeyItem{
		Institution: act.Institution, X: act.X, Y: act.Y, Replaces: act.Replaces, ReplacedUntil: act.ReplacedUntil,
		Nonce: act.Nonce, Deadline: act.Deadline, Signature: act.Signature[:], ProofR: act.ProofR, ProofS: act.ProofS,
	}))
}

// RemoveTLSKey removes a key at once and for ever.
func (t *Transactor) RemoveTLSKey(ctx context.Context, act TLSKeyRemoval) (block uint64, err error) {
	return t.toInstitutions(ctx, charge{}, institutionRegistry.PackRemoveTlsKey(act.Institution, act.KeyHash, act.Nonce, act.Deadline, act.Signature[:]))
}

// WithdrawAttestation ends an attestation at once. Like all that stops something it is at
// nobody's expense; each needs an attestation, which is at the accreditor's.
func (t *Transactor) WithdrawAttestation(ctx context.Context, act AttestationWithdrawal) (block uint64, err error) {
	return t.toInstitutions(ctx, charge{}, institutionRegistry.PackWithdrawAttestation(act.Accreditor, act.Institution, act.Nonce, act.Deadline, act.Signature[:]))
}

// Suspend suspends, or lifts a suspension.
func (t *Transactor) Suspend(ctx context.Context, act Suspension) (block uint64, err error) {
	if act.Lift {
		return t.toInstitutions(ctx, ownAct(act.By), institutionRegistry.PackLift(act.By, act.Institution, act.Nonce, act.Deadline, act.Signature[:]))
	}
	return t.toInstitutions(ctx, charge{}, institutionRegistry.PackSuspend(act.By, act.Institution, act.Nonce, act.Deadline, act.Signature[:]))
}

// AppointAccreditor makes an accreditor a root of trust until a second in the future. Operator only.
func (t *Transactor) AppointAccreditor(ctx context.Context, id consent.InstitutionID, expires uint64) (block uint64, err error) {
	return t.toInstitutions(ctx, charge{}, institutionRegistry.PackAppointAccreditor(id, expires))
}

// OperatorSuspend suspends in the operator's name, or lifts that suspension. Operator only.
func (t *Transactor) OperatorSuspend(ctx context.Context, id consent.InstitutionID, lift bool) (block uint64, err error) {
	if lift {
		return t.toInstitutions(ctx, charge{}, institutionRegistry.PackOperatorLift(id))
	}
	return t.toInstitutions(ctx, charge{}, institutionRegistry.PackOperatorSuspend(id))
}

// Revoke stops a standing grant for ever. Operator only.
func (t *Transactor) Revoke(ctx context.Context, key consent.Address, id consent.GrantID) (block uint64, err error) {
	return t.toConsent(ctx, consentLedger.PackRevoke(common.Address(key), id))
}

// OpenLog makes a journal's origin and Ed25519 key known, once. Operator only.
func (t *Transactor) OpenLog(ctx context.Context, origin string, key [32]byte) (block uint64, err error) {
	return t.toConsent(ctx, consentLedger.PackOpenLog(origin, key))
}

// Anchor records a checkpoint; sizes only grow. Operator only.
func (t *Transactor) Anchor(ctx context.Context, origin string, size uint64, root [32]byte) (block uint64, err error) {
	return t.toConsent(ctx, consentLedger.PackAnchor(consent.Keccak256([]byte(origin)), size, root))
}

// ownAct is at an institution's own expense. What stops something is at nobody's.
func ownAct(by consent.InstitutionID) charge { return charge{classInstitution, by} }

// PassLog lets another account anchor a log, and this one no more. It returns the block.
func (t *Transactor) PassLog(ctx context.Context, origin string, keeper consent.Address) (block uint64, err error) {
	return t.toConsent(ctx, consentLedger.PackPassLog(consent.Keccak256([]byte(origin)), common.Address(keeper)))
}

func (t *Transactor) toInstitutions(ctx context.Context, c charge, data []byte) (uint64, error) {
	return t.mined(ctx, c, t.addresses.Institutions, data)
}

func (t *Transactor) toConsent(ctx context.Context, data []byte) (uint64, error) {
	return t.mined(ctx, charge{}, t.addresses.Consent, data)
}

func (t *Transactor) mined(ctx context.Context, c charge, contract consent.Address, data []byte) (uint64, error) {
	to := common.Address(contract)
	receipt, err := t.doFor(ctx, c, &to, data)
	if err != nil {
		return 0, err
	}
	return receipt.BlockNumber.Uint64(), nil
}

// Nonce is the nonce of an actor's next act on a target; for acts on itself the two are the same.
func (c *Chain) Nonce(ctx context.Context, actor, target consent.InstitutionID) (uint64, error) {
	answer, err := c.call(ctx, c.addresses.Institutions, institutionRegistry.PackNonces(actor, target))
	if err != nil {
		return 0, err
	}
	return institutionRegistry.UnpackNonces(answer)
}

// LogAnchor is a journal's key and newest anchor on the chain; consent.ErrNotFound
// if the log was never opened.
func (c *Chain) LogAnchor(ctx context.Context, origin string) (key [32]byte, size uint64, root [32]byte, err error) {
	answer, err := c.call(ctx, c.addresses.Consent, consentLedger.PackLogHead(consent.Keccak256([]byte(origin))))
	if err != nil {
		return key, 0, root, err
	}
	head, err := consentLedger.UnpackLogHead(answer)
	if err == nil && head.Ed25519Key == key {
		err = consent.ErrNotFound
	}
	return head.Ed25519Key, head.Size, head.Root, err
}

// LogKeeper is the account that alone may anchor a log; zero where the log is not open.
func (c *Chain) LogKeeper(ctx context.Context, origin string) (consent.Address, error) {
	answer, err := c.call(ctx, c.addresses.Consent, consentLedger.PackLogKeeper(consent.Keccak256([]byte(origin))))
	if err != nil {
		return consent.Address{}, err
	}
	keeper, err := consentLedger.UnpackLogKeeper(answer)
	return consent.Address(keeper), err
}

func (c *Chain) call(ctx context.Context, contract consent.Address, data []byte) ([]byte, error) {
	to := common.Address(contract)
	answer, err := c.client.CallContract(ctx, ethereum.CallMsg{To: &to, Data: data}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: eth_call: %w", consent.ErrUnavailable, plain(err))
	}
	return answer, nil
}
