package wallet

import (
	"crypto/rand"
	"encoding/binary"
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

// Child is the identity of a child for whom this person gives: found again by whoever has the seed,
// and by nobody else; a child's seed tells nothing of its parent's.
func (w *Identity) Child(index uint32) *Identity {
	at := string(binary.BigEndian.AppendUint32(nil, index))
	child := &Identity{Seed: Seed{ikm: (*[32]byte)(w.Seed.derive(childSeedInfo+at, 32))}}
	copy(child.Salt[:], w.Seed.derive(childSaltInfo+at, len(child.Salt)))
	return child
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
	BindingSignature consent.Signature // by the root key, an assist key, or a representative's root key
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
	var opening consent.Salt
	_, _ = rand.Read(opening[:])
	return w.answer(domain, r, choice, opening, now)
}

func (w *Identity) answer(domain consent.Domain, r *consent.Request, choice Choice, opening consent.Salt, now time.Time) (*SignedGrant, error) {
	return w.giver(domain).answer(domain, r, choice, opening, now)
}

func (w *Identity) giver(domain consent.Domain) giver {
	return giver{identity: w.ID(), grantKey: w.Seed.Grant, bind: func(b consent.Binding) consent.Signature {
		return w.signAsRoot(domain, b.StructHash())
	}}
}

// giver is for whom a grant is made, and by which keys.
type giver struct {
	identity consent.IdentityID
	grantKey func(consent.Salt) *Key
	bind     func(consent.Binding) consent.Signature
}

func (w giver) answer(domain consent.Domain, r *consent.Request, choice Choice, opening consent.Salt, now time.Time) (*SignedGrant, error) {
	salt := consent.GrantSalt(w.identity, opening)
	key := w.grantKey(salt)
	g, err := newGrant(r, choice, salt, key.Address())
	if err != nil {
		return nil, err
	}
	at := unix(now)
	if at > r.AnswerBy || at >= g.Expires {
		return nil, ErrLate
	}
	return w.sign(domain, g, key, opening, at), nil
}

// sign makes the signatures of a grant that was made with the opening.
func (w giver) sign(domain consent.Domain, g *consent.Grant, key *Key, opening consent.Salt, at uint64) *SignedGrant {
	id, end := g.ID(), g.ActExpiry()
	s := &SignedGrant{
		Grant:   *g,
		Act:     consent.GrantAct{ID: id, Expiry: end, Deadline: min(consent.ActDeadline(at), end)},
		Binding: consent.Binding{Grant: id, Identity: w.identity, Opening: opening, Time: at},
	}
	s.ActSignature = key.Sign(domain.Digest(s.Act.StructHash()))
	s.BindingSignature = w.bind(s.Binding)
	s.Withdrawal = key.Sign(domain.Digest(consent.WithdrawHash(id)))
	return s
}

// newGrant makes the document. It begins when the request does, not now: a phone
// whose clock is ahead would otherwise give a consent that does not count yet.
func newGrant(r *consent.Request, choice Choice, salt consent.Salt, key consent.Address) (*consent.Grant, error) {
	g := &consent.Grant{
		Version: consent.Version, Audience: consent.AudienceInstitution, Institution: r.Institution, Request: r.ID(),
		Purpose: r.Purpose, LegalBasis: r.LegalBasis, Jurisdiction: r.Jurisdiction,
		Fields: slices.Sorted(slices.Values(choice.Fields)), Actions: choice.Actions, NotBefore: r.NotBefore, Expires: choice.Expires,
		MaxReleases: choice.MaxReleases, RetentionDays: choice.RetentionDays, NoticeLanguage: choice.Language,
		Representation: choice.Representation, Assistance: choice.Assistance,
		GrantKey: key, Salt: salt,
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

// WithdrawAll ends everything that the identity has given at the vault with this log origin.
func (w *Identity) WithdrawAll(domain consent.Domain, vault string, now time.Time) (consent.WithdrawAll, consent.Signature) {
	a := consent.WithdrawAll{Identity: w.ID(), Vault: vault, Time: unix(now)}
	return a, w.signAsRoot(domain, a.StructHash())
}

// Dispute says that since then somebody else may have had the seed; the zero time
// takes back what was said before.
func (w *Identity) Dispute(domain consent.Domain, vault string, since, now time.Time) (consent.Dispute, consent.Signature) {
	d := consent.Dispute{Identity: w.ID(), Vault: vault, Since: unix(since), Time: unix(now)}
	return d, w.signAsRoot(domain, d.StructHash())
}

// Erase destroys all that the vault with this log origin keeps of the identity. It is the
// same each time: keep it to itself, and send it again where an answer was lost.
func (w *Identity) Erase(domain consent.Domain, vault string) (consent.Erasure, consent.Signature) {
	e := consent.Erasure{Identity: w.ID(), Vault: vault}
	return e, w.signAsRoot(domain, e.StructHash())
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
