package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// actor stands for the gate where the subject is HTTP: it answers what it was told to.
type actor struct {
	mu      sync.Mutex
	fail    error // of every call
	delay   func(consent.GrantID) time.Duration
	slow    time.Duration   // of every call; in a bubble of testing/synctest only
	grant   vault.HeldGrant // the one grant of the clinic
	request consent.Request
	keys    map[consent.IdentityID]consent.Address
	calls   []string
	panics  any

	released *vault.Release // a gate's own, to be filled
}

func (a *actor) called(name string) error {
	if a.slow > 0 {
		time.Sleep(a.slow)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, name)
	if a.panics != nil {
		panic(a.panics)
	}
	return a.fail
}

func (a *actor) held(who consent.Institution, id consent.GrantID) error {
	if a.delay != nil {
		time.Sleep(a.delay(id)) // in a bubble of testing/synctest only
	}
	if id != a.grant.ID || who.ID != a.grant.Grant.Institution {
		return consent.ErrNotFound
	}
	return nil
}

func (a *actor) Release(_ context.Context, who consent.Institution, call vault.ReleaseCall) (*vault.Release, error) {
	if err := a.called("Release"); err != nil {
		return nil, err
	}
	if err := a.held(who, call.Grant); err != nil {
		return nil, err
	}
	released := a.released
	released.Grant, released.Proof = a.terms(), sampleProof()
	released.Released = map[consent.FieldName][]vault.Sourced{
		"identity.birth_date": {{Written: 1767225600123, Value: []byte(`"1990-04-02"`)}},
		"identity.name":       {{Writer: clinic.ID, Written: 1767225600123, Value: []byte(`[{"family":"Achieng"}]`)}},
	}
	released.Versions = map[consent.FieldName]uint64{"identity.birth_date": 1, "identity.name": 2}
	released.Withheld = []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonNoValue}}
	return released, nil
}

func (a *actor) terms() vault.Terms {
	g := a.grant.Grant
	return vault.Terms{ID: a.grant.ID, Purpose: g.Purpose, LegalBasis: g.LegalBasis, Expires: g.Expires, RetentionDays: g.RetentionDays, MaxReleases: g.MaxReleases, Used: 1}
}

func (a *actor) Write(_ context.Context, who consent.Institution, call vault.WriteCall) (*vault.Written, error) {
	if err := a.called("Write"); err != nil {
		return nil, err
	}
	if err := a.held(who, call.Grant); err != nil {
		return nil, err
	}
	written := &vault.Written{Grant: a.terms(), Proof: sampleProof()}
	for _, f := range a.grant.Grant.Fields {
		if _, there := call.Values[f]; there {
			written.Stored = append(written.Stored, consent.FieldVersion{Field: f, Version: 1})
			delete(call.Values, f)
		}
	}
	for f := range call.Values {
		written.Withheld = append(written.Withheld, consent.Withheld{Field: f, Reason: consent.ReasonNotInGrant})
	}
	return written, nil
}

func (a *actor) NoGrant(_ context.Context, who consent.Institution) error {
	return a.held(who, consent.GrantID{})
}

func (a *actor) Held(_ context.Context, who consent.Institution, id consent.GrantID) (vault.HeldGrant, error) {
	if err := a.called("Held"); err != nil {
		return vault.HeldGrant{}, err
	}
	return a.grant, a.held(who, id)
}

func (a *actor) GrantsHeld(_ context.Context, _ consent.Institution, cursor string, _ int) ([]vault.HeldGrant, string, error) {
	if cursor != "" {
		return nil, "", a.called("GrantsHeld")
	}
	return []vault.HeldGrant{a.grant}, "place", a.called("GrantsHeld")
}

func (a *actor) CreateRequest(_ context.Context, who consent.Institution, r consent.Request, _ string) (consent.RequestID, error) {
	r.Salt = a.request.Salt
	a.request = r
	return r.ID(), a.called("CreateRequest")
}

func (a *actor) Request(_ context.Context, id consent.RequestID) (*consent.Request, vault.RequestStatus, error) {
	if err := a.called("Request"); err != nil {
		return nil, vault.RequestStatus{}, err
	}
	if id != a.request.ID() {
		return nil, vault.RequestStatus{}, consent.ErrNotFound
	}
	return &a.request, vault.RequestStatus{Status: consent.StatusGiven, Grant: a.grant.ID, Answered: 1780315200}, nil
}

