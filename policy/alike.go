package policy

import (
	"bytes"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/wrapious/wrappy/consent"
)

// alike says for which purposes two bundles must decide the same without asking both: the
// rules and all data but purposes are the same bytes, and the rules read of the purposes
// only the one that the question names, and it is the same. Then nothing that a decision
// depends on differs.
type alike struct {
	comparable bool
	changed    map[consent.Purpose]bool
}

func alikeIn(from, to *source) alike {
	a := alike{comparable: onlyNamedPurposes(from), changed: map[consent.Purpose]bool{}}
	for _, pair := range [][2]map[string][]byte{{from.files, to.files}, {to.files, from.files}} {
		for name, content := range pair[0] {
			if other, there := pair[1][name]; name != "purposes/data.json" && !isTest(name) && (!there || !bytes.Equal(content, other)) {
				a.comparable = false
			}
		}
	}
	before, _ := from.data["purposes"].(map[string]any)
	after, _ := to.data["purposes"].(map[string]any)
	for _, all := range []map[string]any{before, after} {
		for name := range all {
			if !reflect.DeepEqual(before[name], after[name]) {
				a.changed[consent.Purpose(name)] = true
			}
		}
	}
	return a
}

func (a alike) by(purpose consent.Purpose) bool { return a.comparable && !a.changed[purpose] }

var purposeOfQuestion = ast.MustParseRef("data.purposes[input.grant.purpose]")

// onlyNamedPurposes looks at rules as they are written. Whatever could reach data in
// another way (data as a whole, a name that is not fixed, an import) counts as reading more.
func onlyNamedPurposes(s *source) bool {
	only := true
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Import:
			only = only && !x.Path.Value.(ast.Ref).HasPrefix(ast.Ref{ast.DefaultRootDocument}) //nolint:errcheck // an import's path is a reference
			return true
		case *ast.Package, *ast.With:
			_, with := x.(*ast.With)
			only = only && !with // it puts other data or input in place
			return true
		case ast.Var:
			only = only && !x.Equal(ast.DefaultRootDocument.Value)
		case ast.Ref:
			if len(x) > 0 && x[0].Equal(ast.DefaultRootDocument) {
				name, fixed := ast.String(""), false
				if len(x) > 1 {
					name, fixed = x[1].Value.(ast.String)
				}
				only = only && fixed && (name != "purposes" || x.HasPrefix(purposeOfQuestion))
			}
			for _, term := range x[min(1, len(x)):] {
				visitor.Walk(term)
			}
			return true
		}
		return false
	})
	for _, module := range s.rules {
		visitor.Walk(module)
	}
	return only
}
