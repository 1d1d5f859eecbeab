package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// What stands in the FHIR Bundle of a release beside FHIR's own. docs/fhir.md.
const (
	fhirProof   = "https://github.com/wrapious/wrappy/fhir/proof"
	fhirRelease = "https://github.com/wrapious/wrappy/fhir/release"
	fhirSigned  = "https://github.com/wrapious/wrappy/fhir/signed"
	fhirWritten = "https://github.com/wrapious/wrappy/fhir/written"
	fhirField   = "https://github.com/wrapious/wrappy/fhir/field"
	fhirReason  = "https://github.com/wrapious/wrappy/fhir/reason" // a code system: docs/protocol/reasons.md
)

type extension struct {
	URL    string `json:"url"`
	Bytes  []byte `json:"valueBase64Binary,omitempty"`
	String string `json:"valueString,omitempty"`
}

type coding struct {
	System string         `json:"system"`
	Code   consent.Reason `json:"code"`
}

type issue struct {
	Extension []extension `json:"extension"`
	Severity  string      `json:"severity"`
	Code      string      `json:"code"` // http://hl7.org/fhir/issue-type
	Details   struct {
		Coding []coding `json:"coding"`
	} `json:"details"`
	Diagnostics string `json:"diagnostics"`
}

type outcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type entry struct {
	FullURL  string  `json:"fullUrl"`
	Resource outcome `json:"resource"`
}

// Both ends of what fhir.Bundle makes.
var (
	bundleStart  = []byte(`{"resourceType":"Bundle","type":"collection"`)
	entriesStart = []byte(`,"entry":[`)
	errBundle    = errors.New("api: the FHIR Bundle does not begin and end as expected")
)

// releasedFHIR is a FHIR R4 Bundle in parts: the released fields, an OperationOutcome
// for what was withheld, and the proof in meta.
func releasedFHIR(r *vault.Release) ([][]byte, error) {
	values := make(map[consent.FieldName][]json.RawMessage, len(r.Released))
	for field, list := range r.Released {
		for _, v := range list {
			values[field] = append(values[field], v.Value)
		}
	}
	bundle, err := fhir.Bundle(values)
	if err != nil {
		return nil, fhirError(err)
	}
	written, err := writtenBy(r)
	if err != nil {
		return nil, err
	}
	r.Released = nil // the Bundle stands for them
	rest, ok := bytes.CutPrefix(bundle, bundleStart)
	inside, whole := bytes.CutSuffix(rest, []byte("]}"))
	entries, some := bytes.CutPrefix(inside, entriesStart)
	if whole = whole && some; !ok || !whole && string(rest) != "}" {
		return nil, errBundle
	}
	meta, err := releaseMeta(r, written)
	if err != nil {
		return nil, err
	}
	withheld, err := outcomeEntry(r)
	if err != nil {
		return nil, err
	}
	parts := [][]byte{bundleStart, []byte(`,"meta":`), meta}
	switch {
	case whole && withheld != nil:
		parts = append(parts, entriesStart, entries, []byte(","), withheld, []byte("]"))
	case whole:
		parts = append(parts, entriesStart, entries, []byte("]"))
	case withheld != nil:
		parts = append(parts, entriesStart, withheld, []byte("]"))
	}
	return append(parts, []byte("}\n")), nil
}

// writtenBy says of each field who wrote what stands in the Bundle, with the writers' signatures.
func writtenBy(r *vault.Release) ([]byte, error) {
	by := make(map[consent.FieldName][]openapi.WrittenValue, len(r.Released))
	for field, list := range r.Released {
		for _, v := range list {
			one := openapi.WrittenValue{Writer: v.Writer.String(), WrittenAt: v.Written / 1000, Version: r.Versions[field], Signatures: wireSignatures(v.Signatures)}
			if names := fhir.Names(v.Value); names != nil {
				one.Resources = &names
			}
			by[field] = append(by[field], one)
		}
	}
	return json.Marshal(by)
}

func releaseMeta(r *vault.Release, written []byte) ([]byte, error) {
	about, err := json.Marshal(frameOf(r))
	if err != nil {
		return nil, err
	}
	proof, err := json.Marshal(wireProof(r.Proof))
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string][]extension{"extension": {{URL: fhirRelease, Bytes: about}, {URL: fhirProof, Bytes: proof}, {URL: fhirSigned, Bytes: written}}})
}

// outcomeEntry says what was withheld; nil where nothing was.
func outcomeEntry(r *vault.Release) ([]byte, error) {
	if len(r.Withheld) == 0 {
		return nil, nil
	}
	issues := make([]issue, len(r.Withheld))
	for i, w := range r.Withheld {
		issues[i] = issue{
			Extension: []extension{{URL: fhirField, String: string(w.Field)}},
			Severity:  "information", Code: issueType(w.Reason), Diagnostics: string(w.Field) + ": " + string(w.Reason),
		}
		issues[i].Details.Coding = []coding{{fhirReason, w.Reason}}
	}
	return json.Marshal(entry{FullURL: "urn:uuid:" + uuidOf(r.Proof.Promise.LeafHash), Resource: outcome{"OperationOutcome", issues}})
}

// issueType is FHIR's word for a reason: suppressed is said of what consent, privacy or
// business rules keep back.
func issueType(r consent.Reason) string {
	switch r {
	case consent.ReasonNoValue:
		return "not-found"
	case consent.ReasonNoPlace, consent.ReasonUnknownField:
		return "not-supported"
	}
	return "suppressed"
}

// uuidOf is a UUID of version 8 (RFC 9562).
func uuidOf(d consent.Digest) string {
	d[6], d[8] = d[6]&0x0f|0x80, d[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", d[0:4], d[4:6], d[6:8], d[8:10], d[10:16])
}
