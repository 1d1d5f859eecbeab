package policy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/wrapious/wrappy/consent"
)

// Explanation says of one past decision what was asked, what was decided, and at which
// lines of a bundle it turned.
type Explanation struct {
	Entry        uint64                `json:"entry"`
	Kind         consent.EntryKind     `json:"kind"`
	Time         time.Time             `json:"time"`
	Institution  consent.InstitutionID `json:"institution"`
	Is           string                `json:"institution_kind"`
	Country      string                `json:"country"`
	Jurisdiction string                `json:"jurisdiction"`
	Purpose      consent.Purpose       `json:"purpose"`
	LegalBasis   consent.LegalBasis    `json:"legal_basis"`
	Action       string                `json:"action"`
	Asked        []consent.FieldName   `json:"asked"`
	Recorded     Recorded              `json:"recorded"`
	Past         Past                  `json:"sort"` // whether policy can decide it again
	Bundle       Side                  `json:"bundle"`
	Then         bool                  `json:"in_force_then"` // the bundle is the one that decided
	Reasons      []consent.Reason      `json:"reasons"`       // of the whole, by this bundle and the vault
	Whole        []string              `json:"whole"`         // lines, of the whole: what did not hold, and what says why
	Fields       []ExplainedField      `json:"fields"`
}

// Recorded is what the journal says was decided.
type Recorded struct {
	Policy    consent.Digest      `json:"policy"`
	Permitted []consent.FieldName `json:"permitted"`
	Withheld  []consent.Withheld  `json:"withheld"`
	Reasons   []consent.Reason    `json:"reasons"`
}

// ExplainedField is one field by this bundle.
type ExplainedField struct {
	Field     consent.FieldName `json:"field"`
	Permitted bool              `json:"permitted"`
	Reason    consent.Reason    `json:"reason,omitempty"`
	By        string            `json:"by"`    // policy, or vault: a rule that no bundle can lift
	Lines     []string          `json:"lines"` // of rules and data
}

// Explain decides one entry again under a bundle and watches the rules. It is about the
// recorded decision where the bundle is the one of its policy digest.
func Explain(ctx context.Context, d *Draft, entry uint64, e *consent.EvidencePart) (*Explanation, error) {
	x := &Explanation{
		Entry: entry, Kind: e.Kind, Time: time.UnixMilli(int64(min(e.Time, 1<<47))).UTC(), //nolint:gosec // bounded
		Institution: e.Institution, Is: recipient(e.Institution, e.InstitutionKind), Country: e.Country, Jurisdiction: e.Jurisdiction,
		Purpose: e.Purpose, LegalBasis: e.LegalBasis, Action: e.Action.String(), Asked: e.Asked,
		Recorded: Recorded{e.PolicyDigest, e.Permitted, e.Withheld, e.Reasons}, Past: PastOf(e), Bundle: d.side(), Then: e.PolicyDigest == d.Digest(),
		Reasons: []consent.Reason{}, Whole: []string{}, Fields: []ExplainedField{},
	}
	if x.Past != PastDecision {
		return x, nil
	}
	q := QuestionOf(e, d.loaded.catalog)
	var decided consent.Decision
	seen := &steps{asked: map[string]bool{}, failed: map[step]bool{}, exited: map[step]bool{}}
	if len(q.Fields) > 0 {
		var err error
		if decided, err = d.loaded.rules.watch(ctx, q, seen); err != nil {
			return nil, fmt.Errorf("%w: the rules do not decide it: %w", ErrBundle, err)
		}
	}
	x.Reasons = append(x.Reasons, decided.Reasons...)
	if barred(q) && !slices.Contains(x.Reasons, consent.ReasonCountry) {
		x.Reasons = append(x.Reasons, consent.ReasonCountry)
	}
	if len(x.Reasons) > 0 {
		x.Whole = append(d.dataOfWhole(e, x.Reasons), append(of(seen.failed, ""), of(seen.exited, "")...)...)
	}
	left := leaves(q, decided)
	for _, f := range e.Asked {
		x.Fields = append(x.Fields, d.explainField(e, q, decided, seen, f, slices.Contains(left, f)))
	}
	return x, nil
}

