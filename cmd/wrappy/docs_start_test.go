package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var anyBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// TestDocsLeaveNothingOut: a command in a block of another kind than sh would be run by nobody.
func TestDocsLeaveNothingOut(t *testing.T) {
	t.Parallel()
	typed := regexp.MustCompile(`(?m)^\s*(?:\$ )?(?:sudo )?(wrappy|curl|go|make|git) .*$`)
	for _, page := range append(pages(t), "docs/policy.md", "docs/fhir.md", "docs/wallet.md") {
		for _, block := range anyBlock.FindAllStringSubmatch(readPage(t, page), -1) {
			if block[1] == "sh" || page == "README.md" && block[1] == "console" { // TestDocs, TestReadmeStart
				continue
			}
			if lost := typed.FindString(block[2]); lost != "" {
				t.Errorf("%s: %q is not run: make its block one of sh", page, lost)
			}
		}
	}
}

// TestDocsNameTests: what is said to be tested is.
func TestDocsNameTests(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	function := regexp.MustCompile(`(?m)^(?:func|\s*function) ((?:Test|Fuzz|test_)\w*)\(`)
	err := filepath.WalkDir("../..", func(path string, file fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if file.IsDir() && (file.Name() == "node_modules" || file.Name() == ".git") {
			return filepath.SkipDir
		}
		if file.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".t.sol") {
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // of this repository
		for _, found := range function.FindAllSubmatch(text, -1) {
			tests[string(found[1])] = true
		}
		return err
	})
	must(t, err)
	for _, page := range []string{"SECURITY.md", "docs/reliability.md"} {
		named := regexp.MustCompile("`((?:Test|Fuzz|test_)\\w+)`").FindAllStringSubmatch(readPage(t, page), -1)
		if len(named) < 20 {
			t.Errorf("%s names %d tests", page, len(named))
		}
		for _, name := range named {
			if !tests[name[1]] {
				t.Errorf("%s names %s, which there is not", page, name[1])
			}
		}
	}
}

// TestReadmeStart types README's first commands: a clone of this repository's last
// commit, and the demo from it.
func TestReadmeStart(t *testing.T) {
	t.Parallel()
	var script []string
	for _, block := range anyBlock.FindAllStringSubmatch(readPage(t, "README.md"), -1) {
		for line := range strings.Lines(block[2]) {
			if typed, ok := strings.CutPrefix(line, "$ "); ok && block[1] == "console" {
				script = append(script, strings.TrimSpace(typed))
			}
		}
	}
	if len(script) != 2 || !strings.HasPrefix(script[0], "git clone ") || !strings.HasPrefix(script[1], "go run ") {
		t.Fatalf("README.md shows %q", script)
	}
	here, err := filepath.Abs("../..")
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	bash := exec.CommandContext(ctx, "bash", "-c", "set -euo pipefail\n"+strings.Join(script, "\n")) //nolint:gosec // README's commands
	var out lockedBuffer
	bash.Dir, bash.Stdout, bash.Stderr = scratch(t), &out, &out
	bash.Env = append(os.Environ(), "CGO_ENABLED=0", "GIT_TERMINAL_PROMPT=0",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+here+".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/wrapious/wrappy")
	bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	bash.WaitDelay = 10 * time.Second
	must(t, bash.Start())
	ended := make(chan error, 1)
	go func() { ended <- bash.Wait() }()
	for !strings.Contains(out.String(), "SECURITY.md") { // the demo's last word before it stays up
		select {
		case err := <-ended:
			t.Fatalf("ended: %v\n%s", err, out.String())
		case <-ctx.Done():
			_ = syscall.Kill(-bash.Process.Pid, syscall.SIGKILL)
			t.Fatalf("the demo does not come to its end\n%s", out.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
	_ = syscall.Kill(-bash.Process.Pid, syscall.SIGINT)
	<-ended
	if strings.Contains(out.String(), "panic") {
		t.Error(out.String())
	}
}
