package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// assistPause is how long, in seconds, a helper's device that kept the key waits after a
// session: what it does is seen in between, and the key can be ended.
const assistPause = 300

// ErrAssistPause: another assist session was open a short while ago, or is. Wraps consent.ErrConflict.
var ErrAssistPause = fmt.Errorf("%w: an assist session is open, or was less than five minutes ago", consent.ErrConflict)

// ErrAssistOver: the assist session is over, or never was.
var ErrAssistOver = errors.New("the assist session is over")

// OpenAssist begins a helper's device's session, by a statement of the assist key in force
// whose own statement the current root key has signed. It returns consent.ErrSignature, also for
// an identity that is not here; then consent.ErrFrozen, consent.ErrGrant for an end that is not
// within ten minutes and for a request that is not here, ErrAssistPause, or what could not be established.
func (g *Gate) OpenAssist(ctx context.Context, st consent.AssistSession, sig consent.Signature) error {
	begun := time.Now()
	st.Vault = g.vault
	at, err := g.now(ctx)
	if err != nil {
		return err
	}
	if at.stale { // which root key is current cannot be told
		return consent.ErrStaleView
	}
	person, _, err := g.assistant(ctx, begun, st.Identity, st.StructHash(), sig)
	if err != nil {
		return err
	}
	if now := at.seconds(); st.Expires <= now || st.Expires-now > consent.AssistPeriod {
		return termError("expires: want a time within ten minutes")
	}
	if st.Request != (consent.RequestID{}) {
		if _, err := g.request(ctx, st.Request); errors.Is(err, consent.ErrNotFound) {
			return termError("request: not here")
		} else if err != nil {
			return err
		}
	}
	opened := assistSession{Nonce: st.Nonce, Begun: at.seconds(), Ends: st.Expires, Request: st.Request}
	d, _, err := g.deputies(ctx, person)
	if err != nil {
		return err
	}
	if err := d.mayOpen(opened.Begun); err != nil {
		return err
	}
	if err := g.note(ctx, at, person, consent.EntryAssistOpened); err != nil {
		return err
	}
	key := d.AssistKey
	return g.commitDeputies(ctx, person, func(d *deputies) error {
		if d.AssistKey != key {
			return consent.ErrSignature
		}
		if err := d.mayOpen(opened.Begun); err != nil {
			return err
		}
		d.Session = opened
		return nil
	})
}

// mayOpen: one session, then a pause.
func (d *deputies) mayOpen(now uint64) error {
	if d.Session.Ends != 0 && now < d.Session.Ends+assistPause {
		return ErrAssistPause
	}
	return nil
}

// assistant is the subject whose assist key in force has signed, while the statement that
// names the key is of the current root key. Whoever shows no such signature learns nothing, as with signer.
func (g *Gate) assistant(ctx context.Context, begun time.Time, identity consent.IdentityID, structHash [32]byte, sig consent.Signature) (*subject, *deputies, error) {
	s, d, err := g.assisted(ctx, identity)
	if err != nil && !errors.Is(err, consent.ErrUnknownIdentity) {
		return nil, nil, err
	}
	if err != nil || d.AssistKey == (consent.Address{}) || g.signed(structHash, sig, d.AssistKey) != nil {
		evenly(ctx, begun)
		return nil, nil, consent.ErrSignature
	}
	if _, err := g.signer(ctx, begun, identity, d.statement(identity, g.vault).StructHash(), d.Statement); err != nil {
		return nil, nil, err
	}
	return s, d, nil
}

func (g *Gate) assisted(ctx context.Context, identity consent.IdentityID) (*subject, *deputies, error) {
	s, err := g.person(ctx, identity)
	if err != nil {
		return nil, nil, err
	}
	d, _, err := g.deputies(ctx, s)
	return s, d, err
}

func (d *deputies) statement(identity consent.IdentityID, vault string) consent.AssistKey {
	return consent.AssistKey{Identity: identity, Vault: vault, Key: d.AssistKey, Time: d.Stated}
}

// AssistOpen says whether the session that was opened with this nonce is still open, by the
// vault's clock: its assist key, or ErrAssistOver.
func (g *Gate) AssistOpen(ctx context.Context, identity consent.IdentityID, nonce [32]byte) (consent.Address, error) {
	_, d, err := g.assisted(ctx, identity)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		return consent.Address{}, ErrAssistOver
	}
	if err != nil {
		return consent.Address{}, err
	}
	at, err := g.now(ctx)
	if err != nil {
		return consent.Address{}, err
	}
	return d.AssistKey, d.open(nonce, at.seconds())
}

