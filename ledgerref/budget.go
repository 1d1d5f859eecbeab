package ledgerref

import (
	"math/big"

	"github.com/cockroachdb/pebble"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

// Budgets bound what is relayed, and for whom, in a day (UTC). Of the counts zero takes
// the default and a negative number is no limit. Nothing that stops something counts or
// is refused: withdrawals, suspensions, removed keys.
type Budgets struct {
	Grants      int      // grants that answer one institution's requests; 10000
	Invited     int      // people's registrations by one institution's invitation; 10000
	Uninvited   int      // registrations of people and institutions without one, all together; 5000
	Institution int      // one institution's own acts; 500
	Wei         *big.Int // what all transactions may cost; nil is no limit
}

// class of what is charged.
type class uint8

// The numbers are stored: never renumber.
const (
	classNone class = iota
	classGrant
	classInvited
	classUninvited
	classInstitution
)

// charge is one act at somebody's expense; the zero charge is free.
type charge struct {
	class class
	payer consent.InstitutionID // zero: all that nobody answers for, together
}

func chargeOf(act consent.Act) charge {
	switch {
	case act.Kind == consent.ActGrant:
		return charge{classGrant, act.For}
	case act.Kind == consent.ActRegister && act.For != (consent.InstitutionID{}):
		return charge{classInvited, act.For}
	case act.Kind == consent.ActRegister:
		return charge{class: classUninvited}
	}
	return charge{}
}

func (b Budgets) limit(c class) int {
	limit, usual := 0, 0
	switch c {
	case classGrant:
		limit, usual = b.Grants, 10_000
	case classInvited:
		limit, usual = b.Invited, 10_000
	case classUninvited:
		limit, usual = b.Uninvited, 5_000
	case classInstitution:
		limit, usual = b.Institution, 500
	default:
		return -1
	}
	if limit == 0 {
		return usual
	}
	return limit
}

// counters are what was used of the budgets today. The outbox's lock is over them.
//
//	b ‖ number (4) → sealed CBOR countRecord
//	s              → sealed CBOR spentRecord
type counters struct {
	budgets Budgets
	today   func() uint64 // days since 1970; one that goes back is not believed
	day     uint64
	used    map[charge]*used
	spent   *big.Int // wei
}

type used struct {
	number uint32 // of its record
	count  int
}

type countRecord struct {
	_     struct{} `cbor:",toarray"`
	Day   uint64
	Class class
	Payer consent.InstitutionID
	Count int
}

type spentRecord struct {
	_   struct{} `cbor:",toarray"`
	Day uint64
	Wei *big.Int
}

// turn begins a new day.
func (c *counters) turn(batch *pebble.Batch) error {
	today := c.today()
	if today <= c.day {
		return nil
	}
	c.day, c.used, c.spent = today, map[charge]*used{}, new(big.Int)
	return batch.DeleteRange([]byte{'b'}, []byte{'b' + 1}, nil)
}

func (c *counters) left(what charge) bool {
	limit := c.budgets.limit(what.class)
	if limit < 0 || c.today() > c.day {
		return true
	}
	entry := c.used[what]
	return entry == nil || entry.count < limit
}

// take counts one, durable with the batch. consent.ErrBudget.
func (c *counters) take(o *outbox, batch *pebble.Batch, what charge) error {
	if err := c.turn(batch); err != nil || what.class == classNone {
		return err
	}
	if !c.left(what) {
		return consent.ErrBudget
	}
	entry := c.used[what]
	if entry == nil {
		entry = &used{number: uint32(len(c.used))} //nolint:gosec // as many as there are institutions
		c.used[what] = entry
	}
	entry.count++
	return o.set(batch, countKey(entry.number), countRecord{Day: c.day, Class: what.class, Payer: what.payer, Count: entry.count})
}

// use is what was used most of each class's budget by one payer.
func (c *counters) use() []BudgetUse {
	list := []BudgetUse{
		{Class: "grants", Limit: c.budgets.limit(classGrant)}, {Class: "invited", Limit: c.budgets.limit(classInvited)},
		{Class: "uninvited", Limit: c.budgets.limit(classUninvited)}, {Class: "institution", Limit: c.budgets.limit(classInstitution)},
	}
	if c.today() > c.day {
		return list
	}
	for what, entry := range c.used {
		if what.class < classGrant || what.class > classInstitution {
			continue
		}
		of := &list[what.class-classGrant]
		of.Used = max(of.Used, entry.count)
	}
	return list
}

func (c *counters) giveBack(what charge) {
	if entry := c.used[what]; entry != nil && entry.count > 0 {
		entry.count--
	}
}

// load reads a stored record; those of earlier days count no more.
func (c *counters) load(key, plaintext []byte) error {
	if key[0] == 's' {
		var r spentRecord
		if err := cbor.Unmarshal(plaintext, &r); err != nil || r.Wei == nil {
			return errDamaged
		}
		c.begin(r.Day)
		if r.Day == c.day {
			c.spent = r.Wei
		}
		return nil
	}
	var r countRecord
	if err := cbor.Unmarshal(plaintext, &r); err != nil || len(key) != 5 {
		return errDamaged
	}
	c.begin(r.Day)
	if r.Day == c.day {
		c.used[charge{r.Class, r.Payer}] = &used{number: numberOf(key), count: r.Count}
	}
	return nil
}

func (c *counters) begin(day uint64) {
	if day > c.day {
		c.day, c.used, c.spent = day, map[charge]*used{}, new(big.Int)
	}
}
