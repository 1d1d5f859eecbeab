package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4" //nolint:depguard // the measure that releases are held against

	"github.com/wrapious/wrappy/internal/api"
)

// barePlan is what the bare handler answers, to every call.
type barePlan struct {
	Certificate, Key string // PEM files
	Header           map[string][]string
	Body             []byte
}

// bareMain reads a plan, says where it listens, and serves until its input ends.
func bareMain() {
	if err := bare(os.Stdin, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bare is the least that a server could do: Echo, with TLS as institutions have it, reads
// the call as a handler must and sends the same header and bytes.
func bare(in io.Reader, out io.Writer) error {
	var plan barePlan
	decoder := json.NewDecoder(in)
	if err := decoder.Decode(&plan); err != nil {
		return err
	}
	certificate, err := tls.LoadX509KeyPair(plan.Certificate, plan.Key)
	if err != nil {
		return err
	}
	e := echo.New()
	e.POST("/v1/grants/:grant/:what", func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil || !json.Valid(body) {
			return echo.ErrBadRequest
		}
		for name, values := range plan.Header {
			c.Response().Header()[name] = values
		}
		return c.Blob(http.StatusOK, c.Response().Header().Get("Content-Type"), plan.Body)
	})
	var lc net.ListenConfig
	on, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: e, TLSConfig: api.InstitutionTLS(certificate, time.Now), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	if _, err := fmt.Fprintln(out, on.Addr()); err != nil {
		return err
	}
	if err := server.ServeTLS(on, "", ""); err != http.ErrServerClosed {
		return err
	}
	return nil
}
