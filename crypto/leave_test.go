package crypto

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var testDeployment = Deployment{Origin: "vault.test/log", ChainID: 77, Contract: [20]byte{1}}

func newOfficer(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

func TestLeaveRegion(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	now := time.Unix(1_790_000_000, 0)
	path, k := newKeyring(t, kms, "FR", "KE")
	region, _ := k.Region("KE")
	wrapped, _ := region.Wrap([]byte("a subject's key"), nil)
	oldKeyring := mustRead(t, path)
	onePublic, one := newOfficer(t)
	twoPublic, two := newOfficer(t)
	_, stranger := newOfficer(t)
	officers := []ed25519.PublicKey{onePublic, twoPublic}
	sign := func(d Deployment, region string, key ed25519.PrivateKey, at time.Time) LeaveOrder {
		t.Helper()
		order, err := SignLeave(path, d, region, key, at)
		if err != nil {
			t.Fatal(err)
		}
		return order
	}
	first, second := sign(testDeployment, "KE", one, now), sign(testDeployment, "KE", two, now.Add(-time.Hour))
	elsewhere := testDeployment
	elsewhere.Origin = "other.test/log"
	chain := testDeployment
	chain.ChainID++
	for name, test := range map[string]struct {
		region   string
		officers []ed25519.PublicKey
		orders   []LeaveOrder
		want     error
	}{
		"no order":              {"KE", officers, nil, ErrOrder},
		"one order":             {"KE", officers, []LeaveOrder{first}, ErrOrder},
		"the same twice":        {"KE", officers, []LeaveOrder{first, first}, ErrOrder},
		"one officer, two days": {"KE", officers, []LeaveOrder{first, sign(testDeployment, "KE", one, now.Add(-time.Minute))}, ErrOrder},
		"one key listed twice":  {"KE", []ed25519.PublicKey{onePublic, onePublic}, []LeaveOrder{first, first}, ErrOrder},
		"three orders":          {"KE", officers, []LeaveOrder{first, second, second}, ErrOrder},
		"a stranger's":          {"KE", officers, []LeaveOrder{first, sign(testDeployment, "KE", stranger, now)}, ErrOrder},
		"no officers":           {"KE", nil, []LeaveOrder{first, second}, ErrOrder},
		"too old":               {"KE", officers, []LeaveOrder{first, sign(testDeployment, "KE", two, now.Add(-25*time.Hour))}, ErrOrder},
		"from the future":       {"KE", officers, []LeaveOrder{first, sign(testDeployment, "KE", two, now.Add(time.Hour))}, ErrOrder},
		"another region's":      {"KE", officers, []LeaveOrder{first, sign(testDeployment, "FR", two, now)}, ErrOrder},
		"for another region":    {"FR", officers, []LeaveOrder{first, second}, ErrOrder},
		"another vault's":       {"KE", officers, []LeaveOrder{first, sign(elsewhere, "KE", two, now)}, ErrOrder},
		"another chain's":       {"KE", officers, []LeaveOrder{first, sign(chain, "KE", two, now)}, ErrOrder},
		"another time":          {"KE", officers, []LeaveOrder{first, {Time: second.Time + 1, Signature: second.Signature}}, ErrOrder},
		"unknown region":        {"UG", officers, []LeaveOrder{first, second}, ErrUnknownRegion},
		"malformed region":      {"ke", officers, []LeaveOrder{first, second}, ErrUnknownRegion},
	} {
		if err := LeaveRegion(path, testDeployment, test.region, test.officers, test.orders, now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v; want %v", name, err, test.want)
		}
	}
	if got := reopened(t, path, kms).Regions(); !slices.Equal(got, []string{"FR", "KE"}) {
		t.Fatalf("after refusals: regions %v", got)
	}

	if err := LeaveRegion(path, testDeployment, "KE", officers, []LeaveOrder{second, first}, now); err != nil {
		t.Fatal(err)
	}
	if err := k.Refresh(); err != nil {
		t.Fatal(err)
	}
	closed := func(name string, ring *Keyring) {
		t.Helper()
		if _, err := ring.Region("KE"); !errors.Is(err, ErrLeft) || !errors.Is(err, ErrUnknownRegion) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ring.Region("FR"); err != nil {
			t.Errorf("%s: the other region: %v", name, err)
		}
		if left := ring.LeftRegions(); len(left) != 1 || left[0].Region != "KE" || left[0].Time != uint64(now.Unix()) {
			t.Errorf("%s: what was left: %v", name, left)
		}
	}
	closed("a keyring that was open", k)
	if _, err := k.Region("UG"); !errors.Is(err, ErrUnknownRegion) || errors.Is(err, ErrLeft) {
		t.Errorf("a region that never was: %v", err)
	}
	closed("opened again", reopened(t, path, kms))
	if err := LeaveRegion(path, testDeployment, "KE", officers, []LeaveOrder{first, second}, now); !errors.Is(err, ErrLeft) {
		t.Errorf("once more: %v", err)
	}
	if _, err := SignLeave(path, testDeployment, "KE", one, now); !errors.Is(err, ErrLeft) {
		t.Errorf("an order for what was left: %v", err)
	}

	// An older copy of the keyring, put back, opens nothing: its half is gone.
	if err := os.WriteFile(path, oldKeyring, 0o600); err != nil {
		t.Fatal(err)
	}
	closed("an older keyring", reopened(t, path, kms))
	if err := LeaveRegion(path, testDeployment, "KE", officers, nil, now); !errors.Is(err, ErrLeft) {
		t.Errorf("an end to what was begun: %v", err)
	}
	if f, _ := decodeKeyring(mustRead(t, path)); f.Regions["KE"] != nil {
		t.Error("the keyring keeps its half of what was left")
	}
	written, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, nil, now); !errors.Is(err, ErrLeft) {
		t.Errorf("an end to what has ended: %v", err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(written, after) {
		t.Errorf("a keyring that has no half of it was written anew: %v", err)
	}

	// A region that is served again has another key, and the old orders are not for it.
	again := reopened(t, path, kms)
	if err := again.AddRegion(t.Context(), "KE"); err != nil {
		t.Fatal(err)
	}
	region, err = again.Region("KE")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := region.Unwrap(wrapped, nil); !errors.Is(err, ErrDecrypt) {
		t.Errorf("what was left opens under the new key: %v", err)
	}
	if _, err := reopened(t, path, kms).Region("KE"); err != nil {
		t.Errorf("served again, and opened again: %v", err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, []LeaveOrder{first, second}, now); !errors.Is(err, ErrOrder) {
		t.Errorf("old orders, replayed: %v", err)
	}
}

// The order's bytes are fixed: two officers' tools must agree on them.
func TestLeaveOrderVector(t *testing.T) {
	officer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	message, err := testDeployment.leaveMessage("KE", "000102030405060708090a0b0c0d0e0f", 1_790_000_000)
	if err != nil {
		t.Fatal(err)
	}
	const wantMessage = "777261707079206c65617665206f7264657220763100" + "0e" + "7661756c742e746573742f6c6f67" + "000000000000004d" +
		"0100000000000000000000000000000000000000" + "4b45" + "000102030405060708090a0b0c0d0e0f" + "000000006ab13b80"
	if got := hex.EncodeToString(message); got != wantMessage {
		t.Errorf("message %s", got)
	}
	const wantSignature = "4ed1bb9e29e5623a07e79bc68ba100b5ad789e6fd95bc2a1c3902528f0be63f314cdb4585e43daad74fe30db94b7be7b00260265db521410fa94d66e4a8faa07"
	if got := hex.EncodeToString(ed25519.Sign(officer, message)); got != wantSignature {
		t.Errorf("signature %s", got)
	}
}

// An order is for a region, a key and a deployment, each in its one form: nothing is ordered
// where one is missing, not by two signatures of nothing either.
func TestLeaveOrdersAreOfSomething(t *testing.T) {
	const id = "000102030405060708090a0b0c0d0e0f"
	nowhere, long := testDeployment, testDeployment
	nowhere.Origin, long.Origin = "", strings.Repeat("o", 256)
	for name, c := range map[string]struct {
		d          Deployment
		region, id string
	}{
		"no region": {testDeployment, "", id}, "a small region": {testDeployment, "ke", id}, "no id": {testDeployment, "KE", ""},
		"a short id": {testDeployment, "KE", id[2:]}, "a long id": {testDeployment, "KE", id + "00"}, "an id that is no hex": {testDeployment, "KE", id[:31] + "g"},
		"a whole id and a digit": {testDeployment, "KE", id + "0"}, "no origin": {nowhere, "KE", id}, "a long origin": {long, "KE", id},
	} {
		if message, err := c.d.leaveMessage(c.region, c.id, 1); message != nil || !errors.Is(err, ErrOrder) {
			t.Errorf("%s: %x, %v", name, message, err)
		}
	}
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE")
	onePublic, one := newOfficer(t)
	twoPublic, two := newOfficer(t)
	officers, now := []ed25519.PublicKey{onePublic, twoPublic}, time.Unix(1_790_000_000, 0)
	if order, err := SignLeave(path, nowhere, "KE", one, now); !errors.Is(err, ErrOrder) || order.Signature != nil {
		t.Errorf("signed for no deployment: %v", err)
	}
	at := uint64(now.Unix())
	ofNothing := []LeaveOrder{{at, ed25519.Sign(one, nil)}, {at, ed25519.Sign(two, nil)}}
	if err := LeaveRegion(path, nowhere, "KE", officers, ofNothing, now); !errors.Is(err, ErrOrder) {
		t.Errorf("two signatures of nothing: %v", err)
	}
	orders := func() (all []LeaveOrder) {
		for _, officer := range []ed25519.PrivateKey{one, two} {
			order, err := SignLeave(path, testDeployment, "KE", officer, now)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, order)
		}
		return all
	}
	for n := range maxLeft {
		k.perishable.Left = append(k.perishable.Left, LeftRegion{Region: "FR", Time: uint64(n), Orders: []LeaveOrder{}})
	}
	full, err := k.perishable.encode()
	if err := errors.Join(err, os.WriteFile(PerishablePath(path), full, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, orders(), now); !errors.Is(err, ErrOrder) || string(mustRead(t, PerishablePath(path))) != string(full) {
		t.Errorf("one more than are kept: %v", err) // it would be a file that nobody can open
	}
	keyring := mustRead(t, path)
	delete(k.perishable.Regions, "KE")
	k.perishable.Left = []LeftRegion{}
	lost, err := k.perishable.encode()
	if err := errors.Join(err, os.WriteFile(PerishablePath(path), lost, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, ofNothing, now); !errors.Is(err, ErrUnknownRegion) || errors.Is(err, ErrLeft) || string(mustRead(t, path)) != string(keyring) {
		t.Errorf("a region that was lost and not left: %v", err) // its half in the keyring stays, for when the other is put back
	}
	k.perishable.Left = []LeftRegion{{Region: "KE", Orders: []LeaveOrder{}}}
	left, err := k.perishable.encode()
	if err := errors.Join(err, os.WriteFile(PerishablePath(path), left, 0o600), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, nil, now); !errors.Is(err, ErrLeft) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("where the keyring is gone: %v", err)
	}
	if err := os.Remove(PerishablePath(path)); err != nil {
		t.Fatal(err)
	}
	if err := LeaveRegion(path, testDeployment, "KE", officers, nil, now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("where both are gone: %v", err)
	}
	if _, err := SignLeave(path, testDeployment, "KE", one, now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("signed, where both are gone: %v", err)
	}
	if err := LeaveRegion(filepath.Join(path, "absent", "keyring.json"), testDeployment, "KE", officers, nil, now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}
