package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault/s3store"
)

func serveCommand(io streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the vault",
		Long:  "serve runs the vault of a folder that 'wrappy init' has made, until it is told to end\n(Ctrl-C, SIGTERM). SIGHUP reads the policy bundle again. While it answers, addresses.json in the folder has the addresses.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := loadConfig(file, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			passphrase, err := config.readPassphrase(io)
			if err != nil {
				return err
			}
			if err := checkSocketPath(config.operatorSocket()); err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(io.err, &slog.HandlerOptions{Level: config.logLevel()}))
			silenceLibraries(log)
			n, err := start(c.Context(), config, passphrase, log)
			if err != nil {
				if errors.Is(err, consent.ErrUnavailable) || errors.Is(err, s3store.ErrUnavailable) {
					return &coded{exitUnavailable, err}
				}
				return endedOnPurpose(c.Context(), err)
			}
			log.Info("serving", "public", n.public.Addr().String(), "institutions", n.institutions.Addr().String(), "internal", n.internalURL(), "chain", n.deployment.Ledger.ChainID, "policy_revision", n.engine.Revision())
			return endedOnPurpose(c.Context(), n.run(c.Context()))
		},
	}
	c.Flags().StringVar(&file, "config", configFile, "configuration file, as 'wrappy init' makes it")
	return c
}

// run serves and takes new policy bundles until the context ends, then closes.
func (n *node) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wait := n.reloadOnHangup(ctx)
	err := n.serve(ctx)
	cancel()
	wait()
	return errors.Join(err, n.close())
}

func (c *config) readPassphrase(io streams) ([]byte, error) {
	file := c.PassphraseFile
	if file != "" && file != "-" {
		file = c.path(file)
	}
	secret, err := readPassphrase(file, "keyring passphrase", io)
	if err != nil {
		return nil, &coded{exitUsage, fmt.Errorf("keyring: %w; passphrase_file in the configuration names the file", err)}
	}
	return secret, nil
}

func (c *config) logLevel() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // validated
	return level
}
