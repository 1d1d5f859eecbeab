package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"

	"github.com/wrapious/wrappy/consent"
)

// list is one of the lists that come in pages.
type list byte

// The numbers are in cursors that callers hold: never renumber.
const (
	listRequests list = iota + 1
	listGrants
	listOwnGrants
	listHistory
	listAttestations
	listKeys
	listDeletions
	listStanding
)

// pagesOf is what a cursor is good for: one list of one owner, by one filter.
type pagesOf struct {
	list   list
	owner  [32]byte
	filter string
}

func ofInstitution(l list, id consent.InstitutionID, filter string) pagesOf {
	return pagesOf{l, id, filter}
}

const (
	cursorVersion = 2
	cursorMAC     = 16  // bytes
	maxPlace      = 200 // bytes
	defaultLimit  = 50
	maxLimit      = 200
)

// formatCursor: base64url over a version, the list, a MAC and a place whose meaning only
// the list knows. It grants nothing, since the list checks the caller anew; the MAC keeps
// it to its caller and filter, and what is handed to the gate to what the gate has said.
func (a *API) formatCursor(l pagesOf, place string) *string {
	if place == "" {
		return nil
	}
	raw := append([]byte{cursorVersion, byte(l.list)}, a.cursorMAC(l, place)...)
	text := base64.RawURLEncoding.EncodeToString(append(raw, place...))
	return &text
}

func (a *API) cursorMAC(l pagesOf, place string) []byte {
	mac := hmac.New(sha256.New, a.cursorKey)
	_, _ = mac.Write([]byte{cursorVersion, byte(l.list)})
	_, _ = mac.Write(l.owner[:])
	_, _ = mac.Write([]byte(strconv.Itoa(len(l.filter)) + ":" + l.filter + place))
	return mac.Sum(nil)[:cursorMAC]
}

// parseCursor returns the place, "" for none: the beginning.
func (a *API) parseCursor(l pagesOf, text *string) (place string, err error) {
	const head = 2 + cursorMAC
	if text == nil {
		return "", nil
	}
	if len(*text) > base64.RawURLEncoding.EncodedLen(head+maxPlace) {
		return "", problemCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*text)
	if err != nil || len(raw) <= head || !hmac.Equal(raw[2:head], a.cursorMAC(l, string(raw[head:]))) {
		return "", problemCursor
	}
	place = string(raw[head:])
	if *a.formatCursor(l, place) != *text { // one spelling: base64 decoding skips line breaks
		return "", problemCursor
	}
	return place, nil
}

func (a *API) formatNumber(l pagesOf, n uint64) *string {
	return a.formatCursor(l, string(binary.BigEndian.AppendUint64(nil, n)))
}

func (a *API) parseNumber(l pagesOf, text *string) (uint64, error) {
	place, err := a.parseCursor(l, text)
	if err != nil || place == "" {
		return 0, err
	}
	if len(place) != 8 {
		return 0, problemCursor
	}
	return binary.BigEndian.Uint64([]byte(place)), nil
}

// parseID reads a place that is an id; zero for the beginning.
func (a *API) parseID(l pagesOf, text *string) (id [32]byte, err error) {
	place, err := a.parseCursor(l, text)
	if err != nil || place == "" {
		return id, err
	}
	if len(place) != len(id) {
		return id, problemCursor
	}
	return [32]byte([]byte(place)), nil
}

func parseLimit(limit *int32) (int, error) {
	switch {
	case limit == nil:
		return defaultLimit, nil
	case *limit < 1 || *limit > maxLimit:
		p := problemParameter
		p.detail = "limit: want 1 to 200"
		return 0, p
	}
	return int(*limit), nil
}
