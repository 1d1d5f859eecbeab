package api

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

const key = "Idempotency-Key: 8e03978e-40d5-43dd"

var (
	hash       = "0x" + strings.Repeat("ab", 32)
	address    = "0x" + strings.Repeat("cd", 20)
	signature  = "0x" + strings.Repeat("ef", 65)
	newAsk     = `{"purpose":"dpv:ServiceProvision","legal_basis":"consent","jurisdiction":"KE","fields":["health.allergy","identity.name"],"actions":["read"],"not_before":1780272000,"expires":1788048000,"max_releases":10,"retention_days":30,"answer_by":1780876800,"notices":[{"language":"en","text":"To treat you safely."}]}`
	enrolment  = `{"identity":"` + hash + `","root_key":"` + address + `","recovery_hash":"` + hash + `","salt":"` + hash + `","session_key":"` + address + `","jurisdiction":"KE","time":1780315200,"signature":"` + signature + `","registration":{"deadline":1780318800,"signature":"` + signature + `"}}`
	stated     = `{"identity":"` + hash + `","minor":false,"representative":true,"never_countries":["KE","UG"],"time":1780315200,"signature":"` + signature + `"}`
	refusal    = `{"request":"` + hash + `","identity":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`
	joining    = `{"cold_key":"` + address + `","salt":"` + hash + `","recovery_key":"` + address + `","kind":"clinic","jurisdiction":"KE","sealing_key":"` + hash + `","name":"Kisumu Clinic","deadline":1780318800,"signature":"` + signature + `"}`
	tlsKey     = `{"x":"` + hash + `","y":"` + hash + `","replaces":"` + hash + `","replaced_until":1780318800,"nonce":0,"deadline":1780318800,"signature":"` + signature + `","proof_r":"` + hash + `","proof_s":"` + hash + `"}`
	vouching   = `{"accreditor":"` + hash + `","expires":1780318800,"nonce":0,"deadline":1780318800,"signature":"` + signature + `"}`
	suspend    = `{"by":"` + hash + `","lift":false,"nonce":0,"deadline":1780318800,"signature":"` + signature + `"}`
	removing   = `{"key_hash":"` + hash + `","nonce":0,"deadline":1780318800,"signature":"` + signature + `"}`
	rotating   = `{"change":"rotate_cold_key","cold_key":"` + address + `","recovery_key":"` + address + `","nonce":0,"deadline":1780318800,"signature":"` + signature + `"}`
	unvouching = `{"accreditor":"` + hash + `","nonce":0,"deadline":1780318800,"signature":"` + signature + `"}`
	stopAll    = `{"identity":"` + hash + `","time":1780315200,"signature":"` + signature + `","stops":[` + stop + `]}`
	assistKey  = `{"identity":"` + hash + `","key":"` + address + `","time":1780315200,"signature":"` + signature + `"}`
	standsFor  = `{"identity":"` + hash + `","representative":"` + hash + `","until":1788048000,"time":1780315200,"signature":"` + signature + `"}`
	assistStop = `{"grant":"` + hash + `","identity":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`
	assistAll  = `{"identity":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`
	disputed   = `{"identity":"` + hash + `","since":1780000000,"time":1780315200,"signature":"` + signature + `"}`
	oneScalar  = base64.StdEncoding.EncodeToString(append([]byte{1}, make([]byte, 31)...))
	element    = "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY=" // the generator of ristretto255
	newCard    = `{"identity":"` + hash + `","card":"` + hash + `","ask_key":"` + address + `","time":1780315200,"restore":{"oprf_key":"` + oneScalar + `","blob":"AQ=="},"signature":"` + signature + `"}`
	cardReset  = `{"identity":"` + hash + `","card":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`
	stopRescue = `{"identity":"` + hash + `","pickup":"` + hash + `","signature":"` + signature + `"}`
	cardTry    = `{"card":"` + hash + `","kind":"assist","blinded":"` + element + `"}`
	restoreAsk = `{"card":"` + hash + `","pickup":"` + hash + `","time":1780315200,"signature":"` + signature + `"}`
	pickUp     = `{"card":"` + hash + `","secret":"` + hash + `"}`
	stop       = `{"grant":"` + hash + `","signature":"` + signature + `"}`
)

