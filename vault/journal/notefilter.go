package journal

import (
	"encoding/binary"
	"sync/atomic"
)

// noteBits for each of four hashes of a name: a million notes in a day leave one lookup in
// five hundred that finds nothing. 2 MiB.
const noteBits = 1 << 24

// noteFilter tells of most names that no note of one day has them: nearly every release asks, and
// Pebble would look into each of its levels. Names are MACs, so their bytes are hashes already.
type noteFilter struct {
	day   uint32
	words [noteBits / 64]atomic.Uint64
}

func (f *noteFilter) add(name [32]byte) {
	for _, bit := range bitsOf(name) {
		f.words[bit/64].Or(1 << (bit % 64))
	}
}

func (f *noteFilter) lacks(name [32]byte) bool {
	for _, bit := range bitsOf(name) {
		if f.words[bit/64].Load()&(1<<(bit%64)) == 0 {
			return true
		}
	}
	return false
}

func bitsOf(name [32]byte) (bits [4]uint32) {
	for i := range bits {
		bits[i] = binary.BigEndian.Uint32(name[4*i:]) % noteBits
	}
	return bits
}

// filter of a day whose every note passed through it; nil where there is none, as for a day that
// had notes when the journal was opened.
func (s *notes) filter(day uint32) *noteFilter {
	if f := s.filters[day%noteDays].Load(); f != nil && f.day == day {
		return f
	}
	return nil
}

// mayHave are the days that are kept and may have a note with the name, the newest first.
func (s *notes) mayHave(name [32]byte) (days []uint32) {
	newest, oldest := s.newest.Load(), s.oldest.Load()
	for day := newest; day+noteDays > newest && day >= oldest; day-- {
		if f := s.filter(day); f == nil || !f.lacks(name) {
			days = append(days, day)
		}
	}
	return days
}

// begin a day later than any that has notes.
func (s *notes) begin(day uint32) { s.filters[day%noteDays].Store(&noteFilter{day: day}) }
