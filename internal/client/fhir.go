package client

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

const fhirJSON = "application/fhir+json"

// Extensions of a released Bundle's meta, docs/fhir.md.
const (
	releaseExtension = "https://github.com/wrapious/wrappy/fhir/release"
	proofExtension   = "https://github.com/wrapious/wrappy/fhir/proof"
)

// FHIRRelease is a release as a FHIR R4 Bundle.
type FHIRRelease struct {
	Bundle json.RawMessage // with an OperationOutcome for what was withheld
	// About is what the Bundle's meta says: Released is empty, the Bundle stands for it.
	About openapi.Released
}

// ReleaseFHIR is Release with the answer as a FHIR R4 Bundle: the fields that FHIR has a place for.
func (i *Institution) ReleaseFHIR(ctx context.Context, grant string, fields []consent.FieldName, idempotencyKey string) (*FHIRRelease, *consent.SharedPart, error) {
	return i.ReleaseFHIRUnless(ctx, grant, fields, idempotencyKey, "")
}

// ReleaseFHIRUnless is ReleaseUnless with the answer as a FHIR R4 Bundle; the ETag may be
// of an answer in either form.
func (i *Institution) ReleaseFHIRUnless(ctx context.Context, grant string, fields []consent.FieldName, idempotencyKey, etag string) (*FHIRRelease, *consent.SharedPart, error) {
	answer, err := i.api.ReleaseWithResponse(ctx, grant, releaseParams(idempotencyKey, etag), releaseCall(fields), func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", fhirJSON)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, nil, err
	}
	if answer.ApplicationfhirJSON200 == nil {
		return nil, nil, errAnswer
	}
	released := &FHIRRelease{Bundle: answer.Body}
	if released.About, err = aboutBundle(answer.Body); err != nil {
		return nil, nil, err
	}
	shared, err := i.verify(released.About.Proof)
	return released, shared, err
}

func releaseParams(idempotencyKey, etag string) *openapi.ReleaseParams {
	params := &openapi.ReleaseParams{IdempotencyKey: idempotencyKey}
	if etag != "" {
		params.IfNoneMatch = &etag
	}
	return params
}

func releaseCall(fields []consent.FieldName) (call openapi.ReleaseCall) {
	if len(fields) > 0 {
		names := wireFields(fields)
		call.Fields = &names
	}
	return call
}

// bundleMeta is what the vault's own extensions of a Bundle stand in.
type bundleMeta struct {
	ResourceType string `json:"resourceType"`
	Meta         struct {
		Extension []struct {
			URL   string `json:"url"`
			Value []byte `json:"valueBase64Binary"`
		} `json:"extension"`
	} `json:"meta"`
}

// aboutBundle reads the vault's extensions of a Bundle, each of which must be there once.
func aboutBundle(body []byte) (about openapi.Released, err error) {
	var bundle bundleMeta
	if json.Unmarshal(body, &bundle) != nil || bundle.ResourceType != "Bundle" {
		return about, errAnswer
	}
	var seen []string
	for _, e := range bundle.Meta.Extension {
		var into any
		switch e.URL {
		case releaseExtension:
			into = &about
		case proofExtension:
			into = &about.Proof
		default:
			continue
		}
		if slices.Contains(seen, e.URL) || json.Unmarshal(e.Value, into) != nil {
			return about, errAnswer
		}
		seen = append(seen, e.URL)
	}
	if len(seen) != 2 || about.Grant == "" || about.Released != nil {
		return about, errAnswer
	}
	return about, nil
}
