package vault

import (
	"context"

	"github.com/wrapious/wrappy/consent"
)

// History returns a person's entries with a sequence greater than after, oldest
// first, at most limit (1 to 200). consent.ErrUnknownIdentity, or consent.ErrUnavailable.
func (g *Gate) History(ctx context.Context, id consent.IdentityID, after uint64, limit int) ([]HistoryItem, error) {
	if limit < 1 || limit > maxPage {
		return nil, errCall("limit: want 1 to 200")
	}
	s, err := g.person(ctx, id)
	if err != nil {
		return nil, err
	}
	items, err := g.journal.History(ctx, s.log, after, limit)
	if err != nil {
		return nil, unavailable("journal", err)
	}
	return items, nil
}

// Complete is the journal's signed statement of how many entries the person has, below the
// newest published checkpoint: one who is then shown fewer knows it.
// consent.ErrUnknownIdentity, or consent.ErrUnavailable.
func (g *Gate) Complete(ctx context.Context, id consent.IdentityID) (consent.Completeness, error) {
	s, err := g.person(ctx, id)
	if err != nil {
		return consent.Completeness{}, err
	}
	statement, err := g.journal.Complete(ctx, s.log, id, g.wall())
	if err != nil {
		return consent.Completeness{}, unavailable("journal", err)
	}
	return statement, nil
}
