package journal

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/wrapious/wrappy/consent"
)

const maxIdle = 16

// readers are goroutines that run guarded calls. To read from Pebble takes a deep stack: one
// that has grown is used again.
type readers struct {
	calls chan guardedCall
	idle  atomic.Int32
}

// guarded runs a call and waits for its end, as long as the context allows and the journal
// has not stopped. What the call writes is its own until then.
func (r *readers) guarded(ctx context.Context, j *Journal, g guardedCall) error {
	g.ended = make(chan error, 1)
	select {
	case r.calls <- g:
	default:
		go r.work(j, g)
	}
	select {
	case err := <-g.ended:
		return err
	case <-j.stopped:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", consent.ErrUnavailable, ctx.Err())
	}
}

// work ends when enough others wait, with the journal, or by Pebble's hand.
func (r *readers) work(j *Journal, g guardedCall) {
	for {
		j.run(g)
		if r.idle.Add(1) > maxIdle {
			r.idle.Add(-1)
			return
		}
		select {
		case g = <-r.calls:
			r.idle.Add(-1)
		case <-j.closing:
			return
		}
	}
}
