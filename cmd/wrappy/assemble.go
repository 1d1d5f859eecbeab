package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api"
	"github.com/wrapious/wrappy/internal/telemetry"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/devchain"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/journal"
)

// node is a running vault: every room, connected.
type node struct {
	config     *config
	log        *slog.Logger
	deployment deployment
	keyring    *crypto.Keyring
	chain      *devchain.Chain // the embedded one, or nil
	client     *ledgerref.Client
	ledger     *ledgerref.Chain
	view       *ledgerref.View
	relayer    *ledgerref.Relayer
	registrar  *ledgerref.Transactor // pays for what it relays: people's and institutions' signed acts
	operator   *ledgerref.Transactor
	engine     *policy.Engine
	heads      closingStore
	records    closingStore
	journal    *journal.Lasting
	gate       *vault.Gate
	api        *api.API
	telemetry  *telemetry.Telemetry // nil: nobody measures

	certificate  tls.Certificate
	public       net.Listener
	institutions net.Listener
	internal     net.Listener // nil: there is none

	reloading   sync.Mutex // one reload of the policy bundle at a time
	leftNoted   int        // of the regions that were left
	noting      sync.Mutex // over what was noted last:
	journalSize uint64
	clockNoted  uint64 // of the stores
	anchors     anchors
	page        atomic.Pointer[[]byte] // by what the pages that are served were written down; nil: not yet
	closers     []func() error         // in the order of opening
}

// anchors are what the ledger has of the log.
type anchors struct {
	sending    sync.Mutex // one anchor at a time
	sync.Mutex            // over what follows
	size       uint64     // entries in the newest
	block      uint64     // in which it is
	noted      uint64     // size of the newest whose block is confirmed
}

// start opens everything that serves. On an error what was opened is closed again.
func start(ctx context.Context, c *config, passphrase crypto.Secret, log *slog.Logger) (*node, error) {
	if err := checkAlone(ctx, c.operatorSocket()); err != nil {
		return nil, err
	}
	n := &node{config: c, log: log, engine: &policy.Engine{}}
	for _, step := range []struct {
		name string
		open func(context.Context) error
	}{
		{"telemetry", n.openTelemetry},
		{"keyring", func(ctx context.Context) error { return n.openKeyring(ctx, passphrase) }},
		{"policy bundle", func(context.Context) error {
			defer n.tellUnreviewed()
			return loadPolicy(c, n.engine, time.Now())
		}},
		{"ledger", n.openLedger},
		{"stores", n.openStores},
		{"journal", n.openJournal},
		{"vault", n.openGate},
		{"listeners", n.listen},
		{"api", n.openAPI},
		{"metrics", n.readState},
		{"addresses", func(context.Context) error { return n.writeAddresses() }},
	} {
		if err := step.open(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.name, err), n.close())
		}
	}
	return n, nil
}

func (n *node) onClose(f func() error) { n.closers = append(n.closers, f) }

// close undoes start, last opened first.
func (n *node) close() error {
	var errs []error
	for i := len(n.closers) - 1; i >= 0; i-- {
		errs = append(errs, n.closers[i]())
	}
	n.closers = nil
	return errors.Join(errs...)
}

func (n *node) openKeyring(ctx context.Context, passphrase crypto.Secret) (err error) {
	n.keyring, err = crypto.OpenKeyring(ctx, n.config.keyringFile(), crypto.NewPassphrase(passphrase, crypto.Argon2{}))
	if err != nil {
		return wrongPassphrase(n.config.keyringFile(), err)
	}
	if _, err := n.keyring.Region(n.config.Jurisdiction); errors.Is(err, crypto.ErrLeft) {
		n.log.Error("the country of this vault was left: nothing of its people can be opened, and nobody there can enrol", "country", n.config.Jurisdiction)
	} else if err != nil {
		return fmt.Errorf("jurisdiction: the keyring has no key for %s: %w", n.config.Jurisdiction, err)
	}
	return readJSONFile(n.config.deploymentFile(), &n.deployment)
}

