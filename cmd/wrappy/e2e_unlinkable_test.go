package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
)

// chart is a FHIR Bundle full of what could join two copies of it: ids, references,
// identifiers, in every place where they may stand.
const (
	chartPatient = "7d1a3c5e-0000-4000-8000-00000000aaaa"
	chart        = `{"resourceType":"Bundle","type":"collection","entry":[
	{"fullUrl":"urn:uuid:` + chartPatient + `","resource":{"resourceType":"Patient","id":"` + chartPatient + `",
	  "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"http://hospital.example","value":"MRN-0099-4711"}],
	  "name":[{"id":"name-el-77aa31","family":"` + canary + `","given":["Achieng"]}],"birthDate":"1990-04-02"}},
	{"fullUrl":"urn:uuid:7d1a3c5e-0000-4000-8000-00000000bbbb","resource":{"resourceType":"AllergyIntolerance","id":"7d1a3c5e-0000-4000-8000-00000000bbbb",
	  "meta":{"versionId":"ver-5521-zz","lastUpdated":"2024-03-05T06:07:08.991Z","source":"urn:uuid:7d1a3c5e-0000-4000-8000-00000000dddd","tag":[{"code":"worklist-88213"}]},
	  "identifier":[{"system":"http://hospital.example/allergy","value":"ALG-77-8812"}],
	  "patient":{"reference":"urn:uuid:` + chartPatient + `","display":"` + canary + ` Achieng"},
	  "recorder":{"reference":"urn:uuid:7d1a3c5e-0000-4000-8000-00000000eeee","display":"Dr. Otieno REC-90817"},
	  "note":[{"authorString":"nurse 55-1200","text":"see 7d1a3c5e-0000-4000-8000-00000000ffff and ALG-77-8812"}],
	  "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">ALG-77-8812</div>"},
	  "code":{"coding":[{"system":"http://snomed.info/sct","code":"91935009","display":"Allergy to peanut"}],"text":"Peanut"}}}]}`
)

// joinKeys are the originals: none may leave.
var joinKeys = []string{
	"7d1a3c5e-", "MRN-0099-4711", "name-el-77aa31", "ver-5521-zz", "worklist-88213", "ALG-77-8812", "06:07:08", "REC-90817", "nurse 55-1200",
}

// releaseUnlinkably: two institutions with grants of one person hold nothing by which
// they could find that out, beyond the values that the person gave to both.
func releaseUnlinkably(t *testing.T, v *running) {
	p := v.person()
	fields := []consent.FieldName{"health.allergy", "identity.birth_date", "identity.name"}
	identity := v.hospital.agree(p, object{"fields": fields[1:], "actions": []string{"write"}})
	health := v.hospital.agree(p, object{"fields": fields[:1], "actions": []string{"write"}, "purpose": policy.PurposeTreatment})
	for _, g := range []string{identity.Grant.ID().String(), health.Grant.ID().String()} {
		if got := v.hospital.call("POST", "/v1/grants/"+g+"/fields", chart, fhirHeader); got.status != http.StatusOK {
			t.Fatalf("write: %d %s", got.status, got.body)
		}
	}
	var held [2]sheaf
	for i, at := range []*asker{v.clinic, v.hospital} {
		ask := object{"fields": fields, "actions": []string{"read"}, "purpose": policy.PurposeTreatment,
			"notices": []object{{"language": "en", "text": fmt.Sprintf("We are institution %d.", i)}}}
		r := at.ask(ask)
		g := p.give(r)
		at.await(g, openapi.StatusGiven)
		held[i].take(t, "request", at.call("GET", "/v1/requests/"+r.ID().String(), ""))
		held[i].take(t, "grant", at.call("GET", "/v1/grants/"+g.Grant.ID().String(), ""))
		held[i].release(t, at.release(g, "{}"))
		held[i].take(t, "denial", at.release(g, `{"fields":["identity.race"]}`))
	}
	for key, where := range held[0].tokens {
		if there, shared := held[1].tokens[key]; shared {
			t.Errorf("both hold %q: %s, %s", key, where, there)
		}
	}
	for i, leaf := range held[0].binary {
		for j, other := range held[1].binary {
			if at := common(leaf, other); at != "" {
				t.Errorf("what is signed shares 16 bytes %s (%d, %d)", at, i, j)
			}
		}
	}
	if len(held[0].tokens) < 10 || len(held[0].binary) < 2 {
		t.Errorf("too little was looked at: %d tokens, %d leaves", len(held[0].tokens), len(held[0].binary))
	}
	for _, at := range []*asker{v.clinic, v.hospital} {
		for _, list := range []string{"/v1/grants", "/v1/requests"} {
			body := at.call("GET", list, "").body
			if identity, _ := p.identity.ID().MarshalText(); bytes.Contains(body, identity) {
				t.Errorf("%s names the person", list)
			}
		}
	}
	// each other's handles are worth nothing
	theirs := held[1].grant
	isRefused(t, v.clinic.call("POST", "/v1/grants/"+theirs+"/release", "{}"), 404, "not-found", "")
}

