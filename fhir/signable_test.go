package fhir

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func mustSign(t testing.TB, field consent.FieldName, value []byte) []consent.Digest {
	t.Helper()
	digests, err := Signable(field, value)
	if err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	return digests
}

// A stored and signed format: this form may never change.
func TestSignableVector(t *testing.T) {
	for _, tt := range []struct{ field, value, form string }{
		{"identity.birth_date", `"1990-04-02"`, `"1990-04-02"`},
		{"work.employer", `"caf\u00e9 \/ \"x\"\u000a"`, `"café / \"x\"\u000a"`},
		{"identity.name", `[{"given":["A", null],"family":"B","id":"7"}]`, `[{"family":"B","given":["A",null],"id":"00000000-0000-8000-8000-000000000000"}]`},
		{"health.condition", `[{"resourceType":"Condition","id":"a","onsetDateTime":"2020-01-02T03:04:05.678Z","note":[{"text":"see visit-00417, 3.25 mg"}],"subject":{"reference":"Patient/1","display":"Ann"},"n":31.0}]`,
			`{"id":"00000000-0000-8000-8000-000000000000","n":31.0,"note":[{"text":"see 00000000-0000-8000-8000-000000000000, 3.25 mg"}],"onsetDateTime":"2020-01-02T03:04:05Z","resourceType":"Condition","subject":{"display":"withheld","reference":"00000000-0000-8000-8000-000000000000"}}`},
	} {
		if have := mustSign(t, consent.FieldName(tt.field), []byte(tt.value)); len(have) != 1 || have[0] != sha256.Sum256([]byte("wrappy value item v1\x00"+tt.form)) {
			t.Errorf("%s: another form", tt.field)
		}
	}
}

func TestSignableRefuses(t *testing.T) {
	for _, bad := range []string{``, `secretvalue`, `{"a":1,"a":2}`, "\"\xff\"", `"\ud800"`, strings.Repeat("[", 65) + strings.Repeat("]", 65)} {
		if d, err := Signable("health.condition", []byte(bad)); err == nil || d != nil || strings.Contains(err.Error(), "secretvalue") {
			t.Errorf("have %v", err)
		}
	}
}

// What a writer signs of the seven patients is what every release holds, under any
// key, beside whatever else leaves, and after a FHIR Bundle.
func TestReleasesKeepTheirDigests(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, data := range bundles(t) {
		all := mustFields(t, data).Values
		want := map[consent.FieldName][]consent.Digest{}
		for f, v := range all {
			want[f] = mustSign(t, f, v)
		}
		if len(want["health.observation.vital_signs"]) < 5 {
			t.Fatalf("%s: too few items", name)
		}
		for range 4 {
			var key [KeySize]byte
			for i := range key {
				key[i] = byte(r.Uint32())
			}
			values := sources(all)
			maps.DeleteFunc(values, func(consent.FieldName, []json.RawMessage) bool { return r.IntN(3) == 0 })
			if err := Pseudonymise(key[:], slices.Collect(maps.Keys(values)), values); err != nil {
				t.Fatal(err)
			}
			for f, list := range values {
				if !slices.Equal(mustSign(t, f, list[0]), want[f]) {
					t.Errorf("%s: %s: a release has other digests", name, f)
				}
			}
		}
	}
}

// Each element that says something is covered: with another value the digest is another.
func TestEveryElementIsCovered(t *testing.T) {
	for name, data := range bundles(t) {
		covered, free := 0, 0
		for f, v := range mustFields(t, data).Values {
			root, err := parse(v)
			if err != nil {
				t.Fatal(err)
			}
			before := mustSign(t, f, v)
			var walk func(n *node, path []string)
			walk = func(n *node, path []string) {
				for i := range n.list {
					walk(&n.list[i].node, append(path, n.list[i].key))
				}
				if n.kind == '{' || n.kind == '[' || covered > 300 {
					return
				}
				was := *n
				switch n.kind {
				case '"':
					*n = quoted(n.text() + " x")
				case '0':
					n.raw = []byte("4711.5")
				default:
					*n = quoted("x")
				}
				after, err := Signable(f, root.bytes())
				*n = was
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(before, after) {
					covered++
					return
				}
				free++
				if !mayBeRewritten(path, was.text()) {
					t.Errorf("%s: %s: %s is not covered", name, f, strings.Join(path, "."))
				}
			}
			walk(&root, nil)
		}
		if covered < 300 || free == 0 {
			t.Errorf("%s: %d covered, %d not", name, covered, free)
		}
	}
}

