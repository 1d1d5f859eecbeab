package devchain

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

const genesisFile = "genesis.json"

// blockGas holds three full transactions of 2^24 gas (EIP-7825) and some more.
const blockGas = 60_000_000

// endowment in wei: money has no meaning here, it must only never run out.
var endowment = new(big.Int).Exp(big.NewInt(10), big.NewInt(27), nil)

// loadGenesis reads the genesis kept with the data, or makes one. It is written
// and synced before the chain's database is first opened, so that a crash in
// between cannot leave a chain whose id was never recorded.
func loadGenesis(dir string, fund []common.Address) (*core.Genesis, error) {
	path := filepath.Join(dir, genesisFile)
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's own directory
	if errors.Is(err, fs.ErrNotExist) {
		return makeGenesis(path, fund)
	}
	if err != nil {
		return nil, fmt.Errorf("read genesis: %w", err)
	}
	genesis := new(core.Genesis)
	if err := json.Unmarshal(text, genesis); err != nil || genesis.Config == nil {
		return nil, errors.New("genesis file is damaged")
	}
	for _, account := range fund {
		if _, ok := genesis.Alloc[account]; !ok {
			return nil, ErrNotFunded
		}
	}
	return genesis, nil
}

func makeGenesis(path string, fund []common.Address) (*core.Genesis, error) {
	config := *params.AllDevChainProtocolChanges
	config.BogotaTime = nil
	config.ChainID = randomChainID()

	alloc := maps.Clone(core.SystemContractAllocs())
	for _, account := range fund {
		alloc[account] = types.Account{Balance: endowment}
	}
	genesis := &core.Genesis{
		Config:     &config,
		Difficulty: new(big.Int),
		Timestamp:  uint64(time.Now().Unix()) - 1, //nolint:gosec // after 1970
		GasLimit:   blockGas,
		Alloc:      alloc,
	}
	text, err := json.Marshal(genesis)
	if err != nil {
		return nil, fmt.Errorf("encode genesis: %w", err)
	}
	return genesis, writeDurably(path, text)
}

// randomChainID is above every public chain's and below 2^53, so that JavaScript
// holds it exactly.
func randomChainID() *big.Int {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand never fails
	}
	return new(big.Int).SetUint64(1<<52 | binary.BigEndian.Uint64(b[:])>>12)
}

func writeDurably(path string, data []byte) error {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in the operator's own directory
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func addresses[T ~[20]byte](list []T) []common.Address {
	out := make([]common.Address, len(list))
	for i, a := range list {
		out[i] = common.Address(a)
	}
	return slices.Clip(out)
}
