package ledgerref

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble"
)

// What waits to be sent is refused whole where anything of it was changed, exchanged or
// put in another place: nothing is sent that was not taken, and nothing left out unseen.
func TestDamagedOutbox(t *testing.T) {
	dir, sealer, a := t.TempDir(), newTestSealer(4), w.chain.addresses
	box := must(openBox(dir, sealer))
	for range 2 {
		if err := box.add(grantAct(a, account(t), random()), unixNow()); err != nil {
			t.Fatal(err)
		}
	}
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
	db := must(openPebble(dir, 1<<20))
	first, second := outboxKey('a', 0), outboxKey('a', 1)
	read := func(key []byte) []byte {
		value, closer, err := db.Get(key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = closer.Close() }()
		return bytes.Clone(value)
	}
	good, other := read(first), read(second)
	bad := map[string][]byte{"empty": {}, "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0), "the other's": other, "zeros": make([]byte, len(good))}
	for _, at := range []int{0, 7, len(good) / 2, len(good) - 1} {
		flipped := bytes.Clone(good)
		flipped[at] ^= 1
		bad[fmt.Sprintf("byte %d", at)] = flipped
	}
	bad["under another key of the vault's"] = must(newTestSealer(5).Seal([]byte("x"), outboxData(first)))
	for name, value := range bad {
		if err := db.Set(first, value, pebble.Sync); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if box, err := openBox(dir, sealer); err == nil {
			t.Errorf("%s: opened with %d acts", name, box.size())
			_ = box.close()
		}
		db = must(openPebble(dir, 1<<20))
	}
	if err := db.Set(first, good, pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	box = must(openBox(dir, sealer))
	if box.size() != 2 {
		t.Errorf("%d acts wait, want 2", box.size())
	}
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
}
