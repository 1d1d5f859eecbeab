// Package strict reads JSON so that one document has one meaning: nothing unknown, twice, malformed or left over.
package strict

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds on what is read.
const (
	MaxDepth  = 32      // objects and arrays inside each other
	MaxValues = 250_000 // values in one document: each takes many times its bytes to work on
)

// Fault says what is wrong with a document.
type Fault string

// The faults. The first one met is reported.
const (
	Syntax    Fault = "syntax"    // not JSON
	Encoding  Fault = "encoding"  // not UTF-8, or half of a surrogate pair
	Duplicate Fault = "duplicate" // a member twice; escapes are resolved first
	Depth     Fault = "depth"     // deeper than MaxDepth
	Trailing  Fault = "trailing"  // something after the document
	Unknown   Fault = "unknown"   // a member that the type does not have; case counts
	Missing   Fault = "missing"   // a member that the type must have
	Type      Fault = "type"      // another type, or a number out of range
	Values    Fault = "values"    // more than MaxValues
)

// maxPointer bounds what of a sender's own member names goes back to it, in bytes.
const maxPointer = 256

// Error is a fault and its place. Error() leaves the place out: member names are
// the sender's words, which may go back to the sender but never into a log.
type Error struct {
	Fault   Fault
	Pointer string // RFC 6901; the nearest enclosing place that is short enough
}

func (e *Error) Error() string { return "json: " + string(e.Fault) }

// Check reads a document without a type. Data is to be bounded by the caller.
func Check(data []byte) error {
	r := &reader{data: data}
	return r.document(anything)
}

// Decode reads a document into a pointer to a struct, map or json.RawMessage. A
// struct member without omitempty must be there; null stands only where any
// JSON may. A json.RawMessage shares data's memory.
func Decode(data []byte, into any) error {
	r := &reader{data: data}
	if err := r.document(shapeOf(reflect.TypeOf(into).Elem())); err != nil {
		return err
	}
	if raw, ok := into.(*json.RawMessage); ok {
		*raw = data // not copied: it can be large
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return &Error{Fault: Type}
	}
	return nil
}

type step struct {
	name  string
	index int // -1 for a member
}

type reader struct {
	data   []byte
	at     int
	values int
	path   []step
}

func (r *reader) fault(f Fault) error {
	var pointer strings.Builder
	for _, s := range r.path {
		part := strings.NewReplacer("~", "~0", "/", "~1").Replace(s.name)
		if s.index >= 0 {
			part = strconv.Itoa(s.index)
		}
		if pointer.Len()+len(part)+1 > maxPointer {
			break
		}
		pointer.WriteString("/" + part)
	}
	return &Error{Fault: f, Pointer: pointer.String()}
}

func (r *reader) document(s *shape) error {
	if err := r.value(s, 1); err != nil {
		return err
	}
	if r.space(); r.at < len(r.data) {
		r.path = nil
		return r.fault(Trailing)
	}
	return nil
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next returns the byte after white space without taking it; 0 at the end.
func (r *reader) next() byte {
	r.space()
	if r.at >= len(r.data) {
		return 0
	}
	return r.data[r.at]
}

func (r *reader) value(s *shape, depth int) error {
	if r.values++; r.values > MaxValues {
		r.path = nil
		return r.fault(Values)
	}
	c := r.next()
	if (c == '{' || c == '[') && depth > MaxDepth {
		return r.fault(Depth)
	}
	switch {
	case c == '{':
		return r.object(s, depth)
	case c == '[':
		return r.array(s, depth)
	case c == '"':
		text, err := r.text()
		if err != nil {
			return err
		}
		if !s.takesText(text) {
			return r.fault(Type)
		}
		return nil
	case c == '-' || (c >= '0' && c <= '9'):
		number, ok := r.number()
		if !ok {
			return r.fault(Syntax)
		}
		if !s.takesNumber(number) {
			return r.fault(Type)
		}
		return nil
	}
	return r.word(s)
}

func (r *reader) word(s *shape) error {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(string(r.data[r.at:min(len(r.data), r.at+len(word))]), word) {
			r.at += len(word)
			if s.kind != kindAny && (s.kind != kindBool || word == "null") {
				return r.fault(Type)
			}
			return nil
		}
	}
	return r.fault(Syntax)
}

func (r *reader) object(s *shape, depth int) error {
	if s.kind != kindAny && s.kind != kindStruct && s.kind != kindMap {
		return r.fault(Type)
	}
	r.at++
	seen := map[string]struct{}{}
	if r.next() == '}' {
		r.at++
		return r.missing(s, seen)
	}
	for {
		if r.next() != '"' {
			return r.fault(Syntax)
		}
		if err := r.member(s, seen, depth); err != nil {
			return err
		}
		switch c := r.next(); c {
		case ',':
			r.at++
		case '}':
			r.at++
			return r.missing(s, seen)
		default:
			return r.fault(Syntax)
		}
	}
}

