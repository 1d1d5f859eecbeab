package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
)

const (
	maxAddressesFile = 64 << 10
	maxSecretLine    = 4096
)

// ledgerFlags are what the commands about a network share.
type ledgerFlags struct {
	io       streams
	in       *bufio.Reader // two secrets may come by standard input, a line each
	rpc, out string
	account  string
	operator string
	output   string
}

func ledgerCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "The ledger on an EVM network of your choice: make an account, deploy the contracts, verify them", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(ledgerAccount(io), ledgerDeploy(io), ledgerVerify(io))
	return c
}

func (l *ledgerFlags) command(use, short, long string, args cobra.PositionalArgs, run func(context.Context, []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Long: long, Args: args, RunE: func(c *cobra.Command, args []string) error {
		return ledgerError(run(c.Context(), args))
	}}
}

func (l *ledgerFlags) rpcFlag(c *cobra.Command) {
	c.Flags().StringVar(&l.rpc, "rpc-file", "", "file whose first line is the network's URL, - for standard input: https or wss, http and ws to this machine only (required)")
	_ = c.MarkFlagRequired("rpc-file")
}

func ledgerAccount(io streams) *cobra.Command {
	l := &ledgerFlags{io: io}
	c := l.command("account", "Make the key of an account that pays for transactions, and print the address to fund",
		"account makes a random key, writes it to a file that only you can read, and prints its\naddress. Whoever has the file can spend what the account holds.", cobra.NoArgs,
		func(context.Context, []string) error { return l.makeAccount() })
	c.Flags().StringVar(&l.out, "out", "", "file to make; one that is there stays as it is (required)")
	_ = c.MarkFlagRequired("out")
	return c
}

func (l *ledgerFlags) makeAccount() error {
	account, err := ledgerref.NewAccount()
	if err != nil {
		return err
	}
	if err := writeNew(l.out, append([]byte(hex.EncodeToString(account.Bytes())), '\n')); err != nil {
		return err
	}
	_, err = fmt.Fprintln(l.io.out, account.Address())
	return err
}

func ledgerDeploy(io streams) *cobra.Command {
	l := &ledgerFlags{io: io}
	c := l.command("deploy", "Deploy the three contracts and write where they are",
		"deploy sends three transactions, waits until each is mined, checks what stands there, and\nwrites the addresses to a file for 'wrappy ledger verify' and 'wrappy init --contracts'. The account\n"+
			"becomes the contracts' administrator: it may suspend institutions, revoke grants (never make\none). Other vaults need no leave to use the same contracts.", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return l.deploy(ctx) })
	l.rpcFlag(c)
	c.Flags().StringVar(&l.account, "account-file", "", "file of the account that pays, by 'wrappy ledger account', - for standard input (required)")
	c.Flags().StringVar(&l.out, "out", "", "file of addresses to make; one that is there stays as it is (required)")
	_ = c.MarkFlagRequired("account-file")
	_ = c.MarkFlagRequired("out")
	return c
}

func (l *ledgerFlags) deploy(ctx context.Context) error {
	if _, err := os.Stat(l.out); !errors.Is(err, fs.ErrNotExist) { // before anything is paid
		return usage("--out: %s is there, and stays as it is", filepath.Base(l.out))
	}
	client, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	line, err := l.secretLine(l.account, "--account-file")
	if err != nil {
		return err
	}
	secret, err := hex.DecodeString(string(bytes.TrimPrefix(line, []byte("0x"))))
	if err != nil || len(secret) != 32 {
		return usage("--account-file: want 64 hex digits")
	}
	account, err := ledgerref.AccountFromBytes(secret)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(l.io.err, "deploying by the account %s; this takes a few blocks …\n", account.Address())
	addresses, err := ledgerref.Deploy(ctx, client, account, func(contract string, at consent.Address, block uint64) {
		_, _ = fmt.Fprintf(l.io.err, "%s: %s in block %d\n", contract, at, block)
	})
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(addresses, "", "  ")
	if err != nil {
		return err
	}
	if err := writeNew(l.out, append(data, '\n')); err != nil {
		return err
	}
	if _, err := ledgerref.Open(ctx, client, addresses); err != nil {
		return err
	}
	_, err = fmt.Fprintln(l.io.out, l.out)
	return err
}

