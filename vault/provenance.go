package vault

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// What a value from elsewhere must stand on.

// prove says why a value is not to be taken, "" where it is. An error means that it cannot
// be told now.
func (m *importing) prove(ctx context.Context, field consent.FieldName, v *Sourced) (Unproven, error) {
	entry, known := m.catalog.Field(field)
	if !known {
		return UnprovenField, nil
	}
	compact, err := checkValue(entry, v.Value)
	if err != nil || len(compact) != len(v.Value) || !m.fits(field, v) {
		return UnprovenValue, nil //nolint:nilerr // the refusal is the answer
	}
	if v.Written/1000 > m.at.seconds()+enrolSkew {
		return UnprovenTime, nil
	}
	if v.Writer == (consent.InstitutionID{}) {
		if v.Grant != (consent.GrantID{}) {
			return UnprovenGrant, nil
		}
		if len(v.Signatures) > 0 {
			return UnprovenSignature, nil // they would bring a grant along that nobody has looked at
		}
		return "", nil // the order says it
	}
	return m.proveItems(ctx, field, v)
}

// fits is what a write is held against besides the type: place, that it can leave again,
// and, of what is signed, that whoever receives it can check that.
func (m *importing) fits(field consent.FieldName, v *Sourced) bool {
	if len(m.misplaced(WriteCall{Values: map[consent.FieldName]json.RawMessage{field: v.Value}})) > 0 {
		return false
	}
	a := *m.attempt
	a.who.ID = v.Writer
	trial, shapes := a.shapes(field, v.Value)
	if !shapes || v.Writer == (consent.InstitutionID{}) {
		return shapes
	}
	items, err := m.gate.signable(field, v.Value)
	left, errLeft := m.gate.signable(field, trial)
	return err == nil && errLeft == nil && slices.Equal(items, left)
}

// proveItems: each item is signed by a key that was the writer's on the ledger on that day,
// under a grant of this person that let the writer write the field then.
func (m *importing) proveItems(ctx context.Context, field consent.FieldName, v *Sourced) (Unproven, error) {
	items, err := m.gate.signable(field, v.Value)
	if err != nil {
		return UnprovenValue, nil //nolint:nilerr // the refusal is the answer
	}
	if len(items) == 0 || len(items) != len(v.Signatures) {
		return UnprovenSignature, nil
	}
	latest, named := uint64(0), false
	for i := range items {
		s := &v.Signatures[i]
		if reason, err := m.proveGrant(ctx, s.Grant); reason != "" || err != nil {
			return reason, err
		}
		if !permits(&m.grants[s.Grant].Grant, v.Writer, field, s.Day) {
			return UnprovenTerms, nil
		}
		statement := consent.ValueStatement{
			Registry: m.gate.institutions, Writer: v.Writer, Grant: consent.CommitGrant(s.Salt, s.Grant), Field: field, Item: items[i], Day: s.Day,
		}
		if statement.Verify(s.Key, s.Signature) != nil {
			return UnprovenSignature, nil //nolint:nilerr // the refusal is the answer
		}
		if held, err := m.held(ctx, v.Writer, s); !held || err != nil {
			return UnprovenKey, err
		}
		s.Commitment = statement.Grant
		latest, named = max(latest, s.Day), named || s.Grant == v.Grant
	}
	if !named {
		return UnprovenGrant, nil
	}
	if written := v.Written / 1000 / consent.Day; written > latest+1 || written+1 < latest { // the other vault says it, the writer this much
		return UnprovenTime, nil
	}
	return "", nil
}

// permits: the grant let the writer write the field on that day, give or take one: so far
// may the day of a signature be from the vault's.
func permits(g *consent.Grant, writer consent.InstitutionID, field consent.FieldName, day uint64) bool {
	return g.Institution == writer && g.Actions.Has(consent.Write) && consent.Includes(g.Fields, field) &&
		day < 1<<40 && (day+2)*consent.Day > g.NotBefore && day*consent.Day < g.Expires+consent.Day
}

