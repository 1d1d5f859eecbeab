package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// canaries are recorded; where a body holds one the value has left.
var canaries = map[string]string{"health.allergy": "CANARY-ALLERGY", "identity.birth_date": "1987-06-05", "work.employer": "CANARY-EMPLOYER"}

var toRecord = map[string]string{
	"health.allergy":      `[{"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"},"code":{"text":"CANARY-ALLERGY"}}]`,
	"identity.birth_date": `"1987-06-05"`, "work.employer": `{"name":"CANARY-EMPLOYER"}`, "identity.gender": `"female"`, "work.unheard": `"x"`,
}

// limited permits what another decider's catalog has, or nothing of it.
type limited struct {
	*policy.Engine
	permits bool
}

func (l limited) Decide(_ context.Context, q consent.Question) (d consent.Decision, err error) {
	if l.permits {
		return consent.Decision{Permitted: q.Fields}, nil
	}
	for _, f := range q.Fields {
		d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: consent.ReasonPolicy})
	}
	return d, nil
}

// founding knows a field that no bundle has afterwards.
type founding struct {
	limited
	catalog *consent.Catalog
}

func (f founding) Catalog() *consent.Catalog { return f.catalog }

func defaultPolicy(t *testing.T) *policy.Engine {
	t.Helper()
	reviewers := []ed25519.PrivateKey{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))}
	bundle, _, err := policy.Build(policy.Default(), policy.Manifest{Revision: 1, Expires: uint64(noon.AddDate(0, 6, 0).Unix())})
	ok(t, err)
	var approvals []policy.Approval
	var keys []ed25519.PublicKey
	for _, key := range reviewers {
		a, err := policy.Approve(bundle, key)
		ok(t, err)
		approvals, keys = append(approvals, a), append(keys, key.Public().(ed25519.PublicKey))
	}
	loaded, err := policy.Load(bundle, approvals, keys, 0, noon)
	ok(t, err)
	e := new(policy.Engine)
	ok(t, e.Use(loaded))
	return e
}

// matrix is a vault with a permission of the clinic in every state.
type matrix struct {
	*world
	handlers map[listener]http.Handler
	handles  map[state]string
	request  string // of given
	persons  map[role]*wallet.Identity
	pages    map[role]*pageReader
	writing  map[state]*sync.Mutex // what is written about one person is written in turn
	deciders map[rules]vault.Decider
	card     consent.CardID // of self
	sends    atomic.Int64

	pageOfHelper *pageReader

	codes map[state]string // secrets of codes
	fresh chan string      // of codes that nobody has used
}

// codeStates are those that a code can be in.
var codeStates = []state{given, notYet, expired, withdrawn, unconfirmed, spent, absent, malformed}

func (m *matrix) code(person *wallet.Identity, begins time.Time) *wallet.ShownCode {
	c, err := person.Show(m.ledger, wallet.ShowChoice{
		Fields: []consent.FieldName{"identity.birth_date"}, Jurisdiction: "KE", Notice: consent.Notice{Language: "en", Text: "Once."}, Begins: begins,
	}, m.now)
	ok(m.T, err)
	_, err = m.vault.Grant(m.Context(), vault.SignedGrant{Grant: c.Grant, Act: c.Act, ActSignature: c.ActSignature, Binding: c.Binding, BindingSignature: c.BindingSignature})
	ok(m.T, err)
	return c
}

