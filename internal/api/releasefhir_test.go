package api

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// standard is the catalog of the default policy bundle.
func standard(t *testing.T) *consent.Catalog {
	t.Helper()
	var keys []ed25519.PublicKey
	var approvals []policy.Approval
	bundle, _, err := policy.Build(policy.Default(), policy.Manifest{Revision: 1, Expires: uint64(noon.Unix()) + 86400})
	ok(t, err)
	for range 2 {
		public, private, err := ed25519.GenerateKey(nil)
		ok(t, err)
		a, err := policy.Approve(bundle, private)
		ok(t, err)
		keys, approvals = append(keys, public), append(approvals, a)
	}
	var e policy.Engine
	ok(t, e.Load(bundle, approvals, keys, 0, noon))
	return e.Catalog()
}

// patients are the seven samples.
func patients(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, folder := range []string{"../demo/patients/*.json", "../../fhir/testdata/patients/*.json.gz"} {
		files, err := filepath.Glob(folder)
		ok(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			ok(t, err)
			if strings.HasSuffix(file, ".gz") {
				z, err := gzip.NewReader(bytes.NewReader(data))
				ok(t, err)
				data, err = io.ReadAll(z)
				ok(t, err)
			}
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			// as a transaction they would be refused: not all of them has a field
			all[name] = bytes.Replace(data, []byte(`"type": "transaction"`), []byte(`"type": "batch"`), 1)
		}
	}
	if len(all) != 7 {
		t.Fatalf("%d samples, want 7", len(all))
	}
	return all
}

// fhirWorld is a world with the standard catalog, in which fields are granted.
func fhirWorld(t *testing.T, catalog *consent.Catalog, fields []consent.FieldName, most uint32) (*world, string) {
	t.Helper()
	w := newWorld(t)
	w.chain.catalog, w.policy.catalog = catalog, catalog
	person, ctx := wallet.NewIdentity(), t.Context()
	body := enrolBody(w, person)
	enrolment, err := enrolCall(&body)
	ok(t, err)
	ok(t, w.vault.Enrol(ctx, enrolment))
	ask := newActor().request
	ask.Fields, ask.MaxReleases = fields, most
	if catalog.Fields[fields[0]].Derived != nil {
		ask.Actions = consent.Read
	}
	id, err := w.vault.CreateRequest(ctx, clinic, ask, "aaaaaaaa")
	ok(t, err)
	request, _, err := w.vault.Request(ctx, id)
	ok(t, err)
	signed, err := person.Answer(w.ledger, request, wallet.Choice{Language: "en"}, w.now)
	ok(t, err)
	_, err = w.vault.Grant(ctx, vault.SignedGrant{Grant: signed.Grant, Act: signed.Act, ActSignature: signed.ActSignature, Binding: signed.Binding, BindingSignature: signed.BindingSignature})
	ok(t, err)
	w.chain.confirm()
	return w, "/v1/grants/" + signed.Grant.ID().String()
}

// ask sends a request of the clinic.
func (w *world) ask(path, kind, key, body string, accept ...string) *httptest.ResponseRecorder {
	w.Helper()
	headers := []string{"Content-Type: " + kind, "Idempotency-Key: " + key}
	for _, a := range accept {
		headers = append(headers, "Accept: "+a)
	}
	return w.asInstitution("clinic", http.MethodPost, path, body, headers...)
}

type told struct {
	ResourceType, Type string
	Meta               struct {
		Extension []struct {
			URL               string
			ValueBase64Binary []byte
		}
	}
	Entry []struct {
		FullURL  string
		Resource json.RawMessage
	}
}

func readBundle(t *testing.T, body []byte) (b told, about openapi.Released, entry *consent.SharedPart, log func(ed25519.PublicKey)) {
	t.Helper()
	ok(t, json.Unmarshal(body, &b))
	if b.ResourceType != "Bundle" || b.Type != "collection" || len(b.Meta.Extension) != 3 || b.Meta.Extension[0].URL != fhirRelease || b.Meta.Extension[1].URL != fhirProof || b.Meta.Extension[2].URL != fhirSigned {
		t.Fatalf("no release: %.300s", body)
	}
	ok(t, json.Unmarshal(b.Meta.Extension[0].ValueBase64Binary, &about))
	ok(t, json.Unmarshal(b.Meta.Extension[1].ValueBase64Binary, &about.Proof))
	entry = new(consent.SharedPart)
	return b, about, entry, func(key ed25519.PublicKey) {
		shared, err := proof.VerifyProof(readProof(t, &about.Proof), key)
		ok(t, err)
		*entry = *shared
	}
}

