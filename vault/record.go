package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const (
	maxRecord    = 64 << 20            // bytes, refused before it is parsed
	maxEnvelopes = maxRecord - 128<<10 // bytes: a record's, which with index and padding is no longer than that
	leastField   = 128                 // bytes, smallest padding class of a field's plaintext
	maxWriters   = 64                  // per field
	maxInRecord  = 1024                // fields
)

// record is an immutable object of the record store: the fields of one subject in
// one category, each under its own envelope. A CBOR array in this order, padded,
// not sealed as a whole; docs/protocol/record.md.
type record struct {
	_         struct{} `cbor:",toarray"`
	Format    uint16
	Version   uint64
	Index     []indexRow // sorted by tag
	Envelopes []byte
}

type indexRow struct {
	_       struct{} `cbor:",toarray"`
	Tag     [16]byte
	Version uint64 // of the record in which the field was written
	Offset  uint64
	Length  uint64
}

func parseRecord(data []byte) (*record, error) {
	if len(data) > maxRecord {
		return nil, errDamaged
	}
	plaintext, err := crypto.Unpad(data)
	if err != nil {
		return nil, errDamaged
	}
	r, err := decode[record](plaintext)
	if err != nil {
		return nil, err
	}
	if r.Format != objectVersion || r.Version == 0 || len(r.Index) > maxInRecord {
		return nil, errDamaged
	}
	size := uint64(len(r.Envelopes))
	for i, row := range r.Index {
		if i > 0 && bytes.Compare(r.Index[i-1].Tag[:], row.Tag[:]) >= 0 {
			return nil, errDamaged
		}
		if row.Version == 0 || row.Version > r.Version || row.Offset > size || row.Length > size-row.Offset {
			return nil, errDamaged
		}
	}
	return r, nil
}

// find returns a field's version and envelope; nil where it is not recorded, as nothing
// is in a record that is not there.
func (r *record) find(tag [16]byte) (version uint64, envelope []byte) {
	if r == nil {
		return 0, nil
	}
	i, found := slices.BinarySearchFunc(r.Index, tag, func(row indexRow, tag [16]byte) int {
		return bytes.Compare(row.Tag[:], tag[:])
	})
	if !found {
		return 0, nil
	}
	row := r.Index[i]
	return row.Version, r.Envelopes[row.Offset : row.Offset+row.Length]
}

// next makes the following version: changed envelopes by tag, nil for a field that has no
// values any more, all others as they are.
func (r *record) next(changed map[[16]byte][]byte) (*record, error) {
	n := &record{Format: objectVersion, Version: r.Version + 1}
	for _, row := range r.Index {
		if _, is := changed[row.Tag]; !is {
			n.Index = append(n.Index, row)
		}
	}
	for tag, envelope := range changed {
		if envelope != nil {
			n.Index = append(n.Index, indexRow{Tag: tag, Version: n.Version})
		}
	}
	if len(n.Index) > maxInRecord {
		return nil, errDamaged
	}
	slices.SortFunc(n.Index, func(a, b indexRow) int { return bytes.Compare(a.Tag[:], b.Tag[:]) })
	for i := range n.Index {
		row := &n.Index[i]
		envelope := changed[row.Tag]
		if envelope == nil {
			envelope = r.Envelopes[row.Offset : row.Offset+row.Length]
		}
		row.Offset, row.Length = uint64(len(n.Envelopes)), uint64(len(envelope))
		n.Envelopes = append(n.Envelopes, envelope...)
	}
	return n, nil
}

// weight is about how many bytes a record takes in memory.
func (r *record) weight() int { return len(r.Envelopes) + 64*len(r.Index) + 256 }

