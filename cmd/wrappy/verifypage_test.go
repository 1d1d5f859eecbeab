package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/web"
)

// between stands before a vault and changes what it answers.
func between(t *testing.T, vault, certificate string, change func(*http.Response) error) (address, own string) {
	t.Helper()
	target, err := url.Parse(vault)
	must(t, err)
	text, err := os.ReadFile(certificate) //nolint:gosec // the test's own vault
	must(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: change,
		Transport:      &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, DisableCompression: true},
	}
	server := httptest.NewTLSServer(proxy)
	t.Cleanup(server.Close)
	own = filepath.Join(t.TempDir(), "between.crt")
	must(t, os.WriteFile(own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	return server.URL, own
}

// answering changes the answers of one path, in one coding.
func answering(path, coding string, change func(*http.Response, []byte) []byte) func(*http.Response) error {
	return func(r *http.Response) error {
		if r.Request.URL.Path != path || r.Header.Get("Content-Encoding") != coding {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body = change(r, body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
		return nil
	}
}

func flip(_ *http.Response, body []byte) []byte {
	body[len(body)/2] ^= 1
	return body
}

func status(code int) func(*http.Response, []byte) []byte {
	return func(r *http.Response, body []byte) []byte {
		r.StatusCode, r.Status = code, ""
		r.Header.Set("Location", "https://elsewhere.example/")
		return body
	}
}

// noted changes what the vault says of its pages.
func noted(t *testing.T, change func(*proof.PageFile)) func(*http.Response) error {
	return answering("/me/digest", "", func(_ *http.Response, body []byte) []byte {
		f, err := proof.ParsePage(body)
		if err != nil {
			t.Error(err)
			return body
		}
		change(f)
		return encoded(t, f)
	})
}

func encoded(t *testing.T, file any) []byte {
	data, err := proof.Encode(file)
	if err != nil {
		t.Error(err)
	}
	return data
}

// layPages lays the pages out as they are served.
func layPages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range web.Files() {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, f.Path)), 0o700))
		for suffix, data := range map[string][]byte{"": f.Plain, ".gz": f.Gzip, ".br": f.Brotli} {
			if data != nil {
				must(t, os.WriteFile(filepath.Join(dir, f.Path+suffix), data, 0o600))
			}
		}
	}
	return dir
}

