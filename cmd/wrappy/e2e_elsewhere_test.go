package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault/journal"
	"github.com/wrapious/wrappy/vault/s3store"
	"github.com/wrapious/wrappy/vault/storetest"
	"github.com/wrapious/wrappy/wallet"
)

// TestElsewhere asks whether what the configuration says of endpoints, confirmation,
// witnesses and buckets is what the program does: each part shows something that would
// be otherwise if its setting were read and then not used.
func TestElsewhere(t *testing.T) {
	for name, part := range map[string]func(*testing.T){
		"two endpoints": twoEndpoints, "confirmation": confirmation, "witnesses": unreachableWitness, "two buckets": twoBuckets,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t)
		})
	}
}

// reopen starts anew with other settings.
func (v *running) reopen(t *testing.T, environ ...string) {
	t.Helper()
	must(t, v.shut())
	v.open(environ...)
}

// served waits until a grant is served: a machine that is busy may be late.
func (v *running) served(t *testing.T, g *wallet.SignedGrant) {
	t.Helper()
	eventually(t, "a standing grant to be served", func() bool { return v.hospital.release(g, "{}").status == http.StatusOK })
	holds(t, v.hospital.release(g, "{}"))
}

// withdraw stops a grant.
func (v *running) withdraw(t *testing.T, g *wallet.SignedGrant) {
	t.Helper()
	var w openapi.Withdrawn
	v.post("/v1/person/withdrawals", withdrawal(g)).into(t, http.StatusOK, &w)
	if w.Status != openapi.StatusWithdrawn {
		t.Errorf("a withdrawal that says %q", w.Status)
	}
}

// route leads to a node. How it leads there can be changed at any time.
type route struct {
	*httptest.Server
	mu      sync.Mutex
	how     manner
	changed chan struct{}
}

type manner string

const (
	honest manner = "honest"
	lies   manner = "gives headers another state root"
	breaks manner = "breaks every connection off"
	hangs  manner = "never answers"
)

func routeTo(t *testing.T, node *anviltest.Node) *route {
	t.Helper()
	target, err := url.Parse(node.URL("http"))
	must(t, err)
	w := &route{how: honest, changed: make(chan struct{})}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding") // what is changed must be readable
		},
		ModifyResponse: w.tell,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		switch how, changed := w.now(); how {
		case hangs:
			_, _ = io.Copy(io.Discard, r.Body) // a server sees that the client has gone only then
			select {
			case <-changed:
			case <-r.Context().Done():
			}
			panic(http.ErrAbortHandler)
		case breaks:
			panic(http.ErrAbortHandler)
		default:
			proxy.ServeHTTP(out, r)
		}
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *route) now() (manner, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.how, w.changed
}

func (w *route) become(how manner) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.how, w.changed = how, make(chan struct{})
}

