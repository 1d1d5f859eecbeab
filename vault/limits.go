package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

func errCall(what string) error { return fmt.Errorf("%w: %s", ErrCall, what) }

// counter is how many releases of a limited grant were taken, shared by all replicas.
type counter struct {
	_       struct{} `cbor:",toarray"`
	Version uint16
	Used    uint32
}

// errLimit: the grant's releases are used up.
var errLimit = errors.New("limit reached")

// used reads the counter of a grant.
func (g *Gate) used(ctx context.Context, id consent.GrantID) (used uint32, tag string, err error) {
	name := g.name(roomCounter, id[:])
	// As with heads: a counter below one seen before is read once more, then refused.
	for range 2 {
		c, tag, err := getObject[counter](ctx, g, roomCounter, name)
		if err != nil && !errors.Is(err, ErrAbsent) {
			return 0, "", err
		}
		if c == nil {
			c = &counter{Version: objectVersion}
		}
		if raise(g.revisions, name, uint64(c.Used)) == uint64(c.Used) {
			return c.Used, tag, nil
		}
	}
	return 0, "", unavailable("counter", errDamaged)
}

// take consumes one release by compare-and-swap, before anything is written down: a
// crash after it has consumed it. It returns errLimit when none is left.
func (g *Gate) take(ctx context.Context, id consent.GrantID, limit uint32) (used uint32, err error) {
	name := g.name(roomCounter, id[:])
	for range maxAttempts {
		used, tag, err := g.used(ctx, id)
		if err != nil {
			return 0, err
		}
		if used >= limit {
			return 0, errLimit
		}
		err = g.putObject(ctx, roomCounter, name, counter{Version: objectVersion, Used: used + 1}, tag)
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
