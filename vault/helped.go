package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Help is what comes with a grant that an assist key has bound.
type Help struct {
	Session     [32]byte // nonce of the assist session that it comes in
	Institution consent.InstitutionID
	Key         consent.WriterKey // its own now: the caller has looked
	NotBefore   uint64
	Until       uint64
	Signature   consent.WriterSignature // consent.Help
}

// storedHelp is what proves a grant with help, beside its binding; docs/protocol/assist.md.
type storedHelp struct {
	_           struct{} `cbor:",toarray"`
	Version     uint16
	AssistKey   consent.Address
	Stated      uint64
	Statement   consent.Signature // AssistKey, by the root key
	Institution consent.InstitutionID
	Key         consent.WriterKey
	NotBefore   uint64
	Until       uint64
	Signature   consent.WriterSignature
}

// storedRepresentation is what proves a grant under representation, beside its binding.
type storedRepresentation struct {
	_              struct{} `cbor:",toarray"`
	Version        uint16
	Representative consent.IdentityID
	Until          uint64
	Stated         uint64
	Statement      consent.Signature // Represent, by the represented identity's root key
}

// deputy is what was stored beside a binding that is not the root key's; neither: it is.
type deputy struct {
	help   *storedHelp
	stands *storedRepresentation
}

// deed is a grant with all that proves whose it is: what was given here, and what comes along from
// another vault, are held against the same.
type deed struct {
	vault     string // the origin that statements and help must name
	grant     *consent.Grant
	binding   consent.Binding
	signature consent.Signature // of the binding
	deputy
}

// binder finds whose grant it is and checks who has bound it: the root key, the assist key in
// its session with the helping institution's word, or a representative. Errors as signer,
// ErrAssistOver, consent.ErrGrant.
func (g *Gate) binder(ctx context.Context, begun time.Time, s *SignedGrant) (*subject, deputy, error) {
	helped, represented := s.Help != nil, s.Representative != (consent.IdentityID{})
	switch {
	case helped && represented:
		return nil, deputy{}, termError("representation: not with help")
	case (helped || represented) && s.Grant.Audience != consent.AudienceInstitution:
		return nil, deputy{}, termError("audience: a code is shown by the person alone")
	case represented != (s.Grant.Representation == consent.RepresentationRepresentative):
		return nil, deputy{}, termError("representation: want a representative's binding, and only there")
	case helped && s.Grant.Assistance != consent.AssistanceAssisted:
		return nil, deputy{}, termError("assistance: want assisted")
	case helped:
		return g.helpedBy(ctx, begun, s)
	case represented:
		return g.representedBy(ctx, begun, s)
	}
	person, err := g.signer(ctx, begun, s.Binding.Identity, s.Binding.StructHash(), s.BindingSignature)
	return person, deputy{}, err
}

func (g *Gate) helpedBy(ctx context.Context, begun time.Time, s *SignedGrant) (*subject, deputy, error) {
	at, err := g.now(ctx)
	if err != nil {
		return nil, deputy{}, err
	}
	person, d, err := g.assistant(ctx, begun, s.Binding.Identity, s.Binding.AssistedHash(), s.BindingSignature)
	if err != nil {
		return nil, deputy{}, err
	}
	if err := d.open(s.Help.Session, at.seconds()); err != nil {
		return nil, deputy{}, err
	}
	if d.Session.Request != s.Grant.Request {
		return nil, deputy{}, termError("request: not the one that the session is for")
	}
	h := &storedHelp{
		Version: objectVersion, AssistKey: d.AssistKey, Stated: d.Stated, Statement: d.Statement,
		Institution: s.Help.Institution, Key: s.Help.Key, NotBefore: s.Help.NotBefore, Until: s.Help.Until, Signature: s.Help.Signature,
	}
	if now := at.seconds(); now < h.NotBefore || now >= h.Until {
		return nil, deputy{}, termError("help: not in its time")
	}
	vouched, err := g.vouched(ctx, g.vault, &s.Grant, h)
	if err != nil {
		return nil, deputy{}, err
	}
	if !vouched {
		return nil, deputy{}, consent.ErrSignature
	}
	return person, deputy{help: h}, nil
}

