package vault

import (
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// packed is a child of whom the hospital has written, under what the parent gave, and what its vault exports.
func packed(t *testing.T) (*child, *luggage) {
	t.Helper()
	c := newChild(t)
	s := c.made(c.parent, c.until)
	_, err := c.gate.Grant(t.Context(), s)
	c.must(err)
	_, err = c.gate.Write(t.Context(), c.hospital, c.call(c.hospital, s.Act.ID, c.values()))
	c.must(err)
	return c, c.pack()
}

// What was written of a child under its parent's permission goes along, to the next vault and on from there.
func TestImportUnderRepresentation(t *testing.T) {
	c, l := packed(t)
	if len(l.grants) != 1 || l.grants[0].Stands == nil || l.grants[0].Stands.Vault != testOrigin || len(l.values) == 0 {
		t.Fatalf("packed: %+v", l.grants)
	}
	for hop := range 2 {
		b := c.elsewhere()
		done, err := b.bring(l, false)
		if err != nil || outcomes(done.Values)[OutcomeTaken] != len(l.values) {
			t.Fatalf("hop %d: %+v %v", hop, done, err)
		}
		if got := b.pack(); len(got.grants) != 1 || !got.grants[0].Elsewhere || *got.grants[0].Stands != *l.grants[0].Stands || len(got.values) != len(l.values) {
			t.Errorf("hop %d: it goes on with %+v", hop, got.grants)
		} else {
			l = got
		}
	}
}

func TestImportUnderRepresentationDenies(t *testing.T) {
	for name, spoil := range map[string]func(c *child, k *KeptGrant){
		"no statement":           func(_ *child, k *KeptGrant) { k.Stands = nil },
		"another representative": func(c *child, k *KeptGrant) { k.Stands.Representative = c.stranger().ID() },
		"nobody on the ledger":   func(_ *child, k *KeptGrant) { k.Stands.Representative = consent.IdentityID{9} },
		"the child itself":       func(c *child, k *KeptGrant) { k.Stands.Representative = c.person.ID() },
		"another vault":          func(_ *child, k *KeptGrant) { k.Stands.Vault = "vault.example/other" },
		"an earlier day":         func(_ *child, k *KeptGrant) { k.Stands.Until -= consent.Day },
		"a later day":            func(_ *child, k *KeptGrant) { k.Stands.Until += consent.Day },
		"another time":           func(_ *child, k *KeptGrant) { k.Stands.Stated++ },
		"no signature":           func(_ *child, k *KeptGrant) { k.Stands.Statement = consent.Signature{} },
		"signed by the representative": func(c *child, k *KeptGrant) {
			r := k.Stands
			st := consent.Represent{Identity: c.person.ID(), Representative: r.Representative, Vault: r.Vault, Until: r.Until, Time: r.Stated}
			r.Statement = c.parent.Seed.Root().Sign(c.domain.Digest(st.StructHash()))
		},
		"a statement that ends before the grant": func(c *child, k *KeptGrant) {
			st, sig := c.person.Represent(c.domain, testOrigin, c.parent.ID(), time.Unix(int64(c.until-consent.Day), 0), c.time())
			k.Stands.Until, k.Stands.Stated, k.Stands.Statement = st.Until, st.Time, sig
		},
		"bound by the child": func(c *child, k *KeptGrant) {
			b := consent.Binding{Grant: k.ID, Identity: c.person.ID(), Opening: k.BindingOpening, Time: k.BindingTime}
			k.BindingSignature = c.person.Seed.Root().Sign(c.domain.Digest(b.StructHash()))
		},
		"bound by the child, and no statement": func(c *child, k *KeptGrant) {
			b := consent.Binding{Grant: k.ID, Identity: c.person.ID(), Opening: k.BindingOpening, Time: k.BindingTime}
			k.BindingSignature, k.Stands = c.person.Seed.Root().Sign(c.domain.Digest(b.StructHash())), nil
		},
		"a binding of another time": func(_ *child, k *KeptGrant) { k.BindingTime++ },
		"a grant that hides the representative": func(c *child, k *KeptGrant) {
			state := c.ledger.states[k.ID]
			k.Grant.Representation = consent.RepresentationSelf
			k.ID = k.Grant.ID()
			c.ledger.set(k.ID, func(there *consent.GrantState) { *there = state })
			b := consent.Binding{Grant: k.ID, Identity: c.person.ID(), Opening: k.BindingOpening, Time: k.BindingTime}
			k.BindingSignature = c.parent.Seed.Root().Sign(c.domain.Digest(b.RepresentedHash(c.parent.ID())))
		},
		"the representative's key was another then": func(c *child, _ *KeptGrant) {
			c.ledger.roots[c.parent.ID()] = newPerson().Seed.Root().Address()
		},
		"the child's key was another then": func(c *child, _ *KeptGrant) {
			c.ledger.roots[c.person.ID()] = newPerson().Seed.Root().Address()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, l := packed(t)
			b := c.elsewhere() // the order to bring is signed by the key of now
			spoil(c, &l.grants[0])
			person, err := b.gate.person(t.Context(), c.person.ID())
			c.must(err)
			m := &importing{attempt: &attempt{gate: b.gate, subject: person}, proven: map[consent.GrantID]Unproven{}, grants: map[consent.GrantID]*KeptGrant{l.grants[0].ID: &l.grants[0]}}
			if reason, err := m.proveGrant(t.Context(), l.grants[0].ID); err != nil || reason != UnprovenPerson {
				t.Errorf("%q, %v", reason, err)
			}
		})
	}
}

// Where the ledger does not say whose key it was, the person's or the representative's, nothing is said of the grant.
func TestImportUnderRepresentationUnavailable(t *testing.T) {
	c, l := packed(t)
	b := c.elsewhere()
	person, err := b.gate.person(t.Context(), c.person.ID())
	c.must(err)
	m := &importing{attempt: &attempt{gate: b.gate, subject: person}, proven: map[consent.GrantID]Unproven{}, grants: map[consent.GrantID]*KeptGrant{l.grants[0].ID: &l.grants[0]}}
	for name, silent := range map[string]func(){
		"on the person":             func() { c.ledger.errRoot = errBroken },
		"on the representative too": func() { c.ledger.rootAnswers = 1 },
	} {
		silent()
		if reason, err := m.proveGrant(t.Context(), l.grants[0].ID); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %q, %v", name, reason, err)
		}
		c.ledger.errRoot = nil
	}
	if reason, err := m.proveGrant(t.Context(), l.grants[0].ID); err != nil || reason != "" {
		t.Errorf("afterwards: %q, %v", reason, err)
	}
}
