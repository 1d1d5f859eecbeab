package vault

import (
	"context"

	"github.com/wrapious/wrappy/consent"
)

// StateFacts replaces a person's policy facts, by a statement of the current root
// key that is later than the one in force; the one in force again is no error. It
// returns consent.ErrGrant for a malformed statement, consent.ErrSignature (for an
// identity that is not here too, unless its own key on the ledger has signed:
// consent.ErrUnknownIdentity), consent.ErrFrozen, consent.ErrConflict for one that is not later, or what could not be established.
func (g *Gate) StateFacts(ctx context.Context, st consent.PolicyFactsStatement, sig consent.Signature) error {
	if err := checkFacts(&st.Facts); err != nil {
		return err
	}
	st.Vault = g.vault
	person, at, err := g.signedNow(ctx, st.Identity, st.StructHash(), sig)
	if err != nil {
		return err
	}
	if inForce, err := isInForce(person, &st); inForce || err != nil {
		return err
	}
	if err := ofNow(st.Time, at.seconds()); err != nil {
		return err
	}
	if st.Time <= person.head.FactsTime {
		return consent.ErrConflict
	}
	if err := g.note(ctx, at, person, consent.EntryFacts); err != nil {
		return err
	}
	plaintext, err := encoding.Marshal(&st.Facts)
	if err != nil {
		return err
	}
	return g.commit(ctx, st.Identity, func(s *subject, next *head) error {
		if st.Time <= next.FactsTime {
			return consent.ErrConflict
		}
		next.FactsTime = st.Time
		next.Facts, err = s.kek.SealFacts(plaintext, st.Identity)
		return err
	})
}

// FactsOf returns the facts in force and the time of their statement, 0 where none was
// made. consent.ErrUnknownIdentity, or consent.ErrUnavailable.
func (g *Gate) FactsOf(ctx context.Context, id consent.IdentityID) (consent.PolicyFacts, uint64, error) {
	s, err := g.person(ctx, id)
	if err != nil {
		return consent.PolicyFacts{}, 0, err
	}
	facts, err := s.facts()
	return facts, s.head.FactsTime, err
}

func checkFacts(f *consent.PolicyFacts) error {
	if len(f.NeverCountries) > 250 {
		return termError("neverCountries: more than 250")
	}
	for i, c := range f.NeverCountries {
		if consent.ValidateJurisdiction(c) != nil || i > 0 && f.NeverCountries[i-1] >= c {
			return termError("neverCountries: want ISO 3166-1 alpha-2, sorted, each once")
		}
	}
	return nil
}

func isInForce(s *subject, st *consent.PolicyFactsStatement) (bool, error) {
	if st.Time != s.head.FactsTime || len(s.head.Facts) == 0 {
		return false, nil
	}
	facts, err := s.facts()
	return err == nil && (consent.PolicyFactsStatement{Facts: facts}).StructHash() == (consent.PolicyFactsStatement{Facts: st.Facts}).StructHash(), err
}
