package devchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wrapious/wrappy/consent"
)

var (
	// ErrClosed is returned by a chain that was closed or that failed to make a block durable.
	ErrClosed = errors.New("embedded chain is closed")
	// ErrNotFunded is returned by Open when the chain exists and its genesis does
	// not fund an account that is asked for.
	ErrNotFunded = errors.New("account is not funded by the chain's genesis")
)

// retryAfter is how long a transaction that the miner passed over waits, when no
// other arrives, so that it cannot cause an endless run of empty blocks.
const retryAfter = 5 * time.Second

// Config says where the chain lives and who can pay for transactions.
type Config struct {
	Dir  string            // made if absent; one process at a time
	Fund []consent.Address // funded by the genesis, hence only when the chain is made
}

// Chain is a running embedded chain. Safe for concurrent use.
type Chain struct {
	node   *node.Node
	eth    *eth.Ethereum
	beacon *catalyst.SimulatedBeacon
	client *ethclient.Client

	sealing chan struct{} // holds one token: who has it seals
	quit    chan struct{}
	stop    context.CancelFunc
	done    sync.WaitGroup
	close   sync.Once

	committed atomic.Uint64
	mu        sync.Mutex
	changed   chan struct{} // closed at the next durable block
	failed    error
}

// Open opens the chain in a directory, or makes one with a new random chain id.
func Open(_ context.Context, config Config) (*Chain, error) {
	if config.Dir == "" {
		return nil, errors.New("embedded chain: no directory")
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, err
	}
	genesis, err := loadGenesis(config.Dir, addresses(config.Fund))
	if err != nil {
		return nil, fmt.Errorf("embedded chain: %w", err)
	}
	stack, err := node.New(&node.Config{
		Name:    "chain",
		DataDir: config.Dir,
		P2P:     p2p.Config{NoDiscovery: true, NoDial: true},
	})
	if err != nil {
		return nil, fmt.Errorf("embedded chain: %w", err)
	}
	c := &Chain{node: stack, sealing: make(chan struct{}, 1), quit: make(chan struct{}), changed: make(chan struct{})}
	if err := c.start(genesis); err != nil {
		_ = stack.Close()
		return nil, fmt.Errorf("embedded chain: %w", err)
	}
	return c, nil
}

// configure keeps every block's state on disk: with the path scheme, or with
// pruning, a killed process loses transactions that were acknowledged.
func configure(genesis *core.Genesis) *ethconfig.Config {
	config := ethconfig.Defaults
	config.Genesis = genesis
	config.SyncMode = ethconfig.FullSync
	config.StateScheme = "hash"
	config.NoPruning = true
	config.SnapshotCache = 0
	config.TrieDirtyCache = 0
	config.TrieCleanCache = 16
	config.DatabaseCache = 16
	config.DatabaseHandles = 64
	config.LogNoHistory = true // the follower scans by block; an index would only cost
	config.RPCTxFeeCap = 0
	config.Miner.GasCeil = blockGas
	config.TxPool.NoLocals = true
	config.TxPool.Journal = ""
	config.TxPool.AccountSlots = 1024
	config.TxPool.AccountQueue = 1024
	config.BlobPool.Datadir = ""
	return &config
}

func (c *Chain) start(genesis *core.Genesis) error {
	backend, err := eth.New(c.node, configure(genesis))
	if err != nil {
		return err
	}
	c.eth = backend
	// every API before Start: the node refuses them afterwards
	c.node.RegisterAPIs([]rpc.API{{
		Namespace: "eth",
		Service:   filters.NewFilterAPI(filters.NewFilterSystem(backend.APIBackend, filters.Config{})),
	}})
	if err := c.node.Start(); err != nil {
		return err
	}
	if c.beacon, err = catalyst.NewSimulatedBeacon(0, common.Address{}, backend); err != nil {
		return err
	}
	if err := backend.ChainDb().SyncKeyValue(); err != nil {
		return err
	}
	c.committed.Store(c.head().Number.Uint64())
	c.client = ethclient.NewClient(c.node.Attach())
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	arrived := make(chan struct{}, 1)
	c.done.Add(2)
	go c.watchPool(ctx, arrived)
	go c.sealPending(ctx, arrived)
	return nil
}

// Client speaks to the chain within the process. It may show a block a moment
// before the block is durable: see Committed.
func (c *Chain) Client() *ethclient.Client { return c.client }

// ChainID is the random id of this chain's genesis.
func (c *Chain) ChainID() uint64 { return c.eth.BlockChain().Config().ChainID.Uint64() }

// Committed is the newest block that survives the process being killed. The
// channel is closed when there is a newer one, and when the chain closes.
func (c *Chain) Committed() (block uint64, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.committed.Load(), c.changed
}

// Heartbeat seals a block, empty if nothing is pending, and returns when it is
// durable. It waits, at most a second if the clock runs straight, for the wall
// clock to pass the head's time.
func (c *Chain) Heartbeat(ctx context.Context) error {
	_, err := c.seal(ctx)
	return err
}

// Close stops sealing and closes the data. Pending transactions are lost.
func (c *Chain) Close() (err error) {
	c.close.Do(func() {
		close(c.quit)
		c.stop()
		c.done.Wait()
		c.sealing <- struct{}{} // never given back
		c.fail(ErrClosed)
		c.client.Close()
		err = errors.Join(c.beacon.Stop(), c.node.Close())
	})
	return err
}

func (c *Chain) head() *types.Header { return c.eth.BlockChain().CurrentBlock() }
