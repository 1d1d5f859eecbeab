package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

const (
	emptyHash      = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	indexLine      = emptyHash + "  /me/index.html  -  text/html; charset=utf-8\n"
	scriptLine     = emptyHash + "  /show/a.js  br  text/javascript; charset=utf-8\n"
	sampleManifest = FormatPage + "\n" + indexLine + scriptLine
)

// pagesOf writes pages down in the world's log, and more after it, under a checkpoint of all of
// that, which the ledger anchors.
func pagesOf(w *world, manifest string, change func(*consent.SharedPart)) (*PageFile, Anchor) {
	w.t.Helper()
	shared := consent.SharedPart{Version: consent.Version, Kind: consent.EntryPage, PolicyDigest: sha256.Sum256([]byte(manifest)), Block: 7, Time: 1_760_000_000_000}
	if change != nil {
		change(&shared)
	}
	text, err := shared.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	w.addParts(text, []byte("nobody"))
	p := w.proofs[len(w.proofs)-1]
	w.add(consent.EntryDenied, consent.IdentityID{})
	tree, f := w.tree(w.size), NewPageFile(w.trust, []byte(manifest), &p)
	f.Entry.Checkpoint = string(w.checkpoint(tree, false))
	f.Entry.Inclusion = &Inclusion{LeafHash: p.Promise.LeafHash, Path: w.inclusion(tree, p.Promise.Index)}
	return f, Anchor{Origin: w.trust.Origin, Key: w.trust.Key, Tree: tree}
}

func TestPage(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world, f *PageFile, a *Anchor, l *Log)
		ok     bool
	}{
		{"as it was written down", func(*world, *PageFile, *Anchor, *Log) {}, true},
		{"under an older anchor that has it", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			a.Tree = w.tree(w.size - 1)
			f.Entry.Anchored = &AnchoredInclusion{Tree: a.Tree, Path: w.inclusion(a.Tree, w.size-2)}
		}, true},
		{"a changed file", func(_ *world, f *PageFile, _ *Anchor, _ *Log) {
			f.Manifest = strings.Replace(f.Manifest, "e3b0", "e3b1", 1)
		}, false},
		{"another type", func(_ *world, f *PageFile, _ *Anchor, _ *Log) {
			f.Manifest = strings.Replace(f.Manifest, "text/html", "text/plain", 1)
		}, false},
		{"a file added", func(_ *world, f *PageFile, _ *Anchor, _ *Log) {
			f.Manifest += strings.Replace(scriptLine, "a.js", "b.js", 1)
		}, false},
		{"a file taken out", func(_ *world, f *PageFile, _ *Anchor, _ *Log) { f.Manifest = FormatPage + "\n" + indexLine }, false},
		{"an entry of other pages", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			var other *PageFile
			other, *a = pagesOf(w, FormatPage+"\n"+indexLine, nil)
			f.Entry = other.Entry
		}, false},
		{"an entry of another kind", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			*f = *must2(pagesOf(w, sampleManifest, func(s *consent.SharedPart) { s.Kind = consent.EntryLeft }))(a)
		}, false},
		{"an entry that names somebody", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			*f = *must2(pagesOf(w, sampleManifest, func(s *consent.SharedPart) { s.Grant = consent.GrantID{1} }))(a)
		}, false},
		{"a promise of nobody", func(_ *world, f *PageFile, _ *Anchor, _ *Log) { f.Entry.Promise.Signature[3] ^= 1 }, false},
		{"another leaf", func(_ *world, f *PageFile, _ *Anchor, _ *Log) { f.Entry.Leaf[40] ^= 1 }, false},
		{"no checkpoint", func(_ *world, f *PageFile, _ *Anchor, _ *Log) { f.Entry.Checkpoint, f.Entry.Inclusion = "", nil }, false},
		{"another place in the tree", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			f.Entry.Inclusion.Path = w.inclusion(a.Tree, w.size-1)
		}, false},
		{"an anchor from before it", func(w *world, _ *PageFile, a *Anchor, _ *Log) { a.Tree = w.tree(w.size - 2) }, false},
		{"an anchor of its size and another root", func(_ *world, _ *PageFile, a *Anchor, _ *Log) { a.Root[5] ^= 1 }, false},
		{"a path that does not lead to the anchor", func(w *world, f *PageFile, a *Anchor, _ *Log) {
			a.Tree = w.tree(w.size - 1)
			f.Entry.Anchored = &AnchoredInclusion{Tree: a.Tree, Path: w.inclusion(a.Tree, w.size-3)}
		}, false},
		{"another vault's anchor", func(_ *world, _ *PageFile, a *Anchor, _ *Log) { a.Origin = "other.example/log" }, false},
		{"an anchor under another key", func(_ *world, _ *PageFile, a *Anchor, _ *Log) {
			a.Key = ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
		}, false},
		{"another vault trusted", func(_ *world, _ *PageFile, _ *Anchor, l *Log) { l.Origin = "other.example/log" }, false},
	} {
		w := newWorld(t)
		w.story()
		f, anchor := pagesOf(w, sampleManifest, nil)
		log := w.trust
		c.change(w, f, &anchor, &log)
		v, err := f.Verify(log, anchor)
		if (err == nil) != c.ok || (v != nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if failure := (*Failure)(nil); err != nil && (!errors.As(err, &failure) || failure.Do == "") {
			t.Errorf("%s: nobody is told what to do: %v", c.name, err)
		}
	}
}

