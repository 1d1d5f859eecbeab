package policy

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reads are the parts of the input that rules can see at all, as dotted paths; "" is
// all of it. What no rule names cannot change a decision.
type reads []string

// readsOf walks compiled rules. A reference that goes on by a variable, or hands a part
// of the input on as a whole, reads all that is below.
func readsOf(c *ast.Compiler) reads {
	found := map[string]bool{}
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case ast.Var: // no reference's head: those are not walked
			if x.Equal(ast.InputRootDocument.Value) {
				found[""] = true
			}
		case ast.Ref:
			if len(x) > 0 && x[0].Equal(ast.InputRootDocument) {
				found[readBy(x)] = true
			}
			for _, term := range x[min(1, len(x)):] {
				visitor.Walk(term)
			}
			return true
		}
		return false
	})
	for _, module := range c.Modules {
		visitor.Walk(module)
	}
	var out reads
	for path := range found {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// readBy is the path of a reference to the input, as far as it is fixed.
func readBy(ref ast.Ref) string {
	var path []string
	for _, term := range ref[1:] {
		name, fixed := term.Value.(ast.String)
		if !fixed {
			break
		}
		path = append(path, string(name))
	}
	return strings.Join(path, ".")
}

// sees says whether a path, or something below or above it, is read.
func (r reads) sees(path string) bool {
	return slices.ContainsFunc(r, func(read string) bool {
		return read == "" || read == path || strings.HasPrefix(read, path+".") || strings.HasPrefix(path, read+".")
	})
}

// seen are reads as a tree, in a fixed order: what a key is made of.
type seen struct {
	name  *ast.Term
	whole bool
	below []*seen
}

// tree has time left out.
func (r reads) tree() *seen {
	root := &seen{whole: slices.Contains(r, "")}
	for _, path := range r {
		if path == "time" || path == "" {
			continue
		}
		at := root
		for name := range strings.SplitSeq(path, ".") {
			i := slices.IndexFunc(at.below, func(s *seen) bool { return s.name.Equal(ast.StringTerm(name)) })
			if i < 0 {
				at.below = append(at.below, &seen{name: ast.StringTerm(name)})
				i = len(at.below) - 1
			}
			at = at.below[i]
		}
		at.whole = true
	}
	return root
}

// key appends what rules can see of an input, time apart, in one spelling.
func (s *seen) key(b []byte, input ast.Value) []byte {
	object, ok := input.(ast.Object)
	if !ok {
		return appendValue(b, input)
	}
	if s.whole && s.name == nil { // everything, time apart
		object.Foreach(func(key, value *ast.Term) {
			if !key.Equal(keyTime) {
				b = appendValue(appendValue(b, key.Value), value.Value)
			}
		})
		return b
	}
	for _, one := range s.below {
		value := object.Get(one.name)
		switch {
		case value == nil:
			b = append(b, '-')
		case one.whole:
			b = appendValue(b, value.Value)
		default:
			b = one.key(append(b, '.'), value.Value)
		}
	}
	return b
}

// appendValue writes a value so that no two have one spelling.
func appendValue(b []byte, value ast.Value) []byte {
	count := func(tag byte, n int) []byte {
		return binary.BigEndian.AppendUint32(append(b, tag), uint32(n)) //nolint:gosec // of one question
	}
	switch v := value.(type) {
	case ast.String:
		return appendText(append(b, 's'), string(v))
	case ast.Number:
		return appendText(append(b, 'n'), string(v))
	case ast.Boolean:
		return append(b, 'b', bit(bool(v)))
	case *ast.Array:
		b = count('a', v.Len())
		v.Foreach(func(t *ast.Term) { b = appendValue(b, t.Value) })
		return b
	case ast.Object:
		b = count('o', v.Len())
		v.Foreach(func(key, value *ast.Term) { b = appendValue(appendValue(b, key.Value), value.Value) })
		return b
	}
	return appendText(append(b, 'x'), value.String())
}
