package api

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxStreams is how many requests one connection may have under way.
const maxStreams = 64

// Public is the server of people's listener.
func (a *API) Public(certificate tls.Certificate) *http.Server {
	return a.server(a.PublicHandler(), PublicTLS(certificate))
}

// Institutions is the server of institutions' listener.
func (a *API) Institutions(certificate tls.Certificate) *http.Server {
	s := a.server(a.InstitutionHandler(), InstitutionTLS(certificate, a.now))
	s.RegisterOnShutdown(a.stop)
	return s
}

func (a *API) server(h http.Handler, config *tls.Config) *http.Server {
	s := &http.Server{
		Handler:           h,
		TLSConfig:         config,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second, // 16 MiB over a poor line
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          log.New(quiet{a.log}, "", 0),
	}
	countFrames(s)
	return s
}

// quiet notes that a connection failed and drops the text: it holds the address.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(text []byte) (int, error) {
	q.log.Debug("connection failed")
	return len(text), nil
}

// Serve answers on a listener until the context ends, then lets the requests
// under way finish for at most grace.
func Serve(ctx context.Context, server *http.Server, on net.Listener, grace time.Duration) error {
	requests := &underWay{next: server.Handler, idle: make(chan struct{})}
	server.Handler = requests
	failed := make(chan error, 1)
	go func() { failed <- server.ServeTLS(on, "", "") }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		_ = server.Close()
	}
	requests.end(last)
	if end := <-failed; err == nil && !errors.Is(end, http.ErrServerClosed) {
		err = end
	}
	return err
}

// underWay counts the requests that are being answered. Shutdown does not wait for the
// handler of an HTTP/2 stream whose connection has gone, and what a handler uses is
// closed next.
type underWay struct {
	next http.Handler

	mu    sync.Mutex
	count int
	ended bool
	idle  chan struct{} // closed when ended and none is left
}

func (u *underWay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Context().Err() != nil { // taken back already: nobody waits for an answer
		panic(http.ErrAbortHandler)
	}
	u.mu.Lock()
	if u.ended {
		u.mu.Unlock()
		panic(http.ErrAbortHandler) // the connection has gone already
	}
	u.count++
	u.mu.Unlock()
	defer func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.count--; u.count == 0 && u.ended {
			close(u.idle)
		}
	}()
	u.next.ServeHTTP(w, r)
}

// end lets no request begin any more and waits for those under way.
func (u *underWay) end(ctx context.Context) {
	u.mu.Lock()
	if u.ended = true; u.count == 0 {
		close(u.idle)
	}
	u.mu.Unlock()
	select {
	case <-u.idle:
	case <-ctx.Done():
	}
}
