package consent

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func digestOf(b byte) (d [32]byte) {
	for i := range d {
		d[i] = b
	}
	return d
}

func sampleLeaf() *Leaf {
	return &Leaf{
		Version:     1,
		Commitments: [3]Digest{digestOf(1), digestOf(2), digestOf(3)},
		Shared:      bytes.Repeat([]byte{4}, 316),
		Evidence:    bytes.Repeat([]byte{5}, 572),
		Personal:    bytes.Repeat([]byte{6}, 316),
		Locator:     bytes.Repeat([]byte{7}, LocatorSize),
	}
}

func sampleShared() *SharedPart {
	return &SharedPart{
		Version: 1, Kind: EntryAuthorised, Institution: digestOf(0x11), Grant: digestOf(0x22), Action: Read,
		Fields:       []FieldVersion{{Field: "health.allergy", Version: 3}, {Field: "identity.name", Version: 300}},
		Withheld:     []Withheld{{Field: "identity.photo", Reason: ReasonNotInGrant}},
		Reasons:      []Reason{},
		PolicyDigest: digestOf(0x33), Block: 70000, ViewAgeMilli: 1500, Time: 1_790_000_000_123,
	}
}

func sampleEvidence() *EvidencePart {
	return &EvidencePart{
		Version: 1, Kind: EntryDenied, Institution: digestOf(0x11), InstitutionKind: KindHospital, InstitutionStands: true,
		Country: "KE", Purpose: "dpv:ServiceProvision", LegalBasis: BasisConsent, Action: Read,
		Asked: []FieldName{"health.allergy"}, GrantFields: []FieldName{"health.allergy", "identity.name"}, GrantActions: Read | Write,
		NotBefore: 1_789_000_000, Expires: 1_790_035_200, MaxReleases: 7, RetentionDays: 30,
		Facts: PolicyFacts{Minor: true, NeverCountries: []string{"XX", "YY"}}, Accreditors: []InstitutionID{digestOf(0x66)}, OverdueSince: 1_790_000_000,
		Permitted: []FieldName{},
		Withheld:  []Withheld{{Field: "health.allergy", Reason: ReasonCountry}}, Reasons: []Reason{ReasonPolicy},
		PolicyDigest: digestOf(0x33), Block: 70000, ViewAgeMilli: 0, Time: 1_790_000_000_123,
		MonthPseudonym: [16]byte{0xaa, 15: 0xbb},
	}
}

func samplePersonal() *PersonalPart {
	return &PersonalPart{Version: 1, Kind: EntryAuthorised, Identity: digestOf(0x44), Grant: digestOf(0x22), Sequence: 24, Previous: digestOf(0x55), Time: 1_790_000_000_123}
}

// vectors are read by the page's tests too; they are never regenerated, only added to.
type leafVectors struct {
	Shared, Evidence, Personal string // plaintexts, hex
	Leaf, LeafHash             string
	Promise                    struct {
		Origin   string
		Index    uint64
		MaxDelay uint32
		Message  string
	}
}

func TestLeafVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/leaf.json")
	if err != nil {
		t.Fatal(err)
	}
	var want leafVectors
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	encoded := func(data []byte, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(data)
	}
	leaf, err := sampleLeaf().Encode()
	if err != nil {
		t.Fatal(err)
	}
	hash := LeafHash(leaf)
	promise := Promise{Origin: want.Promise.Origin, Index: want.Promise.Index, LeafHash: hash, MaxDelay: want.Promise.MaxDelay}
	for name, got := range map[string][2]string{
		"shared":   {encoded(sampleShared().Encode()), want.Shared},
		"evidence": {encoded(sampleEvidence().Encode()), want.Evidence},
		"personal": {encoded(samplePersonal().Encode()), want.Personal},
		"leaf":     {hex.EncodeToString(leaf), want.Leaf},
		"hash":     {hex.EncodeToString(hash[:]), want.LeafHash},
		"promise":  {encoded(promise.Message()), want.Promise.Message},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: got %s, want %s", name, got[0], got[1])
		}
	}
}

