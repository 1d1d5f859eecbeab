package crypto

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"time"
)

// LeaveOrder is one officer's order to destroy a region's key. Two different officers'
// orders are needed. It holds for one deployment, one key of one region, and one day.
type LeaveOrder struct {
	Time      uint64 `json:"time"` // Unix seconds
	Signature []byte `json:"signature"`
}

// Deployment tells one vault from all others.
type Deployment struct {
	Origin   string // of the journal's log
	ChainID  uint64
	Contract [20]byte // ConsentLedger
}

const (
	orderLife = 24 * time.Hour
	orderSkew = 10 * time.Minute
)

// ErrOrder: what came is not the order of two officers for this.
var ErrOrder = errors.New("not ordered by two officers")

func (d *Deployment) leaveMessage(region, id string, at uint64) ([]byte, error) {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != 16 || !isCountry(region) || len(d.Origin) == 0 || len(d.Origin) > 255 {
		return nil, fmt.Errorf("%w: no such region or deployment", ErrOrder)
	}
	message := append([]byte("wrappy leave order v1\x00"), byte(len(d.Origin))) //nolint:gosec // at most 255, checked above
	message = append(message, d.Origin...)
	message = binary.BigEndian.AppendUint64(message, d.ChainID)
	message = append(append(append(message, d.Contract[:]...), region...), raw...)
	return binary.BigEndian.AppendUint64(message, at), nil
}

// SignLeave orders, as one officer, that the key which the region has now be destroyed.
// keyring is the path of the keyring's file; no passphrase is needed.
func SignLeave(keyring string, d Deployment, region string, officer ed25519.PrivateKey, now time.Time) (LeaveOrder, error) {
	f, _, err := readPerishable(PerishablePath(keyring))
	if err != nil {
		return LeaveOrder{}, err
	}
	guard, here := f.Regions[region]
	if !here {
		return LeaveOrder{}, noSuchRegion(f, region)
	}
	at := uint64(max(now.Unix(), 0))
	message, err := d.leaveMessage(region, guard.ID, at)
	if err != nil {
		return LeaveOrder{}, err
	}
	return LeaveOrder{Time: at, Signature: ed25519.Sign(officer, message)}, nil
}

func noSuchRegion(f *perishableFile, region string) error {
	if f.left(region) {
		return ErrLeft
	}
	return ErrUnknownRegion
}

// LeaveRegion destroys a region's key: in the file of perishable keys, whose old bytes are
// overwritten, and then in the keyring. It takes no passphrase, and a second run ends what
// a first began. ErrOrder unless two different officers of those named have ordered it
// within the day; ErrLeft where it is done already; ErrUnknownRegion.
func LeaveRegion(keyring string, d Deployment, region string, officers []ed25519.PublicKey, orders []LeaveOrder, now time.Time) error {
	return leaveRegion(osDisk{}, keyring, d, region, officers, orders, now)
}

func leaveRegion(on disk, keyring string, d Deployment, region string, officers []ed25519.PublicKey, orders []LeaveOrder, now time.Time) error {
	return locked(keyring, func() error {
		f, _, err := readPerishable(PerishablePath(keyring))
		if err != nil {
			return err
		}
		guard, here := f.Regions[region]
		if !here {
			return errors.Join(noSuchRegion(f, region), dropRegion(on, keyring, f, region))
		}
		if err := checkOrders(d, region, guard.ID, officers, orders, now); err != nil {
			return err
		}
		next := f.clone()
		delete(next.Regions, region)
		next.Left = append(next.Left, LeftRegion{Region: region, ID: guard.ID, Time: uint64(max(now.Unix(), 0)), Orders: orders})
		if len(next.Left) > maxLeft {
			return fmt.Errorf("%w: too many regions were left", ErrOrder)
		}
		data, err := next.encode()
		if err != nil {
			return err
		}
		if err := replaceWiped(on, PerishablePath(keyring), data); err != nil {
			return err
		}
		return dropRegion(on, keyring, next, region)
	})
}

// dropRegion takes what is left of a region out of the keyring.
func dropRegion(on disk, keyring string, perishable *perishableFile, region string) error {
	if !perishable.left(region) {
		return nil
	}
	f, _, err := readKeyring(keyring)
	if err != nil || f.Regions[region] == nil {
		return err
	}
	f.Regions = maps.Clone(f.Regions)
	delete(f.Regions, region)
	data, err := f.encode()
	if err != nil {
		return err
	}
	return replaceWiped(on, keyring, data)
}

func checkOrders(d Deployment, region, id string, officers []ed25519.PublicKey, orders []LeaveOrder, now time.Time) error {
	if len(orders) != 2 {
		return fmt.Errorf("%w: want two orders", ErrOrder)
	}
	var signers []ed25519.PublicKey
	for n, order := range orders {
		at := time.Unix(int64(min(order.Time, 1<<40)), 0) //nolint:gosec // bounded
		if now.Sub(at) > orderLife || at.Sub(now) > orderSkew {
			return fmt.Errorf("%w: order %d is not of the last 24 hours", ErrOrder, n+1)
		}
		message, err := d.leaveMessage(region, id, order.Time)
		if err != nil {
			return err
		}
		signer := whoSigned(officers, message, order.Signature)
		if signer == nil {
			return fmt.Errorf("%w: order %d is not signed by an officer of this vault for this region", ErrOrder, n+1)
		}
		signers = append(signers, signer)
	}
	if bytes.Equal(signers[0], signers[1]) {
		return fmt.Errorf("%w: both orders are of the same officer", ErrOrder)
	}
	return nil
}

func whoSigned(officers []ed25519.PublicKey, message, signature []byte) ed25519.PublicKey {
	for _, officer := range officers {
		if len(officer) == ed25519.PublicKeySize && ed25519.Verify(officer, message, signature) {
			return officer
		}
	}
	return nil
}
