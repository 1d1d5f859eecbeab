package journal

import (
	"container/list"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// person is the end of one person's sequence: what the next entry continues.
type person struct {
	handle [16]byte
	users  int           // requests that hold it or are not yet committed; under persons.mu
	idle   *list.Element // its place among the idle ones; nil while it has users

	mu       sync.Mutex
	loaded   bool
	sequence uint64
	last     consent.Digest // SHA-256 of the last personal part's plaintext
}

// persons keeps the ends of sequences: all with entries under way, which Pebble
// does not show yet, and a bounded number of idle ones.
type persons struct {
	mu       sync.Mutex
	byHandle map[[16]byte]*person
	idle     *list.List // of *person, the longest idle last
	maxIdle  int
}

func newPersons(maxIdle int) *persons {
	return &persons{byHandle: map[[16]byte]*person{}, idle: list.New(), maxIdle: maxIdle}
}

func (c *persons) acquire(handle [16]byte) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.byHandle[handle]
	if p == nil {
		p = &person{handle: handle}
		c.byHandle[handle] = p
	}
	if p.idle != nil {
		c.idle.Remove(p.idle)
		p.idle = nil
	}
	p.users++
	return p
}

func (c *persons) release(p *person) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	p.idle = c.idle.PushFront(p)
	if c.idle.Len() > c.maxIdle {
		oldest, _ := c.idle.Remove(c.idle.Back()).(*person)
		delete(c.byHandle, oldest.handle)
	}
}

// subjectPrefix is "s" and 16 bytes of the handle's HMAC.
func (j *Journal) subjectPrefix(handle [16]byte) []byte {
	mac := hmac.New(sha256.New, j.indexKey)
	_, _ = mac.Write(handle[:])
	return mac.Sum([]byte("s"))[:17:17]
}

func subjectKey(prefix []byte, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(prefix, sequence)
}

// subjectKeys iterates one person's index keys with a sequence of at least from.
func (j *Journal) subjectKeys(prefix []byte, from uint64) (*pebble.Iterator, error) {
	return j.db.NewIter(&pebble.IterOptions{
		LowerBound: subjectKey(prefix, from),
		UpperBound: append(subjectKey(prefix, ^uint64(0)), 0),
	})
}

func parseSubjectKey(it *pebble.Iterator) (sequence, index uint64, err error) {
	value, err := it.ValueAndErr()
	if err != nil {
		return 0, 0, err
	}
	if len(it.Key()) != 25 || len(value) != 8 {
		return 0, 0, ErrDamaged
	}
	return binary.BigEndian.Uint64(it.Key()[17:]), binary.BigEndian.Uint64(value), nil
}

// loadLast reads the end of a sequence back, as after a restart. A key that does
// not open the last entry is ErrDamaged: it could not continue the sequence.
func (j *Journal) loadLast(prefix []byte, key crypto.Secret, p *person) error {
	it, err := j.subjectKeys(prefix, 0)
	if err != nil {
		return err
	}
	defer func() { _ = it.Close() }()
	if !it.Last() {
		p.loaded = it.Error() == nil
		return it.Error()
	}
	sequence, index, err := parseSubjectKey(it)
	if err != nil {
		return err
	}
	leaf, err := j.readLeaf(index)
	if err != nil {
		return err
	}
	personal, _, plaintext, err := openPersonal(leaf, key)
	if err != nil {
		return err
	}
	if personal.Sequence != sequence {
		return fmt.Errorf("%w: a sequence number is not its key's", ErrDamaged)
	}
	p.loaded, p.sequence, p.last = true, sequence, sha256.Sum256(plaintext)
	return nil
}

func openPersonal(leaf *consent.Leaf, key crypto.Secret) (*consent.PersonalPart, consent.Salt, []byte, error) {
	salt, plaintext, err := crypto.OpenPart(key, consent.PartPersonal, leaf.Commitments[2], leaf.Personal)
	if err != nil {
		return nil, salt, nil, fmt.Errorf("%w: personal part", ErrDamaged)
	}
	personal, err := consent.ParsePersonal(plaintext)
	if err != nil {
		return nil, salt, nil, fmt.Errorf("%w: personal part", ErrDamaged)
	}
	return personal, salt, plaintext, nil
}
