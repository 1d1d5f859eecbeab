// Package s3store keeps a vault's objects in one bucket of an S3-compatible store.
//
// It relies on conditional PUT (If-None-Match: * and If-Match) and on ETags that
// are the MD5 of the content; Open tries both and refuses a store that lacks them.
//
// In the bucket:
//
//	[<prefix>/]<room>/<64 hex>[.<64 hex>[.<64 hex>]]    an object; its dots are slashes in its name
//	x-amz-meta-write                                    on each: 32 hex digits, new for every Put
//
// Dots, because a store on a file system cannot hold an object and others below it;
// the order of names stays the same.
package s3store

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

// MaxObject is the largest object, in bytes, that is read or written: one PUT
// each, because the conditions do not hold for an upload in parts.
const MaxObject = 64 << 20

const (
	attempts = 5                     // of one call, where repeating it is safe
	pauseFor = 40 * time.Millisecond // doubling, with jitter, on top of the client's own
	writeKey = "Write"               // of the user metadata
)

// Store is a vault.Store in a bucket. Several processes may use the same one.
// Durable means: acknowledged by the S3 store.
//
// The tag of a content is its ETag, and that its MD5, so that a tag which does not
// belong to the bytes beside it is found out. MD5 is no defence against somebody
// who makes collisions, and need not be: contents are sealed by the vault.
type Store struct {
	crypto.Redacted
	core      *minio.Core
	transport *http.Transport
	bucket    string
	prefix    string // "" or ending in a slash
	timeout   time.Duration
}

// Close drops idle connections. No call may be under way or follow.
func (s *Store) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// Get returns an object and its tag; vault.ErrAbsent, ErrTooLarge. What it returns
// is whole, and the tag is that content's.
func (s *Store) Get(ctx context.Context, name string) (data []byte, tag string, err error) {
	key, err := s.enter(ctx, name)
	if err != nil {
		return nil, "", err
	}
	err = s.again(ctx, func(ctx context.Context) error {
		data, tag, err = s.get(ctx, key)
		return err
	})
	switch {
	case code(err) == minio.NoSuchKey:
		return nil, "", vault.ErrAbsent
	case err != nil:
		return nil, "", bare(ctx, err)
	}
	return data, tag, nil
}

func (s *Store) get(ctx context.Context, key string) ([]byte, string, error) {
	body, info, _, err := s.core.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = body.Close() }()
	if info.Size > MaxObject {
		return nil, "", ErrTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(body, MaxObject+1))
	switch {
	case err != nil:
		return nil, "", err
	case len(data) > MaxObject:
		return nil, "", ErrTooLarge
	case tagOf(data) != info.ETag:
		// Cut short, changed on the way, or mixed by a store that reads tag and
		// content one after the other while somebody overwrites them.
		return nil, "", errTorn
	}
	return data, info.ETag, nil
}

// Put creates or replaces an object; vault.ErrExists, vault.ErrChanged, both only
// when this write has certainly not taken effect. After any other error it may have.
func (s *Store) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	key, err := s.enter(ctx, name)
	if err != nil {
		return "", err
	}
	if len(data) > MaxObject {
		return "", ErrTooLarge
	}
	if expect != "" && !isHex(expect, 2*md5.Size) {
		return "", vault.ErrChanged // no content ever had such a tag
	}
	w := newWrite(key, data, expect)
	unsure := false // an earlier attempt's answer was lost: it may have taken effect
	for attempt := 0; ; attempt++ {
		err = s.once(ctx, func(ctx context.Context) error { return s.put(ctx, w) })
		switch {
		case err == nil:
			return w.tag, nil
		case lost(err, expect):
			return s.settle(ctx, w, unsure)
		case !temporary(err):
			return "", bare(ctx, err)
		}
		unsure = unsure || !untaken(err)
		if attempt+1 == attempts || !pause(ctx, attempt) {
			return "", bare(ctx, err)
		}
	}
}

// write is one Put, however often it is sent.
type write struct {
	key, expect string
	data        []byte
	tag, id     string
}

