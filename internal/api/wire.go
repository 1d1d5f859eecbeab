package api

import (
	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func wireReasons(list []consent.Reason) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = string(r)
	}
	return out
}

func wireWithheld(list []consent.Withheld) []openapi.Withheld {
	out := make([]openapi.Withheld, len(list))
	for i, w := range list {
		out[i] = openapi.Withheld{Field: string(w.Field), Reason: string(w.Reason)}
	}
	return out
}

func wireVersions(list []consent.FieldVersion) []openapi.FieldVersion {
	out := make([]openapi.FieldVersion, len(list))
	for i, v := range list {
		out[i] = openapi.FieldVersion{Field: string(v.Field), Version: v.Version}
	}
	return out
}

func wireFields(list []consent.FieldName) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = string(f)
	}
	return out
}

func wireActions(set consent.Actions) openapi.Actions {
	actions := openapi.Actions{}
	if set.Has(consent.Read) {
		actions = append(actions, openapi.ActionRead)
	}
	if set.Has(consent.Write) {
		actions = append(actions, openapi.ActionWrite)
	}
	return actions
}

func wireProof(p consent.Proof) openapi.Proof {
	w := openapi.Proof{
		Promise: openapi.Promise{
			Origin: p.Promise.Origin, Index: p.Promise.Index, LeafHash: p.Promise.LeafHash.String(),
			MaxDelayMs: p.Promise.MaxDelay, Signature: p.Promise.Signature[:],
		},
		Leaf:    p.Leaf,
		Opening: openapi.Opening{Salt: hexOf(p.Shared.Salt[:]), Plaintext: p.Shared.Plaintext},
	}
	setIf(&w.Checkpoint, string(p.Checkpoint))
	return w
}

func wireProofIf(p *consent.Proof) *openapi.Proof {
	if p == nil {
		return nil
	}
	w := wireProof(*p)
	return &w
}

func wireInstitution(i consent.Institution) openapi.Institution {
	w := openapi.Institution{
		Id: i.ID.String(), Name: i.Name, Kind: openapi.InstitutionKind(i.Kind.String()), Jurisdiction: i.Jurisdiction,
		Suspended: i.Suspended, Attested: i.Attested,
	}
	if i.AttestedTo != 0 {
		w.AttestedTo = &i.AttestedTo
	}
	if i.Accreditor != (consent.InstitutionID{}) {
		setIf(&w.Accreditor, i.Accreditor.String())
	}
	if i.SealingKey != ([32]byte{}) {
		setIf(&w.SealingKey, hexOf(i.SealingKey[:]))
	}
	return w
}

func wireRequest(r *consent.Request) openapi.RequestDocument {
	notices := make([]openapi.Notice, len(r.Notices))
	for i, n := range r.Notices {
		notices[i] = openapi.Notice{Language: n.Language, Text: n.Text}
	}
	return openapi.RequestDocument{
		Version: r.Version, Institution: r.Institution.String(), Purpose: string(r.Purpose), LegalBasis: openapi.LegalBasis(r.LegalBasis),
		Jurisdiction: r.Jurisdiction, Fields: wireFields(r.Fields), Actions: wireActions(r.Actions), NotBefore: r.NotBefore, Expires: r.Expires,
		MaxReleases: r.MaxReleases, RetentionDays: r.RetentionDays, Notices: notices, AnswerBy: r.AnswerBy, Salt: hexOf(r.Salt[:]),
	}
}

func wireAsked(r *vault.AskedRequest) openapi.Request {
	w := openapi.Request{Id: r.ID.String(), Status: openapi.Status(r.Status), Document: wireRequest(&r.Request)}
	if r.Answered != 0 {
		w.AnsweredAt = &r.Answered
	}
	if r.Grant != (consent.GrantID{}) {
		setIf(&w.Grant, r.Grant.String())
	}
	return w
}

func wireGrant(g *consent.Grant) openapi.GrantDocument {
	w := openapi.GrantDocument{
		Version: g.Version, Audience: openapi.GrantDocumentAudienceInstitution, Institution: g.Institution.String(), Request: g.Request.String(),
		Purpose: string(g.Purpose), LegalBasis: openapi.LegalBasis(g.LegalBasis), Jurisdiction: g.Jurisdiction, Fields: wireFields(g.Fields),
		Actions: wireActions(g.Actions), NotBefore: g.NotBefore, Expires: g.Expires, MaxReleases: g.MaxReleases, RetentionDays: g.RetentionDays,
		NoticeDigest: g.NoticeDigest.String(), NoticeLanguage: g.NoticeLanguage, Representation: openapi.GrantDocumentRepresentationSelf,
		Assistance: openapi.GrantDocumentAssistanceNone, GrantKey: g.GrantKey.String(), Salt: hexOf(g.Salt[:]),
	}
	if g.Audience == consent.AudienceBearer {
		w.Audience = openapi.GrantDocumentAudienceBearer
	}
	if g.Representation == consent.RepresentationRepresentative {
		w.Representation = openapi.GrantDocumentRepresentationRepresentative
	}
	if g.Assistance == consent.AssistanceAssisted {
		w.Assistance = openapi.GrantDocumentAssistanceAssisted
	}
	return w
}

