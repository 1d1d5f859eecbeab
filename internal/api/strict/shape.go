package strict

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

type kind uint8

const (
	kindAny kind = iota // any JSON; the bounds still hold
	kindStruct
	kindMap
	kindList
	kindText
	kindBytes
	kindBool
	kindUint
	kindInt
	kindFloat
)

// shape is what a Go type asks of JSON.
type shape struct {
	kind     kind
	bits     int
	members  map[string]*shape
	required []string // in the order of the struct
	inner    *shape   // of a list or map
}

var (
	anything = &shape{kind: kindAny}
	shapes   sync.Map // reflect.Type → *shape

	rawType         = reflect.TypeFor[json.RawMessage]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape) //nolint:errcheck // only shapes are stored
	}
	s := makeShape(t)
	shapes.Store(t, s)
	return s
}

func makeShape(t reflect.Type) *shape {
	switch pointer := reflect.PointerTo(t); {
	case t == rawType || pointer.Implements(unmarshalerType):
		return anything
	case pointer.Implements(textType):
		return &shape{kind: kindText}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem())
	case reflect.Struct:
		return structShape(t)
	case reflect.Map:
		return &shape{kind: kindMap, inner: shapeOf(t.Elem())}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return &shape{kind: kindBytes}
		}
		return &shape{kind: kindList, inner: shapeOf(t.Elem())}
	case reflect.String:
		return &shape{kind: kindText}
	case reflect.Bool:
		return &shape{kind: kindBool}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &shape{kind: kindUint, bits: t.Bits()}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &shape{kind: kindInt, bits: t.Bits()}
	case reflect.Float32, reflect.Float64:
		return &shape{kind: kindFloat, bits: t.Bits()}
	}
	return anything
}

func structShape(t reflect.Type) *shape {
	s := &shape{kind: kindStruct, members: map[string]*shape{}}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		s.members[name] = shapeOf(field.Type)
		if !strings.Contains(options, "omitempty") {
			s.required = append(s.required, name)
		}
	}
	return s
}

// member returns what stands under a name, nil where nothing may.
func (s *shape) member(name string) *shape {
	switch s.kind {
	case kindStruct:
		return s.members[name]
	case kindMap:
		return s.inner
	}
	return anything
}

func (s *shape) element() *shape {
	if s.kind == kindList {
		return s.inner
	}
	return anything
}

func (s *shape) takesText(raw []byte) bool {
	if s.kind == kindBytes {
		_, err := base64.StdEncoding.Strict().DecodeString(string(raw))
		return err == nil // an escaped line break holds a backslash, which base64 does not
	}
	return s.kind == kindAny || s.kind == kindText
}

func (s *shape) takesNumber(text string) (ok bool) {
	var err error
	switch s.kind {
	case kindAny:
	case kindUint:
		_, err = strconv.ParseUint(text, 10, s.bits)
	case kindInt:
		_, err = strconv.ParseInt(text, 10, s.bits)
	case kindFloat:
		_, err = strconv.ParseFloat(text, s.bits)
	default:
		return false
	}
	return err == nil
}
