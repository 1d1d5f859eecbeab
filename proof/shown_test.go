package proof

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// pageLog is a log of a few entries, and whoever trusts it.
type pageLog struct {
	*testLog
	trust Log
}

func newPageLog(t *testing.T) *pageLog {
	l := newTestLog(t, logSeed)
	return &pageLog{l, Log{Origin: l.promise(nil).Origin, Key: l.public()}}
}

// promised is the proof of an entry.
func (l *pageLog) promised(shared *consent.SharedPart) consent.Proof {
	encoded, err := shared.Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	return l.proof(encoded)
}

func (l *pageLog) signed(message []byte) []byte { return ed25519.Sign(l.key, message) }

func sampleShown(w *pageLog, entry func(*consent.SharedPart), statement func(*consent.ShownStatement)) *Shown {
	shared := consent.SharedPart{
		Version: consent.Version, Kind: consent.EntryAuthorised, Grant: consent.GrantID{3}, Action: consent.Read,
		Fields: []consent.FieldVersion{{Field: "identity.name", Version: 1}, {Field: "identity.photo", Version: 2}}, Time: 1_760_000_000_123,
	}
	if entry != nil {
		entry(&shared)
	}
	p := w.promised(&shared)
	s := consent.ShownStatement{
		Format: consent.FormatShown, Vault: w.trust.Origin, Entry: p.Promise.LeafHash, At: 1_760_000_000, Salt: consent.Salt{7},
		Shown: map[consent.FieldName][]consent.ShownValue{"identity.name": {{Value: json.RawMessage(`[{"text":"A"}]`), Signatures: []consent.ShownSignature{}}}},
	}
	if statement != nil {
		statement(&s)
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return &Shown{Statement: text, Signature: w.signed(consent.ShownMessage(text)), Proof: p}
}

func TestShownRefuses(t *testing.T) {
	keep := func(*pageLog, *Shown, *Log) {}
	for _, c := range []struct {
		name      string
		entry     func(*consent.SharedPart)
		statement func(*consent.ShownStatement)
		change    func(w *pageLog, s *Shown, l *Log)
		ok        bool
	}{
		{"as it was shown", nil, nil, keep, true},
		{"shown again", func(e *consent.SharedPart) { e.Kind = consent.EntryRedelivery }, nil, keep, true},
		{"a changed byte", nil, nil, func(_ *pageLog, s *Shown, _ *Log) { s.Statement[len(s.Statement)-20] ^= 1 }, false},
		{"a space more", nil, nil, func(_ *pageLog, s *Shown, _ *Log) { s.Statement = append(s.Statement, ' ') }, false},
		{"no signature", nil, nil, func(_ *pageLog, s *Shown, _ *Log) { s.Signature = nil }, false},
		{"the promise's signature", nil, nil, func(_ *pageLog, s *Shown, _ *Log) { s.Signature = s.Proof.Promise.Signature[:] }, false},
		{"a signature without the label", nil, nil, func(w *pageLog, s *Shown, _ *Log) { s.Signature = w.signed(s.Statement) }, false},
		{"another's key", nil, nil, func(_ *pageLog, _ *Shown, l *Log) {
			l.Key = ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
		}, false},
		{"another log", nil, nil, func(_ *pageLog, _ *Shown, l *Log) { l.Origin = "other.example/log" }, false},
		{"the proof of another entry", nil, nil, func(w *pageLog, s *Shown, _ *Log) {
			s.Proof = sampleShown(w, func(e *consent.SharedPart) { e.Grant[0]++ }, nil).Proof
		}, false},
		{"an entry of no release", func(e *consent.SharedPart) { e.Kind = consent.EntryDenied }, nil, keep, false},
		{"a release to an institution", func(e *consent.SharedPart) { e.Institution = consent.InstitutionID{9} }, nil, keep, false},
		{"a write", func(e *consent.SharedPart) { e.Action = consent.Write }, nil, keep, false},
		{"a field that the entry does not have", func(e *consent.SharedPart) { e.Fields = e.Fields[1:] }, nil, keep, false},
		{"another time", nil, func(s *consent.ShownStatement) { s.At++ }, keep, false},
		{"another format", nil, func(s *consent.ShownStatement) { s.Format = "wrappy shown v2" }, keep, false},
		{"another vault", nil, func(s *consent.ShownStatement) { s.Vault = "other.example/log" }, keep, false},
		{"something more in the statement", nil, nil, func(w *pageLog, s *Shown, _ *Log) {
			s.Statement = []byte(`{"more":1,` + string(s.Statement[1:]))
			s.Signature = w.signed(consent.ShownMessage(s.Statement))
		}, false},
		{"something after the statement", nil, nil, func(w *pageLog, s *Shown, _ *Log) {
			s.Statement = append(s.Statement, "{}"...)
			s.Signature = w.signed(consent.ShownMessage(s.Statement))
		}, false},
	} {
		w := newPageLog(t)
		s, log := sampleShown(w, c.entry, c.statement), w.trust
		c.change(w, s, &log)
		v, err := s.Verify(log)
		if failure := (*Failure)(nil); (err == nil) != c.ok || (v != nil) != c.ok || err != nil && !errors.As(err, &failure) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A statement that the key has signed counts by a log that can be trusted, and with the promise
// of its entry.
func TestShownWithoutItsPromise(t *testing.T) {
	w := newPageLog(t)
	s := sampleShown(w, nil, nil)
	if _, err := s.Verify(w.trust); err != nil {
		t.Fatal(err)
	}
	wanting := w.trust
	wanting.Threshold = 1
	if v, err := s.Verify(wanting); v != nil || !errors.Is(err, ErrTrust) {
		t.Errorf("by a log that wants a witness and names none: %v", err)
	}
	s.Proof.Promise.Signature[3] ^= 1
	if v, err := s.Verify(w.trust); v != nil || !errors.Is(err, ErrProof) {
		t.Errorf("with a promise of nobody: %v", err)
	}
}
