package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// verifyFlags are what the reader trusts, told from elsewhere than the files.
type verifyFlags struct {
	io                      streams
	trust, logKey, contract string
	witnesses               []string
	threshold               int
	chainID                 uint64
	anchor                  string
	blockHashes             []string
	output                  string
}

// checked is what came of one file.
type checked struct {
	File   string       `json:"file"`
	Says   []said       `json:"says,omitempty"`
	Report proof.Report `json:"report,omitempty"`
	Failed *failedCheck `json:"failed,omitempty"`
	hint   string       // where a trust root is missing: what the file itself names

}

type said struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type failedCheck struct {
	Check string `json:"check"`
	Error string `json:"error"`
	Do    string `json:"do"`
}

func verifyCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "verify", Short: "Check exported files, offline and without the vault", Args: cobra.NoArgs,
		Long: "Check exported files, offline and without the vault ('page' looks at the one that a vault serves). What a check rests on (the log's key,\nits witnesses, the ledger) is named by you: --trust FILE, or flag by flag.\n\n" +
			"Each line of the answer is something proven, or something that these files cannot prove.\nThe exit status is 0 only where every check that was asked for holds.",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(verifyEntry(io), verifyPromise(io), verifyProof(io), verifyCheckpoint(io), verifyConsistency(io), verifyAnchor(io), verifyReceipt(io), verifyHistory(io), verifyErasure(io), verifyAnswers(io), verifyShown(io), verifyPage(io), verifyValue(io))
	return c
}

// command runs a check over each file and stops at the first that fails.
func (v *verifyFlags) command(use, short string, most int64, check func(data []byte, c *checked) error) *cobra.Command {
	c := &cobra.Command{Use: use + " FILE...", Short: short, Args: cobra.MinimumNArgs(1), RunE: func(_ *cobra.Command, files []string) error {
		var all []checked
		var failed error
		for _, file := range files {
			one := checked{File: file}
			data, err := crypto.ReadFile(file, most)
			if err == nil {
				err = check(data, &one)
			}
			if err != nil {
				failed = one.fail(err)
			}
			all = append(all, one)
			if failed != nil {
				break
			}
		}
		return errors.Join(v.print(all), failed)
	}}
	outputFlag(c, &v.output)
	return c
}

// fail records why a file was refused, and says it with the file's name.
func (c *checked) fail(err error) error {
	var f *proof.Failure
	c.Report = nil
	if errors.As(err, &f) {
		c.Failed = &failedCheck{Check: f.Check, Error: f.Err.Error(), Do: f.Do}
	} else {
		c.Failed = &failedCheck{Check: "file", Error: err.Error(), Do: "export it again"}
	}
	if errors.Is(err, proof.ErrTrust) {
		if c.hint != "" {
			err = fmt.Errorf("%w\nthe file itself names %s: compare that with a source that does not come from the vault, and pass it", err, client.Printable(c.hint))
		}
		return &coded{exitUsage, fmt.Errorf("%s: %w", c.File, err)}
	}
	return fmt.Errorf("%s: %w", c.File, err)
}

func (v *verifyFlags) print(all []checked) error {
	if v.output == outputJSON {
		return printJSON(v.io.out, all)
	}
	var rows [][]string
	for _, c := range all {
		if c.Failed != nil {
			rows = append(rows, []string{c.File, c.Failed.Check, "FAILED", c.Failed.Error})
			continue
		}
		for _, s := range c.Says {
			rows = append(rows, []string{c.File, s.Name, "says", s.Value})
		}
		for _, f := range c.Report {
			rows = append(rows, []string{c.File, f.Check, map[bool]string{true: "proven", false: "NOT PROVEN"}[f.Proven], f.What})
		}
	}
	return printTable(v.io.out, []string{"FILE", "CHECK", "", "WHAT"}, rows)
}

func (v *verifyFlags) logFlags(c *cobra.Command) *cobra.Command {
	f := c.Flags()
	f.StringVar(&v.trust, "trust", "", "file that names the log, its witnesses and the ledger; 'wrappy log trust' makes one")
	f.StringVar(&v.logKey, "log", "", "the log's public key, origin+hash+key")
	f.StringSliceVar(&v.witnesses, "witness", nil, "key of a witness, name+hash+key")
	f.IntVar(&v.threshold, "threshold", 0, "how many of the witnesses must have cosigned a checkpoint; without it all that --witness names")
	return c
}

func (v *verifyFlags) ledgerFlags(c *cobra.Command) *cobra.Command {
	if c.Flags().Lookup("trust") == nil {
		c.Flags().StringVar(&v.trust, "trust", "", "file that names the log, its witnesses and the ledger; 'wrappy log trust' makes one")
	}
	c.Flags().Uint64Var(&v.chainID, "chain-id", 0, "the ledger's chain")
	c.Flags().StringVar(&v.contract, "contract", "", "the address of ConsentLedger on it")
	return c
}

