package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// What institutions must honour is found by watching every grant that has not ended. An
// end that was made here is handed over at once; one that a crash, another replica or the
// ledger has made is found by looking. Nothing that ends a grant waits for any of it.

const (
	watchEvery  = 5 * time.Second  // what the ledger has seen end
	listEvery   = time.Minute      // grants that another replica has taken
	searchEvery = 10 * time.Minute // tombstones, by name
	endsWaiting = 1024             // handed over and not yet told; past it a search finds them

	// However many grants there are, looking through them leaves nine tenths of a core to others.
	lookFor  = 5 * time.Millisecond
	restFor  = 9 // times as long as was looked
	restMost = 50 * time.Millisecond
)

// Ended names the grants, by consent.GrantRef, that the ledger has seen end since the call
// that returned since as its next; perhaps others too. whole is false where it does not know:
// then any may have ended. Safe for concurrent use.
type Ended func(since uint64) (refs [][32]byte, next uint64, whole bool)

// watched is a grant that has not ended, or whose data may still be held. It names no
// person, so that an erasure takes nothing from it.
type watched struct {
	_           struct{} `cbor:",toarray"`
	Version     uint16
	Grant       consent.GrantID
	Institution consent.InstitutionID
	Request     consent.RequestID
	GrantKey    consent.Address
	Expires     uint64
	Consent     bool // the legal basis: with it goes the right to keep anything
}

// keepWatch enters a grant before it counts.
func (g *Gate) keepWatch(ctx context.Context, id consent.GrantID, grant *consent.Grant) error {
	err := g.putObject(ctx, roomWatched, g.name(roomWatched, id[:]), watched{
		Version: objectVersion, Grant: id, Institution: grant.Institution, Request: grant.Request, GrantKey: grant.GrantKey,
		Expires: grant.Expires, Consent: grant.LegalBasis == consent.BasisConsent,
	}, "")
	if errors.Is(err, ErrExists) {
		return nil
	}
	return err
}

// handOver says that a grant has ended. It never waits.
func (g *Gate) handOver(id consent.GrantID) {
	select {
	case g.ends <- id:
	default:
		g.behind.Store(true)
	}
}

// watcher remembers what is watched, so that looking at the ledger's word costs no
// reading of the store.
type watcher struct {
	gate                    *Gate
	failed                  func(error)
	known                   map[watchKey]watching // by grant, as the ledger names it
	names                   map[watchKey]watchKey // the same, by the object's name
	since                   uint64                // of Ended
	round                   uint8                 // of listing
	listed, searched, heard time.Time
	rested                  time.Time
}

// watchKey is the beginning of a hash.
type watchKey [16]byte

func refKey(ref [32]byte) watchKey { return watchKey(ref[:16]) }

// nameKey is of an object's name, which ends in a hash.
func nameKey(name string) (key watchKey) {
	_, _ = hex.Decode(key[:], []byte(name[max(0, len(name)-64):])[:2*len(key)])
	return key
}

// watching is kept small: there are as many as grants.
type watching struct {
	grant   consent.GrantID
	expires uint64
	told    bool  // that it has expired
	asked   bool  // the ledger, since it is known here
	round   uint8 // in which it was listed last
}

func newWatcher(g *Gate, failed func(error)) *watcher {
	return &watcher{gate: g, failed: failed, known: map[watchKey]watching{}, names: map[watchKey]watchKey{}, rested: time.Now()}
}

// TellChanges tells institutions what has become of the grants that name them, until the
// context ends. What fails is tried again; failed hears of it, once for each time.
func (g *Gate) TellChanges(ctx context.Context, failed func(error)) {
	w := newWatcher(g, func(err error) {
		if ctx.Err() == nil {
			failed(err)
		}
	})
	for ctx.Err() == nil {
		if err := w.pass(ctx, time.Now()); err != nil {
			w.failed(err)
		}
		w.rest(ctx, watchEvery)
	}
}

// rest tells of what ends here meanwhile.
func (w *watcher) rest(ctx context.Context, long time.Duration) {
	end := time.NewTimer(long)
	defer end.Stop()
	for {
		select {
		case id := <-w.gate.ends:
			if err := w.gate.ended(ctx, id); err != nil {
				w.gate.behind.Store(true)
				w.failed(err)
			}
		case <-end.C:
			w.rested = time.Now()
			return
		case <-ctx.Done():
			return
		}
	}
}

// breathe rests after a moment's work. What the ledger sees end waits for no longer walk.
func (w *watcher) breathe(ctx context.Context) {
	now := time.Now()
	worked := now.Sub(w.rested)
	if worked < lookFor {
		return
	}
	w.rest(ctx, min(restFor*worked, restMost))
	if now.Sub(w.heard) >= watchEvery {
		w.heard = now
		if _, err := w.hear(ctx); err != nil {
			w.failed(err)
		}
	}
}

