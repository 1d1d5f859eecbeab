package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// verifyFile parses and checks a file to the last of its checks, with all trust it needs.
func verifyFile(format string, data []byte) (Report, error) {
	trust, err := ParseTrust(trustVector)
	if err != nil {
		return nil, err
	}
	log, err := trust.Trusted()
	if err != nil {
		return nil, err
	}
	switch format {
	case FormatEntry:
		f, err := ParseEntry(data)
		if err != nil {
			return nil, err
		}
		v, err := f.VerifyAnchored(log, anchorVector)
		if err != nil {
			return nil, err
		}
		return v.Report, nil
	case FormatHistory:
		f, err := ParseHistory(data)
		if err != nil {
			return nil, err
		}
		_, r, err := f.Verify(log)
		return r, err
	case FormatConsistency:
		f, err := ParseConsistency(data)
		if err != nil {
			return nil, err
		}
		_, _, r, err := f.Verify(log)
		return r, err
	case FormatAnswers:
		f, err := ParseAnswers(data)
		if err != nil {
			return nil, err
		}
		v, err := f.Verify(log)
		if err != nil {
			return nil, err
		}
		return v.Report, nil
	case FormatReceipt:
		f, err := ParseReceipt(data)
		if err != nil {
			return nil, err
		}
		_, r, err := f.Verify(log, consent.Domain{ChainID: trust.ChainID, Contract: trust.Contract})
		return r, err
	case FormatErasure:
		f, err := ParseErasure(data)
		if err != nil {
			return nil, err
		}
		_, r, err := f.Verify(log)
		return r, err
	}
	return nil, errors.New("no such format")
}

var vectors = map[string]string{FormatEntry: "entry.json", FormatHistory: "history.json", FormatConsistency: "consistency.json", FormatReceipt: "receipt.json", FormatAnswers: "answers.json", FormatErasure: "erasure.json"}

var (
	trustVector  []byte
	anchorVector Anchor // of the entry vector
)