func yes(a *actor) string {
	return `{"grant":` + string(mustJSON(wireGrant(&a.grant.Grant))) + `,"deadline":1780318800,"signature":"` + signature + `","binding":{"identity":"` + hash + `","opening":"` + hash + `","time":1780315200,"signature":"` + signature + `"}}`
}

// yesWithHelp is yes with a helping institution's word that nobody has signed.
func yesWithHelp(a *actor) string {
	word := `,"help":{"institution":"` + hash + `","key":"` + strings.Repeat("A", 86) + `==","not_before":1780315200,"until":1780315800,"signature":"` + strings.Repeat("A", 86) + `=="}}`
	return strings.TrimSuffix(yes(a), "}") + word
}

func assistSessionOf(change func(*openapi.AssistSessionCall)) string {
	call := openapi.AssistSessionCall{Identity: hash, Origin: pageOrigin, Request: hash, Nonce: hash, ProofKey: []byte("key"), Expires: uint64(noon.Unix()) + 60, Signature: signature}
	change(&call)
	return string(mustJSON(call))
}

type exchange struct {
	name    string
	as      string // "" = public listener
	line    string
	headers []string
	body    string
	fail    error // of the gate, and of the ledger's registry
	problem string
}

var deleted = `{"through_ms":1780315100000,"signature":"` + strings.Repeat("A", 86) + `=="}`

const carriedOut = `{"resourceType":"Bundle","type":"transaction","entry":[` +
	`{"resource":{"resourceType":"Patient","id":"p1","birthDate":"1990-04-02"},"request":{"method":"PUT","url":"Patient/p1"}}]}`

