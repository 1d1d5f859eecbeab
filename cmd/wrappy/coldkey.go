package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
)

func institutionColdKey(io streams) *cobra.Command {
	c := &cobra.Command{Use: "cold-key", Short: "An institution's cold and recovery key: show, change, recover", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(coldShow(io), coldRotate(io), coldRecovery(io), coldCancel(io), coldRecover(io), coldFinalise(io))
	return c
}

// recoveryFlags name the file of a recovery key and how it is opened.
type recoveryFlags struct{ file, passphrase string }

func (r *recoveryFlags) flags(c *cobra.Command, what string) {
	c.Flags().StringVar(&r.file, "recovery-key-file", "", what)
	c.Flags().StringVar(&r.passphrase, "recovery-passphrase-file", "", "file whose first line opens the recovery key, - for standard input; without it you are asked")
}

func (r *recoveryFlags) secret(io streams) (crypto.Secret, error) {
	return readPassphrase(r.passphrase, "recovery key passphrase", io)
}

// make makes a recovery key where a file is named; else the zero address, for none.
func (r *recoveryFlags) make(ctx context.Context, io streams) (address consent.Address, err error) {
	if r.file == "" {
		return address, nil
	}
	secret, err := r.secret(io)
	if err != nil {
		return address, err
	}
	key, err := client.NewRecoveryKey(ctx, r.file, secret)
	if err != nil {
		return address, err
	}
	return key.Address(), nil
}

func coldShow(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.command("show", "Show cold and recovery key as the ledger has them, and pending changes", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		own, err := client.OpenInstitutionKeys(ctx, i.dir, nil)
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		keys, err := registry.ColdKeys(ctx, own.ID)
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			return printJSON(io.out, keys)
		}
		rows := [][]string{{"cold key", keys.ColdKey, ""}, {"recovery key", keys.RecoveryKey, ""}}
		for _, one := range []struct {
			name string
			key  *openapi.PendingKey
		}{{"next cold key", keys.NextColdKey}, {"next recovery key", keys.NextRecoveryKey}, {"cold key by recovery", keys.RecoveredColdKey}} {
			if one.key != nil {
				rows = append(rows, []string{one.name, one.key.Key, "to be finalised from " + instant(one.key.ReadyAt)})
			}
		}
		return printTable(io.out, []string{"", "KEY", ""}, rows)
	}), publicAddress)
}

func instant(unix uint64) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) } //nolint:gosec // a time of the ledger's

func coldRotate(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.passphraseFlag(i.command("rotate", "Begin the change to a new cold key; it waits two days", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		secret, err := readPassphrase(i.passphrase, "cold key passphrase", io)
		if err != nil {
			return err
		}
		return i.stage(ctx, secret, func(keys *client.InstitutionKeys, registry *client.Registry, next consent.Address) error {
			return registry.ChangeKeys(ctx, keys.Cold, ledgerref.KeyChange{Institution: keys.ID, Change: ledgerref.ChangeRotateCold, ColdKey: next})
		})
	})), publicAddress)
}

// stage makes the next cold key under the same passphrase and has it sent.
func (i *institutionFlags) stage(ctx context.Context, secret crypto.Secret, send func(*client.InstitutionKeys, *client.Registry, consent.Address) error) error {
	keys, err := client.OpenInstitutionKeys(ctx, i.dir, secret)
	if err != nil {
		return wrongPassphrase(i.dir, err)
	}
	registry, err := client.NewRegistry(ctx, i.vault, i.cert)
	if err != nil {
		return err
	}
	next, err := keys.StageCold(ctx, secret)
	if err != nil {
		return wrongPassphrase(i.dir, err)
	}
	if err := send(keys, registry, next.Address()); err != nil {
		return err
	}
	i.hint("cold.next.key waits in %s; after two days: wrappy institution cold-key finalise", i.dir)
	return i.report(map[string]any{"next_cold_key": next.Address()}, "%s", next.Address())
}

func coldRecovery(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var recovery recoveryFlags
	c := i.vaultFlags(i.passphraseFlag(i.command("recovery", "Begin the change to a new recovery key; it waits two days", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		keys, registry, err := i.registry(ctx)
		if err != nil {
			return err
		}
		key, err := recovery.make(ctx, io)
		if err != nil {
			return err
		}
		act := ledgerref.KeyChange{Institution: keys.ID, Change: ledgerref.ChangeRecovery, RecoveryKey: key}
		if err := registry.ChangeKeys(ctx, keys.Cold, act); err != nil {
			return err
		}
		return i.report(map[string]any{"next_recovery_key": key}, "%s", key)
	})), publicAddress)
	recovery.flags(c, "new file for the recovery key, to be kept apart from the folder (required)")
	_ = c.MarkFlagRequired("recovery-key-file")
	return c
}

