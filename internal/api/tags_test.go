package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

func TestTagsOfAHeader(t *testing.T) {
	a, b := vault.FieldTag{1}, vault.FieldTag{2}
	one, two := formatTags([]vault.FieldTag{a}), formatTags([]vault.FieldTag{b})
	both := formatTags([]vault.FieldTag{a, b})
	for header, want := range map[string]int{
		one: 1, both: 2, one + ", " + two: 2, one + "," + two: 2, "W/" + both: 2, " " + one + " ,\t" + both + " ": 3,
	} {
		if tags, err := parseTags(&header); err != nil || len(tags) != want || tags[0] != a {
			t.Errorf("%s: %v, %v", header, tags, err)
		}
	}
	bare := strings.Trim(one, `"`)
	long := formatTags(make([]vault.FieldTag, mostTags+1))
	for _, header := range []string{
		"", " ", "*", `""`, `"`, bare, one + ",", "," + one, one + one, one + " " + two, `"*"`, `"` + bare + `,"`, `"` + bare[:11] + `"`, `"` + bare + bare[:2] + `"`, `"` + bare + `A"`,
		`"` + bare + "\n" + `"`, `"!` + bare[1:] + `"`, "w/" + one, one + ",*", one + `, "health.allergy:3"`, long,
	} {
		if tags, err := parseTags(&header); !errors.Is(err, problemParameter) {
			t.Errorf("%q: %v, %v", header, tags, err)
		}
	}
	if tags, err := parseTags(nil); err != nil || tags != nil {
		t.Errorf("without a header: %v, %v", tags, err)
	}
}

func FuzzTags(f *testing.F) {
	f.Add(formatTags([]vault.FieldTag{{1}, {2}}))
	f.Add(`W/"AAAAAAAAAAAA" , "BBBBBBBBBBBB,CCCCCCCCCCCC"`)
	f.Add(`"`)
	f.Fuzz(func(t *testing.T, header string) {
		tags, err := parseTags(&header)
		if (err == nil) != (len(tags) > 0) || len(tags) > mostTags {
			t.Fatalf("%d tags, %v", len(tags), err)
		}
		if err == nil {
			again := formatTags(tags)
			if same, err := parseTags(&again); err != nil || len(same) != len(tags) {
				t.Fatalf("%q: %v", again, err)
			}
		}
	})
}

// The ETag of an answer, in either form, spares the sending in either form.
func TestUnchangedOverHTTP(t *testing.T) {
	catalog := standard(t)
	w, path := fhirWorld(t, catalog, []consent.FieldName{"health.allergy", "identity.birth_date"}, 0)
	body := `{"values":{"identity.birth_date":"1990-04-02","health.allergy":[{"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"}}]}}`
	if r := w.ask(path+"/fields", jsonType, "write-it", body); r.Code != http.StatusOK {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	for i, forms := range [][2]string{{jsonType, jsonType}, {fhirType, jsonType}, {jsonType, fhirType}, {fhirType, fhirType}} {
		key := "key-" + strings.Repeat("x", i+4)
		first := w.ask(path+"/release", jsonType, key+"1", `{}`, forms[0])
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" {
			t.Fatalf("%d, ETag %q", first.Code, tag)
		}
		again := w.asInstitution("clinic", http.MethodPost, path+"/release", `{}`,
			"Content-Type: "+jsonType, "Idempotency-Key: "+key+"2", "Accept: "+forms[1], "If-None-Match: "+tag)
		if again.Code != http.StatusOK || again.Header().Get("ETag") != tag {
			t.Fatalf("%d %s", again.Code, again.Body)
		}
		if strings.Contains(again.Body.String(), "1990-04-02") || strings.Contains(again.Body.String(), "AllergyIntolerance") {
			t.Error("an unchanged field was sent")
		}
		var about openapi.Released
		if forms[1] == fhirType {
			_, about, _, _ = readBundle(t, again.Body.Bytes())
		} else {
			ok(t, json.Unmarshal(again.Body.Bytes(), &about))
		}
		if about.Etag == nil || *about.Etag != tag || len(about.Withheld) != 2 || about.Withheld[0].Reason != "unchanged" || about.Withheld[1].Reason != "unchanged" {
			t.Errorf("%v", about)
		}
	}
	if r := w.asInstitution("clinic", http.MethodPost, path+"/release", `{}`, "Content-Type: "+jsonType, "Idempotency-Key: aaaaaaaa", "If-None-Match: *"); r.Code != http.StatusBadRequest {
		t.Errorf("*: %d", r.Code)
	}
}
