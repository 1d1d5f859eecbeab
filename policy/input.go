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
	keyOverdue                                                                          = key("overdue_since")
	keyAccreditors                                                                      = key("accreditors")
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
	g, in := grantMembers(q.Grant), institutionMembers(q.Institution, q.OverdueSince)
	return r.inputOf(q, ast.ObjectTerm(g[:]...), ast.ObjectTerm(in[:]...))
}

// asked is input without members of the grant and the institution that no rule can see.
func (r *rules) asked(q consent.Question) ast.Value {
	return r.inputOf(q, r.parts.ofGrant(q.Grant), r.parts.ofInstitution(q.Institution, q.OverdueSince))
}

func (r *rules) inputOf(q consent.Question, grant, institution *ast.Term) ast.Value {
	names := make([]*ast.Term, len(q.Fields))
	for i, f := range q.Fields {
		known, ok := r.fields[f]
		if !ok {
			known = ast.StringTerm(string(f))
		}
		names[i] = known
	}
	return ast.NewObject(
		[2]*ast.Term{keyAction, actions(q.Action)},
		[2]*ast.Term{keyFields, ast.ArrayTerm(names...)},
		[2]*ast.Term{keyTime, ast.UIntNumberTerm(q.Time)},
		[2]*ast.Term{keyGrant, grant},
		[2]*ast.Term{keyInstitution, institution},
		[2]*ast.Term{keyFacts, facts(q.Facts)},
	)
}

func grantMembers(g *consent.Grant) [11][2]*ast.Term {
	return [...][2]*ast.Term{
		{keyPurpose, ast.StringTerm(string(g.Purpose))},
		{keyBasis, ast.StringTerm(string(g.LegalBasis))},
		{keyJurisdiction, ast.StringTerm(g.Jurisdiction)},
		{keyAudience, either(g.Audience, consent.AudienceInstitution, textInstitution, consent.AudienceBearer, textBearer)},
		{keyRepresentation, either(g.Representation, consent.RepresentationSelf, textSelf, consent.RepresentationRepresentative, textByRepresentative)},
		{keyAssistance, either(g.Assistance, consent.AssistanceNone, textNone, consent.AssistanceAssisted, textAssisted)},
		{keyActions, actions(g.Actions)},
		{keyNotBefore, ast.UIntNumberTerm(g.NotBefore)},
		{keyExpires, ast.UIntNumberTerm(g.Expires)},
		{keyMaxReleases, ast.UIntNumberTerm(uint64(g.MaxReleases))},
		{keyRetention, ast.UIntNumberTerm(uint64(g.RetentionDays))},
	}
}

func institutionMembers(in consent.Institution, overdue uint64) [8][2]*ast.Term {
	accreditors := make([]*ast.Term, len(in.Accreditors))
	for i, id := range in.Accreditors {
		accreditors[i] = ast.StringTerm(id.String())
	}
	return [...][2]*ast.Term{
		{keyID, ast.StringTerm(in.ID.String())},
		{keyJurisdiction, ast.StringTerm(in.Jurisdiction)},
		{keyKind, ast.StringTerm(in.Kind.String())},
		{keySuspended, truth(in.Suspended)},
		{keyAttested, truth(in.Attested)},
		{keyAttestedTo, ast.UIntNumberTerm(in.AttestedTo)},
		{keyOverdue, ast.UIntNumberTerm(overdue)},
		{keyAccreditors, ast.ArrayTerm(accreditors...)},
	}
}

// plainFacts are those of people who have no protected countries, by minor and representative.
var plainFacts = map[[2]bool]*ast.Term{
	{false, false}: factsTerm(false, false, ast.NewObject()), {false, true}: factsTerm(false, true, ast.NewObject()),
	{true, false}: factsTerm(true, false, ast.NewObject()), {true, true}: factsTerm(true, true, ast.NewObject()),
}

func facts(f consent.PolicyFacts) *ast.Term {
	if len(f.NeverCountries) == 0 {
		return plainFacts[[2]bool{f.Minor, f.Representative}]
	}
	never := ast.NewObject()
	for _, country := range f.NeverCountries {
		never.Insert(ast.StringTerm(country), yes)
	}
	return factsTerm(f.Minor, f.Representative, never)
}

func factsTerm(minor, representative bool, never ast.Object) *ast.Term {
	return ast.ObjectTerm(
		[2]*ast.Term{keyMinor, truth(minor)},
		[2]*ast.Term{keyRepresentative, truth(representative)},
		[2]*ast.Term{keyNever, ast.NewTerm(never)},
	)
}

// cacheKey is the SHA-256 of the bundle's digest and revision and of all that
// input shows, time apart. Every text goes in behind its length.
func (l *Loaded) cacheKey(q consent.Question) [32]byte {
	g, in := q.Grant, q.Institution
	b := append(make([]byte, 0, 1024), l.digest[:]...)
	b = binary.BigEndian.AppendUint64(b, l.manifest.Revision)
	b = append(b, byte(q.Action), byte(g.Audience), byte(g.Representation), byte(g.Assistance), byte(g.Actions), byte(in.Kind),
		bit(in.Suspended), bit(in.Attested), bit(q.Facts.Minor), bit(q.Facts.Representative))
	for _, n := range [...]uint64{g.NotBefore, g.Expires, uint64(g.MaxReleases), uint64(g.RetentionDays), in.AttestedTo, q.OverdueSince} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	b = append(b, in.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(in.Accreditors))) //nolint:gosec // bounded by checkQuestion
	for _, id := range in.Accreditors {
		b = append(b, id[:]...)
	}
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
