package proof

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// What a log's key has signed counts only as what it says: of this log, in its whole form, and
// not as a signature of nothing.
func TestSignedByTheKeyOfSomethingElse(t *testing.T) {
	w := newWorld(t)
	w.story()
	key := w.key
	keyless := Log{Origin: worldOrigin}

	answer := func(origin string) *consent.DerivedAnswer {
		a := &consent.DerivedAnswer{Origin: origin, Field: "identity.over_18", AsOf: consent.Day}
		a.Commitment = consent.AnswerCommitment(consent.Salt{}, []byte("true"))
		message, _ := a.Message() // nothing, where there is no origin
		copy(a.Signature[:], ed25519.Sign(key, message))
		return a
	}
	for name, c := range map[string]struct {
		a    *consent.DerivedAnswer
		key  ed25519.PublicKey
		want error
	}{
		"as stated": {answer(worldOrigin), w.public(), nil}, "a signature of nothing": {answer(""), w.public(), ErrProof},
		"no key": {answer(worldOrigin), nil, ErrProof}, "a short key": {answer(worldOrigin), w.public()[:31], ErrProof},
	} {
		if err := VerifyAnswer(c.a, consent.Salt{}, []byte("true"), c.key); !errors.Is(err, c.want) {
			t.Errorf("answer, %s: %v", name, err)
		}
	}

	statement := func(origin string) *consent.Completeness {
		c := &consent.Completeness{Origin: origin, Size: w.size, Identity: w.me}
		message, _ := c.Message()
		copy(c.Signature[:], ed25519.Sign(key, message))
		return c
	}
	for name, c := range map[string]struct {
		log    Log
		origin string
		want   error
	}{
		"as stated": {w.trust, worldOrigin, nil}, "of another log by the same key": {w.trust, "log.example/2", ErrProof},
		"a signature of nothing": {w.trust, "", ErrProof}, "of no log at all": {Log{Key: w.public()}, "", ErrProof}, "no key": {keyless, worldOrigin, ErrProof},
	} {
		if err := c.log.VerifyStatement(statement(c.origin)); !errors.Is(err, c.want) {
			t.Errorf("statement, %s: %v", name, err)
		}
	}

	f := w.erasureFile()
	signed := func(change func(r *consent.ErasureReceipt)) *ErasureFile {
		r, err := consent.ParseErasureReceipt(f.Receipt)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		encoded, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return NewErasureFile(encoded, ed25519.Sign(key, consent.ErasureMessage(encoded)), &f.Entry)
	}
	denied := uint64(len(w.proofs))
	w.add(consent.EntryDenied, w.me)
	ofDenial := signed(func(r *consent.ErasureReceipt) {
		r.Index, r.LeafHash = denied, w.proofs[denied].Promise.LeafHash
	})
	ofDenial.Entry = *NewEntryFile(w.trust, &w.proofs[denied])
	for name, c := range map[string]struct {
		file *ErasureFile
		want error
	}{
		"as signed":                         {signed(func(*consent.ErasureReceipt) {}), nil},
		"of another log by the same key":    {signed(func(r *consent.ErasureReceipt) { r.Origin = "log.example/2" }), ErrProof},
		"of another leaf at the same place": {signed(func(r *consent.ErasureReceipt) { r.LeafHash[0]++ }), ErrProof},
		"of another place with the leaf":    {signed(func(r *consent.ErasureReceipt) { r.Index++ }), ErrProof},
		"of an entry that is of no erasure": {ofDenial, ErrProof},
	} {
		if receipt, _, err := c.file.Verify(w.trust); !errors.Is(err, c.want) || (receipt == nil) != (err != nil) {
			t.Errorf("receipt, %s: %v", name, err)
		}
	}
	if _, err := keyless.VerifyErasure(f.Receipt, f.Signature); !errors.Is(err, ErrProof) {
		t.Errorf("receipt, no key: %v", err)
	}
	unusable := w.trust
	unusable.Threshold = 1
	if receipt, _, err := f.Verify(unusable); receipt != nil || !errors.Is(err, ErrTrust) {
		t.Errorf("receipt, by a log that wants a witness and names none: %v", err)
	}
}

// Answers are of a release: a write has fields too.
func TestAnswersOfAWrite(t *testing.T) {
	w := newWorld(t)
	w.story()
	f := w.answersFile()
	shared := consent.SharedPart{Version: consent.Version, Kind: consent.EntryWritten, Institution: w.grant.Institution, Grant: w.grant.ID(), Action: consent.Write,
		Fields: []consent.FieldVersion{{Field: "contact.residence_country", Version: 1}, {Field: "identity.over_18", Version: 3}}, Time: 1_760_000_009_000}
	text, err := shared.Encode()
	if err != nil {
		t.Fatal(err)
	}
	w.addParts(text, []byte("nobody"))
	p := w.proofs[len(w.proofs)-1]
	f.Entry, f.Answers = *NewEntryFile(w.trust, &p), []Answer{w.stated(&p, "identity.over_18", "true")}
	if v, err := f.Verify(w.trust); v != nil || !errors.Is(err, ErrProof) {
		t.Errorf("%v", err)
	}
	f = w.answersFile()
	f.Answers[1].Signature = append(f.Answers[1].Signature, 0)
	if v, err := f.Verify(w.trust); v != nil || !errors.Is(err, ErrProof) {
		t.Errorf("a signature and a byte: %v", err)
	}
}

