package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wrapious/wrappy/policy"
)

// reviewing is two people who sign policy bundles of a running vault, and a third
// whom it does not know.
type reviewing struct {
	t    *testing.T
	v    *running
	keys [3]ed25519.PrivateKey
	tell chan os.Signal
}

func review(t *testing.T, v *running) *reviewing {
	r := &reviewing{t: t, v: v, tell: make(chan os.Signal, 1)}
	var known strings.Builder
	for i := range r.keys {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		if r.keys[i] = private; i < 2 {
			fmt.Fprintln(&known, hex.EncodeToString(public))
		}
	}
	must(t, os.WriteFile(v.config.path(v.config.Policy.Reviewers), []byte(known.String()), 0o600))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); v.watchPolicy(ctx, r.tell) }()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

// bundle is the default one with files changed, or (nil) left out.
func (r *reviewing) bundle(revision uint64, life time.Duration, changes map[string]string) []byte {
	r.t.Helper()
	source := fstest.MapFS{}
	must(r.t, fs.WalkDir(policy.Default(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(policy.Default(), name)
		source[name] = &fstest.MapFile{Data: content}
		return err
	}))
	for name, content := range changes {
		if source[name] = (&fstest.MapFile{Data: []byte(content)}); content == "" {
			delete(source, name)
		}
	}
	bundle, _, err := policy.Build(source, policy.Manifest{Revision: revision, Expires: unixIn(life)})
	must(r.t, err)
	return bundle
}

func (r *reviewing) sign(bundle []byte, signers ...int) []policy.Approval {
	digest := sha256.Sum256(bundle)
	list := []policy.Approval{}
	for _, i := range signers {
		list = append(list, policy.Approval{Digest: digest, Reviewer: r.keys[i].Public().(ed25519.PublicKey), //nolint:errcheck // has no other
			Signature: ed25519.Sign(r.keys[i], append([]byte("wrappy policy approval v1\x00"), digest[:]...))})
	}
	return list
}

// offer puts files in place as an operator does, tells the server, and waits until
// it has said something about them.
func (r *reviewing) offer(t *testing.T, bundle []byte, approvals any) {
	t.Helper()
	list, err := json.Marshal(approvals)
	must(t, err)
	c := r.v.config
	must(t, os.WriteFile(c.path(c.Policy.Bundle), bundle, 0o600))
	must(t, os.WriteFile(c.path(c.Policy.Approvals), list, 0o600))
	r.reload(t)
}

func (r *reviewing) reload(t *testing.T) {
	t.Helper()
	said := func() int {
		log := r.v.logs.String()
		return strings.Count(log, "policy bundle in force") + strings.Count(log, "the last good one stays")
	}
	before := said()
	r.tell <- syscall.SIGHUP
	eventually(t, "word about the policy bundle", func() bool { return said() > before })
}

func tarball(t *testing.T, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range [][2]string{{"manifest.json", `{"format": 1, "revision": 9, "expires": 4000000000, "files": {}}`}, {name, "{}"}} {
		must(t, w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}))
		_, err := w.Write([]byte(f[1]))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

