package journal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"

	"github.com/wrapious/wrappy/consent"
)

// litewitness is a real witness in a process of its own: torchwood's, which keeps in a
// database what it has cosigned.
type litewitness struct {
	address, socket, key, tools, database string
	process                               *exec.Cmd
	vkey                                  string
}

var witnessTools string // removed by TestMain

var buildWitness = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "witness")
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "-C", "../../tools/witness", "build", "-o", dir+"/", "./knowlog", "filippo.io/torchwood/cmd/litewitness")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building tools/witness: %w\n%s", err, output)
	}
	witnessTools = dir
	return dir, nil
})

// newWitness starts a witness that knows one log.
func newWitness(t *testing.T, origin, logKey string) *litewitness {
	t.Helper()
	tools, err := buildWitness()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "w") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w := &litewitness{tools: tools, socket: filepath.Join(dir, "s"), database: filepath.Join(dir, "db")}
	private := ed25519.NewKeyFromSeed(key(77))
	public := sha256.Sum256(private.Public().(ed25519.PublicKey))
	w.key = hex.EncodeToString(public[:])
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: &private}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", w.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keyring, connection) }()
		}
	}()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.address = free.Addr().String()
	_ = free.Close()
	t.Cleanup(w.stop)
	w.start(t)
	if output, err := exec.Command(filepath.Join(tools, "knowlog"), w.database, origin, logKey).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return w
}

