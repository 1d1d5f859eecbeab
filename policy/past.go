package policy

import (
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// Past says what of a journal entry's evidence policy can decide again.
type Past string

// Only PastDecision is decided again.
const (
	PastDecision Past = "decision"   // policy was asked, or would be under another catalog
	PastVault    Past = "vault"      // denied by the vault's own rules, which no bundle can lift
	PastNone     Past = "not_policy" // not a decision: a grant, a withdrawal, what became of an answer …
)

// vaultReasons deny the whole before policy is asked, or after it.
var vaultReasons = map[consent.Reason]bool{
	consent.ReasonUnconfirmed: true, consent.ReasonNotYet: true, consent.ReasonExpired: true, consent.ReasonWithdrawn: true,
	consent.ReasonRevoked: true, consent.ReasonInvalid: true, consent.ReasonLimit: true, consent.ReasonAction: true, consent.ReasonDisputed: true,
}

// PastOf sorts an entry.
func PastOf(e *consent.EvidencePart) Past {
	switch e.Kind {
	case consent.EntryAuthorised, consent.EntryRedelivery, consent.EntryWritten, consent.EntryDenied:
	default: // delivered and aborted repeat their authorised
		return PastNone
	}
	if len(e.Asked) == 0 || (e.Action != consent.Read && e.Action != consent.Write) {
		return PastNone
	}
	asked := e.PolicyDigest != consent.Digest{}
	for _, reason := range e.Reasons {
		if vaultReasons[reason] || !asked {
			return PastVault
		}
	}
	return PastDecision
}

// QuestionOf is the question that an entry's decision answered, as policy would be
// asked it under a catalog now: the fields asked for that the grant names, that the form
// of the answer had a place for, and that the catalog knows. The evidence holds no grant
// id and no key, which rules never see.
func QuestionOf(e *consent.EvidencePart, catalog *consent.Catalog) consent.Question {
	q := consent.Question{
		Action: e.Action, Time: e.Time / 1000, Facts: e.Facts, OverdueSince: e.OverdueSince,
		Grant: &consent.Grant{
			Version: consent.Version, Audience: e.Audience, Institution: e.Institution, Purpose: e.Purpose, LegalBasis: e.LegalBasis,
			Jurisdiction: e.Jurisdiction, Fields: e.GrantFields, Actions: e.GrantActions, NotBefore: e.NotBefore, Expires: e.Expires,
			MaxReleases: e.MaxReleases, RetentionDays: e.RetentionDays, Representation: e.Representation, Assistance: e.Assistance,
		},
		Institution: consent.Institution{
			ID: e.Institution, Kind: e.InstitutionKind, Jurisdiction: e.Country, Attested: e.InstitutionStands, Suspended: !e.InstitutionStands,
			AttestedTo: e.AttestedTo, Accreditors: e.Accreditors,
		},
	}
	for _, f := range e.Asked {
		if _, known := catalog.Field(f); known && consent.Includes(e.GrantFields, f) && !withheldFor(e, f, consent.ReasonNoPlace) {
			q.Fields = append(q.Fields, f)
		}
	}
	return q
}

func withheldFor(e *consent.EvidencePart, f consent.FieldName, reason consent.Reason) bool {
	return slices.ContainsFunc(e.Withheld, func(w consent.Withheld) bool { return w.Field == f && w.Reason == reason })
}

// barred says whether the vault denies the whole for a country that the person is
// protected against, under every bundle.
func barred(q consent.Question) bool {
	return slices.Contains(q.Facts.NeverCountries, q.Institution.Jurisdiction) || slices.Contains(q.Facts.NeverCountries, q.Grant.Jurisdiction)
}

// leaves are the fields that leave by a decision, as the vault takes it: a reason about
// the whole denies the whole, and what is both permitted and withheld is withheld.
func leaves(q consent.Question, d consent.Decision) (fields []consent.FieldName) {
	if len(d.Reasons) > 0 || barred(q) {
		return nil
	}
	for _, f := range d.Permitted {
		if !slices.ContainsFunc(d.Withheld, func(w consent.Withheld) bool { return w.Field == f }) {
			fields = append(fields, f)
		}
	}
	return fields
}
