package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// post sends in the session.
func (r *pageReader) post(path, body string) *httptest.ResponseRecorder {
	r.s.Helper()
	return r.s.handle(http.MethodPost, path, body, r.headers(http.MethodPost, path))
}

func TestFactsInSession(t *testing.T) {
	s := newStage(t)
	facts := get[openapi.Facts](t, s.session(enrolledPerson(s)), "/v1/person/facts")
	if !facts.Minor || facts.Representative || len(facts.NeverCountries) != 2 || facts.StatedAt == nil {
		t.Errorf("%+v", facts)
	}
	if w := s.handle(http.MethodGet, "/v1/person/facts", "", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("without a session: %d", w.Code)
	}
}

func TestRepresentativeInSession(t *testing.T) {
	s := newStage(t)
	const path = "/v1/person/representative"
	page := s.session(enrolledPerson(s))
	if got := get[map[string]any](t, page, path); len(got) != 0 {
		t.Errorf("nobody: %v", got)
	}
	s.gate.stands = consent.IdentityID{7}
	got := get[openapi.Representative](t, page, path)
	if got.Representative == nil || *got.Representative != hexOf(s.gate.stands[:]) || *got.Until != 1798761600 || *got.StatedAt != 1780315200 {
		t.Errorf("%+v", got)
	}
	if w := s.handle(http.MethodGet, path, "", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("without a session: %d", w.Code)
	}
}

// What arrives is what was signed, byte for byte; what is malformed does not reach the gate.
func TestCorrection(t *testing.T) {
	s := newStage(t)
	person := enrolledPerson(s)
	page := s.session(person)
	signed, err := person.Correct(s.domain(), "vault.example/log", "identity.name", []byte(`[{"family":"O'Ahn <é>"}]`), s.now)
	ok(t, err)
	body := func(change func(map[string]any)) string {
		call := map[string]any{
			"identity": signed.Correction.Identity, "field": "identity.name", "value": signed.Value, "salt": signed.Salt,
			"time": signed.Correction.Time, "signature": signed.Signature,
		}
		if change != nil {
			change(call)
		}
		var out strings.Builder
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		ok(t, e.Encode(call))
		return out.String()
	}
	answer := page.post("/v1/person/corrections", body(nil))
	status(t, http.StatusOK, answer.Code, answer.Body.Bytes())
	var done openapi.Corrected
	ok(t, json.Unmarshal(answer.Body.Bytes(), &done))
	got := s.gate.corrected
	got.Correction.Vault = signed.Correction.Vault
	if got.Correction != signed.Correction || string(got.Value) != string(signed.Value) || got.Salt != signed.Salt || got.Signature != signed.Signature {
		t.Error("arrived otherwise than it was sent")
	}
	if done.Version == nil || *done.Version != 3 || done.Proof == nil || done.Field != "identity.name" {
		t.Errorf("%+v", done)
	}
	answer = page.post("/v1/person/corrections", body(func(call map[string]any) { delete(call, "value"); delete(call, "salt") }))
	status(t, http.StatusOK, answer.Code, answer.Body.Bytes())
	if got := s.gate.corrected; got.Value != nil || got.Correction.Value != (consent.Digest{}) {
		t.Error("a value where it was taken back")
	}
	s.gate.calls = nil
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		status int
	}{
		{"value without salt", func(call map[string]any) { delete(call, "salt") }, http.StatusUnprocessableEntity},
		{"salt without value", func(call map[string]any) { delete(call, "value") }, http.StatusUnprocessableEntity},
		{"no field name", func(call map[string]any) { call["field"] = "shoe" }, http.StatusUnprocessableEntity},
		{"malformed signature", func(call map[string]any) { call["signature"] = "0x12" }, http.StatusUnprocessableEntity},
		{"somebody else's identity", func(call map[string]any) { call["identity"] = wallet.NewIdentity().ID() }, http.StatusForbidden},
		{"unknown member", func(call map[string]any) { call["writer"] = hash }, http.StatusBadRequest},
		{"no signature", func(call map[string]any) { delete(call, "signature") }, http.StatusBadRequest},
	} {
		if w := page.post("/v1/person/corrections", body(c.change)); w.Code != c.status {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	if w := s.handle(http.MethodPost, "/v1/person/corrections", body(nil), nil); w.Code != http.StatusUnauthorized {
		t.Errorf("without a session: %d", w.Code)
	}
	for _, call := range s.gate.calls {
		if call == "Correct" {
			t.Error("a refused correction reached the gate")
		}
	}
}

// A person's large bodies take turns of their own: they do not hold up an institution's.
func TestPeoplesTurns(t *testing.T) {
	s := newStage(t)
	page := s.session(enrolledPerson(s))
	for range maxLargeOwn {
		_, err := s.api.own.take(t.Context(), consent.InstitutionID(wallet.NewIdentity().ID()))
		ok(t, err)
	}
	large := `{"value":"` + strings.Repeat("x", smallBody) + `"}`
	if w := page.post("/v1/person/corrections", large); w.Code != http.StatusServiceUnavailable {
		t.Errorf("beyond the turns: %d", w.Code)
	}
	if w := page.post("/v1/person/corrections", `{}`); w.Code != http.StatusBadRequest {
		t.Errorf("a small one: %d", w.Code)
	}
	release, err := s.api.large.take(t.Context(), clinic.ID)
	ok(t, err)
	release()
}
