package crypto

import (
	"bytes"
	"encoding/binary"
)

// The envelope is parsed by hand: the general decoder costs nearly as much as all
// the rest of opening a short field (BenchmarkEnvelopeDecode). Only the one encoding that
// encodeEnvelope writes is accepted; a fuzz test compares with the general decoder.

type envelope struct {
	commitment [32]byte
	wrap       []byte // kind 1, the subject KEK; no other kind is known
	sealed     []byte
}

// CBOR major types (RFC 8949, section 3.1), in the upper three bits.
const (
	cborUint  = 0 << 5
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
)

// appendHead appends the shortest head of a major type and argument.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= 0xff:
		return append(b, major|24, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// Everything before the commitment, and between it and the wrap, is the same in
// every envelope of this format.
var (
	envelopeStart = []byte{cborArray | 4, cborUint | 1, cborBytes | 24, 32}
	envelopeWraps = []byte{cborArray | 1, cborArray | 2, cborUint | kindSubject}
)

func encodeEnvelope(e envelope) []byte {
	b := make([]byte, 0, len(envelopeStart)+32+len(envelopeWraps)+5+len(e.wrap)+5+len(e.sealed))
	b = append(append(b, envelopeStart...), e.commitment[:]...)
	b = appendBytes(append(b, envelopeWraps...), e.wrap)
	return appendBytes(b, e.sealed)
}

func appendBytes(b, value []byte) []byte {
	return append(appendHead(b, cborBytes, uint64(len(value))), value...)
}

// cutBytes splits a byte string of bounded length off, without copying. A head
// that is not the shortest is refused.
func cutBytes(data []byte, least, most int) (value, rest []byte, ok bool) {
	if len(data) == 0 || data[0]&^0x1f != cborBytes {
		return nil, nil, false
	}
	width, n := 0, uint64(data[0]&0x1f)
	if n >= 24 {
		width = 1 << (n - 24)
		if width > 8 || len(data) < 1+width {
			return nil, nil, false
		}
		n = 0
		for _, c := range data[1 : 1+width] {
			n = n<<8 | uint64(c)
		}
	}
	var shortest [9]byte
	if !bytes.Equal(appendHead(shortest[:0], cborBytes, n), data[:1+width]) {
		return nil, nil, false
	}
	data = data[1+width:]
	if n > 2*MaxField || int(n) < least || int(n) > min(most, len(data)) { // first what an int may not hold
		return nil, nil, false
	}
	return data[:n:n], data[n:], true
}

func decodeEnvelope(data []byte) (e envelope, ok bool) {
	data, ok = bytes.CutPrefix(data, envelopeStart)
	if !ok || len(data) < len(e.commitment) {
		return e, false
	}
	copy(e.commitment[:], data)
	data, ok = bytes.CutPrefix(data[len(e.commitment):], envelopeWraps)
	if !ok {
		return e, false
	}
	if e.wrap, data, ok = cutBytes(data, sealOverhead, maxWrap); !ok {
		return e, false
	}
	e.sealed, data, ok = cutBytes(data, sealOverhead, MaxField+sealOverhead)
	return e, ok && len(data) == 0
}
