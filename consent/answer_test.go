package consent

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

func sampleAnswer() *DerivedAnswer {
	return &DerivedAnswer{
		Origin: "vault.example/log", Entry: digestOf(0x11), Field: "identity.over_18", Writer: digestOf(0x22), AsOf: 20_500 * Day,
		Commitment: AnswerCommitment(digestOf(0x33), []byte("true")),
	}
}

// The vector is never regenerated: whoever holds an answer checks it by this form.
func TestDerivedAnswerVector(t *testing.T) {
	data, err := os.ReadFile("testdata/derived.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Seed, Salt, Value, Commitment, Message, Signature string
		Answer                                            struct {
			Origin, Entry, Field, Writer string
			AsOf                         uint64 `json:"as_of"`
		}
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var salt Salt
	a := DerivedAnswer{Origin: v.Answer.Origin, Field: FieldName(v.Answer.Field), AsOf: v.Answer.AsOf}
	if err := errors.Join(salt.UnmarshalText([]byte(v.Salt)), a.Entry.UnmarshalText([]byte(v.Answer.Entry)), a.Writer.UnmarshalText([]byte(v.Answer.Writer))); err != nil {
		t.Fatal(err)
	}
	a.Commitment = AnswerCommitment(salt, []byte(v.Value))
	message, err := a.Message()
	if err != nil || a.Commitment.String() != v.Commitment || hex.EncodeToString(message) != v.Message {
		t.Fatalf("%v\ncommitment %s\nmessage %x", err, a.Commitment, message)
	}
	seed, _ := hex.DecodeString(v.Seed)
	if got := hex.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(seed), message)); got != v.Signature {
		t.Errorf("signature %s", got)
	}
}

// Every member is in the message, and no two spellings share one.
func TestDerivedAnswerMessage(t *testing.T) {
	base, err := sampleAnswer().Message()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{string(base): "none"}
	for name, change := range map[string]func(*DerivedAnswer){
		"origin": func(a *DerivedAnswer) { a.Origin += "x" }, "entry": func(a *DerivedAnswer) { a.Entry[31]++ },
		"field": func(a *DerivedAnswer) { a.Field = "identity.over_16" }, "writer": func(a *DerivedAnswer) { a.Writer[0]++ },
		"as of": func(a *DerivedAnswer) { a.AsOf += Day }, "value": func(a *DerivedAnswer) { a.Commitment = AnswerCommitment(digestOf(0x33), []byte("false")) },
		"salt": func(a *DerivedAnswer) { a.Commitment = AnswerCommitment(digestOf(0x34), []byte("true")) },
	} {
		a := sampleAnswer()
		change(a)
		message, err := a.Message()
		if err != nil || seen[string(message)] != "" {
			t.Errorf("%s: %v, the same as with %s changed", name, err, seen[string(message)])
		}
		seen[string(message)] = name
	}
	for name, change := range map[string]func(*DerivedAnswer){
		"no origin": func(a *DerivedAnswer) { a.Origin = "" }, "a long origin": func(a *DerivedAnswer) { a.Origin = strings.Repeat("x", 256) },
		"no field": func(a *DerivedAnswer) { a.Field = "" }, "a pattern": func(a *DerivedAnswer) { a.Field = "identity.*" },
		"a time within a day": func(a *DerivedAnswer) { a.AsOf++ },
	} {
		a := sampleAnswer()
		change(a)
		if _, err := a.Message(); err == nil {
			t.Errorf("%s is signed", name)
		}
	}
	for _, other := range []string{"wrappy promise v1\x00", "wrappy history v1\x00", "wrappy policy approval v1\x00"} {
		if strings.HasPrefix(string(base), other) {
			t.Errorf("can be taken for %q", other)
		}
	}
}
