package policy_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// narrowing builds a bundle that says it narrows another.
func narrowing(t testing.TB, before []byte, revision, expires uint64, changes map[string][]byte) []byte {
	t.Helper()
	digest := consent.Digest(sha256.Sum256(before))
	bundle, _, err := policy.Build(sources(t, changes), policy.Manifest{Revision: revision, Expires: expires, Narrows: &digest})
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// edited is the default bundle's file with texts replaced, each of which must be there.
func edited(t testing.TB, name string, pairs ...string) map[string][]byte {
	t.Helper()
	content := string(sources(t, nil)[name].Data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(content, pairs[i]) {
			t.Fatalf("%s lacks %q", name, pairs[i])
		}
		content = strings.Replace(content, pairs[i], pairs[i+1], 1)
	}
	return map[string][]byte{name: []byte(content)}
}

// entryOf cuts one entry's text out of a file, so that an edit stays within it.
func within(t testing.TB, name, entry, from, to string) map[string][]byte {
	t.Helper()
	content := string(sources(t, nil)[name].Data)
	at := strings.Index(content, "\n "+fmt.Sprintf("%q", entry)+": {")
	if at < 0 || !strings.Contains(content[at:], from) {
		t.Fatalf("%s: no %q after %s", name, from, entry)
	}
	return map[string][]byte{name: []byte(content[:at] + strings.Replace(content[at:], from, to, 1))}
}

const treatment = "sector-health:ServiceProvision"

// less are changes that purely narrow the default bundle.
func less(t testing.TB) map[string]map[string][]byte {
	return map[string]map[string][]byte{
		"nothing but the dates": nil,
		"a kind less":           within(t, purposes, treatment, `"clinic": true,`, ``),
		"a basis less":          within(t, purposes, treatment, `"contract": true,`, ``),
		"a field less":          within(t, purposes, treatment, `"contact.phone": true,`, ``),
		"fewer days":            within(t, purposes, treatment, `"retention_days": 2922`, `"retention_days": 30`),
		"a country":             within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {"KE": true}, "retention_days": 2922`),
		"no country":            within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {}, "retention_days": 2922`),
		"a later day":           within(t, purposes, treatment, "\"effective\": \"2026-01-01\",\n  \"from\": 1767225600", `"effective": "2027-01-01", "from": 1798761600`),
		"a field's kind less":   within(t, fields, "health.allergy", `"clinic": true,`, ``),
		"other tests":           {"release_test.rego": []byte("package wrappy.release_test\ntest_x if true\n")},
		"no tests":              {"release_test.rego": nil},
		"another layout":        {purposes: bytes.ReplaceAll(sources(t, nil)[purposes].Data, []byte("\n "), []byte("\n\t"))},
	}
}