func (a *actor) RequestOf(ctx context.Context, who consent.Institution, id consent.RequestID) (vault.AskedRequest, error) {
	r, status, err := a.Request(ctx, id)
	if err != nil || r.Institution != who.ID {
		return vault.AskedRequest{}, errors.Join(err, consent.ErrNotFound)
	}
	return vault.AskedRequest{ID: id, Request: *r, RequestStatus: status}, nil
}

func (a *actor) RequestsOf(context.Context, consent.Institution, string, int) ([]vault.AskedRequest, string, error) {
	return []vault.AskedRequest{{ID: a.request.ID(), Request: a.request, RequestStatus: vault.RequestStatus{Status: consent.StatusRequested}}}, "", a.called("RequestsOf")
}

func (a *actor) Grant(_ context.Context, s vault.SignedGrant) (vault.GrantReceipt, error) {
	return vault.GrantReceipt{ID: s.Grant.ID(), Status: consent.StatusRequested, Expires: s.Grant.Expires, Proof: sampleProof()}, a.called("Grant")
}

func (a *actor) Refuse(context.Context, consent.Refusal, consent.Signature) error {
	return a.called("Refuse")
}

func (a *actor) Withdraw(_ context.Context, id consent.GrantID, _ consent.Signature) (vault.WithdrawReceipt, error) {
	return vault.WithdrawReceipt{ID: id, Status: consent.StatusWithdrawn, Time: 1780315200, Relayed: true}, a.called("Withdraw")
}

func (a *actor) StateFacts(context.Context, consent.PolicyFactsStatement, consent.Signature) error {
	return a.called("StateFacts")
}

func (a *actor) Enrol(context.Context, vault.EnrolCall) error { return a.called("Enrol") }

func (a *actor) SessionKey(_ context.Context, id consent.IdentityID) (consent.Address, error) {
	key, known := a.keys[id]
	if !known {
		return key, consent.ErrUnknownIdentity
	}
	return key, nil
}

func (a *actor) GrantsOf(context.Context, consent.IdentityID, string, int) ([]vault.OwnGrant, string, error) {
	return []vault.OwnGrant{{ID: a.grant.ID, Grant: a.grant.Grant, Status: consent.StatusGiven, Used: 1, Given: 1780315000}}, "", a.called("GrantsOf")
}

func (a *actor) History(_ context.Context, id consent.IdentityID, after uint64, limit int) ([]vault.HistoryItem, error) {
	var items []vault.HistoryItem
	for n := after + 1; n <= 3 && len(items) < limit; n++ {
		items = append(items, vault.HistoryItem{
			Index:    40 + n,
			Shared:   consent.SharedPart{Version: 1, Kind: consent.EntryAuthorised, Institution: clinic.ID, Grant: a.grant.ID, Action: consent.Read, Fields: []consent.FieldVersion{{Field: "identity.name", Version: 2}}},
			Personal: consent.PersonalPart{Version: 1, Kind: consent.EntryAuthorised, Identity: id, Sequence: n, Time: 1780315200000},
			Leaf:     []byte("leaf"), PersonalOpening: consent.Opening{Plaintext: []byte("personal")},
		})
	}
	return items, a.called("History")
}

func (a *actor) Complete(_ context.Context, id consent.IdentityID) (consent.Completeness, error) {
	return consent.Completeness{Origin: "vault.example/log", Size: 42, Identity: id, Sequence: 3, Last: consent.Digest{3}, Time: 1780315200000}, a.called("Complete")
}

func sampleProof() consent.Proof {
	return consent.Proof{
		Promise: consent.Promise{Origin: "vault.example/log", Index: 41, LeafHash: sha256.Sum256([]byte("leaf")), MaxDelay: 2000},
		Leaf:    []byte("leaf"), Shared: consent.Opening{Plaintext: []byte("shared")},
		Checkpoint: []byte("vault.example/log\n42\nnOPNqhCn0Cs0Z6Cno+JXKHhMTc0ZrtDQhDcUdJkWbM8=\n\n\u2014 vault.example/log AAAA\n"),
	}
}
