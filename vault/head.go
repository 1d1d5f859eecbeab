package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// States of a head. Erased is for ever: all that follows it in the head is empty.
const (
	stateLive   uint8 = 1
	stateErased uint8 = 2
)

// maxAttempts bounds compare-and-swap: past it the caller gets consent.ErrConflict.
const maxAttempts = 16

// head is one subject's object in the head store: keys, state and manifest. Sealed
// under the heads' keyset and bound to its name; a CBOR array in this order,
// docs/protocol/record.md.
type head struct {
	_            struct{} `cbor:",toarray"`
	Version      uint16
	State        uint8
	Identity     consent.IdentityID
	Region       string
	Epoch        uint32 // yyyymm of the key that wraps the next two over the region's
	SubjectKEK   []byte // wrapped under the region KEK, and that under the epoch's
	JournalKey   []byte // 32 bytes, likewise
	Handle       [16]byte
	SessionKey   consent.Address
	RootKey      consent.Address // with the next two: what the identity derives from
	RecoveryHash consent.Digest
	Salt         consent.Salt
	Enrolled     uint64
	FactsTime    uint64
	Facts        []byte // sealed under the subject KEK; empty = none stated
	// What the person disputes, Unix seconds: what was given in [since, until]; and the
	// time of the statement. Zeros where nothing was stated.
	DisputedSince, DisputedUntil, DisputeSaid uint64
	Manifest                                  []manifestEntry
	Revision                                  uint64   // one more at each commit, from 1
	Own                                       []ownAct // the latest correction of each field, sorted by tag
}

// ownAct is the latest act by which the person set a value of their own or took it back:
// no earlier one comes after it any more, and the same again is answered as the first.
type ownAct struct {
	_       struct{} `cbor:",toarray"`
	Tag     [16]byte // of the field
	Time    uint64   // the act's
	Act     [32]byte // its struct hash; zero where the value came from another vault
	Version uint64   // of the field that it made; 0 where it changed nothing
}

// manifestEntry names the one record of a category that counts.
type manifestEntry struct {
	_        struct{} `cbor:",toarray"`
	Category consent.Category
	Version  uint64
	Handle   [16]byte
	Digest   [32]byte // SHA-256 of the record object
}

// check refuses a head that the vault cannot have written for identity.
func (h *head) check(identity consent.IdentityID) error {
	if h.Version != objectVersion || h.Identity != identity || h.Revision == 0 {
		return errDamaged
	}
	if h.State == stateErased {
		empty := head{Version: h.Version, State: h.State, Identity: h.Identity, Revision: h.Revision}
		if data, err := encoding.Marshal(h); err != nil || !equalEncoding(data, empty) {
			return errDamaged
		}
		return nil
	}
	if h.State != stateLive || h.Epoch == 0 || consent.DeriveIdentity(h.RootKey, h.RecoveryHash, h.Salt) != identity {
		return errDamaged
	}
	if h.DisputedSince > h.DisputedUntil || h.DisputedUntil != 0 && h.DisputeSaid == 0 {
		return errDamaged
	}
	for i, m := range h.Manifest {
		if m.Version == 0 || i > 0 && h.Manifest[i-1].Category >= m.Category {
			return errDamaged
		}
	}
	if len(h.Own) > maxListed {
		return errDamaged
	}
	for i, own := range h.Own {
		if i > 0 && bytes.Compare(h.Own[i-1].Tag[:], own.Tag[:]) >= 0 {
			return errDamaged
		}
	}
	return nil
}

// own returns the latest act on a field, zero where there was none.
func (h *head) own(tag [16]byte) ownAct {
	if i, found := h.findOwn(tag); found {
		return h.Own[i]
	}
	return ownAct{Tag: tag}
}

func (h *head) setOwn(act ownAct) {
	i, found := h.findOwn(act.Tag)
	if found {
		h.Own[i] = act
		return
	}
	h.Own = slices.Insert(h.Own, i, act)
}

func (h *head) findOwn(tag [16]byte) (int, bool) {
	return slices.BinarySearchFunc(h.Own, tag, func(act ownAct, tag [16]byte) int { return bytes.Compare(act.Tag[:], tag[:]) })
}

func equalEncoding(data []byte, v any) bool {
	again, err := encoding.Marshal(v)
	return err == nil && slices.Equal(again, data)
}

