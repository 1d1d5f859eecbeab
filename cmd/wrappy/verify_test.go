package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// The files that the formats' own tests check by, and what they rest on.
const proofFiles = "../../proof/testdata/"

func trustArguments() []string { return []string{"--trust", proofFiles + "trust.json"} }

// anchorTrust is what the anchor vector rests on: its ledger, and the hashes of its blocks.
func anchorTrust(t testing.TB) (p ledgerref.AnchorProof, arguments []string) {
	t.Helper()
	data, err := os.ReadFile("../../ledgerref/testdata/anchor.json")
	if err != nil {
		t.Fatal(err)
	}
	if p, err = ledgerref.ParseAnchorProof(data); err != nil {
		t.Fatal(err)
	}
	found, err := p.Verify(consent.Domain{ChainID: p.ChainID, Contract: p.Contract})
	if err != nil {
		t.Fatal(err)
	}
	return p, []string{"--chain-id", fmt.Sprint(p.ChainID), "--contract", p.Contract.String(), "--block-hash", found.Anchored.Hash.String(), "--block-hash", found.Opened.Hash.String(),
		"--log", proof.Log{Origin: p.Origin, Key: p.LogKey[:]}.VerifierKey()}
}

func verifyRun(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"verify"}, args...), streams{strings.NewReader(""), &out, &errs})
	return code, out.String(), errs.String()
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }

