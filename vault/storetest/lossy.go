package storetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// Loss is what happens to one request of those that write.
type Loss int

const (
	Delivered    Loss = iota
	RequestLost       // the connection ends before the server has seen it
	ResponseLost      // the server has done it, and the connection ends without a word
)

// Lossy is a proxy before an HTTP store that loses what a test wants lost.
type Lossy struct {
	Endpoint string

	mu   sync.Mutex
	next func(attempt int) (Loss, func())
	seen int
}

// NewLossy starts a proxy that ends with the test and loses nothing yet.
func NewLossy(t testing.TB, endpoint string) *Lossy {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	l := &Lossy{}
	proxy := &httputil.ReverseProxy{
		// The host stays the client's, as it was signed; the request's own headers do too.
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			panic(http.ErrAbortHandler)
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			proxy.ServeHTTP(w, r)
			return
		}
		switch loss, meanwhile := l.decide(); loss {
		case RequestLost:
			_, _ = io.Copy(io.Discard, r.Body)
			meanwhile()
			panic(http.ErrAbortHandler) // ends the connection
		case ResponseLost:
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			meanwhile()
			panic(http.ErrAbortHandler)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	l.Endpoint = server.URL
	return l
}

// Lose asks decide for each writing request from now on, the first being attempt 0,
// what to do to it, and what else is to happen before the client learns of it; nil
// for nothing. Lose(nil) delivers everything.
func (l *Lossy) Lose(decide func(attempt int) (Loss, func())) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next, l.seen = decide, 0
}

func (l *Lossy) decide() (Loss, func()) {
	nothing := func() {}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		return Delivered, nothing
	}
	loss, meanwhile := l.next(l.seen)
	l.seen++
	if meanwhile == nil {
		meanwhile = nothing
	}
	return loss, meanwhile
}

// First loses the first n writing requests.
func First(n int, loss Loss) func(int) (Loss, func()) {
	return func(attempt int) (Loss, func()) {
		if attempt < n {
			return loss, nil
		}
		return Delivered, nil
	}
}
