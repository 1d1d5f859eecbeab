// Package reference renders an OpenAPI description as one page for people: no script,
// nothing loaded from elsewhere.
package reference

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

var (
	//go:embed page.html
	pageSource string
	//go:embed style.css
	style string

	page = template.Must(template.New("page").Funcs(template.FuncMap{"prose": prose}).Parse(pageSource))
)

// Problem is one kind of error document that operations answer with.
type Problem struct {
	Type, Title string
	Status      int
}

// ContentSecurityPolicy lets the page have its own style and nothing else.
func ContentSecurityPolicy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// Render makes the page of a valid OpenAPI 3.0 document. Operations stand by tag, in
// the order of ids; an operation that ids lack, or that the document lacks, is an error.
func Render(document []byte, ids []string, problems []Problem) ([]byte, error) {
	described, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	v := view{Title: described.Info.Title, Version: described.Info.Version, Description: described.Info.Description, Problems: problems, Style: template.CSS(style)} //nolint:gosec // our own file
	if err := v.addOperations(described, ids); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(described.Components.Schemas) {
		v.Schemas = append(v.Schemas, Schema{Name: name, Value: valueOf(schemaBody(described.Components.Schemas[name]))})
	}
	var out bytes.Buffer
	if err := page.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return out.Bytes(), nil
}

type view struct {
	Title, Version, Description string
	Tags                        []Tag
	Schemas                     []Schema
	Problems                    []Problem
	Style                       template.CSS
}

// Tag groups the operations of one kind of caller.
type Tag struct {
	Name, Description string
	Operations        []Operation
}

// Operation is one call.
type Operation struct {
	ID, Method, Path, Summary, Description, Caller string
	Parameters                                     []Parameter
	Bodies                                         []Content
	Answers                                        []Answer
}

// Parameter stands in the path, the query or a header.
type Parameter struct {
	Name, In, Example string
	Required          bool
	Description       string
	Value             Value
}

// Content is a body in one media type.
type Content struct {
	Media    string
	Value    Value
	Examples []Example
}

// Example is JSON as it would be sent.
type Example struct{ Name, JSON string }

// Answer is what one status means.
type Answer struct {
	Status, Description string
	Headers             []string
	Contents            []Content
}

// Schema is a named shape that operations refer to.
type Schema struct {
	Name  string
	Value Value
}

// Value says what may stand somewhere.
type Value struct {
	Type        string // in words
	Of          string // the named schema, if it is one or a list of one
	Description string
	Limits      []string
	Example     string
	Members     []Member
}

// Member of an object.
type Member struct {
	Name     string
	Required bool
	Value    Value
}

func (v *view) addOperations(described *openapi3.T, ids []string) error {
	found := map[string]Operation{}
	tagOf := map[string]string{}
	for path, item := range described.Paths.Map() {
		for method, o := range item.Operations() {
			if len(o.Tags) != 1 || !slices.Contains(ids, o.OperationID) {
				return fmt.Errorf("reference: %s %s: want one tag and a known operation", method, path)
			}
			found[o.OperationID], tagOf[o.OperationID] = operation(method, path, o), o.Tags[0]
		}
	}
	for _, t := range described.Tags {
		tag := Tag{Name: t.Name, Description: t.Description}
		for _, id := range ids {
			if tagOf[id] == t.Name {
				tag.Operations = append(tag.Operations, found[id])
			}
		}
		v.Tags = append(v.Tags, tag)
	}
	if len(found) != len(ids) {
		return fmt.Errorf("reference: %d operations described, %d known", len(found), len(ids))
	}
	return nil
}

var callers = map[string]string{
	"institutions": "An institution, by its client certificate, on the institutions' listener.",
	"people":       "Anybody, on the public listener.",
	"public":       "Anybody, on both listeners.",
}

func operation(method, path string, o *openapi3.Operation) Operation {
	out := Operation{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: o.Description, Caller: callers[o.Tags[0]]}
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, Parameter{Name: p.Value.Name, In: p.Value.In, Required: p.Value.Required,
			Description: p.Value.Description, Value: valueOf(p.Value.Schema), Example: compact(p.Value.Example)})
		if p.Value.In == "header" && p.Value.Name == "Wrappy-Session" {
			out.Caller = "A person with a session, on the public listener."
		}
	}
	if o.RequestBody != nil {
		out.Bodies = contents(o.RequestBody.Value.Content)
	}
	for _, status := range sortedKeys(o.Responses.Map()) {
		r := o.Responses.Value(status).Value
		answer := Answer{Status: status, Contents: contents(r.Content)}
		if r.Description != nil {
			answer.Description = *r.Description
		}
		answer.Headers = sortedKeys(r.Headers)
		out.Answers = append(out.Answers, answer)
	}
	return out
}