// must2 takes the anchor along.
func must2(f *PageFile, of Anchor) func(*Anchor) *PageFile {
	return func(a *Anchor) *PageFile {
		*a = of
		return f
	}
}

func TestPageFollows(t *testing.T) {
	w := newWorld(t)
	older, _ := pagesOf(w, sampleManifest, nil)
	newer, _ := pagesOf(w, FormatPage+"\n"+indexLine, nil)
	forged := *older
	forged.Manifest = newer.Manifest
	broken := *older
	broken.Entry.Promise.Signature = make([]byte, 64)
	other := *older
	other.Entry = newer.Entry
	for _, c := range []struct {
		name       string
		shown, had *PageFile
		ok         bool
	}{
		{"the same", older, older, true}, {"a newer one", newer, older, true},
		{"back behind it", older, newer, false}, {"other pages by one entry", &forged, older, false},
		{"kept: not what its entry is of", newer, &forged, false}, {"kept: of another entry", newer, &other, false}, {"kept: promised by nobody", newer, &broken, false},
	} {
		if err := c.shown.Follows(c.had, w.trust); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := newer.Follows(older, Log{Origin: "other.example/log", Key: w.trust.Key}); err == nil {
		t.Error("another log is taken")
	}
}

func TestPageManifest(t *testing.T) {
	w := newWorld(t)
	f, _ := pagesOf(w, sampleManifest, nil)
	data, err := Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParsePage(data)
	if err != nil || again.Digest() != f.Digest() {
		t.Fatal(err)
	}
	items, err := PageItems(again.Manifest)
	if err != nil || len(items) != 2 || items[0].Path != "/me/index.html" || items[0].Coding != "" || items[1].Coding != "br" {
		t.Fatalf("%v, %v", items, err)
	}
	html := "text/html; charset=utf-8"
	if err := items[0].Check(html, "", nil); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another byte": items[0].Check(html, "", []byte{0}), "another type": items[0].Check("text/plain", "", nil), "compressed": items[0].Check(html, "gzip", nil), "not compressed": items[1].Check(items[1].Type, "", nil),
	} {
		if !errors.Is(err, ErrProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := f.CheckManifest(sampleManifest); err != nil {
		t.Error(err)
	}
	for own, want := range map[string]string{
		FormatPage + "\n" + indexLine:                                               "a.js (br) is missing",
		sampleManifest + strings.Replace(scriptLine, "a.js", "b.js", 1):             "b.js (br) is no part",
		strings.Replace(sampleManifest, "e3b0", "e3b1", 1):                          "index.html has another content",
		strings.Replace(sampleManifest, "  br  ", "  gzip  ", 1):                    "a.js (br) is missing",
		sampleManifest + emptyHash + "  /show/read me.txt  -  -\n":                  "no page of a vault has",
		strings.Replace(sampleManifest, "text/html; charset=utf-8", "text/html", 1): "index.html has another content",
		FormatPage + "\n": "no page of a vault has",
	} {
		if err := f.CheckManifest(own); !errors.Is(err, ErrProof) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", own, err)
		}
	}
	for name, manifest := range map[string]string{
		"nothing": "", "no files": FormatPage + "\n", "no end": strings.TrimSuffix(sampleManifest, "\n"), "another version": strings.Replace(sampleManifest, "v1", "v2", 1),
		"not sorted": FormatPage + "\n" + scriptLine + indexLine, "twice": FormatPage + "\n" + indexLine + indexLine, "an empty line": sampleManifest + "\n",
		"elsewhere": strings.Replace(sampleManifest, "/me/", "/v1/", 1), "up": strings.Replace(sampleManifest, "/me/", "/me/../", 1), "another host": strings.Replace(sampleManifest, "/me/", "/me//", 1),
		"a query": strings.Replace(sampleManifest, "index.html", "?x", 1), "capitals": strings.Replace(sampleManifest, "e3b0", "E3B0", 1), "short": strings.Replace(sampleManifest, "e3b0", "e3", 1),
		"another coding": strings.Replace(sampleManifest, "  br  ", "  zstd  ", 1), "no type": strings.Replace(sampleManifest, "text/html; charset=utf-8", "", 1),
		"a type of two lines": strings.Replace(sampleManifest, "text/html", "text/html\r", 1), "too many": FormatPage + "\n" + strings.Repeat(indexLine, MaxPageItems+1),
	} {
		if _, err := PageItems(manifest); !errors.Is(err, ErrFile) {
			t.Errorf("%s is taken", name)
		}
		if _, err := ParsePage([]byte(strings.Replace(string(data), "e3b0", "E3B0", 1))); !errors.Is(err, ErrFile) {
			t.Error("a file of another manifest is taken")
		}
	}
}
