package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// a28 is the day of most rows, 2026-11-28, at noon.
var a28 = uint64(time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC).Unix())

func immunizations(list ...string) string { return "[" + strings.Join(list, ",") + "]" }

func shot(status, system, code string) string {
	return fmt.Sprintf(`{"resourceType":"Immunization","id":"i1","status":%q,"vaccineCode":{"coding":[{"system":%q,"code":%q}]}}`, status, system, code)
}

const (
	cvx = "http://hl7.org/fhir/sid/cvx"
	atc = "http://www.whocc.no/atc"
)

// What the default bundle's derived fields say. "" is no answer.
func TestDeriveByDefault(t *testing.T) {
	const born, shots, school, address = "identity.birth_date", "health.immunization", "education.enrolment", "contact.address"
	mmr := shot("completed", cvx, "03")
	tests := []struct {
		field  consent.FieldName
		input  consent.FieldName
		value  string
		at     uint64
		answer string
	}{
		{"identity.over_18", born, `"2008-11-28"`, a28, "true"},
		{"identity.over_18", born, `"2008-11-29"`, a28, "false"},
		{"identity.over_16", born, `"2008-11-29"`, a28, "true"},
		{"identity.over_18", born, `"2007"`, a28, "true"},
		{"identity.over_18", born, `"2009"`, a28, "false"},
		// The day is that of UTC: its last second, and the first of the next.
		{"identity.over_18", born, `"2008-11-29"`, uint64(time.Date(2026, 11, 28, 23, 59, 59, 0, time.UTC).Unix()), "false"},
		{"identity.over_18", born, `"2008-11-29"`, uint64(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC).Unix()), "true"},
		{"identity.over_18", born, `"2008"`, a28, ""},
		{"identity.over_18", born, `"2008-11"`, a28, ""},
		{"identity.over_18", born, `"2028-01-01"`, a28, ""},
		{"identity.over_18", born, `"unknown"`, a28, ""},
		{"identity.over_18", born, `2008`, a28, ""},
		{"identity.over_18", born, `null`, a28, ""},
		{"identity.over_18", born, `["1990-01-01"]`, a28, ""},
		{"identity.over_18", born, `{"value":"1990-01-01"}`, a28, ""},
		{"identity.over_18", born, ``, a28, ""},
		{"identity.over_18", born, `"1990-01-01" "1990-01-01"`, a28, ""},
		{"identity.over_18", born, `"1990-01-01"`, 1 << 62, ""},
		{"identity.over_18", "identity.name", `"1990-01-01"`, a28, ""},
		{"identity.birth_date", born, `"1990-01-01"`, a28, ""}, // not derived
		{"identity.over_99", born, `"1900-01-01"`, a28, ""},    // not in the catalog

		{"health.vaccinated.measles", shots, immunizations(mmr), a28, "true"},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", cvx, "08"), mmr), a28, "true"},
		{"health.vaccinated.measles", shots, immunizations(`{"resourceType":"Immunization","id":"t","status":"completed","vaccineCode":{"text":"?"}}`, mmr), a28, "true"},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", atc, "J07BD52")), a28, "true"},
		{"health.vaccinated.polio", shots, immunizations(shot("completed", cvx, "120")), a28, "true"},
		{"health.vaccinated.yellow_fever", shots, immunizations(shot("completed", cvx, "37")), a28, "true"},
		{"health.vaccinated.covid19", shots, immunizations(shot("completed", cvx, "208")), a28, "true"},
		{"health.vaccinated.measles", shots, immunizations(shot("not-done", cvx, "03")), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(shot("entered-in-error", cvx, "03")), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", cvx, "3")), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", "http://snomed.info/sct", "03")), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", cvx+"|03", "")), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(shot("completed", cvx, "120")), a28, ""}, // polio, not measles
		{"health.vaccinated.polio", shots, immunizations(mmr), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(strings.Replace(mmr, `"status"`, `"isSubpotent":true,"status"`, 1)), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(strings.Replace(mmr, `"completed"`, `7`, 1)), a28, ""},
		{"health.vaccinated.measles", shots, immunizations(`{"resourceType":"Immunization","id":"t","status":"completed","vaccineCode":{"text":"MMR"}}`), a28, ""},
		{"health.vaccinated.measles", shots, `[]`, a28, ""},
		{"health.vaccinated.measles", shots, mmr, a28, ""},
		{"health.vaccinated.measles", shots, `["completed"]`, a28, ""},
		{"health.vaccinated.measles", shots, `[` + mmr, a28, ""},

		{"education.enrolled", school, `{"period":{"start":"2026-09-01","end":"2027-06-30"}}`, a28, "true"},
		{"education.enrolled", school, `{"period":{"start":"2026-09-01"}}`, a28, "true"},
		{"education.enrolled", school, `{"period":{"start":"2025-09-01","end":"2026-06-30"}}`, a28, "false"},
		{"education.enrolled", school, `{"period":{"start":"2027-01-07"}}`, a28, "false"},
		{"education.enrolled", school, `{"period":{"end":"2027-06-30"}}`, a28, ""},
		{"education.enrolled", school, `{"period":{"start":"2026"}}`, a28, ""},
		{"education.enrolled", school, `{"period":{}}`, a28, ""},
		{"education.enrolled", school, `{"period":"2026"}`, a28, ""},
		{"education.enrolled", school, `{"period":{"start":20260901}}`, a28, ""},
		{"education.enrolled", school, `{"status":"active"}`, a28, ""},
		{"education.enrolled", school, `[]`, a28, ""},

		{"contact.residence_country", address, `[{"country":"KE"}]`, a28, `"KE"`},
		{"contact.residence_country", address, `[{"country":"KEN","use":"home","city":"Kisumu"}]`, a28, `"KE"`},
		{"contact.residence_country", address, `[{"country":"SO","use":"old"},{"country":"KE"}]`, a28, `"KE"`},
		{"contact.residence_country", address, `[{"country":"SO","period":{"start":"2001","end":"2019"}},{"country":"KE","period":{"start":"2019"}}]`, a28, `"KE"`},
		{"contact.residence_country", address, `[{"country":"KE"},{"country":"KEN"}]`, a28, `"KE"`},
		{"contact.residence_country", address, `[{"country":"KE"},{"country":"SO"}]`, a28, ""}, // which of the two is not known
		{"contact.residence_country", address, `[{"country":"KE"},{"city":"Kisumu"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"KE"},{"country":"SO","period":{"end":"2027"}}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"KE","use":"work"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"KE","type":"postal"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"Kenya"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"XX"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":"ke"}]`, a28, ""},
		{"contact.residence_country", address, `[{"country":254}]`, a28, ""},
		{"contact.residence_country", address, `[{"city":"Kisumu"}]`, a28, ""},
		{"contact.residence_country", address, `[]`, a28, ""},
		{"contact.residence_country", address, `{"country":"KE"}`, a28, ""},
	}
	e := engine(t, nil)
	for _, tt := range tests {
		got, err := e.Derive(t.Context(), e.Catalog(), tt.field, map[consent.FieldName][]byte{tt.input: []byte(tt.value)}, tt.at)
		if err != nil || string(got) != tt.answer {
			t.Errorf("%s of %.200s: %s, %v; want %q", tt.field, tt.value, got, err, tt.answer)
		}
	}
}

