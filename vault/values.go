package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of one writer's value, docs/protocol/record.md.
const (
	maxValue    = 16 << 20 // bytes
	maxDepth    = 32
	maxNodes    = 250_000 // JSON values in it: half of what Shape must take
	maxElements = 10_000  // of a list or of FHIR resources
)

var (
	errValue    = errors.New("not of the catalog's type")
	fhirID      = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`) // FHIR R4, datatype id
	dateFormats = map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}
)

// checkValue returns a value in compact form, or errValue.
// What is computed has no value of its own.
func checkValue(field consent.CatalogField, value []byte) ([]byte, error) {
	if field.Derived != nil || len(value) > maxValue || !utf8.Valid(value) || checkJSON(value) != nil {
		return nil, errValue
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil || !ofType(field, compact.Bytes()) {
		return nil, errValue
	}
	return compact.Bytes(), nil
}

// checkJSON refuses what parsers disagree on or choke on: names that come twice in
// one object, depth, number of values.
func checkJSON(value []byte) error {
	type level struct {
		names  map[string]bool // nil in an array
		inName bool
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	nodes := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return errValue
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
		} else if n := len(open); n > 0 && open[n-1].inName {
			name, ok := token.(string)
			if !ok || open[n-1].names[name] {
				return errValue
			}
			open[n-1].names[name], open[n-1].inName = true, false
			continue
		} else if nodes++; nodes > maxNodes {
			return errValue
		} else if token == json.Delim('{') {
			open = append(open, level{names: map[string]bool{}, inName: true})
			if len(open) > maxDepth {
				return errValue
			}
			continue
		} else if token == json.Delim('[') {
			open = append(open, level{})
			if len(open) > maxDepth {
				return errValue
			}
			continue
		}
		// A value has ended: in an object a name, or its end, comes next.
		if n := len(open); n > 0 && open[n-1].names != nil {
			open[n-1].inName = d.More()
		}
	}
}

func ofType(field consent.CatalogField, value []byte) bool {
	switch field.Type {
	case consent.TypeText:
		s, ok := asText(value)
		return ok && len(s) >= 1 && len(s) <= 4000
	case consent.TypeDate:
		s, ok := asText(value)
		_, err := time.Parse(dateFormats[len(s)], s)
		return ok && dateFormats[len(s)] != "" && err == nil
	case consent.TypeCode:
		s, ok := asText(value)
		return ok && slices.Contains(field.Codes, s)
	case consent.TypeBoolean:
		return string(value) == "true" || string(value) == "false"
	case consent.TypeNumber:
		return len(value) <= 64 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9')
	case consent.TypeIdentifier:
		return isIdentifier(value)
	case consent.TypeObject:
		return value[0] == '{' && len(value) > 2
	case consent.TypeList:
		_, ok := asObjects(value)
		return ok
	case consent.TypeFHIR:
		_, ok := asResources(field, value)
		return ok
	}
	return false
}

// misplaced are the fields of a call that Place refuses. Place sees what the grant does
// not cover too: the report of a sensitive result does not become ordinary because
// the result cannot be stored.
func (a *attempt) misplaced(call WriteCall) []consent.FieldName {
	values := map[consent.FieldName][]byte{}
	for name, value := range call.Values {
		switch field, _ := a.catalog.Field(name); field.Type {
		case consent.TypeFHIR, consent.TypeList, consent.TypeObject, consent.TypeIdentifier:
			values[name] = value
		}
	}
	return slices.Sorted(maps.Keys(a.gate.place(a.catalog, values)))
}

func asText(value []byte) (s string, ok bool) {
	if value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return "", false
	}
	return s, !strings.ContainsRune(s, 0) && !strings.ContainsRune(s, utf8.RuneError)
}

func isIdentifier(value []byte) bool {
	var members map[string]json.RawMessage
	if value[0] != '{' || json.Unmarshal(value, &members) != nil || len(members) != 2 {
		return false
	}
	for _, name := range []string{"system", "value"} {
		raw, found := members[name]
		if !found {
			return false
		}
		if s, ok := asText(raw); !ok || s == "" || len(s) > 1000 {
			return false
		}
	}
	return true
}

func asObjects(value []byte) (list []json.RawMessage, ok bool) {
	if value[0] != '[' || json.Unmarshal(value, &list) != nil || len(list) == 0 || len(list) > maxElements {
		return nil, false
	}
	for _, element := range list {
		if element[0] != '{' {
			return nil, false
		}
	}
	return list, true
}

// resource is one FHIR resource of a field with the type and id that it is merged by.
type resource struct {
	id  string
	raw json.RawMessage
}

// asResources wants whole resources of the field's type, or of any in a field of a
// sensitive matter, each with an id of its own among those of its type.
func asResources(field consent.CatalogField, value []byte) ([]resource, bool) {
	list, ok := asObjects(value)
	if !ok || field.Resource == "" && field.Matter == "" {
		return nil, false
	}
	seen := map[string]bool{}
	resources := make([]resource, len(list))
	for i, raw := range list {
		var members map[string]json.RawMessage // not a struct: its names would match in any case
		if json.Unmarshal(raw, &members) != nil {
			return nil, false
		}
		var kind, id string
		if json.Unmarshal(members["resourceType"], &kind) != nil || json.Unmarshal(members["id"], &id) != nil {
			return nil, false
		}
		if field.Resource != "" && kind != field.Resource || !fhirID.MatchString(id) || seen[kind+"/"+id] {
			return nil, false
		}
		id = kind + "/" + id
		seen[id] = true
		resources[i] = resource{id, raw}
	}
	return resources, true
}

// mergeValue is the writer's new value: of FHIR resources, the earlier ones with
// those of the same id replaced and new ones at the end, each with the signature that it
// came with; of everything else, the new.
func mergeValue(field consent.CatalogField, earlier, own Sourced) (Sourced, error) {
	if field.Type != consent.TypeFHIR || len(earlier.Value) == 0 {
		return own, nil
	}
	signatures := earlier.Signatures
	merged, ok := asResources(field, earlier.Value)
	if !ok {
		merged, signatures = nil, nil // the catalog's type has changed since: nothing to merge with
	}
	added, ok := asResources(field, own.Value)
	if !ok || len(added) != len(own.Signatures) || len(merged) != len(signatures) {
		return Sourced{}, errValue
	}
	signatures = slices.Clone(signatures)
	place := make(map[string]int, len(merged))
	for i, r := range merged {
		place[r.id] = i
	}
	for n, r := range added {
		if i, found := place[r.id]; found {
			merged[i], signatures[i] = r, own.Signatures[n]
		} else {
			merged, signatures = append(merged, r), append(signatures, own.Signatures[n])
		}
	}
	if len(merged) > maxElements {
		return Sourced{}, errValue
	}
	out := append(make([]byte, 0, len(earlier.Value)+len(own.Value)), '[')
	for i, r := range merged {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, r.raw...)
	}
	if out = append(out, ']'); len(out) > maxValue || checkJSON(out) != nil {
		return Sourced{}, errValue
	}
	own.Value, own.Signatures = out, signatures
	return own, nil
}
