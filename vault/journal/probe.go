package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const (
	maxProbes       = 65_536 // kept; the oldest make room
	maxProbers      = 4096   // institutions counted at a time
	probeBurst      = 20
	probeEvery      = time.Minute // one more for each institution
	probeLabel      = "wrappy probe v1"
	probeRecordSize = 32 + 32 + 8 + 8
)

// ProbeRecord is one line of the security journal: an institution asked for a
// grant that does not name it.
type ProbeRecord struct {
	Institution consent.InstitutionID
	Grant       consent.GrantID // as asked for; there may be no such grant
	Time        uint64          // Unix milliseconds
	Suppressed  uint64          // probes of the institution since its last record that were only counted
}

// Probe notes a probe under the security key, apart from every person's history.
// Of an institution that probes on and on, most are counted only. Durable on return.
func (j *Journal) Probe(ctx context.Context, institution consent.InstitutionID, grant consent.GrantID) error {
	now := time.Now()
	suppressed, note := j.limits.allow(institution, now)
	if !note {
		return j.stoppedError()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, appendTimeout, consent.ErrUnavailable)
	defer cancel()
	plaintext := make([]byte, 0, probeRecordSize)
	plaintext = append(append(plaintext, institution[:]...), grant[:]...)
	plaintext = binary.BigEndian.AppendUint64(plaintext, uint64(now.UnixMilli()))
	plaintext = binary.BigEndian.AppendUint64(plaintext, suppressed)
	sealed, err := crypto.Seal(j.config.Security, plaintext, []byte(probeLabel))
	if err != nil {
		return err
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	r := &request{probe: sealed, done: make(chan error, 1)}
	if err := j.queue.put(r); err != nil {
		j.leave()
		return err
	}
	return j.wait(ctx, r)
}

func (j *Journal) stoppedError() error {
	if j.Err() != nil {
		return ErrStopped
	}
	return nil
}

// Probes calls visit for the probes that are kept, oldest first.
func (j *Journal) Probes(ctx context.Context, visit func(ProbeRecord) error) error {
	if err := j.acquire(ctx); err != nil {
		return err
	}
	defer j.release()
	var written uint64
	switch count, err := j.get(keyProbes); {
	case errors.Is(err, pebble.ErrNotFound):
		return nil
	case err != nil:
		return err
	case len(count) == 8:
		written = binary.BigEndian.Uint64(count)
	}
	for n := written - min(written, maxProbes); n < written; n++ {
		sealed, err := j.get(probeKey(n))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		plaintext, err := crypto.Open(j.config.Security, sealed, []byte(probeLabel))
		if err != nil || len(plaintext) != probeRecordSize {
			return fmt.Errorf("%w: probe", ErrDamaged)
		}
		record := ProbeRecord{
			Institution: consent.InstitutionID(plaintext[:32]), Grant: consent.GrantID(plaintext[32:64]),
			Time: binary.BigEndian.Uint64(plaintext[64:]), Suppressed: binary.BigEndian.Uint64(plaintext[72:]),
		}
		if err := errors.Join(ctx.Err(), visit(record)); err != nil {
			return err
		}
	}
	return nil
}

func probeKey(n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte("p"), n%maxProbes)
}

// limiter is a token bucket for each institution, in bounded memory.
type limiter struct {
	mu      sync.Mutex
	buckets map[consent.InstitutionID]*bucket
}

type bucket struct {
	tokens     int
	filled     time.Time // when the last token came
	suppressed uint64
}

func newLimiter() *limiter { return &limiter{buckets: map[consent.InstitutionID]*bucket{}} }

// allow reports whether to note a probe, and how many were not since the last.
func (l *limiter) allow(institution consent.InstitutionID, now time.Time) (suppressed uint64, note bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[institution]
	if b == nil {
		if len(l.buckets) >= maxProbers && !l.forget(now) {
			return 0, false
		}
		b = &bucket{tokens: probeBurst, filled: now}
		l.buckets[institution] = b
	}
	if n := int(now.Sub(b.filled) / probeEvery); n > 0 {
		b.tokens, b.filled = min(b.tokens+n, probeBurst), b.filled.Add(time.Duration(n)*probeEvery)
	}
	if b.tokens == 0 {
		b.suppressed++
		return 0, false
	}
	b.tokens--
	suppressed, b.suppressed = b.suppressed, 0
	return suppressed, true
}

// forget drops the institutions whose buckets are full again: they have nothing to count.
func (l *limiter) forget(now time.Time) bool {
	for id, b := range l.buckets {
		if b.suppressed == 0 && b.tokens+int(now.Sub(b.filled)/probeEvery) >= probeBurst {
			delete(l.buckets, id)
		}
	}
	return len(l.buckets) < maxProbers
}
