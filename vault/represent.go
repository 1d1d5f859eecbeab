package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// mayRepresent checks what a statement says beyond its signature. The vault knows no birth
// date and opens none: the policy's age bounds how far the stated day may be.
func (g *Gate) mayRepresent(ctx context.Context, at moment, person *subject, r *consent.Represent) error {
	if r.Representative == r.Identity {
		return termError("representative: nobody represents themselves")
	}
	if r.Until%consent.Day != 0 || r.Until <= at.seconds() {
		return termError("until: want a whole day that is to come")
	}
	if err := g.notBeyondMajority(person, r.Time, r.Until); err != nil {
		return err
	}
	_, _, err := g.ledger.RootKey(ctx, r.Representative, 0)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		return termError("representative: not on the ledger")
	}
	if err != nil {
		return unavailable("ledger", err)
	}
	return nil
}

// notBeyondMajority refuses an end that nobody's age can explain, by the age at which the policy in
// force has a person decide alone where their data is.
func (g *Gate) notBeyondMajority(person *subject, stated, until uint64) error {
	catalog := g.decider.Catalog()
	if catalog == nil {
		return unavailable("policy", errors.New("no bundle is in force"))
	}
	years, known := catalog.Majority(person.head.Region)
	if !known {
		return termError("until: the policy has no age for this jurisdiction")
	}
	if until > stated+uint64(years)*366*consent.Day {
		return termError("until: later than the age at which a person decides alone")
	}
	return nil
}

// RepresentativeOf returns the statement in force of who gives for a person, also after its day; a zero representative
// where there is none, or where the person's root key was replaced since. consent.ErrUnknownIdentity, or what could not be established.
func (g *Gate) RepresentativeOf(ctx context.Context, id consent.IdentityID) (consent.Represent, error) {
	s, err := g.person(ctx, id)
	if err != nil {
		return consent.Represent{}, err
	}
	d, _, err := g.deputies(ctx, s)
	if err != nil || d.Stands.Representative == (consent.IdentityID{}) {
		return consent.Represent{}, err
	}
	key, _, err := g.ledger.RootKey(ctx, id, 0)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		key, err = s.head.RootKey, nil // head.check has derived the identity from it
	}
	if err != nil {
		return consent.Represent{}, unavailable("ledger", err)
	}
	r := g.represents(id, d.Stands)
	if handedOver := g.signed(r.StructHash(), d.Stands.Statement, key) != nil; handedOver {
		r = consent.Represent{}
	}
	return r, nil
}

func (g *Gate) represents(of consent.IdentityID, r storedRepresentation) consent.Represent {
	return consent.Represent{Identity: of, Representative: r.Representative, Vault: g.vault, Until: r.Until, Time: r.Stated}
}

// representedBy is binder for a representative: the statement in force names them and has not
// reached its day, and their own root key has bound the grant.
func (g *Gate) representedBy(ctx context.Context, begun time.Time, s *SignedGrant) (*subject, deputy, error) {
	at, err := g.now(ctx)
	if err != nil {
		return nil, deputy{}, err
	}
	if _, err := g.signer(ctx, begun, s.Representative, s.Binding.RepresentedHash(s.Representative), s.BindingSignature); err != nil {
		return nil, deputy{}, err
	}
	person, d, err := g.assisted(ctx, s.Binding.Identity)
	if err != nil && !errors.Is(err, consent.ErrUnknownIdentity) {
		return nil, deputy{}, err
	}
	if err != nil || d.Stands.Representative != s.Representative {
		evenly(ctx, begun)
		return nil, deputy{}, consent.ErrSignature
	}
	r := d.Stands
	if _, err := g.signer(ctx, begun, s.Binding.Identity, g.represents(s.Binding.Identity, r).StructHash(), r.Statement); err != nil {
		return nil, deputy{}, err // the key was rotated since: handed over
	}
	if at.seconds() >= r.Until || s.Grant.Expires > r.Until {
		return nil, deputy{}, termError("expires: after the representation ends")
	}
	return person, deputy{stands: &r}, g.notBeyondMajority(person, r.Stated, r.Until)
}

// representativeKey is the representative's root key at the grant's block; zero where nobody
// stands for the person, or the ledger does not know who.
func (g *Gate) representativeKey(ctx context.Context, stands *storedRepresentation, block uint64) (consent.Address, error) {
	if stands == nil {
		return consent.Address{}, nil
	}
	key, _, err := g.ledger.RootKey(ctx, stands.Representative, block)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		return consent.Address{}, nil
	}
	if err != nil {
		return consent.Address{}, unavailable("ledger", err)
	}
	return key, nil
}
