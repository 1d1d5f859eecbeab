package policy_test

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

func TestLoadApprovals(t *testing.T) {
	bundle := build(t, sources(t, nil), 5)
	other := build(t, sources(t, nil), 6)
	good := approve(t, bundle, anna, bela)
	sign := func(key ed25519.PrivateKey, message string) []byte { return ed25519.Sign(key, []byte(message)) }
	digest := consent.Digest(sha256.Sum256(bundle))
	with := func(signature []byte) []policy.Approval {
		return []policy.Approval{good[0], {Digest: digest, Reviewer: public(bela)[0], Signature: signature}}
	}
	flipped := bytes.Clone(good[1].Signature)
	flipped[10] ^= 1
	tests := []struct {
		name      string
		approvals []policy.Approval
		reviewers []ed25519.PublicKey
		ok        bool
	}{
		{"two reviewers", good, reviewers, true},
		{"two reviewers and a stranger", append(approve(t, bundle, stranger), good...), reviewers, true},
		{"nobody", nil, reviewers, false},
		{"one", good[:1], reviewers, false},
		{"the same twice", []policy.Approval{good[0], good[0]}, reviewers, false},
		{"the same who is listed twice", []policy.Approval{good[0], good[0]}, public(anna, anna), false},
		{"one and a stranger", approve(t, bundle, anna, stranger), reviewers, false},
		{"strangers", approve(t, bundle, stranger, reviewer(8)), reviewers, false},
		{"no reviewers known", good, nil, false},
		{"one reviewer known", good, public(anna), false},
		{"for another bundle", approve(t, other, anna, bela), reviewers, false},
		{"one for another bundle", append(approve(t, other, bela), good[0]), reviewers, false},
		{"another's signature under this digest", with(approve(t, other, bela)[0].Signature), reviewers, false},
		{"a bit flipped", with(flipped), reviewers, false},
		{"a signature cut short", with(flipped[:63]), reviewers, false},
		{"no signature", with(nil), reviewers, false},
		{"somebody else's signature", with(good[0].Signature), reviewers, false},
		{"a signature of the bare digest", with(sign(bela, string(digest[:]))), reviewers, false},
		{"a signature for another use", with(sign(bela, "wrappy promise v1\x00"+string(digest[:]))), reviewers, false},
		{"a key cut short", []policy.Approval{good[0], {Digest: digest, Reviewer: public(bela)[0][:31], Signature: good[1].Signature}},
			[]ed25519.PublicKey{public(anna)[0], public(bela)[0][:31]}, false},
		{"an empty key", []policy.Approval{good[0], {Digest: digest}}, []ed25519.PublicKey{public(anna)[0], {}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := policy.Load(bundle, tt.approvals, tt.reviewers, 0, clock)
			if tt.ok && (err != nil || l.Revision() != 5 || l.Digest() != digest || l.Expires() != now+86400) {
				t.Errorf("refused: %v", err)
			}
			if !tt.ok && !errors.Is(err, policy.ErrApproval) {
				t.Errorf("%v, want ErrApproval", err)
			}
		})
	}
}

