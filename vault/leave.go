package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// leftMark is the permanent trace of a region's key that was destroyed, so that the key,
// put back from somewhere, is refused.
type leftMark struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Region  string
	Time    uint64 // Unix seconds
}

// ErrLeftKey: the file of perishable keys holds one that was destroyed.
var ErrLeftKey = errors.New("the key of a country that was left is back: the file of perishable keys is from before; put the newest in its place")

func (g *Gate) leftName(id string) string { return g.name(roomLeft, []byte(id)) }

// NoteLeft forgets what was opened under a region that was left and writes it down, once:
// an entry with the country and nothing of anybody. noted is false where it was before.
func (g *Gate) NoteLeft(ctx context.Context, left crypto.LeftRegion) (noted bool, err error) {
	name := g.leftName(left.ID)
	if _, _, err := getObject[leftMark](ctx, g, roomLeft, name); !errors.Is(err, ErrAbsent) {
		return false, err
	}
	at := g.nowAnyway(ctx)
	e := Entry{
		Shared: consent.SharedPart{Version: consent.Version, Kind: consent.EntryLeft, Block: at.view.Block, Time: at.milli},
		Evidence: consent.EvidencePart{
			Version: consent.Version, Kind: consent.EntryLeft, Jurisdiction: left.Region, Block: at.view.Block, Time: at.milli,
		},
	}
	if _, err := g.journal.Append(ctx, e); err != nil {
		return false, unavailable("journal", err)
	}
	err = g.putObject(ctx, roomLeft, name, leftMark{Version: objectVersion, Region: left.Region, Time: left.Time}, "")
	if errors.Is(err, ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// CheckLeft returns ErrLeftKey where the keyring has a key that this vault has noted as destroyed.
func (g *Gate) CheckLeft(ctx context.Context) error {
	for _, region := range g.keyring.Regions() {
		_, _, err := getObject[leftMark](ctx, g, roomLeft, g.leftName(g.keyring.RegionID(region)))
		if err == nil {
			return fmt.Errorf("%w (%s)", ErrLeftKey, region)
		}
		if !errors.Is(err, ErrAbsent) {
			return err
		}
	}
	return nil
}
