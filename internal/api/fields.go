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
	values, left, err := valuesToWrite(call, a.cfg.Policy.Catalog())
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	written, err := a.cfg.Gate.Write(ctx, who, vault.WriteCall{Grant: id, Values: values, IdempotencyKey: call.Params.IdempotencyKey, Turn: turnOf(ctx)})
	if err != nil {
		return nil, err
	}
	return openapi.WriteFields200JSONResponse(wireWritten(written, left)), nil
}

// valuesToWrite reads what is wrong with a body by itself, before the grant is
// looked at: the answer to it is the same for any grant id.
func valuesToWrite(call openapi.WriteFieldsRequestObject, catalog *consent.Catalog) (map[consent.FieldName]json.RawMessage, []fhir.Left, error) {
	if call.ApplicationFhirPlusJSONBody != nil {
		if catalog == nil {
			return nil, nil, consent.ErrUnavailable
		}
		parsed, err := fhir.Fields(*call.ApplicationFhirPlusJSONBody, catalog)
		if err != nil {
			return nil, nil, err
		}
		if len(parsed.Values) == 0 {
			p := problemFHIR
			p.detail = "nothing in it has a field in the catalog"
			return nil, nil, p
		}
		return parsed.Values, parsed.Left, nil
	}
	if n := len(call.JSONBody.Values); n == 0 || n > 200 {
		return nil, nil, invalid("/values", "want 1 to 200 fields")
	}
	values := make(map[consent.FieldName]json.RawMessage, len(call.JSONBody.Values))
	for name, value := range call.JSONBody.Values {
		field := consent.FieldName(name)
		if field.Validate() != nil {
			return nil, nil, invalid("/values", consent.ErrFieldName.Error())
		}
		values[field] = value
	}
	return values, nil, nil
}
