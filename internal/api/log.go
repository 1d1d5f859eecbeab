package api

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// logPath is the prefix of the journal's public files, by C2SP tlog-tiles
// (/log/checkpoint, /log/tile/…, /log/tile/entries/…), and of its anchors (/log/anchor).
const logPath = "/log"

// Anchors makes the file that proves the log's anchor of a size on the ledger, or of its
// newest for 0; consent.ErrNotFound.
type Anchors func(ctx context.Context, size uint64) ([]byte, error)

var (
	// fileRate bounds what one address may fetch of the log: a whole log is many small files.
	fileRate = Rate{PerSecond: 100, Burst: 500}
	// anchorRate bounds what one address may ask of the ledger's node.
	anchorRate = Rate{PerSecond: 1, Burst: 10}
)

const anchorTimeout = 20 * time.Second

func (a *API) serveLog(e *echo.Echo) {
	if a.cfg.Tiles != nil {
		files := paceAddress(a, a.files, echo.WrapHandler(http.StripPrefix(logPath, a.cfg.Tiles)))
		e.GET(logPath+"/*", files)
		e.HEAD(logPath+"/*", files)
	}
	if a.cfg.Anchors != nil {
		e.GET(logPath+"/anchor", a.oneAfterAnother(a.anchor))
	}
}

// oneAfterAnother is for what asks the ledger's node many times.
func (a *API) oneAfterAnother(answer func(context.Context, echo.Context) error) echo.HandlerFunc {
	turn := make(chan struct{}, 1)
	return paceAddress(a, newLimiter[netip.Prefix](anchorRate), func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), anchorTimeout)
		defer cancel()
		if !enter(ctx, turn) {
			return problemUnavailable
		}
		defer func() { <-turn }()
		return answer(ctx, c)
	})
}

func paceAddress(a *API, l *limiter[netip.Prefix], next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !l.allow(origin(c.Request().RemoteAddr), a.now()) {
			return problemRate
		}
		return next(c)
	}
}

func (a *API) anchor(ctx context.Context, c echo.Context) error {
	var size uint64
	if text := c.QueryParam("size"); text != "" {
		var err error
		if size, err = strconv.ParseUint(text, 10, 64); err != nil || size == 0 {
			return invalid("size", "want a number of entries")
		}
	}
	file, err := a.cfg.Anchors(ctx, size)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, jsonType, file)
}
