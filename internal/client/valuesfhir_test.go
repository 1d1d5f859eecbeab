package client

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
)

// bundleOf is a release as the vault gives it in FHIR.
func bundleOf(t testing.TB, r *openapi.Released) []byte {
	t.Helper()
	values := map[consent.FieldName][]json.RawMessage{}
	written := map[string][]openapi.WrittenValue{}
	for field, list := range r.Released {
		for _, v := range list {
			values[consent.FieldName(field)] = append(values[consent.FieldName(field)], v.Value)
			w := openapi.WrittenValue{Writer: v.Writer, WrittenAt: v.WrittenAt, Version: v.Version, Signatures: v.Signatures}
			if names := fhir.Names(v.Value); names != nil {
				w.Resources = &names
			}
			written[field] = append(written[field], w)
		}
	}
	bundle, err := fhir.Bundle(values)
	if err != nil {
		t.Fatal(err)
	}
	by, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	meta := fmt.Sprintf(`,"meta":{"extension":[{"url":%q,"valueBase64Binary":%q}]}`, signedExtension, base64.StdEncoding.EncodeToString(by))
	return bytes.Replace(bundle, []byte(`"type":"collection"`), []byte(`"type":"collection"`+meta), 1)
}

func TestVerifyValuesFHIR(t *testing.T) {
	r, keys := signedRelease(t)
	released, joined, err := ParseReleasedFHIR(bundleOf(t, r))
	if err != nil || len(joined) > 0 {
		t.Fatal(err, joined)
	}
	values, err := VerifyValues(released, valueRegistry, keys)
	if err != nil || len(values) != 2 || values[0].Items != 2 || values[1].Items != 1 || values[0].Name != "A hospital" {
		t.Fatalf("%v, %+v", err, values)
	}

	// the person's own beside it: resources are told apart, elements of the Patient are not
	r.Released["health.allergy"] = slices.Insert(r.Released["health.allergy"], 0, openapi.SourcedValue{
		Writer: consent.InstitutionID{}.String(), Value: json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Nothing"}}]`), Signatures: []openapi.ValueSignature{},
	})
	if released, joined, err = ParseReleasedFHIR(bundleOf(t, r)); err != nil || len(joined) > 0 {
		t.Fatal(err, joined)
	}
	if values, err = VerifyValues(released, valueRegistry, keys); err != nil || len(values) != 3 || values[0].Items != 0 || values[1].Items != 2 {
		t.Fatalf("%v, %+v", err, values)
	}
	r.Released["identity.name"] = append(r.Released["identity.name"], openapi.SourcedValue{
		Writer: consent.InstitutionID{}.String(), Value: json.RawMessage(`[{"family":"Other"}]`), Signatures: []openapi.ValueSignature{},
	})
	released, joined, err = ParseReleasedFHIR(bundleOf(t, r))
	if err != nil || !slices.Equal(joined, []string{"identity.name"}) || len(released.Released["identity.name"]) > 0 {
		t.Fatal(err, joined)
	}
}

func TestVerifyValuesFHIRRefuses(t *testing.T) {
	r, keys := signedRelease(t)
	sound := bundleOf(t, r)
	replace := func(old, with string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("no %s in the Bundle", old)
			}
			return bytes.Replace(b, []byte(old), []byte(with), 1)
		}
	}
	meta := func(change func(map[string][]openapi.WrittenValue)) func([]byte) []byte {
		return func(b []byte) []byte {
			var bundle bundleMeta
			if err := json.Unmarshal(b, &bundle); err != nil {
				t.Fatal(err)
			}
			written, err := writtenIn(&bundle)
			if err != nil {
				t.Fatal(err)
			}
			old, err := json.Marshal(written)
			if err != nil {
				t.Fatal(err)
			}
			change(written)
			by, err := json.Marshal(written)
			if err != nil {
				t.Fatal(err)
			}
			return replace(base64.StdEncoding.EncodeToString(old), base64.StdEncoding.EncodeToString(by))(b)
		}
	}
	for name, change := range map[string]func([]byte) []byte{
		"another word":               replace("Peanut", "Penicillin"),
		"another name":               replace("Achieng", "Atieno"),
		"a resource more":            replace(`"entry":[`, `"entry":[{"resource":{"resourceType":"AllergyIntolerance","id":"c"}},`),
		"a resource twice":           replace(`"entry":[`, `"entry":[{"resource":{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Peanut"}}},`),
		"a resource without an id":   replace(`"id":"b",`, ``),
		"an element more":            replace(`"name":[`, `"birthDate":"1990-04-02","name":[`),
		"another Patient":            replace(`"entry":[`, `"entry":[{"resource":{"resourceType":"Patient","id":"x"}},`),
		"a resource of another id":   replace(`"id":"b"`, `"id":"d"`),
		"a resource that is none":    replace(`"entry":[`, `"entry":[{"resource":7},`),
		"no extension":               replace(signedExtension, "https://example.invalid/other"),
		"the extension twice":        replace(`"meta":{"extension":[`, `"meta":{"extension":[{"url":"`+signedExtension+`","valueBase64Binary":"e30="},`),
		"a field less":               meta(func(w map[string][]openapi.WrittenValue) { delete(w, "identity.name") }),
		"a field without a value":    meta(func(w map[string][]openapi.WrittenValue) { w["identity.gender"] = w["identity.name"] }),
		"resources in another place": meta(func(w map[string][]openapi.WrittenValue) { slices.Reverse(*w["health.allergy"][0].Resources) }),
		"under another field": meta(func(w map[string][]openapi.WrittenValue) {
			w["health.condition"] = w["health.allergy"]
			delete(w, "health.allergy")
		}),
		"by another writer": meta(func(w map[string][]openapi.WrittenValue) {
			w["identity.name"][0].Writer = consent.InstitutionID{9}.String()
		}),
		"a signature less": meta(func(w map[string][]openapi.WrittenValue) {
			w["health.allergy"][0].Signatures = w["health.allergy"][0].Signatures[:1]
		}),
		"another day": meta(func(w map[string][]openapi.WrittenValue) { w["identity.name"][0].Signatures[0].Day++ }),
	} {
		t.Run(name, func(t *testing.T) {
			released, joined, err := ParseReleasedFHIR(change(bytes.Clone(sound)))
			if err == nil {
				if len(joined) > 0 {
					t.Errorf("joined: %v", joined)
				}
				_, err = VerifyValues(released, valueRegistry, keys)
			}
			if err == nil {
				t.Error("taken")
			}
		})
	}
	if _, _, err := ParseReleasedFHIR([]byte(strings.Repeat(" ", 10))); !errors.Is(err, ErrReleasedFHIR) {
		t.Error(err)
	}
}

func FuzzReleasedFHIR(f *testing.F) {
	r, _ := signedRelease(f)
	f.Add(bundleOf(f, r))
	f.Add([]byte(`{"resourceType":"Bundle","meta":{"extension":[{"url":"` + signedExtension + `","valueBase64Binary":"e30="}]},"entry":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		released, joined, err := ParseReleasedFHIR(data)
		if err != nil {
			return
		}
		for field, list := range released.Released {
			if len(list) == 0 || slices.Contains(joined, field) {
				t.Errorf("%s: %d values, joined %v", field, len(list), joined)
			}
		}
	})
}