func (d *deputies) open(nonce [32]byte, now uint64) error {
	s := &d.Session
	if d.AssistKey == (consent.Address{}) || s.Nonce != nonce || now < s.Begun || now >= s.Ends || now-s.Begun >= consent.AssistPeriod {
		return ErrAssistOver
	}
	return nil
}

// StandingGrant is all that a helper's device sees of a grant: what it takes to stop it.
type StandingGrant struct {
	ID          consent.GrantID
	Institution consent.InstitutionID
	Expires     uint64
}

// Standing lists what a person has given and has not ended, in no particular order; next is
// "" at the end. What the ledger cannot be asked about now is among it. As GrantsOf.
func (g *Gate) Standing(ctx context.Context, id consent.IdentityID, cursor string, limit int) (page []StandingGrant, next string, err error) {
	own, next, err := g.GrantsOf(ctx, id, cursor, limit)
	for i := range own {
		switch own[i].Status {
		case consent.StatusGiven, consent.StatusRequested, consent.StatusUnknown:
			page = append(page, StandingGrant{ID: own[i].ID, Institution: own[i].Grant.Institution, Expires: own[i].Grant.Expires})
		}
	}
	return page, next, err
}

// WithdrawAssisted stops one grant by the assist key, as Withdraw does by a person's. No
// session is needed: nothing holds up what stops. consent.ErrSignature, also for a grant that
// is not here or another's, consent.ErrGrant for a time that is not now's, or consent.ErrUnavailable.
func (g *Gate) WithdrawAssisted(ctx context.Context, w consent.AssistWithdraw, sig consent.Signature) (WithdrawReceipt, error) {
	begun := time.Now()
	w.Vault = g.vault
	if err := g.assistStops(ctx, w.Identity, w.StructHash(), w.Time, sig); err != nil {
		if errors.Is(err, consent.ErrSignature) {
			evenly(ctx, begun)
		}
		return WithdrawReceipt{}, err
	}
	l, err := g.loadGrant(ctx, w.ID)
	if errors.Is(err, consent.ErrNotFound) || err == nil && (l.Identity != w.Identity || l.Grant.ID() != w.ID) {
		evenly(ctx, begun)
		return WithdrawReceipt{}, consent.ErrSignature
	}
	if err != nil {
		return WithdrawReceipt{}, err
	}
	at := g.nowAnyway(ctx)
	if err := ofNow(w.Time, at.seconds()); err != nil {
		return WithdrawReceipt{}, err
	}
	return g.stop(ctx, at, l, tombstone{
		Version: objectVersion, Kind: tombWithdrawn, Time: at.seconds(), Signature: sig[:], Signer: signerAssist, Said: w.Time,
	})
}

// WithdrawAllAssisted stops everything by the assist key, as WithdrawAll does by the root key.
func (g *Gate) WithdrawAllAssisted(ctx context.Context, all consent.WithdrawAll, sig consent.Signature) ([]WithdrawReceipt, error) {
	begun := time.Now()
	all.Vault = g.vault
	if err := g.assistStops(ctx, all.Identity, all.AssistedHash(), all.Time, sig); err != nil {
		if errors.Is(err, consent.ErrSignature) {
			evenly(ctx, begun)
		}
		return nil, err
	}
	return g.stopEverything(ctx, all, sig, signerAssistAll, nil)
}

// assistStops checks the signature of a stop: of the assist key in force, or of the one before
// it where it was signed before the statement that replaced it.
func (g *Gate) assistStops(ctx context.Context, identity consent.IdentityID, structHash [32]byte, time uint64, sig consent.Signature) error {
	s, err := g.stopper(ctx, identity)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		return consent.ErrSignature
	}
	if err != nil {
		return err
	}
	d, _, err := g.deputies(ctx, s)
	if err != nil {
		return err
	}
	var nobody consent.Address
	if d.AssistKey != nobody && g.signed(structHash, sig, d.AssistKey) == nil {
		return nil
	}
	if d.Former != nobody && time <= d.Stated && g.signed(structHash, sig, d.Former) == nil {
		return nil
	}
	return consent.ErrSignature
}