// pass looks at everything once: at the ledger's word always, at the store when it is time.
func (w *watcher) pass(ctx context.Context, now time.Time) error {
	search := w.gate.behind.Swap(false) || now.Sub(w.searched) >= searchEvery
	var failed error
	list := search || now.Sub(w.listed) >= listEvery
	if list {
		if failed = w.list(ctx); failed == nil {
			w.listed = now
		}
	}
	w.heard = now
	whole, err := w.hear(ctx)
	if err != nil {
		failed = err
	}
	if list || !whole {
		// The view's time is not asked for: an embedded chain would make a block for it each time.
		at := uint64(max(w.gate.wall().Unix(), 0))
		for key := range w.known {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := w.look(ctx, key, at, !whole, search); err != nil {
				failed = err
			}
			w.breathe(ctx)
		}
	}
	if search {
		if failed != nil {
			w.gate.behind.Store(true)
		} else {
			w.searched = now
		}
	}
	return failed
}

// hear looks at what the ledger has seen end. Where that is not known, all are to be asked about.
func (w *watcher) hear(ctx context.Context) (whole bool, failed error) {
	if w.gate.endedSince == nil {
		return false, nil
	}
	refs, next, whole := w.gate.endedSince(w.since) // before anything is looked at
	if !whole {
		for key, one := range w.known {
			one.asked = false
			w.known[key] = one
		}
	}
	for _, ref := range refs {
		if err := w.look(ctx, refKey(ref), 0, true, false); err != nil {
			failed = err
		}
	}
	if failed == nil {
		w.since = next
	}
	return whole, failed
}

// list takes in what is new, and forgets what is gone. One that cannot be read keeps no
// other from being watched.
func (w *watcher) list(ctx context.Context) (failed error) {
	w.round++
	for after := ""; ; {
		names, err := w.gate.heads.List(ctx, roomWatched+"/", after, sweepPage)
		if err != nil {
			return unavailable("store", err)
		}
		for _, name := range names {
			if err := w.take(ctx, name); err != nil {
				failed = err
			}
			w.breathe(ctx)
		}
		if len(names) < sweepPage || ctx.Err() != nil {
			break
		}
		after = names[len(names)-1]
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for key, one := range w.known {
		if one.round != w.round {
			w.forget(key, one.grant)
		}
	}
	return failed
}

func (w *watcher) take(ctx context.Context, name string) error {
	if key, there := w.names[nameKey(name)]; there {
		one := w.known[key]
		one.round = w.round
		w.known[key] = one
		return nil
	}
	one, _, err := getObject[watched](ctx, w.gate, roomWatched, name)
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	key := refKey(consent.GrantRef(one.GrantKey, one.Grant))
	w.known[key] = watching{grant: one.Grant, expires: one.Expires, round: w.round}
	w.names[nameKey(name)] = key
	return nil
}

func (w *watcher) forget(key watchKey, grant consent.GrantID) {
	delete(w.known, key)
	delete(w.names, nameKey(w.gate.name(roomWatched, grant[:])))
}

// look at one grant, if it is watched; one about which nothing is left to be found is forgotten.
func (w *watcher) look(ctx context.Context, key watchKey, now uint64, ask, search bool) error {
	one, there := w.known[key]
	if !there {
		return nil
	}
	over, err := w.gate.look(ctx, &one, now, ask || !one.asked, search)
	if over && err == nil {
		w.forget(key, one.grant)
		return nil
	}
	if _, there := w.known[key]; there {
		w.known[key] = one
	}
	return err
}

// look at one grant; over says that nothing is left to be found about it.
func (g *Gate) look(ctx context.Context, one *watching, now uint64, ask, search bool) (over bool, err error) {
	tomb, seen := g.stopped.get(one.grant)
	if !seen && search {
		if tomb, err = g.tombstone(ctx, one.grant); err != nil {
			return false, err
		}
	}
	expired := now >= one.expires && (!one.told || search)
	if tomb == nil && !ask && !search && !expired {
		return false, nil
	}
	w, _, err := getObject[watched](ctx, g, roomWatched, g.name(roomWatched, one.grant[:]))
	if errors.Is(err, ErrAbsent) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if tomb == nil {
		if tomb, err = g.endedByLedger(ctx, w); err != nil {
			return false, err
		}
		one.asked = true
	}
	if tomb != nil {
		return true, g.finish(ctx, w, tomb)
	}
	if search {
		if err := g.lookForDispute(ctx, w); err != nil {
			return false, err
		}
	}
	if !expired {
		return false, nil
	}
	over, err = g.expire(ctx, w)
	one.told = err == nil
	return over, err
}
