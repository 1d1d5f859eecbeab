package wallet

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Identity is a person's seed and what the identity id derives from besides it.
// Losing the salt loses the id, so it is kept with the seed.
type Identity struct {
	Seed         Seed
	RecoveryHash consent.Digest // zero while there are no recovery contacts
	Salt         consent.Salt
}

// NewIdentity makes a fresh seed and salt. It needs no network.
func NewIdentity() *Identity {
	w := &Identity{Seed: NewSeed()}
	_, _ = rand.Read(w.Salt[:])
	return w
}

// ID is the identity id, known to the person and the vault.
func (w *Identity) ID() consent.IdentityID {
	return consent.DeriveIdentity(w.Seed.Root().Address(), w.RecoveryHash, w.Salt)
}

func (w *Identity) signAsRoot(domain consent.Domain, structHash [32]byte) consent.Signature {
	return w.Seed.Root().Sign(domain.Digest(structHash))
}

// unix is the time in documents; before 1970 there were none.
func unix(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) }

// Register signs the identity for KeyRegistry, whose domain this is; deadline as
// consent.ActDeadline gives it.
func (w *Identity) Register(keyRegistry consent.Domain, deadline uint64) consent.Signature {
	return w.signAsRoot(keyRegistry, consent.RegisterHash(w.ID(), deadline))
}

// Enrol opens the subject at the vault with this log origin, under a jurisdiction's region key.
func (w *Identity) Enrol(domain consent.Domain, vault, jurisdiction string, now time.Time) (consent.Enrolment, consent.Signature) {
	e := consent.Enrolment{Identity: w.ID(), Vault: vault, SessionKey: w.Seed.Session().Address(), Jurisdiction: jurisdiction, Time: unix(now)}
	return e, w.signAsRoot(domain, e.StructHash())
}

// Choice is the person's answer to a request. Zero values mean: as asked; what
// goes beyond the request is refused.
type Choice struct {
	Fields         []consent.FieldName // any order
	Actions        consent.Actions
	Expires        uint64 // Unix seconds, rounded up to a whole day
	MaxReleases    uint32
	RetentionDays  uint32
	Language       string // of the notice that was shown; required
	Representation consent.Representation
	Assistance     consent.Assistance
}

// SignedGrant is a consent with its signatures.
type SignedGrant struct {
	Grant            consent.Grant
	Act              consent.GrantAct
	ActSignature     consent.Signature // by the grant key, for ConsentLedger
	Binding          consent.Binding
	BindingSignature consent.Signature // by the root key
	// Withdrawal is the grant key's Withdraw, pre-signed. It stays with the person
	// and is never sent along: whoever has it can end the grant.
	Withdrawal consent.Signature `json:"-"`
}

// ErrLate: the request takes no answer any more, or the chosen end has passed.
var ErrLate = errors.New("too late for this request")

// Answer gives consent. The request must be what its id says: compare r.ID() with
// the id that was shown before calling. consent.ErrGrant where the choice goes
// beyond the request, ErrLate where its time is over.
func (w *Identity) Answer(domain consent.Domain, r *consent.Request, choice Choice, now time.Time) (*SignedGrant, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	var salt consent.Salt
	_, _ = rand.Read(salt[:])
	return w.answer(domain, r, choice, salt, now)
}

func (w *Identity) answer(domain consent.Domain, r *consent.Request, choice Choice, salt consent.Salt, now time.Time) (*SignedGrant, error) {
	g, err := w.grant(r, choice, salt)
	if err != nil {
		return nil, err
	}
	at := unix(now)
	if at > r.AnswerBy || at >= g.Expires {
		return nil, ErrLate
	}
	id := g.ID()
	s := &SignedGrant{
		Grant:   *g,
		Act:     consent.GrantAct{ID: id, Expiry: g.Expires, Deadline: min(consent.ActDeadline(at), g.Expires)},
		Binding: consent.Binding{Grant: id, Identity: w.ID(), Time: at},
	}
	s.ActSignature = w.Seed.Grant(g.Salt).Sign(domain.Digest(s.Act.StructHash()))
	s.BindingSignature = w.signAsRoot(domain, s.Binding.StructHash())
	s.Withdrawal = w.Withdraw(domain, g)
	return s, nil
}

