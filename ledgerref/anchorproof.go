package ledgerref

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/trie/trienode"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

const (
	// FormatAnchor is the format of an anchor file, docs/protocol/proof.md.
	FormatAnchor = "wrappy anchor v1"
	// MaxAnchorFile bounds an anchor file, in bytes.
	MaxAnchorFile = 4 << 20
	maxProofNodes = 64
)

var (
	// ErrAnchorProof is wrapped where an anchor file does not prove what it says.
	ErrAnchorProof = errors.New("anchor proof does not hold")
	// ErrNoAnchor: the ledger holds no such anchor.
	ErrNoAnchor = fmt.Errorf("%w: the ledger holds no such anchor", consent.ErrNotFound)
)

// AnchorProof shows offline that ConsentLedger opened a log under a key and anchored one of
// its trees: everything but that the two blocks are on the chain.
type AnchorProof struct {
	Format   string          `json:"format"`
	ChainID  uint64          `json:"chain_id"`
	Contract consent.Address `json:"contract"`
	Origin   string          `json:"origin"`
	LogKey   consent.Digest  `json:"log_key"` // Ed25519
	Size     uint64          `json:"size"`
	Root     consent.Digest  `json:"root"`
	Opened   EventProof      `json:"opened"`
	Anchored EventProof      `json:"anchored"`
}

// EventProof is one event of one block: the header, and the path from its receipts root to
// the receipt that holds the event.
type EventProof struct {
	Header      hexutil.Bytes   `json:"header"`      // RLP; its Keccak-256 is the block's hash
	Transaction uint64          `json:"transaction"` // number within the block
	Nodes       []hexutil.Bytes `json:"nodes"`       // of the Merkle-Patricia proof; the last holds the receipt
	Log         uint64          `json:"log"`         // number within the receipt
}

// Block is a block by what an anchor file says of it.
type Block struct {
	Number uint64
	Time   time.Time
	Hash   consent.Digest
}

// AnchoredLog is what an anchor file proves, if its blocks are on the chain.
type AnchoredLog struct {
	Origin           string
	Key              consent.Digest
	Size             uint64
	Root             consent.Digest
	Opened, Anchored Block
}

// Encode writes the file in its one spelling.
func (p AnchorProof) Encode() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return out.Bytes(), err
}

// ParseAnchorProof reads what Encode wrote and nothing else. ErrAnchorProof.
func ParseAnchorProof(data []byte) (p AnchorProof, err error) {
	if len(data) == 0 || len(data) > MaxAnchorFile {
		return p, fmt.Errorf("%w: file: at most %d bytes", ErrAnchorProof, MaxAnchorFile)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&p) != nil || p.Format != FormatAnchor {
		return AnchorProof{}, fmt.Errorf("%w: file: not of the format %q", ErrAnchorProof, FormatAnchor)
	}
	_, end := d.Token()
	if again, err := p.Encode(); err != nil || !errors.Is(end, io.EOF) || !bytes.Equal(again, data) {
		return AnchorProof{}, fmt.Errorf("%w: file: not in its one spelling", ErrAnchorProof)
	}
	return p, nil
}

// Verify checks that the file holds an anchor of this ledger. What it cannot show is that
// the blocks are on the chain: compare their hashes with a source that is trusted for it.
// ErrAnchorProof.
func (p AnchorProof) Verify(ledger consent.Domain) (*AnchoredLog, error) {
	if (consent.Domain{ChainID: p.ChainID, Contract: p.Contract}) != ledger {
		return nil, fmt.Errorf("%w: of another chain or contract than the one trusted", ErrAnchorProof)
	}
	log := common.Hash(consent.Keccak256([]byte(p.Origin)))
	event, openedAt, err := p.Opened.event(p.Contract)
	if err != nil {
		return nil, fmt.Errorf("opened: %w", err)
	}
	opened, err := consentLedger.UnpackLogOpenedEvent(event)
	if err != nil || opened.Log != log || opened.Origin != p.Origin || opened.Ed25519Key != p.LogKey {
		return nil, fmt.Errorf("%w: opened: the event is of something else", ErrAnchorProof)
	}
	event, anchoredAt, err := p.Anchored.event(p.Contract)
	if err != nil {
		return nil, fmt.Errorf("anchored: %w", err)
	}
	anchored, err := consentLedger.UnpackAnchoredEvent(event)
	if err != nil || anchored.Log != log || anchored.Size != p.Size || anchored.Root != p.Root {
		return nil, fmt.Errorf("%w: anchored: the event is of something else", ErrAnchorProof)
	}
	if anchoredAt.Number < openedAt.Number {
		return nil, fmt.Errorf("%w: anchored before it was opened", ErrAnchorProof)
	}
	return &AnchoredLog{Origin: p.Origin, Key: p.LogKey, Size: p.Size, Root: p.Root, Opened: *openedAt, Anchored: *anchoredAt}, nil
}

