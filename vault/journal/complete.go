package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

// Complete states, signed, how many entries a person's history has among those of the
// newest published checkpoint: whoever is shown fewer knows that some were kept back.
func (j *Journal) Complete(ctx context.Context, subject vault.SubjectLog, identity consent.IdentityID, now time.Time) (consent.Completeness, error) {
	return reading(ctx, j, func() (consent.Completeness, error) { return j.complete(subject, identity, now) })
}

func (j *Journal) complete(subject vault.SubjectLog, identity consent.IdentityID, now time.Time) (consent.Completeness, error) {
	none := consent.Completeness{}
	c := consent.Completeness{Origin: j.config.Origin, Size: j.Published(), Identity: identity, Time: uint64(max(0, now.UnixMilli()))}
	sequence, index, err := j.lastBelow(j.subjectPrefix(subject.Handle), c.Size)
	if err != nil {
		return none, err
	}
	if sequence > 0 {
		_, leaf, err := j.readLeaf(index)
		if err != nil {
			return none, err
		}
		personal, opening, err := openPersonal(leaf, subject.Key)
		if err != nil {
			return none, err
		}
		if personal.Sequence != sequence || personal.Identity != identity {
			return none, fmt.Errorf("%w: a history's last entry is another's", ErrDamaged)
		}
		c.Sequence, c.Last = sequence, sha256.Sum256(opening.Plaintext)
	}
	message, err := c.Message()
	if err != nil {
		return none, err
	}
	copy(c.Signature[:], ed25519.Sign(j.config.Signer, message))
	return c, nil
}

// lastBelow finds a person's last entry with an index below size; sequence 0 when there
// is none. The entries that it steps over are those of the last moments.
func (j *Journal) lastBelow(prefix []byte, size uint64) (sequence, index uint64, err error) {
	it, err := j.subjectKeys(prefix, 0)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = it.Close() }()
	for more := it.Last(); more; more = it.Prev() {
		if sequence, index, err = parseSubjectKey(it); err != nil || index < size {
			return sequence, index, err
		}
	}
	return 0, 0, it.Error()
}
