package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

var (
	fileName = regexp.MustCompile(`-([0-9A-Za-z]{8,12})\.(js|css|json|svg|png)`)
	cacheOf  = regexp.MustCompile(`page-[0-9a-f]{12}([^.0-9a-f])`)
)

// updating stands in front of a vault whose page has another version from the moment on at which newer is set: each of its
// files has another name, and those of before are gone.
func updating(t *testing.T, vault string, newer *atomic.Bool) string {
	t.Helper()
	to, err := url.Parse(vault)
	must(t, err)
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, //nolint:gosec // of this machine
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			for _, name := range []string{"Accept-Encoding", "If-None-Match", "If-Modified-Since"} {
				r.Out.Header.Del(name)
			}
			if newer.Load() && path.Dir(r.In.URL.Path) == "/me/a" {
				r.Out.URL.Path = strings.Replace(r.In.URL.Path, "0.", ".", 1)
				if r.Out.URL.Path == r.In.URL.Path {
					r.Out.URL.Path = "/me/a/gone"
				}
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if !newer.Load() || !strings.HasPrefix(r.Request.URL.Path, "/me/") || path.Ext(r.Request.URL.Path) == ".png" {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			body = cacheOf.ReplaceAll(fileName.ReplaceAll(body, []byte("-${1}0.$2")), []byte("page-newer$1"))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Del("ETag")
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	front := httptest.NewTLSServer(proxy)
	t.Cleanup(front.Close)
	return front.URL
}

// A page that stays open while the vault's page is updated goes on as it is, loses nothing, and gives way to the newer one where
// it wants what is not there any more.
func (v *running) updated(t *testing.T) {
	var newer atomic.Bool
	v.publicURL = updating(t, v.publicURL, &newer)
	const scripts = `[...document.querySelectorAll("script[src]")].map(s => s.getAttribute("src")).join()`
	var old, now string
	p := v.handset(t).starts("")
	p.until("the key to be known", "!document.querySelector('.pending')")
	p.until("the page and its words to be kept", `caches.keys().then(async ([name]) => name && (await (await caches.open(name)).keys()).some(r => /en-[0-9a-f]+\.json$/.test(r.url)))`)
	p.js(scripts, &old)
	newer.Store(true)
	p.returns("").sees("What do you want").taps("More").taps("Language").sees("About these words").js(scripts, &now)
	if now != old {
		t.Fatalf("%s took the place of %s under an open page", now, old)
	}
	p.taps("Français").types(phonePIN).sees("Que voulez-vous").js(scripts, &now)
	if now == old {
		t.Errorf("still %s", now)
	}
	if people := p.kept("people"); people != 1 {
		t.Errorf("%d people are on the phone", people)
	}
	p.offline(true)
	p.returns("").sees("Que voulez-vous")
}
