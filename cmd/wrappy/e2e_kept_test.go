package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault/journal"
	"github.com/wrapious/wrappy/wallet"
)

// TestPutBack: what is put back from before, or is gone, is refused at the start; a lost
// journal comes back from its copy with every promise that the copy covers.
func TestPutBack(t *testing.T) {
	v := launch(t)
	p, gone := v.person(), v.person()
	g := v.recorded(p)
	ended := map[string]*wallet.SignedGrant{
		"used up": v.hospital.agree(p, object{"max_releases": 2}), "withdrawn": v.hospital.agree(p), "erased": v.recorded(gone),
	}
	holds(t, v.hospital.release(ended["used up"], "{}"))
	v.settle()
	must(t, v.shut())
	early := t.TempDir()
	v.copyTo(t, early, "heads", "records", "journal", "chain", "view")
	v.open()
	var released openapi.Released
	v.hospital.release(g, "{}").into(t, http.StatusOK, &released)
	index := released.Proof.Promise.Index
	v.hospital.write(g, encode(object{"values": object{"identity.mother_maiden_name": "written later"}})).into(t, http.StatusOK, &openapi.Written{})
	holds(t, v.hospital.release(ended["used up"], "{}"))
	_, err := v.device(p).Withdraw(t.Context(), ended["withdrawn"].Grant.ID(), ended["withdrawn"].Withdrawal)
	must(t, err)
	_, _, err = v.device(gone).Erase(t.Context())
	must(t, err)
	v.settle()
	log := v.logReader(t)
	_, err = log.Await(t.Context(), index+1)
	must(t, err)
	must(t, v.anchor(t.Context()))
	eventually(t, "the copy to follow", func() bool { size, _ := v.journal.Copied(); return size > index })
	eventually(t, "the anchor to be confirmed", func() bool { must(t, v.note(t.Context())); return v.anchors.noted > index })
	must(t, v.shut())

	stays := func(t *testing.T) {
		t.Helper()
		for what, one := range ended {
			if got := v.hospital.release(one, "{}"); got.status != http.StatusForbidden && got.status != http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
		}
		if _, err := v.device(gone).Grants(t.Context()); err == nil {
			t.Error("who was erased has come back")
		}
	}
	// each part from before, and all of them together
	parts := []string{"heads", "records", "journal", "chain"}
	for mask := 1; mask < 1<<len(parts); mask++ {
		var back []string
		for i, part := range parts {
			if mask>>i&1 == 1 {
				back = append(back, part)
			}
		}
		t.Run("from before: "+strings.Join(back, ", "), func(t *testing.T) {
			v.in(t)
			want := ""
			for _, part := range back {
				v.replace(t, part, filepath.Join(early, part))
				if part == "chain" {
					v.replace(t, "view", filepath.Join(early, "view"))
				}
				want = map[string]string{"heads": "older than they were", "records": want, "journal": "missing entries", "chain": "the ledger shows"}[part]
			}
			err := v.tryOpen()
			if want == "" && err == nil { // records alone: what they lack is missed when it is read
				before := v.journal.Size()
				isRefused(t, v.hospital.release(g, "{}"), 503, "unavailable", "")
				eventually(t, "that to be written down", func() bool { return v.journal.Size() == before+1 })
				stays(t)
			}
			if err == nil {
				must(t, v.shut())
			}
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("want %q, got: %v", want, err)
			}
		})
	}
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
		{"a journal from before, of which nothing is noted", func(t *testing.T) {
			v.replace(t, "journal", early+"/journal")
			v.replace(t, "journal-size", "")
		}, "missing entries"},
		{"a journal made anew, of which nothing is noted", func(t *testing.T) {
			v.replace(t, "journal", "")
			v.replace(t, "journal-size", "")
			c, err := v.config.journal(v.keyring, v.deployment.LogOrigin)
			must(t, err)
			anew, err := journal.Open(c)
			must(t, err)
			must(t, anew.Close())
		}, "missing entries"},
		{"another vault's ledger", func(t *testing.T) {
			other := t.TempDir()
			f := &founding{jurisdiction: country, public: "127.0.0.1:0", institutions: "127.0.0.1:0", names: []string{"localhost"}}
			must(t, f.make(t.Context(), other))
			v.replace(t, "chain", other+"/chain")
		}, "ledger: "},
		{"no ledger", func(t *testing.T) { v.replace(t, "chain", "") }, "chain is gone"},
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

	for _, back := range [][]string{{"heads"}, {"records"}, {"heads", "records"}} {
		t.Run("from before while it runs: "+strings.Join(back, ", "), func(t *testing.T) {
			v.in(t)
			v.open()
			v.settle()
			now := t.TempDir()
			v.copyTo(t, now, back...)
			for _, part := range back {
				v.overwrite(t, part, early)
			}
			stays(t)
			must(t, v.shut())
			if back[0] == "heads" {
				if err := v.tryOpen(); err == nil {
					must(t, v.shut())
					t.Error("started on what had been put back before")
				} else if !strings.Contains(err.Error(), "older than they were") {
					t.Error(err)
				}
			}
			for _, part := range back {
				v.overwrite(t, part, now)
			}
		})
	}
	v.open()
	eventually(t, "the copy to follow again", func() bool { size, _ := v.journal.Copied(); return size == v.journal.Size() })
	must(t, v.shut())

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

// copyTo copies folders of the vault's, without what a store uses them by.
func (v *running) copyTo(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(v.config.path(name))))
		must(t, errors.Join(os.RemoveAll(filepath.Join(dir, name, ".lock")), os.RemoveAll(filepath.Join(dir, name, ".tmp"))))
	}
}

// overwrite puts a folder's files from elsewhere in the place of its own, as whoever has a hand
// on it can while the vault runs.
func (v *running) overwrite(t *testing.T, name, from string) {
	t.Helper()
	at := v.config.path(name)
	entries, err := os.ReadDir(at)
	must(t, err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			must(t, os.RemoveAll(filepath.Join(at, e.Name())))
		}
	}
	must(t, os.CopyFS(at, os.DirFS(filepath.Join(from, name))))
}

func (v *running) device(p *person) *client.Person {
	v.t.Helper()
	device, err := client.NewPerson(v.t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
	must(v.t, err)
	return device
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
