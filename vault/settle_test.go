package vault

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// settler makes people with a record and a grant, objects as the gate makes them, without
// asking a chain, a policy or a log: for measures with very many people. Nobody has signed
// the values, and no list has the grants.
type settler struct {
	gate   *Gate
	who    consent.Institution
	region string
	ask    consent.Request
	values map[consent.FieldName]incoming
	out    io.Writer // what the ledger's view is to hold, settledRow each
	mu     sync.Mutex
}

// settledRow is grant key, grant, identity, root key and the grant's end, big-endian.
const settledRow = 20 + 32 + 32 + 20 + 8

func (s *settler) settle(ctx context.Context) (consent.GrantID, error) {
	g, now := s.gate, s.gate.wall()
	p := wallet.NewIdentity()
	e, _ := p.Enrol(g.domain, g.vault, s.region, now)
	person, err := g.newSubject(&EnrolCall{Enrolment: e, RootKey: p.Seed.Root().Address(), RecoveryHash: p.RecoveryHash, Salt: p.Salt})
	if err != nil {
		return consent.GrantID{}, err
	}
	r := s.ask
	_, _ = rand.Read(r.Salt[:])
	signed, err := p.Answer(g.domain, &r, wallet.Choice{Language: "en"}, now)
	if err != nil {
		return consent.GrantID{}, err
	}
	id, request := signed.Grant.ID(), r.ID()
	stored := &storedGrant{
		Version: objectVersion, Grant: signed.Grant, Deadline: signed.Act.Deadline, ActSignature: signed.ActSignature,
		Identity: signed.Binding.Identity, BindingTime: signed.Binding.Time, BindingSignature: signed.BindingSignature, BindingOpening: signed.Binding.Opening, Region: s.region,
	}
	a := &attempt{gate: g, at: moment{milli: uint64(now.UnixMilli())}, who: s.who, id: id, subject: person, grant: &loadedGrant{storedGrant: stored, id: id}}
	head := person.head.clone()
	if _, _, err := a.records(ctx, person, head, s.values); err != nil {
		return id, err
	}
	sealed, err := g.sealGrant(id, stored)
	if err != nil {
		return id, err
	}
	answer := &answer{Version: objectVersion, Kind: answerGiven, Grant: id, Person: personOf(stored.Identity, request), Time: a.at.seconds(), Proof: keepProof(consent.Proof{})}
	err = errors.Join(
		g.putHead(ctx, head, ""),
		put(ctx, g.heads, g.name(roomGrant, id[:]), sealed, ""),
		g.putObject(ctx, roomAnswer, g.name(roomAnswer, request[:]), answer, ""),
	)
	if err != nil {
		return id, err
	}
	root := p.Seed.Root().Address()
	row := make([]byte, 0, settledRow)
	for _, part := range [][]byte{signed.Grant.GrantKey[:], id[:], stored.Identity[:], root[:]} {
		row = append(row, part...)
	}
	row = binary.BigEndian.AppendUint64(row, signed.Grant.Expires)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = s.out.Write(row)
	return id, err
}

// What a settler makes, the gate releases from.
func TestSettled(t *testing.T) {
	w := newWorld(t)
	var rows strings.Builder
	s := w.settler(&rows)
	for n := range 3 {
		id, err := s.settle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: id}); err == nil {
			t.Fatal("released without a ledger that knows the grant")
		}
		w.ledger.states[id] = consent.GrantState{Status: consent.StatusGiven, Block: 1, Expires: s.ask.Expires}
		r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: id})
		if err != nil || len(r.Released) != len(s.values) {
			t.Fatalf("released %d fields: %v", len(r.Released), err)
		}
		if rows.Len() != (n+1)*settledRow {
			t.Fatalf("%d bytes of rows", rows.Len())
		}
	}
}

func (w *world) settler(out io.Writer) *settler {
	ask := w.draft()
	ask.Version, ask.Institution = consent.Version, w.hospital.ID
	s := &settler{gate: w.gate, who: w.hospital, region: "KE", ask: ask, values: map[consent.FieldName]incoming{}, out: out}
	for name, value := range w.values() {
		s.values[name] = incoming{value: value}
	}
	return s
}

// settling says into which vault BenchmarkSettle is to bring people.
type settling struct {
	Keyring, Passphrase, Origin, Region string
	Consent, Keys, Institutions         consent.Domain
	Heads, Records                      string // directories of the store
	Institution                         consent.InstitutionID
	Ask                                 consent.Request
	Values                              map[consent.FieldName]string
	Rows                                string // file that settledRow are added to
}

// BenchmarkSettle is a person brought in with a record and a grant; with BENCH_SETTLE, a
// file of settling, into a vault's folder.
func BenchmarkSettle(b *testing.B) {
	w := newWorld(b)
	s := w.settler(io.Discard)
	if path := os.Getenv("BENCH_SETTLE"); path != "" {
		s = settleInto(b, w, path)
	}
	b.ResetTimer()
	var working errgroup.Group
	working.SetLimit(runtime.NumCPU())
	for range b.N {
		working.Go(func() error {
			_, err := s.settle(b.Context())
			return err
		})
	}
	if err := working.Wait(); err != nil {
		b.Fatal(err)
	}
}

func settleInto(b *testing.B, w *world, path string) *settler {
	b.Helper()
	var plan settling
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &plan)
	}
	if err != nil {
		b.Fatal(err)
	}
	if w.keyring, err = crypto.OpenKeyring(b.Context(), plan.Keyring, crypto.NewPassphrase(crypto.Secret(plan.Passphrase), crypto.Argon2{})); err != nil {
		b.Fatal(err)
	}
	rows, err := os.OpenFile(plan.Rows, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(rows)
	b.Cleanup(func() {
		if err := errors.Join(out.Flush(), rows.Close()); err != nil {
			b.Error(err)
		}
	})
	g, err := New(Config{
		Heads: &unsynced{dir: plan.Heads}, Records: &unsynced{dir: plan.Records}, Ledger: w.ledger, Relayer: w.relayer, Decider: w.decider, Journal: w.journal,
		Place: w.gate.place, Signable: w.gate.signable, KeyHeld: w.keyHeld, Shape: w.gate.shape, Name: plan.Origin, Keyring: w.keyring,
		ConsentLedger: plan.Consent, KeyRegistry: plan.Keys, Institutions: plan.Institutions, Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(g.Close)
	s := &settler{gate: g, who: consent.Institution{ID: plan.Institution}, region: plan.Region, ask: plan.Ask, values: map[consent.FieldName]incoming{}, out: out}
	for name, value := range plan.Values {
		s.values[name] = incoming{value: []byte(value)}
	}
	return s
}

// unsynced lays objects out as dirstore does, and waits for no disk: millions of them.
type unsynced struct {
	dir  string
	made sync.Map
}

func (u *unsynced) path(name string) string {
	room, rest, _ := strings.Cut(name, "/")
	return filepath.Join(u.dir, room, rest[:2], strings.Replace(rest, "/", ".d/", 1))
}

func (u *unsynced) Get(_ context.Context, name string) ([]byte, string, error) {
	data, err := os.ReadFile(u.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", ErrAbsent
	}
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:]), err
}

func (u *unsynced) Put(_ context.Context, name string, data []byte, _ string) (string, error) {
	path := u.path(name)
	if _, there := u.made.Load(filepath.Dir(path)); !there {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		u.made.Store(filepath.Dir(path), true)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), os.WriteFile(path, data, 0o600)
}

func (u *unsynced) Delete(context.Context, string) error { return errBroken }

func (u *unsynced) List(context.Context, string, string, int) ([]string, error) {
	return nil, errBroken
}
