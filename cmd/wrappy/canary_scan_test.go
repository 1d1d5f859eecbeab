package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/bloom"
	"github.com/cockroachdb/pebble/sstable"
	"github.com/golang/snappy"
	"golang.org/x/crypto/sha3"
)

// scanner looks for many secrets, each in every form in which it could come to light.
type scanner struct {
	begins [1 << 16]bool // the first two bytes of any form
	forms  map[[4]byte][]form
	found  []finding

	files, keys, blocks, bytes int // that were looked at
}

type form struct {
	of, as string
	text   []byte
}

// finding says what was seen where; never the secret itself.
type finding struct{ of, as, where string }

func newScanner() *scanner { return &scanner{forms: map[[4]byte][]form{}} }

// add looks for a secret from now on. Text that can be guessed is given away by its
// plain hash too: alone, or as it stands in JSON.
func (s *scanner) add(of string, secret []byte) {
	s.encoded(of, "", secret)
	wide := utf16.Encode([]rune(string(secret)))
	var little, big, escaped, percent []byte
	for _, unit := range wide {
		little, big = binary.LittleEndian.AppendUint16(little, unit), binary.BigEndian.AppendUint16(big, unit)
		escaped = fmt.Appendf(escaped, `\u%04x`, unit)
	}
	for _, b := range secret {
		percent = fmt.Appendf(percent, "%%%02x", b)
	}
	for as, text := range map[string][]byte{"UTF-16LE": little, "UTF-16BE": big, "escaped": escaped, "percent": percent} {
		s.form(of, as, text)
	}
	s.form(of, "escaped, capitals", bytes.ReplaceAll(bytes.ToUpper(escaped), []byte(`\U`), []byte(`\u`)))
	s.form(of, "percent, capitals", bytes.ToUpper(percent))
	s.hashed(of, secret)
	s.hashed(of, fmt.Appendf(nil, "%q", secret))
}

// hashed looks for the plain hash of a value, by which it could be guessed.
func (s *scanner) hashed(of string, value []byte) {
	sum := sha256.Sum256(value)
	s.encoded(of, "SHA-256 ", sum[:])
	keccak := sha3.NewLegacyKeccak256()
	_, _ = keccak.Write(value)
	s.encoded(of, "keccak ", keccak.Sum(nil))
}

func (s *scanner) encoded(of, what string, data []byte) {
	s.form(of, what+"raw", data)
	s.form(of, what+"hex", fmt.Appendf(nil, "%x", data))
	s.form(of, what+"HEX", fmt.Appendf(nil, "%X", data))
	for shift := range 3 { // bytes before it, which move the six bits of a letter
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), data...))
			s.form(of, what+name, []byte(text[(shift*8+5)/6:(shift+len(data))*8/6])) // letters that are its alone
		}
	}
}

func (s *scanner) form(of, as string, text []byte) {
	if len(text) < 8 {
		panic("too short to be told from chance: " + of + " as " + as)
	}
	s.begins[binary.BigEndian.Uint16(text)] = true
	s.forms[[4]byte(text)] = append(s.forms[[4]byte(text)], form{of, as, text})
}

// look searches data; names of files are looked at likewise.
func (s *scanner) look(where string, data []byte) {
	s.bytes += len(data)
	for i := 0; i+8 <= len(data); i++ {
		if !s.begins[binary.BigEndian.Uint16(data[i:])] {
			continue
		}
		for _, f := range s.forms[[4]byte(data[i:])] {
			if bytes.HasPrefix(data[i:], f.text) {
				s.found = append(s.found, finding{f.of, f.as, where})
			}
		}
	}
}

// walk looks at everything below a folder: names, extended attributes, contents, and
// what Pebble has compressed.
func (s *scanner) walk(t *testing.T, root string) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		s.look("name of "+name, []byte(name))
		s.attributes(path, name)
		if entry.IsDir() {
			if made, err := filepath.Glob(filepath.Join(path, "OPTIONS-*")); err == nil && len(made) > 0 {
				return s.database(path, name)
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.files++
		s.look(name, data)
		switch filepath.Ext(name) {
		case ".sst":
			return s.table(path, name)
		case ".ldb": // LevelDB: the chain's list of peers, which is empty
			if len(data) > 1<<10 {
				return fmt.Errorf("%s: a table that nobody has looked into", name)
			}
		case ".cidx":
			return s.frozen(path, name, data)
		}
		return nil
	}))
}

