package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), configFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfig(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	tests := []struct {
		name, file string
		environ    []string
		want       string // in the error; "" for none
	}{
		{name: "least", file: "jurisdiction: KE"},
		{name: "everything by environment", file: "{}", environ: []string{"WRAPPY_JURISDICTION=KE", "WRAPPY_LISTEN_ORIGINS=https://a.example,https://b.example", "WRAPPY_LEDGER_VIEW_MAX_AGE=30s", "HOME=/"}},
		{name: "no jurisdiction", file: "{}", want: "jurisdiction"},
		{name: "unknown key", file: "jurisdiction: KE\nsecret: " + secret, want: "unknown key: secret"},
		{name: "unknown key below", file: "jurisdiction: KE\ntls: {insecure: true}", want: "unknown key: tls.insecure"},
		{name: "unknown key of many lines", file: "jurisdiction: KE\n\"a\\n\\e[2Jb\": 1", want: "unknown key: a \ufffd[2Jb"},
		{name: "key in other case", file: "jurisdiction: KE\nLog: {level: debug}", want: "unknown key"},
		{name: "not YAML", file: "jurisdiction: [" + secret, want: "not YAML"},
		{name: "a list", file: "- KE", want: "not YAML"},
		{name: "a value of another type", file: "jurisdiction: KE\nledger: {view_max_age: " + secret + "}", want: "ledger.view_max_age: not a value"},
		{name: "a section that is a value", file: "jurisdiction: KE\nlisten: " + secret, want: "configuration: "},
		{name: "age too small", file: "jurisdiction: KE\nledger: {view_max_age: 10ms}", want: "want 1s to 10m"},
		{name: "age too large", file: "jurisdiction: KE\nledger: {view_max_age: 24h}", want: "want 1s to 10m"},
		{name: "no port", file: "jurisdiction: KE\nlisten: {public: localhost}", want: "listen.public: want host:port"},
		{name: "port out of range", file: "jurisdiction: KE\nlisten: {institutions: \"localhost:70000\"}", want: "listen.institutions: want host:port"},
		{name: "no limit", file: "jurisdiction: KE\nlimits: {per_second: 0}", want: "limits: want per_second"},
		{name: "a limit that is none", file: "jurisdiction: KE\nlimits: {burst: 1000000}", want: "limits: want per_second"},
		{name: "no connection", file: "jurisdiction: KE\nlimits: {connections_per_address: 0}", want: "limits: want connections"},
		{name: "one address may have more than all", file: "jurisdiction: KE\nlimits: {connections: 10, connections_per_address: 11}", want: "limits: want connections"},
		{name: "no new connection", file: "jurisdiction: KE\nlimits: {connections_per_second: 0}", want: "limits: want connections_per_second"},
		{name: "S3", file: "jurisdiction: KE\nstore: {kind: s3, s3: {endpoint: \"https://s3.example\", heads: h, records: r, access_key_file: a, secret_key_file: b}}"},
		{name: "another store", file: "jurisdiction: KE\nstore: {kind: tape}", want: "store.kind: want directory or s3"},
		{name: "S3 without an endpoint", file: "jurisdiction: KE\nstore: {kind: s3, s3: {heads: h, records: r, access_key_file: a, secret_key_file: b}}", want: "store.s3.endpoint: want a value"},
		{name: "S3 without credentials", file: "jurisdiction: KE\nstore: {kind: s3, s3: {endpoint: \"https://s3.example\", heads: h, records: r, access_key_file: a}}", want: "store.s3.secret_key_file: want a value"},
		{name: "one bucket for both", file: "jurisdiction: KE\nstore: {kind: s3, s3: {endpoint: \"https://s3.example\", heads: h, records: h, access_key_file: a, secret_key_file: b}}", want: "want two buckets"},
		{name: "a credential in the file", file: "jurisdiction: KE\nstore: {s3: {secret_key: " + secret + "}}", want: "unknown key: store.s3.secret_key"},
		{name: "a network", file: "jurisdiction: KE\nledger: {kind: network, endpoint_file: e, confirm: finalized}"},
		{name: "another ledger", file: "jurisdiction: KE\nledger: {kind: paper}", want: "ledger.kind: want embedded or network"},
		{name: "a network without an endpoint", file: "jurisdiction: KE\nledger: {kind: network}", want: "ledger.endpoint_file"},
		{name: "a URL in the file", file: "jurisdiction: KE\nledger: {kind: network, endpoint: \"https://" + secret + "\"}", want: "unknown key: ledger.endpoint"},
		{name: "an endpoint for the embedded chain", file: "jurisdiction: KE\nledger: {endpoint_file: e}", want: "set ledger.kind to network"},
		{name: "any block will do", file: "jurisdiction: KE\nledger: {kind: network, endpoint_file: e, confirm: latest}", want: "ledger.confirm: want"},
		{name: "logs of both of one", file: "jurisdiction: KE\nledger: {kind: network, endpoint_file: e, logs_of_both: true}", want: "second_endpoint_file"},
		{name: "polled all the time", file: "jurisdiction: KE\nledger: {poll: 1ms}", want: "ledger.poll"},
		{name: "no fee", file: "jurisdiction: KE\nledger: {max_fee_gwei: 0}", want: "ledger.max_fee_gwei"},
		{name: "nobody may register", file: "jurisdiction: KE\nledger: {daily_uninvited: 0}", want: "ledger.daily_uninvited"},
		{name: "no limit by a sign", file: "jurisdiction: KE\nledger: {daily_grants: -1}", want: "ledger.daily_grants"},
		{name: "anchored all the time", file: "jurisdiction: KE\njournal: {anchor_every: 1ms}", want: "journal.anchor_every"},
		{name: "a copy that is never late", file: "jurisdiction: KE\njournal: {copy_max_lag: 1ms}", want: "journal.copy_max_lag"},
		{name: "words that were checked", file: "jurisdiction: KE\npage: {reviewed: [\"sw=" + strings.Repeat("ab", 32) + "\"]}"},
		{name: "words without a digest", file: "jurisdiction: KE\npage: {reviewed: [sw]}", want: "page.reviewed: want"},
		{name: "words by half a digest", file: "jurisdiction: KE\npage: {reviewed: [\"sw=" + strings.Repeat("ab", 16) + "\"]}", want: "page.reviewed: want"},
		{name: "log level", file: "jurisdiction: KE\nlog: {level: loud}", want: "log.level"},
		{name: "misspelt variable", file: "jurisdiction: KE", environ: []string{"WRAPPY_LISTEN_PUBIC=x"}, want: "WRAPPY_LISTEN_PUBIC fits no"},
		{name: "variable that is a section", file: "jurisdiction: KE", environ: []string{"WRAPPY_LISTEN=x"}, want: "WRAPPY_LISTEN fits no"},
		{name: "variable of another type", file: "jurisdiction: KE", environ: []string{"WRAPPY_LEDGER_VIEW_MAX_AGE=" + secret}, want: "WRAPPY_LEDGER_VIEW_MAX_AGE: not a value"},
		{name: "too large", file: "jurisdiction: KE\n#" + strings.Repeat("x", maxConfigBytes), want: "64 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := loadConfig(writeConfig(t, test.file), test.environ)
			if (err == nil) != (test.want == "") {
				t.Fatalf("error %v, want %q", err, test.want)
			}
			if err == nil {
				return
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q: want one line without what the file holds", err)
			}
		})
	}
}

