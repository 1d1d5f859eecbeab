package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

// source is what is asked of a network: an endpoint.
type source interface {
	ChainID(ctx context.Context) (*big.Int, error)
	HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error)
	FilterLogs(ctx context.Context, query ethereum.FilterQuery) ([]types.Log, error)
	BlockReceipts(ctx context.Context, block rpc.BlockNumberOrHash) ([]*types.Receipt, error)
	// Calldata is a transaction's contract, nil where it makes one, and data; ethereum.NotFound.
	Calldata(ctx context.Context, block common.Hash, index uint) (to *common.Address, data []byte, err error)
	SubscribeNewHead(ctx context.Context, heads chan<- *types.Header) (ethereum.Subscription, error)
}

var (
	// errDisagree: two sources differ. Nothing is confirmed and the view grows stale
	// until they agree again.
	errDisagree = errors.New("sources disagree on the chain")
	// errContradicts: what a source says does not fit together. A chain that changes
	// while it is read looks so once.
	errContradicts = errors.New("the source contradicts itself")
	// errReceipts is an errContradicts that a rollup gives always.
	errReceipts = fmt.Errorf("%w: receipts are not those of their block (a network whose receipts are not Ethereum's needs two endpoints and the logs of both)", errContradicts)
)

// endpoint is a client whose every call ends.
type endpoint struct{ client *ethclient.Client }

func (e endpoint) ChainID(ctx context.Context) (*big.Int, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return e.client.ChainID(ctx)
}

func (e endpoint) HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return e.client.HeaderByNumber(ctx, number)
}

func (e endpoint) FilterLogs(ctx context.Context, query ethereum.FilterQuery) ([]types.Log, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return e.client.FilterLogs(ctx, query)
}

func (e endpoint) BlockReceipts(ctx context.Context, block rpc.BlockNumberOrHash) ([]*types.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return e.client.BlockReceipts(ctx, block)
}

// Calldata reads no more of a transaction than it returns: a network may have kinds
// of transactions that this library cannot decode.
func (e endpoint) Calldata(ctx context.Context, block common.Hash, index uint) (*common.Address, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var tx *struct {
		To    *common.Address `json:"to"`
		Input hexutil.Bytes   `json:"input"`
	}
	err := e.client.Client().CallContext(ctx, &tx, "eth_getTransactionByBlockHashAndIndex", block, hexutil.Uint64(index))
	if err != nil {
		return nil, nil, err
	}
	if tx == nil {
		return nil, nil, ethereum.NotFound
	}
	return tx.To, tx.Input, nil
}

func (e endpoint) SubscribeNewHead(ctx context.Context, heads chan<- *types.Header) (ethereum.Subscription, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return e.client.SubscribeNewHead(ctx, heads)
}

// both asks the two sources at once; the first alone where there is no second,
// whose answer is then the same.
func both[T any](v *View, ask func(source) (T, error)) (one, other T, err error) {
	if v.second == nil {
		one, err = ask(v.source)
		return one, one, err
	}
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		other, failed = ask(v.second)
	}()
	one, err = ask(v.source)
	<-done
	if err == nil {
		err = failed
	}
	return one, other, err
}

func headerFrom(ctx context.Context, from source, number *big.Int) (*types.Header, error) {
	header, err := from.HeaderByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	asked := number != nil && number.Sign() >= 0
	if header.Number == nil || !header.Number.IsUint64() || (asked && header.Number.Cmp(number) != 0) {
		return nil, fmt.Errorf("%w: another block than was asked for", errContradicts)
	}
	return header, nil
}

// header is a block's header as both sources have it.
func (v *View) header(ctx context.Context, number uint64) (*types.Header, error) {
	one, other, err := both(v, func(from source) (*types.Header, error) { return headerFrom(ctx, from, blockNumber(number)) })
	if err != nil {
		return nil, err
	}
	if one.Hash() != other.Hash() {
		return nil, errDisagree
	}
	return one, nil
}

// agreedHead is the newest head that both sources have. An endpoint that was put before another
// network since it was opened can have blocks in common with the one that was followed.
func (v *View) agreedHead(ctx context.Context) (*types.Header, error) {
	one, other, err := both(v, func(from source) (*types.Header, error) {
		if err := checkChainID(ctx, from, v.chain.addresses.ChainID); err != nil {
			return nil, err
		}
		return headerFrom(ctx, from, nil)
	})
	if err != nil {
		return nil, err
	}
	if one.Hash() == other.Hash() {
		return one, nil
	}
	return v.header(ctx, min(one.Number.Uint64(), other.Number.Uint64()))
}

