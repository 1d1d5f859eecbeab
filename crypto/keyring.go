package crypto

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
)

// ErrUnknownRegion: the keyring has no key for this jurisdiction.
var ErrUnknownRegion = errors.New("no key for this region")

// Kinds of keys in a keyring, part of the associated data under which each is wrapped.
const (
	kindMaster  = "master"
	kindRegion  = "region"
	kindKeyset  = "keyset"
	kindRaw     = "raw"
	kindEd25519 = "ed25519"
)

// keyTable lists every key of a deployment, docs/protocol/keys.md. A keyring file
// holds exactly these.
var keyTable = map[string]string{
	"names.heads":      kindRaw,
	"names.records":    kindRaw,
	"heads":            kindKeyset,
	"tombstones":       kindKeyset,
	"pseudonyms":       kindRaw,
	"journal.shared":   kindRaw,
	"journal.evidence": kindRaw,
	"journal.locator":  kindRaw,
	"journal.security": kindRaw,
	"journal.sign":     kindEd25519,
	"view":             kindKeyset,
	"perishable":       kindKeyset,
}

const maxKeyringFile = 1 << 20

// keyringFile is the file: JSON, two-space indent, a line feed at the end, in this
// order and with sorted names; any other spelling of the same content is refused.
// Master is the master KEK wrapped by the KMS (a passphrase's salt and parameters
// are inside, see Passphrase); the rest is wrapped under the master KEK, a region's KEK
// under its perishable key before. Associated data: "wrappy keyring v1" ‖ 0x00 ‖ kind ‖
// 0x00 ‖ name; the master's name is empty.
type keyringFile struct {
	Format  int               `json:"format"` // 1
	Master  []byte            `json:"master"`
	Regions map[string][]byte `json:"regions"`
	Keys    map[string][]byte `json:"keys"`
}

func (f *keyringFile) encode() ([]byte, error) {
	data, err := json.MarshalIndent(f, "", "  ")
	return append(data, '\n'), err
}

func decodeKeyring(data []byte) (*keyringFile, error) {
	var f keyringFile
	if err := json.Unmarshal(data, &f); err != nil || f.Format != 1 {
		return nil, ErrDecrypt
	}
	if again, err := f.encode(); err != nil || !bytes.Equal(again, data) {
		return nil, ErrDecrypt
	}
	return &f, nil
}

func keyringAAD(kind, name string) []byte {
	return []byte("wrappy keyring v1\x00" + kind + "\x00" + name)
}

// Keyring holds a deployment's opened keys. Safe for concurrent use.
type Keyring struct {
	Redacted
	path string
	disk disk

	mu      sync.RWMutex
	written []byte // the file as last read or written
	file    *keyringFile
	master  *keysetKEK
	regions map[string]*RegionKEK
	sealers map[string]*keysetKEK
	raw     map[string]*Secret

	perishable     *perishableFile
	perishableRead []byte // the file as last read or written
	epochs         map[uint32]*EpochKey
}

// CreateKeyring makes a keyring with fresh keys and writes its file, and that of the
// perishable keys beside it. An existing file stays as it is; the error is then fs.ErrExist.
func CreateKeyring(ctx context.Context, path string, kms KMS, regions []string) (*Keyring, error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, fmt.Errorf("keyring: %w", fs.ErrExist))
	}
	master, err := newKeyset()
	if err != nil {
		return nil, err
	}
	f := &keyringFile{Format: 1, Regions: map[string][]byte{}, Keys: map[string][]byte{}}
	if f.Master, err = kms.Wrap(ctx, master.serialised, keyringAAD(kindMaster, "")); err != nil {
		return nil, fmt.Errorf("wrap the master key: %w", err)
	}
	for name, kind := range keyTable {
		if f.Keys[name], err = newWrapped(master, kind, name); err != nil {
			return nil, err
		}
	}
	perishable := &perishableFile{Format: 1, Epochs: map[string][]byte{}, Regions: map[string]regionGuard{}, Left: []LeftRegion{}}
	k, err := unlock(path, f, master, perishable)
	if err != nil {
		return nil, err
	}
	for _, name := range regions {
		if f.Regions[name], err = k.newRegion(perishable, name); err != nil {
			return nil, err
		}
		if err := k.unlockRegion(name); err != nil {
			return nil, err
		}
	}
	if k.written, err = f.encode(); err != nil {
		return nil, err
	}
	if k.perishableRead, err = perishable.encode(); err != nil {
		return nil, err
	}
	if err := WriteFile(PerishablePath(path), k.perishableRead, false); err != nil {
		return nil, err
	}
	return k, WriteFile(path, k.written, false)
}

