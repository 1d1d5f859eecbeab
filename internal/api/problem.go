package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// problem is an error that knows its answer. Its text is the type: nothing of
// what was sent gets into a log.
type problem struct {
	name    string // the last part of the type URI
	title   string
	status  int
	retry   int // seconds; 0 for no Retry-After
	detail  string
	pointer string
	entries []openapi.EntryIssue // of a transaction
}

func (p problem) Error() string { return typePrefix + p.name }

// Is compares kinds of problems, not their places.
func (p problem) Is(other error) bool {
	o, ok := other.(problem) //nolint:errorlint // errors.Is calls this on each of the chain
	return ok && o.name == p.name
}

const typePrefix = "urn:wrappy:problem:"

// The problems, each with its stable name. docs/api.md lists them all.
var (
	problemNotFound            = problem{name: "not-found", title: "Not found", status: http.StatusNotFound}
	problemMethod              = problem{name: "method", title: "Method not allowed", status: http.StatusMethodNotAllowed}
	problemUnknownInstitution  = problem{name: "unknown-institution", title: "No institution on the ledger has this key", status: http.StatusForbidden}
	problemDenied              = problem{name: "denied", title: "Denied", status: http.StatusForbidden}
	problemSignature           = problem{name: "signature", title: "Not signed by the expected key", status: http.StatusForbidden}
	problemSession             = problem{name: "session", title: "No valid session", status: http.StatusUnauthorized}
	problemIdempotencyKey      = problem{name: "idempotency-key", title: "Idempotency-Key missing or malformed", status: http.StatusBadRequest, detail: "want 8 to 128 letters, digits and ._:-"}
	problemIdempotencyConflict = problem{name: "idempotency-conflict", title: "Idempotency-Key was used with other content", status: http.StatusConflict}
	problemConflict            = problem{name: "conflict", title: "Conflict", status: http.StatusConflict}
	problemParameter           = problem{name: "parameter", title: "Parameter not acceptable", status: http.StatusBadRequest}
	problemCursor              = problem{name: "cursor", title: "Cursor not acceptable", status: http.StatusBadRequest}
	problemMediaType           = problem{name: "media-type", title: "Media type not supported", status: http.StatusUnsupportedMediaType}
	problemNotAcceptable       = problem{name: "not-acceptable", title: "No such form of the answer", status: http.StatusNotAcceptable, detail: "want application/json or application/fhir+json"}
	problemNoPlace             = problem{name: "fhir-no-place", title: "FHIR has a place for none of the fields", status: http.StatusNotAcceptable, detail: "take them as application/json"}
	problemFHIRAnswer          = problem{name: "fhir-answer", title: "Cannot be told in FHIR", status: http.StatusUnprocessableEntity}
	problemAnswerTooLarge      = problem{name: "answer-too-large", title: "More than one release carries", status: http.StatusUnprocessableEntity, pointer: "/fields", detail: "name fewer fields: 32 MiB of values above 64 KiB leave at once"}
	problemTooLarge            = problem{name: "too-large", title: "Body too large", status: http.StatusRequestEntityTooLarge}
	problemInvalid             = problem{name: "invalid-value", title: "Value not acceptable", status: http.StatusUnprocessableEntity}
	problemPeriod              = problem{name: "period", title: "Period not acceptable", status: http.StatusUnprocessableEntity}
	problemDeadline            = problem{name: "deadline", title: "Deadline not acceptable", status: http.StatusUnprocessableEntity}
	problemUnknownField        = problem{name: "unknown-field", title: "Field not in the catalog in force", status: http.StatusForbidden}
	problemUnknownPurpose      = problem{name: "unknown-purpose", title: "Purpose not in the policy in force", status: http.StatusForbidden}
	problemValueType           = problem{name: "value-type", title: "Value not of the catalog's type", status: http.StatusForbidden}
	problemReused              = problem{name: "reused", title: "Salt or grant key was used before", status: http.StatusConflict}
	problemFHIR                = problem{name: "fhir", title: "Not a FHIR R4 Bundle that can be taken", status: http.StatusUnprocessableEntity}
	problemNotWhole            = problem{name: "not-whole", title: "Not all of it can be stored, so nothing was", status: http.StatusForbidden}
	problemImport              = problem{name: "import-refused", title: "Not everything in it is proven", status: http.StatusUnprocessableEntity, detail: "nothing was taken; a partial import takes what is proven and leaves the rest"}
	problemFrozen              = problem{name: "frozen", title: "A recovery of this identity is pending", status: http.StatusConflict}
	problemRegion              = problem{name: "region", title: "Jurisdiction not served here", status: http.StatusUnprocessableEntity, pointer: "/jurisdiction"}
	problemErased              = problem{name: "erased", title: "Erased here, for ever", status: http.StatusConflict}
	problemLedger              = problem{name: "ledger-refused", title: "The ledger does not take this act", status: http.StatusConflict}
	problemRate                = problem{name: "rate-limited", title: "Too many requests", status: http.StatusTooManyRequests, retry: 10}
	problemBudget              = problem{name: "budget", title: "Today's budget for the ledger is spent", status: http.StatusServiceUnavailable, retry: 3600, detail: "send the same again later; stopping a permission always works"}
	problemCardTries           = problem{name: "card-tries", title: "Too many tries of this card", status: http.StatusTooManyRequests, detail: "there is one a day; whoever has the seed can forgive the tries"}
	problemRestoreWaits        = problem{name: "restore-waits", title: "The restore can still be stopped", status: http.StatusConflict}
	problemUnavailable         = problem{name: "unavailable", title: "Temporarily unavailable", status: http.StatusServiceUnavailable, retry: 5}
	problemStaleView           = problem{name: "stale-view", title: "The ledger has not been heard from lately", status: http.StatusServiceUnavailable, retry: 10}
	problemInternal            = problem{name: "internal", title: "Internal error", status: http.StatusInternalServerError}
)