func TestConfigDefaultsAndPaths(t *testing.T) {
	t.Parallel()
	path := writeConfig(t, "jurisdiction: KE\ntls: {key: /run/key.pem}")
	c, err := loadConfig(path, []string{"WRAPPY_LISTEN_ORIGINS=https://a.example,https://b.example"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Ledger.ViewMaxAge != time.Minute || c.Listen.Public != "127.0.0.1:8443" || len(c.Listen.Origins) != 2 {
		t.Errorf("read %+v", c)
	}
	if got := c.path(c.TLS.Certificate); got != filepath.Join(filepath.Dir(path), "tls/server.crt") {
		t.Errorf("a relative path became %s", got)
	}
	if got := c.path(c.TLS.Key); got != "/run/key.pem" {
		t.Errorf("an absolute path became %s", got)
	}
}

// TestConfigTemplate: what init writes is what serve takes, and says every key.
func TestConfigTemplate(t *testing.T) {
	t.Parallel()
	text, err := (&founding{jurisdiction: "KE", public: "127.0.0.1:0", institutions: "127.0.0.1:0"}).text()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadConfig(writeConfig(t, text), nil); err != nil {
		t.Error(err)
	}
	for key := range configDefaults {
		parts := strings.Split(key, ".")
		if !strings.Contains(text, parts[len(parts)-1]+": ") {
			t.Errorf("the file that init makes does not show %s", key)
		}
	}
}