func TestLeafPaddingEverySize(t *testing.T) {
	for n := range 3 * LeafClass {
		leaf := sampleLeaf()
		leaf.Shared = make([]byte, 300+n)
		data, err := leaf.Encode()
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if len(data)%LeafClass != 0 {
			t.Fatalf("%d: %d bytes are no multiple of %d", n, len(data), LeafClass)
		}
		back, err := ParseLeaf(data)
		if err != nil || !reflect.DeepEqual(back, leaf) {
			t.Fatalf("%d: does not come back: %v", n, err)
		}
	}
}

func TestParseLeafRefuses(t *testing.T) {
	good, err := sampleLeaf().Encode()
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(l *leafWire)) []byte {
		var wire leafWire
		if err := canonicalDecoding.Unmarshal(good, &wire); err != nil {
			t.Fatal(err)
		}
		f(&wire)
		data, err := canonicalEncoding.Marshal(&wire)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	at := func(i int, b byte) []byte {
		data := bytes.Clone(good)
		data[i] = b
		return data
	}
	for name, data := range map[string][]byte{
		"empty":              {},
		"no multiple":        good[:len(good)-1],
		"trailing class":     append(bytes.Clone(good), make([]byte, LeafClass)...),
		"first class only":   good[:LeafClass],
		"too large":          make([]byte, MaxLeaf+LeafClass),
		"zeros":              make([]byte, LeafClass),
		"version 2":          at(1, 2),
		"six members":        at(0, 0x86),
		"eight members":      at(0, 0x88),
		"indefinite array":   at(0, 0x9f),
		"padding not zero":   at(len(good)-1, 1),
		"a class too much":   change(func(l *leafWire) { l.Padding = append(l.Padding, make([]byte, LeafClass)...) }),
		"locator short":      change(func(l *leafWire) { l.Locator = l.Locator[1:]; l.Padding = append(l.Padding, 0) }),
		"locator long":       change(func(l *leafWire) { l.Locator = append(l.Locator, 0); l.Padding = l.Padding[1:] }),
		"padding one short":  change(func(l *leafWire) { l.Padding = l.Padding[1:] }),
		"commitment as text": bytes.Replace(good, append([]byte{0x58, 32}, bytes.Repeat([]byte{1}, 32)...), append([]byte{0x78, 32}, bytes.Repeat([]byte{1}, 32)...), 1),
		// A commitment of 31 bytes: the decoder alone would fill it up with a zero.
		"commitment short": bytes.Replace(good, append([]byte{0x58, 32}, bytes.Repeat([]byte{1}, 32)...), append([]byte{0x58, 31}, bytes.Repeat([]byte{1}, 31)...), 1),
		// The version in two bytes.
		"long integer": append([]byte{0x87, 0x18, 0x01}, good[2:len(good)-1]...),
	} {
		if leaf, err := ParseLeaf(data); !errors.Is(err, ErrLeaf) || leaf != nil {
			t.Errorf("%s: got %v, want ErrLeaf", name, err)
		}
	}
	for name, leaf := range map[string]*Leaf{
		"zero":       {},
		"no locator": {Version: 1},
		"too large":  {Version: 1, Locator: make([]byte, LocatorSize), Shared: make([]byte, MaxLeaf)},
	} {
		if _, err := leaf.Encode(); !errors.Is(err, ErrLeaf) {
			t.Errorf("encode %s: got %v, want ErrLeaf", name, err)
		}
	}
}

func TestPartsComeBack(t *testing.T) {
	empty := &SharedPart{Version: 1, Kind: EntryEnrolled}
	for _, p := range []*SharedPart{sampleShared(), empty} {
		data, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseShared(data)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := back.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("does not come back: %v", err)
		}
	}
	data, err := sampleEvidence().Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseEvidence(data); err != nil || !reflect.DeepEqual(back, sampleEvidence()) {
		t.Errorf("evidence does not come back: %v", err)
	}
	if data, err = samplePersonal().Encode(); err != nil {
		t.Fatal(err)
	}
	if back, err := ParsePersonal(data); err != nil || !reflect.DeepEqual(back, samplePersonal()) {
		t.Errorf("personal does not come back: %v", err)
	}
}

