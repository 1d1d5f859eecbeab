package ledgerref

import (
	"context"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/wrapious/wrappy/consent"
)

// fakeChain is a source that does what the embedded chain cannot: reorganise, lag,
// contradict another and refuse ranges.
type fakeChain struct {
	blocks     []*types.Header
	logs       map[common.Hash][]types.Log
	receipts   map[common.Hash][]*types.Receipt
	calldata   map[common.Hash][]byte // of each block's one transaction, to the consent ledger
	final      uint64
	safe       uint64
	widest     uint64 // widest range that it answers; 0: any
	lies       bool   // logs have no time
	unanswered error  // for FilterLogs
	salt       uint64 // makes the blocks of forks differ
	ranges     int
}

var fakeAddresses = Addresses{Consent: consent.Address{1}, Keys: consent.Address{2}, Institutions: consent.Address{3}, ChainID: 99, Block: 1}

func newFakeChain() *fakeChain {
	f := &fakeChain{logs: map[common.Hash][]types.Log{}, receipts: map[common.Hash][]*types.Receipt{}, calldata: map[common.Hash][]byte{}}
	f.mine()
	return f
}

func (f *fakeChain) mine(logs ...types.Log) uint64 {
	header := &types.Header{Number: big.NewInt(int64(len(f.blocks))), Time: 1000 + uint64(len(f.blocks)), Extra: big.NewInt(int64(f.salt)).Bytes(), TxHash: types.EmptyTxsHash, ReceiptHash: types.EmptyReceiptsHash, Difficulty: common.Big0}
	var receipts types.Receipts
	if len(logs) > 0 {
		receipt := &types.Receipt{Type: types.DynamicFeeTxType, Status: types.ReceiptStatusSuccessful, CumulativeGasUsed: 1}
		for _, log := range logs {
			receipt.Logs = append(receipt.Logs, &types.Log{Address: log.Address, Topics: log.Topics, Data: log.Data})
		}
		receipt.Bloom = types.CreateBloom(receipt)
		receipts = types.Receipts{receipt}
		header.TxHash, header.Bloom, header.ReceiptHash = common.Hash{1}, receipt.Bloom, types.DeriveSha(receipts, trie.NewStackTrie(nil))
	}
	if len(f.blocks) > 0 {
		header.ParentHash = f.blocks[len(f.blocks)-1].Hash()
	}
	for i := range logs {
		logs[i].BlockNumber, logs[i].BlockHash, logs[i].Index = header.Number.Uint64(), header.Hash(), uint(i)
		if !f.lies {
			logs[i].BlockTimestamp = header.Time
		}
	}
	f.blocks = append(f.blocks, header)
	f.logs[header.Hash()], f.receipts[header.Hash()] = logs, receipts
	return header.Number.Uint64()
}

// fork drops the newest blocks; what is mined next differs from them.
func (f *fakeChain) fork(depth int) {
	f.blocks = f.blocks[:len(f.blocks)-depth]
	f.salt++
}

func (f *fakeChain) ChainID(context.Context) (*big.Int, error) {
	return new(big.Int).SetUint64(fakeAddresses.ChainID), nil
}

func (f *fakeChain) HeaderByNumber(_ context.Context, number *big.Int) (*types.Header, error) {
	n := uint64(len(f.blocks) - 1)
	switch {
	case number == nil:
	case number.Int64() == int64(rpc.FinalizedBlockNumber):
		n = f.final
	case number.Int64() == int64(rpc.SafeBlockNumber):
		n = f.safe
	default:
		n = number.Uint64()
	}
	if n >= uint64(len(f.blocks)) {
		return nil, ethereum.NotFound
	}
	return f.blocks[n], nil
}

func (f *fakeChain) FilterLogs(_ context.Context, q ethereum.FilterQuery) (found []types.Log, err error) {
	if f.unanswered != nil {
		return nil, f.unanswered
	}
	if q.BlockHash != nil {
		return f.logs[*q.BlockHash], nil
	}
	f.ranges++
	from, to := q.FromBlock.Uint64(), q.ToBlock.Uint64()
	if f.widest != 0 && to-from+1 > f.widest {
		return nil, errors.New("range too wide")
	}
	for _, header := range f.blocks[from : to+1] {
		found = append(found, f.logs[header.Hash()]...)
	}
	return found, nil
}

func (f *fakeChain) BlockReceipts(_ context.Context, block rpc.BlockNumberOrHash) ([]*types.Receipt, error) {
	if f.unanswered != nil {
		return nil, f.unanswered
	}
	receipts, ok := f.receipts[*block.BlockHash]
	if !ok {
		return nil, ethereum.NotFound
	}
	return receipts, nil
}

func (f *fakeChain) Calldata(_ context.Context, block common.Hash, _ uint) (*common.Address, []byte, error) {
	if f.unanswered != nil {
		return nil, nil, f.unanswered
	}
	to := common.Address(fakeAddresses.Consent)
	return &to, f.calldata[block], nil
}

func (f *fakeChain) SubscribeNewHead(context.Context, chan<- *types.Header) (ethereum.Subscription, error) {
	return nil, errors.New("no subscriptions")
}

// followFake is a view stepped by hand, without its goroutine.
func followFake(t *testing.T, f *fakeChain, config ViewConfig) *View {
	t.Helper()
	if config.Dir == "" {
		config.Dir = t.TempDir()
	}
	v := must(newView(&Chain{addresses: fakeAddresses}, config, f))
	v.cancel = func() {}
	t.Cleanup(func() { _ = v.Close() })
	if err := v.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return v
}

func event(contract consent.Address, topic common.Hash, indexed [32]byte, data ...[32]byte) types.Log {
	return types.Log{Address: common.Address(contract), Topics: []common.Hash{topic, indexed}, Data: joinWords(data...)}
}

func grantedLog(key consent.Address, id consent.GrantID, expiry uint64) types.Log {
	return event(fakeAddresses.Consent, consentLedger.GetABI().Events["Granted"].ID, refOf(key, id), wordOf(expiry))
}

func withdrawnLog(key consent.Address, id consent.GrantID) types.Log {
	return event(fakeAddresses.Consent, consentLedger.GetABI().Events["Withdrawn"].ID, refOf(key, id))
}

func keyLog(name string, id consent.IdentityID, key consent.Address) types.Log {
	return event(fakeAddresses.Keys, keyRegistry.GetABI().Events[name].ID, id, wordOfAddress(key))
}

func tlsLog(name string, institution consent.InstitutionID, hash [32]byte) types.Log {
	log := event(fakeAddresses.Institutions, institutionRegistry.GetABI().Events[name].ID, institution)
	log.Topics = append(log.Topics, hash)
	return log
}
