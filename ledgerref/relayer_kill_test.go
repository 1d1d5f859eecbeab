package ledgerref

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

// childSetup, in the environment, makes the test binary its own victim.
const childSetup = "WRAPPY_RELAYER_CHILD"

const kills = 12

// victim is a relayer with everything that it needs, in a process or in the next.
type victim struct {
	Dir       string
	URL       string // of the network; empty for the embedded chain
	Payer     string // hex
	Addresses Addresses
}

type relaying struct {
	relayer *Relayer
	view    *View
	chain   *Chain
	closers []func() error
}

func (v victim) open(ctx context.Context) (r *relaying, err error) {
	r = new(relaying)
	config := ViewConfig{Dir: filepath.Join(v.Dir, "view"), Confirm: ConfirmHead, OnDemand: true, Poll: 100 * time.Millisecond}
	var client *Client
	if v.URL == "" {
		local, err := devchain.Open(ctx, devchain.Config{Dir: filepath.Join(v.Dir, "chain")})
		if err != nil {
			return nil, err
		}
		r.closers, config.Local, client = append(r.closers, local.Close), local, local.Client()
	} else if client, err = Dial(ctx, v.URL); err != nil {
		return nil, err
	}
	if r.chain, err = Open(ctx, client, v.Addresses); err != nil {
		return nil, err
	}
	if r.view, err = Follow(ctx, r.chain, config); err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(v.Payer)
	if err != nil {
		return nil, err
	}
	payer, err := AccountFromBytes(secret)
	if err != nil {
		return nil, err
	}
	r.relayer, err = NewRelayer(r.view, NewTransactor(r.chain, payer), RelayerConfig{Dir: filepath.Join(v.Dir, "outbox"), Sealer: newTestSealer(7), doubt: 300 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	r.closers = append(r.closers, r.view.Close, r.relayer.Close)
	return r, nil
}

func (r *relaying) close() (err error) {
	for i := len(r.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, r.closers[i]())
	}
	return err
}

// relayUntilKilled submits acts of all kinds and says which were taken.
func relayUntilKilled(setup string) error {
	var v victim
	if err := json.Unmarshal([]byte(setup), &v); err != nil {
		return err
	}
	r, err := v.open(context.Background())
	if err != nil {
		return err
	}
	tick := time.NewTicker(2 * time.Millisecond)
	for i := 0; ; i++ {
		key, err := NewAccount()
		if err != nil {
			return err
		}
		var act consent.Act
		var ref [32]byte
		switch i % 3 {
		case 0:
			act = grantAct(v.Addresses, key, random())
			ref = refOf(act.Key, act.Grant)
		case 1:
			act = withdrawAct(v.Addresses, key, random()) // of a grant that the chain has not seen
			ref = refOf(act.Key, act.Grant)
		default:
			var id consent.IdentityID
			act, id = registerAct(v.Addresses, key)
			ref = id
		}
		fmt.Println("offered", hex.EncodeToString(ref[:]))
		if err := r.relayer.Submit(context.Background(), act); err != nil {
			return err
		}
		fmt.Println("taken", hex.EncodeToString(ref[:]))
		<-tick.C
	}
}

// kill runs the victim until it has taken some acts, and kills it.
func (v victim) kill(t *testing.T, after int, offered, taken map[common.Hash]bool) {
	t.Helper()
	setup, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this very test
	child.Env = append(os.Environ(), childSetup+"="+string(setup))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, ref, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "offered":
			offered[common.HexToHash(ref)] = true
			continue
		case "taken":
			taken[common.HexToHash(ref)] = true
		default:
			t.Fatalf("child: %s", lines.Text())
		}
		if seen++; seen == after {
			if err := child.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait()
	if seen < after {
		t.Fatalf("child ended after %d of %d acts", seen, after)
	}
}

// survive kills the victim again and again, and counts what is on the chain in the end.
func (v victim) survive(t *testing.T) {
	t.Helper()
	offered, taken := map[common.Hash]bool{}, map[common.Hash]bool{}
	for range kills {
		v.kill(t, 1+rand.IntN(400), offered, taken) //nolint:gosec // no secret
	}
	r := must(v.open(t.Context()))
	defer func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "nothing pending", func() bool { s := r.relayer.Status(); return s.Pending == 0 && s.InFlight == 0 })
	byRef, refused, err := r.chain.events(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if refused != 0 {
		t.Errorf("%d acts were sent twice, the contract skipped them", refused)
	}
	for ref := range taken {
		if byRef[ref] != 1 {
			t.Errorf("an act that was taken is on the chain %d times", byRef[ref])
		}
	}
	unanswered := 0
	for ref, n := range byRef {
		if n != 1 || !offered[ref] {
			t.Errorf("an act is on the chain %d times; offered: %v", n, offered[ref])
		}
		if !taken[ref] {
			unanswered++
		}
	}
	payer := r.relayer.transactor.account.address()
	mined, pending := must(r.chain.client.NonceAt(t.Context(), payer, nil)), must(r.chain.client.PendingNonceAt(t.Context(), payer))
	if mined != pending {
		t.Errorf("nonce %d is mined and %d pending", mined, pending)
	}
	t.Logf("%d kills: %d acts taken, each on the chain once, %d more that were killed before the answer, %d transactions", kills, len(taken), unanswered, mined)
}

func TestKilledOnTheEmbeddedChain(t *testing.T) {
	dir, payer, operator := t.TempDir(), account(t), account(t)
	local := must(devchain.Open(t.Context(), devchain.Config{Dir: filepath.Join(dir, "chain"), Fund: []consent.Address{payer.Address(), operator.Address()}}))
	addresses := must(Deploy(soon(t), local.Client(), operator))
	if err := errors.Join(local.Heartbeat(soon(t)), local.Close()); err != nil {
		t.Fatal(err)
	}
	victim{Dir: dir, Payer: hex.EncodeToString(payer.Bytes()), Addresses: addresses}.survive(t)
}

func TestKilledOnAnvil(t *testing.T) {
	node, payer := anviltest.Start(t, "--block-time", "1"), account(t)
	client := must(Dial(t.Context(), node.URL("http")))
	addresses := must(Deploy(soon(t), client, must(AccountFromBytes(anviltest.Key(0)))))
	node.Call(t, nil, "anvil_setBalance", payer.String(), hexutil.EncodeBig(big.NewInt(1e18)))
	victim{Dir: t.TempDir(), URL: node.URL("http"), Payer: hex.EncodeToString(payer.Bytes()), Addresses: addresses}.survive(t)
}
