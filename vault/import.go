package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// ImportSource gives what another vault has exported, grants first, then values by field
// and writer; io.EOF once all was read and is whole. Its other errors end the import.
type ImportSource interface {
	Next() (ImportItem, error)
	// Digest is SHA-256 of all that was read.
	Digest() consent.Digest
}

// ImportItem is a grant, or one writer's value of a field.
type ImportItem struct {
	crypto.Redacted
	Grant *KeptGrant
	Field consent.FieldName
	Value *Sourced
}

// ImportCall brings what another vault has exported.
type ImportCall struct {
	crypto.Redacted
	Order     consent.ImportOrder
	Signature consent.Signature  // by the root key
	Of        consent.IdentityID // whom the other vault says it is about
	Ledger    consent.Domain     // on which the other vault's grants are
	Source    ImportSource
	Turn      Turn // nil: none is needed
}

// Outcome is what has become of one value of an import.
type Outcome string

// The outcomes.
const (
	OutcomeTaken   Outcome = "taken"
	OutcomeHere    Outcome = "here" // this, or a newer one, was here before
	OutcomeRefused Outcome = "refused"
)

// Unproven says why a value of an import is refused. The set is closed, docs/protocol/export.md.
type Unproven string

// Why a value is refused.
const (
	UnprovenField     Unproven = "unknown_field"  // not in the catalog in force
	UnprovenValue     Unproven = "bad_value"      // could not be stored for anybody
	UnprovenTime      Unproven = "bad_time"       // of the future, or not of the day that was signed
	UnprovenSignature Unproven = "bad_signature"  // not the writer's, of this value, field, day and grant
	UnprovenKey       Unproven = "unknown_key"    // not the writer's on the ledger on that day
	UnprovenGrant     Unproven = "unknown_grant"  // neither in the export nor on the ledger
	UnprovenPerson    Unproven = "another_person" // the grant is not bound to this identity
	UnprovenTerms     Unproven = "not_in_grant"   // writer, field, action or day
	UnprovenSize      Unproven = "too_large"      // more than a field holds
)

// ImportedValue is what has become of one value.
type ImportedValue struct {
	Field   consent.FieldName
	Writer  consent.InstitutionID // zero: the person
	Outcome Outcome
	Reason  Unproven // where it was refused
}

// Imported is what has become of all of them.
type Imported struct {
	Values []ImportedValue
	Stored []consent.FieldVersion
	Proof  *consent.Proof // nil where nothing has changed
}

// ImportRefusal is the answer to an import of which not everything is proven and which is
// to be taken whole or not at all. Nothing of it was stored.
type ImportRefusal struct{ Values []ImportedValue }

// Error does not name the fields.
func (*ImportRefusal) Error() string { return "import: not everything in it is proven" }

// Import takes a person's values over from another vault, which is not believed in
// anything: an institution's value stands on its own signature, by a key that was the
// writer's on the ledger on that day, under a grant that is on the ledger and was bound by
// this identity's root key of then. The person's own values stand on the order itself.
// What is here already stays unless what comes is newer; grants do not come along, the
// evidence of them does. The same import again changes nothing. It returns an *ImportRefusal,
// consent.ErrGrant for a malformed order, consent.ErrSignature, consent.ErrFrozen,
// consent.ErrConflict where something was written meanwhile, the source's errors, or what
// could not be established.
func (g *Gate) Import(ctx context.Context, call ImportCall) (*Imported, error) {
	o := &call.Order
	o.Vault = g.vault
	person, at, err := g.signedNow(ctx, o.Identity, o.StructHash(), call.Signature)
	if err != nil {
		return nil, err
	}
	if err := ofNow(o.Time, at.seconds()); err != nil {
		return nil, err
	}
	switch {
	case call.Of != o.Identity:
		return nil, termError("identity: the export is of somebody else")
	case call.Ledger != g.domain:
		return nil, termError("ledger: the export is of a vault on another ledger")
	}
	if call.Turn != nil {
		if err := call.Turn(ctx); err != nil {
			return nil, err
		}
	}
	m := &importing{
		attempt: g.ownAttempt(at, person, call.Turn), grants: map[consent.GrantID]*KeptGrant{}, proven: map[consent.GrantID]Unproven{},
		keys: map[heldKey]bool{}, used: map[consent.GrantID]bool{}, records: map[consent.Category]*importedRecord{},
	}
	if m.catalog = g.decider.Catalog(); m.catalog == nil {
		return nil, unavailable("policy", errors.New("no bundle is in force"))
	}
	if m.subject, m.tag, err = g.subject(ctx, o.Identity); err != nil {
		return nil, err
	}
	m.next = m.subject.head.clone()
	if err := m.read(ctx, call.Source); err != nil {
		return nil, err
	}
	if call.Source.Digest() != o.File {
		return nil, consent.ErrSignature // another file than the person signed
	}
	return m.commit(ctx, o.Partial)
}