func (n *node) openGate(ctx context.Context) (err error) {
	n.gate, err = vault.New(vault.Config{
		Heads: n.heads, Records: n.records, Ledger: n.telemetry.Ledger(n.view), Relayer: n.telemetry.Relayer(n.relayer),
		Decider: n.telemetry.Decider(n.engine), Journal: n.telemetry.Journal(n.journal), Watch: n.telemetry.Steps(),
		Shape: shape, Place: fhir.Placed, Signable: fhir.Signable, KeyHeld: n.view.KeyHeld, Ended: n.view.Ended, Keyring: n.keyring, Name: n.deployment.LogOrigin,
		ConsentLedger: n.deployment.Ledger.ConsentDomain(), KeyRegistry: n.deployment.Ledger.KeysDomain(), Institutions: n.deployment.Ledger.InstitutionsDomain(),
		ViewMaxAge: n.config.Ledger.ViewMaxAge, BackupDays: n.config.Erasure.BackupDays, RestoreDelay: n.config.Cards.RestoreDelay, AssistsPerDay: n.config.Assist.DailyLimit,
	})
	if err != nil {
		return err
	}
	n.onClose(n.closeGate)
	if err := n.checkClock(ctx); err != nil { // first: all that follows moves the clock
		return err
	}
	if err := n.gate.CheckLeft(ctx); err != nil {
		return err
	}
	if err := n.lookAtKeys(ctx); err != nil { // stores learn again what was left
		return err
	}
	if err := n.keepClock(ctx); err != nil {
		return err
	}
	if err := n.notePage(ctx); err != nil { // nothing that people need waits for it
		n.log.Warn(pageFails, "error", err)
	}
	return nil
}

const closing = 5 * time.Second

// closeGate keeps the time of the end, unless it never came so far as to have checked it.
func (n *node) closeGate() error {
	n.gate.Close()
	if n.clockNoted == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	if err := n.keepClock(ctx); err != nil {
		n.log.Warn("the time of the end could not be noted", "error", err)
	}
	return nil
}

// shape lets FHIR's pseudonyms loose on what the gate is about to release.
func shape(key crypto.Secret, granted []consent.FieldName, values map[consent.FieldName][]vault.Sourced) error {
	raw := make(map[consent.FieldName][]json.RawMessage, len(values))
	for name, list := range values {
		for _, one := range list {
			raw[name] = append(raw[name], one.Value)
		}
	}
	if err := fhir.Pseudonymise(key, granted, raw); err != nil {
		return err
	}
	for name, list := range values {
		for i := range list {
			list[i].Value = raw[name][i]
		}
	}
	return nil
}

func (n *node) listen(ctx context.Context) (err error) {
	n.certificate, err = tls.LoadX509KeyPair(n.config.path(n.config.TLS.Certificate), n.config.path(n.config.TLS.Key))
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	if n.public, err = lc.Listen(ctx, "tcp", n.config.Listen.Public); err != nil {
		return err
	}
	n.public = n.crowd().Bound(n.public)
	n.onClose(closeOnce(n.public))
	if n.institutions, err = lc.Listen(ctx, "tcp", n.config.Listen.Institutions); err != nil {
		return err
	}
	n.institutions = n.crowd().Bound(n.institutions)
	n.onClose(closeOnce(n.institutions))
	return n.listenInternal(ctx)
}

// crowd bounds the connections of each listener.
func (n *node) crowd() api.Crowd {
	limits := n.config.Limits
	return api.Crowd{Total: limits.Connections, PerAddress: limits.ConnectionsPerAddress, PerSecond: limits.ConnectionsPerSecond}
}

// paced is a server that begins no more handshakes than its listener may.
func (n *node) paced(s *http.Server) *http.Server {
	n.crowd().Pace(s)
	return s
}

// closeOnce closes a listener that its server may have closed already.
func closeOnce(l net.Listener) func() error {
	return func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
}

