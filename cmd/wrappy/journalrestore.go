package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/vault/journal"
)

func journalCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "journal", Short: "The vault's own journal", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(journalRestore(io), journalEvidence(io))
	return c
}

func journalRestore(io streams) *cobra.Command {
	var (
		file string
		lose uint64
	)
	c := &cobra.Command{
		Use:   "restore",
		Short: "Make a lost journal anew from its copy in the record store",
		Long: "restore makes the journal's folder, which must be gone or empty, from the copy that 'wrappy serve'\nkeeps in the record store. Every entry is checked against the copy's signed checkpoint, and that\n" +
			"against the anchor on the ledger. What was appended after the last copy, two seconds at most,\nis lost. Where the vault had noted more entries than the copy has, --accept-loss must name at\nleast how many are gone: a copy that somebody put back from before is refused by it. The vault\nmust not be running.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := loadConfig(file, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			return restoreJournal(c.Context(), config, lose, io)
		},
	}
	c.Flags().StringVar(&file, "config", configFile, "configuration file of the vault")
	c.Flags().Uint64Var(&lose, "accept-loss", 0, "how many entries that were noted may be missing from the copy")
	return c
}

func restoreJournal(ctx context.Context, config *config, lose uint64, io streams) (err error) {
	if err := checkAlone(ctx, config.operatorSocket()); err != nil {
		return err
	}
	passphrase, err := config.readPassphrase(io)
	if err != nil {
		return err
	}
	n := &node{config: config, log: slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	defer func() {
		if end := n.close(); err == nil {
			err = end
		}
	}()
	if err := n.openKeyring(ctx, passphrase); err != nil {
		return err
	}
	if err := n.openLedger(ctx); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := n.openStores(ctx); err != nil {
		return fmt.Errorf("stores: %w", err)
	}
	c, err := n.journalConfig(ctx)
	if err != nil {
		return err
	}
	noted := c.MinSize
	c.MinSize = noted - min(noted, lose)
	c.Progress = progress(io)
	size, err := journal.Restore(ctx, c, n.records)
	if errors.Is(err, journal.ErrLost) && noted > 0 {
		return fmt.Errorf("%w; noted were %d entries: if the disk took the last ones with it, --accept-loss says how many may be missing", err, noted)
	}
	if err != nil {
		return err
	}
	if err := n.config.noteSize(size); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "restored %d entries; %d are anchored on the ledger\n", size, c.Anchored.Size)
	if err == nil && noted > size {
		_, err = fmt.Fprintf(io.out, "  at least %d more had been written and are lost: their promises cannot be kept\n", noted-size)
	}
	return err
}

// progress tells a person at a terminal how far long work is.
func progress(io streams) func(done, total uint64) {
	if !isTerminal(io.err) {
		return nil
	}
	began := time.Now()
	return func(done, total uint64) {
		const width = 30
		filled := int(done * width / max(total, 1)) //nolint:gosec // at most width
		bar := make([]byte, width)
		for i := range bar {
			if bar[i] = '.'; i < filled {
				bar[i] = '='
			}
		}
		_, _ = fmt.Fprintf(io.err, "\r[%s] %d of %d entries, %s", bar, done, total, time.Since(began).Round(time.Second))
		if done >= total {
			_, _ = fmt.Fprintln(io.err)
		}
	}
}
