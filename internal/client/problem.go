package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wrapious/wrappy/openapi"
)

// Problem is a vault's refusal: an RFC 9457 problem document.
type Problem struct {
	openapi.Problem
	// HTTPStatus of the answer, also where it was no problem document.
	HTTPStatus int
}

// IsAnswer reports whether err is a vault's refusal with this HTTP status.
func IsAnswer(err error, status int) bool {
	var problem *Problem
	return errors.As(err, &problem) && problem.HTTPStatus == status
}

// Error is the title, the detail and the reasons, in one line: a vault's words are not
// trusted not to steer the terminal that shows them.
func (p *Problem) Error() string {
	text := p.Title
	if p.Detail != nil && *p.Detail != "" {
		text += ": " + *p.Detail
	}
	if reasons := p.ReasonNames(); len(reasons) > 0 {
		text += " (" + strings.Join(reasons, ", ") + ")"
	}
	return Printable(text)
}

// ReasonNames are the codes of docs/protocol/reasons.md, first of the whole, then of single
// fields, then of a transaction's entries.
func (p *Problem) ReasonNames() (names []string) {
	if p.Reasons != nil {
		names = append(names, *p.Reasons...)
	}
	if p.Withheld != nil {
		for _, w := range *p.Withheld {
			names = append(names, w.Field+": "+w.Reason)
		}
	}
	if p.Entries != nil {
		for _, e := range *p.Entries {
			names = append(names, e.Entry+": "+e.Reason)
		}
	}
	return names
}

// answered is what every generated response offers.
type answered interface {
	StatusCode() int
	GetBody() []byte
}

// check turns anything but the wanted status into a *Problem.
func check(r answered, want int) error {
	if r.StatusCode() == want {
		return nil
	}
	p := &Problem{HTTPStatus: r.StatusCode()}
	if err := json.Unmarshal(r.GetBody(), &p.Problem); err != nil || strings.TrimSpace(p.Title) == "" {
		p.Problem = openapi.Problem{Title: fmt.Sprintf("the vault answered %d %s", r.StatusCode(), http.StatusText(r.StatusCode()))}
	}
	return p
}