// importing is one import on its way. Whatever it stores before its head is committed is
// noise, like a write's that was cut short.
type importing struct {
	*attempt
	tag     string // of the head that the import rests on
	next    *head
	grants  map[consent.GrantID]*KeptGrant
	proven  map[consent.GrantID]Unproven // "" for a grant of this person
	keys    map[heldKey]bool             // that were the writer's
	used    map[consent.GrantID]bool     // by values that were taken
	records map[consent.Category]*importedRecord
	values  []ImportedValue
	stored  []consent.FieldVersion
}

type importedRecord struct {
	old     *record
	changed map[[16]byte][]byte
}

// read takes everything, a field at a time.
func (m *importing) read(ctx context.Context, source ImportSource) error {
	var field consent.FieldName
	var values []Sourced
	size := 0
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		item, err := source.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if item.Grant != nil {
			m.grants[item.Grant.ID] = item.Grant
			continue
		}
		if len(values) > 0 && (err != nil || item.Field != field) {
			if err := m.take(ctx, field, values); err != nil {
				return err
			}
			values, size = nil, 0
		}
		if err != nil {
			return nil //nolint:nilerr // io.EOF: all was read
		}
		field = item.Field
		if size += len(item.Value.Value); size > 2*maxField || len(values) == maxWriters {
			return ErrFieldTooLarge
		}
		values = append(values, *item.Value)
	}
}

// take holds the values of one field against what they must stand on, and puts those that
// are proven and new into the next record.
func (m *importing) take(ctx context.Context, field consent.FieldName, incoming []Sourced) error {
	if field.Validate() != nil {
		return termError("field: want category.name")
	}
	r, err := m.record(ctx, field.Category())
	if err != nil {
		return err
	}
	values, err := m.attempt.stored(ctx, m.subject, r.old, field)
	if err != nil {
		return err
	}
	changed := false
	var own *ownAct
	var taken []consent.GrantID
	first := len(m.values)
	for i := range incoming {
		v := &incoming[i]
		reason, err := m.prove(ctx, field, v)
		if err != nil {
			return err
		}
		outcome := ImportedValue{Field: field, Writer: v.Writer, Outcome: OutcomeRefused, Reason: reason}
		if reason == "" {
			outcome.Outcome = OutcomeHere
			taking, err := m.merge(field, &values, v)
			if errors.Is(err, ErrFieldTooLarge) {
				outcome.Outcome, outcome.Reason = OutcomeRefused, UnprovenSize
			} else if err != nil {
				return err
			}
			if taking {
				outcome.Outcome, changed = OutcomeTaken, true
				for n := range v.Signatures {
					taken = append(taken, v.Signatures[n].Grant)
				}
				if v.Writer == (consent.InstitutionID{}) {
					own = &ownAct{Tag: m.subject.kek.FieldTag(string(field)), Time: v.Written / 1000, Version: r.old.Version + 1}
				}
			}
		}
		m.values = append(m.values, outcome)
	}
	if !changed {
		return nil
	}
	envelope, err := m.gate.sealField(ctx, m.subject, field, r.old.Version+1, values)
	if errors.Is(err, ErrFieldTooLarge) {
		for i := first; i < len(m.values); i++ {
			m.values[i].Outcome, m.values[i].Reason = OutcomeRefused, UnprovenSize
		}
		return nil
	}
	if err != nil {
		return err
	}
	if own != nil {
		m.next.setOwn(*own)
	}
	for _, id := range taken {
		if m.grants[id] != nil {
			m.used[id] = true
		}
	}
	r.changed[m.subject.kek.FieldTag(string(field))] = envelope
	m.stored = append(m.stored, consent.FieldVersion{Field: field, Version: r.old.Version + 1})
	return nil
}

