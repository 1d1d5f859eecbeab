package crypto

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Perishable keys are those that are meant to be destroyed: one per month (epoch), and
// one per region. They are in a file of their own beside the keyring. The keyring may be
// archived; this file may not: an archive of it would keep what was to be gone.
// Its copies are overwritten, docs/protocol/keys.md.

// ErrUnknownEpoch: there is no key of this month, or no longer one.
var ErrUnknownEpoch = errors.New("no key of this month: it was destroyed, or the file of perishable keys is not the newest")

// ErrLeft: the region's key was destroyed on purpose.
var ErrLeft = fmt.Errorf("%w: it was left and its key destroyed", ErrUnknownRegion)

// Kinds of perishable keys, part of the associated data under which each is wrapped.
const (
	kindEpoch = "epoch"
	kindGuard = "guard"
)

const (
	maxPerishableFile = 1 << 20
	maxLeft           = 1024
)

// perishableFile is the file: JSON in one spelling, as the keyring's. Each key is 32 bytes,
// wrapped under the keyring's keyset "perishable", associated data as in a keyring.
type perishableFile struct {
	Format  int                    `json:"format"` // 1
	Epochs  map[string][]byte      `json:"epochs"` // by yyyymm
	Regions map[string]regionGuard `json:"regions"`
	Left    []LeftRegion           `json:"left"`
}

// regionGuard is half of what a region's KEK takes: the keyring has it wrapped under this
// key, and that under the master KEK. The id names this key of this region and no other.
type regionGuard struct {
	ID  string `json:"id"` // 32 hex digits, random
	Key []byte `json:"key"`
}

// LeftRegion is the trace of a region whose key was destroyed, with the orders.
type LeftRegion struct {
	Region string       `json:"region"`
	ID     string       `json:"id"`
	Time   uint64       `json:"time"` // Unix seconds
	Orders []LeaveOrder `json:"orders"`
}

func (f *perishableFile) encode() ([]byte, error) {
	data, err := json.MarshalIndent(f, "", "  ")
	return append(data, '\n'), err
}

func decodePerishable(data []byte) (*perishableFile, error) {
	var f perishableFile
	if err := json.Unmarshal(data, &f); err != nil || f.Format != 1 || len(f.Left) > maxLeft || f.Epochs == nil || f.Regions == nil || f.Left == nil {
		return nil, ErrDecrypt
	}
	if again, err := f.encode(); err != nil || !bytes.Equal(again, data) {
		return nil, ErrDecrypt
	}
	for name := range f.Epochs {
		if _, err := parseMonth(name); err != nil {
			return nil, err
		}
	}
	return &f, nil
}

func parseMonth(name string) (uint32, error) {
	month, err := strconv.ParseUint(name, 10, 32)
	if err != nil || len(name) != 6 || !isMonth(uint32(month)) {
		return 0, ErrDecrypt
	}
	return uint32(month), nil
}

func isMonth(month uint32) bool {
	return month >= 1970_01 && month <= 9999_12 && month%100 >= 1 && month%100 <= 12
}

func (f *perishableFile) clone() *perishableFile {
	c := *f
	c.Epochs, c.Regions, c.Left = maps.Clone(f.Epochs), maps.Clone(f.Regions), slices.Clone(f.Left)
	return &c
}

// left finds the trace of a region that has no key any more.
func (f *perishableFile) left(region string) bool {
	_, here := f.Regions[region]
	return !here && slices.ContainsFunc(f.Left, func(l LeftRegion) bool { return l.Region == region })
}

// PerishablePath is the file of perishable keys that belongs to a keyring's file.
func PerishablePath(keyring string) string {
	return strings.TrimSuffix(keyring, ".json") + "-perishable.json"
}

// EpochKey wraps in addition what a head of one month is wrapped under. Safe for concurrent use.
type EpochKey struct {
	Redacted
	month uint32
	key   *Secret
}

func (e *EpochKey) aad(aad []byte) []byte {
	return fmt.Appendf(nil, "wrappy epoch v1\x00%06d\x00%s", e.month, aad)
}

