package vault

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// endedByLedger makes the tombstone of an end that the view shows; nil where it shows none.
func (g *Gate) endedByLedger(ctx context.Context, w *watched) (*tombstone, error) {
	state, err := g.ledger.GrantState(ctx, w.GrantKey, w.Grant)
	if err != nil {
		return nil, unavailable("ledger", err)
	}
	if state.Status != consent.StatusWithdrawn && state.Status != consent.StatusRevoked && state.Withdrawal == (consent.Signature{}) {
		return nil, nil
	}
	l, err := g.loadGrant(ctx, w.Grant)
	if errors.Is(err, consent.ErrNotFound) {
		return nil, nil // nothing leaves under what cannot be opened
	}
	if err != nil {
		return nil, err
	}
	if _, err := g.follow(ctx, &attempt{gate: g, at: g.nowAnyway(ctx), id: w.Grant, grant: l}, state); err != nil {
		return nil, err
	}
	return g.entombed(ctx, w.Grant)
}

// lookForDispute tells of a dispute once; a person who takes it back is not told of.
func (g *Gate) lookForDispute(ctx context.Context, w *watched) error {
	l, err := g.loadGrant(ctx, w.Grant)
	if errors.Is(err, consent.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s, _, err := g.subject(ctx, l.Identity)
	if errors.Is(err, ErrErased) || errors.Is(err, consent.ErrUnknownIdentity) || err == nil && s.head.DisputedSince == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	state, err := g.ledger.GrantState(ctx, w.GrantKey, w.Grant)
	if err != nil {
		return unavailable("ledger", err)
	}
	accepted, err := g.answers(ctx, l)
	if err != nil || !accepted || !s.head.disputes(state.GrantedAt, l.BindingTime) {
		return err
	}
	return g.tell(ctx, w.Institution, notice{Kind: 4, Grant: w.Grant, Day: s.head.DisputeSaid})
}

// ended tells of an end that was made here.
func (g *Gate) ended(ctx context.Context, id consent.GrantID) error {
	w, _, err := getObject[watched](ctx, g, roomWatched, g.name(roomWatched, id[:]))
	if errors.Is(err, ErrAbsent) {
		return nil // told before, or never a grant
	}
	if err != nil {
		return err
	}
	tomb, err := g.entombed(ctx, id)
	if err != nil || tomb == nil {
		return err
	}
	return g.finish(ctx, w, tomb)
}

// finish tells of an end, brings the deletion forward, and ends the watch: in this order,
// each of which can be repeated.
func (g *Gate) finish(ctx context.Context, w *watched, tomb *tombstone) error {
	counted, err := g.counted(ctx, w, true)
	if err != nil {
		return err
	}
	if counted {
		n := notice{Kind: 1, Grant: w.Grant, Day: tomb.Time}
		if tomb.Kind == tombRevoked {
			n.Kind = 2
		}
		if err := g.tell(ctx, w.Institution, n); err != nil {
			return err
		}
	}
	if w.Consent {
		if err := g.bringForward(ctx, w, g.nowAnyway(ctx).seconds()); err != nil {
			return err
		}
	}
	return g.unwatch(ctx, w)
}

// expire tells that a grant's time is over. It is watched on while anything received may
// be held: a withdrawal still brings the deletion forward.
func (g *Gate) expire(ctx context.Context, w *watched) (over bool, err error) {
	counted, err := g.counted(ctx, w, false)
	if err != nil {
		return false, err
	}
	if counted {
		if err := g.tell(ctx, w.Institution, notice{Kind: 3, Grant: w.Grant, Day: w.Expires}); err != nil {
			return false, err
		}
	}
	held, _, err := g.receivedUnder(ctx, w.Grant)
	if err != nil || held != nil && held.Due != 0 {
		return false, err
	}
	return true, g.unwatch(ctx, w)
}

// counted reports whether a grant was ever accepted: others are nobody's to be told of.
// unknown is what counts where no answer is there to say it.
func (g *Gate) counted(ctx context.Context, w *watched, unknown bool) (bool, error) {
	a, err := g.answer(ctx, w.Request)
	if errors.Is(err, ErrAbsent) {
		return unknown, nil
	}
	if err != nil {
		return false, err
	}
	return a.Kind == answerGiven && a.Grant == w.Grant, nil
}

func (g *Gate) unwatch(ctx context.Context, w *watched) error {
	if err := g.heads.Delete(ctx, g.name(roomWatched, w.Grant[:])); err != nil {
		return unavailable("store", err)
	}
	return nil
}