func loadVectors(t testing.TB) {
	t.Helper()
	trustVector = vector(t, "trust.json")
	f, err := ParseEntry(vector(t, "entry.json"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := ParseLog(f.Log)
	if err != nil {
		t.Fatal(err)
	}
	anchorVector = Anchor{Origin: log.Origin, Key: log.Key, Tree: f.Anchored.Tree}
}

func TestVectors(t *testing.T) {
	loadVectors(t)
	for format, want := range map[string][]string{
		FormatEntry:       {"entry authorised", "promise number 6 in it within 2000 ms", "checkpoint 13 entries, and 1 trusted witnesses", "inclusion number 6 of the 13", "anchor 12 entries that the ledger"},
		FormatHistory:     {"checkpoint 13 entries", "inclusion each of the 7 entries", "history complete as stated", "history that the person did", "history that the vault wrote down everything"},
		FormatConsistency: {"checkpoint 13 entries", "consistency tree of 13 entries begins with all 5"},
		FormatErasure:     {"erasure destroyed the keys", "entry erased", "promise number 13", "checkpoint 14 entries", "inclusion number 13 of the 14", "erasure that the person ordered", "erasure that the vault has done"},
		FormatAnswers: {"entry authorised", "promise number 13", "checkpoint 14 entries", "inclusion number 13 of the 14",
			`answer contact.residence_country was "KE" on 2025-10-09, by what 0x07`, "answer identity.over_18 was true on 2025-10-09", "answer that the answers are right"},
		FormatReceipt: {"receipt ends the permission", "checkpoint 13 entries", "receipt granted", "receipt withdrawn", "receipt that a person gave it", "receipt that the permission stands now"},
	} {
		r, err := verifyFile(format, vector(t, vectors[format]))
		if err != nil || len(r) != len(want) {
			t.Errorf("%s: %v, %v", format, r, err)
			continue
		}
		for i, w := range want {
			check, what, _ := strings.Cut(w, " ")
			if r[i].Check != check || !strings.Contains(r[i].What, what) {
				t.Errorf("%s: finding %d is %+v, want %s", format, i, r[i], w)
			}
			if open := strings.HasPrefix(r[i].What, "that "); r[i].Proven == open {
				t.Errorf("%s: finding %d is %+v", format, i, r[i])
			}
		}
	}
}

// TestEveryMemberCounts changes every value of every file, one at a time.
func TestEveryMemberCounts(t *testing.T) {
	loadVectors(t)
	for format, name := range vectors {
		changed := 0
		for where, data := range tampered(t, vector(t, name)) {
			if r, err := verifyFile(format, data); err == nil {
				t.Errorf("%s: changed at %s, and still: %v", name, where, r)
			}
			changed++
		}
		if changed < 12 {
			t.Errorf("%s: only %d values were changed", name, changed)
		}
	}
}

// tampered is the file with one value changed, by where: strings in four places, numbers in
// their last digit, and each member left out.
func tampered(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	type level struct{ object, value bool }
	var stack []level
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		end := int(d.InputOffset())
		top := len(stack) - 1
		delim, isDelim := token.(json.Delim)
		if isDelim && (delim == '}' || delim == ']') {
			stack = stack[:top]
			continue
		}
		if top >= 0 && stack[top].object && !stack[top].value {
			stack[top].value = true // that was a name
			continue
		}
		if top >= 0 {
			stack[top].value = false
		}
		if isDelim {
			stack = append(stack, level{object: delim == '{'})
			continue
		}
		put := func(at int) {
			changed := bytes.Clone(data)
			changed[at] = map[bool]byte{true: 'b', false: 'a'}[data[at] == 'a']
			if _, number := token.(json.Number); number {
				changed[at] = '0' + (data[at]-'0'+1)%10
			}
			out[fmt.Sprintf("byte %d", at)] = changed
		}
		text, isText := token.(string)
		if !isText {
			put(end - 1)
			continue
		}
		for part := range min(4, len(text)) {
			put(end - 2 - part*(len(text)-1)/4)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	loadVectors(t)
	parsers := map[string]func([]byte) error{
		FormatEntry:       func(b []byte) error { _, err := ParseEntry(b); return err },
		FormatHistory:     func(b []byte) error { _, err := ParseHistory(b); return err },
		FormatConsistency: func(b []byte) error { _, err := ParseConsistency(b); return err },
		FormatReceipt:     func(b []byte) error { _, err := ParseReceipt(b); return err },
		FormatAnswers:     func(b []byte) error { _, err := ParseAnswers(b); return err },
		FormatTrust:       func(b []byte) error { _, err := ParseTrust(b); return err },
	}
	files := map[string]string{FormatTrust: "trust.json"}
	for format, name := range vectors {
		files[format] = name
	}
	for format, parse := range parsers {
		data := vector(t, files[format])
		if err := parse(data); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		most := MaxFile
		if format == FormatHistory {
			most = MaxHistoryFile
		}
		first := bytes.Index(data, []byte(`"log"`))
		for name, bad := range map[string][]byte{
			"nothing":           nil,
			"null":              []byte("null\n"),
			"empty":             []byte("{}\n"),
			"a list":            []byte("[]\n"),
			"too large":         bytes.Repeat([]byte(" "), most+1),
			"another version":   bytes.Replace(data, []byte(" v1"), []byte(" v2"), 1),
			"a member more":     bytes.Replace(data, []byte(`"log"`), []byte("\"more\": 1,\n  \"log\""), 1),
			"a member twice":    bytes.Replace(data, []byte(`"log"`), []byte("\"log\": \"\",\n  \"log\""), 1),
			"in capitals":       bytes.Replace(data, []byte(`"log"`), []byte(`"LOG"`), 1),
			"other spacing":     bytes.Replace(data, []byte("\n  "), []byte("\n "), 1),
			"escaped":           bytes.Replace(data, []byte("example"), []byte(`\u0065xample`), 1),
			"no newline":        bytes.TrimSpace(data),
			"something after":   append(bytes.Clone(data), "{}\n"...),
			"a member left out": append(bytes.Clone(data[:first]), data[first+bytes.IndexByte(data[first:], '\n')+3:]...),
			"a path of null":    bytes.Replace(data, []byte(`"path": [`), []byte(`"path": null, "x": [`), 1),
			"cut off":           data[:len(data)-3],
		} {
			if bytes.Equal(bad, data) {
				continue // a format without such a member
			}
			if err := parse(bad); !errors.Is(err, ErrFile) {
				t.Errorf("%s: %s: %v, want ErrFile", format, name, err)
			}
		}
	}
}

// What belongs together comes together.
func TestParseRefusesHalves(t *testing.T) {
	w := newWorld(t)
	w.story()
	for name, c := range map[string]struct {
		file  any
		parse func([]byte) error
	}{
		"a checkpoint without inclusion": {func() any { f := w.entryFile(w.size, 0); f.Inclusion = nil; return f }(), func(b []byte) error { _, err := ParseEntry(b); return err }},
		"inclusion without a checkpoint": {func() any { f := w.entryFile(w.size, 0); f.Checkpoint = ""; return f }(), func(b []byte) error { _, err := ParseEntry(b); return err }},
		"no list of items":               {func() any { f := w.historyFile(); f.Items = nil; return f }(), func(b []byte) error { _, err := ParseHistory(b); return err }},
		"entries without a log":          {func() any { f := w.receiptFile(); f.Log = ""; return f }(), func(b []byte) error { _, err := ParseReceipt(b); return err }},
		"entries without a checkpoint":   {func() any { f := w.receiptFile(); f.Checkpoint = ""; return f }(), func(b []byte) error { _, err := ParseReceipt(b); return err }},
		"given without log and checkpoint": {func() any {
			f := w.receiptFile()
			f.Withdrawn, f.Log, f.Checkpoint = nil, "", ""
			return f
		}(), func(b []byte) error { _, err := ParseReceipt(b); return err }},
		"withdrawn without log and checkpoint": {func() any {
			f := w.receiptFile()
			f.Given, f.Log, f.Checkpoint = nil, "", ""
			return f
		}(), func(b []byte) error { _, err := ParseReceipt(b); return err }},
		"log and checkpoint without entries": {func() any {
			f := w.receiptFile()
			f.Given, f.Withdrawn = nil, nil
			return f
		}(), func(b []byte) error { _, err := ParseReceipt(b); return err }},
	} {
		data, err := Encode(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.parse(data); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v, want ErrFile", name, err)
		}
	}
	for name, c := range map[string]func(*ReceiptFile){
		"all": func(*ReceiptFile) {}, "given alone": func(f *ReceiptFile) { f.Withdrawn = nil }, "withdrawn alone": func(f *ReceiptFile) { f.Given = nil },
		"neither": func(f *ReceiptFile) { f.Given, f.Withdrawn, f.Log, f.Checkpoint = nil, nil, "", "" },
	} {
		f := w.receiptFile()
		c(f)
		data, err := Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseReceipt(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzFiles holds every parser to one spelling, and an entry proof that verifies to the
// promise of the vector: the log has made no other.
func FuzzFiles(f *testing.F) {
	loadVectors(f)
	for _, name := range vectors {
		f.Add(vector(f, name))
	}
	f.Add(vector(f, "trust.json"))
	f.Add([]byte(`{"format": "wrappy receipt v1"}`))
	f.Add(vector(f, "keys.json"))
	fixed, err := ParseEntry(vector(f, "entry.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entry, errEntry := ParseEntry(data)
		history, errHistory := ParseHistory(data)
		consistency, errConsistency := ParseConsistency(data)
		receipt, errReceipt := ParseReceipt(data)
		trust, errTrust := ParseTrust(data)
		answers, errAnswers := ParseAnswers(data)
		keys, errKeys := ParseKeys(data)
		for _, parsed := range []struct {
			file any
			err  error
		}{{entry, errEntry}, {history, errHistory}, {consistency, errConsistency}, {receipt, errReceipt}, {trust, errTrust}, {answers, errAnswers}, {keys, errKeys}} {
			if parsed.err != nil {
				continue
			}
			if again, err := Encode(parsed.file); err != nil || !bytes.Equal(again, data) {
				t.Fatal("a second spelling was taken")
			}
		}
		for format := range vectors {
			if _, err := verifyFile(format, data); err == nil && format == FormatEntry && !reflect.DeepEqual(entry.Promise, fixed.Promise) {
				t.Fatal("forged")
			}
		}
	})
}
