package client

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

var (
	valueRegistry = consent.Domain{ChainID: 7, Contract: consent.Address{2}}
	valueWriter   = consent.InstitutionID{0xa}
	valueNoon     = time.Unix(20_500*int64(consent.Day)+43_200, 0)
)

const valueDay = 20_500

// signedRelease is a release of two fields: one with two resources, one whole.
func signedRelease(t testing.TB) (*openapi.Released, *proof.KeysFile) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := consent.WriterKeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	hash, err := public.Hash()
	if err != nil {
		t.Fatal(err)
	}
	s := &Signer{Registry: valueRegistry, Writer: valueWriter, Key: key, Now: func() time.Time { return valueNoon }}
	values := map[consent.FieldName]json.RawMessage{
		"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Peanut"}},{"resourceType":"AllergyIntolerance","id":"b","code":{"text":"Latex"}}]`),
		"identity.name":  json.RawMessage(`[{"family":"Achieng"}]`),
	}
	grant := consent.GrantID{3}
	signatures, err := s.Sign(grant, values)
	if err != nil {
		t.Fatal(err)
	}
	r := &openapi.Released{Released: map[string][]openapi.SourcedValue{}}
	for field, value := range values {
		v := openapi.SourcedValue{Value: value, Writer: valueWriter.String(), Version: 1, Signatures: []openapi.ValueSignature{}}
		for _, one := range signatures[string(field)] {
			var salt consent.Salt
			if err := salt.UnmarshalText([]byte(one.Salt)); err != nil {
				t.Fatal(err)
			}
			v.Signatures = append(v.Signatures, openapi.ValueSignature{Day: one.Day, GrantCommitment: consent.CommitGrant(salt, grant).String(), Key: public[:], Signature: one.Signature})
		}
		r.Released[string(field)] = append(r.Released[string(field)], v)
	}
	keys := &proof.KeysFile{
		Format: proof.FormatKeys, ChainID: valueRegistry.ChainID, Registry: valueRegistry.Contract, Source: "the tests", Time: (valueDay + 9) * consent.Day,
		Holders: []proof.KeyHolder{{Institution: valueWriter, Name: "A hospital", Keys: []consent.KeyPeriod{{Hash: hash, Added: valueDay * consent.Day}}}},
	}
	return r, keys
}

func TestVerifyValues(t *testing.T) {
	r, keys := signedRelease(t)
	all, err := VerifyValues(r, valueRegistry, keys)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d, %v", len(all), err)
	}
	if a := all[0]; a.Field != "health.allergy" || a.Writer != valueWriter || a.Name != "A hospital" || a.Items != 2 || a.Days != [2]uint64{valueDay, valueDay} ||
		len(a.Report) != 2 || !a.Report[0].Proven || !a.Report[1].Proven {
		t.Errorf("have %+v", a)
	}
	// without keys nothing is said of whose the key was
	all, err = VerifyValues(r, valueRegistry, nil)
	if err != nil || all[0].Report[1].Proven || all[0].Name != "" || !strings.Contains(all[0].Report[1].What, "key export") {
		t.Errorf("have %+v, %v", all, err)
	}
	// nor of a writer that the file does not name, or of a day after it
	other := *keys
	other.Holders = []proof.KeyHolder{{Institution: consent.InstitutionID{9}, Keys: []consent.KeyPeriod{}}}
	if all, err = VerifyValues(r, valueRegistry, &other); err != nil || all[0].Report[1].Proven {
		t.Errorf("have %+v, %v", all, err)
	}
	other = *keys
	other.Time = (valueDay - 1) * consent.Day
	if all, err = VerifyValues(r, valueRegistry, &other); err != nil || all[0].Report[1].Proven || !strings.Contains(all[0].Report[1].What, "export them again") {
		t.Errorf("have %+v, %v", all, err)
	}
	// the person's own and derived values are signed by no institution
	for _, own := range []openapi.SourcedValue{
		{Value: json.RawMessage(`"x"`), Writer: consent.InstitutionID{}.String(), Signatures: []openapi.ValueSignature{}},
		{Value: json.RawMessage(`true`), Writer: valueWriter.String(), Signatures: []openapi.ValueSignature{}, Derived: &openapi.DerivedStatement{}},
	} {
		all, err = VerifyValues(&openapi.Released{Released: map[string][]openapi.SourcedValue{"identity.name": {own}}}, valueRegistry, keys)
		if err != nil || len(all) != 1 || all[0].Items != 0 || all[0].Report[0].Proven {
			t.Errorf("have %+v, %v", all, err)
		}
	}
}

func TestVerifyValuesRefuses(t *testing.T) {
	const field = "health.allergy"
	period := func(k *proof.KeysFile) *consent.KeyPeriod { return &k.Holders[0].Keys[0] }
	tests := []struct {
		name   string
		change func(v *openapi.SourcedValue, k *proof.KeysFile)
		check  string
	}{
		{"a letter of a value", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Value = bytes.Replace(v.Value, []byte("Peanut"), []byte("Peanuts"), 1)
		}, CheckValue},
		{"an element more", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Value = bytes.Replace(v.Value, []byte(`"id":"a"`), []byte(`"id":"a","b":1`), 1)
		}, CheckValue},
		{"not JSON", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Value = v.Value[1:] }, CheckValue},
		{"an item less", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures = v.Signatures[:1] }, CheckValue},
		{"an item more", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures = append(v.Signatures, v.Signatures[0]) }, CheckValue},
		{"no signatures", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures = nil }, CheckValue},
		{"no items", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Value, v.Signatures = json.RawMessage(`[]`), nil }, CheckValue},
		{"items swapped", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Signatures[0], v.Signatures[1] = v.Signatures[1], v.Signatures[0]
		}, CheckValue},
		{"another writer", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Writer = consent.InstitutionID{0xb}.String() }, CheckValue},
		{"the person", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Writer = consent.InstitutionID{}.String() }, CheckValue},
		{"derived", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Derived = &openapi.DerivedStatement{} }, CheckValue},
		{"no writer", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Writer = "" }, "file"},
		{"another day", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures[1].Day++ }, CheckValue},
		{"another permission", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Signatures[0].GrantCommitment = consent.Digest{1}.String()
		}, CheckValue},
		{"a malformed permission", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures[0].GrantCommitment = "" }, CheckValue},
		{"a byte of the key", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Signatures[0].Key = bytes.Clone(v.Signatures[0].Key)
			v.Signatures[0].Key[5] ^= 1
		}, CheckValue},
		{"a short key", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures[0].Key = v.Signatures[0].Key[:63] }, CheckValue},
		{"a byte of the signature", func(v *openapi.SourcedValue, _ *proof.KeysFile) { v.Signatures[0].Signature[5] ^= 1 }, CheckValue},
		{"a long signature", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			v.Signatures[0].Signature = append(v.Signatures[0].Signature, 0)
		}, CheckValue},
		{"the other form of the signature", func(v *openapi.SourcedValue, _ *proof.KeysFile) {
			s := v.Signatures[0].Signature[32:]
			new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(s)).FillBytes(s)
		}, CheckValue},
		{"another registry", func(_ *openapi.SourcedValue, k *proof.KeysFile) { k.Registry[0]++ }, CheckValue},
		{"another chain", func(_ *openapi.SourcedValue, k *proof.KeysFile) { k.ChainID++ }, CheckValue},
		{"a key that the institution never had", func(_ *openapi.SourcedValue, k *proof.KeysFile) { period(k).Hash[0]++ }, CheckKey},
		{"a key before its time", func(_ *openapi.SourcedValue, k *proof.KeysFile) { period(k).Added = (valueDay + 1) * consent.Day }, CheckKey},
		{"a key after its end", func(_ *openapi.SourcedValue, k *proof.KeysFile) {
			period(k).Added, period(k).ValidUntil = 1, valueDay*consent.Day
		}, CheckKey},
		{"a removed key", func(_ *openapi.SourcedValue, k *proof.KeysFile) {
			period(k).Added, period(k).RemovedAt = 1, valueDay*consent.Day-1
		}, CheckKey},
		{"no keys", func(_ *openapi.SourcedValue, k *proof.KeysFile) { k.Holders[0].Keys = nil }, CheckKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, keys := signedRelease(t)
			tt.change(&r.Released[field][0], keys)
			all, err := VerifyValues(r, keys.Domain(), keys)
			var f *proof.Failure
			if all != nil || !errors.As(err, &f) || f.Check != tt.check || strings.Contains(err.Error(), "Peanut") {
				t.Errorf("have %v", err)
			}
		})
	}
	t.Run("another field", func(t *testing.T) {
		r, keys := signedRelease(t)
		r.Released["health.condition"] = r.Released[field]
		if _, err := VerifyValues(r, keys.Domain(), keys); !errors.Is(err, consent.ErrValueSignature) {
			t.Errorf("have %v", err)
		}
	})
	t.Run("no field", func(t *testing.T) {
		r, keys := signedRelease(t)
		r.Released["x"] = r.Released[field]
		if _, err := VerifyValues(r, keys.Domain(), keys); !errors.Is(err, ErrReleased) {
			t.Errorf("have %v", err)
		}
	})
}

func releasedJSON(t testing.TB, r *openapi.Released) []byte {
	t.Helper()
	r.Withheld, r.Proof.Leaf, r.Proof.Promise.Signature, r.Proof.Opening.Plaintext = []openapi.Withheld{}, []byte{1}, []byte{1}, []byte{1}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// One byte changed anywhere in what is signed is refused.
func TestEveryByteOfASignedRelease(t *testing.T) {
	r, keys := signedRelease(t)
	data := releasedJSON(t, r)
	if _, err := ParseReleased(data); err != nil {
		t.Fatal(err)
	}
	inside := bytes.Index(data, []byte(`"released":`))
	end := bytes.Index(data, []byte(`,"terms"`))
	if inside < 0 || end < inside {
		t.Fatal("no released values")
	}
	refused := 0
	for i := inside; i < end; i++ {
		for _, change := range []byte{data[i] ^ 1, '0'} {
			changed := bytes.Clone(data)
			if changed[i] = change; change == data[i] {
				continue
			}
			back, err := ParseReleased(changed)
			if err != nil {
				refused++
				continue
			}
			if _, err := VerifyValues(back, keys.Domain(), keys); err != nil {
				refused++
				continue
			}
			// what a release may rewrite, and what the vault says of the value, is not signed
			where := string(data[max(0, i-24):i])
			if !strings.Contains(where, `"id":"`) && !strings.Contains(where, `"written_at":`) && !strings.Contains(where, `"version":`) {
				t.Errorf("a change to %q at …%s is not seen", change, where)
			}
		}
	}
	if refused < 1000 {
		t.Errorf("%d refused", refused)
	}
}

