package api

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptrace"
	"testing"
	"time"
)

// seeing counts the connections that requests of ctx open.
func seeing(ctx context.Context, opened *int) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			*opened++
		}
	}})
}

// Who takes back one request after the other is cut off, and nobody else is: a few are taken back by whoever loses patience.
func TestTakenBack(t *testing.T) {
	s := newStage(t)
	begun, ended := make(chan struct{}), make(chan struct{})
	waits := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-r.Context().Done()
	})
	certificate := s.certificate(func(*x509.Certificate) {}, p256())
	server := s.api.server(waits, PublicTLS(certificate))
	cut := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/fast" {
			return
		}
		cut.ServeHTTP(w, r)
		ended <- struct{}{}
	})
	on, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, server, on, time.Second) }()
	t.Cleanup(func() {
		stop()
		ok(t, <-done)
	})

	for name, c := range map[string]struct {
		takenBack int
		isCut     bool
	}{"a few": {maxResets / 2, false}, "too many": {2 * maxResets, true}} {
		t.Run(name, func(t *testing.T) {
			client, opened := s.client(""), 0
			get := func(ctx context.Context, path string) error {
				r, err := http.NewRequestWithContext(seeing(ctx, &opened), http.MethodGet, "https://"+on.Addr().String()+path, nil)
				ok(t, err)
				answer, err := client.Do(r)
				if err == nil {
					_ = answer.Body.Close()
				}
				return err
			}
			for range c.takenBack {
				ctx, takeBack := context.WithCancel(t.Context())
				failed := make(chan error, 1)
				go func() { failed <- get(ctx, "/slow") }()
				select {
				case <-begun:
					takeBack()
					<-ended
					<-failed
				case <-failed: // it went the way of the connection
				}
				takeBack()
			}
			if get(t.Context(), "/fast") != nil { // likewise
				ok(t, get(t.Context(), "/fast"))
			}
			if isCut := opened > 1; isCut != c.isCut {
				t.Errorf("%d connections", opened)
			}
		})
	}
}
