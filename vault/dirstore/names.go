package dirstore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const maxElements = 4 // a room and one to three hashes

// path maps a name to its file, and everything that is not a name to ErrName:
// what passes holds letters, digits and single slashes only.
func (s *Store) path(name string) (string, error) {
	elements := strings.Split(name, "/")
	if len(name) > 256 || len(elements) < 2 || len(elements) > maxElements || !isRoom(elements[0]) {
		return "", ErrName
	}
	path := filepath.Join(s.dir, elements[0])
	for i, element := range elements[1:] {
		if !isHex(element, 64) {
			return "", ErrName
		}
		if i == 0 {
			path = filepath.Join(path, element[:2])
		} else {
			path += ".d"
		}
		path = filepath.Join(path, element)
	}
	return path, nil
}

func isRoom(s string) bool {
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 32
}

func isHex(s string, digits int) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == digits
}

// List returns names with the prefix, sorted, greater than after, at most limit.
// A prefix or after that no name could have finds nothing or everything; neither
// becomes part of a path.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if s.unsettled.Load() {
		return nil, ErrUnsettled
	}
	if err := s.present(); err != nil {
		return nil, err
	}
	l := listing{ctx: ctx, prefix: prefix, after: after, limit: limit}
	if err := l.rooms(s.dir); err != nil && !errors.Is(err, errEnough) {
		return nil, bare(err)
	}
	return l.names, nil
}

var errEnough = errors.New("limit reached")

// listing walks in the order of names: an object comes before those below it,
// and hashes of one length never are each other's prefix.
type listing struct {
	ctx           context.Context
	prefix, after string
	limit         int
	names         []string
}

// reaches reports whether a name that begins with stem could be in the answer.
func (l *listing) reaches(stem string) bool {
	fits := strings.HasPrefix(stem, l.prefix) || strings.HasPrefix(l.prefix, stem)
	return fits && (stem > l.after || strings.HasPrefix(l.after, stem))
}

func (l *listing) add(name string) error {
	if strings.HasPrefix(name, l.prefix) && name > l.after {
		if len(l.names) >= l.limit {
			return errEnough
		}
		l.names = append(l.names, name)
	}
	return nil
}

func (l *listing) rooms(dir string) error {
	return l.each(dir, func(entry fs.DirEntry) error {
		room := entry.Name()
		if !entry.IsDir() || !isRoom(room) || !l.reaches(room+"/") {
			return nil
		}
		return l.each(filepath.Join(dir, room), func(shard fs.DirEntry) error {
			if !shard.IsDir() || !isHex(shard.Name(), 2) || !l.reaches(room+"/"+shard.Name()) {
				return nil
			}
			return l.objects(filepath.Join(dir, room, shard.Name()), room+"/")
		})
	})
}

// objects lists one directory of objects and of the directories below them: in
// the directory's order "<hash>" comes just before "<hash>.d".
func (l *listing) objects(dir, stem string) error {
	return l.each(dir, func(entry fs.DirEntry) error {
		hash, below := strings.CutSuffix(entry.Name(), ".d")
		switch {
		case !isHex(hash, 64):
			return nil
		case below && entry.IsDir() && l.reaches(stem+hash+"/"):
			return l.objects(filepath.Join(dir, entry.Name()), stem+hash+"/")
		case !below && entry.Type().IsRegular():
			return l.add(stem + hash)
		}
		return nil
	})
}

// each calls visit for the entries of a directory, sorted; an absent one is empty.
func (l *listing) each(dir string, visit func(fs.DirEntry) error) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if err := visit(entry); err != nil {
			return err
		}
	}
	return nil
}
