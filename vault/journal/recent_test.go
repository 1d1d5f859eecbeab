package journal

import (
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestRecentLeaves(t *testing.T) {
	group := func(sizes ...int) (list []*request) {
		for i, size := range sizes {
			list = append(list, &request{leaf: make([]byte, size), leafHash: consent.Digest{byte(i + 1)}}, &request{probe: []byte{1}})
		}
		return list
	}
	var s recent
	has := func(from, to uint64, want ...byte) {
		t.Helper()
		list := s.get(from, to)
		if len(list) != len(want) {
			t.Fatalf("[%d, %d): %d leaves, want %d", from, to, len(list), len(want))
		}
		for i := range want {
			if list[i].hash[0] != want[i] {
				t.Errorf("leaf %d is another's", from+uint64(i))
			}
		}
	}
	s.keep(10, group(5, 5, 5), 0)
	s.keep(13, group(5), 11)
	has(11, 14, 2, 3, 1)
	has(12, 13, 3)
	has(10, 12) // it is needed no more
	has(13, 15) // it is not there yet
	has(12, 12)
	s.keep(14, group(maxRecent, maxRecent-5, 5), 11)
	has(15, 17, 2, 3)
	has(14, 17)
	s.keep(20, group(5), 0) // not the next: what was there says nothing
	has(16, 17)
	has(20, 21, 1)
	if s.bytes != 5 {
		t.Errorf("%d bytes counted, of 5", s.bytes)
	}
}
