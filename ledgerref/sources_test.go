package ledgerref

import (
	"context"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// rewording gives the logs of a range otherwise than the chain has them.
type rewording struct {
	*fakeChain
	edit func([]types.Log) []types.Log
}

func (r rewording) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	logs, err := r.fakeChain.FilterLogs(ctx, q)
	return r.edit(append([]types.Log{}, logs...)), err
}

// What logs of a range say of their place must fit the headers, and one another's word.
func TestLogsFromSources(t *testing.T) {
	same := func(logs []types.Log) []types.Log { return logs }
	first := func(edit func(*types.Log)) func([]types.Log) []types.Log {
		return func(logs []types.Log) []types.Log { edit(&logs[0]); return logs }
	}
	last := func(edit func(*types.Log)) func([]types.Log) []types.Log {
		return func(logs []types.Log) []types.Log { edit(&logs[len(logs)-1]); return logs }
	}
	untimed := func(logs []types.Log) []types.Log {
		for i := range logs {
			logs[i].BlockTimestamp = 0
		}
		return logs
	}
	for name, test := range map[string]struct {
		one, other func([]types.Log) []types.Log // other nil: one source
		want       error
	}{
		"one that is right":         {same, nil, nil},
		"two that are right":        {same, same, nil},
		"one knows no times":        {untimed, same, nil},
		"the other knows no times":  {same, untimed, nil},
		"none knows times":          {untimed, untimed, nil},
		"removed":                   {first(func(l *types.Log) { l.Removed = true }), nil, errContradicts},
		"before the range":          {first(func(l *types.Log) { l.BlockNumber = 0 }), nil, errContradicts},
		"after the range":           {last(func(l *types.Log) { l.BlockNumber++ }), nil, errContradicts},
		"of another last block":     {last(func(l *types.Log) { l.BlockHash = common.Hash{1} }), nil, errContradicts},
		"of two blocks in one":      {first(func(l *types.Log) { l.BlockHash = common.Hash{1} }), nil, errContradicts},
		"out of order":              {func(l []types.Log) []types.Log { l[0], l[1] = l[1], l[0]; return l }, nil, errContradicts},
		"blocks out of order":       {func(l []types.Log) []types.Log { return append(l[2:], l[:2]...) }, nil, errContradicts},
		"one twice":                 {func(l []types.Log) []types.Log { return append(l[:1], l...) }, nil, errContradicts},
		"untimed, of another block": {func(l []types.Log) []types.Log { l = untimed(l)[2:3]; l[0].BlockHash = common.Hash{1}; return l }, nil, errContradicts},
		"removed, at the other":     {same, first(func(l *types.Log) { l.Removed = true }), errContradicts},
		"missing at the other":      {same, func(l []types.Log) []types.Log { return l[1:] }, errDisagree},
		"other data":                {same, first(func(l *types.Log) { l.Data = []byte{1} }), errDisagree},
		"other topics":              {same, first(func(l *types.Log) { l.Topics = l.Topics[:1] }), errDisagree},
		"another contract":          {same, first(func(l *types.Log) { l.Address = common.Address{2} }), errDisagree},
		"another transaction":       {same, first(func(l *types.Log) { l.TxHash = common.Hash{2} }), errDisagree},
		"another time":              {same, first(func(l *types.Log) { l.BlockTimestamp++ }), errDisagree},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeChain()
			v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
			key := [20]byte{9}
			f.mine(grantedLog(key, [32]byte{1}, 86400), grantedLog(key, [32]byte{2}, 86400))
			for range 2 * rangeFrom {
				f.mine(grantedLog(key, [32]byte{3, byte(len(f.blocks))}, 86400))
			}
			f.final = uint64(len(f.blocks) - 1)
			v.source = rewording{f, test.one}
			if test.other != nil {
				other := *f // both are asked at once
				v.second = rewording{&other, test.other}
			}
			if err := v.step(t.Context()); !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			state := must(v.GrantState(t.Context(), key, [32]byte{1}))
			if (test.want == nil) != (state.GrantedAt == f.blocks[1].Time) {
				t.Errorf("%+v", state)
			}
		})
	}
}

// A block is confirmed when both sources say so.
func TestTagsOfTwoSources(t *testing.T) {
	for _, confirm := range []Confirmation{ConfirmSafe, ConfirmFinalized} {
		for _, ahead := range []bool{true, false} {
			f := newFakeChain()
			for range 10 {
				f.mine()
			}
			f.safe, f.final = 4, 4
			other := *f
			other.safe, other.final = 8, 8
			one, two := source(f), source(&other)
			if ahead {
				one, two = two, one
			}
			v := must(newView(&Chain{addresses: fakeAddresses}, ViewConfig{Dir: t.TempDir(), Confirm: confirm}, one))
			v.second, v.cancel = two, func() {}
			if err := v.open(t.Context()); err != nil || must(v.View(t.Context())).Block != 4 {
				t.Errorf("confirmed %d: %v", must(v.View(t.Context())).Block, err)
			}
			_ = v.Close()
		}
	}
	// a network that knows no final block is not followed as if it did
	v := must(newView(&Chain{addresses: fakeAddresses}, ViewConfig{Dir: t.TempDir(), Confirm: ConfirmFinalized}, untagged{newFakeChain()}))
	v.cancel = func() {}
	defer func() { _ = v.Close() }()
	if err := v.open(t.Context()); !errors.Is(err, ethereum.NotFound) {
		t.Errorf("without a final block: %v", err)
	}
}

type untagged struct{ *fakeChain }

func (u untagged) HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error) {
	if number != nil && number.Sign() < 0 {
		return nil, ethereum.NotFound
	}
	return u.fakeChain.HeaderByNumber(ctx, number)
}
