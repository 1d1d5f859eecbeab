package client

import (
	"encoding"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

// errAnswer: the vault's answer is not what the description says. Nothing in it is trusted.
var errAnswer = errors.New("the vault's answer cannot be understood")

func text(v encoding.TextMarshaler) string {
	b, _ := v.MarshalText()
	return string(b)
}

// reader collects the first failure of many small conversions.
type reader struct{ err error }

func (r *reader) into(dst encoding.TextUnmarshaler, s string) {
	if err := dst.UnmarshalText([]byte(s)); err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: %w", errAnswer, err)
	}
}

func fieldNames(names []openapi.FieldName) []consent.FieldName {
	out := make([]consent.FieldName, len(names))
	for i, n := range names {
		out[i] = consent.FieldName(n)
	}
	return out
}

func wireFields(names []consent.FieldName) []openapi.FieldName {
	out := make([]openapi.FieldName, len(names))
	for i, n := range names {
		out[i] = openapi.FieldName(n)
	}
	return out
}

func actions(list openapi.Actions) (a consent.Actions) {
	for _, one := range list {
		switch one {
		case openapi.ActionRead:
			a |= consent.Read
		case openapi.ActionWrite:
			a |= consent.Write
		}
	}
	return a
}

func wireActions(a consent.Actions) (list openapi.Actions) {
	if a.Has(consent.Read) {
		list = append(list, openapi.ActionRead)
	}
	if a.Has(consent.Write) {
		list = append(list, openapi.ActionWrite)
	}
	return list
}

// requestDocument reads a request as it is signed.
func requestDocument(d openapi.RequestDocument) (*consent.Request, error) {
	r := consent.Request{
		Version: d.Version, Purpose: consent.Purpose(d.Purpose), LegalBasis: consent.LegalBasis(d.LegalBasis),
		Jurisdiction: d.Jurisdiction, Fields: fieldNames(d.Fields), Actions: actions(d.Actions),
		NotBefore: d.NotBefore, Expires: d.Expires, MaxReleases: d.MaxReleases, RetentionDays: d.RetentionDays,
		AnswerBy: d.AnswerBy,
	}
	for _, n := range d.Notices {
		r.Notices = append(r.Notices, consent.Notice{Language: n.Language, Text: n.Text})
	}
	var read reader
	read.into(&r.Institution, d.Institution)
	read.into(&r.Salt, d.Salt)
	return &r, read.err
}

// grantDocument writes a grant as it is signed.
func grantDocument(g *consent.Grant) openapi.GrantDocument {
	d := openapi.GrantDocument{
		Version: g.Version, Audience: openapi.GrantDocumentAudienceInstitution, Institution: text(g.Institution),
		Request: text(g.Request), Purpose: string(g.Purpose), LegalBasis: openapi.LegalBasis(g.LegalBasis),
		Jurisdiction: g.Jurisdiction, Fields: wireFields(g.Fields), Actions: wireActions(g.Actions),
		NotBefore: g.NotBefore, Expires: g.Expires, MaxReleases: g.MaxReleases, RetentionDays: g.RetentionDays,
		NoticeDigest: text(g.NoticeDigest), NoticeLanguage: g.NoticeLanguage,
		Representation: openapi.GrantDocumentRepresentationSelf, Assistance: openapi.GrantDocumentAssistanceNone,
		GrantKey: text(g.GrantKey), Salt: text(g.Salt),
	}
	if g.Audience == consent.AudienceBearer {
		d.Audience = openapi.GrantDocumentAudienceBearer
	}
	if g.Representation == consent.RepresentationRepresentative {
		d.Representation = openapi.GrantDocumentRepresentationRepresentative
	}
	if g.Assistance == consent.AssistanceAssisted {
		d.Assistance = openapi.GrantDocumentAssistanceAssisted
	}
	return d
}

// readProof reads the vault's promise with its leaf, opening and checkpoint.
func readProof(p openapi.Proof) (consent.Proof, error) {
	out := consent.Proof{
		Promise: consent.Promise{Origin: p.Promise.Origin, Index: p.Promise.Index, MaxDelay: p.Promise.MaxDelayMs},
		Leaf:    p.Leaf,
		Shared:  consent.Opening{Plaintext: p.Opening.Plaintext},
	}
	if len(p.Promise.Signature) != len(out.Promise.Signature) {
		return out, errAnswer
	}
	copy(out.Promise.Signature[:], p.Promise.Signature)
	if p.Checkpoint != nil {
		out.Checkpoint = []byte(*p.Checkpoint)
	}
	var r reader
	r.into(&out.Promise.LeafHash, p.Promise.LeafHash)
	r.into(&out.Shared.Salt, p.Opening.Salt)
	return out, r.err
}

// readStatement reads the vault's statement of how long a history is.
func readStatement(s *openapi.CompletenessStatement) (*consent.Completeness, error) {
	out := &consent.Completeness{Origin: s.Origin, Size: s.Size, Sequence: s.Sequence, Time: s.TimeMs}
	if len(s.Signature) != len(out.Signature) {
		return nil, errAnswer
	}
	copy(out.Signature[:], s.Signature)
	var r reader
	r.into(&out.Identity, s.Identity)
	r.into(&out.Last, s.Last)
	return out, r.err
}
