package api

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// A body of 16 MiB takes many times that to work on: few are in memory at once.
const (
	maxLarge     = 4               // in all
	maxLargeEach = 1               // of one institution
	largeWait    = 2 * time.Second // for a turn
)

// largeBodies hands out the turns.
type largeBodies struct {
	all chan struct{}

	mu   sync.Mutex
	each map[consent.InstitutionID]*turns
}

type turns struct {
	taken chan struct{}
	users int // holding or waiting
}

func newLargeBodies() *largeBodies {
	return &largeBodies{all: make(chan struct{}, maxLarge), each: map[consent.InstitutionID]*turns{}}
}

// take waits for a turn; problemUnavailable when there is none soon.
func (l *largeBodies) take(ctx context.Context, who consent.InstitutionID) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, largeWait)
	defer cancel()
	own := l.join(who)
	if !enter(ctx, own) { // first: who has a turn does not keep one of the others' by waiting
		l.leave(who)
		return nil, problemUnavailable
	}
	if !enter(ctx, l.all) {
		<-own
		l.leave(who)
		return nil, problemUnavailable
	}
	return func() {
		<-l.all
		<-own
		l.leave(who)
	}, nil
}

func enter(ctx context.Context, turn chan struct{}) bool {
	select {
	case turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (l *largeBodies) join(who consent.InstitutionID) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.each[who]
	if t == nil {
		t = &turns{taken: make(chan struct{}, maxLargeEach)}
		l.each[who] = t
	}
	t.users++
	return t.taken
}

func (l *largeBodies) leave(who consent.InstitutionID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.each[who]; t.users > 1 {
		t.users--
		return
	}
	delete(l.each, who)
}

// admitted reads no more than smallBody of a body before its sender's standing is
// looked at and it has a turn, which lasts until the answer is written.
func (a *API) admitted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.ContentLength >= 0 && r.ContentLength <= smallBody { // the server reads no more than was announced
			return next(c)
		}
		body := &waiting{ReadCloser: r.Body, small: smallBody, turn: func() (func(), error) { return a.turn(r.Context()) }}
		defer body.done()
		if r.ContentLength > smallBody {
			if err := body.admit(); err != nil {
				return err
			}
		}
		r.Body = body
		return next(c)
	}
}

func (a *API) turn(ctx context.Context) (func(), error) {
	who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case who.Suspended:
		return nil, &vault.Denial{Reasons: []consent.Reason{consent.ReasonSuspended}}
	case !who.Attested:
		return nil, &vault.Denial{Reasons: []consent.Reason{consent.ReasonNotAttested}}
	}
	return a.large.take(ctx, who.ID)
}

// waiting is a body that is admitted before more than small bytes of it are read.
type waiting struct {
	io.ReadCloser
	small   int
	turn    func() (func(), error)
	release func() // nil until admitted
}

func (w *waiting) admit() (err error) {
	if w.release == nil {
		w.release, err = w.turn()
	}
	return err
}

func (w *waiting) done() {
	if w.release != nil {
		w.release()
	}
}

func (w *waiting) Read(p []byte) (int, error) {
	if w.release != nil {
		return w.ReadCloser.Read(p)
	}
	if w.small == 0 {
		if err := w.admit(); err != nil {
			return 0, err
		}
		return w.ReadCloser.Read(p)
	}
	n, err := w.ReadCloser.Read(p[:min(len(p), w.small)])
	w.small -= n
	return n, err
}
