package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of reading notices.
const (
	maxNoticeWait  = 30 * time.Second
	noticeEvery    = time.Second // other replicas' notices are looked for so often
	waitersAtOnce  = 4           // of one institution; more are answered at once
	noticesInStock = 200         // at most in one answer
)

// ErrNoSuchNotice: a number beyond the last. The feed was put back from before, or the
// number was never there: reading from 0 tells all.
var ErrNoSuchNotice = errors.New("no notice has this number yet")

var noticeKinds = map[uint8]consent.ChangeKind{
	1: consent.ChangeWithdrawn, 2: consent.ChangeRevoked, 3: consent.ChangeExpired, 4: consent.ChangeDisputed,
}

// notice is a change notice, one of an institution's, created once and never deleted. Its number is in its
// name: there is one exactly where there are all before it.
type notice struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Kind    uint8
	Grant   consent.GrantID
	Day     uint64
}

// noted says where the notice of one grant and kind is, or is about to be: whoever makes
// it, however often, makes it there.
type noted struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Number  uint64
}

func (g *Gate) noticeName(who consent.InstitutionID, number uint64) string {
	return g.name(roomNotice, who[:], binary.BigEndian.AppendUint64(nil, number))
}

// tell makes the one notice of a grant and kind. It may be called again, by any replica,
// after any crash: the number is taken first, and given up only for one that another
// grant's notice has.
func (g *Gate) tell(ctx context.Context, who consent.InstitutionID, n notice) error {
	n.Version, n.Day = objectVersion, n.Day-n.Day%consent.Day
	place := g.name(roomNoted, n.Grant[:], []byte{n.Kind})
	for range maxAttempts {
		at, tag, err := getObject[noted](ctx, g, roomNoted, place)
		if err != nil && !errors.Is(err, ErrAbsent) {
			return err
		}
		if at == nil || at.Number == 0 {
			at = &noted{Version: objectVersion}
		} else {
			done, err := g.tellAt(ctx, who, at.Number, n)
			if done || err != nil {
				return err
			}
		}
		last, err := g.lastNotice(ctx, who)
		if err != nil {
			return err
		}
		at.Number = last + 1
		err = g.putObject(ctx, roomNoted, place, at, tag)
		if err != nil && !errors.Is(err, ErrExists) && !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return consent.ErrConflict
}

// tellAt makes a notice under a number; done says that it is there, false that the number
// is another's.
func (g *Gate) tellAt(ctx context.Context, who consent.InstitutionID, number uint64, n notice) (done bool, err error) {
	err = g.putObject(ctx, roomNotice, g.noticeName(who, number), n, "")
	if err == nil {
		raise(g.notices, who, number)
		g.bell.ring()
		return true, nil
	}
	if !errors.Is(err, ErrExists) {
		return false, err
	}
	there, _, err := getObject[notice](ctx, g, roomNotice, g.noticeName(who, number))
	if err != nil {
		return false, err
	}
	return there.Grant == n.Grant && there.Kind == n.Kind, nil
}

// lastNotice finds the highest number: there is no gap below it, so a gallop and a
// bisection do.
func (g *Gate) lastNotice(ctx context.Context, who consent.InstitutionID) (uint64, error) {
	low, _ := g.notices.get(who)
	if there, err := g.hasNotice(ctx, who, low); err != nil || !there {
		if err == nil {
			err = unavailable("notices", errDamaged) // one that was seen is gone
		}
		return 0, err
	}
	step := uint64(1)
	for {
		there, err := g.hasNotice(ctx, who, low+step)
		if err != nil {
			return 0, err
		}
		if !there {
			break
		}
		low, step = low+step, 2*step
	}
	for high := low + step; high-low > 1; {
		middle := low + (high-low)/2
		there, err := g.hasNotice(ctx, who, middle)
		if err != nil {
			return 0, err
		}
		if there {
			low = middle
		} else {
			high = middle
		}
	}
	return raise(g.notices, who, low), nil
}

func (g *Gate) hasNotice(ctx context.Context, who consent.InstitutionID, number uint64) (bool, error) {
	if number == 0 {
		return true, nil
	}
	_, _, err := g.heads.Get(ctx, g.noticeName(who, number))
	if errors.Is(err, ErrAbsent) {
		return false, nil
	}
	if err != nil {
		return false, unavailable("store", err)
	}
	return true, nil
}

// ChangeNotices returns an institution's change notices with a number greater than after, in their order,
// at most limit (1 to 200). Where there is none yet it waits for one, at most 30 s. ErrCall for
// bounds, ErrNoSuchNotice for a number beyond the last, or consent.ErrUnavailable.
func (g *Gate) ChangeNotices(ctx context.Context, who consent.Institution, after uint64, limit int, wait time.Duration) ([]consent.ChangeNotice, error) {
	if limit < 1 || limit > noticesInStock || wait < 0 || wait > maxNoticeWait {
		return nil, errCall("limit, wait: want 1 to 200, and at most 30 s")
	}
	if there, err := g.hasNotice(ctx, who.ID, after); err != nil || !there {
		if err == nil {
			err = ErrNoSuchNotice
		}
		return nil, err
	}
	end := time.NewTimer(wait)
	defer end.Stop()
	if wait > 0 && !g.bell.sit(who.ID) {
		wait = 0
	} else if wait > 0 {
		defer g.bell.stand(who.ID)
	}
	for {
		rung := g.bell.next()
		page, err := g.noticesAfter(ctx, who.ID, after, limit)
		if err != nil || len(page) > 0 || wait == 0 {
			return page, err
		}
		again := time.NewTimer(noticeEvery)
		select {
		case <-rung:
		case <-again.C:
		case <-end.C:
			wait = 0
		case <-ctx.Done():
			wait = 0
		}
		again.Stop()
		if ctx.Err() != nil {
			return nil, unavailable("notices", ctx.Err())
		}
	}
}

func (g *Gate) noticesAfter(ctx context.Context, who consent.InstitutionID, after uint64, limit int) (page []consent.ChangeNotice, err error) {
	for number := after + 1; len(page) < limit; number++ {
		n, _, err := getObject[notice](ctx, g, roomNotice, g.noticeName(who, number))
		if errors.Is(err, ErrAbsent) {
			return page, nil
		}
		if err != nil {
			return nil, err
		}
		kind, known := noticeKinds[n.Kind]
		if !known || n.Version != objectVersion {
			return nil, unavailable("notices", errDamaged)
		}
		page = append(page, consent.ChangeNotice{Number: number, Kind: kind, Grant: n.Grant, Day: n.Day})
	}
	return page, nil
}

// bell wakes those who wait for notices, whoever's.
type bell struct {
	mu      sync.Mutex
	rung    chan struct{}
	waiting map[consent.InstitutionID]int
}

func newBell() *bell {
	return &bell{rung: make(chan struct{}), waiting: map[consent.InstitutionID]int{}}
}

func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rung)
	b.rung = make(chan struct{})
}

// sit reports whether an institution may wait, which stand ends.
func (b *bell) sit(who consent.InstitutionID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting[who] >= waitersAtOnce {
		return false
	}
	b.waiting[who]++
	return true
}

func (b *bell) stand(who consent.InstitutionID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting[who]--; b.waiting[who] == 0 {
		delete(b.waiting, who)
	}
}
