package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// ample lets the whole town come from one address, and in one day.
var ample = []string{
	"WRAPPY_LIMITS_PER_SECOND=10000", "WRAPPY_LIMITS_BURST=10000", "WRAPPY_LEDGER_DAILY_GRANTS=10000000",
	"WRAPPY_LEDGER_DAILY_UNINVITED=10000000", "WRAPPY_LEDGER_DAILY_INVITED=10000000",
}

// benched is a vault's folder with people in it, and the hospital that may read them.
type benched struct {
	*running
	people []*wallet.Identity
	grants []*wallet.SignedGrant // to read and write the record, one for each person
	kept   string                // file of the promises that came with answers

	// For single parts: grants that count, grants of synthetic patients, grants that end.
	limited, charts, ending []*wallet.SignedGrant
}

// memory is where folders are made that are moved to a disk when they are ready.
const memory = "/dev/shm"

// newBenched makes a vault and people with records of ten fields through its own rooms,
// then what parts need besides. It is made in memory, where nothing waits for a disk, and
// then put on the disk.
func (b *bench) newBenched(people int, also func(*benched), settings ...func(*founding)) *benched {
	t, disk := b.t, b.t.TempDir()
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		t.Setenv("TMPDIR", memory)
	}
	h := &benched{kept: filepath.Join(disk, "promises")}
	t.Run("make", func(t *testing.T) { // what it leaves in memory goes when it ends
		h.running = launch(t, settings...)
		must(t, h.shut())
		h.open(ample...)
		h.settle(people)
		if also != nil {
			also(h)
		}
		must(t, h.shut())
		h.move(filepath.Join(disk, "vault"))
	})
	if h.running == nil || h.t.Failed() {
		t.FailNow()
	}
	h.t = t
	return h
}

func (h *benched) move(to string) {
	h.t.Helper()
	if output, err := exec.Command("cp", "-a", h.dir, to).CombinedOutput(); err != nil { //nolint:gosec // the test's own folders
		h.t.Fatalf("%v: %s", err, output)
	}
	syscall.Sync() // what was copied is not to be written while it is measured
	h.dir = to
	c, err := loadConfig(filepath.Join(to, configFile), nil)
	must(h.t, err)
	h.config = c
}

// settle brings people with a grant and a record each, many at once: each step for all of
// them before the next, because the chain makes one block a second.
func (h *benched) settle(people int) {
	h.people = make([]*wallet.Identity, people)
	h.each(people, func(ctx context.Context, i int) (err error) {
		h.people[i], err = h.enrol(ctx)
		return err
	})
	h.grants = h.given(h.people, h.recordRequest())
	h.each(people, func(ctx context.Context, i int) error {
		body, err := h.writeBody(h.grants[i], record)
		if err != nil {
			return err
		}
		return h.store(ctx, h.grants[i], body, "Content-Type: application/json", len(record))
	})
}

const atOnce = 32

// each does something so many times, some at once.
func (h *benched) each(n int, do func(ctx context.Context, i int) error) {
	h.t.Helper()
	g, ctx := errgroup.WithContext(h.t.Context())
	g.SetLimit(atOnce)
	for i := range n {
		g.Go(func() error {
			for {
				err := do(ctx, i)
				if !errors.Is(err, consent.ErrUnavailable) {
					return err
				}
				select { // a log that is behind its promises takes nothing more for a while
				case <-ctx.Done():
					return err
				case <-time.After(time.Second):
				}
			}
		})
	}
	must(h.t, g.Wait())
}

func (h *benched) enrol(ctx context.Context) (*wallet.Identity, error) {
	p := wallet.NewIdentity()
	e, signature := p.Enrol(h.domain(), h.deployment.LogOrigin, country, time.Now())
	deadline := consent.ActDeadline(e.Time)
	return p, h.gate.Enrol(ctx, vault.EnrolCall{
		Enrolment: e, Signature: signature, RootKey: p.Seed.Root().Address(), RecoveryHash: p.RecoveryHash, Salt: p.Salt,
		RegisterDeadline: deadline, RegisterSignature: p.Register(h.deployment.Ledger.KeysDomain(), deadline),
	})
}

// recordRequest asks for the ten fields, to read and to write.
func (h *benched) recordRequest() consent.Request {
	now := unixIn(0)
	return consent.Request{
		Version: consent.Version, Institution: h.hospital.keys.ID, Purpose: policy.PurposePatientRegistration, LegalBasis: consent.BasisConsent,
		Jurisdiction: country, Fields: tenFields, Actions: consent.Read | consent.Write, NotBefore: now - 60, Expires: (now/consent.Day + 30) * consent.Day,
		RetentionDays: 30, AnswerBy: now + 3600, Notices: []consent.Notice{{Language: "en", Text: "We ask for these fields to care for you."}},
	}
}

