package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

const (
	locatorLabel    = "wrappy locator v1"
	locatorKeyLabel = "wrappy locator key v1\x00"
)

// locatorKey is one locator's own key: HMAC-SHA-256 under the locator key over a label
// and the shared part's commitment, which is salted. No key encrypts twice.
func (j *Journal) locatorKey(leaf *consent.Leaf) crypto.Secret {
	h := hmac.New(sha256.New, j.config.Locator)
	_, _ = h.Write([]byte(locatorKeyLabel))
	_, _ = h.Write(leaf.Commitments[consent.PartShared-1][:])
	return h.Sum(nil)
}

// Append writes an entry and returns its proof once it is durable. It fills the
// personal part's Sequence and Previous and the evidence part's MonthPseudonym. A late
// entry is on its way when Append returns, and has no proof.
//
// ErrEntry: nothing was written; the entry is not well-formed, or its leaf is above the
// 65,535 bytes of tlog-tiles. vault.ErrExists: nothing was written; there is a note with
// the name. After any other error, consent.ErrUnavailable (ErrLag among
// them) or the context's, the entry may be in the log, and what it speaks of must not happen.
func (j *Journal) Append(ctx context.Context, e vault.Entry) (consent.Proof, error) {
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	if err := j.keepPace(ctx); err != nil {
		return consent.Proof{}, err
	}
	if err := j.reserve(ctx, e.Note); err != nil {
		return consent.Proof{}, err
	}
	if err := j.enter(ctx); err != nil {
		j.notes.free(e.Note)
		return consent.Proof{}, err
	}
	r, proof, err := j.prepare(ctx, &e)
	if err != nil {
		j.notes.free(e.Note)
		<-j.queue.room
		return consent.Proof{}, err
	}
	if e.Late {
		return consent.Proof{}, nil
	}
	// Signed while the disk works; the promise goes nowhere before the entry is durable.
	message, err := proof.Promise.Message()
	if err == nil {
		copy(proof.Promise.Signature[:], ed25519.Sign(j.config.Signer, message))
	}
	if err = errors.Join(err, j.wait(ctx, r)); err != nil {
		return consent.Proof{}, err
	}
	if err := j.keepsPromises(); err != nil { // this one would not be kept in time either
		return consent.Proof{}, err
	}
	proof.Checkpoint = j.Checkpoint()
	return proof, nil
}