// Positions in a header's list, the same since the first block of Ethereum; what later
// forks and other networks append changes only its hash.
const (
	headerReceipts = 5
	headerNumber   = 8
	headerTime     = 11
)

// event gives the event that the proof leads to, and its block.
func (e EventProof) event(contract consent.Address) (*types.Log, *Block, error) {
	members, err := rlp.SplitListValues(e.Header)
	_, rest, errList := rlp.SplitList(e.Header)
	if err != nil || errList != nil || len(rest) != 0 || len(members) <= headerTime {
		return nil, nil, fmt.Errorf("%w: header", ErrAnchorProof)
	}
	var root common.Hash
	var number, seconds uint64
	if errors.Join(rlp.DecodeBytes(members[headerReceipts], &root), rlp.DecodeBytes(members[headerNumber], &number),
		rlp.DecodeBytes(members[headerTime], &seconds)) != nil {
		return nil, nil, fmt.Errorf("%w: header", ErrAnchorProof)
	}
	raw, err := e.receipt(root)
	if err != nil {
		return nil, nil, err
	}
	receipt := new(types.Receipt)
	if err := receipt.UnmarshalBinary(raw); err != nil || receipt.Status != types.ReceiptStatusSuccessful {
		return nil, nil, fmt.Errorf("%w: receipt", ErrAnchorProof)
	}
	if e.Log >= uint64(len(receipt.Logs)) || receipt.Logs[e.Log].Address != common.Address(contract) {
		return nil, nil, fmt.Errorf("%w: no such event of this contract", ErrAnchorProof)
	}
	block := &Block{Number: number, Time: time.Unix(int64(seconds), 0).UTC(), Hash: consent.Digest(crypto.Keccak256Hash(e.Header))} //nolint:gosec // shown only
	return receipt.Logs[e.Log], block, nil
}

// receipt follows the nodes from the receipts root; each must be used.
func (e EventProof) receipt(root common.Hash) ([]byte, error) {
	if len(e.Nodes) == 0 || len(e.Nodes) > maxProofNodes {
		return nil, fmt.Errorf("%w: nodes: want 1 to %d", ErrAnchorProof, maxProofNodes)
	}
	set := trienode.NewProofSet()
	for _, node := range e.Nodes {
		if err := set.Put(crypto.Keccak256(node), node); err != nil { // by its own hash: nobody's word is taken for it
			return nil, err
		}
	}
	counted := &countingReader{ProofSet: set}
	value, err := trie.VerifyProof(root, trieKey(e.Transaction), counted)
	if err != nil || len(value) == 0 || counted.reads != len(e.Nodes) {
		return nil, fmt.Errorf("%w: receipt is not under the block's receipts root", ErrAnchorProof)
	}
	return value, nil
}

type countingReader struct {
	*trienode.ProofSet
	reads int
}

func (c *countingReader) Get(key []byte) ([]byte, error) {
	c.reads++
	return c.ProofSet.Get(key)
}

func trieKey(index uint64) []byte { return rlp.AppendUint64(nil, index) }

// AnchorProof makes the file of a log's anchor of this size, or of its newest for size 0.
// ErrNoAnchor, consent.ErrUnavailable; ErrForeignChain on a network whose blocks' hashes
// cannot be recomputed from what it says of them.
func (c *Chain) AnchorProof(ctx context.Context, origin string, size uint64) (AnchorProof, error) {
	p := AnchorProof{Format: FormatAnchor, ChainID: c.addresses.ChainID, Contract: c.addresses.Consent, Origin: origin}
	key, newest, _, err := c.LogAnchor(ctx, origin)
	switch {
	case errors.Is(err, consent.ErrNotFound):
		return p, ErrNoAnchor
	case err != nil:
		return p, err
	case newest == 0 || size > newest: // nobody can have the chain searched for it
		return p, ErrNoAnchor
	}
	p.LogKey, p.Size = key, size
	if size == 0 {
		p.Size = newest
	}
	head, err := c.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return p, fmt.Errorf("%w: read head: %w", consent.ErrUnavailable, plain(err))
	}
	search := eventSearch{chain: c, log: consent.Keccak256([]byte(origin)), first: max(c.addresses.Block, 1), last: head.Number.Uint64(), span: maxSpan}
	openedAt, err := search.opened(ctx)
	if err != nil {
		return p, err
	}
	search.first = max(search.first, openedAt.BlockNumber)
	anchored, err := search.anchored(ctx, p.Size)
	if err != nil {
		return p, err
	}
	p.Root = anchored.Root
	if p.Opened, err = c.eventProof(ctx, openedAt); err != nil {
		return p, err
	}
	if p.Anchored, err = c.eventProof(ctx, anchored.Raw); err != nil {
		return p, err
	}
	if _, err := p.Verify(c.addresses.ConsentDomain()); err != nil {
		return p, fmt.Errorf("%w: what it says of its blocks does not hang together", ErrForeignChain)
	}
	return p, nil
}

