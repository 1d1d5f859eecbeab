package fhir

import (
	"fmt"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// maxIssues bounds what a refused transaction is told of.
const maxIssues = 100

// IssueCode says why an entry of a transaction cannot be carried out. The set is closed.
type IssueCode string

// The codes.
const (
	IssueRequest     IssueCode = "request"     // no request, or not of the form that FHIR gives it
	IssueMethod      IssueCode = "method"      // a method other than PUT and POST
	IssueConditional IssueCode = "conditional" // a search, or a condition
	IssueURL         IssueCode = "url"         // not the resource's type, with its id for PUT
	IssueNoResource  IssueCode = "no_resource" // an entry without a resource
	IssueNoField     IssueCode = "no_field"    // the catalog has no field for the resource
	IssueElement     IssueCode = "element"     // an element beside resource, fullUrl and request
)

// Issue is one reason against a transaction. It never holds a value of the input.
type Issue struct {
	Element string // Bundle.entry[3]
	Code    IssueCode
}

// NotWhole is returned for a transaction that cannot be carried out whole, so that nothing
// of it may be.
type NotWhole struct {
	Issues []Issue // in the input's order, at most 100
}

// Error names the first entry.
func (e *NotWhole) Error() string {
	return fmt.Sprintf("transaction: %s: %s (%d in all)", e.Issues[0].Element, e.Issues[0].Code, len(e.Issues))
}

// Write is Fields for what is to be stored. A FHIR Bundle of type transaction is taken as
// FHIR means it: each entry has a request, and one that cannot be carried out is a
// *NotWhole. Its requests PUT Type/id and POST Type both store the resource under
// its id; all else (DELETE, PATCH, searches, conditions) is not carried out.
func Write(bundle []byte, catalog *consent.Catalog) (*Parsed, error) {
	root, name, err := read(bundle)
	if err != nil {
		return nil, err
	}
	parsed, err := split(&root, name, catalog)
	if err != nil || name != "Bundle" || root.get("type").text() != "transaction" {
		return parsed, err
	}
	t := transaction{parsed: parsed}
	t.check(&root)
	if len(t.issues) > 0 {
		return nil, &NotWhole{Issues: t.issues}
	}
	parsed.Left, parsed.Transaction = nil, true
	return parsed, nil
}

type transaction struct {
	parsed *Parsed
	issues []Issue
}

func (t *transaction) refuse(element string, code IssueCode) {
	if len(t.issues) < maxIssues {
		t.issues = append(t.issues, Issue{element, code})
	}
}

// check holds each entry against its request. Elements of the Bundle that only describe it
// stand in nobody's way.
func (t *transaction) check(root *node) {
	for i := range root.list {
		switch root.list[i].key {
		case "resourceType", "type", "entry", "id", "meta", "timestamp", "identifier", "language":
		default:
			t.refuse("Bundle", IssueElement)
		}
	}
	entries := root.get("entry")
	if entries == nil {
		return
	}
	next := 0 // of Taken, which has no entries without a resource
	for i := range entries.list {
		element, entry := fmt.Sprintf("Bundle.entry[%d]", i), &entries.list[i].node
		var placed *Taken
		if next < len(t.parsed.Taken) && t.parsed.Taken[next].Element == element {
			placed = &t.parsed.Taken[next]
			next++
		}
		t.entry(element, entry, placed)
	}
}

func (t *transaction) entry(element string, entry *node, placed *Taken) {
	for i := range entry.list {
		switch entry.list[i].key {
		case "resource", "fullUrl", "request":
		default:
			t.refuse(element, IssueElement)
			return
		}
	}
	method, code := requestOf(entry.get("request"), placed)
	switch {
	case code != "":
	case placed == nil:
		code = IssueNoResource
	case len(placed.Fields) == 0 && placed.Type != "Patient": // an empty Patient has nothing to store
		code = IssueNoField
	default:
		placed.Method = method
		return
	}
	t.refuse(element, code)
}

// requestOf reads an entry's request; "" says that it can be carried out.
func requestOf(request *node, placed *Taken) (method string, code IssueCode) {
	method, url := request.get("method").text(), request.get("url").text()
	if request == nil || request.kind != '{' || method == "" || url == "" {
		return "", IssueRequest
	}
	if method != "PUT" && method != "POST" {
		return "", IssueMethod
	}
	for i := range request.list {
		switch request.list[i].key {
		case "method", "url", "id":
		case "ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince":
			return "", IssueConditional
		default:
			return "", IssueRequest
		}
	}
	if strings.Contains(url, "?") {
		return "", IssueConditional
	}
	if placed == nil {
		return method, ""
	}
	want := placed.Type
	if method == "PUT" {
		want += "/" + placed.ID
	}
	if url != want || method == "PUT" && placed.ID == "" {
		return "", IssueURL
	}
	return method, ""
}
