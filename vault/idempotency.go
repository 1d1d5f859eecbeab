package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// memo is what an Idempotency-Key stands for: which call, and which versions it
// opened or wrote. It never holds a value.
type memo struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	Call     [32]byte // SHA-256 of the call's body
	Time     uint64   // Unix milliseconds
	Used     uint32   // releases taken when it was made
	Request  consent.RequestID
	Manifest []manifestEntry        // records that the fields were found in
	Fields   []consent.FieldVersion // opened or written
}

// Operations, so that one key in two places is two keys. So it is under a grant with a count
// and under one without: their memos are kept apart.
const (
	opRelease = "release"
	opWrite   = "write"
	opRequest = "request"
	opShow    = "show"
)

// idempotent names an institution's key for an operation; "" where it gave none.
func (g *Gate) idempotent(who consent.InstitutionID, operation, key string) string {
	if key == "" {
		return ""
	}
	return g.name(roomIdempotency, who[:], []byte(operation), []byte(key))
}

// inTurn waits until no other call under the name is under way.
func (g *Gate) inTurn(ctx context.Context, name string) (end func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	return g.keyLocks.lock(ctx, name)
}

func checkKey(key string) error {
	if len(key) > 255 {
		return errCall("idempotency key: more than 255 bytes")
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return errCall("idempotency key: want printable ASCII")
		}
	}
	return nil
}

// callDigest stands for a call's body.
func callDigest(body any) ([32]byte, error) {
	data, err := encoding.Marshal(body)
	if err != nil {
		return [32]byte{}, errCall("body")
	}
	return sha256.Sum256(data), nil
}

// recall returns what an earlier call under the key left, nil where there was none,
// or ErrIdempotencyReuse where it was another call.
func (g *Gate) recall(ctx context.Context, name string, call [32]byte) (*memo, error) {
	if name == "" {
		return nil, nil
	}
	m, _, err := getObject[memo](ctx, g, roomIdempotency, name)
	if errors.Is(err, ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.of(call)
}

// of is m where it is that call's.
func (m *memo) of(call [32]byte) (*memo, error) {
	if m.Call != call {
		return nil, ErrIdempotencyReuse
	}
	return m, nil
}

// remember creates the memo. consent.ErrConflict where another replica was first.
func (g *Gate) remember(ctx context.Context, name string, m *memo) error {
	if name == "" {
		return nil
	}
	m.Version = objectVersion
	err := g.putObject(ctx, roomIdempotency, name, m, "")
	if errors.Is(err, ErrExists) {
		return consent.ErrConflict
	}
	return err
}

// inJournal reports whether the call's memo goes with its entry, durable by the same sync.
// That is where a retry elsewhere takes nothing away: at another replica, whose journal does
// not have the note, it is one more release, written down as such. A count is shared, and so
// is the memo beside it.
func (a *attempt) inJournal() bool {
	return a.call.operation == opRelease && a.grant.Grant.MaxReleases == 0
}

// recall returns what the same call has left before, nil where it was never made, or
// ErrIdempotencyReuse where it was another call.
func (a *attempt) recall(ctx context.Context) (*memo, error) {
	if a.memo == "" || !a.inJournal() {
		return a.gate.recall(ctx, a.memo, a.call.digest)
	}
	sealed, err := a.gate.journal.Note(ctx, noteName(a.memo))
	if errors.Is(err, ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("journal", err)
	}
	m, err := open[memo](a.gate.headSealer, label(roomIdempotency, a.memo), sealed)
	if err != nil {
		return nil, unavailable(roomIdempotency, err)
	}
	return m.of(a.call.digest)
}

// remember is how the memo is kept: as a note of the entry, or by a step beside it.
func (a *attempt) remember(m *memo) (note *Note, keep task, err error) {
	switch {
	case a.memo == "":
		return nil, nil, nil
	case !a.inJournal():
		return nil, func(ctx context.Context) error { return a.gate.remember(ctx, a.memo, m) }, nil
	}
	m.Version = objectVersion
	sealed, err := seal(a.gate.headSealer, label(roomIdempotency, a.memo), m)
	if err != nil {
		return nil, nil, err
	}
	return &Note{Name: noteName(a.memo), Sealed: sealed}, nil, nil
}

// noteName is the HMAC in an object's name.
func noteName(name string) (id [32]byte) {
	_, _ = hex.Decode(id[:], []byte(name[len(name)-2*len(id):])) // crypto.ObjectName ends in it
	return id
}
