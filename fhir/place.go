package fhir

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// subjects are the resource types that are kept, each with the element that names the
// patient.
var subjects = map[string]string{
	"AllergyIntolerance": "patient",
	"CarePlan":           "subject",
	"Condition":          "subject",
	"DiagnosticReport":   "subject",
	"Encounter":          "subject",
	"Goal":               "subject",
	"ImagingStudy":       "subject",
	"Immunization":       "patient",
	"MedicationRequest":  "subject",
	"Observation":        "subject",
	"Procedure":          "subject",
}

func kept(typ string) bool { return subjects[typ] != "" }

// categories are FHIR's for an Observation. Of several the first here counts: the one
// that says most about a life.
var categories = []string{"social-history", "survey", "therapy", "procedure", "imaging", "laboratory", "exam", "activity", "vital-signs"}

// slot is what an ordinary field of the catalog holds.
type slot struct{ typ, category string }

// places says where a catalog puts resources.
type places struct {
	slots    map[slot]consent.FieldName
	matters  []string // bit i of a matterSet stands for matters[i]
	fields   map[string]consent.FieldName
	exact    map[conceptKey]matterSet
	prefixes map[conceptKey]matterSet
	systems  map[string]bool // that are told apart, as systemName writes them
	longest  int             // of the prefixes
}

type matterSet uint64

type conceptKey struct{ system, code string } // as systemName and codeName write them

func placesOf(catalog *consent.Catalog) (*places, error) {
	if catalog == nil {
		return nil, errors.New("no field catalog")
	}
	p := &places{slots: map[slot]consent.FieldName{}, fields: map[string]consent.FieldName{},
		exact: map[conceptKey]matterSet{}, prefixes: map[conceptKey]matterSet{}, systems: map[string]bool{}}
	for _, system := range oids {
		p.systems[system] = true
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(catalog.Fields))) { // of two for one place the first by name
		switch f := catalog.Fields[name]; {
		case f.Type != consent.TypeFHIR:
		case f.Matter != "":
			p.fields[f.Matter] = name
		case f.Resource != "":
			p.slots[slot{f.Resource, strings.ToLower(f.Category)}] = name
		}
	}
	for _, l := range catalog.CodeLists {
		bit := slices.Index(p.matters, l.Matter)
		if bit < 0 {
			if bit = len(p.matters); bit == 64 {
				return nil, errors.New("field catalog: more than 64 matters")
			}
			p.matters = append(p.matters, l.Matter)
		}
		p.add(l, 1<<bit)
	}
	return p, nil
}

func (p *places) add(l consent.CodeList, set matterSet) {
	system := systemName(l.System)
	p.systems[system] = true
	for _, code := range l.Codes {
		code = codeName(code)
		p.exact[conceptKey{system, code}] |= set
		p.exact[conceptKey{"", code}] |= set
	}
	for _, prefix := range l.Prefixes {
		prefix = codeName(prefix)
		p.longest = max(p.longest, len(prefix))
		p.prefixes[conceptKey{system, prefix}] |= set
		p.prefixes[conceptKey{"", prefix}] |= set
	}
}

// field is where a resource belongs; "" where the catalog has no field for it.
func (p *places) field(n *node, typ string, set matterSet) consent.FieldName {
	switch bits.OnesCount64(uint64(set)) {
	case 0:
		if f, ok := p.slots[slot{typ, p.category(n, typ)}]; ok {
			return f
		}
		return p.slots[slot{typ, ""}]
	case 1:
		return p.fields[p.matters[bits.TrailingZeros64(uint64(set))]]
	}
	return p.fields[consent.MatterSeveral]
}

// category is the one that counts of the resource's: first what the catalog alone has a
// field for, by name, then in the order of categories. The code system does not matter: a
// further category can only move a resource to a field that says more.
func (p *places) category(n *node, typ string) string {
	best, rank := "", len(categories)
	list := n.get("category")
	if list == nil {
		return ""
	}
	list.objects(func(o *node) {
		code := strings.ToLower(o.get("code").scalar())
		r := slices.Index(categories, code)
		if _, own := p.slots[slot{typ, code}]; code == "" || r < 0 && !own {
			return
		}
		if r < rank || r == rank && code < best {
			best, rank = code, r
		}
	})
	return best
}

// Placed reports the fields whose values, lists of FHIR resources, hold one that belongs
// elsewhere, and those of other types whose values hold a code of a sensitive matter, with an
// *Error that names the element and the right field, never a value.
// What stands in a field of a sensitive matter may be ordinary: it may belong there for
// what it refers to. Values that came through Fields, with the same catalog, all pass.
func Placed(catalog *consent.Catalog, values map[consent.FieldName][]byte) map[consent.FieldName]error {
	misplaced := map[consent.FieldName]error{}
	p, err := placesOf(catalog)
	var entries []entry
	from := map[int]consent.FieldName{}
	for _, f := range slices.Sorted(maps.Keys(values)) {
		if err != nil {
			misplaced[f] = err
			continue
		}
		if t := catalog.Fields[f].Type; t != "" && t != consent.TypeFHIR {
			if bad := p.checkPlain(f, values[f]); bad != nil {
				misplaced[f] = within(fieldElement(f), bad)
			}
			continue
		}
		list, bad := resourcesIn(values[f])
		if bad != nil {
			misplaced[f] = within(fieldElement(f), bad)
			continue
		}
		for _, e := range list {
			from[len(entries)] = f
			entries = append(entries, e)
		}
	}
	if err != nil {
		return misplaced
	}
	sets := p.mattersOf(entries)
	for i := range entries {
		f, e := from[i], &entries[i]
		if want := p.field(e.resource, e.typ, sets[i]); misplaced[f] == nil && !p.fits(catalog.Fields[f], f == want, sets[i]) {
			misplaced[f] = within(fieldElement(f)+e.path, belongs(want))
		}
	}
	return misplaced
}

func belongs(want consent.FieldName) error {
	if want == "" {
		return refuse("", "the catalog has no field for it")
	}
	return refuse("", "belongs to "+string(want)+"; write it there")
}

// fits reports whether a resource may stand in a field: an ordinary one takes what
// belongs there, one of a matter also what is less sensitive.
func (p *places) fits(f consent.CatalogField, belongs bool, set matterSet) bool {
	if belongs || f.Matter == "" || f.Type != consent.TypeFHIR {
		return belongs
	}
	if f.Matter == consent.MatterSeveral {
		return true
	}
	bit := slices.Index(p.matters, f.Matter)
	return set == 0 || bit >= 0 && set == 1<<bit
}

// resourcesIn takes a field's value apart.
func resourcesIn(value []byte) ([]entry, error) {
	n, err := parse(value)
	if err != nil {
		return nil, err
	}
	if err := wantKind(&n, '['); err != nil {
		return nil, err
	}
	list := make([]entry, len(n.list))
	for i := range n.list {
		e := entry{path: fmt.Sprintf("[%d]", i), resource: &n.list[i].node}
		if e.typ, _ = resourceType(e.resource); !kept(e.typ) || !isID(e.resource.get("id").text()) {
			return nil, withinItem(i, refuse("", "want a FHIR R4 resource of a type that is kept, with an id"))
		}
		if err := patientOf(&e); err != nil {
			return nil, withinItem(i, err)
		}
		list[i] = e
	}
	return list, nil
}

// patientOf refuses a subject that is not a Patient by id.
func patientOf(e *entry) error {
	person := e.resource.get(subjects[e.typ]).get("reference")
	if person != nil && !namesPatient(person.text()) {
		return refuse("."+subjects[e.typ], "want a reference to a Patient by id")
	}
	return nil
}
