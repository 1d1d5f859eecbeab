package policy

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// ruleCache is what rules have answered within one evaluation. OPA's own hashes each name
// of data.wrappy.release.… on every call of a rule, which took a tenth of a decision; a
// decision calls a dozen rules, and for so few a list is faster. For one evaluation at a
// time. What it answers is what topdown.NewVirtualCache would.
type ruleCache struct {
	frames []frame
	terms  []*ast.Term // references, one behind the other
}

type frame struct {
	few  []ruled
	many topdown.VirtualCache // from fewRules on
}

type ruled struct {
	ref       ast.Ref
	value     *ast.Term
	undefined bool
}

const fewRules = 32

var ruleCaches = sync.Pool{New: func() any { return new(ruleCache) }}

func newRuleCache() *ruleCache {
	c := ruleCaches.Get().(*ruleCache) //nolint:errcheck // nothing else is put there
	c.Push()
	return c
}

// release lets another evaluation have the room. Not after a panic.
func (c *ruleCache) release() {
	for len(c.frames) > 0 {
		c.Pop()
	}
	clear(c.terms)
	c.terms = c.terms[:0]
	ruleCaches.Put(c)
}

func (c *ruleCache) top() *frame { return &c.frames[len(c.frames)-1] }

// Push begins a frame.
func (c *ruleCache) Push() {
	if len(c.frames) < cap(c.frames) {
		c.frames = c.frames[:len(c.frames)+1] // with the room of the one that was there
		return
	}
	c.frames = append(c.frames, frame{})
}

// Pop ends it.
func (c *ruleCache) Pop() {
	f := c.top()
	clear(f.few)
	f.few, f.many = f.few[:0], nil
	c.frames = c.frames[:len(c.frames)-1]
}

func (f *frame) find(ref ast.Ref) *ruled {
	for i := range f.few {
		if one := &f.few[i]; len(one.ref) == len(ref) && sameRef(one.ref, ref) {
			return one
		}
	}
	return nil
}

// sameRef compares from the end, where references to rules differ.
func sameRef(a, b ast.Ref) bool {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != b[i] && !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

// Get returns a value, or true for a rule that is undefined.
func (c *ruleCache) Get(ref ast.Ref) (*ast.Term, bool) {
	f := c.top()
	if one := f.find(ref); one != nil {
		if one.undefined {
			return nil, true
		}
		return one.value, false
	}
	if f.many != nil {
		return f.many.Get(ref)
	}
	return nil, false
}

// Put keeps a value; nil: undefined.
func (c *ruleCache) Put(ref ast.Ref, value *ast.Term) {
	f := c.top()
	one := f.find(ref)
	if one == nil && len(f.few) >= fewRules {
		if f.many == nil {
			f.many = topdown.NewVirtualCache()
		}
		f.many.Put(ref, value)
		return
	}
	if one == nil {
		begin := len(c.terms)
		c.terms = append(c.terms, ref...) // the caller's own is written over
		f.few = append(f.few, ruled{ref: ast.Ref(c.terms[begin:len(c.terms):len(c.terms)])})
		one = &f.few[len(f.few)-1]
	}
	if value == nil {
		one.undefined = true
		return
	}
	one.value = value
}

// Keys are the references that have values.
func (c *ruleCache) Keys() (keys []ast.Ref) {
	f := c.top()
	for _, one := range f.few {
		if one.value != nil {
			keys = append(keys, one.ref.Copy())
		}
	}
	if f.many != nil {
		keys = append(keys, f.many.Keys()...)
	}
	return keys
}