func (d *Draft) explainField(e *consent.EvidencePart, q consent.Question, decided consent.Decision, seen *steps, f consent.FieldName, leaves bool) ExplainedField {
	out := ExplainedField{Field: f, Permitted: leaves, By: "policy", Lines: []string{}}
	_, known := d.loaded.catalog.Field(f)
	switch {
	case leaves:
		out.Lines = append(d.dataOfField(e, f), of(seen.exited, f)...)
		if own := slices.IndexFunc(e.Withheld, func(w consent.Withheld) bool { return w.Field == f }); own >= 0 && e.PolicyDigest == d.Digest() {
			out.Permitted, out.Reason, out.By = false, e.Withheld[own].Reason, "vault" // such as no_value
		}
		return out
	case !consent.Includes(e.GrantFields, f):
		out.Reason, out.By = consent.ReasonNotInGrant, "vault"
		return out
	case !known:
		out.Reason = consent.ReasonUnknownField
		out.Lines = d.dataOfField(e, f)
		return out
	case !slices.Contains(q.Fields, f):
		out.Reason, out.By = consent.ReasonNoPlace, "vault"
		return out
	case barred(q):
		out.Reason, out.By = consent.ReasonCountry, "vault"
		return out
	}
	out.Reason = consent.ReasonPolicy
	if len(decided.Reasons) > 0 {
		out.Reason = decided.Reasons[0]
	}
	for _, w := range decided.Withheld {
		if w.Field == f {
			out.Reason = w.Reason
		}
	}
	out.Lines = append(d.dataOfField(e, f), append(of(seen.failed, f), of(seen.exited, f)...)...)
	return out
}

// line is file:line of a path in data, or of the nearest above it that there is, and
// what stands or is missing there.
func (d *Draft) line(folder string, path ...string) string {
	name := folder + "/data.json"
	content := d.loaded.files[name]
	c := &comparer{name: name}
	shown := "data." + folder
	for _, one := range path {
		shown += fmt.Sprintf("[%q]", one)
	}
	if !c.there(content, path...) {
		shown += " is not there"
	}
	return name + ":" + strconv.Itoa(lineOf(content, path...)) + ": " + shown
}

func (d *Draft) dataOfField(e *consent.EvidencePart, f consent.FieldName) []string {
	action := e.Action.String()
	return []string{
		d.line("purposes", string(e.Purpose), action, string(f)),
		d.line("fields", string(f), action, recipient(e.Institution, e.InstitutionKind)),
	}
}

func (d *Draft) dataOfWhole(e *consent.EvidencePart, reasons []consent.Reason) (lines []string) {
	purpose := string(e.Purpose)
	for _, reason := range reasons {
		switch reason {
		case consent.ReasonUnknownPurpose:
			lines = append(lines, d.line("purposes", purpose, "from"))
		case consent.ReasonPurposeKind:
			lines = append(lines, d.line("purposes", purpose, "kinds", recipient(e.Institution, e.InstitutionKind)))
		case consent.ReasonBasis:
			lines = append(lines, d.line("purposes", purpose, "bases", string(e.LegalBasis)))
		case consent.ReasonRetention:
			lines = append(lines, d.line("purposes", purpose, "retention_days"))
		}
	}
	return lines
}

// watch decides and notes every line at which the decision turned.
func (r *rules) watch(ctx context.Context, q consent.Question, seen *steps) (consent.Decision, error) {
	d, err := r.decide(ctx, q)
	if err != nil {
		return d, err
	}
	for _, f := range q.Fields {
		seen.asked[string(f)] = true
	}
	queries := []rego.PreparedEvalQuery{r.permit}
	if len(d.Permitted) < len(q.Fields) {
		queries = append(queries, r.deny)
	}
	for _, query := range queries {
		cancel := topdown.NewCancel()
		limit := time.AfterFunc(EvaluationLimit, cancel.Cancel)
		// Without the index: it would pass over rules unseen.
		_, err := r.ask(ctx, query, r.input(q), cancel, rego.EvalQueryTracer(seen), rego.EvalRuleIndexing(false), rego.EvalEarlyExit(false))
		limit.Stop()
		if err != nil {
			return d, err
		}
	}
	return d, nil
}
