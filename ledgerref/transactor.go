package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

const (
	// maxGas is what one transaction may use since Osaka (EIP-7825), in gas.
	maxGas = 1 << 24
	// maxFailures in looking after a transaction are borne by who waits for it: ten seconds or so.
	maxFailures = 15
	// doubtAfter a transaction was sent without being mined it is looked for, and sent again if it is gone.
	doubtAfter = 10 * time.Second
	// stuckAfter a transaction is priced higher.
	stuckAfter = time.Minute
)

var (
	// ErrReverted: a transaction was mined and had no effect.
	ErrReverted = errors.New("transaction reverted")
	// ErrFeeCeiling: the network asks more than the ceiling; nothing is sent until it asks less.
	ErrFeeCeiling = fmt.Errorf("%w: the network's fee is above the ceiling", consent.ErrUnavailable)
	// ErrBalance: the account cannot pay.
	ErrBalance = fmt.Errorf("%w: the account's balance is too low", consent.ErrUnavailable)

	errLost = fmt.Errorf("%w: another transaction has taken the nonce", consent.ErrUnavailable)
)

// Refused is a contract's refusal of an act.
type Refused struct{ Reason string } // name of the contracts' Refusal: "BadSignature", "BadNonce" …

func (e *Refused) Error() string { return "refused by the contract: " + e.Reason }

// Transactor sends one account's transactions and looks after them until they are
// mined. Safe for concurrent use; an account should have one only. With a Relayer on
// it, what it sends outlives the process; without, a restart forgets what was not mined.
type Transactor struct {
	client    *ethclient.Client
	addresses Addresses // zero while deploying
	signer    types.Signer
	chainID   *big.Int
	account   *Account

	maxFee       *big.Int      // wei per gas
	doubt, stuck time.Duration // doubtAfter, stuckAfter

	outbox *outbox                              // nil: nothing is durable
	allow  func(f *flight, cost *big.Int) error // nil: no budget

	tending sync.Mutex // one tends at a time
	mu      sync.Mutex // over flights and what they hold, and over choosing a nonce
	flights map[uint64]*flight
}

// NewTransactor sends transactions of an account to the chain's contracts.
func NewTransactor(chain *Chain, account *Account) *Transactor {
	t := newTransactor(chain.client, chain.addresses.ChainID, account)
	t.addresses = chain.addresses
	return t
}

func newTransactor(client *ethclient.Client, chainID uint64, account *Account) *Transactor {
	id := new(big.Int).SetUint64(chainID)
	return &Transactor{
		client: client, signer: types.LatestSignerForChainID(id), chainID: id, account: account,
		maxFee: defaultMaxFee, doubt: doubtAfter, stuck: stuckAfter, flights: map[uint64]*flight{},
	}
}

// LimitFee sets the most that is paid, in wei per gas, tip included; 500 gwei without.
// To be called before anything is sent.
func (t *Transactor) LimitFee(most *big.Int) { t.maxFee = new(big.Int).Set(most) }

// estimate is the gas that a transaction may need; *Refused or ErrReverted for one
// that would have no effect.
func (t *Transactor) estimate(ctx context.Context, to *common.Address, data []byte) (uint64, error) {
	estimate, err := t.client.EstimateGas(ctx, ethereum.CallMsg{From: t.account.address(), To: to, Data: data})
	if err != nil {
		return 0, t.refusal(ctx, err)
	}
	return min(estimate+estimate/5+30_000, maxGas), nil
}

