package crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"
)

var streamAD = FieldAD{Subject: [32]byte{9}, Category: "health", Field: "health.observation.laboratory", Version: 7}

func sealTestStream(t testing.TB, s *SubjectKEK, ad FieldAD, plaintext []byte) (envelope, object []byte) {
	t.Helper()
	envelope, object, err := s.SealStream(ad, len(plaintext), func(w io.Writer) error { _, err := w.Write(plaintext); return err })
	if err != nil {
		t.Fatal(err)
	}
	return envelope, object
}

func readStream(s *SubjectKEK, ad FieldAD, envelope, object []byte) ([]byte, error) {
	r, err := s.OpenStream(ad, envelope, bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// pattern differs in every segment.
func pattern(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i / 251)
	}
	return out
}

func TestStreamRoundTrip(t *testing.T) {
	s := newTestSubject(t)
	for _, size := range []int{0, 1, padStep - 1, padStep, padStep + 1, 3*padStep + 17, 1 << 20} {
		want := pattern(size)
		envelope, object := sealTestStream(t, s, streamAD, want)
		padded := max(padStep, (size+padStep-1)/padStep*padStep)
		ref, ok := StreamOf(envelope)
		if !ok || ref.Check(object) != nil || len(object) != streamLength(padded) || ref.Length != uint64(len(object)) {
			t.Fatalf("%d bytes: %d in the object, want %d; reference %v", size, len(object), streamLength(padded), ok)
		}
		got, err := readStream(s, streamAD, envelope, object)
		if err != nil || len(got) != padded || !bytes.Equal(got[:size], want) || len(bytes.Trim(got[size:], "\x00")) != 0 {
			t.Errorf("%d bytes: %d back, %v", size, len(got), err)
		}
	}
	one, _ := sealTestStream(t, s, streamAD, nil)
	two, _ := sealTestStream(t, s, streamAD, nil)
	if bytes.Equal(one, two) {
		t.Error("the same handle and key twice")
	}
}

