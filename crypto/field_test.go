package crypto

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func newTestSubject(t testing.TB) *SubjectKEK {
	t.Helper()
	s, err := NewSubjectKEK()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealTestField(t testing.TB, s *SubjectKEK, ad FieldAD, plaintext string) []byte {
	t.Helper()
	e, err := s.SealField(ad, []byte(plaintext))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var testAD = FieldAD{Subject: [32]byte{1, 2, 3}, Category: "health", Field: "health.allergy", Version: 3}

// One member at a time is another's: none opens.
func TestOpenFieldSwaps(t *testing.T) {
	s, other := newTestSubject(t), newTestSubject(t)
	e := sealTestField(t, s, testAD, "penicillin")
	changed := func(change func(*FieldAD)) FieldAD {
		ad := testAD
		change(&ad)
		return ad
	}
	cases := []struct {
		name string
		key  *SubjectKEK
		ad   FieldAD
		open bool
	}{
		{"as sealed", s, testAD, true},
		{"another subject's key", other, testAD, false},
		{"another subject", s, changed(func(a *FieldAD) { a.Subject[31]++ }), false},
		{"another category", s, changed(func(a *FieldAD) { a.Category = "contact" }), false},
		{"another field", s, changed(func(a *FieldAD) { a.Field = "health.condition" }), false},
		{"a later version", s, changed(func(a *FieldAD) { a.Version++ }), false},
		{"an earlier version", s, changed(func(a *FieldAD) { a.Version-- }), false},
		{"letters moved from field to category", s, changed(func(a *FieldAD) { a.Category, a.Field = "healthh", "ealth.allergy" }), false},
		{"no category", s, changed(func(a *FieldAD) { a.Category = "" }), false},
		{"a field that is not UTF-8", s, changed(func(a *FieldAD) { a.Field = "\xff" }), false},
		{"a field that is too long", s, changed(func(a *FieldAD) { a.Field = strings.Repeat("a", 256) }), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.key.OpenField(c.ad, e)
			if c.open && (err != nil || string(got) != "penicillin") {
				t.Errorf("OpenField = %q, %v", got, err)
			}
			if !c.open && (!errors.Is(err, ErrDecrypt) || got != nil) {
				t.Errorf("OpenField = %q, %v; want ErrDecrypt", got, err)
			}
		})
	}
}

// craft builds an envelope from pieces that SealField would not combine.
func craft(t *testing.T, s *SubjectKEK, commitment, wrapped, sealing [KeySize]byte, wrapKind, sealKind byte) []byte {
	t.Helper()
	ad, err := testAD.bytes()
	if err != nil {
		t.Fatal(err)
	}
	wrap, err := s.keys.Seal(wrapped[:], setKind(ad, wrapKind))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := Seal(sealing[:], []byte("penicillin"), setKind(ad, sealKind))
	if err != nil {
		t.Fatal(err)
	}
	return encodeEnvelope(envelope{commitment: commitDEK(commitment[:]), wrap: wrap, sealed: sealed})
}

// A wrap to another data key, which alone would decrypt, is refused by the
// commitment; wrap and seal cannot take each other's place.
func TestOpenFieldCommitmentAndKinds(t *testing.T) {
	s := newTestSubject(t)
	one, two := [KeySize]byte{1}, [KeySize]byte{2}
	cases := []struct {
		name     string
		envelope []byte
		open     bool
	}{
		{"one data key", craft(t, s, one, one, one, kindSubject, kindSeal), true},
		{"wrap and seal under a second data key", craft(t, s, one, two, two, kindSubject, kindSeal), false},
		{"wrap to a second data key", craft(t, s, one, two, one, kindSubject, kindSeal), false},
		{"seal under a second data key", craft(t, s, one, one, two, kindSubject, kindSeal), false},
		{"commitment to a second data key", craft(t, s, two, one, one, kindSubject, kindSeal), false},
		{"wrap bound as the seal", craft(t, s, one, one, one, kindSeal, kindSeal), false},
		{"wrap bound to an unknown kind", craft(t, s, one, one, one, 2, kindSeal), false},
		{"seal bound as a wrap", craft(t, s, one, one, one, kindSubject, kindSubject), false},
	}
	for _, c := range cases {
		got, err := s.OpenField(testAD, c.envelope)
		if (err == nil) != c.open || (!c.open && !errors.Is(err, ErrDecrypt)) {
			t.Errorf("%s: OpenField = %q, %v", c.name, got, err)
		}
	}
}

func TestSealFieldRefuses(t *testing.T) {
	s := newTestSubject(t)
	for name, c := range map[string]struct {
		ad   FieldAD
		size int
	}{
		"more than the bound": {testAD, MaxField + 1},
		"name not UTF-8":      {FieldAD{Category: "health", Field: "\xff"}, 1},
		"category not UTF-8":  {FieldAD{Category: "\xff", Field: "a"}, 1},
		"category too long":   {FieldAD{Category: strings.Repeat("a", 256), Field: "a"}, 1},
		"name too long":       {FieldAD{Category: "health", Field: strings.Repeat("a", 256)}, 1},
	} {
		if _, err := s.SealField(c.ad, make([]byte, c.size)); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	e, err := s.SealField(testAD, make([]byte, MaxField))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.OpenField(testAD, e); err != nil || len(got) != MaxField {
		t.Errorf("largest field: %d bytes, %v", len(got), err)
	}
}

func TestOpenFieldBitFlipsAndTruncations(t *testing.T) {
	s := newTestSubject(t)
	e := sealTestField(t, s, testAD, "penicillin")
	for i := range len(e) * 8 {
		flipped := bytes.Clone(e)
		flipped[i/8] ^= 1 << (i % 8)
		if got, err := s.OpenField(testAD, flipped); !errors.Is(err, ErrDecrypt) || got != nil {
			t.Fatalf("bit %d flipped: %q, %v", i, got, err)
		}
	}
	for n := range e {
		if _, err := s.OpenField(testAD, e[:n]); !errors.Is(err, ErrDecrypt) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := s.OpenField(testAD, append(bytes.Clone(e), 0)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("trailing byte: %v", err)
	}
}

// Other spellings of the same envelope, and wraps lists that are not of this format.
func TestEnvelopeOtherEncodings(t *testing.T) {
	s := newTestSubject(t)
	data := sealTestField(t, s, testAD, "penicillin")
	e, ok := decodeEnvelope(data)
	if !ok {
		t.Fatal("own envelope refused")
	}
	c, w, z := e.commitment[:], e.wrap, e.sealed
	text := func(b []byte, major byte) []byte { return append([]byte{major | 24, byte(len(b))}, b...) }
	bs := func(b []byte) []byte { return text(b, cborBytes) }
	cat := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	wrapOf := func(kind ...byte) []byte { return cat([]byte{0x82}, kind, bs(w)) }
	cases := map[string][]byte{
		"longer array head":           cat([]byte{0x98, 4, 1}, bs(c), []byte{0x81}, wrapOf(1), bs(z)),
		"array of indefinite length":  cat([]byte{0x9f, 1}, bs(c), []byte{0x81}, wrapOf(1), bs(z), []byte{0xff}),
		"longer format":               cat([]byte{0x84, 0x18, 1}, bs(c), []byte{0x81}, wrapOf(1), bs(z)),
		"format 0":                    cat([]byte{0x84, 0}, bs(c), []byte{0x81}, wrapOf(1), bs(z)),
		"format 2":                    cat([]byte{0x84, 2}, bs(c), []byte{0x81}, wrapOf(1), bs(z)),
		"longer commitment head":      cat([]byte{0x84, 1, 0x59, 0, 32}, c, []byte{0x81}, wrapOf(1), bs(z)),
		"commitment as text":          cat([]byte{0x84, 1}, text(c, cborText), []byte{0x81}, wrapOf(1), bs(z)),
		"shorter commitment":          cat([]byte{0x84, 1}, bs(c[:31]), []byte{0x81}, wrapOf(1), bs(z)),
		"longer wrap head":            cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1, 0x59, 0, byte(len(w))}, w, bs(z)),
		"longest wrap head":           cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1, 0x5b, 0, 0, 0, 0, 0, 0, 0, byte(len(w))}, w, bs(z)),
		"wrap length past the end":    cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1, 0x5b, 255, 255, 255, 255, 255, 255, 255, 255}, w, bs(z)),
		"reserved head":               cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1, 0x5c}, w, bs(z)),
		"wrap of indefinite length":   cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1, 0x5f}, bs(w), []byte{0xff}, bs(z)),
		"longer sealed head":          cat([]byte{0x84, 1}, bs(c), []byte{0x81}, wrapOf(1), []byte{0x59, 0, byte(len(z))}, z),
		"tagged":                      cat([]byte{0xc1}, data),
		"no wraps":                    cat([]byte{0x84, 1}, bs(c), []byte{0x80}, bs(z)),
		"wrap kind 0":                 cat([]byte{0x84, 1}, bs(c), []byte{0x81}, wrapOf(0), bs(z)),
		"unknown wrap kind":           cat([]byte{0x84, 1}, bs(c), []byte{0x81}, wrapOf(2), bs(z)),
		"longer wrap kind":            cat([]byte{0x84, 1}, bs(c), []byte{0x81}, wrapOf(0x18, 1), bs(z)),
		"the same wrap twice":         cat([]byte{0x84, 1}, bs(c), []byte{0x82}, wrapOf(1), wrapOf(1), bs(z)),
		"known and unknown wrap kind": cat([]byte{0x84, 1}, bs(c), []byte{0x82}, wrapOf(1), wrapOf(2), bs(z)),
		"fifth member":                cat([]byte{0x85, 1}, bs(c), []byte{0x81}, wrapOf(1), bs(z), []byte{0}),
		"empty":                       {},
		"without its start":           cat(c, []byte{0x81}, wrapOf(1), bs(z)),
		"without the head of wraps":   cat([]byte{0x84, 1}, bs(c), bs(w), bs(z)),
		"a wrap too short to be one":  cat([]byte{0x84, 1}, bs(c), []byte{0x81, 0x82, 1}, bs(w[:sealOverhead-1]), bs(z)),
	}
	if again := cat([]byte{0x84, 1}, bs(c), []byte{0x81}, wrapOf(1), bs(z)); !bytes.Equal(again, data) {
		t.Fatal("the pieces do not make the envelope")
	}
	for name, other := range cases {
		if _, err := s.OpenField(testAD, other); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := decodeEnvelope(other); ok {
			t.Errorf("%s: read", name)
		}
	}
}