func newMatrix(t *testing.T) *matrix {
	w := newWorld(t)
	m := &matrix{world: w, handles: map[state]string{absent: hash, malformed: "0x12"}, persons: map[role]*wallet.Identity{}, writing: map[state]*sync.Mutex{}, pages: map[role]*pageReader{}}
	engine := defaultPolicy(t)
	m.deciders = map[rules]vault.Decider{usual: engine, denyAll: limited{engine, false}, permitAll: limited{engine, true}, noRules: limited{new(policy.Engine), true}}
	known := &consent.Catalog{Revision: 1, Fields: map[consent.FieldName]consent.CatalogField{"work.unheard": {Name: "work.unheard", Type: consent.TypeText}}}
	for name, field := range engine.Catalog().Fields {
		known.Fields[name] = field
	}
	w.chain.decides(founding{limited{engine, true}, known}, 0)

	board := consent.Institution{ID: clinic.Accreditor, Name: "Board", Kind: consent.KindAccreditor, Jurisdiction: "KE", Attested: true, AttestedTo: clinic.AttestedTo, Accreditors: []consent.InstitutionID{{7}}}
	alone := consent.Institution{ID: consent.InstitutionID{9}, Name: "Nobody's", Kind: consent.KindClinic, Jurisdiction: "KE"}
	for who, i := range map[role]consent.Institution{theOne: clinic, foreign: agency, suspended: school, unattested: alone, accreditor: board, unknownKey: {}} {
		w.certificates[string(who)] = w.certificate(noChange, p256())
		i.Accreditors = []consent.InstitutionID{clinic.Accreditor}
		w.register.now[i.ID] = i
		if who != unknownKey {
			w.register.byKey[KeyHash(w.certificates[string(who)].Leaf)] = i
		}
	}
	w.certificates["clinic"] = w.certificates[string(theOne)]
	m.standing(standing)
	m.permissions()
	fast := Rate{PerSecond: 1e9, Burst: 1e9}
	cfg := w.api.cfg
	cfg.PublicRate, cfg.InstitutionRate, cfg.Policy = fast, fast, inForce{w.chain}
	var err error
	w.api, err = New(cfg)
	ok(t, err)
	w.api.others = newLimiter[consent.InstitutionID](fast)
	w.api.files = newLimiter[netip.Prefix](fast)
	m.pageOfHelper = m.assistSession(m.assistant(m.persons[self]), consent.RequestID{})
	m.handlers = map[listener]http.Handler{people: w.api.PublicHandler(), institutions: w.api.InstitutionHandler()}
	return m
}

// showing makes codes of the person, to be confirmed: one to be stopped, one to be used.
func (m *matrix) showing() (stopped, used *wallet.ShownCode) {
	code := func(begins time.Time) *wallet.ShownCode { return m.code(m.persons[self], begins) }
	m.codes[notYet] = code(noon.Add(time.Hour)).Secret.Text()
	for range cap(m.fresh) {
		m.fresh <- code(noon).Secret.Text()
	}
	return code(noon), code(noon)
}

// shown makes of them codes in every other state.
func (m *matrix) shown(stopped, used *wallet.ShownCode) {
	m.codes[unconfirmed] = m.code(m.persons[self], noon).Secret.Text()
	_, err := m.vault.Withdraw(m.Context(), stopped.Grant.ID(), stopped.Withdrawal)
	ok(m.T, err)
	_, err = m.vault.Show(m.Context(), vault.ShowCall{Secret: used.Secret, IdempotencyKey: strings.Repeat("k", 32)})
	ok(m.T, err)
	m.codes[withdrawn], m.codes[spent] = stopped.Secret.Text(), used.Secret.Text()
}

// inForce is the catalog that the gate has.
type inForce struct{ *chain }

func (inForce) Digest() consent.Digest { return consent.Digest{1} }
func (inForce) Revision() uint64       { return 1 }

// standing is what the ledger says of the clinic from now on.
func (m *matrix) standing(r repute) {
	i := clinic
	i.Accreditors = []consent.InstitutionID{clinic.Accreditor}
	switch r {
	case standing:
	case isSuspended:
		i.Suspended = true
	case isAlone:
		i.Attested = false
	case lapsed:
		i.AttestedTo = uint64(noon.Unix()) - 1
	}
	m.register.now[i.ID] = i
	m.register.byKey[KeyHash(m.certificates["clinic"].Leaf)] = i
}

