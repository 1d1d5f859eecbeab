package consent

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFieldNames(t *testing.T) {
	long := strings.Repeat("a", 40)
	for name, valid := range map[FieldName]bool{
		"identity.name": true, "health.observation.laboratory": true, "identity.identifier.social_security": true,
		"aid.a1_": true, FieldName("civil." + long + "." + long): true,

		"": false, "identity": false, "identity.": false, ".name": false, "identity..name": false, "identity.name.": false,
		"identity.name.first.letter": false, "money.account": false, "identity.Name": false, "Identity.name": false,
		"identity.1name": false, "identity._name": false, "identity.na-me": false, "identity.*": false, "identity.name\n": false,
		" identity.name": false, "identity.name ": false, "identity.näme": false, "identity.name\x00": false,
		FieldName("civil." + long + "a"): false, FieldName("civil." + long + "." + long + "a"): false, "health.%": false,
	} {
		err := name.Validate()
		if (err == nil) != valid || (err != nil && !errors.Is(err, ErrFieldName)) {
			t.Errorf("%q: %v", name, err)
		}
		if err != nil && name != "" && strings.Contains(err.Error(), string(name)) && len(name) > 8 {
			t.Errorf("the error echoes %q", name)
		}
	}
	for name, want := range map[FieldName]Category{"health.observation.laboratory": CategoryHealth, "identity": "", "": "", ".name": ""} {
		if got := name.Category(); got != want {
			t.Errorf("category of %q = %q", name, got)
		}
	}
}

func manyFields(n int) (list []FieldName) {
	for i := range n {
		list = append(list, FieldName(fmt.Sprintf("health.f%03d", i)))
	}
	return list
}

func TestValidateFields(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []FieldName
		valid  bool
	}{
		{"one", []FieldName{"identity.name"}, true},
		{"sorted", []FieldName{"contact.phone", "identity.name"}, true},
		{"200", manyFields(200), true},
		{"none", nil, false},
		{"201", manyFields(201), false},
		{"not sorted", []FieldName{"identity.name", "contact.phone"}, false},
		{"twice", []FieldName{"identity.name", "identity.name"}, false},
		{"pattern", []FieldName{"identity.*"}, false},
		{"category", []FieldName{"identity"}, false},
		{"one bad among good", []FieldName{"contact.phone", "identity.name!"}, false},
	} {
		if err := ValidateFields(c.fields); (err == nil) != c.valid {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	sorted := []FieldName{"contact.phone", "identity.name"}
	for name, want := range map[FieldName]bool{"identity.name": true, "identity": false, "identity.name.given": false, "": false, "zzz": false} {
		if Includes(sorted, name) != want {
			t.Errorf("Includes(%q) != %t", name, want)
		}
	}
}

func TestActions(t *testing.T) {
	for _, c := range []struct {
		set, asked Actions
		want       bool
	}{
		{Read, Read, true}, {Read | Write, Read, true}, {Read | Write, Read | Write, true},
		{Read, Write, false}, {Write, Read, false}, {Read, Read | Write, false}, {0, Read, false},
		{Read, 0, false}, {0, 0, false}, {Read | Write, 4, false}, {Read, Read | 4, false},
	} {
		if got := c.set.Has(c.asked); got != c.want {
			t.Errorf("%d has %d = %t", c.set, c.asked, got)
		}
	}
	for set, want := range map[Actions]string{Read: "read", Write: "write", Read | Write: "read+write", 0: "none", 4: "none", 255: "none"} {
		if set.String() != want {
			t.Errorf("%d = %q", set, set.String())
		}
	}
}

// What has a small closed form: valid spellings first, then refused ones.
func TestSmallForms(t *testing.T) {
	for what, c := range map[string]struct {
		check          func(string) error
		valid, refused []string
	}{
		"purpose": {func(s string) error { return Purpose(s).Validate() }, []string{"dpv:ServiceProvision", "dpv:A", "sector-health:CareProvision"},
			[]string{"", "ServiceProvision", "dpv:", ":A", "dpv:service provision", "DPV:A", "dpv:A:B", "dpv:A\n", "dpv:1A", "https://w3id.org/dpv#A", "dpv:" + strings.Repeat("A", 61)}},
		"legal basis": {func(s string) error { return LegalBasis(s).Validate() },
			[]string{"consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"},
			[]string{"", "Consent", "consent ", "none", "legitimate_interest"}},
		"jurisdiction": {ValidateJurisdiction, []string{"KE", "FR"}, []string{"", "K", "ke", "KEN", "K1", "KE\n", " KE", "ÄÖ"}},
		"language": {ValidateLanguage, []string{"en", "sw", "pt-BR", "zh-Hant-TW", "rhg"},
			[]string{"", "e", "EN", "en_GB", "en-", "english", "en-GB\n", "en-a", "en-aa-bb-cc-dd", "-en"}},
	} {
		for _, s := range c.valid {
			if err := c.check(s); err != nil {
				t.Errorf("%s %q: %v", what, s, err)
			}
		}
		for _, s := range c.refused {
			if c.check(s) == nil {
				t.Errorf("%s %q is taken", what, s)
			}
		}
	}
	for kind := KindHospital; kind <= KindAccreditor; kind++ {
		if ParseKind(kind.String()) != kind {
			t.Errorf("kind %d does not come back", kind)
		}
	}
	for _, name := range []string{"", "Hospital", "unknown", "vendor"} {
		if ParseKind(name) != KindUnknown {
			t.Errorf("kind %q is known", name)
		}
	}
	if (KindAccreditor + 1).String() != "unknown" {
		t.Error("a kind beyond the last has a name")
	}
}

func FuzzFieldName(f *testing.F) {
	for _, seed := range []string{"identity.name", "health.observation.laboratory", "a.b.c.d", "identity.\n", "identity.name\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := FieldName(s)
		if name.Validate() != nil {
			return
		}
		levels := strings.Split(s, ".")
		if len(s) > 96 || len(levels) < 2 || len(levels) > 3 || string(name.Category()) != levels[0] || strings.ToLower(s) != s || strings.ContainsAny(s, " \n\r\t\x00*%/-") {
			t.Fatalf("%q is taken", s)
		}
	})
}

func FuzzSmallForms(f *testing.F) {
	f.Add("dpv:ServiceProvision")
	f.Add("zh-Hant-TW")
	f.Add("KE")
	f.Fuzz(func(t *testing.T, s string) {
		for _, err := range []error{Purpose(s).Validate(), ValidateJurisdiction(s), ValidateLanguage(s), LegalBasis(s).Validate()} {
			if err != nil {
				continue
			}
			for _, c := range s {
				if c <= ' ' || c > '~' {
					t.Fatalf("%q is taken", s)
				}
			}
		}
	})
}
