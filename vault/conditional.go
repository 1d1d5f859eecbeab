package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// FieldTag stands for one field as it is stored now, under one grant. It tells neither
// field nor version, and under another grant means nothing: an answer kept for one person
// can never be taken for another's.
type FieldTag [9]byte

// tagOf is made, under the grant's own key, of the envelope too, not of the version alone: a store that was put back
// from before may give a version out twice, with other values.
func tagOf(key crypto.Secret, field consent.FieldName, version uint64, envelope []byte) (t FieldTag) {
	digest := sha256.Sum256(envelope)
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("wrappy field version v1\x00" + string(field) + "\x00"))
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, version))
	_, _ = mac.Write(digest[:])
	copy(t[:], mac.Sum(nil))
	return t
}

// unchanged notes what the recipient has already, and says so. The field is not sent; it
// counts as a release all the same, or a limited grant could be asked for ever whether
// anything has changed.
func (a *attempt) unchanged(f *found, field consent.FieldName, tag FieldTag) bool {
	f.tags = append(f.tags, tag)
	if !a.call.has[tag] {
		return false
	}
	f.unchanged = append(f.unchanged, field)
	a.withhold(consent.Withheld{Field: field, Reason: consent.ReasonUnchanged})
	return true
}

// setOf is what a call says that the recipient has.
func setOf(list []FieldTag) map[FieldTag]bool {
	set := make(map[FieldTag]bool, len(list))
	for _, t := range list {
		set[t] = true
	}
	return set
}

// releaseDigest stands for a release's body; a call without a condition is what it was.
func releaseDigest(call *ReleaseCall, asked []consent.FieldName) ([32]byte, error) {
	body := []any{opRelease, call.Grant, asked}
	if len(call.Unless) > maxTags {
		return [32]byte{}, errCall("unless: want at most 200 tags")
	}
	if len(call.Unless) > 0 {
		body = append(body, call.Unless)
	}
	return callDigest(body)
}

// maxTags: as many as a call has fields.
const maxTags = 200
