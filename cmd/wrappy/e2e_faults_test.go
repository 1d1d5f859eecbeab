package main

import (
	"bytes"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// away takes a folder of the running vault away, as a lost mount does; permissions
// would not hold root back.
func (v *running) away(t *testing.T, dir string) (back func()) {
	t.Helper()
	must(t, os.Rename(dir, dir+".away"))
	done := false
	back = func() {
		if done {
			return
		}
		done = true
		// what a stopped room made meanwhile in its place must not hide the real one
		must(t, os.RemoveAll(dir))
		must(t, os.Rename(dir+".away", dir))
	}
	t.Cleanup(back)
	return back
}

// unavailable are the calls that nothing may come of while something is missing.
func (v *running) unavailable(g *wallet.SignedGrant, kind string) []row {
	return []row{
		{name: "release", send: func() answer { return v.hospital.release(g, "{}") }, status: 503, kind: kind},
		{name: "release of five fields", send: func() answer { return v.hospital.release(g, fiveFields) }, status: 503, kind: kind},
		{name: "write", send: func() answer { return v.hospital.write(g, `{"values":{"identity.race":{"text":"`+echoed+`"}}}`) }, status: 503, kind: kind},
		{name: "request", send: func() answer { return v.hospital.call("POST", "/v1/requests", asking()) }, status: 503, kind: kind},
	}
}

// loseLedger: the embedded chain stops, so that its view grows old for real; the
// bound is set to 5 s for it. A stop is taken all the same, and counts.
func loseLedger(t *testing.T, v *running) {
	p := v.person()
	g, stopped := v.recorded(p), v.hospital.agree(p)
	unanswered := v.hospital.ask()
	v.settle()
	must(t, v.shut())
	const bound = 5 * time.Second
	old := func() bool { view, err := v.view.View(t.Context()); return err == nil && view.Age > bound+time.Second }
	v.open("WRAPPY_LEDGER_VIEW_MAX_AGE=" + bound.String())
	must(t, v.chain.Heartbeat(t.Context()))
	eventually(t, "the view to follow", func() bool { return v.hospital.release(g, "{}").status == http.StatusOK })
	t.Run("idle, but in sight", func(t *testing.T) {
		v.in(t)
		idle := time.Now()
		eventually(t, "a bound's time to pass", func() bool { return time.Since(idle) > bound+time.Second })
		if got := v.hospital.release(g, "{}"); got.status != http.StatusOK {
			t.Errorf("a chain that is there is not asked for a block before the bound of %s has passed: %d %s", bound, got.status, got.body)
		}
	})
	v.in(t)
	v.settle()
	must(t, v.chain.Close())
	eventually(t, "the view to grow old", old)

	before := v.journal.Size()
	for _, r := range append(v.unavailable(g, "stale-view"), row{name: "grant", send: v.giving(p.sign(unanswered)), status: 503, kind: "stale-view"}) {
		t.Run(r.name, func(t *testing.T) {
			v.in(t)
			objects := v.objects()
			isRefused(t, r.send(), r.status, r.kind, r.reason)
			if changes := diff(state{objects: objects}, state{objects: v.objects()}); len(changes) > 0 {
				t.Errorf("half written: %v", changes)
			}
		})
	}
	v.in(t)
	if now := v.journal.Size(); now != before {
		t.Errorf("journal: %d entries for what was not decided", now-before)
	}
	if got, err := send(v.dial(nil, 1), "GET", v.publicURL+"/readyz", nil); err != nil || got.status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %v %d", err, got.status)
	}
	var w openapi.Withdrawn
	v.post("/v1/person/withdrawals", withdrawal(stopped)).into(t, http.StatusOK, &w)
	if w.Status != openapi.StatusWithdrawn || w.Proof == nil {
		t.Errorf("a stop without a ledger: %+v", w)
	}
	isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")

	_ = v.shut() // a chain that is gone does not close well
	v.open()
	holds(t, v.hospital.release(g, "{}"))
	isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
	eventually(t, "the chain to follow the stop", func() bool {
		s, err := ledgerref.ConsentStatus(t.Context(), v.chain.Client(), v.deployment.Ledger, stopped.Grant.GrantKey, stopped.Grant.ID())
		return err == nil && s.Status == consent.StatusWithdrawn
	})
}