func contents(all openapi3.Content) (out []Content) {
	for _, media := range sortedKeys(all) {
		c := Content{Media: media, Value: valueOf(all[media].Schema)}
		if all[media].Example != nil {
			c.Examples = append(c.Examples, Example{JSON: indented(all[media].Example)})
		}
		for _, name := range sortedKeys(all[media].Examples) {
			e := all[media].Examples[name].Value
			c.Examples = append(c.Examples, Example{Name: e.Summary, JSON: indented(e.Value)})
		}
		out = append(out, c)
	}
	return out
}

// schemaBody is a named schema's own content.
func schemaBody(s *openapi3.SchemaRef) *openapi3.SchemaRef {
	return &openapi3.SchemaRef{Value: s.Value}
}

const refPrefix = "#/components/schemas/"

// valueOf describes a schema; a reference names it and stops there.
func valueOf(s *openapi3.SchemaRef) Value {
	if s == nil || s.Value == nil {
		return Value{Type: "any JSON"}
	}
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, refPrefix)
		return Value{Type: name, Of: name}
	}
	schema := s.Value
	if len(schema.AllOf) > 0 { // used here to say more about a reference
		v := valueOf(schema.AllOf[0])
		v.Description = schema.Description
		for _, more := range schema.AllOf[1:] {
			v.Members = append(v.Members, valueOf(more).Members...)
		}
		v.Members = append(v.Members, members(schema)...)
		return v
	}
	v := Value{Type: typeName(schema), Description: schema.Description, Limits: limits(schema), Members: members(schema)}
	if schema.Example != nil {
		v.Example = indented(schema.Example)
	}
	switch inner := schema.Items; {
	case inner != nil:
		of := valueOf(inner)
		v.Type, v.Of, v.Members = "list of "+of.Type, of.Of, append(v.Members, of.Members...)
		v.Limits = append(v.Limits, of.Limits...)
	case schema.AdditionalProperties.Schema != nil:
		of := valueOf(schema.AdditionalProperties.Schema)
		v.Type, v.Of, v.Members = "object of "+of.Type, of.Of, append(v.Members, of.Members...)
	}
	return v
}

func typeName(s *openapi3.Schema) string {
	name := "any JSON"
	if types := s.Type.Slice(); len(types) > 0 {
		name = strings.Join(types, " or ")
	}
	if s.Format != "" {
		name += " (" + s.Format + ")"
	}
	return name
}

func limits(s *openapi3.Schema) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(s.Enum) > 0 {
		var words []string
		for _, e := range s.Enum {
			words = append(words, fmt.Sprint(e))
		}
		add("one of: %s", strings.Join(words, ", "))
	}
	if s.Pattern != "" {
		add("pattern %s", s.Pattern)
	}
	if s.Min != nil {
		add("at least %v", *s.Min)
	}
	if s.Max != nil {
		add("at most %v", *s.Max)
	}
	span := func(what string, least uint64, most *uint64) {
		if least > 0 {
			add("at least %d %s", least, what)
		}
		if most != nil {
			add("at most %d %s", *most, what)
		}
	}
	span("characters", s.MinLength, s.MaxLength)
	span("items", s.MinItems, s.MaxItems)
	span("members", s.MinProps, s.MaxProps)
	if s.UniqueItems {
		add("none twice")
	}
	return out
}

// members stand as the schema's list of required ones has them, then the others by name.
func members(s *openapi3.Schema) (out []Member) {
	names := slices.DeleteFunc(slices.Clone(s.Required), func(n string) bool { return s.Properties[n] == nil })
	for _, name := range sortedKeys(s.Properties) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		out = append(out, Member{Name: name, Required: slices.Contains(s.Required, name), Value: valueOf(s.Properties[name])})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func indented(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

func compact(v any) string {
	if v == nil {
		return ""
	}
	return strings.Trim(indented(v), `"`)
}

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	boldSpan = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// prose turns the few marks that descriptions use (paragraphs, `code`, **bold**) into
// HTML. Everything else is escaped before.
func prose(text string) template.HTML {
	var out strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if paragraph == "" {
			continue
		}
		p := template.HTMLEscapeString(paragraph)
		p = codeSpan.ReplaceAllString(p, `<code dir="ltr">$1</code>`)
		p = boldSpan.ReplaceAllString(p, "<strong>$1</strong>")
		out.WriteString("<p>" + p + "</p>\n")
	}
	return template.HTML(out.String()) //nolint:gosec // escaped above
}
