package vault

import (
	"context"
	"errors"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// cardKeys is what opens with a card, under the subject KEK.
type cardKeys struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Restore consent.CardPart
	Assist  consent.CardPart
}

func (s *subject) sealCard(card consent.CardID, k cardKeys) ([]byte, error) {
	plaintext, err := encoding.Marshal(k)
	if err != nil {
		return nil, err
	}
	return s.kek.SealCard(crypto.Pad(plaintext, leastCard), s.head.Identity, card)
}

// renewKeys puts what a card holds under the present month's key, as renew does with a
// head: a copy from before a replacement opens no longer than one from before an erasure.
func (g *Gate) renewKeys(ctx context.Context, c *cardObject) error {
	month, err := g.month(ctx)
	if err != nil || c.Epoch >= month {
		return err
	}
	next, err := g.keyring.EnsureEpoch(month)
	if err != nil {
		return unavailable("epoch", err)
	}
	inner := c.Sealed
	if c.Epoch != 0 {
		if inner, err = g.underSubject(c); err != nil {
			return err
		}
	}
	c.Epoch = month
	c.Sealed, err = next.Wrap(inner, cardKeysAAD(c.Identity))
	return err
}

// underSubject takes the month's wrap off a card's keys.
func (g *Gate) underSubject(c *cardObject) ([]byte, error) {
	e, err := g.epoch(c.Epoch)
	if err != nil {
		return nil, err
	}
	inner, err := e.Unwrap(c.Sealed, cardKeysAAD(c.Identity))
	if err != nil {
		return nil, unavailable("card", errDamaged)
	}
	return inner, nil
}

func cardKeysAAD(identity consent.IdentityID) []byte {
	return append([]byte("wrappy card keys v1"), identity[:]...)
}

// renewCard renews the card of a live head, where there is one.
func (g *Gate) renewCard(ctx context.Context, identity consent.IdentityID) error {
	c, _, err := g.cardOf(ctx, identity)
	if err == nil {
		var month uint32
		if month, err = g.month(ctx); err != nil || c.Epoch >= month {
			return err
		}
		err = g.changeCard(ctx, identity, func(c *cardObject) error {
			if c.Revision == 0 { // erased meanwhile
				return ErrAbsent
			}
			return nil
		})
	}
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

func (g *Gate) openCard(s *subject, c *cardObject) (*cardKeys, error) {
	inner, err := g.underSubject(c)
	if err != nil {
		return nil, err
	}
	padded, err := s.kek.OpenCard(inner, s.head.Identity, c.Card)
	if err != nil {
		return nil, unavailable("card", errDamaged)
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, unavailable("card", errDamaged)
	}
	keys, err := decode[cardKeys](plaintext)
	if err != nil || keys.Version != objectVersion {
		return nil, unavailable("card", errDamaged)
	}
	return keys, nil
}

func (k *cardKeys) of(kind consent.CardKind) consent.CardPart {
	switch kind {
	case consent.CardRestore:
		return k.Restore
	case consent.CardAssist:
		return k.Assist
	}
	return consent.CardPart{}
}
