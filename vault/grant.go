package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Grant takes a person's yes: it verifies everything, stores the documents, relays
// the act and only then answers the request, which is what makes the grant count. A
// crash before that leaves nothing that counts; the same grant again gets the first
// answer. It returns consent.ErrGrant or consent.ErrSignature for documents that do
// not hold, ErrAnswered, consent.ErrConflict for a salt or key used before,
// consent.ErrUnknownIdentity or consent.ErrFrozen to who has signed as the identity, ErrAssistOver,
// consent.ErrNotFound for an unknown request, a *Denial where rules or policy would
// deny it, consent.ErrBudget, or what could not be established.
func (g *Gate) Grant(ctx context.Context, s SignedGrant) (GrantReceipt, error) {
	begun := time.Now()
	id := s.Grant.ID()
	if err := s.check(id); err != nil {
		return GrantReceipt{}, err
	}
	r, err := g.answerable(ctx, &s.Grant)
	if err != nil {
		return GrantReceipt{}, err
	}
	person, by, err := g.binder(ctx, begun, &s)
	if err != nil {
		return GrantReceipt{}, err
	}
	if !s.Binding.Opens(&s.Grant) {
		return GrantReceipt{}, termError("salt: not made for this identity")
	}
	if err := g.signed(s.Act.StructHash(), s.ActSignature, s.Grant.GrantKey); err != nil {
		return GrantReceipt{}, err
	}
	unlock, err := g.keyLocks.lock(ctx, string(s.Grant.Request[:]))
	if err != nil {
		return GrantReceipt{}, err
	}
	defer unlock()
	earlier, err := g.answer(ctx, s.Grant.Request)
	if err == nil {
		return g.answered(ctx, id, earlier)
	}
	if !errors.Is(err, ErrAbsent) {
		return GrantReceipt{}, err
	}
	return g.accept(ctx, person, id, r, &s, by)
}

// check is what the documents say of themselves.
func (s *SignedGrant) check(id consent.GrantID) error {
	if err := s.Grant.Validate(); err != nil {
		return err
	}
	switch {
	case s.Act.ID != id, s.Binding.Grant != id:
		return termError("id: not of this grant")
	case s.Act.Expiry != s.Grant.ActExpiry():
		return termError("expiry: not the grant's")
	}
	return nil
}

