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
// the bytes. Mind that fmt calls no methods of unexported members: a struct that
// holds a Secret embeds Redacted and is handed around by pointer.
type Secret []byte

func (Secret) String() string               { return redactedText }
func (Secret) GoString() string             { return redactedText }
func (Secret) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redactedText)) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redactedText) }

// Redacted is embedded by structs that hold keys in unexported members: it makes
// them print and log as a fixed word.
type Redacted struct{}

func (Redacted) String() string             { return redactedText }
func (Redacted) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redactedText)) }
func (Redacted) LogValue() slog.Value       { return slog.StringValue(redactedText) }