func (m *matrix) permissions() {
	t, ctx := m.T, m.Context()
	agree := func(s state, change func(*consent.Request)) (*wallet.Identity, *wallet.SignedGrant) {
		person, signed := m.agreed(func(r *consent.Request) {
			r.Salt, r.Purpose, r.MaxReleases = consent.Salt{}, policy.PurposeTreatment, 0
			r.Fields = nil
			for _, f := range granted {
				r.Fields = append(r.Fields, consent.FieldName(f))
			}
			change(r)
		})
		m.handles[s], m.writing[s] = signed.Grant.ID().String(), new(sync.Mutex)
		return person, signed
	}
	record := func(g *wallet.SignedGrant, release bool) {
		values := map[consent.FieldName]json.RawMessage{}
		for _, f := range recorded {
			values[consent.FieldName(f)] = json.RawMessage(toRecord[f])
		}
		written, err := m.vault.Write(ctx, clinic, m.world.writing(g.Grant.ID(), values))
		ok(t, err)
		if len(written.Stored) != len(recorded) {
			t.Fatalf("%+v", written)
		}
		if release {
			_, err = m.vault.Release(ctx, clinic, vault.ReleaseCall{Grant: g.Grant.ID()})
			ok(t, err)
		}
	}
	same := func(*consent.Request) {}
	m.now = noon.AddDate(0, 0, -60)
	_, old := agree(expired, func(r *consent.Request) {
		now := uint64(m.now.Unix())
		r.NotBefore, r.AnswerBy, r.Expires = now, now+60, now/consent.Day*consent.Day+2*consent.Day
	})
	m.chain.confirm()
	record(old, false)
	m.now = noon.Add(-6 * time.Minute)
	m.codes, m.fresh = map[state]string{absent: consent.ShowSecret{1}.Text(), malformed: "0x12"}, make(chan string, 40)
	m.codes[expired] = m.code(m.enrolled(), m.now).Secret.Text()
	m.chain.confirm()
	m.now = noon

	person, standingGrant := agree(given, same)
	_, _ = agree(mayRead, func(r *consent.Request) { r.Actions = consent.Read })
	_, _ = agree(mayWrite, func(r *consent.Request) { r.Actions = consent.Write })
	_, _ = agree(notYet, func(r *consent.Request) { r.NotBefore += 7 * consent.Day })
	_, stopped := agree(withdrawn, same)
	_, struck := agree(revoked, same)
	robbed, doubted := agree(inDispute, same)
	gone, last := agree(erased, same)
	_, once := agree(spent, func(r *consent.Request) { r.MaxReleases = 1 })
	m.persons[self] = person
	toStop, toUse := m.showing()
	m.chain.confirm()
	_, _ = agree(unconfirmed, same)
	for _, g := range []*wallet.SignedGrant{standingGrant, stopped, struck, doubted, last, once} {
		record(g, true)
	}
	m.persons[self], m.request = person, standingGrant.Grant.Request.String()

	_, err := m.vault.Withdraw(ctx, stopped.Grant.ID(), stopped.Withdrawal)
	ok(t, err)
	m.chain.mu.Lock()
	m.chain.states[struck.Grant.ID()] = consent.GrantState{Status: consent.StatusRevoked, Block: 9}
	m.chain.mu.Unlock()
	origin := m.api.cfg.Deployment.LogOrigin
	d, sig := robbed.Dispute(m.ledger, origin, noon.Add(-time.Hour), noon)
	ok(t, m.vault.Dispute(ctx, d, sig))
	e, sig := gone.Erase(m.ledger, origin)
	_, err = m.vault.Erase(ctx, e, sig)
	ok(t, err)

	ask := newActor().request
	ask.Purpose = policy.PurposeTreatment
	for s, answer := range map[state]bool{requested: false, refused: true} {
		ask.Salt = consent.Salt{}
		id, err := m.vault.CreateRequest(ctx, clinic, ask, "")
		ok(t, err)
		m.handles[s] = id.String()
		if answer {
			no, sig := person.Refuse(m.ledger, id, noon)
			ok(t, m.vault.Refuse(ctx, no, sig))
		}
	}
	card := wallet.NewCard()
	m.card = card.ID()
	made, err := person.MakeCard(m.ledger, origin, card, crypto.Secret("123456"), nil, noon)
	ok(t, err)
	ok(t, m.vault.MakeCard(ctx, vault.CardCall{Card: made.Card, Restore: made.Restore, Assist: made.Assist, Signature: made.Signature}))
	m.persons[other] = wallet.NewIdentity()
	body := enrolBody(m.world, m.persons[other])
	enrolment, err := enrolCall(&body)
	ok(t, err)
	ok(t, m.vault.Enrol(ctx, enrolment))
	m.shown(toStop, toUse)
}

// open gives both people a session of their own for what comes.
func (m *matrix) open() {
	for _, who := range []role{self, other} {
		m.pages[who] = m.session(m.persons[who])
	}
	m.pages[assist] = m.pageOfHelper
}

