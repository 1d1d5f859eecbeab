package vault

import (
	"context"
	"crypto/sha256"
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

// Operations, so that one key in two places is two keys.
const (
	opRelease = "release"
	opWrite   = "write"
	opRequest = "request"
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
	return g.keyLocks.lock(ctx, digestByte(name))
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

// digestByte picks a lock from an object name.
func digestByte(name string) byte {
	sum := sha256.Sum256([]byte(name))
	return sum[0]
}
