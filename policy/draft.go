package policy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"maps"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Draft is the content of a bundle that nobody need have approved, for those who review
// it. Nothing is decided by a draft but on trial and in replay.
type Draft struct {
	source *source
	loaded *Loaded
	bundle bool // not a folder
}

// ReadBundle opens a bundle's file: form, rules and data as LoadOffer, without
// approvals, revision and expiry. Errors wrap ErrBundle.
func ReadBundle(bundle []byte) (*Draft, error) {
	files, manifest, err := unpack(bundle)
	if err != nil {
		return nil, err
	}
	return draft(files, manifest, sha256.Sum256(bundle), true)
}

// ReadSource opens a folder from which Build would make a bundle. Its digest is that of
// the bundle with revision and expiry 0.
func ReadSource(fsys fs.FS) (*Draft, error) {
	files, err := readFiles(fsys)
	if err != nil {
		return nil, err
	}
	bundle, err := pack(files, Manifest{})
	if err != nil {
		return nil, err
	}
	return draft(files, Manifest{}, sha256.Sum256(bundle), false)
}

func draft(files map[string][]byte, m Manifest, digest consent.Digest, bundle bool) (*Draft, error) {
	s, err := parse(files)
	if err != nil {
		return nil, err
	}
	d := &Draft{source: s, bundle: bundle, loaded: &Loaded{digest: digest, manifest: m, files: files}}
	if err := s.prepare(d.loaded); err != nil {
		return nil, err
	}
	return d, nil
}

// Digest is the SHA-256 of the bundle's bytes.
func (d *Draft) Digest() consent.Digest { return d.loaded.digest }

// Manifest of the bundle; false for a folder, which has none.
func (d *Draft) Manifest() (Manifest, bool) { return d.loaded.manifest, d.bundle }

// Files are the content by name, not to be changed.
func (d *Draft) Files() map[string][]byte { return d.loaded.files }

// Purposes by name, not to be changed.
func (d *Draft) Purposes() map[consent.Purpose]Purpose { return d.loaded.purposes }

// Catalog of fields, not to be changed.
func (d *Draft) Catalog() *consent.Catalog { return d.loaded.catalog }

// Check runs the bundle's own tests. A failing test is no error but in the report.
func (d *Draft) Check(ctx context.Context) (*Report, error) { return d.source.test(ctx) }

// Trial lets the bundle decide as Engine.Load does before it comes into force.
func (d *Draft) Trial(now time.Time) error { return d.loaded.trial(now) }

// begun is the draft as though the purposes had begun that other has not, or not with
// that first day: what is to come would else hide behind its date in what was.
func (d *Draft) begun(other *Draft) (*Loaded, *source, error) {
	raw, _ := d.source.data["purposes"].(map[string]any)
	purposes := map[string]any{}
	for name, value := range raw {
		entry, _ := value.(map[string]any)
		before, known := other.loaded.purposes[consent.Purpose(name)]
		if !known || before.From != d.loaded.purposes[consent.Purpose(name)].From {
			entry = maps.Clone(entry)
			entry["from"] = json.Number("0")
		}
		purposes[name] = entry
	}
	s := &source{files: d.source.files, rules: d.source.rules, tests: d.source.tests, data: maps.Clone(d.source.data)}
	s.data["purposes"] = purposes
	s.fillStore()
	l := &Loaded{digest: d.loaded.digest, manifest: d.loaded.manifest, files: d.loaded.files, catalog: d.loaded.catalog, fields: d.loaded.fields, purposes: maps.Clone(d.loaded.purposes)}
	for name, p := range l.purposes {
		if before, known := other.loaded.purposes[name]; !known || before.From != p.From {
			p.From = 0
			l.purposes[name] = p
		}
	}
	var err error
	l.rules, err = s.ready(l.catalog)
	return l, s, err
}
