package api

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// signer signs as an institution's system does.
func (s *stage) signer(as string) *client.Signer {
	key, ok := s.certificates[as].PrivateKey.(crypto.Signer)
	if !ok {
		return nil
	}
	who := s.register.byKey[KeyHash(s.certificates[as].Leaf)]
	d := s.api.cfg.Deployment
	return &client.Signer{Registry: consent.Domain{ChainID: d.ChainID, Contract: d.InstitutionRegistry}, Writer: who.ID, Key: key, Now: s.api.now}
}

// signed is a write's body with signatures; any other body, and one that has them or that
// cannot be signed, as it is.
func (s *stage) signed(as, path, kind, body string) string {
	path, _, _ = strings.Cut(path, "?")
	text, write := strings.CutSuffix(strings.TrimPrefix(path, "/v1/grants/"), "/fields")
	signer := s.signer(as)
	if !write || signer == nil || body == "" {
		return body
	}
	var grant consent.GrantID
	_ = grant.UnmarshalText([]byte(text)) // whatever else it is, nothing stands under it
	if strings.HasPrefix(kind, fhirType) {
		if bundle, err := signer.SignBundle(grant, []byte(body), s.api.cfg.Policy.Catalog()); err == nil {
			return string(bundle)
		}
		return body
	}
	var call map[string]json.RawMessage
	var values map[consent.FieldName]json.RawMessage
	if json.Unmarshal([]byte(body), &call) != nil || call["signatures"] != nil || json.Unmarshal(call["values"], &values) != nil {
		return body
	}
	all := openapi.ItemSignatures{}
	for field, value := range values {
		one, err := signer.Sign(grant, map[consent.FieldName]json.RawMessage{field: value})
		if err == nil {
			all[string(field)] = one[string(field)]
		}
	}
	return `{"signatures":` + string(mustJSON(all)) + "," + body[1:]
}

// keyHeld is what the ledger says of keys: they are whose they are, since ever.
func (s *stage) keyHeld(_ context.Context, who consent.InstitutionID, hash consent.Digest, _ uint64) (bool, error) {
	if id, was := s.past[hash]; was {
		return id == who, nil
	}
	found, known := s.register.byKey[hash]
	return known && found.ID == who, nil
}

// writing is a write of the clinic with its signatures, for the gate itself.
func (s *stage) writing(grant consent.GrantID, values map[consent.FieldName]json.RawMessage) vault.WriteCall {
	s.Helper()
	wire, err := s.signer("clinic").Sign(grant, values)
	if err != nil {
		s.Fatal(err)
	}
	signatures, err := itemSignatures(wire, "")
	if err != nil {
		s.Fatal(err)
	}
	key, err := consent.WriterKeyOf(s.signer("clinic").Key.Public())
	if err != nil {
		s.Fatal(err)
	}
	return vault.WriteCall{Grant: grant, Values: values, Signatures: signatures, Key: key}
}

func TestSignaturesOfABundle(t *testing.T) {
	one := `{"identity.name":[{"day":1,"salt":"0x` + strings.Repeat("00", 32) + `","signature":"` + base64.StdEncoding.EncodeToString(make([]byte, 64)) + `"}]}`
	got, err := bundleSignatures(base64.StdEncoding.EncodeToString([]byte(one)))
	if err != nil || len(got["identity.name"]) != 1 || got["identity.name"][0].Day != 1 {
		t.Fatalf("%d, %v", len(got), err)
	}
	for name, bad := range map[string]string{
		"nothing": "", "empty": "{}", "not base64": "!", "a list": "[]",
		"twice":             `{"identity.name":[],"identity.name":[]}`,
		"an unknown member": `{"identity.name":[{"day":1,"salt":"","signature":"","key":""}]}`,
		"no field":          strings.Replace(one, "identity.name", "x", 1),
		"a short salt":      strings.Replace(one, "0x00", "0x", 1),
		"a short signature": strings.Replace(one, "AAAA", "", 1),
		"a missing day":     strings.Replace(one, `"day":1,`, "", 1),
	} {
		encoded := base64.StdEncoding.EncodeToString([]byte(bad))
		if name == "not base64" || name == "nothing" {
			encoded = bad
		}
		var p problem
		if got, err := bundleSignatures(encoded); got != nil || !errors.As(err, &p) || !strings.Contains(p.detail, "wrappy institution sign") {
			t.Errorf("%s: have %v", name, err)
		}
	}
}
