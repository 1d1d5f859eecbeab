package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

type storedReceipt struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Receipt []byte
	Proof   storedProof
}

// draftReceipt writes the entry and says what will remain.
func (g *Gate) draftReceipt(ctx context.Context, at moment, s *subject, documents map[consent.GrantID]*loadedGrant, ended uint32) (*Erased, error) {
	copies, more, err := g.heldCopies(ctx, s, documents)
	if err != nil {
		return nil, err
	}
	month, err := g.month(ctx)
	if err != nil {
		return nil, err
	}
	a := &attempt{gate: g, at: at, subject: s, grant: &loadedGrant{storedGrant: &storedGrant{}}}
	proof, err := a.append(ctx, consent.EntryErased, nil, nil)
	if err != nil {
		return nil, err
	}
	r := &Erased{Proof: proof, Receipt: consent.ErasureReceipt{
		Version: consent.Version, Origin: g.vault, Identity: s.head.Identity, Time: at.milli,
		Index: proof.Promise.Index, LeafHash: proof.Promise.LeafHash, Ended: ended,
		Remains: consent.Remainders(), Copies: copies, More: more,
		BackupsUntil: g.expiry(max(month, s.head.Epoch)), CachedSeconds: uint32(cacheLife / time.Second),
	}}
	return r, g.signReceipt(r)
}

func (g *Gate) signReceipt(r *Erased) (err error) {
	if r.Encoded, err = r.Receipt.Encode(); err != nil {
		return err
	}
	copy(r.Signature[:], ed25519.Sign(g.keyring.JournalSigner(), consent.ErasureMessage(r.Encoded)))
	return nil
}

// heldCopies reads from the person's history who has received anything, and when.
func (g *Gate) heldCopies(ctx context.Context, s *subject, documents map[consent.GrantID]*loadedGrant) (copies []consent.HeldCopy, more uint32, err error) {
	held := map[consent.InstitutionID]*consent.HeldCopy{}
	for after := uint64(0); ; {
		items, err := g.journal.History(ctx, s.log, after, maxPage)
		if err != nil {
			return nil, 0, unavailable("journal", err)
		}
		for _, item := range items {
			p := &item.Shared
			if p.Kind != consent.EntryAuthorised && p.Kind != consent.EntryRedelivery || len(p.Fields) == 0 {
				continue
			}
			c := held[p.Institution]
			if c == nil {
				c = &consent.HeldCopy{Institution: p.Institution, First: p.Time, Last: p.Time}
				held[p.Institution] = c
			}
			c.First, c.Last = min(c.First, p.Time), max(c.Last, p.Time)
			if l := documents[p.Grant]; l != nil {
				c.RetentionDays = max(c.RetentionDays, l.Grant.RetentionDays)
			}
		}
		if len(items) < maxPage {
			break
		}
		after = items[len(items)-1].Personal.Sequence
	}
	sorted := slices.SortedFunc(maps.Values(held), func(a, b *consent.HeldCopy) int { return bytes.Compare(a.Institution[:], b.Institution[:]) })
	for _, c := range sorted {
		if len(copies) == consent.MaxCopies {
			more++
			continue
		}
		copies = append(copies, *c)
	}
	return copies, more, nil
}

// receiptKey is derived from the erasure's signature: whoever can ask again can read.
func receiptKey(sig consent.Signature) (crypto.Secret, error) {
	return hkdf.Key(sha256.New, sig[:], nil, "wrappy erasure receipt key v1", crypto.KeySize)
}

func openReceipt(e *erasure, sig consent.Signature) (*Erased, error) {
	key, err := receiptKey(sig)
	if err != nil {
		return nil, err
	}
	padded, err := crypto.Open(key, e.Sealed, grantAAD("wrappy erasure receipt v1", consent.GrantID(e.Identity)))
	if err != nil {
		return nil, errDamaged
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, errDamaged
	}
	stored, err := decode[storedReceipt](plaintext)
	if err != nil || stored.Version != objectVersion {
		return nil, errDamaged
	}
	receipt, err := consent.ParseErasureReceipt(stored.Receipt)
	if err != nil || receipt.Identity != e.Identity {
		return nil, errDamaged
	}
	return &Erased{Receipt: *receipt, Proof: stored.Proof.proof()}, nil
}
