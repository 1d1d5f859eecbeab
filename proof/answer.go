package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// maxAnswers: 200 fields of a release, by 64 writers at most.
const maxAnswers = 200 * 64

// maxAnswerValue is the most bytes of a derived value: true, false, or a code.
const maxAnswerValue = 256

// VerifyAnswer checks that the log with this key stated a derived answer: that, in the
// release whose entry has the leaf hash, the field had this value by what the writer wrote.
func VerifyAnswer(answer *consent.DerivedAnswer, salt consent.Salt, value []byte, log ed25519.PublicKey) error {
	answer.Commitment = consent.AnswerCommitment(salt, value)
	message, err := answer.Message()
	if err != nil || len(log) != ed25519.PublicKeySize || !ed25519.Verify(log, message, answer.Signature[:]) {
		return fmt.Errorf("%w: derived answer: not stated by the log's key", ErrProof)
	}
	return nil
}

// Answer is one derived answer as it stands in a file. Unlike other files, this one holds
// what was released.
type Answer struct {
	Field     consent.FieldName     `json:"field"`
	Value     json.RawMessage       `json:"value"` // true, false, or a code
	Writer    consent.InstitutionID `json:"writer"`
	AsOf      uint64                `json:"as_of"`
	Salt      consent.Salt          `json:"salt"`
	Signature []byte                `json:"signature"`
}

// AnswersFile is what a recipient keeps of the derived answers of a release, to show what
// the vault said: the answers, each signed, and the proof of the release's entry.
type AnswersFile struct {
	Format  string    `json:"format"`
	Log     string    `json:"log"` // the log's verifier key as its keeper knew it
	Entry   EntryFile `json:"entry"`
	Answers []Answer  `json:"answers"`
}

// NewAnswersFile is the file of a release's answers; entry is its proof, perhaps without a
// checkpoint yet.
func NewAnswersFile(entry *EntryFile, answers []Answer) *AnswersFile {
	return &AnswersFile{Format: FormatAnswers, Log: entry.Log, Entry: *entry, Answers: answers}
}

// ParseAnswers reads the answers of a release. ErrFile.
func ParseAnswers(data []byte) (*AnswersFile, error) {
	f := new(AnswersFile)
	if err := parse(data, MaxFile, FormatAnswers, f, &f.Format); err != nil {
		return nil, err
	}
	if f.Entry.Format != FormatEntry || (f.Entry.Checkpoint == "") != (f.Entry.Inclusion == nil) || f.Entry.Anchored != nil {
		return nil, fmt.Errorf("%w: %s: entry", ErrFile, FormatAnswers)
	}
	if len(f.Answers) == 0 || len(f.Answers) > maxAnswers {
		return nil, fmt.Errorf("%w: %s: want 1 to %d answers", ErrFile, FormatAnswers, maxAnswers)
	}
	for _, a := range f.Answers {
		if !a.plain() {
			return nil, fmt.Errorf("%w: %s: want values of true, false or a code", ErrFile, FormatAnswers)
		}
	}
	return f, nil
}

// plain reports whether the value can be a derived one, in its one spelling.
func (a *Answer) plain() bool {
	if string(a.Value) == "true" || string(a.Value) == "false" {
		return true
	}
	var code string
	if len(a.Value) > maxAnswerValue || len(a.Value) == 0 || a.Value[0] != '"' || json.Unmarshal(a.Value, &code) != nil {
		return false
	}
	again, err := Encode(code)
	return err == nil && bytes.Equal(bytes.TrimSpace(again), a.Value)
}

// Verify checks that the vault promised to keep the release's entry (and, where the file
// has a checkpoint, that it did), that the entry is of a release of each field, and that the
// vault stated each answer in that release. Errors are *Failure.
func (f *AnswersFile) Verify(log Log) (*Verified, error) {
	if err := sameLog(f.Log, log.Origin, log); err != nil {
		return nil, &Failure{CheckAnswer, doTrust, err}
	}
	verify := f.Entry.VerifyIncluded
	if f.Entry.Inclusion == nil {
		verify = f.Entry.VerifyPromise
	}
	v, err := verify(log)
	if err != nil {
		return nil, err
	}
	if v.Shared.Kind != consent.EntryAuthorised && v.Shared.Kind != consent.EntryRedelivery {
		return nil, &Failure{CheckAnswer, doRefetch, fmt.Errorf("%w: the entry is not of a release", ErrProof)}
	}
	for _, one := range f.Answers {
		if err := f.verifyOne(log, v.Shared, &one); err != nil {
			return nil, &Failure{CheckAnswer, doRefetch, err}
		}
		v.Report.proven(CheckAnswer, "the vault stated that %s was %s on %s, by what %s wrote", one.Field, one.Value, dayOf(one.AsOf), one.Writer)
	}
	if f.Entry.Inclusion == nil {
		v.Report.open(CheckInclusion, "that the promise was kept: the file has no checkpoint")
	}
	v.Report.open(CheckAnswer, "that the answers are right: what they were computed from was seen by the vault alone")
	return v, nil
}

func (f *AnswersFile) verifyOne(log Log, entry *consent.SharedPart, one *Answer) error {
	if !slices.ContainsFunc(entry.Fields, func(v consent.FieldVersion) bool { return v.Field == one.Field }) {
		return fmt.Errorf("%w: derived answer: the release's entry does not have the field", ErrProof)
	}
	a := consent.DerivedAnswer{Origin: log.Origin, Entry: f.Entry.Promise.LeafHash, Field: one.Field, Writer: one.Writer, AsOf: one.AsOf}
	if len(one.Signature) != len(a.Signature) {
		return fmt.Errorf("%w: derived answer: signature", ErrProof)
	}
	copy(a.Signature[:], one.Signature)
	return VerifyAnswer(&a, one.Salt, one.Value, log.Key)
}

func dayOf(seconds uint64) string {
	return time.Unix(int64(min(seconds, 1<<42)), 0).UTC().Format(time.DateOnly) //nolint:gosec // bounded
}