var jsonTitles = map[strict.Fault]string{
	strict.Syntax:    "Not JSON",
	strict.Encoding:  "Not UTF-8",
	strict.Duplicate: "Member given twice",
	strict.Depth:     "Nested too deeply",
	strict.Trailing:  "Something after the document",
	strict.Unknown:   "Unknown member",
	strict.Missing:   "Member missing",
	strict.Type:      "Wrong type",
}

// table maps the errors of the domain to problems; the first match counts.
var table = []struct {
	err error
	is  problem
}{
	{consent.ErrNotFound, problemNotFound},
	{consent.ErrUnknownInstitution, problemUnknownInstitution},
	{consent.ErrUnknownIdentity, problemNotFound},
	{consent.ErrStaleView, problemStaleView},
	{consent.ErrBudget, problemBudget},
	{consent.ErrUnavailable, problemUnavailable},
	{consent.ErrSignature, problemSignature},
	{vault.ErrIdempotencyReuse, problemIdempotencyConflict},
	{vault.ErrErased, problemErased},
	{vault.ErrAssistOver, problemSession},
	{vault.ErrAssistPause, conflict("an assist session is open, or was less than five minutes ago")},
	{vault.ErrRegion, problemRegion},
	{consent.ErrFrozen, problemFrozen},
	{vault.ErrReused, problemReused},
	{consent.ErrDeletionSignature, problemSignature},
	{vault.ErrNothingReceived, conflict("nothing was released under this grant")},
	{vault.ErrDeletedTooEarly, conflict("something was released later than that: delete it too, and attest again")},
	{vault.ErrNoSuchNotice, noSuchNotice()},
	{vault.ErrNotTried, conflict("a restore needs a try of its own, at most an hour before")},
	{vault.ErrNoRestore, conflict("no such restore is asked for")},
	{vault.ErrRestored, conflict("the seed was given out before")},
	{consent.ErrConflict, problemConflict},
	{vault.ErrReleaseTooLarge, problemAnswerTooLarge},
	{vault.ErrFieldTooLarge, fieldTooLarge()},
	{context.Canceled, problemUnavailable},
	{context.DeadlineExceeded, problemUnavailable},
}

func conflict(detail string) problem {
	p := problemConflict
	p.detail = detail
	return p
}

func noSuchNotice() problem {
	p := problemCursor
	p.detail = "after: no notice has this number yet; a feed that ends earlier than you know was put back from a backup: read it from 0"
	return p
}

func fieldTooLarge() problem {
	p := problemTooLarge
	p.detail = "a field holds 16 MiB, 250000 JSON values and 10000 resources of one writer, and 32 MiB in all"
	return p
}

