package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault/storetest"
	"github.com/wrapious/wrappy/wallet"
)

const (
	limitedMax = 40                     // releases of the limited grant
	lifeLeast  = 60 * time.Millisecond  // of serving before a kill
	lifeMost   = 900 * time.Millisecond // likewise
)

// TestKilled kills a serving vault, with work of every kind under way, and holds what it says
// afterwards against everything that it had acknowledged. The points of the kills are drawn:
// a seed tells them again, though not how far each call has come.
func TestKilled(t *testing.T) {
	seed := faults.Seed(t)
	for i, house := range houses {
		t.Run(house.name, func(t *testing.T) {
			k := &killed{
				running: launch(t, house.settings(t)...), done: map[string]int{}, cut: map[string]int{}, redeemed: map[string]bool{},
				random: faults.Draw(seed, uint64(i)), lives: faults.Count(t, 40, 2000), // and a quarter more while it starts
			}
			k.prepare()
			must(t, k.shut())
			for life := range k.lives {
				k.live(t, life)
			}
			t.Logf("%d kills: acknowledged %v, cut off %v", k.kills, k.done, k.cut)
			k.open("WRAPPY_LIMITS_PER_SECOND=1000", "WRAPPY_LIMITS_BURST=2000") // thousands of entries are read at once
			k.everythingStands(t)
			must(t, k.shut())
		})
	}
}

// houses are the kinds of deployments that must bear it.
var houses = []struct {
	name     string
	settings func(*testing.T) []func(*founding)
}{
	{"directories and the embedded chain", func(*testing.T) []func(*founding) { return nil }},
	{"S3 and another network", func(t *testing.T) []func(*founding) {
		return []func(*founding){onS3(t, storetest.S3Server(t)), onNetwork(t, anviltest.Start(t, "--block-time", "1"))}
	}},
}

// killed is a vault in a process of its own, and what it has acknowledged.
type killed struct {
	*running
	process *exec.Cmd
	output  buffer
	random  *rand.Rand
	lives   int
	kills   int

	people  []*person
	records []*wallet.SignedGrant // to read and write, one for each person
	limited *wallet.SignedGrant

	mu        sync.Mutex
	done, cut map[string]int // acknowledged, and without an answer, by kind of work
	point     killPoint
	written   []span // by person
	promises  []promised
	given     []*wallet.SignedGrant // and not withdrawn
	stopping  []*wallet.SignedGrant // withdrawn, perhaps
	stopped   []*wallet.SignedGrant
	redeemed  map[string]bool // Idempotency-Keys of the limited grant's releases: received or not
	life      int
	codes     []*heldCode // that wait for somebody to look
	shown     []*heldCode // that were looked at, or are over
}

// killKinds are the kinds of work.
var killKinds = []string{"write", "release", "request", "grant", "withdrawal", "limited release", "code", "shown code"}

// killPoint is right after so many more of a kind of work were acknowledged, or, with no
// kind or too little of it, after a while.
type killPoint struct {
	kind    string
	after   int
	reached chan struct{}
	within  time.Duration
}

// draw takes the point of the next kill.
func (k *killed) draw() killPoint {
	p := killPoint{reached: make(chan struct{}), within: lifeLeast + time.Duration(k.random.Int64N(int64(lifeMost-lifeLeast)))}
	if k.random.IntN(2) == 0 {
		p.kind, p.after, p.within = killKinds[k.random.IntN(len(killKinds))], 1+k.random.IntN(6), lifeMost
	}
	return p
}

// kill ends the vault's process at once.
func (k *killed) kill(t *testing.T) {
	must(t, k.process.Process.Signal(syscall.SIGKILL))
	_ = k.process.Wait()
	k.kills++
}

// span are the numbers of a person's field: the last acknowledged and the last sent.
type span struct{ acknowledged, sent int }

type promised struct {
	index uint64
	leaf  consent.Digest
	grant consent.GrantID
}

