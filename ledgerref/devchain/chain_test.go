package devchain_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

const childDir = "WRAPPY_DEVCHAIN_CHILD"

// TestMain lets the test binary be its own victim: started with a directory, it
// sends transactions and reports each durable one until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println("error", sendUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var payer = must(crypto.ToECDSA(crypto.Keccak256([]byte("test payer"))))

func must(key *ecdsa.PrivateKey, err error) *ecdsa.PrivateKey {
	if err != nil {
		panic(err)
	}
	return key
}

func open(t testing.TB, dir string) *devchain.Chain {
	t.Helper()
	chain, err := devchain.Open(t.Context(), devchain.Config{Dir: dir, Fund: []consent.Address{consent.Address(crypto.PubkeyToAddress(payer.PublicKey))}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = chain.Close() })
	return chain
}

func send(ctx context.Context, client *ethclient.Client, chainID uint64, nonce uint64) (common.Hash, error) {
	tx, err := types.SignNewTx(payer, types.LatestSignerForChainID(new(big.Int).SetUint64(chainID)), &types.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(chainID), Nonce: nonce, GasTipCap: big.NewInt(1_000_000_000), GasFeeCap: big.NewInt(10_000_000_000),
		Gas: 30_000, To: &common.Address{1}, Value: big.NewInt(1),
	})
	if err != nil {
		return common.Hash{}, err
	}
	return tx.Hash(), client.SendTransaction(ctx, tx)
}

