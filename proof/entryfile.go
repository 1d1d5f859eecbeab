package proof

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Anchor is what a ledger says of a log, established elsewhere: its key, and one tree.
type Anchor struct {
	Origin string
	Key    ed25519.PublicKey
	Tree
}

// Verified is what an entry proof establishes.
type Verified struct {
	Shared     *consent.SharedPart
	Index      uint64
	Checkpoint *Checkpoint // from VerifyIncluded on
	Report     Report
}

// VerifyEntry checks the file by itself: what the entry says is what its leaf commits to.
// It rests on nobody's word and says nothing of who wrote it. Errors are *Failure.
func (f *EntryFile) VerifyEntry() (*Verified, error) {
	p, err := f.Proof()
	if err != nil {
		return nil, &Failure{CheckEntry, doRefetch, err}
	}
	shared, err := verifyEntry(p)
	if err != nil {
		return nil, &Failure{CheckEntry, doRefetch, err}
	}
	v := &Verified{Shared: shared, Index: p.Promise.Index}
	v.Report.proven(CheckEntry, "the leaf commits to: %s, %s", shared.Kind, when(shared.Time))
	return v, nil
}

func when(ms uint64) string {
	return time.UnixMilli(int64(min(ms, 1<<52))).UTC().Format(time.RFC3339) //nolint:gosec // bounded
}

// VerifyPromise checks further that the log promised to keep the entry.
func (f *EntryFile) VerifyPromise(log Log) (*Verified, error) {
	v, err := f.VerifyEntry()
	if err != nil {
		return nil, err
	}
	if err := log.Check(); err != nil {
		return nil, &Failure{CheckPromise, doTrust, err}
	}
	p, err := f.Proof()
	if err == nil {
		err = sameLog(f.Log, p.Promise.Origin, log)
	}
	if err == nil {
		err = VerifyPromise(&p.Promise, log.Key)
	}
	if err != nil {
		return nil, &Failure{CheckPromise, doTrust, err}
	}
	v.Report.proven(CheckPromise, "the log %s signed that the entry is number %d in it within %d ms", log.Origin, p.Promise.Index, p.Promise.MaxDelay)
	return v, nil
}

// sameLog: what the file says of its log is what the reader trusts.
func sameLog(claimed, origin string, log Log) error {
	if claimed != log.VerifierKey() || origin != log.Origin {
		return fmt.Errorf("%w: the file is of another log than the one trusted", ErrProof)
	}
	return nil
}

// VerifyIncluded checks further that the promise was kept: the entry is in the tree that the
// file's checkpoint signs. ErrNotCovered where the file has none, ErrBroken where the log
// signed another leaf in the entry's place.
func (f *EntryFile) VerifyIncluded(log Log) (*Verified, error) {
	v, err := f.VerifyPromise(log)
	if err != nil {
		return nil, err
	}
	if f.Inclusion == nil {
		return nil, &Failure{CheckInclusion, "export it again once the log's checkpoint covers the entry", ErrNotCovered}
	}
	if v.Checkpoint, err = log.Checkpoint([]byte(f.Checkpoint)); err != nil {
		return nil, &Failure{CheckCheckpoint, doTrust, err}
	}
	if err := v.Checkpoint.Includes(f.Inclusion.LeafHash, v.Index, f.Inclusion.Path); err != nil {
		return nil, &Failure{CheckInclusion, doRefetch, err}
	}
	if f.Inclusion.LeafHash != f.Promise.LeafHash {
		return nil, &Failure{CheckInclusion, doKeep, fmt.Errorf("%w: entry %d of the log is another than the one promised there", ErrBroken, v.Index)}
	}
	v.Report.checkpoint(log, v.Checkpoint)
	v.Report.proven(CheckInclusion, "the entry is number %d of the %d entries under that checkpoint", v.Index, v.Checkpoint.Size)
	return v, nil
}

// checkpoint reports what a checkpoint proves, and that one reader's view is not everybody's.
func (r *Report) checkpoint(log Log, c *Checkpoint) {
	if len(c.Witnesses) == 0 {
		r.proven(CheckCheckpoint, "the log signed its tree of %d entries", c.Size)
	} else {
		r.proven(CheckCheckpoint, "the log signed its tree of %d entries, and %d trusted witnesses saw it", c.Size, len(c.Witnesses))
	}
	if log.Threshold == 0 {
		r.open(CheckCheckpoint, "that everybody is shown this tree: no witness was asked for")
	}
}

