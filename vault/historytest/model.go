package historytest

import (
	"fmt"
)

// flagMove raises a flag or sees it.
type flagMove struct {
	raise, seen bool
	op          *Op
}

func (m flagMove) String() string { return fmt.Sprintf("raise %t, see %t: %v", m.raise, m.seen, m.op) }

func stepFlag(state, input, _ any) (bool, any) {
	up, m := state.(bool), input.(flagMove)
	if m.raise {
		return true, true
	}
	return up == m.seen, up
}

// Moves of a count.
const (
	take     = "take"
	mayTake  = "may take"
	seeLimit = "see the limit"
)

type countMove struct {
	what string
	op   *Op
}

func (m countMove) String() string { return fmt.Sprintf("%s: %v", m.what, m.op) }

func stepCount(state, input, _ any) (bool, any) {
	used, m := state.(uint32), input.(countMove)
	limit := Grants[m.op.Grant].Limit
	switch m.what {
	case take:
		return used < limit && m.op.Used == used+1, used + 1
	case mayTake:
		return true, min(used+1, limit)
	}
	return used == limit, used
}

// vault is what a person's vault holds.
type vault struct {
	erasing   bool
	gone      bool
	ended     [3]bool // by grant
	now       Seen
	corrected int // time of the last correction
	kept      [keys]kept
}

// kept is what is told again under a key.
type kept struct {
	there bool
	seen  Seen
	used  uint32
	any   bool // used is not known
}

// Moves of a vault, beside Write and Release.
const (
	seeStanding = "see that the grant has not ended"
	seeEnded    = "see that the grant has ended"
	seeHere     = "see that the person is here"
	seeGone     = "see that the person is gone"
	seeLater    = "see a later correction"
	seeErasing  = "see an erasure that has begun"
	eraseBegins = "begin to erase"
	mayKeep     = "may keep"
	end         = "end the grant"
	erase       = "erase"
	correct     = "correct"
)

type vaultMove struct {
	what  string
	grant int // to end
	op    *Op
}

func (m vaultMove) String() string { return fmt.Sprintf("%s: %v", m.what, m.op) }

func stepVault(state, input, _ any) (bool, any) {
	v, m := state.(vault), input.(vaultMove)
	op := m.op
	switch m.what {
	case seeStanding:
		return !v.ended[op.Grant], v
	case seeEnded:
		return v.ended[op.Grant] || v.gone, v
	case seeHere:
		return !v.gone, v
	case seeGone:
		return v.gone, v
	case seeLater:
		return !v.gone && v.corrected >= op.Time, v
	case seeErasing:
		return v.erasing, v
	case eraseBegins:
		v.erasing = true
		return true, v
	case mayKeep:
		if !v.kept[op.Key].there {
			v.kept[op.Key] = kept{there: true, seen: v.now, any: true}
		}
		return true, v
	case end:
		v.ended[m.grant] = true
		return true, v
	case erase:
		v.gone = true
		return true, v
	case correct:
		return v.correct(op)
	case string(Write):
		return v.write(op)
	}
	return v.release(op)
}

func (v vault) correct(op *Op) (bool, vault) {
	if v.gone || v.corrected >= op.Time {
		return false, v
	}
	v.corrected = op.Time
	if op.Number == 0 && v.now.First[person] == 0 {
		return op.Seen.Versions[0] == 0, v
	}
	v.now.First[person] = op.Number
	v.now.Versions[0]++
	return op.Seen.Versions[0] == v.now.Versions[0], v
}

func (v vault) write(op *Op) (bool, vault) {
	if op.Again {
		return v.again(op), v
	}
	by := Grants[op.Grant].Institution
	v.now.First[by], v.now.Second[by] = op.Number, op.Number
	v.now.Versions[0]++
	v.now.Versions[1]++
	ok := !v.gone && op.Seen.Versions == v.now.Versions && !v.kept[op.Key].there
	return ok, v.keep(op)
}

func (v vault) release(op *Op) (bool, vault) {
	if v.gone || v.ended[op.Grant] {
		return false, v
	}
	if op.Again {
		return v.again(op), v
	}
	return op.Seen == v.now && !v.kept[op.Key].there, v.keep(op)
}

func (v vault) again(op *Op) bool {
	k := v.kept[op.Key]
	return k.there && k.seen == op.Seen && (k.any || k.used == op.Used)
}

func (v vault) keep(op *Op) vault {
	if op.Key != 0 {
		v.kept[op.Key] = kept{there: true, seen: op.Seen, used: op.Used}
	}
	return v
}
