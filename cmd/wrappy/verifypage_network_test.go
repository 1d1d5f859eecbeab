package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/proof"
)

// double is another network that says it is the one of these contracts: the same accounts put the same code at the same
// addresses of the same chain id. anchors are what its operator says of the log.
func double(t *testing.T, contracts string, anchors func(context.Context, *ledgerref.Transactor) error) (rpc string) {
	t.Helper()
	want, err := readAddresses(contracts)
	must(t, err)
	node := anviltest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	addresses := deployedOn(t, node)
	if addresses.Consent != want.Consent || addresses.ChainID != want.ChainID {
		t.Fatalf("another address: %v on %d", addresses.Consent, addresses.ChainID)
	}
	client, err := ledgerref.Dial(ctx, node.URL("http"))
	must(t, err)
	defer client.Close()
	operator, err := ledgerref.AccountFromBytes(anviltest.Key(0))
	must(t, err)
	chain, err := ledgerref.Open(ctx, client, addresses)
	must(t, err)
	must(t, anchors(ctx, ledgerref.NewTransactor(chain, operator)))
	return secretFile(t, node.URL("http"))
}

// TestVerifyPageOnANetwork: the anchor is read from the network that whoever checks names, and nothing else stands in for
// it: not another network, not another anchor, and not what the vault says.
func TestVerifyPageOnANetwork(t *testing.T) {
	t.Parallel()
	node := anviltest.Start(t)
	at := onNetwork(t, node)
	var network networkFounding
	v := found(t, []string{"WRAPPY_LEDGER_POLL=100ms", "WRAPPY_JOURNAL_ANCHOR_EVERY=2s"}, at, func(f *founding) { f.network.onDemand = true; network = f.network })
	certificate, dir := v.config.path(v.config.TLS.Certificate), t.TempDir()
	trust, kept := filepath.Join(dir, "trust.json"), filepath.Join(dir, "page.json")
	var out, problem bytes.Buffer
	if code := run(t.Context(), []string{"log", "trust", "--vault", v.publicURL, "--cacert", certificate, "--export", trust}, streams{strings.NewReader(""), &out, &problem}); code != 0 {
		t.Fatal(problem.String())
	}
	served := func(rpc, contracts string) []string {
		return []string{"page", v.publicURL + "/me/", "--cacert", certificate, "--trust", trust, "--rpc-file", rpc, "--ledger", contracts}
	}
	folder := layPages(t)
	laid := func(rpc, contracts string) []string {
		return []string{"page", folder, "--proof", kept, "--trust", trust, "--rpc-file", rpc, "--ledger", contracts}
	}
	eventually(t, "an anchor that has the pages' entry", func() bool {
		_ = os.Remove(kept)
		code, _, _ := verifyRun(append(served(network.endpoint, network.contracts), "--export", kept)...)
		return code == 0
	})
	data, err := os.ReadFile(kept) //nolint:gosec // the test's own
	must(t, err)
	good, err := proof.ParsePage(data)
	must(t, err)
	log, err := proof.ParseLog(good.Log)
	must(t, err)
	checkpoint, err := log.Checkpoint([]byte(good.Entry.Checkpoint))
	must(t, err)

	key := [32]byte(log.Key)
	opens := func(key [32]byte, size uint64, root [32]byte) func(context.Context, *ledgerref.Transactor) error {
		return func(ctx context.Context, by *ledgerref.Transactor) error {
			if _, err := by.OpenLog(ctx, log.Origin, key); err != nil || size == 0 {
				return err
			}
			_, err := by.Anchor(ctx, log.Origin, size, root)
			return err
		}
	}
	size, root := checkpoint.Size, [32]byte(checkpoint.Root)
	other := root
	other[9] ^= 1
	elsewhere := filepath.Join(dir, "elsewhere.json")
	must(t, writeJSONFile(elsewhere, deployedOn(t, node)))
	for _, c := range []struct {
		name, rpc, contracts string
		code                 int
		want                 string
	}{
		{"as it is", network.endpoint, network.contracts, 0, "the network that you named has the anchor in block [0-9]+, 0x[0-9a-f]{64}"},
		{"by an equal network", double(t, network.contracts, opens(key, size, root)), network.contracts, 0, "the network that you named has the anchor"},

		{"another digest", double(t, network.contracts, opens(key, size, other)), network.contracts, 1, "proof does not hold|no such anchor|anchor"},
		{"the digest of another's log", double(t, network.contracts, opens([32]byte{7}, size, root)), network.contracts, 1, "key|anchor"},
		{"no digest of this log", double(t, network.contracts, func(context.Context, *ledgerref.Transactor) error { return nil }), network.contracts, 4, "no such anchor"},
		{"a log without a digest", double(t, network.contracts, opens(key, 0, root)), network.contracts, 4, "no such anchor"},
		{"contracts of somebody else on the same network", network.endpoint, elsewhere, 4, "no such anchor"},
		{"another chain", secretFile(t, anviltest.Start(t, "--chain-id", "5").URL("http")), network.contracts, 1, "not the chain that these contracts belong to"},
		{"a chain without contracts", secretFile(t, anviltest.Start(t).URL("http")), network.contracts, 1, "contract|code"},
		{"what is no network", secretFile(t, v.publicURL), network.contracts, 4, "network|endpoint|unavailable"},
		{"nothing there", secretFile(t, "http://127.0.0.1:1"), network.contracts, 4, "unavailable|endpoint|network"},
		{"no address", secretFile(t, "somewhere"), network.contracts, 2, "--rpc-file"},
		{"an empty file", secretFile(t, ""), network.contracts, 2, "--rpc-file: want a first line"},
		{"no file", filepath.Join(dir, "none"), network.contracts, 2, "--rpc-file: cannot be read"},
		{"no contracts", network.endpoint, filepath.Join(dir, "none"), 2, "--ledger"},
	} {
		for kind, args := range map[string][]string{"served": served(c.rpc, c.contracts), "folder": laid(c.rpc, c.contracts)} {
			t.Run(c.name+": "+kind, func(t *testing.T) {
				code, stdout, stderr := verifyRun(args...)
				text := stdout
				if code != 0 {
					text = stderr
				}
				if code != c.code || !matches(c.want, text) || code != 0 && matches(" proven ", stdout) {
					t.Errorf("exit status %d, want %d and %q\n%s%s", code, c.code, c.want, stdout, stderr)
				}
				if strings.Contains(stdout+stderr, "127.0.0.1:1/") || strings.Contains(stdout+stderr, strings.TrimPrefix(node.URL("http"), "http://")) {
					t.Errorf("the network's address, which may hold a key, is told: %s%s", stdout, stderr)
				}
			})
		}
	}

	must(t, node.Kill())
	for _, args := range [][]string{served(network.endpoint, network.contracts), laid(network.endpoint, network.contracts)} {
		expect(t, args, 4, []string{"unavailable|endpoint|network"})
	}
}
