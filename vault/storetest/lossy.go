package storetest

import (
	"net/http"
	"sync"
	"testing"

	"github.com/wrapious/wrappy/internal/faults"
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
	*faults.Way

	mu   sync.Mutex
	next func(attempt int) (Loss, func())
	seen int
}

// NewLossy starts a proxy that ends with the test and loses nothing yet.
func NewLossy(t testing.TB, endpoint string) *Lossy {
	t.Helper()
	l := &Lossy{Way: faults.NewWay(t, endpoint)}
	l.Plan(func(r *http.Request) (f faults.HTTPFault) {
		if r.Method != http.MethodPut {
			return f
		}
		loss, meanwhile := l.decide()
		return faults.HTTPFault{RequestLost: loss == RequestLost, AnswerLost: loss == ResponseLost, Meanwhile: meanwhile}
	})
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
