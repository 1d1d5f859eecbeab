package faults

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"
)

// HTTPFault is what happens to one request; the zero HTTPFault is nothing.
type HTTPFault struct {
	RequestLost bool // the connection ends before the server has seen it
	AnswerLost  bool // the server has done it, and the connection ends without a word
	Torn        bool // the server has done it, and the connection ends in the middle of its answer
	Hang        bool // the server never sees it, and nobody answers before the caller gives up
	Status      int  // answered in the server's place, without it having done anything
	Code        string
	Meanwhile   func() // before the caller learns of anything; nil: nothing
}

// Way is a proxy before an HTTP server that does to requests what a test wants.
type Way struct {
	Endpoint string

	mu   sync.Mutex
	plan func(r *http.Request) HTTPFault
}

// NewWay starts a proxy that ends with the test and lets everything through.
func NewWay(t testing.TB, endpoint string) *Way {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	way := &Way{}
	proxy := &httputil.ReverseProxy{
		// The host stays the client's, as it was signed; the request's own headers do too.
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := way.fault(r)
		meanwhile := func() {
			if f.Meanwhile != nil {
				f.Meanwhile()
			}
		}
		switch {
		case f.RequestLost, f.Hang:
			_, _ = io.Copy(io.Discard, r.Body)
			meanwhile()
			if f.Hang {
				<-r.Context().Done()
			}
			panic(http.ErrAbortHandler) // ends the connection
		case f.AnswerLost, f.Torn:
			answer := httptest.NewRecorder()
			proxy.ServeHTTP(answer, r)
			meanwhile()
			if f.Torn {
				w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()+1))
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
			}
			panic(http.ErrAbortHandler)
		case f.Status != 0:
			_, _ = io.Copy(io.Discard, r.Body)
			meanwhile()
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(f.Status)
			_, _ = io.WriteString(w, "<Error><Code>"+f.Code+"</Code></Error>")
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	way.Endpoint = server.URL
	return way
}

// Plan is asked at every request from now on; nil: all is well.
func (w *Way) Plan(plan func(r *http.Request) HTTPFault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plan = plan
}

func (w *Way) fault(r *http.Request) HTTPFault {
	w.mu.Lock()
	plan := w.plan
	w.mu.Unlock()
	if plan == nil {
		return HTTPFault{}
	}
	return plan(r)
}
