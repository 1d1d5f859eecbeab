package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
)

// wrappy runs the program within the test.
func wrappy(t *testing.T, in string, arguments ...string) (code int, out, errors string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), arguments, streams{strings.NewReader(in), &stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

func textFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLedgerAccount(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "account")
	code, out, _ := wrappy(t, "", "ledger", "account", "--out", path)
	info, err := os.Stat(path)
	if code != exitOK || err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("exit status %d, %v", code, err)
	}
	account, err := readAccountFile(path)
	if err != nil || account.Address().String() != strings.TrimSpace(out) {
		t.Errorf("printed %q: %v", out, err)
	}
	before, _ := os.ReadFile(path)
	if code, _, text := wrappy(t, "", "ledger", "account", "--out", path); code != exitUsage || !strings.Contains(text, "stays as it is") {
		t.Errorf("over a file that is there: %d, %s", code, text)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the account was written over")
	}
	if code, _, _ := wrappy(t, "", "ledger", "account"); code != exitUsage {
		t.Errorf("without --out: %d", code)
	}
}

// network is an anvil with the contracts on it, deployed by the command itself.
type network struct {
	node      *anviltest.Node
	rpc, file string
	operator  string
	addresses ledgerref.Addresses
}

func deployOnAnvil(t *testing.T) network {
	t.Helper()
	n := network{node: anviltest.Start(t)}
	n.rpc, n.file = textFile(t, n.node.URL("http")+"\n"), filepath.Join(t.TempDir(), "contracts.json")
	key := hex.EncodeToString(anviltest.Key(0))
	code, out, progress := wrappy(t, key+"\n", "ledger", "deploy", "--rpc-file", n.rpc, "--account-file", "-", "--out", n.file)
	if code != exitOK || strings.TrimSpace(out) != n.file {
		t.Fatalf("deploy: %d, %s", code, progress)
	}
	for _, want := range []string{"ConsentLedger: 0x", "KeyRegistry: 0x", "InstitutionRegistry: 0x"} {
		if !strings.Contains(progress, want) {
			t.Errorf("progress lacks %q: %s", want, progress)
		}
	}
	if strings.Contains(progress+out, key) {
		t.Error("the account's key was printed")
	}
	account, err := ledgerref.AccountFromBytes(anviltest.Key(0))
	if err != nil {
		t.Fatal(err)
	}
	n.operator = account.Address().String()
	data, err := os.ReadFile(n.file)
	if err == nil {
		err = json.Unmarshal(data, &n.addresses)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n network) with(t *testing.T, change func(*ledgerref.Addresses)) string {
	t.Helper()
	a := n.addresses
	change(&a)
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return textFile(t, string(data))
}

// verified are the checks that failed, by contract.
func verified(t *testing.T, out string) (failed map[string]ledgerref.Finding) {
	t.Helper()
	var report struct {
		OK       bool
		Findings []ledgerref.Finding
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	failed = map[string]ledgerref.Finding{}
	for _, f := range report.Findings {
		if !f.OK {
			failed[f.Contract+" "+f.Check] = f
		}
	}
	if report.OK != (len(failed) == 0) || len(report.Findings) < 3 {
		t.Errorf("%d findings, %d failed, ok %v", len(report.Findings), len(failed), report.OK)
	}
	return failed
}

func TestLedgerDeployAndVerify(t *testing.T) {
	t.Parallel()
	n := deployOnAnvil(t)
	for _, arguments := range [][]string{{}, {"--operator", n.operator}} {
		code, out, text := wrappy(t, "", append([]string{"ledger", "verify", "--rpc-file", n.rpc, "-o", "json", n.file}, arguments...)...)
		if failed := verified(t, out); code != exitOK || len(failed) != 0 {
			t.Errorf("%v: %d, %s, %v", arguments, code, text, failed)
		}
	}
	code, out, _ := wrappy(t, n.node.URL("ws"), "ledger", "verify", "--rpc-file", "-", n.file)
	if code != exitOK || !strings.Contains(out, "InstitutionRegistry") || strings.Contains(out, "WRONG") {
		t.Errorf("as a table: %d, %s", code, out)
	}

	for name, test := range map[string]struct {
		change func(*ledgerref.Addresses)
		more   []string
		failed []string
	}{
		"an address without code":  {func(a *ledgerref.Addresses) { a.Consent = consent.Address{7} }, nil, []string{"ConsentLedger code"}},
		"the zero address":         {func(a *ledgerref.Addresses) { a.Keys = consent.Address{} }, nil, []string{"KeyRegistry code"}},
		"swapped addresses":        {func(a *ledgerref.Addresses) { a.Keys, a.Institutions = a.Institutions, a.Keys }, nil, []string{"KeyRegistry code", "InstitutionRegistry code"}},
		"one contract three times": {func(a *ledgerref.Addresses) { a.Keys, a.Institutions = a.Consent, a.Consent }, nil, []string{"KeyRegistry code", "InstitutionRegistry code"}},
		"a block too early":        {func(a *ledgerref.Addresses) { a.Block-- }, nil, []string{"ConsentLedger block"}},
		"a block too late":         {func(a *ledgerref.Addresses) { a.Block++ }, nil, []string{"ConsentLedger block"}},
		"another operator": {func(*ledgerref.Addresses) {}, []string{"--operator", "0x0000000000000000000000000000000000000001"},
			[]string{"ConsentLedger role admin", "ConsentLedger role operator", "InstitutionRegistry role admin", "InstitutionRegistry role operator"}},
	} {
		t.Run(name, func(t *testing.T) {
			arguments := append([]string{"ledger", "verify", "--rpc-file", n.rpc, "-o", "json", n.with(t, test.change)}, test.more...)
			code, out, text := wrappy(t, "", arguments...)
			failed := verified(t, out)
			if code != exitFailed || !strings.Contains(text, "do not use these contracts") {
				t.Errorf("exit status %d: %s", code, text)
			}
			for _, want := range test.failed {
				f, ok := failed[want]
				if delete(failed, want); !ok || f.Want == f.Got || f.Want == "" || f.Got == "" {
					t.Errorf("%s is not found out: %+v", want, f)
				}
			}
			for extra := range maps.Keys(failed) {
				t.Errorf("%s failed too", extra)
			}
		})
	}

	t.Run("foreign code", func(t *testing.T) {
		n.node.Call(t, nil, "anvil_setCode", n.addresses.Keys.String(), "0x6000")
		code, out, _ := wrappy(t, "", "ledger", "verify", "--rpc-file", n.rpc, n.file)
		if code != exitFailed || !strings.Contains(out, "WRONG") || strings.Count(out, "WRONG") != 1 {
			t.Errorf("%d: %s", code, out)
		}
	})
}

func TestLedgerVerifyRefuses(t *testing.T) {
	t.Parallel()
	n := deployOnAnvil(t)
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no such key "+r.URL.String(), http.StatusUnauthorized)
	}))
	defer failing.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, test := range map[string]struct {
		rpc, file string
		code      int
		want      string
	}{
		"another chain":           {n.rpc, n.with(t, func(a *ledgerref.Addresses) { a.ChainID++ }), exitFailed, "chain id"},
		"an endpoint that fails":  {textFile(t, failing.URL+"/verysecret"), n.file, exitUnavailable, "401"},
		"an endpoint that is off": {textFile(t, closed.URL+"/verysecret?verysecret"), n.file, exitUnavailable, "unavailable"},
		"a user's word in a URL":  {textFile(t, strings.Replace(closed.URL, "http://", "http://verysecret:verysecret@", 1)), n.file, exitUnavailable, "unavailable"},
		"a socket that is off":    {textFile(t, strings.Replace(closed.URL, "http", "ws", 1)+"/verysecret"), n.file, exitUnavailable, ""},
		"in the clear elsewhere":  {textFile(t, "http://node.example/verysecret"), n.file, exitUsage, "https"},
		"no URL":                  {textFile(t, "verysecret"), n.file, exitUsage, "https"},
		"an empty file":           {textFile(t, "\n"), n.file, exitUsage, "first line"},
		"a long line":             {textFile(t, strings.Repeat("verysecret", 1000)), n.file, exitUsage, "first line"},
		"no file":                 {"nosuch/verysecret", n.file, exitUsage, "cannot be read"},
		"no addresses":            {n.rpc, "nosuch.json", exitUsage, "cannot be read"},
		"not addresses":           {n.rpc, textFile(t, `{"verysecret":1}`), exitUsage, "not a file by"},
		"addresses of nothing":    {n.rpc, textFile(t, `{}`), exitUsage, "not a file by"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, text := wrappy(t, "", "ledger", "verify", "--rpc-file", test.rpc, test.file)
			if code != test.code || !strings.Contains(text, test.want) {
				t.Errorf("exit status %d, want %d with %q: %s", code, test.code, test.want, text)
			}
			if strings.Contains(out+text, "verysecret") {
				t.Errorf("the URL is printed: %s%s", out, text)
			}
		})
	}
	if code, _, _ := wrappy(t, "", "ledger", "verify", "--rpc-file", n.rpc, "--operator", "me", n.file); code != exitUsage {
		t.Errorf("an operator that is no address: %d", code)
	}
}

