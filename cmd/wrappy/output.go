package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/internal/client"
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
			cells[i] = client.Printable(cell)
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}
