package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pinned is a process on a core of its own, or on any.
type pinned struct {
	t      testing.TB
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors buffer
}

// pin starts a program on a core; -1: on any.
func pin(t testing.TB, core int, environ []string, program string, args ...string) *pinned {
	t.Helper()
	if core >= 0 {
		program, args = "taskset", append([]string{"-c", strconv.Itoa(core), program}, args...)
	}
	p := &pinned{t: t, cmd: exec.Command(program, args...)}
	p.cmd.Env = append(os.Environ(), environ...)
	p.cmd.Stderr = &p.errors
	in, err := p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	must(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	p.in, p.out = in, bufio.NewReader(out)
	return p
}

// tell sends one line of JSON.
func (p *pinned) tell(v any) {
	p.t.Helper()
	must(p.t, json.NewEncoder(p.in).Encode(v))
}

// line is the next that the process says.
func (p *pinned) line() string {
	p.t.Helper()
	text, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", p.cmd.Args, err, tail(p.errors.String()))
	}
	return strings.TrimSpace(text)
}

// end asks the process to end, by a signal or by the end of its input, and waits.
func (p *pinned) end(signal os.Signal) {
	p.t.Helper()
	if signal != nil {
		must(p.t, p.cmd.Process.Signal(signal))
	}
	_ = p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%s: %v\n%s", p.cmd.Args, err, tail(p.errors.String()))
	}
}

// tick is the kernel's unit of times in /proc: USER_HZ, 100 a second on every Linux.
const tick = 10 * time.Millisecond

// used is the CPU time of the process until now.
func (p *pinned) used() time.Duration { return usedBy(p.t, p.cmd.Process.Pid) }

func usedBy(t testing.TB, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third on; user and system time are the 14th and 15th
	return ticks(t, fields[11]) + ticks(t, fields[12])
}

func ticks(t testing.TB, text string) time.Duration {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	must(t, err)
	return time.Duration(n) * tick
}

// machine is how long all cores have been busy, and how long they could have been.
func machine(t testing.TB) (busy, all time.Duration) {
	t.Helper()
	stat, err := os.ReadFile("/proc/stat")
	must(t, err)
	first, _, _ := strings.Cut(string(stat), "\n")
	for i, text := range strings.Fields(first)[1:9] { // without guests, who are in user already
		n := ticks(t, text)
		all += n
		if i != 3 && i != 4 { // idle, waiting for a disk
			busy += n
		}
	}
	return busy, all
}

// resident is the memory that the process has in RAM now, in MiB.
func (p *pinned) resident() float64 {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(p.t, err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	must(p.t, err)
	return kib / 1024
}

// flushed is how long this machine takes to add a kibibyte to a file and have it on the
// disk, in milliseconds: the median of many.
func flushed(t testing.TB, path string) float64 {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the test's own file
	must(t, err)
	defer func() { _ = f.Close() }()
	page := make([]byte, 1024)
	var took []time.Duration
	for range 200 {
		begun := time.Now()
		_, err := f.Write(page)
		must(t, err)
		must(t, syscall.Fdatasync(int(f.Fd())))
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}