func (k *killed) prepare() {
	for range 2 {
		p := k.person()
		k.people, k.records, k.written = append(k.people, p), append(k.records, k.recorded(p)), append(k.written, span{})
	}
	k.limited = k.hospital.agree(k.people[0], object{"actions": []string{"read"}, "max_releases": limitedMax})
	eventually(k.t, "the outbox to be empty", func() bool { return k.relayer.Pending() == 0 })
}

// live is one life: start, look, work, kill.
func (k *killed) live(t *testing.T, life int) {
	if life%4 == 3 { // one more, while it starts
		k.spawn(t)
		wait := time.NewTimer(time.Duration(k.random.Int64N(int64(400 * time.Millisecond))))
		<-wait.C
		k.kill(t)
	}
	k.start(t)
	if !k.stillStopped(t) {
		k.kill(t)
		return
	}
	point := k.draw()
	k.mu.Lock()
	k.point, k.life = point, life
	k.mu.Unlock()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var working sync.WaitGroup
	for _, work := range []func(context.Context) error{
		func(ctx context.Context) error { return k.write(ctx, 0) },
		func(ctx context.Context) error { return k.write(ctx, 1) },
		func(ctx context.Context) error { return k.read(ctx, t, 0) },
		func(ctx context.Context) error { return k.read(ctx, t, 1) },
		k.give, k.give, k.withdraw, k.redeem,
		func(ctx context.Context) error { return k.show(ctx, t) },
	} {
		working.Go(func() {
			for ctx.Err() == nil {
				if err := work(ctx); err != nil {
					return // the connection broke: the vault was killed
				}
			}
		})
	}
	wait := time.NewTimer(point.within)
	defer wait.Stop()
	select {
	case <-point.reached:
	case <-wait.C:
	}
	k.kill(t)
	end()
	working.Wait()
	for _, a := range []*asker{k.hospital, k.school} {
		a.http.CloseIdleConnections()
	}
}

// spawn runs `wrappy serve` on the folder.
func (k *killed) spawn(t *testing.T) {
	t.Helper()
	_ = os.Remove(k.config.addressesFile()) // a killed process leaves it behind
	k.process = exec.Command(built(t), "serve", "--config", k.config.path(configFile))
	k.process.Env = append(slices.DeleteFunc(os.Environ(), isOurs), "WRAPPY_JOURNAL_ANCHOR_EVERY=1s")
	k.process.Stdout, k.process.Stderr = &k.output, &k.output
	must(t, k.process.Start())
	process := k.process.Process
	t.Cleanup(func() { _ = process.Kill() })
}

// isOurs: serve takes every WRAPPY_ variable for a setting, and tests have such of their own.
func isOurs(variable string) bool { return strings.HasPrefix(variable, "WRAPPY_") }

// start spawns and waits until it answers.
func (k *killed) start(t *testing.T) {
	t.Helper()
	k.spawn(t)
	var at addresses
	eventually(t, "the vault to serve again", func() bool {
		data, err := os.ReadFile(k.config.addressesFile())
		if err != nil || json.Unmarshal(data, &at) != nil {
			if k.process.ProcessState == nil && processEnded(k.process.Process.Pid) {
				t.Fatalf("the vault did not start again: %s", tail(k.output.String()))
			}
			return false
		}
		got, err := send(k.hospital.http, "GET", at.Institutions+"/readyz", nil)
		return err == nil && got.status == http.StatusOK
	})
	k.publicURL, k.institutionsURL = at.Public, at.Institutions
}

// processEnded: a child that was not waited for yet is a zombie.
func processEnded(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

// ask sends once; an error means that the vault gave no answer.
func (k *killed) ask(ctx context.Context, c *http.Client, kind, url, body, key string) (answer, error) {
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	got, err := send(c, "POST", url, strings.NewReader(body), "Idempotency-Key: "+key)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err != nil || got.status >= 500:
		k.cut[kind]++
		return got, errors.Join(err, errors.New("no answer"))
	case got.status < 300:
		k.done[kind]++
		if k.point.kind == kind {
			if k.point.after--; k.point.after == 0 {
				close(k.point.reached)
			}
		}
	}
	return got, nil
}

