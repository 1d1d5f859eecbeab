package fhir

import (
	"net/url"
	"strings"
)

// mattersOf is the matters of each entry: of its own codes, and of every resource of
// entries that it refers to, however far. What refers to a sensitive resource shows
// that there is one, and often says what it is. Nothing comes from the Patient, to whom
// all refer.
func (p *places) mattersOf(entries []entry) []matterSet {
	sets := make([]matterSet, len(entries))
	var work []int
	for i, e := range entries {
		if sets[i] = p.inside(e.resource); sets[i] != 0 {
			work = append(work, i)
		}
	}
	if len(work) == 0 {
		return sets
	}
	w := web{names: map[string]int{}, heirs: make([][]int, len(entries))}
	for i := range entries {
		w.enter(i, &entries[i])
	}
	sets = append(sets, make([]matterSet, len(w.heirs)-len(entries))...)
	for len(work) > 0 {
		from := work[len(work)-1]
		work = work[:len(work)-1]
		for _, heir := range w.heirs[from] {
			if sets[heir]|sets[from] != sets[heir] {
				sets[heir] |= sets[from]
				work = append(work, heir)
			}
		}
	}
	return sets[:len(entries)]
}

// web is who inherits from whom. Its nodes are the entries, then the names by which they
// are referred to: a name inherits from those who bear it, and who uses it from the name.
// Without names in between, many of one name and many who use it would be a product.
type web struct {
	names map[string]int // in lower case
	heirs [][]int
}

func (w *web) node(name string) int {
	name = strings.ToLower(name)
	n, ok := w.names[name]
	if !ok {
		n = len(w.heirs)
		w.names[name] = n
		w.heirs = append(w.heirs, nil)
	}
	return n
}

func (w *web) bears(i int, name string) {
	if name != noValue && name != "" {
		n := w.node(name)
		w.heirs[i] = append(w.heirs[i], n)
	}
}

func (w *web) uses(i int, name string) {
	n := w.node(name)
	w.heirs[n] = append(w.heirs[n], i)
}

// noValue is how identifiers without a value are called: nobody bears that name.
const noValue = "|"

// enter puts an entry in. A name is type and id, whatever the base, and the id alone:
// one link too many hides, one too few shows.
func (w *web) enter(i int, e *entry) {
	if e.typ == "Patient" {
		return
	}
	t, _ := splitReference(e.fullURL)
	for _, id := range []string{e.resource.get("id").scalar(), t.id} {
		if id != "" {
			w.bears(i, e.typ+"/"+id)
			w.bears(i, "/"+id)
		}
	}
	w.bears(i, e.fullURL)
	if own := e.resource.get("identifier"); own != nil {
		own.objects(func(o *node) { w.bears(i, noValue+o.get("value").scalar()) })
	}
	for k := range e.resource.list {
		// Whoever treats must not miss an allergy for the visit in which it was noted.
		if m := &e.resource.list[k]; e.typ != "AllergyIntolerance" || m.key != "encounter" {
			w.refers(i, &m.node)
		}
	}
}

// refers links an entry to what it refers to below n: by any string that has the form of
// a reference, by identifier, by a search for one.
func (w *web) refers(i int, n *node) {
	n.objects(func(o *node) {
		if id := o.get("identifier"); id != nil && id.kind == '{' {
			w.uses(i, noValue+id.get("value").scalar())
		}
	})
	n.strings(func(s string) {
		if t, ok := splitReference(s); ok && t.base != "#" {
			w.uses(i, t.typ+"/"+t.id)
			return
		}
		if strings.Contains(s, ":") {
			w.uses(i, s)
		}
		if _, query, found := strings.Cut(s, "?"); found {
			values, _ := url.ParseQuery(query)
			for _, v := range values["identifier"] {
				w.uses(i, noValue+v[strings.LastIndexByte(v, '|')+1:])
			}
		}
	})
}
