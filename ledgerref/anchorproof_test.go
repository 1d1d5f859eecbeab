package ledgerref

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/wrapious/wrappy/consent"
)

var writeAnchor = flag.Bool("write-anchor", false, "write testdata/anchor.json anew")

const anchorOrigin = "vault.test/anchored"

// anchorBlocks anchors sizes 1 to 40, so that blocks hold many receipts.
func anchorBlocks(t *testing.T) {
	t.Helper()
	if _, err := w.transactor.OpenLog(soon(t), anchorOrigin, [32]byte{7}); err != nil {
		t.Fatal(err)
	}
	if w.node != nil {
		w.node.Call(t, nil, "evm_setAutomine", false)
	}
	to := common.Address(w.chain.addresses.Consent)
	for size := uint64(1); size < 40; size++ {
		data := consentLedger.PackAnchor(consent.Keccak256([]byte(anchorOrigin)), size, [32]byte{byte(size)})
		if _, err := w.transactor.send(soon(t), &to, data); err != nil {
			t.Fatal(err)
		}
	}
	if w.node != nil {
		w.node.Mine(t, 1)
		w.node.Call(t, nil, "evm_setAutomine", true)
	}
	if _, err := w.transactor.Anchor(soon(t), anchorOrigin, 40, [32]byte{40}); err != nil {
		t.Fatal(err)
	}
}

