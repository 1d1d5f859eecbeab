package ledgerref

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
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

// outboxLimit bounds what waits, in acts: about 30 MB. Withdrawals have as much again
// for themselves.
const outboxLimit = 100_000

var errClosed = errors.New("closed")

// outbox keeps submitted acts until the chain shows them for good, the transactions
// that carry them, and what was used of the budgets. Of a nil outbox, a transactor's
// without a relayer, nothing is kept and nothing is charged.
//
//	a ‖ sequence (8) → sealed CBOR actRecord
//	f ‖ nonce (8)    → sealed CBOR flightRecord
//	b, s             → budget.go
//
// Associated data of each: "wrappy outbox v1" ‖ 0x00 ‖ key.
type outbox struct {
	sealer Sealer

	open sync.RWMutex // over db's closing: Pebble panics when used afterwards
	db   *pebble.DB

	mu       sync.Mutex // over all below, and over the order of writes
	next     uint64
	known    map[consent.Act]*storing
	queue    map[consent.ActKind][]queued // by sequence; those in a transaction on its way are not here
	later    []queued                     // not to be sent yet, by when
	counters counters
}

type queued struct {
	sequence uint64
	act      consent.Act
	taken    uint64 // Unix seconds
}

// storing is an act's way into the outbox: another submission of it waits for the first.
type storing struct {
	queued
	done chan struct{} // closed when it is known to be durable, or not
	err  error
}

type actRecord struct {
	consent.Act
	Taken uint64
}

// openOutbox returns what was on its way too, with the acts it carries, by nonce.
func openOutbox(dir string, sealer Sealer, budgets Budgets, today func() uint64) (*outbox, map[*flight]flightRecord, error) {
	db, err := openPebble(dir, 4<<20)
	if err != nil {
		return nil, nil, fmt.Errorf("outbox: %w", err)
	}
	o := &outbox{
		db: db, sealer: sealer, known: map[consent.Act]*storing{}, queue: map[consent.ActKind][]queued{},
		counters: counters{budgets: budgets, today: today, used: map[charge]*used{}, spent: new(big.Int)},
	}
	flights, err := o.load()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("outbox: %w", err), db.Close())
	}
	return o, flights, nil
}

func (o *outbox) load() (map[*flight]flightRecord, error) {
	iterator, err := o.db.NewIter(nil)
	if err != nil {
		return nil, err
	}
	acts, flights := map[uint64]queued{}, map[*flight]flightRecord{}
	for valid := iterator.First(); valid && err == nil; valid = iterator.Next() {
		var plaintext []byte
		key := iterator.Key()
		if plaintext, err = o.sealer.Open(iterator.Value(), outboxData(key)); err != nil {
			break
		}
		switch key[0] {
		case 'a':
			var r actRecord
			err = cbor.Unmarshal(plaintext, &r)
			item := queued{sequence: numberAt(key), act: r.Act, taken: r.Taken}
			acts[item.sequence], o.next = item, item.sequence+1
			o.known[nameOf(r.Act)] = &storing{queued: item, done: stored}
		case 'f':
			var r flightRecord
			err = cbor.Unmarshal(plaintext, &r)
			flights[&flight{nonce: numberAt(key)}] = r
		default:
			err = o.counters.load(key, plaintext)
		}
	}
	if err := errors.Join(err, iterator.Error(), iterator.Close()); err != nil {
		return nil, err
	}
	for f, r := range flights {
		for _, sequence := range r.Acts {
			if item, ok := acts[sequence]; ok {
				f.items = append(f.items, item)
				delete(acts, sequence)
			}
		}
	}
	for _, item := range acts {
		if item.act.After != 0 {
			o.delay(item)
			continue
		}
		o.queue[item.act.Kind] = append(o.queue[item.act.Kind], item)
	}
	for _, list := range o.queue {
		slices.SortFunc(list, func(a, b queued) int { return cmp.Compare(a.sequence, b.sequence) })
	}
	return flights, nil
}

var stored = func() chan struct{} { done := make(chan struct{}); close(done); return done }()

// nameOf is the act as the chain will have it.
func nameOf(act consent.Act) consent.Act {
	act.For, act.After = consent.InstitutionID{}, 0
	return act
}

// add makes an act durable, together with its charge. One that waits already is not
// taken twice. consent.ErrBudget; consent.ErrUnavailable.
func (o *outbox) add(act consent.Act, now uint64) error {
	o.mu.Lock()
	if s := o.known[nameOf(act)]; s != nil {
		o.mu.Unlock()
		<-s.done
		return s.err
	}
	if limit := outboxLimit; len(o.known) >= limit && act.Kind != consent.ActWithdraw || len(o.known) >= 2*limit {
		o.mu.Unlock()
		return fmt.Errorf("%w: the outbox is full", consent.ErrUnavailable)
	}
	item := queued{sequence: o.next, act: act, taken: now}
	s := &storing{queued: item, done: make(chan struct{})}
	err := o.write(chargeOf(act), func(batch *pebble.Batch) error {
		return o.set(batch, outboxKey('a', item.sequence), actRecord{act, now})
	})
	if err != nil {
		o.mu.Unlock()
		return err
	}
	o.next++
	o.known[nameOf(act)] = s
	o.mu.Unlock()

	s.err = o.sync() // Pebble joins the syncs of many
	o.mu.Lock()
	defer o.mu.Unlock()
	close(s.done)
	if s.err != nil { // it may be there after a restart: as if it had been submitted then
		delete(o.known, nameOf(act))
		o.counters.giveBack(chargeOf(act))
		return s.err
	}
	if act.After != 0 {
		o.delay(item)
	} else {
		o.insert(item)
	}
	return nil
}

