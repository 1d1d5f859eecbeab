package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

const maxHistory = 1000 // items in one answer

// Leaf returns the leaf at an index below Size; consent.ErrNotFound for others.
func (j *Journal) Leaf(ctx context.Context, index uint64) ([]byte, error) {
	return reading(ctx, j, func() ([]byte, error) {
		if index >= j.Size() {
			return nil, consent.ErrNotFound
		}
		data, _, err := j.readLeaf(index)
		return data, err
	})
}

func (j *Journal) readLeaf(index uint64) ([]byte, *consent.Leaf, error) {
	data, err := j.get(entryKey(index))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	leaf, err := parseLeaf(data)
	return data, leaf, err
}

func parseLeaf(data []byte) (*consent.Leaf, error) {
	leaf, err := consent.ParseLeaf(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return leaf, nil
}

// openPart decrypts a part, checks its commitment and parses it.
func openPart[P any](key crypto.Secret, part uint8, leaf *consent.Leaf, ciphertext []byte, parse func([]byte) (*P, error)) (*P, consent.Opening, error) {
	salt, plaintext, err := crypto.OpenPart(key, part, leaf.Commitments[part-1], ciphertext)
	if err != nil {
		return nil, consent.Opening{}, fmt.Errorf("%w: part %d: %w", ErrDamaged, part, err)
	}
	parsed, err := parse(plaintext)
	if err != nil {
		return nil, consent.Opening{}, fmt.Errorf("%w: part %d: %w", ErrDamaged, part, err)
	}
	return parsed, consent.Opening{Salt: salt, Plaintext: plaintext}, nil
}

func openPersonal(leaf *consent.Leaf, key crypto.Secret) (*consent.PersonalPart, consent.Opening, error) {
	return openPart(key, consent.PartPersonal, leaf, leaf.Personal, consent.ParsePersonal)
}

// History returns a person's entries with a sequence number above after, oldest
// first and without a gap, at most limit, and never more than 1000. Each comes
// with its leaf and the opening of its personal part, so that the phone checks
// sequence and previous hash itself. Entries that are not durable yet are not shown.
func (j *Journal) History(ctx context.Context, subject vault.SubjectLog, after uint64, limit int) ([]vault.HistoryItem, error) {
	return reading(ctx, j, func() ([]vault.HistoryItem, error) { return j.history(ctx, subject, after, limit) })
}

func (j *Journal) history(ctx context.Context, subject vault.SubjectLog, after uint64, limit int) ([]vault.HistoryItem, error) {
	size := j.Size()
	if after >= size {
		return nil, nil
	}
	it, err := j.subjectKeys(j.subjectPrefix(subject.Handle), after+1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = it.Close() }()
	var items []vault.HistoryItem
	limit = min(limit, maxHistory)
	for more := it.First(); more && len(items) < limit; more = it.Next() {
		sequence, index, err := parseSubjectKey(it)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if index >= size {
			break
		}
		item, err := j.item(index, subject.Key)
		if err != nil {
			return nil, err
		}
		if sequence != after+1+uint64(len(items)) || item.Personal.Sequence != sequence || !follows(items, item) {
			return nil, fmt.Errorf("%w: a history has a gap", ErrDamaged)
		}
		items = append(items, item)
	}
	return items, it.Error()
}

func follows(items []vault.HistoryItem, next vault.HistoryItem) bool {
	if len(items) == 0 {
		return next.Personal.Sequence != 1 || next.Personal.Previous == consent.Digest{}
	}
	last := items[len(items)-1]
	return last.Index < next.Index && next.Personal.Previous == sha256.Sum256(last.PersonalOpening.Plaintext)
}

func (j *Journal) item(index uint64, key crypto.Secret) (vault.HistoryItem, error) {
	data, leaf, err := j.readLeaf(index)
	if err != nil {
		return vault.HistoryItem{}, err
	}
	personal, opening, err := openPersonal(leaf, key)
	if err != nil {
		return vault.HistoryItem{}, err
	}
	shared, sharedOpening, err := openPart(j.config.Shared, consent.PartShared, leaf, leaf.Shared, consent.ParseShared)
	if err != nil {
		return vault.HistoryItem{}, err
	}
	return vault.HistoryItem{Index: index, Shared: *shared, Personal: *personal, Leaf: data, PersonalOpening: opening, SharedOpening: sharedOpening}, nil
}

// Evidence calls visit for every durable entry from an index on, in order. It ends
// with visit's error, or ErrDamaged at the first entry that is missing or does not open.
func (j *Journal) Evidence(ctx context.Context, from uint64, visit func(index uint64, part consent.EvidencePart) error) error {
	_, err := reading(ctx, j, func() (none struct{}, err error) {
		return none, j.scan(from, j.Size(), func(index uint64, data []byte) error {
			leaf, err := parseLeaf(data)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			part, _, err := openPart(j.config.Evidence, consent.PartEvidence, leaf, leaf.Evidence, consent.ParseEvidence)
			if err != nil {
				return err
			}
			return visit(index, *part)
		})
	})
	return err
}

// scan calls visit for each leaf of [from, to); one that is missing is ErrDamaged.
// The bytes are the iterator's and must not be kept.
func (j *Journal) scan(from, to uint64, visit func(index uint64, leaf []byte) error) error {
	if from >= to {
		return nil
	}
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: entryKey(from), UpperBound: entryKey(to)})
	if err != nil {
		return err
	}
	defer func() { _ = it.Close() }()
	more := it.First()
	for next := from; next < to; next++ {
		if !more || !bytes.Equal(it.Key(), entryKey(next)) {
			return errors.Join(it.Error(), fmt.Errorf("%w: an entry is missing", ErrDamaged))
		}
		leaf, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		if err := visit(next, leaf); err != nil {
			return err
		}
		more = it.Next()
	}
	return nil
}