// eventSearch looks through the chain for events of one log.
type eventSearch struct {
	chain       *Chain
	log         common.Hash
	first, last uint64
	span        uint64 // blocks asked for at once
}

// events are the log's of one kind in blocks; ok is false where the network refuses so many
// blocks at once, and span is then smaller.
func (s *eventSearch) events(ctx context.Context, name string, from, to uint64) (logs []types.Log, ok bool, err error) {
	topic := consentLedger.GetABI().Events[name].ID
	logs, err = s.chain.client.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: blockNumber(from), ToBlock: blockNumber(to),
		Addresses: []common.Address{common.Address(s.chain.addresses.Consent)}, Topics: [][]common.Hash{{topic}, {s.log}},
	})
	if err != nil && from < to && ctx.Err() == nil {
		s.span = (to - from + 1) / 2
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("%w: read logs: %w", consent.ErrUnavailable, plain(err))
	}
	return slices.DeleteFunc(logs, func(event types.Log) bool { return event.Removed }), true, nil
}

// opened finds the log's opening, from the first block on.
func (s *eventSearch) opened(ctx context.Context) (*types.Log, error) {
	for from := s.first; from <= s.last; {
		to := min(s.last, from+s.span-1)
		logs, ok, err := s.events(ctx, "LogOpened", from, to)
		if err != nil {
			return nil, err
		}
		if len(logs) > 0 {
			return &logs[0], nil
		}
		if ok {
			from = to + 1
		}
	}
	return nil, ErrNoAnchor
}

// anchored finds the anchor of a size. Each is larger than the one before, so that every
// anchor that is met tells on which side of it to go on: first at the newest, then in the
// middle of what is left.
func (s *eventSearch) anchored(ctx context.Context, size uint64) (*contracts.ConsentLedgerAnchored, error) {
	low, high := s.first, s.last // where it can be
	for window, end := high, high; low <= high; {
		from := max(low, window-min(window, s.span-1))
		logs, ok, err := s.events(ctx, "Anchored", from, window)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		anchors, err := anchorsOf(logs)
		if err != nil {
			return nil, err
		}
		i, found := slices.BinarySearchFunc(anchors, size, func(a *contracts.ConsentLedgerAnchored, size uint64) int { return cmp.Compare(a.Size, size) })
		switch {
		case found:
			return anchors[i], nil
		case len(anchors) == 0 && from > low:
			window = from - 1 // none from here to end: a little further back
			continue
		case i == len(anchors):
			low = end + 1
		case i == 0:
			high = from - 1
		default:
			return nil, ErrNoAnchor
		}
		end = min(high, low+(high-low)/2+s.span/2)
		window = end
	}
	return nil, ErrNoAnchor
}

func anchorsOf(logs []types.Log) ([]*contracts.ConsentLedgerAnchored, error) {
	anchors := make([]*contracts.ConsentLedgerAnchored, len(logs))
	for i := range logs {
		var err error
		if anchors[i], err = consentLedger.UnpackAnchoredEvent(&logs[i]); err != nil {
			return nil, fmt.Errorf("%w: read logs: %w", consent.ErrUnavailable, errContradicts)
		}
	}
	return anchors, nil
}

// eventProof builds the tree of the block's receipts and takes the path to the event's.
func (c *Chain) eventProof(ctx context.Context, event *types.Log) (p EventProof, err error) {
	header, err := c.client.HeaderByHash(ctx, event.BlockHash)
	if err != nil {
		return p, fmt.Errorf("%w: read block: %w", consent.ErrUnavailable, plain(err))
	}
	if header.Hash() != event.BlockHash {
		return p, fmt.Errorf("%w: hash of a block", ErrForeignChain)
	}
	receipts, err := c.client.BlockReceipts(ctx, rpc.BlockNumberOrHashWithHash(event.BlockHash, true))
	if err != nil {
		return p, fmt.Errorf("%w: read receipts: %w", consent.ErrUnavailable, plain(err))
	}
	if p.Header, err = rlp.EncodeToBytes(header); err != nil {
		return p, err
	}
	tree := trie.NewEmpty(nil)
	for i, receipt := range receipts {
		raw, err := receipt.MarshalBinary()
		if err == nil {
			err = tree.Update(trieKey(uint64(i)), raw) //nolint:gosec // an index
		}
		if err != nil {
			return p, fmt.Errorf("%w: receipt of a kind that this program does not know", ErrForeignChain)
		}
		for j, log := range receipt.Logs {
			if log.Index == event.Index {
				p.Transaction, p.Log = uint64(i), uint64(j) //nolint:gosec // indexes
			}
		}
	}
	var nodes trienode.ProofList
	if tree.Hash() != header.ReceiptHash || tree.Prove(trieKey(p.Transaction), &nodes) != nil {
		return p, fmt.Errorf("%w: receipts root of a block", ErrForeignChain)
	}
	for _, node := range nodes {
		p.Nodes = append(p.Nodes, hexutil.Bytes(node))
	}
	return p, nil
}
