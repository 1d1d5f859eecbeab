package vault

import (
	"context"
	"errors"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// deputies are the keys that a person lets act beside their own: the assist key with what is
// under way by it, and a representative. One object, sealed under the subject KEK, so that erasing the
// person takes it along; docs/protocol/assist.md.
type deputies struct {
	_         struct{} `cbor:",toarray"`
	Version   uint16
	AssistKey consent.Address // zero: none
	Stated    uint64
	Statement consent.Signature // AssistKey, by the root key
	Former    consent.Address   // the assist key before
	Revision  uint64            // one more at each commit
	Session   assistSession
	Stands    storedRepresentation // zero: nobody
}

// assistSession is the last that was opened, by the vault's clock; zero: none under this key.
type assistSession struct {
	_       struct{} `cbor:",toarray"`
	Nonce   [32]byte
	Begun   uint64
	Ends    uint64
	Request consent.RequestID
}

type deputiesObject struct {
	_        struct{} `cbor:",toarray"`
	Version  uint16
	Identity consent.IdentityID
	Sealed   []byte
}

func deputiesAD(identity consent.IdentityID) crypto.FieldAD {
	return crypto.FieldAD{Subject: identity, Field: "deputies", Version: 1} // no field has an empty category
}

// deputies reads a person's; all zero where nothing was ever stated. A key that was ended must
// not come back.
func (g *Gate) deputies(ctx context.Context, s *subject) (d *deputies, tag string, err error) {
	name := g.name(roomAssist, s.head.Identity[:])
	err = g.notOlder("deputies", name, func(bool) (uint64, error) {
		var stored *deputiesObject
		d = &deputies{Version: objectVersion}
		if stored, tag, err = getObject[deputiesObject](ctx, g, roomAssist, name); err == nil {
			d, err = s.openDeputies(stored)
		}
		if err != nil && !errors.Is(err, ErrAbsent) {
			return 0, err
		}
		return d.Revision, nil
	})
	if err != nil {
		return nil, "", err
	}
	return d, tag, nil
}

func (s *subject) openDeputies(o *deputiesObject) (*deputies, error) {
	padded, err := s.kek.OpenField(deputiesAD(s.head.Identity), o.Sealed)
	if err != nil {
		return nil, unavailable("deputies", errDamaged)
	}
	plaintext, err := crypto.Unpad(padded)
	if err != nil {
		return nil, unavailable("deputies", errDamaged)
	}
	d, err := decode[deputies](plaintext)
	if err != nil || d.Version != objectVersion || o.Identity != s.head.Identity || d.Revision == 0 {
		return nil, unavailable("deputies", errDamaged)
	}
	return d, nil
}

// commitDeputies changes a person's by compare-and-swap; change's error ends it.
func (g *Gate) commitDeputies(ctx context.Context, s *subject, change func(*deputies) error) error {
	name := g.name(roomAssist, s.head.Identity[:])
	for range maxAttempts {
		d, tag, err := g.deputies(ctx, s)
		if err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		d.Revision++
		plaintext, err := encoding.Marshal(d)
		if err != nil {
			return err
		}
		sealed, err := s.kek.SealField(deputiesAD(s.head.Identity), crypto.Pad(plaintext, leastObject))
		if err != nil {
			return err
		}
		err = g.putObject(ctx, roomAssist, name, deputiesObject{Version: objectVersion, Identity: s.head.Identity, Sealed: sealed}, tag)
		if err == nil {
			raise(g.revisions, name, d.Revision)
		}
		if !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) {
			return err
		}
	}
	return consent.ErrConflict
}

// StateAssistKey says by which key helpers' devices may act, or by none. It is the root key's
// to state; the statement in force again is no error. Ending needs neither ledger nor
// journal: nothing that takes permission away is held up. It returns consent.ErrGrant for a
// time that is not now's, consent.ErrSignature as StateFacts, consent.ErrFrozen,
// consent.ErrConflict for a statement that is not later than the one in force, or what could not be established.
func (g *Gate) StateAssistKey(ctx context.Context, st consent.AssistKey, sig consent.Signature) error {
	st.Vault = g.vault
	ends := st.Key == (consent.Address{})
	person, at, err := g.stating(ctx, ends, st.Identity, st.StructHash(), sig)
	if err != nil {
		return err
	}
	d, _, err := g.deputies(ctx, person)
	if err != nil {
		return err
	}
	if st.Time != 0 && st.Time == d.Stated && st.Key == d.AssistKey {
		return nil
	}
	if err := ofNow(st.Time, at.seconds()); err != nil {
		return err
	}
	if st.Time <= d.Stated {
		return consent.ErrConflict
	}
	return g.stateDeputy(ctx, at, person, ends, consent.EntryAssistKey, func(d *deputies) error {
		if st.Time <= d.Stated {
			return consent.ErrConflict
		}
		d.Former, d.AssistKey, d.Stated, d.Statement = d.AssistKey, st.Key, st.Time, sig
		d.Session = assistSession{}
		return nil
	})
}

// Represent says who gives for an identity, or that nobody does; as StateAssistKey. It is also refused with
// consent.ErrGrant for an end that is no whole day, has passed, or is later than the policy's
// age of deciding alone can be, and for a representative that the ledger does not know.
func (g *Gate) Represent(ctx context.Context, r consent.Represent, sig consent.Signature) error {
	r.Vault = g.vault
	ends := r.Representative == (consent.IdentityID{})
	person, at, err := g.stating(ctx, ends, r.Identity, r.StructHash(), sig)
	if err != nil {
		return err
	}
	d, _, err := g.deputies(ctx, person)
	if err != nil {
		return err
	}
	if r.Time != 0 && r.Time == d.Stands.Stated && r.Representative == d.Stands.Representative && r.Until == d.Stands.Until {
		return nil
	}
	if err := ofNow(r.Time, at.seconds()); err != nil {
		return err
	}
	if r.Time <= d.Stands.Stated {
		return consent.ErrConflict
	}
	if !ends {
		if err := g.mayRepresent(ctx, at, person, &r); err != nil {
			return err
		}
	}
	return g.stateDeputy(ctx, at, person, ends, consent.EntryRepresented, func(d *deputies) error {
		if r.Time <= d.Stands.Stated {
			return consent.ErrConflict
		}
		d.Stands = storedRepresentation{Version: objectVersion, Representative: r.Representative, Until: r.Until, Stated: r.Time, Statement: sig}
		return nil
	})
}

// stating is who states something of deputies, and when: what ends one waits for nobody.
func (g *Gate) stating(ctx context.Context, ends bool, identity consent.IdentityID, structHash [32]byte, sig consent.Signature) (*subject, moment, error) {
	if !ends {
		return g.signedNow(ctx, identity, structHash, sig)
	}
	s, _, err := g.speaker(ctx, time.Now(), identity, structHash, sig)
	if err != nil {
		return nil, moment{}, err
	}
	return s, g.nowAnyway(ctx), nil
}

// stateDeputy writes down and commits; what ends a deputy the other way round.
func (g *Gate) stateDeputy(ctx context.Context, at moment, person *subject, ends bool, kind consent.EntryKind, change func(*deputies) error) error {
	if !ends {
		if err := g.note(ctx, at, person, kind); err != nil {
			return err
		}
		return g.commitDeputies(ctx, person, change)
	}
	if err := g.commitDeputies(ctx, person, change); err != nil {
		return err
	}
	if g.note(ctx, at, person, kind) != nil {
		a := &attempt{gate: g, at: at, subject: person, grant: &loadedGrant{storedGrant: &storedGrant{}}}
		a.late(ctx, kind, nil)
	}
	return nil
}
