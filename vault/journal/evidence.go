package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// maxEvidencePage bounds one page of evidence: what is read while Close has to wait.
const maxEvidencePage = 1000

// EvidenceItem is one entry's evidence part, opened: with the salt it opens the leaf's
// commitment for whoever holds the leaf.
type EvidenceItem struct {
	Index uint64
	Salt  consent.Salt
	Part  []byte // consent.EvidencePart, as encoded
}

// EvidencePage returns the evidence of at most limit durable entries from an index on, in
// order; none at the end. The shared and the personal parts stay closed.
func (j *Journal) EvidencePage(ctx context.Context, from uint64, limit int) ([]EvidenceItem, error) {
	return reading(ctx, j, func() (page []EvidenceItem, err error) {
		to := min(j.Size(), from+uint64(min(max(limit, 0), maxEvidencePage))) //nolint:gosec // not negative
		err = j.scan(from, to, func(index uint64, data []byte) error {
			item, err := openEvidence(j.config.Evidence, index, data)
			if err = errors.Join(err, ctx.Err()); err == nil {
				page = append(page, item)
			}
			return err
		})
		return page, err
	})
}

func openEvidence(key crypto.Secret, index uint64, data []byte) (EvidenceItem, error) {
	leaf, err := parseLeaf(data)
	if err != nil {
		return EvidenceItem{}, err
	}
	_, opening, err := openPart(key, consent.PartEvidence, leaf, leaf.Evidence, consent.ParseEvidence)
	if err != nil {
		return EvidenceItem{}, err
	}
	return EvidenceItem{Index: index, Salt: opening.Salt, Part: opening.Plaintext}, nil
}

// EvidenceConfig is what reading the evidence of a journal that nobody has open needs:
// one secret, which opens evidence parts and nothing else.
type EvidenceConfig struct {
	crypto.Redacted
	Dir       string
	Origin    string
	PublicKey ed25519.PublicKey // of the log
	Evidence  crypto.Secret
	Progress  func(done, total uint64) // entries; nil: nobody is told
}

// ReadEvidence calls visit for the evidence of every entry from an index on, in order,
// and changes nothing in the folder. It reads all leaves from the first one, whatever
// from is: they must lead to the log's head. ErrDamaged, ErrForeign, ErrLost; an error
// too where another process has the journal open.
func ReadEvidence(ctx context.Context, c EvidenceConfig, from uint64, visit func(EvidenceItem) error) error {
	if len(c.Evidence) != crypto.KeySize || len(c.PublicKey) != ed25519.PublicKeySize || c.Dir == "" || c.Origin == "" {
		return errors.New("journal: evidence: want folder, origin, the log's key and the evidence key")
	}
	j := &Journal{config: Config{Dir: c.Dir, fs: vfs.Default}, stopped: make(chan struct{})}
	return j.guarded(func() (err error) {
		dir := filepath.Join(c.Dir, "log")
		if found, err := pebble.Peek(dir, vfs.Default); err != nil || !found.Exists {
			return errors.Join(ErrLost, err)
		}
		j.db, err = pebble.Open(dir, &pebble.Options{FS: vfs.Default, Logger: pebbleLog{j}, FormatMajorVersion: pebble.FormatNewest, ReadOnly: true, ErrorIfNotExists: true})
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		return errors.Join(j.evidence(ctx, c, from, visit), j.db.Close())
	})
}

func (j *Journal) evidence(ctx context.Context, c EvidenceConfig, from uint64, visit func(EvidenceItem) error) error {
	head, err := j.get(keyHead)
	if err != nil || len(head) != 80 {
		return errors.Join(ErrDamaged, err)
	}
	if identity := logIdentity(c.Origin, c.PublicKey); !bytes.Equal(head[48:], identity[:]) {
		return ErrForeign
	}
	size, chain := binary.BigEndian.Uint64(head), consent.Digest(head[8:40])
	var value consent.Digest
	err = j.scan(0, size, func(index uint64, data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		value = chainNext(value, consent.LeafHash(data))
		if c.Progress != nil && (index%10_000 == 0 || index+1 == size) {
			c.Progress(index+1, size)
		}
		if index < from {
			return nil
		}
		item, err := openEvidence(c.Evidence, index, data)
		if err != nil {
			return err
		}
		return visit(item)
	})
	if err == nil && value != chain {
		err = fmt.Errorf("%w: the leaves do not lead to the head", ErrDamaged)
	}
	return err
}

// logIdentity ties a journal's folder to its log.
func logIdentity(origin string, key ed25519.PublicKey) [32]byte {
	return sha256.Sum256(append([]byte(origin+"\x00"), key...))
}
