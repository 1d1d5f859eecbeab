package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/vault/storetest"
)

// house is a vault's folder as init makes it, of which each case gets a copy.
func house(t *testing.T, settings ...func(*founding)) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "v")
	f := &founding{jurisdiction: country, public: "127.0.0.1:0", institutions: "127.0.0.1:0", names: []string{"localhost", "127.0.0.1"}}
	for _, set := range settings {
		set(f)
	}
	must(t, f.make(t.Context(), dir))
	return dir
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "v")
	must(t, exec.CommandContext(t.Context(), "cp", "-a", dir, copied).Run())
	return copied
}

// ofThisMachine reports what the tests' own disk may be short of.
func (f diagnosis) ofThisMachine() bool { return f.Check == "sync" || f.Check == "disk" }

// malady is one thing that is wrong with a house, the checks that must say so, and a
// word of what they advise.
type malady struct {
	name    string
	break_  func(t *testing.T, dir string)
	environ []string
	later   time.Duration // of the clock that is looked at
	failing string        // the one check that fails
	warns   string        // or that warns
	says    string        // in what it found
	do      string        // in what it advises
}

func (m *malady) examine(t *testing.T, dir string) []diagnosis {
	t.Helper()
	if m.break_ != nil {
		m.break_(t, dir)
	}
	c, err := loadConfig(filepath.Join(dir, configFile), m.environ)
	must(t, err)
	x := &examination{config: c, io: streams{in: strings.NewReader("")}, now: time.Now().Add(m.later)}
	return x.run(t.Context())
}

