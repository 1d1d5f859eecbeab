package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// grantWrapper is the grant object as stored: sealed under the heads' keyset,
// associated data "wrappy grant wrapper v1" ‖ grant id. It says which region's key
// opens the inside.
type grantWrapper struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Region  string
	Sealed  []byte // storedGrant, padded, under the region KEK; associated data "wrappy grant object v1" ‖ grant id
}

// storedGrant is a grant with what proves it, docs/protocol/grant.md. Shared between
// calls: never changed.
type storedGrant struct {
	_                struct{} `cbor:",toarray"`
	Version          uint16
	Grant            consent.Grant
	Deadline         uint64
	ActSignature     consent.Signature
	Identity         consent.IdentityID
	BindingTime      uint64
	BindingSignature consent.Signature
	BindingOpening   consent.Salt
	Region           string

	deputy // behind the array, where another key than the root key has bound
}

// loadedGrant is a grant object as it was read, with the digest that verdicts go by.
type loadedGrant struct {
	crypto.Redacted
	*storedGrant
	id     consent.GrantID
	digest [32]byte
}

func grantAAD(purpose string, id consent.GrantID) []byte { return append([]byte(purpose), id[:]...) }

func (g *Gate) sealGrant(id consent.GrantID, s *storedGrant) ([]byte, error) {
	region, err := g.keyring.Region(s.Region)
	if err != nil {
		return nil, unavailable("region", err)
	}
	plaintext, err := s.encode()
	if err != nil {
		return nil, fmt.Errorf("encode grant: %w", err)
	}
	sealed, err := region.Wrap(crypto.Pad(plaintext, leastObject), grantAAD("wrappy grant object v1", id))
	if err != nil {
		return nil, err
	}
	return seal(g.headSealer, grantAAD("wrappy grant wrapper v1", id), grantWrapper{Version: objectVersion, Region: s.Region, Sealed: sealed})
}

func (g *Gate) openGrant(id consent.GrantID, data []byte) (*storedGrant, error) {
	w, err := open[grantWrapper](g.headSealer, grantAAD("wrappy grant wrapper v1", id), data)
	if err != nil {
		return nil, errDamaged
	}
	region, err := g.keyring.Region(w.Region)
	if err != nil {
		return nil, err
	}
	padded, err := region.Unwrap(w.Sealed, grantAAD("wrappy grant object v1", id))
	if err != nil {
		return nil, errDamaged
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, errDamaged
	}
	s, err := decodeGrant(plaintext)
	if err != nil || s.Version != objectVersion || s.Region != w.Region {
		return nil, errDamaged
	}
	return s, nil
}

func (s *storedGrant) encode() ([]byte, error) {
	data, err := encoding.Marshal(s)
	if err != nil || s.deputy == (deputy{}) {
		return data, err
	}
	var beside any = s.stands
	if s.help != nil {
		beside = s.help
	}
	more, err := encoding.Marshal(beside)
	return append(data, more...), err
}

func decodeGrant(plaintext []byte) (*storedGrant, error) {
	s, more, err := decodeFirst[storedGrant](plaintext)
	if err != nil || len(more) == 0 {
		return s, err
	}
	if s.Grant.Representation == consent.RepresentationRepresentative {
		s.stands, err = decode[storedRepresentation](more)
	} else {
		s.help, err = decode[storedHelp](more)
	}
	return s, err
}

// notOlder reads an object whose revisions only rise. read returns the revision that it found, 0 for
// none, and is told whether one was seen before. What is older than one that was seen before
// the read began is read once more; twice older is a store that was put back.
func (g *Gate) notOlder(what, name string, read func(seen bool) (revision uint64, err error)) error {
	for range 2 {
		before, seen := g.revisions.get(name)
		revision, err := read(seen)
		if err != nil {
			return err
		}
		if raise(g.revisions, name, revision); revision >= before {
			return nil
		}
	}
	return unavailable(what, errDamaged)
}

// loadGrant reads a grant object. consent.ErrNotFound for an absent one and for one
// that cannot be opened, which nobody can be told anything about.
func (g *Gate) loadGrant(ctx context.Context, id consent.GrantID) (*loadedGrant, error) {
	data, _, err := g.heads.Get(ctx, g.name(roomGrant, id[:]))
	if errors.Is(err, ErrAbsent) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, unavailable("store", err)
	}
	digest := sha256.Sum256(data)
	if loaded, found := g.documents.get(digest); found && loaded.id == id {
		if _, err := g.keyring.Region(loaded.Region); err != nil { // left since
			return nil, fmt.Errorf("%w: %w", consent.ErrNotFound, err)
		}
		return loaded, nil
	}
	s, err := g.openGrant(id, data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", consent.ErrNotFound, err)
	}
	loaded := &loadedGrant{storedGrant: s, id: id, digest: digest}
	g.documents.put(digest, loaded)
	return loaded, nil
}

func (s *storedGrant) act(id consent.GrantID) consent.GrantAct {
	return consent.GrantAct{ID: id, Expiry: s.Grant.ActExpiry(), Deadline: s.Deadline}
}

func (s *storedGrant) binding(id consent.GrantID) consent.Binding {
	return consent.Binding{Grant: id, Identity: s.Identity, Opening: s.BindingOpening, Time: s.BindingTime}
}

// verdictKey names what a verdict on checks 1 to 3 rests on.
type verdictKey struct {
	digest      [32]byte
	rootKey, by consent.Address
}

// verify makes checks 1 to 3 of a loaded grant against the root key of its block,
// and that it is the one answer to its request. Verdicts are remembered in memory
// under the document's digest; only good ones.
func (g *Gate) verify(ctx context.Context, l *loadedGrant, rootKey consent.Address, block uint64) (valid bool, err error) {
	by, err := g.representativeKey(ctx, l.stands, block)
	if err != nil {
		return false, err
	}
	key := verdictKey{l.digest, rootKey, by}
	if _, found := g.verdicts.get(key); found {
		return true, nil
	}
	if !g.proves(l, rootKey, by) {
		return false, nil
	}
	if l.help != nil {
		if vouched, err := g.vouched(ctx, g.vault, &l.Grant, l.help); err != nil || !vouched {
			return false, err
		}
	}
	named, err := g.answers(ctx, l)
	if err != nil || !named {
		return false, err
	}
	g.verdicts.put(key, struct{}{})
	return true, nil
}

// answers reports whether the one answer to the grant's request names it; without it
// the grant was never accepted.
func (g *Gate) answers(ctx context.Context, l *loadedGrant) (bool, error) {
	a, err := g.answer(ctx, l.Grant.Request)
	if errors.Is(err, ErrAbsent) {
		return false, nil
	}
	return err == nil && a.Kind == answerGiven && a.Grant == l.id, err
}

// proves is checks 1 to 3: struct hash, binding, the grant key's own act.
func (g *Gate) proves(l *loadedGrant, rootKey, by consent.Address) bool {
	d := &deed{vault: g.vault, grant: &l.Grant, binding: l.binding(l.id), signature: l.BindingSignature, deputy: l.deputy}
	return l.Grant.Validate() == nil && l.Grant.ID() == l.id && d.binding.Opens(&l.Grant) && g.bound(d, rootKey, by) &&
		g.signed(l.act(l.id).StructHash(), l.ActSignature, l.Grant.GrantKey) == nil
}

// signed verifies a signature in ConsentLedger's domain.
func (g *Gate) signed(structHash [32]byte, sig consent.Signature, by consent.Address) error {
	return consent.Verify(g.domain.Digest(structHash), sig, by)
}
