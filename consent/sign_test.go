package consent

import (
	"bytes"
	"math/big"
	"slices"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// twins are the other spellings that a signature could have: every one that an EVM library
// somewhere takes for the same.
func twins(sig Signature) map[string]Signature {
	order := secp256k1.Params().N
	high := new(big.Int).Sub(order, new(big.Int).SetBytes(sig[32:64]))
	over := new(big.Int).Add(order, new(big.Int).SetBytes(sig[32:64]))
	all := map[string]Signature{}
	add := func(name string, s []byte, v byte) {
		twin := sig
		copy(twin[32:64], s)
		twin[64] = v
		all[name] = twin
	}
	other := 27 + 28 - sig[64]
	add("high s", high.FillBytes(make([]byte, 32)), other)
	add("high s, the same v", high.FillBytes(make([]byte, 32)), sig[64])
	add("v flipped", sig[32:64], other)
	add("v from 0", sig[32:64], sig[64]-27)
	add("v of a compressed key", sig[32:64], sig[64]+4)
	add("v of a chain", sig[32:64], sig[64]+10)
	add("no s", make([]byte, 32), sig[64])
	if over.BitLen() <= 256 {
		add("s and the order", over.FillBytes(make([]byte, 32)), sig[64])
	}
	noR := sig
	copy(noR[:32], make([]byte, 32))
	all["no r"] = noR
	return all
}

func TestNoSignatureHasATwin(t *testing.T) {
	for _, v := range makeVectors().Typed {
		signer := AddressOf(vectorKey(v.Name).PubKey())
		for name, twin := range twins(v.Signature) {
			if Verify(v.Digest, twin, signer) == nil {
				t.Errorf("%s: %s is taken", v.Name, name)
			}
		}
		for i := range v.Signature {
			changed := v.Signature
			changed[i] ^= 1
			if Verify(v.Digest, changed, signer) == nil {
				t.Errorf("%s: byte %d changed is taken", v.Name, i)
			}
		}
		text, err := v.Signature.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		for name, spelled := range map[string][]byte{
			"trailing bytes": append(bytes.Clone(text), "00"...), "short": text[:len(text)-2], "odd": text[:len(text)-1], "upper case": bytes.ToUpper(text),
			"one letter upper": upperOne(text), "no prefix": text[2:], "a space": append([]byte(" "), text...), "a line": append(bytes.Clone(text), '\n'), "nothing": {},
		} {
			if new(Signature).UnmarshalText(spelled) == nil {
				t.Errorf("%s: with %s is taken", v.Name, name)
			}
		}
	}
}

func upperOne(text []byte) []byte {
	out := bytes.Clone(text)
	i := slices.IndexFunc(out, func(c byte) bool { return c >= 'a' && c <= 'f' })
	out[i] -= 'a' - 'A'
	return out
}

// FuzzRecover: what is taken as a signature is the one form of it, and of one key.
func FuzzRecover(f *testing.F) {
	for _, v := range makeVectors().Typed[:4] {
		f.Add(v.Digest[:], v.Signature[:])
	}
	f.Add(make([]byte, 32), bytes.Repeat([]byte{0xff}, 65))
	f.Fuzz(func(t *testing.T, digest, signature []byte) {
		if len(digest) != 32 || len(signature) != 65 {
			return
		}
		d, sig := Digest(digest), Signature(signature)
		signer, err := Recover(d, sig)
		if err != nil {
			return
		}
		for name, twin := range twins(sig) {
			if other, err := Recover(d, twin); err == nil && other == signer {
				t.Fatalf("%s is a second form of it", name)
			}
		}
		var again Signature
		text, _ := sig.MarshalText()
		if err := again.UnmarshalText(text); err != nil || again != sig {
			t.Fatal("not read back as it was written")
		}
	})
}
