package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// A live head's keys are wrapped under the key of the month in which it was last written,
// over the region's. Once that month's backups have expired the key is destroyed, and a
// head that somebody kept all the same opens no more: that bounds an erasure.
// docs/protocol/keys.md.

const (
	defaultBackupDays = 90
	sweepPage         = 1000 // names of one listing
)

// ErrStillNeeded: a month's key was due to be destroyed, and it could not be shown that no
// head depends on it.
var ErrStillNeeded = errors.New("heads that could not be renewed may still need a month's key; it stays")

// monthOf is yyyymm, UTC.
func monthOf(milli uint64) uint32 {
	at := time.UnixMilli(int64(min(milli, 1<<47))).UTC() //nolint:gosec // bounded
	return uint32(at.Year()*100 + int(at.Month()))       //nolint:gosec // years are four digits here
}

// month is the present one by the gate's own clock, which never goes back.
func (g *Gate) month(ctx context.Context) (uint32, error) {
	latest, err := g.latest(ctx)
	return monthOf(latest), err
}

// expiry is when copies of a head that was last written in a month can be opened no more:
// the month's end, and the days that backups are kept. Unix seconds.
func (g *Gate) expiry(month uint32) uint64 {
	end := time.Date(int(month/100), time.Month(month%100)+1, 1, 0, 0, 0, 0, time.UTC)
	return uint64(max(end.AddDate(0, 0, g.backupDays).Unix(), 0))
}

// Window is what an erasure made now would come to.
type Window struct {
	BackupDays uint32        // that backups are kept
	Cached     time.Duration // that a running vault may hold keys in memory
	Ends       uint64        // Unix seconds; from then on no copy of the head can be opened
}

// Window says for how long copies could be opened after an erasure that is made now.
func (g *Gate) Window(ctx context.Context) (Window, error) {
	month, err := g.month(ctx)
	return Window{BackupDays: uint32(g.backupDays), Cached: cacheLife, Ends: g.expiry(month)}, err //nolint:gosec // some thousand days
}

// epoch is a month's key; one that another process has just made counts.
func (g *Gate) epoch(month uint32) (*crypto.EpochKey, error) {
	e, err := g.keyring.Epoch(month)
	if err == nil {
		return e, nil
	}
	if err := g.keyring.Refresh(); err != nil {
		return nil, unavailable("epoch", err)
	}
	if e, err = g.keyring.Epoch(month); err != nil {
		return nil, unavailable(fmt.Sprintf("epoch %06d", month), err)
	}
	return e, nil
}

// renew puts a live head's keys under the present month's key. Epoch 0 is a new head's,
// whose keys are under the region's alone; such a head is never stored.
func (g *Gate) renew(ctx context.Context, h *head) error {
	month, err := g.month(ctx)
	if err != nil || h.Epoch >= month {
		return err
	}
	next, err := g.keyring.EnsureEpoch(month)
	if err != nil {
		return unavailable("epoch", err)
	}
	subject, journal := h.SubjectKEK, h.JournalKey
	if h.Epoch != 0 {
		if subject, journal, err = g.underRegion(h); err != nil {
			return err
		}
	}
	if subject, err = next.Wrap(subject, subjectKeyAAD(h.Identity)); err != nil {
		return err
	}
	if journal, err = next.Wrap(journal, journalKeyAAD(h.Identity)); err != nil {
		return err
	}
	h.Epoch, h.SubjectKEK, h.JournalKey = month, subject, journal
	return nil
}

// underRegion takes the month's wrap off a head's keys.
func (g *Gate) underRegion(h *head) (subject, journal []byte, err error) {
	e, err := g.epoch(h.Epoch)
	if err != nil {
		return nil, nil, err
	}
	if subject, err = e.Unwrap(h.SubjectKEK, subjectKeyAAD(h.Identity)); err == nil {
		journal, err = e.Unwrap(h.JournalKey, journalKeyAAD(h.Identity))
	}
	if err != nil {
		return nil, nil, unavailable("head", errDamaged)
	}
	return subject, journal, nil
}

