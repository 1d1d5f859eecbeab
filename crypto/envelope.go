package crypto

import "encoding/binary"

// The envelope is parsed by hand: the general decoder costs more than both
// decryptions together (BenchmarkEnvelopeDecode). Only the one encoding that
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

func encodeEnvelope(e envelope) []byte {
	b := make([]byte, 0, 1+1+2+32+1+1+1+5+len(e.wrap)+5+len(e.sealed))
	b = appendHead(b, cborArray, 4)
	b = appendHead(b, cborUint, 1)
	b = append(appendHead(b, cborBytes, 32), e.commitment[:]...)
	b = appendHead(b, cborArray, 1)
	b = appendHead(b, cborArray, 2)
	b = appendHead(b, cborUint, kindSubject)
	b = append(appendHead(b, cborBytes, uint64(len(e.wrap))), e.wrap...)
	return append(appendHead(b, cborBytes, uint64(len(e.sealed))), e.sealed...)
}

// reader walks over an envelope; after a failure ok stays false.
type reader struct {
	rest []byte
	ok   bool
}

// head reads a head of the major type with its argument in the shortest form.
func (r *reader) head(major byte) uint64 {
	if !r.ok || len(r.rest) == 0 || r.rest[0]&0xe0 != major {
		r.ok = false
		return 0
	}
	info := r.rest[0] & 0x1f
	if info < 24 {
		r.rest = r.rest[1:]
		return uint64(info)
	}
	size := 1 << (info - 24)
	if info > 27 || len(r.rest) < 1+size {
		r.ok = false
		return 0
	}
	var n uint64
	for _, c := range r.rest[1 : 1+size] {
		n = n<<8 | uint64(c)
	}
	shortest := n >= 24
	if size > 1 {
		shortest = n>>(8*size/2) != 0
	}
	r.ok, r.rest = shortest, r.rest[1+size:]
	return n
}

func (r *reader) expect(major byte, n uint64) {
	if r.head(major) != n {
		r.ok = false
	}
}

// bytes reads a byte string of bounded length, without copying.
func (r *reader) bytes(least, most uint64) []byte {
	n := r.head(cborBytes)
	if !r.ok || n < least || n > most || n > uint64(len(r.rest)) {
		r.ok = false
		return nil
	}
	out := r.rest[:n:n]
	r.rest = r.rest[n:]
	return out
}

func decodeEnvelope(data []byte) (e envelope, ok bool) {
	r := reader{rest: data, ok: true}
	r.expect(cborArray, 4)
	r.expect(cborUint, 1)
	copy(e.commitment[:], r.bytes(32, 32))
	r.expect(cborArray, 1)
	r.expect(cborArray, 2)
	r.expect(cborUint, kindSubject)
	e.wrap = r.bytes(1, maxWrap)
	e.sealed = r.bytes(sealOverhead, MaxField+sealOverhead)
	return e, r.ok && len(r.rest) == 0
}
