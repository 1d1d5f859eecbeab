package policy_test

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

func draft(t testing.TB, changes map[string][]byte) *policy.Draft {
	t.Helper()
	d, err := policy.ReadSource(sources(t, changes))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func merged(all ...map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for _, changes := range all {
		for name, content := range changes {
			out[name] = content
		}
	}
	return out
}

// Each change both ways: what widens in one direction narrows in the other.
func TestCompare(t *testing.T) {
	purpose := string(sources(t, nil)[purposes].Data)
	at := strings.Index(purpose, ` "sector-finance:CustomerDueDiligence"`)
	end := at + strings.Index(purpose[at:], "\n },\n") + len("\n },\n")
	tests := []struct {
		name          string
		changes       map[string][]byte
		class, back   policy.Class // there, and back
		part, member  string
		gained, lost  string
		place, inside string // place: the file; inside: what stands on its line
	}{
		{"a kind", within(t, purposes, treatment, `"clinic": true,`, `"clinic": true, "registrar": true,`), policy.Widening, policy.Narrowing, "purpose", "kinds", "registrar", "", purposes, `"registrar"`},
		{"a basis", within(t, purposes, treatment, `"consent": true,`, `"consent": true, "legitimate_interests": true,`), policy.Widening, policy.Narrowing, "purpose", "bases", "legitimate_interests", "", purposes, "legitimate_interests"},
		{"a field to read", within(t, purposes, treatment, `"contact.phone": true,`, `"contact.phone": true, "identity.race": true,`), policy.Widening, policy.Narrowing, "purpose", "read", "identity.race", "", purposes, "identity.race"},
		{"days", within(t, purposes, treatment, `"retention_days": 2922`, `"retention_days": 3000`), policy.Widening, policy.Narrowing, "purpose", "retention_days", "", "", purposes, "retention_days"},
		{"a first day", within(t, purposes, treatment, "\"effective\": \"2026-01-01\",\n  \"from\": 1767225600", `"effective": "1970-01-01", "from": 0`), policy.Widening, policy.Narrowing, "purpose", "from", "", "", purposes, `"from"`},
		{"a label", within(t, purposes, treatment, `"en": "`, `"en": "New `), policy.Neutral, policy.Neutral, "purpose", "label", "", "", purposes, `"label"`},
		{"a field's kind", within(t, fields, "health.allergy", `"clinic": true,`, `"clinic": true, "bank": true,`), policy.Widening, policy.Narrowing, "field", "read", "bank", "", fields, `"bank"`},
		{"a sensitivity", within(t, fields, "health.allergy", `"special_category"`, `"location"`), policy.Unknown, policy.Unknown, "field", "sensitive", "", "", fields, `"sensitive"`},
		{"a code less", edited(t, codes, `"D57": "Sickle-cell disorders",`, ``), policy.Widening, policy.Unknown, "codes", "", "", "http://hl7.org/fhir/sid/icd-10|D57…", codes, `"genetics"`},
		{"a rule", edited(t, "release.rego", "represented\n}", "represented\n\ttrue\n}"), policy.Unknown, policy.Unknown, "rule", "", "", "", "release.rego", "true"},
		{"a test", edited(t, "release_test.rego", "# What is permitted.", "# What is."), policy.Neutral, policy.Neutral, "test", "", "", "", "release_test.rego", "# What is"},
		{"countries of a list of one's own", map[string][]byte{"embargo/data.json": []byte("{\n\"countries\": {\"SO\": true}}")}, policy.Unknown, policy.Unknown, "data", "", "countries/SO=true", "", "embargo/data.json", "{"},
		{"a purpose less", map[string][]byte{purposes: []byte(purpose[:at] + purpose[end:])}, policy.Narrowing, policy.Widening, "purpose", "", "", "sector-finance:CustomerDueDiligence", purposes, "sector-finance:CustomerDueDiligence"},
	}
	base := draft(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := draft(t, tt.changes)
			there, err := policy.Compare(base, after)
			if err != nil || len(there.Changes) != 1 || there.Verdict != tt.class || there.Changes[0].Class != tt.class {
				t.Fatalf("%+v %v", there, err)
			}
			c := there.Changes[0]
			if c.Part != tt.part || c.Member != tt.member || strings.Join(c.Gained, " ") != tt.gained || strings.Join(c.Lost, " ") != tt.lost || c.What == "" {
				t.Errorf("%+v", c)
			}
			file, number, _ := strings.Cut(c.Place, ":")
			line, err := strconv.Atoi(number)
			content, there2 := after.Files()[file]
			lines := strings.Split(string(content), "\n")
			if tt.lost != "" && tt.part == "purpose" { // gone: the place is in the bundle before
				lines = strings.Split(string(base.Files()[file]), "\n")
			}
			if err != nil || !there2 || file != tt.place || line < 1 || line > len(lines) || !strings.Contains(lines[line-1], tt.inside) {
				t.Errorf("place %s: want a line of %s with %s", c.Place, tt.place, tt.inside)
			}
			back, err := policy.Compare(after, base)
			if err != nil || back.Verdict != tt.back {
				t.Errorf("back: %+v %v", back, err)
			}
			if back.Pure != (tt.back == policy.Narrowing || tt.part == "test") || there.Pure != (tt.class == policy.Narrowing || tt.part == "test") {
				t.Errorf("pure there %v, back %v", there.Pure, back.Pure)
			}
		})
	}
	if c, err := policy.Compare(base, draft(t, nil)); err != nil || len(c.Changes)+len(c.Access) != 0 || c.Verdict != policy.Neutral {
		t.Errorf("the same: %+v %v", c, err)
	}
}

