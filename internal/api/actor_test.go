package api

import (
	"bytes"
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

	released  *vault.Release // a gate's own, to be filled
	corrected vault.CorrectCall
	stands    consent.IdentityID // who represents everybody
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
		"identity.name": {{Writer: clinic.ID, Written: 1767225600123, Value: []byte(`[{"family":"Achieng"}]`), Signatures: []vault.ItemSignature{{
			Day: 20454, Grant: consent.GrantID{1}, Salt: consent.Salt{2}, Commitment: consent.Digest{3}, Key: consent.WriterKey{4}, Signature: consent.WriterSignature{5},
		}}}},
	}
	released.Versions = map[consent.FieldName]uint64{"identity.birth_date": 1, "identity.name": 2}
	released.Withheld = []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonNoValue}}
	return released, nil
}

// theSecret is of the one code.
var theSecret = consent.ShowSecret{0x77}

func (a *actor) Show(ctx context.Context, call vault.ShowCall) (*vault.Shown, error) {
	if err := a.called("Show"); err != nil {
		return nil, err
	}
	if call.Secret != theSecret {
		return nil, consent.ErrNotFound
	}
	r, err := a.Release(ctx, clinic, vault.ReleaseCall{Grant: a.grant.ID})
	if err != nil {
		return nil, err
	}
	return &vault.Shown{Release: r, Statement: []byte(`{"format":"wrappy shown v1","shown":{}}`), Signature: [64]byte{8}}, nil
}

func (a *actor) Foreseen(context.Context, *consent.Request) (vault.Foreseen, error) {
	return vault.Foreseen{Withheld: []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonFieldKind}}}, a.called("Foreseen")
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

func (a *actor) AttestDeletion(_ context.Context, who consent.Institution, call vault.DeletionCall) (*vault.Deletion, error) {
	d := sampleDeletion(who.ID, call.Grant)
	d.Due, d.Overdue, d.Attested.Proof = 0, false, sampleProof()
	return d, a.called("AttestDeletion")
}

func (a *actor) DeletionOf(_ context.Context, who consent.Institution, id consent.GrantID) (*vault.Deletion, error) {
	return sampleDeletion(who.ID, id), a.called("DeletionOf")
}

func (a *actor) Deletions(_ context.Context, who consent.Institution, _ bool, cursor string, _ int) ([]vault.Deletion, string, error) {
	if cursor != "" && cursor != "place" {
		return nil, "", vault.ErrCall
	}
	return []vault.Deletion{*sampleDeletion(who.ID, a.grant.ID)}, "place", a.called("Deletions")
}

func (a *actor) ChangeNotices(_ context.Context, _ consent.Institution, after uint64, _ int, _ time.Duration) ([]consent.ChangeNotice, error) {
	return []consent.ChangeNotice{{Number: after + 1, Kind: consent.ChangeWithdrawn, Grant: a.grant.ID, Day: 1780272000}}, a.called("ChangeNotices")
}