func (n *node) openAPI(context.Context) (err error) {
	logKey, err := n.logKey()
	if err != nil {
		return err
	}
	cursors, err := n.cursorKey()
	if err != nil {
		return err
	}
	reviewed, err := n.config.reviewed()
	if err != nil {
		return err
	}
	n.api, err = api.New(api.Config{
		CursorKey: cursors,
		Gate:      n.telemetry.Gate(n.gate), Watch: n.telemetry.Requests(), Directory: n.view, Policy: n.engine,
		Registry: registry{n.registrar, n.ledger, n.view},
		Deployment: api.Deployment{
			ChainID: n.deployment.Ledger.ChainID, ConsentLedger: n.deployment.Ledger.Consent,
			InstitutionRegistry: n.deployment.Ledger.Institutions, KeyRegistry: n.deployment.Ledger.Keys,
			LogOrigin: n.deployment.LogOrigin, LogKey: logKey, Jurisdiction: n.config.Jurisdiction,
		},
		Reviewed:   reviewed,
		PublicRate: api.Rate{PerSecond: float64(n.config.Limits.PerSecond), Burst: n.config.Limits.Burst},
		Origins:    n.origins(), Tiles: n.journal.Public(), Anchors: n.anchorFile, Page: n.notedPage, Ready: n.ready, Log: n.log,
	})
	return err
}

// cursorKey outlives a restart, so that a walk over a long list does too.
func (n *node) cursorKey() ([]byte, error) {
	names, err := n.keyring.Raw("names.heads")
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, names, nil, "wrappy api cursor v1", 32)
}

// origins are the pages whose sessions are taken: those configured, and the
// listener's own where it is on loopback.
func (n *node) origins() []string {
	origins := append([]string(nil), n.config.Listen.Origins...)
	if host, port, err := net.SplitHostPort(n.public.Addr().String()); err == nil {
		if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
			origins = append(origins, "https://"+net.JoinHostPort(host, port), "https://localhost:"+port)
		}
	}
	return origins
}

// ready says whether a release could be decided now.
func (n *node) ready(ctx context.Context) error {
	if err := n.ledgerAnswers(ctx); err != nil {
		return err
	}
	if err := n.permits(time.Now()); err != nil {
		return err
	}
	if err := n.journal.Ready(); err != nil {
		return err
	}
	return n.storesAnswer(ctx)
}

// ledgerAnswers has a block made only where a release would need one: whoever probes often
// must not fill the embedded chain.
func (n *node) ledgerAnswers(ctx context.Context) error {
	view, err := n.view.Seen()
	if err == nil && view.Age > n.config.Ledger.ViewMaxAge {
		view, err = n.view.View(ctx)
	}
	if err == nil && view.Age > n.config.Ledger.ViewMaxAge {
		err = consent.ErrStaleView
	}
	return err
}

// serve answers on all listeners until the context ends or one fails.
func (n *node) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const grace = 10 * time.Second
	work := []func() error{
		func() error { return api.Serve(ctx, n.paced(n.api.Public(n.certificate)), n.public, grace) },
		func() error { return api.Serve(ctx, n.paced(n.api.Institutions(n.certificate)), n.institutions, grace) },
		func() error { return n.serveOperator(ctx) },
		func() error { return n.serveInternal(ctx) },
		func() error { return n.every(ctx, noteEvery, "what was reached could not be noted", n.note) },
		func() error {
			return n.every(ctx, n.config.Journal.AnchorEvery, "the log could not be anchored; the next attempt follows", n.anchor)
		},
		func() error {
			return n.every(ctx, lookAtKeysEvery, "the file of perishable keys could not be read", n.lookAtKeys)
		},
		func() error { return n.every(ctx, notePageEvery, pageFails, n.notePage) },
		func() error { return n.tendEpochs(ctx) },
		func() error {
			n.gate.TellChanges(ctx, func(err error) {
				n.log.WarnContext(ctx, "institutions could not be told of what has ended; it is tried again", "error", err.Error())
			})
			return nil
		},
	}
	done := make(chan error, len(work))
	for _, one := range work {
		go func() {
			err := one()
			cancel(err)
			done <- err
		}()
	}
	var errs []error
	for range work {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}
