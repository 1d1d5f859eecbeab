package crypto

import (
	"context"
	"fmt"
)

// RotateMaster replaces the master KEK, and with another KMS what protects it: a new
// passphrase. It wraps the regions' KEKs and the keys of one file anew and touches nothing
// else, so that it takes as long for one person as for a million. Opened keyrings go on:
// the keys within stay what they were. The file is replaced at once; a run that was cut
// short is simply run again, with whichever passphrase opens the file.
//
// Copies of the old file stay what they were: they open with the old passphrase.
func RotateMaster(ctx context.Context, path string, old, next KMS) error {
	return rotateMaster(ctx, path, old, next, osDisk{})
}

func rotateMaster(ctx context.Context, path string, old, next KMS, on disk) error {
	return locked(path, func() error {
		f, _, err := readKeyring(path)
		if err != nil {
			return err
		}
		from, err := unwrapMaster(ctx, f, old)
		if err != nil {
			return err
		}
		to, err := newKeyset()
		if err != nil {
			return err
		}
		g := &keyringFile{Format: 1, Regions: map[string][]byte{}, Keys: map[string][]byte{}}
		for name, wrapped := range f.Regions {
			if g.Regions[name], err = rewrap(from, to, kindRegion, name, wrapped); err != nil {
				return err
			}
		}
		for name, wrapped := range f.Keys {
			if g.Keys[name], err = rewrap(from, to, keyTable[name], name, wrapped); err != nil {
				return err
			}
		}
		if g.Master, err = next.Wrap(ctx, to.serialised, keyringAAD(kindMaster, "")); err != nil {
			return fmt.Errorf("wrap the master key: %w", err)
		}
		data, err := g.encode()
		if err != nil {
			return err
		}
		return writeFile(on, path, data, true)
	})
}

func rewrap(from, to *keysetKEK, kind, name string, wrapped []byte) ([]byte, error) {
	opened, err := from.Open(wrapped, keyringAAD(kind, name))
	if err != nil {
		return nil, fmt.Errorf("keyring: a key of kind %s: %w", kind, err)
	}
	return to.Seal(opened, keyringAAD(kind, name))
}
