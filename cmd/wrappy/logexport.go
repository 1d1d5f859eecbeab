package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// exportFlags are what the commands share that fetch from a vault's public log.
type exportFlags struct {
	io                  streams
	vault, cert, export string
	verifyFlags
}

func logCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "log", Short: "A vault's public log: its checkpoints, anchors and what to trust it by, as files", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(logTrust(io), logCheckpoint(io), logConsistency(io), logAnchor(io), logProof(io))
	return c
}

func (l *exportFlags) command(use, short string, run func(ctx context.Context, t *proof.TrustFile, log *client.LogReader) ([]byte, error)) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		t, log, err := l.open(c.Context())
		if err == nil {
			var data []byte
			if data, err = run(c.Context(), t, log); err == nil {
				err = l.save(data)
			}
		}
		return exitCode(err)
	}}
	c.Flags().StringVar(&l.vault, "vault", "", publicAddress+" (required)")
	c.Flags().StringVar(&l.cert, "cacert", "", "PEM file of the vault's certificate, where no public authority stands behind it")
	c.Flags().StringVar(&l.export, "export", "", "write to this new file; without it to standard output")
	_ = c.MarkFlagRequired("vault")
	return l.logFlags(c)
}

// open reads what the vault says of its log; what the caller trusts goes before it.
func (l *exportFlags) open(ctx context.Context) (*proof.TrustFile, *client.LogReader, error) {
	own, err := l.trusted()
	if err != nil {
		return nil, nil, err
	}
	api, err := client.Connect(l.vault, l.cert, nil)
	if err != nil {
		return nil, nil, err
	}
	deployment, err := client.ReadDeployment(ctx, api)
	if err != nil {
		return nil, nil, err
	}
	t := deployment.Trust()
	if own.Log != "" && own.Log != t.Log || own.ChainID != 0 && client.Ledger(own) != client.Ledger(t) {
		return nil, nil, client.ErrOtherDeployment
	}
	t.Witnesses, t.Threshold = own.Witnesses, own.Threshold
	log, err := t.Trusted()
	if err != nil {
		return nil, nil, &coded{exitUsage, err}
	}
	reader, err := client.NewLogReader(l.vault, l.cert, nil, log)
	return t, reader, err
}

func (l *exportFlags) save(data []byte) error {
	if l.export == "" {
		_, err := l.io.out.Write(data)
		return err
	}
	return saveExport(l.export, data)
}

// saveExport writes a file that was not there, mode 0600.
func saveExport(path string, data []byte) error {
	err := crypto.WriteFile(path, data, false)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there already and stays as it is; choose another name", path)
	}
	return err
}

func logTrust(io streams) *cobra.Command {
	l := &exportFlags{io: io}
	return l.command("trust", "Write down what the vault names as its log and ledger: compare it with another source before you trust it", func(_ context.Context, t *proof.TrustFile, _ *client.LogReader) ([]byte, error) {
		return proof.Encode(t)
	})
}

func logCheckpoint(io streams) *cobra.Command {
	l := &exportFlags{io: io}
	return l.command("checkpoint", "Fetch the newest checkpoint, to keep and to compare", func(ctx context.Context, _ *proof.TrustFile, log *client.LogReader) ([]byte, error) {
		c, err := log.Checkpoint(ctx)
		if err != nil {
			return nil, err
		}
		return c.Note, nil
	})
}

func logConsistency(io streams) *cobra.Command {
	l := &exportFlags{io: io}
	var old string
	c := l.command("consistency", "Prove that the newest checkpoint begins with all of one that you kept", func(ctx context.Context, _ *proof.TrustFile, log *client.LogReader) ([]byte, error) {
		kept, err := crypto.ReadFile(old, proof.MaxCheckpoint)
		if err != nil {
			return nil, fmt.Errorf("--old: %w", err)
		}
		f, err := log.ConsistencyFile(ctx, kept)
		if err != nil {
			return nil, err
		}
		if _, _, _, err := f.Verify(log.Log); err != nil {
			return nil, err
		}
		return proof.Encode(f)
	})
	c.Flags().StringVar(&old, "old", "", "the checkpoint that you kept (required)")
	_ = c.MarkFlagRequired("old")
	return c
}

func logAnchor(io streams) *cobra.Command {
	l := &exportFlags{io: io}
	var size uint64
	c := l.command("anchor", "Fetch the proof of an anchor on the ledger", func(ctx context.Context, t *proof.TrustFile, log *client.LogReader) ([]byte, error) {
		p, _, err := log.Anchor(ctx, client.Ledger(t), size)
		if err != nil {
			return nil, err
		}
		return p.Encode()
	})
	c.Flags().Uint64Var(&size, "size", 0, "the anchor of the tree of so many entries; 0 = the newest")
	return c
}

// logProof renews an entry proof: a release's is made before the ledger anchors a tree that holds it.
func logProof(io streams) *cobra.Command {
	l := &exportFlags{io: io}
	var of, anchor string
	c := l.command("proof", "Renew an entry proof: with the newest checkpoint, and with the tree of an anchor", func(ctx context.Context, t *proof.TrustFile, log *client.LogReader) ([]byte, error) {
		data, err := crypto.ReadFile(of, proof.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("--of: %w", err)
		}
		kept, err := proof.ParseEntry(data)
		if err != nil {
			return nil, usage("--of: %w", err)
		}
		p, err := kept.Proof()
		if err != nil {
			return nil, usage("--of: %w", err)
		}
		tree, err := anchoredTree(anchor, t)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, proofWait)
		defer cancel()
		f, err := log.EntryFile(ctx, p, tree)
		if err != nil {
			return nil, err
		}
		if tree != nil {
			_, err = f.VerifyAnchored(log.Log, *tree)
		} else {
			_, err = f.VerifyIncluded(log.Log)
		}
		if err != nil && !errors.Is(err, proof.ErrBroken) { // that one is evidence, and worth keeping
			return nil, err
		}
		return proof.Encode(f)
	})
	c.Flags().StringVar(&of, "of", "", "the entry proof (required)")
	c.Flags().StringVar(&anchor, "anchor", "", "an anchor file whose tree holds the entry")
	_ = c.MarkFlagRequired("of")
	return c
}

// anchoredTree reads an anchor file; nil where none is named.
func anchoredTree(path string, t *proof.TrustFile) (*proof.Anchor, error) {
	if path == "" {
		return nil, nil
	}
	data, err := crypto.ReadFile(path, ledgerref.MaxAnchorFile)
	if err != nil {
		return nil, fmt.Errorf("--anchor: %w", err)
	}
	p, err := ledgerref.ParseAnchorProof(data)
	if err != nil {
		return nil, usage("--anchor: %w", err)
	}
	_, anchor, err := client.VerifyAnchor(&p, client.Ledger(t))
	return anchor, err
}