// check holds the findings against the malady: its check says so, and no other complains.
func (m *malady) check(t *testing.T, findings []diagnosis) {
	t.Helper()
	want, verdict := m.failing, verdictFailed
	if want == "" {
		want, verdict = m.warns, verdictWarning
	}
	said := false
	for _, f := range findings {
		if f.Verdict == verdictOK || f.Verdict == verdictSkipped {
			if f.Do != "" {
				t.Errorf("%s is %s and advises %q", f.Check, f.Verdict, f.Do)
			}
			continue
		}
		if f.Verdict == verdictWarning && f.Check != want && (f.ofThisMachine() || f.Check == "second endpoint") {
			continue // these houses have one endpoint
		}
		if f.Check != want || f.Verdict != verdict || f.Do == "" {
			t.Errorf("%+v; want %s from %q alone", f, verdict, want)
			continue
		}
		said = said || strings.Contains(f.Found, m.says) && strings.Contains(f.Do, m.do)
	}
	if want != "" && !said {
		t.Errorf("%s does not say %q and advise %q: %+v", want, m.says, m.do, findings)
	}
	if failing := verdictOf(findings) != nil; failing != (m.failing != "") {
		t.Errorf("exit status: failing is %v", failing)
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { t.Helper(); must(t, os.RemoveAll(filepath.Join(dir, name))) }
}

func rewrite(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
}

func mode(name string, mode os.FileMode) func(*testing.T, string) {
	return func(t *testing.T, dir string) { t.Helper(); must(t, os.Chmod(filepath.Join(dir, name), mode)) }
}

// One broken configuration of each kind, with folders and an embedded chain.
func TestDoctor(t *testing.T) {
	t.Parallel()
	sound := house(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	other := house(t)
	for _, m := range []malady{
		{name: "nothing"},
		{name: "others may enter", break_: mode(".", 0o755), failing: "folder", says: "others", do: "chmod 700"},
		{name: "others may read the keyring", break_: mode("keyring.json", 0o644), failing: "secrets", says: "keyring.json", do: "chmod 600"},
		{name: "the operator's key is gone", break_: func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, operatorFile), filepath.Join(dir, "elsewhere")))
			must(t, os.Symlink("elsewhere", filepath.Join(dir, operatorFile))) // readable still, and 0777 by itself
			must(t, os.Chmod(filepath.Join(dir, "elsewhere"), 0o640))
		}, failing: "secrets", says: operatorFile, do: "chmod 600"},
		{name: "wrong passphrase", break_: rewrite(passphraseFile, "wrong\n"), failing: "keyring", says: "passphrase", do: "right passphrase"},
		{name: "no passphrase in the file", break_: rewrite(passphraseFile, "\n"), failing: "keyring", says: "cannot be read", do: "passphrase_file"},
		{name: "damaged keyring", break_: rewrite("keyring.json", "{}\n"), failing: "keyring", says: "cannot be read", do: "backup"},
		{name: "another country", environ: []string{"WRAPPY_JURISDICTION=SO"}, failing: "keyring", says: "no key for SO", do: "jurisdiction"},
		{name: "damaged deployment", break_: rewrite("deployment.json", "{"), failing: "keyring", says: "deployment.json", do: "backup"},
		{name: "certificate of another key", break_: func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(other, "tls", "server.crt"))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "tls", "server.crt"), data, 0o600))
		}, failing: "certificate", says: "belong together", do: "tls.certificate"},
		{name: "certificate of another name", environ: []string{"WRAPPY_LISTEN_PUBLIC=127.0.0.2:0"}, failing: "certificate", says: "127.0.0.2", do: "get one that does"},
		{name: "taken port", environ: []string{"WRAPPY_LISTEN_INSTITUTIONS=" + taken.Addr().String()}, failing: "ports", says: "listen.institutions", do: "another address"},
		{name: "unapproved policy", break_: rewrite("policy/approvals.json", "[]"), failing: "policy", says: "not approved", do: "approved"},
		{name: "damaged policy", break_: rewrite("policy/bundle.tar.gz", "no archive"), failing: "policy", says: "policy bundle", do: "back"},
		{name: "older policy", break_: rewrite("policy-in-force", "7 0x"+strings.Repeat("77", 32)+"\n"), failing: "policy", says: "older", do: "newest"},
		{name: "heads gone", break_: remove("heads"), failing: "heads", says: "not there", do: "do not make a new one"},
		{name: "heads are empty", break_: func(t *testing.T, dir string) {
			remove("heads")(t, dir)
			must(t, os.Mkdir(filepath.Join(dir, "heads"), 0o700))
		}, failing: "heads", says: "empty one", do: "backup"},
		{name: "records are a file", break_: func(t *testing.T, dir string) {
			remove("records")(t, dir)
			rewrite("records", "")(t, dir)
		}, failing: "records", says: "records cannot be opened", do: "local file system"},
		{name: "chain gone", break_: remove("chain"), failing: "chain", says: "gone", do: "backup"},
		{name: "another vault's chain", break_: func(t *testing.T, dir string) {
			remove("chain")(t, dir)
			must(t, exec.CommandContext(t.Context(), "cp", "-a", filepath.Join(other, "chain"), filepath.Join(dir, "chain")).Run())
		}, failing: "chain", says: "another chain", do: "put back the newest"},
		{name: "a ledger from before", break_: rewrite("anchor-size", "9\n"), failing: "chain", says: "0 anchored entries where it had 9", do: "newest"},
		{name: "clock behind the chain", later: -40 * time.Minute, failing: "clock", says: "ahead of this machine's clock", do: "NTP"},
		{name: "clock behind itself", break_: rewrite("store-clock", fmt.Sprintln(time.Now().Add(time.Hour).UnixMilli())), failing: "clock", says: "behind what it was", do: "NTP"},
		{name: "journal gone", break_: remove("journal"), failing: "journal", says: "gone", do: "journal restore"},
		{name: "journal from before", break_: rewrite("journal-size", "5\n"), failing: "journal", says: "cannot be opened", do: "restore"},
		{name: "witnesses that are none", break_: rewrite("witnesses", "nonsense\n"), environ: []string{"WRAPPY_JOURNAL_WITNESSES_FILE=witnesses"}, failing: "journal", says: "cannot be opened", do: "restore"},
	} {
		t.Run(m.name, func(t *testing.T) { m.check(t, m.examine(t, copyOf(t, sound))) })
	}
	t.Run("a year later", func(t *testing.T) {
		m := malady{later: 366 * 24 * time.Hour}
		var failing []string
		for _, f := range m.examine(t, copyOf(t, sound)) {
			if f.Verdict == verdictFailed {
				failing = append(failing, f.Check)
			}
		}
		if !slices.Equal(failing, []string{"certificate", "policy"}) {
			t.Errorf("%v fail", failing)
		}
	})
	t.Run("eleven months later", func(t *testing.T) {
		m := malady{later: 340 * 24 * time.Hour}
		for _, f := range m.examine(t, copyOf(t, sound)) {
			if warned := f.Check == "certificate" || f.Check == "policy"; warned != (f.Verdict == verdictWarning) && !f.ofThisMachine() {
				t.Errorf("%+v", f)
			}
		}
	})
}

