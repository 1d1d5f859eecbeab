package fhir

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// Parsed is what a FHIR Bundle or resource holds of the catalog, and what it holds besides.
type Parsed struct {
	Values map[consent.FieldName]json.RawMessage
	Left   []Left  // sorted; empty where all was taken
	Taken  []Taken `json:"-"`
	// Transaction: all of it or nothing is to be stored. Requests are those of Taken.
	Transaction bool `json:"-"`
	// Signatures is what the Bundle's meta holds under SignaturesURL, base64; "" where nothing.
	Signatures string `json:"-"`
}

// Taken says which fields a resource of the input went to, in the input's order.
type Taken struct {
	Element string // Bundle.entry[3], or the resource's type where it stands alone
	Type    string
	ID      string              // "" for a Patient that has none
	Fields  []consent.FieldName // sorted; none: the catalog has no field for it
	Method  string              // of a transaction's request: PUT or POST
}

// Left counts what was not taken, and why.
type Left struct {
	ResourceType string     `json:"resource_type"` // "Bundle" for the envelope
	Reason       LeftReason `json:"reason"`
	Count        int        `json:"count"`
}

// LeftReason says why something was not taken. The set is closed.
type LeftReason string

// The reasons.
const (
	LeftNoField    LeftReason = "no_field"    // the catalog has no field for this resource type
	LeftEnvelope   LeftReason = "envelope"    // an element of the Bundle or of an entry, not of a resource
	LeftNoResource LeftReason = "no_resource" // an entry without a resource: nothing is read or deleted by it
)

// entry is one resource with its place and address.
type entry struct {
	path     string
	fullURL  string
	resource *node
	typ      string
}

// Fields splits a FHIR R4 Bundle (transaction, batch, collection, searchset) or a
// single resource into fields of the catalog. A resource with a code of a sensitive
// matter goes to the field of that matter and nowhere else, and so does what refers to
// it. At most one Patient, without such a code in it, and nothing of another one: else the
// error, an *Error, names the element. Requests of a transaction or batch (PUT, DELETE, conditions) are not
// looked at, only counted as left: Write does.
func Fields(bundle []byte, catalog *consent.Catalog) (*Parsed, error) {
	root, name, err := read(bundle)
	if err != nil {
		return nil, err
	}
	return split(&root, name, catalog)
}

// read parses an input and says how errors call it.
func read(bundle []byte) (root node, name string, err error) {
	root, err = parse(bundle)
	name = "Resource"
	if t := root.get("resourceType").text(); t == "Bundle" || t == "Patient" || kept(t) {
		name = t
	}
	return root, name, within(name, err)
}

func split(root *node, name string, catalog *consent.Catalog) (*Parsed, error) {
	where, err := placesOf(catalog)
	if err != nil {
		return nil, err
	}
	signatures, err := takeSignatures(root)
	if err != nil {
		return nil, err
	}
	left := map[Left]int{}
	entries, err := entriesOf(root, name, left)
	if err != nil {
		return nil, err
	}
	s, err := findSubject(entries)
	if err != nil {
		return nil, err
	}
	fields := map[consent.FieldName]node{}
	if s.patient != nil {
		if fields, err = patientFields(s.patient.resource); err == nil {
			err = where.checkCodes(s.patient.resource, "")
		}
		if err != nil {
			return nil, within(s.patient.path, err)
		}
	}
	patient := maps.Clone(fields)
	ids := map[string]bool{}
	for i := range entries {
		if err := checkEntry(&entries[i], s, ids); err != nil {
			return nil, within(entries[i].path, err)
		}
	}
	placed := make([]Taken, len(entries))
	for i, set := range where.mattersOf(entries) {
		e := &entries[i]
		placed[i] = Taken{Element: strings.TrimSuffix(e.path, ".resource"), Type: e.typ, ID: e.resource.get("id").text()}
		if e.typ == "Patient" {
			placed[i].Fields = slices.Sorted(maps.Keys(patient))
			continue
		}
		if f := where.field(e.resource, e.typ, set); f != "" && kept(e.typ) {
			add(fields, f, *e.resource)
			placed[i].Fields = []consent.FieldName{f}
		} else {
			left[Left{ResourceType: e.typ, Reason: LeftNoField}]++
		}
	}
	p := parsed(fields, left)
	p.Taken, p.Signatures = placed, signatures
	return p, nil
}