// loseStores: a store that is not there is not a store without the object. What
// writes comes last: it stops the store until somebody has looked and started again.
func loseStores(t *testing.T, v *running) {
	p := v.person()
	g := v.recorded(p)
	unanswered := v.hospital.ask()
	all := v.unavailable(g, "unavailable")
	reading, writing := all[:2:2], all[2:]
	looking := append(reading,
		row{name: "grant's terms", send: func() answer { return v.hospital.call("GET", "/v1/grants/"+g.Grant.ID().String(), "") }, status: 503, kind: "unavailable"},
		row{name: "list of grants", send: func() answer { return v.hospital.call("GET", "/v1/grants", "") }, status: 503, kind: "unavailable"},
		row{name: "request that is there", send: func() answer { return v.hospital.call("GET", "/v1/requests/"+unanswered.ID().String(), "") }, status: 503, kind: "unavailable"},
		row{name: "somebody else's grant", send: func() answer { return v.school.release(g, "{}") }, status: 503, kind: "unavailable"},
		row{name: "withdrawal", send: func() answer { return v.post("/v1/person/withdrawals", withdrawal(g)) }, status: 503, kind: "unavailable"},
		row{name: "grant", send: v.giving(p.sign(unanswered)), status: 503, kind: "unavailable"})
	for _, c := range []struct {
		name, dir string
		empty     bool // a folder in its place, as a lost mount leaves one
		rows      []row
	}{
		{"heads", v.config.headsDir(), false, append(looking, writing...)},
		{"heads, an empty folder instead", v.config.headsDir(), true, append(looking, writing...)},
		{"records", v.config.recordsDir(), false, all[:3]},
	} {
		t.Run(c.name, func(t *testing.T) {
			v.in(t)
			if c.dir == v.config.recordsDir() { // none of them is remembered then
				must(t, v.shut())
				v.open()
			}
			before := v.settle()
			back := v.away(t, c.dir)
			if c.empty {
				must(t, os.Mkdir(c.dir, 0o700))
			}
			for _, r := range c.rows {
				t.Run(r.name, func(t *testing.T) {
					v.in(t)
					isRefused(t, r.send(), r.status, r.kind, r.reason)
				})
			}
			v.in(t)
			if got, err := send(v.dial(nil, 1), "GET", v.publicURL+"/readyz", nil); err != nil || got.status != http.StatusServiceUnavailable {
				t.Errorf("readyz: %v %d", err, got.status)
			}
			if left, err := os.ReadDir(c.dir); err == nil && len(left) > 0 {
				t.Errorf("another store was begun in place of the lost one: %v", left)
			}
			back()
			v.untouched(t, before, 0)
			must(t, v.shut())
			v.open()
			holds(t, v.hospital.release(g, "{}"))
		})
	}
	v.in(t)
}

// restoreStore: heads from a backup that is older than a stop must not bring back what
// was stopped. The stop is the root key's, which no chain repeats; the journal has it.
func restoreStore(t *testing.T, v *running) {
	p := v.person()
	g := v.recorded(p)
	v.settle()
	heads := v.config.headsDir()
	must(t, os.CopyFS(heads+".earlier", os.DirFS(heads)))
	id := g.Grant.ID()
	var w openapi.Withdrawn
	v.post("/v1/person/withdrawals", encode(object{"grant": id, "signature": p.identity.WithdrawAsIdentity(v.domain(), id)})).into(t, http.StatusOK, &w)
	isRefused(t, v.hospital.release(g, "{}"), 403, "denied", "withdrawn")
	must(t, v.shut())
	must(t, os.Rename(heads, heads+".now"))
	must(t, os.Rename(heads+".earlier", heads))
	if err := v.tryOpen(); err == nil {
		if got := v.hospital.release(g, "{}"); got.status == http.StatusOK {
			t.Errorf("released: the person stopped this at %d, the journal has it as entry %d, and an older store brings it back", w.Time, w.Proof.Promise.Index)
		}
		must(t, v.shut())
	}
	must(t, os.RemoveAll(heads))
	must(t, os.Rename(heads+".now", heads))
	v.open()
	isRefused(t, v.hospital.release(g, "{}"), 403, "denied", "withdrawn")
}