func (w *litewitness) start(t *testing.T) {
	t.Helper()
	output, err := os.Create(w.database + ".log")
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	said := func() string {
		text, err := os.ReadFile(output.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	w.process = exec.Command(filepath.Join(w.tools, "litewitness"), "-name", "witness.example/w1", "-db", w.database, "-ssh-agent", w.socket, "-key", w.key, "-listen", w.address)
	w.process.Stderr = output
	if err := w.process.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if connection, err := net.Dial("tcp", w.address); err == nil {
			_ = connection.Close()
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("the witness does not listen\n%s", said())
		}
	}
	if w.vkey == "" {
		_, after, _ := strings.Cut(said(), "vkey=")
		w.vkey = strings.Trim(strings.Fields(after)[0], `"`)
	}
}

func (w *litewitness) stop() {
	if w.process != nil {
		_ = w.process.Process.Kill()
		_ = w.process.Wait()
		w.process = nil
	}
}

func (w *litewitness) policy() string { return policyOf(w.vkey, "http://"+w.address) }

func policyOf(vkey, url string) string {
	return fmt.Sprintf("# one witness\nwitness w1 %s %s\ngroup g 1 w1\nquorum g\n", vkey, url)
}

// cosigned reports whether a checkpoint carries the witness's signature.
func cosigned(t testing.TB, vkey string, raw []byte) bool {
	t.Helper()
	verifier, err := fnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(raw, note.VerifierList(verifier))
	return err == nil && len(n.Sigs) == 1
}

func witnessedConfig(t *testing.T) (Config, *litewitness) {
	t.Helper()
	config := configIn(tempDir(t))
	_, vkey, err := noteVerifier(config.Origin, config.Signer.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	w := newWitness(t, config.Origin, vkey)
	config.Witnesses.Policy = w.policy()
	return config, w
}

// A checkpoint is published with the witness's cosignature; while there is none, nothing
// is published and soon nothing appended; when it is back, the log goes on.
func TestWitnessCosigns(t *testing.T) {
	config, w := witnessedConfig(t)
	j := mustOpen(t, config)
	var proofs []consent.Proof
	for range 20 {
		proofs = append(proofs, mustAppend(t, j, entryOf(1)))
	}
	t.Logf("published after %v", awaitPublishedSize(t, j, 20))
	check := func() {
		t.Helper()
		if !cosigned(t, w.vkey, j.Checkpoint()) {
			t.Errorf("no cosignature in %q", j.Checkpoint())
		}
		for _, proof := range proofs {
			mustInclude(t, j, proof.Promise, proof.Leaf)
			if len(proof.Checkpoint) > 0 && !cosigned(t, w.vkey, proof.Checkpoint) {
				t.Error("a checkpoint without the cosignature was handed out")
			}
		}
	}
	check()
	w.stop()
	proofs = append(proofs, mustAppend(t, j, entryOf(1)))
	if err := awaitRefusal(t, j); !errors.Is(err, ErrLag) {
		t.Fatalf("got %v, want ErrLag", err)
	}
	if j.Published() != 20 {
		t.Errorf("size %d was published without the witness", j.Published())
	}
	mustClose(t, j)
	j = mustOpen(t, config)
	if _, err := j.Append(t.Context(), entryOf(1)); !errors.Is(err, ErrLag) || j.Published() != 20 {
		t.Fatalf("opened without the witness: size %d, %v, want ErrLag", j.Published(), err)
	}
	// A checkpoint that somebody published without it does not count.
	root, err := j.tree.rootToSign(j.Size())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", j.Origin(), j.Size(), base64.StdEncoding.EncodeToString(root[:]))}, plainSigner{signer{j}})
	if err == nil {
		err = os.WriteFile(filepath.Join(j.tree.dir, "checkpoint"), raw, 0o600)
	}
	if err = errors.Join(err, j.readCheckpoint()); err != nil || j.Published() != 20 {
		t.Fatalf("size %d counts as published: %v", j.Published(), err)
	}
	if err := os.Remove(filepath.Join(j.tree.dir, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	w.start(t)
	awaitPublishedSize(t, j, j.Size())
	proofs = append(proofs, mustAppend(t, j, entryOf(1)))
	awaitPublishedSize(t, j, j.Size())
	check()
}

// A log that was rolled back or forked since the witness saw it gets no cosignature and
// publishes nothing, however well its own files agree.
func TestWitnessRefusesARewrittenLog(t *testing.T) {
	for name, entries := range map[string]int{"shorter": 10, "as long": 30, "longer": 50} {
		t.Run(name, func(t *testing.T) {
			config, w := witnessedConfig(t)
			fill(t, config, 30)
			// Another log under the same name and key, which the witness did not see grow.
			forked := config
			forked.Dir = tempDir(t)
			unwitnessed := forked
			unwitnessed.Witnesses = Witnesses{}
			fill(t, unwitnessed, entries)
			j := mustOpen(t, forked)
			if j.Published() != 0 || len(j.Checkpoint()) != 0 {
				t.Fatalf("size %d is published", j.Published())
			}
			if _, err := j.Append(t.Context(), entryOf(1)); !errors.Is(err, ErrLag) {
				t.Errorf("got %v, want ErrLag", err)
			}
			status, _, _ := fetch(t, publicServer(t, j)+"/checkpoint")
			if status != http.StatusNotFound {
				t.Errorf("checkpoint: %d", status)
			}
			// The witness holds to what it saw.
			again := mustOpen(t, config)
			mustAppend(t, again, entryOf(1))
			awaitPublishedSize(t, again, 31)
			if !cosigned(t, w.vkey, again.Checkpoint()) {
				t.Error("the true log is not cosigned any more")
			}
		})
	}
}

func publicServer(t *testing.T, j *Journal) string {
	server := httptest.NewServer(j.Public())
	t.Cleanup(server.Close)
	return server.URL
}

// Optional witnesses hold nothing up, whatever they do.
func TestOptionalWitness(t *testing.T) {
	config, w := witnessedConfig(t)
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server sees that the client has gone only then
		<-r.Context().Done()
	}))
	defer hanging.Close()
	endless := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for r.Context().Err() == nil {
			if _, err := out.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	elsewhere := false
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere = true }))
	redirecting := httptest.NewServer(http.RedirectHandler(target.URL, http.StatusTemporaryRedirect))
	defer redirecting.Close()
	w.stop()
	config.Witnesses.Optional = true
	for name, url := range map[string]string{"gone": "http://" + w.address, "hanging": hanging.URL, "endless": endless.URL, "redirecting": redirecting.URL} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			c := config
			c.Dir, c.Witnesses.Policy, c.Log = tempDir(t), policyOf(w.vkey, url), slog.New(slog.NewTextHandler(&log, nil))
			j := mustOpen(t, c)
			for range 5 {
				mustAppend(t, j, entryOf(1))
				t.Logf("published after %v", awaitPublishedSize(t, j, j.Size()))
			}
			if cosigned(t, w.vkey, j.Checkpoint()) {
				t.Error("cosigned by nobody")
			}
			mustClose(t, j)
			if name != "endless" && !strings.Contains(log.String(), "witness") {
				t.Errorf("nobody was told: %s", log.String())
			}
			if strings.Contains(log.String(), w.vkey) {
				t.Error("the log repeats the configuration")
			}
		})
	}
	target.Close()
	if elsewhere {
		t.Error("a redirect was followed")
	}
}

// A cosignature that is asked for only now is got for what was published without it.
func TestWitnessComesLater(t *testing.T) {
	config, w := witnessedConfig(t)
	without := config
	without.Witnesses = Witnesses{}
	fill(t, without, 20)
	j := mustOpen(t, config)
	awaitPublishedSize(t, j, 20)
	if !cosigned(t, w.vkey, j.Checkpoint()) {
		t.Error("no cosignature")
	}
	mustAppend(t, j, entryOf(1))
}

func TestWitnessPolicyIsRefused(t *testing.T) {
	_, vkey, err := noteVerifier("w", ed25519.NewKeyFromSeed(key(9)).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, policy := range map[string]string{
		"not a policy":      "x",
		"no quorum":         "witness w1 " + vkey + " http://127.0.0.1:1",
		"no key":            policyOf("x", "http://127.0.0.1:1"),
		"not a URL":         policyOf(vkey, "http://[::1"),
		"too many":          "group g 2 w1\nquorum g",
		"quorum of unknown": "quorum g",
	} {
		config := configIn(tempDir(t))
		config.Witnesses.Policy = policy
		if j, err := Open(config); err == nil {
			t.Errorf("%s: opened", name)
			_ = j.Close()
		}
	}
}
