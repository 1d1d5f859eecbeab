package proof

import (
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestKeysFile(t *testing.T) {
	good := vector(t, "keys.json")
	f, err := ParseKeys(good)
	if err != nil || f.Domain().ChainID != 20015998343868 || len(f.Holders) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	h := f.Holder(f.Holders[0].Institution)
	first, second := h.Keys[0].Hash, h.Keys[1].Hash
	for _, tt := range []struct {
		name string
		hash consent.Digest
		day  uint64
		want bool
	}{
		{"while it counted", first, 20_398, true},
		{"before it was added", first, 20_395, false},
		{"after its end", first, 20_400, false},
		{"on the day of its removal", second, 20_399, true},
		{"after its removal", second, 20_402, false},
		{"another key", consent.Digest{1}, 20_398, false},
	} {
		if have := h.HeldOn(tt.hash, tt.day); have != tt.want {
			t.Errorf("%s: have %t", tt.name, have)
		}
	}
	if f.Holder(consent.InstitutionID{}) != nil {
		t.Error("an institution that is not in it")
	}
	for name, change := range map[string][2]string{
		"another format":    {"keys v1", "keys v2"},
		"no chain":          {`"chain_id": 20015998343868`, `"chain_id": 0`},
		"no registry":       {strings.Repeat("c0", 20), strings.Repeat("00", 20)},
		"no institution":    {strings.Repeat("33", 32), strings.Repeat("00", 32)},
		"a key twice":       {strings.Repeat("44", 32), "c5251b2a989adf9cabd73564e20760f5604284a1a511c230822b71bb51b2fabe"},
		"a key of no time":  {`"added": 1762300000`, `"added": 0`},
		"a second spelling": {`"time": 1762646400`, `"time":  1762646400`},
		"an unknown member": {`"source":`, `"x": 1,"source":`},
		"an end that is none": {`,
          "valid_until": 1762560000`, `,
          "valid_until": 0`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if _, err := ParseKeys([]byte(bad)); bad == string(good) || !errors.Is(err, ErrFile) {
			t.Errorf("%s: have %v", name, err)
		}
	}
	f.Holders = append(f.Holders, f.Holders[0])
	twice, err := Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseKeys(twice); !errors.Is(err, ErrFile) {
		t.Errorf("an institution twice: have %v", err)
	}
}
