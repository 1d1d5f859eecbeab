package consent

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestSets: what names all members of a closed set names every constant of its type.
func TestSets(t *testing.T) {
	for kind, listed := range map[string][]string{"Reason": texts(Reasons()), "EntryKind": texts(EntryKinds()), "ActKind": texts(ActKinds())} {
		values := constants(t, kind)
		slices.Sort(values)
		slices.Sort(listed)
		if !slices.Equal(values, listed) || len(values) < 3 {
			t.Errorf("%s: the constants are\n%v, listed are\n%v", kind, values, listed)
		}
	}
}

func texts[T ~string](list []T) (all []string) {
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

// constants are the values of a type's string constants.
func constants(t *testing.T, of string) (values []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			kind, typed := spec.Type.(*ast.Ident)
			literal, text := spec.Values[0].(*ast.BasicLit)
			if typed && text && kind.Name == of {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
			return true
		})
	}
	return values
}
