package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// entrySays is an entry's shared part in words.
func entrySays(v *proof.Verified) []said {
	s := v.Shared
	list := []said{{"entry", fmt.Sprintf("number %d: %s", v.Index, s.Kind)}, {"time", time.UnixMilli(int64(min(s.Time, 1<<52))).UTC().Format(time.RFC3339)}} //nolint:gosec // bounded
	if s.Institution != (consent.InstitutionID{}) {
		list = append(list, said{"institution", s.Institution.String()})
	}
	if s.Grant != (consent.GrantID{}) {
		list = append(list, said{"grant", s.Grant.String()})
	}
	for _, f := range s.Fields {
		list = append(list, said{"field", fmt.Sprintf("%s, version %d", f.Field, f.Version)})
	}
	for _, w := range s.Withheld {
		list = append(list, said{"withheld", fmt.Sprintf("%s: %s", w.Field, w.Reason)})
	}
	for _, r := range s.Reasons {
		list = append(list, said{"reason", string(r)})
	}
	return append(list, said{"policy", s.PolicyDigest.String()})
}

func parseEntryProof(data []byte) (*proof.EntryFile, error) {
	f, err := proof.ParseEntry(data)
	if err != nil {
		return nil, &proof.Failure{Check: "file", Do: "export it again", Err: err}
	}
	return f, nil
}

func verifyEntry(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.command("entry", "Show what an entry says, and that its leaf commits to that", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := parseEntryProof(data)
		if err != nil {
			return err
		}
		got, err := f.VerifyEntry()
		if err != nil {
			return err
		}
		c.Says, c.Report = entrySays(got), append(got.Report, proof.Finding{Check: proof.CheckPromise, What: "that a log signed it: 'wrappy verify promise' checks that"})
		return nil
	})
}

func verifyPromise(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("promise", "Check that the log promised to keep the entry", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := parseEntryProof(data)
		if err != nil {
			return err
		}
		_, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		got, err := f.VerifyPromise(log)
		if err != nil {
			return err
		}
		c.Says, c.Report = entrySays(got), append(got.Report, proof.Finding{Check: proof.CheckInclusion, What: "that the promise was kept: 'wrappy verify proof' checks that"})
		return nil
	}))
}

func verifyProof(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	c := v.anchorFlags(v.logFlags(v.command("proof", "Check that the promise was kept: the entry is in the log's tree, and in the one on the ledger", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := parseEntryProof(data)
		if err != nil {
			return err
		}
		t, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		anchor, blocks, err := v.withAnchor(c, t)
		if err != nil {
			return err
		}
		var got *proof.Verified
		if anchor == nil {
			got, err = f.VerifyIncluded(log)
		} else {
			got, err = f.VerifyAnchored(log, *anchor)
		}
		if err != nil {
			return err
		}
		c.Says, c.Report = entrySays(got), append(got.Report, blocks...)
		return nil
	})))
	c.Aliases = []string{"inclusion"}
	return c
}

func verifyCheckpoint(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.anchorFlags(v.logFlags(v.command("checkpoint", "Check a checkpoint's signature and its witnesses", proof.MaxCheckpoint, func(data []byte, c *checked) error {
		origin, _, _ := strings.Cut(string(data), "\n")
		t, log, err := v.log(c, "of "+origin)
		if err != nil {
			return err
		}
		checkpoint, report, err := log.VerifyCheckpoint(data)
		if err != nil {
			return err
		}
		anchor, blocks, err := v.withAnchor(c, t)
		if err != nil {
			return err
		}
		if anchor != nil {
			if err := anchor.VerifyTree(log, checkpoint); err != nil {
				return err
			}
			report = append(report, proof.Finding{Check: proof.CheckAnchor, Proven: true, What: "the ledger anchors the same tree"})
			report = append(report, blocks...)
		}
		c.Says = treeSays(checkpoint)
		c.Report = report
		return nil
	})))
}

func treeSays(c *proof.Checkpoint) []said {
	list := []said{{"tree", fmt.Sprintf("%d entries, root %s", c.Size, c.Root)}}
	for _, w := range c.Witnesses {
		list = append(list, said{"witness", w.Name + ", " + w.Time.UTC().Format(time.RFC3339)})
	}
	return list
}

func verifyConsistency(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("consistency", "Check that a newer checkpoint begins with all of an older one", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := proof.ParseConsistency(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		_, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		older, newer, report, err := f.Verify(log)
		if err != nil {
			return err
		}
		c.Says, c.Report = append(treeSays(older), treeSays(newer)...), report
		return nil
	}))
}

func verifyAnchor(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.blockFlag(v.ledgerFlags(v.logFlags(v.command("anchor", "Check an anchor down to the hash of its block", ledgerref.MaxAnchorFile, func(data []byte, c *checked) error {
		p, err := ledgerref.ParseAnchorProof(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		t, err := v.trusted()
		if err != nil {
			return err
		}
		anchor, blocks, err := v.anchored(c, t, &p)
		if err != nil {
			return err
		}
		key := proof.Log{Origin: anchor.Origin, Key: anchor.Key}.VerifierKey()
		if t.Log != "" && t.Log != key {
			return &proof.Failure{Check: proof.CheckAnchor, Do: "compare the log's key with a source that does not come from the vault", Err: fmt.Errorf("%w: the ledger names another log than the one trusted", proof.ErrProof)}
		}
		c.Says = []said{{"log", key}, {"tree", fmt.Sprintf("%d entries, root %s", anchor.Size, anchor.Root)}}
		c.Report = append(proof.Report{
			{Check: proof.CheckAnchor, Proven: true, What: fmt.Sprintf("ConsentLedger %s opened the log under this key and anchored this tree, in the two blocks below", p.Contract)},
		}, blocks...)
		return nil
	}))))
}

func verifyReceipt(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.ledgerFlags(v.logFlags(v.command("receipt", "Check a permission that somebody gave: what was given, that it was written down, and what ends it", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := proof.ParseReceipt(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		t, err := v.trusted()
		if err != nil {
			return err
		}
		if t.ChainID == 0 {
			c.hint = fmt.Sprintf("--chain-id %d --contract %s", f.ChainID, f.Contract)
			return &proof.Failure{Check: "trust", Do: "name the ledger by --trust FILE, or --chain-id and --contract", Err: fmt.Errorf("%w: no ledger is named", proof.ErrTrust)}
		}
		var log proof.Log
		if f.Log != "" {
			if _, log, err = v.log(c, f.Log); err != nil {
				return err
			}
		}
		id, report, err := f.Verify(log, consent.Domain{ChainID: t.ChainID, Contract: t.Contract})
		if err != nil {
			return err
		}
		g := f.Grant.Document()
		c.Says = []said{{"permission", id.String()}, {"institution", g.Institution.String()}, {"purpose", string(g.Purpose)}, {"fields", joinFields(g.Fields)}, {"until", day(g.Expires)}}
		c.Report = report
		return nil
	})))
}

func verifyHistory(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("history", "Check that a person's history is complete as the log states", proof.MaxHistoryFile, func(data []byte, c *checked) error {
		f, err := proof.ParseHistory(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		_, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		entries, report, err := f.Verify(log)
		if err != nil {
			return err
		}
		c.Says, c.Report = []said{{"person", fmt.Sprintf("%#x", f.Statement.Identity[:])}, {"entries", fmt.Sprint(len(entries))}}, report
		return nil
	}))
}
