// Command mutate takes guards away, one at a time, and asks the tests whether they notice. A
// guard whose loss no test sees is a survivor. The tests are compiled once, with every guard
// behind a switch; nothing is written into the tree: the compiler reads the changed files
// through -overlay. Each guard is asked of the tests in which it decides anything, the
// quickest first; where there is none it has survived.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

func main() {
	count := flag.Int("n", 0, "how many guards, drawn from all; 0 for every one")
	seed := flag.Uint64("seed", 1, "of the draw")
	timeout := flag.Duration("timeout", 5*time.Minute, "for one test: a longer one is not asked; one that takes ten times as long without a guard as with it has noticed")
	budget := flag.Duration("for", 24*time.Hour, "begins no guard later than this")
	root := flag.String("C", ".", "the repository")
	only := flag.String("only", "", "only guards whose name matches this expression")
	known := flag.String("known", "", "file of survivors that are known, a line each: name, a tab, why")
	least := flag.Float64("least", 0.9, "share of the guards that are not known whose loss must be noticed")
	flag.Parse()
	if err := run(*root, flag.Args(), *count, *seed, *timeout, *budget, *only, *known, *least); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run takes arguments of the form PACKAGE[,PACKAGE…]=FILE[,FILE…]: the packages' tests are
// asked about each guard of the files.
func run(root string, targets []string, count int, seed uint64, timeout, budget time.Duration, only, known string, least float64) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	reasons, err := readKnown(known)
	if err != nil {
		return err
	}
	var all []guard
	var asked []string // packages
	of, packages := map[string][]string{}, map[string]string{}
	for _, target := range targets {
		tests, files, ok := strings.Cut(target, "=")
		if !ok {
			return fmt.Errorf("%s: want PACKAGES=FILES", target)
		}
		for _, p := range strings.Split(tests, ",") {
			if !slices.Contains(asked, p) {
				asked = append(asked, p)
			}
		}
		for _, file := range strings.Split(files, ",") {
			found, name, err := guards(root, file)
			if err != nil {
				return err
			}
			all = append(all, found...)
			of[file], packages[filepath.Dir(file)] = strings.Split(tests, ","), name
		}
	}
	var chosen []int
	for id, g := range all {
		if wanted.MatchString(g.name()) {
			chosen = append(chosen, id)
		}
	}
	if count > 0 {
		draw := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret
		draw.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:min(count, len(chosen))]
		fmt.Printf("%d guards, %d drawn by seed %d\n", len(all), len(chosen), seed)
	} else {
		fmt.Printf("%d guards, %d of them asked\n", len(all), len(chosen))
	}
	folder, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	over, err := overlay(root, folder, all, packages)
	if err != nil {
		return err
	}
	begun := time.Now()
	suites := map[string]*suite{}
	for _, p := range asked {
		if suites[p], err = build(root, folder, over, p, timeout); err != nil {
			return err
		}
		fmt.Printf("%s: %d tests\n", p, len(suites[p].tests))
	}
	var total tally
	kinds := map[string]*tally{}
	for _, id := range chosen {
		if time.Since(begun) > budget {
			fmt.Println("out of time")
			break
		}
		g := all[id]
		var able []*suite
		for _, p := range of[g.file] {
			able = append(able, suites[p])
		}
		killer, tests := ask(able, id)
		why := reasons[g.name()]
		if kinds[g.kind()] == nil {
			kinds[g.kind()] = &tally{}
		}
		word := total.add(killer, why)
		kinds[g.kind()].add(killer, why)
		fmt.Printf("%-8s %s:%d\t%s\t%d asked\t%s%s\n", word, g.file, g.line, g.name(), tests, killer, why)
	}
	fmt.Printf("%s\n", total)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Printf("%s: %s\n", kind, *kinds[kind])
	}
	if total.share() < least {
		return errors.New("too many survive")
	}
	return nil
}

type tally struct{ killed, survived, known int }

// add counts a guard and says what became of it.
func (t *tally) add(killer, known string) string {
	switch {
	case killer != "":
		t.killed++
		return "noticed"
	case known != "":
		t.known++
		return "known"
	}
	t.survived++
	return "SURVIVED"
}

// share is of those that are not known.
func (t tally) share() float64 { return float64(t.killed) / float64(max(t.killed+t.survived, 1)) }

func (t tally) String() string {
	return fmt.Sprintf("%d noticed, %d survived, %d survived and are known; noticed %.1f %% of all, %.1f %% of those that are not known",
		t.killed, t.survived, t.known, 100*float64(t.killed)/float64(max(t.killed+t.survived+t.known, 1)), 100*t.share())
}

func readKnown(file string) (map[string]string, error) {
	reasons := map[string]string{}
	if file == "" {
		return reasons, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, why, ok := strings.Cut(lines.Text(), "\t"); ok && !strings.HasPrefix(name, "#") {
			reasons[name] = why
		}
	}
	return reasons, lines.Err()
}
