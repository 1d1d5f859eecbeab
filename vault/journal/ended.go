package journal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
)

// Ended reports whether an entry says that the grant was withdrawn or revoked. An
// object store that was put back from before may lack the tombstone; this log does not.
func (j *Journal) Ended(ctx context.Context, grant consent.GrantID) (bool, error) {
	return j.noted(ctx, j.endedKey(grant))
}

// Erased reports whether an entry says that the subject with this handle was erased: a
// head that was put back from before is known by it.
func (j *Journal) Erased(ctx context.Context, handle [16]byte) (bool, error) {
	return j.noted(ctx, j.erasedKey(handle))
}

func (j *Journal) noted(ctx context.Context, key []byte) (bool, error) {
	return shortly(ctx, j, func() (bool, error) {
		_, closer, err := j.db.Get(key)
		if errors.Is(err, pebble.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, errors.Join(consent.ErrUnavailable, err)
		}
		return true, closer.Close()
	})
}

// endedKey is w ‖ the first 16 bytes of HMAC-SHA-256 under the index key over
// "wrappy ended grant v1", a zero byte and the grant id.
func (j *Journal) endedKey(grant consent.GrantID) []byte {
	mac := hmac.New(sha256.New, j.indexKey)
	_, _ = mac.Write([]byte("wrappy ended grant v1\x00"))
	_, _ = mac.Write(grant[:])
	return mac.Sum([]byte("w"))[:17:17]
}

// erasedKey is g ‖ the first 16 bytes of HMAC-SHA-256 under the index key over
// "wrappy erased subject v1", a zero byte and the handle.
func (j *Journal) erasedKey(handle [16]byte) []byte {
	mac := hmac.New(sha256.New, j.indexKey)
	_, _ = mac.Write([]byte("wrappy erased subject v1\x00"))
	_, _ = mac.Write(handle[:])
	return mac.Sum([]byte("g"))[:17:17]
}

// endedBy is the index key of the grant or the subject that an entry ends; nil for none.
func (j *Journal) endedBy(shared *consent.SharedPart, handle [16]byte) []byte {
	switch {
	case shared.Kind == consent.EntryWithdrawn:
		return j.endedKey(shared.Grant)
	case shared.Kind == consent.EntryErased && handle != [16]byte{}:
		return j.erasedKey(handle)
	}
	return nil
}