// sent is the request that a cell is.
func (m *matrix) sent(c cell) *http.Request {
	o := operations[slices.IndexFunc(operations, func(o operation) bool { return o.id == c.op })]
	id := m.request
	path := strings.NewReplacer(":id", id, ":grant", m.handles[c.at], ":institution", clinic.ID.String()).Replace(o.path)
	if c.op == "ListAttestations" {
		path = strings.Replace(o.path, ":institution", clinic.Accreditor.String(), 1)
	}
	if c.op == "GetNonce" {
		path += "?actor=" + clinic.ID.String()
	}
	body := ""
	identity := m.persons[self].ID()
	subject := strings.NewReplacer(`"identity":"`+hash, `"identity":"`+hexOf(identity[:]), `"grant":"`+hash, `"grant":"`+m.handles[c.at], `"request":"`+hash, `"request":"`+m.handles[requested])
	switch c.op {
	case "Release":
		body = `{}`
		if c.field != "" {
			body = `{"fields":["` + c.field + `"]}`
		}
	case "Show":
		secret := m.codes[c.at]
		if c.at == given && c.onPeoples() {
			select {
			case secret = <-m.fresh:
			default:
				m.Error("no code is left that nobody has used")
			}
		}
		body = `{"secret":"` + secret + `"}`
	case "WriteFields":
		body = m.signed("clinic", path, jsonType, `{"values":{"`+c.field+`":`+toRecord[c.field]+`}}`)
	default:
		if o.body != nil {
			body = subject.Replace(m.bodies()[c.op])
		}
	}
	r := httptest.NewRequest(o.method, path, strings.NewReader(body))
	if o.body != nil {
		r.Header.Set("Content-Type", jsonType)
		if c.op == "Import" {
			r.Header.Set("Content-Type", linesType)
		}
	}
	if o.method == http.MethodPost {
		r.Header.Set("Idempotency-Key", fmt.Sprintf("cell-%032d", m.sends.Add(1)))
	}
	switch page := m.pages[c.who]; {
	case page != nil && o.session:
		for name, value := range page.headers(o.method, path) {
			r.Header[name] = value
		}
	case c.who == bare:
		r.TLS = &tls.ConnectionState{}
	case !c.onPeoples():
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{m.certificates[string(c.who)].Leaf}}
	}
	return r
}

// ask sends once more what a busy machine could not do: "unavailable" is said of anything, and
// the cell is what is said otherwise.
func (m *matrix) ask(c cell) *httptest.ResponseRecorder {
	w := m.once(c)
	for range 200 {
		if w.Code != http.StatusServiceUnavailable || due[c.op](c).status == w.Code {
			break
		}
		time.Sleep(50 * time.Millisecond)
		w = m.once(c)
	}
	return w
}

func (m *matrix) once(c cell) *httptest.ResponseRecorder {
	if lock := m.writing[c.at]; c.op == "WriteFields" && lock != nil {
		lock.Lock()
		defer lock.Unlock()
	}
	on := institutions
	if c.onPeoples() {
		on = people
	}
	w := httptest.NewRecorder()
	m.handlers[on].ServeHTTP(w, m.sent(c))
	return w
}

// bodies of everything else, well formed, by hands that may not.
func (m *matrix) bodies() map[string]string {
	ask := strings.Replace(newAsk, "dpv:ServiceProvision", string(policy.PurposeTreatment), 1)
	return map[string]string{
		"CreateRequest": ask, "AttestDeletion": deleted, "Enrol": enrolment, "OpenSession": sessionBody(consent.Session{Origin: pageOrigin, Expires: uint64(noon.Unix()) + 60}, []byte("key"), consent.Signature{}),
		"Give": yes(newActor()), "Refuse": refusal, "Withdraw": stop, "WithdrawAll": stopAll, "Dispute": disputed, "GiveAssisted": yesWithHelp(newActor()), "Erase": `{"identity":"` + hash + `","signature":"` + signature + `"}`, "StateFacts": stated,
		"MakeCard": newCard, "ResetCard": cardReset, "CancelRestore": stopRescue, "EvaluateCard": cardTry,
		"AskRestore": strings.Replace(restoreAsk, hash, hexOf(m.card[:]), 1), "PickUpRestore": strings.Replace(pickUp, hash, hexOf(m.card[:]), 1),
		"StateAssistKey": assistKey, "Represent": standsFor, "WithdrawAssisted": assistStop, "WithdrawAllAssisted": assistAll, "OpenAssistSession": assistSessionOf(func(*openapi.AssistSessionCall) {}),
		"Correct":             `{"identity":"` + hash + `","field":"identity.name","time":1780315200,"signature":"` + signature + `"}`,
		"Export":              `{"identity":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`,
		"Import":              `{"import":{"identity":"` + hash + `","file":"` + hash + `","partial":false,"time":1780315200,"signature":"` + signature + `"}}` + "\n",
		"RegisterInstitution": joining, "AddKey": tlsKey, "RemoveKey": removing, "ChangeColdKey": rotating, "Attest": vouching, "WithdrawAttestation": unvouching, "Suspend": suspend,
	}
}

