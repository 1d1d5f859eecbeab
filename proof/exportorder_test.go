package proof

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wrapious/wrappy/consent"
)

// Whoever writes an export has its digest right: what is wrong in it is refused for itself.
func TestExportOfAnotherOrder(t *testing.T) {
	facts := ExportedFacts{NeverCountries: []string{}}
	grant := func(n byte) ExportedGrant { return ExportedGrant{ID: consent.GrantID{n}} }
	value := func(field consent.FieldName, writer byte) ExportedValue {
		return ExportedValue{Field: field, Writer: consent.InstitutionID{writer}, Value: []byte("1")}
	}
	for name, c := range map[string]struct {
		ok    bool
		write func(w *ExportWriter) error
	}{
		"in order": {true, func(w *ExportWriter) error {
			return errors.Join(w.Facts(facts), w.Grant(grant(1)), w.Grant(grant(2)), w.Value(value("a", 1)), w.Value(value("a", 2)), w.Value(value("b", 1)))
		}},
		"nothing in it":         {true, func(*ExportWriter) error { return nil }},
		"facts twice":           {false, func(w *ExportWriter) error { return errors.Join(w.Facts(facts), w.Facts(facts)) }},
		"facts after a grant":   {false, func(w *ExportWriter) error { return errors.Join(w.Grant(grant(1)), w.Facts(facts)) }},
		"a grant after a value": {false, func(w *ExportWriter) error { return errors.Join(w.Value(value("a", 1)), w.Grant(grant(1))) }},
		"a grant twice":         {false, func(w *ExportWriter) error { return errors.Join(w.Grant(grant(1)), w.Grant(grant(1))) }},
		"grants unsorted":       {false, func(w *ExportWriter) error { return errors.Join(w.Grant(grant(2)), w.Grant(grant(1))) }},
		"a value twice":         {false, func(w *ExportWriter) error { return errors.Join(w.Value(value("a", 1)), w.Value(value("a", 1))) }},
		"fields unsorted":       {false, func(w *ExportWriter) error { return errors.Join(w.Value(value("b", 1)), w.Value(value("a", 1))) }},
		"writers unsorted":      {false, func(w *ExportWriter) error { return errors.Join(w.Value(value("a", 2)), w.Value(value("a", 1))) }},
		"a second head":         {false, func(w *ExportWriter) error { return w.line(exportLine{Export: &w.head}) }},
		"two members in a line": {false, func(w *ExportWriter) error {
			g := grant(1)
			w.end.Grants++
			return w.line(exportLine{Facts: &facts, Grant: &g})
		}},
		"two members, one counted": {false, func(w *ExportWriter) error { g := grant(1); return w.line(exportLine{Facts: &facts, Grant: &g}) }},
		"a line of nothing":        {false, func(w *ExportWriter) error { return w.line(exportLine{}) }},
		"a grant more than stated": {false, func(w *ExportWriter) error { err := w.Grant(grant(1)); w.end.Grants--; return err }},
		"a value more than stated": {false, func(w *ExportWriter) error { err := w.Value(value("a", 1)); w.end.Values--; return err }},
		"a grant less":             {false, func(w *ExportWriter) error { w.end.Grants++; return nil }},
		"a value less":             {false, func(w *ExportWriter) error { w.end.Values++; return nil }},
	} {
		if err := writtenExport(t, Exported{}, 0, c.write); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := writtenExport(t, Exported{}, -1, func(*ExportWriter) error { return nil }); !errors.Is(err, ErrFile) {
		t.Errorf("fewer than no unnamed fields: %v", err)
	}
	if err := writtenExport(t, Exported{Identity: consent.IdentityID{1}}, 0, func(*ExportWriter) error { return nil }); !errors.Is(err, ErrFile) {
		t.Errorf("an identity that derives from nothing in it: %v", err)
	}
}

// writtenExport writes and reads one; head gets the identity that it derives to, unless it has one.
func writtenExport(t *testing.T, head Exported, unnamed int, write func(w *ExportWriter) error) error {
	t.Helper()
	if head.Identity == (consent.IdentityID{}) {
		head.Identity = consent.DeriveIdentity(head.RootKey, head.RecoveryHash, head.Salt)
	}
	var out bytes.Buffer
	w, err := NewExportWriter(&out, head)
	if err := errors.Join(err, write(w), w.End(unnamed, func(consent.Digest) []byte { return []byte{} })); err != nil {
		t.Fatal(err)
	}
	_, _, err = readAll(out.Bytes())
	return err
}

func TestExportOfAnotherFormat(t *testing.T) {
	_, data := sampleExport(t)
	for name, spoiled := range map[string]string{
		"a later format": strings.Replace(string(data), FormatExport, "wrappy export v2", 1), "no format": strings.Replace(string(data), FormatExport, "", 1),
		"no head": string(data[bytes.IndexByte(data, '\n')+1:]), "nothing": "", "an empty line": "\n" + string(data), "no JSON": "wrappy\n", "two in a line": strings.Replace(string(data), "}\n", "}{}\n", 1),
	} {
		if r, err := NewExportReader(strings.NewReader(spoiled)); r != nil || !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewExportReader(io.MultiReader(bytes.NewReader(data[:40]), iotest.ErrReader(os.ErrClosed))); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a reader that fails: %v", err)
	}
	r, err := NewExportReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if more, err := r.More(); more != nil || !errors.Is(err, ErrFile) {
		t.Errorf("what follows its end, before it: %v", err)
	}
	endless := &countingReader{}
	if _, err := NewExportReader(endless); !errors.Is(err, ErrFile) || endless.read > 2*maxExportHead {
		t.Errorf("a line without an end: %v after %d bytes", err, endless.read)
	}
	for name, rest := range map[string]string{"neither": "{}\n", "spaced": `{ "receipt":null}` + "\n", "a list": "[]\n", "cut": `{"receipt":`} {
		r, _, err := readAll(append(bytes.Clone(data), rest...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.More(); !errors.Is(err, ErrFile) {
			t.Errorf("after its end, %s: %v", name, err)
		}
	}
	full := &refusingWriter{}
	for range 2 { // a history, then a receipt
		more := &ExportMore{History: &HistoryFile{Format: FormatHistory, Items: []Logged{}}, Receipts: []*ReceiptFile{{Format: FormatReceipt}}}
		if err := WriteExportMore(full, more); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("nowhere to write: %v", err)
		}
		full.room = 1
	}
}

// countingReader gives no line's end.
type countingReader struct{ read int }

func (r *countingReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	r.read += len(p)
	return len(p), nil
}

// refusingWriter takes so many writes and no more.
type refusingWriter struct{ room int }

func (w *refusingWriter) Write(p []byte) (int, error) {
	if w.room == 0 {
		return 0, io.ErrShortWrite
	}
	w.room--
	return len(p), nil
}