// tagged is the lower of the blocks that the sources give for a tag.
func (v *View) tagged(ctx context.Context, tag rpc.BlockNumber) (uint64, error) {
	one, other, err := both(v, func(from source) (*types.Header, error) { return headerFrom(ctx, from, big.NewInt(int64(tag))) })
	if err != nil {
		return 0, err
	}
	return min(one.Number.Uint64(), other.Number.Uint64()), nil
}

// agreedLogs are the logs of our contracts as both sources have them, in order, none
// of them outside the blocks asked for. Where BlockTimestamp is zero it is not known.
func (v *View) agreedLogs(ctx context.Context, query ethereum.FilterQuery, last *types.Header) ([]types.Log, error) {
	a := v.chain.addresses
	query.Addresses = []common.Address{common.Address(a.Consent), common.Address(a.Keys), common.Address(a.Institutions)}
	one, other, err := both(v, func(from source) ([]types.Log, error) {
		logs, err := from.FilterLogs(ctx, query)
		if err == nil && !inOrder(logs, query, last) {
			err = fmt.Errorf("%w: logs that were not asked for, or out of order", errContradicts)
		}
		return logs, err
	})
	if err != nil || v.second == nil {
		return one, err
	}
	if !slices.EqualFunc(one, other, sameLog) {
		return nil, errDisagree
	}
	for i := range one {
		switch {
		case one[i].BlockTimestamp == 0 || other[i].BlockTimestamp == 0:
			one[i].BlockTimestamp = 0 // only one says it
		case one[i].BlockTimestamp != other[i].BlockTimestamp:
			return nil, errDisagree
		}
	}
	return one, nil
}

// inOrder reports that logs are of the blocks asked for, each of one hash, up to the
// header last, and in the order in which the chain has them.
func inOrder(logs []types.Log, query ethereum.FilterQuery, last *types.Header) bool {
	to := last.Number.Uint64()
	from := to
	if query.FromBlock != nil {
		from = query.FromBlock.Uint64()
	}
	for i := range logs {
		log := &logs[i]
		if log.Removed || log.BlockNumber < from || log.BlockNumber > to || (log.BlockNumber == to && log.BlockHash != last.Hash()) {
			return false
		}
		if i == 0 {
			continue
		}
		before := &logs[i-1]
		if log.BlockNumber < before.BlockNumber ||
			(log.BlockNumber == before.BlockNumber && (log.Index <= before.Index || log.BlockHash != before.BlockHash)) {
			return false
		}
	}
	return true
}

func sameLog(a, b types.Log) bool {
	return a.Address == b.Address && slices.Equal(a.Topics, b.Topics) && slices.Equal(a.Data, b.Data) &&
		a.BlockNumber == b.BlockNumber && a.BlockHash == b.BlockHash && a.TxHash == b.TxHash && a.TxIndex == b.TxIndex && a.Index == b.Index
}

// blockLogs are the logs of one block: what its header commits to, whoever gave them.
// Where the header's bloom has none of our contracts there are none; else the
// block's receipts must give the header's receipts root.
func (v *View) blockLogs(ctx context.Context, header *types.Header) ([]types.Log, error) {
	hash := header.Hash()
	if v.config.Local != nil || v.config.LogsOfBoth {
		if header.TxHash == types.EmptyTxsHash {
			return nil, nil
		}
		return v.agreedLogs(ctx, ethereum.FilterQuery{BlockHash: &hash}, header)
	}
	a := v.chain.addresses
	ours := func(c [20]byte) bool { return header.Bloom.Test(c[:]) }
	if !ours(a.Consent) && !ours(a.Keys) && !ours(a.Institutions) {
		return nil, nil
	}
	receipts, err := v.source.BlockReceipts(ctx, rpc.BlockNumberOrHashWithHash(hash, false))
	if err != nil {
		return nil, err
	}
	return provenLogs(header, receipts)
}

// provenLogs are a block's logs, if the receipts are those that its header commits
// to. What receipts say of a log's place is not in the root: it is counted.
func provenLogs(header *types.Header, receipts types.Receipts) (logs []types.Log, err error) {
	for _, receipt := range receipts {
		if receipt == nil || slices.Contains(receipt.Logs, nil) {
			return nil, errReceipts
		}
	}
	if types.DeriveSha(receipts, trie.NewStackTrie(nil)) != header.ReceiptHash {
		return nil, errReceipts
	}
	for i, receipt := range receipts {
		for _, log := range receipt.Logs {
			logs = append(logs, types.Log{
				Address: log.Address, Topics: log.Topics, Data: log.Data, BlockNumber: header.Number.Uint64(), BlockHash: header.Hash(),
				TxHash: receipt.TxHash, TxIndex: uint(i), Index: uint(len(logs)), //nolint:gosec // both count
			})
		}
	}
	return logs, nil
}
