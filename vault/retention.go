package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
)

const (
	// A release notes its grant as received for so many milliseconds to come: for the most
	// of them where the last note has ended no longer ago than that.
	leastReserved = 1000
	mostReserved  = 64_000
	// overdueLife is how long a replica believes what it knows of an institution's
	// earliest deletion.
	overdueLife = 30 * time.Second
	// staleDays: an index entry that no grant stands behind is removed so long after its
	// day; before that somebody may be about to write the grant's object.
	staleDays = 2
)

// received says what an institution may hold of one grant, by compare-and-swap.
type received struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	Through  uint64 // Unix milliseconds: no release under the grant was written down later
	Due      uint64 // Unix seconds, a whole day: when all of it must be gone; 0 = attested
	Ended    uint64 // Unix seconds when a withdrawal brought it forward; 0 = none
	Deletion []deletion
}

// deletion is the latest attestation, none or one.
type deletion struct {
	_         struct{} `cbor:",toarray"`
	Through   uint64   // Unix milliseconds, as signed
	Key       consent.WriterKey
	Signature consent.WriterSignature
	Proof     storedProof
}

// due is when what was received up to Through must be gone: at the end of the day that is
// so many days of retention after it; where the person has withdrawn a consent, at the end of
// the day on which the institution was told.
func (r *received) due(retentionDays uint32) uint64 {
	due := endOfDay(r.Through/1000) + uint64(retentionDays)*consent.Day
	if r.Ended != 0 {
		due = min(due, endOfDay(r.Ended))
	}
	return due
}

func endOfDay(seconds uint64) uint64 { return (seconds/consent.Day + 1) * consent.Day }

func (r *received) check() error {
	if r.Version != objectVersion || r.Through == 0 || r.Due%consent.Day != 0 || len(r.Deletion) > 1 {
		return errDamaged
	}
	return nil
}

// receivedUnder reads what is known of a grant; nil where nothing was ever released.
func (g *Gate) receivedUnder(ctx context.Context, id consent.GrantID) (r *received, tag string, err error) {
	r, tag, err = getObject[received](ctx, g, roomReceived, g.name(roomReceived, id[:]))
	if errors.Is(err, ErrAbsent) {
		return nil, "", nil
	}
	if err == nil && r.check() != nil {
		err = unavailable("received", errDamaged)
	}
	return r, tag, err
}

// reservation is until when a grant is noted as received. No deletion is attested before it
// is over, by any replica: until then the object need not be read again.
type reservation uint64 // Unix milliseconds; 0: none

// next is how long to reserve at a time; none is one that ended long ago.
func (r reservation) next(at uint64) uint64 {
	if at > uint64(r)+mostReserved {
		return leastReserved
	}
	return mostReserved
}

// receive notes that the fields of a release may be held from now on, while its entry is
// written; nil where that is noted already. What a crash leaves of one without the other is a
// deletion to attest for nothing received, or an entry of what never left. An object that is
// damaged is found before there is an entry.
func (a *attempt) receive(ctx context.Context) (task, error) {
	id, terms, at := a.id, &a.grant.Grant, a.at.milli
	known, _ := a.gate.noted.get(id)
	if at <= uint64(known) {
		return nil, nil
	}
	if _, _, err := a.gate.receivedUnder(ctx, id); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		var through uint64
		err := a.gate.changeReceived(ctx, terms.Institution, id, func(r *received) bool {
			if through = r.Through; r.Due != 0 && through >= at {
				return false
			}
			through = max(through, at+known.next(at))
			r.Through = through
			r.Due = r.due(terms.RetentionDays)
			return true
		})
		if err == nil {
			a.gate.noted.put(id, reservation(through))
		}
		return err
	}, nil
}

// bringForward: after a consent is withdrawn nothing is kept for its retention any more. ended
// is not in the past: what is due is never in the index on a day that is over.
func (g *Gate) bringForward(ctx context.Context, w *watched, ended uint64) error {
	return g.changeReceived(ctx, w.Institution, w.Grant, func(r *received) bool {
		if r.Due == 0 || r.Ended != 0 {
			return false
		}
		r.Ended = ended
		r.Due = min(r.Due, endOfDay(ended))
		return true
	})
}