// mayBeRewritten is docs/fhir.md's list of what a release changes, in the samples.
func mayBeRewritten(path []string, text string) bool {
	at := func(i int) string {
		for j := len(path) - 1; j >= 0; j-- {
			if path[j] == "" {
				continue
			}
			if i--; i < 0 {
				return path[j]
			}
		}
		return ""
	}
	switch at(0) {
	case "id", "reference", "display", "div", "lastUpdated", "data", "url", "status", "uid", "code":
		return at(0) != "code" && at(0) != "status" || at(1) == "text" || at(1) == "tag"
	case "value":
		return isIdentifier(at(1))
	case "system":
		return at(1) == "tag"
	}
	return idWhole(text)
}

func TestWhatACanonicalFormTellsApart(t *testing.T) {
	const base = `[{"resourceType":"Condition","id":"a","code":{"coding":[{"system":"s","code":"C50","display":"d"}],"text":"words 12 mg"},"onsetDateTime":"2020-01-02","valueQuantity":{"value":6.50,"unit":"10*3/uL"},"b":true,"c":null}]`
	before := mustSign(t, "health.condition", []byte(base))[0]
	for _, tt := range []struct {
		name, old, new string
		same           bool
	}{
		{"a code", "C50", "C51", false},
		{"a system", `"s"`, `"t"`, false},
		{"a display of a code", `"d"`, `"e"`, false},
		{"a word", "words", "word", false},
		{"a small number in words", "12 mg", "13 mg", false},
		{"a date", "2020-01-02", "2020-01-03", false},
		{"a number's spelling", "6.50", "6.5", false},
		{"a unit", "10*3", "10*6", false},
		{"a boolean", "true", "false", false},
		{"a null", "null", `""`, false},
		{"a type", `"Condition"`, `"Procedure"`, false},
		{"an element more", `"b":true`, `"b":true,"d":1`, false},
		{"an element less", `"b":true,`, ``, false},
		{"a name", `"b":`, `"B":`, false},
		{"an id", `"a"`, `"b"`, true},
		{"order and space", `"b":true,"c":null`, `"c" : null, "b":true`, true},
		{"an escape", `"C50"`, `"\u004350"`, true},
	} {
		value := strings.Replace(base, tt.old, tt.new, 1)
		if value == base {
			t.Fatal(tt.name)
		}
		if after := mustSign(t, "health.condition", []byte(value))[0]; (after == before) != tt.same {
			t.Errorf("%s: have same: %t", tt.name, after == before)
		}
	}
}

// FuzzSignable holds what is signed against releases of anything, beside anything, under
// two keys.
func FuzzSignable(f *testing.F) {
	for _, seed := range []string{
		`[{"resourceType":"Condition","id":"visit-00417","note":[{"text":"visit-00417 at 2013-06-24T20:22:36.123Z"}]}]`,
		`{"meta":{"tag":[{"code":"x"}],"lastUpdated":"ünfug-00-éé","source":"a"},"text":{"div":"x","status":"additional"},"valueUri":"http://h/0c000000-0000-4000-8000-00000000000a/abc123"}`,
		`[{"identifier":[{"value":"943 476 5919"},{"value":"Visit no 2019-00417"}],"note":["943 476 5919","see 2019-00417","Visit no 2019-00417"]}]`,
		`{"a":"T20:22:36.5abcdef0-0000-4000-8000-000000000000","b":"1T20:22:36.0c000000-0000-4000-8000-00000000000a","0c000000-0000-4000-8000-00000000000a":1}`,
		`{"data":"QQ==","_data":1,"hash":"x","contained":[{"resourceType":"Patient","id":1,"name":2}],"reference":["#","Practitioner?a=b",{"id":3}],"display":"n"}`,
		`{"valueOid":"urn:oid:1.2.3","uid":"1.2.3","education":{"reference":"http://h/Patient/abc-123"},"fooIdentifier":4711,"x":"1.2.3 4711"}`,
	} {
		f.Add(seed, `{"id":"abc123","reference":"Condition/visit-00417","fooIdentifier":"visit-00417"}`, byte(0))
	}
	fields := []consent.FieldName{"health.condition", fieldOther, fieldExtension, "identity.race", "identity.identifier.passport", "identity.name", "aid.registration"}
	f.Fuzz(func(t *testing.T, value, beside string, which byte) {
		field := fields[int(which)%len(fields)]
		want, err := Signable(field, []byte(value))
		if err != nil {
			return
		}
		for i := range 2 {
			key := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
			v := values(string(field), value, beside)
			if i == 1 {
				v["health.goal"] = []json.RawMessage{json.RawMessage(beside)}
			}
			if Pseudonymise(key[:], append(fields, "health.goal"), v) != nil {
				v = values(string(field), value)
				if err := Pseudonymise(key[:], fields, v); err != nil {
					t.Fatal(err)
				}
			}
			have, err := Signable(field, v[field][0])
			if err != nil || !slices.Equal(have, want) {
				t.Fatalf("%v: a release of %s has other digests: %s", err, value, v[field][0])
			}
		}
	})
}
