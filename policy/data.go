package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Purpose is one reason for use as the bundle has it, with what it opens.
type Purpose struct {
	IRI           string                      `json:"iri"`            // full IRI of the vocabulary's term
	Label         map[string]string           `json:"label"`          // by BCP 47 language; "en" always there
	Source        string                      `json:"source"`         // the vocabulary
	Law           string                      `json:"law"`            // citation for the terms below
	Effective     string                      `json:"effective"`      // YYYY-MM-DD, the first day in force
	From          uint64                      `json:"from"`           // the same in Unix seconds
	Kinds         map[string]bool             `json:"kinds"`          // of institution, and bearer
	Bases         map[consent.LegalBasis]bool `json:"bases"`          // legal bases accepted
	RetentionDays uint32                      `json:"retention_days"` // the longest that a recipient may keep
	Read          map[consent.FieldName]bool  `json:"read"`           // fields
	Write         map[consent.FieldName]bool  `json:"write"`          // fields
	// Countries (ISO 3166-1 alpha-2) where the data may be used and its recipient sit.
	// Without the member: everywhere; {}: nowhere.
	Countries map[string]bool `json:"countries,omitempty"`
	Note      string          `json:"note,omitempty"`
}

// field is a catalog entry with the kinds that may read (and bearer) and write it.
type field struct {
	consent.CatalogField
	Read  map[string]bool `json:"read"`
	Write map[string]bool `json:"write"`
}

// readData puts <name>/data.json at data.<name>, as OPA does. Rules stand below
// data.wrappy and data nowhere else, so that neither can shadow the other.
func readData(files map[string][]byte) (map[string]any, error) {
	root := map[string]any{}
	for name, content := range files {
		if path.Ext(name) != ".json" {
			continue
		}
		folder, base := path.Split(name)
		folder = strings.TrimSuffix(folder, "/")
		if base != "data.json" || folder == "" || folder == rulesRoot || strings.Contains(folder, "/") {
			return nil, fmt.Errorf("%w: %s: want data in <name>/data.json", ErrBundle, name)
		}
		value, err := decodeUnique(name, content)
		if err != nil {
			return nil, err
		}
		root[folder] = value
	}
	return root, nil
}

// decodeUnique decodes one JSON value and refuses a name that stands twice in an
// object: a reviewer reads the first, a decoder keeps the last.
func decodeUnique(name string, content []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.UseNumber()
	value, err := decodeValue(dec, 0)
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if err == nil {
		return value, nil
	}
	at := min(dec.InputOffset(), int64(len(content)))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(max(syntax.Offset-1, 0), int64(len(content)))
	}
	return nil, fmt.Errorf("%w: %s:%d: %w", ErrBundle, name, 1+bytes.Count(content[:at], []byte("\n")), err)
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if depth > 20 {
		return nil, errors.New("nested too deeply")
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			value, err := decodeValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = dec.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("%q stands twice", name)
			}
			if object[name], err = decodeValue(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err = dec.Token()
		return object, err
	}
	return token, nil
}

// strictly decodes data.<name> into the type that the engine and people's pages
// rely on; an unknown member is a spelling mistake.
func strictly[T any](data map[string]any, name string) (map[string]T, error) {
	entries, isObject := data[name].(map[string]any)
	if _, there := data[name]; !there || (isObject && len(entries) == 0) {
		return nil, inData(errors.New("missing"), name)
	}
	if !isObject {
		return nil, inData(errors.New("want a JSON object"), name)
	}
	out := make(map[string]T, len(entries))
	for _, entry := range slices.Sorted(maps.Keys(entries)) {
		raw, err := json.Marshal(entries[entry])
		if err != nil {
			return nil, inData(err, name, entry)
		}
		var one T
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&one); err != nil {
			return nil, inData(err, name, entry)
		}
		out[entry] = one
	}
	return out, nil
}

// catalogData is what a bundle says of fields, checked.
type catalogData struct {
	catalog *consent.Catalog
	fields  map[string]field
	derived map[consent.FieldName]*derivation
	lists   map[string]list
}

func readCatalog(data map[string]any) (*catalogData, error) {
	fields, err := strictly[field](data, "fields")
	if err != nil {
		return nil, err
	}
	catalog := &consent.Catalog{Fields: make(map[consent.FieldName]consent.CatalogField, len(fields))}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		if err := f.check(name); err != nil {
			return nil, inData(err, "fields", name)
		}
		f.Shown = f.Read[bearer]
		catalog.Fields[f.Name] = f.CatalogField
	}
	if err := checkPlaces(catalog.Fields); err != nil {
		return nil, inData(err, "fields")
	}
	if catalog.CodeLists, err = readCodes(data, fields); err != nil {
		return nil, err
	}
	if catalog.Majorities, err = readMajority(data); err != nil {
		return nil, err
	}
	lists, err := readLists(data)
	if err != nil {
		return nil, err
	}
	derived, err := compileDerived(fields, lists)
	if err != nil {
		return nil, err
	}
	return &catalogData{catalog: catalog, fields: fields, derived: derived, lists: lists}, nil
}

var valueTypes = []consent.ValueType{consent.TypeText, consent.TypeDate, consent.TypeCode, consent.TypeBoolean, consent.TypeNumber,
	consent.TypeIdentifier, consent.TypeObject, consent.TypeList, consent.TypeFHIR}

