package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// suite is the tests of one package, compiled with every guard behind the switch.
type suite struct {
	pkg, folder, binary string
	tests               []test
}

// test is one test, or a part of it, by the pattern that runs it, how long it takes, and the
// guards that decide anything in it.
type test struct {
	of      *suite
	pattern string
	takes   time.Duration
	decides map[int]bool
}

// build compiles the package's tests and runs each once with every guard in place. One that
// fails then tells nothing of any guard: it is left out, and said.
func build(root, folder, overlay, pkg string, timeout time.Duration) (*suite, error) {
	s := &suite{pkg: pkg, folder: filepath.Join(root, pkg), binary: filepath.Join(folder, strings.NewReplacer("/", "_", ".", "_").Replace(pkg)+".test")}
	compile := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", s.binary, pkg) //nolint:gosec // the developer's own arguments
	compile.Dir = root
	if out, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", pkg, err, out)
	}
	list := exec.Command(s.binary, "-test.list", ".") //nolint:gosec // built above
	list.Dir = s.folder
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pkg, err)
	}
	for _, name := range strings.Fields(string(names)) {
		if strings.HasPrefix(name, "Benchmark") {
			continue
		}
		if err := s.add(name, timeout); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// add records a test. Of one that is long each part is one by itself: only those that can
// tell of a guard are then run. What is longer than the timeout all the same is left out.
func (s *suite) add(name string, timeout time.Duration) error {
	whole, parts, err := s.record([]string{name}, 10*timeout)
	if err != nil {
		return err
	}
	if whole == nil || whole.takes < longTest || len(parts) < 2 {
		s.keep(whole, name, timeout)
		return nil
	}
	for _, part := range parts {
		t, _, err := s.record([]string{name, part}, timeout)
		if err != nil {
			return err
		}
		s.keep(t, name+"/"+part, timeout)
	}
	return nil
}

func (s *suite) keep(t *test, name string, timeout time.Duration) {
	if t == nil || t.takes > timeout {
		fmt.Printf("%s %s fails with every guard in place, or takes longer than %s: not asked\n", s.pkg, name, timeout)
		return
	}
	s.tests = append(s.tests, *t)
}

const longTest = 5 * time.Second

// record runs a test with every guard in place; nil where it fails. parts are its subtests.
func (s *suite) record(path []string, timeout time.Duration) (t *test, parts []string, err error) {
	note := s.binary + ".note"
	pattern := make([]string, len(path))
	for i, name := range path {
		pattern[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	t = &test{of: s, pattern: strings.Join(pattern, "/"), decides: map[int]bool{}}
	begun := time.Now()
	out, ok := s.passes(t.pattern, timeout, "MUTATE_NOTE="+note)
	t.takes = time.Since(begun)
	noted, _ := os.ReadFile(note) // absent where nothing was noted
	_ = os.Remove(note)
	for _, line := range strings.Fields(string(noted)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return nil, nil, err
		}
		t.decides[id] = true
	}
	for _, m := range ran.FindAllStringSubmatch(out, -1) {
		if names := strings.Split(m[1], "/"); len(names) > len(path) && !slices.Contains(parts, names[len(path)]) {
			parts = append(parts, names[len(path)])
		}
	}
	if !ok {
		return nil, parts, nil
	}
	return t, parts, nil
}

var ran = regexp.MustCompile(`(?m)^=== RUN +(\S+)$`)

// passes runs tests. One that is killed may leave files: they are removed.
func (s *suite) passes(pattern string, timeout time.Duration, environment string) (out string, ok bool) {
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", false
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	run := exec.CommandContext(ctx, s.binary, "-test.run", pattern, "-test.failfast", "-test.short", "-test.v") //nolint:gosec // built above
	run.Dir = s.folder
	run.Env = append(os.Environ(), environment, "TMPDIR="+scratch)
	said, err := run.Output()
	return string(said), err == nil
}

// ask runs the tests in which the guard decides anything without it, the quickest first,
// until one fails or does not end.
func ask(suites []*suite, id int) (killer string, asked int) {
	var able []test
	for _, s := range suites {
		for _, t := range s.tests {
			if t.decides[id] {
				able = append(able, t)
			}
		}
	}
	slices.SortStableFunc(able, func(a, b test) int { return int(a.takes - b.takes) })
	for _, t := range able {
		asked++
		if _, ok := t.of.passes(t.pattern, 10*t.takes+20*time.Second, "MUTATE_GONE="+strconv.Itoa(id)); !ok {
			return t.of.pkg + " " + t.pattern, asked
		}
	}
	return "", asked
}
