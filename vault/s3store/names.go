package s3store

import (
	"context"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7"
)

var (
	namePattern = regexp.MustCompile(`^[a-z]{1,32}(/[0-9a-f]{64}){1,3}$`)
	// nameStart matches as much of a string as a name could begin with.
	nameStart = regexp.MustCompile(`^([a-z]{1,32}(/[0-9a-f]{64}){0,2}/[0-9a-f]{0,64}|[a-z]{0,32})`)
	// prefixPattern keeps a prefix short, and from needing any escape.
	prefixPattern = regexp.MustCompile(`^([A-Za-z0-9_-]{1,64}/){0,4}$`)
)

func isName(name string) bool { return namePattern.MatchString(name) }

func isHex(s string, digits int) bool {
	return len(s) == digits && strings.Trim(s, "0123456789abcdef") == ""
}

// key is the object's in the bucket, of a name or of the beginning of one.
func (s *Store) key(name string) string {
	room, hashes, inRoom := strings.Cut(name, "/")
	if !inRoom {
		return s.prefix + room
	}
	return s.prefix + room + "/" + strings.ReplaceAll(hashes, "/", ".")
}

// name is the inverse of key; false for an object that is not ours.
func (s *Store) name(key string) (string, bool) {
	name, ours := strings.CutPrefix(key, s.prefix)
	slashes := strings.Count(name, "/")
	name = strings.ReplaceAll(name, ".", "/")
	return name, ours && slashes == 1 && isName(name)
}

// List returns names with the prefix, sorted, greater than after, at most limit.
// What no name could have finds nothing, or everything, and is not sent.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if limit <= 0 || nameStart.FindString(prefix) != prefix {
		return nil, nil
	}
	var names []string
	err := s.again(ctx, func(ctx context.Context) (err error) {
		names, err = s.list(ctx, prefix, after, limit)
		return err
	})
	if err != nil {
		return nil, bare(ctx, err)
	}
	return names, nil
}

func (s *Store) list(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the listing below when enough is known
	defer cancel()
	opts := minio.ListObjectsOptions{Prefix: s.key(prefix), Recursive: true, MaxKeys: min(limit, 1000)}
	if after != "" {
		opts.StartAfter = s.key(nameStart.FindString(after))
	}
	var names []string
	for object := range s.core.ListObjectsIter(ctx, s.bucket, opts) {
		if object.Err != nil {
			return nil, object.Err
		}
		name, ours := s.name(object.Key)
		if !ours || !strings.HasPrefix(name, prefix) || name <= after {
			continue
		}
		if len(names) > 0 && name <= names[len(names)-1] {
			return nil, errUnsorted
		}
		if names = append(names, name); len(names) == limit {
			break
		}
	}
	return names, nil
}
