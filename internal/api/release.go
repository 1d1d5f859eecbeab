package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func (a answers) Release(ctx context.Context, call openapi.ReleaseRequestObject) (openapi.ReleaseResponseObject, error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := askedFields(call.Body.Fields)
	if err != nil {
		return nil, err
	}
	id, err := a.grantID(ctx, who, call.Grant)
	if err != nil {
		return nil, err
	}
	unless, err := parseTags(call.Params.IfNoneMatch)
	if err != nil {
		return nil, err
	}
	ask := vault.ReleaseCall{Grant: id, Fields: fields, IdempotencyKey: call.Params.IdempotencyKey, Turn: turnOf(ctx), Unless: unless}
	tell := releasedJSON
	form := formOf(ctx)
	if form == fhirType {
		ask.Holds, tell = a.holdsFHIR, releasedFHIR
	}
	released, err := a.cfg.Gate.Release(ctx, who, ask)
	if err != nil {
		return nil, err
	}
	parts, err := tell(released)
	if err != nil {
		released.Done(ctx, false)
		return nil, err
	}
	return delivery{form, formatTags(released.Tags), parts, released, ctx}, nil
}

func askedFields(list *[]openapi.FieldName) ([]consent.FieldName, error) {
	if list == nil {
		return nil, nil
	}
	fields := fieldNames(*list)
	if len(fields) == 0 || len(fields) > 200 {
		return nil, invalid("/fields", "want 1 to 200, or leave the member out for all of the grant")
	}
	for i, f := range fields {
		if f.Validate() != nil {
			return nil, invalid(pointerTo("/fields", i), consent.ErrFieldName.Error())
		}
	}
	return fields, nil
}

// frame is openapi.Released without its values, which may be large: they are written
// beside it and never copied into one document.
type frame struct {
	Grant       string             `json:"grant"`
	Terms       openapi.Terms      `json:"terms"`
	Withheld    []openapi.Withheld `json:"withheld"`
	Etag        string             `json:"etag,omitempty"`
	Redelivered bool               `json:"redelivered"`
	Proof       *openapi.Proof     `json:"proof,omitempty"`
}

func frameOf(r *vault.Release) frame {
	return frame{
		Grant: r.Grant.ID.String(), Terms: wireTerms(r.Grant), Withheld: wireWithheld(r.Withheld), Etag: formatTags(r.Tags), Redelivered: r.Redelivered,
	}
}

// releasedJSON is openapi.Released in parts.
func releasedJSON(r *vault.Release) ([][]byte, error) {
	f, proof := frameOf(r), wireProof(r.Proof)
	f.Proof = &proof
	outside, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	parts := [][]byte{outside[:len(outside)-1], []byte(`,"released":{`)}
	between := ""
	for _, field := range slices.Sorted(maps.Keys(r.Released)) {
		parts = append(parts, []byte(between+strconv.Quote(string(field))+":["))
		for i, v := range r.Released[field] {
			signatures, err := json.Marshal(wireSignatures(v.Signatures))
			if err != nil {
				return nil, err
			}
			open, end := `{"value":`, `,"writer":"`+v.Writer.String()+`","written_at":`+strconv.FormatUint(v.Written/1000, 10)+
				`,"version":`+strconv.FormatUint(r.Versions[field], 10)+statedJSON(v.Derived)+`,"signatures":`
			if i > 0 {
				open = "," + open
			}
			parts = append(parts, []byte(open), v.Value, []byte(end), signatures, []byte("}"))
		}
		parts = append(parts, []byte("]"))
		between = ","
	}
	return append(parts, []byte("}}\n")), nil
}

// statedJSON is openapi.Derived as a member; nothing for a stored value.
func statedJSON(d *vault.Stated) string {
	if d == nil {
		return ""
	}
	return `,"derived":{"as_of":` + strconv.FormatUint(d.AsOf, 10) + `,"salt":"` + hexOf(d.Salt[:]) +
		`","signature":"` + base64.StdEncoding.EncodeToString(d.Signature[:]) + `"}`
}

// holdsFHIR reports whether a FHIR Bundle has a place for a field: what is computed is no
// resource and no element of one.
func (a answers) holdsFHIR(field consent.FieldName) bool {
	catalog := a.cfg.Policy.Catalog()
	if catalog == nil {
		return false
	}
	entry, _ := catalog.Field(field)
	return entry.Derived == nil && fhir.Holds(field)
}

// delivery is an answer that is complete and authentic before its first byte is sent. It
// tells the gate whether all of it was written to the connection.
type delivery struct {
	form     string
	etag     string // "" where the recipient has nothing
	parts    [][]byte
	released *vault.Release
	ctx      context.Context // the answer is written where no other is at hand
}

func (d delivery) VisitReleaseResponse(w http.ResponseWriter) error { return d.send(w) }

func (d delivery) send(w http.ResponseWriter) (err error) {
	sent := false
	defer func() { d.released.Done(d.ctx, sent) }()
	length := 0
	for _, p := range d.parts {
		length += len(p)
	}
	w.Header().Set("Content-Type", d.form)
	w.Header().Set("Content-Length", strconv.Itoa(length))
	if d.etag != "" {
		w.Header().Set("ETag", d.etag)
	}
	w.WriteHeader(http.StatusOK)
	for i, p := range d.parts {
		// The last byte of all waits for the flush: whoever has received everything may leave before
		// a flush that has nothing to send, and that would look as if it had not arrived.
		if last := len(p) - 1; i == len(d.parts)-1 && last > 0 {
			if _, err := w.Write(p[:last]); err != nil {
				return err
			}
			p = p[last:]
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	if wrapped, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		w = wrapped.Unwrap() // Echo's own Flush swallows the error
	}
	err = http.NewResponseController(w).Flush()
	sent = err == nil
	return err
}

// fhirError names what FHIR cannot tell. The release is written down by then: the same
// Idempotency-Key takes it as JSON and counts nothing.
func fhirError(err error) error {
	var element *fhir.Error
	if !errors.As(err, &element) {
		return err
	}
	p := problemFHIRAnswer
	p.detail = element.Error() + "; take it as application/json, under the same Idempotency-Key" // never holds a value
	return p
}
