package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// call is a curl that a page shows, directly or by a function of the page's own.
type call struct {
	shown string
	want  string // a status, or "" for any 2xx
}

// watchedCurl notes which call got which status, and fails where there was no answer.
const watchedCurl = `
curl() {
  local answer code=0
  answer=$(mktemp)
  command curl -w '%{stderr}\nstatus %{http_code}\n' "$@" 2>"$answer" || code=$?
  printf '%s %s\n' "${CALL:?a curl that the test did not see}" "$(sed -n 's/^status //p' "$answer")" >> "$STATUSES"
  rm -f "$answer"
  return "$code"
}
`

var (
	curlWord    = regexp.MustCompile(`\bcurl\b`)
	curlWrapper = regexp.MustCompile(`^(\w+)\(\) \{.*\bcurl\b`)
	answers     = regexp.MustCompile(`# answers (\d{3})\b`)
)

// watchCurl gives every curl of a script, and every call of a function that is made of one,
// a number. It refuses a curl that it cannot number: one that is not at a command's place.
func watchCurl(script string) (string, []call, error) {
	names := []string{"curl"}
	for line := range strings.Lines(script) {
		if found := curlWrapper.FindStringSubmatch(line); found != nil {
			names = append(names, found[1])
		}
	}
	command := regexp.MustCompile(`(^\s*|[;&|(]\s*|\b(?:if|then|do|else|until|while|!)\s+)(` + strings.Join(names, "|") + `)(\s)`)
	var out strings.Builder
	var calls []call
	previous := ""
	for line := range strings.Lines(script) {
		code, comment, _ := strings.Cut(line, " #")
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			code, comment = "", line
		}
		want := ""
		if found := answers.FindStringSubmatch("#" + comment); found != nil && code != "" {
			want = found[1]
		} else if found := answers.FindStringSubmatch(previous); found != nil {
			want = found[1]
		}
		if previous = ""; code == "" {
			previous = line
		}
		if code == "" || curlWrapper.MatchString(code) {
			out.WriteString(line)
			continue
		}
		seen := len(command.FindAllString(code, -1))
		if seen < len(curlWord.FindAllString(code, -1)) {
			return "", nil, fmt.Errorf("a curl that the test cannot watch: %s", strings.TrimSpace(line))
		}
		out.WriteString(command.ReplaceAllStringFunc(line, func(at string) string {
			part := command.FindStringSubmatch(at)
			calls = append(calls, call{strings.TrimSpace(line), want})
			return part[1] + "CALL=" + strconv.Itoa(len(calls)-1) + " " + part[2] + part[3]
		}))
	}
	return out.String(), calls, nil
}

// checkCalls holds what was answered against what the page says; a call that was
// never made is a failure too.
func checkCalls(t *testing.T, calls []call, said string) {
	t.Helper()
	text, err := os.ReadFile(said) //nolint:gosec // the test's own
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	got := make([][]string, len(calls))
	for line := range strings.Lines(string(text)) {
		var n int
		var status string
		if _, err := fmt.Sscanf(line, "%d %s\n", &n, &status); err != nil || n < 0 || n >= len(calls) {
			t.Fatalf("%q: %v", line, err)
		}
		got[n] = append(got[n], status)
	}
	for i, c := range calls {
		if len(got[i]) == 0 {
			t.Errorf("never called: %s", c.shown)
		}
		for _, status := range got[i] {
			if c.want != status && (c.want != "" || !strings.HasPrefix(status, "2")) {
				t.Errorf("status %s, the page says %q: %s", status, c.want, c.shown)
			}
		}
	}
}

// TestDocsCurl: no page of this repository shows a curl that nothing runs.
func TestDocsCurl(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(all) < 4 {
		t.Fatalf("%d pages: %v", len(all), err)
	}
	list := append(pages(t), "SECURITY.md", "CONTRIBUTING.md")
	for _, page := range all {
		list = append(list, "docs/"+filepath.Base(page))
	}
	slices.Sort(list)
	run, total := pages(t), 0
	for _, page := range slices.Compact(list) {
		kind := ""
		for line := range strings.Lines(readPage(t, page)) {
			if rest, fence := strings.CutPrefix(strings.TrimSpace(line), "```"); fence {
				if kind != "" {
					kind = ""
				} else if kind = rest; kind == "" {
					kind = "none"
				}
				continue
			}
			if kind == "" || !curlWord.MatchString(line) {
				continue
			}
			if total++; kind != "sh" || !slices.Contains(run, page) {
				t.Errorf("%s: a curl that no test runs: %s", page, strings.TrimSpace(line))
			}
		}
	}
	if total < 12 {
		t.Errorf("%d curls on all pages", total)
	}
}

func TestWatchCurl(t *testing.T) {
	t.Parallel()
	tests := []struct {
		script string
		calls  []call
		fails  bool
	}{
		{"echo hello\n", nil, false},
		{"curl a\n", []call{{"curl a", ""}}, false},
		{"  curl a | grep x && curl b\n", []call{{"curl a | grep x && curl b", ""}, {"curl a | grep x && curl b", ""}}, false},
		{"X=$(curl a)\n", []call{{"X=$(curl a)", ""}}, false},
		{"until curl a; do sleep 1; done\n", []call{{"until curl a; do sleep 1; done", ""}}, false},
		{"# answers 404\ncurl a\n", []call{{"curl a", "404"}}, false},
		{"curl a # answers 403\ncurl b\n", []call{{"curl a # answers 403", "403"}, {"curl b", ""}}, false},
		{"# answers 404\necho\ncurl a\n", []call{{"curl a", ""}}, false},
		{"v() { curl \"$@\"; }\nv a\n", []call{{"v a", ""}}, false},
		{"# a curl in a comment\n", nil, false},
		{"xargs curl\n", nil, true},
		{"sudo curl a\n", nil, true},
		{"echo $(date) curl a\n", nil, true},
	}
	for _, tt := range tests {
		script, calls, err := watchCurl(tt.script)
		if (err != nil) != tt.fails || !slices.Equal(calls, tt.calls) || strings.Count(script, "CALL=") != len(tt.calls) {
			t.Errorf("%q: %v, %v\n%s", tt.script, calls, err, script)
		}
	}
}
