package journal

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fetch(t testing.TB, url string) (int, http.Header, []byte) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, body
}

// Whoever has nothing but what is public can count the whole tree.
func TestPublicFilesAreTheWholeLog(t *testing.T) {
	config := configIn(tempDir(t))
	fill(t, config, 600)
	j := mustOpen(t, config)
	server := httptest.NewServer(j.Public())
	defer server.Close()
	status, header, raw := fetch(t, server.URL+"/checkpoint")
	if status != http.StatusOK || header.Get("Content-Type") != "text/plain; charset=utf-8" || header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("checkpoint: %d %v", status, header)
	}
	tree := openNote(t, j.VerifierKey(), raw)
	var hashes []tlog.Hash
	for _, path := range []string{"000", "001", "002.p/88"} {
		status, header, bundle := fetch(t, server.URL+"/tile/entries/"+path)
		if full := !strings.Contains(path, ".p"); status != http.StatusOK || strings.Contains(header.Get("Cache-Control"), "immutable") != full || header.Get("Content-Type") != "application/octet-stream" {
			t.Fatalf("%s: %d %v", path, status, header)
		}
		var level0 []byte
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			hash := tlog.RecordHash(bundle[2 : 2+length])
			hashes, level0, bundle = append(hashes, hash), append(level0, hash[:]...), bundle[2+length:]
		}
		if _, _, tile := fetch(t, server.URL+"/tile/0/"+path); !bytes.Equal(tile, level0) {
			t.Fatalf("%s: the tile is not that of the bundle", path)
		}
	}
	if int64(len(hashes)) != tree.N {
		t.Fatalf("%d entries of %d", len(hashes), tree.N)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, _ error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, hash := range hashes {
		more, err := tlog.StoredHashesForRecordHash(int64(i), hash, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
	}
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		t.Fatalf("the public entries do not lead to the public checkpoint: %v", err)
	}
}

func TestPublicDenies(t *testing.T) {
	config := configIn(tempDir(t))
	fill(t, config, 300)
	j := mustOpen(t, config)
	server := httptest.NewServer(j.Public())
	defer server.Close()
	// What must not be served is really there.
	for _, name := range []string{"checkpoint123", "tile/0/0001234", "tile/0/001.p/441234", "tile/0/001.p/45", "secret"} {
		path := filepath.Join(j.tree.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(j.tree.dir, "tile/0/000.p")+"x"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"", "/", "/tile", "/tile/", "/tile/0", "/tile/0/", "/tile/entries", "/tile/entries/", "/.state", "/.state/treeState", "/.lock", "/secret",
		"/checkpoint/", "//checkpoint", "/checkpoint123", "/Checkpoint", "/checkpoint?x", "/tile/0/0001234", "/tile/0/001.p/441234",
		"/tile/0/001", "/tile/0/001.p/45", "/tile/0/001.p/0", "/tile/0/001.p/256", "/tile/0/001.p/044", "/tile/0/001.p/", "/tile/0/001.p",
		"/tile/00/000", "/tile/+0/000", "/tile/6/000", "/tile/63/000", "/tile/-1/000", "/tile/0/0", "/tile/0/00", "/tile/0/0000", "/tile/0/x000/000", "/tile/0/x000/x000", "/tile/0/000/000",
		"/tile/entries/x001/000", "/tile/entries/999", "/tile/0/../../secret", "/tile/0/..%2f..%2fsecret", "/tile/0/%2e%2e/%2e%2e/secret", "/tile/0/000%00", "/tile/8/0/000", "/tile/data/000",
		"/tile/2/000", "/tile/1/000", "/tile/0/x999/x999/x999/x999/x999/x999/999", "/tile/0/" + strings.Repeat("x000/", 50) + "000",
	} {
		if status, _, body := fetch(t, server.URL+path); status != http.StatusNotFound || bytes.Contains(body, []byte("secret")) {
			t.Errorf("%q: %d", path, status)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/checkpoint", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil || response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %v %v", method, response, err)
		}
		_ = response.Body.Close()
	}
	for _, path := range []string{"/checkpoint", "/tile/0/000", "/tile/0/001.p/44", "/tile/1/000.p/1", "/tile/entries/000", "/tile/entries/001.p/44"} {
		if status, _, _ := fetch(t, server.URL+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	mustClose(t, j)
	if status, _, _ := fetch(t, server.URL+"/tile/0/000"); status != http.StatusServiceUnavailable {
		t.Errorf("closed: %d", status)
	}
}

// Whatever is accepted is one of the three forms, in its one spelling.
func FuzzPublicPath(f *testing.F) {
	for _, seed := range []string{"checkpoint", "tile/0/000", "tile/5/x001/x234/067.p/255", "tile/entries/000.p/1", "tile/0/../x", "tile/0/.p/1", "tile//.p", "tile/0/000.p/+1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r, ok := parseResource(path)
		if !ok {
			return
		}
		if r.path() != path || strings.Contains(path, "..") || strings.ContainsAny(path, "\\%\x00 ") || len(path) > 64 {
			t.Errorf("%q accepted", path)
		}
		if !r.checkpoint && !strings.HasPrefix(path, "tile/") || r.within(0) && !r.checkpoint {
			t.Errorf("%q accepted", path)
		}
		if again, ok := parseResource(r.path()); !ok || again != r {
			t.Errorf("%q is read differently", path)
		}
	})
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte{0, 1, 9}, uint8(1))
	f.Add([]byte{0, 1, 9, 0}, uint8(1))
	f.Add([]byte{}, uint8(0))
	f.Add(bytes.Repeat([]byte{0, 0}, 256), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, width uint8) {
		leaves, err := parseBundle(data, width)
		if err != nil {
			return
		}
		var again []byte
		for _, leaf := range leaves {
			again = append(binary.BigEndian.AppendUint16(again, uint16(len(leaf))), leaf...)
		}
		want := int(width)
		if want == 0 {
			want = 256
		}
		if len(leaves) != want || !bytes.Equal(again, data) {
			t.Errorf("%d leaves for a width of %d", len(leaves), width)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	j, err := prepared(configIn(tempDir(f)))
	if err != nil {
		f.Fatal(err)
	}
	root := tlog.RecordHash([]byte("the only leaf"))
	good, err := note.Sign(&note.Note{Text: "vault.example/log/1\n1\n" + root.String() + "\n"}, plainSigner{signer{j}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append([]byte("x"), good...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parseCheckpoint(raw, j.tree.verifier)
		if err == nil && (c.size != 1 || tlog.Hash(c.root) != root) {
			t.Errorf("a forged checkpoint of size %d", c.size)
		}
		if bytes.Equal(raw, good) && err != nil {
			t.Error(err)
		}
	})
}
