package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

// KeyHistory is an institution with the TLS keys that it ever had, in the order in which
// they were added.
type KeyHistory struct {
	Institution consent.InstitutionID
	Name        string
	Keys        []consent.KeyPeriod
}

// errGap: what the network says of a key does not hang together.
var errGap = fmt.Errorf("%w: an event of a key that was never added", ErrForeignChain)

// KeyHistory reads an institution's keys from the network itself, up to its newest block,
// whose time it returns. consent.ErrUnknownInstitution, consent.ErrUnavailable. It
// believes the endpoint.
func (c *Chain) KeyHistory(ctx context.Context, id consent.InstitutionID) (*KeyHistory, uint64, error) {
	head, err := c.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: read head: %w", consent.ErrUnavailable, plain(err))
	}
	h := &KeyHistory{Institution: id, Keys: []consent.KeyPeriod{}}
	known := false
	span := uint64(maxSpan)
	for from, last := max(c.addresses.Block, 1), head.Number.Uint64(); from <= last; {
		to := min(last, from+span-1)
		logs, err := c.institutionLogs(ctx, id, from, to)
		if err != nil && from < to && ctx.Err() == nil {
			span = max((to-from+1)/2, 1) // providers refuse ranges that are too wide
			continue
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%w: read logs: %w", consent.ErrUnavailable, plain(err))
		}
		for i := range logs {
			registered, err := c.noteKey(ctx, h, &logs[i])
			if err != nil {
				return nil, 0, err
			}
			known = known || registered
		}
		from = to + 1
	}
	if !known {
		return nil, 0, consent.ErrUnknownInstitution
	}
	return h, head.Time, nil
}

func (c *Chain) institutionLogs(ctx context.Context, id consent.InstitutionID, from, to uint64) ([]types.Log, error) {
	var kinds []common.Hash
	for _, name := range []string{"InstitutionRegistered", "TlsKeyAdded", "TlsKeyEnding", "TlsKeyRemoved"} {
		kinds = append(kinds, institutionRegistry.GetABI().Events[name].ID)
	}
	return c.client.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: blockNumber(from), ToBlock: blockNumber(to), Addresses: []common.Address{common.Address(c.addresses.Institutions)},
		Topics: [][]common.Hash{kinds, {common.Hash(id)}},
	})
}

// noteKey adds one event to a history, and reports whether it is the registration.
func (c *Chain) noteKey(ctx context.Context, h *KeyHistory, log *types.Log) (registered bool, err error) {
	if len(log.Topics) < 2 || log.Topics[1] != common.Hash(h.Institution) || log.Removed {
		return false, errGap
	}
	if e, err := institutionRegistry.UnpackInstitutionRegisteredEvent(log); err == nil {
		h.Name = printable(e.Name)
		return true, nil
	}
	if e, err := institutionRegistry.UnpackTlsKeyAddedEvent(log); err == nil {
		at, err := c.blockTime(ctx, log)
		h.Keys = append(h.Keys, consent.KeyPeriod{Hash: e.KeyHash, Added: at})
		return false, err
	}
	if e, err := institutionRegistry.UnpackTlsKeyEndingEvent(log); err == nil {
		return false, h.edit(e.KeyHash, func(k *consent.KeyPeriod) { k.ValidUntil = e.ValidUntil })
	}
	if e, err := institutionRegistry.UnpackTlsKeyRemovedEvent(log); err == nil {
		at, err := c.blockTime(ctx, log)
		return false, errors.Join(err, h.edit(e.KeyHash, func(k *consent.KeyPeriod) { k.RemovedAt = at }))
	}
	return false, errGap
}

func (h *KeyHistory) edit(hash consent.Digest, change func(*consent.KeyPeriod)) error {
	for i := range h.Keys {
		if h.Keys[i].Hash == hash {
			change(&h.Keys[i])
			return nil
		}
	}
	return errGap
}

func (c *Chain) blockTime(ctx context.Context, log *types.Log) (uint64, error) {
	header, err := c.client.HeaderByNumber(ctx, new(big.Int).SetUint64(log.BlockNumber))
	if err != nil {
		return 0, fmt.Errorf("%w: read block: %w", consent.ErrUnavailable, plain(err))
	}
	if header.Hash() != log.BlockHash || header.Time == 0 {
		return 0, fmt.Errorf("%w: a log of another block", consent.ErrUnavailable)
	}
	return header.Time, nil
}
