package vault

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

var errBroken = errors.New("broken on purpose")

// begin is the tests' moment: a whole day, so that ends are easy to read.
var begin = time.Unix(20_500*int64(consent.Day), 0)

var sharedKeyring = sync.OnceValues(func() (*crypto.Keyring, error) {
	dir := keyringDir
	kms := crypto.NewPassphrase(crypto.Secret("of the tests"), crypto.Argon2{MemoryKiB: 8 << 10, Passes: 1, Lanes: 1})
	return crypto.CreateKeyring(context.Background(), filepath.Join(dir, "keyring"), kms, []string{"KE", "JO"})
})

var keyringDir string

func TestMain(m *testing.M) {
	dir, cleanup, err := tempDir()
	if err != nil {
		panic(err)
	}
	keyringDir = dir
	code := m.Run()
	cleanup()
	exit(code)
}

const testOrigin = "vault.test/log"

const secretValue = "grace-achieng-plaintext"

// world is a gate with everything around it, each part of which can fail.
type world struct {
	t              testing.TB
	heads, records *testStore
	ledger         *fakeLedger
	ended          Ended
	relayer        *fakeRelayer
	decider        *fakeDecider
	journal        *fakeJournal
	shape          Shape
	keyring        *crypto.Keyring
	gate           *Gate
	domain         consent.Domain
	origin         string // of the vault's log
	registry       consent.Domain
	institutions   consent.Domain
	errKey         error        // what keyHeld fails with
	left           atomic.Int64 // releases

	hospital, clinic consent.Institution
	person           *wallet.Identity

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOn(t, func(testing.TB) (Store, Store) { return newMemStore().Inner(), newMemStore().Inner() })
}

func newWorldOn(t testing.TB, open func(testing.TB) (heads, records Store)) *world {
	t.Helper()
	heads, records := open(t)
	keyring, err := sharedKeyring()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, heads: &testStore{faults.Around(heads)}, records: &testStore{faults.Around(records)}, keyring: keyring, now: begin,
		origin:       testOrigin,
		domain:       consent.Domain{ChainID: 77, Contract: consent.Address{1}},
		registry:     consent.Domain{ChainID: 77, Contract: consent.Address{2}},
		institutions: consent.Domain{ChainID: 77, Contract: consent.Address{3}},
		person:       newPerson(),
	}
	end := uint64(begin.Unix()) + 1000*consent.Day
	w.hospital = consent.Institution{ID: consent.InstitutionID{0xa}, Kind: consent.KindHospital, Jurisdiction: "KE", Attested: true, AttestedTo: end}
	w.clinic = consent.Institution{ID: consent.InstitutionID{0xb}, Kind: consent.KindClinic, Jurisdiction: "KE", Attested: true, AttestedTo: end}
	w.ledger = &fakeLedger{
		world: w, states: map[consent.GrantID]consent.GrantState{}, roots: map[consent.IdentityID]consent.Address{},
		institutions: map[consent.InstitutionID]consent.Institution{w.hospital.ID: w.hospital, w.clinic.ID: w.clinic}, block: 10,
	}
	w.relayer = &fakeRelayer{ledger: w.ledger, confirm: true}
	w.decider = &fakeDecider{catalog: testCatalog()}
	w.journal = &fakeJournal{}
	w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error { return nil }
	w.gate = w.newGate()
	return w
}

// newGate is a replica, or the program after a restart: nothing is remembered.
func (w *world) newGate() *Gate {
	w.t.Helper()
	return w.gateOf(w.config())
}

func (w *world) config() Config {
	return Config{
		Heads: w.heads, Records: w.records, Ledger: w.ledger, Relayer: w.relayer, Decider: w.decider, Journal: w.journal,
		Place: fhir.Placed, Signable: fhir.Signable, KeyHeld: w.keyHeld, Ended: w.ended,
		Shape: func(k crypto.Secret, f []consent.FieldName, v map[consent.FieldName][]Sourced) error {
			return w.shape(k, f, v)
		},
		Name: w.origin, Keyring: w.keyring, ConsentLedger: w.domain, KeyRegistry: w.registry, Institutions: w.institutions, Now: w.time,
	}
}

func (w *world) gateOf(c Config) *Gate {
	w.t.Helper()
	g, err := New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(g.Close)
	return g
}

func newPerson() *wallet.Identity { return wallet.NewIdentity() }

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) unix() uint64 { return uint64(w.time().Unix()) }

