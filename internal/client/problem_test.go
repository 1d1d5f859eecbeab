package client

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode"
)

type gotten struct {
	status int
	body   []byte
}

func (g gotten) StatusCode() int { return g.status }
func (g gotten) GetBody() []byte { return g.body }

func TestProblemIsOneLineOfText(t *testing.T) {
	for _, c := range []struct {
		name, body, want string
	}{
		{"a denial", `{"type":"urn:wrappy:problem:denied","title":"Denied","status":403,"reasons":["withdrawn"],"withheld":[{"field":"identity.name","reason":"policy"}]}`, "Denied (withdrawn, identity.name: policy)"},
		{"a detail", `{"type":"x","title":"Value not acceptable","status":422,"detail":"want more"}`, "Value not acceptable: want more"},
		{"a transaction", `{"type":"x","title":"No","status":422,"entries":[{"entry":"/entry/0","reason":"unsupported"}]}`, "No (/entry/0: unsupported)"},
		{"no problem", `<html>`, "the vault answered 403 Forbidden"},
		{"no title", `{}`, "the vault answered 403 Forbidden"},

		{"lines that forge the next", `{"title":"Denied\nwrappy: everything was stopped","status":403}`, "Denied wrappy: everything was stopped"},
		{"what steers a terminal", `{"title":"\u001b[2JDenied\r","status":403,"detail":"\u009b8m\u202e","reasons":["\u0007"],"withheld":[{"field":"\u001b[A","reason":"\u2067"}]}`, "\ufffd[2JDenied\ufffd: \ufffd8m\ufffd (\ufffd, \ufffd[A: \ufffd)"},
	} {
		err := check(gotten{http.StatusForbidden, []byte(c.body)}, http.StatusOK)
		if p := (*Problem)(nil); !errors.As(err, &p) || p.Error() != c.want || p.HTTPStatus != http.StatusForbidden {
			t.Errorf("%s: %q, want %q", c.name, err, c.want)
		}
	}
}

// FuzzProblem: whatever a vault answers, an error is a line of text that steers no terminal.
func FuzzProblem(f *testing.F) {
	f.Add(403, []byte(`{"type":"urn:wrappy:problem:denied","title":"Denied","status":403,"reasons":["withdrawn"],"withheld":[{"field":"identity.name","reason":"policy"}],"entries":[{"entry":"x","reason":"y"}]}`))
	f.Add(422, []byte(`{"title":"x","detail":"\u001b[0m","pointer":"/a","status":422}`))
	f.Add(200, []byte(`{"title":1}`))
	f.Add(-1, []byte("\xff"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		err := check(gotten{status, body}, http.StatusOK)
		if (err == nil) != (status == http.StatusOK) {
			t.Fatalf("status %d: %v", status, err)
		}
		if err == nil {
			return
		}
		var p *Problem
		if !errors.As(err, &p) || p.HTTPStatus != status {
			t.Fatalf("%T", err)
		}
		text := p.Error()
		if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) || strings.ContainsAny(text, "\u202a\u202e\u2066\u2069") {
			t.Fatalf("%q", text)
		}
	})
}
