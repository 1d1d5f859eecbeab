package vault

import (
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestCheckValue(t *testing.T) {
	field := func(typ consent.ValueType) consent.CatalogField {
		return consent.CatalogField{Type: typ, Codes: []string{"female", "male"}, Resource: "Condition"}
	}
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	tests := []struct {
		typ   consent.ValueType
		good  []string
		wrong []string
	}{
		{consent.TypeText, []string{`"a"`, ` "with space" `, `"` + strings.Repeat("x", 4000) + `"`},
			[]string{``, ` `, `""`, `null`, `1`, `{}`, `["a"]`, `"a" "b"`, `"a`, `"` + strings.Repeat("x", 4001) + `"`, `"\u0000"`, `"\ud800"`, "\"\xff\"", `'a'`}},
		{consent.TypeDate, []string{`"1990"`, `"1990-04"`, `"1990-04-02"`, `"2024-02-29"`},
			[]string{`1990`, `"90"`, `"1990-13"`, `"1990-02-30"`, `"2023-02-29"`, `"1990-4-2"`, `"1990-04-02T00:00:00Z"`, `"02/04/90"`, `""`, `null`}},
		{consent.TypeCode, []string{`"female"`}, []string{`"Female"`, `"other"`, `""`, `1`, `["female"]`, `null`}},
		{consent.TypeBoolean, []string{`true`, `false`}, []string{`"true"`, `1`, `null`, `True`, `[]`}},
		{consent.TypeNumber, []string{`1`, `-0.5`, `1e3`}, []string{`"1"`, `01`, `+1`, `NaN`, `0x1`, `null`, strings.Repeat("1", 65)}},
		{consent.TypeIdentifier, []string{`{"system":"urn:a","value":"7"}`},
			[]string{`{}`, `{"system":"a"}`, `{"system":"a","value":7}`, `{"system":"a","value":""}`, `{"system":"a","value":"` + strings.Repeat("x", 1001) + `"}`, `{"system":"a","other":"7"}`, `{"system":"a","value":"7","x":1}`, `{"System":"a","value":"7"}`, `{"system":"a","value":"\u0000"}`, `{"system":"\ud800","value":"7"}`, `"a"`, `[]`, `null`}},
		{consent.TypeObject, []string{`{"a":1}`, deep(32)}, []string{`{}`, `[]`, `"a"`, `null`, deep(33), `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`, `{"a":1}{"b":1}`, `{"a":1,}`, "{\"a\":\"\xff\"}"}},
		{consent.TypeList, []string{`[{}]`, `[{"a":1},{"b":2}]`}, []string{`[]`, `[1]`, `[{},1]`, `{}`, `null`, `[{}`, "[" + strings.Repeat("{},", maxElements) + "{}]"}},
		{consent.TypeFHIR, []string{`[{"resourceType":"Condition","id":"a"}]`, `[{"resourceType":"Condition","id":"a"},{"resourceType":"Condition","id":"b"}]`},
			[]string{`[]`, `{"resourceType":"Condition","id":"a"}`, `[{"resourceType":"Patient","id":"a"}]`, `[{"resourceType":"Condition"}]`, `[{"resourceType":"Condition","id":""}]`,
				`[{"resourceType":"Condition","id":"a/b"}]`, `[{"resourceType":"Condition","id":7}]`, `[{"id":"a"}]`, `[{"resourcetype":"Condition","id":"a"}]`,
				`[{"resourceType":"Condition","id":"a"},{"resourceType":"Condition","id":"a"}]`, `[null]`, `[{"resourceType":"Condition","id":"` + strings.Repeat("a", 65) + `"}]`}},
		{"no such type", nil, []string{`"a"`, `{}`, `null`}},
	}
	for _, test := range tests {
		for _, v := range test.good {
			if _, err := checkValue(field(test.typ), []byte(v)); err != nil {
				t.Errorf("%s refuses %.60s", test.typ, v)
			}
		}
		for _, v := range test.wrong {
			if _, err := checkValue(field(test.typ), []byte(v)); err == nil {
				t.Errorf("%s takes %.60s", test.typ, v)
			}
		}
	}
	big := `{"a":"` + strings.Repeat("x", maxValue-8) + `"}`
	if _, err := checkValue(field(consent.TypeObject), []byte(big)); err != nil {
		t.Error("refuses 16 MiB")
	}
	big += " "
	if _, err := checkValue(field(consent.TypeObject), []byte(big)); err == nil {
		t.Error("takes more than 16 MiB")
	}
	if _, err := checkValue(consent.CatalogField{Type: consent.TypeFHIR}, []byte(`[{"resourceType":"","id":"a"}]`)); err == nil {
		t.Error("takes a resource of no type")
	}
	for value, good := range map[string]bool{`""`: true, `7`: false, `null`: false, `{}`: false, `"\u0000"`: false} {
		if _, err := checkValue(consent.CatalogField{Type: consent.TypeCode, Codes: []string{"", "\x00"}}, []byte(value)); (err == nil) != good {
			t.Errorf("of strange codes, %s: %v", value, err)
		}
	}
	for value, good := range map[string]bool{`[{"resourceType":"Condition","id":"a"}]`: true, `[{"id":"a"}]`: false, `[{"resourceType":7,"id":"a"}]`: false} {
		if _, err := checkValue(consent.CatalogField{Type: consent.TypeFHIR, Matter: "hiv"}, []byte(value)); (err == nil) != good {
			t.Errorf("of a matter, %s: %v", value, err)
		}
	}
}

// Resources that are small enough one by one are refused where they are too large together.
func TestMergedValueIsBounded(t *testing.T) {
	field := consent.CatalogField{Type: consent.TypeFHIR, Resource: "Condition"}
	value := func(id string, size int) Sourced {
		start, end := `[{"resourceType":"Condition","id":"`+id+`","note":"`, `"}]`
		return Sourced{Value: []byte(start + strings.Repeat("x", size-len(start)-len(end)) + end), Signatures: make([]ItemSignature, 1)}
	}
	earlier := value("a", maxValue/2)
	merged, err := mergeValue(field, earlier, value("b", maxValue/2+1)) // two brackets become a comma
	if err != nil || len(merged.Value) != maxValue {
		t.Fatalf("%d bytes, %v", len(merged.Value), err)
	}
	if _, err := mergeValue(field, earlier, value("b", maxValue/2+2)); !errors.Is(err, errValue) {
		t.Errorf("a byte more: %v", err)
	}
}