// answerable is the request that a grant answers and does not go beyond; nil of a bearer's,
// which answers none and may not take the place of one.
func (g *Gate) answerable(ctx context.Context, grant *consent.Grant) (*storedRequest, error) {
	r, err := g.request(ctx, grant.Request)
	if grant.Audience == consent.AudienceBearer {
		if err == nil {
			err = termError("request: an institution's")
		}
		if errors.Is(err, consent.ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return r, r.Request.Covers(grant.Request, grant)
}

// answered is the receipt of a grant that was accepted before, or ErrAnswered.
func (g *Gate) answered(ctx context.Context, id consent.GrantID, a *answer) (GrantReceipt, error) {
	if a.Kind != answerGiven || a.Grant != id {
		return GrantReceipt{}, ErrAnswered
	}
	l, err := g.loadGrant(ctx, id)
	if err != nil {
		return GrantReceipt{}, unavailable("grant", err)
	}
	status, err := g.status(ctx, l, g.nowAnyway(ctx))
	return GrantReceipt{ID: id, Status: status, Expires: l.Grant.Expires, Proof: a.Proof.proof()}, err
}

// accept checks what depends on now, then stores in the order that a crash allows.
func (g *Gate) accept(ctx context.Context, person *subject, id consent.GrantID, r *storedRequest, s *SignedGrant, by deputy) (GrantReceipt, error) {
	at, institution, err := g.recipient(ctx, &s.Grant)
	if err != nil {
		return GrantReceipt{}, err
	}
	if err := timely(at.seconds(), r, s); err != nil {
		return GrantReceipt{}, err
	}
	stored := &storedGrant{
		Version: objectVersion, Grant: s.Grant, Deadline: s.Act.Deadline, ActSignature: s.ActSignature,
		Identity: s.Binding.Identity, BindingTime: s.Binding.Time, BindingSignature: s.BindingSignature, BindingOpening: s.Binding.Opening, Region: person.head.Region,
		deputy: by,
	}
	a := &attempt{gate: g, at: at, who: institution, id: id, subject: person, grant: &loadedGrant{storedGrant: stored, id: id}}
	if a.facts, err = person.facts(); err != nil {
		return GrantReceipt{}, err
	}
	if err := g.foresee(ctx, a); err != nil {
		return GrantReceipt{}, err
	}
	if err := g.affords(ctx, stored.relayed(id)); err != nil {
		return GrantReceipt{}, err
	}
	var helper consent.Institution
	if by.help != nil {
		if helper, err = a.mayHelp(ctx, by.help); err != nil {
			return GrantReceipt{}, err
		}
	}
	if err := g.claimOnce(ctx, id, &s.Grant); err != nil {
		return GrantReceipt{}, err
	}
	a.action, a.permitted = s.Grant.Actions, nil
	if by.help != nil {
		if err := a.assistedBy(ctx, helper); err != nil {
			return GrantReceipt{}, err
		}
	}
	proof, err := a.append(ctx, consent.EntryGranted, nil, nil)
	if err != nil {
		return GrantReceipt{}, err
	}
	receipt, err := g.conclude(ctx, id, stored, &answer{
		Version: objectVersion, Kind: answerGiven, Grant: id, Person: personOf(s.Binding.Identity, s.Grant.Request), Time: at.seconds(), Proof: keepProof(proof),
	})
	if err != nil {
		a.late(ctx, consent.EntryAborted, nil)
	}
	return receipt, err
}

// recipient is the time, and the institution that a grant names as the ledger has it now; a
// bearer's names none.
func (g *Gate) recipient(ctx context.Context, grant *consent.Grant) (moment, consent.Institution, error) {
	if grant.Audience == consent.AudienceBearer {
		at, err := g.fresh(ctx)
		return at, consent.Institution{}, err
	}
	return g.standing(ctx, grant.Institution)
}

// claimOnce takes grant key and salt for this grant alone. Both are looked at before
// either is taken: a refused grant leaves nothing behind.
func (g *Gate) claimOnce(ctx context.Context, id consent.GrantID, grant *consent.Grant) error {
	for _, take := range []func(context.Context, string, []byte, [32]byte) error{g.claimable, g.claim} {
		for _, once := range []struct {
			kind  string
			value []byte
		}{{"grant key", grant.GrantKey[:]}, {"salt", grant.Salt[:]}} {
			err := take(ctx, once.kind, once.value, id)
			if errors.Is(err, ErrExists) {
				return ErrReused
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// conclude stores the grant, relays its act and answers the request, in this order.
func (g *Gate) conclude(ctx context.Context, id consent.GrantID, s *storedGrant, a *answer) (GrantReceipt, error) {
	if err := g.storeGrant(ctx, id, s); err != nil {
		return GrantReceipt{}, err
	}
	if err := g.relay(ctx, s.relayed(id)); err != nil {
		return GrantReceipt{}, err
	}
	return g.commitAnswer(ctx, s.Grant.Request, id, a)
}

// relayed is what goes to the ledger for the grant.
func (s *storedGrant) relayed(id consent.GrantID) consent.Act {
	return consent.Act{
		Kind: consent.ActGrant, Key: s.Grant.GrantKey, Grant: id, Expiry: s.Grant.ActExpiry(), Deadline: s.Deadline, Signature: s.ActSignature,
		For: s.Grant.Institution,
	}
}

// affords refuses what would not be relayed before anything of it is stored or written down.
func (g *Gate) affords(ctx context.Context, act consent.Act) error {
	return relayError(g.relayer.Affords(ctx, act))
}

// relay hands an act to the relayer; consent.ErrBudget where what may be spent on it is spent.
func (g *Gate) relay(ctx context.Context, act consent.Act) error {
	return relayError(g.relayer.Submit(ctx, act))
}

func relayError(err error) error {
	if err != nil && !errors.Is(err, consent.ErrBudget) {
		return unavailable("relayer", err)
	}
	return err
}

// timely refuses what came too late or lies about when.
func timely(now uint64, r *storedRequest, s *SignedGrant) error {
	switch {
	case r != nil && now > r.Request.AnswerBy:
		return termError("answerBy: passed")
	case r == nil && s.Grant.NotBefore > now+showAhead:
		return termError("notBefore: want at most an hour from now")
	case checkDeadline(s.Act.Deadline, now) != nil:
		return checkDeadline(s.Act.Deadline, now)
	case s.Grant.Expires <= now:
		return termError("expires: passed")
	case s.Binding.Time > now+enrolSkew:
		return termError("time: in the future")
	}
	return nil
}

// checkDeadline wants a whole day in the future: consent.ActDeadline says why.
func checkDeadline(deadline, now uint64) error {
	if deadline%consent.Day != 0 {
		return termError("deadline: want a whole day (a multiple of 86400 seconds)")
	}
	if deadline <= now {
		return termError("deadline: passed")
	}
	return nil
}

// storeGrant makes the grant object and its index entries durable. One that is there
// without an answer is a crash's, or another signature's under the same document; the
// latest one stands.
func (g *Gate) storeGrant(ctx context.Context, id consent.GrantID, stored *storedGrant) error {
	name := g.name(roomGrant, id[:])
	data, err := g.sealGrant(id, stored)
	if err != nil {
		return err
	}
	err = put(ctx, g.heads, name, data, "")
	if errors.Is(err, ErrExists) {
		old, tag, errGet := g.heads.Get(ctx, name)
		if errGet != nil {
			return unavailable("store", errGet)
		}
		there, errOpen := g.openGrant(id, old)
		if errOpen != nil || there.Identity != stored.Identity {
			return ErrReused
		}
		if err = put(ctx, g.heads, name, data, tag); errors.Is(err, ErrChanged) {
			err = consent.ErrConflict
		}
	}
	if err != nil {
		return err
	}
	if err := g.index(ctx, roomOwn, stored.Identity, id); err != nil {
		return err
	}
	if stored.Grant.Audience == consent.AudienceBearer {
		return nil // no institution holds it, owes a deletion for it, or is told of its end
	}
	if err := g.keepWatch(ctx, id, &stored.Grant); err != nil {
		return err
	}
	return g.index(ctx, roomHeld, stored.Grant.Institution, id)
}

// commitAnswer creates the answer; from here on the grant counts, once the ledger has it.
func (g *Gate) commitAnswer(ctx context.Context, request consent.RequestID, id consent.GrantID, a *answer) (GrantReceipt, error) {
	err := g.putObject(ctx, roomAnswer, g.name(roomAnswer, request[:]), a, "")
	if errors.Is(err, ErrExists) {
		if a, err = g.answer(ctx, request); err != nil {
			return GrantReceipt{}, unavailable("answer", err)
		}
	} else if err != nil {
		return GrantReceipt{}, err
	}
	return g.answered(ctx, id, a)
}

// status of a grant now, tombstone first. Requested: the ledger has not confirmed it;
// unknown: nothing can be said of it now.
func (g *Gate) status(ctx context.Context, l *loadedGrant, at moment) (consent.Status, error) {
	a := &attempt{gate: g, at: at, id: l.id, grant: l}
	var err error
	if a.subject, _, err = g.subject(ctx, l.Identity); err != nil && !errors.Is(err, ErrErased) {
		return "", err
	}
	reason, err := a.stands(ctx)
	if errors.Is(err, consent.ErrStaleView) || errors.Is(err, consent.ErrUnavailable) {
		return consent.StatusUnknown, nil
	}
	if err != nil {
		return "", err
	}
	switch reason {
	case "", consent.ReasonNotYet:
		return consent.StatusGiven, nil
	case consent.ReasonUnconfirmed:
		return consent.StatusRequested, nil
	case consent.ReasonExpired:
		return consent.StatusExpired, nil
	case consent.ReasonWithdrawn:
		return consent.StatusWithdrawn, nil
	case consent.ReasonRevoked:
		return consent.StatusRevoked, nil
	}
	return consent.StatusInvalidated, nil
}
