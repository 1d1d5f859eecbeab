package api

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

// feature is a way to look at two grants: a distance, of any scale. The adversary learns
// from pairs whose truth it knows which distances speak for one person.
type feature struct {
	name string
	of   func(a, b *public) float64
}

func apart(a, b uint64) float64 { return math.Abs(float64(a) - float64(b)) }

func both(a, b bool) float64 {
	switch {
	case a && b:
		return 2
	case a || b:
		return 1
	}
	return 0
}

var features = []feature{
	{"time of the block", func(a, b *public) float64 { return apart(a.given.time, b.given.time) }},
	{"time of day", func(a, b *public) float64 { return round(a.given.time, b.given.time, consent.Day) }},
	{"batch neighbourhood", func(a, b *public) float64 {
		if a.given.time != b.given.time {
			return -1
		}
		return apart(uint64(a.given.position), uint64(b.given.position)) //nolint:gosec // small
	}},
	{"position in the batch", func(a, b *public) float64 { return apart(uint64(a.given.position), uint64(b.given.position)) }}, //nolint:gosec // small
	{"size of the batch", func(a, b *public) float64 { return apart(uint64(a.given.batch), uint64(b.given.batch)) }},           //nolint:gosec // small
	{"expiry", func(a, b *public) float64 { return apart(a.expiry, b.expiry) }},
	{"expiry after the block", func(a, b *public) float64 { return apart(a.expiry-a.given.time, b.expiry-b.given.time) }},
	{"expiry's second of the day after the block", func(a, b *public) float64 { return round(a.expiry-a.given.time, b.expiry-b.given.time, consent.Day) }},
	{"deadline", func(a, b *public) float64 { return apart(a.deadline, b.deadline) }},
	{"deadline after the block", func(a, b *public) float64 { return apart(a.deadline-a.given.time, b.deadline-b.given.time) }},
	{"distance in the log", func(a, b *public) float64 { return apart(uint64(a.entry), uint64(b.entry)) }},     //nolint:gosec // small
	{"tile of the log", func(a, b *public) float64 { return apart(uint64(a.entry)/256, uint64(b.entry)/256) }}, //nolint:gosec // small
	{"size of the entry", func(a, b *public) float64 { return apart(uint64(a.size), uint64(b.size)) }},         //nolint:gosec // small
	{"withdrawn", func(a, b *public) float64 { return both(a.stopped.time > 0, b.stopped.time > 0) }},
	{"time of the withdrawal", func(a, b *public) float64 {
		if a.stopped.time == 0 || b.stopped.time == 0 {
			return -1
		}
		return apart(a.stopped.time, b.stopped.time)
	}},
	{"neighbourhood of the withdrawal", func(a, b *public) float64 {
		if a.stopped.time == 0 || a.stopped.time != b.stopped.time {
			return -1
		}
		return apart(uint64(a.stopped.position), uint64(b.stopped.position)) //nolint:gosec // small
	}},
	{"lifetime", func(a, b *public) float64 { return apart(a.stopped.time-a.given.time, b.stopped.time-b.given.time) }},
	{"bits of the key", func(a, b *public) float64 { return unequalBits(a.key[:], b.key[:]) }},
	{"bits of the id", func(a, b *public) float64 { return unequalBits(a.id[:], b.id[:]) }},
	{"beginning of the key", func(a, b *public) float64 {
		return float64(bits.LeadingZeros64(binary.BigEndian.Uint64(a.key[:]) ^ binary.BigEndian.Uint64(b.key[:])))
	}},
}

// round is the distance on a circle.
func round(a, b, circle uint64) float64 {
	d := apart(a%circle, b%circle)
	return min(d, float64(circle)-d)
}

func unequalBits(a, b []byte) (n float64) {
	for i := range a {
		n += float64(bits.OnesCount8(a[i] ^ b[i]))
	}
	return n
}

// pair are two grants, and whether they are one person's.
type pair struct {
	a, b *public
	same bool
}

// pairs are all that are of one person, of every second person from the first or the
// second on, and as many that are not.
func pairs(seen []*public, whose []int, half int, draw *rand.Rand) (all []pair) {
	byPerson := map[int][]*public{}
	var mine []int
	for i, p := range whose {
		if p%2 == half {
			byPerson[p] = append(byPerson[p], seen[i])
			mine = append(mine, i)
		}
	}
	for p := half; len(byPerson[p]) > 0; p += 2 {
		for i, a := range byPerson[p] {
			for _, b := range byPerson[p][:i] {
				all = append(all, pair{a, b, true})
			}
		}
	}
	for n := len(all); n > 0; {
		i, j := mine[draw.IntN(len(mine))], mine[draw.IntN(len(mine))]
		if whose[i] != whose[j] {
			all = append(all, pair{seen[i], seen[j], false})
			n--
		}
	}
	return all
}

// bins of equally many pairs of the half that is learnt from.
const bins = 24

// evidence is what one feature's distances speak for: log likelihood ratios by bin.
type evidence struct {
	edges []float64
	says  []float64
}

func learn(f feature, from []pair) (e evidence) {
	distances := make([]float64, len(from))
	for i, p := range from {
		distances[i] = f.of(p.a, p.b)
	}
	sorted := slices.Sorted(slices.Values(distances))
	for i := 1; i < bins; i++ {
		e.edges = append(e.edges, sorted[len(sorted)*i/bins])
	}
	e.edges = slices.Compact(e.edges)
	counts := make([][2]float64, 2*len(e.edges)+1)
	for i, p := range from {
		side := 0
		if p.same {
			side = 1
		}
		counts[e.bin(distances[i])][side]++
	}
	for _, c := range counts {
		e.says = append(e.says, math.Log((c[1]+5)/(c[0]+5))) // few say little
	}
	return e
}

// bin has a place of its own for each edge: many distances are exactly one.
func (e evidence) bin(d float64) int {
	at, exact := slices.BinarySearch(e.edges, d)
	if exact {
		return 2*at + 1
	}
	return 2 * at
}

// guess learns from the pairs of one half of the people and is asked about those of the
// other. It returns the area under its curve: how often a pair of one person scores above a
// pair of two; chance is a half. By is the feature that does best alone.
func guess(seen []*public, whose []int, draw *rand.Rand) (auc float64, by string) {
	from, about := pairs(seen, whose, 0, draw), pairs(seen, whose, 1, draw)
	total := make([]float64, len(about))
	best := 0.0
	for _, f := range features {
		e := learn(f, from)
		alone := make([]float64, len(about))
		for i, p := range about {
			alone[i] = e.says[e.bin(f.of(p.a, p.b))]
			total[i] += alone[i]
		}
		if one := area(about, alone); one > best {
			best, by = one, f.name
		}
	}
	return max(area(about, total), best), by
}

// area counts ties half.
func area(about []pair, scores []float64) float64 {
	order := make([]int, len(about))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(scores[i], scores[j]) })
	same, others, sum := 0.0, 0.0, 0.0
	for i := 0; i < len(order); {
		j, here := i, 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if about[order[j]].same {
				here++
			}
		}
		not := float64(j-i) - here
		sum += here * (others + not/2)
		same, others = same+here, others+not
		i = j
	}
	return sum / same / others
}

// noise is what chance adds with the few people of a short run.
func noise(t *testing.T) float64 {
	if faults.Long() {
		return 0
	}
	return 0.06
}