func exchanges(s *stage) []exchange {
	grant, request := "/v1/grants/"+s.gate.grant.ID.String(), s.gate.request.ID().String()
	fhirBody := `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","birthDate":"1990-04-02"}},{"resource":{"resourceType":"Claim","status":"active"}}]}`
	denial := &vault.Denial{Reasons: []consent.Reason{consent.ReasonWithdrawn}, Withheld: []consent.Withheld{{Field: "identity.name", Reason: consent.ReasonPolicy}}, Proof: sampleProof()}
	release := func(name string, fail error, problem string) exchange {
		return exchange{name, "clinic", "POST " + grant + "/release", []string{key}, `{}`, fail, problem}
	}
	broken := func(name, body, problem string) exchange {
		return exchange{name, "", "POST /v1/person/withdrawals", nil, body, nil, problem}
	}
	return []exchange{
		{"me", "clinic", "GET /v1/me", nil, "", nil, ""},
		{"me_suspended", "school", "GET /v1/me", nil, "", nil, ""},
		{"request_create", "clinic", "POST /v1/requests", []string{key}, newAsk, nil, ""},
		{"request_list", "clinic", "GET /v1/requests", nil, "", nil, ""},
		{"request_get", "clinic", "GET /v1/requests/" + request, nil, "", nil, ""},
		{"grant_list", "clinic", "GET /v1/grants?status=given&limit=1", nil, "", nil, ""},
		{"grant_list_other_status", "clinic", "GET /v1/grants?status=withdrawn", nil, "", nil, ""},
		{"grant_get", "clinic", "GET " + grant, nil, "", nil, ""},
		{"release", "clinic", "POST " + grant + "/release", []string{key}, `{"fields":["identity.birth_date","identity.name","health.allergy"]}`, nil, ""},
		{"release_fhir", "clinic", "POST " + grant + "/release", []string{key, "Accept: application/fhir+json"}, `{}`, nil, ""},
		{"release_unless", "clinic", "POST " + grant + "/release", []string{key, `If-None-Match: "AQAAAAAAAAAA", W/"AgAAAAAAAAAA"`}, `{}`, nil, ""},
		{"problem_tag", "clinic", "POST " + grant + "/release", []string{key, `If-None-Match: *`}, `{}`, nil, "parameter"},
		{"write", "clinic", "POST " + grant + "/fields", []string{key}, `{"values":{"identity.birth_date":"1990-04-02","work.employer":"x"}}`, nil, ""},
		{"problem_unsigned", "clinic", "POST " + grant + "/fields", []string{key}, `{"signatures":{},"values":{"identity.birth_date":"1990-04-02"}}`, nil, "invalid-value"},
		{"problem_signature_form", "clinic", "POST " + grant + "/fields", []string{key}, `{"signatures":{"identity.birth_date":[{"day":1,"salt":"0x00","signature":""}]},"values":{"identity.birth_date":"1990-04-02"}}`, nil, "invalid-value"},
		{"write_fhir", "clinic", "POST " + grant + "/fields", []string{key, "Content-Type: application/fhir+json; charset=utf-8"}, fhirBody, nil, ""},
		{"write_transaction", "clinic", "POST " + grant + "/fields", []string{key, "Content-Type: application/fhir+json", "Accept: application/fhir+json"}, carriedOut, nil, ""},
		{"problem_not_whole", "clinic", "POST " + grant + "/fields", []string{key, "Content-Type: application/fhir+json"},
			strings.Replace(carriedOut, `"PUT"`, `"PATCH"`, 1), nil, "not-whole"},
		{"problem_not_whole_here", "clinic", "POST " + grant + "/fields", []string{key, "Content-Type: application/fhir+json"}, carriedOut,
			&vault.Denial{Withheld: []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNotInGrant}}, Proof: sampleProof()}, "not-whole"},
		{"problem_not_whole_json", "clinic", "POST " + grant + "/fields", []string{key}, `{"all":true,"values":{"identity.birth_date":"1990-04-02"}}`,
			&vault.Denial{Withheld: []consent.Withheld{{Field: "identity.birth_date", Reason: consent.ReasonNotInGrant}}, Proof: sampleProof()}, "not-whole"},
		{"deletion_get", "clinic", "GET " + grant + "/deletion", nil, "", nil, ""},
		{"deletion_attest", "clinic", "POST " + grant + "/deletion", []string{key}, deleted, nil, ""},
		{"deletion_list", "clinic", "GET /v1/deletions?overdue=true&limit=1", nil, "", nil, ""},
		{"notice_list", "clinic", "GET /v1/notices?after=7&wait=1", nil, "", nil, ""},
		{"problem_deletion_too_early", "clinic", "POST " + grant + "/deletion", []string{key}, deleted, vault.ErrDeletedTooEarly, "conflict"},
		{"problem_deletion_of_nothing", "clinic", "POST " + grant + "/deletion", []string{key}, deleted, vault.ErrNothingReceived, "conflict"},
		{"problem_deletion_signature", "clinic", "POST " + grant + "/deletion", []string{key}, deleted, consent.ErrDeletionSignature, "signature"},
		{"problem_notice_number", "clinic", "GET /v1/notices?after=9", nil, "", vault.ErrNoSuchNotice, "cursor"},
		{"problem_notice_wait", "clinic", "GET /v1/notices?wait=31", nil, "", nil, "parameter"},
		{"enrol", "", "POST /v1/identities", nil, enrolment, nil, ""},
		{"asked", "", "GET /v1/asked/" + request, nil, "", nil, ""},
		{"show", "", "POST /v1/shown", []string{"Idempotency-Key: 0123456789-0123456789-0123456789-01"}, `{"secret":"` + theSecret.Text() + `"}`, nil, ""},
		{"problem_show_absent", "", "POST /v1/shown", []string{"Idempotency-Key: 0123456789-0123456789-0123456789-01"}, `{"secret":"` + consent.ShowSecret{1}.Text() + `"}`, nil, "not-found"},
		{"problem_show_used", "", "POST /v1/shown", []string{"Idempotency-Key: 0123456789-0123456789-0123456789-01"}, `{"secret":"` + theSecret.Text() + `"}`, &vault.Denial{Reasons: []consent.Reason{consent.ReasonLimit}, Proof: sampleProof()}, "denied"},
		{"problem_show_key", "", "POST /v1/shown", []string{key}, `{"secret":"` + theSecret.Text() + `"}`, nil, "idempotency-key"},
		{"give", "", "POST /v1/person/grants", nil, yes(s.gate), nil, ""},
		{"refuse", "", "POST /v1/person/refusals", nil, refusal, nil, ""},
		{"withdraw", "", "POST /v1/person/withdrawals", nil, stop, nil, ""},
		{"withdraw_all", "", "POST /v1/person/withdrawals/all", nil, stopAll, nil, ""},
		{"dispute", "", "POST /v1/person/disputes", nil, disputed, nil, ""},
		{"problem_dispute_signature", "", "POST /v1/person/disputes", nil, disputed, consent.ErrSignature, "signature"},
		{"card_make", "", "POST /v1/person/cards", nil, newCard, nil, ""},
		{"card_reset", "", "POST /v1/person/cards/resets", nil, cardReset, nil, ""},
		{"card_try", "", "POST /v1/cards/evaluations", nil, cardTry, nil, ""},
		{"problem_card_tries", "", "POST /v1/cards/evaluations", nil, cardTry, &vault.Wait{Err: vault.ErrTries, Seconds: 4000}, "card-tries"},
		{"problem_card_malformed", "", "POST /v1/cards/evaluations", nil, strings.Replace(cardTry, hash, "0x12", 1), nil, "not-found"},
		{"restore_ask", "", "POST /v1/cards/restores", nil, restoreAsk, nil, ""},
		{"problem_restore_untried", "", "POST /v1/cards/restores", nil, restoreAsk, vault.ErrNotTried, "conflict"},
		{"restore_cancel", "", "POST /v1/person/restores/cancellations", nil, stopRescue, nil, ""},
		{"problem_restore_given", "", "POST /v1/person/restores/cancellations", nil, stopRescue, vault.ErrRestored, "conflict"},
		{"restore_pick_up", "", "POST /v1/cards/blobs", nil, pickUp, nil, ""},
		{"problem_restore_waits", "", "POST /v1/cards/blobs", nil, pickUp, &vault.Wait{Err: vault.ErrRestoreWaits, Seconds: 172000}, "restore-waits"},
		{"assist_key", "", "POST /v1/person/assist-key", nil, assistKey, nil, ""},
		{"problem_assist_key_signature", "", "POST /v1/person/assist-key", nil, assistKey, consent.ErrUnknownIdentity, "signature"},
		{"represent", "", "POST /v1/person/representative", nil, standsFor, nil, ""},
		{"problem_represent_until", "", "POST /v1/person/representative", nil, standsFor, fmt.Errorf("%w: until: later than the age at which a person decides alone", consent.ErrGrant), "invalid-value"},
		{"problem_assist_session", "", "POST /v1/assist/sessions", nil, assistSessionOf(func(*openapi.AssistSessionCall) {}), nil, "session"},
		{"problem_assist_grants_session", "", "GET /v1/assist/grants", nil, "", nil, "session"},
		{"problem_assist_give_session", "", "POST /v1/assist/grants", nil, yesWithHelp(s.gate), nil, "session"},
		{"assist_withdraw", "", "POST /v1/assist/withdrawals", nil, assistStop, nil, ""},
		{"problem_assist_withdraw_signature", "", "POST /v1/assist/withdrawals", nil, assistStop, consent.ErrSignature, "signature"},
		{"assist_withdraw_all", "", "POST /v1/assist/withdrawals/all", nil, assistAll, nil, ""},
		{"erase", "", "POST /v1/person/erasure", nil, `{"identity":"` + hash + `","signature":"` + signature + `"}`, nil, ""},
		{"problem_erase_signature", "", "POST /v1/person/erasure", nil, `{"identity":"` + hash + `","signature":"` + signature + `"}`, consent.ErrUnknownIdentity, "signature"},
		{"erasure", "clinic", "GET /v1/erasure", nil, "", nil, ""},
		{"facts", "", "POST /v1/person/facts", nil, stated, nil, ""},
		{"institution_register", "", "POST /v1/institutions", nil, joining, nil, ""},
		{"institution_get", "", "GET /v1/institutions/" + clinic.ID.String(), nil, "", nil, ""},
		{"institution_nonce", "clinic", "GET /v1/institutions/" + clinic.ID.String() + "/nonce?actor=" + clinic.ID.String(), nil, "", nil, ""},
		{"institution_key", "", "POST /v1/institutions/" + clinic.ID.String() + "/keys", nil, tlsKey, nil, ""},
		{"institution_attest", "", "POST /v1/institutions/" + clinic.ID.String() + "/attestations", nil, vouching, nil, ""},
		{"institution_keys", "", "GET /v1/institutions/" + clinic.ID.String() + "/keys?limit=2", nil, "", nil, ""},
		{"institution_key_removal", "", "POST /v1/institutions/" + clinic.ID.String() + "/keys/removals", nil, removing, nil, ""},
		{"institution_cold_key", "", "GET /v1/institutions/" + clinic.ID.String() + "/cold-key", nil, "", nil, ""},
		{"institution_cold_key_change", "", "POST /v1/institutions/" + clinic.ID.String() + "/cold-key", nil, rotating, nil, ""},
		{"institution_attestations", "clinic", "GET /v1/institutions/" + clinic.Accreditor.String() + "/attestations?limit=1", nil, "", nil, ""},
		{"institution_attestation_withdrawal", "", "POST /v1/institutions/" + clinic.ID.String() + "/attestations/withdrawals", nil, unvouching, nil, ""},
		{"request_list_other_status", "clinic", "GET /v1/requests?status=refused", nil, "", nil, ""},
		{"institution_suspend", "clinic", "POST /v1/institutions/" + clinic.ID.String() + "/suspensions", nil, suspend, nil, ""},
		{"ledger", "", "GET /v1/ledger", nil, "", nil, ""},
		{"catalog", "clinic", "GET /v1/catalog", nil, "", nil, ""},
		{"health", "", "GET /healthz", nil, "", nil, ""},
		{"ready", "", "GET /readyz", nil, "", nil, ""},

		release("problem_denied", denial, "denied"),
		release("problem_not_found", consent.ErrNotFound, "not-found"),
		release("problem_unavailable", consent.ErrUnavailable, "unavailable"),
		release("problem_stale_view", fmt.Errorf("release: %w", consent.ErrStaleView), "stale-view"),
		release("problem_idempotency_conflict", vault.ErrIdempotencyReuse, "idempotency-conflict"),
		release("problem_unknown_field", &vault.Denial{Withheld: []consent.Withheld{{Field: "identity.name", Reason: consent.ReasonUnknownField}}}, "unknown-field"),
		release("problem_unknown_purpose", &vault.Denial{Reasons: []consent.Reason{consent.ReasonUnknownPurpose}}, "unknown-purpose"),
		release("problem_fhir_no_place", &vault.Denial{Withheld: []consent.Withheld{{Field: "work.employer", Reason: consent.ReasonNoPlace}}, Proof: sampleProof()}, "fhir-no-place"),
		release("problem_fhir_answer", fhirError(&fhir.Error{Element: "health.allergy[0].id", Problem: "want 1 to 64 letters, digits, - and ."}), "fhir-answer"),
		release("problem_answer_too_large", vault.ErrReleaseTooLarge, "answer-too-large"),
		release("problem_field_too_large", vault.ErrFieldTooLarge, "too-large"),
		{"problem_not_acceptable", "clinic", "POST " + grant + "/release", []string{key, "Accept: application/fhir+xml, text/html"}, `{}`, nil, "not-acceptable"},
		{"problem_budget", "", "POST /v1/person/grants", nil, yes(s.gate), consent.ErrBudget, "budget"},
		release("problem_value_type", &vault.Denial{Reasons: []consent.Reason{consent.ReasonBadValue}}, "value-type"),
		release("problem_reused", vault.ErrReused, "reused"),
		release("problem_period", fmt.Errorf("%w: period: want an end after its beginning, at most a year", consent.ErrGrant), "period"),
		release("problem_deadline", fmt.Errorf("%w: deadline: passed", consent.ErrGrant), "deadline"),
		release("problem_import_refused", &vault.ImportRefusal{Values: []vault.ImportedValue{{Field: "identity.name", Writer: clinic.ID, Outcome: vault.OutcomeRefused, Reason: vault.UnprovenSignature}}}, "import-refused"),
		{"problem_frozen", "", "POST /v1/person/facts", nil, stated, consent.ErrFrozen, "frozen"},
		release("problem_internal", errors.New("disk /var/lib/wrappy of Grace Achieng is full"), "internal"),
		{"problem_unknown_institution", "stranger", "GET /v1/me", nil, "", nil, "unknown-institution"},
		{"problem_idempotency_key", "clinic", "POST " + grant + "/release", nil, `{}`, nil, "idempotency-key"},
		{"problem_parameter", "clinic", "GET /v1/grants?limit=1000", nil, "", nil, "parameter"},
		{"problem_cursor", "clinic", "GET /v1/grants?cursor=AQ", nil, "", nil, "cursor"},
		{"problem_method", "clinic", "DELETE " + grant, nil, "", nil, "method"},
		{"problem_media_type", "clinic", "POST " + grant + "/release", []string{key, "Content-Type: text/plain"}, `{}`, nil, "media-type"},
		{"problem_too_large", "clinic", "POST " + grant + "/release", []string{key}, `{"fields":["` + strings.Repeat("x", smallBody) + `"]}`, nil, "too-large"},
		{"problem_invalid_value", "clinic", "POST /v1/requests", []string{key}, strings.Replace(newAsk, `"jurisdiction":"KE"`, `"jurisdiction":"ke"`, 1), nil, "invalid-value"},
		{"problem_fhir", "clinic", "POST " + grant + "/fields", []string{key, "Content-Type: application/fhir+json"}, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Patient"}}]}`, nil, "fhir"},
		{"problem_signature", "", "POST /v1/person/withdrawals", nil, stop, consent.ErrSignature, "signature"},
		{"problem_conflict", "", "POST /v1/person/refusals", nil, refusal, vault.ErrAnswered, "conflict"},
		{"problem_erased", "", "POST /v1/identities", nil, enrolment, vault.ErrErased, "erased"},
		{"problem_ledger_refused", "", "POST /v1/institutions", nil, joining, &ledgerref.Refused{Reason: "BadSignature"}, "ledger-refused"},
		{"problem_institution_not_found", "", "GET /v1/institutions/" + hash, nil, "", nil, "not-found"},
		{"problem_region", "", "POST /v1/identities", nil, enrolment, vault.ErrRegion, "region"},
		{"problem_session", "", "GET /v1/person/grants", nil, "", nil, "session"},
		broken("problem_json_syntax", `{"grant":`, "json-syntax"),
		broken("problem_json_encoding", "{\"grant\":\"\xff\"}", "json-encoding"),
		broken("problem_json_duplicate", `{"grant":"x","grant":"y"}`, "json-duplicate"),
		broken("problem_json_trailing", stop+`{}`, "json-trailing"),
		broken("problem_json_unknown", `{"grnat":"x"}`, "json-unknown"),
		broken("problem_json_missing", `{"grant":"x"}`, "json-missing"),
		broken("problem_json_type", `{"grant":1}`, "json-type"),
		{"problem_json_depth", "clinic", "POST " + grant + "/fields", []string{key}, `{"values":{"identity.name":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}}`, nil, "json-depth"},
	}
}

