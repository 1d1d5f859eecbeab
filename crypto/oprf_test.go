package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/cloudflare/circl/oprf"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOPRFVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/rfc9497.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Seed, KeyInfo, Key string
		Vectors            []struct{ Input, Blind, Blinded, Evaluated, Output string }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	key := Secret(unhex(t, file.Key))
	derived, err := oprf.DeriveKey(oprfSuite, oprf.BaseMode, unhex(t, file.Seed), unhex(t, file.KeyInfo))
	if err != nil {
		t.Fatal(err)
	}
	if scalar, err := derived.MarshalBinary(); err != nil || !bytes.Equal(scalar, key) {
		t.Errorf("DeriveKeyPair = %x, %v", scalar, err)
	}
	if len(file.Vectors) != 2 {
		t.Fatalf("%d vectors, want the RFC's two", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		blind := oprfSuite.Group().NewScalar()
		if err := blind.UnmarshalBinary(unhex(t, v.Blind)); err != nil {
			t.Fatal(err)
		}
		question, blinded, err := oprfBlind(unhex(t, v.Input), blind)
		if err != nil || hex.EncodeToString(blinded) != v.Blinded {
			t.Fatalf("blinded %x, %v", blinded, err)
		}
		evaluated, err := OPRFEvaluate(key, blinded)
		if err != nil || hex.EncodeToString(evaluated) != v.Evaluated {
			t.Errorf("evaluated %x, %v", evaluated, err)
		}
		output, err := question.Output(evaluated)
		if err != nil || hex.EncodeToString(output) != v.Output {
			t.Errorf("output %x, %v", []byte(output), err)
		}
		whole, err := OPRFOutput(key, unhex(t, v.Input))
		if err != nil || hex.EncodeToString(whole) != v.Output {
			t.Errorf("whole output %x, %v", []byte(whole), err)
		}
	}
}

func TestOPRF(t *testing.T) {
	key, other := NewOPRFKey(), NewOPRFKey()
	question, blinded, err := OPRFBlind([]byte("123456"))
	if err != nil {
		t.Fatal(err)
	}
	if _, again, err := OPRFBlind([]byte("123456")); err != nil || bytes.Equal(again, blinded) {
		t.Errorf("two questions show the same input, %v", err)
	}
	evaluated, err := OPRFEvaluate(key, blinded)
	if err != nil {
		t.Fatal(err)
	}
	output, err := question.Output(evaluated)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key   Secret
		input string
		same  bool
	}{
		"same": {key, "123456", true}, "another input": {key, "123457", false}, "another key": {other, "123456", false},
	} {
		if whole, err := OPRFOutput(c.key, []byte(c.input)); err != nil || bytes.Equal(whole, output) != c.same {
			t.Errorf("%s: same output = %t, %v", name, bytes.Equal(whole, output), err)
		}
	}
}

// order is the group's, little-endian: a scalar that is not reduced.
const order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

func TestOPRFRefuses(t *testing.T) {
	key := NewOPRFKey()
	question, blinded, err := OPRFBlind([]byte("123456"))
	if err != nil {
		t.Fatal(err)
	}
	noElement := bytes.Clone(blinded)
	noElement[0] |= 1 // negative: ristretto255 has no such encoding
	for name, element := range map[string][]byte{
		"nothing": nil, "short": blinded[:31], "long": append(bytes.Clone(blinded), 0), "identity": make([]byte, 32),
		"negative": noElement, "above the field": bytes.Repeat([]byte{0xff}, 32),
	} {
		if _, err := OPRFEvaluate(key, element); !errors.Is(err, ErrOPRF) {
			t.Errorf("evaluate %s: %v", name, err)
		}
		if _, err := question.Output(element); !errors.Is(err, ErrOPRF) {
			t.Errorf("output of %s: %v", name, err)
		}
		if err := CheckOPRFElement(element); !errors.Is(err, ErrOPRF) {
			t.Errorf("check %s: %v", name, err)
		}
	}
	for name, scalar := range map[string]Secret{
		"nothing": nil, "short": key[:31], "zero": make(Secret, 32), "the order": unhex(t, order), "above the order": bytes.Repeat([]byte{0xff}, 32),
	} {
		if _, err := OPRFEvaluate(scalar, blinded); !errors.Is(err, ErrOPRF) {
			t.Errorf("evaluate under %s: %v", name, err)
		}
		if output, err := OPRFOutput(scalar, []byte("123456")); output != nil || !errors.Is(err, ErrOPRF) {
			t.Errorf("the function under %s: %v", name, err)
		}
		if err := CheckOPRFKey(scalar); !errors.Is(err, ErrOPRF) {
			t.Errorf("key %s: %v", name, err)
		}
	}
}

// FuzzOPRFElement: whatever is taken for an element has one spelling, and is answered.
func FuzzOPRFElement(f *testing.F) {
	key := NewOPRFKey()
	_, blinded, err := OPRFBlind([]byte("123456"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(blinded)
	f.Add(make([]byte, 32))
	f.Add(bytes.Repeat([]byte{0xff}, 32))
	f.Fuzz(func(t *testing.T, element []byte) {
		evaluated, err := OPRFEvaluate(key, element)
		if (err == nil) != (CheckOPRFElement(element) == nil) {
			t.Fatal("taken by one and refused by the other")
		}
		if err == nil && CheckOPRFElement(evaluated) != nil {
			t.Fatal("answered with what is no element")
		}
	})
}