func TestStreamBounds(t *testing.T) {
	s := newTestSubject(t)
	never := func(io.Writer) error { t.Error("written to"); return nil }
	for _, size := range []int{-1, MaxStream + 1, 1 << 40} {
		if _, _, err := s.SealStream(streamAD, size, never); err == nil {
			t.Errorf("%d bytes were taken", size)
		}
	}
	for _, wrote := range []int{0, 99, 101} {
		if _, _, err := s.SealStream(streamAD, 100, func(w io.Writer) error { _, err := w.Write(make([]byte, wrote)); return err }); err == nil {
			t.Errorf("announced 100 bytes, wrote %d", wrote)
		}
	}
	broken := errors.New("broken")
	if _, _, err := s.SealStream(streamAD, 100, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, _, err := s.SealStream(FieldAD{Field: "\xff"}, 1, never); err == nil {
		t.Error("took a name that is not UTF-8")
	}
}

// Nothing but the object as it was sealed, under the names it was sealed for, reads to its end.
func TestStreamTampered(t *testing.T) {
	s := newTestSubject(t)
	plaintext := pattern(3*padStep - 100)
	envelope, object := sealTestStream(t, s, streamAD, plaintext)
	_, other := sealTestStream(t, s, streamAD, plaintext)
	change := func(f func(o []byte) []byte) []byte { return f(bytes.Clone(object)) }
	swap := func(o []byte, i, j int) []byte {
		a, b := bytes.Clone(o[i*segment:(i+1)*segment]), o[j*segment:(j+1)*segment]
		copy(o[i*segment:], b)
		copy(o[j*segment:], a)
		return o
	}
	last := (len(object) - 1) / segment * segment
	for name, o := range map[string][]byte{
		"empty":                   nil,
		"header alone":            object[:segmentHeader],
		"first segment alone":     object[:segment],
		"a byte less":             object[:len(object)-1],
		"without its tag":         object[:len(object)-segmentTag],
		"without its last":        object[:last],
		"a byte more":             change(func(o []byte) []byte { return append(o, 0) }),
		"a segment twice at end":  change(func(o []byte) []byte { return append(o, o[last:]...) }),
		"a segment twice":         change(func(o []byte) []byte { return append(o[:2*segment:2*segment], o[segment:]...) }),
		"a segment missing":       change(func(o []byte) []byte { return append(o[:segment:segment], o[2*segment:]...) }),
		"two segments exchanged":  change(func(o []byte) []byte { return swap(o, 1, 2) }),
		"first and second":        change(func(o []byte) []byte { return swap(o, 0, 1) }),
		"of another seal":         other,
		"end of another seal":     change(func(o []byte) []byte { return append(o[:last], other[last:]...) }),
		"header of another seal":  change(func(o []byte) []byte { copy(o, other[:segmentHeader]); return o }),
		"length of the header":    change(func(o []byte) []byte { o[0]++; return o }),
		"salt":                    change(func(o []byte) []byte { o[1] ^= 1; return o }),
		"nonce prefix":            change(func(o []byte) []byte { o[segmentHeader-1] ^= 1; return o }),
		"first byte":              change(func(o []byte) []byte { o[segmentHeader] ^= 1; return o }),
		"a byte within":           change(func(o []byte) []byte { o[len(o)/2] ^= 0x80; return o }),
		"last byte of the object": change(func(o []byte) []byte { o[len(o)-1] ^= 1; return o }),
	} {
		ref, _ := StreamOf(envelope)
		if !errors.Is(ref.Check(o), ErrDecrypt) {
			t.Errorf("%s: the reference takes it", name)
		}
		if _, err := readStream(s, streamAD, envelope, o); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, ad := range map[string]FieldAD{
		"subject":  {Subject: [32]byte{8}, Category: streamAD.Category, Field: streamAD.Field, Version: 7},
		"category": {Subject: streamAD.Subject, Category: "identity", Field: streamAD.Field, Version: 7},
		"field":    {Subject: streamAD.Subject, Category: streamAD.Category, Field: "health.condition", Version: 7},
		"version":  {Subject: streamAD.Subject, Category: streamAD.Category, Field: streamAD.Field, Version: 8},
		"no UTF-8": {Subject: streamAD.Subject, Category: streamAD.Category, Field: "\xff", Version: 7},
	} {
		if _, err := readStream(s, ad, envelope, object); !errors.Is(err, ErrDecrypt) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if _, err := readStream(newTestSubject(t), streamAD, envelope, object); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another subject's key: %v", err)
	}
	if r, err := s.OpenStream(streamAD, envelope, iotest.TimeoutReader(bytes.NewReader(object))); err == nil {
		if _, err = io.ReadAll(r); !errors.Is(err, ErrDecrypt) {
			t.Errorf("a store that breaks off: %v", err)
		}
	}
}

// A data key's wrap says what it is for: an envelope does not open as a stream, a
// stream not as an envelope, though one key sealed both.
func TestStreamIsNoEnvelope(t *testing.T) {
	s := newTestSubject(t)
	stream, object := sealTestStream(t, s, streamAD, pattern(10))
	field := sealTestField(t, s, streamAD, "value")
	if _, err := s.OpenField(streamAD, stream); !errors.Is(err, ErrDecrypt) {
		t.Errorf("a stream as a field: %v", err)
	}
	if _, ok := StreamOf(field); ok {
		t.Error("a field as a stream")
	}
	e, ok := decodeEnvelope(field)
	if !ok {
		t.Fatal("envelope")
	}
	_, ref, _ := decodeStream(stream)
	if _, err := s.OpenStream(streamAD, encodeStream(e, ref), bytes.NewReader(object)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("a field's wrap in a stream: %v", err)
	}
	e, _, _ = decodeStream(stream)
	e.sealed = object[:100]
	if _, err := s.OpenField(streamAD, encodeEnvelope(e)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("a stream's wrap in a field: %v", err)
	}
}

func TestStreamEnvelopeTampered(t *testing.T) {
	s := newTestSubject(t)
	envelope, object := sealTestStream(t, s, streamAD, pattern(10))
	for i := range envelope {
		bad := bytes.Clone(envelope)
		bad[i] ^= 1
		ref, ok := StreamOf(bad)
		_, err := readStream(s, streamAD, bad, object)
		// Handle, length and digest are the reference; everything else is the key.
		if ok && err == nil && ref.Check(object) == nil && ref.Handle == mustRef(t, envelope).Handle {
			t.Fatalf("byte %d may be anything", i)
		}
	}
	for n := range envelope {
		if _, ok := StreamOf(envelope[:n]); ok {
			t.Fatalf("%d bytes of an envelope are taken", n)
		}
	}
	for name, cut := range map[string][2]int{
		"its start": {0, len(streamStart)}, "a byte of its start": {0, 1}, "the head of wraps": {len(streamStart) + 32, len(streamStart) + 32 + len(envelopeWraps)},
	} {
		if _, ok := StreamOf(append(bytes.Clone(envelope[:cut[0]]), envelope[cut[1]:]...)); ok {
			t.Errorf("without %s it is taken", name)
		}
		if _, err := s.OpenStream(streamAD, append(bytes.Clone(envelope[:cut[0]]), envelope[cut[1]:]...), bytes.NewReader(object)); !errors.Is(err, ErrDecrypt) {
			t.Errorf("without %s it opens: %v", name, err)
		}
	}
	another := bytes.Clone(envelope) // all that opening takes, and no reference
	another[len(another)-len(streamTail)-32]++
	if _, err := s.OpenStream(streamAD, another, bytes.NewReader(object)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("in another spelling it opens: %v", err)
	}
	if _, ok := StreamOf(append(bytes.Clone(envelope), 0)); ok {
		t.Error("bytes after an envelope are taken")
	}
	e, ref, _ := decodeStream(envelope)
	if uint64(streamLength(MaxStream)) > maxStreamObject {
		t.Error("the longest stream is refused")
	}
	ref.Length = maxStreamObject + 1
	if _, ok := StreamOf(encodeStream(e, ref)); ok {
		t.Error("a length beyond the bound is taken")
	}
}

// The commitment is to a key of 32 bytes: a longer one that begins so is another key.
func TestStreamKeyOfAnotherLength(t *testing.T) {
	s := newTestSubject(t)
	for n, opens := range map[int]bool{KeySize: true, KeySize + 1: false, 2 * KeySize: false} {
		dek := make([]byte, n)
		dek[0] = 7
		stream, err := newStream(dek)
		if err != nil {
			t.Fatal(err)
		}
		ad, err := streamAD.streamBytes()
		if err != nil {
			t.Fatal(err)
		}
		var object bytes.Buffer
		w, err := stream.NewEncryptingWriter(&object, ad)
		if err == nil {
			_, err = w.Write(make([]byte, padStep))
		}
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		wrap, err := s.keys.Seal(dek, setKind(ad, kindSubject))
		if err != nil {
			t.Fatal(err)
		}
		ref := StreamRef{Length: uint64(object.Len()), Digest: sha256.Sum256(object.Bytes())}
		got, err := readStream(s, streamAD, encodeStream(envelope{commitment: commitDEK(dek), wrap: wrap}, ref), object.Bytes())
		if opens && (err != nil || len(got) != padStep) || !opens && !errors.Is(err, ErrDecrypt) {
			t.Errorf("a key of %d bytes: %d bytes, %v", n, len(got), err)
		}
	}
}

func mustRef(t *testing.T, envelope []byte) StreamRef {
	t.Helper()
	ref, ok := StreamOf(envelope)
	if !ok {
		t.Fatal("no stream")
	}
	return ref
}

func FuzzStreamEnvelope(f *testing.F) {
	s := newTestSubject(f)
	envelope, _ := sealTestStream(f, s, streamAD, nil)
	f.Add(envelope)
	f.Add([]byte{})
	f.Add(streamStart)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, ref, ok := decodeStream(data)
		if ok && !bytes.Equal(encodeStream(e, ref), data) {
			t.Error("a second spelling was accepted")
		}
		if _, inline := decodeEnvelope(data); ok && inline {
			t.Error("both kinds at once")
		}
	})
}