func coldCancel(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.passphraseFlag(i.command("cancel", "Drop the pending changes of cold and recovery key", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		keys, registry, err := i.registry(ctx)
		if err != nil {
			return err
		}
		if err := registry.ChangeKeys(ctx, keys.Cold, ledgerref.KeyChange{Institution: keys.ID, Change: ledgerref.ChangeCancel}); err != nil {
			return err
		}
		if err := keys.DropCold(); err != nil {
			return err
		}
		return i.report(map[string]any{"cancelled": true}, "cancelled")
	})), publicAddress)
}

func coldRecover(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var recovery recoveryFlags
	c := i.vaultFlags(i.passphraseFlag(i.command("recover", "With the recovery key, take the institution back: it is suspended at once, and a new cold key waits two days", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		secret, err := recovery.secret(io)
		if err != nil {
			return err
		}
		key, err := client.OpenRecoveryKey(ctx, recovery.file, secret)
		if err != nil {
			return wrongPassphrase(recovery.file, err)
		}
		fresh, err := readPassphrase(i.passphrase, "new cold key passphrase", io)
		if err != nil {
			return err
		}
		keys, err := client.OpenInstitutionKeys(ctx, i.dir, nil) // the cold key may be lost
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		if err := keys.DropCold(); err != nil { // whoever had the folder may have it too
			return err
		}
		next, err := keys.StageCold(ctx, fresh)
		if err != nil {
			return wrongPassphrase(i.dir, err)
		}
		act := ledgerref.KeyChange{Institution: keys.ID, Change: ledgerref.ChangeRecover, ColdKey: next.Address(), RecoveryKey: key.Address()}
		if err := registry.ChangeKeys(ctx, key, act); err != nil {
			return err
		}
		i.hint("the institution is suspended; after two days: wrappy institution cold-key finalise, then look after its TLS keys, then wrappy institution suspend --lift")
		return i.report(map[string]any{"next_cold_key": next.Address(), "suspended": true}, "%s", next.Address())
	})), publicAddress)
	recovery.flags(c, "file of the recovery key (required)")
	_ = c.MarkFlagRequired("recovery-key-file")
	return c
}

func coldFinalise(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.passphraseFlag(i.command("finalise", "After two days, put every pending change into effect", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		secret, err := readPassphrase(i.passphrase, "cold key passphrase", io)
		if err != nil {
			return err
		}
		keys, err := client.OpenInstitutionKeys(ctx, i.dir, nil)
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		done, err := finalise(ctx, registry, keys.ID)
		if err != nil {
			return err
		}
		now, err := registry.ColdKeys(ctx, keys.ID)
		if err != nil {
			return err
		}
		var cold consent.Address
		if err := cold.UnmarshalText([]byte(now.ColdKey)); err != nil {
			return err
		}
		if err := keys.SwitchCold(ctx, secret, cold); err != nil && (done[ledgerref.ChangeFinaliseCold] || done[ledgerref.ChangeFinaliseRecover]) {
			return wrongPassphrase(i.dir, err)
		}
		return i.report(now, "cold key %s, recovery key %s", now.ColdKey, now.RecoveryKey)
	})), publicAddress)
}

// finalise carries out what is pending. One that was cut short after the ledger took it
// leaves nothing pending, and the folder's key to be switched.
func finalise(ctx context.Context, registry *client.Registry, id consent.InstitutionID) (map[ledgerref.ChangeKind]bool, error) {
	pending, err := registry.ColdKeys(ctx, id)
	if err != nil {
		return nil, err
	}
	done := map[ledgerref.ChangeKind]bool{}
	for change, key := range map[ledgerref.ChangeKind]*openapi.PendingKey{
		ledgerref.ChangeFinaliseCold: pending.NextColdKey, ledgerref.ChangeFinaliseRecovery: pending.NextRecoveryKey, ledgerref.ChangeFinaliseRecover: pending.RecoveredColdKey,
	} {
		if key == nil {
			continue
		}
		if at := time.Unix(int64(key.ReadyAt), 0); time.Now().Before(at) { //nolint:gosec // a time of the ledger's
			return nil, &coded{exitUnavailable, fmt.Errorf("a change is pending until %s; try again then", instant(key.ReadyAt))}
		}
		if err := registry.ChangeKeys(ctx, nil, ledgerref.KeyChange{Institution: id, Change: change}); err != nil {
			return nil, err
		}
		done[change] = true
	}
	return done, nil
}
