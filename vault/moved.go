package vault

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// roomMoved holds grants that were given at another vault, as evidence of whose the values
// are that were written under them. No call looks for permission here.
const roomMoved = "moved"

// movedGrant is such a grant, docs/protocol/record.md. It is sealed under the subject KEK,
// so that erasing the person takes it along.
type movedGrant struct {
	_                struct{} `cbor:",toarray"`
	Version          uint16
	Grant            consent.Grant
	BindingTime      uint64
	BindingSignature consent.Signature
	BindingOpening   consent.Salt
	Stands           *KeptRepresentation

	help *KeptHelp // behind the array, where an assist key has bound the grant
}

func (m *movedGrant) encode() ([]byte, error) {
	data, err := encoding.Marshal(m)
	if err != nil || m.help == nil {
		return data, err
	}
	more, err := encoding.Marshal(m.help)
	return append(data, more...), err
}

func decodeMoved(plaintext []byte) (*movedGrant, error) {
	m, more, err := decodeFirst[movedGrant](plaintext)
	if err == nil && len(more) > 0 {
		m.help, err = decode[KeptHelp](more)
	}
	return m, err
}

// movedAD binds the object to the person and the grant. No field has an empty category.
func movedAD(identity consent.IdentityID, id consent.GrantID) crypto.FieldAD {
	return crypto.FieldAD{Subject: identity, Field: "moved grant " + hex.EncodeToString(id[:]), Version: 1}
}

func (g *Gate) movedName(identity consent.IdentityID, id consent.GrantID) string {
	return crypto.IndexName(g.headNames, roomMoved, identity[:], id[:])
}

// storeMoved keeps a grant that came along; one that is there stays.
func (g *Gate) storeMoved(ctx context.Context, person *subject, k *KeptGrant) error {
	identity := person.head.Identity
	m := movedGrant{Version: objectVersion, Grant: k.Grant, BindingTime: k.BindingTime, BindingSignature: k.BindingSignature, BindingOpening: k.BindingOpening, Stands: k.Stands, help: k.Help}
	plaintext, err := m.encode()
	if err != nil {
		return err
	}
	sealed, err := person.kek.SealField(movedAD(identity, k.ID), crypto.Pad(plaintext, leastObject))
	if err != nil {
		return err
	}
	if err := g.putObject(ctx, roomMoved, g.movedName(identity, k.ID), movedObject{Version: objectVersion, ID: k.ID, Sealed: sealed}, ""); !errors.Is(err, ErrExists) {
		return err
	}
	return nil
}

// movedObject is the object as stored, sealed under the heads' keyset and bound to its name.
type movedObject struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	ID      consent.GrantID
	Sealed  []byte
}

// movedGrants adds what came along with values from other vaults.
func (g *Gate) movedGrants(ctx context.Context, person *subject, into *[]KeptGrant) error {
	identity := person.head.Identity
	start := g.name(roomMoved, identity[:]) + "/"
	for after := ""; ; {
		names, err := g.heads.List(ctx, start, after, maxPage)
		if err != nil {
			return unavailable("store", err)
		}
		for _, name := range names {
			after = name
			o, _, err := getObject[movedObject](ctx, g, roomMoved, name)
			if errors.Is(err, ErrAbsent) {
				continue
			}
			if err != nil {
				return err
			}
			kept, err := person.openMoved(o)
			if err != nil {
				return err
			}
			*into = append(*into, *kept)
		}
		if len(*into) > maxExportedGrants {
			return unavailable("grants", errDamaged)
		}
		if len(names) < maxPage {
			return nil
		}
	}
}

// deleteMoved removes them all: for an erasure, after which no key opens them any more.
func (g *Gate) deleteMoved(ctx context.Context, identity consent.IdentityID) error {
	start := g.name(roomMoved, identity[:]) + "/"
	for {
		names, err := g.heads.List(ctx, start, "", maxPage)
		if err != nil {
			return unavailable("store", err)
		}
		for _, name := range names {
			if err := g.heads.Delete(ctx, name); err != nil {
				return unavailable("store", err)
			}
		}
		if len(names) < maxPage {
			return nil
		}
	}
}

func (s *subject) openMoved(o *movedObject) (*KeptGrant, error) {
	padded, err := s.kek.OpenField(movedAD(s.head.Identity, o.ID), o.Sealed)
	if err != nil {
		return nil, unavailable("moved grant", errDamaged)
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, unavailable("moved grant", errDamaged)
	}
	m, err := decodeMoved(plaintext)
	if err != nil || m.Version != objectVersion || m.Grant.ID() != o.ID {
		return nil, unavailable("moved grant", errDamaged)
	}
	return &KeptGrant{ID: o.ID, Grant: m.Grant, BindingTime: m.BindingTime, BindingSignature: m.BindingSignature, BindingOpening: m.BindingOpening, Elsewhere: true, Stands: m.Stands, Help: m.help}, nil
}