// What a machine lacks is looked at where it lacks it: a file system without room, and one that takes no file.
func TestDoctorDisk(t *testing.T) {
	t.Parallel()
	x := &examination{config: &config{dir: "/proc"}}
	for _, f := range slices.Concat(checkDisk(t.Context(), x), checkSync(t.Context(), x)) {
		if f.Verdict != verdictFailed || f.Do == "" {
			t.Errorf("%+v", f)
		}
	}
	x.config.dir = t.TempDir()
	for _, f := range slices.Concat(checkDisk(t.Context(), x), checkSync(t.Context(), x)) {
		if f.Verdict == verdictFailed {
			t.Errorf("%+v", f)
		}
	}
	if left, err := os.ReadDir(x.config.dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// One broken configuration of each kind on a network that is not ours.
func TestDoctorNetwork(t *testing.T) {
	t.Parallel()
	node := anviltest.Start(t, "--block-time", "1")
	foreign := anviltest.Start(t, "--chain-id", "4242")
	sound := house(t, onNetwork(t, node))
	second := func(n *anviltest.Node) func(*testing.T, string) {
		return rewrite("second", n.URL("ws")+"\n")
	}
	withSecond := []string{"WRAPPY_LEDGER_SECOND_ENDPOINT_FILE=second"}
	relayer, err := ledgerref.AccountFromBytes(anviltest.Key(1))
	must(t, err)
	holds := func(wei string) func(*testing.T, string) {
		return func(t *testing.T, _ string) {
			node.Call(t, nil, "anvil_setBalance", relayer.Address().String(), wei)
		}
	}
	for _, m := range []malady{
		{name: "nothing"},
		{name: "one endpoint", warns: "second endpoint", says: "one endpoint", do: "independent"},
		{name: "endpoint of another network", break_: rewrite("first", foreign.URL("http")+"\n"), environ: []string{"WRAPPY_LEDGER_ENDPOINT_FILE=first"}, failing: "chain", says: "another chain", do: "right network"},
		{name: "endpoint that is none", break_: rewrite("first", "ftp://example\n"), environ: []string{"WRAPPY_LEDGER_ENDPOINT_FILE=first"}, failing: "chain", says: "endpoint_file", do: "https"},
		{name: "endpoint that is silent", break_: rewrite("first", "http://127.0.0.1:1\n"), environ: []string{"WRAPPY_LEDGER_ENDPOINT_FILE=first"}, failing: "chain", says: "does not answer", do: "endpoint works"},
		{name: "two endpoints", break_: second(node), environ: withSecond},
		{name: "the same endpoint twice", break_: rewrite("second", node.URL("http")+"\n"), environ: withSecond, failing: "second endpoint", says: "the same", do: "independent"},
		{name: "second of another network", break_: second(foreign), environ: withSecond, failing: "second endpoint", says: "another network", do: "same network"},
		{name: "second is silent", break_: rewrite("second", "http://127.0.0.1:1\n"), environ: withSecond, failing: "second endpoint", says: "does not answer", do: "works"},
		{name: "clock ahead of the chain", later: 10 * time.Minute, failing: "clock", says: "old", do: "in step"},
		{name: "clock behind the chain", later: -10 * time.Minute, failing: "clock", says: "ahead", do: "NTP"},
		{name: "empty account", break_: holds("0x0"), failing: "accounts", says: "cannot pay", do: relayer.Address().String()},
		{name: "little in the account", break_: holds("0x2386f26fc10000"), warns: "accounts", says: "fewer than", do: relayer.Address().String()},
		{name: "price above the ceiling", environ: []string{"WRAPPY_LEDGER_MAX_FEE_GWEI=1"}, warns: "accounts", says: "max_fee_gwei", do: "raise"},
	} {
		t.Run(m.name, func(t *testing.T) {
			if strings.HasPrefix(m.name, "price") {
				node.Call(t, nil, "anvil_setNextBlockBaseFeePerGas", "0xba43b7400")
				node.Mine(t, 1)
			}
			holds("0x21e19e0c9bab2400000")(t, "")
			m.check(t, m.examine(t, copyOf(t, sound)))
		})
	}
	t.Run("another's role", func(t *testing.T) {
		m := malady{warns: "chain", says: "operator", do: "ledger verify", break_: func(t *testing.T, dir string) {
			replaceOperator(t, dir)
		}}
		for _, f := range m.examine(t, copyOf(t, sound)) {
			if f.Check == "chain" && f.Verdict == verdictWarning && strings.Contains(f.Do, m.do) {
				return
			}
		}
		t.Error("an operator without roles was not noticed")
	})
	t.Run("foreign code", func(t *testing.T) {
		dir := copyOf(t, sound)
		var d deployment
		must(t, readJSONFile(filepath.Join(dir, "deployment.json"), &d))
		var code string
		node.Call(t, &code, "eth_getCode", d.Ledger.Keys.String(), "latest")
		node.Call(t, nil, "anvil_setCode", d.Ledger.Keys.String(), code[:len(code)-2]+"00")
		m := malady{failing: "chain", says: "not this program's contracts", do: "deployment.json"}
		m.check(t, m.examine(t, dir))
		node.Call(t, nil, "anvil_setCode", d.Ledger.Keys.String(), code)
	})
}

// replaceOperator puts another account in the operator's place.
func replaceOperator(t *testing.T, dir string) {
	t.Helper()
	c, err := loadConfig(filepath.Join(dir, configFile), nil)
	must(t, err)
	x := &examination{config: c, io: streams{}, now: time.Now()}
	checkKeyring(t.Context(), x)
	must(t, os.Remove(filepath.Join(dir, operatorFile)))
	_, err = (&setup{config: c}).newAccount(x.keyring, operatorFile)
	must(t, err)
}

// One broken configuration of each kind of S3 store.
func TestDoctorS3(t *testing.T) {
	t.Parallel()
	server, bare := storetest.S3Server(t), storetest.S3Server(t, "--nometa")
	sound := house(t, onS3(t, server))
	for _, m := range []malady{
		{name: "nothing"},
		{name: "another bucket", environ: []string{"WRAPPY_STORE_S3_RECORDS=" + server.Bucket(t)}, failing: "records", says: "empty one", do: "backup"},
		{name: "no such bucket", environ: []string{"WRAPPY_STORE_S3_HEADS=nowhere-at-all"}, failing: "heads", says: "bucket", do: "store.s3"},
	} {
		t.Run(m.name, func(t *testing.T) { m.check(t, m.examine(t, copyOf(t, sound))) })
	}
	both := func(name string, environ []string, says, do string) {
		t.Run(name, func(t *testing.T) {
			m := malady{environ: environ}
			n := 0
			for _, f := range m.examine(t, copyOf(t, sound)) {
				if f.Verdict == verdictFailed {
					n++
					if f.Check != "heads" && f.Check != "records" || !strings.Contains(f.Found, says) || !strings.Contains(f.Do, do) {
						t.Errorf("%+v", f)
					}
				}
			}
			if n != 2 {
				t.Errorf("%d stores fail", n)
			}
		})
	}
	both("wrong key", []string{"WRAPPY_STORE_S3_SECRET_KEY_FILE=" + secretFile(t, "wrong")}, "bucket", "keys")
	both("no conditional writes", []string{
		"WRAPPY_STORE_S3_ENDPOINT=" + bare.Endpoint, "WRAPPY_STORE_S3_HEADS=" + bare.Bucket(t), "WRAPPY_STORE_S3_RECORDS=" + bare.Bucket(t),
		"WRAPPY_STORE_S3_ACCESS_KEY_FILE=" + secretFile(t, bare.AccessKey), "WRAPPY_STORE_S3_SECRET_KEY_FILE=" + secretFile(t, bare.SecretKey),
	}, "create-only", "bucket that has it")
	server.Stop()
	both("server is down", nil, "does not answer", "reaches it")
}

// A vault that runs is asked, and what it holds is left to it.
func TestDoctorRunning(t *testing.T) {
	t.Parallel()
	v := launch(t)
	examine := func() []diagnosis { return (&malady{}).examine(t, v.dir) }
	for _, f := range examine() {
		held := slices.Contains([]string{"ports", "chain", "clock", "accounts", "journal"}, f.Check)
		if held != (f.Verdict == verdictSkipped) || !held && f.Verdict != verdictOK && !f.ofThisMachine() {
			t.Errorf("%+v", f)
		}
	}
	must(t, os.RemoveAll(v.config.headsDir()))
	failing := map[string]bool{}
	for _, f := range examine() {
		failing[f.Check] = f.Verdict == verdictFailed
	}
	if !failing["vault"] || !failing["heads"] {
		t.Errorf("a vault that lost its heads: %v", failing)
	}
}

// The program itself: exit status, both forms, and nothing secret in them.
func TestDoctorCommand(t *testing.T) {
	t.Parallel()
	dir := house(t)
	passphrase, err := os.ReadFile(filepath.Join(dir, passphraseFile))
	must(t, err)
	call := func(args ...string) (code int, out, errs string) {
		var o, e bytes.Buffer
		code = run(t.Context(), append([]string{"doctor", "--config", filepath.Join(dir, configFile)}, args...), streams{strings.NewReader(""), &o, &e})
		if strings.Contains(o.String()+e.String(), strings.TrimSpace(string(passphrase))) {
			t.Error("it prints the passphrase")
		}
		return code, o.String(), e.String()
	}
	if code, out, errs := call(); code != exitOK || !strings.Contains(out, "WHAT TO DO") || errs != "" {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	must(t, os.RemoveAll(filepath.Join(dir, "journal")))
	code, out, errs := call("-o", "json")
	var findings []diagnosis
	if err := json.Unmarshal([]byte(out), &findings); err != nil || code != exitFailed || !strings.Contains(errs, "one check failed") || len(findings) < len(checks)-1 {
		t.Errorf("%d: %v, %s%s", code, err, out, errs)
	}
	if code, _, errs := call("-o", "yaml"); code != exitUsage || !strings.Contains(errs, "json or table") {
		t.Errorf("%d: %s", code, errs)
	}
	must(t, os.WriteFile(filepath.Join(dir, configFile), []byte("jurisdiction: [\n"), 0o600))
	if code, _, errs := call(); code != exitUsage || !strings.Contains(errs, "YAML") {
		t.Errorf("%d: %s", code, errs)
	}
}
