package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Bounds on what is read. Size is checked before the first byte is looked at.
const (
	MaxSize    = 16 << 20 // bytes of one input
	maxDepth   = 64       // nested objects and arrays
	maxValues  = 500_000  // JSON values in one input: 16 MiB of "[]," would fill the memory
	maxEntries = 5_000    // of a FHIR Bundle
)

// Error names the element that was refused and says what to do. It never holds a
// value of the input.
type Error struct {
	Element string // FHIRPath-like: Bundle.entry[3].resource.patient
	Problem string
}

func (e *Error) Error() string { return e.Element + ": " + e.Problem }

func refuse(element, problem string) error { return &Error{Element: element, Problem: problem} }

// within puts a step before the element that err names.
func within(step string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return &Error{Element: step + e.Element, Problem: e.Problem}
	}
	return err
}

func withinItem(i int, err error) error     { return within(fmt.Sprintf("[%d]", i), err) }
func withinKey(key string, err error) error { return within("."+elementName(key), err) }

// within names the member of n that err comes from.
func (n *node) within(key string, i int, err error) error {
	if n.kind == '[' {
		return withinItem(i, err)
	}
	return withinKey(key, err)
}

var elementPattern = regexp.MustCompile(`^_?[A-Za-z][A-Za-z0-9]{0,63}$`)

// elementName is key where it has the form of an element's name, else "?": a key
// from outside may be anything, and errors end in logs.
func elementName(key string) string {
	if elementPattern.MatchString(key) {
		return key
	}
	return "?"
}

// node is one JSON value. Scalars keep the bytes they came in, so that 31.0 stays
// 31.0; members keep their order.
type node struct {
	kind  byte // first byte of the value: { [ " t f n, and 0 for every number
	fixed bool // rewritten already
	raw   []byte
	list  []member // of { and [; the keys of [ are empty
}

type member struct {
	key string
	node
}

func quoted(s string) node {
	raw, _ := json.Marshal(s)
	return node{kind: '"', raw: raw}
}

func object(members ...member) node { return node{kind: '{', list: members} }

func list(items []node) node {
	n := node{kind: '[', list: make([]member, len(items))}
	for i := range items {
		n.list[i].node = items[i]
	}
	return n
}

func (n *node) get(key string) *node {
	if n == nil || n.kind != '{' {
		return nil
	}
	for i := range n.list {
		if n.list[i].key == key {
			return &n.list[i].node
		}
	}
	return nil
}

// text is the string that n holds, "" for anything else and for nil.
func (n *node) text() string {
	if n == nil || n.kind != '"' {
		return ""
	}
	if bytes.IndexByte(n.raw, '\\') < 0 {
		return string(n.raw[1 : len(n.raw)-1])
	}
	var s string
	_ = json.Unmarshal(n.raw, &s) // parse has checked it
	return s
}

// scalar is the text of a string or a number, "" for anything else and for nil.
func (n *node) scalar() string {
	if n != nil && n.kind == '0' {
		return string(n.raw)
	}
	return n.text()
}

// objects visits n and everything below it that is an object.
func (n *node) objects(visit func(*node)) {
	if n.kind == '{' {
		visit(n)
	}
	for i := range n.list {
		n.list[i].objects(visit)
	}
}

// strings visits every string below n.
func (n *node) strings(visit func(string)) {
	if n.kind == '"' {
		visit(n.text())
	}
	for i := range n.list {
		n.list[i].strings(visit)
	}
}

// append writes n without white space.
func (n *node) append(dst []byte) []byte {
	switch n.kind {
	case '{', '[':
		dst = append(dst, n.kind)
		for i := range n.list {
			if i > 0 {
				dst = append(dst, ',')
			}
			if n.kind == '{' {
				dst = append(appendQuoted(dst, n.list[i].key), ':')
			}
			dst = n.list[i].append(dst)
		}
		return append(dst, n.kind+2) // } and ] are two behind { and [
	}
	return append(dst, n.raw...)
}

func (n *node) bytes() []byte { return n.append(nil) }

