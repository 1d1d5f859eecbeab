package consent

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"
)

// deletionVector is testdata/deletion.json, docs/protocol/deletion.md.
type deletionVector struct {
	Statement struct {
		Origin      string        `json:"origin"`
		Institution InstitutionID `json:"institution"`
		Grant       GrantID       `json:"grant"`
		Through     uint64        `json:"through"`
	} `json:"statement"`
	Message   string `json:"message"`
	PublicKey string `json:"public_key"` // x and y
	Signature string `json:"signature"`  // r and s
}

func deletionOfVector(t *testing.T) (d Deletion, key WriterKey, sig WriterSignature, v deletionVector) {
	t.Helper()
	data, err := os.ReadFile("testdata/deletion.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	d = Deletion{Origin: v.Statement.Origin, Institution: v.Statement.Institution, Grant: v.Statement.Grant, Through: v.Statement.Through}
	for _, part := range []struct {
		into []byte
		text string
	}{{key[:], v.PublicKey}, {sig[:], v.Signature}} {
		b, err := hex.DecodeString(part.text)
		if err != nil || copy(part.into, b) != 64 || len(b) != 64 {
			t.Fatal("vector:", err)
		}
	}
	return d, key, sig, v
}

func TestDeletionVector(t *testing.T) {
	if *update {
		writeDeletionVector(t)
	}
	d, key, sig, v := deletionOfVector(t)
	message, err := d.Message()
	if err != nil || hex.EncodeToString(message) != v.Message {
		t.Errorf("message %x, %v", message, err)
	}
	if err := VerifyDeletion(&d, key, sig); err != nil {
		t.Error(err)
	}
}

func writeDeletionVector(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var v deletionVector
	v.Statement.Origin, v.Statement.Through = "vault.example/log", 1_790_000_000_123
	v.Statement.Institution, v.Statement.Grant = InstitutionID(digestOf(0x11)), GrantID(digestOf(0x22))
	d := Deletion{Origin: v.Statement.Origin, Institution: v.Statement.Institution, Grant: v.Statement.Grant, Through: v.Statement.Through}
	message, _ := d.Message()
	sig, err := SignDeletion(key, &d)
	if err != nil {
		t.Fatal(err)
	}
	public, _ := WriterKeyOf(key.Public())
	v.Message, v.PublicKey, v.Signature = hex.EncodeToString(message), hex.EncodeToString(public[:]), hex.EncodeToString(sig[:])
	data, _ := json.MarshalIndent(v, "", "  ")
	if err := os.WriteFile("testdata/deletion.json", append(data, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// No other statement, key or spelling passes for the signed one.
func TestDeletionDenies(t *testing.T) {
	good, key, sig, _ := deletionOfVector(t)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(d *Deletion, key *WriterKey, sig *WriterSignature){
		"another vault":       func(d *Deletion, _ *WriterKey, _ *WriterSignature) { d.Origin += "x" },
		"another institution": func(d *Deletion, _ *WriterKey, _ *WriterSignature) { d.Institution[0] ^= 1 },
		"another grant":       func(d *Deletion, _ *WriterKey, _ *WriterSignature) { d.Grant[31] ^= 1 },
		"a later time":        func(d *Deletion, _ *WriterKey, _ *WriterSignature) { d.Through++ },
		"an earlier time":     func(d *Deletion, _ *WriterKey, _ *WriterSignature) { d.Through-- },
		"another key":         func(_ *Deletion, key *WriterKey, _ *WriterSignature) { *key, _ = WriterKeyOf(other.Public()) },
		"no point":            func(_ *Deletion, key *WriterKey, _ *WriterSignature) { key[63] ^= 1 },
		"no key":              func(_ *Deletion, key *WriterKey, _ *WriterSignature) { *key = WriterKey{} },
		"no signature":        func(_ *Deletion, _ *WriterKey, sig *WriterSignature) { *sig = WriterSignature{} },
		"another r":           func(_ *Deletion, _ *WriterKey, sig *WriterSignature) { sig[0] ^= 1 },
		"the upper s": func(_ *Deletion, _ *WriterKey, sig *WriterSignature) {
			s := new(big.Int).SetBytes(sig[32:])
			s.Sub(elliptic.P256().Params().N, s).FillBytes(sig[32:])
		},
		"s beyond the order": func(_ *Deletion, _ *WriterKey, sig *WriterSignature) {
			s := new(big.Int).SetBytes(sig[32:])
			s.Add(s, elliptic.P256().Params().N)
			if s.BitLen() <= 256 {
				s.FillBytes(sig[32:])
			} else {
				clear(sig[32:])
			}
		},
	} {
		d, k, s := good, key, sig
		spoil(&d, &k, &s)
		if err := VerifyDeletion(&d, k, s); !errors.Is(err, ErrDeletionSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, origin := range []string{"", strings.Repeat("x", 256)} {
		d := good
		d.Origin = origin
		if err := VerifyDeletion(&d, key, sig); !errors.Is(err, ErrOrigin) {
			t.Errorf("an origin of %d bytes: %v", len(origin), err)
		}
		if _, err := SignDeletion(other, &d); !errors.Is(err, ErrOrigin) {
			t.Errorf("signed with an origin of %d bytes: %v", len(origin), err)
		}
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := SignDeletion(p384, &good); !errors.Is(err, ErrWriterKey) {
		t.Errorf("signed on another curve: %v", err)
	}
}
