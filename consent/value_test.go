package consent

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"os"
	"testing"
)

type valueVector struct {
	ChainID    uint64        `json:"chain_id"`
	Registry   Address       `json:"registry"`
	Writer     InstitutionID `json:"writer"`
	GrantID    GrantID       `json:"grant"`
	Salt       Salt          `json:"salt"`
	Commitment Digest        `json:"grant_commitment"`
	Field      FieldName     `json:"field"`
	Item       Digest        `json:"item"`
	Day        uint64        `json:"day"`
	Message    string        `json:"message"`
	Private    string        `json:"private_key"`
	Key        string        `json:"key"`
	KeyHash    Digest        `json:"key_hash"`
	Signature  string        `json:"signature"`
}

func vectorStatement() (*ValueStatement, *ecdsa.PrivateKey, error) {
	s := &ValueStatement{
		Registry: vectorDomain, Writer: fill[InstitutionID](0x33), Grant: CommitGrant(fill[Salt](0x66), fill[GrantID](0x11)),
		Field: "health.allergy", Item: fill[Digest](0x77), Day: 20_400,
	}
	scalar := fill[[32]byte](0x44)
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	return s, key, err
}

// TestValueVector: a signed format. Signatures are made with nonces of RFC 6979 here, so
// that they can be compared.
func TestValueVector(t *testing.T) {
	s, key, err := vectorStatement()
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(s.Message())
	der, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := LowS(der)
	if err != nil {
		t.Fatal(err)
	}
	public, err := WriterKeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	hash, err := public.Hash()
	if err != nil {
		t.Fatal(err)
	}
	scalar := fill[[32]byte](0x44)
	have := valueVector{
		s.Registry.ChainID, s.Registry.Contract, s.Writer, fill[GrantID](0x11), fill[Salt](0x66), s.Grant, s.Field, s.Item, s.Day,
		hex.EncodeToString(s.Message()), hex.EncodeToString(scalar[:]), hex.EncodeToString(public[:]), hash, hex.EncodeToString(sig[:]),
	}
	if *update {
		data, _ := json.MarshalIndent(have, "", "  ")
		if err := os.WriteFile("testdata/value.json", append(data, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/value.json")
	if err != nil {
		t.Fatal(err)
	}
	var want valueVector
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if have != want {
		t.Errorf("have %+v\nwant %+v", have, want)
	}
	if err := s.Verify(public, sig); err != nil {
		t.Error(err)
	}
}

func TestValueSignatures(t *testing.T) {
	s, key, err := vectorStatement()
	if err != nil {
		t.Fatal(err)
	}
	good, err := SignValue(key, s)
	if err != nil {
		t.Fatal(err)
	}
	public, err := WriterKeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(public, good); err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := WriterKeyOf(other.Public())
	if err != nil {
		t.Fatal(err)
	}
	high := good
	n := elliptic.P256().Params().N
	new(big.Int).Sub(n, new(big.Int).SetBytes(good[32:])).FillBytes(high[32:])
	foreign := sha256.Sum256(append([]byte("wrappy value v2\x00"), s.Message()[len(valueDomain):]...))
	der, err := key.Sign(rand.Reader, foreign[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	otherDomain, err := LowS(der)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*ValueStatement, *WriterKey, *WriterSignature)
	}{
		{"another chain", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Registry.ChainID++ }},
		{"another registry", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Registry.Contract[19]++ }},
		{"another writer", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Writer[0]++ }},
		{"another grant", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Grant[31]++ }},
		{"another item", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Item[31]++ }},
		{"another day", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Day-- }},
		{"another field", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Field = "health.condition" }},
		{"a longer field", func(s *ValueStatement, _ *WriterKey, _ *WriterSignature) { s.Field += "x" }},
		{"another key", func(_ *ValueStatement, k *WriterKey, _ *WriterSignature) { *k = otherKey }},
		{"no key", func(_ *ValueStatement, k *WriterKey, _ *WriterSignature) { *k = WriterKey{} }},
		{"no point", func(_ *ValueStatement, k *WriterKey, _ *WriterSignature) { k[63]++ }},
		{"r", func(_ *ValueStatement, _ *WriterKey, v *WriterSignature) { v[0]++ }},
		{"s", func(_ *ValueStatement, _ *WriterKey, v *WriterSignature) { v[63]++ }},
		{"the higher s", func(_ *ValueStatement, _ *WriterKey, v *WriterSignature) { *v = high }},
		{"nothing", func(_ *ValueStatement, _ *WriterKey, v *WriterSignature) { *v = WriterSignature{} }},
		{"another domain", func(_ *ValueStatement, _ *WriterKey, v *WriterSignature) { *v = otherDomain }},
	}
	for _, tt := range tests {
		statement, key, sig := *s, public, good
		tt.change(&statement, &key, &sig)
		if err := statement.Verify(key, sig); !errors.Is(err, ErrValueSignature) {
			t.Errorf("%s: have %v", tt.name, err)
		}
	}
}

