package policy

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Bounds of a bundle, looked at before anything is parsed.
const (
	MaxBundle  = 4 << 20 // bytes of the whole file
	MaxFile    = 1 << 20 // bytes of one file in it
	MaxEntries = 200
)

const (
	manifestName = "manifest.json"
	format       = 1
)

// ErrBundle is wrapped by every refusal of a bundle's form or content. Where there
// is a place, the message begins with file:line.
var ErrBundle = errors.New("policy bundle")

// A bundle is one uncompressed USTAR archive: manifest.json, then the files in
// byte order of their names, each a regular file of mode 0644 at time 0 without
// an owner. There is exactly one such file for a content and a manifest, and
// nothing else is accepted: a byte that no reviewer sees has no place to hide.

// Manifest says what a bundle is. Callers of Build give all but Format and Files.
type Manifest struct {
	Format   int                       `json:"format"`
	Revision uint64                    `json:"revision"`          // grows by every bundle that comes into force
	Expires  uint64                    `json:"expires"`           // Unix seconds; from then on the bundle permits nothing
	Narrows  *consent.Digest           `json:"narrows,omitempty"` // the bundle that this one purely narrows; without it two reviewers are needed
	Files    map[string]consent.Digest `json:"files"`             // SHA-256 of each file
}

var fileName = regexp.MustCompile(`^([a-z0-9_]{1,60}/){0,4}[a-z0-9_]{1,60}\.(rego|json)$`)

// Build makes a bundle of every file below fsys. The same content and manifest
// give the same bytes. The digest is the SHA-256 of those bytes. Build looks at
// the form only; Check says whether the rules are sound.
func Build(fsys fs.FS, m Manifest) ([]byte, consent.Digest, error) {
	files, err := readFiles(fsys)
	if err != nil {
		return nil, consent.Digest{}, err
	}
	bundle, err := pack(files, m)
	if err != nil {
		return nil, consent.Digest{}, err
	}
	return bundle, sha256.Sum256(bundle), nil
}

// readFiles reads a source tree within the bounds.
func readFiles(fsys fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := checkEntry(name, len(files)+1); err != nil {
			return err
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // read only
		files[name], err = io.ReadAll(io.LimitReader(f, MaxFile+1))
		if err == nil && len(files[name]) > MaxFile {
			err = fmt.Errorf("%w: %s: more than %d bytes", ErrBundle, name, MaxFile)
		}
		return err
	})
	return files, err
}

// checkEntry refuses names that could leave the archive, hide, or be taken for
// something else, and more entries than the bound.
func checkEntry(name string, count int) error {
	if count > MaxEntries {
		return fmt.Errorf("%w: more than %d files", ErrBundle, MaxEntries)
	}
	if !fs.ValidPath(name) || !fileName.MatchString(name) || name == manifestName {
		return fmt.Errorf("%w: entry %d: name: want lower-case letters, digits and _, ending in .rego or .json", ErrBundle, count)
	}
	return nil
}

func pack(files map[string][]byte, m Manifest) ([]byte, error) {
	m.Format, m.Files = format, make(map[string]consent.Digest, len(files))
	for name, content := range files {
		m.Files[name] = sha256.Sum256(content)
	}
	manifest, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", ErrBundle, err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	add := func(name string, content []byte) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := w.Write(content)
		return err
	}
	err = add(manifestName, manifest)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err = errors.Join(err, add(name, files[name]))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if out.Len() > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrBundle, out.Len(), MaxBundle)
	}
	return out.Bytes(), nil
}

// unpack is the reverse of pack, and refuses whatever pack would not have written.
func unpack(bundle []byte) (map[string][]byte, Manifest, error) {
	if len(bundle) == 0 || len(bundle) > MaxBundle {
		return nil, Manifest{}, fmt.Errorf("%w: %d bytes: want 1 to %d", ErrBundle, len(bundle), MaxBundle)
	}
	r := tar.NewReader(bytes.NewReader(bundle))
	manifest, err := r.Next()
	if err != nil || manifest.Name != manifestName || manifest.Typeflag != tar.TypeReg {
		return nil, Manifest{}, fmt.Errorf("%w: not an archive that begins with %s", ErrBundle, manifestName)
	}
	var m Manifest
	if err := json.NewDecoder(io.LimitReader(r, MaxFile)).Decode(&m); err != nil || m.Format != format {
		return nil, Manifest{}, fmt.Errorf("%w: %s: want format %d", ErrBundle, manifestName, format)
	}
	files := map[string][]byte{}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, Manifest{}, fmt.Errorf("%w: damaged after entry %d", ErrBundle, len(files))
		}
		if err := checkEntry(h.Name, len(files)+1); err != nil {
			return nil, Manifest{}, err
		}
		if h.Typeflag != tar.TypeReg || h.Size > MaxFile {
			return nil, Manifest{}, fmt.Errorf("%w: %s: want a regular file of at most %d bytes", ErrBundle, h.Name, MaxFile)
		}
		if files[h.Name], err = io.ReadAll(io.LimitReader(r, MaxFile)); err != nil {
			return nil, Manifest{}, fmt.Errorf("%w: %s: damaged", ErrBundle, h.Name)
		}
	}
	again, err := pack(files, m)
	if err != nil {
		return nil, Manifest{}, err
	}
	if !bytes.Equal(again, bundle) {
		return nil, Manifest{}, fmt.Errorf("%w: not in the one form that a bundle has (order, headers, digests in the manifest, trailing bytes)", ErrBundle)
	}
	return files, m, nil
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }
