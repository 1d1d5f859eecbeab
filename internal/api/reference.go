package api

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/wrapious/wrappy/internal/api/reference"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
)

// referencePath is where people read about the API, on the public listener.
const referencePath = "/docs"

// referencePage is made once, of what openapi.yaml and the tables of this package say.
var referencePage = sync.OnceValues(func() ([]byte, error) {
	ids := make([]string, 0, len(operations))
	for _, o := range operations {
		ids = append(ids, o.id)
	}
	return reference.Render(openapi.Document, ids, referenceProblems())
})

// referenceProblems are all that an operation can answer with; a test holds the list
// against what the package declares.
func referenceProblems() []reference.Problem {
	var list []reference.Problem
	for _, p := range []problem{
		problemNotFound, problemMethod, problemUnknownInstitution, problemDenied, problemSignature, problemSession, problemIdempotencyKey,
		problemIdempotencyConflict, problemConflict, problemParameter, problemCursor, problemMediaType, problemTooLarge, problemInvalid,
		problemNotAcceptable, problemNoPlace, problemFHIRAnswer, problemAnswerTooLarge, problemBudget,
		problemPeriod, problemDeadline, problemUnknownField, problemUnknownPurpose, problemValueType, problemReused, problemFHIR,
		problemFrozen, problemNotWhole, problemImport, problemRegion, problemErased, problemLedger, problemRate, problemCardTries, problemRestoreWaits, problemUnavailable, problemStaleView, problemInternal,
	} {
		list = append(list, reference.Problem{Type: typePrefix + p.name, Title: p.title, Status: p.status})
	}
	for fault, title := range jsonTitles {
		if fault != strict.Values {
			list = append(list, reference.Problem{Type: typePrefix + "json-" + string(fault), Title: title, Status: http.StatusBadRequest})
		}
	}
	slices.SortFunc(list, func(a, b reference.Problem) int { return cmp.Compare(a.Type, b.Type) })
	return list
}

func referenceHandler(c echo.Context) error {
	page, err := referencePage()
	if err != nil {
		return err
	}
	tag, sent := entityTag(sha256.Sum256(page)), c.Request().Header.Get("If-None-Match")
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", reference.ContentSecurityPolicy())
	if matches(&sent, tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.HTMLBlob(http.StatusOK, page)
}
