package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// maxExportedGrants bounds what is held while a person takes everything.
const maxExportedGrants = 100_000

// ExportCall asks for the person's own values.
type ExportCall struct {
	Order     consent.ExportOrder
	Signature consent.Signature // by the root key
	Turn      Turn              // nil: none is needed
}

// Exported is what a person takes: everything, or the values of some fields. The caller
// reads the values one field at a time and then has the whole signed.
type Exported struct {
	crypto.Redacted
	Identity     consent.IdentityID
	RootKey      consent.Address // with the next two: what the identity derives from
	RecoveryHash consent.Digest
	Salt         consent.Salt
	Region       string
	Enrolled     uint64
	Time         uint64 // Unix milliseconds
	Facts        consent.PolicyFacts
	FactsTime    uint64      // 0: none stated
	Grants       []KeptGrant // sorted by id
	Unnamed      int         // fields that neither the catalog nor a grant names any more
	Proof        consent.Proof

	gate   *Gate
	person *subject
	fields []consent.FieldVersion
	found  map[consent.FieldName][]byte
}

// KeptGrant is a grant with what proves whose it is.
type KeptGrant struct {
	ID               consent.GrantID
	Grant            consent.Grant
	BindingTime      uint64
	BindingSignature consent.Signature
	BindingOpening   consent.Salt
	Status           consent.Status // "" for one that was given elsewhere
	Used             uint32
	Elsewhere        bool                // brought along from another vault: it permits nothing here
	Stands           *KeptRepresentation // where a representative has bound it
	Help             *KeptHelp           // where an assist key has
}

// KeptRepresentation is the statement by which somebody gave a grant for the person, at the vault of that log origin.
type KeptRepresentation struct {
	_              struct{} `cbor:",toarray"`
	Representative consent.IdentityID
	Vault          string
	Until          uint64
	Stated         uint64
	Statement      consent.Signature // Represent, by the represented identity's root key
}

// KeptHelp is what proves a grant with help, at the vault of that log origin.
type KeptHelp struct {
	_           struct{} `cbor:",toarray"`
	Vault       string
	AssistKey   consent.Address
	Stated      uint64
	Statement   consent.Signature // AssistKey, by the root key
	Institution consent.InstitutionID
	Key         consent.WriterKey
	NotBefore   uint64
	Until       uint64
	Signature   consent.WriterSignature // consent.Help, by that key
}

// Export opens what is kept of a person for the person alone. The order is the root key's:
// a session only reads what was done, and a stolen one must not take everything. It is
// written down before anything is opened. It returns consent.ErrGrant for a malformed order,
// consent.ErrSignature, consent.ErrFrozen, or what could not be established.
func (g *Gate) Export(ctx context.Context, call ExportCall) (*Exported, error) {
	o := &call.Order
	o.Vault = g.vault
	if len(o.Fields) > 0 {
		if err := consent.ValidateFields(o.Fields); err != nil {
			return nil, termError("fields: want at most 200 field names, sorted, each once; none for everything")
		}
	}
	person, at, err := g.signedNow(ctx, o.Identity, o.StructHash(), call.Signature)
	if err != nil {
		return nil, err
	}
	if err := ofNow(o.Time, at.seconds()); err != nil {
		return nil, err
	}
	if call.Turn != nil {
		if err := call.Turn(ctx); err != nil {
			return nil, err
		}
	}
	h := person.head
	e := &Exported{
		Identity: h.Identity, RootKey: h.RootKey, RecoveryHash: h.RecoveryHash, Salt: h.Salt, Region: h.Region, Enrolled: h.Enrolled,
		Time: at.milli, FactsTime: h.FactsTime, gate: g, person: person, found: map[consent.FieldName][]byte{},
	}
	a := g.ownAttempt(at, person, call.Turn)
	if e.Facts, err = person.facts(); err == nil {
		err = e.gather(ctx, at, o.Fields)
	}
	if err != nil {
		return nil, a.damaged(ctx, err)
	}
	for _, v := range e.fields {
		a.asked = append(a.asked, v.Field)
	}
	e.Proof, err = a.append(ctx, consent.EntryExported, e.fields, nil)
	return e, err
}

