package policy

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/wrapious/wrappy/consent"
)

// ErrRevision is returned for a bundle older than the one in force, or another of
// the same revision.
var ErrRevision = errors.New("policy bundle has an older revision, or another bundle has this one")

// ErrExpired is returned for a bundle whose time is over.
var ErrExpired = errors.New("policy bundle has expired")

// Loaded is a bundle that has passed every check, ready for Engine.Use.
type Loaded struct {
	digest   consent.Digest
	manifest Manifest
	catalog  *consent.Catalog
	purposes map[consent.Purpose]Purpose
	rules    *rules
}

// Digest is the SHA-256 of the bundle's bytes.
func (l *Loaded) Digest() consent.Digest { return l.digest }

// Revision is the manifest's.
func (l *Loaded) Revision() uint64 { return l.manifest.Revision }

// Expires is when the bundle stops permitting, in Unix seconds.
func (l *Loaded) Expires() uint64 { return l.manifest.Expires }

// Load checks a bundle in full: size, approvals by at least Threshold different
// reviewers, form, revision (not below minRevision, that of the last bundle in
// force, which the caller keeps across restarts), expiry, rules, data. Nothing is
// parsed before the approvals are verified. Errors wrap ErrBundle, ErrApproval,
// ErrRevision or ErrExpired.
func Load(bundle []byte, approvals []Approval, reviewers []ed25519.PublicKey, minRevision uint64, now time.Time) (*Loaded, error) {
	if len(bundle) == 0 || len(bundle) > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes: want 1 to %d", ErrBundle, len(bundle), MaxBundle)
	}
	digest := consent.Digest(sha256.Sum256(bundle))
	if err := verifyApprovals(digest, approvals, reviewers); err != nil {
		return nil, err
	}
	files, manifest, err := unpack(bundle)
	if err != nil {
		return nil, err
	}
	if manifest.Revision < minRevision {
		return nil, fmt.Errorf("%w: %d, and %d was in force", ErrRevision, manifest.Revision, minRevision)
	}
	if now.Unix() < 0 || uint64(now.Unix()) >= manifest.Expires { //nolint:gosec // not negative
		return nil, ErrExpired
	}
	source, err := parse(files)
	if err != nil {
		return nil, err
	}
	l, err := source.prepare()
	if err != nil {
		return nil, err
	}
	l.digest, l.manifest, l.catalog.Revision = digest, manifest, manifest.Revision
	return l, nil
}

// builtins that rules and their tests may use. A list of what is allowed, since
// one of what is forbidden ages with OPA: nothing here reaches the network, the
// clock, the environment or chance, and none makes much out of little in one call
// that cannot be interrupted.
var builtins = []string{
	"abs", "all", "and", "any", "array.slice", "assign", "contains", "count", "endswith", "eq", "equal", "gt", "gte",
	"internal.member_2", "internal.member_3", "internal.test_case", "is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set",
	"is_string", "lower", "lt", "lte", "max", "min", "minus", "neq", "object.get", "object.keys", "object.remove",
	"object.union", "or", "plus", "sort", "startswith", "sum", "trim_prefix", "trim_suffix", "upper",
}

func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool { return !slices.Contains(builtins, b.Name) })
	c.AllowNet = []string{} // empty: no host
	return c
}

// source is a bundle's content after parsing.
type source struct {
	rules map[string]*ast.Module
	tests map[string]*ast.Module
	data  map[string]any
	store storage.Store
}

func parse(files map[string][]byte) (*source, error) {
	data, err := readData(files)
	if err != nil {
		return nil, err
	}
	s := &source{rules: map[string]*ast.Module{}, tests: map[string]*ast.Module{}, data: data}
	options := ast.ParserOptions{Capabilities: capabilities(), RegoVersion: ast.RegoV1}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".rego" {
			continue
		}
		module, err := ast.ParseModuleWithOpts(name, string(files[name]), options)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBundle, err)
		}
		if module == nil {
			return nil, fmt.Errorf("%w: %s: empty", ErrBundle, name)
		}
		if at := module.Package.Path; len(at) < 2 || !at[1].Equal(ast.StringTerm(rulesRoot)) {
			return nil, fmt.Errorf("%w: %s:%d: want a package below %s", ErrBundle, name, module.Package.Location.Row, rulesRoot)
		}
		if isTest(name) {
			s.tests[name] = module
		} else {
			s.rules[name] = module
		}
	}
	s.store = inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	return s, nil
}

// compile is what "opa check --strict" does, under the capabilities above.
func (s *source) compile(modules map[string]*ast.Module) (*ast.Compiler, error) {
	c := ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true)
	if c.Compile(modules); c.Failed() {
		return nil, fmt.Errorf("%w: %w", ErrBundle, c.Errors)
	}
	return c, nil
}

const (
	rulesRoot   = "wrappy"
	permitQuery = "permitted = data.wrappy.release.permitted; until = data.wrappy.release.valid_until"
	denyQuery   = "withheld = data.wrappy.release.withheld; reasons = data.wrappy.release.reasons"
)

// prepare checks rules and data, and makes the two queries ready.
func (s *source) prepare() (*Loaded, error) {
	catalog, fields, err := readCatalog(s.data)
	if err != nil {
		return nil, err
	}
	purposes, err := readPurposes(s.data, fields)
	if err != nil {
		return nil, err
	}
	everything := maps.Clone(s.rules)
	maps.Copy(everything, s.tests)
	if _, err := s.compile(everything); err != nil {
		return nil, err
	}
	c, err := s.compile(s.rules) // what decides must not lean on a test
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"permitted", "valid_until", "withheld", "reasons"} {
		if len(c.GetRulesWithPrefix(ast.MustParseRef("data.wrappy.release."+name))) == 0 {
			return nil, fmt.Errorf("%w: no rule data.wrappy.release.%s", ErrBundle, name)
		}
	}
	prepared, err := s.queries(c, catalog)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return &Loaded{catalog: catalog, purposes: purposes, rules: prepared}, nil
}

func (s *source) queries(c *ast.Compiler, catalog *consent.Catalog) (*rules, error) {
	ctx := context.Background()
	r := &rules{fields: make(map[consent.FieldName]*ast.Term, len(catalog.Fields))}
	for name := range catalog.Fields {
		r.fields[name] = ast.StringTerm(string(name))
	}
	query := func(text string) (rego.PreparedEvalQuery, error) {
		return rego.New(rego.Query(text), rego.Compiler(c), rego.Store(s.store), rego.Capabilities(capabilities()), rego.Strict(true),
			rego.StrictBuiltinErrors(true), rego.GenerateJSON(func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t, nil })).PrepareForEval(ctx)
	}
	var err error
	if r.permit, err = query(permitQuery); err != nil {
		return nil, err
	}
	if r.deny, err = query(denyQuery); err != nil {
		return nil, err
	}
	r.read, err = s.store.NewTransaction(ctx)
	return r, err
}