func parsed(fields map[consent.FieldName]node, left map[Left]int) *Parsed {
	p := &Parsed{Values: make(map[consent.FieldName]json.RawMessage, len(fields))}
	for f, n := range fields {
		p.Values[f] = n.bytes()
	}
	for l, count := range left {
		l.Count = count
		p.Left = append(p.Left, l)
	}
	slices.SortFunc(p.Left, func(a, b Left) int {
		return cmp.Or(cmp.Compare(a.ResourceType, b.ResourceType), cmp.Compare(a.Reason, b.Reason))
	})
	return p
}

func entriesOf(root *node, name string, left map[Left]int) ([]entry, error) {
	typ, err := resourceType(root)
	if err != nil {
		return nil, within(name, err)
	}
	if typ != "Bundle" {
		return []entry{{path: name, resource: root, typ: typ}}, nil
	}
	switch root.get("type").text() {
	case "transaction", "batch", "collection", "searchset":
	default:
		return nil, refuse("Bundle.type", "want transaction, batch, collection or searchset")
	}
	var entries []entry
	for i := range root.list {
		switch m := &root.list[i]; m.key {
		case "resourceType", "type":
		case "entry":
			if m.kind != '[' || len(m.list) > maxEntries {
				return nil, refuse("Bundle.entry", fmt.Sprintf("want a list of at most %d entries; send it in parts", maxEntries))
			}
			for j := range m.list {
				path := fmt.Sprintf("Bundle.entry[%d]", j)
				if entries, err = appendEntry(entries, &m.list[j].node, path, left); err != nil {
					return nil, within(path, err)
				}
			}
		default:
			left[Left{ResourceType: "Bundle", Reason: LeftEnvelope}]++
		}
	}
	return entries, uniqueURLs(entries)
}

func appendEntry(entries []entry, n *node, path string, left map[Left]int) ([]entry, error) {
	if n.kind != '{' {
		return nil, refuse("", "want an object")
	}
	e := entry{path: path + ".resource"}
	for i := range n.list {
		switch m := &n.list[i]; m.key {
		case "resource":
			e.resource = &m.node
		case "fullUrl":
			if e.fullURL = m.text(); e.fullURL == "" {
				return nil, refuse(".fullUrl", "want a URI")
			}
		default:
			left[Left{ResourceType: "Bundle", Reason: LeftEnvelope}]++
		}
	}
	if e.resource == nil {
		left[Left{ResourceType: "Bundle", Reason: LeftNoResource}]++
		return entries, nil
	}
	var err error
	if e.typ, err = resourceType(e.resource); err != nil {
		return nil, within(".resource", err)
	}
	if e.typ == "Patient" || kept(e.typ) {
		if err := takeID(&e); err != nil {
			return nil, err
		}
	}
	return append(entries, e), nil
}

func resourceType(n *node) (string, error) {
	if n.kind != '{' {
		return "", refuse("", "want a JSON object: a FHIR R4 resource")
	}
	typ := n.get("resourceType").text()
	if !isType(typ) {
		return "", refuse(".resourceType", "want the name of a FHIR R4 resource type")
	}
	return typ, nil
}

