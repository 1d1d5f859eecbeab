package ledgerref

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wrapious/wrappy/consent"
)

const (
	// maxRefused is how often a node may refuse to take a transaction again.
	maxRefused = 5
	// maxGap is how many missing nonces are filled in one go.
	maxGap = 16
	// fillerGas pays for a transfer of nothing.
	fillerGas = 21_000
)

// errIndexing: a node that still indexes transactions cannot tell about any, for as
// long as it takes.
var errIndexing = errors.New("the node still indexes")

// flight is a nonce in use: a transaction on its way, with those that it replaced. Of
// all its attempts at most one is ever mined.
type flight struct {
	nonce    uint64
	kind     consent.ActKind // of its acts; empty where it carries none
	items    []queued        // in the calldata's order
	to       *common.Address // nil: a deployment
	data     []byte
	gas      uint64
	stops    bool                 // it stops something: no budget holds it up
	attempts []*types.Transaction // oldest first

	sent    time.Time      // when the newest was last sent; zero: look at once
	priced  time.Time      // when the newest was made
	gone    time.Time      // since when the nonce is used and no attempt has a receipt; zero: it is not
	refused int            // times in a row that the node did not take it again
	receipt *types.Receipt // nil: in no block
	lost    bool           // its nonce is another's: it will never be mined
	charged bool           // what it cost is counted
	shown   bool           // the view has its block
}

func (f *flight) newest() *types.Transaction { return f.attempts[len(f.attempts)-1] }

// cost is the most that it can take, or what it took, in wei.
func (f *flight) cost() *big.Int {
	gas, price := f.gas, f.newest().GasFeeCap()
	if f.receipt != nil && f.receipt.EffectiveGasPrice != nil {
		gas, price = f.receipt.GasUsed, f.receipt.EffectiveGasPrice
	}
	return new(big.Int).Mul(new(big.Int).SetUint64(gas), price)
}

// byNonce lists what is on its way or not final.
func (t *Transactor) byNonce() []*flight {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.SortedFunc(maps.Values(t.flights), func(a, b *flight) int { return cmp.Compare(a.nonce, b.nonce) })
}

// tend looks after everything that was sent: finds what was mined, or is no longer
// after a reorganisation; sends again what a node has forgotten; prices higher what is
// stuck; fills the nonces that were lost before it. Needs t.tending held.
func (t *Transactor) tend(ctx context.Context) error {
	flights := t.byNonce()
	if len(flights) == 0 {
		return nil
	}
	// before the receipts: what it counts has one
	next, err := t.client.NonceAt(ctx, t.account.address(), nil)
	if err != nil {
		return noAnswer("read nonce", err)
	}
	if err := t.recheck(ctx, flights); err != nil && !errors.Is(err, errIndexing) {
		return err
	}
	var failed error
	lowest := true
	for _, f := range flights {
		if f.receipt != nil {
			continue
		}
		var err error
		if f.nonce < next {
			err = t.find(ctx, f)
		} else {
			err = t.care(ctx, f, lowest)
			lowest = false
		}
		if err != nil && failed == nil && !errors.Is(err, errIndexing) {
			failed = err
		}
	}
	return failed
}

// recheck sees whether mined transactions still are. From the newest back: where one
// is in the block it was in, so are all before it.
func (t *Transactor) recheck(ctx context.Context, flights []*flight) error {
	for _, f := range slices.Backward(flights) {
		if f.receipt == nil {
			continue
		}
		receipt, err := t.receiptOf(ctx, f)
		if err != nil {
			return err
		}
		if receipt != nil && receipt.BlockHash == f.receipt.BlockHash {
			return nil
		}
		t.settled(f, receipt)
	}
	return nil
}

// receiptOf is nil where no attempt is mined.
func (t *Transactor) receiptOf(ctx context.Context, f *flight) (*types.Receipt, error) {
	for _, tx := range slices.Backward(f.attempts) {
		receipt, err := t.client.TransactionReceipt(ctx, tx.Hash())
		if err == nil {
			return receipt, nil
		}
		var answer rpc.Error
		if errors.As(err, &answer) && strings.Contains(answer.Error(), "indexing") {
			return nil, errIndexing
		}
		if !errors.Is(err, ethereum.NotFound) {
			return nil, noAnswer("read receipt", err)
		}
	}
	return nil, nil //nolint:nilnil // absence is an answer
}

// settled notes the receipt, or that there is none any more.
func (t *Transactor) settled(f *flight, receipt *types.Receipt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f.receipt, f.gone = receipt, time.Time{}
	if receipt == nil {
		f.sent, f.shown = time.Time{}, false
		return
	}
	if t.outbox == nil {
		delete(t.flights, f.nonce) // who waits for it holds it
	}
	t.outbox.spend(f)
}

// find looks for the receipt of a nonce that is used. If there is none, twice and with
// time between, as nodes show the one before the other, the nonce is another's.
func (t *Transactor) find(ctx context.Context, f *flight) error {
	receipt, err := t.receiptOf(ctx, f)
	switch {
	case err != nil:
		return err
	case receipt != nil:
		t.settled(f, receipt)
	case f.gone.IsZero():
		f.gone = time.Now()
	case time.Since(f.gone) >= t.doubt:
		if err := checkChainID(ctx, t.client, t.chainID.Uint64()); err != nil {
			return err
		}
		return t.abandon(f)
	}
	return nil
}

