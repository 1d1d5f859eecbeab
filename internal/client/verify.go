package client

import (
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// VerifyAnchor checks an anchor file against the ledger trusted. What it shows rests on the
// hashes of two blocks, which are to be compared with a source trusted for that chain.
func VerifyAnchor(p *ledgerref.AnchorProof, ledger consent.Domain) (*ledgerref.AnchoredLog, *proof.Anchor, error) {
	found, err := p.Verify(ledger)
	if err != nil {
		return nil, nil, &proof.Failure{Check: proof.CheckAnchor, Do: "compare chain and contract with a source that does not come from the vault", Err: err}
	}
	return found, &proof.Anchor{Origin: found.Origin, Key: found.Key[:], Tree: proof.Tree{Size: found.Size, Root: found.Root}}, nil
}

// VerifyRelease checks everything about one release that can be checked without the vault:
// what the entry says, the log's promise, that it was kept under the file's checkpoint, and,
// where an anchor is given, that the entry is in the tree which the ledger anchors.
func VerifyRelease(trust *proof.TrustFile, file *proof.EntryFile, anchor *ledgerref.AnchorProof) (*proof.Verified, error) {
	log, err := trust.Trusted()
	if err != nil {
		return nil, err
	}
	if anchor == nil {
		return file.VerifyIncluded(log)
	}
	found, tree, err := VerifyAnchor(anchor, Ledger(trust))
	if err != nil {
		return nil, err
	}
	v, err := file.VerifyAnchored(log, *tree)
	if err != nil {
		return nil, err
	}
	v.Report = append(v.Report, Blocks(found, nil)...)
	return v, nil
}

// VerifyHistory checks that a person's history is complete as the log states.
func VerifyHistory(trust *proof.TrustFile, file *proof.HistoryFile) ([]proof.HistoryEntry, proof.Report, error) {
	log, err := trust.Trusted()
	if err != nil {
		return nil, nil, err
	}
	return file.Verify(log)
}

// Ledger is the ledger that a trust file names.
func Ledger(trust *proof.TrustFile) consent.Domain {
	return consent.Domain{ChainID: trust.ChainID, Contract: trust.Contract}
}

// Blocks reports for each block of an anchor whether its hash is one that the reader named.
func Blocks(found *ledgerref.AnchoredLog, named []consent.Digest) proof.Report {
	var r proof.Report
	for _, one := range []struct {
		what  string
		block ledgerref.Block
	}{{"anchored the tree", found.Anchored}, {"opened the log", found.Opened}} {
		known := false
		for _, hash := range named {
			known = known || hash == one.block.Hash
		}
		f := proof.Finding{Check: proof.CheckAnchor, Proven: known, What: fmt.Sprintf("block %d, which %s, has the hash that you named: %s", one.block.Number, one.what, one.block.Hash)}
		if !known {
			f.What = fmt.Sprintf("that block %d, which %s, is on the chain: compare its hash %s with a source that you trust", one.block.Number, one.what, one.block.Hash)
		}
		r = append(r, f)
	}
	return r
}
