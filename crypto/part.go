package crypto

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
)

const (
	partLabel    = "wrappy entry part v1\x00"
	partKeyLabel = "wrappy entry part key v1\x00"
	leastPart    = 256
)

// partKey is one part's own key: HMAC-SHA-256 under the log's key over
// "wrappy entry part key v1" ‖ 0x00 ‖ part ‖ commitment. The commitment is salted, so
// no key encrypts twice, and a log may grow past what random nonces allow one key.
func partKey(key Secret, part uint8, commitment [32]byte) Secret {
	if len(key) != KeySize {
		return nil // which Seal and Open refuse; HMAC would take it
	}
	h := hmac.New(sha256.New, key)
	message := append(append(append(make([]byte, 0, 64), partKeyLabel...), part), commitment[:]...)
	_, _ = h.Write(message)
	return h.Sum(message[:0])
}

// commitPart is SHA-256 over "wrappy entry part v1" ‖ 0x00 ‖ part ‖ salt ‖ plaintext.
func commitPart(part uint8, salt [32]byte, plaintext []byte) (c [32]byte) {
	h := sha256.New()
	_, _ = h.Write(append(append(append(make([]byte, 0, 64), partLabel...), part), salt[:]...))
	_, _ = h.Write(plaintext)
	h.Sum(c[:0])
	return c
}

func partAAD(part uint8, commitment [32]byte) []byte {
	return append(append(append(make([]byte, 0, 64), partLabel...), part), commitment[:]...)
}

// SealPart commits to a part (1 shared, 2 evidence, 3 personal: docs/protocol/entry.md)
// and encrypts it under a key of its own: AES-256-GCM over salt ‖ padded plaintext,
// nonce first, bound to part and commitment. The salt travels inside,
// because GCM alone can open to two plaintexts; whoever learns salt and plaintext
// can check the commitment without the key. The part is padded as though it had at
// least room bytes: whoever sees the leaf must not learn from its size what only the
// vault may know.
func SealPart(key Secret, part uint8, plaintext []byte, room int) (commitment, salt [32]byte, ciphertext []byte, err error) {
	_, _ = rand.Read(salt[:])
	commitment = commitPart(part, salt, plaintext)
	body := appendPadded(salt[:], plaintext, padClass(4+room, leastPart))
	ciphertext, err = Seal(partKey(key, part, commitment), body, partAAD(part, commitment))
	return commitment, salt, ciphertext, err
}

// OpenPart decrypts a part and checks its commitment; ErrDecrypt on any failure.
func OpenPart(key Secret, part uint8, commitment [32]byte, ciphertext []byte) (salt [32]byte, plaintext []byte, err error) {
	opened, err := Open(partKey(key, part, commitment), ciphertext, partAAD(part, commitment))
	if err != nil || len(opened) < len(salt) {
		return salt, nil, ErrDecrypt
	}
	copy(salt[:], opened)
	if plaintext, err = Unpad(opened[len(salt):]); err != nil {
		return salt, nil, ErrDecrypt
	}
	return salt, plaintext, CheckOpening(part, commitment, salt, plaintext)
}

// CheckOpening returns ErrDecrypt unless salt and plaintext open the commitment of that part.
func CheckOpening(part uint8, commitment, salt [32]byte, plaintext []byte) error {
	if commitPart(part, salt, plaintext) != commitment {
		return ErrDecrypt
	}
	return nil
}