// frozen looks into the blocks that the chain has put aside, each compressed by itself. The
// index has six bytes for each, and six before: the file's number and where in it the block ends.
func (s *scanner) frozen(path, name string, index []byte) error {
	var blocks []byte
	number, start := -1, uint32(0)
	for at := 6; at+6 <= len(index); at += 6 {
		file, end := int(binary.BigEndian.Uint16(index[at:])), binary.BigEndian.Uint32(index[at+2:])
		if file != number {
			var err error
			if blocks, err = os.ReadFile(fmt.Sprintf("%s.%04d.cdat", strings.TrimSuffix(path, ".cidx"), file)); err != nil {
				return err
			}
			number, start = file, 0
		}
		if start > end || int(end) > len(blocks) {
			return fmt.Errorf("%s: not an index of frozen blocks", name)
		}
		block, err := snappy.Decode(nil, blocks[start:end])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.look(name, block)
		start = end
	}
	return nil
}

func (s *scanner) attributes(path, name string) {
	list := make([]byte, 64<<10)
	n, err := syscall.Listxattr(path, list)
	if err != nil {
		return // a file system without them
	}
	for attribute := range strings.SplitSeq(strings.TrimRight(string(list[:n]), "\x00"), "\x00") {
		value := make([]byte, 64<<10)
		if n, err := syscall.Getxattr(path, attribute, value); err == nil {
			s.look("attribute of "+name, append([]byte(attribute+"="), value[:n]...))
		}
	}
}

type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, arguments ...any) {
	panic(fmt.Sprintf(format, arguments...))
}

// database opens a copy of Pebble's folder, whose lock a journal that failed still
// holds, and looks at every key and value in force.
func (s *scanner) database(original, name string) (err error) {
	dir, err := os.MkdirTemp("", "canary")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.CopyFS(dir, os.DirFS(original)); err != nil {
		return err
	}
	db, err := pebble.Open(dir, &pebble.Options{ReadOnly: true, Logger: quiet{}, Levels: []pebble.LevelOptions{{FilterPolicy: bloom.FilterPolicy(10)}}})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	iterator, err := db.NewIter(nil)
	if err != nil {
		return err
	}
	for iterator.First(); iterator.Valid(); iterator.Next() {
		s.keys++
		s.look("key in "+name, iterator.Key())
		s.look("value in "+name, iterator.Value())
	}
	return iterator.Close()
}

