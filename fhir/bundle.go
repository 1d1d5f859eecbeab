package fhir

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// otherSource marks, on the Patient that Bundle makes, the value of a further source
// for an element that FHIR allows once.
const otherSource = "https://github.com/wrapious/wrappy/fhir/other-source"

// baseURL stands for the server of resources that call each other by Type/id: such
// references resolve inside a FHIR Bundle only under one base. Nothing is served there.
const baseURL = "https://vault.invalid/fhir/"

// Holds reports whether a FHIR Bundle has a place for the field.
func Holds(field consent.FieldName) bool {
	return slices.Contains(patientFieldNames, field) || field.Category() == consent.CategoryHealth
}

// builder puts fields together. A field has one value for each source, in order.
type builder struct {
	values map[consent.FieldName][]node
	more   []node // extensions of the Patient: what an element that stands once has no place for
	err    error  // the first
}

// Bundle makes a FHIR R4 collection Bundle: a Patient put together from its fields,
// then the resources, by field and in the order given. Each field has one value for each
// source. Lists are joined; of an element that FHIR allows once the first source's
// stands and the others go to an extension. A resource that calls the patient by another
// id than the Patient has (two institutions do) is made to refer to it; nothing else
// changes. The error, an *Error, names the field.
func Bundle(values map[consent.FieldName][]json.RawMessage) ([]byte, error) {
	b := &builder{values: make(map[consent.FieldName][]node, len(values))}
	for _, f := range slices.Sorted(maps.Keys(values)) {
		if !Holds(f) {
			return nil, refuse(fieldElement(f), "has no place in a FHIR Bundle; take it as JSON")
		}
		for _, raw := range values[f] {
			n, err := parse(raw)
			if err != nil {
				return nil, within(string(f), err)
			}
			b.values[f] = append(b.values[f], n)
		}
	}
	patient, err := patientResource(b)
	if err != nil {
		return nil, err
	}
	resources, err := b.resources()
	if err != nil {
		return nil, err
	}
	bundle := object(member{"resourceType", quoted("Bundle")}, member{"type", quoted("collection")})
	bundle.addList("entry", entryList(patient, resources))
	return bundle.bytes(), nil
}

func fieldElement(f consent.FieldName) string {
	if f.Validate() != nil {
		return "?"
	}
	return string(f)
}

func (b *builder) fail(f consent.FieldName, err error) {
	if b.err == nil && err != nil {
		b.err = within(string(f), err)
	}
}

// single hands the first source's value to use.
func (b *builder) single(f consent.FieldName, kind byte, use func(node) error) {
	var seen [][]byte
	for i, v := range b.values[f] {
		if err := wantKind(&v, kind); err != nil {
			b.fail(f, err)
			return
		}
		if i == 0 {
			b.fail(f, use(v))
		} else if f == fieldOther {
			// These speak of a source's own resource, not of the person.
			v.list = slices.DeleteFunc(slices.Clone(v.list), func(m member) bool { return m.key == "id" || m.key == "meta" || m.key == "text" })
		}
		text := v.bytes()
		empty := kind == '{' && len(v.list) == 0
		if i > 0 && !empty && !contains(seen, text) {
			b.more = append(b.more, object(member{"url", quoted(otherSource)}, member{"extension", list([]node{
				object(member{"url", quoted("field")}, member{"valueString", quoted(string(f))}),
				object(member{"url", quoted("json")}, member{"valueString", quoted(string(text))}),
			})}))
		}
		seen = append(seen, text)
	}
}

func contains(texts [][]byte, text []byte) bool {
	return slices.ContainsFunc(texts, func(t []byte) bool { return bytes.Equal(t, text) })
}

// items joins the lists of all sources. What a later source says again is left out.
func (b *builder) items(f consent.FieldName) []node {
	var all []node
	seen := map[string]bool{}
	for i, v := range b.values[f] {
		if err := wantKind(&v, '['); err != nil && (v.kind != '[' || len(v.list) > 0) {
			b.fail(f, err)
			return nil
		}
		for _, item := range v.list {
			text := string(item.bytes())
			if i == 0 || !seen[text] {
				all = append(all, item.node)
			}
			seen[text] = true
		}
	}
	return all
}

// resource is one that a Bundle will hold.
type resource struct {
	typ, id string
	node    node
	patient *node // the string by which it refers to the patient; nil where it does not
}

