package ledgerref

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
)

// gate is an endpoint of the anvil that refuses connections while it is shut.
type gate struct {
	*Client
	address string
	server  *httptest.Server
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{address: "127.0.0.1:0"}
	g.open(t)
	g.address = g.server.Listener.Addr().String()
	client, err := Dial(t.Context(), g.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	g.Client = client
	t.Cleanup(func() { client.Close(); g.server.Close() })
	return g
}

func (g *gate) open(t *testing.T) {
	t.Helper()
	g.server = httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(must(url.Parse(w.node.URL("http")))))
	_ = g.server.Listener.Close()
	listener, err := net.Listen("tcp", g.address)
	if err != nil {
		t.Fatal(err)
	}
	g.server.Listener = listener
	g.server.Start()
}

func (g *gate) shut() {
	g.server.CloseClientConnections()
	g.server.Close()
}

// Whichever endpoint is down at a start: withdrawals are taken, what was followed stands,
// nothing new counts, and the view goes on by itself once the endpoint is back.
func TestStartWithAnEndpointDown(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	a, key, out := w.chain.addresses, account(t), newGate(t)
	for name, pair := range map[string][2]*Client{
		"the second": {w.client, out.Client}, "the first": {out.Client, w.client}, "the only one": {out.Client, nil},
	} {
		t.Run(name, func(t *testing.T) {
			chain := &Chain{client: pair[0], addresses: a}
			config := ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead, Second: pair[1], Poll: 20 * time.Millisecond}
			before, seen, during := consent.GrantID(random()), consent.GrantID(random()), consent.GrantID(random())
			carry(t, grantAct(a, key, before), grantAct(a, key, seen))
			v := must(Follow(soon(t), chain, config))
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			out.shut()
			carry(t, grantAct(a, key, during))
			carry(t, withdrawAct(a, key, seen))

			v, err := Follow(soon(t), chain, config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = v.Close() }()
			if view, err := v.View(t.Context()); err == nil && view.Age < time.Hour {
				t.Errorf("age %v while an endpoint is down", view.Age)
			}
			shown := consent.StatusWithdrawn // by the endpoint that is there
			if pair[1] == nil {
				shown = consent.StatusGiven
			}
			for id, want := range map[consent.GrantID]consent.Status{before: consent.StatusGiven, seen: shown, during: consent.StatusUnknown} {
				if got := status(t, v, key.Address(), id); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
			relayer, err := NewRelayer(v, NewTransactor(chain, w.payer), RelayerConfig{Dir: t.TempDir(), Sealer: newTestSealer(1)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = relayer.Close() }()
			if err := relayer.Submit(soon(t), withdrawAct(a, key, before)); err != nil {
				t.Errorf("a withdrawal while an endpoint is down: %v", err)
			}

			out.open(t)
			if err := v.Await(soon(t), withdrawAct(a, key, before)); err != nil {
				t.Errorf("the withdrawal once the endpoint is back: %v", err)
			}
			if got := status(t, v, key.Address(), during); got != consent.StatusGiven {
				t.Errorf("%s once the endpoint is back", got)
			}
			if view := must(v.View(t.Context())); view.Age > time.Minute {
				t.Errorf("age %v once the endpoint is back", view.Age)
			}
		})
	}
}

// What no waiting mends is said at the start, with an endpoint down or not.
func TestStartRefuses(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	a, out := w.chain.addresses, newGate(t)
	foreign := a
	foreign.Consent[0]++
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, test := range map[string]struct {
		ctx       context.Context
		addresses Addresses
		spoil     func(*View) error // what is kept; nil: nothing is kept
		down      bool
		want      error
	}{
		"nothing was followed, an endpoint down": {soon(t), a, nil, true, consent.ErrUnavailable},
		"of other contracts":                     {soon(t), foreign, (*View).keep, false, ErrForeignChain},
		"of other contracts, an endpoint down":   {soon(t), foreign, (*View).keep, true, ErrForeignChain},
		"a damaged cursor":                       {soon(t), a, (*View).damageCursor, false, errDamaged},
		"a damaged cursor, an endpoint down":     {soon(t), a, (*View).damageCursor, true, errDamaged},
		"final blocks are no longer there":       {soon(t), a, (*View).finalElsewhere, false, ErrRolledBack},
		"who starts it has gone":                 {gone, a, (*View).keep, true, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			config := ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead, Second: out.Client}
			if test.spoil != nil {
				v := must(Follow(soon(t), w.chain, config))
				v.cancel()
				v.running.Wait()
				if err := errors.Join(test.spoil(v), v.Close()); err != nil {
					t.Fatal(err)
				}
			}
			if test.down {
				out.shut()
				defer out.open(t)
			}
			v, err := Follow(test.ctx, &Chain{client: w.client, addresses: test.addresses}, config)
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if err == nil {
				_ = v.Close()
			}
		})
	}
}

func (v *View) keep() error { return nil }

func (v *View) damageCursor() error {
	return v.db.Set([]byte{cursorPrefix}, []byte{0xff}, pebble.Sync)
}

// finalElsewhere makes the cursor a final block that the chain does not have.
func (v *View) finalElsewhere() error {
	cursor := v.cursor
	cursor.Hash[0]++
	cursor.Final = cursor.Number
	return v.db.Set([]byte{cursorPrefix}, encode(cursor), pebble.Sync)
}
