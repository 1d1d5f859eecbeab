package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
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

// maxGas is what one transaction may use since Osaka (EIP-7825), in gas.
const maxGas = 1 << 24

// maxFailures to read a receipt are borne: ten seconds or so.
const maxFailures = 15

// ErrReverted: a transaction was mined and had no effect.
var ErrReverted = errors.New("transaction reverted")

// Refused is a contract's refusal of an act.
type Refused struct{ Reason string } // name of the contracts' Refusal: "BadSignature", "BadNonce" …

func (e *Refused) Error() string { return "refused by the contract: " + e.Reason }

// Transactor sends one account's transactions. Safe for concurrent use; an
// account must have one only, because it hands out nonces.
type Transactor struct {
	client    *ethclient.Client
	addresses Addresses // zero while deploying
	signer    types.Signer
	chainID   *big.Int
	account   *Account

	mu    sync.Mutex
	next  uint64
	known bool // next is to be believed
}

// NewTransactor sends transactions of an account to the chain's contracts.
func NewTransactor(chain *Chain, account *Account) *Transactor {
	t := newTransactor(chain.client, chain.addresses.ChainID, account)
	t.addresses = chain.addresses
	return t
}

func newTransactor(client *ethclient.Client, chainID uint64, account *Account) *Transactor {
	id := new(big.Int).SetUint64(chainID)
	return &Transactor{client: client, signer: types.LatestSignerForChainID(id), chainID: id, account: account}
}

// send estimates, signs and sends; the transaction is not mined yet. After a send
// that failed the nonce is read from the chain again and the send tried once more.
func (t *Transactor) send(ctx context.Context, to *common.Address, data []byte) (*types.Transaction, error) {
	estimate, err := t.client.EstimateGas(ctx, ethereum.CallMsg{From: t.account.address(), To: to, Data: data})
	if err != nil {
		return nil, refusal(err)
	}
	tip, err := t.client.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: read tip: %w", consent.ErrUnavailable, plain(err))
	}
	head, err := t.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: read head: %w", consent.ErrUnavailable, plain(err))
	}
	if head.BaseFee == nil {
		return nil, fmt.Errorf("%w: network without EIP-1559 fees", ErrForeignChain)
	}
	tx := &types.DynamicFeeTx{
		ChainID: t.chainID, To: to, Data: data, GasTipCap: tip,
		GasFeeCap: new(big.Int).Add(tip, new(big.Int).Lsh(head.BaseFee, 1)),
		Gas:       min(estimate+estimate/5+30_000, maxGas),
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	signed, err := t.sendAtNext(ctx, tx)
	if err != nil {
		t.known = false
		signed, err = t.sendAtNext(ctx, tx)
	}
	if err != nil {
		t.known = false
		return nil, fmt.Errorf("%w: send: %w", consent.ErrUnavailable, plain(err))
	}
	t.next++
	return signed, nil
}

func (t *Transactor) sendAtNext(ctx context.Context, tx *types.DynamicFeeTx) (*types.Transaction, error) {
	if !t.known {
		nonce, err := t.client.PendingNonceAt(ctx, t.account.address())
		if err != nil {
			return nil, err
		}
		t.next, t.known = nonce, true
	}
	tx.Nonce = t.next
	signed, err := types.SignNewTx(t.account.key, t.signer, tx)
	if err != nil {
		return nil, err
	}
	return signed, t.client.SendTransaction(ctx, signed)
}

// resynchronise makes the next send read the nonce from the chain.
func (t *Transactor) resynchronise() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known = false
}

// do sends and waits until the transaction is mined.
func (t *Transactor) do(ctx context.Context, to *common.Address, data []byte) (*types.Receipt, error) {
	tx, err := t.send(ctx, to, data)
	if err != nil {
		return nil, err
	}
	failures := 0
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		receipt, err := t.client.TransactionReceipt(ctx, tx.Hash())
		switch {
		case err == nil && receipt.Status == types.ReceiptStatusSuccessful:
			return receipt, nil
		case err == nil:
			return nil, ErrReverted
		case !errors.Is(err, ethereum.NotFound):
			// A node that still indexes transactions says so instead of answering, for as
			// long as it takes: only what is no answer at all counts.
			var answer rpc.Error
			if errors.As(err, &answer) && strings.Contains(answer.Error(), "indexing") {
				break
			}
			if failures++; failures == maxFailures {
				return nil, fmt.Errorf("%w: read receipt: %w", consent.ErrUnavailable, plain(err))
			}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// codeReverted is JSON-RPC's "execution reverted"; every other error is about the
// network or the account, not about the act.
const codeReverted = 3

// refusal turns the revert data of an estimate into *Refused.
func refusal(err error) error {
	var (
		coded rpc.Error
		data  rpc.DataError
	)
	if !errors.As(err, &coded) || coded.ErrorCode() != codeReverted || !errors.As(err, &data) {
		return fmt.Errorf("%w: estimate: %w", consent.ErrUnavailable, plain(err))
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
