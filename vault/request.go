package vault

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// storedRequest is a request object, sealed under the heads' keyset, bound to its name.
type storedRequest struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Request consent.Request
	Created uint64
}

// Kinds of answers.
const (
	answerGiven   uint8 = 1
	answerRefused uint8 = 2
)

// answer is a request's one answer: created once. A grant counts only when its
// request's answer names it, which makes this object the commit of Grant.
type answer struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Kind    uint8
	Grant   consent.GrantID // zero for a refusal
	Person  consent.Digest  // keccak of the identity and the request: tells the same person's retry
	Time    uint64
	Proof   storedProof
}

// storedProof is the journal's proof, kept so that a retry gets the first answer.
type storedProof struct {
	_         struct{} `cbor:",toarray"`
	Origin    string
	Index     uint64
	LeafHash  consent.Digest
	MaxDelay  uint32
	Signature [64]byte
	Leaf      []byte
	Salt      consent.Salt
	Plaintext []byte
}

func keepProof(p consent.Proof) storedProof {
	return storedProof{
		Origin: p.Promise.Origin, Index: p.Promise.Index, LeafHash: p.Promise.LeafHash, MaxDelay: p.Promise.MaxDelay,
		Signature: p.Promise.Signature, Leaf: p.Leaf, Salt: p.Shared.Salt, Plaintext: p.Shared.Plaintext,
	}
}

func (s *storedProof) proof() consent.Proof {
	return consent.Proof{
		Promise: consent.Promise{Origin: s.Origin, Index: s.Index, LeafHash: s.LeafHash, MaxDelay: s.MaxDelay, Signature: s.Signature},
		Leaf:    s.Leaf, Shared: consent.Opening{Salt: s.Salt, Plaintext: s.Plaintext},
	}
}

// answer reads a request's answer; ErrAbsent while there is none.
func (g *Gate) answer(ctx context.Context, id consent.RequestID) (*answer, error) {
	a, _, err := getObject[answer](ctx, g, roomAnswer, g.name(roomAnswer, id[:]))
	return a, err
}

func personOf(identity consent.IdentityID, request consent.RequestID) consent.Digest {
	return consent.Keccak256([]byte("wrappy answer person v1"), identity[:], request[:])
}

// CreateRequest stores what an institution asks and returns its id. A zero
// Institution, Version and Salt are filled in. It returns consent.ErrGrant for a
// document that is not acceptable, a *Denial where policy would not permit it all,
// ErrIdempotencyReuse, or what could not be established.
func (g *Gate) CreateRequest(ctx context.Context, who consent.Institution, r consent.Request, idempotencyKey string) (id consent.RequestID, err error) {
	if err := checkKey(idempotencyKey); err != nil {
		return id, err
	}
	digest, err := callDigest([]any{opRequest, r})
	if err != nil {
		return id, err
	}
	name := g.idempotent(who.ID, opRequest, idempotencyKey)
	end, err := g.inTurn(ctx, name)
	if err != nil {
		return id, err
	}
	defer end()
	if r.Salt == (consent.Salt{}) {
		r.Salt = g.requestSalt(name, digest)
	}
	if err := fillRequest(&r, who.ID); err != nil {
		return id, err
	}
	at, institution, err := g.standing(ctx, who.ID)
	if err != nil {
		return id, err
	}
	if m, err := g.recall(ctx, name, digest); err != nil || m != nil {
		if err == nil {
			id = m.Request
		}
		return id, err
	}
	if reason := unfit(&institution, at.seconds()); reason != "" {
		return id, g.unheard(ctx, who.ID, reason)
	}
	if err := g.acceptable(ctx, at, institution, &r); err != nil {
		return id, err
	}
	return g.storeRequest(ctx, at, name, digest, &r)
}

// unheard denies an institution that nobody vouches for, before any person is
// concerned. It is noted as a probe and not as an entry: whoever may register could
// fill the journal.
func (g *Gate) unheard(ctx context.Context, who consent.InstitutionID, reason consent.Reason) error {
	if err := g.journal.Probe(ctx, who, consent.GrantID{}); err != nil {
		return unavailable("journal", err)
	}
	return &Denial{Reasons: []consent.Reason{reason}}
}

// termError names a term of a document that is not acceptable.
func termError(term string) error { return fmt.Errorf("%w: %s", consent.ErrGrant, term) }

func fillRequest(r *consent.Request, who consent.InstitutionID) error {
	if r.Institution == (consent.InstitutionID{}) {
		r.Institution = who
	}
	if r.Institution != who {
		return termError("institution: not your own")
	}
	if r.Version == 0 {
		r.Version = consent.Version
	}
	return r.Validate()
}

