package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// Institution is an institution's system at one vault. Safe for concurrent use.
type Institution struct {
	Deployment *Deployment
	api        *openapi.ClientWithResponses
	keys       *InstitutionKeys
	log        func() (*LogReader, error)
}

// NewInstitution connects to the mutual TLS listener at base with the institution's
// own certificate.
func NewInstitution(ctx context.Context, base, serverCertificate string, keys *InstitutionKeys) (*Institution, error) {
	api, err := Connect(base, serverCertificate, &keys.Certificate)
	if err != nil {
		return nil, err
	}
	deployment, err := ReadDeployment(ctx, api)
	if err != nil {
		return nil, err
	}
	return &Institution{Deployment: deployment, api: api, keys: keys, log: func() (*LogReader, error) {
		return NewLogReader(base, serverCertificate, &keys.Certificate, deployment.Log())
	}}, nil
}

// EntryFile makes the file by which anyone can check an answer's proof offline: it waits
// until the log's checkpoint covers the entry. anchor may be nil.
func (i *Institution) EntryFile(ctx context.Context, wire openapi.Proof, anchor *proof.Anchor) (*proof.EntryFile, error) {
	p, err := readProof(wire)
	if err != nil {
		return nil, err
	}
	log, err := i.log()
	if err != nil {
		return nil, err
	}
	return log.EntryFile(ctx, &p, anchor)
}

// Me is the institution as the ledger has it now.
func (i *Institution) Me(ctx context.Context) (*openapi.Institution, error) {
	answer, err := i.api.MeWithResponse(ctx)
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Ask stores a request and returns it with its id, which goes to the person.
func (i *Institution) Ask(ctx context.Context, a Ask) (*openapi.Request, error) {
	answer, err := i.api.CreateRequestWithResponse(ctx, &openapi.CreateRequestParams{IdempotencyKey: NewIdempotencyKey()}, a.Wire())
	if err != nil {
		return nil, err
	}
	return answer.JSON201, check(answer, http.StatusCreated)
}

// Request reads one of the institution's requests, with the grant once it was given.
func (i *Institution) Request(ctx context.Context, id consent.RequestID) (*openapi.Request, error) {
	answer, err := i.api.GetRequestWithResponse(ctx, text(id))
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

// Release fetches fields under a grant (none: all of it) and checks the vault's
// promise that the release stands in its log, and what it states of derived answers. A
// refusal is a *Problem.
func (i *Institution) Release(ctx context.Context, grant string, fields []consent.FieldName, idempotencyKey string) (*openapi.Released, *consent.SharedPart, error) {
	return i.ReleaseUnless(ctx, grant, fields, idempotencyKey, "")
}

// ReleaseUnless is Release without the fields that are still as an earlier answer's ETag
// says; "" is no condition.
func (i *Institution) ReleaseUnless(ctx context.Context, grant string, fields []consent.FieldName, idempotencyKey, etag string) (*openapi.Released, *consent.SharedPart, error) {
	answer, err := i.api.ReleaseWithResponse(ctx, grant, releaseParams(idempotencyKey, etag), releaseCall(fields))
	if err != nil {
		return nil, nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, nil, err
	}
	shared, err := i.verify(answer.JSON200.Proof)
	if err == nil {
		err = verifyAnswers(answer.JSON200, i.Deployment.LogKey)
	}
	return answer.JSON200, shared, err
}

// Write signs and stores values by field name, as far as they can be stored.
func (i *Institution) Write(ctx context.Context, grant string, values map[consent.FieldName]json.RawMessage) (*openapi.Written, error) {
	return i.write(ctx, grant, values, false)
}

// WriteAll signs and stores all of the values or nothing: a *Problem then names what is in the way.
func (i *Institution) WriteAll(ctx context.Context, grant string, values map[consent.FieldName]json.RawMessage) (*openapi.Written, error) {
	return i.write(ctx, grant, values, true)
}

func (i *Institution) write(ctx context.Context, grant string, values map[consent.FieldName]json.RawMessage, all bool) (*openapi.Written, error) {
	call, err := i.SignedCall(grant, values)
	if err != nil {
		return nil, err
	}
	if all {
		call.All = &all
	}
	answer, err := i.api.WriteFieldsWithResponse(ctx, grant, &openapi.WriteFieldsParams{IdempotencyKey: NewIdempotencyKey()}, *call)
	if err != nil {
		return nil, err
	}
	return i.written(answer)
}

// SignedCall is the body of a write: the values with a signature for each item.
func (i *Institution) SignedCall(grant string, values map[consent.FieldName]json.RawMessage) (*openapi.WriteCall, error) {
	var id consent.GrantID
	if err := id.UnmarshalText([]byte(grant)); err != nil {
		return nil, fmt.Errorf("grant: %w", err)
	}
	signatures, err := i.Signer().Sign(id, values)
	if err != nil {
		return nil, err
	}
	call := &openapi.WriteCall{Values: map[string]json.RawMessage{}, Signatures: signatures}
	for name, value := range values {
		call.Values[string(name)] = value
	}
	return call, nil
}

// WriteFHIR signs and stores what the grant covers of a FHIR R4 Bundle; of a transaction all or nothing.
func (i *Institution) WriteFHIR(ctx context.Context, grant string, bundle io.Reader) (*openapi.Written, error) {
	var id consent.GrantID
	if err := id.UnmarshalText([]byte(grant)); err != nil {
		return nil, fmt.Errorf("grant: %w", err)
	}
	signed, err := i.SignFHIR(ctx, id, bundle)
	if err != nil {
		return nil, err
	}
	answer, err := i.api.WriteFieldsWithBodyWithResponse(ctx, grant, &openapi.WriteFieldsParams{IdempotencyKey: NewIdempotencyKey()}, "application/fhir+json", bytes.NewReader(signed))
	if err != nil {
		return nil, err
	}
	return i.written(answer)
}

func (i *Institution) written(answer *openapi.WriteFieldsResponse) (*openapi.Written, error) {
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	_, err := i.verify(answer.JSON200.Proof)
	return answer.JSON200, err
}

func (i *Institution) verify(wire openapi.Proof) (*consent.SharedPart, error) {
	p, err := readProof(wire)
	if err != nil {
		return nil, err
	}
	return proof.VerifyProof(p, i.Deployment.LogKey)
}

// Ask is what an institution asks for, in the vocabulary's terms.
type Ask struct {
	Purpose            consent.Purpose
	LegalBasis         consent.LegalBasis
	Jurisdiction       string
	Fields             []consent.FieldName // sorted
	Actions            consent.Actions
	NotBefore, Expires uint64 // Unix seconds; Expires a whole day
	MaxReleases        uint32 // 0 = no limit
	RetentionDays      uint32
	AnswerBy           uint64
	Notices            []consent.Notice
}

// Wire is the request as the API takes it.
func (a Ask) Wire() openapi.NewRequest {
	r := openapi.NewRequest{
		Purpose: string(a.Purpose), LegalBasis: openapi.LegalBasis(a.LegalBasis), Jurisdiction: a.Jurisdiction,
		Fields: wireFields(a.Fields), Actions: wireActions(a.Actions), NotBefore: a.NotBefore, Expires: a.Expires,
		RetentionDays: a.RetentionDays, AnswerBy: a.AnswerBy,
	}
	if a.MaxReleases > 0 {
		r.MaxReleases = &a.MaxReleases
	}
	for _, n := range a.Notices {
		r.Notices = append(r.Notices, openapi.Notice{Language: n.Language, Text: n.Text})
	}
	return r
}
