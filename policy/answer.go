package policy

import (
	"errors"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/wrapious/wrappy/consent"
)

func readUntil(v any) (uint64, error) {
	if term, ok := v.(*ast.Term); ok {
		if number, ok := term.Value.(ast.Number); ok {
			if n, ok := number.Int64(); ok && n >= 0 {
				return uint64(n), nil
			}
		}
	}
	return 0, errors.New("valid_until: want Unix seconds")
}

// readPermitted keeps the question's order. A rule that permits what was not
// asked is broken, and a broken rule permits nothing.
func readPermitted(v any, asked []consent.FieldName) ([]consent.FieldName, error) {
	term, _ := v.(*ast.Term)
	if term == nil {
		return nil, errors.New("permitted: want a set of field names")
	}
	set, ok := term.Value.(ast.Set)
	if !ok {
		return nil, errors.New("permitted: want a set of field names")
	}
	found := 0
	permitted := make([]consent.FieldName, 0, len(asked))
	for i, f := range asked {
		if set.Contains(ast.StringTerm(string(f))) {
			permitted = append(permitted, f)
			if !slices.Contains(asked[:i], f) {
				found++
			}
		}
	}
	if found != set.Len() {
		return nil, errors.New("permitted: a field that was not asked for")
	}
	return permitted, nil
}

// reasons that a bundle may give, the weightiest first. The rest of the closed set
// belongs to the vault: a rule cannot say that a grant was withdrawn.
var (
	wholeReasons = []consent.Reason{consent.ReasonSuspended, consent.ReasonNotAttested, consent.ReasonUnknownPurpose, consent.ReasonPurposeKind, consent.ReasonAccreditor,
		consent.ReasonBasis, consent.ReasonRetention, consent.ReasonOverdue, consent.ReasonPolicy, consent.ReasonCountry}
	fieldReasons = []consent.Reason{consent.ReasonUnknownField, consent.ReasonFieldKind, consent.ReasonFieldPurpose, consent.ReasonPolicy}
)

// readReasons fills Reasons and Withheld. A field without a reason of its own has
// the weightiest of the whole, or "policy".
func readReasons(d consent.Decision, answer rego.Vars, asked []consent.FieldName) (consent.Decision, error) {
	reasonTerm, _ := answer["reasons"].(*ast.Term)
	withheldTerm, _ := answer["withheld"].(*ast.Term)
	if reasonTerm == nil || withheldTerm == nil {
		return consent.Decision{}, errors.New("reasons, withheld: missing")
	}
	set, isSet := reasonTerm.Value.(ast.Set)
	object, isObject := withheldTerm.Value.(ast.Object)
	if !isSet || !isObject {
		return consent.Decision{}, errors.New("reasons, withheld: want a set and an object")
	}
	for _, reason := range wholeReasons {
		if set.Contains(ast.StringTerm(string(reason))) {
			d.Reasons = append(d.Reasons, reason)
		}
	}
	if len(d.Reasons) != set.Len() {
		return consent.Decision{}, errors.New("reasons: a reason that rules cannot give")
	}
	named := 0
	for i, f := range asked {
		reason := consent.ReasonPolicy
		if len(d.Reasons) > 0 {
			reason = d.Reasons[0]
		}
		if own := object.Get(ast.StringTerm(string(f))); own != nil {
			text, _ := own.Value.(ast.String)
			if reason = consent.Reason(text); !slices.Contains(fieldReasons, reason) {
				return consent.Decision{}, errors.New("withheld: a reason that rules cannot give")
			}
			if !slices.Contains(asked[:i], f) {
				named++
			}
		}
		if !slices.Contains(d.Permitted, f) {
			d.Withheld = append(d.Withheld, consent.Withheld{Field: f, Reason: reason})
		}
	}
	if named != object.Len() {
		return consent.Decision{}, errors.New("withheld: a field that was not asked for")
	}
	return d, nil
}