// Each answer is what testdata holds and what openapi.yaml allows.
func TestExchanges(t *testing.T) {
	s := newStage(t).listen()
	s.certificates["stranger"] = s.certificate(noChange, p256())
	s.gate.released, _ = newWorld(t).release()
	s.gate.released.Tags = []vault.FieldTag{{1}, {2}} // the world's own are of this run's keys
	router := describedBy(t)
	for _, x := range exchanges(s) {
		t.Run(x.name, func(t *testing.T) {
			fresh := newActor()
			s.gate.grant, s.gate.request, s.gate.fail = fresh.grant, fresh.request, x.fail
			s.registrar.fail = x.fail
			response := s.call(x.as, x.line, x.headers, x.body) //nolint:bodyclose // call closes it
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, x.name, transcript(x, response, body))
			conforms(t, router, response, body)
			if x.problem == "" != (response.StatusCode < 300) || !strings.Contains(string(body), typePrefix+x.problem+`"`) && x.problem != "" {
				t.Errorf("status %d, body %s", response.StatusCode, body)
			}
		})
	}
}

func noChange(*x509.Certificate) {}

// Every problem has an exchange above and a line in the guide.
func TestEveryProblemIsShownAndDocumented(t *testing.T) {
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, m := range regexp.MustCompile(`problem\{name: "([a-z-]+)", title`).FindAllStringSubmatch(string(source), -1) {
		names = append(names, m[1])
	}
	for fault := range jsonTitles {
		names = append(names, "json-"+string(fault))
	}
	if len(names) < 25 {
		t.Fatalf("found only %v", names)
	}
	shown := exchanges(newStage(t))
	for _, name := range names {
		if name != "rate-limited" && !slices.ContainsFunc(shown, func(x exchange) bool { return x.problem == name }) {
			t.Errorf("%s: no exchange", name)
		}
		if !bytes.Contains(guide, []byte("| `"+name+"` |")) {
			t.Errorf("%s: not in docs/api.md", name)
		}
	}
}