// writersOf: the Bundle shows who wrote each field, as the release in JSON does.
func (w *world) writersOf(t *testing.T, bundle []byte, released map[string][]openapi.SourcedValue) {
	t.Helper()
	read, joined, err := client.ParseReleasedFHIR(bundle)
	if err != nil || len(joined) > 0 {
		t.Fatalf("%v, joined %v", err, joined)
	}
	d := w.api.cfg.Deployment
	values, err := client.VerifyValues(read, consent.Domain{ChainID: d.ChainID, Contract: d.InstitutionRegistry}, nil)
	ok(t, err)
	if len(values) != len(released) {
		t.Errorf("%d values of %d fields", len(values), len(released))
	}
	for _, v := range values {
		if v.Writer != clinic.ID || v.Items != len(released[string(v.Field)][0].Signatures) {
			t.Errorf("%s: %d items by %s", v.Field, v.Items, v.Writer)
		}
	}
}

// All seven sample patients go in by FHIR and come out by FHIR: each released field holds
// in the Bundle what it holds in the JSON answer of the same release.
func TestSamplesLeaveAsFHIR(t *testing.T) {
	catalog := standard(t)
	fields := slices.DeleteFunc(slices.Sorted(maps.Keys(catalog.Fields)), func(f consent.FieldName) bool { return catalog.Fields[f].Derived != nil })
	for name, sample := range patients(t) {
		t.Run(name, func(t *testing.T) {
			w, path := fhirWorld(t, catalog, fields, 10)
			if r := w.ask(path+"/fields", fhirType, "write-it", string(sample)); r.Code != http.StatusOK {
				t.Fatalf("%d %s", r.Code, r.Body)
			}
			plain := w.ask(path+"/release", jsonType, "release-it", `{}`)
			var released openapi.Released
			ok(t, json.Unmarshal(plain.Body.Bytes(), &released))
			r := w.ask(path+"/release", jsonType, "release-it", `{}`, fhirType)
			if r.Code != http.StatusOK || r.Header().Get("Content-Type") != fhirType || r.Header().Get("Vary") != "Accept" {
				t.Fatalf("%d %s", r.Code, r.Body)
			}
			b, about, shared, verify := readBundle(t, r.Body.Bytes())
			verify(w.log)
			if shared.Kind != consent.EntryRedelivery || !about.Redelivered || about.Terms.Used != 1 || len(shared.Fields) != len(released.Released) {
				t.Errorf("%s of %d fields, used %d", shared.Kind, len(shared.Fields), about.Terms.Used)
			}
			outcome := b.Entry[len(b.Entry)-1].Resource
			for _, withheld := range about.Withheld {
				if !bytes.Contains(outcome, []byte(withheld.Field)) || fhir.Holds(consent.FieldName(withheld.Field)) == (withheld.Reason == "no_place") {
					t.Errorf("%s: %s", withheld.Field, withheld.Reason)
				}
			}
			sameFields(t, catalog, r.Body.Bytes(), released.Released)
			w.writersOf(t, r.Body.Bytes(), released.Released)
			urls := map[string]bool{}
			for _, e := range b.Entry {
				if e.FullURL == "" || urls[e.FullURL] {
					t.Errorf("fullUrl %q is missing or comes twice", e.FullURL)
				}
				urls[e.FullURL] = true
			}
		})
	}
}

// sameFields reads a Bundle back into fields.
func sameFields(t *testing.T, catalog *consent.Catalog, bundle []byte, released map[string][]openapi.SourcedValue) {
	t.Helper()
	parsed, err := fhir.Fields(bundle, catalog)
	ok(t, err)
	for field, values := range released {
		if len(values) != 1 {
			t.Fatalf("%s: %d values", field, len(values))
		}
		var want, have any
		ok(t, json.Unmarshal(values[0].Value, &want))
		if raw := parsed.Values[consent.FieldName(field)]; raw != nil {
			ok(t, json.Unmarshal(raw, &have))
		}
		if fmt.Sprint(want) != fmt.Sprint(have) {
			t.Errorf("%s differs", field)
		}
		delete(parsed.Values, consent.FieldName(field))
	}
	if len(parsed.Values) > 0 {
		t.Errorf("fields that were not released: %v", slices.Sorted(maps.Keys(parsed.Values)))
	}
}

