package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// logPath is the prefix of the journal's public files, by C2SP tlog-tiles:
// /log/checkpoint, /log/tile/…, /log/tile/entries/….
const logPath = "/log"

// fileRate bounds what one address may fetch of the log: a whole log is many small files.
var fileRate = Rate{PerSecond: 100, Burst: 500}

func (a *API) serveLog(e *echo.Echo) {
	if a.cfg.Tiles == nil {
		return
	}
	files := echo.WrapHandler(http.StripPrefix(logPath, a.cfg.Tiles))
	handler := func(c echo.Context) error {
		if !a.files.allow(origin(c.Request().RemoteAddr), a.now()) {
			return problemRate
		}
		return files(c)
	}
	e.GET(logPath+"/*", handler)
	e.HEAD(logPath+"/*", handler)
}
