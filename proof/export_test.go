package proof

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// sampleExport is an export by the log of the seed 7, with a line of each kind.
func sampleExport(t testing.TB) (Log, []byte) {
	t.Helper()
	return exportWith(t)
}

// exportWith has more permissions in it.
func exportWith(t testing.TB, more ...ExportedGrant) (Log, []byte) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	log := Log{Origin: "vault.example/log", Key: key.Public().(ed25519.PublicKey)}
	head := Exported{
		Log: log.VerifierKey(), ChainID: 20015998343868, ConsentLedger: consent.Address{0xc0}, RootKey: consent.Address{1}, RecoveryHash: consent.Digest{2},
		Salt: consent.Salt{3}, Jurisdiction: "KE", Enrolled: 1_760_000_000, Time: 1_760_000_000_123,
	}
	head.Identity = consent.DeriveIdentity(head.RootKey, head.RecoveryHash, head.Salt)
	var out bytes.Buffer
	w, err := NewExportWriter(&out, head)
	if err == nil {
		err = w.Facts(ExportedFacts{Minor: true, NeverCountries: []string{"ER", "SD"}, Time: 1_760_000_000})
	}
	grant := consent.Grant{
		Version: 1, Institution: consent.InstitutionID{0x33}, Request: consent.RequestID{0x44}, Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent,
		Jurisdiction: "KE", Fields: []consent.FieldName{"health.allergy"}, Actions: consent.Read | consent.Write, NotBefore: 1_760_000_000, Expires: 20_400 * consent.Day,
		NoticeLanguage: "sw", GrantKey: consent.Address{0x55}, Salt: consent.Salt{0x66},
	}
	grants := append(more, ExportedGrant{ID: grant.ID(), Document: NewGrant(&grant), BindingTime: 1_760_000_000, BindingSignature: consent.Signature{9}, Status: consent.StatusGiven})
	slices.SortFunc(grants, func(a, b ExportedGrant) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for _, g := range grants {
		if err == nil {
			err = w.Grant(g)
		}
	}
	for _, v := range []ExportedValue{
		{Field: "health.allergy", Version: 2, Writer: grant.Institution, Written: 1_760_000_001_000, Grant: grant.ID(), Value: []byte(`[{"resourceType":"AllergyIntolerance","id":"a"}]`),
			Signatures: []ExportedSignature{{Day: 20_370, Grant: grant.ID(), Salt: consent.Salt{8}, Key: make([]byte, 64), Signature: make([]byte, 64)}}},
		{Field: "identity.name", Version: 1, Written: 1_760_000_002_000, Value: []byte(`[{"family":"Achieng <&>"}]`)},
	} {
		if err == nil {
			err = w.Value(v)
		}
	}
	if err == nil {
		err = w.End(1, func(digest consent.Digest) []byte {
			return ed25519.Sign(key, consent.ExportMessage(log.Origin, head.Identity, head.Time, digest))
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return log, out.Bytes()
}

// readAll reads an export to its end.
func readAll(data []byte) (*ExportReader, []Item, error) {
	r, err := NewExportReader(bytes.NewReader(data))
	var items []Item
	for err == nil {
		var item Item
		if item, err = r.Next(); err == nil {
			items = append(items, item)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return r, items, err
}

func TestExport(t *testing.T) {
	log, data := sampleExport(t)
	if *update {
		if err := os.WriteFile("testdata/export.jsonl", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile("testdata/export.jsonl")
	if err != nil || !bytes.Equal(stored, data) {
		t.Error("testdata/export.jsonl differs: what people have taken could no longer be read")
	}
	r, items, err := readAll(data)
	if err != nil || len(items) != 4 {
		t.Fatal(len(items), err)
	}
	if items[0].Facts == nil || items[1].Grant == nil || items[2].Value == nil || string(items[3].Value.Value) != `[{"family":"Achieng <&>"}]` {
		t.Errorf("%+v", items)
	}
	if g := items[1].Grant; g.Document.Document().ID() != g.ID {
		t.Error("the grant is not what its id says")
	}
	if err := log.VerifyExport(r); err != nil {
		t.Error(err)
	}
	if end := r.End(); end.Unnamed != 1 || end.Grants != 1 || end.Values != 2 || r.Size() != int64(len(data)) {
		t.Errorf("%+v", end)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// Whatever is done to an export, it is refused: as a file, or by the vault's signature.
func TestExportRefusesEveryChange(t *testing.T) {
	log, data := sampleExport(t)
	lines := strings.SplitAfter(string(data), "\n")
	lines = lines[:len(lines)-1]
	join := func(list ...string) string { return strings.Join(list, "") }
	without := func(i int) string { return join(append(append([]string{}, lines[:i]...), lines[i+1:]...)...) }
	cases := map[string]string{
		"nothing": "", "first line alone": lines[0], "cut in a line": string(data[:len(data)-20]), "without its end": without(len(lines) - 1),
		"no line feed at the end": string(data[:len(data)-1]), "not of this kind": `{"format":"wrappy history v1"}` + "\n",
		"a line twice": join(lines[0], lines[1], lines[2], lines[2], lines[3], lines[4], lines[5]), "lines exchanged": join(lines[0], lines[1], lines[2], lines[4], lines[3], lines[5]),
		"values before grants":   join(lines[0], lines[1], lines[3], lines[2], lines[4], lines[5]),
		"another identity":       strings.Replace(string(data), `"identity":"0x`, `"identity":"0x00`, 1),
		"another salt":           strings.Replace(string(data), `"salt":"0x03`, `"salt":"0x04`, 1),
		"unknown member":         strings.Replace(string(data), `{"value":{`, `{"value":{"x":1,`, 1),
		"two members":            strings.Replace(string(data), `{"facts":{`, `{"end":null,"facts":{`, 1),
		"member twice":           strings.Replace(string(data), `"version":2`, `"version":2,"version":2`, 1),
		"space":                  strings.Replace(string(data), `"version":2`, `"version": 2`, 1),
		"space in a value":       strings.Replace(string(data), `[{"family"`, `[ {"family"`, 1),
		"second end":             string(data) + lines[5],
		"a head in the middle":   join(lines[0], lines[0], lines[1], lines[2], lines[3], lines[4], lines[5]),
		"escaped":                strings.Replace(string(data), `<&>`, `\u003c&>`, 1),
		"fewer values announced": strings.Replace(string(data), `"values":2`, `"values":1`, 1),
	}
	for i := range lines {
		cases[fmt.Sprintf("without line %d", i)] = without(i)
	}
	for at := 0; at < len(data); at += 7 { // a bit of every seventh byte
		changed := bytes.Clone(data)
		changed[at] ^= 1
		cases[fmt.Sprintf("a bit of byte %d", at)] = string(changed)
	}
	for name, changed := range cases {
		r, _, err := readAll([]byte(changed))
		if err == nil {
			err = log.VerifyExport(r)
		}
		if err == nil {
			if _, more := r.More(); more == nil {
				t.Errorf("%s: taken", name)
			}
		}
	}
}

// The vault's own signature: of this log, this person, this time.
func TestVerifyExportRefuses(t *testing.T) {
	log, data := sampleExport(t)
	r, _, err := readAll(data)
	if err != nil {
		t.Fatal(err)
	}
	unread, err := NewExportReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := log.VerifyExport(unread); !errors.Is(err, ErrFile) {
		t.Errorf("not read to its end: %v", err)
	}
	other := Log{Origin: log.Origin, Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)).Public().(ed25519.PublicKey)}
	if err := other.VerifyExport(r); !errors.Is(err, ErrTrust) {
		t.Errorf("another log: %v", err)
	}
	nameless, _, _ := readAll(data)
	nameless.Head.Log = ""
	if err := (Log{Origin: log.Origin}).VerifyExport(nameless); !errors.Is(err, ErrTrust) {
		t.Errorf("a log without a key: %v", err)
	}
	for name, change := range map[string]func(*ExportReader){
		"another time": func(r *ExportReader) { r.Head.Time++ }, "another person": func(r *ExportReader) { r.Head.Identity[0]++ },
		"another digest": func(r *ExportReader) { r.end.Digest[0]++ }, "no signature": func(r *ExportReader) { r.end.Signature = nil },
	} {
		r, _, _ := readAll(data)
		change(r)
		if err := log.VerifyExport(r); !errors.Is(err, ErrProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExportMore(t *testing.T) {
	_, data := sampleExport(t)
	receipt := NewReceiptFile(consent.Domain{ChainID: 1, Contract: consent.Address{1}}, &consent.Grant{Fields: []consent.FieldName{"identity.name"}})
	receipt.Withdrawal = &consent.Signature{1}
	var out bytes.Buffer
	out.Write(data)
	if err := WriteExportMore(&out, &ExportMore{History: &HistoryFile{Format: FormatHistory, Items: []Logged{}}, Receipts: []*ReceiptFile{receipt, receipt}}); err != nil {
		t.Fatal(err)
	}
	r, _, err := readAll(out.Bytes())
	if err != nil || r.Size() != int64(len(data)) {
		t.Fatal(err)
	}
	more, err := r.More()
	if err != nil || more.History == nil || len(more.Receipts) != 2 {
		t.Fatal(more, err)
	}
	added := strings.SplitAfter(out.String()[len(data):], "\n")
	for name, rest := range map[string]string{
		"history after receipts": added[1] + added[0], "history twice": added[0] + added[0], "cut": added[0] + added[1][:20],
		"unknown": `{"x":1}` + "\n", "both": strings.Replace(added[1], `{"receipt"`, `{"history":null,"receipt"`, 1), "empty line": "\n",
		"another format": strings.Replace(added[1], FormatReceipt, FormatTrust, 1),
	} {
		r, _, err := readAll(append(bytes.Clone(data), rest...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.More(); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzExport: what is taken is in its one spelling, and never more than was there.
func FuzzExport(f *testing.F) {
	_, data := sampleExport(f)
	f.Add(data)
	f.Add(data[:200])
	_, bound := boundExport(f)
	f.Add(bound)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, items, err := readAll(data)
		if err != nil {
			return
		}
		if r.Size() > int64(len(data)) {
			t.Error("read more than there is")
		}
		var out bytes.Buffer
		w, err := NewExportWriter(&out, r.Head)
		for _, item := range items {
			if err != nil {
				break
			}
			switch {
			case item.Facts != nil:
				err = w.Facts(*item.Facts)
			case item.Grant != nil:
				err = w.Grant(*item.Grant)
			case item.Value != nil:
				err = w.Value(*item.Value)
			}
		}
		if err == nil {
			err = w.End(r.End().Unnamed, func(consent.Digest) []byte { return r.End().Signature })
		}
		if err != nil || !bytes.Equal(out.Bytes(), data[:r.Size()]) {
			t.Error("written again it is another")
		}
	})
}
