package ledgerref

import (
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

const (
	// maxCalldata is the longest transaction that is searched for withdrawals, in
	// bytes: eight times what Ethereum carries.
	maxCalldata = 1 << 20
	// maxTried bounds the transactions remembered as holding none.
	maxTried = 10_000
)

var withdrawnTopic = consentLedger.GetABI().Events["Withdrawn"].ID

// watcher looks through every block that one source has, confirmed or not, for
// withdrawals. It believes nothing: what it keeps carries the grant key's signature.
type watcher struct {
	*View
	source source
	key    []byte // of its watchRecord
	at     watchRecord
	span   uint64
	tried  map[attempt]struct{}
}

// place is a transaction's. The hash that a log gives it is not needed.
type place struct {
	block common.Hash
	index uint
}

// attempt is a withdrawal that a transaction was searched for.
type attempt struct {
	place
	ref [32]byte
}

// watchers are one for each source: one that hangs must not delay the other.
func (v *View) watchers() []*watcher {
	if v.watching != nil {
		return v.watching
	}
	for i, from := range []source{v.source, v.second} {
		if from != nil {
			v.watching = append(v.watching, &watcher{View: v, source: from, key: []byte{watchPrefix, byte(i)}, span: maxSpan, tried: map[attempt]struct{}{}})
		}
	}
	return v.watching
}

// pass looks at the blocks that are new since the last, and again at those that a
// reorganisation may have brought.
func (w *watcher) pass(ctx context.Context) error {
	head, err := w.newest(ctx)
	if err != nil {
		return fmt.Errorf("read head: %w", plain(err))
	}
	if w.at.Number == 0 {
		if err := w.load(); err != nil {
			return err
		}
	}
	if head.Hash() == common.Hash(w.at.Hash) {
		return nil
	}
	from, err := w.from(ctx, head.Number.Uint64())
	if err != nil {
		return fmt.Errorf("read block: %w", plain(err))
	}
	for last := head.Number.Uint64(); from <= last; {
		to := last
		if last-from >= w.span {
			to = from + w.span - 1
		}
		logs, err := w.source.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: blockNumber(from), ToBlock: blockNumber(to),
			Addresses: []common.Address{common.Address(w.chain.addresses.Consent)}, Topics: [][]common.Hash{{withdrawnTopic}},
		})
		if err != nil && w.span > 1 && ctx.Err() == nil {
			w.span = max(w.span/2, 1)
			continue
		}
		if err != nil {
			return fmt.Errorf("read logs: %w", plain(err))
		}
		w.span = min(2*w.span, maxSpan)
		at := watchRecord{Number: to}
		if to == last {
			at.Hash = head.Hash()
		}
		if err := w.look(ctx, logs, at); err != nil || to == last {
			return err
		}
		from = to + 1
	}
	return nil
}

func (w *watcher) newest(ctx context.Context) (*types.Header, error) {
	if w.config.Local == nil {
		return headerFrom(ctx, w.source, nil)
	}
	committed, _ := w.config.Local.Committed()
	return headerFrom(ctx, w.source, blockNumber(committed))
}

func (w *watcher) load() error {
	raw, err := get(w.db, w.key)
	if err != nil || raw == nil {
		return err
	}
	if cbor.Unmarshal(raw, &w.at) != nil {
		return errDamaged
	}
	return nil
}

// from is where to begin: after the newest block that was looked at if the source
// still has it, else as far back as a reorganisation is followed at all.
func (w *watcher) from(ctx context.Context, head uint64) (uint64, error) {
	first := w.chain.addresses.Block
	if w.at.Number < first {
		return first, nil
	}
	if w.at.Number <= head && w.at.Hash != [32]byte{} {
		header, err := headerFrom(ctx, w.source, blockNumber(w.at.Number))
		if err == nil && header.Hash() == common.Hash(w.at.Hash) {
			return w.at.Number + 1, nil
		}
		if err != nil && !errors.Is(err, ethereum.NotFound) {
			return 0, err
		}
	}
	newest := min(w.at.Number, head)
	return max(first, newest-min(newest, ringLength)), nil
}

