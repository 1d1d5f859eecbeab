package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// TestPutBack: what is put back from before, or is gone, is refused at the start; a lost
// journal comes back from its copy with every promise that the copy covers.
func TestPutBack(t *testing.T) {
	v := launch(t)
	p := v.person()
	g := v.recorded(p)
	v.settle()
	must(t, v.shut())
	early := t.TempDir()
	for _, kept := range []string{"journal", "chain", "view"} {
		must(t, os.CopyFS(early+"/"+kept, os.DirFS(v.config.path(kept))))
	}
	v.open()
	var released openapi.Released
	v.hospital.release(g, "{}").into(t, http.StatusOK, &released)
	index := released.Proof.Promise.Index
	log := v.logReader(t)
	_, err := log.Await(t.Context(), index+1)
	must(t, err)
	must(t, v.anchor(t.Context()))
	eventually(t, "the copy to follow", func() bool { size, _ := v.journal.Copied(); return size > index })
	eventually(t, "the anchor to be confirmed", func() bool { must(t, v.note(t.Context())); return v.anchors.noted > index })
	must(t, v.shut())

	for _, c := range []struct {
		name string
		do   func(t *testing.T)
		want string // in the error of the start
	}{
		{"no journal", func(t *testing.T) { v.replace(t, "journal", "") }, "journal is gone"},
		{"an empty journal", func(t *testing.T) {
			v.replace(t, "journal", "")
			must(t, os.Mkdir(v.config.journalDir(), 0o700))
		}, "missing entries"},
		{"a journal from before", func(t *testing.T) { v.replace(t, "journal", early+"/journal") }, "missing entries"},
		{"a journal from before, of which nothing is noted", func(t *testing.T) {
			v.replace(t, "journal", early+"/journal")
			v.replace(t, "journal-size", "")
		}, "missing entries"},
		{"a ledger from before", func(t *testing.T) {
			v.replace(t, "chain", early+"/chain")
			v.replace(t, "view", early+"/view")
		}, "the ledger shows"},
		{"no ledger", func(t *testing.T) { v.replace(t, "chain", "") }, "chain is gone"},
		{"heads from before", func(t *testing.T) {
			v.replace(t, "store-clock", "")
			must(t, os.WriteFile(v.config.storeClockFile(), fmt.Appendf(nil, "%d\n", time.Now().Add(time.Hour).UnixMilli()), 0o600))
		}, "older than they were"},
		{"another keyring's log", func(t *testing.T) {
			origin := v.deployment.LogOrigin
			data, err := os.ReadFile(v.config.deploymentFile())
			must(t, err)
			v.replace(t, "deployment.json", "")
			must(t, os.WriteFile(v.config.deploymentFile(), bytes.Replace(data, []byte(origin), []byte("other/1"), 1), 0o600))
		}, "anchor on the ledger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v.in(t)
			c.do(t)
			if err := v.tryOpen(); err == nil {
				must(t, v.shut())
				t.Error("started")
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got: %v", c.want, err)
			}
		})
	}

	t.Run("restored from the copy", func(t *testing.T) {
		v.in(t)
		v.replace(t, "journal", "")
		var out, errs bytes.Buffer
		restore := func(more ...string) int {
			out.Reset()
			errs.Reset()
			return run(t.Context(), append([]string{"journal", "restore", "--config", v.config.path(configFile)}, more...), streams{strings.NewReader(""), &out, &errs})
		}
		// as after a disk that took the last three entries with it, or a copy from before
		noted, err := readNumber(v.config.journalSizeFile())
		must(t, err)
		must(t, v.config.noteSize(noted+3))
		for _, more := range [][]string{nil, {"--accept-loss", "2"}} {
			if code := restore(more...); code == exitOK || !strings.Contains(errs.String(), "--accept-loss") {
				t.Fatalf("restored from less than was noted with %v: %s", more, errs.String())
			}
		}
		if code := restore("--accept-loss", "3"); code != exitOK {
			t.Fatalf("status %d: %s", code, errs.String())
		}
		if !strings.Contains(out.String(), "restored ") {
			t.Errorf("says %q", out.String())
		}
		v.open()
		holds(t, v.hospital.release(g, "{}"))
		log := v.logReader(t)
		tree, err := log.Await(t.Context(), index+2)
		must(t, err)
		leaf, _, err := log.Inclusion(t.Context(), tree.Tree, index)
		if err != nil || leaf.String() != released.Proof.Promise.LeafHash {
			t.Errorf("the promise of before is not kept: %v", err)
		}
		device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
		must(t, err)
		if entries, _, err := device.History(t.Context(), proof.HistoryState{}); err != nil || len(entries) < 4 {
			t.Errorf("history of %d entries: %v", len(entries), err)
		}
		must(t, v.shut())
		if code := restore(); code == exitOK {
			t.Error("a journal that is there was restored over")
		}
	})
}

// replace puts another file or folder, or nothing for "", in the place of one of the
// vault's until the test ends.
func (v *running) replace(t *testing.T, name, with string) {
	t.Helper()
	at, aside := v.config.path(name), v.config.path(name)+".aside"
	must(t, os.Rename(at, aside))
	t.Cleanup(func() {
		must(t, os.RemoveAll(at))
		must(t, os.Rename(aside, at))
	})
	if with != "" {
		must(t, os.CopyFS(at, os.DirFS(with)))
	}
}

func (v *running) logReader(t *testing.T) *client.LogReader {
	t.Helper()
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), v.person().identity)
	must(t, err)
	log, err := client.NewLogReader(v.publicURL, v.config.path(v.config.TLS.Certificate), nil, device.Deployment.Log())
	must(t, err)
	return log
}