// TestVerifyPage: a running vault's pages hold, and nothing that is otherwise than it was
// written down passes: on the way from the vault, in a folder, in the proof or the anchor.
func TestVerifyPage(t *testing.T) {
	t.Parallel()
	shared := town.running(t)
	vault, certificate := shared.at.Public, shared.at.Certificate
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	trust, anchor, kept := file("trust.json"), file("anchor.json"), file("page.json")
	if _, err := shared.command("log", "trust", "--vault", vault, "--cacert", certificate, "--export", trust); err != nil {
		t.Fatal(err)
	}
	eventually(t, "an anchor that has the pages' entry", func() bool {
		_ = os.Remove(anchor)
		if _, err := shared.command("log", "anchor", "--vault", vault, "--cacert", certificate, "--export", anchor); err != nil {
			return false
		}
		_, err := shared.command("verify", "page", vault+"/me/", "--cacert", certificate, "--trust", trust, "--anchor", anchor, "--export", kept)
		return err == nil
	})
	data, err := os.ReadFile(kept)
	must(t, err)
	good, err := proof.ParsePage(data)
	must(t, err)
	keep := func(name string, change func(*proof.PageFile)) string {
		f, err := proof.ParsePage(data)
		must(t, err)
		change(f)
		must(t, os.WriteFile(file(name), encoded(t, f), 0o600))
		return file(name)
	}
	more := func(f *proof.PageFile) {
		f.Manifest += strings.Repeat("0", 64) + "  /show/z.js  -  text/javascript; charset=utf-8\n"
	}
	script := ""
	for _, f := range web.Files() {
		if strings.HasPrefix(f.Path, "/me/a/boot-") {
			script = f.Path
		}
	}
	says := []string{"they are the pages that this program was built with", pagesDigest().String(), `served +says +since 20\S+Z, by entry [0-9]+; the ledger was at block [0-9]+`,
		"anchor +proven +the entry is in the tree of [0-9]+ entries that the ledger anchors", "block [0-9]+, which anchored the tree", "NOT PROVEN +that everybody is served these pages"}
	for _, c := range []struct {
		name   string
		change func(*http.Response) error // nil: the vault itself
		more   []string
		code   int
		want   []string
	}{
		{"as it is", nil, nil, 0, append(says, `each of the [0-9]+ files`)},
		{"through somebody who changes nothing", func(*http.Response) error { return nil }, nil, 0, says},
		{"by a saved anchor", nil, []string{"--anchor", anchor}, 0, says},
		{"not behind the kept", nil, []string{"--proof", kept}, 0, says},
		{"as JSON", nil, []string{"-o", "json"}, 0, []string{`"check": "page"`}},

		{"one byte", answering("/me/", "", flip), nil, 1, []string{"page: .*/me/index.html is served with another content; do not use"}},
		{"one byte of what browsers get", answering("/me/", "br", flip), nil, 1, []string{`/me/index.html \(br\) is served with another content`}},
		{"one byte of what old browsers get", answering(script, "gzip", flip), nil, 1, []string{`boot-\S+ \(gzip\) is served with another`}},
		{"one byte of the small page", answering("/show/show.js", "", flip), nil, 1, []string{"/show/show.js is served with another"}},
		{"cut short", answering(script, "", func(_ *http.Response, b []byte) []byte { return b[:len(b)-1] }), nil, 1, []string{"another content"}},
		{"too long", answering(script, "", func(_ *http.Response, b []byte) []byte { return append(b, make([]byte, 17<<20)...) }), nil, 1, []string{"more than"}},
		{"another type", answering("/me/sw.js", "", func(r *http.Response, b []byte) []byte { r.Header.Set("Content-Type", "text/html"); return b }), nil, 1, []string{"/me/sw.js is served as another type"}},
		{"a file taken out", answering(script, "", status(404)), nil, 1, []string{"page: .*is not served: .*404"}},
		{"a file from elsewhere", answering(script, "", status(302)), nil, 1, []string{"page: .*is not served: .*302"}},
		{"a vault that fails", answering(script, "", status(500)), nil, 4, []string{"500"}},
		{"a file added", noted(t, more), nil, 1, []string{"page: .*is not served"}},
		{"a file left out", noted(t, func(f *proof.PageFile) {
			f.Manifest = f.Manifest[:strings.LastIndex(strings.TrimSpace(f.Manifest), "\n")+1]
		}), nil, 1, []string{"the log's entry is not of these pages"}},
		{"a promise of nobody", noted(t, func(f *proof.PageFile) { f.Entry.Promise.Signature[9] ^= 1 }), nil, 1, []string{"signature|promise"}},
		{"another entry's place", noted(t, func(f *proof.PageFile) { f.Entry.Promise.Index++ }), nil, 1, []string{"promise"}},
		{"nonsense", answering("/me/digest", "", func(*http.Response, []byte) []byte { return []byte("{}") }), nil, 1, []string{"page: .*wrappy page v1"}},
		{"not written down", answering("/me/digest", "", status(503)), nil, 4, []string{"503"}},
		{"a vault without pages", answering("/me/digest", "", status(404)), nil, 3, []string{"404"}},
		{"no anchor", answering("/log/anchor", "", status(404)), nil, 4, []string{"no such anchor"}},
		{"an anchor that is none", answering("/log/anchor", "", func(*http.Response, []byte) []byte { return []byte("{}") }), nil, 1, []string{"anchor"}},
		{"another vault's anchor", nil, []string{"--anchor", "../../ledgerref/testdata/anchor.json"}, 1, []string{"anchor"}},
		{"an older entry than the kept", nil, []string{"--proof", keep("later.json", func(f *proof.PageFile) { f.Entry.Promise.Index += 5 })}, 1, []string{"promise"}},
		{"another log trusted", nil, []string{"--log", readTrust(t).Log}, 1, []string{"another"}},
		{"another ledger", nil, []string{"--chain-id", "1"}, 1, []string{"anchor"}},
		{"a network without its contracts", nil, []string{"--rpc-file", trust}, 2, []string{"--ledger"}},
		{"two anchors", nil, []string{"--anchor", anchor, "--rpc-file", trust, "--ledger", trust}, 2, []string{"want --anchor, or"}},
		{"to a file that is there", nil, []string{"--export", kept}, 2, []string{"is there already"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, own := vault, certificate
			if c.change != nil {
				at, own = between(t, vault, certificate, c.change)
			}
			expect(t, append([]string{"page", at + "/me/", "--cacert", own, "--trust", trust}, c.more...), c.code, c.want)
		})
	}
	for _, c := range []struct {
		name   string
		change func(dir string)
		proof  string
		more   []string
		code   int
		want   []string
	}{
		{"as it was written down", func(string) {}, kept, nil, 0, append(says, "NOT PROVEN +that the vault has not written down other pages since")},
		{"one byte", func(dir string) { rewriteByte(t, filepath.Join(dir, "me/sw.js")) }, kept, nil, 1, []string{"page: .*/me/sw.js has another content"}},
		{"one compressed byte", func(dir string) { rewriteByte(t, filepath.Join(dir, "me/sw.js.br")) }, kept, nil, 1, []string{`/me/sw.js \(br\) has another`}},
		{"a file taken out", func(dir string) { must(t, os.Remove(filepath.Join(dir, "show/show.css"))) }, kept, nil, 1, []string{"/show/show.css is missing"}},
		{"a file added", func(dir string) { must(t, os.WriteFile(filepath.Join(dir, "me/a/x.js"), []byte("x"), 0o600)) }, kept, nil, 1, []string{"/me/a/x.js is no part of the page"}},
		{"a file that no page has", func(dir string) { must(t, os.WriteFile(filepath.Join(dir, "me/x.exe"), []byte("x"), 0o600)) }, kept, nil, 1, []string{"/me/x.exe"}},
		{"no pages", func(dir string) { must(t, os.RemoveAll(filepath.Join(dir, "show"))) }, kept, nil, 1, []string{"show"}},
		{"a proof of other pages", func(string) {}, keep("more.json", more), nil, 1, []string{"/show/z.js is missing"}},
		{"a proof with another promise", func(string) {}, keep("forged.json", func(f *proof.PageFile) { f.Entry.Promise.Signature[3] ^= 1 }), nil, 1, []string{"promise"}},
		{"a proof without a place", func(string) {}, keep("bare.json", func(f *proof.PageFile) { f.Entry.Checkpoint, f.Entry.Inclusion, f.Entry.Anchored = "", nil, nil }), nil, 1, []string{"inclusion"}},
		{"a proof that is none", func(string) {}, trust, nil, 1, []string{"wrappy page v1"}},
		{"a proof that is not there", func(string) {}, file("none"), nil, 1, []string{"--proof"}},
		{"another vault's anchor", func(string) {}, kept, []string{"--anchor", "../../ledgerref/testdata/anchor.json"}, 1, []string{"anchor"}},
		{"another log trusted", func(string) {}, kept, []string{"--log", readTrust(t).Log}, 1, []string{"another log"}},
		{"to be kept", func(string) {}, kept, []string{"--export", file("x.json")}, 2, []string{"of a folder"}},
	} {
		t.Run("folder: "+c.name, func(t *testing.T) {
			dir := layPages(t)
			c.change(dir)
			expect(t, append([]string{"page", dir, "--trust", trust, "--proof", c.proof, "--anchor", anchor}, c.more...), c.code, c.want)
		})
	}
	folder := layPages(t)
	if output, err := withoutSockets(t, "verify", "page", folder, "--trust", trust, "--proof", kept, "--anchor", anchor); err != nil || !matches("page +proven", output) {
		t.Errorf("offline: %v\n%s", err, output)
	}
	expect(t, []string{"page", folder, "--trust", trust, "--anchor", anchor}, 2, []string{"want --proof"})
	expect(t, []string{"page", folder, "--trust", trust, "--proof", kept}, 2, []string{"want --proof, and --anchor"})
	expect(t, []string{"page", folder, "--proof", kept, "--anchor", anchor}, 2, []string{"no log is named", "--log " + strings.ReplaceAll(good.Log, "+", `\+`)})
	expect(t, []string{"page", vault, "--cacert", certificate}, 2, []string{"no log is named"})
	expect(t, []string{"page", vault, "--cacert", certificate, "--log", good.Log}, 2, []string{"no ledger is named"})
	expect(t, []string{"page", strings.Replace(vault, "https", "http", 1), "--trust", trust}, 2, []string{"want an address"})
	expect(t, []string{"page", vault + "/v1/", "--trust", trust}, 2, []string{"want an address"})
	expect(t, []string{"page", "https://127.0.0.1:1/me/", "--trust", trust}, 4, []string{"cannot be reached"})
}

func rewriteByte(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name) //nolint:gosec // the test's own
	must(t, err)
	data[len(data)/2] ^= 1
	must(t, os.WriteFile(name, data, 0o600))
}

// expect runs a check; one that fails proves nothing.
func expect(t *testing.T, args []string, code int, want []string) {
	t.Helper()
	got, stdout, stderr := verifyRun(args...)
	text := stdout
	if code != 0 {
		text = stderr
	}
	if got != code || code != 0 && matches(" proven ", stdout) {
		t.Errorf("%v: exit status %d, want %d\n%s%s", args, got, code, stdout, stderr)
	}
	for _, w := range want {
		if !matches(w, text) {
			t.Errorf("%v: want %q in\n%s", args, w, text)
		}
	}
}
