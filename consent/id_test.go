package consent

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// everyID lists each identifier with its length in bytes.
func everyID() map[string]struct {
	id     encoding.TextUnmarshaler
	length int
} {
	type row = struct {
		id     encoding.TextUnmarshaler
		length int
	}
	return map[string]row{"grant": {new(GrantID), 32}, "request": {new(RequestID), 32}, "identity": {new(IdentityID), 32},
		"institution": {new(InstitutionID), 32}, "digest": {new(Digest), 32}, "salt": {new(Salt), 32}, "address": {new(Address), 20},
		"signature": {new(Signature), 65}}
}

// One value has one spelling.
func TestIDText(t *testing.T) {
	for what, c := range everyID() {
		good := "0x" + strings.Repeat("0a", c.length)
		if err := c.id.UnmarshalText([]byte(good)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		text, err := c.id.(encoding.TextMarshaler).MarshalText()
		if err != nil || string(text) != good {
			t.Errorf("%s came back as %s, %v", what, text, err)
		}
		for why, bad := range map[string]string{
			"empty": "", "no prefix": good[2:], "prefix alone": "0x", "another prefix": "1" + good[1:], "upper-case prefix": "0X" + good[2:], "upper-case digits": strings.ToUpper(good[:2]) + strings.ToUpper(good[2:]),
			"one upper-case digit": good[:len(good)-1] + "A", "too short": good[:len(good)-2], "odd": good[:len(good)-1], "too long": good + "00",
			"not hex": good[:len(good)-1] + "g", "space before": " " + good, "space after": good + " ", "zero byte": good[:len(good)-1] + "\x00",
			"non-ASCII": good[:len(good)-2] + "é",
		} {
			err := c.id.UnmarshalText([]byte(bad))
			if !errors.Is(err, ErrMalformedID) {
				t.Errorf("%s, %s: %v; want ErrMalformedID", what, why, err)
			} else if len(bad) > 8 && strings.Contains(err.Error(), bad) {
				t.Errorf("%s, %s: the error echoes its input", what, why)
			}
		}
	}
}

func TestIdentityPrintsRedacted(t *testing.T) {
	id := fill[IdentityID](0xab)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{id, &id, struct{ ID IdentityID }{id}, Binding{Identity: id}} {
			got := strings.ToLower(fmt.Sprintf(verb, v))
			if strings.Contains(got, "abab") || strings.Contains(got, "171 171") || strings.Contains(got, "0xab,") {
				t.Errorf("%s of %T shows the identity: %s", verb, v, got)
			}
		}
	}
	data, err := json.Marshal(id)
	if err != nil || string(data) != `"0x`+strings.Repeat("ab", 32)+`"` {
		t.Errorf("JSON: %s, %v", data, err)
	}
}

func FuzzIDText(f *testing.F) {
	f.Add([]byte("0x" + strings.Repeat("0a", 32)))
	f.Add([]byte("0x" + strings.Repeat("0A", 20)))
	f.Fuzz(func(t *testing.T, text []byte) {
		for what, c := range everyID() {
			if c.id.UnmarshalText(text) != nil {
				continue
			}
			again, err := c.id.(encoding.TextMarshaler).MarshalText()
			if err != nil || !bytes.Equal(again, text) {
				t.Fatalf("%s: second spelling taken", what)
			}
		}
	})
}

func TestDeriveIdentity(t *testing.T) {
	seen := map[IdentityID]string{}
	for what, id := range map[string]IdentityID{
		"as it is":         DeriveIdentity(fill[Address](1), fill[Digest](2), fill[Salt](3)),
		"another root key": DeriveIdentity(fill[Address](4), fill[Digest](2), fill[Salt](3)),
		"another recovery": DeriveIdentity(fill[Address](1), fill[Digest](4), fill[Salt](3)),
		"another salt":     DeriveIdentity(fill[Address](1), fill[Digest](2), fill[Salt](4)),
		"members swapped":  DeriveIdentity(fill[Address](1), fill[Digest](3), fill[Salt](2)),
	} {
		if twin, ok := seen[id]; ok {
			t.Errorf("%s and %s are one identity", what, twin)
		}
		seen[id] = what
	}
}

// Malformed signatures, and the second form (n − s) of a valid one.
func TestRecoverRefuses(t *testing.T) {
	digest := Digest(Keccak256([]byte("message")))
	key := vectorKey("signature")
	good := sign(key, digest)
	signer := AddressOf(key.PubKey())
	if err := Verify(digest, good, signer); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Signature)) Signature {
		s := good
		change(&s)
		return s
	}
	order := [32]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41}
	for why, sig := range map[string]Signature{
		"zero":             {},
		"r zero":           with(func(s *Signature) { clear(s[:32]) }),
		"s zero":           with(func(s *Signature) { clear(s[32:64]) }),
		"r the order":      with(func(s *Signature) { copy(s[:32], order[:]) }),
		"s the order":      with(func(s *Signature) { copy(s[32:64], order[:]) }),
		"s above":          with(func(s *Signature) { copy(s[32:64], bytes.Repeat([]byte{0xff}, 32)) }),
		"s high":           with(func(s *Signature) { negate(s, order) }),
		"s high, v turned": with(func(s *Signature) { negate(s, order); s[64] = 27 + 28 - s[64] }),
		"v turned":         with(func(s *Signature) { s[64] = 27 + 28 - s[64] }),
		"v 0":              with(func(s *Signature) { s[64] = 0 }),
		"v 1":              with(func(s *Signature) { s[64] = 1 }),
		"v 29":             with(func(s *Signature) { s[64] = 29 }),
		"v 31, compressed": with(func(s *Signature) { s[64] += 4 }),
		"r changed":        with(func(s *Signature) { s[0] ^= 1 }),
		"s changed":        with(func(s *Signature) { s[63] ^= 1 }),
	} {
		if err := Verify(digest, sig, signer); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v; want ErrSignature", why, err)
		}
		if err := Verify(digest, sig, Address{}); !errors.Is(err, ErrSignature) {
			t.Errorf("%s, for nobody: %v; want ErrSignature", why, err) // what recovers to nothing is not by nobody
		}
	}
	digest[0] ^= 1
	if err := Verify(digest, good, signer); !errors.Is(err, ErrSignature) {
		t.Errorf("another message: %v", err)
	}
}

// negate replaces s by n − s, which plain ECDSA would accept as well.
func negate(s *Signature, order [32]byte) {
	borrow := 0
	for i := 31; i >= 0; i-- {
		d := int(order[i]) - int(s[32+i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		s[32+i] = byte(d)
	}
}