// grant makes the document. It begins when the request does, not now: a phone
// whose clock is ahead would otherwise give a consent that does not count yet.
func (w *Identity) grant(r *consent.Request, choice Choice, salt consent.Salt) (*consent.Grant, error) {
	g := &consent.Grant{
		Version: consent.Version, Audience: consent.AudienceInstitution, Institution: r.Institution, Request: r.ID(),
		Purpose: r.Purpose, LegalBasis: r.LegalBasis, Jurisdiction: r.Jurisdiction,
		Fields: slices.Sorted(slices.Values(choice.Fields)), Actions: choice.Actions, NotBefore: r.NotBefore, Expires: choice.Expires,
		MaxReleases: choice.MaxReleases, RetentionDays: choice.RetentionDays, NoticeLanguage: choice.Language,
		Representation: choice.Representation, Assistance: choice.Assistance,
		GrantKey: w.Seed.Grant(salt).Address(), Salt: salt,
	}
	if len(g.Fields) == 0 {
		g.Fields = slices.Clone(r.Fields)
	}
	if g.Actions == 0 {
		g.Actions = r.Actions
	}
	if g.Expires == 0 {
		g.Expires = r.Expires
	} else if g.Expires < r.Expires { // whose end is a whole day, so rounding up stays within it
		g.Expires += (consent.Day - g.Expires%consent.Day) % consent.Day
	}
	if g.MaxReleases == 0 {
		g.MaxReleases = r.MaxReleases
	}
	if g.RetentionDays == 0 {
		g.RetentionDays = r.RetentionDays
	}
	for _, n := range r.Notices {
		if n.Language == choice.Language {
			g.NoticeDigest = n.Digest()
		}
	}
	if err := r.Covers(g.Request, g); err != nil {
		return nil, err
	}
	return g, g.Validate()
}

// Withdraw ends a grant of this seed, by its grant key. It has no deadline.
func (w *Identity) Withdraw(domain consent.Domain, g *consent.Grant) consent.Signature {
	return w.Seed.Grant(g.Salt).Sign(domain.Digest(consent.WithdrawHash(g.ID())))
}

// WithdrawAsIdentity ends any grant of the identity at the vault, by the root key:
// for grants whose document or seed is lost.
func (w *Identity) WithdrawAsIdentity(domain consent.Domain, id consent.GrantID) consent.Signature {
	return w.signAsRoot(domain, consent.WithdrawAsIdentityHash(id, w.ID()))
}

// Refuse says no to a request.
func (w *Identity) Refuse(domain consent.Domain, request consent.RequestID, now time.Time) (consent.Refusal, consent.Signature) {
	r := consent.Refusal{Request: request, Identity: w.ID(), Time: unix(now)}
	return r, w.signAsRoot(domain, r.StructHash())
}

// StateFacts states the coarse facts that rules of the vault with this log origin may see. Countries are sorted and
// made unique; one that is no ISO 3166-1 alpha-2 code is an error.
func (w *Identity) StateFacts(domain consent.Domain, vault string, facts consent.PolicyFacts, now time.Time) (consent.PolicyFactsStatement, consent.Signature, error) {
	facts.NeverCountries = slices.Compact(slices.Sorted(slices.Values(facts.NeverCountries)))
	for _, country := range facts.NeverCountries {
		if err := consent.ValidateJurisdiction(country); err != nil {
			return consent.PolicyFactsStatement{}, consent.Signature{}, fmt.Errorf("never countries: %w", err)
		}
	}
	s := consent.PolicyFactsStatement{Identity: w.ID(), Vault: vault, Facts: facts, Time: unix(now)}
	return s, w.signAsRoot(domain, s.StructHash()), nil
}
