package api

import (
	"encoding/base64"
	"encoding/binary"
)

// A cursor is base64url over a version, the list it belongs to and a place whose
// meaning only the list knows. It grants nothing: the list checks the caller anew.
type list byte

const (
	listRequests list = iota + 1
	listGrants
	listOwnGrants
	listHistory
)

const (
	cursorVersion = 1
	maxPlace      = 200 // bytes
	defaultLimit  = 50
	maxLimit      = 200
)

func formatCursor(l list, place string) *string {
	if place == "" {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString(append([]byte{cursorVersion, byte(l)}, place...))
	return &text
}

// parseCursor returns the place, "" for none: the beginning.
func parseCursor(l list, text *string) (place string, err error) {
	if text == nil {
		return "", nil
	}
	if len(*text) > base64.RawURLEncoding.EncodedLen(maxPlace+2) {
		return "", problemCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*text)
	if err != nil || len(raw) < 3 || formatted(l, raw) != *text {
		return "", problemCursor
	}
	return string(raw[2:]), nil
}

// formatted gives the one spelling of a place in a list, its version included:
// base64 decoding skips line breaks.
func formatted(l list, raw []byte) string { return *formatCursor(l, string(raw[2:])) }

func formatNumber(l list, n uint64) *string {
	return formatCursor(l, string(binary.BigEndian.AppendUint64(nil, n)))
}

func parseNumber(l list, text *string) (uint64, error) {
	place, err := parseCursor(l, text)
	if err != nil || place == "" {
		return 0, err
	}
	if len(place) != 8 {
		return 0, problemCursor
	}
	return binary.BigEndian.Uint64([]byte(place)), nil
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
