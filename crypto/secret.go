package crypto

import (
	"errors"
	"fmt"
	"log/slog"
)

// ErrDecrypt says that something cannot be opened. Wrong key, wrong associated
// data and damage are one error on purpose: which it was helps only an attacker.
var ErrDecrypt = errors.New("cannot be opened")

const redactedText = "[redacted]"

// Secret is key material or a passphrase. Every way of printing, logging or
// marshalling it as text gives a fixed word; only a conversion to []byte gives
// the bytes. Mind that fmt cannot redact unexported members of other structs:
// a struct that holds a Secret should embed or hold it behind a pointer.
type Secret []byte

func (Secret) String() string               { return redactedText }
func (Secret) GoString() string             { return redactedText }
func (Secret) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redactedText)) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redactedText + `"`), nil }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redactedText) }

// Redacted is embedded by structs that hold keys: it makes them print, log and
// marshal as a fixed word.
type Redacted struct{}

func (Redacted) String() string               { return redactedText }
func (Redacted) GoString() string             { return redactedText }
func (Redacted) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redactedText)) }
func (Redacted) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
func (Redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + redactedText + `"`), nil }
func (Redacted) LogValue() slog.Value         { return slog.StringValue(redactedText) }
