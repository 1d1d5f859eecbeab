package api

import (
	"encoding/base64"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

const unsigned = "want a signature for each item of each field: 'wrappy institution sign' makes them"

// itemSignatures reads signatures as far as their form goes; whether they are right is the
// gate's to say.
func itemSignatures(wire openapi.ItemSignatures, pointer string) (map[consent.FieldName][]vault.ItemSignature, error) {
	if len(wire) == 0 {
		return nil, invalid(pointer, unsigned)
	}
	all := make(map[consent.FieldName][]vault.ItemSignature, len(wire))
	for name, list := range wire {
		field := consent.FieldName(name)
		if field.Validate() != nil {
			return nil, invalid(pointer, consent.ErrFieldName.Error())
		}
		signatures := make([]vault.ItemSignature, len(list))
		for i, w := range list {
			s := &signatures[i]
			s.Day = w.Day
			at := pointer + "/" + name + "/" + strconv.Itoa(i)
			var r reading
			r.id(&s.Salt, w.Salt, at+"/salt")
			if r.err != nil {
				return nil, r.err
			}
			if len(w.Signature) != len(s.Signature) {
				return nil, invalid(at+"/signature", "want 64 bytes, r and s")
			}
			copy(s.Signature[:], w.Signature)
		}
		all[field] = signatures
	}
	return all, nil
}

// bundleSignatures reads what a FHIR Bundle carries in its meta.
func bundleSignatures(encoded string) (map[consent.FieldName][]vault.ItemSignature, error) {
	p := problemFHIR
	p.detail = "Bundle.meta.extension: " + fhir.SignaturesURL + ": " + unsigned
	data, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(data) == 0 {
		return nil, p
	}
	var wire openapi.ItemSignatures
	if strict.Decode(data, &wire) != nil {
		return nil, p
	}
	all, err := itemSignatures(wire, "")
	if err != nil {
		return nil, p
	}
	return all, nil
}

func wireSignatures(list []vault.ItemSignature) []openapi.ValueSignature {
	out := make([]openapi.ValueSignature, len(list))
	for i := range list {
		s := &list[i]
		out[i] = openapi.ValueSignature{Day: s.Day, GrantCommitment: s.Commitment.String(), Key: s.Key[:], Signature: s.Signature[:]}
	}
	return out
}