// prepare seals the parts and puts the leaf into the queue.
func (j *Journal) prepare(ctx context.Context, e *vault.Entry) (*request, consent.Proof, error) {
	var none consent.Proof
	if err := j.acquire(ctx); err != nil {
		return nil, none, err
	}
	defer j.reading.RUnlock()
	if e.Subject != nil {
		e.Evidence.MonthPseudonym = j.monthPseudonym(e.Evidence.Time, e.Subject.Handle)
	}
	shared, errShared := e.Shared.Encode()
	evidence, errEvidence := e.Evidence.Encode()
	if err := errors.Join(errShared, errEvidence); err != nil {
		return nil, none, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	leaf := consent.Leaf{Version: consent.Version}
	salt, err := seal(&leaf, &leaf.Shared, j.config.Shared, consent.PartShared, shared, 0)
	if err != nil {
		return nil, none, err
	}
	room, err := evidenceRoom(e, len(evidence))
	if err != nil {
		return nil, none, err
	}
	if _, err := seal(&leaf, &leaf.Evidence, j.config.Evidence, consent.PartEvidence, evidence, room); err != nil {
		return nil, none, err
	}
	var handle [16]byte
	if e.Subject != nil {
		handle = e.Subject.Handle
	}
	r := &request{done: make(chan error, 1), late: e.Late, ended: j.endedBy(&e.Shared, handle), day: dayOf(e.Shared.Time), note: e.Note}
	if e.Subject != nil {
		err = j.putForPerson(ctx, r, &leaf, e)
	} else {
		// Personal part and locator have the sizes that all others have. The part is
		// empty, under a key that is thrown away.
		key := make(crypto.Secret, crypto.KeySize)
		_, _ = rand.Read(key)
		if _, err = seal(&leaf, &leaf.Personal, key, consent.PartPersonal, nil, 0); err == nil {
			err = j.put(r, &leaf, [16]byte{})
		}
	}
	return r, consent.Proof{
		Promise: consent.Promise{Origin: j.config.Origin, Index: r.index, LeafHash: r.leafHash, MaxDelay: MaxDelay},
		Leaf:    r.leaf,
		Shared:  consent.Opening{Salt: salt, Plaintext: shared},
	}, err
}

// evidenceRoom is what the evidence part is padded to hold, computed from what the
// institution may know alone: with the reasons it is told, without facts, and with an
// allowance for what these can add. The part's size then says nothing of a person. Where
// there are none, size, that of the evidence as encoded, is it already.
func evidenceRoom(e *vault.Entry, size int) (int, error) {
	const factsAndReasons = 64
	facts := &e.Evidence.Facts
	known := !facts.Minor && !facts.Representative && len(facts.NeverCountries) == 0 &&
		slices.Equal(e.Evidence.Withheld, e.Shared.Withheld) && slices.Equal(e.Evidence.Reasons, e.Shared.Reasons)
	if known { // to the institution, all of it
		return size + factsAndReasons + longestReason*(len(e.Shared.Withheld)+len(e.Shared.Reasons)), nil
	}
	told := e.Evidence
	told.Facts = consent.PolicyFacts{}
	told.Withheld, told.Reasons = e.Shared.Withheld, e.Shared.Reasons
	told.MonthPseudonym = [16]byte{}
	plaintext, err := told.Encode()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return len(plaintext) + factsAndReasons + longestReason*(len(told.Withheld)+len(told.Reasons)), nil
}

// longestReason bounds, in bytes, by how much an untold reason is longer than the told one.
const longestReason = 16

func seal(leaf *consent.Leaf, into *[]byte, key crypto.Secret, part uint8, plaintext []byte, room int) (salt consent.Salt, err error) {
	leaf.Commitments[part-1], salt, *into, err = crypto.SealPart(key, part, plaintext, room)
	return salt, err
}

// putForPerson holds the person's lock from reading the end of the sequence until
// the request has its place in the queue, and no longer: entries of one person
// share a sync like all others.
func (j *Journal) putForPerson(ctx context.Context, r *request, leaf *consent.Leaf, e *vault.Entry) (err error) {
	p := j.persons.acquire(e.Subject.Handle)
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if err != nil {
			j.persons.release(p)
		}
	}()
	if !p.loaded {
		prefix := j.subjectPrefix(e.Subject.Handle)
		p.prefix = prefix
		if !j.reading.TryRLock() { // the read's own; a second one waits for the end, which waits for the first
			return ErrStopped
		}
		end := new(lastOne) // likewise: it may go on without us
		if err := j.readers.guarded(ctx, j, guardedCall{call: func() error { return j.loadLast(prefix, e.Subject.Key, end) }, after: j.reading.RUnlock}); err != nil {
			return err
		}
		p.loaded, p.lastOne = true, *end
	}
	fingerprint := sha256.Sum256(e.Subject.Key)
	if p.sequence > 0 && fingerprint != p.key {
		return fmt.Errorf("%w: the key is not the one that the person's history is under", ErrDamaged)
	}
	personal := e.Personal
	personal.Sequence, personal.Previous = p.sequence+1, p.last
	plaintext, err := personal.Encode()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if _, err := seal(leaf, &leaf.Personal, e.Subject.Key, consent.PartPersonal, plaintext, 0); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	r.person, r.subject = p, subjectKey(p.prefix, personal.Sequence)
	if err := j.put(r, leaf, e.Subject.Handle); err != nil {
		return err
	}
	p.sequence, p.last, p.key = personal.Sequence, sha256.Sum256(plaintext), fingerprint
	return nil
}

func (j *Journal) put(r *request, leaf *consent.Leaf, handle [16]byte) (err error) {
	if leaf.Locator, err = crypto.Seal(j.locatorKey(leaf), handle[:], []byte(locatorLabel)); err != nil {
		return err
	}
	if r.leaf, err = leaf.Encode(); err != nil {
		return fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if len(r.leaf) > maxTreeLeaf {
		return fmt.Errorf("%w: longer than the tree has room for", ErrEntry)
	}
	r.leafHash = consent.LeafHash(r.leaf)
	return j.queue.put(r)
}

// monthPseudonym counts distinct people within a calendar month (UTC) of the
// entry's time in Unix milliseconds: HMAC over the label, six digits and the handle.
func (j *Journal) monthPseudonym(milli uint64, handle [16]byte) [16]byte {
	month := time.UnixMilli(int64(min(milli, 1<<47))).UTC()
	mac := hmac.New(sha256.New, j.monthKey)
	_, _ = mac.Write(month.AppendFormat([]byte("wrappy month pseudonym v1"), "200601"))
	_, _ = mac.Write(handle[:])
	return [16]byte(mac.Sum(nil))
}
