package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
)

// Verdicts of a check.
const (
	verdictOK      = "ok"
	verdictWarning = "warning" // it works, and will not for ever
	verdictFailed  = "FAILED"
	verdictSkipped = "skipped" // what it needs has failed, or the running vault has it
)

// diagnosis is what one check found, and what to do about it.
type diagnosis struct {
	Check   string `json:"check"`
	Verdict string `json:"verdict"`
	Found   string `json:"found"`
	Do      string `json:"do,omitempty"`
}

func fine(format string, args ...any) diagnosis {
	return diagnosis{Verdict: verdictOK, Found: fmt.Sprintf(format, args...)}
}

func warning(found, do string) diagnosis {
	return diagnosis{Verdict: verdictWarning, Found: found, Do: do}
}

func failed(found, do string) diagnosis {
	return diagnosis{Verdict: verdictFailed, Found: found, Do: do}
}

func skipped(why string) diagnosis { return diagnosis{Verdict: verdictSkipped, Found: why} }

// examination is what the checks share. A check that fails leaves what it would have
// opened nil, and those that need it are skipped.
type examination struct {
	config     *config
	io         streams
	now        time.Time
	running    bool // a vault runs on the folder: it holds journal, chain and ports
	keyring    *crypto.Keyring
	deployment *deployment
	chain      *ledgerref.Chain
	closers    []func() error
}

// check looks at one thing. Its findings bear its name.
type check struct {
	name string
	look func(context.Context, *examination) []diagnosis
}

// checks in the order in which one may need another's.
var checks = []check{
	{"folder", checkFolder},
	{"secrets", checkSecrets},
	{"disk", checkDisk},
	{"sync", checkSync},
	{"keyring", checkKeyring},
	{"certificate", checkCertificate},
	{"ports", checkPorts},
	{"policy", checkPolicy},
	{"heads", checkHeads},
	{"records", checkRecords},
	{"chain", checkChain},
	{"clock", checkClocks},
	{"second endpoint", checkSecond},
	{"accounts", checkAccounts},
	{"journal", checkJournal},
	{"vault", checkRunning},
}

const (
	checkTimeout = 30 * time.Second
	needsKeyring = "the keyring is not open"
	needsChain   = "the chain was not reached"
	heldByVault  = "the running vault holds it: see vault"
)

func doctorCommand(io streams) *cobra.Command {
	var file, output string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether a vault can do its work, and say what to do where it cannot",
		Long: "doctor looks at everything that 'wrappy serve' needs: folder, secrets, disk, keyring,\ncertificate, ports, policy bundle, stores, chain, clocks, accounts and journal. Of a vault that runs\n" +
			"it asks the vault where only the vault can tell. It changes nothing: what it tries in the\nstores it removes again. It prints no secret and no address that could hold one.\n\n" +
			"Exit status: 0 all is well (warnings too), 1 something has failed, 2 wrong use or configuration.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := loadConfig(file, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			x := &examination{config: config, io: io, now: time.Now()}
			findings := x.run(c.Context())
			if err := printFindings(io, output, findings); err != nil {
				return err
			}
			return verdictOf(findings)
		},
	}
	c.Flags().StringVar(&file, "config", configFile, "configuration file, as 'wrappy init' makes it")
	outputFlag(c, &output)
	return c
}

// run makes every check, each within its time.
func (x *examination) run(ctx context.Context) (findings []diagnosis) {
	x.running = checkAlone(ctx, x.config.operatorSocket()) != nil
	for _, c := range checks {
		limited, cancel := context.WithTimeout(ctx, checkTimeout)
		for _, f := range c.look(limited, x) {
			f.Check = c.name
			findings = append(findings, f)
		}
		cancel()
	}
	for i := len(x.closers) - 1; i >= 0; i-- {
		_ = x.closers[i]() // opened to look only
	}
	return findings
}

func printFindings(io streams, output string, findings []diagnosis) error {
	if output == outputJSON {
		return printJSON(io.out, findings)
	}
	rows := make([][]string, len(findings))
	for i, f := range findings {
		rows[i] = []string{f.Check, f.Verdict, f.Found, f.Do}
	}
	return printTable(io.out, []string{"CHECK", "RESULT", "FOUND", "WHAT TO DO"}, rows)
}

func verdictOf(findings []diagnosis) error {
	n := 0
	for _, f := range findings {
		if f.Verdict == verdictFailed {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return errors.New("one check failed; the table says what to do")
	}
	return fmt.Errorf("%d checks failed; the table says what to do, in this order", n)
}
