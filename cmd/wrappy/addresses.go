package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/wrapious/wrappy/crypto"
)

// addresses is addresses.json in the folder of a running vault: written when it
// answers, removed when it ends. With port 0 it is the way to learn the ports.
type addresses struct {
	Public       string `json:"public"`             // base URL of people's listener
	Institutions string `json:"institutions"`       // base URL of the mutual TLS listener
	Internal     string `json:"internal,omitempty"` // base URL of the operator's listener
	Certificate  string `json:"certificate"`        // PEM file of the server
	Fingerprint  string `json:"fingerprint"`        // SHA-256 of the server's certificate
}

func (c *config) addressesFile() string { return filepath.Join(c.dir, "addresses.json") }

func (n *node) writeAddresses() error {
	certificate, err := filepath.Abs(n.config.path(n.config.TLS.Certificate))
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(addresses{
		Public: baseURL(n.public.Addr()), Institutions: baseURL(n.institutions.Addr()), Internal: n.internalURL(),
		Certificate: certificate, Fingerprint: n.fingerprint(),
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := crypto.WriteFile(n.config.addressesFile(), append(data, '\n'), true); err != nil {
		return fmt.Errorf("addresses.json: %w", err)
	}
	n.onClose(func() error { return removeIfThere(n.config.addressesFile()) })
	return nil
}

// internalURL is the operator's listener's, or "".
func (n *node) internalURL() string {
	if n.internal == nil {
		return ""
	}
	return "http://" + n.internal.Addr().String()
}

// baseURL of a listener; one on every interface is reached as localhost from here.
func baseURL(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return fmt.Sprintf("https://localhost:%d", t.Port)
	}
	return "https://" + a.String()
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// maxSocketPath is what fits into the address of a Unix socket on every system
// that this runs on (104 bytes on the BSDs and macOS, 108 on Linux, one for the end).
const maxSocketPath = 103

// checkSocketPath refuses a folder in which the operator's socket could not be made.
func checkSocketPath(socket string) error {
	if len(socket) <= maxSocketPath {
		return nil
	}
	return usage("the folder's path is %d bytes too long for the operator's socket in it (operator.sock): choose a shorter path, or name the folder by a relative one from nearby", len(socket)-maxSocketPath)
}

// checkAlone refuses a folder on which a vault runs already. The chain's own lock
// is what holds; this says it in words.
func checkAlone(ctx context.Context, socket string) error {
	d := net.Dialer{Timeout: time.Second}
	connection, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil //nolint:nilerr // nobody answers: free, or left behind by a crash
	}
	_ = connection.Close()
	return errors.New("a vault runs on this folder already: stop it first")
}
