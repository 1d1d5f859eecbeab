package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/wrapious/wrappy/proof"
)

// suite ends the running vault that tests share, and removes the program.
type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	_ = os.RemoveAll(program.dir)
	if err := town.stop(); err != nil {
		_, _ = os.Stderr.WriteString("the shared vault did not end well: " + err.Error() + "\n")
		return 1
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"wrappy": main, "bench-load": loadMain, "bench-bare": bareMain})
}

// program is wrappy as it is built for use, built once. With the race detector, which the tests
// themselves and the vaults in them have, a command takes five times as long, and a server that
// is to be killed is killed before it has done anything.
var program struct {
	once sync.Once
	dir  string
	err  error
}

func built(t *testing.T) string {
	t.Helper()
	program.once.Do(func() {
		if program.dir, program.err = os.MkdirTemp("", "wrappy-built-"); program.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(program.dir, "wrappy"), ".") //nolint:gosec // this package
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			program.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	must(t, program.err)
	return filepath.Join(program.dir, "wrappy")
}

// builtPath is a PATH on which wrappy is the built one.
func builtPath(t *testing.T) string {
	t.Helper()
	return "PATH=" + filepath.Dir(built(t)) + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// scriptCommands are those that scripts have besides testscript's own.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"code":     codeCommand,
	"capture":  captureCommand,
	"await":    awaitCommand,
	"flip":     flipCommand,
	"otherlog": otherLogCommand,
}

// code STATUS COMMAND...: the command ends with exactly this status.
func codeCommand(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: code STATUS COMMAND [ARGUMENTS]")
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// capture NAME [PREFIX]: the first line of standard output (that begins so, without
// the prefix) becomes a variable.
func captureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: capture NAME [PREFIX]")
	}
	prefix := strings.Join(args[1:], "")
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if rest, found := strings.CutPrefix(line, prefix); found {
			ts.Setenv(args[0], strings.TrimSpace(rest))
			return
		}
	}
	ts.Fatalf("capture: no such line on standard output")
}

// await FILE: until it is there.
func awaitCommand(ts *testscript.TestScript, neg bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if neg || len(args) != 1 || awaitFile(ctx, ts.MkAbs(args[0])) != nil {
		ts.Fatalf("await: the file does not come")
	}
}

// flip FILE MEMBER NEW: the JSON document with one character of a string changed; MEMBER is a/b.
func flipCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: flip FILE MEMBER NEW")
	}
	var whole map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &whole))
	at, path := whole, strings.Split(args[1], "/")
	for _, name := range path[:len(path)-1] {
		at, _ = at[name].(map[string]any)
	}
	last := path[len(path)-1]
	text, is := at[last].(string)
	if !is || text == "" {
		ts.Fatalf("flip: no string %s", args[1])
	}
	changed := []byte(text)
	if i := len(changed) / 2; changed[i] == 'A' {
		changed[i] = 'B'
	} else {
		changed[i] = 'A'
	}
	at[last] = string(changed)
	data, err := json.Marshal(whole)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o600))
}

// otherlog TRUST NEW: the trust file, with a key for the log that is not the log's.
func otherLogCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: otherlog TRUST NEW")
	}
	trust, err := proof.ParseTrust([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	origin, _, _ := strings.Cut(trust.Log, "+")
	_, trust.Log, err = note.GenerateKey(rand.Reader, origin)
	ts.Check(err)
	data, err := proof.Encode(trust)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

func awaitFile(ctx context.Context, path string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TestOffline: what needs no running vault, or starts its own.
func TestOffline(t *testing.T) {
	t.Parallel()
	path := builtPath(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script/offline", Cmds: scriptCommands, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, path)
			return nil
		},
	})
}

// TestVault: institutions and people at the vault that tests share.
func TestVault(t *testing.T) {
	t.Parallel()
	shared, path := town.running(t), builtPath(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script/vault", Cmds: scriptCommands, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(append(e.Vars, shared.environment()...), path)
			return nil
		},
	})
}

var flagLine = regexp.MustCompile(`^ +(?:-\w, )?--([a-z0-9-]+)(?: \w+)?(?: {2,}(.+))?\n?$`)

// TestHelp: every command says what it does, every flag what it is, and none takes a secret.
func TestHelp(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s: no description", c.CommandPath())
		}
		if c.Runnable() && c.Args == nil {
			t.Errorf("%s: takes any arguments without a check", c.CommandPath())
		}
		for line := range strings.Lines(c.LocalFlags().FlagUsages()) {
			found := flagLine.FindStringSubmatch(line)
			if found == nil || found[2] == "" {
				t.Errorf("%s: a flag without a description: %q", c.CommandPath(), line)
				continue
			}
			name := found[1]
			for _, word := range []string{"pass", "secret", "key", "seed", "pin"} {
				if strings.Contains(name, word) && !strings.HasSuffix(name, "-file") && name != "idempotency-key" {
					t.Errorf("%s --%s: secrets never come by the command line, where others read them", c.CommandPath(), name)
				}
			}
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(rootCommand(streams{}))
}

func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wrappy-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Clean(dir)
}
