package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

type sample struct {
	Name   string                     `json:"name"`
	Count  uint32                     `json:"count"`
	Signed *int8                      `json:"signed,omitempty"`
	Bytes  []byte                     `json:"bytes,omitempty"`
	Yes    *bool                      `json:"yes,omitempty"`
	Ratio  *float64                   `json:"ratio,omitempty"`
	List   []inner                    `json:"list,omitempty"`
	Free   json.RawMessage            `json:"free,omitempty"`
	Map    map[string]json.RawMessage `json:"map,omitempty"`
}

type inner struct {
	A string `json:"a"`
}

func TestDecode(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		name, in string
		fault    Fault
		pointer  string
	}{
		{"least", `{"name":"x","count":0}`, "", ""},
		{"everything", ` { "name" : "é\ud83d\ude00\n" , "count":4294967295,"signed":-128,"bytes":"AAE=","yes":false,"ratio":1e-3,"list":[{"a":""}],"free":[null,{"z":1.5}],"map":{"k":null}} `, "", ""},
		{"deepest", `{"name":"x","count":1,"free":` + deep(31) + `}`, "", ""},

		{"empty", ``, Syntax, ""},
		{"byte order mark", "\xef\xbb\xbf{}", Syntax, ""},
		{"cut", `{"name":"x"`, Syntax, ""},
		{"comma at the end", `{"name":"x","count":1,}`, Syntax, ""},
		{"comma in a list", `{"name":"x","count":1,"free":[1,]}`, Syntax, "/free/1"},
		{"no colon", `{"name" "x"}`, Syntax, "/name"},
		{"single quotes", `{'name':"x"}`, Syntax, ""},
		{"control character", "{\"name\":\"a\nb\"}", Syntax, "/name"},
		{"bad escape", `{"name":"\x41"}`, Syntax, "/name"},
		{"bad hex", `{"name":"\u00g0"}`, Syntax, "/name"},
		{"signed hex", `{"name":"\u+123"}`, Syntax, "/name"},
		{"open string", `{"name":"x`, Syntax, "/name"},
		{"leading zero", `{"name":"x","count":01}`, Syntax, ""},
		{"plus", `{"name":"x","count":+1}`, Syntax, "/count"},
		{"bare minus", `{"name":"x","count":-}`, Syntax, "/count"},
		{"no fraction", `{"name":"x","count":1.}`, Syntax, "/count"},
		{"no exponent", `{"name":"x","count":1e}`, Syntax, "/count"},
		{"not a number", `{"name":"x","count":NaN}`, Syntax, "/count"},
		{"comment", `{/**/}`, Syntax, ""},
		{"not UTF-8", "{\"name\":\"\xff\"}", Encoding, "/name"},
		{"overlong", "{\"name\":\"\xc0\x80\"}", Encoding, "/name"},
		{"surrogate in UTF-8", "{\"name\":\"\xed\xa0\x80\"}", Encoding, "/name"},
		{"not UTF-8 where anything may stand", "{\"name\":\"x\",\"count\":1,\"free\":[\"\xfe\"]}", Encoding, "/free/0"},
		{"half a pair", `{"name":"\ud800"}`, Encoding, "/name"},
		{"second half first", `{"name":"\udc00"}`, Encoding, "/name"},
		{"half a pair and a letter", `{"name":"\ud800\u0041"}`, Encoding, "/name"},
		{"twice", `{"name":"x","name":"x","count":1}`, Duplicate, "/name"},
		{"twice by escape", `{"name":"x","n\u0061me":"x","count":1}`, Duplicate, "/name"},
		{"twice deep", `{"name":"x","count":1,"free":{"a":[{"b":1,"b":2}]}}`, Duplicate, "/free/a/0/b"},
		{"twice in a map", `{"name":"x","count":1,"map":{"k":1,"k":1}}`, Duplicate, "/map/k"},
		{"too deep", `{"name":"x","count":1,"free":` + deep(32) + `}`, Depth, "/free" + strings.Repeat("/0", 31)},
		{"trailing", `{"name":"x","count":1}{}`, Trailing, ""},
		{"trailing letter", `{"name":"x","count":1} x`, Trailing, ""},
		{"unknown", `{"name":"x","count":1,"nam":"x"}`, Unknown, "/nam"},
		{"other case", `{"Name":"x","count":1}`, Unknown, "/Name"},
		{"unknown inside", `{"name":"x","count":1,"list":[{"a":"x"},{"b":"x"}]}`, Unknown, "/list/1/b"},
		{"pointer is escaped", `{"a/b~c":1}`, Unknown, "/a~1b~0c"},
		{"pointer is short", `{"` + strings.Repeat("x", 300) + `":1}`, Unknown, ""},
		{"missing", `{"name":"x"}`, Missing, "/count"},
		{"missing of nothing", `{}`, Missing, "/name"},
		{"missing inside", `{"name":"x","count":1,"list":[{}]}`, Missing, "/list/0/a"},
		{"number for text", `{"name":1,"count":1}`, Type, "/name"},
		{"null", `{"name":null,"count":1}`, Type, "/name"},
		{"null where optional", `{"name":"x","count":1,"yes":null}`, Type, "/yes"},
		{"null at all", `null`, Type, ""},
		{"list for object", `[]`, Type, ""},
		{"object for list", `{"name":"x","count":1,"list":{}}`, Type, "/list"},
		{"text for object", `{"name":"x","count":1,"list":["a"]}`, Type, "/list/0"},
		{"text for number", `{"name":"x","count":"1"}`, Type, "/count"},
		{"negative", `{"name":"x","count":-1}`, Type, "/count"},
		{"fraction", `{"name":"x","count":1.0}`, Type, "/count"},
		{"exponent", `{"name":"x","count":1e3}`, Type, "/count"},
		{"out of range", `{"name":"x","count":4294967296}`, Type, "/count"},
		{"below range", `{"name":"x","count":1,"signed":-129}`, Type, "/signed"},
		{"infinite", `{"name":"x","count":1,"ratio":1e999}`, Type, "/ratio"},
		{"number for yes or no", `{"name":"x","count":1,"yes":1}`, Type, "/yes"},
		{"no padding", `{"name":"x","count":1,"bytes":"AAE"}`, Type, "/bytes"},
		{"bits left over", `{"name":"x","count":1,"bytes":"AAF="}`, Type, "/bytes"},
		{"line break", `{"name":"x","count":1,"bytes":"AA\nE="}`, Type, "/bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into sample
			err := Decode([]byte(c.in), &into)
			if c.fault == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var fault *Error
			if !errors.As(err, &fault) || fault.Fault != c.fault || fault.Pointer != c.pointer {
				t.Fatalf("got %#v, want %s at %q", err, c.fault, c.pointer)
			}
		})
	}
}

