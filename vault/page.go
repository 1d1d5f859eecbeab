package vault

import (
	"context"

	"github.com/wrapious/wrappy/consent"
)

// NotePage writes down that pages with this digest are served from now on: an entry of nobody.
func (g *Gate) NotePage(ctx context.Context, digest consent.Digest) (consent.Proof, error) {
	at := g.nowAnyway(ctx)
	proof, err := g.journal.Append(ctx, Entry{
		Shared:   consent.SharedPart{Version: consent.Version, Kind: consent.EntryPage, PolicyDigest: digest, Block: at.view.Block, Time: at.milli},
		Evidence: consent.EvidencePart{Version: consent.Version, Kind: consent.EntryPage, PolicyDigest: digest, Block: at.view.Block, Time: at.milli},
	})
	if err != nil {
		return consent.Proof{}, unavailable("journal", err)
	}
	return proof, nil
}