func TestVerifyCommands(t *testing.T) {
	_, anchored := anchorTrust(t)
	entry := proofFiles + "entry.json"
	missing := filepath.Join(t.TempDir(), "missing")
	log := readTrust(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string // on standard output, or on standard error where the code is not 0
	}{
		{"entry", []string{"entry", entry}, 0, []string{"authorised", "identity.name, version 2", "NOT PROVEN +that a log signed it"}},
		{"promise", append([]string{"promise", entry}, trustArguments()...), 0, []string{"promise +proven +the log log.example/1 signed", "NOT PROVEN +that the promise was kept"}},
		{"proof", append([]string{"proof", entry}, trustArguments()...), 0, []string{"inclusion +proven +the entry is number 6 of the 13", "1 trusted witnesses saw it"}},
		{"the other name", append([]string{"inclusion", entry}, trustArguments()...), 0, []string{"inclusion +proven"}},
		{"by flags", []string{"proof", entry, "--log", log.Log}, 0, []string{"inclusion +proven", "NOT PROVEN +that everybody is shown this tree"}},
		{"two files", append([]string{"promise", entry, entry}, trustArguments()...), 0, []string{"promise +proven"}},
		{"checkpoint", append([]string{"checkpoint", proofFiles + "checkpoint.txt"}, trustArguments()...), 0, []string{"13 entries, root 0x", "witness.example, 20", "checkpoint +proven"}},
		{"consistency", append([]string{"consistency", proofFiles + "consistency.json"}, trustArguments()...), 0, []string{"begins with all 5 of the older one"}},
		{"receipt", append([]string{"receipt", proofFiles + "receipt.json"}, trustArguments()...), 0, []string{"ends the permission 0x", "granted", "withdrawn", "NOT PROVEN +that the permission stands now"}},
		{"history", append([]string{"history", proofFiles + "history.json"}, trustArguments()...), 0, []string{"person +says +0x0500000000", "complete as stated", "NOT PROVEN +that the vault wrote down everything"}},
		{"anchor", append([]string{"anchor", "../../ledgerref/testdata/anchor.json"}, anchored...), 0, []string{"17 entries", "has the hash that you named"}},
		{"anchor, no hash named", append([]string{"anchor", "../../ledgerref/testdata/anchor.json"}, anchored[:4]...), 0, []string{"NOT PROVEN +that block [0-9]+, which anchored the tree, is on the chain: compare its hash 0x[0-9a-f]{64}"}},
		{"anchor as JSON", append([]string{"anchor", "-o", "json", "../../ledgerref/testdata/anchor.json"}, anchored...), 0, []string{`"proven": true`}},

		{"no trust", []string{"promise", entry}, 2, []string{"no log is named", "--log log.example/1\\+", "does not come from the vault"}},
		{"no trust, proof", []string{"proof", entry}, 2, []string{"no log is named"}},
		{"no trust, checkpoint", []string{"checkpoint", proofFiles + "checkpoint.txt"}, 2, []string{"no log is named"}},
		{"no trust, consistency", []string{"consistency", proofFiles + "consistency.json"}, 2, []string{"no log is named"}},
		{"no trust, history", []string{"history", proofFiles + "history.json"}, 2, []string{"no log is named"}},
		{"no trust, receipt", []string{"receipt", proofFiles + "receipt.json"}, 2, []string{"no ledger is named", "--chain-id 4711"}},
		{"a ledger but no log", []string{"receipt", proofFiles + "receipt.json", "--chain-id", "4711", "--contract", log.Contract.String()}, 2, []string{"no log is named"}},
		{"no trust, anchor", []string{"anchor", "../../ledgerref/testdata/anchor.json"}, 2, []string{"no ledger is named"}},
		{"no file", []string{"entry"}, 2, []string{"requires at least 1 arg"}},
		{"a file that is not there", []string{"entry", missing}, 1, []string{"missing"}},
		{"a trust file that is not there", []string{"promise", entry, "--trust", missing}, 1, []string{"--trust"}},
		{"no trust file", []string{"promise", entry, "--trust", entry}, 2, []string{"--trust"}},
		{"a key that is none", []string{"promise", entry, "--log", "nonsense"}, 2, []string{"not usable to trust a log by"}},
		{"another log", []string{"promise", entry, "--log", anchored[len(anchored)-1]}, 1, []string{"promise: .*another log than the one trusted", "compare the log's key"}},
		{"a block without an anchor", append([]string{"proof", entry, "--block-hash", "0x" + strings.Repeat("11", 32)}, trustArguments()...), 2, []string{"--block-hash: of no use without --anchor"}},
		{"more witnesses than there are", append([]string{"proof", entry, "--threshold", "2"}, trustArguments()...), 2, []string{"witnesses"}},
		{"another contract", append([]string{"receipt", proofFiles + "receipt.json", "--contract", "0x1111111111111111111111111111111111111111"}, trustArguments()...), 1, []string{"receipt: .*another ledger"}},
		{"no contract", append([]string{"receipt", proofFiles + "receipt.json", "--contract", "0x11"}, trustArguments()...), 2, []string{"--contract"}},
		{"another chain's anchor", append([]string{"anchor", "../../ledgerref/testdata/anchor.json", "--chain-id", "1"}, anchored[2:]...), 1, []string{"anchor: .*another chain"}},
		{"another block", append([]string{"anchor", "../../ledgerref/testdata/anchor.json", "--block-hash", "0x" + strings.Repeat("11", 32)}, anchored...), 1, []string{"anchor: .*not the one named; do not rely on it"}},
		{"no hash", append([]string{"anchor", "../../ledgerref/testdata/anchor.json", "--block-hash", "0x11"}, anchored[:4]...), 2, []string{"--block-hash"}},
		{"an anchor of another log", append([]string{"anchor", "../../ledgerref/testdata/anchor.json", "--log", log.Log}, anchored[:4]...), 1, []string{"anchor: .*another log"}},
		{"an entry held against another log's anchor", append([]string{"proof", entry, "--anchor", "../../ledgerref/testdata/anchor.json", "--log", log.Log}, anchored[:4]...), 1, []string{"anchor: .*another origin or key"}},
		{"a checkpoint held against another log's anchor", append([]string{"checkpoint", proofFiles + "checkpoint.txt", "--anchor", "../../ledgerref/testdata/anchor.json", "--log", log.Log}, anchored[:4]...), 1, []string{"anchor: .*another origin or key"}},
		{"an anchor file that is none", append([]string{"proof", entry, "--anchor", entry}, trustArguments()...), 1, []string{"anchor: .*not of the format"}},
		{"an entry as history", append([]string{"history", entry}, trustArguments()...), 1, []string{"file: .*wrappy history v1"}},
		{"a history as entry", []string{"entry", proofFiles + "history.json"}, 1, []string{"file: .*wrappy entry proof v1"}},
		{"a history as checkpoint", append([]string{"checkpoint", proofFiles + "consistency.json"}, trustArguments()...), 1, []string{"checkpoint: "}},
		{"the second fails", append([]string{"promise", entry, proofFiles + "history.json"}, trustArguments()...), 1, []string{"history.json: file: "}},
		{"another output", []string{"entry", entry, "-o", "yaml"}, 2, []string{"json or table"}},
	} {
		code, stdout, stderr := verifyRun(c.args...)
		got := stdout
		if c.code != 0 {
			got = stderr
		}
		if code != c.code {
			t.Errorf("%s: exit status %d, want %d\n%s%s", c.name, code, c.code, stdout, stderr)
		}
		for _, want := range c.want {
			if !matches(want, got) {
				t.Errorf("%s: want %q in\n%s", c.name, want, got)
			}
		}
		if c.code != 0 && matches("proven", stdout) && !strings.Contains(c.name, "second") {
			t.Errorf("%s: it failed, and says\n%s", c.name, stdout)
		}
	}
}

