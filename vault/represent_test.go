package vault

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// child is a person whom another represents for three days more.
type child struct {
	*world
	parent *wallet.Identity
	until  uint64
}

func newChild(t testing.TB) *child {
	t.Helper()
	c := &child{world: newWorld(t), parent: newPerson()}
	c.decider.catalog.Majorities = map[string]uint32{consent.AnyJurisdiction: 18}
	c.enrol(c.person)
	c.enrol(c.parent)
	c.until = c.unix() + 3*consent.Day
	if err := c.represent(c.parent.ID(), c.until); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) represent(by consent.IdentityID, until uint64) error {
	r, _ := c.person.Represent(c.domain, testOrigin, by, time.Unix(int64(until), 0), c.time())
	r.Until = until
	return c.gate.Represent(c.t.Context(), r, c.person.Seed.Root().Sign(c.domain.Digest(r.StructHash())))
}

func (c *child) made(by *wallet.Identity, until uint64) SignedGrant {
	c.t.Helper()
	s, err := by.AnswerFor(c.domain, c.person.ID(), until, c.request(c.hospital), wallet.Choice{Language: "en"}, c.time())
	if err != nil {
		c.t.Fatal(err)
	}
	return SignedGrant{Grant: s.Grant, Act: s.Act, ActSignature: s.ActSignature, Binding: s.Binding, BindingSignature: s.BindingSignature, Representative: by.ID()}
}

func TestGrantUnderRepresentation(t *testing.T) {
	c := newChild(t)
	s := c.made(c.parent, c.until)
	if s.Grant.Expires != c.until {
		t.Errorf("ends at %d, want %d", s.Grant.Expires, c.until)
	}
	if _, err := c.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	status := func() consent.Status {
		own, _, err := c.newGate().GrantsOf(t.Context(), c.person.ID(), "", 10)
		if err != nil || len(own) != 1 {
			t.Fatalf("%d grants, %v", len(own), err)
		}
		return own[0].Status
	}
	if got := status(); got != consent.StatusGiven {
		t.Errorf("given: %s", got)
	}
	if theirs, _, err := c.gate.GrantsOf(t.Context(), c.parent.ID(), "", 10); err != nil || len(theirs) != 0 {
		t.Errorf("it is the representative's own: %v, %v", theirs, err)
	}
	// That nobody represents any more leaves what was given, until the day.
	c.pass(time.Second)
	if err := c.represent(consent.IdentityID{}, 0); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != consent.StatusGiven {
		t.Errorf("afterwards: %s", got)
	}
	c.pass(3 * 24 * time.Hour)
	if got := status(); got != consent.StatusExpired {
		t.Errorf("on the day: %s", got)
	}
}

