package main

import (
	"context"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/web"
)

const (
	// notePageEvery is how often it is tried again to write down which pages are served.
	notePageEvery = time.Minute
	pageFails     = "which pages are served could not be written down; the next attempt follows"
)

// notePage writes down which pages are served, where they are others than before.
func (n *node) notePage(ctx context.Context) error {
	if n.page.Load() != nil {
		return nil
	}
	key, err := n.logKey()
	if err != nil {
		return err
	}
	log, manifest := proof.Log{Origin: n.deployment.LogOrigin, Key: key}, web.Manifest(web.Files())
	if file, err := crypto.ReadFile(n.config.pageFile(), proof.MaxFile); err == nil && n.stands(file, log, manifest) {
		n.page.Store(&file)
		return nil
	}
	digest := pagesDigest()
	written, err := n.gate.NotePage(ctx, digest)
	if err != nil {
		return err
	}
	file, err := proof.Encode(proof.NewPageFile(log, manifest, &written))
	if err != nil {
		return err
	}
	n.page.Store(&file)
	n.log.Info("other pages are served than before", "digest", digest)
	return crypto.WriteFile(n.config.pageFile(), file, true)
}

// stands tells whether a file is of these pages, and of an entry that the journal has.
func (n *node) stands(file []byte, log proof.Log, manifest []byte) bool {
	f, err := proof.ParsePage(file)
	if err != nil || f.Manifest != string(manifest) || f.Entry.Promise.Index >= n.journal.Size() {
		return false
	}
	_, err = f.Entry.VerifyPromise(log)
	return err == nil
}

// notedPage is the file of the pages that are served; nil while they are not written down.
func (n *node) notedPage() []byte {
	if file := n.page.Load(); file != nil {
		return *file
	}
	return nil
}