func subjectKeyAAD(identity consent.IdentityID) []byte {
	return append([]byte("wrappy subject KEK v1"), identity[:]...)
}

// Renewal is what a sweep over all heads has come to.
type Renewal struct {
	Heads   int // live ones
	Renewed int // of them, put under the present month's key
	Erased  int
	Failed  int // could not be read or renewed: whatever they depend on stays
}

// RenewHeads puts every live head under the present month's key. Another commit at the
// same time does it as well. progress, where given, hears how many were looked at.
func (g *Gate) RenewHeads(ctx context.Context, progress func(seen int)) (r Renewal, err error) {
	for after, seen := "", 0; ; {
		names, err := g.heads.List(ctx, roomHead+"/", after, sweepPage)
		if err != nil {
			return r, unavailable("store", err)
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return r, err
			}
			r.count(g.renewHead(ctx, name))
			seen++
		}
		if progress != nil {
			progress(seen)
		}
		if len(names) < sweepPage {
			return r, ctx.Err()
		}
		after = names[len(names)-1]
	}
}

func (r *Renewal) count(state uint8, renewed bool, err error) {
	switch {
	case err != nil:
		r.Failed++
	case state == stateErased:
		r.Erased++
	case state == stateLive:
		r.Heads++
		if renewed {
			r.Renewed++
		}
	}
}

// renewHead renews one head by its name. State 0: it is gone.
func (g *Gate) renewHead(ctx context.Context, name string) (state uint8, renewed bool, err error) {
	for range maxAttempts {
		before, _ := g.revisions.get(name)
		data, tag, err := g.heads.Get(ctx, name)
		if errors.Is(err, ErrAbsent) {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		h, err := open[head](g.headSealer, label(roomHead, name), data)
		if err == nil {
			err = h.check(h.Identity)
		}
		if err != nil || g.name(roomHead, h.Identity[:]) != name || h.Revision < before {
			return 0, false, unavailable("head", errDamaged) // a commit over a rolled back head would hide that it was
		}
		raise(g.revisions, name, h.Revision)
		if h.State == stateErased {
			return stateErased, false, nil
		}
		if gone, err := g.journal.Erased(ctx, h.Handle); err != nil {
			return 0, false, unavailable("journal", err)
		} else if gone { // put back from before its erasure
			return stateErased, false, g.eraseAgain(ctx, h.Identity)
		}
		if err := g.renewCard(ctx, h.Identity); err != nil {
			return 0, false, err
		}
		month, err := g.month(ctx)
		if err != nil || h.Epoch >= month {
			return stateLive, false, err
		}
		h.Revision++
		if err := g.putHead(ctx, h, tag); !errors.Is(err, ErrChanged) {
			return stateLive, true, err
		}
	}
	return stateLive, false, consent.ErrConflict
}

// DueEpochs are the months whose backups have expired.
func (g *Gate) DueEpochs(ctx context.Context) (due []uint32, err error) {
	now, err := g.latest(ctx)
	if err != nil {
		return nil, err
	}
	present := monthOf(now)
	for _, month := range g.keyring.Epochs() {
		if month < present && g.expiry(month) <= now/1000 {
			due = append(due, month)
		}
	}
	return due, nil
}

// ExpireEpochs renews every head and then destroys the keys of the months whose backups
// have expired. ErrStillNeeded where a head could not be renewed: no key is destroyed then.
func (g *Gate) ExpireEpochs(ctx context.Context, progress func(seen int)) (destroyed []uint32, r Renewal, err error) {
	due, err := g.DueEpochs(ctx) // before the sweep: what it finds under these months, it renews
	if err != nil {
		return nil, r, err
	}
	if r, err = g.RenewHeads(ctx, progress); err != nil || len(due) == 0 {
		return nil, r, err
	}
	if r.Failed > 0 {
		return nil, r, fmt.Errorf("%w (%d of them)", ErrStillNeeded, r.Failed)
	}
	if err := g.keyring.DestroyEpochs(due...); err != nil {
		return nil, r, err
	}
	return due, r, nil
}