// newRegion makes a region's KEK, wrapped under its perishable key and the master KEK.
func (k *Keyring) newRegion(perishable *perishableFile, name string) ([]byte, error) {
	if !isCountry(name) {
		return nil, errors.New("region: want an ISO 3166-1 alpha-2 code such as KE")
	}
	keys, err := newKeyset()
	if err != nil {
		return nil, err
	}
	guard, err := k.newGuard(perishable, name)
	if err != nil {
		return nil, err
	}
	inner, err := Seal(guard, keys.serialised, keyringAAD(kindRegion, name))
	if err != nil {
		return nil, err
	}
	return k.master.Seal(inner, keyringAAD(kindRegion, name))
}

func isCountry(name string) bool {
	return len(name) == 2 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z'
}

func newWrapped(master *keysetKEK, kind, name string) ([]byte, error) {
	var fresh Secret = make([]byte, KeySize)
	_, _ = rand.Read(fresh)
	if kind == kindKeyset {
		keys, err := newKeyset()
		if err != nil {
			return nil, err
		}
		fresh = keys.serialised
	}
	return master.Seal(fresh, keyringAAD(kind, name))
}

// OpenKeyring reads and opens a keyring with its perishable keys. ErrPassphrase where the
// passphrase does not open it, ErrDecrypt for a damaged or oversized file.
func OpenKeyring(ctx context.Context, path string, kms KMS) (k *Keyring, err error) {
	f, data, err := readKeyring(path)
	if err != nil {
		return nil, err
	}
	master, err := unwrapMaster(ctx, f, kms)
	if err != nil {
		return nil, err
	}
	err = locked(path, func() error {
		perishable, read, err := readPerishable(PerishablePath(path))
		if err != nil {
			return err
		}
		if k, err = unlock(path, f, master, perishable); err != nil {
			return err
		}
		k.written, k.perishableRead = data, read
		return nil
	})
	return k, err
}

func readKeyring(path string) (*keyringFile, []byte, error) {
	data, err := ReadFile(path, maxKeyringFile)
	if err != nil {
		return nil, nil, fmt.Errorf("keyring: %w", err)
	}
	f, err := decodeKeyring(data)
	if err != nil {
		return nil, nil, fmt.Errorf("keyring: %w", err)
	}
	return f, data, nil
}

func unwrapMaster(ctx context.Context, f *keyringFile, kms KMS) (*keysetKEK, error) {
	serialised, err := kms.Unwrap(ctx, f.Master, keyringAAD(kindMaster, ""))
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	master, err := parseKeyset(serialised)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return master, nil
}