// entry of a category, nil where nothing was recorded.
func (h *head) entry(c consent.Category) *manifestEntry {
	i, found := slices.BinarySearchFunc(h.Manifest, c, func(m manifestEntry, c consent.Category) int {
		if m.Category < c {
			return -1
		}
		if m.Category > c {
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &h.Manifest[i]
}

// set replaces or adds a category's entry.
func (h *head) set(m manifestEntry) {
	if old := h.entry(m.Category); old != nil {
		*old = m
		return
	}
	h.Manifest = append(h.Manifest, m)
	slices.SortFunc(h.Manifest, func(a, b manifestEntry) int {
		if a.Category < b.Category {
			return -1
		}
		return 1
	})
}

// clone is deep enough for commit's changes.
func (h *head) clone() *head {
	c := *h
	c.Manifest, c.Own = slices.Clone(h.Manifest), slices.Clone(h.Own)
	return &c
}

// subject is an opened head. Shared between calls: never changed.
type subject struct {
	crypto.Redacted
	head   *head
	digest [32]byte // of the object, by which the opening is remembered
	kek    *crypto.SubjectKEK
	log    SubjectLog
	gone   bool  // the journal knows it as erased: a crash before the head went, or a head put back from before
	unsure error // the journal could not be asked; never remembered
}

// facts opens the policy facts; they are never kept.
func (s *subject) facts() (consent.PolicyFacts, error) {
	if len(s.head.Facts) == 0 {
		return consent.PolicyFacts{}, nil
	}
	plaintext, err := s.kek.OpenFacts(s.head.Facts, s.head.Identity)
	if err != nil {
		return consent.PolicyFacts{}, unavailable("facts", errDamaged)
	}
	f, err := decode[consent.PolicyFacts](plaintext)
	if err != nil {
		return consent.PolicyFacts{}, unavailable("facts", err)
	}
	return *f, nil
}

// subject reads and opens an identity's head. It is read from the store every time
// and only the opening is remembered, by the object's digest: what another replica
// has committed counts at once. consent.ErrUnknownIdentity where there is none,
// ErrErased, or consent.ErrUnavailable.
func (g *Gate) subject(ctx context.Context, identity consent.IdentityID) (s *subject, tag string, err error) {
	s, tag, err = g.storedSubject(ctx, identity)
	if err == nil && s.unsure != nil {
		return nil, "", unavailable("journal", s.unsure)
	}
	if err == nil && s.gone {
		return nil, "", ErrErased
	}
	return s, tag, err
}

// storedSubject is subject by what the store alone says.
func (g *Gate) storedSubject(ctx context.Context, identity consent.IdentityID) (s *subject, tag string, err error) {
	name := g.name(roomHead, identity[:])
	err = g.notOlder("head", name, func(seen bool) (uint64, error) {
		var data []byte
		data, tag, err = g.heads.Get(ctx, name)
		switch {
		case errors.Is(err, ErrAbsent) && seen:
			return 0, unavailable("head", errDamaged)
		case errors.Is(err, ErrAbsent):
			return 0, consent.ErrUnknownIdentity
		case err != nil:
			return 0, unavailable("store", err)
		}
		if s, err = g.openSubject(ctx, identity, name, data); err != nil {
			return 0, err
		}
		return s.head.Revision, nil
	})
	if err != nil {
		return nil, "", err
	}
	if s.head.State == stateErased {
		return nil, "", ErrErased
	}
	return s, tag, nil
}

func (g *Gate) openSubject(ctx context.Context, identity consent.IdentityID, name string, data []byte) (*subject, error) {
	digest := sha256.Sum256(data)
	if s, found := g.subjects.get(digest); found && s.head.Identity == identity && g.opens(s.head) {
		return s, nil
	}
	h, err := open[head](g.headSealer, label(roomHead, name), data)
	if err == nil {
		err = h.check(identity)
	}
	if err != nil {
		return nil, unavailable("head", err)
	}
	s := &subject{head: h, digest: digest}
	if h.State == stateErased {
		return s, nil
	}
	region, err := g.keyring.Region(h.Region)
	if errors.Is(err, crypto.ErrLeft) {
		return nil, ErrLeft
	}
	if err != nil {
		return nil, unavailable("region", err)
	}
	wrappedKEK, wrappedKey, err := g.underRegion(h)
	if err != nil {
		return nil, err
	}
	if s.kek, err = region.UnwrapSubject(wrappedKEK, identity); err != nil {
		return nil, unavailable("head", errDamaged)
	}
	key, err := region.Unwrap(wrappedKey, journalKeyAAD(identity))
	if err != nil || len(key) != crypto.KeySize {
		return nil, unavailable("head", errDamaged)
	}
	s.log = SubjectLog{Handle: h.Handle, Key: key}
	s.gone, s.unsure = g.journal.Erased(ctx, h.Handle)
	if s.unsure == nil {
		g.subjects.put(digest, s)
	}
	return s, nil
}

// opens reports whether the keys that a remembered head is under are there still.
func (g *Gate) opens(h *head) bool {
	_, errRegion := g.keyring.Region(h.Region)
	_, errEpoch := g.keyring.Epoch(h.Epoch)
	return errRegion == nil && errEpoch == nil
}

func journalKeyAAD(identity consent.IdentityID) []byte {
	return append([]byte("wrappy journal key v1"), identity[:]...)
}

// newSubject makes a head with fresh keys; storing it is the caller's.
func (g *Gate) newSubject(call *EnrolCall) (*subject, error) {
	region, err := g.keyring.Region(call.Enrolment.Jurisdiction)
	if err != nil {
		return nil, ErrRegion
	}
	identity := call.Enrolment.Identity
	kek, err := crypto.NewSubjectKEK()
	if err != nil {
		return nil, err
	}
	key := make(crypto.Secret, crypto.KeySize)
	_, _ = rand.Read(key)
	h := &head{
		Version: objectVersion, State: stateLive, Identity: identity, Region: call.Enrolment.Jurisdiction,
		SessionKey: call.Enrolment.SessionKey, RootKey: call.RootKey, RecoveryHash: call.RecoveryHash, Salt: call.Salt,
		Enrolled: call.Enrolment.Time, Revision: 1,
	}
	_, _ = rand.Read(h.Handle[:])
	if h.SubjectKEK, err = region.WrapSubject(kek, identity); err != nil {
		return nil, fmt.Errorf("wrap subject key: %w", err)
	}
	if h.JournalKey, err = region.Wrap(key, journalKeyAAD(identity)); err != nil {
		return nil, fmt.Errorf("wrap journal key: %w", err)
	}
	return &subject{head: h, kek: kek, log: SubjectLog{Handle: h.Handle, Key: key}}, nil
}

// putHead stores a head, a live one under the present month's key; errors as put. One that
// could not be read again would be lost with all that it opens, and would hold up the end
// of everybody's months.
func (g *Gate) putHead(ctx context.Context, h *head, expect string) error {
	if h.State == stateLive {
		if err := g.renew(ctx, h); err != nil {
			return err
		}
	}
	if err := h.check(h.Identity); err != nil {
		return unavailable("head", err)
	}
	name := g.name(roomHead, h.Identity[:])
	data, err := seal(g.headSealer, label(roomHead, name), h)
	if err != nil {
		return err
	}
	if err := put(ctx, g.heads, name, data, expect); err != nil {
		return err
	}
	raise(g.revisions, name, h.Revision)
	return nil
}

// commit changes a head by compare-and-swap, a bounded number of times. change gets
// the subject as stored and a copy of its head to work on; its error ends the commit.
func (g *Gate) commit(ctx context.Context, identity consent.IdentityID, change func(s *subject, next *head) error) error {
	for range maxAttempts {
		s, tag, err := g.subject(ctx, identity)
		if err != nil {
			return err
		}
		next := s.head.clone()
		if err := change(s, next); err != nil {
			return err
		}
		next.Revision++
		if err := g.putHead(ctx, next, tag); !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return consent.ErrConflict
}

// rootKey is the identity's root key at a block, 0 for now. An identity that the
// registry does not know (yet, or at that block) has the key that it derives from.
func (g *Gate) rootKey(ctx context.Context, s *subject, block uint64) (consent.Address, error) {
	key, _, err := g.ledger.RootKey(ctx, s.head.Identity, block)
	if errors.Is(err, consent.ErrUnknownIdentity) {
		return s.head.RootKey, nil // head.check has derived the identity from it
	}
	if err != nil {
		return consent.Address{}, unavailable("ledger", err)
	}
	return key, nil
}
