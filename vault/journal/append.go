package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

const locatorLabel = "wrappy locator v1"

// Append writes an entry and returns its proof once it is durable. It fills the
// personal part's Sequence and Previous and the evidence part's MonthPseudonym.
//
// ErrEntry: nothing was written. Any other error is consent.ErrUnavailable, or the
// context's: whether the entry is in the log is open, and what it speaks of must not happen.
func (j *Journal) Append(ctx context.Context, e vault.Entry) (consent.Proof, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, appendTimeout, consent.ErrUnavailable)
	defer cancel()
	if err := j.enter(ctx); err != nil {
		return consent.Proof{}, err
	}
	r, proof, err := j.prepare(ctx, &e)
	if err != nil {
		j.leave()
		return consent.Proof{}, err
	}
	// Signed while the disk works; the promise goes nowhere before the entry is durable.
	message, err := proof.Promise.Message()
	if err == nil {
		copy(proof.Promise.Signature[:], ed25519.Sign(j.config.Signer, message))
	}
	if err = errors.Join(err, j.wait(ctx, r)); err != nil {
		return consent.Proof{}, err
	}
	return proof, nil
}

// prepare seals the parts and puts the leaf into the queue.
func (j *Journal) prepare(ctx context.Context, e *vault.Entry) (*request, consent.Proof, error) {
	if err := j.acquire(ctx); err != nil {
		return nil, consent.Proof{}, err
	}
	defer j.release()
	if e.Subject != nil {
		e.Evidence.MonthPseudonym = j.monthPseudonym(e.Evidence.Time, e.Subject.Handle)
	}
	shared, errShared := e.Shared.Encode()
	evidence, errEvidence := e.Evidence.Encode()
	if err := errors.Join(errShared, errEvidence); err != nil {
		return nil, consent.Proof{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	leaf := consent.Leaf{Version: consent.Version}
	var salt [32]byte
	var err error
	if leaf.Commitments[0], salt, leaf.Shared, err = seal(j.config.Shared, consent.PartShared, shared); err != nil {
		return nil, consent.Proof{}, err
	}
	if leaf.Commitments[1], _, leaf.Evidence, err = seal(j.config.Evidence, consent.PartEvidence, evidence); err != nil {
		return nil, consent.Proof{}, err
	}
	r := &request{done: make(chan error, 1)}
	if e.Subject != nil {
		err = j.putForPerson(r, &leaf, e)
	} else {
		err = j.putForNobody(r, &leaf)
	}
	if err != nil {
		return nil, consent.Proof{}, err
	}
	return r, consent.Proof{
		Promise: consent.Promise{Origin: j.config.Origin, Index: r.index, LeafHash: r.leafHash, MaxDelay: MaxDelay},
		Leaf:    r.leaf,
		Shared:  consent.Opening{Salt: salt, Plaintext: shared},
	}, nil
}

func seal(key crypto.Secret, part uint8, plaintext []byte) (consent.Digest, [32]byte, []byte, error) {
	commitment, salt, ciphertext, err := crypto.SealPart(key, part, plaintext)
	return commitment, salt, ciphertext, err
}

// putForPerson holds the person's lock from reading the last sequence number until
// the request has its place in the queue, and no longer: entries of one person
// share a sync like all others.
func (j *Journal) putForPerson(r *request, leaf *consent.Leaf, e *vault.Entry) error {
	p := j.persons.acquire(e.Subject.Handle)
	p.mu.Lock()
	defer p.mu.Unlock()
	err := j.putNext(r, leaf, e, p)
	if err != nil {
		j.persons.release(p)
	}
	return err
}

func (j *Journal) putNext(r *request, leaf *consent.Leaf, e *vault.Entry, p *person) error {
	prefix := j.subjectPrefix(e.Subject.Handle)
	if !p.loaded {
		if err := j.loadLast(prefix, e.Subject.Key, p); err != nil {
			return err
		}
	}
	personal := e.Personal
	personal.Sequence, personal.Previous = p.sequence+1, p.last
	plaintext, err := personal.Encode()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if leaf.Commitments[2], _, leaf.Personal, err = seal(e.Subject.Key, consent.PartPersonal, plaintext); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	r.person, r.subject = p, subjectKey(prefix, personal.Sequence)
	if err := j.put(r, leaf, e.Subject.Handle); err != nil {
		return err
	}
	p.sequence, p.last = personal.Sequence, sha256.Sum256(plaintext)
	return nil
}

// putForNobody gives the leaf a personal part and a locator of the sizes that all
// others have. Its personal part is empty, under a key that is thrown away.
func (j *Journal) putForNobody(r *request, leaf *consent.Leaf) error {
	key := make(crypto.Secret, crypto.KeySize)
	_, _ = rand.Read(key)
	var err error
	if leaf.Commitments[2], _, leaf.Personal, err = seal(key, consent.PartPersonal, nil); err != nil {
		return err
	}
	return j.put(r, leaf, [16]byte{})
}

func (j *Journal) put(r *request, leaf *consent.Leaf, handle [16]byte) error {
	var err error
	if leaf.Locator, err = crypto.Seal(j.config.Locator, handle[:], []byte(locatorLabel)); err != nil {
		return err
	}
	if r.leaf, err = leaf.Encode(); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	r.leafHash = consent.LeafHash(r.leaf)
	return j.queue.put(r)
}

// monthPseudonym counts distinct people within a calendar month (UTC) of the
// entry's time, in Unix milliseconds: HMAC-SHA-256 over the label, six digits yyyymm and the handle.
func (j *Journal) monthPseudonym(milli uint64, handle [16]byte) (out [16]byte) {
	mac := hmac.New(sha256.New, j.monthKey)
	_, _ = mac.Write(time.UnixMilli(int64(min(milli, 1<<53))).UTC().AppendFormat([]byte("wrappy month pseudonym v1"), "200601"))
	_, _ = mac.Write(handle[:])
	copy(out[:], mac.Sum(nil))
	return out
}
