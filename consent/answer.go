package consent

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// DerivedAnswer is the vault's signed statement that a derived field had this value, by what
// one writer wrote, on a day. No writer can have signed it: it was computed. The journal's
// key signs it, Ed25519 over Message.
type DerivedAnswer struct {
	Origin     string // of the log
	Entry      Digest // leaf hash of the release's entry, which says to whom and under what
	Field      FieldName
	Writer     InstitutionID // zero: the person
	AsOf       uint64        // Unix seconds, the beginning of the day in UTC
	Commitment Digest        // AnswerCommitment: the signature alone can be held against no guess
	Signature  [64]byte
}

// AnswerCommitment is SHA-256 over "wrappy derived value v1", a zero byte, the salt and the value.
func AnswerCommitment(salt Salt, value []byte) (d Digest) {
	h := sha256.New()
	_, _ = h.Write([]byte("wrappy derived value v1\x00"))
	_, _ = h.Write(salt[:])
	_, _ = h.Write(value)
	h.Sum(d[:0])
	return d
}

// Message is what the journal's key signs: "wrappy derived answer v1", a zero byte, the length
// of the origin as one byte, the origin, entry, the length of the field's name as one byte,
// the field, writer, as of (8 bytes, big-endian), commitment. ErrOrigin for an origin whose
// length does not fit one byte, ErrFieldName.
func (a *DerivedAnswer) Message() ([]byte, error) {
	if len(a.Origin) == 0 || len(a.Origin) > MaxOrigin {
		return nil, ErrOrigin
	}
	if err := a.Field.Validate(); err != nil {
		return nil, err
	}
	if a.AsOf%Day != 0 {
		return nil, errors.New("as of: want the beginning of a day")
	}
	message := make([]byte, 0, 32+len(a.Origin)+len(a.Field)+104)
	message = append(message, "wrappy derived answer v1\x00"...)
	message = append(message, byte(len(a.Origin))) //nolint:gosec // at most 255, checked above
	message = append(message, a.Origin...)
	message = append(message, a.Entry[:]...)
	message = append(message, byte(len(a.Field))) //nolint:gosec // at most 96, checked above
	message = append(message, a.Field...)
	message = append(message, a.Writer[:]...)
	message = binary.BigEndian.AppendUint64(message, a.AsOf)
	return append(message, a.Commitment[:]...), nil
}
