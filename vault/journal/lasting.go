package journal

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

const (
	againAfter = time.Second // a journal has stopped, its log is opened again; doubling
	againMost  = time.Minute
)

// Lasting is a journal that is opened again, as by a restart of the program, after it has
// stopped: every second at first. While it cannot be, everything is refused as by a stopped
// one. A log that is shorter than it was is never taken. Safe for concurrent use.
type Lasting struct {
	config  Config
	base    vfs.FS
	now     atomic.Pointer[Journal]
	closing context.Context
	close   context.CancelFunc
	ended   chan struct{}
}

var _ vault.Journal = (*Lasting)(nil)

// OpenLasting is Open, with its errors.
func OpenLasting(config Config) (*Lasting, error) {
	l := &Lasting{config: config, base: config.fs, ended: make(chan struct{})}
	l.closing, l.close = context.WithCancel(context.Background())
	if l.base == nil {
		l.base = vfs.Default
	}
	j, err := l.open()
	if err != nil {
		return nil, err
	}
	l.now.Store(j)
	go l.tend()
	return l, nil
}

func (l *Lasting) open() (*Journal, error) {
	w := &wire{FS: l.base}
	config := l.config
	config.fs = w
	j, err := Open(config)
	if err != nil {
		w.cut()
	}
	return j, err
}

// tend opens the log again whenever it has stopped.
func (l *Lasting) tend() {
	defer close(l.ended)
	wait := againAfter
	for {
		j, begun := l.now.Load(), time.Now()
		select {
		case <-l.closing.Done():
			return
		case <-j.stopped:
		}
		j.config.Log.Error("journal: stopped; nothing is released until it could be opened again", "error", j.Err())
		if time.Since(begun) > againMost {
			wait = againAfter
		}
		if !l.leave(j) {
			return
		}
		l.config.MinSize = max(l.config.MinSize, j.Size())
		for {
			select {
			case <-l.closing.Done():
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, againMost)
			next, err := l.open()
			if err == nil {
				l.now.Store(next)
				next.config.Log.Info("journal: opened again", "entries", next.Size())
				break
			}
			j.complain("cannot be opened again; the next attempt follows", "error", err)
		}
	}
}

// leave ends what a stopped journal may still do to its files. What it is in the middle of
// may hang as long as the disk does.
func (l *Lasting) leave(j *Journal) bool {
	left := make(chan struct{})
	go func() {
		if w, ok := j.config.fs.(*wire); ok {
			w.cut()
		}
		<-j.tree.ended
		_ = j.tree.close()
		close(left)
	}()
	select {
	case <-left:
		return true
	case <-l.closing.Done():
		return false
	}
}

// Close is Journal.Close.
func (l *Lasting) Close() error {
	l.close()
	<-l.ended
	return l.now.Load().Close()
}

// Append implements vault.Journal.
func (l *Lasting) Append(ctx context.Context, e vault.Entry) (consent.Proof, error) {
	return l.now.Load().Append(ctx, e)
}

// Note implements vault.Journal.
func (l *Lasting) Note(ctx context.Context, name [32]byte) ([]byte, error) {
	return l.now.Load().Note(ctx, name)
}

// History implements vault.Journal.
func (l *Lasting) History(ctx context.Context, subject vault.SubjectLog, after uint64, limit int) ([]vault.HistoryItem, error) {
	return l.now.Load().History(ctx, subject, after, limit)
}

// Complete implements vault.Journal.
func (l *Lasting) Complete(ctx context.Context, subject vault.SubjectLog, identity consent.IdentityID, now time.Time) (consent.Completeness, error) {
	return l.now.Load().Complete(ctx, subject, identity, now)
}

// Ended implements vault.Journal.
func (l *Lasting) Ended(ctx context.Context, grant consent.GrantID) (bool, error) {
	return l.now.Load().Ended(ctx, grant)
}

// Erased implements vault.Journal.
func (l *Lasting) Erased(ctx context.Context, handle [16]byte) (bool, error) {
	return l.now.Load().Erased(ctx, handle)
}

// SignAnswer implements vault.Journal.
func (l *Lasting) SignAnswer(answer *consent.DerivedAnswer) error {
	return l.now.Load().SignAnswer(answer)
}

// SignShown implements vault.Journal.
func (l *Lasting) SignShown(text []byte) ([64]byte, error) { return l.now.Load().SignShown(text) }

// Probe implements vault.Journal.
func (l *Lasting) Probe(ctx context.Context, institution consent.InstitutionID, grant consent.GrantID) error {
	return l.now.Load().Probe(ctx, institution, grant)
}

// Public is Journal.Public.
func (l *Lasting) Public() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.now.Load().servePublic(w, r) })
}

// Origin is Journal.Origin.
func (l *Lasting) Origin() string { return l.config.Origin }

// Ready is Journal.Ready.
func (l *Lasting) Ready() error { return l.now.Load().Ready() }

// Err is Journal.Err.
func (l *Lasting) Err() error { return l.now.Load().Err() }

// Size is Journal.Size.
func (l *Lasting) Size() uint64 { return l.now.Load().Size() }

// Published is Journal.Published.
func (l *Lasting) Published() uint64 { return l.now.Load().Published() }

// Behind is Journal.Behind.
func (l *Lasting) Behind() time.Duration { return l.now.Load().Behind() }

// Copied is Journal.Copied.
func (l *Lasting) Copied() (size uint64, behind time.Duration) { return l.now.Load().Copied() }

// Root is Journal.Root.
func (l *Lasting) Root(ctx context.Context, size uint64) (consent.Digest, error) {
	return l.now.Load().Root(ctx, size)
}

// Leaf is Journal.Leaf.
func (l *Lasting) Leaf(ctx context.Context, index uint64) ([]byte, error) {
	return l.now.Load().Leaf(ctx, index)
}

// EvidencePage is Journal.EvidencePage.
func (l *Lasting) EvidencePage(ctx context.Context, from uint64, limit int) ([]EvidenceItem, error) {
	return l.now.Load().EvidencePage(ctx, from, limit)
}
