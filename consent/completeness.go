package consent

import "encoding/binary"

// Completeness is the vault's signed statement of how many entries a person's history
// has in the log's first Size entries: with it a history that ends early shows. The
// journal's key signs it, Ed25519 over Message.
type Completeness struct {
	Origin    string // of the log
	Size      uint64 // of the log, in entries
	Identity  IdentityID
	Sequence  uint64 // of the person's last entry below Size, 0 where there is none
	Last      Digest // SHA-256 of that entry's personal plaintext, zero where there is none
	Time      uint64 // Unix milliseconds
	Signature [64]byte
}

// Message is what the journal's key signs: "wrappy history v1", a zero byte, the length
// of the origin as one byte, the origin, size (8 bytes, big-endian like all numbers here),
// identity, sequence (8), last, time (8). ErrOrigin for an origin whose length does not fit one byte.
func (c *Completeness) Message() ([]byte, error) {
	if len(c.Origin) == 0 || len(c.Origin) > MaxOrigin {
		return nil, ErrOrigin
	}
	message := make([]byte, 0, 20+len(c.Origin)+88)
	message = append(message, "wrappy history v1\x00"...)
	message = append(message, byte(len(c.Origin))) //nolint:gosec // at most 255, checked above
	message = append(message, c.Origin...)
	message = binary.BigEndian.AppendUint64(message, c.Size)
	message = append(message, c.Identity[:]...)
	message = binary.BigEndian.AppendUint64(message, c.Sequence)
	message = append(message, c.Last[:]...)
	return binary.BigEndian.AppendUint64(message, c.Time), nil
}
