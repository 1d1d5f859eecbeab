package ledgerref

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

func TestWithdrawalsInCalldata(t *testing.T) {
	key, id := common.Address(bytes.Repeat([]byte{0x11}, 20)), [32]byte(bytes.Repeat([]byte{0x22}, 32))
	signature := bytes.Repeat([]byte{0x33}, 65)
	word := func(n uint64) string { w := wordOf(n); return hex.EncodeToString(w[:]) }
	tail := "0000000000000000000000001111111111111111111111111111111111111111" + hex.EncodeToString(id[:]) + word(96) + word(65) +
		hex.EncodeToString(signature) + hex.EncodeToString(make([]byte, 31))
	alone := hex.EncodeToString(withdrawMethod.ID) + tail
	batch := hex.EncodeToString(withdrawBatchMethod.ID) + word(32) + word(1) + word(32) + tail
	item := contracts.WithdrawItem{Key: key, Id: id, Signature: signature}
	for name, test := range map[string]struct {
		data string
		want int
	}{
		"alone":                              {alone, 1},
		"a batch of one":                     {batch, 1},
		"with bytes behind":                  {alone + "ffff", 1},
		"a batch of none":                    {hex.EncodeToString(withdrawBatchMethod.ID) + word(32) + word(0), 0},
		"nothing":                            {"", 0},
		"three bytes":                        {"1b6d8b", 0},
		"the selector alone":                 {alone[:8], 0},
		"another method":                     {"ffffffff" + tail, 0},
		"a grant's selector":                 {hex.EncodeToString(consentLedger.GetABI().Methods["grant"].ID) + tail, 0},
		"a signature cut short":              {alone[:len(alone)-130], 0},
		"a length beyond the end":            {hex.EncodeToString(withdrawMethod.ID) + tail[:192] + word(1<<40) + tail[256:], 0},
		"a length beyond 64 bits":            {hex.EncodeToString(withdrawMethod.ID) + tail[:192] + hex.EncodeToString(bytes.Repeat([]byte{0xff}, 32)) + tail[256:], 0},
		"an offset beyond the end":           {hex.EncodeToString(withdrawMethod.ID) + tail[:128] + word(1<<62) + tail[192:], 0},
		"a batch of more than there are":     {hex.EncodeToString(withdrawBatchMethod.ID) + word(32) + word(1<<30) + word(32) + tail, 0},
		"a batch whose items are elsewhere":  {hex.EncodeToString(withdrawBatchMethod.ID) + word(1<<33) + word(1), 0},
		"more than a transaction ever holds": {alone + hex.EncodeToString(make([]byte, maxCalldata)), 0},
	} {
		items := withdrawalsIn(common.FromHex(test.data))
		if len(items) != test.want {
			t.Errorf("%s: %d withdrawals, want %d", name, len(items), test.want)
		}
		for _, got := range items {
			if got.Key != item.Key || got.Id != item.Id || !bytes.Equal(got.Signature, item.Signature) {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
	// the contract's own encoder agrees with the words above
	if got := hex.EncodeToString(consentLedger.PackWithdraw(key, id, signature)); got != alone {
		t.Errorf("encoded %s", got)
	}
	if got := hex.EncodeToString(consentLedger.PackWithdrawBatch([]contracts.WithdrawItem{item})); got != batch {
		t.Errorf("encoded %s", got)
	}
}

func FuzzWithdrawalsIn(f *testing.F) {
	item := contracts.WithdrawItem{Key: common.Address{1}, Id: [32]byte{2}, Signature: make([]byte, 65)}
	f.Add(consentLedger.PackWithdraw(item.Key, item.Id, item.Signature))
	f.Add(consentLedger.PackWithdrawBatch([]contracts.WithdrawItem{item, item}))
	f.Add(consentLedger.PackWithdrawBatch(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		items := withdrawalsIn(data)
		if len(items) > len(data)/32 {
			t.Errorf("%d withdrawals in %d bytes", len(items), len(data))
		}
		wanted := map[[32]byte]bool{}
		for _, item := range items {
			if len(item.Signature) > len(data) {
				t.Errorf("a signature of %d bytes in %d", len(item.Signature), len(data))
			}
			wanted[refOf(consent.Address(item.Key), item.Id)] = true
		}
		found := map[[32]byte]consent.Signature{}
		collect(fakeAddresses, data, wanted, found)
		for _, item := range items {
			signature, ok := found[refOf(consent.Address(item.Key), item.Id)]
			if ok && consent.Verify(fakeAddresses.ConsentDomain().Digest(consent.WithdrawHash(item.Id)), signature, consent.Address(item.Key)) != nil {
				t.Error("a withdrawal without the grant key's signature")
			}
		}
	})
}

// counting counts what a watcher asks.
type counting struct {
	*fakeChain
	ranges []uint64 // first blocks
	reads  int
	narrow uint64 // widest range that it answers
}

func (c *counting) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	if q.BlockHash == nil {
		if width := q.ToBlock.Uint64() - q.FromBlock.Uint64() + 1; c.narrow != 0 && width > c.narrow {
			return nil, errors.New("range too wide")
		}
		c.ranges = append(c.ranges, q.FromBlock.Uint64())
	}
	return c.fakeChain.FilterLogs(ctx, q)
}

func (c *counting) Calldata(ctx context.Context, block common.Hash, index uint) (*common.Address, []byte, error) {
	c.reads++
	return c.fakeChain.Calldata(ctx, block, index)
}

// newestBut claims a head far beyond its blocks.
type newestBut struct {
	*counting
	number *big.Int
}

func (n newestBut) HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error) {
	if number == nil {
		return &types.Header{Number: n.number, Difficulty: common.Big0}, nil
	}
	return n.counting.HeaderByNumber(ctx, number)
}

func (n newestBut) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	if q.ToBlock.Cmp(n.number) == 0 {
		return nil, nil
	}
	return nil, context.Canceled
}

