package proof

import (
	"bytes"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// FormatKeys is the format of a KeysFile.
const FormatKeys = "wrappy institution keys v1"

// Bounds of a KeysFile.
const (
	maxKeyHolders = 1000
	maxKeys       = 1000 // of one institution
)

// KeysFile says which TLS keys institutions had, and when. Like a trust file it is what its
// reader was told from elsewhere, by a network or by a vault, and nothing in it proves that.
type KeysFile struct {
	Format   string          `json:"format"`
	ChainID  uint64          `json:"chain_id"`
	Registry consent.Address `json:"registry"` // InstitutionRegistry
	Source   string          `json:"source"`   // who said so, in words
	Time     uint64          `json:"time"`     // of the newest block that was looked at, Unix seconds
	Holders  []KeyHolder     `json:"institutions"`
}

// KeyHolder is an institution with all the TLS keys that it ever had.
type KeyHolder struct {
	Institution consent.InstitutionID `json:"institution"`
	Name        string                `json:"name"` // which the institution gave itself
	Keys        []consent.KeyPeriod   `json:"keys"`
}

// Domain is the registry that the keys stand on.
func (f *KeysFile) Domain() consent.Domain {
	return consent.Domain{ChainID: f.ChainID, Contract: f.Registry}
}

// Holder is an institution of the file; nil where it is not in it.
func (f *KeysFile) Holder(id consent.InstitutionID) *KeyHolder {
	for i := range f.Holders {
		if f.Holders[i].Institution == id {
			return &f.Holders[i]
		}
	}
	return nil
}

// HeldOn reports whether a key was the institution's on a Unix day.
func (h *KeyHolder) HeldOn(hash consent.Digest, day uint64) bool {
	for _, k := range h.Keys {
		if k.Hash == hash {
			return k.HeldOn(day)
		}
	}
	return false
}

// ParseKeys reads a keys file: institutions sorted by id, none twice, and no key of two. ErrFile.
func ParseKeys(data []byte) (*KeysFile, error) {
	f := new(KeysFile)
	if err := parse(data, MaxFile, FormatKeys, f, &f.Format); err != nil {
		return nil, err
	}
	if f.ChainID == 0 || f.Registry == (consent.Address{}) || len(f.Holders) == 0 || len(f.Holders) > maxKeyHolders {
		return nil, fmt.Errorf("%w: %s: want a registry and 1 to %d institutions", ErrFile, FormatKeys, maxKeyHolders)
	}
	seen := map[consent.Digest]bool{}
	for i, h := range f.Holders {
		if i > 0 && bytes.Compare(f.Holders[i-1].Institution[:], h.Institution[:]) >= 0 || h.Institution == (consent.InstitutionID{}) || h.Keys == nil || len(h.Keys) > maxKeys {
			return nil, fmt.Errorf("%w: %s: want institutions sorted, each once, with at most %d keys", ErrFile, FormatKeys, maxKeys)
		}
		for _, k := range h.Keys {
			if seen[k.Hash] || k.Added == 0 {
				return nil, fmt.Errorf("%w: %s: want each key once, with the time of its block", ErrFile, FormatKeys)
			}
			seen[k.Hash] = true
		}
	}
	return f, nil
}
