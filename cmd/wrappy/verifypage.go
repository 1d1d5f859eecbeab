package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/web"
)

// pageFlags are those of verify page.
type pageFlags struct {
	verifyFlags
	network              ledgerFlags
	ledger               string
	kept, export, cacert string
}

// pagesDigest is that of the pages inside this program.
func pagesDigest() consent.Digest { return sha256.Sum256(web.Manifest(web.Files())) }

func verifyPage(io streams) *cobra.Command {
	p := &pageFlags{verifyFlags: verifyFlags{io: io}, network: ledgerFlags{io: io}}
	c := &cobra.Command{Use: "page URL|FOLDER", Short: "Check that the page is the one that the vault has written down, and the ledger anchors", Args: cobra.ExactArgs(1),
		Long: "Check that people's pages are those that the vault has written down in its log, in a tree that the\nledger anchors. Of a URL, such as https://vault.example/me/, every file is fetched in every form that\na browser may be sent. A FOLDER holds the pages as they are served or built (me/, show/), and is\nchecked offline, with --proof and --anchor.",
		RunE: func(c *cobra.Command, args []string) error {
			one := checked{File: args[0]}
			err := p.check(c.Context(), args[0], &one)
			if err == nil {
				return p.print([]checked{one})
			}
			var unproven *proof.Failure
			failed := one.fail(err)
			if code := (*coded)(nil); !errors.As(err, &unproven) && !errors.As(failed, &code) {
				failed = exitCode(ledgerError(failed))
			}
			return errors.Join(p.print([]checked{one}), failed)
		}}
	outputFlag(c, &p.output)
	f := c.Flags()
	f.StringVar(&p.cacert, "cacert", "", "PEM file of the vault's certificate, where no public authority stands behind it")
	f.StringVar(&p.kept, "proof", "", "the proof that you kept (--export): of a FOLDER, what it is checked by; of a URL, what the vault must not go back behind")
	f.StringVar(&p.export, "export", "", "of a URL: keep the proof in this new file")
	f.StringVar(&p.ledger, "ledger", "", "file by 'wrappy ledger deploy' that says where the contracts are, for --rpc-file")
	f.StringVar(&p.network.rpc, "rpc-file", "", "file whose first line is the network's URL, - for standard input: read the anchor from the network itself")
	return p.anchorFlags(p.logFlags(c))
}

func (p *pageFlags) check(ctx context.Context, where string, c *checked) error {
	if (p.ledger == "") != (p.network.rpc == "") || p.anchor != "" && p.ledger != "" {
		return usage("want --anchor, or --rpc-file with --ledger")
	}
	if strings.Contains(where, "://") {
		return p.served(ctx, where, c)
	}
	if p.kept == "" || p.anchor == "" && p.ledger == "" || p.export != "" {
		return usage("of a folder: want --proof, and --anchor or --rpc-file")
	}
	return p.folder(ctx, where, c)
}

// folder checks pages that somebody has, offline unless the anchor is read from the network.
func (p *pageFlags) folder(ctx context.Context, where string, c *checked) error {
	f, err := p.readKept()
	if err != nil {
		return err
	}
	t, log, err := p.log(c, f.Log)
	if err != nil {
		return err
	}
	files, err := web.Read(os.DirFS(where))
	if err != nil {
		return err
	}
	var size uint64 // of the anchor that the proof is of; its newest where it has none
	if f.Entry.Anchored != nil {
		size = f.Entry.Anchored.Size
	}
	anchor, blocks, err := p.anchorOf(ctx, c, t, log, size, nil)
	if err != nil {
		return err
	}
	if err := f.CheckManifest(string(web.Manifest(files))); err != nil {
		return err
	}
	if err := p.say(c, f, log, anchor, blocks); err != nil {
		return err
	}
	c.Report = append(c.Report, proof.Finding{Check: proof.CheckPage, What: "that the vault has not written down other pages since: '--proof' with the vault's URL checks that"})
	return nil
}