func TestPartsRefuse(t *testing.T) {
	personal, err := samplePersonal().Encode()
	if err != nil {
		t.Fatal(err)
	}
	shared, err := sampleShared().Encode()
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := sampleEvidence().Encode()
	if err != nil {
		t.Fatal(err)
	}
	at := func(data []byte, i int, b byte) []byte {
		data = bytes.Clone(data)
		data[i] = b
		return data
	}
	for name, data := range map[string][]byte{
		"empty": {}, "null": {0xf6}, "trailing": append(bytes.Clone(personal), 0), "cut": personal[:len(personal)-1],
		"another part": shared, "evidence": evidence, "version 2": at(personal, 1, 2), "map": at(personal, 0, 0xa7),
		"kind unknown":       bytes.Replace(personal, []byte("authorised"), []byte("Authorised"), 1),
		"kind not UTF-8":     bytes.Replace(personal, []byte("authorised"), []byte("authoris\xff\xff"), 1),
		"too large":          make([]byte, MaxPart+1),
		"tagged":             append([]byte{0xc1}, personal...),
		"sequence as bignum": bytes.Replace(personal, []byte{0x18, 24}, []byte{0xc2, 0x41, 24}, 1),
		"sequence long":      bytes.Replace(personal, []byte{0x18, 24}, []byte{0x19, 0, 24}, 1),
		"sequence float":     bytes.Replace(personal, []byte{0x18, 24}, []byte{0xf9, 0x4e, 0x00}, 1),
		"sequence negative":  bytes.Replace(personal, []byte{0x18, 24}, []byte{0x38, 24}, 1),
	} {
		if p, err := ParsePersonal(data); !errors.Is(err, ErrPart) || p != nil {
			t.Errorf("personal %s: got %v, want ErrPart", name, err)
		}
	}
	nullList := bytes.Replace(shared, []byte{0x81, 0x82, 0x6e}, []byte{0xf6, 0x82, 0x6e}, 1)
	for name, data := range map[string][]byte{"another part": personal, "evidence": evidence, "null list": nullList, "cut": shared[:40]} {
		if p, err := ParseShared(data); !errors.Is(err, ErrPart) || p != nil {
			t.Errorf("shared %s: got %v, want ErrPart", name, err)
		}
	}
	for name, data := range map[string][]byte{"another part": personal, "shared": shared, "boolean as number": bytes.Replace(evidence, []byte{1, 0xf5}, []byte{1, 0x01}, 1), "cut": evidence[:99]} {
		if p, err := ParseEvidence(data); !errors.Is(err, ErrPart) || p != nil {
			t.Errorf("evidence %s: got %v, want ErrPart", name, err)
		}
	}
	for name, encode := range map[string]func() ([]byte, error){
		"version 0":      (&SharedPart{Kind: EntryDenied}).Encode,
		"kind unknown":   (&SharedPart{Version: 1, Kind: "seen"}).Encode,
		"list too long":  (&SharedPart{Version: 1, Kind: EntryDenied, Reasons: make([]Reason, maxListed+1)}).Encode,
		"field no UTF-8": (&SharedPart{Version: 1, Kind: EntryDenied, Withheld: []Withheld{{Field: "a\xff"}}}).Encode,
		"asked no UTF-8": (&EvidencePart{Version: 1, Kind: EntryDenied, Asked: []FieldName{"a\xff"}}).Encode,
		"too large":      (&EvidencePart{Version: 1, Kind: EntryDenied, Country: strings.Repeat("K", MaxPart)}).Encode,
		"kind missing":   (&PersonalPart{Version: 1}).Encode,
	} {
		if _, err := encode(); !errors.Is(err, ErrPart) {
			t.Errorf("encode %s: got %v, want ErrPart", name, err)
		}
	}
}