// abandon forgets a flight that will not be mined; its acts are the relayer's to send anew.
func (t *Transactor) abandon(f *flight) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.outbox.forget(f, nil); err != nil {
		return err
	}
	f.lost = true
	delete(t.flights, f.nonce)
	return nil
}

// care sends again or raises what waits too long. Only the lowest nonce can be stuck by
// itself; one that offers less than the base fee is so too.
func (t *Transactor) care(ctx context.Context, f *flight, lowest bool) error {
	now := time.Now()
	if now.Sub(f.sent) < min(t.doubt, t.stuck) {
		return nil
	}
	if lowest {
		if err := t.fill(ctx, f.nonce); err != nil {
			return err
		}
	}
	if now.Sub(f.priced) >= t.stuck && (lowest || t.outbid(ctx, f)) {
		err := t.raise(ctx, f)
		if !errors.Is(err, ErrFeeCeiling) && !errors.Is(err, consent.ErrBudget) {
			return err
		}
		if again := t.again(ctx, f); again != nil {
			return again
		}
		return err
	}
	return t.again(ctx, f)
}

func (t *Transactor) outbid(ctx context.Context, f *flight) bool {
	head, err := t.client.HeaderByNumber(ctx, nil)
	return err == nil && head.BaseFee != nil && head.BaseFee.Cmp(f.newest().GasFeeCap()) > 0
}

// again sends the newest attempt once more, unless the node has it.
func (t *Transactor) again(ctx context.Context, f *flight) error {
	if time.Since(f.sent) < t.doubt {
		return nil
	}
	_, _, err := t.client.TransactionByHash(ctx, f.newest().Hash())
	switch {
	case err == nil:
		f.sent, f.refused = time.Now(), 0
		return nil
	case !errors.Is(err, ethereum.NotFound):
		return noAnswer("read transaction", err)
	}
	return t.resend(ctx, f)
}

func (t *Transactor) resend(ctx context.Context, f *flight) error {
	err := t.client.SendTransaction(ctx, f.newest())
	switch verdictOf(err) {
	case accepted:
		f.sent, f.refused = time.Now(), 0
		return nil
	case nonceUsed: // found next time
		return nil
	case underpriced:
		f.sent, f.priced = time.Now(), time.Time{} // to be raised, after a while
		return ErrFeeCeiling
	case unclear:
		return noAnswer("send", err)
	}
	why := t.diagnose(ctx, err, f)
	if errors.Is(why, ErrForeignChain) || errors.Is(why, ErrBalance) {
		return why
	}
	if f.refused++; f.refused < maxRefused {
		return why
	}
	return t.abandon(f)
}

// raise replaces the newest attempt by a dearer one.
func (t *Transactor) raise(ctx context.Context, f *flight) error {
	tip, fee, err := t.raised(ctx, f)
	if err != nil {
		return err
	}
	t.mu.Lock()
	err = t.attempt(f, tip, fee)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return t.resend(ctx, f)
}

// fill sends transfers of nothing for nonces below that nobody uses, or all that comes
// after them would wait for ever: a pool forgot what somebody else had sent.
func (t *Transactor) fill(ctx context.Context, below uint64) error {
	next, err := t.client.PendingNonceAt(ctx, t.account.address())
	if err != nil {
		return noAnswer("read nonce", err)
	}
	self := t.account.address()
	for range maxGap {
		if next >= below {
			return nil
		}
		if err := t.launch(ctx, &flight{to: &self, gas: fillerGas, stops: true}); err != nil {
			return err
		}
		next++
	}
	return nil
}

// flightRecord is what the outbox keeps of a flight. Calldata of acts is made from them again.
type flightRecord struct {
	_        struct{} `cbor:",toarray"`
	Kind     consent.ActKind
	Acts     []uint64 // sequences, in the calldata's order
	To       common.Address
	Data     []byte // where it carries no acts
	Gas      uint64
	Stops    bool
	Attempts []attemptRecord
	Charged  bool
}

type attemptRecord struct {
	_    struct{} `cbor:",toarray"`
	Tip  *big.Int
	Fee  *big.Int
	Hash common.Hash
}

func (f *flight) record() flightRecord {
	r := flightRecord{Kind: f.kind, To: *f.to, Gas: f.gas, Stops: f.stops, Charged: f.charged}
	if f.kind == "" {
		r.Data = f.data
	}
	for _, item := range f.items {
		r.Acts = append(r.Acts, item.sequence)
	}
	for _, tx := range f.attempts {
		r.Attempts = append(r.Attempts, attemptRecord{Tip: tx.GasTipCap(), Fee: tx.GasFeeCap(), Hash: tx.Hash()})
	}
	return r
}

// adopt takes over what an earlier process had on its way. Signing is deterministic:
// what does not come out as it was, for another account or contracts, is lost.
func (t *Transactor) adopt(f *flight, r flightRecord) error {
	f.kind, f.gas, f.stops, f.charged, f.priced = r.Kind, r.Gas, r.Stops, r.Charged, time.Now()
	f.to, f.data = &r.To, r.Data
	if f.kind != "" {
		to, data := pack(t.addresses, f.kind, f.items)
		f.to, f.data = &to, data
	}
	for _, a := range r.Attempts {
		tx, err := t.sign(f, a.Tip, a.Fee)
		if err != nil {
			return err
		}
		if tx.Hash() != a.Hash {
			return errLost
		}
		f.attempts = append(f.attempts, tx)
	}
	if len(f.attempts) == 0 || *f.to != r.To {
		return errLost
	}
	t.flights[f.nonce] = f
	return nil
}
