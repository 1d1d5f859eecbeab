package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew, random parts included")

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(h)), nil }
func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(bytes.TrimPrefix(text, []byte("0x"))))
	return err
}

func hexOf[T ~[16]byte | ~[32]byte](v T) hexBytes {
	out := make(hexBytes, len(v))
	for i := range len(v) {
		out[i] = v[i]
	}
	return out
}

// computed follows from the inputs alone.
type computed struct {
	ObjectNames []struct {
		Key   hexBytes   `json:"key"`
		Room  string     `json:"room"`
		Parts []hexBytes `json:"parts"`
		Name  string     `json:"name"`
	} `json:"objectNames"`
	IndexName struct {
		Key    hexBytes `json:"key"`
		Room   string   `json:"room"`
		Prefix hexBytes `json:"prefix"`
		Entry  hexBytes `json:"entry"`
		Name   string   `json:"name"`
	} `json:"indexName"`
	Padding []struct {
		Plaintext hexBytes `json:"plaintext"`
		Least     int      `json:"least"`
		Padded    hexBytes `json:"padded"`
	} `json:"padding"`
	Parts []struct {
		Part       uint8    `json:"part"`
		Salt       hexBytes `json:"salt"`
		Plaintext  hexBytes `json:"plaintext"`
		Commitment hexBytes `json:"commitment"`
		AAD        hexBytes `json:"associatedData"`
	} `json:"partCommitments"`
	DEK struct {
		DEK        hexBytes `json:"dek"`
		Commitment hexBytes `json:"commitment"`
	} `json:"dekCommitment"`
	Pseudonym struct {
		Root  hexBytes `json:"root"`
		Grant hexBytes `json:"grant"`
		Key   hexBytes `json:"key"`
	} `json:"pseudonymKey"`
	FieldAD []fieldADVector `json:"fieldAssociatedData"`
}

type fieldADVector struct {
	Subject  hexBytes `json:"subject"`
	Category string   `json:"category"`
	Field    string   `json:"field"`
	Version  uint64   `json:"version"`
	Seal     hexBytes `json:"seal"`
	Wrap     hexBytes `json:"wrap"`
}

func (v fieldADVector) ad() FieldAD {
	return FieldAD{Subject: [32]byte(v.Subject), Category: v.Category, Field: v.Field, Version: v.Version}
}

// sealed holds what randomness made once; opening it must go on working.
type sealed struct {
	Keyset     hexBytes            `json:"subjectKeyset"`
	FieldTags  map[string]hexBytes `json:"fieldTags"`
	Envelope   hexBytes            `json:"envelope"`
	Field      fieldADVector       `json:"field"`
	Plaintext  string              `json:"plaintext"`
	FactsOf    hexBytes            `json:"factsIdentity"`
	Facts      hexBytes            `json:"facts"`
	PartKey    hexBytes            `json:"partKey"`
	Commitment hexBytes            `json:"partCommitment"`
	Part       hexBytes            `json:"part"`
	Passphrase string              `json:"passphrase"`
	Wrapped    hexBytes            `json:"passphraseWrapped"`
}

type vectorFile struct {
	Computed computed `json:"computed"`
	Sealed   sealed   `json:"sealed"`
}

func fill(b byte, n int) hexBytes { return bytes.Repeat([]byte{b}, n) }

// inputs leaves out what compute fills in.
func inputs() (c computed) {
	type name = struct {
		Key   hexBytes   `json:"key"`
		Room  string     `json:"room"`
		Parts []hexBytes `json:"parts"`
		Name  string     `json:"name"`
	}
	c.ObjectNames = append(c.ObjectNames,
		name{Key: fill(1, 32), Room: "head", Parts: []hexBytes{fill(2, 32)}},
		name{Key: fill(1, 32), Room: "record", Parts: []hexBytes{fill(2, 32), hexBytes("health"), {0, 0, 0, 0, 0, 0, 0, 7}, fill(3, 16)}},
		name{Key: fill(1, 32), Room: "tombstone", Parts: []hexBytes{fill(4, 32)}})
	c.IndexName.Key, c.IndexName.Room, c.IndexName.Prefix, c.IndexName.Entry = fill(1, 32), "own", fill(2, 32), fill(4, 32)
	for _, p := range []struct {
		plaintext string
		least     int
	}{{"", 16}, {"twelve bytes", 16}, {"thirteen byte", 16}} {
		c.Padding = append(c.Padding, struct {
			Plaintext hexBytes `json:"plaintext"`
			Least     int      `json:"least"`
			Padded    hexBytes `json:"padded"`
		}{Plaintext: hexBytes(p.plaintext), Least: p.least})
	}
	for part := partShared; part <= partPersonal; part++ {
		c.Parts = append(c.Parts, struct {
			Part       uint8    `json:"part"`
			Salt       hexBytes `json:"salt"`
			Plaintext  hexBytes `json:"plaintext"`
			Commitment hexBytes `json:"commitment"`
			AAD        hexBytes `json:"associatedData"`
		}{Part: part, Salt: fill(5, 32), Plaintext: hexBytes("an entry's part")})
	}
	c.DEK.DEK = fill(6, 32)
	c.Pseudonym.Root, c.Pseudonym.Grant = fill(7, 32), fill(8, 32)
	c.FieldAD = []fieldADVector{
		{Subject: fill(9, 32), Category: "health", Field: "health.allergy", Version: 1},
		{Subject: fill(9, 32), Category: "identity", Field: "identity.identifier.social_security", Version: 70_000},
		{Subject: fill(9, 32), Category: "health", Field: "health.observation.laboratory", Version: 1<<64 - 1},
	}
	return c
}

