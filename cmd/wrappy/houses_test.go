package main

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"testing"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/vault/storetest"
)

// secretFile is a file of one line.
func secretFile(t testing.TB, line string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	must(t, crypto.WriteFile(path, []byte(line+"\n"), false))
	return path
}

// onS3 keeps a vault's objects in two buckets of a real server.
func onS3(t testing.TB, server *storetest.S3) func(*founding) {
	t.Helper()
	at := s3Config{
		Endpoint: server.Endpoint, Region: server.Region, Heads: server.Bucket(t), Records: server.Bucket(t),
		AccessKeyFile: secretFile(t, server.AccessKey), SecretKeyFile: secretFile(t, server.SecretKey),
	}
	return func(f *founding) { f.s3 = at }
}

// onNetwork puts the contracts on a node that is not ours.
func onNetwork(t testing.TB, node *anviltest.Node) func(*founding) {
	t.Helper()
	at := networkFounding{
		contracts: filepath.Join(t.TempDir(), "contracts.json"), confirm: "head", endpoint: secretFile(t, node.URL("http")),
		operator: secretFile(t, hex.EncodeToString(anviltest.Key(0))), relayer: secretFile(t, hex.EncodeToString(anviltest.Key(1))),
	}
	must(t, writeJSONFile(at.contracts, deployedOn(t, node)))
	return func(f *founding) { f.network = at }
}

// deployedOn has the first account put the contracts on a node.
func deployedOn(t testing.TB, node *anviltest.Node) ledgerref.Addresses {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := ledgerref.Dial(ctx, node.URL("http"))
	must(t, err)
	defer client.Close()
	operator, err := ledgerref.AccountFromBytes(anviltest.Key(0))
	must(t, err)
	addresses, err := ledgerref.Deploy(ctx, client, operator)
	must(t, err)
	return addresses
}
