package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestEtagOfAnEarlierAnswer(t *testing.T) {
	grant := consent.GrantID{1}
	file := filepath.Join(t.TempDir(), "earlier.json")
	answer := func(text string) string {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := `{"grant":"` + grant.String() + `","etag":"\"AAAAAAAAAAAA\""}`
	if etag, err := etagOf(answer(good), grant); err != nil || etag != `"AAAAAAAAAAAA"` {
		t.Errorf("%q, %v", etag, err)
	}
	if etag, err := etagOf("", grant); err != nil || etag != "" {
		t.Errorf("without a file: %q, %v", etag, err)
	}
	for name, text := range map[string]string{
		"no JSON": "x", "a list": "[]", "another grant's": strings.Replace(good, "0x01", "0x02", 1), "no tag": `{"grant":"` + grant.String() + `"}`, "an empty one": `{"grant":"` + grant.String() + `","etag":""}`,
	} {
		if _, err := etagOf(answer(text), grant); err == nil {
			t.Error(name, "was taken")
		}
	}
	if _, err := etagOf(filepath.Join(t.TempDir(), "none"), grant); err == nil {
		t.Error("a file that is not there was taken")
	}
}
