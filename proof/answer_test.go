package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestAnswersFileRefuses(t *testing.T) {
	other := newTestLog(t, witnessSeed)
	for _, c := range []struct {
		name   string
		change func(w *world, f *AnswersFile, l *Log)
		want   error
	}{
		{"as exported", func(*world, *AnswersFile, *Log) {}, nil},
		{"one of the two", func(_ *world, f *AnswersFile, _ *Log) { f.Answers = f.Answers[1:] }, nil},
		{"before a checkpoint covers it", func(_ *world, f *AnswersFile, _ *Log) { f.Entry.Checkpoint, f.Entry.Inclusion = "", nil }, nil},
		{"another value", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Value = json.RawMessage("false") }, ErrProof},
		{"another country", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[0].Value = json.RawMessage(`"SO"`) }, ErrProof},
		{"another field of the release", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Field = "contact.residence_country" }, ErrProof},
		{"a field that was not released", func(w *world, f *AnswersFile, _ *Log) {
			p := w.proofs[w.size-1]
			f.Answers[1] = w.stated(&p, "identity.over_16", "true")
		}, ErrProof},
		{"another writer", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Writer[0]++ }, ErrProof},
		{"another day", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].AsOf += consent.Day }, ErrProof},
		{"within a day", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].AsOf++ }, ErrProof},
		{"another salt", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Salt[5]++ }, ErrProof},
		{"the other's signature", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Signature = f.Answers[0].Signature }, ErrProof},
		{"no signature", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Signature = nil }, ErrProof},
		{"the promise's signature", func(_ *world, f *AnswersFile, _ *Log) { f.Answers[1].Signature = f.Entry.Promise.Signature }, ErrProof},
		{"answers of another release", func(w *world, f *AnswersFile, _ *Log) { f.Answers = w.answersFile().Answers }, ErrProof},
		{"the entry of another release", func(w *world, f *AnswersFile, _ *Log) { f.Entry = *w.entryFile(w.size, 0) }, ErrProof},
		{"an entry that is of no release", func(w *world, f *AnswersFile, _ *Log) {
			w.add(consent.EntryDenied, w.me)
			p := w.proofs[w.size-1]
			f.Entry = *NewEntryFile(w.trust, &p)
			f.Answers[1] = w.stated(&p, "identity.over_18", "true")
		}, ErrProof},
		{"another log named", func(_ *world, f *AnswersFile, _ *Log) { f.Log += "x" }, ErrProof},
		{"another log trusted", func(_ *world, _ *AnswersFile, l *Log) { l.Key = other.public() }, ErrProof},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.story()
			f, log := w.answersFile(), w.trust
			c.change(w, f, &log)
			v, err := f.Verify(log)
			if !errors.Is(err, c.want) || (err == nil) != (v != nil) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// A file of answers has room for answers alone.
func TestParseAnswersRefusesValues(t *testing.T) {
	data := vector(t, "answers.json")
	if !bytes.Contains(data, []byte(`"value": true`)) {
		t.Fatal("the vector has no true")
	}
	for name, value := range map[string]string{
		"a number": "1990", "null": "null", "an object": "{}", "a list": "[]", "a long text": `"` + strings.Repeat("x", maxAnswerValue) + `"`,
		"a code spelled otherwise": `"\u004bE"`, "nothing": "", "an empty list of answers": "",
	} {
		bad := bytes.Replace(data, []byte(`"value": true`), []byte(`"value": `+value), 1)
		if name == "an empty list of answers" {
			at := bytes.Index(data, []byte(`"answers": [`))
			bad = append(bytes.Clone(data[:at]), "\"answers\": []\n}\n"...)
		}
		if _, err := ParseAnswers(bad); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
