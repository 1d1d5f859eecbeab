package consent

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
)

func vectorReceipt() *ErasureReceipt {
	return &ErasureReceipt{
		Version: Version, Origin: vectorVault, Identity: vectorSubject, Time: vectorTime * 1000, Index: 41, LeafHash: fill[Digest](0xaa), Ended: 3,
		Remains: Remainders(), More: 0, BackupsUntil: vectorTime + 120*Day, CachedSeconds: 60,
		Copies: []HeldCopy{
			{Institution: fill[InstitutionID](0x33), First: 1_750_000_000_000, Last: 1_755_000_000_000, RetentionDays: 90},
			{Institution: fill[InstitutionID](0x44), First: 1_755_000_000_000, Last: 1_755_000_000_000},
		},
	}
}

type erasureVector struct {
	Receipt   string `json:"receipt"`
	Seed      string `json:"seed"`
	Signature string `json:"signature"`
}

// The bytes of a receipt and the journal key's signature are fixed.
func TestErasureVector(t *testing.T) {
	encoded, err := vectorReceipt().Encode()
	if err != nil {
		t.Fatal(err)
	}
	seed := fill[[32]byte](0x01)
	key := ed25519.NewKeyFromSeed(seed[:])
	want := erasureVector{hex.EncodeToString(encoded), hex.EncodeToString(seed[:]), hex.EncodeToString(ed25519.Sign(key, ErasureMessage(encoded)))}
	if *update {
		data, _ := json.MarshalIndent(want, "", "  ")
		if err := os.WriteFile("testdata/erasure.json", append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/erasure.json")
	if err != nil {
		t.Fatal(err)
	}
	var got erasureVector
	if err := json.Unmarshal(data, &got); err != nil || got != want {
		t.Errorf("testdata/erasure.json differs: %v", err)
	}
	if _, err := ParseErasureReceipt(encoded); err != nil {
		t.Error(err)
	}
}

func TestErasureReceiptRefuses(t *testing.T) {
	for name, spoil := range map[string]func(r *ErasureReceipt){
		"another version":       func(r *ErasureReceipt) { r.Version = 2 },
		"no origin":             func(r *ErasureReceipt) { r.Origin = "" },
		"a long origin":         func(r *ErasureReceipt) { r.Origin = string(make([]byte, 256)) },
		"an origin not UTF-8":   func(r *ErasureReceipt) { r.Origin = "\xff" },
		"remains unsorted":      func(r *ErasureReceipt) { slices.Reverse(r.Remains) },
		"remains twice":         func(r *ErasureReceipt) { r.Remains[1] = r.Remains[0] },
		"remains unknown":       func(r *ErasureReceipt) { r.Remains[0] = "a" },
		"copies unsorted":       func(r *ErasureReceipt) { slices.Reverse(r.Copies) },
		"an institution twice":  func(r *ErasureReceipt) { r.Copies[1].Institution = r.Copies[0].Institution },
		"last before the first": func(r *ErasureReceipt) { r.Copies[0].Last = 1 },
		"too many copies listed": func(r *ErasureReceipt) {
			r.Copies = make([]HeldCopy, MaxCopies+1)
			for i := range r.Copies {
				r.Copies[i].Institution = InstitutionID{byte(i >> 8), byte(i)}
			}
		},
	} {
		r := vectorReceipt()
		spoil(r)
		if _, err := r.Encode(); !errors.Is(err, ErrPart) {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole, _ := vectorReceipt().Encode()
	for n := range whole {
		if _, err := ParseErasureReceipt(whole[:n]); !errors.Is(err, ErrPart) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

func FuzzErasureReceipt(f *testing.F) {
	whole, err := vectorReceipt().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseErasureReceipt(data)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil || !slices.Equal(again, data) {
			t.Error("a second spelling was accepted")
		}
	})
}
