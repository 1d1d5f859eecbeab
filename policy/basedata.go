package policy

import (
	"context"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
)

// baseData is a bundle's data as rules read it, one for all questions: without it each
// question would read it from the store anew, for a fifth of its time. It is never
// written, and safe for concurrent use.
type baseData map[string]ast.Value // by the first name below data

func newBaseData(ctx context.Context, store storage.Store, read storage.Transaction) (baseData, error) {
	all, err := store.Read(ctx, read, storage.RootPath)
	if err != nil {
		return nil, err
	}
	root, ok := all.(ast.Object)
	if !ok {
		return nil, errors.New("data is no object")
	}
	b := baseData{}
	root.Foreach(func(name, value *ast.Term) {
		if text, ok := name.Value.(ast.String); ok {
			b[string(text)] = value.Value
		}
	})
	return b, nil
}

// Get of a reference; nil sends OPA to the store, for what is not there too.
func (b baseData) Get(ref ast.Ref) ast.Value {
	if len(ref) < 2 || !ref[0].Equal(ast.DefaultRootDocument) {
		return nil
	}
	name, ok := ref[1].Value.(ast.String)
	if !ok {
		return nil
	}
	at, ok := b[string(name)]
	if !ok || len(ref) == 2 {
		return at
	}
	found, err := at.Find(ref[2:])
	if err != nil {
		return nil
	}
	return found
}

// Put keeps nothing: all that there is is there.
func (baseData) Put(ast.Ref, ast.Value) {}
