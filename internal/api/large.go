package api

import (
	"context"
	"crypto/sha256"
	"io"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// A body or a value of 16 MiB takes many times that to work on: few are in memory at once.
const (
	maxLarge     = 4               // in all
	maxLargeOwn  = 2               // of people, beside those
	maxMoving    = 4               // people who take or bring everything
	maxShown     = 4               // of whoever has scanned a code
	maxLargeEach = 1               // of one institution, or one person
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

func newLargeBodies(most int) *largeBodies {
	return &largeBodies{all: make(chan struct{}, most), each: map[consent.InstitutionID]*turns{}}
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

// admitted gives a request its turn, to be taken before more than smallBody of its body
// is read or a large value fetched, and to be given back once the answer is written.
func (a *API) admitted(next echo.HandlerFunc) echo.HandlerFunc {
	return admittedBy(func(echo.Context) func(context.Context) (func(), error) { return a.turn }, next)
}

// onlookers have a turn for each address: nothing else is known of them.
func (a *API) onlookers(next echo.HandlerFunc) echo.HandlerFunc {
	return admittedBy(func(c echo.Context) func(context.Context) (func(), error) {
		from := sha256.Sum256([]byte(origin(c.Request().RemoteAddr).String()))
		return func(ctx context.Context) (func(), error) { return a.shown.take(ctx, from) }
	}, next)
}

func admittedBy(take func(echo.Context) func(context.Context) (func(), error), next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		turn := &largeTurn{take: take(c)}
		defer turn.done()
		ctx := context.WithValue(r.Context(), turnKey{}, turn)
		if r.ContentLength < 0 || r.ContentLength > smallBody { // else the server reads no more than was announced
			r.Body = &waiting{ReadCloser: r.Body, small: smallBody, turn: func() error { return turn.get(ctx) }}
		}
		if r.ContentLength > smallBody {
			if err := turn.get(ctx); err != nil {
				return err
			}
		}
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

type turnKey struct{}

// largeTurn is one request's turn, taken at most once.
type largeTurn struct {
	take    func(context.Context) (func(), error)
	release func() // nil until taken
}

func (t *largeTurn) get(ctx context.Context) (err error) {
	if t.release == nil {
		t.release, err = t.take(ctx)
	}
	return err
}

func (t *largeTurn) done() {
	if t.release != nil {
		t.release()
	}
}

// turnOf is the gate's way to the turn of a request.
func turnOf(ctx context.Context) vault.Turn {
	turn, ok := ctx.Value(turnKey{}).(*largeTurn)
	if !ok {
		return func(context.Context) error { return problemUnavailable }
	}
	return turn.get
}

func (a *API) turn(ctx context.Context) (func(), error) {
	if person, err := whose(ctx); err == nil {
		return a.own.take(ctx, consent.InstitutionID(person))
	}
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

// waiting is a body whose request gets its turn before more than small bytes of it are read.
type waiting struct {
	io.ReadCloser
	small int
	turn  func() error
}

func (w *waiting) Read(p []byte) (int, error) {
	if w.small == 0 {
		if err := w.turn(); err != nil {
			return 0, err
		}
		return w.ReadCloser.Read(p)
	}
	n, err := w.ReadCloser.Read(p[:min(len(p), w.small)])
	w.small -= n
	return n, err
}