func sampleDeletion(who consent.InstitutionID, id consent.GrantID) *vault.Deletion {
	return &vault.Deletion{Grant: id, Received: 1780315200123, Due: 1782950400, Overdue: true, Attested: &vault.AttestedDeletion{
		Statement: consent.Deletion{Origin: "vault.example/log", Institution: who, Grant: id, Through: 1780315100000},
	}}
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

func (a *actor) WithdrawAll(context.Context, consent.WithdrawAll, consent.Signature, map[consent.GrantID]consent.Signature) ([]vault.WithdrawReceipt, error) {
	return []vault.WithdrawReceipt{{ID: a.grant.ID, Status: consent.StatusWithdrawn, Time: 1780315200, Relayed: true}}, a.called("WithdrawAll")
}

func (a *actor) StateAssistKey(context.Context, consent.AssistKey, consent.Signature) error {
	return a.called("StateAssistKey")
}

func (a *actor) Represent(context.Context, consent.Represent, consent.Signature) error {
	return a.called("Represent")
}

func (a *actor) OpenAssist(context.Context, consent.AssistSession, consent.Signature) error {
	return a.called("OpenAssist")
}

func (a *actor) AssistOpen(_ context.Context, id consent.IdentityID, _ [32]byte) (consent.Address, error) {
	key, known := a.keys[id]
	if !known {
		return key, vault.ErrAssistOver
	}
	return key, nil
}

func (a *actor) Standing(context.Context, consent.IdentityID, string, int) ([]vault.StandingGrant, string, error) {
	return []vault.StandingGrant{{ID: a.grant.ID, Institution: clinic.ID, Expires: a.grant.Grant.Expires}}, "", a.called("Standing")
}

func (a *actor) WithdrawAssisted(_ context.Context, w consent.AssistWithdraw, _ consent.Signature) (vault.WithdrawReceipt, error) {
	return vault.WithdrawReceipt{ID: w.ID, Status: consent.StatusWithdrawn, Time: 1780315200}, a.called("WithdrawAssisted")
}

func (a *actor) WithdrawAllAssisted(context.Context, consent.WithdrawAll, consent.Signature) ([]vault.WithdrawReceipt, error) {
	return []vault.WithdrawReceipt{{ID: a.grant.ID, Status: consent.StatusWithdrawn, Time: 1780315200}}, a.called("WithdrawAllAssisted")
}

func (a *actor) Dispute(context.Context, consent.Dispute, consent.Signature) error {
	return a.called("Dispute")
}

func (a *actor) RepresentativeOf(_ context.Context, of consent.IdentityID) (consent.Represent, error) {
	return consent.Represent{Identity: of, Representative: a.stands, Until: 1798761600, Time: 1780315200}, a.called("RepresentativeOf")
}

func (a *actor) FactsOf(context.Context, consent.IdentityID) (consent.PolicyFacts, uint64, error) {
	return consent.PolicyFacts{Minor: true, NeverCountries: []string{"ER", "SD"}}, 1780315200, a.called("FactsOf")
}

func (a *actor) Correct(_ context.Context, call vault.CorrectCall) (*vault.Corrected, error) {
	a.corrected = call
	proof := sampleProof()
	return &vault.Corrected{Version: 3, Proof: &proof}, a.called("Correct")
}

func (a *actor) Erase(_ context.Context, e consent.Erasure, _ consent.Signature) (*vault.Erased, error) {
	r := &vault.Erased{Signature: [64]byte{7}, Proof: sampleProof(), Receipt: consent.ErasureReceipt{
		Version: 1, Origin: "vault.example/log", Identity: e.Identity, Time: 1780315200123, Index: 41, LeafHash: consent.Digest{4}, Ended: 1,
		Remains: consent.Remainders(), Copies: []consent.HeldCopy{{Institution: clinic.ID, First: 1780228800000, Last: 1780315100000, RetentionDays: 30}},
		BackupsUntil: 1790640000, CachedSeconds: 60,
	}}
	var err error
	r.Encoded, err = r.Receipt.Encode()
	return r, errors.Join(err, a.called("Erase"))
}

func (a *actor) MakeCard(context.Context, vault.CardCall) error { return a.called("MakeCard") }

func (a *actor) ResetCard(context.Context, consent.ResetCard, consent.Signature) error {
	return a.called("ResetCard")
}

func (a *actor) CardOf(context.Context, consent.IdentityID) (*vault.OwnCard, error) {
	return &vault.OwnCard{Made: 1780315200, Restore: 9, Assist: 10, HasAssist: true, Pickup: consent.Digest{5}, Asked: 1780315200, Ready: 1780488000, State: vault.RestorePending}, a.called("CardOf")
}

func (a *actor) CancelRestore(context.Context, consent.CancelRestore, consent.Signature) error {
	return a.called("CancelRestore")
}

func (a *actor) Evaluate(context.Context, consent.CardID, consent.CardKind, []byte) (*vault.Evaluated, error) {
	return &vault.Evaluated{Element: bytes.Repeat([]byte{7}, 32), Left: 9, Blob: []byte("blob")}, a.called("Evaluate")
}

func (a *actor) AskRestore(context.Context, consent.AskRestore, consent.Signature) (uint64, error) {
	return 1780488000, a.called("AskRestore")
}

func (a *actor) PickUp(context.Context, consent.CardID, [32]byte) ([]byte, error) {
	return []byte("blob"), a.called("PickUp")
}

func (a *actor) Window(context.Context) (vault.Window, error) {
	return vault.Window{BackupDays: 90, Cached: time.Minute, Ends: 1790640000}, a.called("Window")
}

func (a *actor) Export(context.Context, vault.ExportCall) (*vault.Exported, error) {
	return nil, errors.Join(a.called("Export"), consent.ErrUnavailable) // what it opens is a gate's own
}

func (a *actor) Import(context.Context, vault.ImportCall) (*vault.Imported, error) {
	return &vault.Imported{}, a.called("Import")
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
			Leaf:     []byte("leaf"), PersonalOpening: consent.Opening{Plaintext: []byte("personal")}, SharedOpening: consent.Opening{Plaintext: []byte("shared")},
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
