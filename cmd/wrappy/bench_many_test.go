package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Grants that are asked for where there are very many, and the few that they are held against.
const (
	sampled = 100_000
	few     = 10_000
)

// releaseMany is one vault with few people and then with very many: what it takes to start,
// to hold, and to release to somebody drawn among all of them. Vault and ledger view are
// filled by the packages' own benchmarks; chain and log have nothing of these people.
func (b *bench) releaseMany() {
	h := b.newBenched(1, nil)
	vault, ledger := b.compiled("vault"), b.compiled("ledgerref")
	least := min(few, b.many)
	h.fill(vault, ledger, least)
	before := b.stands(h, "few")
	if b.many > least {
		h.fill(vault, ledger, b.many-least)
	}
	after := b.stands(h, "many")
	after["people"], after["few_people"] = float64(b.many), float64(least)
	for _, name := range []string{"boot_s", "p50_ms", "resident_mib"} {
		after["few_"+name] = before[name]
	}
	after["p50_ratio"] = after["p50_ms"] / before["p50_ms"]
	after["failures"] += before["failures"]
	b.results["release_many"] = after
	b.t.Logf("many people: %s", after)
	b.lookUp(h)
}

// stands starts the vault, and releases to people drawn from all that it has.
func (b *bench) stands(h *benched, which string) figures {
	h.t.Helper()
	calls := h.drawn()
	syscall.Sync()
	s, boot := b.serve(h)
	b.run(h, s.pinned, h.plan(hostPort(s.at.Institutions), usual, b.seconds, calls))
	var rounds []round
	for range b.rounds {
		plan := h.plan(hostPort(s.at.Institutions), usual, b.seconds, calls)
		plan.Kept = h.kept
		profiled := b.profiling(s, "release_"+which)
		rounds = append(rounds, b.run(h, s.pinned, plan))
		profiled()
	}
	own := summary(rounds)
	own["boot_s"], own["resident_mib"] = boot.Seconds(), s.resident()
	s.end(syscall.SIGTERM)
	return own
}

// settledRow is how the vault's BenchmarkSettle tells of a person: grant key, grant,
// identity, root key, end.
const settledRow = 20 + 32 + 32 + 20 + 8

func (h *benched) rows() string { return filepath.Join(filepath.Dir(h.dir), "rows") }

// drawn are calls to some of the people, in the order of nothing.
func (h *benched) drawn() []loadCall {
	h.t.Helper()
	rows, err := os.ReadFile(h.rows())
	must(h.t, err)
	count := len(rows) / settledRow
	calls := make([]loadCall, min(count, sampled))
	for i, n := range rand.Perm(count)[:len(calls)] {
		id := consent.GrantID(rows[n*settledRow+20:][:32])
		calls[i] = loadCall{Path: "/v1/grants/" + id.String() + "/release", Body: fiveFields}
	}
	return calls
}

// fill brings so many people more into the folder of a vault that does not run.
func (h *benched) fill(vault, ledger compiled, people int) {
	h.t.Helper()
	passphrase, err := h.config.readPassphrase(streams{})
	must(h.t, err)
	known := 0
	if info, err := os.Stat(h.rows()); err == nil {
		known = int(info.Size()) / settledRow
	}
	begun := time.Now()
	vault.bench(h, "BenchmarkSettle", fmt.Sprintf("%dx", people), "BENCH_SETTLE", object{
		"Keyring": h.config.keyringFile(), "Passphrase": string(passphrase), "Origin": h.deployment.LogOrigin, "Region": country,
		"Consent": h.domain(), "Keys": h.deployment.Ledger.KeysDomain(), "Institutions": h.deployment.Ledger.InstitutionsDomain(),
		"Heads": h.config.headsDir(), "Records": h.config.recordsDir(), "Institution": h.hospital.keys.ID, "Ask": h.recordRequest(),
		"Values": record, "Rows": h.rows(),
	})
	ledger.bench(h, "BenchmarkEnter", "1x", "BENCH_ENTER", object{"Dir": h.config.viewDir(), "Rows": h.rows()})
	info, err := os.Stat(h.rows())
	must(h.t, err)
	if got := int(info.Size())/settledRow - known; got < people {
		h.t.Fatalf("%d of %d people were brought in", got, people)
	}
	h.t.Logf("%d people in %s", people, time.Since(begun).Round(time.Second))
}

// compiled is the test binary of one of our packages.
type compiled struct{ pkg, binary string }

func (b *bench) compiled(pkg string) compiled {
	b.t.Helper()
	c := compiled{filepath.Join("..", "..", pkg), filepath.Join(b.t.TempDir(), pkg+".test")}
	build := exec.Command("go", "test", "-c", "-o", c.binary, "./"+c.pkg) //nolint:gosec // our own packages
	build.Env = append(os.Environ(), "CGO_ENABLED=0")                     // as wrappy itself: signatures are checked in Go
	if output, err := build.CombinedOutput(); err != nil {
		b.t.Fatalf("%s: %v\n%s", pkg, err, output)
	}
	return c
}

// run runs benchmarks of it, on a core or on any, and returns what they print.
func (c compiled) run(core int, environ []string, args ...string) (string, error) {
	args = append([]string{c.binary, "-test.run", "^$"}, args...)
	if core >= 0 {
		args = append([]string{"taskset", "-c", strconv.Itoa(core)}, args...)
	}
	command := exec.Command(args[0], args[1:]...) //nolint:gosec // our own binary
	command.Dir, command.Env = c.pkg, append(os.Environ(), environ...)
	output, err := command.CombinedOutput()
	return string(output), err
}

// bench runs one with a plan in a file that a variable names.
func (c compiled) bench(h *benched, name, times, variable string, plan any) {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "plan")
	must(h.t, os.WriteFile(file, []byte(encode(plan)), 0o600))
	if output, err := c.run(-1, []string{variable + "=" + file}, "-test.bench", "^"+name+"$", "-test.benchtime", times, "-test.timeout", "2h"); err != nil {
		h.t.Fatalf("%s: %v\n%s", name, err, tail(output))
	}
}
