package crypto

import (
	"bytes"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

var benchAD = FieldAD{Subject: [32]byte{1}, Category: "health", Field: "health.observation.laboratory", Version: 7}

func benchEnvelope(b *testing.B, size int) (*SubjectKEK, []byte) {
	b.Helper()
	s, err := NewSubjectKEK()
	if err != nil {
		b.Fatal(err)
	}
	e, err := s.SealField(benchAD, bytes.Repeat([]byte{7}, size))
	if err != nil {
		b.Fatal(err)
	}
	return s, e
}

// The target is 1.5 µs and 6 allocations for 100 bytes under a cached subject KEK.
func BenchmarkOpenField(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		b.Run(byteSize(size), func(b *testing.B) {
			s, e := benchEnvelope(b, size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.OpenField(benchAD, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func byteSize(n int) string {
	switch n {
	case 100:
		return "100B"
	case 4 << 10:
		return "4KiB"
	}
	return "64KiB"
}

func BenchmarkSealField100B(b *testing.B) {
	s, _ := benchEnvelope(b, 1)
	plaintext := make([]byte, 100)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.SealField(benchAD, plaintext); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnvelopeDecode is why the envelope is parsed by hand: the general
// decoder, and the re-encoding that canonical form needs with it, against ours.
func BenchmarkEnvelopeDecode(b *testing.B) {
	_, data := benchEnvelope(b, 100)
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := decodeEnvelope(data); !ok {
				b.Fatal("refused")
			}
		}
	})
	b.Run("general", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := decodeGenerally(data); !ok {
				b.Fatal("refused")
			}
		}
	})
}

type generalWrap struct {
	_    struct{} `cbor:",toarray"`
	Kind uint64
	Wrap []byte
}

type generalEnvelope struct {
	_          struct{} `cbor:",toarray"`
	Format     uint64
	Commitment []byte
	Wraps      []generalWrap
	Sealed     []byte
}

var (
	strictDecode, _ = cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd: cbor.TagsForbidden, MaxArrayElements: 16, MaxNestedLevels: 4, ByteStringToString: cbor.ByteStringToStringForbidden}.DecMode()
	coreEncode, _ = cbor.CoreDetEncOptions().EncMode()
)

func decodeGenerally(data []byte) (e generalEnvelope, ok bool) {
	if err := strictDecode.Unmarshal(data, &e); err != nil {
		return e, false
	}
	again, err := coreEncode.Marshal(e)
	if err != nil || !bytes.Equal(again, data) || e.Format != 1 || len(e.Commitment) != 32 || len(e.Wraps) != 1 || e.Wraps[0].Kind != 1 {
		return e, false
	}
	return e, len(e.Wraps[0].Wrap) >= sealOverhead && len(e.Wraps[0].Wrap) <= maxWrap && len(e.Sealed) >= sealOverhead && len(e.Sealed) <= MaxField+sealOverhead
}

func BenchmarkSealPart400B(b *testing.B) {
	key, plaintext := make(Secret, KeySize), make([]byte, 400)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := SealPart(key, partShared, plaintext, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkObjectName(b *testing.B) {
	key, identity := make(Secret, KeySize), make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		_ = ObjectName(key, "head", identity)
	}
}