// problemOf finds the problem that an error is; the unknown says nothing.
func problemOf(err error) problem {
	var own problem
	if errors.As(err, &own) {
		return own
	}
	var fault *strict.Error
	if errors.As(err, &fault) {
		if fault.Fault == strict.Values {
			p := problemTooLarge
			p.detail = "more than " + strconv.Itoa(strict.MaxValues) + " JSON values"
			return p
		}
		return problem{name: "json-" + string(fault.Fault), title: jsonTitles[fault.Fault], status: http.StatusBadRequest, pointer: fault.Pointer}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problemTooLarge
	}
	var denial *vault.Denial
	if errors.As(err, &denial) {
		return problemOfDenial(denial)
	}
	if kept := (*vault.ImportRefusal)(nil); errors.As(err, &kept) {
		return problemImport
	}
	if wait := (*vault.Wait)(nil); errors.As(err, &wait) {
		p := problemRestoreWaits
		if errors.Is(err, vault.ErrTries) {
			p = problemCardTries
		}
		p.retry = int(wait.Seconds) //nolint:gosec // days
		return p
	}
	for _, row := range table {
		if errors.Is(err, row.err) {
			return row.is
		}
	}
	var element *fhir.Error
	switch {
	case errors.As(err, &element):
		p := problemFHIR
		p.detail = element.Error() // never holds a value
		return p
	case errors.Is(err, consent.ErrGrant), errors.Is(err, vault.ErrCall):
		return invalidDocument(err, "")
	}
	return fromEcho(err)
}

// problemOfDenial has a type of its own where one mistake of the caller is the whole reason.
func problemOfDenial(d *vault.Denial) problem {
	reasons := map[consent.Reason]bool{}
	for _, r := range d.Reasons {
		reasons[r] = true
	}
	for _, w := range d.Withheld {
		reasons[w.Reason] = true
	}
	for reason, p := range map[consent.Reason]problem{
		consent.ReasonUnknownField: problemUnknownField, consent.ReasonUnknownPurpose: problemUnknownPurpose, consent.ReasonBadValue: problemValueType,
		consent.ReasonNoPlace: problemNoPlace,
	} {
		if len(reasons) == 1 && reasons[reason] {
			return p
		}
	}
	return problemDenied
}

func fromEcho(err error) problem {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return problemInternal
	}
	switch he.Code {
	case http.StatusNotFound:
		return problemNotFound
	case http.StatusMethodNotAllowed:
		return problemMethod
	case http.StatusBadRequest:
		return problemParameter
	}
	return problemInternal
}

// innermost is the last error of a chain that still is sentinel: consent's and the
// vault's own words, without what was wrapped around them.
func innermost(err, sentinel error) error {
	for {
		var inner []error
		switch e := err.(type) { //nolint:errorlint // the chain itself is walked
		case interface{ Unwrap() error }:
			inner = []error{e.Unwrap()}
		case interface{ Unwrap() []error }:
			inner = e.Unwrap()
		}
		next := err
		for _, i := range inner {
			if i != sentinel && errors.Is(i, sentinel) { //nolint:errorlint // the bare sentinel says nothing
				next = i
			}
		}
		if next == err { //nolint:errorlint // the same value
			return err
		}
		err = next
	}
}

// fail writes an error's problem document; it is Echo's error handler.
func (a *API) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := problemOf(err)
	c.Set(problemKey, p.name)
	document := openapi.Problem{Type: typePrefix + p.name, Title: p.title, Status: int32(p.status)} //nolint:gosec // a status code
	setIf(&document.Detail, p.detail)
	setIf(&document.Pointer, p.pointer)
	if len(p.entries) > 0 {
		document.Entries = &p.entries
	}
	var denial *vault.Denial
	if errors.As(err, &denial) {
		explain(&document, denial)
	}
	if kept := (*vault.ImportRefusal)(nil); errors.As(err, &kept) {
		refused := wireImported(kept.Values)
		document.Refused = &refused
	}
	if p.status >= http.StatusInternalServerError {
		setIf(&document.Instance, "urn:wrappy:request:"+requestID(c))
		a.log.ErrorContext(c.Request().Context(), "request failed", "request", requestID(c), "route", c.Path(), "error", err.Error())
	}
	header := c.Response().Header()
	if p.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Wrappy-Session")
	}
	body, err := json.Marshal(document)
	if err != nil {
		body = []byte(`{"type":"` + typePrefix + `internal","title":"Internal error","status":500}`)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_ = c.Blob(p.status, "application/problem+json", body) // the connection is gone: nobody to tell
}

func explain(document *openapi.Problem, denial *vault.Denial) {
	reasons := wireReasons(denial.Reasons)
	document.Reasons = &reasons
	if len(denial.Withheld) > 0 {
		withheld := wireWithheld(denial.Withheld)
		document.Withheld = &withheld
	}
	if proof := wireProof(denial.Proof); len(proof.Leaf) > 0 {
		document.Proof = &proof
	}
}

func setIf(target **string, text string) {
	if text != "" {
		*target = &text
	}
}