// TestPolicyReload: a running vault takes a good bundle, keeps the last good one
// through every bad one, and releases nothing once that one's time is over.
func TestPolicyReload(t *testing.T) {
	v := launch(t)
	g := v.recorded(v.person())
	holds(t, v.hospital.release(g, "{}"))
	r := review(t, v)
	const year = 365 * 24 * time.Hour

	nothing := r.bundle(2, year, map[string]string{"reasons.rego": "", "release_test.rego": "",
		"release.rego": "package wrappy.release\npermitted := set()\nvalid_until := input.time + 5\nwithheld := {}\nreasons := {\"policy\"}\n"})
	r.offer(t, nothing, r.sign(nothing, 0, 1))
	isRefused(t, v.hospital.release(g, "{}"), 403, "denied", "policy")
	good := r.bundle(3, year, nil)
	r.offer(t, good, r.sign(good, 0, 1))
	holds(t, v.hospital.release(g, "{}"))
	inForce := v.engine.Health()
	if inForce.Revision != 3 || inForce.Digest != sha256.Sum256(good) {
		t.Fatalf("%+v", inForce)
	}

	t.Run("bad bundles", func(t *testing.T) { r.refuseAll(t, good, func() { holds(t, v.hospital.release(g, "{}")) }) })
	if h := v.engine.Health(); h.Digest != inForce.Digest || h.Revision != 3 {
		t.Errorf("%+v", h)
	}

	short := r.bundle(4, 5*time.Second, nil)
	r.offer(t, short, r.sign(short, 1, 0))
	if h := v.engine.Health(); h.Revision != 4 {
		t.Fatalf("%+v", h)
	}
	eventually(t, "the bundle to expire", func() bool { return strings.Contains(v.logs.String(), "policy bundle expired") })
	expired := func(t *testing.T) {
		t.Helper()
		isRefused(t, v.hospital.release(g, "{}"), http.StatusServiceUnavailable, "unavailable", "")
		isRefused(t, v.hospital.write(g, `{"values":{"identity.race":{"text":"x"}}}`), http.StatusServiceUnavailable, "unavailable", "")
		isRefused(t, v.hospital.call("GET", "/readyz", ""), http.StatusServiceUnavailable, "unavailable", "")
	}
	expired(t)
	t.Run("bad bundles, and none in force", func(t *testing.T) { r.refuseAll(t, short, func() { expired(t) }) })
	last := r.bundle(5, year, nil)
	r.offer(t, last, r.sign(last, 0, 1))
	holds(t, v.hospital.release(g, "{}"))
	if got := v.hospital.call("GET", "/readyz", ""); got.status != http.StatusOK {
		t.Errorf("not ready with a bundle in force: %d", got.status)
	}
}

// refuseAll offers what must not come into force; then must hold after each.
func (r *reviewing) refuseAll(t *testing.T, good []byte, then func()) {
	const year = 365 * 24 * time.Hour
	rule := func(text string) []byte {
		return r.bundle(9, year, map[string]string{"more.rego": "package wrappy.more\n" + text + "\n"})
	}
	sound := r.bundle(9, year, map[string]string{"more/data.json": "{}"})
	endless := "permitted := {x | some a, _ in data.fields; some b, _ in data.fields; some c, _ in data.fields; some d, _ in data.fields; some e, _ in data.fields\n" +
		"\tsome f, _ in data.fields; x := count([a, b, c, d, e, f]); x == 9}\n"
	spoilt := r.sign(sound, 0, 1)
	spoilt[1].Signature[5] ^= 1
	for _, bad := range []struct {
		name      string
		bundle    []byte
		approvals any
		why       string
	}{
		{"one signer", sound, r.sign(sound, 0), "is not approved"},
		{"a stranger", sound, r.sign(sound, 0, 2), "is not approved"},
		{"a bad signature", sound, spoilt, "is not approved"},
		{"older", r.bundle(1, year, nil), nil, "older revision"},
		{"another of the same revision", r.bundle(r.v.engine.Revision(), year, map[string]string{"more/data.json": "{}"}), nil, "older revision"},
		{"expired", r.bundle(9, -time.Hour, nil), nil, "expired"},
		{"oversized", make([]byte, policy.MaxBundle), nil, "policy bundle"},
		{"larger than is read", make([]byte, policy.MaxBundle+1), nil, "cannot be read"},
		{"traversal", tarball(t, "../../etc/data.json"), nil, "policy bundle"},
		{"http.send", rule(`x := http.send({"method": "get", "url": "http://localhost"})`), nil, "policy bundle"},
		{"a clock", rule(`x := time.now_ns()`), nil, "policy bundle"},
		{"syntax error", rule(`x := {`), nil, "policy bundle"},
		{"no fields", r.bundle(9, year, map[string]string{"fields/data.json": ""}), nil, "policy bundle"},
		{"a broken code list", r.bundle(9, year, map[string]string{"codes/data.json": `{"hiv": []}`}), nil, "policy bundle"},
		{"without an end", r.bundle(9, year, map[string]string{"reasons.rego": "", "release_test.rego": "", "release.rego": "package wrappy.release\n" + endless +
			"valid_until := 1\nwithheld := {}\nreasons := set()\n"}), nil, "policy bundle"},
		{"approvals that are no list", good, "approved", "cannot be read"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			if bad.approvals == nil {
				bad.approvals = r.sign(bad.bundle, 0, 1)
			}
			before, logged := r.v.engine.Health(), len(r.v.logs.String())
			r.offer(t, bad.bundle, bad.approvals)
			line := r.v.logs.String()[logged:]
			if !strings.Contains(line, bad.why) || !strings.Contains(line, before.Digest.String()) || strings.Contains(line, r.v.dir) || strings.Contains(line, ".rego") {
				t.Errorf("want %q, the digest, and neither path nor content in the log:\n%s", bad.why, line)
			}
			if h := r.v.engine.Health(); h.Digest != before.Digest || h.Revision != before.Revision {
				t.Errorf("%+v", h)
			}
			then()
		})
	}
	c := r.v.config
	must(t, os.Remove(c.path(c.Policy.Bundle)))
	r.reload(t)
	then()
	r.offer(t, good, r.sign(good, 0, 1))
}