func (f field) check(name string) error {
	if err := errors.Join(f.Name.Validate(), checkLabel(f.Label), checkRecipients(f.Read), checkKinds(f.Write)); err != nil {
		return err
	}
	switch {
	case f.Read[bearer] && f.Name.Category() != consent.CategoryIdentity:
		return errors.New("read: bearer: of fields of identity only")
	case string(f.Name) != name:
		return errors.New("name: not the name it stands under")
	case !slices.Contains(valueTypes, f.Type):
		return errors.New("type: not a value type")
	case (f.Type == consent.TypeFHIR) != (f.Resource != "" || f.Matter != "") || (f.Resource != "" && f.Matter != ""):
		return errors.New("resource, matter: one of them wanted for type fhir, and only there")
	case f.Category != "" && f.Resource == "":
		return errors.New("category: wanted beside a resource only")
	case (f.Type == consent.TypeCode) != (len(f.Codes) > 0):
		return errors.New("codes: wanted for type code, and only there")
	case f.Picture == "":
		return errors.New("picture: missing")
	}
	return nil
}

// checkPlaces: no two fields claim the same resources.
func checkPlaces(fields map[consent.FieldName]consent.CatalogField) error {
	taken := map[[3]string]bool{}
	for _, f := range fields {
		place := [3]string{f.Resource, f.Category, f.Matter}
		if f.Type == consent.TypeFHIR && taken[place] {
			return fmt.Errorf("%q: another field has this resource, category and matter", f.Name)
		}
		taken[place] = true
	}
	return nil
}

func readPurposes(data map[string]any, fields map[string]field) (map[consent.Purpose]Purpose, error) {
	purposes, err := strictly[Purpose](data, "purposes")
	if err != nil {
		return nil, err
	}
	out := make(map[consent.Purpose]Purpose, len(purposes))
	for _, name := range slices.Sorted(maps.Keys(purposes)) {
		p := purposes[name]
		if err := p.check(name, fields); err != nil {
			return nil, inData(err, "purposes", name)
		}
		out[consent.Purpose(name)] = p
	}
	return out, nil
}

func (p Purpose) check(name string, fields map[string]field) error {
	if err := errors.Join(consent.Purpose(name).Validate(), checkLabel(p.Label), checkRecipients(p.Kinds)); err != nil {
		return err
	}
	_, term, _ := strings.Cut(name, ":")
	day, err := time.Parse(time.DateOnly, p.Effective)
	switch {
	case !strings.HasPrefix(p.IRI, "https://") || !strings.HasSuffix(p.IRI, "#"+term):
		return errors.New("iri: want the full IRI of the same term")
	case p.Source == "":
		return errors.New("source: want a citation")
	case p.Law == "":
		return errors.New("law: want a citation")
	case err != nil || day.Unix() < 0 || uint64(day.Unix()) != p.From: //nolint:gosec // not negative
		return errors.New("effective, from: want the same day, as YYYY-MM-DD and in Unix seconds")
	case len(p.Kinds) == 0:
		return errors.New("kinds: want at least one")
	case len(p.Bases) == 0:
		return errors.New("bases: want at least one")
	case p.RetentionDays == 0:
		return errors.New("retention_days: want at least one")
	}
	for basis, open := range p.Bases {
		if basis.Validate() != nil || !open {
			return errors.New("bases: want those of GDPR Article 6(1), each true")
		}
	}
	for country, open := range p.Countries {
		if consent.ValidateJurisdiction(country) != nil || !open {
			return errors.New("countries: want ISO 3166-1 alpha-2 codes, each true")
		}
	}
	for name, open := range p.Read {
		if !open || !overlap(fields[string(name)].Read, p.Kinds) {
			return fmt.Errorf("read[%q]: not a field that one of the kinds may read", name)
		}
	}
	for name, open := range p.Write {
		if !open || !overlap(fields[string(name)].Write, p.Kinds) {
			return fmt.Errorf("write[%q]: not a field that one of the kinds may write", name)
		}
	}
	return nil
}

func overlap(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

func checkLabel(label map[string]string) error {
	for language, text := range label {
		if consent.ValidateLanguage(language) != nil || text == "" {
			return errors.New("label: want texts by BCP 47 language")
		}
	}
	if label["en"] == "" {
		return errors.New("label: en: missing")
	}
	return nil
}

// bearer is whoever has a code that a person shows: where kinds of institution are listed
// that may read, it stands among them.
const bearer = "bearer"

// recipient is who was decided about, as data names it.
func recipient(id consent.InstitutionID, kind consent.Kind) string {
	if id == (consent.InstitutionID{}) {
		return bearer
	}
	return kind.String()
}

func checkRecipients(kinds map[string]bool) error {
	if kinds[bearer] {
		kinds = maps.Clone(kinds)
		delete(kinds, bearer)
	}
	return checkKinds(kinds)
}

func checkKinds(kinds map[string]bool) error {
	for name, open := range kinds {
		if consent.ParseKind(name) == consent.KindUnknown || !open {
			return errors.New("kinds: want names of kinds, each true")
		}
	}
	return nil
}
