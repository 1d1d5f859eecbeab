// Package anviltest starts a real anvil, an EVM node that shares no code with the embedded chain, for tests.
package anviltest

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startLimit is how long a start may take on a busy machine.
const startLimit = 30 * time.Second

// keys are the first two accounts of the mnemonic that every anvil starts with: public, funded with 10,000 ether.
var keys = [...]string{
	"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
	"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
}

// Node is a running anvil. Not safe for concurrent use, but for URL and Call.
type Node struct {
	port      string
	state     string
	arguments []string
	process   *exec.Cmd
	output    *output
}

// Start starts an anvil on a free port of the loopback interface and ends it with
// the test. Arguments are anvil's own, such as "--slots-in-an-epoch", "2" or "--no-mining".
//
// What it knows is in memory; a state file is written when it ends by Stop, and
// nothing after that: what was mined since is lost by Kill.
func Start(t testing.TB, arguments ...string) *Node {
	t.Helper()
	n, err := Run(t.TempDir(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Kill() })
	return n
}

// Run is Start for a TestMain: the caller ends it by Kill.
func Run(dir string, arguments ...string) (*Node, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	n := &Node{port: port, state: filepath.Join(dir, "anvil.json"), arguments: arguments}
	return n, n.Restart()
}

// URL is the node's JSON-RPC endpoint, of the scheme "http" or "ws".
func (n *Node) URL(scheme string) string { return scheme + "://127.0.0.1:" + n.port }

// Key is the private key, 32 bytes, of a funded account: 0 or 1.
func Key(account int) []byte {
	key, err := hex.DecodeString(keys[account])
	if err != nil {
		panic(err)
	}
	return key
}

// Restart starts the node again on its port, with the state that the last Stop wrote.
func (n *Node) Restart() error {
	program, err := program()
	if err != nil {
		return err
	}
	n.output = new(output)
	n.process = exec.Command(program, append([]string{"--port", n.port, "--state", n.state, "--quiet"}, n.arguments...)...) //nolint:gosec,noctx // ended by Stop or Kill
	n.process.Stdout, n.process.Stderr = n.output, n.output
	if err := n.process.Start(); err != nil {
		return fmt.Errorf("anvil: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = n.call(ctx, nil, "eth_chainId"); err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("anvil does not answer: %w: %s", err, n.output)
		}
	}
}

// Stop ends the node in good order: its state is on disk when Stop returns.
func (n *Node) Stop() error { return n.end(syscall.SIGTERM) }

// Kill ends the node at once. Only what an earlier Stop wrote is left.
func (n *Node) Kill() error { return n.end(syscall.SIGKILL) }

func (n *Node) end(signal os.Signal) error {
	if n.process == nil {
		return nil
	}
	if err := n.process.Process.Signal(signal); err != nil {
		return fmt.Errorf("anvil: %w", err)
	}
	_ = n.process.Wait() // says that the signal ended it
	n.process = nil
	return nil
}

// Call calls a method and decodes its result, unless result is nil.
func (n *Node) Call(t testing.TB, result any, method string, parameters ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if err := n.call(ctx, result, method, parameters...); err != nil {
		t.Fatalf("anvil: %s: %v", method, err)
	}
}

// Mine mines blocks, with what waits in the pool in the first.
func (n *Node) Mine(t testing.TB, blocks int) {
	t.Helper()
	n.Call(t, nil, "anvil_mine", fmt.Sprintf("0x%x", blocks), "0x0")
}

// Reorganise takes the newest blocks out and puts as many empty ones in.
func (n *Node) Reorganise(t testing.TB, depth int) {
	t.Helper()
	n.Call(t, nil, "anvil_reorg", depth, []any{})
}

// Snapshot returns a function, to be used once, that takes out every block mined since.
func (n *Node) Snapshot(t testing.TB) (revert func()) {
	t.Helper()
	var id string
	n.Call(t, &id, "evm_snapshot")
	return func() {
		t.Helper()
		var done bool
		if n.Call(t, &done, "evm_revert", id); !done {
			t.Fatal("anvil: no such snapshot")
		}
	}
}

func (n *Node) call(ctx context.Context, result any, method string, parameters ...any) error {
	if parameters == nil {
		parameters = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL("http"), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return fmt.Errorf("%s", answer.Error.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, result)
}

// program is the anvil of ledgerref/contracts' node_modules where npm has it for this
// platform, else the one on the path.
func program() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	platform := map[string]string{"windows": "win32"}[runtime.GOOS]
	if platform == "" {
		platform = runtime.GOOS
	}
	pinned := filepath.Join(filepath.Dir(here), "..", "contracts", "node_modules", "@foundry-rs",
		"anvil-"+platform+"-"+runtime.GOARCH, "bin", "anvil")
	if _, err := os.Stat(pinned); err == nil {
		return pinned, nil
	}
	found, err := exec.LookPath("anvil")
	if err != nil {
		return "", fmt.Errorf("anvil is not installed: run make contracts: %w", err)
	}
	return found, nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if closeErr := listener.Close(); err == nil {
		err = closeErr
	}
	return port, err
}

// output keeps what anvil says, for the error of a start that failed.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.text.Len() < 64<<10 {
		o.text.Write(p)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