func wireHeld(h vault.HeldGrant) openapi.HeldGrant {
	return openapi.HeldGrant{Id: h.ID.String(), Status: openapi.Status(h.Status), Document: wireGrant(&h.Grant), Used: h.Used}
}

func wireTerms(t vault.Terms) openapi.Terms {
	representation, assistance := openapi.TermsRepresentationSelf, openapi.TermsAssistanceNone
	if t.Representation == consent.RepresentationRepresentative {
		representation = openapi.TermsRepresentationRepresentative
	}
	if t.Assistance == consent.AssistanceAssisted {
		assistance = openapi.TermsAssistanceAssisted
	}
	return openapi.Terms{
		Purpose: string(t.Purpose), LegalBasis: openapi.LegalBasis(t.LegalBasis), Expires: t.Expires,
		RetentionDays: t.RetentionDays, MaxReleases: t.MaxReleases, Used: t.Used,
		Representation: &representation, Assistance: &assistance,
	}
}

func wireWritten(w *vault.Written, left []fhir.Left) openapi.Written {
	out := openapi.Written{
		Grant: w.Grant.ID.String(), Terms: wireTerms(w.Grant), Stored: wireVersions(w.Stored), Withheld: wireWithheld(w.Withheld),
		Redelivered: w.Redelivered, Proof: wireProof(w.Proof),
	}
	if len(left) > 0 {
		counted := make([]openapi.LeftOut, len(left))
		for i, l := range left {
			counted[i] = openapi.LeftOut{ResourceType: l.ResourceType, Reason: string(l.Reason), Count: int32(l.Count)} //nolint:gosec // bounded by the input's size
		}
		out.Left = &counted
	}
	return out
}

func wireHistory(h vault.HistoryItem) openapi.HistoryItem {
	w := openapi.HistoryItem{
		Index: h.Index, Kind: string(h.Shared.Kind), Time: h.Personal.Time / 1000, Sequence: h.Personal.Sequence, Fields: wireVersions(h.Shared.Fields),
		Withheld: wireWithheld(h.Shared.Withheld), Reasons: wireReasons(h.Shared.Reasons), Leaf: h.Leaf,
		Opening:       openapi.Opening{Salt: hexOf(h.PersonalOpening.Salt[:]), Plaintext: h.PersonalOpening.Plaintext},
		SharedOpening: openapi.Opening{Salt: hexOf(h.SharedOpening.Salt[:]), Plaintext: h.SharedOpening.Plaintext},
	}
	if h.Shared.Institution != (consent.InstitutionID{}) {
		setIf(&w.Institution, h.Shared.Institution.String())
	}
	if h.Shared.Grant != (consent.GrantID{}) {
		setIf(&w.Grant, h.Shared.Grant.String())
	}
	if actions := wireActions(h.Shared.Action); len(actions) == 1 {
		w.Action = &actions[0]
	}
	return w
}

func wireStatement(c consent.Completeness) *openapi.CompletenessStatement {
	return &openapi.CompletenessStatement{
		Origin: c.Origin, Size: c.Size, Identity: hexOf(c.Identity[:]), Sequence: c.Sequence, Last: hexOf(c.Last[:]), TimeMs: c.Time, Signature: c.Signature[:],
	}
}

func wireCatalogField(f consent.CatalogField) openapi.CatalogField {
	w := openapi.CatalogField{Name: string(f.Name), Type: openapi.CatalogFieldType(f.Type), Sensitive: f.Sensitive, Label: f.Label}
	if w.Sensitive == nil {
		w.Sensitive = []string{}
	}
	if len(f.Codes) > 0 {
		w.Codes = &f.Codes
	}
	setIf(&w.Resource, f.Resource)
	setIf(&w.Category, f.Category)
	setIf(&w.Matter, f.Matter)
	setIf(&w.Picture, f.Picture)
	if f.Shown {
		w.Shown = &f.Shown
	}
	if f.Derived != nil {
		w.Derived = &openapi.Derivation{Inputs: wireFields(f.Derived.Inputs), Expression: f.Derived.Expression}
	}
	return w
}

// labels are what people are shown of fields: those that the catalog in force knows.
func (a answers) labels(names []consent.FieldName) []openapi.FieldLabel {
	list := []openapi.FieldLabel{}
	catalog := a.cfg.Policy.Catalog()
	if catalog == nil {
		return list
	}
	for _, name := range names {
		if f, known := catalog.Field(name); known {
			w := wireCatalogField(f)
			list = append(list, openapi.FieldLabel{Name: w.Name, Label: w.Label, Picture: w.Picture, Sensitive: w.Sensitive})
		}
	}
	return list
}

func wireCodeLists(lists []consent.CodeList) *[]openapi.CodeList {
	out := make([]openapi.CodeList, len(lists))
	for i, l := range lists {
		out[i] = openapi.CodeList{Matter: l.Matter, System: l.System, Codes: append([]string{}, l.Codes...), Prefixes: append([]string{}, l.Prefixes...)}
	}
	return &out
}