func unlock(path string, f *keyringFile, master *keysetKEK, perishable *perishableFile) (*Keyring, error) {
	k := &Keyring{path: path, disk: osDisk{}, file: f, master: master,
		regions: map[string]*RegionKEK{}, sealers: map[string]*keysetKEK{}, raw: map[string]*Secret{}}
	if len(f.Keys) != len(keyTable) {
		return nil, fmt.Errorf("keyring: %w: not the keys of this version", ErrDecrypt)
	}
	for name, kind := range keyTable {
		opened, err := master.Open(f.Keys[name], keyringAAD(kind, name))
		if err == nil && kind == kindKeyset {
			k.sealers[name], err = parseKeyset(opened)
		} else if err == nil && len(opened) != KeySize {
			err = ErrDecrypt
		}
		if err != nil {
			return nil, fmt.Errorf("keyring: key %s: %w", name, err)
		}
		k.raw[name] = (*Secret)(&opened)
	}
	if err := k.takePerishable(perishable); err != nil {
		return nil, err
	}
	for name := range f.Regions {
		if perishable.left(name) { // an older keyring, put back: it opens nothing
			continue
		}
		if err := k.unlockRegion(name); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Keyring) unlockRegion(name string) error {
	inner, err := k.master.Open(k.file.Regions[name], keyringAAD(kindRegion, name))
	if err != nil {
		return fmt.Errorf("keyring: a region: %w", ErrDecrypt)
	}
	entry, here := k.perishable.Regions[name]
	if !here {
		return fmt.Errorf("keyring: region %s: %w: the file of perishable keys has none for it; put back its newest copy", name, ErrDecrypt)
	}
	guard, err := k.openPerishable(kindGuard, guardName(name, entry.ID), entry.Key)
	if err != nil {
		return err
	}
	opened, err := Open(guard, inner, keyringAAD(kindRegion, name))
	if err != nil {
		return fmt.Errorf("keyring: a region: %w: keyring and perishable keys are not of one time", ErrDecrypt)
	}
	keys, err := parseKeyset(opened)
	if err != nil {
		return fmt.Errorf("keyring: a region: %w", err)
	}
	k.regions[name] = &RegionKEK{keys: keys, id: entry.ID}
	return nil
}

// Region returns a jurisdiction's KEK; ErrUnknownRegion, or ErrLeft, which wraps it.
func (k *Keyring) Region(jurisdiction string) (*RegionKEK, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if r, ok := k.regions[jurisdiction]; ok {
		return r, nil
	}
	if k.perishable.left(jurisdiction) {
		return nil, ErrLeft
	}
	return nil, ErrUnknownRegion
}

// Regions lists the jurisdictions, sorted.
func (k *Keyring) Regions() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.regions))
}

// AddRegion makes a key for a jurisdiction and writes both files before it is used. A
// region that is there already, or a keyring changed by another program, is an error. One
// that was left gets a new key: what was under the old one stays closed.
func (k *Keyring) AddRegion(_ context.Context, jurisdiction string) error {
	return locked(k.path, func() error {
		k.mu.Lock()
		defer k.mu.Unlock()
		if _, ok := k.regions[jurisdiction]; ok {
			return errors.New("region: exists already")
		}
		onDisk, err := ReadFile(k.path, maxKeyringFile)
		if err != nil {
			return fmt.Errorf("keyring: %w", err)
		}
		if !bytes.Equal(onDisk, k.written) {
			return errors.New("keyring: file was changed by another program; open it again")
		}
		perishable, _, err := readPerishable(PerishablePath(k.path))
		if err != nil {
			return err
		}
		perishable = perishable.clone()
		wrapped, err := k.newRegion(perishable, jurisdiction)
		if err != nil {
			return err
		}
		next := *k.file
		next.Regions = maps.Clone(k.file.Regions)
		next.Regions[jurisdiction] = wrapped
		data, err := next.encode()
		if err != nil {
			return err
		}
		if k.perishableRead, err = perishable.encode(); err != nil {
			return err
		}
		if err := replaceWiped(k.disk, PerishablePath(k.path), k.perishableRead); err != nil {
			return err
		}
		if err := k.takePerishable(perishable); err != nil {
			return err
		}
		if err := writeFile(k.disk, k.path, data, true); err != nil {
			return err
		}
		k.file, k.written = &next, data
		return k.unlockRegion(jurisdiction)
	})
}

// Sealer returns a keyset by name: "heads", "tombstones" or "view".
func (k *Keyring) Sealer(name string) (Sealer, error) {
	if s, ok := k.sealers[name]; ok {
		return s, nil
	}
	return nil, errors.New("keyring: no keyset of this name")
}

// Raw returns a 32-byte key by name: names.heads, names.records, pseudonyms,
// journal.shared, journal.evidence, journal.locator or journal.security.
func (k *Keyring) Raw(name string) (Secret, error) {
	if keyTable[name] != kindRaw {
		return nil, errors.New("keyring: no raw key of this name")
	}
	return bytes.Clone(*k.raw[name]), nil
}

// JournalSigner signs promises and checkpoints.
func (k *Keyring) JournalSigner() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(*k.raw["journal.sign"])
}
