package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// proofWait is how long a checkpoint that covers the entry is waited for: the promise says
// two seconds, and the machine may be busy.
const proofWait = 30 * time.Second

// keptProof is the file in which an institution keeps what proves a release.
type keptProof struct{ file, anchor string }

func (k *keptProof) flags(c *cobra.Command) {
	c.Flags().StringVar(&k.file, "proof", "", "keep what proves the release in this new file, for 'wrappy verify'; it holds no value")
	c.Flags().StringVar(&k.anchor, "anchor", "", "with --proof: an anchor file, whose tree the proof is to cover where the entry is in it")
}

// readAnchor is asked before anything is released, so that nothing is counted in vain.
func (k *keptProof) readAnchor(d *client.Deployment) (*proof.Anchor, error) {
	if k.anchor != "" && k.file == "" {
		return nil, usage("--anchor: only together with --proof")
	}
	if _, err := os.Lstat(k.file); k.file != "" && !errors.Is(err, fs.ErrNotExist) {
		return nil, usage("--proof: %s is there already and stays as it is; choose another name", k.file)
	}
	if k.anchor == "" {
		return nil, nil
	}
	data, err := crypto.ReadFile(k.anchor, ledgerref.MaxAnchorFile)
	if err != nil {
		return nil, fmt.Errorf("--anchor: %w", err)
	}
	p, err := ledgerref.ParseAnchorProof(data)
	if err != nil {
		return nil, usage("--anchor: %w", err)
	}
	_, anchor, err := client.VerifyAnchor(&p, d.ConsentLedger)
	return anchor, err
}

func (k *keptProof) save(ctx context.Context, institution *client.Institution, wire openapi.Proof, anchor *proof.Anchor) error {
	if k.file == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	f, err := institution.EntryFile(ctx, wire, anchor)
	if err != nil {
		return err
	}
	data, err := proof.Encode(f)
	if err != nil {
		return err
	}
	if err := saveExport(k.file, data); err != nil {
		return err
	}
	_, err = f.VerifyIncluded(institution.Deployment.Log()) // kept first: where it fails, it is evidence
	return err
}
