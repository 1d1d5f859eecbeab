package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// scan uses a code as a page does.
func scan(s *stage, secret, key string) (*openapi.Shown, string) {
	w := s.handle(http.MethodPost, "/v1/shown", `{"secret":"`+secret+`"}`, http.Header{"Idempotency-Key": {key}})
	w.Header().Del("X-Request-Id")
	var shown openapi.Shown
	if w.Code != http.StatusOK {
		return nil, fmt.Sprint(w.Code, w.Header(), w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &shown); err != nil {
		s.Fatal(err)
	}
	return &shown, ""
}

// From a phone that gives a code by the API to whoever scans it, once.
func TestCodeOnAScreen(t *testing.T) {
	w := newWorld(t)
	person, signed := w.agreed(func(*consent.Request) {})
	w.chain.confirm()
	_, err := w.vault.Write(t.Context(), clinic, w.writing(signed.Grant.ID(), map[consent.FieldName]json.RawMessage{"identity.birth_date": json.RawMessage(`"1990-04-02"`)}))
	ok(t, err)
	c, err := person.Show(w.ledger, wallet.ShowChoice{Fields: []consent.FieldName{"identity.birth_date"}, Jurisdiction: "KE", Notice: consent.Notice{Language: "en", Text: "Once."}}, w.now)
	ok(t, err)
	given := w.handle(http.MethodPost, "/v1/person/grants", string(mustJSON(grantBody(c.SignedGrant))), nil)
	status(t, http.StatusCreated, given.Code, given.Body.Bytes())
	key := strings.Repeat("k", 32)
	if _, refused := scan(w.stage, c.Secret.Text(), key); !strings.Contains(refused, `"unconfirmed"`) {
		t.Error(refused)
	}
	w.chain.confirm()
	// What fetches pages, previews of links among them, uses up nothing.
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut} {
		for _, path := range []string{"/v1/shown", "/v1/shown?secret=" + c.Secret.Text(), "/show/", "/show/?" + c.Secret.Text()} {
			if answer := w.handle(method, path, "", nil); strings.Contains(answer.Body.String(), "1990") {
				t.Error("it is shown")
			}
		}
	}
	for name, header := range map[string]http.Header{
		"no key": nil, "a short key": {"Idempotency-Key": {"short-key"}}, "two keys": {"Idempotency-Key": {key, key + "x"}},
		"a form": {"Idempotency-Key": {key}, "Content-Type": {"application/x-www-form-urlencoded"}}, "text": {"Idempotency-Key": {key}, "Content-Type": {"text/plain"}},
	} {
		if answer := w.handle(http.MethodPost, "/v1/shown", `{"secret":"`+c.Secret.Text()+`"}`, header); answer.Code < 400 || answer.Code == http.StatusForbidden {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}

	shown, refused := scan(w.stage, c.Secret.Text(), key)
	if refused != "" {
		t.Fatal(refused)
	}
	var says consent.ShownStatement
	ok(t, json.Unmarshal([]byte(shown.Statement), &says))
	value := says.Shown["identity.birth_date"][0]
	if string(value.Value) != `"1990-04-02"` || value.Writer != clinic.ID || says.Vault != "vault.example/log" || says.At != uint64(w.now.Unix()) {
		t.Errorf("%+v", says)
	}
	kept := &proof.Shown{Statement: []byte(shown.Statement), Signature: shown.Signature, Proof: readProof(t, &shown.Proof)}
	verified, err := kept.Verify(proof.Log{Origin: "vault.example/log", Key: w.log})
	ok(t, err)
	if verified.Shared.Grant != c.Grant.ID() {
		t.Errorf("entry %+v", verified.Shared)
	}
	if len(shown.Writers) != 1 || shown.Writers[0].Name != clinic.Name {
		t.Errorf("written by %v, fields %v", shown.Writers, shown.Fields)
	}
	for _, personal := range []string{hexOf(c.Binding.Identity[:]), signed.Grant.ID().String(), c.Secret.Text()} {
		if all := string(mustJSON(shown)); strings.Contains(all, personal) {
			t.Error("the answer ties it to the person")
		}
	}
	if again, refused := scan(w.stage, c.Secret.Text(), key); refused != "" || !again.Redelivered {
		t.Errorf("the same look again: %s", refused)
	}
	if _, refused := scan(w.stage, c.Secret.Text(), key+"x"); !strings.Contains(refused, `"limit_reached"`) {
		t.Error(refused)
	}
	// Its end counts for whoever had it in time, too; an hour later there never was such a code.
	for _, after := range []struct {
		time time.Duration
		says string
	}{{consent.ShowPeriod*time.Second - 1, `"redelivered":true`}, {1, `"expired"`}, {time.Hour - 1, `"expired"`}, {1, "not-found"}} {
		w.now = w.now.Add(after.time)
		shown, refused := scan(w.stage, c.Secret.Text(), key)
		if says := refused + string(mustJSON(shown)); !strings.Contains(says, after.says) || shown != nil != (after.says == `"redelivered":true`) {
			t.Errorf("%s later, want %s: %s", after.time, after.says, refused)
		}
	}
}

// A secret of no code, no secret at all, and a code that is long over have one answer: status,
// headers, body and time.
func TestCodesTellStrangersNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		answers := map[string]string{}
		for took, secret := range []string{consent.ShowSecret{1}.Text(), "", "0x12", "é", strings.Repeat("a", 256), consent.ShowSecret{2}.Text() + "="} {
			s.gate.slow = time.Duration(took) * 3 * time.Millisecond
			begun := time.Now()
			_, refused := scan(s, secret, strings.Repeat("k", 32))
			answers[fmt.Sprint(refused, time.Since(begun))] = secret
		}
		for got := range answers {
			if len(answers) != 1 || !strings.HasPrefix(got, "404") || !strings.HasSuffix(got, "25ms") || !strings.Contains(got, typePrefix+"not-found") {
				t.Error(got)
			}
		}
	})
}

