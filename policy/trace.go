package policy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/wrapious/wrappy/consent"
)

// place is a line of a rule.
type place struct {
	file string
	line int
}

func placeOf(l *ast.Location) (place, bool) {
	if l == nil || l.File == "" {
		return place{}, false
	}
	return place{l.File, l.Row}, true
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func comparePlaces(a, b place) int {
	return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
}

// spots counts what rules do by its place.
type spots struct{ seen map[place]int }

func (s *spots) Enabled() bool               { return true }
func (s *spots) Config() topdown.TraceConfig { return topdown.TraceConfig{} }
func (s *spots) TraceEvent(e topdown.Event) {
	if at, ok := placeOf(e.Location); ok {
		s.seen[at]++
	}
}

// busiestFor is how long an endless rule is watched to tell where it is.
const busiestFor = 200 * time.Millisecond

// busiest is the line on which a question keeps the rules longest.
func (r *rules) busiest(q consent.Question) string {
	s := &spots{seen: map[place]int{}}
	for _, query := range []rego.PreparedEvalQuery{r.permit, r.deny} {
		cancel := topdown.NewCancel()
		limit := time.AfterFunc(busiestFor, cancel.Cancel)
		_, err := r.ask(context.Background(), query, r.input(q), cancel, rego.EvalQueryTracer(s))
		limit.Stop()
		if err != nil {
			break
		}
		clear(s.seen)
	}
	found := slices.SortedFunc(maps.Keys(s.seen), func(a, b place) int { return cmp.Or(cmp.Compare(s.seen[b], s.seen[a]), comparePlaces(a, b)) })
	if len(found) == 0 {
		return "the rules"
	}
	return found[0].String()
}

// step is a line that held or did not, of the whole or of one field.
type step struct {
	place
	text  string
	field consent.FieldName // "" of the whole
}

// steps notes at which lines a decision turned.
type steps struct {
	asked  map[string]bool
	failed map[step]bool // expressions that did not hold
	exited map[step]bool // rules that did
}

func (s *steps) Enabled() bool               { return true }
func (s *steps) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

func (s *steps) TraceEvent(e topdown.Event) {
	at, ok := placeOf(e.Location)
	if !ok {
		return
	}
	noted := step{place: at, text: firstLine(e.Location.Text), field: s.fieldOf(e.Locals)}
	switch node := e.Node.(type) {
	case *ast.Expr:
		if e.Op == topdown.FailOp {
			s.failed[noted] = true
		}
	case *ast.Rule:
		if e.Op == topdown.ExitOp {
			noted.text = node.Head.Name.String()
			if noted.text == "" && len(node.Head.Reference) > 0 {
				noted.text = strings.Trim(node.Head.Reference[0].String(), `"`)
			}
			s.exited[noted] = true
		}
	}
}

// fieldOf is the one field that local variables speak of.
func (s *steps) fieldOf(locals *ast.ValueMap) (field consent.FieldName) {
	if locals == nil {
		return ""
	}
	many := false
	locals.Iter(func(_, value ast.Value) bool {
		if text, ok := value.(ast.String); ok && s.asked[string(text)] {
			many = many || (field != "" && field != consent.FieldName(text))
			field = consent.FieldName(text)
		}
		return false
	})
	if many {
		return ""
	}
	return field
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	if len(line) > 200 {
		line = line[:200] + "…"
	}
	return strings.TrimSpace(line)
}

func (s step) String() string { return s.place.String() + ": " + s.text }

// of are the places of the whole and those of one field, in order, each once.
func of(all map[step]bool, field consent.FieldName) (lines []string) {
	chosen := []step{}
	for one := range all {
		if one.field == field {
			chosen = append(chosen, one)
		}
	}
	slices.SortFunc(chosen, func(a, b step) int { return cmp.Or(comparePlaces(a.place, b.place), strings.Compare(a.text, b.text)) })
	for _, one := range chosen {
		lines = append(lines, one.String())
	}
	return slices.Compact(lines)
}
