package vault

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
)

const (
	persistEvery = 60_000 // milliseconds
	// enrolSkew is how far a person's clock may be from the vault's.
	enrolSkew = 10 * 60 // seconds
)

// clock gives a time that never goes back: the latest of the wall clock, the
// ledger view's head, and the wall clock's latest reading before, which is kept in
// an object so that a restart with a clock set back extends nothing. The view's time
// is not persisted: a view that lies about the future must not do so for ever.
type clock struct {
	mu        sync.Mutex
	wall      uint64 // latest reading, Unix milliseconds
	persisted uint64
	tag       string
	loaded    bool
}

type clockObject struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Wall    uint64 // Unix milliseconds
}

// moment is the time of one call and the view that it rests on.
type moment struct {
	milli uint64
	view  consent.View
	stale bool
}

func (m moment) seconds() uint64 { return m.milli / 1000 }

// now reads the clocks. A view whose age cannot be told, because the wall clock was
// set back by so much, counts as stale.
func (g *Gate) now(ctx context.Context) (moment, error) {
	view, err := g.ledger.View(ctx)
	if err != nil {
		return moment{}, unavailable("ledger", err)
	}
	wall := uint64(max(g.wall().UnixMilli(), 0))
	latest, err := g.advance(ctx, wall)
	if err != nil {
		return moment{}, err
	}
	age := view.Age + time.Duration(latest-wall)*time.Millisecond //nolint:gosec // milliseconds since 1970 fit
	return moment{
		milli: max(latest, view.Time*1000),
		view:  view,
		stale: age > g.viewMaxAge || age < -g.viewMaxAge,
	}, nil
}

// nowAnyway is now for what a ledger that does not answer must not hold up: the wall
// clock serves, and the view counts as stale.
func (g *Gate) nowAnyway(ctx context.Context) moment {
	at, err := g.now(ctx)
	if err != nil {
		return moment{milli: uint64(max(g.wall().UnixMilli(), 0)), stale: true}
	}
	return at
}

// advance moves the clock to wall, or leaves it where it is if that is later, and
// persists it once a minute.
func (g *Gate) advance(ctx context.Context, wall uint64) (uint64, error) {
	return g.advanceBy(ctx, wall, persistEvery)
}

// latest is the latest reading of the wall clock, in Unix milliseconds, whatever the ledger says.
func (g *Gate) latest(ctx context.Context) (uint64, error) {
	return g.advance(ctx, uint64(max(g.wall().UnixMilli(), 0)))
}

// KeepTime persists the clock as it is now: a store that is put back from before this moment
// is then known by Persisted.
func (g *Gate) KeepTime(ctx context.Context) error {
	_, err := g.advanceBy(ctx, uint64(max(g.wall().UnixMilli(), 0)), 1)
	return err
}

func (g *Gate) advanceBy(ctx context.Context, wall, step uint64) (uint64, error) {
	c := &g.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.loaded {
		if err := g.loadClock(ctx); err != nil {
			return 0, err
		}
	}
	c.wall = max(c.wall, wall)
	for attempt := 0; c.wall-c.persisted >= step; attempt++ {
		if attempt == maxAttempts {
			return 0, unavailable("clock", consent.ErrConflict)
		}
		err := g.putObject(ctx, roomClock, g.name(roomClock), clockObject{Version: objectVersion, Wall: c.wall}, c.tag)
		if err != nil && !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) {
			return 0, err
		}
		if err := g.loadClock(ctx); err != nil {
			return 0, err
		}
	}
	return c.wall, nil
}

func (g *Gate) loadClock(ctx context.Context) error {
	stored, tag, err := getObject[clockObject](ctx, g, roomClock, g.name(roomClock))
	if err != nil && !errors.Is(err, ErrAbsent) {
		return err
	}
	c := &g.clock
	if err != nil {
		stored, tag = &clockObject{}, ""
	}
	if stored.Wall < c.persisted { // put back while this runs; written over, nobody would know it any more
		return unavailable("clock", errDamaged)
	}
	c.persisted, c.tag = stored.Wall, tag
	c.wall = max(c.wall, stored.Wall)
	c.loaded = true
	return nil
}

// Persisted is the clock as its object in the head store has it, in Unix milliseconds;
// 0 where there is none yet. It goes back only with the store: by it a store that was put
// back from before is known.
func (g *Gate) Persisted(ctx context.Context) (uint64, error) {
	g.clock.mu.Lock()
	defer g.clock.mu.Unlock()
	err := g.loadClock(ctx)
	return g.clock.persisted, err
}
