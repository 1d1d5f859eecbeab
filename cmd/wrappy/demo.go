package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/demo"
)

const (
	demoJurisdiction = "KE"
	demoRestoreDelay = 20 * time.Second
)

func demoCommand(io streams) *cobra.Command {
	var o struct {
		exit, json bool
		data       string
	}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole promise on this machine: records, consent, a release, a withdrawal",
		Long: "demo starts a vault with an embedded chain, makes three people and four institutions,\nand shows a release and its refusals on real FHIR records. Synthetic patients only;\n" +
			"nothing leaves this machine.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			narration := io.out
			if o.json {
				narration = io.err
			}
			return runDemo(c.Context(), o.data, o.exit, o.json, narration, io)
		},
	}
	c.Flags().BoolVar(&o.exit, "exit", false, "end after the last check, with status 0 only if every step held")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object as the last thing on standard output; the story goes to standard error")
	c.Flags().StringVar(&o.data, "data", "", "keep the state in this folder; a second run goes on from there")
	return c
}

func runDemo(ctx context.Context, data string, exit, asJSON bool, narration io.Writer, io streams) (err error) {
	_, _ = fmt.Fprintln(narration, "Wrappy Vault: a field leaves only if the person's consent stands, the policy permits it,\nand the release is written down first.")
	dir, cleanUp, err := demoDir(data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	n, passphrase, err := startDemo(ctx, dir)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- n.serve(serving) }()
	defer func() {
		stop()
		err = errors.Join(err, endedOnPurpose(serving, <-served), n.close())
	}()
	_, _ = fmt.Fprintf(narration, "1  chain %d with three contracts, keys, a policy bundle signed by two reviewers, two listeners\n", n.deployment.Ledger.ChainID)
	result, err := demo.Run(ctx, n.stage(dir, passphrase, narration))
	if err != nil {
		return fmt.Errorf("not every step was shown: %w", err)
	}
	if exit {
		_, _ = fmt.Fprintln(narration, "every step held")
	} else {
		printAddresses(narration, n, result)
	}
	if asJSON {
		if err := printJSON(io.out, result); err != nil {
			return err
		}
	}
	if exit {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-served:
		served <- nil
		return err
	}
}

// demoDir is the folder asked for, or one that goes away with the demo.
func demoDir(data string) (dir string, cleanUp func() error, err error) {
	if data == "" {
		dir, err = os.MkdirTemp("", "wrappy-demo-")
		return dir, func() error { return os.RemoveAll(dir) }, err
	}
	dir, err = filepath.Abs(data)
	return dir, func() error { return nil }, err
}

// startDemo makes the vault's folder, unless an earlier run did, and starts it.
func startDemo(ctx context.Context, dir string) (*node, crypto.Secret, error) {
	if _, err := os.Stat(filepath.Join(dir, configFile)); err == nil {
		return nil, nil, usage("--data: %s holds a vault that 'wrappy init' made; the demo wants a folder of its own", dir)
	}
	folder := filepath.Join(dir, "vault")
	file := filepath.Join(folder, configFile)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		if err := checkSocketPath((&config{dir: folder}).operatorSocket()); err != nil {
			return nil, nil, err
		}
		f := &founding{jurisdiction: demoJurisdiction, public: "127.0.0.1:0", institutions: "127.0.0.1:0", names: []string{"localhost", "127.0.0.1", "::1"}}
		if err := f.make(ctx, folder); err != nil {
			return nil, nil, err
		}
	}
	c, err := loadConfig(file, nil)
	if err != nil {
		return nil, nil, err
	}
	if err := checkSocketPath(c.operatorSocket()); err != nil {
		return nil, nil, err
	}
	// The whole cast comes from one address, which the bound for one person would slow down.
	c.Limits.PerSecond, c.Limits.Burst = 200, 400
	c.Cards.RestoreDelay = demoRestoreDelay // nobody tries this out for two days
	passphrase, err := c.readPassphrase(streams{})
	if err != nil {
		return nil, nil, err
	}
	n, err := start(ctx, c, passphrase, slog.New(slog.DiscardHandler))
	return n, passphrase, err
}

// stage hands the story what users have, and the operator's two own means.
func (n *node) stage(dir string, passphrase crypto.Secret, out io.Writer) demo.Stage {
	return demo.Stage{
		Public: "https://" + n.public.Addr().String(), Institutions: "https://" + n.institutions.Addr().String(),
		ServerCertificate: n.config.path(n.config.TLS.Certificate), Fingerprint: n.fingerprint(),
		Dir: filepath.Join(dir, "cast"), Passphrase: passphrase, Jurisdiction: demoJurisdiction,
		Appoint: func(ctx context.Context, id consent.InstitutionID, expires uint64) error {
			_, err := n.operator.AppointAccreditor(ctx, id, expires)
			return err
		},
		GrantOnChain: func(ctx context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error) {
			return n.consentStatus(ctx, key, id)
		},
		Anchor: n.anchor, LogOnChain: n.ledger.LogAnchor,
		ChainID: n.deployment.Ledger.ChainID, ConsentLedger: n.deployment.Ledger.Consent, Out: out,
	}
}

// fingerprint is the server certificate's SHA-256 as browsers and openssl show it.
func (n *node) fingerprint() string {
	sum := sha256.Sum256(n.certificate.Certificate[0])
	return strings.ToUpper(strings.Join(chunks(hex.EncodeToString(sum[:]), 2), ":"))
}

func chunks(s string, size int) (parts []string) {
	for len(s) > 0 {
		parts, s = append(parts, s[:size]), s[size:]
	}
	return parts
}

func printAddresses(w io.Writer, n *node, r *demo.Result) {
	curl := fmt.Sprintf("curl --cacert %s \\\n     --cert %s \\\n     --key %s \\\n", shellWord(r.Files.ServerCertificate), shellWord(r.Files.Certificate), shellWord(r.Files.Key))
	_, _ = fmt.Fprintf(w, `8  still running; Ctrl-C ends it
   the page      %s/me/ (the browser warns: the certificate is the demo's own)
   a request     %s
   institutions  %s (mutual TLS)
   certificate   SHA-256 %s
   try, as the hospital: who am I, and fetch what another person has permitted
   %s     %s/v1/me
   %s     -H "Idempotency-Key: try-$(date +%%s)" -H 'Content-Type: application/json' -d '{}' \
     %s
   check step 7 again, offline
     cd %s &&
     %s verify proof --trust trust.json --anchor anchor.json release.json
   Not protected here: whoever runs this machine holds the keys and can rebuild this chain and
   journal. Synthetic patients only. SECURITY.md says what each mode protects against.
`, r.Addresses["public"], r.Addresses["request"], r.Addresses["institutions"], n.fingerprint(), curl, r.Addresses["institutions"], curl, r.Addresses["release"], shellWord(r.Files.Proofs), self())
}

// self is how to call this program again from another folder.
func self() string {
	if _, err := exec.LookPath("wrappy"); err == nil {
		return "wrappy"
	}
	if path, err := os.Executable(); err == nil {
		return shellWord(path)
	}
	return "wrappy"
}

// shellWord quotes a path for a shell where it needs to be.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+:@", r))
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