func testCatalog() *consent.Catalog {
	c := &consent.Catalog{Revision: 1, Fields: map[consent.FieldName]consent.CatalogField{}}
	for _, f := range []consent.CatalogField{
		{Name: "identity.name", Type: consent.TypeList},
		{Name: "identity.birth_date", Type: consent.TypeDate},
		{Name: "identity.gender", Type: consent.TypeCode, Codes: []string{"female", "male", "other", "unknown"}},
		{Name: "identity.mother_maiden_name", Type: consent.TypeText},
		{Name: "contact.phone", Type: consent.TypeList},
		{Name: "health.allergy", Type: consent.TypeFHIR, Resource: "AllergyIntolerance"},
		{Name: "health.condition", Type: consent.TypeFHIR, Resource: "Condition"},
	} {
		c.Fields[f.Name] = f
	}
	return c
}

var allFields = []consent.FieldName{"health.allergy", "identity.birth_date", "identity.mother_maiden_name"}

func (w *world) enrolCall(p *wallet.Identity) EnrolCall {
	e, sig := p.Enrol(w.domain, w.origin, "KE", w.time())
	deadline := consent.ActDeadline(w.unix())
	return EnrolCall{
		Enrolment: e, Signature: sig, RootKey: p.Seed.Root().Address(), RecoveryHash: p.RecoveryHash, Salt: p.Salt,
		RegisterDeadline: deadline, RegisterSignature: p.Register(w.registry, deadline),
	}
}

func (w *world) enrol(p *wallet.Identity) {
	w.t.Helper()
	if err := w.gate.Enrol(w.t.Context(), w.enrolCall(p)); err != nil {
		w.t.Fatal("enrol:", err)
	}
}