// Wrap seals under the month's key: AES-256-GCM, associated data "wrappy epoch v1" ‖ 0x00 ‖
// six digits ‖ 0x00 ‖ the caller's.
func (e *EpochKey) Wrap(plaintext, aad []byte) ([]byte, error) {
	return Seal(*e.key, plaintext, e.aad(aad))
}

// Unwrap reverses Wrap; ErrDecrypt on any failure.
func (e *EpochKey) Unwrap(ciphertext, aad []byte) ([]byte, error) {
	return Open(*e.key, ciphertext, e.aad(aad))
}

// Epoch returns a month's key (yyyymm), or ErrUnknownEpoch.
func (k *Keyring) Epoch(month uint32) (*EpochKey, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if e, ok := k.epochs[month]; ok {
		return e, nil
	}
	return nil, ErrUnknownEpoch
}

// Epochs lists the months that have a key, sorted.
func (k *Keyring) Epochs() []uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.epochs))
}

// EnsureEpoch returns a month's key and makes it where there is none. It is in the file
// before it is used.
func (k *Keyring) EnsureEpoch(month uint32) (*EpochKey, error) {
	if e, err := k.Epoch(month); err == nil {
		return e, nil
	}
	if !isMonth(month) {
		return nil, errors.New("epoch: want a month as yyyymm")
	}
	name := fmt.Sprintf("%06d", month)
	err := k.changePerishable(func(f *perishableFile) error {
		if f.Epochs[name] != nil { // another program was first
			return nil
		}
		wrapped, err := k.newPerishable(kindEpoch, name)
		f.Epochs[name] = wrapped
		return err
	})
	if err != nil {
		return nil, err
	}
	return k.Epoch(month)
}

// DestroyEpochs removes months' keys for ever. That nothing which must be opened again is
// under them is for the caller to have made sure of.
func (k *Keyring) DestroyEpochs(months ...uint32) error {
	return k.changePerishable(func(f *perishableFile) error {
		for _, month := range months {
			delete(f.Epochs, fmt.Sprintf("%06d", month))
		}
		return nil
	})
}

func (k *Keyring) newPerishable(kind, name string) ([]byte, error) {
	var fresh Secret = make([]byte, KeySize)
	_, _ = rand.Read(fresh)
	return k.sealers["perishable"].Seal(fresh, keyringAAD(kind, name))
}

// Refresh takes over what another program has done to the file of perishable keys: new
// months, destroyed ones, and regions that were left, whose keys it forgets.
func (k *Keyring) Refresh() error {
	return k.changePerishable(func(*perishableFile) error { return nil })
}

// changePerishable reads the file as it is now, changes it, and takes over the outcome.
func (k *Keyring) changePerishable(change func(*perishableFile) error) error {
	return locked(k.path, func() error {
		path := PerishablePath(k.path)
		f, data, err := readPerishable(path)
		if err != nil {
			return err
		}
		next := f.clone()
		if err := change(next); err != nil {
			return err
		}
		changed, err := next.encode()
		if err != nil {
			return err
		}
		if !bytes.Equal(changed, data) {
			if err := replaceWiped(k.disk, path, changed); err != nil {
				return err
			}
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if bytes.Equal(changed, k.perishableRead) {
			return nil
		}
		if err := k.takePerishable(next); err != nil {
			return err
		}
		k.perishableRead = changed
		return nil
	})
}

func readPerishable(path string) (*perishableFile, []byte, error) {
	data, err := ReadFile(path, maxPerishableFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("perishable keys: %s is gone: put back its newest copy; without it no record can be opened: %w", filepath.Base(path), err)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("perishable keys: %w", err)
	}
	f, err := decodePerishable(data)
	if err != nil {
		return nil, nil, fmt.Errorf("perishable keys: %s: %w", filepath.Base(path), err)
	}
	return f, data, nil
}

// takePerishable makes the opened keys those of the file; the caller holds the lock.
func (k *Keyring) takePerishable(f *perishableFile) error {
	epochs := make(map[uint32]*EpochKey, len(f.Epochs))
	for name, wrapped := range f.Epochs {
		month, err := parseMonth(name)
		if err != nil {
			return fmt.Errorf("perishable keys: %w", err)
		}
		if known := k.epochs[month]; known != nil {
			epochs[month] = known
			continue
		}
		key, err := k.openPerishable(kindEpoch, name, wrapped)
		if err != nil {
			return err
		}
		epochs[month] = &EpochKey{month: month, key: &key}
	}
	k.epochs, k.perishable = epochs, f
	for name := range k.regions {
		if guard, here := f.Regions[name]; !here || guard.ID != k.regions[name].id {
			delete(k.regions, name)
		}
	}
	return nil
}

func (k *Keyring) openPerishable(kind, name string, wrapped []byte) (Secret, error) {
	key, err := k.sealers["perishable"].Open(wrapped, keyringAAD(kind, name))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("perishable keys: a key of kind %s: %w", kind, ErrDecrypt)
	}
	return key, nil
}

