package fhir

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// Fields of Patient that are lists split over several catalog fields, in the order
// in which they are put together again.
const (
	fieldOther     consent.FieldName = "identity.other"
	fieldExtension consent.FieldName = "identity.extension"
)

var (
	identifierFields = []consent.FieldName{
		"identity.identifier.other", "identity.identifier.medical_record", "identity.identifier.social_security",
		"identity.identifier.driving_licence", "identity.identifier.passport",
	}
	telecomFields = []consent.FieldName{"contact.phone", "contact.email", "contact.other"}
)

// patientElements are elements of Patient that become a field as they are.
var patientElements = []struct {
	element string
	field   consent.FieldName
	kind    byte
}{
	{"name", "identity.name", '['},
	{"gender", "identity.gender", '"'},
	{"birthDate", "identity.birth_date", '"'},
	{"address", "contact.address", '['},
	{"maritalStatus", "identity.marital_status", '{'},
	{"photo", "identity.photo", '['},
	{"communication", "identity.language", '['},
}

// patientChoices are the elements with a type in their name: the field is an object
// that keeps the name, {"deceasedBoolean": false}.
var patientChoices = []struct {
	prefix string
	field  consent.FieldName
}{
	{"deceased", "identity.deceased"},
	{"multipleBirth", "identity.multiple_birth"},
}

