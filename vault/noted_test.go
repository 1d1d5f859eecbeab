package vault

import (
	"strings"
	"testing"
	"time"
)

// A grant that is released again and again is noted as received once a minute.
func TestReceivedIsNotedAheadOfTime(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	noted, looked := 0, 0
	w.heads.setFault(func(op, name string) (bool, bool) {
		if strings.HasPrefix(name, roomReceived+"/") {
			switch op {
			case "put":
				noted++
			case "get":
				looked++
			}
		}
		return false, false
	})
	for i, row := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Second, 1}, {3 * time.Second, 2}, {30 * time.Second, 2}, {34 * time.Second, 2}, {time.Millisecond, 3}, {64 * time.Second, 3}, {2 * time.Minute, 4}, {2 * time.Second, 5}} {
		w.pass(row.after)
		had, seen := noted, looked
		w.mustRelease(s)
		if noted != row.want {
			t.Errorf("release %d: noted %d times, want %d", i, noted, row.want)
		}
		if noted == had && looked != seen {
			t.Errorf("release %d: looked %d times at what is noted", i, looked-seen)
		}
	}
	if _, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); err != nil || noted != 5 {
		t.Errorf("another replica: noted %d times, %v", noted, err)
	}
}