func appendQuoted(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			raw, _ := json.Marshal(s)
			return append(dst, raw...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// parser builds the tree of a text that json.Valid has passed. The standard decoder
// does not do it: it takes the last of two equal keys and repairs invalid UTF-8
// without saying so.
type parser struct {
	data   []byte
	pos    int
	values int
}

func parse(data []byte) (node, error) {
	if len(data) > MaxSize {
		return node{}, refuse("", fmt.Sprintf("larger than %d MiB; send it in parts", MaxSize>>20))
	}
	if !utf8.Valid(data) || halfSurrogate(data) {
		return node{}, refuse("", "not valid UTF-8; send text as UTF-8 with whole characters")
	}
	if !json.Valid(data) {
		var syntax *json.SyntaxError
		if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
			return node{}, refuse("", fmt.Sprintf("not JSON: see byte %d", syntax.Offset))
		}
		return node{}, refuse("", "not JSON")
	}
	p := &parser{data: data}
	return p.value(0)
}

// peek skips white space and returns the next byte.
func (p *parser) peek() byte {
	for p.data[p.pos] <= ' ' {
		p.pos++
	}
	return p.data[p.pos]
}

func (p *parser) value(depth int) (node, error) {
	if p.values++; p.values > maxValues {
		return node{}, refuse("", fmt.Sprintf("more than %d values in all; send it in parts", maxValues))
	}
	c := p.peek()
	start := p.pos
	switch c {
	case '{', '[':
		if depth == maxDepth {
			return node{}, refuse("", fmt.Sprintf("nested deeper than %d; flatten it", maxDepth))
		}
		p.pos++
		return p.container(c, depth+1)
	case '"':
		p.skipString()
	default:
		for p.pos < len(p.data) && p.data[p.pos] > ' ' && bytes.IndexByte([]byte(",]}"), p.data[p.pos]) < 0 {
			p.pos++
		}
		if c == '-' || c <= '9' {
			c = '0'
		}
	}
	return node{kind: c, raw: p.data[start:p.pos:p.pos]}, nil
}

func (p *parser) container(kind byte, depth int) (node, error) {
	n := node{kind: kind}
	var seen map[string]bool
	for {
		switch p.peek() {
		case '}', ']':
			p.pos++
			return n, nil
		case ',':
			p.pos++
			continue
		}
		var m member
		var err error
		if kind == '{' {
			start := p.pos
			p.skipString()
			m.key = (&node{kind: '"', raw: p.data[start:p.pos]}).text()
			if seen, err = unique(n.list, seen, m.key); err != nil {
				return n, withinKey(m.key, err)
			}
			p.peek()
			p.pos++ // the colon
		}
		if m.node, err = p.value(depth); err != nil {
			return n, n.within(m.key, len(n.list), err)
		}
		n.list = append(n.list, m)
	}
}

// skipString leaves pos behind the string that begins at pos.
func (p *parser) skipString() {
	for p.pos++; p.data[p.pos] != '"'; p.pos++ {
		if p.data[p.pos] == '\\' {
			p.pos++
		}
	}
	p.pos++
}

// unique refuses a key that the object has. Beyond a few members it keeps a set:
// comparing each with each would take quadratic time.
func unique(have []member, seen map[string]bool, key string) (map[string]bool, error) {
	if seen == nil && len(have) == 24 {
		seen = make(map[string]bool, 48)
		for i := range have {
			seen[have[i].key] = true
		}
	}
	twice := seen[key]
	if seen != nil {
		seen[key] = true
	} else {
		twice = slices.ContainsFunc(have, func(m member) bool { return m.key == key })
	}
	if twice {
		return nil, refuse("", "given twice in one object; give it once")
	}
	return seen, nil
}

// halfSurrogate reports an escape of half a surrogate pair: decoders replace it,
// each in its own way.
func halfSurrogate(data []byte) bool {
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 || i+1 >= len(data) {
			return false
		}
		data = data[i:]
		switch r := surrogate(data); {
		case r >= 0xDC00:
			return true
		case r >= 0xD800:
			if surrogate(data[6:]) < 0xDC00 {
				return true
			}
			data = data[12:]
		default:
			data = data[2:]
		}
	}
}

// surrogate is the half that data begins with as an escape, 0 for anything else.
func surrogate(data []byte) uint64 {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	if r, err := strconv.ParseUint(string(data[2:6]), 16, 16); err == nil && r >= 0xD800 && r < 0xE000 {
		return r
	}
	return 0
}