// VerifyAnchored checks further that the entry is in the tree that the ledger anchors.
func (f *EntryFile) VerifyAnchored(log Log, anchor Anchor) (*Verified, error) {
	v, err := f.VerifyIncluded(log)
	if err != nil {
		return nil, err
	}
	if err := anchor.of(log); err != nil {
		return nil, &Failure{CheckAnchor, doTrust, err}
	}
	if anchor.Size == v.Checkpoint.Size {
		err = v.Checkpoint.Extends(anchor.Tree, nil)
	}
	switch {
	case err != nil || (f.Anchored == nil && anchor.Size == v.Checkpoint.Size):
	case f.Anchored == nil || f.Anchored.Tree != anchor.Tree:
		err = fmt.Errorf("%w: the file holds no proof for the anchored tree of %d entries", ErrNotCovered, anchor.Size)
	default:
		err = anchor.Includes(f.Promise.LeafHash, v.Index, f.Anchored.Path)
	}
	switch {
	case errors.Is(err, ErrBroken):
		return nil, &Failure{CheckAnchor, doKeep, err}
	case errors.Is(err, ErrNotCovered):
		return nil, &Failure{CheckAnchor, "export it again with this anchor, or with a later one", err}
	case err != nil:
		return nil, &Failure{CheckAnchor, doRefetch, err}
	}
	v.Report.proven(CheckAnchor, "the entry is in the tree of %d entries that the ledger anchors", anchor.Size)
	return v, nil
}

// of checks that the ledger names the log as the reader trusts it.
func (a Anchor) of(log Log) error {
	if a.Origin != log.Origin || !bytes.Equal(a.Key, log.Key) {
		return fmt.Errorf("%w: the ledger names another origin or key than the log trusted", ErrProof)
	}
	return nil
}

// VerifyTree holds a checkpoint against an anchor of the same size: with another root the
// log has shown two histories. ErrNotCovered for an anchor of another size.
func (a Anchor) VerifyTree(log Log, c *Checkpoint) error {
	if err := a.of(log); err != nil {
		return &Failure{CheckAnchor, doTrust, err}
	}
	if a.Size != c.Size {
		return &Failure{CheckAnchor, "export the checkpoint of the anchor's size, or a consistency proof between the two", fmt.Errorf("%w: anchor of %d entries, checkpoint of %d", ErrNotCovered, a.Size, c.Size)}
	}
	if err := c.Extends(a.Tree, nil); err != nil {
		return &Failure{CheckAnchor, doKeep, err}
	}
	return nil
}

// Verify checks two checkpoints and that the newer begins with all of the older.
func (f *ConsistencyFile) Verify(log Log) (older, newer *Checkpoint, r Report, err error) {
	if err := sameLog(f.Log, log.Origin, log); err != nil {
		return nil, nil, nil, &Failure{CheckCheckpoint, doTrust, err}
	}
	if older, err = log.Checkpoint([]byte(f.Old)); err == nil {
		newer, err = log.Checkpoint([]byte(f.New))
	}
	if err != nil {
		return nil, nil, nil, &Failure{CheckCheckpoint, doTrust, err}
	}
	if err := newer.Extends(older.Tree, f.Path); errors.Is(err, ErrBroken) {
		return nil, nil, nil, &Failure{CheckConsistency, doKeep, err}
	} else if err != nil {
		return nil, nil, nil, &Failure{CheckConsistency, doRefetch, err}
	}
	r.checkpoint(log, newer)
	r.proven(CheckConsistency, "the tree of %d entries begins with all %d of the older one: nothing was taken out or changed", newer.Size, older.Size)
	return older, newer, r, nil
}

// VerifyCheckpoint checks a checkpoint alone.
func (l Log) VerifyCheckpoint(signed []byte) (*Checkpoint, Report, error) {
	c, err := l.Checkpoint(signed)
	if err != nil {
		return nil, nil, &Failure{CheckCheckpoint, doTrust, err}
	}
	var r Report
	r.checkpoint(l, c)
	return c, r, nil
}
