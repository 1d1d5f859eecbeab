package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// keyExport makes the file that tells readers of values whose keys were whose.
func keyExport(io streams) *cobra.Command {
	var vault, cert, ledger, out string
	var of []string
	l := &ledgerFlags{io: io}
	c := &cobra.Command{Use: "export", Short: "Export which TLS keys institutions had, and when, for 'wrappy verify value'", Args: cobra.NoArgs,
		Long: "Export which TLS keys institutions had, and when, those of the past too. A vault's word for it is\ntaken with --vault; with --ledger and --rpc-file it is read from the network, without a vault.",
		RunE: func(c *cobra.Command, _ []string) error {
			var ids []consent.InstitutionID
			for _, text := range of {
				id, err := parseInstitution(text)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			if (vault == "") == (ledger == "") || (ledger == "") != (l.rpc == "") {
				return usage("export: want --vault, or --ledger with --rpc-file")
			}
			f, err := keysOf(c.Context(), l, vault, cert, ledger, ids)
			if err != nil {
				return exitCode(ledgerError(err))
			}
			data, err := proof.Encode(f)
			if err != nil {
				return err
			}
			if out == "" {
				_, err = io.out.Write(data)
				return err
			}
			return saveExport(out, data)
		}}
	c.Flags().StringSliceVar(&of, "of", nil, "ids of the institutions (required)")
	_ = c.MarkFlagRequired("of")
	c.Flags().StringVar(&vault, "vault", "", publicAddress)
	c.Flags().StringVar(&cert, "cacert", "", "PEM file of the vault's certificate, where no public authority stands behind it")
	c.Flags().StringVar(&ledger, "ledger", "", "file by 'wrappy ledger deploy' that says where the contracts are")
	c.Flags().StringVar(&l.rpc, "rpc-file", "", "file whose first line is the network's URL, - for standard input")
	c.Flags().StringVar(&out, "export", "", "file to make; without it standard output")
	return c
}

func keysOf(ctx context.Context, l *ledgerFlags, vault, cert, ledger string, ids []consent.InstitutionID) (*proof.KeysFile, error) {
	if vault != "" {
		registry, err := client.NewRegistry(ctx, vault, cert)
		if err != nil {
			return nil, err
		}
		return registry.KeysFile(ctx, ids)
	}
	addresses, err := readAddresses(ledger)
	if err != nil {
		return nil, err
	}
	network, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer network.Close()
	chain, err := ledgerref.Open(ctx, network, addresses)
	if err != nil {
		return nil, err
	}
	return client.KeysFromNetwork(ctx, chain, ids)
}
