package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// demoRun tells the story once for the tests that read it, with --json.
func demoRun(t *testing.T, args ...string) (out, narration string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, append([]string{"demo", "--exit"}, args...), streams{strings.NewReader(""), &stdout, &stderr}); code != exitOK {
		t.Fatalf("status %d\n%s%s", code, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String()
}

// demoResult has the keys that --json promises, and no others.
type demoResult struct {
	Released []string `json:"released"`
	Withheld []struct {
		Field  string `json:"field"`
		Reason string `json:"reason"`
	} `json:"withheld"`
	Denied []struct {
		Who string `json:"who"`
		Why string `json:"why"`
	} `json:"denied"`
	WithdrawalMS float64 `json:"withdrawal_ms"`
	Chain        struct {
		ID            uint64  `json:"id"`
		ConsentLedger string  `json:"consent_ledger"`
		Grant         string  `json:"grant"`
		Before        string  `json:"before"`
		After         string  `json:"after"`
		BlockMS       float64 `json:"block_ms"`
	} `json:"chain"`
	Journal struct {
		Origin    string `json:"origin"`
		PublicKey []byte `json:"public_key"`
		Index     uint64 `json:"index"`
		LeafHash  string `json:"leaf_hash"`
		Anchored  uint64 `json:"anchored"`
		Root      string `json:"root"`
		History   int    `json:"history"`
		Verified  bool   `json:"verified"`
	} `json:"journal"`
	Addresses struct {
		Public       string `json:"public"`
		Institutions string `json:"institutions"`
		Release      string `json:"release"`
		Request      string `json:"request"`
	} `json:"addresses"`
	Files struct {
		Certificate       string `json:"certificate"`
		Key               string `json:"key"`
		ServerCertificate string `json:"server_certificate"`
		Proofs            string `json:"proofs"`
	} `json:"files"`
}

func readResult(t *testing.T, out string) demoResult {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	var r demoResult
	if err := d.Decode(&r); err != nil {
		t.Fatalf("not the promised object: %v\n%s", err, out)
	}
	if rest := strings.TrimSpace(out[d.InputOffset():]); rest != "" {
		t.Errorf("after the object: %q", rest)
	}
	return r
}

func TestDemo(t *testing.T) {
	t.Parallel()
	data := filepath.Join(scratch(t), "demo")
	out, narration := demoRun(t, "--json", "--data", data)
	result := readResult(t, out)
	checkResult(t, &result)
	checkNarration(t, narration)
	checkReadmeOutput(t, narration)

	// the same folder again: the same chain and cast, a new grant
	out, narration = demoRun(t, "--json", "--data", data)
	again := readResult(t, out)
	checkResult(t, &again)
	checkNarration(t, narration)
	if !strings.Contains(narration, "the cast of the last run is back") {
		t.Errorf("the second run does not go on from the first:\n%s", narration)
	}
	if again.Chain.ID != result.Chain.ID || again.Journal.Origin != result.Journal.Origin {
		t.Error("the second run has another chain or log")
	}
	if again.Chain.Grant == result.Chain.Grant || again.Journal.Index <= result.Journal.Index {
		t.Error("the second run shows the grant of the first")
	}
}

func checkResult(t *testing.T, r *demoResult) {
	t.Helper()
	if !slices.Equal(r.Released, []string{"health.allergy", "health.medication", "identity.birth_date", "identity.name"}) {
		t.Errorf("released %v", r.Released)
	}
	if len(r.Withheld) != 1 || r.Withheld[0].Field != "health.condition" || r.Withheld[0].Reason != "not_in_grant" {
		t.Errorf("withheld %v", r.Withheld)
	}
	if len(r.Denied) != 2 || r.Denied[0].Who != "school" || r.Denied[0].Why != "not_found" || r.Denied[1].Who != "hospital" || r.Denied[1].Why != "withdrawn" {
		t.Errorf("denied %v", r.Denied)
	}
	if r.WithdrawalMS <= 0 || r.Chain.BlockMS <= 0 || r.Chain.ID == 0 || r.Chain.Before != "given" || r.Chain.After != "withdrawn" {
		t.Errorf("chain %+v, withdrawal after %v ms", r.Chain, r.WithdrawalMS)
	}
	id := regexp.MustCompile(`^0x[0-9a-f]{64}$`)
	if !id.MatchString(r.Chain.Grant) || !id.MatchString(r.Journal.LeafHash) || !regexp.MustCompile(`^0x[0-9a-f]{40}$`).MatchString(r.Chain.ConsentLedger) {
		t.Errorf("ids: %+v %+v", r.Chain, r.Journal)
	}
	if r.Journal.Anchored <= r.Journal.Index || r.Journal.History < 6 || !id.MatchString(r.Journal.Root) {
		t.Errorf("log %+v", r.Journal)
	}
	if !r.Journal.Verified || len(r.Journal.PublicKey) != 32 || r.Journal.Origin == "" {
		t.Errorf("journal %+v", r.Journal)
	}
	if !strings.HasPrefix(r.Addresses.Release, r.Addresses.Institutions+"/v1/grants/0x") || !strings.HasPrefix(r.Addresses.Public, "https://127.0.0.1:") || !strings.HasPrefix(r.Addresses.Request, r.Addresses.Public+"/me/#r=0x") {
		t.Errorf("addresses %+v", r.Addresses)
	}
	for _, file := range []string{r.Files.Certificate, r.Files.Key, r.Files.ServerCertificate, filepath.Join(r.Files.Proofs, "trust.json"),
		filepath.Join(r.Files.Proofs, "release.json"), filepath.Join(r.Files.Proofs, "anchor.json"), filepath.Join(r.Files.Proofs, "history.json")} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	checkProofs(t, r.Files.Proofs)
}

// checkScreen: the story fits on one screen.
func checkScreen(t *testing.T, narration string) (lines []string) {
	t.Helper()
	lines = strings.Split(strings.TrimRight(narration, "\n"), "\n")
	if len(lines) > 40 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 120 {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
	return lines
}

// checkNarration: every step is told, and it ends well.
func checkNarration(t *testing.T, narration string) {
	t.Helper()
	lines := checkScreen(t, narration)
	for i, step := range []string{"1  ", "2  ", "3  ", "4  ", "5  ", "6  ", "7  "} {
		if !strings.Contains(narration, "\n"+step) {
			t.Errorf("step %d is missing", i+1)
		}
	}
	if lines[len(lines)-1] != "every step held" {
		t.Errorf("ends with %q", lines[len(lines)-1])
	}
}

// stopAtFirst ends the run at its first output.
type stopAtFirst struct {
	b    bytes.Buffer
	stop context.CancelFunc
}

func (s *stopAtFirst) Write(p []byte) (int, error) {
	s.stop()
	return s.b.Write(p)
}

// TestDemoSpeaksFirst: who waits for the chain to come up has read something before.
func TestDemoSpeaksFirst(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	data := filepath.Join(scratch(t), "demo")
	w := &stopAtFirst{stop: cancel}
	run(ctx, []string{"demo", "--exit", "--data", data}, streams{strings.NewReader(""), w, w})
	if !strings.HasPrefix(w.b.String(), "Wrappy Vault: ") {
		t.Errorf("first output %q", w.b.String())
	}
	if _, err := os.Stat(filepath.Join(data, "vault", configFile)); err == nil {
		t.Error("the vault was made before a word was said")
	}
}

// TestDemoCurl runs the two lines that the demo prints, as they are printed.
func TestDemoCurl(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var narration lockedBuffer
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"demo"}, streams{strings.NewReader(""), &narration, &narration}) }()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitOK {
			t.Errorf("status %d after the end by a signal", code)
		}
	})
	lines := awaitCurlLines(t, &narration, ended)
	for i, want := range []string{`"attested":true`, `"identity.name":[{`} {
		out, err := exec.CommandContext(ctx, "bash", "-c", lines[i]+" -sS --fail-with-body").CombinedOutput() //nolint:gosec // what the demo has printed
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s\n%v: %s", lines[i], err, out)
		}
	}
	checkScreen(t, narration.String())
}

// curlCommand is a command over lines that end in a backslash.
var curlCommand = regexp.MustCompile(`(?m)^ *curl (?:.*\\\n)*.*$`)

func awaitCurlLines(t *testing.T, narration *lockedBuffer, ended chan int) (lines []string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(3 * time.Minute)
	for {
		if text := narration.String(); strings.Contains(text, "SECURITY.md") {
			for _, found := range curlCommand.FindAllString(text, -1) {
				lines = append(lines, strings.TrimSpace(found))
			}
			if len(lines) != 2 {
				t.Fatalf("%d curl lines", len(lines))
			}
			return lines
		}
		select {
		case <-tick.C:
		case code := <-ended:
			ended <- code
			t.Fatalf("status %d\n%s", code, narration.String())
		case <-limit:
			t.Fatalf("the demo does not come to its end\n%s", narration.String())
		}
	}
}
