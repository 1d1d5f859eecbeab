package policy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of one evaluation. What they stop has no answer.
const (
	costLimit      = 1_000_000 // CEL's units; what is put together costs by its size, so that it bounds memory too
	interruptEvery = 100       // steps of a loop between looks at the context
	maxInput       = 1 << 20   // bytes of all inputs
)

// answers are a bundle's derived fields, ready to be evaluated.
type answers struct {
	derived map[consent.FieldName]*derivation
	types   map[consent.FieldName]consent.ValueType
	lists   map[string]any
}

func newAnswers(of *catalogData) *answers {
	a := &answers{derived: of.derived, types: map[consent.FieldName]consent.ValueType{}, lists: map[string]any{}}
	for _, f := range of.catalog.Fields {
		a.types[f.Name] = f.Type
	}
	for name, l := range of.lists {
		a.lists[listVariable(name)] = l.Values
	}
	return a
}

// Derive computes the answer of a derived field of the catalog from the values of its
// inputs, JSON of the catalog's types, on the day of as (Unix seconds, UTC). It returns
// JSON, or nil where there is no answer: an input is missing or of another type, the
// expression fails, goes beyond its bounds or says that it cannot be known. Nothing
// of the inputs is in an error. Errors wrap consent.ErrUnavailable: another bundle has come into
// force since the catalog was asked for, or ctx is over.
func (e *Engine) Derive(ctx context.Context, catalog *consent.Catalog, name consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error) {
	l := e.current()
	if l.answers == nil || l.catalog != catalog {
		return nil, fmt.Errorf("%w: another policy bundle has come into force", consent.ErrUnavailable)
	}
	answer := l.answers.derive(ctx, name, inputs, as)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", consent.ErrUnavailable, err)
	}
	return answer, nil
}

// derive is Derive under one bundle. A panic is a fault of an expression like any other.
func (a *answers) derive(ctx context.Context, name consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) (answer []byte) {
	defer func() {
		if recover() != nil {
			answer = nil
		}
	}()
	d := a.derived[name]
	if d == nil || as > 1<<40 {
		return nil
	}
	variables := map[string]any{today: time.Unix(int64(as), 0).UTC().Format(time.DateOnly)} //nolint:gosec // bounded
	size := 0
	for _, input := range d.inputs {
		if size += len(inputs[input]); size > maxInput {
			return nil
		}
		value, err := decodeInput(a.types[input], inputs[input])
		if err != nil {
			return nil
		}
		variables[string(input)] = value
	}
	for list, values := range a.lists {
		variables[list] = values
	}
	ctx, cancel := context.WithTimeout(ctx, EvaluationLimit)
	defer cancel()
	out, _, err := d.program.ContextEval(ctx, variables)
	if err != nil {
		return nil
	}
	return d.answer(out)
}

// answer is true, false or one of the field's codes; nothing else leaves an expression.
func (d *derivation) answer(out ref.Val) []byte {
	if o, ok := out.(*types.Optional); ok {
		if !o.HasValue() {
			return nil
		}
		out = o.GetValue()
	}
	switch v := out.(type) {
	case types.Bool:
		if len(d.codes) == 0 {
			return strconv.AppendBool(nil, bool(v))
		}
	case types.String:
		if slices.Contains(d.codes, string(v)) {
			return strconv.AppendQuote(nil, string(v))
		}
	}
	return nil
}

var errInput = errors.New("not of the input's type")

// decodeInput decodes a value as its variable's type says. CEL checks types of what is
// inside when it meets them; the outermost must be right before.
func decodeInput(t consent.ValueType, value []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if err != nil || dec.More() {
		return nil, errInput
	}
	v, err = native(v)
	if err != nil {
		return nil, err
	}
	ok := false
	switch t {
	case consent.TypeText, consent.TypeDate, consent.TypeCode:
		_, ok = v.(string)
	case consent.TypeBoolean:
		_, ok = v.(bool)
	case consent.TypeNumber:
		_, ok = v.(float64)
	case consent.TypeIdentifier:
		return texts(v)
	case consent.TypeObject:
		_, ok = v.(map[string]any)
	case consent.TypeList, consent.TypeFHIR:
		var list []any
		list, ok = v.([]any)
		for _, element := range list {
			_, object := element.(map[string]any)
			ok = ok && object
		}
	}
	if !ok {
		return nil, errInput
	}
	return v, nil
}

// native makes numbers of JSON's numbers; one beyond a double's range is no input.
func native(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return v.Float64()
	case []any:
		for i := range v {
			var err error
			if v[i], err = native(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name := range v {
			var err error
			if v[name], err = native(v[name]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func texts(v any) (map[string]string, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errInput
	}
	out := make(map[string]string, len(object))
	for name, member := range object {
		if out[name], ok = member.(string); !ok {
			return nil, errInput
		}
	}
	return out, nil
}
