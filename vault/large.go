package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// A field whose values do not fit maxInline is a stream: an object of its own in the
// record store, created before the record that refers to it and, like records, never
// changed. docs/protocol/record.md.
const (
	maxInline       = 64<<10 - 4               // bytes of a field's plaintext; its padded form has 64 KiB
	maxField        = crypto.MaxStream         // bytes of a stream's plaintext, padded
	maxOpened       = crypto.MaxStream + 1<<20 // bytes of streams that one call opens
	maxStreamHeader = 16 << 10                 // bytes: maxWriters rows are fewer
)

// ErrFieldTooLarge: what is written would make one writer's value longer than 16 MiB, or
// a field with all its writers longer than 32.
var ErrFieldTooLarge = errors.New("more than a field holds")

// ErrReleaseTooLarge: the fields asked for hold more than one release carries.
var ErrReleaseTooLarge = errors.New("more than one release carries")

// Turn is asked before values above 64 KiB are fetched: they take many times their
// bytes to work on. Its error ends the call, of which nothing is written down yet.
type Turn func(ctx context.Context) error

// streamRow is one value of a stream's header, a CBOR array sorted by writer. The
// signatures of each value's items and then the value follow the header in the same order.
type streamRow struct {
	_       struct{} `cbor:",toarray"`
	Writer  consent.InstitutionID
	Written uint64
	Grant   consent.GrantID
	Length  uint64
	Signed  uint64 // bytes of signatures
}

// sealField makes a field's envelope and, where it is long, its object.
func (g *Gate) sealField(ctx context.Context, s *subject, field consent.FieldName, version uint64, values []Sourced) ([]byte, error) {
	ad, size := fieldAD(s.head.Identity, field, version), 0
	for _, v := range values {
		size += len(v.Value) + len(v.Signatures)*signatureSize
	}
	if len(values) > maxWriters {
		return nil, ErrFieldTooLarge
	}
	if size <= maxInline {
		plaintext, err := encodeField(values)
		if err != nil {
			return nil, err
		}
		if len(plaintext) <= maxInline {
			return s.kek.SealField(ad, crypto.Pad(plaintext, leastField))
		}
	}
	header, err := streamHeader(values)
	if err != nil {
		return nil, err
	}
	if size += len(header); size > maxField {
		return nil, ErrFieldTooLarge
	}
	envelope, object, err := s.kek.SealStream(ad, size, func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		for _, v := range values {
			if _, err := w.Write(packSignatures(v.Signatures)); err != nil {
				return err
			}
			if _, err := w.Write(v.Value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ref, _ := crypto.StreamOf(envelope)
	name := g.streamName(s.head.Identity, field, version, ref)
	if err := g.keepTrack(ctx, roomStreamed, s.head.Identity, name); err != nil {
		return nil, err
	}
	err = put(ctx, g.records, name, object, "")
	if errors.Is(err, ErrExists) {
		err = unavailable("value", err)
	}
	return envelope, err
}

func streamHeader(values []Sourced) ([]byte, error) {
	rows := make([]streamRow, len(values))
	for i, v := range values {
		rows[i] = streamRow{Writer: v.Writer, Written: v.Written, Grant: v.Grant, Length: uint64(len(v.Value)), Signed: uint64(len(v.Signatures)) * signatureSize}
	}
	encoded, err := encoding.Marshal(rows)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(encoded))), encoded...), nil //nolint:gosec // a few KiB
}

// readStream returns the object that an envelope refers to, whole and as it was
// created: anything else is a damaged store, consent.ErrUnavailable.
func (g *Gate) readStream(ctx context.Context, identity consent.IdentityID, field consent.FieldName, version uint64, ref crypto.StreamRef) ([]byte, error) {
	object, _, err := g.records.Get(ctx, g.streamName(identity, field, version, ref))
	if errors.Is(err, ErrAbsent) {
		err = errDamaged
	}
	if err != nil {
		return nil, unavailable("value", err)
	}
	if ref.Check(object) != nil {
		return nil, unavailable("value", errDamaged)
	}
	return object, nil
}

// fetch gets what the found envelopes refer to, once it is clear that it is not too
// much and there is a turn.
func (a *attempt) fetch(ctx context.Context, f *found) error {
	refs, total := map[consent.FieldName]crypto.StreamRef{}, uint64(0)
	for field, envelope := range f.envelopes {
		if ref, ok := crypto.StreamOf(envelope); ok {
			refs[field] = ref
			total += ref.Length
		}
	}
	if total > maxOpened {
		return ErrReleaseTooLarge
	}
	for _, v := range f.stored {
		ref, ok := refs[v.Field]
		if !ok {
			continue
		}
		if err := a.takeTurn(ctx); err != nil {
			return err
		}
		var err error
		if f.objects[v.Field], err = a.gate.readStream(ctx, a.grant.Identity, v.Field, v.Version, ref); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) takeTurn(ctx context.Context) error {
	if a.call.turn == nil {
		return nil
	}
	return a.call.turn(ctx)
}

// openStream is openField for a field with an object of its own. Nothing is returned
// before all of it was read and found authentic.
func (s *subject) openStream(field consent.FieldName, version uint64, envelope, object []byte) ([]Sourced, error) {
	r, err := s.kek.OpenStream(fieldAD(s.head.Identity, field, version), envelope, bytes.NewReader(object))
	if err != nil {
		return nil, unavailable("field", errDamaged)
	}
	values, err := decodeStream(r, uint64(len(object)))
	if err != nil {
		return nil, unavailable("field", err)
	}
	return values, nil
}

// decodeStream reads a stream's plaintext, of which there are at most so many bytes.
func decodeStream(r io.Reader, most uint64) ([]Sourced, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, errDamaged
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxStreamHeader {
		return nil, errDamaged
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, errDamaged
	}
	rows, err := decode[[]streamRow](header)
	if err != nil || len(*rows) == 0 || len(*rows) > maxWriters {
		return nil, errDamaged
	}
	values := make([]Sourced, len(*rows))
	for i, row := range *rows {
		if i > 0 && bytes.Compare((*rows)[i-1].Writer[:], row.Writer[:]) >= 0 || row.Signed > most || row.Length > most-row.Signed {
			return nil, errDamaged
		}
		most -= row.Signed + row.Length
		signed, value := make([]byte, row.Signed), make([]byte, row.Length)
		for _, part := range [][]byte{signed, value} {
			if _, err := io.ReadFull(r, part); err != nil {
				return nil, errDamaged
			}
		}
		signatures, err := unpackSignatures(signed, row.Writer)
		if err != nil {
			return nil, err
		}
		values[i] = Sourced{Writer: row.Writer, Written: row.Written, Grant: row.Grant, Value: value, Signatures: signatures}
	}
	if _, err := io.Copy(zeros{}, r); err != nil {
		return nil, errDamaged
	}
	return values, nil
}

// zeros takes padding and nothing else.
type zeros struct{}

func (zeros) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != 0 {
			return 0, errDamaged
		}
	}
	return len(p), nil
}