func (v *verifyFlags) anchorFlags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&v.anchor, "anchor", "", "anchor file: check the tree against the ledger as well")
	return v.blockFlag(v.ledgerFlags(c))
}

func (v *verifyFlags) blockFlag(c *cobra.Command) *cobra.Command {
	c.Flags().StringSliceVar(&v.blockHashes, "block-hash", nil, "hash of a block of the anchor, from a source that you trust for the chain")
	return c
}

// trusted puts the trust file and the flags together; a flag goes before the file.
func (v *verifyFlags) trusted() (*proof.TrustFile, error) {
	t := &proof.TrustFile{Format: proof.FormatTrust}
	if v.trust != "" {
		data, err := crypto.ReadFile(v.trust, proof.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("--trust: %w", err)
		}
		if t, err = proof.ParseTrust(data); err != nil {
			return nil, usage("--trust: %w", err)
		}
	}
	if v.logKey != "" {
		t.Log = v.logKey
	}
	if len(v.witnesses) > 0 {
		t.Witnesses = v.witnesses
	}
	if v.threshold != 0 {
		t.Threshold = v.threshold
	} else if len(v.witnesses) > 0 {
		t.Threshold = len(t.Witnesses) // whoever names witnesses wants their word
	}
	if v.chainID != 0 {
		t.ChainID = v.chainID
	}
	if v.contract != "" {
		if err := t.Contract.UnmarshalText([]byte(v.contract)); err != nil {
			return nil, usage("--contract: %w", err)
		}
	}
	return t, nil
}

// log is the log trusted; the file's own word for it is shown where none is.
func (v *verifyFlags) log(c *checked, named string) (*proof.TrustFile, proof.Log, error) {
	t, err := v.trusted()
	if err != nil {
		return nil, proof.Log{}, err
	}
	c.hint = "--log " + named
	if t.Log == "" {
		return nil, proof.Log{}, &proof.Failure{Check: "trust", Do: "name the log by --trust FILE or --log KEY", Err: fmt.Errorf("%w: no log is named", proof.ErrTrust)}
	}
	l, err := t.Trusted()
	return t, l, err
}

func (v *verifyFlags) hashes() (list []consent.Digest, err error) {
	for _, text := range v.blockHashes {
		var d consent.Digest
		if err := d.UnmarshalText([]byte(text)); err != nil {
			return nil, usage("--block-hash: %w", err)
		}
		list = append(list, d)
	}
	return list, nil
}

// anchored checks an anchor file against the ledger trusted and the block hashes named.
func (v *verifyFlags) anchored(c *checked, t *proof.TrustFile, p *ledgerref.AnchorProof) (*proof.Anchor, proof.Report, error) {
	if t.ChainID == 0 {
		c.hint = fmt.Sprintf("--chain-id %d --contract %s", p.ChainID, p.Contract)
		return nil, nil, &proof.Failure{Check: "trust", Do: "name the ledger by --trust FILE, or --chain-id and --contract", Err: fmt.Errorf("%w: no ledger is named", proof.ErrTrust)}
	}
	named, err := v.hashes()
	if err != nil {
		return nil, nil, err
	}
	found, anchor, err := client.VerifyAnchor(p, client.Ledger(t))
	if err != nil {
		return nil, nil, err
	}
	for _, hash := range named {
		if !slices.Contains([]consent.Digest{found.Anchored.Hash, found.Opened.Hash}, hash) {
			return nil, nil, &proof.Failure{Check: proof.CheckAnchor, Do: "do not rely on it: the chain has another block there",
				Err: fmt.Errorf("%w: its blocks are %s and %s, not the one named", ledgerref.ErrAnchorProof, found.Anchored.Hash, found.Opened.Hash)}
		}
	}
	return anchor, client.Blocks(found, named), nil
}

// withAnchor reads --anchor; nil where none was named.
func (v *verifyFlags) withAnchor(c *checked, t *proof.TrustFile) (*proof.Anchor, proof.Report, error) {
	if v.anchor == "" {
		if len(v.blockHashes) > 0 {
			return nil, nil, usage("--block-hash: of no use without --anchor: a block is what an anchor names")
		}
		return nil, nil, nil
	}
	data, err := crypto.ReadFile(v.anchor, ledgerref.MaxAnchorFile)
	if err != nil {
		return nil, nil, fmt.Errorf("--anchor: %w", err)
	}
	p, err := ledgerref.ParseAnchorProof(data)
	if err != nil {
		return nil, nil, &proof.Failure{Check: proof.CheckAnchor, Do: "export it again", Err: err}
	}
	return v.anchored(c, t, &p)
}