func TestLoadRevisionAndExpiry(t *testing.T) {
	bundle := build(t, sources(t, nil), 5)
	approvals := approve(t, bundle, anna, bela)
	tests := []struct {
		name string
		min  uint64
		at   int64
		want error
	}{
		{"first", 0, int64(now), nil},
		{"the same again", 5, int64(now), nil},
		{"the last second", 5, int64(now) + 86399, nil},
		{"older", 6, int64(now), policy.ErrRevision},
		{"expired", 0, int64(now) + 86400, policy.ErrExpired},
		{"long expired", 0, int64(now) * 2, policy.ErrExpired},
		{"a clock before 1970", 0, -1, policy.ErrExpired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := policy.Load(bundle, approvals, reviewers, tt.min, time.Unix(tt.at, 0)); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

// Each of these carries two good signatures: reviewers err, too.
func TestLoadRefusesBadContent(t *testing.T) {
	permit := func(body string) map[string][]byte {
		return rules(body, ":= 1", ":= {}", ":= set()")
	}
	edit := func(name, from, to string) map[string][]byte {
		content := string(sources(t, nil)[name].Data)
		if !strings.Contains(content, from) {
			t.Fatalf("%s lacks %q", name, from)
		}
		return map[string][]byte{name: []byte(strings.Replace(content, from, to, 1))}
	}
	tests := []struct {
		name    string
		changes map[string][]byte
		message string
	}{
		{"http.send", permit(`:= {x | x := http.send({"method": "get", "url": "https://example.org"}).body}`), "release.rego:2: rego_type_error: undefined function http.send"},
		{"the clock", permit(":= {x | x := time.now_ns()}"), "release.rego:2: rego_type_error: undefined function time.now_ns"},
		{"the environment", permit(":= {x | x := opa.runtime().env}"), "undefined function opa.runtime"},
		{"chance", permit(":= {x | x := rand.intn(\"a\", 3)}"), "undefined function rand.intn"},
		{"a name server", permit(":= {x | x := net.lookup_ip_addr(\"example.org\")}"), "undefined function net.lookup_ip_addr"},
		{"a long range", permit(":= {x | x := numbers.range(1, 1000000000)}"), "undefined function numbers.range"},
		{"http.send in a test", map[string][]byte{"release_test.rego": []byte("package wrappy.release_test\ntest_x if http.send({})")}, "release_test.rego:2"},
		{"a syntax error", permit(":= {"), "release.rego:"},
		{"an unused variable", permit(":= {f | some f in input.fields; x := 1}"), "release.rego:2: rego_compile_error: assigned var x unused"},
		{"an unsafe variable", permit(":= {f | not f}"), "rego_unsafe_var_error"},
		{"recursion", permit(":= permitted"), "rego_recursion_error"},
		{"an older Rego", map[string][]byte{"old.rego": []byte("package wrappy.old\np[x] { x := 1 }")}, "old.rego:2"},
		{"a deprecated builtin", permit(":= {f | some f in input.fields; any([true])}"), "release.rego:2"},
		{"an empty module", map[string][]byte{"empty.rego": []byte("\n")}, "empty.rego"},
		{"a rule where data stands", map[string][]byte{"shadow.rego": []byte("# adds one\npackage purposes\nx := 1")}, "shadow.rego:2: want a package below wrappy"},
		{"no rules", map[string][]byte{"release.rego": nil, "reasons.rego": nil, "release_test.rego": nil}, "no rule data.wrappy.release.permitted"},
		{"no reasons", map[string][]byte{"reasons.rego": nil, "release_test.rego": nil}, "no rule data.wrappy.release.withheld"},
		{"rules that lean on a test", map[string][]byte{"release.rego": nil, "reasons.rego": nil, "release_test.rego": sources(t, nil)["release.rego"].Data,
			"reasons_test.rego": sources(t, nil)["reasons.rego"].Data}, "no rule data.wrappy.release.permitted"},

		{"no fields", map[string][]byte{fields: nil}, "data.fields: missing"},
		{"no purposes", map[string][]byte{purposes: nil}, "data.purposes: missing"},
		{"damaged data", map[string][]byte{fields: []byte("{\n\n\"a\": }")}, "fields/data.json:3"},
		{"data cut short", map[string][]byte{fields: []byte("{\n\"a\": 1")}, "fields/data.json:2"},
		{"two values", map[string][]byte{fields: []byte("{}\n{}")}, "fields/data.json:2: more than one value"},
		{"a list of fields", map[string][]byte{fields: []byte("[]")}, "data.fields"},
		{"a name twice", edit(fields, `"picture": "house"`, `"picture": "house", "picture": "tent"`), `"picture" stands twice`},
		{"nested deeply", map[string][]byte{"deep/data.json": []byte(strings.Repeat("[", 100) + strings.Repeat("]", 100))}, "deep/data.json:1: nested too deeply"},
		{"data in the root", map[string][]byte{"data.json": []byte("{}")}, "data.json: want data in"},
		{"data by another name", map[string][]byte{"fields/more.json": []byte("{}")}, "fields/more.json: want data in"},
		{"data below data", map[string][]byte{"fields/x/data.json": []byte("{}")}, "fields/x/data.json: want data in"},
		{"data where rules stand", map[string][]byte{"wrappy/data.json": []byte("{}")}, "wrappy/data.json: want data in"},
		{"a member nobody knows", edit(fields, `"picture": "house"`, `"pictures": "house"`), "data.fields"},
		{"a field without a picture", edit(fields, `"picture": "house"`, `"picture": ""`), "picture: missing"},
		{"a field under another name", edit(fields, `"name": "contact.phone"`, `"name": "contact.fax"`), "not the name it stands under"},
		{"a pattern for a field", map[string][]byte{fields: []byte(strings.ReplaceAll(string(sources(t, nil)[fields].Data), "contact.other", "contact.*"))}, "not a field name"},
		{"a type nobody knows", edit(fields, `"type": "date"`, `"type": "day"`), "not a value type"},
		{"a code without codes", edit(fields, `"type": "text"`, `"type": "code"`), "codes"},
		{"a resource without its type", edit(fields, `"type": "fhir"`, `"type": "list"`), "resource"},
		{"no English", edit(fields, `"en": "Address"`, `"de": "Anschrift"`), "label: en: missing"},
		{"a language nobody speaks", edit(fields, `"en": "Address"`, `"en": "Address", "English!": "Address"`), "BCP 47"},
		{"a kind nobody knows", edit(fields, `"hospital": true`, `"hospitals": true`), "kinds"},
		{"bearers of more than identity", edit(fields, "\"picture\": \"phone\",\n  \"read\": {", "\"picture\": \"phone\",\n  \"read\": {\"bearer\": true,"), "bearer"},
		{"a bearer that writes", edit(fields, "\"write\": {\n   \"agency\": true", "\"write\": {\n   \"bearer\": true"), "kinds"},
		{"an accreditor of bearers", edit(accreditors, `"clinic": true`, `"bearer": true`), "kinds"},
		{"a kind that is false", edit(fields, `"hospital": true`, `"hospital": false`), "kinds"},
		{"no retention", map[string][]byte{retention: nil}, "data.retention: missing"},
		{"nothing about overdue", map[string][]byte{retention: []byte(`{"other": {"block": true, "grace_days": 30, "law": "l"}}`)}, "data.retention"},
		{"more than overdue", map[string][]byte{retention: []byte(`{"overdue": {"block": true, "grace_days": 30, "law": "l"}, "other": {"block": true, "grace_days": 30, "law": "l"}}`)}, "data.retention"},
		{"no word on blocking", map[string][]byte{retention: []byte(`{"overdue": {"grace_days": 30, "law": "l"}}`)}, "block, grace_days"},
		{"no grace", map[string][]byte{retention: []byte(`{"overdue": {"block": true, "law": "l"}}`)}, "block, grace_days"},
		{"a grace of years", map[string][]byte{retention: []byte(`{"overdue": {"block": true, "grace_days": 3660, "law": "l"}}`)}, "grace_days"},
		{"a grace that is negative", map[string][]byte{retention: []byte(`{"overdue": {"block": true, "grace_days": -1, "law": "l"}}`)}, "data.retention"},
		{"no citation", map[string][]byte{retention: []byte(`{"overdue": {"block": true, "grace_days": 1}}`)}, "law: want a citation"},
		{"a spelling mistake", map[string][]byte{retention: []byte(`{"overdue": {"blocks": true, "grace_days": 1, "law": "l"}}`)}, "data.retention"},
		{"no accreditors", map[string][]byte{accreditors: nil}, "data.accreditors: missing"},
		{"no accreditor", map[string][]byte{accreditors: []byte("{}")}, "data.accreditors: missing"},
		{"an accreditor without an id", edit(accreditors, `"any": {`, `"board": {`), "want the id of an institution"},
		{"an id in capitals", edit(accreditors, `"any": {`, `"0x`+strings.Repeat("AB", 32)+`": {`), "want the id of an institution"},
		{"an accreditor without a name", map[string][]byte{accreditors: []byte(`{"any": {"kinds": {"bank": true}, "countries": {"KE": true}}}`)}, "name: missing"},
		{"an accreditor of no kind", map[string][]byte{accreditors: []byte(`{"any": {"name": "x", "kinds": {}, "countries": {"KE": true}}}`)}, "want at least one"},
		{"an accreditor of no country", map[string][]byte{accreditors: []byte(`{"any": {"name": "x", "kinds": {"bank": true}}}`)}, "want at least one"},
		{"an accreditor of a kind nobody knows", edit(accreditors, `"clinic": true`, `"clinics": true`), "kinds"},
		{"a country in words", edit(accreditors, "\"countries\": {\n   \"any\": true", "\"countries\": {\n   \"Kenya\": true"), "countries"},
		{"a country that is false", edit(accreditors, "\"countries\": {\n   \"any\": true", "\"countries\": {\n   \"KE\": false"), "countries"},
		{"a country beside any", edit(accreditors, "\"countries\": {\n   \"any\": true", "\"countries\": {\n   \"KE\": true, \"any\": true"), "beside any"},
		{"a purpose that is no IRI", edit(purposes, `"dpv:PersonnelHiring": {`, `"Hiring": {`), "compact IRI"},
		{"another term's IRI", edit(purposes, `https://w3id.org/dpv#PersonnelHiring`, `https://w3id.org/dpv#Marketing`), "iri"},
		{"no citation", edit(purposes, `"law": "GDPR Art. 6(1)(b) and Art. 88"`, `"law": ""`), "want a citation"},
		{"another day", edit(purposes, `"effective": "2026-01-01"`, `"effective": "2027-01-01"`), "effective"},
		{"no day", edit(purposes, `"effective": "2026-01-01"`, `"effective": "soon"`), "effective"},
		{"no retention", edit(purposes, `"retention_days": 731`, `"retention_days": 0`), "retention_days"},
		{"a retention below zero", edit(purposes, `"retention_days": 731`, `"retention_days": -1`), "data.purposes"},
		{"a basis nobody knows", edit(purposes, `"contract": true`, `"curiosity": true`), "bases"},
		{"a field nobody knows", edit(purposes, `"contact.email": true`, `"contact.fax": true`), "not a field that one of the kinds may read"},
		{"a field its kinds may not read", edit(purposes, `"work.employer": true`, `"health.condition": true`), "not a field that one of the kinds may read"},
		{"a field its kinds may not write", edit(purposes, "\"write\": {\n   \"work.employer\": true", "\"write\": {\n   \"health.condition\": true"), "not a field that one of the kinds may write"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := sources(t, tt.changes)
			bundle := build(t, source, 1)
			_, err := policy.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock)
			if !errors.Is(err, policy.ErrBundle) || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("%v\nwant %q", err, tt.message)
			}
			if _, err := policy.Check(t.Context(), source); !errors.Is(err, policy.ErrBundle) {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// entry is one header and its content, for archives that Build would not write.
type entry struct {
	tar.Header
	content string
}

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		if e.Typeflag == 0 || e.Typeflag == tar.TypeReg {
			e.Size, e.Mode = int64(len(e.content)), 0o644
		}
		if err := w.WriteHeader(&e.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Signed by both reviewers, whatever their tool showed them.
func TestLoadRefusesBadArchives(t *testing.T) {
	good := build(t, sources(t, nil), 1)
	const manifest = `{"format": 1, "revision": 1, "expires": 1890000000, "files": {}}`
	first := entry{tar.Header{Name: "manifest.json"}, manifest}
	named := func(name string) []byte { return archive(t, first, entry{tar.Header{Name: name}, "{}"}) }
	typed := func(flag byte) []byte {
		return archive(t, first, entry{tar.Header{Name: "a/data.json", Typeflag: flag, Linkname: "/etc/passwd"}, ""})
	}
	var many []entry
	for i := range policy.MaxEntries + 1 {
		many = append(many, entry{tar.Header{Name: strings.Repeat("a", 1+i%50) + "/" + strings.Repeat("b", 1+i/50) + "/data.json"}, "{}"})
	}
	flipped := bytes.Clone(good)
	flipped[bytes.Index(flipped, []byte("allergy"))] ^= 1
	tests := map[string][]byte{
		"nil":                     nil,
		"empty":                   {},
		"not an archive":          []byte("hello"),
		"oversized":               make([]byte, policy.MaxBundle+1),
		"cut short":               good[:len(good)/2],
		"without its end":         good[:len(good)-1024],
		"trailing bytes":          append(bytes.Clone(good), make([]byte, 512)...),
		"a bit flipped":           flipped,
		"two archives":            append(bytes.Clone(good), good...),
		"nothing but a manifest":  archive(t, first),
		"no manifest":             archive(t, entry{tar.Header{Name: "fields/data.json"}, "{}"}),
		"manifest not first":      archive(t, entry{tar.Header{Name: "fields/data.json"}, "{}"}, first),
		"manifest twice":          archive(t, first, first),
		"manifest is a link":      archive(t, entry{tar.Header{Name: "manifest.json", Typeflag: tar.TypeSymlink, Linkname: "x"}, ""}),
		"manifest of another age": archive(t, entry{tar.Header{Name: "manifest.json"}, strings.Replace(manifest, `"format": 1`, `"format": 2`, 1)}),
		"manifest with more":      archive(t, entry{tar.Header{Name: "manifest.json"}, strings.Replace(manifest, `{"format"`, `{"threshold": 1, "format"`, 1)}),
		"manifest not JSON":       archive(t, entry{tar.Header{Name: "manifest.json"}, "revision: 1"}),
		"manifest too large":      archive(t, entry{tar.Header{Name: "manifest.json"}, manifest + strings.Repeat(" ", policy.MaxFile)}),
		"traversal":               named("../../etc/data.json"),
		"traversal inside":        named("a/../../data.json"),
		"absolute":                named("/etc/data.json"),
		"backslash":               named(`..\data.json`),
		"hidden":                  named("a/.data.json"),
		"not rules nor data":      named("run.sh"),
		"line break":              named("a/data.json\n.rego"),
		"upper case":              named("A/data.json"),
		"symbolic link":           typed(tar.TypeSymlink),
		"hard link":               typed(tar.TypeLink),
		"device":                  typed(tar.TypeChar),
		"directory":               typed(tar.TypeDir),
		"file too large":          archive(t, first, entry{tar.Header{Name: "a/data.json"}, strings.Repeat(" ", policy.MaxFile+1)}),
		"too many files":          archive(t, append([]entry{first}, many...)...),
		"the same name twice":     archive(t, first, entry{tar.Header{Name: "a/data.json"}, "{}"}, entry{tar.Header{Name: "a/data.json"}, "[]"}),
		"a digest that is not":    bytes.Replace(good, []byte(`"release.rego": "0x`), []byte(`"release.rego": "0x0`), 1),
	}
	for name, bundle := range tests {
		t.Run(name, func(t *testing.T) {
			approvals := sign(bundle, anna, bela)
			if _, err := policy.Load(bundle, approvals, reviewers, 0, clock); !errors.Is(err, policy.ErrBundle) {
				t.Errorf("%v, want ErrBundle", err)
			}
		})
	}
}

func TestBuild(t *testing.T) {
	one, digest, err := policy.Build(sources(t, nil), policy.Manifest{Revision: 1, Expires: 2})
	if err != nil || digest != sha256.Sum256(one) {
		t.Fatal(err)
	}
	two, _, _ := policy.Build(sources(t, nil), policy.Manifest{Revision: 1, Expires: 2, Format: 9, Files: map[string]consent.Digest{"x": {}}})
	if !bytes.Equal(one, two) {
		t.Error("the same content and manifest gave other bytes")
	}
	refused := map[string]fstest.MapFS{
		"a name":         {"Read.me": {}},
		"a manifest":     {"manifest.json": {Data: []byte("{}")}},
		"a large file":   {"a/data.json": {Data: make([]byte, policy.MaxFile+1)}},
		"a large bundle": {},
		"many files":     {},
	}
	for _, c := range "abcdefg" {
		refused["a large bundle"][string(c)+"/data.json"] = &fstest.MapFile{Data: make([]byte, policy.MaxFile)}
	}
	for i := range policy.MaxEntries + 1 {
		refused["many files"][strings.Repeat("a", 1+i%50)+"/"+strings.Repeat("b", 1+i/50)+".rego"] = &fstest.MapFile{}
	}
	for name, source := range refused {
		if _, _, err := policy.Build(source, policy.Manifest{Revision: 1}); !errors.Is(err, policy.ErrBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestApproveRefuses(t *testing.T) {
	bundle := build(t, sources(t, nil), 1)
	if _, err := policy.Approve(bundle, anna[:40]); !errors.Is(err, policy.ErrApproval) {
		t.Errorf("short key: %v", err)
	}
	if _, err := policy.Approve(bundle[1:], anna); !errors.Is(err, policy.ErrBundle) {
		t.Errorf("damaged bundle: %v", err)
	}
}