func (c *computed) compute(t *testing.T) {
	for i := range c.ObjectNames {
		n := &c.ObjectNames[i]
		parts := make([][]byte, len(n.Parts))
		for j, p := range n.Parts {
			parts[j] = p
		}
		n.Name = ObjectName(Secret(n.Key), n.Room, parts...)
	}
	c.IndexName.Name = IndexName(Secret(c.IndexName.Key), c.IndexName.Room, c.IndexName.Prefix, c.IndexName.Entry)
	for i := range c.Padding {
		c.Padding[i].Padded = Pad(c.Padding[i].Plaintext, c.Padding[i].Least)
	}
	for i := range c.Parts {
		p := &c.Parts[i]
		commitment := commitPart(p.Part, [32]byte(p.Salt), p.Plaintext)
		p.Commitment, p.AAD = hexOf(commitment), partAAD(p.Part, commitment)
	}
	c.DEK.Commitment = hexOf(commitDEK(c.DEK.DEK))
	c.Pseudonym.Key = hexBytes(PseudonymKey(Secret(c.Pseudonym.Root), [32]byte(c.Pseudonym.Grant)))
	for i := range c.FieldAD {
		c.FieldAD[i].compute(t)
	}
}

func (v *fieldADVector) compute(t *testing.T) {
	ad, err := v.ad().bytes()
	if err != nil {
		t.Fatal(err)
	}
	v.Seal = bytes.Clone(setKind(ad, kindSeal))
	v.Wrap = bytes.Clone(setKind(ad, kindSubject))
}

func makeSealed(t *testing.T) sealed {
	s := newTestSubject(t)
	v := sealed{Keyset: hexBytes(s.keys.serialised), FieldTags: map[string]hexBytes{}, Field: inputs().FieldAD[0],
		Plaintext: "penicillin", FactsOf: fill(9, 32), PartKey: fill(10, 32), Passphrase: "correct horse battery staple"}
	v.Field.compute(t)
	for _, f := range []string{"health.allergy", "identity.name"} {
		v.FieldTags[f] = hexOf(s.FieldTag(f))
	}
	commitment, _, part, _ := SealPart(Secret(v.PartKey), partShared, []byte(v.Plaintext), 0)
	v.Commitment, v.Part = hexOf(commitment), part
	v.Envelope = sealTestField(t, s, v.Field.ad(), v.Plaintext)
	v.Facts, _ = s.SealFacts([]byte(v.Plaintext), [32]byte(v.FactsOf))
	v.Wrapped, _ = NewPassphrase(Secret(v.Passphrase), quick).Wrap(t.Context(), []byte(v.Plaintext), []byte("vector"))
	return v
}

func TestVectors(t *testing.T) {
	want := vectorFile{Computed: inputs()}
	want.Computed.compute(t)
	if *update {
		want.Sealed = makeSealed(t)
		data, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/vectors.json", append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var got vectorFile
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Computed, want.Computed) {
		t.Error("computed vectors differ: what is stored would no longer be found or opened")
	}
	checkSealed(t, got.Sealed)
}

func checkSealed(t *testing.T, v sealed) {
	keys, err := parseKeyset(Secret(v.Keyset))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSubject(keys)
	if err != nil {
		t.Fatal(err)
	}
	opened := func(what string, got []byte, err error) {
		t.Helper()
		if err != nil || string(got) != v.Plaintext {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	for f, tag := range v.FieldTags {
		if got := s.FieldTag(f); !bytes.Equal(got[:], tag) {
			t.Errorf("tag of %s differs", f)
		}
	}
	got, err := s.OpenField(v.Field.ad(), v.Envelope)
	opened("envelope", got, err)
	got, err = s.OpenFacts(v.Facts, [32]byte(v.FactsOf))
	opened("facts", got, err)
	_, got, err = OpenPart(Secret(v.PartKey), partShared, [32]byte(v.Commitment), v.Part)
	opened("part", got, err)
	kms := NewPassphrase(Secret(v.Passphrase), Argon2{})
	got, err = kms.Unwrap(t.Context(), v.Wrapped, []byte("vector"))
	opened("passphrase", got, err)
	if _, err := kms.Unwrap(t.Context(), v.Wrapped, nil); !errors.Is(err, ErrPassphrase) {
		t.Errorf("passphrase with other associated data: %v", err)
	}
}
