package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// release is a whole story without HTTP: one release, and whose it is.
func (w *world) release() (*vault.Release, *wallet.Identity) {
	w.Helper()
	ctx := w.Context()
	person, signed := w.agreed(func(*consent.Request) {})
	w.chain.confirm()
	_, err := w.vault.Write(ctx, clinic, w.writing(signed.Grant.ID(), map[consent.FieldName]json.RawMessage{"identity.birth_date": []byte(`"1990"`)}))
	ok(w.T, err)
	released, err := w.vault.Release(ctx, clinic, vault.ReleaseCall{Grant: signed.Grant.ID()})
	ok(w.T, err)
	return released, person
}

// agreed is a new person's yes to a changed request of the clinic, on its way to the ledger.
func (w *world) agreed(change func(*consent.Request)) (*wallet.Identity, *wallet.SignedGrant) {
	w.Helper()
	person := w.enrolled()
	signed, _ := w.given(person, 0, change)
	return person, signed
}

func (w *world) enrolled() *wallet.Identity {
	w.Helper()
	person := wallet.NewIdentity()
	body := enrolBody(w, person)
	enrolment, err := enrolCall(&body)
	ok(w.T, err)
	ok(w.T, w.vault.Enrol(w.Context(), enrolment))
	return person
}

// given is a person's yes by a device whose clock is wrong by so much.
func (w *world) given(person *wallet.Identity, wrong time.Duration, change func(*consent.Request)) (*wallet.SignedGrant, vault.GrantReceipt) {
	w.Helper()
	ctx, ask := w.Context(), newActor().request
	change(&ask)
	id, err := w.vault.CreateRequest(ctx, clinic, ask, "")
	ok(w.T, err)
	request, _, err := w.vault.Request(ctx, id)
	ok(w.T, err)
	signed, err := person.Answer(w.ledger, request, wallet.Choice{Language: "en"}, w.now.Add(wrong))
	ok(w.T, err)
	receipt, err := w.vault.Grant(ctx, vault.SignedGrant{Grant: signed.Grant, Act: signed.Act, ActSignature: signed.ActSignature, Binding: signed.Binding, BindingSignature: signed.BindingSignature})
	ok(w.T, err)
	return signed, receipt
}

// users are both sides with what users have: the wallet and the generated client.
type users struct {
	*world
	person  *wallet.Identity
	people  *openapi.ClientWithResponses
	clinic  *openapi.ClientWithResponses
	school  *openapi.ClientWithResponses
	grant   string
	receipt *wallet.SignedGrant
}

// The way of a permission over the wire.
func TestOneStoryOverTheWire(t *testing.T) {
	w := newWorld(t)
	w.listen()
	u := &users{world: w, person: wallet.NewIdentity()}
	for as, client := range map[string]**openapi.ClientWithResponses{"": &u.people, "clinic": &u.clinic, "school": &u.school} {
		var err error
		*client, err = openapi.NewClientWithResponses(w.base(as), openapi.WithHTTPClient(w.client(as)))
		ok(t, err)
	}
	u.give()
	u.denied("before-block", "unconfirmed")
	w.chain.confirm()
	u.writeAndRelease()
	foreign, err := u.school.GetGrantWithResponse(t.Context(), u.grant)
	ok(t, err)
	status(t, http.StatusNotFound, foreign.StatusCode(), foreign.Body)
	u.stop()
	u.history()
}

func (u *users) give() {
	t, ctx := u.T, u.Context()
	enrolled, err := u.people.EnrolWithResponse(ctx, enrolBody(u.world, u.person))
	ok(t, err)
	status(t, http.StatusCreated, enrolled.StatusCode(), enrolled.Body)

	var ask openapi.NewRequest
	ok(t, json.Unmarshal([]byte(strings.NewReplacer(`"health.allergy"`, `"identity.birth_date"`, `["read"]`, `["read","write"]`).Replace(newAsk)), &ask))
	asked, err := u.clinic.CreateRequestWithResponse(ctx, &openapi.CreateRequestParams{IdempotencyKey: "first-request"}, ask)
	ok(t, err)
	status(t, http.StatusCreated, asked.StatusCode(), asked.Body)

	shown, err := u.people.GetAskedWithResponse(ctx, asked.JSON201.Id)
	ok(t, err)
	status(t, http.StatusOK, shown.StatusCode(), shown.Body)
	request := readRequest(t, &shown.JSON200.Document)
	if id := request.ID(); id.String() != shown.JSON200.Id || shown.JSON200.Institution.Name != clinic.Name {
		t.Fatal("what is shown is not what the id stands for")
	}
	u.receipt, err = u.person.Answer(u.ledger, request, wallet.Choice{Language: "en"}, u.now)
	ok(t, err)
	given, err := u.people.GiveWithResponse(ctx, grantBody(u.receipt))
	ok(t, err)
	status(t, http.StatusCreated, given.StatusCode(), given.Body)
	u.grant = given.JSON201.Grant
}

func (u *users) releaseUnder(key string) *openapi.ReleaseResponse {
	r, err := u.clinic.ReleaseWithResponse(u.Context(), u.grant, &openapi.ReleaseParams{IdempotencyKey: key}, openapi.ReleaseCall{})
	ok(u.T, err)
	return r
}

