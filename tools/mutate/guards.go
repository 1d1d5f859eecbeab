package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// guard is one check: an operand of the condition of an `if` or a case that ends its
// function or its turn of a loop (taken away: it never holds), or of what a function that
// says yes or no returns (taken away: it always does).
type guard struct {
	file, function string
	line           int
	text           string
	nth            int // of those in the function with the same text
	predicate      bool
	from, to       int // bytes in the file
}

// name is the same while the function and its guards are, wherever they move.
func (g guard) name() string {
	name := g.file + " " + g.function + ": " + g.text
	if g.predicate {
		name = g.file + " " + g.function + ": return " + g.text
	}
	if g.nth > 1 {
		name += fmt.Sprintf(" #%d", g.nth)
	}
	return name
}

// kind tells those that only pass an error on: a later guard often catches it too.
func (g guard) kind() string {
	switch {
	case g.text == "err != nil":
		return "errors passed on"
	case g.predicate:
		return "answers of yes or no"
	}
	return "conditions"
}

// guards are those of a file, which belongs to the named package.
func guards(root, file string) (found []guard, pkg string, err error) {
	source, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return nil, "", err
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, "", err
	}
	for _, d := range parsed.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		same := map[string]int{}
		take := func(x ast.Expr, operator token.Token, predicate bool) {
			for _, o := range operands(x, operator) {
				from, to := set.Position(o.Pos()), set.Position(o.End())
				g := guard{file: file, function: function.Name.Name, line: from.Line, predicate: predicate, from: from.Offset, to: to.Offset,
					text: strings.Join(strings.Fields(string(source[from.Offset:to.Offset])), " ")}
				same[g.name()]++
				g.nth = same[g.name()]
				found = append(found, g)
			}
		}
		ast.Inspect(function.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				if ends(n.Body.List) {
					take(n.Cond, token.LOR, false)
				}
			case *ast.SwitchStmt:
				for _, s := range n.Body.List {
					if c, ok := s.(*ast.CaseClause); ok && n.Tag == nil && ends(c.Body) {
						for _, x := range c.List {
							take(x, token.LOR, false)
						}
					}
				}
			case *ast.FuncLit:
				predicates(n.Type, n.Body, take)
			}
			return true
		})
		predicates(function.Type, function.Body, take)
	}
	return found, parsed.Name.Name, nil
}

// operands are those that x joins by the operator, or x alone.
func operands(x ast.Expr, operator token.Token) []ast.Expr {
	if b, ok := x.(*ast.BinaryExpr); ok && b.Op == operator {
		return append(operands(b.X, operator), operands(b.Y, operator)...)
	}
	return []ast.Expr{x}
}

func ends(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	switch last := body[len(body)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.CONTINUE
	}
	return false
}

// predicates takes what a function that returns one bool returns, but for its constants.
func predicates(of *ast.FuncType, body *ast.BlockStmt, take func(ast.Expr, token.Token, bool)) {
	if of.Results.NumFields() != 1 {
		return
	}
	if result, ok := of.Results.List[0].Type.(*ast.Ident); !ok || result.Name != "bool" {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 1 {
				if _, plain := n.Results[0].(*ast.Ident); !plain {
					take(n.Results[0], token.LAND, true)
				}
			}
		}
		return true
	})
}

// The switch stands in each package, in the tests' binary alone. It notes which guards
// decide anything: no other test can miss them.
const switchFile, switchText = "mutate_switch.go", `package %s

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	mutateGone = func() int {
		id, err := strconv.Atoi(os.Getenv("MUTATE_GONE"))
		if err != nil {
			return -1
		}
		return id
	}()
	mutateNote = os.Getenv("MUTATE_NOTE")
	mutateSeen [%d]atomic.Bool
)

func mutateHolds(id int, holds bool) bool {
	if holds && mutateNote != "" {
		mutateDecides(id)
	}
	return holds && mutateGone != id
}

func mutateAllows(id int, allows bool) bool {
	if !allows && mutateNote != "" {
		mutateDecides(id)
	}
	return allows || mutateGone == id
}

func mutateDecides(id int) {
	if mutateSeen[id].Swap(true) {
		return
	}
	f, err := os.OpenFile(mutateNote, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(f, id)
		_ = f.Close()
	}
	if err != nil {
		panic(err)
	}
}
`

// overlay writes the files with every guard behind the switch, for the compiler, into
// folder. A guard's id is its place in all.
func overlay(root, folder string, all []guard, packages map[string]string) (string, error) {
	type insert struct {
		at   int
		text string
	}
	inserts := map[string][]insert{}
	for id, g := range all {
		call := "mutateHolds"
		if g.predicate {
			call = "mutateAllows"
		}
		inserts[g.file] = append(inserts[g.file], insert{g.from, fmt.Sprintf("%s(%d, ", call, id)}, insert{g.to, ")"})
	}
	replace := map[string]string{}
	put := func(file, text string) error {
		changed := filepath.Join(folder, fmt.Sprintf("%d.go", len(replace)))
		replace[filepath.Join(root, file)] = changed
		return os.WriteFile(changed, []byte(text), 0o600)
	}
	for file, into := range inserts {
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		slices.SortStableFunc(into, func(a, b insert) int { return a.at - b.at })
		var text strings.Builder
		last := 0
		for _, i := range into {
			text.Write(source[last:i.at])
			text.WriteString(i.text)
			last = i.at
		}
		text.Write(source[last:])
		if err := put(file, text.String()); err != nil {
			return "", err
		}
	}
	for folder, name := range packages {
		if err := put(filepath.Join(folder, switchFile), fmt.Sprintf(switchText, name, len(all))); err != nil {
			return "", err
		}
	}
	path := filepath.Join(folder, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	return path, errors.Join(err, os.WriteFile(path, text, 0o600))
}
