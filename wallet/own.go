package wallet

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// SignedCorrection is a value of the person's own with the act that sets it.
type SignedCorrection struct {
	Correction consent.Correction
	Value      json.RawMessage // without insignificant space; nil takes the correction back
	Salt       consent.Salt    // of the value's digest
	Signature  consent.Signature
}

// Correct sets the person's own value of a field at the vault with this log origin, and
// takes it back where value is nil. A value that is not JSON is an error.
func (w *Identity) Correct(domain consent.Domain, vault string, field consent.FieldName, value []byte, now time.Time) (*SignedCorrection, error) {
	var salt consent.Salt
	if value != nil {
		_, _ = rand.Read(salt[:])
	}
	return w.correct(domain, vault, field, value, salt, now)
}

func (w *Identity) correct(domain consent.Domain, vault string, field consent.FieldName, value []byte, salt consent.Salt, now time.Time) (*SignedCorrection, error) {
	if err := field.Validate(); err != nil {
		return nil, err
	}
	s := &SignedCorrection{Salt: salt, Correction: consent.Correction{Identity: w.ID(), Vault: vault, Field: field, Time: unix(now)}}
	if value != nil {
		var compact bytes.Buffer
		if json.Compact(&compact, value) != nil {
			return nil, errors.New("value: not JSON")
		}
		s.Value = compact.Bytes()
		s.Correction.Value = consent.CorrectionDigest(salt, field, s.Value)
	}
	s.Signature = w.signAsRoot(domain, s.Correction.StructHash())
	return s, nil
}

// Export asks the vault with this log origin for the person's own values: those of some
// fields, in any order, or everything.
func (w *Identity) Export(domain consent.Domain, vault string, fields []consent.FieldName, now time.Time) (consent.ExportOrder, consent.Signature) {
	e := consent.ExportOrder{Identity: w.ID(), Vault: vault, Fields: slices.Compact(slices.Sorted(slices.Values(fields))), Time: unix(now)}
	return e, w.signAsRoot(domain, e.StructHash())
}

// Import brings to the vault with this log origin what another has exported; file is the
// digest of what that one wrote.
func (w *Identity) Import(domain consent.Domain, vault string, file consent.Digest, partial bool, now time.Time) (consent.ImportOrder, consent.Signature) {
	i := consent.ImportOrder{Identity: w.ID(), Vault: vault, File: file, Partial: partial, Time: unix(now)}
	return i, w.signAsRoot(domain, i.StructHash())
}
