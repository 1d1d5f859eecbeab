package vault

import (
	"context"
	"errors"
	"strings"

	"github.com/wrapious/wrappy/crypto"
)

// maxPage bounds what one call lists.
const maxPage = 200

// indexEntry is what an index object holds, sealed under the heads' keyset and
// bound to its name.
type indexEntry struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	ID      [32]byte
}

// index puts id into the index of prefix; being there already is no error.
func (g *Gate) index(ctx context.Context, room string, prefix, id [32]byte) error {
	name := crypto.IndexName(g.headNames, room, prefix[:], id[:])
	err := g.putObject(ctx, room, name, indexEntry{Version: objectVersion, ID: id}, "")
	if errors.Is(err, ErrExists) {
		return nil
	}
	return err
}

// list reads a page of an index in the order of hashed names, which tells nothing
// of when anything happened. The cursor is the last name's hash; "" ends. Entries that cannot be
// read keep no others back: the error comes with the others' ids.
func (g *Gate) list(ctx context.Context, room string, prefix [32]byte, cursor string, limit int) (ids [][32]byte, next string, err error) {
	if limit < 1 || limit > maxPage {
		return nil, "", errCall("limit: want 1 to 200")
	}
	start := g.name(room, prefix[:]) + "/"
	after := ""
	if cursor != "" {
		if len(cursor) != 64 || strings.Trim(cursor, "0123456789abcdef") != "" {
			return nil, "", errCall("cursor: not one of ours")
		}
		after = start + cursor
	}
	names, err := g.heads.List(ctx, start, after, limit)
	if err != nil {
		return nil, "", unavailable("store", err)
	}
	var failed []error
	for _, name := range names {
		entry, _, err := getObject[indexEntry](ctx, g, room, name)
		if errors.Is(err, ErrAbsent) {
			err = g.gone(ctx, name)
		}
		if err == nil && entry == nil {
			continue
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		ids = append(ids, entry.ID)
	}
	if len(names) == limit {
		next = names[len(names)-1][len(start):]
	}
	return ids, next, errors.Join(failed...)
}

// gone makes sure that what was listed and then absent is not listed any more: a store that
// is behind must not hide a permission from whoever stops them all.
func (g *Gate) gone(ctx context.Context, name string) error {
	names, err := g.heads.List(ctx, name, "", 1)
	if err == nil && len(names) > 0 {
		err = errDamaged
	}
	if err != nil {
		return unavailable("store", err)
	}
	return nil
}
