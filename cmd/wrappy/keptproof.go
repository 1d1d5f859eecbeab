package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// proofWait is how long a checkpoint that covers an entry is waited for: the promise says
// two seconds, and the machine may be busy.
const proofWait = 30 * time.Second

// keptProof is the file in which an institution keeps what proves a release.
type keptProof struct{ file string }

func (k *keptProof) flag(c *cobra.Command) {
	c.Flags().StringVar(&k.file, "proof", "", "keep what proves the release in this new file, for 'wrappy verify'; it holds no value")
}

// check comes before anything is released, so that nothing is counted in vain.
func (k *keptProof) check() error {
	if _, err := os.Lstat(k.file); k.file != "" && !errors.Is(err, fs.ErrNotExist) {
		return usage("--proof: %s is there already and stays as it is; choose another name", k.file)
	}
	return nil
}

func (k *keptProof) save(ctx context.Context, institution *client.Institution, wire openapi.Proof) error {
	if k.file == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	f, err := institution.EntryFile(ctx, wire, nil)
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
