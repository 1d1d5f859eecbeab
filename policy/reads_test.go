package policy

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/wrapious/wrappy/consent"
)

func rulesOf(t *testing.T, text string) *rules {
	t.Helper()
	files, err := readFiles(Default())
	if err != nil {
		t.Fatal(err)
	}
	source := fstest.MapFS{}
	for name, content := range files {
		if strings.HasSuffix(name, ".json") {
			source[name] = &fstest.MapFile{Data: content}
		}
	}
	source["release.rego"] = &fstest.MapFile{Data: []byte("package wrappy.release\nwithheld := {}\nreasons := set()\nvalid_until := 1\n" + text)}
	d, err := ReadSource(source)
	if err != nil {
		t.Fatal(err)
	}
	return d.loaded.rules
}

// What rules could see of the input, however they name it.
func TestReads(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"permitted := {f | some f in input.fields}", "fields"},
		{"permitted := {f | some f in input.fields; input.grant.purpose == \"x\"}", "fields grant.purpose"},
		{"permitted := {f | some f in input.fields; g := input.grant; g.purpose == \"x\"}", "fields grant"},
		{"permitted := {f | some f in input[\"fields\"]}", "fields"},
		{"permitted := {f | some k, f in input}", ""},
		{"permitted := {f | some k in [\"fields\"]; some f in input[k]}", ""},
		{"permitted := {f | i := input; some f in i.fields}", ""},
		{"permitted := {f | some f in fields(input)}\nfields(i) := i.fields", ""},
		{"import input.grant as g\npermitted := {f | some f in input.fields; g.purpose == \"x\"}", "fields grant.purpose"},
		{"permitted := {f | some f in input.fields; data.purposes[input.grant.purpose]}", "fields grant.purpose"},
		{"permitted := {f | some f in input.fields; input.grant[f]}", "fields grant"},
		{"permitted := {f | some f in input.fields; [a | a := input.institution.kind][0] == \"x\"}", "fields institution.kind"},
	} {
		text := tt.text
		if strings.HasPrefix(text, "import") { // imports stand first
			head, rest, _ := strings.Cut(text, "\n")
			s, err := parse(map[string][]byte{"a.rego": []byte("package wrappy.release\n" + head + "\n" + rest)})
			if err != nil {
				t.Fatal(err)
			}
			c, err := s.compile(s.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(readsOf(c), " "); got != tt.want {
				t.Errorf("%s: reads %q, want %q", tt.text, got, tt.want)
			}
			continue
		}
		r := rulesOf(t, text).reads
		if got := strings.Join(r, " "); got != tt.want && !slices.Contains(r, "") || (tt.want == "") != slices.Contains(r, "") {
			t.Errorf("%s: reads %q, want %q", tt.text, got, tt.want)
		}
	}
}

// full is a question in which nothing is at its zero value.
func full() consent.EvidencePart {
	return consent.EvidencePart{
		Version: consent.Version, Kind: consent.EntryAuthorised, Institution: consent.InstitutionID{7}, InstitutionKind: consent.KindHospital,
		InstitutionStands: true, AttestedTo: 1_790_001_000, Country: "UG", Jurisdiction: "KE", Purpose: PurposeTreatment, LegalBasis: consent.BasisConsent,
		Action: consent.Read, Asked: []consent.FieldName{"health.allergy", "identity.name"}, GrantFields: []consent.FieldName{"health.allergy", "identity.name"},
		GrantActions: consent.Read, NotBefore: 1_789_000_000, Expires: 1_799_971_200, MaxReleases: 3, RetentionDays: 30,
		Facts: consent.PolicyFacts{Minor: true, Representative: true, NeverCountries: []string{"SO"}}, Accreditors: []consent.InstitutionID{{5}},
		OverdueSince: 1_790_000_000, Permitted: []consent.FieldName{"identity.name"}, PolicyDigest: consent.Digest{1}, Time: 1_790_000_000_123, MonthPseudonym: [16]byte{1},
	}
}

