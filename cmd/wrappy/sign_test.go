package main

import (
	"encoding/json"
	"strings"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

// signer signs what an institution of the tests writes.
func (v *running) signer(keys *client.InstitutionKeys) *client.Signer {
	return &client.Signer{Registry: v.deployment.Ledger.InstitutionsDomain(), Writer: keys.ID, Key: keys.Signer()}
}

// signed is a write's body with signatures; any other body, and one that cannot be signed,
// as it is.
func signed(signer *client.Signer, catalog *consent.Catalog, path, body string, fhir bool) string {
	text, write := strings.CutSuffix(strings.TrimPrefix(path, "/v1/grants/"), "/fields")
	if !write || body == "" {
		return body
	}
	var grant consent.GrantID
	_ = grant.UnmarshalText([]byte(text)) // whatever else it is, nothing stands under it
	if fhir {
		if bundle, err := signer.SignBundle(grant, []byte(body), catalog); err == nil {
			return string(bundle)
		}
		return body
	}
	var call, values map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &call) != nil || call["signatures"] != nil || json.Unmarshal(call["values"], &values) != nil {
		return body
	}
	all := openapi.ItemSignatures{}
	for field, value := range values {
		if one, err := signer.Sign(grant, map[consent.FieldName]json.RawMessage{consent.FieldName(field): value}); err == nil {
			all[field] = one[field]
		}
	}
	return `{"signatures":` + encode(all) + "," + body[1:]
}
