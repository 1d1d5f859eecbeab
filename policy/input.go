package policy

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/wrapious/wrappy/consent"
)

// Keys of the input, made once: building a term for each on every decision costs
// as much as half of the rules.
var (
	keyAction, keyFields, keyGrant, keyInstitution, keyFacts, keyTime                   = key("action"), key("fields"), key("grant"), key("institution"), key("facts"), key("time")
	keyPurpose, keyBasis, keyJurisdiction, keyAudience                                  = key("purpose"), key("legal_basis"), key("jurisdiction"), key("audience")
	keyRepresentation, keyAssistance, keyActions                                        = key("representation"), key("assistance"), key("actions")
	keyNotBefore, keyExpires, keyMaxReleases, keyRetention                              = key("not_before"), key("expires"), key("max_releases"), key("retention_days")
	keyID, keyKind, keySuspended, keyAttested, keyAttestedTo                            = key("id"), key("kind"), key("suspended"), key("attested"), key("attested_to")
	keyMinor, keyRepresentative, keyNever                                               = key("minor"), key("representative"), key("never_countries")
	textRead, textWrite, textReadWrite, textUnknown                                     = key("read"), key("write"), key("read+write"), key("unknown")
	textSelf, textByRepresentative, textInstitution, textBearer, textNone, textAssisted = key("self"), key("representative"), key("institution"), key("bearer"), key("none"), key("assisted")
	yes, no                                                                             = ast.InternedTerm(true), ast.InternedTerm(false)
)

func key(name string) *ast.Term { return ast.StringTerm(name) }

func truth(b bool) *ast.Term {
	if b {
		return yes
	}
	return no
}

func either[T comparable](v, first T, a *ast.Term, second T, b *ast.Term) *ast.Term {
	switch v {
	case first:
		return a
	case second:
		return b
	}
	return textUnknown
}

func actions(a consent.Actions) *ast.Term {
	if a == consent.Read|consent.Write {
		return textReadWrite
	}
	return either(a, consent.Read, textRead, consent.Write, textWrite)
}

// input is what rules see of a question. The grant's id, salt and key are left
// out: a rule that named them would rule on one person.
func (r *rules) input(q consent.Question) ast.Value {
	names := make([]*ast.Term, len(q.Fields))
	for i, f := range q.Fields {
		known, ok := r.fields[f]
		if !ok {
			known = ast.StringTerm(string(f))
		}
		names[i] = known
	}
	g, in := q.Grant, q.Institution
	never := ast.NewObject()
	for _, country := range q.Facts.NeverCountries {
		never.Insert(ast.StringTerm(country), yes)
	}
	return ast.NewObject(
		[2]*ast.Term{keyAction, actions(q.Action)},
		[2]*ast.Term{keyFields, ast.ArrayTerm(names...)},
		[2]*ast.Term{keyTime, ast.UIntNumberTerm(q.Time)},
		[2]*ast.Term{keyGrant, ast.ObjectTerm(
			[2]*ast.Term{keyPurpose, ast.StringTerm(string(g.Purpose))},
			[2]*ast.Term{keyBasis, ast.StringTerm(string(g.LegalBasis))},
			[2]*ast.Term{keyJurisdiction, ast.StringTerm(g.Jurisdiction)},
			[2]*ast.Term{keyAudience, either(g.Audience, consent.AudienceInstitution, textInstitution, consent.AudienceBearer, textBearer)},
			[2]*ast.Term{keyRepresentation, either(g.Representation, consent.RepresentationSelf, textSelf, consent.RepresentationRepresentative, textByRepresentative)},
			[2]*ast.Term{keyAssistance, either(g.Assistance, consent.AssistanceNone, textNone, consent.AssistanceAssisted, textAssisted)},
			[2]*ast.Term{keyActions, actions(g.Actions)},
			[2]*ast.Term{keyNotBefore, ast.UIntNumberTerm(g.NotBefore)},
			[2]*ast.Term{keyExpires, ast.UIntNumberTerm(g.Expires)},
			[2]*ast.Term{keyMaxReleases, ast.UIntNumberTerm(uint64(g.MaxReleases))},
			[2]*ast.Term{keyRetention, ast.UIntNumberTerm(uint64(g.RetentionDays))},
		)},
		[2]*ast.Term{keyInstitution, ast.ObjectTerm(
			[2]*ast.Term{keyID, ast.StringTerm(in.ID.String())},
			[2]*ast.Term{keyKind, ast.StringTerm(in.Kind.String())},
			[2]*ast.Term{keyJurisdiction, ast.StringTerm(in.Jurisdiction)},
			[2]*ast.Term{keySuspended, truth(in.Suspended)},
			[2]*ast.Term{keyAttested, truth(in.Attested)},
			[2]*ast.Term{keyAttestedTo, ast.UIntNumberTerm(in.AttestedTo)},
		)},
		[2]*ast.Term{keyFacts, ast.ObjectTerm(
			[2]*ast.Term{keyMinor, truth(q.Facts.Minor)},
			[2]*ast.Term{keyRepresentative, truth(q.Facts.Representative)},
			[2]*ast.Term{keyNever, ast.NewTerm(never)},
		)},
	)
}

// cacheKey is the SHA-256 of the bundle's digest and revision and of all that
// input shows, time apart. Every text goes in behind its length.
func (l *Loaded) cacheKey(q consent.Question) [32]byte {
	g, in := q.Grant, q.Institution
	b := append(make([]byte, 0, 768), l.digest[:]...)
	b = binary.BigEndian.AppendUint64(b, l.manifest.Revision)
	b = append(b, byte(q.Action), byte(g.Audience), byte(g.Representation), byte(g.Assistance), byte(g.Actions), byte(in.Kind),
		bit(in.Suspended), bit(in.Attested), bit(q.Facts.Minor), bit(q.Facts.Representative))
	for _, n := range [...]uint64{g.NotBefore, g.Expires, uint64(g.MaxReleases), uint64(g.RetentionDays), in.AttestedTo} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	b = append(b, in.ID[:]...)
	for _, s := range [...]string{string(g.Purpose), string(g.LegalBasis), g.Jurisdiction, in.Jurisdiction} {
		b = appendText(b, s)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(q.Fields))) //nolint:gosec // bounded by checkQuestion
	for _, f := range q.Fields {
		b = appendText(b, string(f))
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(q.Facts.NeverCountries))) //nolint:gosec // bounded by checkQuestion
	for _, country := range q.Facts.NeverCountries {
		b = appendText(b, country)
	}
	return sha256.Sum256(b)
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...) //nolint:gosec // bounded by the grant's own form
}

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}