// TestServeHangup: the program itself, by its signals, and without a bundle.
func TestServeHangup(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(scratch(t), "v")
	must(t, os.WriteFile(dir+".pass", []byte("correct horse battery staple\n"), 0o600))
	wrappy := func(log *lockedBuffer, args ...string) *exec.Cmd {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		t.Cleanup(cancel)
		c := exec.CommandContext(ctx, "wrappy", args...) //nolint:gosec // this program
		c.Stdout, c.Stderr = log, log
		return c
	}
	var log lockedBuffer
	init := wrappy(&log, "init", "--data", dir, "--jurisdiction", "KE", "--listen-public", "127.0.0.1:0", "--listen-institutions", "127.0.0.1:0", "--passphrase-file", dir+".pass")
	if err := init.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	serve := func(log *lockedBuffer) *exec.Cmd {
		c := wrappy(log, "serve", "--config", filepath.Join(dir, "config.yaml"))
		c.Env = append(os.Environ(), "WRAPPY_PASSPHRASE_FILE="+dir+".pass")
		return c
	}
	running := serve(&log)
	must(t, running.Start())
	says := func(what string) {
		t.Helper()
		eventually(t, what, func() bool { return strings.Contains(log.String(), what) })
	}
	says(`"msg":"serving"`)
	must(t, running.Process.Signal(syscall.SIGHUP))
	says("policy bundle in force")
	bundles, err := filepath.Glob(filepath.Join(dir, "policy", "bundle*"))
	if err != nil || len(bundles) != 1 {
		t.Fatalf("%v %v", bundles, err)
	}
	good, err := os.ReadFile(bundles[0])
	must(t, err)
	must(t, os.WriteFile(bundles[0], append(good, 0), 0o600))
	must(t, running.Process.Signal(syscall.SIGHUP))
	says("policy bundle refused: the last good one stays in force")
	if _, err := os.Stat(filepath.Join(dir, "addresses.json")); err != nil {
		t.Errorf("it serves no more: %v", err)
	}
	must(t, running.Process.Signal(syscall.SIGTERM))
	if err := running.Wait(); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
	for _, broken := range []func() error{
		func() error { return nil }, // as it is: one byte too many
		func() error { return os.Remove(bundles[0]) },
	} {
		must(t, broken())
		var refused lockedBuffer
		if err := serve(&refused).Run(); err == nil || !strings.Contains(refused.String(), "policy bundle") || strings.Contains(refused.String(), `"msg":"serving"`) {
			t.Errorf("it starts without a policy bundle: %v\n%s", err, refused.String())
		}
	}
}
