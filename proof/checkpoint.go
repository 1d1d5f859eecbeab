package proof

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

const (
	// MaxCheckpoint bounds a signed checkpoint, in bytes, before it is parsed.
	MaxCheckpoint = 64 << 10
	maxWitnesses  = 32
	maxPath       = 64 // a path has one hash for each level of a tree
	algEd25519    = 1  // of signed notes' keys
)

// ErrTrust: what the reader named to trust a log by is not usable.
var ErrTrust = errors.New("not usable to trust a log by")

// Log is what a reader trusts a log by: its name and key, told from elsewhere, and the
// witnesses, of which so many must have seen a checkpoint.
type Log struct {
	Origin    string
	Key       ed25519.PublicKey
	Witnesses []string // C2SP verifier keys, each witness once
	Threshold int      // how many of them must have cosigned; 0 asks for none
}

// ParseLog reads the verifier key of an Ed25519 log as C2SP signed-note spells it:
// origin+hash+key. ErrTrust.
func ParseLog(verifierKey string) (Log, error) {
	parts := strings.SplitN(verifierKey, "+", 3) // only the last may hold a plus itself
	if _, err := note.NewVerifier(verifierKey); err != nil || len(parts) != 3 {
		return Log{}, fmt.Errorf("%w: log key: want origin+hash+key", ErrTrust)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != algEd25519 {
		return Log{}, fmt.Errorf("%w: log key: want Ed25519", ErrTrust)
	}
	l := Log{Origin: parts[0], Key: key[1:]}
	if l.VerifierKey() != verifierKey {
		return Log{}, fmt.Errorf("%w: log key: another spelling than the canonical one", ErrTrust)
	}
	return l, nil
}

// VerifierKey spells origin and key as C2SP signed-note does; empty for a log that has none.
func (l Log) VerifierKey() string {
	text, err := note.NewEd25519VerifierKey(l.Origin, l.Key)
	if err != nil {
		return ""
	}
	return text
}

// Check refuses a log that nothing can be checked by: ErrTrust.
func (l Log) Check() error {
	_, _, err := l.verifiers()
	return err
}

func (l Log) verifiers() (own note.Verifier, witnesses []note.Verifier, err error) {
	if own, err = note.NewVerifier(l.VerifierKey()); err != nil {
		return nil, nil, fmt.Errorf("%w: log key: want an origin without spaces and plus signs, and an Ed25519 key", ErrTrust)
	}
	if l.Threshold < 0 || l.Threshold > len(l.Witnesses) || len(l.Witnesses) > maxWitnesses {
		return nil, nil, fmt.Errorf("%w: witnesses: want as many as must have cosigned, at most %d", ErrTrust, maxWitnesses)
	}
	seen := map[string]bool{"+" + string(l.Key): true} // nobody is a witness of their own
	for _, text := range l.Witnesses {
		witness, err := cosignature.NewVerifierForCosignatureV1(text)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: witness: want name+hash+key", ErrTrust)
		}
		// one key under two names, or as of two kinds, would count twice
		key, err := base64.StdEncoding.DecodeString(strings.SplitN(text, "+", 3)[2])
		if err != nil || seen[witness.Name()] || seen["+"+string(key[1:])] {
			return nil, nil, fmt.Errorf("%w: witness: named twice, or the log itself", ErrTrust)
		}
		seen[witness.Name()], seen["+"+string(key[1:])] = true, true
		witnesses = append(witnesses, witness)
	}
	return own, witnesses, nil
}

// Tree is a log's tree of RFC 6962 at one size.
type Tree struct {
	Size uint64         `json:"size"`
	Root consent.Digest `json:"root"`
}

// Checkpoint is what a log signed of its tree.
type Checkpoint struct {
	Tree
	Witnesses []Witness // those of the trusted ones that cosigned it
	Note      []byte    // as signed
}

// Witness is one that saw a checkpoint, and had seen none before that contradicts it.
type Witness struct {
	Name string
	Time time.Time
}

