package ledgerref

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

// Sealer encrypts what the outbox keeps: an act on its way says when this vault
// received it, which the chain does not.
type Sealer interface {
	Seal(plaintext, aad []byte) ([]byte, error)
	Open(ciphertext, aad []byte) ([]byte, error)
}

// outboxLimit bounds what waits, in acts: about 30 MB.
const outboxLimit = 100_000

// outbox keeps submitted acts until the chain shows them.
//
//	a ‖ sequence (8) → sealed CBOR consent.Act; associated data "wrappy outbox v1" ‖ 0x00 ‖ key
type outbox struct {
	sealer Sealer

	open sync.RWMutex // over db's closing: Pebble panics when used afterwards
	db   *pebble.DB

	mu    sync.Mutex
	next  uint64
	known map[consent.Act]struct{}
	queue map[consent.ActKind][]queued // by sequence; those in a transaction on its way are not here
}

type queued struct {
	sequence uint64
	act      consent.Act
}

func openOutbox(dir string, sealer Sealer) (*outbox, error) {
	db, err := openPebble(dir, 4<<20)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	o := &outbox{db: db, sealer: sealer, known: map[consent.Act]struct{}{}, queue: map[consent.ActKind][]queued{}}
	if err := o.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("outbox: %w", err), db.Close())
	}
	return o, nil
}

func (o *outbox) load() (err error) {
	iterator, err := o.db.NewIter(&pebble.IterOptions{LowerBound: outboxKey(0), UpperBound: []byte{'a' + 1}})
	if err != nil {
		return err
	}
	for valid := iterator.First(); valid && err == nil; valid = iterator.Next() {
		var plaintext []byte
		item := queued{sequence: binary.BigEndian.Uint64(iterator.Key()[1:])}
		plaintext, err = o.sealer.Open(iterator.Value(), outboxData(iterator.Key()))
		if err == nil {
			err = cbor.Unmarshal(plaintext, &item.act)
		}
		o.known[item.act] = struct{}{}
		o.queue[item.act.Kind] = append(o.queue[item.act.Kind], item)
		o.next = item.sequence + 1
	}
	return errors.Join(err, iterator.Error(), iterator.Close())
}

// add makes an act durable. One that waits already is not taken twice.
func (o *outbox) add(act consent.Act) error {
	o.mu.Lock()
	if _, ok := o.known[act]; ok {
		o.mu.Unlock()
		return nil
	}
	if len(o.known) >= outboxLimit {
		o.mu.Unlock()
		return fmt.Errorf("%w: the outbox is full", consent.ErrUnavailable)
	}
	item := queued{sequence: o.next, act: act}
	o.next++
	o.mu.Unlock()

	if err := o.store(item); err != nil {
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known[act] = struct{}{}
	o.insert(item)
	return nil
}

// store needs no o.mu: Pebble joins the syncs of many.
func (o *outbox) store(item queued) error {
	key := outboxKey(item.sequence)
	sealed, err := o.sealer.Seal(encode(item.act), outboxData(key))
	if err != nil {
		return err
	}
	o.open.RLock()
	defer o.open.RUnlock()
	if o.db == nil {
		return errors.New("closed")
	}
	return o.db.Set(key, sealed, pebble.Sync)
}

// insert keeps the order of submission. Needs o.mu held.
func (o *outbox) insert(items ...queued) {
	for _, item := range items {
		list := o.queue[item.act.Kind]
		at, _ := slices.BinarySearchFunc(list, item.sequence, func(q queued, s uint64) int { return cmp.Compare(q.sequence, s) })
		o.queue[item.act.Kind] = slices.Insert(list, at, item)
	}
}

// take removes up to limit acts of a kind from the queue, none submitted at or
// after the sequence before; the outbox still has them.
func (o *outbox) take(kind consent.ActKind, limit int, before uint64) []queued {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.queue[kind]
	n := 0
	for n < min(limit, len(list)) && list[n].sequence < before {
		n++
	}
	taken := slices.Clone(list[:n])
	o.queue[kind] = list[n:]
	return taken
}

// putBack returns acts to the queue, in their old places.
func (o *outbox) putBack(items []queued) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.insert(items...)
}

// oldest is the lowest sequence that waits of a kind; the highest number if none does.
func (o *outbox) oldest(kind consent.ActKind) uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue[kind]) == 0 {
		return ^uint64(0)
	}
	return o.queue[kind][0].sequence
}

// remove forgets an act. Without a sync: one that comes back is seen to be done.
func (o *outbox) remove(item queued) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.known, item.act)
	return o.db.Delete(outboxKey(item.sequence), pebble.NoSync)
}

func (o *outbox) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.known)
}

func (o *outbox) close() error {
	o.open.Lock()
	defer o.open.Unlock()
	if o.db == nil {
		return nil
	}
	err := o.db.Close()
	o.db = nil
	return err
}

func outboxKey(sequence uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'a'}, sequence) }

func outboxData(key []byte) []byte { return append([]byte("wrappy outbox v1\x00"), key...) }
