package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/telemetry"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/journal"
)

// openTelemetry measures where somebody is to see it: with an internal listener or a
// collector of traces. Otherwise nothing stands between the rooms.
func (n *node) openTelemetry(context.Context) (err error) {
	c := n.config
	if c.Listen.Internal == "" && c.Trace.Endpoint == "" {
		return nil
	}
	about := buildInfo()
	measure := telemetry.Config{
		Version: about["version"], Revision: about["commit"], Ledger: c.Ledger.Kind, Store: c.Store.Kind, Log: n.log,
		Trace: telemetry.Trace{Endpoint: c.Trace.Endpoint, Ratio: c.Trace.Ratio},
	}
	if c.Trace.CAFile != "" {
		pem, err := crypto.ReadFile(c.path(c.Trace.CAFile), 1<<20)
		if err != nil {
			return err
		}
		measure.Trace.CA = x509.NewCertPool()
		if !measure.Trace.CA.AppendCertsFromPEM(pem) {
			return errors.New("trace.ca_file: no certificate in it")
		}
	}
	if n.telemetry, err = telemetry.New(measure); err != nil {
		return err
	}
	n.onClose(n.telemetry.Close)
	n.log = n.telemetry.Logs(n.log)
	return nil
}

// watchedStore is a store whose calls are measured.
type watchedStore struct {
	vault.Store
	close func() error
}

func (s *watchedStore) Close() error { return s.close() }

func (n *node) watched(s closingStore, name string) closingStore {
	if n.telemetry == nil {
		return s
	}
	return &watchedStore{n.telemetry.Store(s, name), s.Close}
}

// readState lets every scrape see how the rooms are.
func (n *node) readState(context.Context) error { return n.telemetry.Read(n.state) }

func (n *node) state() (s telemetry.State) {
	if view, err := n.view.Seen(); err == nil {
		s.LedgerBlock, s.LedgerAge = view.Block, view.Age
	}
	s.LedgerFollows, s.JournalWorks = n.view.Err() == nil, n.journal.Err() == nil
	s.Entries, s.Published, s.TreeBehind = n.journal.Size(), n.journal.Published(), n.journal.Behind()
	s.Copied, s.CopyBehind = n.journal.Copied()
	n.anchors.Lock()
	s.Anchored = n.anchors.size
	n.anchors.Unlock()
	h := n.engine.Health()
	s.PolicyRevision, s.PolicyExpires, s.PolicyRefused = h.Revision, h.Expires, h.Refused
	s.Caches = map[string]telemetry.Cache{}
	for name, use := range n.gate.Caches() {
		s.Caches[name] = telemetry.Cache(use)
	}
	hits, misses := n.engine.CacheUse()
	s.Caches["decisions"] = telemetry.Cache{Hits: hits, Misses: misses}
	s.Sessions = n.api.Sessions()
	if n.certificate.Leaf != nil {
		s.CertificateEnds = n.certificate.Leaf.NotAfter
	}
	s.Relayer = n.relayerState()
	return s
}

func (n *node) relayerState() telemetry.Relayer {
	now := n.relayer.Status()
	r := telemetry.Relayer{
		Pending: now.Pending, InFlight: now.InFlight, Unfinal: now.Unfinal, Parked: now.Parked, Oldest: now.Oldest,
		Dropped: now.Dropped, Spent: now.Spent, Limit: n.config.Ledger.budgets().Wei, Waiting: string(now.Waiting),
	}
	for _, b := range now.Budgets {
		r.Budgets = append(r.Budgets, telemetry.Budget(b))
	}
	return r
}

// checks are what a release needs, one by one, in words that say nothing else.
func (n *node) checks(ctx context.Context) []telemetry.Check {
	var list []telemetry.Check
	for _, one := range []struct {
		name string
		ask  func(context.Context) error
	}{
		{"ledger", n.ledgerAnswers},
		{"policy", func(context.Context) error { return n.permits(time.Now()) }},
		{"journal", func(context.Context) error { return n.journal.Ready() }},
		{"heads", func(ctx context.Context) error { return n.storeAnswers(ctx, n.heads, n.config.heads()) }},
		{"records", func(ctx context.Context) error { return n.storeAnswers(ctx, n.records, n.config.records()) }},
	} {
		list = append(list, telemetry.Check{Name: one.name, State: stateOf(one.ask(ctx))})
	}
	return list
}

func stateOf(err error) string {
	for _, row := range []struct {
		is    error
		state string
	}{
		{consent.ErrStaleView, "stale"}, {policy.ErrExpired, "expired"}, {journal.ErrLag, "behind"},
		{journal.ErrStopped, "stopped"}, {vault.ErrAbsent, "gone"}, {err, "unavailable"},
	} {
		if err != nil && errors.Is(err, row.is) {
			return row.state
		}
	}
	return telemetry.StateOK
}

func (n *node) listenInternal(ctx context.Context) (err error) {
	if n.config.Listen.Internal == "" {
		return nil
	}
	var lc net.ListenConfig
	if n.internal, err = lc.Listen(ctx, "tcp", n.config.Listen.Internal); err != nil {
		return err
	}
	n.onClose(closeOnce(n.internal))
	return nil
}

// serveInternal answers the operator, until the context ends.
func (n *node) serveInternal(ctx context.Context) error {
	if n.internal == nil {
		<-ctx.Done()
		return nil
	}
	server := n.telemetry.Internal(n.internal.Addr(), n.checks)
	context.AfterFunc(ctx, func() { _ = server.Close() }) // a profile under way holds up no end
	if err := server.Serve(n.internal); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("internal listener: %w", err)
	}
	return nil
}

// silenced notes that a library has written to the process's own log, and drops what: it
// may hold an address, or a stack with the arguments of its functions.
type silenced struct{ log *slog.Logger }

func (s silenced) Write(text []byte) (int, error) {
	s.log.Debug("a library has logged")
	return len(text), nil
}

func silenceLibraries(to *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(silenced{to})
}
