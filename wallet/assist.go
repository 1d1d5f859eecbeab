package wallet

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const (
	assistInfo        = "wrappy assist key v1\x00"         // and the time of the statement, 8 bytes
	assistedGrantInfo = "wrappy assisted grant key v1\x00" // and the grant's salt
)

// Assist is the assist key of the statement with this time, Unix seconds.
func (s Seed) Assist(stated uint64) *Key {
	return s.key(string(binary.BigEndian.AppendUint64([]byte(assistInfo), stated)))
}

// AssistKey states the key that helpers' devices may act by at the vault with this log
// origin: the one that the seed has for this time. It takes the place of the one before.
func (w *Identity) AssistKey(domain consent.Domain, vault string, now time.Time) (consent.AssistKey, consent.Signature) {
	a := consent.AssistKey{Identity: w.ID(), Vault: vault, Key: w.Seed.Assist(unix(now)).Address(), Time: unix(now)}
	return a, w.signAsRoot(domain, a.StructHash())
}

// EndAssistKey leaves helpers' devices no key.
func (w *Identity) EndAssistKey(domain consent.Domain, vault string, now time.Time) (consent.AssistKey, consent.Signature) {
	a := consent.AssistKey{Identity: w.ID(), Vault: vault, Time: unix(now)}
	return a, w.signAsRoot(domain, a.StructHash())
}

// Assistant is all that a helper's device holds of a person. The seed is never there.
type Assistant struct {
	Identity consent.IdentityID
	Key      *Key
}

// AssistantFromBytes reads what Bytes made; ErrSeed.
func AssistantFromBytes(b []byte) (*Assistant, error) {
	a := new(Assistant)
	if len(b) != 64 {
		return nil, ErrSeed
	}
	var err error
	a.Key, err = KeyFromBytes(b[copy(a.Identity[:], b):])
	return a, err
}

// Bytes is what lies on a card for a helper's device: identity, then the key, 32 bytes each.
func (a *Assistant) Bytes() crypto.Secret {
	return append(append(crypto.Secret{}, a.Identity[:]...), a.Key.Bytes()...)
}

// grantKey is that of the grant with this salt.
func (a *Assistant) grantKey(salt consent.Salt) *Key {
	return Seed{ikm: (*[32]byte)(a.Key.Bytes())}.key(assistedGrantInfo + string(salt[:]))
}

// OpenSession signs for a session that can answer one request, zero for none, until
// expires, at most ten minutes ahead.
func (a *Assistant) OpenSession(domain consent.Domain, vault, origin string, request consent.RequestID, nonce [32]byte, proofKey consent.Digest, expires time.Time) (consent.AssistSession, consent.Signature) {
	s := consent.AssistSession{Identity: a.Identity, Vault: vault, Origin: origin, Request: request, Nonce: nonce, ProofKey: proofKey, Expires: unix(expires)}
	return s, a.Key.Sign(domain.Digest(s.StructHash()))
}

// Answer gives consent with help, as Identity.Answer does without. What is made counts once
// the helping institution has signed for it.
func (a *Assistant) Answer(domain consent.Domain, r *consent.Request, choice Choice, now time.Time) (*SignedGrant, error) {
	var opening consent.Salt
	_, _ = rand.Read(opening[:])
	return a.answer(domain, r, choice, opening, now)
}

func (a *Assistant) answer(domain consent.Domain, r *consent.Request, choice Choice, opening consent.Salt, now time.Time) (*SignedGrant, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	choice.Assistance = consent.AssistanceAssisted
	return giver{identity: a.Identity, grantKey: a.grantKey, bind: func(b consent.Binding) consent.Signature {
		return a.Key.Sign(domain.Digest(b.AssistedHash()))
	}}.answer(domain, r, choice, opening, now)
}

// Withdraw ends one grant of the person at the vault with this log origin.
func (a *Assistant) Withdraw(domain consent.Domain, vault string, id consent.GrantID, now time.Time) (consent.AssistWithdraw, consent.Signature) {
	w := consent.AssistWithdraw{ID: id, Identity: a.Identity, Vault: vault, Time: unix(now)}
	return w, a.Key.Sign(domain.Digest(w.StructHash()))
}

// WithdrawAll ends everything that the person has given there.
func (a *Assistant) WithdrawAll(domain consent.Domain, vault string, now time.Time) (consent.WithdrawAll, consent.Signature) {
	w := consent.WithdrawAll{Identity: a.Identity, Vault: vault, Time: unix(now)}
	return w, a.Key.Sign(domain.Digest(w.AssistedHash()))
}

// Represent says who may give for this identity at the vault with this log origin, until a
// day: the one on which the person decides alone. The zero identity: nobody any more.
func (w *Identity) Represent(domain consent.Domain, vault string, representative consent.IdentityID, until, now time.Time) (consent.Represent, consent.Signature) {
	r := consent.Represent{Identity: w.ID(), Representative: representative, Vault: vault, Until: unix(until) / consent.Day * consent.Day, Time: unix(now)}
	return r, w.signAsRoot(domain, r.StructHash())
}

// AnswerFor gives consent for an identity that this one represents until a day. The grant ends
// by then.
func (w *Identity) AnswerFor(domain consent.Domain, represented consent.IdentityID, until uint64, r *consent.Request, choice Choice, now time.Time) (*SignedGrant, error) {
	var opening consent.Salt
	_, _ = rand.Read(opening[:])
	return w.answerFor(domain, represented, until, r, choice, opening, now)
}

func (w *Identity) answerFor(domain consent.Domain, represented consent.IdentityID, until uint64, r *consent.Request, choice Choice, opening consent.Salt, now time.Time) (*SignedGrant, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if represented == w.ID() {
		return nil, errors.New("nobody represents themselves")
	}
	choice.Representation = consent.RepresentationRepresentative
	if choice.Expires == 0 || choice.Expires > until {
		choice.Expires = min(r.Expires, until)
	}
	return giver{identity: represented, grantKey: w.Seed.Grant, bind: func(b consent.Binding) consent.Signature {
		return w.signAsRoot(domain, b.RepresentedHash(w.ID()))
	}}.answer(domain, r, choice, opening, now)
}