// vouched reports whether the helping institution has signed for this grant at this vault, by a key
// that was its own on the day of the signature.
func (g *Gate) vouched(ctx context.Context, vault string, grant *consent.Grant, h *storedHelp) (bool, error) {
	said := consent.Help{
		Registry: g.institutions, Vault: vault, Institution: h.Institution, Grant: grant.ID(), Request: grant.Request, NotBefore: h.NotBefore, Until: h.Until,
	}
	hash, err := h.Key.Hash()
	if err != nil || said.Verify(h.Key, h.Signature) != nil {
		return false, nil //nolint:nilerr // no key has signed it
	}
	held, err := g.keyHeld(ctx, h.Institution, hash, h.NotBefore/consent.Day)
	if err != nil {
		return false, unavailable("helping institution's key", err)
	}
	return held, nil
}

// mayHelp asks whether the helping institution may help once more today, and counts it: a
// crash after it has consumed one. nil where nobody helped; a *Denial, journalled, where it may not.
func (a *attempt) mayHelp(ctx context.Context, h *storedHelp) (helper consent.Institution, err error) {
	g := a.gate
	helper, err = g.ledger.Institution(ctx, h.Institution)
	if err != nil && !errors.Is(err, consent.ErrUnknownInstitution) {
		return helper, unavailable("ledger", err)
	}
	if err != nil || helper.ID != h.Institution || unfit(&helper, a.at.seconds()) != "" {
		return helper, a.deny(ctx, consent.ReasonHelper)
	}
	_, err = g.count(ctx, roomHelped, g.name(roomHelped, h.Institution[:], binary.BigEndian.AppendUint64(nil, a.at.seconds()/consent.Day)), g.assistsPerDay)
	if errors.Is(err, errLimit) {
		err = a.deny(ctx, consent.ReasonHelperLimit)
	}
	return helper, err
}

// assistedBy writes down with whose help the grant is about to be given.
func (a *attempt) assistedBy(ctx context.Context, helper consent.Institution) error {
	b := *a
	b.who = helper
	_, err := b.append(ctx, consent.EntryAssisted, nil, nil)
	return err
}

// bound is check 2 of a grant without the helping institution's word, which vouched checks: who has bound it, by
// what is beside the binding. by is the representative's root key at the grant's block, zero where nobody stands for the person.
func (g *Gate) bound(d *deed, rootKey, by consent.Address) bool {
	b := &d.binding
	switch {
	case d.help != nil && d.stands != nil:
		return false
	case d.help != nil:
		h := d.help
		stated := consent.AssistKey{Identity: b.Identity, Vault: d.vault, Key: h.AssistKey, Time: h.Stated}
		return h.AssistKey != (consent.Address{}) && d.grant.Assistance == consent.AssistanceAssisted && d.grant.Representation == consent.RepresentationSelf &&
			g.signed(stated.StructHash(), h.Statement, rootKey) == nil && g.signed(b.AssistedHash(), d.signature, h.AssistKey) == nil
	case d.stands != nil:
		r := d.stands
		stated := consent.Represent{Identity: b.Identity, Representative: r.Representative, Vault: d.vault, Until: r.Until, Time: r.Stated}
		return by != (consent.Address{}) && d.grant.Representation == consent.RepresentationRepresentative && d.grant.Expires <= r.Until &&
			g.signed(stated.StructHash(), r.Statement, rootKey) == nil && g.signed(b.RepresentedHash(r.Representative), d.signature, by) == nil
	}
	return d.grant.Representation == consent.RepresentationSelf && g.signed(b.StructHash(), d.signature, rootKey) == nil
}