func (m *importing) record(ctx context.Context, category consent.Category) (*importedRecord, error) {
	if r := m.records[category]; r != nil {
		return r, nil
	}
	r := &importedRecord{old: &record{Format: objectVersion}, changed: map[[16]byte][]byte{}}
	if entry := m.subject.head.entry(category); entry != nil {
		var err error
		if r.old, err = m.gate.readRecord(ctx, m.subject.head.Identity, *entry); err != nil {
			return nil, err
		}
	}
	m.records[category] = r
	return r, nil
}

// merge puts a proven value among those that are here, and says whether that changed any.
func (m *importing) merge(field consent.FieldName, values *[]Sourced, v *Sourced) (bool, error) {
	i, found := slices.BinarySearchFunc(*values, v.Writer, func(v Sourced, id consent.InstitutionID) int { return bytes.Compare(v.Writer[:], id[:]) })
	if v.Writer == (consent.InstitutionID{}) {
		if v.Written/1000 <= m.subject.head.own(m.subject.kek.FieldTag(string(field))).Time {
			return false, nil // said here since, or taken back
		}
	}
	if !found {
		*values = slices.Insert(*values, i, *v)
		return true, nil
	}
	return m.newer(field, &(*values)[i], v)
}

// commit stores what was taken, writes the entry, and swaps the head: only then does
// anything of it count.
func (m *importing) commit(ctx context.Context, partial bool) (*Imported, error) {
	done := &Imported{Values: m.values, Stored: m.stored}
	if !partial && slices.ContainsFunc(m.values, func(v ImportedValue) bool { return v.Outcome == OutcomeRefused }) {
		return nil, &ImportRefusal{Values: slices.DeleteFunc(m.values, func(v ImportedValue) bool { return v.Outcome != OutcomeRefused })}
	}
	if len(m.stored) == 0 {
		return done, nil
	}
	for category, r := range m.records {
		if len(r.changed) == 0 {
			continue
		}
		next, err := r.old.next(r.changed)
		if err != nil {
			return nil, err
		}
		entry, err := m.gate.storeRecord(ctx, m.subject.head.Identity, category, next)
		if err != nil {
			return nil, err
		}
		m.next.set(entry)
	}
	for id := range m.used {
		if err := m.gate.storeMoved(ctx, m.subject, m.grants[id]); err != nil {
			return nil, err
		}
	}
	for _, v := range m.stored {
		m.asked = append(m.asked, v.Field)
	}
	proof, err := m.append(ctx, consent.EntryImported, m.stored, nil)
	if err != nil {
		return nil, err
	}
	m.next.Revision++
	err = m.gate.putHead(ctx, m.next, m.tag)
	if err != nil {
		m.late(ctx, consent.EntryAborted, m.stored)
	}
	if errors.Is(err, ErrChanged) {
		err = m.gate.overtaken(ctx, m.subject.head.Identity)
	}
	done.Proof = &proof
	return done, err
}

// overtaken says what a head that changed meanwhile means. After an erasure nothing of the
// attempt stays; if that fails it is noise.
func (g *Gate) overtaken(ctx context.Context, identity consent.IdentityID) error {
	if _, err := g.person(ctx, identity); !errors.Is(err, consent.ErrUnknownIdentity) {
		return consent.ErrConflict
	}
	_ = g.deleteRecords(ctx, identity)
	_ = g.deleteMoved(ctx, identity)
	return consent.ErrUnknownIdentity
}
