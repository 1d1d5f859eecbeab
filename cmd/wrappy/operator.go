package main

import (
	"context"
	"net"
	"net/http"
	"os"

	"github.com/wrapious/wrappy/internal/api"
)

// serveOperator answers the operator's acts on a socket in the vault's folder that
// only the account which runs the vault can open.
func (n *node) serveOperator(ctx context.Context) error {
	path := n.config.operatorSocket()
	if err := removeIfThere(path); err != nil {
		return err
	}
	// The folder, not the socket's own mode, keeps others out: between listening and
	// a chmod anyone could connect.
	if err := os.Chmod(n.config.dir, 0o700); err != nil { //nolint:gosec // a folder
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	server := api.OperatorServer(n.operator)
	server.Handler = n.operatorPolicy(n.withRewrap(server.Handler))
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); err != nil && ctx.Err() == nil && err != http.ErrServerClosed {
		return err
	}
	return nil
}
