package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/proof"
)

type listener string

// InstitutionListener is what Seen calls the listener of institutions.
const InstitutionListener = string(institutions)

const (
	people       listener = "people"
	institutions listener = "institutions"
)

const (
	mebibyte  = 1 << 20
	smallBody = 64 << 10 // what people sign is small; a larger one waits for its turn
	jsonType  = "application/json"
	fhirType  = "application/fhir+json"
)

// operation says where an operation answers and what it takes. A test holds this
// table against the tags of openapi.yaml.
type operation struct {
	method, path string
	id           string
	on           []listener
	body         map[string]int64 // media type → largest body in bytes; nil takes none
	session      bool             // needs a person's session
}

var (
	forInstitutions = []listener{institutions}
	forPeople       = []listener{people}
	forBoth         = []listener{people, institutions}

	plainJSON  = map[string]int64{jsonType: mebibyte}
	signedJSON = map[string]int64{jsonType: smallBody}
	noBody     map[string]int64
)

var operations = []operation{
	{http.MethodGet, "/v1/me", "Me", forInstitutions, noBody, false},
	{http.MethodPost, "/v1/requests", "CreateRequest", forInstitutions, plainJSON, false},
	{http.MethodGet, "/v1/requests", "ListRequests", forInstitutions, noBody, false},
	{http.MethodGet, "/v1/requests/:id", "GetRequest", forInstitutions, noBody, false},
	{http.MethodGet, "/v1/grants", "ListGrants", forInstitutions, noBody, false},
	{http.MethodGet, "/v1/grants/:grant", "GetGrant", forInstitutions, noBody, false},
	{http.MethodPost, "/v1/grants/:grant/release", "Release", forInstitutions, signedJSON, false},
	{http.MethodPost, "/v1/grants/:grant/fields", "WriteFields", forInstitutions, map[string]int64{jsonType: 16 * mebibyte, fhirType: 16 * mebibyte}, false},

	{http.MethodGet, "/v1/grants/:grant/deletion", "GetDeletion", forInstitutions, noBody, false},
	{http.MethodPost, "/v1/grants/:grant/deletion", "AttestDeletion", forInstitutions, signedJSON, false},
	{http.MethodGet, "/v1/deletions", "ListDeletions", forInstitutions, noBody, false},
	{http.MethodGet, "/v1/notices", "ListNotices", forInstitutions, noBody, false},

	{http.MethodPost, "/v1/identities", "Enrol", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/sessions/nonce", "NewNonce", forPeople, noBody, false},
	{http.MethodPost, "/v1/sessions", "OpenSession", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/asked/:id", "GetAsked", forPeople, noBody, false},
	{http.MethodPost, "/v1/shown", "Show", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/grants", "Give", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/person/grants", "ListOwnGrants", forPeople, noBody, true},
	{http.MethodPost, "/v1/person/refusals", "Refuse", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/withdrawals", "Withdraw", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/withdrawals/all", "WithdrawAll", forPeople, plainJSON, false},
	{http.MethodPost, "/v1/person/disputes", "Dispute", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/cards", "MakeCard", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/person/card", "GetCard", forPeople, noBody, true},
	{http.MethodPost, "/v1/person/cards/resets", "ResetCard", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/restores/cancellations", "CancelRestore", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/cards/evaluations", "EvaluateCard", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/cards/restores", "AskRestore", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/cards/blobs", "PickUpRestore", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/assist-key", "StateAssistKey", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/representative", "Represent", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/person/representative", "GetRepresentative", forPeople, noBody, true},
	{http.MethodPost, "/v1/assist/sessions", "OpenAssistSession", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/assist/grants", "ListStanding", forPeople, noBody, true},
	{http.MethodPost, "/v1/assist/grants", "GiveAssisted", forPeople, signedJSON, true},
	{http.MethodPost, "/v1/assist/withdrawals", "WithdrawAssisted", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/assist/withdrawals/all", "WithdrawAllAssisted", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/erasure", "Erase", forPeople, signedJSON, false},
	{http.MethodPost, "/v1/person/facts", "StateFacts", forPeople, signedJSON, false},
	{http.MethodGet, "/v1/person/facts", "GetFacts", forPeople, noBody, true},
	{http.MethodPost, "/v1/person/corrections", "Correct", forPeople, map[string]int64{jsonType: 16*mebibyte + smallBody}, true},
	{http.MethodPost, "/v1/person/exports", "Export", forPeople, signedJSON, true},
	{http.MethodPost, "/v1/person/imports", "Import", forPeople, map[string]int64{linesType: proof.MaxExport + maxOrder}, true},
	{http.MethodGet, "/v1/person/history", "ListHistory", forPeople, noBody, true},

	{http.MethodPost, "/v1/institutions", "RegisterInstitution", forBoth, signedJSON, false},
	{http.MethodGet, "/v1/institutions/:institution", "GetInstitution", forBoth, noBody, false},
	{http.MethodGet, "/v1/institutions/:institution/nonce", "GetNonce", forBoth, noBody, false},
	{http.MethodPost, "/v1/institutions/:institution/keys", "AddKey", forBoth, signedJSON, false},
	{http.MethodGet, "/v1/institutions/:institution/keys", "ListKeys", forBoth, noBody, false},
	{http.MethodPost, "/v1/institutions/:institution/keys/removals", "RemoveKey", forBoth, signedJSON, false},
	{http.MethodGet, "/v1/institutions/:institution/cold-key", "GetColdKey", forBoth, noBody, false},
	{http.MethodPost, "/v1/institutions/:institution/cold-key", "ChangeColdKey", forBoth, signedJSON, false},
	{http.MethodPost, "/v1/institutions/:institution/attestations", "Attest", forBoth, signedJSON, false},
	{http.MethodGet, "/v1/institutions/:institution/attestations", "ListAttestations", forBoth, noBody, false},
	{http.MethodPost, "/v1/institutions/:institution/attestations/withdrawals", "WithdrawAttestation", forBoth, signedJSON, false},
	{http.MethodPost, "/v1/institutions/:institution/suspensions", "Suspend", forBoth, signedJSON, false},

	{http.MethodGet, "/v1/ledger", "GetLedger", forBoth, noBody, false},
	{http.MethodGet, "/v1/erasure", "GetErasure", forBoth, noBody, false},
	{http.MethodGet, "/v1/catalog", "GetCatalog", forBoth, noBody, false},
	{http.MethodGet, "/v1/openapi.yaml", "GetOpenAPI", forBoth, noBody, false},
	{http.MethodGet, "/healthz", "Health", forBoth, noBody, false},
	{http.MethodGet, "/readyz", "Ready", forBoth, noBody, false},
}

func (o operation) answersOn(l listener) bool {
	for _, on := range o.on {
		if on == l {
			return true
		}
	}
	return false
}

func (o operation) largest() (n int64) {
	for _, limit := range o.body {
		n = max(n, limit)
	}
	return n
}

// assisted are the operations whose session is a helper's device's.
var assisted = map[string]bool{"ListStanding": true, "GiveAssisted": true}

// slow are reads that cost the chain or the view something, or that try ids.
var slow = map[string]bool{"GetAsked": true, "GetNonce": true, "GetColdKey": true, "ListKeys": true, "ListAttestations": true}

// perOperation gives each operation what stands in front of it, outermost first:
// who asks is settled before a body is read.
func (a *API) perOperation() map[string][]echo.MiddlewareFunc {
	all := map[string][]echo.MiddlewareFunc{}
	for _, o := range operations {
		var front []echo.MiddlewareFunc
		if len(o.on) == 1 {
			front = append(front, a.evenly)
		}
		switch {
		case o.answersOn(institutions) && !o.answersOn(people):
			front = append(front, a.institution)
			if o.method == http.MethodPost {
				front = append(front, idempotent)
			}
		case o.method == http.MethodPost, o.session, slow[o.id]:
			front = append(front, a.slowly)
		}
		switch {
		case o.session && assisted[o.id]:
			front = append(front, a.inAssist)
		case o.session:
			front = append(front, a.inSession)
		}
		if o.id == "Release" || o.id == "WriteFields" {
			front = append(front, negotiated)
		}
		front = append(front, bounded(o.body))
		switch {
		case o.id == "Show":
			front = append(front, idempotentFor(shownKeyPattern, shownKeyRefused()), a.onlookers)
		case o.id == "Export", o.id == "Import":
			front = append(front, a.unhurried)
		case !o.session && !o.answersOn(institutions): // nobody is known who could wait for a turn: a stop of everything waits for none
		case o.largest() > smallBody, o.id == "Release": // what a release opens is not told by its body
			front = append(front, a.admitted)
		}
		all[o.id] = front
	}
	return all
}

// only registers the routes of one listener: what is not its own does not exist there.
type only struct {
	*echo.Echo
	on listener
}

func (r only) add(method, path string, h echo.HandlerFunc, m []echo.MiddlewareFunc) *echo.Route {
	for _, o := range operations {
		if o.method == method && o.path == path && o.answersOn(r.on) {
			return r.Add(method, path, h, m...)
		}
	}
	return nil
}

func (r only) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodGet, path, h, m)
}

func (r only) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPost, path, h, m)
}