// requestSalt is random, or, under an Idempotency-Key, the same for the same call: what a
// call has left that failed before its memo was written is then found by its retry.
func (g *Gate) requestSalt(name string, call [32]byte) (salt consent.Salt) {
	if name == "" {
		_, _ = rand.Read(salt[:])
		return salt
	}
	mac := hmac.New(sha256.New, g.headNames)
	_, _ = mac.Write([]byte("wrappy request salt v1"))
	_, _ = mac.Write([]byte(name))
	_, _ = mac.Write(call[:])
	return consent.Salt(mac.Sum(nil))
}

// standing is the time and the institution as the ledger has it now.
func (g *Gate) standing(ctx context.Context, who consent.InstitutionID) (moment, consent.Institution, error) {
	at, err := g.fresh(ctx)
	if err != nil {
		return moment{}, consent.Institution{}, err
	}
	institution, err := g.ledger.Institution(ctx, who)
	if err != nil && !errors.Is(err, consent.ErrUnknownInstitution) {
		err = unavailable("ledger", err)
	}
	return at, institution, err
}

// fresh is the time by a view that is not too old.
func (g *Gate) fresh(ctx context.Context) (moment, error) {
	at, err := g.now(ctx)
	if err == nil && at.stale {
		err = consent.ErrStaleView
	}
	return at, err
}

// acceptable asks rules and policy what they would say to a grant of all that is
// asked, so that nobody is shown what cannot be.
func (g *Gate) acceptable(ctx context.Context, at moment, who consent.Institution, r *consent.Request) error {
	switch now := at.seconds(); {
	case r.AnswerBy <= now:
		return termError("answerBy: passed")
	case r.AnswerBy > r.Expires:
		return termError("expires: want a time after answerBy")
	}
	return g.foresee(ctx, &attempt{at: at, who: who, grant: asIfGranted(r)})
}

// Foreseen is what rules and policy would say now to a grant of all that a request asks for,
// with no fact about a person.
type Foreseen struct {
	Reasons  []consent.Reason
	Withheld []consent.Withheld
}

// Foreseen decides on trial. Nothing is written down: nobody has given or got anything.
func (g *Gate) Foreseen(ctx context.Context, r *consent.Request) (f Foreseen, err error) {
	at, who, err := g.standing(ctx, r.Institution)
	if err != nil {
		return f, err
	}
	whole := asIfGranted(r)
	for _, action := range []consent.Actions{consent.Read, consent.Write} {
		if !r.Actions.Has(action) {
			continue
		}
		a := &attempt{gate: g, at: at, who: who, grant: whole, action: action, asked: r.Fields}
		reasons, err := a.ask(ctx)
		if err != nil {
			return Foreseen{}, err
		}
		f.Reasons = append(f.Reasons, reasons...)
		f.Withheld = append(f.Withheld, a.withheld...)
	}
	f.Reasons = toldReasons(f.Reasons)
	slices.SortFunc(f.Withheld, func(x, y consent.Withheld) int {
		return strings.Compare(string(x.Field)+"\x00"+string(x.Reason), string(y.Field)+"\x00"+string(y.Reason))
	})
	f.Withheld = slices.Compact(toldWithheld(f.Withheld))
	return f, nil
}

// asIfGranted is a grant of all that is asked.
func asIfGranted(r *consent.Request) *loadedGrant {
	return &loadedGrant{storedGrant: &storedGrant{Grant: consent.Grant{
		Version: consent.Version, Institution: r.Institution, Purpose: r.Purpose, LegalBasis: r.LegalBasis, Jurisdiction: r.Jurisdiction,
		Fields: r.Fields, Actions: r.Actions, NotBefore: r.NotBefore, Expires: r.Expires, MaxReleases: r.MaxReleases, RetentionDays: r.RetentionDays,
	}}}
}

// foresee is what rules and policy say of a grant before there is one: nil, or the
// *Denial that it would meet now, journalled.
func (g *Gate) foresee(ctx context.Context, a *attempt) error {
	a.gate = g
	terms := &a.grant.Grant
	for _, action := range []consent.Actions{consent.Read, consent.Write} {
		if !terms.Actions.Has(action) {
			continue
		}
		a.action, a.asked, a.permitted, a.withheld = action, terms.Fields, nil, nil
		reasons, err := a.ask(ctx)
		if err != nil {
			return err
		}
		if len(reasons) > 0 || len(a.withheld) > 0 {
			return a.deny(ctx, reasons...)
		}
	}
	return nil
}