func ledgerVerify(io streams) *cobra.Command {
	l := &ledgerFlags{io: io}
	c := l.command("verify FILE", "Compare what stands at the contracts' addresses with this program's own contracts",
		"verify asks a network for the code at the addresses in a file by 'wrappy ledger deploy', and\ncompares its hash with that of the contracts that this program was built with; then their\n"+
			"signing domains, the block of the first deployment and who holds which role. It believes the\nnetwork's endpoint: ask one of your own.\n\nExit status: 0 all as it should be, 1 not, 2 wrong use, 4 the network cannot be reached.",
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error { return l.verify(ctx, args[0]) })
	l.rpcFlag(c)
	c.Flags().StringVar(&l.operator, "operator", "", "address that alone may hold the roles; without it holders are shown and not judged")
	outputFlag(c, &l.output)
	return c
}

func (l *ledgerFlags) verify(ctx context.Context, file string) error {
	addresses, err := readAddresses(file)
	if err != nil {
		return err
	}
	var operator consent.Address
	if l.operator != "" {
		if err := operator.UnmarshalText([]byte(l.operator)); err != nil {
			return usage("--operator: want an address, 0x and 40 hex digits")
		}
	}
	client, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	findings, err := ledgerref.Verify(ctx, client, addresses, operator)
	if err != nil {
		return err
	}
	wrong := 0
	rows := make([][]string, len(findings))
	for i, f := range findings {
		verdict := "ok"
		if !f.OK {
			verdict = "WRONG"
			wrong++
		}
		rows[i] = []string{f.Contract, f.Address.String(), f.Check, verdict, f.Want, f.Got}
	}
	if l.output == outputJSON {
		err = printJSON(l.io.out, struct {
			ChainID  uint64              `json:"chain_id"`
			OK       bool                `json:"ok"`
			Findings []ledgerref.Finding `json:"findings"`
		}{addresses.ChainID, wrong == 0, findings})
	} else {
		err = printTable(l.io.out, []string{"CONTRACT", "ADDRESS", "CHECK", "RESULT", "WANT", "GOT"}, rows)
	}
	if err == nil && wrong > 0 {
		err = fmt.Errorf("%d of %d checks failed: do not use these contracts", wrong, len(findings))
	}
	return err
}

func readAddresses(file string) (a ledgerref.Addresses, err error) {
	data, err := crypto.ReadFile(file, maxAddressesFile)
	if err != nil {
		return a, usage("%s: cannot be read", filepath.Base(file))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&a) != nil || a.ChainID == 0 {
		return a, usage("%s: not a file by 'wrappy ledger deploy'", filepath.Base(file))
	}
	return a, nil
}

func (l *ledgerFlags) dial(ctx context.Context) (*ledgerref.Client, error) {
	url, err := l.secretLine(l.rpc, "--rpc-file")
	if err != nil {
		return nil, err
	}
	return ledgerref.Dial(ctx, string(url))
}

// secretLine takes the first line of a file, or the next of standard input. Neither
// what it holds nor its file's path is repeated in an error.
func (l *ledgerFlags) secretLine(file, flag string) (crypto.Secret, error) {
	from := l.in
	if file == "-" && from == nil {
		from = bufio.NewReader(io.LimitReader(l.io.in, 4*maxSecretLine))
		l.in = from
	}
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the caller's own choice of file
		if err != nil {
			return nil, usage("%s: cannot be read", flag)
		}
		defer func() { _ = f.Close() }()
		from = bufio.NewReader(io.LimitReader(f, maxSecretLine+2))
	}
	line, err := from.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, usage("%s: cannot be read", flag)
	}
	if line = bytes.TrimSpace(line); len(line) == 0 || len(line) > maxSecretLine {
		return nil, usage("%s: want a first line of 1 to %d bytes", flag, maxSecretLine)
	}
	return line, nil
}

// writeNew makes a file that only its owner can read.
func writeNew(path string, data []byte) error {
	err := crypto.WriteFile(path, data, false)
	if errors.Is(err, fs.ErrExist) {
		return usage("--out: %s is there, and stays as it is", filepath.Base(path))
	}
	return err
}

// ledgerError gives what the network did its exit code.
func ledgerError(err error) error {
	switch {
	case errors.Is(err, ledgerref.ErrEndpoint):
		return usage("--rpc-file: %w", err)
	case errors.Is(err, consent.ErrUnavailable):
		return &coded{exitUnavailable, err}
	}
	return err
}
