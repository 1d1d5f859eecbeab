package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestPadClasses(t *testing.T) {
	for _, c := range []struct{ length, least, want int }{
		{0, 512, 512}, {508, 512, 512}, {509, 512, 1024}, {1020, 512, 1024}, {1021, 512, 2048},
		{64<<10 - 4, 512, 64 << 10}, {64<<10 - 3, 512, 128 << 10}, {128<<10 - 3, 512, 192 << 10}, {0, 256, 256}, {0, 0, 16}, {0, -1, 16},
	} {
		plaintext := bytes.Repeat([]byte{0xff}, c.length)
		padded := Pad(plaintext, c.least)
		if len(padded) != c.want {
			t.Errorf("Pad of %d bytes, least %d: %d bytes, want %d", c.length, c.least, len(padded), c.want)
		}
		if got, err := Unpad(padded); err != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("Unpad of %d bytes: %v", c.length, err)
		}
	}
}

func TestUnpadRefuses(t *testing.T) {
	for name, padded := range map[string][]byte{
		"nothing": nil, "three bytes": {0, 0, 0}, "longer than there is": {0, 0, 0, 2, 1}, "much longer": {255, 255, 255, 255, 1},
		"padding not zero": {0, 0, 0, 1, 1, 0, 1}, "first of the padding not zero": {0, 0, 0, 0, 1},
	} {
		if _, err := Unpad(padded); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUnpad(f *testing.F) {
	f.Add(Pad([]byte("value"), 16))
	f.Fuzz(func(t *testing.T, padded []byte) {
		plaintext, err := Unpad(padded)
		if err == nil && len(padded) >= 16 && !bytes.Equal(Pad(plaintext, len(padded)), padded) {
			t.Fatal("padding with a second form")
		}
	})
}

// Names differ wherever room, key or the borders between parts differ.
func TestObjectNamesDiffer(t *testing.T) {
	key, other := Secret(bytes.Repeat([]byte{1}, KeySize)), Secret(bytes.Repeat([]byte{2}, KeySize))
	seen := map[string]string{}
	for what, name := range map[string]string{
		"head":            ObjectName(key, "head", []byte("ab")),
		"other key":       ObjectName(other, "head", []byte("ab")),
		"no parts":        ObjectName(key, "head"),
		"empty part":      ObjectName(key, "head", nil),
		"two parts":       ObjectName(key, "head", []byte("a"), []byte("b")),
		"border moved":    ObjectName(key, "head", []byte("ab"), nil),
		"border moved on": ObjectName(key, "head", nil, []byte("ab")),
		"other room":      ObjectName(key, "tombstone", []byte("ab")),
	} {
		digest := name[strings.IndexByte(name, '/')+1:]
		if len(digest) != 64 {
			t.Errorf("%s: %d digits", what, len(digest))
		}
		if twin, ok := seen[digest]; ok {
			t.Errorf("%s and %s have one name", what, twin)
		}
		seen[digest] = what
	}
	a, b := IndexName(key, "own", []byte("a"), []byte("grant")), IndexName(key, "own", []byte("b"), []byte("grant"))
	if !strings.HasPrefix(a, ObjectName(key, "own", []byte("a"))+"/") || len(a) != len("own/")+64+1+64 {
		t.Error("an index entry is not listed under its prefix")
	}
	if a[len(a)-64:] == b[len(b)-64:] {
		t.Error("one entry of two indexes can be joined by name")
	}
}

const (
	partShared uint8 = iota + 1
	partEvidence
	partPersonal
)

func TestPartSwaps(t *testing.T) {
	key, other := Secret(bytes.Repeat([]byte{1}, KeySize)), Secret(bytes.Repeat([]byte{2}, KeySize))
	commitment, salt, sealed, err := SealPart(key, partShared, []byte("part"), 0)
	if err != nil {
		t.Fatal(err)
	}
	twin, _, twinSealed, _ := SealPart(key, partShared, []byte("part"), 0)
	if twin == commitment {
		t.Error("equal parts have equal commitments: the salt is missing")
	}
	flip := func(i int) []byte {
		c := bytes.Clone(sealed)
		c[i] ^= 1
		return c
	}
	// A part whose commitment does not open, sealed by somebody with the key.
	lie := commitPart(partShared, salt, []byte("another"))
	under := func(commitment [32]byte, body []byte) []byte {
		sealed, err := Seal(partKey(key, partShared, commitment), body, partAAD(partShared, commitment))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	lying := under(lie, append(salt[:], Pad([]byte("part"), leastPart)...))
	short := under(commitment, []byte("short"))
	unpadded := under(commitment, append(salt[:], append(Pad([]byte("part"), leastPart), 1)...))
	nothing := commitPart(partShared, salt, nil)
	noLength := under(nothing, append(salt[:], 0, 0, 0))
	cases := []struct {
		name       string
		key        Secret
		part       uint8
		commitment [32]byte
		ciphertext []byte
		open       bool
	}{
		{"as sealed", key, partShared, commitment, sealed, true},
		{"another key", other, partShared, commitment, sealed, false},
		{"short key", key[:16], partShared, commitment, sealed, false},
		{"as evidence", key, partEvidence, commitment, sealed, false},
		{"as personal", key, partPersonal, commitment, sealed, false},
		{"another commitment", key, partShared, twin, sealed, false},
		{"another ciphertext", key, partShared, commitment, twinSealed, false},
		{"nonce changed", key, partShared, commitment, flip(0), false},
		{"ciphertext changed", key, partShared, commitment, flip(20), false},
		{"tag changed", key, partShared, commitment, flip(len(sealed) - 1), false},
		{"cut", key, partShared, commitment, sealed[:sealOverhead-1], false},
		{"empty", key, partShared, commitment, nil, false},
		{"commitment to something else", key, partShared, lie, lying, false},
		{"too short for a salt", key, partShared, commitment, short, false},
		{"padding not zero", key, partShared, commitment, unpadded, false},
		{"no length, for a part of nothing", key, partShared, nothing, noLength, false},
	}
	for _, c := range cases {
		gotSalt, got, err := OpenPart(c.key, c.part, c.commitment, c.ciphertext)
		if c.open && (err != nil || string(got) != "part" || gotSalt != salt) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if !c.open && !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v; want ErrDecrypt", c.name, err)
		}
	}
	for name, err := range map[string]error{
		"another part":       CheckOpening(partEvidence, commitment, salt, []byte("part")),
		"another salt":       CheckOpening(partShared, commitment, [32]byte{}, []byte("part")),
		"another plaintext":  CheckOpening(partShared, commitment, salt, []byte("parts")),
		"another commitment": CheckOpening(partShared, twin, salt, []byte("part")),
	} {
		if !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := CheckOpening(partShared, commitment, salt, []byte("part")); err != nil {
		t.Error(err)
	}
	if _, _, _, err := SealPart(key[:31], partShared, nil, 0); err == nil {
		t.Error("short key taken")
	}
}

// A refused part gives no plaintext away.
func FuzzPart(f *testing.F) {
	key := make(Secret, KeySize)
	f.Add([]byte("part"), 7)
	f.Add(bytes.Repeat([]byte{1}, 300), 2000)
	f.Fuzz(func(t *testing.T, plaintext []byte, flip int) {
		commitment, salt, sealed, err := SealPart(key, partPersonal, plaintext, 0)
		if err != nil {
			t.Fatal(err)
		}
		gotSalt, got, err := OpenPart(key, partPersonal, commitment, sealed)
		if err != nil || !bytes.Equal(got, plaintext) || gotSalt != salt {
			t.Fatalf("round trip: %v", err)
		}
		bit := int(uint(flip) % uint(len(sealed)*8))
		sealed[bit/8] ^= 1 << (bit % 8)
		if _, got, err := OpenPart(key, partPersonal, commitment, sealed); !errors.Is(err, ErrDecrypt) || got != nil {
			t.Fatalf("bit %d: %v", bit, err)
		}
	})
}

func TestRedaction(t *testing.T) {
	secret := Secret("correct horse")
	_, keyring := newKeyring(t, NewPassphrase(secret, quick), "KE")
	region, _ := keyring.Region("KE")
	sealer, _ := keyring.Sealer("heads")
	subject := newTestSubject(t)
	pseudonyms, _ := keyring.Raw("pseudonyms")
	var leaks []string
	for _, b := range [][]byte{secret, pseudonyms, subject.keys.primary, region.keys.primary} {
		leaks = append(leaks, string(b), fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), fmt.Sprintf("%d", b), base64.StdEncoding.EncodeToString(b))
	}
	values := map[string]any{"secret": secret, "pointer": &secret, "slice": []Secret{secret}, "map": map[string]Secret{"k": secret},
		"member": struct{ Key Secret }{secret}, "passphrase": NewPassphrase(secret, quick), "passphrase value": *NewPassphrase(secret, quick),
		"keyring": keyring, "region": region, "region value": *region, "sealer": sealer, "subject": subject, "subject value": *subject,
		"unexported": struct{ s *SubjectKEK }{subject}, "error": fmt.Errorf("key %v", secret)}
	for name, v := range values {
		var printed strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%T", "%!"} {
			fmt.Fprintf(&printed, verb+"\n", v)
		}
		asJSON, _ := json.Marshal(v)
		printed.Write(asJSON)
		slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "v", v)
		for _, leak := range leaks {
			if strings.Contains(printed.String(), leak) {
				t.Errorf("%s shows key material:\n%s", name, printed.String())
				break
			}
		}
	}
	text, _ := secret.MarshalText()
	for _, got := range []string{secret.String(), secret.GoString(), string(text), secret.LogValue().String(), subject.String(), subject.LogValue().String()} {
		if got != redactedText {
			t.Errorf("redacted as %q", got)
		}
	}
}
