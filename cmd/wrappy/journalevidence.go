package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault/journal"
)

func journalEvidence(streams streams) *cobra.Command {
	var (
		file, out string
		from      uint64
	)
	c := &cobra.Command{
		Use:   "evidence",
		Short: "Write down what decisions saw and said, for 'wrappy policy replay' and auditors",
		Long: "evidence writes the evidence parts of the journal's entries into a file: institution, purpose,\nfields, terms, facts as used, decision, reasons, time, and a pseudonym that counts people within\n" +
			"a month. No value, no person and no permission's handle is in it. Only the key of the evidence\nparts is used. A running vault is asked by its operator's socket; a stopped one needs the\npassphrase.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := loadConfig(file, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			digest, r, err := exportEvidence(c.Context(), config, out, from, streams)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(streams.out, "%s\n  %d entries of %s; the line above is the SHA-256 of %s\n", digest, r.Total, r.Origin, out)
			return err
		},
	}
	c.Flags().StringVar(&file, "config", configFile, "configuration file of the vault")
	c.Flags().StringVar(&out, "out", "", "new file to write (required)")
	c.Flags().Uint64Var(&from, "from", 0, "the first entry's number")
	_ = c.MarkFlagRequired("out")
	return c
}

// exportEvidence writes beside the file's place, reads all of it again, and only then
// gives it its name.
func exportEvidence(ctx context.Context, c *config, out string, from uint64, streams streams) (digest string, r *policy.EvidenceReader, err error) {
	if _, err := os.Lstat(out); err == nil {
		return "", nil, usage("%s is there already and stays as it is; choose another name", out)
	}
	temp, err := os.CreateTemp(filepath.Dir(out), ".wrappy-evidence-*") // mode 0600
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	if runs(ctx, c) {
		err = fetchEvidence(ctx, c, from, temp)
	} else {
		err = readEvidence(ctx, c, from, temp, streams)
	}
	if err != nil {
		return "", nil, err
	}
	r, err = checkEvidence(temp, progress(streams))
	if err != nil {
		return "", nil, err
	}
	if err := temp.Sync(); err != nil {
		return "", nil, err
	}
	return r.Digest().String(), r, os.Link(temp.Name(), out)
}

func fetchEvidence(ctx context.Context, c *config, from uint64, to io.Writer) error {
	body, err := operatorAsk(ctx, c, http.MethodGet, fmt.Sprintf("evidence?from=%d", from))
	if err != nil {
		return err
	}
	_, err = io.Copy(to, body)
	return errors.Join(err, body.Close())
}

// readEvidence opens the journal of a vault that does not run, by the evidence key.
func readEvidence(ctx context.Context, c *config, from uint64, to io.Writer, streams streams) error {
	if err := mustBeThere(c.journalDir()); err != nil {
		return err
	}
	passphrase, err := c.readPassphrase(streams)
	if err != nil {
		return err
	}
	keyring, err := crypto.OpenKeyring(ctx, c.keyringFile(), crypto.NewPassphrase(passphrase, crypto.Argon2{}))
	if err != nil {
		return wrongPassphrase(c.keyringFile(), err)
	}
	var d deployment
	data, err := crypto.ReadFile(c.deploymentFile(), 64<<10)
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil {
		return err
	}
	public, isEd25519 := keyring.JournalSigner().Public().(ed25519.PublicKey)
	key, err := keyring.Raw("journal.evidence")
	if err != nil || !isEd25519 {
		return errors.Join(err, errors.New("the keyring has no keys of a journal"))
	}
	file, err := policy.NewEvidenceWriter(to, d.LogOrigin)
	if err != nil {
		return err
	}
	config := journal.EvidenceConfig{Dir: c.journalDir(), Origin: d.LogOrigin, PublicKey: public, Evidence: key, Progress: progress(streams)}
	err = journal.ReadEvidence(ctx, config, from, func(item journal.EvidenceItem) error {
		return file.Add(policy.EvidenceEntry{Index: item.Index, Salt: item.Salt, Part: item.Part})
	})
	if err != nil {
		return err
	}
	return file.Close()
}

// checkEvidence reads a file to its end.
func checkEvidence(file *os.File, told func(done, total uint64)) (*policy.EvidenceReader, error) {
	r, err := openEvidence(file)
	if err != nil {
		return nil, err
	}
	for done := uint64(1); ; done++ {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return r, nil
		} else if err != nil {
			return nil, err
		}
		if told != nil && (done%100_000 == 0 || done == r.Total) {
			told(done, r.Total)
		}
	}
}

func openEvidence(file *os.File) (*policy.EvidenceReader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return policy.NewEvidenceReader(file, info.Size())
}
