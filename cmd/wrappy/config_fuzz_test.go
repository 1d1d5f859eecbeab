package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzConfig: no file and no variable stops the program in any other way than by one line,
// which holds nothing of a value; and what is taken is within the bounds that keep a vault safe.
func FuzzConfig(f *testing.F) {
	keys := slices.Sorted(maps.Keys(configDefaults))
	text, err := (&founding{jurisdiction: "KE", public: "127.0.0.1:0", institutions: "127.0.0.1:0"}).text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, 0, "30s")
	f.Add("jurisdiction: KE", slices.Index(keys, "ledger.view_max_age"), "720h")
	f.Add("jurisdiction: &a [*a]\n? {}", 1, "\x00")
	f.Add("jurisdiction: KE\nstore: {kind: s3, s3: {endpoint: \"https://s3.example\", heads: h, records: r, access_key_file: a, secret_key_file: b}}", 2, "")
	f.Add("jurisdiction: KE\n<<: {listen: !!binary aGk=}\nlimits: {burst: 0x_10}", 3, "-0")
	f.Add("? |\n  0\n\n  00\n: 1\njurisdiction: KE", 4, "")
	path := filepath.Join(f.TempDir(), configFile)
	f.Fuzz(func(t *testing.T, file string, key int, value string) {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		const secret = "HUNTER2"
		name := variable(keys[uint(key)%uint(len(keys))])
		for _, environ := range [][]string{nil, {name + "=" + value}, {name + "=" + secret + value}} {
			c, err := loadConfig(path, environ)
			if err != nil {
				if says := err.Error(); strings.Contains(says, secret) || len(environ) == 0 && strings.Count(says, "\n") > 1 {
					t.Fatalf("%q", says)
				}
				continue
			}
			if l := c.Ledger; l.ViewMaxAge < time.Second || l.ViewMaxAge > 10*time.Minute || c.Limits.PerSecond < 1 || c.Limits.Burst < 10 || c.Erasure.BackupDays < 1 ||
				len(c.Jurisdiction) != 2 || l.Kind == ledgerNetwork && l.EndpointFile == "" || c.Store.Kind == storeS3 && c.Store.S3.Heads == c.Store.S3.Records {
				t.Fatalf("%+v is taken", c)
			}
		}
	})
}
