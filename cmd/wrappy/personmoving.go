package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

const exportAAD = "wrappy export file"

// writerWord says who wrote a value.
func writerWord(writer string) string {
	if writer == (consent.InstitutionID{}).String() {
		return "you"
	}
	return short(&writer)
}

func personRecords(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var fields []string
	c := p.command("records", "Show what is kept of you, and who wrote it; your history shows that you looked", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		chosen, err := chosenFields(fields)
		if err != nil {
			return err
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		var values []proof.ExportedValue
		if _, err := person.Export(ctx, chosen, discard{}, func(item proof.Item) error {
			if item.Value != nil {
				values = append(values, *item.Value)
			}
			return nil
		}); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, values)
		}
		rows := make([][]string, len(values))
		for i, v := range values {
			rows[i] = []string{string(v.Field), writerWord(v.Writer.String()), day(v.Written / 1000), string(v.Value)}
		}
		return printTable(io.out, []string{"FIELD", "WRITTEN BY", "ON", "VALUE"}, rows)
	})
	c.Flags().StringSliceVar(&fields, "fields", nil, "only these; without it everything")
	return c
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func chosenFields(names []string) (fields []consent.FieldName, err error) {
	for _, name := range names {
		field := consent.FieldName(name)
		if err := field.Validate(); err != nil {
			return nil, usage("--fields: %w", err)
		}
		fields = append(fields, field)
	}
	return fields, nil
}

func personExport(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var out, seal string
	var plain bool
	c := p.command("export", "Take everything that is kept of you, as one file that another vault can import", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if plain && seal != "" {
			return usage("--plain: without --seal-passphrase-file: nothing is sealed")
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if seal != "" {
			if secret, err = readPassphrase(seal, "passphrase of the file", p.io); err != nil {
				return err
			}
		}
		taken, err := p.takeEverything(ctx, file, person, out, secret, plain)
		if errors.Is(err, fs.ErrExist) {
			return usage("--out: %s is there already and stays as it is; choose another name", out)
		}
		if err != nil {
			return err
		}
		end := taken.End()
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"file": out, "values": end.Values, "permissions": end.Grants, "digest": taken.Digest(), "sealed": !plain, "unnamed": end.Unnamed})
		}
		said := "sealed under a passphrase"
		if plain {
			said = "NOT sealed: whoever sees the file sees everything about you"
		}
		_, err = fmt.Fprintf(io.out, "written to %s: %d values, %d permissions, your history and your receipts; %s\n", out, end.Values, end.Grants, said)
		if err == nil && end.Unnamed > 0 {
			_, err = fmt.Fprintf(io.out, "  %d fields are kept that no catalog names any more: they are not in the file; ask who runs the vault\n", end.Unnamed)
		}
		return err
	})
	c.Flags().StringVar(&out, "out", "", "the new file (required)")
	c.Flags().StringVar(&seal, "seal-passphrase-file", "", "file whose first line seals the new file, - for standard input; without it the wallet's passphrase does")
	c.Flags().BoolVar(&plain, "plain", false, "do not seal the file")
	_ = c.MarkFlagRequired("out")
	return c
}

// takeEverything writes the file: what the vault says, and after it what the person's own
// device knows.
func (p *personFlags) takeEverything(ctx context.Context, file *wallet.File, person *client.Person, out string, secret crypto.Secret, plain bool) (taken *proof.ExportReader, err error) {
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) { // before anything is taken
		return nil, fs.ErrExist
	}
	err = crypto.WriteFileFrom(out, func(to io.Writer) (err error) {
		if plain {
			taken, err = p.writeExport(ctx, file, person, to)
			return err
		}
		sealed, err := crypto.SealFile(ctx, secret, to, []byte(exportAAD))
		if err != nil {
			return err
		}
		if taken, err = p.writeExport(ctx, file, person, sealed); err != nil {
			return err
		}
		return sealed.Close()
	})
	return taken, err
}

func (p *personFlags) writeExport(ctx context.Context, file *wallet.File, person *client.Person, to io.Writer) (*proof.ExportReader, error) {
	taken, err := person.Export(ctx, nil, &showing{to: to, say: p.bytesShown()}, nil)
	if err != nil {
		return nil, err
	}
	more := new(proof.ExportMore)
	history, err := person.FullHistory(ctx, file.Vaults[vaultIndex(file, p.vault)].History)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	if more.History, err = person.HistoryFile(waiting, history); err != nil {
		return nil, err
	}
	for i := range file.Receipts {
		r := &file.Receipts[i]
		f := proof.NewReceiptFile(consent.Domain{ChainID: r.ChainID, Contract: r.Contract}, &r.Grant)
		f.Withdrawal = &r.Withdrawal
		more.Receipts = append(more.Receipts, f)
	}
	return taken, proof.WriteExportMore(to, more)
}