// write charges and writes in one batch, not synced yet. Needs o.mu held, so that the
// counters are written in order.
func (o *outbox) write(c charge, fill func(*pebble.Batch) error) error {
	o.open.RLock()
	defer o.open.RUnlock()
	if o.db == nil {
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, errClosed)
	}
	batch := o.db.NewBatch()
	defer func() { _ = batch.Close() }()
	if err := o.counters.take(o, batch, c); err != nil {
		return err // ErrBudget, or a sealer's
	}
	err := fill(batch)
	if err == nil {
		err = batch.Commit(pebble.NoSync)
	}
	if err != nil {
		o.counters.giveBack(c)
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, err)
	}
	return nil
}

func (o *outbox) sync() error {
	o.open.RLock()
	defer o.open.RUnlock()
	if o.db == nil {
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, errClosed)
	}
	if err := o.db.LogData(nil, pebble.Sync); err != nil {
		return fmt.Errorf("%w: outbox: %w", consent.ErrUnavailable, err)
	}
	return nil
}

// set seals a record into a batch.
func (o *outbox) set(batch *pebble.Batch, key []byte, record any) error {
	sealed, err := o.sealer.Seal(encode(record), outboxData(key))
	if err != nil {
		return err
	}
	return batch.Set(key, sealed, nil)
}

// charge counts one act that does not go through the outbox; refund takes it back.
func (o *outbox) charge(c charge) error {
	if o == nil || c.class == classNone {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(c, func(*pebble.Batch) error { return nil })
}

func (o *outbox) refund(c charge) {
	if o == nil || c.class == classNone {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counters.giveBack(c)
}

// keep makes a flight durable as it is now.
func (o *outbox) keep(f *flight) error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	err := o.write(charge{}, func(batch *pebble.Batch) error { return o.set(batch, outboxKey('f', f.nonce), f.record()) })
	o.mu.Unlock()
	if err != nil {
		return err
	}
	return o.sync()
}

// forget removes a flight and the acts that are over; the others stay. Without a sync:
// what comes back is seen to be done.
func (o *outbox) forget(f *flight, over []queued) error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(charge{}, func(batch *pebble.Batch) error {
		err := batch.Delete(outboxKey('f', f.nonce), nil)
		return errors.Join(err, o.remove(batch, over))
	})
}

// drop removes acts that are over.
func (o *outbox) drop(items ...queued) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(charge{}, func(batch *pebble.Batch) error { return o.remove(batch, items) })
}

func (o *outbox) remove(batch *pebble.Batch, items []queued) error {
	for _, item := range items {
		delete(o.known, nameOf(item.act))
		if err := batch.Delete(outboxKey('a', item.sequence), nil); err != nil {
			return err
		}
	}
	return nil
}

// spend counts what a mined transaction cost, once for its nonce.
func (o *outbox) spend(f *flight) {
	if o == nil || f.charged {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	f.charged = true
	err := o.write(charge{}, func(batch *pebble.Batch) error {
		o.counters.spent.Add(o.counters.spent, f.cost())
		return errors.Join(o.set(batch, outboxKey('f', f.nonce), f.record()),
			o.set(batch, []byte{'s'}, spentRecord{Day: o.counters.day, Wei: o.counters.spent}))
	})
	if err != nil {
		return // counted here; a restart finds the receipt again
	}
}

// spentToday is in wei.
func (o *outbox) spentToday() *big.Int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counters.today() > o.counters.day {
		return new(big.Int)
	}
	return new(big.Int).Set(o.counters.spent)
}

func (o *outbox) budgetUse() []BudgetUse {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counters.use()
}

// close waits for what is being written.
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

func outboxKey(prefix byte, number uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefix}, number)
}

func countKey(number uint32) []byte { return binary.BigEndian.AppendUint32([]byte{'b'}, number) }

func numberOf(key []byte) uint32 { return binary.BigEndian.Uint32(key[1:]) }

// numberAt is the number in an act's or a flight's key.
func numberAt(key []byte) uint64 {
	if len(key) != 9 {
		return 0
	}
	return binary.BigEndian.Uint64(key[1:])
}

func outboxData(key []byte) []byte { return append([]byte("wrappy outbox v1\x00"), key...) }