// heldKey is a key on a day.
type heldKey struct {
	writer consent.InstitutionID
	key    consent.WriterKey
	day    uint64
}

func (m *importing) held(ctx context.Context, writer consent.InstitutionID, s *ItemSignature) (bool, error) {
	at := heldKey{writer, s.Key, s.Day}
	if m.keys[at] {
		return true, nil
	}
	hash, err := s.Key.Hash()
	if err != nil {
		return false, nil //nolint:nilerr // no key is nobody's
	}
	held, err := m.gate.keyHeld(ctx, writer, hash, s.Day)
	if err != nil {
		return false, unavailable("writer's key", err)
	}
	if held {
		m.keys[at] = true
	}
	return held, nil
}

// proveGrant: the grant is on the ledger, was made for this identity (its salt says so), and
// the root key that the identity had then has bound it, or a representative's, or an assist key with help. Its later
// end changes nothing of what was written under it.
func (m *importing) proveGrant(ctx context.Context, id consent.GrantID) (Unproven, error) {
	if reason, found := m.proven[id]; found {
		return reason, nil
	}
	reason, err := m.judge(ctx, m.grants[id])
	if err == nil {
		m.proven[id] = reason
	}
	return reason, err
}

func (m *importing) judge(ctx context.Context, k *KeptGrant) (Unproven, error) {
	if k == nil || k.Grant.Validate() != nil || k.Grant.ID() != k.ID || k.Grant.Audience != consent.AudienceInstitution {
		return UnprovenGrant, nil //nolint:nilerr // the refusal is the answer
	}
	state, err := m.gate.ledger.GrantState(ctx, k.Grant.GrantKey, k.ID)
	if err != nil {
		return "", unavailable("ledger", err)
	}
	if state.Status == consent.StatusUnknown || state.Block == 0 { // never granted: withdrawn before it was, at most
		return UnprovenGrant, nil
	}
	identity := m.subject.head.Identity
	rootKey, _, err := m.gate.ledger.RootKey(ctx, identity, state.Block)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		rootKey, err = m.subject.head.RootKey, nil // head.check has derived the identity from it
	}
	if err != nil {
		return "", unavailable("ledger", err)
	}
	d := k.deed(identity)
	if !d.binding.Opens(&k.Grant) || len(d.vault) > consent.MaxOrigin {
		return UnprovenPerson, nil
	}
	by, err := m.gate.representativeKey(ctx, d.stands, state.Block)
	if err != nil {
		return "", err
	}
	if !m.gate.bound(d, rootKey, by) {
		return UnprovenPerson, nil
	}
	if d.help != nil {
		if vouched, err := m.gate.vouched(ctx, d.vault, d.grant, d.help); err != nil || !vouched {
			return UnprovenPerson, err
		}
	}
	return "", nil
}

// deed is the grant as it must have counted at the vault where it was given. What was signed there names that
// vault's log, which is not this one's and need not be that of the export: it may have come from further away.
func (k *KeptGrant) deed(identity consent.IdentityID) *deed {
	d := &deed{
		grant: &k.Grant, signature: k.BindingSignature,
		binding: consent.Binding{Grant: k.ID, Identity: identity, Opening: k.BindingOpening, Time: k.BindingTime},
	}
	if r := k.Stands; r != nil {
		d.vault, d.stands = r.Vault, &storedRepresentation{Version: objectVersion, Representative: r.Representative, Until: r.Until, Stated: r.Stated, Statement: r.Statement}
	}
	if h := k.Help; h != nil {
		d.vault, d.help = h.Vault, &storedHelp{
			Version: objectVersion, AssistKey: h.AssistKey, Stated: h.Stated, Statement: h.Statement,
			Institution: h.Institution, Key: h.Key, NotBefore: h.NotBefore, Until: h.Until, Signature: h.Signature,
		}
	}
	return d
}
