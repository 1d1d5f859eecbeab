package fhir

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/wrapious/wrappy/consent"
)

// itemDomain is followed by an item's canonical form.
const itemDomain = "wrappy value item v1\x00"

// maskedID stands in the canonical form for whatever a release may rewrite.
const maskedID = "00000000-0000-8000-8000-000000000000"

// Signable gives the digest of each item of a value, in order: what its writer signs. An
// item is the whole value, or in a list of FHIR resources each of them. Digests are of a
// canonical form in which everything that Pseudonymise may rewrite, under any key and
// beside whatever else leaves, is one constant: a value has the same digests as it was
// written and in every release. docs/protocol/value.md. The error, an *Error, names
// field and element.
func Signable(field consent.FieldName, value []byte) ([]consent.Digest, error) {
	root, err := parse(value)
	if err != nil {
		return nil, within(fieldElement(field), err)
	}
	items := []*node{&root}
	if isResourceList(&root) {
		items = items[:0]
		for i := range root.list {
			items = append(items, &root.list[i].node)
		}
	}
	p := &pseudonymiser{mask: true, scope: scopeOf(field)}
	digests := make([]consent.Digest, len(items))
	var form []byte
	for i, n := range items {
		p.value(n, p.scope.root)
		if p.scope.text {
			p.replace(n, "")
		}
		form = n.canonical(append(form[:0], itemDomain...))
		digests[i] = sha256.Sum256(form)
	}
	return digests, nil
}

// isResourceList goes by what no release changes: the type of a resource, and that it has
// an id.
func isResourceList(n *node) bool {
	if n.kind != '[' || len(n.list) == 0 {
		return false
	}
	return !slices.ContainsFunc(n.list, func(m member) bool {
		id := m.get("id")
		return !isType(m.get("resourceType").text()) || id == nil || id.kind != '"' && id.kind != '0'
	})
}

// canonical appends n with sorted keys, no white space, the fewest escapes and numbers as
// they were written.
func (n *node) canonical(dst []byte) []byte {
	switch n.kind {
	case '[':
		dst = append(dst, '[')
		for i := range n.list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = n.list[i].canonical(dst)
		}
		return append(dst, ']')
	case '{':
		members := make([]string, len(n.list))
		for i := range n.list {
			one := append(appendMinimal(nil, n.list[i].key), ':')
			members[i] = string(n.list[i].canonical(one))
		}
		slices.Sort(members) // masked keys may be equal: then the values decide
		dst = append(dst, '{')
		dst = append(dst, strings.Join(members, ",")...)
		return append(dst, '}')
	case '"':
		return appendMinimal(dst, n.text())
	}
	return append(dst, n.raw...)
}

// appendMinimal escapes what JSON demands and nothing else.
func appendMinimal(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = fmt.Appendf(dst, "\\u%04x", c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// Of what stands in prose, dates and small numbers are content and never an id; a single
// word that has the form of an id may be one, and so may short groups of digits ("943 476
// 5919"). Pseudonymise replaces only what may be an id, and Signable masks all of it.
var (
	plainWord  = regexp.MustCompile(`^(?:(?:1[89]|20|21)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-4]))?)?|\d+\.\d+)$`)
	plainWhole = regexp.MustCompile(`^(?:(?:1[89]|20|21)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d)?(?:[Zz]|[+-]\d\d:\d\d)?)?)?|\d{1,4}(?:\.\d+)?(?:[/:]\d{1,4}(?:\.\d+)?)?)$`)
	plainDay   = regexp.MustCompile(`^(?:1[89]|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$`)
	shortGroup = regexp.MustCompile(`^[A-Z0-9]{1,5}$`)
)

// idWord reports a word, of the characters that ids have, that may be one.
func idWord(word string) bool { return telling(word) && !plainWord.MatchString(word) }

// idWhole reports a text that may be an id as a whole, whatever its characters.
func idWhole(s string) bool {
	if !telling(s) {
		return false
	}
	if !strings.ContainsFunc(s, unicode.IsSpace) {
		return !plainWhole.MatchString(s)
	}
	digits := 0
	for _, group := range strings.Fields(s) {
		if !shortGroup.MatchString(group) {
			return false
		}
		for _, c := range group {
			if '0' <= c && c <= '9' {
				digits++
			}
		}
	}
	return digits >= 6
}
