package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const kibibyte = 1 << 10

// The page is for slow lines: what is fetched before the first view, and all of it. Only what a
// browser that takes brotli gets counts; recorded speech is fetched on demand.
func TestSize(t *testing.T) {
	first, all, languages := 0, 0, 0
	scripts := regexp.MustCompile(`(?:href|src)="(a/[^"]+\.(?:css|js))"`)
	sent := map[string]int{}
	for _, f := range Files() {
		sent[f.Path] = len(f.Plain)
		if f.Brotli != nil {
			sent[f.Path] = len(f.Brotli)
		}
		switch {
		case path.Ext(f.Path) == ".mp3", path.Ext(f.Path) == ".png": // icons are for whoever installs it
		case path.Ext(f.Path) == ".json":
			languages = max(languages, sent[f.Path])
		case strings.HasPrefix(f.Path, "/me/"):
			all += sent[f.Path]
		}
	}
	index := find(t, "/me/index.html")
	first = sent["/me/index.html"]
	for _, m := range scripts.FindAllStringSubmatch(string(index.Plain), -1) {
		if sent["/me/"+m[1]] == 0 {
			t.Errorf("%s is not there", m[1])
		}
		first += sent["/me/"+m[1]]
	}
	boot := find(t, "/me/"+regexp.MustCompile(`src="([^"]+)"`).FindStringSubmatch(string(index.Plain))[1]).Plain
	for _, static := range regexp.MustCompile(`(?:import|from)"\./([^"]+)"`).FindAllStringSubmatch(string(boot), -1) {
		if !strings.Contains(string(index.Plain), static[1]) {
			t.Errorf("%s is not asked for before it is wanted", static[1])
		}
	}
	t.Logf("first view %d bytes, everything with one language %d bytes", first, all+languages)
	if first == 0 || first > 14*kibibyte {
		t.Errorf("first view: %d bytes", first)
	}
	if all == 0 || all+languages > 150*kibibyte {
		t.Errorf("everything: %d bytes", all+languages)
	}
}

func find(t *testing.T, name string) File {
	t.Helper()
	for _, f := range Files() {
		if f.Path == name {
			return f
		}
	}
	t.Fatalf("%s is not there", name)
	return File{}
}

