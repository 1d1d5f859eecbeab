package ledgerref

import (
	"cmp"
	"slices"

	"github.com/wrapious/wrappy/consent"
)

// insert keeps the order of submission. Needs o.mu held.
func (o *outbox) insert(items ...queued) {
	for _, item := range items {
		list := o.queue[item.act.Kind]
		at, _ := slices.BinarySearchFunc(list, item.sequence, func(q queued, s uint64) int { return cmp.Compare(q.sequence, s) })
		o.queue[item.act.Kind] = slices.Insert(list, at, item)
	}
}

// delay keeps an act apart until it is due. Needs o.mu held.
func (o *outbox) delay(item queued) {
	at, _ := slices.BinarySearchFunc(o.later, item.act.After, func(q queued, after uint64) int { return cmp.Compare(q.act.After, after) })
	o.later = slices.Insert(o.later, at, item)
}

// due moves the acts whose time has come, in Unix seconds, into the queue.
func (o *outbox) due(now uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for n < len(o.later) && o.later[n].act.After <= now {
		n++
	}
	o.insert(o.later[:n]...)
	o.later = slices.Delete(o.later, 0, n)
}

// nextDue is the second at which the next delayed act is to be sent; 0: there is none.
func (o *outbox) nextDue() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.later) == 0 {
		return 0
	}
	return o.later[0].act.After
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

// waiting is how many acts of a kind are in the queue.
func (o *outbox) waiting(kind consent.ActKind) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue[kind])
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

// affords says whether the budget has room for one more; an act that waits needs none.
func (o *outbox) affords(act consent.Act) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.known[nameOf(act)] != nil || o.counters.left(chargeOf(act))
}

func (o *outbox) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.known)
}

// pending counts the acts that are not in shown, with the second at which the oldest
// of them was taken.
func (o *outbox) pending(shown map[uint64]bool) (n int, oldest uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.known {
		if shown[s.sequence] {
			continue
		}
		since := max(s.taken, s.act.After) // one that is delayed is not late
		if n++; oldest == 0 || since < oldest {
			oldest = since
		}
	}
	return n, oldest
}