// What a phone must tell before a yes: who vouches, and what goes beyond such an institution.
func TestAsked(t *testing.T) {
	m := newMatrix(t)
	ask := func() openapi.Asked {
		t.Helper()
		w := m.handle(http.MethodGet, "/v1/asked/"+m.request, "", nil)
		status(t, http.StatusOK, w.Code, w.Body.Bytes())
		var asked openapi.Asked
		ok(t, json.Unmarshal(w.Body.Bytes(), &asked))
		return asked
	}
	m.chain.decides(m.deciders[usual], 0)
	asked := ask()
	if len(*asked.Accreditors) != 1 || (*asked.Accreditors)[0].Name != "Board" {
		t.Errorf("accreditors %v", *asked.Accreditors)
	}
	if asked.Now == nil || len(asked.Now.Reasons) != 0 || !slices.Contains(asked.Now.Withheld, openapi.Withheld{Field: "work.employer", Reason: "field_kind"}) ||
		slices.ContainsFunc(asked.Now.Withheld, func(w openapi.Withheld) bool { return w.Field == "identity.name" && w.Reason != "field_purpose" }) {
		t.Errorf("now %+v", asked.Now)
	}
	fields := *asked.Fields
	if len(fields) != len(granted)-1 || fields[0].Name != "health.allergy" || fields[0].Label["sw"] == "" || *fields[0].Picture == "" || len(fields[0].Sensitive) == 0 {
		t.Errorf("fields %+v", fields)
	}
	for r, reason := range map[repute]openapi.Reason{isSuspended: "suspended", isAlone: "not_attested", lapsed: "not_attested"} {
		m.standing(r)
		if asked = ask(); !slices.Equal(asked.Now.Reasons, []openapi.Reason{reason}) || r == isAlone && (asked.Institution.Attested || len(*asked.Accreditors) != 0) {
			t.Errorf("%s: %+v", r, asked.Now)
		}
	}
	m.standing(standing)
	m.chain.decides(m.deciders[usual], 2*time.Minute)
	if asked = ask(); asked.Now != nil {
		t.Errorf("by an old view: %+v", asked.Now)
	}
	m.chain.decides(m.deciders[noRules], 0)
	if asked = ask(); asked.Now != nil || len(*asked.Fields) != 0 {
		t.Errorf("without a policy: %+v", asked.Now)
	}
}
