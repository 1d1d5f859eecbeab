package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/proof"
)

// The values behind the answers, each unmistakable.
const (
	bornOn   = "1903-07-19"
	vaccine  = "an MMR of lot K4471-X"
	streetOf = "14 Old Harbour Lane"
)

// releaseDerived: a school is given three answers and receives these, not a byte of what
// they are computed from, however it asks; and the vault's signature is under each.
func releaseDerived(t *testing.T, v *running) {
	p := v.person()
	v.writes(p, policy.PurposePatientRegistration, object{"identity.birth_date": bornOn, "contact.address": []object{{"line": []string{streetOf}, "country": "KEN"}}})
	v.writes(p, policy.PurposeTreatment, object{"health.immunization": []object{{
		"resourceType": "Immunization", "id": "i1", "status": "completed", "patient": object{"reference": "Patient/p"}, "occurrenceDateTime": "1904-01-01",
		"vaccineCode": object{"text": vaccine, "coding": []object{{"system": "http://hl7.org/fhir/sid/cvx", "code": "03"}}},
	}}})
	answers := []string{"contact.residence_country", "health.vaccinated.measles", "identity.over_18"}
	enrolment := object{"purpose": policy.PurposeSchoolEnrolment, "actions": []string{"read"}, "fields": append(slices.Clone(answers), "health.vaccinated.polio")}
	slices.Sort(enrolment["fields"].([]string))
	g := v.school.agree(p, enrolment)

	got := v.school.release(g, "{}")
	var released openapi.Released
	got.into(t, http.StatusOK, &released)
	v.bare(t, got)
	want := map[string]string{"contact.residence_country": `"KE"`, "health.vaccinated.measles": "true", "identity.over_18": "true"}
	for _, field := range answers {
		list := released.Released[field]
		if len(list) != 1 || string(list[0].Value) != want[field] || list[0].Writer != v.hospital.keys.ID.String() {
			t.Errorf("%s: %d answers", field, len(list))
			continue
		}
		v.stated(t, &released, field, list[0])
	}
	if len(released.Released) != 3 || !slices.Equal(released.Withheld, []openapi.Withheld{{Field: "health.vaccinated.polio", Reason: "no_value"}}) {
		t.Errorf("released %d, withheld %v", len(released.Released), released.Withheld)
	}

	refuseDerived(t, v, p)
	for _, body := range []string{
		`{"fields":["identity.birth_date","identity.over_18"]}`, `{"fields":["health.immunization","health.vaccinated.measles"]}`,
		`{"fields":["contact.address","contact.residence_country"]}`, `{"fields":["identity.over_16","identity.over_18"]}`,
	} {
		got := v.school.release(g, body)
		got.into(t, http.StatusOK, &released)
		v.bare(t, got)
		if len(released.Withheld) != 1 || released.Withheld[0].Reason != "not_in_grant" {
			t.Errorf("%s: withheld %v", body, released.Withheld)
		}
	}
	if at := strings.Index(v.logs.String(), bornOn); at >= 0 || strings.Contains(v.logs.String(), vaccine) || strings.Contains(v.logs.String(), streetOf) {
		t.Error("what the answers are computed from is in the log")
	}
	var stopped openapi.Withdrawn
	v.post("/v1/person/withdrawals", withdrawal(g)).into(t, http.StatusOK, &stopped)
	isRefused(t, v.school.release(g, "{}"), http.StatusForbidden, "denied", "withdrawn")
}

