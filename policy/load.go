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
	files    map[string][]byte
	within   *Loaded // the bundle that this one narrows; nil once two reviewers have approved
	catalog  *consent.Catalog
	fields   map[string]field
	purposes map[consent.Purpose]Purpose
	rules    *rules
	answers  *answers
}

// Digest is the SHA-256 of the bundle's bytes.
func (l *Loaded) Digest() consent.Digest { return l.digest }

// Revision is the manifest's.
func (l *Loaded) Revision() uint64 { return l.manifest.Revision }

// Expires is when the bundle stops permitting, in Unix seconds.
func (l *Loaded) Expires() uint64 { return l.manifest.Expires }

// Narrows is the bundle that this one narrows by one approval, to be reviewed; false
// for a bundle that Threshold reviewers have approved.
func (l *Loaded) Narrows() (consent.Digest, bool) {
	if l.within == nil {
		return consent.Digest{}, false
	}
	return l.within.digest, true
}

// Offer is a bundle's file with what stands behind it.
type Offer struct {
	Bundle    []byte
	Approvals []Approval
}

func (o Offer) digest() consent.Digest { return sha256.Sum256(o.Bundle) }

// Terms are what an offered bundle is held against.
type Terms struct {
	Reviewers   []ed25519.PublicKey // whose approvals count
	MinRevision uint64              // of the last bundle in force, which the caller keeps across restarts
	InForce     consent.Digest      // that bundle; zero: not known, and then nothing narrows it
	Before      []Offer             // bundles that were in force, in any order
	Now         time.Time
}

// Load is LoadOffer for a bundle that at least Threshold reviewers have approved.
func Load(bundle []byte, approvals []Approval, reviewers []ed25519.PublicKey, minRevision uint64, now time.Time) (*Loaded, error) {
	return LoadOffer(Offer{bundle, approvals}, Terms{Reviewers: reviewers, MinRevision: minRevision, Now: now})
}

// LoadOffer checks a bundle in full: size, approvals by at least Threshold different
// reviewers (by one for a pure narrowing of the bundle in force), form, revision,
// expiry, rules, data. Nothing is parsed before a known reviewer's approval is
// verified. Errors wrap ErrBundle, ErrApproval, ErrRevision or ErrExpired.
func LoadOffer(o Offer, t Terms) (*Loaded, error) {
	l, err := t.approved(o, 0)
	if err != nil {
		return nil, err
	}
	if r := l.Revision(); r < t.MinRevision || (r == t.MinRevision && t.InForce != consent.Digest{} && l.digest != t.InForce) {
		return nil, fmt.Errorf("%w: %d, and %d was in force", ErrRevision, r, t.MinRevision)
	}
	if t.Now.Unix() < 0 || uint64(t.Now.Unix()) >= l.Expires() { //nolint:gosec // not negative
		return nil, ErrExpired
	}
	return l, l.prepare()
}

// approved verifies size, approvals and form, and for a bundle with one approval
// that it narrows the one before it, which stands on its own approvals.
func (t Terms) approved(o Offer, depth int) (*Loaded, error) {
	if len(o.Bundle) == 0 || len(o.Bundle) > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes: want 1 to %d", ErrBundle, len(o.Bundle), MaxBundle)
	}
	digest := consent.Digest(sha256.Sum256(o.Bundle))
	count, others := countApprovals(digest, o.Approvals, t.Reviewers)
	tooFew := fmt.Errorf("%w: %d of %d reviewers", ErrApproval, count, Threshold)
	if count == 0 {
		return nil, errors.Join(tooFew, others)
	}
	files, manifest, err := unpack(o.Bundle)
	if err != nil {
		return nil, err
	}
	l := &Loaded{digest: digest, manifest: manifest, files: files}
	if count >= Threshold {
		return l, nil
	}
	if l.within, err = t.narrowed(l, depth); err != nil {
		return nil, errors.Join(tooFew, others, err)
	}
	return l, nil
}

// prepare makes a bundle ready to decide, and whatever it narrows.
func (l *Loaded) prepare() error {
	source, err := parse(l.files)
	if err != nil {
		return err
	}
	if err := source.prepare(l); err != nil {
		return err
	}
	l.catalog.Revision = l.manifest.Revision
	if l.within != nil {
		return l.within.prepare()
	}
	return nil
}

// builtins that rules and their tests may use. A list of what is allowed, since
// one of what is forbidden ages with OPA: nothing here reaches the network, the
// clock, the environment or chance, and none makes much out of little in one call
// that cannot be interrupted.
var builtins = []string{
	"abs", "all", "and", "any", "array.slice", "assign", "contains", "count", "endswith", "eq", "equal", "gt", "gte",
	"internal.member_2", "internal.member_3", "internal.test_case", "is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set",
	"is_string", "lower", "lt", "lte", "max", "min", "minus", "mul", "neq", "object.get", "object.keys", "object.remove",
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
	files map[string][]byte // as they were, to tell where something stands
}

func parse(files map[string][]byte) (*source, error) {
	data, err := readData(files)
	if err != nil {
		return nil, err
	}
	s := &source{files: files, rules: map[string]*ast.Module{}, tests: map[string]*ast.Module{}, data: data}
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
	s.fillStore()
	return s, nil
}

func (s *source) fillStore() {
	s.store = inmem.NewFromObjectWithOpts(s.data, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
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
func (s *source) prepare(l *Loaded) error {
	of, err := readCatalog(s.data)
	if err != nil {
		return s.locate(err)
	}
	purposes, err := readPurposes(s.data, of.fields)
	if err != nil {
		return s.locate(err)
	}
	if _, err := readRetention(s.data); err != nil {
		return s.locate(err)
	}
	if _, err := readAccreditors(s.data); err != nil {
		return s.locate(err)
	}
	prepared, err := s.ready(of.catalog)
	if err != nil {
		return err
	}
	l.catalog, l.fields, l.purposes, l.rules, l.answers = of.catalog, of.fields, purposes, prepared, newAnswers(of)
	return nil
}

func (s *source) ready(catalog *consent.Catalog) (*rules, error) {
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
	prepared.reads = readsOf(c)
	prepared.seen, prepared.parts = prepared.reads.tree(), newParts(prepared.reads)
	return prepared, nil
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
	if r.read, err = s.store.NewTransaction(ctx); err != nil {
		return nil, err
	}
	r.data, err = newBaseData(ctx, s.store, r.read)
	return r, err
}