// readRecord returns the record that the manifest entry names. Absence, another
// version or other bytes are all a damaged store: consent.ErrUnavailable. What was read
// is remembered by its digest, which the head has: it is ciphertext, and never changes.
func (g *Gate) readRecord(ctx context.Context, identity consent.IdentityID, m manifestEntry) (*record, error) {
	if r, found := g.ciphertexts.get(m.Digest); found && r.Version == m.Version {
		return r, nil
	}
	data, _, err := g.records.Get(ctx, g.recordName(identity, m.Category, m.Version, m.Handle))
	if errors.Is(err, ErrAbsent) {
		err = errDamaged
	}
	if err != nil {
		return nil, unavailable("record", err)
	}
	if sha256.Sum256(data) != m.Digest {
		return nil, unavailable("record", errDamaged)
	}
	r, err := parseRecord(data)
	if err != nil || r.Version != m.Version {
		return nil, unavailable("record", errDamaged)
	}
	g.ciphertexts.put(m.Digest, r)
	return r, nil
}

// storeRecord creates a record object under a fresh handle and returns its manifest
// entry. Nobody reads it until a head names it.
func (g *Gate) storeRecord(ctx context.Context, identity consent.IdentityID, category consent.Category, r *record) (manifestEntry, error) {
	if len(r.Envelopes) > maxEnvelopes {
		return manifestEntry{}, ErrFieldTooLarge
	}
	plaintext, err := encoding.Marshal(r)
	if err != nil {
		return manifestEntry{}, err
	}
	data := crypto.Pad(plaintext, leastObject)
	m := manifestEntry{Category: category, Version: r.Version, Digest: sha256.Sum256(data)}
	_, _ = rand.Read(m.Handle[:])
	name := g.recordName(identity, category, r.Version, m.Handle)
	if err := g.keepTrack(ctx, roomRecorded, identity, name); err != nil {
		return manifestEntry{}, err
	}
	err = put(ctx, g.records, name, data, "")
	if errors.Is(err, ErrExists) {
		err = unavailable("record", err)
	}
	return m, err
}

// sourcedWire is one value of a field's plaintext, a CBOR array sorted by writer.
type sourcedWire struct {
	_       struct{} `cbor:",toarray"`
	Writer  consent.InstitutionID
	Written uint64
	Grant   consent.GrantID
	Value   []byte
	Signed  []byte // signatures of its items, signatureSize each
}

func encodeField(values []Sourced) ([]byte, error) {
	wire := make([]sourcedWire, len(values))
	for i, v := range values {
		wire[i] = sourcedWire{Writer: v.Writer, Written: v.Written, Grant: v.Grant, Value: v.Value, Signed: packSignatures(v.Signatures)}
	}
	return encoding.Marshal(wire)
}

func decodeField(plaintext []byte) ([]Sourced, error) {
	wire, err := decode[[]sourcedWire](plaintext)
	if err != nil || len(*wire) == 0 || len(*wire) > maxWriters {
		return nil, errDamaged
	}
	values := make([]Sourced, len(*wire))
	for i, w := range *wire {
		if i > 0 && bytes.Compare((*wire)[i-1].Writer[:], w.Writer[:]) >= 0 {
			return nil, errDamaged
		}
		signatures, err := unpackSignatures(w.Signed, w.Writer)
		if err != nil {
			return nil, err
		}
		values[i] = Sourced{Writer: w.Writer, Written: w.Written, Grant: w.Grant, Value: w.Value, Signatures: signatures}
	}
	return values, nil
}

func fieldAD(identity consent.IdentityID, field consent.FieldName, version uint64) crypto.FieldAD {
	return crypto.FieldAD{Subject: identity, Category: string(field.Category()), Field: string(field), Version: version}
}

// openField is the one place where a value becomes readable. object is what the
// envelope refers to, nil where it holds the field itself.
func (s *subject) openField(field consent.FieldName, version uint64, envelope, object []byte) ([]Sourced, error) {
	if object != nil {
		return s.openStream(field, version, envelope, object)
	}
	padded, err := s.kek.OpenField(fieldAD(s.head.Identity, field, version), envelope)
	if err != nil {
		return nil, unavailable("field", errDamaged)
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, unavailable("field", errDamaged)
	}
	values, err := decodeField(plaintext)
	if err != nil {
		return nil, unavailable("field", err)
	}
	return values, nil
}
