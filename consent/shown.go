package consent

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// ShowPeriod is the longest, in seconds, that a bearer grant lasts.
const ShowPeriod = 300

// ShowSecret is what a code on a screen holds: whoever has it may see, once, what the bearer
// grant names. It prints redacted.
type ShowSecret [32]byte

const showSecretText = 43 // characters

// ErrShowSecret: text that is no secret of a code.
var ErrShowSecret = errors.New("want the 43 characters behind # in a shown link")

// Text is the secret's base64url, without padding, as the link's fragment has it.
func (s ShowSecret) Text() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// UnmarshalText takes the one spelling of Text. ErrShowSecret.
func (s *ShowSecret) UnmarshalText(text []byte) error {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(string(text))
	if err != nil || len(decoded) != len(s) || len(text) != showSecretText { // the decoder passes over line ends
		return ErrShowSecret
	}
	*s = ShowSecret(decoded)
	return nil
}

// String is redacted.
func (s ShowSecret) String() string { return "show secret(redacted)" }

// Format keeps every verb redacted.
func (s ShowSecret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue keeps the secret out of logs.
func (s ShowSecret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Request is what stands in a bearer grant in place of a request's id: Keccak-256 of "wrappy
// shown request v1", a zero byte and the secret. Whoever reads the grant cannot show the code.
func (s ShowSecret) Request() RequestID {
	return Keccak256([]byte("wrappy shown request v1\x00"), s[:])
}

// validateBearer is what a bearer grant must be: for nobody in particular, for minutes, once,
// of identity fields, to be read and not kept.
func (g *Grant) validateBearer() error {
	switch {
	case g.Institution != (InstitutionID{}):
		return errors.New("institution: want zero for a bearer")
	case g.Actions != Read:
		return errors.New("actions: a bearer reads only")
	case g.MaxReleases != 1:
		return errors.New("maxReleases: want 1 for a bearer")
	case g.RetentionDays != 0:
		return errors.New("retentionDays: want 0 for a bearer")
	case g.Assistance != AssistanceNone:
		return errors.New("assistance: a code is shown by the person's own phone")
	case g.Expires-g.NotBefore > ShowPeriod:
		return fmt.Errorf("period: want at most %d seconds for a bearer", ShowPeriod)
	}
	for i, f := range g.Fields {
		if f.Category() != CategoryIdentity {
			return fmt.Errorf("fields[%d]: want fields of identity for a bearer", i)
		}
	}
	return nil
}

// ActExpiry is the end that the chain is told: the whole day at or after the document's. The
// chain takes no other, and learns from it neither a minute nor that a code was shown.
func (g *Grant) ActExpiry() uint64 {
	if g.Expires > ^uint64(0)-Day {
		return g.Expires
	}
	return (g.Expires + Day - 1) / Day * Day
}

// FormatShown begins every shown statement, and is its label under the signature.
const FormatShown = "wrappy shown v1"

// ShownStatement is what the vault says, signed, of what it has shown to whoever had the code.
// Its text is signed as it is: whoever checks it need not write JSON as we do.
type ShownStatement struct {
	Format string                     `json:"format"`
	Vault  string                     `json:"vault"` // the origin of the log
	Entry  Digest                     `json:"entry"` // leaf hash of the journal's entry
	At     uint64                     `json:"at"`    // Unix seconds
	Salt   Salt                       `json:"salt"`  // the signature alone can be held against no guess
	Shown  map[FieldName][]ShownValue `json:"shown"`
}

// ShownValue is one writer's value.
type ShownValue struct {
	Value      json.RawMessage  `json:"value"`
	Writer     InstitutionID    `json:"writer"`     // zero: the person
	WrittenAt  uint64           `json:"written_at"` // Unix seconds, the beginning of a day
	AsOf       uint64           `json:"as_of,omitempty"`
	Signatures []ShownSignature `json:"signatures"`
}

// ShownSignature is the writer's of one item of the value, docs/protocol/value.md.
type ShownSignature struct {
	Day             uint64 `json:"day"`
	GrantCommitment Digest `json:"grant_commitment"`
	Key             []byte `json:"key"`
	Signature       []byte `json:"signature"`
}

// ShownMessage is what the journal's key signs of a statement: the label, a zero byte, the text.
func ShownMessage(text []byte) []byte { return append([]byte(FormatShown+"\x00"), text...) }