// What has no place in FHIR is withheld; where nothing has one nothing is counted; either
// form delivers again under the same key; what a form cannot be asked for is refused unheard.
func TestFormsOfARelease(t *testing.T) {
	catalog := standard(t)
	w, path := fhirWorld(t, catalog, []consent.FieldName{"education.qualification", "health.allergy", "identity.birth_date"}, 2)
	write := `{"values":{"identity.birth_date":"1990-04-02","education.qualification":` + sampleOf(catalog.Fields["education.qualification"]) + `}}`
	if r := w.ask(path+"/fields", jsonType, "write-it", write); r.Code != http.StatusOK || strings.Contains(r.Body.String(), "bad_value") {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	for name, c := range map[string]struct {
		body, accept string
		status       int
		problem      string
	}{
		"no such form":   {`{}`, "application/fhir+xml", http.StatusNotAcceptable, "not-acceptable"},
		"form forbidden": {`{}`, "application/json;q=0, text/html", http.StatusNotAcceptable, "not-acceptable"},
		"FHIR 5":         {`{}`, "application/fhir+json; fhirVersion=5.0", http.StatusNotAcceptable, "not-acceptable"},
		"no place":       {`{"fields":["education.qualification"]}`, fhirType, http.StatusNotAcceptable, "fhir-no-place"},
		"not granted":    {`{"fields":["identity.name"]}`, fhirType, http.StatusForbidden, "denied"},
	} {
		r := w.ask(path+"/release", jsonType, "key-of-"+strings.ReplaceAll(name, " ", "-"), c.body, c.accept)
		if r.Code != c.status || !strings.Contains(r.Body.String(), typePrefix+c.problem+`"`) || r.Header().Get("Vary") != "Accept" || r.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
	}
	for i, accept := range []string{fhirType, jsonType, fhirType + ";q=0.5, text/html", "*/*"} {
		r := w.ask(path+"/release", jsonType, "one-and-the-same", `{}`, accept)
		form := []string{fhirType, jsonType}[i%2]
		if r.Code != http.StatusOK || r.Header().Get("Content-Type") != form || !strings.Contains(r.Body.String(), "1990-04-02") || fmt.Sprint(len(r.Body.Bytes())) != r.Header().Get("Content-Length") {
			t.Fatalf("%s: %d %s", accept, r.Code, r.Body)
		}
		var about openapi.Released
		if form == fhirType {
			_, about, _, _ = readBundle(t, r.Body.Bytes())
		} else {
			ok(t, json.Unmarshal(r.Body.Bytes(), &about))
		}
		if about.Terms.Used != 1 || about.Redelivered != (i > 0) || strings.Contains(r.Body.String(), "qualification") && form == jsonType && about.Withheld[0].Field != "education.qualification" {
			t.Errorf("%s: used %d, again %v", accept, about.Terms.Used, about.Redelivered)
		}
		if i == 0 && !slices.Equal(about.Withheld, []openapi.Withheld{{Field: "education.qualification", Reason: "no_place"}, {Field: "health.allergy", Reason: "no_value"}}) {
			t.Errorf("withheld %v", about.Withheld)
		}
	}
	w.vault.Close()
}

// What is computed has no place in FHIR, though it is of health.
func TestDerivedHasNoPlaceInFHIR(t *testing.T) {
	catalog := standard(t)
	w, path := fhirWorld(t, catalog, []consent.FieldName{"health.vaccinated.measles", "identity.over_18"}, 2)
	r := w.ask(path+"/release", jsonType, "as-fhir-please", `{}`, fhirType)
	if r.Code != http.StatusNotAcceptable || !strings.Contains(r.Body.String(), typePrefix+`fhir-no-place"`) {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	r = w.ask(path+"/release", jsonType, "as-json-please", `{}`)
	if r.Code != http.StatusOK || !strings.Contains(r.Body.String(), `{"field":"identity.over_18","reason":"no_value"}`) {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	w.vault.Close()
}

// sampleOf is a value of a field's type.
func sampleOf(f consent.CatalogField) string {
	switch f.Type {
	case consent.TypeObject:
		return `{"a":"b"}`
	case consent.TypeList:
		return `[{"a":"b"}]`
	}
	return `"a"`
}

// What was stored while another catalog was in force may make no Bundle: that is told,
// noted as not delivered, and the same key takes it as JSON.
func TestFHIRCannotTell(t *testing.T) {
	catalog := standard(t)
	odd := &consent.Catalog{Revision: 1, Fields: map[consent.FieldName]consent.CatalogField{"identity.name": {Name: "identity.name", Type: consent.TypeText}}}
	w, path := fhirWorld(t, odd, []consent.FieldName{"identity.name"}, 1)
	if r := w.ask(path+"/fields", jsonType, "write-it", `{"values":{"identity.name":"Achieng"}}`); r.Code != http.StatusOK {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	w.chain.catalog, w.policy.catalog = catalog, catalog
	r := w.ask(path+"/release", jsonType, "one-and-the-same", `{}`, fhirType)
	if r.Code != http.StatusUnprocessableEntity || !strings.Contains(r.Body.String(), "fhir-answer") || strings.Contains(r.Body.String(), "Achieng") {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	if r := w.ask(path+"/release", jsonType, "one-and-the-same", `{}`); r.Code != http.StatusOK || !strings.Contains(r.Body.String(), "Achieng") || !strings.Contains(r.Body.String(), `"used":1`) {
		t.Errorf("as JSON: %d %s", r.Code, r.Body)
	}
	w.vault.Close()
}

// A value above 64 KiB goes in and out, by both forms, and holds a turn from before it is
// fetched until its answer is written.
func TestLargeValuesOverTheWire(t *testing.T) {
	catalog := standard(t)
	w, path := fhirWorld(t, catalog, []consent.FieldName{"health.allergy", "identity.birth_date"}, 0)
	word := strings.Repeat("pollen ", 300)
	var list []string
	for i := range 200 {
		list = append(list, fmt.Sprintf(`{"resourceType":"AllergyIntolerance","id":"a%d","patient":{"reference":"Patient/p"},"note":[{"text":%q}]}`, i, word))
	}
	value := "[" + strings.Join(list, ",") + "]"
	if r := w.ask(path+"/fields", jsonType, "write-it", `{"values":{"identity.birth_date":"1990-04-02","health.allergy":`+value+`}}`); r.Code != http.StatusOK || strings.Contains(r.Body.String(), "bad_value") {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	for key, accept := range map[string]string{"release-json": jsonType, "release-fhir": fhirType} {
		r := w.ask(path+"/release", jsonType, key, `{}`, accept)
		if r.Code != http.StatusOK || strings.Count(r.Body.String(), word) != 200 || !json.Valid(r.Body.Bytes()) {
			t.Errorf("%s: %d, %d bytes, %d resources", accept, r.Code, r.Body.Len(), strings.Count(r.Body.String(), word))
		}
	}
	if len(w.api.large.all) != 0 || len(w.api.large.each) != 0 {
		t.Error("turns are still taken")
	}
	release, err := w.api.large.take(t.Context(), clinic.ID)
	ok(t, err)
	begun := time.Now()
	r := w.ask(path+"/release", jsonType, "release-small", `{"fields":["identity.birth_date"]}`)
	if r.Code != http.StatusOK || time.Since(begun) > largeWait {
		t.Errorf("a small field: %d after %v", r.Code, time.Since(begun))
	}
	r = w.ask(path+"/release", jsonType, "release-large", `{}`)
	if r.Code != http.StatusServiceUnavailable || r.Header().Get("Retry-After") == "" || strings.Contains(r.Body.String(), "pollen") {
		t.Errorf("without a turn: %d", r.Code)
	}
	release()
	if r = w.ask(path+"/release", jsonType, "release-large", `{}`); r.Code != http.StatusOK {
		t.Errorf("after it: %d", r.Code)
	}
	w.vault.Close()
}