func FuzzStream(f *testing.F) {
	s := newTestSubject(f)
	want := pattern(padStep + 5)
	envelope, object := sealTestStream(f, s, streamAD, want)
	f.Add(object)
	f.Add(object[:segment])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := readStream(s, streamAD, envelope, data); (err == nil) != bytes.Equal(data, object) {
			t.Errorf("%d bytes read of %d that are another object: %v", len(got), len(data), err)
		}
	})
}

// streamVector is one stream as it was made once; opening it must go on working.
type streamVector struct {
	Keyset   hexBytes      `json:"subjectKeyset"`
	Field    fieldADVector `json:"field"` // seal and wrap are the stream's
	DEK      hexBytes      `json:"dek"`
	Salt     hexBytes      `json:"salt"`
	Prefix   hexBytes      `json:"noncePrefix"`
	Envelope hexBytes      `json:"envelope"`
	Digest   hexBytes      `json:"objectDigest"`
	Bytes    int           `json:"plaintextBytes"` // the i-th is i/251, modulo 256; padded with zeros
}

// object makes it from the description in docs/protocol/record.md, without Tink.
func (v *streamVector) object(t *testing.T) []byte {
	key, err := hkdf.Key(sha256.New, v.DEK, v.Salt, string(v.Field.Seal), 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	rest := append(pattern(v.Bytes), make([]byte, 2*65536-v.Bytes)...)
	object := append(append([]byte{40}, v.Salt...), v.Prefix...)
	for n, room := uint32(0), 4096-40-16; ; n, room = n+1, 4096-16 {
		nonce := append(binary.BigEndian.AppendUint32(bytes.Clone(v.Prefix), n), 0)
		if len(rest) <= room {
			nonce[11] = 1
			return gcm.Seal(object, nonce, rest, nil)
		}
		object = gcm.Seal(object, nonce, rest[:room], nil)
		rest = rest[room:]
	}
}

func makeStreamVector(t *testing.T) (v streamVector) {
	s := newTestSubject(t)
	v = streamVector{Keyset: hexBytes(s.keys.serialised), Bytes: 65536 + 5, Field: inputs().FieldAD[0]}
	envelope, object := sealTestStream(t, s, v.Field.ad(), pattern(v.Bytes))
	ad, err := v.Field.ad().streamBytes()
	if err != nil {
		t.Fatal(err)
	}
	v.Field.Seal = bytes.Clone(ad)
	v.Field.Wrap = bytes.Clone(setKind(ad, kindSubject))
	e, ref, _ := decodeStream(envelope)
	v.DEK, err = s.keys.Open(e.wrap, v.Field.Wrap)
	if err != nil {
		t.Fatal(err)
	}
	v.Envelope, v.Digest, v.Salt, v.Prefix = envelope, ref.Digest[:], object[1:33], object[33:40]
	return v
}

func TestStreamVector(t *testing.T) {
	const file = "testdata/stream.json"
	if *update {
		data, err := json.MarshalIndent(makeStreamVector(t), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v streamVector
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	ad, err := v.Field.ad().streamBytes()
	if err != nil || !bytes.Equal(ad, v.Field.Seal) || !bytes.Equal(setKind(ad, kindSubject), v.Field.Wrap) {
		t.Error("associated data differs")
	}
	object := v.object(t)
	ref := mustRef(t, v.Envelope)
	if ref.Check(object) != nil || !bytes.Equal(ref.Digest[:], v.Digest) {
		t.Fatal("the object made by hand is another")
	}
	keys, err := parseKeyset(Secret(v.Keyset))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSubject(keys)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readStream(s, v.Field.ad(), v.Envelope, object)
	if err != nil || !bytes.Equal(got[:v.Bytes], pattern(v.Bytes)) || len(got) != 2*65536 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
