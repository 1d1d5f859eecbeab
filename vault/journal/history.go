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

// Leaf returns the leaf at an index below Size; consent.ErrNotFound otherwise.
func (j *Journal) Leaf(ctx context.Context, index uint64) ([]byte, error) {
	if err := j.acquire(ctx); err != nil {
		return nil, err
	}
	defer j.release()
	if index >= j.Size() {
		return nil, consent.ErrNotFound
	}
	return j.get(entryKey(index))
}

func (j *Journal) readLeaf(index uint64) (*consent.Leaf, error) {
	data, err := j.get(entryKey(index))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return parseLeaf(data)
}

func parseLeaf(data []byte) (*consent.Leaf, error) {
	leaf, err := consent.ParseLeaf(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return leaf, nil
}

// History returns a person's entries with a sequence number above after, oldest
// first and without a gap, at most limit (1 to 1000). Each comes with its leaf and
// the opening of its personal part, so that the phone can check sequence and
// previous hash itself. Entries that are not durable yet are not among them.
func (j *Journal) History(ctx context.Context, subject vault.SubjectLog, after uint64, limit int) ([]vault.HistoryItem, error) {
	if err := j.acquire(ctx); err != nil {
		return nil, err
	}
	defer j.release()
	if after == ^uint64(0) {
		return nil, nil
	}
	size := j.Size()
	it, err := j.subjectKeys(j.subjectPrefix(subject.Handle), after+1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = it.Close() }()
	var items []vault.HistoryItem
	for limit = min(limit, maxHistory); len(items) < limit && it.Next(); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sequence, index, err := parseSubjectKey(it)
		if err != nil {
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
	data, err := j.get(entryKey(index))
	if err != nil {
		return vault.HistoryItem{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	leaf, err := parseLeaf(data)
	if err != nil {
		return vault.HistoryItem{}, err
	}
	personal, salt, plaintext, err := openPersonal(leaf, key)
	if err != nil {
		return vault.HistoryItem{}, err
	}
	_, opened, err := crypto.OpenPart(j.config.Shared, consent.PartShared, leaf.Commitments[0], leaf.Shared)
	if err != nil {
		return vault.HistoryItem{}, fmt.Errorf("%w: shared part", ErrDamaged)
	}
	shared, err := consent.ParseShared(opened)
	if err != nil {
		return vault.HistoryItem{}, fmt.Errorf("%w: shared part", ErrDamaged)
	}
	return vault.HistoryItem{
		Index: index, Shared: *shared, Personal: *personal, Leaf: data,
		PersonalOpening: consent.Opening{Salt: salt, Plaintext: plaintext},
	}, nil
}

// Evidence calls visit for every durable entry from an index on, in order. It ends
// with visit's error, or ErrDamaged at the first entry that is missing or cannot be opened.
func (j *Journal) Evidence(ctx context.Context, from uint64, visit func(index uint64, part consent.EvidencePart) error) error {
	if err := j.acquire(ctx); err != nil {
		return err
	}
	defer j.release()
	return j.scan(from, j.Size(), func(index uint64, data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		leaf, err := parseLeaf(data)
		if err != nil {
			return err
		}
		_, plaintext, err := crypto.OpenPart(j.config.Evidence, consent.PartEvidence, leaf.Commitments[1], leaf.Evidence)
		if err != nil {
			return fmt.Errorf("%w: evidence part", ErrDamaged)
		}
		part, err := consent.ParseEvidence(plaintext)
		if err != nil {
			return fmt.Errorf("%w: evidence part", ErrDamaged)
		}
		return visit(index, *part)
	})
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
	next := from
	for ; it.Next(); next++ {
		var leaf []byte
		if leaf, err = it.ValueAndErr(); err != nil {
			break
		}
		if !bytes.Equal(it.Key(), entryKey(next)) {
			break
		}
		if err = visit(next, leaf); err != nil {
			break
		}
	}
	if err = errors.Join(err, it.Error(), it.Close()); err == nil && next != to {
		err = fmt.Errorf("%w: an entry is missing", ErrDamaged)
	}
	return err
}