// sheaf is all that one institution was told.
type sheaf struct {
	grant  string
	tokens map[string]string // what could be an id → where it stood
	binary [][]byte
}

// Not ids of anybody: the vocabulary, which all releases share.
var vocabulary = regexp.MustCompile(`^(https?://(snomed\.info|terminology\.hl7\.org|hl7\.org|hospital\.example)\S*|sector-health:\S+|text/\S+)$`)

// idLike is a string that is long and mixed enough to be somebody's alone.
var idLike = regexp.MustCompile(`^\S*[0-9]\S*$`)

func (s *sheaf) take(t *testing.T, what string, got answer) {
	t.Helper()
	var document any
	must(t, json.Unmarshal(got.body, &document))
	if s.tokens == nil {
		s.tokens = map[string]string{}
	}
	for _, key := range joinKeys {
		if strings.Contains(string(got.body), key) {
			t.Errorf("%s holds the original %q", what, key)
		}
	}
	s.walk(document, what)
}

func (s *sheaf) walk(v any, at string) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			s.walk(inner, at+"."+name)
		}
	case []any:
		for _, inner := range v {
			s.walk(inner, at+"[]")
		}
	case string:
		s.note(v, at)
	}
}

// note keeps what could be an id. What both are meant to share is named here, one by one.
func (s *sheaf) note(text, at string) {
	shared := strings.HasSuffix(at, ".origin") || // the log of the vault
		strings.HasSuffix(at, "].writer") || // the institution that wrote the value: public
		strings.HasSuffix(at, ".value") && len(text) == len("1990-04-02") || // the birth date: given to both
		strings.Contains(at, "].signatures[]") || // the writer's, of that value: docs/decisions/0031
		strings.HasSuffix(at, ".code") || strings.Contains(at, ".meta.lastUpdated") // a term; a day
	if shared || len(text) < 6 || !idLike.MatchString(text) || vocabulary.MatchString(text) {
		return
	}
	s.tokens[text] = at
	if cut := strings.TrimPrefix(text, "urn:uuid:"); cut != text {
		s.tokens[cut] = at
	}
}

// release also opens what came as bytes.
func (s *sheaf) release(t *testing.T, got answer) {
	t.Helper()
	var released openapi.Released
	got.into(t, http.StatusOK, &released)
	if len(released.Released) != 3 {
		t.Fatalf("released %d fields: %s", len(released.Released), got.body)
	}
	s.take(t, "release", got)
	s.grant = released.Grant
	s.binary = append(s.binary, released.Proof.Leaf, released.Proof.Promise.Signature)
	shared, err := consent.ParseShared(released.Proof.Opening.Plaintext)
	must(t, err)
	s.tokens[shared.Grant.String()], s.tokens[released.Proof.Opening.Salt] = "opening.grant", "opening.salt"
	// versions, block, policy and time belong to the vault and the record, not to a person
}

// common finds 16 bytes, other than padding, that stand in both.
func common(a, b []byte) string {
	windows := map[string]int{}
	for i := 0; i+16 <= len(a); i++ {
		windows[string(a[i:i+16])] = i
	}
	for i := 0; i+16 <= len(b); i++ {
		window := b[i : i+16]
		if at, shared := windows[string(window)]; shared && bytes.Count(window, []byte{0}) < 8 {
			return fmt.Sprintf("at %d and %d", at, i)
		}
	}
	return ""
}