func (u *users) denied(key, reason string) {
	u.Helper()
	r := u.releaseUnder(key)
	if p := r.ApplicationproblemJSON403; p == nil || p.Reasons == nil || !slices.Contains(*p.Reasons, reason) {
		u.Fatalf("want %s: %s", reason, r.Body)
	}
}

func (u *users) writeAndRelease() {
	t := u.T
	body := u.signed("clinic", "/v1/grants/"+u.grant+"/fields", jsonType, `{"values":{"identity.birth_date":"1990-04-02","identity.name":[{"family":"Achieng"}],"work.employer":"x"}}`)
	written, err := u.clinic.WriteFieldsWithBodyWithResponse(u.Context(), u.grant, &openapi.WriteFieldsParams{IdempotencyKey: "first-write"}, jsonType, strings.NewReader(body))
	ok(t, err)
	status(t, http.StatusOK, written.StatusCode(), written.Body)
	if len(written.JSON200.Stored) != 2 || len(written.JSON200.Withheld) != 1 || written.JSON200.Withheld[0].Reason != "not_in_grant" {
		t.Fatalf("written: %s", written.Body)
	}
	first := u.releaseUnder("first-release")
	status(t, http.StatusOK, first.StatusCode(), first.Body)
	if v := first.JSON200.Released["identity.birth_date"]; len(v) != 1 || string(v[0].Value) != `"1990-04-02"` || v[0].Writer != clinic.ID.String() || first.JSON200.Terms.Used != 1 {
		t.Fatalf("released: %s", first.Body)
	}
	entry, err := proof.VerifyProof(readProof(t, &first.JSON200.Proof), u.log)
	ok(t, err)
	if entry.Kind != consent.EntryAuthorised || entry.Grant.String() != u.grant {
		t.Fatalf("proof is of %v", entry.Kind)
	}
	if again := u.releaseUnder("first-release"); !again.JSON200.Redelivered || again.JSON200.Terms.Used != 1 {
		t.Fatalf("retry: %s", again.Body)
	}
}

// stop counts before any block, and a second one answers as the first.
func (u *users) stop() {
	t, ctx := u.T, u.Context()
	call := openapi.WithdrawCall{Grant: u.grant, Signature: hexOf(u.receipt.Withdrawal[:])}
	stopped, err := u.people.WithdrawWithResponse(ctx, call)
	ok(t, err)
	status(t, http.StatusOK, stopped.StatusCode(), stopped.Body)
	u.denied("after-stop", "withdrawn")
	again, err := u.people.WithdrawWithResponse(ctx, call)
	ok(t, err)
	if again.JSON200 == nil || again.JSON200.Time != stopped.JSON200.Time {
		t.Fatalf("second withdrawal: %s", again.Body)
	}
}

// history reads everything in a session, checks that nothing is missing, and that
// the answers' outcome was noted.
func (u *users) history() {
	t := u.T
	u.vault.Close()
	reader := u.session(u.person)
	own := get[openapi.OwnGrantPage](t, reader, "/v1/person/grants")
	if len(own.Grants) != 1 || own.Grants[0].Id != u.grant || own.Grants[0].Status != openapi.StatusWithdrawn || own.Grants[0].Institution.Name != clinic.Name {
		t.Fatalf("own grants: %+v", own)
	}
	var items []proof.HistoryItem
	var stated *consent.Completeness
	var kinds []string
	for path := "/v1/person/history?limit=2"; path != ""; {
		page := get[openapi.HistoryPage](t, reader, path)
		for _, e := range page.Entries {
			opening := consent.Opening{Plaintext: e.Opening.Plaintext}
			ok(t, opening.Salt.UnmarshalText([]byte(e.Opening.Salt)))
			shared := consent.Opening{Plaintext: e.SharedOpening.Plaintext}
			ok(t, shared.Salt.UnmarshalText([]byte(e.SharedOpening.Salt)))
			items = append(items, proof.HistoryItem{Leaf: e.Leaf, Personal: opening, Shared: shared})
			kinds = append(kinds, e.Kind)
		}
		stated = readStatement(t, page.Statement)
		path = ""
		if page.Next != nil {
			path = "/v1/person/history?limit=2&cursor=" + *page.Next
		}
	}
	state, _, err := proof.VerifyHistory(u.person.ID(), proof.HistoryState{}, items)
	ok(t, err)
	log := proof.Log{Origin: stated.Origin, Key: u.log}
	if err := log.VerifyStatement(stated); err != nil || stated.Identity != u.person.ID() || stated.Sequence > state.Sequence {
		t.Errorf("statement of completeness: %+v, %v", stated, err)
	}
	for _, kind := range []string{"enrolled", "granted", "denied", "written", "authorised", "delivered", "redelivery", "withdrawn"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no entry %s in %v", kind, kinds)
		}
	}
}

func readStatement(t *testing.T, s *openapi.CompletenessStatement) *consent.Completeness {
	t.Helper()
	if s == nil || len(s.Signature) != 64 {
		t.Fatalf("no statement of completeness: %+v", s)
	}
	c := &consent.Completeness{Origin: s.Origin, Size: s.Size, Sequence: s.Sequence, Time: s.TimeMs, Signature: [64]byte(s.Signature)}
	ok(t, c.Identity.UnmarshalText([]byte(s.Identity)))
	ok(t, c.Last.UnmarshalText([]byte(s.Last)))
	return c
}