// launch gives a transaction a nonce and sends it, written down first. After an error
// it is not on its way and the nonce is free. Where nobody can tell whether the node
// has it, it is on its way: tend goes on.
func (t *Transactor) launch(ctx context.Context, f *flight) error {
	tip, fee, err := t.price(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for try := 0; ; try++ {
		if err := t.chooseNonce(ctx, f); err != nil {
			return err
		}
		f.attempts = nil
		if err := t.attempt(f, tip, fee); err != nil {
			return err
		}
		t.flights[f.nonce] = f
		err := t.client.SendTransaction(ctx, f.newest())
		verdict := verdictOf(err)
		f.sent = time.Now()
		if verdict == accepted || verdict == unclear {
			return nil
		}
		delete(t.flights, f.nonce)
		if err := t.outbox.forget(f, nil); err != nil {
			return err
		}
		if try > 0 || verdict == refused {
			return t.diagnose(ctx, err, f)
		}
	}
}

// chooseNonce takes the first that is free, by the node and by what is on its way.
// Needs t.mu held.
func (t *Transactor) chooseNonce(ctx context.Context, f *flight) error {
	nonce, err := t.client.PendingNonceAt(ctx, t.account.address())
	if err != nil {
		return noAnswer("read nonce", err)
	}
	for t.flights[nonce] != nil {
		nonce++
	}
	f.nonce = nonce
	return nil
}

// attempt signs with the fees given and makes it durable, before anybody sees it.
// Needs t.mu held.
func (t *Transactor) attempt(f *flight, tip, fee *big.Int) error {
	if t.allow != nil {
		if err := t.allow(f, new(big.Int).Mul(fee, new(big.Int).SetUint64(f.gas))); err != nil {
			return err
		}
	}
	tx, err := t.sign(f, tip, fee)
	if err != nil {
		return err
	}
	earlier := f.attempts
	f.attempts = append(slices.Clone(earlier), tx)
	f.priced = time.Now()
	if err := t.outbox.keep(f); err != nil {
		f.attempts = earlier
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, err)
	}
	return nil
}

func (t *Transactor) sign(f *flight, tip, fee *big.Int) (*types.Transaction, error) {
	return types.SignNewTx(t.account.key, t.signer, &types.DynamicFeeTx{
		ChainID: t.chainID, Nonce: f.nonce, To: f.to, Data: f.data, Gas: f.gas, GasTipCap: tip, GasFeeCap: fee,
	})
}

// do sends and waits until the transaction is mined.
func (t *Transactor) do(ctx context.Context, to *common.Address, data []byte) (*types.Receipt, error) {
	return t.doFor(ctx, charge{}, to, data)
}

// doFor is do, at somebody's expense. What would have no effect costs nobody anything.
func (t *Transactor) doFor(ctx context.Context, c charge, to *common.Address, data []byte) (*types.Receipt, error) {
	gas, err := t.estimate(ctx, to, data)
	if err != nil {
		return nil, err
	}
	if err := t.outbox.charge(c); err != nil {
		return nil, err
	}
	f := &flight{to: to, data: data, gas: gas, stops: c.class == classNone}
	if err := t.launch(ctx, f); err != nil {
		t.outbox.refund(c)
		return nil, err
	}
	return t.wait(ctx, f)
}

func (t *Transactor) wait(ctx context.Context, f *flight) (*types.Receipt, error) {
	failures := 0
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if t.tending.TryLock() { // else somebody tends already
			err := t.tend(ctx)
			t.tending.Unlock()
			if err != nil && ctx.Err() == nil {
				if failures++; failures == maxFailures {
					return nil, err
				}
			}
		}
		t.mu.Lock()
		receipt, lost := f.receipt, f.lost
		t.mu.Unlock()
		switch {
		case receipt != nil && receipt.Status == types.ReceiptStatusSuccessful:
			return receipt, nil
		case receipt != nil:
			return nil, ErrReverted
		case lost:
			return nil, errLost
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// codeReverted is JSON-RPC's "execution reverted"; every other error is about the
// network or the account, not about the act.
const codeReverted = 3

// refusal turns the revert data of an estimate into *Refused.
func (t *Transactor) refusal(ctx context.Context, err error) error {
	var (
		coded rpc.Error
		data  rpc.DataError
	)
	if !errors.As(err, &coded) || coded.ErrorCode() != codeReverted || !errors.As(err, &data) {
		return t.diagnose(ctx, err, nil)
	}
	text, _ := data.ErrorData().(string)
	raw, decodeErr := hexutil.Decode(text)
	if decodeErr != nil || len(raw) < 4 {
		return ErrReverted
	}
	// Refused(uint8) is the same error in all three contracts
	switch unpacked, _ := consentLedger.UnpackError(raw); refused := unpacked.(type) {
	case *contracts.ConsentLedgerRefused:
		return &Refused{contracts.Refusal(refused.Reason).String()}
	case *contracts.ConsentLedgerAccessControlUnauthorizedAccount:
		return &Refused{contracts.RefusalNotAllowed.String()}
	}
	return ErrReverted
}
