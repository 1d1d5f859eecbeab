package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/web"
)

// mePath is where people's page is, on the public listener.
const mePath = "/me"

// pagePolicy lets a page load its own files and speak to its own vault, and nothing else:
// no other host, no inline script, no frame, no form, no text that becomes a script. The
// policy named files may name the two scripts that browsers start apart from the page.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
	"require-trusted-types-for 'script'; trusted-types files"

// showPath is where whoever has scanned a code looks: a page of its own, which can do less.
const (
	showPath   = "/show"
	showPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
)

// pagePermissions leaves a page the camera, for codes, showPermissions the other nothing that asks.
const (
	pagePermissions = "camera=(self), " + noPermissions
	showPermissions = "camera=(), " + noPermissions
	noPermissions   = "accelerometer=(), bluetooth=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), " +
		"microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
)

// servePages answers with the files that are built in. They are the same for everybody.
func (a *API) servePages(e *echo.Echo) {
	for _, page := range []string{mePath, showPath} {
		e.GET(page, func(c echo.Context) error { return c.Redirect(http.StatusPermanentRedirect, page+"/") })
	}
	reviewed := map[string]string{}
	for language, digest := range a.cfg.Reviewed {
		reviewed[language] = digest.String()[2:]
	}
	e.GET(mePath+"/reviews", paceAddress(a, a.files, func(c echo.Context) error { return c.JSON(http.StatusOK, reviewed) }))
	if a.cfg.Page != nil {
		e.GET(mePath+"/digest", paceAddress(a, a.files, a.pageDigest))
	}
	for _, f := range web.Files() {
		answer := paceAddress(a, a.files, func(c echo.Context) error { return sendFile(c, f) })
		path := strings.TrimSuffix(f.Path, "index.html")
		e.GET(path, answer)
		e.HEAD(path, answer)
	}
}

// pageDigest answers with what the pages are and by which entry of the log that was written down.
func (a *API) pageDigest(c echo.Context) error {
	file := a.cfg.Page()
	if file == nil {
		return problemUnavailable
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, jsonType, file)
}

func sendFile(c echo.Context, f web.File) error {
	r, h := c.Request(), c.Response().Header()
	body, tag := f.Plain, f.Digest
	suffix := ""
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case f.Brotli != nil && takes(accepted, "br"):
		body, suffix = f.Brotli, "br"
	case f.Gzip != nil && takes(accepted, "gzip"):
		body, suffix = f.Gzip, "gzip"
	}
	if suffix != "" {
		h.Set("Content-Encoding", suffix)
	}
	etag := strings.TrimSuffix(entityTag(tag), `"`) + suffix + `"`
	sent := r.Header.Get("If-None-Match")
	h.Set("ETag", etag)
	h.Set("Vary", "Accept-Encoding")
	policy, permissions := pagePolicy, pagePermissions
	if strings.HasPrefix(f.Path, showPath+"/") {
		policy, permissions = showPolicy, showPermissions
		h.Set("X-Robots-Tag", "noindex")
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Permissions-Policy", permissions)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	if f.Lasting {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if matches(&sent, etag) {
		h.Del("Content-Encoding")
		return c.NoContent(http.StatusNotModified)
	}
	if r.Method == http.MethodHead { // a body that is not sent would end the stream early, as a request that is taken back does
		h.Set("Content-Type", f.Type)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		return c.NoContent(http.StatusOK)
	}
	return c.Blob(http.StatusOK, f.Type, body)
}

// takes tells whether Accept-Encoding names a coding, and not with q=0.
func takes(accepted, coding string) bool {
	for one := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(one, " ", ""), ";")
		if strings.EqualFold(name, coding) {
			return strings.Trim(strings.TrimPrefix(strings.ToLower(weight), "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
