package api

import (
	"crypto/sha256"
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"golang.org/x/net/html"

	"github.com/wrapious/wrappy/openapi"
)

// what a parsed page holds.
type parsed struct {
	ids, links, texts []string
	tags              map[string]int
	style             string
}

// parsePage reads the page token by token and fails on elements that are left open,
// closed twice or nested as HTML does not allow.
func parsePage(t *testing.T, page string) (p parsed) {
	t.Helper()
	p.tags = map[string]int{}
	void := []string{"meta", "link", "br", "img", "input"}
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF { //nolint:errorlint // documented so
				t.Fatal(z.Err())
			}
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
			return p
		case html.StartTagToken:
			tag := z.Token()
			p.tags[tag.Data]++
			for _, a := range tag.Attr {
				switch {
				case a.Key == "id":
					p.ids = append(p.ids, a.Val)
				case slices.Contains([]string{"src", "srcset", "action", "style", "data", "poster", "background", "formaction"}, a.Key), strings.HasPrefix(a.Key, "on"):
					t.Errorf("<%s %s=%q>", tag.Data, a.Key, a.Val)
				case a.Key == "href":
					p.links = append(p.links, a.Val)
				}
			}
			if !slices.Contains(void, tag.Data) {
				open = append(open, tag.Data)
			}
		case html.EndTagToken:
			tag := z.Token()
			if len(open) == 0 || open[len(open)-1] != tag.Data {
				t.Fatalf("</%s> within %v", tag.Data, open)
			}
			open = open[:len(open)-1]
		case html.TextToken:
			text := z.Token().Data
			if len(open) > 0 && open[len(open)-1] == "style" {
				p.style += text
			} else {
				p.texts = append(p.texts, text)
			}
			if len(open) > 0 && slices.Contains([]string{"ul", "dl", "table", "tbody", "tr"}, open[len(open)-1]) && strings.TrimSpace(text) != "" {
				t.Errorf("text in <%s>: %q", open[len(open)-1], text)
			}
		}
	}
}

func TestReference(t *testing.T) {
	s := newStage(t)
	w := s.handle(http.MethodGet, referencePath, "", nil)
	page := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=UTF-8" || !strings.HasPrefix(page, "<!DOCTYPE html>") {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	p := parsePage(t, page)
	if _, err := html.Parse(strings.NewReader(page)); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(p.texts, "\x00")

	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	ok(t, err)
	described := 0
	for path, item := range document.Paths.Map() {
		for method, o := range item.Operations() {
			described++
			if !slices.Contains(p.ids, o.OperationID) || !strings.Contains(text, o.OperationID) || !strings.Contains(text, o.Summary) || !strings.Contains(text, method+"\x00 "+path) {
				t.Errorf("%s is not on the page", o.OperationID)
			}
		}
	}
	if described != len(operations) || described < 29 {
		t.Errorf("%d operations", described)
	}
	for name, schema := range document.Components.Schemas {
		if !slices.Contains(p.ids, "schema-"+name) {
			t.Errorf("schema %s is not on the page", name)
		}
		for member := range schema.Value.Properties {
			if !strings.Contains(text, "\x00"+member+"\x00") {
				t.Errorf("schema %s: %s is not on the page", name, member)
			}
		}
	}

	// Nothing is loaded, and every link leads somewhere.
	for _, tag := range []string{"script", "link", "img", "iframe", "object", "embed", "video", "audio", "form", "base", "svg", "picture", "source"} {
		if p.tags[tag] > 0 {
			t.Errorf("<%s>", tag)
		}
	}
	for _, link := range p.links {
		if id, local := strings.CutPrefix(link, "#"); link != "/v1/openapi.yaml" && (!local || !slices.Contains(p.ids, id)) {
			t.Errorf("a link to %q", link)
		}
	}
	for _, loads := range []string{"url(", "@import", "http:", "https:", "//"} {
		if strings.Contains(p.style, loads) {
			t.Errorf("the style has %q", loads)
		}
	}
	for i, id := range slices.Sorted(slices.Values(p.ids)) {
		if sorted := slices.Sorted(slices.Values(p.ids)); i > 0 && sorted[i-1] == id {
			t.Errorf("id %q twice", id)
		}
	}
	for _, wanted := range []string{"prefers-color-scheme: dark", "overflow-wrap", "margin-inline-start"} {
		if !strings.Contains(p.style, wanted) {
			t.Errorf("the style lacks %q", wanted)
		}
	}
	for _, sided := range []string{"-left", "-right", "left:", "right:"} {
		if strings.Contains(p.style, sided) {
			t.Errorf("the style has %q: it is for one direction of writing only", sided)
		}
	}

	sum := sha256.Sum256([]byte(p.style))
	if csp := w.Header().Get("Content-Security-Policy"); csp != "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
		t.Errorf("the page's own style would not be taken: %s", csp)
	}
}

func TestReferenceIsAskedForAgain(t *testing.T) {
	s := newStage(t)
	first := s.handle(http.MethodGet, referencePath, "", nil)
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%q %q", tag, first.Header().Get("Cache-Control"))
	}
	for sent, status := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "": 200, tag[1:]: 200} {
		w := s.handle(http.MethodGet, referencePath, "", http.Header{"If-None-Match": {sent}})
		if w.Code != status || (status == 304) != (w.Body.Len() == 0) {
			t.Errorf("%s: %d with %d bytes, want %d", sent, w.Code, w.Body.Len(), status)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if w := s.handle(method, referencePath, "", nil); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if w := s.asInstitution("clinic", http.MethodGet, referencePath, "", key); w.Code != http.StatusNotFound {
		t.Errorf("on the institutions' listener: %d", w.Code)
	}
}

// The page's problems are those that the package declares.
func TestReferenceProblems(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	ok(t, err)
	want := []string{}
	ast.Inspect(file, func(n ast.Node) bool {
		pair, isPair := n.(*ast.KeyValueExpr)
		if !isPair {
			return true
		}
		if name, isName := pair.Key.(*ast.Ident); isName && name.Name == "name" {
			if text, isText := pair.Value.(*ast.BasicLit); isText {
				unquoted, err := strconv.Unquote(text.Value)
				ok(t, err)
				want = append(want, typePrefix+unquoted)
			}
		}
		return true
	})
	for fault := range jsonTitles {
		want = append(want, typePrefix+"json-"+string(fault))
	}
	slices.Sort(want)
	got := []string{}
	for _, p := range referenceProblems() {
		got = append(got, p.Type)
		if p.Title == "" || p.Status < 400 || p.Status > 599 {
			t.Errorf("%+v", p)
		}
	}
	if len(want) < 35 || !slices.Equal(got, want) {
		t.Errorf("on the page %d:\n%v\ndeclared %d:\n%v", len(got), got, len(want), want)
	}
}
