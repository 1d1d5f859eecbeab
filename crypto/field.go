package crypto

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"unicode/utf8"
)

// SubjectKEK wraps the data keys of one subject. Safe for concurrent use.
type SubjectKEK struct {
	Redacted
	keys *keysetKEK
	tag  *Secret // field tag key
}

// NewSubjectKEK makes a fresh key.
func NewSubjectKEK() (*SubjectKEK, error) {
	keys, err := newKeyset()
	if err != nil {
		return nil, err
	}
	return newSubject(keys)
}

func newSubject(keys *keysetKEK) (*SubjectKEK, error) {
	tag, err := hkdf.Key(sha256.New, keys.primary, nil, "wrappy field tag key v1", KeySize)
	if err != nil {
		return nil, err
	}
	return &SubjectKEK{keys: keys, tag: (*Secret)(&tag)}, nil
}

// FieldTag stands for a field's name in the record store: the first 16 bytes of
// HMAC-SHA-256 over "wrappy field tag v1" ‖ name, under a key derived from the
// subject KEK's primary key by HKDF-SHA-256 (no salt, info "wrappy field tag key v1").
func (s *SubjectKEK) FieldTag(field string) (tag [16]byte) {
	mac := hmac.New(sha256.New, *s.tag)
	_, _ = mac.Write([]byte("wrappy field tag v1" + field))
	copy(tag[:], mac.Sum(nil))
	return tag
}

// SealFacts seals policy facts directly under the subject KEK, with associated
// data "wrappy policy facts v1" ‖ 0x00 ‖ identity.
func (s *SubjectKEK) SealFacts(plaintext []byte, identity [32]byte) ([]byte, error) {
	return s.keys.Seal(plaintext, subjectAAD("wrappy policy facts v1", identity))
}

// OpenFacts reverses SealFacts; ErrDecrypt on any failure.
func (s *SubjectKEK) OpenFacts(ciphertext []byte, identity [32]byte) ([]byte, error) {
	return s.keys.Open(ciphertext, subjectAAD("wrappy policy facts v1", identity))
}

// SealCard seals what a card's object holds directly under the subject KEK, with associated
// data "wrappy card keys v1" ‖ 0x00 ‖ identity ‖ card id.
func (s *SubjectKEK) SealCard(plaintext []byte, identity, card [32]byte) ([]byte, error) {
	return s.keys.Seal(plaintext, cardAAD(identity, card))
}

// OpenCard reverses SealCard; ErrDecrypt on any failure.
func (s *SubjectKEK) OpenCard(ciphertext []byte, identity, card [32]byte) ([]byte, error) {
	return s.keys.Open(ciphertext, cardAAD(identity, card))
}

func cardAAD(identity, card [32]byte) []byte {
	return append(subjectAAD("wrappy card keys v1", identity), card[:]...)
}

// FieldAD is what an envelope is bound to.
type FieldAD struct {
	Subject  [32]byte
	Category string // at most 255 bytes, UTF-8
	Field    string // at most 255 bytes, UTF-8
	Version  uint64
}

// Wrap kinds. 0 stands for the seal itself in associated data.
const (
	kindSeal    = 0
	kindSubject = 1
)

// Bounds of an envelope, checked before anything is decrypted.
const (
	// MaxField is the longest plaintext of a field version, in bytes.
	MaxField = 16 << 20
	maxWrap  = 4 << 10
)

var errFieldAD = errors.New("field: name too long or not UTF-8")

// bytes is the associated data of wraps and seal, as a deterministic CBOR array:
// ["wrappy field v1", subject, category, field, version, wrap kind]. The wrap kind
// is the last byte, so that one buffer serves for all.
func (ad FieldAD) bytes() ([]byte, error) { return ad.labelled("wrappy field v1") }

func (ad FieldAD) labelled(label string) ([]byte, error) {
	if len(ad.Category) > 255 || len(ad.Field) > 255 || !utf8.ValidString(ad.Category) || !utf8.ValidString(ad.Field) {
		return nil, errFieldAD
	}
	b := make([]byte, 0, 1+1+len(label)+2+32+2+len(ad.Category)+2+len(ad.Field)+9+1)
	b = appendHead(b, cborArray, 6)
	b = append(appendHead(b, cborText, uint64(len(label))), label...)
	b = appendBytes(b, ad.Subject[:])
	b = append(appendHead(b, cborText, uint64(len(ad.Category))), ad.Category...)
	b = append(appendHead(b, cborText, uint64(len(ad.Field))), ad.Field...)
	b = appendHead(b, cborUint, ad.Version)
	return appendHead(b, cborUint, kindSeal), nil
}

func setKind(ad []byte, kind byte) []byte {
	ad[len(ad)-1] = kind
	return ad
}

// commitDEK is SHA-256 of "wrappy DEK commitment v1" ‖ DEK: AES-GCM alone can open
// under two keys, so without it two wraps could show two people two values.
func commitDEK(dek []byte) [32]byte {
	const label = "wrappy DEK commitment v1"
	var buf [len(label) + KeySize]byte
	copy(buf[:], label)
	copy(buf[len(label):], dek)
	return sha256.Sum256(buf[:])
}

// SealField encrypts one field version under a fresh data key. The envelope is a
// deterministic CBOR array, described in docs/protocol/record.md:
//
//	[1, commitment bytes 32, [[kind uint, bytes]], sealed bytes]
func (s *SubjectKEK) SealField(field FieldAD, plaintext []byte) ([]byte, error) {
	if len(plaintext) > MaxField {
		return nil, errors.New("field: more than 16 MiB")
	}
	ad, err := field.bytes()
	if err != nil {
		return nil, err
	}
	var dek [KeySize]byte
	_, _ = rand.Read(dek[:])
	sealed, err := Seal(dek[:], plaintext, ad)
	if err != nil {
		return nil, err
	}
	wrap, err := s.keys.Seal(dek[:], setKind(ad, kindSubject))
	if err != nil {
		return nil, err
	}
	return encodeEnvelope(envelope{commitment: commitDEK(dek[:]), wrap: wrap, sealed: sealed}), nil
}

// OpenField decrypts an envelope. Any difference in key, associated data or
// envelope, a second encoding of the same content included, gives ErrDecrypt.
func (s *SubjectKEK) OpenField(field FieldAD, data []byte) ([]byte, error) {
	e, ok := decodeEnvelope(data)
	if !ok {
		return nil, ErrDecrypt
	}
	ad, err := field.bytes()
	if err != nil {
		return nil, ErrDecrypt
	}
	dek, err := s.keys.Open(e.wrap, setKind(ad, kindSubject))
	if err != nil || len(dek) != KeySize || commitDEK(dek) != e.commitment {
		return nil, ErrDecrypt
	}
	return Open(dek, e.sealed, setKind(ad, kindSeal))
}
