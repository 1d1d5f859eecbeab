package api

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
	"github.com/wrapious/wrappy/vault/journal"
	"github.com/wrapious/wrappy/wallet"
)

// chain is a ledger whose next block comes when confirm is called; it permits
// everything, since policy is not the subject.
type chain struct {
	register
	mu     sync.Mutex
	queue  []consent.Act
	states map[consent.GrantID]consent.GrantState
	roots  map[consent.IdentityID]consent.Address
	now    func() time.Time
	fields []consent.FieldName

	catalog *consent.Catalog // nil: fields, as text
	decider vault.Decider    // nil: everything is permitted
	age     time.Duration    // of the view; zero: a second
}

// decides puts another policy into force, and shows the ledger as it was so long ago.
func (c *chain) decides(by vault.Decider, age time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.decider, c.age = by, age
}

func (c *chain) inForce() vault.Decider {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.decider
}

func (c *chain) Affords(context.Context, consent.Act) error { return nil }

func (c *chain) Submit(_ context.Context, act consent.Act) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, act)
	return nil
}

func (c *chain) confirm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := uint64(c.now().Unix())
	for _, act := range c.queue {
		switch act.Kind {
		case consent.ActRegister:
			c.roots[consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt)] = act.Key
		case consent.ActGrant:
			c.states[act.Grant] = consent.GrantState{Status: consent.StatusGiven, GrantedAt: at, Block: 8, Expires: act.Expiry}
		case consent.ActWithdraw:
			c.states[act.Grant] = consent.GrantState{Status: consent.StatusWithdrawn, Block: 9}
		}
	}
	c.queue = nil
}

func (c *chain) GrantState(_ context.Context, _ consent.Address, id consent.GrantID) (consent.GrantState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state, known := c.states[id]; known {
		return state, nil
	}
	return consent.GrantState{Status: consent.StatusUnknown}, nil
}

func (c *chain) RootKey(_ context.Context, id consent.IdentityID, _ uint64) (consent.Address, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if key, known := c.roots[id]; known {
		return key, false, nil
	}
	return consent.Address{}, false, consent.ErrUnknownIdentity
}

func (c *chain) View(context.Context) (consent.View, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return consent.View{Block: 9, Time: uint64(c.now().Unix()), Age: max(c.age, time.Second)}, nil
}

func (c *chain) Decide(ctx context.Context, q consent.Question) (consent.Decision, error) {
	if by := c.inForce(); by != nil {
		return by.Decide(ctx, q)
	}
	return consent.Decision{Permitted: q.Fields}, nil
}

func (c *chain) Derive(context.Context, *consent.Catalog, consent.FieldName, map[consent.FieldName][]byte, uint64) ([]byte, error) {
	return nil, errors.New("no derived field here")
}

func (c *chain) Catalog() *consent.Catalog {
	if by := c.inForce(); by != nil {
		return by.Catalog()
	}
	if c.catalog != nil {
		return c.catalog
	}
	catalog := &consent.Catalog{Revision: 1, Fields: map[consent.FieldName]consent.CatalogField{}}
	for _, f := range c.fields {
		catalog.Fields[f] = consent.CatalogField{Name: f, Type: consent.TypeText}
	}
	catalog.Fields["identity.name"] = consent.CatalogField{Name: "identity.name", Type: consent.TypeList}
	return catalog
}

// world is the stage with a real gate, journal, store and keyring behind it.
type world struct {
	*stage
	chain            *chain
	vault            *vault.Gate
	ledger, registry consent.Domain
	log              ed25519.PublicKey
}

