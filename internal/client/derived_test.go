package client

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// A derived answer that is not what the vault stated is not shown to anybody.
func TestVerifyAnswers(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	public, entry, salt := key.Public().(ed25519.PublicKey), consent.Digest{7}, consent.Salt{8}
	answer := func() *openapi.Released {
		a := consent.DerivedAnswer{Origin: "vault.example/log", Entry: entry, Field: "identity.over_18", Writer: consent.InstitutionID{9}, AsOf: 20_500 * consent.Day,
			Commitment: consent.AnswerCommitment(salt, []byte("true"))}
		message, err := a.Message()
		if err != nil {
			t.Fatal(err)
		}
		value := openapi.SourcedValue{Value: json.RawMessage("true"), Writer: text(a.Writer), Version: 1,
			Derived: &openapi.DerivedStatement{AsOf: a.AsOf, Salt: text(salt), Signature: ed25519.Sign(key, message)}}
		plain := openapi.SourcedValue{Value: json.RawMessage(`"1990-04-02"`), Writer: text(a.Writer), Version: 1}
		return &openapi.Released{Proof: openapi.Proof{Promise: openapi.Promise{Origin: a.Origin, LeafHash: text(entry)}},
			Released: map[string][]openapi.SourcedValue{"identity.birth_date": {plain}, "identity.over_18": {value}}}
	}
	if err := verifyAnswers(answer(), public); err != nil {
		t.Fatal(err)
	}
	of := func(r *openapi.Released) *openapi.SourcedValue { return &r.Released["identity.over_18"][0] }
	for name, c := range map[string]struct {
		change func(r *openapi.Released)
		want   error
	}{
		"another value":         {func(r *openapi.Released) { of(r).Value = json.RawMessage("false") }, proof.ErrProof},
		"another writer":        {func(r *openapi.Released) { of(r).Writer = text(consent.InstitutionID{10}) }, proof.ErrProof},
		"another day":           {func(r *openapi.Released) { of(r).Derived.AsOf += consent.Day }, proof.ErrProof},
		"another salt":          {func(r *openapi.Released) { of(r).Derived.Salt = text(consent.Salt{9}) }, proof.ErrProof},
		"another release":       {func(r *openapi.Released) { r.Proof.Promise.LeafHash = text(consent.Digest{8}) }, proof.ErrProof},
		"another log":           {func(r *openapi.Released) { r.Proof.Promise.Origin = "vault.example/other" }, proof.ErrProof},
		"a field beside it":     {func(r *openapi.Released) { r.Released["identity.over_16"] = r.Released["identity.over_18"] }, proof.ErrProof},
		"no signature":          {func(r *openapi.Released) { of(r).Derived.Signature = nil }, errAnswer},
		"a writer that is none": {func(r *openapi.Released) { of(r).Writer = "0x9" }, nil},
		"an entry that is none": {func(r *openapi.Released) { r.Proof.Promise.LeafHash = "0x" }, errAnswer},
	} {
		r := answer()
		c.change(r)
		if err := verifyAnswers(r, public); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