func (g *Gate) storeRequest(ctx context.Context, at moment, memoName string, digest [32]byte, r *consent.Request) (consent.RequestID, error) {
	id := r.ID()
	name := g.name(roomRequest, id[:])
	err := g.putObject(ctx, roomRequest, name, storedRequest{Version: objectVersion, Request: *r, Created: at.seconds()}, "")
	if err != nil && !errors.Is(err, ErrExists) { // the same content under the same salt: the same request
		return id, err
	}
	if err := g.index(ctx, roomAsked, r.Institution, id); err != nil {
		return id, err
	}
	return id, g.remember(ctx, memoName, &memo{Call: digest, Time: at.milli, Request: id})
}

// Request returns a request by its unguessable id, and what has become of it.
// consent.ErrNotFound where there is none.
func (g *Gate) Request(ctx context.Context, id consent.RequestID) (*consent.Request, RequestStatus, error) {
	r, err := g.request(ctx, id)
	if err != nil {
		return nil, RequestStatus{}, err
	}
	status, err := g.requestStatus(ctx, id, r)
	return &r.Request, status, err
}

// RequestOf is Request for the institution that asked. Any other is answered as by
// Release: consent.ErrNotFound, noted as a probe, and what has become of the request is
// not even looked at.
func (g *Gate) RequestOf(ctx context.Context, who consent.Institution, id consent.RequestID) (AskedRequest, error) {
	begun := time.Now()
	r, err := g.request(ctx, id)
	if errors.Is(err, consent.ErrNotFound) || err == nil && r.Request.Institution != who.ID {
		return AskedRequest{}, g.stranger(ctx, who.ID, consent.GrantID(id), begun)
	}
	if err != nil {
		return AskedRequest{}, err
	}
	return g.asked(ctx, id, r)
}

func (g *Gate) asked(ctx context.Context, id consent.RequestID, r *storedRequest) (AskedRequest, error) {
	status, err := g.requestStatus(ctx, id, r)
	if err != nil {
		return AskedRequest{}, err
	}
	return AskedRequest{ID: id, Request: r.Request, RequestStatus: status}, nil
}

// RequestsOf lists an institution's own requests in no particular order; next is ""
// at the end. ErrCall for a limit outside 1 to 200 or a strange cursor.
func (g *Gate) RequestsOf(ctx context.Context, who consent.Institution, cursor string, limit int) (page []AskedRequest, next string, err error) {
	ids, next, err := g.list(ctx, roomAsked, who.ID, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	for _, id := range ids {
		r, err := g.request(ctx, id)
		if errors.Is(err, consent.ErrNotFound) || err == nil && r.Request.Institution != who.ID {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		asked, err := g.asked(ctx, id, r)
		if err != nil {
			return nil, "", err
		}
		page = append(page, asked)
	}
	return page, next, nil
}

func (g *Gate) request(ctx context.Context, id consent.RequestID) (*storedRequest, error) {
	r, _, err := getObject[storedRequest](ctx, g, roomRequest, g.name(roomRequest, id[:]))
	if errors.Is(err, ErrAbsent) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if r.Version != objectVersion || r.Request.Validate() != nil || r.Request.ID() != id {
		return nil, unavailable("request", errDamaged)
	}
	return r, nil
}

func (g *Gate) requestStatus(ctx context.Context, id consent.RequestID, r *storedRequest) (RequestStatus, error) {
	at := g.nowAnyway(ctx)
	a, err := g.answer(ctx, id)
	if errors.Is(err, ErrAbsent) {
		if at.seconds() > r.Request.AnswerBy {
			return RequestStatus{Status: consent.StatusExpired}, nil
		}
		return RequestStatus{Status: consent.StatusRequested}, nil
	}
	if err != nil {
		return RequestStatus{}, err
	}
	if a.Kind == answerRefused {
		return RequestStatus{Status: consent.StatusRefused, Answered: a.Time}, nil
	}
	status := RequestStatus{Status: consent.StatusGiven, Grant: a.Grant, Answered: a.Time}
	l, err := g.loadGrant(ctx, a.Grant)
	if err != nil {
		return RequestStatus{}, unavailable("grant", err)
	}
	tomb, err := g.tombstone(ctx, a.Grant)
	if err != nil {
		return RequestStatus{}, err
	}
	if tomb != nil {
		status.Status = tomb.status()
	} else if at.seconds() >= l.Grant.Expires {
		status.Status = consent.StatusExpired
	}
	return status, nil
}