// showing tells a person at a terminal how far long work is.
type showing struct {
	to   io.Writer
	done int64
	say  func(int64)
}

func (s *showing) Write(b []byte) (int, error) {
	n, err := s.to.Write(b)
	s.done += int64(n)
	s.say(s.done)
	return n, err
}

// bytesShown says nothing where nobody looks.
func (p *personFlags) bytesShown() func(int64) {
	if !isTerminal(p.io.err) {
		return func(int64) {}
	}
	last := time.Now()
	return func(done int64) {
		if time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			_, _ = fmt.Fprintf(p.io.err, "\r%.1f MiB", float64(done)/(1<<20))
		}
	}
}

func personImport(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var seal string
	var partial bool
	c := p.command("import FILE", "Bring what another vault kept of you to this one", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if p.vault == "" {
			return usage("--vault: name the vault that the file goes to")
		}
		_, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if seal != "" {
			if secret, err = readPassphrase(seal, "passphrase of the file", p.io); err != nil {
				return err
			}
		}
		done, from, facts, err := person.Import(ctx, opener(ctx, args[0], secret), partial)
		if err != nil {
			return p.notImported(err, args[0])
		}
		if err := takeFacts(ctx, person, facts); err != nil {
			return err
		}
		return p.printImported(done, from)
	})
	c.Long = "import brings the file of 'wrappy person export' to a vault where you are enrolled. Each value\nof an organisation is checked against that organisation's signature and the ledger;\n" +
		"the vault that the file comes from is not believed. Permissions do not come along:\nwhoever is to see something here asks again. The same file again changes nothing."
	c.Flags().StringVar(&seal, "seal-passphrase-file", "", "file whose first line opens FILE, - for standard input; without it the wallet's passphrase does")
	c.Flags().BoolVar(&partial, "partial", false, "take what can be checked, and leave the rest out; without it all or nothing")
	return c
}

// opener opens an export for reading, sealed or not, as often as it is called.
func opener(ctx context.Context, path string, secret crypto.Secret) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		f, err := os.Open(path) //nolint:gosec // the caller's own choice of file
		if err != nil {
			return nil, usage("FILE: cannot be read")
		}
		from := bufio.NewReaderSize(f, 64<<10)
		begin, _ := from.Peek(64)
		if !crypto.IsSealedFile(begin) {
			return reading{from, f}, nil
		}
		opened, err := crypto.OpenSealedFile(ctx, secret, from, []byte(exportAAD))
		if err != nil {
			_ = f.Close()
			return nil, wrongPassphrase(path, err)
		}
		return reading{opened, f}, nil
	}
}

type reading struct {
	io.Reader
	io.Closer
}

// takeFacts states at this vault what rules may know, where nothing was stated here yet.
func takeFacts(ctx context.Context, person *client.Person, facts *proof.ExportedFacts) error {
	if facts == nil {
		return nil
	}
	_, stated, err := person.Facts(ctx)
	if err != nil || stated != 0 {
		return err
	}
	return person.StateFacts(ctx, consent.PolicyFacts{Minor: facts.Minor, Representative: facts.Representative, NeverCountries: facts.NeverCountries}, 0)
}

func (p *personFlags) notImported(err error, file string) error {
	var problem *client.Problem
	switch {
	case errors.Is(err, proof.ErrFile), errors.Is(err, crypto.ErrDecrypt):
		return fmt.Errorf("%s: not an export, or changed, or cut short: %w", file, err)
	case errors.As(err, &problem) && problem.Refused != nil:
		_ = printTable(p.io.err, []string{"FIELD", "WRITTEN BY", "NOT TAKEN BECAUSE"}, importRows(*problem.Refused))
	}
	return err
}

func importRows(values []openapi.ImportedValue) [][]string {
	rows := make([][]string, len(values))
	for i, v := range values {
		said := string(v.Outcome)
		if v.Reason != nil {
			said = *v.Reason
		}
		rows[i] = []string{v.Field, writerWord(v.Writer), said}
	}
	return rows
}

func (p *personFlags) printImported(done *openapi.Imported, from *proof.ExportReader) error {
	if p.output == outputJSON {
		return printJSON(p.io.out, done)
	}
	if err := printTable(p.io.out, []string{"FIELD", "WRITTEN BY", "OUTCOME"}, importRows(done.Values)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.io.out, "%d fields are new here; whoever is to see them here must ask you again\n", len(done.Stored))
	if err == nil && from.End().Unnamed > 0 {
		_, err = fmt.Fprintf(p.io.out, "  %d fields were kept there that are not in the file\n", from.End().Unnamed)
	}
	return err
}
