package ledgerref

import "github.com/ethereum/go-ethereum/ethclient"

// Client speaks JSON-RPC to a network. It has this name here so that nothing else
// needs to import go-ethereum.
type Client = ethclient.Client
