package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
)

func institutionKey(io streams) *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "An institution's TLS keys: list, rotate, remove one that was stolen, export whose were whose", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(keyList(io), keyRotate(io), keyRemove(io), keyExport(io))
	return c
}

// registry opens the folder's cold key and the vault's public listener.
func (i *institutionFlags) registry(ctx context.Context) (*client.InstitutionKeys, *client.Registry, error) {
	keys, err := i.cold(ctx)
	if err != nil {
		return nil, nil, err
	}
	registry, err := client.NewRegistry(ctx, i.vault, i.cert)
	return keys, registry, err
}

func keyList(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.command("list", "List the TLS keys that the ledger has of this institution", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		own, err := client.OpenInstitutionKeys(ctx, i.dir, nil)
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		keys, err := registry.Keys(ctx, own.ID)
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			return printJSON(io.out, keys)
		}
		here, err := ledgerref.KeyHash(own.Signer().Public())
		if err != nil {
			return err
		}
		var rows [][]string
		for _, k := range keys {
			state, use := "counts", ""
			switch {
			case k.Removed:
				state = "removed"
			case !k.Valid:
				state = "ended"
			case k.ValidUntil != nil:
				state = "counts until " + time.Unix(int64(*k.ValidUntil), 0).UTC().Format(time.RFC3339) //nolint:gosec // a time of the ledger's
			}
			if k.KeyHash == consent.Digest(here).String() {
				use = "in use here"
			}
			rows = append(rows, []string{k.KeyHash, state, use})
		}
		return printTable(io.out, []string{"KEY", "STATE", ""}, rows)
	}), publicAddress)
}

func keyRotate(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	overlap := length(7 * dayLong)
	var key, certificate string
	var stolen bool
	c := i.vaultFlags(i.passphraseFlag(i.command("rotate", "Put a new TLS key into use; the old one counts for a while longer", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		keys, registry, err := i.registry(ctx)
		if err != nil {
			return err
		}
		staged, err := keys.StageTLS(certificate, key)
		if err != nil {
			return &coded{exitUsage, err}
		}
		if stolen { // first of all
			own, err := ledgerref.KeyHash(keys.Signer().Public())
			if err == nil {
				err = removeOnce(ctx, registry, keys, own)
			}
			if err != nil {
				return err
			}
		}
		if err := registry.RotateTLS(ctx, keys, staged, time.Duration(overlap)); err != nil {
			return err
		}
		i.hint("tls.crt and tls.key in %s are the new pair; let the server that talks to the vault read them again", i.dir)
		return i.report(map[string]any{"key_hash": staged.Hash}, "%s", staged.Hash)
	})), publicAddress)
	c.Flags().Var(&overlap, "overlap", "the old key counts for so long, such as 48h or 7d")
	c.Flags().BoolVar(&stolen, "stolen", false, "the old key was stolen: remove it at once, without an overlap")
	c.Flags().StringVar(&key, "key-file", "", "PEM file of a P-256 key to take, instead of a new one")
	c.Flags().StringVar(&certificate, "cert-file", "", "PEM file of that key's certificate; without it one is made")
	stays := c.Flags().Lookup("overlap")
	check := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if stolen && stays.Changed {
			return usage("--stolen: there is no --overlap then")
		}
		return check(c, args)
	}
	return c
}

// removeOnce: a rotation that was cut short may have removed the key already.
func removeOnce(ctx context.Context, registry *client.Registry, keys *client.InstitutionKeys, hash consent.Digest) error {
	known, err := registry.Keys(ctx, keys.ID)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.KeyHash == hash.String() && k.Removed {
			return nil
		}
	}
	return registry.RemoveTLS(ctx, keys, hash)
}

func keyRemove(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.passphraseFlag(i.command("remove KEY", "Remove a TLS key at once and for ever, with the cold key", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		var hash consent.Digest
		if err := hash.UnmarshalText([]byte(args[0])); err != nil {
			return usage("key: %w; 'wrappy institution key list' shows them", err)
		}
		keys, registry, err := i.registry(ctx)
		if err != nil {
			return err
		}
		if err := registry.RemoveTLS(ctx, keys, hash); err != nil {
			return err
		}
		if err := keys.ForgetTLS(hash); err != nil {
			return err
		}
		return i.report(map[string]any{"removed": hash}, "removed %s; it is refused from now on", hash)
	})), publicAddress)
}
