package consent

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// helpVector is testdata/help.json, docs/protocol/assist.md.
type helpVector struct {
	ChainID     string        `json:"chainId"`
	Registry    Address       `json:"registry"`
	Vault       string        `json:"vault"`
	Institution InstitutionID `json:"institution"`
	Grant       GrantID       `json:"grant"`
	Request     RequestID     `json:"request"`
	NotBefore   string        `json:"notBefore"`
	Until       string        `json:"until"`
	Message     string        `json:"message"`
	PrivateKey  string        `json:"privateKey"`
	Key         string        `json:"key"` // x and y
	KeyHash     Digest        `json:"keyHash"`
	Signature   string        `json:"signature"` // r and s
}

func vectorHelp() Help {
	return Help{
		Registry: Domain{ChainID: vectorDomain.ChainID, Contract: fill[Address](0xc2)}, Vault: vectorVault, Institution: fill[InstitutionID](0x33),
		Grant: vectorID, Request: fill[RequestID](0x44), NotBefore: vectorTime, Until: vectorTime + AssistPeriod,
	}
}

func vectorTLSKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), vectorKey("help").Serialize())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHelpVector(t *testing.T) {
	help, private := vectorHelp(), vectorTLSKey(t)
	key, err := WriterKeyOf(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	hash, err := key.Hash()
	if err != nil {
		t.Fatal(err)
	}
	want := helpVector{
		ChainID: decimal(help.Registry.ChainID), Registry: help.Registry.Contract, Vault: help.Vault, Institution: help.Institution,
		Grant: help.Grant, Request: help.Request, NotBefore: decimal(help.NotBefore), Until: decimal(help.Until),
		Message: hex.EncodeToString(help.Message()), PrivateKey: hex.EncodeToString(vectorKey("help").Serialize()), Key: hex.EncodeToString(key[:]), KeyHash: hash,
	}
	if *update {
		sig, err := help.Sign(private)
		if err != nil {
			t.Fatal(err)
		}
		want.Signature = hex.EncodeToString(sig[:])
		data, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/help.json", append(data, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/help.json")
	if err != nil {
		t.Fatal(err)
	}
	var got helpVector
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	var sig WriterSignature
	if b, err := hex.DecodeString(got.Signature); err != nil || copy(sig[:], b) != 64 {
		t.Fatal("signature:", err)
	}
	if err := help.Verify(key, sig); err != nil {
		t.Error(err)
	}
	want.Signature = got.Signature // it has a random part
	if got != want {
		t.Errorf("testdata/help.json differs: what institutions have signed would no longer verify")
	}
}

// TestHelpIsOfOneThing: a helping institution's word for one grant is none for another, nor
// at another vault, registry or time.
func TestHelpIsOfOneThing(t *testing.T) {
	private := vectorTLSKey(t)
	key, err := WriterKeyOf(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	help := vectorHelp()
	sig, err := help.Sign(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := help.Verify(key, sig); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Help){
		"chain": func(h *Help) { h.Registry.ChainID++ }, "registry": func(h *Help) { h.Registry.Contract[0]++ }, "vault": func(h *Help) { h.Vault += "2" },
		"institution": func(h *Help) { h.Institution[0]++ }, "grant": func(h *Help) { h.Grant[0]++ }, "request": func(h *Help) { h.Request[0]++ },
		"beginning": func(h *Help) { h.NotBefore++ }, "end": func(h *Help) { h.Until-- },
	} {
		other := help
		if change(&other); other.Verify(key, sig) == nil {
			t.Errorf("of another %s: taken", name)
		}
	}
	for name, change := range map[string]func(*Help){
		"longer than ten minutes": func(h *Help) { h.Until++ }, "empty": func(h *Help) { h.Until = h.NotBefore },
		"backwards": func(h *Help) { h.NotBefore, h.Until = h.Until, h.NotBefore }, "around the end of numbers": func(h *Help) { h.NotBefore, h.Until = ^uint64(0)-10, 10 },
	} {
		other := vectorHelp()
		change(&other)
		if sig, err = other.Sign(private); err != nil {
			t.Fatal(err)
		}
		if other.Verify(key, sig) == nil {
			t.Errorf("a window that is %s: taken", name)
		}
	}
}
