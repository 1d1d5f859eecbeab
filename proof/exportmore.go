package proof

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ExportMore is what the person has added after the vault's last line, a line each: their
// history there and their receipts, which prove themselves.
type ExportMore struct {
	History  *HistoryFile
	Receipts []*ReceiptFile
}

type moreLine struct {
	History *HistoryFile `json:"history,omitempty"`
	Receipt *ReceiptFile `json:"receipt,omitempty"`
}

const maxExportReceipts = 10_000

// WriteExportMore writes what the person adds.
func WriteExportMore(to io.Writer, m *ExportMore) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	if m.History != nil {
		if err := e.Encode(moreLine{History: m.History}); err != nil {
			return err
		}
	}
	for _, r := range m.Receipts {
		if err := e.Encode(moreLine{Receipt: r}); err != nil {
			return err
		}
	}
	return nil
}

// More reads what follows the last line of an export, after io.EOF of Next. ErrFile.
func (r *ExportReader) More() (*ExportMore, error) {
	if r.stage != 4 {
		return nil, fmt.Errorf("%w: not read to its end", errExport)
	}
	more := new(ExportMore)
	from := bufio.NewReader(io.LimitReader(r.from, MaxHistoryFile+MaxHistoryFile/2))
	for {
		data, err := from.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(data) == 0 {
			return more, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: after its end", errExport)
		}
		if err := more.add(data); err != nil {
			return nil, err
		}
	}
}

func (m *ExportMore) add(data []byte) error {
	l := new(moreLine)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var again bytes.Buffer
	e := json.NewEncoder(&again)
	e.SetEscapeHTML(false)
	if d.Decode(l) != nil || e.Encode(l) != nil || !bytes.Equal(again.Bytes(), data) || (l.History == nil) == (l.Receipt == nil) {
		return fmt.Errorf("%w: after its end", errExport)
	}
	switch {
	case l.History != nil && (m.History != nil || len(m.Receipts) > 0 || l.History.Format != FormatHistory):
		return fmt.Errorf("%w: after its end", errExport)
	case l.History != nil:
		m.History = l.History
	case l.Receipt.Format != FormatReceipt || len(m.Receipts) == maxExportReceipts:
		return fmt.Errorf("%w: after its end", errExport)
	default:
		m.Receipts = append(m.Receipts, l.Receipt)
	}
	return nil
}