func TestPlainAnswers(t *testing.T) {
	for value, plain := range map[string]bool{
		"true": true, "false": true, `"KE"`: true, `"` + strings.Repeat("x", maxAnswerValue-2) + `"`: true,
		"": false, "null": false, "1": false, "KE": false, `"KE`: false, `"KE" `: false, `"\u004bE"`: false, `["KE"]`: false, `{"a":1}`: false,
		" true": false, "TRUE": false, `"` + strings.Repeat("x", maxAnswerValue-1) + `"`: false, `"a""b"`: false,
	} {
		if got := (&Answer{Value: json.RawMessage(value)}).plain(); got != plain {
			t.Errorf("%.40s: plain = %t", value, got)
		}
	}
}

// What comes together in a file is there together.
func TestParseRefusesHalfEntries(t *testing.T) {
	w := newWorld(t)
	w.story()
	page, _ := pagesOf(w, sampleManifest, nil)
	erasure := w.erasureFile()
	other := newWorld(t)
	other.story()
	answers := other.answersFile()
	parsers := map[string]struct {
		file    any
		entry   *EntryFile
		parse   func([]byte) error
		anchors bool // a page's entry may be anchored
	}{
		"page":    {page, &page.Entry, func(d []byte) error { _, err := ParsePage(d); return err }, true},
		"erasure": {erasure, &erasure.Entry, func(d []byte) error { _, err := ParseErasure(d); return err }, false},
		"answers": {answers, &answers.Entry, func(d []byte) error { _, err := ParseAnswers(d); return err }, false},
	}
	for kind, p := range parsers {
		good := *p.entry
		for name, change := range map[string]func(e *EntryFile){
			"as it is":                       func(*EntryFile) {},
			"anchored":                       func(e *EntryFile) { e.Anchored = &AnchoredInclusion{Tree: Tree{Size: 1}} },
			"a checkpoint and no inclusion":  func(e *EntryFile) { e.Inclusion = nil },
			"an inclusion and no checkpoint": func(e *EntryFile) { e.Checkpoint = "" },
			"an entry of another format":     func(e *EntryFile) { e.Format = "wrappy entry proof v2" },
		} {
			*p.entry = good
			change(p.entry)
			data, err := Encode(p.file)
			if err != nil {
				t.Fatal(err)
			}
			ok := name == "as it is" || name == "anchored" && p.anchors
			if err := p.parse(data); (err == nil) != ok || err != nil && !errors.Is(err, ErrFile) {
				t.Errorf("%s, %s: %v", kind, name, err)
			}
		}
		*p.entry = good
		data, err := Encode(p.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.parse(append(data, ' ')); !errors.Is(err, ErrFile) {
			t.Errorf("%s, in a second spelling: %v", kind, err)
		}
	}
	page.Manifest += "x"
	if err := page.CheckManifest(sampleManifest); !errors.Is(err, ErrFile) {
		t.Errorf("held against a manifest that is none: %v", err)
	}
	page.Manifest = sampleManifest
	page.Entry.Log += "x"
	data, err := Encode(page)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePage(data); !errors.Is(err, ErrFile) {
		t.Errorf("a page, an entry of another log: %v", err)
	}
}

func TestKeysFileRefusesLists(t *testing.T) {
	good := func() *KeysFile {
		f := &KeysFile{Format: FormatKeys, ChainID: 1, Registry: consent.Address{1}, Source: "somebody", Time: 1}
		for i := range 3 {
			f.Holders = append(f.Holders, KeyHolder{Institution: consent.InstitutionID{byte(i + 1)}, Keys: []consent.KeyPeriod{{Hash: consent.Digest{byte(i)}, Added: 1}}})
		}
		return f
	}
	parse := func(f *KeysFile) error {
		data, err := Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseKeys(data)
		return err
	}
	if err := parse(good()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(f *KeysFile){
		"nobody":          func(f *KeysFile) { f.Holders = []KeyHolder{} },
		"unsorted":        func(f *KeysFile) { f.Holders[0], f.Holders[1] = f.Holders[1], f.Holders[0] },
		"one twice":       func(f *KeysFile) { f.Holders[1].Institution = f.Holders[0].Institution },
		"no list of keys": func(f *KeysFile) { f.Holders[2].Keys = nil },
		"one key of two":  func(f *KeysFile) { f.Holders[2].Keys[0].Hash = f.Holders[0].Keys[0].Hash },
		"too many keys": func(f *KeysFile) {
			for i := range maxKeys {
				f.Holders[2].Keys = append(f.Holders[2].Keys, consent.KeyPeriod{Hash: consent.Digest{9, byte(i >> 8), byte(i)}, Added: 1})
			}
		},
		"too many institutions": func(f *KeysFile) {
			for i := range maxKeyHolders {
				f.Holders = append(f.Holders, KeyHolder{Institution: consent.InstitutionID{9, byte(i >> 8), byte(i)}, Keys: []consent.KeyPeriod{}})
			}
		},
	} {
		f := good()
		spoil(f)
		if err := parse(f); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPageItemsBounds(t *testing.T) {
	for path, ok := range map[string]bool{
		"/me/index.html": true, "/show/A9.js": true, "/me/Z-_.0": true,
		"/desk/index.html": false, "me/index.html": false, "/me": false, "/": false, "": false, "/me/../keys": false, "/me//a": false, "/me/a b": false, "/me/a?b": false, "/me/é": false, "/me/%2e": false, "/me/a\\b": false, "/me/a:b": false, "/me/a@b": false, "/me/a[b": false, "/me/a`b": false, "/me/a{b": false,
	} {
		if pagePath(path) != ok {
			t.Errorf("%s: taken = %t", path, !ok)
		}
	}
	lines := func(n int) string {
		var text strings.Builder
		text.WriteString(FormatPage + "\n")
		for i := range n {
			fmt.Fprintf(&text, "%s  /me/%04d.js  -  text/javascript\n", emptyHash, i)
		}
		return text.String()
	}
	if items, err := PageItems(lines(MaxPageItems)); err != nil || len(items) != MaxPageItems {
		t.Errorf("as many as there may be: %d, %v", len(items), err)
	}
	for name, text := range map[string]string{
		"one more": lines(MaxPageItems + 1), "of no format": strings.TrimPrefix(lines(1), FormatPage+"\n"), "of another": "wrappy page v2\n" + indexLine, "no line's end": strings.TrimSuffix(lines(1), "\n"),
		"a short digest": strings.Replace(lines(1), "e3", "", 1), "upper case": strings.ToUpper(emptyHash[:1]) + lines(1), "no digest": strings.Replace(lines(1), "e3", "xx", 1),
	} {
		if _, err := PageItems(text); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A witness counts once: by its name, by its key, and of no more than there may be.
func TestWitnessesAreDifferent(t *testing.T) {
	w := newWorld(t)
	witness := func(name string, seed byte) string {
		_, public := signerKey(t, name, seed)
		return public
	}
	many := func(n int) (all []string) {
		for i := range n {
			all = append(all, witness(fmt.Sprintf("w%d.example", i), byte(20+i)))
		}
		return all
	}
	for name, c := range map[string]struct {
		witnesses []string
		ok        bool
	}{
		"two": {[]string{w.witness, witness("other.example", 10)}, true}, "as many as there may be": {many(maxWitnesses), true},
		"one more": {many(maxWitnesses + 1), false}, "one name, two keys": {[]string{w.witness, witness("witness.example", 10)}, false},
		"one key, two names": {[]string{w.witness, witness("other.example", witnessSeed)}, false}, "the log itself": {[]string{witness("other.example", logSeed)}, false},
	} {
		l := w.trust
		l.Witnesses, l.Threshold = c.witnesses, 1
		if err := l.Check(); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrTrust) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is larger than a file may be is none, however whole it is.
func TestParseRefusesLargeFiles(t *testing.T) {
	w := newWorld(t)
	w.story()
	f := w.entryFile(w.size, 0)
	for size, ok := range map[int]bool{1 << 10: true, MaxFile/4*3 - 8<<10: true, MaxFile / 4 * 3: false} { // three bytes are four letters
		f.Leaf = make([]byte, size)
		data, err := Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseEntry(data); (err == nil) != ok || len(data) > MaxFile == ok {
			t.Errorf("a file of %d bytes: %v", len(data), err)
		}
	}
}

// A tree of more entries than a log can have includes nothing, and no proof is made of it.
func TestTreesPastAnySize(t *testing.T) {
	w := newWorld(t)
	w.story()
	tree := w.tree(w.size)
	for _, size := range []uint64{1 << 63, 1<<64 - 1} {
		huge := Tree{Size: size, Root: tree.Root}
		if err := huge.Includes(consent.Digest{}, 0, nil); !errors.Is(err, ErrProof) {
			t.Errorf("included in a tree of %d: %v", size, err)
		}
		if err := huge.Extends(tree, nil); !errors.Is(err, ErrProof) {
			t.Errorf("a tree of %d extends: %v", size, err)
		}
		if err := tree.Extends(huge, nil); !errors.Is(err, ErrProof) {
			t.Errorf("extends a tree of %d: %v", size, err)
		}
		tiles := w.tiles()
		tiles.Newest = size
		if _, _, err := tiles.Inclusion(t.Context(), huge, 0); !errors.Is(err, ErrNotCovered) {
			t.Errorf("a path in a tree of %d: %v", size, err)
		}
		if _, err := tiles.Consistency(t.Context(), tree, huge); !errors.Is(err, ErrNotCovered) {
			t.Errorf("a path to a tree of %d: %v", size, err)
		}
	}
	long := make(Path, maxPath+1)
	if err := tree.Includes(consent.Digest{}, 0, long); !errors.Is(err, ErrProof) {
		t.Errorf("a path longer than any: %v", err)
	}
}
