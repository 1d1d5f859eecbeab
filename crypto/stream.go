package crypto

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"

	streams "github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

// MaxStream is the longest padded plaintext of a stream, in bytes.
const MaxStream = 32 << 20

// Tink's AES256_GCM_HKDF_4KB: segments of 4 KiB, the first of which begins with a
// header (its length, a salt of 32 bytes, a nonce prefix of 7).
const (
	segment       = 4 << 10
	segmentTag    = 16
	segmentHeader = 1 + KeySize + 7

	maxStreamObject uint64 = MaxStream + MaxStream/128 // bytes, of refs that are accepted; more than MaxStream sealed
)

// StreamRef is what an envelope says of the object that holds its field: a field too
// long to stand in its record.
type StreamRef struct {
	Handle [16]byte // random; part of the object's name
	Length uint64   // of the object, in bytes
	Digest [32]byte // SHA-256 of the object
}

// Check refuses an object that is not the one referred to, whole; ErrDecrypt.
func (r *StreamRef) Check(object []byte) error {
	if uint64(len(object)) != r.Length || sha256.Sum256(object) != r.Digest {
		return ErrDecrypt
	}
	return nil
}

// streamLength is that of the object with so many bytes of plaintext.
func streamLength(plaintext int) int {
	const most = segment - segmentTag
	segments := max(1, (segmentHeader+plaintext+most-1)/most)
	return segmentHeader + plaintext + segments*segmentTag
}

// streamStart is the same in every envelope of this format.
var (
	streamStart = []byte{cborArray | 6, cborUint | 2, cborBytes | 24, 32}
	streamRef   = []byte{cborBytes | 16}
	streamTail  = []byte{cborBytes | 24, 32}
)

func encodeStream(e envelope, ref StreamRef) []byte {
	b := append(bytes.Clone(streamStart), e.commitment[:]...)
	b = appendBytes(append(b, envelopeWraps...), e.wrap)
	b = append(append(b, streamRef...), ref.Handle[:]...)
	b = append(appendHead(b, cborUint, ref.Length), streamTail...)
	return append(b, ref.Digest[:]...)
}

// decodeStream accepts the one encoding that encodeStream writes.
func decodeStream(data []byte) (e envelope, ref StreamRef, ok bool) {
	rest, ok := bytes.CutPrefix(data, streamStart)
	if !ok || len(rest) < len(e.commitment)+len(envelopeWraps) {
		return e, ref, false
	}
	rest = rest[copy(e.commitment[:], rest)+len(envelopeWraps):]
	if e.wrap, rest, ok = cutBytes(rest, sealOverhead, maxWrap); !ok || len(rest) < len(streamRef)+len(ref.Handle) {
		return e, ref, false
	}
	rest = rest[len(streamRef)+copy(ref.Handle[:], rest[len(streamRef):]):]
	if len(rest) < 1+4 { // a length of 64 KiB and more that fits four bytes
		return e, ref, false
	}
	for _, c := range rest[1:5] {
		ref.Length = ref.Length<<8 | uint64(c)
	}
	if len(rest) != 5+len(streamTail)+copy(ref.Digest[:], rest[min(len(rest), 5+len(streamTail)):]) {
		return e, ref, false
	}
	return e, ref, ref.Length <= maxStreamObject && bytes.Equal(encodeStream(e, ref), data)
}

// StreamOf returns the object that an envelope refers to; ok is false for one that
// holds its field itself.
func StreamOf(envelope []byte) (ref StreamRef, ok bool) {
	_, ref, ok = decodeStream(envelope)
	return ref, ok
}

// streamBytes is the associated data of a stream and of its key's wrap: no envelope
// opens as a stream, and no stream as an envelope.
func (ad FieldAD) streamBytes() ([]byte, error) { return ad.labelled("wrappy field stream v1") }

func newStream(dek []byte) (*streams.AESGCMHKDF, error) {
	return streams.NewAESGCMHKDF(dek, "SHA256", KeySize, segment, 0)
}

// SealStream encrypts one field version, padded as objects are, under a fresh data key
// into an object of its own. write gives the size bytes of plaintext. The envelope goes
// into the record; a deterministic CBOR array, docs/protocol/record.md:
//
//	[2, commitment bytes 32, [[kind uint, bytes]], handle bytes 16, length uint, digest bytes 32]
func (s *SubjectKEK) SealStream(field FieldAD, size int, write func(io.Writer) error) (envelopeBytes, object []byte, err error) {
	padded := padClass(size, padStep)
	if size < 0 || padded > MaxStream {
		return nil, nil, errors.New("field: more than 32 MiB")
	}
	ad, err := field.streamBytes()
	if err != nil {
		return nil, nil, err
	}
	var dek [KeySize]byte
	_, _ = rand.Read(dek[:])
	stream, err := newStream(dek[:])
	if err != nil {
		return nil, nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, streamLength(padded)))
	w, err := stream.NewEncryptingWriter(out, ad)
	if err != nil {
		return nil, nil, err
	}
	counted := &countingWriter{w: w}
	if err := write(counted); err != nil {
		return nil, nil, err
	}
	if counted.n != size {
		return nil, nil, errors.New("field: another size than announced")
	}
	if _, err := w.Write(make([]byte, padded-size)); err != nil {
		return nil, nil, err
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	wrap, err := s.keys.Seal(dek[:], setKind(ad, kindSubject))
	if err != nil {
		return nil, nil, err
	}
	ref := StreamRef{Length: uint64(out.Len()), Digest: sha256.Sum256(out.Bytes())} //nolint:gosec // a length
	_, _ = rand.Read(ref.Handle[:])
	return encodeStream(envelope{commitment: commitDEK(dek[:]), wrap: wrap}, ref), out.Bytes(), nil
}

// OpenStream reads the padded plaintext of an object that its envelope refers to. What
// was read is authentic, segment by segment; that nothing is missing shows at io.EOF
// alone, so nothing may leave before. ErrDecrypt for everything else.
func (s *SubjectKEK) OpenStream(field FieldAD, envelopeBytes []byte, object io.Reader) (io.Reader, error) {
	e, _, ok := decodeStream(envelopeBytes)
	if !ok {
		return nil, ErrDecrypt
	}
	ad, err := field.streamBytes()
	if err != nil {
		return nil, ErrDecrypt
	}
	dek, err := s.keys.Open(e.wrap, setKind(ad, kindSubject))
	if err != nil || len(dek) != KeySize || commitDEK(dek) != e.commitment {
		return nil, ErrDecrypt
	}
	stream, err := newStream(dek)
	if err != nil {
		return nil, ErrDecrypt
	}
	r, err := stream.NewDecryptingReader(object, setKind(ad, kindSeal))
	if err != nil {
		return nil, ErrDecrypt
	}
	return opening{r}, nil
}

// opening gives one error for all that goes wrong.
type opening struct{ r io.Reader }

func (o opening) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, ErrDecrypt
	}
	return n, err
}

type countingWriter struct {
	w io.Writer
	n int
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}
