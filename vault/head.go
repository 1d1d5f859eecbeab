package vault

import (
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
// under the heads' keyset, associated data "wrappy head v1" ‖ identity; a CBOR array
// in this order, docs/protocol/record.md.
type head struct {
	_            struct{} `cbor:",toarray"`
	Version      uint16
	State        uint8
	Identity     consent.IdentityID
	Region       string
	Epoch        uint32 // yyyymm of the epoch key that wraps in addition; 0 = none, the only one yet
	SubjectKEK   []byte // wrapped under the region KEK
	JournalKey   []byte // 32 bytes, wrapped under the region KEK
	Handle       [16]byte
	SessionKey   consent.Address
	RootKey      consent.Address // with the next two: what the identity derives from
	RecoveryHash consent.Digest
	Salt         consent.Salt
	Enrolled     uint64
	FactsTime    uint64
	Facts        []byte // sealed under the subject KEK; empty = none stated
	Manifest     []manifestEntry
	Revision     uint64 // one more at each commit, from 1
}

// manifestEntry names the one record of a category that counts.
type manifestEntry struct {
	_        struct{} `cbor:",toarray"`
	Category consent.Category
	Version  uint64
	Handle   [16]byte
	Digest   [32]byte // SHA-256 of the record object
}

func headAAD(identity consent.IdentityID) []byte {
	return append([]byte("wrappy head v1"), identity[:]...)
}

// check refuses a head that the vault cannot have written for identity.
func (h *head) check(identity consent.IdentityID) error {
	if h.Version != objectVersion || h.Identity != identity || h.Epoch != 0 || h.Revision == 0 {
		return errDamaged
	}
	if h.State == stateErased {
		empty := head{Version: h.Version, State: h.State, Identity: h.Identity, Revision: h.Revision}
		if data, err := encoding.Marshal(h); err != nil || !equalEncoding(data, empty) {
			return errDamaged
		}
		return nil
	}
	if h.State != stateLive || consent.DeriveIdentity(h.RootKey, h.RecoveryHash, h.Salt) != identity {
		return errDamaged
	}
	for i, m := range h.Manifest {
		if m.Version == 0 || i > 0 && h.Manifest[i-1].Category >= m.Category {
			return errDamaged
		}
	}
	return nil
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
	c.Manifest = slices.Clone(h.Manifest)
	return &c
}

// subject is an opened head. Shared between calls: never changed.
type subject struct {
	crypto.Redacted
	head *head
	kek  *crypto.SubjectKEK
	log  SubjectLog
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
	name := g.name(roomHead, identity[:])
	// A head older than one seen before is read once more: a commit between the
	// store's answer and this look explains it. Twice older is a rolled back store.
	for range 2 {
		data, tag, err := g.heads.Get(ctx, name)
		if errors.Is(err, ErrAbsent) {
			if _, seen := g.revisions.get(name); seen {
				return nil, "", unavailable("head", errDamaged)
			}
			return nil, "", consent.ErrUnknownIdentity
		}
		if err != nil {
			return nil, "", unavailable("store", err)
		}
		s, err := g.openSubject(identity, data)
		if err != nil {
			return nil, "", err
		}
		if raise(g.revisions, name, s.head.Revision) > s.head.Revision {
			continue
		}
		if s.head.State == stateErased {
			return nil, "", ErrErased
		}
		return s, tag, nil
	}
	return nil, "", unavailable("head", errDamaged)
}

func (g *Gate) openSubject(identity consent.IdentityID, data []byte) (*subject, error) {
	digest := sha256.Sum256(data)
	if s, found := g.subjects.get(digest); found && s.head.Identity == identity {
		return s, nil
	}
	h, err := open[head](g.headSealer, headAAD(identity), data)
	if err == nil {
		err = h.check(identity)
	}
	if err != nil {
		return nil, unavailable("head", err)
	}
	s := &subject{head: h}
	if h.State == stateErased {
		return s, nil
	}
	region, err := g.keyring.Region(h.Region)
	if err != nil {
		return nil, unavailable("region", err)
	}
	if s.kek, err = region.UnwrapSubject(h.SubjectKEK, identity); err != nil {
		return nil, unavailable("head", errDamaged)
	}
	key, err := region.Unwrap(h.JournalKey, journalKeyAAD(identity))
	if err != nil || len(key) != crypto.KeySize {
		return nil, unavailable("head", errDamaged)
	}
	s.log = SubjectLog{Handle: h.Handle, Key: key}
	g.subjects.put(digest, s)
	return s, nil
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

// putHead stores a head; errors as put.
func (g *Gate) putHead(ctx context.Context, h *head, expect string) error {
	data, err := seal(g.headSealer, headAAD(h.Identity), h)
	if err != nil {
		return err
	}
	name := g.name(roomHead, h.Identity[:])
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
