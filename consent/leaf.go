package consent

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// The parts of a journal entry, by number.
const (
	PartShared   uint8 = 1
	PartEvidence uint8 = 2
	PartPersonal uint8 = 3
)

// Sizes of the journal's formats, in bytes.
const (
	LocatorSize = 44         // nonce 12, handle 16, tag 16
	LeafClass   = 256        // a leaf is a multiple of it
	MaxLeaf     = 512 * 1024 // a longer leaf is refused before it is parsed
	MaxPart     = 128 * 1024 // likewise the plaintext of one part
)

// maxListed bounds every list within a part: fields asked for, and beside them reasons.
const maxListed = 512

// MaxOrigin bounds the origin of a log, in bytes: what is signed gives its length in one.
const MaxOrigin = 255

var (
	// ErrLeaf is returned for bytes that are not a leaf in its one canonical spelling.
	ErrLeaf = errors.New("not a canonical leaf")
	// ErrPart is returned for bytes, or a value, that are not a part of an entry.
	ErrPart = errors.New("not a canonical entry part")
	// ErrOrigin is returned for a log origin that a promise cannot carry.
	ErrOrigin = errors.New("log origin: want 1 to 255 bytes")
)

// Leaf is what the log's tree holds of one entry: three commitments, the
// ciphertexts that they open, and where the person's head is. It is stored as a
// CBOR array [version, commitments, shared, evidence, personal, locator, padding].
type Leaf struct {
	Version     uint16
	Commitments [3]Digest // of the shared, the evidence and the personal part
	Shared      []byte    // ciphertexts
	Evidence    []byte
	Personal    []byte
	Locator     []byte // LocatorSize bytes
}

type leafWire struct {
	_           struct{} `cbor:",toarray"`
	Version     uint16
	Commitments [3]Digest
	Shared      []byte
	Evidence    []byte
	Personal    []byte
	Locator     []byte
	Padding     []byte
}

var (
	canonicalEncoding, canonicalDecoding = CanonicalCBOR(maxListed)
	zeros                                [2 * LeafClass]byte
)

// CanonicalCBOR encodes as RFC 8949 §4.2.1 says and decodes within bounds, maxElements
// being that of every array. What the decoder still lets through (long integers, short
// byte strings) must be caught by encoding again.
func CanonicalCBOR(maxElements int) (cbor.UserBufferEncMode, cbor.DecMode) {
	options := cbor.CoreDetEncOptions()
	options.NilContainers = cbor.NilContainerAsEmpty
	enc, errEnc := options.UserBufferEncMode()
	dec, errDec := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 8, MaxArrayElements: maxElements, MaxMapPairs: 16,
	}.DecMode()
	if err := errors.Join(errEnc, errDec); err != nil {
		panic(err) // the options are constants
	}
	return enc, dec
}

// Encode gives the canonical bytes, padded with zeros to a multiple of LeafClass:
// the size tells the class and nothing else.
func (l *Leaf) Encode() ([]byte, error) {
	if l.Version != Version || len(l.Locator) != LocatorSize {
		return nil, ErrLeaf
	}
	wire := leafWire{Version: l.Version, Commitments: l.Commitments, Shared: l.Shared, Evidence: l.Evidence, Personal: l.Personal, Locator: l.Locator}
	const rest = 3*len(Digest{}) + LocatorSize + 64
	buffer := bytes.NewBuffer(make([]byte, 0, len(l.Shared)+len(l.Evidence)+len(l.Personal)+rest+2*LeafClass)) // room for the padding
	if err := canonicalEncoding.MarshalToBuffer(&wire, buffer); err != nil || buffer.Len()+2*LeafClass > MaxLeaf {
		return nil, ErrLeaf
	}
	bare := buffer.Bytes()
	// The array ends with the padding's head, one byte for the empty string; the
	// head grows with its length, so not every remainder fits the first class.
	body := bare[:len(bare)-1]
	for n := 0; ; n++ {
		head := 1
		if n > 255 {
			head = 3
		} else if n > 23 {
			head = 2
		}
		if (len(body)+head+n)%LeafClass != 0 {
			continue
		}
		switch head {
		case 1:
			body = append(body, 0x40|byte(n))
		case 2:
			body = append(body, 0x58, byte(n))
		default:
			body = append(body, 0x59, byte(n>>8), byte(n))
		}
		return append(body, zeros[:n]...), nil
	}
}

// ParseLeaf reads a leaf and refuses every spelling but the one that Encode gives.
func ParseLeaf(data []byte) (*Leaf, error) {
	if len(data) == 0 || len(data) > MaxLeaf || len(data)%LeafClass != 0 {
		return nil, ErrLeaf
	}
	var wire leafWire
	if err := canonicalDecoding.Unmarshal(data, &wire); err != nil {
		return nil, ErrLeaf
	}
	leaf := &Leaf{Version: wire.Version, Commitments: wire.Commitments, Shared: wire.Shared, Evidence: wire.Evidence, Personal: wire.Personal, Locator: wire.Locator}
	again, err := leaf.Encode()
	if err != nil || !bytes.Equal(again, data) {
		return nil, ErrLeaf
	}
	return leaf, nil
}

