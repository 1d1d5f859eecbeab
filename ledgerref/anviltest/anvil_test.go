package anviltest

import (
	"runtime"
	"testing"
	"time"
)

const from = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" // of Key(0)

func (n *Node) head(t *testing.T) (hash string, transactions int) {
	t.Helper()
	var block struct {
		Hash         string
		Transactions []string
	}
	n.Call(t, &block, "eth_getBlockByNumber", "latest", false)
	return block.Hash, len(block.Transactions)
}

// pay returns when the payment is in a block: anvil answers a moment before.
func (n *Node) pay(t *testing.T) {
	t.Helper()
	var hash string
	n.Call(t, &hash, "eth_sendTransaction", map[string]string{"from": from, "to": from, "value": "0x1"})
	for end := time.Now().Add(startLimit); time.Now().Before(end); runtime.Gosched() {
		var receipt any
		if n.Call(t, &receipt, "eth_getTransactionReceipt", hash); receipt != nil {
			return
		}
	}
	t.Fatal("not mined")
}

func TestStopKeepsAndKillLoses(t *testing.T) {
	n := Start(t)
	n.pay(t)
	kept, _ := n.head(t)
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := n.Restart(); err != nil {
		t.Fatal(err)
	}
	if got, _ := n.head(t); got != kept {
		t.Fatalf("after a stop the head is %s, want %s", got, kept)
	}
	n.pay(t)
	if err := n.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := n.Restart(); err != nil {
		t.Fatal(err)
	}
	if got, _ := n.head(t); got != kept {
		t.Errorf("after a kill the head is %s, want what the stop had written, %s", got, kept)
	}
}

func TestBlocksOut(t *testing.T) {
	n := Start(t)
	before, _ := n.head(t)
	revert := n.Snapshot(t)
	n.pay(t)
	revert()
	if after, _ := n.head(t); after != before {
		t.Errorf("reverted to %s, want %s", after, before)
	}
	n.pay(t)
	before, _ = n.head(t)
	n.Reorganise(t, 1)
	if after, transactions := n.head(t); after == before || transactions != 0 {
		t.Errorf("the newest block is %s with %d transactions after it was taken out", after, transactions)
	}
}
