package api

import (
	"context"
	"encoding"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// invalid is a value that is not acceptable, its place and what to do.
func invalid(pointer, detail string) problem {
	p := problemInvalid
	p.pointer, p.detail = pointer, detail
	return p
}

// named finds the element that consent's errors begin with: "fields[3]", "notices[0].text", "legalBasis".
var named = regexp.MustCompile(`^([a-zA-Z]+(?: basis)?)(?:\[([0-9]+)\])?(?:\.([a-z]+))?: `)

// elements that are named otherwise in the document.
var elementOf = map[string]string{"period": "expires", "language": "notice_language", "notice": "notice_digest", "field": "fields", "legal basis": "legal_basis"}

var upper = regexp.MustCompile(`[A-Z]`)

// invalidDocument gives an error of the domain with a pointer below at; the words
// are consent's or the vault's, which never echo input.
//
// Elements that stand elsewhere in what was sent are named by elsewhere.
func invalidDocument(err error, at string, elsewhere ...map[string]string) problem {
	sentinel := consent.ErrGrant
	if !errors.Is(err, sentinel) {
		sentinel = vault.ErrCall
	}
	detail := innermost(err, sentinel).Error()
	detail = strings.TrimPrefix(detail, sentinel.Error())
	detail = strings.TrimPrefix(detail, ": ")
	m := named.FindStringSubmatch(detail)
	if m == nil {
		return invalid(at, detail)
	}
	name, known := elementOf[m[1]]
	if !known {
		name = upper.ReplaceAllStringFunc(m[1], func(s string) string { return "_" + strings.ToLower(s) })
	}
	pointer := at + "/" + name
	for _, places := range elsewhere {
		if place, known := places[name]; known {
			pointer = place
		}
	}
	for _, part := range m[2:] {
		if part != "" {
			pointer += "/" + part
		}
	}
	p := problemInvalid
	switch m[1] {
	case "period", "expires", "notBefore":
		p = problemPeriod
	case "deadline":
		p = problemDeadline
	}
	p.pointer, p.detail = pointer, detail
	return p
}

// reading takes values off the wire and keeps the first refusal.
type reading struct{ err error }

func (r *reading) id(into encoding.TextUnmarshaler, text, pointer string) {
	if err := into.UnmarshalText([]byte(text)); err != nil && r.err == nil {
		r.err = invalid(pointer, "want 0x and lower-case hex digits of the exact length")
	}
}

// time refuses what is beyond the year 9999: a time that others could not read.
func (r *reading) time(pointer string, seconds uint64) {
	if seconds > maxTime && r.err == nil {
		r.err = invalid(pointer, "want Unix seconds before the year 10000")
	}
}

// maxTime is the greatest Time of openapi.yaml.
const maxTime = 253402300799

func (r *reading) oneOf(ok bool, pointer string) {
	if !ok && r.err == nil {
		r.err = invalid(pointer, "not one of the values listed")
	}
}

func (r *reading) actions(list openapi.Actions, pointer string) (set consent.Actions) {
	for i, name := range list {
		action, ok := actionNames[name]
		r.oneOf(ok && !set.Has(action), pointerTo(pointer, i))
		set |= action
	}
	return set
}

var actionNames = map[openapi.Action]consent.Actions{openapi.ActionRead: consent.Read, openapi.ActionWrite: consent.Write}

func fieldNames(list []string) []consent.FieldName {
	names := make([]consent.FieldName, len(list))
	for i, name := range list {
		names[i] = consent.FieldName(name)
	}
	return names
}

// grantID reads a path parameter. Malformed is as good as absent, and the gate
// takes as long over it.
func (a answers) grantID(ctx context.Context, who consent.Institution, text string) (id consent.GrantID, err error) {
	if id.UnmarshalText([]byte(text)) != nil {
		return id, a.cfg.Gate.NoGrant(ctx, who)
	}
	return id, nil
}

// requestIDOf reads a request's id. What is none is zero, under which no request stands: it is
// looked for as any other, and answered in the same time.
func requestIDOf(text string) (id consent.RequestID) {
	if id.UnmarshalText([]byte(text)) != nil {
		return consent.RequestID{}
	}
	return id
}

func newRequest(w *openapi.NewRequest, who consent.InstitutionID) (consent.Request, error) {
	var r reading
	request := consent.Request{
		Version: consent.Version, Institution: who, Purpose: consent.Purpose(w.Purpose), LegalBasis: consent.LegalBasis(w.LegalBasis),
		Jurisdiction: w.Jurisdiction, Fields: fieldNames(w.Fields), Actions: r.actions(w.Actions, "/actions"), NotBefore: w.NotBefore,
		Expires: w.Expires, RetentionDays: w.RetentionDays, AnswerBy: w.AnswerBy, Notices: make([]consent.Notice, len(w.Notices)),
	}
	if w.MaxReleases != nil {
		request.MaxReleases = *w.MaxReleases
	}
	r.time("/not_before", w.NotBefore)
	r.time("/expires", w.Expires)
	r.time("/answer_by", w.AnswerBy)
	for i, n := range w.Notices {
		request.Notices[i] = consent.Notice{Language: n.Language, Text: n.Text}
	}
	if r.err != nil {
		return request, r.err
	}
	if err := request.Validate(); err != nil {
		return request, invalidDocument(err, "")
	}
	return request, nil
}

func readGrant(r *reading, w *openapi.GrantDocument) consent.Grant {
	g := consent.Grant{
		Version: w.Version, Purpose: consent.Purpose(w.Purpose), LegalBasis: consent.LegalBasis(w.LegalBasis), Jurisdiction: w.Jurisdiction,
		Fields: fieldNames(w.Fields), Actions: r.actions(w.Actions, "/grant/actions"), NotBefore: w.NotBefore, Expires: w.Expires,
		MaxReleases: w.MaxReleases, RetentionDays: w.RetentionDays, NoticeLanguage: w.NoticeLanguage,
	}
	r.time("/grant/not_before", w.NotBefore)
	r.time("/grant/expires", w.Expires)
	r.id(&g.Institution, w.Institution, "/grant/institution")
	r.id(&g.Request, w.Request, "/grant/request")
	r.id(&g.NoticeDigest, w.NoticeDigest, "/grant/notice_digest")
	r.id(&g.GrantKey, w.GrantKey, "/grant/grant_key")
	r.id(&g.Salt, w.Salt, "/grant/salt")
	r.oneOf(w.Audience.Valid(), "/grant/audience")
	r.oneOf(w.Representation.Valid(), "/grant/representation")
	r.oneOf(w.Assistance.Valid(), "/grant/assistance")
	if w.Audience == openapi.GrantDocumentAudienceBearer {
		g.Audience = consent.AudienceBearer
	}
	if w.Representation == openapi.GrantDocumentRepresentationRepresentative {
		g.Representation = consent.RepresentationRepresentative
	}
	if w.Assistance == openapi.GrantDocumentAssistanceAssisted {
		g.Assistance = consent.AssistanceAssisted
	}
	return g
}

func signedGrant(w *openapi.SignedGrant) (vault.SignedGrant, error) {
	var r reading
	s := vault.SignedGrant{Grant: readGrant(&r, &w.Grant)}
	r.time("/deadline", w.Deadline)
	r.time("/binding/time", w.Binding.Time)
	r.id(&s.ActSignature, w.Signature, "/signature")
	r.id(&s.Binding.Identity, w.Binding.Identity, "/binding/identity")
	r.id(&s.Binding.Opening, w.Binding.Opening, "/binding/opening")
	r.id(&s.BindingSignature, w.Binding.Signature, "/binding/signature")
	if w.Binding.Representative != nil {
		r.id(&s.Representative, *w.Binding.Representative, "/binding/representative")
	}
	if r.err != nil {
		return s, r.err
	}
	if err := s.Grant.Validate(); err != nil {
		return s, invalidDocument(err, "/grant")
	}
	id := s.Grant.ID()
	s.Act = consent.GrantAct{ID: id, Expiry: s.Grant.ActExpiry(), Deadline: w.Deadline}
	s.Binding.Grant, s.Binding.Time = id, w.Binding.Time
	return s, nil
}

func enrolCall(w *openapi.EnrolCall) (vault.EnrolCall, error) {
	var r reading
	call := vault.EnrolCall{RegisterDeadline: w.Registration.Deadline}
	call.Enrolment.Jurisdiction, call.Enrolment.Time = w.Jurisdiction, w.Time
	r.time("/time", w.Time)
	r.time("/registration/deadline", w.Registration.Deadline)
	r.id(&call.Enrolment.Identity, w.Identity, "/identity")
	r.id(&call.RootKey, w.RootKey, "/root_key")
	r.id(&call.RecoveryHash, w.RecoveryHash, "/recovery_hash")
	r.id(&call.Salt, w.Salt, "/salt")
	r.id(&call.Enrolment.SessionKey, w.SessionKey, "/session_key")
	r.id(&call.Signature, w.Signature, "/signature")
	r.id(&call.RegisterSignature, w.Registration.Signature, "/registration/signature")
	if err := consent.ValidateJurisdiction(w.Jurisdiction); err != nil && r.err == nil {
		r.err = invalid("/jurisdiction", err.Error())
	}
	return call, r.err
}

// refusedBy gives the gate's word on a document its place in what was sent.
func refusedBy(err error, at string, elsewhere map[string]string) error {
	if !errors.Is(err, consent.ErrGrant) || problemOf(err).status != problemInvalid.status {
		return err
	}
	return invalidDocument(err, at, elsewhere)
}

var (
	placesInGrant     = map[string]string{"deadline": "/deadline", "time": "/binding/time", "help": "/help", "answer_by": ""}
	placesInEnrolment = map[string]string{"deadline": "/registration/deadline"}
)

func statedFacts(w *openapi.FactsCall) (consent.PolicyFactsStatement, consent.Signature, error) {
	var r reading
	var sig consent.Signature
	s := consent.PolicyFactsStatement{Time: w.Time, Facts: consent.PolicyFacts{Minor: w.Minor, Representative: w.Representative, NeverCountries: w.NeverCountries}}
	r.time("/time", w.Time)
	r.id(&s.Identity, w.Identity, "/identity")
	r.id(&sig, w.Signature, "/signature")
	for i, country := range w.NeverCountries {
		if consent.ValidateJurisdiction(country) != nil || (i > 0 && w.NeverCountries[i-1] >= country) {
			r.oneOf(false, pointerTo("/never_countries", i))
		}
	}
	return s, sig, r.err
}

func pointerTo(list string, i int) string { return list + "/" + strconv.Itoa(i) }

func hexOf(b []byte) string { return "0x" + hex.EncodeToString(b) }
