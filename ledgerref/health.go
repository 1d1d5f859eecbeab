package ledgerref

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wrapious/wrappy/consent"
)

// Head is the network's newest block: number, timestamp in Unix seconds, and hash.
// consent.ErrUnavailable.
func (c *Chain) Head(ctx context.Context) (block, time uint64, hash consent.Digest, err error) {
	header, err := c.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return 0, 0, hash, fmt.Errorf("%w: newest block: %w", consent.ErrUnavailable, plain(err))
	}
	return header.Number.Uint64(), header.Time, consent.Digest(header.Hash()), nil
}

// BlockHash is a block's hash as the network has it now; consent.ErrUnavailable, also
// for a block that it does not have.
func (c *Chain) BlockHash(ctx context.Context, block uint64) (consent.Digest, error) {
	header, err := c.client.HeaderByNumber(ctx, blockNumber(block))
	if err != nil {
		return consent.Digest{}, fmt.Errorf("%w: block: %w", consent.ErrUnavailable, plain(err))
	}
	return consent.Digest(header.Hash()), nil
}

// Balance is what an account holds, in wei; consent.ErrUnavailable.
func (c *Chain) Balance(ctx context.Context, of consent.Address) (*big.Int, error) {
	balance, err := c.client.BalanceAt(ctx, common.Address(of), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: balance: %w", consent.ErrUnavailable, plain(err))
	}
	return balance, nil
}

// Fee is what the network asks per gas now, in wei; consent.ErrUnavailable.
func (c *Chain) Fee(ctx context.Context) (*big.Int, error) {
	fee, err := c.client.SuggestGasPrice(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: price of gas: %w", consent.ErrUnavailable, plain(err))
	}
	return fee, nil
}