func readTrust(t testing.TB) *proof.TrustFile {
	t.Helper()
	data, err := os.ReadFile(proofFiles + "trust.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := proof.ParseTrust(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestVerifyRefusesEveryChange changes each value of each file and looks at the exit status.
func TestVerifyRefusesEveryChange(t *testing.T) {
	_, anchored := anchorTrust(t)
	for _, c := range []struct {
		command, file string
		trust         []string
		ours          func(where string) bool // values that this check does not look at
	}{
		{"entry", proofFiles + "entry.json", nil, func(where string) bool {
			return where == "format" || strings.HasPrefix(where, "leaf") || strings.HasPrefix(where, "opening") || where == "promise.leaf_hash"
		}},
		{"promise", proofFiles + "entry.json", trustArguments(), func(where string) bool {
			return !strings.HasPrefix(where, "checkpoint") && !strings.HasPrefix(where, "inclusion") && !strings.HasPrefix(where, "anchored")
		}},
		{"proof", proofFiles + "entry.json", trustArguments(), func(where string) bool { return !strings.HasPrefix(where, "anchored") }},
		{"consistency", proofFiles + "consistency.json", trustArguments(), nil},
		{"receipt", proofFiles + "receipt.json", trustArguments(), nil},
		{"history", proofFiles + "history.json", trustArguments(), nil},
		{"anchor", "../../ledgerref/testdata/anchor.json", anchored, nil},
	} {
		t.Run(c.command, func(t *testing.T) {
			data, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			file, changed := filepath.Join(t.TempDir(), "file"), 0
			for where, bad := range changedValues(t, data) {
				place, _, _ := strings.Cut(where, " ")
				if c.ours != nil && !c.ours(place) {
					continue
				}
				if err := os.WriteFile(file, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				code, stdout, stderr := verifyRun(append([]string{c.command, file}, c.trust...)...)
				if code != exitFailed || matches(" proven ", stdout) || !matches(": [a-z]+: .+; .+", stderr) {
					t.Errorf("changed at %s: exit status %d\n%s%s", where, code, stdout, stderr)
				}
				changed++
			}
			if changed < 5 {
				t.Errorf("only %d values were changed", changed)
			}
		})
	}
}

// changedValues is the file with one value changed in its middle, by the value's name and place.
func changedValues(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	type level struct {
		object, value bool
		name          string
	}
	stack := []level{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		top := &stack[len(stack)-1]
		if delim, ok := token.(json.Delim); ok {
			if delim == '}' || delim == ']' {
				stack = stack[:len(stack)-1]
				continue
			}
			top.value = false
			stack = append(stack, level{object: delim == '{'})
			continue
		}
		if top.object && !top.value {
			top.name, top.value = fmt.Sprint(token), true
			continue
		}
		top.value = false
		var names []string
		for _, l := range stack {
			if l.name != "" {
				names = append(names, l.name)
			}
		}
		end := int(d.InputOffset())
		at, changed := end-1, bytes.Clone(data)
		if text, ok := token.(string); ok {
			at = end - 1 - (len(text)+1)/2
		}
		switch old := data[at]; {
		case old >= '0' && old <= '9':
			changed[at] = '0' + (old-'0'+1)%10
		case old == 'a':
			changed[at] = 'b'
		default:
			changed[at] = 'a'
		}
		out[fmt.Sprintf("%s at byte %d", strings.Join(names, "."), at)] = changed
	}
}

// checkProofs checks the files that the demo leaves behind, as its reader can.
func checkProofs(t *testing.T, dir string) {
	t.Helper()
	file := func(name string) string { return filepath.Join(dir, name) }
	trust := []string{"--trust", file("trust.json")}
	other := []string{"--trust", proofFiles + "trust.json"}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{append([]string{"proof", file("release.json"), "--anchor", file("anchor.json")}, trust...), 0, "anchor +proven +the entry is in the tree"},
		{append([]string{"anchor", file("anchor.json")}, trust...), 0, "NOT PROVEN +that block"},
		{append([]string{"history", file("history.json")}, trust...), 0, "complete as stated"},
		{append([]string{"proof", file("release.json"), "--anchor", file("anchor.json")}, other...), 1, "FAILED"},
		{append([]string{"anchor", file("anchor.json")}, other...), 1, "FAILED"},
		{append([]string{"history", file("history.json")}, other...), 1, "FAILED"},
	} {
		if code, stdout, stderr := verifyRun(c.args...); code != c.code || !matches(c.want, stdout) {
			t.Errorf("verify %s: exit status %d\n%s%s", strings.Join(c.args, " "), code, stdout, stderr)
		}
	}
}
