package vault

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// A code on a person's screen: a release to whoever has its secret, docs/protocol/show.md.

const (
	showAhead     = 3600 // seconds from now at which the minutes of a code may begin
	showKnown     = 3600 // seconds after its end in which whoever has the code learns what became of it
	showDenials   = 32   // of one code that are written down: anybody who has seen it can send them
	leastShownKey = 32   // characters of an Idempotency-Key, which nobody must guess
)

// ShowCall uses a code.
type ShowCall struct {
	Secret         consent.ShowSecret
	IdempotencyKey string // at least 32 printable ASCII characters: with it the same call again counts nothing
	Turn           Turn   // nil: none is needed
}

// Shown is what leaves, and the vault's word for it. The caller sends it and then calls Done.
type Shown struct {
	*Release
	Statement []byte // consent.ShownStatement
	Signature [64]byte
}

// Show lets out what a bearer grant names to whoever has its secret, once. Beside those of
// Release it returns consent.ErrNotFound for a secret of no code and of one that ended more than
// an hour ago, on a grid of time.
func (g *Gate) Show(ctx context.Context, call ShowCall) (*Shown, error) {
	begun := time.Now()
	if len(call.IdempotencyKey) < leastShownKey {
		return nil, errCall("idempotency key: want at least 32 characters, at random")
	}
	shown, err := g.show(ctx, call)
	if errors.Is(err, consent.ErrNotFound) {
		evenly(ctx, begun)
	}
	return shown, err
}

func (g *Gate) show(ctx context.Context, call ShowCall) (*Shown, error) {
	given, err := g.answer(ctx, call.Secret.Request())
	if errors.Is(err, ErrAbsent) || err == nil && given.Kind != answerGiven {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if often, _ := g.refused.get(given.Grant); often >= showDenials {
		return nil, consent.ErrNotFound
	}
	digest, err := callDigest([]any{opShow, given.Grant})
	if err != nil {
		return nil, err
	}
	a, end, err := g.begin(ctx, consent.InstitutionID{}, underGrant{
		operation: opShow, grant: given.Grant, action: consent.Read, key: call.IdempotencyKey, digest: digest, turn: call.Turn, bearer: true,
	})
	if err != nil {
		return nil, g.countRefusal(given.Grant, err)
	}
	defer end()
	var released *Release
	if a.earlier != nil {
		released, err = a.redeliver(ctx, a.earlier)
	} else {
		released, err = a.release(ctx)
	}
	if err != nil {
		return nil, g.countRefusal(given.Grant, err)
	}
	shown, err := a.shown(released)
	if err != nil {
		released.Done(ctx, false)
	}
	return shown, err
}

func (g *Gate) countRefusal(id consent.GrantID, err error) error {
	if denial := (*Denial)(nil); errors.As(err, &denial) {
		often, _ := g.refused.get(id)
		g.refused.put(id, often+1)
	}
	return err
}

// borne is named for whoever has the secret of a code, which is nobody that the ledger knows.
func (g *Gate) borne(ctx context.Context, _ consent.InstitutionID, id consent.GrantID) (*attempt, error) {
	at, err := g.now(ctx)
	if err != nil {
		return nil, err
	}
	loaded, err := g.loadGrant(ctx, id)
	if errors.Is(err, consent.ErrNotFound) {
		return nil, consent.ErrNotFound // a damaged one is nobody's
	}
	if err != nil {
		return nil, err
	}
	if loaded.Grant.Audience != consent.AudienceBearer || at.seconds() >= loaded.Grant.Expires+showKnown {
		return nil, consent.ErrNotFound
	}
	a := &attempt{gate: g, at: at, id: id, grant: loaded}
	if err := a.whose(ctx); errors.Is(err, ErrLeft) {
		return nil, consent.ErrNotFound
	} else if err != nil {
		return nil, err
	}
	return a, nil
}

// shown signs what leaves.
func (a *attempt) shown(r *Release) (*Shown, error) {
	s := consent.ShownStatement{
		Format: consent.FormatShown, Vault: r.Proof.Promise.Origin, Entry: r.Proof.Promise.LeafHash, At: a.at.seconds(),
		Shown: make(map[consent.FieldName][]consent.ShownValue, len(r.Released)),
	}
	_, _ = rand.Read(s.Salt[:])
	for field, list := range r.Released {
		for _, v := range list {
			s.Shown[field] = append(s.Shown[field], shownValue(v))
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, unavailable("value", errDamaged)
	}
	signature, err := a.gate.journal.SignShown(text)
	if err != nil {
		return nil, unavailable("journal", err)
	}
	return &Shown{Release: r, Statement: text, Signature: signature}, nil
}

func shownValue(v Sourced) consent.ShownValue {
	value := consent.ShownValue{Value: v.Value, Writer: v.Writer, WrittenAt: v.Written / 1000, Signatures: make([]consent.ShownSignature, len(v.Signatures))}
	if v.Derived != nil {
		value.AsOf = v.Derived.AsOf
	}
	for i := range v.Signatures {
		s := &v.Signatures[i]
		value.Signatures[i] = consent.ShownSignature{Day: s.Day, GrantCommitment: s.Commitment, Key: slices.Clone(s.Key[:]), Signature: slices.Clone(s.Signature[:])}
	}
	return value
}
