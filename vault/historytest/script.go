package historytest

import (
	"math/rand/v2"
	"sync"
)

const (
	callers   = 6
	callsEach = 5
	sharedKey = 1 // a key that several callers use, under the limited grant
)

// Run plays a history that is drawn at random: a person with one grant that stands and has values,
// perhaps more of them, and then everything at once. do makes a call and fills in what it was
// told; it is safe for concurrent use.
func Run(random *rand.Rand, h *History, do func(*Op)) {
	before := []Op{{Kind: Grant}}
	for g := 1; g < len(Grants); g++ {
		if random.IntN(3) > 0 {
			before = append(before, Op{Kind: Grant, Grant: g})
		}
	}
	for _, op := range append(before, Op{Kind: Confirm}, Op{Kind: Write, Number: 1}) {
		h.Do(op, do)
	}
	var calling sync.WaitGroup
	for client, script := range scripts(random) {
		calling.Go(func() {
			for _, op := range script {
				op.Client = client
				h.Do(op, do)
			}
		})
	}
	calling.Wait()
}

// scripts are what each caller does, one call after the other: the person, the ledger, and
// two systems of each institution.
func scripts(random *rand.Rand) (all [callers][]Op) {
	number, key := 1, sharedKey
	for range callsEach {
		number++
		all[0] = append(all[0], ofPerson(random, number))
		all[1] = append(all[1], Op{Kind: Confirm})
		if random.IntN(3) == 0 { // from another device
			number++
			all[1] = append(all[1], Op{Kind: Correct, Number: number, Time: number})
		}
		for client := 2; client < callers; client++ {
			op := Op{Kind: Release, Grant: []int{0, 1, 2, 2}[client-2]}
			if random.IntN(4) == 0 && client < 4 {
				op.Grant = 1 - op.Grant
			}
			if Grants[op.Grant].Write && random.IntN(3) == 0 {
				number++
				op.Kind, op.Number = Write, number
			}
			switch earlier := keyed(all[client]); {
			case op.Grant == 1 && random.IntN(3) == 0:
				op.Key, op.Pinned = sharedKey, 1
			case earlier != nil && random.IntN(3) == 0:
				op = *earlier
			case random.IntN(4) == 0 && key < keys-1:
				key++
				op.Key = key
			}
			all[client] = append(all[client], op)
		}
	}
	if random.IntN(3) == 0 {
		all[0] = append(all[0], Op{Kind: Erase}, Op{Kind: Correct, Number: number + 1, Time: number + 1}, Op{Kind: Grant, Grant: 1})
	}
	return all
}

func ofPerson(random *rand.Rand, number int) Op {
	switch random.IntN(6) {
	case 0:
		return Op{Kind: Withdraw, Grant: random.IntN(len(Grants))}
	case 1, 2:
		return Op{Kind: Grant, Grant: 1 + random.IntN(2)}
	case 3:
		return Op{Kind: Correct, Time: number}
	}
	return Op{Kind: Correct, Number: number, Time: number + 1 - random.IntN(3)}
}

// keyed is the last call of a script that was made under a key of its own.
func keyed(script []Op) *Op {
	for i := len(script) - 1; i >= 0; i-- {
		if script[i].Key > sharedKey {
			return &script[i]
		}
	}
	return nil
}
