package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

var actsOfPeople = map[string]string{"facts": stated, "refusals": refusal, "withdrawals": stop}

// Of an act that anybody may send, a wrong signature and nothing to sign for are
// one answer: bytes, status, headers and time.
func TestActsTellStrangersNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		for path, body := range actsOfPeople {
			answers := map[string]string{}
			for took, fail := range []error{
				consent.ErrSignature, consent.ErrUnknownIdentity, consent.ErrNotFound, vault.ErrErased,
				fmt.Errorf("facts: %w", consent.ErrUnknownIdentity), fmt.Errorf("facts: %w", consent.ErrSignature),
			} {
				s.gate.fail, s.gate.slow = fail, time.Duration(took)*3*time.Millisecond
				begun := time.Now()
				w := s.handle(http.MethodPost, "/v1/person/"+path, body, nil)
				waited := time.Since(begun)
				w.Header().Del("X-Request-Id")
				answers[fmt.Sprintf("%d after %v %v %s", w.Code, waited, w.Header(), w.Body)] = fail.Error()
			}
			for got := range answers {
				if len(answers) != 1 || !strings.HasPrefix(got, "403 after 25ms") || !strings.Contains(got, typePrefix+"signature") {
					t.Errorf("%s: %s", path, got)
				}
			}
		}
	})
}

// The same, by the gate itself.
func TestNobodyLearnsWhoIsHere(t *testing.T) {
	w := newWorld(t)
	here, elsewhere := wallet.NewIdentity(), wallet.NewIdentity()
	enrolled := w.handle(http.MethodPost, "/v1/identities", string(mustJSON(enrolBody(w, here))), nil)
	status(t, http.StatusCreated, enrolled.Code, enrolled.Body.Bytes())
	see := func(path string, body any) string {
		answer := w.handle(http.MethodPost, "/v1/person/"+path, string(mustJSON(body)), nil)
		return fmt.Sprint(answer.Code, answer.Body)
	}
	facts := func(id consent.IdentityID) string {
		return see("facts", openapi.FactsCall{Identity: hexOf(id[:]), NeverCountries: []string{}, Time: uint64(w.now.Unix()), Signature: signature})
	}
	if a, b := facts(here.ID()), facts(elsewhere.ID()); a != b || !strings.HasPrefix(a, "403") {
		t.Errorf("here %s, elsewhere %s", a, b)
	}
	refuse := func(id consent.IdentityID) string {
		return see("refusals", openapi.RefuseCall{Identity: hexOf(id[:]), Request: hash, Time: uint64(w.now.Unix()), Signature: signature})
	}
	if a, b := refuse(here.ID()), refuse(elsewhere.ID()); a != b || !strings.HasPrefix(a, "403") {
		t.Errorf("here %s, elsewhere %s", a, b)
	}
}
