package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestServeWaitsForHandlers: a handler of HTTP/2 goes on when its connection is gone, and
// Shutdown does not wait for it. What it uses is closed after Serve has returned.
func TestServeWaitsForHandlers(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	ended := false
	certificate := newStage(t).certificate(func(*x509.Certificate) {}, p256())
	server := &http.Server{
		TLSConfig:         PublicTLS(certificate),
		ReadHeaderTimeout: time.Second,
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			close(began)
			<-goOn
			ended = true // unlocked: the race detector is the test of the order
		}),
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(serving, server, listener, time.Minute) }()

	var connection net.Conn
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		var err error
		connection, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return connection, err
	}
	transport := &http.Transport{DialContext: dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} //nolint:gosec // a server of this test
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+listener.Addr().String(), http.NoBody)
		if err != nil {
			t.Error(err)
			return
		}
		if answer, err := transport.RoundTrip(request); err == nil {
			_ = answer.Body.Close()
			t.Error("answered before the handler had ended")
		}
	}()
	<-began
	_ = connection.Close()
	<-asked
	stop()
	select {
	case err := <-served:
		t.Fatalf("Serve returned %v while a handler was at work", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(goOn)
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if !ended {
		t.Error("the handler has not ended")
	}
}