// refuseDerived: what no permission of an answer opens, and what no rule lets be asked for.
func refuseDerived(t *testing.T, v *running, p *person) {
	adult := v.school.agree(p, object{"purpose": policy.PurposeIdentityCheck, "actions": []string{"read"}, "fields": []string{"identity.over_18"}})
	for _, field := range []string{"identity.birth_date", "identity.over_16", "health.vaccinated.measles", "identity.name"} {
		got := v.school.release(adult, `{"fields":["`+field+`"]}`)
		if got.status != http.StatusForbidden {
			t.Errorf("%s under a grant of an answer: %d", field, got.status)
		}
		v.bare(t, got)
	}
	if got := v.school.write(adult, `{"values":{"identity.over_18":true}}`); got.status != http.StatusForbidden {
		t.Errorf("an answer is written: %d", got.status)
	}
	for name, ask := range map[string]object{
		"to write an answer":               {"actions": []string{"write"}, "fields": []string{"identity.over_18"}},
		"vaccinations, by a school":        {"purpose": policy.PurposeSchoolEnrolment, "actions": []string{"read"}, "fields": []string{"health.immunization"}},
		"another vaccination, by a school": {"purpose": policy.PurposeSchoolEnrolment, "actions": []string{"read"}, "fields": []string{"health.vaccinated.covid19"}},
	} {
		who := v.school
		if name == "to write an answer" {
			who = v.hospital
		}
		if got := who.call("POST", "/v1/requests", asking(ask)); got.status != http.StatusForbidden {
			t.Errorf("%s may be asked for: %d %s", name, got.status, got.body)
		}
	}
	// Somebody else's record, and one of which nothing is known.
	nobody := v.person()
	empty := v.school.agree(nobody, object{"purpose": policy.PurposeIdentityCheck, "actions": []string{"read"}, "fields": []string{"identity.over_18"}})
	var released openapi.Released
	v.school.release(empty, "{}").into(t, http.StatusOK, &released)
	if len(released.Released) != 0 || len(released.Withheld) != 1 || released.Withheld[0].Reason != "no_value" {
		t.Errorf("of nobody: %v", released.Withheld)
	}
	if got := v.hospital.release(adult, "{}"); got.status != http.StatusNotFound {
		t.Errorf("to whom it was not given: %d", got.status)
	}
}

// writes has the hospital record values for a person.
func (v *running) writes(p *person, purpose consent.Purpose, values object) {
	v.t.Helper()
	var fields []string
	for name := range values {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	g := v.hospital.agree(p, object{"purpose": purpose, "actions": []string{"write"}, "fields": fields})
	var written openapi.Written
	v.hospital.write(g, encode(object{"values": values})).into(v.t, http.StatusOK, &written)
	if len(written.Stored) != len(values) {
		v.t.Fatalf("withheld %v", written.Withheld)
	}
}

// bare: an answer to an institution holds nothing of the values behind the answers.
func (v *running) bare(t *testing.T, got answer) {
	t.Helper()
	for _, value := range []string{bornOn, vaccine, streetOf, "Immunization", "1904-01-01"} {
		if bytes.Contains(got.body, []byte(value)) {
			t.Errorf("%q leaves: %s", value, tail(string(got.body)))
		}
	}
}

// stated checks the vault's statement, by the log's key that its ledger page shows, and that it is of no other value.
func (v *running) stated(t *testing.T, released *openapi.Released, field string, value openapi.SourcedValue) {
	t.Helper()
	if value.Derived == nil || value.Derived.AsOf != uint64(time.Now().Unix())/consent.Day*consent.Day {
		t.Errorf("%s: not stated", field)
		return
	}
	stated := func(field string, said json.RawMessage) error {
		a := consent.DerivedAnswer{Origin: v.deployment.LogOrigin, Field: consent.FieldName(field), AsOf: value.Derived.AsOf}
		var salt consent.Salt
		must(t, a.Entry.UnmarshalText([]byte(released.Proof.Promise.LeafHash)))
		must(t, a.Writer.UnmarshalText([]byte(value.Writer)))
		must(t, salt.UnmarshalText([]byte(value.Derived.Salt)))
		copy(a.Signature[:], value.Derived.Signature)
		return proof.VerifyAnswer(&a, salt, said, v.keyring.JournalSigner().Public().(ed25519.PublicKey))
	}
	if err := stated(field, value.Value); err != nil {
		t.Errorf("%s: %v", field, err)
	}
	if stated(field, json.RawMessage("false")) == nil || stated("identity.over_16", value.Value) == nil {
		t.Errorf("%s: the statement holds of something else", field)
	}
}
