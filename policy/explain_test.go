package policy_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

func treated(d *policy.Draft, change func(*consent.EvidencePart)) *consent.EvidencePart {
	fields := []consent.FieldName{"health.allergy", "identity.name", "identity.race"}
	e := &consent.EvidencePart{
		Version: consent.Version, Kind: consent.EntryAuthorised, Institution: consent.InstitutionID{7}, InstitutionKind: consent.KindHospital, InstitutionStands: true,
		AttestedTo: now + 1000, Country: "KE", Jurisdiction: "KE", Purpose: policy.PurposeTreatment, LegalBasis: consent.BasisConsent, Action: consent.Read,
		Asked: fields, GrantFields: fields, GrantActions: consent.Read, Expires: now + 1000, RetentionDays: 30, Accreditors: []consent.InstitutionID{{5}},
		PolicyDigest: d.Digest(), Time: now * 1000,
	}
	change(e)
	return e
}

// Each field with the lines on which it turned: a text that must stand on one of them.
func TestExplain(t *testing.T) {
	d := draft(t, nil)
	tests := []struct {
		name      string
		change    func(*consent.EvidencePart)
		permitted string
		reason    consent.Reason // of the whole, or of identity.race
		by        string         // of identity.race
		lines     []string       // of the whole or of identity.race: what stands there
	}{
		{"some fields", func(*consent.EvidencePart) {}, "health.allergy identity.name", consent.ReasonFieldPurpose, "policy",
			[]string{"needed[field]", `"read": {`, "} else := \"field_purpose\" if {"}},
		{"another kind", func(e *consent.EvidencePart) { e.InstitutionKind = consent.KindSchool }, "", consent.ReasonPurposeKind, "policy",
			[]string{"purpose.kinds[kind]", `reasons contains "purpose_kind" if {`, `"kinds": {`}},
		{"another basis", func(e *consent.EvidencePart) { e.LegalBasis = consent.BasisLegitimateInterest }, "", consent.ReasonBasis, "policy",
			[]string{"purpose.bases[input.grant.legal_basis]", `reasons contains "legal_basis" if {`, `"bases": {`}},
		{"kept too long", func(e *consent.EvidencePart) { e.RetentionDays = 9999 }, "", consent.ReasonRetention, "policy",
			[]string{"input.grant.retention_days <= purpose.retention_days", `"retention_days": 2922`}},
		{"a minor alone", func(e *consent.EvidencePart) { e.Facts.Minor = true }, "", consent.ReasonPolicy, "policy", []string{"input.facts.minor == false"}},
		{"an unknown purpose", func(e *consent.EvidencePart) { e.Purpose = "dpv:Marketing" }, "", consent.ReasonUnknownPurpose, "policy", []string{`reasons contains "unknown_purpose"`}},
		{"a country of the person's", func(e *consent.EvidencePart) { e.Facts.NeverCountries = []string{"KE"} }, "", consent.ReasonCountry, "vault", nil},
		{"not in the grant", func(e *consent.EvidencePart) { e.GrantFields = e.GrantFields[:2] }, "health.allergy identity.name", consent.ReasonNotInGrant, "vault", nil},
		{"no place in the form", func(e *consent.EvidencePart) {
			e.Withheld = []consent.Withheld{{Field: "identity.race", Reason: consent.ReasonNoPlace}}
		}, "health.allergy identity.name", consent.ReasonNoPlace, "vault", nil},
		{"no value", func(e *consent.EvidencePart) {
			e.Withheld = []consent.Withheld{{Field: "identity.name", Reason: consent.ReasonNoValue}}
		}, "health.allergy", consent.ReasonFieldPurpose, "policy", nil},
		{"a field of no catalog", func(e *consent.EvidencePart) {
			e.Asked, e.GrantFields = list("health.allergy health.horoscope identity.race"), list("health.allergy health.horoscope identity.race")
		}, "health.allergy", consent.ReasonFieldPurpose, "policy", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, err := policy.Explain(t.Context(), d, 5, treated(d, tt.change))
			if err != nil || !x.Then || x.Entry != 5 || x.Past != policy.PastDecision {
				t.Fatalf("%+v %v", x, err)
			}
			var permitted []consent.FieldName
			var race policy.ExplainedField
			for _, f := range x.Fields {
				if f.Permitted {
					permitted = append(permitted, f.Field)
				}
				if f.Field == "identity.race" {
					race = f
				}
			}
			if !slices.Equal(permitted, list(tt.permitted)) {
				t.Errorf("permitted %v, want %v", permitted, tt.permitted)
			}
			if race.By != tt.by || race.Reason != tt.reason && !slices.Contains(x.Reasons, tt.reason) {
				t.Errorf("%+v, of the whole %v; want %s by %s", race, x.Reasons, tt.reason, tt.by)
			}
			shown := linesAt(t, d, append(x.Whole, race.Lines...))
			for _, want := range tt.lines {
				if !slices.ContainsFunc(shown, func(line string) bool { return strings.Contains(line, want) }) {
					t.Errorf("no line with %q among\n%s", want, strings.Join(append(x.Whole, race.Lines...), "\n"))
				}
			}
		})
	}
}

// linesAt are the lines to which places point: each must be there.
func linesAt(t *testing.T, d *policy.Draft, places []string) (lines []string) {
	t.Helper()
	for _, place := range places {
		file, rest, _ := strings.Cut(place, ":")
		number, _, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(number)
		content := strings.Split(string(d.Files()[file]), "\n")
		if err != nil || n < 1 || n > len(content) {
			t.Errorf("%q is no place", place)
			continue
		}
		lines = append(lines, content[n-1])
	}
	return lines
}

func TestExplainAPermittedField(t *testing.T) {
	d := draft(t, nil)
	x, err := policy.Explain(t.Context(), d, 0, treated(d, func(*consent.EvidencePart) {}))
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Join(linesAt(t, d, x.Fields[0].Lines), "\n")
	for _, want := range []string{`"health.allergy": true`, `"hospital": true`, "permitted contains field if {"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no line with %q among %v", want, x.Fields[0].Lines)
		}
	}
}

func TestExplainWhatPolicyDidNotDecide(t *testing.T) {
	d := draft(t, nil)
	x, err := policy.Explain(t.Context(), d, 0, treated(d, func(e *consent.EvidencePart) {
		e.Kind, e.PolicyDigest, e.Reasons = consent.EntryDenied, consent.Digest{}, []consent.Reason{consent.ReasonWithdrawn}
	}))
	if err != nil || x.Past != policy.PastVault || len(x.Fields) != 0 || !slices.Equal(x.Recorded.Reasons, []consent.Reason{consent.ReasonWithdrawn}) {
		t.Errorf("%+v %v", x, err)
	}
	other := draft(t, wider(t))
	if x, err = policy.Explain(t.Context(), other, 0, treated(d, func(*consent.EvidencePart) {})); err != nil || x.Then || !x.Fields[2].Permitted {
		t.Errorf("another bundle: %+v %v", x, err)
	}
}