// newGuard makes a region's key anew, in place of one that no keyring knows of.
func (k *Keyring) newGuard(f *perishableFile, region string) (Secret, error) {
	var id [16]byte
	_, _ = rand.Read(id[:])
	wrapped, err := k.newPerishable(kindGuard, guardName(region, hex.EncodeToString(id[:])))
	if err != nil {
		return nil, err
	}
	f.Regions[region] = regionGuard{ID: hex.EncodeToString(id[:]), Key: wrapped}
	return k.openPerishable(kindGuard, guardName(region, f.Regions[region].ID), wrapped)
}

func guardName(region, id string) string { return region + "\x00" + id }

// RegionID names the key that a region has now, "" where it has none.
func (k *Keyring) RegionID(region string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if r, ok := k.regions[region]; ok {
		return r.id
	}
	return ""
}

// LeftRegions lists what was left, oldest first.
func (k *Keyring) LeftRegions() []LeftRegion {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.perishable.Left)
}

// locked keeps other programs out of a keyring's two files meanwhile.
func locked(path string, do func() error) error {
	dir, err := os.Open(filepath.Dir(path)) //nolint:gosec // the operator's path
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	for {
		err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX) //nolint:gosec // a file descriptor
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("lock the keyring's folder: %w", err)
	}
	return do()
}

// replaceWiped replaces a file whose old content should be gone: the old bytes are
// overwritten as well, once the new ones are durable. What a file system with
// snapshots or a worn disk keeps all the same is beyond it.
func replaceWiped(on disk, path string, data []byte) error {
	old, errOld := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the operator's path
	if err := writeFile(on, path, data, true); err != nil {
		if errOld == nil {
			_ = old.Close()
		}
		return err
	}
	if errOld != nil {
		return nil //nolint:nilerr // there was none
	}
	info, err := old.Stat()
	if err == nil {
		_, err = old.WriteAt(make([]byte, info.Size()), 0)
	}
	return errors.Join(err, old.Sync(), old.Close())
}

// Perishable is what a file of perishable keys says without being opened.
type Perishable struct {
	Regions map[string]string `json:"regions"` // region → id of its key
	Epochs  []uint32          `json:"epochs"`  // months, sorted
	Left    []LeftRegion      `json:"left"`
}

// ReadPerishable reads what the file beside a keyring's says. No passphrase is needed: it is no secret.
func ReadPerishable(keyring string) (*Perishable, error) {
	f, _, err := readPerishable(PerishablePath(keyring))
	if err != nil {
		return nil, err
	}
	p := &Perishable{Regions: map[string]string{}, Epochs: []uint32{}, Left: f.Left}
	for region, guard := range f.Regions {
		p.Regions[region] = guard.ID
	}
	for name := range f.Epochs {
		month, err := parseMonth(name)
		if err != nil {
			return nil, err
		}
		p.Epochs = append(p.Epochs, month)
	}
	slices.Sort(p.Epochs)
	return p, nil
}