func (k *killed) releaseURL(g *wallet.SignedGrant) string {
	return k.institutionsURL + "/v1/grants/" + g.Grant.ID().String() + "/release"
}

// write puts the next number into a person's field.
func (k *killed) write(ctx context.Context, who int) error {
	k.mu.Lock()
	k.written[who].sent++
	n := k.written[who].sent
	k.mu.Unlock()
	value := object{"text": fmt.Sprintf("number %d", n)}
	if n%3 == 0 { // an object of its own in the record store
		value["text"] = fmt.Sprintf("number %d %s", n, strings.Repeat("and so on ", 8<<10))
	}
	path := "/v1/grants/" + k.records[who].Grant.ID().String() + "/fields"
	body := signed(k.signer(k.hospital.keys), nil, path, encode(object{"values": object{"identity.race": value}}), false)
	got, err := k.ask(ctx, k.hospital.http, "write", k.institutionsURL+path, body, client.NewIdempotencyKey())
	if err == nil && got.status == http.StatusOK {
		k.mu.Lock()
		k.written[who].acknowledged = n
		k.mu.Unlock()
	}
	return err
}

// read fetches the field: never a number below what was acknowledged before, nor one
// that was never sent.
func (k *killed) read(ctx context.Context, t *testing.T, who int) error {
	k.mu.Lock()
	before := k.written[who].acknowledged
	k.mu.Unlock()
	got, err := k.ask(ctx, k.hospital.http, "release", k.releaseURL(k.records[who]), "{}", client.NewIdempotencyKey())
	if err != nil || got.status != http.StatusOK {
		if err == nil {
			t.Errorf("a standing grant is not served: %d %s", got.status, got.body)
		}
		return err
	}
	k.received(t, k.records[who], got)
	if n := number(t, got); n < before {
		t.Errorf("person %d: number %d read after %d was acknowledged", who, n, before)
	}
	return nil
}

func number(t *testing.T, got answer) (n int) {
	t.Helper()
	var released openapi.Released
	if err := json.Unmarshal(got.body, &released); err != nil {
		t.Errorf("torn: %v", err)
		return 0
	}
	for _, one := range released.Released["identity.race"] {
		var value struct{ Text string }
		if err := json.Unmarshal(one.Value, &value); err != nil {
			t.Errorf("torn: %s", one.Value)
		}
		_, _ = fmt.Sscanf(value.Text, "number %d", &n) // before the first write it is another text
	}
	return n
}

