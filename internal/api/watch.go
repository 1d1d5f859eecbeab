package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// Seen is what may be known of a request outside of its handler. Each text is from a
// closed set: nothing of what was sent can be among it.
type Seen struct {
	Listener string // people or institutions
	Method   string // one of HTTP's own, or other
	Route    string // the template of the route, or none
	Status   int    // of the answer
	Outcome  string // ok, or the last part of its problem's type
	Took     time.Duration
}

// Watch is told that a request begins, without Status, Outcome and Took, and by end how
// it ended. The request goes on in the context that it returns. Of the request itself it
// may use nothing but the context and, on the listener of institutions, the header
// traceparent. Safe for concurrent use.
type Watch func(r *http.Request, begun Seen) (in context.Context, end func(Seen))

const (
	startedKey = "started"
	problemKey = "problem"
	noRoute    = "none"
)

func started(c echo.Context) time.Time {
	t, _ := c.Get(startedKey).(time.Time) //nolint:errcheck // observe has set it
	return t
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// observe names the request and tells its outcome to the log and to whoever measures:
// the route's template, never a path, query, address or header.
func (a *API) observe(e *echo.Echo, l listener) echo.MiddlewareFunc {
	templates := sync.OnceValue(func() map[string]bool { return templatesOf(e) }) // once all are there
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Set(startedKey, time.Now())
			var id [8]byte
			_, _ = rand.Read(id[:]) // never fails
			c.Response().Header().Set(echo.HeaderXRequestID, hex.EncodeToString(id[:]))
			seen := Seen{Listener: string(l), Method: methodName(c), Route: noRoute}
			if templates()[c.Path()] { // for what fits none the router says how far it came
				seen.Route = c.Path()
			}
			ctx, end := a.watch(c.Request(), seen)
			c.SetRequest(c.Request().WithContext(ctx))
			if err := next(c); err != nil {
				c.Error(err)
			}
			seen.Status, seen.Took = c.Response().Status, time.Since(started(c))
			seen.Outcome = "ok"
			if name, failed := c.Get(problemKey).(string); failed {
				seen.Outcome = name
			}
			end(seen)
			a.log.InfoContext(ctx, "request", "listener", seen.Listener, "method", seen.Method, "route", seen.Route,
				"status", seen.Status, "outcome", seen.Outcome, "took_ms", float64(seen.Took.Microseconds())/1000, "request", requestID(c))
			return nil
		}
	}
}

// methodName keeps made-up methods out of the log.
func methodName(c echo.Context) string {
	switch m := c.Request().Method; m {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch:
		return m
	}
	return "other"
}

func templatesOf(e *echo.Echo) map[string]bool {
	templates := map[string]bool{}
	for _, route := range e.Routes() {
		templates[route.Path] = true
	}
	return templates
}

func unwatched(r *http.Request, _ Seen) (context.Context, func(Seen)) {
	return r.Context(), func(Seen) {}
}