// Every member of the rules' input comes from the evidence: for each there is a change
// of the evidence that changes it, and nothing else that the key of a replay leaves out.
// A new member of the input without its evidence fails here.
func TestEveryInputComesFromEvidence(t *testing.T) {
	changes := map[string]func(*consent.EvidencePart){
		"action":                    func(e *consent.EvidencePart) { e.Action = consent.Write },
		"fields":                    func(e *consent.EvidencePart) { e.Asked = e.Asked[1:] },
		"time":                      func(e *consent.EvidencePart) { e.Time += 1000 },
		"grant.purpose":             func(e *consent.EvidencePart) { e.Purpose = PurposeVaccination },
		"grant.legal_basis":         func(e *consent.EvidencePart) { e.LegalBasis = consent.BasisContract },
		"grant.jurisdiction":        func(e *consent.EvidencePart) { e.Jurisdiction = "RW" },
		"grant.audience":            func(e *consent.EvidencePart) { e.Audience = consent.AudienceBearer },
		"grant.representation":      func(e *consent.EvidencePart) { e.Representation = consent.RepresentationRepresentative },
		"grant.assistance":          func(e *consent.EvidencePart) { e.Assistance = consent.AssistanceAssisted },
		"grant.actions":             func(e *consent.EvidencePart) { e.GrantActions = consent.Read | consent.Write },
		"grant.not_before":          func(e *consent.EvidencePart) { e.NotBefore++ },
		"grant.expires":             func(e *consent.EvidencePart) { e.Expires++ },
		"grant.max_releases":        func(e *consent.EvidencePart) { e.MaxReleases++ },
		"grant.retention_days":      func(e *consent.EvidencePart) { e.RetentionDays++ },
		"institution.id":            func(e *consent.EvidencePart) { e.Institution[31]++ },
		"institution.kind":          func(e *consent.EvidencePart) { e.InstitutionKind = consent.KindClinic },
		"institution.jurisdiction":  func(e *consent.EvidencePart) { e.Country = "RW" },
		"institution.suspended":     func(e *consent.EvidencePart) { e.InstitutionStands = false },
		"institution.attested":      func(e *consent.EvidencePart) { e.InstitutionStands = false },
		"institution.attested_to":   func(e *consent.EvidencePart) { e.AttestedTo++ },
		"institution.accreditors":   func(e *consent.EvidencePart) { e.Accreditors = []consent.InstitutionID{{6}} },
		"facts.minor":               func(e *consent.EvidencePart) { e.Facts.Minor = false },
		"facts.representative":      func(e *consent.EvidencePart) { e.Facts.Representative = false },
		"facts.never_countries":     func(e *consent.EvidencePart) { e.Facts.NeverCountries = []string{"SS"} },
		"institution.overdue_since": func(e *consent.EvidencePart) { e.OverdueSince-- },
	}
	d, err := ReadSource(Default())
	if err != nil {
		t.Fatal(err)
	}
	input := func(e consent.EvidencePart) map[string]ast.Value {
		leaves := map[string]ast.Value{}
		leavesOf("", d.loaded.rules.input(QuestionOf(&e, d.loaded.catalog)), leaves)
		return leaves
	}
	everything := reads{""}.tree()
	base := full()
	for path, value := range input(base) {
		change, known := changes[path]
		if !known {
			t.Errorf("input.%s: no change of the evidence is known that changes it", path)
			continue
		}
		other := full()
		change(&other)
		if again := input(other)[path]; again == nil || value.Compare(again) == 0 {
			t.Errorf("input.%s does not come from the evidence", path)
		}
		asked := map[string]ast.Value{}
		leavesOf("", d.loaded.rules.asked(QuestionOf(&other, d.loaded.catalog)), asked)
		for path, value := range input(other) {
			leftOut := !d.loaded.rules.reads.sees(path) && (strings.HasPrefix(path, "grant.") || strings.HasPrefix(path, "institution."))
			if found := asked[path]; (found == nil) != leftOut || found != nil && value.Compare(found) != 0 {
				t.Errorf("after a change of %s rules are asked with %s %v, want %v", path, path, found, value)
			}
		}
		a := everything.key(nil, d.loaded.rules.input(QuestionOf(&base, d.loaded.catalog)))
		b := everything.key(nil, d.loaded.rules.input(QuestionOf(&other, d.loaded.catalog)))
		if (string(a) == string(b)) != (path == "time") {
			t.Errorf("input.%s: two questions have one key, or time is in it", path)
		}
	}
}

func leavesOf(at string, value ast.Value, all map[string]ast.Value) {
	object, ok := value.(ast.Object)
	if path := strings.TrimPrefix(at, "."); !ok || path == "facts.never_countries" || path == "institution.accreditors" {
		all[path] = value
		return
	}
	object.Foreach(func(key, value *ast.Term) {
		leavesOf(at+"."+strings.Trim(key.Value.String(), `"`), value.Value, all)
	})
}