// look keeps the signatures behind the logs, and how far the source was looked at
// unless one of the transactions could not be read.
func (w *watcher) look(ctx context.Context, logs []types.Log, at watchRecord) error {
	found, failed := w.signatures(ctx, logs)
	batch := w.db.NewBatch()
	defer func() { _ = batch.Close() }()
	sync := pebble.NoSync
	for ref, signature := range found {
		sync = pebble.Sync // after a reorganisation no replay brings it back
		if err := batch.Set(keyOf(seenPrefix, ref[:]), signature[:], nil); err != nil {
			return err
		}
	}
	if failed == nil {
		if err := batch.Set(w.key, encode(at), nil); err != nil {
			return err
		}
	}
	err := batch.Commit(sync)
	if len(found) > 0 {
		w.mu.Lock()
		for ref := range found {
			w.grants.changed(ref)
			w.end(ref)
		}
		w.wake()
		w.mu.Unlock()
	}
	if err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("read transaction: %w", plain(failed))
	}
	w.at = at
	return nil
}

// signatures are the withdrawals behind the logs that are not kept yet.
func (w *watcher) signatures(ctx context.Context, logs []types.Log) (found map[[32]byte]consent.Signature, failed error) {
	found = map[[32]byte]consent.Signature{}
	wanted := map[place]map[[32]byte]bool{}
	for i := range logs {
		log := &logs[i]
		if log.Address != common.Address(w.chain.addresses.Consent) || len(log.Topics) != 2 || log.Topics[0] != withdrawnTopic {
			continue
		}
		ref, at := [32]byte(log.Topics[1]), place{log.BlockHash, log.TxIndex}
		if kept, err := w.withdrawal(ref); err != nil || kept != (consent.Signature{}) {
			failed = errors.Join(failed, err)
			continue
		}
		if _, ok := w.tried[attempt{at, ref}]; ok {
			continue
		}
		if wanted[at] == nil {
			wanted[at] = map[[32]byte]bool{}
		}
		wanted[at][ref] = true
	}
	for at, refs := range wanted {
		to, data, err := w.source.Calldata(ctx, at.block, at.index)
		if err != nil { // not found either: the chain changes just now, or the source contradicts itself
			failed = errors.Join(failed, err)
			continue
		}
		if to != nil && *to == common.Address(w.chain.addresses.Consent) {
			collect(w.chain.addresses, data, refs, found)
		}
		if len(w.tried) >= maxTried {
			clear(w.tried)
		}
		for ref := range refs {
			w.tried[attempt{at, ref}] = struct{}{}
		}
	}
	return found, failed
}

// collect finds the signatures of wanted withdrawals in the calldata of the ledger's own methods.
func collect(a Addresses, data []byte, wanted map[[32]byte]bool, found map[[32]byte]consent.Signature) {
	for _, item := range withdrawalsIn(data) {
		ref := refOf(consent.Address(item.Key), item.Id)
		if _, done := found[ref]; done || !wanted[ref] || len(item.Signature) != len(consent.Signature{}) {
			continue
		}
		signature := consent.Signature(item.Signature)
		if consent.Verify(a.ConsentDomain().Digest(consent.WithdrawHash(item.Id)), signature, consent.Address(item.Key)) == nil {
			found[ref] = signature
		}
	}
}

var (
	withdrawMethod      = consentLedger.GetABI().Methods["withdraw"]
	withdrawBatchMethod = consentLedger.GetABI().Methods["withdrawBatch"]
)

// withdrawalsIn reads calldata of withdraw and withdrawBatch; nothing of any other.
func withdrawalsIn(data []byte) []contracts.WithdrawItem {
	if len(data) < 4 || len(data) > maxCalldata {
		return nil
	}
	switch [4]byte(data) {
	case [4]byte(withdrawMethod.ID):
		var item contracts.WithdrawItem
		values, err := withdrawMethod.Inputs.Unpack(data[4:])
		if err != nil || withdrawMethod.Inputs.Copy(&item, values) != nil {
			return nil
		}
		return []contracts.WithdrawItem{item}
	case [4]byte(withdrawBatchMethod.ID):
		values, err := withdrawBatchMethod.Inputs.Unpack(data[4:])
		if err != nil || len(values) != 1 {
			return nil
		}
		return *abi.ConvertType(values[0], new([]contracts.WithdrawItem)).(*[]contracts.WithdrawItem) //nolint:errcheck // the type that it was given
	}
	return nil
}

// withdrawal is the signature of a withdrawal that was seen, zero where none was.
func (v *View) withdrawal(ref [32]byte) (signature consent.Signature, err error) {
	raw, closer, err := v.db.Get(keyOf(seenPrefix, ref[:]))
	if errors.Is(err, pebble.ErrNotFound) {
		return signature, nil
	}
	if err != nil {
		return signature, err
	}
	defer func() { _ = closer.Close() }()
	if len(raw) != len(signature) {
		return signature, errDamaged
	}
	return consent.Signature(raw), nil
}