// received keeps the promise that came with a release.
func (k *killed) received(t *testing.T, g *wallet.SignedGrant, got answer) {
	t.Helper()
	var released openapi.Released
	if err := json.Unmarshal(got.body, &released); err != nil {
		t.Errorf("torn: %v", err)
		return
	}
	one := promised{index: released.Proof.Promise.Index, grant: g.Grant.ID()}
	if err := one.leaf.UnmarshalText([]byte(released.Proof.Promise.LeafHash)); err != nil {
		t.Errorf("promise: %v", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.promises = append(k.promises, one)
}

// give asks and answers with a yes.
func (k *killed) give(ctx context.Context) error {
	url := k.institutionsURL + "/v1/requests"
	got, err := k.ask(ctx, k.hospital.http, "request", url, asking(object{"actions": []string{"read"}}), client.NewIdempotencyKey())
	if err != nil || got.status != http.StatusCreated {
		return errors.Join(err, statusError(got))
	}
	request, err := readRequest(got)
	if err != nil {
		return err
	}
	signed, err := k.people[1].identity.Answer(k.domain(), request, wallet.Choice{Language: "en"}, time.Now())
	if err != nil {
		return err
	}
	device := k.dial(nil, 1)
	defer device.CloseIdleConnections()
	got, err = k.ask(ctx, device, "grant", k.publicURL+"/v1/person/grants", encode(wire(signed)), "-")
	if err != nil || got.status != http.StatusCreated {
		return errors.Join(err, statusError(got))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.given = append(k.given, signed)
	return nil
}

func statusError(got answer) error {
	if got.status == 0 || got.status < 300 {
		return nil
	}
	return fmt.Errorf("status %d: %s", got.status, got.body)
}

// withdraw stops the oldest given grant; once that is acknowledged the next call is denied.
func (k *killed) withdraw(ctx context.Context) error {
	k.mu.Lock()
	if len(k.given) < 4 { // some stay given
		k.mu.Unlock()
		return pause(ctx)
	}
	g := k.given[0]
	k.given, k.stopping = k.given[1:], append(k.stopping, g)
	k.mu.Unlock()
	device := k.dial(nil, 1)
	defer device.CloseIdleConnections()
	got, err := k.ask(ctx, device, "withdrawal", k.publicURL+"/v1/person/withdrawals", withdrawal(g), "-")
	if err != nil || got.status != http.StatusOK {
		return errors.Join(err, statusError(got))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = append(k.stopped, g)
	return nil
}

// redeem takes a release of the limited grant; one without an answer is asked for
// again under its key.
func (k *killed) redeem(ctx context.Context) error {
	key := client.NewIdempotencyKey()
	k.mu.Lock()
	for open, received := range k.redeemed {
		if !received {
			key = open
		}
	}
	k.redeemed[key] = false
	k.mu.Unlock()
	got, err := k.ask(ctx, k.hospital.http, "limited release", k.releaseURL(k.limited), fiveFields, key)
	if err != nil {
		return err
	}
	k.mu.Lock()
	if got.status == http.StatusOK {
		k.redeemed[key] = true
	} else {
		delete(k.redeemed, key)
	}
	k.mu.Unlock()
	return pause(ctx)
}

func pause(ctx context.Context) error {
	tick := time.NewTimer(20 * time.Millisecond)
	defer tick.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick.C:
		return nil
	}
}

// stillStopped: after every start the grants that were stopped last are denied, and
// what was written last is there; no code that was used is shown to another.
func (k *killed) stillStopped(t *testing.T) bool {
	t.Helper()
	for _, g := range k.stopped[max(0, len(k.stopped)-5):] {
		isRefused(t, k.hospital.release(g, "{}"), 403, "denied", "withdrawn")
	}
	for who, s := range k.written {
		got := k.hospital.release(k.records[who], "{}")
		holds(t, got)
		k.received(t, k.records[who], got)
		if n := number(t, got); n < s.acknowledged || n > s.sent {
			t.Errorf("person %d: number %d, acknowledged was %d, sent %d", who, n, s.acknowledged, s.sent)
		}
	}
	k.onlyOnce(t, k.shown[max(0, len(k.shown)-3):])
	return !t.Failed()
}

// everythingStands holds the vault, started once more, against all that it acknowledged.
func (k *killed) everythingStands(t *testing.T) {
	for _, kind := range killKinds {
		if k.done[kind] < 10 {
			t.Errorf("%s: only %d acknowledged: nothing was tried", kind, k.done[kind])
		}
	}
	if cut := k.cut["write"] + k.cut["release"] + k.cut["grant"] + k.cut["withdrawal"]; cut < k.lives {
		t.Errorf("only %d calls were cut off in %d lives", cut, k.lives)
	}
	k.stillStopped(t)
	k.promisesKept(t)
	k.limitKept(t)
	k.consentKept(t)
	k.onlyOnce(t, k.shown)
	k.codesKept(t)
	for _, p := range k.people {
		k.historyWhole(t, p)
	}
}

// promisesKept: every release that was received is in the log's tree at its number, which is
// that of the intake; and the ledger anchors a tree of the same log.
func (k *killed) promisesKept(t *testing.T) {
	t.Helper()
	deployment, err := client.NewPerson(t.Context(), k.publicURL, k.config.path(k.config.TLS.Certificate), k.people[0].identity)
	must(t, err)
	log, err := client.NewLogReader(k.publicURL, k.config.path(k.config.TLS.Certificate), nil, deployment.Deployment.Log())
	must(t, err)
	highest := uint64(0)
	for _, p := range k.promises {
		highest = max(highest, p.index)
	}
	tree, err := log.Await(t.Context(), highest+1)
	must(t, err)
	for _, p := range k.promises {
		leaf, err := k.journal.Leaf(t.Context(), p.index)
		if err != nil || consent.LeafHash(leaf) != p.leaf {
			t.Errorf("entry %d of the intake is not the one that was promised: %v", p.index, err)
		}
		if public, _, err := log.Inclusion(t.Context(), tree.Tree, p.index); err != nil || public != p.leaf {
			t.Errorf("entry %d of the tree is not the one that was promised: %v", p.index, err)
		}
	}
	must(t, k.anchor(t.Context()))
	_, anchor, err := log.Anchor(t.Context(), k.domain(), 0)
	must(t, err)
	root, err := k.journal.Root(t.Context(), anchor.Size)
	if err != nil || root != anchor.Root {
		t.Errorf("the tree of %d entries that the ledger anchors is another: %v", anchor.Size, err)
	}
	t.Logf("%d promises of %d entries, %d of them anchored", len(k.promises), k.journal.Size(), anchor.Size)
}

func (k *killed) limitKept(t *testing.T) {
	t.Helper()
	received := 0
	for _, once := range k.redeemed {
		if once {
			received++
		}
	}
	for range limitedMax { // what is left of it, so that the bound is reached
		got := k.hospital.release(k.limited, fiveFields)
		if got.status != http.StatusOK {
			isRefused(t, got, 403, "denied", "limit_reached")
			break
		}
		received++
	}
	isRefused(t, k.hospital.release(k.limited, fiveFields), 403, "denied", "limit_reached")
	if received > limitedMax || received < limitedMax/2 {
		t.Errorf("%d releases received of a grant for %d", received, limitedMax)
	}
}

// consentKept: what was given is on the ledger, what was stopped is stopped there too,
// and at the vault for good.
func (k *killed) consentKept(t *testing.T) {
	t.Helper()
	for _, g := range k.given {
		k.hospital.await(g, openapi.StatusGiven)
	}
	unclear := slices.DeleteFunc(slices.Clone(k.stopping), func(g *wallet.SignedGrant) bool { return slices.Contains(k.stopped, g) })
	t.Logf("given %d, withdrawn %d, of %d more the withdrawal had no answer", len(k.given), len(k.stopped), len(unclear))
	for _, g := range k.stopped {
		isRefused(t, k.hospital.release(g, "{}"), 403, "denied", "withdrawn")
	}
	for _, g := range append(k.stopped, k.given...) {
		want := consent.StatusWithdrawn
		if slices.Contains(k.given, g) {
			want = consent.StatusGiven
		}
		eventually(t, "the ledger to say "+string(want), func() bool {
			state, err := k.consentStatus(t.Context(), g.Grant.GrantKey, g.Grant.ID())
			return err == nil && state.Status == want
		})
	}
	if waiting := k.relayer.Pending(); waiting > 0 {
		eventually(t, "the outbox to be empty", func() bool { return k.relayer.Pending() == 0 })
	}
}

// historyWhole: the person's entries follow each other without a gap.
func (k *killed) historyWhole(t *testing.T, p *person) {
	t.Helper()
	device, err := client.NewPerson(t.Context(), k.publicURL, k.config.path(k.config.TLS.Certificate), p.identity)
	must(t, err)
	entries, _, err := device.History(t.Context(), proof.HistoryState{})
	if err != nil || len(entries) == 0 {
		t.Errorf("history of %d entries: %v", len(entries), err)
	}
}
