package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestValuesAreBounded(t *testing.T) {
	list := func(n int) string { return "[" + strings.Repeat("1,", n-2) + "1]" } // n values with itself
	members := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"a":1`)
		for i := range n - 2 {
			fmt.Fprintf(&b, `,"%x":1`, i+1000)
		}
		return b.String() + "}"
	}
	for name, c := range map[string]struct {
		in   string
		want Fault
	}{
		"as many as there may be":  {list(MaxValues), ""},
		"members, as many":         {members(MaxValues), ""},
		"one more":                 {list(MaxValues + 1), Values},
		"members, one more":        {members(MaxValues + 1), Values},
		"empty lists":              {"[" + strings.Repeat("[],", MaxValues) + "1]", Values},
		"16 MiB of distinct names": {members(1_600_000), Values},
		"16 MiB of lists":          {"[" + strings.Repeat("[],", 16<<20/3-1) + "1]", Values},
	} {
		var into json.RawMessage
		err := Decode([]byte(c.in), &into)
		var fault *Error
		if errors.As(err, &fault); (err == nil) != (c.want == "") || c.want != "" && (fault.Fault != c.want || fault.Pointer != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What reading takes is in proportion to the bound, not to what is sent.
func TestReadingTakesLittle(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := 0; b.Len() < 16<<20-40; i++ {
		fmt.Fprintf(&b, `"%x":1,`, i)
	}
	data := []byte(b.String() + `"":1}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if Check(data) == nil {
		t.Error("taken")
	}
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 64 {
		t.Errorf("%d MiB to refuse 16 MiB", took)
	}
}
