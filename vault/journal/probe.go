package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const (
	maxProbes   = 65_536 // kept; the oldest make room
	maxProbers  = 4096   // institutions noted in one hour
	probesNoted = 20     // of one institution in one hour
	probeLabel  = "wrappy probe v1"
	probeSize   = 32 + 32 + 8
)

// ProbeRecord is one line of the security journal: an institution asked for a
// grant that does not name it.
type ProbeRecord struct {
	Institution consent.InstitutionID
	Grant       consent.GrantID // as asked for; there may be no such grant
	Time        uint64          // Unix milliseconds
}

// Probe notes a probe under the security key, apart from every person's history,
// and is durable on return. Of one institution it notes 20 an hour and passes over
// the rest: probing must neither fill the disk nor push out others' records.
func (j *Journal) Probe(ctx context.Context, institution consent.InstitutionID, grant consent.GrantID) error {
	now := time.Now()
	if j.Err() != nil {
		return ErrStopped
	}
	if !j.probers.allow(institution, now) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	record := append(append(make([]byte, 0, probeSize), institution[:]...), grant[:]...)
	record = binary.BigEndian.AppendUint64(record, uint64(now.UnixMilli()))
	sealed, err := crypto.Seal(j.config.Security, record, []byte(probeLabel))
	if err != nil {
		return err
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	r := &request{probe: sealed, done: make(chan error, 1)}
	if err := j.queue.put(r); err != nil {
		<-j.queue.room
		return err
	}
	return j.wait(ctx, r)
}

// Probes calls visit for the probes that are kept, oldest first.
func (j *Journal) Probes(ctx context.Context, visit func(ProbeRecord) error) error {
	_, err := reading(ctx, j, func() (none struct{}, err error) { return none, j.probes(ctx, visit) })
	return err
}

func (j *Journal) probes(ctx context.Context, visit func(ProbeRecord) error) error {
	data, err := j.get(keyHead)
	if err != nil {
		return err
	}
	h, err := j.parseHead(data)
	if err != nil {
		return err
	}
	for n := h.probes - min(h.probes, maxProbes); n < h.probes; n++ {
		sealed, err := j.get(probeKey(n))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		record, err := crypto.Open(j.config.Security, sealed, []byte(probeLabel))
		if err != nil || len(record) != probeSize {
			return fmt.Errorf("%w: probe", ErrDamaged)
		}
		err = visit(ProbeRecord{consent.InstitutionID(record[:32]), consent.GrantID(record[32:]), binary.BigEndian.Uint64(record[64:])})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

func probeKey(n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte("p"), n%maxProbes)
}

// limiter counts the probes of each institution within an hour, in bounded memory.
type limiter struct {
	mu    sync.Mutex
	begun time.Time
	count map[consent.InstitutionID]int
}

func (l *limiter) allow(institution consent.InstitutionID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == nil || now.Sub(l.begun) >= time.Hour {
		l.begun, l.count = now, map[consent.InstitutionID]int{}
	}
	n := l.count[institution]
	if n >= probesNoted || n == 0 && len(l.count) >= maxProbers {
		return false
	}
	l.count[institution] = n + 1
	return true
}
