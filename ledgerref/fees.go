package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wrapious/wrappy/consent"
)

// defaultMaxFee is 500 gwei: far above what a network asks on a bad day, far below
// what empties an account at once.
var defaultMaxFee = big.NewInt(500_000_000_000)

// price is what a transaction offers now: the tip that the node suggests, and twice
// the base fee besides, which is room for six full blocks. ErrFeeCeiling.
func (t *Transactor) price(ctx context.Context) (tip, fee *big.Int, err error) {
	if tip, err = t.client.SuggestGasTipCap(ctx); err != nil {
		return nil, nil, noAnswer("read tip", err)
	}
	head, err := t.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, nil, noAnswer("read head", err)
	}
	if head.BaseFee == nil {
		return nil, nil, fmt.Errorf("%w: network without EIP-1559 fees", ErrForeignChain)
	}
	if new(big.Int).Add(tip, head.BaseFee).Cmp(t.maxFee) > 0 {
		return nil, nil, ErrFeeCeiling
	}
	fee = new(big.Int).Add(tip, new(big.Int).Lsh(head.BaseFee, 1))
	return tip, smaller(fee, t.maxFee), nil
}

// raised is the offer for a nonce that was offered less before: what is asked now, and
// at least an eighth more in both members, as pools want it (geth 10 %, others 12.5 %).
func (t *Transactor) raised(ctx context.Context, f *flight) (tip, fee *big.Int, err error) {
	tip, fee, err = t.price(ctx)
	if err != nil {
		return nil, nil, err
	}
	last := f.newest()
	least := eighthMore(last.GasFeeCap())
	if least.Cmp(t.maxFee) > 0 {
		return nil, nil, ErrFeeCeiling
	}
	tip, fee = larger(tip, eighthMore(last.GasTipCap())), larger(fee, least)
	return smaller(tip, fee), fee, nil
}

func eighthMore(n *big.Int) *big.Int {
	more := new(big.Int).Rsh(n, 3)
	return more.Add(more, n).Add(more, big.NewInt(1))
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func larger(a, b *big.Int) *big.Int {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// verdict is what a node said of a transaction.
type verdict uint8

const (
	accepted    verdict = iota // now or before
	unclear                    // no answer: it may have it
	nonceUsed                  // the nonce is mined already
	underpriced                // for now, or for what it would replace
	refused                    // for another reason
)

// verdictOf goes by the words that nodes have in common; JSON-RPC has no codes for them.
func verdictOf(err error) verdict {
	if err == nil {
		return accepted
	}
	var answer rpc.Error
	if !errors.As(err, &answer) {
		return unclear
	}
	text := strings.ToLower(answer.Error())
	for _, known := range []struct {
		words string
		is    verdict
	}{
		{"already known", accepted},
		{"known transaction", accepted},
		{"already imported", accepted},
		{"nonce too low", nonceUsed},
		{"nonce is too low", nonceUsed},
		{"underpriced", underpriced},
		{"less than block base fee", underpriced},
		{"lower than the minimum base fee", underpriced},
	} {
		if strings.Contains(text, known.words) {
			return known.is
		}
	}
	return refused
}

// errNode: the node does not take a transaction, for a reason that it does not share
// with others that it takes: too much gas, code that cannot run.
var errNode = fmt.Errorf("%w: the node refuses it", consent.ErrUnavailable)

// codeServer is JSON-RPC's code for what has none of its own.
const codeServer = -32000

// diagnose finds why a node refuses, by asking it rather than by its words:
// ErrForeignChain, ErrBalance, ErrFeeCeiling, errNode, else consent.ErrUnavailable. The node's
// own text is left out: it can hold what was sent.
func (t *Transactor) diagnose(ctx context.Context, err error, f *flight) error {
	var answer rpc.Error
	if !errors.As(err, &answer) {
		return noAnswer("send", err)
	}
	if err := checkChainID(ctx, t.client, t.chainID.Uint64()); err != nil {
		return err
	}
	if f != nil {
		balance, err := t.client.BalanceAt(ctx, t.account.address(), nil)
		if err == nil && balance.Cmp(f.newest().Cost()) < 0 {
			return ErrBalance
		}
	}
	if verdictOf(err) == underpriced {
		return ErrFeeCeiling
	}
	if answer.ErrorCode() == codeServer {
		return errNode
	}
	return noAnswer("send", err)
}

// noAnswer says what did not work and why, without the network's address and without
// the node's own words.
func noAnswer(what string, err error) error {
	var (
		answer rpc.Error
		status rpc.HTTPError
		failed net.Error
		why    string
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		why = "no answer in time"
	case errors.As(err, &answer):
		why = fmt.Sprintf("JSON-RPC error %d", answer.ErrorCode())
	case errors.As(err, &status):
		why = fmt.Sprintf("HTTP status %d", status.StatusCode)
	case errors.As(err, &failed) && failed.Timeout():
		why = "no answer in time"
	default:
		why = "no connection"
	}
	return fmt.Errorf("%w: %s: %s", consent.ErrUnavailable, what, why)
}
