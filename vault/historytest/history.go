// Package historytest records what concurrent callers of a vault did and were told, and
// checks it against a model of what docs/protocol promises: for tests.
package historytest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/anishathalye/porcupine"
)

// Kind of an operation.
type Kind string

// Operations are of one person.
const (
	Grant    Kind = "grant"    // the person's yes
	Confirm  Kind = "confirm"  // the ledger takes what was relayed to it
	Write    Kind = "write"    // one number into two fields of two categories
	Correct  Kind = "correct"  // the person's own number in the first field; 0 takes it back
	Release  Kind = "release"  // both fields
	Withdraw Kind = "withdraw" // of one grant
	Erase    Kind = "erase"    // of everything
)

// Outcome is what a caller was told.
type Outcome string

// Outcomes. Done is the only one after which anything may have changed.
const (
	Done        Outcome = "done"
	NotFound    Outcome = "not found"
	Invalid     Outcome = "invalid" // there, and not the answer to its request (yet)
	Unconfirmed Outcome = "unconfirmed"
	Withdrawn   Outcome = "withdrawn"
	Limit       Outcome = "limit reached"
	Conflict    Outcome = "conflict"
	Gone        Outcome = "gone"        // the person is not here any more
	Unavailable Outcome = "unavailable" // to a release or a write: nothing left, and nothing was stored
)

// Terms are what a grant of a history allows.
type Terms struct {
	Institution int // 0 or 1
	Write       bool
	Limit       uint32 // of releases; 0: none
}

// Grants of every history.
var Grants = []Terms{{Write: true}, {Limit: 3}, {Institution: 1, Write: true}}

const (
	institutions = 2
	person       = institutions // its place among the writers of the first field
	keys         = 16
)

// Seen is what a release shows, or the versions that a write or a correction was told.
type Seen struct {
	First    [institutions + 1]int // number by writer; 0: none
	Second   [institutions]int
	Versions [2]uint64
}

// Op is one call, and what came of it.
type Op struct {
	Kind   Kind
	Client int
	Grant  int // its place in Grants
	Key    int // that the call is sent again under; 0: never
	Pinned int // the replica, from 1, that calls under a key of several callers go to; 0: any
	Number int // to be written
	Time   int // of a correction: the later one counts

	Outcome Outcome
	Seen    Seen
	Used    uint32 // of a limited grant
	Again   bool   // told as a redelivery
	Ended   bool   // a grant's answer said that it has ended
	Wrote   int64  // by Now: when the entry was durable that the call rests on; 0: not known

	call, end int64
}

func (o *Op) String() string {
	s := fmt.Sprintf("%d..%d client %d %s grant %d", o.call, o.end, o.Client, o.Kind, o.Grant)
	if o.Key != 0 {
		s += fmt.Sprintf(" key %d", o.Key)
	}
	return s + fmt.Sprintf(" number %d time %d: %s %+v used %d again %t ended %t wrote %d", o.Number, o.Time, o.Outcome, o.Seen, o.Used, o.Again, o.Ended, o.Wrote)
}

// History is what was recorded. Safe for concurrent use.
type History struct {
	// Live: the ledger confirms by itself at any time after a grant was sent, and what the vault
	// rests on may be unavailable. Otherwise only an erasure that is under way makes it so.
	Live bool

	clock atomic.Int64
	mu    sync.Mutex
	ops   []*Op
	odd   []string
}

// Now is a moment of the history: later than every one before.
func (h *History) Now() int64 { return h.clock.Add(1) }

// Do records one call.
func (h *History) Do(op Op, call func(*Op)) {
	op.call = h.Now()
	call(&op)
	op.end = h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, &op)
}

// ErrOdd is of a history that was not held to an order.
var ErrOdd = errors.New("told what nothing explains")

// Odd notes what a caller was told and no order can explain: an outcome that a call never
// has, a torn value.
func (h *History) Odd(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.odd = append(h.odd, fmt.Sprintf(format, args...))
}

// Told counts outcomes by kind.
func (h *History) Told() map[string]int {
	told := map[string]int{}
	for _, op := range h.ops {
		told[string(op.Kind)+" "+string(op.Outcome)]++
		if op.Again {
			told[string(op.Kind)+" again"]++
		}
	}
	return told
}

// Check returns an error unless some order of the calls, each at a moment between its
// beginning and its end, explains all that was told, and nothing was odd.
//
// Values and ends are explained together: what a release shows stood in the vault at a
// moment when the grant had not ended. What only ever begins (that a grant is stored, answers
// its request, is on the ledger) is looked at by a call at moments of its own, and so is
// explained apart; likewise the count of a limited grant.
func (h *History) Check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.odd) > 0 {
		return fmt.Errorf("%w: %s", ErrOdd, strings.Join(h.odd, "\n"))
	}
	parts := map[string]*part{"values and ends": {model: porcupine.Model{Init: func() any { return vault{} }, Step: stepVault}}}
	for g := range Grants {
		for _, flag := range []string{stored, answers, confirmed} {
			parts[flagName(g, flag)] = &part{model: porcupine.Model{Init: func() any { return false }, Step: stepFlag}}
		}
		parts[countName(g)] = &part{model: porcupine.Model{Init: func() any { return uint32(0) }, Step: stepCount}}
	}
	for _, op := range h.ops {
		h.spread(parts, op)
	}
	for name, p := range parts {
		if !porcupine.CheckOperations(p.model, p.moves) {
			return fmt.Errorf("%s: no order explains\n%s", name, p)
		}
	}
	return nil
}