func TestPromiseMessage(t *testing.T) {
	base := Promise{Origin: "vault.example/log", Index: 5, LeafHash: digestOf(9), MaxDelay: 2000}
	want, err := base.Message()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(p *Promise){
		"origin": func(p *Promise) { p.Origin = "vault.example/lof" },
		"longer": func(p *Promise) { p.Origin += "\x00" },
		"index":  func(p *Promise) { p.Index = 6 },
		"leaf":   func(p *Promise) { p.LeafHash[31] ^= 1 },
		"delay":  func(p *Promise) { p.MaxDelay = 2001 },
	} {
		other := base
		change(&other)
		if got, err := other.Message(); err != nil || bytes.Equal(got, want) {
			t.Errorf("%s: the message does not depend on it (%v)", name, err)
		}
	}
	for _, origin := range []string{"", strings.Repeat("o", 256)} {
		if _, err := (&Promise{Origin: origin}).Message(); !errors.Is(err, ErrOrigin) {
			t.Errorf("origin of %d bytes: got %v, want ErrOrigin", len(origin), err)
		}
		if _, err := (&Completeness{Origin: origin}).Message(); !errors.Is(err, ErrOrigin) {
			t.Errorf("history, origin of %d bytes: got %v, want ErrOrigin", len(origin), err)
		}
	}
	if _, err := (&Completeness{Origin: strings.Repeat("o", 255)}).Message(); err != nil {
		t.Errorf("history, the longest origin: %v", err)
	}
}

// What has no size that a leaf or a part can have is refused unread: it costs whoever sends
// it, and not the reader.
func TestSizesAreRefusedUnread(t *testing.T) {
	big := func(n int) []byte { // seven members as ours have: a number, a long byte string, five zeros
		data, rest := make([]byte, n), n-7-5
		copy(data, []byte{0x87, 1, 0x5a, 0, byte(rest >> 16), byte(rest >> 8), byte(rest)})
		return data
	}
	for name, data := range map[string][]byte{"nothing": {}, "too long": big(MaxLeaf + LeafClass), "no multiple": big(LeafClass + 1)} {
		if n := testing.AllocsPerRun(100, func() { _, _ = ParseLeaf(data) }); n != 0 {
			t.Errorf("a leaf of %d bytes, %s: %v allocations", len(data), name, n)
		}
	}
	var part PersonalPart
	encode := part.Encode
	for _, data := range [][]byte{{}, big(MaxPart + 1)} {
		if n := testing.AllocsPerRun(100, func() { _ = parsePart(data, &part, encode) }); n != 0 {
			t.Errorf("a part of %d bytes: %v allocations", len(data), n)
		}
	}
}

// LeafHash of the empty leaf is the hash of one zero byte (RFC 6962 §2.1.1).
func TestLeafHashEmpty(t *testing.T) {
	if got := LeafHash(nil).String(); got != "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" {
		t.Error(got)
	}
}

func FuzzParseLeaf(f *testing.F) {
	good, err := sampleLeaf().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(make([]byte, LeafClass))
	f.Fuzz(func(t *testing.T, data []byte) {
		leaf, err := ParseLeaf(data)
		if err != nil {
			return
		}
		if again, err := leaf.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatal("one leaf has two spellings")
		}
	})
}

func FuzzParseParts(f *testing.F) {
	for _, encode := range []func() ([]byte, error){sampleShared().Encode, sampleEvidence().Encode, samplePersonal().Encode} {
		data, err := encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var again []byte
		var err error
		var kinds int
		if p, bad := ParseShared(data); bad == nil {
			again, err = p.Encode()
			kinds++
		}
		if p, bad := ParseEvidence(data); bad == nil {
			again, err = p.Encode()
			kinds++
		}
		if p, bad := ParsePersonal(data); bad == nil {
			again, err = p.Encode()
			kinds++
		}
		if kinds > 1 || kinds == 1 && (err != nil || !bytes.Equal(again, data)) {
			t.Fatal("one part has two spellings, or is two parts")
		}
	})
}
