package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// MaxShown is the most bytes of a statement: what one release carries, in base64 and JSON.
const MaxShown = 64 << 20

// Shown is what whoever had a code was shown, as the vault signed it.
type Shown struct {
	Statement []byte
	Signature []byte
	Proof     consent.Proof
}

// VerifiedShown is what a check of it establishes.
type VerifiedShown struct {
	consent.ShownStatement
	Shared *consent.SharedPart
	Report Report
}

// Verify checks that the log's key signed the statement, that it promised the entry that the
// statement names, and that this entry is of a release to nobody in particular, of these
// fields, at this time. Errors are *Failure.
func (s *Shown) Verify(log Log) (*VerifiedShown, error) {
	if err := log.Check(); err != nil {
		return nil, &Failure{CheckShown, doTrust, err}
	}
	if !ed25519.Verify(log.Key, consent.ShownMessage(s.Statement), s.Signature) {
		return nil, &Failure{CheckShown, doTrust, fmt.Errorf("%w: statement: not signed by the log's key", ErrProof)}
	}
	v := new(VerifiedShown)
	in := json.NewDecoder(bytes.NewReader(s.Statement))
	in.DisallowUnknownFields()
	if err := in.Decode(&v.ShownStatement); err != nil || in.More() || v.Format != consent.FormatShown || v.Vault != log.Origin {
		return nil, &Failure{CheckShown, doRefetch, fmt.Errorf("%w: statement: not one of this version and log", ErrProof)}
	}
	var err error
	if v.Shared, err = VerifyProof(s.Proof, log.Key); err != nil {
		return nil, &Failure{CheckPromise, doTrust, err}
	}
	if err := v.entry(&s.Proof); err != nil {
		return nil, &Failure{CheckShown, doRefetch, err}
	}
	v.Report.proven(CheckShown, "the vault %s signed that it showed this on %s, to whoever had the code", log.Origin, when(v.At*1000))
	v.Report.proven(CheckPromise, "it promised to keep that as entry %d of its log", s.Proof.Promise.Index)
	v.Report.open(CheckShown, "whose it is: that somebody's phone was there, not whose face; and that nothing has changed since")
	v.Report.open(CheckPromise, "that the promise was kept: that is seen in the log later on")
	return v, nil
}

// entry holds the statement against the entry that it names.
func (v *VerifiedShown) entry(p *consent.Proof) error {
	e := v.Shared
	switch {
	case v.Entry != p.Promise.LeafHash:
		return fmt.Errorf("%w: statement: of another entry", ErrProof)
	case e.Kind != consent.EntryAuthorised && e.Kind != consent.EntryRedelivery:
		return fmt.Errorf("%w: the entry is not of a release", ErrProof)
	case e.Institution != (consent.InstitutionID{}) || e.Action != consent.Read:
		return fmt.Errorf("%w: the entry is of a release to an institution", ErrProof)
	case v.At != e.Time/1000:
		return fmt.Errorf("%w: statement: of another time than the entry", ErrProof)
	}
	for _, field := range slices.Sorted(maps.Keys(v.Shown)) {
		if !slices.ContainsFunc(e.Fields, func(f consent.FieldVersion) bool { return f.Field == field }) {
			return fmt.Errorf("%w: statement: the entry does not have all of its fields", ErrProof)
		}
	}
	return nil
}
