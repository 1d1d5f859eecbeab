package client

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
)

const signedExtension = "https://github.com/wrapious/wrappy/fhir/signed"

// ErrReleasedFHIR: a release as FHIR Bundle in which something stands that it does not say who wrote.
var ErrReleasedFHIR = errors.New("not a release as FHIR Bundle by the vault: something in it stands under no field")

// ParseReleasedFHIR reads who wrote what out of a release as FHIR Bundle. Every resource
// and every element of the Patient stands under a field, or it is ErrReleasedFHIR. joined are the
// fields of the Patient that cannot be told apart any more, because several have written
// one: of those the release as JSON shows who.
func ParseReleasedFHIR(data []byte) (released *openapi.Released, joined []string, err error) {
	if len(data) > MaxReleased {
		return nil, nil, ErrReleasedFHIR
	}
	var bundle struct {
		bundleMeta
		Entry []struct {
			Resource json.RawMessage `json:"resource"`
		} `json:"entry"`
	}
	if json.Unmarshal(data, &bundle) != nil || bundle.ResourceType != "Bundle" {
		return nil, nil, ErrReleasedFHIR
	}
	written, err := writtenIn(&bundle.bundleMeta)
	if err != nil {
		return nil, nil, err
	}
	b := &bundled{resources: map[string][]json.RawMessage{}, released: &openapi.Released{Released: map[string][]openapi.SourcedValue{}}}
	for _, e := range bundle.Entry {
		if err := b.take(e.Resource); err != nil {
			return nil, nil, err
		}
	}
	for _, field := range slices.Sorted(maps.Keys(written)) {
		if err := b.place(field, written[field]); err != nil {
			return nil, nil, err
		}
	}
	return b.released, b.joined, b.nothingLeft()
}

// writtenIn is the vault's extension, which must be there once.
func writtenIn(bundle *bundleMeta) (written map[string][]openapi.WrittenValue, err error) {
	for _, e := range bundle.Meta.Extension {
		if e.URL != signedExtension {
			continue
		}
		if written != nil || strict.Decode(e.Value, &written) != nil || written == nil {
			return nil, ErrReleasedFHIR
		}
	}
	if written == nil {
		return nil, ErrReleasedFHIR
	}
	return written, nil
}

// bundled is what a Bundle holds and what of it stands under a field so far.
type bundled struct {
	resources map[string][]json.RawMessage // by type/id, in order
	patient   map[string]json.RawMessage   // by field; nil without a Patient
	several   bool                         // wrote one field of the Patient
	released  *openapi.Released
	joined    []string
}

func (b *bundled) take(resource json.RawMessage) (err error) {
	var kind struct {
		ResourceType string `json:"resourceType"`
	}
	if json.Unmarshal(resource, &kind) != nil {
		return ErrReleasedFHIR
	}
	switch kind.ResourceType {
	case "OperationOutcome": // the vault's own
		return nil
	case "Patient":
		if b.patient != nil {
			return ErrReleasedFHIR
		}
		if b.patient, err = fhir.PatientFields(resource); err != nil {
			return errors.Join(ErrReleasedFHIR, err)
		}
		return nil
	}
	names := fhir.Names(slices.Concat([]byte("["), resource, []byte("]")))
	if len(names) != 1 {
		return ErrReleasedFHIR
	}
	b.resources[names[0]] = append(b.resources[names[0]], resource)
	return nil
}

// place gives a field's writers what they wrote.
func (b *bundled) place(field string, written []openapi.WrittenValue) error {
	patients := slices.ContainsFunc(written, func(w openapi.WrittenValue) bool { return w.Resources == nil })
	if patients && len(written) > 1 {
		b.several = true
		b.joined = append(b.joined, field)
		return nil
	}
	for _, w := range written {
		v := openapi.SourcedValue{Writer: w.Writer, WrittenAt: w.WrittenAt, Version: w.Version, Signatures: w.Signatures}
		if patients {
			value, there := b.patient[field]
			if !there {
				return ErrReleasedFHIR
			}
			v.Value = value
			delete(b.patient, field)
		} else if err := b.collect(&v, *w.Resources); err != nil {
			return err
		}
		b.released.Released[field] = append(b.released.Released[field], v)
	}
	return nil
}

// collect puts a writer's resources together again. Each stands under one field and one writer.
func (b *bundled) collect(v *openapi.SourcedValue, names []string) error {
	value := []byte("[")
	for i, name := range names {
		here := b.resources[name]
		if len(here) == 0 {
			return ErrReleasedFHIR
		}
		if i > 0 {
			value = append(value, ',')
		}
		value = append(value, here[0]...)
		if b.resources[name] = here[1:]; len(here) == 1 {
			delete(b.resources, name)
		}
	}
	v.Value = append(value, ']')
	return nil
}

// nothingLeft refuses what the vault has not said of any field. The Patient's id is the
// vault's, where nobody's was released.
func (b *bundled) nothingLeft() error {
	if len(b.resources) > 0 {
		return ErrReleasedFHIR
	}
	if b.several { // theirs stand in one another's elements
		for field := range b.patient {
			if !slices.Contains(b.joined, field) {
				b.joined = append(b.joined, field)
			}
		}
		slices.Sort(b.joined)
		return nil
	}
	for field, value := range b.patient {
		var other map[string]json.RawMessage
		if field != string(consent.CategoryIdentity)+".other" || json.Unmarshal(value, &other) != nil || len(other) != 1 || other["id"] == nil {
			return ErrReleasedFHIR
		}
	}
	return nil
}

// JoinedSays is what is not proven of fields that several have written.
func JoinedSays(joined []string) string {
	return "who wrote " + strings.Join(joined, ", ") + ": several have, and a FHIR Bundle joins them; take the release as JSON"
}