// durable waits until a block that survives a kill holds the transaction.
func durable(ctx context.Context, chain *devchain.Chain, hash common.Hash) (*types.Receipt, error) {
	for {
		committed, changed := chain.Committed()
		receipt, err := chain.Client().TransactionReceipt(ctx, hash)
		if err == nil && receipt.BlockNumber.Uint64() <= committed {
			return receipt, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func sendUntilKilled(dir string) error {
	ctx := context.Background()
	chain, err := devchain.Open(ctx, devchain.Config{Dir: dir})
	if err != nil {
		return err
	}
	for {
		nonce, err := chain.Client().PendingNonceAt(ctx, crypto.PubkeyToAddress(payer.PublicKey))
		if err != nil {
			return err
		}
		var sent []common.Hash
		for i := range uint64(20) {
			hash, err := send(ctx, chain.Client(), chain.ChainID(), nonce+i)
			if err != nil {
				return err
			}
			sent = append(sent, hash)
		}
		for _, hash := range sent {
			if _, err := durable(ctx, chain, hash); err != nil {
				return err
			}
			fmt.Println("durable", hash)
		}
	}
}

func TestNothingDurableIsLostWhenKilled(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	want := first.ChainID()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []common.Hash
	// each time killed right after another number of acknowledgements: inside a
	// batch, and between sealing and the next arrival
	for _, after := range []int{1, 7, 20, 33, 41} {
		acknowledged = append(acknowledged, killAfter(t, dir, after)...)
	}

	chain := open(t, dir)
	if chain.ChainID() != want {
		t.Errorf("chain id after restarts: got %d, want %d", chain.ChainID(), want)
	}
	lost := 0
	for _, hash := range acknowledged {
		receipt, err := chain.Client().TransactionReceipt(t.Context(), hash)
		if err != nil || receipt.Status != types.ReceiptStatusSuccessful {
			lost++
		}
	}
	if lost != 0 || len(acknowledged) < 102 {
		t.Errorf("lost %d of %d acknowledged transactions in 5 kills", lost, len(acknowledged))
	}
	t.Logf("lost %d of %d acknowledged transactions in 5 kills", lost, len(acknowledged))
	head, err := chain.Client().HeaderByNumber(t.Context(), nil)
	if err != nil || head.Time > uint64(time.Now().Unix()) {
		t.Errorf("head %v is ahead of the wall clock (%v)", head, err)
	}
	nonce, err := chain.Client().NonceAt(t.Context(), crypto.PubkeyToAddress(payer.PublicKey), nil)
	if err != nil || nonce < uint64(len(acknowledged)) {
		t.Errorf("state after restarts: nonce %d (%v), want at least %d", nonce, err, len(acknowledged))
	}
	if err := chain.Heartbeat(t.Context()); err != nil {
		t.Errorf("no block after restarts: %v", err)
	}
}

func killAfter(t *testing.T, dir string, count int) (acknowledged []common.Hash) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		hash, ok := strings.CutPrefix(lines.Text(), "durable ")
		if !ok {
			t.Fatalf("child: %s", lines.Text())
		}
		acknowledged = append(acknowledged, common.HexToHash(hash))
		if len(acknowledged) == count {
			if err := child.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait()
	if len(acknowledged) < count {
		t.Fatalf("child ended after %d of %d transactions", len(acknowledged), count)
	}
	return acknowledged
}

func TestClockStaysBehindTheWall(t *testing.T) {
	chain := open(t, t.TempDir())
	nonce := uint64(0)
	for round := range 3 { // at full speed an instant sealer is seconds ahead by now
		var last common.Hash
		for range 30 {
			hash, err := send(t.Context(), chain.Client(), chain.ChainID(), nonce)
			if err != nil {
				t.Fatal(err)
			}
			nonce++
			last = hash
		}
		receipt, err := durable(t.Context(), chain, last)
		if err != nil {
			t.Fatal(err)
		}
		block, err := chain.Client().HeaderByNumber(t.Context(), receipt.BlockNumber)
		if err != nil || block.Time > uint64(time.Now().Unix()) {
			t.Errorf("round %d: block time %d is ahead of the wall clock (%v)", round, block.Time, err)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	chain := open(t, t.TempDir())
	for want := range uint64(2) {
		if err := chain.Heartbeat(t.Context()); err != nil {
			t.Fatal(err)
		}
		head, err := chain.Client().HeaderByNumber(t.Context(), nil)
		if err != nil || head.Number.Uint64() != want+1 || head.TxHash != types.EmptyTxsHash {
			t.Fatalf("head %v, %v: want block %d, empty", head, err, want+1)
		}
		if age := time.Since(time.Unix(int64(head.Time), 0)); age < 0 || age > 20*time.Second {
			t.Errorf("age after a heartbeat: %v", age)
		}
		if committed, _ := chain.Committed(); committed != want+1 {
			t.Errorf("committed %d, want %d", committed, want+1)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := chain.Heartbeat(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("heartbeat in the head's second under a cancelled context: %v", err)
	}
	_, changed := chain.Committed()
	if err := chain.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	default:
		t.Error("a waiter is not told that the chain closed")
	}
	if err := chain.Heartbeat(t.Context()); !errors.Is(err, devchain.ErrClosed) {
		t.Errorf("heartbeat of a closed chain: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	chain := open(t, dir)
	stranger := consent.Address{9}
	tests := []struct {
		name   string
		config devchain.Config
		want   error
	}{
		{"no directory", devchain.Config{}, nil},
		{"a second process's chain", devchain.Config{Dir: dir}, nil},
		{"an account that the genesis does not fund", devchain.Config{Dir: dir, Fund: []consent.Address{stranger}}, devchain.ErrNotFunded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			other, err := devchain.Open(t.Context(), test.config)
			if err == nil {
				_ = other.Close()
				t.Fatal("opened")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if err := chain.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/genesis.json", []byte(`{"alloc":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, err := devchain.Open(t.Context(), devchain.Config{Dir: dir}); err == nil {
		_ = other.Close()
		t.Error("opened with a damaged genesis")
	}
}

func TestTwoChainsDiffer(t *testing.T) {
	a, b := open(t, t.TempDir()), open(t, t.TempDir())
	if a.ChainID() == b.ChainID() {
		t.Error("two chains share an id: signatures would replay")
	}
	// a transaction signed for one chain is refused by the other
	if _, err := send(t.Context(), b.Client(), a.ChainID(), 0); err == nil {
		t.Error("a transaction for another chain was accepted")
	}
}

func BenchmarkTransactionAfterIdle(b *testing.B) {
	chain := open(b, b.TempDir())
	nonce := uint64(0)
	for b.Loop() {
		b.StopTimer()
		head, err := chain.Client().HeaderByNumber(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		<-time.After(time.Until(time.Unix(int64(head.Time)+1, 0)))
		b.StartTimer()
		hash, err := send(b.Context(), chain.Client(), chain.ChainID(), nonce)
		if err != nil {
			b.Fatal(err)
		}
		nonce++
		if _, err := durable(b.Context(), chain, hash); err != nil {
			b.Fatal(err)
		}
	}
}
