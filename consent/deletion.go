package consent

import (
	"crypto"
	"encoding/binary"
	"errors"
)

// Deletion is an institution's statement that it has deleted all that it received under
// a grant in releases written down up to Through. One of its TLS keys signs it.
type Deletion struct {
	Origin      string // of the vault's log: no other vault takes it
	Institution InstitutionID
	Grant       GrantID
	Through     uint64 // Unix milliseconds
}

// ErrDeletionSignature is returned for a statement that the key has not signed, or not in
// the one form that is taken.
var ErrDeletionSignature = errors.New("deletion is not signed by the institution's key")

// Message is what the TLS key signs: "wrappy deletion v1", a zero byte, the length of the
// origin as one byte, the origin, the institution's id, the grant's id, Through (8 bytes,
// big-endian). ErrOrigin for an origin whose length does not fit one byte.
func (d *Deletion) Message() ([]byte, error) {
	if len(d.Origin) == 0 || len(d.Origin) > MaxOrigin {
		return nil, ErrOrigin
	}
	message := make([]byte, 0, 20+len(d.Origin)+72)
	message = append(message, "wrappy deletion v1\x00"...)
	message = append(message, byte(len(d.Origin))) //nolint:gosec // at most 255, checked above
	message = append(message, d.Origin...)
	message = append(message, d.Institution[:]...)
	message = append(message, d.Grant[:]...)
	return binary.BigEndian.AppendUint64(message, d.Through), nil
}

// SignDeletion signs a statement with the institution's TLS key: ECDSA on P-256 over the
// SHA-256 of Message.
func SignDeletion(key crypto.Signer, d *Deletion) (sig WriterSignature, err error) {
	message, err := d.Message()
	if err != nil {
		return sig, err
	}
	return signP256(key, message)
}

// VerifyDeletion returns ErrDeletionSignature unless key has signed the statement, with an
// s in the lower half. Whether the key is the institution's is the caller's to look up.
func VerifyDeletion(d *Deletion, key WriterKey, sig WriterSignature) error {
	message, err := d.Message()
	if err != nil {
		return err
	}
	if !signedP256(key, message, sig) {
		return ErrDeletionSignature
	}
	return nil
}