// given lets the hospital ask each of some people the same, and waits until the ledger has
// what all of them have given.
func (h *benched) given(people []*wallet.Identity, ask consent.Request) []*wallet.SignedGrant {
	h.t.Helper()
	who, err := h.view.Institution(h.t.Context(), h.hospital.keys.ID)
	must(h.t, err)
	grants := make([]*wallet.SignedGrant, len(people))
	h.each(len(people), func(ctx context.Context, i int) (err error) {
		r := ask
		_, _ = rand.Read(r.Salt[:])
		if _, err := h.gate.CreateRequest(ctx, who, r, client.NewIdempotencyKey()); err != nil {
			return err
		}
		g, err := people[i].Answer(h.domain(), &r, wallet.Choice{Language: "en"}, time.Now())
		if err != nil {
			return err
		}
		grants[i] = g
		_, err = h.gate.Grant(ctx, vault.SignedGrant{Grant: g.Grant, Act: g.Act, ActSignature: g.ActSignature, Binding: g.Binding, BindingSignature: g.BindingSignature})
		return err
	})
	begun := time.Now()
	for _, g := range grants {
		for {
			held, err := h.gate.Held(h.t.Context(), who, g.Grant.ID())
			must(h.t, err)
			if held.Status == consent.StatusGiven {
				break
			}
			if time.Since(begun) > 10*time.Minute {
				h.t.Fatalf("the ledger does not have what was given: %s, %d waiting", held.Status, h.relayer.Pending())
			}
			<-time.After(50 * time.Millisecond)
		}
	}
	return grants
}

func callPath(g *wallet.SignedGrant, what string) string {
	return "/v1/grants/" + g.Grant.ID().String() + "/" + what
}

// writeBody is a write's body, signed.
func (h *benched) writeBody(g *wallet.SignedGrant, values map[consent.FieldName]string) (string, error) {
	raw := map[consent.FieldName]json.RawMessage{}
	for name, value := range values {
		raw[name] = json.RawMessage(value)
	}
	signatures, err := h.signer(h.hospital.keys).Sign(g.Grant.ID(), raw)
	if err != nil {
		return "", err
	}
	return encode(object{"values": raw, "signatures": signatures}), nil
}

// served is the vault as a process, with the addresses of its listeners.
type served struct {
	*pinned
	at addresses
}

// serve starts `wrappy serve` on the folder and waits until it is ready; how long that took.
func (b *bench) serve(h *benched, environ ...string) (*served, time.Duration) {
	h.t.Helper()
	if err := os.Remove(h.config.addressesFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		h.t.Fatal(err)
	}
	if b.profile != "" {
		environ = append(environ, "WRAPPY_LISTEN_INTERNAL=127.0.0.1:0")
	}
	begun := time.Now()
	s := &served{pinned: pin(h.t, b.serverCore, environ, b.program, "serve", "--config", h.config.path(configFile))}
	go func() { _, _ = s.out.WriteTo(&s.errors) }()
	deadline := begun.Add(3 * time.Minute)
	for {
		data, err := os.ReadFile(h.config.addressesFile())
		if err == nil && json.Unmarshal(data, &s.at) == nil {
			got, err := send(h.hospital.http, "GET", s.at.Institutions+"/readyz", nil)
			if err == nil && got.status == http.StatusOK {
				break
			}
		}
		if processEnded(s.cmd.Process.Pid) || time.Now().After(deadline) {
			h.t.Fatalf("the vault does not serve: %s", tail(s.errors.String()))
		}
		<-time.After(5 * time.Millisecond)
	}
	h.publicURL, h.institutionsURL = s.at.Public, s.at.Institutions
	return s, time.Since(begun)
}

// hostPort of a base URL.
func hostPort(base string) string { return strings.TrimPrefix(base, "https://") }

// plan is a load on the hospital's connections.
func (h *benched) plan(address string, clients int, seconds float64, calls []loadCall) loadPlan {
	h.t.Helper()
	roots, err := os.ReadFile(h.config.path(h.config.TLS.Certificate))
	must(h.t, err)
	key, err := x509.MarshalPKCS8PrivateKey(h.hospital.keys.Certificate.PrivateKey)
	must(h.t, err)
	_, _, err = net.SplitHostPort(address)
	must(h.t, err)
	return loadPlan{Address: address, Roots: roots, Certificate: h.hospital.keys.Certificate.Certificate, Key: key, Clients: clients, Seconds: seconds, Calls: calls}
}

// lookUp opens a folder once more and looks for every promise that came with an answer: the
// journal has the entry at that number, with that leaf.
func (b *bench) lookUp(h *benched) {
	promises, err := os.ReadFile(h.kept)
	must(b.t, err)
	h.t = b.t
	h.open()
	for one := range slices.Chunk(promises, keptSize) {
		index := binary.BigEndian.Uint64(one)
		leaf, err := h.journal.Leaf(b.t.Context(), index)
		if err != nil || consent.LeafHash(leaf) != consent.Digest(one[8:]) {
			b.t.Errorf("entry %d is not the one that was promised: %v", index, err)
			b.lost++
			continue
		}
		b.kept++
	}
	must(b.t, h.shut())
}
