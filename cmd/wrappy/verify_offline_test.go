//go:build linux

package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

const (
	setNoNewPrivileges = 38 // prctl(2)
	setSeccomp         = 22
	seccompFilter      = 2
	killProcess        = 0x80000000 // what seccomp(2) answers a forbidden call with
	allow              = 0x7fff0000
)

// withoutSockets runs a program that the kernel kills at its first socket(2).
func withoutSockets(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	wrappy, err := exec.LookPath("wrappy")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the filter ends with the thread
		program := []syscall.SockFilter{
			{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, K: 0}, // the call's number
			{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, Jt: 0, Jf: 1, K: syscall.SYS_SOCKET},
			{Code: syscall.BPF_RET | syscall.BPF_K, K: killProcess},
			{Code: syscall.BPF_RET | syscall.BPF_K, K: allow},
		}
		filter := syscall.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0); errno != 0 {
			err = errno
			return
		}
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setSeccomp, seccompFilter, uintptr(unsafe.Pointer(&filter))); errno != 0 {
			err = errno
			return
		}
		var raw []byte
		raw, err = exec.CommandContext(t.Context(), wrappy, args...).CombinedOutput()
		output = string(raw)
	}()
	<-done
	return output, err
}

// TestVerifyOffline: no check opens a connection; a command that needs one is killed here.
func TestVerifyOffline(t *testing.T) {
	_, anchored := anchorTrust(t)
	for _, args := range [][]string{
		{"entry", proofFiles + "entry.json"},
		append([]string{"promise", proofFiles + "entry.json"}, trustArguments()...),
		append([]string{"proof", proofFiles + "entry.json"}, trustArguments()...),
		append([]string{"checkpoint", proofFiles + "checkpoint.txt"}, trustArguments()...),
		append([]string{"consistency", proofFiles + "consistency.json"}, trustArguments()...),
		append([]string{"receipt", proofFiles + "receipt.json"}, trustArguments()...),
		append([]string{"history", proofFiles + "history.json"}, trustArguments()...),
		append([]string{"anchor", "../../ledgerref/testdata/anchor.json"}, anchored...),
		{"value", "../../internal/client/testdata/released.json", "--keys-file", "../../internal/client/testdata/keys.json"},
	} {
		if output, err := withoutSockets(t, append([]string{"verify"}, args...)...); err != nil || !matches(" proven ", output) {
			t.Errorf("verify %s: %v\n%s", args[0], err, output)
		}
	}
	output, err := withoutSockets(t, "log", "trust", "--vault", "https://127.0.0.1:1", "--export", filepath.Join(t.TempDir(), "trust"))
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("a command that needs the network: %v\n%s", err, output)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGSYS {
		t.Errorf("a command that needs the network was not stopped: %v\n%s", exit, output)
	}
}