func (w *world) draft(change ...func(*consent.Request)) consent.Request {
	now := w.unix()
	r := consent.Request{
		Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent, Jurisdiction: "KE", Fields: slices.Clone(allFields),
		Actions: consent.Read | consent.Write, NotBefore: now, Expires: now/consent.Day*consent.Day + 30*consent.Day, RetentionDays: 30,
		Notices: []consent.Notice{{Language: "en", Text: "So that we can treat you."}}, AnswerBy: now + consent.Day,
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func (w *world) request(who consent.Institution, change ...func(*consent.Request)) *consent.Request {
	w.t.Helper()
	id, err := w.gate.CreateRequest(w.t.Context(), who, w.draft(change...), "")
	if err != nil {
		w.t.Fatal("request:", err)
	}
	r, _, err := w.gate.Request(w.t.Context(), id)
	if err != nil {
		w.t.Fatal("request:", err)
	}
	return r
}

func (w *world) answer(r *consent.Request, choice wallet.Choice) SignedGrant {
	w.t.Helper()
	choice.Language = "en"
	s, err := w.person.Answer(w.domain, r, choice, w.time())
	if err != nil {
		w.t.Fatal("answer:", err)
	}
	return SignedGrant{Grant: s.Grant, Act: s.Act, ActSignature: s.ActSignature, Binding: s.Binding, BindingSignature: s.BindingSignature}
}

// grant goes all the way from an enrolled person to a grant that the ledger has confirmed.
func (w *world) grant(change ...func(*consent.Request)) SignedGrant {
	w.t.Helper()
	if _, err := w.gate.SessionKey(w.t.Context(), w.person.ID()); err != nil {
		w.enrol(w.person)
	}
	s := w.answer(w.request(w.hospital, change...), wallet.Choice{})
	if _, err := w.gate.Grant(w.t.Context(), s); err != nil {
		w.t.Fatal("grant:", err)
	}
	return s
}

func (w *world) values() map[consent.FieldName]json.RawMessage {
	return map[consent.FieldName]json.RawMessage{
		"identity.mother_maiden_name": json.RawMessage(`"` + secretValue + `"`),
		"health.allergy":              json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"` + secretValue + `"}}]`),
	}
}

// filled is a grant under which two of three fields have values.
func (w *world) filled(change ...func(*consent.Request)) SignedGrant {
	w.t.Helper()
	s := w.grant(change...)
	if _, err := w.gate.Write(w.t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, w.values())); err != nil {
		w.t.Fatal("write:", err)
	}
	return s
}

func (w *world) release(s SignedGrant) (*Release, error) {
	return w.gate.Release(w.t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
}

// fakeLedger is what the tests make the chain say.
type fakeLedger struct {
	world                                      *world
	mu                                         sync.Mutex
	states                                     map[consent.GrantID]consent.GrantState
	roots                                      map[consent.IdentityID]consent.Address
	institutions                               map[consent.InstitutionID]consent.Institution
	block                                      uint64
	age                                        time.Duration
	ahead                                      uint64 // seconds that the head's time is ahead of the wall
	errView, errState, errRoot, errInstitution error
	frozen                                     bool
	views                                      int // how often the view was asked for
	asked                                      int // and the state of a grant
	rootAnswers                                int // so many of RootKey, then none; 0: no end
}

func (l *fakeLedger) GrantState(_ context.Context, _ consent.Address, id consent.GrantID) (consent.GrantState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.errState != nil {
		return consent.GrantState{}, l.errState
	}
	if s, found := l.states[id]; found {
		return s, nil
	}
	return consent.GrantState{Status: consent.StatusUnknown}, nil
}

func (l *fakeLedger) RootKey(_ context.Context, id consent.IdentityID, _ uint64) (consent.Address, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.errRoot != nil {
		return consent.Address{}, false, l.errRoot
	}
	if l.rootAnswers > 0 {
		if l.rootAnswers--; l.rootAnswers == 0 {
			l.errRoot = errBroken
		}
	}
	if key, found := l.roots[id]; found {
		return key, l.frozen, nil
	}
	return consent.Address{}, false, consent.ErrUnknownIdentity
}

func (l *fakeLedger) Institution(_ context.Context, id consent.InstitutionID) (consent.Institution, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.errInstitution != nil {
		return consent.Institution{}, l.errInstitution
	}
	if i, found := l.institutions[id]; found {
		return i, nil
	}
	return consent.Institution{}, consent.ErrUnknownInstitution
}

func (l *fakeLedger) View(context.Context) (consent.View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.views++
	return consent.View{Block: l.block, Time: l.world.unix() + l.ahead - uint64(l.age/time.Second), Age: l.age}, l.errView
}

func (l *fakeLedger) change(id consent.InstitutionID, f func(*consent.Institution)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := l.institutions[id]
	f(&i)
	l.institutions[id] = i
}

func (l *fakeLedger) set(id consent.GrantID, f func(*consent.GrantState)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.states[id]
	f(&s)
	l.states[id] = s
}

// fakeRelayer carries acts to the fake ledger.
type fakeRelayer struct {
	ledger  *fakeLedger
	mu      sync.Mutex
	acts    []consent.Act
	confirm bool
	err     error
}

func (r *fakeRelayer) Submit(_ context.Context, act consent.Act) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	r.acts = append(r.acts, act)
	if r.confirm {
		r.ledger.take(act)
	}
	return nil
}

// mine makes a block of all that was relayed so far.
func (r *fakeRelayer) mine() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, act := range r.acts {
		r.ledger.take(act)
	}
}

// take does what the contracts do with an act.
func (l *fakeLedger) take(act consent.Act) {
	switch act.Kind {
	case consent.ActGrant:
		l.set(act.Grant, func(s *consent.GrantState) {
			if s.Status == "" {
				*s = consent.GrantState{Status: consent.StatusGiven, Block: l.block, Expires: act.Expiry, GrantedAt: l.world.unix()}
			}
		})
	case consent.ActWithdraw:
		if act.After > l.world.unix() {
			return
		}
		l.set(act.Grant, func(s *consent.GrantState) { s.Status = consent.StatusWithdrawn })
	case consent.ActRegister:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.roots[consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt)] = act.Key
	}
}

func (r *fakeRelayer) Affords(context.Context, consent.Act) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(r.err, consent.ErrBudget) {
		return r.err
	}
	return nil
}

func (r *fakeRelayer) kinds() (kinds []consent.ActKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.acts {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

// fakeDecider permits what is asked unless the test says otherwise.
type fakeDecider struct {
	mu      sync.Mutex
	catalog *consent.Catalog
	decide  func(consent.Question) (consent.Decision, error)
	asked   int
	derive  func(field consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error)
}

func (d *fakeDecider) Decide(_ context.Context, q consent.Question) (consent.Decision, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.decide != nil {
		return d.decide(q)
	}
	return consent.Decision{Permitted: q.Fields, PolicyDigest: consent.Digest{7}}, nil
}

func (d *fakeDecider) Catalog() *consent.Catalog { return d.catalog }

func (d *fakeDecider) Derive(_ context.Context, catalog *consent.Catalog, field consent.FieldName, inputs map[consent.FieldName][]byte, as uint64) ([]byte, error) {
	if catalog != d.catalog {
		return nil, consent.ErrUnavailable
	}
	return d.derive(field, inputs, as)
}

// fakeJournal keeps entries in memory. It can fail before and after its effect.
type fakeJournal struct {
	mu       sync.Mutex
	entries  []Entry
	probes   []consent.GrantID
	err      error
	errEnded error // of reading
	late     bool  // fail after the effect
	discard  bool
	hook     func(Entry) // called before an entry is kept

	stated    []consent.DerivedAnswer
	errAnswer error
}

// SignShown marks likewise.
func (j *fakeJournal) SignShown(text []byte) (signature [64]byte, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.errAnswer != nil {
		return signature, j.errAnswer
	}
	sum := sha256.Sum256(text)
	copy(signature[:], sum[:])
	return signature, nil
}

// SignAnswer marks what it was given: the real key's signature is the journal's to test.
func (j *fakeJournal) SignAnswer(answer *consent.DerivedAnswer) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.errAnswer != nil {
		return j.errAnswer
	}
	answer.Origin = testOrigin
	j.stated = append(j.stated, *answer)
	answer.Signature[0] = byte(len(j.stated))
	return nil
}

func (j *fakeJournal) Append(ctx context.Context, e Entry) (consent.Proof, error) {
	j.mu.Lock()
	hook := j.hook
	j.mu.Unlock()
	if hook != nil {
		hook(e)
	}
	if err := ctx.Err(); err != nil {
		return consent.Proof{}, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if e.Note != nil && j.noted(e.Note.Name) != nil {
		return consent.Proof{}, ErrExists
	}
	if j.err != nil && !j.late {
		return consent.Proof{}, j.err
	}
	if !j.discard {
		j.entries = append(j.entries, e)
	}
	plaintext, err := e.Shared.Encode()
	if err != nil {
		return consent.Proof{}, err
	}
	if _, err := e.Evidence.Encode(); err != nil {
		return consent.Proof{}, err
	}
	p := consent.Proof{Shared: consent.Opening{Plaintext: plaintext}, Leaf: []byte{}}
	p.Promise.Index = uint64(len(j.entries))
	return p, j.err
}

func (j *fakeJournal) Note(_ context.Context, name [32]byte) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return nil, j.err
	}
	if n := j.noted(name); n != nil {
		return n.Sealed, nil
	}
	return nil, ErrAbsent
}

func (j *fakeJournal) noted(name [32]byte) *Note {
	for _, e := range j.entries {
		if e.Note != nil && e.Note.Name == name {
			return e.Note
		}
	}
	return nil
}

func (j *fakeJournal) History(_ context.Context, s SubjectLog, after uint64, limit int) (items []HistoryItem, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, e := range j.entries {
		if e.Subject != nil && e.Subject.Handle == s.Handle && uint64(i) >= after && len(items) < limit {
			items = append(items, HistoryItem{Index: uint64(i), Shared: e.Shared, Personal: e.Personal})
		}
	}
	return items, j.err
}

func (j *fakeJournal) Complete(_ context.Context, s SubjectLog, id consent.IdentityID, now time.Time) (consent.Completeness, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := consent.Completeness{Size: uint64(len(j.entries)), Identity: id, Time: uint64(now.UnixMilli())}
	for _, e := range j.entries {
		if e.Subject != nil && e.Subject.Handle == s.Handle {
			c.Sequence++
		}
	}
	return c, j.err
}

func (j *fakeJournal) Ended(_ context.Context, id consent.GrantID) (bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Shared.Kind == consent.EntryWithdrawn && e.Shared.Grant == id {
			return j.errEnded == nil, j.errEnded
		}
	}
	return false, j.errEnded
}

func (j *fakeJournal) Erased(_ context.Context, handle [16]byte) (bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Shared.Kind == consent.EntryErased && e.Subject != nil && e.Subject.Handle == handle {
			return true, j.errEnded
		}
	}
	return false, j.errEnded
}

func (j *fakeJournal) Probe(_ context.Context, _ consent.InstitutionID, id consent.GrantID) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.probes = append(j.probes, id)
	return j.err
}

func (j *fakeJournal) set(err error, late bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err, j.late = err, late
}

func (j *fakeJournal) kinds() (kinds []consent.EntryKind) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		kinds = append(kinds, e.Shared.Kind)
	}
	return kinds
}

func (j *fakeJournal) count(kind consent.EntryKind) (n int) {
	for _, k := range j.kinds() {
		if k == kind {
			n++
		}
	}
	return n
}

// last is the last entry, of one kind where it is told: what is written beside an answer comes when it comes.
func (j *fakeJournal) last(t testing.TB, of ...consent.EntryKind) Entry {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range slices.Backward(j.entries) {
		if len(of) == 0 || slices.Contains(of, e.Shared.Kind) {
			return e
		}
	}
	t.Fatal("the journal holds no such entry")
	return Entry{}
}
