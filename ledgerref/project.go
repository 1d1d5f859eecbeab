package ledgerref

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

// maxAttestations is InstitutionRegistry's MAX_ATTESTATIONS: beyond it an expired
// one makes room, without an event.
const maxAttestations = 8

// changes collects what a block, or a range of final blocks, writes.
type changes struct {
	db     pebble.Reader
	values map[string][]byte // nil: not there
	undo   []undoRecord
}

func newChanges(db pebble.Reader) *changes { return &changes{db: db, values: map[string][]byte{}} }

func (c *changes) get(key []byte) ([]byte, error) {
	if value, ok := c.values[string(key)]; ok {
		return value, nil
	}
	return get(c.db, key)
}

func (c *changes) set(key, value []byte) error {
	if _, ok := c.values[string(key)]; !ok {
		before, err := get(c.db, key)
		if err != nil {
			return err
		}
		c.undo = append(c.undo, undoRecord{Key: key, Value: before})
	}
	c.values[string(key)] = value
	return nil
}

// edit decodes the record under a key, lets f change it and writes it back.
func edit[T any](c *changes, prefix byte, id [32]byte, f func(*T)) error {
	key := keyOf(prefix, id[:])
	raw, err := c.get(key)
	if err != nil {
		return err
	}
	record := new(T)
	if raw != nil {
		if err := cbor.Unmarshal(raw, record); err != nil {
			return errDamaged
		}
	}
	f(record)
	return c.set(key, encode(record))
}

type handler func(c *changes, log *types.Log) error

type eventAt struct {
	contract consent.Address
	topic    common.Hash
}

// handlers name every event that the view is made of; other logs are passed over.
// The contract's address is part of the key: the same event from elsewhere is nobody's word.
func handlers(a Addresses) map[eventAt]handler {
	h := map[eventAt]handler{}
	for name, f := range map[string]handler{
		"Granted":   on(consentLedger.UnpackGrantedEvent, granted),
		"Withdrawn": on(consentLedger.UnpackWithdrawnEvent, withdrawn),
		"Revoked":   on(consentLedger.UnpackRevokedEvent, revoked),
	} {
		h[eventAt{a.Consent, consentLedger.GetABI().Events[name].ID}] = f
	}
	for name, f := range map[string]handler{
		"Registered":        on(keyRegistry.UnpackRegisteredEvent, registered),
		"KeyChanged":        on(keyRegistry.UnpackKeyChangedEvent, keyChanged),
		"RecoveryStarted":   on(keyRegistry.UnpackRecoveryStartedEvent, recoveryStarted),
		"RecoveryCancelled": on(keyRegistry.UnpackRecoveryCancelledEvent, recoveryCancelled),
		"RecoveryCompleted": on(keyRegistry.UnpackRecoveryCompletedEvent, recoveryCompleted),
	} {
		h[eventAt{a.Keys, keyRegistry.GetABI().Events[name].ID}] = f
	}
	for name, f := range map[string]handler{
		"InstitutionRegistered": on(institutionRegistry.UnpackInstitutionRegisteredEvent, institutionRegistered),
		"SealingKeyChanged":     on(institutionRegistry.UnpackSealingKeyChangedEvent, sealingKeyChanged),
		"TlsKeyAdded":           on(institutionRegistry.UnpackTlsKeyAddedEvent, tlsKeyAdded),
		"TlsKeyEnding":          on(institutionRegistry.UnpackTlsKeyEndingEvent, tlsKeyEnding),
		"TlsKeyRemoved":         on(institutionRegistry.UnpackTlsKeyRemovedEvent, tlsKeyRemoved),
		"AccreditorAppointed":   on(institutionRegistry.UnpackAccreditorAppointedEvent, accreditorAppointed),
		"AccreditorDismissed":   on(institutionRegistry.UnpackAccreditorDismissedEvent, accreditorDismissed),
		"Attested":              on(institutionRegistry.UnpackAttestedEvent, attested),
		"AttestationWithdrawn":  on(institutionRegistry.UnpackAttestationWithdrawnEvent, attestationWithdrawn),
		"Suspended":             on(institutionRegistry.UnpackSuspendedEvent, suspended),
		"SuspensionLifted":      on(institutionRegistry.UnpackSuspensionLiftedEvent, suspensionLifted),
	} {
		h[eventAt{a.Institutions, institutionRegistry.GetABI().Events[name].ID}] = f
	}
	return h
}

// on makes a handler of what decodes an event and what it brings about.
func on[E any](unpack func(*types.Log) (*E, error), project func(*changes, *E, *types.Log) error) handler {
	return func(c *changes, log *types.Log) error {
		event, err := unpack(log)
		if err != nil {
			return err
		}
		return project(c, event, log)
	}
}

// apply projects one log. Its BlockTimestamp must be set.
func (c *changes) apply(h map[eventAt]handler, log *types.Log) error {
	if len(log.Topics) == 0 || log.Removed {
		return nil
	}
	f := h[eventAt{consent.Address(log.Address), log.Topics[0]}]
	if f == nil {
		return nil
	}
	if err := f(c, log); err != nil {
		return fmt.Errorf("log %d of block %d: %w", log.Index, log.BlockNumber, err)
	}
	return nil
}

func granted(c *changes, e *contracts.ConsentLedgerGranted, log *types.Log) error {
	return editGrant(c, e.Ref, func(s *consent.GrantState) {
		if s.Status == consent.StatusUnknown { // nothing follows a withdrawal, whatever a log says
			*s = consent.GrantState{Status: consent.StatusGiven, GrantedAt: log.BlockTimestamp, Block: log.BlockNumber, Expires: e.Expiry.Uint64()}
		}
	})
}

