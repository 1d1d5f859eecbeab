package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of an expression, looked at when its bundle is loaded.
const (
	maxInputs     = 8
	maxExpression = 2000 // bytes
	maxNodes      = 400  // of the parsed expression, macros expanded
	maxNesting    = 24   // levels of it
	maxDerived    = 100  // fields of one bundle

	// maxEstimate is the most that an expression may cost by CEL's own estimate, for
	// inputs of the sizes below. A loop over a record with one inside it over what stands
	// there stays below; a third inside, or two over the whole record, do not.
	maxEstimate = 5_000_000
	listSize    = 1000 // elements of an input that is a list
	innerSize   = 64   // of whatever stands inside an input: elements, members, bytes
	textSize    = 4000 // bytes of an input that is text
)

// today names the variable with the day of the answer, as YYYY-MM-DD in UTC.
const today = "today"

// derivation is a derived field, compiled.
type derivation struct {
	inputs  []consent.FieldName
	codes   []string // that the answer may be; none: it is true or false
	program cel.Program
}

// functionsAllowed and macrosAllowed are what of CEL's standard library an expression may
// use. A list of what is allowed, as for rules: nothing here reads a clock or chance,
// parses a regular expression, or turns one type into another.
var (
	functionsAllowed = []string{
		operators.Conditional, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse,
		operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
		operators.Add, operators.Index, operators.In, "size", "startsWith", "endsWith",
	}
	macrosAllowed = []string{operators.Has, operators.All, operators.Exists, operators.ExistsOne, operators.Map, operators.Filter}
)

// language is what every expression may use; the field's inputs and the bundle's lists are added.
func language() (*cel.Env, error) {
	subset := &env.LibrarySubset{IncludeMacros: macrosAllowed}
	for _, name := range functionsAllowed {
		subset.IncludeFunctions = append(subset.IncludeFunctions, env.NewFunction(name))
	}
	return cel.NewCustomEnv(append([]cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset)), cel.OptionalTypes(), cel.EagerlyValidateDeclarations(true),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ParserRecursionLimit(maxNesting), cel.ExpressionNodeLimit(maxNodes),
		cel.Variable(today, cel.StringType),
	}, ownFunctions()...)...)
}

// variableType is how an input is seen: by the catalog's type, as strictly as JSON allows.
func variableType(t consent.ValueType) *cel.Type {
	member := cel.MapType(cel.StringType, cel.DynType)
	switch t {
	case consent.TypeText, consent.TypeDate, consent.TypeCode:
		return cel.StringType
	case consent.TypeBoolean:
		return cel.BoolType
	case consent.TypeNumber:
		return cel.DoubleType
	case consent.TypeIdentifier:
		return cel.MapType(cel.StringType, cel.StringType)
	case consent.TypeObject:
		return member
	case consent.TypeList, consent.TypeFHIR:
		return cel.ListType(member)
	}
	return nil
}

// compileDerived compiles every derived field of a catalog. The error names the field
// and, where an expression is at fault, line and column in it.
func compileDerived(fields map[string]field, lists map[string]list) (map[consent.FieldName]*derivation, error) {
	out := map[consent.FieldName]*derivation{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		if f.Derived == nil {
			continue
		}
		d, err := f.compile(fields, lists)
		if err != nil {
			return nil, &derivedError{field: name, err: err}
		}
		out[f.Name] = d
	}
	if len(out) > maxDerived {
		return nil, fmt.Errorf("%w: data.fields: more than %d derived fields", ErrBundle, maxDerived)
	}
	return out, nil
}

// derivedError is a field whose derivation is refused: where it stands is found by who
// has the file.
type derivedError struct {
	field string
	err   error
}

func (e *derivedError) Error() string {
	return fmt.Sprintf("data.fields[%q]: derived: %v", e.field, e.err)
}

func (e *derivedError) Unwrap() []error { return []error{ErrBundle, e.err} }

