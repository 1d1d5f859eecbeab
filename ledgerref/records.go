package ledgerref

import (
	"encoding/binary"
	"errors"
	"io"
	"log/slog"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/bloom"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

// What the view keeps in Pebble. All of it is public on the chain, and the chain
// rebuilds it, except for withdrawals that a reorganisation took out: deleting the
// directory costs a replay and those.
//
//	g ‖ ref (32)            → grant record, 25 bytes: state ‖ granted-at ‖ block ‖ expiry
//	k ‖ identity (32)       → CBOR identityRecord
//	i ‖ institution (32)    → CBOR institutionRecord
//	t ‖ TLS key hash (32)   → CBOR tlsKeyRecord
//	b ‖ block number (8)    → CBOR blockRecord: the ring, with what each block overwrote
//	m                       → CBOR cursorRecord
//	s ‖ ref (32)            → signature (65) of a withdrawal that was seen; never deleted
//	w ‖ source (1)          → CBOR watchRecord: how far a source was looked at for them
//
// One batch per block, or per range of final blocks, writes all that belongs together.
const (
	grantPrefix       = 'g'
	identityPrefix    = 'k'
	institutionPrefix = 'i'
	tlsKeyPrefix      = 't'
	blockPrefix       = 'b'
	cursorPrefix      = 'm'
	seenPrefix        = 's'
	watchPrefix       = 'w'
)

// ringLength is how many recent blocks can be unwound.
const ringLength = 256

var errDamaged = errors.New("damaged record")

type cursorRecord struct {
	_         struct{} `cbor:",toarray"`
	Addresses Addresses
	Number    uint64
	Hash      [32]byte
	Time      uint64
	Final     uint64 // nothing at or below it is ever unwound
}

// watchRecord is the newest block looked at; its hash is zero where it is not known.
type watchRecord struct {
	_      struct{} `cbor:",toarray"`
	Number uint64
	Hash   [32]byte
}

// blockRecord is one block of the ring.
type blockRecord struct {
	_    struct{} `cbor:",toarray"`
	Hash [32]byte
	Time uint64
	Undo []undoRecord
}

// undoRecord is what a key held before the block; empty: nothing.
type undoRecord struct {
	_     struct{} `cbor:",toarray"`
	Key   []byte
	Value []byte
}

type identityRecord struct {
	_      struct{}  `cbor:",toarray"`
	Keys   []keyFrom // oldest first
	Frozen bool      // a recovery is pending
}

type keyFrom struct {
	_     struct{} `cbor:",toarray"`
	Block uint64
	Key   consent.Address
}

type institutionRecord struct {
	_               struct{} `cbor:",toarray"`
	Name            string
	Kind            consent.Kind
	Jurisdiction    string
	SealingKey      [32]byte
	AccreditorUntil uint64
	SuspendedBy     []consent.InstitutionID // zero stands for the operator
	Attested        []attestation
}

type attestation struct {
	_          struct{} `cbor:",toarray"`
	Accreditor consent.InstitutionID
	Until      uint64
}

type tlsKeyRecord struct {
	_           struct{} `cbor:",toarray"`
	Institution consent.InstitutionID
	ValidUntil  uint64 // zero: no end is set
	Removed     bool
	Added       uint64 // block times, Unix seconds
	RemovedAt   uint64
}

func refOf(key consent.Address, id consent.GrantID) [32]byte { return consent.GrantRef(key, id) }

var grantStatuses = [...]consent.Status{consent.StatusUnknown, consent.StatusGiven, consent.StatusWithdrawn, consent.StatusRevoked}

func encodeGrant(g consent.GrantState) []byte {
	b := make([]byte, 1, 25)
	for i, status := range grantStatuses {
		if status == g.Status {
			b[0] = byte(i)
		}
	}
	b = binary.BigEndian.AppendUint64(b, g.GrantedAt)
	b = binary.BigEndian.AppendUint64(b, g.Block)
	return binary.BigEndian.AppendUint64(b, g.Expires)
}

func decodeGrant(b []byte) (consent.GrantState, error) {
	if len(b) != 25 || int(b[0]) >= len(grantStatuses) {
		return consent.GrantState{}, errDamaged
	}
	return consent.GrantState{
		Status:    grantStatuses[b[0]],
		GrantedAt: binary.BigEndian.Uint64(b[1:]),
		Block:     binary.BigEndian.Uint64(b[9:]),
		Expires:   binary.BigEndian.Uint64(b[17:]),
	}, nil
}

func keyOf(prefix byte, id []byte) []byte { return append([]byte{prefix}, id...) }

func blockKey(number uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{blockPrefix}, number)
}

func encode(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		panic(err) // none of the records can fail to encode
	}
	return b
}

func openPebble(dir string, cache int64) (*pebble.DB, error) {
	blocks := pebble.NewCache(cache)
	defer blocks.Unref()
	options := &pebble.Options{Cache: blocks, Logger: silent{}, MemTableSize: 4 << 20}
	options.Levels = []pebble.LevelOptions{{FilterPolicy: bloom.FilterPolicy(10)}}
	return pebble.Open(dir, options)
}

// silent keeps Pebble from writing to the process's standard error. What it
// calls fatal must not continue.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Fatalf(string, ...any) { panic("pebble: storage failed") }

// get returns nil for a key that is absent.
func get(from pebble.Reader, key []byte) ([]byte, error) {
	value, closer, err := from.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	return append([]byte{}, value...), nil
}

func loggerOr(l *slog.Logger) *slog.Logger {
	if l != nil {
		return l
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}