func TestWhatAWatcherAsks(t *testing.T) {
	key, id := account(t), consent.GrantID(random())
	f := newFakeChain()
	withdraw := func() {
		signature := withdrawAct(fakeAddresses, key, id).Signature
		f.mine(withdrawnLog(key.Address(), id))
		f.calldata[f.blocks[len(f.blocks)-1].Hash()] = consentLedger.PackWithdraw(common.Address(key.Address()), id, signature[:])
	}
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	c := &counting{fakeChain: f}
	watcher := v.watchers()[0]
	watcher.source = c
	pass := func(want []uint64, reads int) {
		t.Helper()
		c.ranges, c.reads = nil, 0
		if err := watcher.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(c.ranges) != len(want) || (len(want) > 0 && c.ranges[0] != want[0]) || c.reads != reads {
			t.Errorf("asked for ranges from %v and %d transactions, want %v and %d", c.ranges, c.reads, want, reads)
		}
	}
	for range 600 {
		f.mine()
	}
	pass([]uint64{1}, 0)
	pass(nil, 0) // the same head
	withdraw()
	pass([]uint64{601}, 1)
	f.mine()
	pass([]uint64{602}, 0)
	f.fork(1)
	f.mine()
	f.mine()
	pass([]uint64{602 - ringLength}, 0) // again, as far as a reorganisation is followed; what is kept is not read again
	f.fork(300)
	f.mine()
	pass([]uint64{304 - ringLength}, 0) // the source is behind

	// one that refuses wide ranges is asked for narrow ones
	c.narrow = 100
	f.fork(1)
	f.mine()
	c.ranges = nil
	if err := watcher.pass(t.Context()); err != nil || len(c.ranges) < 3 {
		t.Errorf("%d ranges, %v", len(c.ranges), err)
	}

	// a head that cannot be does not spin
	watcher.source, watcher.span = newestBut{c, new(big.Int).SetUint64(^uint64(0))}, ^uint64(0)
	if err := watcher.pass(t.Context()); err != nil {
		t.Errorf("at the last block there can be: %v", err)
	}

	// what was found is there for a view of the same directory alone
	if state := must(v.GrantState(t.Context(), key.Address(), id)); state.Status != consent.StatusWithdrawn || state.Withdrawal == (consent.Signature{}) {
		t.Errorf("%+v", state)
	}
}

// Whatever the network: a withdrawal that is relayed brings its signature to the view.
func TestWithdrawalBringsItsSignature(t *testing.T) {
	key, id := account(t), consent.GrantID(random())
	grant, withdrawal := grantAct(w.chain.addresses, key, id), withdrawAct(w.chain.addresses, key, id)
	submit(t, grant)
	await(t, grant)
	if state := must(w.view.GrantState(t.Context(), key.Address(), id)); state.Withdrawal != (consent.Signature{}) {
		t.Errorf("before any withdrawal: %+v", state)
	}
	submit(t, withdrawal)
	if err := w.view.await(soon(t), func() (bool, error) {
		signature, err := w.view.withdrawal(refOf(key.Address(), id))
		return signature == withdrawal.Signature, err
	}); err != nil {
		t.Fatal(err)
	}
	await(t, withdrawal)
	if state := must(w.view.GrantState(t.Context(), key.Address(), id)); state.Status != consent.StatusWithdrawn || state.Withdrawal != withdrawal.Signature || state.GrantedAt == 0 {
		t.Errorf("%+v", state)
	}
}