func (r *reader) member(s *shape, seen map[string]struct{}, depth int) error {
	raw, err := r.text()
	if err != nil {
		return err
	}
	name := resolve(raw)
	r.path = append(r.path, step{name: name, index: -1})
	if _, twice := seen[name]; twice {
		return r.fault(Duplicate)
	}
	seen[name] = struct{}{}
	inner := s.member(name)
	if inner == nil {
		return r.fault(Unknown)
	}
	if r.next() != ':' {
		return r.fault(Syntax)
	}
	r.at++
	if err := r.value(inner, depth+1); err != nil {
		return err
	}
	r.path = r.path[:len(r.path)-1]
	return nil
}

func (r *reader) missing(s *shape, seen map[string]struct{}) error {
	for _, name := range s.required {
		if _, there := seen[name]; !there {
			r.path = append(r.path, step{name: name, index: -1})
			return r.fault(Missing)
		}
	}
	return nil
}

func (r *reader) array(s *shape, depth int) error {
	if s.kind != kindAny && s.kind != kindList {
		return r.fault(Type)
	}
	r.at++
	if r.next() == ']' {
		r.at++
		return nil
	}
	for i := 0; ; i++ {
		r.path = append(r.path, step{index: i})
		if err := r.value(s.element(), depth+1); err != nil {
			return err
		}
		r.path = r.path[:len(r.path)-1]
		switch c := r.next(); c {
		case ',':
			r.at++
		case ']':
			r.at++
			return nil
		default:
			return r.fault(Syntax)
		}
	}
}

// text takes a string and returns what stands between its quotation marks, escapes unresolved.
func (r *reader) text() ([]byte, error) {
	start := r.at + 1
	for i := start; i < len(r.data); {
		switch c := r.data[i]; {
		case c == '"':
			r.at = i + 1
			return r.data[start:i], nil
		case c < 0x20:
			return nil, r.fault(Syntax)
		case c == '\\':
			length, fault := escape(r.data[i:])
			if fault != "" {
				return nil, r.fault(fault)
			}
			i += length
		case c < utf8.RuneSelf:
			i++
		default:
			char, size := utf8.DecodeRune(r.data[i:])
			if char == utf8.RuneError && size == 1 {
				return nil, r.fault(Encoding)
			}
			i += size
		}
	}
	return nil, r.fault(Syntax)
}

// escape returns the length of the escape that data begins with. A surrogate
// pair is one escape; half of one would be replaced on decoding, so that what is
// stored would not be what was signed.
func escape(data []byte) (int, Fault) {
	if len(data) < 2 {
		return 0, Syntax
	}
	if strings.IndexByte(`"\/bfnrt`, data[1]) >= 0 {
		return 2, ""
	}
	first, ok := hex4(data)
	switch {
	case !ok:
		return 0, Syntax
	case first < 0xd800 || first > 0xdfff:
		return 6, ""
	case first > 0xdbff:
		return 0, Encoding
	}
	if second, ok := hex4(data[6:]); !ok || second < 0xdc00 || second > 0xdfff {
		return 0, Encoding
	}
	return 12, ""
}

func hex4(data []byte) (uint64, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return v, err == nil && data[2] != '+' && data[2] != '-'
}

func resolve(raw []byte) string {
	if strings.IndexByte(string(raw), '\\') < 0 {
		return string(raw)
	}
	var out string
	_ = json.Unmarshal([]byte(`"`+string(raw)+`"`), &out) // checked by text
	return out
}

// number takes a number by the grammar of RFC 8259 §6.
func (r *reader) number() (string, bool) {
	start := r.at
	if r.data[r.at] == '-' {
		r.at++
	}
	if r.at < len(r.data) && r.data[r.at] == '0' {
		r.at++
	} else if !r.digits() {
		return "", false
	}
	if r.at < len(r.data) && r.data[r.at] == '.' {
		r.at++
		if !r.digits() {
			return "", false
		}
	}
	if r.at < len(r.data) && (r.data[r.at]|0x20) == 'e' {
		r.at++
		if r.at < len(r.data) && (r.data[r.at] == '+' || r.data[r.at] == '-') {
			r.at++
		}
		if !r.digits() {
			return "", false
		}
	}
	return string(r.data[start:r.at]), true
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.data) && r.data[r.at] >= '0' && r.data[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}