// Either stops it: the child by its root key, the representative by the grant key.
func TestStopUnderRepresentation(t *testing.T) {
	for name, sign := range map[string]func(c *child, s *SignedGrant) consent.Signature{
		"the child": func(c *child, s *SignedGrant) consent.Signature {
			return c.person.WithdrawAsIdentity(c.domain, s.Act.ID)
		},
		"the representative": func(c *child, s *SignedGrant) consent.Signature { return c.parent.Withdraw(c.domain, &s.Grant) },
	} {
		c := newChild(t)
		s := c.made(c.parent, c.until)
		if _, err := c.gate.Grant(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if _, err := c.gate.Withdraw(t.Context(), s.Act.ID, sign(c, &s)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.release(s); !deniedAs(err, consent.ReasonWithdrawn) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRepresentationDenies(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(c *child, s *SignedGrant)
		want  error
	}{
		"somebody else":      {func(c *child, s *SignedGrant) { *s = c.made(c.stranger(), c.until) }, consent.ErrSignature},
		"nobody any more":    {func(c *child, _ *SignedGrant) { c.pass(time.Second); c.must(c.represent(consent.IdentityID{}, 0)) }, consent.ErrSignature},
		"another by now":     {func(c *child, _ *SignedGrant) { c.pass(time.Second); c.must(c.represent(c.stranger().ID(), c.until)) }, consent.ErrSignature},
		"after the day":      {func(c *child, s *SignedGrant) { *s = c.made(c.parent, c.until+consent.Day) }, consent.ErrGrant},
		"on the day":         {func(c *child, _ *SignedGrant) { c.pass(3 * 24 * time.Hour) }, consent.ErrGrant},
		"after handing over": {func(c *child, _ *SignedGrant) { c.ledger.roots[c.person.ID()] = newPerson().Seed.Root().Address() }, consent.ErrSignature},
		"a representative whose key was replaced": {func(c *child, _ *SignedGrant) {
			c.ledger.roots[c.parent.ID()] = newPerson().Seed.Root().Address()
		}, consent.ErrSignature},
		"a recovery is pending": {func(c *child, _ *SignedGrant) { c.ledger.frozen = true }, consent.ErrFrozen},
		"no name of who it is":  {func(_ *child, s *SignedGrant) { s.Representative = consent.IdentityID{} }, consent.ErrGrant},
		"the child as its own":  {func(c *child, s *SignedGrant) { s.Representative = c.person.ID() }, consent.ErrSignature},
		"nobody who is here": {func(c *child, s *SignedGrant) {
			c.person = newPerson()
			*s = c.made(c.parent, c.until)
		}, consent.ErrSignature},
		"who represents cannot be read": {func(c *child, _ *SignedGrant) {
			id := c.person.ID()
			own := c.gate.name(roomHead, id[:])
			c.heads.setFault(func(op, name string) (bool, bool) { return name == own, false })
		}, consent.ErrUnavailable},
		"the policy has no age now":   {func(c *child, _ *SignedGrant) { c.decider.catalog.Majorities = nil }, consent.ErrGrant},
		"the policy's age is younger": {func(c *child, _ *SignedGrant) { c.decider.catalog.Majorities["KE"] = 0 }, consent.ErrGrant},
		"no policy":                   {func(c *child, _ *SignedGrant) { c.decider.catalog = nil }, consent.ErrUnavailable},
		"a binding by the child's key": {func(c *child, s *SignedGrant) {
			s.BindingSignature = c.person.Seed.Root().Sign(c.domain.Digest(s.Binding.StructHash()))
		}, consent.ErrSignature},
		"the parent's own binding": {func(c *child, s *SignedGrant) {
			s.BindingSignature = c.parent.Seed.Root().Sign(c.domain.Digest(s.Binding.StructHash()))
		}, consent.ErrSignature},
		"the child says that somebody represents": {func(c *child, s *SignedGrant) {
			g, err := c.person.Answer(c.domain, c.request(c.hospital), wallet.Choice{Language: "en", Representation: consent.RepresentationRepresentative}, c.time())
			c.must(err)
			*s = SignedGrant{Grant: g.Grant, Act: g.Act, ActSignature: g.ActSignature, Binding: g.Binding, BindingSignature: g.BindingSignature}
		}, consent.ErrGrant},
	} {
		t.Run(name, func(t *testing.T) {
			w := newChild(t)
			s := w.made(w.parent, w.until)
			c.spoil(w, &s)
			if _, err := w.gate.Grant(t.Context(), s); !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
			if w.journal.count(consent.EntryGranted) != 0 {
				t.Error("given")
			}
		})
	}
}

func (c *child) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) stranger() *wallet.Identity {
	p := newPerson()
	c.enrol(p)
	return p
}

func TestRepresentStatement(t *testing.T) {
	c := newChild(t)
	now, years := c.unix(), func(n uint64) uint64 { return c.until + n*366*consent.Day }
	c.pass(time.Second)
	for name, test := range map[string]struct{ got, want error }{
		"twenty years":             {c.represent(c.parent.ID(), years(20)), consent.ErrGrant},
		"half a day":               {c.represent(c.parent.ID(), c.until+consent.Day/2), consent.ErrGrant},
		"passed":                   {c.represent(c.parent.ID(), now/consent.Day*consent.Day), consent.ErrGrant},
		"oneself":                  {c.represent(c.person.ID(), c.until), consent.ErrGrant},
		"nobody on the ledger":     {c.represent(consent.IdentityID{7}, c.until), consent.ErrGrant},
		"the end of numbers":       {c.represent(c.parent.ID(), ^uint64(0)/consent.Day*consent.Day), consent.ErrGrant},
		"by the representative":    {c.signedBy(c.parent), consent.ErrSignature},
		"seventeen years":          {c.represent(c.parent.ID(), years(17)), nil},
		"another of the same time": {c.represent(c.parent.ID(), years(16)), consent.ErrConflict},
		"the same again":           {c.represent(c.parent.ID(), years(17)), nil},
		"nobody, by a stranger":    {c.said(newPerson(), consent.IdentityID{}, 0, 1), consent.ErrSignature},
		"of an earlier time":       {c.said(c.person, c.parent.ID(), years(1), -1), consent.ErrConflict},
		"from tomorrow":            {c.said(c.person, c.parent.ID(), years(1), int64(consent.Day)), consent.ErrGrant},
		"what is in force cannot be read": {func() error {
			c.failOn("get", roomAssist)
			defer c.heads.setFault(nil)
			return c.said(c.person, c.parent.ID(), years(1), 1)
		}(), consent.ErrUnavailable},
		"no place for the end": {func() error {
			c.failOn("put", roomAssist)
			defer c.heads.setFault(nil)
			return c.said(c.person, consent.IdentityID{}, 0, 1)
		}(), consent.ErrUnavailable},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v; want %v", name, test.got, test.want)
		}
	}
	c.pass(time.Second)
	c.ledger.rootAnswers = 1 // of the person, and none of who represents
	if err := c.represent(c.parent.ID(), years(15)); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("the ledger is silent: %v", err)
	}
	c.ledger.errRoot = nil
	majorities := c.decider.catalog.Majorities
	c.decider.catalog.Majorities = nil
	if err := c.represent(c.parent.ID(), c.until); !errors.Is(err, consent.ErrGrant) || !strings.Contains(err.Error(), "no age") {
		t.Errorf("no age: %v", err)
	}
	if got, err := c.gate.RepresentativeOf(t.Context(), c.person.ID()); err != nil || got.Until != years(17) {
		t.Errorf("stated all the same: %+v, %v", got, err)
	}
	c.decider.catalog.Majorities = majorities
	if n := c.journal.count(consent.EntryRepresented); n != 2 {
		t.Errorf("%d entries of two statements that were taken", n)
	}
	// Of two at once the later one stands.
	c.pass(time.Minute)
	c.meanwhile(consent.EntryRepresented, func() {
		if err := c.said(c.person, consent.IdentityID{}, 0, 0); err != nil {
			t.Error(err)
		}
	})
	if err := c.said(c.person, c.parent.ID(), years(1), -1); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("another was stated meanwhile: %v", err)
	}
	if r, err := c.gate.RepresentativeOf(t.Context(), c.person.ID()); err != nil || r.Representative != (consent.IdentityID{}) {
		t.Errorf("%+v, %v", r, err)
	}
}

