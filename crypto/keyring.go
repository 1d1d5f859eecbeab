package crypto

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
}

const maxKeyringFile = 1 << 20

// keyringFile is the file: JSON, two-space indent, a line feed at the end, in this
// order and with sorted names; any other spelling of the same content is refused.
// Master is the master KEK wrapped by the KMS (a passphrase's salt and parameters
// are inside, see Passphrase); the rest is wrapped under the master KEK. Associated
// data: "wrappy keyring v1" ‖ 0x00 ‖ kind ‖ 0x00 ‖ name; the master's name is empty.
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

	mu      sync.RWMutex
	written []byte // the file as last read or written
	file    *keyringFile
	master  *keysetKEK
	regions map[string]*RegionKEK
	sealers map[string]*keysetKEK
	raw     map[string]*Secret
}

// CreateKeyring makes a keyring with fresh keys and writes its file. An existing
// file stays as it is; the error is then fs.ErrExist.
func CreateKeyring(ctx context.Context, path string, kms KMS, regions []string) (*Keyring, error) {
	master, err := newKeyset()
	if err != nil {
		return nil, err
	}
	f := &keyringFile{Format: 1, Regions: map[string][]byte{}, Keys: map[string][]byte{}}
	if f.Master, err = kms.Wrap(ctx, master.serialised, keyringAAD(kindMaster, "")); err != nil {
		return nil, fmt.Errorf("wrap the master key: %w", err)
	}
	for _, name := range regions {
		if f.Regions[name], err = newRegion(master, name); err != nil {
			return nil, err
		}
	}
	for name, kind := range keyTable {
		if f.Keys[name], err = newWrapped(master, kind, name); err != nil {
			return nil, err
		}
	}
	data, err := f.encode()
	if err != nil {
		return nil, err
	}
	k, err := unlock(path, data, f, master)
	if err != nil {
		return nil, err
	}
	return k, WriteFile(path, data, false)
}

func newRegion(master *keysetKEK, name string) ([]byte, error) {
	if !isCountry(name) {
		return nil, errors.New("region: want an ISO 3166-1 alpha-2 code such as KE")
	}
	return newWrapped(master, kindRegion, name)
}

func isCountry(name string) bool {
	return len(name) == 2 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z'
}

func newWrapped(master *keysetKEK, kind, name string) ([]byte, error) {
	var fresh Secret = make([]byte, KeySize)
	_, _ = rand.Read(fresh)
	if kind == kindRegion || kind == kindKeyset {
		keys, err := newKeyset()
		if err != nil {
			return nil, err
		}
		fresh = keys.serialised
	}
	return master.Seal(fresh, keyringAAD(kind, name))
}

// OpenKeyring reads and opens a keyring. ErrPassphrase where the passphrase does
// not open it, ErrDecrypt for a damaged or oversized file.
func OpenKeyring(ctx context.Context, path string, kms KMS) (*Keyring, error) {
	data, err := ReadFile(path, maxKeyringFile)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	f, err := decodeKeyring(data)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	serialised, err := kms.Unwrap(ctx, f.Master, keyringAAD(kindMaster, ""))
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	master, err := parseKeyset(serialised)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return unlock(path, data, f, master)
}

func unlock(path string, data []byte, f *keyringFile, master *keysetKEK) (*Keyring, error) {
	k := &Keyring{path: path, written: data, file: f, master: master,
		regions: map[string]*RegionKEK{}, sealers: map[string]*keysetKEK{}, raw: map[string]*Secret{}}
	for name := range f.Regions {
		if err := k.unlockRegion(name); err != nil {
			return nil, err
		}
	}
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
	return k, nil
}

func (k *Keyring) unlockRegion(name string) error {
	opened, err := k.master.Open(k.file.Regions[name], keyringAAD(kindRegion, name))
	if err != nil {
		return fmt.Errorf("keyring: a region: %w", ErrDecrypt)
	}
	keys, err := parseKeyset(opened)
	if err != nil {
		return fmt.Errorf("keyring: a region: %w", err)
	}
	k.regions[name] = &RegionKEK{keys: keys}
	return nil
}

// Region returns a jurisdiction's KEK, or ErrUnknownRegion.
func (k *Keyring) Region(jurisdiction string) (*RegionKEK, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if r, ok := k.regions[jurisdiction]; ok {
		return r, nil
	}
	return nil, ErrUnknownRegion
}

// Regions lists the jurisdictions, sorted.
func (k *Keyring) Regions() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.regions))
}

// AddRegion makes a key for a jurisdiction and writes the file before it is used.
// A region that is there already, or a file changed by another program, is an error.
func (k *Keyring) AddRegion(_ context.Context, jurisdiction string) error {
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
	wrapped, err := newRegion(k.master, jurisdiction)
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
	if err := WriteFile(k.path, data, true); err != nil {
		return err
	}
	k.file, k.written = &next, data
	return k.unlockRegion(jurisdiction)
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