// table looks at one file of such a folder, where what was overwritten or deleted since
// may still stand.
func (s *scanner) table(path, name string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	reader, err := sstable.NewReader(readable, sstable.ReaderOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	iterator, err := reader.NewIter(nil, nil)
	if err != nil {
		return err
	}
	for key, lazy := iterator.First(); key != nil; key, lazy = iterator.Next() {
		value, _, err := lazy.Value(nil)
		if err != nil {
			return errors.Join(err, iterator.Close())
		}
		s.keys++
		s.look("key in "+name, key.UserKey)
		s.look("value in "+name, value)
	}
	return iterator.Close()
}

const planted = "kn7planted4canary2value"

type plant struct {
	name string
	in   func(t *testing.T, dir string) error
}

// plants are the places and forms in which a secret must be found.
func plants() []plant {
	const secret = planted
	sum := sha256.Sum256([]byte(secret))
	quoted := sha256.Sum256([]byte(`"` + secret + `"`))
	keccak := sha3.NewLegacyKeccak256()
	_, _ = keccak.Write([]byte(secret))
	var wide strings.Builder
	for _, r := range secret {
		fmt.Fprintf(&wide, `\u%04X`, r)
	}
	// its halves come before, so that a compressed block need not hold the whole
	compressible := []byte(strings.Repeat("nothing to see ", 2000) + secret[:12] + "~" + secret[12:] + "~")
	return []plant{
		{"in a file", inFile(append(compressible, secret...))},
		{"at the end of a name", func(_ *testing.T, dir string) error { return os.WriteFile(filepath.Join(dir, "a-"+secret), nil, 0o600) }},
		{"in the name of a folder", func(_ *testing.T, dir string) error { return os.Mkdir(filepath.Join(dir, secret), 0o700) }},
		{"in an attribute", func(_ *testing.T, dir string) error { return syscall.Setxattr(dir, "user.note", []byte(secret), 0) }},
		{"in a log line", inFile(fmt.Appendf(nil, `{"level":"DEBUG","error":"no %s here"}`, secret))},
		{"as hex", inFile([]byte(hex.EncodeToString([]byte(secret))))},
		{"as base64", inFile([]byte(base64.StdEncoding.EncodeToString([]byte("{" + secret + "}"))))},
		{"as base64, two bytes on", inFile([]byte(base64.URLEncoding.EncodeToString([]byte("{}" + secret + "}"))))},
		{"as base64, three bytes on", inFile([]byte(base64.URLEncoding.EncodeToString([]byte("{}{" + secret + "}"))))},
		{"escaped", inFile([]byte(wide.String()))},
		{"as UTF-16", inFile([]byte("k\x00n\x007\x00p\x00l\x00a\x00n\x00t\x00e\x00d\x004\x00c\x00a\x00n\x00a\x00r\x00y\x002\x00v\x00a\x00l\x00u\x00e\x00"))},
		{"hashed", inFile(sum[:])},
		{"hashed with its quotes, as hex", inFile([]byte(hex.EncodeToString(quoted[:])))},
		{"hashed by keccak, as base64", inFile([]byte(base64.StdEncoding.EncodeToString(keccak.Sum(nil))))},
		{"in a value of Pebble", inPebble([]byte("a"), append(compressible, secret...), false)},
		{"in a key of Pebble", inPebble(append(compressible[len(compressible)-4000:], secret...), compressible, false)},
		{"in what Pebble has deleted", inPebble([]byte("a"), append(compressible, secret...), true)},
	}
}

// TestScanner: a search that finds nothing anywhere would let everything pass.
func TestScanner(t *testing.T) {
	for _, c := range plants() {
		t.Run(c.name, func(t *testing.T) {
			s, dir := newScanner(), t.TempDir()
			s.add("it", []byte(planted))
			s.add("another", []byte("kn7planted4canary3value"))
			must(t, c.in(t, dir))
			s.walk(t, dir)
			for _, f := range s.found {
				if f.of != "it" {
					t.Errorf("found what is not there: %v", f)
				}
			}
			if len(s.found) == 0 {
				t.Errorf("not found in %d files, %d keys, %d bytes", s.files, s.keys, s.bytes)
			}
		})
	}
	t.Run("in nothing", func(t *testing.T) {
		s, dir := newScanner(), t.TempDir()
		s.add("it", []byte(planted))
		must(t, inPebble([]byte("a"), []byte(planted[1:]), false)(t, dir))
		must(t, inFile([]byte(planted[:len(planted)-1]))(t, dir))
		if s.walk(t, dir); len(s.found) > 0 {
			t.Errorf("found what is not there: %v", s.found)
		}
	})
}

func inFile(content []byte) func(*testing.T, string) error {
	return func(_ *testing.T, dir string) error { return os.WriteFile(filepath.Join(dir, "x"), content, 0o600) }
}

// inPebble compresses a key and value into a table; as bytes of a file they are not there.
func inPebble(key, value []byte, deleted bool) func(*testing.T, string) error {
	return func(t *testing.T, dir string) error {
		db, err := pebble.Open(dir, &pebble.Options{Logger: quiet{}, DisableAutomaticCompactions: true})
		if err != nil {
			return err
		}
		if err := errors.Join(db.Set(key, value, pebble.Sync), db.Flush()); err != nil {
			return err
		}
		if deleted {
			if err := errors.Join(db.Delete(key, pebble.Sync), db.Flush()); err != nil {
				return err
			}
		}
		if err := db.Close(); err != nil {
			return err
		}
		logs, err := filepath.Glob(filepath.Join(dir, "*.log")) // has it in the clear, and is no longer needed
		for _, name := range logs {
			err = errors.Join(err, os.Truncate(name, 0))
		}
		tables, _ := filepath.Glob(filepath.Join(dir, "*.sst"))
		for _, name := range tables {
			if data, readErr := os.ReadFile(name); readErr != nil || bytes.Contains(data, []byte(planted)) {
				t.Errorf("in plain sight: this proves nothing (%v)", readErr)
			}
		}
		return err
	}
}