// gather finds grants, and which field in which version; nothing is opened.
func (e *Exported) gather(ctx context.Context, at moment, asked []consent.FieldName) error {
	catalog := e.gate.decider.Catalog()
	if catalog == nil {
		return unavailable("policy", errors.New("no bundle is in force"))
	}
	if err := e.gate.keptGrants(ctx, at, e.person, &e.Grants); err != nil {
		return err
	}
	// A record shows no names: every name that there can be is tried.
	names := map[consent.FieldName]bool{}
	for name := range catalog.Fields {
		names[name] = true
	}
	for i := range e.Grants {
		for _, name := range e.Grants[i].Grant.Fields {
			names[name] = true
		}
	}
	held := 0
	records := map[consent.Category]*record{}
	for _, m := range e.person.head.Manifest {
		r, err := e.gate.readRecord(ctx, e.Identity, m)
		if err != nil {
			return err
		}
		records[m.Category] = r
		held += len(r.Index)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		version, envelope := records[name.Category()].find(e.person.kek.FieldTag(string(name)))
		if envelope == nil {
			continue
		}
		held--
		if len(asked) == 0 || slices.Contains(asked, name) {
			e.fields = append(e.fields, consent.FieldVersion{Field: name, Version: version})
			e.found[name] = envelope
		}
	}
	e.Unnamed = held
	return nil
}

// keptGrants adds the grants that the person gave here, and those that came along with values.
func (g *Gate) keptGrants(ctx context.Context, at moment, person *subject, into *[]KeptGrant) error {
	identity := person.head.Identity
	for cursor := ""; ; {
		next, err := g.grants(ctx, roomOwn, identity, cursor, maxPage, func(l *loadedGrant, _ moment) error {
			if l.Identity != identity {
				return unavailable("index", errDamaged)
			}
			status, err := g.status(ctx, l, at)
			if err != nil {
				return err
			}
			used, err := g.usedOf(ctx, l)
			kept := KeptGrant{ID: l.id, Grant: l.Grant, BindingTime: l.BindingTime, BindingSignature: l.BindingSignature, BindingOpening: l.BindingOpening, Status: status, Used: used}
			if r := l.stands; r != nil {
				kept.Stands = &KeptRepresentation{Representative: r.Representative, Vault: g.vault, Until: r.Until, Stated: r.Stated, Statement: r.Statement}
			}
			if h := l.help; h != nil {
				kept.Help = &KeptHelp{
					Vault: g.vault, AssistKey: h.AssistKey, Stated: h.Stated, Statement: h.Statement,
					Institution: h.Institution, Key: h.Key, NotBefore: h.NotBefore, Until: h.Until, Signature: h.Signature,
				}
			}
			*into = append(*into, kept)
			return err
		})
		if err != nil {
			return err
		}
		if len(*into) > maxExportedGrants {
			return unavailable("grants", errDamaged)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if err := g.movedGrants(ctx, person, into); err != nil {
		return err
	}
	slices.SortFunc(*into, func(a, b KeptGrant) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	*into = slices.CompactFunc(*into, func(a, b KeptGrant) bool { return a.ID == b.ID })
	return nil
}

// Next opens the next field, in the order of names; io.EOF at the end. An error ends the
// export: what was read of it so far is not whole.
func (e *Exported) Next(ctx context.Context) (consent.FieldVersion, []Sourced, error) {
	if len(e.fields) == 0 {
		return consent.FieldVersion{}, nil, io.EOF
	}
	v := e.fields[0]
	e.fields = e.fields[1:]
	var object []byte
	if ref, ok := crypto.StreamOf(e.found[v.Field]); ok {
		var err error
		if object, err = e.gate.readStream(ctx, e.Identity, v.Field, v.Version, ref); err != nil {
			return v, nil, err
		}
	}
	values, err := e.person.openField(v.Field, v.Version, e.found[v.Field], object)
	delete(e.found, v.Field)
	return v, values, err
}

// Sign signs by the log's key, with which the vault promises, that what has this digest is
// what the vault exported, all of it.
func (e *Exported) Sign(digest consent.Digest) []byte {
	return ed25519.Sign(e.gate.keyring.JournalSigner(), consent.ExportMessage(e.gate.vault, e.Identity, e.Time, digest))
}
