package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// whoWaits is how many clients go on with their work while the vault is flooded: few enough that
// they do not wait for each other.
const whoWaits = 2

// floods is how much longer others wait for a release while somebody floods the vault. The
// attacker is this process, behind the load generator on the generator's core: so it takes
// from the others what the vault lets it take, and none of their own time.
func (b *bench) floods() {
	h := b.house()
	s, _ := b.serve(h)
	calls := h.readCalls()
	b.run(h, s.pinned, h.plan(hostPort(s.at.Institutions), usual, 0, calls)) // each once
	b.stepBehind()
	siege := &besieged{killed: &killed{running: h.running}, grant: h.grants[0]}
	load := func() round {
		plan := h.plan(hostPort(s.at.Institutions), whoWaits, b.seconds, calls)
		plan.Kept = h.kept
		return b.run(h, s.pinned, plan)
	}
	worst, all := 0., map[string]any{}
	for _, attack := range b.attacks {
		var before, during []round
		var ratios []float64
		for range b.rounds {
			before = append(before, load())
			ctx, end := context.WithCancel(b.t.Context())
			var attacking sync.WaitGroup
			attacking.Go(func() {
				for ctx.Err() == nil && !b.t.Failed() {
					attack.run(siege, ctx, b.t)
				}
			})
			pauseFor(time.Second)
			during = append(during, load())
			end()
			attacking.Wait()
			ratios = append(ratios, during[len(during)-1].P99/before[len(before)-1].P99)
		}
		own := summary(during)
		own["p99_before_ms"], own["p99_ratio"] = summary(before)["p99_ms"], median(ratios)
		worst = max(worst, own["p99_ratio"])
		all[attack.name] = own
		b.t.Logf("floods, %s: %s", attack.name, own)
	}
	all["p99_ratio"] = worst
	b.results["floods"] = all
	s.end(syscall.SIGTERM)
}

// stepBehind lets every other process on the load generator's core go first, for good.
func (b *bench) stepBehind() {
	if b.loadCore < 0 {
		return
	}
	if output, err := exec.Command("taskset", "-acp", strconv.Itoa(b.loadCore), strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil { //nolint:gosec // numbers
		b.t.Fatalf("taskset: %v: %s", err, output)
	}
	threads, err := os.ReadDir("/proc/self/task") // those that come inherit it
	must(b.t, err)
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		must(b.t, err)
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, 19); err != nil && !os.IsNotExist(err) {
			b.t.Fatal(err)
		}
	}
}