func transcript(x exchange, response *http.Response, body []byte) string {
	var out strings.Builder
	listener := "people"
	if x.as != "" {
		listener = "institutions, as " + x.as
	}
	fmt.Fprintf(&out, "# %s\n> %s\n", listener, x.line)
	for _, h := range x.headers {
		fmt.Fprintf(&out, "> %s\n", h)
	}
	if sent := x.body; sent != "" {
		if len(sent) > 4000 {
			sent = fmt.Sprintf("(%d bytes)", len(sent))
		}
		fmt.Fprintf(&out, ">\n> %s\n", strings.ReplaceAll(indented([]byte(sent)), "\n", "\n> "))
	}
	fmt.Fprintf(&out, "< %s\n", response.Status)
	var names []string
	for name := range response.Header {
		if name != "X-Request-Id" && name != "Date" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&out, "< %s: %s\n", name, strings.Join(response.Header[name], ", "))
	}
	if len(body) > 0 {
		fmt.Fprintf(&out, "<\n%s\n", indented(occurrence.ReplaceAll(body, []byte("urn:wrappy:request:0000000000000000"))))
	}
	return out.String()
}

var occurrence = regexp.MustCompile(`urn:wrappy:request:[0-9a-f]{16}`)

func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

func describedBy(t *testing.T) routers.Router {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func conforms(t *testing.T, router routers.Router, response *http.Response, body []byte) {
	t.Helper()
	request := response.Request.Clone(context.Background())
	request.URL.Scheme, request.URL.Host = "", ""
	route, params, err := router.FindRoute(request)
	if err != nil {
		return // another method: not described
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route},
		Status:                 response.StatusCode, Header: response.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	input.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		t.Errorf("not as described: %v", err)
	}
}
