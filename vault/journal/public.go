package journal

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/tessera/api/layout"
)

// maxLevel is the highest tile level of C2SP tlog-tiles that a tree can have.
const maxLevel = 5

// resource is one of the files that anybody may read.
type resource struct {
	checkpoint bool
	entries    bool // an entry bundle; otherwise a tile of hashes
	level      uint64
	index      uint64
	width      uint8 // 0: full
}

// parseResource knows a path, without a leading slash, that C2SP tlog-tiles names, in
// its one spelling: everything else in Tessera's directory stays there.
func parseResource(path string) (r resource, ok bool) {
	if path == layout.CheckpointPath {
		return resource{checkpoint: true}, true
	}
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > 64 {
		return r, false
	}
	level, number, ok := strings.Cut(rest, "/")
	if !ok {
		return r, false
	}
	var err error
	if r.index, r.width, err = layout.ParseTileIndexPartial(number); err != nil {
		return r, false
	}
	if r.entries = level == "entries"; !r.entries {
		if r.level, err = strconv.ParseUint(level, 10, 8); err != nil || r.level > maxLevel {
			return r, false
		}
	}
	return r, r.path() == path
}

func (r resource) path() string {
	switch {
	case r.checkpoint:
		return layout.CheckpointPath
	case r.entries:
		return layout.EntriesPath(r.index, r.width)
	default:
		return layout.TilePath(r.level, r.index, r.width)
	}
}

// within reports whether a tree of that size has the resource: what no published
// checkpoint speaks of is not given out.
func (r resource) within(size uint64) bool {
	nodes := size >> (layout.TileHeight * r.level)
	if full := nodes / layout.TileWidth; r.index != full {
		return r.index < full
	}
	return r.width > 0 && uint64(r.width) <= nodes%layout.TileWidth
}

// Public serves the checkpoint, the tiles and the entry bundles as C2SP tlog-tiles says,
// at the root of its path space: the leaves are ciphertext and for everybody to keep.
func (j *Journal) Public() http.Handler { return http.HandlerFunc(j.servePublic) }

func (j *Journal) servePublic(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	r, ok := parseResource(strings.TrimPrefix(request.URL.Path, "/"))
	if !ok || request.URL.RawQuery != "" {
		http.NotFound(w, request)
		return
	}
	if r.checkpoint {
		j.serveCheckpoint(w, request)
		return
	}
	j.serveTile(w, request, r)
}

// openPublic does not outlast the call: a slow reader must not keep Close waiting.
func (j *Journal) openPublic(ctx context.Context, r resource) (*os.File, error) {
	if err := j.acquire(ctx); err != nil {
		return nil, err
	}
	defer j.reading.RUnlock()
	if !r.within(j.Published()) {
		return nil, fs.ErrNotExist
	}
	return j.tree.files.Open(r.path())
}

func (j *Journal) serveCheckpoint(w http.ResponseWriter, request *http.Request) {
	raw := j.Checkpoint()
	if j.Err() != nil {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	if raw == nil {
		http.NotFound(w, request)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	if request.Method == http.MethodGet {
		_, _ = w.Write(raw)
	}
}

func (j *Journal) serveTile(w http.ResponseWriter, request *http.Request, r resource) {
	file, err := j.openPublic(request.Context(), r)
	if errors.Is(err, fs.ErrNotExist) { // a partial one whose full one is there
		http.NotFound(w, request)
		return
	}
	var info os.FileInfo
	if err == nil {
		defer func() { _ = file.Close() }()
		info, err = file.Stat()
	}
	if err != nil || !info.Mode().IsRegular() {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	if r.width == 0 {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "public, max-age=60")
	}
	if request.Method == http.MethodGet {
		_, _ = io.Copy(w, file)
	}
}
