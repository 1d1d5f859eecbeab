package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// Names of record objects say nothing of whose they are, so that nobody can gather one
// person's from the record store. An index in the head store, written before each object, leads an
// erasure to all of them: earlier versions, and what a crash has left.

// trackedRooms are the indexes, by the room of the objects that they lead to.
var trackedRooms = map[string]string{roomRecorded: roomRecord, roomStreamed: roomStream}

// keepTrack enters an object of the record store that is about to be made.
func (g *Gate) keepTrack(ctx context.Context, room string, identity consent.IdentityID, name string) error {
	var id [32]byte
	digits, found := strings.CutPrefix(name, trackedRooms[room]+"/")
	if n, err := hex.Decode(id[:], []byte(digits)); err != nil || n != len(id) || !found {
		return unavailable("index", errDamaged)
	}
	return g.index(ctx, room, identity, id)
}

// deleteRecords removes every object of a person from the record store, and then its
// index. It may be run again, and goes on where it ended.
func (g *Gate) deleteRecords(ctx context.Context, identity consent.IdentityID) error {
	for index, room := range trackedRooms {
		err := g.eachEntry(ctx, index, identity, func(id [32]byte) error {
			if err := g.records.Delete(ctx, room+"/"+hex.EncodeToString(id[:])); err != nil {
				return unavailable("store", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachEntry takes an index apart: each entry is handed over and then removed.
func (g *Gate) eachEntry(ctx context.Context, room string, prefix [32]byte, do func(id [32]byte) error) error {
	start := g.name(room, prefix[:]) + "/"
	for {
		names, err := g.heads.List(ctx, start, "", maxPage)
		if err != nil {
			return unavailable("store", err)
		}
		for _, name := range names {
			entry, _, err := getObject[indexEntry](ctx, g, room, name)
			if errors.Is(err, ErrAbsent) { // somebody else is at it too
				continue
			}
			if err != nil {
				return unavailable("index", err)
			}
			if err := do(entry.ID); err != nil {
				return err
			}
			if err := g.heads.Delete(ctx, name); err != nil {
				return unavailable("store", err)
			}
		}
		if len(names) < maxPage {
			return nil
		}
	}
}