func (b *builder) resources() ([]resource, error) {
	var all []resource
	for _, f := range slices.Sorted(maps.Keys(b.values)) {
		if f.Category() != consent.CategoryHealth {
			continue
		}
		for i, n := range b.items(f) {
			r := resource{typ: n.get("resourceType").text(), id: n.get("id").text(), node: n}
			if !kept(r.typ) || !isID(r.id) {
				b.fail(f, withinItem(i, refuse("", "want a FHIR R4 resource of a type that is kept, with an id")))
			} else if err := patientOf(&entry{typ: r.typ, resource: &n}); err != nil {
				b.fail(f, withinItem(i, err))
			}
			r.patient = n.get(subjects[r.typ]).get("reference")
			all = append(all, r)
		}
	}
	return all, b.err
}

// patientAddress is the Patient's id and how resources call it: of the forms in use
// for this id the one that resolves in most places (URL, urn:uuid, Type/id).
func patientAddress(id string, resources []resource) (string, string) {
	address, best := "", 0
	for _, r := range resources {
		if r.patient == nil {
			continue
		}
		ref := sameForm(r.patient.text())
		t, _ := splitReference(ref)
		rank := 1
		if t.typ == "" {
			rank = 2
		} else if t.base != "" {
			rank = 3
		}
		if id == "" {
			id = t.id
		}
		if strings.EqualFold(t.id, id) && rank > best {
			address, best = ref, rank
		}
	}
	if address == "" && isUUID(id) {
		address = sameForm("urn:uuid:" + id)
	}
	return id, address
}

func entryList(patient node, resources []resource) []node {
	if len(patient.list) == 1 && len(resources) == 0 {
		return nil
	}
	had := patient.get("id").text()
	id, address := patientAddress(had, resources)
	if had == "" && id != "" {
		patient.list = slices.Insert(patient.list, 1, member{"id", quoted(id)})
	}
	base := ""
	switch t, _ := splitReference(address); {
	case t.typ != "" && t.base != "":
		base = t.base
	case t.typ != "" || address == "" && id != "":
		base = baseURL
	}
	own := fullURL(base, "Patient", id, &patient)
	if strings.HasPrefix(address, "urn:oid:") {
		own = address
	}
	entries := []node{entryNode(own, patient)}
	urls := map[string]bool{own: true}
	for i := range resources {
		r := &resources[i]
		r.callPatient(id, address)
		url := fullURL(base, r.typ, r.id, &r.node)
		if urls[url] { // one UUID of two types
			url = baseURL + r.typ + "/" + r.id
		}
		if urls[url] { // of another source: both stay, under addresses of their own
			url = "urn:uuid:" + nameUUID(r.node.bytes())
		}
		urls[url] = true
		entries = append(entries, entryNode(url, r.node))
	}
	return entries
}

func entryNode(url string, resource node) node {
	return object(member{"fullUrl", quoted(url)}, member{"resource", resource})
}

func fullURL(base, typ, id string, n *node) string {
	switch {
	case base != "" && id != "":
		return base + typ + "/" + id
	case isUUID(id):
		return sameForm("urn:uuid:" + id)
	case id != "":
		return baseURL + typ + "/" + id
	}
	return "urn:uuid:" + nameUUID(n.bytes())
}

// callPatient rewrites the references of r to the patient unless they name the
// Patient of the Bundle already.
func (r *resource) callPatient(id, address string) {
	if r.patient == nil {
		return
	}
	own := sameForm(r.patient.text())
	if own == address || own == "Patient/"+id {
		return
	}
	if address == "" {
		address = "Patient/" + id
	}
	_ = r.node.references(func(_, ref *node) error {
		if sameForm(ref.text()) == own {
			*ref = quoted(address)
		}
		return nil
	})
}

// nameUUID is a UUID of version 8 (RFC 9562) that the content gives.
func nameUUID(content []byte) string {
	sum := sha256.Sum256(append([]byte("wrappy fhir entry v1\x00"), content...))
	return formatUUID(sum[:])
}

// formatUUID takes 16 bytes of a hash; six bits go to version 8 and variant.
func formatUUID(hash []byte) string {
	var u [16]byte
	copy(u[:], hash)
	u[6] = u[6]&0x0F | 0x80
	u[8] = u[8]&0x3F | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
