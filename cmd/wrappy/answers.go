package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// keptAnswers is the file in which an institution keeps the derived answers of a release,
// with what proves that the vault gave them.
type keptAnswers struct{ file string }

func (k *keptAnswers) flag(c *cobra.Command) {
	c.Flags().StringVar(&k.file, "answers", "", "keep the derived answers, each signed by the vault, in this new file, for 'wrappy verify answers'")
}

// check comes before anything is released, so that nothing is counted in vain.
func (k *keptAnswers) check() error {
	if _, err := os.Lstat(k.file); k.file != "" && !errors.Is(err, fs.ErrNotExist) {
		return usage("--answers: %s is there already and stays as it is; choose another name", k.file)
	}
	return nil
}

func (k *keptAnswers) save(ctx context.Context, institution *client.Institution, released *openapi.Released) error {
	if k.file == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	f, err := institution.AnswersFile(ctx, released)
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
	_, err = f.Verify(institution.Deployment.Log()) // kept first: where it fails, it is evidence
	return err
}

func verifyAnswers(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("answers", "Check that the vault gave these derived answers, in this release", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := proof.ParseAnswers(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		_, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		got, err := f.Verify(log)
		if err != nil {
			return err
		}
		for _, a := range f.Answers {
			c.Says = append(c.Says, said{"answer", fmt.Sprintf("%s: %s, on %s, by %s", a.Field, a.Value, day(a.AsOf), a.Writer)})
		}
		c.Says, c.Report = append(c.Says, entrySays(got)...), got.Report
		return nil
	}))
}