// newWorld has its stores as they are changed.
func newWorld(t *testing.T, change ...func(vault.Store) vault.Store) *world {
	t.Helper()
	s := newStage(t)
	deployment := s.api.cfg.Deployment
	w := &world{
		stage: s, ledger: consent.Domain{ChainID: deployment.ChainID, Contract: deployment.ConsentLedger}, registry: consent.Domain{ChainID: deployment.ChainID, Contract: deployment.KeyRegistry},
		chain: &chain{register: *s.register, states: map[consent.GrantID]consent.GrantState{}, roots: map[consent.IdentityID]consent.Address{}, now: s.api.now, fields: []consent.FieldName{"health.allergy", "identity.birth_date", "work.employer"}},
	}
	dir := t.TempDir()
	keyring, err := crypto.CreateKeyring(t.Context(), filepath.Join(dir, "keyring"), crypto.NewPassphrase(crypto.Secret("correct horse battery staple"), crypto.Argon2{MemoryKiB: 8 << 10, Passes: 1, Lanes: 1}), []string{"KE"})
	if err != nil {
		t.Fatal(err)
	}
	w.log = keyring.JournalSigner().Public().(ed25519.PublicKey)
	log, err := journal.Open(journal.Config{
		Dir: filepath.Join(dir, "journal"), Origin: "vault.example/log", Shared: raw(t, keyring, "journal.shared"), Evidence: raw(t, keyring, "journal.evidence"),
		Locator: raw(t, keyring, "journal.locator"), Security: raw(t, keyring, "journal.security"), Signer: keyring.JournalSigner(),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.vault, err = vault.New(vault.Config{
		Name:  "vault.example/log",
		Heads: store(t, dir, "heads", change...), Records: store(t, dir, "records", change...), Ledger: w.chain, Relayer: w.chain, Decider: w.chain, Journal: log,
		Shape: pseudonymised, Place: fhir.Placed, Signable: fhir.Signable, KeyHeld: w.keyHeld, Keyring: keyring, ConsentLedger: w.ledger, KeyRegistry: w.registry,
		Institutions: consent.Domain{ChainID: w.ledger.ChainID, Contract: s.api.cfg.Deployment.InstitutionRegistry}, Now: s.api.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.vault.Close()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := s.api.cfg
	cfg.Gate, cfg.Deployment.LogKey = w.vault, w.log
	if s.api, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func raw(t *testing.T, k *crypto.Keyring, name string) crypto.Secret {
	t.Helper()
	key, err := k.Raw(name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func store(t *testing.T, dir, name string, change ...func(vault.Store) vault.Store) vault.Store {
	t.Helper()
	opened, err := dirstore.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var s vault.Store = opened
	for _, c := range change {
		s = c(s)
	}
	return s
}

func pseudonymised(key crypto.Secret, granted []consent.FieldName, values map[consent.FieldName][]vault.Sourced) error {
	plain := map[consent.FieldName][]json.RawMessage{}
	for f, list := range values {
		for _, v := range list {
			plain[f] = append(plain[f], v.Value)
		}
	}
	if err := fhir.Pseudonymise(key, granted, plain); err != nil {
		return err
	}
	for f, list := range values {
		for i := range list {
			list[i].Value = plain[f][i]
		}
	}
	return nil
}

func enrolBody(w *world, person *wallet.Identity) openapi.EnrolCall {
	enrolment, sig := person.Enrol(w.ledger, "vault.example/log", "KE", w.now)
	deadline := consent.ActDeadline(uint64(w.now.Unix()))
	register := person.Register(w.registry, deadline)
	body := openapi.EnrolCall{
		Identity: hexOf(enrolment.Identity[:]), RootKey: person.Seed.Root().Address().String(), RecoveryHash: person.RecoveryHash.String(), Salt: hexOf(person.Salt[:]),
		SessionKey: enrolment.SessionKey.String(), Jurisdiction: enrolment.Jurisdiction, Time: enrolment.Time, Signature: hexOf(sig[:]),
	}
	body.Registration.Deadline, body.Registration.Signature = deadline, hexOf(register[:])
	return body
}

func grantBody(s *wallet.SignedGrant) openapi.SignedGrant {
	return openapi.SignedGrant{
		Grant: wireGrant(&s.Grant), Deadline: s.Act.Deadline, Signature: hexOf(s.ActSignature[:]),
		Binding: openapi.Binding{Identity: hexOf(s.Binding.Identity[:]), Opening: hexOf(s.Binding.Opening[:]), Time: s.Binding.Time, Signature: hexOf(s.BindingSignature[:])},
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, want, got int, body []byte) {
	t.Helper()
	if want != got {
		t.Fatalf("status %d, want %d: %s", got, want, body)
	}
}

func readRequest(t *testing.T, w *openapi.RequestDocument) *consent.Request {
	t.Helper()
	var r reading
	request, err := newRequest(&openapi.NewRequest{
		Purpose: w.Purpose, LegalBasis: w.LegalBasis, Jurisdiction: w.Jurisdiction, Fields: w.Fields, Actions: w.Actions, NotBefore: w.NotBefore, Expires: w.Expires,
		MaxReleases: &w.MaxReleases, RetentionDays: w.RetentionDays, Notices: w.Notices, AnswerBy: w.AnswerBy,
	}, consent.InstitutionID{})
	ok(t, err)
	r.id(&request.Institution, w.Institution, "")
	r.id(&request.Salt, w.Salt, "")
	ok(t, r.err)
	return &request
}

func readProof(t *testing.T, w *openapi.Proof) consent.Proof {
	t.Helper()
	p := consent.Proof{
		Promise: consent.Promise{Origin: w.Promise.Origin, Index: w.Promise.Index, MaxDelay: w.Promise.MaxDelayMs, Signature: [64]byte(w.Promise.Signature)},
		Leaf:    w.Leaf, Shared: consent.Opening{Plaintext: w.Opening.Plaintext},
	}
	ok(t, p.Promise.LeafHash.UnmarshalText([]byte(w.Promise.LeafHash)))
	ok(t, p.Shared.Salt.UnmarshalText([]byte(w.Opening.Salt)))
	return p
}