// said is a statement of so many seconds from now, signed by whom.
func (c *child) said(who *wallet.Identity, by consent.IdentityID, until uint64, seconds int64) error {
	r, _ := c.person.Represent(c.domain, testOrigin, by, time.Unix(int64(until), 0), c.time().Add(time.Duration(seconds)*time.Second))
	r.Until = until
	return c.gate.Represent(c.t.Context(), r, who.Seed.Root().Sign(c.domain.Digest(r.StructHash())))
}

func TestRepresentativeOf(t *testing.T) {
	nobody := consent.IdentityID{}
	for name, test := range map[string]struct {
		change func(c *child)
		want   bool
	}{
		"in force":           {func(*child) {}, true},
		"read anew":          {func(c *child) { c.gate = c.newGate() }, true},
		"after the day":      {func(c *child) { c.pass(4 * 24 * time.Hour) }, true},
		"not on the ledger":  {func(c *child) { delete(c.ledger.roots, c.person.ID()) }, true},
		"nobody any more":    {func(c *child) { c.pass(time.Second); c.must(c.represent(nobody, 0)) }, false},
		"another by now":     {func(c *child) { c.pass(time.Second); c.must(c.represent(c.stranger().ID(), c.until)) }, false},
		"after handing over": {func(c *child) { c.ledger.roots[c.person.ID()] = newPerson().Seed.Root().Address() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChild(t)
			test.change(c)
			got, err := c.gate.RepresentativeOf(t.Context(), c.person.ID())
			if is := got.Representative == c.parent.ID() && got.Until == c.until && got.Time != 0; err != nil || is != test.want || got.Representative == nobody && got != (consent.Represent{}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	c := newChild(t)
	c.eachReadFails("of who is represented", func(g *Gate) (any, error) { return g.RepresentativeOf(t.Context(), c.person.ID()) })
	c.ledger.errRoot = errBroken
	if got, err := c.gate.RepresentativeOf(t.Context(), c.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("the ledger is silent: %+v, %v", got, err)
	}
	c.ledger.errRoot = nil
	if got, err := c.gate.RepresentativeOf(t.Context(), c.parent.ID()); err != nil || got != (consent.Represent{}) {
		t.Errorf("of who decides alone: %+v, %v", got, err)
	}
	if _, err := c.gate.RepresentativeOf(t.Context(), newPerson().ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("of nobody: %v", err)
	}
	c.erase()
	if _, err := c.gate.RepresentativeOf(t.Context(), c.person.ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("of who has erased everything: %v", err)
	}
}

func (c *child) signedBy(who *wallet.Identity) error {
	r, _ := c.person.Represent(c.domain, testOrigin, c.parent.ID(), time.Unix(int64(c.until), 0), c.time())
	return c.gate.Represent(c.t.Context(), r, who.Seed.Root().Sign(c.domain.Digest(r.StructHash())))
}

// TestStoredRepresentationDenies: what lies in the bucket is believed only with all that proves it.
func TestStoredRepresentationDenies(t *testing.T) {
	for name, spoil := range map[string]func(c *child, s *storedGrant){
		"no statement":           func(_ *child, s *storedGrant) { s.stands = nil },
		"another representative": func(_ *child, s *storedGrant) { s.stands.Representative = consent.IdentityID{9} },
		"a later day":            func(_ *child, s *storedGrant) { s.stands.Until += consent.Day },
		"another time":           func(_ *child, s *storedGrant) { s.stands.Stated++ },
		"signed by the representative": func(c *child, s *storedGrant) {
			r := consent.Represent{Identity: s.Identity, Representative: s.stands.Representative, Vault: testOrigin, Until: s.stands.Until, Time: s.stands.Stated}
			s.stands.Statement = c.parent.Seed.Root().Sign(c.domain.Digest(r.StructHash()))
		},
		"a day before the grant's end": func(c *child, s *storedGrant) {
			r := consent.Represent{Identity: s.Identity, Representative: s.stands.Representative, Vault: testOrigin, Until: s.stands.Until - consent.Day, Time: s.stands.Stated}
			s.stands.Until, s.stands.Statement = r.Until, c.person.Seed.Root().Sign(c.domain.Digest(r.StructHash()))
		},
		"bound by the child": func(c *child, s *storedGrant) {
			s.BindingSignature = c.person.Seed.Root().Sign(c.domain.Digest(s.binding(s.Grant.ID()).StructHash()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChild(t)
			s := c.made(c.parent, c.until)
			if _, err := c.gate.Grant(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			l, err := c.gate.loadGrant(t.Context(), s.Act.ID)
			if err != nil {
				t.Fatal(err)
			}
			changed, stands := *l.storedGrant, *l.stands
			changed.stands = &stands
			spoil(c, &changed)
			c.replaceGrant(s.Act.ID, &changed)
			if _, err := c.release(s); !deniedAs(err, consent.ReasonInvalid) && !errors.Is(err, consent.ErrNotFound) {
				t.Errorf("released: %v", err)
			}
		})
	}
}

// A representative's key that the ledger cannot tell now is no word against the grant.
func TestRepresentativeOutOfReach(t *testing.T) {
	c := newChild(t)
	s := c.made(c.parent, c.until)
	if _, err := c.gate.Grant(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	c.ledger.rootAnswers = 1 // of the child
	if r, err := c.release(s); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("release: %v", err)
	}
	c.ledger.errRoot = nil
	if _, err := c.release(s); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