// Checkpoint reads a C2SP checkpoint: signed by the log under its origin, and cosigned
// (cosignature/v1) by as many of the witnesses as must have. ErrTrust, ErrProof.
func (l Log) Checkpoint(signed []byte) (*Checkpoint, error) {
	own, witnesses, err := l.verifiers()
	if err != nil {
		return nil, err
	}
	if len(signed) == 0 || len(signed) > MaxCheckpoint {
		return nil, fmt.Errorf("%w: no checkpoint", ErrProof)
	}
	read, rest, opened, err := log.ParseCheckpoint(signed, l.Origin, own, witnesses...)
	if err != nil || len(read.Hash) != tlog.HashSize || len(rest) != 0 || read.Size > math.MaxInt64 {
		return nil, fmt.Errorf("%w: checkpoint: not signed by the trusted log key, or not of this log", ErrProof)
	}
	checkpoint := &Checkpoint{Tree: Tree{Size: read.Size, Root: consent.Digest(read.Hash)}, Note: signed}
	if string(read.Marshal()) != opened.Text {
		return nil, fmt.Errorf("%w: checkpoint: not in its one spelling", ErrProof)
	}
	for _, s := range opened.Sigs {
		for _, w := range witnesses {
			if s.Name != w.Name() || s.Hash != w.KeyHash() {
				continue
			}
			at, err := cosignature.CoSigV1Timestamp(s)
			if err != nil {
				return nil, fmt.Errorf("%w: checkpoint: time of a witness", ErrProof)
			}
			checkpoint.Witnesses = append(checkpoint.Witnesses, Witness{Name: s.Name, Time: at})
		}
	}
	if len(checkpoint.Witnesses) < l.Threshold {
		return nil, fmt.Errorf("%w: checkpoint: cosigned by %d of the trusted witnesses, want %d", ErrProof, len(checkpoint.Witnesses), l.Threshold)
	}
	return checkpoint, nil
}

// Includes checks that a leaf with this hash stands at an index of the tree. ErrNotCovered
// where the tree ends before it, else ErrProof.
func (t Tree) Includes(leaf consent.Digest, index uint64, path []consent.Digest) error {
	if index >= t.Size {
		return fmt.Errorf("%w: entry %d, tree of %d", ErrNotCovered, index, t.Size)
	}
	if t.Size > math.MaxInt64 || len(path) > maxPath {
		return fmt.Errorf("%w: inclusion", ErrProof)
	}
	if tlog.CheckRecord(hashes(path), int64(t.Size), tlog.Hash(t.Root), int64(index), tlog.Hash(leaf)) != nil { //nolint:gosec // both below 2^63
		return fmt.Errorf("%w: inclusion", ErrProof)
	}
	return nil
}

// Extends checks that the tree begins with all of an older one: nothing was taken out or
// changed between the two. Of equal sizes the roots must be equal. ErrProof, or ErrBroken
// where two trees of one size differ: the log showed two histories.
func (t Tree) Extends(old Tree, path []consent.Digest) error {
	switch {
	case old.Size > t.Size || t.Size > math.MaxInt64 || len(path) > 2*maxPath:
		return fmt.Errorf("%w: consistency: the older tree is the larger", ErrProof)
	case old.Size == t.Size && old.Root != t.Root:
		return fmt.Errorf("%w: two trees of %d entries with different roots", ErrBroken, t.Size)
	case old.Size == t.Size, old.Size == 0:
		if len(path) != 0 || (old.Size == 0 && old.Root != consent.Digest(emptyRoot)) {
			return fmt.Errorf("%w: consistency", ErrProof)
		}
		return nil
	}
	if tlog.CheckTree(tlog.TreeProof(hashes(path)), int64(t.Size), tlog.Hash(t.Root), int64(old.Size), tlog.Hash(old.Root)) != nil { //nolint:gosec // both below 2^63
		return fmt.Errorf("%w: consistency", ErrProof)
	}
	return nil
}

// emptyRoot is SHA-256 of nothing (RFC 6962 §2.1).
var emptyRoot, _ = tlog.TreeHash(0, nil)

func hashes(path []consent.Digest) tlog.RecordProof {
	out := make(tlog.RecordProof, len(path))
	for i := range path {
		out[i] = tlog.Hash(path[i])
	}
	return out
}