// loseJournal: no entry, no release. The journal then stays stopped until somebody
// has looked; a stop is taken all the same.
func loseJournal(t *testing.T, v *running) {
	p := v.person()
	g, stopped := v.recorded(p), v.hospital.agree(p)
	limited := v.hospital.agree(p, object{"actions": []string{"read"}, "max_releases": 1})
	unanswered := v.hospital.ask()
	yes := p.sign(unanswered)
	before := v.settle()
	v.rest()
	back := v.away(t, v.config.journalDir())
	all := v.unavailable(g, "unavailable")
	for _, r := range append(all[:3:3], // asking alone decides nothing and needs no entry
		row{name: "limited release", send: func() answer { return v.hospital.release(limited, "{}") }, status: 503, kind: "unavailable"},
		row{name: "denial", send: func() answer { return v.hospital.release(g, `{"fields":["health.allergy"]}`) }, status: 503, kind: "unavailable"},
		row{name: "stranger", send: func() answer { return v.school.release(g, "{}") }, status: 503, kind: "unavailable"},
		row{name: "grant", send: v.giving(yes), status: 503, kind: "unavailable"},
		row{name: "no", send: v.refusing(p, unanswered, p.identity), status: 503, kind: "unavailable"},
	) {
		t.Run(r.name, func(t *testing.T) {
			v.in(t)
			isRefused(t, r.send(), r.status, r.kind, r.reason)
		})
	}
	v.in(t)
	for _, change := range diff(before, state{objects: v.objects()}) {
		if !noise.MatchString(change) {
			t.Errorf("half written: %s", change)
		}
	}
	var w openapi.Withdrawn
	v.post("/v1/person/withdrawals", withdrawal(stopped)).into(t, http.StatusOK, &w)
	if w.Status != openapi.StatusWithdrawn || w.Proof != nil {
		t.Errorf("a stop without a journal: %+v", w)
	}
	if got := v.hospital.release(stopped, "{}"); got.status == http.StatusOK {
		t.Error("released after the stop")
	}
	if v.shut() == nil {
		t.Error("the journal stopped, and the vault ends as if it had not")
	}
	back()
	// A journal that failed keeps its lock while the process lives: as after a new
	// start, another folder holds the same bytes.
	must(t, os.CopyFS(v.dir+"-again", os.DirFS(v.dir)))
	v.dir += "-again"
	v.open()
	holds(t, v.hospital.release(g, "{}"))
	isRefused(t, v.hospital.release(stopped, "{}"), 403, "denied", "withdrawn")
	if got := v.hospital.release(g, fiveFields); bytes.Contains(got.body, []byte(echoed)) {
		t.Error("what could not be written down was written")
	}
	if got := v.giving(yes)(); got.status != http.StatusCreated {
		t.Errorf("the same yes again: %d %s", got.status, got.body)
	}
	v.hospital.await(yes, openapi.StatusGiven)
}

// noise may be left by what was not decided: it counts for nothing. A record that no
// head names, a memo that holds no value, a salt claimed for the grant that claims it
// again, the count of a limited release, which is taken first, and that something may be
// held from now on, which is noted before it leaves.
var noise = regexp.MustCompile(`^made (records/record|heads/idempotency|heads/once|heads/counter|heads/received|heads/due)/`)
