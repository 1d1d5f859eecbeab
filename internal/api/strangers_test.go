package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

var actsOfPeople = map[string]string{"facts": stated, "refusals": refusal, "withdrawals": stop, "withdrawals/all": stopAll, "disputes": disputed, "cards": newCard, "cards/resets": cardReset, "restores/cancellations": stopRescue}

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

// A card that never was, one that was replaced and one that is none have one answer: bytes,
// status and headers, for each of what a holder asks.
func TestCardsTellStrangersNothing(t *testing.T) {
	w := newWorld(t)
	person, old := wallet.NewIdentity(), wallet.NewCard()
	status(t, http.StatusCreated, w.handle(http.MethodPost, "/v1/identities", string(mustJSON(enrolBody(w, person))), nil).Code, nil)
	for _, card := range []wallet.Card{old, wallet.NewCard()} {
		made, err := person.MakeCard(w.ledger, w.api.cfg.Deployment.LogOrigin, card, crypto.Secret("271828"), nil, w.now)
		ok(t, err)
		id := made.Card.Identity
		call := openapi.CardCall{
			Identity: hexOf(id[:]), Card: hexOf(made.Card.Card[:]), AskKey: made.Card.AskKey.String(), Time: made.Card.Time,
			Restore: openapi.CardPart{OprfKey: made.Restore.Key, Blob: made.Restore.Blob}, Signature: hexOf(made.Signature[:]),
		}
		answer := w.handle(http.MethodPost, "/v1/person/cards", string(mustJSON(call)), nil)
		status(t, http.StatusNoContent, answer.Code, answer.Body.Bytes())
		w.now = w.now.Add(time.Second)
	}
	replaced := old.ID()
	for path, body := range map[string]string{"evaluations": cardTry, "restores": restoreAsk, "blobs": pickUp} {
		answers := map[string]string{}
		for name, id := range map[string]string{"absent": hash, "replaced": hexOf(replaced[:]), "short": "0x12", "upper case": strings.ToUpper(hash), "none": "", "long": hash + "00"} {
			answer := w.handle(http.MethodPost, "/v1/cards/"+path, strings.Replace(body, hash, id, 1), nil)
			answer.Header().Del("X-Request-Id")
			answers[fmt.Sprint(answer.Code, answer.Header(), answer.Body)] = name
		}
		for got := range answers {
			if len(answers) != 1 || !strings.HasPrefix(got, "404") || !strings.Contains(got, typePrefix+"not-found") {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
}
