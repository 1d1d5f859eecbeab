package ledgerref

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

var errUnknownKind = errors.New("unknown kind of act")

// maxDepth is InstitutionRegistry's MAX_DEPTH: attestations between an appointed
// accreditor and an institution.
const maxDepth = 3

// RootKey is the key that counted for an identity in a block, that block
// included; block 0 asks for the current one. Frozen says that a recovery is pending
// now: nothing new is then to be accepted from the key. consent.ErrUnknownIdentity: it was not
// registered then. A block that the view has not reached is consent.ErrUnavailable.
func (v *View) RootKey(_ context.Context, id consent.IdentityID, block uint64) (key consent.Address, frozen bool, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	record, err := v.identity(id)
	if err != nil {
		return consent.Address{}, false, err
	}
	if block > v.cursor.Number {
		return consent.Address{}, false, fmt.Errorf("%w: block not followed yet", consent.ErrUnavailable)
	}
	for i := len(record.Keys) - 1; i >= 0; i-- {
		if block == 0 || record.Keys[i].Block <= block {
			return record.Keys[i].Key, record.Frozen, nil
		}
	}
	return consent.Address{}, false, consent.ErrUnknownIdentity
}

// identity needs v.mu held.
func (v *View) identity(id consent.IdentityID) (record identityRecord, err error) {
	if v.stopped != nil {
		return record, v.stopped
	}
	if record, found := v.identities.get(id); found {
		return record, nil
	}
	if record, err = v.recordOf(id); err == nil {
		v.identities.put(id, id, record)
	}
	return record, err
}

func (v *View) recordOf(id consent.IdentityID) (record identityRecord, err error) {
	raw, err := get(v.db, keyOf(identityPrefix, id[:]))
	if err != nil {
		return record, fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, err)
	}
	if raw == nil {
		return record, consent.ErrUnknownIdentity
	}
	if err := cbor.Unmarshal(raw, &record); err != nil {
		return record, fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, errDamaged)
	}
	return record, nil
}

// Institution is an institution as it stands now; consent.ErrUnknownInstitution.
// Suspended and unattested ones are returned too, and say so. Its lists are shared: not to be changed.
func (v *View) Institution(_ context.Context, id consent.InstitutionID) (consent.Institution, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return consent.Institution{}, v.stopped
	}
	return v.institution(id)
}

// InstitutionByKeyHash is the institution whose TLS key has this SHA-256 of its
// SubjectPublicKeyInfo; consent.ErrUnknownInstitution where the key was removed or has ended.
func (v *View) InstitutionByKeyHash(_ context.Context, hash [32]byte) (consent.Institution, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return consent.Institution{}, v.stopped
	}
	key, ok := v.tlsKeys[hash]
	if !ok || !key.valid(v.latest()) {
		return consent.Institution{}, consent.ErrUnknownInstitution
	}
	return v.institution(key.Institution)
}

// Institutions lists all institutions, sorted by name.
func (v *View) Institutions(_ context.Context) ([]consent.Institution, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return nil, v.stopped
	}
	list := make([]consent.Institution, 0, len(v.institutions))
	for id := range v.institutions {
		institution, err := v.institution(id)
		if err != nil {
			return nil, err
		}
		list = append(list, institution)
	}
	slices.SortFunc(list, func(a, b consent.Institution) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	})
	return list, nil
}

// knownInstitution is how an institution stood at a second, as the records were then.
type knownInstitution struct {
	at, rewritten uint64
	institution   consent.Institution
}

// institution needs v.mu held.
func (v *View) institution(id consent.InstitutionID) (consent.Institution, error) {
	now := v.latest()
	if known, found := v.standing.get(id); found && known.at == now && known.rewritten == v.rewritten {
		return known.institution, nil
	}
	record, ok := v.institutions[id]
	if !ok {
		return consent.Institution{}, consent.ErrUnknownInstitution
	}
	until, accreditor := v.attestedUntil(record, maxDepth)
	institution := consent.Institution{
		Accreditors: v.standingBehind(record, now),
		ID:          id, Name: record.Name, Kind: record.Kind, Jurisdiction: record.Jurisdiction, SealingKey: record.SealingKey,
		Suspended: len(record.SuspendedBy) > 0,
		Attested:  until > now, AttestedTo: until, Accreditor: accreditor,
	}
	v.standing.put(id, id, knownInstitution{now, v.rewritten, institution})
	return institution, nil
}

// latest is the time that ends are compared with, so that a clock set back extends nothing.
func (v *View) latest() uint64 { return max(uint64(max(v.now().Unix(), 0)), v.head.Load()) }

// attestedUntil is how long an institution is vouched for: the longest, over its
// attestations, of the shorter of attestation and accreditor's standing. It is the
// walk of InstitutionRegistry, with ends in place of yes and no.
func (v *View) attestedUntil(record *institutionRecord, depth int) (until uint64, by consent.InstitutionID) {
	if depth == 0 {
		return 0, by
	}
	for _, a := range record.Attested {
		if end := min(a.Until, v.trustedUntil(a.Accreditor, depth)); end > until {
			until, by = end, a.Accreditor
		}
	}
	return until, by
}

// standingBehind are the accreditors that vouch for the institution themselves, now, and
// that stand: at most maxAttestations, sorted. Who stands behind those is not among them.
func (v *View) standingBehind(record *institutionRecord, now uint64) (all []consent.InstitutionID) {
	for _, a := range record.Attested {
		if min(a.Until, v.trustedUntil(a.Accreditor, maxDepth)) > now {
			all = append(all, a.Accreditor)
		}
	}
	slices.SortFunc(all, func(a, b consent.InstitutionID) int { return slices.Compare(a[:], b[:]) })
	return all
}

func (v *View) trustedUntil(id consent.InstitutionID, depth int) uint64 {
	record := v.institutions[id]
	if record == nil || record.Kind != consent.KindAccreditor || len(record.SuspendedBy) > 0 {
		return 0
	}
	until, _ := v.attestedUntil(record, depth-1)
	return max(until, record.AccreditorUntil)
}
