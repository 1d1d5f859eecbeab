package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

func errCall(what string) error { return fmt.Errorf("%w: %s", ErrCall, what) }

// counter is how many were taken of what is limited, shared by all replicas: a grant's
// releases, what an institution may help with in a day.
type counter struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Used    uint32
}

// errLimit: what may be taken is used up.
var errLimit = errors.New("limit reached")

// used reads the counter of a grant.
func (g *Gate) used(ctx context.Context, id consent.GrantID) (used uint32, tag string, err error) {
	return g.tally(ctx, roomCounter, g.name(roomCounter, id[:]))
}

// tally reads a counter.
func (g *Gate) tally(ctx context.Context, room, name string) (used uint32, tag string, err error) {
	err = g.notOlder("counter", name, func(bool) (uint64, error) {
		var c *counter
		c, tag, err = getObject[counter](ctx, g, room, name)
		if err != nil && !errors.Is(err, ErrAbsent) {
			return 0, err
		}
		if used = 0; c != nil {
			used = c.Used
		}
		return uint64(used), nil
	})
	if err != nil {
		return 0, "", err
	}
	return used, tag, nil
}

// take consumes one release by compare-and-swap, before anything is written down: a
// crash after it has consumed it. It returns errLimit when none is left.
func (g *Gate) take(ctx context.Context, id consent.GrantID, limit uint32) (used uint32, err error) {
	return g.count(ctx, roomCounter, g.name(roomCounter, id[:]), limit)
}

// count adds one to a counter; errLimit where it is at its limit.
func (g *Gate) count(ctx context.Context, room, name string, limit uint32) (used uint32, err error) {
	for range maxAttempts {
		used, tag, err := g.tally(ctx, room, name)
		if err != nil {
			return 0, err
		}
		if used >= limit {
			return 0, errLimit
		}
		err = g.putObject(ctx, room, name, counter{Version: objectVersion, Used: used + 1}, tag)
		if err == nil {
			raise(g.revisions, name, uint64(used+1))
			return used + 1, nil
		}
		if !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) {
			return 0, err
		}
	}
	return 0, consent.ErrConflict
}
