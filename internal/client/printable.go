package client

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable makes one line of what others wrote, and keeps it from steering the terminal: a
// notice that moves the cursor, or reads backwards, could forge the line that says who asks.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
			return '\ufffd'
		}
		return r
	}, text)
}
