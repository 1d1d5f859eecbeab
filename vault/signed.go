package vault

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// ItemSignature is a writer's signature of one item of a value: of the whole value, or of one
// resource in a list of FHIR resources, docs/protocol/value.md. It stays with its item when
// later writes are merged. In a release Grant and Salt are zero: a recipient has the
// commitment alone.
type ItemSignature struct {
	Day        uint64          // Unix day on which it was signed
	Grant      consent.GrantID // under which the item was written
	Salt       consent.Salt
	Commitment consent.Digest // consent.CommitGrant(Salt, Grant); not stored
	Key        consent.WriterKey
	Signature  consent.WriterSignature
}

// Signable gives the digest of each item of a value, in their order: what a writer signs. It
// must be the same for a value as it was written and as Shape makes it of any release.
type Signable func(field consent.FieldName, value []byte) ([]consent.Digest, error)

// KeyHeld reports whether a TLS key was an institution's on a Unix day, as the ledger has it:
// removed keys too, for the days before. Safe for concurrent use; an error means that
// nothing can be said.
type KeyHeld func(ctx context.Context, who consent.InstitutionID, keyHash consent.Digest, day uint64) (bool, error)

// signatureSize is one signature as stored: day, grant, salt, key, signature.
const signatureSize = 8 + 32 + 32 + 64 + 64

func packSignatures(list []ItemSignature) []byte {
	b := make([]byte, 0, len(list)*signatureSize) // never nil: that has another spelling in CBOR
	for i := range list {
		s := &list[i]
		b = binary.BigEndian.AppendUint64(b, s.Day)
		b = append(b, s.Grant[:]...)
		b = append(b, s.Salt[:]...)
		b = append(b, s.Key[:]...)
		b = append(b, s.Signature[:]...)
	}
	return b
}

// unpackSignatures refuses what is not whole, more than a value has items, and any beside
// the person's own value: nobody signs that but the person.
func unpackSignatures(b []byte, writer consent.InstitutionID) ([]ItemSignature, error) {
	if b == nil || len(b)%signatureSize != 0 || len(b) > maxElements*signatureSize || len(b) > 0 && writer == (consent.InstitutionID{}) {
		return nil, errDamaged
	}
	list := make([]ItemSignature, len(b)/signatureSize)
	for i := range list {
		s := &list[i]
		s.Day, b = binary.BigEndian.Uint64(b), b[8:]
		for _, part := range [][]byte{s.Grant[:], s.Salt[:], s.Key[:], s.Signature[:]} {
			b = b[copy(part, b):]
		}
		s.Commitment = consent.CommitGrant(s.Salt, s.Grant)
	}
	return list, nil
}

// hideGrants leaves of each signature what a recipient may see.
func (s *Sourced) hideGrants() {
	for i := range s.Signatures {
		s.Signatures[i].Grant, s.Signatures[i].Salt = consent.GrantID{}, consent.Salt{}
	}
}

// signs checks a call's signatures of a value, as it will be stored: one by the connection's
// key for each item, of today give or take a day, for this grant. A value whose digests a
// release would change could be checked by nobody: the trial is what Shape makes of it.
func (a *attempt) signs(ctx context.Context, call *WriteCall, name consent.FieldName, value, trial []byte) ([]ItemSignature, consent.Reason, error) {
	list := make([]ItemSignature, len(call.Signatures[name]))
	for i, s := range call.Signatures[name] {
		s.Grant, s.Key, s.Commitment = a.id, call.Key, consent.CommitGrant(s.Salt, a.id)
		list[i] = s
		if today := a.at.seconds() / consent.Day; s.Day > today+1 || s.Day+1 < today {
			return nil, consent.ReasonBadSignature, nil
		}
	}
	items, err := a.gate.signable(name, value)
	if err != nil {
		return nil, consent.ReasonBadValue, nil //nolint:nilerr // the reason says it
	}
	if left, err := a.gate.signable(name, trial); err != nil || !slices.Equal(left, items) {
		return nil, consent.ReasonBadValue, nil //nolint:nilerr // the reason says it
	}
	signed, err := a.gate.itemsSigned(ctx, a.who.ID, name, items, list)
	if err != nil {
		return nil, "", err
	}
	if !signed {
		return nil, consent.ReasonBadSignature, nil
	}
	return list, "", nil
}

// itemsSigned reports whether each item, by its digest, is signed by a key that was the
// writer's on the day of the signature.
func (g *Gate) itemsSigned(ctx context.Context, writer consent.InstitutionID, field consent.FieldName, items []consent.Digest, list []ItemSignature) (bool, error) {
	if len(items) == 0 || len(items) != len(list) {
		return false, nil
	}
	type keyDay struct {
		key consent.WriterKey
		day uint64
	}
	held := map[keyDay]bool{}
	for i := range list {
		s := &list[i]
		at := keyDay{s.Key, s.Day}
		if !held[at] {
			hash, err := s.Key.Hash()
			if err != nil {
				return false, nil //nolint:nilerr // no key has signed it
			}
			ok, err := g.keyHeld(ctx, writer, hash, s.Day)
			if err != nil {
				return false, unavailable("writer's key", err)
			}
			if !ok {
				return false, nil
			}
			held[at] = true
		}
		statement := consent.ValueStatement{
			Registry: g.institutions, Writer: writer, Grant: consent.CommitGrant(s.Salt, s.Grant), Field: field, Item: items[i], Day: s.Day,
		}
		if statement.Verify(s.Key, s.Signature) != nil {
			return false, nil //nolint:nilerr // it has not
		}
	}
	return true, nil
}
