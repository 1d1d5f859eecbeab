// Command wrappy is a consent-gated encrypted data vault and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes. They are part of the interface: scripts may rely on them.
const (
	exitOK          = 0
	exitFailed      = 1 // anything that has no code of its own
	exitUsage       = 2 // flags or arguments
	exitRefused     = 3 // the vault, the policy or the person said no
	exitUnavailable = 4 // something needed could not be reached; retrying may help
)

// coded carries an exit code with an error.
type coded struct {
	code int
	err  error
}

func (c *coded) Error() string { return c.err.Error() }
func (c *coded) Unwrap() error { return c.err }

func usage(format string, args ...any) error {
	return &coded{exitUsage, fmt.Errorf(format, args...)}
}

// streams are the standard streams, passed so that tests run the same code.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	collectSeldom()
	workWhileFilesWait()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// gcPercent is how far garbage grows beyond what lives before it is collected.
const gcPercent = 400

// collectSeldom lets garbage grow to gcPercent of what lives, within a gibibyte in all, unless
// the environment says otherwise (GOGC, GOMEMLIMIT): a release makes much and keeps little.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
}

// workWhileFilesWait: what waits for a disk holds its place among the GOMAXPROCS until the
// runtime looks, up to milliseconds later. On a small machine the others would wait with it.
func workWhileFilesWait() {
	const least = 4
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < least {
		runtime.GOMAXPROCS(least)
	}
}

// run is the whole program; it returns the exit code.
func run(ctx context.Context, args []string, io streams) int {
	root := rootCommand(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintln(io.err, "wrappy:", err)
	var c *coded
	if errors.As(err, &c) {
		return c.code
	}
	return exitFailed
}

func rootCommand(io streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "wrappy",
		Short: "A consent-gated encrypted data vault",
		Long: "wrappy keeps people's records, each field under its own key, and releases a field only\nwhile the person's consent on the ledger stands, the policy permits it, and the release\nis written down.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong use or configuration, 3 refused by the vault or\nthe policy, 4 not available now: trying again may help.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		// before cobra's own check, whose error has no exit code
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return wrongUse(c, c.ValidateRequiredFlags()) },
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(wrongUse)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(demoCommand(io), initCommand(io), serveCommand(io), doctorCommand(io), journalCommand(io), policyCommand(io), keysCommand(io), personCommand(io), institutionCommand(io), accreditorCommand(io), ledgerCommand(io), logCommand(io), verifyCommand(io), versionCommand(io))
	codeArguments(root)
	return root
}

// wrongUse gives an error about flags or arguments its exit code and a place to look.
func wrongUse(c *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return usage("%w; see '%s --help'", err, c.CommandPath())
}

// codeArguments makes every command's complaint about its arguments a wrong use.
func codeArguments(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error { return wrongUse(c, check(c, args)) }
	}
	for _, child := range c.Commands() {
		codeArguments(child)
	}
}

// endedOnPurpose turns the end of a server by a signal into no error. Other
// commands keep theirs: a withdrawal that was interrupted is not done.
func endedOnPurpose(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