// served checks the pages of a vault.
func (p *pageFlags) served(ctx context.Context, where string, c *checked) error {
	ctx, cancel := context.WithTimeout(ctx, 5*proofWait)
	defer cancel()
	pages, err := client.NewPageReader(where, p.cacert)
	if err != nil {
		return usage("%w", err)
	}
	f, err := pages.Noted(ctx)
	if err != nil {
		return err
	}
	t, log, err := p.log(c, f.Log)
	if err != nil {
		return err
	}
	if p.kept != "" {
		kept, err := p.readKept()
		if err == nil {
			err = f.Follows(kept, log)
		}
		if err != nil {
			return err
		}
	}
	reader, err := pages.Log(log)
	if err != nil {
		return err
	}
	anchor, blocks, err := p.anchorOf(ctx, c, t, log, 0, reader)
	if err != nil {
		return err
	}
	if err := pages.Place(ctx, f, reader, anchor); err != nil {
		return err
	}
	number, err := pages.Files(ctx, f)
	if err != nil {
		return err
	}
	if err := p.say(c, f, log, anchor, blocks); err != nil {
		return err
	}
	c.Report = append(proof.Report{{Check: proof.CheckPage, Proven: true, What: fmt.Sprintf("each of the %d files, compressed ones among them, is served as it was written down", number)}}, c.Report...)
	if p.export == "" {
		return nil
	}
	data, err := proof.Encode(f)
	if err != nil {
		return err
	}
	return saveExport(p.export, data)
}

func (p *pageFlags) readKept() (*proof.PageFile, error) {
	data, err := crypto.ReadFile(p.kept, proof.MaxFile)
	if err != nil {
		return nil, fmt.Errorf("--proof: %w", err)
	}
	f, err := proof.ParsePage(data)
	if err != nil {
		return nil, &proof.Failure{Check: "file", Do: "export it again", Err: err}
	}
	return f, nil
}

// anchorOf is the log's anchor: from the file, from the network, or by the vault's word, whose
// blocks are then to be compared.
func (p *pageFlags) anchorOf(ctx context.Context, c *checked, t *proof.TrustFile, log proof.Log, size uint64, vault *client.LogReader) (*proof.Anchor, proof.Report, error) {
	if p.ledger != "" {
		shown, err := p.fromNetwork(ctx, log, size)
		if err != nil {
			return nil, nil, err
		}
		anchor, _, err := p.anchored(c, t, &shown)
		if err != nil {
			return nil, nil, err
		}
		found, err := shown.Verify(client.Ledger(t))
		if err != nil {
			return nil, nil, err
		}
		return anchor, proof.Report{{Check: proof.CheckAnchor, Proven: true,
			What: fmt.Sprintf("the network that you named has the anchor in block %d, %s", found.Anchored.Number, found.Anchored.Hash)}}, nil
	}
	if p.anchor != "" || vault == nil {
		return p.withAnchor(c, t)
	}
	if t.ChainID == 0 {
		return nil, nil, &proof.Failure{Check: "trust", Do: "name the ledger by --trust FILE, or --chain-id and --contract", Err: fmt.Errorf("%w: no ledger is named", proof.ErrTrust)}
	}
	shown, _, err := vault.Anchor(ctx, client.Ledger(t), 0)
	if err != nil {
		return nil, nil, err
	}
	return p.anchored(c, t, shown)
}

func (p *pageFlags) fromNetwork(ctx context.Context, log proof.Log, size uint64) (none ledgerref.AnchorProof, err error) {
	addresses, err := readAddresses(p.ledger)
	if err != nil {
		return none, fmt.Errorf("--ledger: %w", err)
	}
	network, err := p.network.dial(ctx)
	if err != nil {
		return none, err
	}
	defer network.Close()
	chain, err := ledgerref.Open(ctx, network, addresses)
	if err != nil {
		return none, err
	}
	return chain.AnchorProof(ctx, log.Origin, size)
}

// say verifies the entry and says which pages these are.
func (p *pageFlags) say(c *checked, f *proof.PageFile, log proof.Log, anchor *proof.Anchor, blocks proof.Report) error {
	got, err := f.Verify(log, *anchor)
	if err != nil {
		return err
	}
	c.Says = []said{{"page", f.Digest().String()},
		{"served", fmt.Sprintf("since %s, by entry %d; the ledger was at block %d", time.UnixMilli(int64(min(got.Shared.Time, 1<<52))).UTC().Format(time.RFC3339), got.Index, got.Shared.Block)}} //nolint:gosec // bounded
	c.Report = append(got.Report, blocks...)
	own := proof.Finding{Check: proof.CheckPage, Proven: f.Digest() == pagesDigest(), What: "they are the pages that this program was built with"}
	if !own.Proven {
		own.What = fmt.Sprintf("that they are those of a source that you know: this program was built with others, %s", pagesDigest())
	}
	c.Report = append(c.Report, own)
	return nil
}
