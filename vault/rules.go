package vault

import (
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// Rules that no policy bundle can override. They speak on the gate's own copies:
// whatever a Decider returns, or does to what it was given, cannot widen a grant.

// bars says why a question is not even put to policy; none means that it may be.
func bars(q *consent.Question) []consent.Reason {
	who, g := &q.Institution, q.Grant
	if g.Audience == consent.AudienceBearer {
		return barsBearer(q)
	}
	if g.Audience != consent.AudienceInstitution || g.Institution != who.ID {
		return []consent.Reason{consent.ReasonInvalid}
	}
	if reason := unfit(who, q.Time); reason != "" {
		return []consent.Reason{reason}
	}
	if !g.Actions.Has(q.Action) {
		return []consent.Reason{consent.ReasonAction}
	}
	return nil
}

// barsBearer: a code is nobody's in particular, and of what Grant.Validate says: once, for
// minutes, identity alone.
func barsBearer(q *consent.Question) []consent.Reason {
	if q.Institution.ID != (consent.InstitutionID{}) || q.Grant.Validate() != nil {
		return []consent.Reason{consent.ReasonInvalid}
	}
	if !q.Grant.Actions.Has(q.Action) {
		return []consent.Reason{consent.ReasonAction}
	}
	return nil
}

// unfit says why an institution may do nothing at all now, "" where it may.
func unfit(who *consent.Institution, now uint64) consent.Reason {
	switch {
	case who.Suspended:
		return consent.ReasonSuspended
	case !who.Attested || who.AttestedTo <= now:
		return consent.ReasonNotAttested
	}
	return ""
}

// barCountry denies the whole of a decision for a country that the person is
// protected against. Policy is asked all the same, and what it said of the rest stays:
// answered before policy, or in another form than policy's own denials, this fact
// about the person would be told apart from the others.
func barCountry(q *consent.Question, d consent.Decision) consent.Decision {
	never := q.Facts.NeverCountries
	if !slices.Contains(never, q.Institution.Jurisdiction) && !slices.Contains(never, q.Grant.Jurisdiction) {
		return d
	}
	d.Permitted = nil
	if !slices.Contains(d.Reasons, consent.ReasonCountry) {
		d.Reasons = append(slices.Clone(d.Reasons), consent.ReasonCountry) // what the Decider keeps is not ours to change
	}
	return d
}

// covered splits the asked fields, sorted, by whether the grant names them and the
// catalog in force knows them.
func covered(g *consent.Grant, catalog *consent.Catalog, asked []consent.FieldName) (fields []consent.FieldName, withheld []consent.Withheld) {
	for _, f := range asked {
		_, known := catalog.Field(f)
		switch {
		case !consent.Includes(g.Fields, f):
			withheld = append(withheld, consent.Withheld{Field: f, Reason: consent.ReasonNotInGrant})
		case !known:
			withheld = append(withheld, consent.Withheld{Field: f, Reason: consent.ReasonUnknownField})
		default:
			fields = append(fields, f)
		}
	}
	return fields, withheld
}

// stored splits fields by whether a write could store them: what is computed cannot be.
func stored(catalog *consent.Catalog, action consent.Actions, fields []consent.FieldName) (some []consent.FieldName, withheld []consent.Withheld) {
	for _, f := range fields {
		if entry, _ := catalog.Field(f); action == consent.Write && entry.Derived != nil {
			withheld = append(withheld, consent.Withheld{Field: f, Reason: consent.ReasonBadValue})
		} else {
			some = append(some, f)
		}
	}
	return some, withheld
}

// placed splits fields by whether the answer's form has a place for them; nil has one for all.
func placed(holds func(consent.FieldName) bool, fields []consent.FieldName) (with []consent.FieldName, without []consent.Withheld) {
	for _, f := range fields {
		if holds == nil || holds(f) {
			with = append(with, f)
		} else {
			without = append(without, consent.Withheld{Field: f, Reason: consent.ReasonNoPlace})
		}
	}
	return with, without
}

// confine takes from a decision no more than was asked of it. A reason about the
// whole denies the whole; a field that is both permitted and withheld is withheld;
// one of which nothing is said is withheld by policy.
func confine(asked []consent.FieldName, d consent.Decision) (permitted []consent.FieldName, withheld []consent.Withheld, reasons []consent.Reason) {
	for _, r := range d.Reasons {
		if r = known(r); !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	why := map[consent.FieldName]consent.Reason{}
	for _, w := range d.Withheld {
		why[w.Field] = known(w.Reason)
	}
	for _, f := range asked {
		reason, no := why[f]
		if !no && len(reasons) == 0 && slices.Contains(d.Permitted, f) {
			permitted = append(permitted, f)
			continue
		}
		if !no {
			reason = consent.ReasonPolicy
		}
		withheld = append(withheld, consent.Withheld{Field: f, Reason: reason})
	}
	return permitted, withheld, reasons
}

// reasonsOf is the closed set, docs/protocol/reasons.md.
var reasonsOf = map[consent.Reason]bool{
	consent.ReasonUnconfirmed: true, consent.ReasonNotYet: true, consent.ReasonExpired: true, consent.ReasonWithdrawn: true,
	consent.ReasonRevoked: true, consent.ReasonInvalid: true, consent.ReasonLimit: true, consent.ReasonAction: true,
	consent.ReasonNotInGrant: true, consent.ReasonNoValue: true, consent.ReasonUnknownField: true, consent.ReasonUnknownPurpose: true,
	consent.ReasonSuspended: true, consent.ReasonNotAttested: true, consent.ReasonPurposeKind: true, consent.ReasonFieldPurpose: true,
	consent.ReasonFieldKind: true, consent.ReasonBasis: true, consent.ReasonRetention: true, consent.ReasonCountry: true,
	consent.ReasonPolicy: true, consent.ReasonBadValue: true, consent.ReasonBadSignature: true, consent.ReasonNoPlace: true,
	consent.ReasonUnchanged: true, consent.ReasonAccreditor: true, consent.ReasonOverdue: true, consent.ReasonDisputed: true,
	consent.ReasonHelper: true, consent.ReasonHelperLimit: true,
}

// known keeps a rule's free text out of answers: it could hold anything.
func known(r consent.Reason) consent.Reason {
	if reasonsOf[r] {
		return r
	}
	return consent.ReasonPolicy
}

// told is what an institution hears of a reason: those that rest on a policy fact
// about the person read as policy.
func told(r consent.Reason) consent.Reason {
	if r == consent.ReasonCountry {
		return consent.ReasonPolicy
	}
	return r
}

// toldReasons has policy last: its place must not say which fact it stands for.
func toldReasons(reasons []consent.Reason) []consent.Reason {
	var out []consent.Reason
	policy := false
	for _, r := range reasons {
		if r = told(r); r == consent.ReasonPolicy {
			policy = true
		} else if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if policy {
		out = append(out, consent.ReasonPolicy)
	}
	return out
}

func toldWithheld(withheld []consent.Withheld) []consent.Withheld {
	out := make([]consent.Withheld, len(withheld))
	for i, w := range withheld {
		out[i] = consent.Withheld{Field: w.Field, Reason: told(w.Reason)}
	}
	return out
}