// patientExtensions are fields of their own. With value the field is that member
// alone, without it the whole extension.
var patientExtensions = []struct {
	url   string
	field consent.FieldName
	value string
	kind  byte
}{
	{"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "identity.race", "", '{'},
	{"http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity", "identity.ethnicity", "", '{'},
	{"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "identity.mother_maiden_name", "valueString", '"'},
	{"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "identity.birth_sex", "valueCode", '"'},
	{"http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "identity.birth_place", "valueAddress", '{'},
}

// patientFieldNames are all of them.
var patientFieldNames = func() []consent.FieldName {
	names := slices.Concat(identifierFields, telecomFields, []consent.FieldName{fieldOther, fieldExtension})
	for _, e := range patientElements {
		names = append(names, e.field)
	}
	for _, c := range patientChoices {
		names = append(names, c.field)
	}
	for _, e := range patientExtensions {
		names = append(names, e.field)
	}
	return names
}()

// patientFields splits a Patient. What has no field of its own goes to
// identity.other, or, of an extension, to identity.extension.
func patientFields(patient *node) (map[consent.FieldName]node, error) {
	fields := map[consent.FieldName]node{}
	other := object()
	if err := checkID(patient); err != nil {
		return nil, err
	}
	for i := range patient.list {
		m := &patient.list[i]
		var err error
		switch m.key {
		case "resourceType":
		case "identifier":
			err = splitList(fields, &m.node, identifierField)
		case "telecom":
			err = splitList(fields, &m.node, telecomField)
		case "extension":
			err = splitExtensions(fields, &m.node)
		default:
			var kept bool
			if kept, err = patientElement(fields, m); err == nil && !kept {
				other.list = append(other.list, *m)
			}
		}
		if err != nil {
			return nil, withinKey(m.key, err)
		}
	}
	if len(other.list) > 0 {
		fields[fieldOther] = other
	}
	return fields, nil
}

// checkOther refuses an element in identity.other that a field of its own gives.
func checkOther(other *node) error {
	for i := range other.list {
		if err := foreignElement(other.list[i].key); err != nil {
			return err
		}
	}
	return checkID(other)
}

// checkID refuses a resource's id that FHIR does not know; none is another's to judge.
func checkID(resource *node) error {
	if id := resource.get("id"); id != nil && !isID(id.text()) {
		return refuse(".id", "want 1 to 64 letters, digits, - and .")
	}
	return nil
}

func patientElement(fields map[consent.FieldName]node, m *member) (kept bool, err error) {
	for _, e := range patientElements {
		if e.element != m.key {
			continue
		}
		if err := wantKind(&m.node, e.kind); err != nil {
			return false, err
		}
		fields[e.field] = m.node
		return true, nil
	}
	for _, c := range patientChoices {
		if strings.HasPrefix(strings.TrimPrefix(m.key, "_"), c.prefix) {
			choice := fields[c.field]
			choice.kind = '{'
			choice.list = append(choice.list, *m)
			fields[c.field] = choice
			return true, nil
		}
	}
	return false, nil
}

func wantKind(n *node, kind byte) error {
	want := map[byte]string{'[': "a list of objects, not empty", '{': "an object", '"': "a string"}[kind]
	if n.kind != kind || kind == '[' && len(n.list) == 0 {
		return refuse("", "want "+want)
	}
	for i := range n.list {
		if kind == '[' && n.list[i].kind != '{' {
			return withinItem(i, refuse("", "want an object"))
		}
	}
	return nil
}

func splitList(fields map[consent.FieldName]node, items *node, fieldOf func(*node) consent.FieldName) error {
	if err := wantKind(items, '['); err != nil {
		return err
	}
	for i := range items.list {
		add(fields, fieldOf(&items.list[i].node), items.list[i].node)
	}
	return nil
}

func add(fields map[consent.FieldName]node, field consent.FieldName, item node) {
	l := fields[field]
	l.kind = '['
	l.list = append(l.list, member{node: item})
	fields[field] = l
}

// identifierField goes by the identifier's type (HL7 v2 table 0203), then by its system.
func identifierField(identifier *node) consent.FieldName {
	if typ := identifier.get("type"); typ != nil {
		if codings := typ.get("coding"); codings != nil {
			for i := range codings.list {
				if f := identifierCode(&codings.list[i].node); f != "" {
					return f
				}
			}
		}
	}
	switch system := identifier.get("system").text(); {
	case system == "http://hl7.org/fhir/sid/us-ssn":
		return "identity.identifier.social_security"
	case strings.HasPrefix(system, "http://hl7.org/fhir/sid/passport-"),
		system == "http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber":
		return "identity.identifier.passport"
	}
	return "identity.identifier.other"
}

func identifierCode(coding *node) consent.FieldName {
	switch coding.get("system").text() {
	case "http://terminology.hl7.org/CodeSystem/v2-0203", "http://hl7.org/fhir/v2/0203":
		switch coding.get("code").text() {
		case "MR":
			return "identity.identifier.medical_record"
		case "SS":
			return "identity.identifier.social_security"
		case "DL":
			return "identity.identifier.driving_licence"
		case "PPN":
			return "identity.identifier.passport"
		}
	}
	return ""
}

func telecomField(contact *node) consent.FieldName {
	switch contact.get("system").text() {
	case "phone", "sms":
		return "contact.phone"
	case "email":
		return "contact.email"
	}
	return "contact.other"
}

func splitExtensions(fields map[consent.FieldName]node, items *node) error {
	if err := wantKind(items, '['); err != nil {
		return err
	}
	for i := range items.list {
		item := &items.list[i].node
		field, value := extensionField(item)
		if _, taken := fields[field]; field == "" || taken {
			add(fields, fieldExtension, *item)
			continue
		}
		fields[field] = value
	}
	return nil
}

// extensionField is the field of a Patient extension and its value; "" where it has
// none, or holds more than the field could give back.
func extensionField(extension *node) (consent.FieldName, node) {
	url := extension.get("url").text()
	for _, e := range patientExtensions {
		if e.url != url {
			continue
		}
		if e.value == "" {
			return e.field, *extension
		}
		if v := extension.get(e.value); v != nil && v.kind == e.kind && len(extension.list) == 2 {
			return e.field, *v
		}
	}
	return "", node{}
}

// patientResource is the reverse of patientFields.
func patientResource(b *builder) (node, error) {
	patient := object(member{"resourceType", quoted("Patient")})
	var extensions, identifiers, telecom []node
	b.single(fieldOther, '{', func(other node) error {
		patient.list = append(patient.list, other.list...)
		return checkOther(&other)
	})
	for _, e := range patientExtensions {
		b.single(e.field, e.kind, func(v node) error {
			if e.value != "" {
				v = object(member{"url", quoted(e.url)}, member{e.value, v})
			}
			extensions = append(extensions, v)
			return nil
		})
	}
	for _, f := range identifierFields {
		identifiers = append(identifiers, b.items(f)...)
	}
	for _, f := range telecomFields {
		telecom = append(telecom, b.items(f)...)
	}
	for _, e := range patientElements {
		if e.kind == '[' {
			patient.addList(e.element, b.items(e.field))
			continue
		}
		b.single(e.field, e.kind, func(v node) error {
			patient.list = append(patient.list, member{e.element, v})
			return nil
		})
	}
	for _, c := range patientChoices {
		b.single(c.field, '{', func(v node) error {
			for _, m := range v.list {
				if !strings.HasPrefix(strings.TrimPrefix(m.key, "_"), c.prefix) {
					return withinKey(m.key, refuse("", fmt.Sprintf("does not belong here; want %s and its type", c.prefix)))
				}
			}
			patient.list = append(patient.list, v.list...)
			return nil
		})
	}
	extensions = append(extensions, b.items(fieldExtension)...)
	patient.addList("extension", append(extensions, b.more...))
	patient.addList("identifier", identifiers)
	patient.addList("telecom", telecom)
	return patient, b.err
}

func (n *node) addList(key string, items []node) {
	if len(items) > 0 {
		n.list = append(n.list, member{key, list(items)})
	}
}

// foreignElement refuses an element that has its place elsewhere.
func foreignElement(key string) error {
	field := ""
	switch key {
	case "resourceType":
		field = "the vault"
	case "identifier", "telecom", "extension":
		field = "the fields of " + key
	}
	for _, e := range patientElements {
		if e.element == key {
			field = string(e.field)
		}
	}
	for _, c := range patientChoices {
		if strings.HasPrefix(strings.TrimPrefix(key, "_"), c.prefix) {
			field = string(c.field)
		}
	}
	if field == "" {
		return nil
	}
	return withinKey(key, refuse("", "belongs to "+field+"; put it there"))
}