// The catalog that a decision was made by and the one that answers are one.
func TestDeriveUnderAnotherBundle(t *testing.T) {
	e := engine(t, nil)
	catalog, inputs := e.Catalog(), map[consent.FieldName][]byte{"identity.birth_date": []byte(`"1990-01-01"`)}
	if got, err := e.Derive(t.Context(), catalog, "identity.over_18", inputs, a28); err != nil || string(got) != "true" {
		t.Fatalf("%s, %v", got, err)
	}
	next := build(t, sources(t, nil), 2)
	if err := e.Load(next, approve(t, next, anna, bela), reviewers, 0, clock); err != nil {
		t.Fatal(err)
	}
	var none policy.Engine
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ask := range map[string]func() ([]byte, error){
		"a new bundle in force": func() ([]byte, error) {
			return e.Derive(t.Context(), catalog, "identity.over_18", inputs, a28)
		},
		"no catalog": func() ([]byte, error) { return e.Derive(t.Context(), nil, "identity.over_18", inputs, a28) },
		"no bundle":  func() ([]byte, error) { return none.Derive(t.Context(), nil, "identity.over_18", inputs, a28) },
		"a call that is over": func() ([]byte, error) {
			return e.Derive(over, e.Catalog(), "identity.over_18", inputs, a28)
		},
	} {
		if got, err := ask(); got != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// derivedField is the default catalog with one more field.
func derivedField(t *testing.T, change func(f map[string]any)) map[string][]byte {
	t.Helper()
	var all map[string]map[string]any
	if err := json.Unmarshal(sources(t, nil)[fields].Data, &all); err != nil {
		t.Fatal(err)
	}
	f := map[string]any{
		"name": "identity.test", "type": "boolean", "sensitive": []string{}, "label": map[string]string{"en": "Test"}, "picture": "dots",
		"read": map[string]bool{"clinic": true}, "write": map[string]bool{},
		"derived": map[string]any{"inputs": []string{"identity.birth_date"}, "expression": `identity.birth_date == today`},
	}
	change(f)
	all["identity.test"] = f
	content, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{fields: content}
}

func expression(text string, inputs ...string) func(map[string]any) {
	return func(f map[string]any) {
		if len(inputs) == 0 {
			inputs = []string{"identity.birth_date"}
		}
		f["derived"] = map[string]any{"inputs": inputs, "expression": text}
		f["sensitive"] = []string{"location", "special_category"}
	}
}

// Each of these carries two good signatures. The message names the file and the line of
// the field, and line and column in the expression.
func TestLoadRefusesDerived(t *testing.T) {
	shots := func(text string) func(map[string]any) { return expression(text, "health.immunization") }
	set := func(name string, value any) func(map[string]any) {
		return func(f map[string]any) { f[name] = value }
	}
	tests := []struct {
		name, message string
		change        func(map[string]any)
	}{
		{"no expression", `expression:1:1`, expression("")},
		{"bad syntax", `expression:1:24: Syntax error`, expression(`identity.birth_date == == today`)},
		{"bad syntax on the second line", `expression:2:4: Syntax error`, expression("identity.birth_date\n== == today")},
		{"a name nobody knows", `undeclared reference to 'born'`, expression(`born == today`)},
		{"a field that is no input", `undeclared reference to 'identity'`, expression(`identity.birth_date == today && identity.name.size() == 0`)},
		{"a list nobody knows", `undeclared reference to 'lists'`, expression(`identity.birth_date in lists.measels`)},
		{"the clock", `undeclared reference to 'now'`, expression(`identity.birth_date == now()`)},
		{"a timestamp", `undeclared reference to 'timestamp'`, expression(`timestamp(identity.birth_date).getFullYear() < 2008`)},
		{"chance", `undeclared reference to 'rand'`, expression(`identity.birth_date == today && rand() > 0.5`)},
		{"a regular expression", `undeclared reference to 'matches'`, expression(`identity.birth_date.matches("(a+)+$")`)},
		{"a conversion", `undeclared reference to 'int'`, expression(`int(identity.birth_date) > 2008`)},
		{"the network", `undeclared reference to 'http'`, expression(`http.get("https://example.org/" + identity.birth_date)`)},
		{"a message type", `does not support field selection`, expression(`google.protobuf.BoolValue{value: identity.birth_date == today}.value`)},
		{"two types compared", `found no matching overload for '_==_'`, expression(`identity.birth_date == 18`)},
		{"too few arguments", `found no matching overload for 'reached'`, expression(`reached(identity.birth_date, 18)`)},
		{"an age that is text", `found no matching overload for 'reached'`, expression(`reached(identity.birth_date, "18", today)`)},
		{"the value itself", `expression: gives string; want bool`, expression(`identity.birth_date`)},
		{"a number", `expression: gives int; want bool`, expression(`size(identity.birth_date)`)},
		{"a list", `expression: gives list(string)`, expression(`[identity.birth_date]`)},
		{"anything", `expression: gives dyn`, shots(`health.immunization[0].status`)},
		{"a member of anything", `expression: gives optional_type(dyn)`, shots(`health.immunization[0].?status`)},
		{"a loop in a loop in a loop", `expression: costs too much`, shots(`health.immunization.exists(i, i.a.exists(a, a.b.exists(b, b == today)))`)},
		{"every element with every other", `expression: costs too much`, shots(`health.immunization.exists(i, health.immunization.exists(j, i == j))`)},
		{"long", `expression`, expression(`identity.birth_date == "` + strings.Repeat("x", 2000) + `"`)},
		{"deep", `expression`, expression(strings.Repeat("!(", 60) + `identity.birth_date == today` + strings.Repeat(")", 60))},
		{"many nodes", `expression`, expression(`identity.birth_date == today` + strings.Repeat(` || true`, 240))},

		{"a type with room for the value", `type: want boolean or code`, set("type", "text")},
		{"a date", `type: want boolean or code`, set("type", "date")},
		{"an object", `type: want boolean or code`, set("type", "object")},
		{"somebody who writes it", `write: nobody writes what is computed`, set("write", map[string]bool{"clinic": true})},
		{"no inputs", `inputs: want 1 to 8`, set("derived", map[string]any{"inputs": []string{}, "expression": "true"})},
		{"nine inputs", `inputs: want 1 to 8`, expression("true", "a.b", "a.c", "a.d", "a.e", "a.f", "a.g", "a.h", "a.i", "a.j")},
		{"an input twice", `inputs: want 1 to 8`, expression("true", "identity.birth_date", "identity.birth_date")},
		{"inputs not sorted", `inputs: want 1 to 8`, expression("true", "identity.name", "identity.birth_date")},
		{"an input nobody knows", `inputs: "identity.shoe_size": not a field`, expression("true", "identity.shoe_size")},
		{"an input that is derived", `inputs: "identity.over_18": derived itself`, expression("identity.over_18", "identity.over_18")},
		{"itself", `inputs: "identity.test": derived itself`, expression("identity.test", "identity.test")},
		{"an input that is not used", `inputs: "identity.name": not used`, expression("identity.birth_date == today", "identity.birth_date", "identity.name")},
		{"no use of any input", `inputs: "identity.birth_date": not used`, expression("true")},
		{"a member nobody knows", `data.fields`, set("derived", map[string]any{"inputs": []string{"identity.birth_date"}, "expression": "true", "hint": "x"})},
		{"a label that an input has and it has not", `sensitive: want "special_category", which input "health.immunization" has`, func(f map[string]any) {
			shots(`health.immunization.size() == 0`)(f)
			f["sensitive"] = []string{"location"}
		}},
		{"a code without codes", `codes`, set("type", "code")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := sources(t, derivedField(t, tt.change))
			bundle := build(t, source, 1)
			_, err := policy.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock)
			if !errors.Is(err, policy.ErrBundle) || !strings.Contains(err.Error(), tt.message) {
				t.Fatalf("%v\nwant %q", err, tt.message)
			}
			if !strings.Contains(tt.message, "expression") && !strings.Contains(tt.message, "input") && !strings.Contains(tt.message, "undeclared") {
				return
			}
			lines := strings.Split(string(source[fields].Data), "\n")
			line := 0
			for i, l := range lines {
				if strings.Contains(l, `"identity.test"`) {
					line = i + 1 // of the field; its derivation stands a line or two below
					break
				}
			}
			if place := fmt.Sprintf("fields/data.json:%d: ", line+1); !strings.Contains(err.Error(), place) {
				t.Errorf("%v\nwant %q", err, place)
			}
		})
	}
}

