package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"

	"github.com/wrapious/wrappy/consent"
)

// maxCheckpoint bounds a checkpoint with its cosignatures, in bytes.
const maxCheckpoint = 64 << 10

// errNotNow: the size asked for is not one that can be vouched for at this moment.
var errNotNow = errors.New("not a size to be signed now")

var emptyRoot = consent.Digest(sha256.Sum256(nil))

// checkpoint is a signed statement of size and root, C2SP tlog-checkpoint.
type checkpoint struct {
	size uint64
	root consent.Digest
	raw  []byte
}

// noteVerifier is the log's key as signed notes know it: its name is the origin.
func noteVerifier(origin string, public ed25519.PublicKey) (note.Verifier, string, error) {
	text, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, "", err
	}
	verifier, err := note.NewVerifier(text)
	return verifier, text, err
}

// parseCheckpoint checks form, origin and the log's signature.
func parseCheckpoint(raw []byte, verifier note.Verifier) (*checkpoint, error) {
	if len(raw) > maxCheckpoint {
		return nil, fmt.Errorf("%w: a checkpoint is too long", ErrDamaged)
	}
	parsed, rest, _, err := log.ParseCheckpoint(raw, verifier.Name(), verifier)
	if err != nil || len(rest) != 0 || len(parsed.Hash) != len(consent.Digest{}) {
		return nil, fmt.Errorf("%w: a checkpoint is not this log's", ErrDamaged)
	}
	return &checkpoint{parsed.Size, consent.Digest(parsed.Hash), raw}, nil
}

// signer signs checkpoints, and none whose root is not that of the intake's leaves:
// what Tessera's files say is not enough.
type signer struct{ j *Journal }

func (s signer) Name() string    { return s.j.config.Origin }
func (s signer) KeyHash() uint32 { return s.j.tree.verifier.KeyHash() }

func (s signer) Sign(text []byte) ([]byte, error) {
	var c log.Checkpoint
	if rest, err := c.Unmarshal(text); err != nil || len(rest) != 0 || len(c.Hash) != len(consent.Digest{}) {
		return nil, errNotNow
	}
	root, err := s.j.tree.rootToSign(c.Size)
	if err != nil {
		return nil, err
	}
	if root != consent.Digest(c.Hash) {
		err := fmt.Errorf("%w: the tree's root is not that of the intake", ErrDamaged)
		s.j.fail(err)
		return nil, err
	}
	return ed25519.Sign(s.j.config.Signer, text), nil
}

// plainSigner signs what the journal itself has established.
type plainSigner struct{ signer }

func (s plainSigner) Sign(text []byte) ([]byte, error) {
	return ed25519.Sign(s.j.config.Signer, text), nil
}

// VerifierKey is the log's key as C2SP signed notes write it: name, key id and key.
func (j *Journal) VerifierKey() string { return j.tree.verifierKey }

// Checkpoint is the newest published one, a C2SP signed note; nil before the first.
func (j *Journal) Checkpoint() []byte {
	if c := j.tree.published.Load(); c != nil {
		return c.raw
	}
	return nil
}

// Published is the size of the newest published checkpoint.
func (j *Journal) Published() uint64 {
	if c := j.tree.published.Load(); c != nil {
		return c.size
	}
	return 0
}

// CheckpointAt returns a signed checkpoint of a size up to Published: the published one
// itself, or one signed anew, without cosignatures. consent.ErrNotFound for other sizes.
func (j *Journal) CheckpointAt(ctx context.Context, size uint64) ([]byte, error) {
	if c := j.tree.published.Load(); c != nil && c.size == size {
		return c.raw, nil
	}
	root, err := j.Root(ctx, size)
	if err != nil {
		return nil, err
	}
	text := log.Checkpoint{Origin: j.config.Origin, Size: size, Hash: root[:]}.Marshal()
	return note.Sign(&note.Note{Text: string(text)}, plainSigner{signer{j}})
}

// followCheckpoint takes over what Tessera publishes, and looks after its directory.
func (j *Journal) followCheckpoint() {
	const soon, idle = 20 * time.Millisecond, time.Second
	timer := time.NewTimer(soon)
	defer timer.Stop()
	for {
		select {
		case <-j.tree.ended:
			return
		case <-j.stopped:
			return
		case <-j.tree.took:
		case <-timer.C:
		}
		if err := j.readCheckpoint(); err != nil {
			j.fail(err)
			return
		}
		if j.tree.lag.age(time.Now()) > 0 {
			timer.Reset(soon)
		} else {
			timer.Reset(idle)
		}
	}
}

func (j *Journal) readCheckpoint() error {
	t := &j.tree
	t.looking.Lock() // two readers could take each other's for one that went back
	defer t.looking.Unlock()
	raw, err := t.reader.ReadCheckpoint(t.ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(t.dir, ".state")); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: the tree's directory is gone", ErrLost)
		}
		return nil // Tessera publishes it anew
	}
	if err != nil {
		return nil //nolint:nilerr // unreadable now: if it stays so, the log lags and refuses
	}
	last := t.published.Load()
	if last != nil && string(last.raw) == string(raw) {
		t.wakePublisher(time.Now())
		return nil
	}
	c, err := parseCheckpoint(raw, t.verifier)
	if err != nil {
		return err
	}
	if last != nil && (c.size < last.size || c.size == last.size && c.root != last.root) {
		return fmt.Errorf("%w: the published checkpoint went back", ErrDamaged)
	}
	if !t.witnessed(raw) {
		return nil
	}
	t.lag.arrived(c.size) // first: who sees the new size may append
	t.published.Store(c)
	select {
	case t.grew <- struct{}{}:
	default:
	}
	return nil
}

// wakePublisher helps Tessera over a wall clock that was set back: it publishes no
// checkpoint while the last one seems to be from the future.
func (t *tree) wakePublisher(now time.Time) {
	if t.lag.age(now) < time.Second {
		return
	}
	path := filepath.Join(t.dir, layout.CheckpointPath)
	if info, err := os.Stat(path); err == nil && info.ModTime().After(now) {
		_ = os.Chtimes(path, now, now.Add(-time.Second))
	}
}