// takeID gives the resource of an entry the id that its fullUrl holds where it has
// none: the record keeps resources by id, and references by urn:uuid would hang in
// the air. A fullUrl that says otherwise than the id is refused.
func takeID(e *entry) error {
	if err := checkID(e.resource); err != nil {
		return within(".resource", err)
	}
	id := e.resource.get("id")
	t, ok := splitReference(e.fullURL)
	switch {
	case e.fullURL == "":
		return nil
	case !ok || t.base == "#" || t.typ != "" && t.typ != e.typ || !isID(t.id):
		return refuse(".fullUrl", "want urn:uuid: and a UUID, or a URL that ends in the resource's type and id")
	case id == nil:
		e.resource.list = append(e.resource.list, member{"id", quoted(t.id)})
	case !strings.EqualFold(id.text(), t.id) || t.typ != "" && id.text() != t.id:
		return refuse(".fullUrl", "names another id than the resource; give both the same, or leave the id out")
	}
	return nil
}

func uniqueURLs(entries []entry) error {
	seen := map[string]bool{}
	for _, e := range entries {
		if e.fullURL == "" {
			continue
		}
		if key := sameForm(e.fullURL); seen[key] {
			return refuse(strings.TrimSuffix(e.path, "resource")+"fullUrl", "the same as of an earlier entry; give each its own")
		} else {
			seen[key] = true
		}
	}
	return nil
}

// subject is the one person that a Bundle may speak of.
type subject struct {
	patient *entry
	refs    []string // how resources may call the person, in sameForm
}

func findSubject(entries []entry) (*subject, error) {
	s := &subject{}
	for i := range entries {
		e := &entries[i]
		if e.typ != "Patient" {
			continue
		}
		if s.patient != nil {
			return nil, refuse(e.path, "a second Patient; send one Bundle for each person")
		}
		s.patient = e
		if e.fullURL != "" {
			s.refs = append(s.refs, sameForm(e.fullURL))
		}
		if id := e.resource.get("id").text(); id != "" {
			s.refs = append(s.refs, "Patient/"+id, sameForm("urn:uuid:"+id))
		}
	}
	return s, nil
}

// check refuses a reference to anybody else. Without a Patient in the Bundle the
// first reference says who is spoken of.
func (s *subject) check(ref string) error {
	form := sameForm(ref)
	if s.patient == nil && len(s.refs) == 0 {
		if !namesPatient(ref) {
			return refuse("", "want a reference that names the Patient by id")
		}
		s.refs = []string{form}
	}
	if !slices.Contains(s.refs, form) {
		return refuse("", "refers to another patient than the rest; send one Bundle for each person")
	}
	return nil
}

// checkEntry refuses what speaks of anybody else, also in what will be left.
func checkEntry(e *entry, s *subject, ids map[string]bool) error {
	if e.typ == "Patient" {
		return nil
	}
	if kept(e.typ) {
		if err := checkResource(e, s, ids); err != nil {
			return err
		}
	}
	return e.resource.references(func(holder, ref *node) error {
		if typeOf(ref.text()) == "Patient" || holder.get("type").text() == "Patient" {
			return s.check(ref.text())
		}
		return nil
	})
}

func checkResource(e *entry, s *subject, ids map[string]bool) error {
	id := e.resource.get("id").text()
	if !isID(id) {
		return refuse(".id", "want 1 to 64 letters, digits, - and .: a later version of the resource is known by it")
	}
	if ids[e.typ+"/"+id] {
		return refuse(".id", "the same as of an earlier resource of this type; send one version")
	}
	ids[e.typ+"/"+id] = true
	element := subjects[e.typ]
	person := e.resource.get(element).get("reference").text()
	if person == "" {
		return refuse("."+element, "want a reference to the Patient")
	}
	if err := s.check(person); err != nil {
		return within("."+element, err)
	}
	if contained := e.resource.get("contained"); contained != nil {
		for i := range contained.list {
			if contained.list[i].get("resourceType").text() == "Patient" {
				return within(".contained", withinItem(i, refuse("", "a Patient inside another resource; make it an entry")))
			}
		}
	}
	return nil
}
