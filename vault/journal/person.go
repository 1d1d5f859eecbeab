package journal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// maxPersons bounds the ends of sequences in memory, about 200 bytes each.
const maxPersons = 50_000

// person is the end of one person's sequence: what the next entry continues.
type person struct {
	handle [16]byte
	users  int // requests that hold it or are not yet committed; under persons.mu

	mu     sync.Mutex
	loaded bool
	prefix []byte // of the index keys, once loaded
	lastOne
}

// lastOne is where a sequence ends.
type lastOne struct {
	sequence uint64
	last     consent.Digest // SHA-256 of the last personal part's plaintext
	key      [32]byte       // SHA-256 of the key that the sequence is under, once it has begun
}

// persons keeps the ends of sequences in memory: all with entries under way, which
// Pebble does not show yet, and others as long as there is room.
type persons struct {
	mu       sync.Mutex
	byHandle map[[16]byte]*person
}

func (c *persons) acquire(handle [16]byte) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byHandle == nil {
		c.byHandle = map[[16]byte]*person{}
	}
	p := c.byHandle[handle]
	if p == nil {
		p = &person{handle: handle}
		c.byHandle[handle] = p
	}
	p.users++
	return p
}

func (c *persons) release(p *person) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.users--
	for handle, any := range c.byHandle { // in random order, and nearly all are idle
		if len(c.byHandle) <= maxPersons {
			return
		}
		if any.users == 0 {
			delete(c.byHandle, handle)
		}
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

// lastOf finds a person's last entry; sequence 0 when there is none.
func (j *Journal) lastOf(prefix []byte) (sequence, index uint64, err error) {
	it, err := j.subjectKeys(prefix, 0)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = it.Close() }()
	if !it.Last() {
		return 0, 0, it.Error()
	}
	return parseSubjectKey(it)
}

// loadLast reads the end of a sequence back, as after a restart.
func (j *Journal) loadLast(prefix []byte, key crypto.Secret, end *lastOne) error {
	sequence, index, err := j.lastOf(prefix)
	if err != nil {
		return err
	}
	if sequence > 0 {
		_, leaf, err := j.readLeaf(index)
		if err != nil {
			return err
		}
		personal, opening, err := openPersonal(leaf, key)
		if err != nil {
			return err
		}
		if personal.Sequence != sequence {
			return fmt.Errorf("%w: a sequence number is not its key's", ErrDamaged)
		}
		end.last, end.key = sha256.Sum256(opening.Plaintext), sha256.Sum256(key)
	}
	end.sequence = sequence
	return nil
}
