package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wrapious/wrappy/consent"
)

// FormatPage begins the file of the pages that a vault serves, and their manifest.
const FormatPage = "wrappy page v1"

// MaxPageItems bounds what a manifest can make its reader fetch.
const MaxPageItems = 1000

// PageFile is what the pages of a vault are, and the entry by which the vault wrote that down.
type PageFile struct {
	Format   string    `json:"format"`
	Log      string    `json:"log"`
	Manifest string    `json:"manifest"`
	Entry    EntryFile `json:"entry"`
}

// PageItem is one file of a page in one of its forms.
type PageItem struct {
	Digest consent.Digest // of the bytes as they travel
	Path   string         // /me/index.html, which is asked for as /me/
	Coding string         // Content-Encoding; empty: none
	Type   string         // Content-Type
}

// NewPageFile is of pages that have just been written down.
func NewPageFile(log Log, manifest []byte, p *consent.Proof) *PageFile {
	return &PageFile{Format: FormatPage, Log: log.VerifierKey(), Manifest: string(manifest), Entry: *NewEntryFile(log, p)}
}

// ParsePage reads the file of a vault's pages. ErrFile.
func ParsePage(data []byte) (*PageFile, error) {
	f := new(PageFile)
	if err := parse(data, MaxFile, FormatPage, f, &f.Format); err != nil {
		return nil, err
	}
	if f.Entry.Format != FormatEntry || (f.Entry.Checkpoint == "") != (f.Entry.Inclusion == nil) || f.Entry.Log != f.Log {
		return nil, fmt.Errorf("%w: %s: entry", ErrFile, FormatPage)
	}
	_, err := PageItems(f.Manifest)
	return f, err
}

// Digest of the manifest's bytes, SHA-256: what is written down of the pages.
func (f *PageFile) Digest() consent.Digest { return sha256.Sum256([]byte(f.Manifest)) }

// PageItems reads a manifest. ErrFile for any spelling but that of web.Manifest.
func PageItems(manifest string) (items []PageItem, err error) {
	refused := fmt.Errorf("%w: %s: manifest", ErrFile, FormatPage)
	rest, found := strings.CutPrefix(manifest, FormatPage+"\n")
	if !found || !strings.HasSuffix(rest, "\n") || strings.Count(rest, "\n") > MaxPageItems {
		return nil, refused
	}
	last := ""
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		parts := strings.Split(line, "  ")
		if len(parts) != 4 {
			return nil, refused
		}
		raw, err := hex.DecodeString(parts[0])
		place := parts[1] + "  " + parts[2]
		if err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != parts[0] || place <= last || !pagePath(parts[1]) || !pageType(parts[3]) {
			return nil, refused
		}
		item := PageItem{Digest: consent.Digest(raw), Path: parts[1], Coding: parts[2], Type: parts[3]}
		switch item.Coding {
		case "-":
			item.Coding = ""
		case "br", "gzip":
		default:
			return nil, refused
		}
		items, last = append(items, item), place
	}
	return items, nil
}

// pagePath takes the paths of pages, and nothing that leads elsewhere.
func pagePath(path string) bool {
	return (strings.HasPrefix(path, "/me/") || strings.HasPrefix(path, "/show/")) && !strings.Contains(path, "..") && !strings.Contains(path, "//") &&
		!strings.ContainsFunc(path, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
		})
}

func pageType(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

const doPage = "do not use the page: ask whoever runs the vault, and compare with one that was built from source ('make page-digest')"

// Check holds one file as it was served against its item. Errors are *Failure.
func (i PageItem) Check(kind, coding string, body []byte) error {
	switch {
	case consent.Digest(sha256.Sum256(body)) != i.Digest:
		return pageFailure("%s is served with another content", i)
	case kind != i.Type || coding != i.Coding:
		return pageFailure("%s is served as another type", i)
	}
	return nil
}

func (i PageItem) String() string {
	if i.Coding == "" {
		return i.Path
	}
	return i.Path + " (" + i.Coding + ")"
}

func pageFailure(format string, args ...any) error {
	return &Failure{CheckPage, doPage, fmt.Errorf("%w: "+format, append([]any{ErrProof}, args...)...)}
}

// CheckManifest holds pages that somebody has, by their own manifest, against the one that was
// written down, and names a file that differs. Errors are *Failure.
func (f *PageFile) CheckManifest(own string) error {
	if own == f.Manifest {
		return nil
	}
	listed := func(text string) (map[string]PageItem, error) {
		items, err := PageItems(text)
		all := make(map[string]PageItem, len(items))
		for _, i := range items {
			all[i.String()] = i
		}
		return all, err
	}
	here, err := listed(own)
	if err != nil {
		return pageFailure("it has files that no page of a vault has")
	}
	noted, err := listed(f.Manifest)
	if err != nil {
		return &Failure{CheckPage, doRefetch, err}
	}
	for _, name := range slices.Sorted(maps.Keys(noted)) {
		switch i, found := here[name]; {
		case !found:
			return pageFailure("%s is missing", name)
		case i != noted[name]:
			return pageFailure("%s has another content", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(here)) {
		if _, found := noted[name]; !found {
			return pageFailure("%s is no part of the page that was written down", name)
		}
	}
	return pageFailure("another manifest")
}

// Verify checks that the log wrote these pages down, in the tree that the ledger anchors.
// Errors are *Failure.
func (f *PageFile) Verify(log Log, anchor Anchor) (*Verified, error) {
	v, err := f.Entry.VerifyAnchored(log, anchor)
	if err != nil {
		return nil, err
	}
	if err := f.names(v.Shared); err != nil {
		return nil, err
	}
	v.Report.proven(CheckPage, "the vault wrote down on %s that it serves these pages, %s", when(v.Shared.Time), f.Digest())
	v.Report.open(CheckPage, "that everybody is served these pages: a vault can serve somebody else others")
	return v, nil
}

// names checks that the entry is of these pages, and says nothing of anybody.
func (f *PageFile) names(s *consent.SharedPart) error {
	bare := consent.SharedPart{Version: consent.Version, Kind: consent.EntryPage, PolicyDigest: f.Digest(), Block: s.Block, Time: s.Time}
	want, err := bare.Encode()
	if err == nil {
		var got []byte
		if got, err = s.Encode(); err == nil && bytes.Equal(want, got) {
			return nil
		}
	}
	return pageFailure("the log's entry is not of these pages")
}

// Follows checks that the pages were not written down before those that somebody has kept: a
// vault that shows an older entry hides the newer. Errors are *Failure.
func (f *PageFile) Follows(kept *PageFile, log Log) error {
	v, err := kept.Entry.VerifyPromise(log)
	if err != nil {
		return err
	}
	if err := kept.names(v.Shared); err != nil {
		return err
	}
	switch at := f.Entry.Promise.Index; {
	case at < v.Index:
		return pageFailure("entry %d is older than entry %d, which you have kept", at, v.Index)
	case at == v.Index && f.Manifest != kept.Manifest:
		return &Failure{CheckPage, doKeep, fmt.Errorf("%w: entry %d is of other pages than the one that you have kept", ErrBroken, at)}
	}
	return nil
}