func TestCommitGrant(t *testing.T) {
	c := CommitGrant(Salt{1}, GrantID{2})
	if c == CommitGrant(Salt{2}, GrantID{2}) || c == CommitGrant(Salt{1}, GrantID{3}) || c != CommitGrant(Salt{1}, GrantID{2}) {
		t.Error("the commitment does not follow salt and grant")
	}
}

func TestWriterKeysAreP256(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := SignValue(p384, &ValueStatement{}); !errors.Is(err, ErrWriterKey) {
		t.Errorf("P-384: have %v", err)
	}
	if _, err := SignValue(rsaKey, &ValueStatement{}); !errors.Is(err, ErrWriterKey) {
		t.Errorf("RSA: have %v", err)
	}
	if _, err := (WriterKey{1}).Hash(); !errors.Is(err, ErrWriterKey) {
		t.Errorf("no point: have %v", err)
	}
	noPoint := &ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)} //nolint:staticcheck // in no other way is a key no point
	if _, err := WriterKeyOf(noPoint); !errors.Is(err, ErrWriterKey) {
		t.Errorf("no point, as a key: have %v", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := SignValue(failingSigner{key}, &ValueStatement{}); !errors.Is(err, errSigner) {
		t.Errorf("a signer that fails: have %v", err)
	}
}

var errSigner = errors.New("the signer fails")

// failingSigner has a key and does not sign, as a token that was taken out.
type failingSigner struct{ key *ecdsa.PrivateKey }

func (s failingSigner) Public() crypto.PublicKey { return s.key.Public() }
func (failingSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errSigner
}

func TestLowSRefuses(t *testing.T) {
	order := hex.EncodeToString(elliptic.P256().Params().N.Bytes())
	for name, der := range map[string]string{
		"nothing": "", "an empty sequence": "3000", "no sequence": "3106020101020101", "r alone": "3003020101", "s is no integer": "3006020101040101",
		"r zero": "3006020100020101", "s zero": "3006020101020100", "r below zero": "30060201ff020101", "s below zero": "30060201010201ff",
		"a byte behind": "300602010102010100", "a byte behind s": "300702010102010100", "a third integer": "3009020101020101020101",
		"r the order": "3026022100" + order + "020101", "s the order": "3026020101022100" + order,
		"r longer than any": "3027022201" + "00" + order + "020101", "s longer than any": "30270201010222" + "0100" + order,
		"cut": "3006020101", "r not the shortest": "300702020001020101",
	} {
		raw, err := hex.DecodeString(der)
		if err != nil {
			t.Fatal(err)
		}
		if sig, err := LowS(raw); !errors.Is(err, ErrValueSignature) || sig != (WriterSignature{}) {
			t.Errorf("%s: %x, %v", name, sig, err)
		}
	}
	if _, err := LowS([]byte{0x30, 6, 2, 1, 1, 2, 1, 1}); err != nil {
		t.Errorf("the shortest: %v", err)
	}
}

func TestKeyHeldOn(t *testing.T) {
	const day = Day
	for _, tt := range []struct {
		name string
		key  KeyPeriod
		day  uint64
		want bool
	}{
		{"first second", KeyPeriod{Added: 10 * day}, 10, true},
		{"last second", KeyPeriod{Added: 11*day - 1}, 10, true},
		{"the day after", KeyPeriod{Added: 11 * day}, 10, false},
		{"never added", KeyPeriod{}, 10, false},
		{"ended at midnight", KeyPeriod{Added: 1, ValidUntil: 10 * day}, 10, false},
		{"ended in the morning", KeyPeriod{Added: 1, ValidUntil: 10*day + 1}, 10, true},
		{"removed the evening before", KeyPeriod{Added: 1, RemovedAt: 10*day - 1}, 10, false},
		{"removed in the morning", KeyPeriod{Added: 1, RemovedAt: 10 * day}, 10, true},
		{"removed before it would have ended", KeyPeriod{Added: 1, ValidUntil: 99 * day, RemovedAt: 5 * day}, 10, false},
		{"removed after it had ended", KeyPeriod{Added: 1, ValidUntil: 5 * day, RemovedAt: 99 * day}, 10, false},
		{"no day", KeyPeriod{Added: 1}, 1<<64 - 1, false},
		{"a day whose seconds overflow to the first", KeyPeriod{Added: 1}, 1 << 63, false},
	} {
		if have := tt.key.HeldOn(tt.day); have != tt.want {
			t.Errorf("%s: have %t", tt.name, have)
		}
	}
}

func BenchmarkVerifyValue(b *testing.B) {
	s, key, err := vectorStatement()
	if err != nil {
		b.Fatal(err)
	}
	public, err := WriterKeyOf(key.Public())
	if err != nil {
		b.Fatal(err)
	}
	sig, err := SignValue(key, s)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Verify(public, sig); err != nil {
			b.Fatal(err)
		}
	}
}