func TestAnchorProofFromTheChain(t *testing.T) {
	anchorBlocks(t)
	most := 0
	for _, size := range []uint64{0, 1, 2, 17, 39, 40} {
		p, err := w.chain.AnchorProof(soon(t), anchorOrigin, size)
		if err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		want := size
		if want == 0 {
			want = 40
		}
		data, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseAnchorProof(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := again.Verify(w.chain.addresses.ConsentDomain())
		if err != nil || got.Size != want || got.Root != (consent.Digest{byte(want)}) || got.Key != (consent.Digest{7}) || got.Origin != anchorOrigin {
			t.Fatalf("size %d: %+v, %v", size, got, err)
		}
		header, err := w.client.HeaderByNumber(soon(t), blockNumber(got.Anchored.Number))
		if err != nil || consent.Digest(header.Hash()) != got.Anchored.Hash || header.Time != uint64(got.Anchored.Time.Unix()) {
			t.Errorf("size %d: block %+v, the chain has %v, %v", size, got.Anchored, header, err)
		}
		most = max(most, len(p.Anchored.Nodes))
		if *writeAnchor && w.local != nil && size == 17 {
			if err := os.WriteFile("testdata/anchor.json", data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if most < 2 {
		t.Errorf("no block held more than one receipt: the path was never tried")
	}
	for name, ask := range map[string]struct {
		origin string
		size   uint64
	}{"a size that was never anchored": {anchorOrigin, 41}, "a log that was never opened": {"nowhere", 0}} {
		if _, err := w.chain.AnchorProof(soon(t), ask.origin, ask.size); !errors.Is(err, ErrNoAnchor) {
			t.Errorf("%s: %v, want ErrNoAnchor", name, err)
		}
	}
}

// Whoever asks for sizes that were never anchored must not have the whole chain read.
func TestAnchorSearch(t *testing.T) {
	onAnvil(t)
	log, to := consent.Keccak256([]byte(anchorOrigin)), common.Address(w.chain.addresses.Consent)
	call(t, &to, consentLedger.PackOpenLog(anchorOrigin, [32]byte{7}))
	source := newLiar(t)
	chain := &Chain{client: source.Client, addresses: w.chain.addresses}
	if _, err := chain.AnchorProof(soon(t), anchorOrigin, 0); !errors.Is(err, ErrNoAnchor) {
		t.Errorf("the newest of none: %v, want ErrNoAnchor", err)
	}
	const newest = 60
	for size := uint64(3); size <= newest; size += 3 {
		w.node.Mine(t, []int{0, 1, 4, 25, 60}[size/3%5])
		call(t, &to, consentLedger.PackAnchor(log, size, [32]byte{byte(size)}))
	}
	w.node.Mine(t, 30)
	blocks := must(w.client.BlockNumber(soon(t)))
	for widest, most := range map[uint64]int{5: 45, 40: 12, 5000: 2} { // blocks that the endpoint gives the logs of at once
		asked := 0
		source.lie(func(method string, params, result []byte) []byte {
			var query [1]struct{ FromBlock, ToBlock hexutil.Uint64 }
			if method != "eth_getLogs" {
				return result
			}
			if err := json.Unmarshal(params, &query); err != nil {
				t.Error(err)
			}
			asked++
			if uint64(query[0].ToBlock-query[0].FromBlock) >= widest {
				return []byte(`"too many"`)
			}
			return result
		})
		for size := uint64(0); size <= newest+2; size++ {
			asked = 0
			p, err := chain.AnchorProof(soon(t), anchorOrigin, size)
			want, anchored := size, size%3 == 0 && size <= newest
			if size == 0 {
				want = newest
			}
			if anchored && (err != nil || p.Size != want || p.Root != (consent.Digest{byte(want)})) {
				t.Errorf("size %d in ranges of %d: %d, %v", size, widest, p.Size, err)
			}
			if !anchored && !errors.Is(err, ErrNoAnchor) {
				t.Errorf("size %d in ranges of %d: %v, want ErrNoAnchor", size, widest, err)
			}
			if size > newest && asked != 0 {
				t.Errorf("size %d, above every anchor: %d ranges were read", size, asked)
			}
			if asked > most {
				t.Errorf("size %d in ranges of %d: %d of them were read, of %d blocks", size, widest, asked, blocks)
			}
		}
		if _, err := chain.AnchorProof(soon(t), "nowhere", 1); !errors.Is(err, ErrNoAnchor) {
			t.Errorf("a log that was never opened: %v", err)
		}
	}
	asked := 0
	source.lie(func(method string, _, result []byte) []byte {
		if method == "eth_getLogs" {
			asked++
			return []byte(`"none at all"`)
		}
		return result
	})
	if _, err := chain.AnchorProof(soon(t), anchorOrigin, newest); !errors.Is(err, consent.ErrUnavailable) || errors.Is(err, ErrNoAnchor) || asked > 20 {
		t.Errorf("an endpoint that gives no logs: %v after %d questions, want ErrUnavailable", err, asked)
	}
}

// The fixed vector was made on an embedded chain by TestAnchorProofFromTheChain -write-anchor.
func vectorAnchor(t testing.TB) (AnchorProof, []byte) {
	t.Helper()
	data, err := os.ReadFile("testdata/anchor.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseAnchorProof(data)
	if err != nil {
		t.Fatal(err)
	}
	return p, data
}

func TestAnchorProofRefuses(t *testing.T) {
	vector, _ := vectorAnchor(t)
	ledger := consent.Domain{ChainID: vector.ChainID, Contract: vector.Contract}
	got, err := vector.Verify(ledger)
	if err != nil || got.Size != 17 || got.Root != (consent.Digest{17}) || got.Opened.Number >= got.Anchored.Number {
		t.Fatalf("the fixed vector: %+v, %v", got, err)
	}
	if len(vector.Anchored.Nodes) < 2 {
		t.Fatal("the fixed vector's path has one node only")
	}
	flip := func(b hexutil.Bytes, at int) hexutil.Bytes {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	for name, change := range map[string]func(*AnchorProof){
		"another chain":               func(p *AnchorProof) { p.ChainID++ },
		"another contract":            func(p *AnchorProof) { p.Contract[0]++ },
		"another origin":              func(p *AnchorProof) { p.Origin += "2" },
		"another key":                 func(p *AnchorProof) { p.LogKey[0]++ },
		"another size":                func(p *AnchorProof) { p.Size++ },
		"another root":                func(p *AnchorProof) { p.Root[0]++ },
		"the opening for the anchor":  func(p *AnchorProof) { p.Anchored = p.Opened },
		"the anchor for the opening":  func(p *AnchorProof) { p.Opened = p.Anchored },
		"the blocks in another order": func(p *AnchorProof) { p.Opened, p.Anchored = p.Anchored, p.Opened },
		"another transaction":         func(p *AnchorProof) { p.Anchored.Transaction++ },
		"another event":               func(p *AnchorProof) { p.Anchored.Log++ },
		"no header":                   func(p *AnchorProof) { p.Anchored.Header = nil },
		"a header of another block":   func(p *AnchorProof) { p.Anchored.Header = p.Opened.Header },
		"a header cut off":            func(p *AnchorProof) { p.Anchored.Header = p.Anchored.Header[:len(p.Anchored.Header)-1] },
		"a header and more":           func(p *AnchorProof) { p.Anchored.Header = append(bytes.Clone(p.Anchored.Header), 0) },
		"a header that is no list":    func(p *AnchorProof) { p.Anchored.Header = hexutil.Bytes{0x80} },
		"a header of few members":     func(p *AnchorProof) { p.Anchored.Header = hexutil.Bytes{0xc1, 0x80} },
		"no nodes":                    func(p *AnchorProof) { p.Anchored.Nodes = nil },
		"a node missing":              func(p *AnchorProof) { p.Anchored.Nodes = p.Anchored.Nodes[1:] },
		"the last node missing":       func(p *AnchorProof) { p.Anchored.Nodes = p.Anchored.Nodes[:len(p.Anchored.Nodes)-1] },
		"a node more":                 func(p *AnchorProof) { p.Anchored.Nodes = append(slices.Clone(p.Anchored.Nodes), hexutil.Bytes{1}) },
		"far too many nodes":          func(p *AnchorProof) { p.Anchored.Nodes = make([]hexutil.Bytes, maxProofNodes+1) },
		"another receipt":             func(p *AnchorProof) { p.Anchored.Nodes = []hexutil.Bytes{flip(p.Anchored.Nodes[0], 9)} },
		"the receipt changed": func(p *AnchorProof) {
			n := slices.Clone(p.Anchored.Nodes)
			n[len(n)-1] = flip(n[len(n)-1], 40)
			p.Anchored.Nodes = n
		},
		"the opening's receipt":        func(p *AnchorProof) { p.Anchored.Nodes = p.Opened.Nodes },
		"the receipts root changed":    func(p *AnchorProof) { p.Anchored.Header = changeMember(t, p.Anchored.Header, headerReceipts) },
		"the opening's header damaged": func(p *AnchorProof) { p.Opened.Header = p.Opened.Header[1:] },
	} {
		p := vector
		change(&p)
		if got, err := p.Verify(ledger); !errors.Is(err, ErrAnchorProof) || got != nil {
			t.Errorf("%s: %v, %v; want ErrAnchorProof", name, got, err)
		}
	}
	for name, other := range map[string]consent.Domain{
		"no ledger": {}, "another chain trusted": {ChainID: ledger.ChainID + 1, Contract: ledger.Contract},
		"another contract trusted": {ChainID: ledger.ChainID, Contract: consent.Address{9}},
	} {
		if _, err := vector.Verify(other); !errors.Is(err, ErrAnchorProof) {
			t.Errorf("%s: %v, want ErrAnchorProof", name, err)
		}
	}
	// What a header says besides shows in the block's hash, and only there.
	p := vector
	p.Anchored.Header = changeMember(t, p.Anchored.Header, 12)
	if changed, err := p.Verify(ledger); err != nil || changed.Anchored.Hash == got.Anchored.Hash {
		t.Errorf("another block with the same receipts: %v, %v; want another hash", changed, err)
	}
}

// changeMember changes the last byte of one member of a header.
func changeMember(t *testing.T, header hexutil.Bytes, n int) hexutil.Bytes {
	t.Helper()
	members, err := rlp.SplitListValues(header)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(members)
	changed[n] = bytes.Clone(members[n])
	changed[n][len(changed[n])-1] ^= 1
	raw := make([]rlp.RawValue, len(changed))
	for i := range changed {
		raw[i] = changed[i]
	}
	out, err := rlp.EncodeToBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseAnchorProofRefuses(t *testing.T) {
	_, data := vectorAnchor(t)
	for name, bad := range map[string][]byte{
		"nothing":           nil,
		"too large":         bytes.Repeat([]byte(" "), MaxAnchorFile+1),
		"another format":    bytes.Replace(data, []byte(FormatAnchor), []byte("wrappy anchor v2"), 1),
		"no format":         []byte("{}"),
		"a member more":     bytes.Replace(data, []byte(`"size"`), []byte(`"more": 1, "size"`), 1),
		"a member twice":    bytes.Replace(data, []byte(`"size"`), []byte(`"size": 17, "size"`), 1),
		"in capitals":       bytes.Replace(data, []byte(`"size"`), []byte(`"SIZE"`), 1),
		"two files":         append(bytes.Clone(data), data...),
		"without a newline": bytes.TrimSpace(data),
		"cut off":           data[:len(data)/2],
	} {
		if p, err := ParseAnchorProof(bad); !errors.Is(err, ErrAnchorProof) {
			t.Errorf("%s: %+v, %v; want ErrAnchorProof", name, p, err)
		}
	}
}

func FuzzAnchorProof(f *testing.F) {
	vector, data := vectorAnchor(f)
	f.Add(data)
	ledger := consent.Domain{ChainID: vector.ChainID, Contract: vector.Contract}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParseAnchorProof(data)
		if err != nil {
			return
		}
		if again, err := p.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatal("a second spelling of one file was taken")
		}
		got, err := p.Verify(ledger)
		if err == nil && (got.Size != vector.Size || got.Root != vector.Root) {
			t.Fatalf("forged: %+v", got)
		}
	})
}
