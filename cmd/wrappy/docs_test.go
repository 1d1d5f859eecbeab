package main

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/ledgerref/anviltest"
)

// What README and guides show is run. The convention:
//
//   - every ```sh block of a page is run, in order, in one bash per page that stops
//     at the first failure, in an empty folder, with wrappy on PATH and the variables
//     that the page names set to those of a running vault;
//   - <!-- run: COMMAND --> is run too: what somebody else does meanwhile, or what a
//     reader copies from the screen;
//   - blocks of any other kind (```console, ```text, …) are not run;
//   - every curl of a page is in a ```sh block, and its status is looked at: 2xx, or what a
//     comment in the line or in the one before says ("# answers 404").
var runnable = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$|^<!-- run: (.*?) -->$")

// before is what a page's reader has done already.
var before = map[string]string{
	"README.md": `
wrappy person new --vault "$VAULT" --jurisdiction KE --passphrase-file "$PASSPHRASE" >/dev/null
REQUEST=$(wrappy institution request --dir "$HOSPITAL_DIR" --vault "$VAULT_INSTITUTIONS" --purpose sector-health:ServiceProvision --jurisdiction KE --fields health.allergy,identity.name --notice 'To treat you.')
wrappy person grant "$REQUEST" --passphrase-file "$PASSPHRASE" >/dev/null
GRANT=$(wrappy institution status "$REQUEST" --dir "$HOSPITAL_DIR" --vault "$VAULT_INSTITUTIONS" --wait 1m | sed 's/.*grant //')
CERT="$HOSPITAL_DIR/tls.crt" KEY="$HOSPITAL_DIR/tls.key" CACERT="$SSL_CERT_FILE"
`,
	"docs/api.md": `
wrappy person new --vault "$VAULT" --jurisdiction KE --passphrase-file "$PASSPHRASE" >/dev/null
CERT="$HOSPITAL_DIR/tls.crt" KEY="$HOSPITAL_DIR/tls.key" CACERT="$SSL_CERT_FILE"
`,
	"docs/guides/compliance.md": `
wrappy person new --vault "$VAULT" --jurisdiction KE --passphrase-file "$PASSPHRASE" >/dev/null
`,
	// a person types the passphrase; here a file does
	"docs/guides/individuals.md": `
REQUEST=$(wrappy institution request --dir "$HOSPITAL_DIR" --vault "$VAULT_INSTITUTIONS" --purpose sector-health:ServiceProvision --jurisdiction KE --fields health.allergy,identity.name --notice 'To treat you.')
echo 271828 > pin
wrappy() {
  case "${1-} ${2-} ${3-}" in
  "person card new" | "person card replace") command wrappy "$@" --passphrase-file "$PASSPHRASE" --pin-file pin ;;
  "person card restore") command wrappy "$@" --passphrase-file "$PASSPHRASE" --pin-file pin || [ $? = 4 ] ;; # it waits
  "person "*) command wrappy "$@" --passphrase-file "$PASSPHRASE" ;;
  *) command wrappy "$@" ;;
  esac
}
`,
}

// beside is what a page's reader has elsewhere.
var beside = map[string]func(*testing.T) []string{
	"docs/guides/operators.md": func(t *testing.T) []string { return []string{"RPC=" + anviltest.Start(t).URL("http")} },
}

func pages(t *testing.T) []string {
	t.Helper()
	guides, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(guides) < 4 {
		t.Fatalf("%d guides: %v", len(guides), err)
	}
	list := []string{"README.md", "docs/api.md"}
	for _, guide := range guides {
		list = append(list, "docs/guides/"+filepath.Base(guide))
	}
	return list
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + page) //nolint:gosec // a page of this repository
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocs(t *testing.T) {
	t.Parallel()
	shared, path := town.running(t), builtPath(t)
	for _, page := range pages(t) {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			var shown strings.Builder
			for _, block := range runnable.FindAllStringSubmatch(readPage(t, page), -1) {
				shown.WriteString(block[1] + block[2] + "\n")
			}
			script, calls, err := watchCurl(shown.String())
			if err != nil {
				t.Fatal(err)
			}
			var elsewhere []string
			if start, ok := beside[page]; ok {
				elsewhere = start(t)
			}
			said := filepath.Join(scratch(t), "statuses")
			runPage(t, "set -euo pipefail\n"+watchedCurl+before[page]+script, append(append(append(os.Environ(), shared.environment()...), "STATUSES="+said, path), elsewhere...))
			checkCalls(t, calls, said)
		})
	}
}

