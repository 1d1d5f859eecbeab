package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"runtime"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/vault"
)

// recovered turns a panic into a bare 500. The panic's value may hold anything and
// a stack trace holds arguments: only its type and the functions are logged.
func (a *API) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if value := recover(); value != nil {
				a.log.ErrorContext(c.Request().Context(), "panic", "request", requestID(c), "route", c.Path(), "type", fmt.Sprintf("%T", value), "in", frames())
				err = problemInternal
			}
		}()
		return next(c)
	}
}

func frames() []string {
	var counters [24]uintptr
	found := runtime.CallersFrames(counters[:runtime.Callers(4, counters[:])])
	var names []string
	for {
		f, more := found.Next()
		names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return names
		}
	}
}

func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// crossOrigin lets the pages of the configured origins read answers; no cookies are involved.
func (a *API) crossOrigin() echo.MiddlewareFunc {
	if len(a.cfg.Origins) == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins:  a.cfg.Origins,
		AllowMethods:  []string{http.MethodGet, http.MethodPost},
		AllowHeaders:  []string{"Content-Type", "Wrappy-Session", "Wrappy-Proof", "Idempotency-Key", "If-None-Match"},
		ExposeHeaders: []string{"Retry-After", "ETag", echo.HeaderXRequestID},
		MaxAge:        600,
	})
}

type (
	callerKey     struct{}
	connectionKey struct{}
)

// institution finds who asks, anew on every request: a key that the ledger has
// dropped since the handshake is unknown.
func (a *API) institution(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
			return problemUnknownInstitution
		}
		certificate := r.TLS.PeerCertificates[0]
		if checkCertificate(certificate, a.now()) != nil {
			return problemUnknownInstitution
		}
		who, err := a.cfg.Directory.InstitutionByKeyHash(r.Context(), KeyHash(certificate))
		if err != nil {
			return err
		}
		if err := a.paced(who); err != nil {
			return err
		}
		key, err := consent.WriterKeyOf(certificate.PublicKey)
		if err != nil {
			return problemUnknownInstitution
		}
		ctx := context.WithValue(r.Context(), callerKey{}, who)
		c.SetRequest(r.WithContext(context.WithValue(ctx, connectionKey{}, key)))
		return next(c)
	}
}

// caller is who asks. Without one nothing is asked of the gate.
func caller(ctx context.Context) (consent.Institution, error) {
	who, ok := ctx.Value(callerKey{}).(consent.Institution)
	if !ok || who.ID == (consent.InstitutionID{}) {
		return consent.Institution{}, problemUnknownInstitution
	}
	return who, nil
}

// keyOf is the caller's key, by which what it writes must be signed. Without one it is zero,
// which signs nothing.
func keyOf(ctx context.Context) consent.WriterKey {
	key, _ := ctx.Value(connectionKey{}).(consent.WriterKey) //nolint:errcheck // zero is refused
	return key
}

var idempotencyPattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,128}$`)

// shownKeyPattern is of keys that nobody may guess: with one the same call is answered again.
var shownKeyPattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{32,128}$`)

func shownKeyRefused() problem {
	p := problemIdempotencyKey
	p.detail = "want 32 to 128 letters, digits and ._:-, at random"
	return p
}

func idempotent(next echo.HandlerFunc) echo.HandlerFunc {
	return idempotentFor(idempotencyPattern, problemIdempotencyKey)(next)
}

func idempotentFor(pattern *regexp.Regexp, refused problem) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			keys := c.Request().Header.Values("Idempotency-Key")
			if len(keys) != 1 || !pattern.MatchString(keys[0]) {
				return refused
			}
			return next(c)
		}
	}
}

// bounded refuses a body by its type and announced length before the first byte
// is read, and one that lies about its length when it passes the bound.
func bounded(types map[string]int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			limit := int64(0)
			if types != nil {
				kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
				known := false
				if limit, known = types[kind]; err != nil || !known || len(r.Header.Values("Content-Type")) != 1 || r.Header.Get("Content-Encoding") != "" {
					return problemMediaType
				}
				r.Header.Set("Content-Type", kind)
			}
			if r.ContentLength > limit {
				return problemTooLarge
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
			return next(c)
		}
	}
}

// unreadable tells a body that is too large, or not wanted now, from a connection that broke.
func unreadable(err error) error {
	if own := (problem{}); errors.As(err, &own) {
		return err
	}
	if denial := (*vault.Denial)(nil); errors.As(err, &denial) {
		return err
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problemTooLarge
	}
	return &strict.Error{Fault: strict.Syntax}
}

// binder reads bodies strictly; openapi's generated code calls it for nothing else.
type binder struct{}

func (binder) Bind(into any, c echo.Context) error {
	r := c.Request()
	var body bytes.Buffer
	if r.ContentLength > 0 { // bounded, and admitted if it is large
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(r.Body); err != nil {
		return unreadable(err)
	}
	return strict.Decode(body.Bytes(), into)
}
