package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
)

// tick is the grid on which answers leave that must not tell absent, foreign and
// malformed apart by their time.
const tick = 25 * time.Millisecond

// untilTick is how long an answer waits that took elapsed so far: to the next
// point of the grid, never zero.
func untilTick(elapsed time.Duration) time.Duration { return tick - elapsed%tick }

// evenly holds back the answers that must not tell by their time, and no others.
func (a *API) evenly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil {
			return nil
		}
		if p := problemOf(err); p.Is(problemNotFound) || p.Is(problemSession) || p.Is(problemSignature) {
			hold(c.Request().Context(), untilTick(time.Since(started(c))))
		}
		return err
	}
}

func hold(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
