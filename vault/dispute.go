package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Dispute suspends what was given since a time until now, by the current root key: a
// person who has recovered says since when somebody else may have had the seed. What the
// old key gives after it was replaced does not verify anyway. A later statement takes the
// place of an earlier one; one that makes less of it (a later since, or none) needs the
// ledger's word for the key, and no recovery under way. It returns consent.ErrGrant for
// times that cannot be, consent.ErrSignature (also for an identity that is not here),
// consent.ErrStaleView, consent.ErrFrozen, consent.ErrConflict for a statement that is not later
// than the one in force, or what could not be established.
func (g *Gate) Dispute(ctx context.Context, d consent.Dispute, sig consent.Signature) error {
	begun := time.Now()
	d.Vault = g.vault
	person, certain, err := g.speaker(ctx, begun, d.Identity, d.StructHash(), sig)
	if err != nil {
		return err
	}
	if h := person.head; d.Time != 0 && d.Time == h.DisputeSaid && d.Since == h.DisputedSince {
		return nil // the same again
	}
	at := g.nowAnyway(ctx)
	if err := ofNow(d.Time, at.seconds()); err != nil {
		return err
	}
	if d.Since > at.seconds() {
		return termError("since: in the future")
	}
	if d.Time <= person.head.DisputeSaid {
		return consent.ErrConflict
	}
	if err := g.note(ctx, at, person, consent.EntryDisputed); err != nil {
		return err
	}
	defer g.behind.Store(true) // institutions are to be told of it
	return g.commit(ctx, d.Identity, func(_ *subject, next *head) error {
		if d.Time <= next.DisputeSaid {
			return consent.ErrConflict
		}
		if next.relents(d.Since) {
			if err := g.mayRelent(ctx, at, certain, d.Identity); err != nil {
				return err
			}
		}
		next.DisputeSaid, next.DisputedSince, next.DisputedUntil = d.Time, d.Since, 0
		if d.Since != 0 {
			next.DisputedUntil = at.seconds()
		}
		return nil
	})
}

// mayRelent says whether a key may take back what another may have said.
func (g *Gate) mayRelent(ctx context.Context, at moment, certain bool, identity consent.IdentityID) error {
	if !certain || at.stale {
		return consent.ErrStaleView
	}
	_, frozen, err := g.ledger.RootKey(ctx, identity, 0)
	if err != nil && !errors.Is(err, consent.ErrUnknownIdentity) {
		return consent.ErrStaleView
	}
	if frozen {
		return consent.ErrFrozen
	}
	return nil
}

// relents reports that a new since disputes less than the one in force.
func (h *head) relents(since uint64) bool {
	return h.DisputedSince != 0 && (since == 0 || since > h.DisputedSince)
}

// disputes reports a grant that the person says may not have been theirs. A thief can
// write any time into a binding, but none into the ledger: either of the two counts.
func (h *head) disputes(grantedAt, bound uint64) bool {
	return h.DisputedSince != 0 && max(grantedAt, bound) >= h.DisputedSince && min(grantedAt, bound) <= h.DisputedUntil
}
