package main

import (
	"strings"
	"testing"
)

// What an institution or a vault wrote must not steer the terminal on which a
// person decides.
func TestPrintable(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"plain", "Lakeside Hospital", "Lakeside Hospital"},
		{"arabic", "مستشفى", "مستشفى"},
		{"a line of its own", "so that\nwho  Red Cross", "so that who  Red Cross"},
		{"a column of its own", "so that\twe", "so that\ufffdwe"},
		{"an escape", "\x1b[8mhidden", "\ufffd[8mhidden"},
		{"C1 control", "a\u009bb", "a\ufffdb"},
		{"right-to-left override", "a\u202eb", "a\ufffdb"},
		{"isolate", "a\u2067b", "a\ufffdb"},
		{"carriage return", "a\rb", "a\ufffdb"},
	} {
		var out strings.Builder
		if err := printTable(&out, []string{"X"}, [][]string{{c.cell}}); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(out.String(), "X\n"); got != c.want+"\n" {
			t.Errorf("%s: %q, want %q", c.name, got, c.want+"\n")
		}
	}
}