func TestCompareCountries(t *testing.T) {
	with := func(countries string) *policy.Draft {
		return draft(t, within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {`+countries+`}, "retention_days": 2922`))
	}
	everywhere, kenya, both, none := draft(t, nil), with(`"KE": true`), with(`"KE": true, "UG": true`), with("")
	for i, tt := range []struct {
		from, to *policy.Draft
		want     policy.Class
	}{
		{everywhere, kenya, policy.Narrowing}, {everywhere, none, policy.Narrowing}, {both, kenya, policy.Narrowing}, {kenya, none, policy.Narrowing},
		{kenya, everywhere, policy.Widening}, {none, everywhere, policy.Widening}, {kenya, both, policy.Widening}, {none, kenya, policy.Widening},
	} {
		if c, err := policy.Compare(tt.from, tt.to); err != nil || c.Verdict != tt.want || c.Changes[0].Member != "countries" {
			t.Errorf("%d: %+v %v", i, c, err)
		}
	}
	for _, wrong := range []string{`"Kenya": true`, `"KE": false`, `"ke": true`, `"*": true`} {
		if _, err := policy.ReadSource(sources(t, within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {`+wrong+`}, "retention_days": 2922`))); err == nil || !strings.Contains(err.Error(), "ISO 3166") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// Who gains and who loses what: purpose and field must both be open to the kind.
func TestCompareAccess(t *testing.T) {
	after := draft(t, merged(
		within(t, purposes, treatment, `"clinic": true,`, ``),
		within(t, fields, "health.allergy", `"hospital": true`, `"hospital": true, "bank": true`))) // of no purpose of a bank's
	c, err := policy.Compare(draft(t, nil), after)
	if err != nil || len(c.Access) != 2 {
		t.Fatalf("%+v %v", c.Access, err)
	}
	for i, action := range []string{"read", "write"} {
		a := c.Access[i]
		if a.Class != policy.Narrowing || a.Kind != "clinic" || a.Purpose != treatment || a.Action != action || !slices.Contains(a.Fields, "health.allergy") || slices.Contains(a.Fields, "identity.race") {
			t.Errorf("%+v", a)
		}
	}
	if c.Verdict != policy.Widening || c.Changes[0].Class != policy.Widening || c.Changes[len(c.Changes)-1].Class != policy.Narrowing {
		t.Errorf("widening first: %+v", c.Changes)
	}
}

