package crypto

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

const padStep = 64 << 10

// Pad hides a length: 4 bytes of it, big-endian, the bytes, and zeros up to the
// next class: least, twice least, … 64 KiB, then multiples of 64 KiB. least is in
// bytes, at least 16.
func Pad(plaintext []byte, least int) []byte { return appendPadded(nil, plaintext, least) }

// appendPadded puts what Pad returns behind a prefix.
func appendPadded(prefix, plaintext []byte, least int) []byte {
	out := make([]byte, len(prefix)+padClass(4+len(plaintext), max(least, 16)))
	padded := out[copy(out, prefix):]
	binary.BigEndian.PutUint32(padded, uint32(len(plaintext))) //nolint:gosec // objects are some MiB
	copy(padded[4:], plaintext)
	return out
}

func padClass(want, least int) int {
	class := least
	for class < want && class < padStep {
		class *= 2
	}
	if class < want {
		class = (want + padStep - 1) / padStep * padStep
	}
	return class
}

// Unpad reverses Pad, without copying; ErrDecrypt where the padding is not all zeros
// or the length does not fit.
func Unpad(padded []byte) ([]byte, error) {
	if len(padded) < 4 {
		return nil, ErrDecrypt
	}
	n, body := uint64(binary.BigEndian.Uint32(padded)), padded[4:]
	if n > uint64(len(body)) {
		return nil, ErrDecrypt
	}
	for _, b := range body[n:] {
		if b != 0 {
			return nil, ErrDecrypt
		}
	}
	return body[:n:n], nil
}

// ObjectName is room ‖ "/" ‖ 64 hex digits: HMAC-SHA-256 over "wrappy object name v1",
// the room and the parts, each preceded by its length (4 bytes, big-endian).
func ObjectName(key Secret, room string, parts ...[]byte) string {
	mac := hmac.New(sha256.New, key)
	write := func(part []byte) {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(part))) //nolint:gosec // parts are short
		_, _ = mac.Write(length[:])
		_, _ = mac.Write(part)
	}
	write([]byte("wrappy object name v1"))
	write([]byte(room))
	for _, part := range parts {
		write(part)
	}
	return room + "/" + hex.EncodeToString(mac.Sum(nil))
}

// IndexName is the name of an entry in an index: the object name of the prefix,
// "/", and the 64 hex digits of the entry hashed with its prefix, so that the
// entries of two indexes cannot be joined. List an index by
// ObjectName(key, room, prefix) + "/".
func IndexName(key Secret, room string, prefix, entry []byte) string {
	return ObjectName(key, room, prefix) + ObjectName(key, room, prefix, entry)[len(room):]
}

// PseudonymKey is the key under which one grant's recipient sees identifiers that
// were not granted: HMAC-SHA-256 over "wrappy pseudonym key v1" ‖ grant id.
func PseudonymKey(root Secret, grant [32]byte) Secret {
	mac := hmac.New(sha256.New, root)
	_, _ = mac.Write([]byte("wrappy pseudonym key v1"))
	_, _ = mac.Write(grant[:])
	return mac.Sum(nil)
}
