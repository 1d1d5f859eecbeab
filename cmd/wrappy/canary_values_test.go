package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// canaries are values that stand nowhere else: each is looked for everywhere.
type canaries struct {
	*scanner
	t       *testing.T
	patient string // as FHIR calls the person
	count   int
}

// text is a new one: letters and digits, so that it fits into every name, header and id.
func (c *canaries) text(of string) string {
	c.t.Helper()
	text := "kn" + strings.ToLower(rand.Text())
	c.add(of, []byte(text))
	c.count++
	return text
}

func random(below int64) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(below))
	if err != nil {
		panic(err)
	}
	return n.Int64()
}

// value makes one of the field's type, and what of it a release must show.
func (c *canaries) value(field consent.CatalogField, lists []consent.CodeList) (value json.RawMessage, shown []string) {
	c.t.Helper()
	of := string(field.Name)
	one, two := c.text(of), c.text(of+", again")
	shown = []string{one}
	var v any
	switch field.Type {
	case consent.TypeText:
		v = one
	case consent.TypeDate: // of a century in which nothing here happened
		date := fmt.Sprintf("18%02d-%02d-%02d", random(100), 1+random(12), 1+random(28))
		c.add(of, []byte(date))
		v, shown = date, []string{date}
	case consent.TypeCode: // cannot be unique, as a boolean cannot; written all the same
		v, shown = field.Codes[0], nil
	case consent.TypeBoolean:
		v, shown = true, nil
	case consent.TypeNumber:
		number := fmt.Sprintf("9%017d", random(1e17))
		c.add(of, []byte(number))
		v, shown = json.Number(number), []string{number}
	case consent.TypeIdentifier:
		v = object{"system": "urn:example:" + one, "value": two} // an institution sees a pseudonym of the second
	case consent.TypeObject:
		v, shown = objectOf(field.Name, one, two), []string{one, two}
	case consent.TypeList:
		v = []object{{"note": one, "value": two, "data": base64.StdEncoding.EncodeToString([]byte("*" + c.text(of+", inside base64")))}}
	case consent.TypeFHIR:
		var resource object
		resource, shown = c.resource(field, lists)
		v = []object{resource}
	default:
		c.t.Fatalf("%s: no value of type %q is known here", field.Name, field.Type)
	}
	return json.RawMessage(encode(v)), shown
}

// objectOf keeps the names that FHIR gives to some elements.
func objectOf(field consent.FieldName, one, two string) object {
	extension := []object{{"url": "urn:example:" + two, "valueString": one}}
	switch field {
	case "identity.deceased":
		return object{"deceasedBoolean": true, "_deceasedBoolean": object{"extension": extension}}
	case "identity.multiple_birth":
		return object{"multipleBirthInteger": 2, "_multipleBirthInteger": object{"extension": extension}}
	case "identity.race", "identity.ethnicity":
		return object{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + strings.TrimPrefix(string(field), "identity."), "extension": extension}
	}
	return object{"comment": one, "remark": two}
}

// resource is one of a FHIR field, with the category or code that puts it there. What
// only the record may hold, and no release, is in it too: id, narrative, somebody's name.
func (c *canaries) resource(field consent.CatalogField, lists []consent.CodeList) (object, []string) {
	of := string(field.Name)
	code, display, text, note := c.text(of+" code"), c.text(of+" display"), c.text(of+" text"), c.text(of+" note")
	codings := []object{{"system": "urn:example:codes", "code": code, "display": display}}
	codings = append(codings, sensitive(field.Matter, lists)...)
	kind, subject := field.Resource, "subject"
	if kind == "" {
		kind = "Condition"
	}
	if kind == "AllergyIntolerance" || kind == "Immunization" {
		subject = "patient"
	}
	resource := object{
		"resourceType": kind, "id": c.text(of + " id"),
		subject:      object{"reference": "Patient/" + c.patient, "display": c.text(of + " subject's name")},
		"code":       object{"coding": codings, "text": text},
		"note":       []object{{"text": note}},
		"identifier": []object{{"system": "urn:example:numbers", "value": c.text(of + " identifier")}},
		"text":       object{"status": "generated", "div": `<div xmlns="http://www.w3.org/1999/xhtml">` + c.text(of+" narrative") + "</div>"},
	}
	if field.Category != "" {
		resource["category"] = []object{{"coding": []object{{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": field.Category}}}}
	}
	return resource, []string{code, display, text, note}
}

// sensitive are codes that make a resource one of the matter's: one, or of several two.
func sensitive(matter string, lists []consent.CodeList) (codings []object) {
	seen := map[string]bool{}
	for _, list := range lists {
		if matter == "" || seen[list.Matter] || matter != consent.MatterSeveral && list.Matter != matter || len(codings) == 2 {
			continue
		}
		seen[list.Matter] = true
		codings = append(codings, object{"system": list.System, "code": slices.Concat(list.Codes, list.Prefixes)[0]})
	}
	return codings
}

// large is a list of more than 64 KiB with canaries at its start, in the middle and at its end.
func (c *canaries) large() (value json.RawMessage, shown []string) {
	shown = []string{c.text("large, start"), c.text("large, middle"), c.text("large, end")}
	filling := func() string {
		raw := make([]byte, 70<<10)
		_, _ = rand.Read(raw)
		return base64.StdEncoding.EncodeToString(raw)
	}
	return json.RawMessage(encode([]object{{"note": shown[0], "data": filling()}, {"note": shown[1]}, {"data": filling(), "note": shown[2]}})), shown
}

// way is how a field may be read or written: by whom and for what.
type way struct {
	kind    consent.Kind
	purpose consent.Purpose
}

// ways reads the default policy for what each field may be written and read by.
func ways(t *testing.T, kinds map[string]consent.Kind) (write, read map[consent.FieldName]way) {
	t.Helper()
	var fields map[consent.FieldName]map[string]json.RawMessage
	var purposes map[consent.Purpose]struct {
		Kinds, Bases map[string]bool
		Read, Write  map[consent.FieldName]bool
	}
	for name, into := range map[string]any{"fields": &fields, "purposes": &purposes} {
		data, err := os.ReadFile(filepath.Join("..", "..", "policy", "bundle", name, "data.json"))
		must(t, err)
		must(t, json.Unmarshal(data, into))
	}
	write, read = map[consent.FieldName]way{}, map[consent.FieldName]way{}
	for purpose, p := range purposes {
		for action, into := range map[string]map[consent.FieldName]way{"write": write, "read": read} {
			for name := range map[string]map[consent.FieldName]bool{"write": p.Write, "read": p.Read}[action] {
				var allowed map[string]bool
				must(t, json.Unmarshal(fields[name][action], &allowed))
				for kind, known := range kinds {
					if p.Bases["consent"] && p.Kinds[kind] && allowed[kind] && comesFirst(way{known, purpose}, into[name]) {
						into[name] = way{known, purpose}
					}
				}
			}
		}
	}
	return write, read
}

// comesFirst makes the choice among several the same each time.
func comesFirst(a, b way) bool {
	return b.purpose == "" || a.purpose < b.purpose || a.purpose == b.purpose && a.kind < b.kind
}