func TestLoadTakesDerived(t *testing.T) {
	for name, text := range map[string]string{
		"a comparison":     `identity.birth_date < today`,
		"what is certain":  `reached(identity.birth_date, 5, today)`,
		"its opposite":     `reached(identity.birth_date, 5, today).hasValue() ? optional.of(!reached(identity.birth_date, 5, today).value()) : optional.none()`,
		"a condition":      `identity.birth_date.startsWith("20") ? true : identity.birth_date.endsWith("-01")`,
		"a look into list": `identity.birth_date in lists.countries`,
		"many lines":       "identity.birth_date\n < today // a remark",
	} {
		e := engine(t, derivedField(t, expression(text)))
		if _, known := e.Catalog().Field("identity.test"); !known {
			t.Errorf("%s: not in the catalog", name)
		}
	}
}

func TestLoadRefusesLists(t *testing.T) {
	for name, content := range map[string]string{
		"no source":       `{"a": {"source": " ", "values": {"x": "y"}}}`,
		"no values":       `{"a": {"source": "s", "values": {}}}`,
		"an empty value":  `{"a": {"source": "s", "values": {"x": ""}}}`,
		"an empty key":    `{"a": {"source": "s", "values": {"": "y"}}}`,
		"a long key":      `{"a": {"source": "s", "values": {"` + strings.Repeat("x", 301) + `": "y"}}}`,
		"a number":        `{"a": {"source": "s", "values": {"x": 1}}}`,
		"a name":          `{"A b": {"source": "s", "values": {"x": "y"}}}`,
		"a member":        `{"a": {"source": "s", "values": {"x": "y"}, "more": 1}}`,
		"nothing":         `{}`,
		"a list of lists": `[]`,
	} {
		source := sources(t, map[string][]byte{"lists/data.json": []byte(content)})
		bundle := build(t, source, 1)
		if _, err := policy.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock); !errors.Is(err, policy.ErrBundle) || !strings.Contains(err.Error(), "data.lists") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Beyond its bounds an evaluation has no answer, and ends soon.
func TestDeriveBounds(t *testing.T) {
	const worst = `health.immunization.exists(i, i.a.exists(a, a == today))`
	e := engine(t, derivedField(t, expression(worst, "health.immunization")))
	list := func(outer, inner int) []byte {
		one := `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", inner), ",") + `]}`
		return []byte("[" + strings.TrimSuffix(strings.Repeat(one+",", outer), ",") + "]")
	}
	tests := []struct {
		name   string
		value  []byte
		answer string
	}{
		{"a long record", list(1000, 60), "false"},
		{"more than an evaluation may cost", list(1000, 400), ""},
		{"one loop that costs too much", list(1, 400_000), ""},
		{"more than a megabyte", append(list(1, 1), strings.Repeat(" ", 1<<20)...), ""},
		{"nested deeply", []byte(strings.Repeat(`[{"a":`, 1000) + "1" + strings.Repeat("}]", 1000)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begun := time.Now()
			got, err := e.Derive(t.Context(), e.Catalog(), "identity.test", map[consent.FieldName][]byte{"health.immunization": tt.value}, a28)
			if err != nil || string(got) != tt.answer {
				t.Errorf("%s, %v", got, err)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("took %s", took)
			} else {
				t.Log(took)
			}
		})
	}
}

// However a code's expression is written, only one of the codes leaves it.
func TestDeriveGivesCodesOnly(t *testing.T) {
	e := engine(t, derivedField(t, func(f map[string]any) {
		expression("identity.birth_date")(f)
		f["type"], f["codes"] = "code", []string{"1990", "1991"}
	}))
	for value, want := range map[string]string{`"1990"`: `"1990"`, `"1991"`: `"1991"`, `"1992"`: "", `"1990-01-01"`: "", `""`: "", `"true"`: "", `true`: ""} {
		got, err := e.Derive(t.Context(), e.Catalog(), "identity.test", map[consent.FieldName][]byte{"identity.birth_date": []byte(value)}, a28)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", value, got, err)
		}
	}
}