func newWrite(key string, data []byte, expect string) *write {
	var id [16]byte
	_, _ = rand.Read(id[:])
	return &write{key: key, expect: expect, data: data, tag: tagOf(data), id: hex.EncodeToString(id[:])}
}

// put is one PUT request. The client must not repeat it by itself (MaxRetries is
// 1): the answer to a second one says nothing about the first.
func (s *Store) put(ctx context.Context, w *write) error {
	opts := minio.PutObjectOptions{
		UserMetadata:         map[string]string{writeKey: w.id},
		ContentType:          "application/octet-stream",
		DisableContentSha256: true, // of chunks: the whole content's is signed instead
	}
	if w.expect == "" {
		opts.SetMatchETagExcept("*")
	} else {
		opts.SetMatchETag(w.expect)
	}
	sum, digest := md5.Sum(w.data), sha256.Sum256(w.data)
	info, err := s.core.PutObject(ctx, s.bucket, w.key, bytes.NewReader(w.data), int64(len(w.data)),
		base64.StdEncoding.EncodeToString(sum[:]), hex.EncodeToString(digest[:]), opts)
	if err == nil && info.ETag != w.tag {
		return errETag
	}
	return err
}

// settle decides what a failed condition means. It may be this very write that is
// there already: its acknowledgement was lost, by the network or by something
// between here and the store that repeats requests. The write's own id tells,
// where the content could not: two writers may put equal bytes (the store's mark,
// a probe), and only one of them may be told that it won.
//
// If the id is another's after an answer was lost, ours may have been there and
// been replaced since: nothing certain can be said, and nothing is.
func (s *Store) settle(ctx context.Context, w *write, unsure bool) (string, error) {
	var info minio.ObjectInfo
	err := s.again(ctx, func(ctx context.Context) (err error) {
		info, err = s.core.StatObject(ctx, s.bucket, w.key, minio.StatObjectOptions{})
		return err
	})
	switch {
	case err == nil && info.ETag == w.tag && info.UserMetadata[writeKey] == w.id:
		return w.tag, nil
	case err != nil && code(err) != minio.NoSuchKey:
		return "", bare(ctx, err)
	case unsure:
		return "", errUnsure
	case w.expect == "":
		return "", vault.ErrExists
	}
	return "", vault.ErrChanged
}

// Delete removes an object; an absent one is no error. It is sent once: repeated,
// a late first one could remove what was created in between.
func (s *Store) Delete(ctx context.Context, name string) error {
	key, err := s.enter(ctx, name)
	if err != nil {
		return err
	}
	err = s.once(ctx, func(ctx context.Context) error {
		return s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	})
	if code(err) == minio.NoSuchKey {
		return nil
	}
	return bare(ctx, err)
}

// enter is the common beginning of every call on one object.
func (s *Store) enter(ctx context.Context, name string) (key string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if !isName(name) {
		return "", ErrName
	}
	return s.key(name), nil
}

// once is one attempt, with its own time limit.
func (s *Store) once(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return try(ctx)
}

// again repeats what may be repeated: reading.
func (s *Store) again(ctx context.Context, try func(context.Context) error) error {
	for attempt := 0; ; attempt++ {
		err := s.once(ctx, try)
		if err == nil || !temporary(err) || attempt+1 == attempts || !pause(ctx, attempt) {
			return err
		}
	}
}

func pause(ctx context.Context, attempt int) bool {
	most := pauseFor << attempt
	select {
	case <-time.After(most/2 + mathrand.N(most/2)):
		return true
	case <-ctx.Done():
		return false
	}
}

func tagOf(data []byte) string {
	sum := md5.Sum(data)
	return hex.EncodeToString(sum[:])
}

var (
	errUnsure = fmt.Errorf("%w: an answer was lost, and somebody else has written since: the write may have taken effect", ErrUnavailable)
	errTorn   = errors.New("content and tag do not belong together: damaged, uploaded in parts, or encrypted by the store under a KMS key")
	errETag   = fmt.Errorf("%w: its ETags are not the MD5 of the content: turn off its encryption under a KMS or customer key for this bucket, and ETags of its own kind (the vault encrypts by itself)", ErrRefused)
)
