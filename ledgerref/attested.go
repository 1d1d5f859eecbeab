package ledgerref

import (
	"bytes"
	"context"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// Given is an attestation that an accreditor gave, as it stands now.
type Given struct {
	Institution consent.Institution
	Until       uint64 // Unix seconds; the accreditor's own standing may end before
}

// Attestations lists, in the order of their ids, what an accreditor has attested and not
// withdrawn, ended ones among them until the contract gives their place to another: those
// of institutions after the one given, at most limit, whose end is before endsBefore where
// that is not zero. next is the last one looked at; more says whether others follow it.
// consent.ErrUnknownInstitution.
func (v *View) Attestations(_ context.Context, accreditor, after consent.InstitutionID, endsBefore uint64, limit int) (given []Given, next consent.InstitutionID, more bool, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return nil, next, false, v.stopped
	}
	if v.institutions[accreditor] == nil {
		return nil, next, false, consent.ErrUnknownInstitution
	}
	all := v.attestedBy[accreditor]
	at, found := slices.BinarySearchFunc(all, after, compare[consent.InstitutionID])
	if found {
		at++
	}
	// bounded, however few of them end soon: the caller asks again
	for end := min(len(all), at+maxLooked); at < end && len(given) < limit; at++ {
		next = all[at]
		until := v.institutions[next].attestedBy(accreditor)
		if endsBefore != 0 && until >= endsBefore {
			continue
		}
		institution, err := v.institution(next)
		if err != nil {
			return nil, next, false, err
		}
		given = append(given, Given{institution, until})
	}
	return given, next, at < len(all), nil
}

// maxLooked bounds what one call looks at.
const maxLooked = 1000

// attestedBy is the end of an accreditor's attestation, zero where there is none.
func (r *institutionRecord) attestedBy(accreditor consent.InstitutionID) uint64 {
	for _, a := range r.Attested {
		if a.Accreditor == accreditor {
			return a.Until
		}
	}
	return 0
}

// turn keeps the index of who attested whom, which is made from the records and kept in
// memory alone: of what a record says now in place of what it said. Either may be nil.
func (v *View) turn(id consent.InstitutionID, was, is *institutionRecord) {
	if was != nil {
		for _, a := range was.Attested {
			v.attestedBy[a.Accreditor] = without(v.attestedBy[a.Accreditor], id)
		}
	}
	if is != nil {
		for _, a := range is.Attested {
			v.attestedBy[a.Accreditor] = with(v.attestedBy[a.Accreditor], id)
		}
	}
}

func with[T ~[32]byte](sorted []T, id T) []T {
	at, found := slices.BinarySearchFunc(sorted, id, compare[T])
	if found {
		return sorted
	}
	return slices.Insert(sorted, at, id)
}

func without[T ~[32]byte](sorted []T, id T) []T {
	at, found := slices.BinarySearchFunc(sorted, id, compare[T])
	if !found {
		return sorted
	}
	return slices.Delete(sorted, at, at+1)
}

func compare[T ~[32]byte](a, b T) int {
	x, y := [32]byte(a), [32]byte(b)
	return bytes.Compare(x[:], y[:])
}

// TLSKeyState is a TLS key that an institution has added.
type TLSKeyState struct {
	Hash       consent.Digest // SHA-256 of its SubjectPublicKeyInfo
	Added      uint64         // time of its block, Unix seconds
	ValidUntil uint64         // Unix seconds; zero: no end is set
	Removed    bool           // at once and for ever, perhaps because it was stolen
	RemovedAt  uint64         // time of that block
	Valid      bool           // counts now
}

// TLSKeys lists the keys that an institution has ever added, in the order of their
// hashes: those after the one given, at most limit. consent.ErrUnknownInstitution.
func (v *View) TLSKeys(_ context.Context, id consent.InstitutionID, after consent.Digest, limit int) (keys []TLSKeyState, more bool, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return nil, false, v.stopped
	}
	if v.institutions[id] == nil {
		return nil, false, consent.ErrUnknownInstitution
	}
	all := v.keysOf[id]
	at, found := slices.BinarySearchFunc(all, after, compare[consent.Digest])
	if found {
		at++
	}
	for ; at < len(all) && len(keys) < limit; at++ {
		record := v.tlsKeys[all[at]]
		keys = append(keys, record.state(all[at], v.latest()))
	}
	return keys, at < len(all), nil
}

// period is when a key counted. One that was removed at a time that is not known never did.
func (r tlsKeyRecord) period(hash consent.Digest) consent.KeyPeriod {
	p := consent.KeyPeriod{Hash: hash, Added: r.Added, ValidUntil: r.ValidUntil}
	if r.Removed {
		p.RemovedAt = max(r.RemovedAt, 1)
	}
	return p
}

func (r tlsKeyRecord) state(hash consent.Digest, now uint64) TLSKeyState {
	return TLSKeyState{Hash: hash, Added: r.Added, ValidUntil: r.ValidUntil, Removed: r.Removed, RemovedAt: r.RemovedAt, Valid: r.valid(now)}
}

// KeyHeld reports whether a key, by its hash, was the institution's on a Unix day.
func (v *View) KeyHeld(_ context.Context, who consent.InstitutionID, hash consent.Digest, day uint64) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return false, v.stopped
	}
	record, known := v.tlsKeys[hash]
	return known && record.Institution == who && record.period(hash).HeldOn(day), nil
}

func (r tlsKeyRecord) valid(now uint64) bool {
	return !r.Removed && (r.ValidUntil == 0 || r.ValidUntil > now)
}
