package vault

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
)

// Held returns one grant and its status to the institution that it names. Anyone
// else is answered as by Release: consent.ErrNotFound, noted as a probe.
func (g *Gate) Held(ctx context.Context, who consent.Institution, id consent.GrantID) (HeldGrant, error) {
	a, err := g.named(ctx, who.ID, id)
	if err != nil {
		return HeldGrant{}, err
	}
	return g.held(ctx, a.grant, a.at)
}

// NoGrant answers an institution that sent no grant id at all (a malformed one) as
// if the grant were absent.
func (g *Gate) NoGrant(ctx context.Context, who consent.Institution) error {
	_, err := g.Held(ctx, who, consent.GrantID{})
	return err
}

func (g *Gate) held(ctx context.Context, l *loadedGrant, at moment) (HeldGrant, error) {
	status, err := g.status(ctx, l, at)
	if err != nil {
		return HeldGrant{}, err
	}
	used, err := g.usedOf(ctx, l)
	return HeldGrant{ID: l.id, Grant: l.Grant, Status: status, Used: used}, err
}

func (g *Gate) usedOf(ctx context.Context, l *loadedGrant) (uint32, error) {
	if l.Grant.MaxReleases == 0 {
		return 0, nil
	}
	used, _, err := g.used(ctx, l.id)
	return used, err
}

// GrantsHeld lists the grants that name the institution, in no particular order;
// next is "" at the end. ErrCall for a limit outside 1 to 200 or a strange cursor.
func (g *Gate) GrantsHeld(ctx context.Context, who consent.Institution, cursor string, limit int) (page []HeldGrant, next string, err error) {
	next, err = g.grants(ctx, roomHeld, who.ID, cursor, limit, func(l *loadedGrant, at moment) error {
		if l.Grant.Institution != who.ID {
			return unavailable("index", errDamaged)
		}
		h, err := g.held(ctx, l, at)
		page = append(page, h)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// GrantsOf lists a person's grants, in no particular order; as GrantsHeld.
func (g *Gate) GrantsOf(ctx context.Context, id consent.IdentityID, cursor string, limit int) (page []OwnGrant, next string, err error) {
	if _, err := g.person(ctx, id); err != nil {
		return nil, "", err
	}
	next, err = g.grants(ctx, roomOwn, id, cursor, limit, func(l *loadedGrant, at moment) error {
		if l.Identity != id {
			return unavailable("index", errDamaged)
		}
		status, err := g.status(ctx, l, at)
		if err != nil {
			return err
		}
		used, err := g.usedOf(ctx, l)
		if err != nil {
			return err
		}
		deleted, err := g.ownDeletion(ctx, l, at)
		page = append(page, OwnGrant{ID: l.id, Grant: l.Grant, Status: status, Used: used, Given: l.BindingTime, Deletion: deleted})
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// grants walks over a page of an index of grants. One that no answer names was never
// accepted (a crash before it) and is left out.
func (g *Gate) grants(ctx context.Context, room string, prefix [32]byte, cursor string, limit int, each func(*loadedGrant, moment) error) (next string, err error) {
	at := g.nowAnyway(ctx) // a person must see what there is to withdraw
	ids, next, err := g.list(ctx, room, prefix, cursor, limit)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		l, err := g.loadGrant(ctx, id)
		if errors.Is(err, consent.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		accepted, err := g.answers(ctx, l)
		if err != nil {
			return "", err
		}
		if !accepted {
			continue
		}
		if err := each(l, at); err != nil {
			return "", err
		}
	}
	return next, nil
}
