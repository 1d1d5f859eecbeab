package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Rooms of object names, docs/protocol/record.md.
const (
	roomHead        = "head"
	roomRecord      = "record"
	roomStream      = "stream"
	roomGrant       = "grant"
	roomTombstone   = "tombstone"
	roomRequest     = "request"
	roomAnswer      = "answer"
	roomCounter     = "counter"
	roomIdempotency = "idempotency"
	roomOnce        = "once"
	roomClock       = "clock"
	roomOwn         = "own"
	roomHeld        = "held"
	roomAsked       = "asked"
	roomRecorded    = "recorded"
	roomStreamed    = "streamed"
	roomWatched     = "watched"
	roomNotice      = "notice"
	roomNoted       = "noted"
	roomReceived    = "received"
	roomDue         = "due"
	roomErasure     = "erasure"
	roomCard        = "card"
	roomCarded      = "carded"
	roomLeft        = "left"
	roomAssist      = "assist"
	roomHelped      = "helped"
)

const (
	objectVersion uint16 = 1
	leastObject          = 512     // bytes, the smallest padding class
	maxObject            = 1 << 20 // bytes; a longer small object is refused before it is opened
)

// errDamaged: a stored object is not what the vault can have written under that name.
var errDamaged = errors.New("stored object is damaged")

// errTooLarge: an object that would not be opened again.
var errTooLarge = errors.New("object is too large to be stored")

func unavailable(what string, err error) error {
	return fmt.Errorf("%w: %s: %w", consent.ErrUnavailable, what, err)
}

var encoding, decoding = consent.CanonicalCBOR(maxListed)

// maxListed bounds every array that is decoded: record indexes, notices, fields.
const maxListed = 4096

// decode accepts the one deterministic encoding only: what the decoder still lets
// through (long integers, short byte strings) is caught by encoding again.
func decode[T any](data []byte) (*T, error) {
	v := new(T)
	if err := decoding.Unmarshal(data, v); err != nil {
		return nil, errDamaged
	}
	if again, err := encoding.Marshal(v); err != nil || !bytes.Equal(again, data) {
		return nil, errDamaged
	}
	return v, nil
}

// decodeFirst decodes what another array may follow.
func decodeFirst[T any](data []byte) (v *T, more []byte, err error) {
	if more, err = decoding.UnmarshalFirst(data, new(T)); err != nil {
		return nil, nil, errDamaged
	}
	v, err = decode[T](data[:len(data)-len(more)])
	return v, more, err
}

// seal encodes, pads and seals a small object.
func seal(s crypto.Sealer, aad []byte, v any) ([]byte, error) {
	plaintext, err := encoding.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode object: %w", err)
	}
	padded := crypto.Pad(plaintext, leastObject)
	if len(padded) > maxObject {
		return nil, errTooLarge
	}
	return s.Seal(padded, aad)
}

// open reverses seal; errDamaged on any failure.
func open[T any](s crypto.Sealer, aad, data []byte) (*T, error) {
	if len(data) > maxObject+leastObject {
		return nil, errDamaged
	}
	padded, err := s.Open(data, aad)
	if err != nil {
		return nil, errDamaged
	}
	plaintext, err := crypto.Unpad(padded)
	// Each is an array of fewer than 24 members that begins with its version.
	if err != nil || len(plaintext) < 2 || plaintext[1] != byte(objectVersion) {
		return nil, errDamaged
	}
	return decode[T](plaintext)
}

func (g *Gate) name(room string, parts ...[]byte) string {
	return crypto.ObjectName(g.headNames, room, parts...)
}

func (g *Gate) recordName(identity consent.IdentityID, category consent.Category, version uint64, handle [16]byte) string {
	return crypto.ObjectName(g.recordNames, roomRecord, identity[:], []byte(category), binary.BigEndian.AppendUint64(nil, version), handle[:])
}

func (g *Gate) streamName(identity consent.IdentityID, field consent.FieldName, version uint64, ref crypto.StreamRef) string {
	return crypto.ObjectName(g.recordNames, roomStream, identity[:], []byte(field), binary.BigEndian.AppendUint64(nil, version), ref.Handle[:])
}

// label is the associated data of objects that are bound to their name.
func label(room, name string) []byte { return []byte("wrappy " + room + " object v1" + name) }

// getObject reads an object that is sealed under the heads' keyset and bound to its
// name. ErrAbsent where there is none, consent.ErrUnavailable for everything else.
func getObject[T any](ctx context.Context, g *Gate, room, name string) (v *T, tag string, err error) {
	data, tag, err := g.heads.Get(ctx, name)
	if errors.Is(err, ErrAbsent) {
		return nil, "", ErrAbsent
	}
	if err != nil {
		return nil, "", unavailable("store", err)
	}
	if v, err = open[T](g.headSealer, label(room, name), data); err != nil {
		return nil, "", unavailable(room, err)
	}
	return v, tag, nil
}

func (g *Gate) putObject(ctx context.Context, room, name string, v any, expect string) error {
	data, err := seal(g.headSealer, label(room, name), v)
	if err != nil {
		return err
	}
	return put(ctx, g.heads, name, data, expect)
}

var errDoubtful = errors.New("what became of a write is not known")

// put stores an object and finds out what became of it when the store cannot say:
// each of our objects holds a fresh nonce, so finding these very bytes there means
// that the call took effect, whatever it returned. It returns nil, ErrExists,
// ErrChanged, or consent.ErrUnavailable for an outcome that stays unknown.
func put(ctx context.Context, s Store, name string, data []byte, expect string) error {
	_, err := s.Put(ctx, name, data, expect)
	if err == nil {
		return nil
	}
	found, _, errGet := s.Get(ctx, name)
	switch {
	case errGet == nil && bytes.Equal(found, data):
		return nil
	case errGet != nil && (expect == "" || !errors.Is(errGet, ErrAbsent)): // it may be ours, or there is none after all
		return unavailable("store", errDoubtful)
	case errors.Is(err, ErrExists), errors.Is(err, ErrChanged):
		return err
	}
	return unavailable("store", err)
}

// claim takes a value for ever: ErrExists unless owner holds it already.
type claim struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Owner   [32]byte
}

func (g *Gate) claim(ctx context.Context, kind string, value []byte, owner [32]byte) error {
	name := g.name(roomOnce, []byte(kind), value)
	err := g.putObject(ctx, roomOnce, name, claim{Version: objectVersion, Owner: owner}, "")
	if !errors.Is(err, ErrExists) {
		return err
	}
	return g.claimable(ctx, kind, value, owner)
}

// claimable returns ErrExists when somebody else has claimed the value.
func (g *Gate) claimable(ctx context.Context, kind string, value []byte, owner [32]byte) error {
	held, _, err := getObject[claim](ctx, g, roomOnce, g.name(roomOnce, []byte(kind), value))
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	if held.Owner != owner {
		return ErrExists
	}
	return nil
}
