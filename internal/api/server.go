package api

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
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
	return a.server(a.InstitutionHandler(), InstitutionTLS(certificate, a.now))
}

func (a *API) server(h http.Handler, config *tls.Config) *http.Server {
	return &http.Server{
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
	if end := <-failed; err == nil && !errors.Is(end, http.ErrServerClosed) {
		err = end
	}
	return err
}