func runPage(t *testing.T, script string, environ []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	bash := exec.CommandContext(ctx, "bash", "-x", "-c", script) //nolint:gosec // blocks of this repository's pages
	var out bytes.Buffer
	bash.Dir, bash.Env, bash.Stdout, bash.Stderr = scratch(t), environ, &out, &out
	// a page may leave a server behind where it fails: it ends with its shell's group
	bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	bash.Cancel = func() error { return syscall.Kill(-bash.Process.Pid, syscall.SIGTERM) }
	bash.WaitDelay = 10 * time.Second
	err := bash.Run()
	if bash.Process != nil {
		_ = syscall.Kill(-bash.Process.Pid, syscall.SIGTERM)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// TestDocsLinks: a link to a file of this repository leads somewhere.
func TestDocsLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, page := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(readPage(t, page), -1) {
			if _, err := os.Stat(filepath.Join("../..", filepath.Dir(page), found[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

var demoOutput = regexp.MustCompile("(?ms)^```text\n(Wrappy Vault: .*?)^```$")

// checkReadmeOutput: the output that README shows is the demo's, but for numbers and for
// what "…" leaves out.
func checkReadmeOutput(t *testing.T, narration string) {
	t.Helper()
	number := regexp.MustCompile(`\d+(?:\.\d+)?`)
	shown := demoOutput.FindStringSubmatch(readPage(t, "README.md"))
	if shown == nil {
		t.Fatal("README.md shows no output of the demo")
	}
	rest := number.ReplaceAllString(narration, "0")
	for line := range strings.Lines(number.ReplaceAllString(shown[1], "0")) {
		if line = strings.TrimSpace(line); line == "…" {
			continue
		}
		at := strings.Index(rest, line)
		if at < 0 {
			t.Fatalf("README.md shows what the demo does not print there: %s", line)
		}
		rest = rest[at+len(line):]
	}
}

// TestReadmeDependencies: the table has every module that our code imports, and no other.
func TestReadmeDependencies(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$").FindAllStringSubmatch(readPage(t, "README.md"), -1) {
		listed = append(listed, row[1])
		if len(row[2]) < 10 {
			t.Errorf("%s: no reason", row[1])
		}
	}
	slices.Sort(listed)
	if want := directDependencies(t); !slices.Equal(listed, want) {
		t.Errorf("README.md lists\n%s\nthe code imports\n%s", strings.Join(listed, "\n"), strings.Join(want, "\n"))
	}
}

// directDependencies are the modules of go.mod that a Go file of this module imports.
func directDependencies(t *testing.T) (modules []string) {
	t.Helper()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var required []string
	for _, line := range regexp.MustCompile(`(?m)^\t(\S+) v\S+`).FindAllStringSubmatch(string(mod), -1) {
		required = append(required, line[1])
	}
	found := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "tools" || entry.Name() == ".git"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if module := moduleOf(imported, required); module != "" {
				found[module] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for module := range found {
		modules = append(modules, module)
	}
	slices.Sort(modules)
	return modules
}

// moduleOf is the longest required module that a package belongs to.
func moduleOf(imported string, required []string) (module string) {
	for _, candidate := range required {
		if (imported == candidate || strings.HasPrefix(imported, candidate+"/")) && len(candidate) > len(module) {
			module = candidate
		}
	}
	return module
}
