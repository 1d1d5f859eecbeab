// Package web holds the pages that the vault serves, as they were built.
package web

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// What `make page` has built and committed, so that building the program needs Go alone. Beside a
// file stand its compressed forms, .gz and .br, where they are smaller.
//
//go:embed all:me/dist all:show/dist
var built embed.FS

// File is one file of a page, with its bytes exactly as they are served.
type File struct {
	Path         string // as it is asked for: /me/index.html
	Type         string // Content-Type
	Plain        []byte
	Gzip, Brotli []byte   // nil: only plain
	Digest       [32]byte // SHA-256 of Plain
	Lasting      bool     // another content has another name
}

// lasting is the folder of files that have their content's hash in the name.
const lasting = "/a/"

var types = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".mp3": "audio/mpeg", ".png": "image/png", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
}

// Files are all files of the pages, sorted by path.
var Files = sync.OnceValue(func() []File {
	all, _ := Read(built) // what is embedded can be read
	return all
})

// MaxFile is the most bytes that one file of a page may have.
const MaxFile = 16 << 20

// Read finds the files of the pages in a folder: below me/dist and show/dist as they are built,
// or below me and show as they are served. What no page has is there without a Type.
func Read(folder fs.FS) (all []File, err error) {
	for _, page := range []string{"me", "show"} {
		root := page + "/dist"
		if _, err := fs.Stat(folder, root); err != nil {
			root = page
		}
		err := fs.WalkDir(folder, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if coding := path.Ext(name); coding == ".gz" || coding == ".br" {
				if _, err := fs.Stat(folder, strings.TrimSuffix(name, coding)); err == nil {
					return nil
				}
			}
			f, err := file(folder, name)
			f.Path = "/" + page + strings.TrimPrefix(name, root)
			f.Lasting = strings.Contains(f.Path, lasting)
			all = append(all, f)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(x, y File) int { return cmp.Compare(x.Path, y.Path) })
	return all, nil
}

func file(folder fs.FS, name string) (f File, err error) {
	if f.Plain, err = read(folder, name); err != nil {
		return f, err
	}
	f.Type, f.Digest = types[path.Ext(name)], sha256.Sum256(f.Plain)
	for suffix, into := range map[string]*[]byte{".gz": &f.Gzip, ".br": &f.Brotli} {
		if _, err := fs.Stat(folder, name+suffix); err == nil {
			if *into, err = read(folder, name+suffix); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

func read(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > MaxFile {
		return nil, fmt.Errorf("%s: want a file of at most %d bytes", name, MaxFile)
	}
	return fs.ReadFile(folder, name)
}

// Manifest names all that is served of the pages in every form that a browser can be sent, by
// SHA-256 of the bytes as they travel. Its first line is the format; then come, for each, the digest in
// hex, the path, the Content-Encoding or -, and the Content-Type, two spaces between them, sorted by path.
func Manifest(all []File) []byte {
	text := []byte("wrappy page v1\n")
	for _, f := range all {
		for _, form := range []struct {
			coding string
			bytes  []byte
		}{{"-", f.Plain}, {"br", f.Brotli}, {"gzip", f.Gzip}} {
			if form.bytes != nil || form.coding == "-" {
				text = fmt.Appendf(text, "%x  %s  %s  %s\n", sha256.Sum256(form.bytes), f.Path, form.coding, cmp.Or(f.Type, "-"))
			}
		}
	}
	return text
}
