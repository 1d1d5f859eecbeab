package main

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var hexText = regexp.MustCompile(`"0x((?:[0-9a-f]{2})+)"`)

// lookAtChain asks the chain for every block, transaction and receipt. What a contract
// keeps in pieces has come in one piece in a transaction.
func (c *canaryRun) lookAtChain() {
	c.t.Helper()
	newest, err := c.client.BlockNumber(c.t.Context())
	must(c.t, err)
	sent := 0
	for n := range newest + 1 {
		for method, more := range map[string][]any{"eth_getBlockByNumber": {true}, "eth_getBlockReceipts": nil} {
			var raw json.RawMessage
			must(c.t, c.client.Client().CallContext(c.t.Context(), &raw, method, append([]any{fmt.Sprintf("0x%x", n)}, more...)...))
			where := fmt.Sprintf("%s %d", method, n)
			c.c.look(where, raw)
			for _, part := range hexText.FindAllSubmatch(raw, -1) {
				data, err := hex.DecodeString(string(part[1]))
				must(c.t, err)
				c.c.look(where, data)
			}
			sent += bytes.Count(raw, []byte(`"input":`))
		}
		c.c.blocks++
	}
	if sent < 20 {
		c.t.Errorf("only %d transactions in %d blocks", sent, newest)
	}
}

// lookInside looks at all that the internal listener shows.
func (c *canaryRun) lookInside(base string) {
	c.t.Helper()
	c.insides++
	for _, path := range []string{"/metrics", "/readyz", "/debug/pprof/heap", "/debug/pprof/heap?debug=1", "/debug/pprof/allocs", "/debug/pprof/allocs?debug=1",
		"/debug/pprof/goroutine", "/debug/pprof/goroutine?debug=1", "/debug/pprof/goroutine?debug=2", "/debug/pprof/mutex?debug=1", "/debug/pprof/block?debug=1", "/debug/pprof/trace?seconds=0.2"} {
		got, err := send(http.DefaultClient, "GET", base+path, nil)
		must(c.t, err)
		if (got.status == http.StatusForbidden) != strings.HasSuffix(path, "debug=2") || len(got.body) < 30 {
			c.t.Errorf("%s: %d, %d bytes", path, got.status, len(got.body))
		}
		if bytes.HasPrefix(got.body, []byte{0x1f, 0x8b}) {
			unzipped, err := gzip.NewReader(bytes.NewReader(got.body))
			must(c.t, err)
			got.body, err = io.ReadAll(unzipped)
			must(c.t, err)
		}
		c.c.look("internal listener, "+path, got.body)
	}
}

// search looks for everything, everywhere. What may stand somewhere is named here.
func (c *canaryRun) search(root string) {
	c.t.Helper()
	s := c.c.scanner
	for name, log := range map[string]string{"log": c.logs.String(), "log of the process": c.output.String()} {
		for line := range strings.Lines(log) {
			s.look(name+": "+line, []byte(line))
		}
		s.look(name, []byte(log))
	}
	spans, raw := c.traces.have(c.t)
	s.look("traces", raw)
	if len(spans) < 500 || c.insides < 4 {
		c.t.Errorf("only %d spans and %d looks at the internal listener", len(spans), c.insides)
	}
	s.walk(c.c.t, root)
	kept := 0
	for _, f := range s.found {
		if f.of == passphraseFile && f.as == "raw" && filepath.Base(f.where) == passphraseFile {
			kept++
			continue
		}
		c.t.Errorf("%s, as %s, in %s", f.of, f.as, f.where)
	}
	if kept != 1 {
		c.t.Errorf("the passphrase was found %d times in its own file: the search does not see", kept)
	}
	c.t.Logf("%d canaries; %d answers, %d lines of log, %d blocks, %d files, %d keys of databases, %d MB in all: found %d",
		c.c.count, c.answers, strings.Count(c.logs.String()+c.output.String(), "\n"), s.blocks, s.files, s.keys, s.bytes>>20, len(s.found)-kept)
	if s.files < 200 || s.keys < 100 || s.blocks < 10 || c.c.count < 300 {
		c.t.Error("too little was looked at")
	}
	for _, name := range []string{"journal", "view", "outbox", configFile} {
		if _, err := os.Stat(filepath.Join(c.dir, name)); err != nil {
			c.t.Errorf("%s is no longer where it was looked for: %v", name, err)
		}
	}
}
