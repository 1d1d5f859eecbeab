package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Whoever waits for an anchor while another is made waits no longer than its request.
func TestAnchorsWaitNoLongerThanTheirRequests(t *testing.T) {
	s := newStage(t)
	cfg := s.api.cfg
	begun, end := make(chan struct{}), make(chan struct{})
	cfg.Anchors = func(context.Context, uint64) ([]byte, error) {
		close(begun)
		<-end
		return []byte("{}"), nil
	}
	a, err := New(cfg)
	ok(t, err)
	h := a.PublicHandler()
	ask := func(ctx context.Context) <-chan int {
		status := make(chan int, 1)
		go func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/log/anchor", nil))
			status <- w.Code
		}()
		return status
	}
	first := ask(t.Context())
	<-begun
	gone, leave := context.WithCancel(t.Context())
	second := ask(gone)
	leave()
	select {
	case status := <-second:
		if status != http.StatusServiceUnavailable {
			t.Errorf("who left was answered %d", status)
		}
	case <-time.After(10 * time.Second):
		t.Error("who left still waits")
	}
	close(end)
	if status := <-first; status != http.StatusOK {
		t.Errorf("the first was answered %d", status)
	}
}
