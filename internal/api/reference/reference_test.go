package reference_test

import (
	"strings"
	"testing"

	"github.com/wrapious/wrappy/internal/api/reference"
)

const small = `openapi: 3.0.3
info: {title: "<b>T</b>", version: "1", description: "One ` + "`a<b`" + `.\n\n**Two** <script>alert(1)</script>"}
tags: [{name: public, description: D}]
paths:
  /a:
    get:
      operationId: A
      tags: [public]
      summary: S
      description: "</p><img src=https://evil.example/x>"
      parameters: [{name: q, in: query, required: true, schema: {type: string, enum: [x, y], minLength: 1}, example: x}]
      responses:
        "200":
          description: Fine.
          headers: {ETag: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/N"}, example: {k: "</pre><script>"}}}
components:
  schemas:
    L: {type: string, description: l, pattern: "^x$", maxLength: 3}
    N:
      type: object
      required: [z, a]
      properties:
        a: {type: array, maxItems: 2, uniqueItems: true, items: {$ref: "#/components/schemas/L"}}
        b: {type: object, properties: {inner: {type: integer, format: int32, minimum: 1, maximum: 9}}}
        m: {type: object, minProperties: 1, additionalProperties: {$ref: "#/components/schemas/L"}}
        n: {allOf: [{$ref: "#/components/schemas/L"}], description: another}
        z: {}
`

func TestRender(t *testing.T) {
	out, err := reference.Render([]byte(small), []string{"A"}, []reference.Problem{{Type: "urn:p", Title: "P & Q", Status: 418}})
	if err != nil {
		t.Fatal(err)
	}
	page := string(out)
	for _, want := range []string{
		"&lt;b&gt;T&lt;/b&gt;", `One <code dir="ltr">a&lt;b</code>.`, "<strong>Two</strong> &lt;script&gt;", `id="A"`, "GET</span> /a", "Anybody, on both listeners.",
		"query, required", "one of: x, y", "at least 1 characters", "Headers: ", "ETag", `href="#schema-N"`, `id="schema-N"`, "list of L", "at most 2 items", "none twice",
		"object of L", "at least 1 members", "integer (int32)", "at least 1", "at most 9", "another", "pattern ^x$", "any JSON", "urn:p", "418", "P &amp; Q", "inner",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(page, `dir="ltr">z<`) > strings.Index(page, `dir="ltr">b<`) {
		t.Error("required members do not come first")
	}
	for _, never := range []string{"<script", "<img", "</pre><script"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		document string
		ids      []string
	}{
		"no YAML":                 {"{", []string{"A"}},
		"an operation unknown":    {small, nil},
		"an operation missing":    {small, []string{"A", "B"}},
		"an operation of no tag":  {strings.Replace(small, "tags: [public]", "tags: []", 1), []string{"A"}},
		"an operation of another": {small, []string{"B"}},
	} {
		if out, err := reference.Render([]byte(tt.document), tt.ids, nil); err == nil || out != nil {
			t.Errorf("%s: %d bytes", name, len(out))
		}
	}
}
