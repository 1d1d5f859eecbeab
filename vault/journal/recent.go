package journal

import (
	"bytes"
	"slices"
	"sync"

	"github.com/transparency-dev/tessera/api/layout"

	"github.com/wrapious/wrappy/consent"
)

// maxRecent bounds, in bytes of leaves, what is kept in memory for tree and copy.
const maxRecent = 32 << 20

// keptLeaf is a leaf, which must not be changed, and its hash.
type keptLeaf struct {
	data []byte
	hash consent.Digest
}

// recent are the newest durable leaves, as far back as tree and copy are behind, so that
// neither reads from the disk, or hashes again, what has just been written.
type recent struct {
	mu    sync.Mutex
	first uint64 // index of list[0]
	bytes int
	list  []keptLeaf
}

// keep takes the leaves of a group, whose first has an index, and lets go of those below needed.
func (s *recent) keep(index uint64, group []*request, needed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first+uint64(len(s.list)) != index {
		s.first, s.list, s.bytes = index, nil, 0
	}
	for _, r := range group {
		if r.leaf != nil {
			s.list = append(s.list, keptLeaf{r.leaf, r.leafHash})
			s.bytes += len(r.leaf)
		}
	}
	n := 0
	for ; n < len(s.list) && (s.first < needed || s.bytes > maxRecent); n++ {
		s.bytes -= len(s.list[n].data)
		s.list[n] = keptLeaf{} // the array stays for a while
		s.first++
	}
	s.list = s.list[n:]
}

// get is the leaves of [from, to); nil unless all are there.
func (s *recent) get(from, to uint64) []keptLeaf {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from < s.first || to > s.first+uint64(len(s.list)) || from >= to {
		return nil
	}
	return slices.Clone(s.list[from-s.first : to-s.first])
}

// needed is the index below which neither tree nor copy will read again.
func (j *Journal) needed() uint64 {
	needed := j.tree.fed()
	if j.config.Copy != nil {
		needed = min(needed, j.copy.size.Load()/layout.EntryBundleWidth*layout.EntryBundleWidth)
	}
	return needed
}

// leaves of [from, to), in order.
func (j *Journal) leaves(from, to uint64) ([]keptLeaf, error) {
	if list := j.recent.get(from, to); list != nil || from >= to {
		return list, nil
	}
	list := make([]keptLeaf, 0, to-from)
	err := j.scan(from, to, func(_ uint64, leaf []byte) error {
		list = append(list, keptLeaf{bytes.Clone(leaf), consent.LeafHash(leaf)})
		return nil
	})
	return list, err
}