func TestCompareExpiry(t *testing.T) {
	of := func(expires uint64) *policy.Draft {
		bundle, digest, err := policy.Build(sources(t, nil), policy.Manifest{Revision: 1, Expires: expires})
		if err != nil {
			t.Fatal(err)
		}
		d, err := policy.ReadBundle(bundle)
		if err != nil || d.Digest() != digest {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		from, to uint64
		want     policy.Class
		changes  int
	}{{10, 20, policy.Widening, 1}, {20, 10, policy.Narrowing, 1}, {10, 10, policy.Neutral, 0}} {
		if c, err := policy.Compare(of(tt.from), of(tt.to)); err != nil || c.Verdict != tt.want || len(c.Changes) != tt.changes {
			t.Errorf("%d to %d: %+v %v", tt.from, tt.to, c, err)
		}
	}
	if c, err := policy.Compare(of(10), draft(t, nil)); err != nil || len(c.Changes) != 0 {
		t.Errorf("a folder has no expiry: %+v %v", c, err)
	}
}

// Every refusal names file and line where there is one.
func TestRefusalsNameTheirPlace(t *testing.T) {
	edit := func(name, from, to string) (map[string][]byte, int) {
		changes := edited(t, name, from, to)
		at := strings.Index(string(changes[name]), to)
		return changes, 1 + strings.Count(string(changes[name][:at]), "\n")
	}
	for _, tt := range []struct{ what, name, from, to string }{
		{"an unknown member", fields, `"picture": "house"`, `"pictures": "house"`},
		{"a type nobody knows", fields, `"type": "date"`, `"type": "day"`},
		{"a member of another type", purposes, `"retention_days": 731`, `"retention_days": "731"`},
		{"a number below zero", purposes, `"retention_days": 731`, `"retention_days": -1`},
		{"a field nobody knows", purposes, `"contact.email": true`, `"contact.fax": true`},
		{"no picture", fields, `"picture": "house"`, `"picture": ""`},
		{"no citation", purposes, `"law": "GDPR Art. 6(1)(b) and Art. 88"`, `"law": ""`},
		{"no code", codes, `"D57": "Sickle-cell disorders"`, `"D5_7": "Sickle-cell disorders"`},
		{"a name twice", fields, `"picture": "house"`, `"picture": "house", "picture": "tent"`},
		{"http.send", "release.rego", `input.institution.suspended == false`, `http.send({"method": "get", "url": "http://localhost"})`},
		{"a syntax error", "release.rego", `input.institution.suspended == false`, `input.institution.suspended == == false`},
	} {
		changes, line := edit(tt.name, tt.from, tt.to)
		_, err := policy.ReadSource(sources(t, changes))
		if want := fmt.Sprintf("%s:%d: ", tt.name, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", tt.what, err, want)
		}
	}
	bundle := build(t, sources(t, rules(":= {f | some f in input.fields}", ":= input.time + 60", ":= {}", endless)), 1)
	_, err := policy.ReadBundle(bundle)
	if err != nil {
		t.Fatal(err)
	}
	bundle = build(t, sources(t, rules(":= set()", ":= input.time + 60", ":= {}", endless)), 1)
	if err := new(policy.Engine).Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock); err == nil || !strings.Contains(err.Error(), "a rule without an end") || !regexp.MustCompile(`release\.rego:[567]: `).MatchString(err.Error()) {
		t.Errorf("an endless rule: %v", err)
	}
}

// A purpose is where its countries are.
func TestDecideByCountries(t *testing.T) {
	e := engine(t, within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {"KE": true, "UG": true}, "retention_days": 2922`))
	for _, tt := range []struct {
		use, seat string
		permitted int
	}{{"KE", "KE", 5}, {"UG", "KE", 5}, {"SO", "KE", 0}, {"KE", "SO", 0}, {"SO", "SO", 0}, {"", "KE", 0}} {
		q := question()
		q.Grant.Jurisdiction, q.Institution.Jurisdiction = tt.use, tt.seat
		d, err := e.Decide(t.Context(), q)
		if err != nil || len(d.Permitted) != tt.permitted || (tt.permitted == 0 && !slices.Contains(d.Reasons, consent.ReasonPolicy)) {
			t.Errorf("%s, %s: %+v %v", tt.use, tt.seat, d, err)
		}
	}
}

func TestReadSourceDigest(t *testing.T) {
	bundle := build(t, sources(t, nil), 0)
	one, two := draft(t, nil), draft(t, less(t)["a kind less"])
	if one.Digest() == two.Digest() || one.Digest() == sha256.Sum256(bundle) {
		t.Error("two folders, or a folder and a bundle with an expiry, have one digest")
	}
}