// Two wraps that open to different data keys: whichever a reader of a later format
// took, the commitment would let one of them open and the other not.
func TestTwoWrapsOneCommitment(t *testing.T) {
	s := newTestSubject(t)
	one, two := [KeySize]byte{1}, [KeySize]byte{2}
	first, _ := decodeEnvelope(craft(t, s, one, one, one, kindSubject, kindSeal))
	second, _ := decodeEnvelope(craft(t, s, one, two, two, kindSubject, kindSeal))
	both := slices.Concat(envelopeStart, first.commitment[:], []byte{0x82})
	for _, w := range [][]byte{first.wrap, second.wrap} {
		both = appendBytes(append(both, 0x82, kindSubject), w)
	}
	for name, data := range map[string][]byte{
		"both wraps":       appendBytes(both, first.sealed),
		"second for first": encodeEnvelope(envelope{commitment: first.commitment, wrap: second.wrap, sealed: second.sealed}),
	} {
		if _, err := s.OpenField(testAD, data); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFacts(t *testing.T) {
	s, other := newTestSubject(t), newTestSubject(t)
	identity := [32]byte{9}
	sealed, err := s.SealFacts([]byte("facts"), identity)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.OpenFacts(sealed, identity); err != nil || string(got) != "facts" {
		t.Errorf("OpenFacts = %q, %v", got, err)
	}
	if _, err := s.OpenFacts(sealed, [32]byte{8}); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another identity: %v", err)
	}
	if _, err := other.OpenFacts(sealed, identity); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another key: %v", err)
	}
	if _, err := s.OpenFacts(sealed[:10], identity); !errors.Is(err, ErrDecrypt) {
		t.Errorf("cut: %v", err)
	}
}

