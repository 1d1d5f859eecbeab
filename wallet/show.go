package wallet

import (
	"crypto/rand"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// PurposeShow is the purpose of a code on a screen: DPV's for checking who somebody is.
const PurposeShow consent.Purpose = "dpv:IdentityVerification"

// ShowChoice is what the person shows, and of which words the screen told.
type ShowChoice struct {
	Fields         []consent.FieldName // of identity, in any order
	Jurisdiction   string              // where the code is shown
	Notice         consent.Notice      // as it was shown
	Begins         time.Time           // zero: now
	Representation consent.Representation
}

// ShownCode is a code for a screen: its secret, and the grant to be given first. It works
// once, within five minutes of its beginning, when the ledger has confirmed the grant.
type ShownCode struct {
	Secret consent.ShowSecret
	*SignedGrant
}

// Show makes a code. now is the vault's time rather than the device's: minutes count.
// consent.ErrGrant where the choice cannot be shown.
func (w *Identity) Show(domain consent.Domain, choice ShowChoice, now time.Time) (*ShownCode, error) {
	c := &ShownCode{}
	var opening consent.Salt
	_, _ = rand.Read(c.Secret[:])
	_, _ = rand.Read(opening[:])
	begins := unix(choice.Begins)
	if choice.Begins.IsZero() {
		begins = unix(now)
	}
	salt := consent.GrantSalt(w.ID(), opening)
	key := w.Seed.Grant(salt)
	g := &consent.Grant{
		Version: consent.Version, Audience: consent.AudienceBearer, Request: c.Secret.Request(), Purpose: PurposeShow,
		LegalBasis: consent.BasisConsent, Jurisdiction: choice.Jurisdiction, Fields: slices.Compact(slices.Sorted(slices.Values(choice.Fields))),
		Actions: consent.Read, NotBefore: begins, Expires: begins + consent.ShowPeriod, MaxReleases: 1,
		NoticeDigest: choice.Notice.Digest(), NoticeLanguage: choice.Notice.Language, Representation: choice.Representation,
		GrantKey: key.Address(), Salt: salt,
	}
	if err := g.Validate(); err != nil {
		return nil, err
	}
	c.SignedGrant = w.giver(domain).sign(domain, g, key, opening, unix(now))
	return c, nil
}
