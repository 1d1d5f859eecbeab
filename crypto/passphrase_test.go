package crypto

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

func TestPassphraseRefuses(t *testing.T) {
	kms := NewPassphrase(Secret("correct horse"), quick)
	wrapped, err := kms.Wrap(t.Context(), []byte("key"), []byte("aad"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kms.Unwrap(t.Context(), wrapped, []byte("aad")); err != nil || string(got) != "key" {
		t.Fatalf("Unwrap = %q, %v", got, err)
	}
	with := func(memory, passes uint32, lanes byte) []byte {
		w := bytes.Clone(wrapped)
		binary.BigEndian.PutUint32(w[1:], memory)
		binary.BigEndian.PutUint32(w[5:], passes)
		w[9] = lanes
		return w
	}
	flip := func(i int) []byte {
		w := bytes.Clone(wrapped)
		w[i] ^= 1
		return w
	}
	second := bytes.Clone(wrapped[:passphraseHeader]) // all in order, but of a format to come
	second[0] = 2
	sealed, err := Seal(kms.derive(second), []byte("key"), passphraseAAD(second, []byte("aad")))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		wrapped []byte
		aad     string
	}{
		"format 2":                {append(second, sealed...), "aad"},
		"other associated data":   {wrapped, "add"},
		"format 0":                {flip(0), "aad"},
		"salt changed":            {flip(12), "aad"},
		"nonce changed":           {flip(passphraseHeader), "aad"},
		"tag changed":             {flip(len(wrapped) - 1), "aad"},
		"cut":                     {wrapped[:passphraseHeader+sealOverhead-1], "aad"},
		"empty":                   {nil, "aad"},
		"other memory in bounds":  {with(9<<10, 1, 1), "aad"},
		"other passes in bounds":  {with(8<<10, 2, 1), "aad"},
		"other lanes in bounds":   {with(8<<10, 1, 2), "aad"},
		"memory below the bound":  {with(8<<10-1, 1, 1), "aad"},
		"memory above the bound":  {with(256<<10+1, 1, 1), "aad"},
		"memory of 4 TiB":         {with(1<<32-1, 1, 1), "aad"},
		"no passes":               {with(8<<10, 0, 1), "aad"},
		"four thousand m. passes": {with(8<<10, 1<<32-1, 1), "aad"},
		"no lanes":                {with(8<<10, 1, 0), "aad"},
		"255 lanes":               {with(8<<10, 1, 255), "aad"},
	}
	for name, c := range cases {
		if got, err := kms.Unwrap(t.Context(), c.wrapped, []byte(c.aad)); !errors.Is(err, ErrDecrypt) || got != nil {
			t.Errorf("%s: %q, %v; want ErrDecrypt", name, got, err)
		}
	}
	for name, params := range map[string]Argon2{
		"little memory": {MemoryKiB: 1}, "much memory": {MemoryKiB: 1 << 30}, "many passes": {Passes: 11}, "many lanes": {Lanes: 5},
	} {
		if _, err := NewPassphrase(Secret("p"), params).Wrap(t.Context(), nil, nil); !errors.Is(err, errArgon2) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The default parameters are what is documented, and travel in the bytes.
func TestSealWithPassphrase(t *testing.T) {
	sealed, err := SealWithPassphrase(t.Context(), Secret("correct horse"), []byte("seed"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if m, p, l := binary.BigEndian.Uint32(sealed[1:]), binary.BigEndian.Uint32(sealed[5:]), sealed[9]; m != 64<<10 || p != 3 || l != 1 {
		t.Errorf("Argon2id %d KiB, %d passes, %d lanes; want 65536, 3, 1", m, p, l)
	}
	if got, err := OpenWithPassphrase(t.Context(), Secret("correct horse"), sealed, nil); err != nil || string(got) != "seed" {
		t.Errorf("OpenWithPassphrase = %q, %v", got, err)
	}
	if _, err := OpenWithPassphrase(t.Context(), Secret("correct hors"), sealed, nil); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
}