func TestParseReleased(t *testing.T) {
	r, _ := signedRelease(t)
	good := string(releasedJSON(t, r))
	for name, bad := range map[string]string{
		"nothing": "", "a list": "[]", "a Bundle": `{"resourceType":"Bundle"}`, "twice": strings.Replace(good, `{`, `{"grant":"",`, 1),
		"unknown": strings.Replace(good, `{`, `{"x":1,`, 1), "cut": good[:len(good)-1], "more": good + "{}",
		"no signatures": strings.Replace(good, `"signatures":`, `"signature":`, 1),
	} {
		if _, err := ParseReleased([]byte(bad)); !errors.Is(err, ErrReleased) {
			t.Errorf("%s: have %v", name, err)
		}
	}
}

func FuzzReleased(f *testing.F) {
	r, keys := signedRelease(f)
	f.Add(releasedJSON(f, r))
	f.Add([]byte(`{"released":{"identity.name":[{"value":1,"writer":"","written_at":1,"version":1,"signatures":[{"day":1,"grant_commitment":"","key":"","signature":""}]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseReleased(data)
		if err != nil {
			return
		}
		all, err := VerifyValues(r, keys.Domain(), keys)
		if err != nil {
			var f *proof.Failure
			if !errors.As(err, &f) {
				t.Errorf("a failure that says nothing of what to do: %v", err)
			}
			return
		}
		for _, one := range all {
			if one.Items > 0 && one.Field != "health.allergy" && one.Field != "identity.name" {
				t.Error("something else than what was signed is taken")
			}
		}
	})
}

var update = flag.Bool("update", false, "write testdata/released.json and keys.json anew")

// TestReleasedVector: what was signed and released once verifies for ever.
func TestReleasedVector(t *testing.T) {
	if *update {
		r, keys := signedRelease(t)
		keysFile, err := proof.Encode(keys)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"released.json": releasedJSON(t, r), "keys.json": keysFile} {
			if err := os.WriteFile("testdata/"+name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := os.ReadFile("testdata/released.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseReleased(data)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile("testdata/keys.json"); err != nil {
		t.Fatal(err)
	}
	keys, err := proof.ParseKeys(data)
	if err != nil {
		t.Fatal(err)
	}
	all, err := VerifyValues(r, keys.Domain(), keys)
	if err != nil || len(all) != 2 || all[0].Items != 2 || !all[0].Report[1].Proven {
		t.Errorf("%+v, %v", all, err)
	}
}