// Values that look alike have spellings of their own.
func TestKeysAreNotAmbiguous(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{`"a"`, `["a"]`, `["a", "b"]`, `["ab"]`, `[["a"], "b"]`, `[["a", "b"]]`, `{"a": "b"}`, `{"a": {"b": 1}}`, `1`, `"1"`, `true`, `null`, `{}`, `[]`, `set()`, `{"a"}`, `""`, `[""]`, `["", ""]`} {
		key := string(appendValue(nil, ast.MustParseTerm(text).Value))
		if before, twice := seen[key]; twice {
			t.Errorf("%s is spelt as %s", text, before)
		}
		seen[key] = text
	}
}

func TestPastOf(t *testing.T) {
	digest := consent.Digest{1}
	for _, tt := range []struct {
		name   string
		kind   consent.EntryKind
		digest consent.Digest
		reason consent.Reason
		want   Past
	}{
		{"released", consent.EntryAuthorised, digest, "", PastDecision},
		{"again", consent.EntryRedelivery, digest, "", PastDecision},
		{"written", consent.EntryWritten, digest, "", PastDecision},
		{"denied by policy", consent.EntryDenied, digest, consent.ReasonPurposeKind, PastDecision},
		{"denied for each field", consent.EntryDenied, digest, "", PastDecision},
		{"no field that the catalog knew", consent.EntryDenied, consent.Digest{}, "", PastDecision},
		{"withdrawn", consent.EntryDenied, consent.Digest{}, consent.ReasonWithdrawn, PastVault},
		{"not attested", consent.EntryDenied, consent.Digest{}, consent.ReasonNotAttested, PastVault},
		{"a limit, after policy", consent.EntryDenied, digest, consent.ReasonLimit, PastVault},
		{"disputed", consent.EntryDenied, digest, consent.ReasonDisputed, PastVault},
		{"delivered", consent.EntryDelivered, digest, "", PastNone},
		{"granted", consent.EntryGranted, consent.Digest{}, "", PastNone},
		{"a kind of later", "later", digest, "", PastNone},
	} {
		e := full()
		e.Kind, e.PolicyDigest = tt.kind, tt.digest
		if tt.reason != "" {
			e.Reasons = []consent.Reason{tt.reason}
		}
		if got := PastOf(&e); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	none := full()
	none.Asked = nil
	if PastOf(&none) != PastNone {
		t.Error("nothing asked")
	}
}

// Only what policy would be put is: fields of the grant that the catalog knows and the
// form has a place for.
func TestQuestionOf(t *testing.T) {
	d, err := ReadSource(Default())
	if err != nil {
		t.Fatal(err)
	}
	e := full()
	e.Asked = []consent.FieldName{"health.allergy", "health.horoscope", "identity.name", "identity.race"}
	e.GrantFields = []consent.FieldName{"health.allergy", "health.horoscope", "identity.name"}
	e.Withheld = []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonNoPlace}}
	if q := QuestionOf(&e, d.Catalog()); !slices.Equal(q.Fields, []consent.FieldName{"identity.name"}) || q.Time != 1_790_000_000 {
		t.Errorf("%+v", q)
	}
}

// Rules that could see of the purposes more than the question's own.
func TestOnlyNamedPurposes(t *testing.T) {
	for _, tt := range []struct {
		text string
		only bool
	}{
		{"p := data.purposes[input.grant.purpose]", true},
		{"p := data.purposes[input.grant.purpose].kinds[input.institution.kind]", true},
		{"p := data.fields[input.fields[0]]", true},
		{"p := data.wrappy.a.q\nq := 1", true},
		{"p := data.purposes", false},
		{"p := data.purposes[\"dpv:PersonnelHiring\"]", false},
		{"p := data.purposes[input.grant.legal_basis]", false},
		{"p := data.purposes[k] if some k in [\"x\"]", false},
		{"p := count(data.purposes)", false},
		{"p := data", false},
		{"p := data[input.grant.purpose]", false},
		{"p := {k | some k, _ in data.purposes}", false},
		{"p := data.purposes[data.purposes[input.grant.purpose].label.en]", false},
		{"import data.purposes as all\np := all[input.grant.purpose]", false},
		{"import data\np := data.fields", false},
		{"p if q == 1 with input.grant.purpose as \"x\"\nq := data.purposes[input.grant.purpose]", false},
	} {
		s, err := parse(map[string][]byte{"a.rego": []byte("package wrappy.a\n" + tt.text)})
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		if got := onlyNamedPurposes(s); got != tt.only {
			t.Errorf("%s: %v", tt.text, got)
		}
	}
	files, err := readFiles(Default())
	if err != nil {
		t.Fatal(err)
	}
	s, err := parse(files)
	if err != nil || !onlyNamedPurposes(s) {
		t.Errorf("the default rules read other purposes: %v", err)
	}
}