// changeReceived changes a grant's object by compare-and-swap; change returns false for no
// change. The index has the new day before the object does, and the old one after it. An entry
// that was there already may be an old one that somebody is about to remove: it is put again
// after the object, where there was an object before, and what is removed later than that is
// put back by who removed it. What is due stays without an entry only where that one crashes.
func (g *Gate) changeReceived(ctx context.Context, who consent.InstitutionID, id consent.GrantID, change func(*received) bool) error {
	for range maxAttempts {
		r, tag, err := g.receivedUnder(ctx, id)
		if err != nil {
			return err
		}
		if r == nil {
			r = &received{Version: objectVersion}
		}
		before := r.Due
		if !change(r) {
			return nil
		}
		if r.Due != 0 && r.Due != before {
			if err := g.listDue(ctx, who, id, r.Due); err != nil {
				return err
			}
		}
		err = g.putObject(ctx, roomReceived, g.name(roomReceived, id[:]), r, tag)
		if errors.Is(err, ErrChanged) || errors.Is(err, ErrExists) {
			continue
		}
		if err != nil {
			return err
		}
		if before != 0 && before != r.Due {
			g.unlistDue(ctx, who, id, before)
		}
		if r.Due == 0 || r.Due < before {
			g.dues.forget(who)
		}
		if r.Due != 0 && r.Due != before && tag != "" {
			return g.listDue(ctx, who, id, r.Due)
		}
		return nil
	}
	return consent.ErrConflict
}

// listDue puts an entry into the index; it may be there already.
func (g *Gate) listDue(ctx context.Context, who consent.InstitutionID, id consent.GrantID, due uint64) error {
	err := g.putObject(ctx, roomDue, g.dueName(who, id, due), indexEntry{Version: objectVersion, ID: id}, "")
	if errors.Is(err, ErrExists) {
		return nil
	}
	return err
}

// unlistDue removes an entry from the index, and puts it back where its day has become due again
// meanwhile, or may have: an entry too many is passed over.
func (g *Gate) unlistDue(ctx context.Context, who consent.InstitutionID, id consent.GrantID, due uint64) {
	_ = g.heads.Delete(ctx, g.dueName(who, id, due))
	if r, _, err := g.receivedUnder(ctx, id); err == nil && (r == nil || r.Due != due) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateTimeout)
	defer cancel()
	_ = g.listDue(ctx, who, id, due)
}

// dueName has the day in front, so that the earliest is listed first. It shows when
// something of an institution is due, and neither which institution nor which grant.
func (g *Gate) dueName(who consent.InstitutionID, id consent.GrantID, due uint64) string {
	name := g.name(roomDue, who[:], id[:])
	return fmt.Sprintf("%s/%08x%s", g.name(roomDue, who[:]), due/consent.Day, name[len(name)-56:])
}

// dueDay is the day that an index entry's name begins with.
func dueDay(start, name string) (uint64, error) {
	tail, found := strings.CutPrefix(name, start)
	if !found || len(tail) != 64 {
		return 0, unavailable("index", errDamaged)
	}
	day, err := strconv.ParseUint(tail[:8], 16, 32)
	if err != nil {
		return 0, unavailable("index", errDamaged)
	}
	return day, nil
}

// eachDue walks over what an institution may still hold, the earliest first, until each
// returns false. next is where a page ended, "" at the end.
func (g *Gate) eachDue(ctx context.Context, who consent.InstitutionID, cursor string, at moment, each func(id consent.GrantID, r *received) (more bool)) (next string, err error) {
	start := g.name(roomDue, who[:]) + "/"
	after := ""
	if cursor != "" {
		if _, err := hex.DecodeString(cursor); err != nil || len(cursor) != 64 || strings.ToLower(cursor) != cursor {
			return "", errCall("cursor: not one of ours")
		}
		after = start + cursor
	}
	for {
		names, err := g.heads.List(ctx, start, after, maxPage)
		if err != nil {
			return "", unavailable("store", err)
		}
		for _, name := range names {
			more, err := g.oneDue(ctx, start, name, at, each)
			if err != nil {
				return "", err
			}
			if !more {
				return name[len(start):], nil
			}
			after = name
		}
		if len(names) < maxPage {
			return "", nil
		}
	}
}

func (g *Gate) oneDue(ctx context.Context, start, name string, at moment, each func(consent.GrantID, *received) bool) (more bool, err error) {
	day, err := dueDay(start, name)
	if err != nil {
		return false, err
	}
	entry, _, err := getObject[indexEntry](ctx, g, roomDue, name)
	if errors.Is(err, ErrAbsent) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	r, _, err := g.receivedUnder(ctx, entry.ID)
	if err != nil {
		return false, err
	}
	if r == nil || r.Due != day*consent.Day {
		if (day+staleDays)*consent.Day < at.seconds() {
			_ = g.heads.Delete(ctx, name) // passed over until it can be removed
		}
		return true, nil
	}
	return each(entry.ID, r), nil
}

// overdueSince is when the earliest deletion was due that an institution has not attested,
// 0 where none was by now. What cannot be read denies.
func (g *Gate) overdueSince(ctx context.Context, who consent.InstitutionID, at moment) (uint64, error) {
	earliest, found := g.dues.get(who)
	if !found {
		_, err := g.eachDue(ctx, who, "", at, func(_ consent.GrantID, r *received) bool {
			earliest = r.Due
			return false
		})
		if err != nil {
			return 0, err
		}
		g.dues.put(who, earliest)
	}
	if earliest > at.seconds() {
		return 0, nil
	}
	return earliest, nil
}
