package policy

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/wrapious/wrappy/consent"
)

// An evidence file holds evidence parts of a log's entries, in order, decrypted: what
// decisions saw and said, without persons and values. docs/protocol/evidence.md has
// the format. Integers are big-endian.
//
//	"wrappy evidence v1\n"
//	origin length(2) origin
//	each entry: length of the part(4) index(8) salt(32) part
//	0(4) number of entries(8) SHA-256 of all bytes before(32)
const (
	evidenceMagic   = "wrappy evidence v1\n"
	evidenceEnd     = 4 + 8 + 32
	evidenceMinimum = len(evidenceMagic) + 2 + 1 + evidenceEnd
)

// ErrEvidence is wrapped by every refusal of an evidence file.
var ErrEvidence = errors.New("evidence file")

// EvidenceEntry is one entry's evidence part as the log's leaf commits to it.
type EvidenceEntry struct {
	Index uint64
	Salt  consent.Salt
	Part  []byte // consent.EvidencePart, as encoded
}

// EvidenceWriter writes an evidence file. Nothing of it counts before Close.
type EvidenceWriter struct {
	to    *bufio.Writer
	sum   hash.Hash
	count uint64
	next  uint64 // the least index that may follow
}

// NewEvidenceWriter begins a file of the log of that origin.
func NewEvidenceWriter(to io.Writer, origin string) (*EvidenceWriter, error) {
	if origin == "" || len(origin) > 255 {
		return nil, consent.ErrOrigin
	}
	w := &EvidenceWriter{to: bufio.NewWriterSize(to, 64<<10), sum: sha256.New()}
	head := binary.BigEndian.AppendUint16([]byte(evidenceMagic), uint16(len(origin))) //nolint:gosec // at most 255
	return w, w.write(append(head, origin...))
}

func (w *EvidenceWriter) write(data []byte) error {
	_, _ = w.sum.Write(data)
	_, err := w.to.Write(data)
	return err
}

// Add writes one entry; indexes grow.
func (w *EvidenceWriter) Add(e EvidenceEntry) error {
	if len(e.Part) == 0 || len(e.Part) > consent.MaxPart || e.Index < w.next || e.Index == ^uint64(0) {
		return fmt.Errorf("%w: entry out of order, or not of a part's size", ErrEvidence)
	}
	head := binary.BigEndian.AppendUint32(make([]byte, 0, 44), uint32(len(e.Part))) //nolint:gosec // at most MaxPart
	head = append(binary.BigEndian.AppendUint64(head, e.Index), e.Salt[:]...)
	w.next = e.Index + 1
	w.count++
	return errors.Join(w.write(head), w.write(e.Part))
}

// Close writes the end, without which the file is refused as cut short.
func (w *EvidenceWriter) Close() error {
	end := binary.BigEndian.AppendUint64(make([]byte, 4, evidenceEnd), w.count)
	if err := w.write(end); err != nil {
		return err
	}
	_, err := w.to.Write(w.sum.Sum(nil))
	return errors.Join(err, w.to.Flush())
}

// EvidenceReader reads an evidence file from its beginning.
type EvidenceReader struct {
	Origin string // of the log
	Total  uint64 // entries, as the end says; Next holds it against what there is

	from  *bufio.Reader
	sum   hash.Hash // of what was read
	left  int64
	next  uint64
	count uint64
	ended bool
}

// NewEvidenceReader looks at the beginning and the end of a file of that size.
func NewEvidenceReader(file io.ReaderAt, size int64) (*EvidenceReader, error) {
	refuse := func(why string) (*EvidenceReader, error) { return nil, fmt.Errorf("%w: %s", ErrEvidence, why) }
	if size < int64(evidenceMinimum) {
		return refuse("too short: not such a file, or cut short")
	}
	end := make([]byte, evidenceEnd)
	if _, err := file.ReadAt(end, size-int64(evidenceEnd)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	r := &EvidenceReader{from: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 256<<10), sum: sha256.New(), left: size}
	magic := make([]byte, len(evidenceMagic)+2)
	if err := r.read(magic); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint16(magic[len(evidenceMagic):])
	if string(magic[:len(evidenceMagic)]) != evidenceMagic || length == 0 || length > 255 {
		return refuse("not such a file; 'wrappy journal evidence' makes one")
	}
	origin := make([]byte, length)
	if err := r.read(origin); err != nil {
		return nil, err
	}
	if !bytes.Equal(end[:4], make([]byte, 4)) {
		return refuse("cut short: export it again")
	}
	r.Origin, r.Total = string(origin), binary.BigEndian.Uint64(end[4:])
	return r, nil
}

func (r *EvidenceReader) read(into []byte) error {
	if int64(len(into)) > r.left {
		return fmt.Errorf("%w: cut short: export it again", ErrEvidence)
	}
	if _, err := io.ReadFull(r.from, into); err != nil {
		return fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	r.left -= int64(len(into))
	_, _ = r.sum.Write(into)
	return nil
}

// Next is the next entry; io.EOF after the last, once number and digest of all are as
// the end says. What was read before any other error does not count.
func (r *EvidenceReader) Next() (EvidenceEntry, error) {
	var e EvidenceEntry
	if r.ended {
		return e, io.EOF
	}
	var head [44]byte
	if err := r.read(head[:4]); err != nil {
		return e, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length == 0 {
		return e, r.end()
	}
	if length > consent.MaxPart {
		return e, fmt.Errorf("%w: entry %d: longer than a part can be", ErrEvidence, r.count+1)
	}
	if err := r.read(head[4:]); err != nil {
		return e, err
	}
	e.Index, e.Salt, e.Part = binary.BigEndian.Uint64(head[4:]), consent.Salt(head[12:]), make([]byte, length)
	if e.Index < r.next || e.Index == ^uint64(0) {
		return e, fmt.Errorf("%w: entry %d: out of order", ErrEvidence, r.count+1)
	}
	r.next = e.Index + 1
	r.count++
	return e, r.read(e.Part)
}

func (r *EvidenceReader) end() error {
	var count [8]byte
	if err := r.read(count[:]); err != nil {
		return err
	}
	computed := r.sum.Sum(nil)
	stated := make([]byte, sha256.Size)
	if err := r.read(stated); err != nil {
		return err
	}
	if !bytes.Equal(computed, stated) || r.left != 0 || binary.BigEndian.Uint64(count[:]) != r.count || r.count != r.Total {
		return fmt.Errorf("%w: damaged: its digest or number of entries is another", ErrEvidence)
	}
	r.ended = true
	return io.EOF
}

// Digest is the SHA-256 of the whole file, after Next has returned io.EOF.
func (r *EvidenceReader) Digest() consent.Digest {
	return consent.Digest(r.sum.Sum(nil))
}