// checkDerived is what holds of a derived field before its expression is looked at.
func (f field) checkDerived(fields map[string]field) error {
	d := f.Derived
	if f.Type != consent.TypeBoolean && f.Type != consent.TypeCode {
		return errors.New("type: want boolean or code: an answer with room for more could carry the value behind it")
	}
	if len(f.Write) > 0 {
		return errors.New("write: nobody writes what is computed; want {}")
	}
	if len(d.Inputs) == 0 || len(d.Inputs) > maxInputs || !slices.IsSorted(d.Inputs) || len(slices.Compact(slices.Clone(d.Inputs))) != len(d.Inputs) {
		return fmt.Errorf("inputs: want 1 to %d fields, sorted, each once", maxInputs)
	}
	for _, name := range d.Inputs {
		input, known := fields[string(name)]
		switch {
		case !known:
			return fmt.Errorf("inputs: %q: not a field of this catalog", name)
		case input.Derived != nil:
			return fmt.Errorf("inputs: %q: derived itself; name what that is computed from", name)
		}
		for _, label := range input.Sensitive {
			if !slices.Contains(f.Sensitive, label) {
				return fmt.Errorf("sensitive: want %q, which input %q has", label, name)
			}
		}
	}
	return nil
}

func (f field) compile(fields map[string]field, lists map[string]list) (*derivation, error) {
	if err := f.checkDerived(fields); err != nil {
		return nil, err
	}
	e, err := language()
	if err != nil {
		return nil, err
	}
	variables := make([]cel.EnvOption, 0, len(f.Derived.Inputs)+len(lists))
	for _, name := range f.Derived.Inputs {
		variables = append(variables, cel.Variable(string(name), variableType(fields[string(name)].Type)))
	}
	for name := range lists {
		variables = append(variables, cel.Variable(listVariable(name), cel.MapType(cel.StringType, cel.StringType)))
	}
	if e, err = e.Extend(variables...); err != nil {
		return nil, err
	}
	return f.program(e)
}

// program type-checks the expression, estimates its cost, and makes it ready.
func (f field) program(e *cel.Env) (*derivation, error) {
	checked, issues := e.Compile(f.Derived.Expression)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	want := cel.BoolType
	if f.Type == consent.TypeCode {
		want = cel.StringType
	}
	if got := checked.OutputType(); !got.IsExactType(want) && !got.IsExactType(cel.OptionalType(want)) {
		return nil, fmt.Errorf("expression: gives %s; want %s or optional_type(%s)", got, want, want)
	}
	for _, name := range f.Derived.Inputs {
		if !names(checked, name) {
			return nil, fmt.Errorf("inputs: %q: not used by the expression", name)
		}
	}
	estimate, err := e.EstimateCost(checked, sizes{})
	if err != nil || estimate.Max > maxEstimate {
		return nil, fmt.Errorf("expression: costs too much: an estimated %d, more than %d; want fewer loops, or none inside another", estimate.Max, maxEstimate)
	}
	program, err := e.Program(checked, cel.CostLimit(costLimit), cel.InterruptCheckFrequency(interruptEvery))
	if err != nil {
		return nil, fmt.Errorf("expression: %w", err)
	}
	return &derivation{inputs: f.Derived.Inputs, codes: f.Codes, program: program}, nil
}

// firstIssue is the first fault that CEL found, with its place.
func firstIssue(issues *cel.Issues) error {
	if issues == nil || issues.Err() == nil {
		return nil
	}
	first := issues.Errors()[0]
	return fmt.Errorf("expression:%d:%d: %s", first.Location.Line(), max(first.Location.Column()+1, 1), first.Message)
}

// names reports whether the expression refers to the variable.
func names(checked *cel.Ast, name consent.FieldName) bool {
	for _, ref := range checked.NativeRep().ReferenceMap() {
		if strings.TrimPrefix(ref.Name, ".") == string(name) {
			return true
		}
	}
	return false
}

// sizes tells CEL's estimate how large inputs are taken to be.
type sizes struct{}

func (sizes) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	size := uint64(innerSize)
	if path := element.Path(); len(path) == 1 && element.ComputedSize() == nil {
		switch element.Type().Kind() {
		case cel.ListKind:
			size = listSize
		case cel.StringKind:
			size = textSize
		}
	}
	if element.ComputedSize() != nil {
		return nil
	}
	return &cost.SizeEstimate{Min: 0, Max: size}
}

func (sizes) EstimateCallCost(_, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	return nil
}