func withdrawn(c *changes, e *contracts.ConsentLedgerWithdrawn, _ *types.Log) error {
	return editGrant(c, e.Ref, func(s *consent.GrantState) { s.Status = consent.StatusWithdrawn })
}

func revoked(c *changes, e *contracts.ConsentLedgerRevoked, _ *types.Log) error {
	return editGrant(c, e.Ref, func(s *consent.GrantState) {
		if s.Status != consent.StatusWithdrawn {
			s.Status = consent.StatusRevoked
		}
	})
}

func editGrant(c *changes, ref [32]byte, f func(*consent.GrantState)) error {
	key := keyOf(grantPrefix, ref[:])
	raw, err := c.get(key)
	if err != nil {
		return err
	}
	state := consent.GrantState{Status: consent.StatusUnknown}
	if raw != nil {
		if state, err = decodeGrant(raw); err != nil {
			return err
		}
	}
	f(&state)
	return c.set(key, encodeGrant(state))
}

func registered(c *changes, e *contracts.KeyRegistryRegistered, log *types.Log) error {
	return setKey(c, e.Id, log.BlockNumber, consent.Address(e.Key))
}

func keyChanged(c *changes, e *contracts.KeyRegistryKeyChanged, log *types.Log) error {
	return setKey(c, e.Id, log.BlockNumber, consent.Address(e.Key))
}

func setKey(c *changes, id [32]byte, block uint64, key consent.Address) error {
	return edit(c, identityPrefix, id, func(r *identityRecord) {
		if n := len(r.Keys); n > 0 && r.Keys[n-1].Block == block {
			r.Keys = r.Keys[:n-1] // the last of a block counts for all of it, as in the contract
		}
		r.Keys = append(r.Keys, keyFrom{Block: block, Key: key})
	})
}

func recoveryStarted(c *changes, e *contracts.KeyRegistryRecoveryStarted, _ *types.Log) error {
	return setFrozen(c, e.Id, true)
}

func recoveryCancelled(c *changes, e *contracts.KeyRegistryRecoveryCancelled, _ *types.Log) error {
	return setFrozen(c, e.Id, false)
}

func recoveryCompleted(c *changes, e *contracts.KeyRegistryRecoveryCompleted, _ *types.Log) error {
	return setFrozen(c, e.Id, false)
}

func setFrozen(c *changes, id [32]byte, frozen bool) error {
	return edit(c, identityPrefix, id, func(r *identityRecord) { r.Frozen = frozen })
}

func institutionRegistered(c *changes, e *contracts.InstitutionRegistryInstitutionRegistered, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) {
		r.Name, r.Kind, r.Jurisdiction, r.SealingKey = printable(e.Name), consent.Kind(e.Kind), string(e.Jurisdiction[:]), e.SealingKey
	})
}

// printable makes a name harmless: the contract takes any bytes from anybody, and
// one that CBOR refuses would stop every view.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r // invalid UTF-8 comes as the replacement already
	}, name)
}

func sealingKeyChanged(c *changes, e *contracts.InstitutionRegistrySealingKeyChanged, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) { r.SealingKey = e.SealingKey })
}

func tlsKeyAdded(c *changes, e *contracts.InstitutionRegistryTlsKeyAdded, log *types.Log) error {
	return edit(c, tlsKeyPrefix, e.KeyHash, func(r *tlsKeyRecord) { r.Institution, r.Added = e.Institution, log.BlockTimestamp })
}

func tlsKeyEnding(c *changes, e *contracts.InstitutionRegistryTlsKeyEnding, _ *types.Log) error {
	return edit(c, tlsKeyPrefix, e.KeyHash, func(r *tlsKeyRecord) { r.ValidUntil = e.ValidUntil })
}

func tlsKeyRemoved(c *changes, e *contracts.InstitutionRegistryTlsKeyRemoved, log *types.Log) error {
	return edit(c, tlsKeyPrefix, e.KeyHash, func(r *tlsKeyRecord) { r.Removed, r.RemovedAt = true, log.BlockTimestamp })
}

func accreditorAppointed(c *changes, e *contracts.InstitutionRegistryAccreditorAppointed, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) { r.AccreditorUntil = e.Expires })
}

func accreditorDismissed(c *changes, e *contracts.InstitutionRegistryAccreditorDismissed, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) { r.AccreditorUntil = 0 })
}

func attested(c *changes, e *contracts.InstitutionRegistryAttested, log *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) {
		full := len(r.Attested) >= maxAttestations
		r.Attested = slices.DeleteFunc(r.Attested, func(a attestation) bool {
			return a.Accreditor == e.Accreditor || (full && a.Until <= log.BlockTimestamp)
		})
		r.Attested = append(r.Attested, attestation{Accreditor: e.Accreditor, Until: e.Expires})
	})
}

func attestationWithdrawn(c *changes, e *contracts.InstitutionRegistryAttestationWithdrawn, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) {
		r.Attested = slices.DeleteFunc(r.Attested, func(a attestation) bool { return a.Accreditor == e.Accreditor })
	})
}

func suspended(c *changes, e *contracts.InstitutionRegistrySuspended, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) {
		if !slices.Contains(r.SuspendedBy, e.By) {
			r.SuspendedBy = append(r.SuspendedBy, e.By)
		}
	})
}

func suspensionLifted(c *changes, e *contracts.InstitutionRegistrySuspensionLifted, _ *types.Log) error {
	return edit(c, institutionPrefix, e.Institution, func(r *institutionRecord) {
		r.SuspendedBy = slices.DeleteFunc(r.SuspendedBy, func(by consent.InstitutionID) bool { return by == e.By })
	})
}