func TestLedgerDeployRefuses(t *testing.T) {
	t.Parallel()
	node := anviltest.Start(t)
	rpc := textFile(t, node.URL("http"))
	poor := filepath.Join(t.TempDir(), "poor")
	if code, _, _ := wrappy(t, "", "ledger", "account", "--out", poor); code != exitOK {
		t.Fatal("no account")
	}
	there := textFile(t, "{}")
	for name, test := range map[string]struct {
		account, out string
		code         int
		want         string
	}{
		"an account without funds": {poor, "", exitUnavailable, ""},
		"a file that is there":     {poor, there, exitUsage, "stays as it is"},
		"not a key":                {textFile(t, "verysecret"), "", exitUsage, "64 hex digits"},
		"a key of zero":            {textFile(t, strings.Repeat("0", 64)), "", exitFailed, "secp256k1"},
		"no account":               {"nosuch", "", exitUsage, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			out := test.out
			if out == "" {
				out = filepath.Join(t.TempDir(), "contracts.json")
			}
			code, _, text := wrappy(t, "", "ledger", "deploy", "--rpc-file", rpc, "--account-file", test.account, "--out", out)
			if code != test.code || !strings.Contains(text, test.want) || strings.Contains(text, "verysecret") {
				t.Errorf("exit status %d, want %d with %q: %s", code, test.code, test.want, text)
			}
			if data, err := os.ReadFile(out); test.out == "" && err == nil {
				t.Errorf("addresses were written: %s", data)
			}
		})
	}
}

// TestOneAccountForTwo: what relays for others does not pay from the account that administers.
func TestOneAccountForTwo(t *testing.T) {
	dir := t.TempDir()
	f := &founding{jurisdiction: country, public: "127.0.0.1:0", institutions: "127.0.0.1:0", names: []string{"localhost"}}
	onNetwork(t, anviltest.Start(t))(f)
	f.network.relayer = f.network.operator
	if err := f.make(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "another account than the operator's") {
		t.Errorf("have %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, configFile)); !os.IsNotExist(err) {
		t.Errorf("a vault was made: %v", err)
	}
}
