package api

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/web"
)

// TestPageHeads: who asks for the headers of one file after the other takes nothing back.
func TestPageHeads(t *testing.T) {
	s := newStage(t).listen()
	s.api.files.burst = 3 * maxControl
	large := slices.MaxFunc(web.Files(), func(a, b web.File) int { return len(a.Plain) - len(b.Plain) })
	client, opened := s.client(""), 0
	ctx := seeing(t.Context(), &opened)
	for range 2 * maxControl {
		r, err := http.NewRequestWithContext(ctx, http.MethodHead, s.public+large.Path, nil)
		ok(t, err)
		r.Header.Set("Accept-Encoding", "identity")
		answer, err := client.Do(r)
		ok(t, err)
		ok(t, answer.Body.Close())
		if answer.StatusCode != http.StatusOK || answer.ContentLength != int64(len(large.Plain)) || answer.Header.Get("Content-Type") != large.Type {
			t.Fatalf("%d %v", answer.StatusCode, answer.Header)
		}
	}
	if opened != 1 {
		t.Errorf("%d connections", opened)
	}
}

func TestPageIsServed(t *testing.T) {
	s := newStage(t)
	for _, f := range web.Files() {
		path := strings.TrimSuffix(f.Path, "index.html")
		for accepted, want := range map[string][]byte{"": f.Plain, "gzip": f.Gzip, "gzip, deflate, br;q=1.0": f.Brotli, "br;q=0, identity": f.Plain, "brotli": f.Plain} {
			if want == nil {
				want = f.Plain
			}
			w := s.handle(http.MethodGet, path, "", http.Header{"Accept-Encoding": {accepted}})
			h := w.Header()
			if w.Code != http.StatusOK || w.Body.String() != string(want) || h.Get("Content-Type") != f.Type || h.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s as %q: %d %s, %d bytes", path, accepted, w.Code, h.Get("Content-Type"), w.Body.Len())
			}
			if lasting := strings.Contains(h.Get("Cache-Control"), "immutable"); lasting != f.Lasting {
				t.Errorf("%s: %s", path, h.Get("Cache-Control"))
			}
			policy := pagePolicy
			if strings.HasPrefix(f.Path, showPath) {
				policy = showPolicy
			}
			if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Set-Cookie") != "" {
				t.Errorf("%s: %v", path, h)
			}
			again := s.handle(http.MethodGet, path, "", http.Header{"Accept-Encoding": {accepted}, "If-None-Match": {h.Get("Etag")}})
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				t.Errorf("%s again as %q: %d", path, accepted, again.Code)
			}
		}
		if w := s.handle(http.MethodHead, path, "", nil); w.Code != http.StatusOK {
			t.Errorf("HEAD %s: %d", path, w.Code)
		}
		if w := s.handle(http.MethodPost, path, "{}", nil); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, w.Code)
		}
		if w := s.asInstitution("clinic", http.MethodGet, path, "", key); w.Code != http.StatusNotFound {
			t.Errorf("%s on the institutions' listener: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/me/index.html.gz", "/me/a/", "/me/a/../index.html", "/me/nothing.js", "/me/src/boot.ts", "/me//"} {
		if w := s.handle(http.MethodGet, path, "", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.handle(http.MethodGet, "/me", "", nil); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/me/" {
		t.Errorf("/me: %d %s", w.Code, w.Header().Get("Location"))
	}
}

// No way to run what is not the page's own may slip back in.
func TestPagePolicy(t *testing.T) {
	for _, never := range []string{"unsafe", "*", "http:", "https:", "wasm", "strict-dynamic", "blob: 'self'"} {
		if strings.Contains(pagePolicy, never) || strings.Contains(showPolicy, never) {
			t.Errorf("the policy has %q", never)
		}
	}
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "script-src 'self';", "connect-src 'self';"} {
		if !strings.Contains(pagePolicy, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
}

// Whose words an operator's reader has checked is told to everybody, and to be changed by nobody.
func TestPageReviews(t *testing.T) {
	s := newStage(t)
	if w := s.handle(http.MethodGet, "/me/reviews", "", nil); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != "{}" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.handle(http.MethodPost, "/me/reviews", "{}", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	s.api.cfg.Reviewed = map[string]consent.Digest{"sw": {0xab}}
	w := httptest.NewRecorder()
	s.api.PublicHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/me/reviews", nil))
	if want := `{"sw":"ab` + strings.Repeat("00", 31) + `"}`; strings.TrimSpace(w.Body.String()) != want {
		t.Errorf("%s", w.Body)
	}
}

// Whatever is served below the pages' paths is a file that the manifest names, or one of the
// answers that are the vault's and no part of a page.
func TestManifestIsWhatIsServed(t *testing.T) {
	named := map[string]bool{"/me/reviews": true, "/me/digest": true, "/me": true, "/show": true}
	items, err := proof.PageItems(string(web.Manifest(web.Files())))
	ok(t, err)
	for _, i := range items {
		named[strings.TrimSuffix(i.Path, "index.html")] = false
	}
	s := newStage(t)
	s.api.cfg.Page = func() []byte { return []byte("{}") }
	e, found := s.api.PublicHandler().(*echo.Echo)
	if !found {
		t.Fatalf("%T has no routes to look at", s.api.PublicHandler())
	}
	served := map[string]bool{}
	for _, r := range e.Routes() {
		if r.Path == "/me" || r.Path == "/show" || strings.HasPrefix(r.Path, "/me/") || strings.HasPrefix(r.Path, "/show/") {
			if _, known := named[r.Path]; !known {
				t.Errorf("%s is served, and no part of the manifest", r.Path)
			}
			served[r.Path] = true
		}
	}
	for path := range named {
		if !served[path] {
			t.Errorf("%s is named, and not served", path)
		}
	}
}

// What the vault wrote down of its pages is given to everybody, and missing where it is not written down.
func TestPageDigest(t *testing.T) {
	s := newStage(t)
	if w := s.handle(http.MethodGet, "/me/digest", "", nil); w.Code != http.StatusNotFound {
		t.Errorf("a vault that writes nothing down: %d", w.Code)
	}
	var file []byte
	s.api.cfg.Page = func() []byte { return file }
	get := func(method string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.api.PublicHandler().ServeHTTP(w, httptest.NewRequest(method, "/me/digest", nil))
		return w
	}
	if w := get(http.MethodGet); w.Code != http.StatusServiceUnavailable {
		t.Errorf("not written down yet: %d", w.Code)
	}
	file = []byte("{}\n")
	if w := get(http.MethodGet); w.Code != http.StatusOK || w.Body.String() != "{}\n" || w.Header().Get("Content-Type") != jsonType {
		t.Errorf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if w := get(http.MethodPost); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}
