package main

import (
	"context"
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
	c.AddCommand(journalRestore(io))
	return c
}

func journalRestore(io streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "restore",
		Short: "Make a lost journal anew from its copy in the record store",
		Long: "restore makes the journal's folder, which must be gone or empty, from the copy that 'wrappy serve'\nkeeps in the record store. Every entry is checked against the copy's signed checkpoint, and that\n" +
			"against the anchor on the ledger. What was appended after the last copy, two seconds at most,\nis lost: it is said how much is there. The vault must not be running.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := loadConfig(file, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			return restoreJournal(c.Context(), config, io)
		},
	}
	c.Flags().StringVar(&file, "config", configFile, "configuration file of the vault")
	return c
}

func restoreJournal(ctx context.Context, config *config, io streams) (err error) {
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
	// The size noted beside the journal may be beyond what was copied: the anchor decides.
	noted := c.MinSize
	c.MinSize = 0
	c.Progress = progress(io)
	size, err := journal.Restore(ctx, c, n.records)
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
