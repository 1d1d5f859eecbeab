package proof

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

func TestCheckpoint(t *testing.T) {
	w := newWorld(t)
	w.story()
	tree := w.tree(w.size)
	plain, cosigned := w.checkpoint(tree, false), w.checkpoint(tree, true)
	private, _ := signerKey(t, worldOrigin, logSeed)
	own, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(text string) []byte {
		data, err := note.Sign(&note.Note{Text: text}, own)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	witnessed := w.trust
	witnessed.Witnesses, witnessed.Threshold = []string{w.witness}, 1
	body := string(plain[:bytes.Index(plain, []byte("\n\n"))+1])
	for _, c := range []struct {
		name  string
		log   Log
		data  []byte
		holds bool
	}{
		{"as signed", w.trust, plain, true},
		{"cosigned, and no witness asked for", w.trust, cosigned, true},
		{"cosigned as asked for", witnessed, cosigned, true},
		{"not cosigned", witnessed, plain, false},
		{"cosigned by another", Log{Origin: worldOrigin, Key: w.public(), Witnesses: []string{strings.Replace(w.witness, "witness", "other", 1)}, Threshold: 1}, cosigned, false},
		{"cosignature changed", witnessed, bytes.Replace(cosigned, []byte("pQNnt"), []byte("pQNnu"), 1), false},
		{"only cosigned", w.trust, append(bytes.Clone(cosigned[:len(body)+1]), cosigned[bytes.LastIndex(cosigned, []byte("—")):]...), false},
		{"another key", Log{Origin: worldOrigin, Key: newTestLog(t, 2).public()}, plain, false},
		{"another origin", Log{Origin: "log.example/2", Key: w.public()}, plain, false},
		{"another size", w.trust, bytes.Replace(plain, []byte("\n13\n"), []byte("\n14\n"), 1), false},
		{"nothing", w.trust, nil, false},
		{"with a stranger's signature", w.trust, stranger(plain, 100), true},
		{"too large", w.trust, stranger(plain, MaxCheckpoint), false},
		{"no signature", w.trust, []byte(body), false},
		{"signed: another origin in the text", w.trust, signed(strings.Replace(body, "example/1", "example/2", 1)), false},
		{"signed: more lines", w.trust, signed(body + "more\n"), false},
		{"signed: a size with a zero in front", w.trust, signed(strings.Replace(body, "\n13\n", "\n013\n", 1)), false},
		{"signed: a size with a sign", w.trust, signed(strings.Replace(body, "\n13\n", "\n+13\n", 1)), false},
		{"signed: a size beyond all", w.trust, signed(strings.Replace(body, "\n13\n", "\n9223372036854775808\n", 1)), false},
		{"signed: a short root", w.trust, signed(worldOrigin + "\n13\nAAAA\n"), false},
		{"signed: no root", w.trust, signed(worldOrigin + "\n13\n"), false},
	} {
		got, err := c.log.Checkpoint(c.data)
		if c.holds && (err != nil || got.Tree != tree || len(got.Witnesses) != len(c.log.Witnesses)) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if !c.holds && (!errors.Is(err, ErrProof) || got != nil) {
			t.Errorf("%s: %+v, %v; want ErrProof", c.name, got, err)
		}
		if _, _, err := c.log.VerifyCheckpoint(c.data); (err == nil) != c.holds || (err != nil && failed(t, err) != CheckCheckpoint) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// stranger adds the signature, of so many bytes, of somebody unknown.
func stranger(signed []byte, size int) []byte {
	return fmt.Appendf(bytes.Clone(signed), "— other.example %s\n", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, size)))
}

func TestTrust(t *testing.T) {
	w := newWorld(t)
	own := w.trust.VerifierKey()
	_, second := signerKey(t, "second.example", 11)
	_, sameKey := signerKey(t, "second.example", witnessSeed)
	_, logAsWitness := signerKey(t, "third.example", logSeed)
	good := TrustFile{Log: own, Witnesses: []string{w.witness, second}, Threshold: 2}
	for _, c := range []struct {
		name   string
		change func(*TrustFile)
		holds  bool
	}{
		{"two witnesses", func(*TrustFile) {}, true},
		{"one of two", func(f *TrustFile) { f.Threshold = 1 }, true},
		{"none", func(f *TrustFile) { f.Witnesses, f.Threshold = nil, 0 }, true},
		{"more than there are", func(f *TrustFile) { f.Threshold = 3 }, false},
		{"fewer than none", func(f *TrustFile) { f.Threshold = -1 }, false},
		{"one witness twice", func(f *TrustFile) { f.Witnesses = []string{second, second} }, false},
		{"one key under two names", func(f *TrustFile) { f.Witnesses = []string{w.witness, sameKey} }, false},
		{"the log's own key", func(f *TrustFile) { f.Witnesses[1] = logAsWitness }, false},
		{"no witness key", func(f *TrustFile) { f.Witnesses[1] = "second.example" }, false},
		{"a witness key cut off", func(f *TrustFile) { f.Witnesses[1] = second[:len(second)-4] }, false},
		{"too many", func(f *TrustFile) { f.Witnesses = make([]string, maxWitnesses+1) }, false},
		{"no log", func(f *TrustFile) { f.Log = "" }, false},
		{"a log of another kind of key", func(f *TrustFile) { f.Log = strings.Replace(own, "+AY", "+BY", 1) }, false},
		{"another hash", func(f *TrustFile) { f.Log = strings.Replace(own, "+f5", "+f6", 1) }, false},
		{"another spelling", func(f *TrustFile) { f.Log = strings.Replace(own, "+f5f18825", "+F5F18825", 1) }, false},
		{"a key cut off", func(f *TrustFile) { f.Log = own[:len(own)-4] }, false},
	} {
		f := good
		f.Witnesses = append([]string{}, good.Witnesses...)
		c.change(&f)
		log, err := f.Trusted()
		if c.holds && (err != nil || log.VerifierKey() != own) {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.holds && !errors.Is(err, ErrTrust) {
			t.Errorf("%s: %v, want ErrTrust", c.name, err)
		}
	}
}

// The roots are those of the reference tree of Certificate Transparency's implementations.
func TestTreeOfTheReference(t *testing.T) {
	w := newWorld(t)
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var trees []Tree
	for i, text := range leaves {
		leaf, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		w.addLeaf(leaf)
		tree := w.tree(uint64(i) + 1)
		if hex.EncodeToString(tree.Root[:]) != roots[i] {
			t.Fatalf("tree of %d: %x", i+1, tree.Root)
		}
		trees = append(trees, tree)
	}
	for n, tree := range trees {
		for i, text := range leaves[:n+1] {
			leaf, _ := hex.DecodeString(text)
			hash := consent.LeafHash(leaf)
			path := w.inclusion(tree, uint64(i))
			if err := tree.Includes(hash, uint64(i), path); err != nil {
				t.Errorf("leaf %d in %d: %v", i, tree.Size, err)
			}
			for j := range leaves {
				if j != i && tree.Includes(hash, uint64(j), path) == nil {
					t.Errorf("leaf %d taken for %d in %d", i, j, tree.Size)
				}
			}
			for at := range path {
				changed := append(Path{}, path...)
				changed[at][31] ^= 1
				if tree.Includes(hash, uint64(i), changed) == nil || tree.Includes(hash, uint64(i), append(append(Path{}, path[:at]...), path[at+1:]...)) == nil {
					t.Errorf("leaf %d in %d: a path changed at %d", i, tree.Size, at)
				}
			}
			older := trees[i]
			if err := tree.Extends(older, w.consistency(older.Size, tree.Size)); err != nil && older.Size != tree.Size {
				t.Errorf("%d from %d: %v", tree.Size, older.Size, err)
			}
			older.Root[0] ^= 1
			if tree.Extends(older, w.consistency(older.Size, tree.Size)) == nil {
				t.Errorf("%d from another tree of %d", tree.Size, older.Size)
			}
		}
	}
}

func TestTiles(t *testing.T) {
	w := newWorld(t)
	for i := range 70_000 {
		w.addLeaf([]byte(fmt.Sprint(i)))
	}
	tiles := w.tiles()
	fetched := 0
	fetch := tiles.Fetch
	tiles.Fetch = func(ctx context.Context, path string) ([]byte, error) { fetched++; return fetch(ctx, path) }
	for _, size := range []uint64{1, 2, 255, 256, 257, 511, 65_536, 65_537, 69_999, 70_000} {
		tree := w.tree(size)
		for _, index := range []uint64{0, 1, 255, 256, 65_535, 65_536, size - 1, size} {
			leaf, path, err := tiles.Inclusion(t.Context(), tree, index)
			if index >= size {
				if !errors.Is(err, ErrNotCovered) {
					t.Errorf("entry %d of %d: %v, want ErrNotCovered", index, size, err)
				}
				continue
			}
			if err != nil || leaf != consent.LeafHash([]byte(fmt.Sprint(index))) || tree.Includes(leaf, index, path) != nil {
				t.Errorf("entry %d of %d: %v", index, size, err)
			}
		}
		for _, older := range []uint64{0, 1, 255, 256, 300, 65_536, size} {
			path, err := tiles.Consistency(t.Context(), w.tree(min(older, size)), tree)
			if err != nil || tree.Extends(w.tree(min(older, size)), path) != nil {
				t.Errorf("%d from %d: %v", size, min(older, size), err)
			}
		}
	}
	if fetched > 100 {
		t.Errorf("%d tiles fetched: none was kept", fetched)
	}
}

func TestTilesRefuse(t *testing.T) {
	w := newWorld(t)
	for i := range 600 {
		w.addLeaf([]byte(fmt.Sprint(i)))
	}
	tree := w.tree(600)
	other := tree
	other.Root[0]++
	gone := func(path string) bool { return strings.Contains(path, ".p/") }
	for _, c := range []struct {
		name  string
		tree  Tree
		fetch func(data []byte, path string) ([]byte, error)
		holds bool
	}{
		{"as served", tree, func(data []byte, _ string) ([]byte, error) { return data, nil }, true},
		{"another tree signed", other, func(data []byte, _ string) ([]byte, error) { return data, nil }, false},
		{"beyond the newest", Tree{Size: 601, Root: tree.Root}, func(data []byte, _ string) ([]byte, error) { return data, nil }, false},
		{"no tree", Tree{}, func(data []byte, _ string) ([]byte, error) { return data, nil }, false},
		{"a byte changed", tree, func(data []byte, _ string) ([]byte, error) { data[0] ^= 1; return data, nil }, false},
		{"cut off", tree, func(data []byte, _ string) ([]byte, error) { return data[:len(data)-32], nil }, false},
		{"empty", tree, func([]byte, string) ([]byte, error) { return nil, nil }, false},
		{"more than a tile", tree, func(data []byte, _ string) ([]byte, error) { return append(data, data...), nil }, false},
		{"not there", tree, func([]byte, string) ([]byte, error) { return nil, ErrNoTile }, false},
		{"partial tiles gone, no full ones", tree, func(data []byte, path string) ([]byte, error) {
			if gone(path) {
				return nil, ErrNoTile
			}
			return data, nil
		}, false},
	} {
		tiles := w.tiles()
		fetch := tiles.Fetch
		tiles.Fetch = func(ctx context.Context, path string) ([]byte, error) {
			data, err := fetch(ctx, path)
			if err != nil {
				return nil, ErrNoTile
			}
			return c.fetch(data, path)
		}
		_, path, err := tiles.Inclusion(t.Context(), c.tree, 7)
		if (err == nil) != c.holds || (err != nil && path != nil) {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := tiles.Consistency(t.Context(), w.tree(300), c.tree); c.tree.Size > 300 && (err == nil) != c.holds {
			t.Errorf("%s: consistency: %v", c.name, err)
		}
	}
	// A log that has grown may drop a partial tile: the full one serves.
	for i := 600; i < 1024; i++ {
		w.addLeaf([]byte(fmt.Sprint(i)))
	}
	tiles := w.tiles()
	tiles.Newest = 600
	fetch := tiles.Fetch
	tiles.Fetch = func(ctx context.Context, path string) ([]byte, error) {
		if gone(path) && strings.HasPrefix(path, "tile/0/") {
			return nil, ErrNoTile
		}
		return fetch(ctx, path)
	}
	if leaf, path, err := tiles.Inclusion(t.Context(), tree, 599); err != nil || tree.Includes(leaf, 599, path) != nil {
		t.Errorf("by the full tile: %v", err)
	}
}

func TestTilePath(t *testing.T) {
	for want, tile := range map[string]tlog.Tile{
		"tile/0/000":                {H: 8, L: 0, N: 0, W: 256},
		"tile/0/x001/x234/067":      {H: 8, L: 0, N: 1234067, W: 256},
		"tile/2/000.p/8":            {H: 8, L: 2, N: 0, W: 8},
		"tile/1/x273/000.p/1":       {H: 8, L: 1, N: 273000, W: 1},
		"tile/0/x070/x368/744":      {H: 8, L: 0, N: 70368744, W: 256},
		"tile/3/x001/001.p/255":     {H: 8, L: 3, N: 1001, W: 255},
		"tile/0/x999/x999/999":      {H: 8, L: 0, N: 999999999, W: 256},
		"tile/0/x001/x000/x000/000": {H: 8, L: 0, N: 1000000000, W: 256},
	} {
		if got := tilePath(tile); got != want {
			t.Errorf("%+v: %s, want %s", tile, got, want)
		}
	}
}

func FuzzCheckpoint(f *testing.F) {
	signed, err := os.ReadFile(filepath.Join("testdata", "checkpoint.txt"))
	if err != nil {
		f.Fatal(err)
	}
	trust, err := ParseTrust(vector(f, "trust.json"))
	if err != nil {
		f.Fatal(err)
	}
	log, err := trust.Trusted()
	if err != nil {
		f.Fatal(err)
	}
	fixed, err := log.Checkpoint(signed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := log.Checkpoint(data); err == nil && got.Tree != fixed.Tree {
			t.Fatalf("forged: %+v", got.Tree)
		}
		if l, err := ParseLog(string(data)); err == nil && l.VerifierKey() != string(data) {
			t.Fatal("two spellings of one key")
		}
	})
}