// TestLogServed: anybody reads the log's files, on both listeners, and nothing beside them.
func TestLogServed(t *testing.T) {
	v := launch(t)
	g := v.recorded(v.person())
	holds(t, v.hospital.release(g, "{}"))
	log := v.logReader(t)
	_, err := log.Await(t.Context(), 2)
	must(t, err)
	must(t, v.anchor(t.Context()))
	_, anchor, err := log.Anchor(t.Context(), v.domain(), 0)
	must(t, err)
	if root, err := v.journal.Root(t.Context(), anchor.Size); err != nil || root != anchor.Root {
		t.Errorf("anchored is another tree: %v", err)
	}
	for _, r := range []struct {
		path   string
		status int
	}{
		{"/log/checkpoint", 200},
		{"/log/anchor", 200},
		{fmt.Sprintf("/log/anchor?size=%d", anchor.Size), 200},
		{"/log/anchor?size=1000000", 404},
		{"/log/anchor?size=-1", 422},
		{"/log/anchor?size=0", 422},
		{"/log/anchor?size=" + echoed, 422},
		{"/log/", 404},
		{"/log", 404},
		{"/log/tile/0/999", 404},
		{"/log/tile/0/x", 404},
		{"/log/tile/entries/000?x=1", 404},
		{"/log/.state/treeState", 404},
		{"/log/../deployment.json", 404},
		{"/log/%2e%2e/%2e%2e/deployment.json", 404},
		{"/log/tile/..%2f..%2fcheckpoint", 404},
		{"/log/checkpoint/", 404},
		{"/log/CHECKPOINT", 404},
	} {
		for name, base := range map[string]string{"people": v.publicURL, "institutions": v.institutionsURL} {
			c := v.dial(&v.hospital.keys.Certificate, 1)
			got, err := send(c, "GET", base+r.path, nil)
			must(t, err)
			if got.status != r.status {
				t.Errorf("%s, %s: want %d, got %d", name, r.path, r.status, got.status)
			}
			if bytes.Contains(got.body, []byte(echoed)) || bytes.Contains(got.body, []byte(canary)) {
				t.Errorf("%s, %s: %s", name, r.path, got.body)
			}
			c.CloseIdleConnections()
		}
	}
	if got, err := send(v.dial(nil, 1), "POST", v.publicURL+"/log/checkpoint", strings.NewReader("x")); err != nil || got.status < 400 {
		t.Errorf("the log takes what is sent to it: %v %d", err, got.status)
	}
	must(t, v.shut())
}

// TestAnchored: the log is anchored by itself, and what is anchored grows.
func TestAnchored(t *testing.T) {
	v := launch(t)
	g := v.recorded(v.person())
	must(t, v.shut())
	v.open("WRAPPY_JOURNAL_ANCHOR_EVERY=1s")
	last := uint64(0)
	for range 2 {
		holds(t, v.hospital.release(g, "{}"))
		want := v.journal.Size()
		eventually(t, "the ledger to anchor the entry", func() bool {
			_, size, root, err := v.ledger.LogAnchor(t.Context(), v.deployment.LogOrigin)
			if err != nil || size < want {
				return false
			}
			own, err := v.journal.Root(t.Context(), size)
			if err != nil || own != consent.Digest(root) || size <= last {
				t.Errorf("anchored %d entries under another root: %v", size, err)
			}
			last = size
			return true
		})
	}
	must(t, v.shut())
}

// TestAnchorTakenBack: an anchor that a reorganisation has taken out is not noted. Noted, it
// would make the next start refuse a healthy ledger.
func TestAnchorTakenBack(t *testing.T) {
	node := anviltest.Start(t, "--block-time", "1")
	v := launch(t, onNetwork(t, node))
	g := v.recorded(v.person())
	must(t, v.anchor(t.Context()))
	eventually(t, "the anchor to be noted", func() bool { must(t, v.note(t.Context())); return v.anchors.noted > 0 })
	stands := v.anchors.noted
	node.Mine(t, 10)
	holds(t, v.hospital.release(g, "{}"))
	eventually(t, "the log to grow", func() bool { return v.journal.Published() > stands })
	must(t, v.anchor(t.Context()))
	node.Reorganise(t, 8)
	must(t, v.view.AwaitBlock(t.Context(), v.anchors.block+8))
	must(t, v.note(t.Context()))
	must(t, v.shut())
	v.open()
	_, size, _, err := v.ledger.LogAnchor(t.Context(), v.deployment.LogOrigin)
	if err != nil || size != stands || v.anchors.size != stands || v.anchors.noted != stands {
		t.Errorf("%d anchored, %d noted, want %d: %v", size, v.anchors.noted, stands, err)
	}
	must(t, v.shut())
}

// TestViewStopped: a ledger that can no longer be followed ends releases, and holds up no
// withdrawal, from the first word of a person's device on.
func TestViewStopped(t *testing.T) {
	v := launch(t)
	p := v.person()
	g := v.recorded(p)
	holds(t, v.hospital.release(g, "{}"))
	must(t, v.view.Close())
	isRefused(t, v.hospital.release(g, "{}"), 503, "unavailable", "")
	if got, err := send(v.dial(nil, 1), "GET", v.publicURL+"/readyz", nil); err != nil || got.status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %v %d", err, got.status)
	}
	device, err := client.NewPerson(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
	must(t, err)
	withdrawn, err := device.Withdraw(t.Context(), g.Grant.ID(), g.Withdrawal)
	if err != nil || withdrawn.Status != openapi.StatusWithdrawn {
		t.Errorf("a stop without a ledger: %+v %v", withdrawn, err)
	}
	_ = v.shut() // a view that is closed twice
	v.open()
	isRefused(t, v.hospital.release(g, "{}"), 403, "denied", "withdrawn")
	must(t, v.shut())
}
