package consent

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// Fixed-size identifiers. As text each is "0x" and lower-case hex; no other
// spelling is accepted, so that one value has one name.
type (
	// GrantID is the EIP-712 struct hash of a Grant.
	GrantID [32]byte
	// RequestID is the EIP-712 struct hash of a Request.
	RequestID [32]byte
	// IdentityID names a person to the vault and on KeyRegistry; never to an institution.
	IdentityID [32]byte
	// InstitutionID names an organisation on InstitutionRegistry.
	InstitutionID [32]byte
	// Digest is a SHA-256 or Keccak-256 output; the field's comment says which.
	Digest [32]byte
	// Salt is 32 random bytes.
	Salt [32]byte
	// Address is an EVM account: the last 20 bytes of Keccak-256 of the public key.
	Address [20]byte
)

// ErrMalformedID is returned when text is not "0x" and lower-case hex of the exact length.
var ErrMalformedID = errors.New("malformed identifier")

func parseHex(dst []byte, text []byte) error {
	if len(text) != 2+2*len(dst) || text[0] != '0' || text[1] != 'x' {
		return fmt.Errorf("%w: want 0x and %d hex digits", ErrMalformedID, 2*len(dst))
	}
	for _, c := range text[2:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("%w: want lower-case hex digits", ErrMalformedID)
		}
	}
	_, err := hex.Decode(dst, text[2:])
	return err
}

func formatHex(b []byte) string { return "0x" + hex.EncodeToString(b) }

func (v GrantID) String() string                         { return formatHex(v[:]) }
func (v GrantID) MarshalText() ([]byte, error)           { return []byte(v.String()), nil }
func (v *GrantID) UnmarshalText(text []byte) error       { return parseHex(v[:], text) }
func (v RequestID) String() string                       { return formatHex(v[:]) }
func (v RequestID) MarshalText() ([]byte, error)         { return []byte(v.String()), nil }
func (v *RequestID) UnmarshalText(text []byte) error     { return parseHex(v[:], text) }
func (v InstitutionID) String() string                   { return formatHex(v[:]) }
func (v InstitutionID) MarshalText() ([]byte, error)     { return []byte(v.String()), nil }
func (v *InstitutionID) UnmarshalText(text []byte) error { return parseHex(v[:], text) }
func (v Digest) String() string                          { return formatHex(v[:]) }
func (v Digest) MarshalText() ([]byte, error)            { return []byte(v.String()), nil }
func (v *Digest) UnmarshalText(text []byte) error        { return parseHex(v[:], text) }
func (v Salt) MarshalText() ([]byte, error)              { return []byte(formatHex(v[:])), nil }
func (v *Salt) UnmarshalText(text []byte) error          { return parseHex(v[:], text) }
func (v Address) String() string                         { return formatHex(v[:]) }
func (v Address) MarshalText() ([]byte, error)           { return []byte(v.String()), nil }
func (v *Address) UnmarshalText(text []byte) error       { return parseHex(v[:], text) }

// String is redacted: an identity in a log line would tie a person to an act.
// MarshalText gives the value itself, for the person's own documents.
func (v IdentityID) String() string { return "identity(redacted)" }

// Format keeps every verb redacted, %x and %v of the array included.
func (v IdentityID) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(v.String())) }

func (v IdentityID) MarshalText() ([]byte, error)     { return []byte(formatHex(v[:])), nil }
func (v *IdentityID) UnmarshalText(text []byte) error { return parseHex(v[:], text) }
