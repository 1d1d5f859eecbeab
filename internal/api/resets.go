package api

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"golang.org/x/time/rate"
)

// A connection may take back so many requests, and one more in each tenth of a second. Whoever
// takes back more is cut off. HTTP/2 bounds the requests that are under way and not those that come
// and go ("rapid reset", CVE-2023-44487); Go gives such a connection up too, but reads for one
// more second all that comes by it, a hundred thousand requests.
const (
	maxResets     = 50
	resetsRefills = 10 // a second
)

type resetsKey struct{}

// connection is one that requests come by.
type connection struct {
	net.Conn
	resets *rate.Limiter
}

func countResets(ctx context.Context, c net.Conn) context.Context {
	if secured, is := c.(*tls.Conn); is {
		c = secured.NetConn() // TLS would say goodbye first, and wait for one who does not read
	}
	return context.WithValue(ctx, resetsKey{}, &connection{Conn: c, resets: rate.NewLimiter(resetsRefills, maxResets)})
}

// cutOff ends the connection of whoever takes back too many requests.
func cutOff(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if r.Context().Err() == nil {
				return
			}
			if c, known := r.Context().Value(resetsKey{}).(*connection); known && !c.resets.Allow() {
				_ = c.Close()
			}
		}()
		next.ServeHTTP(w, r)
	})
}
