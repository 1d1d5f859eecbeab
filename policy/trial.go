package policy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// trialLimit bounds the whole trial, which asks about as many questions as the
// bundle has purposes, twice: as long as one decision may take. Sound rules need
// some milliseconds.
const (
	trialLimit = EvaluationLimit
	trialDay   = 86400
)

// trial lets a bundle decide before it is in force: once for everything that each
// purpose opens, and once for what nobody may have. Rules that fail, have no end or
// say what they may not say would otherwise take the place of ones that work. What
// it decides is the reviewers' to judge; that it decides is looked at here.
func (l *Loaded) trial(now time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(l.purposes)) {
		for _, q := range l.purposes[name].questions(name, now) {
			_, err := l.rules.decide(ctx, q)
			if errors.Is(err, errStopped) {
				return fmt.Errorf("%w: %s: a rule without an end: stopped after %v, on trial by purpose %s", ErrBundle, l.rules.busiest(q), trialLimit, name)
			}
			if err != nil {
				return fmt.Errorf("%w: trial by purpose %s: %w", ErrBundle, name, err)
			}
		}
	}
	return nil
}

// questions are one that the default rules permit and one that they deny.
func (p Purpose) questions(name consent.Purpose, now time.Time) []consent.Question {
	at := max(p.From, uint64(max(now.Unix(), 0)))
	q := consent.Question{
		Action: consent.Read, Fields: slices.Sorted(maps.Keys(p.Read)), Time: at,
		Grant: &consent.Grant{
			Audience: consent.AudienceInstitution, Purpose: name, LegalBasis: slices.Min(slices.Collect(maps.Keys(p.Bases))),
			Jurisdiction: "KE", Actions: consent.Read, NotBefore: at, Expires: at + trialDay, RetentionDays: p.RetentionDays,
			Representation: consent.RepresentationSelf, Assistance: consent.AssistanceNone,
		},
		Institution: consent.Institution{
			Kind: consent.ParseKind(slices.Min(slices.Collect(maps.Keys(p.Kinds)))), Jurisdiction: "KE", Attested: true, AttestedTo: at + trialDay,
			Accreditors: []consent.InstitutionID{{}},
		},
	}
	if q.Institution.Kind == consent.KindUnknown { // open to bearers first or alone
		q.Grant.Audience, q.Grant.MaxReleases, q.Grant.RetentionDays = consent.AudienceBearer, 1, 0
		q.Institution = consent.Institution{}
	}
	if len(q.Fields) == 0 {
		q.Action, q.Grant.Actions, q.Fields = consent.Write, consent.Write, slices.Sorted(maps.Keys(p.Write))
	}
	denied := q
	denied.Fields = append(slices.Clone(q.Fields), "trial.nothing")
	denied.Institution.Suspended = true
	if len(q.Fields) == 0 {
		return []consent.Question{denied}
	}
	return []consent.Question{q, denied}
}