// more are changes that do not, each of which a single reviewer might try.
func more(t testing.TB) map[string]map[string][]byte {
	tests := map[string]map[string][]byte{
		"a kind more":                  within(t, purposes, treatment, `"clinic": true,`, `"clinic": true, "school": true,`),
		"a basis more":                 within(t, purposes, treatment, `"consent": true,`, `"consent": true, "legitimate_interests": true,`),
		"a field more":                 within(t, purposes, treatment, `"contact.phone": true,`, `"contact.phone": true, "identity.race": true,`),
		"one field for another":        within(t, purposes, treatment, `"contact.phone": true,`, `"identity.race": true,`),
		"more days":                    within(t, purposes, treatment, `"retention_days": 2922`, `"retention_days": 2923`),
		"an earlier day":               within(t, purposes, treatment, "\"effective\": \"2026-01-01\",\n  \"from\": 1767225600", `"effective": "1970-01-01", "from": 0`),
		"another label":                within(t, purposes, "sector-finance:CustomerDueDiligence", `"en": "Opening an account"`, `"en": "Checking who you are"`),
		"another citation":             within(t, purposes, treatment, `"law": "`, `"law": "none; `),
		"a field's kind more":          within(t, fields, "health.allergy", `"clinic": true,`, `"clinic": true, "school": true,`),
		"a field's label":              within(t, fields, "health.allergy", `"en": "Allerg`, `"en": "No allerg`),
		"a field's type":               within(t, fields, "identity.birth_date", `"type": "date"`, `"type": "text"`),
		"a field's sensitivity":        within(t, fields, "health.allergy", `"special_category"`, `"location"`),
		"a rule":                       edited(t, "release.rego", "input.institution.suspended == false", "input.institution.suspended in {true, false}"),
		"a comment in a rule":          edited(t, "release.rego", "# open:", "# Open:"),
		"a rule added":                 {"more.rego": []byte("package wrappy.release\npermitted contains f if some f in input.fields\n")},
		"a rule removed, one added":    {"reasons.rego": nil, "reasons2.rego": sources(t, nil)["reasons.rego"].Data},
		"a rule that calls it a test":  {"reasons.rego": nil, "reasons_test.rego": sources(t, nil)["reasons.rego"].Data},
		"data that nobody knows":       {"more/data.json": []byte("{}")},
		"codes fewer":                  edited(t, codes, `"D57": "Sickle-cell disorders",`, ``),
		"codes more":                   edited(t, codes, `"D57": "Sickle-cell disorders",`, `"D57": "Sickle-cell disorders", "D58": "Other anaemias",`),
		"a matter's name of a code":    edited(t, codes, `"Sickle-cell disorders"`, `"Measles"`),
		"a purpose for another":        edited(t, purposes, `"dpv:PersonnelHiring": {`, `"dpv:PersonnelTraining": {`, "https://w3id.org/dpv#PersonnelHiring", "https://w3id.org/dpv#PersonnelTraining"),
		"less here, more there":        within(t, purposes, treatment, `"clinic": true,`, ``),
		"a picture":                    within(t, fields, "health.allergy", `"picture": "`, `"picture": "x`),
		"a set that is not one":        within(t, purposes, treatment, `"clinic": true,`, `"clinic": "yes",`),
		"rules that move to a _test.r": {"release.rego": nil, "release_test.rego": sources(t, nil)["release.rego"].Data},
	}
	both := string(tests["less here, more there"][purposes])
	tests["less here, more there"] = map[string][]byte{purposes: []byte(strings.Replace(both, `"retention_days": 366`, `"retention_days": 367`, 1))}
	return tests
}

func terms(before []byte, signers ...ed25519.PrivateKey) policy.Terms {
	offers := []policy.Offer{{Bundle: before, Approvals: sign(before, signers...)}}
	return policy.Terms{Reviewers: reviewers, MinRevision: 1, InForce: sha256.Sum256(before), Before: offers, Now: clock}
}