func TestFieldTag(t *testing.T) {
	s, other := newTestSubject(t), newTestSubject(t)
	same, err := newSubject(s.keys)
	if err != nil || s.FieldTag("identity.name") != same.FieldTag("identity.name") {
		t.Error("not deterministic")
	}
	if s.FieldTag("identity.name") == s.FieldTag("identity.gender") || s.FieldTag("identity.name") == other.FieldTag("identity.name") {
		t.Error("tag shared between fields or people")
	}
}

func FuzzFieldRoundTrip(f *testing.F) {
	f.Add([]byte("penicillin"), "health", "health.allergy", uint64(1), 5)
	f.Add([]byte{}, "", "", uint64(1<<40), 0)
	s := newTestSubject(f)
	f.Fuzz(func(t *testing.T, plaintext []byte, category, field string, version uint64, flip int) {
		ad := FieldAD{Subject: [32]byte{1}, Category: category, Field: field, Version: version}
		e, err := s.SealField(ad, plaintext)
		if err != nil {
			return // names that are not text
		}
		if got, err := s.OpenField(ad, e); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("round trip: %v", err)
		}
		bit := int(uint(flip) % uint(len(e)*8))
		e[bit/8] ^= 1 << (bit % 8)
		if _, err := s.OpenField(ad, e); !errors.Is(err, ErrDecrypt) {
			t.Fatalf("bit %d: %v", bit, err)
		}
	})
}

// FuzzEnvelope compares the parser with the general decoder in strict mode plus
// re-encoding: they must accept the same bytes.
func FuzzEnvelope(f *testing.F) {
	s := newTestSubject(f)
	for _, n := range []int{0, 1, 300, 70_000} {
		f.Add(sealTestField(f, s, testAD, strings.Repeat("a", n)))
	}
	f.Add([]byte{0x84, 1, 0x58, 32})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, ok := decodeEnvelope(data)
		g, want := decodeGenerally(data)
		if ok != want {
			t.Fatalf("accepted: %t, general decoder: %t", ok, want)
		}
		if !ok {
			return
		}
		if !bytes.Equal(encodeEnvelope(e), data) {
			t.Fatal("second encoding accepted")
		}
		if !bytes.Equal(g.Commitment, e.commitment[:]) || !bytes.Equal(g.Wraps[0].Wrap, e.wrap) || !bytes.Equal(g.Sealed, e.sealed) {
			t.Fatal("read differently")
		}
	})
}
