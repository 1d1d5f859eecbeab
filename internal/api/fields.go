package api

import (
	"context"
	"encoding/json"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) WriteFields(ctx context.Context, call openapi.WriteFieldsRequestObject) (openapi.WriteFieldsResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	in, err := valuesToWrite(call, a.cfg.Policy.Catalog())
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	written, err := a.cfg.Gate.Write(ctx, who, vault.WriteCall{
		Grant: id, Values: in.values, Signatures: in.signatures, Key: keyOf(ctx),
		IdempotencyKey: call.Params.IdempotencyKey, Turn: turnOf(ctx), All: in.all,
	})
	if err != nil {
		return nil, in.refused(err)
	}
	answer := wireWritten(written, in.left)
	if in.all && in.taken != nil && formOf(ctx) == fhirType {
		return transactionResponse(answer, in.taken, written.Stored)
	}
	return openapi.WriteFields200JSONResponse{Body: answer, Headers: openapi.WriteFields200ResponseHeaders{Vary: "Accept"}}, nil
}

// toWrite is what a body asks to be stored.
type toWrite struct {
	values     map[consent.FieldName]json.RawMessage
	signatures map[consent.FieldName][]vault.ItemSignature
	left       []fhir.Left
	taken      []fhir.Taken // of FHIR
	all        bool
}

// valuesToWrite reads what is wrong with a body by itself, before the grant is
// looked at: the answer to it is the same for any grant id.
func valuesToWrite(call openapi.WriteFieldsRequestObject, catalog *consent.Catalog) (*toWrite, error) {
	if call.ApplicationFhirPlusJSONBody != nil {
		return bundleToWrite(*call.ApplicationFhirPlusJSONBody, catalog)
	}
	if n := len(call.JSONBody.Values); n == 0 || n > 200 {
		return nil, invalid("/values", "want 1 to 200 fields")
	}
	in := &toWrite{values: make(map[consent.FieldName]json.RawMessage, len(call.JSONBody.Values))}
	in.all = call.JSONBody.All != nil && *call.JSONBody.All
	for name, value := range call.JSONBody.Values {
		field := consent.FieldName(name)
		if field.Validate() != nil {
			return nil, invalid("/values", consent.ErrFieldName.Error())
		}
		in.values[field] = value
	}
	var err error
	in.signatures, err = itemSignatures(call.JSONBody.Signatures, "/signatures")
	return in, err
}

func bundleToWrite(bundle []byte, catalog *consent.Catalog) (*toWrite, error) {
	if catalog == nil {
		return nil, consent.ErrUnavailable
	}
	parsed, err := fhir.Write(bundle, catalog)
	if err != nil {
		return nil, notWhole(err)
	}
	if len(parsed.Values) == 0 {
		p := problemFHIR
		p.detail = "nothing in it has a field in the catalog"
		return nil, p
	}
	signatures, err := bundleSignatures(parsed.Signatures)
	if err != nil {
		return nil, err
	}
	return &toWrite{values: parsed.Values, signatures: signatures, left: parsed.Left, taken: parsed.Taken, all: parsed.Transaction}, nil
}
