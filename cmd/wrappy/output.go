package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

const (
	outputTable = "table"
	outputJSON  = "json"
)

// outputFlag adds -o and refuses anything but json and table before the command runs.
func outputFlag(c *cobra.Command, value *string) {
	c.Flags().StringVarP(value, "output", "o", outputTable, "json or table")
	c.PreRunE = func(*cobra.Command, []string) error {
		if *value != outputTable && *value != outputJSON {
			return usage("--output: want json or table")
		}
		return nil
	}
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func printTable(w io.Writer, header []string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, strings.Join(header, "\t"))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = printable(cell)
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

// printable keeps what others wrote from steering the terminal: a notice that moves the
// cursor, or reads backwards, could forge the line that says who asks.
func printable(cell string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
			return '\ufffd'
		}
		return r
	}, cell)
}