// tell passes an answer on; a liar's headers are of another block.
func (w *route) tell(response *http.Response) error {
	if how, _ := w.now(); how != lies {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var said object
	if json.Unmarshal(body, &said) == nil {
		if header, ok := said["result"].(object); ok && header["stateRoot"] != nil {
			header["stateRoot"] = "0x" + strings.Repeat("11", 32)
			body = []byte(encode(said))
		}
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// twoEndpoints: what only one of them says is not believed, and what has to be known of
// the ledger soon is not known any more. A stop needs no ledger.
func twoEndpoints(t *testing.T) {
	const bound = 5 * time.Second
	node := anviltest.Start(t, "--block-time", "1")
	second := routeTo(t, node)
	network := onNetwork(t, node)
	v := launch(t, func(f *founding) {
		network(f)
		f.network.second = secretFile(t, second.URL)
	})
	v.reopen(t, "WRAPPY_LEDGER_VIEW_MAX_AGE="+bound.String(), "WRAPPY_LEDGER_POLL=200ms")
	p := v.person()
	g := v.recorded(p)
	for _, how := range []manner{lies, breaks, hangs} {
		t.Run("the second "+string(how), func(t *testing.T) {
			v.in(t)
			stopped, unanswered := v.hospital.agree(p), v.hospital.ask()
			yes := p.sign(unanswered)
			v.served(t, g)
			v.served(t, stopped)
			second.become(how)
			defer second.become(honest)
			eventually(t, "the view to grow old", func() bool { view, err := v.view.View(t.Context()); return err == nil && view.Age > bound })
			for _, r := range append(v.unavailable(g, "stale-view"), row{name: "grant", send: v.giving(yes), status: 503, kind: "stale-view"}) {
				isRefused(t, r.send(), r.status, r.kind, r.reason)
			}
			v.withdraw(t, stopped)
			isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
			isRefused(t, v.hospital.release(g, "{}"), 503, "stale-view", "")
			second.become(honest)
			v.served(t, g)
			isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
			if got := v.giving(yes)(); got.status != http.StatusCreated {
				t.Errorf("the same yes again: %d %s", got.status, got.body)
			}
			v.hospital.await(yes, openapi.StatusGiven)
			eventually(t, "the chain to follow the stop", func() bool {
				state, err := v.consentStatus(t.Context(), stopped.Grant.GrantKey, stopped.Grant.ID())
				return err == nil && state.Status == consent.StatusWithdrawn
			})
		})
		v.in(t)
	}
	must(t, v.shut())
}

// confirmation: a grant counts in the block that the setting names, and in none before.
func confirmation(t *testing.T) {
	node := anviltest.Start(t, "--block-time", "1", "--slots-in-an-epoch", "2")
	v := launch(t, onNetwork(t, node))
	p := v.person()
	v.recorded(p)
	for _, c := range []struct{ confirm, tag string }{{"safe", "safe"}, {"finalized", "finalized"}, {"head", "latest"}} {
		t.Run(c.confirm, func(t *testing.T) {
			v.in(t)
			v.reopen(t, "WRAPPY_LEDGER_CONFIRM="+c.confirm, "WRAPPY_LEDGER_VIEW_MAX_AGE=10m", "WRAPPY_LEDGER_POLL=100ms")
			request := v.hospital.ask()
			node.Call(t, nil, "evm_setIntervalMining", 0)
			defer node.Call(t, nil, "evm_setIntervalMining", 1)
			g := p.give(request)
			eventually(t, "the grant to be in the node's pool", func() bool {
				var pool struct{ Pending string }
				node.Call(t, &pool, "txpool_status")
				return pool.Pending != "0x0"
			})
			before, _ := blockOf(t, node, "latest")
			at := before + 1
			for waited := 0; ; waited++ {
				v.mine(t, node)
				if state, err := v.consentStatus(t.Context(), g.Grant.GrantKey, g.Grant.ID()); err != nil || state.Status != consent.StatusGiven {
					t.Fatalf("not in block %d: %s %v", at, state.Status, err)
				}
				if counts, _ := blockOf(t, node, c.tag); counts >= at {
					if (waited == 0) != (c.confirm == "head") {
						t.Errorf("confirmed after %d more blocks", waited)
					}
					break
				}
				var held openapi.HeldGrant
				v.hospital.call("GET", "/v1/grants/"+g.Grant.ID().String(), "").into(t, http.StatusOK, &held)
				if held.Status != openapi.StatusRequested {
					t.Errorf("%s before its block is %s", held.Status, c.confirm)
				}
				isRefused(t, v.hospital.release(g, "{}"), 403, "denied", "unconfirmed")
			}
			v.hospital.await(g, openapi.StatusGiven)
			holds(t, v.hospital.release(g, "{}"))
		})
		v.in(t)
	}
	must(t, v.shut())
}

// blockOf is the number of a tagged block, and its time in Unix seconds.
func blockOf(t *testing.T, node *anviltest.Node, tag string) (number, seconds uint64) {
	t.Helper()
	var block struct{ Number, Timestamp string }
	node.Call(t, &block, "eth_getBlockByNumber", tag, false)
	for at, text := range map[*uint64]string{&number: block.Number, &seconds: block.Timestamp} {
		n, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
		must(t, err)
		*at = n
	}
	return number, seconds
}

// mine mines one block, a second after the last: by its time it is known that the view has
// looked at it.
func (v *running) mine(t *testing.T, node *anviltest.Node) {
	t.Helper()
	_, last := blockOf(t, node, "latest")
	node.Call(t, nil, "evm_setNextBlockTimestamp", last+1)
	node.Mine(t, 1)
	eventually(t, "the view to look at the newest block", func() bool {
		view, err := v.view.View(t.Context())
		return err == nil && view.Time == last+1
	})
}

// unreachableWitness: a quorum that cannot be had stops what has to be promised, unless
// the witnesses are optional. A stop needs no promise.
func unreachableWitness(t *testing.T) {
	var asked atomic.Int64
	witness := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(witness.Close)
	_, key, err := note.GenerateKey(rand.Reader, "witness.example/w1")
	must(t, err)
	policy := filepath.Join(t.TempDir(), "witnesses")
	must(t, os.WriteFile(policy, fmt.Appendf(nil, "witness w1 %s %s\nquorum w1\n", key, witness.URL), 0o600))
	v := launch(t)
	p := v.person()
	g, stopped := v.recorded(p), v.hospital.agree(p)
	yes := p.sign(v.hospital.ask())
	v.reopen(t, "WRAPPY_JOURNAL_WITNESSES_FILE="+policy, "WRAPPY_JOURNAL_WITNESSES_OPTIONAL=true")
	if v.refusesLater(t, g) || asked.Swap(0) == 0 {
		t.Error("optional witnesses hold something up, or are not asked")
	}
	v.reopen(t, "WRAPPY_JOURNAL_WITNESSES_FILE="+policy)
	if !v.refusesLater(t, g) || asked.Load() == 0 {
		t.Error("released without the quorum, or the witness was not asked")
	}
	for _, r := range append(v.unavailable(g, "unavailable")[:3:3], row{name: "grant", send: v.giving(yes), status: 503, kind: "unavailable"}) {
		isRefused(t, r.send(), r.status, r.kind, r.reason)
	}
	v.withdraw(t, stopped)
	if got := v.hospital.release(stopped, "{}"); got.status == http.StatusOK {
		t.Error("released after the stop")
	}
	v.reopen(t)
	holds(t, v.hospital.release(g, "{}"))
	isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
	must(t, v.shut())
}

// refusesLater releases for longer than an entry may be unpublished, and says whether it
// was refused by then.
func (v *running) refusesLater(t *testing.T, g *wallet.SignedGrant) (refused bool) {
	t.Helper()
	begun := time.Now()
	eventually(t, "releases to go on, or to be refused", func() bool {
		refused = v.hospital.release(g, "{}").status == http.StatusServiceUnavailable
		return refused || time.Since(begun) > 3*time.Duration(journal.MaxDelay)*time.Millisecond
	})
	return refused
}

// twoBuckets: what must be destroyed is never in the bucket that may be kept for ever;
// and a store out of reach is not a store without the object.
func twoBuckets(t *testing.T) {
	server := storetest.S3Server(t)
	v := launch(t, onS3(t, server))
	p := v.person()
	g, stopped := v.recorded(p), v.hospital.agree(p)
	limited := v.hospital.agree(p, object{"max_releases": 2})
	holds(t, v.hospital.release(limited, "{}"))
	v.withdraw(t, stopped)
	heads, records := v.rooms(t, v.config.Store.S3.Heads), v.rooms(t, v.config.Store.S3.Records)
	for _, room := range []string{"head", "grant", "tombstone", "request", "answer", "counter", "idempotency", "once", "clock", "own", "held", "asked", "store",
		"recorded", "watched", "received", "due"} {
		if heads[room] == 0 {
			t.Errorf("heads: nothing of %q among %v", room, heads)
		}
		delete(heads, room)
	}
	for _, soon := range []string{"notice", "noted"} { // told after the answer
		delete(heads, soon)
	}
	for _, room := range []string{"record", "log", "store"} {
		if records[room] == 0 {
			t.Errorf("records: nothing of %q among %v", room, records)
		}
		delete(records, room)
	}
	for name, rest := range map[string]map[string]int{"heads": heads, "records": records} {
		if len(rest) > 0 {
			t.Errorf("what does not belong into %s: %v", name, rest)
		}
	}

	unanswered := p.sign(v.hospital.ask())
	other := v.hospital.agree(p)
	server.Stop()
	for _, r := range append(v.unavailable(g, "unavailable"),
		row{name: "of a stopped grant", send: func() answer { return v.hospital.release(stopped, "{}") }, status: 503, kind: "unavailable"},
		row{name: "withdrawal", send: func() answer { return v.post("/v1/person/withdrawals", withdrawal(other)) }, status: 503, kind: "unavailable"},
		row{name: "grant", send: v.giving(unanswered), status: 503, kind: "unavailable"},
	) {
		isRefused(t, r.send(), r.status, r.kind, r.reason)
	}
	server.Restart(t)
	v.served(t, g)
	isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
	v.withdraw(t, other)
	isRefused(t, v.hospital.release(other, "{}"), 403, "denied", "withdrawn")
	must(t, v.shut())
}

// rooms counts the objects of a bucket by room. It asks the server itself: the vault's own
// stores would be wrong together with what is looked for.
func (v *running) rooms(t *testing.T, bucket string) map[string]int {
	t.Helper()
	s3 := v.config.Store.S3
	at := s3store.Config{Endpoint: s3.Endpoint, Region: s3.Region, Bucket: bucket}
	for into, file := range map[*crypto.Secret]string{&at.AccessKey: s3.AccessKeyFile, &at.SecretKey: s3.SecretKeyFile} {
		line, err := readSecretLine(v.config.path(file))
		must(t, err)
		*into = line
	}
	store, err := s3store.Open(t.Context(), at)
	must(t, err)
	defer store.Close()
	found, after := map[string]int{}, ""
	for {
		names, err := store.List(t.Context(), "", after, 500)
		must(t, err)
		if len(names) == 0 {
			return found
		}
		for _, name := range names {
			room, _, _ := strings.Cut(name, "/")
			found[room]++
		}
		after = names[len(names)-1]
	}
}