// LeafHash is the leaf hash of RFC 6962 §2.1: SHA-256 of 0x00 and the leaf.
func LeafHash(leaf []byte) (d Digest) {
	h := sha256.New()
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(leaf)
	h.Sum(d[:0])
	return d
}

// Message is what the journal's key signs for a promise. ErrOrigin for an origin
// whose length does not fit one byte: truncated, it could pass for another.
func (p *Promise) Message() ([]byte, error) {
	if len(p.Origin) == 0 || len(p.Origin) > MaxOrigin {
		return nil, ErrOrigin
	}
	message := make([]byte, 0, 64+len(p.Origin)+44)
	message = append(message, "wrappy promise v1\x00"...)
	message = append(message, byte(len(p.Origin))) //nolint:gosec // at most 255, checked above
	message = append(message, p.Origin...)
	message = binary.BigEndian.AppendUint64(message, p.Index)
	message = append(message, p.LeafHash[:]...)
	return binary.BigEndian.AppendUint32(message, p.MaxDelay), nil
}

// Known reports whether the kind is one of the closed set.
func (k EntryKind) Known() bool {
	switch k {
	case EntryAuthorised, EntryRedelivery, EntryDelivered, EntryAborted, EntryDenied, EntryWritten,
		EntryGranted, EntryRefused, EntryWithdrawn, EntryEnrolled, EntryFacts,
		EntryCorrected, EntryExported, EntryImported, EntryErased, EntryDisputed, EntryDeleted, EntryLeft, EntryPage,
		EntryCardMade, EntryCardReplaced, EntryCardTried, EntryRestoreAsked, EntryRestoreCancelled, EntryRestored,
		EntryAssistKey, EntryAssistOpened, EntryAssisted, EntryRepresented:
		return true
	}
	return false
}

// Encode gives the canonical bytes of the part; ErrPart when ParseShared would refuse them.
func (p *SharedPart) Encode() ([]byte, error) {
	listed := len(p.Fields) <= maxListed && len(p.Withheld) <= maxListed && len(p.Reasons) <= maxListed
	text := validText(p.Reasons...) && validWithheld(p.Withheld)
	for _, f := range p.Fields {
		text = text && validText(f.Field)
	}
	return encodePart(p, p.Version, p.Kind, listed && text)
}

// Encode gives the canonical bytes of the part; ErrPart when ParseEvidence would refuse them.
func (p *EvidencePart) Encode() ([]byte, error) {
	listed := len(p.Asked) <= maxListed && len(p.GrantFields) <= maxListed && len(p.Permitted) <= maxListed &&
		len(p.Withheld) <= maxListed && len(p.Reasons) <= maxListed && len(p.Facts.NeverCountries) <= maxListed && len(p.Accreditors) <= maxListed
	text := validText(p.Country, string(p.Purpose), string(p.LegalBasis)) && validText(p.Asked...) && validText(p.GrantFields...) &&
		validText(p.Permitted...) && validText(p.Reasons...) && validText(p.Facts.NeverCountries...) && validWithheld(p.Withheld)
	return encodePart(p, p.Version, p.Kind, listed && text)
}

// Encode gives the canonical bytes of the part; ErrPart when ParsePersonal would refuse them.
func (p *PersonalPart) Encode() ([]byte, error) {
	return encodePart(p, p.Version, p.Kind, true)
}

func validText[T ~string](list ...T) bool {
	for _, s := range list {
		if !utf8.ValidString(string(s)) {
			return false
		}
	}
	return true
}

func validWithheld(list []Withheld) bool {
	for _, w := range list {
		if !validText(string(w.Field), string(w.Reason)) {
			return false
		}
	}
	return true
}

func encodePart(part any, version uint16, kind EntryKind, valid bool) ([]byte, error) {
	if version != Version || !kind.Known() || !valid {
		return nil, ErrPart
	}
	data, err := canonicalEncoding.Marshal(part)
	if err != nil || len(data) > MaxPart {
		return nil, fmt.Errorf("%w: too large", ErrPart)
	}
	return data, nil
}

// ParseShared reads a shared part; ErrPart for every spelling but the canonical one.
func ParseShared(data []byte) (*SharedPart, error) {
	p := new(SharedPart)
	if err := parsePart(data, p, p.Encode); err != nil {
		return nil, err
	}
	return p, nil
}

// ParseEvidence reads an evidence part; ErrPart for every spelling but the canonical one.
func ParseEvidence(data []byte) (*EvidencePart, error) {
	p := new(EvidencePart)
	if err := parsePart(data, p, p.Encode); err != nil {
		return nil, err
	}
	return p, nil
}

// ParsePersonal reads a personal part; ErrPart for every spelling but the canonical one.
func ParsePersonal(data []byte) (*PersonalPart, error) {
	p := new(PersonalPart)
	if err := parsePart(data, p, p.Encode); err != nil {
		return nil, err
	}
	return p, nil
}

func parsePart(data []byte, into any, encode func() ([]byte, error)) error {
	if len(data) == 0 || len(data) > MaxPart {
		return ErrPart
	}
	if err := canonicalDecoding.Unmarshal(data, into); err != nil {
		return ErrPart
	}
	again, err := encode()
	if err != nil || !bytes.Equal(again, data) {
		return ErrPart
	}
	return nil
}