// part of a history that is explained by itself.
type part struct {
	model porcupine.Model
	moves []porcupine.Operation
}

func (p *part) String() string {
	var s strings.Builder
	slices.SortFunc(p.moves, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	for _, m := range p.moves {
		fmt.Fprintf(&s, "%d..%d %v\n", m.Call, m.Return, m.Input)
	}
	return s.String()
}

func (p *part) add(from, to int64, input any) {
	p.moves = append(p.moves, porcupine.Operation{Input: input, Call: from, Return: to})
}

// never is the end of what may have taken effect at any later time, or not at all.
const never = math.MaxInt64

// Flags of a grant: they are raised once.
const (
	stored    = "stored"
	answers   = "answers its request"
	confirmed = "confirmed"
)

func flagName(grant int, flag string) string { return fmt.Sprintf("grant %d %s", grant, flag) }
func countName(grant int) string             { return fmt.Sprintf("grant %d count", grant) }

// spread enters into each part what a call means for it.
func (h *History) spread(parts map[string]*part, op *Op) {
	main := parts["values and ends"]
	see := func(flag string, want bool) {
		parts[flagName(op.Grant, flag)].add(op.call, op.end, flagMove{seen: want, op: op})
	}
	raise := func(grant int, flag string, from, to int64) {
		parts[flagName(grant, flag)].add(from, to, flagMove{raise: true, op: op})
	}
	switch op.Kind {
	case Confirm:
		h.confirm(raise, op)
	case Grant:
		if op.Outcome == Gone {
			main.add(op.call, op.end, vaultMove{what: seeGone, op: op})
			return
		}
		raise(op.Grant, stored, op.call, op.end)
		raise(op.Grant, answers, op.call, op.end)
		if h.Live {
			raise(op.Grant, confirmed, op.call, never)
		}
		main.add(op.call, op.end, vaultMove{what: seeHere, op: op})
		if op.Ended {
			main.add(op.call, op.end, vaultMove{what: seeEnded, op: op})
		} else {
			main.add(op.call, op.end, vaultMove{what: seeStanding, op: op})
		}
	case Withdraw:
		see(stored, op.Outcome == Done)
		if op.Outcome == Done {
			main.add(op.call, op.end, vaultMove{what: end, grant: op.Grant, op: op})
		}
	case Erase:
		main.add(op.call, op.end, vaultMove{what: eraseBegins, op: op})
		for g := range Grants { // one after the other
			main.add(op.call, op.end, vaultMove{what: end, grant: g, op: op})
		}
		main.add(op.call, op.end, vaultMove{what: erase, op: op})
	case Correct:
		switch op.Outcome {
		case Done:
			main.add(op.call, op.end, vaultMove{what: correct, op: op})
		case Conflict:
			main.add(op.call, op.end, vaultMove{what: seeLater, op: op})
		case Gone:
			main.add(op.call, op.end, vaultMove{what: seeGone, op: op})
		default:
			panic(op.String())
		}
	case Write, Release:
		h.spreadUnder(parts, op, see)
	}
}

// confirm raises the flag of every grant whose yes was sent: certainly where it was
// answered before.
func (h *History) confirm(raise func(grant int, flag string, from, to int64), op *Op) {
	for _, g := range h.ops {
		switch {
		case g.Kind != Grant || g.Outcome != Done || g.call > op.end:
		case g.end < op.call:
			raise(g.Grant, confirmed, op.call, op.end)
		default:
			raise(g.Grant, confirmed, op.call, never)
		}
	}
}

// spreadUnder enters a call under a grant.
func (h *History) spreadUnder(parts map[string]*part, op *Op, see func(flag string, want bool)) {
	main, count := parts["values and ends"], parts[countName(op.Grant)]
	limited := op.Kind == Release && Grants[op.Grant].Limit != 0
	move := func(what string) { main.add(op.call, op.end, vaultMove{what: what, op: op}) }
	if op.Outcome != Unavailable {
		see(stored, op.Outcome != NotFound)
	}
	switch op.Outcome {
	case Unavailable:
		if !h.Live {
			move(seeErasing)
		}
		if limited {
			count.add(op.call, never, countMove{what: mayTake, op: op})
		}
		if op.Kind == Release && op.Key != 0 {
			main.add(op.call, never, vaultMove{what: mayKeep, op: op})
		}
	case NotFound:
	case Invalid:
		see(answers, false)
		move(seeStanding)
	case Unconfirmed:
		see(answers, true)
		see(confirmed, false)
		move(seeStanding)
	case Withdrawn:
		move(seeEnded)
		if limited { // it may have taken a release first
			count.add(op.call, never, countMove{what: mayTake, op: op})
		}
	case Limit:
		see(answers, true)
		see(confirmed, true)
		move(seeStanding)
		count.add(op.call, op.end, countMove{what: seeLimit, op: op})
	case Conflict:
		if limited {
			count.add(op.call, never, countMove{what: mayTake, op: op})
		}
	case Done:
		see(answers, true)
		see(confirmed, true)
		move(string(op.Kind))
		if op.Kind == Write { // admitted at one moment, done at another
			move(seeStanding)
		}
		if op.Wrote != 0 && (op.Kind == Release || !op.Again) { // the last look comes after the entry
			main.add(op.Wrote, op.end, vaultMove{what: seeStanding, op: op})
		}
		if limited && !op.Again {
			count.add(op.call, op.end, countMove{what: take, op: op})
		}
	default:
		panic(op.String())
	}
}