func TestErrorKeepsTheSendersWordsToItself(t *testing.T) {
	err := Decode([]byte(`{"4929123456789012":1}`), &sample{})
	if err == nil || strings.Contains(err.Error(), "4929") {
		t.Fatalf("got %v", err)
	}
}

// What is accepted is JSON, of one meaning, and survives a round trip.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"name":"x","count":0}`, `{"name":"\ud83d\ude00","count":1,"free":[{}],"map":{"a":1}}`, `{"a":1,"a":2}`, "\xff", `[[[[]]]]`, `1e5`, `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if Check(data) == nil {
			if !json.Valid(data) || !utf8.Valid(data) {
				t.Fatal("accepted what is not JSON in UTF-8")
			}
		} else if json.Valid(data) && len(data) < 24 && utf8.Valid(data) && !bytes.ContainsAny(data, `{\`) {
			t.Fatal("refused plain JSON")
		}
		var into sample
		if Decode(data, &into) != nil {
			return
		}
		reference := json.NewDecoder(bytes.NewReader(data))
		reference.DisallowUnknownFields()
		if err := reference.Decode(&sample{}); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		again, err := json.Marshal(into)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode(again, &sample{}); err != nil {
			t.Fatalf("own output refused: %v", err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	data := []byte(`[` + strings.Repeat(`{"resourceType":"Observation","value":1.5,"text":"some words of text"},`, 10000) + `{}]`)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := Check(data); err != nil {
			b.Fatal(err)
		}
	}
}