func TestCompressed(t *testing.T) {
	for _, f := range Files() {
		if f.Gzip == nil {
			if len(f.Plain) > 2*kibibyte && path.Ext(f.Path) != ".png" && path.Ext(f.Path) != ".mp3" {
				t.Errorf("%s is sent as it is", f.Path)
			}
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(f.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(plain, f.Plain) {
			t.Errorf("%s: its gzip form opens to something else: %v", f.Path, err)
		}
		if f.Brotli == nil || len(f.Brotli) > len(f.Gzip) {
			t.Errorf("%s: brotli takes %d bytes, gzip %d", f.Path, len(f.Brotli), len(f.Gzip))
		}
	}
}

// Nothing comes from anywhere else, and nothing is made into a script or parsed as HTML.
func TestNothingElse(t *testing.T) {
	elsewhere := regexp.MustCompile(`https?:/{2}[a-z0-9.-]+|@import|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function`)
	allowed := regexp.MustCompile(`^https?://(www\.w3\.org|w3id\.org|purl\.org|schema\.org|loinc\.org|hl7\.org|terminology\.hl7\.org|github\.com)$`) // names of things, never fetched
	for _, f := range Files() {
		if ext := path.Ext(f.Path); ext != ".js" && ext != ".css" && ext != ".html" {
			continue
		}
		for _, found := range elsewhere.FindAllString(string(f.Plain), -1) {
			if !allowed.MatchString(found) {
				t.Errorf("%s has %q", f.Path, found)
			}
		}
	}
	index := string(find(t, "/me/index.html").Plain)
	if strings.Contains(index, "<style") || regexp.MustCompile(`<script[^>]*>[^<]|\son[a-z]+=`).MatchString(index) {
		t.Error("something in index.html is inline")
	}
}

// Its authors vouch for the English words as they stand: another word, and nobody can say yes in them.
func TestWordsAreReviewed(t *testing.T) {
	text, err := os.ReadFile("me/src/lang/reviews.json")
	if err != nil {
		t.Fatal(err)
	}
	var reviews map[string]string
	if err := json.Unmarshal(text, &reviews); err != nil {
		t.Fatal(err)
	}
	for _, f := range Files() {
		language, _, found := strings.Cut(path.Base(f.Path), "-")
		if path.Ext(f.Path) != ".json" || !found {
			continue
		}
		if want, reviewed := reviews[language]; reviewed && want != hex.EncodeToString(f.Digest[:]) {
			t.Errorf("%s: its words have changed since they were checked: check them, and put %x into reviews.json", language, f.Digest)
		}
		delete(reviews, language)
	}
	if len(reviews) > 0 {
		t.Errorf("reviewed, and not there: %v", reviews)
	}
}

// What is written down of the pages is of every file, form and type, and of nothing else.
func TestManifest(t *testing.T) {
	good := string(Manifest(Files()))
	forms := 0
	for _, f := range Files() {
		for coding, sent := range map[string][]byte{"-": f.Plain, "gzip": f.Gzip, "br": f.Brotli} {
			line := fmt.Sprintf("\n%x  %s  %s  %s\n", sha256.Sum256(sent), f.Path, coding, f.Type)
			if (sent != nil) != strings.Contains(good, line) {
				t.Errorf("%s (%s): want %t", f.Path, coding, sent != nil)
			}
			if sent != nil {
				forms++
			}
		}
		if f.Type == "" {
			t.Errorf("%s has no type", f.Path)
		}
	}
	if lines := strings.Count(good, "\n"); lines != forms+1 || forms < 50 {
		t.Errorf("%d lines for %d forms", lines, forms)
	}
	const page = "me/dist/index.html"
	for name, change := range map[string]func(fstest.MapFS){
		"":                        func(fstest.MapFS) {},
		"a byte":                  func(all fstest.MapFS) { all[page].Data[9] ^= 1 },
		"a byte of a compressed":  func(all fstest.MapFS) { all[page+".br"].Data[9] ^= 1 },
		"a file less":             func(all fstest.MapFS) { delete(all, "show/dist/show.js") },
		"a compressed less":       func(all fstest.MapFS) { delete(all, page+".gz") },
		"a file more":             func(all fstest.MapFS) { all["me/dist/a/more.js"] = &fstest.MapFile{} },
		"a file of no page":       func(all fstest.MapFS) { all["me/dist/.hidden"] = &fstest.MapFile{} },
		"a compressed of nothing": func(all fstest.MapFS) { all["me/dist/x.js.br"] = &fstest.MapFile{} },
		"another name":            func(all fstest.MapFS) { all["me/dist/sw2.js"] = all["me/dist/sw.js"]; delete(all, "me/dist/sw.js") },
	} {
		all := fstest.MapFS{}
		err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := built.ReadFile(name)
			all[name] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		change(all)
		read, err := Read(all)
		if err != nil || (string(Manifest(read)) == good) != (name == "") {
			t.Errorf("%q: %v", name, err)
		}
	}
	served := fstest.MapFS{}
	for _, f := range Files() {
		served[f.Path[1:]] = &fstest.MapFile{Data: f.Plain}
		for suffix, sent := range map[string][]byte{".gz": f.Gzip, ".br": f.Brotli} {
			if sent != nil {
				served[f.Path[1:]+suffix] = &fstest.MapFile{Data: sent}
			}
		}
	}
	if read, err := Read(served); err != nil || string(Manifest(read)) != good {
		t.Errorf("laid out as it is served: %v", err)
	}
	if _, err := Read(fstest.MapFS{}); err == nil {
		t.Error("an empty folder has pages")
	}
}
