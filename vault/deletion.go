package vault

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

var (
	// ErrNothingReceived: nothing was released under the grant, so there is nothing to delete.
	ErrNothingReceived = fmt.Errorf("%w: nothing was released under this grant", consent.ErrConflict)
	// ErrDeletedTooEarly: something was released after the time that the statement speaks of.
	ErrDeletedTooEarly = fmt.Errorf("%w: something was released later than that", consent.ErrConflict)
)

// DeletionCall is an institution's attestation. Key is the one of the connection, whose
// institution the caller has looked up on the ledger.
type DeletionCall struct {
	Grant     consent.GrantID
	Through   uint64 // Unix milliseconds
	Key       consent.WriterKey
	Signature consent.WriterSignature
}

// Deletion is what is known of the data that an institution received under a grant.
type Deletion struct {
	Grant    consent.GrantID
	Received uint64 // Unix milliseconds: no release was written down later
	Due      uint64 // Unix seconds; 0 = deleted, as attested
	Overdue  bool
	Attested *AttestedDeletion // the latest; nil: none
}

// AttestedDeletion is a statement that anyone can check, by the key's hash on the ledger.
type AttestedDeletion struct {
	Statement consent.Deletion
	Key       consent.WriterKey
	Signature consent.WriterSignature
	Proof     consent.Proof // of the journal's entry
}

// AttestDeletion takes an institution's signed word that it has deleted what it received
// under a grant, also one that has ended, and while the institution is suspended. The same
// again, and one that says no more, is answered as the first. consent.ErrNotFound to whom the
// grant does not name, consent.ErrDeletionSignature, ErrCall, ErrNothingReceived,
// ErrDeletedTooEarly, or consent.ErrUnavailable.
func (g *Gate) AttestDeletion(ctx context.Context, who consent.Institution, call DeletionCall) (*Deletion, error) {
	a, err := g.named(ctx, who.ID, call.Grant)
	if err != nil {
		return nil, err
	}
	statement := g.statement(a.who.ID, call.Grant, call.Through)
	if err := consent.VerifyDeletion(&statement, call.Key, call.Signature); err != nil {
		return nil, err
	}
	if call.Through > a.at.milli+enrolSkew*1000 {
		return nil, errCall("through: in the future")
	}
	unlock, err := g.keyLocks.lock(ctx, string(call.Grant[:]))
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, _, err := g.receivedUnder(ctx, call.Grant)
	switch {
	case err != nil:
		return nil, err
	case r == nil:
		return nil, ErrNothingReceived
	case r.Due == 0:
		return g.deletionOf(a.who.ID, call.Grant, r, a.at), nil
	case call.Through < r.Through, a.at.milli <= r.Through: // replicas may release until then without a look
		return nil, ErrDeletedTooEarly
	}
	proof, err := a.append(ctx, consent.EntryDeleted, nil, nil)
	if err != nil {
		return nil, err
	}
	return a.close(ctx, call, proof)
}

// close commits an attestation, unless something was released since it was written down:
// then the entry stands, and speaks of less than is held.
func (a *attempt) close(ctx context.Context, call DeletionCall, proof consent.Proof) (*Deletion, error) {
	var closed *received
	late := false
	err := a.gate.changeReceived(ctx, a.who.ID, call.Grant, func(r *received) bool {
		if late = r.Through > call.Through || a.at.milli <= r.Through; late {
			return false
		}
		if closed = r; r.Due == 0 {
			return false // another replica was first
		}
		r.Due, r.Deletion = 0, []deletion{{Through: call.Through, Key: call.Key, Signature: call.Signature, Proof: keepProof(proof)}}
		return true
	})
	if err != nil {
		return nil, err
	}
	if late {
		return nil, ErrDeletedTooEarly
	}
	d := a.gate.deletionOf(a.who.ID, call.Grant, closed, a.at)
	if d.Attested == nil { // what was received a moment ago is not there now
		return nil, unavailable("store", errDamaged)
	}
	if sha256.Sum256(proof.Leaf) == sha256.Sum256(d.Attested.Proof.Leaf) {
		d.Attested.Proof = proof // with the checkpoint, which is not kept
	}
	return d, nil
}

func (g *Gate) statement(who consent.InstitutionID, id consent.GrantID, through uint64) consent.Deletion {
	return consent.Deletion{Origin: g.vault, Institution: who, Grant: id, Through: through}
}

func (g *Gate) deletionOf(who consent.InstitutionID, id consent.GrantID, r *received, at moment) *Deletion {
	d := &Deletion{Grant: id, Received: r.Through, Due: r.Due, Overdue: r.Due != 0 && r.Due <= at.seconds()}
	for _, one := range r.Deletion {
		d.Attested = &AttestedDeletion{Statement: g.statement(who, id, one.Through), Key: one.Key, Signature: one.Signature, Proof: one.Proof.proof()}
	}
	return d
}

// DeletionOf is what is known of one grant, for the institution that it names; nil where
// nothing was released. Anyone else is answered as by Release.
func (g *Gate) DeletionOf(ctx context.Context, who consent.Institution, id consent.GrantID) (*Deletion, error) {
	a, err := g.named(ctx, who.ID, id)
	if err != nil {
		return nil, err
	}
	r, _, err := g.receivedUnder(ctx, id)
	if err != nil || r == nil {
		return nil, err
	}
	return g.deletionOf(a.who.ID, id, r, a.at), nil
}

// Deletions lists what an institution has not attested, the earliest due first, of which only
// what is overdue where that is asked; next is "" at the end. ErrCall for a limit outside 1 to
// 200 or a strange cursor.
func (g *Gate) Deletions(ctx context.Context, who consent.Institution, overdue bool, cursor string, limit int) (page []Deletion, next string, err error) {
	if limit < 1 || limit > maxPage {
		return nil, "", errCall("limit: want 1 to 200")
	}
	at := g.nowAnyway(ctx)
	done := false
	next, err = g.eachDue(ctx, who.ID, cursor, at, func(id consent.GrantID, r *received) bool {
		d := g.deletionOf(who.ID, id, r, at)
		if done = overdue && !d.Overdue; done {
			return false
		}
		page = append(page, *d)
		return len(page) < limit
	})
	if err != nil {
		return nil, "", err
	}
	if done {
		next = ""
	}
	return page, next, nil
}

// deletion of a grant as its person sees it; nil where nothing was released.
func (g *Gate) ownDeletion(ctx context.Context, l *loadedGrant, at moment) (*Deletion, error) {
	r, _, err := g.receivedUnder(ctx, l.id)
	if err != nil || r == nil {
		return nil, err
	}
	return g.deletionOf(l.Grant.Institution, l.id, r, at), nil
}