func TestPureNarrowingByOneApproval(t *testing.T) {
	before := build(t, sources(t, nil), 1)
	t.Run("allowed", func(t *testing.T) {
		for name, changes := range less(t) {
			bundle := narrowing(t, before, 2, now+86400, changes)
			l, err := policy.LoadOffer(policy.Offer{Bundle: bundle, Approvals: sign(bundle, anna)}, terms(before, anna, bela))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if of, narrows := l.Narrows(); !narrows || of != sha256.Sum256(before) {
				t.Errorf("%s: it does not say that it is to be reviewed", name)
			}
			if _, err := policy.LoadOffer(policy.Offer{Bundle: bundle, Approvals: sign(bundle, stranger)}, terms(before, anna, bela)); !errors.Is(err, policy.ErrApproval) {
				t.Errorf("%s, by a stranger: %v", name, err)
			}
		}
	})
	t.Run("refused", func(t *testing.T) {
		for name, changes := range more(t) {
			bundle := narrowing(t, before, 2, now+86400, changes)
			_, err := policy.LoadOffer(policy.Offer{Bundle: bundle, Approvals: sign(bundle, anna)}, terms(before, anna, bela))
			if !errors.Is(err, policy.ErrApproval) || !strings.Contains(err.Error(), "1 of 2 reviewers") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Around a change that narrows: everything else must be right too.
func TestNarrowingIsHeldAgainstTheBundleInForce(t *testing.T) {
	before := build(t, sources(t, nil), 1)
	change := less(t)["a kind less"]
	good := narrowing(t, before, 2, now+86400, change)
	other := build(t, sources(t, less(t)["a field less"]), 1)
	tests := []struct {
		name   string
		bundle []byte
		change func(*policy.Terms)
		ok     bool
	}{
		{"as it should be", good, func(*policy.Terms) {}, true},
		{"in force already", good, func(c *policy.Terms) { c.InForce, c.MinRevision = sha256.Sum256(good), 2 }, true},
		{"no bundle named", build(t, sources(t, change), 2), func(*policy.Terms) {}, false},
		{"nothing is known of what was in force", good, func(c *policy.Terms) { c.InForce = consent.Digest{} }, false},
		{"another is in force", good, func(c *policy.Terms) { c.InForce = sha256.Sum256(other) }, false},
		{"what it narrows is not at hand", good, func(c *policy.Terms) { c.Before = nil }, false},
		{"another is at hand", good, func(c *policy.Terms) { c.Before[0] = policy.Offer{Bundle: other, Approvals: sign(other, anna, bela)} }, false},
		{"what it narrows has one approval", good, func(c *policy.Terms) { c.Before[0].Approvals = sign(before, anna) }, false},
		{"what it narrows has none", good, func(c *policy.Terms) { c.Before[0].Approvals = nil }, false},
		{"what it narrows was approved by strangers", good, func(c *policy.Terms) { c.Before[0].Approvals = sign(before, stranger, reviewer(8)) }, false},
		{"its approvals come with what it narrows", good, func(c *policy.Terms) { c.Before[0].Approvals = sign(good, anna, bela) }, false},
		{"it names another", narrowing(t, other, 2, now+86400, change), func(*policy.Terms) {}, false},
		{"it names itself in force", narrowing(t, other, 2, now+86400, change), func(c *policy.Terms) { c.InForce = sha256.Sum256(other) }, false},
		{"it expires later", narrowing(t, before, 2, now+86401, change), func(*policy.Terms) {}, false},
		{"it skips a revision", narrowing(t, before, 3, now+86400, change), func(*policy.Terms) {}, false},
		{"it takes the last of all revisions", narrowing(t, before, ^uint64(0), now+86400, change), func(*policy.Terms) {}, false},
		{"it has the same revision", narrowing(t, before, 1, now+86400, change), func(*policy.Terms) {}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := terms(before, anna, bela)
			tt.change(&c)
			_, err := policy.LoadOffer(policy.Offer{Bundle: tt.bundle, Approvals: sign(tt.bundle, bela)}, c)
			if tt.ok != (err == nil) || (!tt.ok && !errors.Is(err, policy.ErrApproval) && !errors.Is(err, policy.ErrRevision)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// What one reviewer took away the same reviewer cannot bring back, whatever the bundle
// names; a second approval makes the narrowing whole, and a new one may stand on it.
func TestNarrowingsInTheEngine(t *testing.T) {
	var e policy.Engine
	first := build(t, sources(t, nil), 1)
	if err := e.Load(first, approve(t, first, anna, bela), reviewers, 0, clock); err != nil {
		t.Fatal(err)
	}
	clinic := narrowing(t, first, 2, now+86400, less(t)["a kind less"])
	load := func(bundle []byte, before []policy.Offer, signers ...ed25519.PrivateKey) error {
		return e.LoadOffer(policy.Offer{Bundle: bundle, Approvals: sign(bundle, signers...)}, policy.Terms{Reviewers: reviewers, InForce: consent.Digest{9}, Before: before, Now: clock})
	}
	one := policy.Offer{Bundle: first, Approvals: sign(first, anna, bela)}
	two := policy.Offer{Bundle: clinic, Approvals: sign(clinic, anna)}
	if err := load(clinic, []policy.Offer{one}, anna); err != nil {
		t.Fatal(err)
	}
	if h := e.Health(); h.Narrows != sha256.Sum256(first) || h.Revision != 2 {
		t.Fatalf("%+v", h)
	}
	asks := func(kind consent.Kind, want int) {
		t.Helper()
		q := question()
		q.Institution.Kind = kind
		if d, err := e.Decide(t.Context(), q); err != nil || len(d.Permitted) != want || d.PolicyDigest != e.Digest() {
			t.Errorf("%s: %d permitted, %v", kind, len(d.Permitted), err)
		}
	}
	asks(consent.KindClinic, 0)
	asks(consent.KindHospital, 5)
	back := narrowing(t, first, 3, now+86400, less(t)["a field less"]) // narrower than the first, and the clinic is back
	if err := load(back, []policy.Offer{one, two}, anna); !errors.Is(err, policy.ErrApproval) {
		t.Errorf("the clinic is back by one approval: %v", err)
	}
	back = narrowing(t, first, 2, now+86400, less(t)["a field less"])
	if err := load(back, []policy.Offer{one, two}, anna); err == nil {
		t.Error("another of the same revision")
	}
	asks(consent.KindClinic, 0)
	both := less(t)["a kind less"]
	both[purposes] = bytes.Replace(both[purposes], []byte(`"contact.phone": true,`), nil, 1)
	next := narrowing(t, clinic, 3, now+86400, both)
	if err := load(next, []policy.Offer{one, two}, bela); err != nil {
		t.Errorf("a narrowing of a narrowing: %v", err)
	}
	if err := load(next, []policy.Offer{one, {Bundle: clinic}}, bela); err == nil {
		t.Error("a narrowing that stands on what nobody approved")
	}
	if err := load(next, nil, anna, bela); err != nil || e.Health().Narrows != (consent.Digest{}) {
		t.Errorf("a second approval: %v", err)
	}
	asks(consent.KindClinic, 0)
}

func TestNarrowingsAreBounded(t *testing.T) {
	before := build(t, sources(t, nil), 1)
	offers := []policy.Offer{{Bundle: before, Approvals: sign(before, anna, bela)}}
	for n := uint64(2); n < 12; n++ {
		bundle := narrowing(t, before, n, now+86400, nil)
		o := policy.Offer{Bundle: bundle, Approvals: sign(bundle, anna)}
		_, err := policy.LoadOffer(o, policy.Terms{Reviewers: reviewers, MinRevision: n - 1, InForce: sha256.Sum256(before), Before: offers, Now: clock})
		if allowed := n <= 5; allowed != (err == nil) {
			t.Fatalf("narrowing %d: %v", n-1, err)
		}
		before, offers = bundle, append(offers, o)
	}
}

// Rules that two reviewers approved may read data in reverse: then less data permits
// more. While one approval is all there is, the bundle before holds it back.
func TestNarrowingOfRulesThatReadInReverse(t *testing.T) {
	reverse := map[string][]byte{"reasons.rego": nil, "release_test.rego": nil, "release.rego": []byte(`package wrappy.release
permitted contains f if {
	some f in input.fields
	not data.purposes[input.grant.purpose].read[f]
}
valid_until := input.time + 60
withheld := {}
reasons := set()
`)}
	var e policy.Engine
	first := build(t, sources(t, reverse), 1)
	if err := e.Load(first, approve(t, first, anna, bela), reviewers, 0, clock); err != nil {
		t.Fatal(err)
	}
	changes := less(t)["a field less"]
	for name, content := range reverse {
		changes[name] = content
	}
	second := narrowing(t, first, 2, now+86400, changes)
	one := policy.Offer{Bundle: first, Approvals: sign(first, anna, bela)}
	permitted := func(signers ...ed25519.PrivateKey) []consent.FieldName {
		t.Helper()
		if err := e.LoadOffer(policy.Offer{Bundle: second, Approvals: sign(second, signers...)}, policy.Terms{Reviewers: reviewers, Before: []policy.Offer{one}, Now: clock}); err != nil {
			t.Fatal(err)
		}
		d, err := e.Decide(t.Context(), question())
		if err != nil || len(d.Permitted)+len(d.Withheld) != 5 {
			t.Fatal(err)
		}
		return d.Permitted
	}
	if got := permitted(anna); len(got) != 0 {
		t.Errorf("one approval opened %v", got)
	}
	if got := permitted(anna, bela); len(got) != 1 || got[0] != "contact.phone" {
		t.Errorf("the rules are not in reverse: %v", got)
	}
}
