package api

import (
	"encoding/base64"
	"strings"

	"github.com/wrapious/wrappy/vault"
)

// An answer's entity tag is the tags of its fields, in base64url, with commas between
// them: one tag in the sense of RFC 9110, so that a client can send it back as it came.

const (
	tagLength = 12 // of one field's, in characters
	mostTags  = 200
)

// formatTags is the entity tag of an answer, "" where there is nothing to stand for.
func formatTags(tags []vault.FieldTag) string {
	if len(tags) == 0 {
		return ""
	}
	parts := make([]string, len(tags))
	for i, t := range tags {
		parts[i] = base64.RawURLEncoding.EncodeToString(t[:])
	}
	return `"` + strings.Join(parts, ",") + `"`
}

// parseTags reads If-None-Match: entity tags of ours, weak ones too, with commas between
// them. What is not ours is refused rather than passed over: whoever sends it believes
// that it spares them something.
func parseTags(header *string) ([]vault.FieldTag, error) {
	if header == nil {
		return nil, nil
	}
	var tags []vault.FieldTag
	rest := strings.TrimSpace(*header)
	for rest != "" {
		quoted, found := strings.CutPrefix(strings.TrimPrefix(rest, "W/"), `"`)
		inside, after, closed := strings.Cut(quoted, `"`)
		if !found || !closed {
			return nil, badTag()
		}
		for text := range strings.SplitSeq(inside, ",") {
			if len(text) != tagLength || len(tags) == mostTags {
				return nil, badTag()
			}
			raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
			if err != nil || len(raw) != len(vault.FieldTag{}) {
				return nil, badTag()
			}
			tags = append(tags, vault.FieldTag(raw))
		}
		after = strings.TrimSpace(after)
		next, more := strings.CutPrefix(after, ",")
		if rest = strings.TrimSpace(next); more == (rest == "") {
			return nil, badTag()
		}
	}
	if len(tags) == 0 {
		return nil, badTag()
	}
	return tags, nil
}

func badTag() error {
	p := problemParameter
	p.detail = "If-None-Match: want the ETag of earlier releases under this grant, for at most 200 fields"
	return p
}