// cells of one pass.
func cells(p rules, r repute, stale bool) (all []cell) {
	add := func(c cell) {
		c.policy, c.repute, c.stale = p, r, stale
		all = append(all, c)
	}
	inside := []role{bare, unknownKey, theOne, foreign, suspended, unattested, accreditor}
	if r != standing {
		inside = []role{theOne} // nothing else depends on it
	}
	outside := []role{nobody, self, other, assist}
	states := append([]state{given, mayRead, mayWrite, notYet, expired, withdrawn, revoked, inDispute, erased, spent, unconfirmed}, noGrant...)
	fields := map[string][]string{"Release": {"", "health.allergy", "identity.birth_date", "identity.name", "work.employer", "identity.gender", "work.unheard"}, "WriteFields": {"health.allergy", "identity.birth_date", "work.employer", "identity.gender", "work.unheard"}}
	for _, o := range operations {
		if fields[o.id] == nil {
			fields[o.id] = []string{""}
		}
		under := strings.Contains(o.path, ":grant")
		for _, who := range append(outside, inside...) {
			c := cell{who: who, op: o.id, at: given}
			if o.id == "Show" && c.onPeoples() && r == standing {
				for _, c.at = range codeStates {
					add(c)
				}
				continue
			}
			if !under && o.id != "Withdraw" || under && c.onPeoples() {
				if c.onPeoples() && r != standing {
					continue
				}
				c.field = map[bool]string{true: "health.allergy"}[under]
				add(c)
				continue
			}
			for _, c.at = range states {
				for _, c.field = range fields[o.id] {
					if o.id == "Withdraw" && c.at == malformed {
						continue // no value of its schema
					}
					add(c)
				}
			}
		}
	}
	return all
}

// wrong says what is wrong with the answer to a cell.
func (m *matrix) wrong(c cell, w *httptest.ResponseRecorder) error {
	rule, told := due[c.op]
	if !told {
		return errors.New("nobody has said who may do this")
	}
	want, body := rule(c), w.Body.String()
	for field, canary := range canaries {
		if holds := strings.Contains(body, canary); holds != slices.Contains(want.holds, field) {
			return fmt.Errorf("%s left: %t", field, holds)
		}
	}
	if identity := m.persons[self].ID(); c.who != self && strings.Contains(body, hexOf(identity[:])) {
		return errors.New("the person is named")
	}
	if c.op == "ListOwnGrants" && w.Code == http.StatusOK && strings.Contains(body, m.handles[given]) != (c.who == self) {
		return errors.New("another's permissions")
	}
	var p openapi.Problem
	_ = json.Unmarshal(w.Body.Bytes(), &p) // an answer that is none has no type
	if problem := strings.TrimPrefix(p.Type, typePrefix); w.Code != want.status || want.problem != "" && problem != want.problem {
		return fmt.Errorf("%d %s, want %d %s", w.Code, problem, want.status, want.problem)
	}
	if want.reason != "" && !strings.Contains(body, `"`+want.reason+`"`) {
		return fmt.Errorf("want reason %s", want.reason)
	}
	return nil
}

// Every role at every route, for every field, in every state of consent, under every policy, is
// answered as the documents say, and nothing else leaves.
func TestWhoMayWhat(t *testing.T) {
	m := newMatrix(t)
	for _, o := range operations {
		if due[o.id] == nil {
			t.Errorf("%s: nobody has said who may do this", o.id)
		}
	}
	total, told := 0, map[string]bool{}
	var mu sync.Mutex
	for _, stale := range []bool{false, true} {
		for _, p := range []rules{usual, denyAll, permitAll, noRules} {
			for _, r := range []repute{standing, isSuspended, isAlone, lapsed} {
				m.chain.decides(m.deciders[p], map[bool]time.Duration{true: 2 * time.Minute}[stale])
				m.standing(r)
				m.open()
				all := cells(p, r, stale)
				total += len(all)
				var working sync.WaitGroup
				work := make(chan cell)
				for range 24 {
					working.Go(func() {
						for c := range work {
							w := m.ask(c)
							if err := m.wrong(c, w); err != nil {
								mu.Lock()
								if kind := fmt.Sprint(c.op, err); !told[kind] && len(told) < 30 {
									told[kind] = true
									t.Errorf("%+v: %v\n%.600s", c, err, w.Body)
								}
								mu.Unlock()
							}
						}
					})
				}
				for _, c := range all {
					work <- c
				}
				close(work)
				working.Wait()
			}
		}
	}
	if t.Logf("%d cells", total); total < 20_000 {
		t.Errorf("only %d cells", total)
	}
}
